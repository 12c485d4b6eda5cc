/* Reports of the scanner, and what it finds out by looking at the text round a place: whether a mistake was told already, which
 * brackets a line opens and closes, what a slip was meant to be. */
#include "source/lost.h"
#include "syntax/peek.h"
#include "syntax/scan.h"

#include "parser.h"

#include <string.h>

const char *scan_at(const struct scanner *scanner, uint32_t offset)
{
    return scanner->file->text + (offset - scanner->file->base);
}

struct diag *scan_report(struct scanner *scanner, enum diag_code code, struct span span, const char *format, ...)
{
    const char *message;
    va_list args;

    va_start(args, format);
    message = arena_vprintf(scanner->kept, format, args);
    va_end(args);
    if (diag_info(code)->severity == SEVERITY_ERROR) {
        scanner->reported_at = span.start;
        if (++scanner->errors == ERRORS_MAX) {
            diag_help(diag_report(scanner->context->sink, DIAG_E0101, span, "too many mistakes, the rest of the file was not read"),
                      "is this a specification at all?");
            scanner->dead = true;
        }
    }
    return diag_report(scanner->context->sink, code, span, "%s", message);
}

void scan_lose(struct scanner *scanner, uint32_t from, uint32_t to)
{
    lost_text(scanner->context->sink, (struct span){from, to});
    if (to > from && scanner->open_blocks)
        scanner->lists[scanner->open_blocks].block->touched = true;
}

void scan_unreport(struct scanner *scanner, enum diag_code code, uint32_t at)
{
    struct diag_sink *sink = scanner->context->sink;
    const struct diag *last = sink->diags.len ? sink->diags.items[sink->diags.len - 1] : NULL;

    if (!last || last->code != code || last->primary.span.start != at)
        return;
    sink->diags.len--;
    sink->errors -= last->severity == SEVERITY_ERROR;
    sink->warnings -= last->severity == SEVERITY_WARNING;
    scanner->errors--;
}

bool scan_is_quiet(const struct scanner *scanner, struct span where)
{
    uint32_t from = scanner->reported_at, to = where.start;

    if (scanner->quiet || scanner->dead || from == 0)
        return scanner->quiet || scanner->dead;
    if (from > to) {
        from = where.start;
        to = scanner->reported_at;
    }
    return !memchr(scan_at(scanner, from), '\n', to - from);
}

bool scan_at_item(const struct scanner *scanner)
{
    return scanner->position == AT_ITEM && (scanner->depth == 0 || scanner->brackets[scanner->depth - 1].kind == BRACKET_BLOCK) &&
           scanner->prev.kind != T_IMPORT;
}

bool scan_followed_by_equals(const struct scanner *scanner, uint32_t offset)
{
    return peek_equals(peek_blank(scan_at(scanner, offset)));
}

/* Closing braces on the rest of the line that nothing on it opens. */
static uint32_t closers_on_line(const struct scanner *scanner, uint32_t offset)
{
    uint32_t open = 0, closers = 0;
    bool string = false;

    for (const char *at = scan_at(scanner, offset); *at && *at != '\n'; at++) {
        if (string && *at == '\\' && at[1] && at[1] != '\n')
            at++;
        else if (*at == '"')
            string = !string;
        else if (!string && (*at == '#' || (*at == '/' && at[1] == '/')))
            break;
        else if (!string && *at == '{')
            open++;
        else if (!string && *at == '}' && open)
            open--;
        else if (!string && *at == '}')
            closers++;
    }
    return closers;
}

uint32_t scan_openers_on_line(const struct scanner *scanner, uint32_t offset)
{
    uint32_t count = 0;

    for (uint32_t i = scanner->depth; i-- > 0;) {
        uint32_t brace = scanner->brackets[i].span.start;

        if (memchr(scan_at(scanner, brace), '\n', offset - brace))
            break;
        count++;
    }
    return count;
}

/* A header with what belongs into a block behind it, but no `{`: either its `}` stands on the line and closes nothing else, or the next
 * line is an attribute that stands deeper. */
bool scan_misses_opener(const struct scanner *scanner, struct token token, bool is_attr)
{
    if (!is_attr || scanner->skipping)
        return false;
    if (token.first_on_line)
        return scanner->header.first_on_line && scanner->prev.span.end > scanner->header.span.end && scanner->line_indent > scanner->header_indent;
    return closers_on_line(scanner, token.span.start) > scan_openers_on_line(scanner, token.span.start);
}

/* Whether the right bracket follows on the line: then the wrong one is one too many. */
bool scan_closes_later(const struct scanner *scanner, uint32_t offset, int closer)
{
    const char *at = scan_at(scanner, offset), *end = strchr(at, '\n');

    return closer < 128 && memchr(at, closer, end ? (size_t)(end - at) : strlen(at));
}

/* `name == 5`, `name: 5`, `name -> 5` where an item starts: reported, and read as `name = 5`. */
bool scan_meant_equals(struct scanner *scanner, struct token token)
{
    const char *start = scan_at(scanner, token.span.end), *at = start, *next;
    struct span wrong;
    size_t len = 0;

    while (*at == ' ' || *at == '\t')
        at++;
    next = at + 1;
    while (*next == ' ' || *next == '\t')
        next++;
    if ((at[0] == '=' && (at[1] == '=' || at[1] == '>')) || (at[0] == '-' && at[1] == '>') || (at[0] == ':' && at[1] == '='))
        len = 2;
    else if (at[0] == ':' && (peek_digit(*next) || *next == '"' || *next == '[' || *next == '\'' || peek_word(next, "true") ||
                              peek_word(next, "false") || peek_word(next, "null")))
        len = 1;
    if (len == 0)
        return false;
    wrong.start = token.span.end + (uint32_t)(at - start);
    wrong.end = wrong.start + (uint32_t)len;
    diag_fix(scan_report(scanner, DIAG_E0122, wrong, "an attribute is set with `=`, not `%.*s`", (int)len, at), wrong, at == start ? " =" : "=",
             "write `%.*s = …`", (int)(token.span.end - token.span.start), scan_at(scanner, token.span.start));
    scanner->as_equals = true;
    return true;
}
