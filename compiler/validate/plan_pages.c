/* Pages of the plan as a whole: who answers for it, objectives, backups, contacts, drills, review, exports. */
#include "validate/pages.h"

#include "base/units.h"

#include <string.h>

/* ---- pages of the plan ------------------------------------------------------------------------- */

/* Who answers for the plan, and when it is looked at again. */
static void read_plan_table(struct page *page)
{
    static const char *const people[][2] = {{"Owner", "owner"}, {"Deputy", "deputy"}, {"Approver", "approver"}, {"Coordinator", "coordinator"}};
    static const char *const words[][2] = {{"Revision", "revision"}, {"Approved on", "approved"}, {"Hotline", "hotline"}};
    uint32_t plans, at = 0, found = 0, cursor = 0;
    const struct plan_thing *about = plan_sort(page->r->index, "plan", &plans), *review = plan_child(about, "review", &cursor);
    bool begun = false;
    struct element *row;

    while (plans && at < page->elements.len && page->elements.items[at].kind != ELEMENT_ROW)
        at++;
    while (plans && (row = page_row(page, &at, &begun))) {
        const char *label = row->cell_count > 1 ? page_essence(page->arena, row->cells[0]) : "";

        for (size_t i = 0; i < sizeof people / sizeof *people; i++) {
            if (strcmp(label, people[i][0]) == 0)
                SAME_ROW(page, row, label, page_who_is(page, plan_ref(page->r->index, about, people[i][1])));
            found += strcmp(label, people[i][0]) == 0;
        }
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
            if (strcmp(label, words[i][0]) == 0)
                SAME_ROW(page, row, label, plan_words(page->arena, about, words[i][1], "not stated"));
            found += strcmp(label, words[i][0]) == 0;
        }
        if (strcmp(label, "Digest") == 0)
            SAME_ROW(page, row, label, page->r->plan->digest);
        if (strcmp(label, "Reviewed every") == 0)
            page_begins(page, row->at, row->cells[1],
                        review ? plan_words(page->arena, review, "every", "not stated") : plan_words(page->arena, about, "review", "not stated"));
        found += strcmp(label, "Digest") == 0 || strcmp(label, "Reviewed every") == 0;
    }
    same_number(&page->artifact, NULL, "the number of rows about the plan", found, plans ? 9 : 0);
}

static void read_front(struct reading *r)
{
    struct page page = {.r = r, .arena = arena_new()};
    const struct plan_document *plan = r->plan;
    uint32_t at, rows, count;
    bool begun;
    struct element *row;
    const struct plan_thing *classes = plan_sort(r->index, "class", &count);

    if (page_open(&page, "runbooks/README.md")) {
        read_plan_table(&page);
        for (at = page_behind(&page, "When something has happened", 2), rows = 0, begun = false; (row = page_row(&page, &at, &begun)); rows++) {
            if (rows < plan->scenarios_count)
                SAME_ROW(&page, row, plan_title(plan->scenarios[rows].thing), plan->scenarios[rows].class ? plan->scenarios[rows].class->name : "",
                         page_moment_of(page.arena, &plan->scenarios[rows].finish));
        }
        page_all_rows(&page, "the table of scenarios", rows, plan->scenarios_count);
        for (at = page_behind(&page, "Disaster classes", 2), rows = 0, begun = false; (row = page_row(&page, &at, &begun)); rows++) {
            const struct plan_thing *severity = rows < count ? plan_ref(r->index, &classes[rows], "severity") : NULL;

            if (rows < count)
                SAME_ROW(&page, row, classes[rows].name, plan_title(&classes[rows]), NULL, page_duration_of(&page, &classes[rows], "rto", ""),
                         page_duration_of(&page, &classes[rows], "rpo", ""), severity ? severity->name : "");
        }
        page_all_rows(&page, "the table of classes", rows, count);
        for (at = page_behind(&page, "Objectives", 2), rows = 0, begun = false; (row = page_row(&page, &at, &begun)); rows++) {
            const struct plan_asset *asset = rows < plan->assets_count ? &plan->assets[rows] : NULL;

            if (asset)
                SAME_ROW(&page, row, asset->name, NULL, page_objective_of(page.arena, asset->rto), asset->rto ? asset->rto->source : "",
                         page_objective_of(page.arena, asset->rpo), asset->rpo ? asset->rpo->source : "", page_who_is(&page, asset->owner));
        }
        page_all_rows(&page, "the table of objectives", rows, plan->assets_count);
    }
    arena_delete(page.arena);
}

static const struct plan_job *job_called(const struct page *page, const char *name)
{
    for (uint32_t i = 0; i < page->r->plan->jobs_count; i++) {
        if (strcmp(page_essence(page->arena, page->r->plan->jobs[i].name), name) == 0)
            return &page->r->plan->jobs[i];
    }
    return NULL;
}

static void read_backups(struct page *page)
{
    uint32_t at = page_behind(page, "Backups", 2), rows = 0;
    bool begun = false;
    struct element *row;

    while ((row = page_row(page, &at, &begun))) {
        const char *name = row->cell_count ? page_essence(page->arena, row->cells[0]) : "", *copies = "";
        const struct plan_job *job = job_called(page, name);

        rows++;
        if (!holds(&page->artifact, row->at, job != NULL, "no backup is called `%s`", name))
            continue;
        for (uint32_t i = 0; i < job->copies_count; i++)
            copies = arena_printf(page->arena, "%s%s%s", copies, i ? ", " : "", job->copies[i]->name);
        SAME_ROW(page, row, job->name, job->schedule ? job->schedule->written : "", plan_words(page->arena, job->backup, "kind", ""),
                 job->retain ? job->retain_text : "not stated", job->to ? job->to->name : "the platform", copies,
                 job->encryption ? job->encryption : "");
    }
    page_all_rows(page, "the table of backups", rows, page->r->plan->jobs_count);
}

static void read_protection(struct reading *r)
{
    struct page page = {.r = r, .arena = arena_new()};
    uint32_t at;
    bool begun = false;
    struct element *row;

    if (page_open(&page, "runbooks/protection.md")) {
        read_backups(&page);
        at = page_behind(&page, "What is lost at most", 2);
        while ((row = page_row(&page, &at, &begun))) {
            const char *asset = row->cell_count > 1 ? page_essence(page.arena, row->cells[0]) : "",
                       *in = row->cell_count > 1 ? page_essence(page.arena, row->cells[1]) : "";
            const struct plan_outcome *state = NULL;

            for (uint32_t s = 0; s < r->plan->scenarios_count && !state; s++) {
                if (strcmp(page_essence(page.arena, r->plan->scenarios[s].name), in) == 0)
                    state = page_outcome_of(&page, &r->plan->scenarios[s], asset);
            }
            if (holds(&page.artifact, row->at, state != NULL, "`%s` is not hit by `%s`", asset, in))
                SAME_ROW(&page, row, asset, in, state->method ? state->method : "nothing", page_time_words(page.arena, true, state->data_loss),
                         page_objective_of(page.arena, state->rpo));
        }
    }
    arena_delete(page.arena);
}

/* Who is called after whom, and when the next. */
static void read_phone_tree(struct page *page, const struct plan_thing *channel)
{
    uint32_t count, at;
    const struct plan_value *order = plan_items(channel, "order", &count);

    if (!count)
        return;
    at = page_behind(page, arena_printf(page->arena, "Call in this order: %s", plan_title(channel)), 3);
    for (uint32_t i = 0; i < count; i++) {
        const struct plan_thing *who = plan_leads_to(page->r->index, &order[i]);
        const struct element *element = at < page->elements.len ? &page->elements.items[at] : NULL;

        if (!who)
            continue;
        if (!holds(&page->artifact, element ? element->at : NULL, element && element->kind == ELEMENT_BULLET, "`%s` is not called", plan_title(who)))
            return;
        page_same(page, element->at, "who is called", element->text,
                  arena_printf(page->arena, "%s: %s", page_who_is(page, who), page_ways_to(page, who)));
        at++;
    }
    if (at < page->elements.len)
        page_begins(page, page->elements.items[at].at, page->elements.items[at].text,
                    arena_printf(page->arena, "No answer within %s:",
                                 page_time_words(page->arena, true, plan_number(channel, "escalate_after", PLAN_TAG_DURATION, 5 * MS_MINUTE))));
}

static void read_communication(struct reading *r)
{
    struct page page = {.r = r, .arena = arena_new()};
    static const char *const sorts[] = {"team", "person"};
    uint32_t at, count, rows = 0, wanted = 0;
    bool begun = false;
    struct element *row;

    if (page_open(&page, "runbooks/communication.md")) {
        at = page_behind(&page, "Contacts", 2);
        for (int s = 0; s < 2; s++) {
            const struct plan_thing *things = plan_sort(r->index, sorts[s], &count);

            wanted += count;
            for (uint32_t i = 0; i < count && (row = page_row(&page, &at, &begun)); i++, rows++)
                SAME_ROW(&page, row, page_who_is(&page, &things[i]), s ? plan_words(page.arena, &things[i], "role", "") : "team",
                         page_ways_to(&page, &things[i]));
        }
        page_all_rows(&page, "the table of contacts", rows, wanted);
        {
            const struct plan_thing *channels = plan_sort(r->index, "channel", &count);

            at = page_behind(&page, "Channels", 2);
            begun = false;
            for (rows = 0; (row = page_row(&page, &at, &begun)); rows++) {
                if (rows < count)
                    SAME_ROW(&page, row, plan_title(&channels[rows]), plan_words(page.arena, &channels[rows], "type", ""),
                             plan_words(page.arena, &channels[rows], "address", "see below"));
            }
            page_all_rows(&page, "the table of channels", rows, count);
            for (uint32_t i = 0; i < count; i++)
                read_phone_tree(&page, &channels[i]);
        }
        plan_sort(r->index, "notice", &count);
        if (count)
            page_read_notices(&page, "What is said, where and when", NULL);
    }
    arena_delete(page.arena);
}

static void read_drill_page(struct reading *r)
{
    struct page page = {.r = r, .arena = arena_new()};
    uint32_t at = 0, rows = 0;
    bool begun = false;
    struct element *row;

    if (page_open(&page, "runbooks/drills.md") && r->plan->drills_count) {
        at = page_behind(&page, "Drills", 1);
        for (; (row = page_row(&page, &at, &begun)); rows++) {
            const struct plan_thing *drill = rows < r->plan->drills_count ? r->plan->drills[rows].thing : NULL;

            if (drill)
                SAME_ROW(&page, row, plan_title(drill), plan_words(page.arena, drill, "kind", ""), plan_words(page.arena, drill, "cadence", ""),
                         plan_words(page.arena, drill, "at", ""), plan_words(page.arena, drill, "duration", ""));
        }
        page_all_rows(&page, "the table of drills", rows, r->plan->drills_count);
    }
    arena_delete(page.arena);
}

/* What the review compares with. */
static void read_review(struct reading *r)
{
    struct page page = {.r = r, .arena = arena_new()};
    uint32_t at, rows = 0;
    bool begun = false, cut;
    struct element *row;

    if (page_open(&page, "runbooks/post-incident-review.md")) {
        cut = strstr(page.artifact.text, "The list is cut") != NULL;
        for (at = page_behind(&page, "Results", 2); (row = page_row(&page, &at, &begun)); rows++) {
            const struct plan_asset *asset = rows < r->plan->assets_count ? &r->plan->assets[rows] : NULL;

            if (asset)
                SAME_ROW(&page, row, asset->name, page_objective_of(page.arena, asset->rto), NULL, page_objective_of(page.arena, asset->rpo));
        }
        holds(&page.artifact, NULL, rows == r->plan->assets_count || (cut && rows < r->plan->assets_count),
              "the table of results has %u rows, and by the plan %u", rows, r->plan->assets_count);
    }
    arena_delete(page.arena);
}

static void read_exports(struct reading *r)
{
    struct page page = {.r = r, .arena = arena_new()};

    if (r->plan->exports_count && page_open(&page, "runbooks/exports.md")) {
        for (uint32_t i = 0; i < r->plan->exports_count; i++) {
            const struct plan_export *export = &r->plan->exports[i];
            uint32_t at = page_behind(&page, plan_title(export->thing), 2), cursor = 0, commands = 0, wanted = 0;
            bool back = plan_child(export->thing, "import", &cursor) != NULL;
            const struct plan_command *all[] = {export->run, back ? export->import : NULL, back ? export->verify : NULL}, *want[3];

            for (int n = 0; n < 3; n++) {
                if (all[n])
                    want[wanted++] = all[n];
            }
            for (; at < page.elements.len && !(page.elements.items[at].kind == ELEMENT_HEADING && page.elements.items[at].level == 2); at++) {
                if (page.elements.items[at].kind != ELEMENT_CODE)
                    continue;
                if (commands < wanted)
                    page_same_command(&page, &page.elements.items[at], want[commands]);
                commands++;
            }
            same_number(&page.artifact, NULL, "the number of commands of an export", commands, wanted);
        }
    }
    arena_delete(page.arena);
}

void read_plan_pages(struct reading *r)
{
    read_front(r);
    read_protection(r);
    read_communication(r);
    read_drill_page(r);
    read_review(r);
    read_exports(r);
}
