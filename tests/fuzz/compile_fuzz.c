/* The front end, the evaluator and the analysis on any bytes: a diagnostic or a plan, never a crash or a hang. */
#include "harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_compile((const char *)data, size, false);
    return 0;
}
