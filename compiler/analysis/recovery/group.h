/* Private to the files about consistency groups: group_points.c says which points members offer and how far apart these are, group.c chooses among
 * them, group_verdicts.c tells what came of it. */
#ifndef DRC_ANALYSIS_GROUP_H
#define DRC_ANALYSIS_GROUP_H

#include "analysis/recovery/recovery.h"

/* What one member offers by one candidate. */
struct offer {
    struct candidate *candidate; /* NULL: nothing of it is lost */
    enum points points;
    int64_t newest;              /* worst age of the newest usable point */
    int64_t youngest;            /* its least age; of a replica 0: it may lag by nothing */
    int64_t later;               /* how much after the others its clock stopped: not damaged where others are */
    struct spacing spacing;      /* POINTS_SLOTS */
    const struct entity *shared; /* a backup of the group */
    atom slots;                  /* what its slots follow from, as a name: equal for two, they are due at the same times */
};

/* How a member lies to a point, at the worst: older, newer, and how old it is itself by its own clock, ms. */
struct lie {
    int64_t older, newer, age;
};

/* The sum of two amounts, INT64_MAX where either is; of ages that may be less than 0 as well. */
int64_t group_sum(int64_t x, int64_t y);

/* ---- group_points.c */
/* `any_damage`: something that goes with it comes back to before a damage. */
struct offer make_offer(struct analysis *a, struct asset_state *state, struct candidate *candidate, bool any_damage);
bool offers_one_point(const struct offer *offer);                                                               /* not any moment */
bool offers_logs(const struct analysis *a, const struct asset_state *state, const struct candidate *candidate); /* any moment */
bool same_point(const struct offer *x, const struct offer *y);
/* Whether what the member restores from still holds the point of that age: copies must live that much longer. */
bool reaches(struct analysis *a, struct asset_state *state, const struct offer *offer, int64_t age);
/* Where it is led as near to the anchor's newest point as its own points allow. */
struct lie led_to(struct analysis *a, struct asset_state *state, const struct offer *anchor, const struct offer *other);
/* Where it stays at its newest point, and the anchor at its own. */
struct lie beside(const struct offer *anchor, const struct offer *other);
/* How far the newest points of two are apart at most. */
int64_t newest_apart(const struct offer *x, const struct offer *y);
/* The newest slot that all of one schedule have done. */
int64_t same_slot_loss(struct analysis *a, const struct offer *const *offers, uint32_t count);

#endif
