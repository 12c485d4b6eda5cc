/* The reader of shell text between its two files: tokens (shell_tokens.c) and what is made of them (shell_syntax.c). */
#ifndef DRC_BACKENDS_COMMON_SHELL_TOKENS_H
#define DRC_BACKENDS_COMMON_SHELL_TOKENS_H

#include "base/arena.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stdint.h>

enum token {
    AT_START, /* nothing was read yet */
    AT_SUBSTITUTION,
    AT_END,
    WORD,
    ASSIGNMENT,
    NUMBER, /* before a redirection, or `{name}` there */
    NEWLINE,
    AND_AND,
    OR_OR,
    SEMICOLON,
    BACKGROUND,
    PIPE,
    CASE_END, /* ;; ;& ;;& */
    OPEN,
    CLOSE,
    REDIRECT,
    REDIRECT_ALL, /* &> */
    DUPLICATE,    /* <& >& */
    HERE,
    HERE_TABS,
    ARITHMETIC, /* ((…)) */
    ARITHMETIC_FOR,
    TEST_END, /* ]] */
    TIME_OPTION,
    /* reserved words, in the order of `reserved` */
    IF,
    THEN,
    ELIF,
    ELSE,
    FI,
    FOR,
    WHILE,
    UNTIL,
    SELECT,
    DO,
    DONE,
    CASE,
    IN,
    ESAC,
    BRACE,
    BRACE_END,
    BANG,
    TIME,
    FUNCTION,
    COPROCESS,
    TEST,
    TEST_CLOSE
};

struct here {
    const char *end;
    bool tabs;   /* those before a line are nothing */
    bool quoted; /* a backslash joins no lines */
};

typedef VEC(struct here) heres;

struct reader {
    struct arena *arena;
    const char *at;
    unsigned depth;
    uint64_t work, limit; /* `((` may be read twice, and what stands in it again */
    const char *again;    /* to where `((` was read, and is read as parentheses; NULL */
    const char *fault, *where;
    enum token before, last, token; /* `token` is the next, once `seen` */
    bool seen;
    const char *place;        /* where it begins */
    const char *start, *stop; /* its text, without lines that are joined where it is a plain word */
    bool plain;               /* a word without quotes and values */
    bool assigns;             /* an assignment is due in this command */
    bool declares;            /* so may name=(…) behind this command's name */
    bool list;                /* in name=(…) */
    bool pattern;             /* of `case` */
    bool tests;               /* inside [[ ]] */
    bool matches;             /* after =~ */
    bool globs;               /* after == */
    bool substituted;         /* inside $( ) */
    heres *pending;
    /* Who makes commands of tokens: behind `$(`, `<(` or `>(`, to its end; and of a text of its own. */
    void (*substitution)(struct reader *r);
    const char *(*fault_of)(struct arena *arena, const char *text);
};

/* Keeps the first fault, and where it is. From then on every token is the end. */
void shell_fail(struct reader *r, const char *where, const char *fault);
/* Round whatever calls itself. False: too deep, which is a fault. */
bool shell_enter(struct reader *r);
void shell_leave(struct reader *r);
const char *shell_unclosed(char open); /* "a parenthesis is never closed" */

/* The next character, past lines that are joined by a backslash. */
char shell_look(struct reader *r);
/* To the end of what was opened by the character before, whatever stands in it. `flags`: of those below. */
void shell_pair(struct reader *r, char open, char close, unsigned flags);
enum { FIRST_CLOSE = 1, ESCAPES = 2, PROCESSES = 4 }; /* opens not again; a backslash escapes; `<(` is one */

/* The next token, as what was taken before it makes it; shell_step() takes it. */
enum token shell_peek(struct reader *r);
void shell_step(struct reader *r);
bool shell_accept(struct reader *r, enum token token); /* takes it where it is next */
void shell_expect(struct reader *r, enum token token, const char *wanted);
void shell_unexpected(struct reader *r, const char *wanted); /* a fault: the next token is not what should be */
void shell_newlines(struct reader *r);
bool shell_is_text(const struct reader *r, const char *text); /* the token is that plain word */
bool shell_is_redirection(enum token token);
void shell_add_here(struct reader *r, bool tabs); /* the token ends a here-document; its lines follow the line */

#endif
