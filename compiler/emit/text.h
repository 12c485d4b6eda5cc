/* What every writer needs to know about text: where UTF-8 is broken, which characters would mislead a reader,
 * and how free text becomes comment lines. Private to compiler/emit. */
#ifndef DRC_EMIT_TEXT_H
#define DRC_EMIT_TEXT_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of the UTF-8 sequence at text[0..len) and its code point; 0 when it is none. len must not be 0. */
size_t text_decode(const char *text, size_t len, uint32_t *code_point);

/* The same, for going through any bytes: what is none counts as one byte and U+FFFD. */
size_t text_next(const char *text, size_t len, uint32_t *code_point);

/* A copy of text with every byte that is no part of valid UTF-8 replaced by U+FFFD. */
void text_add_utf8(struct strbuf *out, const char *text, size_t len);

/* Text that a terminal is going to show: what is hidden becomes U+FFFD, except ends of lines and tabs, and bytes that are no UTF-8 do. */
void text_add_shown(struct strbuf *out, const char *text, size_t len);

/* Adds the text as comment lines: indentation, prefix ("#"), a blank, one line per line of text, whatever
 * character a reader could take for a line end. Trailing blanks go, hidden characters become U+FFFD, empty
 * text gives one bare prefix. */
void text_add_comment(struct strbuf *out, size_t indent, const char *prefix, const char *text);

/* A JSON number without exponent: "0", "-3", "12.50"; no leading zero, no bare dot. */
bool text_is_decimal(const char *digits);

void text_add_code_point(struct strbuf *out, uint32_t code_point);

#endif
