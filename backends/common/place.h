/* Where something stands in the specification, for diagnostics. */
#ifndef DRC_BACKENDS_COMMON_PLACE_H
#define DRC_BACKENDS_COMMON_PLACE_H

#include "plan/plan.h"
#include "source/diag.h"

static inline struct span place_span(struct plan_place place)
{
    return (struct span){place.start, place.end};
}

#endif
