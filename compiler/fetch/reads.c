/* What was asked of revisions: see history.h. */
#include "fetch/history.h"

#include "base/map.h"
#include "fetch/git_internal.h"

#include <string.h>

void git_reads_init(struct git_reads *reads, struct arena *arena)
{
    memset(reads, 0, sizeof *reads);
    reads->arena = arena;
    reads->names = intern_new(arena);
    reads->seen = ARENA_NEW(arena, struct map);
}

bool git_reads_add(struct git_reads *reads, const char *question)
{
    atom name = intern_str(reads->names, question);

    if (!question[0] || !strchr("lrd", question[0]))
        return false;
    if (map_add(reads->seen, reads->arena, name, reads))
        vec_push(reads->arena, &reads->items, name);
    return true;
}

void git_note_question(struct git_reads *reads, char sort, const char *path)
{
    if (reads)
        git_reads_add(reads, arena_printf(reads->arena, "%c%s", sort, path));
}
