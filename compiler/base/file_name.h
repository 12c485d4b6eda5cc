/* Names of files made of names somebody chose. */
#ifndef DRC_BASE_FILE_NAME_H
#define DRC_BASE_FILE_NAME_H

#include "base/arena.h"

/* A file-name component from any text: letters, digits, `-` and `_` stay, everything else becomes `-`; never
 * empty, never longer than 100 bytes. Two texts may give one name: fileset_add refuses the second. */
const char *output_name(struct arena *arena, const char *text);

#endif
