/* Private to the syntax layer: the state shared by the flex scanner (grammar/lexer.l), the bison parser
 * (grammar/parser.y) and the function between them (scan.c).
 *
 * flex cuts the text into raw tokens. drc_lex() turns them into what the grammar wants: it decides from the context
 * whether a word is an attribute's name, a keyword or a plain name, keeps the stack of open brackets and repairs it,
 * and answers the common slips itself, so that the grammar stays small and free of conflicts. */
#ifndef DRC_SYNTAX_SCAN_H
#define DRC_SYNTAX_SCAN_H

#include "base/strbuf.h"
#include "syntax/parse.h"
#include "syntax/repair.h"

enum { BRACKET_MAX = 600, ERRORS_MAX = 10000 /* then the file is not read further */ };

/* What stands open. A string with interpolation is STRING, and INTERPOLATION inside it. */
enum bracket_kind { BRACKET_BLOCK, BRACKET_OBJECT, BRACKET_SQUARE, BRACKET_ROUND, BRACKET_INTERPOLATION, BRACKET_STRING };

struct bracket {
    uint8_t kind;       /* enum bracket_kind */
    bool is_loop;       /* `[for`, `any(x in`: `if` and `in` belong to the language here */
    bool triple;        /* STRING: """ */
    uint32_t trim;      /* STRING: indentation to take off its lines */
    struct span span;   /* of the bracket or quote */
    uint32_t indent;    /* BLOCK: columns before its header */
    bool indented;      /* BLOCK: its first line stands deeper than its header, so indentation means something */
    struct span misfit; /* BLOCK: the first line inside that stands no deeper than the header */
};

struct token {
    int kind;
    struct span span;
    bool first_on_line;
};

/* Where the next token stands, when no bracket but a block's is open. */
enum scan_position { AT_ITEM, IN_HEADER, IN_VALUE };

/* For the formatter: what was delivered to the parser, and the comments between. */
enum token_role { ROLE_NONE, ROLE_ITEM, ROLE_BLOCK_OPEN, ROLE_BLOCK_CLOSE };

struct recorded {
    int kind;
    uint8_t role; /* enum token_role; ITEM: an attribute, `let`, import or block header starts here */
    bool is_loop; /* an opening bracket: `[for`, `any(` */
    struct span span;
};

struct recording {
    VEC(struct recorded) tokens;
    VEC(struct span) comments;
};

enum schedule_position { NO_SCHEDULE, SCHEDULE_DAYS, SCHEDULE_TIMES };

struct item_list {
    struct block *block; /* NULL at file level */
    struct attr **attrs; /* where the next one is hung */
    struct block **blocks;
};

struct scanner {
    /* given */
    const struct parse_context *context;
    struct arena *arena; /* of the tree */
    struct arena *kept;  /* of what values and messages take out of it */
    struct source_file *file;
    struct file_tree *tree;
    struct expr *result; /* of parse_expression */
    void *flex;
    struct recording *recording; /* NULL: nobody asked */

    /* kept by the flex actions */
    struct strbuf text;    /* of the string being read, as far as it was read */
    uint32_t text_start;   /* where that part starts */
    uint32_t string_start; /* the first quote, or the start of a comment */
    uint32_t trim;
    bool triple;
    bool newline;         /* a line ended since the last token */
    uint32_t line_indent; /* white space at the start of this line */
    struct strbuf doc;    /* the `///` lines since the last token */
    struct span doc_span;

    /* kept by drc_lex */
    int first_token; /* start symbol to send before all else; 0 once sent */
    struct token prev, prev2;
    enum scan_position position;
    enum schedule_position schedule;
    struct token header; /* the first token of the last block header */
    struct token before_header;
    uint32_t header_indent;
    const char *header_doc;
    struct bracket brackets[BRACKET_MAX];
    uint32_t depth;        /* brackets open */
    uint32_t block_depth;  /* block braces among them */
    uint32_t strings_open; /* interpolations in one-line strings among them */
    uint32_t close_to;     /* repair: close brackets down to this depth, then go on with `pending` */
    struct token pending;  /* a raw token to be taken again; kind -1: none */
    void *pending_value;
    bool as_equals;       /* the next token, reported already, stands for `=` */
    bool quiet;           /* brackets were repaired; a syntax error before the next item would only repeat that */
    uint32_t reported_at; /* the last error's place: a syntax error on that line would only repeat it */
    bool skipping;        /* recovering: drop tokens up to the next item */
    uint32_t last_resync;
    uint32_t unterminated; /* the last one-line string that was not closed */
    bool swallowed;        /* an open string or comment took the rest of the file, closing brackets included */
    uint32_t errors;
    bool dead;          /* gave up: only end of file from now on */
    uint32_t lost_from; /* skipping: where what is skipped began */
    bool lost_header;   /* skipping the rest of a block's header */
    uint8_t reopen;     /* a block whose header was not understood: tokens of a plain one still to be sent */
    bool reopened;      /* the next block the parser opens is that one */
    struct braces braces;

    /* kept by the parser's actions */
    VEC(struct expr *) scratch; /* elements of the lists being read, innermost last */
    VEC(struct expr_pair) pairs;
    VEC(uint32_t) objects; /* where the pairs of each open object start */
    struct item_list lists[BLOCK_MAX_DEPTH + 1];
    uint32_t open_blocks;
    struct import **imports;
    bool too_deep; /* expression depth was reported for this item */
};

/* Reports, and remembers where. */
struct diag *scan_report(struct scanner *scanner, enum diag_code code, struct span span, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Takes the last report back when it is of this code at this place: a better one is coming. */
void scan_unreport(struct scanner *scanner, enum diag_code code, uint32_t at);

/* The text from `from` to `to` was not understood: see source/lost.h. */
void scan_lose(struct scanner *scanner, uint32_t from, uint32_t to);

/* A mistake at `where` was reported already, or follows from one that was. */
bool scan_is_quiet(const struct scanner *scanner, struct span where);

const char *scan_at(const struct scanner *scanner, uint32_t offset); /* the text at a place of this file */

/* ---- literals.c: what the flex actions call ---- */
struct expr *scan_literal(struct scanner *scanner, enum expr_kind kind, struct span span, const char *text, size_t len);
struct expr *scan_bad_number(struct scanner *scanner, struct span span, const char *text, size_t len);
struct expr *scan_string(struct scanner *scanner, struct span span, const char *text, size_t len);
struct expr *scan_single_quoted(struct scanner *scanner, struct span span, const char *text, size_t len);
const char *scan_unit_like(const char *text, size_t len); /* the unit that is meant, or NULL */
bool scan_is_money(const struct scanner *scanner, struct span span);
void scan_begin_string(struct scanner *scanner, struct span quotes, bool triple, uint32_t indent);
void scan_escape(struct scanner *scanner, struct span span, const char *text, size_t len);
void scan_indentation(struct scanner *scanner, uint32_t offset, uint32_t columns);
struct expr *scan_text(struct scanner *scanner, struct span *span); /* takes the text read so far */
void scan_unterminated(struct scanner *scanner, uint32_t opener, bool triple);
/* A quote that no other one on its line closes. Returns how many bytes of `line` (from the quote to the end of the line) belong to the
 * string: not the brackets at its end that are open before it. Where no string can stand, the quote alone is dropped. */
size_t scan_lonely_quote(struct scanner *scanner, struct span line, bool *is_string);
void scan_comment(struct scanner *scanner, struct span span);
void scan_doc(struct scanner *scanner, struct span span, const char *text, size_t len);
/* Returns how many bytes to take; `is_name` says whether they stand for a name. */
size_t scan_foreign(struct scanner *scanner, struct span span, const char *text, size_t len, bool *is_name);
void scan_stray(struct scanner *scanner, struct span span, const char *text, size_t len);

/* ---- grammar/lexer.l ---- */
void *scan_flex_open(struct scanner *scanner, uint32_t skip); /* leaves out the first `skip` bytes */
void scan_flex_close(void *flex);
void scan_flex_resume_string(void *flex, bool triple);

/* ---- parse.c ---- */
/* Like parse_file; false when there were errors. */
bool parse_recording(const struct parse_context *context, struct source_file *file, struct recording *recording);

/* ---- scan_look.c ---- */
/* A header with what belongs into a block behind it, but no `{`: either its `}` stands on the line and closes nothing else, or the next
 * line is an attribute that stands deeper. `token` follows the header; `is_attr`: it is followed by `=`. */
bool scan_misses_opener(const struct scanner *scanner, struct token token, bool is_attr);
/* Whether the right bracket follows on the line: then the wrong one is one too many. */
bool scan_closes_later(const struct scanner *scanner, uint32_t offset, int closer);
/* `name == 5`, `name: 5`, `name -> 5` where an item starts: reported, and to be read as `name = 5`. */
bool scan_meant_equals(struct scanner *scanner, struct token token);

/* ---- scan.c ---- */
struct bracket *scan_top(struct scanner *scanner); /* the innermost that is open; NULL */
int scan_closer(enum bracket_kind kind);           /* the token that closes it */
const char *scan_opener(enum bracket_kind kind);   /* as it is written */
/* Brackets above `depth` are closed before `token` is taken again. */
void scan_close_first(struct scanner *scanner, uint32_t depth, struct token token, void *value);
bool scan_at_item(const struct scanner *scanner);                              /* an item starts here */
uint32_t scan_openers_on_line(const struct scanner *scanner, uint32_t offset); /* brackets opened on the line before the place */
bool scan_followed_by_equals(const struct scanner *scanner, uint32_t offset);  /* `=`, but neither `==` nor `=>` */

/* After a syntax error at `where`: keeps the look-ahead token if an item can start with it, else drops it and what follows up to the
 * next item; what began at `from` is lost. A block whose header makes no sense is opened all the same, without label and kind, when
 * its brace is on the same line. False when there was no progress since the last time. */
bool scan_resync(struct scanner *scanner, int *lookahead, int empty, struct span where, uint32_t from);

#endif
