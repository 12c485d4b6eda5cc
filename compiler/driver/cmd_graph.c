/* `drc graph`: what depends on what, or with --timeline how a recovery runs, as Mermaid or DOT (SVG: see svg.c). */
#include "driver/driver.h"

#include "emit/md.h"

#include <stdio.h>
#include <string.h>

/* Labels of Mermaid and DOT stand in double quotes; what would end them is written otherwise. */
static void quoted(const char *text, bool dot)
{
    say_byte('"');
    for (; *text; text++) {
        if (*text == '"')
            fputs(dot ? "\\\"" : "#quot;", stdout);
        else if (*text == '\\' && dot)
            say_text("\\\\");
        else if (*text == '\n')
            say_byte(' ');
        else
            say_byte(*text);
    }
    say_byte('"');
}

static void dependencies_mermaid(const struct plan *plan)
{
    say_line("flowchart LR");
    for (uint32_t i = 0; i < plan->asset_count; i++) {
        say("  a%u[", i);
        quoted(plan->assets[i].name, false);
        say_line("]");
    }
    for (uint32_t i = 0; i < plan->asset_count; i++) {
        const struct asset *asset = &plan->assets[i];

        for (uint32_t n = 0; n < asset->needs.count; n++)
            say("  a%u --> a%u\n", i, asset->needs.items[n].index);
        for (uint32_t n = 0; n < asset->uses.count; n++)
            say("  a%u -.-> a%u\n", i, asset->uses.items[n].index);
        for (uint32_t n = 0; n < asset->restores_with.count; n++)
            say("  a%u -- restores with --> a%u\n", i, asset->restores_with.items[n].index);
    }
}

static void dependencies_dot(const struct plan *plan)
{
    say_line("digraph plan {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];");
    for (uint32_t i = 0; i < plan->asset_count; i++) {
        say("  a%u [label=", i);
        quoted(plan->assets[i].name, true);
        say_line("];");
    }
    for (uint32_t i = 0; i < plan->asset_count; i++) {
        const struct asset *asset = &plan->assets[i];

        for (uint32_t n = 0; n < asset->needs.count; n++)
            say("  a%u -> a%u;\n", i, asset->needs.items[n].index);
        for (uint32_t n = 0; n < asset->uses.count; n++)
            say("  a%u -> a%u [style=dashed];\n", i, asset->uses.items[n].index);
        for (uint32_t n = 0; n < asset->restores_with.count; n++)
            say("  a%u -> a%u [style=dotted, label=\"restores with\"];\n", i, asset->restores_with.items[n].index);
    }
    say_line("}");
}

/* Mermaid's task syntax gives `:`, `,` and `;` a meaning of their own. */
static void task_name(const char *text)
{
    for (; *text; text++)
        say_byte(strchr(":,;#\n", *text) ? ' ' : *text);
}

/* A name with what it may take instead, where that is a range: "Promote (5m / 10m / 30m)". */
static void task(const char *title, bool critical, int64_t from, int64_t to, struct span_of_time takes)
{
    struct strbuf start = STRBUF_INIT, range = STRBUF_INIT;

    mermaid_gantt_time(&start, from);
    say("  ");
    task_name(title);
    if (takes.known && takes.best != takes.worst) {
        print_duration(&range, takes.best);
        strbuf_addstr(&range, " / ");
        print_duration(&range, takes.typical);
        strbuf_addstr(&range, " / ");
        print_duration(&range, takes.worst);
        say(" (%s)", strbuf_str(&range));
        strbuf_release(&range);
    }
    say(" :%s%s, %llds\n", critical ? "crit, " : " ", strbuf_str(&start), (long long)((to - from + 999) / 1000));
    strbuf_release(&start);
}

static void milestone(const char *title, int64_t at)
{
    struct strbuf start = STRBUF_INIT;

    mermaid_gantt_time(&start, at);
    say("  ");
    task_name(title);
    say(" :milestone, %s, 0s\n", strbuf_str(&start));
    strbuf_release(&start);
}

static void timeline_mermaid(const struct scenario_result *result)
{
    const void *section = NULL;

    say("gantt\n  title ");
    task_name(result->scenario->name);
    say_line(" (worst case, from the interruption)\n  dateFormat " MERMAID_GANTT_FORMAT "\n  axisFormat %H:%M:%S");
    if (result->detect.known && result->declare.known) {
        say_line("  section decision");
        task("detect", false, 0, result->detect.worst, result->detect);
        task("declare", false, result->detect.worst, result->detect.worst + result->declare.worst, result->declare);
        if (result->approve.worst)
            task("approve", false, result->detect.worst + result->declare.worst, result->begin.worst, result->approve);
    }
    for (uint32_t i = 0; i < result->step_count; i++) {
        const struct step *step = result->steps[i];
        const void *subject = step->asset ? (const void *)step->asset : (const void *)step->subject;

        if (!step->finish.known || step->takes.worst == 0)
            continue;
        if (subject != section) {
            say("  section ");
            task_name(step->asset ? step->asset->name : step->subject->name);
            say_byte('\n');
            section = subject;
        }
        task(step->title, step->critical, step->start.worst, step->finish.worst, step->takes);
    }
    if (result->finish.known && result->finish.worst > 0) {
        say_line("  section all of it");
        milestone("back at best", result->finish.best);
        milestone("back typically", result->finish.typical);
        milestone("back in the worst case", result->finish.worst);
        if (result->bound < result->finish.worst)
            milestone("no order of the steps can beat this", result->bound);
    }
}

static const struct scenario_result *choose(const struct options *options, const struct plan *plan)
{
    for (uint32_t i = 0; i < plan->scenario_count; i++) {
        if (!options->scenario || strcmp(plan->scenarios[i].scenario->name, options->scenario) == 0)
            return &plan->scenarios[i];
    }
    return NULL;
}

int command_graph(const struct options *options)
{
    const char *style = options->style ? options->style : "mermaid";
    const struct scenario_result *result;
    struct session session;
    int status = EXIT_FINE;

    if (strcmp(style, "mermaid") != 0 && strcmp(style, "dot") != 0 && strcmp(style, "svg") != 0) {
        complain("drc: --style is mermaid, dot or svg, not `%s`\n", style);
        return EXIT_USAGE;
    }
    session_init(&session, options);
    session_analyse(&session, TREES_NONE);
    if (!session.plan) {
        status = session_report(&session);
    } else if (options->timeline) {
        result = choose(options, session.plan);
        if (plan_is_untimed(session.plan)) {
            status = session_report(&session);
        } else if (!result) {
            complain("drc: there is no such scenario\nhelp: `drc list scenarios SPEC` prints them\n");
            status = EXIT_USAGE;
        } else if (strcmp(style, "svg") == 0) {
            svg_timeline(session.plan, result);
        } else if (strcmp(style, "dot") == 0) {
            complain("drc: a timeline is drawn as mermaid or svg\n");
            status = EXIT_USAGE;
        } else {
            timeline_mermaid(result);
        }
    } else if (strcmp(style, "svg") == 0) {
        svg_dependencies(session.plan);
    } else if (strcmp(style, "dot") == 0) {
        dependencies_dot(session.plan);
    } else {
        dependencies_mermaid(session.plan);
    }
    session_release(&session);
    return status;
}
