/* Turns emitted values into HCL expressions. What a value may become is decided by its type alone: text of
 * the specification is always a string literal; only hcl("…") of a kind's author is syntax, and that is
 * checked for being one expression.
 *
 * References resolve here. A resource of the same root is a traversal; one of another root becomes a variable
 * that carries that root's output; a fact becomes a variable whose default is the pinned value. */
#include "backends/terraform/terraform.h"

#include <string.h>

struct spot {
    struct tf *tf;
    struct tf_block *block;
    const char *attribute;
    struct span span;
};

static struct hcl_expr *convert(const struct spot *at, struct value value);

/* ---- literal expressions of a kind's author ---- */

static bool is_traversal(const char *text, size_t len)
{
    bool start = true;

    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';

        if (c == '.' && !start)
            start = true;
        else if (letter || (!start && ((c >= '0' && c <= '9') || c == '-')))
            start = false;
        else
            return false;
    }
    return len > 0 && !start;
}

/* NULL when the text is one expression on one line with its brackets and quotes closed. */
static const char *literal_error(const char *text)
{
    char open[32];
    size_t depth = 0;
    bool quoted = false;

    if (!*text)
        return "it is empty";
    for (const char *p = text; *p; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7F)
            return "it has a line break or control character";
        if (quoted) {
            if (*p == '\\' && p[1])
                p++;
            else if (*p == '"')
                quoted = false;
            continue;
        }
        switch (*p) {
        case '"':
            quoted = true;
            break;
        case '#':
            return "it has a comment";
        case '/':
            if (p[1] == '/' || p[1] == '*')
                return "it has a comment";
            break;
        case '=':
            if (p[1] == '=') {
                p++;
            } else if (depth == 0 && (p == text || !strchr("!<>", p[-1]))) {
                return "it has an attribute in it";
            }
            break;
        case '(':
        case '[':
        case '{':
            if (depth == sizeof open)
                return "it is nested too deeply";
            open[depth++] = *p == '(' ? ')' : *p == '[' ? ']' : '}';
            break;
        case ')':
        case ']':
        case '}':
            if (depth == 0 || open[--depth] != *p)
                return "its brackets do not match";
            break;
        default:
            break;
        }
    }
    if (quoted)
        return "its quotes are not closed";
    return depth ? "its brackets do not match" : NULL;
}

static struct hcl_expr *convert_literal(const struct spot *at, const char *text)
{
    struct arena *arena = at->tf->arena;
    const char *why = literal_error(text);
    struct hcl_expr *list;
    size_t len = strlen(text);

    if (why) {
        struct diag *diag = diag_report(at->tf->sink, DIAG_E0707, at->span,
                                        "`hcl(…)` of `%s` is not one expression: %s", at->attribute, why);
        diag_help(diag,
                  "write one Terraform expression on one line, or use lists, objects, `ref(…)` and `tf(…)`");
        return hcl_null(arena);
    }
    if (text[0] != '[' || text[len - 1] != ']')
        return hcl_expr(arena, (struct hcl_source){text});
    /* A list of names is printed in our own layout. */
    list = hcl_list(arena);
    for (const char *p = text + 1; p < text + len - 1;) {
        size_t item = strcspn(p, ",]"), start = 0;

        while (start < item && p[start] == ' ')
            start++;
        while (item > start && p[item - 1] == ' ')
            item--;
        if (!is_traversal(p + start, item - start))
            return hcl_expr(arena, (struct hcl_source){text});
        hcl_list_add(list,
                     hcl_expr(arena, (struct hcl_source){arena_strndup(arena, p + start, item - start)}));
        p += strcspn(p, ",]") + 1;
    }
    return list;
}

/* ---- variables and outputs ---- */

struct tf_variable *tf_variable(struct tf *tf, struct tf_root *root, const char *name)
{
    atom key = intern_str(tf->plan->model->names, name);
    struct tf_variable *variable = map_get(&root->variable_names, key);

    if (variable)
        return variable;
    variable = ARENA_NEW(tf->arena, struct tf_variable);
    map_add(&root->variable_names, tf->arena, key, variable);
    variable->name = key;
    variable->type = "string";
    vec_push(tf->arena, &root->variables, variable);
    return variable;
}

/* The schema is not known here; names of the provider's lists end in these. */
static const char *attribute_type(const char *attribute)
{
    static const char *const endings[] = {"_ids", "_arns", "names", "_blocks", "endpoints", "_zones"};
    size_t len = strlen(attribute);

    if (strcmp(attribute, "ids") == 0 || strcmp(attribute, "arns") == 0)
        return "list(string)";
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        size_t end = strlen(endings[i]);

        if (len > end && strcmp(attribute + len - end, endings[i]) == 0)
            return "list(string)";
    }
    return "string";
}

static const char *without_provider(const char *type)
{
    return strncmp(type, "aws_", 4) == 0 ? type + 4 : type;
}

static void need_root(struct tf *tf, struct tf_root *root, struct tf_root *from, struct span span)
{
    for (uint32_t i = 0; i < root->need_count; i++) {
        if (root->needs[i].root == from)
            return;
    }
    root->needs = arena_grow(tf->arena, root->needs, root->need_count * sizeof *root->needs,
                             (root->need_count + 1) * sizeof *root->needs);
    root->needs[root->need_count].root = from;
    root->needs[root->need_count++].span = span;
}

struct tf_block *tf_find(struct tf *tf, const struct tf_root *root, const struct value_ref *ref)
{
    struct intern *names = tf->plan->model->names;
    struct tf_block *block, *found = NULL;
    const char *prefix[] = {"", "data."};

    for (int i = 0; i < 2 && !found; i++) {
        found = map_get(&tf->addresses, intern_str(names, arena_printf(tf->arena, "%s%s.%s", prefix[i],
                                                                       ref->resource, ref->key)));
        for (block = found; block; block = block->other) {
            if (block->root == root)
                return block;
        }
    }
    return found;
}

static struct hcl_source traversal(struct tf *tf, const char *address, const char *attribute)
{
    return (struct hcl_source){arena_printf(tf->arena, "%s.%s", address, attribute)};
}

/* "id", "endpoint[0].address": what may follow the address of a resource. */
static bool is_attribute_path(const char *text)
{
    bool start = true;

    for (; *text; text++) {
        char c = *text;
        bool digit = c >= '0' && c <= '9';

        if ((c >= 'a' && c <= 'z') || c == '_' || (digit && !start)) {
            start = false;
        } else if (c == '.' && !start) {
            start = true;
        } else if (c == '[' && !start) {
            size_t digits = strspn(text + 1, "0123456789*");

            if (digits == 0 || text[1 + digits] != ']')
                return false;
            text += digits + 1;
        } else {
            return false;
        }
    }
    return !start;
}

static struct hcl_source resolve_ref(const struct spot *at, const struct value_ref *ref)
{
    struct tf *tf = at->tf;
    struct arena *arena = tf->arena;
    struct tf_root *root = at->block->root;
    struct tf_block *target = tf_find(tf, root, ref);
    struct tf_variable *variable;
    struct tf_output *output;
    const char *name;
    struct diag *diag;

    if (!is_attribute_path(ref->attribute)) {
        diag = diag_report(tf->sink, DIAG_E0700, at->span, "`%s` is no attribute of a Terraform resource",
                           ref->attribute);
        diag_help(diag, "write the attribute's name, as in `ref(%s, …, arn)`", ref->resource);
        return HCL_SOURCE("null");
    }
    if (!target) {
        diag = diag_report(tf->sink, DIAG_E0700, at->span, "`%s.%s` is emitted by nothing in this plan",
                           ref->resource, ref->key);
        tf_blame(diag, at->block->sources.items[0]);
        diag_help(diag, "emit the resource in the same kind, import the kind that does, or use `fact(…)` for "
                        "something that exists already");
        return HCL_SOURCE("null");
    }
    if (target->root == root)
        return traversal(tf, target->address, ref->attribute);
    if (target->other) {
        diag = diag_report(tf->sink, DIAG_E0700, at->span,
                           "`%s.%s` is emitted into several roots, and none of them is `%s`", ref->resource,
                           ref->key, root->folder);
        for (struct tf_block *block = target; block; block = block->other)
            diag_label(diag, block->emitted->span, "emitted into `%s`", block->root->folder);
        diag_help(diag, "make the label of each differ, for instance with the name of its site");
        return HCL_SOURCE("null");
    }
    name = arena_printf(arena, "%s_%s_%s", without_provider(ref->resource), ref->key,
                        hcl_identifier(arena, ref->attribute));
    need_root(tf, root, target->root, at->span);
    variable = tf_variable(tf, root, arena_printf(arena, "%s_%s", target->root->prefix, name));
    if (!variable->from) {
        if (variable->entity || variable->description) {
            diag =
                diag_report(tf->sink, DIAG_E0717, at->span,
                            "Terraform variable `%s` would stand for two different things", variable->name);
            diag_label(diag, variable->span, "also made from this");
            diag_help(diag, "rename one of the two declared things");
        }
        variable->from = target->root;
        variable->output = name;
        variable->type = attribute_type(ref->attribute);
        variable->description = arena_printf(arena, "Output %s of the root %s: %s of %s", name,
                                             target->root->folder, ref->attribute, target->address);
        variable->span = at->span;
    }
    if (map_get(&target->root->output_names, intern_str(tf->plan->model->names, name)))
        return hcl_ref(arena, "var", variable->name);
    output = ARENA_NEW(arena, struct tf_output);
    map_add(&target->root->output_names, arena, intern_str(tf->plan->model->names, name), output);
    output->name = name;
    output->description =
        arena_printf(arena, "%s of %s, needed by other roots", ref->attribute, target->address);
    output->source = traversal(tf, target->address, ref->attribute);
    vec_push(arena, &target->root->outputs, output);
    return hcl_ref(arena, "var", variable->name);
}

static const char *fact_type(struct value value)
{
    switch (value.type) {
    case VALUE_INT:
        return "number";
    case VALUE_BOOL:
        return "bool";
    case VALUE_LIST:
        return "list(string)";
    default:
        return "string";
    }
}

static struct hcl_source resolve_fact(const struct spot *at, const struct value_fact *fact)
{
    struct tf *tf = at->tf;
    struct arena *arena = tf->arena;
    const char *name = arena_printf(arena, "%s_%s", hcl_identifier(arena, fact->entity->name),
                                    hcl_identifier(arena, fact->name));
    struct tf_variable *variable = tf_variable(tf, at->block->root, name);

    if (variable->description) {
        if (variable->entity != fact->entity) {
            struct diag *diag =
                diag_report(tf->sink, DIAG_E0717, at->span,
                            "Terraform variable `%s` would stand for two different things", name);
            diag_label(diag, fact->entity->span, "fact `%s` of this", fact->name);
            diag_label(diag, variable->span, "also made from this");
            diag_help(diag, "rename one of the two declared things");
        }
        return hcl_ref(arena, "var", name);
    }
    variable->entity = fact->entity;
    variable->span = fact->entity->span;
    variable->type = fact_type(fact->value);
    variable->description =
        arena_printf(arena, "%s of %s %s, which exists already (%s)", fact->name, fact->entity->schema->name,
                     fact->entity->name, backend_origin(tf->plan, fact->entity->span));
    if (value_is_known(fact->value) && fact->value.type != VALUE_NULL)
        variable->value = convert(at, fact->value);
    return hcl_ref(arena, "var", name);
}

/* ---- values ---- */

static struct hcl_expr *refuse(const struct spot *at, struct value value, const char *help)
{
    struct diag *diag = diag_report(
        at->tf->sink, DIAG_E0706, at->span, "%s has no form in Terraform for `%s`",
        value.type == VALUE_SHELL ? "a shell command" : value_type_name(value.type), at->attribute);

    tf_blame(diag, at->block->sources.items[0]);
    diag_help(diag, "%s", help);
    return hcl_null(at->tf->arena);
}

static struct hcl_expr *convert_text(const struct spot *at, struct value value)
{
    struct hcl_expr *tmpl = hcl_template(at->tf->arena);

    for (uint32_t i = 0; i < value.u.text->count; i++) {
        struct value part = value.u.text->parts[i].value;

        switch (part.type) {
        case VALUE_STRING:
            hcl_template_text(tmpl, part.u.string);
            break;
        case VALUE_REF:
            hcl_template_ref(tmpl, resolve_ref(at, part.u.ref));
            break;
        case VALUE_FACT:
            hcl_template_ref(tmpl, resolve_fact(at, part.u.fact));
            break;
        case VALUE_HCL:
            if (literal_error(part.u.string))
                return convert_literal(at, part.u.string);
            hcl_template_ref(tmpl, (struct hcl_source){part.u.string});
            break;
        default:
            return refuse(at, part,
                          "a value that is known only while a step runs cannot be part of a configuration");
        }
    }
    return tmpl;
}

static struct hcl_expr *convert_schedule(const struct spot *at, const struct schedule *schedule)
{
    const char *why = NULL, *text = tf_schedule(at->tf->arena, schedule, &why);

    if (!text) {
        struct diag *diag = diag_report(at->tf->sink, DIAG_E0708, at->span,
                                        "AWS cannot run the schedule of `%s`: %s", at->attribute, why);
        tf_blame(diag, at->block->sources.items[0]);
        diag_help(diag, "use a schedule in UTC that repeats within the day, the week or the month");
        return hcl_null(at->tf->arena);
    }
    return hcl_string(at->tf->arena, text);
}

static struct hcl_expr *convert(const struct spot *at, struct value value)
{
    struct arena *arena = at->tf->arena;
    struct strbuf text = STRBUF_INIT;
    struct hcl_expr *expr;

    switch (value.type) {
    case VALUE_STRING:
        return hcl_string(arena, value.u.string);
    case VALUE_WORD:
        return hcl_string(arena, value.u.word);
    case VALUE_ENTITY:
        return hcl_string(arena, value.u.entity->name);
    case VALUE_BOOL:
        return hcl_bool(arena, value.u.integer != 0);
    case VALUE_INT:
        return hcl_int(arena, value.u.integer);
    case VALUE_NULL:
        return hcl_null(arena);
    case VALUE_DECIMAL:
        print_decimal(&text, value.u.integer);
        expr = hcl_decimal(arena, strbuf_str(&text));
        strbuf_release(&text);
        return expr;
    case VALUE_DATE:
        print_date(&text, value.u.integer);
        expr = hcl_string(arena, strbuf_str(&text));
        strbuf_release(&text);
        return expr;
    case VALUE_TIME:
        print_time(&text, value.u.integer);
        expr = hcl_string(arena, strbuf_str(&text));
        strbuf_release(&text);
        return expr;
    case VALUE_LIST:
        expr = hcl_list(arena);
        for (uint32_t i = 0; i < value.u.list->count; i++) {
            if (value.u.list->items[i].type != VALUE_NULL)
                hcl_list_add(expr, convert(at, value.u.list->items[i]));
        }
        return expr;
    case VALUE_OBJECT:
        expr = hcl_object(arena);
        for (uint32_t i = 0; i < value.u.object->count; i++) {
            if (value.u.object->pairs[i].value.type != VALUE_NULL)
                hcl_object_set(expr, value.u.object->pairs[i].key,
                               convert(at, value.u.object->pairs[i].value));
        }
        return expr;
    case VALUE_CALL:
        expr = hcl_call(arena, value.u.call->function);
        for (uint32_t i = 0; i < value.u.call->count; i++)
            hcl_call_add(expr, convert(at, value.u.call->arguments[i]));
        return expr;
    case VALUE_TEXT:
        return convert_text(at, value);
    case VALUE_REF:
        return hcl_expr(arena, resolve_ref(at, value.u.ref));
    case VALUE_FACT:
        return hcl_expr(arena, resolve_fact(at, value.u.fact));
    case VALUE_HCL:
        return convert_literal(at, value.u.string);
    case VALUE_SCHEDULE:
        return convert_schedule(at, value.u.schedule);
    case VALUE_UNKNOWN:
    case VALUE_PENDING:
    case VALUE_NA:
        return refuse(at, value,
                      "set the attribute it comes from; a kind that can do without writes `coalesce(…, "
                      "null)`, which leaves it out");
    case VALUE_ERROR:
        return hcl_null(arena); /* reported where it arose */
    case VALUE_DURATION:
        return refuse(at, value,
                      "say in which unit, with `seconds(…)`, `minutes(…)`, `hours(…)` or `days(…)`");
    case VALUE_SIZE:
        return refuse(at, value, "say in which unit, for instance with `gib(…)`");
    case VALUE_RANGE:
        return refuse(at, value, "use one end of the range");
    case VALUE_RUNTIME:
        return refuse(at, value,
                      "a value that is known only while a step runs cannot be part of a configuration");
    case VALUE_SHELL:
        return refuse(at, value, "a command belongs into a step or a procedure");
    default:
        return refuse(at, value, "turn it into a string or a number first");
    }
}

/* ---- blocks ---- */

static bool is_name(const char *name, const char *const *names)
{
    for (; *names; names++) {
        if (strcmp(name, *names) == 0)
            return true;
    }
    return false;
}

static const char *const meta_first[] = {"provider", "count", "for_each", NULL};
static const char *const meta_last[] = {"depends_on", NULL};
static const char *const of_names[] = {"ignore_changes", "replace_triggered_by", NULL};

/* `depends_on` and `ignore_changes` take names, not values: strings in them are traversals, references lose
 * their attribute. */
static struct hcl_expr *convert_names(const struct spot *at, struct value value)
{
    struct tf *tf = at->tf;
    struct hcl_expr *list;

    if (value.type != VALUE_LIST)
        return value.type == VALUE_WORD ? hcl_expr(tf->arena, (struct hcl_source){value.u.word})
                                        : convert(at, value);
    list = hcl_list(tf->arena);
    for (uint32_t i = 0; i < value.u.list->count; i++) {
        struct value item = value.u.list->items[i];

        if (item.type == VALUE_REF) {
            struct tf_block *target = tf_find(tf, at->block->root, item.u.ref);

            if (target && target->root == at->block->root)
                hcl_list_add(list, hcl_expr(tf->arena, (struct hcl_source){target->address}));
            else if (!target)
                resolve_ref(at, item.u.ref); /* reports it; another root is applied before anyway */
        } else if (item.type == VALUE_STRING && is_traversal(item.u.string, strlen(item.u.string))) {
            hcl_list_add(list, hcl_expr(tf->arena, (struct hcl_source){item.u.string}));
        } else if (item.type != VALUE_NULL) {
            hcl_list_add(list, convert(at, item));
        }
    }
    return list;
}

/* The provider of a site: nothing when it is the root's own Region. */
static struct hcl_expr *convert_provider(const struct spot *at, struct value value)
{
    struct tf *tf = at->tf;
    struct tf_root *root = at->block->root;
    struct site_info *site;
    struct tf_alias alias;
    struct diag *diag;

    if (value.type != VALUE_ENTITY || value.u.entity->schema->id != BLOCK_SITE) {
        diag = diag_report(tf->sink, DIAG_E0706, at->span,
                           "`provider` is the site whose Region a resource belongs to");
        diag_help(diag, "write `provider = SITE`, for instance `provider = self.site`");
        return NULL;
    }
    site = plan_site(tf->plan, value.u.entity);
    if (!site || strcmp(site->region, root->region) == 0)
        return NULL;
    if (root->kind == ROOT_RECOVERY) {
        diag = diag_report(tf->sink, DIAG_E0703, at->span,
                           "the recovery root of `%s` would need the provider of `%s`",
                           root->site->entity->name, value.u.entity->name);
        tf_blame(diag, at->block->sources.items[0]);
        diag_note(diag, "this root is applied while other Regions may be lost");
        diag_help(diag, "emit it with `root = primary`, or into the root of its own site");
        return NULL;
    }
    alias.name = hcl_identifier(tf->arena, tf_region_site(tf->plan, site)->entity->name);
    alias.region = site->region;
    for (uint32_t i = 0; i < root->aliases.len; i++) {
        if (strcmp(root->aliases.items[i].name, alias.name) == 0)
            return hcl_expr(tf->arena, hcl_ref(tf->arena, "aws", alias.name));
    }
    vec_push(tf->arena, &root->aliases, alias);
    return hcl_expr(tf->arena, hcl_ref(tf->arena, "aws", alias.name));
}

/* Attributes whose name is one of `names`, or with `others` all that have no place of their own. */
static bool add_attributes(const struct spot *where, const struct emitted_block *emitted,
                           struct hcl_body *body, const char *const *names, bool top)
{
    bool any = false;

    for (uint32_t i = 0; i < emitted->attr_count; i++) {
        const struct emitted_attr *attr = &emitted->attrs[i];
        struct spot at = *where;
        struct hcl_expr *expr;

        if (top && names ? !is_name(attr->name, names)
                         : top && (is_name(attr->name, meta_first) || is_name(attr->name, meta_last)))
            continue;
        if (attr->value.type == VALUE_NULL)
            continue;
        if (!hcl_is_identifier(attr->name)) {
            struct diag *diag = diag_report(at.tf->sink, DIAG_E0704, attr->span,
                                            "`%s` is no Terraform identifier", attr->name);
            diag_help(diag, "use the name of an argument of the resource");
            continue;
        }
        at.attribute = attr->name;
        at.span = attr->span;
        if (top && strcmp(attr->name, "provider") == 0)
            expr = convert_provider(&at, attr->value);
        else if (top ? is_name(attr->name, meta_last)
                     : strcmp(emitted->type, "lifecycle") == 0 && is_name(attr->name, of_names))
            expr = convert_names(&at, attr->value);
        else
            expr = convert(&at, attr->value);
        if (!expr)
            continue;
        hcl_set(body, attr->name, expr);
        any = true;
    }
    return any;
}

static void add_block(const struct spot *at, const struct emitted_block *emitted, struct hcl_body *parent);

static void add_blocks(const struct spot *at, const struct emitted_block *emitted, struct hcl_body *body,
                       bool lifecycle)
{
    for (uint32_t i = 0; i < emitted->block_count; i++) {
        if ((strcmp(emitted->blocks[i]->type, "lifecycle") == 0) == lifecycle)
            add_block(at, emitted->blocks[i], body);
    }
}

static void add_block(const struct spot *at, const struct emitted_block *emitted, struct hcl_body *parent)
{
    struct hcl_body *body =
        hcl_block(parent, emitted->type, emitted->label_count > 0 ? emitted->labels[0] : NULL,
                  emitted->label_count > 1 ? emitted->labels[1] : NULL);

    add_attributes(at, emitted, body, NULL, false);
    add_blocks(at, emitted, body, false);
    add_blocks(at, emitted, body, true);
}

void tf_build_body(struct tf *tf, struct tf_block *block)
{
    const struct emitted_block *emitted = block->emitted;
    struct spot at = {tf, block, emitted->type, emitted->span};
    struct hcl_body *file = hcl_body_new(tf->arena);
    struct hcl_body *body =
        hcl_block(file, emitted->type, emitted->label_count > 0 ? emitted->labels[0] : NULL,
                  emitted->label_count > 1 ? emitted->labels[1] : NULL);

    if (add_attributes(&at, emitted, body, meta_first, true))
        hcl_blank(body);
    add_attributes(&at, emitted, body, NULL, true);
    add_blocks(&at, emitted, body, false);
    hcl_blank(body);
    add_attributes(&at, emitted, body, meta_last, true);
    add_blocks(&at, emitted, body, true);
    block->body = file;
}

/* ---- walking ---- */

static void each_ref(struct tf *tf, struct tf_block *block, struct value value, struct span span,
                     tf_visit_ref *visit)
{
    switch (value.type) {
    case VALUE_REF:
        visit(tf, block, value.u.ref, span);
        break;
    case VALUE_LIST:
        for (uint32_t i = 0; i < value.u.list->count; i++)
            each_ref(tf, block, value.u.list->items[i], span, visit);
        break;
    case VALUE_OBJECT:
        for (uint32_t i = 0; i < value.u.object->count; i++)
            each_ref(tf, block, value.u.object->pairs[i].value, span, visit);
        break;
    case VALUE_CALL:
        for (uint32_t i = 0; i < value.u.call->count; i++)
            each_ref(tf, block, value.u.call->arguments[i], span, visit);
        break;
    case VALUE_TEXT:
        for (uint32_t i = 0; i < value.u.text->count; i++)
            each_ref(tf, block, value.u.text->parts[i].value, span, visit);
        break;
    default:
        break;
    }
}

static void each_ref_in(struct tf *tf, struct tf_block *block, const struct emitted_block *emitted,
                        tf_visit_ref *visit)
{
    for (uint32_t i = 0; i < emitted->attr_count; i++)
        each_ref(tf, block, emitted->attrs[i].value, emitted->attrs[i].span, visit);
    for (uint32_t i = 0; i < emitted->block_count; i++)
        each_ref_in(tf, block, emitted->blocks[i], visit);
}

void tf_each_ref(struct tf *tf, struct tf_block *block, tf_visit_ref *visit)
{
    each_ref_in(tf, block, block->emitted, visit);
}

static bool value_mentions(struct value value, const char *text)
{
    switch (value.type) {
    case VALUE_HCL:
        return strstr(value.u.string, text) != NULL;
    case VALUE_LIST:
        for (uint32_t i = 0; i < value.u.list->count; i++) {
            if (value_mentions(value.u.list->items[i], text))
                return true;
        }
        return false;
    case VALUE_OBJECT:
        for (uint32_t i = 0; i < value.u.object->count; i++) {
            if (value_mentions(value.u.object->pairs[i].value, text))
                return true;
        }
        return false;
    case VALUE_CALL:
        for (uint32_t i = 0; i < value.u.call->count; i++) {
            if (value_mentions(value.u.call->arguments[i], text))
                return true;
        }
        return false;
    default:
        return false;
    }
}

bool tf_mentions(const struct emitted_block *block, const char *text)
{
    for (uint32_t i = 0; i < block->attr_count; i++) {
        if (value_mentions(block->attrs[i].value, text))
            return true;
    }
    for (uint32_t i = 0; i < block->block_count; i++) {
        if (tf_mentions(block->blocks[i], text))
            return true;
    }
    return false;
}
