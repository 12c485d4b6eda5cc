/* Runbooks in Markdown: one page for each scenario and its way back, and the pages people read before and after. */
#include "backends/runbooks/runbooks.h"

#include "backends/common/names.h"
#include "backends/common/place.h"
#include "base/utf8.h"

#include <string.h>

void page_begin(struct page *page, const struct book *book, const char *title, const char *origin)
{
    *page = (struct page){.book = book, .plan = book->plan, .arena = arena_new()};
    strbuf_init(&page->out);
    md_init(&page->md, page->arena, &page->out);
    md_comment(&page->md, arena_printf(page->arena, "Written by drc from %s; change the specification, not this file. Plan %s",
                                       origin ? origin : "the specification", book->plan->digest));
    md_heading(&page->md, 1, md_text(page->arena, title));
}

void page_end(struct page *page, const char *path, const char *origin)
{
    struct output_file *file = fileset_take(page->book->files, "runbooks", path, &page->out, NULL);

    if (file && origin)
        output_file_add_origin(page->book->files, file, origin);
    arena_delete(page->arena);
}

void page_outcomes(struct page *page, const struct plan_scenario *result)
{
    page->outcomes = ARENA_ARRAY(page->arena, const struct plan_outcome *, page->plan->assets_count);
    for (uint32_t i = 0; i < result->assets_count; i++)
        page->outcomes[result->assets[i].asset - page->plan->assets] = &result->assets[i];
}

const struct plan_outcome *page_outcome(const struct page *page, const struct plan_asset *asset)
{
    return page->outcomes ? page->outcomes[asset - page->plan->assets] : NULL;
}

const char *scenario_file(struct arena *arena, const struct plan_scenario *result)
{
    return arena_printf(arena, "scenario-%s.md", output_name(arena, result->name));
}

const char *failback_file(struct arena *arena, const struct plan_scenario *result)
{
    return arena_printf(arena, "failback-%s.md", output_name(arena, result->name));
}

static void one_page(void *context, const struct plan_checked_name *one, const struct plan_checked_name *other)
{
    diag_label(diag_report(context, DIAG_E0780, place_span(one->place), "two scenarios would have the same runbook file"), place_span(other->place),
               "the other one");
}

/* Two names may become one file name: then neither is written silently over the other. */
static void check(const struct plan_checked *plan, struct diag_sink *sink)
{
    names_each_clash(plan->scenarios, plan->scenarios_count, sink->arena, one_page, sink);
}

static void emit(const struct plan_document *plan, struct fileset *files)
{
    struct book book = {.plan = plan, .index = plan_index(plan, files->arena), .arena = files->arena, .files = files};
    uint32_t count;

    book.about = plan_sort(book.index, "plan", &count);
    index_page(&book);
    for (uint32_t i = 0; i < book.plan->scenarios_count; i++) {
        scenario_page(&book, &book.plan->scenarios[i]);
        if (book.plan->scenarios[i].order_count)
            failback_page(&book, &book.plan->scenarios[i]);
    }
    communication_page(&book);
    protection_page(&book);
    drills_page(&book);
    review_page(&book);
    compliance_page(&book);
    exports_page(&book);
}

const struct backend drc_runbooks = {
    .name = "runbooks",
    .summary = "runbooks in Markdown: a page for each scenario, the way back, drills, communication, review",
    .readers = "everybody, now and at 03:00",
    .check = check,
    .emit = emit,
};
