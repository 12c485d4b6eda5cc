/* YAML through libyaml's emitter. Strings are always double-quoted or, with several lines, a literal block,
 * so that no reader takes `no`, `012`, `15:30` or `~` for something else; keys are plain when no reader could
 * misread them.
 *
 *     struct yaml *y = yaml_new(arena, &buf);
 *     yaml_comment(y, "generated from platform.dr");
 *     yaml_document_begin(y);
 *     yaml_map_begin(y);
 *       yaml_key(y, "kind");  yaml_string(y, "CronJob");
 *     yaml_map_end(y);
 *     yaml_document_end(y);
 *     ok = yaml_finish(y); */
#ifndef DRC_EMIT_YAML_H
#define DRC_EMIT_YAML_H

#include "base/arena.h"
#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

struct yaml;

struct yaml *yaml_new(struct arena *arena, struct strbuf *out);

/* Only before, between or after documents: libyaml knows no comments. Any text. */
void yaml_comment(struct yaml *y, const char *text);

void yaml_document_begin(struct yaml *y); /* writes `---` */
void yaml_document_end(struct yaml *y);
void yaml_map_begin(struct yaml *y);
void yaml_map_end(struct yaml *y);
void yaml_list_end(struct yaml *y);

void yaml_string(struct yaml *y, const char *text); /* NULL writes null; bytes not UTF-8 become U+FFFD */
void yaml_int(struct yaml *y, int64_t value);
void yaml_decimal(struct yaml *y, const char *digits); /* "0.25"; other text becomes a string */
void yaml_bool(struct yaml *y, bool value);
void yaml_null(struct yaml *y);

/* Key and value at once. */
void yaml_key_string(struct yaml *y, const char *key, const char *text);
void yaml_key_int(struct yaml *y, const char *key, int64_t value);
void yaml_key_bool(struct yaml *y, const char *key, bool value);
void yaml_key_map(struct yaml *y, const char *key);  /* begins a map */
void yaml_key_list(struct yaml *y, const char *key); /* begins a list */

/* Frees libyaml's memory; must be called. False when the calls did not nest: what was written is of no
 * use. */
bool yaml_finish(struct yaml *y);

#endif
