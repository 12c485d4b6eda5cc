/* Whether shell text can stand in a function of a script: bash's own grammar (5.1 and later, outside POSIX mode, extglob off), read without
 * running anything. A text that ends the function it stands in would run while the script is merely loaded; one that bash refuses makes a
 * script that cannot start. What it accepts is a list of commands, whole and no more. */
#ifndef DRC_BACKENDS_COMMON_SHELL_SYNTAX_H
#define DRC_BACKENDS_COMMON_SHELL_SYNTAX_H

#include "base/arena.h"

/* Stands for a value in a text; in a here-document, where a value cannot be quoted, it is a fault. */
enum { SHELL_VALUE = '\001' };

/* Why the text is no list of commands, in words, in the arena or static; NULL when it is one. */
const char *shell_syntax_fault(struct arena *arena, const char *text);

#endif
