/* Providers of Terraform, as the library and the specification declare them: which types are whose, and what a root says of those it uses. */
#include "backends/terraform/terraform.h"

#include <stdlib.h>
#include <string.h>

static bool begins_with_one(const struct plan_value *items, uint32_t count, const char *type)
{
    for (uint32_t i = 0; i < count; i++) {
        if (items[i].shape == PLAN_SHAPE_STRING && strncmp(type, items[i].text, strlen(items[i].text)) == 0)
            return true;
    }
    return false;
}

static bool is_one(const struct plan_value *items, uint32_t count, const char *type)
{
    for (uint32_t i = 0; i < count; i++) {
        if (items[i].shape == PLAN_SHAPE_STRING && strcmp(type, items[i].text) == 0)
            return true;
    }
    return false;
}

/* [HOST/]NAMESPACE/TYPE */
static bool is_source(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
    unsigned parts = 0;

    for (;; text++) {
        size_t len = strspn(text, letters), host = strspn(text, ".:-_abcdefghijklmnopqrstuvwxyz0123456789");

        if (parts == 0 && host > len && text[host] == '/')
            len = host; /* only the first may be one of a host */
        if (len == 0 || ++parts > 3)
            return false;
        text += len;
        if (!*text)
            return parts > 1;
        if (*text != '/')
            return false;
    }
}

static const char *past_number(const char *text)
{
    size_t len = strspn(text, "0123456789");

    return len ? text + len : NULL;
}

/* ">= 1.2, != 1.3.0, < 2.0.0-beta1" */
static bool is_constraint(const char *text)
{
    static const char *const operators[] = {"~>", ">=", "<=", "!=", "=", ">", "<", ""};

    for (;;) {
        size_t o = 0;

        text += strspn(text, " ");
        while (strncmp(text, operators[o], strlen(operators[o])) != 0)
            o++;
        text += strlen(operators[o]);
        text += strspn(text, " ");
        for (unsigned n = 0; n < 3; n++) {
            if (!(text = past_number(text)))
                return false;
            if (*text != '.')
                break;
            text += n < 2;
        }
        if (*text == '-' || *text == '+')
            text += strspn(text, "-+.abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");
        text += strspn(text, " ");
        if (!*text)
            return true;
        if (*text++ != ',')
            return false;
    }
}

static void refuse(struct tf *tf, const struct plan_thing *thing, const char *what, const char *text)
{
    diag_help(diag_report(tf->sink, DIAG_E0705, place_span(thing->place), "Terraform could not read the %s of provider `%s`: `%s`", what, thing->name,
                          text),
              "`drc explain E0705` says what each of them is");
}

static void check_provider(struct tf *tf, const struct tf_provider *provider)
{
    const struct {
        const char *what, *text;
    } names[] = {{"region", provider->region}, {"accounts", provider->accounts}, {"tags", provider->tags}};
    const struct plan_thing *thing = provider->thing;
    uint32_t count;
    const struct plan_value *blocks = plan_items(thing, "blocks", &count);

    if (!is_source(provider->source))
        refuse(tf, thing, "source", provider->source);
    if (!is_constraint(provider->version))
        refuse(tf, thing, "version", provider->version);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i].text && !hcl_is_identifier(names[i].text))
            refuse(tf, thing, names[i].what, names[i].text);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (blocks[i].shape == PLAN_SHAPE_STRING && !hcl_is_identifier(blocks[i].text))
            refuse(tf, thing, "blocks", blocks[i].text);
    }
}

void tf_read_providers(struct tf *tf)
{
    uint32_t count;
    const struct plan_thing *things = plan_sort(tf->index, "terraform_provider", &count);

    for (uint32_t i = 0; i < count; i++) {
        struct tf_provider *provider = ARENA_NEW(tf->arena, struct tf_provider);
        const struct plan_thing *thing = &things[i];

        provider->thing = thing;
        provider->name = thing->name;
        provider->source = plan_words(tf->arena, thing, "source", "");
        provider->version = plan_words(tf->arena, thing, "version", "");
        provider->region = plan_words(tf->arena, thing, "region", NULL);
        provider->home = plan_words(tf->arena, thing, "home", NULL);
        provider->accounts = plan_words(tf->arena, thing, "accounts", NULL);
        provider->tags = plan_words(tf->arena, thing, "tags", NULL);
        vec_push(tf->arena, &tf->providers, provider);
        check_provider(tf, provider);
    }
}

const struct tf_provider *tf_provider_of(const struct tf *tf, const char *type)
{
    size_t len = strcspn(type, "_");

    for (uint32_t i = 0; i < tf->providers.len && type[len] == '_'; i++) {
        if (strlen(tf->providers.items[i]->name) == len && strncmp(tf->providers.items[i]->name, type, len) == 0)
            return tf->providers.items[i];
    }
    return NULL;
}

bool tf_is_elsewhere(const struct tf_provider *provider, const struct plan_emitted_block *block)
{
    uint32_t count;
    const struct plan_value *items;

    if (strcmp(block->type, "data") == 0) {
        items = plan_items(provider->thing, "computes", &count);
        if (is_one(items, count, block->labels[0]))
            return false;
    }
    items = plan_items(provider->thing, "control_planes", &count);
    return begins_with_one(items, count, block->labels[0]);
}

static int by_name(const void *a, const void *b)
{
    const struct tf_provider *const *left = a, *const *right = b;

    return strcmp((*left)->name, (*right)->name);
}

void tf_use_providers(struct tf *tf, struct tf_root *root)
{
    for (uint32_t i = 0; i < root->blocks.len; i++) {
        const struct plan_emitted_block *block = root->blocks.items[i]->emitted;
        const struct tf_provider *provider = block->labels_count == 2 ? tf_provider_of(tf, block->labels[0]) : NULL;
        bool known = !provider;

        for (uint32_t n = 0; n < root->providers.len && !known; n++)
            known = root->providers.items[n] == provider;
        if (!known)
            vec_push(tf->arena, &root->providers, provider);
    }
    if (root->providers.len > 1)
        qsort(root->providers.items, root->providers.len, sizeof *root->providers.items, by_name);
    for (uint32_t i = 0; i < root->providers.len && !root->region; i++)
        root->region = root->providers.items[i]->home;
}

const char *tf_region_of(const struct tf_root *root, const struct tf_provider *provider)
{
    return root->site && root->site->region && *root->site->region ? root->site->region : provider->home ? provider->home : root->region;
}

static struct hcl_body *begin_provider(struct hcl_body *file, const struct tf_provider *provider, struct hcl_body *begun)
{
    return begun ? begun : hcl_block(file, "provider", provider->name, NULL);
}

/* What its configuration has to say; nothing, where the surroundings say all of it. */
static void print_provider(struct tf *tf, struct hcl_body *file, const struct tf_root *root, const struct tf_provider *provider,
                           const struct tf_alias *alias)
{
    const char *region = alias ? alias->region : tf_region_of(root, provider);
    struct hcl_body *body = alias ? begin_provider(file, provider, NULL) : NULL;
    uint32_t count;
    const struct plan_value *blocks = plan_items(provider->thing, "blocks", &count);

    if (alias)
        hcl_set_string(body, "alias", alias->name);
    if (provider->region && region) {
        body = begin_provider(file, provider, body);
        hcl_set_string(body, provider->region, region);
    }
    /* A wrong profile must not build the recovery side in the wrong account. */
    if (provider->accounts && root->account && !alias) {
        struct hcl_expr *accounts = hcl_list(tf->arena);

        body = begin_provider(file, provider, body);
        hcl_list_add_string(accounts, root->account);
        hcl_set(body, provider->accounts, accounts);
    }
    if (provider->tags) {
        body = begin_provider(file, provider, body);
        hcl_set_ref(hcl_block(body, provider->tags, NULL, NULL), "tags", HCL_SOURCE("local.tags"));
    }
    for (uint32_t i = 0; i < count; i++) {
        body = begin_provider(file, provider, body);
        if (blocks[i].shape == PLAN_SHAPE_STRING)
            hcl_block(body, blocks[i].text, NULL, NULL);
    }
}

void tf_print_providers(struct tf *tf, struct hcl_body *file, const struct tf_root *root)
{
    for (uint32_t i = 0; i < root->providers.len; i++) {
        print_provider(tf, file, root, root->providers.items[i], NULL);
        for (uint32_t n = 0; n < root->aliases.len; n++) {
            if (root->aliases.items[n].provider == root->providers.items[i])
                print_provider(tf, file, root, root->providers.items[i], &root->aliases.items[n]);
        }
    }
}

void tf_require_providers(struct tf *tf, struct hcl_body *terraform, const struct tf_root *root)
{
    struct hcl_body *nested = root->providers.len ? hcl_block(terraform, "required_providers", NULL, NULL) : NULL;

    for (uint32_t i = 0; i < root->providers.len; i++) {
        const struct tf_provider *provider = root->providers.items[i];
        struct hcl_expr *object = hcl_object(tf->arena);

        hcl_object_set_string(object, "source", provider->source);
        hcl_object_set_string(object, "version", provider->version);
        hcl_set(nested, provider->name, object);
    }
}

bool tf_has_tags(const struct tf_root *root)
{
    for (uint32_t i = 0; i < root->providers.len; i++) {
        if (root->providers.items[i]->tags)
            return true;
    }
    return false;
}
