/* A target: a pure function from the plan to files.
 *
 * A backend prints; it decides nothing about recovery. It is a folder here, a line in registry.c and its cases in
 * tests/cases/. What the target cannot express becomes an explicit manual step or a diagnostic from `check`, never a silence. */
#ifndef DRC_BACKENDS_BACKEND_H
#define DRC_BACKENDS_BACKEND_H

#include "emit/fileset.h"
#include "plan/checked.h"
#include "plan/plan.h"
#include "source/diag.h"

struct backend {
    const char *name; /* "terraform": also the folder it writes to */
    const char *summary;
    const char *const *roots; /* what it writes beside its folder, NULL-terminated; NULL: nothing */
    const char *readers;      /* who uses its folder and when, for the README of the output folder; NULL: it has no folder */
    /* What this target cannot express, with a place. Errors stop the build before anything is written. NULL: it can express everything. */
    void (*check)(const struct plan_checked *plan, struct diag_sink *sink);
    void (*emit)(const struct plan_document *plan, struct fileset *files);
};

extern const struct backend *const drc_backends[]; /* NULL-terminated, in the order in which one uses them */

#endif
