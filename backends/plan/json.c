/* plan.json: the published plan (compiler/plan/plan.def), by the schema compiler/plan/plan.schema.json. */
#include "backends/plan/plan_backend.h"
#include "backends/registry.h"

static bool print(const void *plan, struct byte_sink *sink)
{
    return plan_print(plan, sink);
}

static void emit(const struct plan_document *plan, struct fileset *files)
{
    fileset_add_printed(files, "plan", "plan.json", print, plan, NULL);
    plan_readme(plan, files->arena, files);
}

static const char *const beside[] = {"README.md", "plan.json", NULL};

const struct backend drc_plan = {
    .name = "plan",
    .summary = "the plan as JSON (plan.json) and the README of the folder",
    .roots = beside,
    .emit = emit,
};
