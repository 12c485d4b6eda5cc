/* What kinds emit: the `emit` blocks of every asset, site, store and name, evaluated into trees that the backends print.
 *
 * `for` and `when` work on every block, nested ones too; `null` drops an attribute; blocks inside `once` are shared, so the same
 * address with the same body is one block. */
#include "analysis/output/output.h"
#include "analysis/world/world.h"

#include <string.h>

enum { EMIT_DEPTH = 32 };

struct emitter {
    struct analysis *a;
    struct entity *subject, *kind;
    const char *target;
    enum emit_root root;
    struct site_info *site;
    const char *file, *example;
    bool shared;
    VEC(struct emission) out;
    const struct type *site_type;
    struct map conflicts; /* pairs of things already reported */
    struct map addresses; /* of `target root site type labels` -> emission number + 1 */
};

static bool is_name(const struct analysis *a, atom name, const char *text)
{
    return name == intern_str(a->model->names, text);
}

/* A clean identifier: letters, digits and `_`; what differs only in other characters collides, and is found by its address. */
static const char *identifier(struct analysis *a, struct value value)
{
    const char *text = value.type == VALUE_ENTITY ? value.u.entity->name : value_text(value, a->arena);
    char *clean = arena_strdup(a->arena, text);

    for (char *at = clean; *at; at++) {
        if (!((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || (*at >= '0' && *at <= '9') || *at == '_'))
            *at = '_';
    }
    return clean;
}

static bool in_scope(const struct scope *scope, atom name)
{
    for (; scope; scope = scope->outer) {
        if (scope->name == name)
            return true;
    }
    return false;
}

static const char *label_text(struct emitter *e, const struct expr *label, const struct scope *scope, bool raw)
{
    struct value value;

    if (label->kind == EXPR_NAME && (raw || !in_scope(scope, label->u.name)))
        return label->u.name;
    value = eval(e->a->eval, label, scope, NULL);
    if (value.type == VALUE_ERROR)
        return NULL;
    if (value.type == VALUE_UNKNOWN || value.type == VALUE_NULL) {
        diag_label(diag_report(e->a->sink, DIAG_E0402, label->span, "the name of an emitted block is not known"), e->subject->span, "for %s `%s`",
                   e->subject->schema->name, e->subject->name);
        return NULL;
    }
    return label->kind == EXPR_STRING || label->kind == EXPR_TEMPLATE ? value_text(value, e->a->arena) : identifier(e->a, value);
}

static bool has_unknown(struct value value)
{
    switch (value.type) {
    case VALUE_UNKNOWN: return true;
    case VALUE_LIST:
        for (uint32_t i = 0; i < value.u.list->count; i++) {
            if (has_unknown(value.u.list->items[i]))
                return true;
        }
        return false;
    case VALUE_OBJECT:
        for (uint32_t i = 0; i < value.u.object->count; i++) {
            if (has_unknown(value.u.object->pairs[i].value))
                return true;
        }
        return false;
    case VALUE_CALL:
        for (uint32_t i = 0; i < value.u.call->count; i++) {
            if (has_unknown(value.u.call->arguments[i]))
                return true;
        }
        return false;
    default: return false;
    }
}

static const struct scope *add_lets(struct emitter *e, const struct block *tree, const struct scope *scope)
{
    return emit_scope(e->a, tree, scope);
}

static void make_bodies(struct emitter *e, const struct block *tree, const struct scope *scope, struct emitted_block *parent, int depth);

static void add_attr(struct emitter *e, const struct attr *attr, const struct scope *scope, struct emitted_block *block)
{
    struct value value = eval(e->a->eval, attr->value, scope, NULL);

    if (value.type == VALUE_NULL || value.type == VALUE_ERROR)
        return;
    if (has_unknown(value)) {
        diag_label(diag_report(e->a->sink, DIAG_E0402, attr->value->span, "the value of `%s` is not known", attr->name), e->subject->span,
                   "for %s `%s`", e->subject->schema->name, e->subject->name);
        return;
    }
    block->attrs = arena_grow(e->a->arena, block->attrs, block->attr_count * sizeof *block->attrs, (block->attr_count + 1) * sizeof *block->attrs);
    block->attrs[block->attr_count++] = (struct emitted_attr){attr->name, value, attr_span(attr)};
}

static struct emitted_block *make_body(struct emitter *e, const struct block *tree, const struct scope *scope, int depth)
{
    struct emitted_block *block = ARENA_NEW(e->a->arena, struct emitted_block);
    uint32_t labels = tree->labels ? tree->labels->count : 0;

    block->type = tree->type;
    block->span = tree->span;
    scope = add_lets(e, tree, scope);
    block->labels = ARENA_ARRAY(e->a->arena, const char *, labels);
    for (uint32_t i = 0; i < labels; i++) {
        const char *text = label_text(e, tree->labels->items[i], scope, i == 0 && labels > 1);

        if (!text)
            return NULL;
        block->labels[block->label_count++] = text;
    }
    for (const struct attr *attr = tree->attrs; attr; attr = attr->next) {
        if (!attr->is_let && !attr_loop_name(attr) && !is_name(e->a, attr->name, "when") && !is_name(e->a, attr->name, "for"))
            add_attr(e, attr, scope, block);
    }
    make_bodies(e, tree, scope, block, depth + 1);
    return block;
}

static bool equal_blocks(const struct emitted_block *a, const struct emitted_block *b)
{
    if (strcmp(a->type, b->type) != 0 || a->label_count != b->label_count || a->attr_count != b->attr_count || a->block_count != b->block_count)
        return false;
    for (uint32_t i = 0; i < a->label_count; i++) {
        if (strcmp(a->labels[i], b->labels[i]) != 0)
            return false;
    }
    for (uint32_t i = 0; i < a->attr_count; i++) {
        if (strcmp(a->attrs[i].name, b->attrs[i].name) != 0 || !value_equal(a->attrs[i].value, b->attrs[i].value))
            return false;
    }
    for (uint32_t i = 0; i < a->block_count; i++) {
        if (!equal_blocks(a->blocks[i], b->blocks[i]))
            return false;
    }
    return true;
}

/* Two things whose names become one collide in every block they emit: that is said once. A shared block that differs is a cause of
 * its own. */
static void conflict(struct emitter *e, const struct emission *old, const struct emitted_block *block)
{
    const char *pair =
        intern_text(e->a, "%s %s %s %s %d", old->subject->schema->name, old->subject->name, e->subject->schema->name, e->subject->name, e->shared);
    struct diag *diag;

    if (!map_add(&e->conflicts, e->a->arena, intern_str(e->a->model->names, pair), e))
        return;
    e->a->plan->refused++;
    diag = diag_report(e->a->sink, DIAG_E0401, block->span, "`%s%s%s` is emitted twice, with different bodies or outside `once`", block->type,
                       block->label_count ? " " : "", block->label_count ? block->labels[block->label_count - 1] : "");
    diag_label(diag, old->block->span, "first for %s `%s`", old->subject->schema->name, old->subject->name);
    diag_label(diag, e->subject->span, "again for %s `%s`", e->subject->schema->name, e->subject->name);
    diag_note(diag, "names are compared after they were made fit for the target");
    if (!e->shared && old->subject != e->subject)
        diag_help(diag, "rename one of them so that they differ in letters or digits");
}

static void emit_block(struct emitter *e, struct emitted_block *block)
{
    struct analysis *a = e->a;
    struct strbuf address = STRBUF_INIT;
    uintptr_t at;
    atom key;

    strbuf_addf(&address, "%s %d %s %s", e->target, (int)e->root, e->root == ROOT_RECOVERY && e->site ? e->site->entity->name : "", block->type);
    for (uint32_t i = 0; i < block->label_count; i++)
        strbuf_addf(&address, " %s", block->labels[i]);
    key = intern_add(a->model->names, strbuf_str(&address), address.len);
    strbuf_release(&address);
    at = block->label_count && !e->example ? (uintptr_t)map_get(&e->addresses, key) : 0;
    if (at) {
        const struct emission *old = &e->out.items[at - 1];

        if (!(e->shared && old->shared && equal_blocks(old->block, block)))
            conflict(e, old, block);
        return;
    }
    vec_push(a->arena, &e->out, ((struct emission){e->target, e->root, e->site, e->file, e->example, e->subject, e->kind, block, e->shared}));
    if (!e->example)
        map_add(&e->addresses, a->arena, key, (void *)(uintptr_t)e->out.len);
}

static const struct attr *find_attr(const struct emitter *e, const struct block *tree, const char *name)
{
    return block_attr(tree, intern_str(e->a->model->names, name));
}

static void make_one(struct emitter *e, const struct block *tree, const struct scope *scope, struct emitted_block *parent, int depth)
{
    const struct attr *when = find_attr(e, tree, "when");
    bool once = is_name(e->a, tree->type, "once");
    struct emitted_block *block;

    if (when) {
        struct value value = eval(e->a->eval, when->value, scope, NULL);

        if (value.type == VALUE_UNKNOWN)
            diag_label(diag_report(e->a->sink, DIAG_E0402, when->value->span, "it is not known whether this is emitted"), e->subject->span,
                       "for %s `%s`", e->subject->schema->name, e->subject->name);
        if (value.type != VALUE_BOOL || !value.u.integer)
            return;
    }
    if (once && !parent) {
        bool outer = e->shared;

        e->shared = true;
        make_bodies(e, tree, add_lets(e, tree, scope), NULL, depth + 1);
        e->shared = outer;
        return;
    }
    block = make_body(e, tree, scope, depth);
    if (!block)
        return;
    if (!parent) {
        emit_block(e, block);
        return;
    }
    parent->blocks =
        arena_grow(e->a->arena, parent->blocks, parent->block_count * sizeof *parent->blocks, (parent->block_count + 1) * sizeof *parent->blocks);
    parent->blocks[parent->block_count++] = block;
}

static void make_bodies(struct emitter *e, const struct block *tree, const struct scope *scope, struct emitted_block *parent, int depth)
{
    if (depth > EMIT_DEPTH)
        return;
    for (const struct block *child = tree->blocks; child; child = child->next) {
        const struct attr *loop = find_attr(e, child, "for");
        struct value list;

        if (!loop || !attr_loop_name(loop)) {
            make_one(e, child, scope, parent, depth);
            continue;
        }
        list = eval(e->a->eval, loop->value, scope, NULL);
        for (uint32_t i = 0; list.type == VALUE_LIST && i < list.u.list->count; i++)
            make_one(e, child, scope_add(e->a->eval, scope, attr_loop_name(loop), list.u.list->items[i]), parent, depth);
    }
}

static struct site_info *site_value(struct emitter *e, const struct expr *expr, const struct scope *scope)
{
    struct value value = eval(e->a->eval, expr, scope, e->site_type);

    return value.type == VALUE_ENTITY ? plan_site(e->a->plan, value.u.entity) : NULL;
}

/* `primary`, `global`, `recovery(SITE)`; without one a target has no roots. */
static bool find_root(struct emitter *e, const struct block *tree, const struct scope *scope)
{
    const struct attr *attr = find_attr(e, tree, "root");
    const struct expr *expr = attr ? attr->value : NULL;
    const struct expr *callee = expr && expr->kind == EXPR_CALL ? expr->u.call.callee : expr;
    const struct expr *argument = expr && expr->kind == EXPR_CALL && expr->u.call.args->count == 1 ? expr->u.call.args->items[0] : NULL;
    const struct asset *asset = plan_asset(e->a->plan, e->subject);

    e->root = ROOT_NONE;
    e->site = asset && asset->site_count ? asset->sites[0] : plan_site(e->a->plan, e->subject);
    if (!e->site && e->subject->schema->id == BLOCK_STORE) {
        struct value site = entity_slot(e->subject, STORE_site);

        e->site = site.type == VALUE_ENTITY ? plan_site(e->a->plan, site.u.entity) : NULL;
    }
    if (!expr)
        return true;
    if (argument)
        e->site = site_value(e, argument, scope);
    if (callee && callee->kind == EXPR_NAME && is_name(e->a, callee->u.name, "global"))
        e->root = ROOT_GLOBAL;
    else if (callee && callee->kind == EXPR_NAME && is_name(e->a, callee->u.name, "primary"))
        e->root = ROOT_PRIMARY;
    else if (callee && callee->kind == EXPR_NAME && is_name(e->a, callee->u.name, "recovery") && argument)
        e->root = ROOT_RECOVERY;
    if (e->root == ROOT_NONE || (e->root == ROOT_RECOVERY && !e->site)) {
        diag_help(diag_report(e->a->sink, DIAG_E0403, expr->span, "`root` is not understood"), "write `primary`, `global`, or `recovery(SITE)`");
        return false;
    }
    return true;
}

static void emit_one(struct emitter *e, const struct block *tree, const struct scope *scope)
{
    const struct attr *when = find_attr(e, tree, "when"), *file = find_attr(e, tree, "file"), *example = find_attr(e, tree, "example");
    struct value value;

    scope = add_lets(e, tree, scope);
    if (when) {
        value = eval(e->a->eval, when->value, scope, NULL);
        if (value.type != VALUE_BOOL || !value.u.integer)
            return;
    }
    if (!find_root(e, tree, scope))
        return;
    value = file ? eval(e->a->eval, file->value, scope, NULL) : value_unknown();
    e->file = value.type == VALUE_STRING ? value.u.string : "main";
    value = example ? eval(e->a->eval, example->value, scope, NULL) : value_unknown();
    e->example = value.type == VALUE_STRING ? value.u.string : NULL;
    e->shared = false;
    make_bodies(e, tree, scope, NULL, 0);
}

const char *emit_file(struct analysis *a, const struct entity *emit, struct entity *subject, const struct scope *scope)
{
    struct emitter e = {.a = a, .subject = subject};
    const struct attr *file = find_attr(&e, emit->tree, "file");
    const char *error = NULL, *name;
    struct value value;

    e.site_type = type_read(a->model, "ref(site)", &error);
    if (find_attr(&e, emit->tree, "example") || !find_root(&e, emit->tree, scope))
        return NULL;
    value = file ? eval(a->eval, file->value, scope, NULL) : value_unknown();
    name = value.type == VALUE_STRING ? value.u.string : "main";
    switch (e.root) {
    case ROOT_GLOBAL: return intern_text(a, "%s/global/%s.tf", emit->name, name);
    case ROOT_PRIMARY: return intern_text(a, "%s/primary/%s.tf", emit->name, name);
    case ROOT_RECOVERY: return intern_text(a, "%s/recovery-%s/%s.tf", emit->name, e.site->entity->name, name);
    default: return NULL;
    }
}

static void emit_entity(struct emitter *e, struct entity *entity)
{
    struct analysis *a = e->a;
    const struct kind_info *kind = entity->kind;
    const struct scope *scope;

    if (!kind || !kind->emits.len)
        return;
    scope = a->model->plan ? scope_add(a->eval, NULL, "plan", value_entity(a->model->plan)) : NULL;
    scope = scope_add(a->eval, scope, "self", value_entity(entity));
    e->subject = entity;
    for (uint32_t i = 0; i < kind->emits.len; i++) {
        const struct entity *emit = kind->emits.items[i];
        const struct attr *loop = find_attr(e, emit->tree, "for");
        struct value list;

        e->kind = emit->parent;
        e->target = emit->name;
        if (!loop || !attr_loop_name(loop)) {
            emit_one(e, emit->tree, scope);
            continue;
        }
        list = eval(a->eval, loop->value, scope, NULL);
        for (uint32_t n = 0; list.type == VALUE_LIST && n < list.u.list->count; n++)
            emit_one(e, emit->tree, scope_add(a->eval, scope, attr_loop_name(loop), list.u.list->items[n]));
    }
}

void make_emissions(struct analysis *a)
{
    static const enum block_id order[] = {BLOCK_SITE, BLOCK_STORE, BLOCK_ASSET, BLOCK_ENDPOINT};
    struct emitter e = {.a = a};
    const char *error = NULL;

    e.site_type = type_read(a->model, "ref(site)", &error);
    for (size_t k = 0; k < sizeof order / sizeof order[0]; k++) {
        for (uint32_t i = 0; i < a->model->declared[order[k]].list.len; i++)
            emit_entity(&e, a->model->declared[order[k]].list.items[i]);
    }
    a->plan->emissions = e.out.items;
    a->plan->emission_count = e.out.len;
}
