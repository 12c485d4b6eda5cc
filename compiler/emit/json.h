/* JSON, streamed: no tree in memory, 2 blanks of indentation, keys in the order written, one final newline.
 * Numbers are integers or decimal digits given as text, so there is no NaN and no rounding. Output is
 * ASCII-safe in its control characters and otherwise UTF-8.
 *
 * The prefix is jsonw_ because jansson, which the program links to read JSON, owns json_. */
#ifndef DRC_EMIT_JSON_H
#define DRC_EMIT_JSON_H

#include "base/sink.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

enum { JSON_MAX_DEPTH = 512 };

struct jsonw {
    struct strbuf *out;
    struct byte_sink *sink; /* NULL: all of it stays in `out`; else that holds what the sink has not taken yet */
    unsigned depth;
    bool row;      /* what is written now stays on its line, without blanks: set it before what is an element, clear it after */
    bool faithful; /* false once a string was not UTF-8 */
    bool nested;   /* false once calls did not nest */
    bool after_key;
    unsigned char state[JSON_MAX_DEPTH + 1]; /* see json.c */
};

void jsonw_init(struct jsonw *j, struct strbuf *out);
/* A long document: the text goes to the sink piece by piece, the last with jsonw_finish(). `buffer` is empty, and is so again. */
void jsonw_init_sink(struct jsonw *j, struct strbuf *buffer, struct byte_sink *sink);

void jsonw_object_begin(struct jsonw *j);
void jsonw_object_end(struct jsonw *j);
void jsonw_array_begin(struct jsonw *j);
void jsonw_array_end(struct jsonw *j);

void jsonw_key(struct jsonw *j, const char *key);                  /* within an object, before each value */
void jsonw_key_word(struct jsonw *j, const char *key, size_t len); /* the same of one that is letters, digits and `_` */
/* NULL writes null; bytes that are not UTF-8 become U+FFFD */
void jsonw_string(struct jsonw *j, const char *text);
void jsonw_int(struct jsonw *j, int64_t value);
void jsonw_uint(struct jsonw *j, uint64_t value);
void jsonw_decimal(struct jsonw *j, const char *digits); /* "-0.25"; other text is written as a string */
void jsonw_bool(struct jsonw *j, bool value);
void jsonw_null(struct jsonw *j);

/* Key and value at once. */
void jsonw_key_string(struct jsonw *j, const char *key, const char *text);
void jsonw_key_int(struct jsonw *j, const char *key, int64_t value);
void jsonw_key_bool(struct jsonw *j, const char *key, bool value);
void jsonw_key_object(struct jsonw *j, const char *key); /* begins an object */
void jsonw_key_array(struct jsonw *j, const char *key);  /* begins an array */

/* Call at the end: the document is whole, nested properly and every string was UTF-8. Adds the final
 * newline. */
bool jsonw_finish(struct jsonw *j);

#endif
