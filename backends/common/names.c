/* Equal names are one atom: whether one of many occurs twice is seen in a single walk. */
#include "backends/common/names.h"

#include "base/intern.h"
#include "base/map.h"
#include "emit/fileset.h"

bool names_differ(const file_names *names)
{
    struct arena *scratch = arena_new();
    struct intern *atoms = intern_new(scratch);
    struct map seen = {0};
    bool differ = true;

    for (uint32_t i = 0; i < names->len && differ; i++) {
        char *name = arena_strdup(scratch, output_name(scratch, names->items[i]));

        for (char *c = name; *c; c++)
            *c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
        differ = map_add(&seen, scratch, intern_str(atoms, name), scratch);
    }
    arena_delete(scratch);
    return differ;
}
