/* manifest.json: every file of the output set with its digest, so that the next build knows what it may
 * replace. It lists every file but itself, and those of earlier builds that stay. */
#ifndef DRC_EMIT_MANIFEST_H
#define DRC_EMIT_MANIFEST_H

#include "emit/fileset.h"

#include <stdbool.h>

#define MANIFEST_NAME "manifest.json"
#define MANIFEST_SCHEMA "drc.manifest/1"

struct manifest_info {
    const char *compiler;    /* version, e.g. "0.1.0" */
    const char *spec_digest; /* "sha256:…" of the specification as the compiler read it */
};

/* Sorts the set and adds the manifest to it as a file of backend "drc", which is printed when it is wanted: nothing is added after it, and
 * what `info` points to lives as long. False when the path is taken. */
bool manifest_add(struct fileset *set, const struct manifest_info *info, const char **reason);

#endif
