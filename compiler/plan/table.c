/* The tables of plan.def, and small questions asked of them. */
#include "plan/table.h"

#include <string.h>

/* clang-format off */
#define KEY PLAN_KEY
#define MORE PLAN_MORE
#define LESS PLAN_LESS

/* What `of` names, by type. */
#define OF_TEXT(of) -1
#define OF_ORIGIN(of) -1
#define OF_BOOL(of) -1
#define OF_INT(of) -1
#define OF_PARTS(of) -1
#define OF_MS(of) -1
#define OF_BYTES(of) -1
#define OF_LOSS(of) -1
#define OF_DAY(of) -1
#define OF_RANGE(of) -1
#define OF_COMMAND(of) -1
#define OF_VALUE(of) -1
#define OF_VALUES(of) -1
#define OF_TEXTS(of) -1
#define OF_CHOICE(of) PLAN_CHOICE_##of
#define OF_ONE(of) PLAN_STRUCT_##of
#define OF_LIST(of) PLAN_STRUCT_##of
#define OF_REF(of) PLAN_STRUCT_##of
#define OF_REFS(of) PLAN_STRUCT_##of

/* Where the number of its elements is. */
#define COUNT_TEXT(in, name) 0
#define COUNT_ORIGIN(in, name) 0
#define COUNT_BOOL(in, name) 0
#define COUNT_INT(in, name) 0
#define COUNT_PARTS(in, name) 0
#define COUNT_MS(in, name) 0
#define COUNT_BYTES(in, name) 0
#define COUNT_LOSS(in, name) 0
#define COUNT_DAY(in, name) 0
#define COUNT_RANGE(in, name) 0
#define COUNT_COMMAND(in, name) 0
#define COUNT_VALUE(in, name) 0
#define COUNT_VALUES(in, name) 0
#define COUNT_CHOICE(in, name) 0
#define COUNT_ONE(in, name) 0
#define COUNT_REF(in, name) 0
#define COUNT_TEXTS(in, name) offsetof(struct plan_##in, name##_count)
#define COUNT_LIST(in, name) offsetof(struct plan_##in, name##_count)
#define COUNT_REFS(in, name) offsetof(struct plan_##in, name##_count)

#define CHOICE(ID, doc)
#define ITEM(ID, name, text)
#define CHOICE_END(ID)

#define STRUCT(name, doc) static const struct plan_field fields_##name[] = {
#define FIELD(in, field, TYPE, names, first, marks, text)                                                                     \
    {.name = #field, .len = sizeof #field - 1, .doc = text, .offset = offsetof(struct plan_##in, field),                        \
     .count_offset = COUNT_##TYPE(in, field),                                                                                 \
     .type = PLAN_TYPE_##TYPE, .of = OF_##TYPE(names), .since = first, .flags = marks},
#define STRUCT_END(name) };
#include "plan/plan.def"
#undef STRUCT
#undef FIELD
#undef STRUCT_END

/* What a field is to a rule. What is not here has its type in its row. */
#define SEEN_TEXT(of) "string", -1
#define SEEN_BOOL(of) "bool", -1
#define SEEN_INT(of) "int", -1
#define SEEN_MS(of) "duration", -1
#define SEEN_LOSS(of) "duration", -1
#define SEEN_RANGE(of) "range(duration)", -1
#define SEEN_CHOICE(of) "", -1
#define SEEN_ONE(of) "", -1
#define SEEN_REF(of) "ref(" #of ")", -1
#define SEEN_REFS(of) "list(object)", PLAN_STRUCT_##of

static const struct plan_seen seen_rows[] = {
#define STRUCT(name, doc)
#define FIELD(in, name, TYPE, of, since, flags, doc)
#define SEEN(in, name, TYPE, names, since, flags, as, type, doc) {#as, sizeof(type) > 1 ? type : SEEN_##TYPE(names), doc},
#define ONLY_SEEN(in, as, type, doc) {#as, type, -1, doc},
#define STRUCT_END(name)
#include "plan/plan.def"
};
#undef STRUCT
#undef STRUCT_END

static const unsigned seen_counts[PLAN_STRUCT_COUNT] = {
#define STRUCT(name, doc)
#define STRUCT_END(name) PLAN_SEEN_##name##_COUNT,
#include "plan/plan.def"
};
#undef STRUCT
#undef FIELD
#undef STRUCT_END

const struct plan_struct plan_structs[PLAN_STRUCT_COUNT] = {
#define STRUCT(id, text)                                                                                                      \
    {.name = #id, .doc = text, .size = sizeof(struct plan_##id), .fields = fields_##id, .count = sizeof fields_##id / sizeof fields_##id[0]},
#define FIELD(in, name, TYPE, of, since, flags, doc)
#define STRUCT_END(name)
#include "plan/plan.def"
};
#undef STRUCT
#undef STRUCT_END
#undef CHOICE
#undef ITEM
#undef CHOICE_END

#define STRUCT(name, doc)
#define STRUCT_END(name)
#define CHOICE(ID, doc) static const char *const words_##ID[] = {
#define ITEM(ID, name, text) text,
#define CHOICE_END(ID) };
#include "plan/plan.def"
#undef CHOICE
#undef ITEM
#undef CHOICE_END

const struct plan_choice plan_choices[PLAN_CHOICE_COUNT] = {
#define CHOICE(ID, text) {.id = #ID, .doc = text, .words = words_##ID, .count = sizeof words_##ID / sizeof words_##ID[0]},
#define ITEM(ID, name, text)
#define CHOICE_END(ID)
#include "plan/plan.def"
};
/* clang-format on */

const char *plan_tag_name(enum plan_tag tag)
{
    static const char *const names[PLAN_TAG_COUNT] = {
        NULL,  "decimal", "percent", "duration", "size",    "rate",      "money", "date",       "time", "schedule", "range",   "object",
        "ref", "runtime", "text",    "shell",    "literal", "reference", "fact",  "expression", "call", "type",     "written", "nothing",
    };

    return names[tag];
}

const struct plan_seen *plan_seen(enum plan_struct_id in, unsigned *count)
{
    const struct plan_seen *rows = seen_rows;

    for (int before = 0; before < (int)in; before++)
        rows += seen_counts[before];
    *count = seen_counts[in];
    return rows;
}

const struct plan_field *plan_key(const struct plan_struct *table)
{
    for (unsigned i = 0; i < table->count; i++) {
        if (table->fields[i].flags & PLAN_KEY)
            return &table->fields[i];
    }
    return NULL;
}

const char *plan_identity(const struct plan_struct *table, const void *item)
{
    const struct plan_field *key = plan_key(table);
    const char *at;

    if (!key || !item)
        return NULL;
    at = (const char *)item + key->offset;
    if (key->type == PLAN_TYPE_TEXT)
        return *(const char *const *)(const void *)at;
    return plan_identity(&plan_structs[key->of], *(void *const *)(const void *)at);
}

const struct plan_value *plan_attribute(const struct plan_thing *thing, const char *name)
{
    for (uint32_t i = 0; i < thing->attributes.count; i++) {
        if (strcmp(thing->attributes.pairs[i].key, name) == 0)
            return &thing->attributes.pairs[i].value;
    }
    return NULL;
}
