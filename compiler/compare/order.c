/* The order of steps: what came after another and does not wait for it any more, also by way of others. */
#include "compare/internal.h"

#include <string.h>

/* Of a renamed asset the steps are called otherwise too. */
const char *key_of_step(struct comparison *c, enum side side, const void *item)
{
    const struct plan_step *step = item;
    const char *dot = step->id ? strchr(step->id, '.') : NULL, *name;

    if (side == AFTER || !dot || !step->subject || !step->subject->id || !step->subject->name ||
        strlen(step->subject->name) != (size_t)(dot - step->id) || strncmp(step->id, step->subject->name, (size_t)(dot - step->id)) != 0)
        return step->id; /* `failback.NAME` is not called after its runbook */
    name = strchr(id_after(c, step->subject->id), '.');
    return name ? arena_printf(c->arena, "%s%s", name + 1, dot) : step->id;
}

struct ordering {
    struct comparison *c;
    const struct plan_scenario *scenario[SIDES];
    struct map steps[SIDES]; /* by key */
    uint32_t *seen;          /* of each step of one side: the walk that met it last */
    const struct plan_step **queue;
    uint32_t walk;
};

static bool is_of(const struct plan_scenario *scenario, const struct plan_step *step)
{
    return step >= scenario->steps && step < scenario->steps + scenario->steps_count;
}

/* Whether a step waits for another, directly or by way of others of its scenario. */
static bool waits_for(struct ordering *o, enum side side, const struct plan_step *step, const struct plan_step *other)
{
    const struct plan_scenario *scenario = o->scenario[side];
    uint32_t head = 0, tail = 0;

    o->walk++;
    o->queue[tail++] = step;
    while (head < tail) {
        const struct plan_step *next = o->queue[head++];

        for (uint32_t i = 0; i < next->after_count; i++) {
            const struct plan_step *before = next->after[i];
            uint32_t number;

            if (before == other)
                return true;
            if (!is_of(scenario, before))
                continue;
            number = (uint32_t)(before - scenario->steps);
            if (o->seen[number] == o->walk)
                continue;
            o->seen[number] = o->walk;
            o->queue[tail++] = before;
        }
    }
    return false;
}

enum { NEEDS_MAX = 100000 };

/* Whether an asset needs another, directly or by way of others; itself it does. */
static bool needs(const struct plan_asset *asset, const struct plan_asset *other, struct map *met, struct comparison *c, uint32_t depth)
{
    if (asset == other)
        return true;
    if (!asset || depth > 200 || met->len > NEEDS_MAX || !asset->name || !map_add(met, c->arena, intern_str(c->names, asset->name), met))
        return false;
    for (uint32_t i = 0; i < asset->needs_count; i++) {
        if (asset->needs[i] && needs(asset->needs[i], other, met, c, depth + 1))
            return true;
    }
    return false;
}

/* What one comes after on one side, and not on the other. It is weaker where what it belongs to needs what the other step brings back, or did: that a
 * need is not written any more is no proof that there is none. */
static void lost_order(struct ordering *o, enum side side)
{
    const struct plan_scenario *scenario = o->scenario[side];

    for (uint32_t i = 0; i < scenario->steps_count; i++) {
        const struct plan_step *step = &scenario->steps[i];
        const char *key = key_of_step(o->c, side, step);
        const struct plan_step *now = key ? map_get(&o->steps[!side], intern_str(o->c->names, key)) : NULL;

        for (uint32_t k = 0; now && k < step->after_count; k++) {
            const char *of = step->after[k] ? key_of_step(o->c, side, step->after[k]) : NULL;
            const struct plan_step *first = of ? map_get(&o->steps[!side], intern_str(o->c->names, of)) : NULL;
            const struct plan_step *a = side == BEFORE ? step : now, *b = side == BEFORE ? now : step;
            const struct plan_thing *subjects[SIDES] = {a->subject, b->subject};
            struct about about;
            struct map met = {0}, met_here = {0};
            bool needed;

            if (!first || waits_for(o, !side, now, first))
                continue;
            needed = !now->asset || !first->asset || needs(now->asset, first->asset, &met, o->c, 0) ||
                     needs(step->asset, step->after[k]->asset, &met_here, o->c, 0);
            about = about_of(o->c, "step", b->id, a->subject, b->subject);
            about.scenario = o->scenario[AFTER]->name;
            about.at[BEFORE] = a->origin;
            about.at[AFTER] = b->origin;
            why_thing(o->c,
                      add_change(o->c, &about, "waits for", side == BEFORE ? of : NULL, side == BEFORE ? NULL : of,
                                 !needed          ? COMPARE_NEITHER
                                 : side == BEFORE ? COMPARE_WEAKER
                                                  : COMPARE_STRONGER,
                                 CHANGE_ORDER_NO_LOOSEN),
                      NULL, subjects);
        }
    }
}

void compare_order(struct comparison *c, const struct plan_scenario *before, const struct plan_scenario *after)
{
    struct ordering o = {.c = c, .scenario = {before, after}};
    uint32_t most = before->steps_count > after->steps_count ? before->steps_count : after->steps_count;

    for (int side = BEFORE; side < SIDES; side++) {
        for (uint32_t i = 0; i < o.scenario[side]->steps_count; i++) {
            const struct plan_step *step = &o.scenario[side]->steps[i];
            const char *key = key_of_step(c, (enum side)side, step);

            if (key)
                map_add(&o.steps[side], c->arena, intern_str(c->names, key), (void *)(uintptr_t)step);
        }
    }
    o.seen = ARENA_ARRAY(c->arena, uint32_t, most + 1);
    o.queue = ARENA_ARRAY(c->arena, const struct plan_step *, most + 2);
    lost_order(&o, BEFORE);
    memset(o.seen, 0, (most + 1) * sizeof *o.seen);
    lost_order(&o, AFTER);
    for (int side = BEFORE; side < SIDES; side++)
        map_release(&o.steps[side], c->arena);
}
