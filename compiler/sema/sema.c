/* Runs the passes of sema in order: declare, kinds, kinds of things, inventories, bind, parameters, evaluate. */
#include "sema/internal.h"

#include "source/lost.h"

#include <string.h>

static const enum block_id with_kind[] = {BLOCK_ASSET, BLOCK_SITE, BLOCK_STORE, BLOCK_ENDPOINT};

static void find_kind(struct sema *sema, struct entity *entity)
{
    if (entity->tree && entity->tree->kind && !entity->kind)
        entity->kind = sema_find_kind(sema, entity->tree->kind, entity->schema, entity->tree->kind_span);
    /* One whose own is not known, which was reported, has none: it must not be taken for another. */
    else if (entity->schema->id == BLOCK_ENDPOINT && !entity->kind && !(entity->tree && entity->tree->broken))
        entity->kind = sema->usual_name;
}

static void find_kinds(struct sema *sema)
{
    sema->usual_name = sema_usual_kind(sema);
    for (size_t k = 0; k < sizeof with_kind / sizeof with_kind[0]; k++) {
        enum block_id id = with_kind[k];

        for (uint32_t i = 0; i < sema->model->declared[id].list.len; i++) {
            struct entity *entity = sema->model->declared[id].list.items[i];

            find_kind(sema, entity);
        }
    }
    for (uint32_t i = 0; i < sema->extras.len; i++) {
        struct entity *entity = sema->extras.items[i];

        if (entity->schema->kind == KIND_REQUIRED)
            find_kind(sema, entity);
    }
}

/* Whether a thing of the file may be of the kind: what it says instead is not known, and like it or nothing at all. */
static bool may_be_in(const struct sema *sema, const struct source_file *file, const char *kind)
{
    for (size_t k = 0; k < sizeof with_kind / sizeof with_kind[0]; k++) {
        for (uint32_t i = 0; i < sema->model->declared[with_kind[k]].list.len; i++) {
            const struct entity *entity = sema->model->declared[with_kind[k]].list.items[i];

            if (!entity->kind && sources_file_at(sema->model->sources, entity->span.start) == file && entity->tree &&
                (!entity->tree->kind || nearest(entity->tree->kind, &kind, 1)))
                return true;
        }
    }
    return false;
}

/* A second one for the same kind would replace the first whole, and nobody would see it go. */
static bool is_second(struct sema *sema, const struct entity *block)
{
    const struct source_file *file = sources_file_at(sema->model->sources, block->span.start);

    for (uint32_t i = 0; i < sema->defaults.len && sema->defaults.items[i] != block; i++) {
        const struct entity *first = sema->defaults.items[i];

        if (first->kind != block->kind || sources_file_at(sema->model->sources, first->span.start) != file)
            continue;
        diag_help(
            diag_label(diag_report(sema->sink, DIAG_E0203, block->tree->kind_span, "`default : %s` stands twice in this file", block->tree->kind),
                       first->tree->kind_span, "first one"),
            "write what both say into one block");
        return true;
    }
    return false;
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
    block->kind = kind;
    if (is_second(sema, block))
        return;
    for (uint32_t i = 0; i < sema->model->declared[kind->of->id].list.len; i++) {
        struct entity *entity = sema->model->declared[kind->of->id].list.items[i];
        /* What comes from a data file stands where its inventory does. */
        uint32_t place = entity->scope && entity->tree ? entity->tree->span.start : entity->span.start;

        if (sources_file_at(sema->model->sources, place) != file || !kind_is_a(entity->kind, kind->entity->name))
            continue;
        used = true;
        if (!entity->defaults || kind_is_a(kind, entity->defaults->kind->entity->name))
            entity->defaults = block; /* the more special kind wins */
    }
    if (!used && !lost_name(sema->sink, block->tree->kind) && !may_be_in(sema, file, block->tree->kind))
        diag_report(sema->sink, DIAG_E0218, block->tree->kind_span, "no %s in this file is a `%s`", kind->of->name, block->tree->kind);
}

/* A `default` block is checked against the kind it is for, also where no asset uses an attribute of it. */
static void check_default(struct sema *sema, const struct entity *block)
{
    struct entity probe = {.schema = block->kind ? block->kind->of : NULL, .kind = block->kind, .name = ""};

    if (!block->kind)
        return;
    for (const struct attr *attr = block->tree->attrs; attr; attr = attr->next) {
        if (!attr->is_let && entity_row(&probe, attr->name) < 0 && !block->kind->incomplete &&
            !lost_word_in(sema->sink, block->kind->entity->tree->span, attr->name))
            diag_report(sema->sink, DIAG_E0205, attr_name_span(attr), "`%s` has no attribute `%s`", block->kind->entity->name, attr->name);
    }
}

static void bind_all(struct sema *sema)
{
    for (uint32_t id = 0; id < BLOCK_COUNT; id++) {
        if (id == BLOCK_KIND || id == BLOCK_PARAM)
            continue; /* bound already */
        for (uint32_t i = 0; i < sema->model->declared[id].list.len; i++) {
            sema_bind(sema, sema->model->declared[id].list.items[i]);
        }
    }
    /* Binding one may find others inside it. */
    for (uint32_t i = 0; i < sema->extras.len; i++) {
        if (!sema->extras.items[i]->slots)
            sema_bind(sema, sema->extras.items[i]);
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

        eval_slot(sema->eval, entity, PARAM_doc);
        /* The first one counts: -D comes before the files, and so does the first of several. */
        for (uint32_t p = 0; p < sema->input->param_count && !given; p++) {
            if (strcmp(sema->input->params[p].name, entity->name) == 0) {
                *slot = parameter_value(sema, &sema->input->params[p], type);
                given = true;
            }
        }
        if (!given && slot->type == VALUE_PENDING && slot->u.pending)
            *slot = eval(sema->eval, slot->u.pending, NULL, type);
        else if (!given && !lost_name(sema->sink, entity->name))
            diag_help(diag_report(sema->sink, DIAG_E0215, entity->span, "parameter `%s` has no value", entity->name),
                      "give it a `default`, or pass `-D %s=…`", entity->name);
    }
    for (uint32_t p = 0; p < sema->input->param_count; p++) {
        const struct sema_param *param = &sema->input->params[p];
        VEC(const char *) names = {0};
        struct diag *diag;
        const char *near;

        if (model_find(sema->model, BLOCK_PARAM, intern_str(sema->model->names, param->name)) || lost_name(sema->sink, param->name))
            continue;
        for (uint32_t i = 0; i < sema->model->declared[BLOCK_PARAM].list.len; i++)
            vec_push(sema->arena, &names, sema->model->declared[BLOCK_PARAM].list.items[i]->name);
        diag = diag_report(sema->sink, DIAG_E0216, (struct span){0, 0}, "%s: the specification has no parameter `%s`", param->where, param->name);
        near = nearest(param->name, names.items, names.len);
        if (near)
            diag_help(diag, "did you mean `%s`?", near);
    }
}

/* A `let` nobody uses is read all the same: a mistake in it is one. */
static void evaluate_lets(struct sema *sema, struct entity *entity)
{
    for (const struct attr *attr = entity->tree && entity->tree->has_let ? entity->tree->attrs : NULL; attr; attr = attr->next) {
        struct expr name = {.kind = EXPR_NAME, .span = attr_name_span(attr), .u.name = attr->name};

        if (attr->is_let)
            eval(sema->eval, &name, entity_scope(sema->eval, entity), NULL);
    }
}

static void evaluate(struct sema *sema, struct entity *entity)
{
    if (!(entity->schema->flags & SCHEMA_DEFERRED)) {
        for (uint32_t i = 0; i < entity->slot_count; i++) {
            if (entity->slots[i].type == VALUE_PENDING)
                eval_slot(sema->eval, entity, i);
        }
        evaluate_lets(sema, entity);
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

            if (id == BLOCK_PARAM)
                continue;
            evaluate(sema, entity);
            entity_scope_drop(sema->eval, entity); /* what is asked again is mostly asked of few */
        }
    }
    for (uint32_t i = 0; i < sema->extras.len; i++) {
        struct entity *entity = sema->extras.items[i];

        if (entity->schema->id == BLOCK_KIND || entity->schema->id == BLOCK_RULE)
            check_deferred(sema->eval, entity);
        else
            evaluate(sema, entity);
    }
    sema_asks(sema);
    sema_validate(sema);
    if (sema->loose.len)
        sema_loose(sema);
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
    /* Parameters come first: inventories may be chosen by them. */
    for (uint32_t i = 0; i < model->declared[BLOCK_PARAM].list.len; i++)
        sema_bind(&sema, model->declared[BLOCK_PARAM].list.items[i]);
    set_parameters(&sema);
    sema_inventories(&sema);
    for (uint32_t i = 0; i < sema.defaults.len; i++) {
        match_default(&sema, sema.defaults.items[i]);
        check_default(&sema, sema.defaults.items[i]);
    }
    bind_all(&sema);
    evaluate_all(&sema);
    lost_settle(sema.sink);
    if (!model->plan && !eval->sink->errors)
        diag_help(diag_report(eval->sink, DIAG_E0219, (struct span){0, 0}, "the specification has no plan"),
                  "add `plan NAME { title = \"…\"  owner = … }`");
}
