/* The one canonical form of a specification (`drc fmt`): aligned `=`, two spaces, comments kept, idempotent. */
#ifndef DRC_SYNTAX_FORMAT_H
#define DRC_SYNTAX_FORMAT_H

#include "base/strbuf.h"
#include "syntax/parse.h"

/* False, with nothing added, when the text has syntax errors (they are reported). */
bool format_file(const struct parse_context *context, struct source_file *file, struct strbuf *out);

#endif
