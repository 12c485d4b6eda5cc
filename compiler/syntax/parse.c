/* Looks the bytes over, then runs the parser. What is not text at all is refused whole, because every later message
 * would be about the wrong thing. */
#include "syntax/parse.h"

#include "base/utf8.h"
#include "source/lost.h"
#include "syntax/build.h"

#include "parser.h"

#include <stdlib.h>
#include <string.h>

static struct span at_text(const struct source_file *file, size_t offset, size_t len)
{
    struct span span = {file->base + (uint32_t)offset, file->base + (uint32_t)(offset + len)};

    return span;
}

static bool starts_with(const struct source_file *file, const char *bytes, size_t len)
{
    return file->len >= len && memcmp(file->text, bytes, len) == 0;
}

/* Embedding, override and isolate controls (U+202A to U+202E, U+2066 to U+2069) make an editor show another order of the
 * text than is read: what a reviewer approves is not what runs (CVE-2021-42574). */
static void check_direction(const struct parse_context *context, const struct source_file *file)
{
    const char *end = file->text + file->len;
    struct diag *diag = NULL;
    uint32_t more = 0;

    for (const char *at = file->text; (at = memchr(at, 0xE2, (size_t)(end - at))); at++) {
        unsigned char second = (unsigned char)at[1], third = (unsigned char)at[2];

        if (!(second == 0x80 && third >= 0xAA && third <= 0xAE) && !(second == 0x81 && third >= 0xA6 && third <= 0xA9))
            continue;
        if (diag) {
            more++;
            continue;
        }
        diag = diag_report(context->sink, DIAG_E0119, at_text(file, (size_t)(at - file->text), 3),
                           "a control character (U+%04X) changes the order in which the text is shown",
                           second == 0x80 ? 0x2000u + (third - 0x80u) : 0x2040u + (third - 0x80u));
        diag_help(diag, "remove it; inside a string it can be written as `\\u{202e}`, which everybody sees");
    }
    if (more)
        diag_note(diag, "there are %u more in this file", more);
}

/* False when the file cannot be read as text. `skip` gets the length of a byte order mark. */
static bool check_bytes(const struct parse_context *context, const struct source_file *file, uint32_t *skip)
{
    const char *nul, *cr;
    size_t bad;

    *skip = 0;
    if (starts_with(file, "\xFF\xFE", 2) || starts_with(file, "\xFE\xFF", 2)) {
        diag_help(diag_report(context->sink, DIAG_E0102, at_text(file, 0, 2), "file is UTF-16, not UTF-8"),
                  "save it as UTF-8 without a byte order mark");
        return false;
    }
    bad = utf8_invalid(file->text, file->len);
    if (bad < file->len) {
        diag_help(diag_at(diag_report(context->sink, DIAG_E0102, at_text(file, bad, 1), "file is not UTF-8"), "byte 0x%02X",
                          (unsigned char)file->text[bad]),
                  "save it as UTF-8; the first %zu bytes are fine", bad);
        return false;
    }
    nul = memchr(file->text, '\0', file->len);
    if (nul) {
        diag_help(diag_report(context->sink, DIAG_E0103, at_text(file, (size_t)(nul - file->text), 1), "file holds a NUL byte"),
                  "remove the byte; or is this not a text file?");
    }
    if (starts_with(file, "\xEF\xBB\xBF", 3)) {
        diag_fix(diag_report(context->sink, DIAG_E0104, at_text(file, 0, 3), "file starts with a byte order mark"), at_text(file, 0, 3), "",
                 "remove it, or run `drc fmt -w`");
        *skip = 3;
    }
    check_direction(context, file);
    cr = memchr(file->text, '\r', file->len);
    if (cr && cr[1] == '\n') {
        diag_help(diag_report(context->sink, DIAG_E0105, at_text(file, (size_t)(cr - file->text), 1), "lines end with CR LF; they are read as LF"),
                  "run `drc fmt -w`, or keep the file with LF in version control");
    } else if (cr) {
        diag_help(diag_report(context->sink, DIAG_E0106, at_text(file, (size_t)(cr - file->text), 1), "a carriage return stands alone"),
                  "end lines with LF");
    }
    return true;
}

static struct scanner *scanner_new(const struct parse_context *context, struct source_file *file, int first_token)
{
    struct scanner *scanner = calloc(1, sizeof *scanner);

    if (!scanner)
        out_of_memory();
    scanner->context = context;
    scanner->arena = context->trees ? context->trees : context->arena;
    scanner->kept = context->arena;
    scanner->file = file;
    scanner->first_token = first_token;
    scanner->pending.kind = -1;
    scanner->newline = true;
    scanner->tree = ARENA_NEW(context->arena, struct file_tree);
    scanner->tree->file = file;
    scanner->imports = &scanner->tree->imports;
    scanner->lists[0].blocks = &scanner->tree->blocks;
    if (first_token == T_START_EXPR)
        scanner->position = IN_VALUE;
    return scanner;
}

static void scanner_run(struct scanner *scanner, uint32_t skip)
{
    bool whole;

    scanner->flex = scan_flex_open(scanner, skip);
    whole = drc_parse(scanner) == 0 && !scanner->dead;
    scan_flex_close(scanner->flex);
    if (!whole)
        scan_lose(scanner, scanner->prev.span.start, scanner->file->base + scanner->file->len);
}

static void scanner_delete(struct scanner *scanner)
{
    strbuf_release(&scanner->text);
    strbuf_release(&scanner->doc);
    free(scanner);
}

/* The state of the sink before a reading that may turn out to be the worse one. */
struct before {
    uint32_t diags, errors, warnings;
    struct lost_mark lost;
};

static struct before remember(const struct diag_sink *sink)
{
    return (struct before){sink->diags.len, sink->errors, sink->warnings, lost_mark(sink)};
}

static void forget(struct diag_sink *sink, struct before before)
{
    sink->diags.len = before.diags;
    sink->errors = before.errors;
    sink->warnings = before.warnings;
    lost_rewind(sink, before.lost);
}

/* Reads the text, and again each time a brace turns out to be missing or one too many (repair.h). */
static struct file_tree *read_file(const struct parse_context *context, struct source_file *file, uint32_t skip, struct recording *recording)
{
    struct before before = remember(context->sink);
    struct file_tree *tree;
    struct readings readings;
    bool again;

    readings_init(&readings);
    do {
        struct scanner *scanner = scanner_new(context, file, T_START_FILE);

        forget(context->sink, before);
        if (recording)
            recording->tokens.len = recording->comments.len = 0;
        tree = scanner->tree;
        scanner->recording = recording;
        scanner->braces.known = &readings;
        scanner_run(scanner, skip);
        again = readings_go_on(&readings, &scanner->braces, context->sink->errors - before.errors);
        scanner_delete(scanner);
    } while (again);
    return tree;
}

static struct file_tree *parse(const struct parse_context *context, struct source_file *file, struct recording *recording)
{
    struct file_tree *tree;
    uint32_t errors = context->sink->errors, skip;

    if (check_bytes(context, file, &skip)) {
        tree = read_file(context, file, skip, recording);
        if (!tree->blocks && !tree->imports && context->sink->errors == errors)
            diag_help(diag_report(context->sink, DIAG_E0127, at_text(file, 0, 0), "file declares nothing"),
                      "`drc init` writes a first specification to start from");
        return tree;
    }
    lost_text(context->sink, at_text(file, 0, file->len));
    tree = ARENA_NEW(context->arena, struct file_tree);
    tree->file = file;
    return tree;
}

struct file_tree *parse_file(const struct parse_context *context, struct source_file *file)
{
    return parse(context, file, NULL);
}

bool parse_recording(const struct parse_context *context, struct source_file *file, struct recording *recording)
{
    uint32_t errors = context->sink->errors;

    parse(context, file, recording);
    return context->sink->errors == errors;
}

struct expr *parse_expression(const struct parse_context *context, struct source_file *file)
{
    struct scanner *scanner = scanner_new(context, file, T_START_EXPR);
    uint32_t errors = context->sink->errors, skip;
    struct expr *result = NULL;

    if (check_bytes(context, file, &skip)) {
        scanner_run(scanner, skip);
        result = scanner->result;
        if (!result && context->sink->errors == errors)
            diag_report(context->sink, DIAG_E0101, at_text(file, 0, file->len), "value is not an expression");
    }
    scanner_delete(scanner);
    return context->sink->errors == errors ? result : NULL;
}
