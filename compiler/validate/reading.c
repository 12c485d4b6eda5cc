/* What readers share: files, findings, comparing. */
#include "validate/reading.h"

#include <stdio.h>
#include <string.h>

/* ---- files ------------------------------------------------------------------------------------- */

static uint32_t number_of_file(const struct reading *r, const char *path)
{
    uint32_t low = 0, high = r->input->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = strcmp(r->input->paths[middle], path);

        if (order == 0)
            return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return UINT32_MAX;
}

bool artifact_exists(const struct reading *r, const char *path)
{
    return number_of_file(r, path) != UINT32_MAX;
}

bool artifact_open(struct reading *r, struct arena *arena, const char *path, struct artifact *out)
{
    uint32_t number = number_of_file(r, path);
    struct strbuf text = STRBUF_INIT;

    if (number == UINT32_MAX)
        return false;
    if (!r->input->read(r->input->context, number, &text)) {
        strbuf_release(&text);
        return false;
    }
    *out = (struct artifact){r, r->input->paths[number], strbuf_dup(&text, arena), text.len};
    strbuf_release(&text);
    if (!r->taken[number])
        r->report->files++;
    r->taken[number] = true;
    if (strlen(out->text) != out->len) {
        wrong(out, out->text + strlen(out->text), "a zero byte ends the text");
        out->len = strlen(out->text);
    }
    return true;
}

bool artifact_next(const struct reading *r, const char *prefix, uint32_t *number, const char **path)
{
    uint32_t low = 0, high = r->input->count;

    while (low < high) { /* they are sorted: the first that does not come before the prefix */
        uint32_t middle = low + (high - low) / 2;

        if (strcmp(r->input->paths[middle], prefix) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *number = *number > low ? *number : low;
    if (*number >= r->input->count || strncmp(r->input->paths[*number], prefix, strlen(prefix)) != 0)
        return false;
    *path = r->input->paths[(*number)++];
    return true;
}

/* ---- findings ---------------------------------------------------------------------------------- */

static void add_problem(struct reading *r, const char *path, uint32_t line, const char *message)
{
    struct validate_report *report = r->report;

    if (report->problems_found++ >= VALIDATE_PROBLEMS_KEPT)
        return;
    if (!report->problems)
        report->problems = ARENA_ARRAY(r->arena, struct validate_problem, VALIDATE_PROBLEMS_KEPT);
    report->problems[report->problem_count++] = (struct validate_problem){path, line, message};
}

static uint32_t line_at(const struct artifact *artifact, const char *at)
{
    uint32_t line = 1;

    if (!at || at < artifact->text || at > artifact->text + artifact->len)
        return 0;
    for (const char *c = artifact->text; c < at; c++)
        line += *c == '\n';
    return line;
}

/* Files and plans are whole megabytes; a message shows the beginning, on one line. */
static const char *shortened(struct arena *arena, const char *text)
{
    enum { SHOWN = 400 };
    struct strbuf out = STRBUF_INIT;
    const char *result;

    for (const char *c = text; *c; c++) {
        if (out.len >= SHOWN && ((unsigned char)*c & 0xC0) != 0x80) {
            strbuf_addstr(&out, " …");
            break;
        }
        strbuf_addch(&out, *c == '\n' || *c == '\t' || *c == '\r' ? ' ' : *c);
    }
    result = strbuf_dup(&out, arena);
    strbuf_release(&out);
    return result;
}

static void tell(struct reading *r, const struct artifact *artifact, const char *path, const char *at, const char *format, va_list arguments)
{
    struct strbuf text = STRBUF_INIT;

    if (r->report->problems_found >= VALIDATE_PROBLEMS_KEPT) {
        r->report->problems_found++;
        return;
    }
    strbuf_vaddf(&text, format, arguments);
    add_problem(r, path, artifact ? line_at(artifact, at) : 0, shortened(r->arena, strbuf_str(&text)));
    strbuf_release(&text);
}

void wrong(const struct artifact *artifact, const char *at, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    tell(artifact->r, artifact, artifact->path, at, format, arguments);
    va_end(arguments);
}

void wrong_file(struct reading *r, const char *path, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    tell(r, NULL, arena_strdup(r->arena, path), NULL, format, arguments);
    va_end(arguments);
}

bool holds(const struct artifact *artifact, const char *at, bool fact, const char *format, ...)
{
    va_list arguments;

    artifact->r->report->facts++;
    if (fact)
        return true;
    va_start(arguments, format);
    tell(artifact->r, artifact, artifact->path, at, format, arguments);
    va_end(arguments);
    return false;
}

bool same_text(const struct artifact *artifact, const char *at, const char *what, const char *got, const char *want)
{
    artifact->r->report->facts++;
    if (got == want || (got && want && strcmp(got, want) == 0))
        return true;
    if (!got)
        wrong(artifact, at, "there is no %s, and the plan says `%s`", what, want);
    else if (!want)
        wrong(artifact, at, "%s is `%s`, and the plan has none", what, got);
    else
        wrong(artifact, at, "%s is `%s`, and the plan says `%s`", what, got, want);
    return false;
}

bool same_number(const struct artifact *artifact, const char *at, const char *what, int64_t got, int64_t want)
{
    artifact->r->report->facts++;
    if (got == want)
        return true;
    wrong(artifact, at, "%s is %lld, and by the plan %lld", what, (long long)got, (long long)want);
    return false;
}

/* ---- small readers ----------------------------------------------------------------------------- */

int64_t number_of(const char *text)
{
    int64_t value = 0;

    if (!*text)
        return -1;
    for (; *text; text++) {
        if (*text < '0' || *text > '9' || value > INT64_MAX / 10 - 1)
            return -1;
        value = value * 10 + (*text - '0');
    }
    return value;
}

bool next_line(struct lines *lines, char **line)
{
    size_t len;

    if (!*lines->next)
        return false;
    lines->at = lines->next;
    len = strcspn(lines->next, "\n");
    *line = arena_strndup(lines->arena, lines->next, len);
    lines->next += len + (lines->next[len] == '\n');
    return true;
}
