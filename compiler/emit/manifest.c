/* The manifest's text. */
#include "emit/manifest.h"

#include "emit/json.h"

#include <string.h>

static void print_file(struct jsonw *j, const struct left_file *file)
{
    jsonw_object_begin(j);
    jsonw_key_string(j, "path", file->path);
    jsonw_key_string(j, "sha256", file->sha256);
    jsonw_key_int(j, "size", (int64_t)file->size);
    jsonw_key_string(j, "mode", file->executable ? "0755" : "0644");
    jsonw_key_string(j, "backend", file->backend);
    jsonw_key_array(j, "origins");
    for (uint32_t i = 0; i < file->origins.len; i++)
        jsonw_string(j, file->origins.items[i]);
    jsonw_array_end(j);
    jsonw_object_end(j);
}

static void print_new(struct jsonw *j, struct output_file *file)
{
    struct left_file entry = {file->path, file->backend, output_file_sha256(file), 0, file->executable, {0}};

    entry.size = file->size; /* known since its digest is */
    entry.origins.items = file->origins.items;
    entry.origins.len = file->origins.len;
    print_file(j, &entry);
}

struct manifest {
    struct fileset *set;
    struct manifest_info info;
};

static bool print_manifest(const void *what, struct byte_sink *sink)
{
    const struct manifest *manifest = what;
    const struct manifest_info *info = &manifest->info;
    const struct fileset *set = manifest->set;
    struct strbuf buffer = STRBUF_INIT;
    uint32_t left = 0;
    struct jsonw j;
    bool ok;

    jsonw_init_sink(&j, &buffer, sink);
    jsonw_object_begin(&j);
    jsonw_key_string(&j, "schema", MANIFEST_SCHEMA);
    jsonw_key_string(&j, "compiler", info->compiler);
    jsonw_key_string(&j, "spec_digest", info->spec_digest);
    jsonw_key_array(&j, "files");
    for (uint32_t i = 0; i < set->files.len; i++) {
        if (strcmp(set->files.items[i]->path, MANIFEST_NAME) == 0)
            continue;
        for (; left < set->left.len && strcmp(set->left.items[left].path, set->files.items[i]->path) < 0; left++)
            print_file(&j, &set->left.items[left]);
        print_new(&j, set->files.items[i]);
    }
    for (; left < set->left.len; left++)
        print_file(&j, &set->left.items[left]);
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
