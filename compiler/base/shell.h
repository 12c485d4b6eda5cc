/* A word as somebody types it into a shell: for readers. What scripts run is quoted by emit/sh.h. */
#ifndef DRC_BASE_SHELL_H
#define DRC_BASE_SHELL_H

#include "base/strbuf.h"

void shell_word_print(const char *word, struct strbuf *out); /* quoted where the shell would read it otherwise */

#endif
