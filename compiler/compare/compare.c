/* Two plans, compared by meaning: edits first, then what they make of everything else. */
#include "compare/internal.h"

bool compare_is_written(const struct plan_document *plan)
{
    bool wrong = false;

    for (uint32_t i = 0; i < plan->findings_count && !wrong; i++)
        wrong = plan->findings[i].severity == PLAN_SEVERITY_error;
    return !wrong || plan->jobs_count || plan->emissions_count;
}

static void count_changes(struct compare_report *report)
{
    for (uint32_t i = 0; i < report->change_count; i++) {
        const struct compare_change *change = &report->changes[i];
        bool weaker = change->way == COMPARE_WEAKER;
        bool accepted = weaker && change->waiver && !change->waiver->expired && !change->waiver->undated;

        report->weaker += weaker;
        report->stronger += change->way == COMPARE_STRONGER;
        report->neither += change->way == COMPARE_NEITHER;
        report->accepted += accepted;
        report->refused += weaker && !accepted && change->level == CHANGE_ERROR;
    }
}

void compare_plans(struct arena *arena, const struct plan_document *before, const struct plan_document *after, const struct compare_asked *asked,
                   struct compare_report *report)
{
    struct comparison c = {.arena = arena, .names = intern_new(arena), .plan = {before, after}, .asked = asked};

    c.plan_id = after->name ? arena_printf(arena, "plan.%s", after->name) : NULL;
    find_edits(&c);
    compare_things(&c);
    compare_noted(&c);
    compare_scenarios(&c);
    compare_ledger(&c);
    if (asked->written) {
        compare_artifacts(&c);
        compare_emissions(&c);
    }
    causes_of_the_rest(&c);
    drop_orders(&c);
    judge_changes(&c);
    *report = (struct compare_report){
        .edits = c.edits.items, .edit_count = c.edits.len, .changes = c.changes.items, .change_count = c.changes.len, .unwritten = !asked->written};
    report->untold = !c.edits.len && !c.changes.len && !same_words(before->digest, after->digest) && !same_content(before, after);
    count_changes(report);
}
