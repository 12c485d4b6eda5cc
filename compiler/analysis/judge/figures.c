/* Figures: what kinds say about time, and where each of them comes from (SEMANTICS §3).
 *
 * A figure is one attribute of a kind: `takes` of a step, `rto`, `full_speed` or `rpo` of a method, `retrieval`, `dependency_time` or
 * `start_window` of the kind itself. The `source` blocks beside it say who says so. One that gives no upper bound (`bounds = false`) leaves the
 * worst end to whoever wrote the kind: then that end has grade P. What a specification states about its own things (`timing`, attributes of
 * assets, steps of runbooks) are statements, no figures: a step whose time is made of nothing else has a place in the specification instead. */
#include "analysis/judge/judge.h"

#include <string.h>

enum { FIGURE_UNUSED = UINT32_MAX };

/* ---------------------------------------------------------------- grades */

/* From the strongest to the weakest: documentation, guidance, derived, measured by strangers, our own assumption, nobody. */
int grade_rank(char grade)
{
    const char *order = "ABDCP", *at = grade ? strchr(order, grade) : NULL;

    return at ? (int)(at - order) : (int)strlen(order);
}

bool figure_is_assumed(const struct figure *figure)
{
    return figure->bound != 'A' && figure->bound != 'B' && figure->bound != 'C';
}

static char weaker(char x, char y)
{
    return grade_rank(x) > grade_rank(y) ? x : y;
}

/* The grade of one source: of its worst end it has none to give when it gives no bound. */
static char source_grade(const struct entity *source, bool worst)
{
    struct value grade = entity_slot(source, SOURCE_grade), bounds = entity_slot(source, SOURCE_bounds);

    if (worst && bounds.type == VALUE_BOOL && !bounds.u.integer)
        return 'P';
    return grade.type == VALUE_WORD ? grade.u.word[0] : 0;
}

char block_grade(const struct entity *block, bool worst)
{
    const struct entity *source;
    const char *figure = block && block->schema->id == BLOCK_STEP ? "takes" : "rto";
    char weakest = 0;

    for (uint32_t i = 0; block && (source = entity_child(block, BLOCK_SOURCE, &i));) {
        if (speaks_of(source, figure))
            weakest = weakest ? weaker(weakest, source_grade(source, worst)) : source_grade(source, worst);
    }
    return weakest;
}

static void read_sources(struct evaluator *eval, const struct entity *block, struct figure *figure)
{
    const struct entity *source;

    for (uint32_t i = 0; (source = entity_child(block, BLOCK_SOURCE, &i));) {
        struct value bounds = entity_slot(source, SOURCE_bounds), read = entity_slot(source, SOURCE_read);
        struct figure_source one = {.url = source->name,
                                    .says = entity_string(eval->model, source, "says", ""),
                                    .grade = source_grade(source, false),
                                    .bounds = !(bounds.type == VALUE_BOOL && !bounds.u.integer),
                                    .was_read = read.type == VALUE_DATE,
                                    .read = read.type == VALUE_DATE ? read.u.integer : 0};
        bool first = figure->source_count == 0;

        if (!speaks_of(source, figure->attribute))
            continue;
        figure->sources = arena_grow(eval->arena, figure->sources, figure->source_count * sizeof one, (figure->source_count + 1) * sizeof one);
        figure->sources[figure->source_count++] = one;
        figure->grade = first ? one.grade : weaker(figure->grade, one.grade);
        figure->bound = first ? source_grade(source, true) : weaker(figure->bound, source_grade(source, true));
    }
}

/* ---------------------------------------------------------------- one figure */

/* KIND, KIND.METHOD.STEP; the attribute follows where it is not the obvious one. */
static const char *name_of(struct evaluator *eval, const struct entity *block, uint32_t row)
{
    struct strbuf text = STRBUF_INIT;
    const char *name;

    if (block->parent && block->parent->parent)
        strbuf_addf(&text, "%s.", block->parent->parent->name);
    if (block->parent)
        strbuf_addf(&text, "%s.", block->parent->name);
    strbuf_addstr(&text, block->name);
    if (block->schema->id == BLOCK_KIND || (block->schema->id == BLOCK_METHOD && row != METHOD_rto))
        strbuf_addf(&text, ".%s", block->schema->rows[row].name);
    name = strbuf_dup(&text, eval->arena);
    strbuf_release(&text);
    return name;
}

/* The expression as it is written, on one line. */
static const char *written(struct evaluator *eval, struct span span)
{
    const struct source_file *file = sources_file_at(eval->model->sources, span.start);
    struct strbuf text = STRBUF_INIT;
    const char *line;

    for (uint32_t at = span.start; file && at < span.end; at++) {
        char c = file->text[at - file->base];
        bool space = c == ' ' || c == '\n' || c == '\r' || c == '\t';

        if (!space)
            strbuf_add(&text, &c, 1);
        else if (text.len && strbuf_str(&text)[text.len - 1] != ' ')
            strbuf_add(&text, " ", 1);
    }
    line = strbuf_dup(&text, eval->arena);
    strbuf_release(&text);
    return line;
}

/* Nothing but literals: its worth is the same for every asset. */
static bool is_literal(const struct expr *expr)
{
    switch (expr->kind) {
    case EXPR_INT:
    case EXPR_DECIMAL:
    case EXPR_PERCENT:
    case EXPR_DURATION:
    case EXPR_SIZE:
    case EXPR_RATE: return true;
    case EXPR_UNARY: return is_literal(expr->u.unary);
    case EXPR_BINARY: return is_literal(expr->u.binary.left) && is_literal(expr->u.binary.right);
    case EXPR_RANGE: return is_literal(expr->u.range->best) && is_literal(expr->u.range->typical) && is_literal(expr->u.range->worst);
    default: return false;
    }
}

/* ---------------------------------------------------------------- what an expression is made of */

enum content {
    HAS_NUMBER = 1,  /* written in the kind itself */
    HAS_DEFAULT = 2, /* an attribute nobody wrote: its default is the kind's */
    HAS_STATED = 4   /* an attribute the specification states */
};

/* What the names of an expression stand for. Everything NULL: for the kind alone, before there is an asset. */
struct names {
    const struct kind_info *kind;
    const struct entity *self;
    const struct asset_state *state;
    uint32_t stated; /* where the first stated number was written */
};

static const struct entity *thing_named(const struct names *names, const char *name)
{
    const struct candidate *chosen = names->state ? names->state->chosen : NULL;

    if (strcmp(name, "self") == 0)
        return names->self;
    if (!chosen)
        return NULL;
    if (strcmp(name, "copy") == 0)
        return chosen->copy;
    if (strcmp(name, "store") == 0)
        return chosen->from_store;
    return chosen->element.type == VALUE_ENTITY && strcmp(name, "scenario") != 0 ? chosen->element.u.entity : NULL;
}

static unsigned content_of_member(struct names *names, const struct expr *expr)
{
    const char *name = expr->u.member.object->kind == EXPR_NAME ? expr->u.member.object->u.name : NULL;
    const struct entity *thing = name ? thing_named(names, name) : NULL;
    int row;

    if (!names->self) { /* only what the kind declares with a default is its own */
        void *own = name && strcmp(name, "self") == 0 ? map_get(&names->kind->by_name, expr->u.member.name) : NULL;

        return own && names->kind->rows[(uintptr_t)own - 1].fallback ? HAS_DEFAULT : HAS_STATED;
    }
    row = thing ? entity_row(thing, expr->u.member.name) : -1;
    if (row < 0)
        return HAS_STATED;
    if (thing->slots[row].defaulted)
        return HAS_DEFAULT;
    if (!names->stated)
        names->stated = thing->slots[row].origin;
    return HAS_STATED;
}

static unsigned content_of(struct names *names, const struct expr *expr)
{
    unsigned found = 0;

    switch (expr->kind) {
    case EXPR_DURATION:
    case EXPR_SIZE: return expr->u.integer ? HAS_NUMBER : 0;
    case EXPR_RATE: return HAS_NUMBER;
    case EXPR_MEMBER: return content_of_member(names, expr);
    case EXPR_CALL:
        for (uint32_t i = 0; expr->u.call.args && i < expr->u.call.args->count; i++)
            found |= content_of(names, expr->u.call.args->items[i]);
        return found;
    case EXPR_UNARY: return content_of(names, expr->u.unary);
    case EXPR_BINARY: return content_of(names, expr->u.binary.left) | content_of(names, expr->u.binary.right);
    case EXPR_COND: return content_of(names, expr->u.cond->yes) | content_of(names, expr->u.cond->no);
    case EXPR_RANGE:
        return content_of(names, expr->u.range->best) | content_of(names, expr->u.range->typical) | content_of(names, expr->u.range->worst);
    default: return 0;
    }
}

static struct figure *make_figure(struct evaluator *eval, const struct entity *block, uint32_t row)
{
    const struct attr *attr = entity_attr(block, row);
    struct figure *figure = ARENA_NEW(eval->arena, struct figure);
    const struct entity *kind = block;
    struct names names = {.stated = 0};

    figure->index = FIGURE_UNUSED;
    figure->id = name_of(eval, block, row);
    figure->block = block;
    figure->attribute = block->schema->rows[row].name;
    figure->expr = attr ? attr->value : NULL;
    figure->span = attr ? attr_span(attr) : block->span;
    figure->written = attr ? written(eval, attr->value->span) : "";
    if (attr && is_literal(attr->value))
        figure->time = time_of(eval_deferred(eval, block, row, NULL));
    while (kind->parent)
        kind = kind->parent;
    names.kind = kind->kind;
    figure->content = attr ? content_of(&names, attr->value) : 0;
    read_sources(eval, block, figure);
    if (!figure->source_count && block->schema->id == BLOCK_STEP)
        read_sources(eval, block->parent, figure); /* what is said of the method is said of its steps */
    return figure;
}

/* Whether the attribute says something by itself, so that somebody has to answer for it. */
static bool is_figure(const struct figure *figure)
{
    return figure->time.known || (figure->content & (HAS_NUMBER | HAS_DEFAULT));
}

/* ---------------------------------------------------------------- all of a library */

typedef VEC(struct figure *) figure_list;

static void add_figures(struct evaluator *eval, const struct entity *block, const uint32_t *rows, uint32_t count, figure_list *list)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct attr *attr = entity_attr(block, rows[i]);
        struct figure *figure = attr && attr->value ? make_figure(eval, block, rows[i]) : NULL;

        if (figure && is_figure(figure))
            vec_push(eval->arena, list, figure);
    }
}

struct figure **all_figures(struct evaluator *eval, uint32_t *count)
{
    static const uint32_t of_kind[] = {KIND_retrieval, KIND_dependency_time, KIND_start_window};
    static const uint32_t of_method[] = {METHOD_rto, METHOD_rpo, METHOD_full_speed}, of_step[] = {STEP_takes};
    figure_list list = {0};

    for (uint32_t k = 0; k < eval->model->declared[BLOCK_KIND].list.len; k++) {
        struct entity *kind = eval->model->declared[BLOCK_KIND].list.items[k], *method, *step;

        add_figures(eval, kind, of_kind, 3, &list);
        for (uint32_t m = 0; (method = entity_child(kind, BLOCK_METHOD, &m));) {
            add_figures(eval, method, of_method, 3, &list);
            for (uint32_t s = 0; (step = entity_child(method, BLOCK_STEP, &s));)
                add_figures(eval, step, of_step, 1, &list);
        }
    }
    *count = list.len;
    return list.items;
}

/* ---------------------------------------------------------------- bounds that are ours */

/* Whether the worst end is at least twice the typical: of a rate half of it. */
static bool far_enough(struct value value)
{
    struct value typical = value_typical(value), worst = value_worst(value);
    struct frac twice;
    int64_t num;

    if (typical.type == VALUE_DURATION && worst.type == VALUE_DURATION)
        return typical.u.integer <= worst.u.integer / 2;
    if (typical.type != VALUE_RATE || worst.type != VALUE_RATE)
        return true;
    return !__builtin_mul_overflow(worst.u.rate->num, INT64_C(2), &num) && frac_make(num, worst.u.rate->den, &twice) &&
           !frac_compare(*typical.u.rate, twice);
}

static void report_near(struct analysis *a, const struct figure *figure, const struct expr *expr, struct value value, const struct entity *source)
{
    struct value typical = value_typical(value), worst = value_worst(value);
    struct diag *diag =
        diag_report(a->sink, DIAG_E0575, expr->span, "the worst end of `%s` is too near the typical, and its source gives no bound", figure->id);
    struct strbuf text = STRBUF_INIT;

    diag_at(diag, "%s typically, %s at worst", value_text(typical, a->arena), value_text(worst, a->arena));
    diag_label(diag, source->span, "`bounds = false`");
    if (typical.type == VALUE_DURATION && typical.u.integer < INT64_MAX / 2) {
        print_duration(&text, typical.u.integer * 2);
        diag_help(diag, "a bound of our own is at least twice the typical: a worst end of `%s` or more", strbuf_str(&text));
    } else {
        diag_help(diag, "a bound of our own is at least twice as bad as the typical");
    }
    strbuf_release(&text);
}

/* Ranges anywhere, and numbers that are added: a factor is no figure by itself. */
static void check_ends(struct analysis *a, const struct figure *figure, const struct expr *expr, bool factor, const struct entity *source)
{
    if (is_literal(expr) && (expr->kind == EXPR_RANGE || !factor)) {
        struct value value = eval(a->eval, expr, NULL, NULL);

        if (!far_enough(value))
            report_near(a, figure, expr, value, source);
        return;
    }
    switch (expr->kind) {
    case EXPR_BINARY:
        factor |= expr->op != OP_ADD && expr->op != OP_SUB;
        check_ends(a, figure, expr->u.binary.left, factor, source);
        check_ends(a, figure, expr->u.binary.right, factor, source);
        break;
    case EXPR_COND:
        check_ends(a, figure, expr->u.cond->yes, factor, source);
        check_ends(a, figure, expr->u.cond->no, factor, source);
        break;
    default: break;
    }
}

void check_figures(struct analysis *a)
{
    uint32_t count;
    struct figure **figures = all_figures(a->eval, &count);

    for (uint32_t i = 0; i < count; i++) {
        const struct entity *source;

        for (uint32_t s = 0; (source = entity_child(figures[i]->block, BLOCK_SOURCE, &s));) {
            struct value bounds = entity_slot(source, SOURCE_bounds);

            if (bounds.type != VALUE_BOOL || bounds.u.integer || !speaks_of(source, figures[i]->attribute))
                continue;
            check_ends(a, figures[i], figures[i]->expr, false, source);
            break;
        }
    }
}

/* ---------------------------------------------------------------- what the steps of a scenario rest on */

static struct figure *figure_at(struct analysis *a, const struct entity *block, uint32_t row)
{
    atom key = (const char *)block + row; /* an address that stands for both: an entity is longer than a row's number */
    struct figure *figure = map_get(&a->figures_of, key);

    if (!figure) {
        figure = make_figure(a->eval, block, row);
        map_add(&a->figures_of, a->arena, key, figure);
    }
    return figure;
}

/* The plan names the ones it uses, in the order in which it meets them. */
static const struct figure *use_figure(struct analysis *a, struct figure *figure)
{
    if (figure->index == FIGURE_UNUSED) {
        figure->index = a->figures.len;
        vec_push(a->arena, &a->figures, figure);
    }
    return figure;
}

const struct figure *figure_if_any(struct analysis *a, const struct entity *block, uint32_t row)
{
    const struct attr *attr = entity_attr(block, row);
    struct figure *figure = attr && attr->value ? figure_at(a, block, row) : NULL;

    return figure && is_figure(figure) ? use_figure(a, figure) : NULL;
}

/* Which attribute the time of a step comes from. */
struct origin {
    const struct entity *block; /* of a kind; NULL: nobody but the specification says it */
    uint32_t row;
    struct span stated; /* then: where */
};

static const struct entity *kind_that_writes(const struct kind_info *kind, uint32_t row)
{
    while (kind && !entity_attr(kind->entity, row))
        kind = kind->base;
    return kind ? kind->entity : NULL;
}

static struct origin origin_of_method(const struct asset_state *state, const struct entity *method, const struct entity *step)
{
    const struct entity *timing =
        state->chosen && state->chosen->method == method ? entity_child_named(state->asset->entity, BLOCK_TIMING, method->name) : NULL;

    if (timing)
        return (struct origin){.stated = entity_attr_span(timing, TIMING_rto)};
    if (entity_attr(method, METHOD_rto))
        return (struct origin){.block = method, .row = METHOD_rto};
    return step ? (struct origin){.block = step, .row = STEP_takes} : (struct origin){.stated = method->span};
}

static bool stands_for_method(const struct asset_state *state, const struct step *step)
{
    const struct entity *timing = entity_child_named(state->asset->entity, BLOCK_TIMING, state->chosen->method->name);

    return step->span.start == state->chosen->method->span.start || (timing && step->span.start == timing->span.start);
}

static struct origin origin_of(const struct asset_state *state, const struct step *step)
{
    const struct entity *block = step->origin ? step->origin->parent : NULL;
    const struct entity *method = block && block->schema->id == BLOCK_METHOD ? block : NULL, *store, *kind;

    if (!state)
        return (struct origin){.stated = step->origin ? entity_attr_span(step->origin, STEP_takes) : step->span};
    if (method)
        return origin_of_method(state, method, step->origin);
    if (step->origin && step->origin->schema->id == BLOCK_VERIFY)
        return (struct origin){.stated = entity_attr_span(step->origin, VERIFY_takes)};
    if (step->origin) /* a probe: the script gives it up at its `timeout` */
        return (struct origin){.stated = step->origin->span};
    if (state->fate == FATE_IMPAIRED) {
        kind = kind_that_writes(state->asset->entity->kind, KIND_dependency_time);
        return kind ? (struct origin){.block = kind, .row = KIND_dependency_time} : (struct origin){.stated = step->span};
    }
    store = step->idle && state->chosen ? state->chosen->from_store : NULL;
    if (store && value_is_known(entity_slot(store, STORE_retrieval)))
        return (struct origin){.stated = entity_attr_span(store, STORE_retrieval)};
    kind = store ? kind_that_writes(store->kind, KIND_retrieval) : NULL;
    if (kind)
        return (struct origin){.block = kind, .row = KIND_retrieval};
    /* Of what the compiler adds to a method only the step that stands for all of it has its figure; others have their own line. */
    if (step->span.start == state->asset->entity->kind->entity->span.start) {
        kind = kind_that_writes(state->asset->entity->kind, KIND_dependency_time);
        return kind ? (struct origin){.block = kind, .row = KIND_dependency_time} : (struct origin){.stated = step->span};
    }
    return state->chosen && !store && stands_for_method(state, step) ? origin_of_method(state, state->chosen->method, NULL)
                                                                     : (struct origin){.stated = step->span};
}

/* The figure of one step; or, when its expression holds nothing but what the specification states, where that is stated. */
static void take_figure(struct analysis *a, const struct asset_state *state, struct step *step)
{
    struct origin origin = origin_of(state, step);
    struct figure *figure;

    step->figure = NULL;
    step->stated = origin.stated;
    if (!origin.block || (step->takes.known && step->takes.worst == 0))
        return;
    figure = figure_at(a, origin.block, origin.row);
    if (!figure->time.known && figure->expr && !(figure->content & HAS_NUMBER)) {
        bool of_store = origin.block->schema->id == BLOCK_KIND && origin.row == KIND_retrieval;
        struct names names = {.kind = state->asset->entity->kind, .state = state};

        names.self = of_store ? state->chosen->from_store : state->asset->entity;
        if (!(content_of(&names, figure->expr) & HAS_DEFAULT)) {
            step->stated = names.stated ? (struct span){names.stated, names.stated} : figure->span;
            return;
        }
    }
    step->figure = use_figure(a, figure);
}

void take_figures(struct analysis *a, struct scenario_result *result)
{
    for (uint32_t i = 0; i < result->step_count; i++) {
        struct step *step = result->steps[i];

        take_figure(a, step->asset ? &result->states[step->asset->index] : NULL, step);
    }
}
