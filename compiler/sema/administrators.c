/* Who can change a place: the people of `admins` of the place, of what it is in, and of the account it belongs to. */
#include "sema/eval_internal.h"

enum { WITHIN_MAX = 64 };

/* The people met so far, each once. */
struct people {
    struct evaluator *eval;
    VEC(struct value) list;
};

static void add_people(struct people *people, struct value who)
{
    struct entity *entity = who.type == VALUE_ENTITY ? who.u.entity : NULL;

    for (uint32_t i = 0; who.type == VALUE_LIST && i < who.u.list->count; i++)
        add_people(people, who.u.list->items[i]);
    if (entity && entity->schema->id == BLOCK_TEAM) {
        add_people(people, eval_slot(people->eval, entity, TEAM_members));
        add_people(people, eval_slot(people->eval, entity, TEAM_lead));
        add_people(people, eval_slot(people->eval, entity, TEAM_deputy));
    }
    if (!entity || entity->schema->id != BLOCK_PERSON)
        return;
    for (uint32_t i = 0; i < people->list.len; i++) {
        if (people->list.items[i].u.entity == entity)
            return;
    }
    vec_push(people->eval->arena, &people->list, who);
}

/* The next `admins` block: of the place, of what it is in, of its account and what that is in. NULL: no more. */
static struct entity *next_admins(struct evaluator *eval, struct entity **at, struct entity **account, int *depth)
{
    while ((*at || *account) && ++*depth < 2 * WITHIN_MAX) {
        struct entity *site = *at ? *at : *account, *admins;
        struct value within = eval_slot(eval, site, SITE_within);
        uint32_t cursor = 0;

        if (*at)
            *at = within.type == VALUE_ENTITY ? within.u.entity : NULL;
        else
            *account = within.type == VALUE_ENTITY ? within.u.entity : NULL;
        admins = entity_child(site, BLOCK_ADMINS, &cursor);
        if (admins)
            return admins;
    }
    return NULL;
}

static struct entity *account_of(struct evaluator *eval, struct entity *site)
{
    struct value account = inherited_field(eval, site, SITE_account, value_unknown());

    return account.type == VALUE_ENTITY && account.u.entity != site ? account.u.entity : NULL;
}

struct value site_administrators(struct evaluator *eval, struct entity *site)
{
    struct people people = {.eval = eval};
    struct entity *at = site, *account = account_of(eval, site), *admins;
    struct value_list *list;
    int depth = 0;

    while ((admins = next_admins(eval, &at, &account, &depth)))
        add_people(&people, eval_slot(eval, admins, ADMINS_of));
    list = ARENA_NEW(eval->arena, struct value_list);
    list->items = people.list.items;
    list->count = people.list.len;
    return (struct value){.type = VALUE_LIST, .u.list = list};
}

struct value site_agreement(struct evaluator *eval, struct entity *site)
{
    struct entity *at = site, *account = account_of(eval, site), *admins;
    int64_t least = INT64_MAX;
    int depth = 0;

    while ((admins = next_admins(eval, &at, &account, &depth))) {
        struct value quorum = eval_slot(eval, admins, ADMINS_quorum);
        struct people people = {.eval = eval};
        int64_t agree = quorum.type == VALUE_INT ? quorum.u.integer : 1;

        add_people(&people, eval_slot(eval, admins, ADMINS_of));
        if (agree > (int64_t)people.list.len)
            agree = people.list.len;
        least = agree < least ? agree : least;
    }
    return least == INT64_MAX ? value_unknown() : value_int(VALUE_INT, least);
}
