/* Private to the files that make the ledger (ledger.c, ledger_terms.c, ledger_names.c): its entries, and what rests on them. */
#ifndef DRC_ANALYSIS_ENTRIES_H
#define DRC_ANALYSIS_ENTRIES_H

#include "analysis/common/common.h"

/* The entry of that name, made when it is new. Its id is KIND:SUBJECT and `what`. */
struct assumption *ledger_entry(struct analysis *a, enum assumption_kind kind, struct entity *subject, const char *what, bool *is_new);

/* A verdict rests on it. The loss of an asset is also that of the groups it is judged in. */
void rest_on(struct analysis *a, struct assumption *entry, enum objective_kind kind, struct entity *subject, struct entity *scenario);
void rest_rto(struct analysis *a, struct assumption *entry, const struct scenario_result *result, const struct asset_state *state);
void rest_rpo(struct analysis *a, struct assumption *entry, const struct scenario_result *result, const struct asset_state *state);
void rest_both(struct analysis *a, struct assumption *entry, const struct scenario_result *result, const struct asset_state *state);

void add_resting(struct analysis *a, struct assumption *entry, struct resting resting);

/* It is asked of whoever answers for `of`; nobody, when nobody does. `target`: whose README says so; the top one says all. */
void ask_owner(struct analysis *a, struct assumption *entry, struct entity *of, const char *target, const char *question);
void ask_person(struct assumption *entry, struct entity *who, const char *target, const char *question);

void made_by(struct assumption *entry, const char *target, const char *file, const char *question);

/* The first `source` of the block that says it is about the attribute (NULL: any) makes it the platform's. False when it has none. */
bool take_source(const struct entity *block, const char *attribute, struct assumption *entry);
bool platform_says(struct assumption *entry, const struct entity *block, const char *attribute);

const char *ledger_value(struct analysis *a, struct value value);      /* as written; NULL unknown */
const char *ledger_time(struct analysis *a, struct span_of_time time); /* "2m..5m..10m" */
const char *ledger_duration(struct analysis *a, int64_t ms);           /* NULL unknown */

/* ---- ledger_terms.c: what the numbers of a state are made of, and who acts */
void add_terms(struct analysis *a, const struct scenario_result *result, const struct asset_state *state);
void add_clock(struct analysis *a, const struct scenario_result *result, const struct asset_state *state, struct step *const *runbook,
               uint32_t count);
struct step **before_recovery(struct analysis *a, const struct scenario_result *result, uint32_t *count); /* before anything is recovered */
/* That what a health check asks is no success once what is down in the scenario does not serve; NULL where the place itself is gone. */
/* By the file in which the kind of the name makes the health check of the target; false: none does, and the entry is as it was. */
bool check_made_by(struct analysis *a, struct assumption *entry, struct entity *target, const char *question);
struct assumption *add_answer(struct analysis *a, const struct scenario_result *result, struct entity *target);
void add_moving_step(struct analysis *a, const struct scenario_result *result, const struct endpoint_state *state);
void add_availability(struct analysis *a, const struct slo_state *slo);

/* ---- admins.c: after a compromise, who could change what the recovery rests on */
void add_admins(struct analysis *a, const struct scenario_result *result, const struct asset_state *state);

/* ---- capacity.c: that there is room where something is recovered, unless quotas say so */
/* Whether somebody is asked for room where it serves then: what goes on there by itself at once has it. */
bool room_is_asked(const struct analysis *a, const struct asset_state *state);
void add_room(struct analysis *a, const struct scenario_result *result, const struct asset_state *state);

/* ---- ledger_names.c: what leads users to it */
void add_endpoint(struct analysis *a, const struct scenario_result *result, const struct endpoint_state *state);

/* ---- rests.c: after all entries are made, which verdicts rest on each through others */
void complete_rests(struct analysis *a);

#endif
