/* What the standard library declares, whether or not it is imported: so that a missing import can be named. */
#ifndef DRC_SEMA_LIBRARY_H
#define DRC_SEMA_LIBRARY_H

#include "source/diag.h"

/* The import that brings the declaration `word name` ("kind", "aws.s3.bucket"), or NULL: the file that gathers it, where there is one
 * ("std/aws" rather than "std/aws/s3"). */
const char *library_import(const char *word, const char *name);

/* The name of such a declaration that is nearest to one that exists nowhere; NULL. `scratch`: where the names are gathered. */
const char *library_nearest(struct arena *scratch, const char *word, const char *name);

#endif
