/* Where steps work (SEMANTICS §1): every word of a command knows which sites it was made of, whatever way it took through slots,
 * defaults, lets, loops and answers. A step whose words lead to a place that the scenario takes cannot be carried out.
 *
 * Taken is what is lost, cut off or in somebody else's hands, and a region whose control plane does not answer. Only a fence may try, with
 * an attestation beside it. Texts for people lead nowhere, and neither does what takes a step back or protects anew: both are done when the
 * place is there again. */
#include "analysis/recovery/recovery.h"
#include "analysis/world/world.h"

#include "model/places.h"

#include <string.h>

/* ---------------------------------------------------------------- places */

struct looking {
    const struct analysis *a;
    const struct step *step;
};

static bool in_partition(const struct analysis *a, const struct site_info *site)
{
    struct value list = entity_slot(a->scenario->scenario, SCENARIO_partitions);

    for (uint32_t i = 0; list.type == VALUE_LIST && i < list.u.list->count; i++) {
        if (list.u.list->items[i].type == VALUE_ENTITY && site_is_in(a, site, list.u.list->items[i].u.entity))
            return true;
    }
    return false;
}

/* Why nothing can be done at the site by this step; NULL when it can. */
static const char *taken(const struct analysis *a, const struct step *step, const struct site_info *site)
{
    if (!site)
        return NULL;
    if (a->site_lost[site->index])
        return "is lost";
    if (a->site_cut[site->index])
        return in_partition(a, site) ? "is cut off" : "does not answer";
    if (a->site_compromised[site->index])
        return "is in the hands of somebody else";
    /* What is called in a region is its control plane, unless the step says which one it calls. */
    if (!step->control_plane && !step->planeless && strcmp(site->level, "region") == 0 && plane_degraded(a, a->scenario->scenario, site, "control"))
        return "does not answer";
    return NULL;
}

static bool is_taken(void *context, struct entity *site)
{
    const struct looking *looking = context;

    return taken(looking->a, looking->step, plan_site(looking->a->plan, site)) != NULL;
}

/* ---------------------------------------------------------------- words */

static struct word *words_of(const struct command *command, uint32_t index)
{
    if (!command->is_shell)
        return index < command->count ? &command->words[index] : NULL;
    return index < command->piece_count ? &command->pieces[index].value : NULL;
}

/* The first part of the command that leads to a taken place; NULL. */
static const struct word_part *part_at(const struct analysis *a, const struct step *step, const struct command *command, struct entity **site)
{
    struct looking looking = {a, step};
    const struct word *word;

    for (uint32_t i = 0; (word = words_of(command, i)); i++) {
        for (uint32_t p = 0; p < word->count; p++) {
            if (word->parts[p].places && (*site = places_find(a->model, word->parts[p].places, is_taken, &looking)))
                return &word->parts[p];
        }
    }
    return NULL;
}

static const struct word_part *step_part(const struct analysis *a, const struct step *step, struct entity **site)
{
    const struct command *const commands[] = {step->check, step->run, step->until, step->verify};
    const struct word_part *part = NULL;

    for (size_t i = 0; i < sizeof commands / sizeof *commands && !part; i++)
        part = part_at(a, step, commands[i], site);
    return part;
}

/* ---------------------------------------------------------------- literal words, answers */

/* The addresses of sites that only one site has, by their text. */
static void index_address(struct analysis *a, struct entity *site, struct value value)
{
    atom text;

    for (uint32_t i = 0; value.type == VALUE_LIST && i < value.u.list->count; i++)
        index_address(a, site, value.u.list->items[i]);
    if (value.type != VALUE_STRING || !value.u.string[0])
        return;
    text = intern_str(a->model->names, value.u.string);
    map_set(&a->addresses, a->arena, text, map_get(&a->addresses, text) && map_get(&a->addresses, text) != site ? a->plan : (void *)site);
    a->address_lengths |= UINT64_C(1) << (strlen(text) % 64);
}

static void index_addresses(struct analysis *a)
{
    a->addresses_indexed = true;
    for (uint32_t i = 0; i < a->plan->site_count; i++) {
        struct entity *site = a->plan->sites[i].entity;

        for (uint32_t row = site->schema->row_count; row < site->slot_count; row++) {
            const struct attr_row *info = entity_row_info(site, row);

            if (info && info->flags & ROW_ADDRESS)
                index_address(a, site, site->slots[row]);
        }
    }
}

/* The site whose address the text is, or the host in it: `https://HOST:443/x`, `HOST:/srv`. An ARN is a name, and begins with none. */
static struct entity *site_at(const struct analysis *a, const char *text, size_t len)
{
    const char *host = text;
    void *site;

    for (size_t i = 0; i + 1 < len && host == text; i++) {
        if (text[i] == '/' && text[i + 1] == '/')
            host = text + i + 2;
    }
    for (int whole = 1; whole >= 0; whole--) {
        const char *from = whole ? text : host;
        size_t rest = len - (size_t)(from - text), part = whole ? rest : 0;

        while (!whole && part < rest && from[part] != ':' && from[part] != '/')
            part++;
        if (!part || !(a->address_lengths >> (part % 64) & 1))
            continue;
        site = map_get(&a->addresses, intern_add(a->model->names, from, part));
        if (site && site != a->plan)
            return site;
    }
    return NULL;
}

/* Where a text leads that somebody wrote out: *word in it is the address of a site. 0: nowhere. */
static uint32_t written_places(const struct analysis *a, const char *text, const char **word)
{
    static const char between[] = " \t\n'\"=@;|&()<>";
    uint32_t set = 0;

    for (; *text; text += strspn(text, between)) {
        size_t len = strcspn(text, between);
        struct entity *site = len ? site_at(a, text, len) : NULL;

        if (site) {
            set = places_join(a->model, set, places_of(a->model, site));
            *word = arena_strndup(a->arena, text, len);
        }
        text += len;
    }
    return set;
}

/* What is answered leads where the default of its question does. */
static uint32_t answered_places(struct analysis *a, const struct step *step, const char *name)
{
    for (uint32_t i = 0; strncmp(name, "input.", 6) == 0 && i < step->input_count; i++) {
        struct value value = entity_slot(step->inputs[i], INPUT_default);
        const char *found;

        if (strcmp(step->inputs[i]->name, name + 6) == 0)
            return value.places || value.type != VALUE_STRING ? value.places : written_places(a, value.u.string, &found);
    }
    return 0;
}

static void lead(struct analysis *a, const struct step *step, struct command *command)
{
    struct word *word;

    for (uint32_t i = 0; (word = words_of(command, i)); i++) {
        const char *script = command->is_shell ? command->pieces[i].script : NULL;
        const char *found = NULL;
        uint32_t set = script ? written_places(a, script, &found) : 0;

        if (set) { /* the author's own text gets a word that says so */
            word->parts = ARENA_NEW(a->arena, struct word_part);
            word->parts[0] = (struct word_part){.places = set, .text = found};
            word->count = 1;
        }
        for (uint32_t p = 0; !script && p < word->count; p++) {
            struct word_part *part = &word->parts[p];

            if (!part->places)
                part->places = part->runtime ? answered_places(a, step, part->text) : written_places(a, part->text, &found);
        }
    }
}

void lead_words(struct analysis *a, struct step *step)
{
    if (!a->addresses_indexed)
        index_addresses(a);
    if (!a->addresses.len && !step->input_count)
        return;
    lead(a, step, step->check);
    lead(a, step, step->run);
    lead(a, step, step->until);
    lead(a, step, step->verify);
}

/* ---------------------------------------------------------------- steps */

void place_step(struct analysis *a, struct step *step)
{
    struct entity *site = NULL;

    if (step->phase == PHASE_REPROTECT || !step_part(a, step, &site))
        return;
    if (step->phase == PHASE_FENCE && step->otherwise) {
        const struct site_info *info = plan_site(a->plan, site);

        /* Who took it over does not keep its owner out for sure: the fence is tried, and attested when that fails. */
        if (a->site_lost[info->index] || a->site_cut[info->index] || !a->site_compromised[info->index])
            attest_instead(step);
        return;
    }
    step->at = site;
    step->takes.known = false;
}

const char *place_reason(struct analysis *a, const struct step *step)
{
    struct entity *site = NULL;
    const struct word_part *part;

    if (!step->at || !(part = step_part(a, step, &site)))
        return NULL;
    return intern_text(a, "its %s `%s` works at `%s`, which %s (`%s` in its command leads there)%s", step->phase == PHASE_FENCE ? "fence" : "step",
                       step->id, site->name, taken(a, step, plan_site(a->plan, site)), part->text,
                       step->phase == PHASE_FENCE ? ", and nothing stands in for it" : "");
}

void report_places(struct analysis *a, struct step *const *steps, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct step *step = steps[i];
        struct entity *site = NULL;
        const struct word_part *part = step->at ? step_part(a, step, &site) : NULL;
        struct diag *diag;

        if (!part)
            continue;
        diag = find(a, DIAG_E0555, (struct about){.subject = step->subject, .scenario = a->scenario->scenario, .span = step->span},
                    "step `%s` cannot be carried out in `%s`: it works at `%s`, which %s", step->id, a->scenario->scenario->name, site->name,
                    taken(a, step, plan_site(a->plan, site)));
        if (step->asset)
            cause_told(a, step->asset, diag);
        else
            a->held = true;
        if (!diag)
            continue;
        diag_label(diag, site->span, "`%s` in its command leads here", part->text);
        diag_help(diag,
                  "work at the place that takes over (`into` in a method), leave the step out with `when = !scenario.takes(%s)`, write `named(…)` "
                  "round what "
                  "is only a name, or let a fence say what somebody attests instead: `otherwise = attest(\"…\")`",
                  site->name);
    }
}

bool places_hold(const struct analysis *a, const struct asset_state *state)
{
    for (uint32_t i = 0; i < state->step_count && !a->held; i++) {
        if (state->steps[i]->at && state->steps[i]->phase != PHASE_REPROTECT)
            return true;
    }
    return a->held;
}
