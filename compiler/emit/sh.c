/* Bash. Words are lists of segments, quoted when printed. A literal is printed bare when every byte is
 * harmless, in single quotes when those suffice, in double quotes when it holds quotes or `$` (shellcheck
 * suspects `$` in single quotes), and in $'…' when it holds characters one cannot see, so that no script line
 * hides anything. */
#include "emit/sh.h"

#include "emit/text.h"

#include <string.h>

enum { INDENT = 4, WIDTH = 100 };

enum segment_kind {
    SEGMENT_LITERAL, /* text means itself */
    SEGMENT_EXPAND,  /* the author's expansion, inside double quotes */
    SEGMENT_RAW,     /* the author's source, unquoted */
};

struct sh_segment {
    enum segment_kind kind;
    const char *text;
    const struct sh_segment *next;
};

/* ---- words ------------------------------------------------------------------------------------- */

static struct sh_word new_word(struct arena *arena, enum segment_kind kind, const char *text)
{
    struct sh_segment *segment = ARENA_NEW(arena, struct sh_segment);
    struct sh_word word = {segment};

    segment->kind = kind;
    segment->text = arena_strdup(arena, text);
    return word;
}

struct sh_word sh_lit(struct arena *arena, const char *text)
{
    return new_word(arena, SEGMENT_LITERAL, text);
}

struct sh_word sh_litf(struct arena *arena, const char *format, ...)
{
    struct sh_word word;
    va_list args;

    va_start(args, format);
    word = new_word(arena, SEGMENT_LITERAL, arena_vprintf(arena, format, args));
    va_end(args);
    return word;
}

struct sh_word sh_int(struct arena *arena, int64_t value)
{
    struct strbuf digits = STRBUF_INIT;
    struct sh_word word;

    strbuf_addint(&digits, value);
    word = sh_lit(arena, strbuf_str(&digits));
    strbuf_release(&digits);
    return word;
}

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_name(const char *text)
{
    if (!is_name_start(*text))
        return false;
    for (; *text; text++) {
        if (!is_name_start(*text) && (*text < '0' || *text > '9'))
            return false;
    }
    return true;
}

const char *sh_identifier(struct arena *arena, const char *text)
{
    struct strbuf name = STRBUF_INIT;
    const char *result;

    if (is_name(text))
        return arena_strdup(arena, text);
    if (!is_name_start(*text))
        strbuf_addch(&name, '_');
    for (; *text; text++)
        strbuf_addch(&name, is_name_start(*text) || (*text >= '0' && *text <= '9') ? *text : '_');
    result = strbuf_dup(&name, arena);
    strbuf_release(&name);
    return result;
}

struct sh_word sh_var(struct arena *arena, const char *name)
{
    return new_word(arena, SEGMENT_EXPAND, arena_printf(arena, "${%s}", sh_identifier(arena, name)));
}

/* The inside of double quotes. */
static void add_in_quotes(struct strbuf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '"' || text[i] == '\\' || text[i] == '$' || text[i] == '`')
            strbuf_addch(out, '\\');
        strbuf_addch(out, text[i]);
    }
}

struct sh_word sh_var_or_source(struct arena *arena, const char *name, struct sh_source fallback)
{
    return new_word(arena, SEGMENT_EXPAND,
                    arena_printf(arena, "${%s:-%s}", sh_identifier(arena, name), fallback.text));
}

struct sh_word sh_args(struct arena *arena)
{
    return new_word(arena, SEGMENT_EXPAND, "$@");
}

struct sh_word sh_array_all(struct arena *arena, const char *name)
{
    return new_word(arena, SEGMENT_EXPAND, arena_printf(arena, "${%s[@]}", sh_identifier(arena, name)));
}

struct sh_word sh_expand(struct arena *arena, struct sh_source source)
{
    return new_word(arena, SEGMENT_EXPAND, source.text);
}

struct sh_word sh_cat(struct arena *arena, struct sh_word a, struct sh_word b)
{
    struct sh_segment *copy;
    struct sh_word word = {NULL};
    const struct sh_segment **end = &word.first;

    for (const struct sh_segment *s = a.first; s; s = s->next) {
        copy = ARENA_NEW(arena, struct sh_segment);
        *copy = *s;
        copy->next = NULL;
        *end = copy;
        end = &copy->next;
    }
    *end = b.first;
    return word;
}

struct sh_word sh_path(struct arena *arena, const char *path)
{
    return path[0] == '-' ? sh_cat(arena, sh_lit(arena, "./"), sh_lit(arena, path)) : sh_lit(arena, path);
}

/* ---- quoting ----------------------------------------------------------------------------------- */

static bool is_harmless(char c)
{
    return is_name_start(c) || (c >= '0' && c <= '9') || (c != '\0' && strchr("-./:=@%+,", c) != NULL);
}

/* Length of the character at text, and whether a reader of the script could not see it for what it is. */
static size_t next_character(const char *text, size_t len, bool *hidden)
{
    uint32_t cp;
    size_t n = text_decode(text, len, &cp);

    *hidden = n == 0 || text_is_hidden(cp);
    return n == 0 ? 1 : n;
}

/* One hidden character inside $'…'. Three octal digits always, so that what follows cannot join. */
static void add_hidden(struct strbuf *out, const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        switch (text[i]) {
        case '\n': strbuf_addstr(out, "\\n"); break;
        case '\r': strbuf_addstr(out, "\\r"); break;
        case '\t': strbuf_addstr(out, "\\t"); break;
        default: strbuf_addf(out, "\\%03o", (unsigned)(unsigned char)text[i]); break;
        }
    }
}

static void add_ansi_quoted(struct strbuf *out, const char *text)
{
    size_t len = strlen(text), n;
    bool hidden;

    strbuf_addstr(out, "$'");
    for (size_t i = 0; i < len; i += n) {
        n = next_character(text + i, len - i, &hidden);
        if (hidden) {
            add_hidden(out, text + i, n);
            continue;
        }
        if (text[i] == '\'' || text[i] == '\\')
            strbuf_addch(out, '\\');
        strbuf_add(out, text + i, n);
    }
    strbuf_addch(out, '\'');
}

static bool has_hidden(const char *text)
{
    size_t len = strlen(text), n;
    bool hidden = false;

    for (size_t i = 0; i < len && !hidden; i += n)
        n = next_character(text + i, len - i, &hidden);
    return hidden;
}

/* Words that mean something to bash where a command may start, and to shellcheck anywhere. */
static bool is_reserved(const char *word)
{
    static const char *const reserved[] = {"case",   "coproc", "do",   "done",     "elif", "else",
                                           "esac",   "fi",     "for",  "function", "if",   "in",
                                           "select", "then",   "time", "until",    "while"};

    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        if (strcmp(word, reserved[i]) == 0)
            return true;
    }
    return false;
}

/* A literal in whichever quotes suit it. */
static void add_quoted(struct strbuf *out, const char *text)
{
    /* Unquoted and escaped, because in quotes shellcheck takes a leading `~` for a mistake. */
    if (text[0] == '~') {
        strbuf_addstr(out, "\\~");
        text++;
        if (*text == '\0')
            return;
    }
    if (has_hidden(text)) {
        add_ansi_quoted(out, text);
    } else if (strpbrk(text, "'$`\\")) {
        strbuf_addch(out, '"');
        add_in_quotes(out, text, strlen(text));
        strbuf_addch(out, '"');
    } else {
        strbuf_addch(out, '\'');
        strbuf_addstr(out, text);
        strbuf_addch(out, '\'');
    }
}

void sh_quote(struct strbuf *out, const char *text)
{
    const char *s = text;

    while (is_harmless(*s))
        s++;
    if (*s == '\0' && s > text && *text != '=' && !is_reserved(text))
        strbuf_addstr(out, text);
    else
        add_quoted(out, text);
}

/* Literal text between expansions: in the double quotes that are open, which close around hidden
 * characters. */
static void add_mixed_literal(struct strbuf *out, const char *text)
{
    size_t len = strlen(text), n;
    bool hidden, outside = false;

    for (size_t i = 0; i < len; i += n) {
        n = next_character(text + i, len - i, &hidden);
        if (hidden != outside)
            strbuf_addstr(out, hidden ? "\"$'" : "'\"");
        outside = hidden;
        if (hidden)
            add_hidden(out, text + i, n);
        else
            add_in_quotes(out, text + i, n);
    }
    if (outside)
        strbuf_addstr(out, "'\"");
}

static bool is_raw(struct sh_word word)
{
    return word.first && word.first->kind == SEGMENT_RAW;
}

static void add_word(struct strbuf *out, struct sh_word word)
{
    const struct sh_segment *s;
    struct strbuf text = STRBUF_INIT;
    bool literal = true, tilde;

    if (is_raw(word)) {
        strbuf_addstr(out, word.first->text);
        return;
    }
    for (s = word.first; s; s = s->next)
        literal = literal && s->kind == SEGMENT_LITERAL;
    if (literal) {
        for (s = word.first; s; s = s->next)
            strbuf_addstr(&text, s->text);
        sh_quote(out, strbuf_str(&text));
        strbuf_release(&text);
        return;
    }
    tilde = word.first->kind == SEGMENT_LITERAL && word.first->text[0] == '~';
    strbuf_addstr(out, tilde ? "\\~\"" : "\"");
    for (s = word.first; s; s = s->next) {
        if (s->kind == SEGMENT_LITERAL)
            add_mixed_literal(out, s->text + (tilde && s == word.first));
        else
            strbuf_addstr(out, s->text);
    }
    strbuf_addch(out, '"');
}

/* Puts what was written from `start` on into quotes when it is bare. */
static void requote(struct strbuf *out, size_t start)
{
    struct strbuf bare = STRBUF_INIT;

    if (!is_harmless(out->data[start]))
        return;
    strbuf_addstr(&bare, out->data + start);
    out->len = start;
    add_quoted(out, strbuf_str(&bare));
    strbuf_release(&bare);
}

/* The value of an assignment: never a bare name, which shellcheck takes for a forgotten command substitution.
 */
static void add_value(struct strbuf *out, struct sh_word word)
{
    size_t start = out->len;

    add_word(out, word);
    if (is_name_start(out->data[start]))
        requote(out, start);
}

const char *sh_word_text(struct arena *arena, struct sh_word word)
{
    struct strbuf text = STRBUF_INIT;
    const char *result;

    add_word(&text, word);
    result = strbuf_dup(&text, arena);
    strbuf_release(&text);
    return result;
}

/* ---- commands ---------------------------------------------------------------------------------- */

struct sh_cmd sh_cmd_new(struct arena *arena)
{
    struct sh_cmd cmd;

    memset(&cmd, 0, sizeof cmd);
    cmd.arena = arena;
    return cmd;
}

static void add_cmd_word(struct sh_cmd *cmd, struct sh_word word, bool glued)
{
    vec_push(cmd->arena, &cmd->words, word);
    vec_push(cmd->arena, &cmd->glued, glued);
}

void sh_cmd_add(struct sh_cmd *cmd, struct sh_word word)
{
    add_cmd_word(cmd, word, false);
}

void sh_cmd_add_lit(struct sh_cmd *cmd, const char *text)
{
    sh_cmd_add(cmd, sh_lit(cmd->arena, text));
}

void sh_cmd_option(struct sh_cmd *cmd, const char *flag, struct sh_word value)
{
    sh_cmd_add_lit(cmd, flag);
    add_cmd_word(cmd, value, true);
}

struct sh_cmd sh_cmd_of(struct arena *arena, const struct sh_word *words, size_t count)
{
    struct sh_cmd cmd = sh_cmd_new(arena);

    for (size_t i = 0; i < count; i++)
        sh_cmd_add(&cmd, words[i]);
    return cmd;
}

struct sh_cmd sh_cmd_of_text(struct arena *arena, const char *const *words, size_t count)
{
    struct sh_cmd cmd = sh_cmd_new(arena);

    for (size_t i = 0; i < count; i++)
        sh_cmd_add_lit(&cmd, words[i]);
    return cmd;
}

struct sh_cmd sh_cmd_source(struct arena *arena, struct sh_source source)
{
    struct sh_cmd cmd = sh_cmd_new(arena);

    sh_cmd_add(&cmd, new_word(arena, SEGMENT_RAW, source.text));
    return cmd;
}

static const char *known_operator(const char *op, const char *const *known, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(op, known[i]) == 0)
            return op;
    }
    return known[0];
}

struct sh_cmd sh_test(struct arena *arena, const char *op, struct sh_word word)
{
    static const char *const known[] = {"-n", "-z", "-e", "-f", "-d", "-r", "-w", "-x", "-s",
                                        "-L", "-S", "-p", "-v", "-t", "-O", "-G", "-N", "-b",
                                        "-c", "-u", "-g", "-k", "-R", "-o", "-a"};
    struct sh_cmd cmd = sh_cmd_new(arena);

    add_cmd_word(&cmd, new_word(arena, SEGMENT_RAW, "[["), false);
    add_cmd_word(&cmd, new_word(arena, SEGMENT_RAW, known_operator(op, known, sizeof known / sizeof *known)),
                 true);
    add_cmd_word(&cmd, word, true);
    add_cmd_word(&cmd, new_word(arena, SEGMENT_RAW, "]]"), true);
    return cmd;
}

struct sh_cmd sh_compare(struct arena *arena, struct sh_word a, const char *op, struct sh_word b)
{
    static const char *const known[] = {"==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge"};
    struct sh_cmd cmd = sh_cmd_new(arena);

    add_cmd_word(&cmd, new_word(arena, SEGMENT_RAW, "[["), false);
    add_cmd_word(&cmd, a, true);
    add_cmd_word(&cmd, new_word(arena, SEGMENT_RAW, known_operator(op, known, sizeof known / sizeof *known)),
                 true);
    add_cmd_word(&cmd, b, true);
    add_cmd_word(&cmd, new_word(arena, SEGMENT_RAW, "]]"), true);
    return cmd;
}

void sh_cmd_env(struct sh_cmd *cmd, const char *name, struct sh_word value)
{
    struct sh_assignment assignment = {sh_identifier(cmd->arena, name), value};

    vec_push(cmd->arena, &cmd->env, assignment);
}

void sh_cmd_redirect(struct sh_cmd *cmd, enum sh_redirect kind, struct sh_word target)
{
    struct sh_redirection redirection = {kind, target};

    vec_push(cmd->arena, &cmd->redirections, redirection);
}

void sh_cmd_pipe(struct sh_cmd *cmd, const struct sh_cmd *next)
{
    struct sh_cmd **end = &cmd->pipe;

    while (*end)
        end = &(*end)->pipe;
    /* The chain behind next is copied too, so that adding to ours later leaves the caller's alone. */
    for (; next; next = next->pipe) {
        *end = ARENA_NEW(cmd->arena, struct sh_cmd);
        **end = *next;
        (*end)->pipe = NULL;
        end = &(*end)->pipe;
    }
}

void sh_cmd_negate(struct sh_cmd *cmd)
{
    cmd->negated = !cmd->negated;
}

/* A command's name; a bare one with `=` in it would be an assignment. */
static void add_command_word(struct strbuf *out, struct sh_word word)
{
    size_t start = out->len;

    add_word(out, word);
    if (!is_raw(word) && strchr(out->data + start, '='))
        requote(out, start);
}

static void add_redirection(struct strbuf *out, const struct sh_redirection *redirection)
{
    static const char *const operators[] = {
        [SH_OUT] = ">",           [SH_APPEND] = ">>",      [SH_IN] = "<",  [SH_ERR] = "2>",
        [SH_ERR_TO_OUT] = "2>&1", [SH_OUT_TO_ERR] = ">&2", [SH_ALL] = "&>"};

    strbuf_addstr(out, operators[redirection->kind]);
    if (redirection->kind != SH_ERR_TO_OUT && redirection->kind != SH_OUT_TO_ERR)
        add_word(out, redirection->target);
}

/* Pieces of a command line: a piece is never split over lines. */
struct pieces {
    struct strbuf text; /* the pieces, each with a NUL behind it */
    size_t count;
};

static void piece_end(struct pieces *pieces)
{
    strbuf_addch(&pieces->text, '\0');
    pieces->count++;
}

static void add_command_pieces(struct pieces *pieces, const struct sh_cmd *cmd)
{
    struct strbuf *text = &pieces->text;

    if (cmd->negated)
        strbuf_addstr(text, "! ");
    for (uint32_t i = 0; i < cmd->env.len; i++) {
        strbuf_addf(text, "%s=", cmd->env.items[i].name);
        add_value(text, cmd->env.items[i].value);
        piece_end(pieces);
    }
    for (uint32_t i = 0; i < cmd->words.len; i++) {
        if (i == 0)
            add_command_word(text, cmd->words.items[0]);
        else
            add_word(text, cmd->words.items[i]);
        if (i + 1 < cmd->words.len && cmd->glued.items[i + 1])
            strbuf_addch(text, ' ');
        else
            piece_end(pieces);
    }
    for (uint32_t i = 0; i < cmd->redirections.len; i++) {
        add_redirection(text, &cmd->redirections.items[i]);
        piece_end(pieces);
    }
}

/* All commands of a pipe as pieces; "|" starts the piece of each further command. */
static void add_pipe_pieces(struct pieces *pieces, const struct sh_cmd *cmd)
{
    for (const struct sh_cmd *c = cmd; c; c = c->pipe) {
        if (c != cmd)
            strbuf_addstr(&pieces->text, "| ");
        add_command_pieces(pieces, c);
    }
}

/* Lays pieces out after what is on the line already (`used` columns): on one line when they fit, else options
 * and pipes start lines of their own and the rest fills up. */
static void lay_out(struct strbuf *out, struct pieces *pieces, size_t used, size_t indent, bool one_line)
{
    const char *piece = strbuf_str(&pieces->text);
    bool fits = one_line || used + pieces->text.len <= WIDTH;
    size_t column = used, len;

    for (size_t i = 0; i < pieces->count; i++, piece += len + 1) {
        len = strlen(piece);
        if (i > 0) {
            if (!fits && (piece[0] == '-' || piece[0] == '|' || column + 1 + len > WIDTH)) {
                strbuf_addstr(out, " \\\n");
                strbuf_addfill(out, ' ', indent + INDENT);
                column = indent + INDENT;
            } else {
                strbuf_addch(out, ' ');
                column++;
            }
        }
        strbuf_add(out, piece, len);
        column += len;
    }
    strbuf_release(&pieces->text);
}

static void add_command(struct strbuf *out, const struct sh_cmd *cmd, size_t used, size_t indent,
                        bool one_line)
{
    struct pieces pieces = {STRBUF_INIT, 0};

    add_pipe_pieces(&pieces, cmd);
    lay_out(out, &pieces, used, indent, one_line);
}

const char *sh_cmd_text(struct arena *arena, const struct sh_cmd *cmd)
{
    struct strbuf text = STRBUF_INIT;
    const char *result;

    add_command(&text, cmd, 0, 0, true);
    result = strbuf_dup(&text, arena);
    strbuf_release(&text);
    return result;
}

/* ---- scripts ----------------------------------------------------------------------------------- */

void sh_init(struct sh *w, struct arena *arena, struct strbuf *out)
{
    w->arena = arena;
    w->out = out;
    w->depth = 0;
}

static size_t indentation(const struct sh *w)
{
    return (size_t)w->depth * INDENT;
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

void sh_header_sourced(struct sh *w, const char *comment)
{
    line(w, "# shellcheck shell=bash");
    if (comment)
        sh_comment(w, comment);
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
    add_command(w->out, cmd, indentation(w) + strlen(before) + strlen(after), indentation(w), false);
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

    add_command(&one, cmd, indent, indent, true);
    strbuf_addf(&one, " %s ", op);
    add_command(&one, next, indent, indent, true);
    if (indent + one.len <= WIDTH) {
        line(w, strbuf_str(&one));
    } else {
        begin_line(w);
        add_command(w->out, cmd, indent + 3, indent, false);
        strbuf_addf(w->out, " %s\n", op);
        strbuf_addfill(w->out, ' ', indent + INDENT);
        add_command(w->out, next, indent + INDENT, indent + INDENT, false);
        strbuf_addch(w->out, '\n');
    }
    strbuf_release(&one);
}

void sh_run_or(struct sh *w, const struct sh_cmd *cmd, const struct sh_cmd *otherwise)
{
    run_both(w, cmd, "||", otherwise);
}

void sh_run_and(struct sh *w, const struct sh_cmd *cmd, const struct sh_cmd *then)
{
    run_both(w, cmd, "&&", then);
}

void sh_capture(struct sh *w, const char *name, const struct sh_cmd *cmd)
{
    command_line(w, arena_printf(w->arena, "%s=\"$(", sh_identifier(w->arena, name)), cmd, ")\"");
}

static void assign(struct sh *w, const char *before, const char *name, struct sh_word value)
{
    begin_line(w);
    strbuf_addf(w->out, "%s%s=", before, sh_identifier(w->arena, name));
    add_value(w->out, value);
    strbuf_addch(w->out, '\n');
}

void sh_assign(struct sh *w, const char *name, struct sh_word value)
{
    assign(w, "", name, value);
}

void sh_readonly(struct sh *w, const char *name, struct sh_word value)
{
    assign(w, "readonly ", name, value);
}

void sh_default(struct sh *w, const char *name, struct sh_word value)
{
    begin_line(w);
    name = sh_identifier(w->arena, name);
    strbuf_addf(w->out, "[[ -n \"${%s:-}\" ]] || %s=", name, name);
    add_value(w->out, value);
    strbuf_addch(w->out, '\n');
}

void sh_export(struct sh *w, const char *name, struct sh_word value)
{
    assign(w, "export ", name, value);
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
        strbuf_addfill(w->out, ' ', indentation(w) + INDENT);
        add_word(w->out, words[i]);
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
    add_word(w->out, key);
    requote(w->out, start); /* a bare key with `=` in it looks like a comparison gone wrong */
    strbuf_addstr(w->out, "]=");
    add_value(w->out, value);
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

void sh_elif(struct sh *w, const struct sh_cmd *test)
{
    w->depth -= w->depth > 0;
    command_line(w, "elif ", test, "; then");
    w->depth++;
}

void sh_else(struct sh *w)
{
    close_line(w, "else");
    w->depth++;
}

void sh_fi(struct sh *w)
{
    close_line(w, "fi");
}

void sh_while(struct sh *w, const struct sh_cmd *test)
{
    command_line(w, "while ", test, "; do");
    w->depth++;
}

void sh_for(struct sh *w, const char *name, const struct sh_word *words, size_t count)
{
    struct pieces pieces = {STRBUF_INIT, 0};
    size_t indent = indentation(w);

    begin_line(w);
    strbuf_addf(&pieces.text, "for %s in", sh_identifier(w->arena, name));
    piece_end(&pieces);
    for (size_t i = 0; i < count; i++) {
        add_word(&pieces.text, words[i]);
        piece_end(&pieces);
    }
    lay_out(w->out, &pieces, indent + strlen("; do"), indent, false);
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
    add_word(w->out, subject);
    strbuf_addstr(w->out, " in\n");
    w->depth++;
}

void sh_arm(struct sh *w, const struct sh_word *words, size_t count)
{
    begin_line(w);
    for (size_t i = 0; i < count; i++) {
        strbuf_addstr(w->out, i > 0 ? " | " : "");
        add_word(w->out, words[i]);
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
