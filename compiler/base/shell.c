/* See shell.h. */
#include "base/shell.h"

#include <string.h>

void shell_word_print(const char *word, struct strbuf *out)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./:=,@%+-{}";

    if (word[0] && word[strspn(word, plain)] == '\0') {
        strbuf_addstr(out, word);
        return;
    }
    strbuf_addch(out, '\'');
    for (; *word; word++) {
        if (*word == '\'')
            strbuf_addstr(out, "'\\''");
        else
            strbuf_addch(out, *word);
    }
    strbuf_addch(out, '\'');
}
