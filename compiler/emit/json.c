/* Streaming JSON. The writer keeps one byte per open level: what is open and whether it has an element
 * yet. */
#include "emit/json.h"

#include "base/utf8.h"
#include "emit/text.h"

#include <string.h>

enum { TOP = 0, OBJECT = 1, ARRAY = 2, FILLED = 4 };
enum { PIECE = 1 << 16 }; /* bytes a sink is given at once */

void jsonw_init(struct jsonw *j, struct strbuf *out)
{
    memset(j, 0, sizeof *j);
    j->out = out;
    j->faithful = true;
    j->nested = true;
}

void jsonw_init_sink(struct jsonw *j, struct strbuf *buffer, struct byte_sink *sink)
{
    jsonw_init(j, buffer);
    j->sink = sink;
}

static void give_piece(struct jsonw *j)
{
    if (!j->sink || j->out->len < PIECE)
        return;
    j->sink->take(j->sink, j->out->data, j->out->len);
    strbuf_clear(j->out);
}

static unsigned char *level(struct jsonw *j)
{
    return &j->state[j->depth];
}

static void new_line(struct jsonw *j, unsigned depth)
{
    if (j->row)
        return;
    strbuf_addch(j->out, '\n');
    strbuf_addfill(j->out, ' ', 2 * (size_t)depth);
}

/* What goes before an element: comma, line, and in an object the key has done it already. */
static void before_value(struct jsonw *j)
{
    unsigned char *open = level(j);

    give_piece(j);
    if (j->after_key) {
        j->after_key = false;
        return;
    }
    if (*open & OBJECT || (j->depth == 0 && *open & FILLED)) {
        j->nested = false; /* a value without a key, or a second document */
        return;
    }
    if (*open & FILLED)
        strbuf_addch(j->out, ',');
    if (*open & ARRAY)
        new_line(j, j->depth);
    *open |= FILLED;
}

static void begin(struct jsonw *j, char bracket, unsigned char kind)
{
    before_value(j);
    strbuf_addch(j->out, bracket);
    if (j->depth == JSON_MAX_DEPTH) {
        j->nested = false;
        return;
    }
    j->depth++;
    *level(j) = kind;
}

static void end(struct jsonw *j, char bracket, unsigned char kind)
{
    unsigned char open = *level(j);

    if (j->depth == 0 || !(open & kind) || j->after_key) {
        j->nested = false;
        return;
    }
    j->depth--;
    if (open & FILLED)
        new_line(j, j->depth);
    strbuf_addch(j->out, bracket);
}

void jsonw_object_begin(struct jsonw *j)
{
    begin(j, '{', OBJECT);
}

void jsonw_object_end(struct jsonw *j)
{
    end(j, '}', OBJECT);
}

void jsonw_array_begin(struct jsonw *j)
{
    begin(j, '[', ARRAY);
}

void jsonw_array_end(struct jsonw *j)
{
    end(j, ']', ARRAY);
}

static void add_escape(struct strbuf *out, uint32_t cp)
{
    if (cp > 0xFFFF) {
        strbuf_addf(out, "\\u%04x\\u%04x", (unsigned)(0xD800 + ((cp - 0x10000) >> 10)), (unsigned)(0xDC00 + ((cp - 0x10000) & 0x3FF)));
        return;
    }
    switch (cp) {
    case '\n': strbuf_addstr(out, "\\n"); break;
    case '\r': strbuf_addstr(out, "\\r"); break;
    case '\t': strbuf_addstr(out, "\\t"); break;
    case '\b': strbuf_addstr(out, "\\b"); break;
    case '\f': strbuf_addstr(out, "\\f"); break;
    default: strbuf_addf(out, "\\u%04x", (unsigned)cp); break;
    }
}

/* Most texts are plain: they are copied at once. */
static bool is_plain(const char *text, size_t len)
{
    unsigned odd = 0;

    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)text[i];

        odd |= (c < 0x20) | (c >= 0x7F) | (c == '"') | (c == '\\');
    }
    return !odd;
}

static void quoted(struct jsonw *j, const char *text, size_t len)
{
    struct strbuf *out = j->out;
    size_t start = 0, i = 0, n;
    uint32_t cp;
    char *place;

    if (is_plain(text, len)) {
        place = strbuf_extend(out, len + 2);
        place[0] = '"';
        memcpy(place + 1, text, len);
        place[len + 1] = '"';
        return;
    }
    strbuf_addch(out, '"');
    while (i < len) {
        unsigned char c = (unsigned char)text[i];

        if (c >= 0x20 && c < 0x7F && c != '"' && c != '\\') {
            i++;
            continue;
        }
        n = text_decode(text + i, len - i, &cp);
        if (n > 0 && c >= 0x80 && !utf8_is_hidden(cp)) {
            i += n;
            continue;
        }
        strbuf_add(out, text + start, i - start);
        if (n == 0) {
            j->faithful = false;
            n = 1;
            cp = 0xFFFD;
        }
        if (c == '"' || c == '\\') {
            strbuf_addch(out, '\\');
            strbuf_addch(out, (char)c);
        } else {
            add_escape(out, cp);
        }
        i += n;
        start = i;
    }
    if (len > start)
        strbuf_add(out, text + start, len - start);
    strbuf_addch(out, '"');
}

static bool before_key(struct jsonw *j)
{
    unsigned char *open = level(j);

    if (!(*open & OBJECT) || j->after_key) {
        j->nested = false;
        return false;
    }
    if (*open & FILLED)
        strbuf_addch(j->out, ',');
    new_line(j, j->depth);
    *open |= FILLED;
    return true;
}

static void end_key(struct jsonw *j)
{
    strbuf_addch(j->out, ':');
    if (!j->row)
        strbuf_addch(j->out, ' ');
    j->after_key = true;
}

void jsonw_key(struct jsonw *j, const char *key)
{
    if (!before_key(j))
        return;
    quoted(j, key, strlen(key));
    end_key(j);
}

void jsonw_key_word(struct jsonw *j, const char *key, size_t len)
{
    char *place;

    if (!before_key(j))
        return;
    place = strbuf_extend(j->out, len + 2);
    place[0] = '"';
    memcpy(place + 1, key, len);
    place[len + 1] = '"';
    end_key(j);
}

static void jsonw_string_len(struct jsonw *j, const char *text, size_t len)
{
    before_value(j);
    quoted(j, text, len);
}

void jsonw_string(struct jsonw *j, const char *text)
{
    if (text)
        jsonw_string_len(j, text, strlen(text));
    else
        jsonw_null(j);
}

void jsonw_int(struct jsonw *j, int64_t value)
{
    before_value(j);
    strbuf_addint(j->out, value);
}

void jsonw_uint(struct jsonw *j, uint64_t value)
{
    before_value(j);
    strbuf_addf(j->out, "%llu", (unsigned long long)value);
}

void jsonw_decimal(struct jsonw *j, const char *digits)
{
    if (!text_is_decimal(digits)) {
        jsonw_string(j, digits);
        return;
    }
    before_value(j);
    strbuf_addstr(j->out, digits);
}

void jsonw_bool(struct jsonw *j, bool value)
{
    before_value(j);
    strbuf_add(j->out, value ? "true" : "false", value ? 4 : 5);
}

void jsonw_null(struct jsonw *j)
{
    before_value(j);
    strbuf_add(j->out, "null", 4);
}

void jsonw_key_string(struct jsonw *j, const char *key, const char *text)
{
    jsonw_key(j, key);
    jsonw_string(j, text);
}

void jsonw_key_int(struct jsonw *j, const char *key, int64_t value)
{
    jsonw_key(j, key);
    jsonw_int(j, value);
}

void jsonw_key_bool(struct jsonw *j, const char *key, bool value)
{
    jsonw_key(j, key);
    jsonw_bool(j, value);
}

void jsonw_key_object(struct jsonw *j, const char *key)
{
    jsonw_key(j, key);
    jsonw_object_begin(j);
}

void jsonw_key_array(struct jsonw *j, const char *key)
{
    jsonw_key(j, key);
    jsonw_array_begin(j);
}

bool jsonw_finish(struct jsonw *j)
{
    if (j->depth > 0 || !(j->state[0] & FILLED))
        j->nested = false;
    strbuf_addch(j->out, '\n');
    if (j->sink) {
        j->sink->take(j->sink, j->out->data, j->out->len);
        strbuf_clear(j->out);
    }
    return j->nested && j->faithful;
}
