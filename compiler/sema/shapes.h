/* Private to the static check: shapes in place of values. */
#ifndef DRC_SEMA_SHAPES_H
#define DRC_SEMA_SHAPES_H

#include "sema/builtins.h"

struct shape {
    const struct type *type; /* NULL: nothing is known */
    struct kind_info *kind;  /* of a thing, of the elements of a list, or of the asset a nested block stands in; or NULL */
    bool runtime;            /* known only when the plan runs */
};

/* A scope whose values are unknown; `base` first, so that the evaluator's look-up works on it. */
struct shape_scope {
    struct scope base;
    struct kind_info *kind;
    bool runtime;
};

/* What a condition says of what is asked under it: `is(a.owner, person)`, or that it is none. */
struct fact {
    const struct fact *outer;
    const struct expr *what;
    const struct scope *root; /* where the name it begins with is bound; NULL: declared */
    const struct block_schema *sort;
    bool holds;
};

struct shape shape_of(const struct type *type);
struct shape shape_of_value(struct evaluator *eval, struct value value, const struct type *seen);
struct shape shape_element(struct shape list);
struct shape shape_list(struct evaluator *eval, struct shape element);
/* What is one or the other: things of two sorts are of either; of what else differs nothing is known. */
struct shape shape_either(struct evaluator *eval, struct shape a, struct shape b);

/* A value of the type, to try an operator with; VALUE_PENDING when there is none. And the type of what came out. */
struct value shape_sample(const struct expr *expr, const struct type *type);
const struct type *shape_type_of_sample(enum value_type type);

/* Where a local name is bound; NULL: it is none. */
const struct scope *shape_binding(const struct scope *scope, atom name);
/* `outer`, and what is known where the condition holds, or does not. */
const struct fact *facts_of(struct evaluator *eval, const struct expr *test, const struct scope *scope, bool holds, const struct fact *outer);
/* The shape under those facts. */
struct shape shape_narrowed(struct evaluator *eval, const struct expr *expr, const struct scope *scope, const struct fact *facts, struct shape shape);

#endif
