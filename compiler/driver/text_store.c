/* Texts of files wait in a file without a name until the build writes them: of a large plan they are as much as the plan itself. It is in the folder
 * for temporary files, is never seen by anybody and is gone with the process. A small build fits the buffer and has none. */
#include "driver/driver.h"

#include "emit/fileset.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER = 1 << 22 };

struct store {
    struct text_store store;
    FILE *file;     /* NULL: not needed yet */
    uint64_t first; /* where in the file the buffer will go */
    size_t used;    /* of the buffer */
    bool full;      /* the file takes no more: what is in the buffer stays there */
    char *buffer;
};

static bool write_whole(int fd, const char *bytes, size_t len, uint64_t at)
{
    while (len > 0) {
        ssize_t put = pwrite(fd, bytes, len, (off_t)at);

        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        bytes += put;
        at += (uint64_t)put;
        len -= (size_t)put;
    }
    return true;
}

static bool empty_buffer(struct store *store)
{
    if (!store->file)
        store->file = tmpfile();
    if (!store->file || !write_whole(fileno(store->file), store->buffer, store->used, store->first)) {
        store->full = true;
        return false;
    }
    store->first += store->used;
    store->used = 0;
    return true;
}

static bool put(struct text_store *base, const void *bytes, size_t len, uint64_t *at)
{
    struct store *store = (struct store *)(void *)base;

    if (store->full || len > BUFFER || (len > BUFFER - store->used && !empty_buffer(store)))
        return false;
    memcpy(store->buffer + store->used, bytes, len);
    *at = store->first + store->used;
    store->used += len;
    return true;
}

static bool get(struct text_store *base, uint64_t at, size_t len, struct byte_sink *sink)
{
    const struct store *store = (const struct store *)(const void *)base;
    char piece[1 << 14];

    if (at >= store->first) {
        sink->take(sink, store->buffer + (at - store->first), len);
        return true;
    }
    while (len > 0) {
        ssize_t got = pread(fileno(store->file), piece, len < sizeof piece ? len : sizeof piece, (off_t)at);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            errno = got < 0 ? errno : EIO;
            return false;
        }
        sink->take(sink, piece, (size_t)got);
        at += (uint64_t)got;
        len -= (size_t)got;
    }
    return true;
}

struct text_store *text_store_new(struct arena *arena)
{
    struct store *store = ARENA_NEW(arena, struct store);

    store->store = (struct text_store){put, get};
    store->buffer = malloc(BUFFER);
    if (!store->buffer)
        out_of_memory();
    return &store->store;
}

void text_store_release(struct text_store *base)
{
    struct store *store = (struct store *)(void *)base;

    if (!store)
        return;
    if (store->file)
        fclose(store->file);
    free(store->buffer);
    store->buffer = NULL;
}
