/* Inside of the Terraform target: the roots, what each of them holds, and what it takes from the others.
 *
 * Work happens in this order: collect.c sorts the plan's emissions into roots and finds what conflicts; expression.c turns values into HCL, and
 * on the way finds the variables and outputs that carry a value from one root to another; files.c prints. `check` and `emit` do the same work,
 * `emit` with a sink that nobody reads. */
#ifndef DRC_BACKENDS_TERRAFORM_TERRAFORM_H
#define DRC_BACKENDS_TERRAFORM_TERRAFORM_H

#include "backends/backend.h"
#include "backends/common/place.h"
#include "base/map.h"
#include "base/vec.h"
#include "emit/hcl.h"

struct tf_root;

/* One top-level block of a root: one emission, or several that say the same. */
struct tf_block {
    struct tf_root *root;
    const struct plan_emitted_block *emitted;
    const char *type;    /* "resource", "data", "check" … */
    const char *address; /* "aws_kms_key.west", "data.aws_vpc.main", "check.x" */
    const char *file;    /* without `.tf` */
    VEC(const struct plan_emission *) sources;
    struct tf_block *other; /* the next block of this address in another root */
    bool used;              /* data: something refers to it */
    struct hcl_body *body;
};

struct tf_variable {
    const char *name;
    const char *description;
    const char *type;           /* "string", "list(string)" */
    struct hcl_expr *value;     /* default; NULL: the user, or wire.sh, fills it in */
    const struct tf_root *from; /* carries an output of this root, named `output`; NULL for a fact */
    const char *output;
    const struct plan_thing *thing; /* of a fact, to tell two facts of one name apart */
    const char *text;               /* of one of its own: what `value` says */
    struct plan_place place;
};

struct tf_output {
    const char *name;
    const char *description;
    struct hcl_source source;
};

/* As it is declared: `terraform_provider aws { … }`. */
struct tf_provider {
    const char *name; /* "aws": types of its resources begin with it and `_` */
    const char *source, *version;
    const char *region, *accounts, *tags; /* arguments and block of its configuration; NULL */
    const char *home;                     /* its Region where the root has none; NULL */
    const struct plan_thing *thing;
};

struct tf_alias {
    const char *name; /* "west" */
    const char *region;
    const struct tf_provider *provider;
};

struct tf_demand {
    const char *name, *text, *check; /* check: NULL, or how one sees whether it is so */
    const struct plan_thing *subject;
};

struct tf_root {
    const char *folder; /* "recovery-west" */
    const char *prefix; /* "west": begins the names of variables that carry its outputs */
    enum plan_choice_ROOT kind;
    const struct plan_site *site; /* of the root's Region; NULL for global */
    const char *region;           /* of its site, else the home of a provider it uses; NULL: none has one */
    const char *account;          /* number of the account, NULL when unknown */
    VEC(struct tf_block *) blocks;
    VEC(struct tf_block *) examples; /* that nobody applies as they are */
    VEC(struct tf_variable *) variables;
    struct map variable_names, output_names; /* what is there already: name -> struct tf_variable *, tf_output * */
    struct map file_names;                   /* in lower case -> as it is written */
    VEC(struct tf_output *) outputs;
    VEC(struct tf_alias) aliases;
    VEC(const struct tf_provider *) providers; /* those it uses, by name */
    struct {
        struct tf_root *root;
        struct plan_place place;
    } * needs; /* roots whose outputs it takes */
    uint32_t need_count;
    int mark;      /* of the search for circles */
    uint32_t rank; /* order of apply */
};

struct tf {
    const struct plan_document *plan;
    const struct plan_index *index;
    struct intern *names;
    struct arena *arena;
    struct diag_sink *sink;
    VEC(struct tf_root *) roots;               /* global, primary, recovery; sites in declaration order */
    struct map addresses;                      /* address -> struct tf_block *, the first; others by `other` */
    VEC(const struct tf_provider *) providers; /* all that are declared */
    VEC(struct tf_demand) demands;
    struct map owners; /* id of an asset's thing -> its owner */
};

/* ---- collect.c */
void tf_collect(struct tf *tf); /* everything up to finished bodies */
const struct plan_site *tf_region_site(const struct plan_site *site);
/* Adds "for asset `x`" to a diagnostic about a block. */
void tf_blame(struct diag *diag, const struct plan_emission *source);

/* What a value of a pair is called "…": of references, facts and calls. */
const struct plan_value *tf_member(const struct plan_value *value, const char *key);
const char *tf_member_text(const struct plan_value *value, const char *key);

/* ---- providers.c */
void tf_read_providers(struct tf *tf);
const struct tf_provider *tf_provider_of(const struct tf *tf, const char *type); /* of the type of a resource; NULL */
/* Whether a resource or a data source needs a control plane that is not in its Region. */
bool tf_is_elsewhere(const struct tf_provider *provider, const struct plan_emitted_block *block);
void tf_use_providers(struct tf *tf, struct tf_root *root);                               /* once its blocks are what they will be */
const char *tf_region_of(const struct tf_root *root, const struct tf_provider *provider); /* of its configuration without alias; NULL */
void tf_require_providers(struct tf *tf, struct hcl_body *terraform, const struct tf_root *root);
void tf_print_providers(struct tf *tf, struct hcl_body *file, const struct tf_root *root);
bool tf_has_tags(const struct tf_root *root);

/* ---- expression.c */
void tf_build_body(struct tf *tf, struct tf_block *block);
/* Calls `visit` for every REF in the block. */
typedef void tf_visit_ref(struct tf *tf, struct tf_block *block, const struct plan_value *ref, struct plan_place place);
void tf_each_ref(struct tf *tf, struct tf_block *block, tf_visit_ref *visit);
bool tf_mentions(const struct plan_emitted_block *block, const char *text); /* in a literal expression */
struct tf_block *tf_find(struct tf *tf, const struct tf_root *root, const struct plan_value *ref);

/* ---- grammar.c */
bool tf_is_expression(const char *text); /* one expression of HCL, on one line, with nothing hidden in it */

/* ---- files.c, readme.c */
void tf_files(struct tf *tf, struct fileset *files);
void tf_readmes(struct tf *tf, struct fileset *files);
void tf_add(struct tf *tf, struct fileset *files, const struct tf_root *root, const char *name, const struct strbuf *text);

#endif
