/* The README of the output folder: what each part is for, in the order one uses them. */
#include "backends/registry.h"

#include "backends/common/demands.h"
#include "backends/common/rows.h"
#include "backends/plan/plan_backend.h"
#include "base/units.h"
#include "emit/md.h"

static struct md_inline clock_text(struct arena *arena, struct plan_range time)
{
    struct strbuf text = STRBUF_INIT;
    struct md_inline result;

    if (!time.known)
        return MD("unknown");
    print_duration_words(&text, time.worst);
    result = md_text(arena, strbuf_str(&text));
    strbuf_release(&text);
    return result;
}

/* In assets. */
static struct md_inline objectives(struct arena *arena, uint32_t refuted, uint32_t unknown)
{
    if (!refuted && !unknown)
        return MD("hold");
    if (!refuted)
        return md_textf(arena, "%u cannot be judged", unknown);
    if (!unknown)
        return md_textf(arena, "%u missed, which was accepted", refuted);
    return md_textf(arena, "%u missed, which was accepted; %u cannot be judged", refuted, unknown);
}

static void scenarios(struct md *md, const struct plan_document *plan)
{
    uint32_t accepted = 0;

    if (!plan->scenarios_count)
        return;
    md_heading(md, 2, MD("What was proved"));
    MD_TABLE(md, NULL, MD("Scenario"), MD("Affected"), MD("Everything is back after, at worst"), MD("Objectives"));
    for (uint32_t i = 0; i < plan->scenarios_count; i++) {
        const struct plan_scenario *scenario = &plan->scenarios[i];
        uint32_t unknown = 0, refuted = 0;

        for (uint32_t s = 0; s < scenario->assets_count; s++) {
            const struct plan_outcome *outcome = &scenario->assets[s];

            unknown += outcome->rto_verdict == PLAN_VERDICT_unknown || outcome->rpo_verdict == PLAN_VERDICT_unknown;
            /* What is refuted was accepted, or nothing were built. */
            refuted += outcome->rto_verdict == PLAN_VERDICT_refuted || outcome->rpo_verdict == PLAN_VERDICT_refuted;
        }
        MD_ROW(md, md_code(md->arena, scenario->name), md_textf(md->arena, "%u of %u assets", scenario->order_count, plan->assets_count),
               clock_text(md->arena, scenario->finish), objectives(md->arena, refuted, unknown));
    }
    md_table_end(md);
    for (uint32_t i = 0; i < plan->findings_count; i++)
        accepted += plan->findings[i].accepted != NULL;
    if (accepted)
        md_paragraph(md, md_textf(md->arena, "%u findings are accepted risks; runbooks/README.md lists them with reason, name and date.", accepted));
}

/* What no file of ours makes true: who is asked, for what, and how one sees whether it is so. */
static void demands(struct md *md, const struct plan_document *plan)
{
    struct rows rows = {0};
    bool any = false;

    for (uint32_t i = 0; i < plan->assumptions_count; i++) {
        const struct plan_assumption *a = &plan->assumptions[i];

        if (a->by->who != PLAN_BY_demand || demand_is_figure(a) || !rows_take(&rows, false))
            continue;
        if (!any) {
            md_heading(md, 2, MD("What others have to see to"));
            md_paragraph(md, MD("The verdicts rest on this as well, and no file here makes it true. `drc ledger` says which verdicts."));
            MD_TABLE(md, NULL, MD("Asked of"), MD("For what"), MD("How one sees it"));
        }
        any = true;
        MD_ROW(md, md_text(md->arena, plan_title(a->by->on)),
               md_cat(md->arena, md_marked(md->arena, a->by->words), a->unwatched ? MD(" (nobody would notice its end)") : MD("")),
               demand_check(md->arena, a));
    }
    if (any)
        md_table_end(md);
    rows_tell(md, &rows, "demands", "assumptions");
    if (demanded_figures(plan))
        md_paragraph(md, md_textf(md->arena, "%u figure%s that nobody else bounds %s measured in drills: restore/README.md has a list.",
                                  demanded_figures(plan), demanded_figures(plan) == 1 ? "" : "s", demanded_figures(plan) == 1 ? "is" : "are"));
}

void plan_readme(const struct plan_document *plan, struct arena *arena, struct fileset *files)
{
    struct strbuf text = STRBUF_INIT;
    struct md md;

    md_init(&md, arena, &text);
    md_comment(&md, arena_printf(arena, "Written by drc; change the specification, not these files. Plan %s", plan->digest));
    md_heading(&md, 1, md_text(arena, plan->title ? plan->title : "Recovery plan"));
    md_paragraph(&md, MD("Everything here was written from one specification whose objectives were checked first: the plan is checked against that "
                         "specification, and is no "
                         "guarantee that the specification is true. The parts belong together: scripts refuse to run with another plan's digest."));
    md_heading(&md, 2, MD("In the order one uses them"));
    MD_TABLE(&md, NULL, MD("Folder"), MD("What it holds"), MD("Who uses it, when"));
    for (const struct backend *const *backend = drc_backends; *backend; backend++) {
        const char *page = arena_printf(arena, "%s/README.md", (*backend)->name);

        /* A target that has nothing to say, or was not asked for, left no folder to link to. */
        if ((*backend)->readers && fileset_find(files, page))
            MD_ROW(&md, md_link(arena, md_text(arena, (*backend)->name), page), md_text(arena, (*backend)->summary),
                   md_text(arena, (*backend)->readers));
    }
    MD_ROW(&md, MD("[plan.json](plan.json)"), MD("the proof as data"), MD("programs"));
    MD_ROW(&md, MD("[manifest.json](manifest.json)"), MD("every file with its digest and origin"),
           MD("the compiler: it never overwrites what was edited by hand"));
    md_table_end(&md);
    scenarios(&md, plan);
    demands(&md, plan);
    fileset_take(files, "plan", "README.md", &text, NULL);
}
