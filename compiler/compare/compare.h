/* Two plans by meaning: what was edited, what that makes of the proof, which of it is weaker, and because of which edits.
 *
 * The plans are as they are published (plan/plan.h), so that each may come from a file that somebody kept. Reformatting, comments and the
 * order in which things are written are no difference. */
#ifndef DRC_COMPARE_COMPARE_H
#define DRC_COMPARE_COMPARE_H

#include "plan/plan.h"

/* Rules with names, for policies and waivers: what a change must not do. */
#define COMPARE_RULES(RULE)                                                                                                                          \
    RULE(OBJECTIVE_NO_WEAKEN, "an objective is longer than it was, or gone")                                                                         \
    RULE(RTO_NO_REGRESS, "something is back later at the worst")                                                                                     \
    RULE(RPO_NO_REGRESS, "more is lost at the worst")                                                                                                \
    RULE(VERDICT_NO_REGRESS, "what held is refuted or unknown, or what was refuted is not proved to be any more")                                    \
    RULE(SCENARIO_NO_DELETE, "a disaster, or something it hits, is not examined any more")                                                           \
    RULE(ASSET_NO_DELETE, "an asset, a name or a group is gone")                                                                                     \
    RULE(SITE_NO_DELETE, "a place is gone")                                                                                                          \
    RULE(COPY_NO_DELETE, "data exists less often, or at fewer places")                                                                               \
    RULE(RETENTION_NO_SHORTEN, "copies are kept less long")                                                                                          \
    RULE(DRILL_NO_LOOSEN, "a drill is gone, or is held less often")                                                                                  \
    RULE(WAIVER_NO_EXTEND, "a waiver is new, or ends later")                                                                                         \
    RULE(ASSUMPTION_NO_UNWATCH, "something a verdict rests on has no check any more, or nobody would notice its end")                                \
    RULE(ASSUMPTION_NO_DEMAND, "what a file or the platform made true is asked of people")                                                           \
    RULE(FIGURE_NO_ASSERT, "a figure has a weaker source, or a longer worst end")                                                                    \
    RULE(CONTACT_NO_DELETE, "a person, a team or a channel is gone")

enum compare_rule {
    COMPARE_NO_RULE,
#define RULE(name, says) COMPARE_##name,
    COMPARE_RULES(RULE)
#undef RULE
        COMPARE_RULE_COUNT
};

const char *compare_rule_name(enum compare_rule rule); /* "RPO_NO_REGRESS" */
const char *compare_rule_says(enum compare_rule rule);

enum compare_way { COMPARE_NEITHER, COMPARE_WEAKER, COMPARE_STRONGER };

/* Something declared that is another. Texts are as one writes them; NULL: there is none. */
struct compare_edit {
    const char *id;        /* of the thing, `asset.database/backup.log`; its new one where it was renamed */
    const char *attribute; /* NULL: the thing as a whole */
    const char *before, *after;
    const char *before_at, *after_at; /* FILE:LINE of the thing; NULL */
    const char *was;                  /* the id it had before, where it has another name; NULL */
};

/* A part of a number that is another: a term of a loss, a step on the way to a time. */
struct compare_part {
    const char *what;
    const char *before, *after;       /* NULL: there is none */
    const char *before_at, *after_at; /* NULL */
};

struct compare_change {
    const char *sort;     /* "asset", "endpoint", "group", "scenario", "job", "drill", "figure", "ledger", "site", "resource", "step" … */
    const char *subject;  /* its name */
    const char *scenario; /* in which; NULL: in none, or it is one */
    const char *what;     /* "worst-case loss"; NULL: it is there, or gone, as a whole */
    const char *before, *after;
    const char *before_at, *after_at;
    enum compare_way way;
    enum compare_rule rule; /* the one it is against, where it is weaker */
    const struct compare_part *parts;
    uint32_t part_count;
    const uint32_t *causes; /* edits, by index; what was not told apart is one set */
    uint32_t cause_count;
};

struct compare_report {
    const struct compare_edit *edits;
    uint32_t edit_count;
    const struct compare_change *changes; /* in the order of the plan: what is older first */
    uint32_t change_count;
    uint32_t weaker, stronger, neither;
    bool untold;    /* the digests differ, and nothing above says why */
    bool unwritten; /* of one of them nothing is written: jobs, drills, exports and resources were not compared */
};

/* Whether a plan says what would be written of it: not where something is wrong with it. Of one that was compiled the compiler knows better. */
bool compare_is_written(const struct plan_document *plan);

/* `written`: both say what would be written of them. Everything in the report lives in the arena, or in one of the documents, which have to
 * outlive it. */
void compare_plans(struct arena *arena, const struct plan_document *before, const struct plan_document *after, bool written,
                   struct compare_report *report);

#endif
