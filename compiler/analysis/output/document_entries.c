/* The ledger and the findings of the published plan. */
#include "analysis/output/document.h"

static struct plan_made_true *by_of(struct maker *m, const struct assumption *from)
{
    struct plan_made_true *out = ARENA_NEW(m->arena, struct plan_made_true);

    *out = (struct plan_made_true){
        .who = (uint8_t)from->by,
        .target = from->target,
        .file = from->file,
        .source = from->source,
        .grade = from->grade,
        .read = from->was_read ? from->read : PLAN_NO_DAY,
        .on = document_thing(m, from->on),
        .of_kind = from->by == BY_DEMAND && from->words,
        .words = from->by != BY_DEMAND ? NULL
                 : from->words         ? from->words
                                       : from->says,
    };
    return out;
}

static struct plan_check *check_of(struct maker *m, const struct assumption *from)
{
    struct plan_check *out = ARENA_NEW(m->arena, struct plan_check);

    *out = (struct plan_check){document_command(m, &from->check), from->question};
    return out;
}

static const char *rest_text(struct maker *m, const struct resting *rests)
{
    static const char *const objectives[] = {"rto", "rpo", "endpoint", "group", "slo"};

    return arena_printf(m->arena, "%s:%s%s%s", objectives[rests->kind], rests->subject->name, rests->scenario ? "/" : "",
                        rests->scenario ? rests->scenario->name : "");
}

/* Many entries carry the same verdict of an asset: its text is made once. */
static const char *shared_text(struct maker *m, const struct resting *rests)
{
    const struct asset *asset = plan_asset(m->plan, rests->subject);
    uint32_t count = m->plan->scenario_count, at;

    if (!asset || !rests->scenario || rests->scenario->index >= count || (rests->kind != OBJECTIVE_RTO && rests->kind != OBJECTIVE_RPO))
        return rest_text(m, rests);
    if (!m->rest_texts)
        m->rest_texts = ARENA_ARRAY(m->arena, const char **, 2 * (size_t)count);
    at = 2 * rests->scenario->index + (rests->kind == OBJECTIVE_RPO);
    if (!m->rest_texts[at])
        m->rest_texts[at] = ARENA_ARRAY(m->arena, const char *, m->plan->asset_count);
    if (!m->rest_texts[at][asset->index])
        m->rest_texts[at][asset->index] = rest_text(m, rests);
    return m->rest_texts[at][asset->index];
}

static const char **rests_of(struct maker *m, const struct assumption *from)
{
    const char **list = ARENA_ARRAY(m->arena, const char *, from->rest_count);

    for (uint32_t i = 0; i < from->rest_count; i++)
        list[i] = shared_text(m, &from->rests[i]);
    return list;
}

static void document_entry(struct maker *m, const struct assumption *from, struct plan_assumption *out)
{
    *out = (struct plan_assumption){
        .id = arena_strdup(m->arena, from->id),
        .kind = assumption_kind_name(from->kind),
        .subject_kind = from->subject->schema->name,
        .subject = from->subject->name,
        .says = from->says,
        .value = from->value,
        .by = by_of(m, from),
        .check = check_of(m, from),
        .unwatched = from->unwatched,
        .rests = rests_of(m, from),
        .rests_count = from->rest_count,
        .rests_whole = from->whole,
        .origin = document_origin(m, from->span),
    };
}

static struct plan_scenario *scenario_of(const struct maker *m, const struct entity *scenario)
{
    return scenario && scenario->index < m->out->scenarios_count ? &m->out->scenarios[scenario->index] : NULL;
}

static void fill_finding(struct maker *m, const struct finding *from, struct plan_finding *out)
{
    const struct diag_info *info = diag_info(from->code);

    *out = (struct plan_finding){
        .code = from->rule ? from->rule : info->code,
        .name = from->rule ? from->rule : info->name,
        .severity = (uint8_t)from->severity,
        .verdict = (uint8_t)from->verdict,
        .message = from->message,
        .subject_kind = from->subject ? from->subject->schema->name : NULL,
        .subject = from->subject ? from->subject->name : NULL,
        .scenario = scenario_of(m, from->scenario),
        .accepted = document_thing(m, from->accepted),
        .told_with = from->cause ? from->cause->name : NULL,
        .origin = document_origin(m, from->span),
    };
}

static void forget_texts(struct maker *m)
{
    for (uint32_t i = 0; m->rest_texts && i < 2 * m->plan->scenario_count; i++)
        arena_give_back(m->arena, m->rest_texts[i], m->plan->asset_count * sizeof *m->rest_texts[i]);
    m->rest_texts = NULL;
}

void make_entries(struct maker *m)
{
    m->out->assumptions_count = m->plan->assumption_count;
    m->out->assumptions = ARENA_ARRAY(m->arena, struct plan_assumption, m->plan->assumption_count);
    for (uint32_t i = 0; i < m->plan->assumption_count; i++)
        document_entry(m, m->plan->assumptions[i], &m->out->assumptions[i]);
    forget_texts(m);
    m->out->findings_count = m->plan->finding_count;
    m->out->findings = ARENA_ARRAY(m->arena, struct plan_finding, m->plan->finding_count);
    for (uint32_t i = 0; i < m->plan->finding_count; i++)
        fill_finding(m, &m->plan->findings[i], &m->out->findings[i]);
}
