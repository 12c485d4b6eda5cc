/* `drc explain`: a diagnostic code, a block, a kind, a rule, a function of the language, or how a number was computed. */
#include "driver/driver.h"

#include "compare/compare.h"

#include <stdio.h>
#include <string.h>

static int explain_codes(void)
{
    for (int code = 0; code < DIAG_COUNT; code++) {
        const struct diag_info *info = diag_info((enum diag_code)code);

        say("%s  %-8s %-24s %s\n", info->code, severity_name(info->severity), info->name, info->title);
    }
    return EXIT_FINE;
}

static void explain_code(enum diag_code code)
{
    const struct diag_info *info = diag_info(code);

    say("%s %s: %s\n\n%s\n", info->code, info->name, info->title, info->explanation);
}

/* ---------------------------------------------------------------- tables */

static void print_rows(const struct session *session, const struct attr_row *rows, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct strbuf type = STRBUF_INIT, line = STRBUF_INIT;
        const char *asks = attr_asks_text(session->arena, &rows[i]);

        type_print(rows[i].type, &type);
        strbuf_addf(&line, "  %-22s %-28s %s%s", rows[i].name, strbuf_str(&type), rows[i].flags & ROW_REQUIRED ? "required. " : "",
                    rows[i].doc ? rows[i].doc : "");
        strbuf_addf(&line, "%s%s", asks[0] ? " " : "", asks);
        print_wrapped(strbuf_str(&line), 6);
        strbuf_release(&line);
        strbuf_release(&type);
    }
}

static void explain_block(const struct session *session, const struct block_schema *schema)
{
    say("%s%s%s { … }\n\n%s\n", schema->name,
        schema->label == LABEL_NAME       ? " NAME"
        : schema->label == LABEL_OPTIONAL ? " [NAME]"
                                          : "",
        schema->kind == KIND_REQUIRED   ? " : KIND"
        : schema->kind == KIND_OPTIONAL ? " [: KIND]"
                                        : "",
        schema->doc);
    if (schema->row_count) {
        say_line("\nattributes:");
        print_rows(session, schema->rows, schema->row_count);
    }
    if (schema->child_count) {
        say_line("\nblocks inside:");
        for (uint32_t i = 0; i < schema->child_count; i++)
            say("  %-22s %s\n", schema->children[i]->name, schema->children[i]->doc);
    }
}

static const struct block_schema *find_block(const struct session *session, const char *name)
{
    for (uint32_t pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < BLOCK_COUNT; i++) {
            const struct block_schema *schema = &session->model.schemas[i];

            if (strcmp(schema->name, name) == 0 && (pass == 1 || (schema->flags & SCHEMA_TOP)))
                return schema;
        }
    }
    return NULL;
}

static const char *source_of(const struct session *session, struct span span)
{
    const struct source_file *file = sources_file_at(&session->sources, span.start);

    return file ? arena_strndup(session->arena, file->text + (span.start - file->base), span.end - span.start) : "";
}

static void print_attr(const struct session *session, const struct entity *entity, const char *name)
{
    const struct attr *attr = entity_attr_named(&session->model, entity, name);

    if (attr)
        say("    %-10s %s\n", name, source_of(session, attr->value->span));
}

static bool gives_bound(const struct entity *source)
{
    struct value bounds = entity_slot(source, SOURCE_bounds);

    return bounds.type != VALUE_BOOL || bounds.u.integer;
}

static void print_sources(const struct session *session, const struct entity *entity, const char *indent)
{
    struct entity *child;

    for (uint32_t i = 0; (child = entity_child(entity, BLOCK_SOURCE, &i));)
        say("%ssource %s (grade %s%s): %s\n", indent, child->name, entity_string(&session->model, child, "grade", "?"),
            gives_bound(child) ? "" : ", no bound", entity_string(&session->model, child, "says", ""));
}

static void print_procedures(const struct kind_info *kind)
{
    if (kind->procedures.len)
        say_line("");
    for (uint32_t i = 0; i < kind->procedures.len; i++) {
        const struct entity *procedure = kind->procedures.items[i];

        say("procedure %s (%s)%s%s\n", procedure->name, way_executed(procedure) ? "executed" : "declared", procedure->doc ? ": " : "",
            procedure->doc ? procedure->doc : "");
    }
}

static void explain_kind(const struct session *session, const struct kind_info *kind)
{
    const char *title = entity_string(&session->model, kind->entity, "title", "");
    const char *origin = sources_origin(&session->sources, kind->entity->span);

    say("kind %s%s%s: %s (%s)\n", kind->entity->name, kind->base ? " : " : "", kind->base ? kind->base->entity->name : "", title, origin);
    if (kind->entity->doc)
        say("\n%s\n", kind->entity->doc);
    if (kind->row_count) {
        say("\nattributes, beside those of every %s:\n", kind->of->name);
        print_rows(session, kind->rows, kind->row_count);
    }
    print_attr(session, kind->entity, "retrieval");
    print_attr(session, kind->entity, "dependency_time");
    print_attr(session, kind->entity, "start_window");
    print_sources(session, kind->entity, "    ");
    for (uint32_t i = 0; i < kind->extension_count; i++) {
        if (!kind->extensions[i].row_count)
            continue;
        say("\nattributes of its `%s` blocks:\n", kind->extensions[i].schema->name);
        print_rows(session, kind->extensions[i].rows, kind->extensions[i].row_count);
    }
    for (uint32_t i = 0; i < kind->methods.len; i++) {
        const struct entity *method = kind->methods.items[i];
        struct entity *step;

        say("\nmethod %s (%s): %s\n", method->name, way_executed(method) ? "executed" : "declared", method->doc ? method->doc : "");
        print_attr(session, method, "when");
        print_attr(session, method, "covers");
        print_attr(session, method, "rto");
        print_attr(session, method, "rpo");
        print_attr(session, method, "automatic");
        print_sources(session, method, "    ");
        for (uint32_t s = 0; (step = entity_child(method, BLOCK_STEP, &s));) {
            say("  step %s\n", step->name);
            print_attr(session, step, "takes");
            print_sources(session, step, "    ");
        }
    }
    print_procedures(kind);
}

static const char *rule_text(struct session *session, const struct entity *rule, uint32_t row)
{
    struct value value = eval_deferred(&session->eval, rule, row, NULL);

    return value.type == VALUE_STRING || value.type == VALUE_WORD ? value_text(value, session->arena) : NULL;
}

static void explain_rule(struct session *session, const struct entity *rule)
{
    const char *title = rule_text(session, rule, RULE_title), *reason = rule_text(session, rule, RULE_reason);
    struct value basis = eval_deferred(&session->eval, rule, RULE_basis, NULL);
    struct entity *example;

    say("rule %s: %s (%s)\n", rule->name, title ? title : "", sources_origin(&session->sources, rule->span));
    if (reason || rule->doc)
        say("\n%s\n", reason ? reason : rule->doc);
    if (basis.type == VALUE_LIST && basis.u.list->count) {
        say("\nbasis:");
        for (uint32_t i = 0; i < basis.u.list->count; i++)
            say("%s %s", i ? ";" : "", value_text(basis.u.list->items[i], session->arena));
        say_byte('\n');
    }
    for (uint32_t i = 0; (example = entity_child(rule, BLOCK_EXAMPLE, &i));) {
        struct value spec = eval_deferred(&session->eval, example, EXAMPLE_spec, NULL);

        if (spec.type == VALUE_STRING)
            say("\n%s example:\n\n%s\n", example->name, spec.u.string);
    }
}

/* ---------------------------------------------------------------- numbers */

static void print_ms(int64_t ms, bool known)
{
    struct strbuf text = STRBUF_INIT;

    if (!known || ms == TIME_UNKNOWN)
        strbuf_addstr(&text, "unknown");
    else if (ms == RPO_NOT_APPLICABLE)
        strbuf_addstr(&text, "n/a");
    else if (ms == RPO_ALL)
        strbuf_addstr(&text, "all");
    else
        print_duration(&text, ms);
    say("%10s", strbuf_str(&text));
    strbuf_release(&text);
}

static void print_term(const struct session *session, const char *text, int64_t ms, bool known, struct span span)
{
    const char *origin = sources_origin(&session->sources, span);

    print_ms(ms, known);
    say("  %s%s%s%s\n", text, origin[0] ? "  (" : "", origin, origin[0] ? ")" : "");
}

/* "RTO 1h (tier default, main.dr:30)" */
static void print_objective(const struct session *session, const char *name, const struct objective *objective)
{
    const char *origin = sources_origin(&session->sources, objective->span);

    if (objective->ms == TIME_UNKNOWN) {
        say("; no %s is stated\n", name);
        return;
    }
    say("; %s ", name);
    print_ms(objective->ms, true);
    say(" (%s%s%s)\n", objective->source, origin[0] ? ", " : "", origin);
}

static void explain_rpo(const struct session *session, const struct scenario_result *result, const struct asset_state *state)
{
    if (state->derived) {
        say("  it keeps no data of its own: what it needs does, and `%s` loses most\n", state->derived->from->name);
        state = &result->states[state->derived->from->index];
    }
    if (state->fate != FATE_LOST)
        print_term(session, "it is intact", RPO_NOT_APPLICABLE, true, state->asset->entity->span);
    else if (state->asset->holds == HOLDS_NOTHING)
        print_term(session, "it keeps no data", RPO_NOT_APPLICABLE, true, state->asset->entity->kind->entity->span);
    for (uint32_t i = 0; i < state->rpo_terms.count; i++) {
        print_term(session, state->rpo_terms.items[i].text, state->rpo_terms.items[i].ms, true, state->rpo_terms.items[i].span);
        explain_figure(term_figure(state, i));
    }
    say_line("----------");
    print_ms(state->loss_ms, true);
    say("  worst-case loss");
    print_objective(session, "RPO", &state->rpo);
    if (state->figures)
        explain_assumed(&state->figures->rpo);
}

/* What is no sum: the luckier cases, full speed, and what no order of the steps of the scenario could beat. */
static void explain_beside(const struct session *session, const struct scenario_result *result, const struct asset_state *state)
{
    if (state->finish.known) {
        print_term(session, "typically", state->finish.typical, true, (struct span){0, 0});
        print_term(session, "at best", state->finish.best, true, (struct span){0, 0});
    }
    if (state->full_speed && (!state->full_speed->known || state->full_speed->worst > state->finish.worst))
        print_term(session, "until it serves at full speed, which the RTO does not ask for", state->full_speed->worst, state->full_speed->known,
                   state->chosen->method->span);
    if (result->finish.known && result->bound < result->finish.worst)
        print_term(session, arena_printf(session->arena, "until all of `%s` is back: no order of the steps can beat it", result->scenario->name),
                   result->bound, true, (struct span){0, 0});
}

/* "…, 500GiB at 100MiB/s (bandwidth of `west`)" */
static const char *with_transfer(const struct session *session, const char *text, const struct transfer *transfer)
{
    struct strbuf out = STRBUF_INIT;
    struct frac rate;
    const char *result;

    strbuf_addf(&out, "%s, ", text);
    print_size(&out, transfer->bytes);
    if ((transfer->slowed_by || transfer->shared) && frac_make(transfer->rate, 1000, &rate)) {
        strbuf_addstr(&out, " at ");
        print_rate(&out, &rate);
    }
    if (transfer->slowed_by)
        strbuf_addf(&out, ", which is all that `%s` has", transfer->slowed_by->name);
    else if (transfer->shared)
        strbuf_addf(&out, " of what `%s` has", transfer->through[0]->name);
    result = strbuf_dup(&out, session->arena);
    strbuf_release(&out);
    return result;
}

/* One line for each runbook that somebody has to approve. */
static void explain_approval(const struct session *session, const struct scenario_result *result)
{
    for (uint32_t i = 0; i < result->runbook_count; i++) {
        struct value within = entity_slot(result->runbooks[i], RUNBOOK_approve_within);

        if (within.type == VALUE_DURATION)
            print_term(session, arena_printf(session->arena, "until runbook `%s` is approved", result->runbooks[i]->name), within.u.integer, true,
                       entity_attr_span_named(&session->model, result->runbooks[i], "approve_within"));
    }
}

static void explain_rto(const struct session *session, const struct scenario_result *result, const struct asset_state *state)
{
    const struct step *path[256];
    uint32_t length = 0;
    int64_t own_work = 0;
    const char *detected =
        result->detected_by ? arena_printf(session->arena, "until it is detected by the %s", result->detected_by) : "until it is detected";

    for (const struct step *step = state->decides ? state->decides : state->last; step && length < 256; step = step->waits_for)
        path[length++] = step;
    if (length) {
        const struct step *first = path[length - 1];
        struct span detect = result->detect_span.start == result->scenario->span.start
                                 ? entity_attr_span_named(&session->model, result->scenario, "detect")
                                 : result->detect_span;
        bool whole = result->begin.known && first->start.known && first->start.worst == result->begin.worst;

        if (whole) {
            print_term(session, detected, result->detect.worst, true, detect);
            print_term(session, "until the recovery is declared", result->declare.worst, true,
                       entity_attr_span_named(&session->model, result->scenario, "declare"));
            explain_approval(session, result);
        } else if (result->detect.known && first->start.known && first->start.worst == result->detect.worst) {
            print_term(session, detected, result->detect.worst, true, detect);
        } else if (!first->start.known || first->start.worst > 0) {
            print_term(session, "until the first step starts", first->start.worst, first->start.known, result->scenario->span);
        }
    }
    for (uint32_t i = length; i-- > 0;) {
        const char *by = path[i]->asset ? arena_printf(session->arena, "%s: %s", path[i]->id, path[i]->title) : path[i]->id;

        if (path[i]->transfer && path[i]->takes.known)
            by = with_transfer(session, by, path[i]->transfer);
        for (uint32_t f = 0; f < path[i]->follow_count; f++) {
            if (path[i]->follows[f] == path[i]->waits_for)
                by = arena_printf(session->arena, "%s, with what `%s` had held", by, path[i]->waits_for->id);
        }

        print_term(session, by, path[i]->takes.worst, path[i]->takes.known, figure_place(session, result, path[i]));
        explain_inputs(session, result, path[i]);
        explain_figure(path[i]->figure);
        if (path[i]->finish.known)
            own_work += path[i]->finish.worst - path[i]->start.worst - path[i]->takes.worst;
    }
    if (own_work)
        print_term(session, "what the script itself does around these steps, at most a second each", own_work, true, (struct span){0});
    say_line("----------");
    print_ms(state->finish.worst, state->finish.known);
    say("  worst-case recovery time");
    print_objective(session, "RTO", &state->rto);
    if (state->figures)
        explain_assumed(&state->figures->rto);
    explain_beside(session, result, state);
}

static void explain_world(const struct scenario_result *result, const struct asset_state *state, bool rto)
{
    if (state->fate == FATE_LOST && !state->chosen)
        return;
    if (rto)
        explain_slow_world(result, state);
    else
        explain_lossy_world(result, state->derived ? &result->states[state->derived->from->index] : state);
}

static void explain_state(const struct session *session, const struct scenario_result *result, const struct asset_state *state, bool rto)
{
    static const char *const fates[] = {"is unaffected", "is impaired: something it needs is lost", "is lost"};

    say("%s in %s %s", state->asset->name, result->scenario->name, fates[state->fate]);
    if (state->lost_with && state->lost_with != state->asset->entity)
        say(" (with %s)", state->lost_with->name);
    say_line("");
    if (state->fate == FATE_UNAFFECTED)
        return;
    for (uint32_t i = 0; i < state->candidate_count; i++) {
        const struct candidate *candidate = &state->candidates[i];

        say("  %s %s%s%s\n", candidate == state->chosen ? "by      " : "rejected", candidate->label, candidate == state->chosen ? "" : ": ",
            candidate == state->chosen ? ""
            : candidate->rejected      ? candidate->rejected
                                       : "");
    }
    if (state->fate == FATE_LOST && !state->chosen)
        say_line("  nothing is left to recover it with");
    else if (rto)
        explain_rto(session, result, state);
    else
        explain_rpo(session, result, state);
    if (session->wants_worlds)
        explain_world(result, state, rto);
    else if (!rto && state->derived)
        explain_ledger(session, result->scenario, state->derived->from->entity, OBJECTIVE_RPO);
    else
        explain_ledger(session, result->scenario, state->asset->entity, rto ? OBJECTIVE_RTO : OBJECTIVE_RPO);
    say_line("");
}

/* What a group comes back to, member by member. */
static void explain_group(const struct session *session, const struct scenario_result *result, const struct group_state *group)
{
    static const char *const offers[] = {"intact or without loss: the interruption itself", "any moment, the newest as old as its loss",
                                         "one point, no older than its loss", "one point a run, the newest as old as its loss", "unknown"};

    say("group %s in %s\n", group->group->name, result->scenario->name);
    for (uint32_t i = 0; i < group->member_count; i++) {
        const struct group_member *member = &group->members[i];
        const struct asset_state *state = member->state;
        const char *by = state->chosen ? arena_printf(session->arena, "%s by %s: ", state->asset->name, state->chosen->label)
                                       : arena_printf(session->arena, "%s: ", state->asset->name);

        print_term(session, arena_printf(session->arena, "%s%s", by, offers[member->points]), member->newest, member->points != POINTS_UNKNOWN,
                   state->chosen && state->chosen->copy ? state->chosen->copy->span : state->asset->entity->span);
    }
    say_line("----------");
    print_ms(group->point_ms, true);
    say_line(group->common ? "  age of the common point at most" : "  there is no common point");
    print_ms(group->skew_ms, true);
    say_line(group->common ? "  between the first and the last member captured" : "  apart at most");
    if (group->intact_ms)
        print_term(session, "by which intact members are newer", group->intact_ms, true, group->group->span);
    print_ms(group->loss_ms, true);
    say("  worst-case loss");
    print_objective(session, "RPO", &group->rpo);
    explain_ledger(session, result->scenario, group->group, OBJECTIVE_GROUP);
    say_line("");
}

static void explain_groups(const struct session *session, const struct options *options, const struct entity *group)
{
    bool any = false;

    for (uint32_t s = 0; s < session->plan->scenario_count; s++) {
        const struct scenario_result *result = &session->plan->scenarios[s];

        for (uint32_t i = 0; i < result->group_count; i++) {
            if (result->groups[i].group != group || (options->scenario && strcmp(options->scenario, result->scenario->name) != 0))
                continue;
            explain_group(session, result, &result->groups[i]);
            any = true;
        }
    }
    if (!any)
        say("group %s is not affected\n", group->name);
}

static void print_share(int64_t parts, int width)
{
    struct strbuf text = STRBUF_INIT;

    if (parts < 0)
        strbuf_addstr(&text, "unknown");
    else
        print_percent(&text, parts);
    say("%*s", width, strbuf_str(&text));
    strbuf_release(&text);
}

static void explain_availability(const struct session *session, const struct slo_state *state)
{
    say("availability of %s\n", state->endpoint->name);
    for (uint32_t i = 0; i < state->term_count; i++) {
        const struct slo_term *term = &state->terms[i];
        const char *origin = sources_origin(&session->sources, term->span);

        say("  %s", term->lost ? "-" : i ? "x" : " ");
        print_share(term->parts, 14);
        say("  %s%s%s%s\n", term->text, origin[0] ? "  (" : "", origin, origin[0] ? ")" : "");
    }
    say_line("  ---------------");
    say("   ");
    print_share(state->parts, 14);
    say("  %sof the time; SLO ", state->known ? "" : "at most ");
    print_share(state->target, 0);
    say(" (%s)\n", sources_origin(&session->sources, state->span));
    if (!state->measured)
        say_line("nobody measures it: whether it is met is unknown");
    explain_ledger(session, NULL, state->endpoint, OBJECTIVE_SLO);
}

/* The specification behind `drc explain WHAT NAME`, this folder when none is named. `inner` must live as long as the session. */
static void open_specification(struct session *session, const struct options *options, struct options *inner)
{
    static const char *here[] = {"."};

    *inner = *options;
    inner->arguments.items = options->arguments.len > 2 ? options->arguments.items + 2 : here;
    inner->arguments.len = options->arguments.len > 2 ? options->arguments.len - 2 : 1;
    session_init(session, inner);
    session->wants_ledger = true;
    session->wants_worlds = options->world;
    session_analyse(session, TREES_NONE);
}

/* `drc explain slo NAME SPEC`. */
static int explain_slo(const struct options *options)
{
    const char *name = options->arguments.len > 1 ? options->arguments.items[1] : NULL;
    struct options inner;
    struct session session;
    int status = EXIT_FINE;
    bool found = false;

    if (!name) {
        complain("drc: write `drc explain slo ENDPOINT SPEC…`\n");
        return EXIT_USAGE;
    }
    open_specification(&session, options, &inner);
    if (!session.plan) {
        status = session_report(&session);
    } else {
        for (uint32_t i = 0; i < session.plan->slo_count; i++) {
            if (strcmp(session.plan->slos[i].endpoint->name, name) != 0)
                continue;
            explain_availability(&session, &session.plan->slos[i]);
            found = true;
        }
        if (!found) {
            complain("drc: no endpoint `%s` has an `slo`\n", name);
            status = EXIT_USAGE;
        }
    }
    session_release(&session);
    return status;
}

static int explain_number(const struct options *options, bool rto)
{
    const char *name = options->arguments.len > 1 ? options->arguments.items[1] : NULL;
    struct options inner;
    struct session session;
    struct entity *asset, *endpoint = NULL;
    int status = EXIT_FINE;
    bool found = false;

    if (!name) {
        complain("drc: write `drc explain %s ASSET SPEC… [--scenario S]`\n", rto ? "rto" : "rpo");
        return EXIT_USAGE;
    }
    open_specification(&session, options, &inner);
    if (!session.plan) {
        status = session_report(&session); /* what it says about the number is explained below, refuted or not */
    } else if (!rto && (asset = model_find(&session.model, BLOCK_GROUP, intern_str(session.names, name)))) {
        explain_groups(&session, options, asset);
    } else if (!(asset = model_find(&session.model, BLOCK_ASSET, intern_str(session.names, name))) &&
               !(rto && (endpoint = model_find(&session.model, BLOCK_ENDPOINT, intern_str(session.names, name))))) {
        complain("drc: there is no asset%s `%s`\n", rto ? " or endpoint" : "", name);
        status = EXIT_USAGE;
    } else {
        for (uint32_t i = 0; i < session.plan->scenario_count; i++) {
            const struct scenario_result *result = &session.plan->scenarios[i];

            if (options->scenario && strcmp(options->scenario, result->scenario->name) != 0)
                continue;
            found = true;
            for (uint32_t e = 0; endpoint && e < result->endpoint_count; e++) {
                if (result->endpoints[e].endpoint == endpoint)
                    explain_endpoint(&session, result, &result->endpoints[e]);
            }
            if (asset)
                explain_state(&session, result, &result->states[asset->index], rto);
        }
        if (!found && plan_is_untimed(session.plan)) {
            status = session_report(&session);
        } else if (!found) {
            complain(options->scenario ? "drc: there is no scenario `%s`\n" : "drc: no scenario is declared%s\n",
                     options->scenario ? options->scenario : "");
            status = EXIT_USAGE;
        }
    }
    session_release(&session);
    return status;
}

/* ---------------------------------------------------------------- */

/* What looks like a call but belongs to the grammar, so that it is in no table of functions. */
static const struct {
    const char *name, *text;
} quantifiers[] = {
    {"any", "any(x in list: condition) -> bool\n\nWhether the condition holds for at least one element; false for an empty list."},
    {"all", "all(x in list: condition) -> bool\n\nWhether the condition holds for every element; true for an empty list."},
    {"count", "count(x in list: condition) -> int\n\nFor how many elements the condition holds."},
};

static bool explain_builtin(const char *name)
{
    for (size_t i = 0; i < sizeof quantifiers / sizeof *quantifiers; i++) {
        if (strcmp(quantifiers[i].name, name) == 0) {
            say_line(quantifiers[i].text);
            return true;
        }
    }
    for (uint32_t i = 0; i < builtin_count(); i++) {
        struct builtin_info info = builtin_info(i);

        if (strcmp(info.name, name) != 0)
            continue;
        say("%s\n\n%s\n", info.signature, info.doc);
        return true;
    }
    return false;
}

static int explain_name(const struct options *options, const char *name)
{
    struct options inner = *options;
    const struct block_schema *schema;
    struct session session;
    struct kind_info *kind;
    struct entity *rule;
    int status = EXIT_FINE;
    bool known = false;

    inner.arguments.items = options->arguments.items + 1;
    inner.arguments.len = options->arguments.len - 1;
    session_init(&session, &inner);
    schema = find_block(&session, name);
    if (schema) {
        explain_block(&session, schema);
        known = true;
    } else if (explain_builtin(name)) {
        known = true;
    } else if (!(inner.arguments.len ? session_load(&session) : load_library(&session))) {
        /* With specifications after the name their kinds and rules count as well. */
        status = session_report(&session);
    } else {
        kind = map_get(&session.model.kinds, intern_str(session.names, name));
        rule = model_find(&session.model, BLOCK_RULE, intern_str(session.names, name));
        if (kind)
            explain_kind(&session, kind);
        if (rule)
            explain_rule(&session, rule);
        known = kind || rule;
    }
    if (!known && status == EXIT_FINE) {
        complain("drc: nothing is called `%s`\nhelp: `drc explain --codes`, `drc list kinds`, `drc list rules` and `drc list blocks` print what "
                 "there is\n",
                 name);
        status = EXIT_USAGE;
    }
    session_release(&session);
    return status;
}

/* A rule of `drc diff`. */
static bool explain_comparison(const char *what)
{
    for (int rule = CHANGE_NO_RULE + 1; rule < CHANGE_RULE_COUNT; rule++) {
        if (strcmp(what, change_rule_name((enum change_rule)rule)) != 0)
            continue;
        say("%s: %s\n\na rule of `drc diff`, which names what is weaker by it\n", what, change_rule_says((enum change_rule)rule));
        return true;
    }
    return false;
}

int command_explain(const struct options *options)
{
    const char *what = options->arguments.len ? options->arguments.items[0] : NULL;
    enum diag_code code;

    if (options->codes)
        return explain_codes();
    if (!what) {
        complain("drc: write `drc explain CODE|BLOCK|KIND|RULE`, `drc explain rto|rpo ASSET SPEC`, or `drc explain slo ENDPOINT SPEC`\n");
        return EXIT_USAGE;
    }
    if (strcmp(what, "slo") == 0 && options->arguments.len > 1)
        return explain_slo(options); /* alone it is the block of that name */
    if (strcmp(what, "rto") == 0 || strcmp(what, "rpo") == 0)
        return explain_number(options, strcmp(what, "rto") == 0);
    code = diag_find(what);
    if (code != DIAG_COUNT) {
        explain_code(code);
        return EXIT_FINE;
    }
    return explain_comparison(what) ? EXIT_FINE : explain_name(options, what);
}
