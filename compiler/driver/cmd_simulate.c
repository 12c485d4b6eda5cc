/* `drc simulate`: recoveries drawn from the ranges, as a table of at most 120 columns or as JSON. */
#include "driver/driver.h"

#include "analysis/clock/simulate.h"
#include "emit/json.h"

#include <stdio.h>
#include <string.h>

enum { RUNS_DEFAULT = 10000, RUNS_MAX = 10000000, SEED_DEFAULT = 1, NAME_MIN = 12, NUMBERS = 88 }; /* what stands beside a name */

/* ---------------------------------------------------------------- options */

static bool read_number(const char *text, uint64_t *number)
{
    uint64_t value = 0;

    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || __builtin_mul_overflow(value, UINT64_C(10), &value) ||
            __builtin_add_overflow(value, (uint64_t)(*text - '0'), &value))
            return false;
    }
    *number = value;
    return true;
}

static bool read_options(const struct options *options, uint32_t *runs, uint64_t *seed)
{
    uint64_t number = RUNS_DEFAULT;

    *seed = SEED_DEFAULT;
    if (options->runs && (!read_number(options->runs, &number) || number < 1 || number > RUNS_MAX)) {
        complain("drc: --runs is a number from 1 to %d, not `%s`\n", RUNS_MAX, options->runs);
        return false;
    }
    if (options->seed && !read_number(options->seed, seed)) {
        complain("drc: --seed is a number from 0 to %llu, not `%s`\n", (unsigned long long)UINT64_MAX, options->seed);
        return false;
    }
    *runs = (uint32_t)number;
    return true;
}

/* ---------------------------------------------------------------- the table */

/* Whole seconds, rounded up. */
static void time_cell(struct strbuf *line, bool known, int64_t ms, size_t width)
{
    size_t from = line->len;

    if (known && ms >= 0)
        print_duration(line, (ms + 999) / 1000 * 1000);
    else
        strbuf_addstr(line, known ? "-" : "unknown");
    strbuf_addfill(line, ' ', (line->len - from < width ? width - (line->len - from) : 0) + 1);
}

static void share(struct strbuf *line, uint32_t met, uint32_t runs)
{
    strbuf_addf(line, "%u/%u ", met, runs);
    /* Rounded down: what failed once in a million runs is not 100 %. */
    print_percent(line, (int64_t)((uint64_t)met * 1000000 / runs) * (NANO / 1000000));
}

static void print_line(const char *name, size_t width, const struct simulated *row, uint32_t runs, bool judged)
{
    struct strbuf line = STRBUF_INIT;
    const int64_t times[] = {row->least, row->p50, row->p95, row->p99, row->most, row->proven};

    strbuf_addstr(&line, "  ");
    add_cell(&line, name, width);
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++)
        time_cell(&line, row->known, times[i], 9);
    time_cell(&line, true, row->objective, 7);
    if (judged && row->objective >= 0)
        share(&line, row->met, runs);
    else
        strbuf_addstr(&line, "-");
    end_line(&line);
    strbuf_release(&line);
}

static size_t longer(size_t width, const char *name)
{
    size_t len = text_columns(name), screen = screen_width(), left = screen > NUMBERS + NAME_MIN ? screen - NUMBERS : NAME_MIN;

    len = len > left ? left : len;
    return len > width ? len : width;
}

static void print_scenario(const struct scenario_result *result, const struct simulation *simulation)
{
    static const char *const headings[] = {"least", "P50", "P95", "P99", "most", "proven"};
    struct strbuf line = STRBUF_INIT;
    size_t width = longer(0, "all of it");

    say("scenario %s%s%s%s\n", result->scenario->name, result->class_ ? " (class " : "", result->class_ ? result->class_->name : "",
        result->class_ ? ")" : "");
    if (!result->order_count) {
        say_line("  nothing is affected\n");
        return;
    }
    for (uint32_t i = 0; i < result->order_count; i++)
        width = longer(width, result->order[i]->name);
    for (uint32_t i = 0; i < result->endpoint_count; i++)
        width = longer(width, result->endpoints[i].endpoint->name);
    strbuf_addstr(&line, "  ");
    add_cell(&line, "", width);
    for (size_t i = 0; i < sizeof headings / sizeof headings[0]; i++)
        strbuf_addf(&line, "%-9s ", headings[i]);
    strbuf_addf(&line, "%-7s met", "RTO");
    end_line(&line);
    strbuf_release(&line);
    for (uint32_t i = 0; i < result->order_count; i++)
        print_line(result->order[i]->name, width, &simulation->assets[i], simulation->runs,
                   result->states[result->order[i]->index].rto_verdict != VERDICT_UNKNOWN);
    for (uint32_t i = 0; i < result->endpoint_count; i++) {
        if (result->endpoints[i].affected)
            print_line(result->endpoints[i].endpoint->name, width, &simulation->endpoints[i], simulation->runs,
                       result->endpoints[i].verdict != VERDICT_UNKNOWN);
    }
    print_line("all of it", width, &simulation->all, simulation->runs, true);
    strbuf_addstr(&line, "  every objective: ");
    if (simulation->judged)
        share(&line, simulation->met, simulation->runs);
    else
        strbuf_addstr(&line, "unknown");
    end_line(&line);
    say_byte('\n');
    strbuf_release(&line);
}

/* ---------------------------------------------------------------- JSON */

static void key_ms(struct jsonw *j, const char *key, bool known, int64_t ms)
{
    jsonw_key(j, key);
    if (known && ms >= 0)
        jsonw_int(j, ms);
    else
        jsonw_null(j);
}

static void print_fields(struct jsonw *j, const struct simulated *row, bool judged)
{
    key_ms(j, "least", row->known, row->least);
    key_ms(j, "p50", row->known, row->p50);
    key_ms(j, "p95", row->known, row->p95);
    key_ms(j, "p99", row->known, row->p99);
    key_ms(j, "most", row->known, row->most);
    key_ms(j, "proven", row->known, row->proven);
    key_ms(j, "objective", true, row->objective);
    key_ms(j, "met", judged && row->objective >= 0, row->met);
}

static void json_scenario(struct jsonw *j, const struct scenario_result *result, const struct simulation *simulation)
{
    jsonw_object_begin(j);
    jsonw_key_string(j, "name", result->scenario->name);
    jsonw_key_array(j, "assets");
    for (uint32_t i = 0; i < result->order_count; i++) {
        jsonw_object_begin(j);
        jsonw_key_string(j, "asset", result->order[i]->name);
        print_fields(j, &simulation->assets[i], result->states[result->order[i]->index].rto_verdict != VERDICT_UNKNOWN);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
    jsonw_key_array(j, "endpoints");
    for (uint32_t i = 0; i < result->endpoint_count; i++) {
        if (!result->endpoints[i].affected)
            continue;
        jsonw_object_begin(j);
        jsonw_key_string(j, "endpoint", result->endpoints[i].endpoint->name);
        print_fields(j, &simulation->endpoints[i], result->endpoints[i].verdict != VERDICT_UNKNOWN);
        jsonw_object_end(j);
    }
    jsonw_array_end(j);
    jsonw_key_object(j, "all");
    print_fields(j, &simulation->all, true);
    jsonw_object_end(j);
    key_ms(j, "every_objective_met", simulation->judged, simulation->met);
    jsonw_object_end(j);
}

static void json_head(struct jsonw *j, const struct plan *plan, uint32_t runs, uint64_t seed)
{
    jsonw_object_begin(j);
    jsonw_key_string(j, "schema", "drc.simulation/1");
    jsonw_key_string(j, "plan", plan->name);
    jsonw_key_int(j, "runs", runs);
    jsonw_key(j, "seed");
    jsonw_uint(j, seed);
    jsonw_key_string(j, "distribution", "triangular from best over typical to worst");
    jsonw_key_string(j, "percentiles", "nearest rank");
    jsonw_key_array(j, "scenarios");
}

/* ---------------------------------------------------------------- */

static bool fits(const struct scenario_result *result, uint32_t runs)
{
    int64_t most = SIMULATION_LIMIT / simulation_size(result);

    if ((int64_t)runs <= most)
        return true;
    complain("drc: %u runs of `%s` with %u affected assets are too many to keep\nhelp: `--runs %lld` is possible\n", runs, result->scenario->name,
             result->order_count, (long long)most);
    return false;
}

static int run_all(struct session *session, const struct options *options, bool json, uint32_t runs, uint64_t seed)
{
    struct strbuf text = STRBUF_INIT;
    struct jsonw j;
    bool found = false;

    jsonw_init(&j, &text);
    if (json)
        json_head(&j, session->plan, runs, seed);
    else
        say("%u recoveries drawn with seed %llu; times from the interruption, percentiles by nearest rank\n\n", runs, (unsigned long long)seed);
    for (uint32_t i = 0; i < session->plan->scenario_count; i++) {
        const struct scenario_result *result = &session->plan->scenarios[i];
        struct arena *arena;
        struct simulation simulation;

        if (options->scenario && strcmp(options->scenario, result->scenario->name) != 0)
            continue;
        found = true;
        if (!fits(result, runs)) {
            strbuf_release(&text);
            return EXIT_USAGE;
        }
        arena = arena_new();
        simulate(session->plan, result, runs, seed, arena, &simulation);
        if (json)
            json_scenario(&j, result, &simulation);
        else
            print_scenario(result, &simulation);
        arena_delete(arena);
    }
    if (json) {
        jsonw_array_end(&j);
        jsonw_object_end(&j);
        jsonw_finish(&j);
        fwrite(strbuf_str(&text), 1, text.len, stdout);
    }
    strbuf_release(&text);
    if (options->scenario && !found) {
        complain("drc: there is no scenario `%s`\nhelp: `drc list scenarios SPEC` prints them\n", options->scenario);
        return EXIT_USAGE;
    }
    return EXIT_FINE;
}

int command_simulate(const struct options *options)
{
    bool json = options->format == DIAG_JSON;
    struct options quiet = *options;
    struct session session;
    uint32_t runs;
    uint64_t seed;
    int status, ran;

    if (!read_options(options, &runs, &seed))
        return EXIT_USAGE;
    if (json)
        quiet.format = DIAG_TEXT; /* the distribution is the result; messages go to standard error */
    session_init(&session, &quiet);
    session_analyse(&session, TREES_NONE);
    status = session_report(&session);
    if (session.plan) {
        ran = run_all(&session, options, json, runs, seed);
        status = ran == EXIT_FINE ? status : ran;
    }
    session_release(&session);
    return status;
}
