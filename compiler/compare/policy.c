/* Which changes count, as the plan, the command line and waivers say. */
#include "compare/internal.h"

#include <string.h>

static const struct plan_thing *plan_block(const struct plan_document *plan)
{
    for (uint32_t i = 0; i < plan->declared_count; i++) {
        if (same_words(plan->declared[i].block, "plan"))
            return &plan->declared[i];
    }
    return NULL;
}

static void set_levels(const struct plan_thing *block, const char *attribute, enum change_level level, enum change_level levels[CHANGE_RULE_COUNT])
{
    uint32_t count;
    const struct plan_value *items = plan_items(block, attribute, &count);

    for (uint32_t i = 0; i < count; i++) {
        if (items[i].shape == PLAN_SHAPE_STRING)
            levels[change_rule_named(items[i].text)] = level;
    }
}

static void levels_of(const struct plan_document *document, enum change_level levels[CHANGE_RULE_COUNT])
{
    const struct plan_thing *plan = plan_block(document), *block;
    uint32_t cursor = 0;

    for (int rule = 0; rule < CHANGE_RULE_COUNT; rule++)
        levels[rule] = change_rule_level((enum change_rule)rule);
    block = plan ? plan_child(plan, "changes", &cursor) : NULL;
    if (!block)
        return;
    set_levels(block, "ignored", CHANGE_OFF, levels);
    set_levels(block, "warned", CHANGE_WARNING, levels);
    set_levels(block, "refused", CHANGE_ERROR, levels);
    levels[CHANGE_NO_RULE] = CHANGE_ERROR;
}

/* ---- waivers */

struct waiver {
    const struct plan_thing *accept;
    const struct compare_waiver *told;
    enum change_rule rule;
};

struct judge {
    struct comparison *c;
    VEC(struct waiver) waivers;
    struct map now; /* ids of what is declared in the new plan */
};

static const char *text_of(const struct plan_thing *thing, const char *name)
{
    const struct plan_value *value = plan_attribute(thing, name);

    return value && value->shape == PLAN_SHAPE_STRING ? value->text : NULL;
}

static void find_waivers(struct judge *judge)
{
    struct comparison *c = judge->c;
    const struct plan_document *plan = c->plan[AFTER];

    for (uint32_t i = 0; i < plan->declared_count; i++) {
        const struct plan_thing *thing = &plan->declared[i];
        const char *rule = same_words(thing->block, "accept") ? text_of(thing, "rule") : NULL;
        const char *by = text_of(thing, "by"); /* "person.ann" */
        struct compare_waiver *told;

        map_add(&judge->now, c->arena, intern_str(c->names, thing->id ? thing->id : ""), (void *)(uintptr_t)thing);
        if (!rule || change_rule_named(rule) == CHANGE_NO_RULE)
            continue;
        told = ARENA_NEW(c->arena, struct compare_waiver);
        *told = (struct compare_waiver){.id = thing->id,
                                        .why = text_of(thing, "why"),
                                        .until = text_of(thing, "until"),
                                        .by = by && strchr(by, '.') ? strchr(by, '.') + 1 : by,
                                        .at = thing->origin};
        told->undated = !c->asked->as_of;
        told->expired = !told->until || (c->asked->as_of && strcmp(told->until, c->asked->as_of) < 0); /* YYYY-MM-DD: texts in their order */
        vec_push(c->arena, &judge->waivers, ((struct waiver){thing, told, change_rule_named(rule)}));
    }
}

/* A waiver names what the change is about, or the scenario it is in; what is gone, or is nothing declared, the plan stands for. */
static bool names(struct judge *judge, const struct plan_thing *accept, const struct compare_change *change)
{
    const char *scenario = change->scenario ? arena_printf(judge->c->arena, "scenario.%s", change->scenario) : NULL,
               *only = text_of(accept, "scenario");
    bool stands = change->thing && map_get(&judge->now, intern_str(judge->c->names, change->thing));
    uint32_t count;
    const struct plan_value *items = plan_items(accept, "on", &count);

    if (only && !same_words(only, scenario))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        const char *id = items[i].shape == PLAN_SHAPE_STRING ? items[i].text : NULL;

        if (id && (same_words(id, change->thing) || same_words(id, scenario) || (!stands && strncmp(id, "plan.", 5) == 0)))
            return true;
    }
    return false;
}

void judge_changes(struct comparison *c)
{
    enum change_level levels[SIDES][CHANGE_RULE_COUNT];
    struct judge judge = {.c = c};

    for (int side = BEFORE; side < SIDES; side++)
        levels_of(c->plan[side], levels[side]);
    find_waivers(&judge);
    for (uint32_t i = 0; i < c->changes.len; i++) {
        struct compare_change *change = &c->changes.items[i];
        int asked = c->asked->levels ? c->asked->levels[change->rule] : -1;

        if (change->way != COMPARE_WEAKER)
            continue;
        /* Whoever loosens the policy in the same change does not pass by it. */
        change->level = asked >= 0                                                   ? (enum change_level)asked
                        : levels[BEFORE][change->rule] > levels[AFTER][change->rule] ? levels[BEFORE][change->rule]
                                                                                     : levels[AFTER][change->rule];
        for (uint32_t w = 0; w < judge.waivers.len; w++) {
            const struct waiver *waiver = &judge.waivers.items[w];
            bool counts = !waiver->told->expired && !waiver->told->undated;

            if (waiver->rule == change->rule && (!change->waiver || (counts && (change->waiver->expired || change->waiver->undated))) &&
                names(&judge, waiver->accept, change))
                change->waiver = waiver->told;
        }
    }
}
