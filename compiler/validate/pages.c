/* Runbooks: Markdown as a reader sees it (headings, tables, lists, quotes, code), and in it what people act on at night: objectives, times, order,
 * who and how to reach them, what each step is and waits for, commands. Sentences around that are not compared.
 *
 * Texts are compared by their letters, digits and marks of numbers, names and addresses: how one writes the others in Markdown is the writer's. */
#include "base/file_name.h"
#include "base/units.h"
#include "base/vec.h"
#include "validate/reading.h"

#include <stdlib.h>
#include <string.h>

enum element_kind { ELEMENT_HEADING, ELEMENT_ROW, ELEMENT_BULLET, ELEMENT_QUOTE, ELEMENT_CODE, ELEMENT_TEXT };
enum { CELLS_MOST = 12 };

struct element {
    enum element_kind kind;
    unsigned level; /* of a heading */
    const char *at;
    const char *text;              /* as it is written; of code: its lines */
    const char *cells[CELLS_MOST]; /* of a row */
    uint32_t cell_count;
};

struct page {
    struct reading *r;
    struct arena *arena;
    struct artifact artifact;
    VEC(struct element) elements;
    struct intern *names;
    struct map headings; /* level and text -> number of the element + 1 */
};

/* ---- Markdown ---------------------------------------------------------------------------------- */

/* What is left of a text: letters, digits, `.:/+-_@%#=`, one blank between words. */
static const char *essence(struct arena *arena, const char *text)
{
    struct strbuf out = STRBUF_INIT;
    const char *result;
    bool blank = false;

    for (; *text; text++) {
        if (strncmp(text, "<!-- -->", 8) == 0) {
            text += 7;
        } else if (strncmp(text, "<br>", 4) == 0) {
            text += 3;
            blank = true;
        } else if (text[0] == ']' && text[1] == '(') { /* where a link leads */
            int open = 1;

            for (text += 2; *text && open; text++)
                open += *text == '(' ? 1 : *text == ')' ? -1 : *text == '\\' && text[1] ? (text++, 0) : 0;
            text--;
        } else if ((*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') || (*text >= '0' && *text <= '9') ||
                   strchr(".:/+-_@%#=", *text)) {
            if (blank && out.len)
                strbuf_addch(&out, ' ');
            blank = false;
            strbuf_addch(&out, *text);
        } else if (strchr(" \t\n\r", *text)) {
            blank = true;
        }
    }
    result = strbuf_dup(&out, arena);
    strbuf_release(&out);
    return result;
}

static void read_row(struct page *page, struct element *row, const char *line)
{
    const char *from = ++line;

    for (; *line; line++) {
        if (*line == '\\' && line[1]) {
            line++;
        } else if (*line == '|') {
            if (row->cell_count < CELLS_MOST)
                row->cells[row->cell_count++] = arena_strndup(page->arena, from, (size_t)(line - from));
            from = line + 1;
        }
    }
}

static bool is_rule(const char *line)
{
    return strspn(line, "|-: ") == strlen(line);
}

static atom heading_key(const struct page *page, const char *title, unsigned level)
{
    return intern_str(page->names, arena_printf(page->arena, "%u %s", level, essence(page->arena, title)));
}

static bool open_page(struct page *page, const char *path)
{
    struct lines lines;
    char *line;

    page->names = intern_new(page->arena);
    if (!artifact_open(page->r, page->arena, path, &page->artifact)) {
        wrong_file(page->r, path, "the page is missing");
        return false;
    }
    lines = (struct lines){page->artifact.text, NULL, page->arena};
    while (next_line(&lines, &line)) {
        size_t ticks = strspn(line, "`"), marks = strspn(line, "#"), digits = strspn(line, "0123456789");
        struct element element = {.at = lines.at, .text = line};

        if (ticks >= 3) {
            struct strbuf code = STRBUF_INIT;

            element.kind = ELEMENT_CODE;
            while (next_line(&lines, &line) && !(strspn(line, "`") == ticks && !line[ticks]))
                strbuf_addf(&code, "%s\n", line);
            element.text = strbuf_dup(&code, page->arena);
            strbuf_release(&code);
        } else if (marks && line[marks] == ' ') {
            element.kind = ELEMENT_HEADING;
            element.level = (unsigned)marks;
            element.text = line + marks + 1;
            map_add(&page->headings, page->arena, heading_key(page, element.text, element.level), (void *)(uintptr_t)(page->elements.len + 1));
        } else if (*line == '|') {
            element.kind = ELEMENT_ROW;
            if (is_rule(line))
                continue;
            read_row(page, &element, line);
        } else if (strncmp(line + strspn(line, " "), "- ", 2) == 0) {
            element.kind = ELEMENT_BULLET;
            element.text = line + strspn(line, " ") + 2;
        } else if (digits && line[digits] == '.') {
            element.kind = ELEMENT_BULLET;
            element.text = line + digits + 1;
        } else if (*line == '>') {
            element.kind = ELEMENT_QUOTE;
            element.text = line + 1;
        } else if (*line) {
            struct element *last = page->elements.len ? &page->elements.items[page->elements.len - 1] : NULL;

            element.kind = ELEMENT_TEXT;
            if (last && lines.at > page->artifact.text + 1 && lines.at[-2] == '\\' && last->kind != ELEMENT_ROW) { /* the line before goes on */
                last->text = arena_printf(page->arena, "%s %s", last->text, line);
                continue;
            }
        } else {
            continue;
        }
        vec_push(page->arena, &page->elements, element);
    }
    return true;
}

/* The first element behind that heading; the page's end where there is none. */
static uint32_t behind_heading(const struct page *page, const char *title, unsigned level)
{
    uintptr_t found = (uintptr_t)map_get(&page->headings, heading_key(page, title, level));

    return found ? (uint32_t)found : page->elements.len;
}

/* The next row of the table there; NULL behind its last. *at begins with what behind_heading() gave, and passes the head. */
static struct element *next_row(struct page *page, uint32_t *at, bool *begun)
{
    while (!*begun) { /* what stands in front of the table */
        if (*at >= page->elements.len || page->elements.items[*at].kind == ELEMENT_HEADING)
            return NULL;
        *begun = page->elements.items[(*at)++].kind == ELEMENT_ROW;
    }
    if (*at >= page->elements.len || page->elements.items[*at].kind != ELEMENT_ROW)
        return NULL;
    return &page->elements.items[(*at)++];
}

/* ---- comparing --------------------------------------------------------------------------------- */

static void same_essence(const struct page *page, const char *at, const char *what, const char *got, const char *want)
{
    const char *one = essence(page->arena, got ? got : ""), *other = essence(page->arena, want ? want : "");

    holds(&page->artifact, at, strcmp(one, other) == 0, "%s is `%s`, and the plan says `%s`", what, one, other);
}

/* It begins with what the plan says; sentences may follow. */
static void begins_with(const struct page *page, const char *at, const char *got, const char *want)
{
    const char *one = essence(page->arena, got ? got : ""), *other = essence(page->arena, want);

    holds(&page->artifact, at, strncmp(one, other, strlen(other)) == 0, "`%s` does not begin as the plan says, `%s`", one, other);
}

static void same_row(const struct page *page, const struct element *row, const char *const *want, uint32_t count)
{
    if (!holds(&page->artifact, row->at, row->cell_count >= count, "the row has %u cells, and by the plan %u", row->cell_count, count))
        return;
    for (uint32_t i = 0; i < count; i++) {
        if (want[i])
            same_essence(page, row->at, "the cell", row->cells[i], want[i]);
    }
}

#define SAME_ROW(page, row, ...)                                                                                                                     \
    same_row((page), (row), (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* Tables of large plans are cut, and say so. */
static bool is_cut(const struct page *page)
{
    return strstr(page->artifact.text, "Shown are ") != NULL;
}

static void all_rows(const struct page *page, const char *what, uint32_t got, uint32_t want)
{
    holds(&page->artifact, NULL, got == want || (got < want && is_cut(page)), "%s has %u rows, and by the plan %u", what, got, want);
}

/* ---- words ------------------------------------------------------------------------------------- */

static const char *time_words(struct arena *arena, bool known, int64_t ms)
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

static const char *objective_words(struct arena *arena, const struct plan_objective *objective)
{
    return time_words(arena, objective != NULL, objective ? objective->ms : 0);
}

/* Hours and minutes since the interruption: `up`: to the next whole minute. */
static const char *clock_words(struct arena *arena, bool known, int64_t ms, bool up)
{
    int64_t minutes = (ms + (up ? MS_MINUTE - 1 : 0)) / MS_MINUTE;

    return known && ms >= 0 ? arena_printf(arena, "T+%lld:%02lld", (long long)(minutes / 60), (long long)(minutes % 60)) : "unknown";
}

static const char *clock_of(struct arena *arena, const struct plan_range *range)
{
    return clock_words(arena, range->known, range->worst, true);
}

static bool is_a(const struct plan_thing *thing, const char *block)
{
    return thing && strcmp(thing->block, block) == 0;
}

static const char *who_words(const struct page *page, const struct plan_thing *who)
{
    const struct plan_thing *lead;

    if (!who)
        return "nobody named";
    if (is_a(who, "person"))
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

static const char *reach_words(const struct page *page, const struct plan_thing *who)
{
    const char *ways = "";
    const struct plan_thing *lead, *channel;

    if (is_a(who, "person")) {
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

static const char *duration_words(const struct page *page, const struct plan_thing *thing, const char *name, const char *otherwise)
{
    int64_t ms = plan_number(thing, name, PLAN_TAG_DURATION, -1);

    return ms >= 0 ? time_words(page->arena, true, ms) : otherwise;
}

/* ---- steps ------------------------------------------------------------------------------------- */

static bool needs_nobody(const struct plan_step *step)
{
    return step->mode == PLAN_DOER_script || step->mode == PLAN_DOER_itself;
}

static const char *subject_of(const struct plan_step *step)
{
    return step->asset ? step->asset->name : step->subject ? step->subject->name : "";
}

static const char *takes_words(struct arena *arena, const struct plan_step *step)
{
    return step->inside && step->takes.known && step->takes.worst == 0 ? "within the whole" : time_words(arena, step->takes.known, step->takes.worst);
}

static int by_number(const void *a, const void *b)
{
    int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;

    return (one > other) - (one < other);
}

/* "1, 2, 3" of the steps it waits for, or of those whose hands it takes over. */
static const char *numbers_of(struct arena *arena, const struct plan_step *step, bool taken_over, uint32_t *count)
{
    VEC(int64_t) numbers = {0};
    const char *text = "";

    for (uint32_t i = 0; i < (taken_over ? step->follows_count : step->after_count); i++) {
        const struct plan_step *other = taken_over ? step->follows[i] : step->after[i];
        bool waited = false;

        for (uint32_t n = 0; taken_over && n < step->after_count; n++)
            waited |= step->after[n] == other;
        if (!waited && (!taken_over || other->ordinal < step->ordinal))
            vec_push(arena, &numbers, other->ordinal);
    }
    if (numbers.len)
        qsort(numbers.items, numbers.len, sizeof *numbers.items, by_number);
    for (uint32_t i = 0; i < numbers.len; i++)
        text = arena_printf(arena, "%s%s%lld", text, i ? ", " : "", (long long)numbers.items[i]);
    *count = numbers.len;
    return text;
}

static const struct plan_step *step_numbered(const struct plan_step *steps, uint32_t count, const char *number)
{
    int64_t ordinal = number_of(number);

    return ordinal >= 1 && ordinal <= count && steps[ordinal - 1].ordinal == ordinal ? &steps[ordinal - 1] : NULL;
}

static void read_step_table(struct page *page, const struct plan_step *steps, uint32_t count)
{
    uint32_t at = behind_heading(page, "Steps", 2), rows = 0;
    bool begun = false;
    int64_t before = 0;
    struct element *row;

    while ((row = next_row(page, &at, &begun))) {
        const char *number = row->cell_count ? essence(page->arena, row->cells[0]) : "";
        const struct plan_step *step = step_numbered(steps, count, number);

        rows++;
        if (!holds(&page->artifact, row->at, step && step->ordinal > before, "step `%s` does not stand here by the plan", number))
            continue;
        before = step->ordinal;
        SAME_ROW(page, row, number, clock_of(page->arena, &step->start), clock_of(page->arena, &step->finish), takes_words(page->arena, step),
                 subject_of(step), phase_titles[step->phase],
                 arena_printf(page->arena, "%s%s%s", step->critical ? "! " : "", step->title, step->irreversible ? " (no way back)" : ""),
                 needs_nobody(step) ? "script" : who_words(page, step->by));
        holds(&page->artifact, row->at, (strstr(row->cells[6], "**!** ") != NULL) == step->critical, "step %s %s the critical path by the plan",
              number, step->critical ? "is on" : "is not on");
    }
    all_rows(page, "the table of steps", rows, count);
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
    result = essence(arena, strbuf_str(&text));
    strbuf_release(&text);
    return result;
}

static void compare_command(const struct page *page, const struct element *code, const struct plan_command *command)
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
    got = essence(page->arena, strbuf_str(&text));
    strbuf_release(&text);
    if (!clear)
        return;
    holds(&page->artifact, code->at, strcmp(got, want) == 0, "the command is `%s`, and by the plan `%s`", got, want);
}

/* Which way it is done, and by whom: the lines of a step, in their order. */
static void read_step_details(struct page *page, const struct plan_step *step)
{
    const char *title = arena_printf(page->arena, "Step %lld: %s", (long long)step->ordinal, step->title);
    uint32_t at = behind_heading(page, title, 3), bullets = 0, commands = 0, quotes = 0, waits, over;
    const char *after = numbers_of(page->arena, step, false, &waits), *follows = numbers_of(page->arena, step, true, &over);
    const struct plan_command *const all[] = {step->check, step->run, step->until, step->verify, step->undo};
    VEC(const char *) want = {0};
    VEC(const struct plan_command *) wanted = {0};
    uint32_t told = 0;

    if (at == page->elements.len) {
        holds(&page->artifact, NULL, is_cut(page), "step %lld, `%s`, is not told", (long long)step->ordinal, step->title);
        return;
    }
    vec_push(page->arena, &want,
             arena_printf(page->arena, "For: %s (%s%s%s)", subject_of(step), step->id, step->origin ? ", " : "", step->origin ? step->origin : ""));
    vec_push(page->arena, &want, arena_printf(page->arena, "Who: %s%s", who_words(page, step->by), needs_nobody(step) ? " watches" : ""));
    if (waits)
        vec_push(page->arena, &want, arena_printf(page->arena, "Waits for: step%s %s", waits > 1 ? "s" : "", after));
    if (over)
        vec_push(page->arena, &want,
                 arena_printf(page->arena, "Takes over the hands or the bandwidth of: step%s %s (as", over > 1 ? "s" : "", follows));
    vec_push(page->arena, &want,
             step->takes.known
                 ? arena_printf(page->arena, "Takes: %s%s; given up after %s", takes_words(page->arena, step),
                                step->inside && step->takes.worst == 0 ? "" : " at worst", time_words(page->arena, true, step->timeout))
                 : arena_printf(page->arena, "Takes: nobody states how long; given up after %s", time_words(page->arena, true, step->timeout)));
    for (uint32_t i = 0; i < step->inputs_count; i++)
        vec_push(page->arena, &want, arena_printf(page->arena, "Asks: %s", step->inputs[i].ask ? step->inputs[i].ask : step->inputs[i].name));
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        if (all[i])
            vec_push(page->arena, &wanted, all[i]);
    }
    for (; at < page->elements.len && page->elements.items[at].kind != ELEMENT_HEADING; at++) {
        const struct element *element = &page->elements.items[at];

        switch (element->kind) {
        case ELEMENT_BULLET:
            if (bullets >= want.len && strncmp(element->text, "Tell: ", 6) == 0) {
                const struct plan_thing *notice = told < step->notify_count ? step->notify[told] : NULL;
                const char *slash = is_a(notice, "state") ? strrchr(notice->id, '/') : NULL;
                const struct plan_thing *of =
                    slash ? plan_find(page->r->index, arena_strndup(page->arena, notice->id, (size_t)(slash - notice->id))) : NULL;

                told++;
                if (notice)
                    same_essence(page, element->at, "what is told", element->text,
                                 of ? arena_printf(page->arena, "Tell: %s, %s: %s, impact %s, %s", plan_title(of), notice->name,
                                                   plan_words(page->arena, notice, "status", "investigating"),
                                                   plan_words(page->arena, notice, "impact", "none"),
                                                   plan_words(page->arena, notice, "title", plan_title(of)))
                                    : arena_printf(page->arena, "Tell: %s", plan_title(notice)));
            } else if (bullets < want.len) {
                if (bullets == 3 || bullets == 2 || want.items[bullets][0] == 'W')
                    begins_with(page, element->at, element->text, want.items[bullets]);
                else
                    same_essence(page, element->at, "this", element->text, want.items[bullets]);
                bullets++;
            } else {
                wrong(&page->artifact, element->at, "nothing in the plan asks for `%s`", element->text);
            }
            break;
        case ELEMENT_CODE:
            if (commands < wanted.len)
                compare_command(page, element, wanted.items[commands]);
            commands++;
            break;
        case ELEMENT_QUOTE:
            if (step->manual && strncmp(element->text, " **Do this:** ", 14) == 0) {
                quotes++;
                begins_with(page, element->at, element->text,
                            arena_strndup(page->arena, arena_printf(page->arena, "Do this: %s", step->manual),
                                          strcspn(step->manual, "\n") + strlen("Do this: ")));
            } else if (step->manual && strncmp(element->text, " **Attest", 9) == 0) {
                quotes++;
            }
            break;
        default: break;
        }
    }
    same_number(&page->artifact, page->elements.items[at - 1].at, "the number of facts of the step", bullets, want.len);
    same_number(&page->artifact, page->elements.items[at - 1].at, "the number of commands of the step", commands, wanted.len);
    same_number(&page->artifact, page->elements.items[at - 1].at, "the number of who is told", told, step->notify_count);
    holds(&page->artifact, page->elements.items[at - 1].at, quotes == (step->manual ? 1u : 0u), "what a person does is not told");
}

/* ---- the page of a scenario -------------------------------------------------------------------- */

static const struct plan_thing *first_meeting(const struct page *page)
{
    uint32_t count;
    const struct plan_thing *channels = plan_sort(page->r->index, "channel", &count);

    for (uint32_t i = 0; i < count; i++) {
        if (strcmp(plan_words(page->arena, &channels[i], "type", ""), "meeting") == 0)
            return &channels[i];
    }
    return NULL;
}

struct question {
    const char *label, *answer;
};

static const char *approval_words(struct page *page, const struct plan_thing *runbook)
{
    uint32_t count;
    const struct plan_value *who = plan_items(runbook, "approve", &count);
    int64_t within = plan_number(runbook, "approve_within", PLAN_TAG_DURATION, -1);
    const char *names = "";

    for (uint32_t i = 0; i < count; i++)
        names = arena_printf(page->arena, "%s%s%s", names, i ? " or " : "", who_words(page, plan_leads_to(page->r->index, &who[i])));
    if (!count)
        return NULL;
    return within >= 0 ? arena_printf(page->arena, "%s, within %s", names, time_words(page->arena, true, within)) : names;
}

static const char *words_to_type(struct page *page, const struct plan_scenario *scenario)
{
    const char *words = "";

    for (uint32_t i = 0; i < scenario->runbooks_count; i++) {
        const char *word = plan_words(page->arena, scenario->runbooks[i], "confirm", NULL);
        bool again = false;

        for (uint32_t k = 0; word && k < i; k++)
            again |= strcmp(plan_words(page->arena, scenario->runbooks[k], "confirm", ""), word) == 0;
        if (word && !again)
            words = arena_printf(page->arena, "%s%s%s", words, *words ? ", then " : "", word);
    }
    return *words ? words : output_name(page->arena, scenario->name);
}

static void read_card(struct page *page, const struct plan_scenario *scenario)
{
    uint32_t at = behind_heading(page, "Thirty-second card", 2), plans, next = 0;
    const struct plan_thing *about = plan_sort(page->r->index, "plan", &plans), *meeting = first_meeting(page),
                            *declares = plan_ref(page->r->index, about, "approver");
    const char *start = arena_printf(page->arena, "./restore/recover.sh %s", output_name(page->arena, scenario->name));
    VEC(struct question) want = {0};
    bool begun = false;
    struct element *row;

#define ASK(label, answer) vec_push(page->arena, &want, ((struct question){label, answer}))
    for (uint32_t i = scenario->runbooks_count; i-- > 0;) {
        uint32_t count;
        const struct plan_value *who = plan_items(scenario->runbooks[i], "approve", &count);

        if (count && plan_leads_to(page->r->index, &who[0]))
            declares = plan_leads_to(page->r->index, &who[0]);
    }
    ASK("Declared by", who_words(page, declares));
    for (uint32_t i = 0; i < scenario->runbooks_count; i++) {
        const char *approved = approval_words(page, scenario->runbooks[i]);

        if (approved)
            ASK("Approved by", approved);
    }
    if (scenario->declare_by)
        ASK("Declare at the latest", scenario->declare_by->ms < 0 ? "the objectives cannot be met any more: declare now"
                                                                  : arena_printf(page->arena, "%s after the interruption, or an objective is missed",
                                                                                 clock_words(page->arena, true, scenario->declare_by->ms, false)));
    ASK("Look first", arena_printf(page->arena, "%s --dry-run", start));
    ASK("Then start", start);
    ASK("It asks for the word", words_to_type(page, scenario));
    ASK("After an interruption", arena_printf(page->arena, "%s --resume", start));
    ASK("To stop", NULL);
    for (uint32_t i = 0; i < scenario->endpoints_count; i++) {
        const struct plan_name_outcome *name = &scenario->endpoints[i];

        if (name->affected)
            ASK(arena_printf(page->arena, "Users reach %s again by", plan_words(page->arena, name->endpoint->thing, "name", name->endpoint->name)),
                clock_of(page->arena, &name->finish));
    }
    ASK("Everything is back by", clock_of(page->arena, &scenario->finish));
    for (uint32_t i = 0; i < scenario->runbooks_count; i++) {
        if (plan_words(page->arena, scenario->runbooks[i], "title", NULL))
            ASK("Holds the steps of", plan_words(page->arena, scenario->runbooks[i], "title", ""));
    }
    if (meeting)
        ASK("Meet at", plan_words(page->arena, meeting, "address", meeting->name));
    if (plan_words(page->arena, about, "hotline", NULL))
        ASK("Hotline", plan_words(page->arena, about, "hotline", ""));
#undef ASK
    while ((row = next_row(page, &at, &begun))) {
        if (next < want.len)
            SAME_ROW(page, row, want.items[next].label, want.items[next].answer);
        next++;
    }
    same_number(&page->artifact, NULL, "the number of rows of the card", next, want.len);
}

static void read_roles(struct page *page, const struct plan_scenario *scenario)
{
    static const char *const roles[][2] = {
        {"Declares and approves", "approver"}, {"Coordinates; takes no steps", "coordinator"}, {"Runs the script", "owner"}, {"Deputy", "deputy"}};
    static const char *const lists[][2] = {{"Involved", "involve"}, {"Is briefed", "brief"}};
    uint32_t at = behind_heading(page, "Who does what", 2), plans, next = 0;
    const struct plan_thing *about = plan_sort(page->r->index, "plan", &plans), *severity = plan_ref(page->r->index, scenario->class, "severity");
    VEC(const struct plan_thing *) who = {0};
    VEC(const char *) as = {0};
    bool begun = false;
    struct element *row;

    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++) {
        const struct plan_thing *one = plan_ref(page->r->index, about, roles[i][1]);

        if (one) {
            vec_push(page->arena, &who, one);
            vec_push(page->arena, &as, roles[i][0]);
        }
    }
    for (size_t l = 0; l < 2; l++) {
        uint32_t count;
        const struct plan_value *items = plan_items(severity, lists[l][1], &count);

        for (uint32_t i = 0; i < count; i++) {
            if (plan_leads_to(page->r->index, &items[i])) {
                vec_push(page->arena, &who, plan_leads_to(page->r->index, &items[i]));
                vec_push(page->arena, &as, lists[l][0]);
            }
        }
    }
    while ((row = next_row(page, &at, &begun))) {
        if (next < who.len)
            SAME_ROW(page, row, as.items[next], who_words(page, who.items[next]), reach_words(page, who.items[next]));
        next++;
    }
    same_number(&page->artifact, NULL, "the number of people and teams", next, who.len);
}

static const struct plan_outcome *outcome_called(struct page *page, const struct plan_scenario *scenario, const char *name)
{
    for (uint32_t i = 0; i < scenario->assets_count; i++) {
        if (strcmp(essence(page->arena, scenario->assets[i].asset->name), name) == 0)
            return &scenario->assets[i];
    }
    return NULL;
}

static void read_losses(struct page *page, const struct plan_scenario *scenario)
{
    uint32_t at = behind_heading(page, "What is lost and how it comes back", 2), rows = 0;
    bool begun = false, cut = is_cut(page);
    struct element *row;

    while ((row = next_row(page, &at, &begun))) {
        const char *name = row->cell_count ? essence(page->arena, row->cells[0]) : "";
        const struct plan_outcome *state = outcome_called(page, scenario, name);

        if (holds(&page->artifact, row->at, state && (cut || (rows < scenario->order_count && scenario->order[rows] == state->asset)),
                  "`%s` does not come back here by the plan", name))
            SAME_ROW(page, row, state->asset->name, state->fate == PLAN_FATE_lost ? "lost" : "impaired", state->method ? state->method : "",
                     state->serves_at ? state->serves_at->name : "", clock_of(page->arena, &state->finish), objective_words(page->arena, state->rto),
                     time_words(page->arena, true, state->data_loss), objective_words(page->arena, state->rpo));
        rows++;
    }
    all_rows(page, "the table of what is lost", rows, scenario->order_count);
}

/* "1m .. 2m .. 3m" */
static const char *range_words(struct arena *arena, const struct plan_range *range)
{
    if (!range->known)
        return NULL;
    if (range->best == range->worst && range->typical == range->worst)
        return text_of_duration(arena, range->worst);
    return arena_printf(arena, "%s .. %s .. %s", text_of_duration(arena, range->best), text_of_duration(arena, range->typical),
                        text_of_duration(arena, range->worst));
}

static void read_figures(struct page *page, const struct plan_scenario *scenario)
{
    uint32_t at = behind_heading(page, "Where the figures come from", 2);
    bool begun = false;
    struct element *row;

    while ((row = next_row(page, &at, &begun))) {
        const char *id = row->cell_count ? essence(page->arena, row->cells[0]) : "";
        const struct plan_range *range = strcmp(id, "detection") == 0     ? &scenario->detect
                                         : strcmp(id, "declaration") == 0 ? &scenario->declare
                                         : strcmp(id, "approval") == 0    ? &scenario->approve
                                                                          : NULL;

        for (uint32_t i = 0; !range && i < scenario->steps_count; i++) {
            if (strcmp(essence(page->arena, scenario->steps[i].id), id) == 0)
                range = &scenario->steps[i].takes;
        }
        if (holds(&page->artifact, row->at, range != NULL, "no step is called `%s`", id) && range->known)
            SAME_ROW(page, row, id, range_words(page->arena, range));
    }
}

static void read_fences(struct page *page, const struct plan_scenario *scenario)
{
    uint32_t at = behind_heading(page, "Fence first", 2);

    for (uint32_t i = 0; i < scenario->steps_count; i++) {
        const struct plan_step *step = &scenario->steps[i];

        if (step->phase != PLAN_PHASE_fence)
            continue;
        while (at < page->elements.len && page->elements.items[at].kind == ELEMENT_TEXT)
            at++;
        if (!holds(&page->artifact, NULL, at < page->elements.len && page->elements.items[at].kind == ELEMENT_BULLET, "`%s` is not among the fences",
                   step->title))
            return;
        same_essence(page, page->elements.items[at].at, "the fence", page->elements.items[at].text,
                     arena_printf(page->arena, "Step %lld: %s", (long long)step->ordinal, step->title));
        at++;
    }
    holds(&page->artifact, NULL, at >= page->elements.len || page->elements.items[at].kind != ELEMENT_BULLET,
          "there is a fence more than in the plan");
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
static void read_notices(struct page *page, const char *heading, const struct plan_thing *severity)
{
    static const char *const clocks[] = {"initial", "update", "resolution", "post_mortem"};
    uint32_t at = behind_heading(page, heading, 2), count, rows = 0, wanted = 0;
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
        row = next_row(page, &at, &begun);
        if (!row)
            break;
        rows++;
        clock = plan_child(&notices[i], "clock", &cursor);
        for (int k = 0; k < 4; k++)
            when[k] = plan_number(clock, clocks[k], PLAN_TAG_DURATION, -1) == 0 ? "at once" : duration_words(page, clock, clocks[k], "");
        SAME_ROW(page, row, plan_title(&notices[i]), plan_words(page->arena, &notices[i], "audience", ""),
                 channel ? plan_words(page->arena, channel, "address", plan_title(channel)) : "", when[0], when[1], when[2], when[3]);
    }
    holds(&page->artifact, row ? row->at : NULL, rows == wanted && !next_row(page, &at, &begun), "the notices are %u by the plan", wanted);
}

static void read_scenario(struct reading *r, const struct plan_scenario *scenario)
{
    struct page page = {.r = r, .arena = arena_new()};

    if (open_page(&page, arena_printf(page.arena, "runbooks/scenario-%s.md", output_name(page.arena, scenario->name))) && scenario->order_count) {
        read_card(&page, scenario);
        read_roles(&page, scenario);
        read_losses(&page, scenario);
        read_fences(&page, scenario);
        read_step_table(&page, scenario->steps, scenario->steps_count);
        read_notices(&page, "Communication", plan_ref(r->index, scenario->class, "severity"));
        for (uint32_t i = 0; i < scenario->steps_count; i++)
            read_step_details(&page, &scenario->steps[i]);
        read_figures(&page, scenario);
    }
    arena_delete(page.arena);
}

static void read_way_back(struct reading *r, const struct plan_scenario *scenario)
{
    struct page page = {.r = r, .arena = arena_new()};

    if (scenario->order_count && open_page(&page, arena_printf(page.arena, "runbooks/failback-%s.md", output_name(page.arena, scenario->name)))) {
        if (scenario->failback_count)
            read_step_table(&page, scenario->failback, scenario->failback_count);
        for (uint32_t i = 0; i < scenario->failback_count; i++)
            read_step_details(&page, &scenario->failback[i]);
    }
    arena_delete(page.arena);
}

/* ---- pages of the plan ------------------------------------------------------------------------- */

static void read_front(struct reading *r)
{
    struct page page = {.r = r, .arena = arena_new()};
    const struct plan_document *plan = r->plan;
    uint32_t at, rows, count;
    bool begun;
    struct element *row;
    const struct plan_thing *classes = plan_sort(r->index, "class", &count);

    if (open_page(&page, "runbooks/README.md")) {
        for (at = behind_heading(&page, "When something has happened", 2), rows = 0, begun = false; (row = next_row(&page, &at, &begun)); rows++) {
            if (rows < plan->scenarios_count)
                SAME_ROW(&page, row, plan_title(plan->scenarios[rows].thing), plan->scenarios[rows].class ? plan->scenarios[rows].class->name : "",
                         clock_of(page.arena, &plan->scenarios[rows].finish));
        }
        all_rows(&page, "the table of scenarios", rows, plan->scenarios_count);
        for (at = behind_heading(&page, "Disaster classes", 2), rows = 0, begun = false; (row = next_row(&page, &at, &begun)); rows++) {
            const struct plan_thing *severity = rows < count ? plan_ref(r->index, &classes[rows], "severity") : NULL;

            if (rows < count)
                SAME_ROW(&page, row, classes[rows].name, plan_title(&classes[rows]), NULL, duration_words(&page, &classes[rows], "rto", ""),
                         duration_words(&page, &classes[rows], "rpo", ""), severity ? severity->name : "");
        }
        all_rows(&page, "the table of classes", rows, count);
        for (at = behind_heading(&page, "Objectives", 2), rows = 0, begun = false; (row = next_row(&page, &at, &begun)); rows++) {
            const struct plan_asset *asset = rows < plan->assets_count ? &plan->assets[rows] : NULL;

            if (asset)
                SAME_ROW(&page, row, asset->name, NULL, objective_words(page.arena, asset->rto), asset->rto ? asset->rto->source : "",
                         objective_words(page.arena, asset->rpo), asset->rpo ? asset->rpo->source : "", who_words(&page, asset->owner));
        }
        all_rows(&page, "the table of objectives", rows, plan->assets_count);
    }
    arena_delete(page.arena);
}

static const struct plan_job *job_called(const struct page *page, const char *name)
{
    for (uint32_t i = 0; i < page->r->plan->jobs_count; i++) {
        if (strcmp(essence(page->arena, page->r->plan->jobs[i].name), name) == 0)
            return &page->r->plan->jobs[i];
    }
    return NULL;
}

static void read_backups(struct page *page)
{
    uint32_t at = behind_heading(page, "Backups", 2), rows = 0;
    bool begun = false;
    struct element *row;

    while ((row = next_row(page, &at, &begun))) {
        const char *name = row->cell_count ? essence(page->arena, row->cells[0]) : "", *copies = "";
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
    all_rows(page, "the table of backups", rows, page->r->plan->jobs_count);
}

static void read_protection(struct reading *r)
{
    struct page page = {.r = r, .arena = arena_new()};
    uint32_t at;
    bool begun = false;
    struct element *row;

    if (open_page(&page, "runbooks/protection.md")) {
        read_backups(&page);
        at = behind_heading(&page, "What is lost at most", 2);
        while ((row = next_row(&page, &at, &begun))) {
            const char *asset = row->cell_count > 1 ? essence(page.arena, row->cells[0]) : "",
                       *in = row->cell_count > 1 ? essence(page.arena, row->cells[1]) : "";
            const struct plan_outcome *state = NULL;

            for (uint32_t s = 0; s < r->plan->scenarios_count && !state; s++) {
                if (strcmp(essence(page.arena, r->plan->scenarios[s].name), in) == 0)
                    state = outcome_called(&page, &r->plan->scenarios[s], asset);
            }
            if (holds(&page.artifact, row->at, state != NULL, "`%s` is not hit by `%s`", asset, in))
                SAME_ROW(&page, row, asset, in, state->method ? state->method : "nothing", time_words(page.arena, true, state->data_loss),
                         objective_words(page.arena, state->rpo));
        }
    }
    arena_delete(page.arena);
}

static void read_communication(struct reading *r)
{
    struct page page = {.r = r, .arena = arena_new()};
    static const char *const sorts[] = {"team", "person"};
    uint32_t at, count, rows = 0, wanted = 0;
    bool begun = false;
    struct element *row;

    if (open_page(&page, "runbooks/communication.md")) {
        at = behind_heading(&page, "Contacts", 2);
        for (int s = 0; s < 2; s++) {
            const struct plan_thing *things = plan_sort(r->index, sorts[s], &count);

            wanted += count;
            for (uint32_t i = 0; i < count && (row = next_row(&page, &at, &begun)); i++, rows++)
                SAME_ROW(&page, row, who_words(&page, &things[i]), s ? plan_words(page.arena, &things[i], "role", "") : "team",
                         reach_words(&page, &things[i]));
        }
        all_rows(&page, "the table of contacts", rows, wanted);
        {
            const struct plan_thing *channels = plan_sort(r->index, "channel", &count);

            at = behind_heading(&page, "Channels", 2);
            begun = false;
            for (rows = 0; (row = next_row(&page, &at, &begun)); rows++) {
                if (rows < count)
                    SAME_ROW(&page, row, plan_title(&channels[rows]), plan_words(page.arena, &channels[rows], "type", ""),
                             plan_words(page.arena, &channels[rows], "address", "see below"));
            }
            all_rows(&page, "the table of channels", rows, count);
        }
        plan_sort(r->index, "notice", &count);
        if (count)
            read_notices(&page, "What is said, where and when", NULL);
    }
    arena_delete(page.arena);
}

static void read_drill_page(struct reading *r)
{
    struct page page = {.r = r, .arena = arena_new()};
    uint32_t at = 0, rows = 0;
    bool begun = false;
    struct element *row;

    if (open_page(&page, "runbooks/drills.md") && r->plan->drills_count) {
        at = behind_heading(&page, "Drills", 1);
        for (; (row = next_row(&page, &at, &begun)); rows++) {
            const struct plan_thing *drill = rows < r->plan->drills_count ? r->plan->drills[rows].thing : NULL;

            if (drill)
                SAME_ROW(&page, row, plan_title(drill), plan_words(page.arena, drill, "kind", ""), plan_words(page.arena, drill, "cadence", ""),
                         plan_words(page.arena, drill, "at", ""), plan_words(page.arena, drill, "duration", ""));
        }
        all_rows(&page, "the table of drills", rows, r->plan->drills_count);
    }
    arena_delete(page.arena);
}

void read_pages(struct reading *r)
{
    const char *path;
    uint32_t next = 0;

    if (!artifact_next(r, "runbooks/", &next, &path))
        return;
    read_front(r);
    read_protection(r);
    read_communication(r);
    read_drill_page(r);
    for (uint32_t i = 0; i < r->plan->scenarios_count; i++) {
        read_scenario(r, &r->plan->scenarios[i]);
        read_way_back(r, &r->plan->scenarios[i]);
    }
}
