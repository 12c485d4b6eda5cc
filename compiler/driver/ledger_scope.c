/* What a verdict rests on with all that has to be true before: what it waits for rests on things as well. Entries list all verdicts that rest on
 * them, but in plans too large for that: there those they are made for are followed through needs, steps, served assets and members. And how an entry
 * is printed. */
#include "driver/driver.h"

#include <stdio.h>
#include <string.h>

struct ledger_scope {
    const struct plan *plan;
    const struct entity *subject;
    bool **assets; /* by scenario, then asset: its recovery is waited for; NULL where nothing is */
};

typedef VEC(const struct asset *) asset_list;

static void add_asset(struct arena *arena, bool *marks, asset_list *queue, const struct asset *asset)
{
    if (!asset || marks[asset->index])
        return;
    marks[asset->index] = true;
    vec_push(arena, queue, asset);
}

static void add_waited(struct arena *arena, bool *marks, asset_list *queue, struct step *const *steps, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        add_asset(arena, marks, queue, steps[i]->asset);
}

/* Everything whose recovery comes before those marked, in one scenario. */
static void follow(struct arena *arena, const struct scenario_result *result, bool *marks, asset_list *queue)
{
    for (uint32_t at = 0; at < queue->len; at++) {
        const struct asset *asset = queue->items[at];
        const struct asset_state *state = &result->states[asset->index];
        const struct edges *edges[2] = {&asset->needs, &asset->restores_with};

        for (int kind = 0; kind < 2; kind++) {
            for (uint32_t i = 0; i < edges[kind]->count; i++) {
                if (result->states[edges[kind]->items[i].index].fate != FATE_UNAFFECTED)
                    add_asset(arena, marks, queue, edges[kind]->items[i].to);
            }
        }
        for (uint32_t i = 0; i < state->step_count; i++) {
            add_waited(arena, marks, queue, state->steps[i]->after, state->steps[i]->after_count);
            add_waited(arena, marks, queue, state->steps[i]->follows, state->steps[i]->follow_count);
        }
    }
}

static void add_value(const struct plan *plan, struct arena *arena, bool *marks, asset_list *queue, struct value list)
{
    for (uint32_t i = 0; list.type == VALUE_LIST && i < list.u.list->count; i++) {
        if (list.u.list->items[i].type == VALUE_ENTITY)
            add_asset(arena, marks, queue, plan_asset(plan, list.u.list->items[i].u.entity));
    }
}

const struct ledger_scope *ledger_scope_of(const struct session *session, const struct entity *subject)
{
    const struct plan *plan = session->plan;
    struct ledger_scope *scope = ARENA_NEW(session->arena, struct ledger_scope);
    bool endpoint = subject->schema->id == BLOCK_ENDPOINT;

    *scope = (struct ledger_scope){plan, subject, ARENA_ARRAY(session->arena, bool *, plan->scenario_count + 1)};
    for (uint32_t s = 0; s < plan->scenario_count; s++) {
        const struct scenario_result *result = &plan->scenarios[s];
        bool *marks = ARENA_ARRAY(session->arena, bool, plan->asset_count + 1);
        asset_list queue = {0};

        if (endpoint) {
            add_value(plan, session->arena, marks, &queue, entity_slot(subject, ENDPOINT_serves));
            for (uint32_t e = 0; e < result->endpoint_count; e++) {
                const struct step *step = result->endpoints[e].endpoint == subject ? result->endpoints[e].step : NULL;

                if (step)
                    add_waited(session->arena, marks, &queue, step->after, step->after_count);
            }
        } else {
            add_asset(session->arena, marks, &queue, plan_asset(plan, subject));
        }
        follow(session->arena, result, marks, &queue);
        scope->assets[s] = marks;
    }
    return scope;
}

const struct ledger_scope *ledger_scope(const struct session *session, const char *name)
{
    static const enum block_id sorts[] = {BLOCK_ASSET, BLOCK_ENDPOINT, BLOCK_GROUP};

    for (size_t i = 0; i < sizeof sorts / sizeof *sorts; i++) {
        const struct entity *subject = model_find(&session->model, sorts[i], intern_str(session->names, name));

        if (subject)
            return ledger_scope_of(session, subject);
    }
    return NULL;
}

bool in_ledger_scope(const struct ledger_scope *scope, const struct assumption *entry, const struct resting *rests)
{
    const struct asset *asset = rests->kind == OBJECTIVE_RTO ? plan_asset(scope->plan, rests->subject) : NULL;

    if (rests->subject == scope->subject || entry->whole)
        return rests->subject == scope->subject;
    for (uint32_t s = 0; asset && s < scope->plan->scenario_count; s++) {
        if (scope->plan->scenarios[s].scenario == rests->scenario)
            return scope->assets[s][asset->index];
    }
    return false;
}

/* ---------------------------------------------------------------- one entry */

static void add_source(struct strbuf *line, const struct assumption *a)
{
    struct strbuf date = STRBUF_INIT;

    if (a->source && strcmp(a->source, "policy") != 0)
        strbuf_addf(line, "; %s", a->source);
    if (a->grade)
        strbuf_addf(line, "%s grade %s", a->source && strcmp(a->source, "policy") != 0 ? "," : ";", a->grade);
    if (a->was_read) {
        print_date(&date, a->read);
        strbuf_addf(line, ", read %s", strbuf_str(&date));
    }
    strbuf_release(&date);
}

static void add_who(struct strbuf *line, const struct assumption *a)
{
    switch (a->by) {
    case BY_ARTIFACT: strbuf_addf(line, "by %s: %s", makes_true_name(a->by), a->file ? a->file : a->target ? a->target : ""); break;
    case BY_PLATFORM: strbuf_addf(line, "by the platform%s", a->source ? "" : ", as the specification says"); break;
    case BY_DEMAND: strbuf_addf(line, "asked of %s%s%s", a->on ? a->on->name : "nobody", a->words ? ": " : "", a->words ? a->words : ""); break;
    case BY_NOBODY: strbuf_addstr(line, "by nobody: what rests on it is unknown");
    }
    add_source(line, a);
}

static void add_check(struct strbuf *line, const struct assumption *a)
{
    if (command_is_set(&a->check))
        strbuf_addstr(line, "check: ");
    else if (a->question)
        strbuf_addf(line, "ask: %s", a->question);
    command_print(&a->check, line);
}

static void print_line(struct strbuf *line, size_t indent)
{
    if (line->len > indent)
        print_wrapped(strbuf_str(line), indent + 2);
    strbuf_clear(line);
}

void print_assumption(const struct assumption *a, size_t indent)
{
    struct strbuf line = STRBUF_INIT;

    strbuf_addfill(&line, ' ', indent);
    strbuf_addf(&line, "%s%s", a->id, a->unwatched ? "  (unwatched)" : "");
    print_line(&line, indent);
    strbuf_addfill(&line, ' ', indent + 2);
    strbuf_addstr(&line, a->says);
    print_line(&line, indent + 2);
    strbuf_addfill(&line, ' ', indent + 4);
    add_who(&line, a);
    print_line(&line, indent + 4);
    strbuf_addfill(&line, ' ', indent + 4);
    add_check(&line, a);
    print_line(&line, indent + 4);
    strbuf_release(&line);
}
