/* Private to the syntax layer: what the grammar's actions call to make tree nodes (build.c), and the report of a
 * syntax error (advice.c). Lists are gathered on scanner->scratch and copied out once, at their exact size. */
#ifndef DRC_SYNTAX_BUILD_H
#define DRC_SYNTAX_BUILD_H

#include "syntax/scan.h"

struct expr *expr_new(struct scanner *scanner, enum expr_kind kind, struct span span);

void build_push(struct scanner *scanner, struct expr *expr);
struct expr_list *build_list(struct scanner *scanner, uint32_t count); /* takes the last `count`; NULL for none */

struct expr *build_name(struct scanner *scanner, struct span span, atom name);
struct expr *build_member(struct scanner *scanner, struct span span, struct expr *object, atom name);
struct expr *build_call(struct scanner *scanner, struct span span, struct expr *callee, struct expr_list *arguments);
struct expr *build_unary(struct scanner *scanner, struct span span, enum binary_op op, struct expr *operand);
struct expr *build_binary(struct scanner *scanner, struct span span, enum binary_op op, struct expr *left, struct expr *right);
struct expr *build_condition(struct scanner *scanner, struct span span, struct expr *test, struct expr *yes, struct expr *no);
struct expr *build_range(struct scanner *scanner, struct span span, struct expr *left, struct expr *right);
struct expr *build_list_expr(struct scanner *scanner, struct span span, uint32_t count);
struct expr *build_comprehension(struct scanner *scanner, enum expr_kind kind, struct span span, atom name, struct expr *source, struct expr *filter,
                                 struct expr *body);
struct expr *build_of_kind(struct scanner *scanner, struct expr *source, const struct expr *kind);
struct expr *build_template(struct scanner *scanner, struct span span, uint32_t parts);

void build_object_start(struct scanner *scanner);
void build_pair(struct scanner *scanner, atom key, struct span key_span, struct expr *value);
atom build_key(struct scanner *scanner, const struct expr *string);
struct expr *build_object(struct scanner *scanner, struct span span);

struct expr *build_every(struct scanner *scanner, struct span span, const struct expr *step, const char *zone);
struct expr *build_cron(struct scanner *scanner, struct span span, const struct expr *text, const char *zone);
struct expr *build_schedule(struct scanner *scanner, struct span span, enum schedule_kind kind, const struct schedule *days, struct schedule *times,
                            const char *zone);
struct schedule *build_time(struct scanner *scanner, struct schedule *times, const struct expr *time);
struct schedule *build_weekday(struct scanner *scanner, struct schedule *days, atom name, struct span span);
struct schedule *build_monthday(struct scanner *scanner, struct schedule *days, const struct expr *day);

void build_import(struct scanner *scanner, struct span span, const struct expr *path, atom prefix);
void build_attribute(struct scanner *scanner, atom name, struct span name_span, atom loop_name, struct expr *value, bool is_let);
void build_loop(struct scanner *scanner, atom name, struct span name_span, atom loop_name, struct expr *source, struct span in);
struct expr *build_bad_label(struct scanner *scanner, struct expr *label);
struct expr *build_no_kind(struct scanner *scanner, struct span colon);
bool build_open(struct scanner *scanner, struct span type_span, atom type, struct expr_list *labels, struct expr *kind, struct span kind_span);
void build_close(struct scanner *scanner, struct span brace);

/* ---- advice.c ---- */
void build_no_body(struct scanner *scanner, struct span type_span, atom type, const struct expr_list *labels, const struct expr *kind,
                   struct span kind_span);
void build_syntax_error(struct scanner *scanner, struct span where, const char *found, const char *const *expected, int count);

#endif
