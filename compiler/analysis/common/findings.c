/* Findings. A finding is a result (it goes into the plan) and a diagnostic (it is printed), unless somebody accepted it (waivers.c):
 * then it stays in the plan, marked. */
#include "analysis/common/common.h"

/* False when somebody accepted it. */
static bool add_finding(struct analysis *a, struct finding finding)
{
    finding.accepted = find_waiver(a, finding.code, finding.name, finding.subject, finding.scenario);
    vec_push(a->arena, &a->findings, finding);
    if (finding.accepted)
        a->plan->waived++;
    else if (finding.severity == SEVERITY_ADVICE)
        a->plan->advised++;
    else if (finding.verdict == VERDICT_UNKNOWN)
        a->plan->unknown++;
    else if (finding.verdict == VERDICT_REFUTED)
        a->plan->refuted++;
    return !finding.accepted;
}

static struct diag *report(struct analysis *a, enum diag_code code, const struct finding *finding)
{
    struct diag *diag = diag_report(a->sink, code, finding->span, "%s", finding->message);
    const struct entity *subject = finding->subject, *scenario = finding->scenario;

    if (finding->verdict == VERDICT_UNKNOWN)
        diag->verdict = DIAG_UNKNOWN;
    else if (finding->verdict == VERDICT_REFUTED && finding->severity == SEVERITY_ERROR)
        diag->verdict = DIAG_REFUTED;
    if (subject)
        diag->subject = intern_text(a, "%s.%s%s%s", subject->schema->name, subject->name, scenario ? "@" : "", scenario ? scenario->name : "");
    return diag;
}

void tell_by_itself(struct analysis *a, uint32_t number, struct diag *with)
{
    const struct finding *finding = &a->findings.items[number];
    struct diag *diag = report(a, diag_find(finding->code), finding);

    diag->told_with = with;
    diag_set_severity(diag, (enum severity)finding->severity);
    if (finding->span.start != with->primary.span.start)
        diag_label(diag, with->primary.span, "what has to be mended");
}

static struct diag *record(struct analysis *a, enum diag_code code, const char *rule, enum verdict verdict, uint32_t severity, struct entity *subject,
                           struct entity *scenario, struct span span, const char *message)
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
    diag = report(a, code, &finding);
    diag->rule = rule;
    diag->verdict = rule ? DIAG_NO_VERDICT : diag->verdict;
    a->findings.items[a->findings.len - 1].diag = diag;
    return diag;
}

struct span entity_slot_span(const struct entity *entity, uint32_t row)
{
    const struct attr *attr = entity->tree ? block_attr(entity->tree, entity_row_info(entity, row)->name) : NULL;

    return attr ? span_join(attr->name_span, attr->value->span) : entity->span;
}

struct diag *find(struct analysis *a, enum diag_code code, enum verdict verdict, struct entity *subject, struct entity *scenario, struct span span,
                  const char *format, ...)
{
    va_list args;
    const char *message;

    va_start(args, format);
    message = arena_vprintf(a->arena, format, args);
    va_end(args);
    return record(a, code, NULL, verdict, diag_info(code)->severity, subject, scenario, span, message);
}

bool find_with(struct analysis *a, enum diag_code code, enum verdict verdict, enum severity severity, struct entity *subject, struct entity *scenario,
               struct span span, struct entity *cause, const char *format, ...)
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

struct diag *find_rule(struct analysis *a, struct entity *rule, enum verdict verdict, uint32_t severity, struct entity *subject, struct span span,
                       const char *message)
{
    enum diag_code code = verdict == VERDICT_UNKNOWN ? DIAG_E0604 : DIAG_E0601;
    struct diag *diag = record(a, code, rule->name, verdict, severity, subject, NULL, span, message);

    if (diag)
        diag_set_severity(diag, severity);
    return diag;
}
