/* Scripts of drills: their facts, their surroundings, their steps, whom they tell. */
#include "base/file_name.h"
#include "base/vec.h"
#include "validate/reading.h"

#include <string.h>

struct fact {
    const char *key, *value;
};

struct drill_script {
    struct reading *r;
    struct arena *arena;
    const struct plan_drill *drill;
    VEC(struct fact) facts; /* in their order */
};

static void want(struct drill_script *s, const char *key, const char *value)
{
    vec_push(s->arena, &s->facts, ((struct fact){key, value}));
}

static bool concerns(const struct drill_script *s, const struct plan_job *job, const struct plan_value *of, uint32_t count)
{
    for (uint32_t n = 0; n < count; n++) {
        const struct plan_thing *thing = plan_leads_to(s->r->index, &of[n]);

        for (uint32_t m = 0; thing && m < job->assets_count; m++) {
            if (job->assets[m]->thing == thing)
                return true;
        }
    }
    return false;
}

static void want_facts(struct drill_script *s)
{
    const struct plan_document *plan = s->r->plan;
    const struct plan_thing *drill = s->drill->thing, *block;
    const char *colon = strchr(plan->digest, ':');
    const struct plan_value *values;
    uint32_t count, cursor = 0;

    want(s, "plan", plan->name);
    want(s, "slug", s->r->slug);
    want(s, "digest", colon ? colon + 1 : plan->digest);
    want(s, "drill", s->drill->name);
    want(s, "slug_drill", output_name(s->arena, s->drill->name));
    want(s, "title", plan_title(drill));
    want(s, "kind", s->drill->kind ? s->drill->kind : "unknown");
    if (s->drill->scenario && s->drill->scenario->steps_count)
        want(s, "scenario", output_name(s->arena, s->drill->scenario->name));
    values = plan_items(drill, "criteria", &count);
    for (uint32_t i = 0; i < count; i++) {
        if (values[i].tag == PLAN_TAG_NONE && values[i].shape == PLAN_SHAPE_STRING)
            want(s, "criterion", values[i].text);
    }
    values = plan_items(drill, "measure", &count);
    for (uint32_t i = 0; i < count; i++)
        want(s, "measure", plan_value_words(s->arena, &values[i]));
    block = plan_child(drill, "environment", &cursor);
    if (block)
        want(s, "isolated", plan_words(s->arena, block, "isolated", "unknown"));
    cursor = 0;
    block = plan_child(drill, "on_failure", &cursor);
    if (block && plan_number(block, "after", PLAN_TAG_NONE, 1) > 1)
        want(s, "alert_after", plan_words(s->arena, block, "after", ""));
    if (block && plan_words(s->arena, block, "heartbeat", NULL))
        want(s, "heartbeat", plan_words(s->arena, block, "heartbeat", ""));
    values = plan_items(drill, "of", &count);
    for (uint32_t i = 0; s->drill->kind && strcmp(s->drill->kind, "restore_test") == 0 && i < plan->jobs_count; i++) {
        if (plan->jobs[i].run && concerns(s, &plan->jobs[i], values, count))
            want(s, "job", output_name(s->arena, plan->jobs[i].name));
    }
}

/* What people are shown, then the commands. */
static void read_step(struct script *script, const char *name, const struct plan_step *step)
{
    const char *what = step->manual ? step->manual : step->mode == PLAN_DOER_person ? step->title : NULL;
    const char *const shown[][2] = {
        {"To do: %s\\n", what}, {"Who: %s\\n", what && step->by ? plan_title(step->by) : NULL}, {"Expect: %s\\n", step->expect}};
    bool ok = true;

    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++) {
        struct statement statement;

        if (!shown[i][1])
            continue;
        next_statement(script, &statement);
        holds(script->artifact, statement.at,
              statement.count == 3 && strcmp(statement.words[0], "printf") == 0 && strcmp(statement.words[1], shown[i][0]) == 0 &&
                  same_shown(statement.words[2], shown[i][1]),
              "%s: `%s` is not what is shown by the plan, `%s`", name, statement.line ? statement.line : "", shown[i][1]);
    }
    if (step->run)
        ok = same_command(script, name, step->run);
    if (ok && step->verify)
        ok = same_command(script, name, step->verify);
    end_function(script, name);
}

static void read_alert(struct drill_script *s, struct script *script)
{
    uint32_t cursor = 0, count;
    const struct plan_thing *drill = s->drill->thing, *owner = plan_ref(s->r->index, drill, "owner");
    const struct plan_value *notify = plan_items(plan_child(drill, "on_failure", &cursor), "notify", &count);
    static const char *const assignments[] = {"alert_title=\"${DRC_ALERT_TITLE}\"", "alert_text=\"${DRC_ALERT_TEXT}\""};
    struct notices notices = {0};

    for (uint32_t i = 0; i < count; i++)
        alarms_of(s->r, s->arena, plan_leads_to(s->r->index, &notify[i]), true, &notices);
    if (!count)
        alarms_of(s->r, s->arena, owner, true, &notices);
    for (int i = 0; i < 2; i++) {
        struct statement statement;

        next_statement(script, &statement);
        same_text(script->artifact, statement.at, "the line", statement.line, assignments[i]);
    }
    same_notices(script, &notices);
    end_function(script, "drill_alert");
}

static const struct plan_step *step_called(const struct drill_script *s, const char *name)
{
    int64_t number = strncmp(name, "drill_step_", 11) == 0 ? number_of(name + 11) : -1;

    return number >= 1 && number <= s->drill->steps_count ? &s->drill->steps[number - 1] : NULL;
}

static bool has_alert(const struct drill_script *s)
{
    uint32_t cursor = 0, count;

    plan_items(plan_child(s->drill->thing, "on_failure", &cursor), "notify", &count);
    return count || plan_ref(s->r->index, s->drill->thing, "owner");
}

static void read_drill(struct reading *r, struct arena *arena, const struct artifact *artifact, const struct plan_drill *drill)
{
    static const char *const fixed[] = {"set -euo pipefail", "here=\"$(cd -- \"$(dirname -- \"${BASH_SOURCE[0]}\")\" && pwd)\"",
                                        "source \"${here}/../lib/common.sh\"", "source \"${here}/../lib/drill.sh\"", "drill_main \"$@\""};
    struct drill_script s = {.r = r, .arena = arena, .drill = drill};
    struct script script = {artifact, arena, artifact->text};
    struct statement statement;
    uint32_t lines = 0, facts = 0, steps = 0, functions = 0;

    want_facts(&s);
    for (;;) {
        next_statement(&script, &statement);
        if (statement.kind == STATEMENT_END)
            break;
        if (statement.kind == STATEMENT_FUNCTION) {
            const struct plan_step *step = step_called(&s, statement.name);

            functions++;
            if (step)
                read_step(&script, statement.name, step);
            else if (strcmp(statement.name, "drill_alert") == 0 && has_alert(&s))
                read_alert(&s, &script);
            else
                same_function(&script, statement.name,
                              strcmp(statement.name, "drill_create") == 0    ? drill->create
                              : strcmp(statement.name, "drill_destroy") == 0 ? drill->destroy
                                                                             : NULL);
        } else if (statement.count == 3 && strcmp(statement.words[0], "drill") == 0) {
            const struct fact *fact = facts < s.facts.len ? &s.facts.items[facts] : NULL;

            facts++;
            if (fact)
                holds(artifact, statement.at, strcmp(statement.words[1], fact->key) == 0 && strcmp(statement.words[2], fact->value) == 0,
                      "`%s %s` is `%s %s` by the plan", statement.words[1], statement.words[2], fact->key, fact->value);
        } else if (statement.count == 2 && strcmp(statement.words[0], "drill_step") == 0) {
            if (steps < drill->steps_count)
                same_text(artifact, statement.at, "the step", statement.words[1], drill->steps[steps].title);
            steps++;
        } else if (lines < sizeof fixed / sizeof *fixed) {
            same_text(artifact, statement.at, "the line", statement.line, fixed[lines++]);
        } else {
            wrong(artifact, statement.at, "nothing in the plan asks for `%s`", statement.line);
        }
    }
    if (*script.at)
        wrong(artifact, script.at, "the script ends here, and more follows");
    holds(artifact, NULL, lines == sizeof fixed / sizeof *fixed, "the script does not load its libraries, or does not begin");
    same_number(artifact, NULL, "the number of facts", facts, s.facts.len);
    same_number(artifact, NULL, "the number of steps", steps, drill->steps_count);
    same_number(artifact, NULL, "the number of functions", functions,
                (drill->create ? 1 : 0) + (drill->destroy ? 1 : 0) + (int64_t)drill->steps_count + (has_alert(&s) ? 1 : 0));
}

void read_drills(struct reading *r)
{
    const char *path;
    uint32_t next = 0, count = 0;

    if (!artifact_next(r, "restore/", &next, &path))
        return;
    for (uint32_t i = 0; i < r->plan->drills_count; i++) {
        struct arena *arena = arena_new();
        struct artifact artifact;

        path = arena_printf(arena, "restore/drills/%s.sh", output_name(arena, r->plan->drills[i].name));
        if (artifact_open(r, arena, path, &artifact))
            read_drill(r, arena, &artifact, &r->plan->drills[i]);
        else
            wrong_file(r, path, "the script of the drill `%s` is missing", r->plan->drills[i].name);
        arena_delete(arena);
    }
    for (next = 0; artifact_next(r, "restore/drills/", &next, &path);)
        count++;
    if (count != r->plan->drills_count)
        wrong_file(r, "restore/drills", "there are %u scripts, and by the plan %u", count, r->plan->drills_count);
}
