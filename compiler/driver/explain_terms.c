/* Where a term of a recovery time is written, down to the figures it is worked out from. */
#include "driver/driver.h"

#include <stdio.h>
#include <string.h>

enum { INPUTS_MAX = 8 };

/* The attribute that says how long the step takes: a measured figure of the asset's own, the step's, or that of the whole method. */
static const struct attr *figure_of(const struct session *session, const struct scenario_result *result, const struct step *step)
{
    const struct candidate *chosen = step->asset ? result->states[step->asset->index].chosen : NULL;
    bool of_method = chosen && (!step->origin || step->origin->parent == chosen->method);
    const struct entity *timing = of_method ? entity_child_named(step->asset->entity, BLOCK_TIMING, chosen->method->name) : NULL;
    const struct attr *attr = entity_attr_named(&session->model, timing, "rto");

    if (!attr)
        attr = entity_attr_named(&session->model, step->origin, "takes");
    /* Only the step that stands for the whole method has its figure: the retrieval from an archive has one of its own. */
    if (!attr && of_method && step->span.start == chosen->method->span.start)
        attr = entity_attr_named(&session->model, chosen->method, "rto");
    return attr;
}

struct span figure_place(const struct session *session, const struct scenario_result *result, const struct step *step)
{
    const struct attr *attr = figure_of(session, result, step);

    return attr ? attr_span(attr) : step->span;
}

/* ---------------------------------------------------------------- what a figure is worked out from */

struct inputs {
    atom names[INPUTS_MAX]; /* of `self.NAME` */
    uint32_t count;
};

static void add_input(struct inputs *inputs, atom name)
{
    for (uint32_t i = 0; i < inputs->count; i++) {
        if (inputs->names[i] == name)
            return;
    }
    if (inputs->count < INPUTS_MAX)
        inputs->names[inputs->count++] = name;
}

/* The attributes of the asset that occur in the expression; its depth is bounded by the parser. */
static void find_inputs(const struct expr *expr, struct inputs *inputs)
{
    switch (expr ? expr->kind : EXPR_NULL) {
    case EXPR_MEMBER:
        if (expr->u.member.object->kind == EXPR_NAME && strcmp(expr->u.member.object->u.name, "self") == 0)
            add_input(inputs, expr->u.member.name);
        else
            find_inputs(expr->u.member.object, inputs);
        break;
    case EXPR_CALL:
        for (uint32_t i = 0; expr->u.call.args && i < expr->u.call.args->count; i++)
            find_inputs(expr->u.call.args->items[i], inputs);
        break;
    case EXPR_UNARY: find_inputs(expr->u.unary, inputs); break;
    case EXPR_BINARY:
        find_inputs(expr->u.binary.left, inputs);
        find_inputs(expr->u.binary.right, inputs);
        break;
    case EXPR_COND:
        find_inputs(expr->u.cond->test, inputs);
        find_inputs(expr->u.cond->yes, inputs);
        find_inputs(expr->u.cond->no, inputs);
        break;
    case EXPR_RANGE:
        find_inputs(expr->u.range->best, inputs);
        find_inputs(expr->u.range->typical, inputs);
        find_inputs(expr->u.range->worst, inputs);
        break;
    default: break;
    }
}

void explain_inputs(const struct session *session, const struct scenario_result *result, const struct step *step)
{
    const struct attr *figure = figure_of(session, result, step);
    struct inputs inputs = {.count = 0};

    if (!figure || !step->asset)
        return;
    find_inputs(figure->value, &inputs);
    for (uint32_t i = 0; i < inputs.count; i++) {
        struct value value = entity_get(&session->model, step->asset->entity, inputs.names[i]);
        int row = entity_row(step->asset->entity, inputs.names[i]);
        const struct attr_row *declared = row < 0 ? NULL : entity_row_info(step->asset->entity, (uint32_t)row);
        bool written = entity_attr_named(&session->model, step->asset->entity, inputs.names[i]) || !declared || !declared->span.start;
        const char *origin = sources_origin(&session->sources,
                                            written ? entity_attr_span_named(&session->model, step->asset->entity, inputs.names[i]) : declared->span);

        if (value_is_known(value) && value.type != VALUE_ENTITY && value.type != VALUE_LIST && value.type != VALUE_STRING)
            say("%10s    with %s = %s%s%s%s\n", "", inputs.names[i], value_text(value, session->arena), origin[0] ? "  (" : "", origin,
                origin[0] ? ")" : "");
    }
}

/* ---------------------------------------------------------------- who says a figure */

static const char *grade_words(char grade)
{
    switch (grade) {
    case 'A': return "vendor documentation";
    case 'B': return "vendor guidance";
    case 'C': return "measured by a third party";
    case 'D': return "derived";
    case 'P': return "assumption";
    default: return "no source";
    }
}

void explain_figure(const struct figure *figure)
{
    if (!figure)
        return;
    say("%10s    figure %s: ", "", figure->id);
    if (!figure->source_count)
        say_line("no source");
    else if (figure->grade == figure->bound)
        say("grade %c, %s\n", figure->grade, grade_words(figure->grade));
    else
        say("grade %c, %s; its worst end %c, %s\n", figure->grade, grade_words(figure->grade), figure->bound, grade_words(figure->bound));
    for (uint32_t i = 0; i < figure->source_count; i++) {
        const struct figure_source *source = &figure->sources[i];
        struct strbuf date = STRBUF_INIT;

        if (strcmp(source->url, "policy") == 0)
            continue;
        if (source->was_read)
            print_date(&date, source->read);
        say("%10s      %s%s%s\n", "", source->url, source->was_read ? ", read " : "", source->was_read ? strbuf_str(&date) : "");
        strbuf_release(&date);
    }
}

void explain_assumed(const struct assumed_figures *assumed)
{
    if (!assumed->count)
        return;
    say("%10s  rests on %s: it would fail were the worst end of one twice as long\n", "",
        assumed->count == 1 ? "an assumed figure" : "assumed figures");
    for (uint32_t i = 0; i < assumed->count; i++)
        say("%10s    %s\n", "", assumed->items[i]->id);
}

/* ---------------------------------------------------------------- what it rests on */

static bool is_among(const struct assumption *entry, uint32_t first, uint32_t end, const struct resting *wanted)
{
    for (uint32_t i = first; i < end; i++) {
        const struct resting *r = &entry->rests[i];

        if (r->kind == wanted->kind && r->subject == wanted->subject && r->scenario == wanted->scenario)
            return true;
    }
    return false;
}

static bool rests_before(const struct assumption *entry, const struct entity *scenario, const struct ledger_scope *scope)
{
    for (uint32_t i = 0; i < entry->rest_count; i++) {
        if (entry->rests[i].kind == OBJECTIVE_RTO && entry->rests[i].scenario == scenario && in_ledger_scope(scope, entry, &entry->rests[i]))
            return true;
    }
    return false;
}

void explain_ledger(const struct session *session, struct entity *scenario, struct entity *subject, enum objective_kind kind)
{
    const struct plan *plan = session->plan;
    const struct resting wanted = {kind, false, subject, scenario};
    const struct ledger_scope *scope = kind == OBJECTIVE_RTO || kind == OBJECTIVE_ENDPOINT ? ledger_scope_of(session, subject) : NULL;
    uint32_t own = 0, before = 0;

    for (uint32_t i = 0; i < plan->assumption_count; i++) {
        const struct assumption *entry = plan->assumptions[i];

        if (!is_among(entry, 0, entry->own_count, &wanted)) {
            before +=
                is_among(entry, entry->own_count, entry->rest_count, &wanted) || (!entry->whole && scope && rests_before(entry, scenario, scope));
            continue;
        }
        if (!own++)
            say_line("the verdict rests on");
        print_assumption(entry, 2);
    }
    if (before)
        say("%s on %u %s more through what it waits for: `drc ledger SPEC --asset %s%s%s`\n", own ? "and" : "the verdict rests", before,
            before == 1 ? "entry" : "entries", subject->name, scenario ? " --scenario " : "", scenario ? scenario->name : "");
}

/* ---------------------------------------------------------------- names users reach */

static const char *place_text(const struct session *session, struct span span)
{
    const char *origin = sources_origin(&session->sources, span);

    return origin[0] ? arena_printf(session->arena, "  (%s)", origin) : "";
}

static void print_line(const struct session *session, int64_t ms, const char *text, struct span span)
{
    struct strbuf words = STRBUF_INIT;

    if (ms < 0)
        strbuf_addstr(&words, "unknown");
    else
        print_duration(&words, ms);
    say("%10s  %s%s\n", strbuf_str(&words), text, place_text(session, span));
    strbuf_release(&words);
}

static struct span health_place(const struct endpoint_state *state, const struct entity *target)
{
    uint32_t cursor = 0;
    const struct entity *health = target ? entity_child(target, BLOCK_HEALTH, &cursor) : NULL;

    return health ? health->span : state->endpoint->span;
}

void explain_endpoint(const struct session *session, const struct scenario_result *result, const struct endpoint_state *state)
{
    struct value serves = entity_slot(state->endpoint, ENDPOINT_serves);
    const struct entity *target = state->dropped ? state->dropped : state->from;
    const struct asset_state *slowest = NULL;
    bool moves = state->moves != MOVES_NOT, returns = state->moves == MOVES_AND_BACK;

    say("%s in %s %s%s\n", state->endpoint->name, result->scenario->name,
        !state->affected ? "is unaffected"
        : state->to      ? "leads to "
                         : "leads nowhere",
        state->affected && state->to ? state->to->name : "");
    if (!state->affected)
        return;
    for (uint32_t i = 0; serves.type == VALUE_LIST && i < serves.u.list->count; i++) {
        const struct entity *entity = serves.u.list->items[i].type == VALUE_ENTITY ? serves.u.list->items[i].u.entity : NULL;
        const struct asset_state *served = entity ? &result->states[entity->index] : NULL;

        if (served && (!slowest || !served->finish.known || (slowest->finish.known && served->finish.worst > slowest->finish.worst)))
            slowest = served;
    }
    /* Until its own check is green, a target is no answer: that may be what takes longest. */
    if (slowest && slowest->finish.known && state->finish.known && state->green > 0 &&
        state->finish.worst == slowest->finish.worst + state->green + state->ttl) {
        print_line(session, slowest->finish.worst,
                   arena_printf(session->arena, "until `%s` is back: `drc explain rto %s`", slowest->asset->name, slowest->asset->name),
                   slowest->asset->entity->span);
        print_line(session, state->green,
                   arena_printf(session->arena, "until the health check of `%s` is green: threshold x (interval + timeout)", state->to->name),
                   health_place(state, state->to));
        moves = returns = false;
        print_line(session, state->ttl, "TTL of the old record", entity_attr_span_named(&session->model, state->endpoint, "ttl"));
    } else if (state->moves == MOVES_BY_STEP && state->step && slowest && state->step->finish.known && slowest->finish.known &&
               state->step->finish.worst >= slowest->finish.worst)
        print_line(session, state->finish.known ? state->step->finish.worst : TIME_UNKNOWN,
                   state->stays_green ? arena_printf(session->arena, "until `%s` is done: its health check stays green", state->step->id)
                                      : arena_printf(session->arena, "until `%s` is done", state->step->id),
                   state->endpoint->span);
    else if (slowest && (!slowest->finish.known || !moves || returns || state->detection <= slowest->finish.worst))
        print_line(session, slowest->finish.known ? slowest->finish.worst : TIME_UNKNOWN,
                   arena_printf(session->arena, "until `%s` is back: `drc explain rto %s`", slowest->asset->name, slowest->asset->name),
                   slowest->asset->entity->span);
    else if (moves)
        print_line(session, state->detection, "until its health check notices: threshold x (interval + timeout)", health_place(state, target));
    if (moves && state->moves == MOVES_BY_STEP && state->detection)
        print_line(session, state->detection, "until the alarm and the health check behind the switch have followed", health_place(state, target));
    if (returns)
        print_line(session, state->detection, "until its health check is green again: threshold x (interval + timeout)", health_place(state, target));
    if (moves && state->propagation)
        print_line(session, state->propagation, "until the change is everywhere",
                   entity_attr_span_named(&session->model, state->endpoint, "propagation"));
    if (moves)
        print_line(session, state->ttl, returns ? "TTL of the other record, which it leads to meanwhile" : "TTL of the old record",
                   entity_attr_span_named(&session->model, state->endpoint, "ttl"));
    say_line("----------");
    print_line(session, state->finish.known ? state->finish.worst : TIME_UNKNOWN, "worst-case time until it leads to the recovered system",
               (struct span){0, 0});
    if (state->rto.ms >= 0)
        print_line(session, state->rto.ms, arena_printf(session->arena, "its RTO, from %s", state->rto.source), state->rto.span);
    explain_assumed(&state->assumed);
    explain_ledger(session, result->scenario, state->endpoint, OBJECTIVE_ENDPOINT);
    say_line("");
}
