/* Losses: whether each part of a loss is what its rule says of the statements and of the chain of copies, and whether the chain is one
 * (docs/certificate.md, "Loss" and "Runs that keep slots out"). */
#include "verify/check.h"

#include <string.h>

static const char *const term_words[PLAN_TERM_COUNT] = {
    "gap",   "skipped", "read_late", "start_window", "jitter", "waits",  "duration", "captured", "copy_time", "queued", "base",      "thinned",
    "every", "missed",  "overrun",   "closed",       "settle", "sealed", "stated",   "source",   "cut",       "group",  "unbounded",
};

/* What is lost when a link is read alone, part by part. */
struct parts {
    int64_t ms[PLAN_TERM_COUNT];
    bool unknown; /* one of them is */
};

static bool is_unknown(int64_t loss)
{
    return loss == PLAN_UNKNOWN || loss == PLAN_ALL || loss == PLAN_NOT_APPLICABLE;
}

static void put(struct parts *parts, enum plan_choice_TERM what, int64_t ms)
{
    parts->unknown |= ms < 0;
    parts->ms[what] = ms;
}

/* Of a share that is known. */
static int64_t share_of(const struct plan_term *term)
{
    return term->less ? -term->ms : term->ms;
}

int64_t part_of(const struct plan_outcome *outcome, enum plan_choice_TERM what)
{
    int64_t sum = 0;

    for (uint32_t i = 0; i < outcome->rpo_terms_count; i++) {
        const struct plan_term *term = &outcome->rpo_terms[i];

        if (term->what == what && (is_unknown(term->ms) || __builtin_add_overflow(sum, share_of(term), &sum)))
            return PLAN_UNKNOWN;
    }
    return sum;
}

int64_t interval_of(const struct timetable *table, const struct plan_thing *backup)
{
    return worst_end(backup, table->kind == SCHEDULE_ON_CHANGE ? "interval" : "ship_every", PLAN_UNKNOWN);
}

/* ---- one link */

static bool is_clocked(const struct timetable *table)
{
    return table->kind != SCHEDULE_CONTINUOUS && table->kind != SCHEDULE_ON_CHANGE;
}

/* What a run that lasts into the next slots costs: exactly, where slots repeat each week, else the most slots and the largest gap together. */
static void add_skipped(struct check *c, const struct plan_link *link, struct timetable *table, int64_t counted, struct parts *parts)
{
    int64_t busy = plus(plus(lateness(link), worst_end(link->backup, "duration", 0)), link->own_copies), n, spans, kept;
    const struct schedule_overlap *worst;
    const struct schedule_gap *grown;

    if (busy < 0 || link->shortest <= 0 || busy < link->shortest)
        return; /* the first is unknown by a part of its own */
    worst = overlap_of(c, table, link);
    if (worst) {
        kept = worst->delay + (link->at_end ? worst->lasts - counted : 0);
        put(parts, PLAN_TERM_skipped, worst->next - worst->slot - link->gap);
        parts->ms[PLAN_TERM_read_late] = kept > 0 ? -kept : 0;
        return;
    }
    n = busy / link->shortest;
    if (__builtin_mul_overflow(link->missed + 1, n + 1, &spans))
        spans = INT64_MAX;
    grown = gap_of(c, table, spans - 1);
    put(parts, PLAN_TERM_skipped, grown && grown->max_gap >= link->gap ? grown->max_gap - link->gap : PLAN_UNKNOWN);
    kept = n * link->shortest - link->own_copies - counted; /* n × shortest ≤ busy */
    parts->ms[PLAN_TERM_read_late] = kept > 0 ? -kept : 0;
}

static void by_the_clock(struct check *c, const struct plan_link *link, struct timetable *table, struct parts *parts)
{
    const struct plan_thing *backup = link->backup;
    int64_t shortest = best_end(backup, "duration", 0), counted = worst_end(backup, "duration", 0);

    if (link->at_end)
        counted = shortest >= MS_SECOND ? shortest : 0;
    put(parts, PLAN_TERM_gap, link->gap);
    put(parts, PLAN_TERM_window, link->window);
    put(parts, PLAN_TERM_jitter, worst_end(backup, "jitter", 0));
    put(parts, PLAN_TERM_run, worst_end(backup, "duration", PLAN_UNKNOWN));
    if (word_is(backup, "kind", "log") && plan_attribute(backup, "ship_every"))
        put(parts, PLAN_TERM_sealed, worst_end(backup, "ship_every", PLAN_UNKNOWN));
    if (parts->unknown)
        return;
    add_skipped(c, link, table, counted, parts);
    if (link->at_end)
        parts->ms[PLAN_TERM_captured] = -counted;
}

/* What is due every so often, clock or not. */
static void by_itself(const struct plan_link *link, const struct timetable *table, struct parts *parts)
{
    const struct plan_thing *backup = link->backup;
    int64_t every = interval_of(table, backup), busy, missed;

    put(parts, PLAN_TERM_every, every);
    put(parts, PLAN_TERM_run, worst_end(backup, "duration", 0));
    put(parts, PLAN_TERM_closed, closed_length(backup));
    if (table->kind == SCHEDULE_ON_CHANGE)
        put(parts, PLAN_TERM_settle, worst_end(backup, "settle", 0));
    if (parts->unknown)
        return;
    put(parts, PLAN_TERM_missed, __builtin_mul_overflow(every, link->missed, &missed) ? PLAN_UNKNOWN : missed);
    busy = plus(parts->ms[PLAN_TERM_run], link->waits);
    if (every > 0 && busy >= every && (table->kind == SCHEDULE_ON_CHANGE || !word_is(backup, "kind", "log")))
        put(parts, PLAN_TERM_overrun, busy / every * every);
}

static struct parts parts_of(struct check *c, const struct plan_link *link)
{
    struct timetable *table = timetable_of(c, link);
    struct parts parts = {.unknown = !table->readable};

    put(&parts, PLAN_TERM_waits, link->waits);
    put(&parts, PLAN_TERM_copy, link->copied ? worst_end(link->backup, "copy_time", PLAN_UNKNOWN) : 0);
    if (parts.unknown)
        return parts;
    if (is_clocked(table))
        by_the_clock(c, link, table, &parts);
    else
        by_itself(link, table, &parts);
    return parts;
}

static bool sum_of(const struct parts *parts, int64_t *sum)
{
    *sum = 0;
    for (int what = 0; what < PLAN_TERM_COUNT; what++) {
        if (__builtin_add_overflow(*sum, parts->ms[what], sum))
            return false;
    }
    return !parts->unknown;
}

/* Slots `missed` + 1 apart, and none further. */
static void check_gap(struct check *c, const struct plan_link *link, struct timetable *table, const char *field)
{
    const struct schedule_gap *gap = gap_of(c, table, link->missed), *least = gap_of(c, table, 0);
    int64_t slot = link->from - 1, distance;
    bool found = link->from >= 0 && link->to >= link->from && link->to <= LONGEST;

    if (!gap || !least) {
        problem(c, field, "when `%s` runs cannot be said: %s", link->backup->id,
                table->readable ? "no scheduler of that name runs it, or never" : "its schedule cannot be read");
        return;
    }
    if (link->gap != gap->max_gap)
        problem(c, field, "its `gap` is %lld, and the largest there is %lld", (long long)link->gap, (long long)gap->max_gap);
    if (link->shortest < 0 || link->shortest > least->min_gap)
        problem(c, field, "its `shortest` is %lld, and there is one of %lld", (long long)link->shortest, (long long)least->min_gap);
    if (__builtin_sub_overflow(link->to, link->from, &distance) || distance != link->gap)
        problem(c, field, "`from` and `to` are not its `gap` apart");
    for (int64_t i = -1; found && i <= link->missed; i++) {
        found = schedule_next(table->slots, slot, &slot);
        found &= i >= 0 || slot == link->from;
    }
    if (!found || slot != link->to)
        problem(c, field, "`from` and `to` are no slots %lld apart", (long long)link->missed + 1);
}

/* How long after the state it holds a copy is there at the latest; PLAN_UNKNOWN. */
static int64_t way_of(const struct plan_link *link)
{
    return plus(link->at_end ? 0 : worst_end(link->backup, "duration", 0), link->copied ? worst_end(link->backup, "copy_time", PLAN_UNKNOWN) : 0);
}

/* How far apart copies are at most, and how long one is there at least, where only the newest of each period is kept. Where the calendar does not
 * say: two that are left lie in periods one after the other that have one. */
static bool class_reaches(struct check *c, const struct plan_outcome *outcome, uint32_t i, enum keep_class keep, int64_t count,
                          const struct parts *parts)
{
    static const struct {
        int64_t shortest, longest;
    } periods[] = {[KEEP_HOURLY] = {MS_HOUR, MS_HOUR},
                   [KEEP_DAILY] = {MS_DAY, MS_DAY},
                   [KEEP_WEEKLY] = {7 * MS_DAY, 7 * MS_DAY},
                   [KEEP_MONTHLY] = {28 * MS_DAY, 31 * MS_DAY},
                   [KEEP_YEARLY] = {365 * MS_DAY, 366 * MS_DAY}};
    const struct plan_link *link = &outcome->chain[i];
    struct timetable *table = timetable_of(c, link);
    const struct schedule_thinning *left = parts->ms[PLAN_TERM_skipped] ? NULL : thinning_of(c, table, keep, count, link->missed, lateness(link));
    int64_t gap = is_clocked(table) ? link->gap : 0, further, life, extra = i == 0 ? part_of(outcome, PLAN_TERM_thinned) : 0;
    int64_t way = way_of(link), late = lateness(link), room;
    bool reaches = true;

    if (left) {
        further = left->apart > gap ? left->apart - gap : 0;
        life = left->life;
    } else {
        further = periods[keep].longest;
        if (__builtin_mul_overflow(count - 1, periods[keep].shortest, &life))
            life = INT64_MAX;
    }
    /* How much older a base is than it would be is no loss: what is applied to it goes further back. */
    for (uint32_t j = 0; j < i && reaches; j++)
        reaches = word_is(outcome->chain[j].backup, "kind", "differential") || outcome->chain[j].reach >= plus(link->reach, further);
    /* Whoever reads what is left waits for no copy; but where runs follow each other closely one may not be there yet. */
    room = way >= 0 && late >= 0 && late <= link->shortest - way ? plus(extra, way) : extra;
    return reaches && (i > 0 || further <= room) && plus(link->reach, further) >= 0 && life >= plus(link->reach, further);
}

/* Whether it may be late that somebody notices what the copies are read for. */
static bool goes_back(const struct check *c)
{
    static const char *const words[] = {"corrupts", "deletes", "compromises"};
    uint32_t count = 0;

    for (size_t i = 0; i < sizeof words / sizeof *words && !count; i++)
        plan_items(c->scenario->thing, words[i], &count);
    return count > 0;
}

/* Its copies are there as long as they may be read. */
static void check_kept(struct check *c, const struct plan_outcome *outcome, uint32_t i, const struct parts *parts)
{
    const struct plan_link *link = &outcome->chain[i];
    const struct plan_value *retain = plan_attribute(link->backup, "retain");
    int64_t extra = i == 0 ? part_of(outcome, PLAN_TERM_thinned) : 0;
    bool reaches = false, built_on = i > 0 && plan_attribute(outcome->chain[i - 1].backup, "of");

    if (link->reach < 0) {
        problem(c, ".chain", "how old the copy of `%s` may have to be is not known", link->backup->id);
        return;
    }
    if (link->limit >= 0 && link->limit < link->reach)
        problem(c, ".chain", "the platform keeps `%s` for %lld, and it may be read after %lld", link->backup->id, (long long)link->limit,
                (long long)link->reach);
    if (!retain || word_is(link->backup, "retain", "forever"))
        return;
    if (retain->tag == PLAN_TAG_DURATION && retain->shape == PLAN_SHAPE_NUMBER) {
        if (retain->number < link->reach)
            problem(c, ".chain", "`%s` is kept for %lld, and may be read after %lld", link->backup->id, (long long)retain->number,
                    (long long)link->reach);
        return;
    }
    /* Nothing is deleted but by a later run, and nothing that others build on: where one reads the newest copy that is always there. */
    for (uint32_t p = 0; retain->tag == PLAN_TAG_OBJECT && retain->shape == PLAN_SHAPE_PAIRS && p < retain->count && !reaches; p++) {
        const struct plan_pair *pair = &retain->pairs[p];
        enum keep_class keep;

        if (class_named(pair->key, &keep) && pair->value.tag == PLAN_TAG_NONE && pair->value.shape == PLAN_SHAPE_NUMBER && pair->value.number > 0)
            reaches = built_on || (!goes_back(c) && (i > 0 || extra == 0)) || class_reaches(c, outcome, i, keep, pair->value.number, parts);
    }
    if (!reaches)
        problem(c, ".chain",
                "of `%s` no class of `retain` has copies of the age %lld that are no further apart than `thinned` or what builds on them says",
                link->backup->id, (long long)link->reach);
}

/* ---- the chain */

/* "asset.database/backup.full": what is before the last slash. */
static bool same_owner(const struct plan_thing *a, const struct plan_thing *b)
{
    const char *x = strrchr(a->id, '/'), *y = strrchr(b->id, '/');

    return x && y && x - a->id == y - b->id && strncmp(a->id, b->id, (size_t)(x - a->id)) == 0;
}

static bool begins_a_chain(const struct plan_link *link)
{
    return word_is(link->backup, "kind", "full") || word_is(link->backup, "kind", "snapshot") || word_is(link->backup, "kind", "log");
}

/* What it alone loses; PLAN_UNKNOWN. */
static int64_t check_link(struct check *c, const struct plan_outcome *outcome, uint32_t i)
{
    const struct plan_link *link = &outcome->chain[i], *next = i + 1 < outcome->chain_count ? link + 1 : NULL;
    const struct plan_thing *backup = link->backup;
    const struct plan_value *of = plan_attribute(backup, "of");
    struct timetable *table = timetable_of(c, link);
    int64_t copies = worst_end(backup, "copy_time", 0), alone;
    struct parts parts;

    if (link->missed < 0 || link->missed != plan_number(backup, "missed", PLAN_TAG_NONE, 0))
        problem(c, ".chain", "`missed` of `%s` is %lld, and it states %lld", backup->id, (long long)link->missed,
                (long long)plan_number(backup, "missed", PLAN_TAG_NONE, 0));
    if (link->window < worst_end(backup, "start_window", 0))
        problem(c, ".chain", "`window` of `%s` is shorter than its `start_window`", backup->id);
    if (link->own_copies != 0 && link->own_copies != copies)
        problem(c, ".chain", "`own_copies` of `%s` is %lld, and its copies take %lld", backup->id, (long long)link->own_copies, (long long)copies);
    if (next && (!next->backup || !same_owner(backup, next->backup)))
        problem(c, ".chain", "`%s` builds on a backup of something else", backup->id);
    else if (next && of && of->shape == PLAN_SHAPE_STRING && strcmp(of->text, next->backup->name ? next->backup->name : "") != 0)
        problem(c, ".chain", "`%s` builds on `%s`, and the next link is `%s`", backup->id, of->text, next->backup->id);
    else if (!next && !begins_a_chain(link))
        problem(c, ".chain", "it ends with `%s`, which builds on another", backup->id);
    if (link->store) {
        const struct plan_value *copied = plan_attribute(backup, "copies"), *to = plan_attribute(backup, "to");

        if (outcome->chain[0].store && link->store != outcome->chain[0].store)
            problem(c, ".chain", "its links are in more than one store");
        if (!refers_to(link->copied ? copied : to, link->store))
            problem(c, ".chain", "`%s` does not %s `%s`", backup->id, link->copied ? "copy to" : "write to", link->store->id);
        if (place_is_lost(c, link->store))
            problem(c, ".chain", "`%s` is at a place that the scenario takes", link->store->id);
    }
    if (is_clocked(table)) {
        check_gap(c, link, table, ".chain");
    } else if (link->scheduler || link->gap >= 0) {
        problem(c, ".chain", "no clock starts `%s`, and it has a gap", backup->id);
    }
    parts = parts_of(c, link);
    check_kept(c, outcome, i, &parts);
    if (sum_of(&parts, &alone))
        return alone;
    problem(c, ".chain", "what `%s` alone loses is not known", backup->id);
    return PLAN_UNKNOWN;
}

/* How long copies wait for each other, beyond what the others come to (`alone`). A store that takes them side by side has none. */
static void check_queue(struct check *c, const struct plan_outcome *outcome, int64_t alone)
{
    const struct plan_link *link = &outcome->chain[0];
    int64_t is = part_of(outcome, PLAN_TERM_queued);
    struct schedule_queue worst;

    if (is == 0)
        return;
    if (!link->copied || worst_end(link->backup, "copy_time", 0) <= link->shortest || !queue_of(c, link, &worst) || worst.endless ||
        is != worst.between - alone)
        problem(c, ".rpo_terms", "`queued` is %lld, and its copies do not wait that long for each other", (long long)is);
}

/* What of a later link is still on its way when the newest is there, which is `alone` after its state. Logs build on any earlier one. */
static int64_t base_of(struct check *c, const struct plan_outcome *outcome, const struct parts *newest, int64_t alone)
{
    int64_t longest = 0, way = plus(newest->ms[PLAN_TERM_run], newest->ms[PLAN_TERM_copy]);
    struct schedule_behind worst;

    if (word_is(outcome->chain[0].backup, "kind", "log"))
        return 0;
    for (uint32_t i = 1; i < outcome->chain_count; i++) {
        int64_t copy = outcome->chain[i].copied ? worst_end(outcome->chain[i].backup, "copy_time", PLAN_UNKNOWN) : 0, more = copy - way;

        if (copy < 0)
            return PLAN_UNKNOWN;
        if (i == 1 && copy > way && behind_of(c, &outcome->chain[0], &outcome->chain[1], &worst))
            more = worst.between + copy - alone;
        longest = more > longest ? more : longest;
        way = copy > way ? copy : way;
    }
    return longest;
}

static void check_part(struct check *c, const struct plan_outcome *outcome, enum plan_choice_TERM what, int64_t want)
{
    int64_t is = part_of(outcome, what);

    if (is != want)
        problem(c, ".rpo_terms", "`%s` is %lld, and its rule says %lld", term_words[what], (long long)is, (long long)want);
}

/* Of several executions that are the worst each may be told: their sum is the same. */
static void check_kept_out(struct check *c, const struct plan_outcome *outcome, const struct parts *parts)
{
    int64_t skipped = part_of(outcome, PLAN_TERM_skipped), newer = part_of(outcome, PLAN_TERM_read_late);
    int64_t rule = parts->ms[PLAN_TERM_skipped] + parts->ms[PLAN_TERM_read_late];
    /* With more runs out another scheduler may be the worst than the one whose gap it is. */
    bool any = !plan_attribute(outcome->chain[0].backup, "scheduler");

    if (skipped < 0 || newer > 0 || skipped + newer < rule || (skipped + newer > rule && !any))
        problem(c, ".rpo_terms", "`skipped` and `read_late` are %lld and %lld, and their rule says %lld and %lld", (long long)skipped,
                (long long)newer, (long long)parts->ms[PLAN_TERM_skipped], (long long)parts->ms[PLAN_TERM_read_late]);
}

/* Whether what it goes back behind may be noticed late. */
static int64_t late_notice(const struct check *c, const struct plan_outcome *outcome)
{
    bool damaged = false;

    for (uint32_t i = 0; i < outcome->losses_count; i++)
        damaged |=
            strcmp(outcome->losses[i], "corruption") == 0 || strcmp(outcome->losses[i], "deletion") == 0 || strcmp(outcome->losses[i], "object") == 0;
    return damaged ? worst_end(c->scenario->thing, "noticed_within", 0) : 0;
}

/* How old a copy of each link is at least when it is read (`alone`: what each loses by itself). What builds on another is made on the newest that
 * has ended, and may be the newest while the next of those is made. */
static void check_ages(struct check *c, const struct plan_outcome *outcome, const int64_t *alone)
{
    bool log = word_is(outcome->chain[0].backup, "kind", "log");
    int64_t wait = outcome->start.known ? outcome->start.worst : 0, noticed = late_notice(c, outcome), below = 0;

    for (uint32_t i = outcome->chain_count; i-- > 0;) {
        const struct plan_link *link = &outcome->chain[i];
        uint32_t first = log && i > 0 ? 1 : 0, last = word_is(link->backup, "kind", "incremental") ? outcome->chain_count - 1 : i;
        int64_t way = way_of(&outcome->chain[first]), least = plus(alone[first], wait);

        for (uint32_t j = first + 1; j <= last; j++) {
            int64_t copy = outcome->chain[j].copied ? worst_end(outcome->chain[j].backup, "copy_time", PLAN_UNKNOWN) : 0;

            least = plus(least, alone[j] < 0 || copy < 0 ? PLAN_UNKNOWN : alone[j] - copy);
        }
        if (noticed < 0 || way < 0 || noticed > way)
            least = plus(least, noticed < 0 || way < 0 ? PLAN_UNKNOWN : noticed - way);
        if (log && i == 0 && below > least)
            least = below;
        below = least;
        if (link->reach >= 0 && link->reach < least)
            problem(c, ".chain", "`reach` of `%s` is %lld, and it is %lld old before it is read", link->backup->id, (long long)link->reach,
                    (long long)least);
    }
}

/* Of copies: each part is what its rule says. What the classes of `retain` add was looked at with the link. */
static void check_copies(struct check *c, const struct plan_outcome *outcome)
{
    int64_t alone[LINKS_MAX], largest;
    struct parts parts;

    if (outcome->chain_count > LINKS_MAX) {
        problem(c, ".chain", "it has more than %d links", LINKS_MAX);
        return;
    }
    for (uint32_t i = 0; i < outcome->chain_count; i++) {
        if (!is_block(outcome->chain[i].backup, "backup")) {
            problem(c, ".chain", "link %u is no backup", i);
            return;
        }
    }
    for (uint32_t i = 0; i < outcome->chain_count; i++)
        alone[i] = check_link(c, outcome, i);
    check_ages(c, outcome, alone);
    parts = parts_of(c, &outcome->chain[0]);
    if (!sum_of(&parts, &largest))
        largest = PLAN_UNKNOWN;
    check_queue(c, outcome, largest);
    largest = plus(largest, part_of(outcome, PLAN_TERM_queued));
    put(&parts, PLAN_TERM_base, base_of(c, outcome, &parts, largest));
    for (int what = 0; what <= PLAN_TERM_sealed; what++) {
        if (what != PLAN_TERM_queued && what != PLAN_TERM_thinned && what != PLAN_TERM_skipped && what != PLAN_TERM_read_late)
            check_part(c, outcome, (enum plan_choice_TERM)what, parts.ms[what]);
    }
    check_kept_out(c, outcome, &parts);
    check_part(c, outcome, PLAN_TERM_stated, 0);
}

/* ---- without copies */

/* The largest loss of what it is made from; PLAN_UNKNOWN where one is not known. What loses nothing of its own has what it is made from itself. */
static int64_t loss_of_sources(struct check *c, const struct plan_asset *asset)
{
    VEC(const struct plan_asset *) open = {0};
    struct arena *scratch = arena_new();
    struct map seen = {0};
    int64_t largest = 0;

    vec_push(scratch, &open, asset);
    while (open.len && largest >= 0) {
        uint32_t cursor = 0, count;
        const struct plan_value *from = plan_items(plan_child(open.items[--open.len]->thing, "rebuild", &cursor), "from", &count);

        for (uint32_t i = 0; i < count && largest >= 0; i++) {
            atom id = from[i].tag == PLAN_TAG_REF && from[i].shape == PLAN_SHAPE_STRING ? intern_str(c->names, from[i].text) : NULL;
            struct plan_asset *source = id ? map_get(&c->assets, id) : NULL;
            const struct plan_outcome *other = outcome_of(c, source);

            if (!other || !map_add(&seen, scratch, id, source))
                continue;
            if (other->data_loss == PLAN_NOT_APPLICABLE)
                vec_push(scratch, &open, source);
            else if (other->data_loss < 0 || other->data_loss > largest)
                largest = other->data_loss < 0 ? PLAN_UNKNOWN : other->data_loss;
        }
    }
    arena_delete(scratch);
    return largest;
}

/* What the method says that it loses; NULL: no figure says it. */
static const struct plan_figure *figure_of_loss(const struct plan_outcome *outcome)
{
    for (uint32_t i = 0; i < outcome->rpo_terms_count; i++) {
        if (outcome->rpo_terms[i].what == PLAN_TERM_stated)
            return outcome->rpo_terms[i].figure;
    }
    return NULL;
}

static void check_stated(struct check *c, const struct plan_outcome *outcome)
{
    const struct plan_candidate *chosen = chosen_of(outcome);
    const struct plan_thing *element = chosen ? chosen->element : NULL;
    const struct plan_figure *figure = figure_of_loss(outcome);

    for (int what = 0; what <= PLAN_TERM_sealed; what++)
        check_part(c, outcome, (enum plan_choice_TERM)what, 0);
    if (figure && figure->value.known)
        check_part(c, outcome, PLAN_TERM_stated, figure->value.worst);
    else if (!figure && is_block(element, "replica"))
        check_part(c, outcome, PLAN_TERM_stated, worst_end(element, "lag", word_is(element, "mode", "sync") ? 0 : PLAN_UNKNOWN));
    if (part_of(outcome, PLAN_TERM_source) != 0)
        check_part(c, outcome, PLAN_TERM_source, loss_of_sources(c, outcome->asset));
}

/* ---- for copies and others */

/* The cut-off side accepts what is lost until it is fenced. */
static void check_cut(struct check *c, const struct plan_outcome *outcome)
{
    int64_t cut = part_of(outcome, PLAN_TERM_cut);

    for (uint32_t i = 0; cut != 0 && i < outcome->steps_count; i++) {
        const struct plan_step *step = outcome->steps[i];

        if (step->phase == PLAN_PHASE_fence && !step->best_effort && (!step->finish.known || step->finish.worst > cut))
            problem(c, ".rpo_terms", "`cut` is %lld, and `%s` has fenced at %lld", (long long)cut, step->id,
                    (long long)(step->finish.known ? step->finish.worst : PLAN_UNKNOWN));
    }
}

static void check_sum(struct check *c, const struct plan_outcome *outcome)
{
    int64_t sum = 0;

    for (uint32_t i = 0; i < outcome->rpo_terms_count; i++) {
        const struct plan_term *term = &outcome->rpo_terms[i];

        if (is_unknown(term->ms) || term->what == PLAN_TERM_unbounded) {
            problem(c, ".data_loss", "it is a number, and its part `%s` is not", term_words[term->what]);
            return;
        }
        if (term->less != (term->what == PLAN_TERM_captured || term->what == PLAN_TERM_read_late))
            problem(c, ".rpo_terms", "`less` of `%s` is wrong", term_words[term->what]);
        if (__builtin_add_overflow(sum, share_of(term), &sum))
            sum = INT64_MAX;
    }
    if (sum != outcome->data_loss)
        problem(c, ".data_loss", "it is %lld, and its parts are %lld together", (long long)outcome->data_loss, (long long)sum);
}

static void check_loss(struct check *c, const struct plan_outcome *outcome)
{
    const struct plan_candidate *chosen = chosen_of(outcome);

    c->report->derivations++;
    if (outcome->data_loss > LONGEST) {
        problem(c, ".data_loss", "it is too long");
        return;
    }
    check_sum(c, outcome);
    if (chosen && chosen->copy && (!outcome->chain_count || outcome->chain[0].backup != chosen->copy))
        problem(c, ".chain", "`%s` is restored from, and its chain is not told", chosen->copy->id);
    if (outcome->chain_count)
        check_copies(c, outcome);
    else
        check_stated(c, outcome);
    check_cut(c, outcome);
    if (outcome->story)
        check_story(c, outcome);
    else if (outcome->data_loss > 0)
        c->report->untold++;
}

void check_losses(struct check *c)
{
    for (uint32_t i = 0; i < c->scenario->assets_count; i++) {
        const struct plan_outcome *outcome = &c->scenario->assets[i];

        at(c, "assets", outcome->asset ? outcome->asset->name : "");
        if (outcome->asset && outcome->data_loss >= 0)
            check_loss(c, outcome);
        else if (outcome->story && outcome->asset && outcome->data_loss == PLAN_UNKNOWN && outcome->rpo_verdict == PLAN_VERDICT_refuted)
            check_story(c, outcome); /* no more than what it tells is known, and that is too much */
        else if (outcome->story && outcome->asset)
            problem(c, ".story", "it tells a loss, and `data_loss` is no number");
    }
    at(c, NULL, NULL);
}
