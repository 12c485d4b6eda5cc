/* The names of a plan held against what Route 53 takes. Shared by the Terraform and the Route 53 target. */
#ifndef DRC_BACKENDS_COMMON_DNS_H
#define DRC_BACKENDS_COMMON_DNS_H

#include "plan/plan.h"
#include "source/diag.h"

/* What Route 53 would refuse, with a place. Both targets call it; the sink keeps one of each. */
void dns_check(const struct plan_document *plan, struct diag_sink *sink);

/* Whether the kind of the name has that target move it. */
bool dns_is_of(const struct plan_endpoint *endpoint, const char *target);

/* A host name: labels of 1 to 63 letters, digits, `-` and `_`, at most 253 characters; `*` may be the first
 * label. */
bool dns_is_name(const char *text);
bool dns_within(const char *name, const char *zone); /* the zone itself or a name below it, without regard to case */

#endif
