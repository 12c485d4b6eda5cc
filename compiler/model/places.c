/* Sets of sites, as a graph: a leaf is a site, any other node the union of two. */
#include "model/places.h"

#include <string.h>

enum {
    SET_ANY = 1,       /* there were too many sets: may be any site */
    SET_NAMED = 2,     /* said to lead nowhere, whatever it looks like */
    SET_MAX = 1 << 22, /* `places` of a value has so many bits */
    RECENT = 256,      /* unions made last, so that the same one is mostly the same number */
    LEAF = UINT32_MAX
};

struct places {
    struct node {
        uint32_t left, right; /* of a leaf: the number of the site, LEAF */
        uint32_t seen;        /* the search that visited it last */
    } * nodes;
    uint32_t count, cap;
    uint32_t *of_site; /* by number of the site: its leaf; 0: none yet */
    uint32_t site_cap;
    uint32_t search;
    uint32_t recent[RECENT];
    VEC(uint32_t) stack;
};

static struct places *places(struct model *model)
{
    if (!model->places) {
        model->places = ARENA_NEW(model->arena, struct places);
        model->places->cap = 64;
        model->places->nodes = ARENA_ARRAY(model->arena, struct node, 64);
        model->places->count = SET_NAMED + 1;
    }
    return model->places;
}

static uint32_t add_node(struct model *model, uint32_t left, uint32_t right)
{
    struct places *p = places(model);

    if (p->count >= SET_MAX)
        return SET_ANY;
    if (p->count == p->cap) {
        p->nodes = arena_grow(model->arena, p->nodes, p->cap * sizeof *p->nodes, p->cap * 2 * sizeof *p->nodes);
        p->cap *= 2;
    }
    p->nodes[p->count] = (struct node){left, right, 0};
    return p->count++;
}

uint32_t places_of(struct model *model, const struct entity *site)
{
    struct places *p = places(model);
    uint32_t cap = p->site_cap;

    if (site->index >= cap) {
        while (site->index >= cap)
            cap = cap ? cap * 2 : 64;
        p->of_site = arena_grow(model->arena, p->of_site, p->site_cap * sizeof *p->of_site, cap * sizeof *p->of_site);
        memset(p->of_site + p->site_cap, 0, (cap - p->site_cap) * sizeof *p->of_site);
        p->site_cap = cap;
    }
    if (!p->of_site[site->index])
        p->of_site[site->index] = add_node(model, site->index, LEAF);
    return p->of_site[site->index];
}

uint32_t places_join(struct model *model, uint32_t a, uint32_t b)
{
    struct places *p;
    uint32_t *recent;

    if (!b || a == b || a == SET_ANY || (b == SET_NAMED && a))
        return a;
    if (!a || b == SET_ANY || a == SET_NAMED)
        return b;
    p = places(model);
    recent = &p->recent[(a * 31 + b) % RECENT];
    if (*recent && p->nodes[*recent].left == a && p->nodes[*recent].right == b)
        return *recent;
    /* What was joined with it before has it already. */
    if (p->nodes[a].right == b || (p->nodes[a].right != LEAF && p->nodes[a].left == b))
        return a;
    if (p->nodes[b].right == a || (p->nodes[b].right != LEAF && p->nodes[b].left == a))
        return b;
    return *recent = add_node(model, a, b);
}

uint32_t places_in(struct model *model, struct value value)
{
    uint32_t set = value.places;

    if (value.type == VALUE_LIST) {
        for (uint32_t i = 0; i < value.u.list->count; i++)
            set = places_join(model, set, places_in(model, value.u.list->items[i]));
    } else if (value.type == VALUE_OBJECT) {
        for (uint32_t i = 0; i < value.u.object->count; i++)
            set = places_join(model, set, places_in(model, value.u.object->pairs[i].value));
    } else if (value.type == VALUE_ENTITY && value.u.entity->schema->id == BLOCK_SITE) {
        set = places_of(model, value.u.entity);
    }
    return set;
}

/* `set`: what each text in it gets besides; `keep`: what it has already. */
static struct value with(struct model *model, struct value value, uint32_t set, bool keep)
{
    switch ((enum value_type)value.type) {
    case VALUE_LIST: {
        struct value_list *list = ARENA_NEW(model->arena, struct value_list);

        list->count = value.u.list->count;
        list->inside = value.u.list->inside;
        list->items = ARENA_ARRAY(model->arena, struct value, list->count);
        for (uint32_t i = 0; i < list->count; i++)
            list->items[i] = with(model, value.u.list->items[i], set, keep);
        value.u.list = list;
        return value;
    }
    case VALUE_OBJECT: {
        struct value_object *object = ARENA_NEW(model->arena, struct value_object);

        object->count = value.u.object->count;
        object->inside = value.u.object->inside;
        object->pairs = ARENA_ARRAY(model->arena, struct value_pair, object->count);
        for (uint32_t i = 0; i < object->count; i++) {
            object->pairs[i].key = value.u.object->pairs[i].key;
            object->pairs[i].value = with(model, value.u.object->pairs[i].value, set, keep);
        }
        value.u.object = object;
        return value;
    }
    case VALUE_TEXT:
    case VALUE_SHELL: {
        struct value_text *text = ARENA_NEW(model->arena, struct value_text);

        text->count = value.u.text->count;
        text->parts = ARENA_ARRAY(model->arena, struct text_part, text->count);
        for (uint32_t i = 0; i < text->count; i++) {
            text->parts[i] = value.u.text->parts[i];
            if (!text->parts[i].literal)
                text->parts[i].value = with(model, text->parts[i].value, set, keep);
        }
        value.u.text = text;
        break;
    }
    case VALUE_STRING:
    case VALUE_WORD:
    case VALUE_INT:
    case VALUE_DECIMAL:
    case VALUE_RUNTIME: break;
    default: return value;
    }
    value.places = places_join(model, keep ? value.places : 0, set) & (SET_MAX - 1);
    return value;
}

struct value places_add(struct model *model, struct value value, uint32_t set)
{
    return set ? with(model, value, set, true) : value;
}

struct value places_drop(struct model *model, struct value value)
{
    /* A thing that stands as a word is its name; as that it is still a thing to everything else. */
    if (value.type == VALUE_ENTITY && value.u.entity->schema->id == BLOCK_SITE)
        value = value_string(value.u.entity->name);
    return with(model, value, SET_NAMED, false);
}

struct entity *places_find(struct model *model, uint32_t set, bool (*visit)(void *context, struct entity *site), void *context)
{
    struct places *p = places(model);

    if (set == SET_ANY) {
        for (uint32_t i = 0; i < model->declared[BLOCK_SITE].list.len; i++) {
            if (visit(context, model->declared[BLOCK_SITE].list.items[i]))
                return model->declared[BLOCK_SITE].list.items[i];
        }
        return NULL;
    }
    if (!set || set == SET_NAMED)
        return NULL;
    p->search++;
    p->stack.len = 0;
    vec_push(model->arena, &p->stack, set);
    while (p->stack.len) {
        struct node *node = &p->nodes[p->stack.items[--p->stack.len]];

        if (node->seen == p->search)
            continue;
        node->seen = p->search;
        if (node->right != LEAF) {
            vec_push(model->arena, &p->stack, node->right);
            vec_push(model->arena, &p->stack, node->left);
        } else if (visit(context, model->declared[BLOCK_SITE].list.items[node->left])) {
            return model->declared[BLOCK_SITE].list.items[node->left];
        }
    }
    return NULL;
}

/* ---------------------------------------------------------------- two declarations of one place */

const char *place_address(const struct entity *site)
{
    for (uint32_t slot = site->schema->row_count; slot < site->slot_count; slot++) {
        const struct attr_row *info = entity_row_info(site, slot);
        struct value value = entity_slot(site, slot);

        if (info && info->flags & ROW_ADDRESS && value.type == VALUE_STRING && value.u.string[0])
            return value.u.string;
    }
    return NULL;
}

bool places_are_one(const struct entity *a, const struct entity *b)
{
    const char *here = a->kind && a->kind == b->kind ? place_address(a) : NULL, *there = here ? place_address(b) : NULL;
    struct value level = value_unknown();

    if (a == b)
        return true;
    for (const struct kind_info *kind = a->kind; there && kind && level.type != VALUE_WORD; kind = kind->base)
        level = entity_slot(kind->entity, KIND_level);
    return there && strcmp(here, there) == 0 && level.type == VALUE_WORD && strcmp(level.u.word, "host") != 0;
}
