/* What may be changed so that a refuted objective holds: the loss of data. Times are in repair_time.c, what objectives say of each other
 * in repair_objectives.c. */
#include "analysis/repair/repair.h"
#include "analysis/world/world.h"

#include "base/strbuf.h"
#include "sema/eval.h" /* the tree, too */

#include <string.h>

enum { TRIES = 3 /* places, stores and backups tried for one sort of change */ };

void repair_next(struct repair_list *list, enum offer_sense sense)
{
    list->family++;
    list->sense = sense;
}

void repair_add(struct repair_list *list, struct edit edit, const char *format, ...)
{
    struct repair repair = {.edit = edit, .family = list->family, .sense = list->sense};
    va_list args;

    for (uint32_t i = 0; i < list->list.len; i++) {
        const struct edit *other = &list->list.items[i].edit;

        if (other->span.start == edit.span.start && other->span.end == edit.span.end && strcmp(other->text, edit.text) == 0)
            return; /* reached in two ways */
    }
    va_start(args, format);
    repair.what = arena_vprintf(list->arena, format, args);
    va_end(args);
    if (edit.for_all)
        repair.what = arena_printf(list->arena, "%s, for all that share the block", repair.what);
    vec_push(list->arena, &list->list, repair);
}

bool repair_has_method_for(const struct plan *plan, const struct kind_info *kind, const char *field)
{
    atom name = intern_str(plan->model->names, "for");

    for (uint32_t i = 0; i < kind->methods.len; i++) {
        const struct attr *loop = kind->methods.items[i]->tree ? block_attr(kind->methods.items[i]->tree, name) : NULL;

        if (loop && loop->value && loop->value->kind == EXPR_MEMBER && strcmp(loop->value->u.member.name, field) == 0)
            return true;
    }
    return false;
}

/* ---------------------------------------------------------------- backups */

static int64_t worst(const struct entity *entity, uint32_t row)
{
    struct value value = value_worst(entity_slot(entity, row));

    return value.type == VALUE_DURATION ? value.u.integer : TIME_UNKNOWN;
}

static bool list_has(struct value list, const struct entity *entity)
{
    for (uint32_t i = 0; list.type == VALUE_LIST && i < list.u.list->count; i++) {
        if (list.u.list->items[i].type == VALUE_ENTITY && list.u.list->items[i].u.entity == entity)
            return true;
    }
    return false;
}

/* The minute a rarer schedule runs at stays, so that jobs spread on purpose stay spread. */
static void start_of(const struct schedule *schedule, unsigned *hour, unsigned *minute)
{
    *hour = 0;
    *minute = 0;
    if (schedule->time_count) {
        *hour = schedule->times[0] / 60;
        *minute = schedule->times[0] % 60;
    } else if (schedule->kind == SCHEDULE_CRON && schedule->cron) {
        const char *text = schedule->cron;

        for (int field = 0; field < 2; field++) {
            unsigned number = 0;
            size_t digits = strspn(text, "0123456789");

            if (digits == 0 || digits > 2 || text[digits] != ' ')
                return;
            for (size_t i = 0; i < digits; i++)
                number = number * 10 + (unsigned)(text[i] - '0');
            *(field ? hour : minute) = number;
            text += digits;
            text += strspn(text, " ");
        }
    }
}

/* A schedule with this distance of its runs, in the form the given one has: cron stays cron, the time zone stays. */
static const char *schedule_text(struct arena *arena, const struct schedule *schedule, int64_t every)
{
    const char *zone = schedule->zone ? arena_printf(arena, " in \"%s\"", schedule->zone) : "";
    long minutes = (long)(every / MS_MINUTE);
    unsigned hour, minute;

    start_of(schedule, &hour, &minute);
    if (schedule->kind == SCHEDULE_CRON && every == MS_DAY)
        return arena_printf(arena, "cron \"%u %u * * *\"%s", minute, hour, zone);
    if (schedule->kind == SCHEDULE_CRON && minutes >= 60)
        return minutes == 60 ? arena_printf(arena, "cron \"%u * * * *\"%s", minute, zone)
                             : arena_printf(arena, "cron \"%u */%ld * * *\"%s", minute, minutes / 60, zone);
    if (schedule->kind == SCHEDULE_CRON)
        return arena_printf(arena, "cron \"*/%ld * * * *\"%s", minutes, zone);
    if (every == MS_DAY)
        return arena_printf(arena, "daily at %02u:%02u%s", hour, minute, zone);
    return arena_printf(arena, "every %s%s", text_of_duration(arena, every), zone);
}

/* The platform's own backups start at most once an hour. */
static bool is_managed(const struct plan *plan, const struct kind_info *kind, const struct entity *backup)
{
    struct value sort = entity_slot(backup, BACKUP_kind);

    for (uint32_t i = 0; i < kind->procedures.len; i++) {
        const struct entity *procedure = kind->procedures.items[i];

        if (is_word(sort, procedure->name) && procedure->tree && block_attr(procedure->tree, intern_str(plan->model->names, "managed")))
            return true;
    }
    return false;
}

static int64_t largest_gap(const struct terms *terms)
{
    return terms->starts_with_gap ? terms->items[0].ms : TIME_UNKNOWN;
}

/* Laxest first. What cannot suffice, because the gap alone is too large, is left out; what is longer than a run allows is found out by
 * whoever tries it. */
static void shorter_schedule(struct repair_list *list, const struct asset_state *state, const struct entity *backup)
{
    static const int64_t ladder[] = {MS_DAY,      12 * MS_HOUR, 8 * MS_HOUR,    6 * MS_HOUR,    4 * MS_HOUR,    3 * MS_HOUR,
                                     2 * MS_HOUR, 1 * MS_HOUR,  30 * MS_MINUTE, 15 * MS_MINUTE, 10 * MS_MINUTE, 5 * MS_MINUTE};
    struct value value = entity_slot(backup, BACKUP_schedule);
    int64_t gap = largest_gap(&state->rpo_terms), room = state->rpo.ms - (state->loss_ms - gap), duration = worst(backup, BACKUP_duration);
    bool managed = is_managed(list->plan, state->asset->entity->kind, backup);

    if (value.type != VALUE_SCHEDULE || gap < 0 || state->loss_ms < 0 || state->rpo.ms < 0)
        return;
    repair_next(list, OFFER_CHANGES);
    for (size_t i = 0; i < sizeof ladder / sizeof *ladder; i++) {
        const char *text = schedule_text(list->arena, value.u.schedule, ladder[i]);
        struct edit edit;

        if (ladder[i] > room || ladder[i] >= gap || (duration > 0 && duration >= ladder[i]) || (managed && ladder[i] < MS_HOUR))
            continue;
        if (edit_set(list, backup, "schedule", text, &edit))
            repair_add(list, edit, "`schedule = %s` in backup `%s`", text, backup->name);
    }
}

/* A term of the loss that the specification chooses, made so small that the objective holds. */
static void smaller_term(struct repair_list *list, const struct asset_state *state, const struct entity *backup, uint32_t row, const char *name)
{
    static const int64_t ladder[] = {6 * MS_HOUR,
                                     4 * MS_HOUR,
                                     2 * MS_HOUR,
                                     1 * MS_HOUR,
                                     30 * MS_MINUTE,
                                     15 * MS_MINUTE,
                                     10 * MS_MINUTE,
                                     5 * MS_MINUTE,
                                     2 * MS_MINUTE,
                                     1 * MS_MINUTE,
                                     30 * MS_SECOND,
                                     10 * MS_SECOND,
                                     0};
    int64_t now = worst(backup, row), room = now - (state->loss_ms - state->rpo.ms);

    if (now <= 0 || state->loss_ms < 0 || state->rpo.ms < 0 || room < 0)
        return;
    repair_next(list, OFFER_CHANGES);
    for (size_t i = 0; i < sizeof ladder / sizeof *ladder; i++) {
        const char *text = text_of_duration(list->arena, ladder[i]);
        struct edit edit;

        if (ladder[i] > room || (ladder[i] == 0 && row == BACKUP_ship_every))
            continue;
        if (edit_set(list, backup, name, text, &edit))
            repair_add(list, edit, "`%s = %s` in backup `%s`", name, text, backup->name);
    }
}

/* A copy of a backup in a store that stands. How long the copy takes is what is left of the objective, at most an hour, when it has to be
 * stated with it. */
static void more_copies(struct repair_list *list, const struct scenario_result *result, const struct asset_state *state, const struct entity *owner)
{
    const struct plan *plan = list->plan;
    struct entity *backup;
    uint32_t tried = 0;

    for (uint32_t i = 0; (backup = entity_child(owner, BLOCK_BACKUP, &i)) && tried < TRIES;) {
        struct value to = entity_slot(backup, BACKUP_to), copies = entity_slot(backup, BACKUP_copies);
        bool timed = entity_slot(backup, BACKUP_copy_time).type != VALUE_UNKNOWN;

        repair_next(list, timed ? OFFER_CHANGES : OFFER_ASSERTS);
        for (uint32_t s = 0; s < plan->model->declared[BLOCK_STORE].list.len && tried < TRIES; s++) {
            struct entity *store = plan->model->declared[BLOCK_STORE].list.items[s];
            struct edit edit;

            if ((to.type == VALUE_ENTITY && to.u.entity == store) || list_has(copies, store) || !result->stores_stand[store->index])
                continue;
            tried++;
            if (timed && edit_add_name(list, backup, "copies", store->name, &edit))
                repair_add(list, edit, "a copy of backup `%s` in store `%s`", backup->name, store->name);
            else if (!timed && copies.type == VALUE_LIST && !copies.u.list->count && edit_names(list, backup) &&
                     edit_add_block(list, backup,
                                    arena_printf(list->arena, "copies = [%s]  copy_time = %s", store->name,
                                                 state->rpo.ms >= 0 && state->rpo.ms < MS_DAY ? "15m" : "1h"),
                                    &edit))
                repair_add(list, edit, "a copy of backup `%s` in store `%s`, if it is there within %s", backup->name, store->name,
                           state->rpo.ms >= 0 && state->rpo.ms < MS_DAY ? "15m" : "1h");
        }
    }
}

/* A replica whose lag is what the objective allows: how good it is in fact, who runs it has to see to. */
void repair_replicas(struct repair_list *list, const struct scenario_result *result, const struct asset_state *state)
{
    static const int64_t lags[] = {5 * MS_MINUTE, MS_MINUTE, 30 * MS_SECOND, 10 * MS_SECOND, 5 * MS_SECOND, MS_SECOND};
    const struct plan *plan = list->plan;
    const char *level = state->asset->site_count ? state->asset->sites[0]->level : "";
    int64_t limit = state->rpo.ms < 0 ? MS_MINUTE : state->rpo.ms, lag = 0;
    const char *watch = "";
    uint32_t tried = 0;

    if (is_from_damage(result, state) || !state->asset->stateful || !repair_has_method_for(plan, state->asset->entity->kind, "replicas") ||
        !edit_names(list, state->asset->entity))
        return;
    for (size_t i = sizeof lags / sizeof *lags; i-- > 0;) {
        if (lags[i] <= limit && lags[i] <= MS_MINUTE)
            lag = lags[i];
    }
    repair_next(list, OFFER_ASSERTS);
    /* Nothing enforces a lag that is only stated: somebody has to hear when it grows. */
    if (state->asset->owner)
        watch = arena_printf(list->arena, "  watched_by = [%s]", state->asset->owner->name);
    for (uint32_t i = 0; lag && i < plan->site_count && tried < TRIES; i++) {
        const struct site_info *site = &plan->sites[i];
        const char *text;
        bool own = false;
        struct edit edit;

        for (uint32_t s = 0; s < state->asset->site_count; s++)
            own |= state->asset->sites[s] == site;
        if (own || strcmp(site->level, level) != 0 || entity_child_named(state->asset->entity, BLOCK_REPLICA, site->entity->name) ||
            !result->places_stand[i])
            continue;
        tried++;
        text = arena_printf(list->arena, "replica %s { lag = %s%s }", site->entity->name, text_of_duration(list->arena, lag), watch);
        if (edit_add_block(list, state->asset->entity, text, &edit))
            repair_add(list, edit, "`%s` in asset `%s`, if it never lags more", text, state->asset->name);
    }
}

/* Shipping the log beside the newest full backup. */
static void more_logs(struct repair_list *list, const struct asset_state *state)
{
    static const int64_t ladder[] = {MS_HOUR, 30 * MS_MINUTE, 15 * MS_MINUTE, 5 * MS_MINUTE, MS_MINUTE};
    const struct entity *copy = state->chosen ? state->chosen->copy : NULL;
    const struct entity *store = state->chosen ? state->chosen->from_store : NULL;
    const struct kind_info *kind = state->asset->entity->kind;
    const struct attr *retain;
    const struct source_file *file;
    bool known = false;
    uint32_t tried = 0;

    for (uint32_t i = 0; i < kind->procedures.len; i++)
        known |= strcmp(kind->procedures.items[i]->name, "log") == 0;
    if (!copy || copy->parent != state->asset->entity || !copy->tree || !edit_names(list, state->asset->entity) || !known ||
        !(is_word(entity_slot(copy, BACKUP_kind), "full") || is_word(entity_slot(copy, BACKUP_kind), "snapshot")) ||
        entity_child_named(state->asset->entity, BLOCK_BACKUP, intern_str(list->plan->model->names, "logs")))
        return;
    retain = block_attr(copy->tree, intern_str(list->plan->model->names, "retain"));
    file = retain && retain->value ? sources_file_at(list->plan->model->sources, retain->value->span.start) : NULL;
    repair_next(list, OFFER_CHANGES);
    for (size_t i = 0; i < sizeof ladder / sizeof *ladder && tried < TRIES; i++) {
        const char *every = text_of_duration(list->arena, ladder[i]);
        struct strbuf text = STRBUF_INIT;
        struct edit edit;

        if (state->rpo.ms < ladder[i])
            continue;
        strbuf_addf(&text, "backup logs { kind = log  schedule = continuous  ship_every = %s", every);
        if (file && !file->is_std)
            strbuf_addf(&text, "  retain = %.*s", (int)(retain->value->span.end - retain->value->span.start),
                        file->text + (retain->value->span.start - file->base));
        if (store)
            strbuf_addf(&text, "  to = %s", store->name);
        strbuf_addstr(&text, " }");
        tried++;
        if (edit_add_block(list, state->asset->entity, strbuf_dup(&text, list->arena), &edit))
            repair_add(list, edit, "a `log` backup of `%s` shipped every %s%s%s%s", state->asset->name, every, store ? " to `" : "",
                       store ? store->name : "", store ? "`" : "");
        strbuf_release(&text);
    }
}

static void keep_longer(struct repair_list *list, const struct entity *backup)
{
    static const int64_t ladder[] = {14 * MS_DAY, 30 * MS_DAY, 60 * MS_DAY, 90 * MS_DAY, 180 * MS_DAY, 400 * MS_DAY};
    struct value retain = entity_slot(backup, BACKUP_retain);

    repair_next(list, OFFER_CHANGES);
    for (size_t l = 0; l < sizeof ladder / sizeof *ladder; l++) {
        const char *text = text_of_duration(list->arena, ladder[l]);
        struct edit edit;

        if ((retain.type == VALUE_DURATION && ladder[l] <= retain.u.integer) || !edit_set(list, backup, "retain", text, &edit))
            continue;
        repair_add(list, edit, "`retain = %s` in backup `%s`", text, backup->name);
    }
}

/* Whether it is refused for that reason, because of that very thing. */
static bool is_refused(const struct candidate *candidate, enum refusal refusal, const struct entity *because)
{
    return candidate->refusal == refusal && candidate->refused_for == because;
}

/* Copies that are deleted too early are the reason when a chain was rejected by what it is kept for. */
static void longer_retention(struct repair_list *list, const struct asset_state *state, const struct entity *owner)
{
    struct entity *backup;

    for (uint32_t i = 0; (backup = entity_child(owner, BLOCK_BACKUP, &i));) {
        struct value retain = entity_slot(backup, BACKUP_retain);
        bool short_lived = false;

        for (uint32_t c = 0; c < state->candidate_count; c++)
            short_lived |= is_refused(&state->candidates[c], REFUSED_KEPT_SHORT, backup);
        if (!short_lived || (retain.type != VALUE_DURATION && retain.type != VALUE_OBJECT))
            continue;
        keep_longer(list, backup);
    }
}

/* ---------------------------------------------------------------- objectives */

/* The objective as it is proved, where it is stated; what a tier, the plan or a class says for many is not changed for one, if there is
 * another way. */
static void relaxed_objective(struct repair_list *list, const struct scenario_result *result, const struct asset_state *state, bool rto)
{
    const struct entity *asset = state->asset->entity;
    const struct objective *objective = rto ? &state->rto : &state->rpo;
    int64_t value = rto ? (state->finish.known ? state->finish.worst : TIME_UNKNOWN) : state->loss_ms;
    struct entity *own = result->class_ ? entity_child_named(asset, BLOCK_OBJECTIVE, result->class_->name) : NULL;
    const char *name = rto ? "rto" : "rpo", *text;
    bool by_class = objective->from == FROM_CLASS;
    struct edit edit;

    if (value < 0)
        return;
    text = text_of_promise(list->arena, value);
    repair_next(list, OFFER_WEAKENS);
    if (objective->from == FROM_ASSET && edit_set(list, asset, name, text, &edit))
        repair_add(list, edit, "`%s = %s` in asset `%s`", name, text, asset->name);
    if (own && edit_set(list, own, name, text, &edit))
        repair_add(list, edit, "`%s = %s` in `objective %s` of asset `%s`", name, text, own->name, asset->name);
    else if (!own && result->class_ && !by_class && edit_names(list, asset) &&
             edit_add_block(list, asset, arena_printf(list->arena, "objective %s { %s = %s }", result->class_->name, name, text), &edit))
        repair_add(list, edit, "`objective %s { %s = %s }` in asset `%s`", result->class_->name, name, text, asset->name);
    else if (!own && !result->class_ && edit_set(list, asset, name, text, &edit))
        repair_add(list, edit, "`%s = %s` in asset `%s`", name, text, asset->name);
    if (by_class && edit_set(list, result->class_, name, text, &edit))
        repair_add(list, edit, "`%s = %s` in class `%s`", name, text, result->class_->name);
}

/* ---------------------------------------------------------------- findings */

static const struct entity *group_of(const struct plan *plan, const struct entity *asset)
{
    for (uint32_t i = 0; i < plan->model->declared[BLOCK_GROUP].list.len; i++) {
        const struct entity *group = plan->model->declared[BLOCK_GROUP].list.items[i];

        if (list_has(entity_slot(group, GROUP_members), asset))
            return group;
    }
    return NULL;
}

static void repair_loss(struct repair_list *list, const struct scenario_result *result, const struct asset_state *state)
{
    const struct entity *copy = state->chosen ? state->chosen->copy : NULL;
    const struct entity *group = group_of(list->plan, state->asset->entity);

    if (copy) {
        shorter_schedule(list, state, copy);
        smaller_term(list, state, copy, BACKUP_ship_every, "ship_every");
        smaller_term(list, state, copy, BACKUP_start_window, "start_window");
        smaller_term(list, state, copy, BACKUP_jitter, "jitter");
        smaller_term(list, state, copy, BACKUP_interval, "interval");
    }
    longer_retention(list, state, state->asset->entity);
    more_copies(list, result, state, state->asset->entity);
    if (group)
        more_copies(list, result, state, group);
    more_logs(list, state);
    repair_replicas(list, result, state);
    relaxed_objective(list, result, state, false);
}

/* A place to recover into, where none stands that was meant for it. */
static void other_place(struct repair_list *list, const struct scenario_result *result, const struct asset_state *state)
{
    const struct plan *plan = list->plan;
    const char *level = state->asset->site_count ? state->asset->sites[0]->level : "";
    bool wanted = false;
    uint32_t tried = 0;

    for (uint32_t i = 0; i < state->candidate_count; i++)
        wanted |= is_refused(&state->candidates[i], REFUSED_NO_PLACE, NULL);
    if (!wanted || !edit_names(list, result->scenario))
        return;
    repair_next(list, OFFER_CHANGES);
    for (uint32_t i = 0; i < plan->site_count && tried < TRIES; i++) {
        const struct site_info *site = &plan->sites[i];
        struct edit edit;

        if (strcmp(site->level, level) != 0 || !result->places_stand[i])
            continue;
        tried++;
        if (edit_set(list, result->scenario, "recover_into", site->entity->name, &edit))
            repair_add(list, edit, "`recover_into = %s` in scenario `%s`", site->entity->name, result->scenario->name);
    }
}

/* Copies are there, but their key is lost; or whoever took the account can lift their lock. */
static void readable_copies(struct repair_list *list, const struct scenario_result *result, const struct asset_state *state)
{
    const struct plan *plan = list->plan;

    for (uint32_t s = 0; s < plan->model->declared[BLOCK_STORE].list.len; s++) {
        const struct entity *store = plan->model->declared[BLOCK_STORE].list.items[s];
        struct value value = entity_slot(store, STORE_key);
        const struct asset *key = value.type == VALUE_ENTITY ? plan_asset(plan, value.u.entity) : NULL;
        uint32_t cursor = 0, tried = 0;
        const struct entity *lock = entity_child(store, BLOCK_STORE_LOCK, &cursor);
        bool is_lifted = false, is_lost = false;
        struct edit edit;

        for (uint32_t c = 0; c < state->candidate_count; c++) {
            is_lifted |= is_refused(&state->candidates[c], REFUSED_LOCK_LIFTED, store);
            is_lost |= key && is_refused(&state->candidates[c], REFUSED_KEY_LOST, key->entity);
        }
        repair_next(list, OFFER_CHANGES);
        if (is_lifted && lock && edit_set(list, lock, "mode", "compliance", &edit))
            repair_add(list, edit, "`mode = compliance` in the lock of store `%s`", store->name);
        repair_next(list, OFFER_CHANGES);
        for (uint32_t i = 0; is_lost && !is_from_damage(result, state) && i < plan->site_count && tried < TRIES; i++) {
            const struct site_info *site = &plan->sites[i];

            if (!key->site_count || key->sites[0] == site || strcmp(site->level, key->sites[0]->level) != 0 || !edit_names(list, key->entity) ||
                entity_child_named(key->entity, BLOCK_REPLICA, site->entity->name) || !result->places_stand[i])
                continue;
            tried++;
            if (edit_add_block(list, key->entity, arena_printf(list->arena, "replica %s {}", site->entity->name), &edit))
                repair_add(list, edit, "`replica %s {}` in asset `%s`, the key of `%s`", site->entity->name, key->name, store->name);
        }
    }
}

/* The members' own copies, judged by the objective of the group; the group's own backup; its objective. */
static void repair_group(struct repair_list *list, const struct scenario_result *result, const struct entity *group, bool skew)
{
    const struct group_state *state = NULL;
    struct edit edit;

    for (uint32_t i = 0; i < result->group_count; i++) {
        if (result->groups[i].group == group)
            state = &result->groups[i];
    }
    if (!state)
        return;
    for (uint32_t i = 0; !skew && i < state->member_count; i++) {
        struct asset_state member = *state->members[i].state;
        const struct entity *copy = member.chosen ? member.chosen->copy : NULL;

        member.rpo = state->rpo;
        if (copy && member.loss_ms > member.rpo.ms)
            shorter_schedule(list, &member, copy);
    }
    repair_next(list, OFFER_WEAKENS);
    if (skew && state->skew_ms > 0 && edit_set(list, group, "max_skew", text_of_promise(list->arena, state->skew_ms), &edit))
        repair_add(list, edit, "`max_skew = %s` in group `%s`", text_of_promise(list->arena, state->skew_ms), group->name);
    else if (!skew && state->loss_ms > 0 && edit_set(list, group, "rpo", text_of_promise(list->arena, state->loss_ms), &edit))
        repair_add(list, edit, "`rpo = %s` in group `%s`", text_of_promise(list->arena, state->loss_ms), group->name);
}

static void repair_no_method(struct repair_list *list, const struct scenario_result *result, const struct asset_state *state)
{
    const struct entity *group = group_of(list->plan, state->asset->entity);

    repair_method(list, result, state);
    other_place(list, result, state);
    readable_copies(list, result, state);
    longer_retention(list, state, state->asset->entity);
    if (group)
        longer_retention(list, state, group);
    more_copies(list, result, state, state->asset->entity);
    if (group)
        more_copies(list, result, state, group);
    repair_replicas(list, result, state);
    repair_standbys(list, result, state);
}

void repair_candidates(const struct plan *plan, const struct finding *finding, struct arena *arena, struct repair_list *out)
{
    const struct scenario_result *result = finding->scenario ? &plan->scenarios[finding->scenario->index] : NULL;
    const struct asset *asset = finding->subject ? plan_asset(plan, finding->subject) : NULL;
    const struct asset_state *state = result && asset ? &result->states[asset->index] : NULL;

    memset(out, 0, sizeof *out);
    out->arena = arena;
    out->plan = plan;
    if (finding->verdict != VERDICT_REFUTED || finding->accepted)
        return;
    if (finding->code == DIAG_E0502 && state) {
        repair_loss(out, result, state);
    } else if (finding->code == DIAG_E0503 && state) {
        repair_no_method(out, result, state);
    } else if (finding->code == DIAG_E0501 && state) {
        repair_time(out, result, state);
        relaxed_objective(out, result, state, true);
    } else if (finding->code == DIAG_E0538 && state && state->chosen && state->chosen->copy) {
        keep_longer(out, state->chosen->copy);
    } else if (finding->code == DIAG_E0539 && state) {
        repair_discarded(out, result, state);
    } else if ((finding->code == DIAG_E0530 || finding->code == DIAG_E0532) && result) {
        repair_group(out, result, finding->subject, finding->code == DIAG_E0530);
    } else if (finding->code == DIAG_E0535 && finding->subject) {
        repair_availability(out, finding->subject);
    } else if (finding->code == DIAG_E0505 && result) {
        repair_endpoint(out, result, finding->subject);
    } else if (finding->code == DIAG_E0506 && asset) {
        repair_ceiling(out, asset, result);
    } else if (finding->code == DIAG_E0508 && asset) {
        repair_inversion(out, finding);
    } else if (finding->code == DIAG_E0518 && asset) {
        repair_downtime(out, asset);
    }
}
