/* What the three parts of the shell writer share: words (sh_word.c), commands (sh_cmd.c), scripts (sh.c). */
#ifndef DRC_EMIT_SH_INTERNAL_H
#define DRC_EMIT_SH_INTERNAL_H

#include "emit/sh.h"

enum { SH_INDENT = 4, SH_WIDTH = 100 };

enum segment_kind {
    SEGMENT_LITERAL, /* text means itself */
    SEGMENT_EXPAND,  /* the author's expansion, inside double quotes */
    SEGMENT_RAW,     /* the author's source, unquoted */
};

struct sh_segment {
    enum segment_kind kind;
    const char *text;
    const struct sh_segment *next;
};

struct sh_word sh_new_word(struct arena *arena, enum segment_kind kind, const char *text);
bool sh_is_raw(struct sh_word word);

/* The word as the shell reads it. */
void sh_add_word(struct strbuf *out, struct sh_word word);
/* As the value of an assignment: never a bare name, which shellcheck takes for a forgotten command
 * substitution. */
void sh_add_value(struct strbuf *out, struct sh_word word);
/* Puts what was written from `start` on into quotes when it is bare. */
void sh_requote(struct strbuf *out, size_t start);

/* Pieces of a command line: a piece is never split over lines. */
struct sh_pieces {
    struct strbuf text; /* the pieces, each with a NUL behind it */
    size_t count;
};

void sh_piece_end(struct sh_pieces *pieces);

/* Lays pieces out after what is on the line already (`used` columns): on one line when they fit, else options
 * and pipes start lines of their own and the rest fills up. */
void sh_lay_out(struct strbuf *out, struct sh_pieces *pieces, size_t used, size_t indent, bool one_line);

/* The command and what it pipes into. `used` is the number of columns around it on its first line. */
void sh_add_command(struct strbuf *out, const struct sh_cmd *cmd, size_t used, size_t indent, bool one_line);

#endif
