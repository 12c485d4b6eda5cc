/* Private to the syntax layer: looking ahead in the text, without making tokens. Every text ends with a NUL, so that every
 * look stops there. */
#ifndef DRC_SYNTAX_PEEK_H
#define DRC_SYNTAX_PEEK_H

#include <stdbool.h>
#include <stddef.h>

bool peek_digit(char c);
bool peek_word_char(char c); /* a letter, a digit or `_` */

const char *peek_blank(const char *at);           /* behind white space and comments */
size_t peek_word_length(const char *at);          /* of the name that starts here; 0 when none does */
bool peek_word(const char *at, const char *word); /* this very name starts here */
bool peek_equals(const char *at);                 /* `=`, but neither `==` nor `=>` */
bool peek_loop(const char *at);                   /* `name in`, perhaps behind blanks */
bool peek_time(const char *at);                   /* `02:` */

#endif
