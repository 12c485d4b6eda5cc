/* What follows an asset to the place where it serves: its configuration (`bind`), how one sees that its data is right (`verify`), and how one
 * sees from outside that it serves (`probe`). */
#include "analysis/recovery/recovery.h"
#include "analysis/recovery/steps.h"

#include <string.h>

/* What serves in place of an asset in the scenario: a replica or standby with its own names, else the asset itself. */
struct value serving_instance(const struct analysis *a, struct entity *entity)
{
    const struct asset_state *state = a->scenario && a->scenario->states && !a->as_usual ? &a->scenario->states[entity->index] : NULL;

    if (state && state->chosen && state->chosen->element.type == VALUE_ENTITY)
        return state->chosen->element;
    return value_entity(entity);
}

struct value serving_site(const struct analysis *a, const struct entity *entity)
{
    const struct asset_state *state = a->scenario && a->scenario->states ? &a->scenario->states[entity->index] : NULL;

    if (a->as_usual && state)
        return state->asset->site_count ? value_entity(state->asset->sites[0]->entity) : value_unknown();
    return state && state->serving ? value_entity(state->serving->entity) : value_unknown();
}

static const struct scope *outside_scope(struct analysis *a, struct entity *entity)
{
    const struct scope *scope = a->model->plan ? scope_add(a->eval, NULL, "plan", value_entity(a->model->plan)) : NULL;

    scope = scope_add(a->eval, scope, "scenario", value_entity(a->scenario->scenario));
    scope = scope_add(a->eval, scope, "self", value_entity(entity));
    return scope_add(a->eval, scope, "here", serving_instance(a, entity));
}

/* `self.bindings`: what the asset's `bind` block says in this scenario, as objects with name and value. */
struct value bindings_of(struct analysis *a, struct entity *entity)
{
    struct value_list *list = ARENA_NEW(a->arena, struct value_list);
    const struct scope *scope = outside_scope(a, entity);
    VEC(struct value) items = {0};
    struct entity *bind;

    for (uint32_t i = 0; (bind = entity_child(entity, BLOCK_BIND, &i));) {
        for (const struct attr *attr = bind->tree->attrs; attr; attr = attr->next) {
            struct value_object *object = ARENA_NEW(a->arena, struct value_object);

            if (attr->is_let || !attr->value)
                continue;
            object->count = 2;
            object->pairs = ARENA_ARRAY(a->arena, struct value_pair, 2);
            object->pairs[0].key = intern_str(a->model->names, "name");
            object->pairs[0].value = value_string(attr->name);
            object->pairs[1].key = intern_str(a->model->names, "value");
            object->pairs[1].value = eval(a->eval, attr->value, scope, NULL);
            vec_push(a->arena, &items, ((struct value){.type = VALUE_OBJECT, .u.object = object}));
        }
    }
    list->items = items.items;
    list->count = items.len;
    return (struct value){.type = VALUE_LIST, .u.list = list};
}

/* What is recovered in another place, as the asset it was, is `here` by the attributes it always had: they tell nobody where it serves now.
 * The names of such assets that the configuration follows; NULL: none. */
static const char *followed_elsewhere(struct analysis *a, struct entity *entity)
{
    struct value list = eval_follows(a->eval, entity, true);
    const char *names = NULL;

    for (uint32_t i = 0; list.type == VALUE_LIST && i < list.u.list->count; i++) {
        struct entity *who = list.u.list->items[i].u.entity;
        const struct asset_state *state = a->scenario && a->scenario->states ? &a->scenario->states[who->index] : NULL;
        bool moved = state && state->chosen && state->chosen->element.type != VALUE_ENTITY && state->serving;

        for (uint32_t s = 0; moved && s < state->asset->site_count; s++)
            moved = state->asset->sites[s] != state->serving;
        if (moved)
            names = intern_text(a, "%s%s`%s`", names ? names : "", names ? ", " : "", who->name);
    }
    return names;
}

const char *changed_bindings(struct analysis *a, struct entity *entity)
{
    const struct scope *scope, *usual;
    struct strbuf text = STRBUF_INIT;
    const char *words;
    struct entity *bind;
    uint32_t cursor = 0;

    if (!entity_child(entity, BLOCK_BIND, &cursor))
        return NULL;
    scope = outside_scope(a, entity);
    usual = scope_add(a->eval, scope, "here", value_entity(entity));
    for (uint32_t i = 0; (bind = entity_child(entity, BLOCK_BIND, &i));) {
        for (const struct attr *attr = bind->tree->attrs; attr; attr = attr->next) {
            struct value now, before;

            if (attr->is_let || !attr->value)
                continue;
            now = eval(a->eval, attr->value, scope, NULL);
            a->as_usual = true;
            before = eval(a->eval, attr->value, usual, NULL);
            a->as_usual = false;
            if (value_is_known(now) && value_equal(now, before))
                continue;
            if (!value_is_known(now) && !value_is_known(before))
                continue; /* it follows from nothing that moves */
            strbuf_addf(&text, "%s%s=%s", text.len ? ", " : "", attr->name, value_is_known(now) ? value_text(now, a->arena) : "(what serves now)");
        }
    }
    words = text.len ? strbuf_dup(&text, a->arena) : NULL;
    strbuf_release(&text);
    if (!words && (words = followed_elsewhere(a, entity)))
        words = intern_text(a, "the address of what serves now in place of %s", words);
    return words;
}

/* ---------------------------------------------------------------- probes */

static struct word literal(struct analysis *a, const char *text, uint32_t places)
{
    struct word word = {.count = 1, .parts = ARENA_NEW(a->arena, struct word_part)};

    word.parts[0].text = text;
    word.parts[0].places = places;
    return word;
}

/* Asks for the URL until it answers with success. curl speaks for users: it resolves the name and checks the certificate. */
static void url_command(struct analysis *a, struct value url, struct command *out)
{
    const char *words[] = {"curl", "--silent", "--show-error", "--fail", "--location", "--max-time", "10", "--output", "/dev/null", url.u.string};

    out->count = sizeof words / sizeof words[0];
    out->words = ARENA_ARRAY(a->arena, struct word, out->count);
    for (uint32_t i = 0; i < out->count; i++)
        out->words[i] = literal(a, words[i], i + 1 == out->count ? url.places : 0);
}

static void pieces(struct analysis *a, struct command *out, const struct shell_piece *from, uint32_t count, struct span span)
{
    out->pieces = ARENA_ARRAY(a->arena, struct shell_piece, count);
    for (uint32_t i = 0; i < count; i++)
        out->pieces[i] = from[i];
    out->piece_count = count & 0x7fffffff;
    out->is_shell = true;
    out->span = span;
}

/* The same, and compares the answer: a status, redirections included as they are, or a text somewhere in the body. */
static void answer_command(struct analysis *a, struct value url, struct value expect, struct command *out, struct span span)
{
    struct word address = literal(a, url.u.string, url.places);

    if (expect.type == VALUE_INT) {
        const struct shell_piece parts[] = {
            {.script = "test \"$(curl --silent --show-error --max-time 10 --output /dev/null --write-out '%{http_code}' "},
            {.value = address},
            {.script = ")\" = "},
            {.value = literal(a, intern_text(a, "%lld", (long long)expect.u.integer), 0)},
        };
        pieces(a, out, parts, sizeof parts / sizeof parts[0], span);
    } else {
        const struct shell_piece parts[] = {
            {.script = "curl --silent --show-error --fail --location --max-time 10 "},
            {.value = address},
            {.script = " | grep --fixed-strings -- "}, /* reads to the end: curl is never cut off */
            {.value = literal(a, expect.u.string, 0)},
            {.script = " >/dev/null"},
        };
        pieces(a, out, parts, sizeof parts / sizeof parts[0], span);
    }
}

/* A value that a check of the author's needs and nobody has set: what it asks would be asked of nobody, and its time count for nothing. */
static void tell_unknown(struct analysis *a, const struct asset_state *state, const struct entity *block, uint32_t row, struct value value,
                         const struct scope *scope)
{
    const struct expr *expr = entity_attr(block, row) ? entity_attr(block, row)->value : NULL;

    if (!expr || value.type == VALUE_ERROR || value.type == VALUE_NULL)
        return;
    if (!tell_unset(a, expr, scope, intern_text(a, "%s of `%s`", block->schema->name, state->asset->name)))
        diag_label(diag_report(a->sink, DIAG_E0515, expr->span, "what this %s asks is not known", block->schema->name), state->asset->entity->span,
                   "for %s `%s`", state->asset->entity->schema->name, state->asset->name);
}

/* False when it is none, or has words that are not known, which was told. */
static bool checks_by(struct analysis *a, const struct asset_state *state, const struct entity *block, uint32_t row, const struct scope *scope,
                      struct command **at)
{
    struct value run = eval_deferred(a->eval, block, row, scope);
    struct command made = {0};

    if (evaluate_command(a, run, &made)) {
        keep_command(a, at, made);
        return true;
    }
    tell_unknown(a, state, block, row, run, scope);
    return false;
}

static struct value checked_text(struct analysis *a, const struct asset_state *state, const struct entity *block, uint32_t row,
                                 const struct scope *scope)
{
    struct value text = eval_deferred(a->eval, block, row, scope);

    if (!value_is_known(text))
        tell_unknown(a, state, block, row, text, scope);
    return text;
}

/* What tells the step of a block from that of its brothers: its name, or of such as have none its number from the second on. */
static const char *told_apart(struct analysis *a, const struct entity *block)
{
    const struct entity *brother;
    uint32_t number = 1;

    if (block->name[0])
        return intern_text(a, ".%s", block->name);
    for (uint32_t i = 0; (brother = entity_child(block->parent, (enum block_id)block->schema->id, &i)) && brother != block;)
        number += !brother->name[0];
    return number > 1 ? intern_text(a, ".%u", number) : "";
}

struct step *make_probe(struct analysis *a, struct asset_state *state, struct entity *probe)
{
    const struct scope *scope = outside_scope(a, state->asset->entity);
    struct value url = checked_text(a, state, probe, PROBE_url, scope), expect = checked_text(a, state, probe, PROBE_expect, scope);
    struct value timeout = eval_deferred(a->eval, probe, PROBE_timeout, scope);
    struct step *step = begin_step(a, (struct step_begin){.id = intern_text(a, "%s.probe%s", state->asset->name, told_apart(a, probe)),
                                                          .phase = PHASE_VERIFY,
                                                          .asset = state->asset,
                                                          .block = probe});

    step->timeout = timeout.type == VALUE_DURATION ? timeout.u.integer : MS_MINUTE;
    step->takes = (struct span_of_time){true, 0, step->timeout / 4, step->timeout};
    if (url.type == VALUE_STRING)
        checks_by(a, state, probe, PROBE_run, scope, &step->verify); /* both are written: both have to hold */
    if (url.type == VALUE_STRING && (expect.type == VALUE_INT || expect.type == VALUE_STRING)) {
        step->title = intern_text(a, "Verify: %s answers", url.u.string);
        step->expect =
            intern_text(a, expect.type == VALUE_INT ? "it answers with status %s" : "its answer contains \"%s\"", value_text(expect, a->arena));
        answer_command(a, url, expect, new_command(a, &step->until), probe->span);
    } else if (url.type == VALUE_STRING) {
        step->title = intern_text(a, "Verify: %s answers", url.u.string);
        url_command(a, url, new_command(a, &step->until));
    } else if (checks_by(a, state, probe, PROBE_run, scope, &step->until)) {
        step->title = intern_text(a, "Verify: %s serves", state->asset->name);
    } else {
        return NULL;
    }
    find_doer(step);
    return step;
}

/* ---------------------------------------------------------------- checks of the data */

/* What a person does where no command does it; NULL when the block says nothing. */
static const char *check_by_hand(struct analysis *a, const struct asset_state *state, struct value sql, struct value checksum)
{
    const char *query =
        sql.type == VALUE_STRING ? intern_text(a, "run this query against the recovered `%s`: %s", state->asset->name, sql.u.string) : NULL;
    const char *sums = NULL;

    if (checksum.type == VALUE_WORD && strcmp(checksum.u.word, "manifest") == 0)
        sums = intern_text(a, "compare what `%s` holds now with the manifest that was written with the copy", state->asset->name);
    else if (checksum.type == VALUE_WORD)
        sums = intern_text(a, "compare the %s checksums of what `%s` holds now with those that were written with the copy",
                           strcmp(checksum.u.word, "md5") == 0 ? "MD5" : "SHA-256", state->asset->name);
    return query && sums ? intern_text(a, "%s; then %s", query, sums) : query ? query : sums;
}

struct step *make_verify(struct analysis *a, struct asset_state *state, struct entity *verify)
{
    const struct scope *scope = outside_scope(a, state->asset->entity);
    struct value expect = checked_text(a, state, verify, VERIFY_expect, scope);
    struct step *step = begin_step(a, (struct step_begin){.id = intern_text(a, "%s.data_check%s", state->asset->name, told_apart(a, verify)),
                                                          .phase = PHASE_VERIFY,
                                                          .asset = state->asset,
                                                          .block = verify});

    step->title = verify->name[0] ? intern_text(a, "Verify: the data of %s is right (%s)", state->asset->name, verify->name)
                                  : intern_text(a, "Verify: the data of %s is right", state->asset->name);
    step->takes = time_of(eval_deferred(a->eval, verify, VERIFY_takes, scope));
    checks_by(a, state, verify, VERIFY_run, scope, &step->verify);
    step->manual = check_by_hand(a, state, checked_text(a, state, verify, VERIFY_sql, scope), checked_text(a, state, verify, VERIFY_checksum, scope));
    step->expect = expect.type == VALUE_STRING ? expect.u.string : NULL;
    default_timeout(step);
    find_doer(step);
    return step_has_command(step) || step->manual ? step : NULL;
}
