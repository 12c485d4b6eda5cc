/* Inside of the Route 53 target: change batches and health checks as the AWS CLI takes them (batches.c), and
 * what a person reads about them (readme.c). traffic.sh is one fixed script; all it knows of an endpoint is
 * in that endpoint's folder. */
#ifndef DRC_BACKENDS_ROUTE53_ROUTE53_H
#define DRC_BACKENDS_ROUTE53_ROUTE53_H

#include "backends/backend.h"
#include "plan/plan.h"

struct r53 {
    const struct plan_document *plan;
    struct arena *arena;
    struct fileset *files;
};

/* Files of an endpoint are named for its targets: two may become one. */
void r53_check_files(struct r53 *r53, const struct plan_endpoint *endpoint, struct diag_sink *sink);
void r53_endpoint(struct r53 *r53, const struct plan_endpoint *endpoint);
void r53_readme(struct r53 *r53);

/* Whether its kind has this target move it. */
bool r53_moves(const struct plan_endpoint *endpoint);
const char *r53_mode(const struct plan_endpoint *endpoint); /* "health" */
/* Names of files and checks: letters, digits and `-`. */
const char *r53_name(struct r53 *r53, const char *text);
const char *r53_check_type(const struct plan_probe *health); /* of one that asks, as Route 53 calls it */

#endif
