/* A command of the proof, word by word, in the structs of the published plan. */
#include "backends/common/published.h"

static struct plan_word published_word(struct arena *arena, const struct word *word)
{
    struct plan_word out = {.count = word->count, .parts = ARENA_ARRAY(arena, struct plan_part, word->count)};

    for (uint32_t i = 0; i < word->count; i++)
        out.parts[i] = (struct plan_part){word->parts[i].runtime, word->parts[i].text};
    return out;
}

const struct plan_command *published_command(struct arena *arena, const struct command *command)
{
    struct plan_command *out;

    if (!command_is_set(command))
        return NULL;
    out = ARENA_NEW(arena, struct plan_command);
    out->shell = command->is_shell;
    out->count = command->is_shell ? command->piece_count : command->count;
    if (!command->is_shell) {
        out->words = ARENA_ARRAY(arena, struct plan_word, out->count);
        for (uint32_t i = 0; i < out->count; i++)
            out->words[i] = published_word(arena, &command->words[i]);
        return out;
    }
    out->pieces = ARENA_ARRAY(arena, struct plan_piece, out->count);
    for (uint32_t i = 0; i < out->count; i++) {
        out->pieces[i].script = command->pieces[i].script;
        if (!command->pieces[i].script)
            out->pieces[i].value = published_word(arena, &command->pieces[i].value);
    }
    return out;
}
