/* Why a number is another: the parts of it that differ, and the edits of what it is worked out from. What the derivations name is looked at on
 * both sides; edits of anything else cannot have changed it. Edits that touch the same number are not told apart: they are one set. */
#include "compare/internal.h"

#include <string.h>

enum { KINDS_MAX = 50 };

struct involved {
    struct comparison *c;
    struct map things; /* ids, in the names of the new plan */
    struct map met;    /* what it was that they were found in, by address: the way to one number passes the same again and again */
    bool objectives;   /* whether what states an objective counts, or what a number is made of */
    bool in_scenario;  /* in the one that is being compared */
};

/* Whether something is met for the first time. */
static bool is_new(struct involved *in, const void *item)
{
    return map_add(&in->met, in->c->arena, item, (void *)(uintptr_t)item);
}

static void involve_id(struct involved *in, enum side side, const char *id)
{
    atom name = intern_str(in->c->names, side == BEFORE ? id_after(in->c, id) : id);

    map_add(&in->things, in->c->arena, name, (void *)(uintptr_t)name);
}

/* A kind, and those it is built on, by their ids. */
struct kind_ids {
    atom ids[KINDS_MAX];
    uint32_t count;
};

static const struct kind_ids *ids_of_kind(struct comparison *c, enum side side, const char *kind)
{
    struct map *known = &c->kinds[side];
    atom name = intern_str(c->names, kind);
    struct kind_ids *found = map_get(known, name);

    if (found)
        return found;
    found = ARENA_NEW(c->arena, struct kind_ids);
    for (; kind && found->count < KINDS_MAX; kind = c->asked->base_of ? c->asked->base_of(c->asked->context, side == AFTER, kind) : NULL)
        found->ids[found->count++] = intern_str(c->names, arena_printf(c->arena, "kind.%s", kind));
    map_add(known, c->arena, name, found);
    return found;
}

/* What is of a kind is what its kind, and those that one is built on, make of it. */
static void involve(struct involved *in, enum side side, const struct plan_thing *thing)
{
    const struct kind_ids *kinds;

    if (!thing || !is_new(in, thing))
        return;
    kinds = thing->kind && in->c->asked->given_count ? ids_of_kind(in->c, side, thing->kind) : NULL;
    if (thing->id)
        involve_id(in, side, thing->id);
    for (uint32_t i = 0; kinds && i < kinds->count; i++)
        map_add(&in->things, in->c->arena, kinds->ids[i], (void *)(uintptr_t)kinds->ids[i]);
}

/* ---- which edits count */

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words; words++) {
        if (strcmp(word, *words) == 0)
            return true;
    }
    return false;
}

/* The sort of the block that an id ends with. */
static bool ends_with_block(const char *id, const char *const *blocks)
{
    const char *slash = strrchr(id, '/'), *name = slash ? slash + 1 : id;
    size_t len = strcspn(name, ".");

    for (; *blocks; blocks++) {
        if (strlen(*blocks) == len && strncmp(name, *blocks, len) == 0)
            return true;
    }
    return false;
}

/* What people read, and no number is made of. */
static const char *const of_readers[] = {"title", "summary", "description", "doc", "audience", "phone", "email", NULL};

static bool counts(const struct involved *in, const struct compare_edit *edit)
{
    static const char *const stated[] = {"rto", "rpo", "mtd", "max_skew", "slo", NULL}, *const made_by[] = {"tier", "class", "kind", NULL};
    static const char *const of_objectives[] = {"objective", "objectives", "default", "limit", NULL};
    /* What a method may work with: that it is there, or not, is a cause before anybody names it. */
    static const char *const protections[] = {"backup", "replica", "standby", "recovery", "provision", "timing", "lock", NULL};
    static const char *const of_steps[] = {"before", "after", "failback", "reconcile", "step", NULL};
    bool known = map_get(&in->things, intern_str(in->c->names, edit->id)) != NULL;
    const char *slash = strrchr(edit->id, '/');

    if (strncmp(edit->id, "kind.", 5) == 0)
        return !in->objectives && map_get(&in->things, intern_add(in->c->names, edit->id, strcspn(edit->id, "/")));
    if (!known && slash) { /* a block of something that counts, by itself or as a protection */
        const char *within = intern_add(in->c->names, edit->id, (size_t)(slash - edit->id));

        while (ends_with_block(within, of_steps) && strchr(within, '/')) /* they are of what they stand in */
            within = intern_add(in->c->names, within, (size_t)(strrchr(within, '/') - within));
        known = map_get(&in->things, within) && (strchr(within, '/') || !edit->attribute || !ends_with_block(edit->id, protections));
    }
    if (!known)
        return false;
    if (ends_with_block(edit->id, of_objectives))
        return in->objectives;
    if (edit->attribute && is_one_of(edit->attribute, of_readers))
        return false;
    if (edit->attribute && is_one_of(edit->attribute, stated))
        return in->objectives;
    return !in->objectives || !edit->attribute || is_one_of(edit->attribute, made_by);
}

static void add_causes(struct involved *in, struct compare_change *change)
{
    struct comparison *c = in->c;
    struct map heads = {0};
    VEC(uint32_t) found = {0};

    for (uint32_t i = 0; i < change->cause_count; i++)
        vec_push(c->arena, &found, change->causes[i]);
    for (uint32_t i = 0; i < in->things.len; i++) {
        const char *id = in->things.entries[i].key, *slash = strchr(id, '/');
        atom head = intern_add(c->names, id, slash ? (size_t)(slash - id) : strlen(id));
        const struct edit_list *list = map_get(&c->edits_of, head);

        if (!list || !map_add(&heads, c->arena, head, (void *)(uintptr_t)head))
            continue;
        for (uint32_t e = 0; e < list->items.len; e++) {
            uint32_t edit = list->items.items[e];
            bool had = false;

            for (uint32_t k = 0; k < found.len && !had; k++)
                had = found.items[k] == edit;
            if (!had && counts(in, &c->edits.items[edit]))
                vec_push(c->arena, &found, edit);
        }
    }
    change->causes = found.items;
    change->cause_count = found.len;
}

/* ---- what numbers are worked out from */

static const struct plan_candidate *chosen_of(const struct plan_outcome *outcome)
{
    for (uint32_t i = 0; i < outcome->candidates_count; i++) {
        if (outcome->candidates[i].chosen)
            return &outcome->candidates[i];
    }
    return NULL;
}

static void involve_asset(struct involved *in, enum side side, const struct plan_asset *asset)
{
    if (!asset || !is_new(in, asset))
        return;
    involve(in, side, asset->thing);
    for (uint32_t i = 0; i < asset->sites_count; i++)
        involve(in, side, asset->sites[i] ? asset->sites[i]->thing : NULL);
}

/* The scenario whose outcomes are indexed is the one that is being compared. */
static const struct plan_outcome *outcome_of(const struct involved *in, enum side side, const struct plan_asset *asset)
{
    const struct plan_document *plan = in->c->plan[side];

    return asset && asset >= plan->assets && asset < plan->assets + plan->assets_count ? in->c->outcomes[side][asset - plan->assets] : NULL;
}

void index_outcomes(struct comparison *c, enum side side, const struct plan_scenario *scenario)
{
    const struct plan_document *plan = c->plan[side];

    if (!c->outcomes[side])
        c->outcomes[side] = ARENA_ARRAY(c->arena, const struct plan_outcome *, plan->assets_count + 1);
    memset(c->outcomes[side], 0, plan->assets_count * sizeof *c->outcomes[side]);
    for (uint32_t i = 0; i < scenario->assets_count; i++) {
        const struct plan_asset *asset = scenario->assets[i].asset;

        if (asset && asset >= plan->assets && asset < plan->assets + plan->assets_count)
            c->outcomes[side][asset - plan->assets] = &scenario->assets[i];
    }
}

static void involve_candidate(struct involved *in, enum side side, const struct plan_candidate *candidate)
{
    involve(in, side, candidate->element);
    involve(in, side, candidate->copy);
    involve(in, side, candidate->store);
    if (candidate->into)
        involve(in, side, candidate->into->thing);
}

/* Where the method is another, all that could have been chosen counts. */
static void involve_method(struct involved *in, enum side side, const struct plan_outcome *outcome)
{
    const struct plan_candidate *chosen = chosen_of(outcome);
    const char *id = outcome->asset && outcome->asset->thing ? outcome->asset->thing->id : NULL;
    const struct plan_outcome *other = NULL;

    if (!is_new(in, outcome))
        return;
    involve_asset(in, side, outcome->asset);
    for (uint32_t i = 0; i < outcome->stands_on_count; i++)
        involve(in, side, outcome->stands_on[i].thing);
    if (id && in->in_scenario) {
        const struct plan_asset *asset = map_get(&in->c->assets[!side], intern_str(in->c->names, side == BEFORE ? id_after(in->c, id) : id));

        other = outcome_of(in, !side, asset);
    }
    for (uint32_t i = 0; other && !same_words(other->method, outcome->method) && i < outcome->candidates_count; i++)
        involve_candidate(in, side, &outcome->candidates[i]);
    if (chosen)
        involve_candidate(in, side, chosen);
}

static void involve_loss(struct involved *in, enum side side, const struct plan_outcome *outcome)
{
    involve_method(in, side, outcome);
    for (uint32_t i = 0; i < outcome->chain_count; i++) {
        involve(in, side, outcome->chain[i].backup);
        involve(in, side, outcome->chain[i].store);
    }
    if (outcome->of_its_data && outcome->of_its_data->from)
        involve(in, side, outcome->of_its_data->from->thing);
}

enum { PATH_MAX_STEPS = 1000 };

/* Room for the way to a step, one of each side: it is asked for with each number. */
static const struct plan_step **path_of(struct comparison *c, enum side side)
{
    if (!c->path[side])
        c->path[side] = ARENA_ARRAY(c->arena, const struct plan_step *, PATH_MAX_STEPS);
    return c->path[side];
}

/* From the last step back along what each waited for; as many as there are at most. */
static uint32_t path_to(const struct plan_step *last, const struct plan_step **path)
{
    uint32_t count = 0;

    for (const struct plan_step *step = last; step && count < PATH_MAX_STEPS; step = step->waits_for)
        path[count++] = step;
    return count;
}

static void involve_time(struct involved *in, enum side side, const struct plan_scenario *scenario, const struct plan_outcome *outcome)
{
    const struct plan_step **path = path_of(in->c, side);
    uint32_t count = path_to(outcome->decides, path);

    involve_method(in, side, outcome);
    for (uint32_t i = 0; i < count; i++) {
        involve(in, side, path[i]->subject);
        involve_asset(in, side, path[i]->asset);
        if (path[i]->asset && path[i]->asset != outcome->asset && (i == 0 || path[i - 1]->asset != path[i]->asset)) {
            const struct plan_outcome *waited = scenario ? outcome_of(in, side, path[i]->asset) : NULL;

            if (waited)
                involve_method(in, side, waited);
        }
        involve(in, side, path[i]->by);
    }
    for (uint32_t i = 0; outcome->asset && i < outcome->asset->needs_count; i++)
        involve(in, side, outcome->asset->needs[i] ? outcome->asset->needs[i]->thing : NULL);
    for (uint32_t i = 0; scenario && i < scenario->runbooks_count; i++)
        involve(in, side, scenario->runbooks[i]);
    if (scenario && outcome_of(in, side, outcome->blocked_by))
        involve_method(in, side, outcome_of(in, side, outcome->blocked_by));
}

static void involve_scenario(struct involved *in, enum side side, const struct plan_scenario *scenario)
{
    if (!scenario)
        return;
    in->in_scenario = true;
    involve(in, side, scenario->thing);
    if (in->objectives)
        involve(in, side, scenario->class);
}

/* ---- parts */

static const char *term_words(struct comparison *c, const struct plan_term *term)
{
    const char *words = duration_words(c, term->ms);

    return term->less ? arena_printf(c->arena, "-%s", words) : words;
}

struct parts {
    VEC(struct compare_part) items;
};

static const struct plan_term *term_like(const struct plan_outcome *outcome, const struct plan_term *term)
{
    for (uint32_t i = 0; outcome && i < outcome->rpo_terms_count; i++) {
        if (outcome->rpo_terms[i].what == term->what)
            return &outcome->rpo_terms[i];
    }
    return NULL;
}

static void differing_terms(struct comparison *c, struct parts *parts, const struct plan_outcome *const outcome[SIDES])
{
    for (int side = BEFORE; side < SIDES; side++) {
        for (uint32_t i = 0; outcome[side] && i < outcome[side]->rpo_terms_count; i++) {
            const struct plan_term *term = &outcome[side]->rpo_terms[i], *other = term_like(outcome[!side], term);
            const struct plan_term *a = side == BEFORE ? term : other, *b = side == BEFORE ? other : term;
            struct compare_part part;

            if ((other && side == AFTER) || (other && other->ms == term->ms))
                continue;
            part = (struct compare_part){.what = b && b->text   ? b->text
                                                 : a && a->text ? a->text
                                                                : "a part",
                                         .before = a ? term_words(c, a) : NULL,
                                         .after = b ? term_words(c, b) : NULL,
                                         .before_at = a ? a->origin : NULL,
                                         .after_at = b ? b->origin : NULL};
            vec_push(c->arena, &parts->items, part);
        }
    }
}

static void part_of_range(struct comparison *c, struct parts *parts, const char *what, const struct plan_range *a, const struct plan_range *b)
{
    struct compare_part part = {.what = what,
                                .before = duration_words(c, a->known ? a->worst : PLAN_UNKNOWN),
                                .after = duration_words(c, b->known ? b->worst : PLAN_UNKNOWN)};

    if (strcmp(part.before, part.after) != 0)
        vec_push(c->arena, &parts->items, part);
}

/* The step of the same name, which ends with it where the asset has another name. */
static const struct plan_step *step_like(const struct plan_step *const *path, uint32_t count, const struct plan_step *step, bool renamed)
{
    for (uint32_t i = 0; i < count; i++) {
        const char *a = path[i]->id ? strchr(path[i]->id, '.') : NULL, *b = step->id ? strchr(step->id, '.') : NULL;

        if (same_words(path[i]->id, step->id) || (renamed && a && b && strcmp(a, b) == 0 && path[i]->subject != NULL))
            return path[i];
    }
    return NULL;
}

static void differing_steps(struct comparison *c, struct parts *parts, const struct plan_outcome *const outcome[SIDES])
{
    const struct plan_step **path[SIDES];
    uint32_t count[SIDES];

    for (int side = BEFORE; side < SIDES; side++) {
        path[side] = path_of(c, (enum side)side);
        count[side] = outcome[side] ? path_to(outcome[side]->decides, path[side]) : 0;
    }
    for (int side = BEFORE; side < SIDES; side++) {
        for (uint32_t i = count[side]; i-- > 0;) {
            const struct plan_step *step = path[side][i];
            const bool there = i < count[!side] && same_words(path[!side][i]->id, step->id); /* most often the way is the same */
            const struct plan_step *other = there ? path[!side][i] : step_like(path[!side], count[!side], step, c->renamed.len > 0);
            const struct plan_step *a = side == BEFORE ? step : other, *b = side == BEFORE ? other : step;
            struct compare_part part;

            if (other && (side == AFTER || (a->takes.known == b->takes.known && (!a->takes.known || a->takes.worst == b->takes.worst))))
                continue;
            part = (struct compare_part){.what = arena_printf(c->arena, "`%s`", step->id ? step->id : ""),
                                         .before = a ? duration_words(c, a->takes.known ? a->takes.worst : PLAN_UNKNOWN) : NULL,
                                         .after = b ? duration_words(c, b->takes.known ? b->takes.worst : PLAN_UNKNOWN) : NULL,
                                         .before_at = a ? (a->stated ? a->stated : a->origin) : NULL,
                                         .after_at = b ? (b->stated ? b->stated : b->origin) : NULL};
            if (!same_words(part.before, part.after))
                vec_push(c->arena, &parts->items, part);
        }
    }
}

static void differing_start(struct comparison *c, struct parts *parts, const struct plan_scenario *const scenario[SIDES])
{
    const struct plan_scenario *a = scenario[BEFORE], *b = scenario[AFTER];

    if (!a || !b)
        return;
    part_of_range(c, parts, "until it is noticed", &a->detect, &b->detect);
    part_of_range(c, parts, "until it is declared", &a->declare, &b->declare);
    part_of_range(c, parts, "until it is approved", &a->approve, &b->approve);
}

static void give_parts(struct compare_change *change, const struct parts *parts)
{
    change->parts = parts->items.items;
    change->part_count = parts->items.len;
}

/* ---- causes */

/* A verdict is another because of its number, or of its objective. */
static void add_objective(struct comparison *c, struct compare_change *change, const struct plan_scenario *const scenario[SIDES],
                          const struct plan_asset *const asset[SIDES])
{
    struct involved in = {.c = c, .objectives = true};

    for (int side = BEFORE; side < SIDES; side++) {
        involve_scenario(&in, side, scenario[side]);
        if (asset[side]) {
            involve(&in, side, asset[side]->thing);
            involve(&in, side, asset[side]->tier);
        }
        if (c->plan[side]->name)
            involve_id(&in, side, arena_printf(c->arena, "plan.%s", c->plan[side]->name));
    }
    add_causes(&in, change);
}

void causes_of_outcome(struct comparison *c, struct compare_change *change, const struct plan_scenario *const scenario[SIDES],
                       const struct plan_outcome *const outcome[SIDES], bool loss, bool objective)
{
    const struct plan_asset *const assets[SIDES] = {outcome[BEFORE] ? outcome[BEFORE]->asset : NULL, outcome[AFTER] ? outcome[AFTER]->asset : NULL};
    struct involved in = {.c = c};
    struct parts parts = {{0}};

    for (int side = BEFORE; side < SIDES; side++) {
        involve_scenario(&in, side, scenario[side]);
        if (outcome[side] && loss)
            involve_loss(&in, side, outcome[side]);
        else if (outcome[side])
            involve_time(&in, side, scenario[side], outcome[side]);
    }
    if (loss) {
        differing_terms(c, &parts, outcome);
    } else {
        differing_start(c, &parts, scenario);
        differing_steps(c, &parts, outcome);
    }
    give_parts(change, &parts);
    add_causes(&in, change);
    if (objective)
        add_objective(c, change, scenario, assets);
}

void causes_of_name(struct comparison *c, struct compare_change *change, const struct plan_scenario *const scenario[SIDES],
                    const struct plan_name_outcome *const name[SIDES], bool objective)
{
    static const struct plan_asset *const nothing[SIDES];
    struct involved in = {.c = c};
    struct parts parts = {{0}};

    for (int side = BEFORE; side < SIDES; side++) {
        const struct plan_endpoint *endpoint = name[side]->endpoint;

        involve_scenario(&in, side, scenario[side]);
        involve(&in, side, endpoint->thing);
        involve(&in, side, name[side]->from);
        involve(&in, side, name[side]->to);
        for (uint32_t i = 0; i < endpoint->serves_count; i++) {
            const struct plan_outcome *outcome = outcome_of(&in, (enum side)side, endpoint->serves[i]);

            if (!endpoint->serves[i])
                continue;
            involve(&in, side, endpoint->serves[i]->thing);
            if (outcome)
                involve_time(&in, side, scenario[side], outcome);
        }
    }
    differing_start(c, &parts, scenario);
    give_parts(change, &parts);
    add_causes(&in, change);
    if (objective)
        add_objective(c, change, scenario, nothing);
}

void causes_of_group(struct comparison *c, struct compare_change *change, const struct plan_scenario *const scenario[SIDES],
                     const struct plan_group_outcome *const group[SIDES], bool objective)
{
    static const struct plan_asset *const nothing[SIDES];
    struct involved in = {.c = c};

    for (int side = BEFORE; side < SIDES; side++) {
        involve_scenario(&in, side, scenario[side]);
        involve(&in, side, group[side]->group->thing);
        for (uint32_t i = 0; i < group[side]->members_count; i++) {
            const struct plan_asset *asset = group[side]->members[i].asset;
            const struct plan_outcome *outcome = outcome_of(&in, (enum side)side, asset);

            if (outcome)
                involve_loss(&in, side, outcome);
        }
    }
    add_causes(&in, change);
    if (objective)
        add_objective(c, change, scenario, nothing);
}

void causes_of_thing(struct comparison *c, struct compare_change *change, const struct plan_thing *before, const struct plan_thing *after)
{
    struct involved in = {.c = c};

    involve(&in, BEFORE, before);
    involve(&in, AFTER, after);
    add_causes(&in, change);
}

void causes_of_objective(struct comparison *c, struct compare_change *change, const struct plan_objective *before, const struct plan_objective *after,
                         const struct plan_asset *asset)
{
    struct involved in = {.c = c, .objectives = true};

    (void)before;
    (void)after;
    for (uint32_t i = 0; i < c->edits.len; i++) { /* what states it stands in the line its source names */
        const struct compare_edit *edit = &c->edits.items[i];

        if ((after && same_words(edit->after_at, after->origin)) || (before && same_words(edit->before_at, before->origin)))
            involve_id(&in, AFTER, edit->id);
    }
    if (asset) {
        involve(&in, AFTER, asset->thing);
        involve(&in, AFTER, asset->tier);
    }
    if (c->plan[AFTER]->name)
        involve_id(&in, AFTER, arena_printf(c->arena, "plan.%s", c->plan[AFTER]->name));
    for (uint32_t i = 0; i < c->plan[AFTER]->scenarios_count && change->scenario; i++) {
        if (same_words(c->plan[AFTER]->scenarios[i].name, change->scenario))
            involve_scenario(&in, AFTER, &c->plan[AFTER]->scenarios[i]);
    }
    add_causes(&in, change);
}

void causes_of_ids(struct comparison *c, struct compare_change *change, const char *const *ids, uint32_t count)
{
    struct involved in = {.c = c};

    for (uint32_t i = 0; i < count; i++) {
        const struct plan_asset *asset;

        if (!ids[i])
            continue;
        involve_id(&in, AFTER, ids[i]);
        asset = map_get(&c->assets[AFTER], intern_str(c->names, ids[i]));
        if (asset)
            involve(&in, AFTER, asset->thing);
    }
    add_causes(&in, change);
}

void one_cause(struct comparison *c, struct compare_change *change, uint32_t edit)
{
    change->causes = ARENA_NEW(c->arena, uint32_t);
    change->causes[0] = edit;
    change->cause_count = 1;
}

enum { SET_MAX = 32 };

void causes_of_the_rest(struct comparison *c)
{
    VEC(uint32_t) all = {0};

    for (uint32_t i = 0; i < c->edits.len; i++) {
        if (!c->edits.items[i].through && !(c->edits.items[i].attribute && is_one_of(c->edits.items[i].attribute, of_readers)))
            vec_push(c->arena, &all, i);
    }
    for (uint32_t i = 0; i < c->changes.len && all.len <= SET_MAX; i++) {
        struct compare_change *change = &c->changes.items[i];

        if (change->cause_count)
            continue;
        change->causes = all.items;
        change->cause_count = all.len;
    }
}
