/* What several pages show: times, people, notices, figures, pictures. */
#include "backends/runbooks/runbooks.h"

#include "base/units.h"

#include <string.h>

struct md_inline page_time(struct page *page, bool known, int64_t ms)
{
    struct strbuf text = STRBUF_INIT;
    struct md_inline result;

    if (!known || ms == PLAN_UNKNOWN)
        return MD("unknown");
    if (ms == PLAN_NOT_APPLICABLE)
        return MD("n/a");
    if (ms == PLAN_ALL)
        return MD("everything");
    print_duration_words(&text, ms);
    result = md_text(page->arena, strbuf_str(&text));
    strbuf_release(&text);
    return result;
}

/* Nothing of its own, and yet not nothing: see `inside` in plan.def. */
static bool is_inside(const struct plan_step *step)
{
    return step->inside && step->takes.known && step->takes.worst == 0;
}

struct md_inline page_takes(struct page *page, const struct plan_step *step)
{
    return is_inside(step) ? MD("within the whole") : page_time(page, step->takes.known, step->takes.worst);
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

struct md_inline page_objective(struct page *page, const struct plan_objective *objective)
{
    return page_time(page, objective != NULL, objective ? objective->ms : 0);
}

const char *attr_text(const struct page *page, const struct plan_thing *thing, const char *name, const char *fallback)
{
    return plan_words(page->arena, thing, name, fallback);
}

const struct plan_thing *attr_ref(const struct page *page, const struct plan_thing *thing, const char *name)
{
    return plan_ref(page->book->index, thing, name);
}

struct items attr_list(const struct plan_thing *thing, const char *name)
{
    struct items items;

    items.at = plan_items(thing, name, &items.count);
    return items;
}

const struct plan_thing *item_thing(const struct page *page, struct items items, uint32_t i)
{
    return plan_leads_to(page->book->index, &items.at[i]);
}

const char *step_subject(const struct plan_step *step)
{
    return step->asset ? step->asset->name : step->subject->name;
}

static bool is_person(const struct plan_thing *who)
{
    return strcmp(who->block, "person") == 0;
}

struct md_inline page_who(struct page *page, const struct plan_thing *who)
{
    const char *lead;

    if (!who)
        return MD("**nobody named**");
    if (is_person(who))
        return md_text(page->arena, attr_text(page, who, "name", who->name));
    lead = attr_ref(page, who, "lead") ? attr_text(page, attr_ref(page, who, "lead"), "name", "") : "";
    return md_text(page->arena, arena_printf(page->arena, "%s%s%s%s", plan_title(who), lead[0] ? " (" : "", lead, lead[0] ? ")" : ""));
}

/* Numbers and addresses are shown as code: to be read and copied as they are, also where the page is plain text. */
static struct md_inline way(struct page *page, struct md_inline before, const char *what, const char *value)
{
    if (!value)
        return before;
    return md_cat(page->arena, before, before.markdown[0] ? MD(", ") : MD(""), md_text(page->arena, what), MD(" "), md_code(page->arena, value));
}

static struct md_inline person_ways(struct page *page, struct md_inline before, const struct plan_thing *person)
{
    before = way(page, before, "phone", attr_text(page, person, "phone", NULL));
    before = way(page, before, "mail", attr_text(page, person, "email", NULL));
    before = way(page, before, "chat", attr_text(page, person, "chat", NULL));
    return way(page, before, "pager", attr_text(page, person, "pager", NULL));
}

struct md_inline page_reach(struct page *page, const struct plan_thing *who)
{
    struct md_inline ways = MD("");
    const struct plan_thing *lead, *channel;

    if (who && is_person(who)) {
        ways = person_ways(page, ways, who);
    } else if (who) {
        ways = way(page, ways, "on call", attr_text(page, who, "on_call", NULL));
        lead = attr_ref(page, who, "lead");
        if (lead)
            ways = person_ways(page, ways, lead);
        channel = attr_ref(page, who, "channel");
        if (channel)
            ways = way(page, ways, plan_title(channel), attr_text(page, channel, "address", channel->name));
    }
    return ways.markdown[0] ? ways : MD("no way to reach is written down");
}

/* ---------------------------------------------------------------- people and words */

/* As people call it: a thing by its title, else as it is written. */
static const char *called(const struct page *page, const struct plan_value *value)
{
    const struct plan_thing *thing = plan_leads_to(page->book->index, value);

    return thing ? plan_title(thing) : plan_value_words(page->arena, value);
}

struct md_inline page_words(struct page *page, const struct plan_thing *thing, const char *name, const char *empty)
{
    const struct plan_value *value = thing ? plan_attribute(thing, name) : NULL;
    struct items items = attr_list(thing, name);
    struct strbuf text = STRBUF_INIT;
    struct md_inline result;

    if (value && value->shape == PLAN_SHAPE_STRING && value->tag == PLAN_TAG_NONE)
        return md_text(page->arena, value->text);
    for (uint32_t i = 0; i < items.count; i++)
        strbuf_addf(&text, "%s%s", i ? ", " : "", called(page, &items.at[i]));
    result = md_text(page->arena, text.len ? strbuf_str(&text) : empty);
    strbuf_release(&text);
    return result;
}

struct md_inline page_names(struct page *page, const struct plan_thing *thing, const char *name)
{
    struct items items = attr_list(thing, name);
    struct md_inline names = MD("");

    for (uint32_t i = 0; i < items.count; i++) {
        const struct plan_thing *who = item_thing(page, items, i);
        bool people = who && (is_person(who) || strcmp(who->block, "team") == 0);

        names = md_cat(page->arena, names, i ? MD(", ") : MD(""), people ? page_who(page, who) : md_text(page->arena, called(page, &items.at[i])));
    }
    return names;
}

struct md_inline page_updates(struct page *page, const struct plan_thing *severity)
{
    int64_t every = plan_number(severity, "stakeholder_updates", PLAN_TAG_DURATION, -1);

    if (every >= 0)
        return md_cat(page->arena, MD("every "), page_time(page, true, every));
    return md_text(page->arena, attr_text(page, severity, "stakeholder_updates", "–"));
}

void contacts_table(struct page *page)
{
    uint32_t team_count, person_count;
    const struct plan_thing *teams = plan_sort(page->book->index, "team", &team_count);
    const struct plan_thing *people = plan_sort(page->book->index, "person", &person_count);

    MD_TABLE(&page->md, NULL, MD("Name"), MD("Role"), MD("How to reach"));
    for (uint32_t i = 0; i < team_count; i++)
        MD_ROW(&page->md, page_who(page, &teams[i]), MD("team"), page_reach(page, &teams[i]));
    for (uint32_t i = 0; i < person_count; i++)
        MD_ROW(&page->md, page_who(page, &people[i]), md_text(page->arena, attr_text(page, &people[i], "role", "")), page_reach(page, &people[i]));
    md_table_end(&page->md);
}

static bool concerns(const struct page *page, const struct plan_thing *notice, const struct plan_thing *severity)
{
    struct items list = attr_list(notice, "severities");

    if (list.count == 0 || !severity)
        return true;
    for (uint32_t i = 0; i < list.count; i++) {
        if (item_thing(page, list, i) == severity)
            return true;
    }
    return false;
}

static struct md_inline clock_cell(struct page *page, const struct plan_thing *notice, const char *name)
{
    uint32_t cursor = 0;
    int64_t ms = plan_number(plan_child(notice, "clock", &cursor), name, PLAN_TAG_DURATION, -1);

    if (ms < 0)
        return MD("–");
    return ms == 0 ? MD("at once") : page_time(page, true, ms);
}

void notices_table(struct page *page, const struct plan_thing *severity)
{
    uint32_t count;
    const struct plan_thing *notices = plan_sort(page->book->index, "notice", &count);
    bool any = false;

    for (uint32_t i = 0; i < count; i++) {
        const struct plan_thing *notice = &notices[i], *channel = attr_ref(page, notice, "channel");

        if (!concerns(page, notice, severity))
            continue;
        if (!any)
            MD_TABLE(&page->md, NULL, MD("Notice"), MD("For"), MD("Where"), MD("First within"), MD("Then every"), MD("Resolution"),
                     MD("Report within"));
        any = true;
        MD_ROW(&page->md, md_text(page->arena, plan_title(notice)), md_text(page->arena, attr_text(page, notice, "audience", "")),
               !channel                                    ? MD("")
               : attr_text(page, channel, "address", NULL) ? md_code(page->arena, attr_text(page, channel, "address", ""))
                                                           : md_text(page->arena, plan_title(channel)),
               clock_cell(page, notice, "initial"), clock_cell(page, notice, "update"), clock_cell(page, notice, "resolution"),
               clock_cell(page, notice, "post_mortem"));
    }
    if (any)
        md_table_end(&page->md);
    else
        md_paragraph(&page->md, MD("No notice is declared for this severity."));
}

void checklist(struct page *page, const struct plan_scenario *result, const char *phase, const char *heading)
{
    bool any = false;

    for (uint32_t i = 0; i < result->checklists_count; i++) {
        const struct plan_checklist *list = &result->checklists[i];

        if (!list->phase || strcmp(list->phase, phase) != 0)
            continue;
        if (!any)
            md_heading(&page->md, 3, md_text(page->arena, heading));
        any = true;
        for (uint32_t n = 0; n < list->items_count; n++) {
            const struct plan_checklist_item *item = &list->items[n];

            md_task(&page->md, 0, false,
                    md_cat(page->arena, md_text(page->arena, item->text), item->owner ? MD(" – ") : MD(""),
                           item->owner ? page_who(page, item->owner) : MD(""), item->proves ? MD(": ") : MD(""),
                           item->proves ? md_text(page->arena, item->proves) : MD("")));
        }
    }
}

/* ---------------------------------------------------------------- figures and their sources */

static void figure_row(struct page *page, const char *what, struct plan_range takes, const struct plan_figure_source *source, const char *origin)
{
    struct strbuf figure = STRBUF_INIT;

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
    MD_ROW(&page->md, md_code(page->arena, what), md_text(page->arena, strbuf_str(&figure)),
           md_text(page->arena, source && source->grade ? source->grade : ""),
           !source ? MD("the specification")
           : strncmp(source->source, "https://", 8) == 0
               ? md_link(page->arena, md_text(page->arena, source->says ? source->says : ""), source->source)
               : md_text(page->arena, source->says ? source->says : ""),
           md_code(page->arena, origin ? origin : "-"));
    strbuf_release(&figure);
}

void figures_table(struct page *page, const struct plan_scenario *result)
{
    struct rows rows = {0};

    MD_TABLE(&page->md, NULL, MD("Step"), MD("Best .. typical .. worst"), MD("Grade"), MD("Source"), MD("Written in"));
    figure_row(page, "detection", result->detect, NULL, result->thing->origin);
    figure_row(page, "declaration", result->declare, NULL, result->thing->origin);
    if (!result->approve.known || result->approve.worst)
        figure_row(page, "approval", result->approve, NULL, result->runbooks[0]->origin);
    for (uint32_t i = 0; i < result->steps_count; i++) {
        const struct plan_step *step = &result->steps[i];

        /* The figure of the whole stands at the step that counts it. */
        if (is_inside(step) || !rows_take(&rows, false))
            continue;
        figure_row(page, step->id, step->takes, step->figure && step->figure->sources_count ? &step->figure->sources[0] : step->source, step->origin);
    }
    md_table_end(&page->md);
    rows_tell(&page->md, &rows, "steps", "steps");
    md_paragraph(
        &page->md,
        MD("Grades: A vendor documentation, B vendor guidance, C third-party benchmark, D derived, P our own policy. The worst figure counts in the "
           "proof."));
}

/* ---------------------------------------------------------------- pictures */

bool has_steps(const struct plan_scenario *result)
{
    for (uint32_t i = 0; i < result->steps_count; i++) {
        if (result->steps[i].finish.known && result->steps[i].takes.worst > 0)
            return true;
    }
    return false;
}

/* More than that is no picture any more; Mermaid refuses 500 arrows. */
void dependency_graph(struct page *page, bool colours)
{
    const struct plan_asset *assets = page->plan->assets;
    struct strbuf text = STRBUF_INIT;

    if (page->plan->assets_count > ROWS_MAX) {
        md_paragraph(&page->md, md_cat(page->arena, md_textf(page->arena, "%u assets are too many for a picture; ", page->plan->assets_count),
                                       MD("`plan.json` has what each of them needs and uses (`needs`, `uses`).")));
        return;
    }
    if (colours)
        md_paragraph(&page->md, MD("Red is lost, yellow impaired; a dotted arrow is a soft dependency."));
    strbuf_addstr(&text, "flowchart LR\n");
    for (uint32_t i = 0; i < page->plan->assets_count; i++) {
        const struct plan_outcome *outcome = page_outcome(page, &assets[i]);

        strbuf_addf(&text, "  a%u[%s]%s\n", i, mermaid_label(page->arena, assets[i].name),
                    !outcome                              ? ""
                    : outcome->fate == PLAN_FATE_lost     ? ":::lost"
                    : outcome->fate == PLAN_FATE_impaired ? ":::impaired"
                                                          : "");
    }
    for (uint32_t i = 0; i < page->plan->assets_count; i++) {
        for (uint32_t n = 0; n < assets[i].needs_count; n++)
            strbuf_addf(&text, "  a%u --> a%u\n", i, (unsigned)(assets[i].needs[n] - assets));
        for (uint32_t n = 0; n < assets[i].uses_count; n++)
            strbuf_addf(&text, "  a%u -.-> a%u\n", i, (unsigned)(assets[i].uses[n].asset - assets));
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

void timeline(struct page *page, const struct plan_scenario *result)
{
    struct strbuf text = STRBUF_INIT;
    const void *section = NULL;
    struct rows rows = {0};

    strbuf_addstr(&text, "gantt\n  dateFormat " MERMAID_GANTT_FORMAT "\n  axisFormat %H:%M\n");
    if (result->detect.known && result->declare.known) {
        strbuf_addstr(&text, "  section decision\n");
        gantt_task(page, &text, "detected", false, 0, result->detect.worst);
        if (result->declare.worst)
            gantt_task(page, &text, "declared", false, result->detect.worst, result->detect.worst + result->declare.worst);
        if (result->approve.worst && result->begin.known)
            gantt_task(page, &text, "approved", false, result->detect.worst + result->declare.worst, result->begin.worst);
    }
    for (uint32_t i = 0; i < result->steps_count; i++) {
        const struct plan_step *step = &result->steps[i];
        const void *subject = step->asset ? (const void *)step->asset : (const void *)step->subject;

        if (!step->finish.known || step->takes.worst == 0 || !rows_take(&rows, false))
            continue;
        if (subject != section)
            strbuf_addf(&text, "  section %s\n", mermaid_gantt_text(page->arena, step_subject(step)));
        section = subject;
        gantt_task(page, &text, step->title, step->critical, step->start.worst, step->finish.worst);
    }
    md_code_block(&page->md, "mermaid", strbuf_str(&text));
    rows_tell(&page->md, &rows, "steps", "steps");
    strbuf_release(&text);
}
