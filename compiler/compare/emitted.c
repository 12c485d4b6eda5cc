/* What kinds emit: blocks that are created, changed, destroyed, replaced (made anew under another address), or moved (where a `moved` block says
 * so). */
#include "compare/internal.h"

#include <string.h>

/* A fact is a variable that holds a value. */
static const char *value_words(struct comparison *c, const struct plan_value *value)
{
    for (uint32_t i = 0; value && value->tag == PLAN_TAG_FACT && value->shape == PLAN_SHAPE_PAIRS && i < value->count; i++) {
        if (same_words(value->pairs[i].key, "value"))
            return value_words(c, &value->pairs[i].value);
    }
    return value ? plan_value_words(c->arena, value) : NULL;
}

static const char *address_of(struct comparison *c, const struct plan_emission *emission)
{
    struct strbuf out = STRBUF_INIT;
    const char *text;

    strbuf_addstr(&out, emission->block->type ? emission->block->type : "");
    for (uint32_t i = 0; i < emission->block->labels_count; i++)
        strbuf_addf(&out, " %s", emission->block->labels[i] ? emission->block->labels[i] : "");
    for (uint32_t i = 0; i < emission->block->attributes_count && !emission->block->labels_count; i++) {
        if (same_words(emission->block->attributes[i].name, "to")) /* what has no label is called by what it is for */
            strbuf_addf(&out, " %s", value_words(c, emission->block->attributes[i].value));
    }
    text = strbuf_dup(&out, c->arena);
    strbuf_release(&out);
    return text;
}

static const char *key_of_emission(struct comparison *c, const struct plan_emission *emission)
{
    return arena_printf(c->arena, "%s %d %s %s %s", emission->target ? emission->target : "", (int)emission->root,
                        emission->site && emission->site->name ? emission->site->name : "", emission->example ? "example" : "",
                        address_of(c, emission));
}

/* Blocks of one key: what has no label of its own may stand there several times. */
struct alike {
    VEC(const struct plan_emission *) items[SIDES];
};

struct emitted {
    struct comparison *c;
    struct map keys; /* key -> struct alike */
    VEC(const struct plan_emission *) gone;
    VEC(const struct plan_emission *) made;
};

static bool is_resource(const struct plan_emission *emission)
{
    return same_words(emission->block->type, "resource");
}

static struct about about_emission(struct comparison *c, const struct plan_emission *a, const struct plan_emission *b)
{
    const struct plan_emission *any = b ? b : a;
    struct about about = about_of(c, any->target, address_of(c, any), a ? a->subject : NULL, b ? b->subject : NULL);

    about.at[BEFORE] = a ? a->block->origin : NULL;
    about.at[AFTER] = b ? b->block->origin : NULL;
    return about;
}

/* ---- what differs inside */

enum { PARTS_MAX = 20 };

struct differences {
    VEC(struct compare_part) items;
};

static void add_difference(struct comparison *c, struct differences *found, const char *path, const char *name, const struct plan_value *a,
                           const struct plan_value *b, const char *before_at, const char *after_at)
{
    struct compare_part part;

    if (found->items.len >= PARTS_MAX)
        return;
    part = (struct compare_part){.what = arena_printf(c->arena, "`%s%s`", path, name ? name : ""),
                                 .before = value_words(c, a),
                                 .after = value_words(c, b),
                                 .before_at = before_at,
                                 .after_at = after_at};
    vec_push(c->arena, &found->items, part);
}

static void differ(struct comparison *c, struct differences *found, const char *path, const struct plan_emitted_block *a,
                   const struct plan_emitted_block *b)
{
    for (uint32_t i = 0; i < a->attributes_count; i++) {
        const struct plan_emitted_attribute *one = &a->attributes[i], *other = NULL;

        for (uint32_t j = 0; j < b->attributes_count && !other; j++)
            other = same_words(one->name, b->attributes[j].name) ? &b->attributes[j] : NULL;
        if (!other || !one->value != !other->value || (one->value && !same_value(c, one->value, other->value)))
            add_difference(c, found, path, one->name, one->value, other ? other->value : NULL, one->origin, other ? other->origin : NULL);
    }
    for (uint32_t j = 0; j < b->attributes_count; j++) {
        bool had = false;

        for (uint32_t i = 0; i < a->attributes_count && !had; i++)
            had = same_words(a->attributes[i].name, b->attributes[j].name);
        if (!had)
            add_difference(c, found, path, b->attributes[j].name, NULL, b->attributes[j].value, NULL, b->attributes[j].origin);
    }
    for (uint32_t i = 0; i < a->blocks_count && i < b->blocks_count; i++)
        differ(c, found, arena_printf(c->arena, "%s%s.", path, a->blocks[i].type ? a->blocks[i].type : ""), &a->blocks[i], &b->blocks[i]);
}

static void tell_changed(struct comparison *c, const struct plan_emission *a, const struct plan_emission *b)
{
    struct about about = about_emission(c, a, b);
    struct compare_change *change;
    struct differences found = {{0}};

    change = add_change(c, &about, "content", "written", "another", COMPARE_NEITHER, CHANGE_NO_RULE);
    differ(c, &found, "", a->block, b->block);
    change->parts = found.items.items;
    change->part_count = found.items.len;
    causes_of_thing(c, change, a->subject, b->subject);
}

/* ---- which is which */

static void collect(struct emitted *e, enum side side)
{
    for (uint32_t i = 0; i < e->c->plan[side]->emissions_count; i++) {
        const struct plan_emission *emission = &e->c->plan[side]->emissions[i];
        struct alike *alike;
        atom key;

        if (!emission->block)
            continue;
        key = intern_str(e->c->names, key_of_emission(e->c, emission));
        alike = map_get(&e->keys, key);
        if (!alike) {
            alike = ARENA_NEW(e->c->arena, struct alike);
            map_add(&e->keys, e->c->arena, key, alike);
        }
        vec_push(e->c->arena, &alike->items[side], emission);
    }
}

enum { ALIKE_MAX = 1000 };

/* The same ones meet first, then those in the same place of the order where they have labels; the rest is gone, or new. */
static void meet(struct emitted *e, struct alike *alike)
{
    uint32_t count[SIDES] = {alike->items[BEFORE].len, alike->items[AFTER].len};
    const struct plan_emission **a = alike->items[BEFORE].items, **b = alike->items[AFTER].items;

    for (uint32_t i = 0; i < count[BEFORE]; i++) {
        /* most often they are in the same order; of very many no other is looked for */
        if (i < count[AFTER] && a[i] && b[i] && same_block(e->c, a[i]->block, b[i]->block)) {
            a[i] = b[i] = NULL;
            continue;
        }
        for (uint32_t j = 0; a[i] && j < count[AFTER] && count[AFTER] < ALIKE_MAX; j++) {
            if (b[j] && same_block(e->c, a[i]->block, b[j]->block))
                a[i] = b[j] = NULL;
        }
    }
    for (uint32_t i = 0, j = 0; i < count[BEFORE]; i++) {
        for (; a[i] && j < count[AFTER] && !b[j];)
            j++;
        if (a[i] && j < count[AFTER]) {
            tell_changed(e->c, a[i], b[j]);
            a[i] = b[j] = NULL;
        }
        if (a[i])
            vec_push(e->c->arena, &e->gone, a[i]);
    }
    for (uint32_t j = 0; j < count[AFTER]; j++) {
        if (b[j])
            vec_push(e->c->arena, &e->made, b[j]);
    }
}

/* TYPE.NAME, as a `moved` block writes it. */
static const char *moved_name(struct comparison *c, const struct plan_emission *emission)
{
    const struct plan_emitted_block *block = emission->block;

    return block->labels_count == 2 ? arena_printf(c->arena, "%s.%s", block->labels[0], block->labels[1]) : "";
}

static bool says(struct comparison *c, const struct plan_emitted_block *block, const char *attribute, const char *name)
{
    for (uint32_t i = 0; i < block->attributes_count; i++) {
        if (same_words(block->attributes[i].name, attribute) && block->attributes[i].value)
            return strstr(plan_value_words(c->arena, block->attributes[i].value), name) != NULL;
    }
    return false;
}

static bool is_moved(struct emitted *e, const struct plan_emission *a, const struct plan_emission *b)
{
    const char *from = moved_name(e->c, a), *to = moved_name(e->c, b);

    for (uint32_t i = 0; i < e->made.len; i++) {
        const struct plan_emitted_block *block = e->made.items[i] ? e->made.items[i]->block : NULL;

        if (block && same_words(block->type, "moved") && says(e->c, block, "from", from) && says(e->c, block, "to", to))
            return true;
    }
    return false;
}

static bool is_successor(struct emitted *e, const struct plan_emission *a, const struct plan_emission *b)
{
    const char *was = a->subject && a->subject->id ? id_after(e->c, a->subject->id) : NULL;

    return same_words(a->target, b->target) && same_words(a->block->type, b->block->type) && a->block->labels_count == 2 &&
           b->block->labels_count == 2 && same_words(a->block->labels[0], b->block->labels[0]) && was && b->subject &&
           same_words(was, b->subject->id);
}

static void tell_successor(struct emitted *e, const struct plan_emission *a, const struct plan_emission *b)
{
    bool moved = is_moved(e, a, b);
    struct about about = about_emission(e->c, a, b);
    const char *places[SIDES];

    for (int side = BEFORE; side < SIDES; side++) {
        const struct plan_emission *emission = side == BEFORE ? a : b;

        places[side] =
            arena_printf(e->c->arena, "%s%s%s %s", emission->root < PLAN_ROOT_COUNT ? plan_choices[PLAN_CHOICE_ROOT].words[emission->root] : "",
                         emission->site && emission->site->name ? "-" : "", emission->site && emission->site->name ? emission->site->name : "",
                         moved_name(e->c, emission));
    }
    causes_of_thing(e->c,
                    add_change(e->c, &about, moved ? "moved" : "replaced", places[BEFORE], places[AFTER], moved ? COMPARE_NEITHER : COMPARE_WEAKER,
                               CHANGE_RESOURCE_NO_DESTROY),
                    a->subject, b->subject);
}

/* What is gone and has a successor of its sort for the same thing; of very many none is looked for. */
static void tell_rest(struct emitted *e)
{
    for (uint32_t i = 0; i < e->gone.len; i++) {
        const struct plan_emission *a = e->gone.items[i];
        struct about about;
        bool met = false;

        for (uint32_t j = 0; is_resource(a) && e->made.len < ALIKE_MAX && j < e->made.len && !met; j++) {
            if (!e->made.items[j] || !is_successor(e, a, e->made.items[j]))
                continue;
            tell_successor(e, a, e->made.items[j]);
            e->made.items[j] = NULL;
            met = true;
        }
        if (met)
            continue;
        about = about_emission(e->c, a, NULL);
        causes_of_thing(
            e->c, add_change(e->c, &about, NULL, "written", NULL, is_resource(a) ? COMPARE_WEAKER : COMPARE_NEITHER, CHANGE_RESOURCE_NO_DESTROY),
            a->subject, NULL);
    }
    for (uint32_t j = 0; j < e->made.len; j++) {
        const struct plan_emission *b = e->made.items[j];
        struct about about;

        if (!b)
            continue;
        about = about_emission(e->c, NULL, b);
        causes_of_thing(e->c, add_change(e->c, &about, NULL, NULL, "written", is_resource(b) ? COMPARE_STRONGER : COMPARE_NEITHER, CHANGE_NO_RULE),
                        NULL, b->subject);
    }
}

void compare_emissions(struct comparison *c)
{
    struct emitted e = {.c = c};

    collect(&e, BEFORE);
    collect(&e, AFTER);
    for (uint32_t i = 0; i < e.keys.len; i++)
        meet(&e, e.keys.entries[i].value);
    tell_rest(&e);
    map_release(&e.keys, c->arena);
}
