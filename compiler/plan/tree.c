/* JSON as a tree. What is inside of an open array or object waits on a stack, and moves to its place when that is closed. */
#include "plan/tree.h"

#include "base/intern.h"
#include "base/map.h"
#include "base/utf8.h"
#include "base/vec.h"

enum { DEEPEST = 1000, LINEAR = 256 };

struct parser {
    struct arena *arena;
    char *at, *end; /* a copy that texts are unescaped in; *end is NUL */
    const char *error;
    VEC(struct tree) items;
    VEC(struct tree_member) members;
    int depth;
};

static bool fail(struct parser *p, const char *error)
{
    if (!p->error)
        p->error = error;
    return false;
}

static void skip_blanks(struct parser *p)
{
    while (*p->at == ' ' || *p->at == '\n' || *p->at == '\t' || *p->at == '\r')
        p->at++;
}

static bool take_word(struct parser *p, const char *word, enum tree_type type, struct tree *out)
{
    size_t len = strlen(word);

    if (strncmp(p->at, word, len) != 0)
        return fail(p, "no value of JSON begins so");
    p->at += len;
    out->type = (uint8_t)type;
    return true;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool take_number(struct parser *p, struct tree *out)
{
    bool less = *p->at == '-';
    const char *first;

    out->type = TREE_INTEGER;
    p->at += less;
    first = p->at;
    for (; is_digit(*p->at); p->at++) {
        int digit = *p->at - '0';

        /* Downwards: there is one more of them. */
        if (__builtin_mul_overflow(out->number, 10, &out->number) || __builtin_sub_overflow(out->number, digit, &out->number))
            return fail(p, "a number is too large");
    }
    if (p->at == first || (*first == '0' && p->at - first > 1))
        return fail(p, "no value of JSON begins so");
    if (!less && __builtin_sub_overflow(0, out->number, &out->number))
        return fail(p, "a number is too large");
    if (*p->at != '.' && *p->at != 'e' && *p->at != 'E')
        return true;
    out->type = TREE_REAL; /* no field is one: which digits it has does not matter */
    while (is_digit(*p->at) || *p->at == '.' || *p->at == 'e' || *p->at == 'E' || *p->at == '+' || *p->at == '-')
        p->at++;
    return true;
}

static bool take_hex(struct parser *p, uint32_t *out)
{
    *out = 0;
    for (int i = 0; i < 4; i++, p->at++) {
        char c = *p->at;
        uint32_t digit = is_digit(c)            ? (uint32_t)(c - '0')
                         : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
                         : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                                : 16;

        if (digit == 16)
            return fail(p, "an escape is none");
        *out = *out * 16 + digit;
    }
    return true;
}

/* \uXXXX, of what lies beyond a pair of them. Never more bytes than were read. */
static bool take_unicode(struct parser *p, char **to)
{
    uint32_t c, low;

    if (!take_hex(p, &c))
        return false;
    if (c >= 0xd800 && c < 0xdc00 && p->at[0] == '\\' && p->at[1] == 'u') {
        p->at += 2;
        if (!take_hex(p, &low) || low < 0xdc00 || low > 0xdfff)
            return fail(p, "an escape is none");
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    }
    if (c == 0 || (c >= 0xd800 && c < 0xe000))
        return fail(p, "an escape is none");
    *to += utf8_encode(c, *to);
    return true;
}

/* Unescaped where it stands. */
static bool take_text(struct parser *p, const char **text, uint32_t *len)
{
    static const char escapes[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
    char *to = ++p->at;

    *text = to;
    for (;;) {
        const char *found;
        char c = *p->at;

        if (c == '"')
            break;
        if ((unsigned char)c < 0x20)
            return fail(p, p->at == p->end ? "a text has no end" : "a text holds a control character");
        p->at++;
        if (c != '\\') {
            *to++ = c;
            continue;
        }
        c = *p->at++;
        if (c == 'u') {
            if (!take_unicode(p, &to))
                return false;
            continue;
        }
        found = c ? strchr(escapes, c) : NULL;
        if (!found) {
            p->at--;
            return fail(p, "an escape is none");
        }
        *to++ = means[found - escapes];
    }
    p->at++;
    if (to - *text > INT32_MAX)
        return fail(p, "a text is too long");
    *len = (uint32_t)(to - *text);
    *to = '\0';
    return true;
}

static bool take_value(struct parser *p, struct tree *out);

/* After a value: another one comes, or `close`. */
static bool goes_on(struct parser *p, char close, bool *more)
{
    skip_blanks(p);
    *more = *p->at == ',';
    if (!*more && *p->at != close)
        return fail(p, "a comma or the end of a list is wanted");
    p->at++;
    return true;
}

static bool take_array(struct parser *p, struct tree *out)
{
    uint32_t first = p->items.len;
    bool more = true;

    out->type = TREE_ARRAY;
    p->at++;
    skip_blanks(p);
    if (*p->at == ']') {
        p->at++;
        return true;
    }
    while (more) {
        struct tree item = {0};

        if (!take_value(p, &item))
            return false;
        vec_push_owned(p->arena, &p->items, item);
        if (!goes_on(p, ']', &more))
            return false;
    }
    out->count = p->items.len - first;
    out->items = ARENA_ARRAY(p->arena, struct tree, out->count);
    memcpy(out->items, p->items.items + first, out->count * sizeof *out->items);
    p->items.len = first;
    return true;
}

static bool is_twice(const struct tree *object)
{
    uint64_t marks[4] = {0}; /* of names that are there, by some of their letters: mostly that settles it */
    struct arena *scratch;
    struct intern *names;
    struct map seen = {0};
    bool twice = false;

    for (uint32_t i = 0; i < object->count && object->count <= LINEAR; i++) {
        const char *name = object->members[i].name;
        size_t len = strlen(name);
        unsigned mark = ((unsigned)(unsigned char)name[0] * 31 + (unsigned)(unsigned char)name[len / 2] * 7 + (unsigned)len * 3) & 255;
        bool maybe = marks[mark / 64] >> mark % 64 & 1;

        marks[mark / 64] |= UINT64_C(1) << mark % 64;
        for (uint32_t k = 0; maybe && k < i; k++) {
            if (strcmp(name, object->members[k].name) == 0)
                return true;
        }
    }
    if (object->count <= LINEAR)
        return false;
    scratch = arena_new();
    names = intern_new(scratch);
    for (uint32_t i = 0; i < object->count && !twice; i++)
        twice = !map_add(&seen, scratch, intern_str(names, object->members[i].name), &object->members[i]);
    arena_delete(scratch);
    return twice;
}

static bool take_object(struct parser *p, struct tree *out)
{
    uint32_t first = p->members.len, len;
    bool more = true;

    out->type = TREE_OBJECT;
    p->at++;
    skip_blanks(p);
    if (*p->at == '}') {
        p->at++;
        return true;
    }
    while (more) {
        struct tree_member member = {0};

        skip_blanks(p);
        if (*p->at != '"')
            return fail(p, "the name of a member is wanted");
        if (!take_text(p, &member.name, &len))
            return false;
        skip_blanks(p);
        if (*p->at != ':')
            return fail(p, "a colon is wanted");
        p->at++;
        if (!take_value(p, &member.value))
            return false;
        vec_push_owned(p->arena, &p->members, member);
        if (!goes_on(p, '}', &more))
            return false;
    }
    out->count = p->members.len - first;
    out->members = ARENA_ARRAY(p->arena, struct tree_member, out->count);
    memcpy(out->members, p->members.items + first, out->count * sizeof *out->members);
    p->members.len = first;
    return !is_twice(out) || fail(p, "a member stands twice in an object");
}

static bool take_value(struct parser *p, struct tree *out)
{
    bool done;

    skip_blanks(p);
    switch (*p->at) {
    case '"': out->type = TREE_STRING; return take_text(p, &out->text, &out->count);
    case 'n': return take_word(p, "null", TREE_NULL, out);
    case 't': return take_word(p, "true", TREE_TRUE, out);
    case 'f': return take_word(p, "false", TREE_FALSE, out);
    case '[':
    case '{':
        if (p->depth == DEEPEST)
            return fail(p, "values stand too deep inside one another");
        p->depth++;
        done = *p->at == '[' ? take_array(p, out) : take_object(p, out);
        p->depth--;
        return done;
    default: return take_number(p, out);
    }
}

struct tree *tree_read(struct arena *arena, const char *text, size_t len, int *line, const char **error)
{
    struct parser p = {.arena = arena, .at = arena_strndup(arena, text, len)};
    struct tree *tree = ARENA_NEW(arena, struct tree);
    size_t wrong = utf8_invalid(text, len), upto;
    const char *copy = p.at;

    p.end = p.at + len;
    *error = wrong < len ? "it is no UTF-8" : NULL;
    if (wrong == len && take_value(&p, tree)) {
        skip_blanks(&p);
        if (p.at == p.end)
            return tree;
        fail(&p, "something follows its end");
    }
    if (!*error)
        *error = p.error;
    upto = wrong < len ? wrong : (size_t)(p.at - copy);
    *line = 1;
    for (size_t i = 0; i < upto && i < len; i++)
        *line += text[i] == '\n';
    return NULL;
}

struct tree *tree_get(const struct tree *object, const char *name)
{
    uint32_t count = tree_size(object, TREE_OBJECT);

    for (uint32_t i = 0, k = count ? object->next : 0; i < count; i++, k++) {
        k = k >= count ? 0 : k;
        if (strcmp(object->members[k].name, name) != 0)
            continue;
        ((struct tree *)(uintptr_t)object)->next = k + 1; /* a hint: nothing else changes */
        return &object->members[k].value;
    }
    return NULL;
}
