/* One message for one cause.
 *
 * An asset that misses its RTO only because something it waits for misses its own is told with that one: it stays refuted in the plan,
 * but what has to be mended is somewhere else. The same for what cannot be timed because something it needs has no way back. */
#include "analysis/common/common.h"

#include <string.h>

enum { NAMED_MAX = 5, PATH_MAX_STEPS = 64 };

struct cause {
    struct asset *root; /* whose message tells it; itself when it is the cause */
    struct diag *diag;  /* that message; NULL when it was accepted: then nothing can be told with it */
    struct names {      /* those told with it */
        struct strbuf all, brief;
        uint32_t count;
    } late, unknown;
};

static struct cause *cause_of(const struct analysis *a, const struct asset *asset)
{
    return a->causes ? a->causes[asset->index] : NULL;
}

static struct cause *add_cause(struct analysis *a, struct asset *asset, struct asset *root)
{
    struct cause *cause = ARENA_NEW(a->arena, struct cause);

    if (!a->causes)
        a->causes = ARENA_ARRAY(a->arena, struct cause *, a->plan->asset_count);
    cause->root = root;
    a->causes[asset->index] = cause;
    return cause;
}

void cause_told(struct analysis *a, struct asset *asset, struct diag *diag)
{
    struct cause *cause = cause_of(a, asset);

    if (!cause || cause->root != asset)
        cause = add_cause(a, asset, asset);
    if (diag)
        cause->diag = diag;
}

struct asset *cause_root(const struct analysis *a, const struct asset *asset)
{
    const struct cause *cause = cause_of(a, asset), *root = cause ? cause_of(a, cause->root) : NULL;

    return root && root->diag ? cause->root : NULL;
}

/* Whether `late` explains that something ending at `finish` misses `limit`: it would not, had `late` kept its own objective. */
static bool explains(const struct asset_state *late, int64_t finish, int64_t limit)
{
    if (late->rto_verdict != VERDICT_REFUTED || !late->finish.known || late->rto.ms < 0)
        return false;
    return late->finish.worst > limit || finish - (late->finish.worst - late->rto.ms) <= limit;
}

struct asset *cause_of_delay(struct analysis *a, const struct scenario_result *result, const struct asset_state *state)
{
    const struct edges *edges[2] = {&state->asset->needs, state->chosen && state->chosen->restores ? &state->asset->restores_with : NULL};
    struct asset *root = NULL;
    int64_t latest = -1;
    uint32_t steps = 0;

    for (int kind = 0; kind < 2 && edges[kind]; kind++) {
        for (uint32_t n = 0; n < edges[kind]->count; n++) {
            const struct asset_state *other = &result->states[edges[kind]->items[n].index];

            /* Later than the limit by itself, whatever else is on the way. */
            if (!explains(other, other->finish.worst, state->rto.ms) || other->finish.worst <= state->rto.ms || other->finish.worst <= latest ||
                !cause_root(a, other->asset))
                continue;
            root = cause_root(a, other->asset);
            latest = other->finish.worst;
        }
    }
    for (const struct step *step = state->decides; !root && step && steps < PATH_MAX_STEPS; step = step->waits_for, steps++) {
        if (step->asset && step->asset != state->asset && explains(&result->states[step->asset->index], state->finish.worst, state->rto.ms))
            root = cause_root(a, step->asset);
    }
    return root == state->asset ? NULL : root;
}

struct asset *cause_of_endpoint(struct analysis *a, const struct scenario_result *result, const struct endpoint_state *state)
{
    struct value serves = entity_slot(state->endpoint, ENDPOINT_serves);

    for (uint32_t i = 0; serves.type == VALUE_LIST && i < serves.u.list->count; i++) {
        const struct entity *entity = serves.u.list->items[i].type == VALUE_ENTITY ? serves.u.list->items[i].u.entity : NULL;
        const struct asset_state *served = entity ? &result->states[entity->index] : NULL;

        if (!served || !cause_root(a, served->asset))
            continue;
        if (!served->finish.known || (state->finish.known && explains(served, state->finish.worst, state->rto.ms)))
            return cause_root(a, served->asset);
    }
    return NULL;
}

static void name(struct names *names, const char *text, const char *details)
{
    strbuf_addf(&names->all, "%s`%s`%s", names->count ? ", " : "", text, details);
    if (++names->count == NAMED_MAX)
        strbuf_addstr(&names->brief, strbuf_str(&names->all));
}

void find_consequence(struct analysis *a, enum diag_code code, struct about about, struct asset *root, struct span_of_time finish,
                      struct objective rto, const char *message)
{
    struct cause *cause = cause_of(a, root);
    struct asset *asset = plan_asset(a->plan, about.subject);
    struct entity *subject = about.subject;
    struct strbuf text = STRBUF_INIT;

    about.cause = root->entity;
    if (!find_with(a, code, about, "%s", message))
        return;
    tell_by_itself(a, a->findings.len - 1, cause->diag);
    if (asset)
        add_cause(a, asset, root);
    if (finish.known) {
        strbuf_addstr(&text, " (");
        print_duration(&text, finish.worst);
        strbuf_addstr(&text, " of ");
        print_duration(&text, rto.ms);
        strbuf_addstr(&text, ")");
        name(&cause->late, subject->name, strbuf_str(&text));
    } else {
        name(&cause->unknown, subject->name, "");
    }
    strbuf_release(&text);
}

static void add_note(struct analysis *a, struct cause *cause, const char *what, struct names *names)
{
    const char *whole = arena_printf(a->arena, "%s: %s", what, strbuf_str(&names->all));

    if (names->count > NAMED_MAX)
        diag_note_brief(cause->diag, whole, "%s: %s and %u more", what, strbuf_str(&names->brief), names->count - NAMED_MAX);
    else if (names->count)
        diag_note(cause->diag, "%s", whole);
    strbuf_release(&names->all);
    strbuf_release(&names->brief);
}

void tell_consequences(struct analysis *a)
{
    for (uint32_t i = 0; a->causes && i < a->plan->asset_count; i++) {
        struct cause *cause = a->causes[i];

        if (!cause)
            continue;
        add_note(a, cause, "what waits for it misses its RTO as well", &cause->late);
        add_note(a, cause, "what waits for it cannot be timed", &cause->unknown);
    }
    a->causes = NULL;
}
