/* Whether a text is one expression of Terraform's language, by the grammar of HCL's native syntax (its specification, "Expressions"): on one line,
 * without comments and here-documents. It says yes or no; what names mean Terraform finds out. */
#include "backends/terraform/terraform.h"

#include "base/utf8.h"

#include <string.h>

enum { DEPTH_MAX = 64 };

struct reader {
    const char *at;
    unsigned depth;
};

static bool expression(struct reader *r);

static void skip(struct reader *r)
{
    while (*r->at == ' ' || *r->at == '\t')
        r->at++;
}

/* Takes a sign of the language, where it stands next. */
static bool take(struct reader *r, const char *sign)
{
    size_t len = strlen(sign);

    skip(r);
    if (strncmp(r->at, sign, len) != 0)
        return false;
    r->at += len;
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool identifier(struct reader *r)
{
    skip(r);
    if (!is_letter(*r->at))
        return false;
    while (is_letter(*r->at) || is_digit(*r->at) || *r->at == '-')
        r->at++;
    return true;
}

/* A word that is a name of its own, as `in` is. */
static bool word(struct reader *r, const char *text)
{
    const char *from = r->at;

    skip(r);
    if (strncmp(r->at, text, strlen(text)) == 0) {
        const char *start = r->at;

        if (identifier(r) && (size_t)(r->at - start) == strlen(text))
            return true;
    }
    r->at = from;
    return false;
}

static bool number(struct reader *r)
{
    if (!is_digit(*r->at))
        return false;
    while (is_digit(*r->at))
        r->at++;
    if (r->at[0] == '.' && is_digit(r->at[1])) {
        r->at++;
        while (is_digit(*r->at))
            r->at++;
    }
    if (*r->at == 'e' || *r->at == 'E') {
        r->at++;
        r->at += *r->at == '+' || *r->at == '-';
        if (!is_digit(*r->at))
            return false;
        while (is_digit(*r->at))
            r->at++;
    }
    return !is_letter(*r->at);
}

/* "text ${expression} %{ if … }": directives are read as far as their end. */
static bool quoted(struct reader *r)
{
    for (r->at++; *r->at && *r->at != '"';) {
        if (*r->at == '\\') {
            if (!strchr("nrt\"\\uU", r->at[1]) || !r->at[1])
                return false;
            r->at += 2;
        } else if ((r->at[0] == '$' || r->at[0] == '%') && r->at[1] == r->at[0] && r->at[2] == '{') {
            r->at += 3; /* written twice it is itself */
        } else if (r->at[0] == '$' && r->at[1] == '{') {
            r->at += 2;
            take(r, "~");
            if (!expression(r))
                return false;
            take(r, "~");
            if (!take(r, "}"))
                return false;
        } else if (r->at[0] == '%' && r->at[1] == '{') {
            r->at += 2;
            take(r, "~");
            if (word(r, "else") || word(r, "endif") || word(r, "endfor"))
                ;
            else if (word(r, "if") ? !expression(r)
                                   : !word(r, "for") || !identifier(r) || (take(r, ",") && !identifier(r)) || !word(r, "in") || !expression(r))
                return false;
            take(r, "~");
            if (!take(r, "}"))
                return false;
        } else {
            uint32_t character;

            r->at += utf8_decode(r->at, strlen(r->at), &character);
        }
    }
    return *r->at++ == '"';
}

/* After `for`, up to what it makes. */
static bool for_intro(struct reader *r)
{
    return identifier(r) && (!take(r, ",") || identifier(r)) && word(r, "in") && expression(r) && take(r, ":");
}

static bool tuple(struct reader *r)
{
    if (word(r, "for"))
        return for_intro(r) && expression(r) && (!word(r, "if") || expression(r)) && take(r, "]");
    while (!take(r, "]")) {
        if (!expression(r))
            return false;
        if (!take(r, ","))
            return take(r, "]");
    }
    return true;
}

static bool object(struct reader *r)
{
    if (word(r, "for")) {
        if (!for_intro(r) || !expression(r) || !take(r, "=>") || !expression(r))
            return false;
        take(r, "...");
        return (!word(r, "if") || expression(r)) && take(r, "}");
    }
    while (!take(r, "}")) {
        skip(r);
        if (!(take(r, "(") ? expression(r) && take(r, ")") : *r->at == '"' ? quoted(r) : is_digit(*r->at) ? number(r) : identifier(r)))
            return false;
        skip(r);
        if ((r->at[0] == '=' && r->at[1] == '=') || !(take(r, "=") || take(r, ":")) || !expression(r))
            return false;
        if (!take(r, ","))
            return take(r, "}");
    }
    return true;
}

static bool arguments(struct reader *r)
{
    while (!take(r, ")")) {
        if (!expression(r))
            return false;
        if (take(r, "..."))
            return take(r, ")");
        if (!take(r, ","))
            return take(r, ")");
    }
    return true;
}

static bool primary(struct reader *r)
{
    skip(r);
    if (*r->at == '"')
        return quoted(r);
    if (is_digit(*r->at))
        return number(r);
    if (take(r, "("))
        return expression(r) && take(r, ")");
    if (take(r, "["))
        return tuple(r);
    if (take(r, "{"))
        return object(r);
    if (!identifier(r))
        return false;
    while (r->at[0] == ':' && r->at[1] == ':') { /* provider::name::function(…) */
        r->at += 2;
        if (!identifier(r))
            return false;
    }
    return !take(r, "(") || arguments(r);
}

static bool postfix(struct reader *r)
{
    if (!primary(r))
        return false;
    for (;;) {
        skip(r);
        if (r->at[0] == '.' && r->at[1] != '.') {
            r->at++;
            if (*r->at == '*')
                r->at++;
            else if (is_digit(*r->at))
                for (; is_digit(*r->at); r->at++) {
                }
            else if (!identifier(r))
                return false;
        } else if (take(r, "[")) {
            if (!(take(r, "*") || expression(r)) || !take(r, "]"))
                return false;
        } else {
            return true;
        }
    }
}

static bool operation(struct reader *r)
{
    static const char *const operators[] = {"==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "*", "/", "%"};

    for (;;) {
        bool more = false;

        while (take(r, "!") || take(r, "-")) {
        }
        if (!postfix(r))
            return false;
        skip(r);
        for (size_t i = 0; i < sizeof operators / sizeof *operators && !more; i++) {
            if ((r->at[0] == '%' && r->at[1] == '{') || (r->at[0] == '=' && r->at[1] == '>'))
                break;
            more = take(r, operators[i]);
        }
        if (!more)
            return true;
    }
}

static bool expression(struct reader *r)
{
    bool fine;

    if (++r->depth > DEPTH_MAX)
        return false;
    fine = operation(r) && (!take(r, "?") || (expression(r) && take(r, ":") && expression(r)));
    r->depth--;
    return fine;
}

bool tf_is_expression(const char *text)
{
    struct reader r = {text, 0};
    size_t len = strlen(text), at = 0;
    uint32_t character;

    for (; at < len; at += utf8_decode(text + at, len - at, &character)) {
        utf8_decode(text + at, len - at, &character);
        if (utf8_is_hidden(character))
            return false;
    }
    if (!expression(&r))
        return false;
    skip(&r);
    return *r.at == '\0';
}
