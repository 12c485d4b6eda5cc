/* `drc log`: what the command, its cache and its printers share. */
#ifndef DRC_DRIVER_LOG_H
#define DRC_DRIVER_LOG_H

#include "driver/driver.h"
#include "fetch/history.h"

/* Something that is another than in the revision before; texts, so that the same comes from a comparison and from the cache. */
struct log_change {
    const char *sort, *subject; /* "asset", "orders" */
    const char *scenario;       /* NULL: in none */
    const char *what;           /* NULL: it is there, or gone, as a whole */
    const char *before, *after;
    const char *before_at, *after_at; /* FILE:LINE, seen from the folder of the specification; NULL */
    const char *way;                  /* "weaker", "stronger", "other" */
    const char *rule;                 /* NULL */
    const char *because;              /* the terms and edits it comes from, lines; "" */
};

struct log_rename {
    const char *was, *is; /* ids: "asset.orders" */
};

/* What a revision is beside the last before it that could be proved; the first beside nothing. */
struct log_step {
    const char *error;  /* why nothing is proved of it: "main.dr:3: … [E0205]"; NULL */
    const char *digest; /* of the plan */
    int64_t hold, refuted, unknown, accepted;
    int64_t weaker, stronger, other, edits; /* of everything, also of what is not kept here */
    VEC(struct log_change) changes;         /* of assets, names, groups and availabilities */
    VEC(struct log_rename) renames;
};

enum log_status {
    LOG_SAME,   /* nothing that was read is another */
    LOG_ABSENT, /* there is no specification */
    LOG_STEP
};

struct log_item {
    const struct git_commit_info *commit;
    char key[65]; /* of what the specification reads, in that commit */
    enum log_status status;
    const struct log_step *step; /* with LOG_STEP */
    int32_t before;              /* number of the item that the step is compared with; -1: of none */
};

struct log_report {
    struct arena *arena;
    const char *path;       /* as it is called in the newest commit; "" is the top */
    const char *name;       /* of an asset, a name or a group; NULL: all */
    struct log_item *items; /* newest first */
    uint32_t count;
    bool cut;           /* a shallow clone: what is older is not there */
    uint32_t compiled;  /* compilations it took; no part of what is printed */
    uint32_t from_disk; /* steps that came from the cache */
};

struct compare_report;

/* ---- log_step.c */
const struct log_step *log_step_first(struct arena *arena, const struct plan_document *plan);
const struct log_step *log_step_between(struct arena *arena, const struct plan_document *after, const struct compare_report *report);
const struct log_step *log_step_broken(struct arena *arena, struct session *session, const char *prefix);

/* ---- log_cache.c: what was worked out before, on disk, for its owner alone. Damaged or foreign entries count as none. */
struct log_cache;
/* NULL: there is no place for it, or an option makes results depend on what no key knows. `path`: of the specification. */
struct log_cache *log_cache_open(struct arena *arena, const struct options *options, const char *path);
void log_cache_close(struct log_cache *cache);                                                            /* NULL is allowed */
void log_cache_questions(const struct log_cache *cache, struct git_reads *reads);                         /* adds what runs before this one asked */
void log_cache_keep_questions(const struct log_cache *cache, const struct git_reads *reads);              /* for the next ones */
const struct log_step *log_cache_get(const struct log_cache *cache, const char *before, const char *key); /* `before`: key, or "" */
void log_cache_put(const struct log_cache *cache, const char *before, const char *key, const struct log_step *step);

/* ---- log_print.c: to standard output */
void log_text(const struct log_report *report);
void log_json(const struct log_report *report); /* drc.log/1, docs/log.schema.json */
void log_csv(const struct log_report *report);
/* Whether any commit says something of what is asked about. */
bool log_knows_name(const struct log_report *report);

struct jsonw;
void log_json_step(struct jsonw *j, const struct log_step *step, const char *name); /* its members; `name` NULL: all changes */

#endif
