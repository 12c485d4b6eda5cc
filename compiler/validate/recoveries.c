/* Recoveries and ways back: the tables that recover.sh reads (facts, steps in their order with needs, limits and owners, assets with objectives,
 * questions) and the script of each step, command by command. */
#include "base/file_name.h"
#include "base/units.h"
#include "base/vec.h"
#include "validate/reading.h"

#include <string.h>

struct recovery {
    struct reading *r;
    struct arena *arena;
    const struct plan_scenario *scenario;
    const struct plan_step *steps;
    uint32_t count;
    bool back; /* it is the way back */
    const char *folder;
    int width;                            /* of a step's number */
    const struct plan_outcome **outcomes; /* by asset */
};

/* ---- tables ------------------------------------------------------------------------------------ */

enum { CELLS_MOST = 32 };

struct row {
    const char *cells[CELLS_MOST];
    uint32_t count;
    const char *at;
};

/* The next row; comments are none. */
static bool next_row(struct lines *lines, struct row *row)
{
    char *line;

    while (next_line(lines, &line)) {
        if (!*line || *line == '#')
            continue;
        row->at = lines->at;
        row->count = 0;
        while (row->count < CELLS_MOST) {
            char *tab = strchr(line, '\t');

            if (tab)
                *tab = '\0';
            row->cells[row->count++] = line;
            if (!tab)
                return true;
            line = tab + 1;
        }
        return true;
    }
    return false;
}

static bool open_table(const struct recovery *p, const char *name, struct artifact *artifact, struct lines *lines)
{
    const char *path = arena_printf(p->arena, "%s/%s", p->folder, name);

    if (!artifact_open(p->r, p->arena, path, artifact)) {
        wrong_file(p->r, path, "the table is missing");
        return false;
    }
    *lines = (struct lines){artifact->text, NULL, p->arena};
    return true;
}

static const char *seconds_text(struct arena *arena, bool known, int64_t ms)
{
    return known && ms >= 0 ? arena_printf(arena, "%lld", (long long)((ms + MS_SECOND - 1) / MS_SECOND)) : "-";
}

static const char *number_text(const struct recovery *p, const struct plan_step *step)
{
    return arena_printf(p->arena, "%0*lld", p->width, (long long)step->ordinal);
}

static const char *shown_or_dash(const char *text)
{
    return text && *text ? text : "-";
}

/* A cell shows a text of the plan: what breaks a line or drives a terminal is replaced. */
static bool is_shown(const char *cell, const char *text)
{
    struct strbuf plain = STRBUF_INIT;
    bool same;

    for (const char *c = shown_or_dash(text); *c; c++)
        strbuf_addch(&plain, *c == '\n' || *c == '\t' ? ' ' : *c);
    same = same_shown(cell, strbuf_str(&plain));
    strbuf_release(&plain);
    return same;
}

static void same_cell(const struct artifact *artifact, const struct row *row, uint32_t cell, const char *what, const char *want)
{
    const char *got = cell < row->count ? row->cells[cell] : "";

    holds(artifact, row->at, is_shown(got, want), "%s is `%s`, and the plan says `%s`", what, got, shown_or_dash(want));
}

static const char *list_of(struct strbuf *list, struct arena *arena)
{
    const char *text = list->len ? arena_strdup(arena, strbuf_str(list) + 1) : "-";

    strbuf_release(list);
    return text;
}

/* ---- steps ------------------------------------------------------------------------------------- */

/* Somebody has to see to it: a person, or one who looks whether what comes back by itself has. */
static bool is_manual(const struct plan_step *step)
{
    if (step->mode == PLAN_DOER_itself)
        return !step->takes.known || step->takes.worst > 0;
    return step->mode == PLAN_DOER_person || step->mode == PLAN_DOER_attested;
}

static bool runs(const struct plan_step *step)
{
    return step->notify_count > 0 || (!is_manual(step) && step->run);
}

static const char *verbs_of(struct arena *arena, const struct plan_step *step)
{
    const struct {
        const char *word;
        bool does;
    } verbs[] = {{"check", step->check},   {"manual", is_manual(step)}, {"run", runs(step)},           {"until", step->until},
                 {"verify", step->verify}, {"undo", step->undo},        {"otherwise", step->otherwise}};
    struct strbuf list = STRBUF_INIT;

    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (verbs[i].does)
            strbuf_addf(&list, ",%s", verbs[i].word);
    }
    return list_of(&list, arena);
}

static bool one_is_within(const struct plan_site *inner, const struct plan_site *outer)
{
    for (; inner; inner = inner->within) {
        if (inner == outer)
            return true;
    }
    return false;
}

/* A drill must not touch what serves today: whatever is not known to be apart from it works on it. */
static bool touches_what_serves(const struct recovery *p, const struct plan_step *step)
{
    const struct plan_outcome *outcome = step->asset ? p->outcomes[step->asset - p->r->plan->assets] : NULL;

    if (!step->asset)
        return step->run && (p->back || step->phase == PLAN_PHASE_recover || step->phase == PLAN_PHASE_reprotect);
    if (p->back || !outcome || !outcome->serves_at || !step->asset->sites_count)
        return true;
    for (uint32_t i = 0; i < step->asset->sites_count; i++) {
        if (one_is_within(step->asset->sites[i], outcome->serves_at) || one_is_within(outcome->serves_at, step->asset->sites[i]))
            return true;
    }
    return false;
}

static bool waits_for(const struct plan_step *step, const struct plan_step *other)
{
    for (uint32_t i = 0; i < step->after_count; i++) {
        if (step->after[i] == other)
            return true;
    }
    return false;
}

static const char *flags_of(const struct recovery *p, const struct plan_step *step)
{
    struct strbuf list = STRBUF_INIT;

    if (step->irreversible)
        strbuf_addstr(&list, ",irreversible");
    if (step->best_effort)
        strbuf_addstr(&list, ",best_effort");
    if (step->critical)
        strbuf_addstr(&list, ",critical");
    if (touches_what_serves(p, step))
        strbuf_addstr(&list, ",serves");
    return list_of(&list, p->arena);
}

static void compare_step_row(const struct recovery *p, const struct artifact *artifact, const struct row *row, const struct plan_step *step)
{
    static const char *const failures[] = {"block", "continue", "ask"};
    struct strbuf after = STRBUF_INIT, over = STRBUF_INIT;
    struct arena *arena = p->arena;

    for (uint32_t i = 0; i < step->after_count; i++)
        strbuf_addf(&after, ",%s", number_text(p, step->after[i]));
    for (uint32_t i = 0; i < step->follows_count; i++) {
        if (step->follows[i]->ordinal < step->ordinal && !waits_for(step, step->follows[i]))
            strbuf_addf(&over, ",%s", number_text(p, step->follows[i]));
    }
    same_number(artifact, row->at, "the number of cells", row->count, 19);
    same_cell(artifact, row, 0, "the step's number", number_text(p, step));
    same_cell(artifact, row, 1, "the step", step->id);
    same_cell(artifact, row, 2, "its asset", step->asset ? step->asset->name : NULL);
    same_cell(artifact, row, 3, "its phase", phase_words[step->phase]);
    same_cell(artifact, row, 4, "who does it", is_manual(step) ? "manual" : "auto");
    same_cell(artifact, row, 5, "its wave", arena_printf(arena, "%lld", (long long)step->wave));
    same_cell(artifact, row, 6, "what it waits for", list_of(&after, arena));
    same_cell(artifact, row, 7, "when it is given up", seconds_text(arena, true, step->timeout));
    same_cell(artifact, row, 8, "its retries", arena_printf(arena, "%lld", (long long)step->retries));
    same_cell(artifact, row, 9, "what it does", verbs_of(arena, step));
    same_cell(artifact, row, 10, "its flags", flags_of(p, step));
    same_cell(artifact, row, 11, "what its failure does", failures[step->on_failure]);
    same_cell(artifact, row, 12, "how long it takes", seconds_text(arena, step->takes.known, step->takes.worst));
    same_cell(artifact, row, 13, "when it is done", seconds_text(arena, step->finish.known, step->finish.worst));
    same_cell(artifact, row, 14, "its script", arena_printf(arena, "steps/%s-%s.sh", number_text(p, step), output_name(arena, step->id)));
    same_cell(artifact, row, 15, "by whom", step->by ? plan_title(step->by) : "the recovery team");
    same_cell(artifact, row, 16, "whose hands it takes over", list_of(&over, arena));
    same_cell(artifact, row, 17, "its title", step->title);
    same_cell(artifact, row, 18, "when its attempts end", step->attempt_cut > 0 ? seconds_text(arena, true, step->attempt_cut) : "0");
}

static void read_step_table(const struct recovery *p)
{
    struct artifact artifact;
    struct lines lines;
    struct row row;
    uint32_t count = 0;

    if (!open_table(p, "steps.tsv", &artifact, &lines))
        return;
    while (next_row(&lines, &row)) {
        if (count < p->count)
            compare_step_row(p, &artifact, &row, &p->steps[count]);
        count++;
    }
    same_number(&artifact, NULL, "the number of steps", count, p->count);
}

/* ---- assets ------------------------------------------------------------------------------------ */

static void read_asset_table(const struct recovery *p)
{
    struct artifact artifact;
    struct lines lines;
    struct row row;
    uint32_t count = 0, wanted = p->back ? 0 : p->scenario->order_count;

    if (!open_table(p, "assets.tsv", &artifact, &lines))
        return;
    while (next_row(&lines, &row)) {
        const struct plan_asset *asset = count < wanted ? p->scenario->order[count] : NULL;
        const struct plan_outcome *state = asset ? p->outcomes[asset - p->r->plan->assets] : NULL;
        struct strbuf steps = STRBUF_INIT;
        const char *rto, *rpo;

        count++;
        if (!state)
            continue;
        for (uint32_t i = 0; i < state->steps_count; i++)
            strbuf_addf(&steps, ",%s", number_text(p, state->steps[i]));
        rto = state->rto ? state->rto->source : NULL;
        rpo = state->rpo ? state->rpo->source : NULL;
        same_number(&artifact, row.at, "the number of cells", row.count, 7);
        same_cell(&artifact, &row, 0, "the asset", asset->name);
        same_cell(&artifact, &row, 1, "its RTO", seconds_text(p->arena, state->rto != NULL, state->rto ? state->rto->ms : 0));
        same_cell(&artifact, &row, 2, "its RPO",
                  seconds_text(p->arena, state->rpo && state->fate == PLAN_FATE_lost && asset->stateful, state->rpo ? state->rpo->ms : 0));
        same_cell(&artifact, &row, 3, "when it is back", seconds_text(p->arena, state->finish.known, state->finish.worst));
        same_cell(&artifact, &row, 4, "what it loses", seconds_text(p->arena, true, state->data_loss));
        same_cell(&artifact, &row, 5, "its steps", list_of(&steps, p->arena));
        same_cell(&artifact, &row, 6, "where its objectives come from",
                  rto && rpo && strcmp(rto, rpo) != 0 ? arena_printf(p->arena, "RTO: %s; RPO: %s", rto, rpo)
                  : rto                               ? rto
                                                      : rpo);
    }
    same_number(&artifact, NULL, "the number of assets", count, wanted);
}

/* ---- questions --------------------------------------------------------------------------------- */

static const struct plan_question *question_of(const struct plan_step *step, const char *name)
{
    for (uint32_t i = 0; i < step->inputs_count; i++) {
        if (strcmp(step->inputs[i].name, name) == 0)
            return &step->inputs[i];
    }
    return NULL;
}

/* The key of a question: whose it is, and its name. */
static const char *key_of(const struct recovery *p, const struct plan_step *step, const char *name)
{
    const char *whose = step->asset ? step->asset->name : step->id, *clean = output_name(p->arena, whose);

    if (step->asset && strcmp(whose, clean) != 0)
        clean = arena_printf(p->arena, "%s-%u", clean, (unsigned)(step->asset - p->r->plan->assets));
    return arena_printf(p->arena, "%s.%s", clean, output_name(p->arena, name));
}

static const struct plan_candidate *method_of(const struct recovery *p, const struct plan_step *step)
{
    const struct plan_outcome *outcome = step->asset && !p->back ? p->outcomes[step->asset - p->r->plan->assets] : NULL;

    for (uint32_t i = 0; outcome && i < outcome->candidates_count; i++) {
        if (outcome->candidates[i].chosen)
            return &outcome->candidates[i];
    }
    return NULL;
}

/* The backup whose script brings what a `stored` question asks for. */
static const struct plan_job *bringer_of(const struct recovery *p, const struct plan_step *step, const char *name)
{
    const struct plan_question *question = question_of(step, name);
    const struct plan_candidate *method = method_of(p, step);
    const struct plan_document *plan = p->r->plan;

    if (!question || !question->type || strcmp(question->type, "stored") != 0 || !method || !method->copy || !method->store)
        return NULL;
    for (uint32_t i = 0; i < plan->jobs_count; i++) {
        const struct plan_job *job = &plan->jobs[i];
        bool holds_it = job->to == method->store, fetched = false;

        for (uint32_t n = 0; n < job->copies_count; n++)
            holds_it |= job->copies[n] == method->store;
        for (uint32_t n = 0; n < plan->stores_count; n++)
            fetched |= plan->stores[n].store == method->store && plan->stores[n].fetch;
        if (job->backup == method->copy && job->run && holds_it && fetched && !(job->output && strcmp(job->output, "none") == 0) &&
            (job->assets_count > 1 || (job->assets_count && job->assets[0] == step->asset)))
            return job;
    }
    return NULL;
}

typedef VEC(const char *) name_list;

static void add_name(struct arena *arena, name_list *names, const char *name)
{
    for (uint32_t i = 0; i < names->len; i++) {
        if (strcmp(names->items[i], name) == 0)
            return;
    }
    vec_push(arena, names, name);
}

static void add_runtime(struct arena *arena, const struct plan_word *word, name_list *names)
{
    for (uint32_t i = 0; i < word->count; i++) {
        if (word->parts[i].runtime)
            add_name(arena, names, word->parts[i].text);
    }
}

/* What the commands of a step know only when they run. */
static void runtime_names(struct arena *arena, const struct plan_step *step, name_list *names)
{
    const struct plan_command *const commands[] = {step->check, step->run, step->until, step->verify, step->undo};

    for (size_t c = 0; c < sizeof commands / sizeof *commands; c++) {
        for (uint32_t i = 0; commands[c] && i < commands[c]->count; i++) {
            if (!commands[c]->shell)
                add_runtime(arena, &commands[c]->words[i], names);
            else if (!commands[c]->pieces[i].script)
                add_runtime(arena, &commands[c]->pieces[i].value, names);
        }
    }
}

struct asked {
    const struct plan_step *step;
    const char *key, *name, *steps;
};

static void read_question_table(const struct recovery *p)
{
    struct intern *words = intern_new(p->arena);
    struct map known = {0};
    VEC(struct asked *) list = {0};
    struct artifact artifact;
    struct lines lines;
    struct row row;
    uint32_t count = 0;

    for (uint32_t i = 0; i < p->count; i++) {
        const struct plan_step *step = &p->steps[i];
        name_list names = {0}, runtime = {0};

        for (uint32_t n = 0; n < step->inputs_count; n++)
            add_name(p->arena, &names, step->inputs[n].name);
        runtime_names(p->arena, step, &runtime);
        for (uint32_t n = 0; n < runtime.len; n++) {
            if (strncmp(runtime.items[n], "input.", 6) == 0)
                add_name(p->arena, &names, runtime.items[n] + 6);
        }
        for (uint32_t n = 0; n < names.len; n++) {
            atom key = intern_str(words, key_of(p, step, names.items[n]));
            struct asked *asked = map_get(&known, key);

            if (asked) {
                asked->steps = arena_printf(p->arena, "%s,%s", asked->steps, number_text(p, step));
                continue;
            }
            asked = ARENA_NEW(p->arena, struct asked);
            *asked = (struct asked){step, key, names.items[n], number_text(p, step)};
            map_add(&known, p->arena, key, asked);
            vec_push(p->arena, &list, asked);
        }
    }
    if (!open_table(p, "inputs.tsv", &artifact, &lines))
        return;
    while (next_row(&lines, &row)) {
        const struct asked *asked = count < list.len ? list.items[count] : NULL;
        const struct plan_question *question = asked ? question_of(asked->step, asked->name) : NULL;
        const char *type = question && question->type ? question->type : "string";

        count++;
        if (!asked)
            continue;
        if (strcmp(type, "stored") == 0 && !bringer_of(p, asked->step, asked->name))
            type = "file";
        same_number(&artifact, row.at, "the number of cells", row.count, 7);
        same_cell(&artifact, &row, 0, "the key", asked->key);
        same_cell(&artifact, &row, 1, "the name", asked->name);
        same_cell(&artifact, &row, 2, "the type", type);
        same_cell(&artifact, &row, 3, "the answer when none is given", question ? question->unasked : NULL);
        same_cell(&artifact, &row, 4, "the asset", asked->step->asset ? asked->step->asset->name : NULL);
        same_cell(&artifact, &row, 5, "who waits for it", asked->steps);
        same_cell(&artifact, &row, 6, "the question", question && question->ask ? question->ask : asked->name);
    }
    same_number(&artifact, NULL, "the number of questions", count, list.len);
}

/* ---- facts ------------------------------------------------------------------------------------- */

struct known {
    const char *key, *value;
};
typedef VEC(struct known) known_list;

static void know(struct arena *arena, known_list *list, const char *key, const char *value)
{
    vec_push(arena, list, ((struct known){key, value}));
}

static const struct plan_thing *way_back_of(const struct plan_thing *runbook)
{
    uint32_t cursor = 0;

    return plan_child(runbook, "failback", &cursor);
}

static void know_approvals(const struct recovery *p, known_list *list)
{
    for (uint32_t i = 0; i < p->scenario->runbooks_count; i++) {
        const struct plan_thing *runbook = p->scenario->runbooks[i];
        uint32_t count;
        const struct plan_value *who = plan_items(p->back ? way_back_of(runbook) : runbook, "approve", &count);
        int64_t within = plan_number(runbook, "approve_within", PLAN_TAG_DURATION, 900 * MS_SECOND);

        if (!count)
            continue;
        know(p->arena, list, "approve_within", seconds_text(p->arena, true, within));
        for (uint32_t n = 0; n < count; n++) {
            const struct plan_thing *thing = plan_leads_to(p->r->index, &who[n]);

            if (thing)
                know(p->arena, list, "approver", thing->name);
        }
    }
}

static const char *word_of_confirmation(const struct recovery *p)
{
    name_list words = {0};
    const char *text = "";

    for (uint32_t i = 0; i < p->scenario->runbooks_count; i++) {
        const struct plan_thing *block = p->back ? way_back_of(p->scenario->runbooks[i]) : p->scenario->runbooks[i];
        const char *word = plan_words(p->arena, block, "confirm", "");

        if (*word)
            add_name(p->arena, &words, word);
    }
    for (uint32_t i = 0; i < words.len; i++)
        text = arena_printf(p->arena, "%s%s%s", text, i ? " " : "", words.items[i]);
    return *text ? text : output_name(p->arena, p->scenario->name);
}

static const char *digest_of(const struct plan_document *plan)
{
    const char *colon = strchr(plan->digest, ':');

    return colon ? colon + 1 : plan->digest;
}

/* Secrets that commands read, and tokens that notices need. */
static void know_secrets(const struct recovery *p, known_list *list)
{
    name_list secrets = {0}, tokens = {0};

    for (uint32_t i = 0; i < p->count; i++) {
        const struct plan_step *step = &p->steps[i];
        name_list names = {0};
        struct notices posts = {0};

        runtime_names(p->arena, step, &names);
        for (uint32_t n = 0; n < names.len && !step->best_effort; n++) {
            if (strncmp(names.items[n], "env.", 4) == 0)
                add_name(p->arena, &secrets, variable_named(p->arena, names.items[n]));
        }
        posts_of(p->r, p->arena, step, &posts);
        for (uint32_t n = 0; n < posts.count; n++) {
            if (strcmp(posts.items[n][3], "-") != 0 && strcmp(posts.items[n][4], "-") != 0)
                add_name(p->arena, &tokens, posts.items[n][4]);
        }
    }
    for (uint32_t i = 0; i < secrets.len; i++)
        know(p->arena, list, "secret", secrets.items[i]);
    for (uint32_t i = 0; i < tokens.len; i++)
        know(p->arena, list, "token", tokens.items[i]);
}

/* Whether some command holds the word: a tool that is asked for is one that is used. */
static bool is_used(const struct recovery *p, const char *program)
{
    for (uint32_t i = 0; i < p->count; i++) {
        const struct plan_step *step = &p->steps[i];
        const struct plan_command *const commands[] = {step->check, step->run, step->until, step->verify};

        for (size_t c = 0; c < sizeof commands / sizeof *commands; c++) {
            for (uint32_t n = 0; commands[c] && n < commands[c]->count; n++) {
                const struct plan_word *word = commands[c]->shell ? NULL : &commands[c]->words[n];

                if (commands[c]->shell && commands[c]->pieces[n].script && strstr(commands[c]->pieces[n].script, program))
                    return true;
                if (word && word->count == 1 && !word->parts[0].runtime && strcmp(word->parts[0].text, program) == 0)
                    return true;
            }
        }
    }
    return false;
}

/* Programs of argument lists; which ones a shell text begins is not guessed here. */
static void programs_are_listed(const struct recovery *p, const struct artifact *artifact, const name_list found[2])
{
    for (uint32_t i = 0; i < p->count; i++) {
        const struct plan_step *step = &p->steps[i];
        const struct plan_command *const commands[] = {step->check, step->run, step->until, step->verify};

        for (size_t c = 0; c < sizeof commands / sizeof *commands; c++) {
            const struct plan_word *first = commands[c] && !commands[c]->shell && commands[c]->count ? &commands[c]->words[0] : NULL;
            const char *program = first && first->count == 1 && !first->parts[0].runtime ? first->parts[0].text : "";
            bool listed = !program[0];

            for (uint32_t n = 0; n < found[step->best_effort].len && !listed; n++)
                listed = strcmp(found[step->best_effort].items[n], program) == 0;
            holds(artifact, NULL, listed, "`%s` uses `%s`, which is not asked for", step->id, program);
        }
    }
}

static void read_facts(const struct recovery *p)
{
    const struct plan_document *plan = p->r->plan;
    uint32_t plans, next = 0, listed[2] = {0, 0};
    const struct plan_thing *about = plan_sort(p->r->index, "plan", &plans);
    int64_t parallel = plan_number(about, "parallel", PLAN_TAG_NONE, 0);
    name_list found[2] = {{0}, {0}};
    known_list list = {0};
    struct artifact artifact;
    struct lines lines;
    struct row row;

    if (parallel <= 0 || parallel > 9999)
        parallel = p->count > 9999 ? 9999 : p->count ? p->count : 1;
    know(p->arena, &list, "plan", plan->name);
    know(p->arena, &list, "slug", p->r->slug);
    know(p->arena, &list, "digest", digest_of(plan));
    know(p->arena, &list, "title", plan_title(p->scenario->thing));
    know(p->arena, &list, "confirm", word_of_confirmation(p));
    know_approvals(p, &list);
    know(p->arena, &list, "parallel", arena_printf(p->arena, "%lld", (long long)parallel));
    know_secrets(p, &list);
    if (!open_table(p, "scenario.tsv", &artifact, &lines))
        return;
    while (next_row(&lines, &row)) {
        int wants = strcmp(row.cells[0], "wants") == 0;

        if (!holds(&artifact, row.at, row.count == 2, "this is no key and value"))
            continue;
        if (wants || strcmp(row.cells[0], "tool") == 0) {
            holds(&artifact, row.at, is_used(p, row.cells[1]), "no step uses `%s`", row.cells[1]);
            listed[wants]++;
            add_name(p->arena, &found[wants], row.cells[1]);
            continue;
        }
        if (next < list.len) {
            holds(&artifact, row.at, strcmp(row.cells[0], list.items[next].key) == 0 && is_shown(row.cells[1], list.items[next].value),
                  "`%s %s` is `%s %s` by the plan", row.cells[0], row.cells[1], list.items[next].key, list.items[next].value);
        }
        next++;
    }
    programs_are_listed(p, &artifact, found);
    same_number(&artifact, NULL, "the number of facts", next, list.len);
    holds(&artifact, NULL, found[0].len == listed[0] && found[1].len == listed[1], "a program is listed twice");
}

/* ---- scripts of steps -------------------------------------------------------------------------- */

/* Lines that a person is shown, in a function. */
static void read_shown_lines(struct script *script, const char *name, const char *text)
{
    while (*text) {
        size_t len = strcspn(text, "\n");
        const char *line = arena_strndup(script->arena, text, len);
        struct statement statement;
        bool prints;

        text += len + (text[len] == '\n');
        next_statement(script, &statement);
        if (statement.kind != STATEMENT_COMMAND) {
            wrong(script->artifact, statement.at, "%s: `%s` is not shown", name, line);
            break;
        }
        prints = statement.count >= 2 && strcmp(statement.words[0], "printf") == 0 && strcmp(statement.words[1], "%s\\n") == 0;
        holds(script->artifact, statement.at, prints && statement.count == 3 && same_shown(statement.words[2], line),
              "%s: `%s` is shown, and by the plan `%s`", name, statement.count == 3 ? statement.words[2] : statement.line, line);
    }
    end_function(script, name);
}

static const char *instruction_of(const struct recovery *p, const struct plan_step *step)
{
    const char *what = step->manual ? step->manual : step->title;

    if (step->mode == PLAN_DOER_itself && !step->manual) {
        struct strbuf takes = STRBUF_INIT;

        if (step->takes.known) {
            strbuf_addstr(&takes, " That takes at most ");
            print_duration_words(&takes, step->takes.worst);
            strbuf_addch(&takes, '.');
        }
        what = arena_printf(p->arena, "`%s` comes back by itself; there is nothing to start.%s\nSay `done` once it serves.",
                            step->asset ? step->asset->name : step->id, strbuf_str(&takes));
        strbuf_release(&takes);
        return what;
    }
    return step->expect ? arena_printf(p->arena, "%s\nExpect: %s", what, step->expect) : what;
}

static void skip_function(struct script *script)
{
    const char *end = strstr(script->at, "\n}\n");

    script->at = end ? end + 3 : script->at + strlen(script->at);
}

/* Only notices may stand in it: the command of the step first, where a program does it. */
static void read_run(const struct recovery *p, struct script *script, const struct plan_step *step)
{
    struct notices posts = {0};

    posts_of(p->r, p->arena, step, &posts);
    if (!is_manual(step) && step->run && !same_command(script, "step_run", step->run)) {
        skip_function(script);
        return;
    }
    same_notices(script, &posts);
    end_function(script, "step_run");
}

/* VARIABLE="$(step_answer KEY)" and its like, on one line or several: false when it is no such line. */
static bool read_runtime(const struct recovery *p, struct script *script, const struct statement *statement, const struct plan_step *step,
                         name_list *names)
{
    const char *end = strstr(statement->at, ")\"\n");
    struct strbuf line = STRBUF_INIT;
    bool found = false;

    for (const char *c = statement->at; end && c < end; c++) {
        if (*c == '\\' && c[1] == '\n')
            c += 1 + strspn(c + 2, " ");
        else
            strbuf_addch(&line, *c);
    }
    for (uint32_t i = 0; end && !found && i < names->len; i++) {
        const char *name = names->items[i], *want;

        if (strncmp(name, "env.", 4) == 0)
            continue;
        if (strncmp(name, "input.", 6) == 0) {
            const struct plan_job *job = bringer_of(p, step, name + 6);

            want = job ? arena_printf(p->arena, "step_copy %s %s %s \"${1:-run}\"", key_of(p, step, name + 6), output_name(p->arena, job->name),
                                      method_of(p, step)->store->name)
                       : arena_printf(p->arena, "step_answer %s", key_of(p, step, name + 6));
        } else {
            want = arena_printf(p->arena, "step_value %s", name);
        }
        want = arena_printf(p->arena, "%s=\"$(%s", variable_named(p->arena, name), want);
        if (strcmp(want, strbuf_str(&line)) == 0) {
            p->r->report->facts++;
            names->items[i] = "env."; /* it is there */
            script->at = end + 3;
            found = true;
        }
    }
    strbuf_release(&line);
    return found;
}

static void read_step_functions(const struct recovery *p, struct script *script, const struct statement *statement, const struct plan_step *step,
                                uint32_t *functions)
{
    const char *name = statement->name;

    (*functions)++;
    if (strcmp(name, "step_manual") == 0 && is_manual(step)) {
        read_shown_lines(script, name, instruction_of(p, step));
    } else if (strcmp(name, "step_otherwise") == 0 && step->otherwise) {
        read_shown_lines(script, name, step->otherwise);
    } else if (strcmp(name, "step_run") == 0 && runs(step)) {
        read_run(p, script, step);
    } else {
        same_function(script, name,
                      strcmp(name, "step_check") == 0    ? step->check
                      : strcmp(name, "step_until") == 0  ? step->until
                      : strcmp(name, "step_verify") == 0 ? step->verify
                      : strcmp(name, "step_undo") == 0   ? step->undo
                                                         : NULL);
    }
}

static void read_step(const struct recovery *p, const struct artifact *artifact, const struct plan_step *step)
{
    const char *up = p->back ? "/../../../../" : "/../../../";
    const char *const fixed[] = {"set -euo pipefail", "here=\"$(cd -- \"$(dirname -- \"${BASH_SOURCE[0]}\")\" && pwd)\"",
                                 arena_printf(p->arena, "source \"${here}%slib/step.sh\"", up), "step_main \"$@\""};
    struct script script = {artifact, p->arena, artifact->text};
    struct statement statement;
    name_list names = {0};
    uint32_t lines = 0, functions = 0, wanted = 0;

    runtime_names(p->arena, step, &names);
    for (;;) {
        next_statement(&script, &statement);
        if (statement.kind == STATEMENT_END)
            break;
        if (statement.kind == STATEMENT_FUNCTION)
            read_step_functions(p, &script, &statement, step, &functions);
        else if (lines < 4 && strcmp(statement.line, fixed[lines]) == 0)
            lines++;
        else if (lines != 3 || !read_runtime(p, &script, &statement, step, &names))
            wrong(artifact, statement.at, "nothing in the plan asks for `%s`", statement.line);
    }
    if (*script.at)
        wrong(artifact, script.at, "the script ends here, and more follows");
    holds(artifact, NULL, lines == 4, "the script does not load its library, or does not begin");
    for (uint32_t i = 0; i < names.len; i++)
        holds(artifact, NULL, strncmp(names.items[i], "env.", 4) == 0, "`%s` is not set", names.items[i]);
    wanted = (step->check ? 1u : 0) + (is_manual(step) ? 1u : 0) + (runs(step) ? 1u : 0) + (step->until ? 1u : 0) + (step->verify ? 1u : 0) +
             (step->undo ? 1u : 0) + (step->otherwise ? 1u : 0);
    same_number(artifact, NULL, "the number of functions", functions, wanted);
}

static void read_step_scripts(struct recovery *p)
{
    enum { BATCH = 64 };
    struct arena *whole = p->arena;
    const char *prefix = arena_printf(whole, "%s/steps/", p->folder), *path;
    uint32_t next = 0, count = 0;

    for (uint32_t i = 0; i < p->count;) {
        p->arena = arena_new();
        for (uint32_t end = i + BATCH; i < end && i < p->count; i++) {
            struct artifact artifact;

            path = arena_printf(p->arena, "%s%s-%s.sh", prefix, number_text(p, &p->steps[i]), output_name(p->arena, p->steps[i].id));
            if (artifact_open(p->r, p->arena, path, &artifact))
                read_step(p, &artifact, &p->steps[i]);
            else
                wrong_file(p->r, path, "the script of the step `%s` is missing", p->steps[i].id);
        }
        arena_delete(p->arena);
    }
    p->arena = whole;
    while (artifact_next(p->r, prefix, &next, &path))
        count++;
    if (count != p->count)
        wrong_file(p->r, prefix, "there are %u scripts of steps, and by the plan %u", count, p->count);
}

/* ---- all --------------------------------------------------------------------------------------- */

/* Nothing of one table is asked for in the next. */
static void read_table(struct recovery *p, void (*reader)(const struct recovery *))
{
    struct arena *whole = p->arena;

    p->arena = arena_new();
    reader(p);
    arena_delete(p->arena);
    p->arena = whole;
}

static void read_recovery(struct reading *r, const struct plan_scenario *scenario, bool back)
{
    struct arena *arena = arena_new();
    struct recovery p = {.r = r,
                         .arena = arena,
                         .scenario = scenario,
                         .steps = back ? scenario->failback : scenario->steps,
                         .count = back ? scenario->failback_count : scenario->steps_count,
                         .back = back,
                         .folder = arena_printf(arena, "restore/scenarios/%s%s", output_name(arena, scenario->name), back ? "/failback" : ""),
                         .width = 3,
                         .outcomes = ARENA_ARRAY(arena, const struct plan_outcome *, r->plan->assets_count + 1)};

    for (uint32_t limit = 1000; p.count >= limit && limit < 1000000000; limit *= 10)
        p.width++;
    for (uint32_t i = 0; i < scenario->assets_count; i++)
        p.outcomes[scenario->assets[i].asset - r->plan->assets] = &scenario->assets[i];
    if (p.count) {
        read_table(&p, read_facts);
        read_table(&p, read_step_table);
        read_table(&p, read_asset_table);
        read_table(&p, read_question_table);
        read_step_scripts(&p);
    }
    arena_delete(arena);
}

void read_recoveries(struct reading *r)
{
    struct artifact digest;
    const char *path;
    uint32_t next = 0, tables = 0, wanted = 0;

    if (!artifact_next(r, "restore/", &next, &path))
        return;
    if (artifact_open(r, r->scratch, "restore/DIGEST", &digest))
        same_text(&digest, digest.text, "the digest", digest.text, arena_printf(r->scratch, "%s\n", digest_of(r->plan)));
    else
        wrong_file(r, "restore/DIGEST", "it is missing");
    for (uint32_t i = 0; i < r->plan->scenarios_count; i++) {
        read_recovery(r, &r->plan->scenarios[i], false);
        read_recovery(r, &r->plan->scenarios[i], true);
        wanted += (r->plan->scenarios[i].steps_count ? 4u : 0) + (r->plan->scenarios[i].failback_count ? 4u : 0);
    }
    for (next = 0; artifact_next(r, "restore/scenarios/", &next, &path);)
        tables += strlen(path) > 4 && strcmp(path + strlen(path) - 4, ".tsv") == 0;
    if (tables != wanted)
        wrong_file(r, "restore/scenarios", "there are %u tables, and by the plan %u", tables, wanted);
}
