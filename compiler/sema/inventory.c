/* `inventory "assets.yaml" as e : kind(e.kind) { name = e.name … }`: one asset for each entry of a list.
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
    bool is_kind = expr->kind == EXPR_CALL && expr->u.call.callee && expr->u.call.callee->kind == EXPR_NAME &&
                   strcmp(expr->u.call.callee->u.name, "kind") == 0;

    return is_kind && expr->u.call.args && expr->u.call.args->count == 1 ? expr->u.call.args->items[0] : expr;
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
        diag_label(diag_report(sema->sink, DIAG_E0217, value_span(entry), "an entry of the inventory is not an object"),
                   inventory->span, "used here");
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
            entity->kind = sema_find_kind(sema, intern_str(sema->model->names, kind.u.string), schema,
                                          kind.origin ? value_span(kind) : tree->kind_expr->span);
            if (!entity->kind && is_from_data(sema->eval, kind) && !lost_name(sema->sink, kind.u.string))
                diag_label(sema->sink->diags.items[sema->sink->diags.len - 1], tree->kind_expr->span, "asked for here");
        } else if (kind.type != VALUE_ERROR) {
            diag_label(diag_report(sema->sink, DIAG_E0217, tree->kind_expr->span, "the kind of an entry is not known"),
                       value_span(entry), "this entry");
        }
    } else {
        entity->kind = sema_find_kind(sema, tree->kind, schema, tree->kind_span);
    }
    if (!sema_add(sema, entity))
        vec_push(sema->arena, &sema->extras, entity);
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
        diag_help(diag_report(sema->sink, DIAG_E0217, inventory->span, "an inventory says how its assets are called"),
                  "add `name = %s.name`", labels->items[2]->u.name);
        return false;
    }
    if (!sema->input->inventory || !sema->input->inventory(sema->input->inventory_context, labels->items[0]->u.string.text, file,
                                                           labels->items[0]->span, &list))
        return false;
    if (list.type != VALUE_LIST) {
        diag_help(diag_report(sema->sink, DIAG_E0217, labels->items[0]->span, "`%s` holds no list", labels->items[0]->u.string.text),
                  "the file must be a list of objects");
        return false;
    }
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
