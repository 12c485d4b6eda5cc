/* A command of the proof as the published plan has it, for checks that ask the proof (`check_proof`). */
#ifndef DRC_BACKENDS_COMMON_PUBLISHED_H
#define DRC_BACKENDS_COMMON_PUBLISHED_H

#include "model/plan.h"
#include "plan/plan.h"

/* NULL when it is not set. */
const struct plan_command *published_command(struct arena *arena, const struct command *command);

#endif
