/* The last line of `check`, `plan` and `build` (SEMANTICS §9): one form that a person and a script can read. What is zero is left out. */
#include "driver/driver.h"

#include <stdio.h>
#include <string.h>

static const char *plural(uint32_t count)
{
    return count == 1 ? "" : "s";
}

static void add_basis(struct strbuf *list, uint32_t count, const char *words)
{
    if (count)
        strbuf_addf(list, "%s%u on %s", list->len ? ", " : "", count, words);
}

/* "31 hold (9 on assumed figures, 7 on demands, 3 on kinds only declared)" */
static void add_hold(struct strbuf *line, const struct verdict_counts *counts)
{
    struct strbuf basis = STRBUF_INIT;

    add_basis(&basis, counts->assumed, "assumed figures");
    add_basis(&basis, counts->on_demand, "demands");
    add_basis(&basis, counts->on_declared, "kinds only declared");
    strbuf_addf(line, "%u hold", counts->hold);
    if (basis.len)
        strbuf_addf(line, " (%s)", strbuf_str(&basis));
    strbuf_release(&basis);
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
