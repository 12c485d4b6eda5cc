/* One file for each step: a function for each thing it can do (check, run, until, verify, undo; manual and otherwise for
 * what people do), and nothing else. The file is run, never sourced, so that a failing command ends it at once. */
#include "backends/restore/restore.h"

#include "backends/common/command.h"
#include "backends/common/tell.h"
#include "base/units.h"
#include "emit/sh.h"

#include <string.h>

bool restore_step_is_manual(const struct plan_step *step)
{
    /* What is already there needs nobody; what comes back by itself, somebody has to see. */
    if (step->mode == PLAN_DOER_itself)
        return !step->takes.known || step->takes.worst > 0;
    return step->mode == PLAN_DOER_person || step->mode == PLAN_DOER_attested;
}

bool restore_step_takes_over(const struct plan_step *step, const struct plan_step *other)
{
    for (uint32_t i = 0; i < step->after_count; i++) {
        if (step->after[i] == other)
            return false;
    }
    return other->ordinal < step->ordinal;
}

/* What a program does: the command, and the notices. Of a manual step only the notices, once it is done. */
static bool has_run(const struct plan_step *step)
{
    return step->notify_count > 0 || (!restore_step_is_manual(step) && step->run);
}

/* What to do, and what one sees when it worked. */
static const char *with_expectation(struct arena *arena, const char *what, const struct plan_step *step)
{
    return step->expect ? arena_printf(arena, "%s\nExpect: %s", what, step->expect) : what;
}

/* What to tell the person who does a manual step. */
static const char *instruction(struct arena *arena, const struct plan_step *step)
{
    struct strbuf text = STRBUF_INIT;
    const char *result;

    if (step->manual)
        return with_expectation(arena, step->manual, step);
    if (step->mode != PLAN_DOER_itself)
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

const char *restore_step_number(struct arena *arena, const struct procedure *p, const struct plan_step *step)
{
    return arena_printf(arena, "%0*lld", (int)p->width, (long long)step->ordinal);
}

const char *restore_step_file(struct arena *arena, const struct procedure *p, const struct plan_step *step)
{
    return arena_printf(arena, "%s-%s.sh", restore_step_number(arena, p, step), output_name(arena, step->id));
}

const char *restore_step_verbs(struct arena *arena, const struct plan_step *step)
{
    struct strbuf verbs = STRBUF_INIT;
    const char *result;

    if (step->check)
        strbuf_addstr(&verbs, ",check");
    if (restore_step_is_manual(step))
        strbuf_addstr(&verbs, ",manual");
    if (has_run(step))
        strbuf_addstr(&verbs, ",run");
    if (step->until)
        strbuf_addstr(&verbs, ",until");
    if (step->verify)
        strbuf_addstr(&verbs, ",verify");
    if (step->undo)
        strbuf_addstr(&verbs, ",undo");
    if (step->otherwise)
        strbuf_addstr(&verbs, ",otherwise");
    result = arena_strdup(arena, verbs.len > 0 ? strbuf_str(&verbs) + 1 : "");
    strbuf_release(&verbs);
    return result;
}

static void runtime_names(struct arena *arena, const struct plan_step *step, command_names *names)
{
    command_collect(arena, step->check, names);
    command_collect(arena, step->run, names);
    command_collect(arena, step->until, names);
    command_collect(arena, step->verify, names);
    command_collect(arena, step->undo, names);
}

const char *restore_input_key(const struct restore *r, const struct plan_step *step, const char *name)
{
    struct arena *arena = r->arena;
    const char *whose = step->asset ? step->asset->name : step->id, *clean = output_name(arena, whose);

    /* Two names may become one: then the number tells them apart. */
    if (step->asset && strcmp(whose, clean) != 0)
        clean = arena_printf(arena, "%s-%u", clean, (unsigned)(step->asset - r->plan->assets));
    return arena_printf(arena, "%s.%s", clean, output_name(arena, name));
}

const struct plan_question *restore_step_input(const struct plan_step *step, const char *name)
{
    for (uint32_t i = 0; i < step->inputs_count; i++) {
        if (strcmp(step->inputs[i].name, name) == 0)
            return &step->inputs[i];
    }
    return NULL;
}

void restore_step_inputs(struct arena *arena, const struct plan_step *step, struct restore_names *inputs)
{
    command_names names = {0};

    for (uint32_t i = 0; i < step->inputs_count; i++)
        restore_names_add(arena, inputs, step->inputs[i].name);
    runtime_names(arena, step, &names);
    for (uint32_t i = 0; i < names.len; i++) {
        if (strncmp(names.items[i], "input.", 6) == 0)
            restore_names_add(arena, inputs, names.items[i] + 6);
    }
}

void restore_step_secrets(struct arena *arena, const struct plan_step *step, struct restore_names *secrets)
{
    command_names names = {0};

    runtime_names(arena, step, &names);
    for (uint32_t i = 0; i < names.len; i++) {
        if (strncmp(names.items[i], "env.", 4) == 0)
            restore_names_add(arena, secrets, command_variable(arena, names.items[i]));
    }
}

static const char *asset_or_id(const struct plan_step *step)
{
    return step->asset ? step->asset->name : step->id;
}

/* What the file is, for whoever opens it. */
static const char *head_comment(struct restore *r, const struct procedure *p, const struct plan_step *step)
{
    struct strbuf text = STRBUF_INIT;
    bool any = false;
    const char *result;

    strbuf_addf(&text, "Step %s, %s: %s\n", restore_step_number(r->arena, p, step), step->id, step->title);
    strbuf_addf(&text, "For %s, wave %lld", asset_or_id(step), (long long)step->wave);
    if (step->inside && step->takes.known && step->takes.worst == 0) {
        strbuf_addstr(&text, "; its time is within that of the whole");
    } else if (step->takes.known) {
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
    for (uint32_t i = 0; i < step->follows_count; i++) {
        if (!restore_step_takes_over(step, step->follows[i]))
            continue;
        strbuf_addf(&text, "%s %s", any ? "," : "Takes over the hands or the bandwidth of", step->follows[i]->id);
        any = true;
    }
    if (any)
        strbuf_addstr(&text, ".\n");
    if (step->expect)
        strbuf_addf(&text, "When it worked: %s\n", step->expect);
    if (step->origin)
        strbuf_addf(&text, "Generated from %s.", step->origin);
    result = strbuf_dup(&text, r->arena);
    strbuf_release(&text);
    return result;
}

static bool can_fetch(const struct restore *r, const struct plan_job *job, const struct plan_thing *store)
{
    bool holds = job->to == store;

    if (job->output && strcmp(job->output, "none") == 0)
        return false;
    for (uint32_t i = 0; i < job->copies_count; i++)
        holds |= job->copies[i] == store;
    for (uint32_t i = 0; holds && i < r->plan->stores_count; i++) {
        if (r->plan->stores[i].store == store)
            return r->plan->stores[i].fetch != NULL;
    }
    return false;
}

static const struct plan_candidate *chosen_of(const struct procedure *p, const struct restore *r, const struct plan_step *step)
{
    const struct plan_outcome *outcome = step->asset ? p->outcomes[step->asset - r->plan->assets] : NULL;

    for (uint32_t i = 0; outcome && i < outcome->candidates_count; i++) {
        if (outcome->candidates[i].chosen)
            return &outcome->candidates[i];
    }
    return NULL;
}

const struct plan_job *restore_fetching_job(const struct restore *r, const struct procedure *p, const struct plan_step *step, const char *input)
{
    const struct plan_question *question = restore_step_input(step, input);
    const struct plan_candidate *chosen = p->failback ? NULL : chosen_of(p, r, step);

    if (!question || !question->type || strcmp(question->type, "stored") != 0 || !chosen || !chosen->copy || !chosen->store)
        return NULL;
    for (uint32_t i = 0; i < r->plan->jobs_count; i++) {
        const struct plan_job *job = &r->plan->jobs[i];

        if (job->backup == chosen->copy && job->run && (job->assets_count > 1 || (job->assets_count && job->assets[0] == step->asset)) &&
            can_fetch(r, job, chosen->store))
            return job;
    }
    return NULL;
}

/* Of which store, and what is to be done: the file is brought when it is used. */
static struct sh_cmd copy_command(struct restore *r, const struct procedure *p, const struct plan_step *step, const char *name)
{
    const struct plan_job *job = restore_fetching_job(r, p, step, name);
    struct sh_cmd answer = SH_CMD(r->arena, sh_lit(r->arena, job ? "step_copy" : "step_answer"), sh_lit(r->arena, restore_input_key(r, step, name)));

    if (job) {
        sh_cmd_add_lit(&answer, output_name(r->arena, job->name));
        sh_cmd_add_lit(&answer, chosen_of(p, r, step)->store->name);
        sh_cmd_add(&answer, sh_expand(r->arena, SH_SOURCE("${1:-run}")));
    }
    return answer;
}

/* Values that are known only while the step runs become variables at the top. */
static void write_runtime(struct restore *r, const struct procedure *p, struct sh *w, const struct plan_step *step)
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
        struct sh_cmd line =
            SH_CMD(w->arena, sh_lit(w->arena, "printf"), sh_lit(w->arena, "%s\\n"), sh_shown(w->arena, arena_strndup(w->arena, text, len)));

        if (len > 0 || end)
            sh_run(w, &line);
        text = end && end[1] ? end + 1 : NULL;
    }
    sh_function_end(w);
    sh_blank(w);
}

/* The channel a notice, one of its states or a channel itself leads to; NULL when there is none. */
static const struct plan_thing *channel_of(const struct restore *r, const struct plan_thing *target)
{
    const struct plan_thing *notice = tell_notice(r->arena, r->index, target);

    return notice && strcmp(notice->block, "notice") == 0 ? plan_ref(r->index, notice, "channel") : target;
}

static const char *token_of(const struct restore *r, const struct plan_thing *channel)
{
    const struct plan_thing *token = plan_ref(r->index, channel, "token");

    return token ? sh_identifier(r->arena, plan_words(r->arena, token, "env", token->name)) : NULL;
}

void restore_step_tokens(struct restore *r, const struct plan_step *step, struct restore_names *tokens)
{
    for (uint32_t i = 0; i < step->notify_count; i++) {
        const struct plan_thing *channel = channel_of(r, step->notify[i]);
        const char *token = channel ? token_of(r, channel) : NULL;

        if (token && plan_words(r->arena, channel, "api", NULL))
            restore_names_add(r->arena, tokens, token);
    }
}

static const char *or_dash(const char *text)
{
    return text && *text ? text : "-";
}

/* notify TYPE ADDRESS API TOKEN STATUS IMPACT TITLE BODY, see lib/step.sh. */
static void write_notice(struct restore *r, struct sh *w, const struct plan_thing *target)
{
    const struct plan_thing *channel = channel_of(r, target), *state = strcmp(target->block, "state") == 0 ? target : NULL;
    const struct plan_thing *notice = tell_notice(r->arena, r->index, target);
    const char *title, *body;
    struct sh_cmd cmd;

    if (notice && strcmp(notice->block, "notice") != 0)
        notice = NULL;
    if (!channel)
        return;
    title = plan_words(r->arena, state, "title", NULL);
    if (!title && notice)
        title = plan_words(r->arena, notice, "subject", plan_words(r->arena, notice, "title", notice->name));
    body = plan_words(r->arena, state, "body", NULL);
    if (!body)
        body = plan_words(r->arena, notice, "body", NULL);
    cmd = SH_CMD(r->arena, sh_lit(r->arena, "notify"), sh_lit(r->arena, or_dash(plan_words(r->arena, channel, "type", NULL))),
                 sh_lit(r->arena, or_dash(plan_words(r->arena, channel, "address", channel->name))),
                 sh_lit(r->arena, or_dash(plan_words(r->arena, channel, "api", NULL))), sh_lit(r->arena, or_dash(token_of(r, channel))),
                 sh_lit(r->arena, plan_words(r->arena, state, "status", "investigating")),
                 sh_lit(r->arena, plan_words(r->arena, state, "impact", "none")),
                 sh_lit(r->arena, title ? title : plan_title(r->about ? r->about : channel)), sh_lit(r->arena, body ? body : ""));
    sh_run(w, &cmd);
}

static void write_function(struct sh *w, const char *name, const struct plan_command *command)
{
    if (!command)
        return;
    command_excuse(w, command);
    sh_function_begin(w, name);
    command_write(w, command);
    sh_function_end(w);
    sh_blank(w);
}

void restore_step(struct restore *r, const struct procedure *p, const struct plan_step *step)
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
    write_function(&w, "step_check", step->check);
    if (restore_step_is_manual(step))
        write_lines(&w, "step_manual", instruction(r->arena, step));
    if (has_run(step)) {
        command_excuse(&w, step->run);
        sh_function_begin(&w, "step_run");
        if (!restore_step_is_manual(step))
            command_write(&w, step->run);
        for (uint32_t i = 0; i < step->notify_count; i++)
            write_notice(r, &w, step->notify[i]);
        sh_function_end(&w);
        sh_blank(&w);
    }
    write_function(&w, "step_until", step->until);
    write_function(&w, "step_verify", step->verify);
    write_function(&w, "step_undo", step->undo);
    if (step->otherwise)
        write_lines(&w, "step_otherwise", step->otherwise);
    sh_fixed(&w, "step_main \"$@\"");
    file = restore_add(r, arena_printf(r->arena, "%s/steps/%s", p->folder, restore_step_file(r->arena, p, step)), &text, true);
    if (file)
        output_file_add_origin(r->files, file, step->origin ? step->origin : "");
    strbuf_release(&text);
}
