/* Static check of deferred expressions. */
#include "sema/eval_internal.h"

void check_deferred(struct evaluator *eval, const struct entity *block)
{
    (void)eval;
    (void)block;
}
