/* Private to sema: what its passes share. */
#ifndef DRC_SEMA_INTERNAL_H
#define DRC_SEMA_INTERNAL_H

#include "sema/sema.h"

struct loose {
    struct entity *entity;
    const struct expr *value;
};

struct sema {
    struct model *model;
    struct evaluator *eval;
    const struct parse_context *parse;
    const struct sema_input *input;
    struct arena *arena;
    struct diag_sink *sink;
    VEC(struct entity *) defaults; /* `default : kind` blocks */
    VEC(struct entity *) inventories;
    /* Declared in vain (twice, without a name …), which is reported: not in the model, but what is wrong inside them is told too. */
    VEC(struct entity *) extras;
    /* Attributes whose type is not known, because their name or their kind is wrong: only what is wrong in any case is told. */
    VEC(struct loose) loose;
    struct kind_info *usual_name; /* of endpoints that do not say theirs */
};

/* ---- declare.c ---- */
void sema_declare(struct sema *sema);
struct entity *sema_new_entity(struct sema *sema, const struct block_schema *schema, const struct block *tree, struct entity *parent, atom name,
                               struct span span);
/* Adds to the model; reports and returns false when the name is taken. */
bool sema_add(struct sema *sema, struct entity *entity);
void sema_differs_in_case(struct sema *sema, const struct entity *entity, const struct entity *other);
/* The whole label as one name ("aws.rds.postgres", "A1.3"); NULL when it is none. */
atom sema_label(struct sema *sema, const struct expr *label);

/* The word for a nested block that is nearest to one that may not stand in a block; or NULL. */
const char *sema_near_child(const struct block_schema *schema, atom type);
/* Whether a nested block belongs to file level. It is declared there. */
bool sema_is_misplaced(const struct sema *sema, const struct block_schema *schema, const struct block *block);

/* ---- kinds.c ---- */
void sema_kinds(struct sema *sema);
/* Kind of an asset, site, store or endpoint by its path; reports and returns NULL when it does not fit. */
struct kind_info *sema_find_kind_quietly(struct sema *sema, atom path, struct span span);
struct kind_info *sema_find_kind(struct sema *sema, atom path, const struct block_schema *schema, struct span span);

/* What an endpoint without `: KIND` is; reports two, and those of other sorts. NULL: nothing says so. */
struct kind_info *sema_usual_kind(struct sema *sema);

/* ---- bind.c ---- */
void sema_constants(struct sema *sema);
/* Slots and nested blocks of one entity. */
void sema_bind(struct sema *sema, struct entity *entity);

/* Evaluates what is left of entities and attributes that are wrong themselves; last, when every slot has its value. */
void sema_loose(struct sema *sema);

/* ---- asks.c ---- */
/* What the language's own attributes ask of their values and of what stands beside them; once every slot has its value. */
void sema_asks(struct sema *sema);

/* ---- valid.c ---- */
/* What kinds ask of the values of their things; once every slot has its value. */
void sema_validate(struct sema *sema);

/* ---- inventory.c ---- */
void sema_inventories(struct sema *sema);
bool sema_says_entries(atom name); /* an attribute of an inventory that is none of its assets */

#endif
