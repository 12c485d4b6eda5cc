/* `drc diff OLD NEW`: two plans compared by meaning, as text, JSON or Markdown for a pull request. Each side is a specification, a folder with a
 * main.dr, or a plan.json. */
#include "driver/driver.h"

#include "driver/diff.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- the two sides */

struct side {
    struct session session;
    struct options options;
    const struct plan_document *document;
    bool written; /* it says what would be written */
};

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
    return EXIT_FINE;
}

/* A plan whose objectives are refuted is one; of a specification that nothing can be proved of it is told what is wrong. */
static int open_side(struct side *side, const struct options *options, const char *name)
{
    side->options = *options;
    side->options.format = DIAG_TEXT;
    side->options.arguments.items = &name;
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
        complain("note: nothing would be written of a plan with errors: jobs, drills, exports and resources were not compared\n");
}

/* ---- the command */

int command_diff(const struct options *options)
{
    struct side sides[2] = {{.document = NULL}};
    struct compare_report report;
    int status = EXIT_FINE;

    bool known = options->format == DIAG_TEXT || options->format == DIAG_JSON || options->format == DIAG_MARKDOWN;

    if (options->arguments.len != 2 || !known) {
        complain(options->arguments.len == 2 ? "drc: `drc diff` prints text, json or markdown\n"
                                             : "drc: `drc diff` needs two plans, the old one and the new one\n"
                                               "help: each is a specification, a folder with a main.dr, or a plan.json\n");
        return EXIT_USAGE;
    }
    for (int s = 0; s < 2; s++) {
        int opened = open_side(&sides[s], options, options->arguments.items[s]);

        status = status ? status : opened;
    }
    if (!status) {
        compare_plans(sides[1].session.arena, sides[0].document, sides[1].document, sides[0].written && sides[1].written, &report);
        if (options->format == DIAG_MARKDOWN)
            diff_markdown(sides[1].session.arena, sides[1].document, &report);
        else if (options->format == DIAG_JSON)
            diff_json(sides[0].document, sides[1].document, &report);
        else
            diff_text(&report);
        print_notes(sides, options, &report);
        status = report.weaker ? EXIT_WEAKER : report.change_count || report.edit_count ? EXIT_DIFFERS : EXIT_FINE;
    }
    for (int s = 0; s < 2; s++)
        session_release(&sides[s].session);
    return status;
}
