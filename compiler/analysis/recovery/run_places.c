/* Where the run of a backup has to take place. A procedure says with `runs_at` that it reads what is at a place itself: files of a host, a
 * server under `localhost`. Its job is installed there and nowhere else; one run for a group reads one place; and a scheduler that starts
 * things elsewhere would read other files, or none, and end well. */
#include "analysis/recovery/recovery.h"

#include <string.h>

static bool any_reads_places(const struct kind_info *kind)
{
    for (uint32_t i = 0; kind && i < kind->procedures.len; i++) {
        if (eval_is_written(kind->procedures.items[i], PROCEDURE_runs_at))
            return true;
    }
    return false;
}

/* Mostly nobody says such a thing: then it need not be found out who takes the backup. */
static bool may_read_places(const struct entity *backup, const struct asset *asset)
{
    struct value to = entity_slot(backup, BACKUP_to);

    return any_reads_places(asset ? asset->entity->kind : NULL) || any_reads_places(to.type == VALUE_ENTITY ? to.u.entity->kind : NULL);
}

/* The members a run is of, one by one: what it says of each alone tells who stands where. */
static struct value places_of(struct analysis *a, const struct entity *backup, const struct asset *asset, const struct value *member)
{
    struct value places = value_unknown();
    const struct entity *procedure;
    const struct scope *scope;
    struct value_list *one;

    scope = run_scope(a, backup, asset);
    procedure = run_procedure(a, backup, asset, scope);
    if (procedure && eval_is_written(procedure, PROCEDURE_runs_at) && eval_is_written(procedure, PROCEDURE_run)) {
        one = ARENA_NEW(a->arena, struct value_list);
        one->items = ARENA_NEW(a->arena, struct value);
        one->items[0] = *member;
        one->count = 1;
        scope = scope_add(a->eval, scope, "members", (struct value){.type = VALUE_LIST, .u.list = one});
        places = eval_deferred(a->eval, procedure, PROCEDURE_runs_at, scope);
    }
    scope_drop(a->eval, scope, NULL);
    return places;
}

static bool is_bound(const struct value *places)
{
    return places->type == VALUE_LIST && places->u.list->count > 0;
}

static bool has_place(const struct value *places, const struct entity *site)
{
    for (uint32_t i = 0; i < places->u.list->count; i++) {
        if (places->u.list->items[i].type == VALUE_ENTITY && places->u.list->items[i].u.entity == site)
            return true;
    }
    return false;
}

struct run_places {
    struct value members;       /* VALUE_LIST */
    struct value *places;       /* of each */
    struct entity *site;        /* where the run takes place; NULL: anywhere */
    const struct entity *first; /* the first member that is bound to it */
};

/* The first place that all share; else the first of the first who is bound to one. */
static struct run_places places_of_run(struct analysis *a, const struct entity *backup, const struct asset *asset)
{
    struct run_places run = {.members = run_members(a, backup, asset)};
    const struct value *first = NULL;

    if (run.members.type != VALUE_LIST || !may_read_places(backup, asset))
        return run;
    run.places = ARENA_ARRAY(a->arena, struct value, run.members.u.list->count + 1);
    for (uint32_t i = 0; i < run.members.u.list->count; i++) {
        run.places[i] = places_of(a, backup, asset, &run.members.u.list->items[i]);
        if (first || !is_bound(&run.places[i]) || run.members.u.list->items[i].type != VALUE_ENTITY)
            continue;
        first = &run.places[i];
        run.first = run.members.u.list->items[i].u.entity;
    }
    for (uint32_t p = 0; first && p < first->u.list->count; p++) {
        struct entity *site = first->u.list->items[p].type == VALUE_ENTITY ? first->u.list->items[p].u.entity : NULL;
        bool shared = site != NULL;

        for (uint32_t i = 0; shared && i < run.members.u.list->count; i++)
            shared = !is_bound(&run.places[i]) || has_place(&run.places[i], site);
        if (shared) {
            run.site = site;
            return run;
        }
        if (!run.site)
            run.site = site;
    }
    return run;
}

const struct site_info *run_site(struct analysis *a, const struct entity *backup, const struct asset *asset)
{
    struct run_places run = places_of_run(a, backup, asset);

    return run.site ? plan_site(a->plan, run.site) : NULL;
}

/* ---- what is refused ---------------------------------------------------------------------------- */

static void check_scheduler(struct analysis *a, const struct entity *backup, const struct run_places *run)
{
    const char *elsewhere = backup_scheduler_elsewhere(backup);
    struct diag *diag;

    if (!run->site || !elsewhere)
        return;
    diag =
        diag_report(a->sink, DIAG_E0577, entity_attr_span(backup, BACKUP_scheduler),
                    "backup `%s` reads `%s` at `%s` itself, and %s starts nothing there", backup->name, run->first->name, run->site->name, elsewhere);
    diag_label(diag, run->first->span, "what it reads is at `%s`", run->site->name);
    diag_help(diag,
              "leave `scheduler` out, or name the one of that machine: `systemd`, `debian` or `cronie`; or say how `%s` is reached from elsewhere, "
              "where its kind knows a way",
              run->first->name);
}

static void check_run(struct analysis *a, const struct entity *backup, const struct asset *asset)
{
    struct run_places run = places_of_run(a, backup, asset);

    check_scheduler(a, backup, &run);
    for (uint32_t i = 0; run.site && i < run.members.u.list->count; i++) {
        const struct asset *member;

        if (!is_bound(&run.places[i]) || has_place(&run.places[i], run.site))
            continue;
        member = plan_asset(a->plan, run.members.u.list->items[i].u.entity);
        tell_left_out(a, backup, member,
                      intern_text(a, "its one run is at `%s`, where `%s` is, and reads nothing at `%s`", run.site->name, run.first->name,
                                  run.places[i].u.list->items[0].u.entity->name),
                      "leave `method` out: then each member has a run of its own where it is; or say how it is reached from elsewhere, where its "
                      "kind knows a way");
    }
}

static void check_owner(struct analysis *a, const struct entity *owner, const struct asset *asset)
{
    const struct entity *backup;

    for (uint32_t c = 0; (backup = entity_child(owner, BLOCK_BACKUP, &c));) {
        struct value members;

        if (asset || !backup_runs_apart(backup)) {
            check_run(a, backup, asset);
            continue;
        }
        members = run_members(a, backup, NULL);
        for (uint32_t i = 0; members.type == VALUE_LIST && i < members.u.list->count; i++) {
            if (members.u.list->items[i].type == VALUE_ENTITY)
                check_run(a, backup, plan_asset(a->plan, members.u.list->items[i].u.entity));
        }
    }
}

void check_run_places(struct analysis *a)
{
    for (uint32_t i = 0; i < a->plan->asset_count; i++)
        check_owner(a, a->plan->assets[i].entity, &a->plan->assets[i]);
    for (uint32_t i = 0; i < a->model->declared[BLOCK_GROUP].list.len; i++)
        check_owner(a, a->model->declared[BLOCK_GROUP].list.items[i], NULL);
}
