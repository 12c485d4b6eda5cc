/* `drc diff` as a comment on a pull request: the verdict in one line, what got worse by what it comes from, what got better; the rest is folded. */
#include "driver/diff.h"

#include "driver/driver.h"
#include "emit/md.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Rows that are shown at once, in a group and in the whole: a comment that is longer is not read, and hosts cut it. */
enum { SHOWN_MAX = 8, ROWS_MAX = 100, CAUSES_SHOWN = 5 };

static const char *told(struct arena *arena, struct strbuf *out)
{
    const char *text = strbuf_dup(out, arena);

    strbuf_release(out);
    return text;
}

/* ---- cells */

static struct md_inline change_cell(struct arena *arena, const struct compare_change *change)
{
    struct strbuf out = STRBUF_INIT;

    diff_name_change(&out, change, MD_QUOTE);
    return md_quoted(arena, told(arena, &out));
}

static struct md_inline value_cell(struct arena *arena, const struct compare_change *change)
{
    struct strbuf out = STRBUF_INIT;

    if (!change->what)
        return change->after ? MD("new") : MD("gone");
    diff_tell_pair(&out, change->before, change->after, "→");
    return md_text(arena, told(arena, &out));
}

/* The terms that differ, of a loss: what a reviewer asks next. */
static struct md_inline parts_cell(struct arena *arena, const struct compare_change *change)
{
    struct strbuf out = STRBUF_INIT;

    if (change->rule != CHANGE_RPO_NO_REGRESS)
        return MD("");
    for (uint32_t i = 0; i < change->part_count && i < 3; i++) {
        strbuf_addf(&out, "%s%s: ", i ? "\n" : "", change->parts[i].what);
        diff_tell_pair(&out, change->parts[i].before, change->parts[i].after, "→");
    }
    if (change->part_count > 3)
        strbuf_addf(&out, "\nand %" PRIu32 " more", change->part_count - 3);
    return md_marked(arena, told(arena, &out));
}

static struct md_inline cause_text(struct arena *arena, const struct compare_report *report, const struct compare_change *change)
{
    struct strbuf out = STRBUF_INIT;

    for (uint32_t i = 0; i < change->cause_count && i < CAUSES_SHOWN; i++) {
        strbuf_addstr(&out, i ? "\nand " : "");
        diff_tell_edit(&out, report, &report->edits[change->causes[i]], MD_QUOTE, "→");
    }
    if (change->cause_count > CAUSES_SHOWN)
        strbuf_addf(&out, "\nand %" PRIu32 " more edits", change->cause_count - CAUSES_SHOWN);
    return md_quoted(arena, told(arena, &out));
}

/* ---- groups: changes that come from the same edits */

enum section { REFUSED, ACCEPTED, OF_NO_WEIGHT, STRONGER, OTHER };

static enum section section_of(const struct compare_change *change)
{
    if (change->way != COMPARE_WEAKER)
        return change->way == COMPARE_STRONGER ? STRONGER : OTHER;
    if (change->waiver && !change->waiver->expired && !change->waiver->undated)
        return ACCEPTED;
    return change->level == CHANGE_ERROR ? REFUSED : OF_NO_WEIGHT;
}

/* Verdicts first, then objectives, losses and times: in the order of the rules. */
static int weight_of(const struct compare_change *change)
{
    return change->rule == CHANGE_VERDICT_NO_REGRESS ? 0 : change->rule ? (int)change->rule + 1 : CHANGE_RULE_COUNT + 1;
}

static bool same_causes(const struct compare_change *a, const struct compare_change *b)
{
    return a->cause_count == b->cause_count && (!a->cause_count || memcmp(a->causes, b->causes, a->cause_count * sizeof *a->causes) == 0);
}

struct rows {
    VEC(const struct compare_change *) items;
};

static int compare_rows(const void *a, const void *b)
{
    const struct compare_change *x = *(const struct compare_change *const *)a, *y = *(const struct compare_change *const *)b;
    int order = weight_of(x) - weight_of(y);

    return order ? order : x < y ? -1 : x > y;
}

static void collect(struct arena *arena, const struct compare_report *report, enum section section, struct rows *rows)
{
    for (uint32_t i = 0; i < report->change_count; i++) {
        if (section_of(&report->changes[i]) == section)
            vec_push(arena, &rows->items, &report->changes[i]);
    }
    if (rows->items.len)
        qsort(rows->items.items, rows->items.len, sizeof *rows->items.items, compare_rows);
}

/* ---- sections */

static void add_row(struct md *w, const struct compare_change *change, bool terms)
{
    struct arena *arena = w->arena;
    struct md_inline values = value_cell(arena, change), rule = change->rule ? md_code(arena, change_rule_name(change->rule)) : MD("");

    if (terms)
        MD_ROW(w, change_cell(arena, change), values, parts_cell(arena, change), rule);
    else
        MD_ROW(w, change_cell(arena, change), values, rule);
}

static void begin_rows(struct md *w, bool terms)
{
    if (terms)
        MD_TABLE(w, NULL, MD("What"), MD("Before → after"), MD("Terms"), MD("Rule"));
    else
        MD_TABLE(w, NULL, MD("What"), MD("Before → after"), MD("Rule"));
}

/* Terms of a loss say what it is made of. Of a time they are a way through many steps, which text and JSON tell. */
static bool has_terms(const struct rows *rows, const struct compare_change *first)
{
    for (uint32_t i = 0; i < rows->items.len; i++) {
        const struct compare_change *change = rows->items.items[i];

        if (same_causes(first, change) && change->part_count && change->rule == CHANGE_RPO_NO_REGRESS)
            return true;
    }
    return false;
}

static const char *counted(struct arena *arena, const char *text, uint32_t count)
{
    return arena_printf(arena, "%s (%" PRIu32 ")", text, count);
}

/* Each group under the edits it comes from; beyond the first rows it is folded. */
static void tell_groups(struct md *w, const struct compare_report *report, const struct rows *rows)
{
    bool *done = ARENA_ARRAY(w->arena, bool, rows->items.len + 1);
    uint32_t total = 0;

    for (uint32_t i = 0; i < rows->items.len && total < ROWS_MAX; i++) {
        const struct compare_change *first = rows->items.items[i];
        uint32_t shown = 0, count = 0;
        bool terms = has_terms(rows, first);

        if (done[i])
            continue;
        for (uint32_t k = i; k < rows->items.len; k++)
            count += !done[k] && same_causes(first, rows->items.items[k]);
        md_paragraph(w, md_cat(w->arena, md_strong(w->arena, MD("Because")), MD(" "),
                               first->cause_count ? cause_text(w->arena, report, first) : MD("of all edits together")));
        begin_rows(w, terms);
        for (uint32_t k = i; k < rows->items.len && total < ROWS_MAX; k++) {
            if (done[k] || !same_causes(first, rows->items.items[k]))
                continue;
            done[k] = true;
            if (shown == SHOWN_MAX && count > SHOWN_MAX + 1) {
                md_table_end(w);
                md_fold_begin(w, counted(w->arena, "More of the same", count - shown));
                begin_rows(w, terms);
            }
            add_row(w, rows->items.items[k], terms);
            shown++;
            total++;
        }
        md_table_end(w);
        if (shown > SHOWN_MAX && count > SHOWN_MAX + 1)
            md_fold_end(w);
    }
    if (rows->items.len > total)
        md_paragraph(w, md_textf(w->arena, "And %" PRIu32 " more; drc diff --format json has all of them.", rows->items.len - total));
}

static void tell_table(struct md *w, const struct compare_report *report, const struct rows *rows)
{
    uint32_t total = 0;

    MD_TABLE(w, NULL, MD("What"), MD("Before → after"), MD("Because"));
    for (; total < rows->items.len && total < ROWS_MAX; total++) {
        const struct compare_change *change = rows->items.items[total];

        MD_ROW(w, change_cell(w->arena, change), value_cell(w->arena, change), cause_text(w->arena, report, change));
    }
    md_table_end(w);
    if (rows->items.len > total)
        md_paragraph(w, md_textf(w->arena, "And %" PRIu32 " more; drc diff --format json has all of them.", rows->items.len - total));
}

static void tell_accepted(struct md *w, const struct rows *rows)
{
    MD_TABLE(w, NULL, MD("What"), MD("Before → after"), MD("Accepted"));
    for (uint32_t i = 0; i < rows->items.len && i < ROWS_MAX; i++) {
        const struct compare_change *change = rows->items.items[i];
        struct strbuf out = STRBUF_INIT;

        diff_tell_waiver(&out, change->waiver, MD_QUOTE);
        MD_ROW(w, change_cell(w->arena, change), value_cell(w->arena, change), md_quoted(w->arena, told(w->arena, &out)));
    }
    md_table_end(w);
}

/* A waiver that names what is refused, and does not count. */
static void tell_lost_waivers(struct md *w, const struct compare_report *report)
{
    const struct compare_waiver *last = NULL;

    for (uint32_t i = 0; i < report->change_count; i++) {
        const struct compare_change *change = &report->changes[i];
        struct strbuf out = STRBUF_INIT;

        if (!change->waiver || change->waiver == last || section_of(change) == ACCEPTED)
            continue;
        last = change->waiver;
        diff_tell_waiver(&out, last, MD_QUOTE);
        md_bullet(w, 0, md_quoted(w->arena, told(w->arena, &out)));
    }
}

static void tell_edits(struct md *w, const struct compare_report *report)
{
    for (uint32_t i = 0; i < report->edit_count && i < ROWS_MAX; i++) {
        struct strbuf edit = STRBUF_INIT;

        diff_tell_edit(&edit, report, &report->edits[i], MD_QUOTE, "→");
        md_bullet(w, 0, md_quoted(w->arena, told(w->arena, &edit)));
    }
    if (report->edit_count > ROWS_MAX)
        md_paragraph(w, md_textf(w->arena, "And %" PRIu32 " more.", report->edit_count - ROWS_MAX));
}

/* ---- the verdict */

static const char *title_of(const struct compare_report *report)
{
    return report->refused                              ? "Recovery is weaker: "
           : report->untold || report->unwritten        ? "Recovery could not be compared whole: "
           : report->accepted                           ? "Recovery is weaker, as accepted: "
           : report->weaker                             ? "Recovery is weaker in what has no weight: "
           : report->stronger                           ? "Recovery is stronger: "
           : report->change_count || report->edit_count ? "Recovery is no weaker: "
                                                        : "Recovery is the same: ";
}

static void add_count(struct strbuf *out, uint32_t count, const char *words)
{
    if (count)
        strbuf_addf(out, "%s%" PRIu32 " %s", out->len ? ", " : "", count, words);
}

static struct md_inline verdict(struct arena *arena, const struct compare_report *report)
{
    struct strbuf out = STRBUF_INIT;

    if (!report->change_count && !report->edit_count) {
        diff_sum_up(&out, report);
        return md_textf(arena, "%c%s.", strbuf_str(&out)[0] == 'n' ? 'N' : strbuf_str(&out)[0], strbuf_str(&out) + 1);
    }
    add_count(&out, report->refused, report->refused == 1 ? "change has to be approved" : "changes have to be approved");
    add_count(&out, report->accepted, "weaker and accepted");
    add_count(&out, report->weaker - report->refused - report->accepted, "weaker without weight");
    add_count(&out, report->stronger, "better");
    add_count(&out, report->neither, "merely different");
    if (!out.len)
        strbuf_addstr(&out, "Nothing else is different");
    strbuf_addf(&out, ", from %" PRIu32 " edit%s.", report->edit_count, report->edit_count == 1 ? "" : "s");
    return md_strong(arena, md_text(arena, told(arena, &out)));
}

void diff_markdown(struct arena *arena, const struct plan_document *after, const struct compare_report *report)
{
    struct strbuf out = STRBUF_INIT;
    const char *title = after->title && after->title[0] ? after->title : after->name;
    struct rows refused = {{0}}, accepted = {{0}}, weightless = {{0}}, stronger = {{0}}, other = {{0}};
    struct md w;

    collect(arena, report, REFUSED, &refused);
    collect(arena, report, ACCEPTED, &accepted);
    collect(arena, report, OF_NO_WEIGHT, &weightless);
    collect(arena, report, STRONGER, &stronger);
    collect(arena, report, OTHER, &other);
    md_init(&w, arena, &out);
    md_heading(&w, 3, md_cat(arena, md_text(arena, title_of(report)), md_text(arena, title)));
    md_paragraph(&w, verdict(arena, report));
    if (report->unwritten)
        md_paragraph(&w, MD("Nothing would be written of a plan with errors: jobs, exports and resources were not compared."));
    if (refused.items.len) {
        md_heading(&w, 4, MD("What got worse"));
        tell_groups(&w, report, &refused);
        tell_lost_waivers(&w, report);
    }
    if (accepted.items.len) {
        md_heading(&w, 4, MD("What got worse, and is accepted"));
        tell_accepted(&w, &accepted);
    }
    if (stronger.items.len) {
        md_heading(&w, 4, MD("What got better"));
        tell_table(&w, report, &stronger);
    }
    if (weightless.items.len) {
        md_fold_begin(&w, counted(arena, "Weaker without weight", weightless.items.len));
        tell_groups(&w, report, &weightless);
        md_fold_end(&w);
    }
    if (other.items.len) {
        md_fold_begin(&w, counted(arena, "What else is different", other.items.len));
        tell_table(&w, report, &other);
        md_fold_end(&w);
    }
    if (report->edit_count) {
        md_fold_begin(&w, counted(arena, "What was edited", report->edit_count));
        tell_edits(&w, report);
        md_fold_end(&w);
    }
    say_text(strbuf_str(&out));
    strbuf_release(&out);
}
