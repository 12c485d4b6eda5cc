/* YAML by libyaml, as a flat list of scalars: what a reader of facts needs of it. */
#include "base/vec.h"
#include "validate/reading.h"

#include <string.h>
#include <yaml.h>

enum { DEEPEST = 32 };

struct level {
    size_t path_len; /* of the path in front of it */
    int64_t item;    /* of a list; -1: a map */
    bool has_key;
};

struct walk {
    const struct artifact *artifact;
    struct arena *arena;
    VEC(struct scalar) scalars;
    struct strbuf path;
    struct level levels[DEEPEST];
    unsigned depth;
    unsigned documents;
};

/* Where line `number` begins, from 0. */
static const char *line_start(const struct artifact *artifact, size_t number)
{
    const char *at = artifact->text;

    while (number-- > 0 && (at = strchr(at, '\n')) != NULL)
        at++;
    return at ? at : artifact->text;
}

/* Before a value: the key it has in a list. */
static void begin_value(struct walk *w)
{
    struct level *level = w->depth ? &w->levels[w->depth - 1] : NULL;

    if (level && level->item >= 0) {
        strbuf_truncate(&w->path, level->path_len);
        strbuf_addf(&w->path, "[%lld]", (long long)level->item++);
    }
}

static void end_value(struct walk *w)
{
    struct level *level = w->depth ? &w->levels[w->depth - 1] : NULL;

    if (!level)
        return;
    strbuf_truncate(&w->path, level->path_len);
    level->has_key = false;
}

static bool take(struct walk *w, const yaml_event_t *event)
{
    struct level *level = w->depth ? &w->levels[w->depth - 1] : NULL;

    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT: return ++w->documents == 1;
    case YAML_SCALAR_EVENT:
        if (event->data.scalar.anchor || event->data.scalar.tag)
            return false;
        if (level && level->item < 0 && !level->has_key) {
            strbuf_addf(&w->path, "%s%s", w->path.len ? "." : "", (const char *)event->data.scalar.value);
            level->has_key = true;
            return true;
        }
        begin_value(w);
        vec_push(w->arena, &w->scalars,
                 ((struct scalar){strbuf_dup(&w->path, w->arena), arena_strdup(w->arena, (const char *)event->data.scalar.value),
                                  line_start(w->artifact, event->start_mark.line), false}));
        end_value(w);
        return true;
    case YAML_MAPPING_START_EVENT:
    case YAML_SEQUENCE_START_EVENT:
        if (w->depth == DEEPEST || (level && level->item < 0 && !level->has_key))
            return false;
        begin_value(w);
        w->levels[w->depth++] = (struct level){w->path.len, event->type == YAML_SEQUENCE_START_EVENT ? 0 : -1, false};
        return true;
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        w->depth--;
        end_value(w);
        return true;
    case YAML_ALIAS_EVENT: return false;
    default: return true;
    }
}

bool read_yaml(const struct artifact *artifact, struct arena *arena, struct scalars *out)
{
    struct walk w = {.artifact = artifact, .arena = arena};
    yaml_parser_t parser;
    yaml_event_t event;
    size_t line = 0;
    bool ok, done = false;

    if (!yaml_parser_initialize(&parser))
        out_of_memory();
    yaml_parser_set_input_string(&parser, (const unsigned char *)artifact->text, artifact->len);
    do {
        ok = yaml_parser_parse(&parser, &event);
        if (!ok) {
            line = parser.problem_mark.line;
            break;
        }
        done = event.type == YAML_STREAM_END_EVENT;
        line = event.start_mark.line;
        ok = take(&w, &event);
        yaml_event_delete(&event);
    } while (ok && !done);
    yaml_parser_delete(&parser);
    strbuf_release(&w.path);
    if (!ok)
        wrong(artifact, line_start(artifact, line), "this is not the YAML of one plain document");
    *out = (struct scalars){w.scalars.items, w.scalars.len, ARENA_NEW(arena, uint32_t)};
    return ok;
}

struct scalar *scalar_at(const struct scalars *scalars, const char *key)
{
    for (uint32_t i = 0; i < scalars->count; i++) {
        uint32_t at = (*scalars->next + i) % scalars->count;

        if (strcmp(scalars->items[at].key, key) == 0) {
            scalars->items[at].read = true;
            *scalars->next = (at + 1) % scalars->count;
            return &scalars->items[at];
        }
    }
    return NULL;
}

void scalars_end(const struct artifact *artifact, const struct scalars *scalars)
{
    for (uint32_t i = 0; i < scalars->count; i++) {
        if (!scalars->items[i].read)
            wrong(artifact, scalars->items[i].at, "nothing in the plan asks for `%s: %s`", scalars->items[i].key, scalars->items[i].value);
    }
}

void same_scalar(const struct artifact *artifact, const struct scalars *scalars, const char *key, const char *want)
{
    const struct scalar *scalar = scalar_at(scalars, key);

    same_text(artifact, scalar ? scalar->at : NULL, key, scalar ? scalar->value : NULL, want);
}

void same_scalar_number(const struct artifact *artifact, const struct scalars *scalars, const char *key, int64_t want)
{
    const struct scalar *scalar = scalar_at(scalars, key);

    same_number(artifact, scalar ? scalar->at : NULL, key, scalar ? number_of(scalar->value) : -1, want);
}
