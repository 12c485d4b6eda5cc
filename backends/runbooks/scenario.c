/* The page for one scenario, in the order a person woken at 03:00 needs it, and the page for the way back. */
#include "backends/runbooks/runbooks.h"

#include "backends/common/command.h"
#include "base/vec.h"

#include <string.h>

static const char *title_of(const struct plan_scenario *result)
{
    return plan_title(result->thing);
}

static const struct plan_thing *plan_person(const struct page *page, const char *role)
{
    return attr_ref(page, page->book->about, role);
}

static struct md_inline script(struct page *page, const struct plan_scenario *result, const char *rest)
{
    return md_code(page->arena,
                   arena_printf(page->arena, "./restore/recover.sh %s%s%s", output_name(page->arena, result->name), rest[0] ? " " : "", rest));
}

static const struct plan_thing *first_channel(const struct page *page, const char *type)
{
    uint32_t count;
    const struct plan_thing *channels = plan_sort(page->book->index, "channel", &count);

    for (uint32_t i = 0; i < count; i++) {
        if (strcmp(attr_text(page, &channels[i], "type", ""), type) == 0)
            return &channels[i];
    }
    return NULL;
}

/* Who has to agree before the script does anything, and how soon. */
static void approvals(struct page *page, const struct plan_scenario *result)
{
    for (uint32_t i = 0; i < result->runbooks_count; i++) {
        struct items approvers = attr_list(result->runbooks[i], "approve");
        int64_t within = plan_number(result->runbooks[i], "approve_within", PLAN_TAG_DURATION, -1);
        struct md_inline names = MD("");

        for (uint32_t n = 0; n < approvers.count; n++)
            names = md_cat(page->arena, names, n ? MD(" or ") : MD(""), page_who(page, item_thing(page, approvers, n)));
        if (approvers.count)
            MD_ROW(&page->md, MD("Approved by"), within >= 0 ? md_cat(page->arena, names, MD(", within "), page_time(page, true, within)) : names);
    }
}

/* What the script wants typed before anything happens: the words of all runbooks, once each; without any, the name of the scenario. */
static struct md_inline words_to_type(struct page *page, const struct plan_scenario *result)
{
    struct md_inline words = MD("");

    for (uint32_t i = 0; i < result->runbooks_count; i++) {
        const char *word = attr_text(page, result->runbooks[i], "confirm", NULL);
        bool again = false;

        for (uint32_t k = 0; word && k < i; k++)
            again |= strcmp(attr_text(page, result->runbooks[k], "confirm", ""), word) == 0;
        if (word && !again)
            words = md_cat(page->arena, words, words.markdown[0] ? MD(", then ") : MD(""), md_code(page->arena, word));
    }
    return words.markdown[0] ? words : md_code(page->arena, output_name(page->arena, result->name));
}

static void card(struct page *page, const struct plan_scenario *result)
{
    const struct plan_thing *meeting = first_channel(page, "meeting"), *declares = plan_person(page, "approver");
    const char *hotline = attr_text(page, page->book->about, "hotline", NULL);

    for (uint32_t i = result->runbooks_count; i-- > 0;) {
        struct items approvers = attr_list(result->runbooks[i], "approve");

        if (approvers.count && item_thing(page, approvers, 0))
            declares = item_thing(page, approvers, 0);
    }
    md_heading(&page->md, 2, MD("Thirty-second card"));
    MD_TABLE(&page->md, NULL, MD("Question"), MD("Answer"));
    MD_ROW(&page->md, MD("Declared by"), page_who(page, declares));
    approvals(page, result);
    if (result->declare_by)
        MD_ROW(&page->md, MD("Declare at the latest"),
               result->declare_by->ms < 0
                   ? MD("the objectives cannot be met any more: declare now")
                   : md_cat(page->arena, page_deadline(page, result->declare_by->ms), MD(" after the interruption, or an objective is missed")));
    MD_ROW(&page->md, MD("Look first"), script(page, result, "--dry-run"));
    MD_ROW(&page->md, MD("Then start"), script(page, result, ""));
    MD_ROW(&page->md, MD("It asks for the word"), words_to_type(page, result));
    MD_ROW(&page->md, MD("After an interruption"), script(page, result, "--resume"));
    MD_ROW(&page->md, MD("To stop"), MD("press Ctrl-C once: running steps end, no new one starts; the journal is kept"));
    for (uint32_t i = 0; i < result->endpoints_count; i++) {
        const struct plan_name_outcome *state = &result->endpoints[i];

        if (state->affected)
            MD_ROW(&page->md,
                   md_cat(page->arena, MD("Users reach "),
                          md_code(page->arena, attr_text(page, state->endpoint->thing, "name", state->endpoint->name)), MD(" again by")),
                   page_clock(page, state->finish.known, state->finish.worst));
    }
    MD_ROW(&page->md, MD("Everything is back by"), page_clock(page, result->finish.known, result->finish.worst));
    for (uint32_t i = 0; i < result->runbooks_count; i++) {
        if (attr_text(page, result->runbooks[i], "title", NULL))
            MD_ROW(&page->md, MD("Holds the steps of"), md_text(page->arena, attr_text(page, result->runbooks[i], "title", "")));
    }
    if (meeting)
        MD_ROW(&page->md, MD("Meet at"), md_code(page->arena, attr_text(page, meeting, "address", meeting->name)));
    if (hotline)
        MD_ROW(&page->md, MD("Hotline"), md_code(page->arena, hotline));
    md_table_end(&page->md);
}

static void add_names(struct page *page, const struct plan_scenario *result, const char *attr, const char *words)
{
    struct items list = attr_list(result->thing, attr);
    struct strbuf text = STRBUF_INIT;

    for (uint32_t i = 0; i < list.count; i++) {
        if (item_thing(page, list, i))
            strbuf_addf(&text, "%s%s", text.len ? ", " : "", item_thing(page, list, i)->name);
    }
    if (text.len)
        md_bullet(&page->md, 0, md_cat(page->arena, md_text(page->arena, words), MD(" "), md_text(page->arena, strbuf_str(&text))));
    strbuf_release(&text);
}

static void when_to_use(struct page *page, const struct plan_scenario *result)
{
    struct items examples = attr_list(result->class, "examples");

    md_heading(&page->md, 2, MD("When to use it, and when not"));
    if (result->thing->doc)
        md_paragraph(&page->md, md_text(page->arena, result->thing->doc));
    md_paragraph(&page->md, MD("Use it when this has happened:"));
    add_names(page, result, "loses", "these sites are lost, with everything in them:");
    add_names(page, result, "fails", "this does not work:");
    add_names(page, result, "corrupts", "the data of this is wrong:");
    add_names(page, result, "deletes", "data of this was deleted:");
    add_names(page, result, "degrades", "these sites are degraded:");
    add_names(page, result, "partitions", "these sites cannot be reached:");
    add_names(page, result, "compromises", "somebody else controls:");
    if (result->class) {
        struct strbuf text = STRBUF_INIT;

        strbuf_addf(&text, "Disaster class %s: %s", result->class->name, plan_title(result->class));
        for (uint32_t i = 0; i < examples.count; i++)
            strbuf_addf(&text, "%s%s", i ? ", " : ". Examples: ", plan_value_words(page->arena, &examples.at[i]));
        md_paragraph(&page->md, md_text(page->arena, strbuf_str(&text)));
        strbuf_release(&text);
    }
    md_paragraph(&page->md, MD("Do not use it for less. If you are unsure, assume the worse and ask who declares. Other runbooks:"));
    for (uint32_t i = 0; i < page->plan->scenarios_count; i++) {
        const struct plan_scenario *other = &page->plan->scenarios[i];

        if (other != result)
            md_bullet(&page->md, 0, md_link(page->arena, md_text(page->arena, title_of(other)), scenario_file(page->arena, other)));
    }
}

static void role(struct page *page, struct md_inline name, const struct plan_thing *who)
{
    if (who)
        MD_ROW(&page->md, name, page_who(page, who), page_reach(page, who));
}

static void roles(struct page *page, const struct plan_scenario *result)
{
    const struct plan_thing *severity = attr_ref(page, result->class, "severity");
    struct items involved = attr_list(severity, "involve"), briefed = attr_list(severity, "brief");

    md_heading(&page->md, 2, MD("Who does what"));
    if (severity)
        md_paragraph(&page->md, md_cat(page->arena, MD("Severity "), md_text(page->arena, severity->name), MD(": "),
                                       md_text(page->arena, plan_title(severity))));
    if (severity && plan_attribute(severity, "stakeholder_updates"))
        md_paragraph(&page->md,
                     md_cat(page->arena, MD("Stakeholders hear from you "), page_updates(page, severity), MD(", also when there is nothing new.")));
    MD_TABLE(&page->md, NULL, MD("Role"), MD("Who"), MD("How to reach"));
    role(page, MD("Declares and approves"), plan_person(page, "approver"));
    role(page, MD("Coordinates; takes no steps"), plan_person(page, "coordinator"));
    role(page, MD("Runs the script"), plan_person(page, "owner"));
    role(page, MD("Deputy"), plan_person(page, "deputy"));
    for (uint32_t i = 0; i < involved.count; i++)
        role(page, MD("Involved"), item_thing(page, involved, i));
    for (uint32_t i = 0; i < briefed.count; i++)
        role(page, MD("Is briefed"), item_thing(page, briefed, i));
    md_table_end(&page->md);
    md_paragraph(&page->md, MD("Contacts and escalation: [communication](communication.md)."));
}

static void collect(struct page *page, const struct plan_scenario *result, command_names *programs, command_names *names)
{
    for (uint32_t i = 0; i < result->steps_count; i++) {
        const struct plan_step *step = &result->steps[i];
        const struct plan_command *all[] = {step->check, step->run, step->until, step->verify, step->undo};

        for (size_t c = 0; c < sizeof all / sizeof all[0]; c++) {
            command_collect(page->arena, all[c], names);
            command_programs(page->arena, all[c], programs);
        }
    }
}

/* What the script will ask, each question once: at night the answers are looked for beforehand, not at the prompt. */
static void questions(struct page *page, const struct plan_scenario *result)
{
    VEC(const struct plan_question *) seen = {0};
    VEC(const char *) subjects = {0};

    for (uint32_t i = 0; i < result->steps_count; i++) {
        const struct plan_step *step = &result->steps[i];
        const char *subject = step_subject(step);

        for (uint32_t n = 0; n < step->inputs_count; n++) {
            uint32_t at = 0;

            while (at < seen.len && (strcmp(seen.items[at]->name, step->inputs[n].name) != 0 || strcmp(subjects.items[at], subject) != 0))
                at++;
            if (at < seen.len)
                continue;
            if (seen.len == 0) {
                md_heading(&page->md, 3, MD("Have these answers at hand"));
                md_paragraph(&page->md, MD("The script asks for them when it starts and checks what is typed."));
            }
            vec_push(page->arena, &seen, &step->inputs[n]);
            vec_push(page->arena, &subjects, subject);
            md_bullet(&page->md, 0, md_cat(page->arena, md_code(page->arena, subject), MD(": "), page_question(page, &step->inputs[n])));
        }
    }
}

/* "; kept by …", where the specification declares the secret that a script expects. */
static struct md_inline kept_by(struct page *page, const char *variable)
{
    uint32_t count;
    const struct plan_thing *secrets = plan_sort(page->book->index, "secret", &count);

    for (uint32_t i = 0; i < count; i++) {
        if (strcmp(attr_text(page, &secrets[i], "env", ""), variable) == 0)
            return md_cat(page->arena, MD("; it is kept by "), page_names(page, &secrets[i], "kept_by"));
    }
    return MD("");
}

static void before_you_start(struct page *page, const struct plan_scenario *result)
{
    command_names programs = {0}, names = {0};

    collect(page, result, &programs, &names);
    md_heading(&page->md, 2, MD("Before you start"));
    md_number(&page->md, 0, 1, MD("Be on a host outside of what is lost, in the folder that holds `restore/`."));
    if (programs.len) {
        struct strbuf text = STRBUF_INIT;

        for (uint32_t i = 0; i < programs.len; i++)
            strbuf_addf(&text, "%s%s", i ? " " : "command -v ", programs.items[i]);
        md_number(&page->md, 0, 2,
                  md_cat(page->arena, MD("The tools are there: "), md_code(page->arena, strbuf_str(&text)),
                         MD(" prints one path for each. Expected: no line is missing.")));
        strbuf_release(&text);
    } else {
        md_number(&page->md, 0, 2, MD("No tool is needed: every step is a person's."));
    }
    md_number(&page->md, 0, 3,
              md_cat(page->arena, script(page, result, "--list"),
                     MD(" prints the steps below. Expected: the same numbers and titles; otherwise script and runbook are of different plans.")));
    md_number(&page->md, 0, 4, md_cat(page->arena, script(page, result, "--dry-run"), MD(" prints every command and touches nothing.")));
    for (uint32_t i = 0, number = 5; i < names.len; i++) {
        if (strncmp(names.items[i], "env.", 4) == 0)
            md_number(&page->md, 0, number++,
                      md_cat(page->arena, MD("The secret "), md_code(page->arena, names.items[i] + 4), MD(" is in the environment"),
                             kept_by(page, names.items[i] + 4), MD(".")));
    }
    questions(page, result);
    checklist(page, result, "pre", "Checklist before");
}

/* `orders`: what its readers call it. */
static struct md_inline group_name(struct page *page, const struct plan_thing *group)
{
    const char *title = attr_text(page, group, "title", NULL);

    return title ? md_cat(page->arena, md_code(page->arena, group->name), MD(": "), md_text(page->arena, title)) : md_code(page->arena, group->name);
}

/* Which things belong together, and to which moment they go back. */
static void together(struct page *page, const struct plan_scenario *result)
{
    for (uint32_t i = 0; i < result->groups_count; i++) {
        const struct plan_group_outcome *group = &result->groups[i];
        struct md_inline names = MD("");
        uint32_t count = 0;

        for (uint32_t m = 0; m < group->members_count; m++) {
            if (!group->members[m].recovered)
                continue;
            names = md_cat(page->arena, names, count++ ? MD(", ") : MD(""), md_code(page->arena, group->members[m].asset->name));
        }
        if (count > 1 && group->common_point)
            md_bullet(&page->md, 0,
                      md_cat(page->arena, MD("Bring "), names,
                             group->shared_run ? MD(" back from the **same run**: they belong together (")
                                               : MD(" back to the **same moment**: they belong together ("),
                             group_name(page, group->group->thing), MD("), and that point is up to "), page_time(page, true, group->point),
                             MD(" back.")));
        else if (count > 1 && group->skew > 0)
            md_bullet(&page->md, 0,
                      md_cat(page->arena, names, MD(" belong together ("), group_name(page, group->group->thing), MD(") and come back up to "),
                             page_time(page, true, group->skew), MD(" apart.")));
        if (group->intact_newer_by != 0)
            md_bullet(&page->md, 0,
                      md_cat(page->arena, MD("What is intact of "), group_name(page, group->group->thing), MD(" is newer than "), names,
                             MD(" afterwards, by up to "), page_time(page, true, group->intact_newer_by), MD(".")));
    }
}

/* Whether it serves before it is as fast as before; what is not known of both alike is no difference. */
static bool slower_at_first(const struct plan_outcome *state)
{
    if (!state->full_speed.known)
        return state->finish.known || state->full_speed_figure;
    return !state->finish.known || state->full_speed.worst > state->finish.worst;
}

static bool is_missed(const struct plan_outcome *state)
{
    return state->rto_verdict == PLAN_VERDICT_refuted || state->rto_verdict == PLAN_VERDICT_unknown || state->rpo_verdict == PLAN_VERDICT_refuted ||
           state->rpo_verdict == PLAN_VERDICT_unknown;
}

static void outcome(struct page *page, const struct plan_scenario *result)
{
    struct rows rows = {0}, degraded = {0}, slow = {0}, discarded = {0};

    md_heading(&page->md, 2, MD("What is lost and how it comes back"));
    MD_TABLE(&page->md, NULL, MD("Asset"), MD("State"), MD("By"), MD("Serves at"), MD("Back by"), MD("RTO"), MD("Data lost at most"), MD("RPO"));
    for (uint32_t i = 0; i < result->order_count; i++) {
        const struct plan_outcome *state = page_outcome(page, result->order[i]);

        if (!rows_take(&rows, is_missed(state)))
            continue;
        MD_ROW(&page->md, md_code(page->arena, state->asset->name), state->fate == PLAN_FATE_lost ? MD("lost") : MD("impaired"),
               state->method ? md_code(page->arena, state->method) : MD("–"),
               state->serves_at ? md_code(page->arena, state->serves_at->name) : MD("–"), page_clock(page, state->finish.known, state->finish.worst),
               page_objective(page, state->rto), page_time(page, true, state->data_loss), page_objective(page, state->rpo));
    }
    md_table_end(&page->md);
    if (rows.left_out)
        md_paragraph(&page->md, MD("The list is cut: it has what misses an objective, and what comes back first."));
    rows_tell(&page->md, &rows, "assets", "assets");
    for (uint32_t i = 0; i < result->order_count; i++) {
        const struct plan_outcome *state = page_outcome(page, result->order[i]);

        for (uint32_t n = 0; n < state->asset->uses_count; n++) {
            const struct plan_use *use = &state->asset->uses[n];

            if (use->degraded && page_outcome(page, use->asset) && rows_take(&degraded, false))
                md_bullet(&page->md, 0,
                          md_cat(page->arena, MD("Until "), md_code(page->arena, use->asset->name), MD(" is back, "),
                                 md_code(page->arena, state->asset->name), MD(" is degraded: "), md_text(page->arena, use->degraded)));
        }
        if (slower_at_first(state) && rows_take(&slow, false))
            md_bullet(&page->md, 0,
                      md_cat(page->arena, md_code(page->arena, state->asset->name), MD(" serves before it is at full speed, which may take until "),
                             page_clock(page, state->full_speed.known, state->full_speed.worst), MD(".")));
        if (state->discarded >= 0 && rows_take(&discarded, false))
            md_bullet(&page->md, 0,
                      md_cat(page->arena, MD("What was written to "), md_code(page->arena, state->asset->name),
                             MD(" after it went wrong is discarded: up to "), page_time(page, true, state->discarded), MD(" of changes.")));
    }
    rows_tell(&page->md, &degraded, "sentences on what is degraded", "uses");
    rows_tell(&page->md, &slow, "sentences on what is slow at first", "full_speed");
    rows_tell(&page->md, &discarded, "sentences on what is discarded", "discarded");
    together(page, result);
}

static void fencing(struct page *page, const struct plan_scenario *result)
{
    bool any = false;

    for (uint32_t i = 0; i < result->steps_count; i++)
        any |= result->steps[i].phase == PLAN_PHASE_fence;
    if (!any)
        return;
    md_heading(&page->md, 2, MD("Fence first"));
    md_paragraph(
        &page->md,
        MD("The old primary must not accept writes any more before anything is promoted, otherwise two diverging copies exist. The script does these "
           "steps first, and asks a person to attest what it cannot reach:"));
    for (uint32_t i = 0; i < result->steps_count; i++) {
        if (result->steps[i].phase == PLAN_PHASE_fence)
            md_bullet(&page->md, 0,
                      md_cat(page->arena, md_textf(page->arena, "Step %lld: ", (long long)result->steps[i].ordinal),
                             md_text(page->arena, result->steps[i].title)));
    }
}

static void traffic(struct page *page, const struct plan_scenario *result)
{
    bool any = false;

    for (uint32_t i = 0; i < result->endpoints_count; i++) {
        const struct plan_name_outcome *state = &result->endpoints[i];
        const char *mode = attr_text(page, state->endpoint->thing, "mode", "health");

        if (!state->affected)
            continue;
        if (!any)
            md_heading(&page->md, 2, MD("Traffic"));
        any = true;
        md_bullet(&page->md, 0,
                  md_cat(page->arena, md_code(page->arena, attr_text(page, state->endpoint->thing, "name", state->endpoint->name)), MD(" leads to "),
                         state->to ? md_code(page->arena, state->to->name) : MD("**nowhere**"), MD(" by "),
                         page_clock(page, state->finish.known, state->finish.worst), MD(" (RTO "), page_objective(page, state->rto), MD(")")));
        if (state->to && state->moves == PLAN_MOVES_not)
            md_bullet(&page->md, 1, MD("the record need not change"));
        else if (state->to && state->moves == PLAN_MOVES_and_back)
            md_bullet(&page->md, 1,
                      md_cat(page->arena, MD("its health check leads it elsewhere while nothing answers here, and back within "),
                             page_time(page, true, state->detection), MD(" after that; resolvers follow within "),
                             page_time(page, true, state->ttl)));
        else if (state->to && !state->endpoint->moved_by && (state->stays_green || strcmp(mode, "health") != 0))
            md_bullet(&page->md, 1,
                      md_cat(page->arena, state->stays_green ? MD("the health check of the old side stays green here: a") : MD("a"),
                             MD(" person leads it there, in step "), md_codef(page->arena, "%s.traffic", state->endpoint->name)));
        else if (state->stays_green)
            md_bullet(&page->md, 1,
                      md_cat(page->arena, MD("the health check of the old side stays green here: move it as "),
                             md_link(page->arena, MD("route53/README.md"), "../route53/README.md"), MD(" says, for "),
                             md_code(page->arena, state->endpoint->name)));
        else if (strcmp(mode, "health") == 0 && state->to)
            md_bullet(&page->md, 1,
                      md_cat(page->arena, MD("the health check moves it by itself within "), page_time(page, true, state->detection),
                             MD(", resolvers follow within "), page_time(page, true, state->ttl),
                             state->step && !state->let_go ? MD("; it is held there by step ") : MD(""),
                             state->step && !state->let_go ? md_codef(page->arena, "%s", state->step->id) : MD("")));
        else
            md_bullet(&page->md, 1,
                      md_cat(page->arena, MD("move it by hand as "), md_link(page->arena, MD("route53/README.md"), "../route53/README.md"),
                             MD(" says, for "), md_code(page->arena, state->endpoint->name)));
        if (state->to && state->green)
            md_bullet(&page->md, 1,
                      md_cat(page->arena, MD("it leads there once the health check of "), md_code(page->arena, state->to->name), MD(" is green, "),
                             state->green > 0 ? page_time(page, true, state->green) : MD("nobody knows how long"),
                             MD(" after what it serves is back")));
    }
}

static void verification(struct page *page, const struct plan_scenario *result)
{
    struct rows rows = {0};

    md_heading(&page->md, 2, MD("Verification"));
    for (uint32_t i = 0; i < result->steps_count; i++) {
        if (result->steps[i].phase == PLAN_PHASE_verify && step_taken(&rows, &result->steps[i]))
            md_task(&page->md, 0, false,
                    md_cat(page->arena, md_textf(page->arena, "Step %lld: ", (long long)result->steps[i].ordinal),
                           md_text(page->arena, result->steps[i].title)));
    }
    if (rows.left_out)
        md_task(&page->md, 0, false, md_textf(page->arena, "The script's own checks, %u more of them: its report shows no failure.", rows.left_out));
    md_task(&page->md, 0, false, MD("The report at the end of the script shows every asset within its RTO and RPO."));
    md_task(&page->md, 0, false, MD("A person outside of the team uses the system as a customer would."));
    checklist(page, result, "during", "Checklist during");
    checklist(page, result, "post", "Checklist after");
}

static void afterwards(struct page *page, const struct plan_scenario *result)
{
    bool irreversible = false;

    for (uint32_t i = 0; i < result->steps_count; i++)
        irreversible |= result->steps[i].irreversible;
    md_heading(&page->md, 2, MD("If it goes wrong"));
    md_bullet(&page->md, 0, MD("A step fails: what waits for it is not started. Mend the cause, then run the script again with `--resume`."));
    md_bullet(&page->md, 0,
              irreversible ? MD("Before the first step marked *no way back*, stopping the script and ending the fence returns to the old state. "
                                "After it, the only way is forward; going back is the failback.")
                           : MD("No step here is without a way back: stop the script, look, and start again."));
    md_bullet(&page->md, 0, MD("Time runs out: tell who declared; do not skip verification to save time."));
    md_heading(&page->md, 2, MD("Going back"));
    md_paragraph(&page->md, md_cat(page->arena, MD("Do not hurry: the recovered system is the primary now. When the old place is whole again: "),
                                   md_link(page->arena, MD("failback"), failback_file(page->arena, result)), MD(".")));
    md_heading(&page->md, 2, MD("Evidence to keep"));
    md_bullet(&page->md, 0,
              MD("The journal and the report of the script (`restore/README.md` says where they are): they are the record of what was done, when, "
                 "and by whom."));
    md_bullet(&page->md, 0, MD("Who declared, when, and the incident's number."));
    md_bullet(&page->md, 0, MD("The measured recovery time and data loss of each asset, against its objectives."));
    md_bullet(&page->md, 0, MD("Every message sent to customers."));
    md_paragraph(&page->md, MD("Afterwards: [post-incident review](post-incident-review.md)."));
}

void scenario_page(const struct book *book, const struct plan_scenario *result)
{
    struct page page;

    page_begin(&page, book, arena_printf(book->arena, "Runbook: %s", title_of(result)), result->thing->origin);
    page_outcomes(&page, result);
    if (result->order_count == 0) {
        md_paragraph(&page.md, MD("Nothing is affected by this scenario: there is nothing to do but to watch."));
    } else {
        card(&page, result);
        when_to_use(&page, result);
        roles(&page, result);
        before_you_start(&page, result);
        outcome(&page, result);
        fencing(&page, result);
        md_heading(&page.md, 2, MD("Steps"));
        step_table(&page, result->steps, result->steps_count, false);
        if (has_steps(result))
            timeline(&page, result);
        traffic(&page, result);
        verification(&page, result);
        md_heading(&page.md, 2, MD("Communication"));
        notices_table(&page, attr_ref(&page, result->class, "severity"));
        md_paragraph(&page.md, MD("Texts and contacts: [communication](communication.md)."));
        afterwards(&page, result);
        md_heading(&page.md, 2, MD("Every step"));
        step_details(&page, result->steps, result->steps_count);
        md_heading(&page.md, 2, MD("What depends on what"));
        dependency_graph(&page, true);
        md_heading(&page.md, 2, MD("Where the figures come from"));
        figures_table(&page, result);
    }
    page_end(&page, arena_printf(page.arena, "runbooks/%s", scenario_file(page.arena, result)), result->thing->origin);
}

static void failback_window(struct page *page, const struct plan_thing *runbook)
{
    uint32_t cursor = 0;
    const struct plan_thing *failback = plan_child(runbook, "failback", &cursor);
    const char *window, *length, *confirm;
    struct items approvers;

    if (!failback)
        return;
    window = attr_text(page, failback, "window", NULL);
    length = attr_text(page, failback, "length", NULL);
    confirm = attr_text(page, failback, "confirm", NULL);
    approvers = attr_list(failback, "approve");
    if (window)
        md_bullet(&page->md, 0,
                  md_cat(page->arena, MD("Window: "), md_text(page->arena, window), length ? MD(", for ") : MD(""),
                         md_text(page->arena, length ? length : "")));
    for (uint32_t i = 0; i < approvers.count; i++) {
        if (item_thing(page, approvers, i))
            md_bullet(&page->md, 0, md_cat(page->arena, MD("Approved by "), page_who(page, item_thing(page, approvers, i))));
    }
    if (confirm)
        md_bullet(&page->md, 0, md_cat(page->arena, MD("The script asks for the word "), md_code(page->arena, confirm)));
}

static const struct plan_candidate *chosen_of(const struct plan_outcome *state)
{
    for (uint32_t i = 0; i < state->candidates_count; i++) {
        if (state->candidates[i].chosen)
            return &state->candidates[i];
    }
    return NULL;
}

void failback_page(const struct book *book, const struct plan_scenario *result)
{
    struct rows rows = {0};
    struct page page;

    page_begin(&page, book, arena_printf(book->arena, "Failback: %s", title_of(result)), result->thing->origin);
    page_outcomes(&page, result);
    md_paragraph(&page.md, md_cat(page.arena, MD("The way back after "),
                                  md_link(page.arena, md_text(page.arena, title_of(result)), scenario_file(page.arena, result)),
                                  MD(". It is a planned change: nothing is on fire, so nothing is hurried.")));
    md_heading(&page.md, 2, MD("When"));
    md_bullet(&page.md, 0, MD("The cause is known and mended, and the old place has been watched for as long as you need to trust it."));
    for (uint32_t i = 0; i < result->runbooks_count; i++)
        failback_window(&page, result->runbooks[i]);
    md_heading(&page.md, 2, MD("How each asset goes back"));
    MD_TABLE(&page.md, NULL, MD("Asset"), MD("Came back by"), MD("Goes back"), MD("Protected again by"));
    for (uint32_t i = 0; i < result->order_count; i++) {
        const struct plan_candidate *chosen = chosen_of(page_outcome(&page, result->order[i]));

        if (!chosen || !rows_take(&rows, false))
            continue;
        MD_ROW(&page.md, md_code(page.arena, result->order[i]->name), md_code(page.arena, chosen->method),
               md_text(page.arena, chosen->failback ? chosen->failback : "decide in the review; the kind says nothing"),
               md_text(page.arena, chosen->reprotect ? chosen->reprotect : "nothing further is known to be needed"));
    }
    md_table_end(&page.md);
    rows_tell(&page.md, &rows, "assets", "candidates");
    if (result->failback_count) {
        md_heading(&page.md, 2, MD("Steps"));
        step_table(&page, result->failback, result->failback_count, true);
        md_heading(&page.md, 2, MD("Every step"));
        step_details(&page, result->failback, result->failback_count);
    }
    checklist(&page, result, "recovery", "Checklist of the way back");
    md_heading(&page.md, 2, MD("Script"));
    md_code_block(&page.md, "sh",
                  arena_printf(page.arena, "./restore/failback.sh %s --dry-run\n./restore/failback.sh %s\n", output_name(page.arena, result->name),
                               output_name(page.arena, result->name)));
    page_end(&page, arena_printf(page.arena, "runbooks/%s", failback_file(page.arena, result)), result->thing->origin);
}
