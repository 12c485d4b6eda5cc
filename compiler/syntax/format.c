/* The canonical form, made from the tokens the parser saw and the comments between them; the tree is not needed,
 * because formatting keeps every literal as it was written.
 *
 * Items stand on lines of their own, in their block's indentation. A block written on one line stays so if it fits.
 * A bracket is spread over lines, one element each, when a line ended right behind it in the source, when a line
 * comment stands in it, or when its line would be too long otherwise; lines that were broken at an operator stay so.
 * All decisions depend only on what formatting does not change, which is what makes it idempotent: the padding before
 * an aligned `=` is left out of every measurement. */
#include "syntax/format.h"

#include "base/utf8.h"
#include "syntax/scan.h"

#include "parser.h"

#include <stdlib.h>
#include <string.h>

enum { LINE_MAX_WIDTH = 110, INDENT = 2 };

/* What a token is, beyond its kind. */
enum tok_use { USE_PLAIN, USE_UNARY, USE_CALL, USE_TERNARY_COLON, USE_LOOP_COLON, USE_KEY };

struct tok {
    int kind;
    uint8_t role;        /* enum token_role */
    uint8_t use;         /* enum tok_use */
    uint8_t space;       /* blanks before it when the line goes on */
    bool dropped;        /* a separator that the canonical form does without */
    bool breaks;         /* a line starts here: the source had one round this operator */
    bool broken;         /* an opening bracket: its contents stand on lines of their own */
    bool commas;         /* an opening bracket: its elements are separated by commas, also after the last */
    bool is_loop;        /* an opening bracket: `[for`, `any(` */
    bool many_lines;     /* a """ string */
    uint32_t match;      /* brackets: index of the partner */
    uint32_t start, end; /* in the file's text */
    uint32_t width;      /* columns, of the last line for a """ string */
    uint32_t flat;       /* columns of all tokens before it, on one line */
};

struct printer {
    const struct source_file *file;
    struct tok *toks;
    uint32_t count;
    const struct span *comments;
    uint32_t comment_count;
    uint32_t next_comment;
    struct strbuf *out;
    uint32_t column;  /* on the line being written, without `padding` */
    uint32_t padding; /* blanks for alignment on this line */
};

/* ---- preparing the tokens ---- */

static uint32_t text_width(const char *text, uint32_t len)
{
    uint32_t width = 0;

    for (uint32_t at = 0; at < len;) {
        uint32_t character;
        size_t size = utf8_decode(text + at, len - at, &character);

        width += (uint32_t)utf8_width(character);
        at += (uint32_t)size;
    }
    return width;
}

static bool has_newline(const struct source_file *file, uint32_t from, uint32_t to)
{
    return to > from && memchr(file->text + from, '\n', to - from) != NULL;
}

/* Columns of a literal: several blanks within money count as one. */
static uint32_t token_width(const struct source_file *file, const struct tok *tok)
{
    const char *text = file->text + tok->start, *line = text;
    uint32_t len = tok->end - tok->start, width;

    for (const char *at = text; (at = memchr(at, '\n', len - (size_t)(at - text))); line = ++at)
        ;
    width = text_width(line, len - (uint32_t)(line - text));
    if (tok->kind == T_LITERAL) {
        for (uint32_t i = 1; i < len; i++)
            width -= text[i] == ' ' && text[i - 1] == ' ';
    }
    return width;
}

/* Copies the recording; a string with its interpolations becomes one token, and comments inside it go away. */
static void collect(struct printer *printer, const struct recording *recording, struct arena *arena)
{
    struct span *comments = ARENA_ARRAY(arena, struct span, recording->comments.len + 1);
    uint32_t base = printer->file->base, depth = 0, comment = 0, kept = 0;

    printer->toks = ARENA_ARRAY(arena, struct tok, recording->tokens.len + 1);
    for (uint32_t i = 0; i < recording->tokens.len; i++) {
        const struct recorded *from = &recording->tokens.items[i];
        struct tok *to;

        if (from->kind == T_START_FILE || from->kind == 0)
            continue;
        /* A `;` that ends nothing is nothing: an empty block stays one. */
        if (from->kind == ';' && depth == 0 &&
            (printer->count == 0 || printer->toks[printer->count - 1].kind == '{' || printer->toks[printer->count - 1].kind == ';'))
            continue;
        if (depth > 0) {
            depth += from->kind == T_TEMPLATE_START;
            depth -= from->kind == T_TEMPLATE_END;
            to = &printer->toks[printer->count - 1];
            to->end = from->span.end - base;
            if (depth == 0)
                to->many_lines = has_newline(printer->file, to->start, to->end);
            continue;
        }
        to = &printer->toks[printer->count++];
        to->kind = from->kind;
        to->role = from->role;
        to->start = from->span.start - base;
        to->end = from->span.end - base;
        to->is_loop = from->is_loop;
        if (from->kind == T_TEMPLATE_START) {
            depth = 1;
            to->kind = T_STRING;
        }
    }
    for (uint32_t i = 0; i < printer->count; i++) {
        const struct tok *tok = &printer->toks[i];

        for (; comment < recording->comments.len && recording->comments.items[comment].start - base < tok->end; comment++) {
            if (recording->comments.items[comment].start - base < tok->start)
                comments[kept++] = recording->comments.items[comment];
        }
    }
    for (; comment < recording->comments.len; comment++)
        comments[kept++] = recording->comments.items[comment];
    for (uint32_t i = 0; i < kept; i++) {
        comments[i].start -= base;
        comments[i].end -= base;
        while (comments[i].end > comments[i].start && strchr(" \t\r", printer->file->text[comments[i].end - 1]))
            comments[i].end--;
    }
    printer->comments = comments;
    printer->comment_count = kept;
}

static bool is_line_comment(const struct printer *printer, const struct span *comment)
{
    return printer->file->text[comment->start] == '#' || printer->file->text[comment->start + 1] == '/' ||
           has_newline(printer->file, comment->start, comment->end);
}

static bool ends_operand(int kind)
{
    return kind == T_IDENT || kind == T_LITERAL || kind == T_INT || kind == T_DURATION || kind == T_TIME || kind == T_STRING ||
           kind == T_CONTINUOUS || kind == T_CHANGE || kind == ')' || kind == ']' || kind == '}';
}

static bool is_operator(int kind)
{
    return kind == '+' || kind == '-' || kind == '*' || kind == '/' || kind == '%' || kind == '?' || kind == '<' || kind == '>' || kind == T_LE ||
           kind == T_GE || kind == T_EQ || kind == T_NE || kind == T_AND || kind == T_OR;
}

/* The element before `tok` that is printed. */
static struct tok *before(struct printer *printer, uint32_t index)
{
    while (index-- > 0) {
        if (!printer->toks[index].dropped)
            return &printer->toks[index];
    }
    return NULL;
}

struct open {
    uint32_t index;
    uint32_t ternaries;
};

static enum tok_use use_of(const struct tok *prev, const struct tok *tok, const struct tok *next, const struct tok *bracket, struct open *open)
{
    switch (tok->kind) {
    case '(':
        return prev && (prev->kind == T_IDENT || prev->kind == ')' || prev->kind == T_ANY || prev->kind == T_ALL || prev->kind == T_COUNT)
                   ? USE_CALL
                   : USE_PLAIN;
    case '?': open->ternaries++; return USE_PLAIN;
    case ':':
        if (open->ternaries) {
            open->ternaries--;
            return USE_TERNARY_COLON;
        }
        return bracket && bracket->is_loop ? USE_LOOP_COLON : USE_PLAIN;
    case '-':
    case '!': return prev && ends_operand(prev->kind) ? USE_PLAIN : USE_UNARY;
    case T_ATTR_NAME:
    case T_STRING: return bracket && bracket->kind == '{' && bracket->role == ROLE_NONE && next && next->kind == '=' ? USE_KEY : USE_PLAIN;
    default: return USE_PLAIN;
    }
}

/* Finds partners, uses, and separators to drop. */
static void classify(struct printer *printer)
{
    struct open *stack = calloc(printer->count + 1, sizeof *stack);
    struct tok *toks = printer->toks;
    uint32_t depth = 0, comment = 0;

    if (!stack)
        out_of_memory();
    for (uint32_t i = 0; i < printer->count; i++) {
        struct tok *tok = &toks[i], *next = i + 1 < printer->count ? &toks[i + 1] : NULL;
        struct tok *bracket = depth ? &toks[stack[depth].index] : NULL;

        /* A bracket with a line comment in it cannot stay on one line. */
        for (; comment < printer->comment_count && printer->comments[comment].start < tok->start; comment++) {
            if (bracket && is_line_comment(printer, &printer->comments[comment]))
                bracket->broken = true;
        }
        if (tok->role == ROLE_ITEM)
            stack[depth].ternaries = 0;
        tok->use = (uint8_t)use_of(before(printer, i), tok, next, bracket, &stack[depth]);
        switch (tok->kind) {
        case '(':
        case '[':
        case '{':
            tok->commas = tok->kind != '{' && !tok->is_loop && (tok->kind == '[' || tok->use == USE_CALL);
            tok->broken = tok->role == ROLE_NONE && next && has_newline(printer->file, tok->end, next->start);
            stack[++depth].index = i;
            stack[depth].ternaries = 0;
            break;
        case ')':
        case ']':
        case '}':
            tok->match = stack[depth].index;
            bracket->match = i;
            if (tok->match + 1 == i && has_newline(printer->file, bracket->end, tok->start))
                bracket->broken = false; /* nothing inside; a comment sets it again below */
            for (uint32_t c = comment; tok->match + 1 == i && c-- > 0 && printer->comments[c].start > bracket->end;)
                bracket->broken |= is_line_comment(printer, &printer->comments[c]);
            depth--;
            break;
        case ',':
        case ';': tok->dropped = !bracket || bracket->kind == '{' || (next && (next->kind == ']' || next->kind == ')')); break;
        default: break;
        }
    }
    free(stack);
}

static bool can_start_line(const struct tok *tok)
{
    return (is_operator(tok->kind) && tok->use != USE_UNARY) || tok->use == USE_TERNARY_COLON || tok->kind == T_IF;
}

static uint8_t space_before(const struct tok *prev, const struct tok *tok)
{
    if (tok->role == ROLE_ITEM)
        return prev->role == ROLE_BLOCK_OPEN ? 1 : 2;
    if (prev->kind == '(' || prev->kind == '[' || prev->kind == '.' || prev->kind == T_DOTDOT || prev->use == USE_UNARY)
        return 0;
    if (tok->kind == ')' || tok->kind == ']' || tok->kind == '.' || tok->kind == T_DOTDOT || tok->kind == ',' || tok->kind == T_SCHEDULE_COMMA ||
        tok->use == USE_CALL || tok->use == USE_LOOP_COLON)
        return 0;
    return tok->use == USE_KEY && prev->kind != '{' ? 2 : 1;
}

/* Spaces, breaks and widths. */
static void measure(struct printer *printer)
{
    uint32_t flat = 0;

    for (uint32_t i = 0; i < printer->count; i++) {
        struct tok *tok = &printer->toks[i], *prev = before(printer, i);

        tok->flat = flat;
        tok->width = token_width(printer->file, tok);
        if (tok->dropped)
            continue;
        if (prev) {
            tok->space = space_before(prev, tok);
            if (tok->role == ROLE_NONE && has_newline(printer->file, printer->toks[i - 1].end, tok->start)) {
                if (can_start_line(tok))
                    tok->breaks = true;
                else if (can_start_line(prev))
                    prev->breaks = true;
                else if (prev->use == USE_LOOP_COLON)
                    tok->breaks = true;
            }
        }
        tok->flat = flat += tok->space;
        flat += tok->width;
    }
}

/* ---- printing ---- */

static void add_newline(struct printer *printer, uint32_t indent)
{
    strbuf_addch(printer->out, '\n');
    strbuf_addfill(printer->out, ' ', indent);
    printer->column = indent;
    printer->padding = 0;
}

static void add_blanks(struct printer *printer, uint32_t count)
{
    strbuf_addfill(printer->out, ' ', count);
    printer->column += count;
}

/* Text of the source, without carriage returns; `squeeze` makes one blank of several. */
static void add_source(struct printer *printer, uint32_t from, uint32_t to, bool squeeze)
{
    const char *text = printer->file->text;

    for (uint32_t i = from; i < to; i++) {
        if (text[i] == '\r' && text[i + 1] == '\n')
            continue;
        if (squeeze && text[i] == ' ' && i > from && text[i - 1] == ' ')
            continue;
        strbuf_addch(printer->out, text[i]);
    }
}

static void add_token(struct printer *printer, const struct tok *tok)
{
    add_source(printer, tok->start, tok->end, tok->kind == T_LITERAL);
    printer->column = tok->many_lines ? tok->width : printer->column + tok->width;
}

static void add_comment(struct printer *printer, const struct span *comment)
{
    add_source(printer, comment->start, comment->end, false);
    printer->column += text_width(printer->file->text + comment->start, comment->end - comment->start);
}

/* Comments within an item, before `offset`. True when the line must end after them. */
static bool add_comments(struct printer *printer, uint32_t from, uint32_t offset, uint32_t indent)
{
    bool line_ends = false;

    for (; printer->next_comment < printer->comment_count; printer->next_comment++) {
        const struct span *comment = &printer->comments[printer->next_comment];

        if (comment->start >= offset)
            break;
        if (line_ends || has_newline(printer->file, from, comment->start)) {
            add_newline(printer, indent);
            line_ends = true;
        } else {
            add_blanks(printer, is_line_comment(printer, comment) ? 2 : 1);
        }
        add_comment(printer, comment);
        line_ends |= is_line_comment(printer, comment);
        from = comment->end;
    }
    return line_ends;
}

/* Columns from the token to where its line could end first: behind its partner, or at the first break inside. */
static uint32_t reach(const struct printer *printer, uint32_t index)
{
    const struct tok *toks = printer->toks;
    uint32_t last = toks[index].match;

    for (uint32_t i = index + 1; i < last; i++) {
        if (toks[i].broken || toks[i].many_lines)
            return toks[i].flat + 1 - toks[index].flat;
        if (toks[i].breaks)
            return toks[i].flat - toks[index].flat;
    }
    return toks[last].flat + toks[last].width - toks[index].flat;
}

static bool spread(struct printer *printer, uint32_t index)
{
    struct tok *tok = &printer->toks[index];

    if (tok->broken || tok->role != ROLE_NONE)
        return tok->broken && tok->role == ROLE_NONE;
    if (!(tok->commas || tok->kind == '{') || tok->match == index + 1)
        return false;
    /* The column counts the bracket itself already. */
    tok->broken = printer->column - 1 + reach(printer, index) > LINE_MAX_WIDTH;
    return tok->broken;
}

static uint32_t widest_key(const struct printer *printer, uint32_t index)
{
    uint32_t widest = 0;

    for (uint32_t i = index + 1; i < printer->toks[index].match; i++) {
        const struct tok *tok = &printer->toks[i];

        if (tok->use == USE_KEY && tok->width > widest)
            widest = tok->width;
        if (tok->kind == '(' || tok->kind == '[' || tok->kind == '{')
            i = tok->match;
    }
    return widest;
}

struct layer {
    uint32_t index; /* of the opening bracket */
    uint32_t keys;  /* columns of the widest key of a broken object */
};

/* Tokens [from, to) of one item. `flat`: all on one line. */
static void add_tokens(struct printer *printer, uint32_t from, uint32_t to, uint32_t indent, bool flat)
{
    struct layer layers[BRACKET_MAX];
    uint32_t depth = 0, broken = 0;
    bool pending = false;

    for (uint32_t i = from; i < to; i++) {
        struct tok *tok = &printer->toks[i], *prev = i > from ? before(printer, i) : NULL, *bracket;
        bool line, closes = tok->kind == ')' || tok->kind == ']' || tok->kind == '}', starts = pending;
        uint32_t inner = indent + broken * INDENT;

        if (tok->dropped)
            continue;
        bracket = depth ? &printer->toks[layers[depth - 1].index] : NULL;
        closes = closes && bracket && !flat && bracket->broken && tok->match == layers[depth - 1].index;
        if (closes && bracket->commas && prev != bracket)
            strbuf_addch(printer->out, ',');
        line = pending || closes || (!flat && tok->breaks);
        if (!flat && tok->use == USE_KEY && bracket && bracket->broken)
            line = starts = true;
        pending = false;
        if (add_comments(printer, prev ? printer->toks[i - 1].end : tok->start, tok->start, inner))
            line = true;
        if (closes)
            broken--;
        if (line)
            add_newline(printer, indent + (broken + (starts || closes ? 0 : 1)) * INDENT);
        else if (prev)
            add_blanks(printer, tok->space);
        if (tok->kind == '=' && prev && prev->use == USE_KEY && bracket && bracket->broken && !flat) {
            uint32_t padding = layers[depth - 1].keys - prev->width;

            strbuf_addfill(printer->out, ' ', padding);
            printer->padding += padding;
        }
        add_token(printer, tok);
        if (tok->role != ROLE_NONE)
            continue;
        if (tok->kind == '(' || tok->kind == '[' || tok->kind == '{') {
            bool wide = !flat && spread(printer, i);

            layers[depth].index = i;
            layers[depth++].keys = wide && tok->kind == '{' ? widest_key(printer, i) : 0;
            broken += wide;
            pending = wide;
        } else if ((tok->kind == ')' || tok->kind == ']' || tok->kind == '}') && depth) {
            depth--;
        } else if (tok->kind == ',' && !flat && bracket && bracket->broken) {
            pending = true;
        }
    }
}

/* ---- items ---- */

struct item {
    uint32_t first, end; /* tokens [first, end) */
    uint32_t body;       /* a block: index of its opening brace; else 0 */
    bool is_block;
    bool one_line;       /* a block that stays on one line */
    uint32_t name_width; /* an attribute: columns before ` =` */
    uint32_t value;      /* an attribute: index of the first token behind `=` */
    bool many_lines;     /* an attribute whose value takes several lines */
};

static uint32_t comments_width(const struct printer *printer, uint32_t from, uint32_t to, bool *has_line)
{
    uint32_t width = 0, low = printer->next_comment;

    for (uint32_t i = low; i < printer->comment_count && printer->comments[i].start < to; i++) {
        const struct span *comment = &printer->comments[i];

        if (comment->start < from)
            continue;
        *has_line |= is_line_comment(printer, comment);
        width += 1 + text_width(printer->file->text + comment->start, comment->end - comment->start);
    }
    return width;
}

/* A value that is too long for its line and is not within one bracket breaks at its loosest operators: before `?` and `:`, else
 * before `||`, else before `&&`. */
static void break_operators(struct printer *printer, const struct item *item, uint32_t indent)
{
    struct tok *toks = printer->toks, *last = &toks[item->end - 1];
    int loosest = 0;

    if (indent + item->name_width + 3 + last->flat + last->width - toks[item->value].flat <= LINE_MAX_WIDTH)
        return;
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t i = item->value; i < item->end; i++) {
            struct tok *tok = &toks[i];

            if (tok->kind == '(' || tok->kind == '[' || tok->kind == '{') {
                if (tok->broken)
                    return; /* the writer broke it elsewhere */
                i = tok->match;
            } else if (tok->breaks || tok->many_lines) {
                return;
            } else if (pass == 0 && (tok->kind == '?' || (tok->kind == T_OR && loosest != '?') || (tok->kind == T_AND && loosest == 0))) {
                loosest = tok->kind;
            }
        }
        for (uint32_t i = item->value; pass == 1 && loosest && i < item->end; i++) {
            struct tok *tok = &toks[i];

            if (tok->kind == '(' || tok->kind == '[' || tok->kind == '{')
                i = tok->match;
            else
                tok->breaks |= tok->kind == loosest || (loosest == '?' && tok->use == USE_TERNARY_COLON);
        }
    }
}

/* The same measure add_tokens will take, without padding. */
static bool takes_many_lines(const struct printer *printer, const struct item *item, uint32_t indent)
{
    const struct tok *toks = printer->toks;
    uint32_t column = indent + item->name_width + 3, comment = printer->next_comment;
    bool has_line = false;

    comments_width(printer, toks[item->first].start, toks[item->end - 1].end, &has_line);
    if (has_line)
        return true;
    while (comment < printer->comment_count && printer->comments[comment].start < toks[item->first].start)
        comment++;
    for (uint32_t i = item->value; i < item->end; i++) {
        const struct tok *tok = &toks[i];

        for (; comment < printer->comment_count && printer->comments[comment].start < tok->start; comment++)
            column += 1 + text_width(printer->file->text + printer->comments[comment].start,
                                     printer->comments[comment].end - printer->comments[comment].start);
        if (tok->broken || tok->breaks || tok->many_lines)
            return true;
        if ((tok->commas || (tok->kind == '{' && tok->role == ROLE_NONE)) && tok->match > i + 1 &&
            column + tok->flat - toks[item->value].flat + reach(printer, i) > LINE_MAX_WIDTH)
            return true;
    }
    return false;
}

static struct item read_item(struct printer *printer, uint32_t first, uint32_t indent)
{
    const struct tok *toks = printer->toks;
    struct item item = {0};
    uint32_t i = first + 1;

    item.first = first;
    if (toks[first].kind == T_IDENT) {
        bool has_line = false;
        uint32_t width;

        while (toks[i].role != ROLE_BLOCK_OPEN)
            i++;
        item.is_block = true;
        item.body = i;
        item.end = toks[i].match + 1;
        width = comments_width(printer, toks[first].start, toks[item.end - 1].start, &has_line);
        width += toks[item.end - 1].flat + 1 - toks[first].flat;
        item.one_line = !has_line && indent + width <= LINE_MAX_WIDTH &&
                        (i + 2 == item.end || !has_newline(printer->file, toks[i].start, toks[item.end - 1].end));
        return item;
    }
    while (i < printer->count && toks[i].role == ROLE_NONE && toks[i].kind != ';') {
        if (toks[i].kind == '(' || toks[i].kind == '[' || toks[i].kind == '{')
            i = toks[i].match;
        i++;
    }
    item.end = i;
    if (toks[first].kind == T_IMPORT)
        return item;
    item.value = first + 2;
    item.name_width = toks[first].width;
    if (toks[first].kind == T_LET) {
        item.value++;
        item.name_width += 1 + toks[first + 1].width;
    }
    break_operators(printer, &item, indent);
    item.many_lines = takes_many_lines(printer, &item, indent);
    return item;
}

static uint32_t count_newlines(const struct source_file *file, uint32_t from, uint32_t to)
{
    uint32_t count = 0;

    for (; from < to; from++)
        count += file->text[from] == '\n';
    return count;
}

/* From one item to the next: comments, line ends, at most one blank line. `first`: nothing stands before in this body. */
static void add_gap(struct printer *printer, uint32_t from, uint32_t to, uint32_t indent, bool first, bool last, bool force_blank)
{
    bool blank_in_gap = false, at_start = first && printer->out->len == 0;
    uint32_t at = from;

    for (uint32_t i = printer->next_comment; i < printer->comment_count && printer->comments[i].start < to; i++) {
        blank_in_gap |= count_newlines(printer->file, at, printer->comments[i].start) > 1;
        at = printer->comments[i].end;
    }
    blank_in_gap |= count_newlines(printer->file, at, to) > 1;
    force_blank = force_blank && !blank_in_gap;
    for (; printer->next_comment < printer->comment_count; printer->next_comment++) {
        const struct span *comment = &printer->comments[printer->next_comment];

        if (comment->start >= to)
            break;
        if (!at_start && !has_newline(printer->file, from, comment->start)) {
            add_blanks(printer, 2);
        } else {
            if (!first && (force_blank || count_newlines(printer->file, from, comment->start) > 1))
                strbuf_addch(printer->out, '\n');
            force_blank = false;
            if (!at_start)
                add_newline(printer, indent);
        }
        at_start = false;
        first = false;
        add_comment(printer, comment);
        from = comment->end;
    }
    if (last)
        return;
    if (!first && (force_blank || count_newlines(printer->file, from, to) > 1))
        strbuf_addch(printer->out, '\n');
    if (!at_start)
        add_newline(printer, indent);
}

/* A blank line or a comment line stands between two attributes. `comment`: where to start looking. */
static bool breaks_run(const struct printer *printer, uint32_t from, uint32_t to, uint32_t *comment)
{
    uint32_t at = from;

    while (*comment < printer->comment_count && printer->comments[*comment].start < from)
        ++*comment;
    for (uint32_t i = *comment; i < printer->comment_count && printer->comments[i].start < to; i++) {
        if (has_newline(printer->file, at, printer->comments[i].start))
            return true;
        at = printer->comments[i].end;
    }
    return count_newlines(printer->file, at, to) > 1;
}

/* Columns of the names of a run: attributes that follow each other without blank line, comment line or block. */
static uint32_t run_width(struct printer *printer, const struct item *head, uint32_t end, uint32_t indent)
{
    struct item item = *head;
    uint32_t widest = item.name_width, comment = printer->next_comment;

    while (!item.many_lines && item.end < end) {
        uint32_t next = item.end, from = printer->toks[item.end - 1].end, to;

        while (next < end && printer->toks[next].kind == ';')
            next++;
        if (next >= end || printer->toks[next].kind == T_IDENT || printer->toks[next].role != ROLE_ITEM)
            break;
        to = printer->toks[next].start;
        if (breaks_run(printer, from, to, &comment))
            break;
        item = read_item(printer, next, indent);
        if (item.name_width > widest)
            widest = item.name_width;
    }
    return widest;
}

static void add_items(struct printer *printer, uint32_t from, uint32_t end, uint32_t indent, uint32_t offset);

static void add_block(struct printer *printer, const struct item *item, uint32_t indent)
{
    const struct tok *toks = printer->toks;
    uint32_t close = item->end - 1, comments = printer->next_comment;
    bool has_comment;

    if (item->one_line) {
        add_tokens(printer, item->first, item->end, indent, true);
        return;
    }
    /* A comment inside the header moves behind the brace. */
    printer->next_comment = printer->comment_count;
    add_tokens(printer, item->first, item->body + 1, indent, true);
    printer->next_comment = comments;
    has_comment = comments < printer->comment_count && printer->comments[comments].start < toks[close].start;
    if (item->body + 1 == close && !has_comment) {
        strbuf_addstr(printer->out, " }");
        return;
    }
    add_items(printer, item->body + 1, close, indent + INDENT, toks[item->body].end);
    add_newline(printer, indent);
    add_token(printer, &toks[close]);
}

static void add_attribute(struct printer *printer, const struct item *item, uint32_t indent, uint32_t width)
{
    uint32_t equals = item->value - 1;

    add_tokens(printer, item->first, equals, indent, true);
    strbuf_addfill(printer->out, ' ', width - item->name_width);
    strbuf_addstr(printer->out, " =");
    printer->padding = width - item->name_width;
    printer->column = indent + item->name_width + 2;
    if (!add_comments(printer, printer->toks[equals].end, printer->toks[item->value].start, indent + INDENT))
        add_blanks(printer, 1);
    else
        add_newline(printer, indent + INDENT);
    add_tokens(printer, item->value, item->end, indent, false);
}

/* The items in [from, end); `offset` is where the gap before the first begins. */
static void add_items(struct printer *printer, uint32_t from, uint32_t end, uint32_t indent, uint32_t offset)
{
    struct item last = {0};
    uint32_t width = 0;
    bool first = true;

    for (uint32_t i = from; i < end;) {
        struct item item;
        uint32_t comment = printer->next_comment;
        bool blank;

        if (printer->toks[i].kind == ';') {
            i++;
            continue;
        }
        item = read_item(printer, i, indent);
        blank = !first && item.is_block &&
                ((last.is_block && !(last.one_line && item.one_line)) || (printer->toks[last.first].kind == T_IMPORT && !item.one_line));
        add_gap(printer, offset, printer->toks[i].start, indent, first, false, blank);
        if (item.is_block) {
            add_block(printer, &item, indent);
            width = 0;
        } else if (item.value == 0) {
            add_tokens(printer, item.first, item.end, indent, true);
        } else {
            bool goes_on =
                width && !last.many_lines && !last.is_block && last.value && !breaks_run(printer, offset, printer->toks[i].start, &comment);

            if (!goes_on)
                width = run_width(printer, &item, end, indent);
            add_attribute(printer, &item, indent, width);
        }
        offset = printer->toks[item.end - 1].end;
        last = item;
        first = false;
        i = item.end;
    }
    add_gap(printer, offset, end < printer->count ? printer->toks[end].start : printer->file->len, indent, first, true, false);
}

bool format_file(const struct parse_context *context, struct source_file *file, struct strbuf *out)
{
    struct recording recording = {0};
    struct printer printer = {0};

    if (!parse_recording(context, file, &recording))
        return false;
    printer.file = file;
    printer.out = out;
    collect(&printer, &recording, context->arena);
    classify(&printer);
    measure(&printer);
    add_items(&printer, 0, printer.count, 0, 0);
    if (out->len)
        strbuf_addch(out, '\n');
    return true;
}
