/* Tree nodes. A node knows the height of the tree below it; beyond EXPR_MAX_DEPTH it becomes an error node, so that
 * every later walk may recurse without looking at the stack. */
#include "syntax/build.h"

#include "source/lost.h"

#include <stddef.h>
#include <string.h>

/* Most nodes are names and literals. */
static bool fills_two_words(enum expr_kind kind)
{
    return kind == EXPR_STRING || kind == EXPR_MEMBER || kind == EXPR_CALL || kind == EXPR_BINARY || kind == EXPR_OF_KIND;
}

struct expr *expr_new(struct scanner *scanner, enum expr_kind kind, struct span span)
{
    struct expr *expr = arena_alloc(scanner->arena, fills_two_words(kind) ? sizeof *expr : offsetof(struct expr, u) + sizeof expr->u.integer);

    expr->kind = (uint8_t)kind;
    expr->span = span;
    return expr;
}

/* Makes `expr` the parent of `child`; call it for every child before the node is used. */
static void adopt(struct scanner *scanner, struct expr *expr, const struct expr *child)
{
    if (!child || child->depth < expr->depth)
        return;
    if (child->depth + 1 < EXPR_MAX_DEPTH) {
        expr->depth = (uint8_t)(child->depth + 1);
        return;
    }
    if (!scanner->too_deep) {
        diag_help(scan_report(scanner, DIAG_E0110, expr->span, "expression is nested more than %d deep", EXPR_MAX_DEPTH),
                  "name parts of it with `let x = …`, or write a long sum as `sum([…])`");
        scanner->too_deep = true;
    }
    expr->depth = EXPR_MAX_DEPTH;
}

/* The node, unless it is too deep to be walked: then an error node in its place. */
static struct expr *finish(struct scanner *scanner, struct expr *expr)
{
    return expr->depth < EXPR_MAX_DEPTH ? expr : expr_new(scanner, EXPR_ERROR, expr->span);
}

void build_push(struct scanner *scanner, struct expr *expr)
{
    vec_push(scanner->arena, &scanner->scratch, expr);
}

struct expr_list *build_list(struct scanner *scanner, uint32_t count)
{
    struct expr_list *list;

    if (count == 0)
        return NULL;
    list = ARENA_NEW(scanner->arena, struct expr_list);
    list->count = count;
    list->items = ARENA_ARRAY(scanner->arena, struct expr *, count);
    scanner->scratch.len -= count;
    memcpy(list->items, scanner->scratch.items + scanner->scratch.len, count * sizeof *list->items);
    return list;
}

static struct expr_list *list_or_empty(struct scanner *scanner, struct expr_list *list)
{
    return list ? list : ARENA_NEW(scanner->arena, struct expr_list);
}

static void adopt_list(struct scanner *scanner, struct expr *expr, const struct expr_list *list)
{
    for (uint32_t i = 0; i < list->count; i++)
        adopt(scanner, expr, list->items[i]);
}

struct expr *build_name(struct scanner *scanner, struct span span, atom name)
{
    struct expr *expr = expr_new(scanner, EXPR_NAME, span);

    expr->u.name = name;
    return expr;
}

struct expr *build_member(struct scanner *scanner, struct span span, struct expr *object, atom name)
{
    struct expr *expr = expr_new(scanner, EXPR_MEMBER, span);

    expr->u.member.object = object;
    expr->u.member.name = name;
    adopt(scanner, expr, object);
    return finish(scanner, expr);
}

struct expr *build_call(struct scanner *scanner, struct span span, struct expr *callee, struct expr_list *arguments)
{
    struct expr *expr = expr_new(scanner, EXPR_CALL, span);

    if (callee->kind != EXPR_NAME && callee->kind != EXPR_MEMBER) {
        if (callee->kind != EXPR_ERROR)
            diag_help(scan_report(scanner, DIAG_E0101, callee->span, "only a name can be called"),
                      "write `name(…)`, or an operator before the parenthesis");
        return expr_new(scanner, EXPR_ERROR, span);
    }
    expr->u.call.callee = callee;
    expr->u.call.args = list_or_empty(scanner, arguments);
    adopt(scanner, expr, callee);
    adopt_list(scanner, expr, expr->u.call.args);
    return finish(scanner, expr);
}

struct expr *build_unary(struct scanner *scanner, struct span span, enum binary_op op, struct expr *operand)
{
    struct expr *expr = expr_new(scanner, EXPR_UNARY, span);

    expr->op = (uint8_t)op;
    expr->u.unary = operand;
    adopt(scanner, expr, operand);
    return finish(scanner, expr);
}

struct expr *build_binary(struct scanner *scanner, struct span span, enum binary_op op, struct expr *left, struct expr *right)
{
    struct expr *expr = expr_new(scanner, EXPR_BINARY, span);

    expr->op = (uint8_t)op;
    expr->u.binary.left = left;
    expr->u.binary.right = right;
    adopt(scanner, expr, left);
    adopt(scanner, expr, right);
    return finish(scanner, expr);
}

struct expr *build_condition(struct scanner *scanner, struct span span, struct expr *test, struct expr *yes, struct expr *no)
{
    struct expr *expr = expr_new(scanner, EXPR_COND, span);

    expr->u.cond = ARENA_NEW(scanner->arena, struct expr_cond);
    expr->u.cond->test = test;
    expr->u.cond->yes = yes;
    expr->u.cond->no = no;
    adopt(scanner, expr, test);
    adopt(scanner, expr, yes);
    adopt(scanner, expr, no);
    return finish(scanner, expr);
}

/* `a..b` arrives as one range and `a..b..c` as a range whose left side is one. */
struct expr *build_range(struct scanner *scanner, struct span span, struct expr *left, struct expr *right)
{
    struct expr *expr = expr_new(scanner, EXPR_RANGE, span);
    struct expr_range *range = expr->u.range = ARENA_NEW(scanner->arena, struct expr_range);

    range->best = left;
    range->typical = range->worst = right;
    if (left->kind == EXPR_RANGE && !left->parenthesised) {
        if (left->u.range->typical != left->u.range->worst) {
            diag_help(scan_report(scanner, DIAG_E0101, span, "a range has at most three parts"), "write `best..typical..worst`");
            return expr_new(scanner, EXPR_ERROR, span);
        }
        range->best = left->u.range->best;
        range->typical = left->u.range->typical;
    }
    adopt(scanner, expr, range->best);
    adopt(scanner, expr, range->typical);
    adopt(scanner, expr, range->worst);
    return finish(scanner, expr);
}

struct expr *build_list_expr(struct scanner *scanner, struct span span, uint32_t count)
{
    struct expr *expr = expr_new(scanner, EXPR_LIST, span);

    expr->u.list = list_or_empty(scanner, build_list(scanner, count));
    adopt_list(scanner, expr, expr->u.list);
    return finish(scanner, expr);
}

struct expr *build_comprehension(struct scanner *scanner, enum expr_kind kind, struct span span, atom name, struct expr *source, struct expr *filter,
                                 struct expr *body)
{
    struct expr *expr = expr_new(scanner, kind, span);

    expr->u.loop = ARENA_NEW(scanner->arena, struct expr_loop);
    expr->u.loop->name = name;
    expr->u.loop->source = source;
    expr->u.loop->filter = filter;
    expr->u.loop->body = body;
    adopt(scanner, expr, source);
    adopt(scanner, expr, filter);
    adopt(scanner, expr, body);
    return finish(scanner, expr);
}

/* `assets : aws.rds.postgres` */
struct expr *build_of_kind(struct scanner *scanner, struct expr *source, const struct expr *kind)
{
    struct expr *expr = expr_new(scanner, EXPR_OF_KIND, span_join(source->span, kind->span));
    atom name = expr_path(kind, scanner->context->names);

    if (!name)
        return expr_new(scanner, EXPR_ERROR, kind->span);
    expr->u.member.object = source;
    expr->u.member.name = name;
    adopt(scanner, expr, source);
    return finish(scanner, expr);
}

/* Without interpolation a template is a string. */
struct expr *build_template(struct scanner *scanner, struct span span, uint32_t parts)
{
    struct expr_list *list = list_or_empty(scanner, build_list(scanner, parts));
    struct expr *expr;

    if (list->count == 0) {
        expr = expr_new(scanner, EXPR_STRING, span);
        expr->u.string.text = "";
        return expr;
    }
    if (list->count == 1 && list->items[0]->kind == EXPR_STRING && *scan_at(scanner, list->items[0]->span.start) != '"') {
        list->items[0]->span = span;
        return list->items[0];
    }
    expr = expr_new(scanner, EXPR_TEMPLATE, span);
    expr->u.list = list;
    adopt_list(scanner, expr, list);
    return finish(scanner, expr);
}

/* ---- objects ---- */

void build_object_start(struct scanner *scanner)
{
    vec_push(scanner->arena, &scanner->objects, scanner->pairs.len);
}

void build_pair(struct scanner *scanner, atom key, struct span key_span, struct expr *value)
{
    struct expr_pair pair = {key, key_span, value};

    vec_push(scanner->arena, &scanner->pairs, pair);
}

atom build_key(struct scanner *scanner, const struct expr *string)
{
    if (string->kind != EXPR_STRING)
        return intern_str(scanner->context->names, "");
    return intern_add(scanner->context->names, string->u.string.text, string->u.string.len);
}

struct expr *build_object(struct scanner *scanner, struct span span)
{
    struct expr *expr = expr_new(scanner, EXPR_OBJECT, span);
    struct expr_object *object = expr->u.object = ARENA_NEW(scanner->arena, struct expr_object);
    uint32_t first = scanner->objects.items[--scanner->objects.len];

    object->count = scanner->pairs.len - first;
    if (object->count) {
        object->pairs = ARENA_ARRAY(scanner->arena, struct expr_pair, object->count);
        memcpy(object->pairs, scanner->pairs.items + first, object->count * sizeof *object->pairs);
    }
    scanner->pairs.len = first;
    for (uint32_t i = 0; i < object->count; i++)
        adopt(scanner, expr, object->pairs[i].value);
    return finish(scanner, expr);
}

/* ---- schedules ---- */

static struct expr *schedule_expr(struct scanner *scanner, struct span span, const struct schedule *schedule)
{
    struct expr *expr = expr_new(scanner, EXPR_SCHEDULE, span);

    expr->u.schedule = schedule;
    return expr;
}

struct expr *build_every(struct scanner *scanner, struct span span, const struct expr *step, const char *zone)
{
    struct schedule *schedule;

    if (step->kind != EXPR_DURATION || step->u.integer <= 0) {
        const char *text = scan_at(scanner, step->span.start);
        int len = (int)(step->span.end - step->span.start);

        if (step->kind == EXPR_INT)
            diag_help(scan_report(scanner, DIAG_E0114, step->span, "`every` needs a unit"), "write `every %.*sm`, `every %.*sh` or `every %.*sd`",
                      len, text, len, text, len, text);
        else if (step->kind != EXPR_ERROR)
            diag_help(scan_report(scanner, DIAG_E0114, step->span, "`every` needs a duration longer than 0"), "write it like `every 15m`");
        return expr_new(scanner, EXPR_ERROR, span);
    }
    schedule = ARENA_NEW(scanner->kept, struct schedule);
    schedule->kind = SCHEDULE_EVERY;
    schedule->every = step->u.integer;
    schedule->zone = zone;
    return schedule_expr(scanner, span, schedule);
}

struct expr *build_cron(struct scanner *scanner, struct span span, const struct expr *text, const char *zone)
{
    struct schedule *schedule = ARENA_NEW(scanner->kept, struct schedule);

    if (text->kind != EXPR_STRING)
        return expr_new(scanner, EXPR_ERROR, span);
    schedule->kind = SCHEDULE_CRON;
    schedule->cron = text->u.string.text;
    schedule->zone = zone;
    return schedule_expr(scanner, span, schedule);
}

struct expr *build_schedule(struct scanner *scanner, struct span span, enum schedule_kind kind, const struct schedule *days, struct schedule *times,
                            const char *zone)
{
    struct schedule *schedule = times ? times : ARENA_NEW(scanner->kept, struct schedule); /* its times are there already */

    schedule->kind = kind;
    schedule->zone = zone;
    if (days) {
        schedule->weekdays = days->weekdays;
        schedule->monthdays = days->monthdays;
    }
    /* A part that was refused leaves its set empty; it was reported there. */
    if ((kind == SCHEDULE_WEEKLY && !schedule->weekdays) || (kind == SCHEDULE_MONTHLY && !schedule->monthdays) || (times && !schedule->time_count))
        return expr_new(scanner, EXPR_ERROR, span);
    return schedule_expr(scanner, span, schedule);
}

struct schedule *build_time(struct scanner *scanner, struct schedule *times, const struct expr *time)
{
    uint8_t at;

    if (!times)
        times = ARENA_NEW(scanner->kept, struct schedule);
    if (time->kind != EXPR_TIME) {
        if (time->kind != EXPR_ERROR)
            diag_help(scan_report(scanner, DIAG_E0114, time->span, "a time of day is expected here"), "write it like `daily at 02:00`");
        return times;
    }
    if (times->time_count == sizeof times->times / sizeof times->times[0]) {
        diag_help(scan_report(scanner, DIAG_E0114, time->span, "a schedule has at most 24 times of day"),
                  "write `every 30m` for something more frequent");
        return times;
    }
    for (at = times->time_count; at > 0 && times->times[at - 1] > time->u.integer; at--)
        times->times[at] = times->times[at - 1];
    times->times[at] = (uint16_t)time->u.integer;
    if (at > 0 && times->times[at - 1] == time->u.integer) {
        memmove(times->times + at, times->times + at + 1, (size_t)(times->time_count - at) * sizeof times->times[0]);
        diag_help(scan_report(scanner, DIAG_E0114, time->span, "this time of day is listed twice"), "remove one of them");
        return times;
    }
    times->time_count++;
    return times;
}

struct schedule *build_weekday(struct scanner *scanner, struct schedule *days, atom name, struct span span)
{
    static const char *const names[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

    if (!days)
        days = ARENA_NEW(scanner->arena, struct schedule);
    for (unsigned i = 0; i < 7; i++) {
        if (strcmp(names[i], name) != 0)
            continue;
        days->weekdays |= 1u << i;
        return days;
    }
    for (unsigned i = 0; i < 7; i++) {
        /* `Sunday`, `SUN` */
        char lower[4] = {0};

        for (unsigned j = 0; j < 3 && name[j]; j++)
            lower[j] = (char)(name[j] >= 'A' && name[j] <= 'Z' ? name[j] + 32 : name[j]);
        if (strcmp(lower, names[i]) == 0) {
            diag_fix(scan_report(scanner, DIAG_E0114, span, "`%s` is not a weekday", name), span, names[i], "write `%s`", names[i]);
            return days;
        }
    }
    diag_help(scan_report(scanner, DIAG_E0114, span, "`%s` is not a weekday", name),
              "the weekdays are `sun`, `mon`, `tue`, `wed`, `thu`, `fri` and `sat`");
    return days;
}

struct schedule *build_monthday(struct scanner *scanner, struct schedule *days, const struct expr *day)
{
    if (!days)
        days = ARENA_NEW(scanner->arena, struct schedule);
    if (day->kind == EXPR_INT && day->u.integer >= 1 && day->u.integer <= 31)
        days->monthdays |= UINT32_C(1) << day->u.integer;
    else if (day->kind != EXPR_ERROR)
        diag_help(scan_report(scanner, DIAG_E0114, day->span, "there is no such day of the month"), "days of the month go from 1 to 31");
    return days;
}

/* ---- items ---- */

static struct item_list *current(struct scanner *scanner)
{
    return &scanner->lists[scanner->open_blocks];
}

void build_import(struct scanner *scanner, struct span span, const struct expr *path, atom prefix)
{
    struct import *import = ARENA_NEW(scanner->arena, struct import);

    if (path->kind != EXPR_STRING || !path->u.string.len)
        lost_import(scanner->context->sink, NULL);
    if (path->kind != EXPR_STRING)
        return;
    if (path->u.string.len == 0) {
        diag_help(scan_report(scanner, DIAG_E0101, path->span, "import names no file"), "write it like `import \"std/aws\"`");
        return;
    }
    import->path = path->u.string.text;
    import->prefix = prefix;
    import->span = span;
    *scanner->imports = import;
    scanner->imports = &import->next;
}

void build_attribute(struct scanner *scanner, atom name, struct span name_span, atom loop_name, struct expr *value, bool is_let)
{
    struct loop_attr *loop = NULL;
    struct attr *attr;

    scanner->too_deep = false;
    if (scanner->open_blocks == 0) {
        repair_see_stray_attribute(scanner, name_span);
        scan_lose(scanner, name_span.start, value->span.end);
        diag_help(scan_report(scanner, DIAG_E0126, name_span, "`%s` stands outside any block", name),
                  "put it between the braces of the block it belongs to; a value given from outside is a `param` block");
        return;
    }
    if (loop_name)
        loop = ARENA_NEW(scanner->arena, struct loop_attr);
    if (loop)
        loop->loop_name = loop_name;
    attr = loop ? &loop->attr : ARENA_NEW(scanner->arena, struct attr);
    attr->name = name;
    attr->name_start = name_span.start;
    attr->name_len = (name_span.end - name_span.start) & 0x3fffffff;
    attr->value = value;
    attr->is_let = is_let;
    attr->is_loop = loop != NULL;
    current(scanner)->block->has_let |= is_let;
    *current(scanner)->attrs = attr;
    current(scanner)->attrs = &attr->next;
}

void build_loop(struct scanner *scanner, atom name, struct span name_span, atom loop_name, struct expr *source, struct span in)
{
    if (strcmp(name, "for") != 0)
        diag_help(scan_report(scanner, DIAG_E0101, in, "`in` has a meaning only in `for = name in list`"),
                  "to ask whether a list holds something, write `any(x in list: x == …)`");
    build_attribute(scanner, name, name_span, loop_name, source, false);
}

struct expr *build_bad_label(struct scanner *scanner, struct expr *label)
{
    if (label->kind != EXPR_ERROR)
        diag_help(scan_report(scanner, DIAG_E0101, label->span, "a block cannot be named `%.*s`", (int)(label->span.end - label->span.start),
                              scan_at(scanner, label->span.start)),
                  "a name starts with a letter; anything else is written as a string, or `=` is missing before a value");
    return expr_new(scanner, EXPR_ERROR, label->span);
}

struct expr *build_no_kind(struct scanner *scanner, struct span colon)
{
    diag_help(scan_report(scanner, DIAG_E0101, colon, "the kind is missing after `:`"), "write it like `asset database : aws.rds.postgres { … }`");
    return expr_new(scanner, EXPR_ERROR, colon);
}

bool build_open(struct scanner *scanner, struct span type_span, atom type, struct expr_list *labels, struct expr *kind, struct span kind_span)
{
    struct block *block = ARENA_NEW(scanner->arena, struct block);
    struct item_list *list = current(scanner);

    block->type = type;
    block->labels = labels;
    block->type_span = type_span;
    block->doc = scanner->header_doc;
    scanner->header_doc = NULL;
    if (kind) {
        block->kind = expr_path(kind, scanner->context->names);
        block->kind_expr = block->kind ? NULL : kind;
        block->kind_span = kind->span.end ? kind->span : kind_span;
    }
    block->broken = scanner->reopened || (kind && kind->kind == EXPR_ERROR);
    scanner->reopened = false;
    for (uint32_t i = 0; labels && i < labels->count; i++)
        block->broken |= labels->items[i]->kind == EXPR_ERROR;
    if (block->broken)
        scan_lose(scanner, type_span.start, scanner->prev.span.start);
    block->span.start = type_span.start;
    block->span.end = block->kind_span.end ? block->kind_span.end : type_span.end;
    *list->blocks = block;
    list->blocks = &block->next;
    scanner->tree->block_count++;
    if (scanner->open_blocks == BLOCK_MAX_DEPTH)
        return false; /* the scanner refuses the brace before this happens */
    list = &scanner->lists[++scanner->open_blocks];
    list->block = block;
    list->attrs = &block->attrs;
    list->blocks = &block->blocks;
    return true;
}

void build_close(struct scanner *scanner, struct span brace)
{
    current(scanner)->block->span.end = brace.end;
    scanner->open_blocks--;
}
