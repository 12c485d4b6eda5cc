/* What several pages show: times, people, notices, figures, pictures. */
#include "backends/runbooks/runbooks.h"

#include <string.h>

struct md_inline page_time(struct page *page, bool known, int64_t ms)
{
    struct strbuf text = STRBUF_INIT;
    struct md_inline result;

    if (!known || ms == TIME_UNKNOWN)
        return MD("unknown");
    if (ms == RPO_NOT_APPLICABLE)
        return MD("n/a");
    if (ms == RPO_ALL)
        return MD("everything");
    print_duration_words(&text, ms);
    result = md_text(page->arena, strbuf_str(&text));
    strbuf_release(&text);
    return result;
}

/* Hours and minutes since the interruption, rounded up: nobody reads seconds off a wall clock. */
struct md_inline page_clock(struct page *page, bool known, int64_t ms)
{
    int64_t minutes = (ms + MS_MINUTE - 1) / MS_MINUTE;

    if (!known || ms < 0)
        return MD("unknown");
    return md_text(page->arena, arena_printf(page->arena, "T+%lld:%02lld", (long long)(minutes / 60), (long long)(minutes % 60)));
}

/* A moment that must not be missed is rounded down. */
struct md_inline page_deadline(struct page *page, int64_t ms)
{
    return page_clock(page, true, ms / MS_MINUTE * MS_MINUTE);
}

const char *attr_text(const struct page *page, const struct entity *entity, const char *name, const char *fallback)
{
    struct value value = entity ? entity_get(page->plan->model, entity, name) : value_unknown();

    if (!value_is_known(value) || value.type == VALUE_NULL || value.type == VALUE_LIST || value.type == VALUE_ENTITY)
        return fallback;
    return value_text(value, page->arena);
}

struct value attr_list(const struct page *page, const struct entity *entity, const char *name)
{
    static const struct value_list nothing;
    struct value value = entity ? entity_get(page->plan->model, entity, name) : value_unknown();

    return value.type == VALUE_LIST ? value : (struct value){.type = VALUE_LIST, .u.list = &nothing};
}

struct md_inline page_who(struct page *page, const struct entity *who)
{
    const char *lead;

    if (!who)
        return MD("**nobody named**");
    if (who->schema->id == BLOCK_PERSON)
        return md_text(page->arena, attr_text(page, who, "name", who->name));
    lead = entity_ref(page->plan->model, who, "lead") ? attr_text(page, entity_ref(page->plan->model, who, "lead"), "name", "") : "";
    return md_text(page->arena, arena_printf(page->arena, "%s%s%s%s", entity_title(page->plan->model, who), lead[0] ? " (" : "", lead,
                                             lead[0] ? ")" : ""));
}

/* Numbers and addresses are shown as code: to be read and copied as they are, also where the page is plain text. */
static struct md_inline way(struct page *page, struct md_inline before, const char *what, const char *value)
{
    if (!value)
        return before;
    return md_cat(page->arena, before, before.markdown[0] ? MD(", ") : MD(""), md_text(page->arena, what), MD(" "), md_code(page->arena, value));
}

static struct md_inline person_ways(struct page *page, struct md_inline before, const struct entity *person)
{
    before = way(page, before, "phone", attr_text(page, person, "phone", NULL));
    before = way(page, before, "mail", attr_text(page, person, "email", NULL));
    before = way(page, before, "chat", attr_text(page, person, "chat", NULL));
    return way(page, before, "pager", attr_text(page, person, "pager", NULL));
}

struct md_inline page_reach(struct page *page, const struct entity *who)
{
    struct md_inline ways = MD("");
    struct entity *lead, *channel;

    if (who && who->schema->id == BLOCK_PERSON) {
        ways = person_ways(page, ways, who);
    } else if (who) {
        ways = way(page, ways, "on call", attr_text(page, who, "on_call", NULL));
        lead = entity_ref(page->plan->model, who, "lead");
        if (lead)
            ways = person_ways(page, ways, lead);
        channel = entity_ref(page->plan->model, who, "channel");
        if (channel)
            ways = way(page, ways, entity_title(page->plan->model, channel), attr_text(page, channel, "address", channel->name));
    }
    return ways.markdown[0] ? ways : MD("no way to reach is written down");
}

/* ---------------------------------------------------------------- people and words */

struct md_inline page_words(struct page *page, struct value list, const char *empty)
{
    struct strbuf text = STRBUF_INIT;
    struct md_inline result;

    if (list.type == VALUE_WORD || list.type == VALUE_STRING)
        return md_text(page->arena, list.u.string);
    for (uint32_t i = 0; list.type == VALUE_LIST && i < list.u.list->count; i++) {
        struct value item = list.u.list->items[i];

        strbuf_addf(&text, "%s%s", i ? ", " : "", item.type == VALUE_ENTITY ? entity_title(page->plan->model, item.u.entity) : value_text(item, page->arena));
    }
    result = md_text(page->arena, text.len ? strbuf_str(&text) : empty);
    strbuf_release(&text);
    return result;
}

struct md_inline page_names(struct page *page, struct value list)
{
    struct md_inline names = MD("");

    for (uint32_t i = 0; list.type == VALUE_LIST && i < list.u.list->count; i++) {
        struct value item = list.u.list->items[i];
        bool person = item.type == VALUE_ENTITY && (item.u.entity->schema->id == BLOCK_PERSON || item.u.entity->schema->id == BLOCK_TEAM);

        const char *text = item.type == VALUE_ENTITY ? entity_title(page->plan->model, item.u.entity) : value_text(item, page->arena);

        names = md_cat(page->arena, names, i ? MD(", ") : MD(""), person ? page_who(page, item.u.entity) : md_text(page->arena, text));
    }
    return names;
}

struct md_inline page_updates(struct page *page, const struct entity *severity)
{
    struct value every = entity_slot(severity, SEVERITY_stakeholder_updates);

    if (every.type == VALUE_DURATION)
        return md_cat(page->arena, MD("every "), page_time(page, true, every.u.integer));
    return md_text(page->arena, attr_text(page, severity, "stakeholder_updates", "–"));
}

void contacts_table(struct page *page)
{
    const struct model *model = page->plan->model;

    MD_TABLE(&page->md, NULL, MD("Name"), MD("Role"), MD("How to reach"));
    for (uint32_t i = 0; i < model->declared[BLOCK_TEAM].list.len; i++) {
        struct entity *team = model->declared[BLOCK_TEAM].list.items[i];

        MD_ROW(&page->md, page_who(page, team), MD("team"), page_reach(page, team));
    }
    for (uint32_t i = 0; i < model->declared[BLOCK_PERSON].list.len; i++) {
        struct entity *person = model->declared[BLOCK_PERSON].list.items[i];

        MD_ROW(&page->md, page_who(page, person), md_text(page->arena, attr_text(page, person, "role", "")), page_reach(page, person));
    }
    md_table_end(&page->md);
}

static bool concerns(const struct page *page, const struct entity *notice, const struct entity *severity)
{
    struct value list = attr_list(page, notice, "severities");

    if (list.u.list->count == 0 || !severity)
        return true;
    for (uint32_t i = 0; i < list.u.list->count; i++) {
        if (list.u.list->items[i].type == VALUE_ENTITY && list.u.list->items[i].u.entity == severity)
            return true;
    }
    return false;
}

static struct md_inline clock_cell(struct page *page, const struct entity *notice, uint32_t row)
{
    uint32_t cursor = 0;
    struct entity *clock = entity_child(notice, BLOCK_CLOCK, &cursor);
    struct value value = clock ? entity_slot(clock, row) : value_unknown();

    if (value.type != VALUE_DURATION)
        return MD("–");
    return value.u.integer == 0 ? MD("at once") : page_time(page, true, value.u.integer);
}

void notices_table(struct page *page, const struct entity *severity)
{
    const struct model *model = page->plan->model;
    bool any = false;

    for (uint32_t i = 0; i < model->declared[BLOCK_NOTICE].list.len; i++) {
        struct entity *notice = model->declared[BLOCK_NOTICE].list.items[i];
        struct entity *channel = entity_ref(model, notice, "channel");

        if (!concerns(page, notice, severity))
            continue;
        if (!any)
            MD_TABLE(&page->md, NULL, MD("Notice"), MD("For"), MD("Where"), MD("First within"), MD("Then every"), MD("Resolution"), MD("Report within"));
        any = true;
        MD_ROW(&page->md, md_text(page->arena, entity_title(model, notice)), md_text(page->arena, attr_text(page, notice, "audience", "")),
               !channel ? MD("") : attr_text(page, channel, "address", NULL) ? md_code(page->arena, attr_text(page, channel, "address", ""))
                                                                             : md_text(page->arena, entity_title(model, channel)),
               clock_cell(page, notice, CLOCK_initial), clock_cell(page, notice, CLOCK_update),
               clock_cell(page, notice, CLOCK_resolution), clock_cell(page, notice, CLOCK_post_mortem));
    }
    if (any)
        md_table_end(&page->md);
    else
        md_paragraph(&page->md, MD("No notice is declared for this severity."));
}

static void checklist_items(struct page *page, struct value items)
{
    for (uint32_t n = 0; n < items.u.list->count; n++)
        md_task(&page->md, 0, false, md_text(page->arena, value_text(items.u.list->items[n], page->arena)));
}

/* Items stand in the order in which they are written, short ones and blocks alike. */
static bool checklist_of(struct page *page, const struct entity *runbook, const char *phase, const char *heading, bool any)
{
    struct entity *list, *item;
    bool written;

    for (uint32_t i = 0; (list = entity_child(runbook, BLOCK_CHECKLIST, &i));) {
        struct value items = attr_list(page, list, "items");

        if (strcmp(attr_text(page, list, "phase", ""), phase) != 0)
            continue;
        if (!any)
            md_heading(&page->md, 3, md_text(page->arena, heading));
        any = true;
        written = items.u.list->count == 0;
        for (uint32_t n = 0; (item = entity_child(list, BLOCK_ITEM, &n));) {
            struct entity *owner = entity_ref(page->plan->model, item, "owner");
            const char *proves = attr_text(page, item, "proves", NULL);
            char *name = arena_strdup(page->arena, item->name);

            if (!written && items.origin > 0 && items.origin < item->span.start) {
                checklist_items(page, items);
                written = true;
            }
            if (name[0] >= 'a' && name[0] <= 'z')
                name[0] = (char)(name[0] - 'a' + 'A');
            for (char *at = name; *at; at++)
                *at = *at == '-' ? ' ' : *at;
            md_task(&page->md, 0, false,
                    md_cat(page->arena, md_text(page->arena, name), owner ? MD(" – ") : MD(""), owner ? page_who(page, owner) : MD(""),
                           proves ? MD(": ") : MD(""), proves ? md_text(page->arena, proves) : MD("")));
        }
        if (!written)
            checklist_items(page, items);
    }
    return any;
}

void checklist(struct page *page, const struct scenario_result *result, const char *phase, const char *heading)
{
    bool any = false;

    for (uint32_t i = 0; i < result->runbook_count; i++)
        any = checklist_of(page, result->runbooks[i], phase, heading, any);
}

/* ---------------------------------------------------------------- figures and their sources */

static void figure_row(struct page *page, const char *what, struct span_of_time takes, const struct entity *block, struct span span)
{
    struct strbuf figure = STRBUF_INIT;
    const char *says = "", *grade = "", *url = NULL, *origin = backend_origin(page->plan, span);
    struct entity *source;
    uint32_t cursor = 0;

    if (!takes.known) {
        strbuf_addstr(&figure, "unknown");
    } else if (takes.best == takes.worst) {
        print_duration(&figure, takes.worst);
    } else {
        print_duration(&figure, takes.best);
        strbuf_addstr(&figure, " .. ");
        print_duration(&figure, takes.typical);
        strbuf_addstr(&figure, " .. ");
        print_duration(&figure, takes.worst);
    }
    source = block ? entity_child(block, BLOCK_SOURCE, &cursor) : NULL;
    if (source) {
        says = attr_text(page, source, "says", "");
        grade = attr_text(page, source, "grade", "");
        url = source->name;
    }
    MD_ROW(&page->md, md_code(page->arena, what), md_text(page->arena, strbuf_str(&figure)), md_text(page->arena, grade),
           !source ? MD("the specification") : strncmp(url, "https://", 8) == 0 ? md_link(page->arena, md_text(page->arena, says), url)
                                                                               : md_text(page->arena, says),
           md_code(page->arena, origin[0] ? origin : "-"));
    strbuf_release(&figure);
}

void figures_table(struct page *page, const struct scenario_result *result)
{
    MD_TABLE(&page->md, NULL, MD("Step"), MD("Best .. typical .. worst"), MD("Grade"), MD("Source"), MD("Written in"));
    figure_row(page, "detection", result->detect, NULL, result->scenario->span);
    figure_row(page, "declaration", result->declare, NULL, result->scenario->span);
    if (!result->approve.known || result->approve.worst)
        figure_row(page, "approval", result->approve, NULL, result->runbooks[0]->span);
    for (uint32_t i = 0; i < result->step_count; i++) {
        const struct step *step = result->steps[i];
        const struct asset_state *state = step->asset ? &result->states[step->asset->index] : NULL;
        uint32_t cursor = 0;
        /* A step without a source of its own rests on the figure of its method; a check of the data and a probe on what the specification says. */
        bool own = step->origin && (step->origin->schema->id != BLOCK_STEP || entity_child(step->origin, BLOCK_SOURCE, &cursor));

        figure_row(page, step->id, step->takes, own ? step->origin : state && state->chosen ? state->chosen->method : step->origin, step->span);
    }
    md_table_end(&page->md);
    md_paragraph(&page->md, MD("Grades: A vendor documentation, B vendor guidance, C third-party benchmark, D derived, P our own policy. The worst figure counts in the "
                               "proof."));
}

/* ---------------------------------------------------------------- pictures */

bool has_steps(const struct scenario_result *result)
{
    for (uint32_t i = 0; i < result->step_count; i++) {
        if (result->steps[i]->finish.known && result->steps[i]->takes.worst > 0)
            return true;
    }
    return false;
}

void dependency_graph(struct page *page, const struct scenario_result *result)
{
    struct strbuf text = STRBUF_INIT;

    strbuf_addstr(&text, "flowchart LR\n");
    for (uint32_t i = 0; i < page->plan->asset_count; i++) {
        const char *label = mermaid_label(page->arena, page->plan->assets[i].name);
        enum asset_fate fate = result ? result->states[i].fate : FATE_UNAFFECTED;

        strbuf_addf(&text, "  a%u[%s]%s\n", i, label, fate == FATE_LOST ? ":::lost" : fate == FATE_IMPAIRED ? ":::impaired" : "");
    }
    for (uint32_t i = 0; i < page->plan->asset_count; i++) {
        const struct asset *asset = &page->plan->assets[i];

        for (uint32_t n = 0; n < asset->needs.count; n++)
            strbuf_addf(&text, "  a%u --> a%u\n", i, asset->needs.items[n].to->index);
        for (uint32_t n = 0; n < asset->uses.count; n++)
            strbuf_addf(&text, "  a%u -.-> a%u\n", i, asset->uses.items[n].to->index);
    }
    strbuf_addstr(&text, "  classDef lost fill:#f6d5d2,stroke:#a33\n  classDef impaired fill:#fbeccb,stroke:#a83\n");
    md_code_block(&page->md, "mermaid", strbuf_str(&text));
    strbuf_release(&text);
}

static void gantt_task(struct page *page, struct strbuf *text, const char *title, bool critical, int64_t from, int64_t to)
{
    strbuf_addf(text, "  %s :%s", mermaid_gantt_text(page->arena, title), critical ? "crit, " : " ");
    mermaid_gantt_time(text, from);
    strbuf_addf(text, ", %llds\n", (long long)((to - from + MS_SECOND - 1) / MS_SECOND));
}

void timeline(struct page *page, const struct scenario_result *result)
{
    struct strbuf text = STRBUF_INIT;
    const void *section = NULL;

    strbuf_addstr(&text, "gantt\n  dateFormat " MERMAID_GANTT_FORMAT "\n  axisFormat %H:%M\n");
    if (result->detect.known && result->declare.known) {
        strbuf_addstr(&text, "  section decision\n");
        gantt_task(page, &text, "detected", false, 0, result->detect.worst);
        if (result->declare.worst)
            gantt_task(page, &text, "declared", false, result->detect.worst, result->detect.worst + result->declare.worst);
        if (result->approve.worst && result->begin.known)
            gantt_task(page, &text, "approved", false, result->detect.worst + result->declare.worst, result->begin.worst);
    }
    for (uint32_t i = 0; i < result->step_count; i++) {
        const struct step *step = result->steps[i];
        const void *subject = step->asset ? (const void *)step->asset : (const void *)step->subject;

        if (!step->finish.known || step->takes.worst == 0)
            continue;
        if (subject != section)
            strbuf_addf(&text, "  section %s\n", mermaid_gantt_text(page->arena, step->asset ? step->asset->name : step->subject->name));
        section = subject;
        gantt_task(page, &text, step->title, step->critical, step->start.worst, step->finish.worst);
    }
    md_code_block(&page->md, "mermaid", strbuf_str(&text));
    strbuf_release(&text);
}
