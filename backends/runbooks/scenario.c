/* The page for one scenario, in the order a person woken at 03:00 needs it, and the page for the way back. */
#include "backends/runbooks/runbooks.h"

#include "backends/common/command.h"

#include <string.h>

static const char *title_of(struct page *page, const struct scenario_result *result)
{
    const char *title = attr_text(page, result->scenario, "title", NULL);

    return title ? title : result->scenario->name;
}

static struct entity *plan_person(const struct page *page, const char *role)
{
    const struct model *model = page->plan->model;

    return model->plan ? entity_ref(model, model->plan, role) : NULL;
}

static struct md_inline script(struct page *page, const struct scenario_result *result, const char *rest)
{
    return md_code(page->arena, arena_printf(page->arena, "./restore/recover.sh %s%s%s", output_name(page->arena, result->scenario->name), rest[0] ? " " : "", rest));
}

static const struct entity *first_channel(const struct page *page, const char *type)
{
    const struct model *model = page->plan->model;

    for (uint32_t i = 0; i < model->declared[BLOCK_CHANNEL].list.len; i++) {
        if (strcmp(attr_text(page, model->declared[BLOCK_CHANNEL].list.items[i], "type", ""), type) == 0)
            return model->declared[BLOCK_CHANNEL].list.items[i];
    }
    return NULL;
}

/* Who has to agree before the script does anything, and how soon. */
static void approvals(struct page *page, const struct scenario_result *result)
{
    for (uint32_t i = 0; i < result->runbook_count; i++) {
        struct value approvers = attr_list(page, result->runbooks[i], "approve");
        struct value within = entity_slot(result->runbooks[i], RUNBOOK_approve_within);
        struct md_inline names = MD("");

        for (uint32_t n = 0; n < approvers.u.list->count; n++) {
            if (approvers.u.list->items[n].type == VALUE_ENTITY)
                names = md_cat(page->arena, names, n ? MD(" or ") : MD(""), page_who(page, approvers.u.list->items[n].u.entity));
        }
        if (approvers.u.list->count)
            MD_ROW(&page->md, MD("Approved by"), within.type == VALUE_DURATION
                                                     ? md_cat(page->arena, names, MD(", within "), page_time(page, true, within.u.integer)) : names);
    }
}

/* What the script wants typed before anything happens: the words of all runbooks, once each; without any, the name of the scenario. */
static struct md_inline words_to_type(struct page *page, const struct scenario_result *result)
{
    struct md_inline words = MD("");

    for (uint32_t i = 0; i < result->runbook_count; i++) {
        const char *word = attr_text(page, result->runbooks[i], "confirm", NULL);
        bool again = false;

        for (uint32_t k = 0; word && k < i; k++)
            again |= strcmp(attr_text(page, result->runbooks[k], "confirm", ""), word) == 0;
        if (word && !again)
            words = md_cat(page->arena, words, words.markdown[0] ? MD(", then ") : MD(""), md_code(page->arena, word));
    }
    return words.markdown[0] ? words : md_code(page->arena, output_name(page->arena, result->scenario->name));
}

static void card(struct page *page, const struct scenario_result *result)
{
    const struct entity *meeting = first_channel(page, "meeting"), *declares = plan_person(page, "approver");
    const char *hotline = page->plan->model->plan ? attr_text(page, page->plan->model->plan, "hotline", NULL) : NULL;

    for (uint32_t i = result->runbook_count; i-- > 0;) {
        struct value approvers = attr_list(page, result->runbooks[i], "approve");

        if (approvers.u.list->count && approvers.u.list->items[0].type == VALUE_ENTITY)
            declares = approvers.u.list->items[0].u.entity;
    }
    md_heading(&page->md, 2, MD("Thirty-second card"));
    MD_TABLE(&page->md, NULL, MD("Question"), MD("Answer"));
    MD_ROW(&page->md, MD("Declared by"), page_who(page, declares));
    approvals(page, result);
    if (result->has_declare_by)
        MD_ROW(&page->md, MD("Declare at the latest"), result->declare_by < 0 ? MD("the objectives cannot be met any more: declare now")
                                                       : md_cat(page->arena, page_deadline(page, result->declare_by), MD(" after the interruption, or an objective is missed")));
    MD_ROW(&page->md, MD("Look first"), script(page, result, "--dry-run"));
    MD_ROW(&page->md, MD("Then start"), script(page, result, ""));
    MD_ROW(&page->md, MD("It asks for the word"), words_to_type(page, result));
    MD_ROW(&page->md, MD("After an interruption"), script(page, result, "--resume"));
    MD_ROW(&page->md, MD("To stop"), MD("press Ctrl-C once: running steps end, no new one starts; the journal is kept"));
    for (uint32_t i = 0; i < result->endpoint_count; i++) {
        const struct endpoint_state *state = &result->endpoints[i];

        if (state->affected)
            MD_ROW(&page->md, md_cat(page->arena, MD("Users reach "), md_code(page->arena, attr_text(page, state->endpoint, "name", state->endpoint->name)), MD(" again by")),
                   page_clock(page, state->finish.known, state->finish.worst));
    }
    MD_ROW(&page->md, MD("Everything is back by"), page_clock(page, result->finish.known, result->finish.worst));
    for (uint32_t i = 0; i < result->runbook_count; i++) {
        if (attr_text(page, result->runbooks[i], "title", NULL))
            MD_ROW(&page->md, MD("Holds the steps of"), md_text(page->arena, attr_text(page, result->runbooks[i], "title", "")));
    }
    if (meeting)
        MD_ROW(&page->md, MD("Meet at"), md_code(page->arena, attr_text(page, meeting, "address", meeting->name)));
    if (hotline)
        MD_ROW(&page->md, MD("Hotline"), md_code(page->arena, hotline));
    md_table_end(&page->md);
}

static void add_names(struct page *page, const struct scenario_result *result, const char *attr, const char *words)
{
    struct value list = attr_list(page, result->scenario, attr);
    struct strbuf text = STRBUF_INIT;

    for (uint32_t i = 0; i < list.u.list->count; i++) {
        if (list.u.list->items[i].type == VALUE_ENTITY)
            strbuf_addf(&text, "%s%s", text.len ? ", " : "", list.u.list->items[i].u.entity->name);
    }
    if (text.len)
        md_bullet(&page->md, 0, md_cat(page->arena, md_text(page->arena, words), MD(" "), md_text(page->arena, strbuf_str(&text))));
    strbuf_release(&text);
}

static void when_to_use(struct page *page, const struct scenario_result *result)
{
    struct value examples = attr_list(page, result->class_, "examples");

    md_heading(&page->md, 2, MD("When to use it, and when not"));
    if (result->scenario->doc)
        md_paragraph(&page->md, md_text(page->arena, result->scenario->doc));
    md_paragraph(&page->md, MD("Use it when this has happened:"));
    add_names(page, result, "loses", "these sites are lost, with everything in them:");
    add_names(page, result, "fails", "this does not work:");
    add_names(page, result, "corrupts", "the data of this is wrong:");
    add_names(page, result, "deletes", "data of this was deleted:");
    add_names(page, result, "degrades", "these sites are degraded:");
    add_names(page, result, "partitions", "these sites cannot be reached:");
    add_names(page, result, "compromises", "somebody else controls:");
    if (result->class_) {
        struct strbuf text = STRBUF_INIT;

        strbuf_addf(&text, "Disaster class %s: %s", result->class_->name, entity_title(page->plan->model, result->class_));
        for (uint32_t i = 0; i < examples.u.list->count; i++)
            strbuf_addf(&text, "%s%s", i ? ", " : ". Examples: ", value_text(examples.u.list->items[i], page->arena));
        md_paragraph(&page->md, md_text(page->arena, strbuf_str(&text)));
        strbuf_release(&text);
    }
    md_paragraph(&page->md, MD("Do not use it for less. If you are unsure, assume the worse and ask who declares. Other runbooks:"));
    for (uint32_t i = 0; i < page->plan->scenario_count; i++) {
        const struct scenario_result *other = &page->plan->scenarios[i];

        if (other != result)
            md_bullet(&page->md, 0, md_link(page->arena, md_text(page->arena, title_of(page, other)), scenario_file(page->plan, other)));
    }
}

static void role(struct page *page, struct md_inline name, const struct entity *who)
{
    if (who)
        MD_ROW(&page->md, name, page_who(page, who), page_reach(page, who));
}

static void roles(struct page *page, const struct scenario_result *result)
{
    struct entity *severity = result->class_ ? entity_ref(page->plan->model, result->class_, "severity") : NULL;
    struct value involved = attr_list(page, severity, "involve"), briefed = attr_list(page, severity, "brief");

    md_heading(&page->md, 2, MD("Who does what"));
    if (severity)
        md_paragraph(&page->md, md_cat(page->arena, MD("Severity "), md_text(page->arena, severity->name), MD(": "), md_text(page->arena, entity_title(page->plan->model, severity))));
    if (severity && value_is_known(entity_slot(severity, SEVERITY_stakeholder_updates)))
        md_paragraph(&page->md, md_cat(page->arena, MD("Stakeholders hear from you "), page_updates(page, severity), MD(", also when there is nothing new.")));
    MD_TABLE(&page->md, NULL, MD("Role"), MD("Who"), MD("How to reach"));
    role(page, MD("Declares and approves"), plan_person(page, "approver"));
    role(page, MD("Coordinates; takes no steps"), plan_person(page, "coordinator"));
    role(page, MD("Runs the script"), plan_person(page, "owner"));
    role(page, MD("Deputy"), plan_person(page, "deputy"));
    for (uint32_t i = 0; i < involved.u.list->count; i++)
        role(page, MD("Involved"), involved.u.list->items[i].type == VALUE_ENTITY ? involved.u.list->items[i].u.entity : NULL);
    for (uint32_t i = 0; i < briefed.u.list->count; i++)
        role(page, MD("Is briefed"), briefed.u.list->items[i].type == VALUE_ENTITY ? briefed.u.list->items[i].u.entity : NULL);
    md_table_end(&page->md);
    md_paragraph(&page->md, MD("Contacts and escalation: [communication](communication.md)."));
}

static void collect(struct page *page, const struct scenario_result *result, command_names *programs, command_names *names)
{
    for (uint32_t i = 0; i < result->step_count; i++) {
        const struct step *step = result->steps[i];
        const struct command *all[] = {&step->check, &step->run, &step->until, &step->verify, &step->undo};

        for (size_t c = 0; c < sizeof all / sizeof all[0]; c++) {
            command_collect(page->arena, all[c], names);
            command_programs(page->arena, all[c], programs);
        }
    }
}

/* What the script will ask, each question once: at night the answers are looked for beforehand, not at the prompt. */
static void questions(struct page *page, const struct scenario_result *result)
{
    VEC(const struct entity *) seen = {0};
    VEC(const char *) subjects = {0};

    for (uint32_t i = 0; i < result->step_count; i++) {
        const struct step *step = result->steps[i];
        const char *subject = step->asset ? step->asset->name : step->subject->name;

        for (uint32_t n = 0; n < step->input_count; n++) {
            uint32_t at = 0;

            while (at < seen.len && (strcmp(seen.items[at]->name, step->inputs[n]->name) != 0 || strcmp(subjects.items[at], subject) != 0))
                at++;
            if (at < seen.len)
                continue;
            if (seen.len == 0) {
                md_heading(&page->md, 3, MD("Have these answers at hand"));
                md_paragraph(&page->md, MD("The script asks for them when it starts and checks what is typed."));
            }
            vec_push(page->arena, &seen, step->inputs[n]);
            vec_push(page->arena, &subjects, subject);
            md_bullet(&page->md, 0, md_cat(page->arena, md_code(page->arena, subject), MD(": "), page_question(page, step->inputs[n])));
        }
    }
}

/* "; kept by …", where the specification declares the secret that a script expects. */
static struct md_inline kept_by(struct page *page, const char *variable)
{
    const struct model *model = page->plan->model;

    for (uint32_t i = 0; i < model->declared[BLOCK_SECRET].list.len; i++) {
        const struct entity *secret = model->declared[BLOCK_SECRET].list.items[i];

        if (strcmp(attr_text(page, secret, "env", ""), variable) == 0)
            return md_cat(page->arena, MD("; it is kept by "), page_names(page, attr_list(page, secret, "kept_by")));
    }
    return MD("");
}

static void before_you_start(struct page *page, const struct scenario_result *result)
{
    command_names programs = {0}, names = {0};

    collect(page, result, &programs, &names);
    md_heading(&page->md, 2, MD("Before you start"));
    md_number(&page->md, 0, 1, MD("Be on a host outside of what is lost, in the folder that holds `restore/`."));
    if (programs.len) {
        struct strbuf text = STRBUF_INIT;

        for (uint32_t i = 0; i < programs.len; i++)
            strbuf_addf(&text, "%s%s", i ? " " : "command -v ", programs.items[i]);
        md_number(&page->md, 0, 2, md_cat(page->arena, MD("The tools are there: "), md_code(page->arena, strbuf_str(&text)), MD(" prints one path for each. Expected: no line is missing.")));
        strbuf_release(&text);
    } else {
        md_number(&page->md, 0, 2, MD("No tool is needed: every step is a person's."));
    }
    md_number(&page->md, 0, 3, md_cat(page->arena, script(page, result, "--list"), MD(" prints the steps below. Expected: the same numbers and titles; otherwise script and runbook are of different plans.")));
    md_number(&page->md, 0, 4, md_cat(page->arena, script(page, result, "--dry-run"), MD(" prints every command and touches nothing.")));
    for (uint32_t i = 0, number = 5; i < names.len; i++) {
        if (strncmp(names.items[i], "env.", 4) == 0)
            md_number(&page->md, 0, number++, md_cat(page->arena, MD("The secret "), md_code(page->arena, names.items[i] + 4), MD(" is in the environment"),
                                                     kept_by(page, names.items[i] + 4), MD(".")));
    }
    questions(page, result);
    checklist(page, result, "pre", "Checklist before");
}

/* `orders`: what its readers call it. */
static struct md_inline group_name(struct page *page, const struct entity *group)
{
    const char *title = attr_text(page, group, "title", NULL);

    return title ? md_cat(page->arena, md_code(page->arena, group->name), MD(": "), md_text(page->arena, title)) : md_code(page->arena, group->name);
}

/* Which things belong together, and to which moment they go back. */
static void together(struct page *page, const struct scenario_result *result)
{
    for (uint32_t i = 0; i < result->group_count; i++) {
        const struct group_state *group = &result->groups[i];
        struct md_inline names = MD("");
        uint32_t count = 0;

        for (uint32_t m = 0; m < group->member_count; m++) {
            if (!group->members[m].recovered)
                continue;
            names = md_cat(page->arena, names, count++ ? MD(", ") : MD(""), md_code(page->arena, group->members[m].state->asset->name));
        }
        if (count > 1 && group->common)
            md_bullet(&page->md, 0, md_cat(page->arena, MD("Bring "), names, group->shared ? MD(" back from the **same run**: they belong together (")
                                                                                    : MD(" back to the **same moment**: they belong together ("),
                                           group_name(page, group->group), MD("), and that point is up to "),
                                           page_time(page, true, group->point_ms), MD(" back.")));
        else if (count > 1 && group->skew_ms > 0)
            md_bullet(&page->md, 0, md_cat(page->arena, names, MD(" belong together ("), group_name(page, group->group),
                                           MD(") and come back up to "), page_time(page, true, group->skew_ms), MD(" apart.")));
        if (group->intact_ms != 0)
            md_bullet(&page->md, 0, md_cat(page->arena, MD("What is intact of "), group_name(page, group->group), MD(" is newer than "), names,
                                           MD(" afterwards, by up to "), page_time(page, true, group->intact_ms), MD(".")));
    }
}

static void outcome(struct page *page, const struct scenario_result *result)
{
    md_heading(&page->md, 2, MD("What is lost and how it comes back"));
    MD_TABLE(&page->md, NULL, MD("Asset"), MD("State"), MD("By"), MD("Serves at"), MD("Back by"), MD("RTO"), MD("Data lost at most"), MD("RPO"));
    for (uint32_t i = 0; i < result->order_count; i++) {
        const struct asset_state *state = &result->states[result->order[i]->index];

        MD_ROW(&page->md, md_code(page->arena, state->asset->name), state->fate == FATE_LOST ? MD("lost") : MD("impaired"),
               state->chosen ? md_code(page->arena, state->chosen->label) : MD("–"), state->serving ? md_code(page->arena, state->serving->entity->name) : MD("–"),
               page_clock(page, state->finish.known, state->finish.worst), page_time(page, true, state->rto.ms),
               page_time(page, true, state->loss_ms),
               page_time(page, true, state->rpo.ms));
    }
    md_table_end(&page->md);
    for (uint32_t i = 0; i < result->order_count; i++) {
        const struct asset_state *state = &result->states[result->order[i]->index];

        for (uint32_t n = 0; n < state->asset->uses.count; n++) {
            const struct edge *edge = &state->asset->uses.items[n];

            if (edge->degraded && result->states[edge->to->index].fate != FATE_UNAFFECTED)
                md_bullet(&page->md, 0, md_cat(page->arena, MD("Until "), md_code(page->arena, edge->to->name), MD(" is back, "), md_code(page->arena, state->asset->name),
                                               MD(" is degraded: "), md_text(page->arena, edge->degraded)));
        }
        if (state->full_speed && !(state->full_speed->known && state->full_speed->worst <= state->finish.worst))
            md_bullet(&page->md, 0, md_cat(page->arena, md_code(page->arena, state->asset->name), MD(" serves before it is at full speed, which may take until "),
                                           page_clock(page, state->full_speed->known, state->full_speed->worst), MD(".")));
        if (state->discarded_ms >= 0)
            md_bullet(&page->md, 0, md_cat(page->arena, MD("What was written to "), md_code(page->arena, state->asset->name), MD(" after it went wrong is discarded: up to "),
                                           page_time(page, true, state->discarded_ms), MD(" of changes.")));
    }
    together(page, result);
}

static void fencing(struct page *page, const struct scenario_result *result)
{
    bool any = false;

    for (uint32_t i = 0; i < result->step_count; i++)
        any |= result->steps[i]->phase == PHASE_FENCE;
    if (!any)
        return;
    md_heading(&page->md, 2, MD("Fence first"));
    md_paragraph(&page->md, MD("The old primary must not accept writes any more before anything is promoted, otherwise two diverging copies exist. The script does these "
                               "steps first, and asks a person to attest what it cannot reach:"));
    for (uint32_t i = 0; i < result->step_count; i++) {
        if (result->steps[i]->phase == PHASE_FENCE)
            md_bullet(&page->md, 0, md_cat(page->arena, md_textf(page->arena, "Step %u: ", result->steps[i]->ordinal), md_text(page->arena, result->steps[i]->title)));
    }
}

static void traffic(struct page *page, const struct scenario_result *result)
{
    bool any = false;

    for (uint32_t i = 0; i < result->endpoint_count; i++) {
        const struct endpoint_state *state = &result->endpoints[i];
        const char *mode = attr_text(page, state->endpoint, "mode", "health");

        if (!state->affected)
            continue;
        if (!any)
            md_heading(&page->md, 2, MD("Traffic"));
        any = true;
        md_bullet(&page->md, 0, md_cat(page->arena, md_code(page->arena, attr_text(page, state->endpoint, "name", state->endpoint->name)), MD(" leads to "),
                                       state->to ? md_code(page->arena, state->to->name) : MD("**nowhere**"), MD(" by "), page_clock(page, state->finish.known, state->finish.worst),
                                       MD(" (RTO "), page_time(page, true, state->rto.ms), MD(")")));
        if (state->to && state->moves == MOVES_NOT)
            md_bullet(&page->md, 1, MD("the record need not change"));
        else if (state->stays_green)
            md_bullet(&page->md, 1, md_cat(page->arena, MD("the health check of the old side stays green here: move it as "), md_link(page->arena, MD("route53/README.md"), "../route53/README.md"),
                                           MD(" says, for "), md_code(page->arena, state->endpoint->name)));
        else if (strcmp(mode, "health") == 0 && state->to)
            md_bullet(&page->md, 1, md_cat(page->arena, MD("the health check moves it by itself within "), page_time(page, true, state->detection), MD(", resolvers follow within "),
                                           page_time(page, true, state->ttl)));
        else
            md_bullet(&page->md, 1, md_cat(page->arena, MD("move it by hand as "), md_link(page->arena, MD("route53/README.md"), "../route53/README.md"), MD(" says, for "),
                                           md_code(page->arena, state->endpoint->name)));
    }
}

static void verification(struct page *page, const struct scenario_result *result)
{
    md_heading(&page->md, 2, MD("Verification"));
    for (uint32_t i = 0; i < result->step_count; i++) {
        if (result->steps[i]->phase == PHASE_VERIFY)
            md_task(&page->md, 0, false, md_cat(page->arena, md_textf(page->arena, "Step %u: ", result->steps[i]->ordinal), md_text(page->arena, result->steps[i]->title)));
    }
    md_task(&page->md, 0, false, MD("The report at the end of the script shows every asset within its RTO and RPO."));
    md_task(&page->md, 0, false, MD("A person outside of the team uses the system as a customer would."));
    checklist(page, result, "during", "Checklist during");
    checklist(page, result, "post", "Checklist after");
}

static void afterwards(struct page *page, const struct scenario_result *result)
{
    bool irreversible = false;

    for (uint32_t i = 0; i < result->step_count; i++)
        irreversible |= result->steps[i]->irreversible;
    md_heading(&page->md, 2, MD("If it goes wrong"));
    md_bullet(&page->md, 0, MD("A step fails: what waits for it is not started. Mend the cause, then run the script again with `--resume`."));
    md_bullet(&page->md, 0, irreversible ? MD("Before the first step marked *no way back*, stopping the script and ending the fence returns to the old state. After it, the only way is forward; going back is the failback.")
                                         : MD("No step here is without a way back: stop the script, look, and start again."));
    md_bullet(&page->md, 0, MD("Time runs out: tell who declared; do not skip verification to save time."));
    md_heading(&page->md, 2, MD("Going back"));
    md_paragraph(&page->md, md_cat(page->arena, MD("Do not hurry: the recovered system is the primary now. When the old place is whole again: "),
                                   md_link(page->arena, MD("failback"), failback_file(page->plan, result)), MD(".")));
    md_heading(&page->md, 2, MD("Evidence to keep"));
    md_bullet(&page->md, 0, MD("The journal and the report of the script (`restore/README.md` says where they are): they are the record of what was done, when, and by whom."));
    md_bullet(&page->md, 0, MD("Who declared, when, and the incident's number."));
    md_bullet(&page->md, 0, MD("The measured recovery time and data loss of each asset, against its objectives."));
    md_bullet(&page->md, 0, MD("Every message sent to customers."));
    md_paragraph(&page->md, MD("Afterwards: [post-incident review](post-incident-review.md)."));
}

void scenario_page(const struct plan *plan, const struct scenario_result *result, struct fileset *files)
{
    struct entity *severity = result->class_ ? entity_ref(plan->model, result->class_, "severity") : NULL;
    struct page page;

    page_begin(&page, plan, arena_printf(plan->arena, "Runbook: %s", entity_title(plan->model, result->scenario)), result->scenario->span);
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
        step_table(&page, result->steps, result->step_count, false);
        if (has_steps(result))
            timeline(&page, result);
        traffic(&page, result);
        verification(&page, result);
        md_heading(&page.md, 2, MD("Communication"));
        notices_table(&page, severity);
        md_paragraph(&page.md, MD("Texts and contacts: [communication](communication.md)."));
        afterwards(&page, result);
        md_heading(&page.md, 2, MD("Every step"));
        step_details(&page, result->steps, result->step_count);
        md_heading(&page.md, 2, MD("What depends on what"));
        md_paragraph(&page.md, MD("Red is lost, yellow impaired; a dotted arrow is a soft dependency."));
        dependency_graph(&page, result);
        md_heading(&page.md, 2, MD("Where the figures come from"));
        figures_table(&page, result);
    }
    page_end(&page, files, arena_printf(plan->arena, "runbooks/%s", scenario_file(plan, result)), result->scenario->span);
}

static void failback_window(struct page *page, const struct entity *runbook)
{
    uint32_t cursor = 0;
    const struct entity *failback = entity_child(runbook, BLOCK_FAILBACK, &cursor);
    const char *window, *length, *confirm;
    struct value approvers;

    if (!failback)
        return;
    window = attr_text(page, failback, "window", NULL);
    length = attr_text(page, failback, "length", NULL);
    confirm = attr_text(page, failback, "confirm", NULL);
    approvers = attr_list(page, failback, "approve");
    if (window)
        md_bullet(&page->md, 0, md_cat(page->arena, MD("Window: "), md_text(page->arena, window), length ? MD(", for ") : MD(""), md_text(page->arena, length ? length : "")));
    for (uint32_t i = 0; i < approvers.u.list->count; i++) {
        if (approvers.u.list->items[i].type == VALUE_ENTITY)
            md_bullet(&page->md, 0, md_cat(page->arena, MD("Approved by "), page_who(page, approvers.u.list->items[i].u.entity)));
    }
    if (confirm)
        md_bullet(&page->md, 0, md_cat(page->arena, MD("The script asks for the word "), md_code(page->arena, confirm)));
}

void failback_page(const struct plan *plan, const struct scenario_result *result, struct fileset *files)
{
    struct page page;

    page_begin(&page, plan, arena_printf(plan->arena, "Failback: %s", entity_title(plan->model, result->scenario)), result->scenario->span);
    md_paragraph(&page.md, md_cat(page.arena, MD("The way back after "), md_link(page.arena, md_text(page.arena, title_of(&page, result)), scenario_file(plan, result)),
                                  MD(". It is a planned change: nothing is on fire, so nothing is hurried.")));
    md_heading(&page.md, 2, MD("When"));
    md_bullet(&page.md, 0, MD("The cause is known and mended, and the old place has been watched for as long as you need to trust it."));
    for (uint32_t i = 0; i < result->runbook_count; i++)
        failback_window(&page, result->runbooks[i]);
    md_heading(&page.md, 2, MD("How each asset goes back"));
    MD_TABLE(&page.md, NULL, MD("Asset"), MD("Came back by"), MD("Goes back"), MD("Protected again by"));
    for (uint32_t i = 0; i < result->order_count; i++) {
        const struct asset_state *state = &result->states[result->order[i]->index];
        const struct entity *method = state->chosen ? state->chosen->method : NULL;

        if (!method)
            continue;
        MD_ROW(&page.md, md_code(page.arena, state->asset->name), md_code(page.arena, state->chosen->label),
               md_text(page.arena, state->chosen->failback ? state->chosen->failback : "decide in the review; the kind says nothing"),
               md_text(page.arena, state->chosen->reprotect ? state->chosen->reprotect : "nothing further is known to be needed"));
    }
    md_table_end(&page.md);
    if (result->failback_count) {
        md_heading(&page.md, 2, MD("Steps"));
        step_table(&page, result->failback, result->failback_count, true);
        md_heading(&page.md, 2, MD("Every step"));
        step_details(&page, result->failback, result->failback_count);
    }
    checklist(&page, result, "recovery", "Checklist of the way back");
    md_heading(&page.md, 2, MD("Script"));
    md_code_block(&page.md, "sh", arena_printf(plan->arena, "./restore/failback.sh %s --dry-run\n./restore/failback.sh %s\n", output_name(plan->arena, result->scenario->name),
                                               output_name(plan->arena, result->scenario->name)));
    page_end(&page, files, arena_printf(plan->arena, "runbooks/%s", failback_file(plan, result)), result->scenario->span);
}
