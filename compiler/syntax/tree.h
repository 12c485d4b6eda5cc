/* The syntax tree: blocks with attributes, whose values are expressions. It is what the text says, nothing resolved.
 *
 * Nodes live in the compilation's arena and are small, because a specification may have 100,000 assets. Lists are
 * linked in source order. */
#ifndef DRC_SYNTAX_TREE_H
#define DRC_SYNTAX_TREE_H

#include "base/intern.h"
#include "base/units.h"
#include "base/vec.h"
#include "source/source.h"

enum { BLOCK_MAX_DEPTH = 256, EXPR_MAX_DEPTH = 200 };

enum expr_kind {
    EXPR_ERROR, /* a mistake already reported: whoever meets it stays silent */
    EXPR_NULL,
    EXPR_UNKNOWN,
    EXPR_BOOL,     /* u.integer 0 or 1 */
    EXPR_INT,      /* u.integer */
    EXPR_DECIMAL,  /* u.integer, parts per 10^9 */
    EXPR_PERCENT,  /* u.integer, parts per 10^9: 100% is 10^9 */
    EXPR_DURATION, /* u.integer, milliseconds */
    EXPR_SIZE,     /* u.integer, bytes */
    EXPR_RATE,     /* u.rate, bytes per millisecond */
    EXPR_MONEY,    /* u.money */
    EXPR_DATE,     /* u.integer, days since 1970-01-01 */
    EXPR_TIME,     /* u.integer, minutes of the day */
    EXPR_STRING,   /* u.string, without interpolation */
    EXPR_TEMPLATE, /* u.list: EXPR_STRING pieces and expressions in turn */
    EXPR_SCHEDULE, /* u.schedule */
    EXPR_NAME,     /* u.name */
    EXPR_MEMBER,   /* u.member: object.name */
    EXPR_CALL,     /* u.call: callee(args); the callee is a name or a member */
    EXPR_UNARY,    /* op is '-' or '!'; u.unary */
    EXPR_BINARY,   /* op; u.binary */
    EXPR_COND,     /* u.cond */
    EXPR_RANGE,    /* u.range; two parts: typical == worst, the same node */
    EXPR_LIST,     /* u.list */
    EXPR_OBJECT,   /* u.object */
    EXPR_FOR,      /* u.loop: [for name in source if filter: body] */
    EXPR_ANY,      /* u.loop: any(name in source: body) */
    EXPR_ALL,
    EXPR_COUNT,
    EXPR_OF_KIND, /* u.member: `assets : aws.rds.postgres` after `for = a in`: object, and the kind's dotted name */
};

enum binary_op { OP_ADD = 1, OP_SUB, OP_MUL, OP_DIV, OP_MOD, OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE, OP_AND, OP_OR, OP_NEG, OP_NOT };

struct expr_list {
    uint32_t count;
    struct expr **items;
};

struct expr {
    uint8_t kind;          /* enum expr_kind */
    uint8_t op;            /* enum binary_op, for EXPR_UNARY and EXPR_BINARY */
    uint8_t parenthesised; /* written in parentheses: the formatter keeps them */
    uint8_t depth;         /* height of the tree below, at most EXPR_MAX_DEPTH: recursion over it is safe */
    struct span span;
    union { /* of kinds that hold no more than a word, only so much is allocated: nodes are never copied */
        int64_t integer;
        const struct frac *rate;
        const struct money *money;
        struct {
            const char *text; /* unescaped, may hold any byte but NUL */
            uint32_t len;
        } string;
        const struct schedule *schedule;
        atom name;
        struct {
            struct expr *object;
            atom name;
        } member;
        struct {
            struct expr *callee;
            struct expr_list *args;
        } call;
        struct expr *unary;
        struct {
            struct expr *left, *right;
        } binary;
        struct expr_cond {
            struct expr *test, *yes, *no;
        } * cond;
        struct expr_range {
            struct expr *best, *typical, *worst;
        } * range;
        struct expr_list *list;
        struct expr_object {
            uint32_t count;
            struct expr_pair {
                atom key;
                struct span key_span;
                struct expr *value;
            } * pairs;
        } * object;
        struct expr_loop {
            atom name;
            struct expr *source;
            struct expr *filter; /* NULL when there is none */
            struct expr *body;
        } * loop;
    } u;
};

/* An asset has ten of them and more, so they hold nothing that is rarely there. */
struct attr {
    struct attr *next;
    atom name;
    struct expr *value;
    uint32_t name_start; /* see attr_name_span() */
    uint32_t name_len : 30;
    uint32_t is_let : 1;  /* `let x = …`: a local name, not an attribute */
    uint32_t is_loop : 1; /* `for = r in xs`: it is a struct loop_attr */
};

struct loop_attr {
    struct attr attr;
    atom loop_name; /* r */
};

/* `for = r in xs`: r; NULL for an ordinary attribute. */
static inline atom attr_loop_name(const struct attr *attr)
{
    return attr->is_loop ? ((const struct loop_attr *)(const void *)attr)->loop_name : NULL;
}

static inline struct span attr_name_span(const struct attr *attr)
{
    return (struct span){attr->name_start, attr->name_start + attr->name_len};
}

/* Name and value; it has one. */
static inline struct span attr_span(const struct attr *attr)
{
    return span_join(attr_name_span(attr), attr->value->span);
}

struct block {
    struct block *next;
    atom type;                /* "asset" */
    struct expr_list *labels; /* paths (names and members), strings or templates, calls; NULL when there are none */
    atom kind;                /* the dotted path after ':', or NULL */
    struct expr *kind_expr;   /* `: kind(e.kind)`: a call after ':' (kind is NULL then); else NULL */
    struct span type_span;
    struct span kind_span;
    struct span span; /* from the first byte of the type to the closing brace */
    struct attr *attrs;
    struct block *blocks;
    const char *doc; /* text of the `///` lines before it, without the slashes; or NULL */
    bool has_let;    /* one of its attributes is a `let` */
    bool touched;    /* some of what stands directly in it could not be read */
    bool broken;     /* its header could not be read whole, which is reported: labels or kind may be missing */
};

struct import {
    struct import *next;
    const char *path;
    atom prefix; /* `as`; or NULL */
    struct span span;
};

struct file_tree {
    struct source_file *file;
    struct import *imports;
    struct block *blocks;
    uint32_t block_count; /* all blocks, nested too */
};

/* A label's single name ("database"), or NULL when it is missing or not one name. */
atom block_label_name(const struct block *block, uint32_t index);

struct attr *block_attr(const struct block *block, atom name); /* the first of that name, or NULL */

/* `a.b.c` as one atom "a.b.c" when the expression is a path of names, else NULL. */
atom expr_path(const struct expr *expr, struct intern *names);

#endif
