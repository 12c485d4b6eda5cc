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

/* The plan as JSON, by model/plan.schema.json; also what `drc plan --emit plan` prints. */
bool plan_json(const struct plan *plan, struct strbuf *out);
/* The ledger as JSON; `wanted` (NULL: all) says which entries. */
void ledger_json(const struct plan *plan, bool (*wanted)(const struct assumption *assumption, const void *context), const void *context,
                 struct strbuf *out);

/* A list of figures, each as plan.json has them. */
void figures_json(const struct sources *sources, const struct figure *const *figures, uint32_t count, struct strbuf *out);
struct jsonw;
void figure_json(struct jsonw *j, const struct sources *sources, const struct figure *figure);

#endif
