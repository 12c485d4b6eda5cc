/* The last line of `check`, `plan` and `build` (SEMANTICS §9): one form that a person and a script can read. What is zero is left out. */
#include "driver/driver.h"

#include <stdio.h>
#include <string.h>

static const char *plural(uint32_t count)
{
    return count == 1 ? "" : "s";
}

/* "31 hold (9 on assumed figures, 7 on demands)" */
static void add_hold(struct strbuf *line, const struct verdict_counts *counts)
{
    strbuf_addf(line, "%u hold", counts->hold);
    if (counts->assumed)
        strbuf_addf(line, " (%u on assumed figures", counts->assumed);
    if (counts->on_demand)
        strbuf_addf(line, "%s%u on demands", counts->assumed ? ", " : " (", counts->on_demand);
    if (counts->assumed || counts->on_demand)
        strbuf_addstr(line, ")");
}

static void add_count(struct strbuf *line, uint32_t count, const char *word)
{
    if (count)
        strbuf_addf(line, "%s%u %s", line->len ? ", " : "", count, word);
}

static uint32_t rule_errors(const struct session *session)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < session->sink.diags.len; i++) {
        const struct diag *diag = session->sink.diags.items[i];

        count += diag->rule && diag->severity == SEVERITY_ERROR;
    }
    return count;
}

void print_summary(struct session *session)
{
    struct strbuf line = STRBUF_INIT, rest = STRBUF_INIT;
    struct verdict_counts counts;
    uint32_t errors, warnings = session->sink.warnings;

    if (!session->plan || session->options->quiet || session->options->format != DIAG_TEXT)
        return;
    counts = plan_counts(session->plan);
    errors = rule_errors(session);
    if (counts.hold)
        add_hold(&line, &counts);
    add_count(&line, counts.refuted, "refuted");
    add_count(&line, counts.unknown, "unknown");
    add_count(&line, counts.accepted, "accepted");
    if (!line.len)
        strbuf_addstr(&line, "nothing proved");
    strbuf_addf(&line, " in %u scenario%s", counts.scenarios, plural(counts.scenarios));
    if (counts.untested)
        strbuf_addf(&line, "; %u asset%s in no scenario", counts.untested, plural(counts.untested));
    if (errors)
        strbuf_addf(&rest, "%u rule error%s", errors, plural(errors));
    if (warnings)
        strbuf_addf(&rest, "%s%u warning%s", rest.len ? ", " : "", warnings, plural(warnings));
    say("%s%s%s\n", strbuf_str(&line), rest.len ? "; " : "", strbuf_str(&rest));
    strbuf_release(&line);
    strbuf_release(&rest);
}
