/* README.md of route53/: what there is, how long until users reach the other side, and the exact commands. */
#include "backends/route53/route53.h"

#include "backends/common/demands.h"
#include "base/units.h"
#include "emit/md.h"

#include <string.h>

static const char *mode_text(const struct plan_endpoint *endpoint)
{
    switch (endpoint->mode) {
    case PLAN_MODE_health:
        return endpoint->routing == PLAN_ROUTING_failover ? "Health checks move traffic by themselves, and move it back as soon as the primary "
                                                            "answers again. Before the recovery site "
                                                            "takes writes, pin the name to it: traffic.sh then takes the primary out through its "
                                                            "health check, whatever it answers."
                                                          : "Route 53 leaves out targets whose health check fails.";
    case PLAN_MODE_manual: return "An operator moves traffic: the record is rewritten in one change batch.";
    case PLAN_MODE_stop:
        return "The recovery site declares the primary out: a figure in its own Region sets off an alarm "
               "that Route 53 watches. No call to the "
               "control plane of Route 53 is needed, and the standby takes over even while us-east-1 cannot "
               "be reached.";
    default:
        return "Routing controls of Application Recovery Controller move traffic. Any of five addresses "
               "takes the change; they have to be known "
               "beforehand.";
    }
}

static const char *seconds(struct r53 *r53, int64_t s)
{
    return arena_printf(r53->arena, "%lld s", (long long)s);
}

static struct md_inline target_text(struct arena *arena, const struct plan_target *target)
{
    return md_code(arena, target->alias ? target->alias : target->value ? target->value : "");
}

static void targets_table(struct r53 *r53, struct md *w, const struct plan_endpoint *endpoint)
{
    struct arena *arena = r53->arena;

    MD_TABLE(w, NULL, MD("Target"), MD("Region"), MD("Leads to"), MD("Health check"));
    for (uint32_t i = 0; i < endpoint->targets_count; i++) {
        const struct plan_target *target = &endpoint->targets[i];
        const struct plan_probe *health = target->probe;
        struct md_inline check = MD("none");

        if (health && health->asks)
            check = md_textf(arena, "%s %s%s, every %lld s, %lld failures", r53_check_type(health), health->host ? health->host : "",
                             health->path ? health->path : "", (long long)(health->interval / MS_SECOND), (long long)health->threshold);
        if (health && health->alarm)
            check = md_cat(arena, health->asks ? check : MD(""), MD(" alarm "), md_code(arena, health->alarm));
        MD_ROW(w, md_text(arena, i == 0 ? arena_printf(arena, "%s (primary)", target->name) : target->name), md_text(arena, target->region),
               target_text(arena, target), check);
    }
    md_table_end(w);
}

/* A secondary with a check of its own is red for as long as nothing serves there. */
static void checks_of_others(struct r53 *r53, struct md *w, const struct plan_endpoint *endpoint)
{
    for (uint32_t i = 1; i < endpoint->targets_count; i++) {
        const struct plan_probe *health = endpoint->targets[i].probe;

        if (!health || !health->asks || (endpoint->mode != PLAN_MODE_health && endpoint->mode != PLAN_MODE_stop))
            continue;
        md_paragraph(w, md_cat(r53->arena, md_code(r53->arena, endpoint->targets[i].name),
                               md_textf(r53->arena, " is an answer once its own check is green: %lld x (%lld s + %lld s) = %lld s after it serves.",
                                        (long long)health->threshold, (long long)(health->interval / MS_SECOND),
                                        (long long)(health->timeout / MS_SECOND), (long long)(health->notices / MS_SECOND))));
    }
}

/* The formula with its numbers, as Route 53 documents it. */
static void detection(struct r53 *r53, struct md *w, const struct plan_endpoint *endpoint)
{
    struct arena *arena = r53->arena;
    const struct plan_probe *health = endpoint->targets[0].probe;

    if (endpoint->mode == PLAN_MODE_health && health && health->asks) {
        md_paragraph(w, md_textf(arena,
                                 "Until users reach the other side: N x (interval + timeout) + TTL = %lld x "
                                 "(%lld s + %lld s) + %lld s = %lld s, "
                                 "counted from the moment the primary stops answering.",
                                 (long long)health->threshold, (long long)(health->interval / MS_SECOND), (long long)(health->timeout / MS_SECOND),
                                 (long long)(endpoint->kept / MS_SECOND), (long long)(health->notices / MS_SECOND + endpoint->kept / MS_SECOND)));
        return;
    }
    if (endpoint->mode == PLAN_MODE_health && health) {
        md_paragraph(w, md_cat(arena,
                               MD("The primary counts as unhealthy as soon as the alarm goes off; its "
                                  "periods decide how soon that is. "),
                               md_textf(arena, "Resolvers follow within %s.", seconds(r53, endpoint->kept / MS_SECOND))));
        return;
    }
    if (endpoint->mode == PLAN_MODE_health && endpoint->targets[0].alias) {
        md_paragraph(w, MD("The primary has no health check of its own: only the health of its load balancer "
                           "counts, which says nothing about "
                           "what is behind it failing in other ways."));
        return;
    }
    if (endpoint->mode == PLAN_MODE_manual) {
        md_paragraph(w, md_textf(arena, "Until users reach the other side: propagation + TTL = %s + %s, counted from the change.",
                                 seconds(r53, endpoint->propagation / MS_SECOND), seconds(r53, endpoint->kept / MS_SECOND)));
        return;
    }
    md_paragraph(w, md_textf(arena, "Resolvers follow within the TTL of %s once Route 53 has the change.", seconds(r53, endpoint->kept / MS_SECOND)));
}

static void scenarios(struct r53 *r53, struct md *w, const struct plan_endpoint *endpoint)
{
    struct arena *arena = r53->arena;
    bool any = false;

    for (uint32_t s = 0; s < r53->plan->scenarios_count; s++) {
        const struct plan_scenario *scenario = &r53->plan->scenarios[s];

        for (uint32_t e = 0; e < scenario->endpoints_count; e++) {
            const struct plan_name_outcome *outcome = &scenario->endpoints[e];
            struct strbuf finish = STRBUF_INIT;

            if (outcome->endpoint != endpoint || !outcome->affected || outcome->from == outcome->to)
                continue;
            if (!any)
                MD_TABLE(w, NULL, MD("Scenario"), MD("From"), MD("To"), MD("Users reach it after, at worst"));
            any = true;
            if (outcome->finish.known)
                print_duration_words(&finish, outcome->finish.worst);
            MD_ROW(w, md_text(arena, scenario->name), md_text(arena, outcome->from ? outcome->from->name : ""),
                   md_text(arena, outcome->to ? outcome->to->name : "nowhere: no target is left"),
                   md_text(arena, outcome->finish.known ? strbuf_str(&finish) : "unknown"));
            strbuf_release(&finish);
        }
    }
    if (any)
        md_table_end(w);
}

static void commands(struct r53 *r53, struct md *w, const struct plan_endpoint *endpoint)
{
    const char *name = r53_name(r53, endpoint->name);
    struct strbuf text = STRBUF_INIT;

    strbuf_addf(&text, "./traffic.sh %s show\n", name);
    for (uint32_t i = 1; i < endpoint->targets_count; i++)
        strbuf_addf(&text, "./traffic.sh %s to %s\n", name, endpoint->targets[i].name);
    strbuf_addf(&text, "./traffic.sh %s undo\n./traffic.sh %s back\n", name, name);
    md_code_block(w, "sh", strbuf_str(&text));
    strbuf_clear(&text);
    if (endpoint->mode == PLAN_MODE_arc || endpoint->mode == PLAN_MODE_stop) {
        strbuf_release(&text);
        return;
    }
    md_paragraph(w, MD("The same with the AWS CLI alone, when the script cannot be used:"));
    for (uint32_t i = 1; i < endpoint->targets_count; i++) {
        const char *target = r53_name(r53, endpoint->targets[i].name);

        if (endpoint->mode == PLAN_MODE_health && endpoint->routing == PLAN_ROUTING_failover && endpoint->targets[0].probe)
            continue;
        strbuf_addf(&text,
                    "aws route53 change-resource-record-sets --hosted-zone-id %s --change-batch "
                    "file://%s/failover-%s.json\n"
                    "aws route53 change-resource-record-sets --hosted-zone-id %s --change-batch "
                    "file://%s/rollback-%s.json\n",
                    endpoint->zone_id ? endpoint->zone_id : "ZONE_ID", name, target, endpoint->zone_id ? endpoint->zone_id : "ZONE_ID", name, target);
    }
    if (text.len == 0)
        strbuf_addf(&text, "aws route53 update-health-check --health-check-id ID --disabled --inverted       "
                           "  # the primary is out\n"
                           "aws route53 update-health-check --health-check-id ID --no-disabled --no-inverted "
                           "  # and in again\n");
    md_code_block(w, "sh", strbuf_str(&text));
    strbuf_release(&text);
}

static void files_table(struct r53 *r53, struct md *w, const struct plan_endpoint *endpoint)
{
    struct arena *arena = r53->arena;

    MD_TABLE(w, NULL, MD("File"), MD("What it is"));
    MD_ROW(w, MD("`create.json`"), MD("the records of normal operation, where there are none yet"));
    if (endpoint->routing != PLAN_ROUTING_simple)
        MD_ROW(w, MD("`adopt.json`"),
               MD("deletes the plain record to the primary and creates these records, all or nothing; "
                  "refused if the plain record differs"));
    for (uint32_t i = 1; i < endpoint->targets_count; i++) {
        const char *name = r53_name(r53, endpoint->targets[i].name);

        MD_ROW(w, md_codef(arena, "failover-%s.json", name), md_textf(arena, "leads the name to %s", endpoint->targets[i].name));
        MD_ROW(w, md_codef(arena, "rollback-%s.json", name), MD("takes that back: the records that were there before"));
    }
    MD_ROW(w, MD("`failback.json`"), md_textf(arena, "leads the name to %s again", endpoint->targets[0].name));
    MD_ROW(w, MD("`health-check-*.json`"), MD("health checks as `aws route53 create-health-check` takes them"));
    MD_ROW(w, MD("`endpoint.json`"), MD("what `traffic.sh` knows of the endpoint"));
    md_table_end(w);
}

void r53_readme(struct r53 *r53)
{
    struct arena *arena = r53->arena;
    struct strbuf text = STRBUF_INIT;
    struct md w;

    md_init(&w, arena, &text);
    md_heading(&w, 1, md_textf(arena, "DNS of plan %s", r53->plan->name));
    md_paragraph(&w, MD("Each endpoint has a folder with its health checks and change batches. `traffic.sh` uses them; it "
                        "needs bash, jq and the AWS "
                        "CLI. Names of health checks in the batches stand for identifiers, which `traffic.sh` looks up."));
    md_paragraph(&w, MD("Create health checks and records either with the Terraform root `global` or with "
                        "`traffic.sh ENDPOINT create`, not with both. "
                        "Moving traffic works in the same way after either. `--dry-run` prints the calls and "
                        "makes none."));
    for (uint32_t i = 0; i < r53->plan->endpoints_count; i++) {
        const struct plan_endpoint *endpoint = &r53->plan->endpoints[i];

        if (!r53_moves(endpoint) || endpoint->targets_count == 0)
            continue;
        md_heading(&w, 2, md_textf(arena, "%s: %s", endpoint->name, endpoint->fqdn));
        md_paragraph(&w, md_cat(arena, md_textf(arena, "%s record, mode %s", endpoint->record, r53_mode(endpoint)),
                                endpoint->origin ? md_textf(arena, ", from %s. ", endpoint->origin) : MD(". "), md_text(arena, mode_text(endpoint))));
        targets_table(r53, &w, endpoint);
        detection(r53, &w, endpoint);
        checks_of_others(r53, &w, endpoint);
        scenarios(r53, &w, endpoint);
        commands(r53, &w, endpoint);
        files_table(r53, &w, endpoint);
    }
    demand_section(&w, r53->plan, "route53");
    fileset_add(r53->files, "route53", "route53/README.md", text.data, text.len, NULL);
    strbuf_release(&text);
}
