/* The order of the questions, the words for a place in the plan, and what all of them read of it. */
#include "verify/check.h"

#include <string.h>

const char *const verify_not_checked[] = {
    "whether another method, order or repair would be better", "whether the specification describes the system",
    "whether an entry of the ledger is true: that is what its check is for",
    "how long runs wait for others, what a platform keeps, and what needs no step: these are taken as the plan says them", NULL};

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

/* ---- what a scenario takes */

static const struct plan_site *site_named(const struct check *c, const struct plan_value *value)
{
    return value && value->tag == PLAN_TAG_REF && value->shape == PLAN_SHAPE_STRING ? map_get(&c->sites, intern_str(c->names, value->text)) : NULL;
}

/* What is lost with what it stands in, and with the account it is in. Places stand a few deep: what is written in another order than from the
 * outside in takes another pass for each. */
static void find_lost_sites(struct check *c)
{
    enum { DEEPEST = 64 };
    const struct plan_document *document = c->document;
    const struct plan_value *loses = c->scenario->thing ? plan_attribute(c->scenario->thing, "loses") : NULL;
    bool changed = true;

    memset(c->site_lost, 0, document->sites_count * sizeof *c->site_lost);
    for (uint32_t i = 0; loses && loses->tag == PLAN_TAG_NONE && loses->shape == PLAN_SHAPE_ITEMS && i < loses->count; i++) {
        const struct plan_site *site = site_named(c, &loses->items[i]);

        if (site)
            c->site_lost[site - document->sites] = true;
    }
    for (int pass = 0; changed && pass < DEEPEST; pass++) {
        changed = false;
        for (uint32_t i = 0; i < document->sites_count; i++) {
            const struct plan_site *site = &document->sites[i];

            if (c->site_lost[i] ||
                !((site->within && c->site_lost[site->within - document->sites]) || (site->account && c->site_lost[site->account - document->sites])))
                continue;
            c->site_lost[i] = changed = true;
        }
    }
}

bool place_is_lost(const struct check *c, const struct plan_thing *thing)
{
    const struct plan_site *site = site_named(c, thing ? plan_attribute(thing, "site") : NULL);

    return site && c->site_lost[site - c->document->sites];
}

static bool loses_an_input(const struct plan_outcome *outcome)
{
    for (uint32_t i = 0; i < outcome->stands_on_count; i++) {
        const char *how = outcome->stands_on[i].how;

        if (how && (strcmp(how, "lost") == 0 || strcmp(how, "in a circle") == 0))
            return true;
    }
    return false;
}

/* What one looks at next: needs first, then what a restore needs. */
static const struct plan_asset *wanted_by(const struct plan_asset *asset, uint32_t i)
{
    return i < asset->needs_count                                ? asset->needs[i]
           : i - asset->needs_count < asset->restores_with_count ? asset->restores_with[i - asset->needs_count]
                                                                 : NULL;
}

bool is_lost_for_good(struct check *c, const struct plan_asset *asset)
{
    struct frame {
        const struct plan_asset *asset;
        uint32_t next;
    };
    const struct plan_asset *first = c->document->assets;
    VEC(struct frame) path = {0};
    struct arena *scratch;

    if (c->for_good[asset - first] >= LOST_NO)
        return c->for_good[asset - first] == LOST_YES;
    scratch = arena_new(); /* chains of needs may be long: no recursion */
    vec_push(scratch, &path, ((struct frame){asset, 0}));
    while (path.len) {
        struct frame *top = &path.items[path.len - 1];
        const struct plan_outcome *outcome = outcome_of(c, top->asset);
        uint8_t *state = &c->for_good[top->asset - first];
        const struct plan_asset *wanted;

        if (!outcome)
            *state = LOST_NO;
        else if ((outcome->fate == PLAN_FATE_lost && !outcome->method) || loses_an_input(outcome))
            *state = LOST_YES;
        if (*state < LOST_NO) {
            *state = LOST_DECIDING; /* what is needed in a circle decides nothing by itself */
            wanted = wanted_by(top->asset, top->next);
            if (wanted && c->for_good[wanted - first] == LOST_YES)
                *state = LOST_YES;
            else if (wanted && c->for_good[wanted - first] == LOST_UNDECIDED) {
                vec_push(scratch, &path, ((struct frame){wanted, 0}));
                continue;
            } else if (wanted) {
                top->next++;
                continue;
            } else {
                *state = LOST_NO;
            }
        }
        path.len--;
    }
    arena_delete(scratch);
    return c->for_good[asset - first] == LOST_YES;
}

static void enter_scenario(struct check *c, const struct plan_scenario *scenario)
{
    uint32_t assets = c->document->assets_count;

    c->scenario = scenario;
    at(c, NULL, NULL);
    memset(c->outcomes, 0, assets * sizeof *c->outcomes);
    memset(c->for_good, 0, assets);
    memset(c->group_loss, 0, assets * sizeof *c->group_loss);
    find_lost_sites(c);
    for (uint32_t i = 0; i < scenario->assets_count; i++) {
        const struct plan_outcome *outcome = &scenario->assets[i];

        at(c, "assets", outcome->asset ? outcome->asset->name : "");
        if (!outcome->asset)
            problem(c, "", "it is of no asset");
        else if (c->outcomes[outcome->asset - c->document->assets])
            problem(c, "", "the asset is there twice");
        else
            c->outcomes[outcome->asset - c->document->assets] = outcome;
    }
    at(c, NULL, NULL);
}

void verify_plan(struct arena *arena, const struct plan_document *document, const struct verify_options *options, struct verify_report *report)
{
    struct check *c = ARENA_NEW(arena, struct check);

    memset(report, 0, sizeof *report);
    c->arena = arena;
    c->scratch = arena_new();
    c->names = intern_new(c->scratch);
    c->document = document;
    c->options = options;
    c->report = report;
    c->outcomes = ARENA_ARRAY(c->scratch, const struct plan_outcome *, document->assets_count);
    c->for_good = ARENA_ARRAY(c->scratch, uint8_t, document->assets_count);
    c->group_loss = ARENA_ARRAY(c->scratch, int64_t, document->assets_count);
    c->site_lost = ARENA_ARRAY(c->scratch, bool, document->sites_count);
    for (uint32_t i = 0; i < document->sites_count; i++) {
        if (document->sites[i].thing)
            map_add(&c->sites, c->scratch, intern_str(c->names, document->sites[i].thing->id), (void *)(uintptr_t)&document->sites[i]);
    }
    for (uint32_t i = 0; i < document->assets_count; i++) {
        if (document->assets[i].thing)
            map_add(&c->assets, c->scratch, intern_str(c->names, document->assets[i].thing->id), (void *)(uintptr_t)&document->assets[i]);
    }
    index_ledger(c);
    find_plan_objectives(c);
    for (uint32_t i = 0; i < document->scenarios_count; i++) {
        enter_scenario(c, &document->scenarios[i]);
        check_times(c);
        check_losses(c);
        check_statements(c);
        check_verdicts(c);
    }
    c->scenario = NULL;
    check_slos(c);
    check_jobs(c);
    check_ledger(c);
    check_counts(c);
    arena_delete(c->scratch);
}
