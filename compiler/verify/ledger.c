/* The ledger: whether each verdict that holds rests on an entry, on none that nobody makes true, and on those that its own terms want
 * (docs/certificate.md, "The ledger"). */
#include "verify/check.h"

#include <string.h>

struct verdict_record *record_verdict(struct check *c, uint8_t verdict, const char *objective, const char *subject, bool assumed, bool declared)
{
    struct verdict_record *record;
    struct strbuf name = STRBUF_INIT;
    atom key;

    strbuf_addf(&name, "%s:%s%s%s", objective, subject, c->scenario ? "/" : "", c->scenario ? c->scenario->name : "");
    key = intern_add(c->names, strbuf_str(&name), name.len);
    strbuf_release(&name);
    if (!map_add(&c->verdicts, c->scratch, key, c))
        problem(c, "", "its verdict is there twice");
    if (verdict == PLAN_VERDICT_na)
        return NULL;
    c->report->verdicts++;
    c->hold += verdict == PLAN_VERDICT_ok;
    c->assumed += verdict == PLAN_VERDICT_ok && assumed;
    c->declared += verdict == PLAN_VERDICT_ok && declared;
    c->refuted += verdict == PLAN_VERDICT_refuted;
    c->unknown += verdict == PLAN_VERDICT_unknown;
    record = ARENA_NEW(c->scratch, struct verdict_record);
    record->scenario = c->scenario;
    record->list = c->list;
    record->item = c->item;
    record->objective = objective;
    record->holds = verdict == PLAN_VERDICT_ok;
    record->says_on_demand = true;
    map_add(&c->records, c->scratch, key, record);
    return record;
}

void need_entry(struct check *c, struct verdict_record *verdict, const char *format, ...)
{
    struct need *need = ARENA_NEW(c->scratch, struct need);
    struct strbuf id = STRBUF_INIT;
    va_list args;
    atom key;

    va_start(args, format);
    strbuf_vaddf(&id, format, args);
    va_end(args);
    key = intern_add(c->names, strbuf_str(&id), id.len);
    strbuf_release(&id);
    need->verdict = verdict;
    need->entry = key;
    need->before = map_get(&c->needs, key);
    map_set(&c->needs, c->scratch, key, need);
}

void index_ledger(struct check *c)
{
    for (uint32_t i = 0; i < c->document->assumptions_count; i++) {
        const struct plan_assumption *entry = &c->document->assumptions[i];
        atom id = intern_str(c->names, entry->id ? entry->id : "");

        if (map_add(&c->entries, c->scratch, id, (void *)(uintptr_t)entry))
            continue;
        at(c, "assumptions", id);
        problem(c, "", "it is there twice");
    }
    at(c, NULL, NULL);
}

bool has_entry(const struct check *c, const char *id)
{
    return map_get(&c->entries, intern_str(c->names, id)) != NULL;
}

static bool is_kind(const struct plan_assumption *entry, const char *kind)
{
    return entry->kind && strcmp(entry->kind, kind) == 0;
}

/* What the entry is to a verdict that rests on it. */
static void credit(const struct plan_assumption *entry, struct verdict_record *record)
{
    const char *id = entry->id ? entry->id : "", *name = record->wants_answer;

    record->entries++;
    if (!entry->by || entry->by->who == PLAN_BY_nobody)
        record->nobody = id;
    else if (entry->by->who == PLAN_BY_demand)
        record->demand = id;
    record->detected |= is_kind(entry, "detects");
    record->decided |= is_kind(entry, "decides_within");
    record->replicated |= is_kind(entry, "lag") || is_kind(entry, "stands_ready");
    record->answered |= name && strncmp(id, "answers:", 8) == 0 && strncmp(id + 8, name, strlen(name)) == 0;
}

static void go_to(struct check *c, const struct verdict_record *record)
{
    c->scenario = record->scenario;
    at(c, record->list, record->item);
}

/* Who makes it true is named as he has to be. */
static void check_maker(struct check *c, const struct plan_assumption *entry)
{
    const struct plan_made_true *by = entry->by;
    size_t len = entry->kind ? strlen(entry->kind) : 0;

    if (!entry->kind || strncmp(entry->id ? entry->id : "", entry->kind, len) != 0 || entry->id[len] != ':')
        problem(c, ".kind", "it is not that of its name");
    if (!by || by->who == PLAN_BY_nobody)
        return;
    if ((by->who == PLAN_BY_artifact && !(by->target && by->file)) || (by->who == PLAN_BY_platform && !by->source) ||
        (by->who == PLAN_BY_demand && !(by->on && by->words)))
        problem(c, ".by", "it does not say %s",
                by->who == PLAN_BY_artifact   ? "which file"
                : by->who == PLAN_BY_platform ? "where that is said"
                                              : "who is asked for what");
}

static void check_entry(struct check *c, uint32_t number)
{
    const struct plan_assumption *entry = &c->document->assumptions[number];
    atom id = intern_str(c->names, entry->id ? entry->id : "");

    c->report->entries++;
    at(c, "assumptions", id);
    check_maker(c, entry);
    c->report->listed_in_part += !entry->rests_whole;
    for (uint32_t i = 0; i < entry->rests_count; i++) {
        atom name = intern_str(c->names, entry->rests[i]);
        struct verdict_record *record = map_get(&c->records, name);

        if (!record && !map_get(&c->verdicts, name))
            problem(c, ".rests", "`%s` is no verdict of the plan", name);

        if (!record || record->stamp == number + 1)
            continue;
        record->stamp = number + 1;
        credit(entry, record);
    }
    at(c, NULL, NULL);
    for (struct need *need = map_get(&c->needs, id); need; need = need->before) {
        if (need->verdict->stamp == number + 1 || !entry->rests_whole)
            continue;
        go_to(c, need->verdict);
        problem(c, arena_printf(c->arena, ".%s", need->verdict->objective), "it is not listed by what it rests on, `%s`", id);
        c->scenario = NULL;
        at(c, NULL, NULL);
    }
}

static void check_record(struct check *c, const struct verdict_record *record)
{
    const char *field = arena_printf(c->scratch, ".%s", record->objective);
    bool whole = c->report->listed_in_part == 0;

    if (!record->holds)
        return;
    if (record->nobody)
        problem(c, field, "it holds, and nobody makes `%s` true", record->nobody);
    if (record->demand && !record->says_on_demand)
        problem(c, field, "it rests on the demand `%s`, and does not say so", record->demand);
    if (!record->entries && whole)
        problem(c, field, "it holds, and rests on no entry of the ledger");
    if (record->wants_detected && !record->detected && whole)
        problem(c, field, "it waits for somebody to notice, and no entry says who does");
    if (record->wants_decided && !record->decided && whole)
        problem(c, field, "it waits for a decision, and no entry says within what time");
    if (record->wants_replica && !record->replicated && whole)
        problem(c, field, "it reads a replica, and no entry is about that");
    if (record->wants_answer && !record->answered && whole)
        problem(c, field, "the name is moved, and no entry is about its answers");
}

void check_ledger(struct check *c)
{
    for (uint32_t i = 0; i < c->document->assumptions_count; i++)
        check_entry(c, i);
    for (uint32_t i = 0; i < c->records.len; i++) {
        go_to(c, c->records.entries[i].value);
        check_record(c, c->records.entries[i].value);
    }
    for (uint32_t i = 0; i < c->needs.len; i++) {
        const struct need *need = c->needs.entries[i].value;

        if (map_get(&c->entries, c->needs.entries[i].key))
            continue;
        for (; need; need = need->before) {
            go_to(c, need->verdict);
            problem(c, arena_printf(c->scratch, ".%s", need->verdict->objective), "it rests on no entry `%s`", need->entry);
        }
    }
    c->scenario = NULL;
    at(c, NULL, NULL);
}
