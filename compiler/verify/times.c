/* Recovery times: whether each step starts when what it waits for has ended, hands and bandwidth suffice, and assets and names are back when
 * their steps are (docs/certificate.md, "Recovery time"). */
#include "verify/check.h"

#include <stdlib.h>
#include <string.h>

static const char *const end_words[ENDS] = {"best", "typical", "worst"};

static const char *id_of(const struct plan_step *step)
{
    return step && step->id ? step->id : "";
}

/* A range is in order and no longer than what sums are safe for. */
static bool check_range(struct check *c, const char *field, const struct plan_range *range)
{
    if (!range->known || (range->best >= 0 && range->best <= range->typical && range->typical <= range->worst && range->worst <= LONGEST))
        return true;
    problem(c, field, "best, typical and worst are in no order, or too long");
    return false;
}

/* Its place in the scenario; false where it is of another list (the way back). */
bool is_step_of(const struct plan_scenario *scenario, const struct plan_step *step)
{
    uintptr_t first = (uintptr_t)scenario->steps, end = (uintptr_t)(scenario->steps + scenario->steps_count);

    return scenario->steps_count && (uintptr_t)step >= first && (uintptr_t)step < end;
}

static void check_begin(struct check *c)
{
    const struct plan_scenario *s = c->scenario;

    if (!check_range(c, ".detect", &s->detect) || !check_range(c, ".declare", &s->declare) || !check_range(c, ".approve", &s->approve) ||
        !check_range(c, ".begin", &s->begin) || !s->begin.known)
        return;
    if (!s->detect.known || !s->declare.known || !s->approve.known) {
        problem(c, ".begin", "it is the sum of `detect`, `declare` and `approve`, one of which is not known");
        return;
    }
    for (int e = 0; e < ENDS; e++) {
        int64_t sum = plus(plus(end_of(&s->detect, e), end_of(&s->declare, e)), end_of(&s->approve, e));

        if (sum != end_of(&s->begin, e))
            problem(c, ".begin", "its %s is %lld, and `detect`, `declare` and `approve` are %lld together", end_words[e],
                    (long long)end_of(&s->begin, e), (long long)sum);
    }
}

/* ---- when steps start and end */

/* What a step waits for besides steps. False where that is not known. */
static bool released(const struct plan_scenario *s, const struct plan_step *step, int end, int64_t *ms)
{
    const struct plan_range *range = step->release == PLAN_RELEASE_detected ? &s->detect : &s->begin;

    *ms = step->release == PLAN_RELEASE_at_once ? 0 : end_of(range, end);
    return step->release == PLAN_RELEASE_at_once || range->known;
}

/* Takes a list it waits for into account; false where the end of one is not known. */
static bool wait_for(struct plan_step *const *list, uint32_t count, int end, int64_t *start)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!list[i]->finish.known)
            return false;
        if (end_of(&list[i]->finish, end) > *start)
            *start = end_of(&list[i]->finish, end);
    }
    return true;
}

static void check_start(struct check *c, const struct plan_step *step)
{
    for (int e = 0; e < ENDS; e++) {
        int64_t start, is = end_of(&step->start, e);
        bool known = released(c->scenario, step, e, &start) && wait_for(step->after, step->after_count, e, &start) &&
                     wait_for(step->follows, step->follows_count, e, &start);

        if (!known && step->start.known) {
            problem(c, ".start", "it is known, and what the step waits for is not");
            return;
        }
        if (!known || !step->start.known) {
            if (known && step->takes.known)
                problem(c, ".start", "it is not known, and all it waits for is");
            return;
        }
        if (is < start || (is > start && !(e == 2 && step->phase == PLAN_PHASE_reprotect)))
            problem(c, ".start", "its %s is %lld, and what the step waits for ends at %lld", end_words[e], (long long)is, (long long)start);
    }
}

static void check_finish(struct check *c, const struct plan_step *step)
{
    if (step->finish.known != (step->start.known && step->takes.known)) {
        problem(c, ".finish", step->finish.known ? "it is known, and start or duration is not" : "it is not known, and start and duration are");
        return;
    }
    for (int e = 0; e < ENDS && step->finish.known; e++) {
        int64_t sum = plus(end_of(&step->start, e), end_of(&step->takes, e));

        if (e == 2)
            sum = plus(sum, step->own_work);
        if (sum != end_of(&step->finish, e))
            problem(c, ".finish", "its %s is %lld, and start and duration are %lld together", end_words[e], (long long)end_of(&step->finish, e),
                    (long long)sum);
    }
}

/* The script works around whatever it runs, shows or tells: a second at the worst. */
static void check_own_work(struct check *c, const struct plan_step *step)
{
    bool by_script = step->run || step->check || step->until || step->verify || step->manual || step->notify_count;

    if (step->own_work < 0 || (by_script && step->own_work < 1000))
        problem(c, ".own_work", "it is %lld, and what the script does itself lasts up to a second", (long long)step->own_work);
}

static void check_order(struct check *c, const struct plan_step *step, struct plan_step *const *list, uint32_t count, const char *field)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!is_step_of(c->scenario, list[i]))
            problem(c, field, "`%s` is no step of this recovery", id_of(list[i]));
        else if (list[i]->ordinal >= step->ordinal)
            problem(c, field, "it waits for `%s`, which comes after it", id_of(list[i]));
    }
}

/* n attempts more than one, each cut at its worst end, and pauses that grow by five seconds each. */
static int64_t retried(int64_t n, int64_t cut)
{
    enum { PAUSE = 5000 };
    int64_t attempts, pauses;

    if (__builtin_mul_overflow(cut, n + 1, &attempts) || __builtin_mul_overflow(n, n + 1, &pauses) ||
        __builtin_mul_overflow(pauses / 2, PAUSE, &pauses))
        return PLAN_UNKNOWN;
    return plus(attempts, pauses);
}

/* bytes / rate in milliseconds, rounded up. */
static int64_t moved(int64_t bytes, int64_t rate)
{
    int64_t parts;

    if (rate <= 0 || __builtin_mul_overflow(bytes, 1000, &parts))
        return PLAN_UNKNOWN;
    return parts / rate + (parts % rate != 0);
}

static void check_takes(struct check *c, const struct plan_step *step)
{
    const struct plan_transfer *transfer = step->transfer;
    int64_t least = 0;

    if (!step->takes.known)
        return;
    if (step->retries < 0 || step->retries > INT32_MAX) {
        problem(c, ".retries", "it is no number of retries");
    } else if (step->retries > 0 && step->attempt_cut < 0) {
        problem(c, ".attempt_cut", "it is tried again, and no attempt is cut");
    } else if (step->retries > 0) {
        least = retried(step->retries, step->attempt_cut);
        if (least < 0 || step->takes.worst < least)
            problem(c, ".takes", "%lld retries, each cut after %lld, take at least %lld", (long long)step->retries, (long long)step->attempt_cut,
                    (long long)least);
    }
    if (transfer && transfer->bytes > 0) {
        least = moved(transfer->bytes, transfer->rate);
        if (least < 0 || step->takes.worst < least)
            problem(c, ".takes", "%lld bytes at %lld a second take at least %lld", (long long)transfer->bytes, (long long)transfer->rate,
                    (long long)least);
    }
    least = step->figure && step->figure->value.known && !transfer && !step->stated ? step->figure->value.worst : 0;
    if (least > 0 && step->best_effort && step->timeout >= 0 && step->timeout < least)
        least = step->timeout; /* nobody waits for it any longer */
    if (step->retries > 0 && step->attempt_cut >= 0 && step->attempt_cut < least)
        problem(c, ".attempt_cut", "its figure `%s` says %lld", step->figure->id, (long long)step->figure->value.worst);
    if (step->takes.worst < least)
        problem(c, ".takes", "its figure `%s` says %lld", step->figure->id, (long long)step->figure->value.worst);
}

static bool holds(const struct plan_step *step, const struct check *c)
{
    const struct plan_outcome *outcome = outcome_of(c, step->asset);

    return outcome && outcome->rto_verdict == PLAN_VERDICT_ok;
}

/* A place that is lost, or a control plane that does not answer, needs somebody who attests it instead. */
static bool can_be_done(const struct check *c, const struct plan_step *step)
{
    bool barred = step->at || step->barred || (step->control_plane && c->site_lost[step->control_plane - c->document->sites]);

    return !barred || step->attested || step->mode == PLAN_DOER_attested;
}

static bool is_among(const struct plan_step *step, struct plan_step *const *list, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (list[i] == step)
            return true;
    }
    return false;
}

static void check_steps(struct check *c)
{
    for (uint32_t i = 0; i < c->scenario->steps_count; i++) {
        const struct plan_step *step = &c->scenario->steps[i];

        at(c, "steps", id_of(step));
        c->report->steps++;
        if (step->ordinal != (int64_t)i + 1)
            problem(c, ".ordinal", "it is %lld, and the step is number %u", (long long)step->ordinal, i + 1);
        check_order(c, step, step->after, step->after_count, ".after");
        check_order(c, step, step->follows, step->follows_count, ".follows");
        if (!check_range(c, ".takes", &step->takes) || !check_range(c, ".start", &step->start) || !check_range(c, ".finish", &step->finish))
            continue;
        check_start(c, step);
        check_own_work(c, step);
        check_finish(c, step);
        check_takes(c, step);
        if (!can_be_done(c, step) && holds(step, c))
            problem(c, "", "it cannot be done in this scenario, and the RTO of `%s` holds", step->asset->name);
        if (step->waits_for && !is_among(step->waits_for, step->after, step->after_count) &&
            !is_among(step->waits_for, step->follows, step->follows_count))
            problem(c, ".waits_for", "it is nothing the step waits for");
    }
}

/* ---- what steps share */

struct event {
    uint32_t of; /* which pair of hands, or which limit */
    int64_t when;
    int64_t change;
    const struct plan_step *step;
};

typedef VEC(struct event) event_list;

/* By what is shared, then in time; what ends goes before what begins. */
static int compare_events(const void *a, const void *b)
{
    const struct event *x = a, *y = b;

    if (x->of != y->of)
        return x->of < y->of ? -1 : 1;
    if (x->when != y->when)
        return x->when < y->when ? -1 : 1;
    return x->change < y->change ? -1 : x->change > y->change;
}

static void add_events(struct arena *scratch, event_list *events, const struct plan_step *step, uint32_t of, int64_t amount)
{
    if (!step->start.known || !step->finish.known || step->start.worst >= step->finish.worst)
        return;
    vec_push_owned(scratch, events, ((struct event){of, step->start.worst, amount, step}));
    vec_push_owned(scratch, events, ((struct event){of, step->finish.worst, -amount, step}));
}

/* The first step of each with which more is taken than there is. */
static void sweep(struct check *c, event_list *events, const int64_t *limits, const char *const *names, const char *what)
{
    int64_t taken = 0;
    bool told = false;

    if (events->len)
        qsort(events->items, events->len, sizeof *events->items, compare_events);
    for (uint32_t i = 0; i < events->len; i++) {
        const struct event *event = &events->items[i];

        if (i == 0 || events->items[i - 1].of != event->of) {
            taken = 0;
            told = false;
        }
        if (__builtin_add_overflow(taken, event->change, &taken))
            taken = INT64_MAX; /* too much, whatever else ends */
        if (taken <= limits[event->of] || told)
            continue;
        told = true;
        at(c, "steps", id_of(event->step));
        problem(c, "", "at %lld the steps under way take %lld %s of `%s`, and there are %lld", (long long)event->when, (long long)taken, what,
                names[event->of], (long long)limits[event->of]);
    }
    at(c, NULL, NULL);
}

static void check_hands(struct check *c)
{
    const struct plan_scenario *s = c->scenario;
    struct arena *scratch = arena_new();
    int64_t *limits = ARENA_ARRAY(scratch, int64_t, s->hands_count);
    const char **names = ARENA_ARRAY(scratch, const char *, s->hands_count);
    event_list events = {0};
    struct map known = {0};

    for (uint32_t i = 0; i < s->hands_count; i++) {
        names[i] = s->hands[i].name ? s->hands[i].name : "";
        limits[i] = s->hands[i].count;
        if (!map_add(&known, scratch, intern_str(c->names, names[i]), &limits[i]))
            problem(c, ".hands", "`%s` is there twice", names[i]);
    }
    for (uint32_t i = 0; i < s->steps_count; i++) {
        const struct plan_step *step = &s->steps[i];

        for (uint32_t h = 0; h < step->hands_count; h++) {
            const int64_t *limit = map_get(&known, intern_str(c->names, step->hands[h]));

            if (limit) {
                add_events(scratch, &events, step, (uint32_t)(limit - limits), 1);
                continue;
            }
            at(c, "steps", id_of(step));
            problem(c, ".hands", "the scenario has no hands `%s`", step->hands[h]);
        }
    }
    sweep(c, &events, limits, names, "hands");
    arena_delete(scratch);
}

/* Whole bytes a second, rounded down; PLAN_UNKNOWN where it states none. */
static int64_t limit_of(const struct plan_thing *thing)
{
    const struct plan_value *value = plan_attribute(thing, is_block(thing, "site") ? "bandwidth" : "read_rate");
    int64_t parts;

    if (value && value->tag == PLAN_TAG_RANGE && value->shape == PLAN_SHAPE_ITEMS && value->count == 3)
        value = &value->items[2];
    if (!value || value->tag != PLAN_TAG_RATE || value->shape != PLAN_SHAPE_ITEMS || value->count != 2 ||
        value->items[0].shape != PLAN_SHAPE_NUMBER || value->items[1].shape != PLAN_SHAPE_NUMBER || value->items[0].number < 0 ||
        value->items[1].number <= 0 || __builtin_mul_overflow(value->items[0].number, 1000, &parts))
        return PLAN_UNKNOWN;
    return parts / value->items[1].number;
}

static void check_bandwidth(struct check *c)
{
    const struct plan_scenario *s = c->scenario;
    struct arena *scratch = arena_new();
    VEC(int64_t) limits = {0};
    VEC(const char *) names = {0};
    event_list events = {0};
    struct map known = {0};

    for (uint32_t i = 0; i < s->steps_count; i++) {
        const struct plan_step *step = &s->steps[i];

        at(c, "steps", id_of(step));
        for (uint32_t t = 0; step->transfer && t < step->transfer->through_count; t++) {
            const struct plan_thing *through = step->transfer->through[t];
            atom key = intern_str(c->names, through->id);
            uint32_t *of = map_get(&known, key);

            if (!of) {
                of = ARENA_NEW(scratch, uint32_t);
                *of = limits.len;
                map_add(&known, scratch, key, of);
                vec_push_owned(scratch, &limits, limit_of(through));
                vec_push_owned(scratch, &names, through->id);
                if (limits.items[*of] < 0)
                    problem(c, ".transfer.through", "`%s` states no limit", through->id);
            }
            if (step->transfer->rate < 0)
                problem(c, ".transfer.rate", "it is no rate");
            else
                add_events(scratch, &events, step, *of, step->transfer->rate);
        }
    }
    sweep(c, &events, limits.items, names.items, "bytes a second");
    arena_delete(scratch);
}

/* ---- assets */

/* Nothing it waits for is back later. */
static void check_after(struct check *c, const struct plan_outcome *outcome, const struct plan_asset *needed, const char *how)
{
    const struct plan_outcome *other = outcome_of(c, needed);

    if (!other || other->fate == PLAN_FATE_unaffected)
        return;
    if (!other->finish.known)
        problem(c, ".finish", "it is known, and that of `%s`, which it %s, is not", needed->name, how);
    else if (other->finish.worst > outcome->finish.worst)
        problem(c, ".finish", "`%s`, which it %s, is back at %lld, after its %lld", needed->name, how, (long long)other->finish.worst,
                (long long)outcome->finish.worst);
}

static void check_back(struct check *c, const struct plan_outcome *outcome)
{
    const struct plan_asset *asset = outcome->asset;
    const struct plan_step *decides = outcome->decides;

    if (!check_range(c, ".start", &outcome->start) || !check_range(c, ".finish", &outcome->finish) || !outcome->finish.known)
        return;
    if (decides && !is_step_of(c->scenario, decides))
        problem(c, ".decides", "`%s` is no step of this recovery", id_of(decides));
    else if (decides && (!decides->finish.known || decides->finish.worst != outcome->finish.worst))
        problem(c, ".finish", "its worst is %lld, and `%s`, which decides it, ends at %lld", (long long)outcome->finish.worst, id_of(decides),
                (long long)(decides->finish.known ? decides->finish.worst : PLAN_UNKNOWN));
    else if (!decides && outcome->finish.worst != 0)
        problem(c, ".finish", "its worst is %lld, and no step decides it", (long long)outcome->finish.worst);
    for (uint32_t i = 0; i < asset->needs_count; i++)
        check_after(c, outcome, asset->needs[i], "needs");
    for (uint32_t i = 0; outcome->chain_count && i < asset->restores_with_count; i++)
        check_after(c, outcome, asset->restores_with[i], "is restored with");
    for (uint32_t i = 0; i < outcome->steps_count; i++) {
        const struct plan_step *step = outcome->steps[i];

        if (step->phase != PLAN_PHASE_reprotect && (!step->finish.known || step->finish.worst > outcome->finish.worst))
            problem(c, ".finish", "its worst is %lld, and its step `%s` ends at %lld", (long long)outcome->finish.worst, id_of(step),
                    (long long)(step->finish.known ? step->finish.worst : PLAN_UNKNOWN));
    }
}

/* What cannot be taken back begins only when the old one is fenced. */
static void check_fences(struct check *c, const struct plan_outcome *outcome)
{
    const struct plan_step *fence = NULL, *first = NULL;

    for (uint32_t i = 0; i < outcome->steps_count; i++) {
        const struct plan_step *step = outcome->steps[i];

        if (step->asset != outcome->asset)
            continue;
        if (step->phase == PLAN_PHASE_fence &&
            !(fence && (!fence->finish.known || (step->finish.known && step->finish.worst <= fence->finish.worst))))
            fence = step;
        if (step->irreversible && step->phase == PLAN_PHASE_recover && step->start.known && !(first && first->start.worst <= step->start.worst))
            first = step;
    }
    if (fence && first && !(fence->finish.known && fence->finish.worst <= first->start.worst))
        problem(c, ".steps", "`%s` cannot be taken back, and starts before `%s` has fenced", id_of(first), id_of(fence));
}

static void check_assets(struct check *c)
{
    for (uint32_t i = 0; i < c->scenario->assets_count; i++) {
        const struct plan_outcome *outcome = &c->scenario->assets[i];

        at(c, "assets", outcome->asset ? outcome->asset->name : "");
        for (uint32_t n = 0; n < outcome->steps_count; n++) {
            if (!is_step_of(c->scenario, outcome->steps[n]))
                problem(c, ".steps", "`%s` is no step of this recovery", id_of(outcome->steps[n]));
        }
        if (!outcome->asset)
            continue;
        check_back(c, outcome);
        check_fences(c, outcome);
    }
}

/* ---- names */

/* When what it serves is back; false where that is not known. */
static bool served(struct check *c, const struct plan_name_outcome *name, int end, int64_t *back)
{
    *back = 0;
    for (uint32_t i = 0; i < name->endpoint->serves_count; i++) {
        const struct plan_outcome *outcome = outcome_of(c, name->endpoint->serves[i]);

        if (!outcome)
            continue;
        if (!outcome->finish.known)
            return false;
        if (end_of(&outcome->finish, end) > *back)
            *back = end_of(&outcome->finish, end);
    }
    return true;
}

static void check_name(struct check *c, const struct plan_name_outcome *name)
{
    int64_t back, own, green;

    if (!check_range(c, ".finish", &name->finish) || !name->finish.known)
        return;
    if (name->moves == PLAN_MOVES_by_step && name->step && !is_step_of(c->scenario, name->step)) {
        problem(c, ".step", "`%s` is no step of this recovery", id_of(name->step));
        return;
    }
    if (name->moves != PLAN_MOVES_not && name->ttl < name->endpoint->kept)
        problem(c, ".ttl", "it is %lld, and resolvers keep an answer for %lld", (long long)name->ttl, (long long)name->endpoint->kept);
    if (name->step && name->moves == PLAN_MOVES_by_step && name->verdict == PLAN_VERDICT_ok && !can_be_done(c, name->step))
        problem(c, ".step", "it cannot be done in this scenario, and the name is back in time");
    for (int e = 0; e < ENDS; e++) {
        bool known = served(c, name, e, &back);

        own = 0;
        known &= name->green >= 0;
        green = plus(back, name->green); /* of what it leads to, before users follow */
        switch ((enum plan_choice_MOVES)name->moves) {
        case PLAN_MOVES_by_check:
            if (name->detection > back)
                back = name->detection;
            known &= name->detection >= 0;
            own = name->ttl;
            break;
        case PLAN_MOVES_by_step:
            known &= name->step && name->step->finish.known;
            if (known && end_of(&name->step->finish, e) > back)
                back = end_of(&name->step->finish, e);
            own = plus(plus(name->ttl, name->propagation), name->detection);
            break;
        case PLAN_MOVES_and_back: own = plus(name->detection, name->ttl); break;
        default: break;
        }
        back = plus(back, own);
        if (name->moves != PLAN_MOVES_not && known && plus(green, name->ttl) > back)
            back = plus(green, name->ttl);
        if (!known || back < 0) {
            problem(c, ".finish", "it is known, and what it waits for is not");
            return;
        }
        if (end_of(&name->finish, e) < back)
            problem(c, ".finish", "its %s is %lld, and what it waits for, with its own terms, ends at %lld", end_words[e],
                    (long long)end_of(&name->finish, e), (long long)back);
    }
}

void check_times(struct check *c)
{
    const struct plan_scenario *s = c->scenario;

    at(c, NULL, NULL);
    check_begin(c);
    check_steps(c);
    at(c, NULL, NULL);
    check_hands(c);
    check_bandwidth(c);
    check_assets(c);
    for (uint32_t i = 0; i < s->endpoints_count; i++) {
        at(c, "endpoints", s->endpoints[i].endpoint ? s->endpoints[i].endpoint->name : "");
        if (s->endpoints[i].endpoint)
            check_name(c, &s->endpoints[i]);
    }
    at(c, NULL, NULL);
    c->report->witnesses += s->steps_count > 0; /* started exactly when they may, at their worst ends: an execution */
}
