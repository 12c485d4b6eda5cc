/* What is declared and is all there is of it: protections, ceilings, drills, people, waivers. Each row says what is told of an attribute, which
 * direction is weaker, and the rule that is against it. */
#include "compare/internal.h"

#include <stdlib.h>
#include <string.h>

enum direction {
    EITHER,  /* neither is weaker */
    GONE,    /* weaker when it is not there any more */
    ADDED,   /* weaker when it is there and was not */
    LONGER,  /* a larger number is weaker; none is the weakest */
    LESS,    /* a smaller number is weaker; none is the weakest */
    LATER,   /* a later day is weaker */
    FEWER,   /* a list that names fewer */
    MORE,    /* a list that names more */
    KEPT,    /* as `retain`: a duration, a number, "forever", classes */
    DOWN,    /* a word that comes earlier in `words` */
    EMPTIED, /* a list that names nobody any more */
    UNTRUE,  /* false is weaker */
    TRUE_IS, /* true is weaker */
    DEMANDS, /* a block of attributes each of which asks something, against nothing written */
    CEILING, /* a class that has longer ceilings, or fewer */
    WITHOUT, /* a list that names fewer, which are not among its `needs` either */
    WIDER,   /* a list of people that names more, or says nothing any more */
    MILDER,  /* a severity that calls, briefs or tells fewer */
    ABSENT,  /* who takes part: all, some, nobody but machines */
    DENIED,  /* false is weaker than unset, for which rules ask by themselves */
};

struct note {
    const char *path;      /* of sorts of blocks: "asset/backup"; as the end of it */
    const char *attribute; /* NULL: the block as a whole */
    const char *sort, *what;
    enum direction direction;
    enum change_rule rule;
    /* Of DOWN: the weakest first, with blanks between; of LONGER and LESS: what is asked where nothing is written, NULL: nothing; of FEWER: ALL,
     * where a list that names nothing means all there are. */
    const char *words;
};

static const char ALL[] = "all";

/* clang-format off */
static const struct note notes[] = {
    {"backup", NULL, "backup", NULL, GONE, CHANGE_COPY_NO_DELETE, NULL},
    {"backup", "kind", "backup", "kind", EITHER, CHANGE_NO_RULE, NULL},
    {"backup", "schedule", "backup", "schedule", EITHER, CHANGE_NO_RULE, NULL},
    {"backup", "retain", "backup", "retention", KEPT, CHANGE_RETENTION_NO_SHORTEN, NULL},
    {"backup", "copies", "backup", "stores of its copies", FEWER, CHANGE_COPY_NO_DELETE, NULL},
    {"backup", "to", "backup", "store", EITHER, CHANGE_NO_RULE, NULL},
    {"backup", "encrypt", "backup", "encryption", GONE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"backup", "watched_by", "backup", "what watches it", FEWER, CHANGE_ASSUMPTION_NO_UNWATCH, NULL},
    {"backup", "missed", "backup", "number of missed runs", EITHER, CHANGE_NO_RULE, NULL},
    {"backup", "verify", "backup", "time between restore tests", LONGER, CHANGE_DRILL_NO_LOOSEN, NULL},
    {"backup/load", NULL, "backup", "bounds of its load", EITHER, CHANGE_NO_RULE, NULL},
    {"backup/load", "", "backup", NULL, EITHER, CHANGE_NO_RULE, NULL},
    {"backup/on_failure", NULL, "backup", "whoever hears of its failure", GONE, CHANGE_ASSUMPTION_NO_UNWATCH, NULL},
    {"backup/on_failure", "notify", "backup", "whoever hears of its failure", FEWER, CHANGE_ASSUMPTION_NO_UNWATCH, NULL},
    {"backup/on_failure", "heartbeat", "backup", "heartbeat", GONE, CHANGE_ASSUMPTION_NO_UNWATCH, NULL},
    {"backup/on_failure", "after", "backup", "number of failures until somebody hears", LONGER, CHANGE_ASSUMPTION_NO_UNWATCH, NULL},
    {"asset/replica", NULL, "replica", NULL, GONE, CHANGE_COPY_NO_DELETE, NULL},
    {"asset/replica", "lag", "replica", "lag", EITHER, CHANGE_NO_RULE, NULL},
    {"asset/replica", "mode", "replica", "mode", EITHER, CHANGE_NO_RULE, NULL},
    {"asset/replica", "encrypt", "replica", "encryption", GONE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"asset/replica", "tolerates", "replica", "number of zones it outlives", LESS, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"asset/replica", "bounded", "replica", "bound of the lag", UNTRUE, CHANGE_ASSUMPTION_NO_UNWATCH, NULL},
    {"asset/replica", "watched_by", "replica", "what watches it", FEWER, CHANGE_ASSUMPTION_NO_UNWATCH, NULL},
    {"asset/standby", NULL, "standby", NULL, GONE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"asset/standby", "capacity", "standby", "capacity", LESS, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"asset/rebuild", NULL, "rebuild", NULL, GONE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"asset/verify", NULL, "check of data", NULL, GONE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"asset/probe", NULL, "probe", NULL, GONE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"asset", "multi_az", "asset", "several zones", UNTRUE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"asset", "multi_zone", "asset", "several zones", UNTRUE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"asset", "tolerates", "asset", "number of zones it outlives", LESS, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"asset", "quorum", "asset", "quorum", EITHER, CHANGE_NO_RULE, NULL},
    {"asset", "restores_with", "asset", "what its restore needs", WITHOUT, CHANGE_ORDER_NO_LOOSEN, NULL},
    {"asset", "observes", "asset", "what it watches", FEWER, CHANGE_ASSUMPTION_NO_UNWATCH, NULL},
    {"asset", "contains_personal_data", "asset", "holding personal data", UNTRUE, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"asset/probe", "expect", "probe", "what it expects", GONE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"asset/probe", "interval", "probe", "interval", LONGER, CHANGE_ASSUMPTION_NO_UNWATCH, NULL},
    {"asset/probe", "threshold", "probe", "threshold", LONGER, CHANGE_ASSUMPTION_NO_UNWATCH, NULL},
    {"asset/probe", "", "probe", NULL, EITHER, CHANGE_NO_RULE, NULL},
    {"asset/verify", "", "check of data", NULL, EITHER, CHANGE_NO_RULE, NULL},
    {"asset/standby", "spot", "standby", "capacity that can be taken away", TRUE_IS, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"asset/standby", "tolerates", "standby", "number of zones it outlives", LESS, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"asset", "size", "asset", "size", EITHER, CHANGE_NO_RULE, NULL},
    {"asset", "change_rate", "asset", "change rate", EITHER, CHANGE_NO_RULE, NULL},
    {"asset", "slo", "asset", "availability promised", LESS, CHANGE_FIGURE_NO_ASSERT, NULL},
    {"asset/recovery", NULL, "asset", "stated method", EITHER, CHANGE_NO_RULE, NULL},
    {"asset/recovery", "method", "asset", "stated method", EITHER, CHANGE_NO_RULE, NULL},
    {"asset/timing", NULL, "timing", NULL, EITHER, CHANGE_NO_RULE, NULL},
    {"asset/uses", NULL, "soft need", NULL, EITHER, CHANGE_NO_RULE, NULL},
    {"endpoint/target", NULL, "target", NULL, GONE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"endpoint/target/health", NULL, "health check", NULL, GONE, CHANGE_ASSUMPTION_NO_UNWATCH, NULL},
    {"endpoint/target/health", "interval", "health check", "interval", LONGER, CHANGE_ASSUMPTION_NO_UNWATCH, NULL},
    {"endpoint/target/health", "threshold", "health check", "threshold", LONGER, CHANGE_ASSUMPTION_NO_UNWATCH, NULL},
    {"endpoint/target", "evaluate_health", "target", "following the health of what it leads to", UNTRUE, CHANGE_ASSUMPTION_NO_UNWATCH, NULL},
    {"endpoint/target/health", "search", "health check", "text the answer must contain", GONE, CHANGE_ASSUMPTION_NO_UNWATCH, NULL},
    {"endpoint/target/health", "path", "health check", "path", EITHER, CHANGE_NO_RULE, NULL},
    {"endpoint/slo", "over", "endpoint", "time over which availability is promised", LONGER, CHANGE_OBJECTIVE_NO_WEAKEN, NULL},
    {"endpoint/slo", "exclude", "endpoint", "what does not count as outage", MORE, CHANGE_OBJECTIVE_NO_WEAKEN, NULL},
    {"endpoint/slo", "watched_by", "endpoint", "who measures its availability", FEWER, CHANGE_ASSUMPTION_NO_UNWATCH, NULL},
    {"endpoint/target/health", "alarm", "health check", "alarm", GONE, CHANGE_ASSUMPTION_NO_UNWATCH, NULL},
    {"store", NULL, "store", NULL, GONE, CHANGE_COPY_NO_DELETE, NULL},
    {"store", "site", "store", "place", EITHER, CHANGE_NO_RULE, NULL},
    {"store", "append_only", "store", "append only", UNTRUE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"store", "offline", "store", "off line", UNTRUE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"store", "tolerates", "store", "number of zones it outlives", LESS, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"store", "storage_class", "store", "storage class", EITHER, CHANGE_NO_RULE, NULL},
    {"store", "encrypted", "store", "encrypted", UNTRUE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"store", "retrieval", "store", "retrieval", EITHER, CHANGE_NO_RULE, NULL},
    {"store/lock", NULL, "store", "lock", GONE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"store/lock", "mode", "store", "mode of its lock", DOWN, CHANGE_PROTECTION_NO_WEAKEN, "governance compliance"},
    {"store/lock", "min", "store", "shortest time under lock", LESS, CHANGE_RETENTION_NO_SHORTEN, NULL},
    {"store/lock", "max", "store", "longest time under lock", EITHER, CHANGE_NO_RULE, NULL},
    {"site/admins", NULL, "site", "quorum of its administrators", GONE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"site/admins", "quorum", "site", "quorum of its administrators", LESS, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"site/admins", "of", "site", "administrators", WIDER, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"site", "alarm_to", "site", "receiver of alarms", GONE, CHANGE_ASSUMPTION_NO_UNWATCH, NULL},
    {"site/provision", NULL, "site", "provisioning", GONE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"site", "bandwidth", "site", "bandwidth", EITHER, CHANGE_NO_RULE, NULL},
    {"site", "quota", "site", "quota", EITHER, CHANGE_NO_RULE, NULL},
    {"tier", NULL, "tier", NULL, GONE, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"tier", "proof", "tier", "demand of proof", DENIED, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"tier", "drill", "tier", "time between drills of a member", LONGER, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"tier", "level", "tier", "level", LONGER, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"tier/limit", NULL, "tier", "ceilings", GONE, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"tier/limit", "rto", "tier", "ceiling of RTO", LONGER, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"tier/limit", "rpo", "tier", "ceiling of RPO", LONGER, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"tier/limit", "mtd", "tier", "ceiling of tolerable downtime", LONGER, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"tier/demands", NULL, "tier", "demands", DEMANDS, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"tier/demands", "retain", "tier", "demanded retention", LESS, CHANGE_DEMAND_NO_LOOSEN, "604800000"},
    {"tier/demands", "verify", "tier", "demanded time between restore tests", LONGER, CHANGE_DEMAND_NO_LOOSEN, "7948800000"},
    {"tier/demands", "copies", "tier", "demanded copies", LESS, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"tier/demands", "media", "tier", "demanded media", LESS, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"tier/demands", "offsite", "tier", "demanded copies elsewhere", LESS, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"tier/demands", "immutable", "tier", "demanded copies nobody can change", LESS, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"tier/demands", "hands_off", "tier", "demand of recovery without hands", DENIED, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"tier/demands", "isolated", "tier", "demand of an isolated copy", DENIED, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"tier/demands", "zones", "tier", "demand to survive a zone", DENIED, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"tier/demands", "grade", "tier", "demanded grade of figures", DOWN, CHANGE_DEMAND_NO_LOOSEN, "C B A"},
    {"tier/demands", "watched", "tier", "demand to be watched", DENIED, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"scenario", "class", "scenario", "class", CEILING, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"scenario", "scope", "scenario", "scope", DOWN, CHANGE_SCENARIO_NO_DELETE, "object dataset"},
    {"scenario", "noticed_within", "scenario", "time until damage is noticed", EITHER, CHANGE_NO_RULE, NULL},
    {"scenario", "frequency", "scenario", "frequency", EITHER, CHANGE_NO_RULE, NULL},
    {"scenario", "recover_into", "scenario", "place it recovers into", EITHER, CHANGE_NO_RULE, NULL},
    {"class", NULL, "class", NULL, GONE, CHANGE_OBJECTIVE_NO_WEAKEN, NULL},
    {"class", "rto", "class", "RTO", LONGER, CHANGE_OBJECTIVE_NO_WEAKEN, NULL},
    {"class", "rpo", "class", "RPO", LONGER, CHANGE_OBJECTIVE_NO_WEAKEN, NULL},
    {"class", "discarded", "class", "limit of what is discarded", LONGER, CHANGE_OBJECTIVE_NO_WEAKEN, NULL},
    {"class", "applies_to", "class", "tiers it applies to", FEWER, CHANGE_DEMAND_NO_LOOSEN, ALL},
    {"class", "severity", "class", "severity", MILDER, CHANGE_CONTACT_NO_DELETE, NULL},
    {"plan/objectives", NULL, "plan", "objectives", GONE, CHANGE_OBJECTIVE_NO_WEAKEN, NULL},
    {"plan/objectives", "rto", "plan", "RTO", LONGER, CHANGE_OBJECTIVE_NO_WEAKEN, NULL},
    {"plan/objectives", "rpo", "plan", "RPO", LONGER, CHANGE_OBJECTIVE_NO_WEAKEN, NULL},
    {"plan/objectives", "mttr", "plan", "mean time to recovery aimed at", LONGER, CHANGE_OBJECTIVE_NO_WEAKEN, NULL},
    {"plan/objectives", "role", "plan", "role of its objectives", DOWN, CHANGE_DEMAND_NO_LOOSEN, "default ceiling"},
    {"plan/review", NULL, "plan", "review", GONE, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"plan/review", "every", "plan", "time between reviews", LONGER, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"plan/review", "after", "plan", "events it is reviewed after", FEWER, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"plan", "review", "plan", "time between reviews", LONGER, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"plan", "maturity", "plan", "maturity", DOWN, CHANGE_DEMAND_NO_LOOSEN, "draft operated"},
    {"plan", "kept_at", "plan", "places it is kept at", FEWER, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"plan", "runs_from", "plan", "places scripts run from", FEWER, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"plan", "operators", "plan", "number of people at once", EITHER, CHANGE_NO_RULE, NULL},
    {"plan", "parallel", "plan", "number of script steps at once", EITHER, CHANGE_NO_RULE, NULL},
    {"plan", "hotline", "plan", "hotline", GONE, CHANGE_CONTACT_NO_DELETE, NULL},
    {"plan", "owner", "plan", "owner", GONE, CHANGE_CONTACT_NO_DELETE, NULL},
    {"plan", "deputy", "plan", "deputy", GONE, CHANGE_CONTACT_NO_DELETE, NULL},
    {"plan", "approver", "plan", "approver", GONE, CHANGE_CONTACT_NO_DELETE, NULL},
    {"plan", "coordinator", "plan", "coordinator", GONE, CHANGE_CONTACT_NO_DELETE, NULL},
    {"plan", "approved", "plan", "day of approval", EITHER, CHANGE_NO_RULE, NULL},
    {"drill", NULL, "drill", NULL, GONE, CHANGE_DRILL_NO_LOOSEN, NULL},
    {"drill", "kind", "drill", "sort", DOWN, CHANGE_DRILL_NO_LOOSEN, "tabletop restore_test functional full"},
    {"drill", "cadence", "drill", "cadence", LONGER, CHANGE_DRILL_NO_LOOSEN, NULL},
    {"drill", "at", "drill", "usual time", EITHER, CHANGE_NO_RULE, NULL},
    {"drill", "of", "drill", "what it rehearses", FEWER, CHANGE_DRILL_NO_LOOSEN, NULL},
    {"drill", "criteria", "drill", "criteria", FEWER, CHANGE_DRILL_NO_LOOSEN, NULL},
    {"drill", "measure", "drill", "what it measures", FEWER, CHANGE_DRILL_NO_LOOSEN, NULL},
    {"drill", "participants", "drill", "who takes part", ABSENT, CHANGE_DRILL_NO_LOOSEN, NULL},
    {"drill", "duration", "drill", "duration", EITHER, CHANGE_NO_RULE, NULL},
    {"drill", "owner", "drill", "organiser", GONE, CHANGE_DRILL_NO_LOOSEN, NULL},
    {"drill", "records", "drill", "place of its records", GONE, CHANGE_DRILL_NO_LOOSEN, NULL},
    {"drill", "into", "drill", "place it restores to", EITHER, CHANGE_NO_RULE, NULL},
    {"drill/on_failure", NULL, "drill", "whoever hears of its failure", GONE, CHANGE_ASSUMPTION_NO_UNWATCH, NULL},
    {"drill/on_failure", "notify", "drill", "whoever hears of its failure", FEWER, CHANGE_ASSUMPTION_NO_UNWATCH, NULL},
    {"drill/step", NULL, "drill", "step", EITHER, CHANGE_NO_RULE, NULL},
    {"drill/step", "", "step of a drill", NULL, EITHER, CHANGE_NO_RULE, NULL},
    {"person", NULL, "contact", NULL, GONE, CHANGE_CONTACT_NO_DELETE, NULL},
    {"person", "", "contact", NULL, GONE, CHANGE_CONTACT_NO_DELETE, NULL},
    {"team", NULL, "contact", NULL, GONE, CHANGE_CONTACT_NO_DELETE, NULL},
    {"team", "members", "contact", "members", FEWER, CHANGE_CONTACT_NO_DELETE, NULL},
    {"team", "", "contact", NULL, GONE, CHANGE_CONTACT_NO_DELETE, NULL},
    {"channel", NULL, "contact", NULL, GONE, CHANGE_CONTACT_NO_DELETE, NULL},
    {"channel", "order", "contact", "order", FEWER, CHANGE_CONTACT_NO_DELETE, NULL},
    {"channel", "escalate_after", "contact", "time until it escalates", LONGER, CHANGE_CONTACT_NO_DELETE, NULL},
    {"channel", "", "contact", NULL, GONE, CHANGE_CONTACT_NO_DELETE, NULL},
    {"severity", NULL, "severity", NULL, GONE, CHANGE_CONTACT_NO_DELETE, NULL},
    {"severity", "involve", "severity", "whom it involves", FEWER, CHANGE_CONTACT_NO_DELETE, NULL},
    {"severity", "channels", "severity", "channels", FEWER, CHANGE_CONTACT_NO_DELETE, NULL},
    {"severity", "brief", "severity", "whom it briefs", FEWER, CHANGE_CONTACT_NO_DELETE, NULL},
    {"severity", "stakeholder_updates", "severity", "time between updates", LONGER, CHANGE_CONTACT_NO_DELETE, NULL},
    {"notice", NULL, "notice", NULL, GONE, CHANGE_CONTACT_NO_DELETE, NULL},
    {"notice/clock", "initial", "notice", "time until it is sent", LONGER, CHANGE_CONTACT_NO_DELETE, NULL},
    {"notice/clock", NULL, "notice", "clock", GONE, CHANGE_CONTACT_NO_DELETE, NULL},
    {"notice/clock", "resolution", "notice", "time until the end is told", LONGER, CHANGE_CONTACT_NO_DELETE, NULL},
    {"notice/clock", "post_mortem", "notice", "time until the report", LONGER, CHANGE_CONTACT_NO_DELETE, NULL},
    {"notice", "severities", "notice", "severities it is for", FEWER, CHANGE_CONTACT_NO_DELETE, ALL},
    {"notice", "audience", "notice", "audience", EITHER, CHANGE_NO_RULE, NULL},
    {"notice", "channel", "notice", "channel", EITHER, CHANGE_NO_RULE, NULL},
    {"notice/clock", "update", "notice", "time between updates", LONGER, CHANGE_CONTACT_NO_DELETE, NULL},
    {"secret", NULL, "secret", NULL, GONE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"secret", "kept_by", "secret", "who keeps it", FEWER, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"runbook", NULL, "runbook", NULL, GONE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"runbook", "for", "runbook", "scenarios it is for", FEWER, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"runbook", "confirm", "runbook", "word typed before anything happens", GONE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"runbook", "approve", "runbook", "who approves", EMPTIED, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"runbook/failback", NULL, "runbook", "way back", GONE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"runbook/failback", "confirm", "runbook", "word typed before the way back", GONE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"runbook/failback", "approve", "runbook", "who approves the way back", EMPTIED, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"runbook/before", NULL, "runbook", "steps before the recovery", GONE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"runbook/after", NULL, "runbook", "steps after the recovery", GONE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"before/step", NULL, "step before the recovery", NULL, GONE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"after/step", NULL, "step after the recovery", NULL, GONE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"group/reconcile", NULL, "group", "steps that make its members agree", GONE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"reconcile/step", NULL, "step that makes members agree", NULL, GONE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"runbook/checklist", "items", "checklist", "items", FEWER, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"runbook/checklist", NULL, "checklist", NULL, GONE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"checklist/item", NULL, "item of a checklist", NULL, GONE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"failback/step", NULL, "step of the way back", NULL, GONE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"export", NULL, "export", NULL, GONE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"export", "complete_within", "export", "latest completion", LONGER, CHANGE_OBJECTIVE_NO_WEAKEN, NULL},
    {"export", "of", "export", "what it is of", FEWER, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"export", "tables", "export", "tables", FEWER, CHANGE_PROTECTION_NO_WEAKEN, ALL},
    {"export", "formats", "export", "formats", FEWER, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"export", "excludes", "export", "what is left out", MORE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"export", "encrypt", "export", "encryption", UNTRUE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"audit", NULL, "audit trail", NULL, GONE, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"audit", "retain", "audit trail", "retention", KEPT, CHANGE_RETENTION_NO_SHORTEN, NULL},
    {"audit", "tamper", "audit trail", "how a change would show", DOWN, CHANGE_PROTECTION_NO_WEAKEN, "none hash_chain signed"},
    {"audit", "fields", "audit trail", "what an event records", FEWER, CHANGE_PROTECTION_NO_WEAKEN, NULL},
    {"audit", "site", "audit trail", "place", EITHER, CHANGE_NO_RULE, NULL},
    {"framework", "enabled", "framework", "answered to", UNTRUE, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"framework/control", NULL, "control", NULL, GONE, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"framework/control", "cadence", "control", "time between evidence", LONGER, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"framework/control", "rules", "control", "rules that decide it", FEWER, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"framework/control", "evidence", "control", "evidence", FEWER, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"framework/control", "drills", "control", "drills that are evidence", EITHER, CHANGE_NO_RULE, NULL},
    {"framework", NULL, "framework", NULL, GONE, CHANGE_DEMAND_NO_LOOSEN, NULL},
    {"accept", NULL, "waiver", NULL, ADDED, CHANGE_WAIVER_NO_EXTEND, NULL},
    {"accept", "until", "waiver", "last day", LATER, CHANGE_WAIVER_NO_EXTEND, NULL},
    {"accept", "on", "waiver", "what it is for", MORE, CHANGE_WAIVER_NO_EXTEND, NULL},
    {"accept", "scenario", "waiver", "scenario", GONE, CHANGE_WAIVER_NO_EXTEND, NULL},
    {"accept", "", "waiver", NULL, EITHER, CHANGE_NO_RULE, NULL},
    {"plan/changes", NULL, "policy", NULL, EITHER, CHANGE_NO_RULE, NULL},
    {"plan/changes", "refused", "policy", "refused rules", FEWER, CHANGE_POLICY_NO_LOOSEN, NULL},
    {"plan/changes", "warned", "policy", "rules warned of", EITHER, CHANGE_NO_RULE, NULL},
    {"plan/changes", "ignored", "policy", "ignored rules", MORE, CHANGE_POLICY_NO_LOOSEN, NULL},
};
/* clang-format on */

/* Of an id the sorts of blocks alone: "asset/backup" of `asset.db/backup.full`. */
static const char *path_of(struct comparison *c, const char *id)
{
    struct strbuf path = STRBUF_INIT;
    const char *copy;

    while (*id) {
        size_t whole = strcspn(id, "/"), sort = strcspn(id, "./");

        strbuf_addf(&path, "%s%.*s", path.len ? "/" : "", (int)sort, id);
        id += whole + (id[whole] == '/');
    }
    copy = strbuf_dup(&path, c->arena);
    strbuf_release(&path);
    return copy;
}

/* The names alone: "db.full"; what has none is called after its sort, but where it is the whole of something. */
static const char *names_of(struct comparison *c, const char *id)
{
    struct strbuf names = STRBUF_INIT;
    const char *copy;

    while (*id) {
        size_t whole = strcspn(id, "/"), sort = strcspn(id, "./");

        if (sort < whole)
            strbuf_addf(&names, "%s%.*s", names.len ? "." : "", (int)(whole - sort - 1), id + sort + 1);
        id += whole + (id[whole] == '/');
    }
    copy = strbuf_dup(&names, c->arena);
    strbuf_release(&names);
    return copy;
}

static bool ends_with(const char *path, const char *end)
{
    size_t len = strlen(path), want = strlen(end);

    return len >= want && strcmp(path + len - want, end) == 0 && (len == want || path[len - want - 1] == '/');
}

/* The most exact row: a whole path before its end, an attribute before any. */
static const struct note *note_of(const char *path, const char *attribute)
{
    const bool top = !strchr(path, '/');

    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++) {
        const struct note *note = &notes[i];

        if (!note->attribute != !attribute || (attribute && note->attribute[0] && strcmp(note->attribute, attribute) != 0))
            continue;
        if (strchr(note->path, '/') || !top ? ends_with(path, note->path) && (strchr(note->path, '/') || strcmp(note->path, "backup") == 0)
                                            : strcmp(path, note->path) == 0)
            return note;
    }
    return NULL;
}

/* ---- directions */

static bool has(struct comparison *c, const struct plan_value *list, const struct plan_value *item)
{
    for (uint32_t i = 0; i < list->count; i++) {
        if (same_value(c, item, &list->items[i]) || same_value(c, &list->items[i], item))
            return true;
    }
    return false;
}

static bool has_more(struct comparison *c, const struct plan_value *list, const struct plan_value *other)
{
    if (!list || list->shape != PLAN_SHAPE_ITEMS)
        return list && list->shape != PLAN_SHAPE_NULL && !other;
    if (!other || other->shape != PLAN_SHAPE_ITEMS)
        return list->count > 0 && !other;
    for (uint32_t i = 0; i < list->count; i++) {
        if (!has(c, other, &list->items[i]))
            return true;
    }
    return false;
}

/* A number of a value: of a range its worst end; false where it is none. */
static bool number_of(const struct plan_value *value, int64_t *number)
{
    if (value && value->tag == PLAN_TAG_RANGE && value->shape == PLAN_SHAPE_ITEMS && value->count)
        return number_of(&value->items[value->count - 1], number);
    if (!value || value->shape != PLAN_SHAPE_NUMBER)
        return false;
    *number = value->number;
    return true;
}

static enum compare_way way_of_numbers(const struct plan_value *before, const struct plan_value *after, bool less_is_weaker, const char *unset)
{
    int64_t a = 0, b = 0, otherwise = unset ? strtoll(unset, NULL, 10) : 0;
    bool had = number_of(before, &a), has_now = number_of(after, &b);

    if (unset) {
        a = had ? a : otherwise;
        b = has_now ? b : otherwise;
    } else if (!had || !has_now) {
        return had == has_now ? COMPARE_NEITHER : had ? COMPARE_WEAKER : COMPARE_STRONGER;
    }
    if (a == b)
        return COMPARE_NEITHER;
    return (b < a) == less_is_weaker ? COMPARE_WEAKER : COMPARE_STRONGER;
}

static int64_t kept_for(const struct plan_value *retain)
{
    if (retain && retain->shape == PLAN_SHAPE_NUMBER)
        return retain->number;
    return retain && retain->shape == PLAN_SHAPE_STRING && retain->text && strcmp(retain->text, "forever") == 0 ? INT64_MAX : PLAN_UNKNOWN;
}

/* Of classes each is looked at: less of one of them is weaker. What has another form cannot be compared, and is not said to be no weaker. */
static enum compare_way way_of_retention(const struct plan_value *a, const struct plan_value *b)
{
    bool less = false, more = false;

    if (kept_for(a) >= 0 && kept_for(b) >= 0 && (a->tag == b->tag || kept_for(a) == INT64_MAX || kept_for(b) == INT64_MAX))
        return kept_for(b) < kept_for(a) ? COMPARE_WEAKER : COMPARE_STRONGER;
    if (!a || !b)
        return !a && !b ? COMPARE_NEITHER : a ? COMPARE_WEAKER : COMPARE_STRONGER;
    if (a->tag != PLAN_TAG_OBJECT || b->tag != PLAN_TAG_OBJECT || a->shape != PLAN_SHAPE_PAIRS || b->shape != PLAN_SHAPE_PAIRS)
        return kept_for(b) == INT64_MAX ? COMPARE_STRONGER : COMPARE_WEAKER;
    for (uint32_t i = 0; i < a->count; i++) {
        int64_t now = 0;

        for (uint32_t j = 0; j < b->count; j++)
            now = same_words(a->pairs[i].key, b->pairs[j].key) ? b->pairs[j].value.number : now;
        less |= now < a->pairs[i].value.number;
        more |= now > a->pairs[i].value.number;
    }
    return less ? COMPARE_WEAKER : more || b->count > a->count ? COMPARE_STRONGER : COMPARE_NEITHER;
}

static int rank_in(const char *words, const struct plan_value *value)
{
    const char *word = value && value->shape == PLAN_SHAPE_STRING ? value->text : NULL;
    int rank = 0;

    for (; word && *words; rank++) {
        size_t len = strcspn(words, " ");

        if (strlen(word) == len && strncmp(words, word, len) == 0)
            return rank;
        words += len + (words[len] == ' ');
    }
    return -1; /* none, or one that is not known: the weakest */
}

static int denial(const struct plan_value *value)
{
    return !value || value->shape != PLAN_SHAPE_BOOL ? 1 : value->truth ? 2 : 0;
}

static bool is_true(const struct plan_value *value)
{
    return value && value->shape == PLAN_SHAPE_BOOL && value->truth;
}

static bool names_any(const struct plan_value *list)
{
    return list && list->shape == PLAN_SHAPE_ITEMS && list->count;
}

static const struct plan_thing *declared(struct comparison *c, enum side side, const char *id)
{
    for (uint32_t i = 0; id && i < c->plan[side]->declared_count; i++) {
        const struct plan_thing *thing = &c->plan[side]->declared[i];

        if (thing->id && strcmp(side == BEFORE ? id_after(c, thing->id) : thing->id, id) == 0)
            return thing;
    }
    return NULL;
}

static enum compare_way way_of_note(struct comparison *c, const struct note *note, const struct compare_edit *edit, const struct edit_values *values);

/* A block that one side has: each of its attributes against what is asked without it. */
static enum compare_way way_of_demands(struct comparison *c, const struct compare_edit *edit)
{
    const char *slash = strrchr(edit->id, '/');
    enum side side = edit->after ? AFTER : BEFORE;
    const struct plan_thing *of = slash ? declared(c, side, intern_add(c->names, edit->id, (size_t)(slash - edit->id))) : NULL;
    bool weaker = false, stronger = false;
    uint32_t cursor = 0;

    for (const struct plan_thing *block = of ? plan_child(of, "demands", &cursor) : NULL; block; block = plan_child(of, "demands", &cursor)) {
        const struct plan_value *copies = plan_attribute(block, "copies");
        bool counted = copies && copies->shape == PLAN_SHAPE_NUMBER; /* without it the other numbers ask nothing */

        for (uint32_t i = 0; i < block->attributes.count; i++) {
            const struct plan_pair *pair = &block->attributes.pairs[i];
            bool silent = !counted && (strcmp(pair->key, "media") == 0 || strcmp(pair->key, "offsite") == 0 || strcmp(pair->key, "immutable") == 0);
            const struct note *note = silent ? NULL : note_of("tier/demands", pair->key);
            const struct edit_values values = {side == BEFORE ? &pair->value : NULL, side == AFTER ? &pair->value : NULL};
            enum compare_way way = note && pair->value.shape != PLAN_SHAPE_NULL ? way_of_note(c, note, edit, &values) : COMPARE_NEITHER;

            weaker |= way == COMPARE_WEAKER;
            stronger |= way == COMPARE_STRONGER;
        }
    }
    return weaker ? COMPARE_WEAKER : stronger ? COMPARE_STRONGER : COMPARE_NEITHER;
}

static enum compare_way way_of_ceilings(struct comparison *c, const struct edit_values *values)
{
    static const char *const ceilings[] = {"rto", "rpo", "discarded"};
    const struct plan_value *a = values->before, *b = values->after;
    const struct plan_thing *before = a && a->shape == PLAN_SHAPE_STRING ? declared(c, BEFORE, id_after(c, a->text)) : NULL,
                            *after = b && b->shape == PLAN_SHAPE_STRING ? declared(c, AFTER, b->text) : NULL;
    bool weaker = false, stronger = false;

    for (size_t i = 0; before && after && i < sizeof ceilings / sizeof *ceilings; i++) {
        enum compare_way way = way_of_numbers(plan_attribute(before, ceilings[i]), plan_attribute(after, ceilings[i]), false, NULL);

        weaker |= way == COMPARE_WEAKER;
        stronger |= way == COMPARE_STRONGER;
    }
    return weaker ? COMPARE_WEAKER : stronger ? COMPARE_STRONGER : COMPARE_NEITHER;
}

static enum compare_way weaker_or_stronger(bool weaker, bool stronger)
{
    return weaker ? COMPARE_WEAKER : stronger ? COMPARE_STRONGER : COMPARE_NEITHER;
}

/* Whether a list names what neither the other list nor the `needs` of the other side do. */
static bool has_more_than_needed(struct comparison *c, const struct plan_value *list, const struct plan_value *other, const struct plan_thing *there)
{
    const struct plan_value *needs = there ? plan_attribute(there, "needs") : NULL;

    for (uint32_t i = 0; names_any(list) && i < list->count; i++) {
        if (!(names_any(other) && has(c, other, &list->items[i])) && !(names_any(needs) && has(c, needs, &list->items[i])))
            return true;
    }
    return false;
}

static enum compare_way way_of_restores(struct comparison *c, const struct compare_edit *edit, const struct edit_values *values)
{
    const struct plan_thing *before = declared(c, BEFORE, edit->id), *after = declared(c, AFTER, edit->id);

    return weaker_or_stronger(has_more_than_needed(c, values->before, values->after, after),
                              has_more_than_needed(c, values->after, values->before, before));
}

static enum compare_way way_of_participants(struct comparison *c, const struct edit_values *values)
{
    static const char words[] = "automated some all";
    const struct plan_value *of[] = {values->before, values->after};
    int rank[SIDES];

    for (int side = BEFORE; side < SIDES; side++)
        rank[side] = names_any(of[side]) ? 1 : rank_in(words, of[side]);
    if (rank[BEFORE] == 1 && rank[AFTER] == 1)
        return weaker_or_stronger(has_more(c, of[BEFORE], of[AFTER]), has_more(c, of[AFTER], of[BEFORE]));
    return weaker_or_stronger(rank[AFTER]<rank[BEFORE], rank[AFTER]> rank[BEFORE]);
}

/* Whether a notice is for a severity: without a list it is for all. */
static bool is_notice_for(struct comparison *c, const struct plan_thing *notice, const struct plan_value *severity)
{
    const struct plan_value *list = notice ? plan_attribute(notice, "severities") : NULL;

    return notice && (!names_any(list) || has(c, list, severity));
}

/* Whether one side tells somebody something at its severity, and the other at its own does not. */
static bool has_more_notices(struct comparison *c, enum side side, const struct edit_values *values)
{
    const struct plan_document *plan = c->plan[side];
    const struct plan_value *here = side == BEFORE ? values->before : values->after, *there = side == BEFORE ? values->after : values->before;

    for (uint32_t i = 0; i < plan->declared_count; i++) {
        const struct plan_thing *notice = &plan->declared[i];

        if (same_words(notice->block, "notice") && is_notice_for(c, notice, here) &&
            !is_notice_for(c, declared(c, !side, side == BEFORE ? id_after(c, notice->id) : notice->id), there))
            return true;
    }
    return false;
}

static enum compare_way way_of_severity(struct comparison *c, const struct edit_values *values)
{
    static const char *const lists[] = {"involve", "channels", "brief"};
    const struct plan_value *a = values->before, *b = values->after;
    const struct plan_thing *before = a && a->tag == PLAN_TAG_REF ? declared(c, BEFORE, id_after(c, a->text)) : NULL,
                            *after = b && b->tag == PLAN_TAG_REF ? declared(c, AFTER, b->text) : NULL;
    enum compare_way updates;
    bool weaker = false, stronger = false;

    if (!before || !after)
        return weaker_or_stronger(before && !after, after && !before);
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        const struct plan_value *old = plan_attribute(before, lists[i]), *new = plan_attribute(after, lists[i]);

        weaker |= has_more(c, old, new);
        stronger |= has_more(c, new, old);
    }
    updates = way_of_numbers(plan_attribute(before, "stakeholder_updates"), plan_attribute(after, "stakeholder_updates"), false, NULL);
    weaker |= updates == COMPARE_WEAKER || has_more_notices(c, BEFORE, values);
    stronger |= updates == COMPARE_STRONGER || has_more_notices(c, AFTER, values);
    return weaker_or_stronger(weaker, stronger);
}

static enum compare_way way_of_note(struct comparison *c, const struct note *note, const struct compare_edit *edit, const struct edit_values *values)
{
    const struct plan_value *a = values->before, *b = values->after;
    bool had = edit->before != NULL, has_now = edit->after != NULL, fewer, more;
    int was, is;

    switch (note->direction) {
    case EITHER: return COMPARE_NEITHER;
    case GONE: return had == has_now ? COMPARE_NEITHER : had ? COMPARE_WEAKER : COMPARE_STRONGER;
    case ADDED: return had == has_now ? COMPARE_NEITHER : had ? COMPARE_STRONGER : COMPARE_WEAKER;
    case LONGER: return way_of_numbers(a, b, false, note->words);
    case LESS: return way_of_numbers(a, b, true, note->words);
    case LATER:
        if (!had || !has_now)
            return COMPARE_NEITHER;
        return strcmp(edit->after, edit->before) > 0 ? COMPARE_WEAKER : COMPARE_STRONGER; /* YYYY-MM-DD: texts in their order */
    case EMPTIED: return names_any(a) == names_any(b) ? COMPARE_NEITHER : names_any(a) ? COMPARE_WEAKER : COMPARE_STRONGER;
    case FEWER:
    case MORE:
        if (note->words == ALL && names_any(a) != names_any(b))
            return names_any(b) ? COMPARE_WEAKER : COMPARE_STRONGER;
        fewer = has_more(c, a, b);
        more = has_more(c, b, a);
        if (note->direction == MORE)
            return more ? COMPARE_WEAKER : fewer ? COMPARE_STRONGER : COMPARE_NEITHER;
        return fewer ? COMPARE_WEAKER : more ? COMPARE_STRONGER : COMPARE_NEITHER;
    case KEPT: return way_of_retention(a, b);
    case DOWN:
        was = rank_in(note->words, a);
        is = rank_in(note->words, b);
        return is < was ? COMPARE_WEAKER : is > was ? COMPARE_STRONGER : COMPARE_NEITHER;
    case DENIED: return denial(b) < denial(a) ? COMPARE_WEAKER : denial(b) > denial(a) ? COMPARE_STRONGER : COMPARE_NEITHER;
    case DEMANDS: return way_of_demands(c, edit);
    case WITHOUT: return way_of_restores(c, edit, values);
    case WIDER:
        if (names_any(a) != names_any(b))
            return names_any(a) ? COMPARE_WEAKER : COMPARE_STRONGER;
        return weaker_or_stronger(has_more(c, b, a), has_more(c, a, b));
    case MILDER: return way_of_severity(c, values);
    case ABSENT: return way_of_participants(c, values);
    case CEILING: return way_of_ceilings(c, values);
    case TRUE_IS: return is_true(a) == is_true(b) ? COMPARE_NEITHER : is_true(b) ? COMPARE_WEAKER : COMPARE_STRONGER;
    case UNTRUE: return is_true(a) == is_true(b) ? COMPARE_NEITHER : is_true(a) ? COMPARE_WEAKER : COMPARE_STRONGER;
    }
    return COMPARE_NEITHER;
}

/* ---- telling */

static const char *head_of(struct comparison *c, const char *id)
{
    return intern_add(c->names, id, strcspn(id, "/"));
}

/* A waiver of a rule about changes is the review's own decision: it weakens nothing by itself. */
static bool waives_changes(struct comparison *c, const struct compare_edit *edit)
{
    for (int side = BEFORE; side < SIDES; side++) {
        for (uint32_t i = 0; i < c->plan[side]->declared_count; i++) {
            const struct plan_thing *thing = &c->plan[side]->declared[i];
            const struct plan_value *rule = same_words(thing->id, edit->id) ? plan_attribute(thing, "rule") : NULL;

            if (rule && rule->shape == PLAN_SHAPE_STRING && change_rule_named(rule->text) != CHANGE_NO_RULE)
                return true;
        }
    }
    return false;
}

static void tell_edit(struct comparison *c, uint32_t number)
{
    const struct compare_edit edit = c->edits.items[number];
    const struct note *note = edit.was || edit.order || number < c->asked->given_count ? NULL : note_of(path_of(c, edit.id), edit.attribute);
    const char *what;
    struct about about = {0};
    enum compare_way way;

    if (!note)
        return;
    about.sort = note->sort;
    about.subject = names_of(c, edit.id);
    about.thing = head_of(c, edit.id);
    about.at[BEFORE] = edit.before_at;
    about.at[AFTER] = edit.after_at;
    what = note->what ? note->what : edit.attribute;
    way = way_of_note(c, note, &edit, &c->values.items[number]);
    if (note->rule == CHANGE_WAIVER_NO_EXTEND && waives_changes(c, &edit))
        way = COMPARE_NEITHER;
    one_cause(c, add_change(c, &about, what, edit.before, edit.after, way, note->rule), number);
}

static const char *rehearsed_by(struct comparison *c, enum side side, const struct plan_thing *drill)
{
    const struct plan_value *scenario = plan_attribute(drill, "scenario");

    return !scenario || scenario->shape != PLAN_SHAPE_STRING || !scenario->text[0] ? NULL
           : side == BEFORE                                                        ? id_after(c, scenario->text)
                                                                                   : scenario->text;
}

/* A drill that rehearses another scenario: the one it was for has one fewer. A drill that is new or gone is told as that. */
static void compare_rehearsals(struct comparison *c)
{
    for (uint32_t i = 0; i < c->edits.len; i++) {
        const struct plan_thing *drill[SIDES] = {NULL};
        const char *scenario[SIDES];

        if (strncmp(c->edits.items[i].id, "drill.", 6) != 0 || !same_words(c->edits.items[i].attribute, "scenario"))
            continue;
        for (int side = BEFORE; side < SIDES; side++) {
            drill[side] = declared(c, (enum side)side, c->edits.items[i].id);
            scenario[side] = drill[side] ? rehearsed_by(c, (enum side)side, drill[side]) : NULL;
        }
        for (int side = BEFORE; drill[BEFORE] && drill[AFTER] && side < SIDES; side++) {
            struct about about = {.sort = "scenario",
                                  .subject = scenario[side] ? names_of(c, scenario[side]) : NULL,
                                  .thing = scenario[side],
                                  .at = {drill[BEFORE]->origin, drill[AFTER]->origin}};

            if (scenario[side])
                one_cause(c,
                          add_change(c, &about, "drill", side == BEFORE ? drill[AFTER]->name : NULL, side == BEFORE ? NULL : drill[AFTER]->name,
                                     side == BEFORE ? COMPARE_WEAKER : COMPARE_STRONGER, CHANGE_DRILL_NO_LOOSEN),
                          i);
        }
    }
}

/* Rules that are not judged any more. */
static void compare_rules_off(struct comparison *c)
{
    for (int side = BEFORE; side < SIDES; side++) {
        const struct plan_document *here = c->plan[side], *there = c->plan[!side];

        for (uint32_t i = 0; i < here->rules_off_count; i++) {
            struct about about = {.sort = "rule", .subject = here->rules_off[i], .thing = c->plan_id};
            bool both = false;

            for (uint32_t j = 0; j < there->rules_off_count && !both; j++)
                both = same_words(here->rules_off[i], there->rules_off[j]);
            if (!both)
                add_change(c, &about, "judged", side == BEFORE ? "no" : "yes", side == BEFORE ? "yes" : "no",
                           side == BEFORE ? COMPARE_STRONGER : COMPARE_WEAKER, CHANGE_DEMAND_NO_LOOSEN);
        }
    }
}

void compare_noted(struct comparison *c)
{
    for (uint32_t i = 0; i < c->edits.len; i++)
        tell_edit(c, i);
    compare_rehearsals(c);
    compare_rules_off(c);
}
