/* The targets there are. A new one is declared here and listed in registry.c. */
#ifndef DRC_BACKENDS_REGISTRY_H
#define DRC_BACKENDS_REGISTRY_H

#include "backends/backend.h"

extern const struct backend drc_plan;
extern const struct backend drc_terraform;
extern const struct backend drc_route53;
extern const struct backend drc_cron;
extern const struct backend drc_restore;
extern const struct backend drc_runbooks;

#endif
