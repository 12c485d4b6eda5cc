/* Which of several edits a change comes from: each is taken back by itself, and what is then compiled is compared again.
 *
 * Derivations name what a number is worked out from (compare/causes.c). Where that was edited in several places, the texts are exchanged one at a
 * time in memory. What is as it was without an edit comes from it; where no single edit decides, each is made by itself in the old specification.
 * What that does not tell either is left together: one set. Work is bounded by a count, never by a clock. */
#include "driver/diff_written.h"

#include "driver/diff.h"

#include <string.h>

/* As for offers: a compilation costs as much as so many assets in a scenario. */
enum { TRIALS_MAX = 32, WORK_OF_LIBRARY = 500, WORK_MAX = 600000 };

enum sense { UNTRIED, NO_ANSWER, TRIED };

struct trial {
    enum sense sense;
    struct map changes; /* key -> struct compare_change * */
};

struct separation {
    struct arena *arena;
    struct intern *names;
    const struct diff_sides *sides;
    struct compare_report *report;
    const struct written_edits *edits;
    struct trial *trials[2]; /* of each edit: made in the old specification by itself; taken back in the new one */
    uint32_t made;
    uint64_t work;
    bool unlimited;
};

static uint32_t root_of(const struct separation *s, uint32_t edit)
{
    return s->report->edits[edit].through ? s->report->edits[edit].through - 1 : edit;
}

static const char *key_of(struct separation *s, const struct compare_change *change)
{
    return arena_printf(s->arena, "%s %s %s %s", change->sort ? change->sort : "", change->subject ? change->subject : "",
                        change->scenario ? change->scenario : "", change->what ? change->what : "");
}

/* ---- one edit at a time */

static bool affordable(struct separation *s)
{
    const struct plan_document *plan = s->sides->document[1];
    uint64_t cost = WORK_OF_LIBRARY + (uint64_t)plan->assets_count * (plan->scenarios_count + 1);

    if (s->unlimited)
        return true;
    if (s->made >= TRIALS_MAX || s->work + cost > WORK_MAX)
        return false;
    s->made++;
    s->work += cost;
    return true;
}

/* The file of one side in which the text is that of the other. */
static bool exchange(struct separation *s, int side, const struct written *written, struct session *trial)
{
    struct session *const *sessions = s->sides->sessions;
    bool here = written->span[side].start != 0, there = written->span[!side].start != 0;
    struct span span = here ? written->span[side] : written->place[side];
    const struct source_file *file = span.start ? sources_file_at(&sessions[side]->sources, here ? span.start : span.start - 1) : NULL;
    const struct source_file *other = there ? sources_file_at(&sessions[!side]->sources, written->span[!side].start) : NULL;
    struct strbuf text = STRBUF_INIT;

    if (!file || file->is_std || span.end > file->base + file->len || (there && !other))
        return false;
    strbuf_add(&text, file->text, span.start - file->base);
    if (there)
        strbuf_addf(&text, "%s%.*s%s", here ? "" : "\n", (int)(written->span[!side].end - written->span[!side].start),
                    other->text + (written->span[!side].start - other->base), here ? "" : "\n");
    strbuf_add(&text, file->text + (span.end - file->base), file->len - (span.end - file->base));
    trial->changed_file = file->name;
    trial->changed_len = text.len;
    trial->changed_text = arena_strndup(trial->arena, strbuf_str(&text), text.len);
    strbuf_release(&text);
    return true;
}

/* What the old plan and the changed one differ in. */
static void compile(struct separation *s, int side, uint32_t edit, struct trial *result)
{
    struct session *base = s->sides->sessions[side], trial;
    struct options options = *base->options;
    struct compare_asked asked = {.written = s->sides->written};
    struct compare_report report;

    result->sense = NO_ANSWER;
    if (edit >= s->edits->written.len || !s->edits->written.items[edit].known || !affordable(s))
        return;
    options.timings = false;
    session_init(&trial, &options);
    trial.origin = base;
    trial.schedules = base->schedules;
    if (exchange(s, side, &s->edits->written.items[edit], &trial)) {
        name_origins_from_specification(&trial);
        session_analyse(&trial, TREES_ALL);
        if (trial.plan && !plan_is_untimed(trial.plan)) {
            compare_plans(trial.arena, s->sides->document[0], session_document(&trial), &asked, &report);
            for (uint32_t i = 0; i < report.change_count; i++) {
                const struct compare_change *change = &report.changes[i];
                struct compare_change *kept = ARENA_NEW(s->arena, struct compare_change);

                kept->after = change->after ? arena_strdup(s->arena, change->after) : NULL;
                map_add(&result->changes, s->arena, intern_str(s->names, key_of(s, change)), kept);
            }
            result->sense = TRIED;
        }
    }
    session_release(&trial);
}

static const struct trial *tried(struct separation *s, int side, uint32_t edit)
{
    struct trial *trial = &s->trials[side][edit];

    if (trial->sense == UNTRIED)
        compile(s, side, edit, trial);
    return trial;
}

/* Whether a change comes from an edit: it is another without it (side 1), or there with it alone (side 0). */
static bool comes_from(struct separation *s, int side, const struct compare_change *change, uint32_t edit, bool *known)
{
    const struct trial *trial = tried(s, side, edit);
    const struct compare_change *other;

    *known = trial->sense == TRIED;
    if (!*known)
        return true;
    other = map_get(&trial->changes, intern_str(s->names, key_of(s, change)));
    if (side == 0)
        return other != NULL;
    return !other || !(other->after == change->after || (other->after && change->after && strcmp(other->after, change->after) == 0));
}

/* ---- sets of causes */

/* What comes from something else that stands in the set as well is told by that. */
static void drop_derived(struct separation *s, struct compare_change *change)
{
    uint32_t *kept = ARENA_ARRAY(s->arena, uint32_t, change->cause_count), count = 0;

    for (uint32_t i = 0; i < change->cause_count; i++) {
        uint32_t root = root_of(s, change->causes[i]);
        bool derived = false;

        for (uint32_t k = 0; k < change->cause_count && root != change->causes[i] && !derived; k++)
            derived = change->causes[k] == root;
        if (!derived)
            kept[count++] = change->causes[i];
    }
    change->causes = kept;
    change->cause_count = count;
}

static bool has_several(const struct separation *s, const struct compare_change *change)
{
    for (uint32_t i = 1; i < change->cause_count; i++) {
        if (root_of(s, change->causes[i]) != root_of(s, change->causes[0]))
            return true;
    }
    return false;
}

static void separate(struct separation *s, struct compare_change *change)
{
    for (int side = 1; side >= 0; side--) {
        uint32_t *kept = ARENA_ARRAY(s->arena, uint32_t, change->cause_count), count = 0;
        bool sure = false, all_known = true;

        for (uint32_t i = 0; i < change->cause_count; i++) {
            bool known;

            if (!comes_from(s, side, change, root_of(s, change->causes[i]), &known))
                continue;
            sure |= known;
            all_known &= known;
            kept[count++] = change->causes[i];
        }
        if (!count || !(sure || !all_known))
            continue; /* no single one decides */
        change->causes = kept;
        change->cause_count = count;
        if (sure)
            return;
    }
}

void separate_causes(struct arena *arena, const struct diff_sides *sides, struct compare_report *report, const struct written_edits *edits,
                     bool unlimited)
{
    static const enum compare_way order[] = {COMPARE_WEAKER, COMPARE_STRONGER, COMPARE_NEITHER};
    struct separation s = {.arena = arena, .names = intern_new(arena), .sides = sides, .report = report, .edits = edits, .unlimited = unlimited};

    for (int side = 0; side < 2; side++)
        s.trials[side] = ARENA_ARRAY(arena, struct trial, report->edit_count + 1);
    for (uint32_t i = 0; i < report->change_count; i++)
        drop_derived(&s, &report->changes[i]);
    for (size_t w = 0; w < sizeof order / sizeof *order; w++) {
        for (uint32_t i = 0; i < report->change_count; i++) {
            if (report->changes[i].way == order[w] && has_several(&s, &report->changes[i]))
                separate(&s, &report->changes[i]);
        }
    }
}
