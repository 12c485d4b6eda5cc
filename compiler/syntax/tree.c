/* Questions asked of the syntax tree again and again. */
#include "syntax/tree.h"

#include <string.h>

atom block_label_name(const struct block *block, uint32_t index)
{
    if (!block->labels || index >= block->labels->count || block->labels->items[index]->kind != EXPR_NAME)
        return NULL;
    return block->labels->items[index]->u.name;
}

struct attr *block_attr(const struct block *block, atom name)
{
    for (struct attr *attr = block->attrs; attr; attr = attr->next) {
        if (attr->name == name && !attr->is_let)
            return attr;
    }
    return NULL;
}

static bool add_path(const struct expr *expr, struct strbuf *path)
{
    if (expr->kind == EXPR_NAME) {
        strbuf_addstr(path, expr->u.name);
        return true;
    }
    if (expr->kind != EXPR_MEMBER || !add_path(expr->u.member.object, path))
        return false;
    strbuf_addch(path, '.');
    strbuf_addstr(path, expr->u.member.name);
    return true;
}

atom expr_path(const struct expr *expr, struct intern *names)
{
    struct strbuf path = STRBUF_INIT;
    atom name = NULL;

    if (!expr || (expr->kind != EXPR_NAME && expr->kind != EXPR_MEMBER))
        return NULL;
    if (expr->kind == EXPR_NAME)
        return expr->u.name;
    if (add_path(expr, &path))
        name = intern_add(names, path.data, path.len);
    strbuf_release(&path);
    return name;
}
