/* YAML on libyaml's emitter. libyaml decides nothing about strings here: every scalar comes with its
 * style. */
#include "emit/yaml.h"

#include "base/utf8.h"
#include "emit/text.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct yaml {
    yaml_emitter_t emitter;
    struct strbuf *out;
    bool ok;
};

static int write_bytes(void *data, unsigned char *buffer, size_t size)
{
    strbuf_add(data, buffer, size);
    return 1;
}

/* Hands the event over; libyaml frees it whether it liked it or not. */
static void emit(struct yaml *y, yaml_event_t *event, int built)
{
    if (!built)
        out_of_memory();
    if (!y->ok) {
        yaml_event_delete(event);
        return;
    }
    if (!yaml_emitter_emit(&y->emitter, event)) {
        if (y->emitter.error == YAML_MEMORY_ERROR)
            out_of_memory();
        y->ok = false;
    }
}

struct yaml *yaml_new(struct arena *arena, struct strbuf *out)
{
    struct yaml *y = ARENA_NEW(arena, struct yaml);
    yaml_event_t event;

    y->out = out;
    y->ok = true;
    if (!yaml_emitter_initialize(&y->emitter))
        out_of_memory();
    yaml_emitter_set_output(&y->emitter, write_bytes, out);
    yaml_emitter_set_unicode(&y->emitter, 1);
    yaml_emitter_set_width(&y->emitter, -1);
    yaml_emitter_set_indent(&y->emitter, 2);
    yaml_emitter_set_break(&y->emitter, YAML_LN_BREAK);
    emit(y, &event, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING));
    return y;
}

void yaml_comment(struct yaml *y, const char *text)
{
    text_add_comment(y->out, 0, "#", text);
}

void yaml_document_begin(struct yaml *y)
{
    yaml_event_t event;

    yaml_emitter_set_unicode(&y->emitter, 1);
    emit(y, &event, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 0));
}

void yaml_document_end(struct yaml *y)
{
    yaml_event_t event;

    emit(y, &event, yaml_document_end_event_initialize(&event, 1));
}

void yaml_map_begin(struct yaml *y)
{
    yaml_event_t event;

    emit(y, &event, yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE));
}

void yaml_map_end(struct yaml *y)
{
    yaml_event_t event;

    emit(y, &event, yaml_mapping_end_event_initialize(&event));
}

static void yaml_list_begin(struct yaml *y)
{
    yaml_event_t event;

    emit(y, &event, yaml_sequence_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_SEQUENCE_STYLE));
}

void yaml_list_end(struct yaml *y)
{
    yaml_event_t event;

    emit(y, &event, yaml_sequence_end_event_initialize(&event));
}

static void scalar(struct yaml *y, const char *text, size_t len, yaml_scalar_style_t style)
{
    yaml_event_t event;

    emit(y, &event, yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text, (int)len, 1, 1, style));
}

/* A key no reader takes for anything but a string: letters first, and none of the words of YAML 1.1. */
static bool is_plain_key(const char *key)
{
    static const char *const words[] = {"false", "n", "no", "null", "off", "on", "true", "y", "yes", "nan", "inf"};
    size_t len = 0;

    for (; key[len]; len++) {
        char c = key[len];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        bool later = (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.' || c == '/';

        if (!letter && (len == 0 || !later))
            return false;
    }
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t j = 0;

        while (words[i][j] && (key[j] | 0x20) == words[i][j])
            j++;
        if (!words[i][j] && !key[j])
            return false;
    }
    return len > 0;
}

/* A literal block shows a script as a script. Only for text it shows unchanged: lines of visible characters,
 * none ending in a blank, the first one neither indented nor empty, one line break at the end or none. */
static bool is_block_text(const char *text, size_t len)
{
    uint32_t cp, last = '\n';
    bool lines = false;
    size_t n;

    if (len == 0 || text[0] == ' ' || text[0] == '\n')
        return false;
    for (size_t i = 0; i < len; i += n) {
        n = text_decode(text + i, len - i, &cp);
        if (n == 0 || (utf8_is_hidden(cp) && cp != '\n'))
            return false;
        if (cp == '\n') {
            if (last == ' ' || (last == '\n' && i + 1 == len))
                return false;
            lines = true;
        }
        last = cp;
    }
    return lines && last != ' ';
}

static void string(struct yaml *y, const char *text, yaml_scalar_style_t style)
{
    struct strbuf clean = STRBUF_INIT;
    size_t len = strlen(text), n;
    uint32_t cp;

    /* With unicode off libyaml escapes all that is not ASCII: wanted once something hidden turns up. */
    for (size_t i = 0; i < len; i += n) {
        n = text_decode(text + i, len - i, &cp);
        if (n == 0)
            n = 1;
        else if (cp >= 0x80 && utf8_is_hidden(cp))
            yaml_emitter_set_unicode(&y->emitter, 0);
    }
    text_add_utf8(&clean, text, len);
    if (len > INT32_MAX / 4)
        y->ok = false;
    else
        scalar(y, strbuf_str(&clean), clean.len, style);
    strbuf_release(&clean);
}

static void yaml_key(struct yaml *y, const char *key)
{
    string(y, key, is_plain_key(key) ? YAML_PLAIN_SCALAR_STYLE : YAML_DOUBLE_QUOTED_SCALAR_STYLE);
}

void yaml_string(struct yaml *y, const char *text)
{
    if (!text)
        yaml_null(y);
    else
        string(y, text, is_block_text(text, strlen(text)) ? YAML_LITERAL_SCALAR_STYLE : YAML_DOUBLE_QUOTED_SCALAR_STYLE);
}

void yaml_int(struct yaml *y, int64_t value)
{
    struct strbuf digits = STRBUF_INIT;

    strbuf_addint(&digits, value);
    scalar(y, strbuf_str(&digits), digits.len, YAML_PLAIN_SCALAR_STYLE);
    strbuf_release(&digits);
}

void yaml_decimal(struct yaml *y, const char *digits)
{
    if (text_is_decimal(digits))
        scalar(y, digits, strlen(digits), YAML_PLAIN_SCALAR_STYLE);
    else
        yaml_string(y, digits);
}

void yaml_bool(struct yaml *y, bool value)
{
    const char *text = value ? "true" : "false";

    scalar(y, text, strlen(text), YAML_PLAIN_SCALAR_STYLE);
}

void yaml_null(struct yaml *y)
{
    scalar(y, "null", 4, YAML_PLAIN_SCALAR_STYLE);
}

void yaml_key_string(struct yaml *y, const char *key, const char *text)
{
    yaml_key(y, key);
    yaml_string(y, text);
}

void yaml_key_int(struct yaml *y, const char *key, int64_t value)
{
    yaml_key(y, key);
    yaml_int(y, value);
}

void yaml_key_bool(struct yaml *y, const char *key, bool value)
{
    yaml_key(y, key);
    yaml_bool(y, value);
}

void yaml_key_map(struct yaml *y, const char *key)
{
    yaml_key(y, key);
    yaml_map_begin(y);
}

void yaml_key_list(struct yaml *y, const char *key)
{
    yaml_key(y, key);
    yaml_list_begin(y);
}

bool yaml_finish(struct yaml *y)
{
    yaml_event_t event;

    emit(y, &event, yaml_stream_end_event_initialize(&event));
    yaml_emitter_delete(&y->emitter);
    return y->ok;
}
