/* What the chosen method of a lost asset does, and what an impaired one does once its dependencies are back; how long a method takes. */
#include "analysis/recovery/recovery.h"
#include "analysis/recovery/steps.h"

#include <string.h>

static bool timing_override(struct analysis *a, const struct asset_state *state, const struct candidate *candidate, struct value *out,
                            struct span *span)
{
    struct entity *timing = entity_child_named(state->asset->entity, BLOCK_TIMING, candidate->method->name);

    (void)a;
    if (!timing)
        return false;
    *out = entity_slot(timing, TIMING_rto);
    *span = timing->span;
    return true;
}

/* By phase, and in written order within one. Most methods are written in that order already. */
static void sort_phases(struct analysis *a, step_list *list)
{
    step_list sorted = {0};
    bool in_order = true;

    for (uint32_t i = 1; i < list->len; i++)
        in_order &= list->items[i - 1]->phase <= list->items[i]->phase;
    if (in_order)
        return;
    for (int phase = PHASE_PREPARE; phase <= PHASE_REPROTECT; phase++) {
        for (uint32_t i = 0; i < list->len; i++) {
            if (list->items[i]->phase == (enum step_phase)phase)
                vec_push(a->arena, &sorted, list->items[i]);
        }
    }
    *list = sorted;
}

/* Steps of a method in this scenario, by phase, then as written. They are made anew when the copy that is read has changed, and when they
 * asked for what may have changed since: where other assets serve. */
void find_steps(struct analysis *a, struct asset_state *state, struct candidate *candidate)
{
    const struct scope *scope = method_scope(a, state, candidate);
    step_list all = {0};
    struct entity *block;
    uint32_t asked = a->asked, before;

    if (candidate->steps_last && candidate->steps_copy == candidate->copy && candidate->steps_store == candidate->from_store)
        return;
    for (uint32_t i = 0; (block = entity_child(candidate->method, BLOCK_STEP, &i));) {
        struct step_source from = {block, scope, state->asset->entity, state->asset, state->asset->owner, state->asset->name, "", candidate};
        uint32_t first = all.len;

        before = a->asked;
        add_block(a, from, &all);
        /* Words that follow other assets are final only when those have chosen. */
        for (uint32_t s = first; s < all.len && (a->chosen || a->asked == before); s++)
            place_step(a, all.items[s]);
    }
    for (uint32_t i = 0; i < all.len; i++)
        bar_step(a, state, candidate, all.items[i]);
    sort_phases(a, &all);
    if (a->links.len)
        restore_moves(a, state, candidate, all.items, all.len);
    candidate->steps_last = a->asked == asked;
    candidate->steps = all.items;
    candidate->step_count = all.len;
    candidate->steps_copy = candidate->copy;
    candidate->steps_store = candidate->from_store;
}

static void method_steps(struct analysis *a, struct asset_state *state, struct candidate *candidate, step_list *out)
{
    find_steps(a, state, candidate);
    for (uint32_t i = 0; i < candidate->step_count; i++)
        vec_push(a->arena, out, candidate->steps[i]);
}

/* ---------------------------------------------------------------- standbys at a share of their capacity */

static const struct entity *standby_at_a_share(const struct candidate *candidate)
{
    const struct entity *element = candidate->element.type == VALUE_ENTITY ? candidate->element.u.entity : NULL;
    struct value capacity = element && element->schema->id == BLOCK_STANDBY ? entity_slot(element, STANDBY_capacity) : value_unknown();

    return capacity.type == VALUE_PERCENT && capacity.u.integer < NANO ? element : NULL;
}

static bool mentions(const struct analysis *a, const struct entity *block, uint32_t row, const char *word)
{
    const struct attr *attr = entity_attr(block, row);
    const struct source_file *file = attr && attr->value ? sources_file_at(a->model->sources, attr->value->span.start) : NULL;
    const char *at = file ? file->text + (attr->value->span.start - file->base) : "",
               *end = file ? at + (attr->value->span.end - attr->value->span.start) : at;
    size_t len = strlen(word);

    for (; (size_t)(end - at) >= len && at < end; at++) {
        if (strncmp(at, word, len) == 0)
            return true;
    }
    return false;
}

/* Whether a figure of the method is worked out from an attribute of the standby. */
static bool counts_with(const struct analysis *a, const struct candidate *candidate, const char *attribute)
{
    struct entity *step;

    if (mentions(a, candidate->method, METHOD_rto, attribute))
        return true;
    for (uint32_t i = 0; (step = entity_child(candidate->method, BLOCK_STEP, &i));) {
        if (mentions(a, step, STEP_takes, attribute))
            return true;
    }
    return false;
}

const struct entity *standby_of_unknown_growth(struct analysis *a, const struct candidate *candidate)
{
    const struct entity *standby = candidate ? standby_at_a_share(candidate) : NULL;

    if (!standby || value_is_known(entity_slot(standby, STANDBY_scale_up)) || counts_with(a, candidate, "capacity"))
        return NULL;
    return standby;
}

/* What a standby needs to grow to full capacity and no figure of the method counts; unknown when nobody says. */
static struct span_of_time growth(struct analysis *a, const struct candidate *candidate)
{
    const struct entity *standby = standby_at_a_share(candidate);
    struct value figure = standby ? entity_slot(standby, STANDBY_scale_up) : value_unknown();

    if (standby_of_unknown_growth(a, candidate))
        return (struct span_of_time){0};
    return value_is_known(figure) && !counts_with(a, candidate, "scale_up") ? time_of(figure) : time_exact(0);
}

static struct step *plain_step(struct analysis *a, struct asset_state *state, const char *name, const char *title, const char *manual,
                               struct span_of_time takes, struct span span);

/* Serving begins when it carries the whole load: a step of its own, before what is verified. */
static void add_growth(struct analysis *a, struct asset_state *state, step_list *steps)
{
    struct span_of_time time = growth(a, state->chosen);
    const struct entity *standby = standby_at_a_share(state->chosen);
    uint32_t place = 0;
    struct step *step;

    if (time.known && time.worst == 0)
        return;
    step = plain_step(a, state, "grow", intern_text(a, "Wait until %s carries the whole load in %s", state->asset->name, standby->name),
                      intern_text(a, "see that the standby of `%s` at `%s` has grown to full capacity", state->asset->name, standby->name), time,
                      standby->span);
    step->idle = true;
    step->expect = "it carries the whole load";
    while (place < steps->len && steps->items[place]->phase <= PHASE_RECOVER)
        place++;
    vec_push(a->arena, steps, step);
    for (uint32_t i = steps->len - 1; i > place; i--)
        steps->items[i] = steps->items[i - 1];
    steps->items[place] = step;
}

/* Calls back for each store a method reads: the one its copy comes from, and those that `restores_with` and `rebuild { from }` name. */
static void each_store(const struct asset_state *state, const struct candidate *candidate,
                       void (*call)(struct analysis *a, struct entity *store, void *context), struct analysis *a, void *context)
{
    const struct entity *element = candidate->element.type == VALUE_ENTITY ? candidate->element.u.entity : NULL;
    struct value lists[2] = {candidate->restores ? entity_slot(state->asset->entity, ASSET_restores_with) : value_unknown(),
                             element && element->schema->id == BLOCK_REBUILD ? entity_slot(element, REBUILD_from) : value_unknown()};

    if (candidate->from_store)
        call(a, candidate->from_store, context);
    for (int l = 0; l < 2; l++) {
        for (uint32_t i = 0; lists[l].type == VALUE_LIST && i < lists[l].u.list->count; i++) {
            struct value item = lists[l].u.list->items[i];

            if (item.type == VALUE_ENTITY && item.u.entity->schema->id == BLOCK_STORE && item.u.entity != candidate->from_store)
                call(a, item.u.entity, context);
        }
    }
}

static void add_waiting(struct analysis *a, struct entity *store, void *context)
{
    struct span_of_time *sum = context;

    *sum = time_add(*sum, retrieval_of(a, store));
}

struct span_of_time own_time(struct analysis *a, struct asset_state *state, struct candidate *candidate)
{
    struct value figure;
    struct span_of_time sum = time_exact(0);
    int64_t script = 0;
    struct span span;

    candidate->instant = false;

    each_store(state, candidate, add_waiting, a, &sum);
    sum = time_add(sum, growth(a, candidate));
    if (!timing_override(a, state, candidate, &figure, &span))
        figure = eval_deferred(a->eval, candidate->method, METHOD_rto, method_scope(a, state, candidate));
    else if (figure.type == VALUE_UNKNOWN || figure.type == VALUE_ERROR)
        return (struct span_of_time){0};
    if (figure.type != VALUE_UNKNOWN && figure.type != VALUE_ERROR) {
        struct span_of_time whole = time_of(figure);

        figure_moves(a, state, candidate, &whole);
        sum = time_add(sum, whole);
        candidate->instant = sum.known && sum.worst == 0;
        return sum;
    }
    find_steps(a, state, candidate);
    if (candidate->step_count == 0)
        return (struct span_of_time){0};
    for (uint32_t i = 0; i < candidate->step_count; i++) {
        if (candidate->steps[i]->phase == PHASE_REPROTECT)
            continue;
        sum = time_add(sum, step_lasts(candidate->steps[i]));
        script += step_own_work(candidate->steps[i]);
    }
    candidate->instant = sum.known && sum.worst == script;
    return sum;
}

/* A step for what happens by itself, or for a figure without steps. */
static struct step *plain_step(struct analysis *a, struct asset_state *state, const char *name, const char *title, const char *manual,
                               struct span_of_time takes, struct span span)
{
    struct step *step = begin_step(
        a, (struct step_begin){
               .id = intern_text(a, "%s.%s", state->asset->name, name), .title = title, .phase = PHASE_RECOVER, .asset = state->asset, .span = span});

    step->mode = manual ? STEP_BY_PERSON : STEP_BY_ITSELF;
    step->manual = manual;
    step->takes = takes;
    default_timeout(step);
    return step;
}

/* Steps of persons inside a figure: the first of each person or team takes all of it, but for one whose hands the step that counts it holds. */
static void count_hands(step_list *steps, struct step *counts, int64_t worst)
{
    bool held = step_takes_people(counts);
    const struct entity *holder = counts->by;

    for (uint32_t i = 0; i < steps->len; i++) {
        struct step *step = steps->items[i];
        bool taken = !step->inside || !step_takes_people(step) || (held && step->by == holder);

        for (uint32_t e = 0; !taken && e < i; e++)
            taken = steps->items[e]->inside && steps->items[e]->takes.worst > 0 && steps->items[e]->by == step->by;
        if (taken)
            continue;
        if (held) {
            step->takes = (struct span_of_time){true, 0, 0, worst};
            continue;
        }
        held = true;
        holder = step->by;
        counts->hands = step->by;
    }
}

/* One figure for the whole method, of which nobody knows what goes to which step. The first step of the recovery counts it, with the hands of
 * whoever has a part in it, since all of it may be theirs; hands of others count it once more. The rest lies inside (`fenced_at` asks). */
static void spread_figure(step_list *steps, struct span_of_time figure, struct transfer *transfer)
{
    uint32_t counts = 0;

    while (counts < steps->len &&
           (steps->items[counts]->phase < PHASE_RECOVER || steps->items[counts]->phase == PHASE_REPROTECT || step_goes_on(steps->items[counts])))
        counts++;
    if (counts == steps->len)
        counts = 0;
    for (uint32_t i = 0; i < steps->len; i++) {
        struct step *step = steps->items[i];
        int64_t timeout = step->timeout;
        struct step all = {.takes = figure};

        /* What is given up without stopping the rest costs its time limit, whatever the whole was measured to take. */
        if (i != counts && (step->phase == PHASE_REPROTECT || step_goes_on(step)))
            continue;
        step->transfer = i == counts ? transfer : NULL;
        step->takes = i == counts ? figure : time_exact(0);
        step->inside = i != counts;
        if (!figure.known)
            continue;
        /* Each of them may be what the figure is spent on. */
        default_timeout(&all);
        step->timeout = timeout > all.timeout ? timeout : all.timeout;
        if (step->mode == STEP_BY_SCRIPT)
            add_retries(step, figure.worst);
    }
    if (figure.known)
        count_hands(steps, steps->items[counts], figure.worst);
}

struct retrievals {
    struct asset_state *state;
    step_list *steps;
    uint32_t place; /* where the next one goes */
};

/* Before anything is read from an archive: somebody asks for it, and everybody waits. */
static void add_retrieval(struct analysis *a, struct entity *store, void *context)
{
    struct retrievals *all = context;
    const struct asset_state *state = all->state;
    struct span_of_time time = retrieval_of(a, store);
    struct value at = entity_slot(store, STORE_retrieval), lies = entity_slot(store, STORE_place);
    const char *place = lies.type == VALUE_STRING ? intern_text(a, "%s (%s)", store->name, lies.u.string) : store->name;
    bool copy = store == state->chosen->from_store;
    struct step *step;

    if (time.known && time.worst == 0)
        return;
    step = plain_step(a, all->state, copy ? "retrieve" : intern_text(a, "retrieve_%s", store->name),
                      intern_text(a, copy ? "Retrieve the copy from %s" : "Retrieve what is needed from %s", store->name),
                      copy ? intern_text(a, "ask `%s` for the newest copy `%s` of `%s` and what it builds on, and wait until it can be read", place,
                                         state->chosen->copy ? state->chosen->copy->name : "", state->asset->name)
                           : intern_text(a, "ask `%s` for what `%s` is recovered with, and wait until it can be read", place, state->asset->name),
                      time, value_is_known(at) ? (struct span){at.origin, at.origin} : store->span);
    step->before_needs = true; /* nothing else has to be there */
    step->idle = true;
    step->expect = copy ? "the copy can be read" : "it can be read";
    vec_push(a->arena, all->steps, step);
    for (uint32_t i = all->steps->len - 1; i > all->place; i--)
        all->steps->items[i] = all->steps->items[i - 1];
    all->steps->items[all->place++] = step;
}

static void add_retrievals(struct analysis *a, struct asset_state *state, step_list *steps)
{
    struct retrievals all = {state, steps, 0};

    while (all.place < steps->len && steps->items[all.place]->phase < PHASE_RECOVER)
        all.place++;
    each_store(state, state->chosen, add_retrieval, a, &all);
}

/* A point of no return has a fence before it, by a command or by somebody's word. One that may fail fences nothing, unless somebody's word
 * stands in for it: the script does not go on behind it either. */
static void check_fence(struct analysis *a, struct asset_state *state, const step_list *steps, uint32_t first)
{
    const struct step *tried = NULL;
    bool fenced = false, told = false;

    for (uint32_t i = first; i < steps->len; i++) {
        fenced |= steps->items[i]->phase == PHASE_FENCE &&
                  (!steps->items[i]->best_effort || steps->items[i]->otherwise || steps->items[i]->mode == STEP_ATTESTED);
        if (steps->items[i]->phase == PHASE_FENCE && !tried)
            tried = steps->items[i];
        if (!fenced && tried && (steps->items[i]->irreversible || (steps->items[i]->phase == PHASE_RECOVER && !told && state->chosen->promotes))) {
            told = true;
            diag_help(diag_label(diag_label(diag_report(a->sink, DIAG_E0517, steps->items[i]->span, "`%s` promotes behind a fence that may fail",
                                                        steps->items[i]->id),
                                            tried->span, "`%s` is given up when it fails (`best_effort`)", tried->id),
                                 state->asset->entity->span, "for asset `%s`", state->asset->name),
                      "say what somebody makes sure of when the fence fails: `otherwise = attest(\"…\")`; or drop `best_effort`");
        } else if (steps->items[i]->irreversible && !fenced) {
            diag_help(
                diag_label(diag_report(a->sink, DIAG_E0517, steps->items[i]->span, "`%s` promotes before anything is fenced", steps->items[i]->id),
                           state->asset->entity->span, "for asset `%s`", state->asset->name),
                "add a step with `phase = fence`, or with `otherwise = attest(\"…\")` for what cannot be reached");
        }
    }
}

/* How long the method takes until full speed, where it says so; the clock adds when it starts. */
static void full_speed(struct analysis *a, struct asset_state *state, const struct scope *scope)
{
    struct entity *method = state->chosen->method;

    if (!entity_attr(method, METHOD_full_speed))
        return;
    state->full_speed = ARENA_NEW(a->arena, struct span_of_time);
    *state->full_speed = time_of(eval_deferred(a->eval, method, METHOD_full_speed, scope));
}

/* Whether a second writer comes to be: the method says so, or it makes a replica with one writer the one that is written to. */
static bool promotes(struct analysis *a, const struct asset_state *state, const struct scope *scope)
{
    const struct candidate *chosen = state->chosen;
    const struct entity *element = chosen->element.type == VALUE_ENTITY ? chosen->element.u.entity : NULL;
    struct value said = eval_deferred(a->eval, chosen->method, METHOD_promotes, scope), mode;

    if (said.type == VALUE_BOOL)
        return said.u.integer != 0;
    if (!element || element->schema->id != BLOCK_REPLICA || !state->asset->stateful || chosen->automatic)
        return false;
    mode = entity_slot(element, REPLICA_mode);
    return !(mode.type == VALUE_WORD && strcmp(mode.u.word, "multi_writer") == 0);
}

/* Whether a step of the method sets what `bind` says. */
static bool applies_bindings(const struct analysis *a, const struct entity *method)
{
    struct entity *block;

    for (uint32_t i = 0; (block = entity_child(method, BLOCK_STEP, &i));) {
        if (mentions(a, block, STEP_run, "bindings") || mentions(a, block, STEP_manual, "bindings"))
            return true;
    }
    return false;
}

/* What `bind` says is set by somebody: by a step of the method, else by hand, as long as the kind says that following what it needs takes. */
static struct step *bind_step(struct analysis *a, struct asset_state *state, const struct entity *method)
{
    const struct kind_info *kind = state->asset->entity->kind;
    const char *changed;

    if ((method && applies_bindings(a, method)) || !(changed = changed_bindings(a, state->asset->entity)))
        return NULL;
    return plain_step(
        a, state, "bind", intern_text(a, "Point %s to what serves now", state->asset->name),
        intern_text(a, method ? "set %s for `%s`, and restart what has started with another value" : "set %s for `%s`", changed, state->asset->name),
        time_of(kind_slot(kind, KIND_dependency_time)), kind->entity->span);
}

void lost_steps(struct analysis *a, struct asset_state *state, step_list *out)
{
    struct candidate *chosen = state->chosen;
    const struct scope *scope = method_scope(a, state, chosen);
    struct value figure = eval_deferred(a->eval, chosen->method, METHOD_rto, scope);
    struct span span = chosen->method->span;
    const char *title = text_or(a, eval_deferred(a->eval, chosen->method, METHOD_title, scope), title_from_name(a, chosen->method->name));
    bool overridden = timing_override(a, state, chosen, &figure, &span);
    struct span_of_time whole = time_of(figure);
    struct transfer *transfer = figure_moves(a, state, chosen, &whole);
    uint32_t before = out->len;
    step_list steps = {0};
    struct step *bind;

    method_steps(a, state, chosen, &steps);
    report_places(a, steps.items, steps.len);
    full_speed(a, state, scope);
    chosen->promotes = promotes(a, state, scope);
    if (steps.len == 0) {
        const char *manual = chosen->automatic ? NULL : intern_text(a, "recover `%s` by `%s`", state->asset->name, chosen->label);

        vec_push(a->arena, &steps, plain_step(a, state, chosen->method->name, title, manual, whole, span));
        steps.items[0]->transfer = transfer;
    } else if (figure.type != VALUE_UNKNOWN || overridden) {
        spread_figure(&steps, whole, transfer);
    }
    add_retrievals(a, state, &steps);
    add_growth(a, state, &steps);
    bind = bind_step(a, state, chosen->method);
    for (uint32_t i = 0; i < steps.len; i++) {
        if (bind && steps.items[i]->phase > PHASE_RECOVER) {
            vec_push(a->arena, out, bind);
            bind = NULL;
        }
        vec_push(a->arena, out, steps.items[i]);
    }
    if (bind)
        vec_push(a->arena, out, bind);
    if (!chosen->automatic)
        check_fence(a, state, out, before);
    drop_method_scope(a, chosen);
}

void impaired_steps(struct analysis *a, struct asset_state *state, step_list *out)
{
    const struct kind_info *kind = state->asset->entity->kind;
    struct value what = kind_slot(kind, KIND_on_dependency_restore);
    struct value time = kind_slot(kind, KIND_dependency_time);
    const char *verb = what.type == VALUE_WORD ? what.u.word : "nothing";
    struct entity *method = NULL;
    struct step *bind = bind_step(a, state, NULL);

    if (bind)
        vec_push(a->arena, out, bind);
    if (strcmp(verb, "nothing") == 0)
        return;
    for (uint32_t i = 0; i < kind->methods.len; i++) {
        if (strcmp(kind->methods.items[i]->name, verb) == 0)
            method = kind->methods.items[i];
    }
    if (method) {
        struct candidate candidate = {.method = method, .element = VALUE_OF(VALUE_NULL), .label = method->name};
        uint32_t before = out->len;

        method_steps(a, state, &candidate, out);
        report_places(a, &out->items[before], out->len - before);
        if (out->len > before)
            return;
    }
    vec_push(a->arena, out,
             plain_step(a, state, verb, intern_text(a, "%s %s after what it needs is back", title_from_name(a, verb), state->asset->name),
                        intern_text(a, "%s `%s` so that it uses the recovered dependencies", verb, state->asset->name), time_of(time),
                        kind->entity->span));
}
