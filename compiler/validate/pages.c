/* Runbooks: Markdown as a reader sees it (headings, tables, lists, quotes, code), and in it what people act on at night: objectives, times, order,
 * who and how to reach them, what each step is and waits for, commands. Sentences around that are not compared.
 *
 * Texts are compared by their letters, digits and marks of numbers, names and addresses: how one writes the others in Markdown is the writer's. */
#include "validate/pages.h"

#include "base/file_name.h"
#include "base/units.h"

#include <stdlib.h>
#include <string.h>

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
    return step->inside && step->takes.known && step->takes.worst == 0 ? "within the whole"
                                                                       : page_time_words(arena, step->takes.known, step->takes.worst);
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
    uint32_t at = page_behind(page, "Steps", 2), rows = 0;
    bool begun = false;
    int64_t before = 0;
    struct element *row;

    while ((row = page_row(page, &at, &begun))) {
        const char *number = row->cell_count ? page_essence(page->arena, row->cells[0]) : "";
        const struct plan_step *step = step_numbered(steps, count, number);

        rows++;
        if (!holds(&page->artifact, row->at, step && step->ordinal > before, "step `%s` does not stand here by the plan", number))
            continue;
        before = step->ordinal;
        SAME_ROW(page, row, number, page_moment_of(page->arena, &step->start), page_moment_of(page->arena, &step->finish),
                 takes_words(page->arena, step), subject_of(step), phase_titles[step->phase],
                 arena_printf(page->arena, "%s%s%s", step->critical ? "! " : "", step->title, step->irreversible ? " (no way back)" : ""),
                 needs_nobody(step) ? "script" : page_who_is(page, step->by));
        holds(&page->artifact, row->at, (strstr(row->cells[6], "**!** ") != NULL) == step->critical, "step %s %s the critical path by the plan",
              number, step->critical ? "is on" : "is not on");
    }
    page_all_rows(page, "the table of steps", rows, count);
}

/* Which way it is done, and by whom: the lines of a step, in their order. */
static void read_step_details(struct page *page, const struct plan_step *step)
{
    const char *title = arena_printf(page->arena, "Step %lld: %s", (long long)step->ordinal, step->title);
    uint32_t at = page_behind(page, title, 3), bullets = 0, commands = 0, quotes = 0, waits, over;
    const char *after = numbers_of(page->arena, step, false, &waits), *follows = numbers_of(page->arena, step, true, &over);
    const struct plan_command *const all[] = {step->check, step->run, step->until, step->verify, step->undo};
    VEC(const char *) want = {0};
    VEC(const struct plan_command *) wanted = {0};
    uint32_t told = 0;

    if (at == page->elements.len) {
        holds(&page->artifact, NULL, page_is_cut(page), "step %lld, `%s`, is not told", (long long)step->ordinal, step->title);
        return;
    }
    vec_push(page->arena, &want,
             arena_printf(page->arena, "For: %s (%s%s%s)", subject_of(step), step->id, step->origin ? ", " : "", step->origin ? step->origin : ""));
    vec_push(page->arena, &want, arena_printf(page->arena, "Who: %s%s", page_who_is(page, step->by), needs_nobody(step) ? " watches" : ""));
    if (waits)
        vec_push(page->arena, &want, arena_printf(page->arena, "Waits for: step%s %s", waits > 1 ? "s" : "", after));
    if (over)
        vec_push(page->arena, &want,
                 arena_printf(page->arena, "Takes over the hands or the bandwidth of: step%s %s (as", over > 1 ? "s" : "", follows));
    vec_push(page->arena, &want,
             step->takes.known
                 ? arena_printf(page->arena, "Takes: %s%s; given up after %s", takes_words(page->arena, step),
                                step->inside && step->takes.worst == 0 ? "" : " at worst", page_time_words(page->arena, true, step->timeout))
                 : arena_printf(page->arena, "Takes: nobody states how long; given up after %s", page_time_words(page->arena, true, step->timeout)));
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
                const char *slash = page_is_a(notice, "state") ? strrchr(notice->id, '/') : NULL;
                const struct plan_thing *of =
                    slash ? plan_find(page->r->index, arena_strndup(page->arena, notice->id, (size_t)(slash - notice->id))) : NULL;

                told++;
                if (notice)
                    page_same(page, element->at, "what is told", element->text,
                              of ? arena_printf(page->arena, "Tell: %s, %s: %s, impact %s, %s", plan_title(of), notice->name,
                                                plan_words(page->arena, notice, "status", "investigating"),
                                                plan_words(page->arena, notice, "impact", "none"),
                                                plan_words(page->arena, notice, "title", plan_title(of)))
                                 : arena_printf(page->arena, "Tell: %s", plan_title(notice)));
            } else if (bullets < want.len) {
                if (bullets == 3 || bullets == 2 || want.items[bullets][0] == 'W')
                    page_begins(page, element->at, element->text, want.items[bullets]);
                else
                    page_same(page, element->at, "this", element->text, want.items[bullets]);
                bullets++;
            } else {
                wrong(&page->artifact, element->at, "nothing in the plan asks for `%s`", element->text);
            }
            break;
        case ELEMENT_CODE:
            if (commands < wanted.len)
                page_same_command(page, element, wanted.items[commands]);
            commands++;
            break;
        case ELEMENT_QUOTE:
            if (step->manual && strncmp(element->text, " **Do this:** ", 14) == 0) {
                quotes++;
                page_begins(page, element->at, element->text,
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
        names = arena_printf(page->arena, "%s%s%s", names, i ? " or " : "", page_who_is(page, plan_leads_to(page->r->index, &who[i])));
    if (!count)
        return NULL;
    return within >= 0 ? arena_printf(page->arena, "%s, within %s", names, page_time_words(page->arena, true, within)) : names;
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
    uint32_t at = page_behind(page, "Thirty-second card", 2), plans, next = 0;
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
    ASK("Declared by", page_who_is(page, declares));
    for (uint32_t i = 0; i < scenario->runbooks_count; i++) {
        const char *approved = approval_words(page, scenario->runbooks[i]);

        if (approved)
            ASK("Approved by", approved);
    }
    if (scenario->declare_by)
        ASK("Declare at the latest", scenario->declare_by->ms < 0 ? "the objectives cannot be met any more: declare now"
                                                                  : arena_printf(page->arena, "%s after the interruption, or an objective is missed",
                                                                                 page_moment(page->arena, true, scenario->declare_by->ms, false)));
    ASK("Look first", arena_printf(page->arena, "%s --dry-run", start));
    ASK("Then start", start);
    ASK("It asks for the word", words_to_type(page, scenario));
    ASK("After an interruption", arena_printf(page->arena, "%s --resume", start));
    ASK("To stop", NULL);
    for (uint32_t i = 0; i < scenario->endpoints_count; i++) {
        const struct plan_name_outcome *name = &scenario->endpoints[i];

        if (name->affected)
            ASK(arena_printf(page->arena, "Users reach %s again by", plan_words(page->arena, name->endpoint->thing, "name", name->endpoint->name)),
                page_moment_of(page->arena, &name->finish));
    }
    ASK("Everything is back by", page_moment_of(page->arena, &scenario->finish));
    for (uint32_t i = 0; i < scenario->runbooks_count; i++) {
        if (plan_words(page->arena, scenario->runbooks[i], "title", NULL))
            ASK("Holds the steps of", plan_words(page->arena, scenario->runbooks[i], "title", ""));
    }
    if (meeting)
        ASK("Meet at", plan_words(page->arena, meeting, "address", meeting->name));
    if (plan_words(page->arena, about, "hotline", NULL))
        ASK("Hotline", plan_words(page->arena, about, "hotline", ""));
#undef ASK
    while ((row = page_row(page, &at, &begun))) {
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
    uint32_t at = page_behind(page, "Who does what", 2), plans, next = 0;
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
    while ((row = page_row(page, &at, &begun))) {
        if (next < who.len)
            SAME_ROW(page, row, as.items[next], page_who_is(page, who.items[next]), page_ways_to(page, who.items[next]));
        next++;
    }
    same_number(&page->artifact, NULL, "the number of people and teams", next, who.len);
}

static void read_losses(struct page *page, const struct plan_scenario *scenario)
{
    uint32_t at = page_behind(page, "What is lost and how it comes back", 2), rows = 0;
    bool begun = false, cut = page_is_cut(page);
    struct element *row;

    while ((row = page_row(page, &at, &begun))) {
        const char *name = row->cell_count ? page_essence(page->arena, row->cells[0]) : "";
        const struct plan_outcome *state = page_outcome_of(page, scenario, name);

        if (holds(&page->artifact, row->at, state && (cut || (rows < scenario->order_count && scenario->order[rows] == state->asset)),
                  "`%s` does not come back here by the plan", name))
            SAME_ROW(page, row, state->asset->name, state->fate == PLAN_FATE_lost ? "lost" : "impaired", state->method ? state->method : "",
                     state->serves_at ? state->serves_at->name : "", page_moment_of(page->arena, &state->finish),
                     page_objective_of(page->arena, state->rto), page_time_words(page->arena, true, state->data_loss),
                     page_objective_of(page->arena, state->rpo));
        rows++;
    }
    page_all_rows(page, "the table of what is lost", rows, scenario->order_count);
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
    uint32_t at = page_behind(page, "Where the figures come from", 2);
    bool begun = false;
    struct element *row;

    while ((row = page_row(page, &at, &begun))) {
        const char *id = row->cell_count ? page_essence(page->arena, row->cells[0]) : "";
        const struct plan_range *range = strcmp(id, "detection") == 0     ? &scenario->detect
                                         : strcmp(id, "declaration") == 0 ? &scenario->declare
                                         : strcmp(id, "approval") == 0    ? &scenario->approve
                                                                          : NULL;

        for (uint32_t i = 0; !range && i < scenario->steps_count; i++) {
            if (strcmp(scenario->steps[i].id, id) == 0)
                range = &scenario->steps[i].takes;
        }
        for (uint32_t i = 0; !range && i < scenario->steps_count; i++) {
            if (strcmp(page_essence(page->arena, scenario->steps[i].id), id) == 0)
                range = &scenario->steps[i].takes;
        }
        if (holds(&page->artifact, row->at, range != NULL, "no step is called `%s`", id) && range->known)
            SAME_ROW(page, row, id, range_words(page->arena, range));
    }
}

static void read_fences(struct page *page, const struct plan_scenario *scenario)
{
    uint32_t at = page_behind(page, "Fence first", 2);

    for (uint32_t i = 0; i < scenario->steps_count; i++) {
        const struct plan_step *step = &scenario->steps[i];

        if (step->phase != PLAN_PHASE_fence)
            continue;
        while (at < page->elements.len && page->elements.items[at].kind == ELEMENT_TEXT)
            at++;
        if (!holds(&page->artifact, NULL, at < page->elements.len && page->elements.items[at].kind == ELEMENT_BULLET, "`%s` is not among the fences",
                   step->title))
            return;
        page_same(page, page->elements.items[at].at, "the fence", page->elements.items[at].text,
                  arena_printf(page->arena, "Step %lld: %s", (long long)step->ordinal, step->title));
        at++;
    }
    holds(&page->artifact, NULL, at >= page->elements.len || page->elements.items[at].kind != ELEMENT_BULLET,
          "there is a fence more than in the plan");
}

static void read_scenario(struct reading *r, const struct plan_scenario *scenario)
{
    struct page page = {.r = r, .arena = arena_new()};

    if (page_open(&page, arena_printf(page.arena, "runbooks/scenario-%s.md", output_name(page.arena, scenario->name))) && scenario->order_count) {
        read_card(&page, scenario);
        read_roles(&page, scenario);
        read_losses(&page, scenario);
        read_fences(&page, scenario);
        read_step_table(&page, scenario->steps, scenario->steps_count);
        page_read_notices(&page, "Communication", plan_ref(r->index, scenario->class, "severity"));
        for (uint32_t i = 0; i < scenario->steps_count; i++)
            read_step_details(&page, &scenario->steps[i]);
        read_figures(&page, scenario);
    }
    arena_delete(page.arena);
}

static void read_ways_back(struct page *page, const struct plan_scenario *scenario)
{
    uint32_t at = page_behind(page, "How each asset goes back", 2), rows = 0, wanted = 0;
    bool begun = false;
    struct element *row;

    for (uint32_t i = 0; i < scenario->assets_count; i++) {
        for (uint32_t n = 0; n < scenario->assets[i].candidates_count; n++)
            wanted += scenario->assets[i].candidates[n].chosen;
    }
    for (; (row = page_row(page, &at, &begun)); rows++) {
        const char *name = row->cell_count ? page_essence(page->arena, row->cells[0]) : "";
        const struct plan_outcome *state = page_outcome_of(page, scenario, name);
        const struct plan_candidate *chosen = NULL;

        for (uint32_t n = 0; state && n < state->candidates_count; n++)
            chosen = state->candidates[n].chosen ? &state->candidates[n] : chosen;
        if (holds(&page->artifact, row->at, chosen != NULL, "`%s` does not come back by the plan", name))
            SAME_ROW(page, row, name, chosen->method, chosen->failback, chosen->reprotect);
    }
    page_all_rows(page, "the table of ways back", rows, wanted);
}

static void read_way_back(struct reading *r, const struct plan_scenario *scenario)
{
    struct page page = {.r = r, .arena = arena_new()};

    if (scenario->order_count && page_open(&page, arena_printf(page.arena, "runbooks/failback-%s.md", output_name(page.arena, scenario->name)))) {
        read_ways_back(&page, scenario);
        if (scenario->failback_count)
            read_step_table(&page, scenario->failback, scenario->failback_count);
        for (uint32_t i = 0; i < scenario->failback_count; i++)
            read_step_details(&page, &scenario->failback[i]);
    }
    arena_delete(page.arena);
}

void read_pages(struct reading *r)
{
    const char *path;
    uint32_t next = 0;

    read_guides(r);
    if (!artifact_next(r, "runbooks/", &next, &path))
        return;
    read_plan_pages(r);
    for (uint32_t i = 0; i < r->plan->scenarios_count; i++) {
        read_scenario(r, &r->plan->scenarios[i]);
        read_way_back(r, &r->plan->scenarios[i]);
    }
}
