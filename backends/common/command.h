/* Commands of the plan as shell text. Shared by every target that writes scripts or shows commands, so that the command
 * in a runbook is the command in the script.
 *
 * Argument lists go through the shell writer word by word. Shell text of the author is kept byte for byte; the values in
 * it become variables, quoted according to where in the author's text they stand, so that no value is ever read as shell. */
#ifndef DRC_BACKENDS_COMMON_COMMAND_H
#define DRC_BACKENDS_COMMON_COMMAND_H

#include "base/vec.h"
#include "emit/sh.h"
#include "plan/plan.h"

/* The variable a runtime name is at: "job.output" -> "job_output", "input.at" -> "input_at", "incident.id" ->
 * "incident_id", "env.PGPASSWORD" -> "PGPASSWORD". */
const char *command_variable(struct arena *arena, const char *runtime_name);

/* The command as statements at the writer's place, inside a function or not.
 * Nothing for NULL, a command that is not there. */
void command_write(struct sh *w, const struct plan_command *command);
/* The same as a function of that name, with a blank line before it. */
void command_function(struct sh *w, const char *name, const struct plan_command *command);

/* On one line (shell text: as the author wrote it, values as words), for tables, comments and runbooks. */
const char *command_line(struct arena *arena, const struct plan_command *command);

/* Runtime names in the command, each once, appended to the list: "job.output", "env.TOKEN". */
typedef VEC(const char *) command_names;
void command_collect(struct arena *arena, const struct plan_command *command, command_names *names);

/* The programs it starts that a host may lack, each once, appended to the list: of an argument list the first word where it is literal, of
 * shell text what stands where a command begins and is no builtin and nothing of every system. Text that cannot be followed (here-documents,
 * `case`, functions) gives those before it: a program named wrongly would stop a recovery. */
void command_programs(struct arena *arena, const struct plan_command *command, command_names *names);

/* Whether shell text holds `$` in single quotes: text for another shell, a filter of jq. What checks scripts takes it for a mistake, unless
 * command_excuse() stands before the function that holds it. */
bool command_holds_text(const struct plan_command *command);
void command_excuse(struct sh *w, const struct plan_command *command); /* writes the directive, or nothing */

/* Why shell text cannot be carried into a function of a script: it is no list of commands (common/shell_syntax.h), or cannot be followed to where
 * its values stand. In the arena or static; NULL when it can. */
const char *command_fault(struct arena *arena, const struct plan_command *command);
/* What to do about it, for a diagnostic. */
const char *command_fault_help(const char *fault);

#endif
