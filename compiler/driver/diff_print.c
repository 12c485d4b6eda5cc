/* What `drc diff` prints: the comparison as text for a terminal, as JSON, as Markdown for a pull request. */
#include "driver/diff.h"

#include "driver/driver.h"
#include "emit/json.h"

#include <inttypes.h>
#include <string.h>

/* ---- words */

static const char *way_word(enum compare_way way)
{
    static const char *const words[] = {[COMPARE_NEITHER] = "other", [COMPARE_WEAKER] = "weaker", [COMPARE_STRONGER] = "stronger"};

    return words[way];
}

static const char *or_none(const char *text)
{
    return text ? text : "none";
}

void diff_name_change(struct strbuf *out, const struct compare_change *change, const char *quote)
{
    if (change->what && strcmp(change->what, "replaced") != 0 && strcmp(change->what, "moved") != 0)
        strbuf_addf(out, "%s of ", change->what);
    strbuf_addf(out, "%s %s%s%s", change->sort, quote, or_none(change->subject), quote);
    if (change->scenario)
        strbuf_addf(out, " in %s%s%s", quote, change->scenario, quote);
}

enum { LONGEST_VALUE = 200 };

/* A text of several lines, a command most often: the first line that is another, on both sides. */
static void tell_lines(struct strbuf *out, const char *before, const char *after, const char *arrow)
{
    size_t same = 0, line = 0, a, b;

    while (before[same] && before[same] == after[same]) {
        same++;
        line = before[same - 1] == '\n' ? same : line;
    }
    while (before[line] == ' ' && after[line] == ' ' && line < same)
        line++;
    a = strcspn(before + line, "\n");
    b = strcspn(after + line, "\n");
    strbuf_addf(out, "%.*s %s %.*s", (int)(a < LONGEST_VALUE ? a : LONGEST_VALUE), before + line, arrow, (int)(b < LONGEST_VALUE ? b : LONGEST_VALUE),
                after + line);
}

void diff_tell_pair(struct strbuf *out, const char *before, const char *after, const char *arrow)
{
    before = or_none(before);
    after = or_none(after);
    if (strchr(before, '\n') || strchr(after, '\n') || strlen(before) > LONGEST_VALUE || strlen(after) > LONGEST_VALUE)
        tell_lines(out, before, after, arrow);
    else
        strbuf_addf(out, "%s %s %s", before, arrow, after);
}

static bool is_said_of_itself(const struct compare_change *change) /* "is replaced", "is moved" */
{
    return change->what && (strcmp(change->what, "replaced") == 0 || strcmp(change->what, "moved") == 0);
}

static void tell_values(struct strbuf *out, const struct compare_change *change, const char *arrow)
{
    if (is_said_of_itself(change))
        strbuf_addf(out, "is %s: ", change->what);
    if (change->what)
        diff_tell_pair(out, change->before, change->after, arrow);
    else
        strbuf_addstr(out, change->after ? "is new" : "is gone");
}

void diff_tell_edit(struct strbuf *out, const struct compare_report *report, const struct compare_edit *edit, const char *quote, const char *arrow)
{
    const char *at = edit->after_at ? edit->after_at : edit->before_at;

    if (edit->was)
        strbuf_addf(out, "%s%s%s is called %s%s%s", quote, edit->was, quote, quote, edit->id, quote);
    else if (!edit->attribute)
        strbuf_addf(out, "%s%s%s was %s", quote, edit->id, quote, edit->after ? "added" : "removed");
    else {
        strbuf_addf(out, "%s%s%s of %s%s%s: ", quote, edit->attribute, quote, quote, edit->id, quote);
        diff_tell_pair(out, edit->before, edit->after, arrow);
    }
    if (at)
        strbuf_addf(out, " (%s)", at);
    if (edit->through) {
        const struct compare_edit *from = &report->edits[edit->through - 1];

        at = from->after_at ? from->after_at : from->before_at;
        strbuf_addf(out, ", which comes from %s%s%s", quote, from->id, quote);
        if (at)
            strbuf_addf(out, " (%s)", at);
    }
}

/* A waiver, and whether it counts. */
void diff_tell_waiver(struct strbuf *out, const struct compare_waiver *waiver, const char *quote)
{
    const char *until = waiver->until ? waiver->until : "no day";

    if (waiver->expired)
        strbuf_addf(out, "%s%s%s does not count any more: it ended on %s", quote, waiver->id, quote, until);
    else if (waiver->undated)
        strbuf_addf(out, "%s%s%s ends on %s, and nobody said which day it is: --as-of", quote, waiver->id, quote, until);
    else
        strbuf_addf(out, "accepted by %s until %s: %s (%s%s%s)", waiver->by ? waiver->by : "nobody", until, waiver->why ? waiver->why : "", quote,
                    waiver->id, quote);
}

void diff_tell_change(struct strbuf *out, const struct compare_change *change)
{
    diff_name_change(out, change, "`");
    strbuf_addstr(out, change->what && !is_said_of_itself(change) ? ": " : " ");
    tell_values(out, change, "->");
}

void diff_tell_causes(struct strbuf *out, const struct compare_report *report, const struct compare_change *change)
{
    for (uint32_t i = 0; i < change->part_count; i++) {
        strbuf_addf(out, "\n%s: ", change->parts[i].what);
        diff_tell_pair(out, change->parts[i].before, change->parts[i].after, "->");
    }
    for (uint32_t i = 0; i < change->cause_count; i++) {
        strbuf_addstr(out, i ? "\nand " : "\nbecause ");
        diff_tell_edit(out, report, &report->edits[change->causes[i]], "`", "->");
    }
}

/* ---- text */

static void print_causes(const struct compare_change *change, const char *const *edits)
{
    struct strbuf line = STRBUF_INIT;

    for (uint32_t i = 0; i < change->part_count; i++) {
        const struct compare_part *part = &change->parts[i];
        const char *at = part->after_at ? part->after_at : part->before_at;

        strbuf_addf(&line, "      %s: ", part->what);
        diff_tell_pair(&line, part->before, part->after, "->");
        if (at)
            strbuf_addf(&line, " (%s)", at);
        end_line(&line);
    }
    if (change->waiver) {
        strbuf_addstr(&line, "      ");
        diff_tell_waiver(&line, change->waiver, "`");
        end_line(&line);
    }
    for (uint32_t i = 0; i < change->cause_count; i++) {
        strbuf_addstr(&line, i ? "          and " : "      because ");
        strbuf_addstr(&line, edits[change->causes[i]]);
        end_line(&line);
    }
    strbuf_release(&line);
}

static const char *level_note(const struct compare_change *change)
{
    return change->level == CHANGE_OFF ? ", off" : change->level == CHANGE_WARNING ? ", a warning" : "";
}

static void print_way(const struct compare_report *report, enum compare_way way, const char *heading, const char *const *edits)
{
    struct strbuf line = STRBUF_INIT;
    bool first = true;

    for (uint32_t i = 0; i < report->change_count; i++) {
        const struct compare_change *change = &report->changes[i];

        if (change->way != way)
            continue;
        if (first)
            say_line(heading);
        first = false;
        strbuf_addstr(&line, "  ");
        diff_tell_change(&line, change);
        if (change->rule)
            strbuf_addf(&line, "  [%s%s]", change_rule_name(change->rule), level_note(change));
        end_line(&line);
        print_causes(change, edits);
    }
    strbuf_release(&line);
}

static void print_edits(const struct compare_report *report, const char *const *edits)
{
    struct strbuf line = STRBUF_INIT;

    if (report->edit_count)
        say_line("edited");
    for (uint32_t i = 0; i < report->edit_count; i++) {
        strbuf_addstr(&line, "  ");
        strbuf_addstr(&line, edits[i]);
        end_line(&line);
    }
    strbuf_release(&line);
}

void diff_sum_up(struct strbuf *out, const struct compare_report *report)
{
    if (!report->change_count && !report->edit_count) {
        strbuf_addstr(out, report->untold      ? "something that a recovery turns on is another, and nothing here says what: their digests differ"
                           : report->unwritten ? "nothing changed in what could be compared"
                                               : "nothing changed in meaning");
        return;
    }
    strbuf_addf(out, "%" PRIu32 " weaker", report->weaker);
    if (report->weaker > report->refused)
        strbuf_addf(out, " (%" PRIu32 " refused, %" PRIu32 " accepted, %" PRIu32 " of no weight)", report->refused, report->accepted,
                    report->weaker - report->refused - report->accepted);
    strbuf_addf(out, ", %" PRIu32 " stronger, %" PRIu32 " other, from %" PRIu32 " edit%s", report->stronger, report->neither, report->edit_count,
                report->edit_count == 1 ? "" : "s");
}

void diff_text(const struct compare_report *report)
{
    struct strbuf line = STRBUF_INIT;
    struct arena *arena = arena_new();
    const char **edits = ARENA_ARRAY(arena, const char *, report->edit_count + 1); /* one may be the cause of thousands of changes */

    for (uint32_t i = 0; i < report->edit_count; i++) {
        diff_tell_edit(&line, report, &report->edits[i], "`", "->");
        edits[i] = strbuf_dup(&line, arena);
        strbuf_clear(&line);
    }
    print_way(report, COMPARE_WEAKER, "weaker", edits);
    print_way(report, COMPARE_STRONGER, "stronger", edits);
    print_way(report, COMPARE_NEITHER, "other", edits);
    print_edits(report, edits);
    diff_sum_up(&line, report);
    end_line(&line);
    strbuf_release(&line);
    arena_delete(arena);
}

/* ---- JSON */

static void json_null(struct jsonw *j, const char *key)
{
    jsonw_key_string(j, key, NULL);
}

static void json_pair(struct jsonw *j, const char *before, const char *after, const char *before_at, const char *after_at)
{
    jsonw_key_string(j, "before", before);
    jsonw_key_string(j, "after", after);
    jsonw_key_string(j, "before_at", before_at);
    jsonw_key_string(j, "after_at", after_at);
}

static void json_edit(struct jsonw *j, const struct compare_edit *edit)
{
    jsonw_object_begin(j);
    jsonw_key_string(j, "id", edit->id);
    jsonw_key_string(j, "attribute", edit->attribute);
    jsonw_key_string(j, "was", edit->was);
    if (edit->through)
        jsonw_key_int(j, "through", edit->through - 1);
    else
        json_null(j, "through");
    json_pair(j, edit->before, edit->after, edit->before_at, edit->after_at);
    jsonw_object_end(j);
}

static const char *level_word(enum change_level level)
{
    static const char *const words[CHANGE_LEVELS] = {[CHANGE_OFF] = "off", [CHANGE_WARNING] = "warning", [CHANGE_ERROR] = "error"};

    return words[level];
}

static void json_waiver(struct jsonw *j, const struct compare_waiver *waiver)
{
    if (!waiver) {
        json_null(j, "waiver");
        return;
    }
    jsonw_key_object(j, "waiver");
    jsonw_key_string(j, "id", waiver->id);
    jsonw_key_string(j, "why", waiver->why);
    jsonw_key_string(j, "by", waiver->by);
    jsonw_key_string(j, "until", waiver->until);
    jsonw_key_bool(j, "counts", !waiver->expired && !waiver->undated);
    jsonw_key_string(j, "at", waiver->at);
    jsonw_object_end(j);
}

static void json_change(struct jsonw *j, const struct compare_change *change)
{
    jsonw_object_begin(j);
    jsonw_key_string(j, "sort", change->sort);
    jsonw_key_string(j, "subject", change->subject);
    jsonw_key_string(j, "scenario", change->scenario);
    jsonw_key_string(j, "what", change->what);
    jsonw_key_string(j, "way", way_word(change->way));
    jsonw_key_string(j, "rule", change_rule_name(change->rule));
    jsonw_key_string(j, "level", change->way == COMPARE_WEAKER ? level_word(change->level) : NULL);
    jsonw_key_string(j, "thing", change->thing);
    json_waiver(j, change->waiver);
    json_pair(j, change->before, change->after, change->before_at, change->after_at);
    jsonw_key_array(j, "parts");
    for (uint32_t i = 0; i < change->part_count; i++) {
        const struct compare_part *part = &change->parts[i];

        jsonw_object_begin(j);
        jsonw_key_string(j, "what", part->what);
        json_pair(j, part->before, part->after, part->before_at, part->after_at);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
    jsonw_key_array(j, "causes");
    for (uint32_t i = 0; i < change->cause_count; i++)
        jsonw_int(j, change->causes[i]);
    jsonw_array_end(j);
    jsonw_object_end(j);
}

void diff_json(const struct plan_document *before, const struct plan_document *after, const struct compare_report *report)
{
    struct strbuf out = STRBUF_INIT;
    struct jsonw j;

    jsonw_init(&j, &out);
    jsonw_object_begin(&j);
    jsonw_key_string(&j, "schema", "drc.diff/1");
    jsonw_key_string(&j, "before", before->digest);
    jsonw_key_string(&j, "after", after->digest);
    jsonw_key_int(&j, "weaker", report->weaker);
    jsonw_key_int(&j, "stronger", report->stronger);
    jsonw_key_int(&j, "other", report->neither);
    jsonw_key_int(&j, "refused", report->refused);
    jsonw_key_int(&j, "accepted", report->accepted);
    jsonw_key_bool(&j, "untold", report->untold);
    jsonw_key_bool(&j, "artifacts_compared", !report->unwritten);
    jsonw_key_array(&j, "changes");
    for (uint32_t i = 0; i < report->change_count; i++)
        json_change(&j, &report->changes[i]);
    jsonw_array_end(&j);
    jsonw_key_array(&j, "edits");
    for (uint32_t i = 0; i < report->edit_count; i++)
        json_edit(&j, &report->edits[i]);
    jsonw_array_end(&j);
    jsonw_object_end(&j);
    jsonw_finish(&j);
    say_text(strbuf_str(&out));
    strbuf_release(&out);
}
