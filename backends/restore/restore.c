/* The restore target: recover.sh with its libraries (fixed text: the shell files beside this one), and for each scenario tables
 * of what it does and one script for each step. Digests tie the scripts to the plan and to each other. */
#include "backends/restore/restore.h"

#include "backends/common/command.h"
#include "backends/common/names.h"
#include "backends/common/place.h"
#include "backends/common/texts.h"
#include "base/sha256.h"
#include "base/utf8.h"

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
    vec_push_owned(r->whole, &r->written, file);
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
    struct restore r = {.plan = plan, .index = plan_index(plan, files->arena), .arena = files->arena, .whole = files->arena, .files = files};
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

static void check_shell(struct diag_sink *sink, const struct plan_checked_shell *shell)
{
    static const char *const things[] = {[PLAN_SHELL_STEP] = "", [PLAN_SHELL_DRILL] = "drill ", [PLAN_SHELL_EXPORT] = "export "};
    const char *fault = command_fault(sink->arena, shell->command);
    struct diag *d;

    if (!fault)
        return;
    d = diag_report(sink, DIAG_E0761, place_span(shell->command->place), "shell text of %s`%s` cannot stand in a script: %s", things[shell->kind],
                    shell->of, fault);
    diag_at(d, "`%s` of this %s", shell->which, shell->kind == PLAN_SHELL_STEP ? "step" : "procedure");
    diag_help(d, "%s", command_fault_help(fault));
}

/* Names that would be one path: of which things, and what that is. */
struct clash {
    struct diag_sink *sink;
    enum diag_code code;
    const char *things, *what, *folder, *suffix;
};

static void share_a_path(void *context, const struct plan_checked_name *one, const struct plan_checked_name *other)
{
    const struct clash *clash = context;
    struct diag *d =
        diag_report(clash->sink, clash->code, place_span(one->place), "%s `%s` and `%s` would share the %s `restore/%s/%s%s`", clash->things,
                    one->name, other->name, clash->what, clash->folder, output_name(clash->sink->arena, one->name), clash->suffix);

    diag_label(d, place_span(other->place), "the other one");
    diag_help(d, "give one of them a name that differs in letters, digits, `-` or `_`");
}

static void check(const struct plan_checked *plan, struct diag_sink *sink)
{
    struct clash drills = {sink, DIAG_E0790, "drills", "script", "drills", ".sh"};
    struct clash scenarios = {sink, DIAG_E0760, "scenarios", "folder", "scenarios", ""};

    names_each_clash(plan->drills, plan->drills_count, sink->arena, share_a_path, &drills);
    names_each_clash(plan->scenarios, plan->scenarios_count, sink->arena, share_a_path, &scenarios);
    for (uint32_t i = 0; i < plan->shells_count; i++) {
        if (plan->shells[i].kind > PLAN_SHELL_STORE)
            check_shell(sink, &plan->shells[i]);
    }
}

const struct backend drc_restore = {
    .name = "restore",
    .summary = "recovery scripts for each scenario: a table of steps, one file per step, journal and resume",
    .readers = "the engineer on call, and every drill",
    .check = check,
    .emit = emit,
};
