/* The Route 53 target: how users' names are led to another site, for the AWS CLI alone, when Terraform is not
 * at hand or its state cannot be reached. */
#include "backends/common/dns.h"
#include "backends/common/texts.h"
#include "backends/registry.h"
#include "backends/route53/route53.h"

static void check(const struct plan_checked *checked, struct diag_sink *sink)
{
    const struct plan_document *plan = checked->document;
    struct r53 r53 = {plan, sink->arena, NULL};

    dns_check(plan, sink);
    for (uint32_t i = 0; i < plan->endpoints_count; i++) {
        if (r53_moves(&plan->endpoints[i]))
            r53_check_files(&r53, &plan->endpoints[i], sink);
    }
}

static void emit(const struct plan_document *plan, struct fileset *files)
{
    struct r53 r53 = {plan, files->arena, files};
    const struct fixed_text *script = fixed_text_find("route53/traffic.sh");
    struct output_file *file;
    bool any = false;

    for (uint32_t i = 0; i < plan->endpoints_count; i++) {
        if (!r53_moves(&plan->endpoints[i]))
            continue;
        r53_endpoint(&r53, &plan->endpoints[i]);
        any = true;
    }
    if (!any)
        return;
    file = script ? fileset_add(files, "route53", "route53/traffic.sh", script->data, script->size, NULL) : NULL;
    if (file)
        file->executable = true;
    else if (!script)
        fileset_lose(files, "route53", "route53/traffic.sh", "this compiler was built without its text");
    r53_readme(&r53);
}

const struct backend drc_route53 = {
    .name = "route53",
    .summary = "Route 53 change batches and health checks for the AWS CLI: failover, failback, rollback",
    .readers = "platform engineers; operators in an incident",
    .check = check,
    .emit = emit,
};
