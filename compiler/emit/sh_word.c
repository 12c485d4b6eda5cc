/* Words of bash. A word is a list of segments, quoted when printed. A literal is printed bare when every byte
 * is harmless, in single quotes when those suffice, in double quotes when it holds quotes or `$` (shellcheck
 * suspects `$` in single quotes), and in $'…' when it holds characters one cannot see, so that no line hides
 * anything. */
#include "emit/sh_internal.h"

#include "base/utf8.h"
#include "emit/text.h"

#include <string.h>

/* ---- words ------------------------------------------------------------------------------------- */

struct sh_word sh_new_word(struct arena *arena, enum segment_kind kind, const char *text)
{
    struct sh_segment *segment = ARENA_NEW(arena, struct sh_segment);
    struct sh_word word = {segment};

    segment->kind = kind;
    segment->text = arena_strdup(arena, text);
    return word;
}

struct sh_word sh_lit(struct arena *arena, const char *text)
{
    return sh_new_word(arena, SEGMENT_LITERAL, text);
}

struct sh_word sh_shown(struct arena *arena, const char *text)
{
    struct strbuf shown = STRBUF_INIT;
    struct sh_word word;

    text_add_shown(&shown, text, strlen(text));
    word = sh_lit(arena, strbuf_str(&shown));
    strbuf_release(&shown);
    return word;
}

struct sh_word sh_litf(struct arena *arena, const char *format, ...)
{
    struct sh_word word;
    va_list args;

    va_start(args, format);
    word = sh_new_word(arena, SEGMENT_LITERAL, arena_vprintf(arena, format, args));
    va_end(args);
    return word;
}

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_name(const char *text)
{
    if (!is_name_start(*text))
        return false;
    for (; *text; text++) {
        if (!is_name_start(*text) && (*text < '0' || *text > '9'))
            return false;
    }
    return true;
}

const char *sh_identifier(struct arena *arena, const char *text)
{
    struct strbuf name = STRBUF_INIT;
    const char *result;

    if (is_name(text))
        return arena_strdup(arena, text);
    if (!is_name_start(*text))
        strbuf_addch(&name, '_');
    for (; *text; text++)
        strbuf_addch(&name, is_name_start(*text) || (*text >= '0' && *text <= '9') ? *text : '_');
    result = strbuf_dup(&name, arena);
    strbuf_release(&name);
    return result;
}

struct sh_word sh_var(struct arena *arena, const char *name)
{
    return sh_new_word(arena, SEGMENT_EXPAND, arena_printf(arena, "${%s}", sh_identifier(arena, name)));
}

/* The inside of double quotes. */
static void add_in_quotes(struct strbuf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"' || text[i] == '\\' || text[i] == '$' || text[i] == '`')
            strbuf_addch(out, '\\');
        strbuf_addch(out, text[i]);
    }
}

struct sh_word sh_var_or_source(struct arena *arena, const char *name, struct sh_source fallback)
{
    return sh_new_word(arena, SEGMENT_EXPAND, arena_printf(arena, "${%s:-%s}", sh_identifier(arena, name), fallback.text));
}

struct sh_word sh_args(struct arena *arena)
{
    return sh_new_word(arena, SEGMENT_EXPAND, "$@");
}

struct sh_word sh_expand(struct arena *arena, struct sh_source source)
{
    return sh_new_word(arena, SEGMENT_EXPAND, source.text);
}

struct sh_word sh_cat(struct arena *arena, struct sh_word a, struct sh_word b)
{
    struct sh_segment *copy;
    struct sh_word word = {NULL};
    const struct sh_segment **end = &word.first;

    for (const struct sh_segment *s = a.first; s; s = s->next) {
        copy = ARENA_NEW(arena, struct sh_segment);
        *copy = *s;
        copy->next = NULL;
        *end = copy;
        end = &copy->next;
    }
    *end = b.first;
    return word;
}

struct sh_word sh_path(struct arena *arena, const char *path)
{
    return path[0] == '-' ? sh_cat(arena, sh_lit(arena, "./"), sh_lit(arena, path)) : sh_lit(arena, path);
}

/* ---- quoting ----------------------------------------------------------------------------------- */

static bool is_harmless(char c)
{
    return is_name_start(c) || (c >= '0' && c <= '9') || (c != '\0' && strchr("-./:=@%+,", c) != NULL);
}

/* Length of the character at text, and whether a reader of the script could not see it for what it is. */
static size_t next_character(const char *text, size_t len, bool *hidden)
{
    uint32_t cp;
    size_t n = text_decode(text, len, &cp);

    *hidden = n == 0 || utf8_is_hidden(cp);
    return n == 0 ? 1 : n;
}

/* One hidden character inside $'…'. Three octal digits always, so that what follows cannot join. */
static void add_hidden(struct strbuf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        switch (text[i]) {
        case '\n': strbuf_addstr(out, "\\n"); break;
        case '\r': strbuf_addstr(out, "\\r"); break;
        case '\t': strbuf_addstr(out, "\\t"); break;
        default: strbuf_addf(out, "\\%03o", (unsigned)(unsigned char)text[i]); break;
        }
    }
}

static void add_ansi_quoted(struct strbuf *out, const char *text)
{
    size_t len = strlen(text), n;
    bool hidden;

    strbuf_addstr(out, "$'");
    for (size_t i = 0; i < len; i += n) {
        n = next_character(text + i, len - i, &hidden);
        if (hidden) {
            add_hidden(out, text + i, n);
            continue;
        }
        if (text[i] == '\'' || text[i] == '\\')
            strbuf_addch(out, '\\');
        strbuf_add(out, text + i, n);
    }
    strbuf_addch(out, '\'');
}

static bool has_hidden(const char *text)
{
    size_t len = strlen(text), n;
    bool hidden = false;

    for (size_t i = 0; i < len && !hidden; i += n)
        n = next_character(text + i, len - i, &hidden);
    return hidden;
}

/* Words that mean something to bash where a command may start, and to shellcheck anywhere. */
static bool is_reserved(const char *word)
{
    static const char *const reserved[] = {"case",     "coproc", "do", "done",   "elif", "else", "esac",  "fi",   "for",
                                           "function", "if",     "in", "select", "then", "time", "until", "while"};

    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        if (strcmp(word, reserved[i]) == 0)
            return true;
    }
    return false;
}

/* A literal in whichever quotes suit it. */
static void add_quoted(struct strbuf *out, const char *text)
{
    /* Unquoted and escaped, because in quotes shellcheck takes a leading `~` for a mistake. */
    if (text[0] == '~') {
        strbuf_addstr(out, "\\~");
        text++;
        if (*text == '\0')
            return;
    }
    if (has_hidden(text)) {
        add_ansi_quoted(out, text);
    } else if (strpbrk(text, "'$`\\")) {
        strbuf_addch(out, '"');
        add_in_quotes(out, text, strlen(text));
        strbuf_addch(out, '"');
    } else {
        strbuf_addch(out, '\'');
        strbuf_addstr(out, text);
        strbuf_addch(out, '\'');
    }
}

void sh_quote(struct strbuf *out, const char *text)
{
    const char *s = text;

    while (is_harmless(*s))
        s++;
    if (*s == '\0' && s > text && *text != '=' && !is_reserved(text))
        strbuf_addstr(out, text);
    else
        add_quoted(out, text);
}

/* Literal text between expansions: in the double quotes that are open, which close around hidden
 * characters. */
static void add_mixed_literal(struct strbuf *out, const char *text)
{
    size_t len = strlen(text), n;
    bool hidden, outside = false;

    for (size_t i = 0; i < len; i += n) {
        n = next_character(text + i, len - i, &hidden);
        if (hidden != outside)
            strbuf_addstr(out, hidden ? "\"$'" : "'\"");
        outside = hidden;
        if (hidden)
            add_hidden(out, text + i, n);
        else
            add_in_quotes(out, text + i, n);
    }
    if (outside)
        strbuf_addstr(out, "'\"");
}

bool sh_is_raw(struct sh_word word)
{
    return word.first && word.first->kind == SEGMENT_RAW;
}

void sh_add_word(struct strbuf *out, struct sh_word word)
{
    const struct sh_segment *s;
    struct strbuf text = STRBUF_INIT;
    bool literal = true, tilde;

    if (sh_is_raw(word)) {
        strbuf_addstr(out, word.first->text);
        return;
    }
    for (s = word.first; s; s = s->next)
        literal = literal && s->kind == SEGMENT_LITERAL;
    if (literal) {
        for (s = word.first; s; s = s->next)
            strbuf_addstr(&text, s->text);
        sh_quote(out, strbuf_str(&text));
        strbuf_release(&text);
        return;
    }
    tilde = word.first->kind == SEGMENT_LITERAL && word.first->text[0] == '~';
    strbuf_addstr(out, tilde ? "\\~\"" : "\"");
    for (s = word.first; s; s = s->next) {
        if (s->kind == SEGMENT_LITERAL)
            add_mixed_literal(out, s->text + (tilde && s == word.first));
        else
            strbuf_addstr(out, s->text);
    }
    strbuf_addch(out, '"');
}

void sh_requote(struct strbuf *out, size_t start)
{
    struct strbuf bare = STRBUF_INIT;

    if (!is_harmless(out->data[start]))
        return;
    strbuf_addstr(&bare, out->data + start);
    out->len = start;
    add_quoted(out, strbuf_str(&bare));
    strbuf_release(&bare);
}

/* The value of an assignment: never a bare name, which shellcheck takes for a forgotten command substitution.
 */
void sh_add_value(struct strbuf *out, struct sh_word word)
{
    size_t start = out->len;

    sh_add_word(out, word);
    if (is_name_start(out->data[start]))
        sh_requote(out, start);
}

const char *sh_word_text(struct arena *arena, struct sh_word word)
{
    struct strbuf text = STRBUF_INIT;
    const char *result;

    sh_add_word(&text, word);
    result = strbuf_dup(&text, arena);
    strbuf_release(&text);
    return result;
}
