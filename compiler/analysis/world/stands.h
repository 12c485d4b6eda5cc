/* What stands in a scenario (SEMANTICS §1): one relation for instances, replicas, standbys, stores, keys, secrets, people and places. */
#ifndef DRC_ANALYSIS_STANDS_H
#define DRC_ANALYSIS_STANDS_H

#include "analysis/common/common.h"

/* How a place is taken away. */
enum taking {
    TAKEN_LOST, /* gone: the place itself, something around it, or the account it belongs to was closed */
    TAKEN_CUT,  /* intact, and nobody reaches it */
    TAKEN_HELD, /* somebody else controls it */
    TAKINGS
};

/* What a scenario does to a site and inside of it. */
struct ground {
    struct entity *by[TAKINGS];     /* the site that explains it: itself, one around it, or its account; NULL when it is not taken so */
    struct entity *closed;          /* the account or provider that was closed, when it is lost with that; NULL */
    struct entity *inner[TAKINGS];  /* the first place inside of it that is taken so; NULL */
    const char *levels[LOSS_LIMIT]; /* of the places inside of it that are lost */
    uint32_t level_count;
    uint32_t zones;         /* how many zones inside of it are taken in any way; what is in no zone counts by itself */
    bool whole;             /* more than a zone inside of it is taken: a region, a provider */
    bool roomy[TAKINGS];    /* something inside of it is taken so in which people are: more than a machine or a rack */
    struct entity *perhaps; /* the account that is taken over or closed and that may be its own: nobody says which is; NULL. See whose.c */
    bool perhaps_closed;    /* that one is closed */
    bool hollow;            /* two zones or more are declared inside of it, and nothing stands in any of them */
};

void mark_places(struct analysis *a); /* of a->scenario: fills a->places, site_lost, site_compromised, site_cut */

const struct ground *ground_of(const struct analysis *a, const struct site_info *site);

/* How many zones may be lost around a thing (asset, store, replica, standby) before it is lost as well. */
int64_t outlives(const struct analysis *a, const struct entity *thing);

/* Whether the platform enforces the lag of a replica: it is called `bounded`, and its kind does not know better. */
bool lag_is_enforced(const struct analysis *a, const struct entity *replica);
/* Whether that is what its kind says of the platform, and not only the specification. */
bool kind_enforces_lag(const struct analysis *a, const struct entity *replica);

/* The site with which the thing that is at `site` is taken away like that; NULL when it is not. *perhaps: that site is inside of `site`, and
 * the thing may be there. */
struct entity *taken_with(const struct analysis *a, const struct entity *thing, const struct site_info *site, enum taking how, bool *perhaps);

/* The relation: it is there, can be reached and is ours. A thing at no site stands. */
bool stands_at(const struct analysis *a, const struct entity *thing, const struct site_info *site);

/* The same of something that outlives as many zones, whatever it is. */
bool stands_if(const struct analysis *a, int64_t zones, const struct site_info *site);

/* How many zones are taken around something that falls back on what is beside it. */
uint32_t zones_taken_around(const struct analysis *a, const struct site_info *site);

/* Whether somebody else controls one of the places where the asset is, or is written. */
bool is_held(const struct analysis *a, const struct asset *asset);

/* Whether something new can be put there. */
bool place_stands(const struct analysis *a, const struct site_info *site);

/* ---- standing.c */
/* Where in the list of places that a kind stands in the site is; 0 where the kind says nothing, -1 where it cannot stand there. */
int stands_in_rank(const struct kind_info *kind, const struct entity *site);
/* Why a thing of the kind cannot stand there; NULL when it can. */
const char *misplaced(const struct analysis *a, const struct kind_info *kind, const struct entity *site);
/* The place that stands nearest among those a thing of the kind (NULL: any) can stand in: one with the role `recovery`, in the same zone before
 * the same region before another one, then as the kind prefers; and what is tied to a zone needs no such role in the region around it. NULL. */
struct site_info *nearest_recovery(struct analysis *a, const struct site_info *from, const struct kind_info *kind);

/* ---- whose.c */
void mark_whose(struct analysis *a); /* after what is taken is marked: the places of which nobody says whose they are */
/* Of a place with `perhaps`: what has to be told of it. */
const struct reason *whose_unset(struct analysis *a, const struct site_info *site);
/* Where a recovery finds what it goes on with (its replica or standby, a copy in a store) and nobody knows whether that is taken; NULL. A lock
 * keeps an intruder from a copy, and does not keep an account that is closed. What only serves somewhere can be made anew. */
const struct site_info *whose_source(const struct analysis *a, struct value element, const struct entity *store);
/* Why nobody knows whether an asset that seems to serve does: the places of which it has to have some may be taken; NULL. *with: the account. */
const struct reason *whose_doubt(struct analysis *a, const struct asset *asset, struct entity **with);

/* Whether a person, or somebody of a team, is where the scenario leaves him. In a team without people there is nobody. */
bool somebody_stands(const struct analysis *a, const struct entity *who);

/* Whether a person, or a team that names anybody: a member, a lead, a deputy. */
bool has_people(const struct entity *who);

#endif
