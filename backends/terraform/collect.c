/* Sorts emissions into roots. The roots follow blast radius: `global` for what Route 53 and IAM hold,
 * `primary` for what must live beside the primary, and one root for each recovery Region, which needs nothing
 * outside of it.
 *
 * Two emissions of one address must say the same: then they are one block; otherwise the second is an error.
 * A reference from one root to another becomes a variable here and an output there, so roots must not need
 * each other in a circle. */
#include "backends/terraform/terraform.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

/* ---- comparing what two emissions say ---- */

static bool values_equal(struct value a, struct value b);

static bool lists_equal(const struct value *a, const struct value *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!values_equal(a[i], b[i]))
            return false;
    }
    return true;
}

static bool texts_equal(const struct value_text *a, const struct value_text *b)
{
    if (a->count != b->count)
        return false;
    for (uint32_t i = 0; i < a->count; i++) {
        if (a->parts[i].literal != b->parts[i].literal || !values_equal(a->parts[i].value, b->parts[i].value))
            return false;
    }
    return true;
}

/* What stands for an expression of Terraform compares by what it says, not by where it is kept. */
static bool values_equal(struct value a, struct value b)
{
    if (a.type != b.type)
        return false;
    switch (a.type) {
    case VALUE_REF:
        return strcmp(a.u.ref->resource, b.u.ref->resource) == 0 && strcmp(a.u.ref->key, b.u.ref->key) == 0 &&
               strcmp(a.u.ref->attribute, b.u.ref->attribute) == 0;
    case VALUE_FACT:
        return a.u.fact->entity == b.u.fact->entity && strcmp(a.u.fact->name, b.u.fact->name) == 0;
    case VALUE_HCL:
    case VALUE_STRING:
        return strcmp(a.u.string, b.u.string) == 0;
    case VALUE_WORD:
    case VALUE_RUNTIME:
        return strcmp(a.u.word, b.u.word) == 0;
    case VALUE_CALL:
        return strcmp(a.u.call->function, b.u.call->function) == 0 && a.u.call->count == b.u.call->count &&
               lists_equal(a.u.call->arguments, b.u.call->arguments, a.u.call->count);
    case VALUE_TEXT:
    case VALUE_SHELL:
        return texts_equal(a.u.text, b.u.text);
    case VALUE_LIST:
        return a.u.list->count == b.u.list->count &&
               lists_equal(a.u.list->items, b.u.list->items, a.u.list->count);
    case VALUE_OBJECT:
        if (a.u.object->count != b.u.object->count)
            return false;
        for (uint32_t i = 0; i < a.u.object->count; i++) {
            if (strcmp(a.u.object->pairs[i].key, b.u.object->pairs[i].key) != 0 ||
                !values_equal(a.u.object->pairs[i].value, b.u.object->pairs[i].value))
                return false;
        }
        return true;
    case VALUE_UNKNOWN:
    case VALUE_ERROR:
        return true;
    default:
        return value_equal(a, b);
    }
}

bool tf_block_equal(const struct emitted_block *a, const struct emitted_block *b)
{
    if (a == b)
        return true;
    if (strcmp(a->type, b->type) != 0 || a->label_count != b->label_count || a->attr_count != b->attr_count ||
        a->block_count != b->block_count)
        return false;
    for (uint32_t i = 0; i < a->label_count; i++) {
        if (strcmp(a->labels[i], b->labels[i]) != 0)
            return false;
    }
    for (uint32_t i = 0; i < a->attr_count; i++) {
        if (strcmp(a->attrs[i].name, b->attrs[i].name) != 0 ||
            !values_equal(a->attrs[i].value, b->attrs[i].value))
            return false;
    }
    for (uint32_t i = 0; i < a->block_count; i++) {
        if (!tf_block_equal(a->blocks[i], b->blocks[i]))
            return false;
    }
    return true;
}

/* ---- roots ---- */

struct site_info *tf_region_site(const struct plan *plan, struct site_info *site)
{
    for (struct site_info *up = site; up; up = up->within ? plan_site(plan, up->within) : NULL) {
        if (up->level && strcmp(up->level, "region") == 0)
            return up;
    }
    return site;
}

/* Where the control planes of IAM and Route 53 are: a property of the partition. */
static const char *global_region(const struct plan *plan)
{
    for (uint32_t i = 0; i < plan->site_count; i++) {
        const char *region = plan->sites[i].region;

        if (!region || !*region)
            continue;
        if (strncmp(region, "cn-", 3) == 0)
            return "cn-north-1";
        if (strncmp(region, "us-gov-", 7) == 0)
            return "us-gov-west-1";
        return "us-east-1";
    }
    return "us-east-1";
}

/* The account whose names and roles these are: that of the places that serve. NULL when they are in several, or it is not known. */
static const char *global_account(const struct plan *plan)
{
    const char *found = NULL;

    for (uint32_t i = 0; i < plan->site_count; i++) {
        const struct site_info *site = &plan->sites[i];
        const char *id = site->account ? entity_string(plan->model, site->account, "id", NULL) : NULL;

        if (!site->role || (strcmp(site->role, "primary") != 0 && strcmp(site->role, "active") != 0))
            continue;
        if (!id || (found && strcmp(found, id) != 0))
            return NULL;
        found = id;
    }
    return found;
}

static bool has_other_primary(const struct tf *tf)
{
    for (uint32_t i = 0; i < tf->roots.len; i++) {
        if (tf->roots.items[i]->kind == ROOT_PRIMARY)
            return true;
    }
    return false;
}

struct tf_root *tf_root(struct tf *tf, enum emit_root kind, struct site_info *site)
{
    struct tf_root *root;
    struct arena *arena = tf->arena;
    const char *name;

    site = kind == ROOT_GLOBAL ? NULL : tf_region_site(tf->plan, site);
    for (uint32_t i = 0; i < tf->roots.len; i++) {
        root = tf->roots.items[i];
        if (root->kind == kind && root->site == site)
            return root;
    }
    root = ARENA_NEW(arena, struct tf_root);
    root->kind = kind;
    root->site = site;
    root->region = site ? site->region : global_region(tf->plan);
    if (!root->region || !*root->region)
        root->region = global_region(tf->plan);
    if (site && site->account)
        root->account = entity_string(tf->plan->model, site->account, "id", NULL);
    else if (!site)
        root->account = global_account(tf->plan);
    name = site ? site->entity->name : "";
    if (kind == ROOT_GLOBAL) {
        root->folder = root->prefix = "global";
    } else if (kind == ROOT_PRIMARY) {
        /* One primary Region is the rule; further ones get their site's name, so that the first keeps its
         * address. */
        bool further = has_other_primary(tf);

        root->folder = further ? arena_printf(arena, "primary-%s", output_name(arena, name)) : "primary";
        root->prefix = further ? arena_printf(arena, "primary_%s", hcl_identifier(arena, name)) : "primary";
    } else {
        root->folder = arena_printf(arena, "recovery-%s", output_name(arena, name));
        root->prefix = hcl_identifier(arena, name);
    }
    for (uint32_t i = 0; i < tf->roots.len; i++) {
        if (same_but_for_case(tf->roots.items[i]->folder, root->folder) ||
            strcmp(tf->roots.items[i]->prefix, root->prefix) == 0) {
            struct diag *diag = diag_report(tf->sink, DIAG_E0717, site->entity->span,
                                            "the Terraform root of site `%s` has the name of another", name);
            diag_note(diag, "`%s` and `%s` become the same name once other characters are replaced", name,
                      tf->roots.items[i]->site ? tf->roots.items[i]->site->entity->name
                                               : tf->roots.items[i]->folder);
            diag_help(diag, "rename the site");
            break;
        }
    }
    vec_push(arena, &tf->roots, root);
    return root;
}

static uint32_t root_order(const struct tf_root *root)
{
    uint32_t group = root->kind == ROOT_GLOBAL ? 0 : root->kind == ROOT_PRIMARY ? 1 : 2;

    return group * 0x10000000u + (root->site ? root->site->index : 0);
}

static void sort_roots(struct tf *tf)
{
    for (uint32_t i = 1; i < tf->roots.len; i++) {
        struct tf_root *root = tf->roots.items[i];
        uint32_t at = i;

        for (; at > 0 && root_order(tf->roots.items[at - 1]) > root_order(root); at--)
            tf->roots.items[at] = tf->roots.items[at - 1];
        tf->roots.items[at] = root;
    }
}

/* ---- blocks ---- */

void tf_blame(struct diag *diag, const struct emission *source)
{
    if (source->subject)
        diag_label(diag, source->subject->span, "emitted for %s `%s`", source->subject->schema->name,
                   source->subject->name);
}

const char *tf_address(struct arena *arena, const struct emitted_block *block)
{
    if (strcmp(block->type, "resource") == 0)
        return arena_printf(arena, "%s.%s", block->labels[0], block->labels[1]);
    if (block->label_count == 2)
        return arena_printf(arena, "%s.%s.%s", block->type, block->labels[0], block->labels[1]);
    return arena_printf(arena, "%s.%s", block->type, block->label_count ? block->labels[0] : "");
}

static const struct {
    const char *type;
    uint32_t labels;
} top_level[] = {
    {"resource", 2}, {"data", 2}, {"check", 1}, {"output", 1}, {"moved", 0}, {"import", 0},
};

/* A block that may stand in a root; reports what may not. */
static bool is_allowed(struct tf *tf, const struct emission *emission)
{
    const struct emitted_block *block = emission->block;
    struct diag *diag;

    for (size_t i = 0; i < sizeof top_level / sizeof *top_level; i++) {
        if (strcmp(block->type, top_level[i].type) != 0)
            continue;
        if (block->label_count != top_level[i].labels) {
            diag =
                diag_report(tf->sink, DIAG_E0704, block->span, "a Terraform block `%s` has %u labels, not %u",
                            block->type, (unsigned)top_level[i].labels, (unsigned)block->label_count);
            diag_help(diag, top_level[i].labels == 2 ? "write `%s TYPE NAME { … }`" : "write `%s NAME { … }`",
                      block->type);
            return false;
        }
        if (top_level[i].labels == 2 && strncmp(block->labels[0], "aws_", 4) != 0 &&
            strcmp(block->labels[0], "terraform_data") != 0) {
            diag = diag_report(tf->sink, DIAG_E0704, block->span,
                               "`%s` belongs to no provider of this target", block->labels[0]);
            diag_note(diag,
                      "the emitted roots use the provider hashicorp/aws and the built-in `terraform_data`");
            diag_help(
                diag,
                "emit a resource whose type starts with `aws_`, or describe the work in a method's step");
            return false;
        }
        if (block->label_count > 0 && !hcl_is_identifier(block->labels[block->label_count - 1])) {
            diag = diag_report(tf->sink, DIAG_E0704, block->span, "`%s` is no Terraform identifier",
                               block->labels[block->label_count - 1]);
            diag_help(diag, "make the label with `ident(…)`");
            return false;
        }
        return true;
    }
    diag = diag_report(tf->sink, DIAG_E0704, block->span, "a kind cannot emit a Terraform block `%s`",
                       block->type);
    diag_note(diag, "variables, providers and versions are made from what the emitted resources use");
    diag_help(diag, "emit `resource`, `data`, `check`, `output`, `moved` or `import`; values from outside "
                    "come with `fact(…)` and `ref(…)`");
    return false;
}

/* ---- what a recovery root must not hold ---- */

static const char *const control_plane_types[] = {
    "aws_iam_",
    "aws_route53_",
    "aws_route53domains_",
    "aws_route53recoverycontrolconfig_",
    "aws_route53recoveryreadiness_",
    "aws_cloudfront_",
    "aws_globalaccelerator_",
    "aws_organizations_",
    "aws_waf_",
};

static void check_isolation(struct tf *tf, const struct tf_root *root, const struct emission *emission)
{
    const struct emitted_block *block = emission->block;

    if (root->kind != ROOT_RECOVERY || block->label_count != 2)
        return;
    for (size_t i = 0; i < sizeof control_plane_types / sizeof *control_plane_types; i++) {
        struct diag *diag;

        /* A policy document is text computed by the provider; it calls nobody. */
        if (strncmp(block->labels[0], control_plane_types[i], strlen(control_plane_types[i])) != 0 ||
            (strcmp(block->type, "data") == 0 && strcmp(block->labels[0], "aws_iam_policy_document") == 0))
            continue;
        diag = diag_report(tf->sink, DIAG_E0703, block->span,
                           "`%s` in the recovery root of `%s` depends on a control plane elsewhere",
                           block->labels[0], root->site->entity->name);
        tf_blame(diag, emission);
        diag_note(diag,
                  "this root is applied while the primary Region is lost, and IAM and Route 53 are changed "
                  "through `%s` alone",
                  global_region(tf->plan));
        diag_help(diag, "emit it with `root = global` and refer to it with `ref(…)`: the value then arrives "
                        "as a variable");
        return;
    }
}

static void check_file(struct tf *tf, const struct emission *emission)
{
    static const char *const ours[] = {"versions", "providers", "variables", "locals", "outputs"};

    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        if (emission->file && strcmp(output_name(tf->arena, emission->file), ours[i]) == 0)
            diag_help(diag_report(tf->sink, DIAG_E0714, emission->block->span,
                                  "the file `%s.tf` is written by the compiler", ours[i]),
                      "name the concern instead: `file = \"database\"`");
    }
}

static void add_emission(struct tf *tf, struct emission *emission)
{
    struct tf_root *root;
    struct tf_block *block, *first;
    const char *address;
    struct arena *arena = tf->arena;

    if (!emission->block || !is_allowed(tf, emission))
        return;
    if (emission->root == ROOT_NONE) {
        struct diag *diag = diag_report(tf->sink, DIAG_E0704, emission->block->span,
                                        "this emit does not say which Terraform root it belongs to");
        diag_help(diag, "write `root = global`, `root = primary` or `root = recovery(SITE)` in the `emit "
                        "terraform` block");
        return;
    }
    root = tf_root(tf, emission->root, emission->site);
    check_isolation(tf, root, emission);
    check_file(tf, emission);
    address = intern_str(tf->plan->model->names, tf_address(arena, emission->block));
    /* Blocks without an address of their own (moved, import) are all kept. */
    first = emission->block->label_count ? map_get(&tf->addresses, address) : NULL;
    for (block = first; block; block = block->other) {
        if (block->root != root)
            continue;
        if (tf_block_equal(block->emitted, emission->block)) {
            if (block->sources.items[block->sources.len - 1]->subject != emission->subject)
                vec_push(arena, &block->sources, emission);
            return;
        }
        struct diag *diag =
            diag_report(tf->sink, DIAG_E0701, emission->block->span,
                        "`%s` is emitted twice into `%s`, with different contents", address, root->folder);
        diag_label(diag, block->emitted->span, "first here");
        tf_blame(diag, block->sources.items[0]);
        tf_blame(diag, emission);
        diag_help(diag, "put what both need into a `once KEY { … }` block with the same values, or make the "
                        "label differ with `ident(…)`");
        return;
    }
    block = ARENA_NEW(arena, struct tf_block);
    block->root = root;
    block->emitted = emission->block;
    block->type = emission->block->type;
    block->address = address;
    block->file = emission->file && *emission->file ? output_name(arena, emission->file) : "main";
    vec_push(arena, &block->sources, emission);
    vec_push(arena, &root->blocks, block);
    if (emission->block->label_count) {
        block->other = first;
        map_set(&tf->addresses, arena, address, block);
    }
}

/* ---- data sources nobody reads are left out ---- */

static void mark_used(struct tf *tf, struct tf_block *block, const struct value_ref *ref, struct span span)
{
    struct tf_block *target = tf_find(tf, block->root, ref);

    (void)span;
    if (!target || target->used)
        return;
    target->used = true;
    tf_each_ref(tf, target, mark_used);
}

static bool has_block(const struct emitted_block *block, const char *type)
{
    for (uint32_t i = 0; i < block->block_count; i++) {
        if (strcmp(block->blocks[i]->type, type) == 0)
            return true;
    }
    return false;
}

static bool is_mentioned(const struct tf_root *root, const struct tf_block *data)
{
    for (uint32_t i = 0; i < root->blocks.len; i++) {
        if (root->blocks.items[i] != data && tf_mentions(root->blocks.items[i]->emitted, data->address))
            return true;
    }
    return false;
}

static void drop_unused(struct tf *tf)
{
    for (uint32_t r = 0; r < tf->roots.len; r++) {
        struct tf_root *root = tf->roots.items[r];

        for (uint32_t i = 0; i < root->blocks.len; i++) {
            struct tf_block *block = root->blocks.items[i];

            /* A data source with a postcondition is a check of its own. */
            if (!block->used && (strcmp(block->type, "data") != 0 || has_block(block->emitted, "lifecycle") ||
                                 is_mentioned(root, block))) {
                block->used = true;
                tf_each_ref(tf, block, mark_used);
            }
        }
    }
    for (uint32_t r = 0; r < tf->roots.len; r++) {
        struct tf_root *root = tf->roots.items[r];
        uint32_t kept = 0;

        for (uint32_t i = 0; i < root->blocks.len; i++) {
            if (root->blocks.items[i]->used)
                root->blocks.items[kept++] = root->blocks.items[i];
        }
        root->blocks.len = kept;
    }
}

/* ---- order of the roots ---- */

static struct tf_root *find_circle(struct tf *tf, struct tf_root *root, uint32_t *rank)
{
    root->mark = 1;
    for (uint32_t i = 0; i < root->need_count; i++) {
        struct tf_root *need = root->needs[i].root;

        if (need->mark == 2)
            continue;
        if (need->mark == 1) {
            struct diag *diag = diag_report(tf->sink, DIAG_E0702, root->needs[i].span,
                                            "Terraform roots `%s` and `%s` need each other's outputs",
                                            root->folder, need->folder);
            for (uint32_t n = 0; n < need->need_count; n++)
                diag_label(diag, need->needs[n].span, "`%s` takes an output of `%s` here", need->folder,
                           need->needs[n].root->folder);
            diag_note(diag, "each root is applied by itself, so their order must not be a circle");
            diag_help(
                diag,
                "compute one of the two values from names, for instance an ARN, instead of a reference");
            return need;
        }
        if (find_circle(tf, need, rank))
            return need;
    }
    root->mark = 2;
    root->rank = (*rank)++;
    return NULL;
}

static int by_name(const void *a, const void *b)
{
    const struct tf_variable *const *left = a, *const *right = b;

    return strcmp((*left)->name, (*right)->name);
}

static int output_by_name(const void *a, const void *b)
{
    const struct tf_output *const *left = a, *const *right = b;

    return strcmp((*left)->name, (*right)->name);
}

void tf_collect(struct tf *tf)
{
    const struct plan *plan = tf->plan;
    uint32_t rank = 0;

    for (uint32_t i = 0; i < plan->emission_count; i++) {
        struct emission *emission = &plan->emissions[i];

        if (strcmp(emission->target, "terraform") == 0)
            add_emission(tf, emission);
    }
    tf_endpoints(tf);
    for (uint32_t i = 0; i < tf->made.len; i++)
        add_emission(tf, tf->made.items[i]);
    sort_roots(tf);
    drop_unused(tf);
    for (uint32_t r = 0; r < tf->roots.len; r++) {
        struct tf_root *root = tf->roots.items[r];

        for (uint32_t i = 0; i < root->blocks.len; i++) {
            tf_check_block(tf, root->blocks.items[i]);
            tf_build_body(tf, root->blocks.items[i]);
        }
    }
    for (uint32_t r = 0; r < tf->roots.len; r++) {
        struct tf_root *root = tf->roots.items[r];

        if (root->variables.len > 1)
            qsort(root->variables.items, root->variables.len, sizeof *root->variables.items, by_name);
        if (root->outputs.len > 1)
            qsort(root->outputs.items, root->outputs.len, sizeof *root->outputs.items, output_by_name);
        if (root->mark == 0)
            find_circle(tf, root, &rank);
    }
}
