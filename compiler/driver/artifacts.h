/* Translation validation, from the files of a build or of a folder. */
#ifndef DRC_DRIVER_ARTIFACTS_H
#define DRC_DRIVER_ARTIFACTS_H

#include "driver/driver.h"
#include "emit/fileset.h"
#include "validate/validate.h"

/* What a build is about to write. True when it says what the plan says; else each finding was reported (E0793), and nothing is to be written. */
bool artifacts_of_build(struct session *session, struct fileset *files);

/* What stands in a folder that a build has written: its manifest, whose digests are compared, and the files that it lists. */
struct folder_report {
    bool readable; /* there is a manifest that can be read */
    uint64_t listed;
    struct validate_report artifacts; /* with findings of the manifest in front */
};
void artifacts_of_folder(struct session *session, const char *dir, const struct plan_document *document, struct folder_report *report);

#endif
