/* Findings and waivers. A finding is a result (it goes into the plan) and a diagnostic (it is printed), unless somebody
 * accepted it: then it stays in the plan, marked. */
#include "analysis/internal.h"

#include <string.h>

static bool names(struct value list, const struct entity *entity)
{
    for (uint32_t i = 0; entity && list.type == VALUE_LIST && i < list.u.list->count; i++) {
        if (list.u.list->items[i].type == VALUE_ENTITY && list.u.list->items[i].u.entity == entity)
            return true;
    }
    return false;
}

static bool expired(const struct analysis *a, const struct entity *accept)
{
    struct value until = entity_slot(accept, ACCEPT_until);

    return a->options->has_as_of && until.type == VALUE_DATE && until.u.integer < a->options->as_of;
}

static struct entity *waiver(const struct analysis *a, const char *code, const char *name, const struct entity *subject,
                             const struct entity *scenario)
{
    for (uint32_t i = 0; i < a->model->declared[BLOCK_ACCEPT].list.len; i++) {
        struct entity *accept = a->model->declared[BLOCK_ACCEPT].list.items[i];
        struct value rule = entity_slot(accept, ACCEPT_rule), on = entity_slot(accept, ACCEPT_on);
        struct value only = entity_slot(accept, ACCEPT_scenario);

        if (rule.type != VALUE_STRING || (strcmp(rule.u.string, name) != 0 && strcmp(rule.u.string, code) != 0))
            continue;
        if (!names(on, subject) && !(scenario && names(on, scenario)))
            continue;
        if (only.type == VALUE_ENTITY && only.u.entity != scenario)
            continue;
        accept->facts = accept; /* used: see check_waivers */
        if (!expired(a, accept))
            return accept;
    }
    return NULL;
}

/* False when somebody accepted it. */
static bool add_finding(struct analysis *a, struct finding finding)
{
    finding.accepted = waiver(a, finding.code, finding.name, finding.subject, finding.scenario);
    vec_push(a->arena, &a->findings, finding);
    if (finding.accepted)
        a->plan->waived++;
    else if (finding.verdict == VERDICT_UNKNOWN)
        a->plan->unknown++;
    else
        a->plan->refuted++;
    return !finding.accepted;
}

static struct diag *record(struct analysis *a, enum diag_code code, const char *rule, enum verdict verdict, uint32_t severity,
                           struct entity *subject, struct entity *scenario, struct span span, const char *message)
{
    const struct diag_info *info = diag_info(code);
    struct finding finding = {.code = rule ? rule : info->code,
                              .name = rule ? rule : info->name,
                              .verdict = verdict,
                              .message = message,
                              .subject = subject,
                              .scenario = scenario,
                              .span = span,
                              .severity = severity};
    struct diag *diag;

    if (!add_finding(a, finding))
        return NULL;
    diag = diag_report(a->sink, code, span, "%s", message);
    diag->rule = rule;
    a->findings.items[a->findings.len - 1].diag = diag;
    if (subject)
        diag->subject = intern_text(a, "%s.%s%s%s", subject->schema->name, subject->name, scenario ? "@" : "", scenario ? scenario->name : "");
    return diag;
}

struct diag *find(struct analysis *a, enum diag_code code, enum verdict verdict, struct entity *subject, struct entity *scenario,
                  struct span span, const char *format, ...)
{
    va_list args;
    const char *message;

    va_start(args, format);
    message = arena_vprintf(a->arena, format, args);
    va_end(args);
    return record(a, code, NULL, verdict, diag_info(code)->severity, subject, scenario, span, message);
}

bool find_with(struct analysis *a, enum diag_code code, enum verdict verdict, enum severity severity, struct entity *subject,
               struct entity *scenario, struct span span, struct entity *cause, const char *format, ...)
{
    struct finding finding = {.code = diag_info(code)->code,
                              .name = diag_info(code)->name,
                              .verdict = verdict,
                              .subject = subject,
                              .scenario = scenario,
                              .span = span,
                              .severity = severity,
                              .cause = cause};
    va_list args;

    va_start(args, format);
    finding.message = arena_vprintf(a->arena, format, args);
    va_end(args);
    return add_finding(a, finding);
}

struct diag *find_rule(struct analysis *a, struct entity *rule, enum verdict verdict, uint32_t severity, struct entity *subject,
                       struct span span, const char *message)
{
    enum diag_code code = verdict == VERDICT_UNKNOWN ? DIAG_E0604 : DIAG_E0601;
    struct diag *diag = record(a, code, rule->name, verdict, severity, subject, NULL, span, message);

    if (diag)
        diag_set_severity(diag, severity);
    return diag;
}

static bool is_known_rule(const struct analysis *a, const char *name)
{
    return diag_find(name) != DIAG_COUNT || model_find(a->model, BLOCK_RULE, intern_str(a->model->names, name));
}

void check_waivers(struct analysis *a)
{
    bool any = false;

    for (uint32_t i = 0; i < a->model->declared[BLOCK_ACCEPT].list.len; i++) {
        struct entity *accept = a->model->declared[BLOCK_ACCEPT].list.items[i];
        struct value rule = entity_slot(accept, ACCEPT_rule);

        any = true;
        if (rule.type == VALUE_STRING && !is_known_rule(a, rule.u.string)) {
            diag_help(diag_report(a->sink, DIAG_E0607, accept->span, "waiver `%s` names `%s`, which is no rule", accept->name,
                                  rule.u.string),
                      "`drc list rules` prints all of them");
        } else if (!accept->facts) {
            diag_help(diag_report(a->sink, DIAG_E0603, accept->span, "waiver `%s` accepts nothing", accept->name),
                      "remove it, or mend what it names");
        } else if (expired(a, accept)) {
            struct strbuf date = STRBUF_INIT;

            print_date(&date, entity_slot(accept, ACCEPT_until).u.integer);
            diag_help(diag_report(a->sink, DIAG_E0602, accept->span, "waiver `%s` expired on %s", accept->name, strbuf_str(&date)),
                      "mend what it waived, or renew the decision");
            strbuf_release(&date);
        }
    }
    if (any && !a->options->has_as_of)
        diag_report(a->sink, DIAG_E0606, a->model->declared[BLOCK_ACCEPT].list.items[0]->span,
                    "waivers are not judged by date without --as-of");
}
