/* What follows an asset to the place where it serves: its configuration (`bind`), and how one sees from outside that it
 * serves (`probe`). */
#include "analysis/internal.h"

/* What serves in place of an asset in the scenario: a replica or standby with its own names, else the asset itself. */
struct value serving_instance(const struct analysis *a, struct entity *entity)
{
    const struct asset_state *state = a->scenario && a->scenario->states ? &a->scenario->states[entity->index] : NULL;

    if (state && state->chosen && state->chosen->element.type == VALUE_ENTITY)
        return state->chosen->element;
    return value_entity(entity);
}

struct value serving_site(const struct analysis *a, const struct entity *entity)
{
    const struct asset_state *state = a->scenario && a->scenario->states ? &a->scenario->states[entity->index] : NULL;

    return state && state->serving ? value_entity(state->serving->entity) : value_unknown();
}

static const struct scope *outside_scope(struct analysis *a, struct entity *entity)
{
    const struct scope *scope = a->model->plan ? scope_add(a->eval, NULL, "plan", value_entity(a->model->plan)) : NULL;

    scope = scope_add(a->eval, scope, "scenario", value_entity(a->scenario->scenario));
    scope = scope_add(a->eval, scope, "self", value_entity(entity));
    return scope_add(a->eval, scope, "here", serving_instance(a, entity));
}

/* `self.bindings`: what the asset's `bind` block says in this scenario, as objects with name and value. */
struct value bindings_of(struct analysis *a, struct entity *entity)
{
    struct value_list *list = ARENA_NEW(a->arena, struct value_list);
    const struct scope *scope = outside_scope(a, entity);
    VEC(struct value) items = {0};
    struct entity *bind;

    for (uint32_t i = 0; (bind = entity_child(entity, BLOCK_BIND, &i));) {
        for (const struct attr *attr = bind->tree->attrs; attr; attr = attr->next) {
            struct value_object *object = ARENA_NEW(a->arena, struct value_object);

            if (attr->is_let || !attr->value)
                continue;
            object->count = 2;
            object->pairs = ARENA_ARRAY(a->arena, struct value_pair, 2);
            object->pairs[0].key = intern_str(a->model->names, "name");
            object->pairs[0].value = value_string(attr->name);
            object->pairs[1].key = intern_str(a->model->names, "value");
            object->pairs[1].value = eval(a->eval, attr->value, scope, NULL);
            vec_push(a->arena, &items, ((struct value){.type = VALUE_OBJECT, .u.object = object}));
        }
    }
    list->items = items.items;
    list->count = items.len;
    return (struct value){.type = VALUE_LIST, .u.list = list};
}

/* Asks for the URL until it answers with success. curl speaks for users: it resolves the name and checks the certificate. */
static bool url_command(struct analysis *a, struct value url, struct command *out)
{
    const char *words[] = {"curl", "--silent", "--show-error", "--fail", "--location", "--max-time", "10", "--output", "/dev/null", url.u.string};

    out->count = sizeof words / sizeof words[0];
    out->words = ARENA_ARRAY(a->arena, struct word, out->count);
    for (uint32_t i = 0; i < out->count; i++) {
        out->words[i].count = 1;
        out->words[i].parts = ARENA_NEW(a->arena, struct word_part);
        out->words[i].parts[0].text = words[i];
    }
    out->words[out->count - 1].parts[0].places = url.places;
    return true;
}

struct step *make_probe(struct analysis *a, struct asset_state *state, struct entity *probe)
{
    const struct scope *scope = outside_scope(a, state->asset->entity);
    struct value url = eval_deferred(a->eval, probe, PROBE_url, scope), run = eval_deferred(a->eval, probe, PROBE_run, scope);
    struct value timeout = eval_deferred(a->eval, probe, PROBE_timeout, scope);
    struct step *step = ARENA_NEW(a->arena, struct step);
    const char *label = probe->name[0] ? intern_text(a, ".%s", probe->name) : "";

    step->id = intern_text(a, "%s.probe%s", state->asset->name, label);
    step->asset = state->asset;
    step->subject = state->asset->entity;
    step->origin = probe;
    step->span = probe->span;
    step->phase = PHASE_VERIFY;
    step->automated = true;
    step->by = state->asset->owner;
    step->on_failure = "block";
    step->timeout = timeout.type == VALUE_DURATION ? timeout.u.integer : MS_MINUTE;
    step->takes = (struct span_of_time){true, 0, step->timeout / 4, step->timeout};
    if (url.type == VALUE_STRING) {
        step->title = intern_text(a, "Verify: %s answers", url.u.string);
        url_command(a, url, &step->until);
    } else if (evaluate_command(a, run, &step->until)) {
        step->title = intern_text(a, "Verify: %s serves", state->asset->name);
    } else {
        return NULL;
    }
    return step;
}
