/* The digest of everything recovery-relevant: a script made from another plan can be told from it. Places, comments and
 * the order of files do not count. */
#include "analysis/output/output.h"

#include "base/sha256.h"

#include <string.h>

static void add_time(struct strbuf *out, const char *what, struct span_of_time time)
{
    strbuf_addch(out, ' ');
    strbuf_addstr(out, what);
    if (!time.known) {
        strbuf_addch(out, '?');
        return;
    }
    strbuf_addint(out, time.best);
    strbuf_addch(out, '.');
    strbuf_addint(out, time.typical);
    strbuf_addch(out, '.');
    strbuf_addint(out, time.worst);
}

static void add_word(struct strbuf *out, const struct word *word)
{
    for (uint32_t i = 0; i < word->count; i++) {
        strbuf_addf(out, "%c%zu:", word->parts[i].runtime ? 'r' : 'l', strlen(word->parts[i].text));
        strbuf_addstr(out, word->parts[i].text);
    }
}

static void add_command(struct strbuf *out, const char *what, const struct command *command)
{
    strbuf_addch(out, ' ');
    strbuf_addstr(out, what);
    strbuf_addch(out, '(');
    for (uint32_t i = 0; i < command->count; i++) {
        add_word(out, &command->words[i]);
        strbuf_addch(out, ',');
    }
    for (uint32_t i = 0; i < command->piece_count; i++) {
        if (command->pieces[i].script)
            strbuf_addstr(out, command->pieces[i].script);
        else
            add_word(out, &command->pieces[i].value);
    }
    strbuf_addch(out, ')');
}

static void add_entity(struct sha256 *hash, struct strbuf *text, const struct entity *entity)
{
    strbuf_clear(text);
    strbuf_addf(text, "%s %s", entity->schema->name, entity->name);
    if (entity->kind && entity->schema->id != BLOCK_KIND)
        strbuf_addf(text, " : %s", entity->kind->entity->name);
    for (uint32_t i = 0; i < entity->slot_count; i++) {
        struct value value = entity_slot(entity, i);

        if (value.type == VALUE_UNKNOWN || value.type == VALUE_ERROR)
            continue;
        strbuf_addch(text, '\n');
        strbuf_addstr(text, entity_row_info(entity, i)->name);
        strbuf_addch(text, '=');
        value_print(value, text);
    }
    strbuf_addch(text, '{');
    sha256_add(hash, text->data, text->len);
    for (uint32_t i = 0; i < entity->child_count; i++)
        add_entity(hash, text, entity->children[i]);
    sha256_add(hash, "}", 1);
}

static void add_scenario(struct sha256 *hash, struct strbuf *text, const struct scenario_result *result)
{
    for (uint32_t i = 0; i < result->step_count; i++) {
        const struct step *step = result->steps[i];

        strbuf_clear(text);
        strbuf_addstr(text, "step ");
        strbuf_addstr(text, step->id);
        strbuf_addch(text, ' ');
        strbuf_addint(text, (int)step->phase);
        add_time(text, "takes", step->takes);
        add_time(text, "start", step->start);
        add_command(text, "run", step->run);
        add_command(text, "check", step->check);
        add_command(text, "until", step->until);
        add_command(text, "verify", step->verify);
        strbuf_addstr(text, " manual ");
        strbuf_addstr(text, step->manual ? step->manual : "");
        strbuf_addstr(text, " after");
        for (uint32_t w = 0; w < step->after_count; w++) {
            strbuf_addch(text, ' ');
            strbuf_addstr(text, step->after[w]->id);
        }
        strbuf_addch(text, '\n');
        sha256_add(hash, text->data, text->len);
    }
}

const char *plan_digest(struct analysis *a)
{
    static const char digits[] = "0123456789abcdef";
    struct strbuf text = STRBUF_INIT;
    struct sha256 hash;
    unsigned char raw[32];
    char *hex = arena_alloc(a->arena, 65);

    sha256_init(&hash);
    for (uint32_t id = 0; id < BLOCK_COUNT; id++) {
        if (id == BLOCK_KIND || id == BLOCK_RULE || id == BLOCK_FRAMEWORK)
            continue; /* what they did shows in the steps and findings */
        for (uint32_t i = 0; i < a->model->declared[id].list.len; i++)
            add_entity(&hash, &text, a->model->declared[id].list.items[i]);
    }
    for (uint32_t i = 0; i < a->plan->scenario_count; i++)
        add_scenario(&hash, &text, &a->plan->scenarios[i]);
    sha256_final(&hash, raw);
    for (int i = 0; i < 32; i++) {
        hex[2 * i] = digits[raw[i] >> 4];
        hex[2 * i + 1] = digits[raw[i] & 15];
    }
    strbuf_release(&text);
    return hex;
}
