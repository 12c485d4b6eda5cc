/* world/: what is there, and what stands in a scenario? (SEMANTICS §1) What its files answer; README.md says how. */
#ifndef DRC_ANALYSIS_WORLD_H
#define DRC_ANALYSIS_WORLD_H

#include "analysis/common/common.h"

/* ---- build.c */
void build_sites(struct analysis *a);
void build_assets(struct analysis *a);

/* ---- fate.c */
/* Whether its data is damaged, deleted or in strange hands: whatever follows the data follows that too, and is no way out. */
bool is_from_damage(const struct scenario_result *result, const struct asset_state *state);
/* An asset may be lost in several ways at once: a method must cover all of them. The first is what it is called by. */
void lose(struct analysis *a, struct asset_state *state, const char *loss, struct entity *with);
/* What the scenario does to every asset. */
void find_fates(struct analysis *a, struct scenario_result *result);
bool state_has_loss(const struct asset_state *state, const char *loss);
bool is_damaged(const struct asset_state *state); /* its data is wrong or gone, where it stands */

/* ---- graph.c */
/* Reports every cycle of `needs` and `restores_with`, once, edge by edge; sets has_cycle. */
void graph_cycles(struct analysis *a);

/* ---- effect.c */
void check_effect(struct analysis *a, const struct scenario_result *result); /* scenarios that hit nothing (E0553) */

/* ---- stores.c */
/* Whether who writes into the store cannot delete from it: append-only, or a lock of any mode (who writes administers nothing). */
bool binds_writers(const struct analysis *a, const struct entity *store);
bool writers_delete(const struct analysis *a, const struct entity *store); /* by its kind, whatever is stated of it */
/* Nobody who may change the place where it is can delete from it: a lock nobody lifts, media off line. */
bool store_withstands(const struct analysis *a, const struct entity *store);
bool store_survives(const struct analysis *a, const struct entity *store, struct why *why);

/* ---- planes.c */
bool is_among(const struct analysis *a, struct value sites, const struct site_info *site); /* it is one of them, or inside of one */
bool plane_degraded(const struct analysis *a, const struct entity *scenario, const struct site_info *site, const char *plane);
const char *name_mover(const struct entity *endpoint);          /* the target whose script moves it; NULL: a person does */
const char *name_told_in(const struct entity *endpoint);        /* the target whose README tells what is asked of it */
struct asset *zone_asset(struct analysis *a, const char *name); /* the asset that is the zone of that name; NULL */

/* ---- name_zone.c */
void find_zone(struct analysis *a, struct scenario_result *result, struct endpoint_state *state); /* whether the scenario takes what keeps the name */

/* ---- standing.c */
void check_standing(struct analysis *a); /* what is said to be where its kind cannot stand (E0586) */

/* ---- not_yet.c */
void check_not_yet(struct analysis *a); /* what is said to be where only a recovery makes a place (E0568) */

/* ---- split.c */
void find_split(struct analysis *a, struct scenario_result *result); /* after the fates, before they spread */
/* All of its places are lost, or what they hold is damaged, and a copy is read: whatever takes it reads one of them, which may lag. */
bool is_of_one_place(const struct asset_state *state);
void judge_split(struct analysis *a, struct scenario_result *result); /* after judge */

/* ---- holding.c */
void find_holding(struct analysis *a, struct asset *asset); /* what it holds, says its kind; an RPO of what cannot hold anything (E0566) */

/* ---- reach.c */
void find_reach(struct analysis *a, struct scenario_result *result);           /* a->nobody_acts, before methods are chosen; tells nothing */
void check_reach(struct analysis *a, struct scenario_result *result);          /* whether somebody is left to act, and a place to act from (E0567) */
void refute_without_hands(struct analysis *a, struct scenario_result *result); /* after judge(): what waits for those who cannot is never back */
void refute_with_lost(struct analysis *a, struct scenario_result *result);     /* after judge_damage(): nor is what waits for what has expired */

/* ---- derived.c */
void find_rebuilt(struct analysis *a);                                  /* a->rebuilt */
void spread_damage(struct analysis *a, struct scenario_result *result); /* to what is made from damaged data; after fates */

#endif
