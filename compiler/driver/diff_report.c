/* `drc diff` for build servers: what is weaker, as findings of the rules it is against. What is stronger or merely other is no finding; text, JSON
 * and Markdown tell it. */
#include "driver/diff.h"

#include "driver/driver.h"
#include "source/report.h"

#include <stdlib.h>
#include <string.h>

/* What counts as weaker by no rule has a name as well. */
static const char *name_of(enum change_rule rule)
{
    return rule == CHANGE_NO_RULE ? "WEAKER" : change_rule_name(rule);
}

static const struct report_rule *rule_of(struct arena *arena, enum change_rule rule, enum severity level)
{
    struct report_rule *made = ARENA_NEW(arena, struct report_rule);
    const char *name = name_of(rule), *says = rule == CHANGE_NO_RULE ? "something is weaker than it was" : change_rule_says(rule);

    *made = (struct report_rule){name, name, says, says, level};
    if (rule != CHANGE_NO_RULE)
        made->help = arena_printf(arena, "%s\n\ndrc explain %s", says, name);
    return made;
}

/* "FILE:LINE". What is gone stands on no line of the new side: then the file alone. */
static struct report_place place_of(struct arena *arena, const struct compare_change *change, const char *folder)
{
    const char *at = change->after_at ? change->after_at : change->before_at, *colon = at ? strrchr(at, ':') : NULL;
    struct report_place place = {.file = NULL};

    if (!colon)
        return place;
    place.is_input = strncmp(at, "std/", 4) != 0;
    place.file = arena_printf(arena, "%s%.*s", place.is_input ? folder : "", (int)(colon - at), at);
    if (change->after_at)
        place.line = place.end_line = (uint32_t)strtoul(colon + 1, NULL, 10);
    return place;
}

/* What somebody accepts, or asked not to count, is told all the same. */
static enum severity severity_of(const struct compare_change *change)
{
    bool accepted = change->waiver && !change->waiver->expired && !change->waiver->undated;

    return accepted || change->level == CHANGE_OFF ? SEVERITY_NOTE : change->level == CHANGE_WARNING ? SEVERITY_WARNING : SEVERITY_ERROR;
}

static void add_change(struct arena *arena, struct report *report, const struct compare_report *compared, const struct compare_change *change,
                       enum severity level, const char *folder)
{
    struct strbuf message = STRBUF_INIT, more = STRBUF_INIT;
    struct report_finding finding = {
        .rule = rule_of(arena, change->rule, level), .severity = level, .decides = name_of(change->rule), .place = place_of(arena, change, folder)};

    diff_tell_change(&message, change);
    diff_tell_causes(&more, compared, change);
    finding.message = strbuf_dup(&message, arena);
    finding.more = strbuf_dup(&more, arena);
    finding.subject = arena_printf(arena, "%s.%s@%s/%s", change->sort, change->subject ? change->subject : "",
                                   change->scenario ? change->scenario : "", change->what ? change->what : "");
    strbuf_release(&message);
    strbuf_release(&more);
    vec_push(arena, &report->findings, finding);
}

static const char *not_whole(const struct compare_report *compared)
{
    return compared->unwritten ? "one of the plans has errors, so that nothing would be written of it: jobs, exports and resources were not compared"
           : compared->untold  ? "the digests differ, and nothing that was compared says why"
                               : NULL;
}

/* What was not compared is never taken as fine. */
static void add_gap(struct arena *arena, struct report *report, const struct compare_report *compared)
{
    struct report_rule *rule = ARENA_NEW(arena, struct report_rule);
    struct report_finding finding = {.rule = rule, .severity = SEVERITY_WARNING, .message = not_whole(compared), .more = "", .subject = "comparison"};

    *rule = (struct report_rule){"NOT_COMPARED", "NOT_COMPARED", "the plans were not compared whole", "drc check tells the errors", SEVERITY_WARNING};
    vec_push(arena, &report->findings, finding);
}

/* Each rule is a case: whoever reads the report sees what was asked, not only what failed. */
static void add_rule_case(struct arena *arena, struct report *report, enum change_rule rule, uint32_t broken, enum severity level, const char *gap)
{
    struct report_case add = {.suite = "drc diff", .name = name_of(rule), .subject = name_of(rule), .message = "", .file = ""};

    if (broken) {
        add.state = level == SEVERITY_ERROR ? REPORT_REFUTED : REPORT_SKIPPED;
        add.message =
            arena_printf(arena, "%s%s",
                         level == SEVERITY_ERROR ? "" : "does not count: ", rule == CHANGE_NO_RULE ? "something is weaker" : change_rule_says(rule));
    } else if (gap) {
        add.state = REPORT_SKIPPED;
        add.message = gap;
    }
    vec_push(arena, &report->cases, add);
}

void diff_for_servers(struct arena *arena, enum diag_format format, const struct compare_report *compared, const char *folder)
{
    struct report report = {.version = DRC_VERSION, .input = arena_printf(arena, "%smain.dr", folder)};
    uint32_t broken[CHANGE_RULE_COUNT] = {0};
    enum severity worst[CHANGE_RULE_COUNT] = {0};
    struct strbuf out = STRBUF_INIT;

    for (uint32_t i = 0; i < compared->change_count; i++) {
        const struct compare_change *change = &compared->changes[i];

        enum severity level;

        if (change->way != COMPARE_WEAKER)
            continue;
        level = severity_of(change);
        broken[change->rule]++;
        worst[change->rule] = level > worst[change->rule] ? level : worst[change->rule];
        add_change(arena, &report, compared, change, level, folder);
    }
    if (not_whole(compared))
        add_gap(arena, &report, compared);
    for (int rule = CHANGE_NO_RULE; rule < CHANGE_RULE_COUNT; rule++)
        add_rule_case(arena, &report, (enum change_rule)rule, broken[rule], worst[rule], not_whole(compared));
    report_render(&report, format, arena, &out);
    say_text(strbuf_str(&out));
    strbuf_release(&out);
}
