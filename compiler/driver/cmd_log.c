/* `drc log [NAME] [SPEC]`: what became of objectives, proved values and verdicts from commit to commit, by whom, approved by whom, because of
 * which edits.
 *
 * The commits along the first parents are looked at oldest first. What a compilation asks of git is noted; a commit in which all answers are the
 * same as in the one before is not compiled. The others are compared with the last that could be proved; the cache (log_cache.c) has what was
 * compared before. */
#include "driver/driver.h"

#include "driver/diff.h"
#include "driver/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A revision that was compiled; two are alive while they are compared. */
struct compiled {
    bool used;
    uint32_t item;
    const char *prefix; /* where its files are mounted */
    const char *argument;
    struct git_revision *revision;
    struct options options;
    struct session session;
    const struct plan_document *document; /* NULL: nothing is proved of it */
    bool written;
};

struct log {
    const struct options *options;
    struct arena *arena;
    struct git_history *history;
    struct git_reads reads;
    struct log_cache *cache;
    struct log_report report;
    struct compiled sides[2];
    bool failed; /* an object could not be read, which was told */
};

/* ---- compiling */

static void let_go(struct compiled *side)
{
    if (!side->used)
        return;
    session_release(&side->session);
    mount_revision(side->prefix, NULL);
    git_revision_close(side->revision);
    side->used = false;
}

static struct compiled *compile(struct log *log, uint32_t item, const struct compiled *keep)
{
    struct compiled *side = keep == &log->sides[0] ? &log->sides[1] : &log->sides[0];
    const struct git_commit_info *commit = log->report.items[item].commit;
    const char *error = NULL;

    let_go(side);
    side->revision = git_history_revision(log->history, commit->id, &log->reads, &error);
    if (!side->revision) {
        complain("drc: %.12s cannot be read: %s\n", commit->id, error);
        log->failed = true;
        return NULL;
    }
    side->prefix = side == &log->sides[0] ? "0:/" : "1:/";
    side->argument = arena_printf(log->arena, "%s%s", side->prefix, commit->path);
    side->options = *log->options;
    side->options.format = DIAG_TEXT;
    side->options.arguments.items = &side->argument;
    side->options.arguments.len = 1;
    side->item = item;
    side->document = NULL;
    side->used = true;
    mount_revision(side->prefix, side->revision);
    session_init(&side->session, &side->options);
    name_origins_from_specification(&side->session);
    session_analyse(&side->session, TREES_ALL);
    if (side->session.plan && !plan_is_untimed(side->session.plan)) {
        side->document = session_document(&side->session);
        side->written = session_can_ask_targets(&side->session);
    }
    log->report.compiled++;
    return side;
}

static struct compiled *side_of(struct log *log, int32_t item)
{
    for (int s = 0; s < 2; s++) {
        if (log->sides[s].used && (int32_t)log->sides[s].item == item)
            return &log->sides[s];
    }
    return NULL;
}

/* ---- what a commit is beside the one before */

/* Of all commits anew: a question more was asked. */
static bool find_keys(struct log *log)
{
    for (uint32_t i = 0; i < log->report.count; i++) {
        struct log_item *item = &log->report.items[i];

        if (item->commit->present && !git_history_answers(log->history, item->commit->id, &log->reads, item->key)) {
            complain("drc: %.12s cannot be read\n", item->commit->id);
            log->failed = true;
            return false;
        }
    }
    return true;
}

static const char *key_before(const struct log *log, int32_t before)
{
    return before < 0 ? "" : log->report.items[before].key;
}

static const struct log_step *work_out(struct log *log, uint32_t item, int32_t before)
{
    struct compiled *there = side_of(log, before), *here = compile(log, item, there);
    struct compare_report report;
    struct diff_sides sides;

    if (!here || here->session.misused)
        return NULL;
    if (!here->document)
        return log_step_broken(log->arena, &here->session, here->prefix);
    if (before < 0)
        return log_step_first(log->arena, here->document);
    there = there ? there : compile(log, (uint32_t)before, here);
    if (!there)
        return NULL;
    if (!there->document) /* its entry said that it can be proved: the same questions, another answer */
        return log_step_first(log->arena, here->document);
    sides = (struct diff_sides){
        .sessions = {&there->session, &here->session}, .document = {there->document, here->document}, .written = there->written && here->written};
    diff_compare(&sides, log->options, NULL, &report);
    return log_step_between(log->arena, here->document, &report);
}

/* Oldest first. False when something could not be read, or an option is wrong, which was told. */
static bool look_at_commits(struct log *log)
{
    int32_t proved = -1, last = -1; /* that could be proved; that was there */

    for (uint32_t at = log->report.count; at-- > 0;) {
        struct log_item *item = &log->report.items[at];
        uint32_t asked = log->reads.items.len;

        item->status = LOG_ABSENT;
        item->before = -1;
        if (!item->commit->present) {
            last = -1;
            continue;
        }
        if (last >= 0 && asked && strcmp(log->report.items[last].key, item->key) == 0) {
            item->status = LOG_SAME;
            continue;
        }
        item->status = LOG_STEP;
        item->before = proved;
        item->step = log_cache_get(log->cache, key_before(log, proved), item->key);
        log->report.from_disk += item->step != NULL;
        if (!item->step)
            item->step = work_out(log, at, proved);
        if (!item->step || log->failed)
            return false;
        if (log->reads.items.len > asked && !find_keys(log))
            return false;
        last = (int32_t)at;
        proved = item->step->error ? proved : (int32_t)at;
    }
    return true;
}

/* Under the keys of all questions that are known now. */
static void keep_results(const struct log *log, uint32_t asked_before)
{
    bool all = log->reads.items.len > asked_before;

    if (all)
        log_cache_keep_questions(log->cache, &log->reads);
    for (uint32_t i = 0; (all || log->report.compiled) && i < log->report.count; i++) {
        const struct log_item *item = &log->report.items[i];

        if (item->status == LOG_STEP)
            log_cache_put(log->cache, key_before(log, item->before), item->key, item->step);
    }
}

/* ---- the command line */

static const char *folder_of(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');

    return is_folder(path) ? path : slash ? arena_strndup(arena, path, (size_t)(slash - path) + 1) : ".";
}

/* A folder is called the same with and without one at its end; `.` is the top. */
static const char *without_slashes(struct arena *arena, const char *path)
{
    size_t len;

    while (path[0] == '.' && (path[1] == '/' || !path[1]))
        path += path[1] ? 2 : 1;
    len = strlen(path);
    while (len && path[len - 1] == '/')
        len--;
    return arena_strndup(arena, path, len);
}

/* "REVISION:PATH", or a path of the disk, which is followed from HEAD. */
static bool open_history(struct log *log, const char *specification)
{
    const char *colon = strchr(specification, ':'), *error = NULL;
    struct arena *arena = log->arena;

    if (colon && !is_folder(specification) && !file_exists(specification)) {
        log->history = git_history_open(arena, ".", arena_strndup(arena, specification, (size_t)(colon - specification)), &error);
        log->report.path = without_slashes(arena, colon + 1);
    } else {
        log->history = git_history_open(arena, folder_of(arena, specification), "HEAD", &error);
        log->report.path = log->history ? git_path_inside(arena, git_history_worktree(log->history), specification) : NULL;
        if (log->history && !log->report.path)
            error = "it is not in the work tree of the repository\nhelp: REVISION:PATH names what was there";
    }
    if (!error)
        return true;
    complain("drc: the history of `%s` cannot be read: %s\n", specification, error);
    return false;
}

/* What a NAME and what a SPEC is: a specification is a path, or has a `:`. */
static bool is_specification(const char *argument)
{
    size_t len = strlen(argument);

    return strpbrk(argument, ":/") || (len > 3 && strcmp(argument + len - 3, ".dr") == 0) || is_folder(argument);
}

static bool read_arguments(const struct options *options, const char **name, const char **specification)
{
    *name = options->asset;
    *specification = NULL;
    for (uint32_t i = 0; i < options->arguments.len; i++) {
        const char *argument = options->arguments.items[i];

        if (!*specification && is_specification(argument))
            *specification = argument;
        else if (!*name)
            *name = argument;
        else
            return false;
    }
    *specification = *specification ? *specification : ".";
    return true;
}

static int print(const struct log_report *report, enum diag_format format)
{
    bool there = false;

    for (uint32_t i = 0; i < report->count; i++)
        there |= report->items[i].commit->present;
    if (!there) {
        complain("drc: there is no `%s` in the history\n", report->path);
        return EXIT_IO;
    }
    if (!log_knows_name(report)) {
        complain("drc: nothing with objectives was ever called `%s`\n", report->name);
        return EXIT_INVALID;
    }
    if (format == DIAG_JSON)
        log_json(report);
    else if (format == DIAG_CSV)
        log_csv(report);
    else
        log_text(report);
    return EXIT_FINE;
}

static int walk(struct log *log)
{
    struct git_commit_info *commits;
    const char *error = NULL;
    uint32_t asked;

    if (!git_history_walk(log->history, log->report.path, &commits, &log->report.count, &log->report.cut, &error)) {
        complain("drc: the history cannot be read: %s\n", error);
        return EXIT_IO;
    }
    log->report.items = ARENA_ARRAY(log->arena, struct log_item, log->report.count);
    for (uint32_t i = 0; i < log->report.count; i++)
        log->report.items[i].commit = &commits[i];
    git_reads_init(&log->reads, log->arena);
    log->cache = log->options->no_cache ? NULL : log_cache_open(log->arena, log->options, log->report.path);
    log_cache_questions(log->cache, &log->reads);
    asked = log->reads.items.len;
    if (!find_keys(log))
        return EXIT_IO;
    if (!look_at_commits(log))
        return log->failed ? EXIT_IO : EXIT_USAGE;
    keep_results(log, asked);
    if (log->options->timings)
        fprintf(stderr, "%" PRIu32 " commits, %" PRIu32 " compiled, %" PRIu32 " from the cache\n", log->report.count, log->report.compiled,
                log->report.from_disk);
    return print(&log->report, log->options->format);
}

int command_log(const struct options *options)
{
    struct log log = {.options = options, .arena = arena_new()};
    const char *specification;
    int status = EXIT_IO;

    log.report.arena = log.arena;
    if (!read_arguments(options, &log.report.name, &specification) ||
        (options->format != DIAG_TEXT && options->format != DIAG_JSON && options->format != DIAG_CSV)) {
        complain("drc: `drc log [NAME] [SPEC]` prints text, json or csv\n"
                 "help: NAME is an asset, a name or a group; SPEC a path in a repository, or one in a revision: main:examples/shop\n");
        arena_delete(log.arena);
        return EXIT_USAGE;
    }
    if (open_history(&log, specification))
        status = walk(&log);
    let_go(&log.sides[0]);
    let_go(&log.sides[1]);
    log_cache_close(log.cache);
    git_history_close(log.history);
    arena_delete(log.arena);
    return status;
}
