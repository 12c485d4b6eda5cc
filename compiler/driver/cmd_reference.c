/* `drc debug reference`: docs/reference.md, written from the tables the compiler itself works with, so that no page has to
 * be kept in step by hand: blocks and their attributes, computed fields, functions, diagnostics, and everything the standard
 * library declares. Names of files carry no line numbers: an edit elsewhere in a file changes nothing here. */
#include "driver/driver.h"

#include "base/change_rules.h"
#include "plan/seen.h"

#include "emit/md.h"

#include <stdio.h>
#include <string.h>

struct reference {
    struct session session;
    struct arena *arena;
    struct md md;
    struct strbuf out;
};

/* The text of an expression as it is written in its table or file, on one line; "" for none. */
static const char *written(struct reference *reference, const struct expr *expr)
{
    const struct source_file *file = expr ? sources_file_at(&reference->session.sources, expr->span.start) : NULL;
    struct strbuf text = STRBUF_INIT;
    const char *result;
    bool blank = false;

    if (!file)
        return "";
    for (uint32_t i = expr->span.start; i < expr->span.end; i++) {
        char c = file->text[i - file->base];

        if (c == '\n' || c == ' ' || c == '\t') {
            blank = true;
            continue;
        }
        if (blank)
            strbuf_addch(&text, ' ');
        blank = false;
        strbuf_addch(&text, c);
    }
    result = strbuf_dup(&text, reference->arena);
    strbuf_release(&text);
    return result;
}

static const char *written_attr(struct reference *reference, const struct entity *entity, const char *name)
{
    const struct attr *attr = entity_attr_named(&reference->session.model, entity, name);

    return attr ? written(reference, attr->value) : "";
}

/* `Promote \(r.site.name)` with what is inserted between backquotes, as prose() shows code. */
static const char *template_text(struct reference *reference, const char *text, size_t len)
{
    struct strbuf out = STRBUF_INIT;
    const char *result;
    unsigned depth = 0; /* of parentheses inside of an insertion */

    for (size_t i = 0; i < len; i++) {
        if (depth == 0 && text[i] == '\\' && i + 1 < len && text[i + 1] == '(') {
            strbuf_addch(&out, '`');
            depth = 1;
            i++;
        } else if (depth == 1 && text[i] == ')') {
            strbuf_addch(&out, '`');
            depth = 0;
        } else if (depth > 0 || text[i] != '`') { /* backquotes round an insertion are there already */
            depth += depth > 0 && text[i] == '(';
            depth -= depth > 0 && text[i] == ')';
            strbuf_addch(&out, text[i]);
        }
    }
    result = strbuf_dup(&out, reference->arena);
    strbuf_release(&out);
    return result;
}

/* The text of a string attribute. */
static const char *text_attr(struct reference *reference, const struct entity *entity, const char *name)
{
    const struct attr *attr = entity_attr_named(&reference->session.model, entity, name);

    const char *text;
    size_t len;

    if (!attr)
        return "";
    if (attr->value->kind == EXPR_STRING)
        return attr->value->u.string.text;
    text = written(reference, attr->value);
    len = strlen(text);
    return len > 1 && text[0] == '"' && text[len - 1] == '"' ? template_text(reference, text + 1, len - 2) : text;
}

/* "std/aws/rds" of the file a thing is declared in. */
static const char *file_of(struct reference *reference, struct span span)
{
    const char *origin = sources_origin(&reference->session.sources, span);
    const char *colon = strrchr(origin, ':');

    return colon ? arena_strndup(reference->arena, origin, (size_t)(colon - origin)) : origin;
}

/* Texts of tables and of the library name things between backquotes. */
static struct md_inline prose(struct reference *reference, const char *text)
{
    struct md_inline result = MD("");

    while (*text) {
        const char *open = strchr(text, '`'), *close = open ? strchr(open + 1, '`') : NULL;

        if (!close)
            return md_cat(reference->arena, result, md_text(reference->arena, text));
        result = md_cat(reference->arena, result, md_text(reference->arena, arena_strndup(reference->arena, text, (size_t)(open - text))),
                        md_code(reference->arena, arena_strndup(reference->arena, open + 1, (size_t)(close - open - 1))));
        text = close + 1;
    }
    return result;
}

static struct md_inline code_or_nothing(struct reference *reference, const char *text)
{
    return *text ? md_code(reference->arena, text) : MD("");
}

static const char *first_line(struct reference *reference, const char *text)
{
    return text ? arena_strndup(reference->arena, text, strcspn(text, "\n")) : "";
}

/* ---------------------------------------------------------------- attributes and blocks */

static void attribute_row(struct reference *reference, const struct attr_row *row)
{
    struct arena *arena = reference->arena;
    struct strbuf type = STRBUF_INIT;
    const char *asks = attr_asks_text(arena, row);

    type_print(row->type, &type);
    MD_ROW(&reference->md, md_code(arena, row->name), md_code(arena, strbuf_str(&type)),
           row->flags & ROW_REQUIRED ? MD("required") : code_or_nothing(reference, written(reference, row->fallback)),
           prose(reference, arena_printf(arena, "%s%s%s", row->doc ? row->doc : "", asks[0] ? " " : "", asks)));
    strbuf_release(&type);
}

static void attribute_table(struct reference *reference, const struct attr_row *rows, uint32_t count)
{
    MD_TABLE(&reference->md, NULL, MD("attribute"), MD("type"), MD("default"), MD(""));
    for (uint32_t i = 0; i < count; i++)
        attribute_row(reference, &rows[i]);
    md_table_end(&reference->md);
}

/* The blocks a block may stand in, in the order of the table. */
static const char *parents_of(struct reference *reference, const struct block_schema *child)
{
    struct strbuf text = STRBUF_INIT;
    const char *result;

    for (uint32_t i = 0; i < BLOCK_COUNT; i++) {
        const struct block_schema *schema = &reference->session.model.schemas[i];

        for (uint32_t c = 0; c < schema->child_count; c++) {
            if (schema->children[c] == child)
                strbuf_addf(&text, "%s%s", text.len ? ", " : "", schema->name);
        }
    }
    result = strbuf_dup(&text, reference->arena);
    strbuf_release(&text);
    return result;
}

/* What its heading shows; a name alone is not unique, `replica` stands in assets and in kinds. */
static const char *block_heading(struct reference *reference, const struct block_schema *schema)
{
    if (schema->flags & SCHEMA_TOP)
        return schema->name;
    return arena_printf(reference->arena, "%s in %s", schema->name, parents_of(reference, schema));
}

static void print_block(struct reference *reference, const struct block_schema *schema)
{
    struct arena *arena = reference->arena;
    struct strbuf form = STRBUF_INIT;
    struct md_inline inside = MD("");

    md_heading(&reference->md, 3, md_text(arena, block_heading(reference, schema)));
    strbuf_addstr(&form, schema->name);
    if (schema->label == LABEL_NAME)
        strbuf_addstr(&form, " NAME");
    else if (schema->label == LABEL_OPTIONAL)
        strbuf_addstr(&form, " [NAME]");
    else if (schema->label == LABEL_FREE)
        strbuf_addstr(&form, " …");
    if (schema->kind != KIND_NONE)
        strbuf_addstr(&form, schema->kind == KIND_REQUIRED ? " : KIND" : " [: KIND]");
    strbuf_addstr(&form, " { … }");
    md_paragraph(&reference->md, md_cat(arena, md_code(arena, strbuf_str(&form)), MD(" "), prose(reference, schema->doc),
                                        schema->flags & SCHEMA_SINGLE ? MD(" At most one.") : MD(""),
                                        schema->flags & SCHEMA_OPEN ? MD(" Other attributes are allowed.") : MD("")));
    strbuf_release(&form);
    for (uint32_t i = 0; i < schema->child_count; i++) {
        const char *heading = block_heading(reference, schema->children[i]);
        const char *target = arena_printf(arena, "#%s", md_anchor(arena, heading));

        inside = md_cat(arena, inside, i ? MD(", ") : MD("Blocks inside: "), md_link(arena, md_code(arena, schema->children[i]->name), target));
    }
    if (schema->child_count)
        md_paragraph(&reference->md, md_cat(arena, inside, MD(".")));
    if (schema->row_count)
        attribute_table(reference, schema->rows, schema->row_count);
}

static void print_blocks(struct reference *reference)
{
    md_heading(&reference->md, 2, MD("Blocks of a file"));
    for (uint32_t i = 0; i < BLOCK_COUNT; i++) {
        if (reference->session.model.schemas[i].flags & SCHEMA_TOP)
            print_block(reference, &reference->session.model.schemas[i]);
    }
    md_heading(&reference->md, 2, MD("Blocks inside others"));
    for (uint32_t i = 0; i < BLOCK_COUNT; i++) {
        if (!(reference->session.model.schemas[i].flags & SCHEMA_TOP))
            print_block(reference, &reference->session.model.schemas[i]);
    }
}

/* ---------------------------------------------------------------- what the compiler computes and says */

static void print_computed(struct reference *reference)
{
    struct arena *arena = reference->arena;

    md_heading(&reference->md, 2, MD("Computed fields"));
    MD_TABLE(&reference->md, NULL, MD("field"), MD("type"), MD(""));
    for (uint32_t i = 0; i < computed_count(); i++) {
        struct computed_info info = computed_info(i);

        MD_ROW(&reference->md, md_codef(arena, "%s.%s%s", reference->session.model.schemas[info.block].name, info.name, info.args ? info.args : ""),
               md_code(arena, info.type), prose(reference, info.doc));
    }
    md_table_end(&reference->md);
}

/* What rules see of the results: the rows of plan.def. */
static void print_seen(struct reference *reference, const char *of, const enum plan_struct_id *structs, size_t count)
{
    struct arena *arena = reference->arena;

    MD_TABLE(&reference->md, NULL, MD("field"), MD("type"), MD(""));
    for (size_t s = 0; s < count; s++) {
        unsigned fields;
        const struct plan_seen *rows = plan_seen(structs[s], &fields);

        for (unsigned i = 0; i < fields; i++)
            MD_ROW(&reference->md, md_codef(arena, "%s.%s", of, rows[i].name), md_code(arena, rows[i].type), prose(reference, rows[i].doc));
    }
    md_table_end(&reference->md);
}

static void print_outcomes(struct reference *reference)
{
    static const enum plan_struct_id outcome[] = {PLAN_STRUCT_outcome, PLAN_STRUCT_candidate}, step[] = {PLAN_STRUCT_step};

    md_heading(&reference->md, 2, MD("Outcomes"));
    md_paragraph(&reference->md, MD("How an asset comes back in a scenario, as rules see it: an element of `asset.outcomes`. What is null in the "
                                    "plan is unknown here. `plan.json` has the same under "
                                    "`assets` of a scenario, what is of the method under its `candidates`."));
    print_seen(reference, "outcome", outcome, 2);
    md_paragraph(&reference->md, MD("A step of it, an element of `outcome.steps`:"));
    print_seen(reference, "step", step, 1);
}

static void print_functions(struct reference *reference)
{
    md_heading(&reference->md, 2, MD("Functions"));
    MD_TABLE(&reference->md, NULL, MD("function"), MD(""));
    for (uint32_t i = 0; i < builtin_count(); i++) {
        struct builtin_info info = builtin_info(i);

        MD_ROW(&reference->md, md_code(reference->arena, info.signature), prose(reference, info.doc));
    }
    md_table_end(&reference->md);
}

static void print_codes(struct reference *reference)
{
    struct arena *arena = reference->arena;

    md_heading(&reference->md, 2, MD("Diagnostics"));
    md_paragraph(&reference->md, MD("`drc explain CODE` says more about each."));
    MD_TABLE(&reference->md, NULL, MD("code"), MD("name"), MD("level"), MD(""));
    for (int code = 0; code < DIAG_COUNT; code++) {
        const struct diag_info *info = diag_info((enum diag_code)code);

        MD_ROW(&reference->md, md_text(arena, info->code), md_code(arena, info->name), md_text(arena, severity_name(info->severity)),
               prose(reference, info->title));
    }
    md_table_end(&reference->md);
}

/* ---------------------------------------------------------------- kinds */

static bool inherited(const struct kind_info *kind, atom name)
{
    return kind->base && map_get(&kind->base->by_name, name);
}

static struct md_inline figure(struct reference *reference, const struct entity *entity, const char *name)
{
    return code_or_nothing(reference, written_attr(reference, entity, name));
}

static struct md_inline sources_of(struct reference *reference, const struct entity *entity)
{
    struct arena *arena = reference->arena;
    struct md_inline result = MD("");
    struct entity *source;

    for (uint32_t i = 0; (source = entity_child(entity, BLOCK_SOURCE, &i));) {
        struct value bounds = entity_slot(source, SOURCE_bounds);
        bool bound = bounds.type != VALUE_BOOL || bounds.u.integer;
        struct md_inline grade =
            md_text(arena, arena_printf(arena, "%s%s", entity_string(&reference->session.model, source, "grade", "?"), bound ? "" : ", no bound"));
        bool address = strncmp(source->name, "https://", 8) == 0;

        result = md_cat(arena, result, *result.markdown ? MD("; ") : MD(""), grade, MD(": "),
                        prose(reference, entity_string(&reference->session.model, source, "says", "")), address ? MD(" (") : MD(""),
                        address ? md_link(arena, MD("source"), source->name) : MD(""), address ? MD(")") : MD(""));
    }
    return result;
}

/* What `drc diff` holds two plans against. */
static void print_change_rules(struct reference *reference)
{
    static const char *const levels[CHANGE_LEVELS] = {[CHANGE_OFF] = "told", [CHANGE_WARNING] = "warns", [CHANGE_ERROR] = "refuses"};
    struct arena *arena = reference->arena;

    md_heading(&reference->md, 2, MD("Rules about changes"));
    md_paragraph(
        &reference->md,
        MD("`drc diff OLD NEW` names what is weaker by one of these. The block `changes` of a plan says which of them refuse a change, the "
           "stricter of both plans counts, `-Werror=RULE`, `-Wno-error=RULE` and `-Wno-RULE` override it. `accept` waives one for the things "
           "it names, in the new plan, until its last day (`--as-of`); what is gone, or is no declared thing, is accepted on the plan. What "
           "is printed as JSON is described by `compiler/compare/diff.schema.json`."));
    MD_TABLE(&reference->md, NULL, MD("Rule"), MD("Against it"), MD("By default it"));
    for (int rule = CHANGE_NO_RULE + 1; rule < CHANGE_RULE_COUNT; rule++)
        MD_ROW(&reference->md, md_code(arena, change_rule_name((enum change_rule)rule)), md_text(arena, change_rule_says((enum change_rule)rule)),
               md_text(arena, levels[change_rule_level((enum change_rule)rule)]));
    md_table_end(&reference->md);
}

static void print_methods(struct reference *reference, const struct kind_info *kind)
{
    struct arena *arena = reference->arena;
    bool begun = false;

    for (uint32_t i = 0; i < kind->methods.len; i++) {
        const struct entity *method = kind->methods.items[i];
        struct entity *step;

        if (method->parent != kind->entity)
            continue;
        if (!begun)
            MD_TABLE(&reference->md, NULL, MD("method and steps"), MD("covers"), MD("time"), MD("loss"), MD("what it does"),
                     MD("grade and source of the figure"));
        begun = true;
        MD_ROW(&reference->md, md_strong(arena, md_code(arena, method->name)), figure(reference, method, "covers"), figure(reference, method, "rto"),
               figure(reference, method, "rpo"), prose(reference, first_line(reference, method->doc)), sources_of(reference, method));
        for (uint32_t s = 0; (step = entity_child(method, BLOCK_STEP, &s));)
            MD_ROW(&reference->md, md_code(arena, step->name), MD(""), figure(reference, step, "takes"), MD(""),
                   prose(reference, text_attr(reference, step, "title")), sources_of(reference, step));
    }
    if (begun)
        md_table_end(&reference->md);
}

static void print_procedures(struct reference *reference, const struct kind_info *kind)
{
    struct arena *arena = reference->arena;
    struct md_inline list = MD("");

    for (uint32_t i = 0; i < kind->procedures.len; i++) {
        const struct entity *procedure = kind->procedures.items[i];

        if (procedure->parent == kind->entity)
            list = md_cat(arena, list, *list.markdown ? MD(", ") : MD("Procedures: "), md_code(arena, procedure->name),
                          *written_attr(reference, procedure, "managed") ? MD(" (by the platform)") : MD(""));
    }
    if (*list.markdown)
        md_paragraph(&reference->md, md_cat(arena, list, MD(".")));
}

/* By the conformance kit, from a copy to a recovery. */
static void print_executed(struct reference *reference, const struct kind_info *kind)
{
    struct arena *arena = reference->arena;
    struct md_inline list = MD("");

    for (uint32_t i = 0; i < kind->procedures.len + kind->methods.len; i++) {
        const struct entity *way = i < kind->procedures.len ? kind->procedures.items[i] : kind->methods.items[i - kind->procedures.len];

        if (way->parent == kind->entity && way_executed(way))
            list = md_cat(arena, list, *list.markdown ? MD(", ") : MD("Executed on the real thing: "), md_code(arena, way->name));
    }
    if (*list.markdown)
        md_paragraph(&reference->md, md_cat(arena, list, MD(".")));
}

static void print_kind(struct reference *reference, const struct kind_info *kind)
{
    struct arena *arena = reference->arena;
    const struct entity *entity = kind->entity;
    bool begun = false;

    md_heading(&reference->md, 3, md_textf(arena, "kind %s", entity->name));
    md_paragraph(&reference->md, md_cat(arena, md_text(arena, entity_string(&reference->session.model, entity, "title", "")), MD(" ("),
                                        md_text(arena, kind->of->name), kind->base ? MD(", a kind of ") : MD(""),
                                        kind->base ? md_code(arena, kind->base->entity->name) : MD(""), MD("), from "),
                                        md_code(arena, file_of(reference, entity->span)), MD("."),
                                        entity->doc ? md_cat(arena, MD(" "), prose(reference, entity->doc)) : MD("")));
    for (uint32_t i = 0; i < kind->row_count; i++) {
        if (inherited(kind, kind->rows[i].name))
            continue;
        if (!begun)
            MD_TABLE(&reference->md, NULL, MD("attribute"), MD("type"), MD("default"), MD(""));
        begun = true;
        attribute_row(reference, &kind->rows[i]);
    }
    if (begun)
        md_table_end(&reference->md);
    for (uint32_t i = 0; i < kind->extension_count; i++) {
        if (!kind->extensions[i].row_count)
            continue;
        md_paragraph(&reference->md, md_cat(arena, MD("In its "), md_code(arena, kind->extensions[i].schema->name), MD(" blocks:")));
        attribute_table(reference, kind->extensions[i].rows, kind->extensions[i].row_count);
    }
    print_methods(reference, kind);
    print_procedures(reference, kind);
    print_executed(reference, kind);
}

static void print_kinds(struct reference *reference)
{
    struct model *model = &reference->session.model;

    md_heading(&reference->md, 2, MD("Kinds of the standard library"));
    md_paragraph(&reference->md,
                 MD("Each kind also has the attributes of its block and of the kind it derives from. Grades: A vendor documentation, B vendor "
                    "guidance, C a third party's measurement, D derived, P an assumption of this library."));
    for (uint32_t i = 0; i < model->declared[BLOCK_KIND].list.len; i++) {
        struct kind_info *kind = map_get(&model->kinds, model->declared[BLOCK_KIND].list.items[i]->name);

        if (kind)
            print_kind(reference, kind);
    }
}

/* ---------------------------------------------------------------- rules, tiers, frameworks */

static void print_rules(struct reference *reference)
{
    const struct model *model = &reference->session.model;
    struct arena *arena = reference->arena;

    md_heading(&reference->md, 2, MD("Rules of the standard library"));
    MD_TABLE(&reference->md, NULL, MD("rule"), MD("level"), MD("demands"), MD("import"));
    for (uint32_t i = 0; i < model->declared[BLOCK_RULE].list.len; i++) {
        const struct entity *rule = model->declared[BLOCK_RULE].list.items[i];
        const char *severity = written_attr(reference, rule, "severity");

        const bool paperwork = strcmp(written_attr(reference, rule, "about"), "paperwork") == 0;
        const char *level = !*severity ? "error" : strchr(severity, '?') ? "error or warning" : severity;

        MD_ROW(&reference->md, md_code(arena, rule->name), md_text(arena, paperwork ? arena_printf(arena, "%s; advice in a draft", level) : level),
               prose(reference, text_attr(reference, rule, "title")), md_code(arena, file_of(reference, rule->span)));
    }
    md_table_end(&reference->md);
}

static void print_tiers(struct reference *reference)
{
    const struct model *model = &reference->session.model;
    struct arena *arena = reference->arena;

    md_heading(&reference->md, 2, MD("Tiers of the standard library"));
    MD_TABLE(&reference->md, NULL, MD("tier"), MD("RTO"), MD("RPO"), MD("limit of RTO"), MD("limit of RPO"), MD("import"));
    for (uint32_t i = 0; i < model->declared[BLOCK_TIER].list.len; i++) {
        const struct entity *tier = model->declared[BLOCK_TIER].list.items[i];
        uint32_t first = 0, second = 0;
        const struct entity *fallback = entity_child(tier, BLOCK_TIER_DEFAULT, &first), *limit = entity_child(tier, BLOCK_TIER_LIMIT, &second);

        MD_ROW(&reference->md, md_code(arena, tier->name), fallback ? figure(reference, fallback, "rto") : MD(""),
               fallback ? figure(reference, fallback, "rpo") : MD(""), limit ? figure(reference, limit, "rto") : MD(""),
               limit ? figure(reference, limit, "rpo") : MD(""), md_code(arena, file_of(reference, tier->span)));
    }
    md_table_end(&reference->md);
}

static void print_frameworks(struct reference *reference)
{
    const struct model *model = &reference->session.model;
    struct arena *arena = reference->arena;

    md_heading(&reference->md, 2, MD("Frameworks of the standard library"));
    MD_TABLE(&reference->md, NULL, MD("framework"), MD(""), MD("version"), MD("controls"), MD("import"));
    for (uint32_t i = 0; i < model->declared[BLOCK_FRAMEWORK].list.len; i++) {
        const struct entity *framework = model->declared[BLOCK_FRAMEWORK].list.items[i];
        struct md_inline controls = MD("");
        struct entity *control;

        for (uint32_t c = 0; (control = entity_child(framework, BLOCK_CONTROL, &c));)
            controls = md_cat(arena, controls, *controls.markdown ? MD(", ") : MD(""), md_text(arena, control->name));
        MD_ROW(&reference->md, md_code(arena, framework->name), md_text(arena, text_attr(reference, framework, "title")),
               md_text(arena, text_attr(reference, framework, "version")), controls, md_code(arena, file_of(reference, framework->span)));
    }
    md_table_end(&reference->md);
}

int command_reference(const struct options *options)
{
    struct reference reference = {.out = STRBUF_INIT};
    int status = EXIT_FINE;

    session_init(&reference.session, options);
    reference.arena = reference.session.arena;
    md_init(&reference.md, reference.arena, &reference.out);
    if (!load_library(&reference.session)) {
        status = session_report(&reference.session);
    } else {
        md_comment(&reference.md, "Written by `make reference`; change the tables it comes from, not this file.");
        md_heading(&reference.md, 1, MD("Reference"));
        md_paragraph(
            &reference.md,
            MD("Every block, attribute, computed field, function and diagnostic of the language, and all that the standard library declares. "
               "How a file is written and what expressions mean is in the [language reference](../grammar/README.md). "
               "`drc explain NAME` prints a part of this page."));
        print_blocks(&reference);
        print_computed(&reference);
        print_outcomes(&reference);
        print_functions(&reference);
        print_codes(&reference);
        print_change_rules(&reference);
        print_kinds(&reference);
        print_rules(&reference);
        print_tiers(&reference);
        print_frameworks(&reference);
        fwrite(strbuf_str(&reference.out), 1, reference.out.len, stdout);
    }
    strbuf_release(&reference.out);
    session_release(&reference.session);
    return status;
}
