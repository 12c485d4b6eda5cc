/* Private to compiler/fetch: what a revision is. */
#ifndef DRC_FETCH_GIT_INTERNAL_H
#define DRC_FETCH_GIT_INTERNAL_H

#include "fetch/git.h"

#include <git2.h>

struct git_revision {
    git_repository *repository;
    git_tree *tree;
    struct git_reads *reads; /* what is asked of it is noted there; NULL: nowhere */
    bool shared;             /* the repository is somebody else's, who closes it */
};

const char *git_last_error(struct arena *arena);
/* The one that a folder lies in, or the one that GIT_DIR names, whatever the folder: as git does. 0, or an error of libgit2. */
int git_open_repository(git_repository **repository, const char *folder);
/* What a tree has at a path; "" is itself. Links are followed, but never out of the tree: then it is the link. NULL: nothing. To be freed. */
git_tree_entry *git_entry_in(const git_tree *tree, const char *path);
enum git_entry git_entry_sort(const git_tree_entry *entry); /* NULL: absent */
void git_note_question(struct git_reads *reads, char sort, const char *path);

#endif
