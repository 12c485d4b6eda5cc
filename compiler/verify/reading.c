/* Words for a place in the plan, and what all questions read of it. */
#include "verify/check.h"

#include <string.h>

/* ---- telling */

void at(struct check *c, const char *list, const char *item)
{
    c->list = list;
    c->item = item;
}

void problem(struct check *c, const char *field, const char *format, ...)
{
    struct verify_report *report = c->report;
    struct verify_problem *told;
    struct strbuf place = STRBUF_INIT;
    va_list args;

    if (report->problems_found++ >= VERIFY_PROBLEMS_KEPT)
        return;
    if (!report->problems)
        report->problems = ARENA_ARRAY(c->arena, struct verify_problem, VERIFY_PROBLEMS_KEPT);
    if (c->scenario)
        strbuf_addf(&place, "scenarios[%s]", c->scenario->name ? c->scenario->name : "");
    if (c->list)
        strbuf_addf(&place, "%s%s[%s]", c->scenario ? "." : "", c->list, c->item ? c->item : "");
    strbuf_addstr(&place, place.len || field[0] != '.' ? field : field + 1);
    told = &report->problems[report->problem_count++];
    told->at = strbuf_dup(&place, c->arena);
    strbuf_release(&place);
    va_start(args, format);
    told->message = arena_vprintf(c->arena, format, args);
    va_end(args);
}

/* ---- reading */

int64_t end_of(const struct plan_range *range, int end)
{
    return end == 0 ? range->best : end == 1 ? range->typical : range->worst;
}

int64_t plus(int64_t a, int64_t b)
{
    int64_t sum;

    return a < 0 || b < 0 || __builtin_add_overflow(a, b, &sum) || sum > LONGEST ? PLAN_UNKNOWN : sum;
}

const struct plan_outcome *outcome_of(const struct check *c, const struct plan_asset *asset)
{
    return asset ? c->outcomes[asset - c->document->assets] : NULL;
}

const struct plan_candidate *chosen_of(const struct plan_outcome *outcome)
{
    for (uint32_t i = 0; i < outcome->candidates_count; i++) {
        if (outcome->candidates[i].chosen)
            return &outcome->candidates[i];
    }
    return NULL;
}

bool is_block(const struct plan_thing *thing, const char *block)
{
    return thing && thing->block && strcmp(thing->block, block) == 0;
}

bool refers_to(const struct plan_value *value, const struct plan_thing *thing)
{
    if (!value || !thing)
        return false;
    if (value->tag == PLAN_TAG_REF && value->shape == PLAN_SHAPE_STRING)
        return strcmp(value->text, thing->id) == 0;
    for (uint32_t i = 0; value->tag == PLAN_TAG_NONE && value->shape == PLAN_SHAPE_ITEMS && i < value->count; i++) {
        const struct plan_value *item = &value->items[i];

        if (item->tag == PLAN_TAG_REF && item->shape == PLAN_SHAPE_STRING && strcmp(item->text, thing->id) == 0)
            return true;
    }
    return false;
}

bool word_is(const struct plan_thing *thing, const char *attribute, const char *word)
{
    const struct plan_value *value = thing ? plan_attribute(thing, attribute) : NULL;

    return value && value->tag == PLAN_TAG_NONE && value->shape == PLAN_SHAPE_STRING && strcmp(value->text, word) == 0;
}

static int64_t end_of_attribute(const struct plan_thing *thing, const char *attribute, bool worst, int64_t unset)
{
    const struct plan_value *value = thing ? plan_attribute(thing, attribute) : NULL;

    if (!value)
        return unset;
    if (value->tag == PLAN_TAG_RANGE && value->shape == PLAN_SHAPE_ITEMS && value->count == 3)
        value = &value->items[worst ? 2 : 0];
    return value->tag == PLAN_TAG_DURATION && value->shape == PLAN_SHAPE_NUMBER && value->number >= 0 && value->number <= LONGEST ? value->number
                                                                                                                                  : PLAN_UNKNOWN;
}

int64_t best_end(const struct plan_thing *thing, const char *attribute, int64_t unset)
{
    return end_of_attribute(thing, attribute, false, unset);
}

int64_t worst_end(const struct plan_thing *thing, const char *attribute, int64_t unset)
{
    return end_of_attribute(thing, attribute, true, unset);
}
