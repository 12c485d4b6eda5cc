/* Which fields of a plan are told, under which name, and the rule against their getting weaker; and lists whose items meet their like.
 *
 * What a field is, and which direction is weaker, its row of plan.def says. */
#include "compare/internal.h"

#include <string.h>

/* clang-format off */
static const struct watch watched[] = {
    {PLAN_STRUCT_site, NULL, NULL, CHANGE_SITE_NO_DELETE, ON_THING},
    {PLAN_STRUCT_site, "within", "within", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_site, "region", "region", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_site, "kind", "kind", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_site, "role", "role", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_site, "account", "account", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_asset, NULL, NULL, CHANGE_ASSET_NO_DELETE, ON_THING},
    {PLAN_STRUCT_asset, "kind", "kind", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_asset, "tier", "tier", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_asset, "owner", "owner", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_asset, "sites", "places", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_asset, "needs", "needs", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_copies, "total", "copies", CHANGE_COPY_NO_DELETE, ON_THING},
    {PLAN_STRUCT_copies, "media", "media of copies", CHANGE_COPY_NO_DELETE, ON_THING},
    {PLAN_STRUCT_copies, "offsite", "copies elsewhere", CHANGE_COPY_NO_DELETE, ON_THING},
    {PLAN_STRUCT_copies, "immutable", "copies nobody can change", CHANGE_COPY_NO_DELETE, ON_THING},
    {PLAN_STRUCT_copies, "verified_every", "time between restore tests", CHANGE_DRILL_NO_LOOSEN, ON_THING},
    {PLAN_STRUCT_endpoint, NULL, NULL, CHANGE_ASSET_NO_DELETE, ON_THING},
    {PLAN_STRUCT_endpoint, "fqdn", "name", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_endpoint, "mode", "what moves it", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_endpoint, "kept", "time answers are kept", CHANGE_RTO_NO_REGRESS, ON_THING},
    {PLAN_STRUCT_endpoint, "routing", "routing", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_endpoint, "serves", "what it serves", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_group, NULL, NULL, CHANGE_ASSET_NO_DELETE, ON_THING},
    {PLAN_STRUCT_group, "members", "members", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_scenario, NULL, NULL, CHANGE_SCENARIO_NO_DELETE, ON_THING},
    {PLAN_STRUCT_scenario, "detect", "time until it is noticed", CHANGE_RTO_NO_REGRESS, ON_THING},
    {PLAN_STRUCT_scenario, "declare", "time until it is declared", CHANGE_RTO_NO_REGRESS, ON_THING},
    {PLAN_STRUCT_scenario, "approve", "time approvals take", CHANGE_RTO_NO_REGRESS, ON_THING},
    {PLAN_STRUCT_scenario, "finish", "time until all is back", CHANGE_RTO_NO_REGRESS, ON_THING},
    {PLAN_STRUCT_outcome, NULL, NULL, CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_outcome, "fate", "fate", CHANGE_FATE_NO_WORSEN, ON_TIME},
    {PLAN_STRUCT_outcome, "method", "method", CHANGE_NO_RULE, ON_TIME},
    {PLAN_STRUCT_outcome, "serves_at", "place it serves at", CHANGE_NO_RULE, ON_TIME},
    {PLAN_STRUCT_outcome, "finish", "worst-case recovery time", CHANGE_RTO_NO_REGRESS, ON_TIME},
    {PLAN_STRUCT_outcome, "full_speed", "time until full speed", CHANGE_RTO_NO_REGRESS, ON_TIME},
    {PLAN_STRUCT_outcome, "data_loss", "worst-case loss", CHANGE_RPO_NO_REGRESS, ON_LOSS},
    {PLAN_STRUCT_outcome, "discarded", "what is discarded", CHANGE_RPO_NO_REGRESS, ON_LOSS},
    {PLAN_STRUCT_outcome, "rto_verdict", "RTO verdict", CHANGE_VERDICT_NO_REGRESS, ON_TIME_AND_OBJECTIVE},
    {PLAN_STRUCT_outcome, "rpo_verdict", "RPO verdict", CHANGE_VERDICT_NO_REGRESS, ON_LOSS_AND_OBJECTIVE},
    {PLAN_STRUCT_name_outcome, "moves", "how it is moved", CHANGE_NO_RULE, ON_TIME},
    {PLAN_STRUCT_name_outcome, "to", "target", CHANGE_NO_RULE, ON_TIME},
    {PLAN_STRUCT_name_outcome, "finish", "worst-case recovery time", CHANGE_RTO_NO_REGRESS, ON_TIME},
    {PLAN_STRUCT_name_outcome, "verdict", "RTO verdict", CHANGE_VERDICT_NO_REGRESS, ON_TIME_AND_OBJECTIVE},
    {PLAN_STRUCT_group_outcome, "data_loss", "worst-case loss", CHANGE_RPO_NO_REGRESS, ON_LOSS},
    {PLAN_STRUCT_group_outcome, "skew", "worst skew", CHANGE_RPO_NO_REGRESS, ON_LOSS},
    {PLAN_STRUCT_group_outcome, "max_skew", "tolerated skew", CHANGE_OBJECTIVE_NO_WEAKEN, ON_LOSS},
    {PLAN_STRUCT_group_outcome, "verdict", "verdict", CHANGE_VERDICT_NO_REGRESS, ON_LOSS_AND_OBJECTIVE},
    {PLAN_STRUCT_step, NULL, NULL, CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "takes", "duration", CHANGE_RTO_NO_REGRESS, ON_THING},
    {PLAN_STRUCT_step, "by", "who does it", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "manual", "instruction", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "phase", "phase", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "mode", "doer", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "otherwise", "what is attested instead", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "expect", "what one sees then", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "run", "command", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "check", "command that tells whether it is done", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "until", "command that is asked until it is done", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "verify", "command that verifies it", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "undo", "command that takes it back", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "retries", "retries", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "on_failure", "what a failure does", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "irreversible", "point of no return", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_step, "best_effort", "whether it may fail", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_slo, NULL, NULL, CHANGE_OBJECTIVE_NO_WEAKEN, ON_THING},
    {PLAN_STRUCT_slo, "target", "availability asked for", CHANGE_OBJECTIVE_NO_WEAKEN, ON_THING},
    {PLAN_STRUCT_slo, "availability", "availability at the worst", CHANGE_RTO_NO_REGRESS, ON_THING},
    {PLAN_STRUCT_slo, "verdict", "availability verdict", CHANGE_VERDICT_NO_REGRESS, ON_THING},
    {PLAN_STRUCT_job, NULL, NULL, CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_job, "name", "name", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_job, "managed", "feature that does it", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_job, "procedure", "procedure", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_job, "runs_at", "place it runs at", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_job, "to", "store", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_job, "copies", "stores of its copies", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_job, "ship_every", "time between shipments", CHANGE_RPO_NO_REGRESS, ON_THING},
    {PLAN_STRUCT_job, "verify_every", "time between restore tests", CHANGE_DRILL_NO_LOOSEN, ON_THING},
    {PLAN_STRUCT_job, "encryption", "encryption", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_job, "duration", "duration", CHANGE_RPO_NO_REGRESS, ON_THING},
    {PLAN_STRUCT_job, "copy_time", "time a copy takes", CHANGE_RPO_NO_REGRESS, ON_THING},
    {PLAN_STRUCT_job, "start_window", "start window", CHANGE_RPO_NO_REGRESS, ON_THING},
    {PLAN_STRUCT_job, "run", "command", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_job, "verify", "command that verifies a copy", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_job, "restore", "command that brings a copy back", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_store, NULL, NULL, CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_store, "put", "command that writes", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_store, "fetch", "command that reads", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_store, "list", "command that lists", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_store, "remove", "command that removes", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_export, NULL, NULL, CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_export, "run", "command", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_export, "import", "command that imports", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_export, "verify", "command that verifies it", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_figure, NULL, NULL, CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_figure, "value", "worst end", CHANGE_FIGURE_NO_ASSERT, ON_THING},
    {PLAN_STRUCT_assumption, NULL, NULL, CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_assumption, "value", "value", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_made_true, "who", "who makes it true", CHANGE_ASSUMPTION_NO_DEMAND, ON_THING},
    {PLAN_STRUCT_made_true, "on", "whom it is asked of", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_made_true, "file", "file that makes it true", CHANGE_NO_RULE, ON_THING},
    {PLAN_STRUCT_made_true, "grade", "grade of who says so", CHANGE_NO_RULE, ON_THING},
};
/* clang-format on */

const struct plan_field *field_named(int in, const char *name)
{
    for (unsigned i = 0; i < plan_structs[in].count; i++) {
        if (strcmp(plan_structs[in].fields[i].name, name) == 0)
            return &plan_structs[in].fields[i];
    }
    return NULL;
}

struct compare_change *add_change(struct comparison *c, const struct about *about, const char *what, const char *before, const char *after,
                                  enum compare_way way, enum change_rule rule)
{
    struct compare_change change = {.sort = about->sort,
                                    .subject = about->subject,
                                    .scenario = about->scenario,
                                    .thing = about->thing,
                                    .what = what,
                                    .before = before,
                                    .after = after,
                                    .before_at = about->at[BEFORE],
                                    .after_at = about->at[AFTER],
                                    .way = way,
                                    .rule = way == COMPARE_WEAKER ? rule : CHANGE_NO_RULE};

    vec_push(c->arena, &c->changes, change);
    return &c->changes.items[c->changes.len - 1];
}

/* Full speed comes later than service where somebody says so; else it is the same moment. */
static bool is_told_with(int in, const struct watch *watch, const void *before, const void *after)
{
    const struct plan_outcome *a = before, *b = after;

    return in == PLAN_STRUCT_outcome && strcmp(watch->field, "full_speed") == 0 && a->full_speed.known == a->finish.known &&
           b->full_speed.known == b->finish.known && a->full_speed.worst == a->finish.worst && b->full_speed.worst == b->finish.worst;
}

/* What a reference names, by the name it has in the new plan. */
static const char *named_now(struct comparison *c, enum side side, int in, const void *item)
{
    const struct plan_field *thing = in == PLAN_STRUCT_thing ? NULL : field_named(in, "thing");
    const struct plan_thing *it = in == PLAN_STRUCT_thing ? item
                                  : thing                 ? *(const struct plan_thing *const *)(const void *)((const char *)item + thing->offset)
                                                          : NULL;

    return declared_id(c, side, it, plan_identity(&plan_structs[in], item));
}

/* Lists of references that name the same things, whatever they are called and in whatever order. */
static bool same_things(struct comparison *c, const struct plan_field *field, const void *before, const void *after)
{
    const void *const items[SIDES] = {before, after};
    const void *const *refs[SIDES];
    uint32_t count[SIDES];
    struct map had = {0};
    bool same = true;

    if (field->type != PLAN_TYPE_REF && (field->type != PLAN_TYPE_REFS || strcmp(field->name, "sites") == 0))
        return false;
    for (int side = BEFORE; side < SIDES; side++) {
        const void *at = (const char *)items[side] + field->offset;

        refs[side] = field->type == PLAN_TYPE_REF ? at : *(const void *const *const *)at;
        count[side] =
            field->type == PLAN_TYPE_REF ? *refs[side] != NULL : *(const uint32_t *)(const void *)((const char *)items[side] + field->count_offset);
    }
    if (count[BEFORE] != count[AFTER])
        return false;
    for (uint32_t i = 0; i < count[BEFORE] && same; i++) {
        const char *name = refs[BEFORE][i] ? named_now(c, BEFORE, field->of, refs[BEFORE][i]) : NULL;

        same = name && map_add(&had, c->arena, intern_str(c->names, name), (void *)(uintptr_t)name);
    }
    for (uint32_t i = 0; i < count[AFTER] && same; i++) {
        const char *name = refs[AFTER][i] ? named_now(c, AFTER, field->of, refs[AFTER][i]) : NULL;

        same = name && map_get(&had, intern_str(c->names, name));
    }
    map_release(&had, c->arena);
    return same;
}

enum { WATCHED_MAX = 24 };

/* The rows of one struct, with its fields. */
struct watch_list {
    uint32_t count;
    struct {
        const struct watch *watch;
        const struct plan_field *field;
    } rows[WATCHED_MAX];
};

static const struct watch_list *list_of(struct comparison *c, int in)
{
    if (!c->told) {
        c->told = ARENA_ARRAY(c->arena, struct watch_list, PLAN_STRUCT_COUNT);
        for (size_t i = 0; i < sizeof watched / sizeof *watched; i++) {
            struct watch_list *list = &c->told[watched[i].in];
            const struct plan_field *field = watched[i].field ? field_named(watched[i].in, watched[i].field) : NULL;

            if (!field || list->count == WATCHED_MAX)
                continue;
            list->rows[list->count].watch = &watched[i];
            list->rows[list->count++].field = field;
        }
    }
    return &c->told[in];
}

void compare_fields(struct comparison *c, const struct about *about, int in, const void *before, const void *after, why_fn *why, void *context)
{
    const struct watch_list *list = list_of(c, in);

    for (uint32_t i = 0; i < list->count; i++) {
        const struct watch *watch = list->rows[i].watch;
        const struct plan_field *field = list->rows[i].field;
        const char *a, *b;
        struct compare_change *change;

        if (is_same_field(field, before, after))
            continue;
        a = field_words(c, field, before);
        b = field_words(c, field, after);
        if (same_words(a, b) || same_things(c, field, before, after) || is_told_with(in, watch, before, after))
            continue;
        change = add_change(c, about, watch->what, a, b, way_of(field, before, after), watch->rule);
        if (why)
            why(c, change, watch, context);
    }
}

static enum change_rule rule_of(int in)
{
    for (size_t i = 0; i < sizeof watched / sizeof *watched; i++) {
        if (watched[i].in == in && !watched[i].field)
            return watched[i].rule;
    }
    return CHANGE_NO_RULE;
}

static struct compare_change *there_or_gone(struct comparison *c, const struct about *about, int in, bool gone, const char *words)
{
    enum change_rule rule = rule_of(in);
    enum compare_way way = rule == CHANGE_NO_RULE ? COMPARE_NEITHER : gone ? COMPARE_WEAKER : COMPARE_STRONGER;

    return add_change(c, about, NULL, gone ? words : NULL, gone ? NULL : words, way, rule);
}

/* ---- lists */

static const void *item_of(const struct list *list, enum side side, uint32_t i)
{
    return (const char *)list->items[side] + i * list->size;
}

void pair_up(struct comparison *c, const struct list *list, key_fn *key, pair_fn *each, void *context)
{
    struct map had = {0}, met = {0};

    for (uint32_t i = 0; i < list->count[BEFORE]; i++) {
        const void *item = item_of(list, BEFORE, i);
        const char *name = key(c, BEFORE, item);

        if (name && name[0])
            map_add(&had, c->arena, intern_str(c->names, name), (void *)(uintptr_t)item);
    }
    for (uint32_t i = 0; i < list->count[AFTER]; i++) {
        const void *item = item_of(list, AFTER, i);
        const char *name = key(c, AFTER, item);

        if (name && name[0])
            map_add(&met, c->arena, intern_str(c->names, name), (void *)(uintptr_t)item);
    }
    for (uint32_t i = 0; i < had.len; i++) {
        if (!map_get(&met, had.entries[i].key))
            each(c, had.entries[i].value, NULL, context);
    }
    for (uint32_t i = 0; i < met.len; i++)
        each(c, map_get(&had, met.entries[i].key), met.entries[i].value, context);
    map_release(&had, c->arena);
    map_release(&met, c->arena);
}

const char *declared_id(struct comparison *c, enum side side, const struct plan_thing *thing, const char *otherwise)
{
    if (!thing || !thing->id)
        return otherwise;
    return side == BEFORE ? id_after(c, thing->id) : thing->id;
}

struct about about_of(struct comparison *c, const char *sort, const char *subject, const struct plan_thing *before, const struct plan_thing *after)
{
    return (struct about){.sort = sort,
                          .subject = subject,
                          .at = {before ? before->origin : NULL, after ? after->origin : NULL},
                          .thing = after                  ? after->id
                                   : before && before->id ? id_after(c, before->id)
                                                          : NULL};
}

void why_thing(struct comparison *c, struct compare_change *change, const struct watch *watch, void *things)
{
    const struct plan_thing **sides = things;

    (void)watch;
    causes_of_thing(c, change, sides[BEFORE], sides[AFTER]);
}

void tell_thing(struct comparison *c, const struct about *about, int in, const void *before, const void *after, const struct plan_thing *from,
                const struct plan_thing *to, const char *words)
{
    const struct plan_thing *things[SIDES] = {from, to};

    if (before && after)
        compare_fields(c, about, in, before, after, why_thing, things);
    else
        causes_of_thing(c, there_or_gone(c, about, in, before != NULL, words), from, to);
}
