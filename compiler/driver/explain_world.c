/* `drc explain rpo|rto NAME --world`: the number as the dated story of a legal execution that reaches it (docs/certificate.md). */
#include "driver/driver.h"

#include <stdlib.h>
#include <string.h>

struct event {
    int64_t at;
    uint32_t order; /* of those at the same moment */
    const char *text;
};

struct tale {
    struct arena *arena;
    VEC(struct event) events;
};

static void tell(struct tale *tale, int64_t at, const char *text)
{
    if (at != TIME_UNKNOWN)
        vec_push(tale->arena, &tale->events, ((struct event){at, tale->events.len, text}));
}

static int compare_events(const void *x, const void *y)
{
    const struct event *a = x, *b = y;

    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

/* "2026-01-01 06:09:59.999 UTC" */
static void print_moment(int64_t at)
{
    struct strbuf line = STRBUF_INIT;
    int64_t rest = at % MS_DAY;

    print_date(&line, at / MS_DAY);
    strbuf_addf(&line, " %02d:%02d:%02d", (int)(rest / MS_HOUR), (int)(rest / MS_MINUTE % 60), (int)(rest / MS_SECOND % 60));
    if (rest % MS_SECOND)
        strbuf_addf(&line, ".%03d", (int)(rest % MS_SECOND));
    while (line.len < 24)
        strbuf_addstr(&line, " ");
    say("  %s", strbuf_str(&line));
    strbuf_release(&line);
}

static void tell_run(struct tale *tale, const struct story_run *run, bool first, const char *place)
{
    const char *name = run->backup->name;
    bool apart = run->arrives != run->ends;

    if (run->fate == RUN_SKIPPED) {
        tell(tale, run->slot, arena_printf(tale->arena, "`%s` is due, and the run before has not ended: skipped", name));
        return;
    }
    if (run->fate == RUN_MISSED) {
        tell(tale, run->slot, arena_printf(tale->arena, "`%s` is due, and is missed or fails", name));
        return;
    }
    if (run->fate == RUN_DELETED) {
        tell(tale, run->starts, arena_printf(tale->arena, "`%s` starts; its copy goes when a later one of its period is there", name));
        return;
    }
    if (run->slot != TIME_UNKNOWN && run->starts != run->slot)
        tell(tale, run->slot, arena_printf(tale->arena, "`%s` is due", name));
    tell(tale, run->starts,
         arena_printf(tale->arena, "`%s` starts%s", name, run->slot != TIME_UNKNOWN && run->starts != run->slot ? ", that late" : ""));
    if (first && run->captured != run->starts)
        tell(tale, run->captured, "what there is now is what will come back");
    else if (first)
        tale->events.items[tale->events.len - 1].text = arena_printf(tale->arena, "`%s` starts: what there is now is what will come back", name);
    tell(tale, run->ends,
         arena_printf(tale->arena, "`%s` ends%s%s", name,
                      apart   ? ""
                      : first ? ""
                              : ", and its copy is complete",
                      apart ? "; it is copied" : ""));
    if (apart)
        tell(tale, run->arrives, arena_printf(tale->arena, "its copy is complete%s%s", place ? " in " : "", place ? place : ""));
}

static void print_tale(struct tale *tale)
{
    if (tale->events.len)
        qsort(tale->events.items, tale->events.len, sizeof *tale->events.items, compare_events);
    for (uint32_t i = 0; i < tale->events.len; i++) {
        print_moment(tale->events.items[i].at);
        say("  %s\n", tale->events.items[i].text);
    }
}

void explain_lossy_world(const struct scenario_result *result, const struct asset_state *state)
{
    const struct loss_proof *proof = NULL;
    const struct story *story;
    struct tale tale = {0};
    struct strbuf loss = STRBUF_INIT;

    for (uint32_t i = 0; i < result->proof_count; i++)
        proof = result->proofs[i].state == state ? &result->proofs[i] : proof;
    story = proof ? proof->story : NULL;
    if (!story) {
        say_line("no execution is told: nothing is lost, or nobody knows how much");
        return;
    }
    tale.arena = arena_new();
    for (uint32_t i = 0; i < story->run_count; i++)
        tell_run(&tale, &story->runs[i], i == 0, proof->link_count && proof->links[0].store ? proof->links[0].store->name : NULL);
    if (!story->run_count)
        tell(&tale, story->newest,
             story->of ? arena_printf(tale.arena, "what `%s` will come back to, and `%s` with it", story->of->name, state->asset->name)
                       : "what there is now is what will come back");
    tell(&tale, story->strikes, arena_printf(tale.arena, "`%s` strikes", result->scenario->name));
    if (story->fenced != TIME_UNKNOWN)
        tell(&tale, story->fenced, "the side that was cut off is fenced; what it accepted until now is lost");
    if (proof->link_count)
        tell(&tale, story->read, "by now the restore has read its copies");
    print_duration(&loss, story->loss);
    say("an execution in which `%s` loses %s", state->asset->name, strbuf_str(&loss));
    strbuf_clear(&loss);
    print_duration(&loss, state->loss_ms);
    if (state->loss_ms - story->loss > 1)
        say("; what is proved, %s, is more than any that was found", strbuf_str(&loss));
    say_line(" (times are UTC):");
    print_tale(&tale);
    strbuf_release(&loss);
    arena_delete(tale.arena);
}

static void print_since(int64_t ms)
{
    struct strbuf text = STRBUF_INIT;

    print_duration(&text, ms);
    say("  %12s", strbuf_str(&text));
    strbuf_release(&text);
}

void explain_slow_world(const struct scenario_result *result, const struct asset_state *state)
{
    const struct step *path[256];
    uint32_t length = 0;

    if (!state->finish.known || !state->decides) {
        say_line("no execution is told: it is back at once, or nobody knows when");
        return;
    }
    for (const struct step *step = state->decides; step && length < 256; step = step->waits_for)
        path[length++] = step;
    say_line("an execution that takes as long, from the interruption on:");
    print_since(0);
    say("  `%s` strikes\n", result->scenario->name);
    if (result->begin.known && path[length - 1]->start.worst >= result->begin.worst) {
        print_since(result->detect.worst);
        say_line("  somebody or something notices");
        print_since(result->detect.worst + result->declare.worst);
        say_line("  the recovery is declared");
        if (result->approve.worst > 0) {
            print_since(result->begin.worst);
            say_line("  and approved");
        }
    }
    for (uint32_t i = length; i-- > 0;) {
        const struct step *step = path[i];
        bool hands = false;

        for (uint32_t f = 0; f < step->follow_count; f++)
            hands |= step->follows[f] == step->waits_for;
        print_since(step->start.worst);
        say("  `%s` begins%s%s%s: %s\n", step->id, step->by ? ", by " : "", step->by ? step->by->name : "",
            hands ? ", with the hands or bandwidth that the one before had held" : "", step->title);
        if (step->retries) {
            print_since(step->finish.worst);
            say("  it has failed %u times, each as late as it may, and succeeds\n", step->retries);
        } else {
            print_since(step->finish.worst);
            say_line("  it ends, as late as it may");
        }
    }
    print_since(state->finish.worst);
    say("  `%s` serves again\n", state->asset->name);
}
