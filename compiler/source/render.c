/* Each format has a writer of its own. */
#include "source/render.h"

void diag_render(const struct diag_sink *sink, const struct diag_style *style, struct strbuf *out)
{
    switch (style->format) {
    case DIAG_TEXT: render_text(sink, style, out); break;
    case DIAG_JSON: render_json(sink, style, out); break;
    case DIAG_SARIF:
    case DIAG_GITHUB:
    case DIAG_GITLAB:
    case DIAG_JUNIT: render_report(sink, style, out); break;
    case DIAG_MARKDOWN:
    case DIAG_CSV: break;
    }
}
