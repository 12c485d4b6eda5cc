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

/* What stands for an expression of Terraform compares by what it says, not by where it is kept. */
static bool values_equal(const struct plan_value *a, const struct plan_value *b)
{
    if (a->tag != b->tag || a->shape != b->shape)
        return false;
    switch ((enum plan_shape)a->shape) {
    case PLAN_SHAPE_NULL: return true;
    case PLAN_SHAPE_BOOL: return a->truth == b->truth;
    case PLAN_SHAPE_NUMBER: return a->number == b->number;
    case PLAN_SHAPE_STRING: return strcmp(a->text, b->text) == 0;
    case PLAN_SHAPE_ITEMS:
        if (a->count != b->count)
            return false;
        for (uint32_t i = 0; i < a->count; i++) {
            if (!values_equal(&a->items[i], &b->items[i]))
                return false;
        }
        return true;
    case PLAN_SHAPE_PAIRS:
        if (a->count != b->count)
            return false;
        for (uint32_t i = 0; i < a->count; i++) {
            if (strcmp(a->pairs[i].key, b->pairs[i].key) != 0 || !values_equal(&a->pairs[i].value, &b->pairs[i].value))
                return false;
        }
        return true;
    }
    return false;
}

const struct plan_value *tf_member(const struct plan_value *value, const char *key)
{
    for (uint32_t i = 0; value->shape == PLAN_SHAPE_PAIRS && i < value->count; i++) {
        if (strcmp(value->pairs[i].key, key) == 0)
            return &value->pairs[i].value;
    }
    return NULL;
}

const char *tf_member_text(const struct plan_value *value, const char *key)
{
    const struct plan_value *member = tf_member(value, key);

    return member && member->shape == PLAN_SHAPE_STRING ? member->text : "";
}

static bool tf_block_equal(const struct plan_emitted_block *a, const struct plan_emitted_block *b)
{
    if (a == b)
        return true;
    if (strcmp(a->type, b->type) != 0 || a->labels_count != b->labels_count || a->attributes_count != b->attributes_count ||
        a->blocks_count != b->blocks_count)
        return false;
    for (uint32_t i = 0; i < a->labels_count; i++) {
        if (strcmp(a->labels[i], b->labels[i]) != 0)
            return false;
    }
    for (uint32_t i = 0; i < a->attributes_count; i++) {
        if (strcmp(a->attributes[i].name, b->attributes[i].name) != 0 || !values_equal(a->attributes[i].value, b->attributes[i].value))
            return false;
    }
    for (uint32_t i = 0; i < a->blocks_count; i++) {
        if (!tf_block_equal(&a->blocks[i], &b->blocks[i]))
            return false;
    }
    return true;
}

/* ---- roots ---- */

const struct plan_site *tf_region_site(const struct plan_site *site)
{
    for (const struct plan_site *up = site; up; up = up->within) {
        if (up->level && strcmp(up->level, "region") == 0)
            return up;
    }
    return site;
}

/* The number of the account it is in; NULL: not known. */
static const char *account_of(const struct tf *tf, const struct plan_site *site)
{
    return site->account ? plan_words(tf->arena, site->account->thing, "id", NULL) : NULL;
}

/* The account whose names and roles these are: that of the places that serve. NULL when they are in several, or it is not known. */
static const char *global_account(const struct tf *tf)
{
    const char *found = NULL;

    for (uint32_t i = 0; i < tf->plan->sites_count; i++) {
        const struct plan_site *site = &tf->plan->sites[i];
        const char *id = account_of(tf, site);

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
        if (tf->roots.items[i]->kind == PLAN_ROOT_primary)
            return true;
    }
    return false;
}

static struct tf_root *root_of(struct tf *tf, enum plan_choice_ROOT kind, const struct plan_site *site)
{
    struct tf_root *root;
    struct arena *arena = tf->arena;
    const char *name;

    site = kind == PLAN_ROOT_global ? NULL : tf_region_site(site);
    for (uint32_t i = 0; i < tf->roots.len; i++) {
        root = tf->roots.items[i];
        if (root->kind == kind && root->site == site)
            return root;
    }
    root = ARENA_NEW(arena, struct tf_root);
    root->kind = kind;
    root->site = site;
    root->region = site && site->region && *site->region ? site->region : NULL;
    root->account = site ? account_of(tf, site) : global_account(tf);
    name = site ? site->name : "";
    if (kind == PLAN_ROOT_global) {
        root->folder = root->prefix = "global";
    } else if (kind == PLAN_ROOT_primary) {
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
        if (same_but_for_case(tf->roots.items[i]->folder, root->folder) || strcmp(tf->roots.items[i]->prefix, root->prefix) == 0) {
            struct diag *diag =
                diag_report(tf->sink, DIAG_E0717, place_span(site->place), "the Terraform root of site `%s` has the name of another", name);
            diag_note(diag, "`%s` and `%s` become the same name once other characters are replaced", name,
                      tf->roots.items[i]->site ? tf->roots.items[i]->site->name : tf->roots.items[i]->folder);
            diag_help(diag, "rename the site");
            break;
        }
    }
    vec_push(arena, &tf->roots, root);
    return root;
}

static uint32_t root_order(const struct tf *tf, const struct tf_root *root)
{
    uint32_t group = root->kind == PLAN_ROOT_global ? 0 : root->kind == PLAN_ROOT_primary ? 1 : 2;

    return group * 0x10000000u + (root->site ? (uint32_t)(root->site - tf->plan->sites) : 0);
}

static void sort_roots(struct tf *tf)
{
    for (uint32_t i = 1; i < tf->roots.len; i++) {
        struct tf_root *root = tf->roots.items[i];
        uint32_t at = i;

        for (; at > 0 && root_order(tf, tf->roots.items[at - 1]) > root_order(tf, root); at--)
            tf->roots.items[at] = tf->roots.items[at - 1];
        tf->roots.items[at] = root;
    }
}

/* ---- blocks ---- */

void tf_blame(struct diag *diag, const struct plan_emission *source)
{
    if (source->subject)
        diag_label(diag, place_span(source->subject->place), "emitted for %s `%s`", source->subject->block,
                   source->subject->name ? source->subject->name : "");
}

static const char *tf_address(struct arena *arena, const struct plan_emitted_block *block)
{
    if (strcmp(block->type, "resource") == 0)
        return arena_printf(arena, "%s.%s", block->labels[0], block->labels[1]);
    if (block->labels_count == 2)
        return arena_printf(arena, "%s.%s.%s", block->type, block->labels[0], block->labels[1]);
    return arena_printf(arena, "%s.%s", block->type, block->labels_count ? block->labels[0] : "");
}

static const struct {
    const char *type;
    uint32_t labels;
} top_level[] = {
    {"resource", 2}, {"data", 2}, {"check", 1}, {"output", 1}, {"moved", 0}, {"import", 0},
};

/* A block that may stand in a root; reports what may not. */
static bool is_allowed(struct tf *tf, const struct plan_emission *emission)
{
    const struct plan_emitted_block *block = emission->block;
    struct diag *diag;

    for (size_t i = 0; i < sizeof top_level / sizeof *top_level; i++) {
        if (strcmp(block->type, top_level[i].type) != 0)
            continue;
        if (block->labels_count != top_level[i].labels) {
            diag = diag_report(tf->sink, DIAG_E0704, place_span(block->place), "a Terraform block `%s` has %u labels, not %u", block->type,
                               (unsigned)top_level[i].labels, (unsigned)block->labels_count);
            diag_help(diag, top_level[i].labels == 2 ? "write `%s TYPE NAME { … }`" : "write `%s NAME { … }`", block->type);
            return false;
        }
        if (top_level[i].labels == 2 && !tf_provider_of(tf, block->labels[0]) && strcmp(block->labels[0], "terraform_data") != 0) {
            const char *name = arena_strndup(tf->arena, block->labels[0], strcspn(block->labels[0], "_"));

            diag = diag_report(tf->sink, DIAG_E0704, place_span(block->place), "`%s` belongs to no provider that is declared", block->labels[0]);
            if (hcl_is_identifier(name))
                diag_help(diag, "declare it: `terraform_provider %s { source = \"OWNER/%s\"  version = \"…\" }`", name, name);
            else
                diag_help(diag, "the type of a resource begins with the name of a `terraform_provider` and `_`");
            return false;
        }
        if (block->labels_count > 0 && !hcl_is_identifier(block->labels[block->labels_count - 1])) {
            diag = diag_report(tf->sink, DIAG_E0704, place_span(block->place), "`%s` is no Terraform identifier",
                               block->labels[block->labels_count - 1]);
            diag_help(diag, "make the label with `ident(…)`");
            return false;
        }
        return true;
    }
    diag = diag_report(tf->sink, DIAG_E0704, place_span(block->place), "a kind cannot emit a Terraform block `%s`", block->type);
    diag_note(diag, "variables, providers and versions are made from what the emitted resources use");
    diag_help(diag, "emit `resource`, `data`, `check`, `output`, `moved` or `import`; values from outside "
                    "come with `fact(…)` and `ref(…)`");
    return false;
}

/* ---- what a recovery root must not hold ---- */

static void check_isolation(struct tf *tf, const struct tf_root *root, const struct plan_emission *emission)
{
    const struct plan_emitted_block *block = emission->block;
    const struct tf_provider *provider = root->kind == PLAN_ROOT_recovery && block->labels_count == 2 ? tf_provider_of(tf, block->labels[0]) : NULL;
    struct diag *diag;

    if (!provider || !tf_is_elsewhere(provider, block))
        return;
    diag = diag_report(tf->sink, DIAG_E0703, place_span(block->place), "`%s` in the recovery root of `%s` depends on a control plane elsewhere",
                       block->labels[0], root->site->name);
    tf_blame(diag, emission);
    if (provider->home)
        diag_note(diag, "this root is applied while the primary Region is lost, and such resources are changed through `%s` alone", provider->home);
    else
        diag_note(diag, "this root is applied while the primary Region is lost, and such resources are changed through one control plane alone");
    diag_help(diag, "emit it with `root = global` and refer to it with `ref(…)`: the value then arrives "
                    "as a variable");
}

/* Capitals make no other file everywhere: one name, one spelling. */
static void check_spelling(struct tf *tf, struct tf_root *root, const struct plan_emission *emission, const char *name)
{
    char *folded = arena_strdup(tf->arena, name);
    const char *other;
    struct diag *diag;

    for (char *at = folded; *at; at++) {
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at - 'A' + 'a');
    }
    if (map_add(&root->file_names, tf->arena, intern_str(tf->names, folded), (void *)(uintptr_t)name))
        return;
    other = map_get(&root->file_names, intern_str(tf->names, folded));
    if (strcmp(other, name) == 0)
        return;
    diag = diag_report(tf->sink, DIAG_E0790, place_span(emission->block->place),
                       "`terraform/%s/%s.tf` differs only in case from `terraform/%s/%s.tf`", root->folder, name, root->folder, other);
    tf_blame(diag, emission);
    diag_help(diag, "spell the `file` of both in the same way");
}

/* "override" and whatever ends with "_override". */
static bool is_overriding(const char *name)
{
    size_t len = strlen(name), end = strlen("_override");

    return same_but_for_case(name, "override") || (len >= end && same_but_for_case(name + len - end, "_override"));
}

static void check_file(struct tf *tf, const struct plan_emission *emission)
{
    static const char *const ours[] = {"versions", "providers", "variables", "locals", "outputs"};

    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        if (emission->file && same_but_for_case(output_name(tf->arena, emission->file), ours[i]))
            diag_help(diag_report(tf->sink, DIAG_E0714, place_span(emission->block->place), "the file `%s.tf` is written by the compiler", ours[i]),
                      "name the concern instead: `file = \"database\"`");
    }
    if (emission->file && is_overriding(output_name(tf->arena, emission->file)))
        diag_help(diag_report(tf->sink, DIAG_E0714, place_span(emission->block->place),
                              "Terraform takes `%s.tf` for changes to what other files declare", output_name(tf->arena, emission->file)),
                  "name the concern instead: `file = \"database\"`");
}

static struct tf_block *new_block(struct tf *tf, struct tf_root *root, const struct plan_emission *emission)
{
    struct tf_block *block = ARENA_NEW(tf->arena, struct tf_block);

    block->root = root;
    block->emitted = emission->block;
    block->type = emission->block->type;
    block->address = intern_str(tf->names, tf_address(tf->arena, emission->block));
    block->file = emission->file && *emission->file ? output_name(tf->arena, emission->file) : "main";
    vec_push(tf->arena, &block->sources, emission);
    return block;
}

static void add_emission(struct tf *tf, const struct plan_emission *emission)
{
    struct tf_root *root;
    struct tf_block *block, *first;
    const char *address;
    struct arena *arena = tf->arena;

    if (!emission->block || !is_allowed(tf, emission))
        return;
    if (emission->root == PLAN_ROOT_none) {
        struct diag *diag =
            diag_report(tf->sink, DIAG_E0704, place_span(emission->block->place), "this emit does not say which Terraform root it belongs to");
        diag_help(diag, "write `root = global`, `root = primary` or `root = recovery(SITE)` in the `emit "
                        "terraform` block");
        return;
    }
    root = root_of(tf, emission->root, emission->site);
    if (emission->example) {
        block = new_block(tf, root, emission);
        vec_push(arena, &root->examples, block);
        return;
    }
    check_isolation(tf, root, emission);
    check_file(tf, emission);
    address = intern_str(tf->names, tf_address(arena, emission->block));
    /* Blocks without an address of their own (moved, import) are all kept. */
    first = emission->block->labels_count ? map_get(&tf->addresses, address) : NULL;
    for (block = first; block; block = block->other) {
        if (block->root != root)
            continue;
        if (tf_block_equal(block->emitted, emission->block)) {
            if (block->sources.items[block->sources.len - 1]->subject != emission->subject)
                vec_push(arena, &block->sources, emission);
            return;
        }
        struct diag *diag = diag_report(tf->sink, DIAG_E0701, place_span(emission->block->place),
                                        "`%s` is emitted twice into `%s`, with different contents", address, root->folder);
        diag_label(diag, place_span(block->emitted->place), "first here");
        tf_blame(diag, block->sources.items[0]);
        tf_blame(diag, emission);
        diag_help(diag, "put what both need into a `once KEY { … }` block with the same values, or make the "
                        "label differ with `ident(…)`");
        return;
    }
    block = new_block(tf, root, emission);
    if (strcmp(block->type, "output") != 0)
        check_spelling(tf, root, emission, strcmp(block->type, "data") == 0 ? "data" : block->file);
    vec_push(arena, &root->blocks, block);
    if (emission->block->labels_count) {
        block->other = first;
        map_set(&tf->addresses, arena, address, block);
    }
}

/* ---- data sources nobody reads are left out ---- */

static void mark_used(struct tf *tf, struct tf_block *block, const struct plan_value *ref, struct plan_place place)
{
    struct tf_block *target = tf_find(tf, block->root, ref);

    (void)place;
    if (!target || target->used)
        return;
    target->used = true;
    tf_each_ref(tf, target, mark_used);
}

static bool has_block(const struct plan_emitted_block *block, const char *type)
{
    for (uint32_t i = 0; i < block->blocks_count; i++) {
        if (strcmp(block->blocks[i].type, type) == 0)
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
            if (!block->used && (strcmp(block->type, "data") != 0 || has_block(block->emitted, "lifecycle") || is_mentioned(root, block))) {
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
            struct diag *diag = diag_report(tf->sink, DIAG_E0702, place_span(root->needs[i].place),
                                            "Terraform roots `%s` and `%s` need each other's outputs", root->folder, need->folder);
            for (uint32_t n = 0; n < need->need_count; n++)
                diag_label(diag, place_span(need->needs[n].place), "`%s` takes an output of `%s` here", need->folder, need->needs[n].root->folder);
            diag_note(diag, "each root is applied by itself, so their order must not be a circle");
            diag_help(diag, "compute one of the two values from names, for instance an ARN, instead of a reference");
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
    const struct plan_document *plan = tf->plan;
    uint32_t rank = 0;

    tf_read_providers(tf);
    for (uint32_t i = 0; i < plan->emissions_count; i++) {
        const struct plan_emission *emission = &plan->emissions[i];

        if (strcmp(emission->target, "terraform") == 0)
            add_emission(tf, emission);
    }
    sort_roots(tf);
    drop_unused(tf);
    for (uint32_t r = 0; r < tf->roots.len; r++)
        tf_use_providers(tf, tf->roots.items[r]);
    for (uint32_t r = 0; r < tf->roots.len; r++) {
        struct tf_root *root = tf->roots.items[r];

        for (uint32_t i = 0; i < root->blocks.len; i++)
            tf_build_body(tf, root->blocks.items[i]);
        for (uint32_t i = 0; i < root->examples.len; i++)
            tf_build_body(tf, root->examples.items[i]);
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
