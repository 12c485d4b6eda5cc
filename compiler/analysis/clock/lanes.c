/* Whose hands a step of a person takes (SEMANTICS §3.3): those of a member of its `by` who is within reach, one step at a time.
 *
 * Who is in several teams is given to one of them, the smallest, so that nobody is counted twice: what each team has left are its lanes,
 * and any step of it can be given to any of them. A team whose members were all given away takes one back from whoever has more than one,
 * else shares the one member that another has. `operators` of the plan is how many work at once, all in all: no more hands
 * than there are people. Only steps of nobody have as many nameless lanes as it says; without it all of them are one person's. */
#include "analysis/clock/bound.h"
#include "analysis/clock/clock.h"
#include "analysis/world/stands.h"

#include <string.h>

enum { NAMELESS = 1 }; /* the lanes of steps without people */

struct crew {
    const struct entity *who; /* team or person */
    struct entity **people;   /* within reach */
    uint32_t count;
    uint32_t lanes; /* which hands its steps take: a number of `project.team_hands` */
};

struct crews {
    struct crew *items;
    uint32_t count;
    struct entity **taken; /* people that were given to a crew, and to which */
    uint32_t *taken_by;
    uint32_t taken_count;
    bool shared; /* somebody is in several */
};

uint32_t stated_hands(const struct analysis *a, uint32_t row)
{
    struct value limit = a->model->plan ? entity_slot(a->model->plan, row) : value_unknown();

    return limit.type == VALUE_INT && limit.u.integer > 0 && limit.u.integer < UINT32_MAX ? (uint32_t)limit.u.integer : 0;
}

static void add_person(const struct analysis *a, struct crew *crew, struct value value)
{
    if (value.type != VALUE_ENTITY || !somebody_stands(a, value.u.entity))
        return;
    for (uint32_t i = 0; i < crew->count; i++) {
        if (crew->people[i] == value.u.entity)
            return;
    }
    crew->people[crew->count++] = value.u.entity;
}

/* A person, or the members of a team; of one without members whoever leads it. Deputies stand in for others. */
static void find_people(const struct analysis *a, struct crew *crew, struct arena *scratch)
{
    bool person = crew->who->schema->id == BLOCK_PERSON;
    struct value members = person ? value_unknown() : entity_slot(crew->who, TEAM_members);
    uint32_t count = members.type == VALUE_LIST ? members.u.list->count : 0;

    crew->people = ARENA_ARRAY(scratch, struct entity *, count + 1);
    if (person)
        add_person(a, crew, value_entity((struct entity *)(uintptr_t)crew->who));
    for (uint32_t i = 0; i < count; i++)
        add_person(a, crew, members.u.list->items[i]);
    for (uint32_t row = 0; !person && row < 2 && !crew->count; row++)
        add_person(a, crew, entity_slot(crew->who, row ? TEAM_deputy : TEAM_lead));
}

static bool takes_hands(const struct step *step)
{
    return (step_takes_people(step) || (step->hands && !step->idle)) && !(step->takes.known && step->takes.worst == 0);
}

static struct entity *whose(const struct step *step)
{
    return step->hands ? step->hands : step->by;
}

static uint32_t crew_of(const struct analysis *a, struct crews *crews, const struct step *step, struct arena *scratch)
{
    struct crew crew = {.who = whose(step)};

    for (uint32_t i = 0; i < crews->count; i++) {
        if (crews->items[i].who == crew.who)
            return i;
    }
    find_people(a, &crew, scratch);
    crews->items = arena_grow(scratch, crews->items, crews->count * sizeof *crews->items, (crews->count + 1) * sizeof *crews->items);
    crews->items[crews->count] = crew;
    return crews->count++;
}

static uint32_t owner_of(const struct crews *crews, const struct entity *person)
{
    for (uint32_t i = 0; i < crews->taken_count; i++) {
        if (crews->taken[i] == person)
            return i;
    }
    return UINT32_MAX;
}

/* Gives out the people of one crew; those of smaller ones are given out. */
static void give_out(struct crews *crews, struct crew *crew, uint32_t *hands)
{
    for (uint32_t p = 0; p < crew->count; p++) {
        if (owner_of(crews, crew->people[p]) != UINT32_MAX) {
            crews->shared = true;
            continue;
        }
        crews->taken[crews->taken_count] = crew->people[p];
        crews->taken_by[crews->taken_count++] = crew->lanes;
        hands[crew->lanes]++;
    }
    for (uint32_t p = 0; !hands[crew->lanes] && p < crew->count; p++) {
        uint32_t at = owner_of(crews, crew->people[p]);

        if (hands[crews->taken_by[at]] < 2)
            continue;
        hands[crews->taken_by[at]]--;
        crews->taken_by[at] = crew->lanes;
        hands[crew->lanes]++;
    }
    if (!hands[crew->lanes] && crew->count)
        crew->lanes = crews->taken_by[owner_of(crews, crew->people[0])];
}

static void number_lanes(const struct analysis *a, struct crews *crews, struct project *project, struct arena *scratch)
{
    uint32_t *hands = ARENA_ARRAY(scratch, uint32_t, crews->count + NAMELESS + 1), most = 0, all = 0;
    uint32_t nameless = stated_hands(a, PLAN_operators);

    for (uint32_t i = 0; i < crews->count; i++) {
        all += crews->items[i].count;
        most = crews->items[i].count > most ? crews->items[i].count : most;
        crews->items[i].lanes = NAMELESS + 1 + i;
    }
    crews->taken = ARENA_ARRAY(scratch, struct entity *, all);
    crews->taken_by = ARENA_ARRAY(scratch, uint32_t, all);
    for (uint32_t size = 1; size <= most; size++) {
        for (uint32_t i = 0; i < crews->count; i++) {
            if (crews->items[i].count == size)
                give_out(crews, &crews->items[i], hands);
        }
    }
    for (uint32_t i = 0; i < crews->count; i++) {
        if (!crews->items[i].count)
            crews->items[i].lanes = NAMELESS;
    }
    hands[NAMELESS] = nameless ? nameless : 1;
    project->team_hands = hands;
    project->team_count = crews->count + NAMELESS + 1;
}

/* Which lanes each step takes. False when somebody is in several teams: then another order could give the person to another. */
bool share_hands(const struct analysis *a, const struct scenario_result *result, struct project *project, struct arena *scratch,
                 const struct entity ***who)
{
    uint32_t *crew = ARENA_ARRAY(scratch, uint32_t, result->step_count);
    struct crews crews = {0};

    for (uint32_t i = 0; i < result->step_count; i++) {
        const struct step *step = result->steps[i];

        if (takes_hands(step))
            crew[i] = whose(step) ? crew_of(a, &crews, step, scratch) : UINT32_MAX;
    }
    number_lanes(a, &crews, project, scratch);
    *who = ARENA_ARRAY(scratch, const struct entity *, project->team_count);
    for (uint32_t i = 0; i < crews.count; i++)
        (*who)[NAMELESS + 1 + i] = crews.items[i].who;
    for (uint32_t i = 0; i < result->step_count; i++) {
        if (takes_hands(result->steps[i]))
            project->tasks[i].team = crew[i] == UINT32_MAX ? NAMELESS : crews.items[crew[i]].lanes;
    }
    return !crews.shared;
}
