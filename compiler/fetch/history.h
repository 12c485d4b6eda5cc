/* The history of one path of a git repository: commits along the first parents, and whether anything is other in them that somebody has read.
 *
 * A merge is one commit, with what it brought in; the commits it brought are looked through for approvals and authors only. Nothing is written,
 * nothing goes to the network. */
#ifndef DRC_FETCH_HISTORY_H
#define DRC_FETCH_HISTORY_H

#include "base/vec.h"
#include "fetch/git.h"

struct git_person {
    const char *name, *email;
    int64_t seconds; /* since 1970-01-01 UTC */
    int minutes;     /* east of UTC, where it was written */
};

struct git_trailer {
    const char *name, *value; /* "Approved-by", "Ann Lee <ann@example.com>" */
};

struct git_commit_info {
    const char *id; /* 40 hexadecimal digits */
    const char *summary;
    struct git_person author, committer;
    struct git_trailer *approvals; /* of the commit, and of those a merge brought: who says that it was looked at. Nothing checks that */
    uint32_t approval_count;
    const char **authors; /* of the commits that a merge brought, each once */
    uint32_t author_count;
    uint32_t parents;
    const char *path; /* what the path was called then; it is there, or it is not */
    bool present;
};

/* What was asked of revisions, each once: whatever has the same answers gives the same result. */
struct git_reads {
    struct arena *arena;
    struct intern *names;
    struct map *seen;
    VEC(const char *) items; /* the sort of the question, then the path: "rdr/main.dr" */
};
void git_reads_init(struct git_reads *reads, struct arena *arena);
/* False when the text is none that git_reads_text() wrote. */
bool git_reads_add(struct git_reads *reads, const char *question);

struct git_history;

/* Of a revision of the repository that a folder belongs to; NULL with *error. To be closed before the arena goes. */
struct git_history *git_history_open(struct arena *arena, const char *folder, const char *revision, const char **error);
void git_history_close(struct git_history *history); /* NULL is allowed */
const char *git_history_worktree(const struct git_history *history);

/* The commits, newest first. The path is followed where it was moved. *cut: the clone is shallow, and what is older is not there. False with *error
 * when an object cannot be read. */
bool git_history_walk(struct git_history *history, const char *path, struct git_commit_info **commits, uint32_t *count, bool *cut,
                      const char **error);

/* The files of a commit; to be closed before the history. What is asked of it is noted. NULL with *error. */
struct git_revision *git_history_revision(struct git_history *history, const char *id, struct git_reads *reads, const char **error);

/* A digest of the answers a commit has to all these questions, as 64 hexadecimal digits. False when it cannot be read. */
bool git_history_answers(struct git_history *history, const char *id, const struct git_reads *reads, char hex[65]);

#endif
