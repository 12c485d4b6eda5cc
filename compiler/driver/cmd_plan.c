/* `drc plan`: the proof as a table, or as JSON. */
#include "driver/driver.h"

#include "backends/registry.h"

#include <stdio.h>
#include <string.h>

static void time_text(struct strbuf *out, bool known, int64_t ms)
{
    if (!known || ms == TIME_UNKNOWN)
        strbuf_addstr(out, "unknown");
    else if (ms == RPO_NOT_APPLICABLE)
        strbuf_addstr(out, "n/a");
    else if (ms == RPO_ALL)
        strbuf_addstr(out, "all");
    else
        print_duration(out, (ms + 999) / 1000 * 1000); /* whole seconds, rounded up */
}

static const char *verdict_word(enum verdict verdict)
{
    static const char *const words[] = {"ok", "REFUTED", "UNKNOWN", "-"};

    return words[verdict];
}

/* ---------------------------------------------------------------- the table */

enum { COLUMNS = 13, INDENT = 2, PATH_LINE = 120 };

static const char *const headings[COLUMNS] = {"asset", "method", "at",      "start", "best", "typical", "worst",
                                              "RTO",   "slack",  "verdict", "loss",  "RPO",  "verdict"};

struct table {
    const char *(*rows)[COLUMNS];
    uint32_t count;
    size_t width[COLUMNS];
};

/* Every column as wide as what is in it; on a terminal names give way first when the line gets longer, then columns that no
 * verdict is read from. */
static void find_widths(struct table *table)
{
    static const size_t least[3] = {8, 8, 5};
    static const int gives_way[3] = {1, 0, 2}, left_out[4] = {4, 5, 3, 8};
    size_t total = INDENT + COLUMNS - 1, screen = screen_width();

    for (int c = 0; c < COLUMNS; c++) {
        table->width[c] = text_columns(headings[c]);
        for (uint32_t r = 0; r < table->count; r++) {
            size_t wide = text_columns(table->rows[r][c]);

            table->width[c] = wide > table->width[c] ? wide : table->width[c];
        }
        total += table->width[c];
    }
    for (int g = 0; g < 3; g++) {
        size_t *width = &table->width[gives_way[g]];

        while (total > screen && *width > least[g]) {
            --*width;
            total--;
        }
    }
    for (int g = 0; g < 4 && total > screen; g++) {
        total -= table->width[left_out[g]] + 1;
        table->width[left_out[g]] = 0;
    }
}

static void print_row(struct strbuf *line, const struct table *table, const char *const *row)
{
    strbuf_addfill(line, ' ', INDENT);
    for (int c = 0; c < COLUMNS; c++)
        if (table->width[c])
            add_cell(line, row[c], table->width[c]);
    end_line(line);
}

static const char *time_word(struct arena *arena, bool known, int64_t ms)
{
    struct strbuf text = STRBUF_INIT;
    const char *word;

    time_text(&text, known, ms);
    word = strbuf_dup(&text, arena);
    strbuf_release(&text);
    return word;
}

/* How much later it could be back; behind a minus, by how much it is too late. */
static const char *slack_word(struct arena *arena, const struct asset_state *state)
{
    struct strbuf text = STRBUF_INIT;
    const char *word;
    int64_t slack;

    if (!state->finish.known || state->rto.ms < 0)
        return "-";
    slack = state->rto.ms - (state->finish.worst + 999) / 1000 * 1000;
    strbuf_addstr(&text, slack < 0 ? "-" : "");
    print_duration(&text, slack < 0 ? -slack : slack);
    word = strbuf_dup(&text, arena);
    strbuf_release(&text);
    return word;
}

static const char *plural(uint32_t count)
{
    return count == 1 ? "" : "s";
}

/* `use_standby(west)` serves at `west`: the column beside it says so already. */
static const char *method_word(struct arena *arena, const struct asset_state *state)
{
    const char *label = state->chosen ? state->chosen->label : state->fate == FATE_IMPAIRED ? "(impaired)" : "none";
    const char *end = state->chosen && state->serving ? strchr(label, '(') : NULL;
    size_t len = end ? strlen(state->serving->entity->name) : 0;

    if (end && strncmp(end + 1, state->serving->entity->name, len) == 0 && strcmp(end + 1 + len, ")") == 0)
        return arena_strndup(arena, label, (size_t)(end - label));
    return label;
}

/* What an asset without data derives from the data it needs: in brackets, nothing is judged by it. */
static const char *derived_word(struct arena *arena, int64_t ms)
{
    return ms == RPO_NOT_APPLICABLE ? "n/a" : arena_printf(arena, "(%s)", time_word(arena, true, ms));
}

static void fill_row(struct arena *arena, const struct asset_state *state, const char **row)
{
    row[0] = state->asset->name;
    row[1] = method_word(arena, state);
    row[2] = state->serving ? state->serving->entity->name : "-";
    row[3] = time_word(arena, state->start.known, state->start.worst);
    row[4] = time_word(arena, state->finish.known, state->finish.best);
    row[5] = time_word(arena, state->finish.known, state->finish.typical);
    row[6] = time_word(arena, state->finish.known, state->finish.worst);
    row[7] = time_word(arena, true, state->rto.ms);
    row[8] = slack_word(arena, state);
    row[9] = verdict_word(state->rto_verdict);
    row[10] = state->derived ? derived_word(arena, state->derived->loss_ms) : time_word(arena, true, state->loss_ms);
    row[11] = state->derived ? derived_word(arena, state->derived->rpo_ms) : time_word(arena, true, state->rpo.ms);
    row[12] = verdict_word(state->rpo_verdict);
}

static void print_assets(struct strbuf *line, const struct scenario_result *result)
{
    struct arena *scratch = arena_new();
    struct table table = {.count = result->order_count};

    table.rows = arena_alloc(scratch, result->order_count * sizeof *table.rows);
    for (uint32_t i = 0; i < result->order_count; i++)
        fill_row(scratch, &result->states[result->order[i]->index], table.rows[i]);
    find_widths(&table);
    print_row(line, &table, headings);
    for (uint32_t i = 0; i < result->order_count; i++)
        print_row(line, &table, table.rows[i]);
    arena_delete(scratch);
}

/* ---------------------------------------------------------------- below it */

/* What is not proved but may be hoped for. */
static void luckier(struct strbuf *line, struct span_of_time time)
{
    if (!time.known || time.best == time.worst)
        return;
    strbuf_addstr(line, " (typically ");
    time_text(line, true, time.typical);
    strbuf_addstr(line, ", at best ");
    time_text(line, true, time.best);
    strbuf_addstr(line, ")");
}

static void print_full_speed(struct strbuf *line, const struct scenario_result *result)
{
    for (uint32_t i = 0; i < result->order_count; i++) {
        const struct asset_state *state = &result->states[result->order[i]->index];

        if (!state->full_speed || (state->full_speed->known && state->full_speed->worst <= state->finish.worst))
            continue;
        strbuf_addf(line, "  %s serves after ", state->asset->name);
        time_text(line, state->finish.known, state->finish.worst);
        strbuf_addstr(line, ", at full speed after ");
        time_text(line, state->full_speed->known, state->full_speed->worst);
        end_line(line);
    }
}

/* The first lost asset that no method brings back, and how many more there are. */
static const struct asset *without_way_back(const struct scenario_result *result, uint32_t *more)
{
    const struct asset *first = NULL;

    *more = 0;
    for (uint32_t i = 0; i < result->order_count; i++) {
        const struct asset_state *state = &result->states[result->order[i]->index];

        if (state->fate != FATE_LOST || state->chosen)
            continue;
        if (first)
            ++*more;
        else
            first = state->asset;
    }
    return first;
}

static void print_finish(struct strbuf *line, const struct scenario_result *result)
{
    uint32_t more;
    const struct asset *stuck = result->finish.known ? NULL : without_way_back(result, &more);

    if (stuck) { /* then a bound on the end bounds nothing */
        strbuf_addf(line, "  all is back never: `%s` ", stuck->name);
        if (more)
            strbuf_addf(line, "and %u more have no way back", more);
        else
            strbuf_addstr(line, "has no way back");
        end_line(line);
        return;
    }
    strbuf_addstr(line, "  all is back after ");
    if (result->finish.known) {
        time_text(line, true, result->finish.worst);
        luckier(line, result->finish);
    } else {
        strbuf_addstr(line, "a time nobody knows");
    }
    if (result->bound > 0 && (!result->finish.known || result->bound < result->finish.worst)) {
        strbuf_addstr(line, "; no order of the steps can beat ");
        /* A bound is rounded down: the other way it might say more than was proved. */
        time_text(line, true, result->bound / 1000 * 1000);
    } else if (result->finish.known) {
        strbuf_addstr(line, "; no order of the steps can beat that");
    }
    end_line(line);
}

static void print_endpoints(struct strbuf *line, const struct scenario_result *result)
{
    for (uint32_t i = 0; i < result->endpoint_count; i++) {
        const struct endpoint_state *state = &result->endpoints[i];

        if (!state->affected)
            continue;
        strbuf_addf(line, "  %s -> %s after ", state->endpoint->name, state->to ? state->to->name : "nowhere");
        time_text(line, state->finish.known, state->finish.worst);
        luckier(line, state->finish);
        strbuf_addstr(line, ", RTO ");
        time_text(line, true, state->rto.ms);
        strbuf_addf(line, ": %s", verdict_word(state->verdict));
        end_line(line);
    }
}

/* What members of a consistency group come back to. */
static void print_groups(struct strbuf *line, const struct scenario_result *result)
{
    for (uint32_t i = 0; i < result->group_count; i++) {
        const struct group_state *state = &result->groups[i];

        strbuf_addf(line, "  group %s: ", state->group->name);
        if (state->loss_ms == RPO_ALL) {
            strbuf_addstr(line, "what a member holds does not come back");
        } else if (state->loss_ms < 0) {
            strbuf_addstr(line, "whether its members come back to one point is unknown");
        } else if (state->common) {
            strbuf_addf(line, "common point%s up to ", state->shared ? ", one run for all," : "");
            time_text(line, true, state->point_ms);
            strbuf_addstr(line, " back");
            if (state->skew_ms > 0) {
                strbuf_addstr(line, ", captured within ");
                time_text(line, true, state->skew_ms);
            }
        } else {
            strbuf_addstr(line, "no common point, up to ");
            time_text(line, true, state->skew_ms);
            strbuf_addstr(line, " apart");
        }
        if (state->max_skew >= 0) {
            strbuf_addstr(line, " (allowed ");
            time_text(line, true, state->max_skew);
            strbuf_addstr(line, ")");
        }
        strbuf_addf(line, "%s: %s", state->reconciles ? ", reconciled" : "", verdict_word(state->verdict));
        end_line(line);
        if (state->intact_ms) {
            strbuf_addstr(line, "    its intact members are newer by up to ");
            time_text(line, true, state->intact_ms);
            end_line(line);
        }
    }
}

static void print_critical(struct strbuf *line, const struct scenario_result *result)
{
    size_t screen = screen_width(), width = (screen < PATH_LINE ? screen : PATH_LINE) - 4; /* a comma, and what rounding adds */

    if (!result->critical_count)
        return;
    strbuf_addstr(line, "  critical path: ");
    time_text(line, result->critical[0]->start.known, result->critical[0]->start.worst);
    strbuf_addstr(line, " until it starts");
    for (uint32_t i = 0; i < result->critical_count; i++) {
        const struct step *step = result->critical[i];
        size_t before = line->len;

        if (step->takes.known && step->takes.worst == 0)
            continue;
        strbuf_addf(line, ", %s ", step->id);
        time_text(line, step->takes.known, step->takes.worst);
        if (line->len > width) {
            struct strbuf rest = STRBUF_INIT;

            strbuf_addstr(&rest, line->data + before + 2);
            line->len = before + 1;
            line->data[line->len] = '\0';
            end_line(line);
            strbuf_addf(line, "    %s", strbuf_str(&rest));
            strbuf_release(&rest);
        }
    }
    end_line(line);
}

/* What does not hold and was accepted: it stays in sight, with who accepted it and until when. */
static void print_accepted(const struct plan *plan, const struct entity *scenario)
{
    struct strbuf line = STRBUF_INIT;

    for (uint32_t i = 0; i < plan->finding_count; i++) {
        const struct finding *finding = &plan->findings[i];
        struct value until, by;

        if (!finding->accepted || finding->scenario != scenario)
            continue;
        until = entity_slot(finding->accepted, ACCEPT_until);
        by = entity_slot(finding->accepted, ACCEPT_by);
        strbuf_addf(&line, "%saccepted [%s]: %s", scenario ? "  " : "", finding->rule ? finding->rule : diag_info(finding->code)->name,
                    finding->message);
        end_line(&line);
        strbuf_addf(&line, "%s  by waiver `%s`", scenario ? "  " : "", finding->accepted->name);
        if (by.type == VALUE_ENTITY)
            strbuf_addf(&line, " of %s", entity_title(plan->model, by.u.entity));
        if (until.type == VALUE_DATE) {
            strbuf_addstr(&line, " until ");
            print_date(&line, until.u.integer);
        }
        strbuf_addf(&line, ": %s", entity_string(plan->model, finding->accepted, "why", ""));
        end_line(&line);
    }
    strbuf_release(&line);
}

static void print_rules_off(const struct plan *plan)
{
    struct strbuf line = STRBUF_INIT;

    if (plan->rules_off_count)
        strbuf_addstr(&line, "not judged, because switched off:");
    for (uint32_t i = 0; i < plan->rules_off_count; i++)
        strbuf_addf(&line, "%s %s", i ? "," : "", plan->rules_off[i]);
    if (plan->rules_off_count)
        end_line(&line);
    strbuf_release(&line);
}

/* ", declared after another 15m", or after a time that nobody stated. */
static void say_after(struct strbuf *line, const char *what, const char *another, const struct span_of_time *time)
{
    strbuf_addf(line, "%s after ", what);
    if (!time->known) {
        strbuf_addstr(line, "an unknown time");
        return;
    }
    strbuf_addstr(line, another);
    time_text(line, true, time->worst);
}

static void print_scenario(const struct plan *plan, const struct scenario_result *result)
{
    struct strbuf line = STRBUF_INIT;
    uint32_t unaffected = plan->asset_count - result->order_count;

    strbuf_addf(&line, "scenario %s", result->scenario->name);
    if (result->class_)
        strbuf_addf(&line, " (class %s)", result->class_->name);
    say_after(&line, ": detected", "", &result->detect);
    say_after(&line, ", declared", "another ", &result->declare);
    if (!result->approve.known || result->approve.worst)
        say_after(&line, ", approved", "another ", &result->approve);
    end_line(&line);
    if (result->detected_by) {
        strbuf_addf(&line, "  detected by the %s", result->detected_by);
        end_line(&line);
    }
    if (result->order_count == 0) {
        say_line("  nothing is affected");
    } else {
        print_assets(&line, result);
        print_groups(&line, result);
        print_full_speed(&line, result);
    }
    print_endpoints(&line, result);
    if (result->order_count)
        print_finish(&line, result);
    print_critical(&line, result);
    print_accepted(plan, result->scenario);
    say("  %u step%s in %u wave%s; %u asset%s unaffected\n\n", result->step_count, plural(result->step_count), result->wave_count,
        plural(result->wave_count), unaffected, plural(unaffected));
    strbuf_release(&line);
}

/* Availability of names over all scenarios. */
static void print_slos(const struct plan *plan)
{
    struct strbuf line = STRBUF_INIT;

    for (uint32_t i = 0; i < plan->slo_count; i++) {
        const struct slo_state *state = &plan->slos[i];

        strbuf_addf(&line, "availability of %s: ", state->endpoint->name);
        if (!state->known)
            strbuf_addstr(&line, "at most ");
        print_percent(&line, state->parts);
        strbuf_addstr(&line, ", SLO ");
        print_percent(&line, state->target);
        strbuf_addf(&line, ": %s", verdict_word(state->verdict));
        end_line(&line);
        if (!state->outlasts)
            continue;
        strbuf_addstr(&line, "  that leaves ");
        time_text(&line, true, state->budget_ms);
        strbuf_addstr(&line, " in ");
        time_text(&line, true, state->over_ms);
        strbuf_addf(&line, ": less than one event of %s can take", state->outlasts->name);
        end_line(&line);
    }
    strbuf_release(&line);
}

/* What the records say of each drill: a plan that was never rehearsed as it stands is no capability. Nothing without --records. */
static void print_drills(const struct plan *plan)
{
    enum { STATE_WIDTH = 18 };
    struct strbuf line = STRBUF_INIT;
    size_t widest = 0;

    for (uint32_t i = 0; i < plan->evidence_count; i++) {
        size_t width = text_columns(plan->evidence[i].drill->name);

        widest = width > widest ? width : widest;
    }
    for (uint32_t i = 0; i < plan->evidence_count; i++) {
        const struct drill_evidence *evidence = &plan->evidence[i];
        bool verified;

        if (!evidence->state)
            continue;
        verified = strcmp(evidence->state, "verified") == 0;
        strbuf_addstr(&line, "drill ");
        add_cell(&line, evidence->drill->name, widest);
        add_cell(&line, verified ? "verified" : "NEEDS VERIFICATION", STATE_WIDTH);
        if (!verified)
            strbuf_addf(&line, "%s%s", evidence->state, evidence->file ? ", " : "");
        if (evidence->file) {
            strbuf_addstr(&line, "held ");
            print_date(&line, evidence->day);
            strbuf_addstr(&line, ": ");
            strbuf_addstr(&line, evidence->file);
        }
        end_line(&line);
    }
    strbuf_release(&line);
}

static void to_stdout(struct byte_sink *sink, const void *bytes, size_t len)
{
    (void)sink;
    fwrite(bytes, 1, len, stdout);
}

static int print_json(struct session *session)
{
    struct byte_sink sink = {to_stdout};

    if (!plan_print(session_document(session), &sink))
        complain("drc: a text of the plan is not UTF-8: it is not printed as it is written\n");
    return EXIT_FINE;
}

int command_plan(const struct options *options)
{
    bool json = options->format == DIAG_JSON || (options->emit && strcmp(options->emit, "plan") == 0);
    struct options quiet = *options;
    struct session session;
    int status;
    bool found = false;

    if (json)
        quiet.format = DIAG_TEXT; /* the plan is the result; messages go to standard error */
    session_init(&session, &quiet);
    if (json)
        name_origins_from_specification(&session);
    session_analyse(&session, json ? TREES_ALL : TREES_NONE);
    status = session_report(&session);
    if (session.plan && json) {
        print_json(&session);
    } else if (session.plan) {
        for (uint32_t i = 0; i < session.plan->scenario_count; i++) {
            const struct scenario_result *result = &session.plan->scenarios[i];

            if (options->scenario && strcmp(options->scenario, result->scenario->name) != 0)
                continue;
            found = true;
            print_scenario(session.plan, result);
        }
        if (!options->scenario)
            print_slos(session.plan);
        if (!options->scenario)
            print_drills(session.plan);
        if (plan_is_untimed(session.plan)) {
            say_line("what is needed goes in a circle: nothing was proved");
        } else if (options->scenario && !found) {
            complain("drc: there is no scenario `%s`\nhelp: `drc list scenarios SPEC` prints them\n", options->scenario);
            status = EXIT_USAGE;
        } else if (!found) {
            say_line("no scenario is declared: nothing was proved");
        }
        if (!options->scenario)
            print_accepted(session.plan, NULL);
        print_rules_off(session.plan);
        print_summary(&session);
    }
    session_release(&session);
    return status;
}
