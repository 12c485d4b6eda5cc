/* READMEs: what was proved, what others are asked, when jobs run. */
#include "base/file_name.h"
#include "validate/pages.h"

#include <string.h>

static bool is_figure(const struct plan_assumption *entry)
{
    return entry->kind && strcmp(entry->kind, "figure") == 0 && entry->subject_kind && strcmp(entry->subject_kind, "kind") == 0;
}

static bool is_asked(const struct plan_assumption *entry, const char *target)
{
    return entry->by && entry->by->who == PLAN_BY_demand && !is_figure(entry) &&
           (!target || (entry->by->target && strcmp(entry->by->target, target) == 0));
}

static const char *check_of(const struct page *page, const struct plan_assumption *entry)
{
    struct strbuf text = STRBUF_INIT;
    const char *words = entry->check && entry->check->question ? entry->check->question : "";

    if (entry->check && entry->check->command) {
        plan_command_print(entry->check->command, &text);
        words = text.len ? strbuf_dup(&text, page->arena) : words;
    }
    strbuf_release(&text);
    return words;
}

static const char *task_of(const struct page *page, const struct plan_assumption *entry)
{
    const char *check = check_of(page, entry), *on = entry->by->on ? plan_title(entry->by->on) : NULL;

    return page_essence(page->arena, arena_printf(page->arena, "%s: %s %s%s %s", entry->subject ? entry->subject : "",
                                                  entry->by->words ? entry->by->words : "", on ? "asked of " : "", on ? on : "", check));
}

struct task {
    const char *text;
    const char *subject; /* its id */
    bool found;
};

struct tasks {
    VEC(struct task) items;
};

static const char *owner_of(const struct reading *r, const struct plan_thing *subject)
{
    for (uint32_t i = 0; subject && i < r->plan->assets_count; i++) {
        if (r->plan->assets[i].thing == subject)
            return r->plan->assets[i].owner ? plan_title(r->plan->assets[i].owner) : NULL;
    }
    return NULL;
}

/* What a kind asks of the owners of what exists, in words of its own. */
static void add_demand(struct page *page, const struct plan_emission *emission, struct tasks *tasks)
{
    const struct plan_emitted_block *block = emission->block;
    const char *text = "", *check = "", *owner = owner_of(page->r, emission->subject), *name = block->labels_count ? block->labels[0] : "";

    for (uint32_t i = 0; i < block->attributes_count; i++) {
        const struct plan_value *value = block->attributes[i].value;

        if (value && value->shape == PLAN_SHAPE_STRING && value->tag == PLAN_TAG_NONE && strcmp(block->attributes[i].name, "text") == 0)
            text = value->text;
        if (!value || value->shape != PLAN_SHAPE_ITEMS || value->tag != PLAN_TAG_NONE || strcmp(block->attributes[i].name, "check") != 0)
            continue;
        for (uint32_t k = 0; k < value->count; k++) {
            if (value->items[k].shape != PLAN_SHAPE_NULL)
                check = arena_printf(page->arena, "%s %s", check, plan_value_words(page->arena, &value->items[k]));
        }
    }
    if (text[0])
        vec_push(
            page->arena, &tasks->items,
            ((struct task){page_essence(page->arena, arena_printf(page->arena, "%s: %s %s%s %s", emission->subject ? emission->subject->name : name,
                                                                  text, owner ? "asked of " : "", owner ? owner : "", check)),
                           emission->subject ? emission->subject->id : "", false}));
}

static void find_tasks(struct page *page, const char *target, struct tasks *tasks)
{
    const struct plan_document *plan = page->r->plan;
    bool of_kinds = strcmp(target, "terraform") == 0;

    for (uint32_t i = 0; of_kinds && i < plan->emissions_count; i++) {
        if (strcmp(plan->emissions[i].target, "demands") == 0 && plan->emissions[i].block)
            add_demand(page, &plan->emissions[i], tasks);
    }
    for (uint32_t i = 0; i < plan->assumptions_count; i++) {
        const struct plan_assumption *entry = &plan->assumptions[i];

        if (is_asked(entry, target) && !(of_kinds && entry->by->of_kind))
            vec_push(page->arena, &tasks->items,
                     ((struct task){task_of(page, entry), arena_printf(page->arena, "%s.%s", entry->subject_kind, entry->subject), false}));
    }
}

enum { TASKS_SOUGHT = 500 }; /* of larger plans it is not asked for each what it belongs to */

/* Whether a root of Terraform has a resource of a thing; `path` is of its page. */
static bool has_resource(const struct reading *r, const char *path, const char *subject)
{
    const char *folder = path + strlen("terraform/"), *dash;
    size_t len = strcspn(folder, "/");
    const int root = strncmp(folder, "global/", 7) == 0   ? PLAN_ROOT_global
                     : strncmp(folder, "primary", 7) == 0 ? PLAN_ROOT_primary
                                                          : PLAN_ROOT_recovery;

    dash = memchr(folder, '-', len);
    for (uint32_t i = 0; i < r->plan->emissions_count; i++) {
        const struct plan_emission *emission = &r->plan->emissions[i];
        const struct plan_site *site = emission->site;
        const char *name;

        if (strcmp(emission->target, "terraform") != 0 || emission->root != root || !emission->subject ||
            strcmp(emission->subject->id, subject) != 0 || !emission->block || strcmp(emission->block->type, "resource") != 0 || emission->example)
            continue;
        while (site && !(site->level && strcmp(site->level, "region") == 0) && site->within)
            site = site->within;
        name = output_name(r->scratch, site ? site->name : "");
        if (!dash || (strlen(name) == len - (size_t)(dash + 1 - folder) && strncmp(name, dash + 1, strlen(name)) == 0))
            return true;
    }
    return false;
}

/* What a folder asks of others, in the order of the plan; `part`: some of it, for a page of its own. */
static void read_tasks(struct reading *r, const char *path, const char *target, bool part)
{
    struct page page = {.r = r, .arena = arena_new()};
    struct tasks tasks = {{0}};
    uint32_t next = 0, found = 0;

    if (!artifact_exists(r, path) || !page_open(&page, path)) {
        arena_delete(page.arena);
        return;
    }
    find_tasks(&page, target, &tasks);
    for (uint32_t i = 0; i < page.elements.len; i++) {
        const struct element *element = &page.elements.items[i];
        const char *got;
        uint32_t at = next;

        if (element->kind != ELEMENT_BULLET || strncmp(element->text, "[ ] ", 4) != 0)
            continue;
        got = page_essence(page.arena, element->text + 4);
        while (at < tasks.items.len && strcmp(tasks.items.items[at].text, got) != 0)
            at++;
        if (at < tasks.items.len)
            tasks.items.items[at].found = true;
        if (holds(&page.artifact, element->at, at < tasks.items.len, "the plan asks for nothing like this here: %s", got))
            next = at + 1;
        found++;
    }
    if (!part)
        page_all_rows(&page, "the list of what others have to see to", found, tasks.items.len);
    for (uint32_t i = 0; part && !page_is_cut(&page) && tasks.items.len <= TASKS_SOUGHT && i < tasks.items.len; i++)
        holds(&page.artifact, NULL, tasks.items.items[i].found || !has_resource(r, path, tasks.items.items[i].subject),
              "the plan asks here as well: %s", tasks.items.items[i].text);
    arena_delete(page.arena);
}

/* ---- the first page ---------------------------------------------------------------------------- */

static const char *objectives_of(const struct page *page, const struct plan_scenario *scenario)
{
    uint32_t unknown = 0, refuted = 0;

    for (uint32_t i = 0; i < scenario->assets_count; i++) {
        const struct plan_outcome *outcome = &scenario->assets[i];

        unknown += outcome->rto_verdict == PLAN_VERDICT_unknown || outcome->rpo_verdict == PLAN_VERDICT_unknown;
        refuted += outcome->rto_verdict == PLAN_VERDICT_refuted || outcome->rpo_verdict == PLAN_VERDICT_refuted;
    }
    if (!unknown && !refuted)
        return "hold";
    return arena_printf(page->arena, "%s%s%s", refuted ? arena_printf(page->arena, "%u missed which was accepted", refuted) : "",
                        refuted && unknown ? " " : "", unknown ? arena_printf(page->arena, "%u cannot be judged", unknown) : "");
}

static void read_first_page(struct reading *r)
{
    struct page page = {.r = r, .arena = arena_new()};
    const struct plan_document *plan = r->plan;
    uint32_t at, rows = 0, next = 0, asked = 0;
    bool begun = false;
    struct element *row;

    if (!artifact_exists(r, "README.md") || !page_open(&page, "README.md")) {
        arena_delete(page.arena);
        return;
    }
    for (at = page_behind(&page, "What was proved", 2); (row = page_row(&page, &at, &begun)); rows++) {
        const struct plan_scenario *scenario = rows < plan->scenarios_count ? &plan->scenarios[rows] : NULL;

        if (scenario)
            SAME_ROW(&page, row, scenario->name, arena_printf(page.arena, "%u of %u assets", scenario->order_count, plan->assets_count),
                     page_time_words(page.arena, scenario->finish.known, scenario->finish.worst), objectives_of(&page, scenario));
    }
    page_all_rows(&page, "the table of scenarios", rows, plan->scenarios_count);
    for (uint32_t i = 0; i < plan->assumptions_count; i++)
        asked += is_asked(&plan->assumptions[i], NULL);
    begun = false;
    for (at = page_behind(&page, "What others have to see to", 2), rows = 0; (row = page_row(&page, &at, &begun)); rows++) {
        const struct plan_assumption *entry;

        while (next < plan->assumptions_count && !is_asked(&plan->assumptions[next], NULL))
            next++;
        entry = next < plan->assumptions_count ? &plan->assumptions[next++] : NULL;
        if (entry)
            SAME_ROW(&page, row, entry->by->on ? plan_title(entry->by->on) : "",
                     arena_printf(page.arena, "%s%s", entry->by->words, entry->unwatched ? " nobody would notice its end" : ""),
                     check_of(&page, entry));
    }
    page_all_rows(&page, "the table of what others have to see to", rows, asked);
    arena_delete(page.arena);
}

/* ---- figures that drills measure --------------------------------------------------------------- */

static void read_figures(struct reading *r)
{
    struct page page = {.r = r, .arena = arena_new()};
    const struct plan_document *plan = r->plan;
    uint32_t at, rows = 0, next = 0, all = 0;
    bool begun = false;
    struct element *row;

    for (uint32_t i = 0; i < plan->assumptions_count; i++)
        all += plan->assumptions[i].by && plan->assumptions[i].by->who == PLAN_BY_demand && is_figure(&plan->assumptions[i]);
    if (!artifact_exists(r, "restore/README.md") || !page_open(&page, "restore/README.md")) {
        arena_delete(page.arena);
        return;
    }
    for (at = page_behind(&page, "What drills have to measure", 2); (row = page_row(&page, &at, &begun)); rows++) {
        const struct plan_assumption *entry;

        while (next < plan->assumptions_count &&
               !(plan->assumptions[next].by && plan->assumptions[next].by->who == PLAN_BY_demand && is_figure(&plan->assumptions[next])))
            next++;
        entry = next < plan->assumptions_count ? &plan->assumptions[next++] : NULL;
        if (entry)
            SAME_ROW(&page, row, strchr(entry->id, ':') ? strchr(entry->id, ':') + 1 : entry->id, entry->value,
                     entry->by->grade ? entry->by->grade : "none", entry->by->on ? plan_title(entry->by->on) : "");
    }
    page_all_rows(&page, "the table of figures", rows, all);
    arena_delete(page.arena);
}

/* ---- jobs -------------------------------------------------------------------------------------- */

static const struct plan_job *job_called(const struct page *page, const char *name)
{
    for (uint32_t i = 0; i < page->r->plan->jobs_count; i++) {
        if (strcmp(page_essence(page->arena, page->r->plan->jobs[i].name), name) == 0)
            return &page->r->plan->jobs[i];
    }
    return NULL;
}

enum { LINES_MOST = 64 };

/* What stands in a cell as code fires as the schedule beside it. */
static void same_instants(struct page *page, const struct element *row, uint32_t cell, enum notation_kind kind, const char *written)
{
    const char *lines[LINES_MOST], *why = "", *at = cell < row->cell_count ? row->cells[cell] : "";
    uint32_t count = 0;

    while ((at = strchr(at, '`')) && count < LINES_MOST) {
        const char *end = strchr(++at, '`');

        if (!end)
            break;
        /* What takes several lines of a scheduler stands in one piece of code, "; " between them. */
        while (at < end && count < LINES_MOST) {
            const char *stop = strstr(at, "; ");

            if (!stop || stop > end)
                stop = end;
            lines[count++] = arena_strndup(page->arena, at, (size_t)(stop - at));
            at = stop < end ? stop + 2 : end;
        }
        at = end + 1;
    }
    if (count)
        holds(&page->artifact, row->at, fires_as(page->r, kind, lines, count, NULL, written, &why), "%s", why);
}

static void read_jobs_page(struct reading *r)
{
    static const enum notation_kind notations[] = {NOTATION_CRON, NOTATION_ON_CALENDAR, NOTATION_KUBERNETES};
    struct page page = {.r = r, .arena = arena_new()};
    uint32_t at;
    bool begun = false;
    struct element *row;

    if (!artifact_exists(r, "cron/README.md") || !page_open(&page, "cron/README.md")) {
        arena_delete(page.arena);
        return;
    }
    for (at = page_behind(&page, "What runs when", 2); (row = page_row(&page, &at, &begun));) {
        const char *name = row->cell_count ? page_essence(page.arena, row->cells[0]) : "";
        const char *written = row->cell_count > 1 ? arena_strdup(page.arena, row->cells[1] + strspn(row->cells[1], " ")) : "";
        const struct plan_job *job = job_called(&page, name);
        char *end = arena_strdup(page.arena, written);

        for (size_t len = strlen(end); len && end[len - 1] == ' '; len--)
            end[len - 1] = '\0';
        if (job && job->schedule && job->schedule->written && strcmp(job->schedule->written, "on change") != 0)
            page_same(&page, row->at, "the schedule", page_essence(page.arena, end), page_essence(page.arena, job->schedule->written));
        for (uint32_t i = 0; i < sizeof notations / sizeof *notations && !strchr(end, '"') && !strchr(end, '\\'); i++)
            same_instants(&page, row, i + 2, notations[i], end);
    }
    begun = false;
    for (at = page_behind(&page, "Jobs", 2); (row = page_row(&page, &at, &begun));) {
        const char *name = row->cell_count ? page_essence(page.arena, row->cells[0]) : "";
        const struct plan_job *job = job_called(&page, name);
        const char *stores;

        if (!holds(&page.artifact, row->at, job != NULL, "no backup is called `%s`", name))
            continue;
        stores = job->to ? job->to->name : "";
        for (uint32_t i = 0; i < job->copies_count; i++)
            stores = arena_printf(page.arena, "%s%s%s", stores, stores[0] ? ", " : "", job->copies[i]->name);
        SAME_ROW(&page, row, job->name, NULL, NULL, stores, job->retain ? job->retain_text : "not stated: kept", NULL, NULL);
    }
    arena_delete(page.arena);
}

void read_guides(struct reading *r)
{
    static const char *const targets[] = {"restore", "cron", "route53", "runbooks", "terraform"};
    const char *path;
    uint32_t next = 0;

    read_first_page(r);
    read_figures(r);
    read_jobs_page(r);
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++)
        read_tasks(r, arena_printf(r->scratch, "%s/README.md", targets[i]), targets[i], false);
    while (artifact_next(r, "terraform/", &next, &path)) {
        const char *name = strchr(path + strlen("terraform/"), '/');

        if (name && strcmp(name, "/README.md") == 0)
            read_tasks(r, path, "terraform", true);
    }
}
