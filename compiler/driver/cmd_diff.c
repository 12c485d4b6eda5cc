/* `drc diff OLD NEW`: two plans compared by meaning, as text, JSON or Markdown for a pull request. Each side is a specification, a folder with a
 * main.dr, a plan.json, or one of these in a revision of git: `main:examples/platform`; a revision alone has the path of the other side. */
#include "driver/driver.h"

#include "driver/diff.h"
#include "fetch/git.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the two sides */

struct side {
    struct git_revision *revision; /* NULL: it is on disk */
    const char *prefix, *name;     /* where that is found, and what is compiled */
    struct session session;
    struct options options;
    const struct plan_document *document;
    bool written; /* it says what would be written */
};

/* In the folder of a bare repository (or in `.git`) HEAD is a file of git's own. */
static bool is_of_git(const char *name)
{
    return name[0] != '/' && strncmp(name, "../", 3) != 0 && file_exists("HEAD") && is_folder("objects") && is_folder("refs");
}

static bool is_on_disk(const char *name)
{
    return is_folder(name) || file_exists(name);
}

/* A name that is nothing on disk, or a file of git's own, may be one of git: REVISION:PATH, or a revision, in which the path of the other side is
 * meant. False when it is neither; then it is taken for a file, and that there is none is told. */
static bool find_revision(struct side *side, struct arena *arena, const char *name, const char *other)
{
    const char *colon = strchr(name, ':'), *error = NULL, *path;
    bool on_disk = is_on_disk(other) && !is_of_git(other);

    if ((is_on_disk(name) && !is_of_git(name)) || strcmp(name, "-") == 0)
        return false;
    if (colon) {
        side->revision = git_revision_open(arena, ".", arena_strndup(arena, name, (size_t)(colon - name)), &error);
        path = colon + 1;
    } else {
        side->revision = git_revision_open(arena, ".", name, &error);
        path = side->revision ? git_path_inside(arena, git_revision_worktree(side->revision), on_disk ? other : ".") : NULL;
    }
    if (!side->revision)
        return false;
    side->prefix = arena_printf(arena, "%s:/", colon ? arena_strndup(arena, name, (size_t)(colon - name)) : name);
    side->name = arena_printf(arena, "%s%s", side->prefix, path ? path : "");
    return true;
}

static bool is_plan(const char *name)
{
    size_t len = strlen(name);

    return len > 5 && strcmp(name + len - 5, ".json") == 0;
}

static int read_side(struct side *side, const char *name)
{
    struct plan_error wrong;
    const char *error = NULL;
    size_t len;
    char *text = read_whole_file(side->session.arena, name, &len, &error);

    if (!text) {
        complain("drc: %s: %s\n", name, error);
        return EXIT_IO;
    }
    side->document = plan_read(side->session.arena, text, len, &wrong);
    if (!side->document) {
        complain("drc: %s is no plan: %s%s%s\n", name, wrong.at, wrong.at[0] ? ": " : "", wrong.message);
        return EXIT_INVALID;
    }
    side->written = compare_is_written(side->document);
    tell_unfinished(side->session.arena, name);
    return EXIT_FINE;
}

/* A file or folder of the work tree as the revision has it, though it had none: what is there today is no part of it. What lies elsewhere is as it
 * is; so is what git keeps out of. */
static const char *as_revised(const struct side *side, struct arena *arena, const char *path)
{
    bool bare = side->revision && !git_revision_worktree(side->revision);
    const char *inside = bare ? path : side->revision ? git_path_inside(arena, git_revision_worktree(side->revision), path) : NULL;
    const char *name = inside ? arena_printf(arena, "%s%s", side->prefix, inside) : NULL;

    if (name && !file_exists(name) && !is_folder(name) && (bare || git_ignores(side->revision, inside)))
        return path;
    return name ? name : path;
}

static void revise_paths(struct side *side, struct arena *arena, const struct options *options)
{
    side->options.param_files.items = NULL;
    side->options.param_files.len = side->options.param_files.cap = 0;
    side->options.includes.items = NULL;
    side->options.includes.len = side->options.includes.cap = 0;
    for (uint32_t i = 0; i < options->param_files.len; i++) {
        const char *file = options->param_files.items[i], *revised = as_revised(side, arena, file);

        if (revised == file || file_exists(revised))
            vec_push(arena, &side->options.param_files, revised);
        else
            complain("note: there is no %s: parameters are as they are without it\n", revised);
    }
    for (uint32_t i = 0; i < options->includes.len; i++)
        vec_push(arena, &side->options.includes, as_revised(side, arena, options->includes.items[i]));
}

/* A plan whose objectives are refuted is one; of a specification that nothing can be proved of it is told what is wrong. */
static int open_side(struct side *side, struct arena *arena, const struct options *options)
{
    const char *name = side->name;

    side->options = *options;
    revise_paths(side, arena, options);
    side->options.format = DIAG_TEXT;
    side->options.arguments.items = &side->name;
    side->options.arguments.len = 1;
    session_init(&side->session, &side->options);
    if (is_plan(name))
        return read_side(side, name);
    name_origins_from_specification(&side->session);
    session_analyse(&side->session, TREES_ALL);
    if (side->session.plan && !plan_is_untimed(side->session.plan)) {
        side->document = session_document(&side->session);
        side->written = session_can_ask_targets(&side->session);
        return EXIT_FINE;
    }
    session_report(&side->session);
    complain("drc: nothing is proved of %s: mend it first, then compare\n", name);
    return EXIT_INVALID;
}

/* What is wrong with a side beyond what the comparison tells, and what could not be compared because of that. */
static void print_notes(const struct side *sides, const struct options *options, const struct compare_report *report)
{
    for (int s = 0; s < 2; s++) {
        uint32_t errors = sides[s].session.sink.errors;

        if (errors)
            complain("note: %s has %" PRIu32 " error%s; `drc check` tells %s\n", options->arguments.items[s], errors, errors == 1 ? "" : "s",
                     errors == 1 ? "it" : "them");
    }
    if (report->unwritten)
        complain("note: nothing would be written of a plan with errors: jobs, exports and resources were not compared\n");
}

/* ---- rules */

/* `-WRULE` and `-Werror=RULE`: a breach counts; `-Wno-error=RULE`: it is told; `-Wno-RULE`: it is told, and is no weakness that anybody looks at.
 * The other names are of rules of the specification. */
static void read_rules(struct arena *arena, const struct options *options, struct options *rest, int levels[CHANGE_RULE_COUNT])
{
    static const struct {
        const char *prefix;
        enum change_level level;
    } forms[] = {{"no-error=", CHANGE_WARNING}, {"error=", CHANGE_ERROR}, {"no-", CHANGE_OFF}, {"", CHANGE_ERROR}};

    for (int rule = 0; rule < CHANGE_RULE_COUNT; rule++)
        levels[rule] = -1;
    rest->levels.items = NULL;
    rest->levels.len = rest->levels.cap = 0;
    for (uint32_t i = 0; i < options->levels.len; i++) {
        const char *level = options->levels.items[i];
        enum change_rule rule = CHANGE_NO_RULE;

        for (size_t f = 0; f < sizeof forms / sizeof *forms && rule == CHANGE_NO_RULE; f++) {
            size_t len = strlen(forms[f].prefix);

            if (strncmp(level, forms[f].prefix, len) != 0)
                continue;
            rule = change_rule_named(level + len);
            if (rule != CHANGE_NO_RULE)
                levels[rule] = forms[f].level;
        }
        if (rule == CHANGE_NO_RULE)
            vec_push(arena, &rest->levels, level);
    }
}

/* ---- comparing */

static const char *base_of(void *context, bool after, const char *kind)
{
    const struct diff_sides *sides = context;
    const struct model *model = &sides->sessions[after]->model;
    const struct kind_info *info = map_get(&model->kinds, intern_str(model->names, kind));

    return info && info->base ? info->base->entity->name : NULL;
}

void diff_compare(struct diff_sides *sides, const struct options *options, const int *levels, struct compare_report *report)
{
    struct arena *arena = sides->sessions[1]->arena;
    bool sources = sides->sessions[0]->plan && sides->sessions[1]->plan, causes = !options->causes || strcmp(options->causes, "none") != 0;
    struct compare_asked asked = {.written = sides->written, .as_of = options->as_of, .levels = levels};
    struct written_edits edits = {.given = {0}};

    if (sources) {
        find_written(arena, sides->sessions, &edits);
        asked.given = edits.given.items;
        asked.given_count = edits.given.len;
        asked.base_of = base_of;
        asked.context = sides;
    }
    compare_plans(arena, sides->document[0], sides->document[1], &asked, report);
    if (!sources)
        return;
    written_places(arena, sides->sessions, report, &edits);
    if (causes)
        separate_causes(arena, sides, report, &edits, options->causes && strcmp(options->causes, "all") == 0);
}

/* ---- the command */

static void print_for_servers(const struct side *after, enum diag_format format, const struct compare_report *report)
{
    struct arena *arena = after->session.arena;
    const char *name = after->name, *slash;

    if (after->revision)
        name += strlen(after->prefix); /* as the revision calls it */
    if (is_folder(after->name))
        name = arena_printf(arena, "%s%s", name, name[0] ? "/" : "");
    slash = strrchr(name, '/');
    diff_for_servers(arena, format, report, slash ? arena_strndup(arena, name, (size_t)(slash - name) + 1) : "");
}

int command_diff(const struct options *options)
{
    struct side sides[2] = {{.document = NULL}};
    struct compare_report report;
    int levels[CHANGE_RULE_COUNT];
    struct options rest = *options;
    struct arena *arena;
    int status = EXIT_FINE;

    if (options->arguments.len != 2) {
        complain("drc: `drc diff` needs two plans, the old one and the new one\n"
                 "help: each is a specification, a folder with a main.dr, a plan.json, or one of these in git: main:examples/shop\n");
        return EXIT_USAGE;
    }
    arena = arena_new();
    read_rules(arena, options, &rest, levels);
    for (int s = 0; s < 2; s++) {
        int opened;

        sides[s].name = options->arguments.items[s];
        if (find_revision(&sides[s], arena, options->arguments.items[s], options->arguments.items[!s]))
            mount_revision(sides[s].prefix, sides[s].revision);
        opened = open_side(&sides[s], arena, &rest);
        status = status ? status : opened;
    }
    if (!status) {
        struct diff_sides both = {.sessions = {&sides[0].session, &sides[1].session},
                                  .document = {sides[0].document, sides[1].document},
                                  .written = sides[0].written && sides[1].written};

        diff_compare(&both, options, levels, &report);
        if (options->format == DIAG_MARKDOWN)
            diff_markdown(sides[1].session.arena, sides[1].document, &report);
        else if (options->format == DIAG_JSON)
            diff_json(sides[0].document, sides[1].document, &report);
        else if (options->format == DIAG_TEXT)
            diff_text(&report);
        else
            print_for_servers(&sides[1], options->format, &report);
        print_notes(sides, options, &report);
        status = report.refused                                                                  ? EXIT_WEAKER
                 : report.change_count || report.edit_count || report.untold || report.unwritten ? EXIT_DIFFERS
                                                                                                 : EXIT_FINE;
    }
    for (int s = 0; s < 2; s++) {
        session_release(&sides[s].session);
        if (sides[s].revision)
            mount_revision(sides[s].prefix, NULL);
        git_revision_close(sides[s].revision);
    }
    arena_delete(arena);
    return status;
}
