/* Markdown. Inline values are Markdown with two marks in them, bytes that md_text never lets through: a line
 * break of the text and a pipe inside a code span. What they become depends on where the value ends up, which
 * only the block functions know. */
#include "emit/md.h"

#include "base/utf8.h"
#include "emit/text.h"

#include <string.h>

enum { BREAK = 1, PIPE = 2 };

enum block_kind { NOTHING, HEADING, PARAGRAPH, LIST, QUOTE, ALERT, CODE, RULE, COMMENT, TABLE };

/* ---- inline ------------------------------------------------------------------------------------ */

static struct md_inline keep(struct arena *arena, struct strbuf *text)
{
    struct md_inline result = {strbuf_dup(text, arena)};

    strbuf_release(text);
    return result;
}

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Every character some reader ends a line at. */
static bool is_line_end(uint32_t cp)
{
    return (cp >= '\n' && cp <= '\r') || cp == 0x85 || cp == 0x2028 || cp == 0x2029;
}

/* Blanks of any width: at the end of a line or alone they would be stray, so all become the plain one. */
static bool is_blank_character(uint32_t cp)
{
    return cp == '\t' || cp == 0xA0 || cp == 0x1680 || (cp >= 0x2000 && cp <= 0x200A) || cp == 0x202F || cp == 0x205F || cp == 0x3000;
}

/* Text without control characters, blanks for tabs, BREAK for line ends, none of those at the ends and no
 * blanks beside one. Blanks at the ends stay: the value may be a part of another. */
static void clean(struct strbuf *out, const char *text)
{
    size_t len = strlen(text), n;
    uint32_t cp;

    for (size_t i = 0; i < len; i += n) {
        /* Words of plain letters, and the blanks between them, at once. */
        for (n = 0; text[i] > ' ' && text[i + n] >= ' ' && text[i + n] < 0x7F; n++)
            ;
        if (n) {
            strbuf_add(out, text + i, n);
            continue;
        }
        n = text_next(text + i, len - i, &cp);
        if (cp == '\r' && text[i + 1] == '\n')
            continue;
        if (cp == '\n' || cp == '\r' || cp == '\v' || cp == '\f' || cp == 0x85 || cp == 0x2028 || cp == 0x2029)
            cp = BREAK;
        else if (is_blank_character(cp))
            cp = ' ';
        else if (utf8_is_hidden(cp))
            cp = 0xFFFD;
        if (cp == BREAK) {
            while (out->len > 0 && out->data[out->len - 1] == ' ')
                out->data[--out->len] = '\0';
            if (out->len == 0)
                continue;
        } else if (cp == ' ' && out->len > 0 && out->data[out->len - 1] == BREAK) {
            continue;
        }
        text_add_code_point(out, cp);
    }
    while (out->len > 0 && out->data[out->len - 1] == BREAK)
        out->data[--out->len] = '\0';
}

/* Whether s[i] needs a backslash so that it stands for itself. `start`: it may come first on a line. */
static bool needs_escape(const char *s, size_t i, bool start)
{
    char before = i > 0 ? s[i - 1] : ' ', after = s[i + 1];

    switch (s[i]) {
    case '\\':
    case '`':
    case '*':
    case '[':
    case ']':
    case '<':
    case '|':
    case '~':
    case '$': return true;
    case '_': return !is_alnum(before) || !is_alnum(after); /* inside a word it is nothing special */
    case '&': return is_alnum(after) || after == '#';
    case '@': return is_alnum(before) && is_alnum(after);                          /* else a bare address becomes a link */
    case ':': return (after == '/' && s[i + 2] == '/') || (start && after == '-'); /* a table's second line */
    case '.': return (before == 'w' || before == 'W') && i >= 3;                   /* www. */
    case '#': return start || s[i + 1 + strspn(s + i + 1, " ")] == '\0';           /* at the end it closes a heading */
    case '>':
    case '+':
    case '-':
    case '=': return start;
    default: return false;
    }
}

/* The digits of `12.` or `12)` at s, which would begin a list; 0 when there is none. */
static size_t list_number(const char *s)
{
    size_t len = strspn(s, "0123456789");

    return len > 0 && len <= 9 && (s[len] == '.' || s[len] == ')') ? len : 0;
}

struct md_inline md_text(struct arena *arena, const char *text)
{
    struct strbuf visible = STRBUF_INIT, out = STRBUF_INIT;
    const char *s;
    bool start = true;

    clean(&visible, text);
    s = strbuf_str(&visible);
    for (size_t i = 0; s[i]; i++) {
        size_t digits = start ? list_number(s + i) : 0;

        if (digits > 0) {
            strbuf_add(&out, s + i, digits);
            strbuf_addch(&out, '\\');
            i += digits;
        } else if (needs_escape(s, i, start)) {
            strbuf_addch(&out, '\\');
        }
        strbuf_addch(&out, s[i]);
        /* GitHub turns @name and #12 into links after rendering, whatever their escapes: only a tag between
         * stops it. */
        if ((s[i] == '@' && (i == 0 || !is_alnum(s[i - 1])) && is_alnum(s[i + 1])) || (s[i] == '#' && s[i + 1] >= '0' && s[i + 1] <= '9'))
            strbuf_addstr(&out, "<!-- -->");
        start = s[i] == BREAK || (start && s[i] == ' ');
    }
    strbuf_release(&visible);
    return keep(arena, &out);
}

struct md_inline md_textf(struct arena *arena, const char *format, ...)
{
    va_list args;
    const char *text;

    va_start(args, format);
    text = arena_vprintf(arena, format, args);
    va_end(args);
    return md_text(arena, text);
}

static size_t longest_run(const char *text, char c)
{
    size_t longest = 0, run = 0;

    for (; *text; text++) {
        run = *text == c ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest;
}

/* Whether a run of exactly `len` backticks occurs: a code span may be delimited by any other length. */
static bool has_run(const char *text, size_t len)
{
    while (*text) {
        size_t run = strspn(text, "`");

        if (run == len)
            return true;
        text += run > 0 ? run : 1;
    }
    return false;
}

static size_t shortest_free_run(const char *text)
{
    size_t len = 1;

    while (has_run(text, len))
        len++;
    return len;
}

/* One code span of text without line ends and without `\|`. */
static void add_code_span(struct strbuf *out, const char *text, size_t len)
{
    struct strbuf span = STRBUF_INIT;
    const char *s;
    size_t ticks;
    bool pad;

    strbuf_add(&span, text, len);
    s = strbuf_str(&span);
    ticks = shortest_free_run(s);
    /* Markdown takes one blank off each end when both have one and there is more than blanks. */
    pad = s[0] == '`' || s[len - 1] == '`' || (s[0] == ' ' && s[len - 1] == ' ' && s[strspn(s, " ")] != '\0');
    strbuf_addfill(out, '`', ticks);
    strbuf_addstr(out, pad ? " " : "");
    for (; *s; s++)
        strbuf_addch(out, *s == '|' ? PIPE : *s);
    strbuf_addstr(out, pad ? " " : "");
    strbuf_addfill(out, '`', ticks);
    strbuf_release(&span);
}

struct md_inline md_code(struct arena *arena, const char *text)
{
    struct strbuf visible = STRBUF_INIT, out = STRBUF_INIT;
    const char *s, *end;

    clean(&visible, text);
    for (size_t i = 0; i < visible.len; i++) {
        if (visible.data[i] == BREAK)
            visible.data[i] = ' ';
    }
    while (visible.len > 0 && visible.data[visible.len - 1] == ' ')
        visible.data[--visible.len] = '\0';
    /* A backslash before a pipe cannot be written in the code span of a table: the pipe stands between two
     * spans. */
    s = strbuf_str(&visible);
    for (s += strspn(s, " "); *s; s = end) {
        const char *split = strstr(s, "\\|");

        end = split ? split + 1 : s + strlen(s);
        add_code_span(&out, s, (size_t)(end - s));
        if (split) {
            strbuf_addstr(&out, "\\|");
            end++;
            for (; *end == ' '; end++)
                strbuf_addch(&out, ' ');
        }
    }
    strbuf_release(&visible);
    return keep(arena, &out);
}

struct md_inline md_codef(struct arena *arena, const char *format, ...)
{
    va_list args;
    const char *text;

    va_start(args, format);
    text = arena_vprintf(arena, format, args);
    va_end(args);
    return md_code(arena, text);
}

static struct md_inline wrap(struct arena *arena, const char *mark, struct md_inline content)
{
    struct md_inline result = {content.markdown};

    if (*content.markdown)
        result.markdown = arena_printf(arena, "%s%s%s", mark, content.markdown, mark);
    return result;
}

struct md_inline md_strong(struct arena *arena, struct md_inline content)
{
    return wrap(arena, "**", content);
}

static bool is_safe_target(const char *target)
{
    static const char *const schemes[] = {"https:", "http:", "mailto:"};
    size_t colon = strcspn(target, ":/?#");

    if (*target == '\0' || (target[0] == '/' && target[1] == '/'))
        return false;
    if (target[colon] != ':')
        return true; /* relative */
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        if (strncmp(target, schemes[i], strlen(schemes[i])) == 0)
            return true;
    }
    return false;
}

struct md_inline md_link(struct arena *arena, struct md_inline text, const char *target)
{
    struct strbuf out = STRBUF_INIT;

    if (!is_safe_target(target))
        return text;
    strbuf_addf(&out, "[%s](", text.markdown);
    for (; *target; target++) {
        unsigned char c = (unsigned char)*target;

        if (c <= 0x20 || c >= 0x7F || strchr("<>()\\\"`|*[]{}^", c))
            strbuf_addf(&out, "%%%02X", c);
        else
            strbuf_addch(&out, (char)c);
    }
    strbuf_addch(&out, ')');
    return keep(arena, &out);
}

struct md_inline md_cat_parts(struct arena *arena, const struct md_inline *parts, size_t count)
{
    struct strbuf out = STRBUF_INIT;

    for (size_t i = 0; i < count; i++) {
        /* Two code spans side by side would melt into one. */
        if (out.len > 0 && out.data[out.len - 1] == '`' && parts[i].markdown[0] == '`')
            strbuf_addch(&out, ' ');
        strbuf_addstr(&out, parts[i].markdown);
    }
    return keep(arena, &out);
}

const char *md_anchor(struct arena *arena, const char *heading)
{
    struct strbuf visible = STRBUF_INIT, out = STRBUF_INIT;
    size_t n;
    uint32_t cp;
    const char *result;

    clean(&visible, heading); /* as the heading itself: a line end in it is a blank */
    for (size_t i = 0; i < visible.len; i += n) {
        n = text_decode(visible.data + i, visible.len - i, &cp);
        if (n == 0) {
            n = 1;
        } else if (cp >= 'A' && cp <= 'Z') {
            strbuf_addch(&out, (char)(cp - 'A' + 'a'));
        } else if (cp == ' ' || cp == BREAK) {
            strbuf_addch(&out, '-');
        } else if (cp == '-' || cp == '_' || (cp < 0x80 && is_alnum((char)cp))) {
            strbuf_addch(&out, (char)cp);
        } else if (cp >= 0xAA && !(cp >= 0x2000 && cp <= 0x2BFF) && !(cp >= 0x3000 && cp <= 0x303F) && !(cp >= 0x1F000 && cp <= 0x1FAFF)) {
            text_add_code_point(&out, cp);
        }
    }
    result = strbuf_dup(&out, arena);
    strbuf_release(&visible);
    strbuf_release(&out);
    return result;
}

/* ---- blocks ------------------------------------------------------------------------------------ */

void md_init(struct md *w, struct arena *arena, struct strbuf *out)
{
    memset(w, 0, sizeof *w);
    w->arena = arena;
    w->out = out;
}

/* What BREAK becomes: another line of the same block, `<br>`, or a blank. */
enum break_style { BREAK_LINE, BREAK_TAG, BREAK_BLANK };

/* The value with its marks resolved; further lines start with `prefix`. */
static void render(struct md *w, struct md_inline value, enum break_style style, const char *prefix)
{
    struct strbuf *out = w->out;
    const char *s = value.markdown, *end = s + strlen(s);

    /* Blanks at the ends mean nothing, or in front a code block. */
    while (*s == ' ')
        s++;
    while (end > s && end[-1] == ' ')
        end--;
    for (; s < end; s++) {
        if (*s == PIPE) {
            strbuf_addstr(out, style == BREAK_TAG ? "\\|" : "|");
        } else if (*s == BREAK) {
            strbuf_addstr(out, style == BREAK_LINE ? "\\\n" : style == BREAK_TAG ? "<br>" : " ");
            strbuf_addstr(out, style == BREAK_LINE ? prefix : "");
        } else if (*s == '\n') { /* only the author's own Markdown has these */
            strbuf_addch(out, style == BREAK_LINE ? '\n' : ' ');
            strbuf_addstr(out, style == BREAK_LINE ? prefix : "");
        } else {
            strbuf_addch(out, *s);
        }
    }
}

static bool is_empty(struct md_inline value)
{
    return value.markdown[strspn(value.markdown, " \n")] == '\0';
}

static void begin_block(struct md *w, enum block_kind kind)
{
    if (w->last != NOTHING)
        strbuf_addch(w->out, '\n');
    w->last = kind;
}

void md_heading(struct md *w, unsigned level, struct md_inline text)
{
    begin_block(w, HEADING);
    strbuf_addfill(w->out, '#', level < 1 ? 1 : level > 6 ? 6 : level);
    strbuf_addch(w->out, ' ');
    render(w, text, BREAK_BLANK, "");
    strbuf_addch(w->out, '\n');
}

void md_paragraph(struct md *w, struct md_inline text)
{
    if (is_empty(text))
        return;
    begin_block(w, PARAGRAPH);
    render(w, text, BREAK_LINE, "");
    strbuf_addch(w->out, '\n');
}

static void list_item(struct md *w, unsigned depth, const char *marker, bool ordered, const char *box, struct md_inline text)
{
    const char *prefix;

    if (w->last != LIST) {
        begin_block(w, LIST);
        depth = 0;
    } else {
        /* An item cannot be more than one deeper than the one before it. */
        if (depth > w->depth + 1)
            depth = w->depth + 1;
        if (depth > MD_DEPTH_MAX - 1)
            depth = MD_DEPTH_MAX - 1;
        if (depth <= w->depth && w->ordered[depth] != ordered) {
            /* Another kind of list. Inside an item it simply follows; outermost, markdownlint wants a blank
             * line. */
            if (depth == 0)
                strbuf_addch(w->out, '\n');
        }
    }
    w->depth = depth;
    w->ordered[depth] = ordered;
    w->indent[depth + 1] = w->indent[depth] + (unsigned)strlen(marker);
    strbuf_addfill(w->out, ' ', w->indent[depth]);
    strbuf_addstr(w->out, marker);
    strbuf_addstr(w->out, box);
    prefix = arena_printf(w->arena, "%*s", (int)w->indent[depth + 1], "");
    /* An empty item could not follow a line of text: Markdown would read its marker as more of that text. */
    render(w, is_empty(text) ? MD("&nbsp;") : text, BREAK_LINE, prefix);
    strbuf_addch(w->out, '\n');
}

void md_bullet(struct md *w, unsigned depth, struct md_inline text)
{
    list_item(w, depth, "- ", false, "", text);
}

void md_number(struct md *w, unsigned depth, unsigned number, struct md_inline text)
{
    list_item(w, depth, arena_printf(w->arena, "%u. ", number), true, "", text);
}

void md_task(struct md *w, unsigned depth, bool done, struct md_inline text)
{
    list_item(w, depth, "- ", false, done ? "[x] " : "[ ] ", text);
}

void md_quote(struct md *w, struct md_inline text)
{
    if (is_empty(text))
        return;
    if (w->last == QUOTE)
        strbuf_addstr(w->out, ">\n");
    else if (w->last == ALERT)
        md_comment(w, "");
    if (w->last != QUOTE)
        begin_block(w, QUOTE);
    strbuf_addstr(w->out, "> ");
    render(w, text, BREAK_LINE, "> ");
    strbuf_addch(w->out, '\n');
}

void md_alert(struct md *w, const char *kind, struct md_inline text)
{
    static const char *const kinds[] = {"NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION"};
    size_t i = 0;

    if (is_empty(text))
        return;
    while (i + 1 < sizeof kinds / sizeof *kinds && strcmp(kinds[i], kind) != 0)
        i++;
    /* Neighbouring quotes would be one; a comment keeps them apart. */
    if (w->last == QUOTE || w->last == ALERT)
        md_comment(w, "");
    begin_block(w, ALERT);
    strbuf_addf(w->out, "> [!%s]\n> ", kinds[i]);
    render(w, text, BREAK_LINE, "> ");
    strbuf_addch(w->out, '\n');
}

void md_code_block(struct md *w, const char *language, const char *text)
{
    size_t fence = longest_run(text, '`') + 1, len = strlen(text), n;
    uint32_t cp;

    begin_block(w, CODE);
    fence = fence < 3 ? 3 : fence;
    strbuf_addfill(w->out, '`', fence);
    strbuf_addstr(w->out, language && *language ? language : "text");
    strbuf_addch(w->out, '\n');
    for (size_t i = 0; i < len; i += n) {
        n = text_next(text + i, len - i, &cp);
        if (cp == '\r' && text[i + 1] == '\n')
            continue;
        if (is_line_end(cp))
            cp = '\n';
        else if (utf8_is_hidden(cp) && cp != '\t')
            cp = 0xFFFD;
        text_add_code_point(w->out, cp);
    }
    if (len == 0 || text[len - 1] != '\n')
        strbuf_addch(w->out, '\n');
    strbuf_addfill(w->out, '`', fence);
    strbuf_addch(w->out, '\n');
}

void md_fold_begin(struct md *w, const char *line)
{
    struct strbuf visible = STRBUF_INIT;

    clean(&visible, line);
    begin_block(w, COMMENT);
    strbuf_addstr(w->out, "<details>\n<summary>");
    for (const char *s = strbuf_str(&visible); *s; s++) { /* between tags: letters of HTML alone, and nothing that Markdown reads */
        if (*s == BREAK)
            strbuf_addch(w->out, ' ');
        else if (*s == '&' || *s == '<' || *s == '>')
            strbuf_addstr(w->out, *s == '&' ? "&amp;" : *s == '<' ? "&lt;" : "&gt;");
        else
            strbuf_addch(w->out, *s);
    }
    strbuf_addstr(w->out, "</summary>\n");
    strbuf_release(&visible);
}

void md_fold_end(struct md *w)
{
    begin_block(w, COMMENT);
    strbuf_addstr(w->out, "</details>\n");
}

void md_comment(struct md *w, const char *text)
{
    struct strbuf visible = STRBUF_INIT;

    clean(&visible, text);
    begin_block(w, COMMENT);
    strbuf_addstr(w->out, "<!-- ");
    for (const char *s = strbuf_str(&visible); *s; s++) {
        /* `--` and `>` could end the comment early. */
        if (*s == '>' || (*s == '-' && s[1] == '-') || *s == BREAK)
            strbuf_addch(w->out, *s == '-' ? '_' : ' ');
        else
            strbuf_addch(w->out, *s);
    }
    strbuf_addstr(w->out, visible.len > 0 ? " -->\n" : "-->\n");
    strbuf_release(&visible);
}

/* ---- tables ------------------------------------------------------------------------------------ */

static void row(struct md *w, const struct md_inline *cells, unsigned count)
{
    strbuf_addch(w->out, '|');
    for (unsigned i = 0; i < w->columns; i++) {
        if (i < count && !is_empty(cells[i])) {
            strbuf_addch(w->out, ' ');
            render(w, cells[i], BREAK_TAG, "");
        }
        strbuf_addstr(w->out, " |");
    }
    strbuf_addch(w->out, '\n');
}

void md_table_begin(struct md *w, const struct md_inline *head, const enum md_align *align, unsigned columns)
{
    begin_block(w, TABLE);
    w->columns = columns;
    row(w, head, columns);
    strbuf_addch(w->out, '|');
    for (unsigned i = 0; i < columns; i++) {
        enum md_align a = align ? align[i] : MD_LEFT;

        strbuf_addstr(w->out, a == MD_RIGHT ? " ---: |" : a == MD_CENTRE ? " :---: |" : " --- |");
    }
    strbuf_addch(w->out, '\n');
}

void md_table_row(struct md *w, const struct md_inline *cells, unsigned count)
{
    row(w, cells, count);
}

void md_table_end(struct md *w)
{
    w->columns = 0;
}

/* ---- Mermaid ----------------------------------------------------------------------------------- */

const char *mermaid_label(struct arena *arena, const char *text)
{
    struct strbuf visible = STRBUF_INIT, out = STRBUF_INIT;
    const char *result;

    clean(&visible, text);
    strbuf_addch(&out, '"');
    for (const char *s = strbuf_str(&visible); *s; s++) {
        if (*s == BREAK)
            strbuf_addstr(&out, "<br/>");
        else if (strchr("\"#<>&`\\;%{}", *s))
            strbuf_addf(&out, "#%d;", *s);
        else
            strbuf_addch(&out, *s);
    }
    strbuf_addch(&out, '"');
    result = strbuf_dup(&out, arena);
    strbuf_release(&visible);
    strbuf_release(&out);
    return result;
}

const char *mermaid_id(struct arena *arena, const char *text)
{
    struct strbuf out = STRBUF_INIT;
    const char *result;

    strbuf_addstr(&out, "n_");
    for (; *text; text++)
        strbuf_addch(&out, is_alnum(*text) ? *text : '_');
    result = strbuf_dup(&out, arena);
    strbuf_release(&out);
    return result;
}

void mermaid_gantt_time(struct strbuf *text, int64_t ms)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int64_t seconds = ms / 1000, day = seconds / 86400, year = 2001 + day / 365;
    int month = 0;

    for (day %= 365; day >= lengths[month]; month++)
        day -= lengths[month];
    strbuf_addf(text, "%lld-%02d-%02lld %02lld:%02lld:%02lld", (long long)year, month + 1, (long long)(day + 1), (long long)(seconds / 3600 % 24),
                (long long)(seconds / 60 % 60), (long long)(seconds % 60));
}

const char *mermaid_gantt_text(struct arena *arena, const char *text)
{
    struct strbuf visible = STRBUF_INIT, out = STRBUF_INIT;
    const char *result;

    clean(&visible, text);
    for (const char *s = strbuf_str(&visible); *s; s++) {
        if (s[0] == ':' && s[1] == ' ')
            strbuf_addstr(&out, " -");
        else if (*s == BREAK || strchr(":#;,%{}<>`\"\\&", *s))
            strbuf_addch(&out, *s == ':' ? '-' : ' ');
        else
            strbuf_addch(&out, *s);
    }
    if (out.len == 0)
        strbuf_addch(&out, '-');
    result = strbuf_dup(&out, arena);
    strbuf_release(&visible);
    strbuf_release(&out);
    return result;
}

static struct md_inline marked(struct arena *arena, const char *text, char mark)
{
    static const char break_mark[] = {BREAK, '\0'};
    const struct md_inline line_break = {break_mark};
    struct md_inline result = MD("");
    const char marks[] = {mark, '\0'};
    bool code = false;

    while (*text) {
        size_t len = strcspn(text, marks);
        const char *part = arena_strndup(arena, text, len);

        if (code && text[len] != mark) /* not closed: it was no mark */
            part = arena_printf(arena, "%s%s", marks, part), code = false;
        /* md_text leaves out what is at the ends of a text; here that is between two pieces */
        if (len > 0 && !code && part[0] == '\n' && result.markdown[0])
            result = md_cat(arena, result, line_break);
        if (len > 0)
            result = md_cat(arena, result, code ? md_code(arena, part) : md_text(arena, part));
        if (len > 1 && !code && part[strlen(part) - 1] == '\n' && text[len])
            result = md_cat(arena, result, line_break);
        text += len;
        if (*text) {
            code = !code;
            text++;
        }
    }
    return result;
}

struct md_inline md_marked(struct arena *arena, const char *text)
{
    return marked(arena, text, '`');
}

struct md_inline md_quoted(struct arena *arena, const char *text)
{
    return marked(arena, text, MD_QUOTE[0]);
}
