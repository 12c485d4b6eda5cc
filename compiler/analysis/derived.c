/* What a stateless asset loses: it derives its recovery point from its data (SEMANTICS §4).
 *
 * An asset without data of its own shows n/a; beside that stands what the data it needs can lose, the worst of all, through any number of
 * stateless assets between. Whoever looks at a service rather than at its database finds the number there. */
#include "analysis/internal.h"

/* What of it others derive; its own data hides what that data needs in turn. */
static struct derived own_data(const struct asset_state *state)
{
    bool lost = state->fate == FATE_LOST;

    return (struct derived){state->asset, state->rpo.ms, lost ? state->loss_ms : 0};
}

static int64_t worse(int64_t x, int64_t y)
{
    if (x == TIME_UNKNOWN || y == TIME_UNKNOWN)
        return TIME_UNKNOWN;
    return x > y ? x : y; /* RPO_NOT_APPLICABLE is less than any time */
}

void derive_losses(struct analysis *a, struct scenario_result *result)
{
    for (uint32_t at = 0; at < a->plan->asset_count; at++) {
        struct asset_state *state = &result->states[a->needs_first[at]];
        struct derived sum = {NULL, RPO_NOT_APPLICABLE, RPO_NOT_APPLICABLE};

        for (uint32_t n = 0; !state->asset->stateful && n < state->asset->needs.count; n++) {
            const struct asset_state *other = &result->states[state->asset->needs.items[n].to->index];
            struct derived one = other->asset->stateful ? own_data(other) : other->derived;
            int64_t loss = worse(sum.loss_ms, one.loss_ms);

            if (!one.from)
                continue;
            if (!sum.from || (sum.loss_ms != TIME_UNKNOWN && loss != sum.loss_ms))
                sum.from = one.from;
            sum.loss_ms = loss;
            sum.rpo_ms = worse(sum.rpo_ms, one.rpo_ms);
        }
        state->derived = sum;
    }
}
