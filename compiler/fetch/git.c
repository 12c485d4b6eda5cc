/* See git.h. libgit2 reads the object database. */
#include "fetch/git.h"

#include "base/strbuf.h"
#include "base/vec.h"
#include "fetch/git_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *git_last_error(struct arena *arena)
{
    const git_error *error = git_error_last();

    return arena_strdup(arena, error && error->message ? error->message : "git could not read it");
}

int git_open_repository(git_repository **repository, const char *folder)
{
    const char *named = getenv("GIT_DIR");

    return named && named[0] ? git_repository_open_ext(repository, NULL, GIT_REPOSITORY_OPEN_FROM_ENV, NULL)
                             : git_repository_open_ext(repository, folder, 0, NULL);
}

struct git_revision *git_revision_open(struct arena *arena, const char *folder, const char *revision, const char **error)
{
    struct git_revision *opened = ARENA_NEW(arena, struct git_revision);
    git_object *object = NULL, *tree = NULL;

    git_libgit2_init();
    if (git_open_repository(&opened->repository, folder) != 0 || git_revparse_single(&object, opened->repository, revision) != 0 ||
        git_object_peel(&tree, object, GIT_OBJECT_TREE) != 0) {
        *error = git_last_error(arena);
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
    if (revision->shared)
        return;
    git_repository_free(revision->repository);
    git_libgit2_shutdown();
}

const char *git_revision_worktree(const struct git_revision *revision)
{
    return git_repository_workdir(revision->repository);
}

const char *git_path_inside(struct arena *arena, const char *worktree, const char *path)
{
    char *whole = realpath(path, NULL);
    bool gone = !whole && errno == ENOENT;
    char *root = worktree ? realpath(worktree, NULL) : NULL;
    size_t len = root ? strlen(root) : 0;
    const char *inside = NULL, *slash = strrchr(path, '/');

    if (gone && root && path[0] && (!slash || slash[1])) { /* gone, and once there */
        const char *folder = slash ? git_path_inside(arena, worktree, slash == path ? "/" : arena_strndup(arena, path, (size_t)(slash - path)))
                                   : git_path_inside(arena, worktree, ".");

        if (folder)
            inside = arena_printf(arena, "%s%s%s", folder, folder[0] ? "/" : "", slash ? slash + 1 : path);
    } else if (whole && root && strncmp(whole, root, len) == 0 && (whole[len] == '/' || !whole[len]))
        inside = arena_strdup(arena, whole[len] ? whole + len + 1 : "");
    free(whole);
    free(root);
    return inside;
}

bool git_ignores(const struct git_revision *revision, const char *path)
{
    int ignored = 0;

    return git_ignore_path_is_ignored(&ignored, revision->repository, path) == 0 && ignored;
}

/* `a/../b` is `b`: trees know no `.` and `..`. False: the path leaves the repository. */
static bool clean_path(const char *path, struct strbuf *out)
{
    while (*path) {
        size_t part = strcspn(path, "/");

        if (part == 2 && memcmp(path, "..", 2) == 0) {
            const char *slash;

            if (!out->len)
                return false;
            slash = strrchr(strbuf_str(out), '/');
            strbuf_truncate(out, slash ? (size_t)(slash - out->data) : 0);
        } else if (part && !(part == 1 && path[0] == '.')) {
            if (out->len)
                strbuf_addch(out, '/');
            strbuf_add(out, path, part);
        }
        path += part + (path[part] == '/');
    }
    return true;
}

static bool is_link(const git_tree_entry *entry)
{
    return entry && git_tree_entry_filemode(entry) == GIT_FILEMODE_LINK;
}

/* Where a link leads, as a path from the root with `rest` behind it. False: out of the tree. */
static bool follow(const git_tree *tree, const git_tree_entry *link, const char *folder, const char *rest, struct strbuf *out)
{
    struct strbuf to = STRBUF_INIT;
    git_blob *blob = NULL;
    bool inside = false;

    strbuf_clear(out);
    if (git_blob_lookup(&blob, git_tree_owner(tree), git_tree_entry_id(link)) == 0) {
        strbuf_addf(&to, "%s/", folder);
        strbuf_add(&to, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob));
        strbuf_addf(&to, "/%s", rest);
        inside = git_blob_rawsize(blob) > 0 && *(const char *)git_blob_rawcontent(blob) != '/' && clean_path(strbuf_str(&to), out);
    }
    git_blob_free(blob);
    strbuf_release(&to);
    return inside;
}

/* One step of the way: the path without its first link. False: there is none in it, or it leads out of the tree. */
static bool without_link(const git_tree *tree, struct strbuf *path)
{
    struct strbuf folder = STRBUF_INIT, now = STRBUF_INIT;
    const char *rest = strbuf_str(path);
    bool followed = false, there = true;

    while (*rest && there && !followed) {
        size_t part = strcspn(rest, "/"), before = folder.len;
        git_tree_entry *entry = NULL;

        strbuf_addf(&folder, "%s%.*s", before ? "/" : "", (int)part, rest);
        rest += part + (rest[part] == '/');
        there = git_tree_entry_bypath(&entry, tree, strbuf_str(&folder)) == 0;
        if (there && is_link(entry)) {
            strbuf_truncate(&folder, before);
            followed = follow(tree, entry, strbuf_str(&folder), rest, &now);
            there = followed;
        }
        git_tree_entry_free(entry);
    }
    if (followed) {
        strbuf_clear(path);
        strbuf_addstr(path, strbuf_str(&now));
    }
    strbuf_release(&now);
    strbuf_release(&folder);
    return followed;
}

enum { LINKS_MAX = 40 }; /* as many as systems follow */

git_tree_entry *git_entry_in(const git_tree *tree, const char *path)
{
    git_tree_entry *entry = NULL;
    struct strbuf clean = STRBUF_INIT;
    bool good = clean_path(path, &clean);

    for (int i = 0; good && i < LINKS_MAX; i++) {
        git_tree_entry_free(entry);
        if (git_tree_entry_bypath(&entry, tree, strbuf_str(&clean)) != 0)
            entry = NULL;
        if ((entry && !is_link(entry)) || !without_link(tree, &clean))
            break; /* of a link that leads nowhere the link itself stays */
    }
    strbuf_release(&clean);
    return entry;
}

enum git_entry git_entry_sort(const git_tree_entry *entry)
{
    git_filemode_t mode = entry ? git_tree_entry_filemode(entry) : GIT_FILEMODE_UNREADABLE;

    return !entry                                                              ? GIT_ENTRY_ABSENT
           : mode == GIT_FILEMODE_TREE                                         ? GIT_ENTRY_FOLDER
           : mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE ? GIT_ENTRY_FILE
                                                                               : GIT_ENTRY_OTHER;
}

enum git_entry git_revision_look(const struct git_revision *revision, const char *path)
{
    git_tree_entry *entry = path[0] ? git_entry_in(revision->tree, path) : NULL;
    enum git_entry found = path[0] ? git_entry_sort(entry) : GIT_ENTRY_FOLDER;

    git_note_question(revision->reads, 'l', path);
    git_tree_entry_free(entry);
    return found;
}

char *git_revision_read(const struct git_revision *revision, struct arena *arena, const char *path, size_t *len, const char **error)
{
    enum git_entry sort = git_revision_look(revision, path);
    git_tree_entry *entry;
    git_blob *blob = NULL;
    char *copy = NULL;

    if (sort != GIT_ENTRY_FILE) {
        *error = sort == GIT_ENTRY_ABSENT   ? "there is no such file in that revision"
                 : sort == GIT_ENTRY_FOLDER ? "it is a folder"
                                            : "it is a symbolic link that leads nowhere in that revision, or a submodule";
        return NULL;
    }
    git_note_question(revision->reads, 'r', path);
    entry = git_entry_in(revision->tree, path);
    if (entry && git_blob_lookup(&blob, revision->repository, git_tree_entry_id(entry)) == 0) {
        *len = (size_t)git_blob_rawsize(blob);
        copy = arena_alloc(arena, *len + 2);
        memcpy(copy, git_blob_rawcontent(blob), *len);
        git_blob_free(blob);
    } else {
        *error = git_last_error(arena);
    }
    git_tree_entry_free(entry);
    return copy;
}

bool git_revision_list(const struct git_revision *revision, struct arena *arena, const char *path, const char ***names, uint32_t *count)
{
    git_tree_entry *entry = path[0] ? git_entry_in(revision->tree, path) : NULL;
    git_tree *tree = NULL;
    VEC(const char *) list = {0};

    git_note_question(revision->reads, 'd', path);
    if (path[0] && (!entry || git_tree_lookup(&tree, revision->repository, git_tree_entry_id(entry)) != 0)) {
        git_tree_entry_free(entry);
        return false;
    }
    git_tree_entry_free(entry);
    for (size_t i = 0; i < git_tree_entrycount(tree ? tree : revision->tree); i++) {
        const git_tree_entry *item = git_tree_entry_byindex(tree ? tree : revision->tree, i);

        if (git_entry_sort(item) == GIT_ENTRY_FILE ||
            (is_link(item) &&
             git_revision_look(revision, arena_printf(arena, "%s%s%s", path, path[0] ? "/" : "", git_tree_entry_name(item))) == GIT_ENTRY_FILE))
            vec_push(arena, &list, arena_strdup(arena, git_tree_entry_name(item)));
    }
    git_tree_free(tree);
    *names = list.items;
    *count = list.len;
    return true;
}
