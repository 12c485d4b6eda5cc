/* Shared by the readers: the files, findings, comparing. */
#ifndef DRC_VALIDATE_READING_H
#define DRC_VALIDATE_READING_H

#include "base/intern.h"
#include "base/map.h"
#include "validate/validate.h"

struct reading {
    const struct plan_document *plan;
    const struct plan_index *index;
    const struct validate_input *input;
    struct validate_report *report;
    struct arena *arena;   /* of the report */
    struct arena *scratch; /* until the check ends */
    const char *slug;      /* the plan's name in paths */
    struct intern *names;
    struct map files;    /* path -> its number + 1 */
    struct map compared; /* notation and schedule -> whether they fire together */
    bool *taken;         /* by file: a reader has read it */
};

struct artifact {
    struct reading *r;
    const char *path, *text; /* the text ends with a NUL that does not count */
    size_t len;
};

/* False when there is no such file. Reads it; its text lives in `arena`. */
bool artifact_open(struct reading *r, struct arena *arena, const char *path, struct artifact *out);
bool artifact_exists(const struct reading *r, const char *path);
/* The first file whose path begins so, from *number on; false: there is none left. *number is then the one behind it. */
bool artifact_next(const struct reading *r, const char *prefix, uint32_t *number, const char **path);

/* A finding at a place of the text; NULL: at the file as a whole. */
void wrong(const struct artifact *artifact, const char *at, const char *format, ...) __attribute__((format(printf, 3, 4)));
void wrong_file(struct reading *r, const char *path, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Compares, counts, and tells: "`what` is `got`, and the plan says `want`". NULL: there is none. */
bool same_text(const struct artifact *artifact, const char *at, const char *what, const char *got, const char *want);
bool same_number(const struct artifact *artifact, const char *at, const char *what, int64_t got, int64_t want);
bool holds(const struct artifact *artifact, const char *at, bool fact, const char *format, ...) __attribute__((format(printf, 4, 5)));

/* A whole number without sign; -1 for anything else. */
int64_t number_of(const char *text);

/* One line after the other; *line is in the arena, without its end. */
struct lines {
    const char *next;
    const char *at; /* of the line in the text */
    struct arena *arena;
};
bool next_line(struct lines *lines, char **line);

/* ---- notation.c: when a line of a scheduler fires, and whether that is when the plan says */
enum notation_kind { NOTATION_CRON, NOTATION_KUBERNETES, NOTATION_ON_CALENDAR, NOTATION_AWS };

/* Whether all lines together, read as that notation, fire at the instants of the schedule that the plan writes. `zone`: the zone that stands beside
 * them, NULL for UTC (of OnCalendar it stands in the line). *why says what differs. */
bool fires_as(struct reading *r, enum notation_kind kind, const char *const *lines, uint32_t count, const char *zone, const char *written,
              const char **why);

/* ---- yaml.c: a document as its scalars */
struct scalar {
    const char *key; /* "spec.jobTemplate.spec.containers[0].name" */
    const char *value;
    const char *at; /* its line in the text */
    bool read;
};
struct scalars {
    struct scalar *items;
    uint32_t count;
};
/* False, with a finding, where it is no YAML, is more than one document, or holds anchors and tags. */
bool read_yaml(const struct artifact *artifact, struct arena *arena, struct scalars *out);
/* NULL: there is none. It is marked as read. */
struct scalar *scalar_at(const struct scalars *scalars, const char *key);
/* Those that nobody asked for are findings. */
void scalars_end(const struct artifact *artifact, const struct scalars *scalars);

/* ---- limits.c: how long a run of a job may take before it is given up, as the plan's figures make it, seconds */
struct job_limits {
    int64_t run, copy, whole;
};
struct job_limits limits_of(const struct plan_job *job);

/* ---- the readers, one for each target */
void read_schedulers(struct reading *r); /* schedulers.c: crontabs, units, CronJobs */

#endif
