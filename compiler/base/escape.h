/* Text of other people in the formats that programs read: each escaping once. What does not show as itself (controls, turns of direction,
 * bytes that are no UTF-8) becomes U+FFFD in all of them. JSON's is strbuf_add_json(). */
#ifndef DRC_BASE_ESCAPE_H
#define DRC_BASE_ESCAPE_H

#include "base/strbuf.h"

/* XML 1.0, as text and inside of a quoted attribute. */
void escape_xml(struct strbuf *out, const char *text);

/* A workflow command of GitHub (`::error title=…::…`): its message, or the value of one of its properties. */
void escape_command(struct strbuf *out, const char *text, bool property);

/* The path of a relative reference (RFC 3986), without quotation marks. Nothing in it reads as a scheme or an authority. */
void escape_uri(struct strbuf *out, const char *path);

/* A field of CSV (RFC 4180), in quotation marks where it needs them. What a spreadsheet would take for a formula begins with an apostrophe. */
void escape_csv(struct strbuf *out, const char *text);

#endif
