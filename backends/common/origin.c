/* Where something in an artifact comes from. */
#include "backends/backend.h"

const char *backend_origin(const struct plan *plan, struct span span)
{
    return sources_origin(plan->model->sources, span);
}
