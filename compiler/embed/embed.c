/*
 * embed ROOT FILE...: turns the standard library into C source on standard output. With `-t` before ROOT: the fixed
 * texts of backends, such as the shell libraries beside the scripts they write; ROOT/a/b.sh is named "a/b.sh".
 *
 * A build-time tool, not part of the compiler. Each file becomes a byte array (string literals longer than 4,095
 * characters are not portable C17), and the arrays become one table sorted by name, so that the order on the command
 * line cannot change the program. ROOT/a/b.dr is named "std/a/b", which is what an import writes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct input {
    const char *path;
    char *name;
};

static void fail(const char *what, const char *path)
{
    fprintf(stderr, "embed: %s `%s`: %s\n", what, path, errno ? strerror(errno) : "unexpected");
    exit(1);
}

/* The name of `path`: the part below `root`; of a library file as an import writes it, without the extension. The
 * caller owns it. */
static char *name_of(const char *root, const char *path, int texts)
{
    size_t skip = strlen(root);
    size_t length = strlen(path);
    errno = 0;
    if (texts) {
        if (strncmp(path, root, skip) != 0 || path[skip] != '/' || path[skip + 1] == '\0') {
            fail("not below its folder", path);
        }
        char *copy = malloc(length - skip);
        if (copy == NULL) {
            fail("no memory for", path);
        }
        memcpy(copy, path + skip + 1, length - skip);
        return copy;
    }
    if (strncmp(path, root, skip) != 0 || path[skip] != '/' || length < skip + 4 || strcmp(path + length - 3, ".dr") != 0) {
        fail("not a library file", path);
    }
    size_t stem = length - 3 - (skip + 1);
    char *name = malloc(stem + sizeof "std/");
    if (name == NULL) {
        fail("no memory for", path);
    }
    memcpy(name, "std/", 4);
    memcpy(name + 4, path + skip + 1, stem);
    name[4 + stem] = '\0';
    return name;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct input *)a)->name, ((const struct input *)b)->name);
}

/* Writes one array and returns its length. The final 0 lets readers that need a terminator have one. */
static size_t write_bytes(const char *path, int number)
{
    errno = 0;
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        fail("cannot open", path);
    }
    printf("static const unsigned char data_%d[] = {", number);
    size_t size = 0;
    for (int byte = getc(file); byte != EOF; byte = getc(file)) {
        printf("%s%d,", size % 24 == 0 ? "\n" : "", byte);
        size++;
    }
    if (ferror(file)) {
        fail("cannot read", path);
    }
    fclose(file);
    printf("\n0};\n");
    return size;
}

int main(int argc, char **argv)
{
    int texts = argc > 1 && strcmp(argv[1], "-t") == 0;
    argc -= texts;
    argv += texts;
    if (argc < 2) {
        fprintf(stderr, "usage: embed [-t] ROOT FILE...\n");
        return 64;
    }
    int count = argc - 2;
    struct input *inputs = calloc((size_t)count + 1, sizeof *inputs);
    size_t *sizes = calloc((size_t)count + 1, sizeof *sizes);
    if (inputs == NULL || sizes == NULL) {
        fail("no memory for", argv[1]);
    }
    for (int i = 0; i < count; i++) {
        inputs[i].path = argv[i + 2];
        inputs[i].name = name_of(argv[1], argv[i + 2], texts);
    }
    if (count > 0) {
        qsort(inputs, (size_t)count, sizeof *inputs, by_name);
    }

    printf("/* Generated from %s/ by compiler/embed/embed.c: do not edit. */\n", argv[1]);
    printf("#include \"%s\"\n\n", texts ? "backends/common/texts.h" : "sema/stdlib.h");
    for (int i = 0; i < count; i++) {
        sizes[i] = write_bytes(inputs[i].path, i);
    }
    printf("\nconst struct %s[] = {\n", texts ? "fixed_text drc_texts" : "embedded_file drc_stdlib");
    for (int i = 0; i < count; i++) {
        printf("    {\"%s\", data_%d, %zu},\n", inputs[i].name, i, sizes[i]);
        free(inputs[i].name);
    }
    printf("    {0, 0, 0},\n};\n");
    printf("const size_t %s = %d;\n", texts ? "drc_text_count" : "drc_stdlib_count", count);
    free(inputs);
    free(sizes);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fail("cannot write", "standard output");
    }
    return 0;
}
