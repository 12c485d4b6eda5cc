/* Prints the roots: versions, providers, variables, locals, data, one file for each concern, outputs. Files
 * without content are left out; nothing is declared that nothing uses. */
#include "backends/terraform/terraform.h"

#include <stdlib.h>
#include <string.h>

#define VERSION_TERRAFORM ">= 1.5.0"

enum { SOURCES_NAMED = 4 };

void tf_add(struct tf *tf, struct fileset *files, const struct tf_root *root, const char *name, const struct strbuf *text)
{
    const char *path = root ? arena_printf(tf->arena, "terraform/%s/%s", root->folder, name) : arena_printf(tf->arena, "terraform/%s", name);
    struct output_file *file;

    if (text->len == 0)
        return;
    file = fileset_add(files, "terraform", path, text->data, text->len, NULL);
    if (!file || !root)
        return;
    for (uint32_t i = 0; i < root->blocks.len; i++) {
        struct tf_block *block = root->blocks.items[i];
        const char *own = strcmp(block->type, "data") == 0 ? "data" : strcmp(block->type, "output") == 0 ? "outputs" : block->file;
        size_t len = strlen(own);

        if (strncmp(name, own, len) != 0 || strcmp(name + len, ".tf") != 0)
            continue;
        for (uint32_t s = 0; s < block->sources.len; s++) {
            const struct plan_thing *subject = block->sources.items[s]->subject;

            if (subject && subject->origin)
                output_file_add_origin(files, file, subject->origin);
        }
    }
}

static void add_body(struct tf *tf, struct fileset *files, const struct tf_root *root, const char *name, const struct hcl_body *body)
{
    struct strbuf text = STRBUF_INIT;

    hcl_print(body, &text);
    tf_add(tf, files, root, name, &text);
    strbuf_release(&text);
}

/* ---- versions.tf, providers.tf, locals.tf ---- */

static void print_versions(struct tf *tf, struct fileset *files, const struct tf_root *root)
{
    struct hcl_body *file = hcl_body_new(tf->arena), *terraform;

    terraform = hcl_block(file, "terraform", NULL, NULL);
    hcl_set_string(terraform, "required_version", VERSION_TERRAFORM);
    tf_require_providers(tf, terraform, root);
    hcl_comment(terraform, "The rest of the configuration is in a file like backend.hcl.example: init "
                           "-backend-config=backend.hcl");
    hcl_block(terraform, "backend", "s3", NULL);
    add_body(tf, files, root, "versions.tf", file);
}

static void print_providers(struct tf *tf, struct fileset *files, const struct tf_root *root)
{
    struct hcl_body *file = hcl_body_new(tf->arena), *locals;
    struct hcl_expr *tags = hcl_object(tf->arena);

    tf_print_providers(tf, file, root);
    add_body(tf, files, root, "providers.tf", file);
    if (!tf_has_tags(root))
        return;
    file = hcl_body_new(tf->arena);
    locals = hcl_block(file, "locals", NULL, NULL);
    hcl_comment(locals, "On everything that this root owns; a resource adds its own.");
    hcl_object_set_string(tags, "Plan", tf->plan->name);
    hcl_object_set_string(tags, "ManagedBy", "drc");
    hcl_object_set_string(tags, "Root", root->folder);
    hcl_set(locals, "tags", tags);
    add_body(tf, files, root, "locals.tf", file);
}

/* State lives where the recovery happens: in the lost Region it would be lost as well. */
static const char *state_region(const struct tf *tf, const struct tf_root *root)
{
    if (root->kind == PLAN_ROOT_recovery)
        return root->region;
    for (uint32_t i = 0; i < tf->plan->sites_count; i++) {
        const struct plan_site *site = &tf->plan->sites[i];

        if (site->role && strcmp(site->role, "recovery") == 0 && site->region && *site->region)
            return site->region;
    }
    return root->region;
}

static void print_backend(struct tf *tf, struct fileset *files, const struct tf_root *root)
{
    struct hcl_body *file = hcl_body_new(tf->arena);

    hcl_comment(file, "Copy to backend.hcl and fill in the bucket; then: terraform init -backend-config=backend.hcl\n"
                      "The state is kept in the recovery Region, so that it survives the loss of the primary.\n"
                      "use_lockfile needs Terraform 1.10 or newer; leave it out before that.");
    hcl_set_string(file, "bucket", "NAME-OF-THE-STATE-BUCKET");
    hcl_set_string(file, "key", arena_printf(tf->arena, "drc/%s/%s.tfstate", tf->plan->name, root->folder));
    hcl_set_string(file, "region", state_region(tf, root) ? state_region(tf, root) : "REGION-OF-THE-STATE-BUCKET");
    hcl_set_bool(file, "encrypt", true);
    hcl_set_bool(file, "use_lockfile", true);
    add_body(tf, files, root, "backend.hcl.example", file);
}

/* ---- variables.tf, outputs.tf ---- */

static void print_variables(struct tf *tf, struct fileset *files, const struct tf_root *root)
{
    struct hcl_body *file = hcl_body_new(tf->arena);

    for (uint32_t i = 0; i < root->variables.len; i++) {
        const struct tf_variable *variable = root->variables.items[i];
        struct hcl_body *body = hcl_block(file, "variable", variable->name, NULL);

        hcl_set_string(body, "description", variable->description);
        hcl_set(body, "type", hcl_expr(tf->arena, (struct hcl_source){variable->type}));
        if (variable->value)
            hcl_set(body, "default", variable->value);
    }
    add_body(tf, files, root, "variables.tf", file);
}

static void comment_origin(struct hcl_body *file, const struct tf_block *block)
{
    struct strbuf text = STRBUF_INIT;
    uint32_t count = block->sources.len;

    for (uint32_t i = 0; i < count && i < SOURCES_NAMED; i++) {
        const struct plan_emission *source = block->sources.items[i];
        const struct plan_thing *subject = source->subject;

        if (!subject)
            continue;
        if (text.len)
            strbuf_addch(&text, '\n');
        strbuf_addf(&text, "%s `%s`", subject->block, subject->name ? subject->name : "");
        if (subject->origin)
            strbuf_addf(&text, " (%s)", subject->origin);
        if (source->kind)
            strbuf_addf(&text, ", kind %s", source->kind);
        if (i + 1 == SOURCES_NAMED && count > SOURCES_NAMED)
            strbuf_addf(&text, ", and %u more", (unsigned)(count - SOURCES_NAMED));
    }
    if (text.len)
        hcl_comment(file, strbuf_str(&text));
    strbuf_release(&text);
}

/* Copies a finished block into a file: its body is a file of one block. */
static void print_block(struct tf *tf, struct strbuf *text, const struct tf_block *block)
{
    struct hcl_body *comment = hcl_body_new(tf->arena);

    if (text->len)
        strbuf_addch(text, '\n');
    comment_origin(comment, block);
    hcl_print(comment, text);
    hcl_print(block->body, text);
}

static void print_outputs(struct tf *tf, struct fileset *files, const struct tf_root *root)
{
    struct strbuf text = STRBUF_INIT;
    struct hcl_body *file = hcl_body_new(tf->arena);

    for (uint32_t i = 0; i < root->outputs.len; i++) {
        struct hcl_body *body = hcl_block(file, "output", root->outputs.items[i]->name, NULL);

        hcl_set_string(body, "description", root->outputs.items[i]->description);
        hcl_set_ref(body, "value", root->outputs.items[i]->source);
    }
    hcl_print(file, &text);
    for (uint32_t i = 0; i < root->blocks.len; i++) {
        if (strcmp(root->blocks.items[i]->type, "output") == 0)
            print_block(tf, &text, root->blocks.items[i]);
    }
    tf_add(tf, files, root, "outputs.tf", &text);
    strbuf_release(&text);
}

/* ---- the concerns ---- */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *file_of(const struct tf_block *block)
{
    if (strcmp(block->type, "output") == 0)
        return "";
    return strcmp(block->type, "data") == 0 ? "data" : block->file;
}

static void print_concerns(struct tf *tf, struct fileset *files, const struct tf_root *root)
{
    VEC(const char *) names = {0};

    for (uint32_t i = 0; i < root->blocks.len; i++) {
        const char *name = file_of(root->blocks.items[i]);
        bool known = *name == '\0';

        for (uint32_t n = 0; n < names.len && !known; n++)
            known = strcmp(names.items[n], name) == 0;
        if (!known)
            vec_push(tf->arena, &names, name);
    }
    if (names.len > 1)
        qsort(names.items, names.len, sizeof *names.items, by_text);
    for (uint32_t n = 0; n < names.len; n++) {
        struct strbuf text = STRBUF_INIT;

        for (uint32_t i = 0; i < root->blocks.len; i++) {
            if (strcmp(file_of(root->blocks.items[i]), names.items[n]) == 0)
                print_block(tf, &text, root->blocks.items[i]);
        }
        tf_add(tf, files, root, arena_printf(tf->arena, "%s.tf", names.items[n]), &text);
        strbuf_release(&text);
    }
}

/* What the reader copies, if he wants it: below what its kind says of it. */
static void print_examples(struct tf *tf, struct fileset *files, const struct tf_root *root)
{
    for (uint32_t i = 0; i < root->examples.len; i++) {
        const struct tf_block *first = root->examples.items[i];
        struct hcl_body *head = hcl_body_new(tf->arena);
        struct strbuf text = STRBUF_INIT;
        bool known = false;

        for (uint32_t n = 0; n < i && !known; n++)
            known = strcmp(root->examples.items[n]->file, first->file) == 0;
        if (known)
            continue;
        hcl_comment(head, first->sources.items[0]->example);
        hcl_print(head, &text);
        for (uint32_t n = i; n < root->examples.len; n++) {
            if (strcmp(root->examples.items[n]->file, first->file) != 0)
                continue;
            strbuf_addch(&text, '\n');
            hcl_print(root->examples.items[n]->body, &text);
        }
        tf_add(tf, files, root, arena_printf(tf->arena, "%s.tf.example", first->file), &text);
        strbuf_release(&text);
    }
}

void tf_files(struct tf *tf, struct fileset *files)
{
    for (uint32_t i = 0; i < tf->roots.len; i++) {
        struct tf_root *root = tf->roots.items[i];

        if (root->blocks.len == 0)
            continue;
        print_versions(tf, files, root);
        print_providers(tf, files, root);
        print_backend(tf, files, root);
        print_variables(tf, files, root);
        print_concerns(tf, files, root);
        print_outputs(tf, files, root);
        print_examples(tf, files, root);
    }
}
