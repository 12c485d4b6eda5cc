/* Lines of /etc/cron.d. */
#include "emit/cron.h"

#include "emit/text.h"

#include <string.h>

enum { COMMAND_MAX = 998, ENVIRONMENT_MAX = 998, USER_MAX = 32 };

void cron_comment(struct strbuf *out, const char *text)
{
    text_add_comment(out, 0, "#", text);
}

void cron_blank(struct strbuf *out)
{
    strbuf_addch(out, '\n');
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool has_control(const char *text)
{
    for (; *text; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7F)
            return true;
    }
    return false;
}

bool cron_env(struct strbuf *out, const char *name, const char *value)
{
    size_t len = strlen(value);
    const char *quote = "";

    if (!is_letter(*name) || strlen(name) + len + 4 > ENVIRONMENT_MAX || has_control(value))
        return false;
    for (const char *s = name; *s; s++) {
        if (!is_letter(*s) && !is_digit(*s))
            return false;
    }
    /* cron cuts blanks at the ends and takes one pair of quotes off; it knows no escapes. */
    if (len == 0 || value[0] == ' ' || value[len - 1] == ' ' || strpbrk(value, "\"'#"))
        quote = strchr(value, '"') ? "'" : "\"";
    if (*quote && strchr(value, *quote))
        return false;
    strbuf_addf(out, "%s=%s%s%s\n", name, quote, value, quote);
    return true;
}

static bool is_field(const char *field)
{
    return *field != '\0' && field[strspn(field, "0123456789*,-/")] == '\0';
}

static bool is_user(const char *user)
{
    if ((!is_letter(*user) && !is_digit(*user)) || strlen(user) > USER_MAX)
        return false;
    for (; *user; user++) {
        if (!is_letter(*user) && !is_digit(*user) && *user != '-' && *user != '.')
            return false;
    }
    return true;
}

bool cron_line(struct strbuf *out, const struct cron_time *time, const char *user, const char *command)
{
    size_t len = strlen(command);

    for (const char *s = command; *s; s++)
        len += *s == '%';
    if (!is_field(time->minute) || !is_field(time->hour) || !is_field(time->day) || !is_field(time->month) || !is_field(time->weekday) ||
        !is_user(user))
        return false;
    if (len == 0 || len > COMMAND_MAX || has_control(command) || strchr(command, '\\') || command[0] == ' ')
        return false;
    strbuf_addf(out, "%s %s %s %s %s %s ", time->minute, time->hour, time->day, time->month, time->weekday, user);
    for (; *command; command++) {
        if (*command == '%')
            strbuf_addch(out, '\\');
        strbuf_addch(out, *command);
    }
    strbuf_addch(out, '\n');
    return true;
}

bool cron_file_name_ok(const char *name)
{
    const char *s = name;

    while (is_letter(*s) || is_digit(*s) || *s == '-')
        s++;
    return s > name && *s == '\0';
}
