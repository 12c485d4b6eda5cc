/* The plan as it is published: sites, assets, figures, availabilities, and the order in which the rest is made. */
#include "analysis/output/document.h"
#include "analysis/judge/judge.h"

#include <string.h>

const char *document_grade(struct maker *m, char letter)
{
    return letter && letter != GRADE_NOT_APPLICABLE ? arena_strndup(m->arena, &letter, 1) : NULL;
}

static void fill_figure(struct maker *m, const struct figure *from, struct plan_figure *out)
{
    out->id = from->id;
    out->attribute = from->attribute;
    out->written = from->written;
    out->value = document_range(from->time);
    out->grade = document_grade(m, from->grade);
    out->worst_grade = document_grade(m, from->bound);
    out->origin = document_origin(m, from->span);
    out->sources_count = from->source_count;
    out->sources = ARENA_ARRAY(m->arena, struct plan_figure_source, from->source_count);
    for (uint32_t i = 0; i < from->source_count; i++) {
        const struct figure_source *source = &from->sources[i];

        out->sources[i] = (struct plan_figure_source){source->url, source->says, document_grade(m, source->grade), source->bounds,
                                                      source->was_read ? source->read : PLAN_NO_DAY};
    }
}

struct plan_figure *make_figure(const struct sources *sources, const struct figure *figure, struct arena *arena)
{
    struct maker m = {.sources = sources, .arena = arena};
    struct plan_figure *out = ARENA_NEW(arena, struct plan_figure);

    fill_figure(&m, figure, out);
    return out;
}

static void make_figures(struct maker *m)
{
    m->out->figures_count = m->plan->figure_count;
    m->out->figures = ARENA_ARRAY(m->arena, struct plan_figure, m->plan->figure_count);
    for (uint32_t i = 0; i < m->plan->figure_count; i++) {
        fill_figure(m, m->plan->figures[i], &m->out->figures[i]);
        map_set(&m->figures, m->arena, (atom)(const void *)m->plan->figures[i], &m->out->figures[i]);
    }
}

struct plan_figure *document_figure(const struct maker *m, const struct figure *figure)
{
    return figure ? map_get(&m->figures, (atom)(const void *)figure) : NULL;
}

struct plan_figure **document_figures(struct maker *m, const struct assumed_figures *from, uint32_t *count)
{
    struct plan_figure **list = ARENA_ARRAY(m->arena, struct plan_figure *, from ? from->count : 0);

    for (uint32_t i = 0; from && i < from->count; i++) {
        if ((list[*count] = document_figure(m, from->items[i])))
            ++*count;
    }
    return list;
}

struct plan_site *document_site(const struct maker *m, const struct site_info *site)
{
    return site ? &m->out->sites[site->index] : NULL;
}

struct plan_site *document_place(const struct maker *m, const struct entity *entity)
{
    return document_site(m, plan_site(m->plan, entity));
}

struct plan_asset *document_asset(const struct maker *m, const struct asset *asset)
{
    return asset ? &m->out->assets[asset->index] : NULL;
}

void make_sites(struct maker *m)
{
    m->out->sites_count = m->plan->site_count;
    m->out->sites = ARENA_ARRAY(m->arena, struct plan_site, m->plan->site_count);
    for (uint32_t i = 0; i < m->plan->site_count; i++) {
        const struct site_info *site = &m->plan->sites[i];

        m->out->sites[i] = (struct plan_site){
            .name = site->entity->name,
            .thing = document_thing(m, site->entity),
            .kind = site->entity->kind->entity->name,
            .level = site->level,
            .role = site->role,
            .region = site->region,
            .within = document_place(m, site->within),
            .account = document_place(m, site->account),
            .origin = document_origin(m, site->entity->span),
            .place = document_at(site->entity->span),
        };
    }
}

static struct plan_asset **assets_of(struct maker *m, const struct edges *edges, uint32_t *count)
{
    struct plan_asset **list = ARENA_ARRAY(m->arena, struct plan_asset *, edges->count);

    for (uint32_t i = 0; i < edges->count; i++)
        list[(*count)++] = document_asset(m, edges->items[i].to);
    return list;
}

static struct plan_copies *copies_of(struct maker *m, const struct copy_counts *from)
{
    struct plan_copies *out = ARENA_NEW(m->arena, struct plan_copies);

    *out = (struct plan_copies){from->total, from->media, from->offsite, from->immutable, from->verified};
    return out;
}

static void fill_asset(struct maker *m, const struct asset *from, struct plan_asset *out)
{
    static const uint8_t holds[] = {PLAN_HOLDS_nothing, PLAN_HOLDS_in_flight, PLAN_HOLDS_data};

    out->name = from->name;
    out->thing = document_thing(m, from->entity);
    out->kind = from->entity->kind->entity->name;
    out->tier = document_thing(m, from->tier);
    out->owner = document_thing(m, from->owner);
    out->stateful = from->stateful;
    out->holds = holds[from->holds];
    out->rebuildable = from->rebuildable;
    out->sites_count = from->site_count;
    out->sites = ARENA_ARRAY(m->arena, struct plan_site *, from->site_count);
    for (uint32_t i = 0; i < from->site_count; i++)
        out->sites[i] = document_site(m, from->sites[i]);
    out->needs = assets_of(m, &from->needs, &out->needs_count);
    out->restores_with = assets_of(m, &from->restores_with, &out->restores_with_count);
    out->observes = assets_of(m, &from->observes, &out->observes_count);
    out->uses_count = from->uses.count;
    out->uses = ARENA_ARRAY(m->arena, struct plan_use, from->uses.count);
    for (uint32_t i = 0; i < from->uses.count; i++)
        out->uses[i] = (struct plan_use){document_asset(m, from->uses.items[i].to), from->uses.items[i].degraded};
    out->rto = document_objective(m, &from->rto);
    out->rpo = document_objective(m, &from->rpo);
    out->mtd = document_objective(m, &from->mtd);
    out->copies = m->plan->copies && from->stateful ? copies_of(m, &m->plan->copies[from->index]) : NULL;
    out->origin = document_origin(m, from->entity->span);
}

static void make_assets(struct maker *m)
{
    m->out->assets_count = m->plan->asset_count;
    m->out->assets = ARENA_ARRAY(m->arena, struct plan_asset, m->plan->asset_count);
    for (uint32_t i = 0; i < m->plan->asset_count; i++)
        fill_asset(m, &m->plan->assets[i], &m->out->assets[i]);
}

struct plan_asset **document_assets(struct maker *m, const struct entity *entity, uint32_t row, uint32_t *count)
{
    struct value value = entity_slot(entity, row);
    struct plan_asset **list = ARENA_ARRAY(m->arena, struct plan_asset *, value.type == VALUE_LIST ? value.u.list->count : 0);

    for (uint32_t i = 0; value.type == VALUE_LIST && i < value.u.list->count; i++) {
        const struct value item = value.u.list->items[i];

        if (item.type == VALUE_ENTITY && (list[*count] = document_asset(m, plan_asset(m->plan, item.u.entity))))
            ++*count;
    }
    return list;
}

static void make_groups(struct maker *m)
{
    uint32_t count = m->plan->model->declared[BLOCK_GROUP].list.len;

    m->out->groups_count = count;
    m->out->groups = ARENA_ARRAY(m->arena, struct plan_group, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct entity *entity = m->plan->model->declared[BLOCK_GROUP].list.items[i];
        struct plan_group *out = &m->out->groups[i];

        *out = (struct plan_group){.name = entity->name, .thing = document_thing(m, entity), .origin = document_origin(m, entity->span)};
        out->members = document_assets(m, entity, GROUP_members, &out->members_count);
    }
}

struct plan_endpoint *document_endpoint(const struct maker *m, const struct entity *entity)
{
    return entity && entity->index < m->out->endpoints_count ? &m->out->endpoints[entity->index] : NULL;
}

struct plan_group *document_group(const struct maker *m, const struct entity *entity)
{
    return entity && entity->index < m->out->groups_count ? &m->out->groups[entity->index] : NULL;
}

static void fill_slo(struct maker *m, const struct slo_state *from, struct plan_slo *out)
{
    *out = (struct plan_slo){
        .endpoint = document_endpoint(m, from->endpoint),
        .target = from->target,
        .availability = from->known ? from->parts : PLAN_UNKNOWN,
        .over = from->over_ms,
        .budget = from->budget_ms,
        .outlasted_by = document_thing(m, from->outlasts),
        .verdict = (uint8_t)from->verdict,
        .origin = document_origin(m, from->span),
        .terms_count = from->term_count,
        .terms = ARENA_ARRAY(m->arena, struct plan_slo_term, from->term_count),
    };
    for (uint32_t i = 0; i < from->term_count; i++) {
        const struct slo_term *term = &from->terms[i];

        out->terms[i] = (struct plan_slo_term){document_thing(m, term->entity), term->text, term->lost, term->parts, document_origin(m, term->span)};
    }
}

static void make_slos(struct maker *m)
{
    m->out->slos_count = m->plan->slo_count;
    m->out->slos = ARENA_ARRAY(m->arena, struct plan_slo, m->plan->slo_count);
    for (uint32_t i = 0; i < m->plan->slo_count; i++)
        fill_slo(m, &m->plan->slos[i], &m->out->slos[i]);
}

static struct plan_counts *counts_of(struct maker *m)
{
    struct verdict_counts from = plan_counts(m->plan);
    struct plan_counts *out = ARENA_NEW(m->arena, struct plan_counts);

    *out = (struct plan_counts){from.hold, from.assumed, from.on_demand, from.on_declared, from.refuted, from.unknown, from.accepted, from.untested};
    return out;
}

/* In each currency for each span of time, in the order in which they first appear. */
static void add_costs(struct maker *m)
{
    VEC(struct money) sums = {0};

    for (uint32_t i = 0; i < m->plan->asset_count; i++) {
        struct value cost = entity_slot(m->plan->assets[i].entity, ASSET_cost);
        uint32_t at = 0;

        if (cost.type != VALUE_MONEY)
            continue;
        while (at < sums.len && (sums.items[at].currency != cost.u.money->currency || sums.items[at].period != cost.u.money->period))
            at++;
        if (at == sums.len)
            vec_push(m->arena, &sums, *cost.u.money);
        else if (__builtin_add_overflow(sums.items[at].amount, cost.u.money->amount, &sums.items[at].amount))
            sums.items[at].amount = INT64_MAX;
    }
    m->out->costs = ARENA_ARRAY(m->arena, const char *, sums.len);
    for (uint32_t i = 0; i < sums.len; i++)
        m->out->costs[m->out->costs_count++] = value_text((struct value){.type = VALUE_MONEY, .u.money = &sums.items[i]}, m->arena);
}

static const char *doc_of(const struct entity *entity)
{
    return entity->doc && entity->doc[0] ? entity->doc : NULL;
}

static const char *type_text(struct maker *m, struct value type)
{
    struct strbuf text = STRBUF_INIT;
    const char *kept;

    if (type.type != VALUE_TYPE)
        return NULL;
    type_print(type.u.type, &text);
    kept = strbuf_dup(&text, m->arena);
    strbuf_release(&text);
    return kept;
}

static void make_params(struct maker *m)
{
    const struct model *model = m->plan->model;
    uint32_t count = model->declared[BLOCK_PARAM].list.len;

    m->out->params = ARENA_ARRAY(m->arena, struct plan_param, count);
    m->out->params_count = count;
    for (uint32_t i = 0; i < count; i++) {
        const struct entity *param = model->declared[BLOCK_PARAM].list.items[i];
        struct plan_param *out = &m->out->params[i];
        struct value value = entity_slot(param, PARAM_default); /* holds what was given */

        out->name = param->name;
        out->doc = entity_string(model, param, "doc", doc_of(param));
        out->type = type_text(m, entity_slot(param, PARAM_type));
        if (value_is_known(value)) {
            out->value = ARENA_NEW(m->arena, struct plan_value);
            *out->value = document_value(m, value);
        }
        out->origin = document_origin(m, param->span);
    }
}

static void make_kinds(struct maker *m)
{
    m->out->kinds_count = m->plan->kind_count;
    m->out->kinds = ARENA_ARRAY(m->arena, struct plan_kind, m->plan->kind_count);
    for (uint32_t i = 0; i < m->plan->kind_count; i++) {
        const struct kind_info *kind = m->plan->kinds[i].kind;
        struct plan_kind *out = &m->out->kinds[i];

        out->name = kind->entity->name;
        out->title = entity_string(m->plan->model, kind->entity, "title", NULL);
        out->of = kind->of ? kind->of->name : NULL;
        out->base = kind->base ? kind->base->entity->name : NULL;
        out->doc = doc_of(kind->entity);
        out->origin = document_origin(m, kind->entity->span);
        out->methods_count = kind->methods.len;
        out->methods = ARENA_ARRAY(m->arena, struct plan_method, kind->methods.len);
        for (uint32_t n = 0; n < kind->methods.len; n++) {
            const struct entity *method = kind->methods.items[n];

            out->methods[n] = (struct plan_method){method->name, m->plan->kinds[i].titles[n], doc_of(method), m->plan->kinds[i].executed[n],
                                                   document_origin(m, method->span)};
        }
        out->tried = m->plan->kinds[i].tried;
        out->procedures_count = kind->procedures.len;
        out->procedures = ARENA_ARRAY(m->arena, struct plan_procedure, kind->procedures.len);
        for (uint32_t n = 0; n < kind->procedures.len; n++) {
            const struct entity *procedure = kind->procedures.items[n];

            out->procedures[n] =
                (struct plan_procedure){procedure->name, m->plan->kinds[i].executed[kind->methods.len + n], document_origin(m, procedure->span)};
        }
    }
}

/* What is referred to first, the names of things; and what the largest parts are made from goes before the next of them comes. */
struct plan_document *make_document(struct plan *plan, struct arena *arena, bool forget, struct arena **trees)
{
    struct plan_document *out = ARENA_NEW(arena, struct plan_document);
    struct maker m = {.plan = plan, .sources = plan->model->sources, .arena = arena, .scratch = arena_new(), .out = out, .names = intern_new(arena)};
    const struct model *model = plan->model;

    m.ids = intern_new_beside(arena, m.scratch);
    out->format = PLAN_FORMAT;
    out->compiler = plan->compiler;
    out->name = plan->name;
    out->title = model->plan ? entity_title(model, model->plan) : NULL;
    out->revision = entity_string(model, model->plan, "revision", NULL);
    out->digest = arena_printf(arena, "sha256:%s", plan->digest);
    out->counts = counts_of(&m);
    make_params(&m);
    make_kinds(&m);
    name_things(&m);
    if (trees) {
        arena_delete(*trees);
        *trees = NULL;
    }
    add_costs(&m);
    make_sites(&m);
    make_figures(&m);
    make_assets(&m);
    make_names(&m);
    make_groups(&m);
    place_scenarios(&m);
    make_entries(&m);
    if (forget)
        plan_forget_ledger(plan);
    make_work(&m);
    if (forget)
        plan_forget_work(plan);
    m.ids = NULL;
    arena_delete(m.scratch);
    make_scenarios(&m, forget ? plan : NULL);
    make_slos(&m);
    map_release(&m.figures, arena);
    map_release(&m.steps, arena);
    if (forget)
        plan_forget(plan);
    fill_things(&m);
    arena_give_back(arena, m.things, (model->entity_count + 1) * sizeof *m.things);
    out->rules_off = (const char **)plan->rules_off;
    out->rules_off_count = plan->rules_off_count;
    return out;
}
