/* What may stand after a dot, behind a thing: private to the evaluator and to the static check. */
#ifndef DRC_SEMA_FIELDS_H
#define DRC_SEMA_FIELDS_H

#include "sema/eval_internal.h"

enum field_how {
    FIELD_ATTRIBUTE, /* of the block, or of the kind */
    FIELD_CHILD,     /* the only nested block of a sort, by its name */
    FIELD_CHILDREN,  /* all of a sort, by their plural */
    FIELD_NAME,      /* `name`, `label` */
    FIELD_KIND,
    FIELD_SITE,     /* of what is named for the site it is at */
    FIELD_VALUE,    /* of a parameter */
    FIELD_PARENT,   /* the block it stands in */
    FIELD_COMPUTED, /* computed.c */
    FIELD_OF_PLACE  /* what a kind says of a place around it */
};

/* Of what: a thing, or any thing of a block, whose kind may be known (of a nested block: the kind of what it stands in). */
struct field_of {
    const struct entity *thing; /* NULL: it is not there */
    const struct block_schema *schema;
    const struct kind_info *kind; /* NULL: any */
};

struct field {
    enum field_how how;
    uint32_t row;                      /* FIELD_ATTRIBUTE of a thing: its slot */
    const struct block_schema *schema; /* FIELD_CHILD, FIELD_CHILDREN */
    const struct type *type;           /* NULL: not known */
    bool same_kind;                    /* what it leads to stands in the same thing of a kind, or is that */
};

/* False when no such thing has a field of that name. */
bool field_find(struct evaluator *eval, struct field_of of, atom name, struct field *out);
/* All there are, for "did you mean"; in the arena. */
void field_names(struct evaluator *eval, struct field_of of, const char ***names, uint32_t *count);

/* What a kind adds to its things, or to blocks nested in them; NULL when nothing. */
const struct attr_row *kind_row(const struct kind_info *kind, const struct block_schema *schema, atom name);

/* The place of the last name of a member expression, for carets and fixes. */
struct span member_span(const struct expr *expr);

#endif
