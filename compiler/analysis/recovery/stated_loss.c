/* The loss of a candidate that restores no copies, from what its method says. */
#include "analysis/recovery/recovery.h"
#include "analysis/world/stands.h"

#include <string.h>

static void add_term(struct analysis *a, struct candidate *candidate, const char *text, int64_t ms, struct span span)
{
    candidate->rpo = ms;
    candidate->rpo_terms.items = ARENA_NEW(a->arena, struct term);
    candidate->rpo_terms.items[0] = (struct term){text, ms, span, ms < 0 && ms != RPO_ALL ? TERM_UNBOUNDED : TERM_STATED};
    candidate->rpo_terms.count = 1;
}

void stated_loss(struct analysis *a, struct asset_state *state, struct candidate *candidate, struct value rpo, struct span place)
{
    const struct entity *element = candidate->element.type == VALUE_ENTITY ? candidate->element.u.entity : NULL;
    struct value worst = value_worst(rpo);
    const char *text;
    bool assumed;

    if (element && element->schema->id == BLOCK_REBUILD) {
        loss_of_sources(a, state, candidate, element);
        return;
    }
    if (worst.type == VALUE_DURATION) {
        /* The lag of an asynchronous replica is a bound only where the platform enforces it. */
        assumed = element && element->schema->id == BLOCK_REPLICA && !lag_is_enforced(a, element);
        text = worst.u.integer > 0 && assumed ? ", assumed: nothing enforces the lag" : "";
        add_term(a, candidate, intern_text(a, "loss of `%s`%s", candidate->label, text), worst.u.integer, place);
    } else if (worst.type == VALUE_WORD && strcmp(worst.u.word, "all") == 0) {
        add_term(a, candidate, intern_text(a, "`%s` starts empty: all that `%s` holds is lost", candidate->label, state->asset->name), RPO_ALL,
                 place);
    } else if (worst.type == VALUE_WORD || worst.type == VALUE_NA) {
        add_term(a, candidate,
                 intern_text(a, "`%s` speaks of nothing that could be lost (`rpo = none`), and `%s` holds something", candidate->label,
                             state->asset->name),
                 TIME_UNKNOWN, place);
    } else {
        candidate->rpo = TIME_UNKNOWN;
    }
}
