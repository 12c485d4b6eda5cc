/* Looking ahead in the text. */
#include "syntax/peek.h"

#include <string.h>

bool peek_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool peek_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || peek_digit(c) || c == '_';
}

const char *peek_blank(const char *at)
{
    for (;;) {
        if (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r') {
            at++;
        } else if (*at == '#' || (*at == '/' && at[1] == '/')) {
            while (*at && *at != '\n')
                at++;
        } else if (*at == '/' && at[1] == '*') {
            const char *end = strstr(at + 2, "*/");

            if (!end)
                return at;
            at = end + 2;
        } else {
            return at;
        }
    }
}

size_t peek_word_length(const char *at)
{
    const char *start = at;

    if (!peek_word_char(*at) || peek_digit(*at))
        return 0;
    for (;;) {
        while (peek_word_char(*at))
            at++;
        if (*at != '-' || !peek_word_char(at[1]))
            return (size_t)(at - start);
        at++;
    }
}

bool peek_word(const char *at, const char *word)
{
    size_t len = strlen(word);

    return strncmp(at, word, len) == 0 && peek_word_length(at) == len;
}

bool peek_equals(const char *at)
{
    return *at == '=' && at[1] != '=' && at[1] != '>';
}

bool peek_loop(const char *at)
{
    size_t len = peek_word_length(at = peek_blank(at));

    return len && peek_word(peek_blank(at + len), "in");
}

bool peek_time(const char *at)
{
    return peek_digit(at[0]) && peek_digit(at[1]) && at[2] == ':';
}
