/* The plan as it is published: structs, their tables, and plan.json from and to them.
 *
 * Everything here comes from plan.def; nothing names an entity of the model. What is not known is NULL, PLAN_UNKNOWN or a range
 * that is not `known`. Everything lives in one arena; a REF points into the same document. */
#ifndef DRC_PLAN_PLAN_H
#define DRC_PLAN_PLAN_H

#include "base/arena.h"
#include "base/phases.h"
#include "base/sink.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

enum { PLAN_FORMAT = 2 };

/* Milliseconds, bytes, parts: what nobody knows. LOSS has two more: nothing to lose, and everything. */
enum { PLAN_UNKNOWN = -1, PLAN_NOT_APPLICABLE = -2, PLAN_ALL = -3 };
#define PLAN_NO_DAY INT64_MIN

/* Where in the sources of this compilation something is written, for diagnostics; 0, 0 where there is no such place, and in a plan that
 * was read. Not in plan.json. */
struct plan_place {
    uint32_t start, end;
};

struct plan_range {
    bool known;
    int64_t best, typical, worst; /* ms */
};

/* ---- commands: an argument list, or a shell text with its values between the pieces of script */

struct plan_word {
    uint32_t count;
    struct plan_part {
        bool runtime; /* a name known when it runs: "input.at", "job.output"; else text */
        const char *text;
    } * parts;
};

struct plan_command {
    bool shell;
    uint32_t count; /* of words, or of pieces */
    union {
        struct plan_word *words;
        struct plan_piece {
            const char *script; /* NULL: a value, which must reach the shell as a quoted variable */
            struct plan_word value;
        } * pieces;
    };
    struct plan_place place;
};

/* ---- values of attributes */

/* What a value is beyond text, number, truth and list: in JSON an object with this one key. */
enum plan_tag {
    PLAN_TAG_NONE,
    PLAN_TAG_DECIMAL,  /* per 10^9 */
    PLAN_TAG_PERCENT,  /* per 10^9 */
    PLAN_TAG_DURATION, /* ms */
    PLAN_TAG_SIZE,     /* bytes */
    PLAN_TAG_RATE,     /* [bytes, milliseconds] */
    PLAN_TAG_MONEY,    /* "1,200 USD/mo" */
    PLAN_TAG_DATE,     /* "2026-11-21" */
    PLAN_TAG_TIME,     /* "02:00" */
    PLAN_TAG_SCHEDULE, /* "daily at 02:00" */
    PLAN_TAG_RANGE,    /* [best, typical, worst] */
    PLAN_TAG_OBJECT,   /* {name: value} */
    PLAN_TAG_REF,      /* id of a declared thing */
    PLAN_TAG_RUNTIME,  /* name known when it runs */
    PLAN_TAG_TEXT,     /* [text or value, …] */
    PLAN_TAG_SHELL,    /* [{"literal": script} or value, …] */
    PLAN_TAG_LITERAL,
    PLAN_TAG_REFERENCE,  /* of an emitted resource: {resource, key, attribute} */
    PLAN_TAG_FACT,       /* {of, name, value}: true of what exists already; {null, name, value, says}: a variable of its own */
    PLAN_TAG_EXPRESSION, /* of the target's own language */
    PLAN_TAG_CALL,       /* {function, arguments} */
    PLAN_TAG_TYPE,       /* "list(string)" */
    PLAN_TAG_WRITTEN,    /* worked out where it is used: as the specification has it */
    PLAN_TAG_NOTHING,    /* "n/a", "unknown" */
    PLAN_TAG_COUNT
};

enum plan_shape { PLAN_SHAPE_NULL, PLAN_SHAPE_BOOL, PLAN_SHAPE_NUMBER, PLAN_SHAPE_STRING, PLAN_SHAPE_ITEMS, PLAN_SHAPE_PAIRS };

struct plan_value {
    uint8_t tag;    /* enum plan_tag */
    uint8_t shape;  /* of the value, or of what the tag names; PAIRS only beside a tag */
    uint32_t count; /* of items or pairs */
    union {
        bool truth;
        int64_t number;
        const char *text;
        struct plan_value *items;
        struct plan_pair *pairs;
    };
};

struct plan_pair {
    const char *key;
    struct plan_value value;
};

struct plan_values {
    struct plan_pair *pairs; /* in the order of the declaration, keys distinct */
    uint32_t count;
    const struct plan_place *places; /* of each; NULL unless the document was made for checks */
};

/* ---- words */

/* clang-format off */
#define CHOICE(ID, doc) enum plan_choice_##ID {
#define ITEM(ID, name, text) PLAN_##ID##_##name,
#define CHOICE_END(ID) PLAN_##ID##_COUNT };
#define STRUCT(name, doc)
#define FIELD(in, name, TYPE, of, since, flags, doc)
#define STRUCT_END(name)
#include "plan/plan.def"
#undef CHOICE
#undef ITEM
#undef CHOICE_END
#undef STRUCT
#undef FIELD
#undef STRUCT_END

/* ---- structs */

#define CHOICE(ID, doc)
#define ITEM(ID, name, text)
#define CHOICE_END(ID)

#define STRUCT(name, doc) struct plan_##name;
#define FIELD(in, name, TYPE, of, since, flags, doc)
#define STRUCT_END(name)
#include "plan/plan.def"
#undef STRUCT
#undef FIELD
#undef STRUCT_END

#define PLAN_MEMBER_TEXT(name, of) const char *name;
#define PLAN_MEMBER_ORIGIN(name, of) const char *name; struct plan_place place;
#define PLAN_MEMBER_BOOL(name, of) bool name;
#define PLAN_MEMBER_INT(name, of) int64_t name;
#define PLAN_MEMBER_PARTS(name, of) int64_t name;
#define PLAN_MEMBER_MS(name, of) int64_t name;
#define PLAN_MEMBER_BYTES(name, of) int64_t name;
#define PLAN_MEMBER_LOSS(name, of) int64_t name;
#define PLAN_MEMBER_DAY(name, of) int64_t name;
#define PLAN_MEMBER_RANGE(name, of) struct plan_range name;
#define PLAN_MEMBER_CHOICE(name, of) uint8_t name; /* enum plan_choice_<of> */
#define PLAN_MEMBER_COMMAND(name, of) struct plan_command *name;
#define PLAN_MEMBER_VALUE(name, of) struct plan_value *name;
#define PLAN_MEMBER_VALUES(name, of) struct plan_values name;
#define PLAN_MEMBER_TEXTS(name, of) const char **name; uint32_t name##_count;
#define PLAN_MEMBER_ONE(name, of) struct plan_##of *name;
#define PLAN_MEMBER_LIST(name, of) struct plan_##of *name; uint32_t name##_count;
#define PLAN_MEMBER_REF(name, of) struct plan_##of *name;
#define PLAN_MEMBER_REFS(name, of) struct plan_##of **name; uint32_t name##_count;

#define STRUCT(name, doc) struct plan_##name {
#define FIELD(in, name, TYPE, of, since, flags, doc) PLAN_MEMBER_##TYPE(name, of)
#define STRUCT_END(name) };
#include "plan/plan.def"
#undef STRUCT
#undef FIELD
#undef STRUCT_END
#undef CHOICE
#undef ITEM
#undef CHOICE_END
/* clang-format on */

/* ---- plan.json */

/* Appends the document as JSON: every field, in the order of the table. False when a text is no UTF-8 (it is replaced). */
bool plan_write(const struct plan_document *document, struct strbuf *out);
/* The same to a sink: of a large plan the text is many times what the plan is. */
bool plan_print(const struct plan_document *document, struct byte_sink *sink);

struct jsonw;
/* One struct of it alone, by its table's name ("figure"): an object in what the caller writes. */
void plan_write_struct(struct jsonw *j, const char *name, const void *item);

/* Why a text is no plan: where in it ("scenarios[2].steps[4].after[0]") and what is wrong. */
struct plan_error {
    const char *at;
    const char *message;
};

/* Reads what plan_write wrote: the same document again, in the arena. NULL with *error set for anything else: another format, a
 * field that is missing or that this version does not know, a reference that leads nowhere. */
struct plan_document *plan_read(struct arena *arena, const char *text, size_t len, struct plan_error *error);

/* Appends the JSON Schema of plan.json. */
void plan_schema(struct strbuf *out);

/* ---- for readers */

/* As somebody would type it; what is known only when it runs is in braces. Nothing for NULL. */
void plan_command_print(const struct plan_command *command, struct strbuf *out);

/* ---- reading what is declared */

/* Title, else full name of a person, else name; "" for NULL. */
const char *plan_title(const struct plan_thing *thing);

/* NULL when it has no value. */
const struct plan_value *plan_attribute(const struct plan_thing *thing, const char *name);

/* The attribute as one writes it, texts without quotation marks; `fallback` when it has no value, or is a list or another thing. */
const char *plan_words(struct arena *arena, const struct plan_thing *thing, const char *name, const char *fallback);
const char *plan_value_words(struct arena *arena, const struct plan_value *value);

/* Its items; none where it is no list. */
const struct plan_value *plan_items(const struct plan_thing *thing, const char *name, uint32_t *count);

bool plan_is_true(const struct plan_thing *thing, const char *name);
/* Of a tag; `fallback` where it is something else. */
int64_t plan_number(const struct plan_thing *thing, const char *name, enum plan_tag tag, int64_t fallback);

/* The next block of that sort inside of it, from *cursor on, which begins with 0; NULL after the last. */
const struct plan_thing *plan_child(const struct plan_thing *thing, const char *block, uint32_t *cursor);

/* What is declared, by id and by sort. */
struct plan_index;
const struct plan_index *plan_index(const struct plan_document *document, struct arena *arena);
const struct plan_thing *plan_find(const struct plan_index *index, const char *id); /* NULL */
/* All of a sort, in declaration order. */
const struct plan_thing *plan_sort(const struct plan_index *index, const char *block, uint32_t *count);
/* What a value or an attribute leads to; NULL when it is no thing. */
const struct plan_thing *plan_leads_to(const struct plan_index *index, const struct plan_value *value);
const struct plan_thing *plan_ref(const struct plan_index *index, const struct plan_thing *thing, const char *name);

#endif
