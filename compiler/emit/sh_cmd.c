/* Commands of bash: lists of words, printed as pieces that are laid out on one line or several. */
#include "emit/sh_internal.h"

#include <string.h>

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

static const char *known_operator(const char *op, const char *const *known, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(op, known[i]) == 0)
            return op;
    }
    return known[0];
}

struct sh_cmd sh_compare(struct arena *arena, struct sh_word a, const char *op, struct sh_word b)
{
    static const char *const known[] = {"==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge"};
    struct sh_cmd cmd = sh_cmd_new(arena);

    add_cmd_word(&cmd, sh_new_word(arena, SEGMENT_RAW, "[["), false);
    add_cmd_word(&cmd, a, true);
    add_cmd_word(&cmd, sh_new_word(arena, SEGMENT_RAW, known_operator(op, known, sizeof known / sizeof *known)), true);
    add_cmd_word(&cmd, b, true);
    add_cmd_word(&cmd, sh_new_word(arena, SEGMENT_RAW, "]]"), true);
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

/* A command's name; a bare one with `=` in it would be an assignment. */
static void add_command_word(struct strbuf *out, struct sh_word word)
{
    size_t start = out->len;

    sh_add_word(out, word);
    if (!sh_is_raw(word) && strchr(out->data + start, '='))
        sh_requote(out, start);
}

static void add_redirection(struct strbuf *out, const struct sh_redirection *redirection)
{
    static const char *const operators[] = {
        [SH_OUT] = ">", [SH_APPEND] = ">>", [SH_IN] = "<", [SH_ERR] = "2>", [SH_ERR_TO_OUT] = "2>&1", [SH_OUT_TO_ERR] = ">&2", [SH_ALL] = "&>"};

    strbuf_addstr(out, operators[redirection->kind]);
    if (redirection->kind != SH_ERR_TO_OUT && redirection->kind != SH_OUT_TO_ERR)
        sh_add_word(out, redirection->target);
}

void sh_piece_end(struct sh_pieces *pieces)
{
    strbuf_addch(&pieces->text, '\0');
    pieces->count++;
}

static void add_command_pieces(struct sh_pieces *pieces, const struct sh_cmd *cmd)
{
    struct strbuf *text = &pieces->text;

    for (uint32_t i = 0; i < cmd->env.len; i++) {
        strbuf_addf(text, "%s=", cmd->env.items[i].name);
        sh_add_value(text, cmd->env.items[i].value);
        sh_piece_end(pieces);
    }
    for (uint32_t i = 0; i < cmd->words.len; i++) {
        if (i == 0)
            add_command_word(text, cmd->words.items[0]);
        else
            sh_add_word(text, cmd->words.items[i]);
        if (i + 1 < cmd->words.len && cmd->glued.items[i + 1])
            strbuf_addch(text, ' ');
        else
            sh_piece_end(pieces);
    }
    for (uint32_t i = 0; i < cmd->redirections.len; i++) {
        add_redirection(text, &cmd->redirections.items[i]);
        sh_piece_end(pieces);
    }
}

/* All commands of a pipe as pieces; "|" starts the piece of each further command. */
static void add_pipe_pieces(struct sh_pieces *pieces, const struct sh_cmd *cmd)
{
    for (const struct sh_cmd *c = cmd; c; c = c->pipe) {
        if (c != cmd)
            strbuf_addstr(&pieces->text, "| ");
        add_command_pieces(pieces, c);
    }
}

void sh_lay_out(struct strbuf *out, struct sh_pieces *pieces, size_t used, size_t indent, bool one_line)
{
    const char *piece = strbuf_str(&pieces->text);
    bool fits = one_line || used + pieces->text.len <= SH_WIDTH;
    size_t column = used, len;

    for (size_t i = 0; i < pieces->count; i++, piece += len + 1) {
        len = strlen(piece);
        if (i > 0) {
            if (!fits && (piece[0] == '-' || piece[0] == '|' || column + 1 + len > SH_WIDTH)) {
                strbuf_addstr(out, " \\\n");
                strbuf_addfill(out, ' ', indent + SH_INDENT);
                column = indent + SH_INDENT;
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

void sh_add_command(struct strbuf *out, const struct sh_cmd *cmd, size_t used, size_t indent, bool one_line)
{
    struct sh_pieces pieces = {STRBUF_INIT, 0};

    add_pipe_pieces(&pieces, cmd);
    sh_lay_out(out, &pieces, used, indent, one_line);
}

const char *sh_cmd_text(struct arena *arena, const struct sh_cmd *cmd)
{
    struct strbuf text = STRBUF_INIT;
    const char *result;

    sh_add_command(&text, cmd, 0, 0, true);
    result = strbuf_dup(&text, arena);
    strbuf_release(&text);
    return result;
}
