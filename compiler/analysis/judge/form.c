/* What can be said of a specification that is wrong elsewhere: circles, labels that name nothing, schedules that cannot be kept. These
 * follow from the text alone. Nothing is proved of it, because a verdict on half a model would be about something nobody wrote. */
#include "analysis/judge/judge.h"
#include "analysis/recovery/recovery.h"
#include "analysis/world/world.h"

#include "source/lost.h"

void analyse_form(struct model *model, struct evaluator *eval, const struct analysis_options *options)
{
    struct analysis a = {.model = model, .eval = eval, .sink = eval->sink, .arena = model->arena, .options = options};
    struct schedule_memory own = {.arena = model->arena, .names = model->names};

    a.schedules = options->schedules ? options->schedules : &own;
    a.plan = ARENA_NEW(model->arena, struct plan);
    a.plan->model = model;
    a.plan->arena = model->arena;
    build_sites(&a);
    build_assets(&a);
    graph_cycles(&a);
    check_kinds(&a);
    check_form(&a);
    check_backups(&a);
    lost_settle(a.sink);
}
