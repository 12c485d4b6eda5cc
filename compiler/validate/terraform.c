/* Terraform: each block that kinds emit stands in its root with exactly the attributes and values of the plan; what exists already comes in by
 * variables with the plan's values, what another root makes by a variable that is an output there. Schedules are compared by their instants. */
#include "base/file_name.h"
#include "base/units.h"
#include "validate/hcl.h"

#include <string.h>

struct variable {
    const char *name;
    struct artifact artifact;
    struct hcl_part *block;
    bool used, has_default_read;
};

struct output {
    const char *name;
    const struct root *root;
    struct output *other; /* of that name in another root */
    struct artifact artifact;
    struct hcl_part *block;
    bool used;
};

struct top {
    struct artifact artifact;
    struct hcl_part *block;
};

struct root {
    const char *folder;
    VEC(struct top) tops;     /* resources and what kinds emit besides */
    VEC(struct top) ours;     /* terraform, provider, locals */
    VEC(struct top) examples; /* what stands in FILE.tf.example */
    VEC(struct variable *) variables;
    VEC(struct output *) outputs;
    struct map by_address, by_variable;
};

struct terraform {
    struct reading *r;
    struct arena *arena;
    struct intern *names;
    VEC(struct root *) roots;
    struct map outputs; /* by name */
};

/* Where a value is looked for. */
struct spot {
    struct terraform *t;
    struct root *root;
    const struct artifact *artifact;
    const char *what;
};

static const struct plan_value *member(const struct plan_value *value, const char *key)
{
    for (uint32_t i = 0; value->shape == PLAN_SHAPE_PAIRS && i < value->count; i++) {
        if (strcmp(value->pairs[i].key, key) == 0)
            return &value->pairs[i].value;
    }
    return NULL;
}

static const char *member_text(const struct plan_value *value, const char *key)
{
    const struct plan_value *found = member(value, key);

    return found && found->shape == PLAN_SHAPE_STRING ? found->text : "";
}

static bool is_empty(const struct plan_value *value)
{
    return !value || value->shape == PLAN_SHAPE_NULL || value->tag == PLAN_TAG_NOTHING;
}

/* ---- matching: *at moves past what matches ----------------------------------------------------- */

static bool match(const struct spot *spot, const char **at, const struct plan_value *value);

static bool match_bytes(const char **at, const char *text)
{
    size_t len = strlen(text);

    if (strncmp(*at, text, len) != 0)
        return false;
    *at += len;
    return true;
}

static bool match_text(const struct spot *spot, const char **at, const char *text)
{
    const char *got = hcl_text(spot->t->arena, at);

    return got && strcmp(got, text) == 0;
}

static char small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Letters and digits alone, whether capital or not: how a name becomes part of another is the writer's. */
static bool is_made_of(const char *name, const char *one, const char *other)
{
    const char *parts[] = {one, other};

    for (int i = 0; i < 2; i++) {
        for (const char *c = parts[i]; *c; c++) {
            bool letter = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9');

            if (!letter)
                continue;
            while (*name == '_' || *name == '-')
                name++;
            if (small(*name++) != small(*c))
                return false;
        }
    }
    return true;
}

static struct variable *variable_called(const struct spot *spot, const char *name)
{
    return map_get(&spot->root->by_variable, intern_str(spot->t->names, name));
}

static bool ends_with(const char *text, const char *end)
{
    size_t len = strlen(text), tail = strlen(end);

    return len >= tail && strcmp(text + len - tail, end) == 0;
}

/* An attribute's text to the end of its line. */
static const char *expression(struct arena *arena, const struct hcl_attr *attribute)
{
    return attribute ? arena_strndup(arena, attribute->value, strcspn(attribute->value, "\n")) : "";
}

/* A resource of this root, or a variable that carries an output of another one. */
static bool match_reference(const struct spot *spot, const char **at, const struct plan_value *reference)
{
    struct arena *arena = spot->t->arena;
    const char *address =
        arena_printf(arena, "%s.%s.%s", member_text(reference, "resource"), member_text(reference, "key"), member_text(reference, "attribute"));
    const char *data = arena_printf(arena, "data.%s", address), *got = hcl_name(arena, at);
    struct variable *variable;

    if (!got)
        return false;
    if (strncmp(got, "var.", 4) != 0)
        return strcmp(got, address) == 0 || strcmp(got, data) == 0;
    variable = variable_called(spot, got + 4);
    if (!variable)
        return false;
    for (const char *tail = variable->name; (tail = strchr(tail, '_')) != NULL;) { /* it is called after the root and the output */
        struct output *output = map_get(&spot->t->outputs, intern_str(spot->t->names, ++tail));

        for (; output; output = output->other) {
            const char *value = output->root == spot->root ? "" : expression(arena, hcl_attribute(output->block, "value"));

            if (strcmp(value, address) == 0 || strcmp(value, data) == 0) {
                variable->used = output->used = true;
                return true;
            }
        }
    }
    return false;
}

/* A variable whose default is what the plan knows. */
static bool match_fact(const struct spot *spot, const char **at, const struct plan_value *fact)
{
    const struct plan_value *value = member(fact, "value"), *of = member(fact, "of");
    const struct plan_thing *thing = of ? plan_leads_to(spot->t->r->index, of) : NULL;
    const char *got = hcl_name(spot->t->arena, at), *name = member_text(fact, "name"), *from;
    struct variable *variable = got && strncmp(got, "var.", 4) == 0 ? variable_called(spot, got + 4) : NULL;
    struct hcl_attr *standard;

    if (!variable)
        return false;
    if (member(fact, "says") ? strcmp(variable->name, name) != 0 : !is_made_of(variable->name, thing && thing->name ? thing->name : "", name))
        return false;
    variable->used = true;
    standard = hcl_attribute(variable->block, "default");
    if (is_empty(value))
        return member(fact, "says") || !standard;
    if (!standard)
        return false;
    from = standard->value;
    variable->has_default_read = true;
    return match(&(struct spot){spot->t, spot->root, &variable->artifact, spot->what}, &from, value);
}

static bool match_template(const struct spot *spot, const char **at, const struct plan_value *value)
{
    char unit[8];

    if (*(*at)++ != '"')
        return false;
    for (uint32_t i = 0; i < value->count; i++) {
        const struct plan_value *part = &value->items[i];

        if (part->tag == PLAN_TAG_NONE && part->shape == PLAN_SHAPE_STRING) {
            const char *text = part->text;

            while (*text) {
                size_t len;

                if (hcl_text_unit(at, unit) != 1)
                    return false;
                len = strlen(unit);
                if (strncmp(unit, text, len) != 0)
                    return false;
                text += len;
            }
            continue;
        }
        if (!match_bytes(at, "${"))
            return false;
        *at = hcl_space(*at);
        if (!match(spot, at, part))
            return false;
        *at = hcl_space(*at);
        if (!match_bytes(at, "}"))
            return false;
    }
    return hcl_text_unit(at, unit) == 0;
}

static bool match_items(const struct spot *spot, const char **at, const struct plan_value *value, const char *open, const char *close)
{
    bool first = true;

    if (!match_bytes(at, open))
        return false;
    for (uint32_t i = 0; i < value->count; i++) {
        if (value->items[i].shape == PLAN_SHAPE_NULL)
            continue;
        *at = hcl_space(*at);
        if (!first && !match_bytes(at, ","))
            return false;
        *at = hcl_space(*at);
        if (!match(spot, at, &value->items[i]))
            return false;
        first = false;
    }
    *at = hcl_space(*at);
    if (match_bytes(at, ","))
        *at = hcl_space(*at);
    return match_bytes(at, close);
}

static bool match_pairs(const struct spot *spot, const char **at, const struct plan_value *value)
{
    if (!match_bytes(at, "{"))
        return false;
    for (uint32_t i = 0; i < value->count; i++) {
        const char *name;

        if (value->pairs[i].value.shape == PLAN_SHAPE_NULL)
            continue;
        *at = hcl_space(*at);
        if (**at == ',')
            *at = hcl_space(*at + 1);
        name = **at == '"' ? hcl_text(spot->t->arena, at) : hcl_name(spot->t->arena, at);
        if (!name || strcmp(name, value->pairs[i].key) != 0)
            return false;
        *at = hcl_space(*at);
        if (!match_bytes(at, "="))
            return false;
        *at = hcl_space(*at);
        if (!match(spot, at, &value->pairs[i].value))
            return false;
    }
    *at = hcl_space(*at);
    if (**at == ',')
        *at = hcl_space(*at + 1);
    return match_bytes(at, "}");
}

/* Syntax of the kind's author: the same but for blanks outside of quotes, and a comma behind the last of a list. */
static bool match_syntax(const char **at, const char *text)
{
    bool quoted = false;

    for (;;) {
        if (!quoted) {
            *at = *text ? hcl_space(*at) : *at;
            while (*text == ' ')
                text++;
            if (*text == ']' && **at == ',')
                *at = hcl_space(*at + 1);
        }
        if (!*text)
            return true;
        if (*text != **at)
            return false;
        if (quoted && *text == '\\' && text[1]) {
            if ((*at)[1] != text[1])
                return false;
            text++;
            (*at)++;
        } else if (*text == '"') {
            quoted = !quoted;
        }
        text++;
        (*at)++;
    }
}

static bool match_call(const struct spot *spot, const char **at, const struct plan_value *call)
{
    const struct plan_value *arguments = member(call, "arguments");

    return arguments && match_bytes(at, member_text(call, "function")) && match_items(spot, at, arguments, "(", ")");
}

static bool match_number(const char **at, const char *text)
{
    return match_bytes(at, text) && !(**at >= '0' && **at <= '9') && **at != '.';
}

static bool match_plain(const struct spot *spot, const char **at, const struct plan_value *value)
{
    switch ((enum plan_shape)value->shape) {
    case PLAN_SHAPE_STRING: return match_text(spot, at, value->text);
    case PLAN_SHAPE_BOOL: return match_bytes(at, value->truth ? "true" : "false");
    case PLAN_SHAPE_NUMBER: return match_number(at, arena_printf(spot->t->arena, "%lld", (long long)value->number));
    case PLAN_SHAPE_ITEMS: return match_items(spot, at, value, "[", "]");
    default: return match_bytes(at, "null");
    }
}

static bool match_schedule(const struct spot *spot, const char **at, const struct plan_value *value)
{
    const char *from = *at, *got = hcl_text(spot->t->arena, at), *why = NULL;

    if (got && fires_as(spot->t->r, NOTATION_AWS, &got, 1, NULL, value->text, &why))
        return true;
    *at = from;
    return false;
}

static bool match(const struct spot *spot, const char **at, const struct plan_value *value)
{
    struct arena *arena = spot->t->arena;
    const struct plan_thing *thing;
    struct strbuf text = STRBUF_INIT;
    bool ok;

    switch ((enum plan_tag)value->tag) {
    case PLAN_TAG_NONE: return match_plain(spot, at, value);
    case PLAN_TAG_REF: thing = plan_leads_to(spot->t->r->index, value); return match_text(spot, at, thing && thing->name ? thing->name : value->text);
    case PLAN_TAG_DATE:
    case PLAN_TAG_TIME: return match_text(spot, at, value->text);
    case PLAN_TAG_DECIMAL:
        print_decimal(&text, value->number);
        ok = match_number(at, arena_strdup(arena, strbuf_str(&text)));
        strbuf_release(&text);
        return ok;
    case PLAN_TAG_OBJECT: return match_pairs(spot, at, value);
    case PLAN_TAG_CALL: return match_call(spot, at, value);
    case PLAN_TAG_TEXT: return match_template(spot, at, value);
    case PLAN_TAG_REFERENCE: return match_reference(spot, at, value);
    case PLAN_TAG_FACT: return match_fact(spot, at, value);
    case PLAN_TAG_EXPRESSION: return match_syntax(at, value->text);
    case PLAN_TAG_SCHEDULE: return match_schedule(spot, at, value);
    default: return false; /* no target takes it */
    }
}

/* ---- names instead of values ------------------------------------------------------------------- */

/* A reference without its attribute; a text as it is. */
static bool match_name(const struct spot *spot, const char **at, const struct plan_value *value)
{
    const char *from = *at, *got = hcl_name(spot->t->arena, at), *address;

    if (value->tag == PLAN_TAG_REFERENCE) {
        address = arena_printf(spot->t->arena, "%s.%s", member_text(value, "resource"), member_text(value, "key"));
        return got && (strcmp(got, address) == 0 || strcmp(got, arena_printf(spot->t->arena, "data.%s", address)) == 0);
    }
    if (got && value->tag == PLAN_TAG_NONE && value->shape == PLAN_SHAPE_STRING && strcmp(got, value->text) == 0)
        return true;
    *at = from;
    return match(spot, at, value);
}

/* `depends_on`: what another root makes is left out, for that is applied before. */
static bool match_names(const struct spot *spot, const char **at, const struct plan_value *value)
{
    bool first = true;

    if (value->shape != PLAN_SHAPE_ITEMS || value->tag != PLAN_TAG_NONE)
        return match_name(spot, at, value);
    if (!match_bytes(at, "["))
        return false;
    for (uint32_t i = 0; i < value->count; i++) {
        const char *here;

        if (value->items[i].shape == PLAN_SHAPE_NULL)
            continue;
        here = hcl_space(*at);
        if (!first && *here == ',')
            here = hcl_space(here + 1);
        if (match_name(spot, &here, &value->items[i])) {
            *at = here;
            first = false;
        } else if (value->items[i].tag != PLAN_TAG_REFERENCE ||
                   map_get(&spot->root->by_address,
                           intern_str(spot->t->names, arena_printf(spot->t->arena, "%s.%s", member_text(&value->items[i], "resource"),
                                                                   member_text(&value->items[i], "key"))))) {
            return false;
        }
    }
    *at = hcl_space(*at);
    if (match_bytes(at, ","))
        *at = hcl_space(*at);
    return match_bytes(at, "]");
}

static bool is_among(const char *name, const char *const *names)
{
    for (; *names; names++) {
        if (strcmp(name, *names) == 0)
            return true;
    }
    return false;
}

/* ---- blocks ------------------------------------------------------------------------------------ */

/* The Region that a provider of the root works in, by its name and its alias (NULL: without one); NULL. */
static const char *provider_region(const struct spot *spot, const char *name, const char *alias)
{
    for (uint32_t i = 0; i < spot->root->ours.len; i++) {
        struct hcl_part *block = spot->root->ours.items[i].block;
        const struct hcl_attr *called = hcl_attribute(block, "alias");
        const char *at = called ? called->value : NULL, *text = at ? hcl_text(spot->t->arena, &at) : NULL;

        if (strcmp(block->type, "provider") != 0 || !block->label_count || strcmp(block->labels[0], name) != 0 || (alias != NULL) != (text != NULL) ||
            (alias && strcmp(alias, text) != 0))
            continue;
        for (uint32_t n = 0; n < block->attributes.len; n++) { /* the one whose value is the name of a Region */
            at = block->attributes.items[n].value;
            text = hcl_text(spot->t->arena, &at);
            for (uint32_t s = 0; text && s < spot->t->r->plan->sites_count; s++) {
                const char *region = spot->t->r->plan->sites[s].region;

                if (region && strcmp(region, text) == 0 && strcmp(block->attributes.items[n].name, "alias") != 0)
                    return region;
            }
        }
    }
    return NULL;
}

/* `provider` names a site: the block is made by a provider that works in its Region. */
static bool works_in(const struct spot *spot, struct hcl_part *got, const struct plan_emitted_block *want, const struct plan_value *site)
{
    const struct plan_thing *thing = plan_leads_to(spot->t->r->index, site);
    struct hcl_attr *attribute = hcl_attribute(got, "provider");
    const char *type = want->labels_count ? want->labels[0] : "", *name = arena_strndup(spot->t->arena, type, strcspn(type, "_"));
    const char *alias = NULL, *at = attribute ? attribute->value : NULL, *written = at ? hcl_name(spot->t->arena, &at) : NULL, *region;

    if (written) {
        alias = strchr(written, '.');
        if (!alias++ || strncmp(written, name, strlen(name)) != 0)
            return false;
    }
    region = provider_region(spot, name, alias);
    for (uint32_t s = 0; s < spot->t->r->plan->sites_count; s++) {
        const struct plan_site *one = &spot->t->r->plan->sites[s];

        if (one->thing == thing)
            return region ? strcmp(region, one->region) == 0 : !written;
    }
    return false;
}

static void compare_block(const struct spot *spot, struct hcl_part *got, const struct plan_emitted_block *want)
{
    static const char *const of_names[] = {"depends_on", "ignore_changes", "replace_triggered_by", NULL}, *const of_addresses[] = {"to", "from",
                                                                                                                                   NULL};
    uint32_t *taken = ARENA_ARRAY(spot->t->arena, uint32_t, got->blocks.len + 1);

    got->read = true;
    for (uint32_t i = 0; i < want->attributes_count; i++) {
        const struct plan_emitted_attribute *attribute = &want->attributes[i];
        bool moves = strcmp(want->type, "moved") == 0 || strcmp(want->type, "import") == 0;
        struct hcl_attr *found;
        const char *at;
        bool ok;

        if (!attribute->value || attribute->value->shape == PLAN_SHAPE_NULL)
            continue;
        if (strcmp(attribute->name, "provider") == 0 && attribute->value->tag == PLAN_TAG_REF && want->labels_count == 2) {
            holds(spot->artifact, got->at, works_in(spot, got, want, attribute->value), "%s: it is not made in the Region of the plan", spot->what);
            continue;
        }
        found = hcl_attribute(got, attribute->name);
        if (!holds(spot->artifact, got->at, found != NULL || is_among(attribute->name, of_names), "%s: `%s` is missing", spot->what, attribute->name))
            continue;
        if (!found)
            continue;
        at = found->value;
        ok = is_among(attribute->name, of_names)                ? match_names(spot, &at, attribute->value)
             : moves && is_among(attribute->name, of_addresses) ? match_name(spot, &at, attribute->value)
                                                                : match(spot, &at, attribute->value);
        at += strspn(at, " ");
        holds(spot->artifact, found->at, ok && (*at == '\n' || *at == '}' || *at == '#' || !*at), "%s: `%s = %s` is not what the plan says",
              spot->what, attribute->name, expression(spot->t->arena, found));
    }
    for (uint32_t i = 0; i < want->blocks_count; i++) { /* those of one type in their order */
        const struct plan_emitted_block *inner = &want->blocks[i];
        uint32_t n = 0;

        while (n < got->blocks.len && (taken[n] || strcmp(got->blocks.items[n]->type, inner->type) != 0))
            n++;
        if (!holds(spot->artifact, got->at, n < got->blocks.len, "%s: a block `%s` is missing", spot->what, inner->type))
            continue;
        taken[n] = 1;
        for (uint32_t l = 0; l < inner->labels_count && l < 2; l++)
            same_text(spot->artifact, got->blocks.items[n]->at, "the label",
                      l < got->blocks.items[n]->label_count ? got->blocks.items[n]->labels[l] : NULL, inner->labels[l]);
        compare_block(spot, got->blocks.items[n], inner);
    }
    for (uint32_t i = 0; i < got->attributes.len; i++) {
        if (!got->attributes.items[i].read)
            wrong(spot->artifact, got->attributes.items[i].at, "%s: nothing in the plan asks for `%s = %s`", spot->what,
                  got->attributes.items[i].name, expression(spot->t->arena, &got->attributes.items[i]));
    }
    for (uint32_t i = 0; i < got->blocks.len; i++) {
        if (!taken[i])
            wrong(spot->artifact, got->blocks.items[i]->at, "%s: nothing in the plan asks for this block `%s`", spot->what,
                  got->blocks.items[i]->type);
    }
}

static const char *address_of(struct arena *arena, const char *type, const char *const *labels, uint32_t count)
{
    bool plain = strcmp(type, "resource") == 0 && count == 2;

    return arena_printf(arena, "%s%s%s%s%s", plain ? "" : type, plain ? "" : ".", count ? labels[0] : "", count > 1 ? "." : "",
                        count > 1 ? labels[1] : "");
}

static const struct plan_site *region_of(const struct plan_site *site)
{
    for (const struct plan_site *up = site; up; up = up->within) {
        if (up->level && strcmp(up->level, "region") == 0)
            return up;
    }
    return site;
}

static struct root *root_called(struct terraform *t, const char *folder)
{
    for (uint32_t i = 0; i < t->roots.len; i++) {
        if (strcmp(t->roots.items[i]->folder, folder) == 0)
            return t->roots.items[i];
    }
    return NULL;
}

static struct root *root_of(struct terraform *t, const struct plan_emission *emission)
{
    const struct plan_site *site = region_of(emission->site);
    const char *name = output_name(t->arena, site ? site->name : "");
    struct root *root = NULL;

    switch (emission->root) {
    case PLAN_ROOT_global: return root_called(t, "global");
    case PLAN_ROOT_primary: root = root_called(t, arena_printf(t->arena, "primary-%s", name)); return root ? root : root_called(t, "primary");
    case PLAN_ROOT_recovery: return root_called(t, arena_printf(t->arena, "recovery-%s", name));
    default: return NULL;
    }
}

/* The block that the emission asks for: by its address, or where it has none by what it says. */
static struct top *top_of(struct terraform *t, struct root *root, const struct plan_emitted_block *block)
{
    if (block->labels_count)
        return map_get(&root->by_address, intern_str(t->names, address_of(t->arena, block->type, block->labels, block->labels_count)));
    for (uint32_t i = 0; i < root->tops.len; i++) {
        if (strcmp(root->tops.items[i].block->type, block->type) == 0 && !root->tops.items[i].block->read)
            return &root->tops.items[i];
    }
    return NULL;
}

/* Data sources nobody reads are left out. */
static bool may_be_missing(const struct plan_emitted_block *block)
{
    for (uint32_t i = 0; i < block->blocks_count; i++) {
        if (strcmp(block->blocks[i].type, "lifecycle") == 0)
            return false;
    }
    return strcmp(block->type, "data") == 0;
}

static void compare_emission(struct terraform *t, const struct plan_emission *emission)
{
    struct root *root = root_of(t, emission);
    const struct plan_emitted_block *block = emission->block;
    const char *what = address_of(t->arena, block->type, block->labels, block->labels_count);
    struct top *top;

    if (!root) {
        if (!may_be_missing(block))
            wrong_file(t->r, "terraform", "there is no root for `%s`", what);
        return;
    }
    top = top_of(t, root, block);
    if (!top) {
        t->r->report->facts++;
        if (!may_be_missing(block))
            wrong_file(t->r, arena_printf(t->arena, "terraform/%s", root->folder), "`%s` is missing", what);
        return;
    }
    if (top->block->read && block->labels_count)
        return; /* several things ask for the same */
    compare_block(&(struct spot){t, root, &top->artifact, what}, top->block, block);
}

/* What nobody applies as it is stands in the order of the plan. */
static void compare_example(struct terraform *t, const struct plan_emission *emission)
{
    struct root *root = root_of(t, emission);
    const char *path = root ? arena_printf(t->arena, "terraform/%s/%s.tf.example", root->folder, emission->file ? emission->file : "") : NULL;

    for (uint32_t i = 0; root && i < root->examples.len; i++) {
        struct top *top = &root->examples.items[i];

        if (top->block->read || strcmp(top->block->type, emission->block->type) != 0 || strcmp(top->artifact.path, path) != 0)
            continue;
        top->block->read = true;
        compare_block(&(struct spot){t, root, &top->artifact, top->block->type}, top->block, emission->block);
        return;
    }
    t->r->report->facts++;
    wrong_file(t->r, path ? path : "terraform", "an example of `%s` is missing", emission->block->type);
}

/* ---- what no kind emits ------------------------------------------------------------------------ */

static const struct plan_thing *provider_called(struct terraform *t, const char *name)
{
    uint32_t count;
    const struct plan_thing *things = plan_sort(t->r->index, "terraform_provider", &count);

    for (uint32_t i = 0; i < count; i++) {
        if (strcmp(things[i].name, name) == 0)
            return &things[i];
    }
    return NULL;
}

static const struct plan_site *site_of_root(struct terraform *t, const struct root *root)
{
    for (uint32_t i = 0; i < t->r->plan->emissions_count; i++) {
        const struct plan_emission *emission = &t->r->plan->emissions[i];

        if (strcmp(emission->target, "terraform") == 0 && emission->root != PLAN_ROOT_global && root_of(t, emission) == root)
            return region_of(emission->site);
    }
    return NULL;
}

static bool is_region_of_plan(struct terraform *t, const char *region)
{
    for (uint32_t i = 0; i < t->r->plan->sites_count; i++) {
        if (t->r->plan->sites[i].region && strcmp(t->r->plan->sites[i].region, region) == 0)
            return true;
    }
    return false;
}

static bool is_account_of_plan(struct terraform *t, const struct plan_site *site, const char *account)
{
    const struct plan_document *plan = t->r->plan;

    for (uint32_t i = 0; i < plan->sites_count; i++) {
        const struct plan_site *one = site ? site : &plan->sites[i];
        const char *id = one->account ? plan_words(t->arena, one->account->thing, "id", NULL) : NULL;

        if (id && strcmp(id, account) == 0)
            return true;
        if (site)
            return false;
    }
    return false;
}

/* The account that the root is applied in: that of its site, of the global one that of all places that serve; NULL: not known. */
static const char *account_of(struct terraform *t, const struct plan_site *site)
{
    const struct plan_document *plan = t->r->plan;
    const char *found = NULL;

    if (site)
        return site->account ? plan_words(t->arena, site->account->thing, "id", NULL) : NULL;
    for (uint32_t i = 0; i < plan->sites_count; i++) {
        const char *role = plan->sites[i].role, *id;

        if (!role || (strcmp(role, "primary") != 0 && strcmp(role, "active") != 0))
            continue;
        id = plan->sites[i].account ? plan_words(t->arena, plan->sites[i].account->thing, "id", NULL) : NULL;
        if (!id || (found && strcmp(found, id) != 0))
            return NULL;
        found = id;
    }
    return found;
}

static void compare_provider(struct terraform *t, const struct root *root, const struct top *top)
{
    const struct plan_thing *provider = provider_called(t, top->block->labels[0] ? top->block->labels[0] : "");
    const struct plan_site *site = site_of_root(t, root);
    const char *region_name, *home, *want, *accounts, *tags;
    bool alias, tagged = false;

    if (!holds(&top->artifact, top->block->at, provider != NULL, "no provider is declared as `%s`",
               top->block->labels[0] ? top->block->labels[0] : ""))
        return;
    region_name = plan_words(t->arena, provider, "region", "region");
    home = plan_words(t->arena, provider, "home", NULL);
    alias = hcl_attribute(top->block, "alias") != NULL;
    want = site && site->region && *site->region ? site->region : home;
    accounts = plan_words(t->arena, provider, "accounts", NULL);
    tags = plan_words(t->arena, provider, "tags", NULL);
    holds(&top->artifact, top->block->at, !want || !plan_words(t->arena, provider, "region", NULL) || hcl_attribute(top->block, region_name),
          "the provider says no region");
    holds(&top->artifact, top->block->at, !accounts || alias || !account_of(t, site) || hcl_attribute(top->block, accounts),
          "the provider is not bound to its account");
    for (uint32_t i = 0; tags && !tagged && i < top->block->blocks.len; i++)
        tagged = strcmp(top->block->blocks.items[i]->type, tags) == 0 && top->block->blocks.items[i]->attributes.len == 1;
    holds(&top->artifact, top->block->at, !tags || tagged, "the provider puts no tags on what it makes");
    for (uint32_t i = 0; i < top->block->attributes.len; i++) {
        struct hcl_attr *attribute = &top->block->attributes.items[i];
        const char *at = attribute->value, *text;

        if (strcmp(attribute->name, "alias") == 0)
            continue;
        if (strcmp(attribute->name, region_name) == 0) {
            text = hcl_text(t->arena, &at);
            holds(&top->artifact, attribute->at,
                  text && (alias || !want ? is_region_of_plan(t, text) || (home && strcmp(text, home) == 0) : strcmp(text, want) == 0),
                  "the provider works in `%s`, and by the plan in `%s`", text ? text : "", want ? want : "a region of a site");
            continue;
        }
        at = hcl_space(at + (*at == '['));
        text = hcl_text(t->arena, &at);
        holds(&top->artifact, attribute->at, text && is_account_of_plan(t, site, text), "`%s = %s` is not what the plan says", attribute->name,
              expression(t->arena, attribute));
    }
    for (uint32_t i = 0; i < top->block->blocks.len; i++) {
        struct hcl_part *block = top->block->blocks.items[i];

        for (uint32_t n = 0; n < block->attributes.len; n++)
            same_text(&top->artifact, block->attributes.items[n].at, block->attributes.items[n].name,
                      expression(t->arena, &block->attributes.items[n]), "local.tags");
    }
}

static void compare_versions(struct terraform *t, const struct top *top)
{
    struct hcl_attr *version = hcl_attribute(top->block, "required_version");

    same_text(&top->artifact, version ? version->at : NULL, "the version of Terraform", expression(t->arena, version), "\">= 1.5.0\"");
    for (uint32_t i = 0; i < top->block->blocks.len; i++) {
        struct hcl_part *block = top->block->blocks.items[i];

        if (strcmp(block->type, "required_providers") != 0)
            continue;
        for (uint32_t n = 0; n < block->attributes.len; n++) {
            const struct plan_thing *provider = provider_called(t, block->attributes.items[n].name);
            struct plan_pair pairs[] = {{"source", {.shape = PLAN_SHAPE_STRING, .text = plan_words(t->arena, provider, "source", "")}},
                                        {"version", {.shape = PLAN_SHAPE_STRING, .text = plan_words(t->arena, provider, "version", "")}}};
            struct plan_value want = {.tag = PLAN_TAG_OBJECT, .shape = PLAN_SHAPE_PAIRS, .count = 2, .pairs = pairs};
            const char *at = block->attributes.items[n].value;

            holds(&top->artifact, block->attributes.items[n].at, provider && match(&(struct spot){t, NULL, &top->artifact, ""}, &at, &want),
                  "the provider `%s` is not the one of the plan", block->attributes.items[n].name);
        }
    }
}

static void compare_locals(struct terraform *t, const struct root *root, const struct top *top)
{
    struct plan_pair pairs[] = {{"Plan", {.shape = PLAN_SHAPE_STRING, .text = t->r->plan->name}},
                                {"ManagedBy", {.shape = PLAN_SHAPE_STRING, .text = "drc"}},
                                {"Root", {.shape = PLAN_SHAPE_STRING, .text = root->folder}}};
    struct plan_value want = {.tag = PLAN_TAG_OBJECT, .shape = PLAN_SHAPE_PAIRS, .count = 3, .pairs = pairs};
    struct hcl_attr *tags = hcl_attribute(top->block, "tags");
    const char *at = tags ? tags->value : NULL;

    same_number(&top->artifact, top->block->at, "the number of locals", top->block->attributes.len, 1);
    if (tags)
        holds(&top->artifact, tags->at, match(&(struct spot){t, NULL, &top->artifact, ""}, &at, &want), "the tags are not those of the plan");
}

static void compare_rest(struct terraform *t, struct root *root)
{
    for (uint32_t i = 0; i < root->ours.len; i++) {
        const struct top *top = &root->ours.items[i];

        if (strcmp(top->block->type, "provider") == 0)
            compare_provider(t, root, top);
        else if (strcmp(top->block->type, "terraform") == 0)
            compare_versions(t, top);
        else
            compare_locals(t, root, top);
    }
    for (uint32_t i = 0; i < root->examples.len; i++)
        holds(&root->examples.items[i].artifact, root->examples.items[i].block->at, root->examples.items[i].block->read,
              "nothing in the plan asks for this example");
    for (uint32_t i = 0; i < root->tops.len; i++) {
        const struct top *top = &root->tops.items[i];

        holds(&top->artifact, top->block->at, top->block->read, "nothing in the plan asks for `%s`",
              address_of(t->arena, top->block->type, top->block->labels, top->block->label_count));
    }
    for (uint32_t i = 0; i < root->variables.len; i++) {
        const struct variable *variable = root->variables.items[i];
        const char *type = expression(t->arena, hcl_attribute(variable->block, "type"));
        struct hcl_attr *standard = hcl_attribute(variable->block, "default");
        char first = standard ? *standard->value : '"';

        holds(&variable->artifact, variable->block->at, variable->used, "nothing uses the variable `%s`", variable->name);
        holds(&variable->artifact, variable->block->at,
              !standard ? strcmp(type, "string") == 0 || strcmp(type, "list(string)") == 0
                        : strcmp(type, first == '['                   ? "list(string)"
                                       : first == 't' || first == 'f' ? "bool"
                                       : first == '"'                 ? "string"
                                                                      : "number") == 0,
              "`%s` is of type `%s`", variable->name, type);
    }
    for (uint32_t i = 0; i < root->outputs.len; i++) {
        const struct output *output = root->outputs.items[i];

        holds(&output->artifact, output->block->at, output->used || output->block->read, "no other root uses the output `%s`", output->name);
    }
}

/* ---- files ------------------------------------------------------------------------------------- */

static void sort_block(struct terraform *t, struct root *root, const struct artifact *artifact, struct hcl_part *block)
{
    struct top top = {*artifact, block};

    if (strcmp(block->type, "variable") == 0 && block->label_count == 1) {
        struct variable *variable = ARENA_NEW(t->arena, struct variable);

        *variable = (struct variable){block->labels[0], *artifact, block, false, false};
        vec_push(t->arena, &root->variables, variable);
        holds(artifact, block->at, map_add(&root->by_variable, t->arena, intern_str(t->names, variable->name), variable), "`%s` is there twice",
              variable->name);
    } else if (strcmp(block->type, "terraform") == 0 || strcmp(block->type, "provider") == 0 || strcmp(block->type, "locals") == 0) {
        vec_push(t->arena, &root->ours, top);
    } else {
        if (strcmp(block->type, "output") == 0 && block->label_count == 1) {
            struct output *output = ARENA_NEW(t->arena, struct output);
            atom name = intern_str(t->names, block->labels[0]);

            *output = (struct output){name, root, map_get(&t->outputs, name), *artifact, block, false};
            map_set(&t->outputs, t->arena, name, output);
            vec_push(t->arena, &root->outputs, output);
        } else {
            vec_push(t->arena, &root->tops, top);
        }
        if (block->label_count) {
            struct top *kept = ARENA_NEW(t->arena, struct top);
            atom address = intern_str(t->names, address_of(t->arena, block->type, block->labels, block->label_count));

            *kept = top;
            holds(artifact, block->at, map_add(&root->by_address, t->arena, address, kept), "`%s` is there twice", address);
        }
    }
}

static void read_file(struct terraform *t, const char *path)
{
    const char *folder = path + strlen("terraform/"), *slash = strchr(folder, '/');
    struct artifact artifact;
    struct hcl_part *file;
    struct root *root;

    const bool example = ends_with(path, ".tf.example");

    if (!slash || (!example && !ends_with(path, ".tf")) || !artifact_open(t->r, t->arena, path, &artifact))
        return;
    folder = arena_strndup(t->arena, folder, (size_t)(slash - folder));
    root = root_called(t, folder);
    if (!root) {
        root = ARENA_NEW(t->arena, struct root);
        root->folder = folder;
        vec_push(t->arena, &t->roots, root);
    }
    file = read_hcl(&artifact, t->arena);
    if (!file)
        return;
    holds(&artifact, NULL, file->attributes.len == 0, "an attribute stands outside of all blocks");
    for (uint32_t i = 0; i < file->blocks.len; i++) {
        if (example)
            vec_push(t->arena, &root->examples, ((struct top){artifact, file->blocks.items[i]}));
        else
            sort_block(t, root, &artifact, file->blocks.items[i]);
    }
}

void read_terraform(struct reading *r)
{
    struct terraform t = {.r = r, .arena = arena_new()};
    const char *path;
    uint32_t next = 0;

    t.names = intern_new(t.arena);
    while (artifact_next(r, "terraform/", &next, &path))
        read_file(&t, path);
    if (next && t.roots.len) {
        for (uint32_t i = 0; i < r->plan->emissions_count; i++) {
            const struct plan_emission *emission = &r->plan->emissions[i];

            if (strcmp(emission->target, "terraform") == 0 && emission->block)
                emission->example ? compare_example(&t, emission) : compare_emission(&t, emission);
        }
        for (uint32_t i = 0; i < t.roots.len; i++)
            compare_rest(&t, t.roots.items[i]);
    }
    arena_delete(t.arena);
}
