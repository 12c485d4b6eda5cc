/* See tell.h. */
#include "backends/common/tell.h"

#include <string.h>

/* How somebody is told: what notify.sh wants to know. */
struct way {
    const char *type, *address, *api; /* `address` NULL: none is known */
    const struct entity *token;
};

/* Where somebody gets mail: a person, the lead of a team; NULL. */
static const char *mail_of(const struct model *model, const struct entity *who)
{
    if (who->schema->id == BLOCK_TEAM)
        who = entity_ref(model, who, "lead");
    return who && who->schema->id == BLOCK_PERSON ? entity_string(model, who, "email", NULL) : NULL;
}

static struct way way_to(struct arena *arena, const struct model *model, const struct entity *who)
{
    struct way way = {.type = "email"};

    if (who->schema->id != BLOCK_CHANNEL) {
        way.address = mail_of(model, who);
        return way;
    }
    way.type = value_text(entity_slot(who, CHANNEL_type), arena);
    way.address = entity_string(model, who, "address", who->name);
    way.api = entity_string(model, who, "api", NULL);
    way.token = way.api ? entity_ref(model, who, "token") : NULL;
    return way;
}

bool tell_reaches(struct arena *arena, const struct model *model, const struct entity *who)
{
    struct way way = who ? way_to(arena, model, who) : (struct way){0};

    return way.address && (way.api || strcmp(way.type, "email") == 0);
}

void tell_write(struct sh *w, const struct model *model, const struct entity *who)
{
    struct way way = way_to(w->arena, model, who);
    const char *variable = way.token ? sh_identifier(w->arena, entity_string(model, way.token, "env", way.token->name)) : "-";
    struct sh_cmd cmd = SH_CMD(w->arena, sh_lit(w->arena, "notify"), sh_lit(w->arena, way.type), sh_lit(w->arena, way.address ? way.address : who->name),
                               sh_lit(w->arena, way.api ? way.api : "-"), sh_lit(w->arena, variable), sh_lit(w->arena, "investigating"),
                               sh_lit(w->arena, "minor"), sh_var(w->arena, "alert_title"), sh_var(w->arena, "alert_text"));

    sh_run(w, &cmd);
}
