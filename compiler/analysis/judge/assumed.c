/* Which verdicts rest on figures that nobody bounds (SEMANTICS §3).
 *
 * A verdict rests on an assumed figure if it would fail were that figure's worst end twice as long. So the scenario is timed again, figure by
 * figure, in the order that was kept: a step starts when it did, or when the last of those it waits for or follows ends later. What a step takes
 * beyond that is all of its worst end, also what was added to the figure by retries, limited bandwidth or the user's own numbers in the same
 * expression: never less than what the figure itself would add. First all figures at once are taken twice as long: a verdict that stands that
 * rests on none of them, and mostly nothing more is to be done. A scenario too big for one pass a figure names, for each verdict that does not
 * stand it, the figures on its critical path.
 *
 * `demands { grade = … }` of a tier asks the same of every figure that is weaker than that: then the verdict is unknown. */
#include "analysis/judge/judge.h"
#include "analysis/recovery/recovery.h"

#include <stdlib.h>
#include <string.h>

enum { PASS_BUDGET = 20000000 }; /* steps looked at in a scenario: a fraction of a second */

struct share {
    const struct figure *figure;
    int64_t more; /* how much later it would be, or how much more would be lost */
};

/* A verdict that holds, and what could make it fail. */
struct verdict_at {
    struct asset_state *state; /* NULL: of an endpoint */
    struct endpoint_state *endpoint;
    int64_t finish, objective;
    const struct entity *tier; /* that demands a grade; NULL */
    VEC(struct share) shares;
};

struct rerun {
    struct analysis *a;
    struct scenario_result *result;
    struct arena *scratch;
    const struct entity *strictest; /* tier that demands most; NULL */
    bool *candidates;               /* by number of the figure */
    int64_t *later;                 /* by ordinal - 1: when a step ends then; -1 unknown */
    int64_t *asset_later;           /* by asset index */
    struct asset_state **states;    /* lost and impaired ones, needs first */
    uint32_t state_count;
    VEC(const struct figure *) figures; /* the candidates that occur */
    VEC(struct verdict_at) verdicts;
};

static int64_t sum(int64_t x, int64_t y)
{
    int64_t result;

    return __builtin_add_overflow(x, y, &result) ? INT64_MAX : result;
}

static int64_t larger(int64_t x, int64_t y)
{
    return x > y ? x : y;
}

/* ---------------------------------------------------------------- demands of tiers */

static char demanded(const struct entity *tier)
{
    uint32_t cursor = 0;
    struct entity *block = tier ? entity_child(tier, BLOCK_TIER_DEMANDS, &cursor) : NULL;
    struct value grade = block ? entity_slot(block, TIER_DEMANDS_grade) : value_unknown();

    return grade.type == VALUE_WORD ? grade.u.word[0] : 0;
}

static const struct entity *stricter(const struct entity *x, const struct entity *y)
{
    if (!demanded(x))
        return demanded(y) ? y : NULL;
    return demanded(y) && grade_rank(demanded(y)) < grade_rank(demanded(x)) ? y : x;
}

/* The one that demands most of all. */
static const struct entity *strictest(const struct analysis *a)
{
    const struct entity *found = NULL;

    for (uint32_t i = 0; i < a->model->declared[BLOCK_TIER].list.len; i++)
        found = stricter(found, a->model->declared[BLOCK_TIER].list.items[i]);
    return found;
}

static bool too_weak(const struct figure *figure, const struct entity *tier)
{
    return tier && demanded(tier) && grade_rank(figure->bound) > grade_rank(demanded(tier));
}

/* An endpoint is as critical as the most demanding of what it serves. */
static const struct entity *tier_of_endpoint(const struct rerun *rerun, const struct endpoint_state *state)
{
    struct value serves = entity_slot(state->endpoint, ENDPOINT_serves);
    const struct entity *tier = NULL;

    for (uint32_t i = 0; serves.type == VALUE_LIST && i < serves.u.list->count; i++) {
        const struct value *item = &serves.u.list->items[i];
        const struct asset *asset = item->type == VALUE_ENTITY ? plan_asset(rerun->a->plan, item->u.entity) : NULL;

        tier = asset ? stricter(tier, asset->tier) : tier;
    }
    return tier;
}

static bool matters(const struct figure *figure, const struct entity *tier)
{
    return figure_is_assumed(figure) || too_weak(figure, tier);
}

/* ---------------------------------------------------------------- the clock once more */

/* How much longer a step takes when `figure` (NULL: every candidate) is twice as long. */
static int64_t longer_by(const struct rerun *rerun, const struct step *step, const struct figure *figure)
{
    if (!step->figure || !step->takes.known || (figure ? step->figure != figure : !rerun->candidates[step->figure->index]))
        return 0;
    return step->takes.worst;
}

static int64_t latest_of(const struct rerun *rerun, struct step *const *steps, uint32_t count, int64_t start)
{
    for (uint32_t i = 0; i < count; i++)
        start = larger(start, rerun->later[steps[i]->ordinal - 1]);
    return start;
}

static int64_t later_step(const struct rerun *rerun, const struct step *step)
{
    return step ? rerun->later[step->ordinal - 1] : -1;
}

static int64_t later_assets(const struct rerun *rerun, const struct edges *edges, int64_t finish)
{
    for (uint32_t i = 0; i < edges->count; i++)
        finish = larger(finish, rerun->asset_later[edges->items[i].index]);
    return finish;
}

/* Fills `later` and `asset_later`. Steps stand in the order of the plan, in which each comes after those it waits for. */
static void run_again(struct rerun *rerun, const struct figure *figure)
{
    const struct scenario_result *result = rerun->result;

    for (uint32_t i = 0; i < result->step_count; i++) {
        const struct step *step = result->steps[i];
        int64_t start = step->start.worst;

        if (!step->finish.known) {
            rerun->later[i] = -1;
            continue;
        }
        start = latest_of(rerun, step->after, step->after_count, start);
        start = latest_of(rerun, step->follows, step->follow_count, start);
        rerun->later[i] = sum(sum(start, step_lasts(step).worst), longer_by(rerun, step, figure));
    }
    for (uint32_t i = 0; i < rerun->state_count; i++) {
        const struct asset_state *state = rerun->states[i];
        int64_t finish = state->finish.known ? state->finish.worst : -1;

        finish = larger(finish, larger(later_step(rerun, state->last), later_step(rerun, state->decides)));
        finish = later_assets(rerun, &state->asset->needs, finish);
        if (state->chosen && state->chosen->restores)
            finish = later_assets(rerun, &state->asset->restores_with, finish);
        rerun->asset_later[state->asset->index] = state->finish.known ? finish : -1;
    }
}

/* Its own terms come after what it serves. */
static int64_t endpoint_later(const struct rerun *rerun, const struct endpoint_state *state)
{
    struct value serves = entity_slot(state->endpoint, ENDPOINT_serves);
    int64_t served = 0, later = 0;

    for (uint32_t i = 0; serves.type == VALUE_LIST && i < serves.u.list->count; i++) {
        const struct entity *entity = serves.u.list->items[i].type == VALUE_ENTITY ? serves.u.list->items[i].u.entity : NULL;

        if (!entity || rerun->result->states[entity->index].fate == FATE_UNAFFECTED)
            continue;
        served = larger(served, rerun->result->states[entity->index].finish.worst);
        later = larger(later, rerun->asset_later[entity->index]);
    }
    return sum(state->finish.worst, later > served ? later - served : 0);
}

static int64_t verdict_later(const struct rerun *rerun, const struct verdict_at *at)
{
    return at->state ? rerun->asset_later[at->state->asset->index] : endpoint_later(rerun, at->endpoint);
}

/* ---------------------------------------------------------------- what is found */

static int compare_shares(const void *x, const void *y)
{
    const struct share *a = x, *b = y;

    if (a->more != b->more)
        return a->more > b->more ? -1 : 1;
    return strcmp(a->figure->id, b->figure->id);
}

static struct assumed_figures assumed_of(struct analysis *a, const struct share *shares, uint32_t count)
{
    struct assumed_figures out = {ARENA_ARRAY(a->arena, const struct figure *, count), 0};

    for (uint32_t i = 0; i < count; i++) {
        if (figure_is_assumed(shares[i].figure))
            out.items[out.count++] = shares[i].figure;
    }
    return out;
}

static struct state_figures *figures_of(struct analysis *a, struct asset_state *state)
{
    if (!state->figures)
        state->figures = ARENA_NEW(a->arena, struct state_figures);
    return state->figures;
}

static const struct attr *demand_place(const struct entity *tier)
{
    uint32_t cursor = 0;
    const struct entity *block = entity_child(tier, BLOCK_TIER_DEMANDS, &cursor);

    return block ? entity_attr(block, TIER_DEMANDS_grade) : NULL;
}

/* The verdict rests on a figure that is weaker than its tier wants: unknown. False when none of the shares is. */
static bool tell_weak(struct analysis *a, struct scenario_result *result, struct entity *subject, const char *what, const struct entity *tier,
                      const struct share *shares, uint32_t count)
{
    const struct figure *first = NULL;
    const char *others = NULL;
    const struct attr *demand;
    struct diag *diag;

    for (uint32_t i = 0; i < count; i++) {
        if (!too_weak(shares[i].figure, tier))
            continue;
        if (first)
            others = intern_text(a, "%s%s`%s`", others ? others : "", others ? ", " : "", shares[i].figure->id);
        else
            first = shares[i].figure;
    }
    if (!first)
        return false;
    diag = find(a, DIAG_E0576, (struct about){.unknown = true, .subject = subject, .scenario = result->scenario},
                "the %s of `%s` in `%s` rests on `%s`, whose worst end has %s: tier `%s` demands %c", what, subject->name, result->scenario->name,
                first->id, first->bound ? intern_text(a, "grade %c", first->bound) : "no source", tier->name, demanded(tier));
    if (!diag)
        return true;
    diag_label(diag, first->span, "this figure");
    if ((demand = demand_place(tier)))
        diag_label(diag, attr_span(demand), "demanded here");
    if (others)
        diag_note(diag, "it rests on %s as well", others);
    diag_help(diag, "measure it in a drill and write `timing METHOD { rto = …  source = \"drill of …\" }`, or leave more room in the objective");
    return true;
}

static void settle_verdict(struct rerun *rerun, struct verdict_at *at)
{
    struct analysis *a = rerun->a;
    struct entity *subject = at->state ? at->state->asset->entity : at->endpoint->endpoint;
    struct assumed_figures assumed;

    if (!at->shares.len)
        return;
    qsort(at->shares.items, at->shares.len, sizeof *at->shares.items, compare_shares);
    assumed = assumed_of(a, at->shares.items, at->shares.len);
    if (at->state && assumed.count)
        figures_of(a, at->state)->rto = assumed;
    else if (at->endpoint)
        at->endpoint->assumed = assumed;
    if (!tell_weak(a, rerun->result, subject, "recovery time", at->tier, at->shares.items, at->shares.len))
        return;
    if (at->state)
        at->state->rto_verdict = VERDICT_UNKNOWN;
    else
        at->endpoint->verdict = VERDICT_UNKNOWN;
}

/* ---------------------------------------------------------------- recovery time */

static void add_verdicts(struct rerun *rerun)
{
    struct scenario_result *result = rerun->result;

    for (uint32_t at = 0; at < rerun->a->plan->asset_count; at++) {
        struct asset_state *state = &result->states[rerun->a->needs_first[at]];

        if (state->fate == FATE_UNAFFECTED)
            continue;
        rerun->states[rerun->state_count++] = state;
        if (state->rto_verdict == VERDICT_OK)
            vec_push_owned(
                rerun->scratch, &rerun->verdicts,
                ((struct verdict_at){.state = state, .finish = state->finish.worst, .objective = state->rto.ms, .tier = state->asset->tier}));
    }
    for (uint32_t i = 0; i < result->endpoint_count; i++) {
        struct endpoint_state *state = &result->endpoints[i];
        struct verdict_at at = {.endpoint = state, .finish = state->finish.worst, .objective = state->rto.ms};

        if (state->verdict != VERDICT_OK)
            continue;
        at.tier = tier_of_endpoint(rerun, state);
        vec_push_owned(rerun->scratch, &rerun->verdicts, at);
    }
}

/* Drops verdicts that hold even if all figures were twice as long. */
static void keep_doubtful(struct rerun *rerun)
{
    uint32_t kept = 0;

    run_again(rerun, NULL);
    for (uint32_t i = 0; i < rerun->verdicts.len; i++) {
        if (verdict_later(rerun, &rerun->verdicts.items[i]) > rerun->verdicts.items[i].objective)
            rerun->verdicts.items[kept++] = rerun->verdicts.items[i];
    }
    rerun->verdicts.len = kept;
}

static void add_share(struct rerun *rerun, struct verdict_at *at, const struct figure *figure, int64_t more)
{
    for (uint32_t i = 0; i < at->shares.len; i++) {
        if (at->shares.items[i].figure == figure) {
            at->shares.items[i].more = sum(at->shares.items[i].more, more);
            return;
        }
    }
    vec_push(rerun->scratch, &at->shares, ((struct share){figure, more}));
}

static void try_figure(struct rerun *rerun, const struct figure *figure)
{
    run_again(rerun, figure);
    for (uint32_t i = 0; i < rerun->verdicts.len; i++) {
        struct verdict_at *at = &rerun->verdicts.items[i];
        int64_t later = verdict_later(rerun, at);

        if (later > at->objective && matters(figure, at->tier))
            add_share(rerun, at, figure, later - at->finish);
    }
}

/* Too much to try every figure: what is on the critical path of a doubtful verdict. */
static void take_critical_path(struct rerun *rerun, struct verdict_at *at)
{
    const struct asset_state *state = at->state;

    for (const struct step *step = state ? state->decides ? state->decides : state->last : NULL; step; step = step->waits_for) {
        if (step->figure && step->takes.worst > 0 && matters(step->figure, at->tier))
            add_share(rerun, at, step->figure, step->takes.worst);
    }
}

static void find_candidates(struct rerun *rerun)
{
    rerun->candidates = ARENA_ARRAY(rerun->scratch, bool, rerun->a->figures.len);
    for (uint32_t i = 0; i < rerun->result->step_count; i++) {
        const struct step *step = rerun->result->steps[i];

        if (!step->figure || rerun->candidates[step->figure->index] || !matters(step->figure, rerun->strictest))
            continue;
        rerun->candidates[step->figure->index] = true;
        vec_push(rerun->scratch, &rerun->figures, step->figure);
    }
}

static void rest_times(struct rerun *rerun)
{
    find_candidates(rerun);
    if (!rerun->figures.len)
        return;
    rerun->later = ARENA_ARRAY(rerun->scratch, int64_t, rerun->result->step_count);
    rerun->asset_later = ARENA_ARRAY(rerun->scratch, int64_t, rerun->a->plan->asset_count);
    rerun->states = ARENA_ARRAY(rerun->scratch, struct asset_state *, rerun->a->plan->asset_count);
    add_verdicts(rerun);
    keep_doubtful(rerun);
    if (!rerun->verdicts.len)
        return;
    if ((uint64_t)rerun->figures.len * rerun->result->step_count <= PASS_BUDGET) {
        for (uint32_t i = 0; i < rerun->figures.len; i++)
            try_figure(rerun, rerun->figures.items[i]);
    } else {
        for (uint32_t i = 0; i < rerun->verdicts.len; i++)
            take_critical_path(rerun, &rerun->verdicts.items[i]);
    }
    for (uint32_t i = 0; i < rerun->verdicts.len; i++)
        settle_verdict(rerun, &rerun->verdicts.items[i]);
}

/* ---------------------------------------------------------------- loss */

/* The figure that a loss holds, and its worst end: what the method says, or how late a service starts a run when nobody says so. */
static const struct figure *loss_figure(struct analysis *a, const struct candidate *chosen, int64_t *ms)
{
    const struct entity *kind;

    *ms = chosen->rpo > 0 ? chosen->rpo : 0;
    if (!chosen->copy)
        return figure_if_any(a, chosen->method, METHOD_rpo);
    *ms = backup_start_window(chosen->copy, &kind);
    return kind && *ms > 0 ? figure_if_any(a, kind, KIND_start_window) : NULL;
}

static void rest_loss(struct analysis *a, struct scenario_result *result, struct asset_state *state)
{
    struct share share;

    if (state->fate != FATE_LOST || !state->chosen || !state->asset->stateful)
        return;
    share.figure = loss_figure(a, state->chosen, &share.more);
    if (!share.figure)
        return;
    figures_of(a, state)->loss = share.figure;
    if (state->rpo_verdict != VERDICT_OK || sum(state->loss_ms, share.more) <= state->rpo.ms || !matters(share.figure, state->asset->tier))
        return;
    state->figures->rpo = assumed_of(a, &share, 1);
    if (tell_weak(a, result, state->asset->entity, "data loss", state->asset->tier, &share, 1))
        state->rpo_verdict = VERDICT_UNKNOWN;
}

/* A group loses as much as its members: the same figures, once each. */
static void rest_group(struct rerun *rerun, struct group_state *group)
{
    VEC(struct share) shares = {0};
    const struct entity *tier = NULL;

    if (group->verdict != VERDICT_OK || group->rpo.ms < 0)
        return;
    for (uint32_t i = 0; i < group->member_count; i++) {
        const struct asset_state *state = group->members[i].state;
        struct share share = {.figure = state->figures ? state->figures->loss : NULL};
        bool seen = false;

        tier = stricter(tier, state->asset->tier);
        if (!share.figure || !state->chosen)
            continue;
        loss_figure(rerun->a, state->chosen, &share.more);
        for (uint32_t s = 0; s < shares.len; s++)
            seen |= shares.items[s].figure == share.figure;
        if (!seen && sum(group->loss_ms, share.more) > group->rpo.ms && matters(share.figure, tier))
            vec_push(rerun->scratch, &shares, share);
    }
    if (!shares.len)
        return;
    qsort(shares.items, shares.len, sizeof *shares.items, compare_shares);
    group->assumed = assumed_of(rerun->a, shares.items, shares.len);
    if (tell_weak(rerun->a, rerun->result, group->group, "data loss", tier, shares.items, shares.len))
        group->verdict = VERDICT_UNKNOWN;
}

void rest_on_figures(struct analysis *a, struct scenario_result *result)
{
    struct rerun rerun = {.a = a, .result = result, .scratch = arena_new(), .strictest = strictest(a)};

    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        struct asset_state *state = &result->states[i];

        if (state->full_speed && state->chosen)
            figures_of(a, state)->full_speed = figure_if_any(a, state->chosen->method, METHOD_full_speed);
        rest_loss(a, result, state);
    }
    for (uint32_t i = 0; i < result->group_count; i++)
        rest_group(&rerun, &result->groups[i]);
    rest_times(&rerun);
    arena_delete(rerun.scratch);
}
