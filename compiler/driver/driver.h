/* What the commands share: options, loading, printing, exit codes. The driver is the only layer that touches disk, clock
 * and environment. */
#ifndef DRC_DRIVER_DRIVER_H
#define DRC_DRIVER_DRIVER_H

#include "analysis/analysis.h"
#include "base/vec.h"
#include "plan/plan.h"
#include "sema/sema.h"

enum exit_code {
    EXIT_FINE = 0,
    EXIT_INVALID = 1, /* the specification is wrong or an objective is refuted: mend it */
    EXIT_DIFFERS = 2, /* valid, but the result differs: build again */
    EXIT_WEAKER = 3,
    EXIT_USAGE = 64,
    EXIT_OURS = 70,
    EXIT_IO = 74,
};

struct options {
    const char *command;
    VEC(const char *) arguments;   /* SPEC…, or what the command takes */
    const char *output;            /* -o */
    VEC(const char *) includes;    /* -I */
    VEC(const char *) defines;     /* -D name=value */
    VEC(const char *) param_files; /* --params */
    VEC(const char *) targets;     /* --target a,b */
    VEC(const char *) drops;       /* --drop NAME: folders of programs that are not asked for any more */
    VEC(const char *) levels;      /* -W… as written after -W */
    const char *scenario;          /* --scenario */
    const char *asset, *by;        /* ledger: --asset, --by */
    const char *as_of;             /* --as-of */
    const char *records;           /* --records */
    const char *stale;             /* --stale DATE */
    const char *emit;              /* --emit plan */
    const char *runs;              /* --runs N */
    const char *seed;              /* --seed S */
    const char *style;             /* --style mermaid|dot|svg */
    const char *causes;            /* diff: --causes all|none */
    enum diag_format format;
    int color; /* -1 auto, 0 never, 1 always */
    bool quiet, force, check, diff, write, timeline, timings, codes, repairs, world, no_cache;
    uint32_t max_errors;
};

/* Everything one compilation needs. */
struct session {
    const struct options *options;
    struct arena *arena;
    struct arena *trees; /* of files, until nobody asks how a thing is written */
    struct intern *names;
    struct sources sources;
    struct diag_sink sink;
    struct parse_context parse;
    struct model model;
    struct evaluator eval;
    struct plan *plan;                    /* NULL until analysed */
    const struct plan_document *document; /* the plan as it is published; NULL until somebody asks for it */
    bool wants_ledger;                    /* also where no trees are made */
    bool wants_worlds;                    /* an execution for each loss, also where no plan is written */
    const char *members;                  /* of the report as JSON, besides the diagnostics: see diag_style; NULL */
    const struct report_case *cases;      /* objectives, for a report that has cases; kept before the proof goes */
    uint32_t case_count;
    const struct report_finding *others; /* what a report for build servers tells besides: files that differ */
    uint32_t other_count;
    bool misused; /* an option is wrong, which was told: the status says so, and nothing else is printed */
    VEC(struct file_tree *) files;
    struct map loaded; /* resolved path -> file_tree */
    struct map zones;
    struct schedule_memory *schedules; /* the origin's, where there is one */
    VEC(struct sema_param) params;
    /* A compilation of the same specification with one file changed: nothing but the rest is read anew. */
    const struct session *origin; /* NULL: an ordinary one */
    const char *changed_file;     /* as it is called in the origin's sources */
    const char *changed_text;
    size_t changed_len;
};

/* ---- session.c */
void session_init(struct session *session, const struct options *options);
void session_release(struct session *session);
/* Loads and resolves options->arguments. False when there are errors (in the sink). */
bool session_load(struct session *session);
/* session_load, then the proof. `trees`: which jobs and emitted trees are made too. False when there are errors. */
bool session_analyse(struct session *session, enum analysis_trees trees);
/* Nothing is wrong but what rules about emitted resources found: what else a target refuses can be told with it. */
bool session_can_ask_targets(const struct session *session);
/* The plan as it is published, made when it is first asked for. After session_analyse with TREES_ALL. */
const struct plan_document *session_document(struct session *session);
/* The same for whoever asks nothing else of the specification and its proof but the counts: they are freed, unless there is something to mend. */
const struct plan_document *session_last_document(struct session *session);
/* The zone of an IANA name, from the system's tz database; NULL when there is none. `context`: the session. */
const struct zone *session_zone(void *context, const char *name);
/* ---- program_target.c */
struct fileset;
bool target_is_program(const char *target); /* `exec:PROGRAM` */
/* Of its folder: the program's name without its suffix, of small letters, digits, `-` and `_`; NULL when it is none, or one of ours. */
const char *program_target_name(struct arena *arena, const char *target);
/* Gives each program among the wanted targets the plan; its files go into the set, what it finds and what it does wrong to the sink. */
void run_program_targets(struct session *session, struct fileset *files);
bool has_program_target(const struct options *options);

/* What the wanted targets cannot express; of those that are programs by running them. */
void session_check_targets(struct session *session);
void session_check_programs(struct session *session);
/* False when one of the wanted targets is none, which is told. */
bool targets_exist(struct arena *arena, const struct options *options);
/* --timings: how long a pass took that began then. */
double session_seconds(void);
void session_timing(const struct session *session, const char *what, double since);
/* Prints what is in the sink; stdout for machine formats, else stderr. Returns EXIT_FINE or EXIT_INVALID. */
int session_report(struct session *session);

/* ---- cases.c */
/* The objectives as cases, of a session that was analysed. */
void collect_cases(struct session *session);
/* What reports for build servers say beyond the findings. */
void complete_style(struct session *session, struct diag_style *style);

/* ---- summary.c */
/* The last line of `check`, `plan` and `build`, on standard output, unless a machine format or quiet is asked for. After session_report. */
void print_summary(struct session *session);

/* ---- screen.c */
/* Text for a person on standard output, a whole line at a time; what does not show as itself (controls, turns of direction, bytes that are
 * no UTF-8) is replaced, for titles and names come from whoever wrote the specification. Machine formats have writers of their own. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void say_text(const char *text);
void say_line(const char *text);                                              /* and a newline */
void say_byte(char byte);                                                     /* of a text that is said byte by byte */
bool tell_unfinished(struct arena *arena, const char *path);                  /* says it where a build was interrupted, see output_unfinished() */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2))); /* the same on standard error */
size_t screen_width(void); /* of standard output in columns; SIZE_MAX where it is no terminal: then nothing is cut */
size_t text_columns(const char *text);
void add_cell(struct strbuf *line, const char *text, size_t width); /* clipped, filled up, and one space */
void end_line(struct strbuf *line);                                 /* prints it without the spaces at its end, and empties it */
void print_clipped(const char *text);                               /* a row of a table, on one line of the screen */
void print_wrapped(const char *text, size_t indent);                /* prose: broken between words, further lines indented */

/* ---- explain_world.c: the dated story of a legal execution that reaches the number */
void explain_lossy_world(const struct scenario_result *result, const struct asset_state *state);
void explain_slow_world(const struct scenario_result *result, const struct asset_state *state);

/* ---- text_store.c: see emit/fileset.h */
struct text_store;
struct text_store *text_store_new(struct arena *arena); /* never NULL */
void text_store_release(struct text_store *store);      /* NULL is allowed */

/* ---- ledger_scope.c */
/* What the verdicts of an asset, a name or a group rest on, with all that what they wait for rests on. */
struct ledger_scope;
const struct ledger_scope *ledger_scope(const struct session *session, const char *name); /* NULL: nothing is called so */
const struct ledger_scope *ledger_scope_of(const struct session *session, const struct entity *subject);
bool in_ledger_scope(const struct ledger_scope *scope, const struct assumption *entry, const struct resting *rests);
void print_assumption(const struct assumption *assumption, size_t indent); /* what, by whom, and how one sees it */

/* ---- explain_terms.c */
/* Where it is written how long a step takes, and the asset's attributes that figure is worked out from, a line each. */
struct span figure_place(const struct session *session, const struct scenario_result *result, const struct step *step);
void explain_inputs(const struct session *session, const struct scenario_result *result, const struct step *step);

/* Who says it, under its term; nothing for NULL. */
void explain_figure(const struct figure *figure);
/* The figures without a bound that a verdict rests on; nothing when there are none. */
void explain_assumed(const struct assumed_figures *assumed);

/* The entries of the ledger that a verdict rests on; nothing where there is none. `scenario` NULL: over all. */
void explain_ledger(const struct session *session, struct entity *scenario, struct entity *subject, enum objective_kind kind);

void explain_endpoint(const struct session *session, const struct scenario_result *result, const struct endpoint_state *state);

/* ---- repair.c */
/* Adds offers to the messages about refuted objectives of a sorted sink. */
void offer_repairs(struct session *session);

/* ---- files.c */
/* The whole file, or standard input for "-", followed by two NULs. NULL with *error set (static or arena). */
char *read_whole_file(struct arena *arena, const char *path, size_t *len, const char **error);
bool is_folder(const char *path);
bool file_exists(const char *path);
/* Names of the entries of a folder that end in `suffix`, in capitals or not, sorted by bytes. False, with errno, when it cannot be read. */
struct git_revision;
/* From then on what begins with the prefix (`main:/`) is read from there; NULL takes it away again. */
void mount_revision(const char *prefix, struct git_revision *revision);
bool list_folder(struct arena *arena, const char *path, const char *suffix, const char ***names, uint32_t *count);

/* ---- load.c */
void load_specifications(struct session *session);
/* For everything that is written rather than shown: origins are named from the folder of the first specification, whatever folder
 * the compiler was called in. */
void name_origins_from_specification(struct session *session);
/* Instead of specifications: every file of the standard library, resolved. False when there are errors. */
bool load_library(struct session *session);

/* ---- data.c: YAML and JSON as values */
bool read_data(struct session *session, const char *path, struct span span, struct value *out);
bool read_inventory(void *context, const char *path, const struct source_file *from, struct span span, struct value *out);
bool read_parameter_files(struct session *session);

/* ---- records.c */
/* Every record of the folder into the options. False when one could not be read. */
bool read_records(struct session *session, const char *folder, struct analysis_options *options);

/* ---- svg.c: to standard output */
void svg_dependencies(const struct plan *plan);
void svg_timeline(const struct plan *plan, const struct scenario_result *result);

/* ---- list_figures.c */
int list_figures(const struct options *options); /* `drc list figures`; an exit code */

/* ---- commands */
typedef int command_fn(const struct options *options);
int command_check(const struct options *options);
int command_plan(const struct options *options);
int command_ledger(const struct options *options);
int command_diff(const struct options *options);
int command_log(const struct options *options);
int command_verify(const struct options *options);
int command_build(const struct options *options);
int command_fmt(const struct options *options);
int command_graph(const struct options *options);
int command_explain(const struct options *options);
int command_list(const struct options *options);
int command_simulate(const struct options *options);
int command_init(const struct options *options);
int command_version(const struct options *options);
int command_completion(const struct options *options);
int command_debug(const struct options *options);
int command_reference(const struct options *options); /* `drc debug reference` */

struct command_info {
    const char *name, *arguments, *summary;
    command_fn *run;
    bool hidden;
};
extern const struct command_info drc_commands[]; /* ends with a NULL name */

struct option_info {
    char letter; /* 0: none */
    const char *name, *argument, *summary;
};
extern const struct option_info drc_options[]; /* ends with a NULL name */

/* Scenarios are declared, but none could be worked out: what is needed goes in a circle, and the errors say where. */
static inline bool plan_is_untimed(const struct plan *plan)
{
    return plan->scenario_count == 0 && plan->model->declared[BLOCK_SCENARIO].list.len > 0;
}

#endif
