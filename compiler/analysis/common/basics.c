/* What every room asks of kinds, places and spans of time. */
#include "analysis/common/common.h"

#include <stdarg.h>
#include <string.h>

struct value kind_slot(const struct kind_info *kind, uint32_t row)
{
    for (; kind; kind = kind->base) {
        struct value value = entity_slot(kind->entity, row);

        if (value_is_known(value) && !value.defaulted)
            return value;
    }
    return value_unknown();
}

struct entity *kind_deferred(const struct kind_info *kind, uint32_t row)
{
    for (; kind; kind = kind->base) {
        if (entity_attr(kind->entity, row))
            return kind->entity;
    }
    return NULL;
}

const char *intern_text(const struct analysis *a, const char *format, ...)
{
    va_list args;
    const char *text;

    va_start(args, format);
    text = arena_vprintf(a->arena, format, args);
    va_end(args);
    return text;
}

const char *common_text(const struct analysis *a, const char *format, ...)
{
    struct strbuf buf = STRBUF_INIT;
    va_list args;
    const char *text;

    va_start(args, format);
    strbuf_vaddf(&buf, format, args);
    va_end(args);
    text = intern_add(a->model->names, buf.data, buf.len);
    strbuf_release(&buf);
    return text;
}

struct span_of_time time_exact(int64_t ms)
{
    return (struct span_of_time){true, ms, ms, ms};
}

struct span_of_time time_of(struct value value)
{
    struct value best = value_best(value), typical = value_typical(value), worst = value_worst(value);

    if (best.type != VALUE_DURATION || typical.type != VALUE_DURATION || worst.type != VALUE_DURATION)
        return (struct span_of_time){0};
    return (struct span_of_time){true, best.u.integer, typical.u.integer, worst.u.integer};
}

static bool add(int64_t x, int64_t y, int64_t *sum)
{
    return !__builtin_add_overflow(x, y, sum);
}

struct span_of_time time_add(struct span_of_time a, struct span_of_time b)
{
    struct span_of_time sum = {.known = a.known && b.known};

    /* 2^63 ms are 292 million years: a sum beyond that is no time anybody meant, so it is unknown. */
    if (sum.known && (!add(a.best, b.best, &sum.best) || !add(a.typical, b.typical, &sum.typical) || !add(a.worst, b.worst, &sum.worst)))
        sum.known = false;
    return sum;
}

static int64_t max(int64_t x, int64_t y)
{
    return x > y ? x : y;
}

bool step_has_command(const struct step *step)
{
    return command_is_set(step->run) || command_is_set(step->until) || command_is_set(step->verify);
}

bool step_is_by_people(const struct step *step)
{
    return step->mode != STEP_BY_SCRIPT && step->mode != STEP_BY_ITSELF;
}

int64_t step_own_work(const struct step *step)
{
    return step->mode == STEP_BY_ITSELF ? 0 : 1000;
}

struct span_of_time step_lasts(const struct step *step)
{
    return time_add(step->takes, (struct span_of_time){.known = true, .worst = step_own_work(step)});
}

bool step_takes_people(const struct step *step)
{
    return !step->idle && step_is_by_people(step);
}

struct span_of_time time_max(struct span_of_time a, struct span_of_time b)
{
    if (!a.known || !b.known)
        return (struct span_of_time){0};
    return (struct span_of_time){true, max(a.best, b.best), max(a.typical, b.typical), max(a.worst, b.worst)};
}

bool site_is_in(const struct analysis *a, const struct site_info *site, const struct entity *ancestor)
{
    int depth = 0;

    for (; site && depth < DEPTH_LIMIT; depth++) {
        if (site->entity == ancestor)
            return true;
        site = site->within ? plan_site(a->plan, site->within) : NULL;
    }
    return false;
}

struct span edge_span(const struct edge *edge)
{
    return (struct span){edge->from, edge->from + (uint32_t)strlen(edge->to->name)};
}

struct entity **asset_groups(const struct analysis *a, const struct asset *asset, uint32_t *count)
{
    *count = a->groups_first[asset->index + 1] - a->groups_first[asset->index];
    return *count ? &a->groups_of[a->groups_first[asset->index]] : NULL;
}

bool is_word(struct value value, const char *word)
{
    return value.type == VALUE_WORD && strcmp(value.u.word, word) == 0;
}

/* The class binds the tiers it applies to; all when it names none. */
bool class_binds(const struct entity *class_, const struct asset *asset)
{
    struct value tiers = entity_slot(class_, CLASS_applies_to);

    if (tiers.type != VALUE_LIST)
        return true;
    for (uint32_t i = 0; i < tiers.u.list->count; i++) {
        if (tiers.u.list->items[i].type == VALUE_ENTITY && tiers.u.list->items[i].u.entity == asset->tier)
            return true;
    }
    return false;
}

bool asset_wants_proof(const struct analysis *a, const struct asset *asset)
{
    struct value proof = asset->tier ? entity_slot(asset->tier, TIER_proof) : value_unknown();

    (void)a;
    if (proof.type == VALUE_BOOL)
        return proof.u.integer;
    return asset->level <= 1;
}

/* `let` names of a block, each seeing the ones before it. */
const struct scope *emit_scope(struct analysis *a, const struct block *tree, const struct scope *scope)
{
    for (const struct attr *attr = tree->attrs; attr; attr = attr->next) {
        if (attr->is_let)
            scope = scope_add(a->eval, scope, attr->name, eval(a->eval, attr->value, scope, NULL));
    }
    return scope;
}

/* What is the same for every method of the scenario. */
const struct scope *scenario_scope(struct analysis *a)
{
    const struct scope *scope = NULL;

    if (a->scenario->scope)
        return a->scenario->scope;
    if (a->model->plan)
        scope = scope_add(a->eval, scope, "plan", value_entity(a->model->plan));
    scope = scope_add(a->eval, scope, "scenario", value_entity(a->scenario->scenario));
    scope = scope_add(a->eval, scope, "input", (struct value){.type = VALUE_RUNTIME, .u.word = intern_str(a->model->names, "input")});
    a->scenario->scope = scope;
    return scope;
}

bool covers_loss(struct value list, const char *loss)
{
    if (list.type != VALUE_LIST)
        return false;
    for (uint32_t i = 0; i < list.u.list->count; i++) {
        if (is_word(list.u.list->items[i], loss))
            return true;
    }
    return false;
}

bool says_yes(struct analysis *a, const struct entity *method, uint32_t row, const struct scope *scope)
{
    struct value value = eval_deferred(a->eval, method, row, scope);

    return value.type == VALUE_BOOL && value.u.integer;
}

struct entity *answers_for(const struct analysis *a, struct entity *thing)
{
    const struct asset *asset = thing ? plan_asset(a->plan, thing) : NULL;
    struct entity *owner = asset ? asset->owner : thing ? entity_ref(a->model, thing, "owner") : NULL;

    return owner ? owner : a->model->plan ? entity_ref(a->model, a->model->plan, "owner") : NULL;
}

bool speaks_of(const struct entity *source, const char *attribute)
{
    struct value of = entity_slot(source, SOURCE_of);
    bool found = of.type != VALUE_LIST;

    for (uint32_t i = 0; !found && i < of.u.list->count; i++)
        found = of.u.list->items[i].type == VALUE_WORD && strcmp(of.u.list->items[i].u.word, attribute) == 0;
    return found;
}

bool site_is_account(const struct entity *site)
{
    struct value value = kind_slot(site->kind, KIND_is_account);

    return value.type == VALUE_BOOL && value.u.integer;
}
