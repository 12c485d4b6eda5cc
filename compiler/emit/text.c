/* UTF-8 and comments for the writers. */
#include "emit/text.h"

#include <string.h>

size_t text_decode(const char *text, size_t len, uint32_t *code_point)
{
    const unsigned char *s = (const unsigned char *)text;
    uint32_t value, least;
    size_t need, i;

    if (s[0] < 0x80) {
        *code_point = s[0];
        return 1;
    }
    if (s[0] >= 0xC2 && s[0] <= 0xDF) {
        need = 2;
        value = s[0] & 0x1FU;
        least = 0x80;
    } else if ((s[0] & 0xF0) == 0xE0) {
        need = 3;
        value = s[0] & 0x0FU;
        least = 0x800;
    } else if (s[0] >= 0xF0 && s[0] <= 0xF4) {
        need = 4;
        value = s[0] & 0x07U;
        least = 0x10000;
    } else {
        return 0;
    }
    if (need > len)
        return 0;
    for (i = 1; i < need; i++) {
        if ((s[i] & 0xC0) != 0x80)
            return 0;
        value = value << 6 | (s[i] & 0x3FU);
    }
    if (value < least || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 0;
    *code_point = value;
    return need;
}

bool text_is_utf8(const char *text, size_t len)
{
    uint32_t cp;
    size_t n;

    for (size_t i = 0; i < len; i += n) {
        n = text_decode(text + i, len - i, &cp);
        if (n == 0)
            return false;
    }
    return true;
}

void text_add_code_point(struct strbuf *out, uint32_t cp)
{
    if (cp < 0x80) {
        strbuf_addch(out, (char)cp);
    } else if (cp < 0x800) {
        strbuf_addch(out, (char)(0xC0 | cp >> 6));
        strbuf_addch(out, (char)(0x80 | (cp & 0x3F)));
    } else if (cp < 0x10000) {
        strbuf_addch(out, (char)(0xE0 | cp >> 12));
        strbuf_addch(out, (char)(0x80 | (cp >> 6 & 0x3F)));
        strbuf_addch(out, (char)(0x80 | (cp & 0x3F)));
    } else {
        strbuf_addch(out, (char)(0xF0 | cp >> 18));
        strbuf_addch(out, (char)(0x80 | (cp >> 12 & 0x3F)));
        strbuf_addch(out, (char)(0x80 | (cp >> 6 & 0x3F)));
        strbuf_addch(out, (char)(0x80 | (cp & 0x3F)));
    }
}

void text_add_utf8(struct strbuf *out, const char *text, size_t len)
{
    uint32_t cp;
    size_t n;

    for (size_t i = 0; i < len; i += n) {
        n = text_decode(text + i, len - i, &cp);
        if (n == 0) {
            text_add_code_point(out, 0xFFFD);
            n = 1;
        } else {
            strbuf_add(out, text + i, n);
        }
    }
}

bool text_is_hidden(uint32_t cp)
{
    return cp < 0x20 || (cp >= 0x7F && cp < 0xA0) || cp == 0x061C || cp == 0x180E || cp == 0x200B || cp == 0x200E ||
           cp == 0x200F || (cp >= 0x2028 && cp <= 0x202E) || (cp >= 0x2060 && cp <= 0x206F) || cp == 0xFEFF ||
           (cp >= 0xFFF9 && cp <= 0xFFFB) || (cp >= 0xE0000 && cp <= 0xE007F);
}

bool text_is_decimal(const char *digits)
{
    const char *s = digits;

    if (*s == '-')
        s++;
    if (s[0] == '0' && s[1] >= '0' && s[1] <= '9')
        return false;
    if (*s < '0' || *s > '9')
        return false;
    while (*s >= '0' && *s <= '9')
        s++;
    if (*s == '.') {
        s++;
        if (*s < '0' || *s > '9')
            return false;
        while (*s >= '0' && *s <= '9')
            s++;
    }
    return *s == '\0';
}

static void trim_line(struct strbuf *out, size_t from)
{
    while (out->len > from && out->data[out->len - 1] == ' ')
        out->data[--out->len] = '\0';
}

void text_add_comment(struct strbuf *out, size_t indent, const char *prefix, const char *text)
{
    size_t len = strlen(text), start, n = 0;
    uint32_t cp = 0;

    for (size_t i = 0;;) {
        strbuf_addfill(out, ' ', indent);
        strbuf_addstr(out, prefix);
        start = out->len;
        strbuf_addch(out, ' ');
        for (; i < len; i += n) {
            n = text_decode(text + i, len - i, &cp);
            if (n == 0) {
                n = 1;
                cp = 0xFFFD;
            }
            if (cp == '\n' || cp == '\r' || cp == '\v' || cp == '\f' || cp == 0x85 || cp == 0x2028 || cp == 0x2029)
                break;
            if (cp == '\t')
                cp = ' ';
            text_add_code_point(out, text_is_hidden(cp) ? 0xFFFD : cp);
        }
        trim_line(out, start);
        strbuf_addch(out, '\n');
        if (i >= len)
            return;
        /* CR LF is one line end; a final one ends the text. */
        i += cp == '\r' && text[i + 1] == '\n' ? 2 : n;
        if (i >= len)
            return;
    }
}
