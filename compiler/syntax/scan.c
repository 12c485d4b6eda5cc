/* The function between flex and bison.
 *
 * A word's meaning depends on where it stands: before `=` it names an attribute, at the start of an item it is a
 * block's type, and only where a value is expected may it be a keyword, most of them only before what makes them one
 * (`daily at`, `every 15m`, `any(x in`). So that the parser never meets an unbalanced bracket, a missing closer is
 * reported at its opener and then supplied; a block header that has no body is ended by NO_BODY. */
#include "syntax/scan.h"
#include "source/lost.h"
#include "syntax/build.h"
#include "syntax/peek.h"

#include "parser.h"

#include <string.h>

int drc_raw_lex(DRC_STYPE *value, struct span *where, void *flex); /* grammar/lexer.l */

_Static_assert(sizeof(DRC_STYPE) == sizeof(void *), "a token's value is kept in one pointer");

/* ---- brackets ---- */

struct bracket *scan_top(struct scanner *scanner)
{
    return scanner->depth ? &scanner->brackets[scanner->depth - 1] : NULL;
}

/* No bracket is open inside the innermost block: items, headers and values start here. */
static bool at_level(const struct scanner *scanner)
{
    return scanner->depth == 0 || scanner->brackets[scanner->depth - 1].kind == BRACKET_BLOCK;
}

static void give_up(struct scanner *scanner)
{
    scanner->dead = true;
}

static void push(struct scanner *scanner, enum bracket_kind kind, struct span span)
{
    struct bracket *bracket;

    if (scanner->depth == BRACKET_MAX || (kind == BRACKET_BLOCK && scanner->block_depth == BLOCK_MAX_DEPTH)) {
        if (kind == BRACKET_BLOCK)
            diag_help(scan_report(scanner, DIAG_E0110, span, "blocks are nested more than %d deep", BLOCK_MAX_DEPTH),
                      "a specification needs a handful of levels: look for a missing `}` above");
        else
            diag_help(scan_report(scanner, DIAG_E0110, span, "more than %d brackets are open here", BRACKET_MAX),
                      "split the expression with `let`, or look for a missing closing bracket above");
        give_up(scanner);
        return;
    }
    bracket = &scanner->brackets[scanner->depth++];
    memset(bracket, 0, sizeof *bracket);
    bracket->kind = (uint8_t)kind;
    bracket->span = span;
    if (kind == BRACKET_BLOCK) {
        scanner->block_depth++;
        bracket->indent = scanner->header_indent;
    } else if (kind == BRACKET_INTERPOLATION && !scanner->triple) {
        scanner->strings_open++;
    }
}

static void pop(struct scanner *scanner)
{
    struct bracket *bracket = scan_top(scanner);

    if (!bracket)
        return;
    scanner->depth--;
    if (bracket->kind == BRACKET_BLOCK) {
        scanner->block_depth--;
        scanner->position = AT_ITEM;
    } else if (bracket->kind == BRACKET_INTERPOLATION) {
        const struct bracket *string = &scanner->brackets[scanner->depth - 1];

        if (!string->triple)
            scanner->strings_open--;
    }
}

int scan_closer(enum bracket_kind kind)
{
    switch (kind) {
    case BRACKET_BLOCK:
    case BRACKET_OBJECT: return '}';
    case BRACKET_SQUARE: return ']';
    case BRACKET_ROUND: return ')';
    case BRACKET_INTERPOLATION: return T_INTERPOLATION_END;
    case BRACKET_STRING: break;
    }
    return T_TEMPLATE_END;
}

const char *scan_opener(enum bracket_kind kind)
{
    return kind == BRACKET_SQUARE ? "[" : kind == BRACKET_ROUND ? "(" : kind == BRACKET_INTERPOLATION ? "\\(" : "{";
}

/* Depth at which the innermost bracket that `closer` fits is open, plus one; 0 when there is none. A block's brace ends the
 * search, because no bracket reaches over it. */
static uint32_t find_opener(const struct scanner *scanner, int closer)
{
    for (uint32_t at = scanner->depth; at > 0; at--) {
        enum bracket_kind kind = (enum bracket_kind)scanner->brackets[at - 1].kind;

        if (scan_closer(kind) == closer || (closer == ')' && kind == BRACKET_INTERPOLATION))
            return at;
        if (kind == BRACKET_BLOCK)
            break;
    }
    return 0;
}

void scan_close_first(struct scanner *scanner, uint32_t depth, struct token token, void *value)
{
    scanner->close_to = depth;
    scanner->pending = token;
    scanner->pending_value = value;
}

static void report_unclosed(struct scanner *scanner, const struct bracket *bracket, struct span before)
{
    const char *opener = scan_opener((enum bracket_kind)bracket->kind);
    int closer = scan_closer((enum bracket_kind)bracket->kind);
    uint32_t string = scanner->unterminated;
    struct diag *diag;

    scanner->quiet = true;
    if (scanner->skipping)
        return; /* it stands in what was not understood anyway */
    /* The closing bracket may well be in the string that was not closed. */
    if (string > bracket->span.start && !memchr(scan_at(scanner, bracket->span.start), '\n', string - bracket->span.start))
        return;
    diag = scan_report(scanner, DIAG_E0118, bracket->span, "`%s` is not closed", opener);
    diag_at(diag, "opened here");
    diag_label(diag, before, "it should have been closed before this");
    diag_help(diag, "write the closing `%c`", closer == T_INTERPOLATION_END ? ')' : (char)closer);
}

/* ---- what a token may be ---- */

static bool ends_value(int kind)
{
    switch (kind) {
    case T_IDENT:
    case T_LITERAL:
    case T_INT:
    case T_DURATION:
    case T_TIME:
    case T_STRING:
    case T_TEMPLATE_END:
    case T_CONTINUOUS:
    case T_CHANGE:
    case ')':
    case ']':
    case '}': return true;
    default: return false;
    }
}

/* After these a value, not a name, stands. */
static bool expects_value(int kind)
{
    switch (kind) {
    case T_START_EXPR:
    case T_INTERPOLATION_START:
    case T_IN:
    case T_IF:
    case T_OR:
    case T_AND:
    case T_EQ:
    case T_NE:
    case T_LE:
    case T_GE:
    case T_DOTDOT:
    case '=':
    case '(':
    case '[':
    case ',':
    case '?':
    case ':':
    case '<':
    case '>':
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '!': return true;
    default: return false;
    }
}

/* The second word of a schedule, which is not the next attribute's name: `a = daily  at = 02:00`. */
static bool goes_on(const char *at, const char *word)
{
    return peek_word(at, word) && !peek_equals(peek_blank(at + strlen(word)));
}

/* A keyword where a value is expected, or IDENT. */
static int value_keyword(struct scanner *scanner, const char *word, size_t len, const char *after)
{
    const char *next = peek_blank(after);

#define IS(text) (len == sizeof(text) - 1 && memcmp(word, text, sizeof(text) - 1) == 0)
    switch (word[0]) {
    case 't': return IS("true") ? T_LITERAL : T_IDENT;
    case 'f':
        if (IS("for") && scanner->prev.kind == '[' && peek_loop(after)) {
            /* A list where an item should start opened nothing. */
            if (scan_top(scanner) && scan_top(scanner)->kind == BRACKET_SQUARE)
                scan_top(scanner)->is_loop = true;
            return T_FOR;
        }
        return IS("false") ? T_LITERAL : T_IDENT;
    case 'n': return IS("null") ? T_LITERAL : T_IDENT;
    case 'u': return IS("unknown") ? T_LITERAL : T_IDENT;
    case 'a':
        if (*next == '(' && peek_loop(next + 1))
            return IS("any") ? T_ANY : IS("all") ? T_ALL : T_IDENT;
        return T_IDENT;
    case 'c':
        if (IS("count") && *next == '(' && peek_loop(next + 1))
            return T_COUNT;
        if (IS("cron") && *next == '"')
            return T_CRON;
        return IS("continuous") && *next != '.' && *next != '(' ? T_CONTINUOUS : T_IDENT;
    case 'e': return IS("every") && peek_digit(*next) ? T_EVERY : T_IDENT;
    case 'd': return IS("daily") && goes_on(next, "at") ? T_DAILY : T_IDENT;
    case 'w': return IS("weekly") && goes_on(next, "on") ? T_WEEKLY : T_IDENT;
    case 'm': return IS("monthly") && goes_on(next, "on") ? T_MONTHLY : T_IDENT;
    case 'o': return IS("on") && goes_on(next, "change") ? T_ON : T_IDENT;
    default: return T_IDENT;
    }
#undef IS
}

/* A word inside a value that is a keyword because of what stands before it, or 0. */
static int following_keyword(struct scanner *scanner, const char *word, size_t len, const char *after)
{
    const struct bracket *bracket = scan_top(scanner);
    int prev = scanner->prev.kind, prev2 = scanner->prev2.kind;

    if (len != 2) {
        if (prev == T_ON && len == 6 && memcmp(word, "change", 6) == 0)
            return T_CHANGE;
        return 0;
    }
    if (memcmp(word, "on", 2) == 0 && (prev == T_WEEKLY || prev == T_MONTHLY))
        return T_ON;
    if (memcmp(word, "at", 2) == 0 && (prev == T_DAILY || scanner->schedule == SCHEDULE_DAYS))
        return T_AT;
    if (memcmp(word, "as", 2) == 0 && prev == T_STRING && prev2 == T_IMPORT)
        return T_AS;
    if (memcmp(word, "if", 2) == 0 && bracket && bracket->is_loop && ends_value(prev))
        return T_IF;
    if (memcmp(word, "in", 2) == 0) {
        if (prev == T_IDENT && (prev2 == T_FOR || (bracket && bracket->is_loop && prev2 == '(')))
            return T_IN;
        if (prev == T_IDENT && prev2 == '=' && at_level(scanner))
            return T_IN;
        if ((prev == T_TIME || prev == T_DURATION || prev == T_STRING) && *peek_blank(after) == '"')
            return T_IN;
    }
    return 0;
}

/* ---- the slips answered here ---- */

static struct span point(uint32_t offset)
{
    struct span span = {offset, offset};

    return span;
}

static void check_spaces(struct scanner *scanner, struct token token, char operator)
{
    char before, after = *scan_at(scanner, token.span.end);
    char replacement[] = " - ";

    if (token.span.start == scanner->file->base || !ends_value(scanner->prev.kind))
        return;
    before = *scan_at(scanner, token.span.start - 1);
    if ((before == ' ' || before == '\t' || before == '\n') && (after == ' ' || after == '\t' || after == '\n' || after == '\r'))
        return;
    replacement[1] = operator;
    diag_fix(scan_report(scanner, DIAG_E0115, token.span, "`%c` between two values needs a space on both sides", operator), token.span, replacement,
             "write `a %c b`", operator);
}

/* ---- one token ---- */

/* Ends a header that has no body: `token` is taken again afterwards. */
static int no_body(struct scanner *scanner, struct token token, void *value, struct span *where)
{
    scan_close_first(scanner, scanner->depth, token, value);
    scanner->position = AT_ITEM;
    *where = point(scanner->prev.span.end);
    return T_NO_BODY;
}

enum { AGAIN = -2, NONE = -1 };

static const char *take_doc(struct scanner *scanner)
{
    const char *doc;

    if (scanner->doc.len == 0)
        return NULL;
    doc = strbuf_dup(&scanner->doc, scanner->kept);
    strbuf_clear(&scanner->doc);
    return doc;
}

/* A doc comment that no block follows says nothing to anybody. */
static void drop_doc(struct scanner *scanner)
{
    if (scanner->doc.len == 0)
        return;
    strbuf_clear(&scanner->doc);
    diag_help(diag_report(scanner->context->sink, DIAG_E0124, scanner->doc_span, "doc comment stands before no block"),
              "write `//` for a remark, or move it before the block it describes");
}

static int header_start(struct scanner *scanner, struct token token)
{
    repair_see_header(scanner, token);
    scanner->position = IN_HEADER;
    scanner->before_header = scanner->prev;
    scanner->header = token;
    scanner->header_indent = scanner->line_indent;
    scanner->header_doc = take_doc(scanner);
    return T_IDENT;
}

static int supply_opener(struct scanner *scanner, struct token token, struct span *where)
{
    struct span before = {scanner->prev.span.end, scanner->prev.span.end};

    diag_fix(scan_report(scanner, DIAG_E0118, span_join(scanner->header.span, scanner->prev.span), "`{` is missing after this"), before, " {",
             "write the `{` of the block");
    scan_close_first(scanner, scanner->depth + 1, token, NULL);
    push(scanner, BRACKET_BLOCK, before);
    scanner->position = AT_ITEM;
    *where = before;
    return '{';
}

static int lex_word(struct scanner *scanner, struct token token, DRC_STYPE *value, struct span *where)
{
    const char *word = scan_at(scanner, token.span.start), *after = scan_at(scanner, token.span.end);
    size_t len = token.span.end - token.span.start;
    bool level = at_level(scanner), is_attr, item;
    int keyword;

    if (scanner->prev.kind == '.')
        goto name;
    is_attr = peek_equals(peek_blank(after));
    /* A value whose next line starts with `=`: there a name is missing. */
    if (is_attr && scanner->prev.kind == '=' && memchr(after, '\n', (size_t)(peek_blank(after) - after)))
        is_attr = false;
    item = level && (scanner->position == AT_ITEM ||
                     (scanner->position == IN_VALUE && (ends_value(scanner->prev.kind) || (scanner->skipping && token.first_on_line))));
    if (is_attr && !level) {
        struct bracket *bracket = scan_top(scanner);

        if ((bracket->kind == BRACKET_SQUARE && !scanner->skipping) || (bracket->kind != BRACKET_OBJECT && token.first_on_line)) {
            uint32_t depth = scanner->depth;

            while (depth && scanner->brackets[depth - 1].kind != BRACKET_BLOCK && scanner->brackets[depth - 1].kind != BRACKET_OBJECT)
                depth--;
            report_unclosed(scanner, bracket, token.span);
            scan_close_first(scanner, depth, token, NULL);
            return AGAIN;
        }
        is_attr = bracket->kind == BRACKET_OBJECT;
    }
    if (level && scanner->position == IN_HEADER && scanner->prev.kind != ':' && scan_misses_opener(scanner, token, is_attr))
        return supply_opener(scanner, token, where);
    if (level && scanner->position == IN_HEADER && scanner->prev.kind != ':' && (is_attr || token.first_on_line))
        return no_body(scanner, token, NULL, where);
    if (is_attr) {
        if (level)
            scanner->position = IN_VALUE;
        drop_doc(scanner);
        value->T_ATTR_NAME = intern_add(scanner->context->names, word, len);
        return T_ATTR_NAME;
    }
    keyword = level && scanner->position == IN_HEADER ? 0 : following_keyword(scanner, word, len, after);
    if (keyword) {
        if (keyword == T_AT)
            scanner->schedule = SCHEDULE_TIMES;
        else if (keyword == T_ON && scanner->prev.kind != '=')
            scanner->schedule = SCHEDULE_DAYS;
        return keyword;
    }
    if (item) {
        if (peek_word(word, "let")) {
            const char *next = peek_blank(after);
            size_t next_len = peek_word_length(next);

            if (next_len && peek_equals(peek_blank(next + next_len))) {
                scanner->position = AT_ITEM;
                return T_LET;
            }
        }
        if (scanner->depth == 0 && peek_word(word, "import") && *peek_blank(after) == '"') {
            drop_doc(scanner);
            scanner->position = IN_VALUE;
            return T_IMPORT;
        }
        value->T_IDENT = intern_add(scanner->context->names, word, len);
        if (scan_meant_equals(scanner, token)) {
            scanner->position = IN_VALUE;
            return T_ATTR_NAME;
        }
        return header_start(scanner, token);
    }
    if (!(level && scanner->position == IN_HEADER) && expects_value(scanner->prev.kind)) {
        keyword = value_keyword(scanner, word, len, after);
        if (keyword == T_LITERAL) {
            struct expr *expr = expr_new(scanner, word[0] == 'n' ? EXPR_NULL : word[0] == 'u' ? EXPR_UNKNOWN : EXPR_BOOL, token.span);

            expr->u.integer = word[0] == 't';
            value->T_LITERAL = expr;
        }
        if (keyword != T_IDENT)
            return keyword;
    }
name:
    value->T_IDENT = intern_add(scanner->context->names, word, len);
    return T_IDENT;
}

static void report_useless(struct scanner *scanner, struct token token)
{
    diag_fix(scan_report(scanner, DIAG_E0118, token.span, "`%c` closes nothing", token.kind), token.span, "", "%s",
             token.kind == '}' ? "remove it, unless a block above was closed too early" : "remove it, or write its opening bracket");
}

static int lex_closer(struct scanner *scanner, struct token token, struct span *where)
{
    struct bracket *bracket = scan_top(scanner);
    uint32_t opener;

    if (at_level(scanner) && scanner->position == IN_HEADER && !scanner->skipping && token.kind != '}') {
        if (!scan_is_quiet(scanner, token.span))
            report_useless(scanner, token);
        return AGAIN;
    }
    if (at_level(scanner) && scanner->position == IN_HEADER && !scanner->skipping)
        return no_body(scanner, token, NULL, where);
    if (!bracket) {
        if (token.kind == '}')
            repair_see_stray_close(scanner);
        if (token.kind == '}' || !scan_is_quiet(scanner, token.span))
            report_useless(scanner, token);
        return AGAIN;
    }
    opener = find_opener(scanner, token.kind);
    if (opener == scanner->depth) {
        bool string = bracket->kind == BRACKET_INTERPOLATION;
        int kind = scan_closer((enum bracket_kind)bracket->kind);

        if (bracket->kind == BRACKET_BLOCK) {
            drop_doc(scanner);
            repair_see_close(scanner, bracket, token);
        }
        pop(scanner);
        if (string) {
            const struct bracket *outer = scan_top(scanner);

            scanner->triple = outer->triple;
            scanner->trim = outer->trim;
            scanner->string_start = outer->span.start;
            scanner->text_start = token.span.end;
            strbuf_clear(&scanner->text);
            scan_flex_resume_string(scanner->flex, outer->triple);
        }
        return kind;
    }
    if (opener == 0) {
        /* Nothing it could close here: it was mistyped, or it is too many. */
        if (scanner->skipping)
            return AGAIN;
        if (at_level(scanner) && token.kind != '}' && scan_is_quiet(scanner, token.span))
            return AGAIN; /* its partner was dropped with what made no sense before it */
        if (at_level(scanner) || scan_closes_later(scanner, token.span.end, scan_closer((enum bracket_kind)bracket->kind))) {
            report_useless(scanner, token);
            return AGAIN;
        }
        diag_help(diag_label(scan_report(scanner, DIAG_E0118, token.span, "`%c` does not close `%s`", token.kind,
                                         scan_opener((enum bracket_kind)bracket->kind)),
                             bracket->span, "opened here"),
                  "write `%c` here",
                  scan_closer((enum bracket_kind)bracket->kind) == T_INTERPOLATION_END ? ')' : (char)scan_closer((enum bracket_kind)bracket->kind));
        if (bracket->kind == BRACKET_INTERPOLATION)
            return AGAIN; /* the string's own end will repair it */
        token.kind = scan_closer((enum bracket_kind)bracket->kind);
        pop(scanner);
        return token.kind;
    }
    report_unclosed(scanner, bracket, token.span);
    scan_close_first(scanner, opener, token, NULL);
    return AGAIN;
}

static int lex_comma(struct scanner *scanner, struct token token)
{
    struct diag *diag;

    if (scanner->schedule == SCHEDULE_DAYS || (scanner->schedule == SCHEDULE_TIMES && peek_time(peek_blank(scan_at(scanner, token.span.end)))))
        return T_SCHEDULE_COMMA;
    if (!at_level(scanner) || scanner->skipping || scanner->position == IN_HEADER)
        return ',';
    if (scanner->position == IN_VALUE && !ends_value(scanner->prev.kind))
        return ',';
    diag = scan_report(scanner, DIAG_E0121, token.span, "attributes are not separated by commas");
    if (scanner->prev.kind == T_INT && scanner->prev.span.end == token.span.start && peek_digit(*scan_at(scanner, token.span.end)))
        diag_help(diag, "digits are not grouped: write `1200` for 1,200");
    else
        diag_fix(diag, token.span, "", "remove the comma; put several values into a list, `[a, b]`");
    return AGAIN;
}

static int lex_end(struct scanner *scanner, struct token token, struct span *where)
{
    drop_doc(scanner);
    if (scanner->depth == 0)
        return scanner->position == IN_HEADER && !scanner->skipping ? no_body(scanner, token, NULL, where) : 0;
    repair_see_end(scanner, token);
    scanner->quiet = true;
    scan_close_first(scanner, 0, token, NULL);
    return AGAIN;
}

/* The meaning of one raw token, AGAIN when it was dropped or is to be taken later. */
static int lex_token(struct scanner *scanner, struct token token, DRC_STYPE *value, struct span *where)
{
    bool level = at_level(scanner);

    if (level && (token.first_on_line || scanner->prev.kind == '{'))
        repair_see_token(scanner, token);
    if (token.first_on_line) {
        if (scanner->strings_open) {
            uint32_t at = 0;

            /* A line ended inside `\( )` of a one-line string: the string was not closed. */
            while (scanner->brackets[at].kind != BRACKET_STRING || scanner->brackets[at].triple)
                at++;
            scan_unterminated(scanner, scanner->brackets[at].span.start, false);
            scanner->quiet = true;
            scan_close_first(scanner, at, token, value->T_LITERAL);
            return AGAIN;
        }
    }
    if (scanner->as_equals) {
        scanner->as_equals = false;
        return '=';
    }
    switch (token.kind) {
    case T_IDENT: return lex_word(scanner, token, value, where);
    case 0: return lex_end(scanner, token, where);
    case '{':
        if (level && scanner->position == IN_HEADER && !scanner->skipping) {
            push(scanner, BRACKET_BLOCK, token.span);
            scanner->position = AT_ITEM;
        } else {
            if (level && scanner->position == AT_ITEM)
                repair_see_stray_open(scanner, token);
            push(scanner, BRACKET_OBJECT, token.span);
        }
        return '{';
    case '[':
        if (!level || scanner->position != AT_ITEM)
            push(scanner, BRACKET_SQUARE, token.span);
        return '[';
    case '(':
        if (level && scanner->position == AT_ITEM)
            return '('; /* no item starts so: what follows must not be taken for a part of it */
        push(scanner, BRACKET_ROUND, token.span);
        if (scanner->depth && (scanner->prev.kind == T_ANY || scanner->prev.kind == T_ALL || scanner->prev.kind == T_COUNT))
            scan_top(scanner)->is_loop = true;
        return '(';
    case T_TEMPLATE_START:
        push(scanner, BRACKET_STRING, token.span);
        if (scan_top(scanner)) {
            scan_top(scanner)->triple = scanner->triple;
            scan_top(scanner)->trim = scanner->trim;
        }
        return token.kind;
    case T_INTERPOLATION_START: push(scanner, BRACKET_INTERPOLATION, token.span); return token.kind;
    case T_TEMPLATE_END: pop(scanner); return token.kind;
    case '}':
    case ']':
    case ')': return lex_closer(scanner, token, where);
    case ',': return lex_comma(scanner, token);
    case ';':
        if (level) {
            if (scanner->position == IN_HEADER && !scanner->skipping)
                return no_body(scanner, token, NULL, where);
            scanner->position = AT_ITEM;
        }
        return ';';
    case '-':
    case '%': check_spaces(scanner, token, (char)token.kind); return token.kind;
    case T_ARROW:
    case T_EQ: return token.kind;
    default: return token.kind;
    }
}

static void follow_schedule(struct scanner *scanner, int kind)
{
    if (scanner->schedule == SCHEDULE_DAYS && kind != T_ON && kind != T_IDENT && kind != T_INT && kind != T_SCHEDULE_COMMA)
        scanner->schedule = NO_SCHEDULE;
    else if (scanner->schedule == SCHEDULE_TIMES && kind != T_AT && kind != T_TIME && kind != T_LITERAL && kind != T_SCHEDULE_COMMA)
        scanner->schedule = NO_SCHEDULE;
}

/* While recovering: an item can start here. */
static bool is_sync(const struct scanner *scanner, int kind, bool first_on_line)
{
    if (!at_level(scanner))
        return false;
    return kind == 0 || kind == T_ATTR_NAME || kind == T_LET || kind == T_IMPORT || kind == ';' ||
           (kind == T_IDENT && first_on_line && scanner->position == IN_HEADER);
}

static void record(struct scanner *scanner, const struct token *token, bool was_level, bool closes_block)
{
    struct recorded recorded = {token->kind, ROLE_NONE, false, token->span};
    const struct bracket *bracket = scan_top(scanner);

    switch (token->kind) {
    case '{':
        if (bracket && bracket->kind == BRACKET_BLOCK)
            recorded.role = ROLE_BLOCK_OPEN;
        break;
    case '}':
        if (closes_block)
            recorded.role = ROLE_BLOCK_CLOSE;
        break;
    case T_ATTR_NAME:
        if (was_level && scanner->prev.kind != T_LET)
            recorded.role = ROLE_ITEM;
        break;
    case T_LET:
    case T_IMPORT: recorded.role = ROLE_ITEM; break;
    case T_IDENT:
        if (was_level && scanner->position == IN_HEADER && scanner->header.span.start == token->span.start)
            recorded.role = ROLE_ITEM;
        break;
    case '(': recorded.is_loop = bracket && bracket->is_loop; break;
    case T_FOR:
        if (scanner->recording->tokens.len)
            scanner->recording->tokens.items[scanner->recording->tokens.len - 1].is_loop = true;
        break;
    default: break;
    }
    vec_push(scanner->arena, &scanner->recording->tokens, recorded);
}

/* The header of a block that made no sense, as `TYPE {`; its bracket is open already. */
static int reopen(struct scanner *scanner, DRC_STYPE *value, struct span *where)
{
    struct token token = scanner->header;

    if (scanner->reopen-- == 2) {
        value->T_IDENT = intern_add(scanner->context->names, scan_at(scanner, token.span.start), token.span.end - token.span.start);
        scanner->reopened = true;
        token.kind = T_IDENT;
    } else {
        token.span = scan_top(scanner)->span;
        token.kind = '{';
        scanner->position = AT_ITEM;
    }
    *where = token.span;
    scanner->prev2 = scanner->prev;
    scanner->prev = token;
    return token.kind;
}

/* While the rest of a header is skipped: its brace opens the block after all. */
static bool opens_lost_block(struct scanner *scanner, struct token token)
{
    uint32_t header = scanner->header.span.start;

    if (!scanner->skipping || !scanner->lost_header || token.kind != '{' || !at_level(scanner) ||
        memchr(scan_at(scanner, header), '\n', token.span.start - header))
        return false;
    scan_lose(scanner, scanner->lost_from, token.span.start);
    push(scanner, BRACKET_BLOCK, token.span);
    if (scanner->dead)
        return false;
    scanner->skipping = false;
    scanner->quiet = false;
    scanner->reopen = 2;
    return true;
}

int drc_lex(DRC_STYPE *value, struct span *where, struct scanner *scanner)
{
    if (scanner->first_token) {
        int kind = scanner->first_token;

        scanner->first_token = 0;
        *where = point(scanner->file->base);
        scanner->prev.kind = kind;
        scanner->prev.span = *where;
        return kind;
    }
    for (;;) {
        struct token token;
        bool was_level, in_block;
        int kind;

        if (scanner->reopen && !scanner->dead)
            return reopen(scanner, value, where);

        if (scanner->dead) {
            *where = point(scanner->file->base + scanner->file->len);
            return 0;
        }
        if (scanner->pending.kind != NONE && scanner->depth > scanner->close_to) {
            kind = scan_closer((enum bracket_kind)scan_top(scanner)->kind);
            in_block = scan_top(scanner)->kind == BRACKET_BLOCK;
            was_level = false;
            pop(scanner);
            token.kind = kind;
            token.span = point(scanner->prev.span.end);
            token.first_on_line = false;
            *where = token.span;
            if (scanner->skipping && !in_block)
                continue;
            if (scanner->skipping)
                scan_lose(scanner, scanner->lost_from, token.span.start);
            scanner->skipping = false;
        } else {
            if (scanner->pending.kind != NONE) {
                token = scanner->pending;
                scanner->pending.kind = NONE;
                *where = token.span;
                memcpy(value, &scanner->pending_value, sizeof *value);
            } else {
                token.kind = drc_raw_lex(value, where, scanner->flex);
                token.span = *where;
                token.first_on_line = scanner->newline;
                scanner->newline = false;
            }
            if (scanner->braces.known && scanner->braces.known->count && repair_token(scanner, token, value->T_LITERAL))
                continue;
            if (opens_lost_block(scanner, token))
                continue;
            was_level = at_level(scanner);
            in_block = was_level && token.kind == '}' && scanner->depth > 0;
            kind = lex_token(scanner, token, value, where);
            if (kind == AGAIN)
                continue;
            follow_schedule(scanner, kind);
            if (scanner->skipping) {
                if (kind == '{' || !(in_block || is_sync(scanner, kind, token.first_on_line))) {
                    if (kind == T_NO_BODY)
                        continue;
                    scanner->prev2 = scanner->prev;
                    scanner->prev = token;
                    scanner->prev.kind = kind;
                    continue;
                }
                scan_lose(scanner, scanner->lost_from, token.span.start);
                scanner->skipping = false;
                scanner->quiet = false;
            }
            if (kind == T_NO_BODY)
                return kind;
        }
        if (kind == T_ATTR_NAME || (kind == T_IDENT && scanner->position == IN_HEADER))
            scanner->quiet = false;
        token.kind = kind;
        if (scanner->recording && !scanner->dead)
            record(scanner, &token, was_level, in_block);
        scanner->prev2 = scanner->prev;
        scanner->prev = token;
        return kind;
    }
}

bool scan_resync(struct scanner *scanner, int *lookahead, int empty, struct span where, uint32_t from)
{
    bool again = scanner->last_resync == where.start;

    scanner->scratch.len = 0;
    scanner->pairs.len = 0;
    scanner->objects.len = 0;
    scan_lose(scanner, from, where.start);
    if (peek_word(scan_at(scanner, from), "import"))
        lost_import(scanner->context->sink, NULL);
    if (*lookahead == 0)
        return !again && !scanner->dead;
    scanner->last_resync = where.start;
    if (*lookahead != empty && !again &&
        ((*lookahead == '}' && scanner->position == AT_ITEM && at_level(scanner)) || is_sync(scanner, *lookahead, scanner->prev.first_on_line))) {
        scanner->quiet = false;
        return true;
    }
    /* The brace of a header that made no sense. */
    if (*lookahead == '{' && scanner->depth && scan_top(scanner)->kind == BRACKET_BLOCK) {
        *lookahead = empty;
        scanner->reopen = 2;
        return true;
    }
    *lookahead = empty;
    scanner->skipping = true;
    scanner->lost_from = where.start;
    scanner->lost_header = scanner->position == IN_HEADER && at_level(scanner);
    if (at_level(scanner))
        scanner->position = IN_VALUE;
    return true;
}
