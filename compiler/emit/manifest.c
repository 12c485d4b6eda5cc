/* The manifest's text. */
#include "emit/manifest.h"

#include "emit/json.h"

#include <string.h>

static void print_file(struct jsonw *j, struct output_file *file)
{
    jsonw_object_begin(j);
    jsonw_key_string(j, "path", file->path);
    jsonw_key_string(j, "sha256", output_file_sha256(file));
    jsonw_key_int(j, "size", (int64_t)file->size);
    jsonw_key_string(j, "mode", file->executable ? "0755" : "0644");
    jsonw_key_string(j, "backend", file->backend);
    jsonw_key_array(j, "origins");
    for (uint32_t i = 0; i < file->origins.len; i++)
        jsonw_string(j, file->origins.items[i]);
    jsonw_array_end(j);
    jsonw_object_end(j);
}

struct manifest {
    struct fileset *set;
    struct manifest_info info;
};

static bool print_manifest(const void *what, struct byte_sink *sink)
{
    const struct manifest *manifest = what;
    const struct manifest_info *info = &manifest->info;
    struct strbuf buffer = STRBUF_INIT;
    struct jsonw j;
    bool ok;

    jsonw_init_sink(&j, &buffer, sink);
    jsonw_object_begin(&j);
    jsonw_key_string(&j, "schema", MANIFEST_SCHEMA);
    jsonw_key_string(&j, "compiler", info->compiler);
    jsonw_key_string(&j, "spec_digest", info->spec_digest);
    jsonw_key_array(&j, "files");
    for (uint32_t i = 0; i < manifest->set->files.len; i++) {
        if (strcmp(manifest->set->files.items[i]->path, MANIFEST_NAME) != 0)
            print_file(&j, manifest->set->files.items[i]);
    }
    jsonw_array_end(&j);
    jsonw_object_end(&j);
    ok = jsonw_finish(&j);
    strbuf_release(&buffer);
    return ok;
}

bool manifest_add(struct fileset *set, const struct manifest_info *info, const char **reason)
{
    struct manifest *manifest = ARENA_NEW(set->kept, struct manifest);

    *manifest = (struct manifest){set, *info};
    fileset_sort(set);
    return fileset_add_printed(set, "drc", MANIFEST_NAME, print_manifest, manifest, reason) != NULL;
}
