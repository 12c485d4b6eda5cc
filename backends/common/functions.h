/* What names mean in a shell that has read our libraries. */
#ifndef DRC_BACKENDS_COMMON_FUNCTIONS_H
#define DRC_BACKENDS_COMMON_FUNCTIONS_H

#include <stdbool.h>

/* Whether an emitted script might have a function of this name, so that the program of this name is called by `command`. Not those that stand in
 * for a program of their own name, as `aws` does. */
bool is_script_function(const char *name);

#endif
