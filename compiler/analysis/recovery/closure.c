/* What a recovery stands on (SEMANTICS §5, restore-path closure).
 *
 * A restore needs its store, what opens the store (key, secrets), what `restores_with` and `rebuild { from }` name. Each of them
 * stands, or comes back by a method of its own, without needing what is being restored. Whoever asks settles the method of what
 * it asks about first (settle() in choice.c); an asset met again on the way is a circle: such a candidate is chosen only when
 * there is no other one, and then the circle is told here edge by edge. A secret that a person keeps is always there. */
#include "analysis/recovery/loss.h"
#include "analysis/recovery/recovery.h"
#include "analysis/world/stands.h"
#include "analysis/world/world.h"

#include <string.h>

/* The site of that level a place is in; NULL. */
static const struct entity *area_of(const struct analysis *a, const struct site_info *site, const char *level)
{
    for (int depth = 0; site && depth < 64; depth++) {
        if (strcmp(site->level, level) == 0)
            return site->entity;
        site = site->within ? plan_site(a->plan, site->within) : NULL;
    }
    return NULL;
}

/* Whether an instance at one place is of use at another (`bound_to` of its kind). */
static bool works_at(const struct analysis *a, const struct asset *asset, const struct site_info *instance, const struct site_info *place)
{
    struct value bound = kind_slot(asset->entity->kind, KIND_bound_to);
    const struct entity *here, *there;

    if (bound.type != VALUE_WORD || !place || !instance || instance == place)
        return true;
    if (strcmp(bound.u.word, "region") == 0 && instance->region[0] && place->region[0])
        return strcmp(instance->region, place->region) == 0; /* the same region, perhaps seen from another account */
    here = area_of(a, instance, bound.u.word);
    there = area_of(a, place, bound.u.word);
    return !here || !there || here == there;
}

static struct site_info *replica_site(const struct analysis *a, const struct entity *replica)
{
    return plan_site(a->plan, model_find(a->model, BLOCK_SITE, replica->name));
}

/* What of it stands and works at `place` (NULL: anywhere): an instance, or a replica, which for keys and the like is as good. */
static bool instance_stands(const struct analysis *a, const struct asset *asset, const struct site_info *place, bool *elsewhere)
{
    const struct asset_state *state = &a->scenario->states[asset->index];
    struct entity *replica;

    for (uint32_t i = 0; i < asset->site_count && state->fate != FATE_LOST; i++) {
        if (!stands_at(a, asset->entity, asset->sites[i]))
            continue;
        if (works_at(a, asset, asset->sites[i], place))
            return true;
        *elsewhere = true;
    }
    for (uint32_t i = 0; (replica = entity_child(asset->entity, BLOCK_REPLICA, &i));) {
        const struct site_info *site = replica_site(a, replica);

        /* What somebody changed in the account is in the copy a moment later; a key or a secret that stands elsewhere is not. */
        if (!site || !stands_at(a, replica, site) || (asset->stateful && state_has_loss(state, "account")))
            continue;
        if (works_at(a, asset, site, place))
            return true;
        *elsewhere = true;
    }
    return asset->site_count == 0 && state->fate != FATE_LOST;
}

static bool is_destroyed(const struct asset_state *state)
{
    return state_has_loss(state, "deletion") || state_has_loss(state, "corruption") || state_has_loss(state, "object");
}

/* Whether what is impaired serves again: it stands, and what it needs may not. */
static enum comes needs_come(struct analysis *a, const struct asset *asset)
{
    atom key = (atom)(const void *)asset;
    enum comes result = COMES_BACK;

    if (map_get(&a->needs_come, key))
        return map_get(&a->needs_come, key) == asset ? COMES_BACK : COMES_NEVER;
    for (uint32_t n = 0; n < asset->needs.count && result == COMES_BACK; n++) {
        const struct asset *other = asset->needs.items[n].to;
        struct asset_state *state = &a->scenario->states[other->index];

        if (state->fate == FATE_IMPAIRED)
            result = needs_come(a, other);
        if (state->fate != FATE_LOST)
            continue;
        settle(a, state);
        result = !state->settled || (state->chosen && state->chosen->circular) ? COMES_IN_CIRCLE : state->chosen ? needs_come(a, other) : COMES_NEVER;
    }
    if (result != COMES_IN_CIRCLE)
        map_set(&a->needs_come, a->arena, key, result == COMES_NEVER ? a->plan : (void *)(uintptr_t)asset);
    return result;
}

/* Whether an asset is there for a restore into `place`. `*what`: "is destroyed", "is lost" … for people. */
static enum comes asset_comes(struct analysis *a, const struct asset *asset, const struct site_info *place, const char **what)
{
    struct asset_state *state = &a->scenario->states[asset->index];
    bool elsewhere = false, stands = !is_destroyed(state) && instance_stands(a, asset, place, &elsewhere);

    if (stands && state->fate == FATE_IMPAIRED) {
        *what = "never serves again, for what it needs has no way back";
        return needs_come(a, asset);
    }
    if (stands && state->fate != FATE_LOST)
        return COMES_STANDS;
    if (state->fate != FATE_LOST) {
        *what = place ? intern_text(a, "does not work in `%s`, and has no replica there", place->entity->name) : "cannot be reached";
        return COMES_NEVER;
    }
    settle(a, state);
    if (!state->settled || (state->chosen && state->chosen->circular))
        return COMES_IN_CIRCLE;
    /* A replica is as good as the instance only where nothing has to be done for it; else it serves when its method has ended. */
    if (stands && state->chosen && state->chosen->instant)
        return COMES_STANDS;
    if (state->chosen && works_at(a, asset, state->chosen->into, place)) {
        *what = "never serves again, for what it needs has no way back";
        return needs_come(a, asset);
    }
    if (stands && !asset->stateful) /* data at a replica that nothing makes serve is of no use to others */
        return COMES_STANDS;
    *what = is_destroyed(state) ? "is destroyed"
            : elsewhere         ? intern_text(a, "does not work in `%s`, and has no replica there", place->entity->name)
                                : "is lost";
    return COMES_NEVER;
}

static enum comes weaker(enum comes x, enum comes y)
{
    return x > y ? x : y;
}

/* ---------------------------------------------------------------- secrets and stores */

/* Whether what comes back of the asset holds what it held: a replica or standby does, what is read from copies, and by a method that says it
 * loses nothing (`rpo = 0s`); not what is set up from nothing. Another key opens no older copy, and a safe made anew is empty. */
static bool holds_what_it_held(struct analysis *a, const struct asset *asset, const char **what)
{
    struct asset_state *state = asset ? &a->scenario->states[asset->index] : NULL;
    struct candidate *chosen = state && state->fate == FATE_LOST ? state->chosen : NULL;
    struct value rpo;
    const struct entity *element = chosen && chosen->element.type == VALUE_ENTITY ? chosen->element.u.entity : NULL;

    if (!chosen || chosen->copy || (element && (element->schema->id == BLOCK_REPLICA || element->schema->id == BLOCK_STANDBY)) ||
        state_has_loss(state, "instance"))
        return true;
    rpo = value_worst(eval_deferred(a->eval, chosen->method, METHOD_rpo, method_scope(a, state, chosen)));
    if (rpo.type == VALUE_DURATION)
        return true;
    *what = intern_text(a, "comes back by `%s`, from nothing: what it held is lost", chosen->label);
    return false;
}

/* `*keeper`: the asset it waits for; NULL when a person, a team or a safe keeps it as well. */
static enum comes secret_comes(struct analysis *a, const struct entity *secret, const struct asset **keeper, struct why *why)
{
    struct value at = entity_slot(secret, SECRET_site), kept = entity_slot(secret, SECRET_kept_by);
    const struct site_info *site = at.type == VALUE_ENTITY ? plan_site(a->plan, at.u.entity) : NULL;
    enum comes best = COMES_NEVER;
    const char *what = NULL;
    bool perhaps;

    *keeper = NULL;
    for (int how = TAKEN_LOST; site && how < TAKINGS; how++) {
        const struct entity *with = taken_with(a, secret, site, (enum taking)how, &perhaps);

        if (!with)
            continue;
        if (how == TAKEN_HELD)
            why->text = intern_text(a, "secret `%s` is kept in `%s`, where somebody else deletes and changes what he likes", secret->name,
                                    site->entity->name);
        else
            why->text = intern_text(a, perhaps ? "secret `%s` may be kept in `%s`, which does not stand" : "secret `%s` is lost with `%s`",
                                    secret->name, perhaps ? with->name : site->entity->name);
        return COMES_NEVER;
    }
    for (uint32_t i = 0; kept.type == VALUE_LIST && i < kept.u.list->count; i++) {
        struct value item = kept.u.list->items[i];
        const struct asset *asset = item.type == VALUE_ENTITY ? plan_asset(a->plan, item.u.entity) : NULL;
        const char *lost = NULL;
        enum comes comes;

        if (!asset && (item.type != VALUE_ENTITY || somebody_stands(a, item.u.entity)))
            return COMES_STANDS;
        if (!asset) {
            what = what ? what
                        : intern_text(a,
                                      has_people(item.u.entity) ? "secret `%s` is kept by `%s`, out of reach where that is lost"
                                                                : "secret `%s` is kept by `%s`, a team without people",
                                      secret->name, item.u.entity->name);
            continue;
        }
        comes = asset_comes(a, asset, NULL, &lost);
        if (comes != COMES_NEVER && !holds_what_it_held(a, asset, &lost))
            comes = COMES_NEVER;
        if (comes < best) {
            best = comes;
            *keeper = asset;
        }
        if (!what && lost)
            what = intern_text(a, "secret `%s` is kept by `%s` alone, which %s", secret->name, asset->name, lost);
    }
    if (kept.type != VALUE_LIST)
        return COMES_STANDS; /* an error told elsewhere */
    if (kept.u.list->count == 0)
        what = intern_text(a, "nobody keeps secret `%s`", secret->name);
    if (best == COMES_NEVER)
        why->text = what;
    if (best == COMES_STANDS)
        *keeper = NULL;
    return best;
}

static const struct site_info *place_of_store(const struct analysis *a, const struct entity *store)
{
    struct value site = entity_slot(store, STORE_site);

    return site.type == VALUE_ENTITY ? plan_site(a->plan, site.u.entity) : NULL;
}

/* One thing a store refers to and cannot be read without: its key, its password … */
static enum comes opener(struct analysis *a, const struct entity *store, uint32_t row, const struct asset **waits, struct why *why)
{
    const struct entity *thing = entity_slot(store, row).u.entity;
    const char *what = NULL;
    enum comes comes;

    *waits = NULL;
    if (thing->schema->id == BLOCK_SECRET)
        return secret_comes(a, thing, waits, why);
    *waits = plan_asset(a->plan, thing);
    comes = asset_comes(a, *waits, row == STORE_key ? place_of_store(a, store) : NULL, &what);
    if (comes != COMES_NEVER && !holds_what_it_held(a, *waits, &what))
        comes = COMES_NEVER;
    if (comes == COMES_NEVER && row == STORE_key)
        *why = (struct why){.as = REFUSED_KEY_LOST, .at = thing};
    if (comes == COMES_NEVER)
        why->text = row == STORE_key ? intern_text(a, "its key `%s` %s", thing->name, what)
                                     : intern_text(a, "`%s`, which store `%s` needs, %s", thing->name, store->name, what);
    if (comes == COMES_STANDS)
        *waits = NULL;
    return comes;
}

static bool opens(const struct entity *store, uint32_t row)
{
    struct value value = entity_slot(store, row);

    return value.type == VALUE_ENTITY && (value.u.entity->schema->id == BLOCK_SECRET || value.u.entity->schema->id == BLOCK_ASSET);
}

enum comes store_opens(struct analysis *a, const struct entity *store, struct why *why)
{
    const struct asset *waits;
    enum comes result = COMES_STANDS;

    for (uint32_t row = 0; row < store->slot_count && result != COMES_NEVER; row++) {
        if (opens(store, row))
            result = weaker(result, opener(a, store, row, &waits, why));
    }
    return result;
}

struct span_of_time retrieval_of(struct analysis *a, struct entity *store)
{
    struct value own = entity_slot(store, STORE_retrieval), offline = entity_slot(store, STORE_offline);
    struct entity *block = kind_deferred(store->kind, KIND_retrieval);

    if (value_is_known(own))
        return time_of(own);
    if (block)
        return time_of(eval_deferred(a->eval, block, KIND_retrieval, scope_add(a->eval, NULL, "self", value_entity(store))));
    return offline.type == VALUE_BOOL && offline.u.integer ? (struct span_of_time){0} : time_exact(0);
}

static struct entity *rebuild_of(const struct candidate *candidate)
{
    struct entity *element = candidate->element.type == VALUE_ENTITY ? candidate->element.u.entity : NULL;

    return element && element->schema->id == BLOCK_REBUILD ? element : NULL;
}

/* One thing that a list of a restore names. */
static enum comes input_comes(struct analysis *a, const struct candidate *candidate, struct entity *thing, bool from_rebuild, struct why *why)
{
    const struct asset *asset = plan_asset(a->plan, thing), *keeper;
    const char *what = NULL;
    bool elsewhere = false;

    switch (thing->schema->id) {
    case BLOCK_STORE:
        if (!store_survives(a, thing, why) || deleted_by_writer(a, thing, why))
            return COMES_NEVER;
        return store_opens(a, thing, why);
    case BLOCK_SECRET: return secret_comes(a, thing, &keeper, why);
    default: break;
    }
    if (!asset)
        return COMES_STANDS;
    if (!from_rebuild) {
        struct asset_state *other = &a->scenario->states[asset->index];

        if (instance_stands(a, asset, candidate->into, &elsewhere) && (other->fate != FATE_IMPAIRED || needs_come(a, asset) != COMES_NEVER))
            return COMES_STANDS;
        if (other->fate == FATE_IMPAIRED && !elsewhere) {
            why->text = intern_text(a, "`%s`, which it is restored with, never serves again, for what it needs has no way back", asset->name);
            return COMES_NEVER;
        }
        if (other->fate == FATE_LOST) {
            settle(a, other);
            if (!other->settled || other->chosen)
                return COMES_STANDS; /* in which order is seen to by the order of needs */
            why->text = intern_text(a, "`%s`, which it is restored with, is lost and has no way back", asset->name);
            return COMES_NEVER;
        }
        if (!elsewhere)
            return COMES_STANDS;
        why->text = intern_text(a, "`%s` has no instance that works in `%s`", asset->name, candidate->into->entity->name);
        return COMES_NEVER;
    }
    if (asset_comes(a, asset, NULL, &what) != COMES_NEVER)
        return COMES_BACK;
    why->text = intern_text(a, "it is made from `%s`, which %s", asset->name, what);
    return COMES_NEVER;
}

enum comes restore_comes(struct analysis *a, const struct asset_state *state, const struct candidate *candidate, struct why *why)
{
    const struct entity *rebuild = rebuild_of(candidate);
    struct value lists[2] = {candidate->restores ? entity_slot(state->asset->entity, ASSET_restores_with) : value_unknown(),
                             rebuild ? entity_slot(rebuild, REBUILD_from) : value_unknown()};
    enum comes result = COMES_STANDS;

    for (int l = 0; l < 2; l++) {
        for (uint32_t i = 0; lists[l].type == VALUE_LIST && i < lists[l].u.list->count && result != COMES_NEVER; i++) {
            if (lists[l].u.list->items[i].type == VALUE_ENTITY)
                result = weaker(result, input_comes(a, candidate, lists[l].u.list->items[i].u.entity, l == 1, why));
        }
    }
    return result;
}

/* ---------------------------------------------------------------- what the chosen methods stand on */

typedef VEC(struct restore_input) input_list;

static struct restore_input *add_input(struct analysis *a, input_list *list, struct asset *asset, struct entity *thing, struct entity *through,
                                       enum comes comes, const struct asset *waits, struct span span)
{
    static const char *const words[] = {"stands", "comes back", "in a circle", "lost"};

    vec_push_owned(
        a->arena, list,
        ((struct restore_input){asset, thing, through, words[comes], comes == COMES_STANDS ? NULL : (struct asset *)(uintptr_t)waits, span}));
    return &list->items[list->len - 1];
}

static void add_secret(struct analysis *a, input_list *list, struct asset *asset, struct entity *secret, struct entity *through, struct span span)
{
    const struct asset *keeper;
    struct why why;
    enum comes comes = secret_comes(a, secret, &keeper, &why);

    add_input(a, list, asset, secret, through, comes, keeper, span);
}

static void add_store(struct analysis *a, input_list *list, struct asset *asset, struct entity *store, struct span span)
{
    struct why why;

    add_input(a, list, asset, store, NULL, COMES_STANDS, NULL, span);
    for (uint32_t row = 0; row < store->slot_count; row++) {
        const struct asset *waits;
        enum comes comes;

        if (!opens(store, row))
            continue;
        comes = opener(a, store, row, &waits, &why);
        add_input(a, list, asset, entity_slot(store, row).u.entity, store, comes, waits, entity_attr_span(store, row));
    }
}

static void add_list(struct analysis *a, input_list *list, struct asset *asset, struct value values, bool from_rebuild)
{
    for (uint32_t i = 0; values.type == VALUE_LIST && i < values.u.list->count; i++) {
        struct entity *thing = values.u.list->items[i].type == VALUE_ENTITY ? values.u.list->items[i].u.entity : NULL;
        struct span span = {values.u.list->items[i].origin, values.u.list->items[i].origin};
        struct asset *other = thing ? plan_asset(a->plan, thing) : NULL;

        if (!thing)
            continue;
        span.end += (uint32_t)strlen(thing->name);
        if (thing->schema->id == BLOCK_STORE)
            add_store(a, list, asset, thing, span);
        else if (thing->schema->id == BLOCK_SECRET)
            add_secret(a, list, asset, thing, NULL, span);
        else if (other && a->scenario->states[other->index].fate == FATE_UNAFFECTED)
            add_input(a, list, asset, thing, NULL, COMES_STANDS, NULL, span);
        else if (other) /* the order of `restores_with` is seen to by the order of needs */
            add_input(a, list, asset, thing, NULL,
                      a->scenario->states[other->index].chosen || a->scenario->states[other->index].fate == FATE_IMPAIRED ? COMES_BACK : COMES_STANDS,
                      from_rebuild ? other : NULL, span);
    }
}

static void gather(struct analysis *a, struct asset_state *state, input_list *list)
{
    struct candidate *chosen = state->chosen;
    struct entity *rebuild = rebuild_of(chosen);

    if (chosen->from_store)
        add_store(a, list, state->asset, chosen->from_store, chosen->copy ? chosen->copy->span : state->asset->entity->span);
    if (chosen->restores)
        add_list(a, list, state->asset, entity_slot(state->asset->entity, ASSET_restores_with), false);
    if (rebuild)
        add_list(a, list, state->asset, entity_slot(rebuild, REBUILD_from), true);
}

/* ---------------------------------------------------------------- circles */

struct way {
    uint32_t to;
    const struct edge *edge;           /* `needs`, `restores_with`; or */
    const struct restore_input *input; /* what a restore reads */
};

struct ways {
    uint32_t *first; /* ways of asset i: items[first[i] .. first[i + 1]) */
    struct way *items;
    uint32_t count;
};

static uint32_t ways_of(const struct analysis *a, const struct scenario_result *result, uint32_t asset, struct way *out)
{
    const struct asset_state *state = &result->states[asset];
    bool restores = state->chosen && state->chosen->restores;
    uint32_t count = 0, end;

    (void)a;
    if (state->fate == FATE_UNAFFECTED || (state->fate == FATE_LOST && !state->chosen))
        return 0;
    for (uint32_t i = 0; i < state->asset->needs.count; i++, count++) {
        if (out)
            out[count] = (struct way){state->asset->needs.items[i].index, &state->asset->needs.items[i], NULL};
    }
    for (uint32_t i = 0; restores && i < state->asset->restores_with.count; i++, count++) {
        if (out)
            out[count] = (struct way){state->asset->restores_with.items[i].index, &state->asset->restores_with.items[i], NULL};
    }
    for (uint32_t i = restore_inputs_of(result, state->asset, &end); i < end; i++) {
        if (!result->inputs[i].waits)
            continue;
        if (out)
            out[count] = (struct way){result->inputs[i].waits->index, NULL, &result->inputs[i]};
        count++;
    }
    return count;
}

static void label_way(struct diag *diag, const struct asset *from, const struct way *way)
{
    const struct restore_input *input = way->input;

    if (way->edge) {
        diag_label(diag, edge_span(way->edge), "`%s` needs `%s`", from->name, way->edge->to->name);
        return;
    }
    if (input->thing->schema->id == BLOCK_SECRET) {
        diag_label(diag, input->span, "`%s` is restored with secret `%s`, which `%s` keeps", from->name, input->thing->name, input->waits->name);
        if (input->through)
            diag_note(diag, "the secret opens store `%s`", input->through->name);
    } else if (input->through) {
        diag_label(diag, input->span, "`%s` is restored from `%s`, which `%s` opens", from->name, input->through->name, input->waits->name);
    } else {
        diag_label(diag, input->span, "`%s` is made from `%s`", from->name, input->waits->name);
    }
}

static void report_circle(struct analysis *a, struct scenario_result *result, const uint32_t *path, struct way *const *by, uint32_t length)
{
    struct strbuf text = STRBUF_INIT;
    struct asset *start = &a->plan->assets[path[0]];
    struct diag *diag;

    for (uint32_t i = 0; i < length; i++)
        strbuf_addf(&text, "`%s` -> ", a->plan->assets[path[i]].name);
    diag = find(a, DIAG_E0540, (struct about){.subject = start->entity, .scenario = result->scenario},
                "a restore in `%s` needs what it restores: %s`%s`", result->scenario->name, strbuf_str(&text), start->name);
    for (uint32_t i = 0; diag && i < length; i++)
        label_way(diag, &a->plan->assets[path[i]], by[i]);
    if (diag)
        diag_help(diag, "keep a key, a copy or the secret where `%s` is not needed to reach it", start->name);
    strbuf_release(&text);
}

/* From each asset that can never begin, along ways to others of them: sooner or later one comes round. */
static void find_circles(struct analysis *a, struct scenario_result *result, const struct ways *ways, const uint32_t *left)
{
    uint32_t count = a->plan->asset_count;
    uint32_t *seen = ARENA_ARRAY(a->arena, uint32_t, count), *place = ARENA_ARRAY(a->arena, uint32_t, count);
    uint32_t *path = ARENA_ARRAY(a->arena, uint32_t, count);
    struct way **by = ARENA_ARRAY(a->arena, struct way *, count);

    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = i, length = 0;

        if (!left[i])
            continue;
        result->states[i].stuck = true;
        while (!seen[at]) {
            uint32_t w = ways->first[at];

            seen[at] = i + 1;
            place[at] = length;
            path[length] = at;
            while (!left[ways->items[w].to])
                w++;
            by[length++] = &ways->items[w];
            at = ways->items[w].to;
        }
        if (seen[at] == i + 1)
            report_circle(a, result, path + place[at], by + place[at], length - place[at]);
    }
}

/* Kahn's order over what each recovery waits for: what is left over waits for itself. Without keys, secrets or rebuilds that have
 * to come back first there is nothing to do: circles of needs were told before. */
static void check_circles(struct analysis *a, struct scenario_result *result)
{
    uint32_t count = a->plan->asset_count, head = 0, tail = 0;
    struct ways ways = {0};
    uint32_t *left, *queue, *back_first, *back, *fill;
    bool any = false;

    for (uint32_t i = 0; i < result->input_count; i++)
        any |= result->inputs[i].waits != NULL;
    if (!any)
        return;
    ways.first = ARENA_ARRAY(a->arena, uint32_t, count + 1);
    for (uint32_t i = 0; i < count; i++)
        ways.first[i + 1] = ways.first[i] + ways_of(a, result, i, NULL);
    ways.count = ways.first[count];
    ways.items = ARENA_ARRAY(a->arena, struct way, ways.count);
    left = ARENA_ARRAY(a->arena, uint32_t, count);
    back_first = ARENA_ARRAY(a->arena, uint32_t, count + 1);
    back = ARENA_ARRAY(a->arena, uint32_t, ways.count);
    fill = ARENA_ARRAY(a->arena, uint32_t, count);
    queue = ARENA_ARRAY(a->arena, uint32_t, count);
    for (uint32_t i = 0; i < count; i++) {
        left[i] = ways_of(a, result, i, ways.items + ways.first[i]);
        for (uint32_t w = ways.first[i]; w < ways.first[i + 1]; w++)
            back_first[ways.items[w].to + 1]++;
    }
    for (uint32_t i = 0; i < count; i++)
        back_first[i + 1] += back_first[i];
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t w = ways.first[i]; w < ways.first[i + 1]; w++)
            back[back_first[ways.items[w].to] + fill[ways.items[w].to]++] = i;
        if (!left[i])
            queue[tail++] = i;
    }
    while (head < tail) {
        uint32_t done = queue[head++];

        for (uint32_t b = back_first[done]; b < back_first[done + 1]; b++) {
            if (--left[back[b]] == 0)
                queue[tail++] = back[b];
        }
    }
    if (tail < count)
        find_circles(a, result, &ways, left);
}

/* ---------------------------------------------------------------- the plan itself */

/* Who recovers needs the plan first: a copy of it must be readable before anything is back. */
static void check_plan_copies(struct analysis *a, struct scenario_result *result)
{
    struct value kept = a->model->plan ? entity_slot(a->model->plan, PLAN_kept_at) : value_unknown();
    VEC(const char *) reasons = {0};
    bool late = false;
    struct diag *diag;

    for (uint32_t i = 0; kept.type == VALUE_LIST && i < kept.u.list->count; i++) {
        const struct entity *store = kept.u.list->items[i].type == VALUE_ENTITY ? kept.u.list->items[i].u.entity : NULL;
        struct why why = {0};

        if (!store)
            continue;
        if (store_survives(a, store, &why)) {
            enum comes comes = store_opens(a, store, &why);
            struct span_of_time handed_out = retrieval_of(a, (struct entity *)(uintptr_t)store);

            /* Whoever is alarmed can ask for it while others decide. */
            if (comes == COMES_STANDS && handed_out.known && handed_out.worst <= (result->declare.known ? result->declare.worst : 0))
                return;
            late |= comes != COMES_NEVER;
            if (comes == COMES_STANDS)
                why.text = intern_text(a, "store `%s` hands nothing out before somebody has declared (`retrieval`)", store->name);
            else if (comes != COMES_NEVER)
                why.text = intern_text(a, "what opens store `%s` has to be recovered first", store->name);
        }
        vec_push(a->arena, &reasons, why.text);
    }
    if (!reasons.len)
        return;
    a->nobody_acts |= !late; /* nobody knows what to do, or has the scripts */
    diag = find(a, DIAG_E0541,
                (struct about){.subject = a->model->plan, .scenario = result->scenario, .span = entity_attr_span(a->model->plan, PLAN_kept_at)},
                "no copy of the plan can be read in `%s`", result->scenario->name);
    for (uint32_t i = 0; diag && i < reasons.len; i++)
        diag_note(diag, "%s", reasons.items[i]);
    if (diag)
        diag_help(diag, "keep the plan and its artifacts in a store elsewhere as well: `kept_at = […]`");
}

void close_restores(struct analysis *a, struct scenario_result *result)
{
    input_list list = {0};

    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        struct asset_state *state = &result->states[i];

        if (state->chosen)
            gather(a, state, &list);
    }
    result->inputs = list.items;
    result->input_count = list.len;
    check_circles(a, result);
    check_plan_copies(a, result);
}

uint32_t restore_inputs_of(const struct scenario_result *result, const struct asset *asset, uint32_t *end)
{
    uint32_t low = 0, high = result->input_count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (result->inputs[middle].asset->index < asset->index)
            low = middle + 1;
        else
            high = middle;
    }
    for (*end = low; *end < result->input_count && result->inputs[*end].asset == asset;)
        ++*end;
    return low;
}
