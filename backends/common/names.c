/* Equal names are one atom: whether one of many occurs twice is seen in a single walk. */
#include "backends/common/names.h"

#include "base/intern.h"
#include "base/map.h"
#include "base/utf8.h"
#include "emit/fileset.h"
#include "plan/checked.h"

/* Whether all names, as names of files, differ in more than the case of letters: then nobody need compare them in pairs. */
static bool names_differ(const struct plan_checked_name *list, uint32_t count)
{
    struct arena *scratch = arena_new();
    struct intern *atoms = intern_new(scratch);
    struct map seen = {0};
    bool differ = true;

    for (uint32_t i = 0; i < count && differ; i++) {
        char *name = arena_strdup(scratch, output_name(scratch, list[i].name));

        for (char *c = name; *c; c++)
            *c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
        differ = map_add(&seen, scratch, intern_str(atoms, name), scratch);
    }
    arena_delete(scratch);
    return differ;
}

void names_each_clash(const struct plan_checked_name *names, uint32_t count, struct arena *arena,
                      void (*told)(void *context, const struct plan_checked_name *one, const struct plan_checked_name *other), void *context)
{
    if (names_differ(names, count))
        return;
    for (uint32_t i = 0; i < count; i++) {
        const char *name = output_name(arena, names[i].name);

        for (uint32_t k = 0; k < i; k++) {
            if (same_but_for_case(name, output_name(arena, names[k].name)))
                told(context, &names[i], &names[k]);
        }
    }
}
