/* All targets, in the order in which the README names them. A new target: its folder, a line in registry.h, a
 * line here. */
#include "backends/registry.h"

#include <stddef.h>

const struct backend *const drc_backends[] = {
    &drc_plan,
    &drc_terraform,
    &drc_route53,
    &drc_cron,
    &drc_restore,
    &drc_runbooks,
    NULL,
};
