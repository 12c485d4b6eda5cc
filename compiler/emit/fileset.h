/* The set of files a compilation produces: path, bytes, mode, who made it and which lines of the
 * specification it comes from. Backends add files; the driver alone writes them to disk.
 *
 * Paths are relative to the output folder, with `/` between components. A path that could leave the folder,
 * that some file system could not hold, or that another path would overwrite is refused when it is added. */
#ifndef DRC_EMIT_FILESET_H
#define DRC_EMIT_FILESET_H

#include "base/arena.h"
#include "base/file_name.h"
#include "base/sink.h"
#include "base/strbuf.h"
#include "base/vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Keeps texts elsewhere than in memory until they are written. Whoever owns one puts it first into a struct of its own. */
struct text_store {
    bool (*put)(struct text_store *store, const void *bytes, size_t len, uint64_t *at);     /* false: it takes no more */
    bool (*get)(struct text_store *store, uint64_t at, size_t len, struct byte_sink *sink); /* false, with errno: it cannot be read again */
};

/* Prints a file's text, the same each time; false when it cannot be printed right. */
typedef bool output_printer(const void *what, struct byte_sink *sink);

struct output_file {
    const char *path;
    const char *data; /* followed by a NUL that does not count; NULL: in the store, or printed anew whenever somebody wants it */
    size_t size;      /* of a printed one not before its digest is known */
    output_printer *print;
    const void *what;
    struct text_store *store; /* NULL: it is in none */
    uint64_t at;
    const char *backend;       /* the backend's name, e.g. "terraform" */
    VEC(const char *) origins; /* "file.dr:12", in the order added, each once */
    uint32_t *origin_slots;    /* open-addressing table of origin number + 1 once there are many, see fileset.c */
    uint32_t origin_slot_count;
    bool executable; /* mode 0755, else 0644 */
    char sha256[65]; /* of the bytes; "" until output_file_sha256() was asked */
};

/* A file that an earlier build wrote for somebody who is not asked this time, and nobody changed since: it stays, and the manifest goes on
 * knowing it. */
struct left_file {
    const char *path, *backend;
    const char *sha256;
    uint64_t size;
    bool executable;
    VEC(const char *) origins;
};

/* A file that could not be taken in: it is lost unless whoever has the set says so. */
struct output_refusal {
    const char *backend, *path;
    const char *reason;              /* "the path leaves the output folder" */
    const struct output_file *other; /* the file it meets; NULL */
};

/* Reach into it only through the functions. What it keeps is in `kept`, beside large texts that it took over. */
struct fileset {
    struct arena *arena; /* for what whoever adds files needs meanwhile: the owner may give another one, and clear that between backends */
    struct arena *kept;
    struct text_store *store; /* where the bytes of files go; NULL: they are kept. Longer than the set */
    VEC(char *) owned;        /* texts from the heap */
    VEC(struct output_file *) files;
    VEC(struct left_file) left;          /* by path; whoever looks at the folder fills it before the manifest is printed */
    VEC(struct output_refusal) refusals; /* what fileset_add refused and fileset_lose told, in that order */
    VEC(const char *) taken;             /* open-addressing table, see fileset.c */
    uint32_t taken_len;
    struct strbuf folded; /* the path being looked up */
    bool sorted;
};

void fileset_init(struct fileset *set, struct arena *arena); /* both arenas */
void fileset_release(struct fileset *set);                   /* what does not lie in the arena; the texts of files go with it */

/* Adds a file whose bytes are copied. NULL when the path is refused, which is kept in `refusals`: the build ends then. *reason (if
 * reason is not NULL) says why as well, as a sentence fragment such as "the path leaves the output folder", living as long as the set. */
struct output_file *fileset_add(struct fileset *set, const char *backend, const char *path, const void *data, size_t size, const char **reason);

/* The same, but a large text changes hands instead of being copied; *text is empty afterwards, whatever happened. */
struct output_file *fileset_take(struct fileset *set, const char *backend, const char *path, struct strbuf *text, const char **reason);

/* A file that is printed when its bytes are wanted, so that they are nowhere whole. `what` outlives the set. */
struct output_file *fileset_add_printed(struct fileset *set, const char *backend, const char *path, output_printer *print, const void *what,
                                        const char **reason);

/* The file's bytes, in one piece or many; its size and digest are known afterwards. False when they cannot be printed right. */
bool output_file_print(struct output_file *file, struct byte_sink *sink);

/* A file whose text could not be made: the same as a refusal. */
void fileset_lose(struct fileset *set, const char *backend, const char *path, const char *reason);

/* SHA-256 of the file's bytes in hexadecimal digits; worked out once, since the bytes stay as they were added. Of a file that was not printed
 * yet it costs a print; "" when it cannot be printed right. */
const char *output_file_sha256(struct output_file *file);

/* Names one more line of the specification as origin; a repeated one is ignored. */
void output_file_add_origin(struct fileset *set, struct output_file *file, const char *origin);

/* Sorts by path (byte order) and returns the number of files; files are then set->files.items[0..n). */
size_t fileset_sort(struct fileset *set);

struct output_file *fileset_find(const struct fileset *set, const char *path); /* NULL when absent */

/* The test fileset_add applies to the path alone: NULL when fine, else the reason. At most 1,024 bytes in all
 * and 255 per component; no empty component and none that begins with a dot, no control byte, backslash or DEL, no trailing dot
 * or space of a component, valid UTF-8. Also the test for paths read from an untrusted manifest. */
const char *output_path_refusal(const char *path);

#endif
