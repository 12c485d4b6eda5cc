/* Random small recoveries against an oracle that knows only the graph they were written from: the schedule must be feasible
 * (needs first, never more hands than there are), with unlimited hands exactly the longest path, and with limited hands neither
 * shorter than the best of all orders nor than a lower bound. */
#include "analysis/analysis.h"
#include "analysis/clock/simulate.h"
#include "sema/sema.h"
#include "test.h"

enum { ASSETS_MAX = 6, ROUNDS = 300, START = 13 /* minutes: detection and declaration */ };

struct graph {
    int count, operators, parallel; /* 0: no limit, that is enough for all */
    int takes[ASSETS_MAX];          /* minutes */
    bool manual[ASSETS_MAX];
    bool needs[ASSETS_MAX][ASSETS_MAX]; /* only of lower numbers */
};

static uint32_t seed = 20261121;

static int roll(int sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (int)((seed >> 8) % (uint32_t)sides);
}

static struct graph random_graph(void)
{
    struct graph g = {.count = 1 + roll(ASSETS_MAX), .operators = roll(4), .parallel = roll(4)};

    for (int i = 0; i < g.count; i++) {
        g.takes[i] = 1 + roll(29);
        g.manual[i] = roll(2);
        for (int j = 0; j < i; j++)
            g.needs[i][j] = roll(3) == 0;
    }
    return g;
}

/* ---------------------------------------------------------------- the oracle */

static int longest_path(const struct graph *g)
{
    int finish[ASSETS_MAX], longest = 0;

    for (int i = 0; i < g->count; i++) {
        finish[i] = START;
        for (int j = 0; j < i; j++) {
            if (g->needs[i][j] && finish[j] > finish[i])
                finish[i] = finish[j];
        }
        finish[i] += g->takes[i];
        longest = finish[i] > longest ? finish[i] : longest;
    }
    return longest;
}

static int hands_at(const struct graph *g, const int *start, bool manual, int minute)
{
    int busy = 0;

    for (int i = 0; i < g->count; i++)
        busy += start[i] >= 0 && g->manual[i] == manual && start[i] <= minute && minute < start[i] + g->takes[i];
    return busy;
}

/* Earliest start that fits, minute by minute. Tried for every order, this contains a best schedule. */
static int place(const struct graph *g, const int *start, int at)
{
    int from = START, limit = g->manual[at] ? g->operators : g->parallel;

    for (int j = 0; j < at; j++) {
        if (g->needs[at][j] && start[j] + g->takes[j] > from)
            from = start[j] + g->takes[j];
    }
    for (;; from++) {
        bool fits = true;

        for (int minute = from; limit && fits && minute < from + g->takes[at]; minute++)
            fits = hands_at(g, start, g->manual[at], minute) < limit;
        if (fits)
            return from;
    }
}

static int best_of_orders(const struct graph *g, int *start, int placed, int so_far)
{
    int best = 1000000;

    if (placed == g->count)
        return so_far;
    for (int i = 0; i < g->count; i++) {
        bool ready = start[i] < 0;
        int finish, end;

        for (int j = 0; j < i; j++)
            ready &= !g->needs[i][j] || start[j] >= 0;
        if (!ready)
            continue;
        start[i] = place(g, start, i);
        finish = start[i] + g->takes[i];
        end = best_of_orders(g, start, placed + 1, finish > so_far ? finish : so_far);
        best = end < best ? end : best;
        start[i] = -1;
    }
    return best;
}

/* ---------------------------------------------------------------- the compiler */

static struct parse_context parser;

static const struct expr *parse_default(void *context, const char *text)
{
    return parse_expression(&parser, sources_add(context, "default", text, strlen(text)));
}

static void write_specification(const struct graph *g, struct strbuf *out)
{
    strbuf_addstr(out, "kind place { of = site  level = region }\n"
                       "kind by-hand { of = asset  attribute time { type = range(duration) }\n"
                       "  method m { covers = [region]  step s { manual = \"do it\"  takes = self.time } } }\n"
                       "kind by-machine { of = asset  attribute time { type = range(duration) }\n"
                       "  method m { covers = [region]  step s { run = [\"do\"]  takes = self.time } } }\n"
                       "site east : place { role = primary }\nsite west : place { role = recovery }\n"
                       "tier only { level = 1 }\nclass L1 { title = \"All\" }\n"
                       "scenario gone { class = L1  loses = [east]  detect = 3m  declare = 10m }\nplan p { title = \"P\"  owner = o");
    if (g->operators)
        strbuf_addf(out, "  operators = %d", g->operators);
    if (g->parallel)
        strbuf_addf(out, "  parallel = %d", g->parallel);
    /* The hands are those of the members; enough of them for all. */
    strbuf_addstr(out, " }\nteam o { title = \"O\"  members = [o0");
    for (int i = 1; i < ASSETS_MAX; i++)
        strbuf_addf(out, ", o%d", i);
    strbuf_addstr(out, "] }\n");
    for (int i = 0; i < ASSETS_MAX; i++)
        strbuf_addf(out, "person o%d { name = \"O\"  phone = \"1\"  email = \"o@example.com\" }\n", i);
    for (int i = 0; i < g->count; i++) {
        const char *comma = "";

        strbuf_addf(out, "asset a%d : %s { site = east  tier = only  rto = 30d  time = %dm..%dm..%ds  needs = [", i,
                    g->manual[i] ? "by-hand" : "by-machine", g->takes[i] / 3, g->takes[i] / 2,
                    g->takes[i] * 60 - 1); /* and the second of the script's own work: whole minutes */
        for (int j = 0; j < i; j++) {
            if (g->needs[i][j]) {
                strbuf_addf(out, "%sa%d", comma, j);
                comma = ", ";
            }
        }
        strbuf_addstr(out, "] }\n");
    }
}

static int minutes(int64_t ms)
{
    return ms % 60000 ? -1 : (int)(ms / 60000);
}

static bool is_feasible(const struct graph *g, const struct scenario_result *result, int *start)
{
    for (int i = 0; i < g->count; i++) {
        const struct asset_state *state = &result->states[i];

        if (state->step_count != 1 || !state->finish.known)
            return false;
        start[i] = minutes(state->steps[0]->start.worst);
        if (start[i] < START || minutes(state->finish.worst) != start[i] + g->takes[i])
            return false;
        for (int j = 0; j < i; j++) {
            const struct step *needed = result->states[j].steps[0];

            if (g->needs[i][j] &&
                (start[i] < start[j] + g->takes[j] || needed->ordinal >= state->steps[0]->ordinal || needed->wave >= state->steps[0]->wave))
                return false;
        }
    }
    for (int minute = 0; minute < 400; minute++) {
        if ((g->operators && hands_at(g, start, true, minute) > g->operators) || (g->parallel && hands_at(g, start, false, minute) > g->parallel))
            return false;
    }
    return true;
}

/* The critical path: its first step starts when the decision is made, and every one where the one before ended. */
static bool adds_up(const struct scenario_result *result)
{
    int64_t at = START * 60000;

    for (uint32_t i = 0; i < result->critical_count; i++) {
        if (result->critical[i]->start.worst != at)
            return false;
        at += result->critical[i]->takes.worst + 1000; /* the script's own work */
    }
    return at == result->finish.worst;
}

/* Every draw lies between the best and the worst sum, percentiles rise, and the same seed draws the same. */
static bool draws_within(const struct plan *plan, struct arena *arena)
{
    const struct scenario_result *result = &plan->scenarios[0];
    struct simulation first, again;

    simulate(plan, result, 40, 11, arena, &first);
    simulate(plan, result, 40, 11, arena, &again);
    for (uint32_t i = 0; i < result->order_count; i++) {
        const struct asset_state *state = &result->states[result->order[i]->index];
        const struct simulated *row = &first.assets[i];

        if (!row->known || row->least < state->finish.best || row->most > state->finish.worst || row->proven != state->finish.worst)
            return false;
        if (row->least > row->p50 || row->p50 > row->p95 || row->p95 > row->p99 || row->p99 > row->most || row->met != first.runs)
            return false;
        if (memcmp(row, &again.assets[i], sizeof *row) != 0)
            return false;
    }
    return first.all.known && first.all.most <= result->finish.worst && first.all.least >= result->finish.best;
}

int main(void)
{
    int above_best = 0, not_tight = 0, outside = 0;
    int infeasible = 0, not_longest = 0, too_short = 0, wrong_sum = 0, worse = 0, refused = 0;

    for (int round = 0; round < ROUNDS; round++) {
        struct graph g = random_graph();
        struct arena *arena = arena_new();
        struct sources sources;
        struct diag_sink sink;
        struct model model;
        struct evaluator evaluator;
        struct strbuf text = STRBUF_INIT;
        struct file_tree *trees[1];
        struct sema_input input = {.files = trees, .file_count = 1};
        struct analysis_options options = {.version = "test"};
        int start[ASSETS_MAX], none[ASSETS_MAX] = {-1, -1, -1, -1, -1, -1}, finish;
        struct plan *plan;

        write_specification(&g, &text);
        sources_init(&sources, arena);
        diag_sink_init(&sink, arena, &sources);
        parser = (struct parse_context){.arena = arena, .names = intern_new(arena), .sink = &sink};
        model_init(&model, arena, parser.names, &sources, parse_default, &sources);
        evaluator_init(&evaluator, &model, &sink);
        trees[0] = parse_file(&parser, sources_add(&sources, "spec.dr", strbuf_str(&text), text.len));
        sema_run(&model, &evaluator, &parser, &input);
        plan = analyse(&model, &evaluator, &options);
        finish = plan->scenario_count == 1 ? minutes(plan->scenarios[0].finish.worst) : -1;
        if (sink.errors || plan->scenario_count != 1) {
            refused++;
        } else {
            int best = best_of_orders(&g, none, 0, START);

            infeasible += !is_feasible(&g, &plan->scenarios[0], start);
            not_longest += !g.operators && !g.parallel && finish != longest_path(&g);
            too_short += finish < best || finish < longest_path(&g);
            worse += finish > 2 * best;
            wrong_sum += !adds_up(&plan->scenarios[0]);
            above_best += plan->scenarios[0].bound > (int64_t)best * 60000;
            not_tight += !g.operators && !g.parallel && plan->scenarios[0].bound != plan->scenarios[0].finish.worst;
            outside += !draws_within(plan, arena);
        }
        strbuf_release(&text);
        plan_forget(plan);
        arena_delete(arena);
    }
    TEST("schedules of random recoveries");
    CHECK_INT(refused, 0);
    CHECK_INT(infeasible, 0);
    CHECK_INT(not_longest, 0);
    CHECK_INT(too_short, 0);
    CHECK_INT(worse, 0);
    CHECK_INT(wrong_sum, 0);
    TEST("lower bounds of random recoveries");
    CHECK_INT(above_best, 0);
    CHECK_INT(not_tight, 0);
    TEST("draws of random recoveries");
    CHECK_INT(outside, 0);
    return test_finish();
}
