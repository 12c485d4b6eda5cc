/* Literals and stray bytes: called by the flex actions with the text they matched. */
#include "base/utf8.h"
#include "syntax/build.h"
#include "syntax/peek.h"

#include <inttypes.h>
#include <string.h>

static struct expr *out_of_range(struct scanner *scanner, struct span span, const char *what, const char *limit)
{
    diag_help(scan_report(scanner, DIAG_E0112, span, "%s is out of range", what), "%s", limit);
    return expr_new(scanner, EXPR_ERROR, span);
}

static bool read_integer(const char *text, size_t len, int64_t *value)
{
    int64_t result = 0;

    for (size_t i = 0; i < len; i++) {
        if (__builtin_mul_overflow(result, 10, &result) || __builtin_add_overflow(result, text[i] - '0', &result))
            return false;
    }
    *value = result;
    return true;
}

/* "1200.50 USD/mo" */
static bool read_money(struct scanner *scanner, const char *text, size_t len, struct money *money)
{
    size_t number = 0, currency;
    int64_t nano;

    while (text[number] != ' ')
        number++;
    for (currency = number; text[currency] == ' '; currency++)
        ;
    if (!read_decimal(text, number, &nano) || nano % (NANO / 10000))
        return false;
    money->amount = nano / (NANO / 10000);
    money->currency = intern_add(scanner->context->names, text + currency, 3);
    if (len > currency + 4)
        money->period = intern_add(scanner->context->names, text + currency + 4, len - currency - 4);
    return true;
}

static struct expr *money_literal(struct scanner *scanner, struct expr *expr, const char *text, size_t len)
{
    static const char *const periods[] = {"mo", "y", "d", "h"};
    struct money *money = ARENA_NEW(scanner->kept, struct money);

    if (!read_money(scanner, text, len, money))
        return out_of_range(scanner, expr->span, "this amount", "amounts have at most four decimal places and stay below 9 thousand million");
    for (size_t i = 0; i < 4 && money->period; i++) {
        if (strcmp(money->period, periods[i]) == 0)
            break;
        if (i == 3) {
            diag_help(scan_report(scanner, DIAG_E0111, expr->span, "`/%s` is not a period of cost", money->period),
                      "the periods are `/mo`, `/y`, `/d` and `/h`");
            return expr_new(scanner, EXPR_ERROR, expr->span);
        }
    }
    expr->u.money = money;
    return expr;
}

struct expr *scan_literal(struct scanner *scanner, enum expr_kind kind, struct span span, const char *text, size_t len)
{
    struct expr *expr = expr_new(scanner, kind, span);
    struct frac *rate;

    switch (kind) {
    case EXPR_INT:
        if (!read_integer(text, len, &expr->u.integer))
            return out_of_range(scanner, span, "this number", "whole numbers go up to 9223372036854775807");
        break;
    case EXPR_DECIMAL:
        if (!read_decimal(text, len, &expr->u.integer))
            return out_of_range(scanner, span, "this number", "decimals have at most nine places and stay below 9 thousand million");
        break;
    case EXPR_PERCENT:
        /* Hundredths of parts per 10^9: seven places are exact. */
        if (!read_decimal(text, len - 1, &expr->u.integer) || expr->u.integer % 100)
            return out_of_range(scanner, span, "this percentage", "percentages have at most seven decimal places");
        expr->u.integer /= 100;
        break;
    case EXPR_DURATION:
        if (!read_duration(text, len, &expr->u.integer)) {
            size_t units = 0;

            for (size_t i = 1; i < len; i++)
                units += !peek_digit(text[i]) && peek_digit(text[i - 1]);
            if (units < 2)
                return out_of_range(scanner, span, "this duration", "durations go up to about 292 million years");
            diag_help(scan_report(scanner, DIAG_E0111, span, "the parts of a duration go from large to small, each once"),
                      "write it like `1h30m`; the order is `y`, `w`, `d`, `h`, `m`, `s`, `ms`");
            return expr_new(scanner, EXPR_ERROR, span);
        }
        break;
    case EXPR_SIZE:
        if (!read_size(text, len, &expr->u.integer))
            return out_of_range(scanner, span, "this size", "sizes are whole bytes and stay below 8192PiB");
        break;
    case EXPR_RATE:
        rate = ARENA_NEW(scanner->kept, struct frac);
        if (!read_rate(text, len, rate))
            return out_of_range(scanner, span, "this rate", "rates are whole bytes per second, minute, hour or day");
        expr->u.rate = rate;
        break;
    case EXPR_MONEY: return money_literal(scanner, expr, text, len);
    case EXPR_DATE:
        if (!read_date(text, len, &expr->u.integer)) {
            diag_help(scan_report(scanner, DIAG_E0113, span, "there is no such date"), "dates are written year-month-day, like `2026-11-21`");
            return expr_new(scanner, EXPR_ERROR, span);
        }
        break;
    case EXPR_TIME:
        if (!read_time(text, len, &expr->u.integer)) {
            diag_help(scan_report(scanner, DIAG_E0113, span, "there is no such time of day"), "times go from `00:00` to `23:59`");
            return expr_new(scanner, EXPR_ERROR, span);
        }
        break;
    default: break;
    }
    return expr;
}

/* A unit people write, and ours. */
static const struct {
    const char *theirs, *ours;
} unit_names[] = {
    {"sec", "s"},     {"secs", "s"},  {"second", "s"},  {"seconds", "s"}, {"S", "s"},     {"min", "m"},   {"mins", "m"},  {"minute", "m"},
    {"minutes", "m"}, {"M", "m"},     {"hr", "h"},      {"hrs", "h"},     {"hour", "h"},  {"hours", "h"}, {"H", "h"},     {"day", "d"},
    {"days", "d"},    {"D", "d"},     {"week", "w"},    {"weeks", "w"},   {"W", "w"},     {"year", "y"},  {"years", "y"}, {"yr", "y"},
    {"Y", "y"},       {"msec", "ms"}, {"millis", "ms"}, {"b", "B"},       {"byte", "B"},  {"bytes", "B"}, {"K", "KiB"},   {"k", "KiB"},
    {"kb", "KB"},     {"kB", "KB"},   {"Kb", "KB"},     {"kib", "KiB"},   {"kiB", "KiB"}, {"Ki", "KiB"},  {"mb", "MB"},   {"Mb", "MB"},
    {"mib", "MiB"},   {"Mi", "MiB"},  {"G", "GiB"},     {"g", "GiB"},     {"gb", "GB"},   {"Gb", "GB"},   {"gib", "GiB"}, {"Gi", "GiB"},
    {"T", "TiB"},     {"t", "TiB"},   {"tb", "TB"},     {"Tb", "TB"},     {"tib", "TiB"}, {"Ti", "TiB"},  {"P", "PiB"},   {"pb", "PB"},
    {"pib", "PiB"},   {"Pi", "PiB"},
};

const char *scan_unit_like(const char *text, size_t len)
{
    static const char *const ours[] = {"ms", "s", "m", "h", "d", "w", "y", "B", "KB", "MB", "GB", "TB", "PB", "KiB", "MiB", "GiB", "TiB", "PiB"};

    for (size_t i = 0; i < sizeof ours / sizeof ours[0]; i++) {
        if (strlen(ours[i]) == len && memcmp(ours[i], text, len) == 0)
            return ours[i];
    }
    for (size_t i = 0; i < sizeof unit_names / sizeof unit_names[0]; i++) {
        if (strlen(unit_names[i].theirs) == len && memcmp(unit_names[i].theirs, text, len) == 0)
            return unit_names[i].ours;
    }
    return NULL;
}

struct expr *scan_bad_number(struct scanner *scanner, struct span span, const char *text, size_t len)
{
    size_t number = 0, unit, unit_len;
    const char *ours, *slash = memchr(text, '/', len);
    struct diag *diag;

    if (memchr(text, ':', len)) {
        diag = scan_report(scanner, DIAG_E0113, span, "`%.*s` is not a time of day", (int)len, text);
        diag_help(diag, "times are two digits, a colon and two digits, like `02:00`; the `:` of `? :` needs spaces");
        return expr_new(scanner, EXPR_ERROR, span);
    }
    if (memchr(text, '-', len)) {
        diag = scan_report(scanner, DIAG_E0113, span, "`%.*s` is not a date", (int)len, text);
        diag_help(diag, "dates are written year-month-day, like `2026-11-21`");
        return expr_new(scanner, EXPR_ERROR, span);
    }
    while (number < len && (peek_digit(text[number]) || text[number] == '.'))
        number++;
    unit = number;
    unit_len = (slash ? (size_t)(slash - text) : len) - unit;
    if (unit_len == 0) {
        diag = scan_report(scanner, DIAG_E0111, span, "`%.*s` is not a number", (int)len, text);
        diag_help(diag, "a version or an address is written as a string, `\"%.*s\"`", (int)len, text);
        return expr_new(scanner, EXPR_ERROR, span);
    }
    if (text[unit] == '_') {
        diag = scan_report(scanner, DIAG_E0111, span, "`%.*s` is not a number", (int)len, text);
        diag_help(diag, "digits are not grouped: write `1200` for 1_200");
        return expr_new(scanner, EXPR_ERROR, span);
    }
    ours = scan_unit_like(text + unit, unit_len);
    if (slash) {
        diag = scan_report(scanner, DIAG_E0111, span, "`%.*s` is not a rate", (int)len, text);
        diag_help(diag, "rates are written like `200MiB/s`, with `/s`, `/m`, `/h` or `/d`; a division has spaces");
    } else if (ours && memchr(text, '.', number) && (ours[0] == 's' || !strchr(ours, 'B'))) {
        diag = scan_report(scanner, DIAG_E0111, span, "a duration has whole parts");
        diag_help(diag, "write `1h30m` for one and a half hours");
    } else if (ours) {
        struct span wrong = {span.start + (uint32_t)unit, span.start + (uint32_t)(unit + unit_len)};

        diag = scan_report(scanner, DIAG_E0111, span, "`%.*s` is not a unit", (int)unit_len, text + unit);
        diag_fix(diag, wrong, ours, "write `%.*s%s`", (int)number, text, ours);
        if (strcmp(ours, "m") == 0 && text[unit] == 'M')
            diag_note(diag, "`m` is minutes; months have no fixed length, so write days: `30d`");
    } else if (unit_len == 3 && text[unit] >= 'A' && text[unit] <= 'Z' && text[unit + 2] <= 'Z') {
        diag = scan_report(scanner, DIAG_E0111, span, "an amount of money has a space before its currency");
        diag_help(diag, "write `%.*s %.*s`", (int)number, text, (int)unit_len, text + unit);
    } else {
        diag = scan_report(scanner, DIAG_E0111, span, "`%.*s` is not a unit", (int)unit_len, text + unit);
        diag_help(diag, "durations end in `ms`, `s`, `m`, `h`, `d`, `w` or `y`, sizes in `B`, `KB` … `PB` or `KiB` … `PiB`; "
                        "text needs quotes");
    }
    return expr_new(scanner, EXPR_ERROR, span);
}

bool scan_is_money(const struct scanner *scanner, struct span span)
{
    return !peek_word_char(*scan_at(scanner, span.end)) && *scan_at(scanner, span.end) != '-' && !scan_followed_by_equals(scanner, span.end);
}

/* ---- strings ---- */

static struct expr *string_expr(struct scanner *scanner, struct span span, const char *text, size_t len)
{
    struct expr *expr = expr_new(scanner, EXPR_STRING, span);

    expr->u.string.text = len ? arena_strndup(scanner->kept, text, len) : "";
    expr->u.string.len = (uint32_t)len;
    return expr;
}

static bool is_hex(char c)
{
    return peek_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* `\u{1F600}`, with the braces. */
static bool read_code_point(const char *text, size_t len, uint32_t *character)
{
    uint32_t value = 0;

    if (len < 5 || len > 10 || text[2] != '{' || text[len - 1] != '}')
        return false;
    for (size_t i = 3; i < len - 1; i++) {
        char c = text[i];

        if (!is_hex(c))
            return false;
        value = value * 16 + (uint32_t)(peek_digit(c) ? c - '0' : (c | 32) - 'a' + 10);
    }
    *character = value;
    return value != 0;
}

void scan_escape(struct scanner *scanner, struct span span, const char *text, size_t len)
{
    static const char letters[] = "nt\"\\", values[] = "\n\t\"\\";
    const char *letter = len == 2 ? strchr(letters, text[1]) : NULL;
    char bytes[4];
    uint32_t character;
    size_t size = 0;
    struct diag *diag;

    if (letter && *letter) {
        strbuf_addch(&scanner->text, values[letter - letters]);
        return;
    }
    if (len > 2 && text[1] == 'u') {
        if (read_code_point(text, len, &character))
            size = utf8_encode(character, bytes);
        if (size) {
            strbuf_add(&scanner->text, bytes, size);
            return;
        }
        diag = scan_report(scanner, DIAG_E0109, span, "`%.*s` is not a character", (int)len, text);
        diag_help(diag, "write the hexadecimal code point, up to 10FFFF and not 0: `\\u{e9}`");
        return;
    }
    /* A line end, or the end of the file: the missing quote is the mistake, and is reported. */
    if (len == 1 && (text[1] == '\n' || text[1] == '\r' || text[1] == '\0') && !scanner->triple)
        return;
    span.end = span.start + 1;
    diag = scan_report(scanner, DIAG_E0109, span, "a backslash must be followed by an escape");
    diag_fix(diag, span, "\\\\", "write `\\\\` for a backslash");
    diag_note(diag, "the escapes are `\\n`, `\\t`, `\\\"`, `\\\\`, `\\u{…}` and `\\( )` for a value");
    strbuf_addch(&scanner->text, '\\');
    if (len > 1)
        strbuf_add(&scanner->text, text + 1, len - 1);
}

struct expr *scan_string(struct scanner *scanner, struct span span, const char *text, size_t len)
{
    struct expr *expr;
    size_t at = 0;

    if (!memchr(text, '\\', len))
        return string_expr(scanner, span, text, len);
    strbuf_clear(&scanner->text);
    while (at < len) {
        const char *escape = memchr(text + at, '\\', len - at);
        struct span place;
        size_t size = 2;

        if (!escape) {
            strbuf_add(&scanner->text, text + at, len - at);
            break;
        }
        strbuf_add(&scanner->text, text + at, (size_t)(escape - text) - at);
        at = (size_t)(escape - text);
        if (escape[1] == 'u' && at + 2 < len && escape[2] == '{') {
            const char *end = memchr(escape, '}', len - at);

            if (end)
                size = (size_t)(end - escape) + 1;
        }
        if ((unsigned char)escape[1] >= 0x80)
            size = 1; /* the character after it stays whole */
        place.start = span.start + 1 + (uint32_t)at;
        place.end = place.start + (uint32_t)size;
        scan_escape(scanner, place, escape, size);
        at += size;
    }
    expr = string_expr(scanner, span, strbuf_str(&scanner->text), scanner->text.len);
    strbuf_clear(&scanner->text);
    return expr;
}

struct expr *scan_single_quoted(struct scanner *scanner, struct span span, const char *text, size_t len)
{
    struct diag *diag = scan_report(scanner, DIAG_E0120, span, "text is written in straight double quotes");

    if (!memchr(text, '"', len) && !memchr(text, '\\', len))
        diag_fix(diag, span, arena_printf(scanner->kept, "\"%.*s\"", (int)len, text), "write `\"…\"`");
    else
        diag_help(diag, "write `\"…\"`, with `\\\"` for a quote and `\\\\` for a backslash inside");
    return string_expr(scanner, span, text, len);
}

/* The least indentation of the lines of a """ string after its first, the closing quotes' line included; blank lines do
 * not count. Lines inside `\( )` do: what stands in an interpolation is indented like the text round it. */
static uint32_t common_indent(const char *at)
{
    uint32_t least = UINT32_MAX;

    while (*at && strncmp(at, "\"\"\"", 3) != 0) {
        uint32_t indent = 0;

        if (*at == '\\' && at[1]) {
            at += 2;
            continue;
        }
        if (*at++ != '\n')
            continue;
        while (at[indent] == ' ' || at[indent] == '\t')
            indent++;
        if (at[indent] != '\n' && at[indent] != '\r' && indent < least)
            least = indent;
        at += indent;
    }
    return least == UINT32_MAX ? 0 : least;
}

/* `indent`: white space that flex took after the line end behind the quotes. */
void scan_begin_string(struct scanner *scanner, struct span quotes, bool triple, uint32_t indent)
{
    strbuf_clear(&scanner->text);
    scanner->string_start = quotes.start;
    scanner->text_start = quotes.end;
    scanner->triple = triple;
    scanner->trim = triple ? common_indent(scan_at(scanner, quotes.start + 3)) : 0;
    if (indent)
        scan_indentation(scanner, quotes.end, indent);
}

/* White space at the start of a line of a """ string, before `offset`: what goes beyond the common indentation is text. */
void scan_indentation(struct scanner *scanner, uint32_t offset, uint32_t columns)
{
    const char *next = scan_at(scanner, offset);

    if (columns <= scanner->trim || *next == '\n' || *next == '\r' || strncmp(next, "\"\"\"", 3) == 0)
        return;
    strbuf_add(&scanner->text, next - (columns - scanner->trim), columns - scanner->trim);
}

struct expr *scan_text(struct scanner *scanner, struct span *span)
{
    struct expr *expr;

    span->end = span->start;
    span->start = scanner->text_start;
    expr = string_expr(scanner, *span, strbuf_str(&scanner->text), scanner->text.len);
    strbuf_clear(&scanner->text);
    return expr;
}

void scan_unterminated(struct scanner *scanner, uint32_t opener, bool triple)
{
    struct span span = {opener, opener + (triple ? 3 : 1)};
    struct diag *diag;

    const char *end = memchr(scan_at(scanner, opener), '\n', scanner->file->len - (opener - scanner->file->base));

    scan_unreport(scanner, DIAG_E0101, opener);
    diag = scan_report(scanner, DIAG_E0107, span, "string is not closed");
    scanner->swallowed |= triple;
    if (triple || !end)
        end = scanner->file->text + scanner->file->len;
    scan_lose(scanner, opener, scanner->file->base + (uint32_t)(end - scanner->file->text));
    if (!triple)
        scanner->unterminated = opener;
    diag_at(diag, "it starts here");
    if (triple)
        diag_help(diag, "close it with `\"\"\"`");
    else
        diag_help(diag, "close it with `\"` on the same line; text of several lines stands between `\"\"\"` and `\"\"\"`");
}

size_t scan_lonely_quote(struct scanner *scanner, struct span line, bool *is_string)
{
    uint32_t closers = scan_openers_on_line(scanner, line.start);
    const char *start = scan_at(scanner, line.start), *end = scan_at(scanner, line.end), *at;

    scan_unterminated(scanner, line.start, false);
    *is_string = !scan_at_item(scanner);
    if (!*is_string)
        return 1;
    for (at = end; at > start + 1; at--) {
        if (at[-1] == ' ' || at[-1] == '\t')
            continue;
        if (!strchr("})]", at[-1]) || closers-- == 0)
            break;
        end = at - 1;
    }
    return (size_t)(end - start);
}

/* ---- the rest ---- */

void scan_comment(struct scanner *scanner, struct span span)
{
    if (scanner->recording)
        vec_push(scanner->arena, &scanner->recording->comments, span);
}

void scan_doc(struct scanner *scanner, struct span span, const char *text, size_t len)
{
    scan_comment(scanner, span);
    /* Blanks at the end of a line are no text: the formatter takes them away. */
    while (len && (text[len - 1] == '\r' || text[len - 1] == ' ' || text[len - 1] == '\t'))
        len--;
    if (len && text[0] == ' ') {
        text++;
        len--;
    }
    if (scanner->doc.len) {
        strbuf_addch(&scanner->doc, '\n');
        scanner->doc_span.end = span.end;
    } else {
        scanner->doc_span = span;
        if (len == 0)
            return; /* blank lines before the text say nothing */
    }
    strbuf_add(&scanner->doc, text, len);
}

/* What copying from a document brings along: spaces of other widths, and characters without any. */
static bool is_invisible(uint32_t c)
{
    return c == 0xA0 || c == 0xAD || c == 0xFEFF || (c >= 0x2000 && c <= 0x200F) || (c >= 0x2028 && c <= 0x202F) || c == 0x205F ||
           (c >= 0x2060 && c <= 0x2069) || c == 0x3000;
}

/* `text` holds at least one byte of a character that is not ASCII; ASCII word characters may stand before and after it. */
size_t scan_foreign(struct scanner *scanner, struct span span, const char *text, size_t len, bool *is_name)
{
    size_t ascii = 0, size, end;
    uint32_t character;
    struct diag *diag;

    while ((unsigned char)text[ascii] < 0x80)
        ascii++;
    size = utf8_decode(text + ascii, len - ascii, &character);
    *is_name = true;
    if ((character >= 0x202A && character <= 0x202E) || (character >= 0x2066 && character <= 0x2069)) {
        *is_name = ascii > 0 && !peek_digit(text[0]);
        return ascii ? ascii : size; /* reported for the whole file, see parse.c */
    }
    if (is_invisible(character)) {
        if (ascii > 0) {
            *is_name = text[0] < '0' || text[0] > '9';
            return ascii; /* the word before it; then it comes again, alone */
        }
        span.end = span.start + (uint32_t)size;
        diag = scan_report(scanner, DIAG_E0106, span, "an invisible character (U+%04X) stands here", character);
        diag_fix(diag, span, " ", "replace it with a plain space");
        *is_name = false;
        return size;
    }
    /* The run ends before the next invisible character. */
    for (end = ascii + size; end < len; end += size) {
        uint32_t next;

        size = utf8_decode(text + end, len - end, &next);
        if (is_invisible(next)) /* bidirectional controls too */
            break;
    }
    span.end = span.start + (uint32_t)end;
    if ((character >= 0x2018 && character <= 0x201F) || character == 0xAB || character == 0xBB) {
        diag = scan_report(scanner, DIAG_E0120, span, "text is written in straight double quotes");
        diag_help(diag, "write `\"…\"`");
    } else if (character < 0xC0 || character == 0xD7 || character == 0xF7 || character >= 0x2000) {
        diag = scan_report(scanner, DIAG_E0106, span, "`%.*s` means nothing here", (int)end, text);
        diag_help(diag, "text needs quotes");
    } else {
        diag = scan_report(scanner, DIAG_E0106, span, "`%.*s` is not a name", (int)end, text);
        diag_help(diag, "names are written with the letters a to z, digits, `_` and `-`; anything else goes into a `title` or a string");
    }
    return end;
}

void scan_stray(struct scanner *scanner, struct span span, const char *text, size_t len)
{
    static const struct {
        char c;
        const char *help;
    } advice[] = {
        {'$', "a value is named without `$`: `region`; inside a string it is `\\(region)`"},
        {'&', "write `&&` for \"and\""},
        {'|', "write `||` for \"or\""},
        {'\'', "text is written in double quotes"},
        {'`', "text is written in double quotes"},
        {'\\', "`\\( )` has a meaning only inside a string"},
        {'@', "text needs quotes"},
        {'^', "there is no power operator; write the product"},
        {'~', "text needs quotes: `\"~/file\"`"},
    };
    unsigned char c = (unsigned char)text[0];
    struct diag *diag;

    (void)len;
    if (c == 0)
        return; /* reported for the whole file, see parse.c */
    if (c < 0x20 || c == 0x7F) {
        diag = scan_report(scanner, DIAG_E0106, span, "a control character (U+%04X) stands here", c);
        diag_help(diag, "remove it");
        return;
    }
    diag = scan_report(scanner, DIAG_E0106, span, "`%c` means nothing here", c);
    for (size_t i = 0; i < sizeof advice / sizeof advice[0]; i++) {
        if (advice[i].c == text[0])
            diag_help(diag, "%s", advice[i].help);
    }
}
