/* Writes commands of the plan as shell. The only delicate part is shell text with values in it: a small scanner follows
 * the author's quotes, so that a value is inserted as `"${v1}"` outside quotes, as `${v1}` inside double quotes and as
 * `'"${v1}"'` inside single quotes. If the scanner should ever lose track, the worst is a word split in two: a value is
 * in a variable and never becomes shell. */
#include "backends/common/command.h"

#include "backends/common/functions.h"
#include "backends/common/shell_syntax.h"

#include <string.h>

const char *command_variable(struct arena *arena, const char *runtime_name)
{
    if (strncmp(runtime_name, "env.", 4) == 0)
        return sh_identifier(arena, runtime_name + 4);
    return sh_identifier(arena, runtime_name);
}

static struct sh_word command_word(struct arena *arena, const struct plan_word *word)
{
    struct sh_word result;

    if (word->count == 0)
        return sh_lit(arena, "");
    for (uint32_t i = 0; i < word->count; i++) {
        const struct plan_part *part = &word->parts[i];
        struct sh_word piece = part->runtime ? sh_var(arena, command_variable(arena, part->text)) : sh_lit(arena, part->text);
        result = i == 0 ? piece : sh_cat(arena, result, piece);
    }
    return result;
}

/* `in_script`: where the names of our functions are known. */
static struct sh_cmd command_of(struct arena *arena, const struct plan_command *command, bool in_script)
{
    const struct plan_word *first = command->count > 0 ? command->words : NULL;
    struct sh_cmd cmd = sh_cmd_new(arena);

    if (in_script && first && first->count == 1 && !first->parts[0].runtime && is_script_function(first->parts[0].text))
        sh_cmd_add_lit(&cmd, "command");
    for (uint32_t i = 0; i < command->count; i++)
        sh_cmd_add(&cmd, command_word(arena, &command->words[i]));
    return cmd;
}

/* ---- the author's quotes ----------------------------------------------------------------------- */

enum { NEST_MAX = 64 };

enum quote {
    QUOTE_NONE, /* plain shell, at the outermost level or inside $( ) */
    QUOTE_DOUBLE,
    QUOTE_SINGLE,
    QUOTE_ANSI, /* $'…' */
    QUOTE_COMMENT
};

struct scanner {
    enum quote stack[NEST_MAX];
    unsigned parens[NEST_MAX]; /* open `(` at this level of plain shell */
    unsigned depth;
    bool begins[NEST_MAX]; /* at this level the next word is a program's name */
    char previous;
    bool lost;                 /* nested too deeply to follow */
    bool holds_text;           /* `$` stands in single quotes */
    struct strbuf word;        /* of plain characters so far, where programs are asked for */
    bool mixed;                /* something else is part of the word too */
    struct programs *programs; /* NULL: nobody asks */
};

struct programs {
    struct arena *arena;
    command_names *names;
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
    s->begins[s->depth] = true;
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

static bool is_among(const char *const *words, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(words[i], word) == 0)
            return true;
    }
    return false;
}

static void add_program(struct programs *programs, const char *name)
{
    for (uint32_t i = 0; i < programs->names->len; i++) {
        if (strcmp(programs->names->items[i], name) == 0)
            return;
    }
    vec_push(programs->arena, programs->names, arena_strdup(programs->arena, name));
}

/* What needs no installing where a script of ours runs at all: bash's own, what the scripts define, the base of every system. */
static bool is_at_hand(const char *name)
{
    static const char *const own[] = {":",       "[",      "[[",   "alias",    "break",  "case",   "cd",   "command", "continue", "declare", "done",
                                      "esac",    "eval",   "exec", "exit",     "export", "false",  "fi",   "for",     "function", "let",     "local",
                                      "mapfile", "printf", "read", "readonly", "return", "select", "set",  "shift",   "shopt",    "source",  ".",
                                      "test",    "trap",   "true", "type",     "umask",  "unset",  "wait", "}",       "notify",   "warn",    "die"};
    static const char *const base[] = {
        "awk",   "basename", "bash",    "cat",  "chgrp", "chmod",    "chown",    "cmp",     "comm",  "cp",  "cut",  "date", "dd",
        "df",    "diff",     "dirname", "du",   "echo",  "env",      "find",     "grep",    "head",  "id",  "kill", "ln",   "ls",
        "mkdir", "mktemp",   "mv",      "nice", "od",    "readlink", "realpath", "rm",      "rmdir", "sed", "seq",  "sh",   "sha256sum",
        "sleep", "sort",     "split",   "stat", "sync",  "tail",     "tee",      "timeout", "touch", "tr",  "uniq", "wc",   "xargs"};

    return strncmp(name, "drc_", 4) == 0 || strncmp(name, "step_", 5) == 0 || is_among(own, sizeof own / sizeof *own, name) ||
           is_among(base, sizeof base / sizeof *base, name);
}

/* What is no list of commands, or not of this shell's own: from there on nobody guesses. */
static void stop_words(struct scanner *s)
{
    s->programs = NULL;
}

/* The end of a word of plain shell: it is a program where one is due and it is a plain name. */
static void end_word(struct scanner *s)
{
    static const char *const before[] = {"if", "then", "else", "elif", "do", "while", "until", "!", "{", "time"};
    const char *word = strbuf_str(&s->word);

    if (!s->programs || (!s->word.len && !s->mixed))
        return;
    if (s->begins[s->depth] && !strchr(word, '=') && (s->mixed || !is_among(before, sizeof before / sizeof *before, word))) {
        bool named = (*word >= 'a' && *word <= 'z') || (*word >= 'A' && *word <= 'Z') || *word == '.' || *word == '/';

        s->begins[s->depth] = false;
        if (!s->mixed && named && !is_at_hand(word))
            add_program(s->programs, word);
        if (strcmp(word, "case") == 0 || strcmp(word, "[[") == 0)
            stop_words(s); /* patterns; `&&` of a test */
    }
    strbuf_clear(&s->word);
    s->mixed = false;
}

/* What a character of plain shell is to the words in it. */
static void scan_words(struct scanner *s, char c)
{
    bool joins = (c == '&' || c == '|') && (s->previous == '>' || s->previous == '<'); /* `2>&1`, `>|` */

    /* A text for the program before it, arithmetic, a function. */
    if ((c == '<' && s->previous == '<') || (c == '(' && (s->previous == '(' || (s->word.len && !s->mixed && !strchr(strbuf_str(&s->word), '=')))))
        stop_words(s);
    if (!s->programs)
        return;
    if (strchr(" \t\n;&|()<>", c)) {
        if ((c == '<' || c == '>') && s->begins[s->depth] && !s->mixed && strspn(strbuf_str(&s->word), "0123456789") == s->word.len)
            strbuf_clear(&s->word); /* `2>`: a descriptor */
        end_word(s);
        if (strchr("\n;&|(", c) && !joins)
            s->begins[s->depth] = true;
        if (c == '>' && s->previous == '&')
            s->begins[s->depth] = false; /* `&>` */
    } else if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("_-+./=:![]{}", c)) {
        strbuf_addch(&s->word, c);
    } else {
        s->mixed = true;
    }
}

static void scan_plain(struct scanner *s, const char *text, size_t *i)
{
    if (!(text[*i] == '#' && starts_word(s->previous)) && !(text[*i] == '\\' && text[*i + 1] == '\n'))
        scan_words(s, text[*i]);
    switch (text[*i]) {
    case '\\':
        if (text[*i + 1])
            (*i)++;
        break;
    case '\'': scanner_push(s, s->previous == '$' ? QUOTE_ANSI : QUOTE_SINGLE); break;
    case '"': scanner_push(s, QUOTE_DOUBLE); break;
    case '#':
        if (starts_word(s->previous))
            scanner_push(s, QUOTE_COMMENT);
        break;
    case '(': s->parens[s->depth]++; break;
    case ')':
        if (s->parens[s->depth] > 0)
            s->parens[s->depth]--;
        else
            scanner_pop(s); /* ends `$(` inside double quotes, in a word of the level round it */
        s->mixed |= s->depth > 0 && s->stack[s->depth] == QUOTE_DOUBLE;
        break;
    default: break;
    }
}

static void scan(struct scanner *s, const char *text)
{
    for (size_t i = 0; text[i]; i++) {
        switch (s->stack[s->depth]) {
        case QUOTE_NONE: scan_plain(s, text, &i); break;
        case QUOTE_DOUBLE:
            if (text[i] == '\\' && text[i + 1]) {
                i++;
            } else if (text[i] == '"') {
                scanner_pop(s);
            } else if (text[i] == '$' && text[i + 1] == '(') {
                i++;
                scanner_push(s, QUOTE_NONE);
                strbuf_clear(&s->word);
                s->mixed = false;
            }
            break;
        case QUOTE_SINGLE:
            s->holds_text |= text[i] == '$';
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

bool command_holds_text(const struct plan_command *command)
{
    struct scanner s = {0};

    for (uint32_t i = 0; command && command->shell && i < command->count; i++) {
        if (command->pieces[i].script)
            scan(&s, command->pieces[i].script);
    }
    return s.holds_text;
}

void command_excuse(struct sh *w, const struct plan_command *command)
{
    if (command_holds_text(command))
        sh_fixed(w, "# shellcheck disable=SC2016 # what stands in single quotes is for another program");
}

/* ---- shell text -------------------------------------------------------------------------------- */

/* One runtime name by itself needs no variable of its own. */
static const char *sole_variable(struct arena *arena, const struct plan_word *word)
{
    if (word->count == 1 && word->parts[0].runtime)
        return command_variable(arena, word->parts[0].text);
    return NULL;
}

static void add_reference(struct strbuf *out, enum quote quote, const char *variable)
{
    switch (quote) {
    case QUOTE_DOUBLE: strbuf_addf(out, "${%s}", variable); break;
    case QUOTE_SINGLE: strbuf_addf(out, "'\"${%s}\"'", variable); break;
    case QUOTE_ANSI: strbuf_addf(out, "'\"${%s}\"$'", variable); break;
    case QUOTE_NONE:
    case QUOTE_COMMENT: strbuf_addf(out, "\"${%s}\"", variable); break;
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

/* The author's text has a variable of that name, or may have. */
static bool is_mentioned(const struct plan_command *command, const char *name)
{
    for (uint32_t i = 0; i < command->count; i++) {
        if (command->pieces[i].script && strstr(command->pieces[i].script, name))
            return true;
    }
    return false;
}

/* Shell text with references where its values stand, in the arena. Values that need a variable of their own get one, named in the order they
 * stand in and given to the writer, where there is one. `lost`: it is nested too deeply to be followed. */
static const char *referring(struct arena *arena, const struct plan_command *command, struct sh *w, bool *lost)
{
    struct scanner s = {0};
    struct strbuf text = STRBUF_INIT;
    unsigned number = 0;
    const char *result;

    for (uint32_t i = 0; i < command->count; i++) {
        const struct plan_piece *piece = &command->pieces[i];
        const char *variable;

        if (piece->script) {
            strbuf_addstr(&text, piece->script);
            scan(&s, piece->script);
            continue;
        }
        variable = sole_variable(arena, &piece->value);
        if (!variable) {
            do
                variable = arena_printf(arena, "v%u", ++number);
            while (is_mentioned(command, variable));
            if (w)
                sh_assign(w, variable, command_word(arena, &piece->value));
        }
        add_reference(&text, s.stack[s.depth], variable);
        s.previous = 'v';
    }
    *lost = s.lost;
    result = trimmed(arena, strbuf_str(&text));
    strbuf_release(&text);
    return result;
}

static bool has_lines(struct arena *arena, const struct plan_command *command)
{
    bool lost;

    return strchr(referring(arena, command, NULL, &lost), '\n') != NULL;
}

static void write_shell(struct sh *w, const struct plan_command *command)
{
    unsigned depth = w->depth;
    bool lost;

    /* Several lines are written at the margin: indentation could change what stands inside quotes. */
    if (has_lines(w->arena, command))
        w->depth = 0;
    sh_source(w, (struct sh_source){referring(w->arena, command, w, &lost)});
    w->depth = depth;
}

/* Shell text with SHELL_VALUE where its values stand. */
static const char *marked(struct arena *arena, const struct plan_command *command)
{
    struct strbuf text = STRBUF_INIT;
    const char *result;

    for (uint32_t i = 0; i < command->count; i++) {
        if (command->pieces[i].script)
            strbuf_addstr(&text, command->pieces[i].script);
        else
            strbuf_addch(&text, SHELL_VALUE);
    }
    result = trimmed(arena, strbuf_str(&text));
    strbuf_release(&text);
    return result;
}

const char *command_fault(struct arena *arena, const struct plan_command *command)
{
    bool lost;
    const char *fault;

    if (!command || !command->shell)
        return NULL;
    fault = shell_syntax_fault(arena, referring(arena, command, NULL, &lost));
    if (!fault)
        fault = shell_syntax_fault(arena, marked(arena, command));
    return fault || !lost ? fault : "it is nested too deeply";
}

const char *command_fault_help(const char *fault)
{
    if (strstr(fault, "never closed") || strstr(fault, "never ends"))
        return "close it, or write the command as a list of arguments: [\"program\", \"argument\"]";
    return "bash has to take it as the body of a function; or write the command as a list of arguments: [\"program\", \"argument\"]";
}

void command_write(struct sh *w, const struct plan_command *command)
{
    struct sh_cmd cmd;

    if (!command)
        return;
    if (command->shell) {
        write_shell(w, command);
        return;
    }
    cmd = command_of(w->arena, command, true);
    sh_run(w, &cmd);
}

void command_function(struct sh *w, const char *name, const struct plan_command *command)
{
    if (!command)
        return;
    sh_blank(w);
    sh_function_begin(w, name);
    command_write(w, command);
    sh_function_end(w);
}

const char *command_line(struct arena *arena, const struct plan_command *command)
{
    struct strbuf text = STRBUF_INIT;
    struct scanner s = {0};
    struct sh_cmd cmd;
    const char *result;

    if (!command)
        return "";
    if (!command->shell) {
        cmd = command_of(arena, command, false);
        return command->count > 0 ? sh_cmd_text(arena, &cmd) : "";
    }
    for (uint32_t i = 0; i < command->count; i++) {
        const struct plan_piece *piece = &command->pieces[i];

        if (piece->script) {
            strbuf_addstr(&text, piece->script);
            scan(&s, piece->script);
        } else if (s.stack[s.depth] == QUOTE_DOUBLE && sole_variable(arena, &piece->value)) {
            add_reference(&text, QUOTE_DOUBLE, sole_variable(arena, &piece->value));
        } else {
            /* Close the author's quotes round the word, as the shell would have it. */
            const char *quote = s.stack[s.depth] == QUOTE_DOUBLE ? "\"" : s.stack[s.depth] == QUOTE_SINGLE ? "'" : "";
            strbuf_addf(&text, "%s%s%s", quote, sh_word_text(arena, command_word(arena, &piece->value)), quote);
        }
    }
    result = trimmed(arena, strbuf_str(&text));
    strbuf_release(&text);
    return result;
}

static void collect_word(struct arena *arena, const struct plan_word *word, command_names *names)
{
    for (uint32_t i = 0; i < word->count; i++) {
        bool known = !word->parts[i].runtime;

        for (uint32_t n = 0; n < names->len && !known; n++)
            known = strcmp(names->items[n], word->parts[i].text) == 0;
        if (!known)
            vec_push(arena, names, word->parts[i].text);
    }
}

void command_collect(struct arena *arena, const struct plan_command *command, command_names *names)
{
    for (uint32_t i = 0; command && i < command->count; i++) {
        if (!command->shell)
            collect_word(arena, &command->words[i], names);
        else if (!command->pieces[i].script)
            collect_word(arena, &command->pieces[i].value, names);
    }
}

void command_programs(struct arena *arena, const struct plan_command *command, command_names *names)
{
    struct programs programs = {arena, names};
    struct scanner s = {.begins = {true}, .programs = &programs};
    const struct plan_word *first = command && !command->shell && command->count > 0 ? command->words : NULL;

    if (first && first->count == 1 && !first->parts[0].runtime && *first->parts[0].text)
        add_program(&programs, first->parts[0].text);
    for (uint32_t i = 0; command && command->shell && i < command->count; i++) {
        if (command->pieces[i].script)
            scan(&s, command->pieces[i].script);
        else
            s.mixed = true;
    }
    end_word(&s);
    strbuf_release(&s.word);
}
