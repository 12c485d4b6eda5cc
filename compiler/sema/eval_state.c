/* What an evaluation begins with, the operations it may take, and how it tells of mistakes. Nothing here evaluates. */
#include "sema/eval_internal.h"

#include <string.h>

enum { SUGGEST_LIMIT = 20000000 };

void evaluator_init(struct evaluator *eval, struct model *model, struct diag_sink *sink)
{
    struct eval_state *state;

    memset(eval, 0, sizeof *eval);
    eval->arena = model->arena;
    eval->names = model->names;
    eval->sink = sink;
    eval->model = model;
    eval->budget = EVAL_BUDGET;
    eval->state = state = ARENA_NEW(eval->arena, struct eval_state);
    state->suggesting = SUGGEST_LIMIT;
    for (uint32_t i = 0; i < BLOCK_COUNT; i++) {
        struct block_schema *schema = &model->schemas[i];

        state->plural_of[i] = intern_str(eval->names, schema->plural);
        if (schema->flags & SCHEMA_TOP)
            map_add(&state->plurals, eval->arena, state->plural_of[i], schema);
    }
    state->names.self = intern_str(eval->names, "self");
    state->names.plan = intern_str(eval->names, "plan");
    state->names.kind = intern_str(eval->names, "kind");
    state->names.name = intern_str(eval->names, "name");
    state->names.label = intern_str(eval->names, "label");
    state->names.site = intern_str(eval->names, "site");
    state->names.parent = intern_str(eval->names, "parent");
    state->names.region = intern_str(eval->names, "region");
    state->names.first = intern_str(eval->names, "first");
    state->names.last = intern_str(eval->names, "last");
    state->names.count = intern_str(eval->names, "count");
    state->names.best = intern_str(eval->names, "best");
    state->names.typical = intern_str(eval->names, "typical");
    state->names.worst = intern_str(eval->names, "worst");
    state->names.value = intern_str(eval->names, "value");
    state->names.forever = intern_str(eval->names, "forever");
}

struct value value_error_at(struct evaluator *eval, enum diag_code code, struct span span, const char *format, ...)
{
    va_list args;
    char *message;

    va_start(args, format);
    message = arena_vprintf(eval->arena, format, args);
    va_end(args);
    diag_report(eval->sink, code, span, "%s", message);
    return value_error();
}

const char *span_text(const struct evaluator *eval, struct span span)
{
    const struct source_file *file = span.start ? sources_file_at(eval->sink->sources, span.start) : NULL;

    if (!file || span.end < span.start || span.end > file->base + file->len)
        return "";
    return arena_strndup(eval->arena, file->text + (span.start - file->base), span.end - span.start);
}

bool eval_charge(struct evaluator *eval, int64_t operations, struct span span)
{
    eval->budget -= operations;
    if (eval->budget >= 0)
        return true;
    eval->budget = 0;
    if (!eval->state->budget_reported) {
        struct diag *diag;

        eval->state->budget_reported = true;
        diag = diag_report(eval->sink, DIAG_E0314, span, "the specification takes more than %d operations to evaluate", EVAL_BUDGET);
        diag_at(diag, "the limit was reached here");
        diag_help(diag, "look for a rule or attribute that visits every thing once for every other thing");
    }
    return false;
}
