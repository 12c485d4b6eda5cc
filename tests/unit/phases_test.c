/* The words of the phases are one table; the schema, which programs read as text, repeats them. */
#include "test.h"

#include "base/phases.h"

#include <string.h>

static const char *type_of_phase(void)
{
#define BLOCK(...)
#define BLOCK_END(...)
#define ATTR(block, name, type, ...) {#block "." #name, type},
    static const struct {
        const char *name, *type;
    } rows[] = {
#include "model/schema.def"
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strcmp(rows[i].name, "STEP.phase") == 0)
            return rows[i].type;
    }
    return "";
}

int main(void)
{
    TEST("phases of a recovery");
    CHECK_STR(type_of_phase(), PHASE_TYPE);
    CHECK_STR(phase_words[PHASE_PREPARE], "prepare");
    CHECK_STR(phase_words[PHASE_REPROTECT], "reprotect");
    CHECK_STR(phase_titles[PHASE_REPROTECT], "re-protect");
    return test_finish();
}
