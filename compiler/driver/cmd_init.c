/* `drc init`: a specification to start from. It compiles as it is. */
#include "driver/driver.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char starter[] = "// What must survive which disasters, how fast, with how little loss.\n"
                              "// Check it with `drc check .`, see the proof with `drc plan .`, write the artifacts with `drc build . -o out`.\n"
                              "import \"std/aws\"\n"
                              "import \"std/tiers\"\n"
                              "\n"
                              "plan shop {\n"
                              "  title = \"Web shop\"\n"
                              "  owner = ops\n"
                              "}\n"
                              "\n"
                              "person ann { name = \"Ann Lee\"  phone = \"+49 30 1111\"  email = \"ann@example.com\" }\n"
                              "person bob { name = \"Bob Ross\"  phone = \"+49 30 2222\"  email = \"bob@example.com\" }\n"
                              "team ops { members = [ann, bob]  lead = ann  deputy = bob }\n"
                              "\n"
                              "site frankfurt : aws.region { region = \"eu-central-1\"  role = primary }\n"
                              "site ireland : aws.region { region = \"eu-west-1\"  role = recovery }\n"
                              "\n"
                              "store copies : aws.s3.bucket { site = ireland  bucket = \"shop-copies\" }\n"
                              "\n"
                              "class disaster { title = \"A whole region is lost\"  rto = 1h  rpo = 15m }\n"
                              "scenario region-loss { class = disaster  loses = [frankfurt]  detect = 3m  declare = 10m }\n"
                              "\n"
                              "asset orders : aws.rds.postgres {\n"
                              "  tier = critical\n"
                              "  site = frankfurt\n"
                              "  size = 100GiB\n"
                              "\n"
                              "  replica ireland { lag = 30s }\n"
                              "  backup nightly { kind = full  schedule = daily at 02:00  duration = 30m  retain = 30d  to = copies }\n"
                              "}\n";

int command_init(const struct options *options)
{
    const char *dir = options->arguments.len ? options->arguments.items[0] : ".";
    struct arena *arena = arena_new();
    const char *path = arena_printf(arena, "%s/main.dr", dir);
    int status = EXIT_IO;
    FILE *file;

    if (mkdir(dir, 0777) != 0 && errno != EEXIST) {
        complain("drc: %s: %s\n", dir, strerror(errno));
    } else if (!(file = fopen(path, "wbx"))) {
        complain(errno == EEXIST ? "drc: %s exists already; nothing was written\n" : "drc: %s cannot be written\n", path);
        status = errno == EEXIST ? EXIT_USAGE : EXIT_IO;
    } else {
        bool fine = fwrite(starter, 1, sizeof starter - 1, file) == sizeof starter - 1;

        if (fclose(file) == 0 && fine) {
            say("%s: written\nnext: drc check %s\n", path, dir);
            status = EXIT_FINE;
        }
    }
    arena_delete(arena);
    return status;
}
