/* One step, made from a `step` block: its words, times, questions and who does it. A step with `for` becomes several. */
#include "analysis/recovery/recovery.h"
#include "analysis/recovery/steps.h"

#include <stddef.h>
#include <string.h>

enum { TIMEOUT_FACTOR = 3, TIMEOUT_MIN = 60000, RETRY_PAUSE = 5000 }; /* the pause: restore/lib/run-step.sh */

const char *text_or(struct analysis *a, struct value value, const char *fallback)
{
    return value.type == VALUE_STRING || value.type == VALUE_TEXT || value.type == VALUE_WORD ? value_text(value, a->arena) : fallback;
}

static bool truth(struct value value, bool fallback)
{
    return value.type == VALUE_BOOL ? value.u.integer != 0 : fallback;
}

/* Which of the words it is; `otherwise` when it is none. */
static uint32_t choice_of(struct value value, const char *const *words, uint32_t count, uint32_t otherwise)
{
    for (uint32_t i = 0; i < count; i++) {
        if (is_word(value, words[i]))
            return i;
    }
    return otherwise;
}

static struct command no_command; /* nobody writes to it: see new_command() */

static void no_commands(struct step *step)
{
    step->run = step->check = step->until = step->verify = step->undo = &no_command;
}

struct command *new_command(struct analysis *a, struct command **at)
{
    *at = ARENA_NEW(a->proof, struct command);
    return *at;
}

void keep_command(struct analysis *a, struct command **at, struct command made)
{
    if (command_is_set(&made))
        *new_command(a, at) = made;
}

struct step *begin_step(struct analysis *a, struct step_begin from)
{
    struct step *step = ARENA_NEW(a->proof, struct step);

    step->id = from.id;
    step->title = from.title;
    step->phase = from.phase;
    step->asset = from.asset;
    step->subject = from.subject || !from.asset ? from.subject : from.asset->entity;
    step->origin = (struct entity *)(uintptr_t)from.block;
    step->by = from.by || !from.asset ? from.by : from.asset->owner;
    step->on_failure = FAILURE_BLOCK;
    no_commands(step);
    step->span = from.span.start || !from.block ? from.span : from.block->span;
    return step;
}

void find_doer(struct step *step)
{
    if (step->mode == STEP_ATTESTED)
        return;
    step->mode = step->manual ? STEP_BY_PERSON : step_has_command(step) ? STEP_BY_SCRIPT : step->notify_count ? STEP_TELLS : STEP_BY_PERSON;
}

void attest_instead(struct step *step)
{
    step->manual = step->otherwise;
    step->otherwise = NULL;
    step->mode = STEP_ATTESTED;
    no_commands(step);
}

const char *title_from_name(struct analysis *a, const char *name)
{
    char *title = arena_strdup(a->arena, name);

    for (char *at = title; *at; at++) {
        if (*at == '_' || *at == '-')
            *at = ' ';
    }
    if (title[0] >= 'a' && title[0] <= 'z')
        title[0] = (char)(title[0] - ('a' - 'A')); /* titles are sentences */
    return title;
}

static void entity_list(struct analysis *a, struct value list, struct entity ***items, uint32_t *count)
{
    for (uint32_t i = 0; list.type == VALUE_LIST && i < list.u.list->count; i++) {
        if (list.u.list->items[i].type != VALUE_ENTITY)
            continue;
        *items = arena_grow(a->arena, *items, *count * sizeof **items, (*count + 1) * sizeof **items);
        (*items)[(*count)++] = list.u.list->items[i].u.entity;
    }
}

void default_timeout(struct step *step)
{
    if (step->timeout > 0 || !step->takes.known)
        return;
    if (__builtin_mul_overflow(step->takes.worst, (int64_t)TIMEOUT_FACTOR, &step->timeout))
        step->timeout = step->takes.worst;
    if (step->timeout < TIMEOUT_MIN)
        step->timeout = TIMEOUT_MIN;
}

/* What the script would end before it can be done. */
static void check_timeout(struct analysis *a, const struct step_source *from, const struct step *step)
{
    const struct attr *attr = entity_attr(from->block, STEP_timeout);
    struct diag *diag;

    if (!attr || step->timeout <= 0 || !step->takes.known || step->timeout >= step->takes.worst || !step_has_command(step) || step_goes_on(step))
        return;
    diag = diag_report(a->sink, DIAG_E0584, attr_span(attr), "step `%s` is given up after %s, and may take %s", step->id,
                       text_of_duration(a->arena, step->timeout), text_of_duration(a->arena, step->takes.worst));
    diag_help(diag, "leave `timeout` out, or state one longer than `takes`");
}

bool step_goes_on(const struct step *step)
{
    return step->best_effort || (step->on_failure == FAILURE_CONTINUE && step_has_command(step));
}

/* `retries = n`: n attempts that fail as late as they may, since the script cuts them there, each with the script's pause behind it
 * (5 s, 10 s, …), and the one that counts (SEMANTICS §3.2). */
void add_retries(struct step *step, int64_t attempt)
{
    int64_t n = step->retries, all, pauses;

    if (!n || !step->takes.known)
        return;
    step->cut = attempt;
    if (__builtin_mul_overflow(attempt, n, &all) || __builtin_mul_overflow(n * (n + 1) / 2, (int64_t)RETRY_PAUSE, &pauses) ||
        __builtin_add_overflow(all, pauses, &all) || __builtin_add_overflow(step->takes.worst, all, &step->takes.worst))
        step->takes.known = false;
}

/* False when words of one are not known, which was told. */
static bool set_commands(struct analysis *a, const struct step_source *from, struct step *step)
{
    static const struct {
        uint32_t row;
        size_t offset;
    } commands[] = {{STEP_run, offsetof(struct step, run)},
                    {STEP_check, offsetof(struct step, check)},
                    {STEP_until, offsetof(struct step, until)},
                    {STEP_verify, offsetof(struct step, verify)},
                    {STEP_undo, offsetof(struct step, undo)}};

    bool unknown = false;

    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        struct command **at = (struct command **)(void *)((char *)step + commands[i].offset), made = {0};
        struct value value;

        if (!eval_is_written(from->block, commands[i].row))
            continue;
        value = eval_deferred(a->eval, from->block, commands[i].row, from->scope);
        if (value.type != VALUE_ERROR && value.type != VALUE_NULL && !evaluate_command(a, value, &made)) {
            const struct expr *expr = entity_attr(from->block, commands[i].row)->value;

            if (!tell_unset(a, expr, from->scope, intern_text(a, "step `%s`", step->id)))
                diag_label(diag_report(a->sink, DIAG_E0515, expr->span, "a word of the command of `%s` is not known", step->id), from->subject->span,
                           "for %s `%s`", from->subject->schema->name, from->subject->name);
            unknown = true;
            continue;
        }
        keep_command(a, at, made);
    }
    return !unknown;
}

/* ---------------------------------------------------------------- questions */

static bool word_asks(const struct word *word, const char *name)
{
    for (uint32_t i = 0; i < word->count; i++) {
        if (word->parts[i].runtime && strncmp(word->parts[i].text, "input.", 6) == 0 && strcmp(word->parts[i].text + 6, name) == 0)
            return true;
    }
    return false;
}

bool command_asks(const struct command *command, const char *name)
{
    for (uint32_t i = 0; i < command->count; i++) {
        if (word_asks(&command->words[i], name))
            return true;
    }
    for (uint32_t i = 0; i < command->piece_count; i++) {
        if (!command->pieces[i].script && word_asks(&command->pieces[i].value, name))
            return true;
    }
    return false;
}

/* The same `input` of a kind asks about every asset of it: each step gets its own, with the texts filled in. */
static struct entity *filled_input(struct analysis *a, struct entity *input, const struct scope *scope)
{
    static const uint32_t rows[] = {INPUT_type, INPUT_chooses, INPUT_ask, INPUT_default};
    struct entity *copy = ARENA_NEW(a->arena, struct entity);

    *copy = *input;
    copy->number = 0;
    copy->slots = ARENA_ARRAY(a->arena, struct value, input->slot_count);
    memcpy(copy->slots, input->slots, input->slot_count * sizeof *copy->slots);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        copy->slots[rows[i]] = eval_deferred(a->eval, input, rows[i], scope);
    return copy;
}

/* The questions of a block: a step's own, and of its method and asset those that its commands use. */
static void add_inputs(struct analysis *a, const struct step_source *from, struct step *step, const struct entity *owner, bool used_only)
{
    struct entity *input;

    for (uint32_t i = 0; (input = entity_child(owner, BLOCK_INPUT, &i));) {
        if (used_only && !command_asks(step->run, input->name) && !command_asks(step->check, input->name) &&
            !command_asks(step->until, input->name) && !command_asks(step->verify, input->name) && !command_asks(step->undo, input->name))
            continue;
        if (owner->schema->id == BLOCK_ASSET)
            vec_push(a->arena, &a->asked_inputs, input);
        step->inputs = arena_grow(a->arena, step->inputs, step->input_count * sizeof *step->inputs, (step->input_count + 1) * sizeof *step->inputs);
        step->inputs[step->input_count++] = filled_input(a, input, from->scope);
    }
}

/* `probe = [shop]`: what one sees when it worked. A script asks it with the step's own `verify`. */
static const char *with_probes(struct analysis *a, const char *expect, struct value probed)
{
    const char *text = expect;

    for (uint32_t i = 0; probed.type == VALUE_LIST && i < probed.u.list->count; i++) {
        if (probed.u.list->items[i].type == VALUE_ENTITY)
            text = intern_text(a, "%s%s`%s` passes its probes", text ? text : "", text ? "; " : "", probed.u.list->items[i].u.entity->name);
    }
    return text;
}

/* A question of an asset that no command of a step asks in any scenario is put to nobody. */
void check_inputs(struct analysis *a)
{
    for (uint32_t i = 0; i < a->model->declared[BLOCK_ASSET].list.len && a->plan->scenario_count; i++) {
        struct entity *asset = a->model->declared[BLOCK_ASSET].list.items[i], *input;

        for (uint32_t cursor = 0; (input = entity_child(asset, BLOCK_INPUT, &cursor));) {
            bool asked = false;

            for (uint32_t n = 0; n < a->asked_inputs.len && !asked; n++)
                asked = a->asked_inputs.items[n] == input;
            if (!asked)
                diag_help(diag_report(a->sink, DIAG_E0221, input->span, "input `%s` of asset `%s` has no effect: no step of a scenario uses it",
                                      input->name, asset->name),
                          "use `input.%s` in a command of a method of its kind, or leave the block away", input->name);
        }
    }
}

/* What a notice shows at the moment of a step: its state of that name stands in its place. From the declaration on that is `on_declare`, behind the
 * recovery `on_recover`, on the way back `on_failback`. */
static void tell_states(struct step *step, const struct entity *block)
{
    enum block_id where = block->parent ? block->parent->schema->id : BLOCK_BEFORE;
    const char *moment = where == BLOCK_AFTER ? "on_recover" : where == BLOCK_FAILBACK ? "on_failback" : "on_declare";

    for (uint32_t i = 0; i < step->notify_count; i++) {
        struct entity *notice = step->notify[i], *state;

        if (notice->schema->id != BLOCK_NOTICE)
            continue;
        for (uint32_t s = 0; (state = entity_child(notice, BLOCK_STATE, &s));) {
            if (strcmp(state->name, moment) == 0)
                step->notify[i] = state;
        }
    }
}

/* NULL when the step does not exist here (its condition is false and it has no attestation). */
static struct step *make_step(struct analysis *a, const struct step_source *from)
{
    static const char *const failures[] = {"block", "continue", "ask"};
    const struct entity *block = from->block;
    const char *title;
    struct value when = eval_deferred(a->eval, block, STEP_when, from->scope);
    struct value value;
    struct step *step;
    int64_t attempt;
    bool holds = truth(when, false), is_told = false;

    if (when.type == VALUE_ERROR)
        return NULL;
    title = text_or(a, eval_deferred(a->eval, block, STEP_title, from->scope), NULL);
    value = eval_deferred(a->eval, block, STEP_by, from->scope);
    step = begin_step(
        a, (struct step_begin){.id = intern_text(a, "%s.%s%s%s", from->prefix, block->name, from->suffix[0] ? "." : "", from->suffix),
                               .title = title ? title : title_from_name(a, block->name),
                               .phase = choice_of(eval_deferred(a->eval, block, STEP_phase, from->scope), phase_words, PHASE_COUNT, PHASE_RECOVER),
                               .asset = from->asset,
                               .subject = from->subject,
                               .block = block,
                               .by = value.type == VALUE_ENTITY ? value.u.entity : from->owner});
    step->otherwise = text_or(a, eval_deferred(a->eval, block, STEP_otherwise, from->scope), NULL);
    step->manual = text_or(a, eval_deferred(a->eval, block, STEP_manual, from->scope), NULL);
    step->expect = text_or(a, eval_deferred(a->eval, block, STEP_expect, from->scope), NULL);
    step->expect = with_probes(a, step->expect, eval_deferred(a->eval, block, STEP_probe, from->scope));
    step->takes = time_of(eval_deferred(a->eval, block, STEP_takes, from->scope));
    if (when.type == VALUE_UNKNOWN)
        step->takes.known = false; /* whether it is needed nobody knows, and so how long all of it takes */
    if (a->links.len && from->candidate)
        step_moves(a, from->candidate, block, from->scope, step);
    value = eval_deferred(a->eval, block, STEP_timeout, from->scope);
    step->timeout = value.type == VALUE_DURATION ? value.u.integer : 0;
    value = eval_deferred(a->eval, block, STEP_retries, from->scope);
    step->retries = value.type == VALUE_INT && value.u.integer > 0 ? (uint32_t)value.u.integer : 0;
    step->best_effort = truth(eval_deferred(a->eval, block, STEP_best_effort, from->scope), false);
    step->irreversible = truth(eval_deferred(a->eval, block, STEP_irreversible, from->scope), false);
    step->before_needs = truth(eval_deferred(a->eval, block, STEP_before_needs, from->scope), false);
    step->on_failure = choice_of(eval_deferred(a->eval, block, STEP_on_failure, from->scope), failures, 3, FAILURE_BLOCK);
    value = eval_deferred(a->eval, block, STEP_control_plane, from->scope);
    step->control_plane = value.type == VALUE_ENTITY ? value.u.entity : NULL;
    step->planeless = eval_is_null(block, STEP_control_plane);
    entity_list(a, eval_deferred(a->eval, block, STEP_notify, from->scope), &step->notify, &step->notify_count);
    tell_states(step, block);
    if (holds) {
        is_told = !set_commands(a, from, step);
        if (step->irreversible)
            step->undo = &no_command; /* behind a point of no return nothing is offered that would lead back */
        step->otherwise = command_is_set(step->run) ? step->otherwise : NULL;
    } else if (step->otherwise) {
        attest_instead(step); /* the command cannot run here */
    } else if (when.type == VALUE_UNKNOWN) {
        step->manual = intern_text(a, "find out whether this step is needed, then do it: %s", step->manual ? step->manual : step->title);
    } else {
        return NULL;
    }
    add_inputs(a, from, step, block, false);
    if (block->parent && block->parent->schema->id == BLOCK_METHOD)
        add_inputs(a, from, step, block->parent, true);
    if (from->asset)
        add_inputs(a, from, step, from->asset->entity, true);
    lead_words(a, step);
    find_doer(step);
    if (step->mode == STEP_BY_PERSON && !step->manual && !is_told) {
        diag_help(diag_report(a->sink, DIAG_E0515, block->span, "step `%s` says neither what to run nor what to do", block->name),
                  "give it `run = [\"…\"]`, or `manual = \"…\"`");
    }
    check_timeout(a, from, step);
    /* A failure that does not stop the recovery costs its timeout, so that counts. */
    default_timeout(step);
    attempt = step->takes.worst;
    if (step->takes.known && step_goes_on(step)) {
        step->takes.worst = step->timeout;
        if (step->takes.typical > step->timeout)
            step->takes.typical = step->timeout;
        if (step->takes.best > step->timeout)
            step->takes.best = step->timeout;
    }
    if (step->mode == STEP_BY_SCRIPT)
        add_retries(step, attempt < step->timeout ? attempt : step->timeout);
    return step;
}

static void add_unknown_part(void *context, const char *line)
{
    diag_note(context, "%s", line);
}

/* How often a step stands in the plan is not known: leaving it out would be taken for none. */
static void report_unknown_loop(struct analysis *a, const struct step_source *from)
{
    const struct attr *attr = entity_attr(from->block, STEP_for);
    struct diag *diag = diag_report(a->sink, DIAG_E0515, attr->value->span, "for what step `%s` of `%s` is repeated is not known", from->block->name,
                                    from->subject ? from->subject->name : from->prefix);

    diag_at(diag, "this list is unknown");
    if (from->subject)
        diag_label(diag, from->subject->span, "in the recovery of this");
    eval_unknown_parts(a->eval, attr->value, from->scope, add_unknown_part, diag);
    diag_help(diag, "state what is missing; a list that may be empty has the default `[]`");
}

void add_block(struct analysis *a, struct step_source from, step_list *list)
{
    struct value elements;
    struct step *step;
    atom name = NULL;

    elements = eval_is_written(from.block, STEP_for) ? eval_loop(a->eval, from.block, STEP_for, from.scope, &name) : VALUE_OF(VALUE_NULL);
    if (!name) {
        step = make_step(a, &from);
        if (step)
            vec_push(a->arena, list, step);
        return;
    }
    if (elements.type == VALUE_UNKNOWN)
        report_unknown_loop(a, &from);
    for (uint32_t i = 0; elements.type == VALUE_LIST && i < elements.u.list->count; i++) {
        struct step_source one = from;

        one.scope = scope_add(a->eval, from.scope, name, elements.u.list->items[i]);
        one.suffix = elements.u.list->items[i].type == VALUE_ENTITY ? elements.u.list->items[i].u.entity->name
                                                                    : value_text(elements.u.list->items[i], a->arena);
        step = make_step(a, &one);
        if (step)
            vec_push(a->arena, list, step);
    }
}

void block_steps(struct analysis *a, struct entity *part, struct entity *subject, const struct scope *scope, struct step ***steps, uint32_t *count)
{
    struct entity *block, *owner = a->model->plan ? entity_ref(a->model, a->model->plan, "owner") : NULL;
    step_list list = {0};

    for (uint32_t i = 0; (block = entity_child(part, BLOCK_STEP, &i));)
        add_block(a, (struct step_source){block, scope, subject, NULL, owner, subject->name, "", NULL}, &list);
    *steps = list.items;
    *count = list.len;
}
