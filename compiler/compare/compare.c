/* Two plans, compared by meaning: edits first, then what they make of everything else. */
#include "compare/internal.h"

const char *compare_rule_name(enum compare_rule rule)
{
    static const char *const names[COMPARE_RULE_COUNT] = {NULL,
#define RULE(name, says) #name,
                                                          COMPARE_RULES(RULE)
#undef RULE
    };

    return names[rule];
}

const char *compare_rule_says(enum compare_rule rule)
{
    static const char *const says[COMPARE_RULE_COUNT] = {NULL,
#define RULE(name, says) says,
                                                         COMPARE_RULES(RULE)
#undef RULE
    };

    return says[rule];
}

void compare_plans(struct arena *arena, const struct plan_document *before, const struct plan_document *after, bool written,
                   struct compare_report *report)
{
    struct comparison c = {.arena = arena, .names = intern_new(arena), .plan = {before, after}, .unwritten = !written};

    find_edits(&c);
    find_effects(&c);
    *report = (struct compare_report){
        .edits = c.edits.items, .edit_count = c.edits.len, .changes = c.changes.items, .change_count = c.changes.len, .unwritten = c.unwritten};
    report->untold = !c.edits.len && !c.changes.len && !same_words(before->digest, after->digest);
    for (uint32_t i = 0; i < c.changes.len; i++) {
        report->weaker += c.changes.items[i].way == COMPARE_WEAKER;
        report->stronger += c.changes.items[i].way == COMPARE_STRONGER;
        report->neither += c.changes.items[i].way == COMPARE_NEITHER;
    }
}
