/* What a plan says as one number, whatever the order it is said in: numbers of what stands in a list are added. Where something is written, and
 * where in an order it comes, does not count. Two plans with two numbers say different things; it is asked only whether nothing is different where
 * nothing was found. */
#include "compare/internal.h"

#include <string.h>

static uint64_t mixed(uint64_t hash, uint64_t more)
{
    hash ^= more + 0x9e3779b97f4a7c15u + (hash << 6) + (hash >> 2);
    hash *= 0xff51afd7ed558ccdu;
    return hash ^ (hash >> 32);
}

static uint64_t of_text(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325u;

    if (!text)
        return 1;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    return hash;
}

static uint64_t of_value(const struct plan_value *value)
{
    uint64_t hash, sum = 0;

    if (!value)
        return 2;
    hash = mixed(value->tag, value->shape);
    switch ((enum plan_shape)value->shape) {
    case PLAN_SHAPE_NULL: return hash;
    case PLAN_SHAPE_BOOL: return mixed(hash, value->truth);
    case PLAN_SHAPE_NUMBER: return mixed(hash, (uint64_t)value->number);
    case PLAN_SHAPE_STRING: return mixed(hash, of_text(value->text));
    case PLAN_SHAPE_ITEMS:
        for (uint32_t i = 0; i < value->count; i++) {
            if (value->items[i].tag == PLAN_TAG_REF)
                sum += of_value(&value->items[i]);
            else
                hash = mixed(hash, of_value(&value->items[i]));
        }
        return mixed(hash, sum);
    case PLAN_SHAPE_PAIRS:
        for (uint32_t i = 0; i < value->count; i++)
            sum += mixed(of_text(value->pairs[i].key), of_value(&value->pairs[i].value));
        return mixed(hash, sum);
    }
    return hash;
}

static uint64_t of_word(const struct plan_word *word)
{
    uint64_t hash = word->count;

    for (uint32_t i = 0; i < word->count; i++)
        hash = mixed(mixed(hash, word->parts[i].runtime), of_text(word->parts[i].text));
    return hash;
}

static uint64_t of_command(const struct plan_command *command)
{
    uint64_t hash = 3;

    for (uint32_t i = 0; command && i < command->count; i++) {
        if (!command->shell)
            hash = mixed(hash, of_word(&command->words[i]));
        else
            hash = mixed(hash, command->pieces[i].script ? of_text(command->pieces[i].script) : of_word(&command->pieces[i].value));
    }
    return hash;
}

static bool counts(const struct plan_field *field)
{
    static const char *const places[] = {"origin", "detected_origin", "stated", "ordinal", "wave",
                                         "digest", "critical_path",   "order",  "rests",   "follows"};

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (strcmp(field->name, places[i]) == 0)
            return false;
    }
    return true;
}

static uint64_t of_struct(int in, const void *item);

static uint64_t of_field(const struct plan_field *field, const void *item)
{
    const char *at = (const char *)item + field->offset;
    uint32_t count = 0;
    uint64_t sum = 0;

    switch (field->type) {
    case PLAN_TYPE_TEXT: return of_text(*(const char *const *)(const void *)at);
    case PLAN_TYPE_BOOL: return *(const bool *)(const void *)at;
    case PLAN_TYPE_CHOICE: return *(const uint8_t *)(const void *)at;
    case PLAN_TYPE_RANGE: {
        const struct plan_range *range = (const void *)at;

        return range->known ? mixed(mixed((uint64_t)range->best, (uint64_t)range->typical), (uint64_t)range->worst) : 4;
    }
    case PLAN_TYPE_COMMAND: return of_command(*(struct plan_command *const *)(const void *)at);
    case PLAN_TYPE_VALUE: return of_value(*(struct plan_value *const *)(const void *)at);
    case PLAN_TYPE_VALUES: {
        const struct plan_values *values = (const void *)at;

        for (uint32_t i = 0; i < values->count; i++)
            sum += mixed(of_text(values->pairs[i].key), of_value(&values->pairs[i].value));
        return sum;
    }
    case PLAN_TYPE_ONE: {
        const void *one = *(const void *const *)(const void *)at;

        return one ? of_struct(field->of, one) : 5;
    }
    case PLAN_TYPE_REF: {
        const void *one = *(const void *const *)(const void *)at;

        return one ? of_text(plan_identity(&plan_structs[field->of], one)) : 6;
    }
    case PLAN_TYPE_TEXTS:
    case PLAN_TYPE_LIST:
    case PLAN_TYPE_REFS:
        count = *(const uint32_t *)(const void *)((const char *)item + field->count_offset);
        for (uint32_t i = 0; i < count; i++) {
            if (field->type == PLAN_TYPE_LIST)
                sum += of_struct(field->of, *(const char *const *)(const void *)at + i * plan_structs[field->of].size);
            else if (field->type == PLAN_TYPE_TEXTS)
                sum += of_text((*(const char *const *const *)(const void *)at)[i]);
            else
                sum += of_text(plan_identity(&plan_structs[field->of], (*(const void *const *const *)(const void *)at)[i]));
        }
        return mixed(sum, count);
    default: return (uint64_t) * (const int64_t *)(const void *)at;
    }
}

static uint64_t of_struct(int in, const void *item)
{
    uint64_t hash = (uint64_t)in;

    for (unsigned i = 0; i < plan_structs[in].count; i++) {
        if (counts(&plan_structs[in].fields[i]))
            hash = mixed(hash, of_field(&plan_structs[in].fields[i], item));
    }
    return hash;
}

bool same_content(const struct plan_document *a, const struct plan_document *b)
{
    return of_struct(PLAN_STRUCT_document, a) == of_struct(PLAN_STRUCT_document, b);
}
