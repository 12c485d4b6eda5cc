/* Lets each reader read. */
#include "validate/validate.h"

#include "base/file_name.h"
#include "validate/reading.h"

#include <string.h>

void validate_artifacts(struct arena *arena, const struct plan_document *plan, const struct validate_input *input, struct validate_report *report)
{
    struct arena *scratch = arena_new();
    struct reading r = {.plan = plan, .input = input, .report = report, .arena = arena, .scratch = scratch};

    memset(report, 0, sizeof *report);
    r.index = plan_index(plan, scratch);
    r.names = intern_new(scratch);
    r.slug = output_name(scratch, plan->name);
    r.taken = ARENA_ARRAY(scratch, bool, input->count + 1);
    read_schedulers(&r);
    read_jobs(&r);
    read_recoveries(&r);
    read_drills(&r);
    read_batches(&r);
    read_terraform(&r);
    read_roots(&r);
    read_pages(&r);
    arena_delete(scratch);
}
