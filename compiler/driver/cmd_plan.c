/* `drc plan`: the proof as a table of at most 120 columns, or as JSON. */
#include "driver/driver.h"

#include "backends/registry.h"
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

static void time_text(struct strbuf *out, bool known, int64_t ms)
{
    if (!known || ms == TIME_UNKNOWN)
        strbuf_addstr(out, "unknown");
    else if (ms == RPO_NOT_APPLICABLE)
        strbuf_addstr(out, "n/a");
    else
        print_duration(out, (ms + 999) / 1000 * 1000); /* whole seconds, rounded up */
}

/* A cell of a fixed width; what does not fit ends in `…`. */
static void cell(struct strbuf *line, const char *text, int width)
{
    int used = 0;

    while (*text) {
        size_t len = 1;

        while (((unsigned char)text[len] & 0xC0) == 0x80)
            len++;
        if (used == width - 1 && text[len]) {
            strbuf_addstr(line, "…");
            used++;
            break;
        }
        strbuf_add(line, text, len);
        text += len;
        used++;
    }
    strbuf_addfill(line, ' ', (size_t)(used < width ? width - used : 0) + 1);
}

static void time_cell(struct strbuf *line, bool known, int64_t ms, int width)
{
    struct strbuf text = STRBUF_INIT;

    time_text(&text, known, ms);
    cell(line, strbuf_str(&text), width);
    strbuf_release(&text);
}

static const char *verdict_word(enum verdict verdict)
{
    static const char *const words[] = {"ok", "REFUTED", "UNKNOWN", "-"};

    return words[verdict];
}

static void end_line(struct strbuf *line)
{
    while (line->len && line->data[line->len - 1] == ' ')
        line->data[--line->len] = '\0';
    puts(strbuf_str(line));
    strbuf_clear(line);
}

static void asset_line(struct strbuf *line, const struct asset_state *state)
{
    const char *method = state->chosen ? state->chosen->label : state->fate == FATE_IMPAIRED ? "(impaired)" : "none";

    strbuf_addstr(line, "  ");
    cell(line, state->asset->name, 17);
    cell(line, method, 29);
    cell(line, state->serving ? state->serving->entity->name : "-", 10);
    time_cell(line, state->start.known, state->start.worst, 8);
    time_cell(line, state->finish.known, state->finish.worst, 8);
    time_cell(line, true, state->rto.ms, 7);
    cell(line, verdict_word(state->rto_verdict), 8);
    time_cell(line, true, state->loss_ms, 8);
    time_cell(line, true, state->rpo.ms, 7);
    cell(line, verdict_word(state->rpo_verdict), 7);
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
        if (state->loss_ms < 0) {
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
        if (line->len > 116) {
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

static void print_scenario(const struct plan *plan, const struct scenario_result *result)
{
    struct strbuf line = STRBUF_INIT;
    uint32_t unaffected = plan->asset_count - result->order_count;

    strbuf_addf(&line, "scenario %s", result->scenario->name);
    if (result->class_)
        strbuf_addf(&line, " (class %s)", result->class_->name);
    strbuf_addstr(&line, ": detected after ");
    time_text(&line, result->detect.known, result->detect.worst);
    strbuf_addstr(&line, ", declared after another ");
    time_text(&line, result->declare.known, result->declare.worst);
    end_line(&line);
    if (result->order_count == 0) {
        puts("  nothing is affected");
    } else {
        cell(&line, "  asset", 19);
        cell(&line, "method", 29);
        cell(&line, "serves at", 10);
        cell(&line, "start", 8);
        cell(&line, "finish", 8);
        cell(&line, "RTO", 7);
        cell(&line, "verdict", 8);
        cell(&line, "loss", 8);
        cell(&line, "RPO", 7);
        cell(&line, "verdict", 7);
        end_line(&line);
    }
    for (uint32_t i = 0; i < result->order_count; i++)
        asset_line(&line, &result->states[result->order[i]->index]);
    print_groups(&line, result);
    print_endpoints(&line, result);
    print_critical(&line, result);
    printf("  %u steps in %u waves; %u assets unaffected\n\n", result->step_count, result->wave_count, unaffected);
    strbuf_release(&line);
}

static int print_json(struct session *session)
{
    struct strbuf text = STRBUF_INIT;

    plan_json(session->plan, &text);
    fwrite(strbuf_str(&text), 1, text.len, stdout);
    strbuf_release(&text);
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
    session_analyse(&session, json);
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
        if (options->scenario && !found) {
            fprintf(stderr, "drc: there is no scenario `%s`\nhelp: `drc list scenarios SPEC` prints them\n", options->scenario);
            status = EXIT_USAGE;
        } else if (!found) {
            puts("no scenario is declared: nothing was proved");
        }
    }
    session_release(&session);
    return status;
}
