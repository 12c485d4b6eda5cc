/* Places that are made before anything is recovered into them: each once, the surrounding one before what is in it. */
#include "analysis/recovery/recovery.h"
#include "analysis/recovery/steps.h"

/* Whether something of it stood there before the disaster: then the place exists. */
static bool stood_there(const struct analysis *a, const struct asset *asset, const struct site_info *site)
{
    for (uint32_t i = 0; i < asset->site_count; i++) {
        if (site_is_in(a, asset->sites[i], site->entity))
            return true;
    }
    return false;
}

static struct step *make_provision(struct analysis *a, struct site_info *site, struct entity *block, const step_list *before)
{
    struct value owner = entity_slot(site->entity, SITE_owner), by = entity_slot(block, PROVISION_by);
    struct step *step = begin_step(a, (struct step_begin){.id = intern_text(a, "%s.provision", site->entity->name),
                                                          .title = intern_text(a, "Provision `%s`", site->entity->name),
                                                          .phase = PHASE_PREPARE,
                                                          .subject = site->entity,
                                                          .span = block->span});

    step->takes = time_of(entity_slot(block, PROVISION_duration));
    step->manual = evaluate_command(a, entity_slot(block, PROVISION_run), new_command(a, &step->run))
                       ? NULL
                       : intern_text(a, "provision `%s` by %s", site->entity->name, text_or(a, entity_slot(block, PROVISION_method), "hand"));
    step->by = by.type == VALUE_ENTITY      ? by.u.entity
               : owner.type == VALUE_ENTITY ? owner.u.entity
               : a->model->plan             ? entity_ref(a->model, a->model->plan, "owner")
                                            : NULL;
    find_doer(step);
    default_timeout(step);
    lead_words(a, step);
    place_step(a, step);
    report_places(a, &step, 1);
    bar_provision(a, site, step);
    if (before->len)
        wait_for(a, step, before->items[before->len - 1]);
    return step;
}

struct provisions {
    struct step **of; /* by site index; NULL: not made (yet) */
    bool *begun;      /* by site index: what it waits for is being found, or was */
    const step_list *before;
    step_list *out;
};

enum { DEPTH_MAX = 64 };

/* Adds to `needed` what has to be made before anything can be at `site`: the place itself, which waits for what surrounds it and for its
 * account; where it exists, those. */
static void provision(struct analysis *a, struct provisions *made, const struct asset *asset, struct site_info *site, int depth, step_list *needed)
{
    uint32_t cursor = 0;
    struct entity *block = stood_there(a, asset, site) ? NULL : entity_child(site->entity, BLOCK_PROVISION, &cursor);
    struct site_info *around = site->within ? plan_site(a->plan, site->within) : NULL;
    struct site_info *account = site->account ? plan_site(a->plan, site->account) : NULL;
    step_list first = {0}, *into = block ? &first : needed;

    if (depth > DEPTH_MAX)
        return; /* places inside of each other were reported */
    if (!block || !made->begun[site->index]) {
        made->begun[site->index] |= block != NULL;
        if (around)
            provision(a, made, asset, around, depth + 1, into);
        if (account && account != site && account != around)
            provision(a, made, asset, account, depth + 1, into);
        if (!block)
            return;
        made->of[site->index] = make_provision(a, site, block, made->before);
        for (uint32_t i = 0; i < first.len; i++)
            wait_for(a, made->of[site->index], first.items[i]);
        vec_push(a->arena, made->out, made->of[site->index]);
    }
    if (made->of[site->index])
        vec_push(a->arena, needed, made->of[site->index]);
}

void provision_sites(struct analysis *a, struct scenario_result *result, const step_list *before, step_list *out)
{
    struct provisions made = {.before = before, .out = out};
    bool any = false;

    for (uint32_t i = 0; i < a->plan->site_count && !any; i++) {
        uint32_t cursor = 0;

        any = entity_child(a->plan->sites[i].entity, BLOCK_PROVISION, &cursor) != NULL;
    }
    if (!any)
        return;
    made.of = ARENA_ARRAY(a->arena, struct step *, a->plan->site_count);
    made.begun = ARENA_ARRAY(a->arena, bool, a->plan->site_count);
    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        struct asset_state *state = &result->states[i];
        step_list needed = {0};
        uint32_t n = 0;

        if (state->chosen && state->chosen->into)
            provision(a, &made, state->asset, state->chosen->into, 0, &needed);
        while (n < state->step_count &&
               (state->steps[n]->phase < PHASE_RECOVER || (step_is_asked_ahead(state->steps[n]) && n + 1 < state->step_count)))
            n++;
        for (uint32_t s = 0; n < state->step_count && s < needed.len; s++)
            wait_for(a, state->steps[n], needed.items[s]); /* the steps after it wait for it */
    }
}
