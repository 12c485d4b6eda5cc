/* What was edited: everything declared, by id, attribute by attribute. What has another name and is the same otherwise was renamed. */
#include "compare/internal.h"

#include <string.h>

static bool is_written(const char *text)
{
    return text && text[0];
}

/* `replica west` is called after its site, and so otherwise when that is. */
static const char *label_after(struct comparison *c, const char *part)
{
    static const char *const of_sites[] = {"/replica.", "/standby.", "/target."};

    for (size_t i = 0; part && i < sizeof of_sites / sizeof *of_sites; i++) {
        size_t sort = strlen(of_sites[i]);
        const char *name = part + sort, *renamed;
        size_t len = strncmp(part, of_sites[i], sort) == 0 ? strcspn(name, "/") : 0;

        renamed = len ? map_get(&c->renamed, intern_str(c->names, arena_printf(c->arena, "site.%.*s", (int)len, name))) : NULL;
        if (renamed)
            return arena_printf(c->arena, "%s%s%s", of_sites[i], renamed + strlen("site."), name + len);
    }
    return part;
}

const char *id_after(struct comparison *c, const char *id)
{
    const char *slash, *part, *renamed;
    size_t head;

    if (!c->renamed.len)
        return id;
    slash = strchr(id, '/');
    head = slash ? (size_t)(slash - id) : strlen(id);
    renamed = map_get(&c->renamed, intern_add(c->names, id, head));
    part = label_after(c, slash);
    if (!renamed && part == slash)
        return id;
    return arena_printf(c->arena, "%.*s%s", renamed ? (int)strlen(renamed) : (int)head, renamed ? renamed : id, part ? part : "");
}

/* ---- values */

static bool same_items(struct comparison *c, const struct plan_value *a, const struct plan_value *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (!same_value(c, &a[i], &b[i]))
            return false;
    }
    return true;
}

static bool same_pairs(struct comparison *c, const struct plan_pair *a, const struct plan_pair *b, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t j = i;

        if (strcmp(a[i].key, b[i].key) != 0) /* most often they are in the same order */
            for (j = 0; j < count && strcmp(a[i].key, b[j].key) != 0;)
                j++;
        if (j == count || !same_value(c, &a[i].value, &b[j].value))
            return false;
    }
    return true;
}

bool same_value(struct comparison *c, const struct plan_value *a, const struct plan_value *b)
{
    if (a->tag != b->tag || a->shape != b->shape)
        return false;
    switch ((enum plan_shape)a->shape) {
    case PLAN_SHAPE_NULL: return true;
    case PLAN_SHAPE_BOOL: return a->truth == b->truth;
    case PLAN_SHAPE_NUMBER: return a->number == b->number;
    case PLAN_SHAPE_STRING: return strcmp(a->tag == PLAN_TAG_REF ? id_after(c, a->text) : a->text, b->text) == 0;
    case PLAN_SHAPE_ITEMS: return a->count == b->count && same_items(c, a->items, b->items, a->count);
    case PLAN_SHAPE_PAIRS: return a->count == b->count && same_pairs(c, a->pairs, b->pairs, a->count);
    }
    return false;
}

/* Lists of things, whatever their order. */
static bool same_set(struct comparison *c, const struct plan_value *a, const struct plan_value *b)
{
    bool *met;

    if (a->tag != b->tag || a->shape != PLAN_SHAPE_ITEMS || b->shape != PLAN_SHAPE_ITEMS || a->count != b->count)
        return false;
    met = ARENA_ARRAY(c->arena, bool, b->count + 1);
    for (uint32_t i = 0; i < a->count; i++) {
        uint32_t j = 0;

        while (j < b->count && (met[j] || b->items[j].tag != PLAN_TAG_REF || !same_value(c, &a->items[i], &b->items[j])))
            j++;
        if (j == b->count)
            return false;
        met[j] = true;
    }
    return true;
}

bool same_block(struct comparison *c, const struct plan_emitted_block *a, const struct plan_emitted_block *b)
{
    if (!a || !b)
        return a == b;
    if (!same_words(a->type, b->type) || a->labels_count != b->labels_count || a->attributes_count != b->attributes_count ||
        a->blocks_count != b->blocks_count)
        return false;
    for (uint32_t i = 0; i < a->labels_count; i++) {
        if (!same_words(a->labels[i], b->labels[i]))
            return false;
    }
    for (uint32_t i = 0; i < a->attributes_count; i++) {
        const struct plan_value *one = a->attributes[i].value, *other = b->attributes[i].value;

        if (!same_words(a->attributes[i].name, b->attributes[i].name) || !one != !other || (one && !same_value(c, one, other)))
            return false;
    }
    for (uint32_t i = 0; i < a->blocks_count; i++) {
        if (!same_block(c, &a->blocks[i], &b->blocks[i]))
            return false;
    }
    return true;
}

/* ---- names */

static void index_things(struct comparison *c, struct map *map, const struct plan_thing *things, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (is_written(things[i].id))
            map_add(map, c->arena, intern_str(c->names, things[i].id), (void *)(uintptr_t)&things[i]);
    }
}

/* How many attributes of two things are the same, of the `most` of one of them. */
static uint32_t alike(struct comparison *c, const struct plan_thing *a, const struct plan_thing *b, uint32_t *most)
{
    uint32_t same = 0;

    *most = a->attributes.count > b->attributes.count ? a->attributes.count : b->attributes.count;
    for (uint32_t i = 0; i < a->attributes.count; i++) {
        const struct plan_value *other = plan_attribute(b, a->attributes.pairs[i].key);

        same += other && same_value(c, &a->attributes.pairs[i].value, other);
    }
    for (uint32_t i = 0; i < a->blocks_count; i++) {
        for (uint32_t j = 0; j < b->blocks_count; j++)
            same += same_words(a->blocks[i].block, b->blocks[j].block) && same_words(a->blocks[i].name, b->blocks[j].name);
    }
    *most += a->blocks_count > b->blocks_count ? a->blocks_count : b->blocks_count;
    return same;
}

/* `was = NAME`: whoever renamed it says so. */
static void renamed_by_word(struct comparison *c, struct map *taken, const struct map *before, const struct map *after)
{
    for (uint32_t i = 0; i < after->len; i++) {
        const struct plan_thing *thing = after->entries[i].value;
        const struct plan_value *was = plan_attribute(thing, "was");
        const char *old = was && was->shape == PLAN_SHAPE_STRING && thing->block ? arena_printf(c->arena, "%s.%s", thing->block, was->text) : NULL;

        if (!old || map_get(before, after->entries[i].key) || !map_get(before, intern_str(c->names, old)) ||
            map_get(after, intern_str(c->names, old)))
            continue;
        if (map_add(&c->renamed, c->arena, intern_str(c->names, old), (void *)(uintptr_t)thing->id))
            map_add(taken, c->arena, intern_str(c->names, thing->id), (void *)(uintptr_t)thing);
    }
}

enum { ALIKE_OF_3 = 2, RENAMES_MAX = 200 };

/* What is gone and what is new, of one sort and kind, and two thirds of it the same: it was renamed. The likest first come. */
static void find_renamed(struct comparison *c, const struct map *before, const struct map *after)
{
    struct map taken = {0};
    VEC(const struct plan_thing *) gone = {0};
    VEC(const struct plan_thing *) made = {0};

    for (uint32_t i = 0; i < before->len; i++) {
        if (!map_get(after, before->entries[i].key))
            vec_push(c->arena, &gone, before->entries[i].value);
    }
    for (uint32_t i = 0; i < after->len; i++) {
        if (!map_get(before, after->entries[i].key))
            vec_push(c->arena, &made, after->entries[i].value);
    }
    renamed_by_word(c, &taken, before, after);
    if (gone.len > RENAMES_MAX || made.len > RENAMES_MAX)
        return; /* another plan */
    for (uint32_t i = 0; i < gone.len; i++) {
        const struct plan_thing *best = NULL;
        uint32_t most = 0, best_same = 0;

        for (uint32_t j = 0; j < made.len; j++) {
            uint32_t of, same;

            if (map_get(&c->renamed, intern_str(c->names, gone.items[i]->id)))
                break;
            if (!same_words(gone.items[i]->block, made.items[j]->block) || !same_words(gone.items[i]->kind, made.items[j]->kind) ||
                map_get(&taken, intern_str(c->names, made.items[j]->id)))
                continue;
            same = alike(c, gone.items[i], made.items[j], &of);
            if (of && same * 3 >= of * ALIKE_OF_3 && same > best_same) {
                best = made.items[j];
                best_same = same;
                most = of;
            }
        }
        if (!best || !most)
            continue;
        map_add(&taken, c->arena, intern_str(c->names, best->id), (void *)(uintptr_t)best);
        map_add(&c->renamed, c->arena, intern_str(c->names, gone.items[i]->id), (void *)(uintptr_t)best->id);
    }
}

/* ---- edits */

static void add_edit_of(struct comparison *c, const struct compare_edit *edit, const struct plan_value *before, const struct plan_value *after)
{
    const char *slash = strchr(edit->id, '/');
    atom head = intern_add(c->names, edit->id, slash ? (size_t)(slash - edit->id) : strlen(edit->id));
    struct edit_list *list = map_get(&c->edits_of, head);

    if (!list) {
        list = ARENA_NEW(c->arena, struct edit_list);
        map_add(&c->edits_of, c->arena, head, list);
    }
    vec_push(c->arena, &list->items, c->edits.len);
    vec_push(c->arena, &c->edits, *edit);
    vec_push(c->arena, &c->values, ((struct edit_values){before, after}));
}

static void add_edit(struct comparison *c, const struct compare_edit *edit)
{
    add_edit_of(c, edit, NULL, NULL);
}

static const char *words_of(struct comparison *c, const struct plan_value *value)
{
    return value && value->shape != PLAN_SHAPE_NULL ? plan_value_words(c->arena, value) : NULL;
}

static void edit_attribute(struct comparison *c, const struct plan_thing *before, const struct plan_thing *after, const char *key,
                           const struct plan_value *a, const struct plan_value *b)
{
    /* Who is called after whom; which place comes first. */
    bool ordered = strcmp(key, "order") == 0 || strcmp(key, "sites") == 0;

    if ((a && b && same_value(c, a, b)) || strcmp(key, "was") == 0)
        return; /* what it was called is told as its name */
    add_edit_of(c,
                &(struct compare_edit){.id = after->id,
                                       .attribute = key,
                                       .before = words_of(c, a),
                                       .after = words_of(c, b),
                                       .before_at = before->origin,
                                       .after_at = after->origin,
                                       .order = !ordered && a && b && same_set(c, a, b)},
                a, b);
}

static void edit_text(struct comparison *c, const struct plan_thing *before, const struct plan_thing *after, const char *key, const char *a,
                      const char *b)
{
    if (!same_words(is_written(a) ? a : NULL, is_written(b) ? b : NULL))
        add_edit(c, &(struct compare_edit){
                        .id = after->id, .attribute = key, .before = a, .after = b, .before_at = before->origin, .after_at = after->origin});
}

static void edit_blocks(struct comparison *c, const struct plan_thing *before, const struct plan_thing *after);

static void edit_thing(struct comparison *c, const struct plan_thing *before, const struct plan_thing *after)
{
    edit_text(c, before, after, "kind", before->kind, after->kind);
    if (!plan_attribute(before, "title") && !plan_attribute(after, "title"))
        edit_text(c, before, after, "title", before->title, after->title);
    for (uint32_t i = 0; i < before->attributes.count; i++) {
        const struct plan_pair *pair = &before->attributes.pairs[i];

        edit_attribute(c, before, after, pair->key, &pair->value, plan_attribute(after, pair->key));
    }
    for (uint32_t i = 0; i < after->attributes.count; i++) {
        if (!plan_attribute(before, after->attributes.pairs[i].key))
            edit_attribute(c, before, after, after->attributes.pairs[i].key, NULL, &after->attributes.pairs[i].value);
    }
    edit_blocks(c, before, after);
}

static const struct plan_thing *block_like(const struct plan_thing *thing, const char *id)
{
    for (uint32_t i = 0; i < thing->blocks_count; i++) {
        if (same_words(thing->blocks[i].id, id))
            return &thing->blocks[i];
    }
    return NULL;
}

static void edit_blocks(struct comparison *c, const struct plan_thing *before, const struct plan_thing *after)
{
    for (uint32_t i = 0; i < before->blocks_count; i++) {
        const struct plan_thing *block = &before->blocks[i], *other = is_written(block->id) ? block_like(after, id_after(c, block->id)) : NULL;

        if (other)
            edit_thing(c, block, other);
        else if (is_written(block->id))
            add_edit(c, &(struct compare_edit){
                            .id = id_after(c, block->id), .before = block->kind ? block->kind : block->block, .before_at = block->origin});
    }
    for (uint32_t i = 0; i < after->blocks_count; i++) {
        const struct plan_thing *block = &after->blocks[i];
        bool had = !is_written(block->id);

        for (uint32_t j = 0; j < before->blocks_count && !had; j++)
            had = is_written(before->blocks[j].id) && strcmp(id_after(c, before->blocks[j].id), block->id) == 0;
        if (!had)
            add_edit(c, &(struct compare_edit){.id = block->id, .after = block->kind ? block->kind : block->block, .after_at = block->origin});
    }
}

/* ---- the order of declarations: who is first has the first turn, where nothing else decides */

enum { ORDER_NAMED = 3 };

struct sequence {
    VEC(const struct plan_thing *) things;
};

/* What both sides declare of a sort, in the order of one of them. */
static void sequence_of(struct comparison *c, const struct map things[SIDES], enum side side, const char *block, struct sequence *out)
{
    struct map kept = {0};

    for (uint32_t i = 0; side == AFTER && i < things[BEFORE].len; i++) {
        const struct plan_thing *thing = things[BEFORE].entries[i].value;

        map_add(&kept, c->arena, intern_str(c->names, id_after(c, thing->id)), (void *)(uintptr_t)thing);
    }
    for (uint32_t i = 0; i < things[side].len; i++) {
        const struct plan_thing *thing = things[side].entries[i].value;
        const void *other =
            side == BEFORE ? map_get(&things[AFTER], intern_str(c->names, id_after(c, thing->id))) : map_get(&kept, intern_str(c->names, thing->id));

        if (other && same_words(thing->block, block))
            vec_push(c->arena, &out->things, thing);
    }
    map_release(&kept, c->arena);
}

static const char *next_names(struct comparison *c, const struct sequence *sequence, uint32_t from)
{
    const char *names = "";

    for (uint32_t i = from; i < sequence->things.len && i < from + ORDER_NAMED; i++)
        names = arena_printf(c->arena, "%s%s%s", names, i > from ? ", " : "", sequence->things.items[i]->name);
    return from + ORDER_NAMED < sequence->things.len ? arena_printf(c->arena, "%s, …", names) : names;
}

static void find_order(struct comparison *c, const struct map things[SIDES])
{
    static const char *const sorts[] = {"asset", "store", "site", "endpoint", "group", "scenario", "runbook", "person"};

    for (size_t s = 0; c->plan_id && s < sizeof sorts / sizeof *sorts; s++) {
        struct sequence of[SIDES] = {{{0}}};
        uint32_t i = 0;

        sequence_of(c, things, BEFORE, sorts[s], &of[BEFORE]);
        sequence_of(c, things, AFTER, sorts[s], &of[AFTER]);
        while (i < of[BEFORE].things.len && i < of[AFTER].things.len &&
               strcmp(id_after(c, of[BEFORE].things.items[i]->id), of[AFTER].things.items[i]->id) == 0)
            i++;
        if (i < of[BEFORE].things.len && i < of[AFTER].things.len)
            add_edit(c, &(struct compare_edit){.id = c->plan_id,
                                               .attribute = arena_printf(c->arena, "order of each %s", sorts[s]),
                                               .before = next_names(c, &of[BEFORE], i),
                                               .after = next_names(c, &of[AFTER], i),
                                               .before_at = of[BEFORE].things.items[i]->origin,
                                               .after_at = of[AFTER].things.items[i]->origin,
                                               .order = true});
    }
}

void drop_orders(struct comparison *c)
{
    uint32_t *now = ARENA_ARRAY(c->arena, uint32_t, c->edits.len + 1), kept = 0;
    bool *used = ARENA_ARRAY(c->arena, bool, c->edits.len + 1);

    for (uint32_t i = 0; i < c->changes.len; i++) {
        for (uint32_t k = 0; k < c->changes.items[i].cause_count; k++)
            used[c->changes.items[i].causes[k]] = true;
    }
    for (uint32_t i = 0; i < c->edits.len; i++) {
        now[i] = kept;
        if (c->edits.items[i].order && !used[i])
            continue;
        c->edits.items[kept] = c->edits.items[i];
        c->values.items[kept++] = c->values.items[i];
    }
    if (kept == c->edits.len)
        return;
    c->edits.len = c->values.len = kept;
    for (uint32_t i = 0; i < c->changes.len; i++) {
        uint32_t *causes = ARENA_ARRAY(c->arena, uint32_t, c->changes.items[i].cause_count + 1);

        for (uint32_t k = 0; k < c->changes.items[i].cause_count; k++)
            causes[k] = now[c->changes.items[i].causes[k]];
        c->changes.items[i].causes = causes; /* sets may be shared */
    }
}

void find_edits(struct comparison *c)
{
    struct map things[SIDES] = {{0}};

    for (int side = BEFORE; side < SIDES; side++)
        index_things(c, &things[side], c->plan[side]->declared, c->plan[side]->declared_count);
    find_renamed(c, &things[BEFORE], &things[AFTER]);
    for (uint32_t i = 0; i < c->asked->given_count; i++)
        add_edit(c, &c->asked->given[i]);
    /* Another compiler brings another library. */
    if (!same_words(c->plan[BEFORE]->compiler, c->plan[AFTER]->compiler))
        add_edit(c, &(struct compare_edit){
                        .id = "compiler", .attribute = "version", .before = c->plan[BEFORE]->compiler, .after = c->plan[AFTER]->compiler});
    for (uint32_t i = 0; i < things[BEFORE].len; i++) {
        const struct plan_thing *before = things[BEFORE].entries[i].value;
        const char *id = id_after(c, before->id);
        const struct plan_thing *after = map_get(&things[AFTER], intern_str(c->names, id));

        if (!after) {
            add_edit(c, &(struct compare_edit){.id = before->id, .before = before->kind ? before->kind : before->block, .before_at = before->origin});
            continue;
        }
        if (strcmp(before->id, after->id) != 0)
            add_edit(c, &(struct compare_edit){.id = after->id,
                                               .attribute = "name",
                                               .before = before->name,
                                               .after = after->name,
                                               .before_at = before->origin,
                                               .after_at = after->origin,
                                               .was = before->id});
        edit_thing(c, before, after);
    }
    for (uint32_t i = 0; i < things[AFTER].len; i++) {
        const struct plan_thing *after = things[AFTER].entries[i].value;
        bool had = map_get(&things[BEFORE], things[AFTER].entries[i].key) != NULL;

        for (uint32_t j = 0; j < c->renamed.len && !had; j++)
            had = strcmp(c->renamed.entries[j].value, after->id) == 0;
        if (!had)
            add_edit(c, &(struct compare_edit){.id = after->id, .after = after->kind ? after->kind : after->block, .after_at = after->origin});
    }
    find_order(c, things);
}
