/* Diagnostics for people: the message, then every line it is about with its marks, then notes and help.
 *
 *     error[E0114]: `Sunday` is not a weekday
 *       --> main.dr:3:24
 *        |
 *      3 |   schedule = weekly on Sunday at 03:00
 *        |                        ^^^^^^
 *        |
 *        = help: write `sun`
 *
 * A line is shown through a window, so that a line of a megabyte costs no more than a short one; marks that are too
 * far apart on one line get a window each. Nothing from the specification reaches the terminal as a control character. */
#include "source/render.h"

#include "base/utf8.h"

#include <string.h>

enum { WINDOW = 160, BEFORE = 60, SHORT_LINE = 200, MESSAGE_MAX = 600, MARKS_MAX = 64, TAB_WIDTH = 8 };
enum { MEMBERS_MAX = 20, SCREEN = 24, REFUTED_MAX = SCREEN - 3 };

struct mark {
    const struct source_file *file;
    uint32_t line;       /* from 1 */
    uint32_t start, end; /* in the file's text; on this line; start == end marks one column */
    const char *text;
    bool primary;
};

struct view {
    const struct diag_style *style;
    struct strbuf *out;
    const char *main_color;
    int gutter; /* columns of the line number */
};

#define BOLD "\033[1m"
#define RED "\033[1;31m"
#define YELLOW "\033[1;33m"
#define CYAN "\033[1;36m"
#define BLUE "\033[1;34m"
#define PLAIN "\033[0m"

static void paint(const struct view *view, const char *color)
{
    if (view->style->color)
        strbuf_addstr(view->out, color);
}

/* Text of one line, safe for a terminal. Returns the columns it takes, the first at `column`. */
static uint32_t add_safe(struct strbuf *out, const char *text, size_t len, uint32_t column)
{
    uint32_t start = column;

    for (size_t at = 0; at < len;) {
        uint32_t character;
        size_t size = utf8_decode(text + at, len - at, &character);

        if (character == '\t') {
            uint32_t wide = TAB_WIDTH - column % TAB_WIDTH;

            strbuf_addfill(out, ' ', wide);
            column += wide;
        } else if (utf8_is_hidden(character) || (character == 0xFFFD && size == 1)) {
            strbuf_addstr(out, "\xEF\xBF\xBD");
            column++;
        } else {
            strbuf_add(out, text + at, size);
            column += (uint32_t)utf8_width(character);
        }
        at += size;
    }
    return column - start;
}

static size_t back_to_character(const char *text, size_t at)
{
    for (int i = 0; i < 3 && at > 0 && ((unsigned char)text[at] & 0xC0) == 0x80; i++)
        at--;
    return at;
}

/* A message may quote a name of any length: its middle gives way. Lines after the first are indented. */
static void add_message(const struct view *view, const char *text, uint32_t indent)
{
    size_t len = strlen(text), head = len, tail = len;

    if (len > MESSAGE_MAX) {
        head = back_to_character(text, MESSAGE_MAX / 2);
        tail = back_to_character(text, len - MESSAGE_MAX / 4);
    }
    for (size_t at = 0; at < len;) {
        const char *end;
        size_t size;

        if (at == head && head < tail) {
            strbuf_addstr(view->out, "…");
            at = tail;
        }
        size = (at < head ? head : len) - at;
        end = memchr(text + at, '\n', size);
        if (end)
            size = (size_t)(end - text) - at;
        add_safe(view->out, text + at, size, 0);
        at += size;
        if (end) {
            strbuf_addch(view->out, '\n');
            strbuf_addfill(view->out, ' ', indent);
            at++;
        }
    }
}

static void add_gutter(const struct view *view, uint32_t line)
{
    paint(view, BLUE);
    if (line)
        strbuf_addf(view->out, " %*u |", view->gutter, line);
    else
        strbuf_addf(view->out, " %*s |", view->gutter, "");
    paint(view, PLAIN);
}

static struct mark mark_of(const struct diag_sink *sink, const struct diag_label *label, bool primary)
{
    struct place place = sources_place(sink->sources, label->span.start);
    struct mark mark = {place.file, place.line, 0, 0, label->text, primary};
    uint32_t line_end;

    if (!place.file)
        return mark;
    line_end = place.line < place.file->line_count ? place.file->lines[place.line] - 1 : place.file->len;
    if (line_end > 0 && line_end > place.file->lines[place.line - 1] && place.file->text[line_end - 1] == '\r')
        line_end--;
    mark.start = label->span.start - place.file->base;
    if (mark.start > line_end)
        mark.start = line_end; /* the line end itself, CR LF included */
    mark.end = label->span.end - place.file->base;
    if (mark.end > line_end || mark.end < mark.start)
        mark.end = mark.end < mark.start ? mark.start : line_end;
    return mark;
}

/* Primary file first, then files in the order of their labels; lines ascending; on a line from left to right. */
static void sort_marks(struct mark *marks, uint32_t count)
{
    const struct source_file *order[MARKS_MAX];
    uint32_t files = 0;

    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = 0;

        while (at < files && order[at] != marks[i].file)
            at++;
        if (at == files)
            order[files++] = marks[i].file;
    }
    for (uint32_t i = 1; i < count; i++) {
        struct mark mark = marks[i];
        uint32_t at = i, rank = 0;

        while (order[rank] != mark.file)
            rank++;
        for (; at > 0; at--) {
            uint32_t other = 0;

            while (order[other] != marks[at - 1].file)
                other++;
            if (other < rank ||
                (other == rank && (marks[at - 1].line < mark.line || (marks[at - 1].line == mark.line && marks[at - 1].start <= mark.start))))
                break;
            marks[at] = marks[at - 1];
        }
        marks[at] = mark;
    }
}

static uint32_t columns_of(const char *text, uint32_t from, uint32_t to, uint32_t column)
{
    uint32_t start = column;

    while (from < to) {
        uint32_t character;
        size_t size = utf8_decode(text + from, to - from, &character);

        if (character == '\t')
            column += TAB_WIDTH - column % TAB_WIDTH;
        else if (utf8_is_hidden(character))
            column++;
        else
            column += (uint32_t)utf8_width(character);
        from += (uint32_t)size;
    }
    return column - start;
}

/* The columns of one mark within the window, and its text once that is not yet shown. */
struct drawn {
    uint32_t column, width;
    const struct mark *mark;
    bool has_text;
};

/* The rows below a line: the marks with the last text beside them, then the other texts, each hanging from its mark. */
static void add_marks(const struct view *view, struct drawn *drawn, uint32_t count)
{
    char row[WINDOW * 4 + 8];
    uint32_t used = 0, beside = count;

    memset(row, ' ', sizeof row);
    for (int primary = 0; primary < 2; primary++) {
        for (uint32_t i = 0; i < count; i++) {
            if (drawn[i].mark->primary != (primary == 1))
                continue;
            for (uint32_t c = drawn[i].column; c < drawn[i].column + drawn[i].width && c < sizeof row; c++) {
                row[c] = primary ? '^' : '-';
                used = c + 1 > used ? c + 1 : used;
            }
        }
    }
    /* The text of the mark that ends last may stand beside it, unless another begins within it. */
    for (uint32_t i = count; i-- > 0;) {
        if (drawn[i].has_text) {
            if (i + 1 == count || drawn[i].column + drawn[i].width >= used)
                beside = i;
            break;
        }
    }
    add_gutter(view, 0);
    strbuf_addch(view->out, ' ');
    for (uint32_t c = 0; c < used;) {
        char kind = row[c];
        uint32_t run = c;

        while (run < used && row[run] == kind)
            run++;
        if (kind != ' ')
            paint(view, kind == '^' ? view->main_color : BLUE);
        strbuf_addfill(view->out, kind, run - c);
        if (kind != ' ')
            paint(view, PLAIN);
        c = run;
    }
    if (beside < count) {
        strbuf_addch(view->out, ' ');
        paint(view, drawn[beside].mark->primary ? view->main_color : BLUE);
        add_message(view, drawn[beside].mark->text, (uint32_t)view->gutter + 4 + used);
        paint(view, PLAIN);
        drawn[beside].has_text = false;
    }
    strbuf_addch(view->out, '\n');
    for (uint32_t i = count; i-- > 0;) {
        if (!drawn[i].has_text)
            continue;
        /* A row of bars first, once, when nothing hangs yet; then the text under its bar. */
        add_gutter(view, 0);
        strbuf_addch(view->out, ' ');
        for (uint32_t j = 0, at = 0; j <= i; j++) {
            if ((j != i && !drawn[j].has_text) || drawn[j].column < at)
                continue;
            if (j != i && drawn[j].column == drawn[i].column)
                continue;
            strbuf_addfill(view->out, ' ', drawn[j].column - at);
            at = drawn[j].column;
            paint(view, drawn[j].mark->primary ? view->main_color : BLUE);
            if (j == i) {
                add_message(view, drawn[j].mark->text, (uint32_t)view->gutter + 4 + at);
            } else {
                strbuf_addch(view->out, '|');
                at++;
            }
            paint(view, PLAIN);
        }
        strbuf_addch(view->out, '\n');
        drawn[i].has_text = false;
    }
}

/* One line with the marks that fit into its window; returns how many that were (at least one). */
static uint32_t add_line(const struct view *view, const struct mark *marks, uint32_t count)
{
    const struct source_file *file = marks->file;
    uint32_t line_start = file->lines[marks->line - 1];
    uint32_t line_end = marks->line < file->line_count ? file->lines[marks->line] - 1 : file->len;
    uint32_t from = line_start, to = line_end, shown = 1, column = 0;
    struct drawn drawn[MARKS_MAX];

    if (to > from && file->text[to - 1] == '\r')
        to--;
    if (to - from > SHORT_LINE) {
        if (marks->start > from + BEFORE)
            from = (uint32_t)back_to_character(file->text, marks->start - BEFORE);
        if (to > from + WINDOW)
            to = (uint32_t)back_to_character(file->text, from + WINDOW);
    }
    while (shown < count && marks[shown].line == marks->line && marks[shown].file == file && marks[shown].start <= to)
        shown++;
    add_gutter(view, marks->line);
    if (to > from || from > line_start)
        strbuf_addch(view->out, ' ');
    if (from > line_start) {
        strbuf_addstr(view->out, "…");
        column = 1;
    }
    add_safe(view->out, file->text + from, to - from, column);
    if (to < line_end && file->text[to] != '\r')
        strbuf_addstr(view->out, "…");
    strbuf_addch(view->out, '\n');
    for (uint32_t i = 0; i < shown; i++) {
        uint32_t end = marks[i].end < to ? marks[i].end : to;

        drawn[i].mark = &marks[i];
        drawn[i].column = column + columns_of(file->text, from, marks[i].start, column);
        drawn[i].width = end > marks[i].start ? columns_of(file->text, marks[i].start, end, drawn[i].column) : 1;
        if (drawn[i].width == 0)
            drawn[i].width = 1;
        drawn[i].has_text = marks[i].text[0] != '\0';
    }
    add_marks(view, drawn, shown);
    return shown;
}

static void add_arrow(const struct view *view, const struct diag_sink *sink, const char *arrow, const struct mark *mark)
{
    struct place place = sources_place(sink->sources, mark->file->base + mark->start);

    strbuf_addfill(view->out, ' ', (size_t)view->gutter);
    paint(view, BLUE);
    strbuf_addf(view->out, " %s ", arrow);
    paint(view, PLAIN);
    add_safe(view->out, place.file->name, strlen(place.file->name), 0);
    strbuf_addf(view->out, ":%u:%u\n", place.line, place.column);
    add_gutter(view, 0);
    strbuf_addch(view->out, '\n');
}

static void add_snippets(struct view *view, const struct diag_sink *sink, const struct diag *diag)
{
    struct mark marks[MARKS_MAX], primary;
    uint32_t count = 0, widest = 0;

    primary = marks[count++] = mark_of(sink, &diag->primary, true);
    if (!primary.file)
        count--;
    for (uint32_t i = 0; i < diag->labels.len && count < MARKS_MAX; i++) {
        marks[count] = mark_of(sink, &diag->labels.items[i], false);
        if (marks[count].file)
            count++;
    }
    view->gutter = 1;
    if (count == 0)
        return;
    for (uint32_t i = 0; i < count; i++)
        widest = marks[i].line > widest ? marks[i].line : widest;
    for (uint32_t rest = widest; rest >= 10; rest /= 10)
        view->gutter++;
    sort_marks(marks, count);
    for (uint32_t at = 0; at < count;) {
        bool new_file = at == 0 || marks[at].file != marks[at - 1].file;

        if (new_file && marks[at].file == primary.file)
            add_arrow(view, sink, "-->", &primary);
        else if (new_file)
            add_arrow(view, sink, at == 0 ? "-->" : ":::", &marks[at]);
        else if (marks[at].line > marks[at - 1].line + 1)
            strbuf_addf(view->out, "%s ...%s\n", view->style->color ? BLUE : "", view->style->color ? PLAIN : "");
        at += add_line(view, marks + at, count - at);
    }
}

static void add_footer(const struct view *view, const char *kind, const char *text)
{
    strbuf_addfill(view->out, ' ', (size_t)view->gutter + 2);
    paint(view, BLUE);
    strbuf_addch(view->out, '=');
    paint(view, PLAIN);
    strbuf_addch(view->out, ' ');
    paint(view, BOLD);
    strbuf_addf(view->out, "%s:", kind);
    paint(view, PLAIN);
    strbuf_addch(view->out, ' ');
    add_message(view, text, (uint32_t)view->gutter + (uint32_t)strlen(kind) + 6);
    strbuf_addch(view->out, '\n');
}

/* ---------------------------------------------------------------- blocks */

/* Whether the note is the block's, or says of this one what is said of no other. */
static bool has_note(const struct diag *diag, const char *text)
{
    for (uint32_t i = 0; i < diag->notes.len; i++) {
        if (strcmp(diag->notes.items[i].text, text) == 0)
            return true;
    }
    return false;
}

/* Another subject of the block: what is said of it, where it is, and what it has of its own. */
static void add_member(struct view *view, const struct diag_sink *sink, const struct diag *head, const struct diag *diag)
{
    struct place place = sources_place(sink->sources, diag->primary.span.start);
    struct strbuf text = STRBUF_INIT;

    if (diag->severity != head->severity)
        strbuf_addf(&text, "%s: ", severity_name(diag->severity));
    strbuf_addstr(&text, diag->message);
    if (place.file && diag->primary.span.start != head->primary.span.start)
        strbuf_addf(&text, " (%s:%u:%u)", place.file->name, place.line, place.column);
    for (uint32_t i = 0; i < diag->notes.len; i++) {
        if (!has_note(head, diag->notes.items[i].text))
            strbuf_addf(&text, "; %s", diag->notes.items[i].text);
    }
    add_footer(view, "also", strbuf_str(&text));
    strbuf_release(&text);
}

static void add_members(struct view *view, const struct diag_sink *sink, struct diag *const *block, uint32_t count)
{
    uint32_t most = view->style->max ? MEMBERS_MAX : count;

    for (uint32_t i = 1; i < count && i <= most; i++)
        add_member(view, sink, block[0], block[i]);
    if (count - 1 > most) {
        struct strbuf text = STRBUF_INIT;

        strbuf_addf(&text, "%u more; `--max-errors 0` lists all", count - 1 - most);
        add_footer(view, "also", strbuf_str(&text));
        strbuf_release(&text);
    }
}

static void add_notes(struct view *view, const struct diag *diag)
{
    uint32_t more = 0;

    for (uint32_t i = 0; i < diag->notes.len; i++) {
        const struct diag_note *note = &diag->notes.items[i];

        if (note->brief && !note->brief[0] && view->style->max)
            more++;
        else
            add_footer(view, "note", note->brief && note->brief[0] && view->style->max ? note->brief : note->text);
    }
    if (more) {
        struct strbuf text = STRBUF_INIT;

        strbuf_addf(&text, "and %u more", more);
        add_footer(view, "note", strbuf_str(&text));
        strbuf_release(&text);
    }
}

/* Advice in two lines: what, where, and how to follow it; `drc explain` says why. */
static void add_place(const struct view *view, const struct diag_sink *sink, const struct diag *diag)
{
    struct place place = sources_place(sink->sources, diag->primary.span.start);

    if (!place.file)
        return;
    strbuf_addstr(view->out, " (");
    add_safe(view->out, place.file->name, strlen(place.file->name), 0);
    strbuf_addf(view->out, ":%u:%u)", place.line, place.column);
}

static void render_block(const struct diag_sink *sink, struct diag *const *block, uint32_t count, const struct diag_style *style, struct strbuf *out)
{
    const struct diag *diag = block[0];
    const bool advice = diag->severity == SEVERITY_ADVICE;
    struct view view = {style, out, diag->severity == SEVERITY_ERROR ? RED : diag->severity == SEVERITY_WARNING ? YELLOW : CYAN, 1};

    paint(&view, view.main_color);
    strbuf_addf(out, "%s[%s]", severity_name(diag->severity), diag_id(diag));
    paint(&view, PLAIN);
    paint(&view, BOLD);
    strbuf_addstr(out, ": ");
    add_message(&view, diag->message, 2);
    paint(&view, PLAIN);
    if (advice)
        add_place(&view, sink, diag);
    strbuf_addch(out, '\n');
    if (!advice)
        add_snippets(&view, sink, diag);
    if (!advice && sources_file_at(sink->sources, diag->primary.span.start) && (diag->notes.len || diag->helps.len || count > 1)) {
        add_gutter(&view, 0);
        strbuf_addch(out, '\n');
    }
    add_members(&view, sink, block, count);
    if (!advice)
        add_notes(&view, diag);
    for (uint32_t i = 0; i < diag->helps.len; i++)
        add_footer(&view, help_label(&diag->helps.items[i]), diag->helps.items[i].text);
    strbuf_addch(out, '\n');
}

/* One past the last of the block that begins at `at`. */
static uint32_t block_end(const struct diag_sink *sink, uint32_t at)
{
    uint32_t end = at + 1;

    while (end < sink->diags.len && sink->diags.items[at]->block && sink->diags.items[end]->block == sink->diags.items[at]->block)
        end++;
    return end;
}

/* ---------------------------------------------------------------- the verdict on the first screen */

static size_t lines_in(const char *text, size_t len)
{
    size_t lines = 0;

    for (size_t i = 0; i < len; i++)
        lines += text[i] == '\n';
    return lines;
}

/* Every refuted objective in a line, for who sees one screen only. */
static void add_refuted(const struct diag_sink *sink, const struct diag_style *style, struct strbuf *out)
{
    struct view view = {style, out, RED, 1};
    uint32_t count = 0, written = 0;

    for (uint32_t i = 0; i < sink->diags.len; i++)
        count += sink->diags.items[i]->verdict == DIAG_REFUTED;
    paint(&view, BOLD);
    strbuf_addf(out, "refuted: %u", count);
    paint(&view, PLAIN);
    strbuf_addch(out, '\n');
    for (uint32_t i = 0; i < sink->diags.len && (written < REFUTED_MAX || !style->max); i++) {
        const struct diag *diag = sink->diags.items[i];

        if (diag->verdict != DIAG_REFUTED)
            continue;
        strbuf_addf(out, "  %s  ", diag_id(diag));
        add_message(&view, diag->message, 4);
        strbuf_addch(out, '\n');
        written++;
    }
    if (written < count)
        strbuf_addf(out, "  … and %u more, below\n", count - written);
    strbuf_addch(out, '\n');
}

void render_text(const struct diag_sink *sink, const struct diag_style *style, struct strbuf *out)
{
    struct strbuf body = STRBUF_INIT;
    uint32_t blocks = 0, errors = 0, shown = 0, others = 0, refuted = 0;
    size_t last_refuted = 0;

    for (uint32_t at = 0; at < sink->diags.len; at = block_end(sink, at)) {
        blocks += !sink->diags.items[at]->told_with;
        errors += !sink->diags.items[at]->told_with && sink->diags.items[at]->severity == SEVERITY_ERROR;
    }
    /* Errors have the first claim to what may be printed. */
    others = !style->max ? blocks : style->max > errors ? style->max - errors : 0;
    for (uint32_t at = 0, end; at < sink->diags.len; at = end) {
        const struct diag *diag = sink->diags.items[at];

        end = block_end(sink, at);
        refuted += diag->verdict == DIAG_REFUTED;
        if (diag->told_with || (style->max && (shown == style->max || (diag->severity != SEVERITY_ERROR && !others))))
            continue;
        others -= diag->severity != SEVERITY_ERROR;
        shown++;
        if (diag->verdict == DIAG_REFUTED)
            last_refuted = lines_in(strbuf_str(&body), body.len) + 1;
        render_block(sink, sink->diags.items + at, end - at, style, &body);
    }
    if (refuted > 1 && (last_refuted > SCREEN || shown < blocks))
        add_refuted(sink, style, out);
    strbuf_add(out, strbuf_str(&body), body.len);
    strbuf_release(&body);
    if (shown < blocks)
        strbuf_addf(out, "… and %u more (%u in all)\n", blocks - shown, blocks);
}
