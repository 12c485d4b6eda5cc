/* The restore target: recover.sh with its libraries (fixed text: the shell files beside this one), and for each scenario tables
 * of what it does and one script for each step. Digests tie the scripts to the plan and to each other. */
#include "backends/restore/restore.h"

#include "backends/common/command.h"
#include "backends/common/names.h"
#include "backends/common/published.h"
#include "backends/common/texts.h"
#include "base/sha256.h"
#include "base/utf8.h"
#include "model/plan.h"

#include <stdlib.h>
#include <string.h>

struct output_file *restore_add(struct restore *r, const char *path, struct strbuf *text, bool executable)
{
    const char *reason = NULL;
    struct output_file *file = fileset_take(r->files, drc_restore.name, path, text, &reason);

    /* check() has reported every path that would be refused. */
    if (!file)
        return NULL;
    file->executable = executable;
    vec_push(r->arena, &r->written, file);
    return file;
}

const char *restore_digest(const struct restore *r)
{
    const char *colon = strchr(r->plan->digest, ':');

    return colon ? colon + 1 : r->plan->digest;
}

const char *restore_scenario_name(struct arena *arena, const struct plan_scenario *result)
{
    return output_name(arena, result->name);
}

static unsigned digits(uint32_t count)
{
    unsigned width = 3;

    for (uint32_t limit = 999; count > limit && limit < UINT32_MAX / 10; limit = limit * 10 + 9)
        width++;
    return width;
}

/* The recovery of a scenario and its way back. The latter is never empty while something was recovered: where the
 * runbook has no steps, manual ones are made of what the chosen methods say about going back. */
static struct procedure restore_recovery(struct restore *r, const struct plan_scenario *result)
{
    struct procedure p = {
        .result = result,
        .outcomes = ARENA_ARRAY(r->arena, const struct plan_outcome *, r->plan->assets_count),
        .folder = arena_printf(r->arena, "restore/scenarios/%s", restore_scenario_name(r->arena, result)),
        .steps = result->steps,
        .count = result->steps_count,
        .width = digits(result->steps_count),
    };

    for (uint32_t i = 0; i < result->assets_count; i++)
        p.outcomes[result->assets[i].asset - r->plan->assets] = &result->assets[i];
    return p;
}

static struct procedure restore_failback(struct restore *r, const struct plan_scenario *result)
{
    struct procedure p = restore_recovery(r, result);

    p.failback = true;
    p.folder = arena_printf(r->arena, "%s/failback", p.folder);
    p.steps = result->failback;
    p.count = result->failback_count;
    p.width = digits(p.count);
    return p;
}

/* ---- fixed files ------------------------------------------------------------------------------- */

static void add_text(struct restore *r, const char *source, const char *name, bool executable)
{
    const struct fixed_text *fixed = fixed_text_find(source);
    struct strbuf text = STRBUF_INIT;

    if (!fixed) {
        fileset_lose(r->files, drc_restore.name, name, "this compiler was built without its text");
        return;
    }
    strbuf_add(&text, fixed->data, fixed->size);
    restore_add(r, name, &text, executable);
    strbuf_release(&text);
}

static int by_path(const void *a, const void *b)
{
    return strcmp((*(struct output_file *const *)a)->path, (*(struct output_file *const *)b)->path);
}

/* In the format of sha256sum, with paths as seen from restore/. */
static void add_sums(struct restore *r)
{
    struct strbuf text = STRBUF_INIT;

    if (r->written.len > 0)
        qsort(r->written.items, r->written.len, sizeof *r->written.items, by_path);
    for (uint32_t i = 0; i < r->written.len; i++) {
        struct output_file *file = r->written.items[i];

        strbuf_addf(&text, "%s  %s\n", output_file_sha256(file), file->path + strlen("restore/"));
    }
    restore_add(r, "restore/SHA256SUMS", &text, false);
    strbuf_release(&text);
}

static const struct {
    const char *source, *name;
    bool executable;
} fixed[] = {
    {"restore/recover.sh", "restore/recover.sh", true},
    {"restore/failback.sh", "restore/failback.sh", true},
    {"restore/drill.sh", "restore/drill.sh", true},
    {"restore/lib/ask.sh", "restore/lib/ask.sh", false},
    {"restore/lib/common.sh", "restore/lib/common.sh", false},
    {"restore/lib/drill.sh", "restore/lib/drill.sh", false},
    {"restore/lib/engine.sh", "restore/lib/engine.sh", false},
    {"common/hosts.sh", "restore/lib/hosts.sh", false},
    {"common/notify.sh", "restore/lib/notify.sh", false},
    {"restore/lib/report.sh", "restore/lib/report.sh", false},
    {"restore/lib/run-step.sh", "restore/lib/run-step.sh", true},
    {"restore/lib/step.sh", "restore/lib/step.sh", false},
};

static void emit(const struct plan_document *plan, struct fileset *files)
{
    struct restore r = {.plan = plan, .index = plan_index(plan, files->arena), .arena = files->arena, .files = files};
    struct strbuf digest = STRBUF_INIT;
    uint32_t count;

    r.about = plan_sort(r.index, "plan", &count);
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++)
        add_text(&r, fixed[i].source, fixed[i].name, fixed[i].executable);
    strbuf_addf(&digest, "%s\n", restore_digest(&r));
    restore_add(&r, "restore/DIGEST", &digest, false);
    strbuf_release(&digest);
    for (uint32_t i = 0; i < r.plan->scenarios_count; i++) {
        struct procedure recovery = restore_recovery(&r, &r.plan->scenarios[i]);
        struct procedure back = restore_failback(&r, &r.plan->scenarios[i]);

        if (recovery.count > 0)
            restore_scenario(&r, &recovery);
        if (back.count > 0)
            restore_scenario(&r, &back);
    }
    restore_drills(&r);
    restore_readme(&r);
    add_sums(&r);
}

/* ---- what cannot be expressed ------------------------------------------------------------------ */

static void check_command(struct arena *arena, struct diag_sink *sink, const struct step *step, const struct command *command, const char *what)
{
    const char *fault = command->is_shell ? command_fault(published_command(arena, command)) : NULL; /* words are quoted */

    if (fault) {
        struct diag *d = diag_report(sink, DIAG_E0761, command->span, "shell text of `%s` cannot stand in a script: %s", step->id, fault);

        diag_at(d, "`%s` of this step", what);
        diag_help(d, "close it, or write the command as a list of arguments: [\"program\", \"argument\"]");
    }
}

static void check_drills(const struct plan *plan, struct diag_sink *sink)
{
    for (uint32_t i = 0; i < plan->drill_count; i++) {
        const struct entity *one = plan->drills[i].drill;
        const char *name = output_name(sink->arena, one->name);

        for (uint32_t k = 0; k < i; k++) {
            const struct entity *other = plan->drills[k].drill;
            struct diag *d;

            if (!same_but_for_case(name, output_name(sink->arena, other->name)))
                continue;
            d = diag_report(sink, DIAG_E0790, one->span, "drills `%s` and `%s` would share the script `restore/drills/%s.sh`", one->name, other->name,
                            name);
            diag_label(d, other->span, "the other one");
            diag_help(d, "give one of them a name that differs in letters, digits, `-` or `_`");
        }
    }
}

static void check(const struct plan *plan, struct diag_sink *sink)
{
    file_names names = {0};
    bool differ;

    for (uint32_t i = 0; i < plan->scenario_count; i++)
        vec_push(sink->arena, &names, plan->scenarios[i].scenario->name);
    differ = names_differ(&names);
    check_drills(plan, sink);
    for (uint32_t i = 0; i < plan->scenario_count; i++) {
        const struct scenario_result *one = &plan->scenarios[i];

        for (uint32_t k = 0; k < i && !differ; k++) {
            const struct scenario_result *other = &plan->scenarios[k];

            if (same_but_for_case(output_name(sink->arena, one->scenario->name), output_name(sink->arena, other->scenario->name))) {
                struct diag *d =
                    diag_report(sink, DIAG_E0760, one->scenario->span, "scenarios `%s` and `%s` would share the folder `restore/scenarios/%s`",
                                one->scenario->name, other->scenario->name, output_name(sink->arena, one->scenario->name));

                diag_label(d, other->scenario->span, "the other one");
                diag_help(d, "give one of them a name that differs in letters, digits, `-` or `_`");
            }
        }
        for (uint32_t n = 0; n < one->step_count; n++) {
            const struct step *step = one->steps[n];

            check_command(plan->arena, sink, step, &step->check, "check");
            check_command(plan->arena, sink, step, &step->run, "run");
            check_command(plan->arena, sink, step, &step->until, "until");
            check_command(plan->arena, sink, step, &step->verify, "verify");
            check_command(plan->arena, sink, step, &step->undo, "undo");
        }
    }
}

const struct backend drc_restore = {
    .name = "restore",
    .summary = "recovery scripts for each scenario: a table of steps, one file per step, journal and resume",
    .readers = "the engineer on call, and every drill",
    .check_proof = check,
    .emit = emit,
};
