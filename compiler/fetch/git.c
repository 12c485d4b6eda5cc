/* See git.h. libgit2 reads the object database. */
#include "fetch/git.h"

#include "base/vec.h"

#include <git2.h>
#include <string.h>

struct git_revision {
    git_repository *repository;
    git_tree *tree;
};

static const char *last_error(struct arena *arena)
{
    const git_error *error = git_error_last();

    return arena_strdup(arena, error && error->message ? error->message : "git could not read it");
}

struct git_revision *git_revision_open(struct arena *arena, const char *folder, const char *revision, const char **error)
{
    struct git_revision *opened = ARENA_NEW(arena, struct git_revision);
    git_object *object = NULL, *tree = NULL;

    git_libgit2_init();
    if (git_repository_open_ext(&opened->repository, folder, 0, NULL) != 0 || git_revparse_single(&object, opened->repository, revision) != 0 ||
        git_object_peel(&tree, object, GIT_OBJECT_TREE) != 0) {
        *error = last_error(arena);
        git_object_free(object);
        git_repository_free(opened->repository);
        git_libgit2_shutdown();
        return NULL;
    }
    git_object_free(object);
    opened->tree = (git_tree *)tree;
    return opened;
}

void git_revision_close(struct git_revision *revision)
{
    if (!revision)
        return;
    git_tree_free(revision->tree);
    git_repository_free(revision->repository);
    git_libgit2_shutdown();
}

const char *git_revision_worktree(const struct git_revision *revision)
{
    return git_repository_workdir(revision->repository);
}

static git_tree_entry *entry_at(const struct git_revision *revision, const char *path)
{
    git_tree_entry *entry = NULL;

    return git_tree_entry_bypath(&entry, revision->tree, path) == 0 ? entry : NULL;
}

enum git_entry git_revision_look(const struct git_revision *revision, const char *path)
{
    git_tree_entry *entry = path[0] ? entry_at(revision, path) : NULL;
    enum git_entry found = path[0] ? GIT_ENTRY_ABSENT : GIT_ENTRY_FOLDER;

    if (entry) {
        git_filemode_t mode = git_tree_entry_filemode(entry);

        found = mode == GIT_FILEMODE_TREE                                           ? GIT_ENTRY_FOLDER
                : mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE ? GIT_ENTRY_FILE
                                                                                    : GIT_ENTRY_OTHER;
        git_tree_entry_free(entry);
    }
    return found;
}

char *git_revision_read(const struct git_revision *revision, struct arena *arena, const char *path, size_t *len, const char **error)
{
    enum git_entry sort = git_revision_look(revision, path);
    git_tree_entry *entry;
    git_blob *blob = NULL;
    char *copy = NULL;

    if (sort != GIT_ENTRY_FILE) {
        *error = sort == GIT_ENTRY_ABSENT ? "there is no such file in that revision" : sort == GIT_ENTRY_FOLDER ? "it is a folder" : "it is no file";
        return NULL;
    }
    entry = entry_at(revision, path);
    if (entry && git_blob_lookup(&blob, revision->repository, git_tree_entry_id(entry)) == 0) {
        *len = (size_t)git_blob_rawsize(blob);
        copy = arena_alloc(arena, *len + 2);
        memcpy(copy, git_blob_rawcontent(blob), *len);
        git_blob_free(blob);
    } else {
        *error = last_error(arena);
    }
    git_tree_entry_free(entry);
    return copy;
}

bool git_revision_list(const struct git_revision *revision, struct arena *arena, const char *path, const char ***names, uint32_t *count)
{
    git_tree_entry *entry = path[0] ? entry_at(revision, path) : NULL;
    git_tree *tree = NULL;
    VEC(const char *) list = {0};

    if (path[0] && (!entry || git_tree_lookup(&tree, revision->repository, git_tree_entry_id(entry)) != 0)) {
        git_tree_entry_free(entry);
        return false;
    }
    git_tree_entry_free(entry);
    for (size_t i = 0; i < git_tree_entrycount(tree ? tree : revision->tree); i++) {
        const git_tree_entry *item = git_tree_entry_byindex(tree ? tree : revision->tree, i);

        if (git_tree_entry_filemode(item) == GIT_FILEMODE_BLOB || git_tree_entry_filemode(item) == GIT_FILEMODE_BLOB_EXECUTABLE)
            vec_push(arena, &list, arena_strdup(arena, git_tree_entry_name(item)));
    }
    git_tree_free(tree);
    *names = list.items;
    *count = list.len;
    return true;
}
