/* `inventory "assets.yaml" as e : kind(e.kind) { name = e.name … }`: one asset for each entry of a list, or of a mapping, whose keys are
 * `e.key` then (services of Compose); `entries` says where in the file they are.
 *
 * The block is the tree of every asset it makes; the entry is in the scope of its expressions. A message about such an
 * asset points at the `.dr` line, and the entry's values point into the inventory file. */
#include "sema/eval_internal.h"
#include "sema/internal.h"
#include "source/lost.h"

#include <string.h>

static bool label_is(const struct expr *label, const char *word)
{
    return label->kind == EXPR_NAME && strcmp(label->u.name, word) == 0;
}

static struct span value_span(struct value value)
{
    return (struct span){value.origin, value.origin};
}

static const struct attr *find_attr(const struct sema *sema, const struct block *block, const char *name)
{
    return block_attr(block, intern_str(sema->model->names, name));
}

static const struct expr *kind_argument(const struct expr *expr)
{
    bool is_kind =
        expr->kind == EXPR_CALL && expr->u.call.callee && expr->u.call.callee->kind == EXPR_NAME && strcmp(expr->u.call.callee->u.name, "kind") == 0;

    return is_kind && expr->u.call.args && expr->u.call.args->count == 1 ? expr->u.call.args->items[0] : expr;
}

bool sema_says_entries(atom name)
{
    return strcmp(name, "name") == 0 || strcmp(name, "entries") == 0;
}

/* False when the asset has no name that could be known. */
static bool make_asset(struct sema *sema, struct entity *inventory, atom variable, struct value entry)
{
    const struct block *tree = inventory->tree;
    const struct block_schema *schema = &sema->model->schemas[BLOCK_ASSET];
    const struct attr *name_attr = find_attr(sema, tree, "name");
    const struct scope *scope = scope_add(sema->eval, NULL, variable, entry);
    const char *error = NULL;
    struct value name, kind;
    struct entity *entity;

    if (entry.type != VALUE_OBJECT) {
        diag_label(diag_report(sema->sink, DIAG_E0217, value_span(entry), "an entry of the inventory is not an object"), inventory->span,
                   "used here");
        return false;
    }
    name = eval(sema->eval, name_attr->value, scope, type_read(sema->model, "string", &error));
    if (name.type != VALUE_STRING || !name.u.string[0]) {
        if (name.type != VALUE_ERROR)
            diag_label(diag_report(sema->sink, DIAG_E0217, name_attr->value->span, "the name of an entry is not known"), value_span(entry),
                       "this entry");
        return false;
    }
    entity = sema_new_entity(sema, schema, tree, NULL, intern_str(sema->model->names, name.u.string), value_span(entry));
    entity->scope = scope;
    if (tree->kind_expr) {
        /* `kind(e.kind)`: the argument is the kind's name, as the entry has it. */
        kind = eval(sema->eval, kind_argument(tree->kind_expr), scope, type_read(sema->model, "string", &error));
        if (kind.type == VALUE_STRING) {
            entity->kind =
                sema_find_kind(sema, intern_str(sema->model->names, kind.u.string), schema, kind.origin ? value_span(kind) : tree->kind_expr->span);
            if (!entity->kind && is_from_data(sema->eval, kind) && !lost_name(sema->sink, kind.u.string))
                diag_label(sema->sink->diags.items[sema->sink->diags.len - 1], tree->kind_expr->span, "asked for here");
        } else if (kind.type != VALUE_ERROR) {
            diag_label(diag_report(sema->sink, DIAG_E0217, tree->kind_expr->span, "the kind of an entry is not known"), value_span(entry),
                       "this entry");
        }
    } else {
        entity->kind = sema_find_kind(sema, tree->kind, schema, tree->kind_span);
    }
    if (!sema_add(sema, entity))
        vec_push(sema->arena, &sema->extras, entity);
    return true;
}

static bool not_entries(struct sema *sema, const struct entity *inventory, struct value value, const char *what, const char *help)
{
    diag_help(
        diag_label(diag_report(sema->sink, DIAG_E0217, value_span(value), "%s", what), inventory->tree->labels->items[0]->span, "read from here"),
        "%s", help);
    return false;
}

static const struct value *member(struct value object, atom key)
{
    for (uint32_t i = 0; i < object.u.object->count; i++) {
        if (object.u.object->pairs[i].key == key)
            return &object.u.object->pairs[i].value;
    }
    return NULL;
}

/* The list at `entries = "spec.services"`; the file as a whole without it. */
static bool follow_path(struct sema *sema, const struct entity *inventory, struct value *value)
{
    const struct attr *attr = find_attr(sema, inventory->tree, "entries");
    const char *error = NULL, *path;
    struct value text;

    if (!attr)
        return true;
    text = eval(sema->eval, attr->value, NULL, type_read(sema->model, "string", &error));
    if (text.type != VALUE_STRING)
        return text.type == VALUE_ERROR
                   ? false
                   : not_entries(sema, inventory, *value, "where the entries are is not known", "write `entries = \"services\"`");
    for (path = text.u.string; *path; path += strspn(path, ".")) {
        size_t len = strcspn(path, ".");
        atom key = intern_add(sema->model->names, path, len);
        const struct value *found = value->type == VALUE_OBJECT ? member(*value, key) : NULL;

        if (!found) {
            diag_label(diag_report(sema->sink, DIAG_E0217, attr->value->span, "there is no `%s` in `%s`", key,
                                   inventory->tree->labels->items[0]->u.string.text),
                       value_span(*value), "looked for here");
            return false;
        }
        *value = *found;
        path += len;
    }
    return true;
}

/* An entry of a mapping with its key, which may say nothing else (`web:`). */
static struct value keyed(struct sema *sema, atom key, struct value entry)
{
    struct value_object *object = ARENA_NEW(sema->arena, struct value_object);
    uint32_t count = entry.type == VALUE_OBJECT ? entry.u.object->count : 0;

    object->pairs = ARENA_ARRAY(sema->arena, struct value_pair, count + 1);
    object->pairs[0].key = intern_str(sema->model->names, "key");
    object->pairs[0].value = value_string(key);
    object->pairs[0].value.origin = entry.origin;
    if (count)
        memcpy(object->pairs + 1, entry.u.object->pairs, count * sizeof *object->pairs);
    object->count = count + 1;
    return (struct value){.type = VALUE_OBJECT, .origin = entry.origin, .u.object = object};
}

/* The list of entries of the file. */
static bool find_entries(struct sema *sema, const struct entity *inventory, struct value *value)
{
    struct value_list *list;

    if (!follow_path(sema, inventory, value))
        return false;
    if (value->type == VALUE_LIST)
        return true;
    if (value->type != VALUE_OBJECT)
        return not_entries(sema, inventory, *value, "there are no entries here", "they are a list of objects, or a mapping of names to objects");
    list = ARENA_NEW(sema->arena, struct value_list);
    list->count = value->u.object->count;
    list->items = ARENA_ARRAY(sema->arena, struct value, list->count + 1);
    for (uint32_t i = 0; i < list->count; i++) {
        const struct value_pair *pair = &value->u.object->pairs[i];

        if (pair->value.type != VALUE_OBJECT && pair->value.type != VALUE_UNKNOWN)
            return not_entries(sema, inventory, pair->value, "a mapping of entries holds objects, and this is none",
                               "where they are in the file says `entries = \"services\"`");
        if (pair->value.type == VALUE_OBJECT && member(pair->value, intern_str(sema->model->names, "key")))
            return not_entries(sema, inventory, pair->value, "this entry has a `key` of its own, which `key` of the entries of a mapping is not",
                               "make it a list, or call that something else");
        list->items[i] = keyed(sema, pair->key, pair->value);
    }
    *value = (struct value){.type = VALUE_LIST, .origin = value->origin, .u.list = list};
    return true;
}

/* False when some of its assets are not known, which is reported. */
static bool read_inventory(struct sema *sema, struct entity *inventory)
{
    const struct block *tree = inventory->tree;
    const struct expr_list *labels = tree->labels;
    struct source_file *file = sources_file_at(sema->model->sources, inventory->span.start);
    struct value list;
    bool all = true;

    if (!labels || labels->count != 3 || labels->items[0]->kind != EXPR_STRING || !label_is(labels->items[1], "as") ||
        labels->items[2]->kind != EXPR_NAME || (!tree->kind && !tree->kind_expr)) {
        diag_help(diag_report(sema->sink, DIAG_E0217, inventory->span, "an inventory names its file, its variable and the kind"),
                  "write `inventory \"assets.yaml\" as e : kind(e.kind) { name = e.name }`");
        return false;
    }
    if (!find_attr(sema, tree, "name") || !find_attr(sema, tree, "name")->value) {
        diag_help(diag_report(sema->sink, DIAG_E0217, inventory->span, "an inventory says how its assets are called"), "add `name = %s.name`",
                  labels->items[2]->u.name);
        return false;
    }
    if (!sema->input->inventory ||
        !sema->input->inventory(sema->input->inventory_context, labels->items[0]->u.string.text, file, labels->items[0]->span, &list))
        return false;
    if (!find_entries(sema, inventory, &list))
        return false;
    if (!list.u.list->count)
        diag_help(diag_report(sema->sink, DIAG_E0222, labels->items[0]->span, "`%s` has no entries: nothing comes of this inventory",
                              labels->items[0]->u.string.text),
                  "whatever was to be recovered from this list is in no plan; remove the inventory when that is so");
    for (uint32_t i = 0; i < list.u.list->count; i++)
        all &= make_asset(sema, inventory, labels->items[2]->u.name, list.u.list->items[i]);
    return all;
}

void sema_inventories(struct sema *sema)
{
    sema->eval->state->data_from = sema->model->sources->next;
    for (uint32_t i = 0; i < sema->inventories.len; i++)
        if (!read_inventory(sema, sema->inventories.items[i]))
            lost_import(sema->sink, NULL);
}
