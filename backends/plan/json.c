/* plan.json: the published plan (compiler/plan/plan.def), by the schema compiler/plan/plan.schema.json. */
#include "backends/plan/plan_backend.h"
#include "backends/registry.h"

static void emit(const struct plan_document *plan, const struct backend_options *options, struct fileset *files)
{
    struct strbuf text = STRBUF_INIT;

    (void)options;
    if (!plan_write(plan, &text))
        fileset_lose(files, "plan", "plan.json", "a text in it is not UTF-8");
    fileset_add(files, "plan", "plan.json", strbuf_str(&text), text.len, NULL);
    strbuf_release(&text);
    plan_readme(plan, files->arena, files);
}

static const char *const beside[] = {"README.md", "plan.json", NULL};

const struct backend drc_plan = {
    .name = "plan",
    .summary = "the plan as JSON (plan.json) and the README of the folder",
    .roots = beside,
    .emit = emit,
};
