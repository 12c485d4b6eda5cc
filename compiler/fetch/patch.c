/* See patch.h. libgit2 finds the lines; the names above them are ours, for it would tell of blobs that no repository holds. */
#include "fetch/patch.h"

#include "base/strbuf.h"

#include <git2.h>
#include <string.h>

struct printing {
    struct byte_sink *out;
    const char *before, *after; /* names */
    bool named;
};

static void print(struct printing *printing, const char *text)
{
    printing->out->take(printing->out, text, strlen(text));
}

static void print_names(struct printing *printing)
{
    if (printing->named)
        return;
    print(printing, "--- ");
    print(printing, printing->before);
    print(printing, "\n+++ ");
    print(printing, printing->after);
    print(printing, "\n");
    printing->named = true;
}

static int print_line(const git_diff_delta *delta, const git_diff_hunk *hunk, const git_diff_line *line, void *context)
{
    struct printing *printing = context;

    (void)delta;
    (void)hunk;
    if (line->origin == GIT_DIFF_LINE_FILE_HDR)
        return 0;
    if (line->origin != GIT_DIFF_LINE_BINARY)
        print_names(printing);
    switch (line->origin) {
    case GIT_DIFF_LINE_BINARY:
        print(printing, "Binary files ");
        print(printing, printing->before);
        print(printing, " and ");
        print(printing, printing->after);
        print(printing, " differ\n");
        return 0;
    case GIT_DIFF_LINE_CONTEXT:
    case GIT_DIFF_LINE_ADDITION:
    case GIT_DIFF_LINE_DELETION: printing->out->take(printing->out, &line->origin, 1); break;
    default: break; /* heads of hunks, and the line that says that there is no newline */
    }
    printing->out->take(printing->out, line->content, line->content_len);
    return 0;
}

bool patch_print(const char *path, const struct patch_side *before, const struct patch_side *after, struct byte_sink *out)
{
    struct strbuf names = STRBUF_INIT;
    struct printing printing = {.out = out};
    size_t second;
    git_patch *patch = NULL;
    bool ok;

    strbuf_addstr(&names, "/dev/null");
    strbuf_addch(&names, '\0');
    strbuf_addf(&names, "a/%s", path);
    strbuf_addch(&names, '\0');
    second = names.len;
    strbuf_addf(&names, "b/%s", path);
    printing.before = before->bytes ? names.data + sizeof "/dev/null" : names.data;
    printing.after = after->bytes ? names.data + second : names.data;
    git_libgit2_init();
    ok = git_patch_from_buffers(&patch, before->bytes ? before->bytes : "", before->len, path, after->bytes ? after->bytes : "", after->len, path,
                                NULL) == 0 &&
         (!patch || git_patch_print(patch, print_line, &printing) == 0);
    git_patch_free(patch);
    git_libgit2_shutdown();
    strbuf_release(&names);
    return ok;
}
