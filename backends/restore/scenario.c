/* The tables recover.sh reads. They are data, tab-separated, one line per thing; a value that would break the line is
 * shown with blanks, because the exact value is in the step file where it matters. */
#include "backends/restore/restore.h"

#include "backends/common/command.h"
#include "base/map.h"
#include "base/units.h"
#include "emit/text.h"
#include "plan/table.h"

#include <string.h>

void restore_names_add(struct arena *arena, struct restore_names *names, const char *name)
{
    for (uint32_t i = 0; i < names->list.len; i++) {
        if (strcmp(names->list.items[i], name) == 0)
            return;
    }
    vec_push(arena, &names->list, name);
}

/* A cell is never empty, never begins a comment, and holds no control character. */
static void add_cell(struct strbuf *out, const char *text, bool last)
{
    size_t from = out->len;

    if (!text || !*text)
        text = "-";
    text_add_shown(out, text, strlen(text)); /* scripts show it */
    for (size_t i = from; i < out->len; i++)
        out->data[i] = out->data[i] == '\n' || out->data[i] == '\t' ? ' ' : out->data[i];
    strbuf_addch(out, last ? '\n' : '\t');
}

static void add_number(struct strbuf *out, uint64_t number)
{
    strbuf_addf(out, "%llu\t", (unsigned long long)number);
}

/* Seconds, rounded up; "-" where unknown. */
static void add_seconds(struct strbuf *out, bool known, int64_t ms)
{
    if (!known || ms < 0)
        strbuf_addstr(out, "-\t");
    else
        strbuf_addf(out, "%lld\t", (long long)(ms / 1000 + (ms % 1000 != 0)));
}

/* What the proof counts on where the plan states no `parallel`: no step waits for another's slot. */
static int64_t all_at_once(const struct procedure *p)
{
    return p->count > 9999 ? 9999 : p->count ? p->count : 1;
}

static void add_fact(struct strbuf *out, const char *key, const char *value)
{
    add_cell(out, key, false);
    add_cell(out, value, true);
}

static void add_fact_number(struct strbuf *out, const char *key, int64_t value)
{
    strbuf_addf(out, "%s\t%lld\n", key, (long long)value);
}

/* ---- scenario.tsv ------------------------------------------------------------------------------ */

enum { APPROVE_DEFAULT_S = 900 }; /* an approval without its own deadline must not wait for days */

/* Who may approve, and how long that may take. Each such list is a question of its own. */
static void add_approval(struct restore *r, struct strbuf *out, const struct plan_thing *of, const struct plan_thing *runbook)
{
    uint32_t count;
    const struct plan_value *approvers = plan_items(of, "approve", &count);
    int64_t within = plan_number(runbook, "approve_within", PLAN_TAG_DURATION, -1);

    if (!count)
        return;
    add_fact_number(out, "approve_within", within >= 0 ? (within + MS_SECOND - 1) / MS_SECOND : APPROVE_DEFAULT_S);
    for (uint32_t i = 0; i < count; i++) {
        const struct plan_thing *who = plan_leads_to(r->index, &approvers[i]);

        if (who)
            add_fact(out, "approver", who->name);
    }
}

static const struct plan_thing *failback_block(const struct plan_thing *runbook)
{
    uint32_t cursor = 0;

    return plan_child(runbook, "failback", &cursor);
}

/* The words of all runbooks, once each, are typed one after the other; without any, the name of the scenario. */
static const char *confirm_words(struct restore *r, const struct procedure *p)
{
    struct restore_names words = {0};
    const char *text = NULL;

    for (uint32_t i = 0; i < p->result->runbooks_count; i++) {
        const struct plan_thing *block = p->failback ? failback_block(p->result->runbooks[i]) : p->result->runbooks[i];
        const char *word = plan_words(r->arena, block, "confirm", "");

        if (*word)
            restore_names_add(r->arena, &words, word);
    }
    for (uint32_t i = 0; i < words.list.len; i++)
        text = text ? arena_printf(r->arena, "%s %s", text, words.list.items[i]) : words.list.items[i];
    return text ? text : restore_scenario_name(r->arena, p->result);
}

static void add_approvals(struct restore *r, struct strbuf *out, const struct procedure *p)
{
    for (uint32_t i = 0; i < p->result->runbooks_count; i++) {
        const struct plan_thing *runbook = p->result->runbooks[i];

        add_approval(r, out, p->failback ? failback_block(runbook) : runbook, runbook);
    }
}

static void write_scenario(struct restore *r, const struct procedure *p)
{
    const struct plan_document *plan = r->plan;
    const struct plan_scenario *result = p->result;
    struct strbuf out = STRBUF_INIT;
    struct restore_names tools = {0}, wants = {0}, secrets = {0}, tokens = {0};
    struct output_file *file;
    int64_t parallel = plan_number(r->about, "parallel", PLAN_TAG_NONE, 0);

    strbuf_addstr(&out, "# What recover.sh knows about the scenario: key and value, separated by a tab.\n");
    add_fact(&out, "plan", plan->name);
    add_fact(&out, "slug", output_name(r->arena, plan->name));
    add_fact(&out, "digest", restore_digest(r));
    add_fact(&out, "title", plan_title(result->thing));
    add_fact(&out, "confirm", confirm_words(r, p));
    add_approvals(r, &out, p);
    add_fact_number(&out, "parallel", parallel > 0 && parallel <= 9999 ? parallel : all_at_once(p));
    for (uint32_t i = 0; i < p->count; i++) {
        const struct plan_step *step = &p->steps[i];
        const struct plan_command *commands[] = {step->check, step->run, step->until, step->verify};

        for (size_t n = 0; n < sizeof commands / sizeof *commands; n++) {
            command_names programs = {0};

            command_programs(r->arena, commands[n], &programs);
            for (uint32_t k = 0; k < programs.len; k++)
                restore_names_add(r->arena, step->best_effort ? &wants : &tools, programs.items[k]);
        }
        if (!step->best_effort)
            restore_step_secrets(r->arena, step, &secrets);
        restore_step_tokens(r, step, &tokens);
    }
    for (uint32_t i = 0; i < tools.list.len; i++)
        add_fact(&out, "tool", tools.list.items[i]);
    for (uint32_t i = 0; i < wants.list.len; i++)
        add_fact(&out, "wants", wants.list.items[i]);
    for (uint32_t i = 0; i < secrets.list.len; i++)
        add_fact(&out, "secret", secrets.list.items[i]);
    for (uint32_t i = 0; i < tokens.list.len; i++)
        add_fact(&out, "token", tokens.list.items[i]);
    file = restore_add(r, arena_printf(r->arena, "%s/scenario.tsv", p->folder), &out, false);
    if (file)
        output_file_add_origin(r->files, file, result->thing->origin ? result->thing->origin : "");
    strbuf_release(&out);
}

/* ---- steps.tsv --------------------------------------------------------------------------------- */

static void add_flag(struct strbuf *out, const char *flag, bool set)
{
    if (set)
        strbuf_addf(out, ",%s", flag);
}

/* Whether one is the other, or one lies inside of the other. */
static bool is_same_place(const struct plan_site *a, const struct plan_site *b)
{
    for (const struct plan_site *outer = a; outer; outer = outer->within) {
        if (outer == b)
            return true;
    }
    for (const struct plan_site *outer = b ? b->within : NULL; outer; outer = outer->within) {
        if (outer == a)
            return true;
    }
    return false;
}

/* Whether a step works, for all the plan knows, on what serves today: in a drill nothing has happened, and that is all of production. Only
 * an asset that comes back at a place apart from where it serves is out of its own way; the way back always ends where it serves. What
 * no asset has (steps of a runbook) says no place: what it does while things are recovered counts as done to what serves. */
static bool works_on_what_serves(const struct procedure *p, const struct restore *r, const struct plan_step *step)
{
    const struct plan_outcome *outcome = step->asset ? p->outcomes[step->asset - r->plan->assets] : NULL;

    if (!step->asset)
        return step->run && (p->failback || step->phase == PLAN_PHASE_recover || step->phase == PLAN_PHASE_reprotect);
    if (p->failback || !outcome || !outcome->serves_at || step->asset->sites_count == 0)
        return true;
    for (uint32_t i = 0; i < step->asset->sites_count; i++) {
        if (is_same_place(outcome->serves_at, step->asset->sites[i]))
            return true;
    }
    return false;
}

static void write_step_row(struct restore *r, const struct procedure *p, const struct plan_step *step, struct strbuf *out)
{
    struct strbuf list = STRBUF_INIT;

    add_cell(out, restore_step_number(r->arena, p, step), false);
    add_cell(out, step->id, false);
    add_cell(out, step->asset ? step->asset->name : "-", false);
    add_cell(out, phase_words[step->phase], false);
    add_cell(out, restore_step_is_manual(step) ? "manual" : "auto", false);
    add_number(out, (uint64_t)step->wave);
    for (uint32_t i = 0; i < step->after_count; i++)
        strbuf_addf(&list, ",%s", restore_step_number(r->arena, p, step->after[i]));
    add_cell(out, list.len > 0 ? strbuf_str(&list) + 1 : "-", false);
    add_number(out, (uint64_t)(step->timeout / 1000 + (step->timeout % 1000 != 0)));
    add_number(out, (uint64_t)step->retries);
    add_cell(out, restore_step_verbs(r->arena, step), false);
    strbuf_clear(&list);
    add_flag(&list, "irreversible", step->irreversible);
    add_flag(&list, "best_effort", step->best_effort);
    add_flag(&list, "critical", step->critical);
    add_flag(&list, "serves", works_on_what_serves(p, r, step));
    add_cell(out, list.len > 0 ? strbuf_str(&list) + 1 : "-", false);
    add_cell(out, plan_choices[PLAN_CHOICE_FAILURE].words[step->on_failure], false);
    add_seconds(out, step->takes.known, step->takes.worst);
    add_seconds(out, step->finish.known, step->finish.worst);
    add_cell(out, arena_printf(r->arena, "steps/%s", restore_step_file(r->arena, p, step)), false);
    add_cell(out, step->by ? plan_title(step->by) : "the recovery team", false);
    strbuf_clear(&list);
    for (uint32_t i = 0; i < step->follows_count; i++) {
        if (restore_step_takes_over(step, step->follows[i]))
            strbuf_addf(&list, ",%s", restore_step_number(r->arena, p, step->follows[i]));
    }
    add_cell(out, list.len > 0 ? strbuf_str(&list) + 1 : "-", false);
    add_cell(out, step->title, false);
    strbuf_addf(out, "%llu\n", (unsigned long long)(step->attempt_cut > 0 ? step->attempt_cut / 1000 + (step->attempt_cut % 1000 != 0) : 0));
    strbuf_release(&list);
}

static void write_steps(struct restore *r, const struct procedure *p)
{
    struct strbuf out = STRBUF_INIT;

    strbuf_addstr(&out, "# The steps in their total order. A step starts as soon as those it waits for are done and those whose hands or "
                        "bandwidth it takes over have ended, well or not. Times in seconds.\n"
                        "# number\tid\tasset\tphase\tkind\twave\twaits for\tgiven up after\tretries\tdoes\tflags\ton failure\t"
                        "takes at most\tdone at the latest\tfile\tby\ttakes over from\ttitle\tattempts but the last end after\n");
    for (uint32_t i = 0; i < p->count; i++)
        write_step_row(r, p, &p->steps[i], &out);
    restore_add(r, arena_printf(r->arena, "%s/steps.tsv", p->folder), &out, false);
    strbuf_release(&out);
}

/* ---- assets.tsv, inputs.tsv -------------------------------------------------------------------- */

/* "asset", "objective L1": where the two objectives come from. */
static const char *objective_source(struct arena *arena, const struct plan_outcome *state)
{
    const char *rto = state->rto ? state->rto->source : NULL, *rpo = state->rpo ? state->rpo->source : NULL;

    if (!rto || !rpo)
        return rto ? rto : rpo ? rpo : "-";
    return strcmp(rto, rpo) == 0 ? rto : arena_printf(arena, "RTO: %s; RPO: %s", rto, rpo);
}

static void write_assets(struct restore *r, const struct procedure *p)
{
    const struct plan_scenario *result = p->result;
    struct strbuf out = STRBUF_INIT, list = STRBUF_INIT;

    strbuf_addstr(&out, "# Assets in recovery order, with objectives and the plan's worst case in seconds.\n"
                        "# name\tRTO\tRPO\tfinish\tloss\tsteps\tobjectives from\n");
    for (uint32_t i = 0; !p->failback && i < result->order_count; i++) {
        const struct plan_outcome *state = p->outcomes[result->order[i] - r->plan->assets];

        strbuf_clear(&list);
        for (uint32_t n = 0; n < state->steps_count; n++)
            strbuf_addf(&list, ",%s", restore_step_number(r->arena, p, state->steps[n]));
        add_cell(&out, result->order[i]->name, false);
        add_seconds(&out, state->rto != NULL, state->rto ? state->rto->ms : 0);
        add_seconds(&out, state->rpo && state->fate == PLAN_FATE_lost && state->asset->stateful, state->rpo ? state->rpo->ms : 0);
        add_seconds(&out, state->finish.known, state->finish.worst);
        add_seconds(&out, state->data_loss >= 0, state->data_loss);
        add_cell(&out, list.len > 0 ? strbuf_str(&list) + 1 : "-", false);
        add_cell(&out, objective_source(r->arena, state), true);
    }
    restore_add(r, arena_printf(r->arena, "%s/assets.tsv", p->folder), &out, false);
    strbuf_release(&list);
    strbuf_release(&out);
}

/* A question and who waits for its answer. */
struct asked_input {
    const struct plan_step *step; /* the first that uses it */
    const char *key, *name;
    const char *steps; /* "002,005" */
};

static void write_input_row(struct restore *r, const struct procedure *p, const struct asked_input *asked, struct strbuf *out)
{
    const struct plan_question *input = restore_step_input(asked->step, asked->name);
    const char *word = input && input->type ? input->type : "string";

    if (strcmp(word, "stored") == 0 && !restore_fetching_job(r, p, asked->step, asked->name))
        word = "file"; /* nothing brings it */
    add_cell(out, asked->key, false);
    add_cell(out, asked->name, false);
    add_cell(out, word, false);
    add_cell(out, input && input->unasked ? input->unasked : "-", false);
    add_cell(out, asked->step->asset ? asked->step->asset->name : "-", false);
    add_cell(out, asked->steps, false);
    add_cell(out, input && input->ask ? input->ask : asked->name, true);
}

static void write_inputs(struct restore *r, const struct procedure *p)
{
    struct strbuf out = STRBUF_INIT;
    struct intern *words = intern_new(r->arena);
    struct map keys = {0};
    VEC(struct asked_input *) list = {0};

    for (uint32_t i = 0; i < p->count; i++) {
        const char *number = restore_step_number(r->arena, p, &p->steps[i]);
        struct restore_names names = {0};

        restore_step_inputs(r->arena, &p->steps[i], &names);
        for (uint32_t n = 0; n < names.list.len; n++) {
            const char *key = restore_input_key(r, &p->steps[i], names.list.items[n]);
            atom word = intern_str(words, key);
            struct asked_input *asked = map_get(&keys, word);

            if (asked) {
                asked->steps = arena_printf(r->arena, "%s,%s", asked->steps, number);
                continue;
            }
            asked = ARENA_NEW(r->arena, struct asked_input);
            *asked = (struct asked_input){&p->steps[i], key, names.list.items[n], number};
            map_add(&keys, r->arena, word, asked);
            vec_push(r->arena, &list, asked);
        }
    }
    strbuf_addstr(&out, "# What is asked at the start. Only the steps that use an answer wait for it.\n"
                        "# key\tname\ttype\tdefault\tasset\tsteps\tquestion\n");
    for (uint32_t i = 0; i < list.len; i++)
        write_input_row(r, p, list.items[i], &out);
    restore_add(r, arena_printf(r->arena, "%s/inputs.tsv", p->folder), &out, false);
    strbuf_release(&out);
}

void restore_scenario(struct restore *r, const struct procedure *p)
{
    static void (*const tables[])(struct restore *, const struct procedure *) = {write_scenario, write_steps, write_assets, write_inputs};
    enum { BATCH = 256 };

    /* What a file is made of is gone when it is: of 100,000 steps that is more than all of the plan. */
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        r->arena = arena_new();
        tables[i](r, p);
        arena_delete(r->arena);
    }
    for (uint32_t i = 0; i < p->count;) {
        r->arena = arena_new();
        for (uint32_t end = i + BATCH; i < end && i < p->count; i++)
            restore_step(r, p, &p->steps[i]);
        arena_delete(r->arena);
    }
    r->arena = r->whole;
}
