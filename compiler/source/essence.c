/* A text of a specification without what does not count, so that two can be compared: see sources_essence(). */
#include "source/source.h"

#include "base/strbuf.h"

enum { LEVELS_MAX = 64 };

/* Code, a string in it, code inside of that (`\(…)`), and so on. */
struct level {
    enum { IN_CODE, IN_STRING, IN_TRIPLE } in;
    uint32_t brackets; /* of code: round ones that are open */
};

static char last_of(const struct strbuf *out)
{
    return out->len ? out->data[out->len - 1] : ' ';
}

/* Past a comment that begins at `at`, or `at` itself. */
static size_t after_comment(const char *text, size_t at, size_t len)
{
    bool long_one = at + 1 < len && text[at] == '/' && text[at + 1] == '*';

    if (!long_one && text[at] != '#' && !(at + 1 < len && text[at] == '/' && text[at + 1] == '/'))
        return at;
    if (!long_one) {
        while (at < len && text[at] != '\n')
            at++;
        return at;
    }
    for (at += 2; at + 1 < len && !(text[at] == '*' && text[at + 1] == '/');)
        at++;
    return at + 1 < len ? at + 2 : len;
}

static void add_blank(struct strbuf *out, bool of_code)
{
    char last = last_of(out);

    if (last != ' ' && !(of_code && (last == '(' || last == '[')))
        strbuf_addch(out, ' ');
}

/* No blank, and no comma that nobody has to write, before a bracket closes. */
static void close_up(struct strbuf *out)
{
    while (out->len && last_of(out) == ' ')
        strbuf_truncate(out, out->len - 1);
    if (last_of(out) == ',')
        strbuf_truncate(out, out->len - 1);
}

static bool is_triple(const char *text, size_t at, size_t len)
{
    return at + 2 < len && text[at + 1] == '"' && text[at + 2] == '"';
}

/* One character of code, or a quote that begins a string: how many bytes are taken. */
static size_t add_code(struct strbuf *out, struct level *levels, uint32_t *top, const char *text, size_t at, size_t len)
{
    char c = text[at];

    if (c == '"' && *top + 1 < LEVELS_MAX) {
        bool triple = is_triple(text, at, len);

        levels[++*top] = (struct level){triple ? IN_TRIPLE : IN_STRING, 0};
        strbuf_add(out, text + at, triple ? 3 : 1);
        return triple ? 3 : 1;
    }
    if (c == ')' || c == ']')
        close_up(out);
    strbuf_addch(out, c);
    if (c == ',')
        add_blank(out, true);
    if (c == '(')
        levels[*top].brackets++;
    else if (c == ')' && levels[*top].brackets)
        levels[*top].brackets--;
    else if (c == ')' && *top)
        --*top;
    return 1;
}

static size_t add_text(struct strbuf *out, struct level *levels, uint32_t *top, const char *text, size_t at, size_t len)
{
    bool triple = levels[*top].in == IN_TRIPLE;
    size_t taken = text[at] == '\\' && at + 1 < len ? 2 : 1;

    if (text[at] == '"' && (!triple || is_triple(text, at, len))) {
        taken = triple ? 3 : 1;
        --*top;
    } else if (taken == 2 && text[at + 1] == '(' && *top + 1 < LEVELS_MAX) {
        levels[++*top] = (struct level){IN_CODE, 0};
    }
    strbuf_add(out, text + at, taken);
    return taken;
}

const char *sources_essence(const struct sources *sources, struct span span, struct arena *arena)
{
    const struct source_file *file = span.start ? sources_file_at(sources, span.start) : NULL;
    struct level levels[LEVELS_MAX] = {{IN_CODE, 0}};
    struct strbuf out = STRBUF_INIT;
    bool fresh = false;
    uint32_t top = 0;
    const char *text, *copy;
    size_t len;

    if (!file || span.end < span.start || span.end > file->base + file->len)
        return "";
    text = file->text + (span.start - file->base);
    len = span.end - span.start;
    for (size_t i = 0; i < len;) {
        const bool code = levels[top].in == IN_CODE;
        const size_t next = code ? after_comment(text, i, len) : i;

        if (next > i) {
            i = next;
            continue;
        }
        fresh = text[i] == '\n' || (fresh && (text[i] == ' ' || text[i] == '\t'));
        if (text[i] == '\n' || text[i] == '\r' || ((text[i] == ' ' || text[i] == '\t') && (code || fresh))) {
            add_blank(&out, code);
            i++;
            continue;
        }
        i += code ? add_code(&out, levels, &top, text, i, len) : add_text(&out, levels, &top, text, i, len);
    }
    copy = strbuf_dup(&out, arena);
    strbuf_release(&out);
    return copy;
}
