/* One script for each drill of the specification: its surroundings, its own steps, or the test of backups, or the rehearsal
 * of a scenario; how a drill runs is in lib/drill.sh. */
#include "backends/restore/restore.h"

#include "backends/common/command.h"
#include "backends/common/tell.h"
#include "emit/sh.h"

#include <string.h>

static void fact(struct sh *w, const char *key, const char *value)
{
    struct sh_cmd cmd = SH_CMD(w->arena, sh_lit(w->arena, "drill"), sh_lit(w->arena, key), sh_lit(w->arena, value));

    sh_run(w, &cmd);
}

static bool concerns(const struct restore *r, const struct plan_job *job, const struct plan_value *of, uint32_t count)
{
    for (uint32_t n = 0; n < count; n++) {
        const struct plan_thing *thing = plan_leads_to(r->index, &of[n]);

        for (uint32_t m = 0; thing && m < job->assets_count; m++) {
            if (job->assets[m]->thing == thing)
                return true;
        }
    }
    return false;
}

/* The backup jobs a restore test is about: those of its assets that have a script. */
static void write_jobs(struct restore *r, struct sh *w, const struct plan_drill *drill)
{
    uint32_t count;
    const struct plan_value *of = plan_items(drill->thing, "of", &count);

    if (!drill->kind || strcmp(drill->kind, "restore_test") != 0)
        return;
    for (uint32_t i = 0; i < r->plan->jobs_count; i++) {
        const struct plan_job *job = &r->plan->jobs[i];

        if (job->run && concerns(r, job, of, count))
            fact(w, "job", output_name(r->arena, job->name));
    }
}

/* What the drill does besides its steps: what is measured, whether its surroundings are apart, what listens for its success. */
static void write_more_facts(struct restore *r, struct sh *w, const struct plan_thing *drill)
{
    uint32_t cursor = 0, count;
    const struct plan_value *measure = plan_items(drill, "measure", &count);
    const struct plan_thing *environment, *failure;

    for (uint32_t i = 0; i < count; i++)
        fact(w, "measure", plan_value_words(r->arena, &measure[i]));
    environment = plan_child(drill, "environment", &cursor);
    if (environment)
        fact(w, "isolated", plan_words(r->arena, environment, "isolated", "unknown"));
    cursor = 0;
    failure = plan_child(drill, "on_failure", &cursor);
    if (!failure)
        return;
    if (plan_number(failure, "after", PLAN_TAG_NONE, 1) > 1)
        fact(w, "alert_after", plan_words(r->arena, failure, "after", ""));
    if (plan_words(r->arena, failure, "heartbeat", NULL))
        fact(w, "heartbeat", plan_words(r->arena, failure, "heartbeat", ""));
}

static void write_facts(struct restore *r, struct sh *w, const struct plan_drill *drill)
{
    uint32_t count;
    const struct plan_value *criteria = plan_items(drill->thing, "criteria", &count);

    fact(w, "plan", r->plan->name);
    fact(w, "slug", output_name(r->arena, r->plan->name));
    fact(w, "digest", restore_digest(r));
    fact(w, "drill", drill->name);
    fact(w, "slug_drill", output_name(r->arena, drill->name));
    fact(w, "title", plan_title(drill->thing));
    fact(w, "kind", drill->kind ? drill->kind : "unknown");
    if (drill->scenario && drill->scenario->steps_count > 0)
        fact(w, "scenario", restore_scenario_name(r->arena, drill->scenario));
    for (uint32_t i = 0; i < count; i++) {
        if (criteria[i].shape == PLAN_SHAPE_STRING && criteria[i].tag == PLAN_TAG_NONE)
            fact(w, "criterion", criteria[i].text);
    }
    write_more_facts(r, w, drill->thing);
    write_jobs(r, w, drill);
}

/* Who is told when the drill fails: whom it names, else who organises it. */
static void write_alert(struct restore *r, struct sh *w, const struct plan_thing *drill)
{
    uint32_t cursor = 0, count;
    const struct plan_thing *owner = plan_ref(r->index, drill, "owner");
    const struct plan_value *notify = plan_items(plan_child(drill, "on_failure", &cursor), "notify", &count);

    if (!count && !owner)
        return;
    sh_blank(w);
    sh_function_begin(w, "drill_alert");
    sh_assign(w, "alert_title", sh_var(w->arena, "DRC_ALERT_TITLE"));
    sh_assign(w, "alert_text", sh_var(w->arena, "DRC_ALERT_TEXT"));
    for (uint32_t i = 0; i < count; i++) {
        if (plan_leads_to(r->index, &notify[i]))
            tell_write(w, r->index, plan_leads_to(r->index, &notify[i]));
    }
    if (!count)
        tell_write(w, r->index, owner);
    sh_function_end(w);
}

static void show(struct sh *w, const char *format, const char *text)
{
    struct sh_cmd cmd = SH_CMD(w->arena, sh_lit(w->arena, "printf"), sh_lit(w->arena, format), sh_shown(w->arena, text));

    sh_run(w, &cmd);
}

/* What people do is shown, with who does it and what one sees then; the commands of the step follow. */
static void write_step(struct sh *w, const char *name, const struct plan_step *step)
{
    const char *what = step->manual ? step->manual : step->mode == PLAN_DOER_person ? step->title : NULL;

    sh_blank(w);
    sh_function_begin(w, name);
    if (what)
        show(w, "To do: %s\\n", what);
    if (what && step->by)
        show(w, "Who: %s\\n", plan_title(step->by));
    if (step->expect)
        show(w, "Expect: %s\\n", step->expect);
    command_write(w, step->run);
    command_write(w, step->verify);
    sh_function_end(w);
}

static void write_drill(struct restore *r, const struct plan_drill *plan)
{
    struct strbuf text = STRBUF_INIT;
    struct output_file *file;
    struct sh w;

    sh_init(&w, r->arena, &text);
    sh_header(&w, arena_printf(r->arena, "Drill %s: %s\nGenerated from %s.", plan->name, plan_title(plan->thing), plan->origin ? plan->origin : ""));
    sh_blank(&w);
    sh_fixed(&w, "here=\"$(cd -- \"$(dirname -- \"${BASH_SOURCE[0]}\")\" && pwd)\"");
    sh_fixed(&w, "# shellcheck source=../lib/common.sh");
    sh_fixed(&w, "source \"${here}/../lib/common.sh\"");
    sh_fixed(&w, "# shellcheck source=../lib/drill.sh");
    sh_fixed(&w, "source \"${here}/../lib/drill.sh\"");
    sh_blank(&w);
    write_facts(r, &w, plan);
    for (uint32_t i = 0; i < plan->steps_count; i++) {
        struct sh_cmd step = SH_CMD(r->arena, sh_lit(r->arena, "drill_step"), sh_lit(r->arena, plan->steps[i].title));

        sh_run(&w, &step);
    }
    command_function(&w, "drill_create", plan->create);
    command_function(&w, "drill_destroy", plan->destroy);
    for (uint32_t i = 0; i < plan->steps_count; i++)
        write_step(&w, arena_printf(r->arena, "drill_step_%u", i + 1), &plan->steps[i]);
    write_alert(r, &w, plan->thing);
    sh_blank(&w);
    sh_fixed(&w, "drill_main \"$@\"");
    file = restore_add(r, arena_printf(r->arena, "restore/drills/%s.sh", output_name(r->arena, plan->name)), &text, true);
    if (file)
        output_file_add_origin(r->files, file, plan->origin ? plan->origin : "");
    strbuf_release(&text);
}

void restore_drills(struct restore *r)
{
    for (uint32_t i = 0; i < r->plan->drills_count; i++)
        write_drill(r, &r->plan->drills[i]);
}
