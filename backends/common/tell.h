/* Telling somebody from a script: the failure of a backup, of a drill. The script has lib/notify.sh and the variables `alert_title` and
 * `alert_text`. */
#ifndef DRC_BACKENDS_COMMON_TELL_H
#define DRC_BACKENDS_COMMON_TELL_H

#include "emit/sh.h"
#include "plan/plan.h"

/* Whether a program reaches them: a channel with an API or an address of mail, a person or the lead of a team by mail. `who` may be NULL. */
bool tell_reaches(struct arena *arena, const struct plan_index *index, const struct plan_thing *who);

/* A call of `notify` for them; of those no program reaches it prints what somebody has to send by hand. */
void tell_write(struct sh *w, const struct plan_index *index, const struct plan_thing *who);

/* The notice that is told: of a state (what a notice shows at one moment) the one it belongs to, else the thing itself. */
const struct plan_thing *tell_notice(struct arena *arena, const struct plan_index *index, const struct plan_thing *told);

#endif
