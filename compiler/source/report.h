/* A report for build servers: findings, whoever made them (a compilation, a comparison of two plans), and the objectives they are about, in the
 * formats such servers read. Places are names, lines and columns, so that whoever has no source text can have a report as well. */
#ifndef DRC_SOURCE_REPORT_H
#define DRC_SOURCE_REPORT_H

#include "source/diag.h"

/* Lines and columns count from 1; the end is exclusive. Line 0: the file as a whole; column 0: the whole line. */
struct report_place {
    const char *file; /* NULL: no place */
    bool is_input;    /* a file of the user's; else of the library, standard input, an option */
    uint32_t line, end_line;
    uint32_t column, end_column; /* characters */
    uint32_t unit, end_unit;     /* the same in units of UTF-16, by which editors count */
};

struct report_label {
    struct report_place place;
    const char *text;
};

struct report_fix {
    const char *text;
    struct report_place place; /* what goes */
    const char *replacement;   /* what comes */
};

/* What a finding is an instance of. */
struct report_rule {
    const char *id, *name, *title, *help;
    enum severity severity; /* unless a finding says otherwise */
};

struct report_finding {
    const struct report_rule *rule; /* findings of one rule may have equal copies of it */
    enum severity severity;
    const char *message, *more; /* one line; and what else a reader needs, lines that each begin with a newline, or "" */
    const char *subject;        /* what it is about, stable when lines move: "asset.database@region-loss"; NULL */
    const char *decides;        /* it says what became of cases with this subject; NULL: of none */
    struct report_place place;
    VEC(struct report_label) labels;
    VEC(struct report_fix) fixes;
};

enum report_state { REPORT_HOLDS, REPORT_REFUTED, REPORT_UNKNOWN, REPORT_SKIPPED /* nobody demands it, or somebody accepted that it fails */ };

/* An objective, or a rule of a comparison: the case of a test that was passed, or not. */
struct report_case {
    const char *suite, *name; /* scenario; "`orders` RTO" */
    const char *subject;      /* as findings have it that decide */
    enum report_state state;
    const char *message; /* "refuted: 5h, the objective is 4h"; "" where it holds */
    const char *file;    /* that declares the subject; "" */
};

struct report {
    const char *version; /* of the compiler */
    const char *input;   /* the file that stands for the whole, for formats in which each finding has one */
    VEC(struct report_finding) findings;
    VEC(struct report_case) cases;
};

/* As SARIF 2.1.0 (OASIS, errata 01), GitHub's workflow commands, GitLab's code quality, or JUnit's XML (as Jenkins' junit-10.xsd has it). */
void report_render(const struct report *report, enum diag_format format, struct arena *arena, struct strbuf *out);

/* ---- between the files that write it */
void report_sarif(const struct report *report, struct arena *arena, struct strbuf *out);
void report_github(const struct report *report, struct strbuf *out);
void report_gitlab(const struct report *report, struct arena *arena, struct strbuf *out);
void report_junit(const struct report *report, struct arena *arena, struct strbuf *out);

/* For each finding a number that stays when lines move (64 bits, "0123456789abcdef:1"), and is no other's. In the arena. */
const char **report_fingerprints(const struct report *report, struct arena *arena);

#endif
