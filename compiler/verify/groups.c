/* Groups: whether what is said of the points of their members can be, and their verdicts follow from that (docs/certificate.md, "Groups"). */
#include "verify/check.h"

#include <string.h>

/* It goes back further because of a group. */
static bool part_of_group(const struct plan_outcome *outcome)
{
    return outcome && outcome->data_loss > 0 && part_of(outcome, PLAN_TERM_group) > 0;
}

/* ---- one point */

/* Assets that come back to one point together: a tree of them, by the index of each. */
struct together {
    struct check *c;
    const struct plan_group_outcome *group; /* at hand */
    uint32_t *up;
    const char **single; /* by root: whose single points they are; NULL: of none yet */
};

static uint32_t index_of(const struct check *c, const struct plan_outcome *outcome)
{
    return (uint32_t)(outcome->asset - c->document->assets);
}

static uint32_t root_of(uint32_t *up, uint32_t at)
{
    while (up[at] != at)
        at = up[at] = up[up[at]];
    return at;
}

/* "group.g/backup.n": one run for all members, or one for each, of which the same are left. */
static bool is_shared(const struct plan_thing *backup)
{
    const struct plan_value *retain = plan_attribute(backup, "retain");

    if (!backup->id || strncmp(backup->id, "group.", strlen("group.")) != 0)
        return false;
    return plan_attribute(backup, "method") || ((!retain || retain->tag != PLAN_TAG_OBJECT) && plan_number(backup, "missed", PLAN_TAG_NONE, 0) == 0);
}

static bool is_log(const struct plan_thing *backup)
{
    const struct plan_value *schedule = plan_attribute(backup, "schedule");

    return word_is(backup, "kind", "log") ||
           (schedule && schedule->shape == PLAN_SHAPE_STRING && strncmp(schedule->text, "continuous", strlen("continuous")) == 0);
}

/* Whose points are the only ones it has; NULL: it can stop at any moment. */
static const char *single_of(struct check *c, const struct plan_outcome *outcome, uint8_t points)
{
    const struct plan_thing *backup = outcome->chain_count ? outcome->chain[0].backup : NULL;

    if (!backup)
        return outcome->data_loss == 0 ? "" : outcome->asset->name;
    if (is_log(backup) && points == PLAN_POINTS_any)
        return NULL;
    return is_shared(backup) ? backup->id : arena_printf(c->scratch, "%s of %s", backup->id, outcome->asset->name);
}

/* Of what an asset is made anew: where that is lost, it stands where that does. */
static const struct plan_value *made_from(const struct plan_outcome *outcome, uint32_t *count)
{
    uint32_t cursor = 0;
    const struct plan_thing *rebuild =
        !outcome->chain_count && part_of(outcome, PLAN_TERM_source) != 0 ? plan_child(outcome->asset->thing, "rebuild", &cursor) : NULL;

    *count = 0;
    return rebuild ? plan_items(rebuild, "from", count) : NULL;
}

static void stand_at(struct together *t, uint32_t with, const struct plan_outcome *outcome, uint8_t points, uint32_t depth)
{
    enum { DEPTH = 64 };
    uint32_t count, own = root_of(t->up, index_of(t->c, outcome)), to = root_of(t->up, with);
    const struct plan_value *from = made_from(outcome, &count);
    const char *one, *other;
    bool all = count > 0;

    for (uint32_t i = 0; i < count && depth < DEPTH; i++) {
        const struct plan_asset *asset =
            from[i].tag == PLAN_TAG_REF && from[i].shape == PLAN_SHAPE_STRING ? map_get(&t->c->assets, intern_str(t->c->names, from[i].text)) : NULL;
        const struct plan_outcome *source = asset ? outcome_of(t->c, asset) : NULL;

        if (source && source->fate == PLAN_FATE_lost && source->data_loss >= 0)
            stand_at(t, with, source, PLAN_POINTS_any, depth + 1);
        else
            all = false;
    }
    if (all)
        return;
    if (part_of_group(outcome) && t->group->data_loss > t->c->group_loss[index_of(t->c, outcome)])
        t->c->group_loss[index_of(t->c, outcome)] = t->group->data_loss;
    if (!t->group->common_point)
        return;
    one = single_of(t->c, outcome, points);
    other = t->single[to];
    if (own != to && t->single[own]) {
        other = other ? other : t->single[own];
        one = one ? one : t->single[own];
    }
    if (one && other && strcmp(one, other) != 0)
        problem(t->c, ".common_point", "`%s` and others have no point in common: there are those of %s, and those of %s", outcome->asset->name,
                *one ? one : "the interruption", *other ? other : "the interruption");
    t->up[own] = to;
    t->single[to] = other ? other : one;
}

/* ---- one group */

static void check_one(struct check *c, const struct plan_group_outcome *group, struct together *t)
{
    const struct plan_outcome *first = NULL;

    t->group = group;
    for (uint32_t i = 0; i < group->members_count; i++) {
        const struct plan_outcome *outcome = outcome_of(c, group->members[i].asset);

        if (!group->members[i].recovered || !outcome)
            continue;
        first = first ? first : outcome;
        stand_at(t, index_of(c, first), outcome, group->members[i].points, 0);
    }
}

static void check_group(struct check *c, const struct plan_group_outcome *group)
{
    int64_t rpo = objective_of(group->rpo);
    bool apart = group->max_skew >= 0 ? group->skew > group->max_skew : !group->common_point && !group->reconciles;
    bool newer = !group->reconciles && group->intact_newer_by != 0 && !(group->intact_newer_by >= 0 && group->intact_newer_by <= group->max_skew);
    bool beyond = false, never = false, whole = true;
    int64_t most = 0;
    uint32_t cursor = 0;
    struct verdict_record *record =
        record_verdict(c, group->verdict, "group", group->group->name, group->assumed_figures_count > 0, group->on_declared);

    if (group->common_point && !group->shared_run && group->skew > 0)
        problem(c, ".skew", "its members come back to one point, and it is %lld", (long long)group->skew);
    if (group->reconciles && !plan_child(group->group->thing, "reconcile", &cursor))
        problem(c, ".reconciles", "it has no steps for that");
    for (uint32_t i = 0; i < group->members_count; i++) {
        const struct plan_outcome *outcome = outcome_of(c, group->members[i].asset);
        int64_t lost = outcome ? outcome->data_loss : 0;

        beyond |= group->members[i].recovered && outcome && outcome->story && outcome->story->loss >= rpo;
        never |= group->members[i].recovered && outcome && outcome->never;
        whole &= group->members[i].recovered;
        most = group->members[i].recovered && lost > most ? lost : most;
        if (group->members[i].recovered && group->data_loss >= 0 && (lost == PLAN_UNKNOWN || lost == PLAN_ALL || lost > group->data_loss))
            problem(c, ".data_loss", "`%s` alone loses more than its %lld", group->members[i].asset ? group->members[i].asset->name : "",
                    (long long)group->data_loss);
        if (group->members[i].recovered && outcome && group->common_point && lost >= 0 && lost < group->point)
            problem(c, ".point", "its members come back to a point %lld old, and `%s` loses %lld", (long long)group->point, outcome->asset->name,
                    (long long)lost);
    }
    if (!whole && group->intact_newer_by >= 0 && group->intact_newer_by < most)
        problem(c, ".intact_newer_by", "it is %lld, and a member that is not intact loses %lld", (long long)group->intact_newer_by, (long long)most);
    if (!record)
        return;
    if (group->verdict == PLAN_VERDICT_ok && (group->data_loss < 0 || (rpo >= 0 && group->data_loss > rpo) || apart || newer || never))
        problem(c, ".verdict", "it holds, and %s",
                never            ? "a member never comes back"
                : apart || newer ? "its members are further apart than they may be"
                                 : "more than its objective allows is lost");
    if (group->verdict == PLAN_VERDICT_refuted && group->data_loss >= 0 && rpo >= 0 && !beyond && !never && group->skew == 0 && !apart && !newer)
        problem(c, ".verdict", "it is refuted, and no story of a member loses more than its objective allows");
}

void check_groups(struct check *c)
{
    const struct plan_scenario *s = c->scenario;
    struct arena *scratch = arena_new();
    struct together t = {c, NULL, ARENA_ARRAY(scratch, uint32_t, c->document->assets_count),
                         ARENA_ARRAY(scratch, const char *, c->document->assets_count)};

    for (uint32_t i = 0; i < c->document->assets_count; i++)
        t.up[i] = i;
    for (uint32_t i = 0; i < s->groups_count; i++) {
        at(c, "groups", s->groups[i].group ? s->groups[i].group->name : "");
        if (!s->groups[i].group)
            continue;
        check_group(c, &s->groups[i]);
        check_one(c, &s->groups[i], &t);
    }
    for (uint32_t i = 0; i < s->assets_count; i++) {
        if (!s->assets[i].asset || !part_of_group(&s->assets[i]))
            continue;
        at(c, "assets", s->assets[i].asset->name);
        if (s->assets[i].data_loss > c->group_loss[s->assets[i].asset - c->document->assets])
            problem(c, ".rpo_terms", "with `group` it loses more than any of its groups");
    }
    at(c, NULL, NULL);
    arena_delete(scratch);
}
