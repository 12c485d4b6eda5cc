/* Pictures without another program: the dependency graph in layers, and the recovery as a Gantt chart. */
#include "driver/driver.h"

#include <stdio.h>
#include <string.h>

enum { BOX_WIDTH = 150, BOX_HEIGHT = 32, GAP_X = 70, GAP_Y = 18, MARGIN = 20, ROW = 24, LABEL = 260, CHART = 700 };

static void text(const char *words)
{
    for (; *words; words++) {
        if (*words == '<')
            fputs("&lt;", stdout);
        else if (*words == '>')
            fputs("&gt;", stdout);
        else if (*words == '&')
            fputs("&amp;", stdout);
        else if (*words == '"')
            fputs("&quot;", stdout);
        else if ((unsigned char)*words >= 0x20 || *words == '\t')
            say_byte(*words);
    }
}

static void open_svg(uint32_t width, uint32_t height)
{
    say("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%u\" height=\"%u\" viewBox=\"0 0 %u %u\" font-family=\"sans-serif\" font-size=\"12\">\n"
        "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n",
        width, height, width, height);
}

/* Column: the longest chain of needs below. Assets in a circle stay in the column they had when the bound was reached. */
static void find_columns(const struct plan *plan, uint32_t *column)
{
    bool changed = true;

    for (uint32_t round = 0; changed && round < plan->asset_count; round++) {
        changed = false;
        for (uint32_t i = 0; i < plan->asset_count; i++) {
            for (uint32_t n = 0; n < plan->assets[i].needs.count; n++) {
                uint32_t want = column[plan->assets[i].needs.items[n].index] + 1;

                if (want > column[i]) {
                    column[i] = want;
                    changed = true;
                }
            }
        }
    }
}

void svg_dependencies(const struct plan *plan)
{
    uint32_t *column = ARENA_ARRAY(plan->arena, uint32_t, plan->asset_count);
    uint32_t *row = ARENA_ARRAY(plan->arena, uint32_t, plan->asset_count);
    uint32_t *used = ARENA_ARRAY(plan->arena, uint32_t, plan->asset_count + 1);
    uint32_t columns = 1, rows = 1;

    find_columns(plan, column);
    for (uint32_t i = 0; i < plan->asset_count; i++) {
        row[i] = used[column[i]]++;
        columns = column[i] + 1 > columns ? column[i] + 1 : columns;
        rows = row[i] + 1 > rows ? row[i] + 1 : rows;
    }
    open_svg(2 * MARGIN + columns * BOX_WIDTH + (columns - 1) * GAP_X, 2 * MARGIN + rows * (BOX_HEIGHT + GAP_Y));
    say_line("<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\">"
             "<path d=\"M0,0 L8,4 L0,8 z\" fill=\"#555\"/></marker></defs>");
    for (uint32_t i = 0; i < plan->asset_count; i++) {
        const struct edges *kinds[2] = {&plan->assets[i].needs, &plan->assets[i].uses};

        for (int k = 0; k < 2; k++) {
            for (uint32_t n = 0; n < kinds[k]->count; n++) {
                uint32_t to = kinds[k]->items[n].index;
                uint32_t x1 = MARGIN + column[i] * (BOX_WIDTH + GAP_X), y1 = MARGIN + row[i] * (BOX_HEIGHT + GAP_Y) + BOX_HEIGHT / 2;
                uint32_t x2 = MARGIN + column[to] * (BOX_WIDTH + GAP_X) + BOX_WIDTH, y2 = MARGIN + row[to] * (BOX_HEIGHT + GAP_Y) + BOX_HEIGHT / 2;

                say("<path d=\"M%u,%u C%u,%u %u,%u %u,%u\" fill=\"none\" stroke=\"#555\"%s marker-end=\"url(#tip)\"/>\n", x1, y1,
                    x1 - (x1 > GAP_X / 2 ? GAP_X / 2 : 0), y1, x2 + GAP_X / 2, y2, x2, y2, k ? " stroke-dasharray=\"4 3\"" : "");
            }
        }
    }
    for (uint32_t i = 0; i < plan->asset_count; i++) {
        uint32_t x = MARGIN + column[i] * (BOX_WIDTH + GAP_X), y = MARGIN + row[i] * (BOX_HEIGHT + GAP_Y);

        say("<rect x=\"%u\" y=\"%u\" width=\"%d\" height=\"%d\" rx=\"4\" fill=\"%s\" stroke=\"#333\"/>\n<text x=\"%u\" y=\"%u\" "
            "text-anchor=\"middle\">",
            x, y, BOX_WIDTH, BOX_HEIGHT, plan->assets[i].stateful ? "#dbe9f6" : "#f4f4f4", x + BOX_WIDTH / 2, y + BOX_HEIGHT / 2 + 4);
        text(plan->assets[i].name);
        say_line("</text>");
    }
    say_line("</svg>");
}

/* A length that gives between 4 and 12 marks on the axis. */
static int64_t mark_every(int64_t total)
{
    static const int64_t steps[] = {1000, 5000, 15000, 60000, 300000, 600000, 900000, 1800000, 3600000, 7200000, 14400000, 43200000, 86400000};

    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (total / steps[i] <= 12)
            return steps[i];
    }
    return total / 10 + 1;
}

static uint32_t place(int64_t ms, int64_t total)
{
    return LABEL + (uint32_t)(ms * CHART / total);
}

/* "database.promote: 18m to 38m; typically 17m, at best 11m10s" */
static void bar_title(const char *name, struct span_of_time start, struct span_of_time finish)
{
    struct strbuf times = STRBUF_INIT;

    print_duration(&times, start.worst);
    strbuf_addstr(&times, " to ");
    print_duration(&times, finish.worst);
    if (finish.best != finish.worst) {
        strbuf_addstr(&times, "; over typically after ");
        print_duration(&times, finish.typical);
        strbuf_addstr(&times, ", at best after ");
        print_duration(&times, finish.best);
    }
    say("<title>");
    text(name);
    say(": %s</title>", strbuf_str(&times));
    strbuf_release(&times);
}

/* The worst case is a bar, the best case a thin one below it, the typical end a mark on that. */
static void bar(uint32_t row, const char *name, struct span_of_time start, struct span_of_time finish, int64_t total, const char *color)
{
    uint32_t y = MARGIN + 40 + row * ROW, x = place(start.worst, total), end = place(finish.worst, total);

    say("<g>");
    bar_title(name, start, finish);
    say("\n<text x=\"%d\" y=\"%u\">", MARGIN, y + 14);
    text(name);
    say("</text>\n<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"%d\" fill=\"%s\"/>\n", x, y, end > x ? end - x : 1, ROW - 12, color);
    if (finish.best != finish.worst) {
        uint32_t from = place(start.best, total), to = place(finish.best, total), typical = place(finish.typical, total);

        say("<rect x=\"%u\" y=\"%u\" width=\"%u\" height=\"4\" fill=\"#2e8b57\"/>\n", from, y + ROW - 11, to > from ? to - from : 1);
        say("<rect x=\"%u\" y=\"%u\" width=\"2\" height=\"6\" fill=\"#e69f00\"/>\n", typical, y + ROW - 12);
    }
    say_line("</g>");
}

/* What no order of the steps can beat, and what was found, from top to bottom. */
static void upright(int64_t at, int64_t total, uint32_t rows, const char *color, const char *what)
{
    struct strbuf label = STRBUF_INIT;

    print_duration(&label, at);
    say("<line x1=\"%u\" y1=\"%d\" x2=\"%u\" y2=\"%u\" stroke=\"%s\" stroke-dasharray=\"5 3\"><title>%s: %s</title></line>\n", place(at, total),
        MARGIN + 32, place(at, total), MARGIN + 40 + rows * ROW, color, what, strbuf_str(&label));
    strbuf_release(&label);
}

static void legend(const struct scenario_result *result, uint32_t y)
{
    struct strbuf words = STRBUF_INIT;

    say("<g fill=\"#555\" font-size=\"11\"><rect x=\"%d\" y=\"%u\" width=\"14\" height=\"8\" fill=\"#4a7fb5\"/><text x=\"%d\" y=\"%u\">worst "
        "case</text>"
        "<rect x=\"%d\" y=\"%u\" width=\"14\" height=\"8\" fill=\"#c0392b\"/><text x=\"%d\" y=\"%u\">critical</text>"
        "<rect x=\"%d\" y=\"%u\" width=\"14\" height=\"4\" fill=\"#2e8b57\"/><text x=\"%d\" y=\"%u\">best case</text>"
        "<rect x=\"%d\" y=\"%u\" width=\"2\" height=\"8\" fill=\"#e69f00\"/><text x=\"%d\" y=\"%u\">typical end</text>",
        MARGIN, y, MARGIN + 20, y + 8, MARGIN + 100, y, MARGIN + 120, y + 8, MARGIN + 190, y + 2, MARGIN + 210, y + 8, MARGIN + 290, y, MARGIN + 300,
        y + 8);
    if (result->finish.known) {
        strbuf_addstr(&words, "all is back after ");
        print_duration(&words, result->finish.worst);
        if (result->finish.best != result->finish.worst) {
            strbuf_addstr(&words, ", typically ");
            print_duration(&words, result->finish.typical);
            strbuf_addstr(&words, ", at best ");
            print_duration(&words, result->finish.best);
        }
        strbuf_addstr(&words, "; no order of the steps can beat ");
        print_duration(&words, result->bound);
        say("<text x=\"%d\" y=\"%u\">%s</text>", MARGIN + 390, y + 8, strbuf_str(&words));
    }
    say_line("</g>");
    strbuf_release(&words);
}

void svg_timeline(const struct plan *plan, const struct scenario_result *result)
{
    int64_t total = 1;
    uint32_t rows = result->approve.known && result->approve.worst > 0 ? 3 : 2, row = 2;

    for (uint32_t i = 0; i < result->step_count; i++) {
        if (result->steps[i]->finish.known && result->steps[i]->finish.worst > total)
            total = result->steps[i]->finish.worst;
        rows += result->steps[i]->finish.known;
    }
    open_svg(LABEL + CHART + 2 * MARGIN, 2 * MARGIN + 70 + rows * ROW);
    say("<text x=\"%d\" y=\"%d\" font-size=\"14\" font-weight=\"bold\">", MARGIN, MARGIN + 4);
    text(result->scenario->name);
    say_line(": worst case, from the interruption</text>");
    for (int64_t at = 0; at <= total; at += mark_every(total)) {
        struct strbuf label = STRBUF_INIT;

        print_duration(&label, at);
        say("<line x1=\"%u\" y1=\"%d\" x2=\"%u\" y2=\"%u\" stroke=\"#ddd\"/><text x=\"%u\" y=\"%d\" fill=\"#555\">%s</text>\n", place(at, total),
            MARGIN + 32, place(at, total), MARGIN + 40 + rows * ROW, place(at, total), MARGIN + 28, strbuf_str(&label));
        strbuf_release(&label);
    }
    if (result->detect.known && result->declare.known) {
        struct span_of_time declared = {true, result->detect.best + result->declare.best, result->detect.typical + result->declare.typical,
                                        result->detect.worst + result->declare.worst};

        if (result->detect.worst <= total)
            bar(0, "detect", (struct span_of_time){true, 0, 0, 0}, result->detect, total, "#bbbbbb");
        if (declared.worst <= total)
            bar(1, "declare", result->detect, declared, total, "#bbbbbb");
        if (result->approve.worst && result->begin.known && result->begin.worst <= total)
            bar(row++, "approve", declared, result->begin, total, "#bbbbbb");
    }
    for (uint32_t i = 0; i < result->step_count; i++) {
        const struct step *step = result->steps[i];

        if (step->finish.known)
            bar(row++, step->id, step->start, step->finish, total, step->critical ? "#c0392b" : "#4a7fb5");
    }
    if (result->bound > 0 && result->finish.known && result->bound < result->finish.worst)
        upright(result->bound, total, rows, "#2e8b57", "no order of the steps can beat");
    legend(result, MARGIN + 52 + rows * ROW);
    (void)plan;
    say_line("</svg>");
}
