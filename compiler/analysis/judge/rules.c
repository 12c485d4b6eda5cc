/* Rules written in the language: `for` each thing `where` it applies, `require` something. */
#include "analysis/judge/judge.h"

#include <string.h>

/* Who answers and what was rehearsed is asked of a plan that is in use. While it is being written, its verdicts come first. */
static bool is_paperwork_of_a_draft(struct analysis *a, const struct entity *rule)
{
    struct value maturity = a->model->plan ? entity_slot(a->model->plan, PLAN_maturity) : value_unknown();

    return is_word(eval_deferred(a->eval, rule, RULE_about, NULL), "paperwork") && !is_word(maturity, "operated");
}

/* It may depend on the thing: the same gap is an error in one tier and a warning in another. */
static enum severity severity_of(struct analysis *a, const struct entity *rule, const struct scope *scope)
{
    static const char *const words[] = {"advice", "note", "warning"};
    struct value word = eval_deferred(a->eval, rule, RULE_severity, scope);

    for (uint32_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (is_word(word, words[i]))
            return SEVERITY_ADVICE + i;
    }
    return SEVERITY_ERROR;
}

static const char *text_of(struct analysis *a, const struct entity *rule, uint32_t row, const struct scope *scope)
{
    return eval_text(a->eval, rule, row, scope);
}

static void add_note(void *context, const char *line)
{
    diag_note(context, "%s", line);
}

/* What decided: ranges that were compared by their worst end, or what nobody stated. */
static void add_reasons(struct analysis *a, const struct entity *rule, const struct scope *scope, enum verdict verdict, struct diag *diag)
{
    static const uint32_t rows[] = {RULE_where, RULE_require};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct attr *attr = entity_attr(rule, rows[i]);

        if (attr && verdict == VERDICT_UNKNOWN)
            eval_unknown_parts(a->eval, attr->value, scope, add_note, diag);
        else if (attr && rows[i] == RULE_require)
            eval_worst_ends(a->eval, attr->value, scope, add_note, diag);
    }
}

static struct span place_of(struct analysis *a, const struct entity *rule, const struct entity *subject, const struct scope *scope)
{
    const char *at = text_of(a, rule, RULE_at, scope);

    return attr_span_or(at ? entity_attr_named(a->model, subject, at) : NULL, subject);
}

/* Whether what the rule asks, or how strictly, depends on the tier: its expressions name one. */
static bool asks_by_tier(const struct analysis *a, const struct entity *rule)
{
    static const uint32_t rows[] = {RULE_where, RULE_require, RULE_severity};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct attr *attr = entity_attr(rule, rows[i]);
        const struct source_file *file = attr ? sources_file_at(a->model->sources, attr->value->span.start) : NULL;
        const uint32_t from = file ? attr->value->span.start - file->base : 0;

        for (uint32_t at = from; file && at + 5 <= attr->value->span.end - file->base; at++) {
            if (memcmp(file->text + at, ".tier", 5) == 0)
                return true;
        }
    }
    return false;
}

/* The tier that demanded it. */
static void point_at_tier(const struct analysis *a, const struct entity *subject, struct diag *diag)
{
    const struct asset *asset = plan_asset(a->plan, subject);

    if (asset && asset->tier)
        diag_label(diag, asset->tier->span, "asked by tier `%s`, level %lld", asset->tier->name, (long long)asset->level);
}

/* What is not known is as bad as a violation where the tier demands proof, else a warning. */
static enum severity severity_of_verdict(struct analysis *a, const struct entity *rule, const struct entity *subject, const struct scope *scope,
                                         enum verdict verdict)
{
    const struct asset *asset = plan_asset(a->plan, subject);
    enum severity severity = is_paperwork_of_a_draft(a, rule) ? SEVERITY_ADVICE : severity_of(a, rule, scope);

    return verdict == VERDICT_UNKNOWN && severity == SEVERITY_ERROR && !(asset && asset_wants_proof(a, asset)) ? SEVERITY_WARNING : severity;
}

/* What kinds emit is refused by its provider: no decision of people changes that, so it is no finding that a waiver could accept. */
static void refused(struct analysis *a, struct entity *rule, const struct scope *scope, struct value element)
{
    const char *message = text_of(a, rule, RULE_message, scope), *help = text_of(a, rule, RULE_help, scope);
    struct span span = rule->span;
    const struct emission *from = emitted_for(a, element, text_of(a, rule, RULE_at, scope), &span);
    struct diag *diag = diag_report(a->sink, DIAG_E0720, span, "%s", message ? message : rule->name);

    diag->rule = rule->name;
    diag_set_severity(diag, severity_of(a, rule, scope));
    if (from)
        diag_label(diag, from->subject->span, "emitted for %s `%s`", from->subject->schema->name, from->subject->name);
    if (help)
        diag_help(diag, "%s", help);
    diag_note(diag, "rule `%s`; `drc explain %s` says why", rule->name, rule->name);
}

static void violated(struct analysis *a, struct entity *rule, bool by_tier, struct entity *subject, const struct scope *scope, enum verdict verdict)
{
    const char *message = text_of(a, rule, RULE_message, scope);
    const char *title = text_of(a, rule, RULE_title, NULL);
    const char *help = text_of(a, rule, RULE_help, scope);
    struct about about;
    struct diag *diag;

    if (verdict == VERDICT_UNKNOWN)
        message = intern_text(a, "it is not known whether `%s` holds for %s `%s`", title ? title : rule->name, subject->schema->name, subject->name);
    about = (struct about){.subject = subject,
                           .span = place_of(a, rule, subject, scope),
                           .rule = rule->name,
                           .severity = severity_of_verdict(a, rule, subject, scope, verdict),
                           .unknown = verdict == VERDICT_UNKNOWN};
    diag = find(a, about.unknown ? DIAG_E0604 : DIAG_E0601, about, "%s", message ? message : rule->name);
    if (!diag)
        return;
    if (by_tier)
        point_at_tier(a, subject, diag);
    if (title && verdict != VERDICT_UNKNOWN)
        diag_note(diag, "%s", title);
    add_reasons(a, rule, scope, verdict, diag);
    if (help)
        diag_help(diag, "%s", help);
    diag_note(diag, "rule `%s`; `drc explain %s` says why", rule->name, rule->name);
}

static void check_rule(struct analysis *a, struct entity *rule)
{
    const struct scope *base = a->model->plan ? scope_add(a->eval, NULL, "plan", value_entity(a->model->plan)) : NULL;
    const bool by_tier = asks_by_tier(a, rule);
    struct value elements;
    uint32_t matched = 0;
    atom name;

    a->asked_emitted = false;
    elements = eval_loop(a->eval, rule, RULE_for, base, &name);
    if (a->asked_emitted) {
        vec_push(a->arena, &a->waiting_rules, rule);
        return;
    }
    if (name && elements.type == VALUE_UNKNOWN) {
        violated(a, rule, false, rule, scope_add(a->eval, base, name, value_unknown()), VERDICT_UNKNOWN); /* it may apply to anything */
        return;
    }
    for (uint32_t i = 0; name && elements.type == VALUE_LIST && i < elements.u.list->count; i++) {
        struct value element = elements.u.list->items[i];
        const struct scope *scope = scope_add(a->eval, base, name, element);
        struct value where = eval_deferred(a->eval, rule, RULE_where, scope);
        struct value require;
        struct entity *subject = element.type == VALUE_ENTITY ? element.u.entity : a->model->plan ? a->model->plan : rule;

        if (where.type == VALUE_BOOL && !where.u.integer)
            continue;
        matched++;
        if (where.type == VALUE_UNKNOWN) {
            violated(a, rule, by_tier, subject, scope, VERDICT_UNKNOWN);
            continue;
        }
        if (where.type != VALUE_BOOL)
            continue; /* a mistake in the rule, reported */
        require = eval_deferred(a->eval, rule, RULE_require, scope);
        if (require.type == VALUE_BOOL && !require.u.integer)
            violated(a, rule, by_tier, subject, scope, VERDICT_REFUTED);
        else if (require.type == VALUE_UNKNOWN)
            violated(a, rule, by_tier, subject, scope, VERDICT_UNKNOWN);
    }
    if (!matched && !sources_file_at(a->model->sources, rule->span.start)->is_std)
        diag_report(a->sink, DIAG_E0605, rule->span, "rule `%s` applies to nothing", rule->name);
}

void judge_waiting_rules(struct analysis *a)
{
    const struct scope *base = a->model->plan ? scope_add(a->eval, NULL, "plan", value_entity(a->model->plan)) : NULL;

    for (uint32_t i = 0; i < a->waiting_rules.len; i++) {
        struct entity *rule = a->waiting_rules.items[i];
        atom name;
        struct value elements = eval_loop(a->eval, rule, RULE_for, base, &name);

        for (uint32_t n = 0; name && elements.type == VALUE_LIST && n < elements.u.list->count; n++) {
            const struct scope *scope = scope_add(a->eval, base, name, elements.u.list->items[n]);
            struct value where = eval_deferred(a->eval, rule, RULE_where, scope), require;

            if (where.type != VALUE_BOOL || !where.u.integer)
                continue; /* what is not known is not refused */
            require = eval_deferred(a->eval, rule, RULE_require, scope);
            if (require.type == VALUE_BOOL && !require.u.integer)
                refused(a, rule, scope, elements.u.list->items[n]);
        }
    }
}

void check_rules(struct analysis *a)
{
    for (uint32_t i = 0; i < a->model->declared[BLOCK_RULE].list.len; i++) {
        struct entity *rule = a->model->declared[BLOCK_RULE].list.items[i];

        if (!rule_is_off(a, rule->name))
            check_rule(a, rule);
    }
}
