/* Braces that are missing, or one too many: what the indentation tells of them, and the next reading with that mended. */
#ifndef DRC_SYNTAX_REPAIR_H
#define DRC_SYNTAX_REPAIR_H

#include "source/source.h"

#include <stdbool.h>
#include <stdint.h>

struct scanner;
struct token;
struct bracket;

/* What a first reading found out about braces: a missing `}` belongs before the line at `at`, or the brace at `at` is one too many.
 * The text is then read again with that mended, so that the rest of it means what it was meant to. */
struct repair {
    uint32_t at;         /* 0: none */
    bool is_missing;     /* else what stands at `at` is one too many */
    struct span because; /* of one too many: the attribute it leaves outside any block */
};

enum { REPAIRS_MAX = 16 };

/* The readings of one text. */
struct readings {
    struct repair repairs[REPAIRS_MAX];
    uint32_t count;
    uint32_t least; /* the fewest mistakes any of them had */
    bool last;      /* the one before was the better one, and is taken up again */
};

/* What one reading knows and sees of braces; part of the scanner, which tells it what it meets. */
struct braces {
    const struct readings *known; /* NULL: a text that is read once */
    uint32_t blamed;              /* braces reported as missing or mended: a later reading may blame more of them */
    struct repair found;          /* the next one, for another reading */
    struct repair left;           /* a block was closed by a brace that stands left of it, after a line that does so */
    struct span left_opener;      /* of that block */
    struct span left_misfit;
    uint32_t last_close;    /* the last `}` that ended a block of file level */
    uint32_t last_indent;   /* the indentation of that block */
    struct repair stranded; /* the first attribute outside any block, and the brace before it */
    uint32_t stray_open;    /* the first `{` with no header before it */
};

/* Applies what an earlier reading found out. True when the token is to be dropped, or taken again after closing brackets. */
bool repair_token(struct scanner *scanner, struct token token, void *value);

/* What is seen on the way: a token at the level of a block, a header, the end of a block, an attribute outside any, `{` without a header,
 * `}` without a block. */
void repair_see_token(struct scanner *scanner, struct token token);
void repair_see_header(struct scanner *scanner, struct token token);
void repair_see_close(struct scanner *scanner, const struct bracket *bracket, struct token token);
void repair_see_stray_attribute(struct scanner *scanner, struct span name);
void repair_see_stray_open(struct scanner *scanner, struct token token);
void repair_see_stray_close(struct scanner *scanner);
/* The file ends with brackets open: reports the one that was meant to be closed. */
void repair_see_end(struct scanner *scanner, struct token token);

/* Before the first reading. */
void readings_init(struct readings *readings);
/* Whether to read the text once more, after one that reported so many mistakes. Takes over what it found. One that reports more than the one
 * before guessed wrong: then the one before is taken up again. */
bool readings_go_on(struct readings *readings, const struct braces *seen, uint32_t mistakes);

#endif
