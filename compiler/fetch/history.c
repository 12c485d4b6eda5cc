/* See history.h. libgit2 reads the objects; parents are followed by hand, because a shallow clone has commits whose parents are not there. */
#include "fetch/history.h"

#include "base/map.h"
#include "base/sha256.h"
#include "base/strbuf.h"
#include "fetch/git_internal.h"

#include <string.h>

struct git_history {
    struct arena *arena;
    struct intern *names;
    git_repository *repository;
    git_oid head;
};

/* ---- answers */

/* The sort of an entry where only that was asked, else the object it is. */
static void add_answer(struct sha256 *hash, const git_tree *tree, const char *question)
{
    git_tree_entry *entry = question[1] ? git_entry_in(tree, question + 1) : NULL;
    enum git_entry sort = question[1] ? git_entry_sort(entry) : GIT_ENTRY_FOLDER;
    unsigned char byte = (unsigned char)sort;

    sha256_add(hash, question, strlen(question) + 1);
    sha256_add(hash, &byte, 1);
    if (question[0] != 'l' && entry)
        sha256_add(hash, git_tree_entry_id(entry)->id, GIT_OID_RAWSZ);
    else if (question[0] != 'l' && !question[1])
        sha256_add(hash, git_tree_id(tree)->id, GIT_OID_RAWSZ);
    git_tree_entry_free(entry);
}

/* ---- opening */

struct git_history *git_history_open(struct arena *arena, const char *folder, const char *revision, const char **error)
{
    struct git_history *history = ARENA_NEW(arena, struct git_history);
    git_object *object = NULL, *commit = NULL;
    bool good;

    git_libgit2_init();
    history->arena = arena;
    history->names = intern_new(arena);
    good = git_open_repository(&history->repository, folder) == 0 && git_revparse_single(&object, history->repository, revision) == 0 &&
           git_object_peel(&commit, object, GIT_OBJECT_COMMIT) == 0;
    if (good)
        git_oid_cpy(&history->head, git_object_id(commit));
    else
        *error = git_last_error(arena);
    git_object_free(commit);
    git_object_free(object);
    if (good)
        return history;
    git_history_close(history);
    return NULL;
}

void git_history_close(struct git_history *history)
{
    if (!history)
        return;
    git_repository_free(history->repository);
    git_libgit2_shutdown();
}

const char *git_history_worktree(const struct git_history *history)
{
    return git_repository_workdir(history->repository);
}

/* ---- commits */

static struct git_person person_of(struct arena *arena, const git_signature *signature)
{
    return (struct git_person){arena_strdup(arena, signature && signature->name ? signature->name : ""),
                               arena_strdup(arena, signature && signature->email ? signature->email : ""), signature ? signature->when.time : 0,
                               signature ? signature->when.offset : 0};
}

/* Trailers by which somebody says that they looked at it, in small letters. */
static bool is_approval(const char *name)
{
    static const char *const names[] = {"approved-by", "reviewed-by", "acked-by", "tested-by", "signed-off-by"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t at = 0;

        while (names[i][at] && (name[at] == names[i][at] || (name[at] >= 'A' && name[at] <= 'Z' && name[at] + ('a' - 'A') == names[i][at])))
            at++;
        if (!names[i][at] && !name[at])
            return true;
    }
    return false;
}

struct telling {
    struct arena *arena;
    struct intern *names;
    struct map approvals, authors; /* what is told already */
    VEC(struct git_trailer) trailers;
    VEC(const char *) people;
};

/* A line that begins with a blank goes on with the one before; of one without a value libgit2 takes the next line, which is a trailer itself. */
static void tell_trailer(struct telling *telling, const char *name, const char *value)
{
    struct strbuf whole = STRBUF_INIT;
    struct git_trailer trailer = {arena_strdup(telling->arena, name), NULL};
    const char *colon = NULL, *next;

    for (next = value; *next;) {
        size_t len = strcspn(next, "\n"), blank = strspn(next, " \t");

        if (next != value && blank == 0) {
            colon = memchr(next, ':', len);
            break;
        }
        strbuf_addf(&whole, "%s%.*s", whole.len ? " " : "", (int)(len > blank ? len - blank : 0), next + (len > blank ? blank : len));
        next += len + (next[len] == '\n');
    }
    trailer.value = strbuf_dup(&whole, telling->arena);
    strbuf_release(&whole);
    if (is_approval(trailer.name) && trailer.value[0] &&
        map_add(&telling->approvals, telling->arena, intern_str(telling->names, arena_printf(telling->arena, "%s\n%s", trailer.name, trailer.value)),
                telling))
        vec_push(telling->arena, &telling->trailers, trailer);
    if (colon)
        tell_trailer(telling, arena_strndup(telling->arena, next, (size_t)(colon - next)), colon + 1 + strspn(colon + 1, " \t"));
}

static void tell_approvals(struct telling *telling, const git_commit *commit)
{
    git_message_trailer_array found = {NULL, 0, NULL};
    const char *message = git_commit_message(commit);

    if (!message || git_message_trailers(&found, message) != 0)
        return;
    for (size_t i = 0; i < found.count; i++)
        tell_trailer(telling, found.trailers[i].key, found.trailers[i].value);
    git_message_trailer_array_free(&found);
}

/* So many commits of a merge are looked through. */
enum { MERGED_MAX = 1000 };

/* Those that the other parents of a merge have, and the first has not. */
static void tell_merged(struct telling *telling, git_repository *repository, const git_commit *merge)
{
    git_revwalk *walk = NULL;
    git_oid id;
    uint32_t count = 0;
    bool whole;

    if (git_revwalk_new(&walk, repository) != 0)
        return;
    git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL | GIT_SORT_TIME);
    /* At the end of a shallow clone nobody can say which commits a merge brought. */
    whole = git_revwalk_hide(walk, git_commit_parent_id(merge, 0)) == 0;
    for (unsigned parent = 1; parent < git_commit_parentcount(merge); parent++)
        whole = git_revwalk_push(walk, git_commit_parent_id(merge, parent)) == 0 && whole;
    while (whole && count++ < MERGED_MAX && git_revwalk_next(&id, walk) == 0) {
        git_commit *commit = NULL;
        const git_signature *author;
        const char *who;

        if (git_commit_lookup(&commit, repository, &id) != 0)
            break;
        tell_approvals(telling, commit);
        author = git_commit_author(commit);
        who = arena_printf(telling->arena, "%s <%s>", author ? author->name : "", author ? author->email : "");
        if (map_add(&telling->authors, telling->arena, intern_str(telling->names, who), telling))
            vec_push(telling->arena, &telling->people, who);
        git_commit_free(commit);
    }
    git_revwalk_free(walk);
}

static void describe(struct git_history *history, git_commit *commit, struct git_commit_info *info)
{
    struct arena *arena = history->arena;
    struct telling telling = {.arena = arena, .names = history->names};
    const char *summary = git_commit_summary(commit);
    char id[GIT_OID_HEXSZ + 1];

    git_oid_tostr(id, sizeof id, git_commit_id(commit));
    info->id = arena_strdup(arena, id);
    info->summary = arena_strdup(arena, summary ? summary : "");
    info->author = person_of(arena, git_commit_author(commit));
    info->committer = person_of(arena, git_commit_committer(commit));
    info->parents = git_commit_parentcount(commit);
    tell_approvals(&telling, commit);
    if (info->parents > 1)
        tell_merged(&telling, history->repository, commit);
    info->approvals = telling.trailers.items;
    info->approval_count = telling.trailers.len;
    info->authors = telling.people.items;
    info->author_count = telling.people.len;
}

/* ---- a path through time */

static bool is_there(const git_tree *tree, const char *path)
{
    git_tree_entry *entry = path[0] ? git_entry_in(tree, path) : NULL;
    bool there = !path[0] || entry;

    git_tree_entry_free(entry);
    return there;
}

/* Where the path came from, when what is below it was moved there: NULL otherwise. A folder is where its files were, by the first of them that kept
 * its own name. */
static const char *moved_from(struct git_history *history, git_tree *before, git_tree *after, const char *path)
{
    git_diff *diff = NULL;
    const char *from = NULL;
    size_t len = strlen(path);

    if (git_diff_tree_to_tree(&diff, history->repository, before, after, NULL) != 0 || git_diff_find_similar(diff, NULL) != 0) {
        git_diff_free(diff);
        return NULL;
    }
    for (size_t i = 0; i < git_diff_num_deltas(diff) && !from; i++) {
        const git_diff_delta *delta = git_diff_get_delta(diff, i);
        const char *new_path = delta->new_file.path, *old_path = delta->old_file.path, *tail = new_path + len;
        size_t old_len = strlen(old_path), tail_len;

        if (delta->status != GIT_DELTA_RENAMED || strncmp(new_path, path, len) != 0 || (*tail && *tail != '/'))
            continue;
        tail_len = strlen(tail);
        if (!tail_len)
            from = arena_strdup(history->arena, old_path);
        else if (old_len > tail_len && strcmp(old_path + old_len - tail_len, tail) == 0)
            from = arena_strndup(history->arena, old_path, old_len - tail_len);
        else if (old_len + 1 == tail_len && strcmp(old_path, tail + 1) == 0)
            from = ""; /* from the top of the repository into a folder */
    }
    git_diff_free(diff);
    return from;
}

/* Of the parent: the same, or what it was called there. */
static const char *path_before(struct git_history *history, git_commit *commit, git_commit *parent, const char *path)
{
    git_tree *after = NULL, *before = NULL;
    const char *from = NULL;

    if (git_commit_tree(&after, commit) == 0 && git_commit_tree(&before, parent) == 0 && is_there(after, path) && !is_there(before, path))
        from = moved_from(history, before, after, path);
    git_tree_free(after);
    git_tree_free(before);
    return from ? from : path;
}

bool git_history_walk(struct git_history *history, const char *path, struct git_commit_info **commits, uint32_t *count, bool *cut, const char **error)
{
    VEC(struct git_commit_info) list = {0};
    git_commit *commit = NULL;

    *cut = false;
    if (git_commit_lookup(&commit, history->repository, &history->head) != 0) {
        *error = git_last_error(history->arena);
        return false;
    }
    while (commit) {
        struct git_commit_info info = {.path = path};
        git_tree *tree = NULL;
        git_commit *parent = NULL;

        if (git_commit_tree(&tree, commit) != 0) {
            *error = git_last_error(history->arena);
            git_commit_free(commit);
            return false;
        }
        info.present = is_there(tree, path);
        git_tree_free(tree);
        describe(history, commit, &info);
        vec_push(history->arena, &list, info);
        if (info.parents && git_commit_lookup(&parent, history->repository, git_commit_parent_id(commit, 0)) != 0) {
            *cut = git_repository_is_shallow(history->repository) == 1;
            if (!*cut) {
                *error = git_last_error(history->arena);
                git_commit_free(commit);
                return false;
            }
        }
        if (parent)
            path = path_before(history, commit, parent, path);
        git_commit_free(commit);
        commit = parent;
    }
    *commits = list.items;
    *count = list.len;
    return true;
}

static git_tree *tree_of(struct git_history *history, const char *id)
{
    git_oid oid;
    git_commit *commit = NULL;
    git_tree *tree = NULL;

    if (git_oid_fromstr(&oid, id) == 0 && git_commit_lookup(&commit, history->repository, &oid) == 0 && git_commit_tree(&tree, commit) != 0)
        tree = NULL;
    git_commit_free(commit);
    return tree;
}

struct git_revision *git_history_revision(struct git_history *history, const char *id, struct git_reads *reads, const char **error)
{
    struct git_revision *revision = ARENA_NEW(history->arena, struct git_revision);

    *revision = (struct git_revision){.repository = history->repository, .tree = tree_of(history, id), .reads = reads, .shared = true};
    if (!revision->tree)
        *error = git_last_error(history->arena);
    return revision->tree ? revision : NULL;
}

bool git_history_answers(struct git_history *history, const char *id, const struct git_reads *reads, char hex[65])
{
    git_tree *tree = tree_of(history, id);
    struct sha256 hash;

    if (!tree)
        return false;
    sha256_init(&hash);
    for (uint32_t i = 0; i < reads->items.len; i++)
        add_answer(&hash, tree, reads->items.items[i]);
    sha256_final_hex(&hash, hex);
    git_tree_free(tree);
    return true;
}
