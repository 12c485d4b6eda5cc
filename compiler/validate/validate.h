/* Whether the artifacts of a build say what its plan says: translation validation.
 *
 * Readers that know nothing of the writers read each artifact again, in its own language (crontab, unit files, YAML, JSON, HCL, shell, Markdown),
 * and compare what they found with the plan: which steps in which order, commands word by word, schedules by the instants at which they fire,
 * objectives, limits, names, numbers. What a reader does not know in a file that a machine acts on is a finding too. Nothing is shared with
 * backends/ or emit/; README.md says what is (plan/, what a schedule of the plan means, how names become names of files).
 *
 * The artifacts may be a stranger's: whatever stands in them, the check ends, in time and memory bounded by their size. */
#ifndef DRC_VALIDATE_VALIDATE_H
#define DRC_VALIDATE_VALIDATE_H

#include "base/arena.h"
#include "base/strbuf.h"
#include "plan/plan.h"
#include "schedule/zone.h"

#include <stdint.h>

struct validate_input {
    const char *const *paths; /* of all files, relative to the output folder, in the order of bytes, each once */
    uint32_t count;
    /* Appends the bytes of one of them; false: they cannot be read, which counts as a file that is not there. */
    bool (*read)(void *context, uint32_t file, struct strbuf *text);
    void *context;
    /* The zone of an IANA name; NULL when there is none. The result lives until the check is done. NULL: there is none but UTC. */
    const struct zone *(*zone)(void *context, const char *name);
    void *zone_context;
};

struct validate_problem {
    const char *path;    /* of the artifact */
    uint32_t line;       /* from 1; 0: the file as a whole */
    const char *message; /* one line, lower case, no full stop */
};

enum { VALIDATE_PROBLEMS_KEPT = 1000 };

struct validate_report {
    struct validate_problem *problems; /* the first ones, in the order of reading */
    uint32_t problem_count;
    uint64_t problems_found; /* all of them; 0: the artifacts say what the plan says */
    uint64_t files;          /* that a reader read */
    uint64_t facts;          /* that were compared */
};

/* Compares all artifacts that are there with the plan. Texts of the report live in the arena or in the input. */
void validate_artifacts(struct arena *arena, const struct plan_document *plan, const struct validate_input *input, struct validate_report *report);

#endif
