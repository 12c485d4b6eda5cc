/* The README of the output folder: what each part is for, in the order one uses them. */
#include "backends/registry.h"

#include "backends/plan/plan_backend.h"
#include "emit/md.h"


static struct md_inline clock_text(struct arena *arena, struct span_of_time time)
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

static void scenarios(struct md *md, const struct plan *plan)
{
    if (!plan->scenario_count)
        return;
    md_heading(md, 2, MD("What was proved"));
    MD_TABLE(md, NULL, MD("Scenario"), MD("Affected"), MD("Everything is back after, at worst"), MD("Objectives"));
    for (uint32_t i = 0; i < plan->scenario_count; i++) {
        const struct scenario_result *result = &plan->scenarios[i];
        uint32_t unknown = 0;

        for (uint32_t s = 0; s < plan->asset_count; s++)
            unknown += result->states[s].rto_verdict == VERDICT_UNKNOWN || result->states[s].rpo_verdict == VERDICT_UNKNOWN;
        MD_ROW(md, md_code(md->arena, result->scenario->name), md_textf(md->arena, "%u of %u assets", result->order_count, plan->asset_count),
               clock_text(md->arena, result->finish), unknown ? md_textf(md->arena, "%u cannot be judged", unknown) : MD("hold"));
    }
    md_table_end(md);
    if (plan->waived)
        md_paragraph(md, md_textf(md->arena, "%u findings are accepted risks; runbooks/README.md lists them with reason, name and date.", plan->waived));
}

void plan_readme(const struct plan *plan, struct fileset *files)
{
    struct strbuf text = STRBUF_INIT;
    struct md md;

    md_init(&md, plan->arena, &text);
    md_comment(&md, arena_printf(plan->arena, "Written by drc; change the specification, not these files. Plan sha256:%s", plan->digest));
    md_heading(&md, 1, md_text(plan->arena, plan->model->plan ? entity_title(plan->model, plan->model->plan) : "Recovery plan"));
    md_paragraph(&md, MD("Everything here was written from one specification, after every objective in it was proved. The parts belong together: scripts refuse to "
                         "run with another plan's digest."));
    md_heading(&md, 2, MD("In the order one uses them"));
    MD_TABLE(&md, NULL, MD("Folder"), MD("What it is"), MD("Who uses it, when"));
    MD_ROW(&md, MD("[runbooks](runbooks/README.md)"), MD("What people do: a page for each scenario, the way back, communication, drills"), MD("Everybody, now and at 03:00"));
    MD_ROW(&md, MD("[terraform](terraform/README.md)"), MD("The recovery side and the protection of the primary side, in roots that do not need each other's region"),
           MD("Platform engineers, before anything happens"));
    MD_ROW(&md, MD("[route53](route53/README.md)"), MD("Failover records, health checks, and the change batches to move traffic by hand and back"), MD("Platform engineers; operators in an incident"));
    MD_ROW(&md, MD("[cron](cron/README.md)"), MD("The backup jobs, for cron, systemd and Kubernetes"), MD("Installed once, run every day"));
    MD_ROW(&md, MD("[restore](restore/README.md)"), MD("The scripts that recover, go back, and rehearse"), MD("The engineer on call, and every drill"));
    MD_ROW(&md, MD("[plan.json](plan.json)"), MD("The proof as data"), MD("Programs"));
    MD_ROW(&md, MD("[manifest.json](manifest.json)"), MD("Every file with its digest and origin"), MD("The compiler: it never overwrites what was edited by hand"));
    md_table_end(&md);
    scenarios(&md, plan);
    fileset_add(files, "plan", "README.md", strbuf_str(&text), text.len, NULL);
    strbuf_release(&text);
}
