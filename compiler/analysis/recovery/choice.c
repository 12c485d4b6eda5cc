/* Which method brings a lost asset back: the named one, else the soonest that keeps its objectives. */
#include "analysis/recovery/recovery.h"
#include "analysis/world/stands.h"

#include <string.h>

/* From the interruption to the end of the candidate's own work: what methods are compared by. */
int64_t candidate_time(const struct analysis *a, const struct candidate *candidate)
{
    struct span_of_time time = candidate->own;

    if (!candidate->automatic)
        time = time_add(time, a->scenario->begin);
    else if (!candidate->includes_detect)
        time = time_add(time, a->scenario->detect);
    return time.known ? time.worst : INT64_MAX;
}

static int64_t loss_rank(const struct candidate *candidate)
{
    /* A copy that no clock bounds never beats a bounded one. */
    if (candidate->rpo == RPO_ALL || (candidate->rpo == RPO_NOT_APPLICABLE && candidate->copy))
        return INT64_MAX - 1;
    return candidate->rpo == RPO_NOT_APPLICABLE ? 0 : candidate->rpo < 0 ? INT64_MAX : candidate->rpo;
}

static bool is_known(const struct candidate *candidate)
{
    return candidate->own.known && candidate->rpo != TIME_UNKNOWN;
}

/* Known before unknown; what meets the RPO before what does not; among those the faster one, else the smaller loss; then what somebody is not
 * only asked to do. */
static bool is_better(const struct analysis *a, const struct candidate *x, const struct candidate *y, int64_t limit)
{
    bool meets = loss_rank(x) <= limit;
    int64_t mine = meets ? candidate_time(a, x) : loss_rank(x), other = meets ? candidate_time(a, y) : loss_rank(y);

    if (is_known(x) != is_known(y))
        return is_known(x);
    if (meets != (loss_rank(y) <= limit))
        return meets;
    if (mine != other)
        return mine < other;
    if (x->own.known && y->own.known && x->own.worst != y->own.worst)
        return x->own.worst < y->own.worst;
    return x->by < y->by && y->by == BY_DEMAND;
}

bool kind_has_method(const struct kind_info *kind, const char *name)
{
    for (uint32_t i = 0; i < kind->methods.len; i++) {
        if (strcmp(kind->methods.items[i]->name, name) == 0)
            return true;
    }
    return false;
}

static const char *named_method(const struct analysis *a, const struct asset_state *state, struct span *span)
{
    const char *general = NULL;
    struct entity *child;

    for (uint32_t i = 0; (child = entity_child(state->asset->entity, BLOCK_RECOVERY, &i));) {
        struct value method = entity_slot(child, RECOVERY_method);

        if ((method.type != VALUE_STRING && method.type != VALUE_WORD) || !kind_has_method(state->asset->entity->kind, method.u.string))
            continue; /* a name that is none was reported: see check_method_name */
        if (child->name[0] && a->scenario->class_ && child->name == a->scenario->class_->name) {
            *span = child->span;
            return method.u.string;
        }
        if (!child->name[0]) {
            *span = child->span;
            general = method.u.string;
        }
    }
    return general;
}

const char *method_named(const struct analysis *a, const struct asset_state *state)
{
    struct span span = {0, 0};

    return named_method(a, state, &span);
}

/* What rests on the asset itself, on what nobody does, on a place of which nobody says whose it is, or on people who are out of reach, is chosen
 * only where nothing else is left. */
static bool is_sound(const struct analysis *a, const struct candidate *candidate)
{
    return !candidate->circular && candidate->by != BY_NOBODY && !candidate->unmanned && !candidate->whose &&
           (candidate->automatic || !a->nobody_acts);
}

/* The named method; else the fastest among those that meet the RPO; else the smallest loss. */
static void choose(struct analysis *a, struct asset_state *state)
{
    struct span span = {0, 0};
    const char *named = named_method(a, state, &span);
    struct candidate *best = NULL;
    int64_t limit = state->rpo.ms < 0 ? INT64_MAX - 2 : state->rpo.ms; /* losing everything is nothing anybody asked for */
    bool best_meets, sound = false;

    for (uint32_t i = 0; i < state->candidate_count; i++)
        sound |=
            state->candidates[i].usable && is_sound(a, &state->candidates[i]) && (!named || strcmp(state->candidates[i].method->name, named) == 0);
    for (uint32_t i = 0; i < state->candidate_count; i++) {
        struct candidate *candidate = &state->candidates[i];

        if (!is_sound(a, candidate) && sound)
            continue;
        if (!candidate->usable || (named && strcmp(candidate->method->name, named) != 0))
            continue;
        if (!best || is_better(a, candidate, best, limit))
            best = candidate;
    }
    best_meets = best && loss_rank(best) <= limit;
    state->chosen = best;
    for (uint32_t i = 0; i < state->candidate_count; i++) {
        struct candidate *candidate = &state->candidates[i];

        if (!candidate->usable || candidate == best)
            continue;
        if (named && strcmp(candidate->method->name, named) != 0)
            candidate->rejected = intern_text(a, "the specification chooses `%s`", named);
        else if (candidate->circular && sound)
            candidate->rejected = "it needs what it restores";
        else if (candidate->nobody && sound)
            candidate->rejected = intern_text(a, "nobody makes `%s` true", candidate->nobody->name);
        else if (candidate->unmanned && sound)
            candidate->rejected = intern_text(a, "nobody who could do `%s` is in reach", candidate->unmanned->id);
        else if (candidate->whose && sound)
            candidate->rejected = intern_text(a, "to which account `%s` belongs is not stated", candidate->whose->entity->name);
        else if (a->nobody_acts && !candidate->automatic && sound)
            candidate->rejected = "nobody is left who could begin it";
        else if (best && is_known(best) && !is_known(candidate))
            candidate->rejected = candidate->own.known ? "how much it loses is unknown" : "how long it takes is unknown";
        else if (best_meets && loss_rank(candidate) > limit)
            candidate->rejected = "it loses more data than the objective allows";
        else
            candidate->rejected =
                best_meets ? intern_text(a, "`%s` is not slower", best->label) : intern_text(a, "`%s` loses no more", best ? best->label : "");
    }
}

static const char *label_of(struct analysis *a, const struct entity *method, struct value element)
{
    if (element.type == VALUE_ENTITY && element.u.entity->name[0])
        return intern_text(a, "%s(%s)", method->name, element.u.entity->name);
    return method->name;
}

static void find_candidates(struct analysis *a, struct asset_state *state)
{
    const struct kind_info *kind = state->asset->entity->kind;
    struct candidate first[8]; /* mostly there are fewer: then only as many are kept as there are */
    VEC(struct candidate) list = {first, 0, sizeof first / sizeof *first};

    for (uint32_t m = 0; m < kind->methods.len; m++) {
        struct entity *method = kind->methods.items[m];
        struct candidate candidate = {.method = method, .element = VALUE_OF(VALUE_NULL)};
        struct value elements = VALUE_OF(VALUE_NULL);
        atom name = NULL;

        if (eval_is_written(method, METHOD_for)) {
            const struct scope *scope = method_scope(a, state, NULL);

            elements = eval_loop(a->eval, method, METHOD_for, scope, &name);
            scope_drop(a->eval, scope, scenario_scope(a));
        }
        if (!name) {
            candidate.label = label_of(a, method, candidate.element);
            vec_push(a->arena, &list, candidate);
            continue;
        }
        for (uint32_t i = 0; elements.type == VALUE_LIST && i < elements.u.list->count; i++) {
            candidate.element = elements.u.list->items[i];
            candidate.label = label_of(a, method, candidate.element);
            vec_push(a->arena, &list, candidate);
        }
    }
    state->candidates = ARENA_ARRAY(a->proof, struct candidate, list.len);
    if (list.len)
        memcpy(state->candidates, list.items, list.len * sizeof *list.items);
    state->candidate_count = list.len;
    for (uint32_t i = 0; i < list.len; i++)
        consider(a, state, &state->candidates[i]);
}

void settle(struct analysis *a, struct asset_state *state)
{
    /* Beyond that many keys of keys nobody can follow either: then they count as a circle. */
    enum { DEPTH_MAX = 64 };

    if (state->settled || state->settling || a->settling >= DEPTH_MAX)
        return;
    state->settling = true;
    a->settling++;
    find_candidates(a, state);
    choose(a, state);
    for (uint32_t i = 0; i < state->candidate_count; i++)
        drop_method_scope(a, &state->candidates[i]);
    state->serving = state->chosen ? state->chosen->into : NULL;
    a->settling--;
    state->settling = false;
    state->settled = true;
}

void choose_again(struct analysis *a, struct asset_state *state)
{
    for (uint32_t i = 0; i < state->candidate_count; i++) {
        if (state->candidates[i].usable)
            state->candidates[i].rejected = NULL;
    }
    choose(a, state);
}
