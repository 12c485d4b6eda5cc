/* Changes of a block's text: as small as they can be, in the form the text round them has.
 *
 * An attribute or a block is put behind what stands in the block already: on a line of its own where the next thing stands on another
 * line, else on the same one. */
#include "analysis/repair/repair.h"

#include "base/strbuf.h"
#include "sema/eval.h" /* the tree, too */

#include <string.h>

static const struct source_file *file_of(const struct repair_list *list, struct span span)
{
    const struct source_file *file = sources_file_at(list->plan->model->sources, span.start);

    return file && !file->is_std ? file : NULL;
}

static const char *at(const struct source_file *file, uint32_t offset)
{
    return file->text + (offset - file->base);
}

static const struct attr *attr_of(const struct repair_list *list, const struct entity *entity, const char *name)
{
    return entity->tree ? block_attr(entity->tree, intern_str(list->plan->model->names, name)) : NULL;
}

bool edit_names(const struct repair_list *list, const struct entity *entity)
{
    const struct source_file *file = entity->tree ? file_of(list, entity->tree->span) : NULL;

    return file && !file->prefix;
}

/* Where the last thing in the block ends; 0 when there is none. *first: where the first begins. */
static uint32_t last_end(const struct block *block, uint32_t *first)
{
    uint32_t end = 0;

    *first = UINT32_MAX;
    for (const struct attr *attr = block->attrs; attr; attr = attr->next) {
        end = attr->value && attr->value->span.end > end ? attr->value->span.end : end;
        *first = attr->name_start < *first ? attr->name_start : *first;
    }
    for (const struct block *child = block->blocks; child; child = child->next) {
        end = child->span.end > end ? child->span.end : end;
        *first = child->span.start < *first ? child->span.start : *first;
    }
    return end;
}

/* The white space a line begins with when `offset` is the first thing on it; NULL when something stands before. */
static const char *indent_of(const struct repair_list *list, const struct source_file *file, uint32_t offset)
{
    const char *end = at(file, offset), *from = end;

    while (from > file->text && (from[-1] == ' ' || from[-1] == '\t'))
        from--;
    return from == file->text || from[-1] == '\n' ? arena_strndup(list->arena, from, (size_t)(end - from)) : NULL;
}

/* `item` as one more thing of the block, behind everything in it. */
static bool add_item(const struct repair_list *list, const struct block *block, const char *item, struct edit *out)
{
    const struct source_file *file = file_of(list, block->span);
    uint32_t first, end = last_end(block, &first);
    const char *indent, *line_end, *next;

    if (!file || at(file, block->span.end)[-1] != '}')
        return false;
    if (!end) {
        out->span.start = out->span.end = block->span.end - 1;
        out->text = arena_printf(list->arena, "%s%s ", at(file, block->span.end)[-2] == ' ' ? "" : " ", item);
        return true;
    }
    next = at(file, end);
    while (*next == ' ' || *next == '\t' || *next == ';' || *next == '\r')
        next++;
    line_end = strchr(at(file, end), '\n');
    indent = indent_of(list, file, first);
    /* A comment may stand behind the last thing; one that may go on over the line end is left alone. */
    if (line_end && line_end < at(file, block->span.end) && (*next == '\n' || *next == '#' || (next[0] == '/' && next[1] == '/'))) {
        if (!indent) {
            const char *outer = indent_of(list, file, block->span.start);

            indent = arena_printf(list->arena, "%s  ", outer ? outer : "");
        }
        if (line_end > file->text && line_end[-1] == '\r')
            line_end--;
        out->span.start = out->span.end = file->base + (uint32_t)(line_end - file->text);
        out->text = arena_printf(list->arena, "\n%s%s", indent, item);
        return true;
    }
    out->span.start = out->span.end = end;
    out->text = arena_printf(list->arena, "  %s%s", item, *at(file, end) == ' ' || *at(file, end) == '\n' ? "" : " ");
    return true;
}

/* An inventory's block is the text of all its assets: what is right for one of them need not be for the others. */
static bool is_shared(const struct entity *entity)
{
    return !entity->tree || strcmp(entity->tree->type, "inventory") == 0 || strcmp(entity->tree->type, "default") == 0;
}

/* A block inside of such a block, or one that `default` gave to a thing with a block of its own. */
static bool is_in_shared(const struct entity *entity)
{
    for (; entity->parent; entity = entity->parent) {
        const struct block *inner = entity->tree, *outer = entity->parent->tree;

        if (is_shared(entity->parent) || !inner || inner->span.start < outer->span.start || inner->span.end > outer->span.end)
            return true;
    }
    return false;
}

static bool mark_shared(const struct entity *entity, struct edit *out)
{
    out->for_all = is_in_shared(entity);
    return true;
}

/* What each of them says for itself is not overwritten for all. */
static bool is_own_value(const struct entity *entity, const struct attr *attr)
{
    int row = entity_row(entity, attr->name);
    struct span span = row < 0 ? attr->value->span : entity_attr_span(entity, (uint32_t)row);

    return span.start > attr->value->span.end || span.end < attr->value->span.start;
}

bool edit_set(const struct repair_list *list, const struct entity *entity, const char *attribute, const char *value, struct edit *out)
{
    const struct attr *attr = attr_of(list, entity, attribute);

    if (is_shared(entity) || !file_of(list, entity->tree->span))
        return false;
    if (!attr)
        return add_item(list, entity->tree, arena_printf(list->arena, "%s = %s", attribute, value), out) && mark_shared(entity, out);
    if (!attr->value || attr->is_let || is_own_value(entity, attr))
        return false;
    *out = (struct edit){attr->value->span, value, is_in_shared(entity)};
    return true;
}

bool edit_add_block(const struct repair_list *list, const struct entity *entity, const char *text, struct edit *out)
{
    return !is_shared(entity) && add_item(list, entity->tree, text, out) && mark_shared(entity, out);
}

bool edit_add_name(const struct repair_list *list, const struct entity *entity, const char *attribute, const char *name, struct edit *out)
{
    const struct attr *attr = attr_of(list, entity, attribute);
    const struct expr_list *items;

    if (is_shared(entity) || !edit_names(list, entity))
        return false;
    if (!attr) {
        int row = entity_row(entity, intern_str(list->plan->model->names, attribute));
        struct value inherited = row < 0 ? value_unknown() : entity_slot(entity, (uint32_t)row);

        /* What a `default` block gave would be lost. */
        if (inherited.type == VALUE_LIST && inherited.u.list->count)
            return false;
        return add_item(list, entity->tree, arena_printf(list->arena, "%s = [%s]", attribute, name), out) && mark_shared(entity, out);
    }
    if (!attr->value || attr->value->kind != EXPR_LIST || attr->value->parenthesised)
        return false;
    items = attr->value->u.list;
    if (!items || !items->count) {
        *out = (struct edit){attr->value->span, arena_printf(list->arena, "[%s]", name), is_in_shared(entity)};
        return true;
    }
    out->span.start = out->span.end = items->items[items->count - 1]->span.end;
    out->text = arena_printf(list->arena, ", %s", name);
    return mark_shared(entity, out);
}

bool edit_soften(const struct repair_list *list, const struct entity *entity, const char *name, struct edit *out)
{
    const struct attr *needs = attr_of(list, entity, "needs"), *uses = attr_of(list, entity, "uses");
    const struct source_file *file = entity->tree ? file_of(list, entity->tree->span) : NULL;
    struct strbuf text = STRBUF_INIT;
    bool found = false;

    if (is_shared(entity) || !file || file->prefix || !needs || !needs->value || needs->value->kind != EXPR_LIST || !needs->value->u.list)
        return false;
    if (uses && (!uses->value || uses->value->kind != EXPR_LIST))
        return false;
    if (!uses) {
        int row = entity_row(entity, intern_str(list->plan->model->names, "uses"));
        struct value inherited = row < 0 ? value_unknown() : entity_slot(entity, (uint32_t)row);

        if (inherited.type == VALUE_LIST && inherited.u.list->count)
            return false;
    }
    for (uint32_t i = 0; i < needs->value->u.list->count; i++) {
        const struct expr *item = needs->value->u.list->items[i];
        const char *path = expr_path(item, list->plan->model->names);

        if (path && (strcmp(path, name) == 0 || (strncmp(path, "asset.", 6) == 0 && strcmp(path + 6, name) == 0))) {
            found = true;
            continue;
        }
        strbuf_addf(&text, "%s%.*s", text.len ? ", " : "", (int)(item->span.end - item->span.start), at(file, item->span.start));
    }
    if (found && !uses) {
        out->for_all = false;
        out->span = attr_span(needs);
        out->text = text.len ? arena_printf(list->arena, "needs = [%s]  uses = [%s]", strbuf_str(&text), name)
                             : arena_printf(list->arena, "uses = [%s]", name);
    } else if (found) {
        /* One change over both attributes and what stands between them. */
        struct span uses_span = uses->value->span, needs_span = needs->value->span;
        const struct expr_list *soft = uses->value->u.list;
        bool first = needs_span.start < uses_span.start;
        struct strbuf list_text = STRBUF_INIT;
        const char *hard = arena_printf(list->arena, "[%s]", strbuf_str(&text)), *between;

        for (uint32_t i = 0; soft && i < soft->count; i++)
            strbuf_addf(&list_text, "%.*s, ", (int)(soft->items[i]->span.end - soft->items[i]->span.start), at(file, soft->items[i]->span.start));
        strbuf_addf(&list_text, "%s", name);
        between = first ? arena_strndup(list->arena, at(file, needs_span.end), uses_span.start - needs_span.end)
                        : arena_strndup(list->arena, at(file, uses_span.end), needs_span.start - uses_span.end);
        out->for_all = false;
        out->span = span_join(needs_span, uses_span);
        out->text = first ? arena_printf(list->arena, "%s%s[%s]", hard, between, strbuf_str(&list_text))
                          : arena_printf(list->arena, "[%s]%s%s", strbuf_str(&list_text), between, hard);
        strbuf_release(&list_text);
    }
    strbuf_release(&text);
    return found;
}
