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

/* ---- yaml.c: a document as its scalars; JSON is YAML too */
struct scalar {
    const char *key; /* "spec.jobTemplate.spec.containers[0].name" */
    const char *value;
    const char *at; /* its line in the text */
    bool read;
};
struct scalars {
    struct scalar *items;
    uint32_t count;
    uint32_t *next; /* where the one asked for next probably is */
};
/* False, with a finding, where it is no YAML, is more than one document, or holds anchors and tags. */
bool read_yaml(const struct artifact *artifact, struct arena *arena, struct scalars *out);
/* NULL: there is none. It is marked as read. */
struct scalar *scalar_at(const struct scalars *scalars, const char *key);
/* The scalar of that key is that text, or that number. */
void same_scalar(const struct artifact *artifact, const struct scalars *scalars, const char *key, const char *want);
void same_scalar_number(const struct artifact *artifact, const struct scalars *scalars, const char *key, int64_t want);
/* Those that nobody asked for are findings. */
void scalars_end(const struct artifact *artifact, const struct scalars *scalars);

/* ---- shell.c: a script of ours as its statements; comments and empty lines are none */
struct script {
    const struct artifact *artifact;
    struct arena *arena;
    const char *at;
};
enum statement_kind { STATEMENT_END, STATEMENT_COMMAND, STATEMENT_FUNCTION };
struct statement {
    enum statement_kind kind;
    const char *at;
    const char *line;   /* a command: its first line, as it is written */
    const char *name;   /* a function's; the script then stands at its body */
    const char **words; /* a command: what they are to the shell; a variable is between two marks, see variable_mark */
    uint32_t count;     /* 0 where it is no plain command */
};

/* The next one; inside of a function STATEMENT_END is its end. */
void next_statement(struct script *script, struct statement *out);
/* The end of a function: what stands in front of it is a finding, and skipped. */
void end_function(struct script *script, const char *name);
/* `name` as the shell shows it in a word. */
const char *variable_mark(struct arena *arena, const char *name);
/* What a runtime name of the plan is to scripts: job.output -> job_output. */
const char *variable_named(struct arena *arena, const char *runtime);
/* Whether the command of the plan stands there; a finding where it does not. */
bool same_command(struct script *script, const char *what, const struct plan_command *command);
/* The same as a whole function, whose head was read. */
void same_function(struct script *script, const char *name, const struct plan_command *command);
bool same_statement(const struct artifact *artifact, const struct statement *statement, const char *what, const char *const *want, uint32_t count);
/* Whether a text that is shown is that of the plan: characters that drive a terminal are replaced in it. */
bool same_shown(const char *shown, const char *text);

/* ---- notices.c: whom a script tells */
/* `notify` of an alarm, for each of them that a program can reach: the command's words. */
struct notices {
    const char *(*items)[9];
    uint32_t count;
};
void alarms_of(struct reading *r, struct arena *arena, const struct plan_thing *who, bool always, struct notices *out);
/* What a step posts. */
void posts_of(struct reading *r, struct arena *arena, const struct plan_step *step, struct notices *out);
/* Reads so many of them, the next statements of the script. */
void same_notices(struct script *script, const struct notices *notices);

/* ---- limits.c: how long a run of a job may take before it is given up, as the plan's figures make it, seconds */
struct job_limits {
    int64_t run, copy, whole;
};
struct job_limits limits_of(const struct plan_job *job);

/* ---- the readers, one for each target */
void read_schedulers(struct reading *r); /* schedulers.c: crontabs, units, CronJobs */
void read_jobs(struct reading *r);       /* jobs.c: scripts of backups */
void read_recoveries(struct reading *r); /* recoveries.c: tables and scripts of recoveries and ways back */
void read_drills(struct reading *r);     /* drills.c: scripts of drills */
void read_batches(struct reading *r);    /* batches.c: what the AWS CLI makes of records and health checks */
void read_terraform(struct reading *r);  /* terraform.c */
void read_roots(struct reading *r);      /* roots.c: states, outputs carried over, scripts brought into a cluster */
void read_pages(struct reading *r);      /* pages.c: runbooks */

#endif
