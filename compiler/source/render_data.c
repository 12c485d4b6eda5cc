/* Diagnostics for programs: our own JSON, and SARIF 2.1.0 (OASIS, errata 01). Both are written as text in one pass,
 * with one diagnostic per line, so that reports of two runs compare line by line. */
#include "source/render.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void add_region(struct strbuf *out, const struct region *region)
{
    strbuf_addstr(out, "\"file\":");
    strbuf_add_json(out, region->file->name);
    strbuf_addf(out, ",\"line\":%u,\"column\":%u,\"end_line\":%u,\"end_column\":%u", region->line, region->column, region->end_line,
                region->end_column);
}

static void add_diag(const struct diag_sink *sink, const struct diag *diag, struct region_cursor *cursor, struct strbuf *out)
{
    struct region region = region_of(sink, diag->primary.span, cursor);

    strbuf_addstr(out, "{\"code\":");
    strbuf_add_json(out, diag_info(diag->code)->code);
    strbuf_addstr(out, ",\"name\":");
    strbuf_add_json(out, diag_name(diag));
    strbuf_addf(out, ",\"severity\":\"%s\",\"message\":", severity_name(diag->severity));
    strbuf_add_json(out, diag->message);
    if (diag->subject) {
        strbuf_addstr(out, ",\"subject\":");
        strbuf_add_json(out, diag->subject);
    }
    if (region.file) {
        strbuf_addch(out, ',');
        add_region(out, &region);
        if (diag->primary.text[0]) {
            strbuf_addstr(out, ",\"text\":");
            strbuf_add_json(out, diag->primary.text);
        }
    }
    strbuf_addstr(out, ",\"labels\":[");
    for (uint32_t i = 0, written = 0; i < diag->labels.len; i++) {
        struct region_cursor own = {0};

        region = region_of(sink, diag->labels.items[i].span, &own);
        if (!region.file)
            continue;
        strbuf_addstr(out, written++ ? ",{" : "{");
        add_region(out, &region);
        strbuf_addstr(out, ",\"text\":");
        strbuf_add_json(out, diag->labels.items[i].text);
        strbuf_addch(out, '}');
    }
    strbuf_addstr(out, "],\"notes\":[");
    for (uint32_t i = 0; i < diag->notes.len; i++) {
        if (i)
            strbuf_addch(out, ',');
        strbuf_add_json(out, diag->notes.items[i].text);
    }
    strbuf_addstr(out, "],\"helps\":[");
    for (uint32_t i = 0; i < diag->helps.len; i++) {
        const struct diag_help *help = &diag->helps.items[i];
        struct region_cursor own = {0};

        strbuf_addstr(out, i ? ",{\"text\":" : "{\"text\":");
        strbuf_add_json(out, help->text);
        if (help->sense != OFFER_CHANGES)
            strbuf_addf(out, ",\"states\":\"%s\"", help->sense == OFFER_ASSERTS ? "asserts" : "weakens");
        region = region_of(sink, help->fix, &own);
        if (help->replacement && region.file) {
            strbuf_addstr(out, ",\"fix\":{");
            add_region(out, &region);
            strbuf_addstr(out, ",\"replacement\":");
            strbuf_add_json(out, help->replacement);
            strbuf_addf(out, ",\"start\":%u,\"end\":%u}", help->fix.start - region.file->base, help->fix.end - region.file->base);
        }
        if (help->result.measure) {
            strbuf_addf(out, ",\"result\":{\"measure\":\"%s\",\"subject\":", help->result.measure);
            strbuf_add_json(out, help->result.subject ? help->result.subject : "");
            if (help->result.ms >= 0)
                strbuf_addf(out, ",\"ms\":%" PRId64 "}", help->result.ms);
            else
                strbuf_addstr(out, ",\"ms\":null}");
        }
        strbuf_addch(out, '}');
    }
    strbuf_addstr(out, "]}");
}

void render_json(const struct diag_sink *sink, const struct diag_style *style, struct strbuf *out)
{
    struct region_cursor cursor = {0};

    strbuf_addstr(out, "{\"schema\":\"drc.diagnostics/1\",\"version\":");
    strbuf_add_json(out, style->tool_version ? style->tool_version : "");
    strbuf_addf(out, ",\"errors\":%u,\"warnings\":%u,\"diagnostics\":[", sink->errors, sink->warnings);
    for (uint32_t i = 0; i < sink->diags.len; i++) {
        strbuf_addstr(out, i ? ",\n" : "\n");
        add_diag(sink, sink->diags.items[i], &cursor, out);
    }
    strbuf_addstr(out, sink->diags.len ? "\n]" : "]");
    strbuf_addstr(out, style->members ? style->members : "");
    strbuf_addstr(out, "}\n");
}

/* ---- SARIF ---- */

/* Rules of the report: the codes and language rules that occur, in the order of their identifiers. */
struct rule_entry {
    const char *id;
    const struct diag *diag;
};

static int compare_rule_entries(const void *a, const void *b)
{
    return strcmp(((const struct rule_entry *)a)->id, ((const struct rule_entry *)b)->id);
}

static uint32_t collect_rules(const struct diag_sink *sink, struct rule_entry *rules)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < sink->diags.len; i++) {
        rules[i].id = diag_id(sink->diags.items[i]);
        rules[i].diag = sink->diags.items[i];
    }
    if (sink->diags.len)
        qsort(rules, sink->diags.len, sizeof *rules, compare_rule_entries);
    for (uint32_t i = 0; i < sink->diags.len; i++) {
        if (count == 0 || strcmp(rules[count - 1].id, rules[i].id) != 0)
            rules[count++] = rules[i];
    }
    return count;
}

static uint32_t rule_index(const struct rule_entry *rules, uint32_t count, const char *id)
{
    uint32_t low = 0, high = count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (strcmp(rules[middle].id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* A relative URI reference: what may not stand in a path is percent-encoded (RFC 3986). */
static void add_uri(struct strbuf *out, const char *name)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/!$&()*+,;=@";

    strbuf_addch(out, '"');
    /* A leading `name:` would read as a scheme. */
    for (const char *at = name; *at; at++) {
        if (strchr(plain, *at))
            strbuf_addch(out, *at);
        else
            strbuf_addf(out, "%%%02X", (unsigned char)*at);
    }
    strbuf_addch(out, '"');
}

static void add_sarif_region(struct strbuf *out, const struct region *region)
{
    strbuf_addf(out, "{\"startLine\":%u,\"startColumn\":%u,\"endLine\":%u,\"endColumn\":%u}", region->line, region->column, region->end_line,
                region->end_column);
}

static void add_physical(struct strbuf *out, const struct region *region)
{
    strbuf_addstr(out, "\"physicalLocation\":{\"artifactLocation\":{\"uri\":");
    add_uri(out, region->file->name);
    strbuf_addstr(out, "},\"region\":");
    add_sarif_region(out, region);
    strbuf_addch(out, '}');
}

static void hash_text(uint64_t *hash, const char *text)
{
    for (; *text; text++)
        *hash = (*hash ^ (unsigned char)*text) * UINT64_C(1099511628211);
    *hash = (*hash ^ 0xFF) * UINT64_C(1099511628211);
}

/* FNV-1a of what identifies a finding when lines move: code, rule, and its subject (or its file and message). */
static uint64_t fingerprint(const struct diag_sink *sink, const struct diag *diag)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    const struct source_file *file = sources_file_at(sink->sources, diag->primary.span.start);

    hash_text(&hash, diag_id(diag));
    if (diag->subject) {
        hash_text(&hash, diag->subject);
    } else {
        hash_text(&hash, file ? file->name : "");
        hash_text(&hash, diag->message);
    }
    return hash;
}

struct print {
    uint64_t hash;
    uint32_t index, ordinal;
};

static int compare_prints(const void *a, const void *b)
{
    const struct print *x = a, *y = b;

    if (x->hash != y->hash)
        return x->hash < y->hash ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static int compare_print_indices(const void *a, const void *b)
{
    const struct print *x = a, *y = b;

    return x->index < y->index ? -1 : x->index > y->index;
}

/* Equal fingerprints of one run are told apart by their order. */
static struct print *fingerprints(const struct diag_sink *sink)
{
    struct print *prints = ARENA_ARRAY(sink->arena, struct print, sink->diags.len + 1);

    for (uint32_t i = 0; i < sink->diags.len; i++) {
        prints[i].hash = fingerprint(sink, sink->diags.items[i]);
        prints[i].index = i;
    }
    if (sink->diags.len == 0)
        return prints;
    qsort(prints, sink->diags.len, sizeof *prints, compare_prints);
    for (uint32_t i = 0; i < sink->diags.len; i++)
        prints[i].ordinal = i && prints[i - 1].hash == prints[i].hash ? prints[i - 1].ordinal + 1 : 1;
    qsort(prints, sink->diags.len, sizeof *prints, compare_print_indices);
    return prints;
}

static const char *sarif_level(enum severity severity)
{
    return severity == SEVERITY_ADVICE ? "note" : severity_name(severity);
}

static void add_result(const struct diag_sink *sink, const struct diag *diag, uint32_t rule, const struct print *print, struct region_cursor *cursor,
                       struct strbuf *out)
{
    struct region region = region_of(sink, diag->primary.span, cursor);
    struct strbuf message = STRBUF_INIT;
    uint32_t written = 0;

    strbuf_addstr(&message, diag->message);
    for (uint32_t i = 0; i < diag->notes.len; i++)
        strbuf_addf(&message, "\nnote: %s", diag->notes.items[i].text);
    for (uint32_t i = 0; i < diag->helps.len; i++)
        strbuf_addf(&message, "\n%s: %s", help_label(&diag->helps.items[i]), diag->helps.items[i].text);
    strbuf_addstr(out, "{\"ruleId\":");
    strbuf_add_json(out, diag_id(diag));
    strbuf_addf(out, ",\"ruleIndex\":%u,\"level\":\"%s\",\"message\":{\"text\":", rule, sarif_level(diag->severity));
    strbuf_add_json(out, strbuf_str(&message));
    strbuf_release(&message);
    strbuf_addch(out, '}');
    if (region.file) {
        strbuf_addstr(out, ",\"locations\":[{");
        add_physical(out, &region);
        strbuf_addstr(out, "}]");
    }
    for (uint32_t i = 0; i < diag->labels.len; i++) {
        struct region_cursor own = {0};

        region = region_of(sink, diag->labels.items[i].span, &own);
        if (!region.file)
            continue;
        strbuf_addf(out, "%s{\"id\":%u,", written ? "," : ",\"relatedLocations\":[", written + 1);
        written++;
        add_physical(out, &region);
        strbuf_addstr(out, ",\"message\":{\"text\":");
        strbuf_add_json(out, diag->labels.items[i].text);
        strbuf_addstr(out, "}}");
    }
    if (written)
        strbuf_addch(out, ']');
    strbuf_addf(out, ",\"partialFingerprints\":{\"drc/v1\":\"%016" PRIx64 ":%u\"}", print->hash, print->ordinal);
    if (diag->severity == SEVERITY_ADVICE)
        strbuf_addstr(out, ",\"properties\":{\"tags\":[\"advice\"]}");
    written = 0;
    for (uint32_t i = 0; i < diag->helps.len; i++) {
        const struct diag_help *help = &diag->helps.items[i];
        struct region_cursor own = {0};

        region = region_of(sink, help->fix, &own);
        if (!help->replacement || !region.file)
            continue;
        strbuf_addstr(out, written++ ? ",{" : ",\"fixes\":[{");
        strbuf_addstr(out, "\"description\":{\"text\":");
        strbuf_add_json(out, help->text);
        strbuf_addstr(out, "},\"artifactChanges\":[{\"artifactLocation\":{\"uri\":");
        add_uri(out, region.file->name);
        strbuf_addstr(out, "},\"replacements\":[{\"deletedRegion\":");
        add_sarif_region(out, &region);
        strbuf_addstr(out, ",\"insertedContent\":{\"text\":");
        strbuf_add_json(out, help->replacement);
        strbuf_addstr(out, "}}]}]}");
    }
    if (written)
        strbuf_addch(out, ']');
    strbuf_addch(out, '}');
}

static void add_rule(const struct rule_entry *rule, struct strbuf *out)
{
    const struct diag_info *info = diag_info(rule->diag->code);

    strbuf_addstr(out, "{\"id\":");
    strbuf_add_json(out, rule->id);
    strbuf_addstr(out, ",\"name\":");
    strbuf_add_json(out, diag_name(rule->diag));
    strbuf_addstr(out, ",\"shortDescription\":{\"text\":");
    strbuf_add_json(out, rule->diag->rule || !info->title[0] ? diag_name(rule->diag) : info->title);
    strbuf_addstr(out, "},\"help\":{\"text\":");
    if (rule->diag->rule || !info->explanation[0]) {
        struct strbuf help = STRBUF_INIT;

        strbuf_addf(&help, "drc explain %s", rule->id);
        strbuf_add_json(out, strbuf_str(&help));
        strbuf_release(&help);
    } else {
        strbuf_add_json(out, info->explanation);
    }
    strbuf_addf(out, "},\"defaultConfiguration\":{\"level\":\"%s\"}}", sarif_level(rule->diag->rule ? rule->diag->severity : info->severity));
}

void render_sarif(const struct diag_sink *sink, const struct diag_style *style, struct strbuf *out)
{
    struct rule_entry *rules = ARENA_ARRAY(sink->arena, struct rule_entry, sink->diags.len + 1);
    uint32_t count = collect_rules(sink, rules);
    const struct print *prints = fingerprints(sink);
    struct region_cursor cursor = {0};

    strbuf_addstr(out, "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\"runs\":[{"
                       "\"tool\":{\"driver\":{\"name\":\"drc\"");
    if (style->tool_version && style->tool_version[0]) {
        strbuf_addstr(out, ",\"version\":");
        strbuf_add_json(out, style->tool_version);
    }
    strbuf_addstr(out, ",\"rules\":[");
    for (uint32_t i = 0; i < count; i++) {
        strbuf_addstr(out, i ? ",\n" : "\n");
        add_rule(&rules[i], out);
    }
    strbuf_addstr(out, count ? "\n]}},\"columnKind\":\"unicodeCodePoints\",\"results\":[" : "]}},\"columnKind\":\"unicodeCodePoints\",\"results\":[");
    for (uint32_t i = 0; i < sink->diags.len; i++) {
        const struct diag *diag = sink->diags.items[i];

        strbuf_addstr(out, i ? ",\n" : "\n");
        add_result(sink, diag, rule_index(rules, count, diag_id(diag)), &prints[i], &cursor, out);
    }
    strbuf_addstr(out, sink->diags.len ? "\n]}]}\n" : "]}]}\n");
}
