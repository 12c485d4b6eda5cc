/* Entries of the ledger: one for each thing that is true or not, with what rests on it and who makes it true. */
#include "analysis/common/entries.h"
#include "analysis/common/ledger.h"
#include "analysis/common/missing.h"

#include <string.h>

/* The first source that says it is about the attribute; NULL: any. */
enum { RECENT = 8 };

bool take_source(const struct entity *block, const char *attribute, struct assumption *assumption)
{
    const struct entity *source;

    for (uint32_t i = 0; block && (source = entity_child(block, BLOCK_SOURCE, &i));) {
        struct value grade = entity_slot(source, SOURCE_grade), read = entity_slot(source, SOURCE_read);

        if (attribute && (entity_slot(source, SOURCE_of).type != VALUE_LIST || !speaks_of(source, attribute)))
            continue; /* what says nothing of what it is about is about figures */
        assumption->source = source->name;
        assumption->grade = grade.type == VALUE_WORD ? grade.u.word : NULL;
        assumption->was_read = read.type == VALUE_DATE;
        assumption->read = assumption->was_read ? read.u.integer : 0;
        return true;
    }
    return false;
}

/* Known by their names alone: these lie with the entries. */
__attribute__((format(printf, 2, 3))) static atom entry_id(struct analysis *a, const char *format, ...)
{
    struct strbuf text = STRBUF_INIT;
    va_list args;
    atom id;

    va_start(args, format);
    strbuf_vaddf(&text, format, args);
    va_end(args);
    if (!a->entry_names)
        a->entry_names = intern_new(a->entries);
    id = intern_add(a->entry_names, strbuf_str(&text), text.len);
    strbuf_release(&text);
    return id;
}

struct assumption *ledger_entry(struct analysis *a, enum assumption_kind kind, struct entity *subject, const char *what, bool *is_new)
{
    atom key = entry_id(a, "%s:%s%s", assumption_kind_name(kind), subject->name, what);
    struct assumption *assumption = map_get(&a->ledger, key);

    if (assumption && assumption->subject != subject) { /* an asset and its site may have one name */
        key = entry_id(a, "%s:%s.%s%s", assumption_kind_name(kind), subject->schema->name, subject->name, what);
        assumption = map_get(&a->ledger, key);
    }
    *is_new = !assumption;
    if (assumption)
        return assumption;
    assumption = ARENA_NEW(a->entries, struct assumption);
    *assumption = (struct assumption){.id = key, .kind = kind, .subject = subject, .by = BY_NOBODY, .span = subject->span};
    map_add(&a->ledger, a->entries, key, assumption);
    return assumption;
}

void add_resting(struct analysis *a, struct assumption *assumption, struct resting resting)
{
    if (assumption->rest_count == assumption->rest_cap) {
        uint32_t cap = assumption->rest_cap ? assumption->rest_cap * 2 : 2;
        struct resting *old = assumption->rests;

        assumption->rests = arena_grow(a->entries, old, assumption->rest_cap * sizeof *old, cap * sizeof *old);
        if (assumption->rests != old)
            arena_give_back(a->entries, old, assumption->rest_cap * sizeof *old);
        assumption->rest_cap = cap;
    }
    assumption->rests[assumption->rest_count++] = resting;
}

static void rest_once(struct analysis *a, struct assumption *assumption, struct resting resting)
{
    /* Verdicts are walked one after the other: what rests on it already is among the last. */
    for (uint32_t i = assumption->rest_count; i-- > 0 && assumption->rest_count - i <= RECENT;) {
        const struct resting *r = &assumption->rests[i];

        if (r->kind == resting.kind && r->subject == resting.subject && r->scenario == resting.scenario)
            return;
    }
    add_resting(a, assumption, resting);
}

void rest_on(struct analysis *a, struct assumption *assumption, enum objective_kind kind, struct entity *subject, struct entity *scenario)
{
    rest_once(a, assumption, (struct resting){kind, false, subject, scenario});
}

void rest_rto(struct analysis *a, struct assumption *assumption, const struct scenario_result *result, const struct asset_state *state)
{
    rest_once(a, assumption, (struct resting){OBJECTIVE_RTO, state->rto_verdict == VERDICT_NOT_APPLICABLE, state->asset->entity, result->scenario});
}

void rest_rpo(struct analysis *a, struct assumption *assumption, const struct scenario_result *result, const struct asset_state *state)
{
    rest_once(a, assumption, (struct resting){OBJECTIVE_RPO, state->rpo_verdict == VERDICT_NOT_APPLICABLE, state->asset->entity, result->scenario});
    for (uint32_t g = 0; state->grouped && g < result->group_count; g++) {
        const struct group_state *group = &result->groups[g];

        for (uint32_t m = 0; group->verdict != VERDICT_NOT_APPLICABLE && m < group->member_count; m++) {
            if (group->members[m].state == state && group->members[m].recovered)
                rest_on(a, assumption, OBJECTIVE_GROUP, group->group, result->scenario);
        }
    }
}

/* Without the thing there is neither a recovery nor its data. */
void rest_both(struct analysis *a, struct assumption *assumption, const struct scenario_result *result, const struct asset_state *state)
{
    rest_rto(a, assumption, result, state);
    rest_rpo(a, assumption, result, state);
}

void ask_person(struct assumption *assumption, struct entity *who, const char *target, const char *question)
{
    assumption->on = who;
    assumption->by = who ? BY_DEMAND : BY_NOBODY;
    assumption->target = target;
    assumption->question = question;
}

void ask_owner(struct analysis *a, struct assumption *assumption, struct entity *of, const char *target, const char *question)
{
    ask_person(assumption, answers_for(a, of), target, question);
}

void made_by(struct assumption *assumption, const char *target, const char *file, const char *question)
{
    assumption->by = BY_ARTIFACT;
    assumption->target = target;
    assumption->file = file;
    assumption->question = question;
}

bool platform_says(struct assumption *assumption, const struct entity *block, const char *attribute)
{
    if (!take_source(block, attribute, assumption))
        return false;
    if (assumption->grade && strcmp(assumption->grade, "P") == 0) /* ours: no platform says so */
        return false;
    assumption->by = BY_PLATFORM;
    return true;
}

const char *ledger_time(struct analysis *a, struct span_of_time time)
{
    struct strbuf text = STRBUF_INIT;
    const char *words;

    if (!time.known)
        return NULL;
    if (time.best != time.worst) {
        print_duration(&text, time.best);
        strbuf_addstr(&text, "..");
        print_duration(&text, time.typical);
        strbuf_addstr(&text, "..");
    }
    print_duration(&text, time.worst);
    words = strbuf_dup(&text, a->arena);
    strbuf_release(&text);
    return words;
}

const char *ledger_duration(struct analysis *a, int64_t ms)
{
    return ms < 0 ? NULL : text_of_duration(a->arena, ms);
}

const char *ledger_value(struct analysis *a, struct value value)
{
    struct strbuf text = STRBUF_INIT;
    const char *words;

    if (!value_is_known(value))
        return NULL;
    value_print(value, &text);
    words = strbuf_dup(&text, a->arena);
    strbuf_release(&text);
    return words;
}
