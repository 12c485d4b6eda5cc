/* What becomes of everything in each scenario: outcomes of assets, names and groups, and steps. */
#include "compare/internal.h"

#include <string.h>

static const char *key_of_scenario(struct comparison *c, enum side side, const void *item)
{
    const struct plan_scenario *it = item;

    return declared_id(c, side, it->thing, it->name);
}

static const char *key_of_outcome(struct comparison *c, enum side side, const void *item)
{
    const struct plan_asset *asset = ((const struct plan_outcome *)item)->asset;

    return asset ? declared_id(c, side, asset->thing, asset->name) : NULL;
}

static const char *key_of_name(struct comparison *c, enum side side, const void *item)
{
    const struct plan_endpoint *endpoint = ((const struct plan_name_outcome *)item)->endpoint;

    return endpoint ? declared_id(c, side, endpoint->thing, endpoint->name) : NULL;
}

static const char *key_of_group_outcome(struct comparison *c, enum side side, const void *item)
{
    const struct plan_group *group = ((const struct plan_group_outcome *)item)->group;

    return group ? declared_id(c, side, group->thing, group->name) : NULL;
}

struct in_scenario {
    const struct plan_scenario *scenario[SIDES];
    const char *name;
    bool examines_less; /* it takes, fails or damages less than it did */
    bool examines_more;
};

/* What an attribute of a scenario names, and the other side does not. */
static bool names_more(struct comparison *c, const struct plan_thing *one, const struct plan_thing *other, const char *attribute, enum side side)
{
    uint32_t count, others;
    const struct plan_value *items = plan_items(one, attribute, &count), *theirs = plan_items(other, attribute, &others);

    for (uint32_t i = 0; i < count; i++) {
        const char *id = items[i].shape == PLAN_SHAPE_STRING ? items[i].text : NULL;
        bool found = !id;

        id = id && side == BEFORE ? id_after(c, id) : id;
        for (uint32_t j = 0; j < others && !found; j++)
            found = theirs[j].shape == PLAN_SHAPE_STRING && same_words(id, theirs[j].text);
        if (!found)
            return true;
    }
    return false;
}

/* What a scenario does, in its own words: less of it proves less. */
static void compare_reach(struct comparison *c, const struct about *about, struct in_scenario *in, const struct plan_thing *before,
                          const struct plan_thing *after)
{
    static const char *const attributes[] = {"loses", "fails", "corrupts", "deletes", "degrades", "planes", "partitions", "compromises"};

    for (size_t i = 0; before && after && i < sizeof attributes / sizeof *attributes; i++) {
        const struct plan_value *a = plan_attribute(before, attributes[i]), *b = plan_attribute(after, attributes[i]);
        bool fewer = names_more(c, before, after, attributes[i], BEFORE), more = names_more(c, after, before, attributes[i], AFTER);

        if (fewer || more)
            causes_of_thing(c,
                            add_change(c, about, attributes[i], a ? plan_value_words(c->arena, a) : NULL, b ? plan_value_words(c->arena, b) : NULL,
                                       fewer  ? COMPARE_WEAKER
                                       : more ? COMPARE_STRONGER
                                              : COMPARE_NEITHER,
                                       CHANGE_SCENARIO_NO_DELETE),
                            before, after);
        in->examines_less |= fewer;
        in->examines_more |= more;
    }
}

static bool is_on_both_sides(struct comparison *c, enum side side, const struct plan_asset *asset)
{
    const char *name = key_of_asset(c, side, asset);

    return name && map_get(&c->assets[!side], intern_str(c->names, name));
}

static void index_assets(struct comparison *c)
{
    for (int side = BEFORE; side < SIDES; side++) {
        for (uint32_t i = 0; i < c->plan[side]->assets_count; i++) {
            const struct plan_asset *asset = &c->plan[side]->assets[i];
            const char *name = key_of_asset(c, side, asset);

            if (name)
                map_add(&c->assets[side], c->arena, intern_str(c->names, name), (void *)(uintptr_t)asset);
        }
    }
}

/* Two of one sort, in a scenario: outcomes, names or groups. */
struct pair {
    const struct in_scenario *in;
    const void *item[SIDES];
};

static void why_outcome(struct comparison *c, struct compare_change *change, const struct watch *watch, void *context)
{
    const struct pair *pair = context;
    const struct plan_outcome *const outcomes[SIDES] = {pair->item[BEFORE], pair->item[AFTER]};

    causes_of_outcome(c, change, pair->in->scenario, outcomes, watch->rests == ON_LOSS || watch->rests == ON_LOSS_AND_OBJECTIVE,
                      watch->rests >= ON_TIME_AND_OBJECTIVE);
    if (watch->rests >= ON_TIME_AND_OBJECTIVE || !watch->rule)
        change->part_count = 0; /* they are told with the number */
}

static void each_outcome(struct comparison *c, const void *before, const void *after, void *context)
{
    struct pair pair = {.in = context, .item = {before, after}};
    const struct plan_outcome *a = before, *b = after;
    const struct plan_asset *asset = b ? b->asset : a->asset;
    struct about about = about_of(c, "asset", asset->name, a ? a->asset->thing : NULL, b ? b->asset->thing : NULL);
    const struct watch fate = {.rests = ON_TIME};

    about.scenario = pair.in->name;
    if (a && b) {
        compare_objective(c, &about, "RTO", a->rto, b->rto, b->asset);
        compare_objective(c, &about, "RPO", a->rpo, b->rpo, b->asset);
        compare_fields(c, &about, PLAN_STRUCT_outcome, a, b, why_outcome, &pair);
    } else if (is_on_both_sides(c, b ? AFTER : BEFORE, asset)) { /* else it is told with the asset */
        /* A disaster that is examined in more is no weaker for it, one that is examined in less no stronger. */
        enum compare_way way =
            b ? (pair.in->examines_more ? COMPARE_NEITHER : COMPARE_WEAKER) : (pair.in->examines_less ? COMPARE_NEITHER : COMPARE_STRONGER);

        why_outcome(c,
                    add_change(c, &about, "fate", a ? plan_choices[PLAN_CHOICE_FATE].words[a->fate] : "unaffected",
                               b ? plan_choices[PLAN_CHOICE_FATE].words[b->fate] : "unaffected", way, CHANGE_FATE_NO_WORSEN),
                    &fate, &pair);
    }
}

static void why_name(struct comparison *c, struct compare_change *change, const struct watch *watch, void *context)
{
    const struct pair *pair = context;
    const struct plan_name_outcome *const names[SIDES] = {pair->item[BEFORE], pair->item[AFTER]};

    causes_of_name(c, change, pair->in->scenario, names, watch->rests == ON_TIME_AND_OBJECTIVE);
}

static void each_name(struct comparison *c, const void *before, const void *after, void *context)
{
    struct pair pair = {.in = context, .item = {before, after}};
    const struct plan_name_outcome *a = before, *b = after;
    struct about about;

    if (!a || !b)
        return; /* told with the name */
    about = about_of(c, "endpoint", b->endpoint->name, a->endpoint->thing, b->endpoint->thing);
    about.scenario = pair.in->name;
    compare_objective(c, &about, "RTO", a->rto, b->rto, NULL);
    compare_fields(c, &about, PLAN_STRUCT_name_outcome, a, b, why_name, &pair);
}

static void why_group(struct comparison *c, struct compare_change *change, const struct watch *watch, void *context)
{
    const struct pair *pair = context;
    const struct plan_group_outcome *const members[SIDES] = {pair->item[BEFORE], pair->item[AFTER]};

    causes_of_group(c, change, pair->in->scenario, members, watch->rests == ON_LOSS_AND_OBJECTIVE);
}

static void each_group_outcome(struct comparison *c, const void *before, const void *after, void *context)
{
    struct pair pair = {.in = context, .item = {before, after}};
    const struct plan_group_outcome *a = before, *b = after;
    struct about about;

    if (!a || !b)
        return;
    about = about_of(c, "group", b->group->name, a->group->thing, b->group->thing);
    about.scenario = pair.in->name;
    compare_objective(c, &about, "RPO", a->rpo, b->rpo, NULL);
    compare_fields(c, &about, PLAN_STRUCT_group_outcome, a, b, why_group, &pair);
}

/* What is written of another step of the same runbook, group or asset is no cause of what this one is. */
static void keep_own_causes(struct comparison *c, uint32_t first, const struct plan_step *a, const struct plan_step *b)
{
    for (uint32_t i = first; i < c->changes.len; i++) {
        struct compare_change *change = &c->changes.items[i];
        uint32_t *causes = ARENA_ARRAY(c->arena, uint32_t, change->cause_count + 1), kept = 0;

        for (uint32_t k = 0; k < change->cause_count; k++) {
            const struct compare_edit *edit = &c->edits.items[change->causes[k]];
            bool other = strncmp(edit->id, "kind.", 5) != 0 && strstr(edit->id, "/step.") && !(a && same_words(edit->before_at, a->origin)) &&
                         !(b && same_words(edit->after_at, b->origin));

            if (!other)
                causes[kept++] = change->causes[k];
        }
        if (kept) {
            change->causes = causes;
            change->cause_count = kept;
        }
    }
}

static void each_step(struct comparison *c, const void *before, const void *after, void *context)
{
    const struct in_scenario *in = context;
    const struct plan_step *a = before, *b = after, *any = b ? b : a;
    struct about about = about_of(c, "step", any->id, a ? a->subject : NULL, b ? b->subject : NULL);
    uint32_t first = c->changes.len;

    about.at[BEFORE] = a ? a->origin : NULL;
    about.at[AFTER] = b ? b->origin : NULL;
    about.scenario = in->name;
    tell_thing(c, &about, PLAN_STRUCT_step, a, b, a ? a->subject : NULL, b ? b->subject : NULL, any->title);
    keep_own_causes(c, first, a, b);
}

/* The way back has no objective: what it takes is told, and no direction of it is a rule's. */
static void each_step_back(struct comparison *c, const void *before, const void *after, void *context)
{
    const struct in_scenario *in = context;
    const struct plan_step *a = before, *b = after, *any = b ? b : a;
    struct about about = about_of(c, "step of the way back", any->id, a ? a->subject : NULL, b ? b->subject : NULL);
    uint32_t first = c->changes.len;

    if (!a || !b)
        return; /* as what is declared, or as the method that it comes from */
    about.at[BEFORE] = a->origin;
    about.at[AFTER] = b->origin;
    about.scenario = in->name;
    tell_thing(c, &about, PLAN_STRUCT_step, a, b, a->subject, b->subject, any->title);
    keep_own_causes(c, first, a, b);
    for (uint32_t i = first; i < c->changes.len; i++) {
        c->changes.items[i].way = COMPARE_NEITHER;
        c->changes.items[i].rule = CHANGE_NO_RULE;
    }
}

static void each_scenario(struct comparison *c, const void *before, const void *after, void *context)
{
    const struct plan_scenario *a = before, *b = after, *any = b ? b : a;
    struct in_scenario in = {.scenario = {a, b}, .name = any->name};
    struct about about = about_of(c, "scenario", any->name, a ? a->thing : NULL, b ? b->thing : NULL);
    struct list outcomes, names, groups, steps;

    (void)context;
    tell_thing(c, &about, PLAN_STRUCT_scenario, a, b, a ? a->thing : NULL, b ? b->thing : NULL, plan_title(any->thing));
    if (!a || !b)
        return;
    index_outcomes(c, BEFORE, a);
    index_outcomes(c, AFTER, b);
    compare_reach(c, &about, &in, a->thing, b->thing);
    outcomes = LIST_OF(outcome, a, b, assets);
    names = LIST_OF(name_outcome, a, b, endpoints);
    groups = LIST_OF(group_outcome, a, b, groups);
    steps = LIST_OF(step, a, b, steps);
    pair_up(c, &outcomes, key_of_outcome, each_outcome, &in);
    pair_up(c, &names, key_of_name, each_name, &in);
    pair_up(c, &groups, key_of_group_outcome, each_group_outcome, &in);
    pair_up(c, &steps, key_of_step, each_step, &in);
    steps = LIST_OF(step, a, b, failback);
    pair_up(c, &steps, key_of_step, each_step_back, &in);
    compare_order(c, a, b);
}

void compare_scenarios(struct comparison *c)
{
    const struct list scenarios = LIST_OF(scenario, c->plan[BEFORE], c->plan[AFTER], scenarios);

    index_assets(c);
    pair_up(c, &scenarios, key_of_scenario, each_scenario, NULL);
}
