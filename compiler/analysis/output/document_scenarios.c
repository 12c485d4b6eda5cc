/* Scenarios of the published plan: what becomes of assets, names and groups, and the steps. */
#include "analysis/clock/clock.h"
#include "analysis/common/common.h"
#include "analysis/common/missing.h"
#include "analysis/judge/judge.h"
#include "analysis/output/document.h"

#include "base/vec.h"
#include <string.h>

/* ---- steps */

enum { TIMEOUT_UNKNOWN = 3600 * 1000 }; /* ms; of a step of which nothing says how long it takes: somebody has to see it */

static struct plan_step *document_step(const struct maker *m, const struct step *step)
{
    return step ? map_get(&m->steps, (atom)(const void *)step) : NULL;
}

/* Those that are steps of the scenario or drill at work. */
static struct plan_step **steps_of(struct maker *m, struct step *const *from, uint32_t count, uint32_t *out)
{
    struct plan_step **list = ARENA_ARRAY(m->arena, struct plan_step *, count);

    for (uint32_t i = 0; i < count; i++) {
        if ((list[*out] = document_step(m, from[i])))
            ++*out;
    }
    return list;
}

static struct plan_transfer *transfer_of(struct maker *m, const struct transfer *from)
{
    struct plan_transfer *out;

    if (!from)
        return NULL;
    out = ARENA_NEW(m->arena, struct plan_transfer);
    out->bytes = from->bytes;
    out->rate = from->rate;
    out->fastest = from->fastest;
    out->shared = from->shared;
    out->slowed_by = document_thing(m, from->slowed_by);
    out->through = document_list(m, from->through, from->through_count, &out->through_count);
    out->held_best = from->held_best;
    out->held_typical = from->held_typical;
    return out;
}

static struct plan_question *questions_of(struct maker *m, const struct step *step, uint32_t *count)
{
    struct plan_question *list = ARENA_ARRAY(m->arena, struct plan_question, step->input_count);
    const struct model *model = m->plan->model;

    for (uint32_t i = 0; i < step->input_count; i++) {
        const struct entity *input = step->inputs[i];

        list[i] = (struct plan_question){input->name, entity_string(model, input, "type", "string"), entity_string(model, input, "ask", NULL),
                                         entity_string(model, input, "default", NULL)};
    }
    *count = step->input_count;
    return list;
}

/* A step without a source of its own rests on that of its method; a check of the data and a probe on what the specification says. */
static struct plan_figure_source *source_of(struct maker *m, const struct step *step)
{
    const struct asset_state *state = m->result && step->asset ? &m->result->states[step->asset->index] : NULL;
    uint32_t cursor = 0;
    bool own = step->origin && (step->origin->schema->id != BLOCK_STEP || entity_child(step->origin, BLOCK_SOURCE, &cursor));
    const struct entity *block = own || !state || !state->chosen ? step->origin : state->chosen->method, *source;
    struct plan_figure_source *out;
    struct value bounds, read;

    cursor = 0;
    if (step->figure || !block || !(source = entity_child(block, BLOCK_SOURCE, &cursor)))
        return NULL;
    out = ARENA_NEW(m->arena, struct plan_figure_source);
    bounds = entity_slot(source, SOURCE_bounds);
    read = entity_slot(source, SOURCE_read);
    *out = (struct plan_figure_source){source->name, entity_string(m->plan->model, source, "says", NULL),
                                       entity_string(m->plan->model, source, "grade", NULL), bounds.type == VALUE_BOOL && bounds.u.integer,
                                       read.type == VALUE_DATE ? read.u.integer : PLAN_NO_DAY};
    return out;
}

static void fill_step(struct maker *m, const struct step *from, struct plan_step *out)
{
    out->id = from->id;
    out->title = from->title;
    out->asset = document_asset(m, from->asset);
    out->subject = document_thing(m, from->subject);
    out->phase = (uint8_t)from->phase;
    out->ordinal = from->ordinal;
    out->wave = from->wave;
    out->mode = (uint8_t)from->mode;
    out->automated = from->mode == STEP_BY_ITSELF || step_has_command(from);
    out->attested = from->mode == STEP_ATTESTED;
    out->irreversible = from->irreversible;
    out->critical = from->critical;
    out->best_effort = from->best_effort;
    out->before_needs = from->before_needs;
    out->idle = from->idle;
    out->inside = from->inside;
    out->manual = from->manual;
    out->otherwise = from->otherwise;
    out->expect = from->expect;
    out->by = document_thing(m, from->by);
    out->control_plane = document_place(m, from->control_plane);
    out->barred = document_place(m, from->barred);
    out->at = document_place(m, from->at);
    out->run = document_command(m, from->run);
    out->check = document_command(m, from->check);
    out->until = document_command(m, from->until);
    out->verify = document_command(m, from->verify);
    out->undo = document_command(m, from->undo);
    out->takes = document_range(from->takes);
    out->own_work = step_own_work(from);
    out->figure = document_figure(m, from->figure);
    out->source = source_of(m, from);
    out->stated = from->figure || !from->stated.start ? NULL : document_origin(m, from->stated);
    out->grade = document_grade(m, block_grade(from->origin, false));
    out->worst_grade = document_grade(m, block_grade(from->origin, true));
    out->transfer = transfer_of(m, from->transfer);
    out->start = document_range(from->start);
    out->finish = document_range(from->finish);
    out->timeout = from->timeout > 0 ? from->timeout : TIMEOUT_UNKNOWN;
    out->retries = from->retries;
    out->attempt_cut = from->cut > 0 ? from->cut : PLAN_UNKNOWN;
    out->on_failure = (uint8_t)from->on_failure;
    out->inputs = questions_of(m, from, &out->inputs_count);
    out->notify = document_list(m, from->notify, from->notify_count, &out->notify_count);
    out->origin = document_origin(m, from->span);
}

/* Entered into the steps of the scenario or drill at work; what they wait for is linked afterwards. */
static struct plan_step *add_steps(struct maker *m, struct step *const *from, uint32_t count)
{
    struct plan_step *list = ARENA_ARRAY(m->arena, struct plan_step, count);

    for (uint32_t i = 0; i < count; i++) {
        fill_step(m, from[i], &list[i]);
        map_set(&m->steps, m->arena, (atom)(const void *)from[i], &list[i]);
    }
    return list;
}

static void link_steps(struct maker *m, struct step *const *from, uint32_t count, struct plan_step *list)
{
    for (uint32_t i = 0; i < count; i++) {
        list[i].after = steps_of(m, from[i]->after, from[i]->after_count, &list[i].after_count);
        list[i].follows = steps_of(m, from[i]->follows, from[i]->follow_count, &list[i].follows_count);
        list[i].waits_for = document_step(m, from[i]->waits_for);
    }
}

void document_steps(struct maker *m, struct step *const *from, uint32_t count, struct plan_step **out, uint32_t *out_count)
{
    map_release(&m->steps, m->arena);
    *out = add_steps(m, from, count);
    *out_count = count;
    link_steps(m, from, count, *out);
}

/* ---- assets */

static struct plan_term *terms_of(struct maker *m, const struct asset_state *state, uint32_t *count)
{
    const struct terms *terms = &state->rpo_terms;
    struct plan_term *list = ARENA_ARRAY(m->arena, struct plan_term, terms->count);

    for (uint32_t i = 0; i < terms->count; i++) {
        const struct term *term = &terms->items[i];
        bool less = term->what == TERM_CAPTURED || term->what == TERM_READ_LATE;

        list[i] = (struct plan_term){.what = term->what,
                                     .text = term->text,
                                     .ms = less ? -term->ms : term->ms,
                                     .less = less,
                                     .figure = document_figure(m, term_figure(state, i)),
                                     .origin = document_origin(m, term->span)};
    }
    *count = terms->count;
    return list;
}

static void fill_candidate(struct maker *m, const struct asset_state *state, const struct candidate *from, struct plan_candidate *out)
{
    out->method = from->label;
    out->name = from->method->name;
    out->element = from->element.type == VALUE_ENTITY ? document_thing(m, from->element.u.entity) : NULL;
    out->chosen = from == state->chosen;
    out->usable = from->usable;
    out->rejected = out->chosen ? NULL : from->rejected;
    out->takes = document_range(from->own);
    out->rpo = from->usable ? from->rpo : TIME_UNKNOWN;
    out->into = document_site(m, from->into);
    out->copy = document_thing(m, from->copy);
    out->store = document_thing(m, from->from_store);
    out->automatic = from->automatic;
    out->irreversible = from->irreversible;
    out->restores = from->restores;
    out->by = (uint8_t)from->by;
    out->nobody = document_thing(m, from->nobody);
    out->behind_cut = from->behind_cut;
    out->since_base = from->since_base;
    out->failback = from->failback;
    out->reprotect = from->reprotect;
}

static struct plan_stands_on *inputs_of(struct maker *m, const struct scenario_result *result, const struct asset_state *state, uint32_t *input,
                                        uint32_t *count)
{
    struct plan_stands_on *list;
    uint32_t first;

    while (*input < result->input_count && result->inputs[*input].asset->index < state->asset->index)
        ++*input;
    for (first = *input; *input < result->input_count && result->inputs[*input].asset == state->asset; ++*input)
        ++*count;
    list = ARENA_ARRAY(m->arena, struct plan_stands_on, *count);
    for (uint32_t i = 0; i < *count; i++) {
        const struct restore_input *on = &result->inputs[first + i];

        list[i] = (struct plan_stands_on){document_thing(m, on->thing), document_thing(m, on->through), on->how, document_asset(m, on->waits),
                                          document_origin(m, on->span)};
    }
    return list;
}

static struct plan_derived *derived_of(struct maker *m, const struct derived *from)
{
    struct plan_derived *out;

    if (!from)
        return NULL;
    out = ARENA_NEW(m->arena, struct plan_derived);
    *out = (struct plan_derived){document_asset(m, from->from), from->rpo_ms, from->loss_ms};
    return out;
}

static void fill_times(struct maker *m, const struct asset_state *from, struct plan_outcome *out)
{
    out->start = document_range(from->start);
    out->finish = document_range(from->finish);
    out->full_speed = document_range(from->full_speed ? *from->full_speed : from->finish);
    out->full_speed_figure = document_figure(m, from->figures ? from->figures->full_speed : NULL);
    out->data_loss = from->loss_ms;
    out->discarded = from->discarded_ms;
    out->of_its_data = derived_of(m, from->derived);
}

/* In most scenarios that of the asset itself. */
static struct plan_objective *objective_of(struct maker *m, const struct objective *from, const struct objective *own, struct plan_objective *made)
{
    bool same = made && from->ms == own->ms && from->source == own->source && from->span.start == own->span.start && from->span.end == own->span.end;

    return same ? made : document_objective(m, from);
}

static void fill_verdicts(struct maker *m, const struct asset_state *from, struct plan_outcome *out)
{
    out->rto = objective_of(m, &from->rto, &from->asset->rto, out->asset->rto);
    out->rpo = objective_of(m, &from->rpo, &from->asset->rpo, out->asset->rpo);
    out->rto_verdict = (uint8_t)from->rto_verdict;
    out->rpo_verdict = (uint8_t)from->rpo_verdict;
    out->rto_assumed_figures = document_figures(m, from->figures ? &from->figures->rto : NULL, &out->rto_assumed_figures_count);
    out->rpo_assumed_figures = document_figures(m, from->figures ? &from->figures->rpo : NULL, &out->rpo_assumed_figures_count);
    out->rto_on_demand = from->rto_on_demand;
    out->rpo_on_demand = from->rpo_on_demand;
    out->rto_on_declared = from->rto_on_declared;
    out->rpo_on_declared = from->rpo_on_declared;
    out->nobody = document_thing(m, from->nobody);
    out->undecided = from->undecided ? from->undecided->text : NULL;
    out->split = from->split ? from->split->text : NULL;
    out->unwatched = from->unwatched;
    out->never = from->never;
    out->blocked_by = document_asset(m, from->blocked_by);
}

static struct plan_link *chain_of(struct maker *m, const struct loss_proof *from)
{
    struct plan_link *list = ARENA_ARRAY(m->arena, struct plan_link, from->link_count);

    for (uint32_t i = 0; i < from->link_count; i++) {
        const struct chain_link *link = &from->links[i];

        list[i] = (struct plan_link){.backup = document_thing(m, link->backup),
                                     .store = document_thing(m, link->store),
                                     .copied = link->copied,
                                     .scheduler = link->scheduler,
                                     .missed = link->missed,
                                     .gap = link->gap,
                                     .from = link->from,
                                     .to = link->to,
                                     .shortest = link->shortest,
                                     .window = link->window,
                                     .waits = link->waits,
                                     .own_copies = link->own_copies,
                                     .at_end = link->at_end,
                                     .limit = link->limit,
                                     .loss = link->loss,
                                     .reach = link->reach};
    }
    return list;
}

static struct plan_story *story_of(struct maker *m, const struct story *from)
{
    struct plan_story *out;

    if (!from)
        return NULL;
    out = ARENA_NEW(m->arena, struct plan_story);
    *out = (struct plan_story){.strikes = from->strikes, .read = from->read, .newest = from->newest, .fenced = from->fenced, .loss = from->loss};
    out->of = document_asset(m, from->of);
    out->runs = ARENA_ARRAY(m->arena, struct plan_run, from->run_count);
    out->runs_count = from->run_count;
    for (uint32_t i = 0; i < from->run_count; i++) {
        const struct story_run *run = &from->runs[i];

        out->runs[i] = (struct plan_run){.backup = document_thing(m, run->backup),
                                         .fate = (uint8_t)run->fate,
                                         .slot = run->slot,
                                         .starts = run->starts,
                                         .captured = run->captured,
                                         .ends = run->ends,
                                         .arrives = run->arrives};
    }
    return out;
}

/* Proofs run in the order of assets, as states do. */
static void fill_proof(struct maker *m, const struct scenario_result *result, const struct asset_state *state, uint32_t *proof,
                       struct plan_outcome *out)
{
    const struct loss_proof *from = *proof < result->proof_count ? &result->proofs[*proof] : NULL;

    if (!from || from->state != state)
        return;
    ++*proof;
    out->chain = chain_of(m, from);
    out->chain_count = from->link_count;
    out->story = story_of(m, from->story);
}

static void fill_outcome(struct maker *m, const struct scenario_result *result, const struct asset_state *from, uint32_t *input, uint32_t *proof,
                         struct plan_outcome *out)
{
    fill_proof(m, result, from, proof, out);
    out->asset = document_asset(m, from->asset);
    out->fate = (uint8_t)from->fate;
    out->loss = from->loss[0] ? from->loss : NULL;
    out->losses = from->losses;
    out->losses_count = from->losses ? from->loss_count : 0;
    out->because_of = document_thing(m, from->lost_with);
    out->method = from->chosen ? from->chosen->label : NULL;
    out->serves_at = document_site(m, from->serving);
    fill_times(m, from, out);
    fill_verdicts(m, from, out);
    out->rpo_terms = terms_of(m, from, &out->rpo_terms_count);
    out->candidates_count = from->candidate_count;
    out->candidates = ARENA_ARRAY(m->arena, struct plan_candidate, from->candidate_count);
    for (uint32_t i = 0; i < from->candidate_count; i++)
        fill_candidate(m, from, &from->candidates[i], &out->candidates[i]);
    out->stands_on = inputs_of(m, result, from, input, &out->stands_on_count);
    out->steps = steps_of(m, from->steps, from->step_count, &out->steps_count);
    out->decides = document_step(m, from->decides);
    out->promotes = from->chosen && from->chosen->promotes;
    out->grade = document_grade(m, recovery_grade(from, false));
    out->worst_grade = document_grade(m, recovery_grade(from, true));
}

static void fill_outcomes(struct maker *m, const struct scenario_result *from, struct plan_scenario *out)
{
    uint32_t input = 0, proof = 0, count = 0; /* inputs run in the order of assets, as states do */

    for (uint32_t i = 0; i < m->plan->asset_count; i++)
        count += from->states[i].fate != FATE_UNAFFECTED;
    out->assets = ARENA_ARRAY(m->arena, struct plan_outcome, count);
    for (uint32_t i = 0; i < m->plan->asset_count; i++) {
        if (from->states[i].fate != FATE_UNAFFECTED)
            fill_outcome(m, from, &from->states[i], &input, &proof, &out->assets[out->assets_count++]);
    }
}

/* ---- names and groups */

static void fill_name(struct maker *m, const struct endpoint_state *from, struct plan_name_outcome *out)
{
    out->endpoint = document_endpoint(m, from->endpoint);
    out->affected = from->affected;
    out->barred = from->barred;
    out->from = document_thing(m, from->from);
    out->to = document_thing(m, from->to);
    out->dropped = document_thing(m, from->dropped);
    out->rto = document_objective(m, &from->rto);
    out->finish = document_range(from->finish);
    out->detection = from->detection;
    out->green = from->green;
    out->ttl = from->ttl;
    out->propagation = from->propagation;
    out->moves = (uint8_t)from->moves;
    out->answers_anyway = from->answers_anyway;
    out->let_go = from->let_go;
    out->stays_green = from->stays_green;
    out->step = document_step(m, from->step);
    out->verdict = (uint8_t)from->verdict;
    out->on_declared = from->on_declared;
    out->assumed_figures = document_figures(m, &from->assumed, &out->assumed_figures_count);
}

static void fill_group(struct maker *m, const struct group_state *from, struct plan_group_outcome *out)
{
    out->group = document_group(m, from->group);
    out->members_count = from->member_count;
    out->members = ARENA_ARRAY(m->arena, struct plan_member, from->member_count);
    for (uint32_t i = 0; i < from->member_count; i++) {
        const struct group_member *member = &from->members[i];

        out->members[i] = (struct plan_member){document_asset(m, member->state->asset), member->recovered, (uint8_t)member->points,
                                               member->points == POINTS_UNKNOWN ? PLAN_UNKNOWN : member->newest};
    }
    out->common_point = from->common;
    out->shared_run = from->shared;
    out->reconciles = from->reconciles;
    out->point = from->point_ms;
    out->skew = from->skew_ms;
    out->intact_newer_by = from->intact_ms;
    out->max_skew = from->max_skew;
    out->data_loss = from->loss_ms;
    out->rpo = document_objective(m, &from->rpo);
    out->verdict = (uint8_t)from->verdict;
    out->on_declared = group_on_declared(from);
    out->assumed_figures = document_figures(m, &from->assumed, &out->assumed_figures_count);
}

/* ---- scenarios */

typedef VEC(struct plan_checklist_item) item_list;

static void add_texts(struct maker *m, struct value items, item_list *out)
{
    for (uint32_t i = 0; items.type == VALUE_LIST && i < items.u.list->count; i++)
        vec_push(m->arena, out, ((struct plan_checklist_item){.text = value_text(items.u.list->items[i], m->arena)}));
}

/* "alarm-quiet" is read as "Alarm quiet". */
static const char *read_as(struct maker *m, const char *name)
{
    char *text = arena_strdup(m->arena, name);

    if (text[0] >= 'a' && text[0] <= 'z')
        text[0] = (char)(text[0] - 'a' + 'A');
    for (char *at = text; *at; at++)
        *at = *at == '-' ? ' ' : *at;
    return text;
}

/* Items stand in the order in which they are written, short ones and blocks alike. */
static void fill_checklist(struct maker *m, const struct entity *list, struct plan_checklist *out)
{
    const struct model *model = m->plan->model;
    struct value texts = entity_get(model, list, "items");
    const struct entity *item;
    item_list items = {0};
    bool written = false;

    out->phase = entity_string(model, list, "phase", NULL);
    for (uint32_t n = 0; (item = entity_child(list, BLOCK_ITEM, &n));) {
        if (!written && texts.type == VALUE_LIST && texts.origin > 0 && texts.origin < item->span.start) {
            add_texts(m, texts, &items);
            written = true;
        }
        vec_push(m->arena, &items,
                 ((struct plan_checklist_item){read_as(m, item->name), document_thing(m, entity_ref(model, item, "owner")),
                                               entity_string(model, item, "proves", NULL)}));
    }
    if (!written)
        add_texts(m, texts, &items);
    out->items = items.items;
    out->items_count = items.len;
}

static void fill_checklists(struct maker *m, const struct scenario_result *from, struct plan_scenario *out)
{
    VEC(struct plan_checklist) lists = {0};
    const struct entity *list;

    for (uint32_t i = 0; i < from->runbook_count; i++) {
        for (uint32_t c = 0; (list = entity_child(from->runbooks[i], BLOCK_CHECKLIST, &c));) {
            struct plan_checklist checklist = {0};

            fill_checklist(m, list, &checklist);
            vec_push(m->arena, &lists, checklist);
        }
    }
    out->checklists = lists.items;
    out->checklists_count = lists.len;
}

/* Whose hands the steps take, and what they wait for besides other steps. */
static void fill_hands(struct maker *m, const struct scenario_result *from, struct plan_scenario *out)
{
    out->hands_count = from->hands_count;
    out->hands = ARENA_ARRAY(m->arena, struct plan_hands, from->hands_count);
    for (uint32_t i = 0; i < from->hands_count; i++)
        out->hands[i] = (struct plan_hands){from->hands[i].name, document_thing(m, from->hands[i].who), from->hands[i].count};
    for (uint32_t i = 0; i < from->step_count; i++) {
        struct plan_step *step = &out->steps[i];
        uint32_t taken[2] = {from->taken ? from->taken[i].pool : UINT32_MAX, from->taken ? from->taken[i].crew : UINT32_MAX};

        step->release = (uint8_t)step_release(from, from->steps[i]);
        step->hands = ARENA_ARRAY(m->arena, const char *, 2);
        for (uint32_t t = 0; t < 2; t++) {
            if (taken[t] != UINT32_MAX)
                step->hands[step->hands_count++] = from->hands[taken[t]].name;
        }
    }
}

static void fill_scenario_steps(struct maker *m, const struct scenario_result *from, struct plan_scenario *out)
{
    map_release(&m->steps, m->arena);
    m->result = from;
    out->steps = add_steps(m, from->steps, from->step_count);
    out->steps_count = from->step_count;
    out->failback = add_steps(m, from->failback, from->failback_count);
    out->failback_count = from->failback_count;
    fill_hands(m, from, out);
    link_steps(m, from->steps, from->step_count, out->steps);
    link_steps(m, from->failback, from->failback_count, out->failback);
    m->result = NULL;
    out->critical_path = steps_of(m, from->critical, from->critical_count, &out->critical_path_count);
}

static void fill_scenario(struct maker *m, const struct scenario_result *from, struct plan_scenario *out)
{
    out->name = from->scenario->name;
    out->thing = document_thing(m, from->scenario);
    out->class = document_thing(m, from->class_);
    out->detect = document_range(from->detect);
    out->detected_by = from->detected_by;
    out->detected_origin = document_origin(m, from->detect_span);
    out->blind = document_thing(m, from->blind);
    out->blind_text = from->blind_text;
    out->declare = document_range(from->declare);
    out->approve = document_range(from->approve);
    if (from->has_declare_by) {
        out->declare_by = ARENA_NEW(m->arena, struct plan_moment);
        out->declare_by->ms = from->declare_by;
    }
    out->begin = document_range(from->begin);
    out->finish = document_range(from->finish);
    out->lower_bound = from->bound;
    out->waves = from->wave_count;
    out->runbooks = document_list(m, from->runbooks, from->runbook_count, &out->runbooks_count);
    fill_checklists(m, from, out);
    fill_scenario_steps(m, from, out);
    fill_outcomes(m, from, out);
    out->order = ARENA_ARRAY(m->arena, struct plan_asset *, from->order_count);
    for (uint32_t i = 0; i < from->order_count; i++)
        out->order[out->order_count++] = document_asset(m, from->order[i]);
    out->groups_count = from->group_count;
    out->groups = ARENA_ARRAY(m->arena, struct plan_group_outcome, from->group_count);
    for (uint32_t i = 0; i < from->group_count; i++)
        fill_group(m, &from->groups[i], &out->groups[i]);
    out->endpoints_count = from->endpoint_count;
    out->endpoints = ARENA_ARRAY(m->arena, struct plan_name_outcome, from->endpoint_count);
    for (uint32_t i = 0; i < from->endpoint_count; i++)
        fill_name(m, &from->endpoints[i], &out->endpoints[i]);
}

void place_scenarios(struct maker *m)
{
    m->out->scenarios_count = m->plan->scenario_count;
    m->out->scenarios = ARENA_ARRAY(m->arena, struct plan_scenario, m->plan->scenario_count);
}

void make_scenarios(struct maker *m, struct plan *forget)
{
    for (uint32_t i = 0; i < m->plan->scenario_count; i++) {
        fill_scenario(m, &m->plan->scenarios[i], &m->out->scenarios[i]);
        if (forget)
            plan_forget_states(forget, &m->plan->scenarios[i]);
    }
}
