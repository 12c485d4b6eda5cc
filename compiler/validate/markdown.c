/* Markdown as a reader sees it: headings, tables, lists, quotes, code; and comparing what stands there with what the plan says. */
#include "validate/pages.h"

#include <string.h>

/* ---- Markdown ---------------------------------------------------------------------------------- */

static bool is_mark(char c)
{
    return c == '.' || c == ':' || c == '/' || c == '+' || c == '-' || c == '_' || c == '@' || c == '%' || c == '#' || c == '=';
}

const char *page_essence(struct arena *arena, const char *text)
{
    struct strbuf out = STRBUF_INIT;
    const char *result;
    bool blank = false;

    for (; *text; text++) {
        if (*text == '<' && strncmp(text, "<!-- -->", 8) == 0) {
            text += 7;
        } else if (*text == '<' && strncmp(text, "<br>", 4) == 0) {
            text += 3;
            blank = true;
        } else if (text[0] == ']' && text[1] == '(') { /* where a link leads */
            int open = 1;

            for (text += 2; *text && open; text++)
                open += *text == '(' ? 1 : *text == ')' ? -1 : *text == '\\' && text[1] ? (text++, 0) : 0;
            text--;
        } else if ((*text >= 'a' && *text <= 'z') || (*text >= 'A' && *text <= 'Z') || (*text >= '0' && *text <= '9') || is_mark(*text)) {
            if (blank && out.len)
                strbuf_addch(&out, ' ');
            blank = false;
            strbuf_addch(&out, *text);
        } else if (*text == ' ' || *text == '\t' || *text == '\n' || *text == '\r') {
            blank = true;
        }
    }
    result = strbuf_dup(&out, arena);
    strbuf_release(&out);
    return result;
}

static void read_row(struct page *page, struct element *row, const char *line)
{
    const char *from = ++line;

    for (; *line; line++) {
        if (*line == '\\' && line[1]) {
            line++;
        } else if (*line == '|') {
            if (row->cell_count < CELLS_MOST)
                row->cells[row->cell_count++] = arena_strndup(page->arena, from, (size_t)(line - from));
            from = line + 1;
        }
    }
}

static bool is_rule(const char *line)
{
    return strspn(line, "|-: ") == strlen(line);
}

static atom heading_key(const struct page *page, const char *title, unsigned level)
{
    return intern_str(page->names, arena_printf(page->arena, "%u %s", level, page_essence(page->arena, title)));
}

bool page_open(struct page *page, const char *path)
{
    struct lines lines;
    char *line;

    page->names = intern_new(page->arena);
    if (!artifact_open(page->r, page->arena, path, &page->artifact)) {
        wrong_file(page->r, path, "the page is missing");
        return false;
    }
    lines = (struct lines){page->artifact.text, NULL, page->arena};
    page->cut = strstr(page->artifact.text, "Shown are ") != NULL;
    while (next_line(&lines, &line)) {
        size_t ticks = strspn(line, "`"), marks = strspn(line, "#"), digits = strspn(line, "0123456789");
        struct element element = {.at = lines.at, .text = line};

        if (ticks >= 3) {
            struct strbuf code = STRBUF_INIT;

            element.kind = ELEMENT_CODE;
            while (next_line(&lines, &line) && !(strspn(line, "`") == ticks && !line[ticks]))
                strbuf_addf(&code, "%s\n", line);
            element.text = strbuf_dup(&code, page->arena);
            strbuf_release(&code);
        } else if (marks && line[marks] == ' ') {
            element.kind = ELEMENT_HEADING;
            element.level = (unsigned)marks;
            element.text = line + marks + 1;
            map_add(&page->headings, page->arena, heading_key(page, element.text, element.level), (void *)(uintptr_t)(page->elements.len + 1));
        } else if (*line == '|') {
            element.kind = ELEMENT_ROW;
            if (is_rule(line))
                continue;
            read_row(page, &element, line);
        } else if (strncmp(line + strspn(line, " "), "- ", 2) == 0) {
            element.kind = ELEMENT_BULLET;
            element.text = line + strspn(line, " ") + 2;
        } else if (digits && line[digits] == '.') {
            element.kind = ELEMENT_BULLET;
            element.text = line + digits + 1;
        } else if (*line == '>') {
            element.kind = ELEMENT_QUOTE;
            element.text = line + 1;
        } else if (*line) {
            struct element *last = page->elements.len ? &page->elements.items[page->elements.len - 1] : NULL;

            element.kind = ELEMENT_TEXT;
            if (last && lines.at > page->artifact.text + 1 && lines.at[-2] == '\\' && last->kind != ELEMENT_ROW) { /* the line before goes on */
                last->text = arena_printf(page->arena, "%s %s", last->text, line);
                continue;
            }
        } else {
            continue;
        }
        vec_push(page->arena, &page->elements, element);
    }
    return true;
}

/* The first element behind that heading; the page's end where there is none. */
uint32_t page_behind(const struct page *page, const char *title, unsigned level)
{
    uintptr_t found = (uintptr_t)map_get(&page->headings, heading_key(page, title, level));

    return found ? (uint32_t)found : page->elements.len;
}

/* The next row of the table there; NULL behind its last. *at begins with what page_behind() gave, and passes the head. */
struct element *page_row(struct page *page, uint32_t *at, bool *begun)
{
    while (!*begun) { /* what stands in front of the table */
        if (*at >= page->elements.len || page->elements.items[*at].kind == ELEMENT_HEADING)
            return NULL;
        *begun = page->elements.items[(*at)++].kind == ELEMENT_ROW;
    }
    if (*at >= page->elements.len || page->elements.items[*at].kind != ELEMENT_ROW)
        return NULL;
    return &page->elements.items[(*at)++];
}

/* ---- comparing --------------------------------------------------------------------------------- */

void page_same(const struct page *page, const char *at, const char *what, const char *got, const char *want)
{
    const char *one = page_essence(page->arena, got ? got : ""), *other = page_essence(page->arena, want ? want : "");

    holds(&page->artifact, at, strcmp(one, other) == 0, "%s is `%s`, and the plan says `%s`", what, one, other);
}

/* It begins with what the plan says; sentences may follow. */
void page_begins(const struct page *page, const char *at, const char *got, const char *want)
{
    const char *one = page_essence(page->arena, got ? got : ""), *other = page_essence(page->arena, want);

    holds(&page->artifact, at, strncmp(one, other, strlen(other)) == 0, "`%s` does not begin as the plan says, `%s`", one, other);
}

void page_same_row(const struct page *page, const struct element *row, const char *const *want, uint32_t count)
{
    if (!holds(&page->artifact, row->at, row->cell_count >= count, "the row has %u cells, and by the plan %u", row->cell_count, count))
        return;
    for (uint32_t i = 0; i < count; i++) {
        if (want[i])
            page_same(page, row->at, "the cell", row->cells[i], want[i]);
    }
}

/* Tables of large plans are cut, and say so. */
bool page_is_cut(const struct page *page)
{
    return page->cut;
}

void page_all_rows(const struct page *page, const char *what, uint32_t got, uint32_t want)
{
    holds(&page->artifact, NULL, got == want || (got < want && page_is_cut(page)), "%s has %u rows, and by the plan %u", what, got, want);
}
