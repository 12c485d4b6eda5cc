/* See demands.h. */
#include "backends/common/demands.h"

#include "backends/common/rows.h"

#include <string.h>

struct md_inline demand_check(struct arena *arena, const struct plan_assumption *demand)
{
    struct strbuf text = STRBUF_INIT;
    struct md_inline result;

    plan_command_print(demand->check->command, &text);
    result = text.len ? md_code(arena, strbuf_str(&text)) : demand->check->question ? md_marked(arena, demand->check->question) : MD("");
    strbuf_release(&text);
    return result;
}

void demand_task(struct md *md, const char *name, const char *what, const char *on, struct md_inline check)
{
    struct arena *arena = md->arena;
    struct md_inline who = on ? md_cat(arena, MD("asked of "), md_text(arena, on), check.markdown[0] ? MD("; ") : MD("")) : MD("");
    struct md_inline behind = on || check.markdown[0] ? md_cat(arena, MD(" ("), who, check, MD(")")) : MD("");

    md_task(md, 0, false, md_cat(arena, md_code(arena, name), MD(": "), md_marked(arena, what), behind));
}

bool demand_is_figure(const struct plan_assumption *demand)
{
    return strcmp(demand->kind, "figure") == 0 && strcmp(demand->subject_kind, "kind") == 0;
}

static bool is_asked(const struct plan_assumption *a, const char *target)
{
    return a->by->who == PLAN_BY_demand && a->by->target && strcmp(a->by->target, target) == 0;
}

uint32_t demand_tasks(struct md *md, const struct plan_document *plan, const char *target,
                      bool (*wanted)(const struct plan_assumption *demand, void *context), void *context)
{
    struct rows rows = {0};

    for (uint32_t i = 0; i < plan->assumptions_count; i++) {
        const struct plan_assumption *a = &plan->assumptions[i];

        if (!is_asked(a, target) || (wanted && !wanted(a, context)) || !rows_take(&rows, false))
            continue;
        demand_task(md, a->subject, a->by->words, plan_title(a->by->on), demand_check(md->arena, a));
    }
    rows_tell(md, &rows, "demands", "assumptions");
    return rows.shown + rows.left_out;
}

static bool is_task(const struct plan_assumption *a, void *context)
{
    (void)context;
    return !demand_is_figure(a);
}

uint32_t demanded_figures(const struct plan_document *plan)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < plan->assumptions_count; i++)
        count += plan->assumptions[i].by->who == PLAN_BY_demand && demand_is_figure(&plan->assumptions[i]);
    return count;
}

static void figures(struct md *md, const struct plan_document *plan)
{
    if (!demanded_figures(plan))
        return;
    md_heading(md, 2, MD("What drills have to measure"));
    md_paragraph(md, MD("Verdicts rest on these figures, and nobody but their kinds bounds them. Where a drill takes longer, state what it "
                        "measured as `timing` of the asset."));
    MD_TABLE(md, NULL, MD("Figure"), MD("Best, typical, worst"), MD("Grade of the worst"), MD("Asked of"));
    for (uint32_t i = 0; i < plan->assumptions_count; i++) {
        const struct plan_assumption *a = &plan->assumptions[i];

        if (a->by->who == PLAN_BY_demand && demand_is_figure(a))
            MD_ROW(md, md_code(md->arena, a->id + strlen("figure:")), md_code(md->arena, a->value),
                   md_text(md->arena, a->by->grade ? a->by->grade : "none"), md_text(md->arena, plan_title(a->by->on)));
    }
    md_table_end(md);
}

static bool any_demand(const struct plan_document *plan, const char *target)
{
    for (uint32_t i = 0; i < plan->assumptions_count; i++) {
        const struct plan_assumption *a = &plan->assumptions[i];

        if (is_asked(a, target) && !demand_is_figure(a))
            return true;
    }
    return false;
}

void demand_section(struct md *md, const struct plan_document *plan, const char *target)
{
    if (any_demand(plan, target)) {
        md_heading(md, 2, MD("What others have to see to"));
        md_paragraph(md, MD("Verdicts of the plan rest on this, and no file here makes it true; `drc ledger` says which verdicts."));
        demand_tasks(md, plan, target, is_task, NULL);
    }
    if (strcmp(target, "restore") == 0)
        figures(md, plan);
}
