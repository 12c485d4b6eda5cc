/* The steps of a page: a table with the clock, then every step by itself with what to type and what one sees. */
#include "backends/runbooks/runbooks.h"

#include "backends/common/command.h"
#include "backends/common/tell.h"
#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

/* Nobody has to do anything but look on. */
static bool needs_nobody(const struct plan_step *step)
{
    return step->mode == PLAN_DOER_script || step->mode == PLAN_DOER_itself;
}

struct md_inline page_doer(struct page *page, const struct plan_step *step)
{
    return needs_nobody(step) ? MD("script") : page_who(page, step->by);
}

bool step_taken(struct rows *rows, const struct plan_step *step)
{
    return rows_take(rows, !needs_nobody(step) || step->inputs_count || step->irreversible);
}

static const char *heading(struct page *page, const struct plan_step *step)
{
    return arena_printf(page->arena, "Step %lld: %s", (long long)step->ordinal, step->title);
}

static struct md_inline what(struct page *page, const struct plan_step *step)
{
    struct md_inline link =
        md_link(page->arena, md_text(page->arena, step->title), arena_printf(page->arena, "#%s", md_anchor(page->arena, heading(page, step))));

    return md_cat(page->arena, step->critical ? MD("**!** ") : MD(""), link, step->irreversible ? MD(" (no way back)") : MD(""));
}

void step_table(struct page *page, const struct plan_step *steps, uint32_t count, bool back)
{
    struct rows rows = {0};

    MD_TABLE(&page->md, NULL, MD("#"), MD("Starts"), MD("Ends by"), MD("Takes"), MD("For"), MD("Phase"), MD("What"), MD("Who"));
    for (uint32_t i = 0; i < count; i++) {
        const struct plan_step *step = &steps[i];

        if (!step_taken(&rows, step))
            continue;
        MD_ROW(&page->md, md_text(page->arena, arena_printf(page->arena, "%lld", (long long)step->ordinal)),
               page_clock(page, step->start.known, step->start.worst), page_clock(page, step->finish.known, step->finish.worst),
               page_takes(page, step), md_code(page->arena, step_subject(step)), md_text(page->arena, phase_titles[step->phase]), what(page, step),
               page_doer(page, step));
    }
    md_table_end(&page->md);
    if (rows.left_out) {
        md_paragraph(&page->md, MD("**The list is cut: it has every step that a person does or that has no way back, and the first ones of the "
                                   "script.** The script runs and prints all of them."));
        rows_tell(&page->md, &rows, "steps", back ? "failback" : "steps");
    }
    if (back)
        md_paragraph(&page->md, MD("Times are the worst case, counted from the moment the way back begins."));
    else
        md_paragraph(
            &page->md,
            MD("Times are the worst case, counted from the interruption. Steps marked **!** decide when everything is back: a delay there delays "
               "the whole recovery."));
}

/* A notice or a channel; of a notice that shows another thing at this moment, that. */
static void tell(struct page *page, const struct plan_thing *told)
{
    const struct plan_thing *notice = tell_notice(page->arena, page->book->index, told);
    struct md_inline line =
        md_cat(page->arena, MD("Tell: "), md_link(page->arena, md_text(page->arena, plan_title(notice ? notice : told)), "communication.md"));

    if (notice && notice != told)
        line =
            md_cat(page->arena, line, MD(", "), md_code(page->arena, told->name), MD(": "),
                   md_textf(page->arena, "%s, impact %s", attr_text(page, told, "status", "investigating"), attr_text(page, told, "impact", "none")),
                   MD(", "), md_strong(page->arena, md_text(page->arena, attr_text(page, told, "title", plan_title(notice)))));
    md_bullet(&page->md, 0, line);
}

static void command(struct page *page, const char *label, const struct plan_command *command)
{
    if (!command)
        return;
    md_paragraph(&page->md, md_text(page->arena, label));
    md_code_block(&page->md, "sh", command_line(page->arena, command));
}

static int compare_ordinals(const void *a, const void *b)
{
    int64_t first = *(const int64_t *)a, second = *(const int64_t *)b;

    return (first > second) - (first < second);
}

/* With limited hands or bandwidth: who hands them on. Their end is enough, whether it went well or not. */
static void takes_over(struct page *page, const struct plan_step *step, struct strbuf *text)
{
    VEC(int64_t) ordinals = {0};

    for (uint32_t i = 0; i < step->follows_count; i++) {
        bool waited = false;

        for (uint32_t n = 0; n < step->after_count; n++)
            waited |= step->after[n] == step->follows[i];
        if (!waited && step->follows[i]->ordinal < step->ordinal)
            vec_push(page->arena, &ordinals, step->follows[i]->ordinal);
    }
    if (!ordinals.len)
        return;
    qsort(ordinals.items, ordinals.len, sizeof *ordinals.items, compare_ordinals);
    strbuf_clear(text);
    for (uint32_t i = 0; i < ordinals.len; i++)
        strbuf_addf(text, "%s%lld", i ? ", " : "", (long long)ordinals.items[i]);
    md_bullet(&page->md, 0,
              md_cat(page->arena, MD("Takes over the hands or the bandwidth of: "), ordinals.len > 1 ? MD("steps ") : MD("step "),
                     md_text(page->arena, strbuf_str(text)), MD(" (as soon as that has ended, even if it failed)")));
}

static void waits(struct page *page, const struct plan_step *step)
{
    VEC(int64_t) ordinals = {0};
    struct strbuf text = STRBUF_INIT;

    for (uint32_t i = 0; i < step->after_count; i++)
        vec_push(page->arena, &ordinals, step->after[i]->ordinal);
    if (ordinals.len)
        qsort(ordinals.items, ordinals.len, sizeof *ordinals.items, compare_ordinals);
    for (uint32_t i = 0; i < ordinals.len; i++)
        strbuf_addf(&text, "%s%lld", i ? ", " : "", (long long)ordinals.items[i]);
    if (text.len)
        md_bullet(&page->md, 0,
                  md_cat(page->arena, ordinals.len > 1 ? MD("Waits for: steps ") : MD("Waits for: step "), md_text(page->arena, strbuf_str(&text))));
    takes_over(page, step, &text);
    strbuf_release(&text);
}

static void details(struct page *page, const struct plan_step *step)
{
    bool nothing;

    md_heading(&page->md, 3, md_text(page->arena, heading(page, step)));
    if (step->irreversible)
        md_alert(&page->md, "CAUTION", MD("Point of no return: there is no way back from this step but the failback."));
    md_bullet(&page->md, 0,
              md_cat(page->arena, MD("For: "), md_code(page->arena, step_subject(step)), MD(" ("), md_code(page->arena, step->id),
                     step->origin ? MD(", ") : MD(""), step->origin ? md_code(page->arena, step->origin) : MD(""), MD(")")));
    md_bullet(&page->md, 0,
              md_cat(page->arena, MD("Who: "), page_who(page, step->by), needs_nobody(step) ? MD(" watches; the script does it") : MD("")));
    nothing = step->mode == PLAN_DOER_itself;
    waits(page, step);
    if (!step->takes.known)
        md_bullet(&page->md, 0, md_cat(page->arena, MD("Takes: nobody states how long; given up after "), page_time(page, true, step->timeout)));
    else
        md_bullet(&page->md, 0,
                  md_cat(page->arena, MD("Takes: "), page_takes(page, step), step->inside && step->takes.worst == 0 ? MD("") : MD(" at worst"),
                         MD("; given up after "), page_time(page, true, step->timeout)));
    for (uint32_t i = 0; i < step->inputs_count; i++)
        md_bullet(&page->md, 0, md_cat(page->arena, MD("Asks: "), page_question(page, &step->inputs[i])));
    if (step->mode == PLAN_DOER_attested)
        md_quote(&page->md, md_cat(page->arena, MD("**Attest, once you have made sure that it is true:** "), md_text(page->arena, step->manual)));
    else if (step->manual)
        md_quote(&page->md, md_cat(page->arena, MD("**Do this:** "), md_text(page->arena, step->manual)));
    command(page, "Done already when this succeeds:", step->check);
    command(page, "Run:", step->run);
    command(page, "Wait until this succeeds:", step->until);
    command(page, "Verify:", step->verify);
    for (uint32_t i = 0; i < step->notify_count; i++)
        tell(page, step->notify[i]);
    if (step->expect)
        md_paragraph(&page->md, md_cat(page->arena, MD("**Expect:** "), md_text(page->arena, step->expect)));
    else if (nothing)
        md_paragraph(&page->md, MD("Nothing has to be done: it is in place already. The step stands here because others rely on it."));
    else if (step->automated)
        md_paragraph(&page->md, MD("**Expect:** the command ends with status 0."));
    if (step->otherwise)
        md_paragraph(&page->md, md_cat(page->arena, MD("**If the command cannot run:** a person attests: "), md_text(page->arena, step->otherwise)));
    if (nothing)
        return;
    if (step->on_failure == PLAN_FAILURE_continue)
        md_paragraph(&page->md, MD("**If it fails:** the recovery goes on; note it and come back to it."));
    else if (step->on_failure == PLAN_FAILURE_ask)
        md_paragraph(&page->md, MD("**If it fails:** the script asks whether to go on."));
    else if (step->irreversible)
        md_paragraph(&page->md, MD("**If it fails:** do not repeat it blindly. Look at the state first, then run the script again with `--resume`: a "
                                   "step that is done already is skipped."));
    else
        md_paragraph(&page->md,
                     MD("**If it fails:** nothing that waits for it is started. Mend the cause and run the script again with `--resume`."));
    if (step->undo)
        command(page, "Take it back:", step->undo);
}

/* The question of an input as the script puts it; its name when it asks nothing. */
struct md_inline page_question(struct page *page, const struct plan_question *input)
{
    return md_text(page->arena, input->ask ? input->ask : input->name);
}

void step_details(struct page *page, const struct plan_step *steps, uint32_t count)
{
    struct rows rows = {0};

    for (uint32_t i = 0; i < count; i++) {
        if (step_taken(&rows, &steps[i]))
            details(page, &steps[i]);
    }
}
