/* Places that are made before anything is recovered into them. */
#include "analysis/steps.h"

/* A place that does not exist yet is made before anything is recovered into it: one step for each such site that is used. */
void provision_sites(struct analysis *a, struct scenario_result *result, const step_list *before, step_list *out)
{
    for (uint32_t i = 0; i < a->plan->site_count; i++) {
        struct site_info *site = &a->plan->sites[i];
        uint32_t cursor = 0;
        struct entity *block = entity_child(site->entity, BLOCK_PROVISION, &cursor);
        struct step *step = NULL;

        for (uint32_t s = 0; block && s < a->plan->asset_count; s++) {
            struct asset_state *state = &result->states[s];
            bool there_before = false;

            if (!state->chosen || state->chosen->into != site)
                continue;
            for (uint32_t at = 0; at < state->asset->site_count; at++)
                there_before |= state->asset->sites[at] == site;
            if (there_before)
                continue;
            if (!step) {
                struct value owner = entity_slot(site->entity, SITE_owner), by = entity_slot(block, PROVISION_by);

                step = ARENA_NEW(a->arena, struct step);
                step->id = intern_text(a, "%s.provision", site->entity->name);
                step->title = intern_text(a, "Provision `%s`", site->entity->name);
                step->subject = site->entity;
                step->phase = PHASE_PREPARE;
                step->takes = time_of(entity_slot(block, PROVISION_duration));
                step->automated = evaluate_command(a, entity_slot(block, PROVISION_run), &step->run);
                step->manual = step->automated ? NULL : intern_text(a, "provision `%s` by %s", site->entity->name,
                                                                    text_or(a, entity_slot(block, PROVISION_method), "hand"));
                step->by = by.type == VALUE_ENTITY      ? by.u.entity
                           : owner.type == VALUE_ENTITY ? owner.u.entity
                           : a->model->plan             ? entity_ref(a->model, a->model->plan, "owner")
                                                        : NULL;
                step->on_failure = "block";
                step->span = block->span;
                default_timeout(step);
                lead_words(a, step);
                place_step(a, step);
                report_places(a, &step, 1);
                if (before->len)
                    wait_for(a, step, before->items[before->len - 1]);
                vec_push(a->arena, out, step);
            }
            for (uint32_t n = 0; n < state->step_count; n++) {
                if (state->steps[n]->phase >= PHASE_RECOVER) {
                    wait_for(a, state->steps[n], step); /* the steps after it wait for it */
                    break;
                }
            }
        }
    }
}
