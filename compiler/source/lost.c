/* Lost text is kept as spans. Its words are put into a table of their own when the first question comes, because most
 * mistakes of syntax lose a few words and nobody asks for any of them. */
#include "source/lost.h"

#include "base/intern.h"
#include "base/map.h"

#include <string.h>

struct lost {
    VEC(struct span) spans;
    VEC(const char *) prefixes;
    bool any_name;     /* an import without prefix is missing */
    bool all;          /* see lost_all */
    uint32_t words_of; /* how many of the spans are in `words` */
    struct intern *names;
    struct map words;           /* atom of `names` -> itself */
    VEC(const char *) nameless; /* the sort of each */
    VEC(const char *) missing;  /* the names, each once */
    VEC(struct diag *) missed_by;
};

static struct lost *lost_of(struct diag_sink *sink)
{
    if (!sink->lost)
        sink->lost = ARENA_NEW(sink->arena, struct lost);
    return sink->lost;
}

void lost_text(struct diag_sink *sink, struct span span)
{
    if (span.end > span.start)
        vec_push(sink->arena, &lost_of(sink)->spans, span);
}

struct lost_mark lost_mark(const struct diag_sink *sink)
{
    const struct lost *lost = sink->lost;

    return lost ? (struct lost_mark){lost->spans.len, lost->prefixes.len, lost->any_name} : (struct lost_mark){0};
}

void lost_rewind(struct diag_sink *sink, struct lost_mark mark)
{
    if (!sink->lost)
        return;
    sink->lost->spans.len = mark.spans;
    sink->lost->prefixes.len = mark.prefixes;
    sink->lost->any_name = mark.any_name;
}

void lost_import(struct diag_sink *sink, const char *prefix)
{
    struct lost *lost = lost_of(sink);

    if (prefix)
        vec_push(sink->arena, &lost->prefixes, prefix);
    else
        lost->any_name = true;
}

void lost_all(struct diag_sink *sink, bool all)
{
    lost_of(sink)->all = all;
}

void lost_nameless(struct diag_sink *sink, const char *sort)
{
    vec_push(sink->arena, &lost_of(sink)->nameless, sort);
}

void lost_missing(struct diag *diag, const char *sort, const char *name)
{
    struct lost *lost = diag->sink->lost;
    bool explained = false;

    for (uint32_t i = 0; lost && i < lost->nameless.len; i++)
        explained |= !sort || strcmp(lost->nameless.items[i], sort) == 0;
    /* More names than declarations without one: then it is not only these. */
    if (!explained || lost->missing.len > lost->nameless.len)
        return;
    vec_push(diag->sink->arena, &lost->missed_by, diag);
    for (uint32_t i = 0; i < lost->missing.len; i++) {
        if (strcmp(lost->missing.items[i], name) == 0)
            return;
    }
    vec_push(diag->sink->arena, &lost->missing, name);
}

void lost_settle(struct diag_sink *sink)
{
    struct lost *lost = sink->lost;
    uint32_t kept = 0;

    if (!lost || !lost->missing.len || lost->missing.len > lost->nameless.len)
        return;
    for (uint32_t i = 0; i < sink->diags.len; i++) {
        struct diag *diag = sink->diags.items[i];
        bool explained = false;

        for (uint32_t m = 0; m < lost->missed_by.len; m++)
            explained |= lost->missed_by.items[m] == diag;
        if (!explained)
            sink->diags.items[kept++] = diag;
        else
            sink->errors -= diag->severity == SEVERITY_ERROR;
    }
    sink->diags.len = kept;
    lost->missed_by.len = 0;
}

bool lost_is_all(const struct diag_sink *sink)
{
    return sink->lost && sink->lost->all;
}

bool lost_any(const struct diag_sink *sink)
{
    return sink->lost != NULL;
}

static bool is_word_byte(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || (c & 0x80);
}

/* The next word of the text, from *at on: its length, 0 at the end. A word neither starts nor ends with `-`. */
static size_t next_word(const char **at, const char *end)
{
    const char *start = *at, *stop;

    while (start < end && (!is_word_byte(*start) || *start == '-'))
        start++;
    for (stop = start; stop < end && is_word_byte(*stop); stop++)
        ;
    *at = start;
    while (stop > start && stop[-1] == '-')
        stop--;
    return (size_t)(stop - start);
}

/* The text of a span within one file. */
static const char *text_of(const struct diag_sink *sink, struct span span, const char **end)
{
    const struct source_file *file = sources_file_at(sink->sources, span.start);
    uint32_t stop;

    if (!file)
        return NULL;
    stop = span.end - file->base > file->len ? file->len : span.end - file->base;
    *end = file->text + stop;
    return file->text + (span.start - file->base);
}

static void read_words(const struct diag_sink *sink, struct lost *lost)
{
    if (!lost->names)
        lost->names = intern_new(sink->arena);
    for (; lost->words_of < lost->spans.len; lost->words_of++) {
        const char *end, *at = text_of(sink, lost->spans.items[lost->words_of], &end);
        size_t len;

        for (; at && (len = next_word(&at, end)) > 0; at += len) {
            atom word = intern_add(lost->names, at, len);

            map_add(&lost->words, sink->arena, word, (void *)(uintptr_t)word);
        }
    }
}

static bool is_word(struct lost *lost, const char *text, size_t len)
{
    return map_get(&lost->words, intern_add(lost->names, text, len)) != NULL;
}

/* What `import … as` puts before a name stands in another text than the name. */
static size_t prefix_length(const struct diag_sink *sink, const char *name)
{
    size_t longest = 0;

    for (uint32_t i = 0; i < sink->sources->files.len; i++) {
        const char *prefix = sink->sources->files.items[i]->prefix;
        size_t len = prefix ? strlen(prefix) : 0;

        if (len > longest && strncmp(name, prefix, len) == 0 && name[len] == '.')
            longest = len;
    }
    return longest;
}

bool lost_name(const struct diag_sink *sink, const char *name)
{
    struct lost *lost = sink->lost;
    const char *at = name, *end = name + strlen(name);
    bool one = false;
    size_t len;

    if (!lost)
        return false;
    if (lost->all || lost->any_name)
        return true;
    for (uint32_t i = 0; i < lost->prefixes.len; i++) {
        size_t prefix = strlen(lost->prefixes.items[i]);

        if (strncmp(name, lost->prefixes.items[i], prefix) == 0 && (name[prefix] == '.' || !name[prefix]))
            return true;
    }
    if (!lost->spans.len)
        return false;
    /* Every word of a dotted name stands there. */
    read_words(sink, lost);
    at += prefix_length(sink, name);
    for (; (len = next_word(&at, end)) > 0; at += len) {
        if (!is_word(lost, at, len))
            return false;
        one = true;
    }
    return one;
}

bool lost_covers(const struct diag_sink *sink, struct span span)
{
    const struct lost *lost = sink->lost;

    for (uint32_t i = 0; lost && i < lost->spans.len; i++) {
        if (lost->spans.items[i].start <= span.start && span.end <= lost->spans.items[i].end)
            return true;
    }
    return false;
}

bool lost_word_in(const struct diag_sink *sink, struct span span, const char *word)
{
    const struct lost *lost = sink->lost;

    for (uint32_t i = 0; lost && i < lost->spans.len; i++) {
        struct span part = lost->spans.items[i];
        const char *at, *end;
        size_t len;

        if (part.end <= span.start || part.start >= span.end)
            continue;
        at = text_of(sink, part, &end);
        for (; at && (len = next_word(&at, end)) > 0; at += len) {
            const char *found = arena_strndup(sink->arena, at, len);

            if (strcmp(found, word) == 0 || nearest(found, &word, 1))
                return true;
        }
    }
    return false;
}
