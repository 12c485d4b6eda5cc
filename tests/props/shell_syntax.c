/* Says of each text of standard input, ended by NUL, why it is no list of commands; nothing where it is one. Answers end in NUL too. */
#include "backends/common/shell_syntax.h"

#include "base/strbuf.h"

#include <stdio.h>

int main(void)
{
    struct strbuf text = STRBUF_INIT;

    for (int c; (c = getchar()) != EOF;) {
        struct arena *arena;
        const char *fault;

        if (c) {
            strbuf_addch(&text, (char)c);
            continue;
        }
        arena = arena_new();
        fault = shell_syntax_fault(arena, strbuf_str(&text));
        fputs(fault ? fault : "", stdout);
        putchar('\0');
        arena_delete(arena);
        strbuf_clear(&text);
    }
    strbuf_release(&text);
    return 0;
}
