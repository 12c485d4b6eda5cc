/* What the files of built-in functions share; nobody else includes it. */
#ifndef DRC_SEMA_BUILTINS_H
#define DRC_SEMA_BUILTINS_H

#include "sema/eval_internal.h"

struct call;

enum call_flags {
    RAW = 1,      /* evaluates its arguments itself */
    LISTS = 2,    /* its arguments are lists of what is expected of the result */
    SAME = 4,     /* its arguments are what is expected of the result */
    ELEMENTS = 8, /* its argument is a list of what is expected of the result */
    MADE_OF = 16, /* makes a text of its arguments: it leads where they lead */
    FLAT = 32,    /* its result is an element of its argument */
    ONE_OF = 64,  /* its result is one of its arguments, or of the elements of the only one */
    BESIDE = 128, /* its second argument is compared with the elements of the first */
    SORT = 256,   /* its second argument is the word of a block: no value */
    FOREIGN = 512 /* its arguments but the second are names of the target language: no values */
};

enum { MANY = 1000 };

struct function {
    const char *name;
    uint32_t min, max;
    unsigned flags;
    struct value (*run)(struct call *call);
    const char *signature;
    const char *doc;
    int64_t unit; /* for conversions: the unit in ms or bytes */
};

struct call {
    struct evaluator *eval;
    const struct function *function;
    const struct expr *expr;
    const struct expr *const *arg_exprs;
    const struct scope *scope;
    const struct type *expected;
    const struct type **seen;
    struct value *args;
    const struct type **types; /* declared types of the arguments, where known */
    uint32_t count;
};

/* ---- arguments, builtins.c */

struct span arg_span(const struct call *call, uint32_t index);
/* Reports that argument `index` is not `wanted` ("a list"); VALUE_ERROR. */
struct value bad_argument(const struct call *call, uint32_t index, const char *wanted);
/* An argument of the right type that is none all the same. */
struct value refuse_argument(const struct call *call, uint32_t index, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The argument as what is wanted; false after a report. */
bool arg_string(const struct call *call, uint32_t index, const char **out);
bool arg_list(const struct call *call, uint32_t index, const struct value_list **out);
bool arg_name(const struct call *call, uint32_t index, const char **out); /* text of what can name something */
struct value make_string(const struct call *call, struct strbuf *buf);    /* releases the buffer; VALUE_ERROR when it is too long */
const struct type *list_element(const struct type *type);                 /* NULL when it is no list, or unknown */

/* The row of a function; NULL when there is none of that name. */
const struct function *function_named(struct evaluator *eval, atom name);
/* What it gives, by its signature; NULL: that depends on its arguments (see its flags), or is no type. */
const struct type *function_result(struct evaluator *eval, const struct function *function);
/* The block whose word the expression is (`team`); reports when it is none. */
const struct block_schema *sort_named(struct evaluator *eval, const struct expr *expr);

/* ---- the functions */

/* builtins_list.c */
struct value fn_concat(struct call *call);
struct value fn_flatten(struct call *call);
struct value fn_distinct(struct call *call);
struct value fn_min(struct call *call);
struct value fn_max(struct call *call);
struct value fn_sum(struct call *call);
struct value fn_len(struct call *call);
struct value fn_contains(struct call *call);
struct value fn_first(struct call *call);
struct value fn_last(struct call *call);
struct value fn_known(struct call *call);
struct value fn_is(struct call *call);
struct value fn_coalesce(struct call *call);
struct value fn_keys(struct call *call);
struct value fn_get_raw(struct call *call);
struct value fn_named(struct call *call);

/* builtins_text.c */
struct value fn_join(struct call *call);
struct value fn_lower(struct call *call);
struct value fn_upper(struct call *call);
struct value fn_trim(struct call *call);
struct value fn_replace(struct call *call);
struct value fn_split(struct call *call);
struct value fn_starts_with(struct call *call);
struct value fn_ends_with(struct call *call);
struct value fn_ident(struct call *call);
struct value fn_slug(struct call *call);
struct value fn_remote(struct call *call);
struct value fn_string(struct call *call);
struct value fn_int(struct call *call);
struct value fn_duration(struct call *call);
struct value fn_size(struct call *call);
struct value fn_rate(struct call *call);
struct value fn_percent(struct call *call);
struct value fn_time_unit(struct call *call);
struct value fn_time_unit_up(struct call *call);
struct value fn_size_unit(struct call *call);
struct value fn_size_unit_up(struct call *call);
struct value fn_json(struct call *call);

/* builtins_form.c */
struct value fn_matches(struct call *call);
struct value fn_short(struct call *call);
struct value fn_is_cidr(struct call *call);
struct value fn_cidr_prefix(struct call *call);
struct value fn_cidr_overlap(struct call *call);
/* Reports that the first argument is no text of such a thing, with its line where it comes from a data file. */
struct value not_a_text_of(struct call *call, const char *what);
struct value fn_schedule(struct call *call);
struct value fn_local(struct call *call);
struct value fn_position(struct call *call);
struct value fn_round_up(struct call *call);

/* builtins_emit.c */
struct value fn_shell(struct call *call);
struct value fn_hcl(struct call *call);
struct value fn_ref(struct call *call);
struct value fn_emitted(struct call *call);
struct value fn_variable(struct call *call);
struct value fn_fact(struct call *call);
struct value fn_attest(struct call *call);
struct value fn_secret(struct call *call);
struct value fn_jsonencode(struct call *call);
struct value fn_call(struct call *call);

#endif
