/* The pages for calmer hours: index, communication, protection, drills, review, compliance and cost, exports. */
#include "backends/runbooks/runbooks.h"

#include "backends/common/command.h"
#include "backends/common/demands.h"
#include "base/units.h"

#include <string.h>

static void pages_list(struct page *page, const struct plan_document *plan)
{
    uint32_t exports;

    md_heading(&page->md, 2, MD("When something has happened"));
    MD_TABLE(&page->md, NULL, MD("What happened"), MD("Class"), MD("Everything is back by"), MD("Runbook"), MD("Way back"));
    for (uint32_t i = 0; i < plan->scenarios_count; i++) {
        const struct plan_scenario *result = &plan->scenarios[i];

        MD_ROW(&page->md, md_text(page->arena, plan_title(result->thing)), md_text(page->arena, result->class ? result->class->name : ""),
               page_clock(page, result->finish.known, result->finish.worst), md_link(page->arena, MD("runbook"), scenario_file(page->arena, result)),
               result->order_count ? md_link(page->arena, MD("failback"), failback_file(page->arena, result)) : MD("–"));
    }
    md_table_end(&page->md);
    md_heading(&page->md, 2, MD("Before and after"));
    md_bullet(&page->md, 0, MD("[Communication](communication.md): contacts, escalation, channels, texts and their clock"));
    md_bullet(&page->md, 0, MD("[Protection](protection.md): backups, replicas and standbys, and what is lost at most"));
    md_bullet(&page->md, 0, MD("[Drills](drills.md): what is rehearsed, when, and what counts as success"));
    md_bullet(&page->md, 0, MD("[Post-incident review](post-incident-review.md)"));
    md_bullet(&page->md, 0, MD("[Regulations, audit and cost](compliance-and-cost.md)"));
    plan_sort(page->book->index, "export", &exports);
    if (exports)
        md_bullet(&page->md, 0, MD("[Data exports](exports.md)"));
}

/* `critical (Tier 1)`: by its name, and as readers call it. */
static struct md_inline tier_of(struct page *page, const struct plan_thing *tier)
{
    const char *title = tier ? attr_text(page, tier, "title", NULL) : NULL;

    return md_text(page->arena, !tier ? "" : title ? arena_printf(page->arena, "%s (%s)", tier->name, title) : tier->name);
}

static void classes(struct page *page)
{
    uint32_t count;
    const struct plan_thing *all = plan_sort(page->book->index, "class", &count);

    if (!count)
        return;
    md_heading(&page->md, 2, MD("Disaster classes"));
    MD_TABLE(&page->md, NULL, MD("Class"), MD("What"), MD("Examples"), MD("RTO"), MD("RPO"), MD("Severity"));
    for (uint32_t i = 0; i < count; i++) {
        const struct plan_thing *severity = attr_ref(page, &all[i], "severity");
        int64_t rto = plan_number(&all[i], "rto", PLAN_TAG_DURATION, -1), rpo = plan_number(&all[i], "rpo", PLAN_TAG_DURATION, -1);

        MD_ROW(&page->md, md_text(page->arena, all[i].name), md_text(page->arena, plan_title(&all[i])), page_words(page, &all[i], "examples", ""),
               rto >= 0 ? page_time(page, true, rto) : MD("–"), rpo >= 0 ? page_time(page, true, rpo) : MD("–"),
               md_text(page->arena, severity ? severity->name : ""));
    }
    md_table_end(&page->md);
}

static void objectives_section(struct page *page)
{
    struct rows rows = {0};

    classes(page);
    md_heading(&page->md, 2, MD("Objectives"));
    MD_TABLE(&page->md, NULL, MD("Asset"), MD("Tier"), MD("RTO"), MD("from"), MD("RPO"), MD("from"), MD("Owner"));
    for (uint32_t i = 0; i < page->plan->assets_count; i++) {
        const struct plan_asset *asset = &page->plan->assets[i];

        if (!rows_take(&rows, false))
            continue;
        MD_ROW(&page->md, md_code(page->arena, asset->name), tier_of(page, asset->tier), page_objective(page, asset->rto),
               md_text(page->arena, asset->rto ? asset->rto->source : ""), page_objective(page, asset->rpo),
               md_text(page->arena, asset->rpo ? asset->rpo->source : ""), page_who(page, asset->owner));
    }
    md_table_end(&page->md);
    rows_tell(&page->md, &rows, "assets", "assets");
}

static void accepted(struct page *page, const struct plan_document *plan)
{
    bool any = false;

    for (uint32_t i = 0; i < plan->findings_count; i++) {
        const struct plan_finding *finding = &plan->findings[i];
        const struct plan_thing *by;

        if (!finding->accepted)
            continue;
        if (!any) {
            md_heading(&page->md, 2, MD("Accepted risks"));
            MD_TABLE(&page->md, NULL, MD("Finding"), MD("Why it is accepted"), MD("By"), MD("Until"), MD("Tracked in"));
        }
        any = true;
        by = attr_ref(page, finding->accepted, "by");
        MD_ROW(&page->md, md_text(page->arena, finding->message), md_text(page->arena, attr_text(page, finding->accepted, "why", "")),
               page_who(page, by), md_text(page->arena, attr_text(page, finding->accepted, "until", "")),
               md_text(page->arena, attr_text(page, finding->accepted, "ticket", "–")));
    }
    if (any)
        md_table_end(&page->md);
}

/* Severities by their names, P1 and P2: in a sentence their titles would not read as events. */
static struct md_inline review_events(struct page *page, const struct plan_thing *review)
{
    struct items after = attr_list(review, "after");
    struct strbuf text = STRBUF_INIT;
    struct md_inline result;

    for (uint32_t i = 0; i < after.count; i++)
        strbuf_addf(&text, "%s%s", i ? ", " : "", plan_value_words(page->arena, &after.at[i]));
    result = md_text(page->arena, strbuf_str(&text));
    strbuf_release(&text);
    return result;
}

/* What the authors of the specification wrote above its blocks. */
static void described(struct page *page)
{
    static const char *const sorts[] = {"site", "store", "asset", "endpoint", "group"};
    struct rows rows = {0};
    bool any = false;

    for (size_t s = 0; s < sizeof sorts / sizeof *sorts; s++) {
        uint32_t count;
        const struct plan_thing *things = plan_sort(page->book->index, sorts[s], &count);

        for (uint32_t i = 0; i < count; i++) {
            if (!things[i].doc || !rows_take(&rows, false))
                continue;
            if (!any)
                md_heading(&page->md, 2, MD("What is what"));
            any = true;
            md_bullet(&page->md, 0,
                      md_cat(page->arena, md_text(page->arena, sorts[s]), MD(" "), md_code(page->arena, things[i].name), MD(": "),
                             md_text(page->arena, things[i].doc)));
        }
    }
    rows_tell(&page->md, &rows, "descriptions", "declared");
}

static void plan_table(struct page *page, const struct plan_thing *block)
{
    uint32_t cursor = 0;
    const struct plan_thing *review = plan_child(block, "review", &cursor);
    const char *every = review ? attr_text(page, review, "every", NULL) : attr_text(page, block, "review", NULL);

    MD_TABLE(&page->md, NULL, MD("Plan"), MD(" "));
    MD_ROW(&page->md, MD("Revision"), md_text(page->arena, attr_text(page, block, "revision", "not stated")));
    MD_ROW(&page->md, MD("Audience"), page_words(page, block, "audience", "not stated"));
    MD_ROW(&page->md, MD("Owner"), page_who(page, attr_ref(page, block, "owner")));
    MD_ROW(&page->md, MD("Deputy"), page_who(page, attr_ref(page, block, "deputy")));
    MD_ROW(&page->md, MD("Approver"), page_who(page, attr_ref(page, block, "approver")));
    MD_ROW(&page->md, MD("Approved on"), md_text(page->arena, attr_text(page, block, "approved", "not stated")));
    MD_ROW(&page->md, MD("Coordinator"), page_who(page, attr_ref(page, block, "coordinator")));
    MD_ROW(&page->md, MD("Hotline"), md_code(page->arena, attr_text(page, block, "hotline", "not stated")));
    MD_ROW(&page->md, MD("Reviewed every"),
           md_cat(page->arena, md_text(page->arena, every ? every : "not stated"), attr_list(review, "after").count ? MD(", and after ") : MD(""),
                  review ? review_events(page, review) : MD("")));
    MD_ROW(&page->md, MD("Digest"), md_code(page->arena, page->plan->digest));
    md_table_end(&page->md);
}

void index_page(const struct book *book)
{
    const struct plan_thing *block = book->about;
    const char *origin = block ? block->origin : NULL;
    struct page page;

    page_begin(&page, book, block ? plan_title(block) : "Recovery plan", origin);
    if (block && block->doc)
        md_paragraph(&page.md, md_text(page.arena, block->doc));
    if (block)
        plan_table(&page, block);
    pages_list(&page, book->plan);
    objectives_section(&page);
    accepted(&page, book->plan);
    described(&page);
    md_heading(&page.md, 2, MD("What depends on what"));
    dependency_graph(&page, false);
    demand_section(&page.md, book->plan, "runbooks");
    page_end(&page, "runbooks/README.md", origin);
}

/* ---------------------------------------------------------------- communication */

static void channels(struct page *page)
{
    uint32_t count;
    const struct plan_thing *all = plan_sort(page->book->index, "channel", &count);

    md_heading(&page->md, 2, MD("Channels"));
    MD_TABLE(&page->md, NULL, MD("Channel"), MD("Kind"), MD("Address"), MD("Use"));
    for (uint32_t i = 0; i < count; i++) {
        const struct plan_thing *channel = &all[i];
        MD_ROW(&page->md, md_text(page->arena, plan_title(channel)), md_text(page->arena, attr_text(page, channel, "type", "")),
               attr_text(page, channel, "address", NULL) ? md_code(page->arena, attr_text(page, channel, "address", "")) : MD("see below"),
               plan_is_true(channel, "primary") ? MD("first") : MD(""));
    }
    md_table_end(&page->md);
    for (uint32_t i = 0; i < count; i++) {
        const struct plan_thing *channel = &all[i];
        struct items order = attr_list(channel, "order");

        if (!order.count)
            continue;
        md_heading(&page->md, 3, md_textf(page->arena, "Call in this order: %s", plan_title(channel)));
        for (uint32_t n = 0; n < order.count; n++) {
            const struct plan_thing *who = item_thing(page, order, n);

            if (who)
                md_number(&page->md, 0, n + 1, md_cat(page->arena, page_who(page, who), MD(": "), page_reach(page, who)));
        }
        md_paragraph(&page->md,
                     md_cat(page->arena, MD("No answer within "),
                            page_time(page, true, plan_number(channel, "escalate_after", PLAN_TAG_DURATION, 5 * MS_MINUTE)), MD(": call the next.")));
    }
}

static void severities(struct page *page)
{
    uint32_t count;
    const struct plan_thing *all = plan_sort(page->book->index, "severity", &count);

    if (!count)
        return;
    md_heading(&page->md, 2, MD("Severities"));
    MD_TABLE(&page->md, NULL, MD("Severity"), MD("What"), MD("Who is involved"), MD("Channels"), MD("Who is briefed"), MD("Stakeholders hear"));
    for (uint32_t i = 0; i < count; i++) {
        const struct plan_thing *severity = &all[i];

        MD_ROW(&page->md, md_text(page->arena, severity->name), md_text(page->arena, plan_title(severity)),
               page_words(page, severity, "involve", "–"), page_words(page, severity, "channels", "–"), page_words(page, severity, "brief", "–"),
               page_updates(page, severity));
    }
    md_table_end(&page->md);
}

static void texts(struct page *page)
{
    uint32_t count;
    const struct plan_thing *all = plan_sort(page->book->index, "notice", &count);

    for (uint32_t i = 0; i < count; i++) {
        const struct plan_thing *notice = &all[i];
        const char *subject = attr_text(page, notice, "subject", NULL), *body = attr_text(page, notice, "body", NULL);
        const struct plan_thing *state;
        bool any = false;

        md_heading(&page->md, 3, md_textf(page->arena, "Text: %s", plan_title(notice)));
        if (subject)
            md_paragraph(&page->md, md_cat(page->arena, MD("**Subject:** "), md_text(page->arena, subject)));
        if (body)
            md_code_block(&page->md, "text", body);
        for (uint32_t s = 0; (state = plan_child(notice, "state", &s));) {
            if (!any)
                MD_TABLE(&page->md, NULL, MD("When"), MD("Status"), MD("Impact"), MD("Title"), MD("Text"));
            any = true;
            MD_ROW(&page->md, md_code(page->arena, state->name), md_text(page->arena, attr_text(page, state, "status", "")),
                   md_text(page->arena, attr_text(page, state, "impact", "")), md_text(page->arena, attr_text(page, state, "title", "")),
                   md_text(page->arena, attr_text(page, state, "body", "–")));
        }
        if (any)
            md_table_end(&page->md);
        if (!subject && !body && !any)
            md_paragraph(&page->md,
                         MD("No text is written down: say what is affected since when, what is being done, and when the next message comes."));
    }
}

/* Secrets a restore needs: what each opens, where a script expects it, who has it. */
static void secrets(struct page *page)
{
    uint32_t count;
    const struct plan_thing *all = plan_sort(page->book->index, "secret", &count);

    if (!count)
        return;
    md_heading(&page->md, 2, MD("Secrets, and who keeps them"));
    MD_TABLE(&page->md, NULL, MD("Secret"), MD("What it opens"), MD("A script expects it as"), MD("Kept by"), MD("At"));
    for (uint32_t i = 0; i < count; i++) {
        const struct plan_thing *secret = &all[i];

        MD_ROW(&page->md, md_code(page->arena, secret->name), md_text(page->arena, attr_text(page, secret, "title", "not stated")),
               attr_text(page, secret, "env", NULL) ? md_code(page->arena, attr_text(page, secret, "env", "")) : MD("–"),
               page_names(page, secret, "kept_by"),
               md_text(page->arena, attr_ref(page, secret, "site") ? attr_ref(page, secret, "site")->name : "–"));
    }
    md_table_end(&page->md);
}

/* Whom to reach at those who run what is not ours. */
static void providers(struct page *page, const struct plan_document *plan)
{
    bool any = false;

    for (uint32_t i = 0; i < plan->assets_count; i++) {
        const struct plan_thing *asset = plan->assets[i].thing;
        const char *contact = attr_text(page, asset, "contact", NULL);

        if (!contact)
            continue;
        if (!any) {
            md_heading(&page->md, 2, MD("Contacts at providers"));
            MD_TABLE(&page->md, NULL, MD("Of"), MD("Reach"));
        }
        any = true;
        MD_ROW(&page->md, md_text(page->arena, plan_title(asset)), md_code(page->arena, contact));
    }
    if (any)
        md_table_end(&page->md);
}

static bool declares(const struct book *book, const char *sort)
{
    uint32_t count;

    plan_sort(book->index, sort, &count);
    return count > 0;
}

static const char *plan_origin(const struct book *book)
{
    return book->about ? book->about->origin : NULL;
}

void communication_page(const struct book *book)
{
    struct page page;

    page_begin(&page, book, "Communication", plan_origin(book));
    md_heading(&page.md, 2, MD("Contacts"));
    contacts_table(&page);
    providers(&page, book->plan);
    secrets(&page);
    if (declares(book, "channel"))
        channels(&page);
    severities(&page);
    if (declares(book, "notice")) {
        md_heading(&page.md, 2, MD("What is said, where and when"));
        md_paragraph(
            &page.md,
            MD("Clocks start with the declaration; resolution and report count from the recovery. Double braces are filled in during the incident."));
        notices_table(&page, NULL);
        texts(&page);
    }
    page_end(&page, "runbooks/communication.md", plan_origin(book));
}

/* ---------------------------------------------------------------- protection */

static struct md_inline job_place(struct page *page, const struct plan_job *job)
{
    if (!job->runs_at)
        return MD("a job, see `cron/`");
    return md_cat(page->arena, MD("a job at "), md_code(page->arena, job->runs_at->name), MD(", see `cron/`"));
}

static void backups(struct page *page)
{
    const struct plan_document *plan = page->plan;

    struct rows rows = {0};

    md_heading(&page->md, 2, MD("Backups"));
    if (plan->jobs_count == 0) {
        md_paragraph(&page->md, MD("No backup is declared."));
        return;
    }
    MD_TABLE(&page->md, NULL, MD("Backup"), MD("When"), MD("Captures"), MD("Kept"), MD("In"), MD("Copies"), MD("Encryption"), MD("Done by"));
    for (uint32_t i = 0; i < plan->jobs_count; i++) {
        const struct plan_job *job = &plan->jobs[i];
        struct strbuf copies = STRBUF_INIT;

        if (!rows_take(&rows, !job->managed && !job->run))
            continue;
        for (uint32_t c = 0; c < job->copies_count; c++)
            strbuf_addf(&copies, "%s%s", c ? ", " : "", job->copies[c]->name);
        MD_ROW(&page->md, md_code(page->arena, job->name), md_text(page->arena, job->schedule ? job->schedule->written : ""),
               md_text(page->arena, attr_text(page, job->backup, "kind", "")),
               job->retain ? md_text(page->arena, job->retain_text) : MD("not stated"),
               job->to ? md_code(page->arena, job->to->name) : MD("the platform"), md_text(page->arena, copies.len ? strbuf_str(&copies) : "–"),
               md_text(page->arena, job->encryption ? job->encryption : ""),
               job->managed ? md_text(page->arena, job->managed)
               : job->run   ? job_place(page, job)
                            : MD("**a person: nobody knows how to do it by machine**"));
        strbuf_release(&copies);
    }
    md_table_end(&page->md);
    rows_tell(&page->md, &rows, "backups", "jobs");
}

static void stand_by(struct page *page, const struct plan_asset *asset, struct rows *rows)
{
    const struct plan_thing *child;

    for (uint32_t c = 0; (child = plan_child(asset->thing, "replica", &c)) && rows_take(rows, false);)
        MD_ROW(&page->md, md_code(page->arena, asset->name), MD("replica"), md_code(page->arena, child->name),
               md_textf(page->arena, "%s, lag %s", attr_text(page, child, "mode", ""), attr_text(page, child, "lag", "not stated")));
    for (uint32_t c = 0; (child = plan_child(asset->thing, "standby", &c)) && rows_take(rows, false);)
        MD_ROW(&page->md, md_code(page->arena, asset->name), MD("standby"), md_code(page->arena, child->name),
               md_textf(page->arena, "capacity %s, full after %s", attr_text(page, child, "capacity", ""),
                        attr_text(page, child, "scale_up", "no time")));
}

static void losses(struct page *page)
{
    const struct plan_document *plan = page->plan;
    uint32_t *next = ARENA_ARRAY(page->arena, uint32_t, plan->scenarios_count); /* outcomes run in the order of assets */
    struct rows rows = {0};

    md_heading(&page->md, 2, MD("What is lost at most"));
    MD_TABLE(&page->md, NULL, MD("Asset"), MD("Scenario"), MD("By"), MD("Data lost at most"), MD("RPO"));
    for (uint32_t i = 0; i < plan->assets_count; i++) {
        for (uint32_t s = 0; s < plan->scenarios_count; s++) {
            const struct plan_scenario *result = &plan->scenarios[s];
            const struct plan_outcome *state = next[s] < result->assets_count ? &result->assets[next[s]] : NULL;

            if (!state || state->asset != &plan->assets[i])
                continue;
            next[s]++;
            if (state->fate == PLAN_FATE_lost && state->asset->stateful &&
                rows_take(&rows, state->rpo_verdict == PLAN_VERDICT_refuted || state->rpo_verdict == PLAN_VERDICT_unknown))
                MD_ROW(&page->md, md_code(page->arena, state->asset->name), md_text(page->arena, result->name),
                       state->method ? md_code(page->arena, state->method) : MD("nothing"), page_time(page, true, state->data_loss),
                       page_objective(page, state->rpo));
        }
    }
    md_table_end(&page->md);
    if (rows.left_out)
        md_paragraph(&page->md, MD("The list is cut: what misses its objective is in it."));
    rows_tell(&page->md, &rows, "losses", "data_loss");
}

void protection_page(const struct book *book)
{
    struct rows rows = {0};
    struct page page;

    page_begin(&page, book, "Protection", plan_origin(book));
    backups(&page);
    md_heading(&page.md, 2, MD("Replicas and standbys"));
    MD_TABLE(&page.md, NULL, MD("Asset"), MD("Protection"), MD("At"), MD("Figures"));
    for (uint32_t i = 0; i < book->plan->assets_count; i++)
        stand_by(&page, &book->plan->assets[i], &rows);
    md_table_end(&page.md);
    rows_tell(&page.md, &rows, "replicas and standbys", "declared");
    losses(&page);
    page_end(&page, "runbooks/protection.md", plan_origin(book));
}

/* ---------------------------------------------------------------- drills, review */

/* Who hears of a drill that failed, and when. */
static void drill_failure(struct page *page, const struct plan_thing *drill)
{
    uint32_t cursor = 0;
    const struct plan_thing *failure = plan_child(drill, "on_failure", &cursor);
    int64_t after = plan_number(failure, "after", PLAN_TAG_NONE, 1);

    if (!failure)
        return;
    md_bullet(&page->md, 0,
              md_cat(page->arena, MD("When it fails"), after > 1 ? md_textf(page->arena, " %lld times in a row", (long long)after) : MD(""),
                     MD(", this is told: "), page_words(page, failure, "notify", "who organises it")));
    if (attr_text(page, failure, "heartbeat", NULL))
        md_bullet(&page->md, 0,
                  md_cat(page->arena, MD("After a success it calls "), md_code(page->arena, attr_text(page, failure, "heartbeat", ""))));
}

/* The steps that are the drill's own, one after another. */
static void drill_steps(struct page *page, const struct plan_drill *plan)
{
    if (!plan->steps_count)
        return;
    md_heading(&page->md, 3, md_textf(page->arena, "Steps of %s", plan->name));
    MD_TABLE(&page->md, NULL, MD("#"), MD("What"), MD("Takes"), MD("Who"), MD("What one sees when it worked"));
    for (uint32_t i = 0; i < plan->steps_count; i++) {
        const struct plan_step *step = &plan->steps[i];

        MD_ROW(&page->md, md_textf(page->arena, "%lld", (long long)step->ordinal),
               step->manual ? md_cat(page->arena, md_text(page->arena, step->title), MD(": "), md_text(page->arena, step->manual))
                            : md_text(page->arena, step->title),
               page_takes(page, step), page_doer(page, step), md_text(page->arena, step->expect ? step->expect : "–"));
    }
    md_table_end(&page->md);
}

/* A test of copies is started with the jobs; nothing starts any other. */
static bool starts_by_itself(const struct page *page, const struct plan_thing *drill)
{
    for (uint32_t i = 0; i < page->book->plan->tasks_count; i++) {
        if (page->book->plan->tasks[i].drill == drill)
            return true;
    }
    return false;
}

static void one_drill(struct page *page, const struct plan_drill *plan)
{
    const struct plan_thing *drill = plan->thing;
    struct items criteria = attr_list(drill, "criteria");
    const struct plan_thing *environment, *scenario = attr_ref(page, drill, "scenario");
    uint32_t cursor = 0;

    md_heading(&page->md, 2, md_text(page->arena, plan_title(drill)));
    if (drill->doc)
        md_paragraph(&page->md, md_text(page->arena, drill->doc));
    if (scenario)
        md_bullet(&page->md, 0,
                  md_cat(page->arena, MD("Rehearses "),
                         md_link(page->arena, md_text(page->arena, plan_title(scenario)),
                                 arena_printf(page->arena, "scenario-%s.md", output_name(page->arena, scenario->name)))));
    if (attr_list(drill, "of").count)
        md_bullet(&page->md, 0, md_cat(page->arena, MD("Rehearses the restore of "), page_words(page, drill, "of", "")));
    if (attr_text(page, drill, "into", NULL))
        md_bullet(&page->md, 0, md_cat(page->arena, MD("Restores into "), md_code(page->arena, attr_text(page, drill, "into", ""))));
    environment = plan_child(drill, "environment", &cursor);
    if (environment) {
        const struct plan_value *isolated = plan_attribute(environment, "isolated");

        md_bullet(&page->md, 0, MD("Has surroundings of its own, made before and taken down after; `restore/drill.sh` does both."));
        if (isolated && isolated->shape == PLAN_SHAPE_BOOL)
            md_bullet(&page->md, 0,
                      isolated->truth
                          ? MD("These surroundings cannot reach production: whoever makes them sees to it.")
                          : MD("**These surroundings can reach production:** whatever is started there must not send, charge or delete."));
    }
    if (attr_ref(page, drill, "owner"))
        md_bullet(&page->md, 0,
                  md_cat(page->arena, MD("Organised by "), page_who(page, attr_ref(page, drill, "owner")), MD(": "),
                         page_reach(page, attr_ref(page, drill, "owner"))));
    if (strcmp(attr_text(page, drill, "participants", ""), "automated") == 0 && !starts_by_itself(page, drill))
        md_bullet(&page->md, 0,
                  md_cat(page->arena, MD("No file here starts it: have your scheduler run "),
                         md_codef(page->arena, "./restore/drill.sh %s", output_name(page->arena, drill->name)),
                         MD(", and look at what it leaves behind")));
    if (attr_list(drill, "measure").count)
        md_bullet(&page->md, 0, md_cat(page->arena, MD("Measures "), page_words(page, drill, "measure", "")));
    drill_failure(page, drill);
    if (attr_text(page, drill, "records", NULL))
        md_bullet(&page->md, 0, md_cat(page->arena, MD("Records go to "), md_code(page->arena, attr_text(page, drill, "records", ""))));
    md_heading(&page->md, 3, md_textf(page->arena, "Success criteria of %s", drill->name));
    for (uint32_t i = 0; i < criteria.count; i++)
        md_task(&page->md, 0, false, md_text(page->arena, plan_value_words(page->arena, &criteria.at[i])));
    if (!criteria.count)
        md_task(&page->md, 0, false, MD("Every asset is back within its RTO, with no more loss than its RPO."));
    drill_steps(page, plan);
}

void drills_page(const struct book *book)
{
    struct page page;

    page_begin(&page, book, "Drills", plan_origin(book));
    if (!book->plan->drills_count) {
        md_paragraph(&page.md, MD("No drill is declared. A plan that was never rehearsed is a hope."));
        page_end(&page, "runbooks/drills.md", plan_origin(book));
        return;
    }
    MD_TABLE(&page.md, NULL, MD("Drill"), MD("Kind"), MD("At least every"), MD("When"), MD("Lasts"), MD("Who"), MD("Last result"));
    for (uint32_t i = 0; i < book->plan->drills_count; i++) {
        const struct plan_thing *drill = book->plan->drills[i].thing;

        MD_ROW(&page.md, md_text(page.arena, plan_title(drill)), md_text(page.arena, attr_text(&page, drill, "kind", "")),
               md_text(page.arena, attr_text(&page, drill, "cadence", "")), md_text(page.arena, attr_text(&page, drill, "at", "")),
               md_text(page.arena, attr_text(&page, drill, "duration", "")), page_words(&page, drill, "participants", "–"), MD("no record given"));
    }
    md_table_end(&page.md);
    for (uint32_t i = 0; i < book->plan->drills_count; i++)
        one_drill(&page, &book->plan->drills[i]);
    page_end(&page, "runbooks/drills.md", plan_origin(book));
}

void review_page(const struct book *book)
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
    const struct plan_document *plan = book->plan;
    struct rows rows = {0};
    struct page page;

    page_begin(&page, book, "Post-incident review", plan_origin(book));
    md_paragraph(&page.md,
                 MD("About causes, not about people. Held while memories are fresh, with everybody who took part; the coordinator writes."));
    md_heading(&page.md, 2, MD("Questions"));
    for (uint32_t i = 0; i < sizeof questions / sizeof questions[0]; i++)
        md_number(&page.md, 0, i + 1, md_text(page.arena, questions[i]));
    md_heading(&page.md, 2, MD("Results"));
    MD_TABLE(&page.md, NULL, MD("Asset"), MD("RTO"), MD("Measured"), MD("RPO"), MD("Measured"));
    for (uint32_t i = 0; i < plan->assets_count && rows_take(&rows, false); i++)
        MD_ROW(&page.md, md_code(page.arena, plan->assets[i].name), page_objective(&page, plan->assets[i].rto), MD(" "),
               page_objective(&page, plan->assets[i].rpo), MD(" "));
    md_table_end(&page.md);
    if (rows.left_out)
        md_paragraph(&page.md, MD("The list is cut; the report of the script has what was measured of every asset beside its objectives."));
    md_heading(&page.md, 2, MD("Actions"));
    MD_TABLE(&page.md, NULL, MD("What"), MD("Who"), MD("Until"), MD("Ticket"));
    MD_ROW(&page.md, MD(" "), MD(" "), MD(" "), MD(" "));
    md_table_end(&page.md);
    md_task(&page.md, 0, false, MD("Specification changed, artifacts built again, changes approved"));
    md_task(&page.md, 0, false, MD("Drill planned for what went wrong"));
    page_end(&page, "runbooks/post-incident-review.md", plan_origin(book));
}

/* ---------------------------------------------------------------- regulations, audit, cost */

static void frameworks(struct page *page)
{
    uint32_t count;
    const struct plan_thing *all = plan_sort(page->book->index, "framework", &count);
    bool any = false;

    for (uint32_t i = 0; i < count; i++) {
        const struct plan_thing *framework = &all[i];
        const struct plan_value *enabled = plan_attribute(framework, "enabled");
        const struct plan_thing *control;

        if (enabled && enabled->shape == PLAN_SHAPE_BOOL && !enabled->truth)
            continue;
        if (!any)
            md_heading(&page->md, 2, MD("Regulations and standards"));
        any = true;
        md_heading(&page->md, 3, md_textf(page->arena, "Framework: %s", plan_title(framework)));
        if (attr_text(page, framework, "version", NULL) || attr_text(page, framework, "url", NULL))
            md_paragraph(&page->md,
                         md_cat(page->arena, MD("Version: "), md_text(page->arena, attr_text(page, framework, "version", "not stated")),
                                attr_text(page, framework, "url", NULL) ? MD(", published at ") : MD(""),
                                attr_text(page, framework, "url", NULL) ? md_code(page->arena, attr_text(page, framework, "url", "")) : MD("")));
        MD_TABLE(&page->md, NULL, MD("Control"), MD("Asks for"), MD("Implemented by"), MD("Evidence"), MD("Due every"), MD("Drills"), MD("Rules"));
        for (uint32_t c = 0; (control = plan_child(framework, "control", &c));)
            MD_ROW(&page->md, md_text(page->arena, control->name), md_text(page->arena, attr_text(page, control, "title", "")),
                   md_text(page->arena, attr_text(page, control, "implementation", "–")), page_words(page, control, "evidence", "–"),
                   md_text(page->arena, attr_text(page, control, "cadence", "–")), page_words(page, control, "drills", "–"),
                   page_words(page, control, "rules", "–"));
        md_table_end(&page->md);
    }
    if (!any)
        md_paragraph(&page->md, MD("The plan answers to no framework."));
}

static void audits(struct page *page)
{
    uint32_t count;
    const struct plan_thing *all = plan_sort(page->book->index, "audit", &count);

    for (uint32_t i = 0; i < count; i++) {
        const struct plan_thing *audit = &all[i];

        if (i == 0)
            md_heading(&page->md, 2, MD("Audit trail"));
        md_heading(&page->md, 3, md_textf(page->arena, "Records: %s", plan_title(audit)));
        md_bullet(&page->md, 0, md_cat(page->arena, MD("Table: "), md_code(page->arena, attr_text(page, audit, "table", audit->name))));
        md_bullet(&page->md, 0,
                  md_cat(page->arena, MD("Kept for "), md_text(page->arena, attr_text(page, audit, "retain", "an unstated time")), MD(" at "),
                         md_text(page->arena, attr_ref(page, audit, "site") ? attr_ref(page, audit, "site")->name : "an unstated place")));
        md_bullet(&page->md, 0, md_cat(page->arena, MD("Changes show by "), md_text(page->arena, attr_text(page, audit, "tamper", "nothing"))));
        md_bullet(&page->md, 0, md_cat(page->arena, MD("Records: "), page_words(page, audit, "fields", "–")));
    }
}

static void budgets(struct page *page)
{
    uint32_t count;
    const struct plan_thing *all = plan_sort(page->book->index, "budget", &count);
    static const enum md_align align[] = {MD_LEFT, MD_RIGHT, MD_RIGHT, MD_LEFT};

    for (uint32_t i = 0; i < count; i++) {
        const struct plan_thing *budget = &all[i];
        struct items notes = attr_list(budget, "notes");
        const struct plan_thing *line;

        if (i == 0)
            md_heading(&page->md, 2, MD("Cost"));
        md_heading(&page->md, 3, md_textf(page->arena, "Budget: %s", plan_title(budget)));
        MD_TABLE(&page->md, align, MD("Component"), MD("Normal"), MD("While recovering"), MD("Kept down by"));
        for (uint32_t c = 0; (line = plan_child(budget, "line", &c));)
            MD_ROW(&page->md, md_text(page->arena, line->name), md_text(page->arena, attr_text(page, line, "normal", "")),
                   md_text(page->arena, attr_text(page, line, "active", "")), md_text(page->arena, attr_text(page, line, "optimisation", "–")));
        MD_ROW(&page->md, MD("**Total**"), md_text(page->arena, attr_text(page, budget, "normal", "–")),
               md_text(page->arena, attr_text(page, budget, "active", "–")), MD("–"));
        md_table_end(&page->md);
        for (uint32_t n = 0; n < notes.count; n++)
            md_bullet(&page->md, 0, md_text(page->arena, plan_value_words(page->arena, &notes.at[n])));
    }
}

/* What the protection of each asset costs, and all of it in each currency for each span of time. */
static void costs(struct page *page)
{
    static const enum md_align align[] = {MD_LEFT, MD_RIGHT};
    struct rows rows = {0};

    if (!page->plan->costs_count)
        return;
    md_heading(&page->md, 2, MD("What protection costs"));
    MD_TABLE(&page->md, align, MD("Asset"), MD("Cost"));
    for (uint32_t i = 0; i < page->plan->assets_count; i++) {
        const char *cost = attr_text(page, page->plan->assets[i].thing, "cost", NULL);

        if (cost && rows_take(&rows, false))
            MD_ROW(&page->md, md_code(page->arena, page->plan->assets[i].name), md_text(page->arena, cost));
    }
    for (uint32_t i = 0; i < page->plan->costs_count; i++)
        MD_ROW(&page->md, MD("**Total**"), md_text(page->arena, page->plan->costs[i]));
    md_table_end(&page->md);
    rows_tell(&page->md, &rows, "assets", "cost");
}

void compliance_page(const struct book *book)
{
    struct page page;

    page_begin(&page, book, "Regulations, audit and cost", plan_origin(book));
    frameworks(&page);
    audits(&page);
    budgets(&page);
    costs(&page);
    page_end(&page, "runbooks/compliance-and-cost.md", plan_origin(book));
}

/* ---------------------------------------------------------------- exports */

static void export_command(struct page *page, const char *label, const struct plan_command *command)
{
    if (!command)
        return;
    md_paragraph(&page->md, md_text(page->arena, label));
    md_code_block(&page->md, "sh", command_line(page->arena, command));
}

/* How data comes back in: by which command, whether it may run twice, and how one sees that relations were kept. */
static void import_part(struct page *page, const struct plan_export *plan)
{
    uint32_t cursor = 0;
    const struct plan_thing *import = plan_child(plan->thing, "import", &cursor);

    if (!import) {
        md_bullet(&page->md, 0, MD("No way back in is declared."));
        return;
    }
    md_bullet(&page->md, 0,
              plan->idempotent ? MD("Comes back in by the import below, which may run twice.")
                               : MD("Comes back in by the import below. **Run it once only:** nobody says that it may run twice."));
    export_command(page, "The import:", plan->import);
    if (plan->words)
        md_paragraph(&page->md, md_cat(page->arena, MD("Afterwards see that this holds: "), md_text(page->arena, plan->words)));
    export_command(page, "Afterwards this succeeds:", plan->verify);
}

static void one_export(struct page *page, const struct plan_export *plan)
{
    const struct plan_thing *export = plan->thing;
    const struct plan_value *encrypt = plan_attribute(export, "encrypt");
    uint32_t cursor = 0;
    const struct plan_thing *deliver = plan_child(export, "deliver", &cursor), *owner = attr_ref(page, export, "owner");

    md_heading(&page->md, 2, md_text(page->arena, plan_title(export)));
    if (export->doc)
        md_paragraph(&page->md, md_text(page->arena, export->doc));
    md_bullet(&page->md, 0, md_cat(page->arena, MD("From: "), page_words(page, export, "of", "")));
    if (attr_text(page, export, "subject", NULL))
        md_bullet(&page->md, 0,
                  md_cat(page->arena, MD("Of one subject, found by its "), md_code(page->arena, attr_text(page, export, "subject", ""))));
    md_bullet(&page->md, 0, md_cat(page->arena, MD("Includes: "), page_words(page, export, "tables", "everything")));
    md_bullet(&page->md, 0, md_cat(page->arena, MD("Leaves out, on purpose: "), page_words(page, export, "excludes", "nothing")));
    md_bullet(&page->md, 0, md_cat(page->arena, MD("Formats: "), page_words(page, export, "formats", "")));
    if (attr_text(page, export, "schema", NULL))
        md_bullet(&page->md, 0, md_cat(page->arena, MD("Schema: "), md_code(page->arena, attr_text(page, export, "schema", ""))));
    if (encrypt && encrypt->shape == PLAN_SHAPE_BOOL)
        md_bullet(&page->md, 0,
                  encrypt->truth ? MD("Has to be encrypted before it leaves: see that it is, nothing here does it.") : MD("Is not encrypted."));
    md_bullet(&page->md, 0,
              md_cat(page->arena, MD("Complete within "), md_text(page->arena, attr_text(page, export, "complete_within", "an unstated time"))));
    if (deliver)
        md_bullet(&page->md, 0,
                  md_cat(page->arena, MD("Delivered to the "), md_text(page->arena, attr_text(page, deliver, "audience", "subject")),
                         MD("; the link lives "), md_text(page->arena, attr_text(page, deliver, "link_expires", "an unstated time"))));
    if (owner)
        md_bullet(&page->md, 0, md_cat(page->arena, MD("Answered for by "), page_who(page, owner), MD(": "), page_reach(page, owner)));
    export_command(page, "The export:", plan->run);
    import_part(page, plan);
}

void exports_page(const struct book *book)
{
    const struct plan_document *plan = book->plan;
    struct page page;

    if (!plan->exports_count)
        return;
    page_begin(&page, book, "Data exports", plan->exports[0].thing->origin);
    for (uint32_t i = 0; i < plan->exports_count; i++)
        one_export(&page, &plan->exports[i]);
    page_end(&page, "runbooks/exports.md", plan->exports[0].thing->origin);
}
