/* Terraform configuration. The constructors build a tree; the printer asks of every value whether it fits one
 * line, because `terraform fmt` aligns `=` only within runs of single-line attributes. */
#include "emit/hcl.h"

#include "base/utf8.h"
#include "base/vec.h"
#include "emit/text.h"

#include <string.h>

enum { INDENT = 2, LIST_WIDTH = 80 };

enum expr_kind {
    EXPR_LITERAL, /* text as it stands: numbers, booleans, null, the author's source */
    EXPR_STRING,
    EXPR_LIST,
    EXPR_OBJECT,
    EXPR_CALL,
    EXPR_TEMPLATE, /* items are EXPR_STRING and EXPR_LITERAL in turn */
    EXPR_BINARY,
    EXPR_NOT,
    EXPR_CONDITIONAL,
};

struct member {
    const char *key; /* as printed */
    size_t width;    /* of the key, in columns as terraform fmt counts them */
    struct hcl_expr *value;
};

struct hcl_expr {
    struct arena *arena;
    enum expr_kind kind;
    const char *text; /* literal, string, function name, operator */
    VEC(struct hcl_expr *) items;
    VEC(struct member) members;
    bool measured;    /* while printing: line is known */
    const char *line; /* see line_of */
};

enum item_kind { ITEM_ATTRIBUTE, ITEM_BLOCK, ITEM_COMMENT, ITEM_BLANK };

struct item {
    enum item_kind kind;
    const char *text; /* attribute name, block header, comment */
    struct hcl_expr *value;
    struct hcl_body *body;
};

struct hcl_body {
    struct arena *arena;
    VEC(struct item) items;
};

/* ---- identifiers ------------------------------------------------------------------------------- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool hcl_is_identifier(const char *text)
{
    if (!is_letter(text[0]) && text[0] != '_')
        return false;
    for (; *text; text++) {
        if (!is_letter(*text) && !is_digit(*text) && *text != '_' && *text != '-')
            return false;
    }
    return true;
}

const char *hcl_identifier(struct arena *arena, const char *text)
{
    struct strbuf name = STRBUF_INIT;
    const char *result;

    if (is_digit(text[0]))
        strbuf_addch(&name, '_');
    for (; *text; text++) {
        char c = *text;

        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (is_letter(c) || is_digit(c))
            strbuf_addch(&name, c);
        else if (name.len == 0 || name.data[name.len - 1] != '_')
            strbuf_addch(&name, '_');
    }
    while (name.len > 1 && name.data[name.len - 1] == '_')
        name.data[--name.len] = '\0';
    result = name.len > 0 ? strbuf_dup(&name, arena) : "_";
    strbuf_release(&name);
    return result;
}

struct hcl_source hcl_ref_parts(struct arena *arena, const char *const *parts, size_t count)
{
    struct strbuf path = STRBUF_INIT;
    struct hcl_source source;

    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            strbuf_addch(&path, '.');
        strbuf_addstr(&path, hcl_is_identifier(parts[i]) ? parts[i] : hcl_identifier(arena, parts[i]));
    }
    source.text = strbuf_dup(&path, arena);
    strbuf_release(&path);
    return source;
}

/* ---- expressions ------------------------------------------------------------------------------- */

static struct hcl_expr *new_expr(struct arena *arena, enum expr_kind kind, const char *text)
{
    struct hcl_expr *expr = ARENA_NEW(arena, struct hcl_expr);

    expr->arena = arena;
    expr->kind = kind;
    expr->text = text ? arena_strdup(arena, text) : NULL;
    return expr;
}

struct hcl_expr *hcl_string(struct arena *arena, const char *text)
{
    return new_expr(arena, EXPR_STRING, text);
}

struct hcl_expr *hcl_int(struct arena *arena, int64_t value)
{
    struct strbuf digits = STRBUF_INIT;
    struct hcl_expr *expr;

    strbuf_addint(&digits, value);
    expr = new_expr(arena, EXPR_LITERAL, strbuf_str(&digits));
    strbuf_release(&digits);
    return expr;
}

struct hcl_expr *hcl_decimal(struct arena *arena, const char *digits)
{
    return new_expr(arena, text_is_decimal(digits) ? EXPR_LITERAL : EXPR_STRING, digits);
}

struct hcl_expr *hcl_bool(struct arena *arena, bool value)
{
    return new_expr(arena, EXPR_LITERAL, value ? "true" : "false");
}

struct hcl_expr *hcl_null(struct arena *arena)
{
    return new_expr(arena, EXPR_LITERAL, "null");
}

struct hcl_expr *hcl_expr(struct arena *arena, struct hcl_source source)
{
    return new_expr(arena, EXPR_LITERAL, source.text);
}

struct hcl_expr *hcl_list(struct arena *arena)
{
    return new_expr(arena, EXPR_LIST, NULL);
}

void hcl_list_add(struct hcl_expr *list, struct hcl_expr *item)
{
    vec_push(list->arena, &list->items, item);
}

void hcl_list_add_string(struct hcl_expr *list, const char *text)
{
    hcl_list_add(list, hcl_string(list->arena, text));
}

void hcl_list_add_ref(struct hcl_expr *list, struct hcl_source source)
{
    hcl_list_add(list, hcl_expr(list->arena, source));
}

struct hcl_expr *hcl_object(struct arena *arena)
{
    return new_expr(arena, EXPR_OBJECT, NULL);
}

struct hcl_expr *hcl_call(struct arena *arena, const char *name)
{
    return new_expr(arena, EXPR_CALL, hcl_is_identifier(name) ? name : hcl_identifier(arena, name));
}

void hcl_call_add(struct hcl_expr *call, struct hcl_expr *argument)
{
    vec_push(call->arena, &call->items, argument);
}

struct hcl_expr *hcl_call1(struct arena *arena, const char *name, struct hcl_expr *argument)
{
    struct hcl_expr *call = hcl_call(arena, name);

    hcl_call_add(call, argument);
    return call;
}

struct hcl_expr *hcl_template(struct arena *arena)
{
    return new_expr(arena, EXPR_TEMPLATE, NULL);
}

void hcl_template_text(struct hcl_expr *tmpl, const char *text)
{
    struct hcl_expr *last = tmpl->items.len > 0 ? tmpl->items.items[tmpl->items.len - 1] : NULL;

    if (*text == '\0')
        return;
    /* Joined, so that a `$` at the end of one part and a `{` at the start of the next are seen together. */
    if (last && last->kind == EXPR_STRING)
        last->text = arena_printf(tmpl->arena, "%s%s", last->text, text);
    else
        vec_push(tmpl->arena, &tmpl->items, hcl_string(tmpl->arena, text));
}

void hcl_template_ref(struct hcl_expr *tmpl, struct hcl_source source)
{
    vec_push(tmpl->arena, &tmpl->items, hcl_expr(tmpl->arena, source));
}

struct hcl_expr *hcl_binary(struct arena *arena, const char *op, struct hcl_expr *left, struct hcl_expr *right)
{
    struct hcl_expr *expr = new_expr(arena, EXPR_BINARY, op);

    vec_push(arena, &expr->items, left);
    vec_push(arena, &expr->items, right);
    return expr;
}

struct hcl_expr *hcl_not(struct arena *arena, struct hcl_expr *operand)
{
    struct hcl_expr *expr = new_expr(arena, EXPR_NOT, NULL);

    vec_push(arena, &expr->items, operand);
    return expr;
}

struct hcl_expr *hcl_conditional(struct arena *arena, struct hcl_expr *test, struct hcl_expr *yes, struct hcl_expr *no)
{
    struct hcl_expr *expr = new_expr(arena, EXPR_CONDITIONAL, NULL);

    vec_push(arena, &expr->items, test);
    vec_push(arena, &expr->items, yes);
    vec_push(arena, &expr->items, no);
    return expr;
}

/* ---- strings ----------------------------------------------------------------------------------- */

static void add_escape(struct strbuf *out, uint32_t cp)
{
    switch (cp) {
    case '\n': strbuf_addstr(out, "\\n"); break;
    case '\r': strbuf_addstr(out, "\\r"); break;
    case '\t': strbuf_addstr(out, "\\t"); break;
    case '"': strbuf_addstr(out, "\\\""); break;
    case '\\': strbuf_addstr(out, "\\\\"); break;
    default: strbuf_addf(out, cp > 0xFFFF ? "\\U%08x" : "\\u%04x", (unsigned)cp); break;
    }
}

/* Characters that are one column each to terraform fmt, whatever stands beside them. It counts grapheme
 * clusters; keys escape everything that could join into one, so that counting code points is exact. */
static bool is_one_column(uint32_t cp)
{
    return (cp >= 0x20 && cp < 0x7F) || (cp >= 0xA1 && cp < 0x300 && cp != 0xAD && cp != 0xA9 && cp != 0xAE) || (cp >= 0x370 && cp <= 0x482) ||
           (cp >= 0x48A && cp <= 0x52F) || (cp >= 0x3041 && cp <= 0x3096) || (cp >= 0x30A1 && cp <= 0x30FA) || (cp >= 0x4E00 && cp <= 0x9FFF) ||
           (cp >= 0xAC00 && cp <= 0xD7A3);
}

/* The inside of a quoted string. before_expr: an interpolation follows, so a final `$` must not touch its
 * `${`. */
static void add_string_part(struct strbuf *out, const char *text, bool before_expr, bool key)
{
    size_t len = strlen(text), n;
    uint32_t cp;

    for (size_t i = 0; i < len; i += n) {
        n = text_next(text + i, len - i, &cp);
        if ((cp == '$' || cp == '%') && text[i + 1] == '{') {
            /* A sign before the doubled one would pair with it: that one is escaped below. */
            strbuf_addch(out, (char)cp);
            strbuf_addch(out, (char)cp);
        } else if ((cp == '$' || cp == '%') && ((text[i + 1] == (char)cp && text[i + 2] == '{') || (before_expr && i + 1 == len && cp == '$'))) {
            strbuf_addf(out, "\\u%04x", (unsigned)cp);
        } else if (cp == '"' || cp == '\\' || utf8_is_hidden(cp) || (key && !is_one_column(cp))) {
            add_escape(out, cp);
        } else {
            text_add_code_point(out, cp);
        }
    }
}

static void add_string(struct strbuf *out, const char *text)
{
    strbuf_addch(out, '"');
    add_string_part(out, text, false, false);
    strbuf_addch(out, '"');
}

static size_t columns(const char *text)
{
    size_t count = 0;

    for (; *text; text++) {
        if (((unsigned char)*text & 0xC0) != 0x80)
            count++;
    }
    return count;
}

static bool is_keyword(const char *text)
{
    static const char *const words[] = {"else", "endfor", "endif", "false", "for", "if", "in", "null", "true"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(text, words[i]) == 0)
            return true;
    }
    return false;
}

static void set_member(struct hcl_expr *object, const char *key, struct hcl_expr *value)
{
    struct member member = {key, columns(key), value};

    vec_push(object->arena, &object->members, member);
}

void hcl_object_set(struct hcl_expr *object, const char *key, struct hcl_expr *value)
{
    struct strbuf text = STRBUF_INIT;

    if (hcl_is_identifier(key) && !strchr(key, '-') && !is_keyword(key)) {
        set_member(object, arena_strdup(object->arena, key), value);
        return;
    }
    strbuf_addch(&text, '"');
    add_string_part(&text, key, false, true);
    strbuf_addch(&text, '"');
    set_member(object, strbuf_dup(&text, object->arena), value);
    strbuf_release(&text);
}

void hcl_object_set_string(struct hcl_expr *object, const char *key, const char *text)
{
    hcl_object_set(object, key, hcl_string(object->arena, text));
}

void hcl_object_set_ref(struct hcl_expr *object, const char *key, struct hcl_source source)
{
    hcl_object_set(object, key, hcl_expr(object->arena, source));
}

void hcl_object_set_computed(struct hcl_expr *object, struct hcl_source key, struct hcl_expr *value)
{
    set_member(object, arena_printf(object->arena, "(%s)", key.text), value);
}

/* ---- printing expressions ---------------------------------------------------------------------- */

static const char *line_of(struct hcl_expr *expr);

/* A part of a larger expression: on the line, or over several lines when it needs them and line is false. */
static void add_part(struct strbuf *out, struct hcl_expr *expr, bool line);

static void add_list(struct strbuf *out, const struct hcl_expr *list, bool line)
{
    strbuf_addch(out, '[');
    for (uint32_t i = 0; i < list->items.len; i++) {
        if (line) {
            strbuf_addstr(out, i > 0 ? ", " : "");
        } else {
            strbuf_addch(out, '\n');
        }
        add_part(out, list->items.items[i], line);
        strbuf_addstr(out, line ? "" : ",");
    }
    if (!line)
        strbuf_addch(out, '\n');
    strbuf_addch(out, ']');
}

/* Names and values; the `=` of a run, values of one line each without anything between, align. */
static void add_run(struct strbuf *out, const struct member *members, uint32_t count)
{
    size_t width = 0;

    for (uint32_t i = 0; i < count; i++)
        width = members[i].width > width ? members[i].width : width;
    for (uint32_t i = 0; i < count; i++) {
        strbuf_addstr(out, members[i].key);
        strbuf_addfill(out, ' ', width - members[i].width);
        strbuf_addstr(out, " = ");
        add_part(out, members[i].value, false);
        strbuf_addch(out, '\n');
    }
}

static void add_object(struct strbuf *out, const struct hcl_expr *object)
{
    const struct member *members = object->members.items;
    uint32_t count = object->members.len, end;

    strbuf_addstr(out, count > 0 ? "{\n" : "{");
    for (uint32_t i = 0; i < count; i = end) {
        end = i;
        while (end < count && line_of(members[end].value))
            end++;
        end += end == i; /* a value over several lines is a run of its own */
        add_run(out, members + i, end - i);
    }
    strbuf_addch(out, '}');
}

static void add_template(struct strbuf *out, const struct hcl_expr *tmpl)
{
    if (tmpl->items.len == 1 && tmpl->items.items[0]->kind == EXPR_LITERAL) {
        strbuf_addstr(out, tmpl->items.items[0]->text);
        return;
    }
    strbuf_addch(out, '"');
    for (uint32_t i = 0; i < tmpl->items.len; i++) {
        const struct hcl_expr *part = tmpl->items.items[i];

        if (part->kind == EXPR_STRING) {
            add_string_part(out, part->text, i + 1 < tmpl->items.len, false);
        } else {
            strbuf_addstr(out, "${");
            strbuf_addstr(out, part->text);
            strbuf_addch(out, '}');
        }
    }
    strbuf_addch(out, '"');
}

/* An operand; parentheses keep the tree's own grouping. */
static void add_operand(struct strbuf *out, struct hcl_expr *expr, bool line)
{
    bool nested = expr->kind == EXPR_BINARY || expr->kind == EXPR_CONDITIONAL;

    strbuf_addstr(out, nested ? "(" : "");
    add_part(out, expr, line);
    strbuf_addstr(out, nested ? ")" : "");
}

static void add_expr(struct strbuf *out, const struct hcl_expr *expr, bool line)
{
    struct hcl_expr *const *items = expr->items.items;

    switch (expr->kind) {
    case EXPR_LITERAL: strbuf_addstr(out, expr->text); break;
    case EXPR_STRING: add_string(out, expr->text); break;
    case EXPR_LIST: add_list(out, expr, line); break;
    case EXPR_OBJECT: add_object(out, expr); break;
    case EXPR_TEMPLATE: add_template(out, expr); break;
    case EXPR_CALL:
        strbuf_addf(out, "%s(", expr->text);
        for (uint32_t i = 0; i < expr->items.len; i++) {
            strbuf_addstr(out, i > 0 ? ", " : "");
            add_part(out, items[i], line);
        }
        strbuf_addch(out, ')');
        break;
    case EXPR_BINARY:
        add_operand(out, items[0], line);
        strbuf_addf(out, " %s ", expr->text);
        add_operand(out, items[1], line);
        break;
    case EXPR_NOT:
        strbuf_addch(out, '!');
        add_operand(out, items[0], line);
        break;
    case EXPR_CONDITIONAL:
        add_operand(out, items[0], line);
        strbuf_addstr(out, " ? ");
        add_operand(out, items[1], line);
        strbuf_addstr(out, " : ");
        add_operand(out, items[2], line);
        break;
    }
}

/* The expression without a line break, or NULL when it needs several lines. Kept, because layout asks at
 * every level of nesting. */
static const char *line_of(struct hcl_expr *expr)
{
    struct strbuf line = STRBUF_INIT;
    bool fits = expr->kind != EXPR_OBJECT || expr->members.len == 0;

    if (expr->measured)
        return expr->line;
    expr->measured = true;
    for (uint32_t i = 0; i < expr->items.len && fits; i++)
        fits = line_of(expr->items.items[i]) != NULL;
    if (fits) {
        add_expr(&line, expr, true);
        fits = expr->kind != EXPR_LIST || expr->items.len < 2 || line.len <= LIST_WIDTH;
    }
    expr->line = fits ? strbuf_dup(&line, expr->arena) : NULL;
    strbuf_release(&line);
    return expr->line;
}

static void add_part(struct strbuf *out, struct hcl_expr *expr, bool line)
{
    const char *whole = line_of(expr);

    if (whole)
        strbuf_addstr(out, whole);
    else
        add_expr(out, expr, line);
}

/* ---- bodies ------------------------------------------------------------------------------------ */

struct hcl_body *hcl_body_new(struct arena *arena)
{
    struct hcl_body *body = ARENA_NEW(arena, struct hcl_body);

    body->arena = arena;
    return body;
}

static void add_item(struct hcl_body *body, enum item_kind kind, const char *text, struct hcl_expr *value, struct hcl_body *nested)
{
    struct item item = {kind, text, value, nested};

    vec_push(body->arena, &body->items, item);
}

void hcl_set(struct hcl_body *body, const char *name, struct hcl_expr *value)
{
    add_item(body, ITEM_ATTRIBUTE, hcl_is_identifier(name) ? arena_strdup(body->arena, name) : hcl_identifier(body->arena, name), value, NULL);
}

void hcl_set_string(struct hcl_body *body, const char *name, const char *text)
{
    hcl_set(body, name, hcl_string(body->arena, text));
}

void hcl_set_int(struct hcl_body *body, const char *name, int64_t value)
{
    hcl_set(body, name, hcl_int(body->arena, value));
}

void hcl_set_bool(struct hcl_body *body, const char *name, bool value)
{
    hcl_set(body, name, hcl_bool(body->arena, value));
}

void hcl_set_ref(struct hcl_body *body, const char *name, struct hcl_source source)
{
    hcl_set(body, name, hcl_expr(body->arena, source));
}

struct hcl_body *hcl_block(struct hcl_body *body, const char *type, const char *label, const char *label2)
{
    struct hcl_body *nested = hcl_body_new(body->arena);
    struct strbuf header = STRBUF_INIT;

    strbuf_addstr(&header, hcl_is_identifier(type) ? type : hcl_identifier(body->arena, type));
    if (label) {
        strbuf_addch(&header, ' ');
        add_string(&header, label);
    }
    if (label2) {
        strbuf_addch(&header, ' ');
        add_string(&header, label2);
    }
    add_item(body, ITEM_BLOCK, strbuf_dup(&header, body->arena), NULL, nested);
    strbuf_release(&header);
    return nested;
}

void hcl_comment(struct hcl_body *body, const char *text)
{
    add_item(body, ITEM_COMMENT, arena_strdup(body->arena, text), NULL, NULL);
}

void hcl_blank(struct hcl_body *body)
{
    add_item(body, ITEM_BLANK, NULL, NULL, NULL);
}

static bool hcl_body_empty(const struct hcl_body *body)
{
    return body->items.len == 0;
}

/* ---- printing bodies --------------------------------------------------------------------------- */

static void print_body(struct strbuf *out, const struct hcl_body *body);

/* The attributes from item i on that align with it; at least one. */
static uint32_t run_end(const struct hcl_body *body, uint32_t i)
{
    uint32_t end = i;

    while (end < body->items.len && body->items.items[end].kind == ITEM_ATTRIBUTE && line_of(body->items.items[end].value))
        end++;
    return end > i ? end : i + 1;
}

static void print_attributes(struct strbuf *out, const struct item *items, uint32_t count)
{
    struct member *members = ARENA_ARRAY(items[0].value->arena, struct member, count);

    for (uint32_t i = 0; i < count; i++) {
        members[i].key = items[i].text;
        members[i].width = strlen(items[i].text);
        members[i].value = items[i].value;
    }
    add_run(out, members, count);
}

static void print_block(struct strbuf *out, const struct item *block)
{
    strbuf_addstr(out, block->text);
    if (hcl_body_empty(block->body)) {
        strbuf_addstr(out, " {}\n");
        return;
    }
    strbuf_addstr(out, " {\n");
    print_body(out, block->body);
    strbuf_addstr(out, "}\n");
}

/* The kind of what a comment belongs to: the next item that is no comment. */
static enum item_kind kind_behind_comments(const struct hcl_body *body, uint32_t i)
{
    while (i < body->items.len && body->items.items[i].kind == ITEM_COMMENT)
        i++;
    return i < body->items.len ? body->items.items[i].kind : ITEM_BLANK;
}

static void print_body(struct strbuf *out, const struct hcl_body *body)
{
    bool blank = false, first = true;
    enum item_kind last = ITEM_BLANK;
    uint32_t end;

    for (uint32_t i = 0; i < body->items.len; i = end) {
        const struct item *item = &body->items.items[i];

        end = i + 1;
        if (item->kind == ITEM_BLANK) {
            blank = true;
            continue;
        }
        /* Blocks stand apart; their comments stay with them. */
        if (last == ITEM_BLOCK || (last != ITEM_COMMENT && kind_behind_comments(body, i) == ITEM_BLOCK))
            blank = true;
        if (blank && !first)
            strbuf_addch(out, '\n');
        blank = first = false;
        last = item->kind;
        if (item->kind == ITEM_COMMENT) {
            text_add_comment(out, 0, "#", item->text);
        } else if (item->kind == ITEM_BLOCK) {
            print_block(out, item);
        } else {
            end = run_end(body, i);
            print_attributes(out, item, end - i);
        }
    }
}

/* ---- indentation ------------------------------------------------------------------------------- */

/* The brackets a line opens less those it closes, strings and comments apart. */
static int net_brackets(const char *line, size_t len)
{
    /* Within a string an interpolation, within that a string …: the nesting, innermost last. */
    enum { NESTING_MAX = 64 };
    char nesting[NESTING_MAX];
    size_t depth = 0;
    int net = 0;

    if (len > 0 && line[0] == '#')
        return 0;
    for (size_t i = 0; i < len; i++) {
        bool in_string = depth > 0 && nesting[depth - 1] == '"';
        char c = line[i];

        if (in_string && c == '\\') {
            i++;
        } else if (in_string && (c == '$' || c == '%') && i + 2 < len && line[i + 1] == c && line[i + 2] == '{') {
            i += 2;
        } else if (in_string ? c == '"' : (c == '}' && depth > 0 && nesting[depth - 1] == '{')) {
            depth--;
        } else if ((in_string ? (c == '$' || c == '%') && i + 1 < len && line[i + 1] == '{' : c == '"') || (!in_string && c == '{' && depth > 0)) {
            i += in_string;
            if (depth == NESTING_MAX)
                return net;
            nesting[depth++] = in_string || c == '{' ? '{' : '"';
        } else if (!in_string && depth == 0) {
            net += (c == '(' || c == '[' || c == '{') - (c == ')' || c == ']' || c == '}');
        }
    }
    return net;
}

/* Indents as terraform fmt does: a line that opens brackets, however many, indents what follows by one level,
 * which ends with the line that closes as many. A line like `}, {` closes nothing. */
static void indent_lines(const struct strbuf *text, struct arena *arena, struct strbuf *out)
{
    VEC(int) open = {NULL, 0, 0};
    const char *end;

    for (const char *line = strbuf_str(text); *line; line = end) {
        size_t len = strcspn(line, "\n");
        int net = net_brackets(line, len);

        end = line + len + 1;
        for (int closed = -net; closed > 0 && open.len > 0;) {
            int *last = &open.items[open.len - 1];

            if (closed < *last) {
                *last -= closed;
                break;
            }
            closed -= *last;
            open.len--;
        }
        strbuf_addfill(out, ' ', len > 0 ? (size_t)INDENT * open.len : 0);
        strbuf_add(out, line, len + 1);
        if (net > 0)
            vec_push(arena, &open, net);
    }
}

void hcl_print(const struct hcl_body *body, struct strbuf *out)
{
    struct strbuf text = STRBUF_INIT;

    print_body(&text, body);
    indent_lines(&text, body->arena, out);
    strbuf_release(&text);
}
