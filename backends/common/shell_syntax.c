/* A reader of bash's grammar: tokens as its lexer makes them (a word is reserved only where a command can begin), and by recursive descent the
 * lists, pipelines and compound commands of its parse.y. It follows bash where that is odd, since whatever bash takes is somebody's working
 * script; stricter in one place: what stands in backquotes is read too, which bash leaves until it runs. */
#include "backends/common/shell_syntax.h"

#include "backends/common/shell_tokens.h"

#include <string.h>

/* ---- commands */

static void commands(struct reader *r);
static void command(struct reader *r);

/* After `$(`, `<(` or `>(`. */
static void substitution(struct reader *r)
{
    struct reader outer = *r;
    heres pending = {0};

    if (shell_look(r) == '(') {
        shell_pair(r, '(', ')', 0);
        return;
    }
    if (!shell_enter(r))
        return;
    r->seen = r->pattern = r->assigns = r->declares = r->tests = r->matches = r->globs = r->list = false;
    r->substituted = true;
    r->pending = &pending;
    r->last = r->before = AT_SUBSTITUTION;
    shell_newlines(r);
    if (shell_peek(r) != CLOSE)
        commands(r);
    if (shell_peek(r) != CLOSE) {
        if (shell_peek(r) == AT_END)
            shell_fail(r, outer.at, shell_unclosed('('));
        shell_unexpected(r, "`)`");
    }
    if (pending.len > 0)
        shell_fail(r, outer.at, "a here-document begins on the last line of a substitution");
    outer.at = r->at;
    outer.work = r->work;
    outer.fault = r->fault;
    outer.where = r->where;
    *r = outer;
}

static bool redirection(struct reader *r)
{
    enum token token = shell_peek(r);
    bool numbered = token == NUMBER;

    if (numbered) {
        shell_step(r);
        token = shell_peek(r);
        if (!shell_is_redirection(token) || token == REDIRECT_ALL) {
            shell_unexpected(r, "a redirection");
            return false;
        }
    }
    if (!shell_is_redirection(token))
        return false;
    shell_step(r);
    if (shell_peek(r) != WORD && shell_peek(r) != ASSIGNMENT && !(token == DUPLICATE && shell_peek(r) == NUMBER)) {
        shell_unexpected(r, token == HERE || token == HERE_TABS ? "the end of a here-document" : "the file of a redirection");
        return false;
    }
    if (token == HERE || token == HERE_TABS)
        shell_add_here(r, token == HERE_TABS);
    r->token = WORD;
    shell_step(r);
    return true;
}

static void redirections(struct reader *r)
{
    while (!r->fault && redirection(r))
        ;
}

static bool is_compound(enum token token)
{
    return token == IF || token == FOR || token == WHILE || token == UNTIL || token == SELECT || token == CASE || token == BRACE || token == OPEN ||
           token == ARITHMETIC || token == TEST;
}

static void compound(struct reader *r);

static void function_body(struct reader *r)
{
    shell_newlines(r);
    if (!is_compound(shell_peek(r))) {
        shell_unexpected(r, "the body of a function");
        return;
    }
    compound(r);
}

static void named_function(struct reader *r)
{
    shell_step(r);
    shell_expect(r, WORD, "the name of a function");
    if (shell_accept(r, OPEN))
        shell_expect(r, CLOSE, "`)`");
    function_body(r);
}

/* Words that take assignments as arguments. */
static bool declares(const struct reader *r)
{
    static const char *const names[] = {"alias", "declare", "export", "local", "readonly", "typeset", "eval", "let"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (shell_is_text(r, names[i]))
            return true;
    }
    return false;
}

/* `sole`: its first word may name a function. */
static void simple(struct reader *r, bool sole)
{
    bool first = true;

    r->assigns = true;
    for (enum token token = shell_peek(r); !r->fault; token = shell_peek(r)) {
        if (token == WORD || token == ASSIGNMENT) {
            bool names = token == WORD && first;

            if (token == ASSIGNMENT)
                r->assigns = false; /* the next may be one, but not behind a redirection */
            if (names) {
                r->assigns = first = false;
                r->declares = declares(r);
            }
            shell_step(r);
            if (names && sole && shell_peek(r) == OPEN) {
                r->declares = false;
                shell_step(r);
                shell_expect(r, CLOSE, "`)`");
                function_body(r);
                return;
            }
        } else if (redirection(r)) {
            r->declares = false;
        } else {
            break;
        }
        sole = false;
    }
    r->assigns = r->declares = false;
}

static void do_group(struct reader *r)
{
    shell_expect(r, DO, "`do`");
    commands(r);
    shell_expect(r, DONE, "`done`");
}

static void do_or_brace(struct reader *r)
{
    if (!shell_accept(r, BRACE)) {
        do_group(r);
        return;
    }
    commands(r);
    shell_expect(r, BRACE_END, "`}`");
}

static void list_end(struct reader *r)
{
    if (!shell_accept(r, SEMICOLON) && !shell_accept(r, NEWLINE))
        shell_unexpected(r, "`;` or the end of the line");
    shell_newlines(r);
}

static void for_command(struct reader *r)
{
    bool may_count = shell_peek(r) == FOR;

    shell_step(r);
    if (may_count && shell_accept(r, ARITHMETIC_FOR)) {
        if (shell_accept(r, SEMICOLON) || shell_accept(r, NEWLINE))
            shell_newlines(r);
        do_or_brace(r);
        return;
    }
    shell_expect(r, WORD, "the name of a variable");
    if (shell_accept(r, SEMICOLON)) {
        shell_newlines(r);
    } else {
        shell_newlines(r);
        if (shell_accept(r, IN)) {
            while (shell_accept(r, WORD))
                ;
            list_end(r);
        }
    }
    do_or_brace(r);
}

/* pattern | pattern ) */
static void patterns(struct reader *r)
{
    shell_accept(r, OPEN);
    do
        shell_expect(r, WORD, "a pattern of `case`");
    while (!r->fault && shell_accept(r, PIPE));
    r->pattern = false;
    shell_expect(r, CLOSE, "`)` after a pattern of `case`");
}

static void case_command(struct reader *r)
{
    shell_step(r);
    shell_expect(r, WORD, "the word of `case`");
    shell_newlines(r);
    shell_expect(r, IN, "`in`");
    for (bool more = true; more && !r->fault;) {
        r->pattern = true;
        shell_newlines(r);
        if (shell_peek(r) == ESAC)
            break;
        patterns(r);
        shell_newlines(r);
        if (shell_peek(r) != CASE_END && shell_peek(r) != ESAC)
            commands(r);
        more = shell_accept(r, CASE_END);
    }
    r->pattern = false;
    shell_expect(r, ESAC, "`;;` or `esac`");
}

static void if_command(struct reader *r)
{
    shell_step(r);
    commands(r);
    shell_expect(r, THEN, "`then`");
    commands(r);
    while (shell_accept(r, ELIF)) {
        commands(r);
        shell_expect(r, THEN, "`then`");
        commands(r);
    }
    if (shell_accept(r, ELSE))
        commands(r);
    shell_expect(r, FI, "`fi`");
}

/* ---- [[ ]] */

static void test_or(struct reader *r);

static bool is_unary(const struct reader *r)
{
    return r->plain && r->stop - r->start == 2 && *r->start == '-' && strchr("abcdefghknoprstuvwxzGLONSR", r->start[1]);
}

static bool is_binary(const struct reader *r)
{
    static const char *const names[] = {"=", "==", "!=", "=~", "-nt", "-ot", "-ef", "-eq", "-ne", "-lt", "-le", "-gt", "-ge"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (shell_is_text(r, names[i]))
            return true;
    }
    return false;
}

static void test_operand(struct reader *r)
{
    bool globs = shell_is_text(r, "=") || shell_is_text(r, "==") || shell_is_text(r, "!="), matches = shell_is_text(r, "=~");

    shell_step(r);
    r->globs = globs;
    r->matches = matches;
    shell_expect(r, WORD, "what a test compares with");
    r->globs = r->matches = false;
    shell_newlines(r);
}

static void test_term(struct reader *r)
{
    bool unary;

    if (!shell_enter(r))
        return;
    shell_newlines(r);
    if (shell_accept(r, OPEN)) {
        test_or(r);
        shell_expect(r, CLOSE, "`)`");
        shell_newlines(r);
    } else if (shell_peek(r) != WORD) {
        shell_unexpected(r, "a test");
    } else if (shell_is_text(r, "!")) {
        shell_step(r);
        test_term(r);
    } else {
        unary = is_unary(r);
        shell_step(r);
        if (unary) {
            shell_expect(r, WORD, "what is tested");
            shell_newlines(r);
        } else if ((shell_peek(r) == WORD && is_binary(r)) || (shell_peek(r) == REDIRECT && r->stop - r->start == 1)) {
            test_operand(r);
        }
    }
    shell_leave(r);
}

static void test_or(struct reader *r)
{
    do
        test_term(r);
    while (shell_accept(r, AND_AND) || shell_accept(r, OR_OR));
}

static void test_command(struct reader *r)
{
    shell_step(r);
    r->tests = true;
    test_or(r);
    if (shell_peek(r) != TEST_END)
        shell_unexpected(r, "`]]`");
    r->tests = false;
    if (!r->fault)
        shell_step(r);
}

/* ---- lists */

static void compound(struct reader *r)
{
    switch (shell_peek(r)) {
    case IF: if_command(r); break;
    case FOR:
    case SELECT: for_command(r); break;
    case CASE: case_command(r); break;
    case TEST: test_command(r); break;
    case ARITHMETIC: shell_step(r); break;
    case WHILE:
    case UNTIL:
        shell_step(r);
        commands(r);
        do_group(r);
        break;
    case BRACE:
        shell_step(r);
        commands(r);
        shell_expect(r, BRACE_END, "`}`");
        break;
    default:
        shell_step(r);
        commands(r);
        if (shell_peek(r) == AT_END)
            shell_fail(r, r->at, shell_unclosed('('));
        shell_expect(r, CLOSE, "`)`");
        break;
    }
    redirections(r);
}

static bool begins_simple(enum token token)
{
    return token == WORD || token == ASSIGNMENT || token == NUMBER || shell_is_redirection(token);
}

/* With a name, where a compound command follows it. */
static void coprocess(struct reader *r)
{
    shell_step(r);
    if (shell_peek(r) == WORD) {
        shell_step(r);
        if (!is_compound(shell_peek(r))) {
            simple(r, false);
            return;
        }
    }
    if (is_compound(shell_peek(r)))
        compound(r);
    else if (begins_simple(shell_peek(r)))
        simple(r, true);
    else
        shell_unexpected(r, "a command");
}

static void command(struct reader *r)
{
    enum token token = shell_peek(r);

    if (!shell_enter(r))
        return;
    if (is_compound(token))
        compound(r);
    else if (token == FUNCTION)
        named_function(r);
    else if (token == COPROCESS)
        coprocess(r);
    else if (begins_simple(token))
        simple(r, true);
    else
        shell_unexpected(r, "a command");
    shell_leave(r);
}

static void pipeline(struct reader *r)
{
    bool prefixed = false;

    while (shell_accept(r, BANG) || shell_accept(r, TIME) || shell_accept(r, TIME_OPTION))
        prefixed = true;
    if (prefixed && (shell_peek(r) == NEWLINE || shell_peek(r) == SEMICOLON || shell_peek(r) == AT_END))
        return;
    command(r);
    while (shell_accept(r, PIPE)) {
        shell_newlines(r);
        command(r);
    }
}

static bool ends_list(enum token token)
{
    return token == AT_END || token == CLOSE || token == BRACE_END || token == THEN || token == ELIF || token == ELSE || token == FI || token == DO ||
           token == DONE || token == ESAC || token == CASE_END;
}

/* At least one command. */
static void commands(struct reader *r)
{
    if (!shell_enter(r))
        return;
    shell_newlines(r);
    do {
        pipeline(r);
        while (shell_accept(r, AND_AND) || shell_accept(r, OR_OR)) {
            shell_newlines(r);
            pipeline(r);
        }
        if (!shell_accept(r, SEMICOLON) && !shell_accept(r, BACKGROUND) && !shell_accept(r, NEWLINE))
            break;
        shell_newlines(r);
    } while (!r->fault && !ends_list(shell_peek(r)));
    shell_leave(r);
}

const char *shell_syntax_fault(struct arena *arena, const char *text)
{
    heres pending = {0};
    struct reader r = {.arena = arena,
                       .at = text,
                       .limit = 4000 + 64 * (uint64_t)strlen(text),
                       .pending = &pending,
                       .substitution = substitution,
                       .fault_of = shell_syntax_fault};
    unsigned line = 1;

    shell_newlines(&r);
    if (shell_peek(&r) == AT_END && !r.fault)
        return "it holds no command";
    commands(&r);
    if (shell_peek(&r) != AT_END)
        shell_unexpected(&r, "the end of a command");
    if (!r.fault || !strchr(text, '\n'))
        return r.fault;
    for (const char *at = text; at < r.where; at++)
        line += *at == '\n';
    return arena_printf(arena, "%s, in line %u of it", r.fault, line);
}
