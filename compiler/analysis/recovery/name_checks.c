/* Verifications that ask a public name (SEMANTICS §3.3). Until the name is led to the recovered side it is answered by the old one, or by
 * nobody: they come after the step that leads it there, and go on asking until name servers and resolvers have followed. Whoever needs the
 * asset, and the name itself, waits for what comes before them. */
#include "analysis/recovery/recovery.h"
#include "analysis/recovery/steps.h"

#include <string.h>

static bool is_of_a_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
}

static bool text_names(const char *text, const char *name, size_t len)
{
    for (const char *at = text; at && (at = strstr(at, name)); at++) {
        if ((at == text || !is_of_a_name(at[-1])) && (!is_of_a_name(at[len]) || (at[len] == '.' && !is_of_a_name(at[len + 1]))))
            return true;
    }
    return false;
}

static bool word_names(const struct word *word, const char *name, size_t len)
{
    for (uint32_t p = 0; p < word->count; p++) {
        if (!word->parts[p].runtime && text_names(word->parts[p].text, name, len))
            return true;
    }
    return false;
}

static bool command_names(const struct command *command, const char *name, size_t len)
{
    bool found = false;

    for (uint32_t i = 0; !found && !command->is_shell && i < command->count; i++)
        found = word_names(&command->words[i], name, len);
    for (uint32_t i = 0; !found && command->is_shell && i < command->piece_count; i++)
        found = command->pieces[i].script ? text_names(command->pieces[i].script, name, len) : word_names(&command->pieces[i].value, name, len);
    return found;
}

/* Whether a verification asks the name. */
static bool asks(const struct step *step, const struct endpoint_state *state)
{
    struct value value = entity_slot(state->endpoint, ENDPOINT_name);
    const char *name = value.type == VALUE_STRING ? value.u.string : "";
    size_t len = strlen(name);

    if (len && name[len - 1] == '.')
        len--;
    if (!len || step->phase != PHASE_VERIFY)
        return false;
    return command_names(step->run, name, len) || command_names(step->until, name, len) || command_names(step->verify, name, len);
}

static bool is_led_about(const struct endpoint_state *state)
{
    return name_is_led(state) || state->moves == MOVES_AND_BACK;
}

/* The name that somebody or its check leads elsewhere, or away and back, and that the step asks; NULL. */
static struct endpoint_state *asked_name(struct scenario_result *result, const struct step *step)
{
    for (uint32_t e = 0; e < result->endpoint_count; e++) {
        if (is_led_about(&result->endpoints[e]) && asks(step, &result->endpoints[e]))
            return &result->endpoints[e];
    }
    return NULL;
}

void find_ready(struct scenario_result *result, struct asset_state *state)
{
    state->ready = state->last;
    for (uint32_t i = 0; i < state->step_count; i++) {
        if (!asked_name(result, state->steps[i]))
            continue;
        state->ready = NULL; /* what is before it is what whoever needs the asset waits for */
        for (uint32_t s = 0; s < i; s++) {
            if (state->steps[s]->phase != PHASE_REPROTECT)
                state->ready = state->steps[s];
        }
        return;
    }
}

static void ask_longer(struct step *step, int64_t more)
{
    if (more == TIME_UNKNOWN || __builtin_add_overflow(step->timeout, more, &step->timeout)) {
        step->takes.known = false;
        return;
    }
    step->takes = time_add(step->takes, (struct span_of_time){true, 0, more, more});
    /* What is verified once is verified until it holds. */
    if (command_is_set(step->verify) && !command_is_set(step->until) && !command_is_set(step->run)) {
        struct command *none = step->until;

        step->until = step->verify;
        step->verify = none;
    }
}

void ask_after_traffic(struct analysis *a, struct scenario_result *result)
{
    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        const struct asset_state *state = &result->states[i];

        for (uint32_t s = 0; s < state->step_count; s++) {
            struct endpoint_state *name = asked_name(result, state->steps[s]);

            if (!name)
                continue;
            wait_for(a, state->steps[s], name->step);
            ask_longer(state->steps[s], name->lingers);
        }
    }
}
