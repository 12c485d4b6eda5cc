/* What a scenario takes: places with all that is inside of them, and what has no way back. */
#include "verify/check.h"

#include <string.h>

static const struct plan_site *site_named(const struct check *c, const struct plan_value *value)
{
    return value && value->tag == PLAN_TAG_REF && value->shape == PLAN_SHAPE_STRING ? map_get(&c->sites, intern_str(c->names, value->text)) : NULL;
}

/* What is lost with what it stands in, and then with the account it is of. Places stand a few deep: what is written in another order than from the
 * outside in takes another pass for each. */
void find_lost_sites(struct check *c)
{
    enum { DEEPEST = 64 };
    const struct plan_document *document = c->document;
    const struct plan_value *loses = c->scenario->thing ? plan_attribute(c->scenario->thing, "loses") : NULL;
    bool *by_account = ARENA_ARRAY(c->scratch, bool, document->sites_count + 1);
    bool changed = true;

    memset(c->site_lost, 0, document->sites_count * sizeof *c->site_lost);
    for (uint32_t i = 0; loses && loses->tag == PLAN_TAG_NONE && loses->shape == PLAN_SHAPE_ITEMS && i < loses->count; i++) {
        const struct plan_site *site = site_named(c, &loses->items[i]);

        if (site)
            c->site_lost[site - document->sites] = true;
    }
    for (int pass = 0; changed && pass < DEEPEST; pass++) {
        changed = false;
        for (uint32_t i = 0; i < document->sites_count; i++) {
            const struct plan_site *site = &document->sites[i];

            if (c->site_lost[i] || !site->within || !c->site_lost[site->within - document->sites])
                continue;
            c->site_lost[i] = changed = true;
        }
    }
    /* A place that goes with its account takes nothing along that belongs to another one. */
    for (uint32_t i = 0; i < document->sites_count; i++)
        by_account[i] = document->sites[i].account && c->site_lost[document->sites[i].account - document->sites];
    for (uint32_t i = 0; i < document->sites_count; i++)
        c->site_lost[i] |= by_account[i];
}

bool place_is_lost(const struct check *c, const struct plan_thing *thing)
{
    const struct plan_site *site = site_named(c, thing ? plan_attribute(thing, "site") : NULL);

    return site && c->site_lost[site - c->document->sites];
}

static bool loses_an_input(const struct plan_outcome *outcome)
{
    for (uint32_t i = 0; i < outcome->stands_on_count; i++) {
        const char *how = outcome->stands_on[i].how;

        if (how && (strcmp(how, "lost") == 0 || strcmp(how, "in a circle") == 0))
            return true;
    }
    return false;
}

/* What one looks at next: needs first, then what a restore needs. */
static const struct plan_asset *wanted_by(const struct plan_asset *asset, uint32_t i)
{
    return i < asset->needs_count                                ? asset->needs[i]
           : i - asset->needs_count < asset->restores_with_count ? asset->restores_with[i - asset->needs_count]
                                                                 : NULL;
}

bool is_lost_for_good(struct check *c, const struct plan_asset *asset)
{
    struct frame {
        const struct plan_asset *asset;
        uint32_t next;
    };
    const struct plan_asset *first = c->document->assets;
    VEC(struct frame) path = {0};
    struct arena *scratch;

    if (c->for_good[asset - first] >= LOST_NO)
        return c->for_good[asset - first] == LOST_YES;
    scratch = arena_new(); /* chains of needs may be long: no recursion */
    vec_push(scratch, &path, ((struct frame){asset, 0}));
    while (path.len) {
        struct frame *top = &path.items[path.len - 1];
        const struct plan_outcome *outcome = outcome_of(c, top->asset);
        uint8_t *state = &c->for_good[top->asset - first];
        const struct plan_asset *wanted;

        if (!outcome)
            *state = LOST_NO;
        else if ((outcome->fate == PLAN_FATE_lost && !outcome->method) || loses_an_input(outcome))
            *state = LOST_YES;
        if (*state < LOST_NO) {
            *state = LOST_DECIDING; /* what is needed in a circle decides nothing by itself */
            wanted = wanted_by(top->asset, top->next);
            if (wanted && c->for_good[wanted - first] == LOST_YES)
                *state = LOST_YES;
            else if (wanted && c->for_good[wanted - first] == LOST_UNDECIDED) {
                vec_push(scratch, &path, ((struct frame){wanted, 0}));
                continue;
            } else if (wanted) {
                top->next++;
                continue;
            } else {
                *state = LOST_NO;
            }
        }
        path.len--;
    }
    arena_delete(scratch);
    return c->for_good[asset - first] == LOST_YES;
}
