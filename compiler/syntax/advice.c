/* What to say about a header without a body, and about tokens that make no sense: the wording looks at the text
 * round the place, because the grammar only knows that something else was expected. */
#include "source/lost.h"
#include "syntax/build.h"

#include "parser.h"

#include <string.h>

static const char *word_operator(const char *text, size_t len)
{
    static const struct {
        const char *word, *operator;
    } words[] = {
        {"and", "&&"}, {"or", "||"}, {"not", "!"}, {"AND", "&&"}, {"OR", "||"}, {"NOT", "!"}, {"is", "=="}, {"mod", "%"},
    };

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strlen(words[i].word) == len && memcmp(words[i].word, text, len) == 0)
            return words[i].operator;
    }
    return NULL;
}

static bool starts_value(int kind)
{
    return kind == T_IDENT || kind == T_LITERAL || kind == T_INT || kind == T_DURATION || kind == T_TIME || kind == T_STRING ||
           kind == T_TEMPLATE_START || kind == '(' || kind == '[' || kind == '{' || kind == '!';
}

static bool ends_value(int kind)
{
    return (starts_value(kind) && kind != '(' && kind != '[' && kind != '{' && kind != '!') || kind == T_TEMPLATE_END || kind == ')' || kind == ']' ||
           kind == '}';
}

/* A word on the line of the value before it: `5 m`, `a and b`, `every day`. True when that explains it. */
static bool report_after_value(struct scanner *scanner, struct token before, struct token word)
{
    const char *text = scan_at(scanner, word.span.start), *operator, * unit;
    size_t len = word.span.end - word.span.start;
    struct span both = span_join(before.span, word.span);

    if (word.first_on_line || !before.kind)
        return false;
    operator= word_operator(text, len);
    if (operator) {
        diag_fix(scan_report(scanner, DIAG_E0123, word.span, "`%.*s` is written `%s`", (int)len, text, operator), word.span, operator,
                 "write `%s`", operator);
        return true;
    }
    unit = before.kind == T_INT ? scan_unit_like(text, len) : NULL;
    if (unit) {
        const char *number = scan_at(scanner, before.span.start);
        int number_len = (int)(before.span.end - before.span.start);
        const char *fixed = arena_printf(scanner->kept, "%.*s%s", number_len, number, unit);

        diag_fix(scan_report(scanner, DIAG_E0111, both, "a number and its unit are one word"), both, fixed, "write `%s`", fixed);
        return true;
    }
    if (before.kind == T_IDENT) {
        const char *name = scan_at(scanner, before.span.start);
        size_t name_len = before.span.end - before.span.start;

        if (name_len == 3 && memcmp(name, "not", 3) == 0) {
            diag_fix(scan_report(scanner, DIAG_E0123, before.span, "`not` is written `!`"), before.span, "!", "write `!%.*s`", (int)len, text);
            return true;
        }
        if ((name_len == 5 && memcmp(name, "every", 5) == 0) || (name_len == 5 && memcmp(name, "daily", 5) == 0) ||
            (name_len == 6 && memcmp(name, "weekly", 6) == 0) || (name_len == 7 && memcmp(name, "monthly", 7) == 0)) {
            diag_help(scan_report(scanner, DIAG_E0114, both, "this is not a schedule"),
                      "schedules are `every 15m`, `daily at 02:00`, `weekly on sun at 03:00`, `monthly on 1 at 04:00`, "
                      "`cron \"0 2 * * 1-5\"`, `continuous` and `on change`");
            return true;
        }
    }
    return false;
}

/* What stands before a word that explains nothing is not the whole value: it is not judged by itself. */
static void spoil_value(struct scanner *scanner)
{
    const struct item_list *list = &scanner->lists[scanner->open_blocks];
    struct attr *attr;

    if (!list->block)
        return;
    for (attr = list->block->attrs; attr && &attr->next != list->attrs; attr = attr->next)
        ;
    if (attr)
        attr->value = expr_new(scanner, EXPR_ERROR, attr->value->span);
}

/* `asset { database …`: the name slipped behind the brace. */
static void help_name(const struct scanner *scanner, struct diag *diag)
{
    if (scanner->before_header.kind == '{' && !scanner->header.first_on_line)
        diag_help(diag, "the name of a block, and its kind, stand before its `{`");
}

void build_no_body(struct scanner *scanner, struct span type_span, atom type, const struct expr_list *labels, const struct expr *kind,
                   struct span kind_span)
{
    uint32_t count = labels ? labels->count : 0;
    struct diag *diag;

    scan_lose(scanner, type_span.start, scanner->prev.span.end);
    if (scanner->before_header.kind == '{' && !scanner->header.first_on_line && scanner->open_blocks)
        scanner->lists[scanner->open_blocks].block->broken = true; /* its name may have slipped behind the brace */
    if (scanner->pending.kind == T_IDENT && !scanner->pending.first_on_line)
        scan_lose(scanner, scanner->pending.span.start, scanner->pending.span.end); /* the name before the `=` on this line */
    if (!scanner->header.first_on_line && scan_is_quiet(scanner, type_span))
        return;
    if (count == 1 && !kind && labels->items[0]->kind == EXPR_ERROR)
        scan_unreport(scanner, DIAG_E0101, labels->items[0]->span.start);
    if (!scanner->header.first_on_line && ends_value(scanner->before_header.kind))
        spoil_value(scanner);
    if (report_after_value(scanner, scanner->before_header, scanner->header))
        return;
    if (!scanner->header.first_on_line && !kind && starts_value(scanner->before_header.kind) && ends_value(scanner->before_header.kind)) {
        diag = scan_report(scanner, DIAG_E0116, type_span, "`%s` stands behind a value", type);
        diag_help(diag, "text of several words needs quotes, several values are a list, `[a, b]`, and another attribute is `%s = …`", type);
        return;
    }
    if (strcmp(type, "import") == 0) {
        diag = scan_report(scanner, DIAG_E0101, type_span, "import needs the file as a string");
        diag_help(diag, "write it like `import \"std/aws\"`");
        lost_import(scanner->context->sink, NULL);
        return;
    }
    if (kind && count == 0) {
        struct span colon = {type_span.end, kind->span.start ? kind->span.start : kind_span.start};

        diag = scan_report(scanner, DIAG_E0122, colon.end > colon.start ? colon : type_span, "an attribute is set with `=`, not `:`");
        if (colon.end > colon.start)
            diag_fix(diag, colon, " = ", "write `%s = …`", type);
        help_name(scanner, diag);
        return;
    }
    if (!kind && count == 1) {
        struct span gap = {type_span.end, labels->items[0]->span.start};

        diag = scan_report(scanner, DIAG_E0116, type_span, "`=` is missing after `%s`", type);
        diag_fix(diag, gap, " = ", "write `%s = …` for an attribute, or `%s … { }` for a block", type, type);
        return;
    }
    if (!kind && count == 0) {
        diag = scan_report(scanner, DIAG_E0116, type_span, "`%s` has no value", type);
        diag_help(diag, "write `%s = …` for an attribute, or `%s { … }` for a block", type, type);
        help_name(scanner, diag);
        return;
    }
    diag = scan_report(scanner, DIAG_E0116, type_span, "block `%s` has no body", type);
    diag_help(diag, "write `{ }` after it, on the same line or the next");
}

/* "'{'" from bison as "`{`"; other names come as they are to be shown. */
static const char *token_text(struct scanner *scanner, const char *name)
{
    if (name[0] == '\'' && name[1] && name[2] == '\'')
        return arena_printf(scanner->kept, "`%c`", name[1]);
    return name;
}

static bool contains(const char *const *names, int count, const char *name)
{
    for (int i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

/* "`,` or `]`", at most four; NULL when there is nothing short to say. */
static const char *expected_text(struct scanner *scanner, const char *const *expected, int count)
{
    const char *parts[4], *text;
    int kept = 0;

    if (contains(expected, count, "value"))
        return "a value";
    for (int i = 0; i < count; i++) {
        /* An operator fits after nearly everything; naming all of them helps nobody. */
        if (strstr("'?' '-' '+' '*' '/' '%' '.' '(' '<' '>' `||` `&&` `==` `!=` `<=` `>=` `..` "
                   "end of a header without a body ';' `import` `let` attribute end of file",
                   expected[i]))
            continue;
        if (kept == 4)
            return NULL;
        parts[kept++] = token_text(scanner, expected[i]);
    }
    if (kept == 0)
        return NULL;
    text = parts[0];
    for (int i = 1; i < kept; i++)
        text = arena_printf(scanner->kept, "%s%s%s", text, i == kept - 1 ? " or " : ", ", parts[i]);
    return text;
}

static bool is_comparison(int kind)
{
    return kind == T_EQ || kind == T_NE || kind == T_LE || kind == T_GE || kind == '<' || kind == '>';
}

static bool is_text(const struct scanner *scanner, struct span span, const char *text)
{
    return span.end - span.start == strlen(text) && memcmp(scan_at(scanner, span.start), text, strlen(text)) == 0;
}

/* A header that is a statement of other languages. */
static bool report_statement(struct scanner *scanner)
{
    static const struct {
        const char *word, *help;
    } statements[] = {
        {"if", "a condition is an expression, `c ? a : b`, or the attribute `when = …` of a block that has one"},
        {"for", "repetition is `[for x in list: …]`, or the attribute `for = x in list` of a block that has one"},
        {"while", "there are no loops; `[for x in list: …]` makes a list of another"},
        {"var", "a local name is `let x = …`, a value given from outside a `param` block"},
        {"const", "a local name is `let x = …`, a value given from outside a `param` block"},
        {"return", "there are no functions; a local name is `let x = …`"},
        {"function", "there are no functions; a local name is `let x = …`"},
    };
    struct span word = scanner->header.span;

    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        if (!is_text(scanner, word, statements[i].word))
            continue;
        diag_help(scan_report(scanner, DIAG_E0101, word, "there are no statements, and no `%s`", statements[i].word), "%s", statements[i].help);
        return true;
    }
    return false;
}

/* The smallest change that would make sense of it, where there is an obvious one. */
static void help_after(struct scanner *scanner, struct diag *diag, struct token before, struct token now, bool comma)
{
    const struct bracket *bracket = scanner->depth ? &scanner->brackets[scanner->depth - 1] : NULL;
    char next = *scan_at(scanner, now.span.end);

    if (now.kind == '[' && ends_value(before.kind) && before.span.end == now.span.start)
        diag_help(diag, "elements of a list have no numbers: choose with `[for x in list if …: x]`, or take `list.first`");
    else if (now.kind == T_IDENT && comma && is_text(scanner, now.span, "for"))
        diag_help(diag, "write `[for x in list: …]`");
    else if (now.kind == T_IDENT && comma && is_text(scanner, now.span, "in") && before.kind == T_IDENT)
        diag_help(diag, "write `[for x in list if …: x]`");
    else if (now.kind == ':' && bracket && bracket->kind == BRACKET_ROUND)
        diag_help(diag, "a quantifier is written `any(x in list: …)`");
    else if (now.kind == '.' && next >= '0' && next <= '9')
        diag_help(diag, "write the zero before the point, `0.5`");
    else if (ends_value(before.kind) && starts_value(now.kind) && comma)
        diag_help(diag, "separate two values with a comma");
    else if (bracket && bracket->kind == BRACKET_OBJECT && (now.kind == T_IDENT || before.kind == T_STRING))
        diag_help(diag, "an object is written `{ name = value }`");
    else if (ends_value(before.kind) && starts_value(now.kind) && scanner->position == IN_VALUE)
        diag_help(diag, "an attribute has one value: write several as a list, `[a, b]`, and join text with `\\( )` inside it");
    else if (now.kind == ':' || now.kind == T_ARROW || (scanner->position == IN_HEADER && next == '='))
        diag_help(diag, "an attribute is written `name = value`");
    else if (now.kind == T_STRING && scanner->position != IN_VALUE)
        diag_help(diag, "what a block declares and what an attribute is called is written without quotes");
}

/* A mistake that shows only on a later line belongs to the end of the line before. */
static bool report_at_line_end(struct scanner *scanner, struct token before, struct token now, const char *wanted)
{
    const char *text = scan_at(scanner, before.span.start);
    int len = (int)(before.span.end - before.span.start);

    if (!wanted || scanner->position == AT_ITEM || before.span.end <= before.span.start || before.span.end > now.span.start || len > 40 ||
        !memchr(scan_at(scanner, before.span.end), '\n', now.span.start - before.span.end))
        return false;
    if (ends_value(before.kind))
        diag_help(scan_report(scanner, DIAG_E0101, before.span, "expected %s after `%.*s`", wanted, len, text),
                  "the value goes on: add what is missing");
    else
        diag_help(scan_report(scanner, DIAG_E0101, before.span, "expected %s after `%.*s`", wanted, len, text), "write it, or remove `%.*s`", len,
                  text);
    return true;
}

void build_syntax_error(struct scanner *scanner, struct span where, const char *found, const char *const *expected, int count)
{
    const char *wanted;
    struct token before = scanner->prev2, now = scanner->prev;
    struct diag *diag;

    if (scan_is_quiet(scanner, where))
        return;
    /* The look-ahead token is the last one delivered. */
    if (now.span.start != where.start) {
        before = now;
        now.span = where;
        now.first_on_line = false;
    }
    if (now.kind == T_IDENT && report_after_value(scanner, before, now))
        return;
    if (before.kind == '=' && contains(expected, count, "value") &&
        (now.kind == T_ATTR_NAME || now.kind == '}' || now.kind == 0 || now.kind == ';' || now.kind == ',')) {
        struct span gap = {before.span.start, before.span.end};

        if (scan_is_quiet(scanner, gap))
            return;
        diag = scan_report(scanner, DIAG_E0116, gap, "the value is missing after `=`");
        diag_help(diag, "write a value, or remove the attribute; what is not known yet is `unknown`");
        if (now.kind == T_ATTR_NAME && !now.first_on_line) {
            diag_help(diag, "to compare two values, write `==`");
            scan_lose(scanner, now.span.start, now.span.end); /* hardly an attribute */
        }
        return;
    }
    if (scanner->position == IN_HEADER && !scanner->header.first_on_line && ends_value(scanner->before_header.kind)) {
        spoil_value(scanner);
        if (report_after_value(scanner, scanner->before_header, scanner->header))
            return;
    }
    if (scanner->position == IN_HEADER && report_statement(scanner))
        return;
    if (ends_value(before.kind) && scanner->position != IN_HEADER && is_comparison(now.kind)) {
        diag = scan_report(scanner, DIAG_E0101, where, "comparisons cannot be chained");
        diag_help(diag, "join two of them with `&&`");
        return;
    }
    if (now.kind == T_ARROW || now.kind == '=') {
        diag = scan_report(scanner, DIAG_E0101, where, "%s has no meaning inside a value", now.kind == '=' ? "`=`" : "an arrow");
        if (scanner->depth && scanner->brackets[scanner->depth - 1].kind == BRACKET_ROUND)
            diag_help(diag, "arguments are given by their place: `f(1, 2)`; to compare, write `==`");
        else
            diag_help(diag, "to compare, write `==`; an object is `{ name = value }`");
        return;
    }
    wanted = scanner->position == IN_HEADER ? "`=` or `{`" : expected_text(scanner, expected, count);
    if (report_at_line_end(scanner, before, now, wanted))
        return;
    found = token_text(scanner, found);
    if (now.kind == T_IDENT || now.kind == T_ATTR_NAME)
        found = arena_printf(scanner->kept, "`%.*s`", (int)(now.span.end - now.span.start), scan_at(scanner, now.span.start));
    if (wanted)
        diag = scan_report(scanner, DIAG_E0101, where, "expected %s, found %s", wanted, found);
    else
        diag = scan_report(scanner, DIAG_E0101, where, "%s does not fit here", found);
    help_after(scanner, diag, before, now, contains(expected, count, "','"));
}
