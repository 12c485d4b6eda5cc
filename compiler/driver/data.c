/* YAML (libyaml) and JSON (jansson) as values, for inventories and parameter files.
 *
 * Plain scalars of YAML that are literals of our language (`500GiB`, `15m`, `true`, `7`) get that type; quoted ones are strings.
 * Values know where they stand in their file, so that a message can point there. */
#include "driver/data_internal.h"
#include "source/lost.h"

#include "base/utf8.h"

#include <assert.h>
#include <string.h>

void data_fail(struct data_reader *reader, uint32_t at, const char *message)
{
    if (!reader->failed)
        diag_label(diag_report(&reader->session->sink, DIAG_E0805, (struct span){at, at}, "%s: %s", reader->name, message), reader->span,
                   "read from here");
    reader->failed = true;
}

struct value data_scalar(struct arena *arena, const char *text, size_t len)
{
    struct frac rate;
    int64_t number;

    if (len == 0 || (len == 4 && memcmp(text, "null", 4) == 0) || (len == 1 && text[0] == '~'))
        return value_unknown();
    if (len == 4 && memcmp(text, "true", 4) == 0)
        return value_int(VALUE_BOOL, 1);
    if (len == 5 && memcmp(text, "false", 5) == 0)
        return value_int(VALUE_BOOL, 0);
    if (read_decimal(text, len, &number)) {
        if (!memchr(text, '.', len))
            return value_int(VALUE_INT, number / NANO);
        return value_int(VALUE_DECIMAL, number);
    }
    if (len > 1 && text[len - 1] == '%' && read_decimal(text, len - 1, &number))
        return value_int(VALUE_PERCENT, number / 100);
    if (read_duration(text, len, &number))
        return value_int(VALUE_DURATION, number);
    if (read_size(text, len, &number))
        return value_int(VALUE_SIZE, number);
    if (read_date(text, len, &number))
        return value_int(VALUE_DATE, number);
    if (read_rate(text, len, &rate)) {
        struct frac *copy = ARENA_NEW(arena, struct frac);

        *copy = rate;
        return (struct value){.type = VALUE_RATE, .u.rate = copy};
    }
    return value_string(arena_strndup(arena, text, len));
}

/* ---------------------------------------------------------------- callers */

bool read_data(struct session *session, const char *path, struct span span, struct value *out)
{
    struct data_reader reader = {.session = session, .span = span, .name = path};
    const char *error = NULL;
    size_t len, name_len = strlen(path);
    char *text = read_whole_file(session->arena, path, &len, &error);

    if (!text) {
        diag_report(&session->sink, DIAG_E0801, span, "`%s` cannot be read: %s", path, error);
        lost_import(&session->sink, NULL);
        return false;
    }
    reader.file = sources_take(&session->sources, path, text, len);
    if (!reader.file) {
        diag_report(&session->sink, DIAG_E0801, span, "`%s` is too large", path);
        return false;
    }
    *out = name_len > 5 && same_but_for_case(path + name_len - 5, ".json") ? data_read_json(&reader) : data_read_yaml(&reader);
    assert(reader.failed == (out->type == VALUE_ERROR)); /* who gives no value has said why */
    if (out->type != VALUE_ERROR)
        return true;
    lost_text(&session->sink, (struct span){reader.file->base, reader.file->base + reader.file->len});
    return false;
}

bool read_inventory(void *context, const char *path, const struct source_file *from, struct span span, struct value *out)
{
    struct session *session = context;
    const char *slash = strrchr(from->name, '/');
    const char *full = path;

    if (path[0] != '/' && slash)
        full = arena_printf(session->arena, "%.*s%s", (int)(slash - from->name + 1), from->name, path);
    return read_data(session, full, span, out);
}

bool read_parameter_files(struct session *session)
{
    for (uint32_t i = 0; i < session->options->param_files.len; i++) {
        const char *path = session->options->param_files.items[i];
        struct value value;

        if (!read_data(session, path, (struct span){0, 0}, &value))
            continue;
        if (value.type != VALUE_OBJECT) {
            diag_report(&session->sink, DIAG_E0805, (struct span){value.origin, value.origin}, "%s holds no mapping of names to values", path);
            continue;
        }
        for (uint32_t p = 0; p < value.u.object->count; p++) {
            struct sema_param param = {.name = value.u.object->pairs[p].key, .value = value.u.object->pairs[p].value, .where = path};

            vec_push(session->arena, &session->params, param);
        }
    }
    return session->sink.errors == 0;
}
