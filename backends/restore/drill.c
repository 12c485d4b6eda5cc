/* One script for each drill of the specification: its surroundings, its own steps, or the test of backups, or the rehearsal
 * of a scenario; how a drill runs is in lib/drill.sh. */
#include "backends/restore/restore.h"

#include "backends/common/command.h"
#include "backends/common/published.h"
#include "backends/common/tell.h"
#include "emit/sh.h"

#include <string.h>

static void fact(struct sh *w, const char *key, const char *value)
{
    struct sh_cmd cmd = SH_CMD(w->arena, sh_lit(w->arena, "drill"), sh_lit(w->arena, key), sh_lit(w->arena, value));

    sh_run(w, &cmd);
}

static void function(struct sh *w, const char *name, const struct command *command)
{
    if (!command_is_set(command))
        return;
    sh_blank(w);
    sh_function_begin(w, name);
    command_write(w, published_command(w->arena, command));
    sh_function_end(w);
}

/* The backup jobs a restore test is about: those of its assets that have a script. */
static void write_jobs(struct restore *r, struct sh *w, const struct entity *drill)
{
    const struct value of = entity_slot(drill, DRILL_of), kind = entity_slot(drill, DRILL_kind);

    if (kind.type != VALUE_WORD || strcmp(kind.u.word, "restore_test") != 0 || of.type != VALUE_LIST)
        return;
    for (uint32_t i = 0; i < r->plan->job_count; i++) {
        const struct backup_job *job = &r->plan->jobs[i];
        bool wanted = false;

        for (uint32_t n = 0; n < of.u.list->count && !wanted; n++) {
            const struct value item = of.u.list->items[n];

            wanted = item.type == VALUE_ENTITY && job->asset && item.u.entity == job->asset->entity;
            for (uint32_t m = 0; m < job->member_count && !wanted; m++)
                wanted = item.type == VALUE_ENTITY && item.u.entity == job->members[m]->entity;
        }
        if (wanted && command_is_set(&job->run))
            fact(w, "job", output_name(r->arena, job->name));
    }
}

/* What the drill does besides its steps: what is measured, whether its surroundings are apart, what listens for its success. */
static void write_more_facts(struct restore *r, struct sh *w, const struct entity *drill)
{
    const struct model *model = r->plan->model;
    const struct value measure = entity_slot(drill, DRILL_measure);
    const struct entity *environment, *failure;
    uint32_t cursor = 0;

    for (uint32_t i = 0; measure.type == VALUE_LIST && i < measure.u.list->count; i++)
        fact(w, "measure", value_text(measure.u.list->items[i], r->arena));
    environment = entity_child(drill, BLOCK_ENVIRONMENT, &cursor);
    if (environment)
        fact(w, "isolated", value_text(entity_slot(environment, ENVIRONMENT_isolated), r->arena));
    cursor = 0;
    failure = entity_child(drill, BLOCK_ON_FAILURE, &cursor);
    if (!failure)
        return;
    if (entity_integer(model, failure, "after", 1) > 1)
        fact(w, "alert_after", arena_printf(r->arena, "%lld", (long long)entity_integer(model, failure, "after", 1)));
    if (entity_string(model, failure, "heartbeat", NULL))
        fact(w, "heartbeat", entity_string(model, failure, "heartbeat", ""));
}

static void write_facts(struct restore *r, struct sh *w, const struct drill_plan *plan)
{
    const struct entity *drill = plan->drill;
    const struct value criteria = entity_slot(drill, DRILL_criteria);

    fact(w, "plan", r->plan->name);
    fact(w, "slug", output_name(r->arena, r->plan->name));
    fact(w, "digest", r->plan->digest);
    fact(w, "drill", drill->name);
    fact(w, "slug_drill", output_name(r->arena, drill->name));
    fact(w, "title", entity_title(r->plan->model, drill));
    fact(w, "kind", value_text(entity_slot(drill, DRILL_kind), r->arena));
    if (plan->result && plan->result->step_count > 0)
        fact(w, "scenario", restore_scenario_name(r->arena, plan->result));
    for (uint32_t i = 0; criteria.type == VALUE_LIST && i < criteria.u.list->count; i++) {
        if (criteria.u.list->items[i].type == VALUE_STRING)
            fact(w, "criterion", criteria.u.list->items[i].u.string);
    }
    write_more_facts(r, w, drill);
    write_jobs(r, w, drill);
}

/* Who is told when the drill fails: whom it names, else who organises it. */
static void write_alert(struct restore *r, struct sh *w, const struct entity *drill)
{
    uint32_t cursor = 0;
    const struct entity *failure = entity_child(drill, BLOCK_ON_FAILURE, &cursor), *owner = entity_ref(r->plan->model, drill, "owner");
    struct value notify = failure ? entity_slot(failure, ON_FAILURE_notify) : value_unknown();
    bool named = notify.type == VALUE_LIST && notify.u.list->count > 0;

    if (!named && !owner)
        return;
    sh_blank(w);
    sh_function_begin(w, "drill_alert");
    sh_assign(w, "alert_title", sh_var(w->arena, "DRC_ALERT_TITLE"));
    sh_assign(w, "alert_text", sh_var(w->arena, "DRC_ALERT_TEXT"));
    for (uint32_t i = 0; named && i < notify.u.list->count; i++) {
        if (notify.u.list->items[i].type == VALUE_ENTITY)
            tell_write(w, r->plan->model, notify.u.list->items[i].u.entity);
    }
    if (!named)
        tell_write(w, r->plan->model, owner);
    sh_function_end(w);
}

static void show(struct sh *w, const char *format, const char *text)
{
    struct sh_cmd cmd = SH_CMD(w->arena, sh_lit(w->arena, "printf"), sh_lit(w->arena, format), sh_shown(w->arena, text));

    sh_run(w, &cmd);
}

/* What people do is shown, with who does it and what one sees then; the commands of the step follow. */
static void write_step(struct sh *w, const struct model *model, const char *name, const struct step *step)
{
    const char *what = step->manual ? step->manual : step->automated ? NULL : step->title;

    sh_blank(w);
    sh_function_begin(w, name);
    if (what)
        show(w, "To do: %s\\n", what);
    if (what && step->by)
        show(w, "Who: %s\\n", entity_title(model, step->by));
    if (step->expect)
        show(w, "Expect: %s\\n", step->expect);
    command_write(w, published_command(w->arena, &step->run));
    command_write(w, published_command(w->arena, &step->verify));
    sh_function_end(w);
}

static void write_drill(struct restore *r, const struct drill_plan *plan)
{
    struct strbuf text = STRBUF_INIT;
    struct output_file *file;
    struct sh w;

    sh_init(&w, r->arena, &text);
    sh_header(&w, arena_printf(r->arena, "Drill %s: %s\nGenerated from %s.", plan->drill->name,
                               entity_title(r->plan->model, plan->drill),
                               sources_origin(r->plan->model->sources, plan->drill->span)));
    sh_blank(&w);
    sh_fixed(&w, "here=\"$(cd -- \"$(dirname -- \"${BASH_SOURCE[0]}\")\" && pwd)\"");
    sh_fixed(&w, "# shellcheck source=../lib/common.sh");
    sh_fixed(&w, "source \"${here}/../lib/common.sh\"");
    sh_fixed(&w, "# shellcheck source=../lib/drill.sh");
    sh_fixed(&w, "source \"${here}/../lib/drill.sh\"");
    sh_blank(&w);
    write_facts(r, &w, plan);
    for (uint32_t i = 0; i < plan->step_count; i++) {
        struct sh_cmd step = SH_CMD(r->arena, sh_lit(r->arena, "drill_step"), sh_lit(r->arena, plan->steps[i]->title));

        sh_run(&w, &step);
    }
    function(&w, "drill_create", &plan->create);
    function(&w, "drill_destroy", &plan->destroy);
    for (uint32_t i = 0; i < plan->step_count; i++) {
        write_step(&w, r->plan->model, arena_printf(r->arena, "drill_step_%u", i + 1), plan->steps[i]);
    }
    write_alert(r, &w, plan->drill);
    sh_blank(&w);
    sh_fixed(&w, "drill_main \"$@\"");
    file = restore_add(r, arena_printf(r->arena, "restore/drills/%s.sh", output_name(r->arena, plan->drill->name)), &text, true);
    if (file)
        output_file_add_origin(r->files, file, sources_origin(r->plan->model->sources, plan->drill->span));
    strbuf_release(&text);
}

void restore_drills(struct restore *r)
{
    for (uint32_t i = 0; i < r->plan->drill_count; i++)
        write_drill(r, &r->plan->drills[i]);
}
