/* What identifies a finding from one run to the next. */
#include "source/report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void hash_text(uint64_t *hash, const char *text)
{
    for (; *text; text++)
        *hash = (*hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    *hash = (*hash ^ 0xFF) * UINT64_C(1099511628211);
}

/* FNV-1a of what identifies a finding when lines move: rule, and its subject (or its file and message). */
static uint64_t fingerprint(const struct report_finding *finding)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    hash_text(&hash, finding->rule->id);
    if (finding->subject) {
        hash_text(&hash, finding->subject);
    } else {
        hash_text(&hash, finding->place.file ? finding->place.file : "");
        hash_text(&hash, finding->message);
    }
    return hash;
}

struct print {
    uint64_t hash;
    uint32_t index;
};

static int compare_prints(const void *a, const void *b)
{
    const struct print *x = a, *y = b;

    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

/* Equal ones of one run are told apart by their order. */
const char **report_fingerprints(const struct report *report, struct arena *arena)
{
    uint32_t count = report->findings.len, ordinal = 0;
    struct print *prints = ARENA_ARRAY(arena, struct print, count + 1);
    const char **texts = ARENA_ARRAY(arena, const char *, count + 1);

    for (uint32_t i = 0; i < count; i++)
        prints[i] = (struct print){fingerprint(&report->findings.items[i]), i};
    if (count)
        qsort(prints, count, sizeof *prints, compare_prints);
    for (uint32_t i = 0; i < count; i++) {
        ordinal = i && prints[i - 1].hash == prints[i].hash ? ordinal + 1 : 1;
        texts[prints[i].index] = arena_printf(arena, "%016" PRIx64 ":%" PRIu32, prints[i].hash, ordinal);
    }
    return texts;
}
