/* --records DIR: the drill and recovery records of a folder, as values. JSON as the generated scripts write it, or YAML by hand. */
#include "driver/driver.h"

#include <errno.h>
#include <string.h>

bool read_records(struct session *session, const char *folder, struct analysis_options *options)
{
    static const char *const suffixes[] = {".json", ".yaml", ".yml"};
    VEC(struct analysis_record) records = {0};
    uint32_t before = session->sink.errors;

    if (!is_folder(folder)) {
        diag_report(&session->sink, DIAG_E0801, (struct span){0, 0}, "`%s` cannot be read: it is no folder", folder);
        return false;
    }
    for (size_t s = 0; s < sizeof suffixes / sizeof *suffixes; s++) {
        const char **names;
        uint32_t count;

        if (!list_folder(session->arena, folder, suffixes[s], &names, &count)) {
            diag_report(&session->sink, DIAG_E0801, (struct span){0, 0}, "`%s` cannot be read: %s", folder, strerror(errno));
            return false;
        }
        for (uint32_t i = 0; i < count; i++) {
            const char *slash = folder[0] && folder[strlen(folder) - 1] == '/' ? "" : "/";
            struct analysis_record record = {.file = arena_printf(session->arena, "%s%s%s", folder, slash, names[i])};

            if (read_data(session, record.file, (struct span){0, 0}, &record.value))
                vec_push(session->arena, &records, record);
        }
    }
    options->has_records = true;
    options->records = records.items;
    options->record_count = records.len;
    return session->sink.errors == before;
}
