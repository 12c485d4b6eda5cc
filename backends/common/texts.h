/* The fixed texts of backends as the build embedded them: every *.sh below backends/. They are files of their own, so that
 * shellcheck reads them and tests can run them; compiler/embed/embed.c makes the table. */
#ifndef DRC_BACKENDS_COMMON_TEXTS_H
#define DRC_BACKENDS_COMMON_TEXTS_H

#include <stddef.h>

struct fixed_text {
    const char *name;          /* below backends/: "restore/recover.sh" */
    const unsigned char *data; /* one 0 follows and is not counted */
    size_t size;
};

/* Sorted by name (strcmp order); one empty entry follows the last. */
extern const struct fixed_text drc_texts[];
extern const size_t drc_text_count;

const struct fixed_text *fixed_text_find(const char *name); /* NULL when there is none */

#endif
