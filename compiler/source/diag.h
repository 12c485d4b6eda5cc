/* Diagnostics are values: code, labels at several places, notes, help with a fix. They are collected in a sink,
 * sorted, deduplicated and printed once, so that a run reports all independent mistakes in one order.
 *
 * Wording: message lower case, no full stop, the subject in backquotes; only help says how to mend.
 * Codes are rows of diag/LAYER.def; a code is never reused. */
#ifndef DRC_SOURCE_DIAG_H
#define DRC_SOURCE_DIAG_H

#include "base/strbuf.h"
#include "base/vec.h"
#include "source/source.h"

/* Advice is no finding: it never makes a run fail, not even as an error by -Werror, and stands last. */
enum severity { SEVERITY_ADVICE, SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };
enum { LEVEL_DEFAULT = -1, LEVEL_OFF = SEVERITY_ERROR + 1 };

/* What a finding says of an objective. */
enum diag_verdict { DIAG_NO_VERDICT, DIAG_UNKNOWN, DIAG_REFUTED };

/* DIAG(E0101, "syntax-error", ERROR, "title for lists", "explanation: what it means, why, how to mend, example") */
enum diag_code {
#define DIAG(code, name, severity, title, explanation) DIAG_##code,
#include "source/diag.def"
#undef DIAG
    DIAG_COUNT
};

struct diag_info {
    const char *code; /* "E0101" */
    const char *name; /* "syntax-error": what -W and accept use */
    enum severity severity;
    const char *title;
    const char *explanation;
};

struct diag_label {
    struct span span;
    const char *text; /* may be "" */
};

/* A number that was proved for the specification with the fix. */
struct diag_result {
    const char *measure; /* "loss", "finish"; NULL when there is none */
    const char *subject; /* as in struct diag: "asset.database@region-loss" */
    int64_t ms;          /* negative: not applicable */
};

struct diag_note {
    const char *text;  /* whole: programs get this one */
    const char *brief; /* for the eye, where the whole is too long; "": one of many, only counted; NULL: the text */
};

/* An offer that states more than was stated, or promises less, is labelled as such. */
enum offer_sense { OFFER_CHANGES, OFFER_ASSERTS, OFFER_WEAKENS };

struct diag_help {
    const char *text;
    enum offer_sense sense;
    struct span fix;         /* what to replace; no place: the help is words only */
    const char *replacement; /* NULL when there is no machine-applicable fix */
    struct diag_result result;
};

struct diag {
    enum diag_code code;
    const char *rule; /* name of a rule written in the language that raised it, else NULL: printed in place of the code's name */
    enum severity severity;
    const char *message;
    struct diag_label primary; /* the place of the mistake; its text may be "" */
    VEC(struct diag_label) labels;
    VEC(struct diag_note) notes;
    VEC(struct diag_help) helps;
    const char *subject; /* stable identity for fingerprints, e.g. "asset.database"; may be NULL */
    enum diag_verdict verdict;
    struct diag *told_with; /* the message that names it in words: a text says no more, programs get it by itself; NULL */
    struct diag *block;     /* set by diag_sort: the first of those told in one block of a text; itself when it stands alone */
    uint32_t sequence;      /* order of reporting: last tie-breaker */
    uint32_t position;      /* set by diag_sort: by place */
    struct diag_sink *sink;
};

struct diag_sink {
    struct arena *arena;
    const struct sources *sources;
    VEC(struct diag *) diags;
    uint32_t errors; /* counted as reported, after -W settings */
    uint32_t warnings;
    signed char level[DIAG_COUNT + 1]; /* LEVEL_DEFAULT, an enum severity, or LEVEL_OFF; notes cannot be errors by -Werror */
    bool warnings_are_errors;
    bool no_advice;
    struct lost *lost; /* what could not be read: see lost.h; NULL: nothing */
};

void diag_sink_init(struct diag_sink *sink, struct arena *arena, const struct sources *sources);

/* Starts a diagnostic; add to it with the functions below. Never NULL, also when it is switched off. */
struct diag *diag_report(struct diag_sink *sink, enum diag_code code, struct span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
struct diag *diag_at(struct diag *diag, const char *format, ...) __attribute__((format(printf, 2, 3))); /* text beside the caret */
struct diag *diag_label(struct diag *diag, struct span span, const char *format, ...) __attribute__((format(printf, 3, 4)));
struct diag *diag_note(struct diag *diag, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A note that names many: whole for programs, `format` for the eye. */
struct diag *diag_note_brief(struct diag *diag, const char *whole, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* One more of many notes: programs get it, a text says how many there are. */
struct diag *diag_note_more(struct diag *diag, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct diag *diag_help(struct diag *diag, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct diag *diag_fix(struct diag *diag, struct span span, const char *replacement, const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Another severity than the code's own; keeps the sink's counts right. -W settings still win, but advice stays advice. */
void diag_set_severity(struct diag *diag, enum severity severity);

const char *severity_name(enum severity severity); /* "error", "warning", "note", "advice" */
const struct diag_info *diag_info(enum diag_code code);
/* By code ("E0101") or name ("syntax-error"); DIAG_COUNT when there is none. */
enum diag_code diag_find(const char *text);

/* The verdict first: refuted objectives and errors of the model, what is unknown, warnings, rules, notes, advice; inside of each by file
 * order, place, code, sequence. What is told in one block (findings of one rule, one cause in several scenarios) stands together, with the
 * worst of them. The same code, place and message once. */
void diag_sort(struct diag_sink *sink);

/* The candidate nearest to `word` (case-insensitive equality, then Damerau-Levenshtein <= max(1, length / 3)), or NULL.
 * Ties go to the earlier candidate. */
const char *nearest(const char *word, const char *const *candidates, size_t count);

enum diag_format {
    DIAG_TEXT,
    DIAG_JSON,
    DIAG_SARIF,
    DIAG_GITHUB,
    DIAG_GITLAB,
    DIAG_JUNIT,
    DIAG_MARKDOWN, /* of `drc diff` alone */
    DIAG_CSV,      /* of `drc log` alone */
};

/* What a rule written in the language says of itself. */
struct diag_rule_text {
    const char *title, *help;
};

struct report_case;
struct report_finding;

struct diag_style {
    enum diag_format format;
    bool color;
    uint32_t max; /* text: print so many blocks, errors before all else, then "… and N more"; 0 = all */
    const char *tool_version;
    const char *members; /* JSON: further members of the report, each with a comma before it; NULL: none */
    /* For formats of build servers; all may be left out. */
    const char *root;  /* files below are named relative to it; ends in a slash */
    const char *input; /* the file that stands for the specification */
    void (*rule_text)(void *context, const char *rule, struct diag_rule_text *out);
    void *context;
    const struct report_case *cases; /* objectives, for formats that have cases: those of a suite one after the other */
    uint32_t case_count;
    const struct report_finding *others; /* that are no diagnostics: they stand behind them */
    uint32_t other_count;
};

/* Renders a sorted sink. Linear in the size of what it prints; long lines are clipped round the place. */
void diag_render(const struct diag_sink *sink, const struct diag_style *style, struct strbuf *out);

#endif
