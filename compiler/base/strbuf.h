/* Growing byte string on the heap, for use inside a function: init, add, release.
 * The bytes are always followed by a NUL that does not count. */
#ifndef DRC_BASE_STRBUF_H
#define DRC_BASE_STRBUF_H

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct strbuf {
    char *data;
    size_t len;
    size_t cap;
};

/* clang-format off */
#define STRBUF_INIT {NULL, 0, 0}
/* clang-format on */

void strbuf_init(struct strbuf *buf);
void strbuf_release(struct strbuf *buf);              /* frees; the buffer is empty and usable again */
void strbuf_clear(struct strbuf *buf);                /* length 0, keeps the memory */
void strbuf_truncate(struct strbuf *buf, size_t len); /* to at most len bytes */
void strbuf_add_slow_(struct strbuf *buf, const void *data, size_t len);
void strbuf_addstr(struct strbuf *buf, const char *text);
void strbuf_addch_slow_(struct strbuf *buf, char c);
char *strbuf_extend(struct strbuf *buf, size_t len); /* by bytes that the caller writes, at the place returned */
void strbuf_addfill(struct strbuf *buf, char c, size_t count);
void strbuf_add_json(struct strbuf *out, const char *text); /* as a JSON string; bytes that are not UTF-8 become U+FFFD */
void strbuf_addf(struct strbuf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void strbuf_vaddf(struct strbuf *buf, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
void strbuf_addint(struct strbuf *buf, int64_t value); /* faster than addf */
const char *strbuf_str(const struct strbuf *buf);      /* never NULL */
char *strbuf_detach(struct strbuf *buf);               /* the text, from now on the caller's to free(); the buffer is empty */
char *strbuf_dup(const struct strbuf *buf, struct arena *arena);

static inline void strbuf_add(struct strbuf *buf, const void *data, size_t len)
{
    if (len >= buf->cap - buf->len) { /* the NUL needs a place as well */
        strbuf_add_slow_(buf, data, len);
        return;
    }
    if (len)
        memcpy(buf->data + buf->len, data, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

static inline void strbuf_addch(struct strbuf *buf, char c)
{
    if (buf->len + 2 > buf->cap) {
        strbuf_addch_slow_(buf, c);
        return;
    }
    buf->data[buf->len++] = c;
    buf->data[buf->len] = '\0';
}

#endif
