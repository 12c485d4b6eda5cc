/* What the language's own attributes ask (model/asks.def): values inside their limits, and something beside them that makes them matter.
 *
 * An attribute that does nothing where it stands is a promise nobody keeps, so it is refused. What is not known refuses nothing, and what
 * the `default` block of a kind says is for many things: it need not matter for each. */
#include "sema/eval_internal.h"
#include "sema/internal.h"

#include <string.h>

/* The written text of an attribute's value; NULL when nothing is written in the block itself. */
static const struct expr *written(const struct entity *entity, const struct attr_row *row)
{
    const struct attr *attr = entity->tree ? block_attr(entity->tree, row->name) : NULL;

    return attr ? attr->value : NULL;
}

static const char *describe(const struct sema *sema, const struct entity *entity)
{
    const struct entity *root = entity;
    const char *own = entity->name[0] ? arena_printf(sema->arena, "%s `%s`", entity->schema->name, entity->name) : entity->schema->name;

    while (root->parent && (!root->name[0] || root == entity))
        root = root->parent;
    return root == entity ? own : arena_printf(sema->arena, "%s of %s `%s`", own, root->schema->name, root->name);
}

/* ---------------------------------------------------------------- limits */

/* Whole units of what a limit is about; false for what has none. Parts of a unit count downwards, so that -0.5 is below 0. */
static bool in_units(struct value value, int64_t *units, bool *more)
{
    static const int64_t parts = 1000000000;
    int64_t unit = value.type == VALUE_INT ? 1 : value.type == VALUE_PERCENT ? parts / 100 : parts;

    if (value.type != VALUE_INT && value.type != VALUE_PERCENT && value.type != VALUE_DECIMAL)
        return false;
    *units = value.u.integer / unit - (value.u.integer % unit < 0);
    *more = value.u.integer % unit != 0;
    return true;
}

static bool is_inside(const struct attr_asks *asks, struct value value)
{
    int64_t units;
    bool more;

    if (value.type == VALUE_OBJECT) {
        for (uint32_t i = 0; i < value.u.object->count; i++) {
            if (!is_inside(asks, value.u.object->pairs[i].value))
                return false;
        }
        return true;
    }
    if (!in_units(value, &units, &more))
        return true;
    return units >= asks->least && (asks->most == NO_LIMIT || units < asks->most || (units == asks->most && !more));
}

/* Literals of a block that is evaluated later are judged now: no scope changes them. */
static struct value value_now(struct sema *sema, const struct entity *entity, uint32_t slot, const struct expr *expr)
{
    struct value value = entity_slot(entity, slot);
    const struct expr *number = expr->kind == EXPR_UNARY ? expr->u.unary : expr;

    if (value.type == VALUE_UNKNOWN && (number->kind == EXPR_INT || number->kind == EXPR_DECIMAL))
        value = eval(sema->eval, expr, NULL, NULL);
    return value;
}

static void check_limits(struct sema *sema, const struct entity *entity, const struct attr_row *row, const struct expr *expr, struct value value)
{
    const struct attr_asks *asks = row->asks;
    const char *unit = row->type->kind == TYPE_PERCENT ? "%" : "";
    const char *most = asks->most == NO_LIMIT ? " or more" : arena_printf(sema->arena, "%s to %lld%s", unit, (long long)asks->most, unit);
    struct diag *diag;

    if (is_inside(asks, value))
        return;
    diag = diag_report(sema->sink, DIAG_E0317, expr->span, "`%s` of %s is %s, and has to be %lld%s", row->name, describe(sema, entity),
                       value_show(sema->eval, value), (long long)asks->least, most);
    diag_help(diag, "%s", asks->help);
}

/* ---------------------------------------------------------------- what stands beside */

/* One condition: `other`, `other = value`, `other != value`, with `parent.` before it for the block round. */
struct condition {
    const struct entity *entity;
    int row;
    bool differs;
    const char *value; /* NULL: it is set */
};

static const char *trimmed(const struct sema *sema, const char *from, const char *end)
{
    while (from < end && *from == ' ')
        from++;
    while (end > from && end[-1] == ' ')
        end--;
    return arena_strndup(sema->arena, from, (size_t)(end - from));
}

static struct condition read_condition(const struct sema *sema, const struct entity *entity, const char *text)
{
    static const char round[] = "parent.";
    const char *equals = strchr(text, '='), *end = text + strlen(text);
    struct condition condition = {.entity = entity};

    if (strncmp(text, round, strlen(round)) == 0) {
        condition.entity = entity->parent;
        text += strlen(round);
    }
    if (equals) {
        condition.differs = equals > text && equals[-1] == '!';
        condition.value = trimmed(sema, equals + 1, end);
        end = equals - condition.differs;
    }
    condition.row = entity_row(condition.entity, intern_str(sema->model->names, trimmed(sema, text, end)));
    return condition;
}

static bool is_something(struct value value)
{
    switch (value.type) {
    case VALUE_LIST: return value.u.list->count > 0;
    case VALUE_OBJECT: return value.u.object->count > 0;
    case VALUE_BOOL: return value.u.integer != 0;
    default: return value.type != VALUE_NULL;
    }
}

static bool holds(const struct sema *sema, const struct condition *condition)
{
    const struct attr_row *row = condition->row >= 0 ? entity_row_info(condition->entity, (uint32_t)condition->row) : NULL;
    const struct expr *expr;
    struct value value;

    if (!row) /* of another kind of parent: nothing to compare with */
        return true;
    value = entity_slot(condition->entity, (uint32_t)condition->row);
    expr = value.type == VALUE_UNKNOWN ? written(condition->entity, row) : NULL;
    if (expr && condition->differs && expr->kind == EXPR_BOOL)
        value = eval(sema->eval, expr, NULL, NULL);
    if (value.type == VALUE_UNKNOWN || value.type == VALUE_ERROR)
        return value.type == VALUE_ERROR || expr || condition->differs;
    if (!condition->value)
        return is_something(value);
    return (strcmp(value_show(sema->eval, value), condition->value) == 0) != condition->differs;
}

/* `kind = log` as a reader would write it; `routing = weighted` of the endpoint round it. */
static const char *show_condition(const struct sema *sema, const struct condition *condition)
{
    const char *name = entity_row_info(condition->entity, (uint32_t)condition->row)->name;

    if (!condition->value)
        return arena_printf(sema->arena, "`%s`", name);
    return condition->differs ? arena_printf(sema->arena, "another `%s` than `%s`", name, condition->value)
                              : arena_printf(sema->arena, "`%s = %s`", name, condition->value);
}

static void check_beside(struct sema *sema, const struct entity *entity, const struct attr_row *row)
{
    const char *text = row->asks->beside, *shown = "", *contradicted = NULL, *next;
    const struct attr *attr = block_attr(entity->tree, row->name);
    struct diag *diag;

    for (; text; text = next ? next + 1 : NULL) {
        struct condition condition;

        next = strchr(text, '|');
        condition = read_condition(sema, entity, trimmed(sema, text, next ? next : text + strlen(text)));
        if (holds(sema, &condition))
            return;
        contradicted = condition.differs && text == row->asks->beside && !next
                           ? arena_printf(sema->arena, "`%s = %s`", entity_row_info(condition.entity, (uint32_t)condition.row)->name, condition.value)
                           : NULL;
        shown = arena_printf(sema->arena, "%s%s%s", shown, shown[0] ? " or " : "", show_condition(sema, &condition));
    }
    if (contradicted) {
        diag = diag_report(sema->sink, DIAG_E0221, attr_span(attr), "`%s` of %s contradicts %s", row->name, describe(sema, entity), contradicted);
        diag_note(diag, "`%s`: %s", row->name, row->doc);
        diag_help(diag, "leave one of them away");
        return;
    }
    diag = diag_report(sema->sink, DIAG_E0221, attr_span(attr), "`%s` of %s has no effect without %s", row->name, describe(sema, entity), shown);
    diag_note(diag, "`%s`: %s", row->name, row->doc);
    diag_help(diag, "write %s as well, or leave `%s` away", shown, row->name);
}

static bool is_in(const struct entity *entity, const char *word)
{
    return word && entity->parent && strcmp(entity->parent->schema->name, word) == 0;
}

/* Accepted by the block, and read by nobody where this one stands. */
static void check_place(struct sema *sema, const struct entity *entity, const struct attr_row *row)
{
    const struct attr *attr = block_attr(entity->tree, row->name);
    struct diag *diag = diag_report(sema->sink, DIAG_E0221, attr_span(attr), "`%s` of %s has no effect in a %s", row->name, describe(sema, entity),
                                    row->asks->not_in);

    diag_note(diag, "`%s`: %s", row->name, row->doc);
    diag_help(diag,
              "leave it away: steps of a %s are done one after another as they are written; what this one needs goes into its `run` or `manual`",
              row->asks->not_in);
}

/* A block that says nothing to do: what it promises (a check of the data, a sign of life) nobody would see to. */
static void check_idle(struct sema *sema, const struct entity *entity)
{
    static const struct {
        uint32_t block, count, rows[3];
        const char *help;
    } idle[] = {
        {BLOCK_PROBE, 2, {PROBE_url, PROBE_run}, "say what is asked (`url`) or run (`run`), or leave the block away"},
        {BLOCK_VERIFY,
         3,
         {VERIFY_run, VERIFY_sql, VERIFY_checksum},
         "say how one sees that the data is right (`run`, `sql`, `checksum`), or leave the block away"},
    };

    for (size_t i = 0; i < sizeof idle / sizeof *idle; i++) {
        bool does = entity->schema->id != idle[i].block || !entity->tree || (entity->parent && entity->parent->schema->id == BLOCK_DEFAULT);

        for (uint32_t n = 0; n < idle[i].count && !does; n++)
            does = eval_is_written(entity, idle[i].rows[n]);
        if (!does)
            diag_help(diag_report(sema->sink, DIAG_E0221, entity->span, "%s has no effect: it says nothing to do", describe(sema, entity)), "%s",
                      idle[i].help);
    }
}

/* ---------------------------------------------------------------- everything */

static void check_entity(struct sema *sema, const struct entity *entity)
{
    const struct block_schema *schema = entity->schema;

    if (entity->schema->id == BLOCK_INPUT && is_in(entity->parent, "drill"))
        diag_help(diag_report(sema->sink, DIAG_E0221, entity->span, "%s has no effect in a drill", describe(sema, entity)),
                  "write the value into the command: a drill asks nothing");
    check_idle(sema, entity);
    for (uint32_t i = 0; schema->asking && i < schema->row_count; i++) {
        const struct attr_row *row = &schema->rows[i];
        const struct expr *expr = row->asks ? written(entity, row) : NULL;
        struct value value;

        if (!expr)
            continue;
        if (is_in(entity, row->asks->not_in)) {
            check_place(sema, entity, row);
            continue;
        }
        value = value_now(sema, entity, i, expr);
        if (value.type == VALUE_ERROR || value.type == VALUE_NULL || value.defaulted)
            continue;
        if (row->asks->help)
            check_limits(sema, entity, row, expr, value);
        if (row->asks->beside)
            check_beside(sema, entity, row);
    }
    for (uint32_t i = 0; i < entity->child_count; i++)
        check_entity(sema, entity->children[i]);
}

static bool has_word(const char *const *words, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i], word) == 0)
            return true;
    }
    return false;
}

/* Rules about emitted resources are always there, and compare no demands. */
static bool compares_things(const struct sema *sema, const struct entity *rule)
{
    const struct attr *loop = rule->tree ? block_attr(rule->tree, rule->schema->rows[RULE_for].name) : NULL;
    const struct source_file *file = loop && loop->value ? sources_file_at(sema->model->sources, loop->value->span.start) : NULL;
    const uint32_t end = file ? loop->value->span.end - file->base : 0;

    for (uint32_t at = file ? loop->value->span.start - file->base : 0; at + 8 <= end; at++) {
        if (memcmp(file->text + at, "emitted(", 8) == 0)
            return false;
    }
    return true;
}

/* Demands of a tier are compared by rules; some of them by the analysis as well (figures, administrators). */
static void check_demands(struct sema *sema)
{
    static const char *const read_by_proof[] = {"grade", "immutable", "isolated", "copies"};

    for (uint32_t i = 0; i < sema->model->declared[BLOCK_RULE].list.len; i++) {
        if (compares_things(sema, sema->model->declared[BLOCK_RULE].list.items[i]))
            return;
    }
    for (uint32_t i = 0; i < sema->model->declared[BLOCK_TIER].list.len; i++) {
        uint32_t cursor = 0;
        const struct entity *demands = entity_child(sema->model->declared[BLOCK_TIER].list.items[i], BLOCK_TIER_DEMANDS, &cursor);

        for (const struct attr *attr = demands && demands->tree ? demands->tree->attrs : NULL; attr; attr = attr->next) {
            /* Tiers of the library come with demands for whoever wants the rules. */
            if (attr->is_let || has_word(read_by_proof, sizeof read_by_proof / sizeof *read_by_proof, attr->name) ||
                sources_file_at(sema->model->sources, attr->name_start)->is_std)
                continue;
            diag_help(diag_report(sema->sink, DIAG_E0223, attr_name_span(attr), "nobody compares what tier `%s` demands: no rule is imported",
                                  demands->parent->name),
                      "`import \"std/rules\"`, or a part of it");
            break;
        }
    }
}

void sema_asks(struct sema *sema)
{
    check_demands(sema);
    for (uint32_t id = 0; id < BLOCK_COUNT; id++) {
        for (uint32_t i = 0; i < sema->model->declared[id].list.len; i++)
            check_entity(sema, sema->model->declared[id].list.items[i]);
    }
}
