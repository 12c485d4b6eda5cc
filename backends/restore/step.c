/* One file for each step: a function for each thing it can do (check, run, until, verify, undo; manual and otherwise for
 * what people do), and nothing else. The file is run, never sourced, so that a failing command ends it at once. */
#include "backends/restore/restore.h"

#include "backends/common/command.h"
#include "backends/common/published.h"
#include "emit/sh.h"

#include <string.h>

bool restore_step_is_manual(const struct step *step)
{
    if (step->manual)
        return true;
    if (command_is_set(&step->run) || command_is_set(&step->verify) || command_is_set(&step->until) || step->notify_count > 0)
        return false;
    /* What is already there needs nobody; what comes back by itself, somebody has to see. */
    return !step->automated || !step->takes.known || step->takes.worst > 0;
}

bool restore_step_takes_over(const struct step *step, const struct step *other)
{
    for (uint32_t i = 0; i < step->after_count; i++) {
        if (step->after[i] == other)
            return false;
    }
    return other->ordinal < step->ordinal;
}

/* What a program does: the command, and the notices. Of a manual step only the notices, once it is done. */
static bool has_run(const struct step *step)
{
    return step->notify_count > 0 || (!restore_step_is_manual(step) && command_is_set(&step->run));
}

/* What to do, and what one sees when it worked. */
static const char *with_expectation(struct arena *arena, const char *what, const struct step *step)
{
    return step->expect ? arena_printf(arena, "%s\nExpect: %s", what, step->expect) : what;
}

/* What to tell the person who does a manual step. */
static const char *instruction(struct arena *arena, const struct step *step)
{
    struct strbuf text = STRBUF_INIT;
    const char *result;

    if (step->manual)
        return with_expectation(arena, step->manual, step);
    if (!step->automated)
        return with_expectation(arena, step->title, step);
    strbuf_addf(&text, "`%s` comes back by itself; there is nothing to start.", step->asset ? step->asset->name : step->id);
    if (step->takes.known) {
        strbuf_addstr(&text, " That takes at most ");
        print_duration_words(&text, step->takes.worst);
        strbuf_addch(&text, '.');
    }
    strbuf_addstr(&text, "\nSay `done` once it serves.");
    result = strbuf_dup(&text, arena);
    strbuf_release(&text);
    return result;
}

const char *restore_step_number(struct arena *arena, const struct procedure *p, const struct step *step)
{
    return arena_printf(arena, "%0*u", (int)p->width, step->ordinal);
}

const char *restore_step_file(struct arena *arena, const struct procedure *p, const struct step *step)
{
    return arena_printf(arena, "%s-%s.sh", restore_step_number(arena, p, step), output_name(arena, step->id));
}

const char *restore_step_verbs(struct arena *arena, const struct step *step)
{
    struct strbuf verbs = STRBUF_INIT;
    const char *result;

    if (command_is_set(&step->check))
        strbuf_addstr(&verbs, ",check");
    if (restore_step_is_manual(step))
        strbuf_addstr(&verbs, ",manual");
    if (has_run(step))
        strbuf_addstr(&verbs, ",run");
    if (command_is_set(&step->until))
        strbuf_addstr(&verbs, ",until");
    if (command_is_set(&step->verify))
        strbuf_addstr(&verbs, ",verify");
    if (command_is_set(&step->undo))
        strbuf_addstr(&verbs, ",undo");
    if (step->otherwise)
        strbuf_addstr(&verbs, ",otherwise");
    result = arena_strdup(arena, verbs.len > 0 ? strbuf_str(&verbs) + 1 : "");
    strbuf_release(&verbs);
    return result;
}

static void runtime_names(struct arena *arena, const struct step *step, command_names *names)
{
    command_collect(arena, published_command(arena, &step->check), names);
    command_collect(arena, published_command(arena, &step->run), names);
    command_collect(arena, published_command(arena, &step->until), names);
    command_collect(arena, published_command(arena, &step->verify), names);
    command_collect(arena, published_command(arena, &step->undo), names);
}

const char *restore_input_key(struct arena *arena, const struct step *step, const char *name)
{
    const char *whose = step->asset ? step->asset->name : step->id, *clean = output_name(arena, whose);

    /* Two names may become one: then the number tells them apart. */
    if (step->asset && strcmp(whose, clean) != 0)
        clean = arena_printf(arena, "%s-%u", clean, step->asset->index);
    return arena_printf(arena, "%s.%s", clean, output_name(arena, name));
}

const struct entity *restore_step_input(const struct step *step, const char *name)
{
    for (uint32_t i = 0; i < step->input_count; i++) {
        if (strcmp(step->inputs[i]->name, name) == 0)
            return step->inputs[i];
    }
    return NULL;
}

void restore_step_inputs(struct arena *arena, const struct step *step, struct restore_names *inputs)
{
    command_names names = {0};

    for (uint32_t i = 0; i < step->input_count; i++)
        restore_names_add(arena, inputs, step->inputs[i]->name);
    runtime_names(arena, step, &names);
    for (uint32_t i = 0; i < names.len; i++) {
        if (strncmp(names.items[i], "input.", 6) == 0)
            restore_names_add(arena, inputs, names.items[i] + 6);
    }
}

void restore_step_secrets(struct arena *arena, const struct step *step, struct restore_names *secrets)
{
    command_names names = {0};

    runtime_names(arena, step, &names);
    for (uint32_t i = 0; i < names.len; i++) {
        if (strncmp(names.items[i], "env.", 4) == 0)
            restore_names_add(arena, secrets, command_variable(arena, names.items[i]));
    }
}

static const char *asset_or_id(const struct step *step)
{
    return step->asset ? step->asset->name : step->id;
}

/* What the file is, for whoever opens it. */
static const char *head_comment(struct restore *r, const struct procedure *p, const struct step *step)
{
    struct strbuf text = STRBUF_INIT;
    bool any = false;
    const char *result, *origin = sources_origin(r->plan->model->sources, step->span);

    strbuf_addf(&text, "Step %s, %s: %s\n", restore_step_number(r->arena, p, step), step->id, step->title);
    strbuf_addf(&text, "For %s, wave %u", asset_or_id(step), step->wave);
    if (step->takes.known) {
        strbuf_addstr(&text, "; takes at most ");
        print_duration_words(&text, step->takes.worst);
    }
    strbuf_addstr(&text, step->irreversible ? "; POINT OF NO RETURN.\n" : ".\n");
    if (step->after_count > 0) {
        strbuf_addstr(&text, "Waits for");
        for (uint32_t i = 0; i < step->after_count; i++)
            strbuf_addf(&text, "%s %s", i > 0 ? "," : "", step->after[i]->id);
        strbuf_addstr(&text, ".\n");
    }
    for (uint32_t i = 0; i < step->follow_count; i++) {
        if (!restore_step_takes_over(step, step->follows[i]))
            continue;
        strbuf_addf(&text, "%s %s", any ? "," : "Takes over the hands or the bandwidth of", step->follows[i]->id);
        any = true;
    }
    if (any)
        strbuf_addstr(&text, ".\n");
    if (step->expect)
        strbuf_addf(&text, "When it worked: %s\n", step->expect);
    if (*origin)
        strbuf_addf(&text, "Generated from %s.", origin);
    result = strbuf_dup(&text, r->arena);
    strbuf_release(&text);
    return result;
}

static bool can_fetch(const struct backup_job *job, const struct entity *store)
{
    if (job->output && strcmp(job->output, "none") == 0)
        return false;
    if (job->to == store)
        return job->to_access && command_is_set(&job->to_access->fetch);
    for (uint32_t i = 0; job->copy_access && i < job->copy_count; i++) {
        if (job->copies[i] == store)
            return command_is_set(&job->copy_access[i].fetch);
    }
    return false;
}

const struct backup_job *restore_fetching_job(const struct restore *r, const struct procedure *p, const struct step *step, const char *input)
{
    const struct entity *block = restore_step_input(step, input);
    struct value type = block ? entity_slot(block, INPUT_type) : value_unknown();
    const struct candidate *chosen = step->asset && !p->failback ? p->result->states[step->asset->index].chosen : NULL;

    if (type.type != VALUE_WORD || strcmp(type.u.word, "stored") != 0 || !chosen || !chosen->copy || !chosen->from_store)
        return NULL;
    for (uint32_t i = 0; i < r->plan->job_count; i++) {
        const struct backup_job *job = &r->plan->jobs[i];

        if (job->backup == chosen->copy && command_is_set(&job->run) && (job->member_count > 1 || job->asset == step->asset) &&
            can_fetch(job, chosen->from_store))
            return job;
    }
    return NULL;
}

/* Of which store, and what is to be done: the file is brought when it is used. */
static struct sh_cmd copy_command(struct restore *r, const struct procedure *p, const struct step *step, const char *name)
{
    const struct backup_job *job = restore_fetching_job(r, p, step, name);
    struct sh_cmd answer = SH_CMD(r->arena, sh_lit(r->arena, job ? "step_copy" : "step_answer"), sh_lit(r->arena, restore_input_key(r->arena, step, name)));

    if (job) {
        sh_cmd_add_lit(&answer, output_name(r->arena, job->name));
        sh_cmd_add_lit(&answer, p->result->states[step->asset->index].chosen->from_store->name);
        sh_cmd_add(&answer, sh_expand(r->arena, SH_SOURCE("${1:-run}")));
    }
    return answer;
}

/* Values that are known only while the step runs become variables at the top. */
static void write_runtime(struct restore *r, const struct procedure *p, struct sh *w, const struct step *step)
{
    command_names names = {0};
    bool any = false;

    runtime_names(r->arena, step, &names);
    for (uint32_t i = 0; i < names.len; i++) {
        const char *name = names.items[i], *variable = command_variable(r->arena, name);
        bool input = strncmp(name, "input.", 6) == 0;
        struct sh_cmd answer;

        if (strncmp(name, "env.", 4) == 0)
            continue;
        any = true;
        if (input)
            answer = copy_command(r, p, step, name + 6);
        else
            answer = SH_CMD(r->arena, sh_lit(r->arena, "step_value"), sh_lit(r->arena, name));
        sh_capture(w, variable, &answer);
    }
    if (any)
        sh_blank(w);
}

static void write_lines(struct sh *w, const char *function, const char *text)
{
    sh_function_begin(w, function);
    while (text) {
        const char *end = strchr(text, '\n');
        size_t len = end ? (size_t)(end - text) : strlen(text);
        struct sh_cmd line = SH_CMD(w->arena, sh_lit(w->arena, "printf"), sh_lit(w->arena, "%s\\n"),
                                    sh_shown(w->arena, arena_strndup(w->arena, text, len)));

        if (len > 0 || end)
            sh_run(w, &line);
        text = end && end[1] ? end + 1 : NULL;
    }
    sh_function_end(w);
    sh_blank(w);
}

/* The channel a notice, one of its states or a channel itself leads to; NULL when there is none. */
static const struct entity *channel_of(const struct model *model, const struct entity *target)
{
    if (target->schema->id == BLOCK_STATE)
        target = target->parent;
    return target->schema->id == BLOCK_NOTICE ? entity_ref(model, target, "channel") : target;
}

static const char *token_of(struct arena *arena, const struct model *model, const struct entity *channel)
{
    const struct entity *token = entity_ref(model, channel, "token");

    return token ? sh_identifier(arena, entity_string(model, token, "env", token->name)) : NULL;
}

void restore_step_tokens(struct restore *r, const struct step *step, struct restore_names *tokens)
{
    for (uint32_t i = 0; i < step->notify_count; i++) {
        const struct entity *channel = channel_of(r->plan->model, step->notify[i]);
        const char *token = channel ? token_of(r->arena, r->plan->model, channel) : NULL;

        if (token && entity_string(r->plan->model, channel, "api", NULL))
            restore_names_add(r->arena, tokens, token);
    }
}

static const char *or_dash(const char *text)
{
    return text && *text ? text : "-";
}

/* notify TYPE ADDRESS API TOKEN STATUS IMPACT TITLE BODY, see lib/step.sh. */
static void write_notice(struct restore *r, struct sh *w, const struct entity *target)
{
    const struct model *model = r->plan->model;
    const struct entity *notice = target, *state = NULL, *channel = channel_of(model, target);
    const char *title, *body;
    struct sh_cmd cmd;

    if (target->schema->id == BLOCK_STATE) {
        state = target;
        notice = target->parent;
    }
    if (notice->schema->id != BLOCK_NOTICE)
        notice = NULL;
    if (!channel)
        return;
    title = state ? entity_string(model, state, "title", NULL) : NULL;
    if (!title && notice)
        title = entity_string(model, notice, "subject", entity_string(model, notice, "title", notice->name));
    body = state ? entity_string(model, state, "body", NULL) : NULL;
    if (!body && notice)
        body = entity_string(model, notice, "body", NULL);
    cmd = SH_CMD(r->arena, sh_lit(r->arena, "notify"),
                 sh_lit(r->arena, or_dash(value_text(entity_slot(channel, CHANNEL_type), r->arena))),
                 sh_lit(r->arena, or_dash(entity_string(model, channel, "address", channel->name))),
                 sh_lit(r->arena, or_dash(entity_string(model, channel, "api", NULL))),
                 sh_lit(r->arena, or_dash(token_of(r->arena, model, channel))),
                 sh_lit(r->arena, state ? value_text(entity_slot(state, STATE_status), r->arena) : "investigating"),
                 sh_lit(r->arena, state && value_is_known(entity_slot(state, STATE_impact))
                                      ? value_text(entity_slot(state, STATE_impact), r->arena) : "none"),
                 sh_lit(r->arena, title ? title : entity_title(model, r->plan->model->plan ? r->plan->model->plan : channel)),
                 sh_lit(r->arena, body ? body : ""));
    sh_run(w, &cmd);
}

static void write_function(struct sh *w, const char *name, const struct command *command)
{
    if (!command_is_set(command))
        return;
    command_excuse(w, published_command(w->arena, command));
    sh_function_begin(w, name);
    command_write(w, published_command(w->arena, command));
    sh_function_end(w);
    sh_blank(w);
}

void restore_step(struct restore *r, const struct procedure *p, const struct step *step)
{
    struct strbuf text = STRBUF_INIT;
    struct output_file *file;
    struct sh w;

    sh_init(&w, r->arena, &text);
    sh_header(&w, head_comment(r, p, step));
    sh_blank(&w);
    sh_fixed(&w, "here=\"$(cd -- \"$(dirname -- \"${BASH_SOURCE[0]}\")\" && pwd)\"");
    if (p->failback) {
        sh_fixed(&w, "# shellcheck source=../../../../lib/step.sh");
        sh_fixed(&w, "source \"${here}/../../../../lib/step.sh\"");
    } else {
        sh_fixed(&w, "# shellcheck source=../../../lib/step.sh");
        sh_fixed(&w, "source \"${here}/../../../lib/step.sh\"");
    }
    sh_blank(&w);
    write_runtime(r, p, &w, step);
    write_function(&w, "step_check", &step->check);
    if (restore_step_is_manual(step))
        write_lines(&w, "step_manual", instruction(r->arena, step));
    if (has_run(step)) {
        command_excuse(&w, published_command(r->arena, &step->run));
        sh_function_begin(&w, "step_run");
        if (!restore_step_is_manual(step))
            command_write(&w, published_command(r->arena, &step->run));
        for (uint32_t i = 0; i < step->notify_count; i++)
            write_notice(r, &w, step->notify[i]);
        sh_function_end(&w);
        sh_blank(&w);
    }
    write_function(&w, "step_until", &step->until);
    write_function(&w, "step_verify", &step->verify);
    write_function(&w, "step_undo", &step->undo);
    if (step->otherwise)
        write_lines(&w, "step_otherwise", step->otherwise);
    sh_fixed(&w, "step_main \"$@\"");
    file = restore_add(r, arena_printf(r->arena, "%s/steps/%s", p->folder, restore_step_file(r->arena, p, step)), &text, true);
    if (file)
        output_file_add_origin(r->files, file, sources_origin(r->plan->model->sources, step->span));
    strbuf_release(&text);
}
