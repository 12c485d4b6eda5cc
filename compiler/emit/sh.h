/* Bash scripts. A word is a value of its own type that only the functions here make, always quoted as needed,
 * so that raw text cannot pass for a word. Layout is `shfmt -i 4` like; the result passes shellcheck.
 *
 *     struct sh_cmd cp = SH_CMD(arena, sh_lit(arena, "aws"), sh_lit(arena, "s3"), sh_lit(arena, "cp"));
 *     sh_cmd_add(&cp, sh_lit(arena, asset_path));
 *     sh_cmd_add(&cp, sh_cat(arena, sh_lit(arena, "s3://"), sh_var(arena, "BUCKET")));
 *     sh_run(&w, &cp);
 *
 * Target: bash >= 5.1. Words and commands live in the arena; the script grows in the caller's strbuf. Names
 * of variables and functions are the backend's own identifiers; another text is turned into one by
 * sh_identifier. */
#ifndef DRC_EMIT_SH_H
#define DRC_EMIT_SH_H

#include "base/arena.h"
#include "base/strbuf.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

struct sh_segment;

struct sh_word {
    const struct sh_segment *first;
};

/* Shell source the backend's author wrote: a string literal, by construction of the macro. */
struct sh_source {
    const char *text;
};
#define SH_SOURCE(literal) ((struct sh_source){"" literal ""})

/* ---- words ------------------------------------------------------------------------------------- */

struct sh_word sh_lit(struct arena *arena, const char *text);   /* exactly this text, whatever it is */
struct sh_word sh_shown(struct arena *arena, const char *text); /* the same for a terminal: what would drive it or is hidden becomes U+FFFD */
struct sh_word sh_litf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
struct sh_word sh_var(struct arena *arena, const char *name); /* "${name}" */
/* "${name:-fallback}"; for a fallback from elsewhere see sh_default: bash reads it as syntax in many ways. */
struct sh_word sh_var_or_source(struct arena *arena, const char *name, struct sh_source fallback);
struct sh_word sh_args(struct arena *arena);                                    /* "$@" */
struct sh_word sh_cat(struct arena *arena, struct sh_word a, struct sh_word b); /* one word, a then b */
/* An expansion the author wrote, put inside double quotes: SH_SOURCE("${#list[@]}"), SH_SOURCE("$(date -u
 * +%s)"). */
struct sh_word sh_expand(struct arena *arena, struct sh_source source);
/* A file name that no command takes for an option: "./" goes before a leading `-`. */
struct sh_word sh_path(struct arena *arena, const char *path);

/* The word as shell text, for messages such as `--dry-run` output or runbooks. */
const char *sh_word_text(struct arena *arena, struct sh_word word);
/* One literal quoted for bash: what sh_lit prints. */
void sh_quote(struct strbuf *out, const char *text);

const char *sh_identifier(struct arena *arena, const char *text); /* [A-Za-z_][A-Za-z0-9_]* */

/* ---- commands ---------------------------------------------------------------------------------- */

/* > >> < 2> 2>&1 >&2 &> */
enum sh_redirect { SH_OUT, SH_APPEND, SH_IN, SH_ERR, SH_ERR_TO_OUT, SH_OUT_TO_ERR, SH_ALL };

struct sh_redirection {
    enum sh_redirect kind;
    struct sh_word target; /* unused by the duplicating kinds */
};

struct sh_assignment {
    const char *name;
    struct sh_word value;
};

struct sh_cmd {
    struct arena *arena;
    VEC(struct sh_word) words;
    VEC(bool) glued; /* word i stays on the line of word i - 1 */
    VEC(struct sh_assignment) env;
    VEC(struct sh_redirection) redirections;
    struct sh_cmd *pipe; /* `cmd | pipe` */
};

#define SH_CMD(arena, ...)                                                                                                                           \
    sh_cmd_of((arena), (const struct sh_word[]){__VA_ARGS__}, sizeof((const struct sh_word[]){__VA_ARGS__}) / sizeof(struct sh_word))
/* From plain literals: SH_CMD_LIT(arena, "aws", "s3", "cp"). */
#define SH_CMD_LIT(arena, ...)                                                                                                                       \
    sh_cmd_of_text((arena), (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

struct sh_cmd sh_cmd_new(struct arena *arena);
struct sh_cmd sh_cmd_of(struct arena *arena, const struct sh_word *words, size_t count);
struct sh_cmd sh_cmd_of_text(struct arena *arena, const char *const *words, size_t count);
void sh_cmd_add(struct sh_cmd *cmd, struct sh_word word);
void sh_cmd_add_lit(struct sh_cmd *cmd, const char *text);
/* stay on one line: --region "x" */
void sh_cmd_option(struct sh_cmd *cmd, const char *flag, struct sh_word value);
void sh_cmd_env(struct sh_cmd *cmd, const char *name, struct sh_word value); /* NAME=value cmd */
void sh_cmd_redirect(struct sh_cmd *cmd, enum sh_redirect kind, struct sh_word target);
void sh_cmd_pipe(struct sh_cmd *cmd, const struct sh_cmd *next); /* copies next; calls chain at the end */

/* `[[ a == b ]]`; op is == != < > -eq -ne -lt -le -gt -ge. The right side never matches as a pattern. */
struct sh_cmd sh_compare(struct arena *arena, struct sh_word a, const char *op, struct sh_word b);

/* The command on one line as shell text, for runbooks, manifests and cron lines. */
const char *sh_cmd_text(struct arena *arena, const struct sh_cmd *cmd);

/* ---- scripts ----------------------------------------------------------------------------------- */

struct sh {
    struct arena *arena;
    struct strbuf *out;
    unsigned depth; /* open constructs = indentation / 4 */
};

void sh_init(struct sh *w, struct arena *arena, struct strbuf *out);
/* `#!/usr/bin/env bash`, the comment, `set -euo pipefail`. comment may be NULL. */
void sh_header(struct sh *w, const char *comment);

void sh_comment(struct sh *w, const char *text); /* any text; one comment line per line */
void sh_blank(struct sh *w);                     /* at most one blank line results */

/* Text of the backend's own, line by line at the present indentation. A literal by construction. */
#define sh_fixed(w, literal) sh_source((w), SH_SOURCE(literal))
void sh_source(struct sh *w, struct sh_source source);

void sh_run(struct sh *w, const struct sh_cmd *cmd);
void sh_run_or(struct sh *w, const struct sh_cmd *cmd, const struct sh_cmd *otherwise); /* cmd || otherwise */
void sh_capture(struct sh *w, const char *name, const struct sh_cmd *cmd);              /* name="$(cmd)" */

void sh_assign(struct sh *w, const char *name, struct sh_word value);
/* Sets it only when it is unset or empty. */
void sh_default(struct sh *w, const char *name, struct sh_word value);
void sh_local(struct sh *w, const char *name); /* declares alone: `local x=$(f)` hides a failure */
/* name=(…), one per line */
void sh_array(struct sh *w, const char *name, const struct sh_word *words, size_t count);
void sh_assoc(struct sh *w, const char *name); /* declare -A name=() */
void sh_assoc_set(struct sh *w, const char *name, struct sh_word key, struct sh_word value);

/* Constructs: every begin has its end; the body is what is written in between, indented. */
void sh_function_begin(struct sh *w, const char *name);
void sh_function_end(struct sh *w);
void sh_if(struct sh *w, const struct sh_cmd *test);
void sh_fi(struct sh *w);
void sh_for(struct sh *w, const char *name, const struct sh_word *words, size_t count);
void sh_done(struct sh *w); /* ends while and for */
void sh_case(struct sh *w, struct sh_word subject);
/* patterns match literally: they are quoted */
void sh_arm(struct sh *w, const struct sh_word *words, size_t count);
void sh_arm_default(struct sh *w); /* *) */
void sh_arm_end(struct sh *w);     /* ;; */
void sh_esac(struct sh *w);

#endif
