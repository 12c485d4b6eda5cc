/* Cron expressions, read as a given scheduler reads them.
 *
 * Schedulers disagree: Vixie cron (Debian, cronie) combines day of month and weekday by "and" as soon as
 * one of the fields starts with `*`, Kubernetes (robfig/cron v3) only when one of them is a whole `*`;
 * weekday 7 and `5/10` are accepted by one and refused by the other; AWS has six fields of its own. What
 * only some programs accept, or accept with a silent surprise, is refused here with advice. */
#ifndef DRC_SCHEDULE_CRON_H
#define DRC_SCHEDULE_CRON_H

#include "base/arena.h"
#include "schedule/calendar.h"

#include <stddef.h>

enum cron_dialect {
    DIALECT_PLAIN,      /* no scheduler: the instants the specification names (fields as in Vixie cron) */
    DIALECT_DEBIAN,     /* Vixie cron 3.0pl1 of Debian */
    DIALECT_CRONIE,     /* cronie (Fedora, RHEL, Arch) */
    DIALECT_KUBERNETES, /* CronJob: robfig/cron v3 */
    DIALECT_SYSTEMD,    /* OnCalendar; the five fields are read as Vixie cron reads them and translated */
    DIALECT_AWS,        /* EventBridge and AWS Backup: six fields; five fields are read as Vixie cron and translated */
    DIALECT_COUNT
};

const char *dialect_name(enum cron_dialect dialect); /* for messages: "Debian cron", "Kubernetes", … */
const char *dialect_word(enum cron_dialect dialect); /* for programs: "debian", "kubernetes", … */

/* A parsed expression: on the matching days, at every hour of `hours` and every minute of `minutes`. */
struct cron {
    uint64_t minutes; /* bit 0 … bit 59 */
    uint32_t hours;   /* bit 0 … bit 23 */
    struct day_rule days;
    bool wild;        /* the minute or the hour field starts with `*`: Vixie cron follows clock changes differently */
    bool minute_star; /* Vixie's flags: the field starts with `*` */
    bool hour_star;
    bool six_fields; /* written in the six fields of AWS */
};

/* Where and why an expression was refused: offset and length in the text; both texts are lower case
 * without a full stop; help may be NULL. */
struct cron_error {
    size_t offset;
    size_t len;
    const char *message;
    const char *help;
};

/* Reads an expression of five fields (DIALECT_AWS: also six, with or without `cron( )` around them), or
 * one of @yearly @annually @monthly @weekly @daily @midnight @hourly. @reboot and @every are refused: they
 * name no time of day. Every dialect refuses reversed ranges, steps of 0, and values out of range. */
bool cron_parse(struct arena *arena, const char *text, enum cron_dialect dialect, struct cron *out, struct cron_error *error);

/* Constructs that are legal but mean different things to different programs, or nothing at all. */
enum cron_lint_kind {
    CRON_LINT_DAY_EITHER,  /* day of month and weekday both given: means "or", rarely what is wanted */
    CRON_LINT_STEP_AND,    /* a stepped `*` beside a restricted day field: "and" for some programs, "or" for others */
    CRON_LINT_NEVER,       /* no day matches, e.g. 30 february */
    CRON_LINT_UNEVEN_STEP, /* a step that does not divide its range: every 35th minute is minutes 0 and 35 */
    CRON_LINT_SKIPS_MONTHS /* only days 29 to 31 that some months lack */
};

struct cron_lint {
    enum cron_lint_kind kind;
    size_t offset;
    size_t len;
    const char *message;
};

enum { CRON_LINT_MAX = 8 };

/* Fills at most CRON_LINT_MAX entries and returns how many. The text must be readable by cron_parse in
 * that dialect; otherwise 0. */
unsigned cron_lint(struct arena *arena, const char *text, enum cron_dialect dialect, struct cron_lint out[CRON_LINT_MAX]);

#endif
