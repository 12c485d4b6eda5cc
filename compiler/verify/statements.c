/* What is stated: whether the plan says of its scenarios, objectives, choices and jobs what is declared (docs/certificate.md, "Statements"). */
#include "verify/check.h"

#include <string.h>

/* ---- objectives */

/* The first statement of it, as LANGUAGE has their order; `found` once there is one. */
static void look_at(const struct plan_thing *thing, const char *what, int64_t *ms, bool *found)
{
    if (*found || !thing || !plan_attribute(thing, what))
        return;
    *found = true;
    *ms = worst_end(thing, what, PLAN_UNKNOWN);
}

static void look_in(const struct plan_thing *thing, const char *block, const char *named, const char *what, int64_t *ms, bool *found)
{
    const struct plan_thing *child;

    for (uint32_t cursor = 0; !*found && (child = plan_child(thing, block, &cursor));) {
        if (!named || (child->name && strcmp(child->name, named) == 0))
            look_at(child, what, ms, found);
    }
}

int64_t stated_for(const struct check *c, const struct plan_outcome *outcome, const char *what)
{
    const struct plan_thing *thing = outcome->asset->thing, *class = c->scenario->class;
    int64_t ms = PLAN_UNKNOWN;
    bool found = false;

    if (thing && class && class->name)
        look_in(thing, "objective", class->name, what, &ms, &found);
    look_at(thing, what, &ms, &found);
    if (outcome->asset->tier)
        look_in(outcome->asset->tier, "default", NULL, what, &ms, &found);
    look_at(class, what, &ms, &found);
    for (uint32_t i = 0; i < c->plan_objectives.len && !found; i++)
        look_at(c->plan_objectives.items[i], what, &ms, &found);
    return ms;
}

void find_plan_objectives(struct check *c)
{
    for (uint32_t i = 0; i < c->document->declared_count; i++) {
        const struct plan_thing *child;

        for (uint32_t cursor = 0;
             is_block(&c->document->declared[i], "plan") && (child = plan_child(&c->document->declared[i], "objectives", &cursor));) {
            if (!word_is(child, "role", "ceiling"))
                vec_push(c->scratch, &c->plan_objectives, child);
        }
    }
}

/* ---- scenarios */

static void check_taken(struct check *c, const struct plan_asset *asset)
{
    const struct plan_outcome *outcome = outcome_of(c, asset);

    if (outcome && outcome->fate == PLAN_FATE_lost)
        return;
    at(c, "assets", asset->name);
    problem(c, "", "the scenario takes it, and it is not among what is lost");
    at(c, NULL, NULL);
}

/* What the scenario takes is lost, and what needs that is told of. */
static void check_struck(struct check *c)
{
    static const char *const words[] = {"fails", "corrupts", "deletes"};
    const struct plan_document *document = c->document;

    for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
        uint32_t count;
        const struct plan_value *items = plan_items(c->scenario->thing, words[w], &count);

        for (uint32_t i = 0; i < count; i++) {
            const struct plan_asset *asset =
                items[i].tag == PLAN_TAG_REF && items[i].shape == PLAN_SHAPE_STRING ? map_get(&c->assets, intern_str(c->names, items[i].text)) : NULL;

            if (asset)
                check_taken(c, asset);
        }
    }
    for (uint32_t i = 0; i < document->assets_count; i++) {
        const struct plan_asset *asset = &document->assets[i];
        bool lost = asset->sites_count > 0;

        for (uint32_t s = 0; s < asset->sites_count && lost; s++)
            lost = c->site_lost[asset->sites[s] - document->sites];
        if (lost)
            check_taken(c, asset);
        for (uint32_t n = 0; !outcome_of(c, asset) && n < asset->needs_count; n++) {
            const struct plan_outcome *need = outcome_of(c, asset->needs[n]);

            if (!need || need->fate == PLAN_FATE_unaffected)
                continue;
            at(c, "assets", asset->name);
            problem(c, "", "it needs `%s`, and is not told of", asset->needs[n]->name);
            at(c, NULL, NULL);
        }
    }
}

static void check_times_stated(struct check *c)
{
    const struct plan_scenario *s = c->scenario;
    int64_t last = 0;

    if (s->detect.known && s->detect.worst < worst_end(s->thing, "detect", 0))
        problem(c, ".detect", "it is shorter than is stated");
    if (s->declare.known && s->declare.worst < worst_end(s->thing, "declare", 0))
        problem(c, ".declare", "it is shorter than is stated");
    for (uint32_t i = 0; i < s->assets_count; i++) {
        if (s->assets[i].finish.known && s->assets[i].finish.worst > last)
            last = s->assets[i].finish.worst;
    }
    if (s->finish.known && s->finish.worst < last)
        problem(c, ".finish", "its worst is before the last asset is back");
    if (s->finish.known && s->lower_bound > s->finish.worst)
        problem(c, ".lower_bound", "it is later than `finish`");
}

/* ---- choices */

static bool same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static void check_choice(struct check *c, const struct plan_outcome *outcome)
{
    bool ok = outcome->rto_verdict == PLAN_VERDICT_ok;
    uint32_t chosen = 0;

    if (ok && outcome->fate == PLAN_FATE_lost && outcome->serves_at && c->site_lost[outcome->serves_at - c->document->sites])
        problem(c, ".serves_at", "it holds, and `%s` is a place that the scenario takes", outcome->serves_at->name);
    for (uint32_t i = 0; i < outcome->candidates_count; i++) {
        const struct plan_candidate *candidate = &outcome->candidates[i];

        if (!candidate->chosen)
            continue;
        if (++chosen > 1 || !candidate->usable || !same_text(candidate->method, outcome->method))
            problem(c, ".method", "it is not the one candidate that is chosen and would work");
        if (ok && candidate->by == PLAN_BY_nobody)
            problem(c, ".method", "it holds, and its method rests on nobody");
    }
    if (outcome->fate == PLAN_FATE_lost && outcome->method && !chosen)
        problem(c, ".method", "it is that of no candidate");
}

/* Steps of an asset are among its steps. */
static void check_own_steps(struct check *c)
{
    const struct plan_scenario *s = c->scenario;
    struct arena *scratch = arena_new();
    bool *listed = ARENA_ARRAY(scratch, bool, s->steps_count);

    for (uint32_t i = 0; i < s->assets_count; i++) {
        const struct plan_outcome *outcome = &s->assets[i];

        for (uint32_t n = 0; n < outcome->steps_count; n++) {
            if (is_step_of(s, outcome->steps[n]) && outcome->steps[n]->asset == outcome->asset)
                listed[outcome->steps[n] - s->steps] = true;
        }
    }
    for (uint32_t i = 0; i < s->steps_count; i++) {
        const struct plan_outcome *outcome = outcome_of(c, s->steps[i].asset);

        if (listed[i] || !outcome || !outcome->finish.known)
            continue;
        at(c, "steps", s->steps[i].id);
        problem(c, "", "it is a step of `%s`, and not among its steps", s->steps[i].asset->name);
    }
    at(c, NULL, NULL);
    arena_delete(scratch);
}

void check_statements(struct check *c)
{
    check_struck(c);
    check_times_stated(c);
    check_own_steps(c);
    for (uint32_t i = 0; i < c->scenario->assets_count; i++) {
        if (!c->scenario->assets[i].asset)
            continue;
        at(c, "assets", c->scenario->assets[i].asset->name);
        check_choice(c, &c->scenario->assets[i]);
    }
    at(c, NULL, NULL);
}

/* ---- jobs */

static bool same_value(struct arena *arena, const struct plan_value *a, const struct plan_value *b)
{
    if (!a || !b)
        return a == b;
    return a->tag == b->tag && a->shape == b->shape && strcmp(plan_value_words(arena, a), plan_value_words(arena, b)) == 0;
}

/* A job says what its backup says. */
static void check_job(struct check *c, const struct plan_job *job)
{
    const struct plan_thing *backup = job->backup;
    const struct plan_value *written = backup ? plan_attribute(backup, "schedule") : NULL;
    uint32_t copies = 0;

    if (!backup)
        return;
    plan_items(backup, "copies", &copies);
    if (!same_value(c->scratch, job->retain, plan_attribute(backup, "retain")))
        problem(c, ".retain", "it is not that of its backup");
    if (job->to && !refers_to(plan_attribute(backup, "to"), job->to))
        problem(c, ".to", "it is not that of its backup");
    for (uint32_t i = 0; i < job->copies_count && copies == job->copies_count; i++)
        copies -= !refers_to(plan_attribute(backup, "copies"), job->copies[i]);
    if (copies != job->copies_count)
        problem(c, ".copies", "they are not those of its backup");
    if (job->duration.known && job->duration.worst != worst_end(backup, "duration", 0))
        problem(c, ".duration", "it is not that of its backup");
    if (job->schedule && job->schedule->written && written && written->shape == PLAN_SHAPE_STRING &&
        strncmp(written->text, job->schedule->written, strlen(job->schedule->written)) != 0)
        problem(c, ".schedule", "it is not that of its backup");
}

void check_jobs(struct check *c)
{
    for (uint32_t i = 0; i < c->document->jobs_count; i++) {
        at(c, "jobs", c->document->jobs[i].name);
        check_job(c, &c->document->jobs[i]);
    }
    at(c, NULL, NULL);
}
