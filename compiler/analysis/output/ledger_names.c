/* The ledger, third part: names users reach. Each term of the time until a name leads to what was recovered is an entry: the record, its TTL,
 * the health check that moves it or the change that does, what is between the change and the name servers, and the control plane it is made
 * through.
 *
 * Records and checks are credited to the file in which the kind of the name makes them (`makes` of its emits); where none does, they are asked of
 * whoever answers for the name. */
#include "analysis/clock/clock.h"
#include "analysis/common/entries.h"
#include "analysis/common/ledger.h"
#include "analysis/output/output.h"
#include "analysis/recovery/credit.h"
#include "analysis/world/world.h"

#include <string.h>

static const char *word_at(const struct entity *entity, uint32_t row)
{
    struct value value = entity_slot(entity, row);

    return value.type == VALUE_WORD ? value.u.word : "";
}

/* By the file of the emit that makes `thing`, of the kind of `subject`; false: no file makes it. */
static bool made_in_file(struct analysis *a, struct assumption *entry, const struct entity *thing, struct entity *subject, const char *question)
{
    struct credit credit;
    const char *file = emit_makes(a, thing, subject, &credit) ? emit_file(a, credit.maker, credit.subject, credit.scope) : NULL;

    if (file)
        made_by(entry, credit.maker->name, file, question);
    return file;
}

bool check_made_by(struct analysis *a, struct assumption *entry, struct entity *target, const char *question)
{
    uint32_t cursor = 0;

    return made_in_file(a, entry, entity_child(target, BLOCK_HEALTH, &cursor), target->parent, question);
}

/* By the file in which the kind of the name makes the record of its first target, else asked. */
static void emitted_or_asked(struct analysis *a, struct assumption *entry, struct entity *endpoint, const char *question)
{
    uint32_t cursor = 0;

    if (!made_in_file(a, entry, entity_child(endpoint, BLOCK_TARGET, &cursor), endpoint, question))
        ask_owner(a, entry, endpoint, name_told_in(endpoint), question);
}

/* What its kind, or one that is built on, says of it with a source. */
static bool provider_says(struct assumption *entry, const struct entity *endpoint, const char *attribute)
{
    for (const struct kind_info *kind = endpoint->kind; kind; kind = kind->base) {
        if (platform_says(entry, kind->entity, attribute))
            return true;
    }
    return false;
}

static struct assumption *of_name(struct analysis *a, enum assumption_kind kind, const struct scenario_result *result,
                                  const struct endpoint_state *state, const char *what, bool *is_new)
{
    struct assumption *entry = ledger_entry(a, kind, state->endpoint, what, is_new);

    rest_on(a, entry, OBJECTIVE_ENDPOINT, state->endpoint, result->scenario);
    return entry;
}

static void add_record(struct analysis *a, const struct scenario_result *result, const struct endpoint_state *state)
{
    struct entity *endpoint = state->endpoint;
    bool is_new;
    struct assumption *entry = of_name(a, ASSUME_ANSWERS, result, state, ".record", &is_new);

    if (is_new) {
        entry->says = intern_text(a, "`%s` has its records as stated (%s, moved by %s), and answers change when they do", endpoint->name,
                                  word_at(endpoint, ENDPOINT_routing), word_at(endpoint, ENDPOINT_mode));
        emitted_or_asked(a, entry, endpoint, "does `dig` from outside show the records of the plan?");
    }
}

static void add_ttl(struct analysis *a, const struct scenario_result *result, const struct endpoint_state *state)
{
    struct entity *endpoint = state->endpoint;
    bool is_new, alias = name_mover(endpoint) && state->from && entity_slot(state->from, TARGET_alias).type == VALUE_STRING;
    struct assumption *entry = of_name(a, ASSUME_ANSWERS, result, state, ".ttl", &is_new);

    if (!is_new)
        return;
    entry->value = ledger_duration(a, state->ttl);
    entry->says = intern_text(a, "nobody uses an answer for `%s` longer than %s%s", endpoint->name, entry->value ? entry->value : "its TTL",
                              alias ? ", the TTL of what its alias points to" : "");
    if (!alias)
        emitted_or_asked(a, entry, endpoint, "which TTL does `dig` show, and do clients keep to it?");
    else if (!provider_says(entry, endpoint, "ttl"))
        ask_owner(a, entry, endpoint, name_told_in(endpoint), "which TTL does `dig` show for the alias, and do clients keep to it?");
}

/* What the kind of the provider says gives no bound, so that it is asked; with who says it. What is stated is a statement. */
static void add_propagation(struct analysis *a, const struct scenario_result *result, const struct endpoint_state *state)
{
    bool is_new;
    struct assumption *entry = of_name(a, ASSUME_ANSWERS, result, state, ".propagation", &is_new);

    if (!is_new)
        return;
    entry->value = ledger_duration(a, state->propagation);
    entry->says = intern_text(a, "a change of the record of `%s` is at all name servers within %s", state->endpoint->name,
                              entry->value ? entry->value : "an unknown time");
    if (entity_slot(state->endpoint, ENDPOINT_propagation).defaulted)
        provider_says(entry, state->endpoint, "propagation");
    ask_owner(a, entry, state->endpoint, name_told_in(state->endpoint), "how long did the last change take until every name server had it?");
}

static void add_check(struct analysis *a, const struct scenario_result *result, const struct endpoint_state *state)
{
    struct entity *target = state->dropped ? state->dropped : state->from;
    struct health_clock clock = health_clock(target);
    bool is_new;
    struct assumption *answer = add_answer(a, result, target);
    struct assumption *entry = of_name(a, ASSUME_DETECTS, result, state, intern_text(a, ".%s", target->name), &is_new);

    if (answer)
        rest_on(a, answer, OBJECTIVE_ENDPOINT, state->endpoint, result->scenario);
    if (!is_new)
        return;
    entry->span = clock.block ? clock.block->span : target->span;
    entry->value = ledger_duration(a, clock.after);
    entry->says = intern_text(a, "the health check of `%s` at `%s` turns %s %s after what it asks is %s", state->endpoint->name, target->name,
                              state->moves == MOVES_AND_BACK ? "red, and green," : "red", entry->value ? entry->value : "an unknown time",
                              state->moves == MOVES_AND_BACK ? "gone, and back" : "gone");
    if (!check_made_by(a, entry, target, "is it green now, and when did it last turn red?"))
        ask_owner(a, entry, state->endpoint, name_told_in(state->endpoint), "is it green now, and when did what it asks last turn red?");
}

/* A check that asks a name instead of the target itself is worth what that name leads to. */
static void add_asked(struct analysis *a, const struct scenario_result *result, const struct endpoint_state *state)
{
    struct entity *target = state->dropped ? state->dropped : state->from;
    uint32_t cursor = 0;
    const struct entity *health = entity_child(target, BLOCK_HEALTH, &cursor);
    struct value host = health ? entity_slot(health, HEALTH_host) : value_unknown();
    struct value alias = entity_slot(target, TARGET_alias), own = alias.type == VALUE_STRING ? alias : entity_slot(target, TARGET_value);
    struct assumption *entry;
    bool is_new;

    if (host.type != VALUE_STRING || (own.type == VALUE_STRING && strcmp(own.u.string, host.u.string) == 0))
        return;
    entry = of_name(a, ASSUME_DETECTS, result, state, intern_text(a, ".%s/host", target->name), &is_new);
    if (!is_new)
        return;
    entry->span = entity_attr_span(health, HEALTH_host);
    entry->value = host.u.string;
    entry->says = intern_text(a, "what the health check of `%s` asks, `%s`, leads to `%s` and nowhere else", state->endpoint->name, host.u.string,
                              target->name);
    ask_owner(a, entry, state->endpoint, name_told_in(state->endpoint), "what does `dig` from outside show for it, and who may change that?");
}

static void add_switch(struct analysis *a, const struct scenario_result *result, const struct endpoint_state *state)
{
    bool is_new;
    struct assumption *entry = of_name(a, ASSUME_ANSWERS, result, state, ".switch", &is_new);

    if (!is_new)
        return;
    entry->value = ledger_duration(a, state->detection);
    entry->says = intern_text(a, "behind the switch of `%s` alarm and health check follow within %s", state->endpoint->name,
                              entry->value ? entry->value : "an unknown time");
    emitted_or_asked(a, entry, state->endpoint, "was the switch turned in a drill, and how long did the name take?");
}

/* It ends with an error where the addresses of the cluster are not kept, and else prints the call it would make. */
static void controls_check(struct analysis *a, const struct endpoint_state *state, struct command *out)
{
    const char *const words[] = {"route53/traffic.sh", state->endpoint->name, "to", state->to->name, "--dry-run"};

    out->count = sizeof words / sizeof *words;
    out->words = ARENA_ARRAY(a->arena, struct word, out->count);
    for (uint32_t i = 0; i < out->count; i++) {
        out->words[i].count = 1;
        out->words[i].parts = ARENA_ARRAY(a->arena, struct word_part, 1);
        out->words[i].parts[0].text = words[i];
    }
}

/* Whoever turns routing controls has to know the addresses of their cluster: asking for them needs a control plane. A file makes the controls,
 * and nobody keeps the addresses, or has turned one, because of that. */
static void add_controls(struct analysis *a, const struct scenario_result *result, const struct endpoint_state *state)
{
    bool is_new;
    struct assumption *entry = of_name(a, ASSUME_ANSWERS, result, state, ".routing_controls", &is_new);

    if (!is_new)
        return;
    entry->says =
        intern_text(a,
                    "the routing controls of `%s` and their cluster exist, `traffic.sh %s prepare` kept the addresses of the cluster where the "
                    "scripts run, and who recovers may turn them",
                    state->endpoint->name, state->endpoint->name);
    ask_owner(a, entry, state->endpoint, name_told_in(state->endpoint), "was one turned in a drill, from where the scripts run?");
    if (name_mover(state->endpoint))
        controls_check(a, state, &entry->check);
}

/* Where the change is made: silence about it would be credit. */
static void add_plane(struct analysis *a, const struct scenario_result *result, const struct endpoint_state *state)
{
    const struct entity *plane = state->step ? state->step->control_plane : NULL;
    bool is_new, known = kind_deferred(state->endpoint->kind, KIND_control_plane) != NULL;
    struct assumption *entry = of_name(a, ASSUME_ANSWERS, result, state, ".control_plane", &is_new);

    if (!is_new)
        return;
    entry->value = plane ? plane->name : NULL;
    entry->says = plane ? intern_text(a, "the record of `%s` is changed through `%s` alone, which answers while that stands", state->endpoint->name,
                                      plane->name)
                        : intern_text(a, "the control plane through which the record of `%s` is changed answers in every scenario: %s",
                                      state->endpoint->name, known ? "it is at no site of the specification" : "nothing says where it is");
    if (!plane || !provider_says(entry, state->endpoint, "control_plane"))
        ask_owner(a, entry, state->endpoint, name_told_in(state->endpoint),
                  plane   ? "is it still changed there alone?"
                  : known ? "does it stand when what it leads to is lost? Declare the site it is at"
                          : "where is it, and does it stand when what it leads to is lost? The kind of the name says it by `control_plane`");
}

/* What a health check moved away it moves back as soon as the old side answers, fenced or not: the step that leads the name there holds it. */
static void add_way_back(struct analysis *a, const struct scenario_result *result, const struct endpoint_state *state)
{
    const struct entity *from = state->dropped ? state->dropped : state->from;
    struct credit check;
    const char *what = intern_text(a, ".back/%s%s%s", from->name, state->let_go ? "/" : "", state->let_go ? result->scenario->name : "");
    bool is_new;
    struct assumption *entry = of_name(a, ASSUME_ANSWERS, result, state, what, &is_new);

    if (!is_new)
        return;
    entry->says = intern_text(a, "`%s` leads back to `%s` only when somebody leads it there, and not as soon as that answers again",
                              state->endpoint->name, from->name);
    entry->span = from->span;
    if (state->step && !state->let_go && !state->zone && name_mover(state->endpoint) &&
        emit_makes(a, health_clock(from).block, state->endpoint, &check))
        made_by(entry, "route53", "route53/traffic.sh", "was the name held in a drill, with the old side answering?");
    else
        ask_owner(
            a, entry, state->endpoint, name_told_in(state->endpoint),
            state->let_go
                ? "what holds it can not be done while its control plane does not answer: who keeps the old side from answering until the failback?"
                : "what keeps the old side from answering, or the name where it is, until the failback?");
}

void add_endpoint(struct analysis *a, const struct scenario_result *result, const struct endpoint_state *state)
{
    const char *mode = word_at(state->endpoint, ENDPOINT_mode);

    if (!state->affected || state->verdict == VERDICT_NOT_APPLICABLE)
        return;
    add_record(a, result, state);
    if (state->moves == MOVES_NOT)
        return;
    add_ttl(a, result, state);
    if (state->moves == MOVES_AND_BACK) {
        add_check(a, result, state);
        return;
    }
    if (state->moves == MOVES_BY_CHECK) {
        add_check(a, result, state);
        add_asked(a, result, state);
        add_way_back(a, result, state);
        return;
    }
    add_moving_step(a, result, state);
    if (strcmp(mode, "stop") == 0) {
        add_switch(a, result, state);
    } else if (strcmp(mode, "arc") == 0) {
        add_controls(a, result, state);
    } else {
        add_propagation(a, result, state);
        add_plane(a, result, state);
    }
}
