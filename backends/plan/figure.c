/* A figure as data: in plan.json, and in the list of a library's figures. */
#include "backends/registry.h"

#include "emit/json.h"

static void key_grade(struct jsonw *j, const char *key, char grade)
{
    const char text[] = {grade, '\0'};

    jsonw_key_string(j, key, grade ? text : NULL);
}

static void key_value(struct jsonw *j, const struct span_of_time *time)
{
    jsonw_key(j, "value");
    if (!time->known) {
        jsonw_null(j);
        return;
    }
    jsonw_object_begin(j);
    jsonw_key_int(j, "best", time->best);
    jsonw_key_int(j, "typical", time->typical);
    jsonw_key_int(j, "worst", time->worst);
    jsonw_object_end(j);
}

static void print_source(struct jsonw *j, const struct figure_source *source)
{
    struct strbuf date = STRBUF_INIT;

    jsonw_object_begin(j);
    jsonw_key_string(j, "source", source->url);
    jsonw_key_string(j, "says", source->says);
    key_grade(j, "grade", source->grade);
    jsonw_key_bool(j, "bounds", source->bounds);
    if (source->was_read)
        print_date(&date, source->read);
    jsonw_key_string(j, "read", source->was_read ? strbuf_str(&date) : NULL);
    jsonw_object_end(j);
    strbuf_release(&date);
}

void figure_json(struct jsonw *j, const struct sources *sources, const struct figure *figure)
{
    const char *origin = sources_origin(sources, figure->span);

    jsonw_object_begin(j);
    jsonw_key_string(j, "id", figure->id);
    jsonw_key_string(j, "attribute", figure->attribute);
    jsonw_key_string(j, "written", figure->written);
    key_value(j, &figure->time);
    key_grade(j, "grade", figure->grade);
    key_grade(j, "worst_grade", figure->bound);
    jsonw_key_array(j, "sources");
    for (uint32_t i = 0; i < figure->source_count; i++)
        print_source(j, &figure->sources[i]);
    jsonw_array_end(j);
    jsonw_key_string(j, "origin", origin[0] ? origin : NULL);
    jsonw_object_end(j);
}

void figures_json(const struct sources *sources, const struct figure *const *figures, uint32_t count, struct strbuf *out)
{
    struct jsonw j;

    jsonw_init(&j, out);
    jsonw_array_begin(&j);
    for (uint32_t i = 0; i < count; i++)
        figure_json(&j, sources, figures[i]);
    jsonw_array_end(&j);
    jsonw_finish(&j);
}
