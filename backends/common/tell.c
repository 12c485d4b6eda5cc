/* See tell.h. */
#include "backends/common/tell.h"

#include <string.h>

/* How somebody is told: what notify.sh wants to know. */
struct way {
    const char *type, *address, *api; /* `address` NULL: none is known */
    const struct plan_thing *token;
};

static bool is_a(const struct plan_thing *thing, const char *block)
{
    return thing && strcmp(thing->block, block) == 0;
}

/* Where somebody gets mail: a person; of a team its lead, else its deputy, else the first of its members who has an address; NULL. */
static const char *mail_of(struct arena *arena, const struct plan_index *index, const struct plan_thing *who)
{
    const struct plan_value *members;
    const char *mail = NULL;
    uint32_t count;

    if (is_a(who, "person"))
        return plan_words(arena, who, "email", NULL);
    if (!is_a(who, "team"))
        return NULL;
    mail = mail_of(arena, index, plan_ref(index, who, "lead"));
    mail = mail ? mail : mail_of(arena, index, plan_ref(index, who, "deputy"));
    members = plan_items(who, "members", &count);
    for (uint32_t i = 0; i < count && !mail; i++)
        mail = mail_of(arena, index, plan_leads_to(index, &members[i]));
    return mail;
}

static struct way way_to(struct arena *arena, const struct plan_index *index, const struct plan_thing *who)
{
    struct way way = {.type = "email"};

    if (!is_a(who, "channel")) {
        way.address = mail_of(arena, index, who);
        return way;
    }
    way.type = plan_words(arena, who, "type", "unknown");
    way.address = plan_words(arena, who, "address", who->name);
    way.api = plan_words(arena, who, "api", NULL);
    way.token = way.api ? plan_ref(index, who, "token") : NULL;
    return way;
}

bool tell_reaches(struct arena *arena, const struct plan_index *index, const struct plan_thing *who)
{
    struct way way = who ? way_to(arena, index, who) : (struct way){0};

    return way.address && (way.api || strcmp(way.type, "email") == 0);
}

void tell_write(struct sh *w, const struct plan_index *index, const struct plan_thing *who)
{
    struct way way = way_to(w->arena, index, who);
    const char *variable = way.token ? sh_identifier(w->arena, plan_words(w->arena, way.token, "env", way.token->name)) : "-";
    struct sh_cmd cmd =
        SH_CMD(w->arena, sh_lit(w->arena, "notify"), sh_lit(w->arena, way.type), sh_lit(w->arena, way.address ? way.address : who->name),
               sh_lit(w->arena, way.api ? way.api : "-"), sh_lit(w->arena, variable), sh_lit(w->arena, "investigating"), sh_lit(w->arena, "minor"),
               sh_var(w->arena, "alert_title"), sh_var(w->arena, "alert_text"));

    sh_run(w, &cmd);
}

const struct plan_thing *tell_notice(struct arena *arena, const struct plan_index *index, const struct plan_thing *told)
{
    const char *slash = strcmp(told->block, "state") == 0 ? strrchr(told->id, '/') : NULL;

    return slash ? plan_find(index, arena_strndup(arena, told->id, (size_t)(slash - told->id))) : told;
}
