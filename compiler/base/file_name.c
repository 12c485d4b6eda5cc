/* See file_name.h. */
#include "base/file_name.h"

#include "base/strbuf.h"

enum { NAME_BYTES_MAX = 100 };

const char *output_name(struct arena *arena, const char *text)
{
    struct strbuf name = STRBUF_INIT;
    const char *result;

    for (; *text && name.len < NAME_BYTES_MAX; text++) {
        bool keep = (*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') || (*text >= '0' && *text <= '9') || *text == '_';

        if (keep)
            strbuf_addch(&name, *text);
        else if (name.len > 0 && name.data[name.len - 1] != '-')
            strbuf_addch(&name, '-');
    }
    while (name.len > 0 && name.data[name.len - 1] == '-')
        name.data[--name.len] = '\0';
    result = name.len > 0 ? strbuf_dup(&name, arena) : "unnamed";
    strbuf_release(&name);
    return result;
}
