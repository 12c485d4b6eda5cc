/* JSON, streamed: no tree in memory, 2 blanks of indentation, keys in the order written, one final newline.
 * Numbers are integers or decimal digits given as text, so there is no NaN and no rounding. Output is
 * ASCII-safe in its control characters and otherwise UTF-8. */
#ifndef DRC_EMIT_JSON_H
#define DRC_EMIT_JSON_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

enum { JSON_MAX_DEPTH = 64 };

struct json {
    struct strbuf *out;
    unsigned depth;
    bool compact;  /* one line, no blanks: for JSON Lines */
    bool faithful; /* false once a string was not UTF-8 */
    bool nested;   /* false once calls did not nest */
    bool after_key;
    unsigned char state[JSON_MAX_DEPTH + 1]; /* see json.c */
};

void json_init(struct json *j, struct strbuf *out); /* set j->compact afterwards for one line */

void json_object_begin(struct json *j);
void json_object_end(struct json *j);
void json_array_begin(struct json *j);
void json_array_end(struct json *j);

void json_key(struct json *j, const char *key); /* within an object, before each value */
/* NULL writes null; bytes that are not UTF-8 become U+FFFD */
void json_string(struct json *j, const char *text);
void json_string_len(struct json *j, const char *text, size_t len);
void json_int(struct json *j, int64_t value);
void json_uint(struct json *j, uint64_t value);
void json_decimal(struct json *j, const char *digits); /* "-0.25"; other text is written as a string */
void json_bool(struct json *j, bool value);
void json_null(struct json *j);

/* Key and value at once. */
void json_key_string(struct json *j, const char *key, const char *text);
void json_key_int(struct json *j, const char *key, int64_t value);
void json_key_bool(struct json *j, const char *key, bool value);
void json_key_object(struct json *j, const char *key); /* begins an object */
void json_key_array(struct json *j, const char *key);  /* begins an array */

/* Call at the end: the document is whole, nested properly and every string was UTF-8. Adds the final
 * newline. */
bool json_finish(struct json *j);

#endif
