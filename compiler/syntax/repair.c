/* How a missing brace, or one too many, is found: by the indentation.
 *
 * A block whose lines stand deeper than its header ends before the first line that does not. That is only seen when the file ends with a block
 * open, or a brace closes nothing; then the text is read again with the brace mended, as often as that makes it better. */
#include "syntax/repair.h"
#include "source/diag.h"
#include "syntax/scan.h"

static void report_missing(struct scanner *scanner, struct span opener, enum bracket_kind kind, struct span misfit, uint32_t end)
{
    struct diag *diag = scan_report(scanner, DIAG_E0117, opener, "`%s` is never closed", scan_opener(kind));

    scanner->braces.blamed++;
    diag_at(diag, "opened here");
    if (misfit.end)
        diag_label(diag, misfit, "to judge by the indentation, it should end before this");
    else
        diag_label(diag, (struct span){end, end}, "the file ends here");
    diag_help(diag, "add the missing `%c`", scan_closer(kind));
}

/* ---- what is seen on the way ---- */

void repair_see_token(struct scanner *scanner, struct token token)
{
    struct bracket *bracket = scan_top(scanner);

    if (!bracket)
        return;
    if (!token.first_on_line) {
        if (scanner->prev.kind == '{')
            bracket->indented = true; /* it goes on behind its brace: what stands below its header is no part of it */
    } else if (token.kind != '}' && !bracket->misfit.end) {
        if (scanner->line_indent <= bracket->indent)
            bracket->misfit = token.span;
        else
            bracket->indented = true;
    }
}

void repair_see_header(struct scanner *scanner, struct token token)
{
    struct braces *braces = &scanner->braces;

    /* A block that is indented as if it stood in the one before, which is closed. */
    if (scanner->depth == 0 && token.first_on_line && braces->last_close && !braces->stranded.at && scanner->line_indent > braces->last_indent)
        braces->stranded = (struct repair){braces->last_close, false, token.span};
}

void repair_see_close(struct scanner *scanner, const struct bracket *bracket, struct token token)
{
    struct braces *braces = &scanner->braces;

    if (scanner->block_depth == 1) {
        braces->last_close = token.span.start;
        braces->last_indent = bracket->indent;
    }
    if (token.first_on_line && bracket->indented && bracket->misfit.end && scanner->line_indent < bracket->indent && !braces->left.at) {
        braces->left = (struct repair){bracket->misfit.start, true, {0, 0}};
        braces->left_opener = bracket->span;
        braces->left_misfit = bracket->misfit;
    }
}

void repair_see_stray_attribute(struct scanner *scanner, struct span name)
{
    if (!scanner->braces.stranded.at && scanner->braces.last_close)
        scanner->braces.stranded = (struct repair){scanner->braces.last_close, false, name};
}

void repair_see_stray_open(struct scanner *scanner, struct token token)
{
    if (!scanner->braces.stray_open)
        scanner->braces.stray_open = token.span.start;
}

void repair_see_stray_close(struct scanner *scanner)
{
    if (scanner->braces.stranded.at && !scanner->braces.found.at)
        scanner->braces.found = scanner->braces.stranded;
}

/* The bracket that was most likely meant to be closed earlier: the innermost block with a line that stands too far left. */
static const struct bracket *suspect_of(const struct scanner *scanner)
{
    const struct bracket *suspect = NULL;

    for (uint32_t i = scanner->depth; i-- > 0;) {
        const struct bracket *bracket = &scanner->brackets[i];

        if (bracket->kind == BRACKET_BLOCK && bracket->misfit.end)
            return bracket;
        if (bracket->kind != BRACKET_BLOCK)
            suspect = bracket; /* anything else is closed before its block */
    }
    return suspect ? suspect : &scanner->brackets[scanner->depth - 1];
}

void repair_see_end(struct scanner *scanner, struct token token)
{
    struct braces *braces = &scanner->braces;
    struct bracket suspect = *suspect_of(scanner);

    if (braces->left.at)
        suspect = (struct bracket){.kind = BRACKET_BLOCK, .span = braces->left_opener, .misfit = braces->left_misfit, .indented = true};
    if (scanner->swallowed)
        return; /* the brackets may well be closed in there */
    if (suspect.kind == BRACKET_STRING || suspect.kind == BRACKET_INTERPOLATION) {
        scan_unterminated(scanner, suspect.span.start, suspect.triple);
        return;
    }
    report_missing(scanner, suspect.span, (enum bracket_kind)suspect.kind, suspect.misfit, token.span.start);
    if (braces->stray_open && !braces->found.at)
        braces->found = (struct repair){braces->stray_open, false, {0, 0}};
    if (suspect.kind == BRACKET_BLOCK && suspect.misfit.end && suspect.indented && !braces->found.at)
        braces->found = (struct repair){suspect.misfit.start, true, {0, 0}};
    /* Nobody knows where the block should have ended, and what stands after it is taken for a part of it. */
    scan_lose(scanner, suspect.span.start, token.span.start);
}

/* ---- the next reading ---- */

static bool drop_brace(struct scanner *scanner, const struct repair *known, struct token token)
{
    scanner->braces.blamed++;
    if (token.kind == '{')
        diag_help(scan_report(scanner, DIAG_E0118, token.span, "`{` opens nothing"), "remove it, or write the block's header before it");
    else
        diag_help(diag_label(scan_report(scanner, DIAG_E0118, token.span, "`}` closes the block too early"), known->because,
                             "this would stand outside any block"),
                  "remove it");
    return true;
}

/* False when the header has to be ended first: then the token comes again. */
static bool add_brace(struct scanner *scanner, struct token token, void *value)
{
    struct bracket *top = scan_top(scanner);
    uint32_t depth = scanner->depth;

    if (scanner->position == IN_HEADER)
        return false;
    while (depth && scanner->brackets[depth - 1].kind == BRACKET_BLOCK && scanner->brackets[depth - 1].indented &&
           scanner->brackets[depth - 1].indent >= scanner->line_indent)
        depth--;
    if (depth == scanner->depth)
        return false;
    top->misfit = token.span;
    report_missing(scanner, top->span, (enum bracket_kind)top->kind, top->misfit, 0);
    scan_close_first(scanner, depth, token, value);
    return true;
}

bool repair_token(struct scanner *scanner, struct token token, void *value)
{
    const struct readings *readings = scanner->braces.known;

    for (uint32_t i = 0; readings && i < readings->count; i++) {
        const struct repair *known = &readings->repairs[i];

        if (known->at == token.span.start)
            return known->is_missing ? add_brace(scanner, token, value) : drop_brace(scanner, known, token);
    }
    return false;
}

void readings_init(struct readings *readings)
{
    readings->count = 0;
    readings->least = UINT32_MAX;
    readings->last = false;
}

bool readings_go_on(struct readings *readings, const struct braces *seen, uint32_t mistakes)
{
    mistakes -= seen->blamed;
    if (readings->last)
        return false;
    if (mistakes > readings->least) {
        readings->count--;
        readings->last = true;
        return true;
    }
    if (!seen->found.at || readings->count == REPAIRS_MAX || (readings->count && readings->repairs[readings->count - 1].at == seen->found.at))
        return false;
    readings->least = mistakes;
    readings->repairs[readings->count++] = seen->found;
    return true;
}
