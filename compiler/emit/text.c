/* UTF-8 and comments for the writers. */
#include "emit/text.h"

#include "base/utf8.h"

#include <string.h>

size_t text_decode(const char *text, size_t len, uint32_t *code_point)
{
    size_t n = utf8_decode(text, len, code_point);

    /* A genuine U+FFFD is three bytes long. */
    return n == 1 && *code_point == 0xFFFD ? 0 : n;
}

size_t text_next(const char *text, size_t len, uint32_t *code_point)
{
    size_t size = text_decode(text, len, code_point);

    if (size == 0)
        *code_point = 0xFFFD;
    return size ? size : 1;
}

void text_add_code_point(struct strbuf *out, uint32_t code_point)
{
    char bytes[4];

    strbuf_add(out, bytes, utf8_encode(code_point, bytes));
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

/* How many bytes from there on are printable ASCII: they are copied as they are. */
static size_t plain_run(const char *text, size_t len)
{
    size_t run = 0;

    while (run < len && text[run] >= 0x20 && text[run] < 0x7F)
        run++;
    return run;
}

void text_add_shown(struct strbuf *out, const char *text, size_t len)
{
    uint32_t cp;
    size_t n;

    for (size_t i = 0; i < len; i += n) {
        n = plain_run(text + i, len - i);
        if (n > 0) {
            strbuf_add(out, text + i, n);
            continue;
        }
        n = text_next(text + i, len - i, &cp);
        text_add_code_point(out, utf8_is_hidden(cp) && cp != '\n' && cp != '\t' ? 0xFFFD : cp);
    }
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
            n = plain_run(text + i, len - i);
            if (n > 0) {
                strbuf_add(out, text + i, n);
                continue;
            }
            n = text_next(text + i, len - i, &cp);
            if (cp == '\n' || cp == '\r' || cp == '\v' || cp == '\f' || cp == 0x85 || cp == 0x2028 || cp == 0x2029)
                break;
            if (cp == '\t')
                cp = ' ';
            text_add_code_point(out, utf8_is_hidden(cp) ? 0xFFFD : cp);
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
