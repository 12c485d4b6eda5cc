/* Offers under `help:`: single changes that make a refuted objective hold.
 *
 * analysis/repair/repair.c proposes changes of the text; here each is made in memory, the whole specification is compiled again, and only what
 * then holds without anything new being wrong is offered, with the value that was proved. Nothing is offered that was not compiled. */
#include "driver/driver.h"

#include "analysis/repair/repair.h"

#include <string.h>

/* Work is bounded by a count, never by a clock, so that a run says the same on every machine. A compilation costs about 5 ms for the
 * standard library, 10 us for every asset in every scenario, and as much as the library for each walk over the calendar of a time zone that
 * none before it made, which makes this about a second. */
enum { WORK_LIMIT = 100000, WORK_OF_LIBRARY = 500, WORK_OF_WALK = 500, OFFERS_MAX = 4, SENSES = OFFER_WEAKENS + 1 };

struct offers {
    struct session *session;
    struct map known; /* keys of what is wrong without any change */
    uint64_t work;
    struct diag *first_left; /* message for which not everything was tried */
    bool unlimited, exhausted;
};

/* ---------------------------------------------------------------- what is wrong */

static const char *key_of_finding(struct arena *arena, const struct finding *finding)
{
    const char *code = finding->rule ? finding->rule : diag_info(finding->code)->code;

    /* One thing may be needed by several that promise more: who, is in the message only. */
    if (finding->code == DIAG_E0508)
        return arena_printf(arena, "%s %s", code, finding->message);
    return arena_printf(arena, "%s %s.%s@%s", code, finding->subject ? finding->subject->schema->name : "",
                        finding->subject ? finding->subject->name : finding->message, finding->scenario ? finding->scenario->name : "");
}

static const char *key_of_diag(struct arena *arena, const struct diag *diag)
{
    return arena_printf(arena, "%s %s", diag->rule ? diag->rule : diag_info(diag->code)->code, diag->message);
}

static bool is_finding(const struct session *session, const struct diag *diag)
{
    for (uint32_t i = 0; i < session->plan->finding_count; i++) {
        if (session->plan->findings[i].diag == diag)
            return true;
    }
    return false;
}

static void remember(struct offers *offers)
{
    struct session *session = offers->session;

    for (uint32_t i = 0; i < session->plan->finding_count; i++) {
        const struct finding *finding = &session->plan->findings[i];

        if (!finding->accepted)
            map_set(&offers->known, session->arena, intern_str(session->names, key_of_finding(session->arena, finding)), session);
    }
    for (uint32_t i = 0; i < session->sink.diags.len; i++)
        map_set(&offers->known, session->arena, intern_str(session->names, key_of_diag(session->arena, session->sink.diags.items[i])), session);
}

static bool is_known(const struct offers *offers, const char *key)
{
    return map_get(&offers->known, intern_str(offers->session->names, key)) != NULL;
}

/* Every verdict as before, or better: what was told with something else has no message of its own that could be new. */
static bool no_verdict_worse(const struct session *session, const struct session *trial)
{
    for (uint32_t s = 0; s < session->plan->scenario_count && s < trial->plan->scenario_count; s++) {
        const struct scenario_result *before = &session->plan->scenarios[s], *after = &trial->plan->scenarios[s];

        for (uint32_t i = 0; i < session->plan->asset_count && i < trial->plan->asset_count; i++) {
            const struct asset_state *old = &before->states[i], *new = &after->states[i];
            bool rto = new->rto_verdict == VERDICT_REFUTED || new->rto_verdict == VERDICT_UNKNOWN;
            bool rpo = new->rpo_verdict == VERDICT_REFUTED || new->rpo_verdict == VERDICT_UNKNOWN;

            if ((rto && (old->rto_verdict == VERDICT_OK || old->rto_verdict == VERDICT_NOT_APPLICABLE)) ||
                (rpo && (old->rpo_verdict == VERDICT_OK || old->rpo_verdict == VERDICT_NOT_APPLICABLE)))
                return false;
        }
    }
    return true;
}

/* Whether anything is wrong in the changed specification that was not wrong before, or the finding is still there. *warnings: how many
 * are new. */
static bool is_clean(const struct offers *offers, const struct session *trial, const struct finding *target, uint32_t *warnings)
{
    const char *aim = key_of_finding(trial->arena, target);

    *warnings = 0;
    if (!trial->plan || !no_verdict_worse(offers->session, trial))
        return false;
    for (uint32_t i = 0; i < trial->plan->finding_count; i++) {
        const struct finding *finding = &trial->plan->findings[i];
        const char *key = key_of_finding(trial->arena, finding);

        if (finding->accepted)
            continue;
        if (strcmp(key, aim) == 0)
            return false;
        if (is_known(offers, key))
            continue;
        if (finding->severity == SEVERITY_ERROR || finding->verdict == VERDICT_UNKNOWN)
            return false;
    }
    for (uint32_t i = 0; i < trial->sink.diags.len; i++) {
        const struct diag *diag = trial->sink.diags.items[i];

        if (diag->severity <= SEVERITY_NOTE || diag->told_with || is_known(offers, key_of_diag(trial->arena, diag)))
            continue;
        if (diag->severity == SEVERITY_ERROR && !is_finding(trial, diag))
            return false;
        *warnings += diag->severity == SEVERITY_WARNING;
    }
    return true;
}

/* ---------------------------------------------------------------- trying */

static bool edited(const struct session *session, const struct edit *edit, struct session *trial)
{
    const struct source_file *file = sources_file_at(&session->sources, edit->span.start);
    size_t start, end, added = strlen(edit->text);
    char *text;

    if (!file || file->is_std || edit->span.end < edit->span.start || edit->span.end > file->base + file->len)
        return false;
    start = edit->span.start - file->base;
    end = edit->span.end - file->base;
    text = arena_alloc(trial->arena, file->len - (end - start) + added + 1);
    memcpy(text, file->text, start);
    memcpy(text + start, edit->text, added);
    memcpy(text + start + added, file->text + end, file->len - end);
    trial->changed_file = file->name;
    trial->changed_text = text;
    trial->changed_len = file->len - (end - start) + added;
    return true;
}

static bool affordable(struct offers *offers)
{
    const struct plan *plan = offers->session->plan;
    uint64_t cost = WORK_OF_LIBRARY + (uint64_t)plan->asset_count * (plan->scenario_count + 1);

    if (offers->exhausted)
        return false;
    offers->work += cost;
    offers->exhausted = !offers->unlimited && offers->work > WORK_LIMIT;
    return !offers->exhausted;
}

/* Looking for candidates takes time as well, for each finding that is looked at. */
static bool worth_looking(struct offers *offers)
{
    const struct plan *plan = offers->session->plan;

    offers->work += 1 + (plan->asset_count + plan->finding_count) / 64;
    if (!offers->unlimited && offers->work + WORK_OF_LIBRARY + (uint64_t)plan->asset_count * (plan->scenario_count + 1) > WORK_LIMIT)
        offers->exhausted = true;
    return !offers->exhausted;
}

static const struct entity *same_named(const struct session *trial, enum block_id block, const struct entity *entity)
{
    return entity ? model_find(&trial->model, block, intern_str(trial->names, entity->name)) : NULL;
}

/* What the objective's number is after the change; false when it is unknown or still misses. */
static bool result_of(struct session *session, const struct session *trial, const struct finding *finding, struct diag_result *result,
                      const char **text)
{
    const struct entity *scenario = same_named(trial, BLOCK_SCENARIO, finding->scenario);
    const struct entity *subject = finding->subject ? same_named(trial, (enum block_id)finding->subject->schema->id, finding->subject) : NULL;
    const struct scenario_result *run = scenario && scenario->index < trial->plan->scenario_count ? &trial->plan->scenarios[scenario->index] : NULL;
    const struct asset *asset = subject ? plan_asset(trial->plan, subject) : NULL;
    bool loss = finding->code == DIAG_E0502 || finding->code == DIAG_E0538;
    const struct asset_state *state;
    enum verdict verdict;

    result->subject = finding->diag->subject;
    *text = NULL;
    if (!run || !subject)
        return !finding->scenario;
    if (finding->code == DIAG_E0506 || finding->code == DIAG_E0539)
        return true; /* no number but the objective itself */
    for (uint32_t i = 0; i < run->endpoint_count; i++) {
        const struct endpoint_state *endpoint = &run->endpoints[i];

        if (endpoint->endpoint != subject)
            continue;
        if (endpoint->verdict == VERDICT_REFUTED || endpoint->verdict == VERDICT_UNKNOWN || !endpoint->finish.known)
            return false;
        result->measure = "finish";
        result->ms = endpoint->finish.worst;
        *text = arena_printf(session->arena, "after %s", text_of_time(session->arena, result->ms, TIME_UNKNOWN));
        return true;
    }
    for (uint32_t i = 0; i < run->group_count; i++) {
        const struct group_state *group = &run->groups[i];

        if (group->group != subject)
            continue;
        if (group->loss_ms < 0)
            return false;
        if (finding->code != DIAG_E0532)
            return true; /* how far apart the members are is another finding than how much is lost */
        result->measure = "loss";
        result->ms = group->loss_ms;
        *text = arena_printf(session->arena, "worst loss %s", text_of_time(session->arena, result->ms, group->rpo.ms));
        return true;
    }
    if (!asset)
        return false;
    state = &run->states[asset->index];
    verdict = loss ? state->rpo_verdict : state->rto_verdict;
    if (verdict == VERDICT_REFUTED || verdict == VERDICT_UNKNOWN || (state->fate == FATE_LOST && !state->chosen))
        return false;
    result->measure = loss ? "loss" : "finish";
    result->ms = loss ? state->loss_ms : state->finish.worst;
    if (result->ms < 0 && !(loss && result->ms == RPO_NOT_APPLICABLE))
        return false;
    if (state->fate == FATE_UNAFFECTED)
        *text = "not affected any more";
    else if (loss)
        *text = arena_printf(session->arena, "worst loss %s", result->ms < 0 ? "n/a" : text_of_time(session->arena, result->ms, state->rpo.ms));
    else if (state->loss_ms >= 0 && finding->code == DIAG_E0503)
        *text = arena_printf(session->arena, "back after %s, worst loss %s", text_of_time(session->arena, result->ms, state->rto.ms),
                             text_of_time(session->arena, state->loss_ms, state->rpo.ms));
    else
        *text = arena_printf(session->arena, "back after %s", text_of_time(session->arena, result->ms, state->rto.ms));
    return true;
}

/* Compiles the specification with the change; adds the offer when it is a true one. */
static bool try_repair(struct offers *offers, const struct finding *finding, const struct repair *repair)
{
    struct session *session = offers->session, trial;
    struct options options = *session->options;
    struct diag_result result = {0};
    const char *text = NULL;
    uint32_t warnings, walks = session->schedules->walks;
    bool holds;

    options.timings = false;
    session_init(&trial, &options);
    trial.origin = session;
    trial.schedules = session->schedules;
    holds = edited(session, &repair->edit, &trial);
    if (holds) {
        session_analyse(&trial, TREES_NONE);
        diag_sort(&trial.sink);
        holds = is_clean(offers, &trial, finding, &warnings) && result_of(session, &trial, finding, &result, &text);
    }
    if (holds) {
        struct diag *diag = finding->diag;

        diag_fix(diag, repair->edit.span, repair->edit.text, "%s%s%s%s", repair->what, text ? ": " : "", text ? text : "",
                 warnings ? " (with a new warning)" : "");
        diag->helps.items[diag->helps.len - 1].result = result;
        diag->helps.items[diag->helps.len - 1].sense = repair->sense;
    }
    session_release(&trial);
    offers->work += (uint64_t)(session->schedules->walks - walks) * WORK_OF_WALK;
    return holds;
}

static bool was_offered(const uint32_t *families, uint32_t count, uint32_t family)
{
    for (uint32_t i = 0; i < count; i++) {
        if (families[i] == family)
            return true;
    }
    return false;
}

static void offer(struct offers *offers, const struct finding *finding)
{
    struct diag *diag = finding->diag;
    uint32_t general = diag->helps.len, offered = 0;
    uint32_t families[OFFERS_MAX];
    struct repair_list list;

    if (!worth_looking(offers)) {
        offers->first_left = offers->first_left ? offers->first_left : diag;
        return;
    }
    repair_candidates(offers->session->plan, finding, offers->session->arena, &list);
    /* What changes something first, then what states more, then what promises less: that has the last place. One of each sort. */
    for (uint32_t at = 0, n = list.list.len * SENSES; at < n; at++) {
        const struct repair *repair = &list.list.items[at % list.list.len];

        if (repair->sense != at / list.list.len || was_offered(families, offered, repair->family) ||
            offered >= (repair->sense == OFFER_WEAKENS ? OFFERS_MAX : OFFERS_MAX - 1))
            continue;
        if (!affordable(offers)) {
            offers->first_left = offers->first_left ? offers->first_left : diag;
            break;
        }
        if (try_repair(offers, finding, repair)) {
            families[offered++] = repair->family;
        }
    }
    if (offered) {
        /* What is said in general gives way to what was computed. */
        memmove(diag->helps.items, diag->helps.items + general, offered * sizeof *diag->helps.items);
        diag->helps.len = offered;
    }
}

void offer_repairs(struct session *session)
{
    struct offers offers = {.session = session, .unlimited = session->options->repairs};
    uint32_t limit = session->options->format == DIAG_TEXT ? session->options->max_errors : 0;

    if (!session->plan || !session->plan->refuted)
        return;
    remember(&offers);
    /* In the order of the messages, and only for those that are printed. */
    for (uint32_t i = 0; i < session->sink.diags.len && (!limit || i < limit) && !offers.exhausted; i++) {
        for (uint32_t f = 0; f < session->plan->finding_count; f++) {
            if (session->plan->findings[f].diag == session->sink.diags.items[i])
                offer(&offers, &session->plan->findings[f]);
        }
    }
    if (offers.exhausted && offers.first_left) {
        diag_help(diag_report(&session->sink, DIAG_E0525, offers.first_left->primary.span, "not every change that would mend this was looked for"),
                  "`--repairs` looks for all of them, however long it takes");
        diag_sort(&session->sink); /* it stands behind the first finding that was left */
    }
}
