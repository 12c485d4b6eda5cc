/* Commands as typed words: what an argument list or a shell script of the specification became. */
#include "analysis/recovery/recovery.h"

#include <string.h>

static void add_part(struct analysis *a, struct word *word, struct value value)
{
    struct word_part part = {.runtime = value.type == VALUE_RUNTIME, .places = value.places, .text = value_text(value, a->arena)};

    word->parts = arena_grow(a->arena, word->parts, word->count * sizeof *word->parts, (word->count + 1) * sizeof *word->parts);
    word->parts[word->count++] = part;
}

static bool make_word(struct analysis *a, struct value value, struct word *word)
{
    if (value.type == VALUE_UNKNOWN || value.type == VALUE_ERROR || value.type == VALUE_LIST || value.type == VALUE_OBJECT)
        return false;
    if (value.type != VALUE_TEXT) {
        add_part(a, word, value);
        return true;
    }
    for (uint32_t i = 0; i < value.u.text->count; i++)
        add_part(a, word, value.u.text->parts[i].value);
    return true;
}

static bool make_script(struct analysis *a, const struct value_text *text, struct command *out)
{
    out->is_shell = true;
    out->pieces = ARENA_ARRAY(a->arena, struct shell_piece, text->count);
    for (uint32_t i = 0; i < text->count; i++) {
        struct shell_piece *piece = &out->pieces[out->piece_count++];

        if (text->parts[i].literal)
            piece->script = text->parts[i].value.u.string;
        else if (!make_word(a, text->parts[i].value, &piece->value))
            return false;
    }
    return true;
}

bool evaluate_command(struct analysis *a, struct value value, struct command *out)
{
    memset(out, 0, sizeof *out);
    out->span = (struct span){value.origin, value.origin};
    if (value.type == VALUE_SHELL)
        return make_script(a, value.u.text, out);
    if (value.type != VALUE_LIST)
        return false;
    out->words = ARENA_ARRAY(a->arena, struct word, value.u.list->count);
    for (uint32_t i = 0; i < value.u.list->count; i++) {
        if (value.u.list->items[i].type == VALUE_NULL)
            continue; /* `null` drops a word: an option that does not apply */
        if (!make_word(a, value.u.list->items[i], &out->words[out->count++]))
            return false;
    }
    return out->count > 0;
}
