/* Small questions asked of the plan. */
#include "model/plan.h"

#include "base/shell.h"

#include <string.h>

struct asset *plan_asset(const struct plan *plan, const struct entity *entity)
{
    if (!entity || entity->schema->id != BLOCK_ASSET || entity->parent || entity->index >= plan->asset_count)
        return NULL;
    return &plan->assets[entity->index];
}

struct site_info *plan_site(const struct plan *plan, const struct entity *entity)
{
    if (!entity || entity->schema->id != BLOCK_SITE || entity->index >= plan->site_count)
        return NULL;
    return &plan->sites[entity->index];
}

const char *entity_title(const struct model *model, const struct entity *entity)
{
    const char *title = entity ? entity_string(model, entity, "title", NULL) : NULL;

    if (title)
        return title;
    if (entity && entity->schema->id == BLOCK_PERSON)
        return entity_string(model, entity, "name", entity->name);
    return entity ? entity->name : "";
}

bool command_is_set(const struct command *command)
{
    return command->count > 0 || command->piece_count > 0;
}

static void word_print(const struct word *word, struct strbuf *out)
{
    struct strbuf text = STRBUF_INIT;

    for (uint32_t p = 0; p < word->count; p++)
        strbuf_addf(&text, word->parts[p].runtime ? "{%s}" : "%s", word->parts[p].text);
    shell_word_print(strbuf_str(&text), out);
    strbuf_release(&text);
}

void command_print(const struct command *command, struct strbuf *out)
{
    for (uint32_t i = 0; i < command->count; i++) {
        if (i)
            strbuf_addch(out, ' ');
        word_print(&command->words[i], out);
    }
    for (uint32_t i = 0; i < command->piece_count; i++) {
        if (command->pieces[i].script)
            strbuf_addstr(out, command->pieces[i].script);
        else
            word_print(&command->pieces[i].value, out);
    }
}

const struct figure *term_figure(const struct asset_state *state, uint32_t term)
{
    const struct figure *loss = state->figures ? state->figures->loss : NULL;
    const struct term *at = &state->rpo_terms.items[term];

    if (!loss)
        return NULL;
    /* A method that says what is lost has that one term; a start window is one of several. */
    return loss->block->schema->id == BLOCK_METHOD                                ? (term == 0 ? loss : NULL)
           : at->span.start == loss->span.start && at->span.end == loss->span.end ? loss
                                                                                  : NULL;
}

uint32_t plan_assumed(const struct plan *plan)
{
    uint32_t count = 0;

    for (uint32_t s = 0; s < plan->scenario_count; s++) {
        const struct scenario_result *result = &plan->scenarios[s];

        for (uint32_t i = 0; i < plan->asset_count; i++) {
            const struct asset_state *state = &result->states[i];

            count += state->figures && state->figures->rto.count && state->rto_verdict == VERDICT_OK;
            count += state->figures && state->figures->rpo.count && state->rpo_verdict == VERDICT_OK;
        }
        for (uint32_t i = 0; i < result->endpoint_count; i++)
            count += result->endpoints[i].assumed.count && result->endpoints[i].verdict == VERDICT_OK;
        for (uint32_t i = 0; i < result->group_count; i++)
            count += result->groups[i].assumed.count && result->groups[i].verdict == VERDICT_OK;
    }
    return count;
}

const char *assumption_kind_name(enum assumption_kind kind)
{
    static const char *const names[] = {"runs",     "kept",   "lag",     "stands_ready", "readable",       "allowed",
                                        "capacity", "figure", "detects", "answers",      "decides_within", "limit"};

    return names[kind];
}

const char *makes_true_name(enum makes_true by)
{
    static const char *const names[] = {"artifact", "platform", "demand", "nobody"};

    return names[by];
}
