/* Fields of a plan in words, and which of two is the weaker. */
#include "compare/internal.h"

#include "base/units.h"

#include <string.h>

static const void *at(const struct plan_field *field, const void *item)
{
    return (const char *)item + field->offset;
}

static uint32_t count_at(const struct plan_field *field, const void *item)
{
    return *(const uint32_t *)(const void *)((const char *)item + field->count_offset);
}

const char *duration_words(struct comparison *c, int64_t ms)
{
    struct strbuf out = STRBUF_INIT;
    const char *words;

    if (ms == PLAN_UNKNOWN)
        return "unknown";
    if (ms == PLAN_NOT_APPLICABLE)
        return "n/a";
    if (ms == PLAN_ALL)
        return "all";
    print_duration(&out, ms);
    words = strbuf_dup(&out, c->arena);
    strbuf_release(&out);
    return words;
}

static const char *joined(struct comparison *c, const char *const *texts, uint32_t count)
{
    struct strbuf out = STRBUF_INIT;
    const char *words;

    if (!count)
        return NULL;
    for (uint32_t i = 0; i < count; i++)
        strbuf_addf(&out, "%s%s", i ? ", " : "", texts[i] ? texts[i] : "");
    words = strbuf_dup(&out, c->arena);
    strbuf_release(&out);
    return words;
}

static const char *reference_words(struct comparison *c, const struct plan_field *field, const void *item)
{
    const struct plan_struct *table = &plan_structs[field->of];
    const void *const *refs;
    const char **texts;
    uint32_t count;

    if (field->type == PLAN_TYPE_REF) {
        const void *ref = *(const void *const *)at(field, item);

        return ref ? plan_identity(table, ref) : NULL;
    }
    refs = *(const void *const *const *)at(field, item);
    count = count_at(field, item);
    texts = ARENA_ARRAY(c->arena, const char *, count);
    for (uint32_t i = 0; i < count; i++)
        texts[i] = plan_identity(table, refs[i]);
    return joined(c, texts, count);
}

static const char *command_words(struct comparison *c, const struct plan_command *command)
{
    struct strbuf out = STRBUF_INIT;
    const char *words;

    if (!command)
        return NULL;
    plan_command_print(command, &out);
    words = strbuf_dup(&out, c->arena);
    strbuf_release(&out);
    return words;
}

const char *field_words(struct comparison *c, const struct plan_field *field, const void *item)
{
    const void *value = at(field, item);

    switch (field->type) {
    case PLAN_TYPE_TEXT: return *(const char *const *)value;
    case PLAN_TYPE_BOOL: return *(const bool *)value ? "yes" : "no";
    case PLAN_TYPE_INT: return *(const int64_t *)value == PLAN_UNKNOWN ? NULL : arena_printf(c->arena, "%lld", (long long)*(const int64_t *)value);
    case PLAN_TYPE_PARTS: {
        int64_t parts = *(const int64_t *)value;

        return parts < 0 ? NULL : arena_printf(c->arena, "%lld.%07lld%%", (long long)(parts / 10000000), (long long)(parts % 10000000));
    }
    case PLAN_TYPE_MS:
    case PLAN_TYPE_LOSS: return duration_words(c, *(const int64_t *)value);
    case PLAN_TYPE_RANGE: {
        const struct plan_range *range = value;

        return duration_words(c, range->known ? range->worst : PLAN_UNKNOWN);
    }
    case PLAN_TYPE_CHOICE: {
        uint8_t choice = *(const uint8_t *)value;

        return choice < plan_choices[field->of].count ? plan_choices[field->of].words[choice] : NULL;
    }
    case PLAN_TYPE_COMMAND: return command_words(c, *(struct plan_command *const *)value);
    case PLAN_TYPE_VALUE: {
        const struct plan_value *of = *(struct plan_value *const *)value;

        return of && of->shape != PLAN_SHAPE_NULL ? plan_value_words(c->arena, of) : NULL;
    }
    case PLAN_TYPE_TEXTS: return joined(c, *(const char *const *const *)value, count_at(field, item));
    case PLAN_TYPE_REF:
    case PLAN_TYPE_REFS: return reference_words(c, field, item);
    default: return NULL;
    }
}

bool same_words(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_word(const struct plan_word *a, const struct plan_word *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++) {
        if (a->parts[i].runtime != b->parts[i].runtime || !same_words(a->parts[i].text, b->parts[i].text))
            return false;
    }
    return true;
}

static bool same_command(const struct plan_command *a, const struct plan_command *b)
{
    if (!a || !b)
        return a == b;
    if (a->shell != b->shell || a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++) {
        if (!a->shell ? !same_word(&a->words[i], &b->words[i])
                      : !same_words(a->pieces[i].script, b->pieces[i].script) ||
                            (!a->pieces[i].script && !same_word(&a->pieces[i].value, &b->pieces[i].value)))
            return false;
    }
    return true;
}

static bool same_texts(const char *const *a, const char *const *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!same_words(a[i], b[i]))
            return false;
    }
    return true;
}

bool is_same_field(const struct plan_field *field, const void *before, const void *after)
{
    const void *a = at(field, before), *b = at(field, after);

    switch (field->type) {
    case PLAN_TYPE_TEXT: return same_words(*(const char *const *)a, *(const char *const *)b);
    case PLAN_TYPE_BOOL: return *(const bool *)a == *(const bool *)b;
    case PLAN_TYPE_CHOICE: return *(const uint8_t *)a == *(const uint8_t *)b;
    case PLAN_TYPE_INT:
    case PLAN_TYPE_PARTS:
    case PLAN_TYPE_MS:
    case PLAN_TYPE_LOSS: return *(const int64_t *)a == *(const int64_t *)b;
    case PLAN_TYPE_RANGE: {
        const struct plan_range *one = a, *other = b;

        return one->known == other->known && (!one->known || one->worst == other->worst);
    }
    case PLAN_TYPE_COMMAND: return same_command(*(struct plan_command *const *)a, *(struct plan_command *const *)b);
    case PLAN_TYPE_VALUE: return !*(struct plan_value *const *)a && !*(struct plan_value *const *)b;
    case PLAN_TYPE_TEXTS:
        return count_at(field, before) == count_at(field, after) &&
               same_texts(*(const char *const *const *)a, *(const char *const *const *)b, count_at(field, before));
    case PLAN_TYPE_REF: return !*(const void *const *)a && !*(const void *const *)b;
    case PLAN_TYPE_REFS: return !count_at(field, before) && !count_at(field, after);
    default: return false;
    }
}

/* As a number that is weaker the larger it is. */
static int64_t weight_of(const struct plan_field *field, const void *item)
{
    const void *value = at(field, item);
    int64_t number;

    if (field->type == PLAN_TYPE_RANGE) {
        const struct plan_range *range = value;

        number = range->known ? range->worst : PLAN_UNKNOWN;
    } else {
        number = *(const int64_t *)value;
    }
    if (number == PLAN_ALL)
        return INT64_MAX;
    if (number == PLAN_UNKNOWN)
        return field->flags & PLAN_LESS ? 0 : INT64_MAX - 1; /* fewer copies than any; longer than any time */
    return number < 0 ? -1 : number;
}

/* What held is worse when it is unknown, and worst when it is refuted. */
static int rank_of(const struct plan_field *field, uint8_t choice)
{
    static const int verdicts[] = {[PLAN_VERDICT_na] = 0, [PLAN_VERDICT_ok] = 0, [PLAN_VERDICT_unknown] = 1, [PLAN_VERDICT_refuted] = 2};

    if (field->of == PLAN_CHOICE_VERDICT && choice < sizeof verdicts / sizeof *verdicts)
        return verdicts[choice];
    return choice; /* BY and FATE are in that order */
}

enum compare_way way_of(const struct plan_field *field, const void *before, const void *after)
{
    int64_t a, b;

    if (field->type == PLAN_TYPE_CHOICE && (field->of == PLAN_CHOICE_VERDICT || field->of == PLAN_CHOICE_BY || field->of == PLAN_CHOICE_FATE)) {
        a = rank_of(field, *(const uint8_t *)at(field, before));
        b = rank_of(field, *(const uint8_t *)at(field, after));
    } else if (field->flags & (PLAN_MORE | PLAN_LESS)) {
        a = weight_of(field, field->flags & PLAN_MORE ? before : after);
        b = weight_of(field, field->flags & PLAN_MORE ? after : before);
    } else {
        return COMPARE_NEITHER;
    }
    return b > a ? COMPARE_WEAKER : b < a ? COMPARE_STRONGER : COMPARE_NEITHER;
}
