/* See rows.h. */
#include "backends/common/rows.h"

bool rows_take(struct rows *rows, bool must)
{
    bool shown = must || rows->shown < ROWS_MAX;

    rows->shown += shown;
    rows->left_out += !shown;
    return shown;
}

void rows_tell(struct md *md, const struct rows *rows, const char *what, const char *field)
{
    if (rows->left_out)
        md_paragraph(md, md_cat(md->arena, md_textf(md->arena, "Shown are %u of %u %s; ", rows->shown, rows->shown + rows->left_out, what),
                                MD("`plan.json` has all of them ("), md_code(md->arena, field), MD(").")));
}
