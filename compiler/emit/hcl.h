/* Terraform configuration (HCL native syntax): a small tree of bodies and expressions, and one printer whose
 * result `terraform fmt` leaves as it is. Text from a specification can only become a string literal, never
 * syntax.
 *
 *     struct hcl_body *file = hcl_body_new(arena);
 *     struct hcl_body *db = hcl_block(file, "resource", "aws_db_instance", "replica");
 *     hcl_set_string(db, "identifier", asset_name);
 *     hcl_set_ref(db, "kms_key_id", hcl_ref(arena, "aws_kms_key", key_name, "arn"));
 *     hcl_print(file, &buf);
 *
 * Everything lives in the arena given to hcl_body_new or to the expression's constructor. Names of
 * attributes, block types and functions are the backend's own words: string literals, identifiers. */
#ifndef DRC_EMIT_HCL_H
#define DRC_EMIT_HCL_H

#include "base/arena.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

struct hcl_body;
struct hcl_expr;

/* Expression source the backend's author vouches for. Make one with HCL_SOURCE (a string literal, any
 * single-line expression already in canonical style) or hcl_ref (checked identifiers), never from a
 * specification's text. */
struct hcl_source {
    const char *text;
};
#define HCL_SOURCE(literal) ((struct hcl_source){"" literal ""})

/* A traversal `a.b.c` of its parts. A part that is no identifier goes through hcl_identifier first, so
 * hostile text cannot become syntax. */
#define hcl_ref(arena, ...) hcl_ref_parts((arena), (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))
struct hcl_source hcl_ref_parts(struct arena *arena, const char *const *parts, size_t count);

/* A valid Terraform identifier from any text, in snake case: `[a-z_][a-z0-9_]*`. Upper case is lowered, runs
 * of other characters become one `_`. Two texts may give one identifier: whoever names things must detect
 * that. */
const char *hcl_identifier(struct arena *arena, const char *text);
bool hcl_is_identifier(const char *text);

/* ---- expressions ------------------------------------------------------------------------------- */

struct hcl_expr *hcl_string(struct arena *arena, const char *text); /* any text; escaped */
struct hcl_expr *hcl_int(struct arena *arena, int64_t value);
/* "0.25"; other text becomes a string */
struct hcl_expr *hcl_decimal(struct arena *arena, const char *digits);
struct hcl_expr *hcl_bool(struct arena *arena, bool value);
struct hcl_expr *hcl_null(struct arena *arena);
struct hcl_expr *hcl_expr(struct arena *arena, struct hcl_source source);

/* `[a, b]` on one line when it fits, else one item per line with a trailing comma. */
struct hcl_expr *hcl_list(struct arena *arena);
void hcl_list_add(struct hcl_expr *list, struct hcl_expr *item);
void hcl_list_add_string(struct hcl_expr *list, const char *text);
void hcl_list_add_ref(struct hcl_expr *list, struct hcl_source source);

/* `{ … }`, always one key per line; `{}` when empty. Keys are any text, quoted unless an identifier. */
struct hcl_expr *hcl_object(struct arena *arena);
void hcl_object_set(struct hcl_expr *object, const char *key, struct hcl_expr *value);
void hcl_object_set_string(struct hcl_expr *object, const char *key, const char *text);
void hcl_object_set_ref(struct hcl_expr *object, const char *key, struct hcl_source source);
/* `(var.x) = value`: a key that is an expression. */
void hcl_object_set_computed(struct hcl_expr *object, struct hcl_source key, struct hcl_expr *value);

/* `name(a, b)`. A single list or object argument hugs the parentheses: `jsonencode({ … })`. */
struct hcl_expr *hcl_call(struct arena *arena, const char *name);
void hcl_call_add(struct hcl_expr *call, struct hcl_expr *argument);
struct hcl_expr *hcl_call1(struct arena *arena, const char *name, struct hcl_expr *argument);

/* A string made of parts: "arn:aws:s3:::${aws_s3_bucket.x.id}/x". Adjacent text parts join. A template of one
 * expression alone prints as that expression, since terraform rewrites "${x}" to x. */
struct hcl_expr *hcl_template(struct arena *arena);
void hcl_template_text(struct hcl_expr *tmpl, const char *text);
void hcl_template_ref(struct hcl_expr *tmpl, struct hcl_source source);

/* Operators, with parentheses where an operand is itself an operator. `op` is one of
 * == != < <= > >= && || + - * / % */
struct hcl_expr *hcl_binary(struct arena *arena, const char *op, struct hcl_expr *left, struct hcl_expr *right);
struct hcl_expr *hcl_not(struct arena *arena, struct hcl_expr *operand);
struct hcl_expr *hcl_conditional(struct arena *arena, struct hcl_expr *test, struct hcl_expr *yes, struct hcl_expr *no);

/* ---- bodies ------------------------------------------------------------------------------------ */

struct hcl_body *hcl_body_new(struct arena *arena);

void hcl_set(struct hcl_body *body, const char *name, struct hcl_expr *value);
void hcl_set_string(struct hcl_body *body, const char *name, const char *text);
void hcl_set_int(struct hcl_body *body, const char *name, int64_t value);
void hcl_set_bool(struct hcl_body *body, const char *name, bool value);
void hcl_set_ref(struct hcl_body *body, const char *name, struct hcl_source source);

/* A nested block; labels may be NULL (second, or both). Blank lines before and after it come by
 * themselves. */
struct hcl_body *hcl_block(struct hcl_body *body, const char *type, const char *label, const char *label2);

/* `# text`, one comment line per line of text; it stays with what follows. Any text. */
void hcl_comment(struct hcl_body *body, const char *text);
/* At most one blank line results, none at the start or end of a body. */
void hcl_blank(struct hcl_body *body);

/* Appends the body as a file, ending in a newline (nothing when empty). Print once the tree is complete. */
void hcl_print(const struct hcl_body *body, struct strbuf *out);

#endif
