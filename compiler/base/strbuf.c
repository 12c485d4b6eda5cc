/* Growing byte string. */
#include "base/strbuf.h"

#include "base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void strbuf_init(struct strbuf *buf)
{
    buf->data = NULL;
    buf->len = buf->cap = 0;
}

void strbuf_release(struct strbuf *buf)
{
    free(buf->data);
    strbuf_init(buf);
}

void strbuf_clear(struct strbuf *buf)
{
    buf->len = 0;
    if (buf->data)
        buf->data[0] = '\0';
}

void strbuf_truncate(struct strbuf *buf, size_t len)
{
    if (len >= buf->len)
        return;
    buf->len = len;
    buf->data[len] = '\0';
}

static void reserve(struct strbuf *buf, size_t extra)
{
    size_t need;

    if (extra > SIZE_MAX / 4 || buf->len > SIZE_MAX / 4)
        out_of_memory();
    need = buf->len + extra + 1;
    if (need <= buf->cap)
        return;
    if (need < buf->cap * 2)
        need = buf->cap * 2;
    if (need < 64)
        need = 64;
    buf->data = realloc(buf->data, need);
    if (!buf->data)
        out_of_memory();
    buf->cap = need;
}

void strbuf_add_slow_(struct strbuf *buf, const void *data, size_t len)
{
    reserve(buf, len);
    if (len)
        memcpy(buf->data + buf->len, data, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void strbuf_addstr(struct strbuf *buf, const char *text)
{
    strbuf_add(buf, text, strlen(text));
}

char *strbuf_extend(struct strbuf *buf, size_t len)
{
    char *place;

    reserve(buf, len);
    place = buf->data + buf->len;
    buf->len += len;
    buf->data[buf->len] = '\0';
    return place;
}

void strbuf_addch_slow_(struct strbuf *buf, char c)
{
    reserve(buf, 1);
    buf->data[buf->len++] = c;
    buf->data[buf->len] = '\0';
}

void strbuf_addfill(struct strbuf *buf, char c, size_t count)
{
    reserve(buf, count);
    memset(buf->data + buf->len, c, count);
    buf->len += count;
    buf->data[buf->len] = '\0';
}

void strbuf_vaddf(struct strbuf *buf, const char *format, va_list args)
{
    va_list again;
    int len;

    va_copy(again, args);
    reserve(buf, 63); /* most pieces fit: they are printed once */
    len = vsnprintf(buf->data + buf->len, buf->cap - buf->len, format, args);
    if (len < 0)
        out_of_memory();
    if ((size_t)len >= buf->cap - buf->len) {
        reserve(buf, (size_t)len);
        vsnprintf(buf->data + buf->len, (size_t)len + 1, format, again);
    }
    buf->len += (size_t)len;
    va_end(again);
}

void strbuf_addf(struct strbuf *buf, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    strbuf_vaddf(buf, format, args);
    va_end(args);
}

void strbuf_addint(struct strbuf *buf, int64_t value)
{
    char digits[24];
    size_t at = sizeof digits;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    do {
        digits[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest);
    if (value < 0)
        digits[--at] = '-';
    strbuf_add(buf, digits + at, sizeof digits - at);
}

const char *strbuf_str(const struct strbuf *buf)
{
    return buf->data ? buf->data : "";
}

char *strbuf_detach(struct strbuf *buf)
{
    char *text;

    reserve(buf, 0);
    buf->data[buf->len] = '\0';
    text = realloc(buf->data, buf->len + 1);
    if (!text)
        text = buf->data; /* as large as it was */
    strbuf_init(buf);
    return text;
}

char *strbuf_dup(const struct strbuf *buf, struct arena *arena)
{
    return arena_strndup(arena, strbuf_str(buf), buf->len);
}

void strbuf_add_json(struct strbuf *out, const char *text)
{
    strbuf_addch(out, '"');
    while (*text) {
        unsigned char c = (unsigned char)*text;
        uint32_t character;
        size_t size;

        if (c == '"' || c == '\\') {
            strbuf_addch(out, '\\');
            strbuf_addch(out, (char)c);
        } else if (c == '\n') {
            strbuf_addstr(out, "\\n");
        } else if (c == '\t') {
            strbuf_addstr(out, "\\t");
        } else if (c < 0x20 || c == 0x7F) {
            strbuf_addf(out, "\\u%04x", c);
        } else if (c < 0x80) {
            strbuf_addch(out, (char)c);
        } else {
            size = 1;
            while (size < 4 && ((unsigned char)text[size] & 0xC0) == 0x80)
                size++;
            size = utf8_decode(text, size, &character);
            if (character == 0xFFFD && size == 1)
                strbuf_addstr(out, "\xEF\xBF\xBD");
            else if (!utf8_is_hidden(character))
                strbuf_add(out, text, size);
            else if (character < 0x10000)
                strbuf_addf(out, "\\u%04x", character);
            else
                strbuf_addf(out, "\\u%04x\\u%04x", 0xD7C0 + (character >> 10), 0xDC00 + (character & 0x3FF));
            text += size;
            continue;
        }
        text++;
    }
    strbuf_addch(out, '"');
}
