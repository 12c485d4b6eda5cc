/* Scripts as the shell reads them, as far as ours go: statements one after the other, functions, words in all quotes. Commands of the plan are
 * found in them word by word; shell text of an author byte by byte, with the values in it as variables that were assigned before. */
#include "base/vec.h"
#include "validate/reading.h"

#include <string.h>

enum { MARK_BEGIN = 1, MARK_END = 2 };

/* ---- words ------------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_name_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

const char *variable_mark(struct arena *arena, const char *name)
{
    return arena_printf(arena, "%c%s%c", MARK_BEGIN, name, MARK_END);
}

const char *variable_named(struct arena *arena, const char *runtime)
{
    const char *from = strncmp(runtime, "env.", 4) == 0 ? runtime + 4 : runtime;
    char *name = arena_printf(arena, "%s%s", *from >= '0' && *from <= '9' ? "_" : "", from);

    for (char *c = name; *c; c++)
        *c = is_name_character(*c) ? *c : '_';
    return name;
}

static unsigned octal(const char **at)
{
    unsigned value = 0;

    for (int i = 0; i < 3 && **at >= '0' && **at <= '7'; i++)
        value = value * 8 + (unsigned)(*(*at)++ - '0');
    return value;
}

/* Behind `$'`; false: it never ends, or holds what our scripts do not. */
static bool add_ansi(const char **at, struct strbuf *out)
{
    while (**at && **at != '\'') {
        if (**at != '\\') {
            strbuf_addch(out, *(*at)++);
            continue;
        }
        (*at)++;
        switch (**at) {
        case 'n': strbuf_addch(out, '\n'); break;
        case 't': strbuf_addch(out, '\t'); break;
        case 'r': strbuf_addch(out, '\r'); break;
        case '\\':
        case '\'': strbuf_addch(out, **at); break;
        default:
            if (**at < '0' || **at > '7')
                return false;
            strbuf_addch(out, (char)octal(at));
            continue;
        }
        (*at)++;
    }
    return *(*at)++ == '\'';
}

/* Behind `$`: a variable; false for any other expansion. */
static bool add_variable(const char **at, struct strbuf *out)
{
    const char *from = *at + (**at == '{');
    size_t len = 0;

    if (**at == '@') {
        (*at)++;
        strbuf_addf(out, "%c@%c", MARK_BEGIN, MARK_END);
        return true;
    }
    while (is_name_character(from[len]))
        len++;
    if (!len || (**at == '{' && from[len] != '}'))
        return false;
    strbuf_addf(out, "%c%.*s%c", MARK_BEGIN, (int)len, from, MARK_END);
    *at = from + len + (**at == '{');
    return true;
}

static bool add_double(const char **at, struct strbuf *out)
{
    while (**at && **at != '"') {
        if (**at == '\\' && (*at)[1] && strchr("\\\"$`", (*at)[1])) {
            strbuf_addch(out, (*at)[1]);
            *at += 2;
        } else if (**at == '$') {
            (*at)++;
            if (!add_variable(at, out))
                return false;
        } else if (**at == '`') {
            return false;
        } else {
            strbuf_addch(out, *(*at)++);
        }
    }
    return *(*at)++ == '"';
}

static bool add_piece(const char **at, struct strbuf *out)
{
    char c = *(*at)++;
    const char *end;

    switch (c) {
    case '\'':
        end = strchr(*at, '\'');
        if (!end)
            return false;
        strbuf_add(out, *at, (size_t)(end - *at));
        *at = end + 1;
        return true;
    case '"': return add_double(at, out);
    case '\\':
        if (!**at)
            return false;
        strbuf_addch(out, *(*at)++);
        return true;
    case '$':
        if (**at == '\'') {
            (*at)++;
            return add_ansi(at, out);
        }
        return add_variable(at, out);
    default: strbuf_addch(out, c); return !strchr("`()<>;&|*?[{", c);
    }
}

static void skip_blanks(const char **at)
{
    for (;;) {
        if (is_blank(**at))
            (*at)++;
        else if (**at == '\\' && (*at)[1] == '\n')
            *at += 2;
        else
            return;
    }
}

/* One word at *text; NULL: there is none that can be read. */
static const char *read_shell_word(struct arena *arena, const char **text)
{
    struct strbuf word = STRBUF_INIT;
    const char *at = *text, *result = NULL;
    bool ok = *at && *at != '\n';

    while (ok && *at && !is_blank(*at) && *at != '\n' && !(*at == '\\' && at[1] == '\n'))
        ok = add_piece(&at, &word);
    if (ok)
        result = strbuf_dup(&word, arena);
    strbuf_release(&word);
    *text = ok ? at : *text;
    return result;
}

/* ---- statements -------------------------------------------------------------------------------- */

static const char *line_of(const struct script *script, const char *at)
{
    return arena_strndup(script->arena, at, strcspn(at, "\n"));
}

static void skip_line(const char **at)
{
    *at += strcspn(*at, "\n");
    *at += **at == '\n';
}

static bool is_function(const char *at, size_t *len)
{
    *len = 0;
    while (is_name_character(at[*len]))
        (*len)++;
    return *len && strncmp(at + *len, "() {\n", 5) == 0;
}

static void read_words(struct script *script, struct statement *out)
{
    VEC(const char *) words = {0};

    for (;;) {
        const char *word;

        skip_blanks(&script->at);
        if (!*script->at || *script->at == '\n')
            break;
        word = read_shell_word(script->arena, &script->at);
        if (!word) { /* no plain command: its line is all that is known of it */
            words.len = 0;
            break;
        }
        vec_push(script->arena, &words, word);
    }
    skip_line(&script->at);
    out->words = words.items;
    out->count = words.len;
}

void next_statement(struct script *script, struct statement *out)
{
    size_t len;

    *out = (struct statement){.kind = STATEMENT_END};
    for (;;) {
        const char *at = script->at;

        while (is_blank(*at))
            at++;
        if (*at != '\n' && *at != '#') {
            script->at = at;
            break;
        }
        skip_line(&script->at);
    }
    out->at = script->at;
    if (!*script->at || (*script->at == '}' && (script->at[1] == '\n' || !script->at[1])))
        return;
    out->line = line_of(script, script->at);
    if (is_function(script->at, &len)) {
        out->kind = STATEMENT_FUNCTION;
        out->name = arena_strndup(script->arena, script->at, len);
        skip_line(&script->at);
        return;
    }
    out->kind = STATEMENT_COMMAND;
    read_words(script, out);
}

void end_function(struct script *script, const char *name)
{
    const char *at = script->at;

    script->artifact->r->report->facts++;
    while (*at == '\n' || is_blank(*at))
        at++;
    if (*at != '}' || (at[1] != '\n' && at[1]) || (at > script->artifact->text && at[-1] != '\n')) {
        wrong(script->artifact, at, "`%s` does more than the plan says: `%s`", name, line_of(script, at));
        while (*at && !(at[0] == '}' && at[1] == '\n' && at[-1] == '\n'))
            at++;
    }
    skip_line(&at);
    script->at = at;
}

/* ---- commands of the plan ---------------------------------------------------------------------- */

static const char *word_text(struct arena *arena, const struct plan_word *word)
{
    struct strbuf text = STRBUF_INIT;
    const char *result;

    for (uint32_t i = 0; i < word->count; i++)
        strbuf_addstr(&text, word->parts[i].runtime ? variable_mark(arena, variable_named(arena, word->parts[i].text)) : word->parts[i].text);
    result = strbuf_dup(&text, arena);
    strbuf_release(&text);
    return result;
}

static const char *command_text(struct arena *arena, const struct plan_command *command)
{
    struct strbuf text = STRBUF_INIT;
    const char *result;

    plan_command_print(command, &text);
    result = strbuf_dup(&text, arena);
    strbuf_release(&text);
    return result;
}

static bool same_arguments(struct script *script, const char *what, const struct plan_command *command)
{
    struct statement found;

    next_statement(script, &found);
    /* `command NAME …` is the program of that name, whatever functions there are. */
    if (found.kind == STATEMENT_COMMAND && found.count == command->count + 1 && strcmp(found.words[0], "command") == 0) {
        found.words++;
        found.count--;
    }
    if (found.kind == STATEMENT_COMMAND && found.count == command->count) {
        uint32_t i = 0;

        while (i < found.count && strcmp(found.words[i], word_text(script->arena, &command->words[i])) == 0)
            i++;
        if (i == found.count)
            return true;
        wrong(script->artifact, found.at, "%s: word %u of the command is `%s`, and the plan says `%s`", what, i + 1, found.words[i],
              word_text(script->arena, &command->words[i]));
        return false;
    }
    wrong(script->artifact, found.at, "%s: `%s` is not the command of the plan, `%s`", what, found.line ? found.line : "",
          command_text(script->arena, command));
    return false;
}

/* One runtime name by itself is its own variable. */
static const char *own_variable(struct arena *arena, const struct plan_word *word)
{
    return word->count == 1 && word->parts[0].runtime ? variable_named(arena, word->parts[0].text) : NULL;
}

/* The variables of the values, in their order: those that are assigned are read, and compared with the plan. NULL: they differ, at *at. */
static const char **read_values(struct script *script, const struct plan_command *command, const char **at)
{
    const char **names = ARENA_ARRAY(script->arena, const char *, command->count + 1);

    for (uint32_t i = 0; i < command->count; i++) {
        const struct plan_piece *piece = &command->pieces[i];
        const char *value, *name = *at;
        size_t len = 0;

        if (piece->script)
            continue;
        names[i] = own_variable(script->arena, &piece->value);
        if (names[i])
            continue;
        while (is_blank(*name))
            name++;
        while (is_name_character(name[len]))
            len++;
        if (!len || name[len] != '=')
            return NULL;
        names[i] = arena_strndup(script->arena, name, len);
        *at = name + len + 1;
        value = **at == '\n' ? "" : read_shell_word(script->arena, at);
        if (!value || **at != '\n' || strcmp(value, word_text(script->arena, &piece->value)) != 0)
            return NULL;
        (*at)++;
    }
    return names;
}

static size_t trimmed_length(const char *text)
{
    size_t len = strlen(text);

    while (len && strchr(" \t\r\n", text[len - 1]))
        len--;
    return len;
}

/* A value where it stands: outside of quotes, inside of double ones, between single ones. */
static bool match_value(const char **at, const char *name)
{
    static const char *const forms[][2] = {{"'\"${", "}\"$'"}, {"'\"${", "}\"'"}, {"\"${", "}\""}, {"${", "}"}};
    size_t len = strlen(name);

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        size_t before = strlen(forms[i][0]), after = strlen(forms[i][1]);

        if (strncmp(*at, forms[i][0], before) == 0 && strncmp(*at + before, name, len) == 0 && strncmp(*at + before + len, forms[i][1], after) == 0) {
            *at += before + len + after;
            return true;
        }
    }
    return false;
}

static bool same_script(struct script *script, const char *what, const struct plan_command *command)
{
    const char *at = script->at;
    const char **names = read_values(script, command, &at);
    uint32_t last = command->count;
    bool begun = false, ok = names != NULL;

    while (last && command->pieces[last - 1].script && !trimmed_length(command->pieces[last - 1].script))
        last--;
    if (ok)
        at += strspn(at, " \t\r\n");
    for (uint32_t i = 0; ok && i < last; i++) {
        const char *text = command->pieces[i].script;
        size_t len;

        if (!text) {
            ok = match_value(&at, names[i]);
            begun = true;
            continue;
        }
        if (!begun)
            text += strspn(text, " \t\r\n");
        begun |= *text != '\0';
        len = i + 1 == last ? trimmed_length(text) : strlen(text);
        ok = strncmp(at, text, len) == 0;
        for (size_t n = 0; !ok && n < len && at[n] == text[n]; n++) { /* the finding is at the first byte that differs */
            if (at[n + 1] != text[n + 1])
                at += n + 1;
        }
        at += ok ? len : 0;
    }
    if (ok && *at && *at != '\n')
        ok = false;
    if (!ok) {
        wrong(script->artifact, at, "%s: the shell text is not that of the plan, `%s`", what, command_text(script->arena, command));
        return false;
    }
    script->at = at;
    return true;
}

bool same_command(struct script *script, const char *what, const struct plan_command *command)
{
    script->artifact->r->report->facts += command->count;
    return command->shell ? same_script(script, what, command) : same_arguments(script, what, command);
}

void same_function(struct script *script, const char *name, const struct plan_command *command)
{
    if (!command)
        wrong(script->artifact, script->at, "the plan has no command for `%s`", name);
    else if (same_command(script, name, command)) {
        end_function(script, name);
        return;
    }
    while (*script->at && !(script->at[0] == '}' && script->at[1] == '\n' && script->at > script->artifact->text && script->at[-1] == '\n'))
        script->at++;
    skip_line(&script->at);
}

bool same_statement(const struct artifact *artifact, const struct statement *statement, const char *what, const char *const *want, uint32_t count)
{
    artifact->r->report->facts += count;
    for (uint32_t i = 0; i < count || i < statement->count; i++) {
        const char *got = i < statement->count ? statement->words[i] : NULL;

        if (!got || i >= count) {
            wrong(artifact, statement->at, "%s: `%s` has %u words, and by the plan %u", what, statement->line ? statement->line : "",
                  statement->count, count);
            return false;
        }
        if (strcmp(got, want[i]) != 0) {
            wrong(artifact, statement->at, "%s: `%s` is `%s` by the plan", what, got, want[i]);
            return false;
        }
    }
    return true;
}

bool same_shown(const char *shown, const char *text)
{
    while (*shown && *text) {
        if (*shown == *text) {
            shown++;
            text++;
        } else if (strncmp(shown, "\xEF\xBF\xBD", 3) == 0 || ((*text == '\t' || *text == '\r') && *shown == ' ')) {
            shown += *shown == ' ' ? 1 : 3;
            for (text++; ((unsigned char)*text & 0xC0) == 0x80;)
                text++;
        } else {
            return false;
        }
    }
    return !*shown && !*text;
}
