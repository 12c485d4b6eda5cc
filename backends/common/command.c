/* Writes commands of the plan as shell. The only delicate part is shell text with values in it: a small scanner follows
 * the author's quotes, so that a value is inserted as `"${v1}"` outside quotes, as `${v1}` inside double quotes and as
 * `'"${v1}"'` inside single quotes. If the scanner should ever lose track, the worst is a word split in two: a value is
 * in a variable and never becomes shell. */
#include "backends/common/command.h"

#include <string.h>

const char *command_variable(struct arena *arena, const char *runtime_name)
{
    if (strncmp(runtime_name, "env.", 4) == 0)
        return sh_identifier(arena, runtime_name + 4);
    return sh_identifier(arena, runtime_name);
}

struct sh_word command_word(struct arena *arena, const struct word *word)
{
    struct sh_word result;

    if (word->count == 0)
        return sh_lit(arena, "");
    for (uint32_t i = 0; i < word->count; i++) {
        const struct word_part *part = &word->parts[i];
        struct sh_word piece =
            part->runtime ? sh_var(arena, command_variable(arena, part->text)) : sh_lit(arena, part->text);
        result = i == 0 ? piece : sh_cat(arena, result, piece);
    }
    return result;
}

static struct sh_cmd command_of(struct arena *arena, const struct command *command)
{
    struct sh_cmd cmd = sh_cmd_new(arena);

    for (uint32_t i = 0; i < command->count; i++)
        sh_cmd_add(&cmd, command_word(arena, &command->words[i]));
    return cmd;
}

/* ---- the author's quotes ----------------------------------------------------------------------- */

enum { NEST_MAX = 64 };

enum quote {
    QUOTE_NONE,    /* plain shell, at the outermost level or inside $( ) */
    QUOTE_DOUBLE,
    QUOTE_SINGLE,
    QUOTE_ANSI,    /* $'…' */
    QUOTE_COMMENT
};

struct scanner {
    enum quote stack[NEST_MAX];
    unsigned parens[NEST_MAX]; /* open `(` at this level of plain shell */
    unsigned depth;
    char previous;
    bool lost; /* nested too deeply to follow */
};

static void scanner_push(struct scanner *s, enum quote quote)
{
    if (s->depth + 1 == NEST_MAX) {
        s->lost = true;
        return;
    }
    s->depth++;
    s->stack[s->depth] = quote;
    s->parens[s->depth] = 0;
}

static void scanner_pop(struct scanner *s)
{
    if (s->depth > 0)
        s->depth--;
}

static bool starts_word(char previous)
{
    return previous == '\0' || strchr(" \t\n;&|(", previous) != NULL;
}

static void scan_plain(struct scanner *s, const char *text, size_t *i)
{
    switch (text[*i]) {
    case '\\':
        if (text[*i + 1])
            (*i)++;
        break;
    case '\'':
        scanner_push(s, s->previous == '$' ? QUOTE_ANSI : QUOTE_SINGLE);
        break;
    case '"':
        scanner_push(s, QUOTE_DOUBLE);
        break;
    case '#':
        if (starts_word(s->previous))
            scanner_push(s, QUOTE_COMMENT);
        break;
    case '(':
        s->parens[s->depth]++;
        break;
    case ')':
        if (s->parens[s->depth] > 0)
            s->parens[s->depth]--;
        else
            scanner_pop(s); /* ends `$(` inside double quotes */
        break;
    default:
        break;
    }
}

static void scan(struct scanner *s, const char *text)
{
    for (size_t i = 0; text[i]; i++) {
        switch (s->stack[s->depth]) {
        case QUOTE_NONE:
            scan_plain(s, text, &i);
            break;
        case QUOTE_DOUBLE:
            if (text[i] == '\\' && text[i + 1]) {
                i++;
            } else if (text[i] == '"') {
                scanner_pop(s);
            } else if (text[i] == '$' && text[i + 1] == '(') {
                i++;
                scanner_push(s, QUOTE_NONE);
            }
            break;
        case QUOTE_SINGLE:
            if (text[i] == '\'')
                scanner_pop(s);
            break;
        case QUOTE_ANSI:
            if (text[i] == '\\' && text[i + 1])
                i++;
            else if (text[i] == '\'')
                scanner_pop(s);
            break;
        case QUOTE_COMMENT:
            if (text[i] == '\n')
                scanner_pop(s);
            break;
        }
        s->previous = text[i];
    }
}

const char *command_fault(const struct command *command)
{
    struct scanner s = {0};

    for (uint32_t i = 0; i < command->piece_count; i++) {
        if (command->pieces[i].script)
            scan(&s, command->pieces[i].script);
        else
            s.previous = 'v';
    }
    if (s.lost)
        return "it is nested too deeply";
    switch (s.stack[s.depth]) {
    case QUOTE_SINGLE:
    case QUOTE_ANSI:
        return "a single quote is never closed";
    case QUOTE_DOUBLE:
        return "a double quote is never closed";
    case QUOTE_NONE:
        if (s.depth > 0 || s.parens[0] > 0)
            return "a parenthesis is never closed";
        break;
    case QUOTE_COMMENT:
        break;
    }
    return NULL;
}

bool command_holds_text(const struct command *command)
{
    char quote = 0;

    for (uint32_t i = 0; command_is_set(command) && command->is_shell && i < command->piece_count; i++) {
        for (const char *c = command->pieces[i].script; c && *c; c++) {
            if (*c == '\\' && quote != '\'' && c[1])
                c++;
            else if (quote ? *c == quote : *c == '\'' || *c == '"')
                quote = quote ? 0 : *c;
            else if (*c == '$' && quote == '\'')
                return true;
        }
    }
    return false;
}

void command_excuse(struct sh *w, const struct command *command)
{
    if (command_holds_text(command))
        sh_fixed(w, "# shellcheck disable=SC2016 # what stands in single quotes is for another program");
}

/* ---- shell text -------------------------------------------------------------------------------- */

/* One runtime name by itself needs no variable of its own. */
static const char *sole_variable(struct arena *arena, const struct word *word)
{
    if (word->count == 1 && word->parts[0].runtime)
        return command_variable(arena, word->parts[0].text);
    return NULL;
}

static void add_reference(struct strbuf *out, enum quote quote, const char *variable)
{
    switch (quote) {
    case QUOTE_DOUBLE:
        strbuf_addf(out, "${%s}", variable);
        break;
    case QUOTE_SINGLE:
        strbuf_addf(out, "'\"${%s}\"'", variable);
        break;
    case QUOTE_ANSI:
        strbuf_addf(out, "'\"${%s}\"$'", variable);
        break;
    case QUOTE_NONE:
    case QUOTE_COMMENT:
        strbuf_addf(out, "\"${%s}\"", variable);
        break;
    }
}

/* The author's text without blank lines at its ends. */
static const char *trimmed(struct arena *arena, const char *text)
{
    size_t start = 0, end = strlen(text), line = 0;

    for (size_t i = 0; text[i] && strchr(" \t\r\n", text[i]); i++) {
        if (text[i] == '\n')
            line = i + 1;
    }
    start = line;
    while (end > start && strchr(" \t\r\n", text[end - 1]))
        end--;
    return arena_strndup(arena, text + start, end - start);
}

static bool has_lines(struct arena *arena, const struct command *command)
{
    struct strbuf text = STRBUF_INIT;
    bool several;

    for (uint32_t i = 0; i < command->piece_count; i++)
        strbuf_addstr(&text, command->pieces[i].script ? command->pieces[i].script : "x");
    several = strchr(trimmed(arena, strbuf_str(&text)), '\n') != NULL;
    strbuf_release(&text);
    return several;
}

static void write_shell(struct sh *w, const struct command *command)
{
    struct scanner s = {0};
    struct strbuf text = STRBUF_INIT;
    unsigned number = 0, depth = w->depth;

    /* Several lines are written at the margin: indentation could change what stands inside quotes. */
    if (has_lines(w->arena, command))
        w->depth = 0;
    for (uint32_t i = 0; i < command->piece_count; i++) {
        const struct shell_piece *piece = &command->pieces[i];
        const char *variable;

        if (piece->script) {
            strbuf_addstr(&text, piece->script);
            scan(&s, piece->script);
            continue;
        }
        variable = sole_variable(w->arena, &piece->value);
        if (!variable) {
            variable = arena_printf(w->arena, "v%u", ++number);
            sh_assign(w, variable, command_word(w->arena, &piece->value));
        }
        add_reference(&text, s.stack[s.depth], variable);
        s.previous = 'v';
    }
    sh_source(w, (struct sh_source){trimmed(w->arena, strbuf_str(&text))});
    w->depth = depth;
    strbuf_release(&text);
}

void command_write(struct sh *w, const struct command *command)
{
    struct sh_cmd cmd;

    if (!command_is_set(command))
        return;
    if (command->is_shell) {
        write_shell(w, command);
        return;
    }
    cmd = command_of(w->arena, command);
    sh_run(w, &cmd);
}

const char *command_line(struct arena *arena, const struct command *command)
{
    struct strbuf text = STRBUF_INIT;
    struct scanner s = {0};
    struct sh_cmd cmd;
    const char *result;

    if (!command->is_shell) {
        cmd = command_of(arena, command);
        return command->count > 0 ? sh_cmd_text(arena, &cmd) : "";
    }
    for (uint32_t i = 0; i < command->piece_count; i++) {
        const struct shell_piece *piece = &command->pieces[i];

        if (piece->script) {
            strbuf_addstr(&text, piece->script);
            scan(&s, piece->script);
        } else if (s.stack[s.depth] == QUOTE_DOUBLE && sole_variable(arena, &piece->value)) {
            add_reference(&text, QUOTE_DOUBLE, sole_variable(arena, &piece->value));
        } else {
            /* Close the author's quotes round the word, as the shell would have it. */
            const char *quote = s.stack[s.depth] == QUOTE_DOUBLE ? "\""
                                : s.stack[s.depth] == QUOTE_SINGLE ? "'" : "";
            strbuf_addf(&text, "%s%s%s", quote, sh_word_text(arena, command_word(arena, &piece->value)), quote);
        }
    }
    result = trimmed(arena, strbuf_str(&text));
    strbuf_release(&text);
    return result;
}

static void collect_word(struct arena *arena, const struct word *word, command_names *names)
{
    for (uint32_t i = 0; i < word->count; i++) {
        bool known = !word->parts[i].runtime;

        for (uint32_t n = 0; n < names->len && !known; n++)
            known = strcmp(names->items[n], word->parts[i].text) == 0;
        if (!known)
            vec_push(arena, names, word->parts[i].text);
    }
}

void command_collect(struct arena *arena, const struct command *command, command_names *names)
{
    for (uint32_t i = 0; i < command->count; i++)
        collect_word(arena, &command->words[i], names);
    for (uint32_t i = 0; i < command->piece_count; i++) {
        if (!command->pieces[i].script)
            collect_word(arena, &command->pieces[i].value, names);
    }
}

const char *command_program(const struct command *command)
{
    const struct word *first = command->words;

    if (command->is_shell || command->count == 0 || first->count != 1 || first->parts[0].runtime)
        return NULL;
    return first->parts[0].text;
}
