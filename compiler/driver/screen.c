/* What a person reads on a screen: no character of a specification drives the terminal or changes the order of what stands there.
 *
 * How wide a table may be: as wide as the terminal it is printed on. In a pipe or a file nothing is cut: whoever reads it looks for names. */
#include "driver/driver.h"

#include "base/utf8.h"
#include "emit/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { NARROW = 40, USUAL = 80, WIDE = 10000 };

size_t screen_width(void)
{
    const char *columns = getenv("COLUMNS");
    char *end = NULL;
    unsigned long stated = columns ? strtoul(columns, &end, 10) : 0;
    struct winsize size = {0};

    if (!isatty(STDOUT_FILENO))
        return SIZE_MAX;
    if (!(stated && end && !*end) || stated > WIDE)
        stated = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : USUAL;
    return stated < NARROW ? NARROW : stated; /* what is narrower shows nothing: the terminal wraps it */
}

/* The last line as far as it was said. */
static struct strbuf said = STRBUF_INIT;

/* Letters, digits and signs of ASCII, in lines: shown as they are. */
static bool is_plain(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if ((unsigned char)(text[i] - ' ') > '~' - ' ' && text[i] != '\n')
            return false;
    }
    return true;
}

static void show(FILE *where, const char *text, size_t len)
{
    struct strbuf shown = STRBUF_INIT;

    if (is_plain(text, len)) {
        fwrite(text, 1, len, where);
        return;
    }
    text_add_shown(&shown, text, len);
    fwrite(strbuf_str(&shown), 1, shown.len, where);
    strbuf_release(&shown);
}

static void show_lines(void)
{
    if (!said.len || said.data[said.len - 1] != '\n')
        return;
    show(stdout, said.data, said.len);
    strbuf_release(&said);
}

void say(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    strbuf_vaddf(&said, format, arguments);
    va_end(arguments);
    show_lines();
}

void say_text(const char *text)
{
    strbuf_addstr(&said, text);
    show_lines();
}

void say_line(const char *text)
{
    strbuf_addstr(&said, text);
    say_byte('\n');
}

void say_byte(char byte)
{
    strbuf_addch(&said, byte);
    show_lines();
}

void complain(const char *format, ...)
{
    struct strbuf text = STRBUF_INIT;
    va_list arguments;

    va_start(arguments, format);
    strbuf_vaddf(&text, format, arguments);
    va_end(arguments);
    show(stderr, strbuf_str(&text), text.len);
    strbuf_release(&text);
}

static size_t columns_of(const char *text, size_t len)
{
    size_t columns = 0;
    uint32_t character;

    for (size_t at = 0; at < len;) {
        at += utf8_decode(text + at, len - at, &character);
        columns += (size_t)utf8_width(character);
    }
    return columns;
}

size_t text_columns(const char *text)
{
    return columns_of(text, strlen(text));
}

/* How many bytes of the text stand in so many columns. */
static size_t bytes_within(const char *text, size_t columns)
{
    size_t len = strlen(text), used = 0, at = 0;
    uint32_t character;

    while (at < len) {
        size_t size = utf8_decode(text + at, len - at, &character);

        used += (size_t)utf8_width(character);
        if (used > columns)
            break;
        at += size;
    }
    return at;
}

/* At most so many columns, the rest as `…`. Returns how many it takes. */
static size_t add_clipped(struct strbuf *line, const char *text, size_t columns)
{
    size_t wide = text_columns(text);

    if (wide <= columns) {
        strbuf_addstr(line, text);
        return wide;
    }
    wide = bytes_within(text, columns ? columns - 1 : 0);
    strbuf_add(line, text, wide);
    strbuf_addstr(line, columns ? "…" : "");
    return columns;
}

void add_cell(struct strbuf *line, const char *text, size_t width)
{
    size_t used = add_clipped(line, text, width);

    strbuf_addfill(line, ' ', (used < width ? width - used : 0) + 1);
}

void end_line(struct strbuf *line)
{
    while (line->len && line->data[line->len - 1] == ' ')
        line->data[--line->len] = '\0';
    say_line(strbuf_str(line));
    strbuf_clear(line);
}

void print_clipped(const char *text)
{
    struct strbuf line = STRBUF_INIT;

    add_clipped(&line, text, screen_width());
    say_line(strbuf_str(&line));
    strbuf_release(&line);
}

void print_wrapped(const char *text, size_t indent)
{
    size_t width = screen_width(), column = 0;
    struct strbuf line = STRBUF_INIT;

    while (*text) {
        size_t word = strcspn(text, " "), gap = strspn(text + word, " "), wide = columns_of(text, word);

        if (column > indent && wide > width - (column < width ? column : width)) {
            end_line(&line);
            strbuf_addfill(&line, ' ', indent);
            column = indent;
        }
        strbuf_add(&line, text, word + gap);
        column += wide + gap;
        text += word + gap;
    }
    end_line(&line);
    strbuf_release(&line);
}
