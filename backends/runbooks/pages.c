/* The pages for calmer hours: index, communication, protection, drills, review, compliance and cost, exports. */
#include "backends/runbooks/runbooks.h"

#include "backends/common/command.h"
#include "backends/common/demands.h"
#include <string.h>

static const char *slot_text(struct page *page, const struct entity *entity, uint32_t row, const char *fallback)
{
    struct value value = entity_slot(entity, row);

    if (!value_is_known(value) || value.type == VALUE_NULL || value.type == VALUE_LIST || value.type == VALUE_ENTITY)
        return fallback;
    return value_text(value, page->arena);
}

static struct entity *ref_of(const struct entity *entity, uint32_t row)
{
    struct value value = entity_slot(entity, row);

    return value.type == VALUE_ENTITY ? value.u.entity : NULL;
}

static void pages_list(struct page *page, const struct plan *plan)
{
    md_heading(&page->md, 2, MD("When something has happened"));
    MD_TABLE(&page->md, NULL, MD("What happened"), MD("Class"), MD("Everything is back by"), MD("Runbook"), MD("Way back"));
    for (uint32_t i = 0; i < plan->scenario_count; i++) {
        const struct scenario_result *result = &plan->scenarios[i];

        MD_ROW(&page->md, md_text(page->arena, entity_title(plan->model, result->scenario)),
               md_text(page->arena, result->class_ ? result->class_->name : ""), page_clock(page, result->finish.known, result->finish.worst),
               md_link(page->arena, MD("runbook"), scenario_file(plan, result)),
               result->order_count ? md_link(page->arena, MD("failback"), failback_file(plan, result)) : MD("–"));
    }
    md_table_end(&page->md);
    md_heading(&page->md, 2, MD("Before and after"));
    md_bullet(&page->md, 0, MD("[Communication](communication.md): contacts, escalation, channels, texts and their clock"));
    md_bullet(&page->md, 0, MD("[Protection](protection.md): backups, replicas and standbys, and what is lost at most"));
    md_bullet(&page->md, 0, MD("[Drills](drills.md): what is rehearsed, when, and what counts as success"));
    md_bullet(&page->md, 0, MD("[Post-incident review](post-incident-review.md)"));
    md_bullet(&page->md, 0, MD("[Regulations, audit and cost](compliance-and-cost.md)"));
    if (plan->model->declared[BLOCK_EXPORT].list.len)
        md_bullet(&page->md, 0, MD("[Data exports](exports.md)"));
}

/* `critical (Tier 1)`: by its name, and as readers call it. */
static struct md_inline tier_of(struct page *page, const struct entity *tier)
{
    const char *title = tier ? slot_text(page, tier, TIER_title, NULL) : NULL;

    return md_text(page->arena, !tier ? "" : title ? arena_printf(page->arena, "%s (%s)", tier->name, title) : tier->name);
}

static void objectives_section(struct page *page, const struct plan *plan)
{
    const struct model *model = plan->model;

    if (model->declared[BLOCK_CLASS].list.len) {
        md_heading(&page->md, 2, MD("Disaster classes"));
        MD_TABLE(&page->md, NULL, MD("Class"), MD("What"), MD("Examples"), MD("RTO"), MD("RPO"), MD("Severity"));
        for (uint32_t i = 0; i < model->declared[BLOCK_CLASS].list.len; i++) {
            const struct entity *class_ = model->declared[BLOCK_CLASS].list.items[i];
            struct value rto = entity_slot(class_, CLASS_rto), rpo = entity_slot(class_, CLASS_rpo);
            struct entity *severity = ref_of(class_, CLASS_severity);

            MD_ROW(&page->md, md_text(page->arena, class_->name), md_text(page->arena, entity_title(model, class_)), page_words(page, entity_slot(class_, CLASS_examples), ""),
                   rto.type == VALUE_DURATION ? page_time(page, true, rto.u.integer) : MD("–"),
                   rpo.type == VALUE_DURATION ? page_time(page, true, rpo.u.integer) : MD("–"), md_text(page->arena, severity ? severity->name : ""));
        }
        md_table_end(&page->md);
    }
    md_heading(&page->md, 2, MD("Objectives"));
    MD_TABLE(&page->md, NULL, MD("Asset"), MD("Tier"), MD("RTO"), MD("from"), MD("RPO"), MD("from"), MD("Owner"));
    for (uint32_t i = 0; i < plan->asset_count; i++) {
        const struct asset *asset = &plan->assets[i];

        MD_ROW(&page->md, md_code(page->arena, asset->name), tier_of(page, asset->tier), page_time(page, true, asset->rto.ms),
               md_text(page->arena, asset->rto.source), page_time(page, true, asset->rpo.ms),
               md_text(page->arena, asset->rpo.source), page_who(page, asset->owner));
    }
    md_table_end(&page->md);
}

static void accepted(struct page *page, const struct plan *plan)
{
    bool any = false;

    for (uint32_t i = 0; i < plan->finding_count; i++) {
        const struct finding *finding = &plan->findings[i];
        struct entity *by;

        if (!finding->accepted)
            continue;
        if (!any) {
            md_heading(&page->md, 2, MD("Accepted risks"));
            MD_TABLE(&page->md, NULL, MD("Finding"), MD("Why it is accepted"), MD("By"), MD("Until"), MD("Tracked in"));
        }
        any = true;
        by = ref_of(finding->accepted, ACCEPT_by);
        MD_ROW(&page->md, md_text(page->arena, finding->message), md_text(page->arena, slot_text(page, finding->accepted, ACCEPT_why, "")), page_who(page, by),
               md_text(page->arena, slot_text(page, finding->accepted, ACCEPT_until, "")), md_text(page->arena, slot_text(page, finding->accepted, ACCEPT_ticket, "–")));
    }
    if (any)
        md_table_end(&page->md);
}

/* Severities by their names, P1 and P2: in a sentence their titles would not read as events. */
static struct md_inline review_events(struct page *page, const struct entity *review)
{
    struct value after = attr_list(page, review, "after");
    struct strbuf text = STRBUF_INIT;
    struct md_inline result;

    for (uint32_t i = 0; i < after.u.list->count; i++) {
        struct value item = after.u.list->items[i];

        strbuf_addf(&text, "%s%s", i ? ", " : "", item.type == VALUE_ENTITY ? item.u.entity->name : value_text(item, page->arena));
    }
    result = md_text(page->arena, strbuf_str(&text));
    strbuf_release(&text);
    return result;
}

/* What the authors of the specification wrote above its blocks. */
static void described(struct page *page, const struct plan *plan)
{
    static const enum block_id blocks[] = {BLOCK_SITE, BLOCK_STORE, BLOCK_ASSET, BLOCK_ENDPOINT, BLOCK_GROUP};
    bool any = false;

    for (size_t b = 0; b < sizeof blocks / sizeof *blocks; b++) {
        for (uint32_t i = 0; i < plan->model->declared[blocks[b]].list.len; i++) {
            const struct entity *entity = plan->model->declared[blocks[b]].list.items[i];

            if (!entity->doc || !entity->doc[0])
                continue;
            if (!any)
                md_heading(&page->md, 2, MD("What is what"));
            any = true;
            md_bullet(&page->md, 0, md_cat(page->arena, md_text(page->arena, entity->schema->name), MD(" "), md_code(page->arena, entity->name), MD(": "),
                                           md_text(page->arena, entity->doc)));
        }
    }
}

void index_page(const struct plan *plan, struct fileset *files)
{
    const struct entity *block = plan->model->plan;
    struct span span = block ? block->span : (struct span){0, 0};
    struct page page;

    page_begin(&page, plan, block ? entity_title(plan->model, block) : "Recovery plan", span);
    if (block && block->doc)
        md_paragraph(&page.md, md_text(page.arena, block->doc));
    if (block) {
        struct strbuf text = STRBUF_INIT;
        uint32_t cursor = 0;
        struct entity *review = entity_child(block, BLOCK_REVIEW, &cursor);
        const char *every = review ? slot_text(&page, review, REVIEW_every, NULL) : slot_text(&page, block, PLAN_review, NULL);

        MD_TABLE(&page.md, NULL, MD("Plan"), MD(" "));
        MD_ROW(&page.md, MD("Revision"), md_text(page.arena, slot_text(&page, block, PLAN_revision, "not stated")));
        MD_ROW(&page.md, MD("Audience"), page_words(&page, entity_slot(block, PLAN_audience), "not stated"));
        MD_ROW(&page.md, MD("Owner"), page_who(&page, ref_of(block, PLAN_owner)));
        MD_ROW(&page.md, MD("Deputy"), page_who(&page, ref_of(block, PLAN_deputy)));
        MD_ROW(&page.md, MD("Approver"), page_who(&page, ref_of(block, PLAN_approver)));
        MD_ROW(&page.md, MD("Approved on"), md_text(page.arena, slot_text(&page, block, PLAN_approved, "not stated")));
        MD_ROW(&page.md, MD("Coordinator"), page_who(&page, ref_of(block, PLAN_coordinator)));
        MD_ROW(&page.md, MD("Hotline"), md_code(page.arena, slot_text(&page, block, PLAN_hotline, "not stated")));
        MD_ROW(&page.md, MD("Reviewed every"),
               md_cat(page.arena, md_text(page.arena, every ? every : "not stated"), review && attr_list(&page, review, "after").u.list->count ? MD(", and after ") : MD(""),
                      review ? review_events(&page, review) : MD("")));
        MD_ROW(&page.md, MD("Digest"), md_code(page.arena, arena_printf(plan->arena, "sha256:%s", plan->digest)));
        md_table_end(&page.md);
        strbuf_release(&text);
    }
    pages_list(&page, plan);
    objectives_section(&page, plan);
    accepted(&page, plan);
    described(&page, plan);
    md_heading(&page.md, 2, MD("What depends on what"));
    dependency_graph(&page, NULL);
    demand_section(&page.md, plan->document, "runbooks");
    page_end(&page, files, "runbooks/README.md", span);
}

/* ---------------------------------------------------------------- communication */

static void channels(struct page *page, const struct model *model)
{
    md_heading(&page->md, 2, MD("Channels"));
    MD_TABLE(&page->md, NULL, MD("Channel"), MD("Kind"), MD("Address"), MD("Use"));
    for (uint32_t i = 0; i < model->declared[BLOCK_CHANNEL].list.len; i++) {
        const struct entity *channel = model->declared[BLOCK_CHANNEL].list.items[i];
        struct value primary = entity_slot(channel, CHANNEL_primary);

        MD_ROW(&page->md, md_text(page->arena, entity_title(model, channel)), md_text(page->arena, slot_text(page, channel, CHANNEL_type, "")),
               slot_text(page, channel, CHANNEL_address, NULL) ? md_code(page->arena, slot_text(page, channel, CHANNEL_address, "")) : MD("see below"), primary.type == VALUE_BOOL && primary.u.integer ? MD("first") : MD(""));
    }
    md_table_end(&page->md);
    for (uint32_t i = 0; i < model->declared[BLOCK_CHANNEL].list.len; i++) {
        const struct entity *channel = model->declared[BLOCK_CHANNEL].list.items[i];
        struct value order = attr_list(page, channel, "order"), escalate = entity_slot(channel, CHANNEL_escalate_after);

        if (!order.u.list->count)
            continue;
        md_heading(&page->md, 3, md_textf(page->arena, "Call in this order: %s", entity_title(model, channel)));
        for (uint32_t n = 0; n < order.u.list->count; n++) {
            if (order.u.list->items[n].type == VALUE_ENTITY)
                md_number(&page->md, 0, n + 1, md_cat(page->arena, page_who(page, order.u.list->items[n].u.entity), MD(": "), page_reach(page, order.u.list->items[n].u.entity)));
        }
        md_paragraph(&page->md, md_cat(page->arena, MD("No answer within "),
                                               page_time(page, true, escalate.type == VALUE_DURATION ? escalate.u.integer : 5 * MS_MINUTE), MD(": call the next.")));
    }
}

static void severities(struct page *page, const struct model *model)
{
    if (!model->declared[BLOCK_SEVERITY].list.len)
        return;
    md_heading(&page->md, 2, MD("Severities"));
    MD_TABLE(&page->md, NULL, MD("Severity"), MD("What"), MD("Who is involved"), MD("Channels"), MD("Who is briefed"), MD("Stakeholders hear"));
    for (uint32_t i = 0; i < model->declared[BLOCK_SEVERITY].list.len; i++) {
        const struct entity *severity = model->declared[BLOCK_SEVERITY].list.items[i];

        MD_ROW(&page->md, md_text(page->arena, severity->name), md_text(page->arena, entity_title(model, severity)), page_words(page, entity_slot(severity, SEVERITY_involve), "–"),
               page_words(page, entity_slot(severity, SEVERITY_channels), "–"), page_words(page, entity_slot(severity, SEVERITY_brief), "–"),
               page_updates(page, severity));
    }
    md_table_end(&page->md);
}

static void texts(struct page *page, const struct model *model)
{
    for (uint32_t i = 0; i < model->declared[BLOCK_NOTICE].list.len; i++) {
        const struct entity *notice = model->declared[BLOCK_NOTICE].list.items[i];
        const char *subject = slot_text(page, notice, NOTICE_subject, NULL), *body = slot_text(page, notice, NOTICE_body, NULL);
        struct entity *state;
        bool any = false;

        md_heading(&page->md, 3, md_textf(page->arena, "Text: %s", entity_title(model, notice)));
        if (subject)
            md_paragraph(&page->md, md_cat(page->arena, MD("**Subject:** "), md_text(page->arena, subject)));
        if (body)
            md_code_block(&page->md, "text", body);
        for (uint32_t s = 0; (state = entity_child(notice, BLOCK_STATE, &s));) {
            if (!any)
                MD_TABLE(&page->md, NULL, MD("When"), MD("Status"), MD("Impact"), MD("Title"), MD("Text"));
            any = true;
            MD_ROW(&page->md, md_code(page->arena, state->name), md_text(page->arena, slot_text(page, state, STATE_status, "")),
                   md_text(page->arena, slot_text(page, state, STATE_impact, "")), md_text(page->arena, slot_text(page, state, STATE_title, "")),
                   md_text(page->arena, slot_text(page, state, STATE_body, "–")));
        }
        if (any)
            md_table_end(&page->md);
        if (!subject && !body && !any)
            md_paragraph(&page->md, MD("No text is written down: say what is affected since when, what is being done, and when the next message comes."));
    }
}

/* Secrets a restore needs: what each opens, where a script expects it, who has it. */
static void secrets(struct page *page, const struct model *model)
{
    if (!model->declared[BLOCK_SECRET].list.len)
        return;
    md_heading(&page->md, 2, MD("Secrets, and who keeps them"));
    MD_TABLE(&page->md, NULL, MD("Secret"), MD("What it opens"), MD("A script expects it as"), MD("Kept by"), MD("At"));
    for (uint32_t i = 0; i < model->declared[BLOCK_SECRET].list.len; i++) {
        const struct entity *secret = model->declared[BLOCK_SECRET].list.items[i];

        MD_ROW(&page->md, md_code(page->arena, secret->name), md_text(page->arena, slot_text(page, secret, SECRET_title, "not stated")),
               slot_text(page, secret, SECRET_env, NULL) ? md_code(page->arena, slot_text(page, secret, SECRET_env, "")) : MD("–"),
               page_names(page, attr_list(page, secret, "kept_by")), md_text(page->arena, ref_of(secret, SECRET_site) ? ref_of(secret, SECRET_site)->name : "–"));
    }
    md_table_end(&page->md);
}

/* Whom to reach at those who run what is not ours. */
static void providers(struct page *page, const struct plan *plan)
{
    bool any = false;

    for (uint32_t i = 0; i < plan->asset_count; i++) {
        const struct entity *asset = plan->assets[i].entity;
        const char *contact = slot_text(page, asset, ASSET_contact, NULL);

        if (!contact)
            continue;
        if (!any) {
            md_heading(&page->md, 2, MD("Contacts at providers"));
            MD_TABLE(&page->md, NULL, MD("Of"), MD("Reach"));
        }
        any = true;
        MD_ROW(&page->md, md_text(page->arena, entity_title(plan->model, asset)), md_code(page->arena, contact));
    }
    if (any)
        md_table_end(&page->md);
}

void communication_page(const struct plan *plan, struct fileset *files)
{
    struct page page;
    struct span span = plan->model->plan ? plan->model->plan->span : (struct span){0, 0};

    page_begin(&page, plan, "Communication", span);
    md_heading(&page.md, 2, MD("Contacts"));
    contacts_table(&page);
    providers(&page, plan);
    secrets(&page, plan->model);
    if (plan->model->declared[BLOCK_CHANNEL].list.len)
        channels(&page, plan->model);
    severities(&page, plan->model);
    if (plan->model->declared[BLOCK_NOTICE].list.len) {
        md_heading(&page.md, 2, MD("What is said, where and when"));
        md_paragraph(&page.md, MD("Clocks start with the declaration; resolution and report count from the recovery. Double braces are filled in during the incident."));
        notices_table(&page, NULL);
        texts(&page, plan->model);
    }
    page_end(&page, files, "runbooks/communication.md", span);
}

/* ---------------------------------------------------------------- protection */

static const char *schedule_text(struct page *page, const struct schedule *schedule)
{
    struct strbuf text = STRBUF_INIT;
    const char *result;

    if (!schedule)
        return "";
    print_schedule(&text, schedule);
    result = strbuf_dup(&text, page->arena);
    strbuf_release(&text);
    return result;
}

static struct md_inline retained(struct page *page, struct value retain)
{
    struct strbuf text = STRBUF_INIT;
    struct md_inline result;

    if (retain.type == VALUE_UNKNOWN)
        return MD("not stated");
    if (retain.type == VALUE_OBJECT) {
        for (uint32_t i = 0; i < retain.u.object->count; i++)
            strbuf_addf(&text, "%s%s %s", i ? ", " : "", value_text(retain.u.object->pairs[i].value, page->arena), retain.u.object->pairs[i].key);
    } else {
        strbuf_addstr(&text, value_text(retain, page->arena));
    }
    result = md_text(page->arena, strbuf_str(&text));
    strbuf_release(&text);
    return result;
}

static struct md_inline job_place(struct page *page, const struct backup_job *job)
{
    if (!job->runs_at)
        return MD("a job, see `cron/`");
    return md_cat(page->arena, MD("a job at "), md_code(page->arena, job->runs_at->entity->name), MD(", see `cron/`"));
}

void protection_page(const struct plan *plan, struct fileset *files)
{
    struct span span = plan->model->plan ? plan->model->plan->span : (struct span){0, 0};
    struct page page;

    page_begin(&page, plan, "Protection", span);
    md_heading(&page.md, 2, MD("Backups"));
    if (plan->job_count == 0)
        md_paragraph(&page.md, MD("No backup is declared."));
    else
        MD_TABLE(&page.md, NULL, MD("Backup"), MD("When"), MD("Captures"), MD("Kept"), MD("In"), MD("Copies"), MD("Encryption"), MD("Done by"));
    for (uint32_t i = 0; i < plan->job_count; i++) {
        const struct backup_job *job = &plan->jobs[i];
        struct strbuf copies = STRBUF_INIT;

        for (uint32_t c = 0; c < job->copy_count; c++)
            strbuf_addf(&copies, "%s%s", c ? ", " : "", job->copies[c]->name);
        MD_ROW(&page.md, md_code(page.arena, job->name), md_text(page.arena, schedule_text(&page, job->schedule)),
               md_text(page.arena, slot_text(&page, job->backup, BACKUP_kind, "")), retained(&page, job->retain),
               job->to ? md_code(page.arena, job->to->name) : MD("the platform"), md_text(page.arena, copies.len ? strbuf_str(&copies) : "–"),
               md_text(page.arena, job->encryption),
               job->managed ? md_text(page.arena, job->managed) : command_is_set(&job->run) ? job_place(&page, job) : MD("**a person: nobody knows how to do it by machine**"));
        strbuf_release(&copies);
    }
    if (plan->job_count)
        md_table_end(&page.md);
    md_heading(&page.md, 2, MD("Replicas and standbys"));
    MD_TABLE(&page.md, NULL, MD("Asset"), MD("Protection"), MD("At"), MD("Figures"));
    for (uint32_t i = 0; i < plan->asset_count; i++) {
        struct entity *child;

        for (uint32_t c = 0; (child = entity_child(plan->assets[i].entity, BLOCK_REPLICA, &c));)
            MD_ROW(&page.md, md_code(page.arena, plan->assets[i].name), MD("replica"), md_code(page.arena, child->name),
                   md_textf(page.arena, "%s, lag %s", slot_text(&page, child, REPLICA_mode, ""), slot_text(&page, child, REPLICA_lag, "not stated")));
        for (uint32_t c = 0; (child = entity_child(plan->assets[i].entity, BLOCK_STANDBY, &c));)
            MD_ROW(&page.md, md_code(page.arena, plan->assets[i].name), MD("standby"), md_code(page.arena, child->name),
                   md_textf(page.arena, "capacity %s, full after %s", slot_text(&page, child, STANDBY_capacity, ""), slot_text(&page, child, STANDBY_scale_up, "no time")));
    }
    md_table_end(&page.md);
    md_heading(&page.md, 2, MD("What is lost at most"));
    MD_TABLE(&page.md, NULL, MD("Asset"), MD("Scenario"), MD("By"), MD("Data lost at most"), MD("RPO"));
    for (uint32_t i = 0; i < plan->asset_count; i++) {
        for (uint32_t s = 0; s < plan->scenario_count; s++) {
            const struct asset_state *state = &plan->scenarios[s].states[i];

            if (state->fate == FATE_LOST && state->asset->stateful)
                MD_ROW(&page.md, md_code(page.arena, state->asset->name), md_text(page.arena, plan->scenarios[s].scenario->name),
                       state->chosen ? md_code(page.arena, state->chosen->label) : MD("nothing"), page_time(&page, true, state->loss_ms), page_time(&page, true, state->rpo.ms));
        }
    }
    md_table_end(&page.md);
    page_end(&page, files, "runbooks/protection.md", span);
}

/* ---------------------------------------------------------------- drills, review */

/* Who hears of a drill that failed, and when. */
static void drill_failure(struct page *page, const struct model *model, const struct entity *drill)
{
    uint32_t cursor = 0;
    const struct entity *failure = entity_child(drill, BLOCK_ON_FAILURE, &cursor);
    int64_t after = failure ? entity_integer(model, failure, "after", 1) : 1;

    if (!failure)
        return;
    md_bullet(&page->md, 0, md_cat(page->arena, MD("When it fails"), after > 1 ? md_textf(page->arena, " %lld times in a row", (long long)after) : MD(""), MD(", this is told: "),
                                   page_words(page, entity_slot(failure, ON_FAILURE_notify), "who organises it")));
    if (slot_text(page, failure, ON_FAILURE_heartbeat, NULL))
        md_bullet(&page->md, 0, md_cat(page->arena, MD("After a success it calls "), md_code(page->arena, slot_text(page, failure, ON_FAILURE_heartbeat, ""))));
}

/* The steps that are the drill's own, one after another. */
static void drill_steps(struct page *page, const struct drill_plan *plan)
{
    if (!plan->step_count)
        return;
    md_heading(&page->md, 3, md_textf(page->arena, "Steps of %s", plan->drill->name));
    MD_TABLE(&page->md, NULL, MD("#"), MD("What"), MD("Takes"), MD("Who"), MD("What one sees when it worked"));
    for (uint32_t i = 0; i < plan->step_count; i++) {
        const struct step *step = plan->steps[i];

        MD_ROW(&page->md, md_textf(page->arena, "%u", step->ordinal),
               step->manual ? md_cat(page->arena, md_text(page->arena, step->title), MD(": "), md_text(page->arena, step->manual)) : md_text(page->arena, step->title),
               page_time(page, step->takes.known, step->takes.worst), step->automated && !step->manual ? MD("script") : page_who(page, step->by),
               md_text(page->arena, step->expect ? step->expect : "–"));
    }
    md_table_end(&page->md);
}

static void one_drill(struct page *page, const struct model *model, const struct drill_plan *plan)
{
    const struct entity *drill = plan->drill;
    struct value criteria = attr_list(page, drill, "criteria");
    struct entity *environment, *scenario = ref_of(drill, DRILL_scenario);
    uint32_t cursor = 0;

    md_heading(&page->md, 2, md_text(page->arena, entity_title(model, drill)));
    if (drill->doc)
        md_paragraph(&page->md, md_text(page->arena, drill->doc));
    if (scenario)
        md_bullet(&page->md, 0, md_cat(page->arena, MD("Rehearses "), md_link(page->arena, md_text(page->arena, entity_title(model, scenario)),
                                                                              arena_printf(page->arena, "scenario-%s.md", output_name(page->arena, scenario->name)))));
    if (attr_list(page, drill, "of").u.list->count)
        md_bullet(&page->md, 0, md_cat(page->arena, MD("Rehearses the restore of "), page_words(page, attr_list(page, drill, "of"), "")));
    if (slot_text(page, drill, DRILL_into, NULL))
        md_bullet(&page->md, 0, md_cat(page->arena, MD("Restores into "), md_code(page->arena, slot_text(page, drill, DRILL_into, ""))));
    environment = entity_child(drill, BLOCK_ENVIRONMENT, &cursor);
    if (environment) {
        struct value isolated = entity_slot(environment, ENVIRONMENT_isolated);

        md_bullet(&page->md, 0, MD("Has surroundings of its own, made before and taken down after; `restore/drill.sh` does both."));
        if (isolated.type == VALUE_BOOL)
            md_bullet(&page->md, 0, isolated.u.integer ? MD("These surroundings cannot reach production: whoever makes them sees to it.")
                                                       : MD("**These surroundings can reach production:** whatever is started there must not send, charge or delete."));
    }
    if (ref_of(drill, DRILL_owner))
        md_bullet(&page->md, 0, md_cat(page->arena, MD("Organised by "), page_who(page, ref_of(drill, DRILL_owner)), MD(": "), page_reach(page, ref_of(drill, DRILL_owner))));
    if (attr_list(page, drill, "measure").u.list->count)
        md_bullet(&page->md, 0, md_cat(page->arena, MD("Measures "), page_words(page, attr_list(page, drill, "measure"), "")));
    drill_failure(page, model, drill);
    if (slot_text(page, drill, DRILL_records, NULL))
        md_bullet(&page->md, 0, md_cat(page->arena, MD("Records go to "), md_code(page->arena, slot_text(page, drill, DRILL_records, ""))));
    md_heading(&page->md, 3, md_textf(page->arena, "Success criteria of %s", drill->name));
    for (uint32_t i = 0; i < criteria.u.list->count; i++)
        md_task(&page->md, 0, false, md_text(page->arena, value_text(criteria.u.list->items[i], page->arena)));
    if (!criteria.u.list->count)
        md_task(&page->md, 0, false, MD("Every asset is back within its RTO, with no more loss than its RPO."));
    drill_steps(page, plan);
}

void drills_page(const struct plan *plan, struct fileset *files)
{
    const struct model *model = plan->model;
    struct span span = model->plan ? model->plan->span : (struct span){0, 0};
    struct page page;

    page_begin(&page, plan, "Drills", span);
    if (!model->declared[BLOCK_DRILL].list.len) {
        md_paragraph(&page.md, MD("No drill is declared. A plan that was never rehearsed is a hope."));
        page_end(&page, files, "runbooks/drills.md", span);
        return;
    }
    MD_TABLE(&page.md, NULL, MD("Drill"), MD("Kind"), MD("At least every"), MD("When"), MD("Lasts"), MD("Who"), MD("Last result"));
    for (uint32_t i = 0; i < model->declared[BLOCK_DRILL].list.len; i++) {
        const struct entity *drill = model->declared[BLOCK_DRILL].list.items[i];

        MD_ROW(&page.md, md_text(page.arena, entity_title(model, drill)), md_text(page.arena, slot_text(&page, drill, DRILL_kind, "")),
               md_text(page.arena, slot_text(&page, drill, DRILL_cadence, "")), md_text(page.arena, slot_text(&page, drill, DRILL_at, "")),
               md_text(page.arena, slot_text(&page, drill, DRILL_duration, "")), page_words(&page, entity_slot(drill, DRILL_participants), "–"),
               MD("no record given"));
    }
    md_table_end(&page.md);
    for (uint32_t i = 0; i < model->declared[BLOCK_DRILL].list.len; i++)
        one_drill(&page, model, &plan->drills[i]);
    page_end(&page, files, "runbooks/drills.md", span);
}

void review_page(const struct plan *plan, struct fileset *files)
{
    static const char *const questions[] = {
        "When did it begin, when was it noticed, when declared, when recovered? (from the journal, not from memory)",
        "Which objective was met, which was missed, and by how much? Compare with the plan's worst case.",
        "Which step took longer than its figure? Put the measured time into the specification as `timing`.",
        "Which step was done that is in no runbook? Put it into the specification.",
        "Who could not be reached, and by which way?",
        "What did customers notice, and what were they told when?",
        "Was data lost or discarded, and who has been told?",
        "What would have made it shorter? What would have prevented it?",
    };
    struct span span = plan->model->plan ? plan->model->plan->span : (struct span){0, 0};
    struct page page;

    page_begin(&page, plan, "Post-incident review", span);
    md_paragraph(&page.md, MD("About causes, not about people. Held while memories are fresh, with everybody who took part; the coordinator writes."));
    md_heading(&page.md, 2, MD("Questions"));
    for (uint32_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
        md_number(&page.md, 0, i + 1, md_text(page.arena, questions[i]));
    md_heading(&page.md, 2, MD("Results"));
    MD_TABLE(&page.md, NULL, MD("Asset"), MD("RTO"), MD("Measured"), MD("RPO"), MD("Measured"));
    for (uint32_t i = 0; i < plan->asset_count; i++)
        MD_ROW(&page.md, md_code(page.arena, plan->assets[i].name), page_time(&page, true, plan->assets[i].rto.ms), MD(" "), page_time(&page, true, plan->assets[i].rpo.ms), MD(" "));
    md_table_end(&page.md);
    md_heading(&page.md, 2, MD("Actions"));
    MD_TABLE(&page.md, NULL, MD("What"), MD("Who"), MD("Until"), MD("Ticket"));
    MD_ROW(&page.md, MD(" "), MD(" "), MD(" "), MD(" "));
    md_table_end(&page.md);
    md_task(&page.md, 0, false, MD("Specification changed, artifacts built again, changes approved"));
    md_task(&page.md, 0, false, MD("Drill planned for what went wrong"));
    page_end(&page, files, "runbooks/post-incident-review.md", span);
}

/* ---------------------------------------------------------------- regulations, audit, cost */

static void frameworks(struct page *page, const struct model *model)
{
    bool any = false;

    for (uint32_t i = 0; i < model->declared[BLOCK_FRAMEWORK].list.len; i++) {
        const struct entity *framework = model->declared[BLOCK_FRAMEWORK].list.items[i];
        struct value enabled = entity_slot(framework, FRAMEWORK_enabled);
        struct entity *control;

        if (enabled.type == VALUE_BOOL && !enabled.u.integer)
            continue;
        if (!any)
            md_heading(&page->md, 2, MD("Regulations and standards"));
        any = true;
        md_heading(&page->md, 3, md_textf(page->arena, "Framework: %s", entity_title(model, framework)));
        if (slot_text(page, framework, FRAMEWORK_version, NULL) || slot_text(page, framework, FRAMEWORK_url, NULL))
            md_paragraph(&page->md, md_cat(page->arena, MD("Version: "), md_text(page->arena, slot_text(page, framework, FRAMEWORK_version, "not stated")),
                                           slot_text(page, framework, FRAMEWORK_url, NULL) ? MD(", published at ") : MD(""),
                                           slot_text(page, framework, FRAMEWORK_url, NULL) ? md_code(page->arena, slot_text(page, framework, FRAMEWORK_url, "")) : MD("")));
        MD_TABLE(&page->md, NULL, MD("Control"), MD("Asks for"), MD("Implemented by"), MD("Evidence"), MD("Due every"), MD("Drills"), MD("Rules"));
        for (uint32_t c = 0; (control = entity_child(framework, BLOCK_CONTROL, &c));)
            MD_ROW(&page->md, md_text(page->arena, control->name), md_text(page->arena, slot_text(page, control, CONTROL_title, "")),
                   md_text(page->arena, slot_text(page, control, CONTROL_implementation, "–")), page_words(page, entity_slot(control, CONTROL_evidence), "–"),
                   md_text(page->arena, slot_text(page, control, CONTROL_cadence, "–")), page_words(page, entity_slot(control, CONTROL_drills), "–"),
                   page_words(page, entity_slot(control, CONTROL_rules), "–"));
        md_table_end(&page->md);
    }
    if (!any)
        md_paragraph(&page->md, MD("The plan answers to no framework."));
}

static void audits(struct page *page, const struct model *model)
{
    for (uint32_t i = 0; i < model->declared[BLOCK_AUDIT].list.len; i++) {
        const struct entity *audit = model->declared[BLOCK_AUDIT].list.items[i];

        if (i == 0)
            md_heading(&page->md, 2, MD("Audit trail"));
        md_heading(&page->md, 3, md_textf(page->arena, "Records: %s", entity_title(model, audit)));
        md_bullet(&page->md, 0, md_cat(page->arena, MD("Table: "), md_code(page->arena, slot_text(page, audit, AUDIT_table, audit->name))));
        md_bullet(&page->md, 0, md_cat(page->arena, MD("Kept for "), md_text(page->arena, slot_text(page, audit, AUDIT_retain, "an unstated time")), MD(" at "),
                                       md_text(page->arena, ref_of(audit, AUDIT_site) ? ref_of(audit, AUDIT_site)->name : "an unstated place")));
        md_bullet(&page->md, 0, md_cat(page->arena, MD("Changes show by "), md_text(page->arena, slot_text(page, audit, AUDIT_tamper, "nothing"))));
        md_bullet(&page->md, 0, md_cat(page->arena, MD("Records: "), page_words(page, entity_slot(audit, AUDIT_fields), "–")));
    }
}

static void budgets(struct page *page, const struct model *model)
{
    static const enum md_align align[] = {MD_LEFT, MD_RIGHT, MD_RIGHT, MD_LEFT};

    for (uint32_t i = 0; i < model->declared[BLOCK_BUDGET].list.len; i++) {
        const struct entity *budget = model->declared[BLOCK_BUDGET].list.items[i];
        struct value notes = attr_list(page, budget, "notes");
        struct entity *line;

        if (i == 0)
            md_heading(&page->md, 2, MD("Cost"));
        md_heading(&page->md, 3, md_textf(page->arena, "Budget: %s", entity_title(model, budget)));
        MD_TABLE(&page->md, align, MD("Component"), MD("Normal"), MD("While recovering"), MD("Kept down by"));
        for (uint32_t c = 0; (line = entity_child(budget, BLOCK_LINE, &c));)
            MD_ROW(&page->md, md_text(page->arena, line->name), md_text(page->arena, slot_text(page, line, LINE_normal, "")),
                   md_text(page->arena, slot_text(page, line, LINE_active, "")), md_text(page->arena, slot_text(page, line, LINE_optimisation, "–")));
        MD_ROW(&page->md, MD("**Total**"), md_text(page->arena, slot_text(page, budget, BUDGET_normal, "–")), md_text(page->arena, slot_text(page, budget, BUDGET_active, "–")), MD("–"));
        md_table_end(&page->md);
        for (uint32_t n = 0; n < notes.u.list->count; n++)
            md_bullet(&page->md, 0, md_text(page->arena, value_text(notes.u.list->items[n], page->arena)));
    }
}

/* What the protection of each asset costs, and all of it in each currency for each span of time. */
static void costs(struct page *page, const struct plan *plan)
{
    static const enum md_align align[] = {MD_LEFT, MD_RIGHT};
    VEC(struct money) sums = {0};

    for (uint32_t i = 0; i < plan->asset_count; i++) {
        struct value cost = entity_slot(plan->assets[i].entity, ASSET_cost);
        uint32_t at = 0;

        if (cost.type != VALUE_MONEY)
            continue;
        if (!sums.len) {
            md_heading(&page->md, 2, MD("What protection costs"));
            MD_TABLE(&page->md, align, MD("Asset"), MD("Cost"));
        }
        MD_ROW(&page->md, md_code(page->arena, plan->assets[i].name), md_text(page->arena, value_text(cost, page->arena)));
        while (at < sums.len && (sums.items[at].currency != cost.u.money->currency || sums.items[at].period != cost.u.money->period))
            at++;
        if (at == sums.len)
            vec_push(page->arena, &sums, *cost.u.money);
        else if (__builtin_add_overflow(sums.items[at].amount, cost.u.money->amount, &sums.items[at].amount))
            sums.items[at].amount = INT64_MAX;
    }
    for (uint32_t i = 0; i < sums.len; i++)
        MD_ROW(&page->md, MD("**Total**"), md_text(page->arena, value_text((struct value){.type = VALUE_MONEY, .u.money = &sums.items[i]}, page->arena)));
    if (sums.len)
        md_table_end(&page->md);
}

void compliance_page(const struct plan *plan, struct fileset *files)
{
    struct span span = plan->model->plan ? plan->model->plan->span : (struct span){0, 0};
    struct page page;

    page_begin(&page, plan, "Regulations, audit and cost", span);
    frameworks(&page, plan->model);
    audits(&page, plan->model);
    budgets(&page, plan->model);
    costs(&page, plan);
    page_end(&page, files, "runbooks/compliance-and-cost.md", span);
}

/* ---------------------------------------------------------------- exports */

static void export_command(struct page *page, const char *label, const struct command *command)
{
    if (!command_is_set(command))
        return;
    md_paragraph(&page->md, md_text(page->arena, label));
    md_code_block(&page->md, "sh", command_line(page->arena, command));
}

/* How data comes back in: by which command, whether it may run twice, and how one sees that relations were kept. */
static void import_part(struct page *page, const struct export_plan *plan)
{
    uint32_t cursor = 0;
    const struct entity *import = entity_child(plan->export, BLOCK_IMPORT, &cursor);

    if (!import) {
        md_bullet(&page->md, 0, MD("No way back in is declared."));
        return;
    }
    md_bullet(&page->md, 0, plan->idempotent ? MD("Comes back in by the import below, which may run twice.")
                                             : MD("Comes back in by the import below. **Run it once only:** nobody says that it may run twice."));
    export_command(page, "The import:", &plan->import);
    if (plan->words)
        md_paragraph(&page->md, md_cat(page->arena, MD("Afterwards see that this holds: "), md_text(page->arena, plan->words)));
    export_command(page, "Afterwards this succeeds:", &plan->verify);
}

static void one_export(struct page *page, const struct export_plan *plan)
{
    const struct entity *export = plan->export;
    struct value encrypt = entity_slot(export, EXPORT_encrypt);
    uint32_t cursor = 0;
    struct entity *deliver = entity_child(export, BLOCK_DELIVER, &cursor), *owner = ref_of(export, EXPORT_owner);

    md_heading(&page->md, 2, md_text(page->arena, entity_title(page->plan->model, export)));
    if (export->doc)
        md_paragraph(&page->md, md_text(page->arena, export->doc));
    md_bullet(&page->md, 0, md_cat(page->arena, MD("From: "), page_words(page, attr_list(page, export, "of"), "")));
    if (slot_text(page, export, EXPORT_subject, NULL))
        md_bullet(&page->md, 0, md_cat(page->arena, MD("Of one subject, found by its "), md_code(page->arena, slot_text(page, export, EXPORT_subject, ""))));
    md_bullet(&page->md, 0, md_cat(page->arena, MD("Includes: "), page_words(page, attr_list(page, export, "tables"), "everything")));
    md_bullet(&page->md, 0, md_cat(page->arena, MD("Leaves out, on purpose: "), page_words(page, attr_list(page, export, "excludes"), "nothing")));
    md_bullet(&page->md, 0, md_cat(page->arena, MD("Formats: "), page_words(page, attr_list(page, export, "formats"), "")));
    if (slot_text(page, export, EXPORT_schema, NULL))
        md_bullet(&page->md, 0, md_cat(page->arena, MD("Schema: "), md_code(page->arena, slot_text(page, export, EXPORT_schema, ""))));
    if (encrypt.type == VALUE_BOOL)
        md_bullet(&page->md, 0, encrypt.u.integer ? MD("Has to be encrypted before it leaves: see that it is, nothing here does it.") : MD("Is not encrypted."));
    md_bullet(&page->md, 0, md_cat(page->arena, MD("Complete within "), md_text(page->arena, slot_text(page, export, EXPORT_complete_within, "an unstated time"))));
    if (deliver)
        md_bullet(&page->md, 0, md_cat(page->arena, MD("Delivered to the "), md_text(page->arena, slot_text(page, deliver, DELIVER_audience, "subject")), MD("; the link lives "),
                                       md_text(page->arena, slot_text(page, deliver, DELIVER_link_expires, "an unstated time"))));
    if (owner)
        md_bullet(&page->md, 0, md_cat(page->arena, MD("Answered for by "), page_who(page, owner), MD(": "), page_reach(page, owner)));
    export_command(page, "The export:", &plan->run);
    import_part(page, plan);
}

void exports_page(const struct plan *plan, struct fileset *files)
{
    struct page page;

    if (!plan->export_count)
        return;
    page_begin(&page, plan, "Data exports", plan->exports[0].export->span);
    for (uint32_t i = 0; i < plan->export_count; i++)
        one_export(&page, &plan->exports[i]);
    page_end(&page, files, "runbooks/exports.md", plan->exports[0].export->span);
}
