/* Waivers: `accept` blocks, each of which accepts one finding on the things it names until its last day. What is past its day, or
 * accepts nothing, is a finding itself. So is a plan whose review is overdue: the other thing that is judged by date.
 *
 * The date is the one given with --as-of, never the clock's; without it waivers count as valid, and a note says so. */
#include "analysis/common/common.h"

#include "base/change_rules.h"

#include "sema/library.h"

#include <string.h>

/* An `accept` block, chained with the others of the same rule or code, so that a finding looks at its own only. */
struct waiver {
    struct waiver *next;
    struct entity *accept;
    bool *used; /* by position in `on`: the finding was there */
};

static struct waiver *read_waiver(struct analysis *a, struct entity *accept)
{
    struct value on = entity_slot(accept, ACCEPT_on);
    struct waiver *waiver = ARENA_NEW(a->arena, struct waiver);

    waiver->accept = accept;
    waiver->used = ARENA_ARRAY(a->arena, bool, on.type == VALUE_LIST ? on.u.list->count : 0);
    return waiver;
}

static void read_waivers(struct analysis *a)
{
    const uint32_t count = a->model->declared[BLOCK_ACCEPT].list.len;

    if (a->waivers || !count)
        return;
    a->waivers = ARENA_ARRAY(a->arena, struct waiver *, count);
    /* From the last to the first, so that each chain is in written order. */
    for (uint32_t i = count; i-- > 0;) {
        struct entity *accept = a->model->declared[BLOCK_ACCEPT].list.items[i];
        struct value rule = entity_slot(accept, ACCEPT_rule);
        atom name;

        a->waivers[i] = read_waiver(a, accept);
        if (rule.type != VALUE_STRING)
            continue;
        name = intern_str(a->model->names, rule.u.string);
        a->waivers[i]->next = map_get(&a->waivers_of, name);
        map_set(&a->waivers_of, a->arena, name, a->waivers[i]);
    }
}

static bool is_expired(const struct analysis *a, const struct entity *accept)
{
    struct value until = entity_slot(accept, ACCEPT_until);

    return a->options->has_as_of && until.type == VALUE_DATE && until.u.integer < a->options->as_of;
}

/* Marks where the waiver names the subject or the scenario; false when it names neither. */
static bool is_about(struct waiver *waiver, const struct entity *subject, const struct entity *scenario)
{
    struct value on = entity_slot(waiver->accept, ACCEPT_on), only = entity_slot(waiver->accept, ACCEPT_scenario);
    bool found = false;

    if (on.type != VALUE_LIST || (only.type == VALUE_ENTITY && only.u.entity != scenario))
        return false;
    for (uint32_t i = 0; i < on.u.list->count; i++) {
        const struct entity *thing = on.u.list->items[i].type == VALUE_ENTITY ? on.u.list->items[i].u.entity : NULL;

        if (thing && (thing == subject || thing == scenario))
            waiver->used[i] = found = true;
    }
    return found;
}

struct entity *find_waiver(struct analysis *a, const struct finding *finding)
{
    const struct diag_info *info = diag_info(finding->code);
    const char *const keys[] = {finding->rule ? finding->rule : info->name, info->code};
    struct entity *found = NULL;

    read_waivers(a);
    if (!a->waivers)
        return NULL;
    for (int k = 0; k < (finding->rule ? 1 : 2); k++) {
        for (struct waiver *waiver = map_get(&a->waivers_of, intern_str(a->model->names, keys[k])); waiver; waiver = waiver->next) {
            if (is_about(waiver, finding->subject, finding->scenario) && !found && !is_expired(a, waiver->accept))
                found = waiver->accept;
        }
    }
    return found;
}

/* ---------------------------------------------------------------- what is wrong with waivers */

bool rule_is_off(const struct analysis *a, const char *name)
{
    for (uint32_t i = 0; i < a->options->rules_off_count; i++) {
        if (strcmp(a->options->rules_off[i], name) == 0)
            return true;
    }
    return false;
}

static const char *date_text(struct analysis *a, int64_t days)
{
    struct strbuf text = STRBUF_INIT;
    const char *copy;

    print_date(&text, days);
    copy = intern_text(a, "%s", strbuf_str(&text));
    strbuf_release(&text);
    return copy;
}

/* Names of what it accepts nothing on, "`a`, `b`"; all of it says `*all`. */
static const char *unused_names(struct analysis *a, const struct waiver *waiver, bool *all)
{
    struct value on = entity_slot(waiver->accept, ACCEPT_on);
    struct strbuf text = STRBUF_INIT;
    const char *copy;

    *all = true;
    for (uint32_t i = 0; on.type == VALUE_LIST && i < on.u.list->count; i++) {
        if (waiver->used[i])
            *all = false;
        else if (on.u.list->items[i].type == VALUE_ENTITY)
            strbuf_addf(&text, "%s`%s`", text.len ? ", " : "", on.u.list->items[i].u.entity->name);
    }
    copy = intern_text(a, "%s", strbuf_str(&text));
    strbuf_release(&text);
    return copy;
}

static void check_waiver(struct analysis *a, struct waiver *waiver)
{
    struct entity *accept = waiver->accept;
    struct value rule = entity_slot(accept, ACCEPT_rule);
    const char *unused;
    bool all;

    if (rule.type != VALUE_STRING)
        return;
    if (change_rule_named(rule.u.string) != CHANGE_NO_RULE) {
        if (is_expired(a, accept)) /* what it accepts is a change: `drc diff` asks whether it is needed */
            diag_help(find(a, DIAG_E0602, (struct about){.subject = accept}, "waiver `%s` expired on %s", accept->name,
                           date_text(a, entity_slot(accept, ACCEPT_until).u.integer)),
                      "the change is made: remove it");
        return;
    }
    if (diag_find(rule.u.string) == DIAG_COUNT && !model_find(a->model, BLOCK_RULE, intern_str(a->model->names, rule.u.string))) {
        const char *file = library_import("rule", rule.u.string);
        struct diag *diag = diag_report(a->sink, DIAG_E0607, accept->span, "waiver `%s` names `%s`, which is no rule", accept->name, rule.u.string);

        if (file)
            diag_help(diag, "add `import \"%s\"`, which declares it", file);
        else
            diag_help(diag, "`drc list rules` prints all of them");
        return;
    }
    if (rule_is_off(a, rule.u.string))
        return; /* nobody asked whether it holds */
    unused = unused_names(a, waiver, &all);
    if (all) {
        diag_help(find(a, DIAG_E0603, (struct about){.subject = accept}, "waiver `%s` accepts nothing", accept->name),
                  "remove it, or mend what it names");
        return;
    }
    if (*unused)
        diag_help(find(a, DIAG_E0603, (struct about){.subject = accept}, "waiver `%s` accepts nothing on %s", accept->name, unused),
                  "take %s from its `on`", unused);
    if (is_expired(a, accept))
        diag_help(find(a, DIAG_E0602, (struct about){.subject = accept}, "waiver `%s` expired on %s", accept->name,
                       date_text(a, entity_slot(accept, ACCEPT_until).u.integer)),
                  "mend what it waived, or renew the decision");
}

void check_waivers(struct analysis *a)
{
    const uint32_t count = a->model->declared[BLOCK_ACCEPT].list.len;

    read_waivers(a);
    for (uint32_t i = 0; i < count; i++)
        check_waiver(a, a->waivers[i]);
    if (count && !a->options->has_as_of)
        diag_report(a->sink, DIAG_E0606, a->model->declared[BLOCK_ACCEPT].list.items[0]->span, "waivers are not judged by date without --as-of");
}

/* ---------------------------------------------------------------- the plan's own date */

void check_review(struct analysis *a)
{
    struct entity *plan = a->model->plan, *review;
    struct value approved = plan ? entity_slot(plan, PLAN_approved) : value_unknown(), every;
    uint32_t cursor = 0;
    struct diag *diag;
    int64_t due;

    if (!a->options->has_as_of || approved.type != VALUE_DATE)
        return;
    review = entity_child(plan, BLOCK_REVIEW, &cursor);
    every = review ? entity_slot(review, REVIEW_every) : entity_slot(plan, PLAN_review);
    if (every.type != VALUE_DURATION)
        return; /* a rule of its own asks for it */
    due = approved.u.integer + every.u.integer / MS_DAY;
    if (due >= a->options->as_of)
        return;
    diag = find(a, DIAG_E0608, (struct about){.subject = plan}, "plan `%s` was approved on %s, and its review was due on %s", plan->name,
                date_text(a, approved.u.integer), date_text(a, due));
    if (diag)
        diag_help(diag, "review it, and write the day of the new approval: `approved = …`");
}
