/* Where bytes go that nobody keeps whole: a file, a digest, a count. Whoever owns one puts `struct byte_sink` first into a struct of its own. */
#ifndef DRC_BASE_SINK_H
#define DRC_BASE_SINK_H

#include <stdbool.h>
#include <stddef.h>

struct byte_sink {
    void (*take)(struct byte_sink *sink, const void *bytes, size_t len); /* keeps its own account of what went wrong */
};

#endif
