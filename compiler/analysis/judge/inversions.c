/* Promises that rest on weaker ones: `a needs b`, and b may be back later than a, may lose more than a, or matters less (SEMANTICS §4).
 *
 * Promises are handed down from what needs to what is needed, through what promises nothing itself. So an asset knows the strictest
 * promise that rests on it through any number of edges, and one that is weaker is told once, with the chain to the asset whose promise
 * it breaks, whatever else needs it. What is further down rests on the asset in between, which is weaker itself: once that is mended the
 * next one shows. Soft edges (`uses`) hand nothing down. RPO is handed down between stateful assets only, and ends where data can be
 * made anew. */
#include "analysis/judge/judge.h"
#include "analysis/recovery/recovery.h"

#include <string.h>

enum { CHAIN_MAX = 64, OTHERS_MAX = 4 };

enum claim_kind { CLAIM_RTO, CLAIM_RPO, CLAIM_LEVEL, CLAIMS };

struct claim {
    int64_t value;           /* the strictest; -1 none */
    const struct asset *via; /* who needs it directly */
    const struct edge *edge;
    uint32_t broken; /* how many of those that need it directly promise more than it does */
};

struct inversions {
    struct analysis *a;
    struct entity *class_;          /* objectives of this class; NULL: general ones */
    struct claim (*claims)[CLAIMS]; /* by asset index */
    bool *named;                    /* by asset index: a scenario names it */
    bool *told;                     /* by asset index: inverted in general, so nothing about it is said for a class */
};

static const char *promise_source(const struct inversions *in, const struct asset *asset, enum claim_kind kind)
{
    const struct entity *own = in->class_ ? entity_child_named(asset->entity, BLOCK_OBJECTIVE, in->class_->name) : NULL;

    if (own && entity_slot(own, kind == CLAIM_RTO ? OBJECTIVE_rto : OBJECTIVE_rpo).type == VALUE_DURATION)
        return "for the class";
    return kind == CLAIM_LEVEL ? "its tier" : kind == CLAIM_RTO ? asset->rto.source : asset->rpo.source;
}

/* What the asset promises itself; -1 nothing. */
static int64_t promise(const struct inversions *in, const struct asset *asset, enum claim_kind kind, struct span *span)
{
    const struct entity *own = in->class_ ? entity_child_named(asset->entity, BLOCK_OBJECTIVE, in->class_->name) : NULL;
    struct value value = value_unknown();

    *span = asset->entity->span;
    if (kind == CLAIM_LEVEL)
        return asset->tier ? asset->level : -1;
    if (kind == CLAIM_RPO && (!asset->stateful || asset->rebuildable))
        return -1;
    if (own)
        value = entity_slot(own, kind == CLAIM_RTO ? OBJECTIVE_rto : OBJECTIVE_rpo);
    if (value.type == VALUE_DURATION) {
        *span = own->span;
        return value.u.integer;
    }
    *span = kind == CLAIM_RTO ? asset->rto.span : asset->rpo.span;
    value.u.integer = kind == CLAIM_RTO ? asset->rto.ms : asset->rpo.ms;
    return value.u.integer < 0 ? -1 : value.u.integer;
}

/* What rests on whatever this asset needs. */
static int64_t handed_down(const struct inversions *in, const struct asset *asset, enum claim_kind kind)
{
    struct span span;
    int64_t own = promise(in, asset, kind, &span);

    if (own >= 0)
        return own;
    if (kind == CLAIM_RPO && (asset->stateful || asset->rebuildable))
        return -1;
    return in->claims[asset->index][kind].value;
}

static void print_value(struct strbuf *out, const struct asset *asset, enum claim_kind kind, int64_t value)
{
    if (value < 0)
        strbuf_addstr(out, "nothing");
    else if (kind == CLAIM_LEVEL)
        strbuf_addf(out, "tier `%s`", asset->tier ? asset->tier->name : "");
    else
        print_duration(out, value);
}

/* From the top down: who rests on it, each with what it promises. */
static void tell_chain(const struct inversions *in, struct diag *diag, const struct asset *needed, enum claim_kind kind, int64_t weak)
{
    const struct asset *names[CHAIN_MAX];
    struct strbuf path = STRBUF_INIT;
    int64_t strictest = in->claims[needed->index][kind].value;
    uint32_t length = 0;
    struct span span;

    for (const struct asset *at = in->claims[needed->index][kind].via; at && length < CHAIN_MAX; at = in->claims[at->index][kind].via) {
        int64_t own = promise(in, at, kind, &span);

        if (own >= weak)
            break; /* what is further up does not rest on it more strictly than this */
        names[length++] = at;
    }
    while (length && promise(in, names[length - 1], kind, &span) < 0)
        length--;
    if (length > 1) {
        for (uint32_t i = length; i-- > 0;) {
            int64_t own = promise(in, names[i], kind, &span);

            strbuf_addf(&path, "`%s`", names[i]->name);
            if (own >= 0) {
                strbuf_addstr(&path, " (");
                print_value(&path, names[i], kind, own);
                strbuf_addstr(&path, ")");
            }
            strbuf_addstr(&path, " needs ");
        }
        strbuf_addf(&path, "`%s` (", needed->name);
        print_value(&path, needed, kind, weak);
        strbuf_addstr(&path, ")");
        if (kind != CLAIM_LEVEL) {
            strbuf_addstr(&path, ", ");
            print_duration(&path, weak - strictest);
            strbuf_addstr(&path, " too much");
        }
        diag_note(diag, "the whole chain: %s", strbuf_str(&path));
    }
    strbuf_release(&path);
}

/* Whoever else needs it directly and promises more. */
static void tell_others(const struct inversions *in, struct diag *diag, const struct asset *needed, enum claim_kind kind, int64_t weak)
{
    const struct claim *claim = &in->claims[needed->index][kind];
    struct strbuf names = STRBUF_INIT, brief = STRBUF_INIT;
    uint32_t named = 0;

    for (uint32_t i = 0; claim->broken > 1 && i < in->a->plan->asset_count && named < claim->broken - 1; i++) {
        const struct asset *user = &in->a->plan->assets[i];

        for (uint32_t n = 0; n < user->needs.count; n++) {
            int64_t value = handed_down(in, user, kind);

            if (user->needs.items[n].to != needed || user == claim->via || value < 0 || value >= weak)
                continue;
            strbuf_addf(&names, "%s`%s`", named++ ? ", " : "", user->name);
            if (named == OTHERS_MAX)
                strbuf_addstr(&brief, strbuf_str(&names));
            break;
        }
    }
    if (named > OTHERS_MAX)
        diag_note_brief(diag, arena_printf(in->a->arena, "the same holds for %s", strbuf_str(&names)), "the same holds for %s and %u more",
                        strbuf_str(&brief), named - OTHERS_MAX);
    else if (named)
        diag_note(diag, "the same holds for %s", strbuf_str(&names));
    strbuf_release(&brief);
    strbuf_release(&names);
}

static void report(const struct inversions *in, const struct asset *needed, enum claim_kind kind, int64_t weak, struct span span)
{
    static const char *const what[CLAIMS] = {"RTO", "RPO", "tier"};
    const struct claim *claim = &in->claims[needed->index][kind];
    const struct asset *top = claim->via;
    struct strbuf how = STRBUF_INIT;
    struct span unused;
    struct diag *diag;
    bool restores;

    while (promise(in, top, kind, &unused) < 0 && in->claims[top->index][kind].via)
        top = in->claims[top->index][kind].via;
    if (kind == CLAIM_LEVEL) {
        strbuf_addf(&how, "its tier `%s` is lower than `%s`", needed->tier->name, top->tier->name);
    } else {
        strbuf_addf(&how, "its %s is ", what[kind]);
        print_duration(&how, weak);
        strbuf_addstr(&how, ", weaker than ");
        print_duration(&how, claim->value);
        if (in->class_)
            strbuf_addf(&how, ", in class `%s`", in->class_->name);
    }
    restores = claim->edge < claim->via->needs.items || claim->edge >= claim->via->needs.items + claim->via->needs.count;
    diag = find(in->a, DIAG_E0508, (struct about){.subject = needed->entity, .span = edge_span(claim->edge)}, "`%s` is needed %s `%s`, but %s",
                needed->name, restores ? "to restore" : "by", claim->via->name, strbuf_str(&how));
    if (diag) {
        diag_at(diag, "needed here");
        tell_chain(in, diag, needed, kind, weak);
        tell_others(in, diag, needed, kind, weak);
        diag_label(diag, kind == CLAIM_LEVEL ? entity_attr_span(needed->entity, ASSET_tier) : span, "what it promises (%s)",
                   promise_source(in, needed, kind));
        if (restores)
            diag_help(diag, "give `%s` an RTO within that of `%s`, or restore without it", needed->name, claim->via->name);
        else
            diag_help(diag, "give `%s` objectives and a tier as strict as those of `%s`, or make the dependency soft (`uses`)", needed->name,
                      top->name);
    }
    strbuf_release(&how);
}

/* One finding for an asset: its time, else its loss, else its tier. */
static void judge_needed(const struct inversions *in, const struct asset *needed)
{
    for (enum claim_kind kind = CLAIM_RTO; kind < CLAIMS; kind++) {
        struct span span;
        int64_t own = promise(in, needed, kind, &span), claimed = in->claims[needed->index][kind].value;

        if (own < 0 || claimed < 0 || own <= claimed || (in->class_ && (kind == CLAIM_LEVEL || in->told[needed->index])))
            continue;
        report(in, needed, kind, own, span);
        in->a->told_restores[needed->index] = true;
        in->told[needed->index] = true;
        return;
    }
}

/* What restores it has to be there in its time as well; how much that loses and how much it matters is its own business. */
static bool is_restored(const struct asset *asset)
{
    const struct kind_info *kind = asset->entity->kind;

    for (uint32_t m = 0; asset->restores_with.count && m < kind->methods.len; m++) {
        if (eval_is_written(kind->methods.items[m], METHOD_restores))
            return true;
    }
    return false;
}

/* What stands nowhere, needs nothing and fails in no scenario is there whenever something is restored with it. */
static bool may_be_away(const struct inversions *in, const struct asset *asset)
{
    return asset->site_count || asset->needs.count || in->named[asset->index];
}

static void mark_named(struct inversions *in)
{
    static const uint32_t rows[] = {SCENARIO_fails, SCENARIO_corrupts, SCENARIO_deletes};
    const struct analysis *a = in->a;

    for (uint32_t i = 0; i < a->model->declared[BLOCK_SCENARIO].list.len; i++) {
        for (size_t row = 0; row < sizeof rows / sizeof rows[0]; row++) {
            struct value list = entity_slot(a->model->declared[BLOCK_SCENARIO].list.items[i], rows[row]);

            for (uint32_t n = 0; list.type == VALUE_LIST && n < list.u.list->count; n++) {
                const struct asset *asset = list.u.list->items[n].type == VALUE_ENTITY ? plan_asset(a->plan, list.u.list->items[n].u.entity) : NULL;

                if (asset)
                    in->named[asset->index] = true;
            }
        }
    }
}

static void hand_down(const struct inversions *in, const struct asset *user)
{
    const struct edges *lists[2] = {&user->needs, is_restored(user) ? &user->restores_with : NULL};

    for (enum claim_kind kind = CLAIM_RTO; kind < CLAIMS; kind++) {
        int64_t value = handed_down(in, user, kind);
        uint32_t count = user->needs.count + (lists[1] && kind == CLAIM_RTO ? lists[1]->count : 0);
        struct span span;

        for (uint32_t n = 0; value >= 0 && n < count; n++) {
            const struct edge *edge = n < user->needs.count ? &user->needs.items[n] : &lists[1]->items[n - user->needs.count];
            const struct asset *needed = edge->to;
            struct claim *claim = &in->claims[needed->index][kind];
            int64_t own = promise(in, needed, kind, &span);

            if (n >= user->needs.count && !may_be_away(in, needed))
                continue;
            claim->broken += own > value;
            if (claim->value >= 0 && claim->value <= value)
                continue;
            claim->value = value;
            claim->via = user;
            claim->edge = edge;
        }
    }
}

static void check_in(struct inversions *in)
{
    struct analysis *a = in->a;

    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        for (enum claim_kind kind = CLAIM_RTO; kind < CLAIMS; kind++)
            in->claims[i][kind] = (struct claim){.value = -1};
    }
    /* What needs comes before what is needed, so that all that rests on an asset is known when it is judged. */
    for (uint32_t at = a->plan->asset_count; at-- > 0;) {
        const struct asset *asset = &a->plan->assets[a->needs_first[at]];

        judge_needed(in, asset);
        hand_down(in, asset);
    }
}

void check_inversions(struct analysis *a)
{
    struct inversions in = {.a = a};
    bool by_class = false;

    in.claims = arena_alloc(a->arena, a->plan->asset_count * sizeof *in.claims);
    in.told = ARENA_ARRAY(a->arena, bool, a->plan->asset_count);
    in.named = ARENA_ARRAY(a->arena, bool, a->plan->asset_count);
    mark_named(&in);
    check_in(&in);
    for (uint32_t i = 0; i < a->plan->asset_count && !by_class; i++) {
        uint32_t cursor = 0;

        by_class = entity_child(a->plan->assets[i].entity, BLOCK_OBJECTIVE, &cursor) != NULL;
    }
    for (uint32_t c = 0; by_class && c < a->model->declared[BLOCK_CLASS].list.len; c++) {
        in.class_ = a->model->declared[BLOCK_CLASS].list.items[c];
        check_in(&in);
    }
    arena_give_back(a->arena, in.claims, a->plan->asset_count * sizeof *in.claims);
    arena_give_back(a->arena, in.told, a->plan->asset_count * sizeof *in.told);
    arena_give_back(a->arena, in.named, a->plan->asset_count * sizeof *in.named);
}

/* A promise within that of what is restored with it may be too late all the same: where both are away together, it has to be back before the step
 * that reads it begins. Told once for each, in the first scenario in which it shows. */
void check_restore_promises(struct analysis *a, const struct scenario_result *result)
{
    for (uint32_t i = 0; i < result->order_count; i++) {
        const struct asset_state *state = &result->states[result->order[i]->index];
        int64_t rest;

        if (state->fate != FATE_LOST || !state->chosen || !state->chosen->restores || state->rto.ms < 0)
            continue;
        rest = rest_of_restore(state);
        for (uint32_t n = 0; n < state->asset->restores_with.count; n++) {
            const struct edge *edge = &state->asset->restores_with.items[n];
            const struct asset_state *with = &result->states[edge->index];
            int64_t latest = state->rto.ms > rest ? state->rto.ms - rest : 0;
            struct diag *diag;

            if (with->fate == FATE_UNAFFECTED || with->rto.ms <= latest || a->told_restores[edge->index])
                continue;
            a->told_restores[edge->index] = true;
            diag = find(a, DIAG_E0508, (struct about){.subject = edge->to->entity, .span = edge_span(edge)},
                        "`%s` is needed to restore `%s`, but its RTO is %s, and the restore has to begin with it after %s to be done in %s",
                        edge->to->name, state->asset->name, text_of_duration(a->arena, with->rto.ms), text_of_duration(a->arena, latest),
                        text_of_duration(a->arena, state->rto.ms));
            if (!diag)
                continue;
            diag_at(diag, "needed here");
            diag_label(diag, with->rto.span, "what it promises (%s)", with->rto.source);
            diag_note(diag, "both are away in `%s`", result->scenario->name);
            diag_help(diag, "give `%s` an RTO of %s, or restore without it", edge->to->name, text_of_duration(a->arena, latest));
        }
    }
}
