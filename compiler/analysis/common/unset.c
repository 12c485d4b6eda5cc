/* What commands of the library say in the words of the user's things: an attribute nobody stated leaves a word of them unknown. The
 * mistake is not in the library; it is told at the thing, once, with what needs the attribute. */
#include "analysis/common/common.h"

enum { NAMED = 3 };

struct unset {
    struct analysis *a;
    const char *who;
    struct span place;
    bool told;
};

/* One message about one attribute of one thing, and how many commands need it. */
struct unset_told {
    struct diag *diag;
    uint32_t count;
    const char *last; /* who needed it last: the same step may need it in several words */
};

static void tell_one(void *context, struct entity *entity, atom attribute)
{
    struct unset *unset = context;
    struct analysis *a = unset->a;
    const struct source_file *file = sources_file_at(a->model->sources, entity->span.start);
    const char *sort = entity->schema->name;
    struct unset_told *told;
    atom key;

    if (!file || file->is_std)
        return;
    unset->told = true;
    key = intern_str(a->model->names, intern_text(a, "%p %s", (void *)entity, attribute));
    told = map_get(&a->unset, key);
    if (!told) {
        told = ARENA_NEW(a->arena, struct unset_told);
        map_add(&a->unset, a->arena, key, told);
        told->diag = diag_report(a->sink, DIAG_E0570, entity->span, "%s `%s` has no `%s`", sort, entity->name, attribute);
        told->diag->subject = intern_text(a, "%s.%s", sort, entity->name);
        diag_label(told->diag, unset->place, "a word of this command");
        diag_help(told->diag, "add `%s = …` to %s `%s`%s%s%s", attribute, sort, entity->name, entity->kind ? "; `drc explain " : "",
                  entity->kind ? entity->kind->entity->name : "", entity->kind ? "` says what it is" : "");
    }
    if (told->last && told->last == unset->who)
        return;
    told->last = unset->who;
    (told->count++ < NAMED ? diag_note : diag_note_more)(told->diag, "needed by %s", unset->who);
}

bool tell_unset(struct analysis *a, const struct expr *expr, const struct scope *scope, const char *who)
{
    struct unset unset = {a, intern_str(a->model->names, who), expr->span, false};

    eval_unset_parts(a->eval, expr, scope, tell_one, &unset);
    return unset.told;
}
