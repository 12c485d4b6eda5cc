/* What a document says to readers: commands on one line, names. */
#include "plan/plan.h"

#include "base/shell.h"

#include <string.h>

static void print_word(const struct plan_word *word, struct strbuf *out)
{
    struct strbuf text = STRBUF_INIT;

    for (uint32_t i = 0; i < word->count; i++)
        strbuf_addf(&text, word->parts[i].runtime ? "{%s}" : "%s", word->parts[i].text);
    shell_word_print(strbuf_str(&text), out);
    strbuf_release(&text);
}

void plan_command_print(const struct plan_command *command, struct strbuf *out)
{
    for (uint32_t i = 0; command && i < command->count; i++) {
        if (!command->shell) {
            if (i)
                strbuf_addch(out, ' ');
            print_word(&command->words[i], out);
        } else if (command->pieces[i].script) {
            strbuf_addstr(out, command->pieces[i].script);
        } else {
            print_word(&command->pieces[i].value, out);
        }
    }
}

const char *plan_title(const struct plan_thing *thing)
{
    const struct plan_value *name;

    if (!thing)
        return "";
    if (thing->title)
        return thing->title;
    name = strcmp(thing->block, "person") == 0 ? plan_attribute(thing, "name") : NULL;
    return name && name->shape == PLAN_SHAPE_STRING ? name->text : thing->name ? thing->name : "";
}
