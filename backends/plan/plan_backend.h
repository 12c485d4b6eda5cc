/* Inside of the plan target: json.c writes plan.json, readme.c the README of the output folder. */
#ifndef DRC_BACKENDS_PLAN_PLAN_BACKEND_H
#define DRC_BACKENDS_PLAN_PLAN_BACKEND_H

#include "backends/backend.h"
#include "plan/plan.h"

void plan_readme(const struct plan_document *plan, struct arena *arena, struct fileset *files);

#endif
