/* plan.def as tables: what the writer, the reader, the schema and a comparison walk over. Private to compiler/plan and compiler/compare. */
#ifndef DRC_PLAN_TABLE_H
#define DRC_PLAN_TABLE_H

#include "plan/plan.h"
#include "plan/seen.h"

#include <stddef.h>

enum plan_type {
    PLAN_TYPE_TEXT,
    PLAN_TYPE_BOOL,
    PLAN_TYPE_INT,
    PLAN_TYPE_PARTS,
    PLAN_TYPE_MS,
    PLAN_TYPE_BYTES,
    PLAN_TYPE_LOSS,
    PLAN_TYPE_DAY,
    PLAN_TYPE_RANGE,
    PLAN_TYPE_CHOICE,
    PLAN_TYPE_COMMAND,
    PLAN_TYPE_VALUE,
    PLAN_TYPE_VALUES,
    PLAN_TYPE_TEXTS,
    PLAN_TYPE_ONE,
    PLAN_TYPE_LIST,
    PLAN_TYPE_REF,
    PLAN_TYPE_REFS,
    PLAN_TYPE_ORIGIN = PLAN_TYPE_TEXT /* the place beside it stays inside */
};

enum plan_flags {
    PLAN_KEY = 1,  /* identity among its like */
    PLAN_MORE = 2, /* more is weaker */
    PLAN_LESS = 4  /* less is weaker */
};

/* clang-format off */
enum plan_choice_id {
#define CHOICE(ID, doc) PLAN_CHOICE_##ID,
#define ITEM(ID, name, text)
#define CHOICE_END(ID)
#define STRUCT(name, doc)
#define FIELD(in, name, TYPE, of, since, flags, doc)
#define STRUCT_END(name)
#include "plan/plan.def"
    PLAN_CHOICE_COUNT
};
#undef CHOICE
#undef ITEM
#undef CHOICE_END
#undef STRUCT
#undef FIELD
#undef STRUCT_END
/* clang-format on */

struct plan_field {
    const char *name;
    size_t len; /* of the name */
    const char *doc;
    size_t offset, count_offset; /* in the struct; the second for lists */
    enum plan_type type;
    int of;         /* enum plan_struct_id or plan_choice_id; -1 */
    int since;      /* format that has it first */
    unsigned flags; /* enum plan_flags */
};

struct plan_struct {
    const char *name;
    const char *doc;
    size_t size;
    const struct plan_field *fields;
    unsigned count;
};

struct plan_choice {
    const char *id;
    const char *doc;
    const char *const *words;
    unsigned count;
};

extern const struct plan_struct plan_structs[PLAN_STRUCT_COUNT];
extern const struct plan_choice plan_choices[PLAN_CHOICE_COUNT];

/* "duration" for PLAN_TAG_DURATION; NULL for NONE. */
const char *plan_tag_name(enum plan_tag tag);

/* The field that is its identity; NULL when it has none. */
const struct plan_field *plan_key(const struct plan_struct *table);
/* What identifies it: the text of its key, or the key of what that refers to. NULL when it has none. */
const char *plan_identity(const struct plan_struct *table, const void *item);

#endif
