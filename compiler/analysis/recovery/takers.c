/* Who takes a backup: the procedure of the asset's kind or of the store's, and of whom. A tool that nobody knows, and a member no run
 * captures, are refused when the specification is checked: at the user's line, not in the library's when it is built. */
#include "analysis/recovery/recovery.h"

#include "source/lost.h"

#include <string.h>

/* What a store does with any copy, not ways of taking one. */
static bool is_access(const char *name)
{
    static const char *const names[] = {"put", "fetch", "list", "remove"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

static const char *word_or(struct value value, const char *other)
{
    return value.type == VALUE_WORD || value.type == VALUE_STRING ? value.u.string : other;
}

static const struct kind_info *store_kind_of(const struct entity *backup)
{
    struct value to = entity_slot(backup, BACKUP_to);

    return to.type == VALUE_ENTITY ? to.u.entity->kind : NULL;
}

static struct value list_of(struct analysis *a, const struct value *items, uint32_t count)
{
    struct value_list *list = ARENA_NEW(a->arena, struct value_list);

    list->items = ARENA_ARRAY(a->arena, struct value, count);
    list->count = count;
    memcpy(list->items, items, count * sizeof *items);
    return (struct value){.type = VALUE_LIST, .u.list = list};
}

/* The members a run is for: all of the group's, or the one it is of. */
struct value run_members(struct analysis *a, const struct entity *backup, const struct asset *asset)
{
    struct asset *own;

    if (!asset)
        return entity_slot(backup->parent, GROUP_members);
    own = &a->plan->assets[asset->index];
    if (!own->alone) {
        struct value one = value_entity(asset->entity);

        own->alone = list_of(a, &one, 1).u.list;
    }
    return (struct value){.type = VALUE_LIST, .u.list = own->alone};
}

const struct scope *run_scope(struct analysis *a, const struct entity *backup, const struct asset *asset)
{
    struct value job = {.type = VALUE_RUNTIME, .u.word = intern_str(a->model->names, "job")};
    struct value to = entity_slot(backup, BACKUP_to);
    const struct scope *scope = scope_add(a->eval, NULL, "job", job);

    if (to.type == VALUE_ENTITY)
        scope = scope_add(a->eval, scope, "store", to);
    scope = scope_add(a->eval, scope, "backup", value_entity((struct entity *)(uintptr_t)backup));
    scope = scope_add(a->eval, scope, "members", run_members(a, backup, asset));
    return scope_add(a->eval, scope, "self", value_entity(asset ? asset->entity : backup->parent));
}

/* By the tool the backup names, else by what a run captures; the asset's kind first, then the store's (a repository such as restic's
 * takes anything). */
struct entity *run_procedure(struct analysis *a, const struct entity *backup, const struct asset *asset, const struct scope *scope)
{
    const char *named = word_or(entity_slot(backup, BACKUP_method), NULL);
    const char *name =
        named ? named : word_or(entity_slot(backup, BACKUP_kind), "full"); /* a named tool that nobody knows is not replaced by another */
    const struct kind_info *kinds[2] = {asset ? asset->entity->kind : NULL, store_kind_of(backup)};

    for (int k = 0; k < 2; k++) {
        struct entity *procedure = is_access(name) && k == 1 ? NULL : kind_procedure(kinds[k], name);
        struct value when = procedure ? eval_deferred(a->eval, procedure, PROCEDURE_when, scope) : value_unknown();

        if (procedure && when.type == VALUE_BOOL && when.u.integer)
            return procedure;
    }
    return NULL;
}

struct entity *backup_procedure(struct analysis *a, struct entity *backup)
{
    const struct asset *asset = plan_asset(a->plan, backup->parent);
    struct entity *procedure;
    const struct scope *scope;

    if (!asset && backup_runs_apart(backup)) {
        struct value members = entity_slot(backup->parent, GROUP_members);

        asset = members.u.list->items[0].type == VALUE_ENTITY ? plan_asset(a->plan, members.u.list->items[0].u.entity) : NULL;
    }
    scope = run_scope(a, backup, asset);
    procedure = run_procedure(a, backup, asset, scope);
    scope_drop(a->eval, scope, NULL);
    return procedure;
}

/* ---- what is refused ---------------------------------------------------------------------------- */

typedef VEC(const char *) name_list;

static void add_names(struct analysis *a, name_list *names, const struct kind_info *kind, bool store)
{
    for (uint32_t i = 0; kind && i < kind->procedures.len; i++) {
        if (!store || !is_access(kind->procedures.items[i]->name))
            vec_push(a->arena, names, kind->procedures.items[i]->name);
    }
}

static bool is_known_tool(struct analysis *a, const struct entity *backup, const char *tool, name_list *names)
{
    struct value members = backup->parent->schema->id == BLOCK_GROUP ? entity_slot(backup->parent, GROUP_members) : value_unknown();

    if (members.type != VALUE_LIST)
        add_names(a, names, backup->parent->kind, false);
    for (uint32_t i = 0; members.type == VALUE_LIST && i < members.u.list->count; i++) {
        if (members.u.list->items[i].type == VALUE_ENTITY)
            add_names(a, names, members.u.list->items[i].u.entity->kind, false);
    }
    add_names(a, names, store_kind_of(backup), true);
    for (uint32_t i = 0; i < names->len; i++) {
        if (strcmp(names->items[i], tool) == 0)
            return true;
    }
    return false;
}

static bool check_tool(struct analysis *a, const struct entity *backup)
{
    const char *tool = word_or(entity_slot(backup, BACKUP_method), NULL), *near;
    struct span span = entity_value_span(backup, BACKUP_method);
    name_list names = {0};
    struct strbuf all = STRBUF_INIT;
    struct diag *diag;

    if (!tool || is_known_tool(a, backup, tool, &names) || lost_name(a->sink, tool))
        return true;
    diag = diag_report(a->sink, DIAG_E0511, span, "nobody knows the tool `%s` that backup `%s` of `%s` names in `method`", tool, backup->name,
                       backup->parent->name);
    near = nearest(tool, names.items, names.len);
    if (near)
        diag_fix(diag, span, near, "did you mean `%s`?", near);
    for (uint32_t i = 0; i < names.len; i++)
        strbuf_addf(&all, "%s`%s`", i ? ", " : "", names.items[i]);
    if (names.len)
        diag_note(diag, "procedures of its kind and of its store's kind: %s", strbuf_str(&all));
    if (!near)
        diag_help(diag, "leave `method` out, or declare `procedure %s { … }` in the kind", tool);
    strbuf_release(&all);
    return false;
}

void tell_left_out(struct analysis *a, const struct entity *backup, const struct asset *asset, const char *why, const char *help)
{
    bool own = backup->parent == asset->entity;
    struct diag *diag = diag_report(a->sink, DIAG_E0564, own ? entity_value_span(backup, BACKUP_method) : asset->entity->span,
                                    "backup `%s`%s%s%s takes no copy of `%s`: %s", backup->name, own ? "" : " of group `",
                                    own ? "" : backup->parent->name, own ? "" : "`", asset->name, why);

    if (!own)
        diag_label(diag, backup->span, "this backup");
    diag_help(diag, "%s", help);
}

static bool captures(const struct value *taken, const struct entity *asset)
{
    if (taken->type != VALUE_LIST)
        return true; /* unset: all of them; an error was reported */
    for (uint32_t i = 0; i < taken->u.list->count; i++) {
        if (taken->u.list->items[i].type == VALUE_ENTITY && taken->u.list->items[i].u.entity == asset)
            return true;
    }
    return false;
}

static void check_run(struct analysis *a, const struct entity *backup, const struct asset *asset)
{
    const struct scope *scope = run_scope(a, backup, asset);
    const struct entity *procedure = run_procedure(a, backup, asset, scope);
    const char *named = word_or(entity_slot(backup, BACKUP_method), NULL);
    struct value members = run_members(a, backup, asset), taken;

    taken = procedure ? eval_deferred(a->eval, procedure, PROCEDURE_captures, scope) : value_unknown();
    scope_drop(a->eval, scope, NULL);
    if (!procedure) {
        if (named && asset)
            tell_left_out(a, backup, asset, intern_text(a, "the condition of `%s` does not hold for it", named),
                          "name another tool, or leave `method` out");
        else if (asset && backup->parent != asset->entity && asset->entity->kind && asset->entity->kind->procedures.len)
            tell_left_out(
                a, backup, asset,
                intern_text(a, "`%s` knows no procedure `%s`", asset->entity->kind->entity->name, word_or(entity_slot(backup, BACKUP_kind), "full")),
                "give it a backup of its own, of a kind that is known, or name a tool in `method` that takes all members");
        return;
    }
    for (uint32_t i = 0; members.type == VALUE_LIST && i < members.u.list->count; i++) {
        const struct asset *member = members.u.list->items[i].type == VALUE_ENTITY ? plan_asset(a->plan, members.u.list->items[i].u.entity) : NULL;

        if (member && !captures(&taken, member->entity))
            tell_left_out(a, backup, member,
                          intern_text(a, "`%s` does not know how to take `%s`", procedure->name, member->entity->kind->entity->name),
                          asset ? "leave `method` out: its own kind may know how"
                                : "leave `method` out: then each member is backed up by its own kind's procedure");
    }
}

static void check_one(struct analysis *a, const struct entity *backup, const struct asset *owner)
{
    struct value members;

    if (!check_tool(a, backup))
        return;
    if (owner || !backup_runs_apart(backup)) {
        check_run(a, backup, owner);
        return;
    }
    members = entity_slot(backup->parent, GROUP_members);
    for (uint32_t i = 0; i < members.u.list->count; i++) {
        const struct asset *member = members.u.list->items[i].type == VALUE_ENTITY ? plan_asset(a->plan, members.u.list->items[i].u.entity) : NULL;

        if (member)
            check_run(a, backup, member);
    }
}

void check_takers(struct analysis *a)
{
    const struct entity *backup;

    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        for (uint32_t c = 0; (backup = entity_child(a->plan->assets[i].entity, BLOCK_BACKUP, &c));) {
            if (word_or(entity_slot(backup, BACKUP_method), NULL))
                check_one(a, backup, &a->plan->assets[i]);
        }
    }
    for (uint32_t i = 0; i < a->model->declared[BLOCK_GROUP].list.len; i++) {
        for (uint32_t c = 0; (backup = entity_child(a->model->declared[BLOCK_GROUP].list.items[i], BLOCK_BACKUP, &c));)
            check_one(a, backup, NULL);
    }
}
