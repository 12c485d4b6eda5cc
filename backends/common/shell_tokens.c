/* Tokens of shell text as bash's lexer makes them: a word is reserved only where a command can begin, quotes and substitutions are followed to
 * their ends, here-documents are read where their line ends. */
#include "backends/common/shell_tokens.h"

#include "backends/common/shell_syntax.h"
#include "base/strbuf.h"

#include <string.h>

enum { NEST_MAX = 128 };

static const char *const reserved[] = {"if",   "then", "elif", "else", "fi", "for", "while", "until",    "select", "do", "done",
                                       "case", "in",   "esac", "{",    "}",  "!",   "time",  "function", "coproc", "[[", "]]"};

/* ---- characters */

void shell_fail(struct reader *r, const char *where, const char *fault)
{
    if (r->fault)
        return;
    r->fault = fault;
    r->where = where;
}

bool shell_enter(struct reader *r)
{
    if (++r->depth > NEST_MAX || ++r->work > r->limit)
        shell_fail(r, r->at, "it is nested too deeply");
    return !r->fault;
}

void shell_leave(struct reader *r)
{
    r->depth--;
}

/* The next character, past lines that are joined by a backslash. */
char shell_look(struct reader *r)
{
    while (r->at[0] == '\\' && r->at[1] == '\n')
        r->at += 2;
    return *r->at;
}

static bool takes(struct reader *r, char c)
{
    if (shell_look(r) != c)
        return false;
    r->at++;
    return true;
}

static bool is_meta(char c)
{
    return c == '\0' || strchr(" \t\n;&|()<>", c) != NULL;
}

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static size_t name_length(const char *text, const char *stop)
{
    size_t n = 0;

    if (text < stop && is_name_start(*text)) {
        while (text + n < stop && (is_name_start(text[n]) || (text[n] >= '0' && text[n] <= '9')))
            n++;
    }
    return n;
}

/* ---- what stands between two characters */

static void dollar(struct reader *r, char c);

const char *shell_unclosed(char open)
{
    switch (open) {
    case '\'': return "a single quote is never closed";
    case '"': return "a double quote is never closed";
    case '`': return "a backquote is never closed";
    case '(': return "a parenthesis is never closed";
    case '[': return "a bracket is never closed";
    default: return "a brace is never closed";
    }
}

/* The text between backquotes, without their own backslashes. */
static void backquoted(struct reader *r, const char *from, const char *to)
{
    struct strbuf text = STRBUF_INIT;
    const char *fault;

    for (; from < to; from++) {
        if (*from == '\\' && from + 1 < to && strchr("\\`$", from[1]))
            from++;
        strbuf_addch(&text, *from);
    }
    if (strspn(strbuf_str(&text), " \t\n") != text.len && (fault = r->fault_of(r->arena, strbuf_str(&text))))
        shell_fail(r, to, arena_printf(r->arena, "between backquotes, %s", fault));
    strbuf_release(&text);
}

/* To the end of what was opened by the character before. */
void shell_pair(struct reader *r, char open, char close, unsigned flags)
{
    const char *start = r->at;
    unsigned count = 1;
    bool value = false, arrow = false;

    if (!shell_enter(r))
        return;
    while (!r->fault) {
        char c = open == '\'' ? *r->at : shell_look(r);
        bool was_value = value, was_arrow = arrow;

        value = arrow = false;
        r->work++;
        if (c == '\0') {
            shell_fail(r, start, shell_unclosed(open));
            break;
        }
        r->at++;
        if (c == close && --count == 0)
            break;
        if (c == '\\' && (open != '\'' || (flags & ESCAPES))) {
            if (*r->at)
                r->at++;
            continue;
        }
        if (open == '\'' || open == '`')
            continue;
        value = c == '$' && !was_value;
        arrow = c == '<' || c == '>';
        if (was_value && (c == '(' || c == '{' || c == '['))
            dollar(r, c);
        else if (open == '"' && c == '`')
            shell_pair(r, c, c, 0);
        else if (open != close && (c == '\'' || c == '"' || c == '`'))
            shell_pair(r, c, c, was_value && c == '\'' ? ESCAPES : 0);
        else if ((flags & PROCESSES) && was_arrow && c == '(')
            r->substitution(r);
        else if (open != close && c == open && !(flags & FIRST_CLOSE))
            count++;
    }
    if (open == '`' && !r->fault)
        backquoted(r, start, r->at - 1);
    shell_leave(r);
}

/* After `$` and one of ( { [. */
static void dollar(struct reader *r, char c)
{
    if (c == '(')
        r->substitution(r);
    else if (c == '{')
        shell_pair(r, '{', '}', FIRST_CLOSE | PROCESSES);
    else
        shell_pair(r, '[', ']', 0);
}

/* ---- here-documents */

/* What ends one: the word without its quotes. */
static const char *here_end(struct reader *r, const char *from, const char *to)
{
    struct strbuf text = STRBUF_INIT;
    char quote = '\0';
    const char *result;

    for (; from < to; from++) {
        if (*from == '\\' && from + 1 < to && quote != '\'') {
            from++;
            if (*from == '\n')
                continue;
            if (quote && !strchr("\\\"$`", *from))
                strbuf_addch(&text, '\\');
        } else if (quote ? *from == quote : *from == '\'' || *from == '"') {
            quote = quote ? '\0' : *from;
            continue;
        } else if (*from == '$' && !quote && from + 1 < to && (from[1] == '\'' || from[1] == '"')) {
            continue;
        }
        strbuf_addch(&text, *from);
    }
    result = strbuf_dup(&text, r->arena);
    strbuf_release(&text);
    return result;
}

/* One line of it, in `line`. False at the end of the text. */
static bool here_line(struct reader *r, const struct here *here, struct strbuf *line)
{
    bool any = *r->at != '\0';

    strbuf_clear(line);
    for (; *r->at && *r->at != '\n'; r->at++) {
        if (*r->at == '\\' && !here->quoted && r->at[1]) {
            if (r->at[1] == '\n') {
                r->at++;
                continue;
            }
            strbuf_addch(line, *r->at++);
        }
        strbuf_addch(line, *r->at);
    }
    if (*r->at)
        r->at++;
    return any;
}

static void here_body(struct reader *r, const struct here *here)
{
    struct strbuf line = STRBUF_INIT;
    const char *start = r->at;
    bool ended = false;

    while (!ended && !r->fault && here_line(r, here, &line)) {
        const char *text = strbuf_str(&line);

        r->work++;
        if (strchr(text, SHELL_VALUE))
            shell_fail(r, start, "a value stands in a here-document, where its quotes would be text: give it to a variable before, and write that");
        if (here->tabs)
            text += strspn(text, "\t");
        ended = strcmp(text, here->end) == 0;
        /* Bash ends it there, with a warning or without one, as its version is. */
        if (!ended && r->substituted && strncmp(text, here->end, strlen(here->end)) == 0 && strchr(text, ')'))
            shell_fail(r, start, arena_printf(r->arena, "a here-document has `%s` and `)` in one line", here->end));
    }
    if (!ended)
        shell_fail(r, start, arena_printf(r->arena, "a here-document never ends: no line is `%s` alone", here->end));
    strbuf_release(&line);
}

static void here_bodies(struct reader *r)
{
    for (uint32_t i = 0; i < r->pending->len && !r->fault; i++)
        here_body(r, &r->pending->items[i]);
    r->pending->len = 0;
}

/* ---- words */

static bool begins_command(const struct reader *r)
{
    switch (r->last) {
    case AT_START:
    case AT_SUBSTITUTION:
    case NEWLINE:
    case SEMICOLON:
    case OPEN:
    case CLOSE:
    case PIPE:
    case BACKGROUND:
    case AND_AND:
    case OR_OR:
    case CASE_END:
    case ARITHMETIC:
    case TEST_END:
    case TIME_OPTION:
    case IF:
    case THEN:
    case ELIF:
    case ELSE:
    case FI:
    case WHILE:
    case UNTIL:
    case DO:
    case DONE:
    case ESAC:
    case BRACE:
    case BRACE_END:
    case BANG:
    case TIME:
    case COPROCESS: return true;
    case WORD: return r->before == FUNCTION || r->before == COPROCESS;
    default: return false;
    }
}

bool shell_is_redirection(enum token token)
{
    return token == REDIRECT || token == REDIRECT_ALL || token == DUPLICATE || token == HERE || token == HERE_TABS;
}

static bool assignment_due(const struct reader *r)
{
    return !r->pattern && !shell_is_redirection(r->last) && (r->assigns || r->last == ASSIGNMENT || begins_command(r));
}

/* name=(…) */
static bool list_due(const struct reader *r)
{
    return assignment_due(r) || (r->declares && !shell_is_redirection(r->last));
}

/* name[…], and […] in a list. There bash goes by what stood before the list: the stricter is taken. */
static bool subscript_due(const struct reader *r, const char *start)
{
    if (r->at == start)
        return r->list;
    return (r->list || assignment_due(r)) && name_length(start, r->at) == (size_t)(r->at - start);
}

/* name, or name[…]; what an assignment begins with. */
static bool is_place(const char *from, const char *to)
{
    size_t n = name_length(from, to);

    return n > 0 && (from + n == to || (from[n] == '[' && to[-1] == ']'));
}

/* The values of name=(…). */
static void values(struct reader *r);

/* Whatever is not one character of a plain word. True: it was something of the kind. */
static bool special(struct reader *r, char c)
{
    char next;

    switch (c) {
    case '\\':
        r->at++;
        if (!*r->at)
            shell_fail(r, r->at, "it ends in a backslash, which would join the line behind it");
        else
            r->at++;
        return true;
    case '\'':
    case '"':
    case '`':
        r->at++;
        shell_pair(r, c, c, 0);
        return true;
    case '$':
        r->at++;
        next = shell_look(r);
        if (next == '(' || next == '{' || next == '[') {
            r->at++;
            dollar(r, next);
        } else if (next == '\'' || next == '"') {
            r->at++;
            shell_pair(r, next, next, next == '\'' ? ESCAPES : 0);
        } else if (next == '$') {
            r->at++;
        }
        return true;
    case '<':
    case '>':
        if (r->at[1] != '(')
            return false;
        r->at += 2;
        r->substitution(r);
        r->declares = false;
        return true;
    case '(':
        if (!r->matches)
            return false;
        r->at++;
        shell_pair(r, '(', ')', 0);
        return true;
    case '|':
        if (!r->matches)
            return false;
        r->at++;
        return true;
    case '?':
    case '*':
    case '+':
    case '@':
    case '!':
        if (!r->globs || r->at[1] != '(')
            return false;
        r->at += 2;
        shell_pair(r, '(', ')', 0);
        return true;
    default: return false;
    }
}

/* The word as bash compares it: `f\\` and `i` on the next line are `fi`. */
static void join_lines(struct reader *r)
{
    char *copy = arena_strndup(r->arena, r->start, (size_t)(r->stop - r->start)), *to = copy;

    if (!strstr(copy, "\\\n"))
        return;
    for (const char *from = copy; *from; from++) {
        if (from[0] == '\\' && from[1] == '\n')
            from++;
        else
            *to++ = *from;
    }
    r->start = copy;
    r->stop = to;
}

static enum token read_word(struct reader *r)
{
    const char *start = r->at;
    bool plain = true, assignment = false;
    char c;

    while (!r->fault && (c = shell_look(r)) != '\0') {
        r->work++;
        if (special(r, c)) {
            plain = false;
            continue;
        }
        if (is_meta(c))
            break;
        if (c == '[' && subscript_due(r, start)) {
            r->at++;
            shell_pair(r, '[', ']', PROCESSES);
            continue;
        }
        if (c == '=' && !assignment && list_due(r) && is_place(start, r->at > start && r->at[-1] == '+' ? r->at - 1 : r->at)) {
            assignment = assignment_due(r);
            r->at++;
            if (takes(r, '('))
                values(r);
            continue;
        }
        r->at++;
    }
    r->start = start;
    r->stop = r->at;
    r->plain = plain;
    if (plain)
        join_lines(r);
    return assignment ? ASSIGNMENT : WORD;
}

bool shell_is_text(const struct reader *r, const char *text)
{
    return r->plain && strlen(text) == (size_t)(r->stop - r->start) && strncmp(text, r->start, strlen(text)) == 0;
}

/* A descriptor or `{name}`, directly before `<` or `>`. */
static bool is_descriptor(struct reader *r)
{
    char c = shell_look(r);
    size_t len = (size_t)(r->stop - r->start);

    if (!r->plain || !len)
        return false;
    if (strspn(r->start, "0123456789") >= len)
        return c == '<' || c == '>' || r->last == DUPLICATE;
    return (c == '<' || c == '>') && *r->start == '{' && len > 2 && r->stop[-1] == '}' && is_place(r->start + 1, r->stop - 1);
}

static enum token word_token(struct reader *r)
{
    enum token token = read_word(r);
    bool after_name = r->last == WORD && (r->before == FOR || r->before == CASE || r->before == SELECT);

    if (r->fault || token == ASSIGNMENT)
        return token;
    if (!r->tests && is_descriptor(r))
        return NUMBER;
    if (!r->plain || r->list)
        return WORD;
    if (r->tests)
        return shell_is_text(r, "]]") ? TEST_END : WORD;
    if ((r->last == TIME && (shell_is_text(r, "-p") || shell_is_text(r, "--"))) || (r->last == TIME_OPTION && shell_is_text(r, "--")))
        return TIME_OPTION;
    if (after_name && shell_is_text(r, "in"))
        return IN;
    if (shell_is_text(r, "do") && ((after_name && r->before != CASE) || r->last == ARITHMETIC_FOR))
        return DO;
    if (shell_is_text(r, "{") && r->last == ARITHMETIC_FOR)
        return BRACE;
    if (r->pattern)
        return shell_is_text(r, "esac") && (r->last == NEWLINE || r->last == CASE_END || r->last == IN) ? ESAC : WORD;
    if (!begins_command(r))
        return WORD;
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        if (shell_is_text(r, reserved[i]) && !(IF + i == TIME && (r->last == PIPE || r->last == AT_SUBSTITUTION)))
            return (enum token)(IF + i);
    }
    return WORD;
}

/* ---- tokens */

static enum token read_less(struct reader *r)
{
    if (takes(r, '&'))
        return DUPLICATE;
    if (takes(r, '<')) {
        if (takes(r, '-'))
            return HERE_TABS;
        return takes(r, '<') ? REDIRECT : HERE;
    }
    if (!r->tests)
        takes(r, '>');
    return REDIRECT;
}

static enum token read_greater(struct reader *r)
{
    if (takes(r, '&'))
        return DUPLICATE;
    if (!takes(r, '>'))
        takes(r, '|');
    return REDIRECT;
}

static unsigned semicolons(const char *from, const char *to)
{
    unsigned count = 0;
    char quote = '\0';

    for (; from < to; from++) {
        if (*from == '\\' && from + 1 < to)
            from++;
        else if (quote)
            quote = *from == quote ? '\0' : quote;
        else if (*from == '\'' || *from == '"' || *from == '`')
            quote = *from;
        else
            count += *from == ';';
    }
    return count;
}

/* After `(`: arithmetic, or a parenthesis of its own with another in it. */
static enum token read_open(struct reader *r)
{
    const char *start = r->at;
    enum token of = r->last == FOR ? ARITHMETIC_FOR : ARITHMETIC;

    if (r->tests || r->pattern || r->list || !(r->last == FOR || begins_command(r)) || !takes(r, '('))
        return OPEN;
    shell_pair(r, '(', ')', 0);
    if (r->fault)
        return of;
    if (takes(r, ')')) {
        if (of == ARITHMETIC_FOR && semicolons(start, r->at) != 2)
            shell_fail(r, start, "`for ((` wants three expressions, separated by `;`");
        return of;
    }
    if (of == ARITHMETIC_FOR)
        shell_fail(r, start, shell_unclosed('('));
    r->again = r->at;
    r->at = start;
    return OPEN;
}

static enum token read_meta(struct reader *r, char c)
{
    r->at++;
    switch (c) {
    case '\n': here_bodies(r); return NEWLINE;
    case ';':
        if (takes(r, ';')) {
            takes(r, '&');
            return CASE_END;
        }
        return takes(r, '&') ? CASE_END : SEMICOLON;
    case '&':
        if (takes(r, '&'))
            return AND_AND;
        if (!takes(r, '>'))
            return BACKGROUND;
        takes(r, '>');
        return REDIRECT_ALL;
    case '|':
        if (takes(r, '|'))
            return OR_OR;
        takes(r, '&');
        return PIPE;
    case '(': return read_open(r);
    case ')': return CLOSE;
    case '<': return read_less(r);
    default: return read_greater(r);
    }
}

static enum token read_token(struct reader *r)
{
    char c;

    while ((c = shell_look(r)) == ' ' || c == '\t')
        r->at++;
    if (c == '#') {
        while (*r->at && *r->at != '\n')
            r->at++;
        c = *r->at;
    }
    r->place = r->start = r->at;
    r->plain = false;
    if (c == '\0') {
        here_bodies(r);
        return AT_END;
    }
    if (is_meta(c) && !(r->matches && (c == '(' || c == '|')) && !((c == '<' || c == '>') && r->at[1] == '(')) {
        enum token token = read_meta(r, c);

        r->stop = r->at;
        return token;
    }
    if (c == '-' && r->last == DUPLICATE) {
        r->stop = ++r->at;
        return WORD;
    }
    return word_token(r);
}

enum token shell_peek(struct reader *r)
{
    if (!r->seen && !r->fault) {
        if (++r->work > r->limit)
            shell_fail(r, r->at, "it is nested too deeply");
        r->token = read_token(r);
        r->seen = true;
    }
    return r->fault ? AT_END : r->token;
}

void shell_step(struct reader *r)
{
    r->seen = false;
    r->before = r->last;
    r->last = r->token;
}

bool shell_accept(struct reader *r, enum token token)
{
    if (shell_peek(r) != token || r->fault)
        return false;
    shell_step(r);
    return true;
}

/* The token there is not what should be. */
void shell_unexpected(struct reader *r, const char *wanted)
{
    enum token token = shell_peek(r);

    if (r->fault)
        return;
    if (token == AT_END)
        shell_fail(r, r->at, arena_printf(r->arena, "it ends where %s should be", wanted));
    else if (token == NEWLINE)
        shell_fail(r, r->place, arena_printf(r->arena, "a line ends where %s should be", wanted));
    else
        shell_fail(r, r->place,
                   arena_printf(r->arena, "`%s` stands where %s should be", arena_strndup(r->arena, r->start, (size_t)(r->stop - r->start)), wanted));
}

void shell_expect(struct reader *r, enum token token, const char *wanted)
{
    if (!shell_accept(r, token))
        shell_unexpected(r, wanted);
}

void shell_newlines(struct reader *r)
{
    while (shell_accept(r, NEWLINE))
        ;
}

static void values(struct reader *r)
{
    struct reader outer = *r;

    r->seen = r->pattern = r->assigns = r->declares = r->tests = false;
    r->list = true;
    r->last = r->before = AT_START;
    for (enum token token = shell_peek(r); !r->fault && token != CLOSE; token = shell_peek(r)) {
        if (token == AT_END)
            shell_fail(r, outer.at, shell_unclosed('('));
        else if (token != WORD && token != ASSIGNMENT && token != NEWLINE)
            shell_unexpected(r, "a value of the list");
        else
            shell_step(r);
    }
    outer.at = r->at;
    outer.work = r->work;
    outer.fault = r->fault;
    outer.where = r->where;
    *r = outer;
}

/* A here-document's text follows the line. */
void shell_add_here(struct reader *r, bool tabs)
{
    const char *raw = arena_strndup(r->arena, r->start, (size_t)(r->stop - r->start));
    bool quoted = strpbrk(raw, "\\'\"") != NULL;

    /* There bash has the lines behind it no more. */
    if (r->again && r->at < r->again)
        shell_fail(r, r->place, "a here-document stands inside `((`: put a blank between the parentheses");

    vec_push(r->arena, r->pending, ((struct here){here_end(r, r->start, r->stop), tabs, quoted}));
}
