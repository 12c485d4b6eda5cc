/* `drc list figures`: what kinds say about time, who says it, and when that was read. */
#include "driver/driver.h"

#include "analysis/output/document.h"
#include "emit/json.h"

#include <stdio.h>
#include <string.h>

/* Its oldest reading; what was read nowhere (an assumption), or by nobody knows when, is older than everything. */
static bool is_stale(const struct figure *figure, int64_t day)
{
    for (uint32_t i = 0; i < figure->source_count; i++) {
        if (!figure->sources[i].was_read || figure->sources[i].read < day)
            return true;
    }
    return figure->source_count == 0;
}

static const char *grades(struct session *session, const struct figure *figure)
{
    if (!figure->source_count)
        return "-";
    return figure->grade == figure->bound ? arena_printf(session->arena, "%c", figure->grade)
                                          : arena_printf(session->arena, "%c..%c", figure->grade, figure->bound);
}

static const char *value_words(struct session *session, const struct figure *figure)
{
    struct strbuf text = STRBUF_INIT;
    const char *words;

    if (!figure->time.known)
        return figure->written;
    print_duration(&text, figure->time.best);
    strbuf_addstr(&text, "..");
    print_duration(&text, figure->time.typical);
    strbuf_addstr(&text, "..");
    print_duration(&text, figure->time.worst);
    words = strbuf_dup(&text, session->arena);
    strbuf_release(&text);
    return words;
}

static void print_line(struct session *session, const struct figure *figure, const struct figure_source *source, int width)
{
    struct strbuf date = STRBUF_INIT, line = STRBUF_INIT;

    if (source && source->was_read)
        print_date(&date, source->read);
    strbuf_addf(&line, "%-*s  %-5s %-8s %-11s %s  %s", width, figure->id, grades(session, figure),
                !source || source->grade == 'P' ? "-"
                : source->bounds                ? "bound"
                                                : "no bound",
                date.len ? strbuf_str(&date) : "never", source ? source->url : "no source", value_words(session, figure));
    print_clipped(strbuf_str(&line));
    strbuf_release(&line);
    strbuf_release(&date);
}

static void print_table(struct session *session, const struct figure *const *figures, uint32_t count)
{
    int width = 6;

    for (uint32_t i = 0; i < count; i++)
        width = (int)strlen(figures[i]->id) > width ? (int)strlen(figures[i]->id) : width;
    if (count)
        say("%-*s  %-5s %-8s %-11s %s  %s\n", width, "figure", "grade", "gives", "read", "source", "best..typical..worst");
    for (uint32_t i = 0; i < count; i++) {
        print_line(session, figures[i], figures[i]->source_count ? &figures[i]->sources[0] : NULL, width);
        for (uint32_t s = 1; s < figures[i]->source_count; s++)
            print_line(session, figures[i], &figures[i]->sources[s], width);
    }
}

static void figures_json(struct session *session, const struct figure *const *figures, uint32_t count, struct strbuf *out)
{
    struct jsonw j;

    jsonw_init(&j, out);
    jsonw_array_begin(&j);
    for (uint32_t i = 0; i < count; i++)
        plan_write_struct(&j, "figure", make_figure(&session->sources, figures[i], session->arena));
    jsonw_array_end(&j);
    jsonw_finish(&j);
}

static void print_figures(struct session *session, bool all, int64_t day)
{
    uint32_t count, kept = 0;
    struct figure **figures = all_figures(&session->eval, &count);
    struct strbuf text = STRBUF_INIT;

    for (uint32_t i = 0; i < count; i++) {
        if (all || is_stale(figures[i], day))
            figures[kept++] = figures[i];
    }
    if (session->options->format == DIAG_JSON) {
        figures_json(session, (const struct figure *const *)figures, kept, &text);
        say_text(strbuf_str(&text));
    } else {
        print_table(session, (const struct figure *const *)figures, kept);
    }
    strbuf_release(&text);
}

int list_figures(const struct options *options)
{
    struct options inner = *options;
    struct session session;
    int64_t day = 0;
    int status = EXIT_FINE;

    if (options->stale && !read_date(options->stale, strlen(options->stale), &day)) {
        complain("drc: --stale %s is not a date\nhelp: write YYYY-MM-DD\n", options->stale);
        return EXIT_USAGE;
    }
    inner.arguments.items = options->arguments.items + 1;
    inner.arguments.len = options->arguments.len - 1;
    session_init(&session, &inner);
    if (!(inner.arguments.len ? session_load(&session) : load_library(&session)))
        status = session_report(&session);
    else
        print_figures(&session, !options->stale, day);
    session_release(&session);
    return status;
}
