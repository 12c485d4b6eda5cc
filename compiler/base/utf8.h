/* UTF-8: validation, decoding and the width of a character on a terminal. No locale is involved. */
#ifndef DRC_BASE_UTF8_H
#define DRC_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Offset of the first byte that is not part of well-formed UTF-8 (Unicode 15, table 3-7: no overlong forms, no
 * surrogates, nothing above U+10FFFF), or `len` when all is well. NUL is well-formed here. */
size_t utf8_invalid(const char *text, size_t len);

/* Reads one character: its length in bytes (1 to 4), 0 when len is 0. A malformed byte reads as U+FFFD, length 1. */
size_t utf8_decode(const char *text, size_t len, uint32_t *character);

/* Writes up to 4 bytes, returns how many; 0 when `character` is a surrogate or above U+10FFFF. */
size_t utf8_encode(uint32_t character, char out[4]);

/* Whether two texts are the same but for capitals of ASCII, in any locale. */
bool same_but_for_case(const char *one, const char *other);

/* Columns on a terminal: 0 for combining marks and format characters, 2 for East Asian wide ones and emoji, else 1. */
int utf8_width(uint32_t character);

/* Characters that do not show as themselves: controls, direction overrides, line and paragraph separators,
 * zero-width blanks, the byte order mark. Writers escape them where the format can, so that what a reviewer
 * sees is what is there. Joiners (U+200C, U+200D) are not among them: scripts and emoji need them. */
bool utf8_is_hidden(uint32_t character);

#endif
