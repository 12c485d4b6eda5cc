/* Verdicts on consistency groups, and what is told of them: once times and losses of their members are known. */
#include "analysis/common/missing.h"
#include "analysis/recovery/group.h"

static void note_members(struct analysis *a, struct diag *diag, const struct group_state *group)
{
    for (uint32_t i = 0; i < group->member_count; i++) {
        const struct group_member *member = &group->members[i];
        const char *name = member->state->asset->name, *label = member->state->chosen ? member->state->chosen->label : "";

        if (!member->recovered)
            diag_note(diag, "`%s` is intact", name);
        else if (member->points == POINTS_ANY)
            diag_note(diag, "`%s` by `%s`: any moment up to %s before", name, label, text_of_duration(a->arena, member->newest));
        else if (member->points == POINTS_ONE)
            diag_note(diag, "`%s` by `%s`: one point, up to %s before", name, label, text_of_duration(a->arena, member->newest));
        else if (member->points == POINTS_SLOTS)
            diag_note(diag, "`%s` by `%s`: one point a run of `%s`, the newest up to %s before", name, label, member->state->chosen->copy->name,
                      text_of_duration(a->arena, member->newest));
        else if (member->points == POINTS_NOW)
            diag_note(diag, "`%s` by `%s`: nothing is lost", name, label);
    }
}

static void say_unknown(struct analysis *a, const struct scenario_result *result, const struct group_state *group)
{
    bool strict = false, told = false;
    struct diag *diag;

    for (uint32_t i = 0; i < group->member_count; i++)
        strict |= asset_wants_proof(a, group->members[i].state->asset);
    for (uint32_t i = 0; i < group->member_count; i++) {
        const struct candidate *chosen = group->members[i].recovered ? group->members[i].state->chosen : NULL;

        if (!chosen || !chosen->missing || chosen->rpo != TIME_UNKNOWN)
            continue;
        told = true;
        decides(a, chosen->missing, (struct objective_ref){OBJECTIVE_GROUP, group->group, result->scenario, strict});
    }
    for (uint32_t i = 0; i < group->member_count; i++) {
        const struct asset_state *state = group->members[i].state;

        /* Said at the member already. */
        if (told || (state->fate == FATE_LOST && (!state->chosen || state->rpo_verdict == VERDICT_UNKNOWN)))
            return;
    }
    diag = find(a, DIAG_E0504, (struct about){.unknown = true, .subject = group->group, .scenario = result->scenario},
                "whether group `%s` comes back to one point in `%s` is unknown", group->group->name, result->scenario->name);
    if (!diag)
        return;
    for (uint32_t i = 0; i < group->member_count; i++) {
        if (group->members[i].recovered && group->members[i].points == POINTS_UNKNOWN)
            diag_note(diag, "what `%s` loses is not known, or not bounded by time", group->members[i].state->asset->name);
    }
    diag_help(diag, "state the missing figures; for a backup on change its `interval`");
}

static void refute_skew(struct analysis *a, const struct scenario_result *result, const struct group_state *group)
{
    const char *name = group->group->name, *scenario = result->scenario->name;
    struct diag *diag;

    if (group->skew_ms < 0)
        diag = find(a, DIAG_E0530,
                    (struct about){.subject = group->group, .scenario = result->scenario, .span = entity_attr_span(group->group, GROUP_members)},
                    "group `%s` has no common point in `%s`", name, scenario);
    else if (group->max_skew >= 0)
        diag = find(a, DIAG_E0530,
                    (struct about){.subject = group->group, .scenario = result->scenario, .span = entity_attr_span(group->group, GROUP_max_skew)},
                    "the members of `%s` come back up to %s apart in `%s`, at most %s is allowed", name,
                    text_of_time(a->arena, group->skew_ms, group->max_skew), scenario, text_of_duration(a->arena, group->max_skew));
    else
        diag = find(a, DIAG_E0530,
                    (struct about){.subject = group->group, .scenario = result->scenario, .span = entity_attr_span(group->group, GROUP_members)},
                    "group `%s` has no common point in `%s`: its members come back up to %s apart", name, scenario,
                    text_of_duration(a->arena, group->skew_ms));
    if (!diag)
        return;
    note_members(a, diag, group);
    if (group->common)
        diag_help(diag, "make the shared run shorter");
    else
        diag_help(diag, "give the group one `backup` for all, keep logs of all members but one, or declare `reconcile` steps%s%s",
                  group->skew_ms < 0 ? "" : "; tolerable is what `max_skew` says, here ",
                  group->skew_ms < 0 ? "" : text_of_duration(a->arena, group->skew_ms));
}

static void refute_loss(struct analysis *a, const struct scenario_result *result, const struct group_state *group)
{
    bool unknown = group->verdict == VERDICT_UNKNOWN, strict = false;
    struct diag *diag;

    for (uint32_t i = 0; unknown && i < group->member_count; i++)
        strict |= asset_wants_proof(a, group->members[i].state->asset);
    diag = find(a, DIAG_E0532,
                (struct about){.unknown = unknown,
                               .strict = strict,
                               .severity = unknown ? SEVERITY_WARNING : SEVERITY_ERROR,
                               .subject = group->group,
                               .scenario = result->scenario,
                               .span = group->rpo.span},
                unknown ? "whether group `%s` loses no more than its RPO is unknown: at most %s in `%s`, its RPO is %s"
                        : "group `%s` can lose %s in `%s`, its RPO is %s",
                group->group->name, text_of_time(a->arena, group->loss_ms, group->rpo.ms), result->scenario->name,
                text_of_duration(a->arena, group->rpo.ms));
    if (!diag)
        return;
    note_members(a, diag, group);
    if (unknown)
        diag_note(diag, "that is a bound: no execution was found in which a member loses more than its RPO");
    diag_help(diag, "a group loses what its worst member loses");
}

static void tell_intact(struct analysis *a, const struct scenario_result *result, const struct group_state *group, bool refuted)
{
    const char *intact = NULL;
    struct diag *diag;

    for (uint32_t i = 0; i < group->member_count; i++) {
        if (!group->members[i].recovered)
            intact = intact ? intern_text(a, "%s, `%s`", intact, group->members[i].state->asset->name)
                            : intern_text(a, "`%s`", group->members[i].state->asset->name);
    }
    diag = find(a, DIAG_E0531,
                (struct about){.unknown = !refuted,
                               .strict = refuted,
                               .subject = group->group,
                               .scenario = result->scenario,
                               .span = entity_attr_span(group->group, refuted ? GROUP_max_skew : GROUP_members)},
                "`%s` leaves %s of group `%s` intact: newer than what the others come back to, by %s%s", result->scenario->name, intact,
                group->group->name, group->intact_ms < 0 ? "an unknown time" : "up to ",
                group->intact_ms < 0 ? "" : text_of_duration(a->arena, group->intact_ms));
    if (!diag)
        return;
    note_members(a, diag, group);
    diag_help(diag, "declare `reconcile` steps: they make the members agree, or take the others back to the same point");
}

/* What its members' loss rests on, the group's does. */
static void keep_credit(struct analysis *a, const struct scenario_result *result, struct group_state *group)
{
    const struct reason *why = NULL;
    bool strict = false;

    for (uint32_t m = 0; m < group->member_count; m++) {
        const struct asset_state *state = group->members[m].state;

        if (!why)
            why = group->members[m].recovered ? state->undecided : state->split; /* what is left elsewhere may be older, too */
        strict |= asset_wants_proof(a, state->asset);
    }
    if (!why)
        return;
    group->verdict = VERDICT_UNKNOWN;
    decides(a, why, (struct objective_ref){OBJECTIVE_GROUP, group->group, result->scenario, strict});
}

/* Another group may have taken a member further back than this one comes to: it loses as much, and its members are as far apart. */
static void follow_members(struct group_state *group)
{
    int64_t most = group->loss_ms, more;

    for (uint32_t m = 0; m < group->member_count; m++) {
        const struct asset_state *state = group->members[m].state;

        if (group->members[m].recovered && state->loss_ms > most && most >= 0)
            most = state->loss_ms;
    }
    more = most - group->loss_ms;
    if (more <= 0)
        return;
    group->loss_ms = most;
    group->common = false;
    if (group->intact_ms > 0 && __builtin_add_overflow(group->intact_ms, more, &group->intact_ms))
        group->intact_ms = TIME_UNKNOWN;
    if (group->skew_ms >= 0 && __builtin_add_overflow(group->skew_ms, more, &group->skew_ms))
        group->skew_ms = TIME_UNKNOWN;
}

/* A member that never comes back, or whose data does not, takes its group along: that was told with it. */
static bool is_never_whole(struct group_state *group)
{
    bool never = false;

    for (uint32_t m = 0; m < group->member_count; m++) {
        struct asset_state *state = group->members[m].state;

        if (!group->members[m].recovered || !state->chosen || (!state->undone && !state->never && state->loss_ms != RPO_ALL))
            continue;
        never = true;
        if (!state->never)
            state->never = state->undone;
        if (state->loss_ms == RPO_ALL)
            group->loss_ms = RPO_ALL;
    }
    return never;
}

void judge_groups(struct analysis *a, struct scenario_result *result)
{
    for (uint32_t i = 0; i < result->group_count; i++) {
        struct group_state *group = &result->groups[i];
        bool settled;

        follow_members(group);
        if (is_never_whole(group)) {
            group->verdict = VERDICT_REFUTED;
            continue;
        }
        if (group->loss_ms < 0) {
            group->verdict = VERDICT_UNKNOWN;
            say_unknown(a, result, group);
            continue;
        }
        settled = group->max_skew >= 0 ? group->skew_ms >= 0 && group->skew_ms <= group->max_skew : group->common || group->reconciles;
        group->verdict = VERDICT_OK;
        if (!settled) {
            group->verdict = VERDICT_REFUTED;
            refute_skew(a, result, group);
        }
        if (group->rpo.ms >= 0 && group->loss_ms > group->rpo.ms) {
            if (group->verdict != VERDICT_REFUTED)
                group->verdict = group->exceeded ? VERDICT_REFUTED : VERDICT_UNKNOWN;
            refute_loss(a, result, group);
        }
        if (group->intact_ms != 0 && !group->reconciles && (group->max_skew < 0 || group->intact_ms < 0 || group->intact_ms > group->max_skew)) {
            /* Only `max_skew` says what is too much. Without it, or without the time, nobody knows whether the members still fit together. */
            bool refuted = group->max_skew >= 0 && group->intact_ms >= 0;

            if (group->verdict == VERDICT_OK || refuted)
                group->verdict = refuted ? VERDICT_REFUTED : VERDICT_UNKNOWN;
            tell_intact(a, result, group, refuted);
        }
        if (group->verdict == VERDICT_OK)
            keep_credit(a, result, group);
    }
}
