/* Private to the files that work out what a restore from copies loses: gaps.c, backup_loss.c, rpo.c, proof.c, story.c. */
#ifndef DRC_ANALYSIS_LOSS_H
#define DRC_ANALYSIS_LOSS_H

#include "analysis/common/common.h"
#include "schedule/schedule.h"

struct loss {
    int64_t ms;            /* TIME_UNKNOWN, RPO_NOT_APPLICABLE */
    int64_t gap, shortest; /* of the schedule; 0 when there is none */
    bool uniform;
    bool unsure;                  /* unknown only because copies may be needed for longer than they are kept */
    const struct reason *missing; /* what nobody stated and makes it unknown; NULL */
    VEC(struct term) terms;
};

/* Adds to the sum; TIME_UNKNOWN makes it unknown, 0 is left out. */
void add_term(struct analysis *a, struct loss *loss, enum term_what what, const char *text, int64_t ms, struct span span);
/* The worst end of a duration; `unset` when it is not stated. */
int64_t worst_of(const struct entity *entity, uint32_t row, int64_t unset);

/* ---- gaps.c ---- */
/* What was worked out of schedules, by a text that says all it depends on; the text is released. Zeroed memory when *first, to be filled with
 * nothing that belongs to one compilation. */
void *worked_out(struct analysis *a, struct strbuf *text, size_t size, bool *first);
const struct zone *backup_zone(struct analysis *a, const struct schedule *schedule); /* NULL: UTC, or not known */
int64_t tolerated_misses(const struct entity *backup);
const char *backup_not_within(const struct entity *backup); /* "06:00-23:00"; NULL */
/* How long one run may wait for others that use its stores; TIME_UNKNOWN. */
int64_t backup_waits(struct analysis *a, const struct entity *backup);
int64_t backup_late(struct analysis *a, const struct entity *backup); /* start window, jitter and such waiting together; TIME_UNKNOWN */
/* The gap of a backup's schedule when that many runs in a row are lost. Slots in hours in which it must not run are none. */
const struct schedule_gap *backup_gap(struct analysis *a, const struct entity *backup, const struct schedule *schedule, int64_t misses);
/* The shortest distance of two slots at which a run may begin, ms. */
int64_t backup_shortest_gap(struct analysis *a, const struct entity *backup, const struct schedule *schedule);
/* Whose reading of the schedule that gap is, and its slots in the arena; NULL where they cannot be walked. `gap`: one that backup_gap() returned. */
enum cron_dialect backup_gap_dialect(const struct schedule_gap *gap);
struct schedule_slots *backup_slots(struct analysis *a, struct arena *arena, const struct entity *backup, const struct schedule *schedule);
/* What is left of its copies where only the newest of each period is kept; NULL where that is not worked out. */
const struct schedule_thinning *backup_thinning(struct analysis *a, const struct entity *backup, enum keep_class keep, int64_t count);
/* The worst of runs that keep others out; false where that is not worked out, or none does. */
bool backup_overlap(struct analysis *a, const struct asset *asset, const struct entity *backup, struct schedule_overlap *out);
/* What is said of it: one that backup_gap() returned. */
const char *backup_gap_text(struct analysis *a, const struct entity *backup, const struct schedule *schedule, const struct schedule_gap *gap);

/* ---- backup_loss.c ---- */
/* The loss of one backup at one store, the same in every scenario. `is_copy`: the store is not where the run writes to. */
struct loss backup_loss(struct analysis *a, const struct asset *asset, const struct entity *backup, bool is_copy);
/* How long copies that the job itself makes keep its next run out; TIME_UNKNOWN. */
int64_t own_copies(struct analysis *a, const struct entity *backup);
/* The procedure that takes it, when its data is as of the end of the run; NULL. */
const struct entity *captured_at_end(struct analysis *a, const struct asset *asset, const struct entity *backup);
/* Whether copies of the backup are kept in the store, and whether as copies of what is written elsewhere. */
bool backup_is_at(const struct entity *backup, const struct entity *store, bool *is_copy);
/* Adds how long copies of the backup to the store wait for each other, where they take longer than the time between two. */
void add_queue(struct analysis *a, struct loss *loss, const struct asset *asset, const struct entity *backup, const struct entity *store);
/* The worst row of copies that wait for each other. False where that is not worked out. */
bool backup_queue(struct analysis *a, const struct asset *asset, const struct entity *backup, struct schedule_queue *out);
/* The worst of what is made on `base` while that is not there. False where that is not worked out. */
bool backup_behind(struct analysis *a, const struct asset *asset, const struct entity *backup, const struct entity *base,
                   struct schedule_behind *out);
/* How many lost zones those copies outlive that the platform keeps beside the asset. */
int64_t kept_through(struct analysis *a, const struct asset *asset, const struct entity *backup);
struct entity *link_of(const struct analysis *a, const struct entity *backup); /* the backup it says it builds on; NULL */

/* ---- writers.c ---- */
/* Whether somebody else holds what writes there, and can delete it: *why says who. A lock keeps him out, as long as it lasts. */
bool deleted_by_writer(struct analysis *a, const struct entity *store, struct why *why);
/* How long nobody can delete what is in the store, ms; INT64_MAX where nobody can who is not in his place. NULL: beside the asset. */
int64_t locked_for(struct analysis *a, const struct entity *store);

/* ---- platform.c ---- */
/* How far apart the full copies are at most that the platform takes by itself for a log it keeps, ms; TIME_UNKNOWN when it takes none. */
int64_t platform_base(struct analysis *a, const struct entity *backup);
/* How long the platform keeps such a copy of the asset at most, ms; INT64_MAX. *limit: the block of the kind that says so. */
int64_t platform_limit(struct analysis *a, const struct asset *asset, const struct entity *backup, const struct entity **limit);
int64_t platform_interval(const struct asset *asset, const struct entity *backup, const struct entity **limit); /* the shortest it ships at; 0 */

/* ---- rpo.c: the chain of copies a candidate reads, the newest first */
enum { CHAIN_LIMIT = 16 };

/* The backups of one chain at one store, newest first; a full one or a snapshot is the last. A log of which the platform keeps its own
 * full copies needs none beside it. */
struct links {
    const struct entity *items[CHAIN_LIMIT];
    struct loss losses[CHAIN_LIMIT];
    int64_t ages[CHAIN_LIMIT]; /* how old each may have to be when it has been read, ms; TIME_UNKNOWN */
    uint32_t count;
    int64_t since_base; /* a log: how long before the moment one goes back to its base was taken at most, ms; TIME_UNKNOWN */
};

/* The chain that copies_loss() found for it, with as long a read. False when it reads none. */
bool chain_of(struct analysis *a, struct asset_state *state, const struct candidate *candidate, int64_t read, struct links *out);
/* How old the moment one goes back to may be when the restore has read its copies, ms; TIME_UNKNOWN. */
int64_t age_of_moment(const struct analysis *a, const struct asset_state *state, int64_t read);

/* How long after it somebody may notice what one goes back behind, ms; what is lost otherwise is missed at once. */
int64_t late_notice(const struct analysis *a, const struct asset_state *state);

/* ---- retention.c */
/* The class that keeps copies up to that age, `apart` from each other; of one not looked at as a whole some that are. NULL: none. */
const struct schedule_thinning *thinned_by(struct analysis *a, const struct entity *backup, int64_t apart, int64_t age);

/* ---- story.c */
int64_t share_of(const struct terms *terms, enum term_what what); /* what such parts come to together, ms */
/* A legal execution in which an asset loses as much as one was found to lose; NULL: none is told. `links` are its chain; none: the method says
 * what it loses. `read`: how long the restore takes, ms. */
struct story *tell_story(struct analysis *a, const struct asset_state *state, const struct chain_link *links, uint32_t count, int64_t read);

#endif
