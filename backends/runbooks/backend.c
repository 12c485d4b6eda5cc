/* Runbooks in Markdown: one page for each scenario and its way back, and the pages people read before and after. */
#include "backends/runbooks/runbooks.h"

#include "base/utf8.h"

#include <string.h>

void page_begin(struct page *page, const struct plan *plan, const char *title, struct span origin)
{
    const char *from = backend_origin(plan, origin);

    page->plan = plan;
    page->arena = plan->arena;
    strbuf_init(&page->out);
    md_init(&page->md, plan->arena, &page->out);
    md_comment(&page->md, arena_printf(plan->arena, "Written by drc from %s; change the specification, not this file. Plan sha256:%s",
                                       from[0] ? from : "the specification", plan->digest));
    md_heading(&page->md, 1, md_text(page->arena, title));
}

void page_end(struct page *page, struct fileset *files, const char *path, struct span origin)
{
    struct output_file *file = fileset_add(files, "runbooks", path, strbuf_str(&page->out), page->out.len, NULL);
    const char *from = backend_origin(page->plan, origin);

    if (file && from[0])
        output_file_add_origin(files, file, from);
    strbuf_release(&page->out);
}

const char *scenario_file(const struct plan *plan, const struct scenario_result *result)
{
    return arena_printf(plan->arena, "scenario-%s.md", output_name(plan->arena, result->scenario->name));
}

const char *failback_file(const struct plan *plan, const struct scenario_result *result)
{
    return arena_printf(plan->arena, "failback-%s.md", output_name(plan->arena, result->scenario->name));
}

/* Two names may become one file name: then neither is written silently over the other. */
static void check(const struct plan *plan, struct diag_sink *sink)
{
    for (uint32_t i = 0; i < plan->scenario_count; i++) {
        for (uint32_t other = 0; other < i; other++) {
            if (same_but_for_case(scenario_file(plan, &plan->scenarios[i]), scenario_file(plan, &plan->scenarios[other])))
                diag_label(diag_report(sink, DIAG_E0780, plan->scenarios[i].scenario->span, "two scenarios would have the same runbook file"),
                           plan->scenarios[other].scenario->span, "the other one");
        }
    }
}

static void emit(const struct plan *plan, const struct backend_options *options, struct fileset *files)
{
    (void)options;
    index_page(plan, files);
    for (uint32_t i = 0; i < plan->scenario_count; i++) {
        scenario_page(plan, &plan->scenarios[i], files);
        if (plan->scenarios[i].order_count)
            failback_page(plan, &plan->scenarios[i], files);
    }
    communication_page(plan, files);
    protection_page(plan, files);
    drills_page(plan, files);
    review_page(plan, files);
    compliance_page(plan, files);
    exports_page(plan, files);
}

const struct backend drc_runbooks = {
    .name = "runbooks",
    .summary = "runbooks in Markdown: a page for each scenario, the way back, drills, communication, review",
    .readers = "everybody, now and at 03:00",
    .check = check,
    .emit = emit,
};
