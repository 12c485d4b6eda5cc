/* Files for /etc/cron.d as Debian's cron reads them: five time fields, a user, one command on one line; `%`
 * escaped, since cron turns a bare one into a newline; every line ends in a newline, or cron ignores it. */
#ifndef DRC_EMIT_CRON_H
#define DRC_EMIT_CRON_H

#include "base/strbuf.h"

#include <stdbool.h>

struct cron_time {
    const char *minute, *hour, *day, *month, *weekday; /* "0", "*", "1,15", "0-59/5" */
};

void cron_comment(struct strbuf *out, const char *text); /* any text; one comment line per line */
void cron_blank(struct strbuf *out);
/* NAME=value before the lines it applies to. False, nothing written, when the name is no identifier or the
 * value has a line break or a quote that cron could not hold. */
bool cron_env(struct strbuf *out, const char *name, const char *value);
/* One job. `command` is shell text, as from sh_cmd_text. False, nothing written, when a field holds anything
 * but digits and `* , - /`, the user is no user name, or the command is empty, has a line break, a control
 * character or a backslash (crons differ on one before `%` or another) or is longer than the 998 bytes cron
 * keeps: put such a command into a script. */
bool cron_line(struct strbuf *out, const struct cron_time *time, const char *user, const char *command);
/* A name cron accepts in /etc/cron.d: [A-Za-z0-9_-]+ without a dot. */
bool cron_file_name_ok(const char *name);

#endif
