/* See escape.h. */
#include "base/escape.h"

#include "base/utf8.h"

#define REPLACEMENT "\xEF\xBF\xBD"

/* Whether a character of so many bytes does not show as itself. */
static bool is_replaced(uint32_t c, size_t size)
{
    return utf8_is_hidden(c) || (c == 0xFFFD && size == 1);
}

static void add_visible(struct strbuf *out, const char *text, size_t size, uint32_t c)
{
    if (is_replaced(c, size))
        strbuf_addstr(out, REPLACEMENT);
    else
        strbuf_add(out, text, size);
}

void escape_xml(struct strbuf *out, const char *text)
{
    size_t len = strlen(text), size;
    uint32_t c;

    for (; len > 0; text += size, len -= size) {
        size = utf8_decode(text, len, &c);
        if (c == '<')
            strbuf_addstr(out, "&lt;");
        else if (c == '>')
            strbuf_addstr(out, "&gt;");
        else if (c == '&')
            strbuf_addstr(out, "&amp;");
        else if (c == '"')
            strbuf_addstr(out, "&quot;");
        else if (c == '\n' || c == '\t')
            strbuf_addf(out, "&#%u;", c); /* as it stands an attribute would make a blank of it */
        else
            add_visible(out, text, size, c);
    }
}

void escape_command(struct strbuf *out, const char *text, bool property)
{
    size_t len = strlen(text), size;
    uint32_t c;

    for (; len > 0; text += size, len -= size) {
        size = utf8_decode(text, len, &c);
        if (c == '%')
            strbuf_addstr(out, "%25");
        else if (c == '\r')
            strbuf_addstr(out, "%0D");
        else if (c == '\n')
            strbuf_addstr(out, "%0A");
        else if (property && c == ':')
            strbuf_addstr(out, "%3A");
        else if (property && c == ',')
            strbuf_addstr(out, "%2C");
        else
            add_visible(out, text, size, c);
    }
}

void escape_uri(struct strbuf *out, const char *path)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/!$&()*+,;=@";

    /* A path that begins with two slashes would name a host. */
    if (path[0] == '/' && path[1] == '/')
        strbuf_addstr(out, "/.");
    for (; *path; path++) {
        if (strchr(plain, *path))
            strbuf_addch(out, *path);
        else
            strbuf_addf(out, "%%%02X", (unsigned char)*path);
    }
}

void escape_csv(struct strbuf *out, const char *text)
{
    bool formula = *text && strchr("=+-@\t\r", *text), quoted = formula || text[strcspn(text, ",;\"\n\r\t ")];
    size_t len = strlen(text), size;
    uint32_t c;

    if (quoted)
        strbuf_addch(out, '"');
    if (formula)
        strbuf_addch(out, '\'');
    for (; len > 0; text += size, len -= size) {
        size = utf8_decode(text, len, &c);
        if (c == '"')
            strbuf_addstr(out, "\"\"");
        else if (c == '\n')
            strbuf_addch(out, '\n');
        else
            add_visible(out, text, size, c);
    }
    if (quoted)
        strbuf_addch(out, '"');
}
