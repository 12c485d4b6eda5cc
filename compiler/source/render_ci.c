/* Diagnostics for build servers: GitHub's workflow commands and JUnit's XML (the dialect of Jenkins' junit-10.xsd). */
#include "source/render.h"

#include "base/utf8.h"

#include <string.h>

static void add_command_text(struct strbuf *out, const char *text, bool property)
{
    size_t len = strlen(text), size;
    uint32_t c;

    for (; len > 0; text += size, len -= size) {
        size = utf8_decode(text, len, &c);
        if (*text == '%')
            strbuf_addstr(out, "%25");
        else if (*text == '\r')
            strbuf_addstr(out, "%0D");
        else if (*text == '\n')
            strbuf_addstr(out, "%0A");
        else if (property && *text == ':')
            strbuf_addstr(out, "%3A");
        else if (property && *text == ',')
            strbuf_addstr(out, "%2C");
        else if (utf8_is_hidden(c) || (c == 0xFFFD && size == 1))
            strbuf_addstr(out, "\xEF\xBF\xBD");
        else
            strbuf_add(out, text, size);
    }
}

static void add_command(const struct diag_sink *sink, const struct diag *diag, struct strbuf *out)
{
    struct region_cursor cursor = {0};
    struct region region = region_of(sink, diag->primary.span, &cursor);
    struct strbuf text = STRBUF_INIT;

    strbuf_addf(out, "::%s ", diag->severity <= SEVERITY_NOTE ? "notice" : severity_name(diag->severity));
    if (region.file) {
        strbuf_addstr(out, "file=");
        add_command_text(out, region.file->name, true);
        strbuf_addf(out, ",line=%u,endLine=%u", region.line, region.end_line);
        /* GitHub refuses columns of a range over several lines. */
        if (region.line == region.end_line)
            strbuf_addf(out, ",col=%u,endColumn=%u", region.column, region.end_column);
        strbuf_addch(out, ',');
    }
    strbuf_addstr(out, "title=");
    add_command_text(out, diag_id(diag), true);
    if (!diag->rule) {
        strbuf_addch(out, ' ');
        add_command_text(out, diag_name(diag), true);
    }
    strbuf_addstr(out, "::");
    strbuf_addstr(&text, diag->message);
    for (uint32_t i = 0; i < diag->notes.len; i++)
        strbuf_addf(&text, "\nnote: %s", diag->notes.items[i].text);
    for (uint32_t i = 0; i < diag->helps.len; i++)
        strbuf_addf(&text, "\n%s: %s", help_label(&diag->helps.items[i]), diag->helps.items[i].text);
    add_command_text(out, strbuf_str(&text), false);
    strbuf_addch(out, '\n');
    strbuf_release(&text);
}

/* All of them: GitHub shows ten of a kind beside the code, and the whole in the log. So the worst of each kind come first. */
void render_github(const struct diag_sink *sink, struct strbuf *out)
{
    for (uint32_t i = 0; i < sink->diags.len; i++)
        add_command(sink, sink->diags.items[i], out);
}

/* XML 1.0 has no place for most control characters, not even as references. */
static void add_xml(struct strbuf *out, const char *text)
{
    size_t len = strlen(text);

    for (size_t at = 0; at < len;) {
        uint32_t c;
        size_t size = utf8_decode(text + at, len - at, &c);

        if (c == '<')
            strbuf_addstr(out, "&lt;");
        else if (c == '>')
            strbuf_addstr(out, "&gt;");
        else if (c == '&')
            strbuf_addstr(out, "&amp;");
        else if (c == '"')
            strbuf_addstr(out, "&quot;");
        else if (c == '\n' || c == '\t')
            strbuf_addf(out, "&#%u;", c);
        else if (utf8_is_hidden(c) || (c == 0xFFFD && size == 1))
            strbuf_addstr(out, "\xEF\xBF\xBD");
        else
            strbuf_add(out, text + at, size);
        at += size;
    }
}

static void add_test_case(const struct diag_sink *sink, const struct diag *diag, struct strbuf *out)
{
    struct place place = sources_place(sink->sources, diag->primary.span.start);
    struct strbuf text = STRBUF_INIT, where = STRBUF_INIT;

    if (place.file)
        strbuf_addf(&where, "%s:%u:%u", place.file->name, place.line, place.column);
    strbuf_addf(&text, "%s[%s]: %s", severity_name(diag->severity), diag_id(diag), diag->message);
    if (place.file)
        strbuf_addf(&text, "\n  --> %s", strbuf_str(&where));
    for (uint32_t i = 0; i < diag->notes.len; i++)
        strbuf_addf(&text, "\n  = note: %s", diag->notes.items[i].text);
    for (uint32_t i = 0; i < diag->helps.len; i++)
        strbuf_addf(&text, "\n  = %s: %s", help_label(&diag->helps.items[i]), diag->helps.items[i].text);
    strbuf_addstr(out, "    <testcase classname=\"");
    add_xml(out, place.file ? place.file->name : "drc");
    strbuf_addstr(out, "\" name=\"");
    add_xml(out, diag_id(diag));
    if (place.file) {
        strbuf_addch(out, ' ');
        add_xml(out, strbuf_str(&where));
    }
    strbuf_addstr(out, "\">\n      ");
    if (diag->severity == SEVERITY_ERROR) {
        strbuf_addstr(out, "<failure type=\"");
        add_xml(out, diag_name(diag));
        strbuf_addstr(out, "\" message=\"");
        add_xml(out, diag->message);
        strbuf_addstr(out, "\">");
        add_xml(out, strbuf_str(&text));
        strbuf_addstr(out, "</failure>\n");
    } else {
        /* A warning does not fail the build, so its case passes and says why it is there. */
        strbuf_addstr(out, "<system-out>");
        add_xml(out, strbuf_str(&text));
        strbuf_addstr(out, "</system-out>\n");
    }
    strbuf_addstr(out, "    </testcase>\n");
    strbuf_release(&text);
    strbuf_release(&where);
}

void render_junit(const struct diag_sink *sink, struct strbuf *out)
{
    uint32_t tests = sink->diags.len ? sink->diags.len : 1, failures = 0;

    for (uint32_t i = 0; i < sink->diags.len; i++)
        failures += sink->diags.items[i]->severity == SEVERITY_ERROR;
    strbuf_addstr(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    strbuf_addf(out, "  <testsuite name=\"drc\" tests=\"%u\" failures=\"%u\" errors=\"0\">\n", tests, failures);
    for (uint32_t i = 0; i < sink->diags.len; i++)
        add_test_case(sink, sink->diags.items[i], out);
    if (sink->diags.len == 0)
        strbuf_addstr(out, "    <testcase classname=\"drc\" name=\"specification\"/>\n");
    strbuf_addstr(out, "  </testsuite>\n</testsuites>\n");
}
