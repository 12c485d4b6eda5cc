/* Reads HCL: enough of its grammar to know where each block and each expression is. */
#include "validate/hcl.h"

#include "base/utf8.h"

#include <string.h>

enum { DEEPEST = 40 };

const char *hcl_space(const char *at)
{
    for (;;) {
        if (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r') {
            at++;
        } else if (*at == '#' || (*at == '/' && at[1] == '/')) {
            at += strcspn(at, "\n");
        } else if (*at == '/' && at[1] == '*') {
            const char *end = strstr(at + 2, "*/");

            at = end ? end + 2 : at + strlen(at);
        } else {
            return at;
        }
    }
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

const char *hcl_name(struct arena *arena, const char **at)
{
    const char *from = *at, *p = from;

    for (;;) {
        size_t index = *p == '[' && p > from ? strspn(p + 1, "0123456789*") : 0;

        if (index && p[1 + index] == ']')
            p += index + 2;
        else if (is_name_byte(*p) || *p == '.')
            p++;
        else
            break;
    }
    *at = p;
    return p > from ? arena_strndup(arena, from, (size_t)(p - from)) : NULL;
}

static int hex_digits(const char *at, int count, uint32_t *value)
{
    *value = 0;
    for (int i = 0; i < count; i++) {
        char c = at[i];
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A' + 10)
                                                : 99;

        if (digit > 15)
            return 0;
        *value = *value * 16 + digit;
    }
    return count;
}

int hcl_text_unit(const char **at, char out[8])
{
    const char *p = *at;
    uint32_t cp;
    int digits;

    memset(out, 0, 8);
    if (!*p || *p == '\n')
        return -2;
    if (*p == '"') {
        *at = p + 1;
        return 0;
    }
    if ((*p == '$' || *p == '%') && p[1] == '{') {
        *at = p + 2;
        return *p == '$' ? -1 : -2;
    }
    if ((*p == '$' || *p == '%') && p[1] == *p && p[2] == '{') {
        out[0] = *p;
        out[1] = '{';
        *at = p + 3;
        return 1;
    }
    if (*p != '\\') {
        out[0] = *p;
        *at = p + 1;
        return 1;
    }
    *at = p + 2;
    switch (p[1]) {
    case 'n': out[0] = '\n'; return 1;
    case 'r': out[0] = '\r'; return 1;
    case 't': out[0] = '\t'; return 1;
    case '"':
    case '\\': out[0] = p[1]; return 1;
    case 'u':
    case 'U':
        digits = hex_digits(p + 2, p[1] == 'u' ? 4 : 8, &cp);
        if (!digits || cp > 0x10FFFF)
            return -2;
        if (cp < 0x80) {
            out[0] = (char)cp;
        } else if (cp < 0x800) {
            out[0] = (char)(0xC0 | cp >> 6);
            out[1] = (char)(0x80 | (cp & 0x3F));
        } else if (cp < 0x10000) {
            out[0] = (char)(0xE0 | cp >> 12);
            out[1] = (char)(0x80 | (cp >> 6 & 0x3F));
            out[2] = (char)(0x80 | (cp & 0x3F));
        } else {
            out[0] = (char)(0xF0 | cp >> 18);
            out[1] = (char)(0x80 | (cp >> 12 & 0x3F));
            out[2] = (char)(0x80 | (cp >> 6 & 0x3F));
            out[3] = (char)(0x80 | (cp & 0x3F));
        }
        *at = p + 2 + digits;
        return 1;
    default: return -2;
    }
}

const char *hcl_text(struct arena *arena, const char **at)
{
    struct strbuf text = STRBUF_INIT;
    const char *p = *at, *result = NULL;
    char unit[8];
    int got = -2;

    if (*p++ == '"') {
        while ((got = hcl_text_unit(&p, unit)) == 1)
            strbuf_addstr(&text, unit);
    }
    if (got == 0) {
        result = strbuf_dup(&text, arena);
        *at = p;
    }
    strbuf_release(&text);
    return result;
}

/* Past a quoted text with what is interpolated; NULL: it never ends. */
static const char *past_text(const char *at, int depth)
{
    for (at++; *at && *at != '"'; at++) {
        if (*at == '\\' && at[1]) {
            at++;
        } else if ((*at == '$' || *at == '%') && at[1] == *at && at[2] == '{') {
            at += 2;
        } else if ((*at == '$' || *at == '%') && at[1] == '{') {
            int open = 1;

            if (depth == DEEPEST)
                return NULL;
            for (at += 2; *at && open; at++) {
                if (*at == '"') {
                    at = past_text(at, depth + 1);
                    if (!at)
                        return NULL;
                    at--;
                } else {
                    open += *at == '{' ? 1 : *at == '}' ? -1 : 0;
                }
            }
            at--;
        }
    }
    return *at ? at + 1 : NULL;
}

/* Past an expression: to the end of its line, outside of brackets; NULL: it never ends. */
static const char *past_expression(const char *at)
{
    int open = 0;

    while (*at && !(open == 0 && (*at == '\n' || *at == '}'))) {
        if (*at == '"') {
            at = past_text(at, 0);
            if (!at)
                return NULL;
            continue;
        }
        if (*at == '#' || (*at == '/' && at[1] == '/')) {
            at += strcspn(at, "\n");
            continue;
        }
        open += strchr("([{", *at) ? 1 : strchr(")]}", *at) ? -1 : 0;
        at++;
    }
    return open ? NULL : at;
}

/* The rest of a block, to its `}` or the end of the text; *at is at that. NULL: it cannot be read there. */
static bool read_body(struct arena *arena, const char **at, struct hcl_part *block, int depth)
{
    while (*(*at = hcl_space(*at)) && **at != '}') {
        struct hcl_part *inner = ARENA_NEW(arena, struct hcl_part);

        inner->at = *at;
        if (depth == DEEPEST || !is_name_byte(**at) || !(inner->type = hcl_name(arena, at)))
            return false;
        while (**at == ' ')
            (*at)++;
        if (**at == '=' && (*at)[1] != '=') {
            struct hcl_attr attribute = {inner->type, inner->at, hcl_space(*at + 1), false};

            *at = past_expression(attribute.value);
            if (!*at) {
                *at = attribute.value;
                return false;
            }
            vec_push(arena, &block->attributes, attribute);
            continue;
        }
        while (**at == '"' && inner->label_count < 2) {
            inner->labels[inner->label_count] = hcl_text(arena, at);
            if (!inner->labels[inner->label_count++])
                return false;
            while (**at == ' ')
                (*at)++;
        }
        if (**at != '{')
            return false;
        (*at)++;
        if (!read_body(arena, at, inner, depth + 1) || **at != '}')
            return false;
        (*at)++;
        vec_push(arena, &block->blocks, inner);
    }
    return true;
}

struct hcl_part *read_hcl(const struct artifact *artifact, struct arena *arena)
{
    struct hcl_part *file = ARENA_NEW(arena, struct hcl_part);
    const char *at = artifact->text;

    file->at = at;
    if (read_body(arena, &at, file, 0) && !*at)
        return file;
    wrong(artifact, at, "this is no configuration that Terraform could read");
    return NULL;
}

struct hcl_attr *hcl_attribute(struct hcl_part *block, const char *name)
{
    for (uint32_t i = 0; i < block->attributes.len; i++) {
        if (strcmp(block->attributes.items[i].name, name) == 0) {
            block->attributes.items[i].read = true;
            return &block->attributes.items[i];
        }
    }
    return NULL;
}
