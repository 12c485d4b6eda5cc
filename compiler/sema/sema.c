/* Runs the passes of sema in order: declare, kinds, kinds of things, inventories, bind, parameters, evaluate. */
#include "sema/internal.h"

#include <string.h>

static const enum block_id with_kind[] = {BLOCK_ASSET, BLOCK_SITE, BLOCK_STORE};

static void find_kinds(struct sema *sema)
{
    for (size_t k = 0; k < sizeof with_kind / sizeof with_kind[0]; k++) {
        enum block_id id = with_kind[k];

        for (uint32_t i = 0; i < sema->model->declared[id].list.len; i++) {
            struct entity *entity = sema->model->declared[id].list.items[i];

            if (entity->tree && !entity->kind)
                entity->kind = sema_find_kind(sema, entity->tree->kind, entity->schema, entity->tree->kind_span);
        }
    }
}

static void match_default(struct sema *sema, struct entity *block)
{
    const struct source_file *file = sources_file_at(sema->model->sources, block->span.start);
    struct kind_info *kind = sema_find_kind_quietly(sema, block->tree->kind, block->tree->kind_span);
    bool used = false;

    if (!kind) {
        sema_find_kind(sema, block->tree->kind, &sema->model->schemas[BLOCK_ASSET], block->tree->kind_span);
        return;
    }
    for (uint32_t i = 0; i < sema->model->declared[kind->of->id].list.len; i++) {
        struct entity *entity = sema->model->declared[kind->of->id].list.items[i];

        if (sources_file_at(sema->model->sources, entity->span.start) != file || !kind_is_a(entity->kind, kind->entity->name))
            continue;
        used = true;
        if (!entity->defaults || kind_is_a(kind, entity->defaults->kind->entity->name))
            entity->defaults = block; /* the more special kind wins */
    }
    block->kind = kind;
    if (!used)
        diag_report(sema->sink, DIAG_E0218, block->tree->kind_span, "no asset in this file is a `%s`", block->tree->kind);
}

/* A `default` block is checked against the kind it is for, also where no asset uses an attribute of it. */
static void check_default(struct sema *sema, const struct entity *block)
{
    struct entity probe = {.schema = block->kind ? block->kind->of : NULL, .kind = block->kind, .name = ""};

    if (!block->kind)
        return;
    for (const struct attr *attr = block->tree->attrs; attr; attr = attr->next) {
        if (!attr->is_let && entity_row(&probe, attr->name) < 0)
            diag_report(sema->sink, DIAG_E0205, attr->name_span, "`%s` has no attribute `%s`", block->kind->entity->name, attr->name);
    }
}

static void bind_all(struct sema *sema)
{
    for (uint32_t id = 0; id < BLOCK_COUNT; id++) {
        if (id == BLOCK_KIND || id == BLOCK_PARAM)
            continue; /* bound already */
        for (uint32_t i = 0; i < sema->model->declared[id].list.len; i++) {
            struct entity *entity = sema->model->declared[id].list.items[i];

            /* A thing whose kind is unknown cannot be checked further: one mistake, one message. */
            if (entity->schema->kind != KIND_REQUIRED || entity->kind)
                sema_bind(sema, entity);
        }
    }
}

static struct value parameter_value(struct sema *sema, const struct sema_param *param, const struct type *type)
{
    struct expr *expr;

    if (!param->text)
        return eval_convert(sema->eval, param->value, type, (struct span){param->value.origin, param->value.origin}, param->name);
    /* `-D region=us-east-1` should not need quotes: text for a string parameter is taken as it is. */
    if (type->kind == TYPE_STRING && param->text[0] != '"')
        return value_string(param->text);
    expr = parse_expression(sema->parse, param->file);
    return expr ? eval(sema->eval, expr, NULL, type) : value_error();
}

/* `param.NAME` reads the slot of `default`: it holds the final value after this. */
static void set_parameters(struct sema *sema)
{
    const char *error = NULL;

    for (uint32_t i = 0; i < sema->model->declared[BLOCK_PARAM].list.len; i++) {
        struct entity *entity = sema->model->declared[BLOCK_PARAM].list.items[i];
        struct value type_value = eval_slot(sema->eval, entity, PARAM_type);
        const struct type *type = type_value.type == VALUE_TYPE ? type_value.u.type : type_read(sema->model, "any", &error);
        struct value *slot = &entity->slots[PARAM_default];
        bool given = false;

        /* The first one counts: -D comes before the files, and so does the first of several. */
        for (uint32_t p = 0; p < sema->input->param_count && !given; p++) {
            if (strcmp(sema->input->params[p].name, entity->name) == 0) {
                *slot = parameter_value(sema, &sema->input->params[p], type);
                given = true;
            }
        }
        if (!given && slot->type == VALUE_PENDING && slot->u.pending)
            *slot = eval(sema->eval, slot->u.pending, NULL, type);
        else if (!given)
            diag_help(diag_report(sema->sink, DIAG_E0215, entity->span, "parameter `%s` has no value", entity->name),
                      "give it a `default`, or pass `-D %s=…`", entity->name);
    }
    for (uint32_t p = 0; p < sema->input->param_count; p++) {
        const struct sema_param *param = &sema->input->params[p];
        VEC(const char *) names = {0};
        struct diag *diag;
        const char *near;

        if (model_find(sema->model, BLOCK_PARAM, intern_str(sema->model->names, param->name)))
            continue;
        for (uint32_t i = 0; i < sema->model->declared[BLOCK_PARAM].list.len; i++)
            vec_push(sema->arena, &names, sema->model->declared[BLOCK_PARAM].list.items[i]->name);
        diag = diag_report(sema->sink, DIAG_E0216, (struct span){0, 0}, "%s: the specification has no parameter `%s`", param->where,
                           param->name);
        near = nearest(param->name, names.items, names.len);
        if (near)
            diag_help(diag, "did you mean `%s`?", near);
    }
}

static void evaluate(struct sema *sema, struct entity *entity)
{
    if (!(entity->schema->flags & SCHEMA_DEFERRED)) {
        for (uint32_t i = 0; i < entity->slot_count; i++) {
            if (entity->slots[i].type == VALUE_PENDING)
                eval_slot(sema->eval, entity, i);
        }
    }
    for (uint32_t i = 0; i < entity->child_count; i++)
        evaluate(sema, entity->children[i]);
}

static void evaluate_all(struct sema *sema)
{
    static const enum block_id deferred[] = {BLOCK_KIND, BLOCK_RULE};

    /* First, because a mistake in a default of a kind is one mistake, not one for each asset that takes the default. */
    for (size_t k = 0; k < sizeof deferred / sizeof *deferred; k++) {
        for (uint32_t i = 0; i < sema->model->declared[deferred[k]].list.len; i++)
            check_deferred(sema->eval, sema->model->declared[deferred[k]].list.items[i]);
    }
    for (uint32_t id = 0; id < BLOCK_COUNT; id++) {
        for (uint32_t i = 0; i < sema->model->declared[id].list.len; i++) {
            struct entity *entity = sema->model->declared[id].list.items[i];

            if (id != BLOCK_PARAM)
                evaluate(sema, entity);
        }
    }
}

void sema_run(struct model *model, struct evaluator *eval, const struct parse_context *parse, const struct sema_input *input)
{
    struct sema sema = {.model = model, .eval = eval, .parse = parse, .input = input, .arena = model->arena, .sink = eval->sink};

    for (uint32_t i = 0; i < input->file_count; i++)
        model->has_prefixes |= input->files[i]->file->prefix != NULL;
    sema_constants(&sema);
    sema_declare(&sema);
    sema_kinds(&sema);
    find_kinds(&sema);
    for (uint32_t i = 0; i < sema.defaults.len; i++) {
        match_default(&sema, sema.defaults.items[i]);
        check_default(&sema, sema.defaults.items[i]);
    }
    /* Parameters come first: inventories may be chosen by them. */
    for (uint32_t i = 0; i < model->declared[BLOCK_PARAM].list.len; i++)
        sema_bind(&sema, model->declared[BLOCK_PARAM].list.items[i]);
    set_parameters(&sema);
    sema_inventories(&sema);
    bind_all(&sema);
    evaluate_all(&sema);
    if (!model->plan && !eval->sink->errors)
        diag_help(diag_report(eval->sink, DIAG_E0219, (struct span){0, 0}, "the specification has no plan"),
                  "add `plan NAME { title = \"…\"  owner = … }`");
}
