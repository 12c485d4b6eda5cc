/* Steps: what is done for every recovered asset in a scenario, from the method that was chosen.
 *
 * A lost asset gets the steps of its method, by phase and in written order; a method with one figure and no steps becomes
 * one step. An impaired asset gets what its kind says happens after a dependency was restored. Runbooks put their steps
 * round all of that. Each step becomes typed: words, times, waits. */
#include "analysis/internal.h"

#include <stddef.h>
#include <string.h>

enum { TIMEOUT_FACTOR = 3, TIMEOUT_MIN = 60000 };

/* ---------------------------------------------------------------- commands */

static void add_part(struct analysis *a, struct word *word, struct value value)
{
    struct word_part part = {.runtime = value.type == VALUE_RUNTIME, .text = value_text(value, a->arena)};

    word->parts = arena_grow(a->arena, word->parts, word->count * sizeof *word->parts, (word->count + 1) * sizeof *word->parts);
    word->parts[word->count++] = part;
}

static bool make_word(struct analysis *a, struct value value, struct word *word)
{
    if (value.type == VALUE_UNKNOWN || value.type == VALUE_ERROR || value.type == VALUE_LIST || value.type == VALUE_OBJECT)
        return false;
    if (value.type != VALUE_TEXT) {
        add_part(a, word, value);
        return true;
    }
    for (uint32_t i = 0; i < value.u.text->count; i++)
        add_part(a, word, value.u.text->parts[i].value);
    return true;
}

static bool make_script(struct analysis *a, const struct value_text *text, struct command *out)
{
    out->is_shell = true;
    out->pieces = ARENA_ARRAY(a->arena, struct shell_piece, text->count);
    for (uint32_t i = 0; i < text->count; i++) {
        struct shell_piece *piece = &out->pieces[out->piece_count++];

        if (text->parts[i].literal)
            piece->script = text->parts[i].value.u.string;
        else if (!make_word(a, text->parts[i].value, &piece->value))
            return false;
    }
    return true;
}

bool evaluate_command(struct analysis *a, struct value value, struct command *out)
{
    memset(out, 0, sizeof *out);
    out->span = (struct span){value.origin, value.origin};
    if (value.type == VALUE_SHELL)
        return make_script(a, value.u.text, out);
    if (value.type != VALUE_LIST)
        return false;
    out->words = ARENA_ARRAY(a->arena, struct word, value.u.list->count);
    for (uint32_t i = 0; i < value.u.list->count; i++) {
        if (value.u.list->items[i].type == VALUE_NULL)
            continue; /* `null` drops a word: an option that does not apply */
        if (!make_word(a, value.u.list->items[i], &out->words[out->count++]))
            return false;
    }
    return out->count > 0;
}

/* ---------------------------------------------------------------- one step */

static const char *text_or(struct analysis *a, struct value value, const char *fallback)
{
    return value.type == VALUE_STRING || value.type == VALUE_TEXT || value.type == VALUE_WORD ? value_text(value, a->arena) : fallback;
}

static bool truth(struct value value, bool fallback)
{
    return value.type == VALUE_BOOL ? value.u.integer != 0 : fallback;
}

static enum step_phase phase_of(struct value value)
{
    static const char *const names[] = {"prepare", "fence", "recover", "verify", "traffic", "reprotect"};

    for (int i = 0; value.type == VALUE_WORD && i < 6; i++) {
        if (strcmp(value.u.word, names[i]) == 0)
            return (enum step_phase)i;
    }
    return PHASE_RECOVER;
}

static const char *title_from_name(struct analysis *a, const char *name)
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

static void default_timeout(struct step *step)
{
    if (step->timeout > 0 || !step->takes.known)
        return;
    if (__builtin_mul_overflow(step->takes.worst, (int64_t)TIMEOUT_FACTOR, &step->timeout))
        step->timeout = step->takes.worst;
    if (step->timeout < TIMEOUT_MIN)
        step->timeout = TIMEOUT_MIN;
}

struct step_source {
    struct entity *block;        /* `step` */
    const struct scope *scope;
    struct entity *subject;
    struct asset *asset;
    struct entity *owner;
    const char *prefix;          /* "database" */
    const char *suffix;          /* loop element's name, "" */
    const struct candidate *candidate; /* whose step it is; NULL for people's steps */
};

static void set_commands(struct analysis *a, const struct step_source *from, struct step *step)
{
    static const struct {
        uint32_t row;
        size_t offset;
    } commands[] = {{STEP_run, offsetof(struct step, run)},
                    {STEP_check, offsetof(struct step, check)},
                    {STEP_until, offsetof(struct step, until)},
                    {STEP_verify, offsetof(struct step, verify)},
                    {STEP_undo, offsetof(struct step, undo)}};

    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        struct command *out = (struct command *)(void *)((char *)step + commands[i].offset);
        struct value value;

        if (!eval_is_written(from->block, commands[i].row))
            continue;
        value = eval_deferred(a->eval, from->block, commands[i].row, from->scope);
        if (value.type != VALUE_ERROR && value.type != VALUE_NULL && !evaluate_command(a, value, out)) {
            struct span span = block_attr(from->block->tree, from->block->schema->rows[commands[i].row].name)->value->span;

            diag_label(diag_report(a->sink, DIAG_E0515, span, "a word of the command of `%s` is not known", step->id),
                       from->subject->span, "for %s `%s`", from->subject->schema->name, from->subject->name);
            memset(out, 0, sizeof *out);
        }
    }
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

static bool command_asks(const struct command *command, const char *name)
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
    static const uint32_t rows[] = {INPUT_type, INPUT_ask, INPUT_default};
    struct entity *copy = ARENA_NEW(a->arena, struct entity);

    *copy = *input;
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
        if (used_only && !command_asks(&step->run, input->name) && !command_asks(&step->check, input->name) &&
            !command_asks(&step->until, input->name) && !command_asks(&step->verify, input->name) && !command_asks(&step->undo, input->name))
            continue;
        step->inputs = arena_grow(a->arena, step->inputs, step->input_count * sizeof *step->inputs,
                                  (step->input_count + 1) * sizeof *step->inputs);
        step->inputs[step->input_count++] = filled_input(a, input, from->scope);
    }
}

/* NULL when the step does not exist here (its condition is false and it has no attestation). */
static struct step *make_step(struct analysis *a, const struct step_source *from)
{
    const struct entity *block = from->block;
    struct value when = eval_deferred(a->eval, block, STEP_when, from->scope);
    struct value value;
    struct step *step;
    bool holds = truth(when, false);

    if (when.type == VALUE_ERROR)
        return NULL;
    step = ARENA_NEW(a->arena, struct step);
    step->origin = from->block;
    step->span = block->span;
    step->asset = from->asset;
    step->subject = from->subject;
    step->id = intern_text(a, "%s.%s%s%s", from->prefix, block->name, from->suffix[0] ? "." : "", from->suffix);
    step->title = text_or(a, eval_deferred(a->eval, block, STEP_title, from->scope), NULL);
    if (!step->title)
        step->title = title_from_name(a, block->name);
    step->phase = phase_of(eval_deferred(a->eval, block, STEP_phase, from->scope));
    step->otherwise = text_or(a, eval_deferred(a->eval, block, STEP_otherwise, from->scope), NULL);
    step->manual = text_or(a, eval_deferred(a->eval, block, STEP_manual, from->scope), NULL);
    step->expect = text_or(a, eval_deferred(a->eval, block, STEP_expect, from->scope), NULL);
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
    step->on_failure = text_or(a, eval_deferred(a->eval, block, STEP_on_failure, from->scope), "block");
    value = eval_deferred(a->eval, block, STEP_by, from->scope);
    step->by = value.type == VALUE_ENTITY ? value.u.entity : from->owner;
    value = eval_deferred(a->eval, block, STEP_control_plane, from->scope);
    step->control_plane = value.type == VALUE_ENTITY ? value.u.entity : NULL;
    step->planeless = value.type == VALUE_NULL;
    entity_list(a, eval_deferred(a->eval, block, STEP_notify, from->scope), &step->notify, &step->notify_count);
    if (holds) {
        set_commands(a, from, step);
        step->otherwise = command_is_set(&step->run) ? step->otherwise : NULL;
    } else if (step->otherwise) {
        step->manual = step->otherwise; /* the command cannot run here: a person attests instead */
        step->attested = true;
        step->otherwise = NULL;
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
    step->automated = command_is_set(&step->run) || command_is_set(&step->until) || command_is_set(&step->verify);
    if (!step->automated && !step->manual && !step->notify_count) {
        diag_help(diag_report(a->sink, DIAG_E0515, block->span, "step `%s` says neither what to run nor what to do", block->name),
                  "give it `run = [\"…\"]`, or `manual = \"…\"`");
    }
    /* A failure that does not stop the recovery costs its timeout, so that counts. */
    default_timeout(step);
    if (step->best_effort && step->takes.known) {
        step->takes.worst = step->timeout;
        if (step->takes.typical > step->timeout)
            step->takes.typical = step->timeout;
        if (step->takes.best > step->timeout)
            step->takes.best = step->timeout;
    }
    return step;
}

typedef VEC(struct step *) step_list;

static void add_unknown_part(void *context, const char *line)
{
    diag_note(context, "%s", line);
}

/* How often a step stands in the plan is not known: leaving it out would be taken for none. */
static void report_unknown_loop(struct analysis *a, const struct step_source *from)
{
    const struct attr *attr = block_attr(from->block->tree, intern_str(a->model->names, "for"));
    struct diag *diag = diag_report(a->sink, DIAG_E0515, attr->value->span, "for what step `%s` of `%s` is repeated is not known", from->block->name,
                                    from->subject ? from->subject->name : from->prefix);

    diag_at(diag, "this list is unknown");
    if (from->subject)
        diag_label(diag, from->subject->span, "in the recovery of this");
    eval_unknown_parts(a->eval, attr->value, from->scope, add_unknown_part, diag);
    diag_help(diag, "state what is missing; a list that may be empty has the default `[]`");
}

static void add_block(struct analysis *a, struct step_source from, step_list *list)
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

/* ---------------------------------------------------------------- methods */

static bool timing_override(struct analysis *a, const struct asset_state *state, const struct candidate *candidate, struct value *out,
                            struct span *span)
{
    struct entity *timing = entity_child_named(state->asset->entity, BLOCK_TIMING, candidate->method->name);

    (void)a;
    if (!timing)
        return false;
    *out = entity_slot(timing, TIMING_rto);
    *span = timing->span;
    return true;
}

/* By phase, and in written order within one. Most methods are written in that order already. */
static void sort_phases(struct analysis *a, step_list *list)
{
    step_list sorted = {0};
    bool in_order = true;

    for (uint32_t i = 1; i < list->len; i++)
        in_order &= list->items[i - 1]->phase <= list->items[i]->phase;
    if (in_order)
        return;
    for (int phase = PHASE_PREPARE; phase <= PHASE_REPROTECT; phase++) {
        for (uint32_t i = 0; i < list->len; i++) {
            if (list->items[i]->phase == (enum step_phase)phase)
                vec_push(a->arena, &sorted, list->items[i]);
        }
    }
    *list = sorted;
}

/* Steps of a method in this scenario, by phase, then as written. They are made anew when the copy that is read has changed, and when they
 * asked for what may have changed since: where other assets serve. */
void find_steps(struct analysis *a, struct asset_state *state, struct candidate *candidate)
{
    const struct scope *scope = method_scope(a, state, candidate);
    step_list all = {0};
    struct entity *block;
    uint32_t asked = a->asked;

    if (candidate->steps_last && candidate->steps_copy == candidate->copy && candidate->steps_store == candidate->from_store)
        return;
    for (uint32_t i = 0; (block = entity_child(candidate->method, BLOCK_STEP, &i));) {
        struct step_source from = {block, scope, state->asset->entity, state->asset, state->asset->owner, state->asset->name, "", candidate};

        add_block(a, from, &all);
    }
    for (uint32_t i = 0; i < all.len; i++)
        bar_step(a, state, candidate, all.items[i]);
    sort_phases(a, &all);
    if (a->links.len)
        restore_moves(a, state, candidate, all.items, all.len);
    candidate->steps_last = a->asked == asked;
    candidate->steps = all.items;
    candidate->step_count = all.len;
    candidate->steps_copy = candidate->copy;
    candidate->steps_store = candidate->from_store;
}

static void method_steps(struct analysis *a, struct asset_state *state, struct candidate *candidate, step_list *out)
{
    find_steps(a, state, candidate);
    for (uint32_t i = 0; i < candidate->step_count; i++)
        vec_push(a->arena, out, candidate->steps[i]);
}

struct span_of_time own_time(struct analysis *a, struct asset_state *state, struct candidate *candidate)
{
    struct value figure;
    struct span_of_time sum = time_exact(0);
    struct span span;

    if (candidate->from_store)
        sum = retrieval_of(a, candidate->from_store);
    if (!timing_override(a, state, candidate, &figure, &span))
        figure = eval_deferred(a->eval, candidate->method, METHOD_rto, method_scope(a, state, candidate));
    else if (figure.type == VALUE_UNKNOWN || figure.type == VALUE_ERROR)
        return (struct span_of_time){0};
    if (figure.type != VALUE_UNKNOWN && figure.type != VALUE_ERROR) {
        struct span_of_time whole = time_of(figure);

        figure_moves(a, state, candidate, &whole);
        return time_add(sum, whole);
    }
    find_steps(a, state, candidate);
    if (candidate->step_count == 0)
        return (struct span_of_time){0};
    for (uint32_t i = 0; i < candidate->step_count; i++) {
        if (candidate->steps[i]->phase != PHASE_REPROTECT)
            sum = time_add(sum, candidate->steps[i]->takes);
    }
    return sum;
}

/* A step for what happens by itself, or for a figure without steps. */
static struct step *plain_step(struct analysis *a, struct asset_state *state, const char *name, const char *title, const char *manual,
                               struct span_of_time takes, struct span span)
{
    struct step *step = ARENA_NEW(a->arena, struct step);

    step->id = intern_text(a, "%s.%s", state->asset->name, name);
    step->title = title;
    step->asset = state->asset;
    step->subject = state->asset->entity;
    step->phase = PHASE_RECOVER;
    step->automated = manual == NULL;
    step->manual = manual;
    step->takes = takes;
    step->by = state->asset->owner;
    step->on_failure = "block";
    step->span = span;
    default_timeout(step);
    return step;
}

/* One figure for the whole method: it counts once, at the first step of the recovery; the others are inside it. */
static void spread_figure(step_list *steps, struct span_of_time figure, struct transfer *transfer)
{
    bool given = false;

    for (uint32_t i = 0; i < steps->len; i++) {
        struct step *step = steps->items[i];

        if (step->phase == PHASE_REPROTECT)
            continue;
        step->transfer = !given && step->phase >= PHASE_RECOVER ? transfer : NULL;
        step->takes = !given && step->phase >= PHASE_RECOVER ? figure : time_exact(0);
        given |= step->phase >= PHASE_RECOVER;
        /* Each of them may be what the figure is spent on. */
        if (figure.known) {
            int64_t timeout = step->timeout;
            struct step all = {.takes = figure};

            default_timeout(&all);
            step->timeout = timeout > all.timeout ? timeout : all.timeout;
        }
    }
    if (!given && steps->len) {
        steps->items[0]->takes = figure;
        steps->items[0]->transfer = transfer;
    }
}

/* Before anything is read from an archive: somebody asks for the copy, and everybody waits. */
static void add_retrieval(struct analysis *a, struct asset_state *state, step_list *steps)
{
    struct entity *store = state->chosen->from_store;
    struct span_of_time time = store ? retrieval_of(a, store) : time_exact(0);
    struct value at = store ? entity_slot(store, STORE_retrieval) : value_unknown();
    uint32_t place = 0;
    struct step *step;

    if (time.known && time.worst == 0)
        return;
    step = plain_step(a, state, "retrieve", intern_text(a, "Retrieve the copy from %s", store->name),
                      intern_text(a, "ask `%s` for the newest copy `%s` of `%s` and what it builds on, and wait until it can be read", store->name,
                                  state->chosen->copy ? state->chosen->copy->name : "", state->asset->name),
                      time, value_is_known(at) ? (struct span){at.origin, at.origin} : store->span);
    step->before_needs = true; /* nothing else has to be there */
    step->idle = true;
    step->expect = "the copy can be read";
    while (place < steps->len && steps->items[place]->phase < PHASE_RECOVER)
        place++;
    vec_push(a->arena, steps, step);
    for (uint32_t i = steps->len - 1; i > place; i--)
        steps->items[i] = steps->items[i - 1];
    steps->items[place] = step;
}

/* A point of no return has a fence before it, by a command or by somebody's word. */
static void check_fence(struct analysis *a, const struct asset_state *state, const step_list *steps, uint32_t first)
{
    bool fenced = false;

    for (uint32_t i = first; i < steps->len; i++) {
        fenced |= steps->items[i]->phase == PHASE_FENCE;
        if (steps->items[i]->irreversible && !fenced)
            diag_help(diag_label(diag_report(a->sink, DIAG_E0517, steps->items[i]->span, "`%s` promotes before anything is fenced", steps->items[i]->id),
                                 state->asset->entity->span, "for asset `%s`", state->asset->name),
                      "add a step with `phase = fence`, or with `otherwise = attest(\"…\")` for what cannot be reached");
    }
}

/* How long the method takes until full speed, where it says so; the clock adds when it starts. */
static void full_speed(struct analysis *a, struct asset_state *state, const struct scope *scope)
{
    struct entity *method = state->chosen->method;

    if (!method->tree || !block_attr(method->tree, method->schema->rows[METHOD_full_speed].name))
        return;
    state->full_speed = ARENA_NEW(a->arena, struct span_of_time);
    *state->full_speed = time_of(eval_deferred(a->eval, method, METHOD_full_speed, scope));
}

static void lost_steps(struct analysis *a, struct asset_state *state, step_list *out)
{
    struct candidate *chosen = state->chosen;
    const struct scope *scope = method_scope(a, state, chosen);
    struct value figure = eval_deferred(a->eval, chosen->method, METHOD_rto, scope);
    struct span span = chosen->method->span;
    const char *title = text_or(a, eval_deferred(a->eval, chosen->method, METHOD_title, scope), title_from_name(a, chosen->method->name));
    bool overridden = timing_override(a, state, chosen, &figure, &span);
    struct span_of_time whole = time_of(figure);
    struct transfer *transfer = figure_moves(a, state, chosen, &whole);
    uint32_t before = out->len;
    step_list steps = {0};

    method_steps(a, state, chosen, &steps);
    full_speed(a, state, scope);
    if (steps.len == 0) {
        const char *manual = chosen->automatic ? NULL : intern_text(a, "recover `%s` by `%s`", state->asset->name, chosen->label);

        vec_push(a->arena, &steps, plain_step(a, state, chosen->method->name, title, manual, whole, span));
        steps.items[0]->transfer = transfer;
    } else if (figure.type != VALUE_UNKNOWN || overridden) {
        spread_figure(&steps, whole, transfer);
    }
    add_retrieval(a, state, &steps);
    for (uint32_t i = 0; i < steps.len; i++)
        vec_push(a->arena, out, steps.items[i]);
    if (!chosen->automatic)
        check_fence(a, state, out, before);
}

static void impaired_steps(struct analysis *a, struct asset_state *state, step_list *out)
{
    const struct kind_info *kind = state->asset->entity->kind;
    struct value what = kind_slot(kind, KIND_on_dependency_restore);
    struct value time = kind_slot(kind, KIND_dependency_time);
    const char *verb = what.type == VALUE_WORD ? what.u.word : "nothing";
    struct entity *method = NULL;

    if (strcmp(verb, "nothing") == 0)
        return;
    for (uint32_t i = 0; i < kind->methods.len; i++) {
        if (strcmp(kind->methods.items[i]->name, verb) == 0)
            method = kind->methods.items[i];
    }
    if (method) {
        struct candidate candidate = {.method = method, .element = VALUE_OF(VALUE_NULL), .label = method->name};
        uint32_t before = out->len;

        method_steps(a, state, &candidate, out);
        if (out->len > before)
            return;
    }
    vec_push(a->arena, out,
             plain_step(a, state, verb, intern_text(a, "%s %s after what it needs is back", title_from_name(a, verb), state->asset->name),
                        intern_text(a, "%s `%s` so that it uses the recovered dependencies", verb, state->asset->name), time_of(time),
                        kind->entity->span));
}

/* ---------------------------------------------------------------- runbooks */

static void runbook_steps(struct analysis *a, struct scenario_result *result, enum block_id where, step_list *out)
{
    const struct scope *scope;
    struct entity *part, *block;
    uint32_t cursor = 0;

    if (!result->runbook || !(part = entity_child(result->runbook, where, &cursor)))
        return;
    scope = scope_add(a->eval, a->model->plan ? scope_add(a->eval, NULL, "plan", value_entity(a->model->plan)) : NULL, "scenario",
                      value_entity(result->scenario));
    for (uint32_t i = 0; (block = entity_child(part, BLOCK_STEP, &i));) {
        struct entity *owner = a->model->plan ? entity_ref(a->model, a->model->plan, "owner") : NULL;
        struct step_source from = {block, scope, result->runbook, NULL, owner, result->runbook->name, "", NULL};
        uint32_t before = out->len;

        add_block(a, from, out);
        for (uint32_t s = before; s < out->len; s++) {
            /* A notice takes nobody's time that the recovery waits for. */
            if (!out->items[s]->takes.known && !command_is_set(&out->items[s]->run) && out->items[s]->notify_count)
                out->items[s]->takes = time_exact(0);
            bar_runbook(a, result, out->items[s]);
            if (!block_attr(block->tree, intern_str(a->model->names, "phase")))
                out->items[s]->phase = where == BLOCK_BEFORE ? PHASE_PREPARE : where == BLOCK_AFTER ? PHASE_VERIFY : PHASE_RECOVER;
        }
    }
}

static struct entity *find_runbook(struct analysis *a, const struct entity *scenario)
{
    for (uint32_t i = 0; i < a->model->declared[BLOCK_RUNBOOK].list.len; i++) {
        struct entity *runbook = a->model->declared[BLOCK_RUNBOOK].list.items[i];
        struct value list = entity_slot(runbook, RUNBOOK_for);

        for (uint32_t s = 0; list.type == VALUE_LIST && s < list.u.list->count; s++) {
            if (list.u.list->items[s].type == VALUE_ENTITY && list.u.list->items[s].u.entity == scenario)
                return runbook;
        }
    }
    return NULL;
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

/* ---------------------------------------------------------------- waits */

void wait_for(struct analysis *a, struct step *step, struct step *other)
{
    if (!other || other == step)
        return;
    for (uint32_t i = 0; i < step->after_count; i++) {
        if (step->after[i] == other)
            return;
    }
    step->after = arena_grow(a->arena, step->after, step->after_count * sizeof *step->after, (step->after_count + 1) * sizeof *step->after);
    step->after[step->after_count++] = other;
}

/* Waits for whoever must serve first. An asset without steps of its own (its kind needs nothing to go on) passes the wait on
 * to what it needs: its frontier. Assets are visited needs first, so a frontier is there when it is asked for. */
static void find_frontiers(struct analysis *a, struct scenario_result *result)
{
    a->frontiers = ARENA_ARRAY(a->arena, struct frontier, a->plan->asset_count);
    for (uint32_t at = 0; at < a->plan->asset_count; at++) {
        struct asset *asset = &a->plan->assets[a->needs_first[at]];
        struct asset_state *state = &result->states[asset->index];
        struct frontier *frontier = &a->frontiers[asset->index];

        if (state->last) {
            vec_push(a->arena, frontier, state->last);
            continue;
        }
        for (uint32_t n = 0; state->fate == FATE_IMPAIRED && n < asset->needs.count; n++) {
            const struct frontier *from = &a->frontiers[asset->needs.items[n].to->index];

            for (uint32_t i = 0; i < from->len; i++) {
                uint32_t seen = 0;

                while (seen < frontier->len && frontier->items[seen] != from->items[i])
                    seen++;
                if (seen == frontier->len)
                    vec_push(a->arena, frontier, from->items[i]);
            }
        }
    }
}

static void wait_for_asset(struct analysis *a, struct step *step, const struct asset *asset)
{
    const struct frontier *frontier = &a->frontiers[asset->index];

    for (uint32_t i = 0; i < frontier->len; i++)
        wait_for(a, step, frontier->items[i]);
}

static void chain(struct analysis *a, struct asset_state *state, step_list *steps, uint32_t first)
{
    struct step *previous = NULL;

    state->steps = &steps->items[first];
    state->step_count = steps->len - first;
    for (uint32_t i = first; i < steps->len; i++) {
        struct step *step = steps->items[i];

        wait_for(a, step, previous);
        previous = step;
        if (step->phase != PHASE_REPROTECT)
            state->last = step;
    }
}

static bool standby_early(const struct asset_state *state)
{
    const struct entity *element = state->chosen && state->chosen->element.type == VALUE_ENTITY ? state->chosen->element.u.entity : NULL;
    struct value early;

    if (!element || element->schema->id != BLOCK_STANDBY)
        return false;
    early = entity_slot(element, STANDBY_before_needs);
    return early.type == VALUE_BOOL && early.u.integer;
}

/* Keys, keepers of secrets and sources that come back before what they are needed for. */
static void wait_for_inputs(struct analysis *a, const struct asset_state *state, struct step *step)
{
    uint32_t end;

    for (uint32_t i = restore_inputs_of(a->scenario, state->asset, &end); i < end; i++) {
        if (a->scenario->inputs[i].waits)
            wait_for_asset(a, step, a->scenario->inputs[i].waits);
    }
}

/* The first step that does not go ahead waits for what the asset needs; the ones after it wait for that one. */
static void wait_for_needs(struct analysis *a, struct asset_state *state)
{
    bool early = standby_early(state);

    for (uint32_t i = 0; i < state->step_count; i++) {
        struct step *step = state->steps[i];

        if (step->before_needs || step->phase == PHASE_FENCE || step->phase == PHASE_PREPARE ||
            (early && step->phase == PHASE_RECOVER && step != state->last))
            continue;
        for (uint32_t n = 0; n < state->asset->needs.count; n++)
            wait_for_asset(a, step, state->asset->needs.items[n].to);
        if (state->chosen && state->chosen->restores) {
            for (uint32_t n = 0; n < state->asset->restores_with.count; n++)
                wait_for_asset(a, step, state->asset->restores_with.items[n].to);
        }
        if (!state->stuck)
            wait_for_inputs(a, state, step);
        return;
    }
}

/* The way back is walked step by step, in a window of its own: its clock starts when somebody begins. */
static void failback_steps(struct analysis *a, struct scenario_result *result)
{
    step_list steps = {0};
    struct span_of_time clock = time_exact(0);

    runbook_steps(a, result, BLOCK_FAILBACK, &steps);
    for (uint32_t i = 0; i < steps.len; i++) {
        struct step *step = steps.items[i];

        step->id = intern_text(a, "failback.%s", step->origin->name);
        step->ordinal = step->wave = i + 1;
        step->start = clock;
        clock = step->finish = time_add(clock, step->takes);
        if (i)
            wait_for(a, step, steps.items[i - 1]);
    }
    result->failback = steps.items;
    result->failback_count = steps.len;
}

static void append_steps(struct scenario_result *result, const step_list *list)
{
    for (uint32_t i = 0; i < list->len; i++)
        result->steps[result->step_count++] = list->items[i];
}

/* A place that does not exist yet is made before anything is recovered into it: one step for each such site that is used. */
static void provision_sites(struct analysis *a, struct scenario_result *result, const step_list *before, step_list *out)
{
    for (uint32_t i = 0; i < a->plan->site_count; i++) {
        struct site_info *site = &a->plan->sites[i];
        uint32_t cursor = 0;
        struct entity *block = entity_child(site->entity, BLOCK_PROVISION, &cursor);
        struct step *step = NULL;

        for (uint32_t s = 0; block && s < a->plan->asset_count; s++) {
            struct asset_state *state = &result->states[s];
            bool there_before = false;

            if (!state->chosen || state->chosen->into != site)
                continue;
            for (uint32_t at = 0; at < state->asset->site_count; at++)
                there_before |= state->asset->sites[at] == site;
            if (there_before)
                continue;
            if (!step) {
                struct value owner = entity_slot(site->entity, SITE_owner), by = entity_slot(block, PROVISION_by);

                step = ARENA_NEW(a->arena, struct step);
                step->id = intern_text(a, "%s.provision", site->entity->name);
                step->title = intern_text(a, "Provision `%s`", site->entity->name);
                step->subject = site->entity;
                step->phase = PHASE_PREPARE;
                step->takes = time_of(entity_slot(block, PROVISION_duration));
                step->automated = evaluate_command(a, entity_slot(block, PROVISION_run), &step->run);
                step->manual = step->automated ? NULL : intern_text(a, "provision `%s` by %s", site->entity->name,
                                                                    text_or(a, entity_slot(block, PROVISION_method), "hand"));
                step->by = by.type == VALUE_ENTITY      ? by.u.entity
                           : owner.type == VALUE_ENTITY ? owner.u.entity
                           : a->model->plan             ? entity_ref(a->model, a->model->plan, "owner")
                                                        : NULL;
                step->on_failure = "block";
                step->span = block->span;
                default_timeout(step);
                if (before->len)
                    wait_for(a, step, before->items[before->len - 1]);
                vec_push(a->arena, out, step);
            }
            for (uint32_t n = 0; n < state->step_count; n++) {
                if (state->steps[n]->phase >= PHASE_RECOVER) {
                    wait_for(a, state->steps[n], step); /* the steps after it wait for it */
                    break;
                }
            }
        }
    }
}

/* A command of the script that the target route53 writes beside the recovery scripts; `out.folder` is where all targets are. */
static void traffic_command(struct analysis *a, const struct endpoint_state *state, const char *verb, const char *target, struct command *out)
{
    const char *words[] = {NULL, state->endpoint->name, verb, target};

    out->words = ARENA_ARRAY(a->arena, struct word, 4);
    out->count = target ? 4 : 3;
    for (uint32_t i = 0; i < out->count; i++) {
        out->words[i].count = i ? 1 : 2;
        out->words[i].parts = ARENA_ARRAY(a->arena, struct word_part, 2);
        out->words[i].parts[0] = i ? (struct word_part){false, words[i]} : (struct word_part){true, "out.folder"};
    }
    out->words[0].parts[1] = (struct word_part){false, "/route53/traffic.sh"};
    out->span = state->endpoint->span;
}

/* Leads each name whose target changes to the new one, once what it serves is there. Health checks alone would lead it back as soon
 * as the old side answers again. */
static void traffic_steps(struct analysis *a, struct scenario_result *result, const step_list *before, step_list *out)
{
    for (uint32_t i = 0; i < result->endpoint_count; i++) {
        struct endpoint_state *state = &result->endpoints[i];
        struct value serves = entity_slot(state->endpoint, ENDPOINT_serves), mode = entity_slot(state->endpoint, ENDPOINT_mode);
        struct value owner = entity_slot(state->endpoint, ENDPOINT_owner), name = entity_slot(state->endpoint, ENDPOINT_name);
        bool by_hand = mode.type == VALUE_WORD && strcmp(mode.u.word, "manual") == 0;
        struct step *step;

        if (!state->affected || !state->to || state->to == state->from)
            continue;
        step = ARENA_NEW(a->arena, struct step);
        step->id = intern_text(a, "%s.traffic", state->endpoint->name);
        step->title = intern_text(a, "Lead %s to %s", text_or(a, name, state->endpoint->name), state->to->name);
        step->subject = state->endpoint;
        step->phase = PHASE_TRAFFIC;
        step->automated = true;
        traffic_command(a, state, "to", state->to->name, &step->run);
        traffic_command(a, state, "undo", NULL, &step->undo);
        step->expect = intern_text(a, "%s leads to %s", text_or(a, name, state->endpoint->name), state->to->name);
        /* By hand, the change waits for the name servers; otherwise it is a call or two that users do not wait for. */
        step->takes = by_hand ? time_of(entity_slot(state->endpoint, ENDPOINT_propagation)) : (struct span_of_time){true, 0, 10000, 60000};
        step->by = owner.type == VALUE_ENTITY ? owner.u.entity
                   : a->model->plan           ? entity_ref(a->model, a->model->plan, "owner")
                                              : NULL;
        step->on_failure = "ask";
        step->span = state->endpoint->span;
        if (by_hand)
            bar_record(a, result, state, step);
        default_timeout(step);
        for (uint32_t s = 0; serves.type == VALUE_LIST && s < serves.u.list->count; s++) {
            struct asset *asset = serves.u.list->items[s].type == VALUE_ENTITY ? plan_asset(a->plan, serves.u.list->items[s].u.entity) : NULL;

            if (asset)
                wait_for_asset(a, step, asset);
        }
        if (step->after_count == 0 && before->len)
            wait_for(a, step, before->items[before->len - 1]);
        vec_push(a->arena, out, step);
    }
}

/* Last of all: whether it serves, seen from where users are. */
static void probe_steps(struct analysis *a, struct asset_state *state, step_list *out)
{
    struct entity *probe;

    for (uint32_t i = 0; (probe = entity_child(state->asset->entity, BLOCK_PROBE, &i));) {
        struct step *step = make_probe(a, state, probe);

        if (step)
            vec_push(a->arena, out, step);
    }
}

void make_steps(struct analysis *a, struct scenario_result *result)
{
    step_list steps = {0}, before = {0}, after = {0}, sites = {0}, traffic = {0}, agree = {0};
    uint32_t *first = ARENA_ARRAY(a->arena, uint32_t, a->plan->asset_count + 1);

    result->runbook = find_runbook(a, result->scenario);
    runbook_steps(a, result, BLOCK_BEFORE, &before);
    runbook_steps(a, result, BLOCK_AFTER, &after);
    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        struct asset_state *state = &result->states[i];

        first[i] = steps.len;
        if (state->fate == FATE_LOST && state->chosen)
            lost_steps(a, state, &steps);
        else if (state->fate == FATE_IMPAIRED)
            impaired_steps(a, state, &steps);
        if (steps.len > first[i])
            probe_steps(a, state, &steps);
    }
    first[a->plan->asset_count] = steps.len;
    for (uint32_t i = 0; i < a->plan->asset_count; i++) {
        step_list own = {steps.items, first[i + 1], steps.cap};

        if (first[i] < first[i + 1])
            chain(a, &result->states[i], &own, first[i]);
    }
    find_frontiers(a, result);
    for (uint32_t i = 0; i < a->plan->asset_count; i++)
        wait_for_needs(a, &result->states[i]);
    reconcile_groups(a, result, &agree.items, &agree.len);
    provision_sites(a, result, &before, &sites);
    traffic_steps(a, result, &before, &traffic);
    /* What a runbook does first, everything that waits for a decision waits for. */
    for (uint32_t i = 1; i < before.len; i++)
        wait_for(a, before.items[i], before.items[i - 1]);
    for (uint32_t i = 0; before.len && i < steps.len; i++) {
        struct asset_state *state = steps.items[i]->asset ? &result->states[steps.items[i]->asset->index] : NULL;
        bool is_first = !state || (state->step_count && state->steps[0] == steps.items[i]);

        if (is_first && !(state && state->chosen && state->chosen->automatic))
            wait_for(a, steps.items[i], before.items[before.len - 1]);
    }
    for (uint32_t i = 0; i < after.len; i++) {
        if (i == 0) {
            /* Users are told when what the class is about is back, not when the last archive is. */
            for (uint32_t s = 0; s < a->plan->asset_count; s++) {
                if (!result->class_ || class_binds(result->class_, &a->plan->assets[s]))
                    wait_for(a, after.items[0], result->states[s].last);
            }
            for (uint32_t s = 0; s < traffic.len; s++)
                wait_for(a, after.items[0], traffic.items[s]);
        } else {
            wait_for(a, after.items[i], after.items[i - 1]);
        }
    }
    failback_steps(a, result);
    result->steps = ARENA_ARRAY(a->arena, struct step *, before.len + sites.len + steps.len + agree.len + traffic.len + after.len);
    result->step_count = 0;
    append_steps(result, &before);
    append_steps(result, &sites);
    append_steps(result, &steps);
    append_steps(result, &agree);
    append_steps(result, &traffic);
    append_steps(result, &after);
}
