/* Declared things: every block of the specification becomes one entity with a slot for each attribute its schema
 * (and its kind) knows.
 *
 * A schema is a table (schema.def); kinds of the standard library or of the user add rows to it at run time. Reading an
 * attribute is reading slots[number]: the numbers of schema rows are constants (ASSET_rto), a kind's rows follow. */
#ifndef DRC_MODEL_ENTITY_H
#define DRC_MODEL_ENTITY_H

#include "base/map.h"
#include "base/vec.h"
#include "model/value.h"

struct block;
struct expr;

enum label_rule { LABEL_NONE, LABEL_NAME, LABEL_OPTIONAL, LABEL_FREE /* any number, any form (emitted resources) */ };
enum kind_rule { KIND_NONE, KIND_OPTIONAL, KIND_REQUIRED };

enum row_flags {
    ROW_REQUIRED = 1,
    ROW_DEFERRED = 2, /* kept as an expression; evaluated later with more in scope (method, step, rule, bind) */
    ROW_ADDRESS = 4,  /* of a kind: leads to where the thing stands (model/places.h) */
};

enum { NO_LIMIT = -1 };

/* What a row of the language's own table asks (model/asks.def). */
struct attr_asks {
    int64_t least, most;
    const char *help;   /* of the limits; NULL: there are none */
    const char *beside; /* conditions under which it has an effect; NULL: always */
    const char *not_in; /* word of the block in which it has none; NULL: it has everywhere */
};

struct attr_row {
    atom name;
    const struct type *type;
    const struct expr *fallback; /* default, evaluated with self in scope; NULL: unknown */
    struct value constant;       /* value of a fallback that needs no scope; PENDING when it has to be evaluated */
    unsigned flags;
    const char *doc;
    struct span span;                  /* where a kind declared it */
    const struct expr *valid, *unique; /* what a kind asks of a value; NULL: nothing */
    const struct block *tree;          /* of its `attribute` block, for what is said of a value that will not do */
    const struct attr_asks *asks;      /* of the language's own rows; NULL: nothing */
};

enum schema_flags {
    SCHEMA_TOP = 1,     /* may stand at file level */
    SCHEMA_OPEN = 2,    /* any attribute name is allowed and kept as written (bind, emit, resource) */
    SCHEMA_SINGLE = 4,  /* at most one in its parent (or in the specification) */
    SCHEMA_DEFERRED = 8 /* all of its attributes are deferred, and those of its children */
};

struct block_schema {
    atom name;          /* "asset" */
    const char *plural; /* how a parent's list of them is called in expressions: "replicas" */
    enum label_rule label;
    enum kind_rule kind;
    unsigned flags;
    uint32_t id; /* enum block_id */
    uint32_t row_count;
    struct attr_row *rows;
    bool asking; /* some row asks something */
    uint32_t child_count;
    const struct block_schema **children; /* blocks allowed inside */
    struct map by_name;                   /* atom -> row + 1 as pointer-sized number */
    const char *doc;
};

/* What a kind adds to the block it is a kind of, and to that block's children. */
struct kind_info {
    struct entity *entity;         /* the `kind` block */
    struct kind_info *base;        /* NULL for a base kind */
    const struct block_schema *of; /* asset, site, store or endpoint */
    uint32_t row_count;            /* own and inherited; slot = schema row count + row */
    struct attr_row *rows;
    struct map by_name; /* atom -> row + 1 */
    struct {
        const struct block_schema *schema; /* replica, backup, standby … */
        uint32_t row_count;
        struct attr_row *rows;
    } * extensions;
    uint32_t extension_count;
    VEC(struct entity *) methods; /* own and inherited, an own one replaces an inherited one of the same name */
    VEC(struct entity *) procedures;
    VEC(struct entity *) emits;
    VEC(struct entity *) checks; /* own and inherited, as methods */
    bool incomplete;             /* what it is built on is not known, which is reported: it may have attributes nobody sees */
};

struct entity {
    const struct block_schema *schema;
    atom name;                /* "" for a block without a label */
    struct kind_info *kind;   /* of an asset, site, store or endpoint: what it is; of a `kind` block: what it declares */
    struct entity *parent;    /* the block it stands in; NULL at file level */
    const struct block *tree; /* NULL for what an inventory or the compiler made */
    struct value *slots;      /* schema rows, then kind rows (or extension rows) */
    struct entity **children; /* nested blocks in written order */
    uint32_t child_count;
    uint32_t slot_count;
    uint32_t index;   /* number among the entities of its schema, in declaration order */
    struct span span; /* of its label, else of its type */
    uint32_t number;  /* among all entities of the model, from 1; 0: a copy that was filled in */
    const char *doc;
    const struct scope *scope;     /* what else its expressions see (inventory entry, let), innermost first */
    const struct scope *own_scope; /* made on first use by entity_scope() */
    struct entity *defaults;       /* block whose attributes fill in what this one leaves out (`default : kind`), or NULL */
};

/* Row numbers (ASSET_rto) and block numbers (BLOCK_ASSET) from the table. */
/* clang-format off */
#define BLOCK_END(id)
enum block_id {
#define BLOCK(id, name, plural, label, kind, flags, children, doc) BLOCK_##id,
#define ATTR(id, attr, type, fallback, flags, doc)
#include "model/schema.def"
#undef BLOCK
#undef ATTR
    BLOCK_COUNT
};
#undef BLOCK_END

#define BLOCK(id, name, plural, label, kind, flags, children, doc) enum {
#define ATTR(id, attr, type, fallback, flags, doc) id##_##attr,
#define BLOCK_END(id) id##_ROWS };
/* clang-format on */
#include "model/schema.def"
#undef BLOCK
#undef ATTR
#undef BLOCK_END

/* The whole resolved specification. */
struct model {
    struct arena *arena;
    struct intern *names;
    struct sources *sources;
    struct block_schema *schemas; /* BLOCK_COUNT of them, by id */
    struct map schema_by_name;
    struct {
        struct map by_name;        /* atom -> struct entity * */
        struct map capitals;       /* name in lower case -> struct entity *, of those whose name has capitals */
        VEC(struct entity *) list; /* in declaration order, files in import order, the user's files last */
    } declared[BLOCK_COUNT];       /* of blocks at file level */
    struct map kinds;              /* dotted atom -> struct kind_info * */
    uint32_t entity_count;         /* entities of all blocks, wherever they stand */
    struct entity *plan;           /* NULL when no file has one */
    bool has_prefixes;             /* some file was imported with `as` */
    const char *prefix;            /* of the file whose text is being evaluated; NULL */
    struct places *places;         /* sets of sites that values were made of; model/places.c */
};

/* Builds schemas from the table. Defaults are parsed by the caller's function (the model layer knows no syntax). */
typedef const struct expr *parse_default_fn(void *context, const char *text);
void model_init(struct model *model, struct arena *arena, struct intern *names, struct sources *sources, parse_default_fn *parse, void *context);

/* Reads the notation of types; NULL with *error set (an arena string) when it is not understood. */
const struct type *type_read(struct model *model, const char *notation, const char **error);

/* A procedure of the kind or of one it is built on; NULL. */
struct entity *kind_procedure(const struct kind_info *kind, const char *name);
/* Whether a group's backup is a run for each member, by the procedures of the members' kinds: no tool of the store's takes them all. */
bool backup_runs_apart(const struct entity *backup);

/* Name of the job that takes a backup: of a member where each has a run of its own (`member` may be NULL elsewhere). */
const char *backup_job_name(struct arena *arena, const struct entity *backup, const struct entity *member);

struct entity *model_find(const struct model *model, enum block_id block, atom name);
/* As it is written in a file: one that was imported with `as` finds its own names without their prefix. The first sets the file. */
void model_enter(struct model *model, struct span span);
struct entity *model_find_here(const struct model *model, enum block_id block, atom name);
atom model_own_name(const struct model *model, atom name); /* PREFIX.NAME in such a file, else the name */

/* What a row asks, in a sentence for readers ("0 to 19. Only with `kind = log`."); "" when nothing. */
const char *attr_asks_text(struct arena *arena, const struct attr_row *row);

/* Slots hold final values once sema is done. These read one by the row's number, or by name (kind rows too).
 * They return UNKNOWN for what is unset, absent or not evaluated. */
static inline struct value entity_slot(const struct entity *entity, uint32_t row)
{
    struct value value;

    if (!entity || row >= entity->slot_count)
        return value_unknown();
    value = entity->slots[row];
    return value.type == VALUE_PENDING || value.type == VALUE_BUSY ? value_unknown() : value;
}

struct value entity_get(const struct model *model, const struct entity *entity, const char *name);
int entity_row(const struct entity *entity, atom name); /* slot number, -1 when there is none */
/* A row of its kind, behind those of its schema. */
const struct attr_row *entity_extra_row(const struct entity *entity, uint32_t slot);
static inline const struct attr_row *entity_row_info(const struct entity *entity, uint32_t slot)
{
    return slot < entity->schema->row_count ? &entity->schema->rows[slot] : entity_extra_row(entity, slot);
}

/* Convenience for readers: fallback when unknown or of another type. Ranges give their worst end. */
const char *entity_string(const struct model *model, const struct entity *entity, const char *name, const char *fallback);
int64_t entity_integer(const struct model *model, const struct entity *entity, const char *name, int64_t fallback);
struct entity *entity_ref(const struct model *model, const struct entity *entity, const char *name);

/* Children of one schema, in written order: for (i = 0; (child = entity_child(e, BLOCK_REPLICA, &i));) … */
struct entity *entity_child(const struct entity *entity, enum block_id block, uint32_t *cursor);
struct entity *entity_child_named(const struct entity *entity, enum block_id block, atom name);

/* Whether things of the sort are of a kind each, said or usual: one of them without is one whose kind is not known, which was reported. */
static inline bool has_a_kind(const struct block_schema *schema)
{
    return schema->kind == KIND_REQUIRED || schema->id == BLOCK_ENDPOINT;
}

bool kind_is_a(const struct kind_info *kind, const char *base); /* itself or by inheritance, dotted name */

#endif
