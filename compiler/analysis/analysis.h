/* From the model to the plan: what survives, how much is lost, how long recovery takes, and whether every objective holds.
 *
 * A room for each question (README.md); analysis.c is the order in which they are asked. */
#ifndef DRC_ANALYSIS_ANALYSIS_H
#define DRC_ANALYSIS_ANALYSIS_H

#include "model/plan.h"
#include "schedule/zone.h"
#include "sema/eval.h"

/* What a file says about a drill or a recovery that took place. */
struct analysis_record {
    const char *file;
    struct value value;
};

/* What was worked out of schedules, by all that it depends on: the same in every compilation, so that those of one specification with a text
 * changed need not walk the calendar again for what they share. */
struct schedule_memory {
    struct arena *arena; /* lives as long as whoever shares it */
    struct intern *names;
    struct map known;
    uint32_t walks; /* over the calendar of a time zone: 400 years */
};

enum analysis_trees {
    TREES_NONE,    /* only the proof */
    TREES_CHECKED, /* what a target may refuse: of jobs those that somebody knows how to run */
    TREES_ALL,     /* what targets print */
};

struct analysis_options {
    const char *version;       /* of the compiler */
    enum analysis_trees trees; /* which jobs and emits are evaluated beside the proof */
    bool digest;               /* work out plan->digest: for artifacts and the plan as data; otherwise it is "" */
    bool proofs;               /* tell a world for each loss (plan->scenarios[].proofs); with `digest` they always are */
    bool ledger;               /* work out plan->assumptions; with `digest` they always are */
    bool has_as_of;            /* judge dates (waivers) at as_of: days since 1970-01-01 */
    int64_t as_of;
    bool has_records; /* judge drills by records; there may be none */
    const struct analysis_record *records;
    uint32_t record_count;
    const atom *rules_off; /* names of rules that are not judged */
    uint32_t rules_off_count;
    /* A time zone by its IANA name, NULL when the system has none; the driver reads it. */
    const struct zone *(*zone)(void *context, const char *name);
    void *zone_context;
    struct schedule_memory *schedules; /* NULL: nobody else asks; its zones are those of `zone` */
};

/* For a model with mistakes: reports what is wrong in itself besides, and proves nothing. */
void analyse_form(struct model *model, struct evaluator *eval, const struct analysis_options *options);

/* Never NULL. Findings are in the plan and reported to the sink, waived ones only in the plan. */
struct plan *analyse(struct model *model, struct evaluator *eval, const struct analysis_options *options);

/* Every figure of the kinds of a model, in the order of the text; also of a library without a specification. */
struct figure **all_figures(struct evaluator *eval, uint32_t *count);

#endif
