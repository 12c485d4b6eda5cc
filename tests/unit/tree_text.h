/*
 * Writes a syntax tree as text, so that tests compare trees by comparing strings: `(== a 1)`, `asset database : k {`.
 * Spans are left out: two texts with the same meaning give the same string.
 */
#ifndef DRC_TEST_TREE_TEXT_H
#define DRC_TEST_TREE_TEXT_H

#include "syntax/parse.h"

static void tree_expr(struct strbuf *out, const struct expr *expr);

static void tree_list(struct strbuf *out, const struct expr_list *list)
{
    for (uint32_t i = 0; list && i < list->count; i++) {
        if (i)
            strbuf_addch(out, ' ');
        tree_expr(out, list->items[i]);
    }
}

static void tree_string(struct strbuf *out, const char *text, uint32_t len)
{
    strbuf_addch(out, '"');
    for (uint32_t i = 0; i < len; i++) {
        if (text[i] == '\n')
            strbuf_addstr(out, "\\n");
        else if (text[i] == '"')
            strbuf_addstr(out, "\\\"");
        else
            strbuf_addch(out, text[i]);
    }
    strbuf_addch(out, '"');
}

static void tree_loop(struct strbuf *out, const char *kind, const struct expr_loop *loop)
{
    strbuf_addf(out, "(%s %s ", kind, loop->name);
    tree_expr(out, loop->source);
    if (loop->filter) {
        strbuf_addstr(out, " if ");
        tree_expr(out, loop->filter);
    }
    strbuf_addch(out, ' ');
    tree_expr(out, loop->body);
    strbuf_addch(out, ')');
}

static void tree_expr(struct strbuf *out, const struct expr *expr)
{
    static const char *const ops[] = {"?", "+", "-", "*", "/", "%", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "neg", "!"};

    switch ((enum expr_kind)expr->kind) {
    case EXPR_ERROR: strbuf_addstr(out, "<error>"); break;
    case EXPR_NULL: strbuf_addstr(out, "null"); break;
    case EXPR_UNKNOWN: strbuf_addstr(out, "unknown"); break;
    case EXPR_BOOL: strbuf_addstr(out, expr->u.integer ? "true" : "false"); break;
    case EXPR_INT: strbuf_addint(out, expr->u.integer); break;
    case EXPR_DECIMAL:
        strbuf_addstr(out, "#");
        strbuf_addint(out, expr->u.integer);
        break;
    case EXPR_PERCENT:
        strbuf_addint(out, expr->u.integer);
        strbuf_addstr(out, "ppb");
        break;
    case EXPR_DURATION:
        strbuf_addint(out, expr->u.integer);
        strbuf_addstr(out, "ms");
        break;
    case EXPR_SIZE:
        strbuf_addint(out, expr->u.integer);
        strbuf_addstr(out, "B");
        break;
    case EXPR_RATE:
        strbuf_addint(out, expr->u.rate->num);
        strbuf_addch(out, '/');
        strbuf_addint(out, expr->u.rate->den);
        strbuf_addstr(out, "B/ms");
        break;
    case EXPR_MONEY:
        strbuf_addint(out, expr->u.money->amount);
        strbuf_addf(out, ":%s:%s", expr->u.money->currency, expr->u.money->period ? expr->u.money->period : "");
        break;
    case EXPR_DATE:
        strbuf_addstr(out, "day");
        strbuf_addint(out, expr->u.integer);
        break;
    case EXPR_TIME:
        strbuf_addstr(out, "minute");
        strbuf_addint(out, expr->u.integer);
        break;
    case EXPR_STRING: tree_string(out, expr->u.string.text, expr->u.string.len); break;
    case EXPR_TEMPLATE:
        strbuf_addstr(out, "(text ");
        tree_list(out, expr->u.list);
        strbuf_addch(out, ')');
        break;
    case EXPR_SCHEDULE:
        strbuf_addch(out, '<');
        print_schedule(out, expr->u.schedule);
        strbuf_addch(out, '>');
        break;
    case EXPR_NAME: strbuf_addstr(out, expr->u.name); break;
    case EXPR_MEMBER:
        tree_expr(out, expr->u.member.object);
        strbuf_addf(out, ".%s", expr->u.member.name);
        break;
    case EXPR_OF_KIND:
        strbuf_addstr(out, "(of ");
        tree_expr(out, expr->u.member.object);
        strbuf_addf(out, " %s)", expr->u.member.name);
        break;
    case EXPR_CALL:
        strbuf_addstr(out, "(call ");
        tree_expr(out, expr->u.call.callee);
        if (expr->u.call.args->count)
            strbuf_addch(out, ' ');
        tree_list(out, expr->u.call.args);
        strbuf_addch(out, ')');
        break;
    case EXPR_UNARY:
        strbuf_addf(out, "(%s ", ops[expr->op]);
        tree_expr(out, expr->u.unary);
        strbuf_addch(out, ')');
        break;
    case EXPR_BINARY:
        strbuf_addf(out, "(%s ", ops[expr->op]);
        tree_expr(out, expr->u.binary.left);
        strbuf_addch(out, ' ');
        tree_expr(out, expr->u.binary.right);
        strbuf_addch(out, ')');
        break;
    case EXPR_COND:
        strbuf_addstr(out, "(? ");
        tree_expr(out, expr->u.cond->test);
        strbuf_addch(out, ' ');
        tree_expr(out, expr->u.cond->yes);
        strbuf_addch(out, ' ');
        tree_expr(out, expr->u.cond->no);
        strbuf_addch(out, ')');
        break;
    case EXPR_RANGE:
        strbuf_addstr(out, "(.. ");
        tree_expr(out, expr->u.range->best);
        strbuf_addch(out, ' ');
        tree_expr(out, expr->u.range->typical);
        strbuf_addch(out, ' ');
        tree_expr(out, expr->u.range->worst);
        strbuf_addch(out, ')');
        break;
    case EXPR_LIST:
        strbuf_addch(out, '[');
        tree_list(out, expr->u.list);
        strbuf_addch(out, ']');
        break;
    case EXPR_OBJECT:
        strbuf_addch(out, '{');
        for (uint32_t i = 0; i < expr->u.object->count; i++) {
            strbuf_addf(out, "%s%s=", i ? " " : "", expr->u.object->pairs[i].key);
            tree_expr(out, expr->u.object->pairs[i].value);
        }
        strbuf_addch(out, '}');
        break;
    case EXPR_FOR: tree_loop(out, "for", expr->u.loop); break;
    case EXPR_ANY: tree_loop(out, "any", expr->u.loop); break;
    case EXPR_ALL: tree_loop(out, "all", expr->u.loop); break;
    case EXPR_COUNT: tree_loop(out, "count", expr->u.loop); break;
    }
}

static void tree_blocks(struct strbuf *out, const struct block *block)
{
    for (; block; block = block->next) {
        if (block->doc)
            strbuf_addf(out, "/// %s\n", block->doc);
        strbuf_addstr(out, block->type);
        strbuf_addch(out, ' ');
        tree_list(out, block->labels);
        if (block->kind)
            strbuf_addf(out, ": %s ", block->kind);
        if (block->kind_expr) {
            strbuf_addstr(out, ": ");
            tree_expr(out, block->kind_expr);
        }
        strbuf_addstr(out, "{\n");
        for (const struct attr *attr = block->attrs; attr; attr = attr->next) {
            strbuf_addf(out, "%s%s = ", attr->is_let ? "let " : "", attr->name);
            if (attr_loop_name(attr))
                strbuf_addf(out, "%s in ", attr_loop_name(attr));
            tree_expr(out, attr->value);
            strbuf_addch(out, '\n');
        }
        tree_blocks(out, block->blocks);
        strbuf_addstr(out, "}\n");
    }
}

static inline void tree_text(struct strbuf *out, const struct file_tree *tree)
{
    for (const struct import *import = tree->imports; import; import = import->next)
        strbuf_addf(out, "import %s as %s\n", import->path, import->prefix ? import->prefix : "-");
    tree_blocks(out, tree->blocks);
}

#endif
