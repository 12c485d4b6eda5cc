/* The manifest's text. */
#include "emit/manifest.h"

#include "emit/json.h"

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

bool manifest_print(struct fileset *set, const struct manifest_info *info, struct strbuf *out)
{
    size_t count = fileset_sort(set);
    struct jsonw j;

    jsonw_init(&j, out);
    jsonw_object_begin(&j);
    jsonw_key_string(&j, "schema", MANIFEST_SCHEMA);
    jsonw_key_string(&j, "compiler", info->compiler);
    jsonw_key_string(&j, "spec_digest", info->spec_digest);
    if (info->git_commit)
        jsonw_key_string(&j, "git_commit", info->git_commit);
    jsonw_key_array(&j, "files");
    for (size_t i = 0; i < count; i++)
        print_file(&j, set->files.items[i]);
    jsonw_array_end(&j);
    jsonw_object_end(&j);
    return jsonw_finish(&j);
}

bool manifest_add(struct fileset *set, const struct manifest_info *info, const char **reason)
{
    struct strbuf text = STRBUF_INIT;
    struct output_file *file = NULL;

    if (manifest_print(set, info, &text))
        file = fileset_add(set, "drc", MANIFEST_NAME, text.data, text.len, reason);
    else if (reason)
        *reason = "a name or an origin is not UTF-8";
    strbuf_release(&text);
    return file != NULL;
}
