/* What `drc log` prints: text for a person, JSON (docs/log.schema.json), CSV for a spreadsheet. Dates are shown as they were written, with their own
 * distance from UTC: no clock and no time zone of this computer is asked. */
#include "driver/log.h"

#include "base/escape.h"
#include "emit/json.h"

#include <inttypes.h>
#include <string.h>

/* ---- what is told of an item */

/* Of a thing that had another name before: that one, in what is older. */
static const char *name_before(const struct log_step *step, const char *name)
{
    for (uint32_t i = 0; name && i < step->renames.len; i++) {
        const char *is = strchr(step->renames.items[i].is, '.'), *was = strchr(step->renames.items[i].was, '.');

        if (is && was && strcmp(is + 1, name) == 0)
            return was + 1;
    }
    return name;
}

static bool is_told(const struct log_change *change, const char *name)
{
    return !name || strcmp(change->subject, name) == 0;
}

/* Whether a new name is told of what is called so from then on. */
static bool is_renamed(const struct log_rename *rename, const char *name)
{
    const char *is = strchr(rename->is, '.');

    return !name || (is && strcmp(is + 1, name) == 0);
}

static uint32_t count_told(const struct log_step *step, const char *name)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < step->renames.len; i++)
        count += is_renamed(&step->renames.items[i], name);
    for (uint32_t i = 0; i < step->changes.len; i++)
        count += is_told(&step->changes.items[i], name);
    return count;
}

/* A specification that is gone is told by the commit that took it away. */
static bool took_it_away(const struct log_report *report, uint32_t i)
{
    return report->items[i].status == LOG_ABSENT && i + 1 < report->count && report->items[i + 1].status != LOG_ABSENT;
}

static bool moved(const struct log_report *report, uint32_t i)
{
    return i + 1 < report->count && strcmp(report->items[i].commit->path, report->items[i + 1].commit->path) != 0;
}

/* Items that say something, newest first; `name`: of the thing in that commit. */
struct walk {
    const struct log_report *report;
    uint32_t next;
    const char *name, *name_then; /* for the next item, and for the one returned */
};

static const struct log_item *next_item(struct walk *walk, uint32_t *number)
{
    while (walk->next < walk->report->count) {
        uint32_t i = walk->next++;
        const struct log_item *item = &walk->report->items[i];
        const struct log_step *step = item->status == LOG_STEP ? item->step : NULL;

        walk->name_then = walk->name;
        if (step)
            walk->name = name_before(step, walk->name);
        *number = i;
        if (took_it_away(walk->report, i) || moved(walk->report, i) ||
            (step && (step->error || item->before < 0 || count_told(step, walk->name_then) ||
                      (!walk->name_then && (step->edits || step->weaker || step->stronger || step->other)))))
            return item;
    }
    return NULL;
}

bool log_knows_name(const struct log_report *report)
{
    const char *name = report->name;

    for (uint32_t i = 0; i < report->count; i++) {
        const struct log_step *step = report->items[i].status == LOG_STEP ? report->items[i].step : NULL;

        if (step && count_told(step, name))
            return true;
        name = step ? name_before(step, name) : name;
    }
    return !name;
}

/* ---- dates */

static int64_t floor_of(int64_t value, int64_t by)
{
    return value / by - (value % by < 0);
}

/* "2026-11-03 09:12 +0100", or as ISO 8601 has it. */
static void add_moment(struct strbuf *out, const struct git_person *person, bool iso)
{
    int64_t local = person->seconds + (int64_t)person->minutes * 60, day = floor_of(local, 86400), second = local - day * 86400;
    int minutes = person->minutes < 0 ? -person->minutes : person->minutes;
    char sign = person->minutes < 0 ? '-' : '+';

    print_date(out, day);
    if (iso)
        strbuf_addf(out, "T%02d:%02d:%02d%c%02d:%02d", (int)(second / 3600), (int)(second / 60 % 60), (int)(second % 60), sign, minutes / 60,
                    minutes % 60);
    else
        strbuf_addf(out, " %02d:%02d %c%02d%02d", (int)(second / 3600), (int)(second / 60 % 60), sign, minutes / 60, minutes % 60);
}

/* ---- text */

static void say_indented(const char *text, const char *indent)
{
    while (*text) {
        size_t len = strcspn(text, "\n");

        say("%s%.*s\n", indent, (int)len, text);
        text += len + (text[len] == '\n');
    }
}

/* `first`: of a plan that is compared with none, so there is no way to tell. */
static void say_change(const struct log_change *change, bool first)
{
    const char *before = change->before ? change->before : "none", *after = change->after ? change->after : "none";
    struct strbuf line = STRBUF_INIT;

    strbuf_addf(&line, "    %-8s  ", first ? "" : change->way);
    if (change->what)
        strbuf_addf(&line, "%s of ", change->what);
    strbuf_addf(&line, "%s `%s`", change->sort, change->subject);
    if (change->scenario)
        strbuf_addf(&line, " in `%s`", change->scenario);
    if (!change->what)
        strbuf_addstr(&line, change->after ? " is new" : " is gone");
    else if (change->before)
        strbuf_addf(&line, ": %s -> %s", before, after);
    else
        strbuf_addf(&line, ": %s", after);
    if (change->rule)
        strbuf_addf(&line, "  [%s]", change->rule);
    end_line(&line);
    strbuf_release(&line);
    say_indented(change->because, "                ");
}

static void say_commit(const struct git_commit_info *commit)
{
    struct strbuf line = STRBUF_INIT;

    strbuf_addf(&line, "%.12s  ", commit->id);
    add_moment(&line, &commit->author, false);
    strbuf_addf(&line, "  %s <%s>", commit->author.name, commit->author.email);
    end_line(&line);
    strbuf_release(&line);
    say("    %s\n", commit->summary);
    for (uint32_t i = 0; i < commit->author_count; i++)
        say("    with commits of %s\n", commit->authors[i]);
    for (uint32_t i = 0; i < commit->approval_count; i++)
        say("    %s: %s\n", commit->approvals[i].name, commit->approvals[i].value);
}

static void say_step(const struct log_report *report, const struct log_item *item, uint32_t number, const char *name)
{
    const struct log_step *step = item->step;

    if (step->error) {
        say("    cannot be proved: %s\n", step->error);
        return;
    }
    if (item->before < 0) {
        say_line("    the first plan");
    } else {
        /* Nothing is said where it is what one expects: the commit before that touched the specification. */
        for (uint32_t i = number + 1; i < (uint32_t)item->before; i++) {
            if (report->items[i].status == LOG_STEP) {
                say("    compared with %.12s, the last before it that could be proved\n", report->items[item->before].commit->id);
                break;
            }
        }
    }
    for (uint32_t i = 0; i < step->renames.len; i++) {
        if (is_renamed(&step->renames.items[i], name))
            say("    renamed   `%s` is called `%s`\n", step->renames.items[i].was, step->renames.items[i].is);
    }
    for (uint32_t i = 0; i < step->changes.len; i++) {
        if (is_told(&step->changes.items[i], name))
            say_change(&step->changes.items[i], item->before < 0);
    }
    if (!name && !step->changes.len && !step->renames.len && (step->edits || step->weaker || step->stronger || step->other))
        say("    %" PRId64 " edit%s: %" PRId64 " weaker, %" PRId64 " stronger, %" PRId64
            " other, none of them an objective, a proved value or a verdict\n",
            step->edits, step->edits == 1 ? "" : "s", step->weaker, step->stronger, step->other);
}

static void say_end(const struct log_report *report)
{
    uint32_t touched = 0, broken = 0;

    for (uint32_t i = 0; i < report->count; i++) {
        touched += report->items[i].status == LOG_STEP;
        broken += report->items[i].status == LOG_STEP && report->items[i].step->error;
    }
    say("%" PRIu32 " commit%s, of which %" PRIu32 " change what the specification reads", report->count, report->count == 1 ? "" : "s", touched);
    if (broken)
        say("; nothing is proved of %" PRIu32, broken);
    say_line("");
    if (report->cut)
        say_line("the clone is shallow: what is older is not there");
}

void log_text(const struct log_report *report)
{
    struct walk walk = {.report = report, .name = report->name};
    const struct log_item *item;
    uint32_t number;

    while ((item = next_item(&walk, &number))) {
        say_commit(item->commit);
        if (moved(report, number))
            say("    moved from `%s` to `%s`\n", report->items[number + 1].commit->path, item->commit->path);
        if (item->status == LOG_ABSENT)
            say("    there is no `%s` any more\n", item->commit->path);
        else if (item->status == LOG_STEP)
            say_step(report, item, number, walk.name_then);
        say_line("");
    }
    say_end(report);
}

/* ---- JSON */

static void json_lines(struct jsonw *j, const char *key, const char *text)
{
    struct strbuf line = STRBUF_INIT;

    jsonw_key_array(j, key);
    while (*text) {
        size_t len = strcspn(text, "\n");

        strbuf_clear(&line);
        strbuf_add(&line, text, len);
        jsonw_string(j, strbuf_str(&line));
        text += len + (text[len] == '\n');
    }
    jsonw_array_end(j);
    strbuf_release(&line);
}

static void json_change(struct jsonw *j, const struct log_change *change)
{
    jsonw_object_begin(j);
    jsonw_key_string(j, "sort", change->sort);
    jsonw_key_string(j, "subject", change->subject);
    jsonw_key_string(j, "scenario", change->scenario);
    jsonw_key_string(j, "what", change->what);
    jsonw_key_string(j, "before", change->before);
    jsonw_key_string(j, "after", change->after);
    jsonw_key_string(j, "before_at", change->before_at);
    jsonw_key_string(j, "after_at", change->after_at);
    jsonw_key_string(j, "way", change->way);
    jsonw_key_string(j, "rule", change->rule);
    json_lines(j, "because", change->because);
    jsonw_object_end(j);
}

void log_json_step(struct jsonw *j, const struct log_step *step, const char *name)
{
    jsonw_key_string(j, "error", step->error);
    jsonw_key_string(j, "digest", step->digest);
    jsonw_key_object(j, "counts");
    jsonw_key_int(j, "hold", step->hold);
    jsonw_key_int(j, "refuted", step->refuted);
    jsonw_key_int(j, "unknown", step->unknown);
    jsonw_key_int(j, "accepted", step->accepted);
    jsonw_object_end(j);
    jsonw_key_int(j, "weaker", step->weaker);
    jsonw_key_int(j, "stronger", step->stronger);
    jsonw_key_int(j, "other", step->other);
    jsonw_key_int(j, "edits", step->edits);
    jsonw_key_array(j, "changes");
    for (uint32_t i = 0; i < step->changes.len; i++) {
        if (is_told(&step->changes.items[i], name))
            json_change(j, &step->changes.items[i]);
    }
    jsonw_array_end(j);
    jsonw_key_array(j, "renames");
    for (uint32_t i = 0; i < step->renames.len; i++) {
        if (!is_renamed(&step->renames.items[i], name))
            continue;
        jsonw_object_begin(j);
        jsonw_key_string(j, "was", step->renames.items[i].was);
        jsonw_key_string(j, "is", step->renames.items[i].is);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
}

static void json_person(struct jsonw *j, const char *key, const struct git_person *person)
{
    struct strbuf date = STRBUF_INIT;

    add_moment(&date, person, true);
    jsonw_key_object(j, key);
    jsonw_key_string(j, "name", person->name);
    jsonw_key_string(j, "email", person->email);
    jsonw_key_string(j, "date", strbuf_str(&date));
    jsonw_object_end(j);
    strbuf_release(&date);
}

static void json_item(struct jsonw *j, const struct log_report *report, const struct log_item *item, const char *name)
{
    static const struct log_step nothing = {.error = NULL};
    const struct git_commit_info *commit = item->commit;
    const char *status = item->status == LOG_ABSENT ? "absent" : item->status == LOG_SAME ? "same" : item->step->error ? "invalid" : "proved";

    jsonw_object_begin(j);
    jsonw_key_string(j, "commit", commit->id);
    jsonw_key_string(j, "summary", commit->summary);
    json_person(j, "author", &commit->author);
    json_person(j, "committer", &commit->committer);
    jsonw_key_array(j, "merged_authors");
    for (uint32_t i = 0; i < commit->author_count; i++)
        jsonw_string(j, commit->authors[i]);
    jsonw_array_end(j);
    jsonw_key_array(j, "approvals");
    for (uint32_t i = 0; i < commit->approval_count; i++) {
        jsonw_object_begin(j);
        jsonw_key_string(j, "trailer", commit->approvals[i].name);
        jsonw_key_string(j, "value", commit->approvals[i].value);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
    jsonw_key_string(j, "path", commit->path);
    jsonw_key_string(j, "status", status);
    jsonw_key_string(j, "compared_with", item->status == LOG_STEP && item->before >= 0 ? report->items[item->before].commit->id : NULL);
    log_json_step(j, item->status == LOG_STEP ? item->step : &nothing, name);
    jsonw_object_end(j);
}

void log_json(const struct log_report *report)
{
    struct walk walk = {.report = report, .name = report->name};
    const struct log_item *item;
    struct strbuf out = STRBUF_INIT;
    struct jsonw j;
    uint32_t number;

    jsonw_init(&j, &out);
    jsonw_object_begin(&j);
    jsonw_key_string(&j, "schema", "drc.log/1");
    jsonw_key_string(&j, "specification", report->path);
    jsonw_key_string(&j, "name", report->name);
    jsonw_key_int(&j, "commits_walked", report->count);
    jsonw_key_bool(&j, "shallow", report->cut);
    jsonw_key_array(&j, "commits");
    while ((item = next_item(&walk, &number)))
        json_item(&j, report, item, walk.name_then);
    jsonw_array_end(&j);
    jsonw_object_end(&j);
    jsonw_finish(&j);
    say_text(strbuf_str(&out));
    strbuf_release(&out);
}

/* ---- CSV: a row for each change; a commit that has none to tell, and a word to say, has one */

static void add_field(struct strbuf *row, const char *text)
{
    if (row->len)
        strbuf_addch(row, ',');
    escape_csv(row, text ? text : "");
}

static const char *joined_approvals(struct arena *arena, const struct git_commit_info *commit)
{
    struct strbuf out = STRBUF_INIT;
    const char *words;

    for (uint32_t i = 0; i < commit->approval_count; i++)
        strbuf_addf(&out, "%s%s: %s", i ? "\n" : "", commit->approvals[i].name, commit->approvals[i].value);
    words = strbuf_dup(&out, arena);
    strbuf_release(&out);
    return words;
}

static void csv_row(const struct log_report *report, const struct log_item *item, const struct log_change *change, const char *remark)
{
    const struct git_commit_info *commit = item->commit;
    struct strbuf row = STRBUF_INIT, date = STRBUF_INIT;

    add_moment(&date, &commit->author, true);
    add_field(&row, strbuf_str(&date));
    add_field(&row, commit->id);
    add_field(&row, commit->author.name);
    add_field(&row, commit->author.email);
    add_field(&row, joined_approvals(report->arena, commit));
    add_field(&row, commit->summary);
    add_field(&row, change ? change->sort : NULL);
    add_field(&row, change ? change->subject : NULL);
    add_field(&row, change ? change->scenario : NULL);
    add_field(&row, change ? (change->what ? change->what : change->after ? "is new" : "is gone") : remark);
    add_field(&row, change && change->what ? change->before : NULL);
    add_field(&row, change && change->what ? change->after : NULL);
    add_field(&row, change ? change->way : NULL);
    add_field(&row, change ? change->rule : NULL);
    add_field(&row, change ? change->because : NULL);
    add_field(&row, change ? (change->after_at ? change->after_at : change->before_at) : NULL);
    say_line(strbuf_str(&row));
    strbuf_release(&row);
    strbuf_release(&date);
}

void log_csv(const struct log_report *report)
{
    struct walk walk = {.report = report, .name = report->name};
    const struct log_item *item;
    uint32_t number;

    say_line("Date,Commit,Author,E-mail,Approvals,Message,Sort,Name,Scenario,What,Before,After,Direction,Rule,Because,Place");
    while ((item = next_item(&walk, &number))) {
        const struct log_step *step = item->status == LOG_STEP ? item->step : NULL;
        uint32_t told = 0;

        for (uint32_t i = 0; step && i < step->renames.len; i++) {
            const struct log_rename *rename = &step->renames.items[i];

            if (!is_renamed(rename, walk.name_then))
                continue;
            csv_row(report, item, NULL, arena_printf(report->arena, "%s is called %s", rename->was, rename->is));
            told++;
        }
        for (uint32_t i = 0; step && i < step->changes.len; i++) {
            if (!is_told(&step->changes.items[i], walk.name_then))
                continue;
            csv_row(report, item, &step->changes.items[i], NULL);
            told++;
        }
        if (step && step->error)
            csv_row(report, item, NULL, arena_printf(report->arena, "cannot be proved: %s", step->error));
        else if (item->status == LOG_ABSENT)
            csv_row(report, item, NULL, "there is no specification any more");
        else if (!told)
            csv_row(report, item, NULL, moved(report, number) ? "moved" : "no objective, proved value or verdict is another");
    }
}
