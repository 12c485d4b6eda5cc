/* Scripts of bash: statements and constructs, indented by how many are open. */
#include "emit/sh.h"

#include "emit/sh_internal.h"
#include "emit/text.h"

#include <string.h>

/* ---- scripts ----------------------------------------------------------------------------------- */

void sh_init(struct sh *w, struct arena *arena, struct strbuf *out)
{
    w->arena = arena;
    w->out = out;
    w->depth = 0;
}

static size_t indentation(const struct sh *w)
{
    return (size_t)w->depth * SH_INDENT;
}

static void begin_line(struct sh *w)
{
    strbuf_addfill(w->out, ' ', indentation(w));
}

static void line(struct sh *w, const char *text)
{
    begin_line(w);
    strbuf_addstr(w->out, text);
    strbuf_addch(w->out, '\n');
}

void sh_header(struct sh *w, const char *comment)
{
    line(w, "#!/usr/bin/env bash");
    if (comment)
        sh_comment(w, comment);
    sh_blank(w);
    line(w, "set -euo pipefail");
    sh_blank(w);
}

void sh_comment(struct sh *w, const char *text)
{
    struct strbuf lines = STRBUF_INIT;
    const char *at;

    text_add_comment(&lines, indentation(w), "#", text);
    /* Free text must not become a directive that switches checks off. */
    for (const char *s = strbuf_str(&lines); *s; s = at) {
        const char *end = strchr(s, '\n') + 1, *word = s;

        at = end;
        while (*word == ' ' || *word == '#')
            word++;
        strbuf_add(w->out, s, (size_t)(word - s));
        if (strncmp(word, "shellcheck", 10) == 0)
            strbuf_addstr(w->out, "(");
        strbuf_add(w->out, word, (size_t)(end - word));
    }
    strbuf_release(&lines);
}

void sh_blank(struct sh *w)
{
    size_t len = w->out->len;

    if (len > 0 && !(len > 1 && w->out->data[len - 1] == '\n' && w->out->data[len - 2] == '\n'))
        strbuf_addch(w->out, '\n');
}

void sh_source(struct sh *w, struct sh_source source)
{
    const char *s = source.text;

    while (*s) {
        size_t len = strcspn(s, "\n");

        if (len > 0)
            begin_line(w);
        strbuf_add(w->out, s, len);
        strbuf_addch(w->out, '\n');
        s += len;
        if (*s == '\n')
            s++;
    }
}

/* `before` command `after`, at the present indentation. */
static void command_line(struct sh *w, const char *before, const struct sh_cmd *cmd, const char *after)
{
    begin_line(w);
    strbuf_addstr(w->out, before);
    sh_add_command(w->out, cmd, indentation(w) + strlen(before) + strlen(after), indentation(w), false);
    strbuf_addstr(w->out, after);
    strbuf_addch(w->out, '\n');
}

void sh_run(struct sh *w, const struct sh_cmd *cmd)
{
    command_line(w, "", cmd, "");
}

static void run_both(struct sh *w, const struct sh_cmd *cmd, const char *op, const struct sh_cmd *next)
{
    struct strbuf one = STRBUF_INIT;
    size_t indent = indentation(w);

    sh_add_command(&one, cmd, indent, indent, true);
    strbuf_addf(&one, " %s ", op);
    sh_add_command(&one, next, indent, indent, true);
    if (indent + one.len <= SH_WIDTH) {
        line(w, strbuf_str(&one));
    } else {
        begin_line(w);
        sh_add_command(w->out, cmd, indent + 3, indent, false);
        strbuf_addf(w->out, " %s\n", op);
        strbuf_addfill(w->out, ' ', indent + SH_INDENT);
        sh_add_command(w->out, next, indent + SH_INDENT, indent + SH_INDENT, false);
        strbuf_addch(w->out, '\n');
    }
    strbuf_release(&one);
}

void sh_run_or(struct sh *w, const struct sh_cmd *cmd, const struct sh_cmd *otherwise)
{
    run_both(w, cmd, "||", otherwise);
}

void sh_capture(struct sh *w, const char *name, const struct sh_cmd *cmd)
{
    command_line(w, arena_printf(w->arena, "%s=\"$(", sh_identifier(w->arena, name)), cmd, ")\"");
}

static void assign(struct sh *w, const char *before, const char *name, struct sh_word value)
{
    begin_line(w);
    strbuf_addf(w->out, "%s%s=", before, sh_identifier(w->arena, name));
    sh_add_value(w->out, value);
    strbuf_addch(w->out, '\n');
}

void sh_assign(struct sh *w, const char *name, struct sh_word value)
{
    assign(w, "", name, value);
}

void sh_default(struct sh *w, const char *name, struct sh_word value)
{
    begin_line(w);
    name = sh_identifier(w->arena, name);
    strbuf_addf(w->out, "[[ -n \"${%s:-}\" ]] || %s=", name, name);
    sh_add_value(w->out, value);
    strbuf_addch(w->out, '\n');
}

void sh_local(struct sh *w, const char *name)
{
    line(w, arena_printf(w->arena, "local %s", sh_identifier(w->arena, name)));
}

void sh_array(struct sh *w, const char *name, const struct sh_word *words, size_t count)
{
    begin_line(w);
    strbuf_addf(w->out, "%s=(", sh_identifier(w->arena, name));
    for (size_t i = 0; i < count; i++) {
        strbuf_addch(w->out, '\n');
        strbuf_addfill(w->out, ' ', indentation(w) + SH_INDENT);
        sh_add_word(w->out, words[i]);
    }
    if (count > 0) {
        strbuf_addch(w->out, '\n');
        begin_line(w);
    }
    strbuf_addstr(w->out, ")\n");
}

void sh_assoc(struct sh *w, const char *name)
{
    line(w, arena_printf(w->arena, "declare -A %s=()", sh_identifier(w->arena, name)));
}

void sh_assoc_set(struct sh *w, const char *name, struct sh_word key, struct sh_word value)
{
    size_t start;

    begin_line(w);
    strbuf_addf(w->out, "%s[", sh_identifier(w->arena, name));
    start = w->out->len;
    sh_add_word(w->out, key);
    sh_requote(w->out, start); /* a bare key with `=` in it looks like a comparison gone wrong */
    strbuf_addstr(w->out, "]=");
    sh_add_value(w->out, value);
    strbuf_addch(w->out, '\n');
}

/* ---- constructs -------------------------------------------------------------------------------- */

static void close_line(struct sh *w, const char *text)
{
    if (w->depth > 0)
        w->depth--;
    line(w, text);
}

void sh_function_begin(struct sh *w, const char *name)
{
    line(w, arena_printf(w->arena, "%s() {", sh_identifier(w->arena, name)));
    w->depth++;
}

void sh_function_end(struct sh *w)
{
    close_line(w, "}");
    sh_blank(w);
}

void sh_if(struct sh *w, const struct sh_cmd *test)
{
    command_line(w, "if ", test, "; then");
    w->depth++;
}

void sh_fi(struct sh *w)
{
    close_line(w, "fi");
}

void sh_for(struct sh *w, const char *name, const struct sh_word *words, size_t count)
{
    struct sh_pieces pieces = {STRBUF_INIT, 0};
    size_t indent = indentation(w);

    begin_line(w);
    strbuf_addf(&pieces.text, "for %s in", sh_identifier(w->arena, name));
    sh_piece_end(&pieces);
    for (size_t i = 0; i < count; i++) {
        sh_add_word(&pieces.text, words[i]);
        sh_piece_end(&pieces);
    }
    sh_lay_out(w->out, &pieces, indent + strlen("; do"), indent, false);
    strbuf_addstr(w->out, "; do\n");
    w->depth++;
}

void sh_done(struct sh *w)
{
    close_line(w, "done");
}

void sh_case(struct sh *w, struct sh_word subject)
{
    begin_line(w);
    strbuf_addstr(w->out, "case ");
    sh_add_word(w->out, subject);
    strbuf_addstr(w->out, " in\n");
    w->depth++;
}

void sh_arm(struct sh *w, const struct sh_word *words, size_t count)
{
    begin_line(w);
    for (size_t i = 0; i < count; i++) {
        strbuf_addstr(w->out, i > 0 ? " | " : "");
        sh_add_word(w->out, words[i]);
    }
    strbuf_addstr(w->out, ")\n");
    w->depth++;
}

void sh_arm_default(struct sh *w)
{
    line(w, "*)");
    w->depth++;
}

void sh_arm_end(struct sh *w)
{
    line(w, ";;");
    w->depth -= w->depth > 0;
}

void sh_esac(struct sh *w)
{
    close_line(w, "esac");
}
