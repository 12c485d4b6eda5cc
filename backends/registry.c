/* All targets, in the order in which one uses what they write. A new target: its folder, a line in registry.h, a
 * line here before `plan`, which comes last because its README tells what the others wrote. */
#include "backends/registry.h"

#include <stddef.h>

const struct backend *const drc_backends[] = {
    &drc_runbooks, &drc_terraform, &drc_route53, &drc_cron, &drc_restore, &drc_plan, NULL,
};
