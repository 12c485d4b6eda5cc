/* What a report for build servers has beside the findings: the objectives as cases of a test, what rules say of themselves, and where files are. */
#include "driver/driver.h"

#include "source/report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct collecting {
    struct session *session;
    VEC(struct report_case) cases;
};

static const char *file_of(const struct session *session, const struct entity *entity)
{
    const struct source_file *file = sources_file_at(&session->sources, entity->span.start);

    return file ? file->name : "";
}

/* The finding about a subject that says so, accepted or not; NULL: there is none. */
static const struct finding *finding_about(const struct plan *plan, const struct entity *subject, const struct entity *scenario, enum verdict verdict,
                                           bool accepted)
{
    for (uint32_t i = 0; i < plan->finding_count; i++) {
        const struct finding *finding = &plan->findings[i];

        if (finding->subject == subject && finding->scenario == scenario && finding->verdict == verdict && !finding->accepted == !accepted)
            return finding;
    }
    return NULL;
}

/* What nobody proved is an error where proof is demanded, and was left out where it is not. */
static enum report_state state_of(const struct plan *plan, const struct entity *subject, const struct entity *scenario, enum verdict verdict)
{
    const struct finding *finding;

    if (verdict == VERDICT_REFUTED)
        return REPORT_REFUTED;
    finding = finding_about(plan, subject, scenario, verdict, false);
    return finding && finding->severity < SEVERITY_ERROR ? REPORT_SKIPPED : REPORT_UNKNOWN;
}

/* `what`: "RTO"; `worst`: NULL where there is no number; `wanted`: what it is held against. */
static void add_case(struct collecting *c, const struct entity *subject, const struct entity *scenario, const char *what, enum verdict verdict,
                     const char *worst, const char *wanted)
{
    struct arena *arena = c->session->arena;
    const struct plan *plan = c->session->plan;
    const struct finding *accepted;
    const char *told;
    struct report_case add = {
        .suite = scenario ? scenario->name : "availability",
        .name = arena_printf(arena, "%s %s", subject->name, what),
        .subject = arena_printf(arena, "%s.%s%s%s", subject->schema->name, subject->name, scenario ? "@" : "", scenario ? scenario->name : ""),
        .message = "",
        .file = file_of(c->session, subject)};

    if (verdict == VERDICT_NOT_APPLICABLE)
        return;
    if (verdict != VERDICT_OK) {
        told = verdict == VERDICT_UNKNOWN ? arena_printf(arena, "unknown: nothing proves the %s of %s", what, wanted)
               : worst                    ? arena_printf(arena, "refuted: %s at the worst, the %s is %s", worst, what, wanted)
                                          : arena_printf(arena, "refuted: nothing keeps the %s of %s", what, wanted);
        accepted = finding_about(plan, subject, scenario, verdict, true);
        add.state = accepted ? REPORT_SKIPPED : state_of(plan, subject, scenario, verdict);
        add.message = accepted
                          ? arena_printf(arena, "accepted (%s): %s", entity_string(&c->session->model, accepted->accepted, "why", "no reason"), told)
                          : told;
    }
    vec_push(arena, &c->cases, add);
}

static const char *duration(struct arena *arena, bool known, int64_t ms)
{
    return known ? text_of_duration(arena, (ms + 999) / 1000 * 1000) : NULL;
}

static const char *loss(struct arena *arena, int64_t ms)
{
    return ms == RPO_ALL ? "everything is lost" : duration(arena, ms >= 0, ms);
}

static void add_asset(struct collecting *c, const struct scenario_result *result, const struct asset_state *state)
{
    struct arena *arena = c->session->arena;

    add_case(c, state->asset->entity, result->scenario, "RTO", state->rto_verdict, duration(arena, state->finish.known, state->finish.worst),
             duration(arena, true, state->rto.ms));
    add_case(c, state->asset->entity, result->scenario, "RPO", state->rpo_verdict, loss(arena, state->loss_ms), duration(arena, true, state->rpo.ms));
}

static void add_scenario(struct collecting *c, const struct scenario_result *result)
{
    struct arena *arena = c->session->arena;

    for (uint32_t i = 0; result->states && i < c->session->plan->asset_count; i++)
        add_asset(c, result, &result->states[i]);
    for (uint32_t i = 0; i < result->endpoint_count; i++) {
        const struct endpoint_state *state = &result->endpoints[i];

        add_case(c, state->endpoint, result->scenario, "RTO", state->verdict, duration(arena, state->finish.known, state->finish.worst),
                 duration(arena, true, state->rto.ms));
    }
    for (uint32_t i = 0; i < result->group_count; i++) {
        const struct group_state *state = &result->groups[i];

        add_case(c, state->group, result->scenario, "RPO", state->verdict, loss(arena, state->loss_ms), duration(arena, true, state->rpo.ms));
    }
}

static const char *percent(struct arena *arena, int64_t parts)
{
    struct strbuf text = STRBUF_INIT;
    const char *words;

    print_percent(&text, parts);
    words = strbuf_dup(&text, arena);
    strbuf_release(&text);
    return words;
}

/* Of all scenarios, those of one after the other; then what a name promises over the year. */
void collect_cases(struct session *session)
{
    struct collecting c = {.session = session};
    const struct plan *plan = session->plan;

    for (uint32_t s = 0; plan && s < plan->scenario_count; s++)
        add_scenario(&c, &plan->scenarios[s]);
    for (uint32_t i = 0; plan && i < plan->slo_count; i++) {
        const struct slo_state *slo = &plan->slos[i];

        add_case(&c, slo->endpoint, NULL, "SLO", slo->verdict, slo->known ? percent(session->arena, slo->parts) : NULL,
                 percent(session->arena, slo->target));
    }
    session->cases = c.cases.items;
    session->case_count = c.cases.len;
}

static const char *said_by(struct session *session, const struct entity *rule, uint32_t row)
{
    struct value value = eval_deferred(&session->eval, rule, row, NULL);

    return value.type == VALUE_STRING || value.type == VALUE_WORD ? value_text(value, session->arena) : "";
}

static void rule_text(void *context, const char *rule, struct diag_rule_text *out)
{
    struct session *session = context;
    const struct entity *entity = model_find(&session->model, BLOCK_RULE, intern_str(session->names, rule));
    const char *reason = entity ? said_by(session, entity, RULE_reason) : "";

    if (!entity)
        return;
    out->title = said_by(session, entity, RULE_title);
    out->help = arena_printf(session->arena, "%s%sdrc explain %s", reason[0] ? reason : out->title, reason[0] || out->title[0] ? "\n\n" : "", rule);
}

/* With a slash at its end; NULL: it cannot be named. */
static const char *working_folder(struct arena *arena)
{
    char *path = getcwd(NULL, 0);
    const char *folder = path ? arena_printf(arena, "%s%s", path, path[0] && path[1] ? "/" : "") : NULL;

    free(path);
    return folder;
}

void complete_style(struct session *session, struct diag_style *style)
{
    const struct options *options = session->options;
    const char *first = options->arguments.len ? options->arguments.items[0] : "";

    style->root = working_folder(session->arena);
    style->input = is_folder(first) ? arena_printf(session->arena, "%s%smain.dr", first, first[strlen(first) - 1] == '/' ? "" : "/") : first;
    style->rule_text = rule_text;
    style->context = session;
    style->cases = session->cases;
    style->case_count = session->case_count;
    style->others = session->others;
    style->other_count = session->other_count;
}
