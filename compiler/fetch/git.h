/* Files as a revision of a git repository has them: nothing is checked out, nothing is written, nothing goes to the network. */
#ifndef DRC_FETCH_GIT_H
#define DRC_FETCH_GIT_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

struct git_revision;

/* A revision (a branch, a tag, `HEAD~1` …) of the repository that a folder belongs to, bare ones too. NULL with *error: there is no such
 * repository or revision. To be closed before the arena goes. */
struct git_revision *git_revision_open(struct arena *arena, const char *folder, const char *revision, const char **error);
void git_revision_close(struct git_revision *revision); /* NULL is allowed */

/* The folder of the work tree, with a slash at its end; NULL in a bare repository. */
const char *git_revision_worktree(const struct git_revision *revision);

/* Where a path of the disk lies below that folder, in the arena, "" being it, though nothing may be there any more; NULL when it lies elsewhere. */
const char *git_path_inside(struct arena *arena, const char *worktree, const char *path);

/* Whether git keeps out of a path below the top of the work tree (.gitignore): what is there is of no revision. */
bool git_ignores(const struct git_revision *revision, const char *path);

enum git_entry { GIT_ENTRY_ABSENT, GIT_ENTRY_FILE, GIT_ENTRY_FOLDER, GIT_ENTRY_OTHER /* a link, a module */ };

/* Paths are relative to the top of the repository; "" is that. */
enum git_entry git_revision_look(const struct git_revision *revision, const char *path);
/* The bytes of a file, with two zeros behind them, in the arena; NULL with *error. */
char *git_revision_read(const struct git_revision *revision, struct arena *arena, const char *path, size_t *len, const char **error);
/* The names of all files of a folder, in git's order; false when it is none. */
bool git_revision_list(const struct git_revision *revision, struct arena *arena, const char *path, const char ***names, uint32_t *count);

#endif
