/* From trees to the model: declares every block, checks it against its schema and kind, and evaluates every attribute.
 *
 * Files come in import order, the standard library first. The passes are: declare (names, duplicates), kinds (rows they add,
 * inheritance), bind (attributes to rows: unknown, duplicate, missing), evaluate (all slots that are not deferred). */
#ifndef DRC_SEMA_SEMA_H
#define DRC_SEMA_SEMA_H

#include "model/entity.h"
#include "sema/eval.h"
#include "syntax/parse.h"

struct sema_param {
    const char *name;
    const char *text;         /* an expression (-D); NULL when `value` is set */
    struct value value;       /* from a parameter file */
    const char *where;        /* "-D region=…" or "params.yaml", for messages */
    struct source_file *file; /* its text as a source, so that a message can point into it */
};

/* Reads an inventory: the list in the file at `path` (relative to the importing file) as a value; spans point into the YAML or
 * JSON text. The driver supplies it; false after a report. */
typedef bool sema_inventory_fn(void *context, const char *path, const struct source_file *from, struct span span, struct value *out);

struct sema_input {
    struct file_tree **files;
    uint32_t file_count;
    const struct sema_param *params;
    uint32_t param_count;
    sema_inventory_fn *inventory;
    void *inventory_context;
};

/* Fills an initialised model. Everything wrong is in the sink; the model is usable for what was right only when
 * the sink has no errors. */
void sema_run(struct model *model, struct evaluator *eval, const struct parse_context *parse, const struct sema_input *input);

#endif
