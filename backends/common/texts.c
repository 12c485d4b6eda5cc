/* Looks up the fixed texts of backends. There are a dozen: a walk is enough. */
#include "backends/common/texts.h"

#include <string.h>

const struct fixed_text *fixed_text_find(const char *name)
{
    for (size_t i = 0; i < drc_text_count; i++) {
        if (strcmp(drc_texts[i].name, name) == 0)
            return &drc_texts[i];
    }
    return NULL;
}
