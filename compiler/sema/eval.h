/* The evaluator: one for attributes, timing, rules, steps, procedures and emitted resources.
 *
 * It is pure and total: no recursion in the language, and an operation budget turns a quadratic rule over 100,000 assets
 * into a diagnostic. Mistakes are reported at the operator or name and give VALUE_ERROR, which stays silent from then on. */
#ifndef DRC_SEMA_EVAL_H
#define DRC_SEMA_EVAL_H

#include "model/plan.h"
#include "source/diag.h"
#include "syntax/tree.h"

/* Local names, innermost first: loop variables, `let`, `self`, `r`, `scenario`, `job` … Lives as long as it is used. */
struct scope {
    const struct scope *outer;
    atom name;
    struct value value;      /* PENDING with u.pending for a `let`: evaluated on first use, seeing only what is further out */
    const struct type *type; /* what the value is by declaration, so that words compared with it can be checked; or NULL */
    bool weak;               /* gives way to declared things of the expected type (names of enclosing blocks) */
};

struct evaluator;

/* What only a later stage knows. Each returns false when the name is not its own; on true *out is set. */
struct eval_hooks {
    /* `entity.name`, for fields computed from the analysis (`a.here`, effective objectives, findings …) */
    bool (*field)(struct evaluator *eval, struct entity *entity, atom name, struct span span, struct value *out);
    /* `entity.name(args)`, e.g. scenario.loses(site) */
    bool (*method)(struct evaluator *eval, struct entity *entity, atom name, const struct value *args, uint32_t count, struct span span,
                   struct value *out);
    /* emitted(type): a list of objects; unknown while nothing is emitted yet */
    bool (*emitted)(struct evaluator *eval, atom type, struct value *out);
    void *data;
};

struct evaluator {
    struct arena *arena;
    struct intern *names;
    struct diag_sink *sink;
    struct model *model;
    const struct eval_hooks *hooks; /* may be NULL */
    int64_t budget;                 /* operations left; reported once when it reaches 0 */
    uint32_t depth;                 /* nesting of evaluations, bounded */
    struct eval_state *state;       /* caches and what is being evaluated; private to sema/eval*.c */
};

enum { EVAL_BUDGET = 200000000, EVAL_TEXT_MAX = 16 << 20, EVAL_INSIDE_MAX = 4000000 };

void evaluator_init(struct evaluator *eval, struct model *model, struct diag_sink *sink);

/* The value of an expression, converted to `expected` (NULL or TYPE_ANY: whatever it is). A bareword is looked up in this order:
 * local names; words and declared things of the expected type; globals (plan, param, assets, sites, stores, …, and namespaces:
 * `asset.database`, `tier.critical`); declared things of any sort when only one sort has the name. A mismatch is reported
 * with the expected type and, for a bare number, with the units it may have. */
struct value eval(struct evaluator *eval, const struct expr *expr, const struct scope *scope, const struct type *expected);

/* Checks and converts a value that came from elsewhere (a default, an inventory, -D). */
struct value eval_convert(struct evaluator *eval, struct value value, const struct type *expected, struct span span, const char *what);

/* A slot of an entity, evaluated on first use (self and the blocks round it in scope). A slot that needs itself is
 * reported once, with every step of the circle. Binding leaves in a slot: a final value, or PENDING with u.pending (the expression of the
 * own attribute, of a `default` block, or of the row) and `defaulted`; so nothing is looked up here but the row's type. Rows that are
 * ROW_DEFERRED stay UNKNOWN. */
/* What the kind of a store says of what is written there, of an asset what it says of its replicas: a BOOL, the WORD of an algorithm, UNKNOWN. */
struct value kind_encrypts(struct evaluator *eval, struct entity *thing);
/* The same of the copies of a backup in a store: by its tool, else by the store. `encrypt = false` is believed. */
struct value copy_encrypted(struct evaluator *eval, struct entity *backup, struct entity *store);
struct value eval_slot(struct evaluator *eval, struct entity *entity, uint32_t slot);

/* What binding leaves in the slot of a deferred row, whose value stays UNKNOWN. */
struct deferred {
    const struct expr *expr; /* of the own attribute; NULL when it is not written */
    struct value value;      /* DEFERRED_CONSTANT: what it is worth wherever none of its words is a local name */
    enum { DEFERRED_FRESH, DEFERRED_CONSTANT, DEFERRED_VARIES } state;
};

/* written.c: an attribute as it is written, with a value; NULL when it is not, or there is no entity. */
const struct attr *entity_attr(const struct entity *entity, uint32_t row);
const struct attr *entity_attr_named(const struct model *model, const struct entity *entity, const char *name);
/* Where it is written, name and value, or, if that comes from a data file, there; else the entity. */
struct span entity_attr_span(const struct entity *entity, uint32_t row);
struct span entity_attr_span_named(const struct model *model, const struct entity *entity, const char *name);
struct span entity_value_span(const struct entity *entity, uint32_t row);       /* its value alone; else the entity */
struct span attr_span_or(const struct attr *attr, const struct entity *entity); /* name and value; NULL: the entity */

/* By what a `method` or `procedure` was carried out, from the thing to its copy and back, as it says; NULL: it is only declared. */
const char *way_executed(const struct entity *way);
/* Of a kind: each of its ways was carried out, one or some, none; or it has none. */
enum kind_tried { KIND_EXECUTED, KIND_PARTLY, KIND_DECLARED, KIND_WITHOUT_WAYS } kind_tried(const struct kind_info *kind);

bool span_is_in_data(const struct evaluator *eval, struct span span); /* in a file of data, which an inventory or a parameter names */

/* Whether the deferred attribute is written; a row's default does not count. */
bool eval_is_written(const struct entity *block, uint32_t row);

/* `null` written as the value: there is none, which is more than that nothing is said. */
bool eval_is_null(const struct entity *block, uint32_t row);

/* An attribute that waits for its scope, as it is written: `literal` is what it is worth in every scope (a value of the trees, or for the call alone;
 * PENDING: it is no literal), `span` its expression, `loop` the name of `for = NAME in …` or NULL. */
struct written_attr {
    const char *name, *loop;
    struct value literal;
    struct span span;
    bool is_let;
};
/* All of a block, names of its author's included (`let x`, those of `bind`). */
typedef void written_fn(void *context, const struct written_attr *attr);
void entity_written(const struct entity *entity, written_fn *each, void *context);

/* A deferred attribute of a method, step, rule, procedure … : the value of its expression in a scope, or the row's default;
 * UNKNOWN when it has neither. */
struct value eval_deferred(struct evaluator *eval, const struct entity *block, uint32_t row, const struct scope *scope);

/* The elements a `for = x in xs` attribute runs over: sets *name, returns the list (UNKNOWN or ERROR as such). Without the attribute:
 * NULL value with *name NULL, meaning once. */
struct value eval_loop(struct evaluator *eval, const struct entity *block, uint32_t row, const struct scope *scope, atom *name);

/* The scope in which an entity's own attributes are evaluated: its let names, `self` (the outermost entity), and each enclosing
 * nested block under its block's name (`replica`, `backup` …). */
const struct scope *entity_scope(struct evaluator *eval, struct entity *entity);

/* Gives back those of a thing at file level and of all blocks in it, which are made anew when they are asked for. Nothing may be evaluated in
 * one just now. */
void entity_scope_drop(struct evaluator *eval, struct entity *entity);

/* The assets of which `bind` of an asset says where they serve (`asset.follows`); `instances`: only those it asks by `X.here`, what serves in
 * place of X. */
struct value eval_follows(struct evaluator *eval, struct entity *asset, bool instances);
struct scope *scope_add(struct evaluator *eval, const struct scope *outer, const char *name, struct value value);

/* Gives back what scope_add() made, from `scope` outwards up to `until` (which stays; NULL: all): nobody may hold them any more. What was
 * evaluated in them may be kept, since a value refers to no scope. */
void scope_drop(struct evaluator *eval, const struct scope *scope, const struct scope *until);

/* An attribute that is a text for people (message, help, title): like eval_deferred, but an unknown part is written `unknown`, so
 * that a finding about something unknown can still be told. NULL when it is unset or was wrong. */
const char *eval_text(struct evaluator *eval, const struct entity *block, uint32_t row, const struct scope *scope);

/* Which comparisons of the expression took the worst end of a range: one line for each, for the notes of a finding
 * ("`r.lag` is 10s..20s..30s; its worst end, 30s, is compared"). `tell` is called for each line (an arena string). */
void eval_worst_ends(struct evaluator *eval, const struct expr *expr, const struct scope *scope, void (*tell)(void *context, const char *line),
                     void *context);

/* The same for whoever asks what has to be stated: `tell` gets each thing with the attribute it does not have. */
void eval_unset_parts(struct evaluator *eval, const struct expr *expr, const struct scope *scope,
                      void (*tell)(void *context, struct entity *entity, atom attribute), void *context);

/* Why an expression is unknown: what in it is ("`size` of the asset `logs` is not known"), at most three lines. */
void eval_unknown_parts(struct evaluator *eval, const struct expr *expr, const struct scope *scope, void (*tell)(void *context, const char *line),
                        void *context);

/* What the language offers beyond operators, for `drc explain`, completion and the reference. */
struct builtin_info {
    const char *name;
    const char *signature; /* "join(list, separator) -> string" */
    const char *doc;
};
uint32_t builtin_count(void);
struct builtin_info builtin_info(uint32_t index); /* in the order of the reference */

/* Fields and methods of declared things that the compiler computes. */
struct computed_info {
    enum block_id block;
    const char *name;
    const char *type; /* notation of its type; of a method: of its result */
    const char *args; /* NULL for a field, else its arguments, "(site)" */
    const char *doc;
};
uint32_t computed_count(void);
struct computed_info computed_info(uint32_t index);

/* How often the data of an asset exists (3-2-1-1-0). */
struct copy_counts eval_copy_counts(struct evaluator *eval, struct entity *asset);

/* Static check of a deferred expression: names and fields that exist on no asset of the type are errors even if no asset is ever visited.
 * `for_source` types the loop name. Used for rules and kinds. */
void check_deferred(struct evaluator *eval, const struct entity *block);

#endif
