/* Built-in functions over the form of names and addresses: what a platform takes, and names and numbers made to fit. */
#include "sema/builtins.h"
#include "syntax/parse.h"

#include "base/address.h"
#include "base/sha256.h"

#include <stdlib.h>
#include <string.h>

/* ---------------------------------------------------------------- patterns */

/* A pattern is matched by sets of places: `in` says after how many bytes of the text a part may begin, `out` after how many it may end.
 * So nothing is tried twice, and a pattern takes at most its size times that of the text. */
enum { TEXT_MAX = 512, PATTERN_DEPTH = 16, REPEAT_MAX = 1000 };

struct places {
    bool at[TEXT_MAX + 1];
};

struct match {
    struct call *call;
    const char *text;
    size_t len;
    const char *problem;
    bool stopped; /* the operation budget is used up */
    int depth;
};

static bool any_place(const struct match *m, const struct places *places)
{
    return memchr(places->at, true, m->len + 1) != NULL;
}

static bool charge(struct match *m)
{
    if (!m->stopped && !eval_charge(m->call->eval, 1 + (int64_t)m->len / 16, m->call->expr->span))
        m->stopped = true;
    return !m->stopped;
}

/* The character of a class or of the pattern; *at moves behind it. */
static bool read_char(struct match *m, const char **at, const char *end, unsigned char *c)
{
    if (*at < end && **at == '\\')
        ++*at;
    if (*at >= end) {
        m->problem = "it ends after a backslash";
        return false;
    }
    *c = (unsigned char)*(*at)++;
    return true;
}

/* `[a-z0-9-]`: the characters in it; *at stands behind the opening bracket. */
static void read_class(struct match *m, const char **at, const char *end, bool *in)
{
    bool inverted = *at < end && **at == '^';
    bool first = true;

    if (inverted)
        ++*at;
    for (; *at < end && (**at != ']' || first); first = false) {
        unsigned char low, high;

        if (!read_char(m, at, end, &low))
            return;
        high = low;
        if (end - *at > 1 && **at == '-' && (*at)[1] != ']') {
            ++*at;
            if (!read_char(m, at, end, &high))
                return;
        }
        for (unsigned c = low; c <= high; c++)
            in[c] = true;
    }
    if (*at >= end) {
        m->problem = "a `[` is not closed";
        return;
    }
    ++*at;
    for (int c = 0; c < 256; c++)
        in[c] = in[c] != inverted;
}

static const char *match_alternatives(struct match *m, const char *at, const char *end, const struct places *in, struct places *out);

/* One character, class or group, from `at` on; returns what follows it. */
static const char *match_atom(struct match *m, const char *at, const char *end, const struct places *in, struct places *out)
{
    bool chars[256] = {false};
    unsigned char c;

    memset(out, 0, sizeof *out);
    switch (*at) {
    case '(':
        at = match_alternatives(m, at + 1, end, in, out);
        if (!m->problem && (at >= end || *at != ')'))
            m->problem = "a `(` is not closed";
        return m->problem ? end : at + 1;
    case '[':
        at++;
        read_class(m, &at, end, chars);
        break;
    case '.':
        at++;
        memset(chars, true, sizeof chars);
        break;
    case '*':
    case '+':
    case '?':
    case '{':
    case '}':
    case ']': m->problem = arena_printf(m->call->eval->arena, "`%c` stands where a character is expected", *at); return end;
    default:
        if (!read_char(m, &at, end, &c))
            return end;
        chars[c] = true;
    }
    for (size_t i = 0; i < m->len && charge(m); i++) {
        if (in->at[i] && chars[(unsigned char)m->text[i]])
            out->at[i + 1] = true;
    }
    return m->problem ? end : at;
}

/* `*`, `+`, `?`, `{3}`, `{3,}` or `{3,8}`; *at moves behind it. most < 0: any number. */
static void read_repeat(struct match *m, const char **at, const char *end, long *least, long *most)
{
    char *rest;

    *least = *most = 1;
    if (*at >= end || !strchr("*+?{", **at))
        return;
    switch (*(*at)++) {
    case '*':
        *least = 0;
        *most = -1;
        return;
    case '+': *most = -1; return;
    case '?': *least = 0; return;
    default: break;
    }
    *least = *most = **at >= '0' && **at <= '9' ? strtol(*at, &rest, 10) : -1;
    if (*least >= 0 && *rest == ',') {
        *at = rest + 1;
        *most = **at == '}' ? -1 : **at >= '0' && **at <= '9' ? strtol(*at, &rest, 10) : -2;
        if (*most == -1)
            rest = (char *)(uintptr_t)*at;
    }
    if (*least < 0 || *most < -1 || *rest != '}' || *least > REPEAT_MAX || *most > REPEAT_MAX || (*most >= 0 && *most < *least))
        m->problem = "a count in braces is `{3}`, `{3,}` or `{3,8}`, of at most 1000";
    else
        *at = rest + 1;
}

static const char *match_piece(struct match *m, const char *at, const char *end, const struct places *in, struct places *out)
{
    struct places now = *in, next;
    const char *behind = match_atom(m, at, end, in, &next), *after = behind;
    long least, most;

    read_repeat(m, &after, end, &least, &most);
    if (m->problem)
        return end;
    memset(out, 0, sizeof *out);
    for (long times = 0; !m->stopped && !m->problem; times++) {
        bool more = false;

        for (size_t i = 0; times >= least && i <= m->len; i++) {
            more = more || (now.at[i] && !out->at[i]);
            out->at[i] = out->at[i] || now.at[i];
        }
        if ((most >= 0 && times >= most) || (times >= least && !more) || !any_place(m, &now))
            break;
        match_atom(m, at, behind, &now, &next);
        now = next;
    }
    return after;
}

static const char *match_alternatives(struct match *m, const char *at, const char *end, const struct places *in, struct places *out)
{
    struct places now = *in, next;

    memset(out, 0, sizeof *out);
    if (++m->depth > PATTERN_DEPTH)
        m->problem = "its groups are nested too deep";
    while (!m->problem && charge(m)) {
        if (at < end && *at != '|' && *at != ')') {
            at = match_piece(m, at, end, &now, &next);
            now = next;
            continue;
        }
        for (size_t i = 0; i <= m->len; i++)
            out->at[i] = out->at[i] || now.at[i];
        if (at >= end || *at == ')')
            break;
        now = *in;
        at++;
    }
    m->depth--;
    return at;
}

struct value fn_matches(struct call *call)
{
    const char *text, *pattern, *end;
    struct match match = {.call = call};
    struct places in = {0}, out;

    if (!arg_string(call, 0, &text) || !arg_string(call, 1, &pattern))
        return value_error();
    match.text = text;
    match.len = strlen(text);
    if (match.len > TEXT_MAX)
        return value_int(VALUE_BOOL, false); /* no name of anything is that long */
    in.at[0] = true;
    end = match_alternatives(&match, pattern, pattern + strlen(pattern), &in, &out);
    if (!match.problem && !match.stopped && *end)
        match.problem = "a `)` closes nothing";
    if (match.problem)
        return refuse_argument(call, 1, "`%s` is no pattern: %s", pattern, match.problem);
    return match.stopped ? value_error() : value_int(VALUE_BOOL, out.at[match.len]);
}

/* ---------------------------------------------------------------- names that fit */

enum { MARK = 8 }; /* digits of the digest that keep shortened names apart */

struct value fn_short(struct call *call)
{
    struct value limit = call->args[0];
    struct strbuf name = STRBUF_INIT;
    const char *text;
    char digest[65];
    size_t most, cut;

    if (limit.type != VALUE_INT || limit.u.integer < 2 * MARK || limit.u.integer > TEXT_MAX)
        return bad_argument(call, 0, "a number of characters from 16 to 512");
    most = (size_t)limit.u.integer;
    for (uint32_t i = 1; i < call->count; i++) {
        if (!arg_name(call, i, &text)) {
            strbuf_release(&name);
            return value_error();
        }
        strbuf_addf(&name, "%s%s", i > 1 ? "-" : "", text);
    }
    if (name.len > most) {
        sha256_hex(strbuf_str(&name), name.len, digest);
        for (cut = most - MARK - 1; cut > 1 && (((unsigned char)name.data[cut] & 0xC0) == 0x80 || name.data[cut - 1] == '-'); cut--)
            ;
        name.len = cut;
        name.data[cut] = '\0';
        strbuf_addf(&name, "-%.*s", MARK, digest);
    }
    return make_string(call, &name);
}

/* ---------------------------------------------------------------- addresses */

static bool arg_block(const struct call *call, uint32_t index, struct address_block *block)
{
    const char *text;

    if (!arg_string(call, index, &text))
        return false;
    if (address_read_block(text, block))
        return true;
    bad_argument(call, index, "an address block such as `10.0.0.0/16`");
    return false;
}

struct value fn_is_cidr(struct call *call)
{
    struct address_block block;
    const char *text;

    if (!arg_string(call, 0, &text))
        return value_error();
    return value_int(VALUE_BOOL, address_read_block(text, &block));
}

struct value fn_cidr_prefix(struct call *call)
{
    struct address_block block;

    return arg_block(call, 0, &block) ? value_int(VALUE_INT, block.prefix) : value_error();
}

struct value fn_cidr_overlap(struct call *call)
{
    struct address_block a, b;

    if (!arg_block(call, 0, &a) || !arg_block(call, 1, &b))
        return value_error();
    return value_int(VALUE_BOOL, address_overlap(&a, &b));
}

/* ---------------------------------------------------------------- schedules */

/* A schedule from its text, as data files have it: what would stand in the specification without quotes. */
struct value fn_schedule(struct call *call)
{
    struct evaluator *eval = call->eval;
    struct diag_sink quiet;
    struct parse_context parse = {.arena = eval->arena, .names = eval->names, .sink = &quiet};
    struct source_file *file;
    struct expr *expr;
    const char *text;

    if (call->args[0].type == VALUE_SCHEDULE)
        return call->args[0];
    if (!arg_string(call, 0, &text))
        return value_error();
    diag_sink_init(&quiet, eval->arena, eval->model->sources);
    file = sources_add(eval->model->sources, "<schedule>", text, strlen(text));
    expr = file ? parse_expression(&parse, file) : NULL;
    if (expr && !quiet.errors && expr->kind == EXPR_SCHEDULE)
        return (struct value){.type = VALUE_SCHEDULE, .u.schedule = expr->u.schedule};
    return not_a_text_of(call, "schedule: `every 1h`, `daily at 02:00`, `cron \"0 2 * * 1\"` are some");
}

/* What a target prints that takes the time zone beside the expression. */
struct value fn_local(struct call *call)
{
    struct schedule *copy;

    if (call->args[0].type != VALUE_SCHEDULE)
        return bad_argument(call, 0, "a schedule");
    copy = ARENA_NEW(call->eval->arena, struct schedule);
    *copy = *call->args[0].u.schedule;
    copy->zone = NULL;
    return (struct value){.type = VALUE_SCHEDULE, .u.schedule = copy};
}

/* ---------------------------------------------------------------- numbers */

/* A part of things that are counted: half a server is one. */
struct value fn_round_up(struct call *call)
{
    const struct value value = call->args[0];
    int64_t whole;

    if (value.type == VALUE_INT)
        return value;
    if (value.type != VALUE_DECIMAL && value.type != VALUE_PERCENT)
        return bad_argument(call, 0, "a number or a percentage");
    whole = value.u.integer / NANO;
    return value_int(VALUE_INT, whole + (value.u.integer % NANO > 0));
}

struct value fn_position(struct call *call)
{
    const struct value_list *list;

    if (!arg_list(call, 0, &list) || !eval_charge(call->eval, list->count, call->expr->span))
        return value_error();
    for (uint32_t i = 0; i < list->count; i++) {
        if (value_equal(list->items[i], call->args[1]))
            return value_int(VALUE_INT, (int64_t)i + 1);
    }
    return value_unknown();
}
