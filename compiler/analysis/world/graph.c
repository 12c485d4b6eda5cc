/* Cycles of hard dependencies: Tarjan's strongly connected components without recursion (a chain of 100,000 assets must not
 * exhaust the stack), then one shortest cycle inside each component, printed edge by edge. */
#include "analysis/world/world.h"

#include <string.h>

struct frame {
    uint32_t node;
    uint32_t edge;
};

struct tarjan {
    uint32_t *index; /* 0: not visited */
    uint32_t *low;
    bool *on_stack;
    uint32_t *stack;
    uint32_t stack_len;
    uint32_t next;
    uint32_t closed;
    uint32_t *component;
};

static uint32_t edge_count(const struct asset *asset)
{
    return asset->needs.count + asset->restores_with.count;
}

static const struct edge *edge_at(const struct asset *asset, uint32_t i)
{
    return i < asset->needs.count ? &asset->needs.items[i] : &asset->restores_with.items[i - asset->needs.count];
}

/* Breadth-first search from `start` inside its component back to itself gives the shortest circle through it. */
static void report_cycle(struct analysis *a, const struct tarjan *t, struct asset *start)
{
    uint32_t count = a->plan->asset_count;
    uint32_t *queue = ARENA_ARRAY(a->arena, uint32_t, count + 1); /* the start is in it twice: first and last */
    const struct edge **came_by = ARENA_ARRAY(a->arena, const struct edge *, count);
    struct asset **came_from = ARENA_ARRAY(a->arena, struct asset *, count);
    bool *seen = ARENA_ARRAY(a->arena, bool, count);
    uint32_t head = 0, tail = 0;
    struct asset *path[64];
    uint32_t length = 0;
    struct strbuf text = STRBUF_INIT;
    struct diag *diag;

    queue[tail++] = start->index;
    while (head < tail && !came_by[start->index]) {
        struct asset *asset = &a->plan->assets[queue[head++]];

        for (uint32_t i = 0; i < edge_count(asset); i++) {
            const struct edge *edge = edge_at(asset, i);
            uint32_t to = edge->index;

            if (t->component[to] != t->component[start->index] || seen[to])
                continue;
            seen[to] = true;
            came_by[to] = edge;
            came_from[to] = asset;
            queue[tail++] = to;
        }
    }
    for (struct asset *at = start; length < 64;) {
        path[length++] = at;
        at = came_from[at->index];
        if (!at || at == start)
            break;
    }
    strbuf_addf(&text, "`%s`", start->name);
    for (uint32_t i = length; i-- > 1;)
        strbuf_addf(&text, " -> `%s`", path[i]->name);
    strbuf_addf(&text, " -> `%s`", start->name);
    diag = diag_report(a->sink, DIAG_E0507, start->entity->span, length == 1 ? "an asset needs itself: %s" : "assets need each other in a circle: %s",
                       strbuf_str(&text));
    for (uint32_t i = length; i-- > 0;) {
        const struct edge *edge = came_by[path[i]->index];
        const struct asset *from = came_from[path[i]->index];
        bool restores = edge >= from->restores_with.items && edge < from->restores_with.items + from->restores_with.count;

        diag_label(diag, edge_span(edge), "`%s` %s `%s`", from->name, restores ? "is restored with" : "needs", path[i]->name);
    }
    diag_help(diag, "make one of these soft (`uses`), or give one of them a way to recover without the others");
    strbuf_release(&text);
    a->has_cycle = true;
}

static void close_component(struct analysis *a, struct tarjan *t, uint32_t root)
{
    uint32_t size = 0, member, least = root;
    bool self = false;

    a->needs_first[t->closed++] = root; /* components close when all they need has closed */

    do {
        member = t->stack[--t->stack_len];
        t->on_stack[member] = false;
        t->component[member] = root + 1;
        if (member < least)
            least = member;
        size++;
    } while (member != root);
    for (uint32_t i = 0; size == 1 && i < edge_count(&a->plan->assets[root]); i++)
        self |= edge_at(&a->plan->assets[root], i)->to->index == root;
    if (size > 1 || self)
        report_cycle(a, t, &a->plan->assets[least]);
}

static void visit(struct analysis *a, struct tarjan *t, struct frame *frames, uint32_t start)
{
    uint32_t depth = 0;

    frames[depth++] = (struct frame){start, 0};
    while (depth) {
        struct frame *frame = &frames[depth - 1];
        struct asset *asset = &a->plan->assets[frame->node];

        if (!t->index[frame->node]) {
            t->index[frame->node] = t->low[frame->node] = ++t->next;
            t->stack[t->stack_len++] = frame->node;
            t->on_stack[frame->node] = true;
        }
        if (frame->edge < edge_count(asset)) {
            uint32_t to = edge_at(asset, frame->edge++)->to->index;

            if (!t->index[to])
                frames[depth++] = (struct frame){to, 0};
            else if (t->on_stack[to] && t->index[to] < t->low[frame->node])
                t->low[frame->node] = t->index[to];
            continue;
        }
        if (t->low[frame->node] == t->index[frame->node])
            close_component(a, t, frame->node);
        depth--;
        if (depth && t->low[frame->node] < t->low[frames[depth - 1].node])
            t->low[frames[depth - 1].node] = t->low[frame->node];
    }
}

void graph_cycles(struct analysis *a)
{
    uint32_t count = a->plan->asset_count;
    struct tarjan t = {0};
    struct frame *frames = ARENA_ARRAY(a->arena, struct frame, count + 1);

    t.index = ARENA_ARRAY(a->arena, uint32_t, count);
    t.low = ARENA_ARRAY(a->arena, uint32_t, count);
    t.on_stack = ARENA_ARRAY(a->arena, bool, count);
    t.stack = ARENA_ARRAY(a->arena, uint32_t, count);
    t.component = ARENA_ARRAY(a->arena, uint32_t, count);
    a->needs_first = ARENA_ARRAY(a->arena, uint32_t, count);
    for (uint32_t i = 0; i < count; i++) {
        if (!t.index[i])
            visit(a, &t, frames, i);
    }
}
