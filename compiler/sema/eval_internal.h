/* What the files of the evaluator share; nobody else includes it. */
#ifndef DRC_SEMA_EVAL_INTERNAL_H
#define DRC_SEMA_EVAL_INTERNAL_H

#include "sema/eval.h"

/* Nesting of evaluations: expressions in expressions, slots that need slots. Far below what the stack of a
 * sanitizer build holds. */
enum { EVAL_DEPTH = 1000 };

/* A slot under evaluation, for the report of a circle. */
struct slot_frame {
    const struct slot_frame *outer;
    struct entity *entity;
    uint32_t slot;
    struct span span;
};

struct reverse_index;
struct marks;

struct eval_state {
    struct map plurals;              /* "assets" -> struct block_schema * of things at file level */
    atom plural_of[BLOCK_COUNT];     /* names of lists of blocks, nested ones too */
    struct value lists[BLOCK_COUNT]; /* what a plural stands for; made anew when more was declared */
    const struct type *ref_types[BLOCK_COUNT];
    const struct type *list_types[BLOCK_COUNT];
    const struct type *computed_types[80]; /* by row of the table in computed.c */
    atom computed_names[80];
    struct reverse_index *indexes; /* who refers to a thing; computed.c */
    struct marks *marks;           /* visited flags for walks over assets; computed.c */
    struct map functions;          /* name -> row of the table in builtins.c, plus 1 */
    struct map results;            /* notation -> type, of what functions give */
    struct map mistakes;           /* expressions the static check reported: evaluating them stays silent */
    struct scope *free_scopes;     /* given back, linked by `outer` */
    const struct slot_frame *frame;
    VEC(const char *) candidates; /* of one "did you mean", and then of the next: a list for each would grow with the square of a specification */
    int64_t suggesting;           /* comparisons of names left for "did you mean" */
    bool unknown_as_text;         /* templates print unknown parts: see eval_text() */
    bool budget_reported;
    uint32_t data_from; /* offsets from here on are in inventories: values from there keep their place */
    struct {
        atom self, plan, kind, name, label, site, parent, region, first, last, count, best, typical, worst, value, forever;
    } names;
};

/* Whether a value was written in an inventory: a message about it names that line as well. */
static inline bool is_from_data(const struct evaluator *eval, struct value value)
{
    return eval->state->data_from && value.origin >= eval->state->data_from;
}

/* Names the line of the data file that a value comes from. */
static inline void label_data(const struct evaluator *eval, struct diag *diag, struct value value)
{
    if (is_from_data(eval, value) && diag->primary.span.start != value.origin)
        diag_label(diag, (struct span){value.origin, value.origin}, "the value comes from here");
}

static inline bool expr_is_mistake(const struct evaluator *eval, const struct expr *expr)
{
    return eval->state->mistakes.len && map_get(&eval->state->mistakes, (atom)(const void *)expr);
}

/* ---- written.c */

/* What was reported since there were `before` messages, while an attribute of the entity was evaluated, names the entry that it was made of. */
void eval_show_entry(const struct evaluator *eval, const struct entity *entity, uint32_t before);

/* ---- eval.c */

/* As eval(); *seen (may be NULL) becomes the declared type of what was read, when it is an attribute. */
struct value eval_typed(struct evaluator *eval, const struct expr *expr, const struct scope *scope, const struct type *expected,
                        const struct type **seen);
/* False, after one report, when the operation budget is used up. */
bool eval_charge(struct evaluator *eval, int64_t operations, struct span span);
/* Pays for a text of so many bytes. False, after a report, when it is longer than EVAL_TEXT_MAX or the budget is used up. */
bool eval_may_hold(struct evaluator *eval, size_t len, struct span span);
struct value eval_list_of(struct evaluator *eval, const struct value *items, uint32_t count);
/* A string, or TEXT when a part is only known at run time; UNKNOWN when a part is. Also the body of shell("…"). */
struct value eval_template(struct evaluator *eval, const struct expr *expr, const struct scope *scope, bool shell);
/* The texts of values with `between` between them, as a template would put them. */
struct value eval_join(struct evaluator *eval, const struct value *items, uint32_t count, const char *between, struct span span);
const char *span_text(const struct evaluator *eval, struct span span); /* the source text, in the arena; "" without a place */
struct value value_error_at(struct evaluator *eval, enum diag_code code, struct span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* ---- eval_name.c */

/* Whether a name is a local one that outranks declared things. */
bool name_is_local(const struct scope *scope, atom name);
/* Looks a name up without reporting that it is missing (what it finds may still report). */
bool name_find(struct evaluator *eval, const struct expr *expr, atom name, const struct scope *scope, const struct type *expected, struct value *out,
               const struct type **seen);
struct value eval_name(struct evaluator *eval, const struct expr *expr, const struct scope *scope, const struct type *expected,
                       const struct type **seen);
struct value eval_member(struct evaluator *eval, const struct expr *expr, const struct scope *scope, const struct type *expected,
                         const struct type **seen);
/* `expr` compared with something of type `type` (may be NULL), worth `other`: barewords are words or things of that type. */
struct value eval_beside(struct evaluator *eval, const struct expr *expr, const struct scope *scope, const struct type *type, struct value other,
                         const struct type **seen);
bool kind_may_have(const struct evaluator *eval, const struct kind_info *kind, const char *name);
const struct type *ref_type(struct evaluator *eval, const struct block_schema *schema);
const struct type *list_type(struct evaluator *eval, const struct block_schema *schema);
/* "did you mean", within a bound on the work. NULL when nothing is near. */
const char *suggest(struct evaluator *eval, const char *word, const char *const *candidates, size_t count);

/* ---- eval_convert.c */

/* Converts or reports. `expr` (may be NULL) is what was written. */
struct value convert(struct evaluator *eval, struct value value, const struct type *type, struct span span, const struct expr *expr,
                     const char *what);
/* `null` as the value of an attribute: it has none. */
struct value unset_null(struct value value, const struct type *type);
/* "the size `500GiB`", "an int", for messages; in the arena. */
const char *value_describe(struct evaluator *eval, struct value value);
const char *value_show(struct evaluator *eval, struct value value); /* as value_print(), in the arena, clipped */
const char *type_show(struct evaluator *eval, const struct type *type);
/* The type of an `attribute x { type = … }`. */
struct value eval_type(struct evaluator *eval, const struct expr *expr, const struct scope *scope);
/* Adds "write `20s`, `20m` or `20h`" for a bare number where `unit` is expected; false when the type has no unit. */
bool help_units(struct evaluator *eval, struct diag *diag, struct value number, enum value_type unit, struct span span);
/* "the number `5`"; one that is calculated is told by its expression, because what it happens to be is not the point. */
const char *describe_number(struct evaluator *eval, struct value number, struct span span);
bool type_has_word(const struct type *type, atom word);

/* ---- operators.c */

struct operand {
    struct value value;
    struct span span;
};

struct value operate(struct evaluator *eval, enum binary_op op, struct operand left, struct operand right, struct span span);
struct value operate_unary(struct evaluator *eval, enum binary_op op, struct operand operand, struct span span);
/* Builds and checks best..typical..worst. */
struct value make_range(struct evaluator *eval, struct operand best, struct operand typical, struct operand worst, struct span span);

/* The smaller or greater of two values of one unit, end by end; false when they have none in common. */
bool value_extreme(struct evaluator *eval, bool greater, struct value a, struct value b, struct value *out);

/* ---- builtins.c */

struct value eval_call(struct evaluator *eval, const struct expr *expr, const struct scope *scope, const struct type *expected,
                       const struct type **seen);
/* For the static check: whether the function exists and takes so many arguments; reports when not. */
bool call_is_known(struct evaluator *eval, const struct expr *expr);
/* Letters, digits and `_`, not starting with a digit. */
const char *clean_identifier(struct arena *arena, const char *text);

/* ---- computed.c */

/* Fields that follow from the model. False when the name is none of them. */
bool computed_field(struct evaluator *eval, struct entity *entity, atom name, struct span span, struct value *out, const struct type **seen);
bool computed_method(struct evaluator *eval, struct entity *entity, atom name, const struct value *args, uint32_t count, struct span span,
                     struct value *out);
/* The elements of a list that are of a kind, or of one derived from it. */
struct value list_of_kind(struct evaluator *eval, struct value list, const char *kind, struct span span);
/* An unset attribute that a place takes from the one it is in (`account`). */
struct value inherited_field(struct evaluator *eval, struct entity *entity, uint32_t row, struct value own);
/* A property that a kind states, or one it is based on; deferred ones are evaluated for the thing. */
struct value kind_property(struct evaluator *eval, struct entity *thing, uint32_t row);
struct value place_of(struct evaluator *eval, struct entity *entity);          /* where a thing is: a site or UNKNOWN */
struct value site_region(struct evaluator *eval, struct entity *site);         /* the region a place is in, as text */
struct value site_administrators(struct evaluator *eval, struct entity *site); /* who can change it: administrators.c */
struct value site_agreement(struct evaluator *eval, struct entity *site);      /* how many different people have to agree to; UNKNOWN */
/* Things of block `from` whose attribute `row` names the target. */
struct value referrers_of(struct evaluator *eval, const struct entity *target, uint32_t from, uint32_t row);

/* Names of computed fields and methods of a block, for suggestions and checks. */
void computed_names(struct evaluator *eval, const struct block_schema *schema, bool methods, const char ***names, uint32_t *count);
/* The type of a computed field or method of a block; false when it has none of that name. */
bool computed_shape(struct evaluator *eval, const struct block_schema *schema, atom name, bool method, const struct type **type);
/* Whether the place is `outer` or lies in it, by `within`. */
bool place_is_in(struct evaluator *eval, struct entity *site, const struct entity *outer);

/* ---- copies.c */

/* Every place the data of an asset is kept, the original included: a list of objects. */
struct value asset_copies(struct evaluator *eval, struct entity *asset, struct span span);
struct value copy_counts_value(struct evaluator *eval, struct entity *asset, struct span span); /* as an object */
struct value asset_sites(struct evaluator *eval, struct entity *asset);
struct value store_immutable(struct evaluator *eval, struct entity *store); /* whether what lies in it cannot be deleted before its time */

/* ---- computed_names.c: of endpoints, targets, health checks */

struct value endpoint_fqdn(struct evaluator *eval, struct entity *endpoint, uint32_t row); /* ENDPOINT_name or ENDPOINT_zone */
struct value endpoint_policy(struct evaluator *eval, struct entity *endpoint);
struct value target_share(struct evaluator *eval, struct entity *target);
struct value health_asks(struct evaluator *eval, struct entity *health);
struct value health_port(struct evaluator *eval, struct entity *health);
struct value health_address(struct evaluator *eval, struct entity *health);
struct value health_host_name(struct evaluator *eval, struct entity *health);

/* Literals, whose type is most often exactly the expected one. VALUE_PENDING: not a literal. */
static inline struct value eval_literal(const struct expr *expr)
{
    switch (expr->kind) {
    case EXPR_BOOL: return value_int(VALUE_BOOL, expr->u.integer);
    case EXPR_INT: return value_int(VALUE_INT, expr->u.integer);
    case EXPR_DECIMAL: return value_int(VALUE_DECIMAL, expr->u.integer);
    case EXPR_PERCENT: return value_int(VALUE_PERCENT, expr->u.integer);
    case EXPR_DURATION: return value_int(VALUE_DURATION, expr->u.integer);
    case EXPR_SIZE: return value_int(VALUE_SIZE, expr->u.integer);
    case EXPR_RATE: return (struct value){.type = VALUE_RATE, .u.rate = expr->u.rate};
    case EXPR_MONEY: return (struct value){.type = VALUE_MONEY, .u.money = expr->u.money};
    case EXPR_DATE: return value_int(VALUE_DATE, expr->u.integer);
    case EXPR_TIME: return value_int(VALUE_TIME, expr->u.integer);
    case EXPR_STRING: return value_string(expr->u.string.text);
    case EXPR_SCHEDULE: return (struct value){.type = VALUE_SCHEDULE, .u.schedule = expr->u.schedule};
    case EXPR_NULL: return VALUE_OF(VALUE_NULL);
    case EXPR_UNKNOWN: return value_unknown();
    case EXPR_ERROR: return value_error();
    default: return VALUE_OF(VALUE_PENDING);
    }
}

#endif
