/* Whom scripts tell, and what: the words of `notify TYPE ADDRESS API TOKEN STATUS IMPACT TITLE TEXT` by the plan. */
#include "base/vec.h"
#include "validate/reading.h"

#include <string.h>

enum { WORDS = 9 };

static bool is_a(const struct plan_thing *thing, const char *block)
{
    return thing && strcmp(thing->block, block) == 0;
}

static void add(struct arena *arena, struct notices *out, const char *const words[WORDS])
{
    const char *(*grown)[WORDS] = arena_alloc(arena, sizeof *grown * (out->count + 1));

    if (out->count)
        memcpy(grown, out->items, sizeof *grown * out->count);
    memcpy(grown[out->count], words, sizeof *grown);
    out->items = grown;
    out->count++;
}

/* Where somebody reads mail: a person; of a team its lead, its deputy, the first member who has an address. */
static const char *mail_of(struct reading *r, struct arena *arena, const struct plan_thing *who, int depth)
{
    const struct plan_value *members;
    const char *mail;
    uint32_t count;

    if (is_a(who, "person"))
        return plan_words(arena, who, "email", NULL);
    if (!is_a(who, "team") || depth > 8)
        return NULL;
    if ((mail = mail_of(r, arena, plan_ref(r->index, who, "lead"), depth + 1)) ||
        (mail = mail_of(r, arena, plan_ref(r->index, who, "deputy"), depth + 1)))
        return mail;
    members = plan_items(who, "members", &count);
    for (uint32_t i = 0; i < count; i++) {
        if ((mail = mail_of(r, arena, plan_leads_to(r->index, &members[i]), depth + 1)))
            return mail;
    }
    return NULL;
}

/* The variable that holds the token of a channel. */
static const char *token_of(struct reading *r, struct arena *arena, const struct plan_thing *channel)
{
    const struct plan_thing *token = plan_ref(r->index, channel, "token");

    return token ? variable_named(arena, plan_words(arena, token, "env", token->name)) : "-";
}

void alarms_of(struct reading *r, struct arena *arena, const struct plan_thing *who, bool always, struct notices *out)
{
    const char *type = "email", *address, *api = NULL;

    if (!who)
        return;
    if (is_a(who, "channel")) {
        type = plan_words(arena, who, "type", "unknown");
        address = plan_words(arena, who, "address", who->name);
        api = plan_words(arena, who, "api", NULL);
    } else {
        address = mail_of(r, arena, who, 0);
    }
    if (!always && (!address || (!api && strcmp(type, "email") != 0)))
        return;
    add(arena, out,
        (const char *const[WORDS]){"notify", type, address ? address : who->name, api ? api : "-", api ? token_of(r, arena, who) : "-",
                                   "investigating", "minor", variable_mark(arena, "alert_title"), variable_mark(arena, "alert_text")});
}

static const char *or_dash(const char *text)
{
    return text && *text ? text : "-";
}

void posts_of(struct reading *r, struct arena *arena, const struct plan_step *step, struct notices *out)
{
    uint32_t plans;
    const struct plan_thing *plan = plan_sort(r->index, "plan", &plans);

    for (uint32_t i = 0; i < step->notify_count; i++) {
        const struct plan_thing *told = step->notify[i], *state = is_a(told, "state") ? told : NULL, *notice = NULL, *channel = told;
        const char *title, *body, *slash = state ? strrchr(state->id, '/') : NULL;

        if (is_a(told, "notice"))
            notice = told;
        else if (slash)
            notice = plan_find(r->index, arena_strndup(arena, state->id, (size_t)(slash - state->id)));
        if (notice)
            channel = plan_ref(r->index, notice, "channel");
        if (!channel)
            continue;
        title = plan_words(arena, state, "title", NULL);
        if (!title && notice)
            title = plan_words(arena, notice, "subject", plan_words(arena, notice, "title", notice->name));
        body = plan_words(arena, state, "body", NULL);
        body = body ? body : plan_words(arena, notice, "body", NULL);
        add(arena, out,
            (const char *const[WORDS]){
                "notify", or_dash(plan_words(arena, channel, "type", NULL)), or_dash(plan_words(arena, channel, "address", channel->name)),
                or_dash(plan_words(arena, channel, "api", NULL)), token_of(r, arena, channel), plan_words(arena, state, "status", "investigating"),
                plan_words(arena, state, "impact", "none"), title ? title : plan_title(plan ? plan : channel), body ? body : ""});
    }
}

void same_notices(struct script *script, const struct notices *notices)
{
    for (uint32_t i = 0; i < notices->count; i++) {
        struct statement statement;

        next_statement(script, &statement);
        same_statement(script->artifact, &statement, "notice", notices->items[i], WORDS);
        if (statement.kind != STATEMENT_COMMAND)
            return;
    }
}
