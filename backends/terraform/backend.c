/* The Terraform target: a configuration of the recovery side and of the protection beside the primary, in
 * roots that can be applied one without the other. It overlays what exists and owns only what it creates. */
#include "backends/terraform/terraform.h"

#include "backends/common/dns.h"
#include "backends/registry.h"

#include <string.h>

static void prepare(struct tf *tf, const struct plan_document *plan, struct arena *arena, struct diag_sink *sink)
{
    memset(tf, 0, sizeof *tf);
    tf->plan = plan;
    tf->index = plan_index(plan, arena);
    tf->names = intern_new(arena);
    tf->arena = arena;
    tf->sink = sink;
    tf_collect(tf);
}

static void check(const struct plan_checked *checked, struct diag_sink *sink)
{
    const struct plan_document *plan = checked->document;
    struct tf tf;

    prepare(&tf, plan, sink->arena, sink);
    dns_check(plan, sink);
}

static void emit(const struct plan_document *plan, struct fileset *files)
{
    struct sources none;
    struct diag_sink reported;
    struct tf tf;

    /* `check` has said everything already. */
    sources_init(&none, files->arena);
    diag_sink_init(&reported, files->arena, &none);
    prepare(&tf, plan, files->arena, &reported);
    tf_files(&tf, files);
    tf_readmes(&tf, files);
}

const struct backend drc_terraform = {
    .name = "terraform",
    .summary = "Terraform configuration for AWS: the recovery side, protection beside the primary, DNS",
    .readers = "platform engineers, before anything happens",
    .check = check,
    .emit = emit,
};
