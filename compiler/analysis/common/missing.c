/* See missing.h. Reasons are few (a figure of a scenario, of a backup, a protection) and decide many objectives: each keeps the
 * list of those that nobody accepted, and is printed when all scenarios were worked out. */
#include "analysis/common/missing.h"
#include "analysis/common/common.h"

#include <string.h>

enum { NAMED_MAX = 12 };

struct told_reason {
    struct reason reason;
    struct told_reason *other; /* another reason at the same thing */
    VEC(struct objective_ref) objectives;
    VEC(uint32_t) findings; /* their numbers */
    bool strict;            /* one of them demands proof */
    bool unknown;           /* it leaves them undecided */
};

static struct value attribute_value(const struct entity *entity, const char *attribute)
{
    for (uint32_t i = 0; attribute && i < entity->schema->row_count; i++) {
        if (strcmp(entity->schema->rows[i].name, attribute) == 0)
            return entity_slot(entity, i);
    }
    return value_unknown();
}

static struct span place_of(const struct analysis *a, const struct reason *reason)
{
    if (reason->span.end)
        return reason->span;
    return attr_span_or(reason->attribute ? entity_attr_named(a->model, reason->at, reason->attribute) : NULL, reason->at);
}

static const char *name_of(const char *attribute)
{
    return attribute ? attribute : "";
}

static struct told_reason *reason_entry(struct analysis *a, const struct reason *reason)
{
    atom key = (atom)(const void *)reason->at; /* equal things have one address */
    struct told_reason *first = map_get(&a->reasons_of, key), *entry;

    for (entry = first; entry; entry = entry->other) {
        if (entry->reason.code == reason->code && strcmp(name_of(entry->reason.attribute), name_of(reason->attribute)) == 0)
            return entry;
    }
    entry = ARENA_NEW(a->arena, struct told_reason);
    entry->reason = *reason;
    entry->reason.span = place_of(a, reason);
    if (!reason->text)
        entry->reason.text = intern_text(a, "`%s` of %s `%s` is not %s", reason->attribute, reason->at->schema->name, reason->at->name,
                                         value_is_known(attribute_value(reason->at, reason->attribute)) ? "enough" : "stated");
    entry->other = first;
    map_set(&a->reasons_of, a->arena, key, entry);
    vec_push(a->arena, &a->reasons, entry);
    return entry;
}

static const char *objective_word(enum objective_kind kind)
{
    static const char *const words[] = {
        [OBJECTIVE_RTO] = "RTO", [OBJECTIVE_RPO] = "RPO", [OBJECTIVE_ENDPOINT] = "RTO", [OBJECTIVE_GROUP] = "RPO", [OBJECTIVE_SLO] = "SLO"};

    return words[kind];
}

static bool add(struct analysis *a, const struct reason *reason, struct objective_ref objective, bool unknown)
{
    struct told_reason *entry = reason_entry(a, reason);

    if (!find_with(a, reason->code,
                   (struct about){.unknown = unknown,
                                  .decides_nothing = !unknown,
                                  .subject = objective.subject,
                                  .scenario = objective.scenario,
                                  .span = entry->reason.span,
                                  .strict = objective.strict,
                                  .cause = (struct entity *)(uintptr_t)reason->at},
                   "%s: the %s of `%s`%s%s%s %s", entry->reason.text, objective_word(objective.kind), objective.subject->name,
                   objective.scenario ? " in `" : "", objective.scenario ? objective.scenario->name : "", objective.scenario ? "`" : "",
                   unknown ? "is unknown" : "rests on it"))
        return false;
    entry->strict |= objective.strict;
    entry->unknown |= unknown;
    vec_push(a->arena, &entry->objectives, objective);
    vec_push(a->arena, &entry->findings, a->findings.len - 1);
    return true;
}

bool decides(struct analysis *a, const struct reason *reason, struct objective_ref objective)
{
    return add(a, reason, objective, true);
}

bool concerns(struct analysis *a, const struct reason *reason, struct objective_ref objective)
{
    return add(a, reason, objective, false);
}

/* "RTO of `db`, `web` in `loss`; RPO of `db` in `loss`": objectives follow each other as they were worked out, scenario by scenario. */
static const char *list_objectives(struct analysis *a, const struct told_reason *entry, uint32_t count)
{
    const struct objective_ref *first = entry->objectives.items;
    struct strbuf text = STRBUF_INIT;
    const char *list;

    for (uint32_t i = 0; i < count; i++) {
        const struct objective_ref *o = &first[i], *before = i ? o - 1 : NULL;

        if (before && before->kind == o->kind && before->scenario == o->scenario) {
            strbuf_addf(&text, ", `%s`", o->subject->name);
            continue;
        }
        if (before && before->scenario)
            strbuf_addf(&text, " in `%s`", before->scenario->name);
        strbuf_addf(&text, "%s%s of `%s`", before ? "; " : "", objective_word(o->kind), o->subject->name);
    }
    if (count && first[count - 1].scenario)
        strbuf_addf(&text, " in `%s`", first[count - 1].scenario->name);
    list = strbuf_dup(&text, a->arena);
    strbuf_release(&text);
    return list;
}

static void name_objectives(struct analysis *a, struct diag *diag, const struct told_reason *entry)
{
    const char *what = entry->unknown ? "it decides" : "on it rests";
    uint32_t count = entry->objectives.len;
    const char *all = list_objectives(a, entry, count);

    if (count > NAMED_MAX)
        diag_note_brief(diag, arena_printf(a->arena, "%s: %s", what, all), "%s: %s, and %u more", what, list_objectives(a, entry, NAMED_MAX),
                        count - NAMED_MAX);
    else
        diag_note(diag, "%s: %s", what, all);
    for (uint32_t i = 0; i < count; i++)
        tell_by_itself(a, entry->findings.items[i], diag);
}

void tell_reasons(struct analysis *a)
{
    for (uint32_t i = 0; i < a->reasons.len; i++) {
        const struct told_reason *entry = a->reasons.items[i];
        const struct reason *reason = &entry->reason;
        struct diag *diag;

        if (!entry->objectives.len)
            continue; /* all of it is accepted */
        diag = diag_report(a->sink, reason->code, reason->span, "%s", reason->text);
        diag->subject = intern_text(a, "%s.%s", reason->at->schema->name, reason->at->name);
        diag_set_severity(diag, entry->strict ? SEVERITY_ERROR : SEVERITY_WARNING);
        diag->verdict = entry->unknown ? DIAG_UNKNOWN : DIAG_NO_VERDICT;
        name_objectives(a, diag, entry);
        if (reason->help)
            diag_help(diag, "%s", reason->help);
        else if (reason->attribute)
            diag_help(diag, "state `%s`; what nobody states is unknown, and unknown is never taken as fine", reason->attribute);
    }
}

/* The runbook that asks for an approval and does not say how long it may take. */
static const struct entity *unapproved(const struct scenario_result *result)
{
    for (uint32_t i = 0; i < result->runbook_count; i++) {
        struct value who = entity_slot(result->runbooks[i], RUNBOOK_approve);

        if (who.type == VALUE_LIST && who.u.list->count && entity_slot(result->runbooks[i], RUNBOOK_approve_within).type != VALUE_DURATION)
            return result->runbooks[i];
    }
    return result->scenario;
}

/* Without detection and declaration nothing about the scenario can be timed: the reason, once, and what it decides. */
bool clock_is_unset(const struct scenario_result *result, struct reason *out)
{
    bool detected = result->detect.known;

    if (detected && result->declare.known && result->approve.known)
        return false;
    if (detected && result->declare.known) {
        *out = (struct reason){.code = DIAG_E0561,
                               .at = unapproved(result),
                               .attribute = "approve_within",
                               .help = "add `approve_within = …`: how long the approval may take; the outage lasts meanwhile"};
        return true;
    }
    if (!detected && result->blind) {
        *out = (struct reason){
            .code = DIAG_E0561,
            .at = result->blind,
            .attribute = "observes",
            .text = result->blind_text,
            .help = "let something that stands then watch it: an asset elsewhere that `observes` it, or the `health` check of an `endpoint`"};
        return true;
    }
    *out = (struct reason){.code = DIAG_E0561,
                           .at = result->scenario,
                           .attribute = detected ? "declare" : "detect",
                           .help = detected ? "add `declare = …`: how long it takes from noticing until somebody declares the recovery"
                                   : result->declare.known
                                       ? "add `detect = …`, or give what users reach an `endpoint` with a `health` check that fails then"
                                       : "add `detect = …`, or give what users reach an `endpoint` with a `health` check that fails then; "
                                         "and `declare = …`, which is not stated either"};
    return true;
}

const struct reason *keep_reason(struct analysis *a, const struct reason *reason)
{
    struct reason *kept = ARENA_NEW(a->arena, struct reason);

    *kept = *reason;
    return kept;
}

bool nobody_owns(struct analysis *a, const struct scenario_result *result, struct entity *subject, struct reason *out)
{
    const struct entity *plan = a->model->plan;

    if (plan && entity_ref(a->model, plan, "owner"))
        return false;
    if (!plan && answers_for(a, subject))
        return false;
    *out = (struct reason){
        .code = DIAG_E0562,
        .at = plan     ? plan
              : result ? result->scenario
                       : subject,
        .attribute = "owner",
        .text = plan ? intern_text(a, "nobody answers for what plan `%s` takes for granted: it has no `owner`", plan->name)
                     : intern_text(a, "nobody answers for what `%s` takes for granted: there is no `plan` with an `owner`",
                                   result ? result->scenario->name : subject->name),
        .help = "state `owner = PERSON` or a team in the `plan`: what no file does is asked of its owner, and how soon somebody acts as well"};
    return true;
}

const struct reason *unset_row(const struct analysis *a, const struct entity *entity, const char *row, const char *text, const char *help)
{
    struct reason *reason = ARENA_NEW(a->arena, struct reason);

    *reason = (struct reason){.code = DIAG_E0561, .at = entity, .attribute = row, .text = text, .help = help};
    return reason;
}
