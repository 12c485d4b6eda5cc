/* Turns emitted values into HCL expressions. What a value may become is decided by its type alone: text of
 * the specification is always a string literal; only hcl("…") of a kind's author is syntax, and that is
 * checked for being one expression.
 *
 * References resolve here. A resource of the same root is a traversal; one of another root becomes a variable
 * that carries that root's output; a fact becomes a variable whose default is the pinned value. */
#include "backends/terraform/terraform.h"

#include "base/units.h"

#include <string.h>

struct spot {
    struct tf *tf;
    struct tf_block *block;
    const char *attribute;
    struct plan_place place;
};

static struct hcl_expr *convert(const struct spot *at, const struct plan_value *value);

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
        case '"': quoted = true; break;
        case '#': return "it has a comment";
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
        default: break;
        }
    }
    if (quoted)
        return "its quotes are not closed";
    return depth ? "its brackets do not match" : tf_is_expression(text) ? NULL : "Terraform could not read it";
}

static struct hcl_expr *convert_literal(const struct spot *at, const char *text)
{
    struct arena *arena = at->tf->arena;
    const char *why = literal_error(text);
    struct hcl_expr *list;
    size_t len = strlen(text);

    if (why) {
        struct diag *diag =
            diag_report(at->tf->sink, DIAG_E0707, place_span(at->place), "`hcl(…)` of `%s` is not one expression: %s", at->attribute, why);
        diag_help(diag, "write one Terraform expression on one line, or use lists, objects, `ref(…)` and `tf(…)`");
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
        hcl_list_add(list, hcl_expr(arena, (struct hcl_source){arena_strndup(arena, p + start, item - start)}));
        p += strcspn(p, ",]") + 1;
    }
    return list;
}

/* ---- variables and outputs ---- */

static struct tf_variable *variable_named(struct tf *tf, struct tf_root *root, const char *name)
{
    atom key = intern_str(tf->names, name);
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

static const char *without_provider(const struct tf *tf, const char *type)
{
    const struct tf_provider *provider = tf_provider_of(tf, type);

    return provider ? type + strlen(provider->name) + 1 : type;
}

static void need_root(struct tf *tf, struct tf_root *root, struct tf_root *from, struct plan_place place)
{
    for (uint32_t i = 0; i < root->need_count; i++) {
        if (root->needs[i].root == from)
            return;
    }
    root->needs = arena_grow(tf->arena, root->needs, root->need_count * sizeof *root->needs, (root->need_count + 1) * sizeof *root->needs);
    root->needs[root->need_count].root = from;
    root->needs[root->need_count++].place = place;
}

struct tf_block *tf_find(struct tf *tf, const struct tf_root *root, const struct plan_value *ref)
{
    struct intern *names = tf->names;
    struct tf_block *block, *found = NULL;
    const char *prefix[] = {"", "data."};

    for (int i = 0; i < 2 && !found; i++) {
        found =
            map_get(&tf->addresses,
                    intern_str(names, arena_printf(tf->arena, "%s%s.%s", prefix[i], tf_member_text(ref, "resource"), tf_member_text(ref, "key"))));
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

static struct hcl_source resolve_ref(const struct spot *at, const struct plan_value *ref)
{
    const char *resource = tf_member_text(ref, "resource"), *key = tf_member_text(ref, "key"), *attribute = tf_member_text(ref, "attribute");
    struct tf *tf = at->tf;
    struct arena *arena = tf->arena;
    struct tf_root *root = at->block->root;
    struct tf_block *target = tf_find(tf, root, ref);
    struct tf_variable *variable;
    struct tf_output *output;
    const char *name;
    struct diag *diag;

    if (!is_attribute_path(attribute)) {
        diag = diag_report(tf->sink, DIAG_E0700, place_span(at->place), "`%s` is no attribute of a Terraform resource", attribute);
        diag_help(diag, "write the attribute's name, as in `ref(%s, …, arn)`", resource);
        return HCL_SOURCE("null");
    }
    if (!target) {
        diag = diag_report(tf->sink, DIAG_E0700, place_span(at->place), "`%s.%s` is emitted by nothing in this plan", resource, key);
        tf_blame(diag, at->block->sources.items[0]);
        diag_help(diag, "emit the resource in the same kind, import the kind that does, or use `fact(…)` for "
                        "something that exists already");
        return HCL_SOURCE("null");
    }
    if (target->root == root)
        return traversal(tf, target->address, attribute);
    if (target->other) {
        diag = diag_report(tf->sink, DIAG_E0700, place_span(at->place), "`%s.%s` is emitted into several roots, and none of them is `%s`", resource,
                           key, root->folder);
        for (struct tf_block *block = target; block; block = block->other)
            diag_label(diag, place_span(block->emitted->place), "emitted into `%s`", block->root->folder);
        diag_help(diag, "make the label of each differ, for instance with the name of its site");
        return HCL_SOURCE("null");
    }
    name = arena_printf(arena, "%s_%s_%s", without_provider(tf, resource), key, hcl_identifier(arena, attribute));
    need_root(tf, root, target->root, at->place);
    variable = variable_named(tf, root, arena_printf(arena, "%s_%s", target->root->prefix, name));
    if (!variable->from) {
        if (variable->thing || variable->description) {
            diag = diag_report(tf->sink, DIAG_E0717, place_span(at->place), "Terraform variable `%s` would stand for two different things",
                               variable->name);
            diag_label(diag, place_span(variable->place), "also made from this");
            diag_help(diag, "rename one of the two declared things");
        }
        variable->from = target->root;
        variable->output = name;
        variable->type = attribute_type(attribute);
        variable->description = arena_printf(arena, "Output %s of the root %s: %s of %s", name, target->root->folder, attribute, target->address);
        variable->place = at->place;
    }
    if (map_get(&target->root->output_names, intern_str(tf->names, name)))
        return hcl_ref(arena, "var", variable->name);
    output = ARENA_NEW(arena, struct tf_output);
    map_add(&target->root->output_names, arena, intern_str(tf->names, name), output);
    output->name = name;
    output->description = arena_printf(arena, "%s of %s, needed by other roots", attribute, target->address);
    output->source = traversal(tf, target->address, attribute);
    vec_push(arena, &target->root->outputs, output);
    return hcl_ref(arena, "var", variable->name);
}

static const char *fact_type(const struct plan_value *value)
{
    switch ((enum plan_shape)value->shape) {
    case PLAN_SHAPE_NUMBER: return value->tag == PLAN_TAG_NONE ? "number" : "string";
    case PLAN_SHAPE_BOOL: return "bool";
    case PLAN_SHAPE_ITEMS: return value->tag == PLAN_TAG_NONE ? "list(string)" : "string";
    default: return "string";
    }
}

static void two_meanings(const struct spot *at, const struct tf_variable *variable, const char *help)
{
    struct diag *diag =
        diag_report(at->tf->sink, DIAG_E0717, place_span(at->place), "Terraform variable `%s` would stand for two different things", variable->name);

    tf_blame(diag, at->block->sources.items[0]);
    diag_label(diag, place_span(variable->place), "also made from this");
    diag_help(diag, "%s", help);
}

/* A variable of its own: one for all that use the name, with the value that any of them knows. */
static struct hcl_source resolve_variable(const struct spot *at, const struct plan_value *fact)
{
    struct tf *tf = at->tf;
    const char *name = tf_member_text(fact, "name"), *says = tf_member_text(fact, "says");
    const struct plan_value *value = tf_member(fact, "value");
    const char *text = value->tag == PLAN_TAG_NONE && value->shape == PLAN_SHAPE_STRING ? value->text : NULL;
    struct tf_variable *variable = variable_named(tf, at->block->root, name);
    const struct plan_thing *subject = at->block->sources.items[0]->subject;

    if (!variable->description) {
        variable->description = says;
        variable->place = subject ? subject->place : at->place;
    } else if (variable->thing || variable->from || strcmp(variable->description, says) != 0) {
        two_meanings(at, variable, "rename one of the two declared things");
    } else if (text && variable->text && strcmp(text, variable->text) != 0) {
        two_meanings(at, variable,
                     arena_printf(tf->arena, "they say `%s` and `%s`: correct one, or give what they are of different names", variable->text, text));
    }
    if (text && !variable->text) {
        variable->text = text;
        variable->value = hcl_string(tf->arena, text);
    }
    return hcl_ref(tf->arena, "var", variable->name);
}

static struct hcl_source resolve_fact(const struct spot *at, const struct plan_value *fact)
{
    static const struct plan_thing nothing = {.block = "", .name = ""};
    struct tf *tf = at->tf;
    struct arena *arena = tf->arena;
    const struct plan_thing *found = plan_leads_to(tf->index, tf_member(fact, "of")), *thing = found ? found : &nothing;
    const struct plan_value *value = tf_member(fact, "value");
    const char *what = tf_member_text(fact, "name"), *whose = thing->name ? thing->name : "";
    const char *name = arena_printf(arena, "%s_%s", hcl_identifier(arena, whose), hcl_identifier(arena, what));
    struct tf_variable *variable;

    if (tf_member(fact, "says"))
        return resolve_variable(at, fact);
    variable = variable_named(tf, at->block->root, name);
    if (variable->description) {
        if (variable->thing != thing) {
            struct diag *diag =
                diag_report(tf->sink, DIAG_E0717, place_span(at->place), "Terraform variable `%s` would stand for two different things", name);
            diag_label(diag, place_span(thing->place), "fact `%s` of this", what);
            diag_label(diag, place_span(variable->place), "also made from this");
            diag_help(diag, "rename one of the two declared things");
        }
        return hcl_ref(arena, "var", name);
    }
    variable->thing = thing;
    variable->place = thing->place;
    variable->type = fact_type(value);
    variable->description =
        arena_printf(arena, "%s of %s %s, which exists already (%s)", what, thing->block, whose, thing->origin ? thing->origin : "");
    if (value->shape != PLAN_SHAPE_NULL && value->tag != PLAN_TAG_NOTHING)
        variable->value = convert(at, value);
    return hcl_ref(arena, "var", name);
}

/* ---- values ---- */

/* What the language calls a value of this sort. */
static const char *sort_of(const struct plan_value *value)
{
    static const char *const names[PLAN_TAG_COUNT] = {
        [PLAN_TAG_PERCENT] = "percent",
        [PLAN_TAG_DURATION] = "duration",
        [PLAN_TAG_SIZE] = "size",
        [PLAN_TAG_RATE] = "rate",
        [PLAN_TAG_MONEY] = "money",
        [PLAN_TAG_RANGE] = "range",
        [PLAN_TAG_RUNTIME] = "run-time value",
        [PLAN_TAG_SHELL] = "a shell command",
        [PLAN_TAG_TYPE] = "type",
        [PLAN_TAG_TEXT] = "text with run-time parts",
        [PLAN_TAG_CALL] = "call in the target language",
        [PLAN_TAG_REF] = "declared thing",
    };

    if (value->tag == PLAN_TAG_NOTHING && value->shape == PLAN_SHAPE_STRING)
        return strcmp(value->text, "n/a") == 0 ? "n/a" : "unknown value";
    return names[value->tag] ? names[value->tag] : "value";
}

static struct hcl_expr *refuse(const struct spot *at, const struct plan_value *value, const char *help)
{
    struct diag *diag =
        diag_report(at->tf->sink, DIAG_E0706, place_span(at->place), "%s has no form in Terraform for `%s`", sort_of(value), at->attribute);

    tf_blame(diag, at->block->sources.items[0]);
    diag_help(diag, "%s", help);
    return hcl_null(at->tf->arena);
}

static struct hcl_expr *convert_text(const struct spot *at, const struct plan_value *value)
{
    struct hcl_expr *tmpl = hcl_template(at->tf->arena);

    for (uint32_t i = 0; i < value->count; i++) {
        const struct plan_value *part = &value->items[i];

        if (part->tag == PLAN_TAG_NONE && part->shape == PLAN_SHAPE_STRING) {
            hcl_template_text(tmpl, part->text);
        } else if (part->tag == PLAN_TAG_REFERENCE) {
            hcl_template_ref(tmpl, resolve_ref(at, part));
        } else if (part->tag == PLAN_TAG_FACT) {
            hcl_template_ref(tmpl, resolve_fact(at, part));
        } else if (part->tag == PLAN_TAG_EXPRESSION) {
            if (literal_error(part->text))
                return convert_literal(at, part->text);
            hcl_template_ref(tmpl, (struct hcl_source){part->text});
        } else {
            return refuse(at, part, "a value that is known only while a step runs cannot be part of a configuration");
        }
    }
    return tmpl;
}

static const struct plan_schedule *schedule_of(const struct tf *tf, const char *written)
{
    for (uint32_t i = 0; i < tf->plan->schedules_count; i++) {
        if (strcmp(tf->plan->schedules[i].written, written) == 0)
            return &tf->plan->schedules[i];
    }
    return NULL;
}

static struct hcl_expr *convert_schedule(const struct spot *at, const struct plan_value *value)
{
    const struct plan_schedule *schedule = schedule_of(at->tf, value->text);
    const char *why = "one expression cannot say it";
    struct diag *diag;

    if (schedule && schedule->eventbridge_count == 1)
        return hcl_string(at->tf->arena, schedule->eventbridge[0]);
    if (schedule && schedule->eventbridge_reason)
        why = schedule->eventbridge_reason;
    diag = diag_report(at->tf->sink, DIAG_E0708, place_span(at->place), "AWS cannot run the schedule of `%s`: %s", at->attribute, why);
    tf_blame(diag, at->block->sources.items[0]);
    diag_help(diag, "use a schedule in UTC that repeats within the day, the week or the month");
    return hcl_null(at->tf->arena);
}

static struct hcl_expr *convert_list(const struct spot *at, const struct plan_value *value)
{
    struct hcl_expr *list = hcl_list(at->tf->arena);

    for (uint32_t i = 0; i < value->count; i++) {
        if (value->items[i].shape != PLAN_SHAPE_NULL)
            hcl_list_add(list, convert(at, &value->items[i]));
    }
    return list;
}

static struct hcl_expr *convert_object(const struct spot *at, const struct plan_value *value)
{
    struct hcl_expr *object = hcl_object(at->tf->arena);

    for (uint32_t i = 0; i < value->count; i++) {
        if (value->pairs[i].value.shape != PLAN_SHAPE_NULL)
            hcl_object_set(object, value->pairs[i].key, convert(at, &value->pairs[i].value));
    }
    return object;
}

static struct hcl_expr *convert_call(const struct spot *at, const struct plan_value *value)
{
    struct hcl_expr *call = hcl_call(at->tf->arena, tf_member_text(value, "function"));
    const struct plan_value *arguments = tf_member(value, "arguments");

    for (uint32_t i = 0; i < arguments->count; i++)
        hcl_call_add(call, convert(at, &arguments->items[i]));
    return call;
}

static struct hcl_expr *convert_decimal(const struct spot *at, const struct plan_value *value)
{
    struct strbuf text = STRBUF_INIT;
    struct hcl_expr *expr;

    print_decimal(&text, value->number);
    expr = hcl_decimal(at->tf->arena, strbuf_str(&text));
    strbuf_release(&text);
    return expr;
}

static struct hcl_expr *convert_plain(const struct spot *at, const struct plan_value *value)
{
    struct arena *arena = at->tf->arena;

    switch ((enum plan_shape)value->shape) {
    case PLAN_SHAPE_STRING: return hcl_string(arena, value->text);
    case PLAN_SHAPE_BOOL: return hcl_bool(arena, value->truth);
    case PLAN_SHAPE_NUMBER: return hcl_int(arena, value->number);
    case PLAN_SHAPE_ITEMS: return convert_list(at, value);
    default: return hcl_null(arena);
    }
}

static struct hcl_expr *convert(const struct spot *at, const struct plan_value *value)
{
    struct arena *arena = at->tf->arena;
    const struct plan_thing *thing;

    switch ((enum plan_tag)value->tag) {
    case PLAN_TAG_NONE: return convert_plain(at, value);
    case PLAN_TAG_REF: thing = plan_leads_to(at->tf->index, value); return hcl_string(arena, thing && thing->name ? thing->name : value->text);
    case PLAN_TAG_DECIMAL: return convert_decimal(at, value);
    case PLAN_TAG_DATE:
    case PLAN_TAG_TIME: return hcl_string(arena, value->text);
    case PLAN_TAG_OBJECT: return convert_object(at, value);
    case PLAN_TAG_CALL: return convert_call(at, value);
    case PLAN_TAG_TEXT: return convert_text(at, value);
    case PLAN_TAG_REFERENCE: return hcl_expr(arena, resolve_ref(at, value));
    case PLAN_TAG_FACT: return hcl_expr(arena, resolve_fact(at, value));
    case PLAN_TAG_EXPRESSION: return convert_literal(at, value->text);
    case PLAN_TAG_SCHEDULE: return convert_schedule(at, value);
    case PLAN_TAG_NOTHING:
        if (strcmp(value->text, "error") == 0)
            return hcl_null(arena); /* reported where it arose */
        return refuse(at, value,
                      "set the attribute it comes from; a kind that can do without writes `coalesce(…, "
                      "null)`, which leaves it out");
    case PLAN_TAG_DURATION: return refuse(at, value, "say in which unit, with `seconds(…)`, `minutes(…)`, `hours(…)` or `days(…)`");
    case PLAN_TAG_SIZE: return refuse(at, value, "say in which unit, for instance with `gib(…)`");
    case PLAN_TAG_RANGE: return refuse(at, value, "use one end of the range");
    case PLAN_TAG_RUNTIME: return refuse(at, value, "a value that is known only while a step runs cannot be part of a configuration");
    case PLAN_TAG_SHELL: return refuse(at, value, "a command belongs into a step or a procedure");
    default: return refuse(at, value, "turn it into a string or a number first");
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
static const char *const addressed[] = {"moved", "import", NULL}, *const addresses[] = {"to", "from", NULL};
static const char *const of_names[] = {"ignore_changes", "replace_triggered_by", NULL};

static bool is_name_text(const struct plan_value *value)
{
    return value->tag == PLAN_TAG_NONE && value->shape == PLAN_SHAPE_STRING && is_traversal(value->text, strlen(value->text));
}

/* `depends_on` and `ignore_changes` take names, not values: strings in them are traversals, references lose
 * their attribute. */
static struct hcl_expr *convert_names(const struct spot *at, const struct plan_value *value)
{
    struct tf *tf = at->tf;
    struct hcl_expr *list;

    if (value->shape != PLAN_SHAPE_ITEMS || value->tag != PLAN_TAG_NONE)
        return is_name_text(value) ? hcl_expr(tf->arena, (struct hcl_source){value->text}) : convert(at, value);
    list = hcl_list(tf->arena);
    for (uint32_t i = 0; i < value->count; i++) {
        const struct plan_value *item = &value->items[i];

        if (item->tag == PLAN_TAG_REFERENCE) {
            struct tf_block *target = tf_find(tf, at->block->root, item);

            if (target && target->root == at->block->root)
                hcl_list_add(list, hcl_expr(tf->arena, (struct hcl_source){target->address}));
            else if (!target)
                resolve_ref(at, item); /* reports it; another root is applied before anyway */
        } else if (is_name_text(item)) {
            hcl_list_add(list, hcl_expr(tf->arena, (struct hcl_source){item->text}));
        } else if (item->shape != PLAN_SHAPE_NULL) {
            hcl_list_add(list, convert(at, item));
        }
    }
    return list;
}

/* `to` and `from` of `moved` and `import`: the resource, whatever attribute the reference names. */
static struct hcl_expr *convert_address(const struct spot *at, const struct plan_value *ref)
{
    struct tf_block *target = tf_find(at->tf, at->block->root, ref);

    if (target && target->root == at->block->root)
        return hcl_expr(at->tf->arena, (struct hcl_source){target->address});
    if (strcmp(at->attribute, "to") == 0) {
        struct diag *diag = diag_report(at->tf->sink, DIAG_E0700, place_span(at->place), "`%s.%s` is emitted by nothing in `%s`",
                                        tf_member_text(ref, "resource"), tf_member_text(ref, "key"), at->block->root->folder);

        tf_blame(diag, at->block->sources.items[0]);
        diag_help(diag, "name a resource that a kind emits into the same root");
    }
    return hcl_expr(at->tf->arena, hcl_ref(at->tf->arena, tf_member_text(ref, "resource"), tf_member_text(ref, "key")));
}

static const struct plan_site *site_of(const struct tf *tf, const struct plan_thing *thing)
{
    for (uint32_t i = 0; thing && i < tf->plan->sites_count; i++) {
        if (tf->plan->sites[i].thing == thing)
            return &tf->plan->sites[i];
    }
    return NULL;
}

/* The provider of a site: nothing when it is the root's own Region. */
static struct hcl_expr *convert_provider(const struct spot *at, const struct plan_value *value)
{
    struct tf *tf = at->tf;
    struct tf_root *root = at->block->root;
    const struct plan_thing *thing = plan_leads_to(tf->index, value);
    const struct tf_provider *provider = tf_provider_of(tf, at->block->emitted->labels_count ? at->block->emitted->labels[0] : "");
    const struct plan_site *site;
    struct tf_alias alias;
    struct diag *diag;

    if (!thing || strcmp(thing->block, "site") != 0) {
        diag = diag_report(tf->sink, DIAG_E0706, place_span(at->place), "`provider` is the site whose Region a resource belongs to");
        diag_help(diag, "write `provider = SITE`, for instance `provider = self.site`");
        return NULL;
    }
    if (!provider || !provider->region) {
        diag = diag_report(tf->sink, DIAG_E0706, place_span(at->place), "`%s` is in no Region: its provider has none", at->block->emitted->labels[0]);
        diag_help(diag, "take `provider` away, or say in its `terraform_provider` which argument takes the `region`");
        return NULL;
    }
    site = site_of(tf, thing);
    if (!site || (tf_region_of(root, provider) && strcmp(site->region, tf_region_of(root, provider)) == 0))
        return NULL;
    if (root->kind == PLAN_ROOT_recovery) {
        diag = diag_report(tf->sink, DIAG_E0703, place_span(at->place), "the recovery root of `%s` would need the provider of `%s`", root->site->name,
                           thing->name);
        tf_blame(diag, at->block->sources.items[0]);
        diag_note(diag, "this root is applied while other Regions may be lost");
        diag_help(diag, "emit it with `root = primary`, or into the root of its own site");
        return NULL;
    }
    alias.name = hcl_identifier(tf->arena, tf_region_site(site)->name);
    alias.region = site->region;
    alias.provider = provider;
    for (uint32_t i = 0; i < root->aliases.len; i++) {
        if (root->aliases.items[i].provider == provider && strcmp(root->aliases.items[i].name, alias.name) == 0)
            return hcl_expr(tf->arena, hcl_ref(tf->arena, provider->name, alias.name));
    }
    vec_push(tf->arena, &root->aliases, alias);
    return hcl_expr(tf->arena, hcl_ref(tf->arena, provider->name, alias.name));
}

/* Attributes whose name is one of `names`, or with `others` all that have no place of their own. */
static bool add_attributes(const struct spot *where, const struct plan_emitted_block *emitted, struct hcl_body *body, const char *const *names,
                           bool top)
{
    bool any = false;

    for (uint32_t i = 0; i < emitted->attributes_count; i++) {
        const struct plan_emitted_attribute *attr = &emitted->attributes[i];
        struct spot at = *where;
        struct hcl_expr *expr;

        if (top && names ? !is_name(attr->name, names) : top && (is_name(attr->name, meta_first) || is_name(attr->name, meta_last)))
            continue;
        if (attr->value->shape == PLAN_SHAPE_NULL)
            continue;
        if (!hcl_is_identifier(attr->name)) {
            struct diag *diag = diag_report(at.tf->sink, DIAG_E0704, place_span(attr->place), "`%s` is no Terraform identifier", attr->name);
            diag_help(diag, "use the name of an argument of the resource");
            continue;
        }
        at.attribute = attr->name;
        at.place = attr->place;
        if (top && strcmp(attr->name, "provider") == 0)
            expr = convert_provider(&at, attr->value);
        else if (top && attr->value->tag == PLAN_TAG_REFERENCE && is_name(emitted->type, addressed) && is_name(attr->name, addresses))
            expr = convert_address(&at, attr->value);
        else if (top ? is_name(attr->name, meta_last) : strcmp(emitted->type, "lifecycle") == 0 && is_name(attr->name, of_names))
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

static void add_block(const struct spot *at, const struct plan_emitted_block *emitted, struct hcl_body *parent);

static void add_blocks(const struct spot *at, const struct plan_emitted_block *emitted, struct hcl_body *body, bool lifecycle)
{
    for (uint32_t i = 0; i < emitted->blocks_count; i++) {
        if ((strcmp(emitted->blocks[i].type, "lifecycle") == 0) == lifecycle)
            add_block(at, &emitted->blocks[i], body);
    }
}

static void add_block(const struct spot *at, const struct plan_emitted_block *emitted, struct hcl_body *parent)
{
    struct hcl_body *body = hcl_block(parent, emitted->type, emitted->labels_count > 0 ? emitted->labels[0] : NULL,
                                      emitted->labels_count > 1 ? emitted->labels[1] : NULL);

    add_attributes(at, emitted, body, NULL, false);
    add_blocks(at, emitted, body, false);
    add_blocks(at, emitted, body, true);
}

void tf_build_body(struct tf *tf, struct tf_block *block)
{
    const struct plan_emitted_block *emitted = block->emitted;
    struct spot at = {tf, block, emitted->type, emitted->place};
    struct hcl_body *file = hcl_body_new(tf->arena);
    struct hcl_body *body =
        hcl_block(file, emitted->type, emitted->labels_count > 0 ? emitted->labels[0] : NULL, emitted->labels_count > 1 ? emitted->labels[1] : NULL);

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

static void each_ref(struct tf *tf, struct tf_block *block, const struct plan_value *value, struct plan_place place, tf_visit_ref *visit)
{
    if (value->tag == PLAN_TAG_REFERENCE) {
        visit(tf, block, value, place);
        return;
    }
    for (uint32_t i = 0; value->shape == PLAN_SHAPE_ITEMS && i < value->count; i++)
        each_ref(tf, block, &value->items[i], place, visit);
    for (uint32_t i = 0; value->shape == PLAN_SHAPE_PAIRS && value->tag != PLAN_TAG_FACT && i < value->count; i++)
        each_ref(tf, block, &value->pairs[i].value, place, visit);
}

static void each_ref_in(struct tf *tf, struct tf_block *block, const struct plan_emitted_block *emitted, tf_visit_ref *visit)
{
    for (uint32_t i = 0; i < emitted->attributes_count; i++)
        each_ref(tf, block, emitted->attributes[i].value, emitted->attributes[i].place, visit);
    for (uint32_t i = 0; i < emitted->blocks_count; i++)
        each_ref_in(tf, block, &emitted->blocks[i], visit);
}

void tf_each_ref(struct tf *tf, struct tf_block *block, tf_visit_ref *visit)
{
    each_ref_in(tf, block, block->emitted, visit);
}

static bool value_mentions(const struct plan_value *value, const char *text)
{
    if (value->tag == PLAN_TAG_EXPRESSION)
        return strstr(value->text, text) != NULL;
    if (value->tag != PLAN_TAG_NONE && value->tag != PLAN_TAG_OBJECT && value->tag != PLAN_TAG_CALL)
        return false;
    for (uint32_t i = 0; value->shape == PLAN_SHAPE_ITEMS && i < value->count; i++) {
        if (value_mentions(&value->items[i], text))
            return true;
    }
    for (uint32_t i = 0; value->shape == PLAN_SHAPE_PAIRS && i < value->count; i++) {
        if (value_mentions(&value->pairs[i].value, text))
            return true;
    }
    return false;
}

bool tf_mentions(const struct plan_emitted_block *block, const char *text)
{
    for (uint32_t i = 0; i < block->attributes_count; i++) {
        if (value_mentions(block->attributes[i].value, text))
            return true;
    }
    for (uint32_t i = 0; i < block->blocks_count; i++) {
        if (tf_mentions(&block->blocks[i], text))
            return true;
    }
    return false;
}
