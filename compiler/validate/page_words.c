/* How pages say times, people and ways to them, commands and notices. */
#include "validate/pages.h"

#include "base/units.h"

#include <string.h>

const char *page_time_words(struct arena *arena, bool known, int64_t ms)
{
    struct strbuf text = STRBUF_INIT;
    const char *result;

    if (!known || ms == PLAN_UNKNOWN)
        return "unknown";
    if (ms == PLAN_NOT_APPLICABLE)
        return "n/a";
    if (ms == PLAN_ALL)
        return "everything";
    print_duration_words(&text, ms);
    result = strbuf_dup(&text, arena);
    strbuf_release(&text);
    return result;
}

const char *page_objective_of(struct arena *arena, const struct plan_objective *objective)
{
    return page_time_words(arena, objective != NULL, objective ? objective->ms : 0);
}

/* Hours and minutes since the interruption: `up`: to the next whole minute. */
const char *page_moment(struct arena *arena, bool known, int64_t ms, bool up)
{
    int64_t minutes = (ms + (up ? MS_MINUTE - 1 : 0)) / MS_MINUTE;

    return known && ms >= 0 ? arena_printf(arena, "T+%lld:%02lld", (long long)(minutes / 60), (long long)(minutes % 60)) : "unknown";
}

const char *page_moment_of(struct arena *arena, const struct plan_range *range)
{
    return page_moment(arena, range->known, range->worst, true);
}

bool page_is_a(const struct plan_thing *thing, const char *block)
{
    return thing && strcmp(thing->block, block) == 0;
}

const char *page_who_is(const struct page *page, const struct plan_thing *who)
{
    const struct plan_thing *lead;

    if (!who)
        return "nobody named";
    if (page_is_a(who, "person"))
        return plan_words(page->arena, who, "name", who->name);
    lead = plan_ref(page->r->index, who, "lead");
    return lead ? arena_printf(page->arena, "%s (%s)", plan_title(who), plan_words(page->arena, lead, "name", "")) : plan_title(who);
}

static void add_way(struct arena *arena, const char **ways, const char *what, const char *value)
{
    if (value)
        *ways = arena_printf(arena, "%s%s%s %s", *ways, **ways ? ", " : "", what, value);
}

static void add_ways_of_person(struct arena *arena, const char **ways, const struct plan_thing *person)
{
    static const char *const words[][2] = {{"phone", "phone"}, {"mail", "email"}, {"chat", "chat"}, {"pager", "pager"}};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        add_way(arena, ways, words[i][0], plan_words(arena, person, words[i][1], NULL));
}

const char *page_ways_to(const struct page *page, const struct plan_thing *who)
{
    const char *ways = "";
    const struct plan_thing *lead, *channel;

    if (page_is_a(who, "person")) {
        add_ways_of_person(page->arena, &ways, who);
    } else if (who) {
        add_way(page->arena, &ways, "on call", plan_words(page->arena, who, "on_call", NULL));
        lead = plan_ref(page->r->index, who, "lead");
        if (lead)
            add_ways_of_person(page->arena, &ways, lead);
        channel = plan_ref(page->r->index, who, "channel");
        if (channel)
            add_way(page->arena, &ways, plan_title(channel), plan_words(page->arena, channel, "address", channel->name));
    }
    return *ways ? ways : "no way to reach is written down";
}

const char *page_duration_of(const struct page *page, const struct plan_thing *thing, const char *name, const char *otherwise)
{
    int64_t ms = plan_number(thing, name, PLAN_TAG_DURATION, -1);

    return ms >= 0 ? page_time_words(page->arena, true, ms) : otherwise;
}

const struct plan_outcome *page_outcome_of(struct page *page, const struct plan_scenario *scenario, const char *name)
{
    for (uint32_t i = 0; i < scenario->assets_count; i++) { /* most names are their own essence */
        if (strcmp(scenario->assets[i].asset->name, name) == 0)
            return &scenario->assets[i];
    }
    for (uint32_t i = 0; i < scenario->assets_count; i++) {
        if (strcmp(page_essence(page->arena, scenario->assets[i].asset->name), name) == 0)
            return &scenario->assets[i];
    }
    return NULL;
}

/* The commands of a step as a page shows them. */
static const char *command_essence(struct arena *arena, const struct plan_command *command, bool *clear)
{
    struct strbuf text = STRBUF_INIT;
    const char *result;

    *clear = true;
    for (uint32_t i = 0; i < command->count; i++) {
        const struct plan_word *word = !command->shell ? &command->words[i] : command->pieces[i].script ? NULL : &command->pieces[i].value;

        if (!word) {
            strbuf_addstr(&text, command->pieces[i].script);
            continue;
        }
        if (i && !command->shell)
            strbuf_addch(&text, ' ');
        for (uint32_t n = 0; n < word->count; n++) {
            const char *part = word->parts[n].runtime ? variable_named(arena, word->parts[n].text) : word->parts[n].text;

            for (const char *c = part; *c; c++)
                *clear &= (unsigned char)*c >= ' '; /* else it is written in another way */
            strbuf_addstr(&text, part);
        }
    }
    result = page_essence(arena, strbuf_str(&text));
    strbuf_release(&text);
    return result;
}

void page_same_command(const struct page *page, const struct element *code, const struct plan_command *command)
{
    bool clear;
    const char *want = command_essence(page->arena, command, &clear), *got;
    struct strbuf text = STRBUF_INIT;

    for (const char *c = code->text; *c; c++) { /* lines that go on */
        if (*c == '\\' && c[1] == '\n')
            c++;
        else
            strbuf_addch(&text, *c);
    }
    got = page_essence(page->arena, strbuf_str(&text));
    strbuf_release(&text);
    if (!clear)
        return;
    holds(&page->artifact, code->at, strcmp(got, want) == 0, "the command is `%s`, and by the plan `%s`", got, want);
}

static bool concerns(const struct page *page, const struct plan_thing *notice, const struct plan_thing *severity)
{
    uint32_t count;
    const struct plan_value *of = plan_items(notice, "severities", &count);

    for (uint32_t i = 0; i < count; i++) {
        if (plan_leads_to(page->r->index, &of[i]) == severity)
            return true;
    }
    return !count || !severity;
}

/* How soon and how often who is told what. */
void page_read_notices(struct page *page, const char *heading, const struct plan_thing *severity)
{
    static const char *const clocks[] = {"initial", "update", "resolution", "post_mortem"};
    uint32_t at = page_behind(page, heading, 2), count, rows = 0, wanted = 0;
    const struct plan_thing *notices = plan_sort(page->r->index, "notice", &count);
    bool begun = false;
    struct element *row = NULL;

    for (uint32_t i = 0; i < count; i++) {
        const struct plan_thing *channel = plan_ref(page->r->index, &notices[i], "channel"), *clock;
        const char *when[4];
        uint32_t cursor = 0;

        if (!concerns(page, &notices[i], severity))
            continue;
        wanted++;
        row = page_row(page, &at, &begun);
        if (!row)
            break;
        rows++;
        clock = plan_child(&notices[i], "clock", &cursor);
        for (int k = 0; k < 4; k++)
            when[k] = plan_number(clock, clocks[k], PLAN_TAG_DURATION, -1) == 0 ? "at once" : page_duration_of(page, clock, clocks[k], "");
        SAME_ROW(page, row, plan_title(&notices[i]), plan_words(page->arena, &notices[i], "audience", ""),
                 channel ? plan_words(page->arena, channel, "address", plan_title(channel)) : "", when[0], when[1], when[2], when[3]);
    }
    holds(&page->artifact, row ? row->at : NULL, rows == wanted && !page_row(page, &at, &begun), "the notices are %u by the plan", wanted);
}
