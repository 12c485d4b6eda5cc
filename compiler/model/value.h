/* A value of the language: what an expression evaluates to. Sixteen bytes, passed by value; larger payloads are
 * immutable and live in the compilation's arena.
 *
 * UNKNOWN spreads through every operation and never becomes true or OK. ERROR is the result of a mistake that was
 * already reported: it spreads too, and nobody reports about it again. */
#ifndef DRC_MODEL_VALUE_H
#define DRC_MODEL_VALUE_H

#include "base/intern.h"
#include "base/units.h"
#include "source/source.h"

struct entity;
struct expr;
struct deferred;

enum value_type {
    VALUE_PENDING, /* a slot not evaluated yet, u.pending says from what; never the result of an evaluation */
    VALUE_BUSY,    /* a slot being evaluated: meeting it means that it depends on itself */
    VALUE_ERROR,
    VALUE_UNKNOWN, /* also what an unset optional attribute has */
    VALUE_NULL,    /* written `null`: drops an attribute from what is emitted */
    VALUE_NA,      /* not applicable, e.g. the RPO of a stateless asset */
    VALUE_BOOL,
    VALUE_INT,
    VALUE_DECIMAL,  /* u.integer, parts per 10^9 */
    VALUE_PERCENT,  /* u.integer, parts per 10^9; 100% is 10^9 */
    VALUE_DURATION, /* u.integer, ms */
    VALUE_SIZE,     /* u.integer, bytes */
    VALUE_RATE,     /* u.rate */
    VALUE_MONEY,    /* u.money */
    VALUE_DATE,     /* u.integer, days since 1970-01-01 */
    VALUE_TIME,     /* u.integer, minutes of the day */
    VALUE_STRING,   /* u.string */
    VALUE_WORD,     /* u.word: a bareword of an enumeration */
    VALUE_SCHEDULE, /* u.schedule */
    VALUE_RANGE,    /* u.range: best, typical, worst of one unit */
    VALUE_LIST,     /* u.list */
    VALUE_OBJECT,   /* u.object */
    VALUE_ENTITY,   /* u.entity: a declared thing */
    VALUE_RUNTIME,  /* u.word: known only while the job or step runs: "job.output", "input.at", "incident.eta" */
    VALUE_TEXT,     /* u.text: a string with runtime parts */
    VALUE_SHELL,    /* u.text: shell text; the values in it reach the shell as quoted variables, never as text */
    VALUE_REF,      /* u.ref: attribute of an emitted resource */
    VALUE_FACT,     /* u.fact: something true of what exists already, pinned as a variable */
    VALUE_HCL,      /* u.string: a literal expression of the target language */
    VALUE_CALL,     /* u.call: a function of the target language, jsonencode({…}); its arguments may hold refs and facts */
    VALUE_TYPE,     /* u.type: `string`, `list(duration)` in an attribute's declaration */
};

struct value {
    uint32_t type : 8;      /* enum value_type */
    uint32_t defaulted : 2; /* a slot's value came from a default, not from the user's own line */
    uint32_t places : 22;   /* which sites' fields its text was made of; 0: none (model/places.h) */
    uint32_t origin;        /* offset of the text it was written at, 0 when it comes from no text */
    union {
        int64_t integer;
        const struct expr *pending; /* own attribute, that of a `default` block, or the row's fallback (then `defaulted` is set) */
        const char *string;
        atom word;
        const struct frac *rate;
        const struct money *money;
        const struct schedule *schedule;
        const struct value_range *range;
        const struct value_list *list;
        const struct value_object *object;
        struct entity *entity;
        const struct value_text *text;
        const struct value_ref *ref;
        const struct value_fact *fact;
        const struct value_call *call;
        const struct type *type;
        struct deferred *deferred; /* of a slot of a deferred row, which stays UNKNOWN: what is known of its expression */
    } u;
};

enum { PLACES_MASK = (1 << 22) - 1 };

struct value_range {
    struct value best, typical, worst; /* the same scalar type, never ranges; best is the low end of a time, the high end of a rate */
};

struct value_list {
    uint32_t count;
    uint32_t
        inside; /* elements of lists and members of objects inside of it, at any depth, counted each time they are reached; set by the evaluator */
    struct value *items;
};

struct value_object {
    uint32_t count;
    uint32_t inside; /* as in a list */
    struct value_pair {
        atom key;
        struct value value;
    } * pairs; /* in written order, keys distinct */
};

struct value_call {
    const char *function; /* "jsonencode" */
    uint32_t count;
    struct value *arguments;
};

/* Literal text and values in turn. A part that is a STRING with `literal` set is text of the author (shell text in a
 * VALUE_SHELL); any other part is a value: STRING, RUNTIME, REF or FACT, and in a VALUE_SHELL also TEXT (one word). */
struct value_text {
    uint32_t count;
    struct text_part {
        bool literal;
        struct value value;
    } * parts;
};

struct value_ref {
    atom resource;         /* "aws_kms_key" */
    const char *key;       /* label of the resource, already a clean identifier */
    const char *attribute; /* "arn" */
};

struct value_fact {
    struct entity *entity; /* the asset or site the fact is about; NULL: about nothing declared, a variable of its own */
    atom name;             /* "arn" */
    struct value value;    /* STRING, or UNKNOWN: then the user of the artifact must fill it in */
    const char *says;      /* what it is; NULL with an entity */
};

/* What an attribute expects. Written `duration`, `range(duration)`, `list(ref(asset))`, `enum(sync, async)`,
 * `duration | enum(forever)`; the same notation in schema tables and in `attribute x { type = … }`. */
enum type_kind {
    TYPE_ANY,
    TYPE_BOOL,
    TYPE_INT,
    TYPE_DECIMAL,
    TYPE_PERCENT,
    TYPE_DURATION,
    TYPE_SIZE,
    TYPE_RATE,
    TYPE_MONEY,
    TYPE_DATE,
    TYPE_TIME,
    TYPE_STRING,
    TYPE_LABEL, /* a string that may be written as a bareword (`of = full`); whoever reads it checks it */
    TYPE_SCHEDULE,
    TYPE_RANGE, /* of element: accepts a scalar too */
    TYPE_LIST,  /* of element */
    TYPE_MAP,   /* object with values of element */
    TYPE_OBJECT,
    TYPE_ENUM,    /* words */
    TYPE_REF,     /* a declared thing of `schema`, optionally of a kind */
    TYPE_COMMAND, /* an argument list (list of string, number, text) or shell("…") */
    TYPE_UNION,   /* alternatives */
    TYPE_TYPE,    /* a type itself */
};

struct type {
    enum type_kind kind;
    const struct type *element;
    const struct type *const *alternatives;
    const atom *words;
    const struct block_schema *schema;
    uint32_t count; /* of alternatives or words */
};

#define VALUE_OF(kind) ((struct value){.type = (kind)})

static inline struct value value_unknown(void)
{
    return VALUE_OF(VALUE_UNKNOWN);
}
static inline struct value value_error(void)
{
    return VALUE_OF(VALUE_ERROR);
}
static inline struct value value_int(enum value_type type, int64_t integer)
{
    return (struct value){.type = (uint8_t)type, .u.integer = integer};
}
static inline struct value value_string(const char *string)
{
    return (struct value){.type = VALUE_STRING, .u.string = string};
}
static inline struct value value_entity(struct entity *entity)
{
    return (struct value){.type = VALUE_ENTITY, .u.entity = entity};
}

/* The pessimistic end of a range (for a rate the low one); any other value is returned as it is. */
struct value value_worst(struct value value);
struct value value_best(struct value value);
struct value value_typical(struct value value);

/* Whether it has one text that is known now: numbers, quantities, texts, words, schedules, ranges, things, n/a. */
bool value_has_text(struct value value);
/* Whether u.integer holds it: a whole or scaled number, a bool, a date, a time. */
bool value_is_integer(struct value value);
bool value_is_known(struct value value); /* neither UNKNOWN nor ERROR nor PENDING */
bool value_equal(struct value a, struct value b);

/* In the language's own notation; entities by name. */
void value_print(struct value value, struct strbuf *out);
const char *value_text(struct value value, struct arena *arena); /* strings as they are, without quotes */

const char *value_type_name(enum value_type type); /* "duration", for messages */
void type_print(const struct type *type, struct strbuf *out);

#endif
