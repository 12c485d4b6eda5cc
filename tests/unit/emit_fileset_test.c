/* The output set: which paths it refuses, its order, and the manifest's exact text. */
#include "emit/fileset.h"

#include "emit/json.h"
#include "emit/manifest.h"

#include "base/sha256.h"
#include "test.h"

#include <string.h>

struct kept {
    struct byte_sink sink;
    struct strbuf text;
};

static void keep(struct byte_sink *sink, const void *bytes, size_t len)
{
    strbuf_add(&((struct kept *)(void *)sink)->text, bytes, len);
}

/* Larger than what a sink is given at once, with a mark in each kilobyte. */
static bool print_long(const void *what, struct byte_sink *sink)
{
    struct strbuf buffer = STRBUF_INIT;
    struct jsonw j;
    bool ok;

    (void)what;
    jsonw_init_sink(&j, &buffer, sink);
    jsonw_array_begin(&j);
    j.row = true;
    for (int i = 0; i < 100000; i++)
        jsonw_int(&j, 1000000000 + i);
    j.row = false;
    jsonw_array_end(&j);
    ok = jsonw_finish(&j);
    CHECK(buffer.len == 0);
    strbuf_release(&buffer);
    return ok;
}

static bool print_wrong(const void *what, struct byte_sink *sink)
{
    (void)what, (void)sink;
    return false;
}

int main(void)
{
    static const char *const bad[] = {"",
                                      "/a",
                                      "..",
                                      "../a",
                                      "a/..",
                                      "a/../b",
                                      ".",
                                      "./a",
                                      "a/./b",
                                      "a//b",
                                      "a/",
                                      "a\\b",
                                      "a\nb",
                                      "a\x7f",
                                      "a\xff",
                                      "a./b",
                                      "a /b",
                                      ".gitattributes",
                                      "a/.git/hooks/x",
                                      "..a",
                                      "\xE2\x80\xAE"
                                      "a"};
    static const char *const good[] = {"a", "a/b.c", "a..b", "a.gitattributes", "-x", "\xC3\xA9/x y"};
    static const char *const clash[][2] = {{"x", "x"}, {"x", "X"}, {"x/y", "X/z"}, {"x", "x/y"}, {"x/y", "x"}, {"x/Y/z", "x/y/q"}};
    struct arena *arena = arena_new();
    const struct manifest_info info = {"1.2.3", "sha256:00"};
    struct kept kept = {{keep}, STRBUF_INIT};
    struct strbuf path = STRBUF_INIT;
    char digest[65];
    int right = 0;
    const char *reason = NULL;
    struct output_file *file;
    struct fileset set;

    TEST("paths");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        fileset_init(&set, arena);
        reason = NULL;
        CHECK(!fileset_add(&set, "t", bad[i], "", 0, &reason));
        CHECK(reason != NULL);
        fileset_release(&set);
    }
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        fileset_init(&set, arena);
        CHECK(fileset_add(&set, "t", good[i], "", 0, NULL) != NULL);
        fileset_release(&set);
    }
    strbuf_addfill(&path, 'x', 255);
    CHECK(!output_path_refusal(strbuf_str(&path)));
    strbuf_addch(&path, 'x');
    CHECK(output_path_refusal(strbuf_str(&path)) != NULL);
    strbuf_release(&path);

    TEST("collisions, and a refused path claims nothing");
    for (size_t i = 0; i < sizeof clash / sizeof *clash; i++) {
        fileset_init(&set, arena);
        CHECK(fileset_add(&set, "t", clash[i][0], "", 0, NULL) != NULL);
        CHECK(!fileset_add(&set, "t", clash[i][1], "", 0, &reason));
        fileset_release(&set);
    }
    fileset_init(&set, arena);
    CHECK(fileset_add(&set, "t", "a", "", 0, NULL) != NULL);
    CHECK(!fileset_add(&set, "t", "new/A/../x", "", 0, NULL));
    CHECK(!fileset_add(&set, "t", "A/sub", "", 0, NULL));
    CHECK(fileset_add(&set, "t", "new", "", 0, NULL) != NULL);
    fileset_release(&set);

    TEST("many files, in order");
    fileset_init(&set, arena);
    for (int i = 999; i >= 0; i--)
        CHECK(fileset_add(&set, "t", arena_printf(arena, "d%d/f%03d", i % 7, i), "x", 1, NULL) != NULL);
    CHECK_INT(fileset_sort(&set), 1000);
    for (size_t i = 1; i < 1000; i++) {
        if (strcmp(set.files.items[i - 1]->path, set.files.items[i]->path) >= 0)
            CHECK_STR(set.files.items[i - 1]->path, "before the next");
    }
    CHECK(fileset_find(&set, "d3/f003") != NULL);
    CHECK(!fileset_find(&set, "d4/f003"));
    fileset_release(&set);

    TEST("manifest");
    fileset_init(&set, arena);
    fileset_add(&set, "restore", "z.sh", "abc", 3, NULL)->executable = true;
    file = fileset_add(&set, "docs", "a\xC3\xA9.md", "", 0, NULL);
    output_file_add_origin(&set, file, "main.dr:3");
    output_file_add_origin(&set, file, "main.dr:3");
    CHECK(manifest_add(&set, &info, &reason));
    CHECK(output_file_print(fileset_find(&set, MANIFEST_NAME), &kept.sink));
    CHECK_INT(kept.text.len, fileset_find(&set, MANIFEST_NAME)->size);
    CHECK_STR(strbuf_str(&kept.text), "{\n  \"schema\": \"drc.manifest/1\",\n  \"compiler\": \"1.2.3\",\n  \"spec_digest\": "
                                      "\"sha256:00\",\n"
                                      "  \"files\": [\n    {\n      \"path\": \"a\xC3\xA9.md\",\n"
                                      "      \"sha256\": \"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\",\n"
                                      "      \"size\": 0,\n      \"mode\": \"0644\",\n      \"backend\": \"docs\",\n      \"origins\": [\n"
                                      "        \"main.dr:3\"\n      ]\n    },\n    {\n      \"path\": \"z.sh\",\n"
                                      "      \"sha256\": \"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\",\n"
                                      "      \"size\": 3,\n      \"mode\": \"0755\",\n      \"backend\": \"restore\",\n      \"origins\": "
                                      "[]\n"
                                      "    }\n  ]\n}\n");
    strbuf_release(&kept.text);
    CHECK(!manifest_add(&set, &info, &reason));
    fileset_release(&set);

    TEST("files that are nowhere whole");
    fileset_init(&set, arena);
    file = fileset_add_printed(&set, "t", "long", print_long, NULL, NULL);
    CHECK(output_file_print(file, &kept.sink));
    CHECK_INT(file->size, 100000 * 10 + 99999 + strlen("[\n]\n"));
    CHECK_INT(kept.text.len, file->size);
    sha256_hex(kept.text.data, kept.text.len, digest);
    CHECK_STR(output_file_sha256(file), digest);
    for (size_t i = 1; i + 12 < kept.text.len; i += 11)
        right += memcmp(kept.text.data + i, "10000", 5) == 0 && memcmp(kept.text.data + i + 10, ",", 1) == 0;
    CHECK_INT(right, 100000 - 1);
    file = fileset_add_printed(&set, "t", "wrong", print_wrong, NULL, NULL);
    CHECK(!output_file_print(file, &kept.sink));
    CHECK_STR(output_file_sha256(file), "");
    file = fileset_add_printed(&set, "t", "again", print_long, NULL, NULL);
    CHECK_STR(output_file_sha256(file), digest);
    CHECK_INT(file->size, kept.text.len);
    CHECK(fileset_take(&set, "t", "taken", &kept.text, NULL) != NULL);
    CHECK(kept.text.len == 0);
    sha256_hex(fileset_find(&set, "taken")->data, fileset_find(&set, "taken")->size, digest);
    CHECK_STR(output_file_sha256(file), digest);
    fileset_release(&set);

    TEST("names");
    CHECK_STR(output_name(arena, "Orders DB / eu"), "Orders-DB-eu");
    CHECK_STR(output_name(arena, "../.."), "unnamed");
    CHECK_STR(output_name(arena, ""), "unnamed");
    arena_delete(arena);
    return test_finish();
}
