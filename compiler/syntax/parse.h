/* Text to tree: drives the flex scanner and bison parser in grammar/. */
#ifndef DRC_SYNTAX_PARSE_H
#define DRC_SYNTAX_PARSE_H

#include "source/diag.h"
#include "syntax/tree.h"

struct parse_context {
    struct arena *arena; /* of what values keep: texts, schedules, amounts, what documents a block */
    struct intern *names;
    struct diag_sink *sink;
    struct arena *trees; /* of blocks, attributes and expressions, which may go before the rest; NULL: they lie there too */
};

/* Always returns a tree, also of a broken text: what could be read, with EXPR_ERROR where a value was not understood.
 * Mistakes go to the sink (bad UTF-8, NUL, BOM, nesting deeper than 256 and the like included); compare sink->errors. */
struct file_tree *parse_file(const struct parse_context *context, struct source_file *file);

/* One expression on its own (for -D name=value): NULL after a report. */
struct expr *parse_expression(const struct parse_context *context, struct source_file *file);

#endif
