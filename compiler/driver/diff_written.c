/* See diff_written.h. */
#include "driver/diff_written.h"

#include <stdlib.h>
#include <string.h>

struct finder {
    struct arena *arena;
    struct session *const *sessions;
    struct written_edits *out;
};

/* ---- texts */

static bool is_of_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static const char *essence(struct arena *arena, const struct session *session, struct span span)
{
    return sources_essence(&session->sources, span, arena);
}

static const char *place_words(const struct session *session, struct span span)
{
    const char *origin = span.start ? sources_origin(&session->sources, span) : "";

    return origin[0] ? origin : NULL;
}

/* ---- blocks of both sides */

static const char *label_of(const struct finder *f, const struct session *session, const struct block *block)
{
    struct strbuf label = STRBUF_INIT;
    const char *copy;

    for (uint32_t i = 0; block->labels && i < block->labels->count; i++)
        strbuf_addf(&label, "%s%s", i ? " " : "", essence(f->arena, session, block->labels->items[i]->span));
    copy = strbuf_dup(&label, f->arena);
    strbuf_release(&label);
    return copy;
}

static struct span before_end(const struct block *block)
{
    return (struct span){block->span.end - 1, block->span.end - 1};
}

static void give(struct finder *f, const char *id, const char *attribute, const struct span span[2], const struct span place[2], bool whole)
{
    struct compare_edit edit = {.id = id, .attribute = attribute};
    struct written written = {.known = true, .whole = whole};

    for (int side = 0; side < 2; side++) {
        bool there = span[side].start != 0;
        const char *words = there ? (whole ? "written" : essence(f->arena, f->sessions[side], span[side])) : NULL;

        if (words && !whole) { /* the value alone */
            const char *equals = strchr(words, '=');

            words = equals ? equals + 1 + (equals[1] == ' ') : words;
        }
        if (side == 0) {
            edit.before = words;
            edit.before_at = there ? place_words(f->sessions[side], span[side]) : NULL;
        } else {
            edit.after = words;
            edit.after_at = there ? place_words(f->sessions[side], span[side]) : NULL;
        }
        written.span[side] = span[side];
        written.place[side] = place[side];
    }
    vec_push(f->arena, &f->out->given, edit);
    vec_push(f->arena, &f->out->written, written);
}

static bool is_like(const struct finder *f, const struct block *a, const struct session *of_a, const struct block *b, const struct session *of_b)
{
    return strcmp(a->type, b->type) == 0 && strcmp(label_of(f, of_a, a), label_of(f, of_b, b)) == 0;
}

enum { LIKE_MAX = 100 };

/* The block that one of a side is on the other. Of several of one name (`emit terraform`) those of the same text belong together, the others in their
 * order. */
static const struct block *block_like(const struct finder *f, const struct block *const lists[2], int side, const struct block *block)
{
    const struct block *like[2][LIKE_MAX], *partner[LIKE_MAX] = {NULL};
    bool met[LIKE_MAX] = {false};
    uint32_t count[2] = {0}, next = 0;

    for (int s = 0; s < 2; s++) {
        for (const struct block *one = lists[s]; one && count[s] < LIKE_MAX; one = one->next) {
            if (is_like(f, one, f->sessions[s], block, f->sessions[side]))
                like[s][count[s]++] = one;
        }
    }
    for (uint32_t i = 0; i < count[0] && count[0] + count[1] > 2; i++) {
        const char *text = essence(f->arena, f->sessions[0], like[0][i]->span);

        for (uint32_t j = 0; j < count[1] && !partner[i]; j++) {
            if (!met[j] && strcmp(text, essence(f->arena, f->sessions[1], like[1][j]->span)) == 0) {
                partner[i] = like[1][j];
                met[j] = true;
            }
        }
    }
    for (uint32_t i = 0; i < count[0]; i++) {
        while (!partner[i] && next < count[1] && met[next])
            next++;
        if (!partner[i] && next < count[1])
            partner[i] = like[1][next++];
        if (side == 0 && like[0][i] == block)
            return partner[i];
        if (side == 1 && partner[i] == block)
            return like[0][i];
    }
    return NULL;
}

static const struct attr *attr_like(const struct block *block, const struct attr *attr)
{
    for (const struct attr *one = block->attrs; one; one = one->next) {
        if (strcmp(one->name, attr->name) == 0 && one->is_let == attr->is_let)
            return one;
    }
    return NULL;
}

/* Attributes and blocks of two blocks that are the same thing. */
static void compare_blocks(struct finder *f, const char *id, const struct block *before, const struct block *after)
{
    const struct block *const blocks[2] = {before, after};
    const struct span place[2] = {before_end(before), before_end(after)};

    for (int side = 0; side < 2; side++) {
        for (const struct attr *attr = blocks[side]->attrs; attr; attr = attr->next) {
            const struct attr *other = attr_like(blocks[!side], attr);
            struct span span[2] = {{0}};

            if ((side == 1 && other) || !attr->value)
                continue;
            span[side] = attr_span(attr);
            if (other && other->value)
                span[!side] = attr_span(other);
            if (!span[0].start || !span[1].start ||
                strcmp(essence(f->arena, f->sessions[0], span[0]), essence(f->arena, f->sessions[1], span[1])) != 0)
                give(f, id, attr->name, span, place, false);
        }
        for (const struct block *block = blocks[side]->blocks; block; block = block->next) {
            const struct block *other = block_like(f, (const struct block *const[2]){before->blocks, after->blocks}, side, block);
            const char *label = label_of(f, f->sessions[side], block);
            const char *inner = arena_printf(f->arena, "%s/%s%s%s", id, block->type, label[0] ? "." : "", label);
            struct span span[2] = {{0}};

            if (side == 1 && other)
                continue;
            span[side] = block->span;
            if (!other)
                give(f, inner, NULL, span, place, true);
            else
                compare_blocks(f, inner, block, other);
        }
    }
}

/* ---- what is in no plan */

struct unpublished {
    const char *id;
    const struct block *block;
    const struct file_tree *tree;
};

struct unpublished_list {
    VEC(struct unpublished) items;
    struct map by_id;
};

static void collect(struct finder *f, int side, struct unpublished_list *list)
{
    const struct session *session = f->sessions[side];

    for (uint32_t i = 0; i < session->files.len; i++) {
        const struct file_tree *tree = session->files.items[i];

        for (const struct block *block = tree->blocks; block; block = block->next) {
            const char *id = NULL;

            if (strcmp(block->type, "kind") == 0 || strcmp(block->type, "rule") == 0 || strcmp(block->type, "param") == 0)
                id = arena_printf(f->arena, "%s.%s", block->type, label_of(f, session, block));
            else if (strcmp(block->type, "default") == 0 && block->kind)
                id = arena_printf(f->arena, "default.%s", block->kind);
            if (!id)
                continue;
            vec_push(f->arena, &list->items, ((struct unpublished){id, block, tree}));
            map_add(&list->by_id, f->arena, intern_str(f->sessions[0]->names, id), (void *)(uintptr_t)(list->items.len));
        }
    }
}

/* Files of the library that both have are read once, and are the same. */
static bool is_same_file(const struct file_tree *a, const struct file_tree *b)
{
    return a->file->len == b->file->len && (a->file->text == b->file->text || memcmp(a->file->text, b->file->text, a->file->len) == 0);
}

/* What parameters hold in the end, by -D, from a file, or by default. */
static void compare_parameters(struct finder *f)
{
    const struct model *before = &f->sessions[0]->model, *after = &f->sessions[1]->model;

    for (uint32_t i = 0; i < before->declared[BLOCK_PARAM].list.len; i++) {
        const struct entity *entity = before->declared[BLOCK_PARAM].list.items[i];
        const struct entity *other = model_find(after, BLOCK_PARAM, intern_str(after->names, entity->name));
        struct value values[2];
        const char *words[2];
        struct compare_edit edit = {0};
        struct written written = {0};

        if (!other)
            continue;
        for (int side = 0; side < 2; side++) {
            const struct entity *here = side ? other : entity;

            values[side] = entity_slot(here, PARAM_default);
            words[side] = value_text(values[side], f->arena);
            if (here->tree && block_attr(here->tree, intern_str(f->sessions[side]->names, "default"))) {
                written.span[side] = attr_span(block_attr(here->tree, intern_str(f->sessions[side]->names, "default")));
                written.known = values[side].origin >= written.span[side].start && values[side].origin < written.span[side].end;
            } else {
                written.known = false;
            }
        }
        if (strcmp(words[0], words[1]) == 0)
            continue;
        written.known = written.known && written.span[0].start && written.span[1].start;
        edit = (struct compare_edit){.id = arena_printf(f->arena, "param.%s", entity->name),
                                     .attribute = "value",
                                     .before = words[0],
                                     .after = words[1],
                                     .before_at = place_words(f->sessions[0], (struct span){values[0].origin, values[0].origin}),
                                     .after_at = place_words(f->sessions[1], (struct span){values[1].origin, values[1].origin})};
        vec_push(f->arena, &f->out->given, edit);
        vec_push(f->arena, &f->out->written, written);
    }
}

void find_written(struct arena *arena, struct session *const sessions[2], struct written_edits *out)
{
    struct finder f = {arena, sessions, out};
    struct unpublished_list lists[2];

    memset(lists, 0, sizeof lists);
    compare_parameters(&f);
    collect(&f, 0, &lists[0]);
    collect(&f, 1, &lists[1]);
    for (int side = 0; side < 2; side++) {
        for (uint32_t i = 0; i < lists[side].items.len; i++) {
            const struct unpublished *one = &lists[side].items.items[i];
            uintptr_t at = (uintptr_t)map_get(&lists[!side].by_id, intern_str(sessions[0]->names, one->id));
            const struct unpublished *other = at ? &lists[!side].items.items[at - 1] : NULL;
            struct span span[2] = {{0}}, place[2] = {{0}};

            if (other && strcmp(one->block->type, "param") == 0)
                continue; /* what it holds in the end is compared */
            if (other && (side == 1 || is_same_file(one->tree, other->tree)))
                continue;
            if (other) {
                compare_blocks(&f, one->id, one->block, other->block);
                continue;
            }
            if (one->tree->file->is_std)
                continue; /* another library of ours: which files are imported is told by what they make of the plan */
            span[side] = one->block->span;
            give(&f, one->id, NULL, span, place, true);
            f.out->written.items[f.out->written.len - 1].known = false;
        }
    }
}

/* ---- where an edit of a plan is written */

static const struct entity *child_called(const struct entity *entity, const char *name, size_t len)
{
    for (uint32_t i = 0, number = 0; i < entity->child_count; i++) {
        const struct entity *child = entity->children[i];
        size_t sort = strlen(child->schema->name);

        if (strncmp(child->schema->name, name, sort) != 0 || (len > sort && name[sort] != '.'))
            continue;
        number++;
        if (len == sort || (strlen(child->name) == len - sort - 1 && strncmp(child->name, name + sort + 1, len - sort - 1) == 0))
            return child;
        if (!child->name[0] && len > sort && (uint32_t)strtoul(name + sort + 1, NULL, 10) == number)
            return child;
    }
    return NULL;
}

/* What an id of a plan is called by: BLOCK.NAME/BLOCK.NAME. NULL where nothing is. */
static const struct entity *entity_of(const struct session *session, struct arena *arena, const char *id)
{
    size_t len = strcspn(id, "/"), sort = strcspn(id, "./");
    const struct block_schema *schema = map_get(&session->model.schema_by_name, intern_add(session->names, id, sort));
    const struct entity *entity = NULL;

    (void)arena;
    if (schema && sort < len)
        entity = model_find(&session->model, (enum block_id)schema->id, intern_add(session->names, id + sort + 1, len - sort - 1));
    while (entity && id[len]) {
        id += len + 1;
        len = strcspn(id, "/");
        entity = child_called(entity, id, len);
    }
    return entity;
}

static bool is_inside(uint32_t offset, struct span span)
{
    return span.start && offset >= span.start && offset < span.end;
}

/* `param.NAME` stands in a text as a word of its own. */
static bool mentions(const char *text, const char *id)
{
    size_t len = strlen(id);

    for (const char *at = strstr(text, id); at; at = strstr(at + 1, id)) {
        char next = at[len];

        if (!is_of_word(next) && (at == text || (!is_of_word(at[-1]) && at[-1] != '.')))
            return true;
    }
    return false;
}

static uint32_t kind_source_of(struct finder *f, const struct compare_edit *edit, const struct entity *entity)
{
    for (const struct kind_info *kind = entity ? entity->kind : NULL; kind; kind = kind->base) {
        const char *id = arena_printf(f->arena, "kind.%s/attribute.%s", kind->entity->name, edit->attribute);

        for (uint32_t i = 0; i < f->out->given.len; i++) {
            if (strcmp(f->out->given.items[i].id, id) == 0)
                return i + 1;
        }
    }
    return 0;
}

/* The given edit that an attribute comes from: of a `default` block that holds its text, of a parameter that its text names, of what its kind says
 * where nothing is written. */
static uint32_t source_of(struct finder *f, const struct compare_edit *edit, const struct entity *const entities[2], const uint32_t origins[2],
                          const struct written *written)
{
    for (uint32_t i = 0; i < f->out->given.len; i++) {
        const struct written *source = &f->out->written.items[i];

        for (int side = 0; side < 2; side++) {
            if (is_inside(origins[side], source->span[side]) && strncmp(f->out->given.items[i].id, "default.", 8) == 0)
                return i + 1;
        }
    }
    for (uint32_t i = 0; i < f->out->given.len && edit->attribute; i++) {
        if (strncmp(f->out->given.items[i].id, "param.", 6) == 0 && written->span[1].start &&
            mentions(essence(f->arena, f->sessions[1], written->span[1]), f->out->given.items[i].id))
            return i + 1;
    }
    return kind_source_of(f, edit, entities[1] ? entities[1] : entities[0]);
}

static void place_attribute(struct finder *f, struct compare_edit *edit, const struct entity *const entities[2], struct written *written)
{
    uint32_t origins[2] = {0};
    bool same;

    for (int side = 0; side < 2; side++) {
        const struct entity *entity = entities[side];
        int row = entity ? entity_row(entity, intern_str(f->sessions[side]->names, edit->attribute)) : -1;
        const struct attr *attr = entity && entity->tree ? block_attr(entity->tree, intern_str(f->sessions[side]->names, edit->attribute)) : NULL;
        const char *at;

        if (attr && attr->value)
            written->span[side] = attr_span(attr);
        if (entity && entity->tree)
            written->place[side] = before_end(entity->tree);
        origins[side] = written->span[side].start                                                        ? written->span[side].start
                        : row >= 0 && !(entity->slots[row].defaulted == 1 && !entity->slots[row].origin) ? entity->slots[row].origin
                                                                                                         : 0;
        at = origins[side] ? place_words(f->sessions[side], (struct span){origins[side], origins[side]}) : NULL;
        if (at && side == 0)
            edit->before_at = at;
        else if (at)
            edit->after_at = at;
    }
    same = written->span[0].start && written->span[1].start &&
           strcmp(essence(f->arena, f->sessions[0], written->span[0]), essence(f->arena, f->sessions[1], written->span[1])) == 0;
    written->known =
        (written->span[0].start || written->span[1].start) && !same && entities[0] && entities[1] && entities[0]->tree && entities[1]->tree;
    if (!written->known || same)
        edit->through = source_of(f, edit, entities, origins, written);
}

static void place_block(struct finder *f, const struct compare_edit *edit, const struct entity *const entities[2], struct written *written)
{
    int there = entities[0] ? 0 : 1;
    const struct entity *entity = entities[there];
    const char *slash = strrchr(edit->id, '/');
    const struct entity *parent = NULL;

    written->whole = true;
    if (!entity || !entity->tree || entities[!there])
        return;
    written->span[there] = entity->tree->span;
    if (slash) {
        parent = entity_of(f->sessions[!there], f->arena, arena_strndup(f->arena, edit->id, (size_t)(slash - edit->id)));
        if (!parent || !parent->tree)
            return;
        written->place[!there] = before_end(parent->tree);
    } else { /* at the end of the file of the same name, else of the last that is no library's */
        const struct source_file *file = sources_file_at(&f->sessions[there]->sources, entity->tree->span.start);
        const struct sources *sources = &f->sessions[!there]->sources;
        const char *name = file && strrchr(file->name, '/') ? strrchr(file->name, '/') + 1 : file ? file->name : "";

        for (uint32_t i = 0; i < sources->files.len; i++) {
            const struct source_file *other = sources->files.items[i];
            const char *called = strrchr(other->name, '/') ? strrchr(other->name, '/') + 1 : other->name;

            if (!other->is_std && strcmp(called, name) == 0)
                written->place[!there] = (struct span){other->base + other->len, other->base + other->len};
        }
        if (!written->place[!there].end)
            return;
    }
    written->known = true;
}

enum { PLACES_MAX = 5000 };

/* What is inside of something that has another name had another id. */
static const char *id_before(const struct finder *f, const struct compare_report *report, const struct compare_edit *edit)
{
    size_t head = strcspn(edit->id, "/");

    if (edit->was)
        return edit->was;
    for (uint32_t i = 0; i < report->edit_count; i++) {
        const struct compare_edit *name = &report->edits[i];

        if (name->was && strlen(name->id) == head && strncmp(name->id, edit->id, head) == 0)
            return arena_printf(f->arena, "%s%s", name->was, edit->id + head);
    }
    return edit->id;
}

void written_places(struct arena *arena, struct session *const sessions[2], struct compare_report *report, struct written_edits *edits)
{
    struct finder f = {arena, sessions, edits};
    uint32_t given = edits->given.len;

    if (report->edit_count > PLACES_MAX)
        return; /* nobody reads so many */
    for (uint32_t i = given; i < report->edit_count; i++) {
        struct compare_edit *edit = &report->edits[i];
        const struct entity *entities[2] = {entity_of(sessions[0], arena, id_before(&f, report, edit)), entity_of(sessions[1], arena, edit->id)};
        struct written written = {0};

        if (!edit->was && edit->attribute)
            place_attribute(&f, edit, entities, &written);
        else if (!edit->was)
            place_block(&f, edit, entities, &written);
        vec_push(arena, &edits->written, written);
    }
}
