/* See demands.h. */
#include "backends/common/demands.h"

#include <string.h>

struct md_inline demand_check(struct arena *arena, const struct assumption *demand)
{
    struct strbuf text = STRBUF_INIT;
    struct md_inline result;

    command_print(&demand->check, &text);
    result = text.len ? md_code(arena, strbuf_str(&text)) : demand->question ? md_marked(arena, demand->question) : MD("");
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

uint32_t demand_tasks(struct md *md, const struct plan *plan, const char *target, bool (*wanted)(const struct assumption *demand, void *context),
                      void *context)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < plan->assumption_count; i++) {
        const struct assumption *a = plan->assumptions[i];

        if (a->by != BY_DEMAND || !a->target || strcmp(a->target, target) != 0 || (wanted && !wanted(a, context)))
            continue;
        count++;
        demand_task(md, a->subject->name, a->words ? a->words : a->says, entity_title(plan->model, a->on), demand_check(md->arena, a));
    }
    return count;
}

/* A figure of a kind is no task of its own: a drill measures many at once. */
static bool is_figure(const struct assumption *a)
{
    return a->kind == ASSUME_FIGURE && a->subject->schema->id == BLOCK_KIND;
}

static bool is_task(const struct assumption *a, void *context)
{
    (void)context;
    return !is_figure(a);
}

uint32_t demanded_figures(const struct plan *plan)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < plan->assumption_count; i++)
        count += plan->assumptions[i]->by == BY_DEMAND && is_figure(plan->assumptions[i]);
    return count;
}

static void figures(struct md *md, const struct plan *plan)
{
    if (!demanded_figures(plan))
        return;
    md_heading(md, 2, MD("What drills have to measure"));
    md_paragraph(md, MD("Verdicts rest on these figures, and nobody but their kinds bounds them. Where a drill takes longer, state what it "
                        "measured as `timing` of the asset."));
    MD_TABLE(md, NULL, MD("Figure"), MD("Best, typical, worst"), MD("Grade of the worst"), MD("Asked of"));
    for (uint32_t i = 0; i < plan->assumption_count; i++) {
        const struct assumption *a = plan->assumptions[i];

        if (a->by == BY_DEMAND && is_figure(a))
            MD_ROW(md, md_code(md->arena, a->id + strlen("figure:")), md_code(md->arena, a->value), md_text(md->arena, a->grade ? a->grade : "none"),
                   md_text(md->arena, entity_title(plan->model, a->on)));
    }
    md_table_end(md);
}

static bool any_demand(const struct plan *plan, const char *target)
{
    for (uint32_t i = 0; i < plan->assumption_count; i++) {
        const struct assumption *a = plan->assumptions[i];

        if (a->by == BY_DEMAND && a->target && strcmp(a->target, target) == 0 && !is_figure(a))
            return true;
    }
    return false;
}

void demand_section(struct md *md, const struct plan *plan, const char *target)
{
    if (any_demand(plan, target)) {
        md_heading(md, 2, MD("What others have to see to"));
        md_paragraph(md, MD("Verdicts of the plan rest on this, and no file here makes it true; `drc ledger` says which verdicts."));
        demand_tasks(md, plan, target, is_task, NULL);
    }
    if (strcmp(target, "restore") == 0)
        figures(md, plan);
}
