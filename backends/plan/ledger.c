/* The ledger as JSON: an entry of `assumptions` in plan.json, and the output of `drc ledger --format json`. */
#include "backends/plan/plan_backend.h"
#include "backends/registry.h"

static void key_name(struct jsonw *j, const char *key, const struct entity *entity)
{
    jsonw_key_string(j, key, entity ? entity->name : NULL);
}

/* The words of a command; what is known only when it runs is in braces. A script stays one text. */
static void key_command(struct jsonw *j, const char *key, const struct command *command, struct strbuf *text)
{
    jsonw_key_array(j, key);
    for (uint32_t i = 0; i < command->count; i++) {
        strbuf_clear(text);
        for (uint32_t p = 0; p < command->words[i].count; p++)
            strbuf_addf(text, command->words[i].parts[p].runtime ? "{%s}" : "%s", command->words[i].parts[p].text);
        jsonw_string(j, strbuf_str(text));
    }
    strbuf_clear(text);
    for (uint32_t i = 0; i < command->piece_count; i++) {
        const struct shell_piece *piece = &command->pieces[i];

        if (piece->script)
            strbuf_addstr(text, piece->script);
        for (uint32_t p = 0; !piece->script && p < piece->value.count; p++)
            strbuf_addf(text, piece->value.parts[p].runtime ? "{%s}" : "%s", piece->value.parts[p].text);
    }
    if (text->len)
        jsonw_string(j, strbuf_str(text));
    jsonw_array_end(j);
}

static void print_by(struct jsonw *j, const struct assumption *a)
{
    struct strbuf date = STRBUF_INIT;

    if (a->was_read)
        print_date(&date, a->read);
    jsonw_key_object(j, "by");
    jsonw_key_string(j, "who", makes_true_name(a->by));
    jsonw_key_string(j, "target", a->target);
    jsonw_key_string(j, "file", a->file);
    jsonw_key_string(j, "source", a->source);
    jsonw_key_string(j, "grade", a->grade);
    jsonw_key_string(j, "read", a->was_read ? strbuf_str(&date) : NULL);
    key_name(j, "on", a->on);
    jsonw_key_string(j, "words", a->by == BY_DEMAND ? a->words ? a->words : a->says : NULL);
    jsonw_object_end(j);
    strbuf_release(&date);
}

void ledger_entry_json(struct jsonw *j, const struct plan *plan, const struct assumption *a)
{
    static const char *const objectives[] = {"rto", "rpo", "endpoint", "group", "slo"};
    const char *origin = backend_origin(plan, a->span);
    struct strbuf text = STRBUF_INIT;

    jsonw_object_begin(j);
    jsonw_key_string(j, "id", a->id);
    jsonw_key_string(j, "kind", assumption_kind_name(a->kind));
    jsonw_key_string(j, "subject_kind", a->subject->schema->name);
    key_name(j, "subject", a->subject);
    jsonw_key_string(j, "says", a->says);
    jsonw_key_string(j, "value", a->value);
    print_by(j, a);
    jsonw_key_object(j, "check");
    key_command(j, "command", &a->check, &text);
    jsonw_key_string(j, "question", a->question);
    jsonw_object_end(j);
    jsonw_key(j, "unwatched");
    jsonw_bool(j, a->unwatched);
    jsonw_key_array(j, "rests");
    for (uint32_t i = 0; i < a->rest_count; i++) {
        const struct resting *r = &a->rests[i];

        strbuf_clear(&text);
        strbuf_addf(&text, "%s:%s%s%s", objectives[r->kind], r->subject->name, r->scenario ? "/" : "", r->scenario ? r->scenario->name : "");
        jsonw_string(j, strbuf_str(&text));
    }
    jsonw_array_end(j);
    jsonw_key_string(j, "origin", origin[0] ? origin : NULL);
    jsonw_object_end(j);
    strbuf_release(&text);
}

void ledger_json(const struct plan *plan, bool (*wanted)(const struct assumption *assumption, const void *context), const void *context,
                 struct strbuf *out)
{
    struct jsonw j;

    jsonw_init(&j, out);
    jsonw_object_begin(&j);
    jsonw_key_string(&j, "schema", "drc.ledger/1");
    jsonw_key_string(&j, "plan", plan->name);
    jsonw_key_array(&j, "assumptions");
    for (uint32_t i = 0; i < plan->assumption_count; i++) {
        if (!wanted || wanted(plan->assumptions[i], context))
            ledger_entry_json(&j, plan, plan->assumptions[i]);
    }
    jsonw_array_end(&j);
    jsonw_object_end(&j);
    jsonw_finish(&j);
}
