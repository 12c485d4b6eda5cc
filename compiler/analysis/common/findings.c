/* Findings. A finding is a result (it goes into the plan) and a diagnostic (it is printed), unless somebody accepted it (waivers.c):
 * then it stays in the plan, marked. */
#include "analysis/common/common.h"

/* False when somebody accepted it. */
static bool add_finding(struct analysis *a, struct finding finding)
{
    finding.accepted = find_waiver(a, &finding);
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

/* The entry of a data file that the thing was made of, where the message points at the block which many are made by; no place: it was not. */
static struct span entry_of(const struct analysis *a, const struct finding *finding)
{
    const struct entity *thing = finding->subject;

    while (thing && thing->parent)
        thing = thing->parent;
    return thing && span_is_in_data(a->eval, thing->span) && !span_is_in_data(a->eval, finding->span) ? thing->span : (struct span){0, 0};
}

static struct diag *report(struct analysis *a, const struct finding *finding)
{
    struct diag *diag = diag_report(a->sink, finding->code, finding->span, "%s", finding->message);
    const struct entity *subject = finding->subject, *scenario = finding->scenario;
    struct span entry = entry_of(a, finding);

    if (entry.start)
        diag_label(diag, entry, "of this entry");
    if (finding->severity != diag_info(finding->code)->severity)
        diag_set_severity(diag, (enum severity)finding->severity);
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
    struct diag *diag = report(a, finding);

    diag->told_with = with;
    if (finding->span.start != with->primary.span.start)
        diag_label(diag, with->primary.span, "what has to be mended");
}

/* What is found, without its message. */
static struct finding finding_about(enum diag_code code, const struct about *about)
{
    bool has_place = about->span.start || !about->subject;

    return (struct finding){.code = code,
                            .rule = about->rule,
                            .verdict = about->unknown           ? VERDICT_UNKNOWN
                                       : about->decides_nothing ? VERDICT_OK
                                                                : VERDICT_REFUTED,
                            .subject = about->subject,
                            .scenario = about->scenario,
                            .span = has_place ? about->span : about->subject->span,
                            .severity = about->strict                    ? SEVERITY_ERROR
                                        : about->rule || about->severity ? about->severity
                                                                         : diag_info(code)->severity,
                            .cause = about->cause};
}

struct diag *find(struct analysis *a, enum diag_code code, struct about about, const char *format, ...)
{
    struct finding finding = finding_about(code, &about);
    struct diag *diag;
    va_list args;

    va_start(args, format);
    finding.message = arena_vprintf(a->arena, format, args);
    va_end(args);
    if (!add_finding(a, finding))
        return NULL;
    diag = report(a, &finding);
    if ((diag->rule = about.rule))
        diag->verdict = DIAG_NO_VERDICT; /* a rule speaks of no objective */
    a->findings.items[a->findings.len - 1].diag = diag;
    return diag;
}

bool find_with(struct analysis *a, enum diag_code code, struct about about, const char *format, ...)
{
    struct finding finding = finding_about(code, &about);
    va_list args;

    va_start(args, format);
    finding.message = arena_vprintf(a->arena, format, args);
    va_end(args);
    return add_finding(a, finding);
}
