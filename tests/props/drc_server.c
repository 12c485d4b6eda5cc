/* `drc`, many times from one process: what starting the program and linking it costs is paid once. For tests that compile a thousand small
 * specifications with one program after the other, each but a token away from the compiler (tests/mutate.py).
 *
 *   drc_server --serve RESULTS     reads lines, fields between bytes 0x1f: NAME FOLDER ARGUMENT…; each is `drc ARGUMENT…` in FOLDER, with
 *                                  its output in RESULTS/NAME.out and RESULTS/NAME.err, and is answered by a line `NAME STATUS`
 *   drc_server ARGUMENT…           is `drc ARGUMENT…`
 *
 * Where parts of it are compiled with -finstrument-functions, RESULTS/NAME.reached has a line for each of their functions that was entered: how far
 * behind `main` it stands.
 *
 * STATUS: the exit status, or the signal that ended it, negative. */
int drc_main(int argc, char **argv);

#define main drc_main
#include "compiler/driver/main.c"
#undef main

#include <fcntl.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---------------------------------------------------------------- functions that are entered */

enum { REACHED_MAX = 1 << 14 };

static void *reached[REACHED_MAX];
static char reached_path[4096];

void __cyg_profile_func_enter(void *function, void *from);
void __cyg_profile_func_exit(void *function, void *from);

void __cyg_profile_func_enter(void *function, void *from)
{
    size_t at = (uintptr_t)function / 16 % REACHED_MAX;

    (void)from;
    while (reached[at] && reached[at] != function)
        at = (at + 1) % REACHED_MAX;
    reached[at] = function;
}

void __cyg_profile_func_exit(void *function, void *from)
{
    (void)function;
    (void)from;
}

int main(int argc, char **argv);

static void tell_reached(void)
{
    FILE *file = NULL;

    for (size_t at = 0; at < REACHED_MAX; at++) {
        if (reached[at] && !file && !(file = fopen(reached_path, "w")))
            return;
        if (reached[at])
            fprintf(file, "%lld\n", (long long)((intptr_t)reached[at] - (intptr_t)main));
    }
    if (file)
        fclose(file);
}

/* ---------------------------------------------------------------- serving */

static bool serving;

/* Offers are compilations of their own, many for each finding: what is served does without, where the link has `--wrap=offer_repairs`. */
void __real_offer_repairs(struct session *session) __attribute__((weak));
void __wrap_offer_repairs(struct session *session);

void __wrap_offer_repairs(struct session *session)
{
    if (!serving && __real_offer_repairs)
        __real_offer_repairs(session);
}

enum { ARGUMENTS_MAX = 64, SECONDS_MAX = 10, WALL_MAX = 100 };

static void redirect(int fd, const char *path, int flags)
{
    int file = open(path, flags, 0600);

    if (file < 0 || dup2(file, fd) < 0)
        _exit(EXIT_IO);
    close(file);
}

static void bound(int resource, rlim_t most)
{
    struct rlimit limit = {most, most};

    setrlimit(resource, &limit);
}

static void run(const char *results, const char *name, const char *folder, int argc, char **argv)
{
    char path[4096];

    bound(RLIMIT_CPU, SECONDS_MAX);
#ifndef __SANITIZE_ADDRESS__ /* takes all addresses there are */
    bound(RLIMIT_AS, (rlim_t)4 << 30);
#endif
    bound(RLIMIT_CORE, 0);
    alarm(WALL_MAX);
    redirect(0, "/dev/null", O_RDONLY);
    snprintf(path, sizeof path, "%s/%s.out", results, name);
    redirect(1, path, O_WRONLY | O_CREAT | O_TRUNC);
    snprintf(path, sizeof path, "%s/%s.err", results, name);
    redirect(2, path, O_WRONLY | O_CREAT | O_TRUNC);
    snprintf(reached_path, sizeof reached_path, "%s/%s.reached", results, name);
    if (chdir(folder) != 0 || atexit(tell_reached) != 0)
        _exit(EXIT_IO);
    exit(drc_main(argc, argv));
}

static int serve(const char *results)
{
    static char line[1 << 16];

    serving = true;
    while (fgets(line, sizeof line, stdin)) {
        char drc[] = "drc", *argv[ARGUMENTS_MAX + 1] = {drc}, *name, *folder;
        int argc = 1, status = 0;
        pid_t child;

        line[strcspn(line, "\n")] = '\0';
        name = strtok(line, "\x1f");
        folder = strtok(NULL, "\x1f");
        if (!name || !folder)
            return EXIT_USAGE;
        while (argc < ARGUMENTS_MAX && (argv[argc] = strtok(NULL, "\x1f")))
            argc++;
        child = fork();
        if (child == 0)
            run(results, name, folder, argc, argv);
        if (child < 0 || waitpid(child, &status, 0) != child)
            return EXIT_OURS;
        printf("%s %d\n", name, WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status));
        fflush(stdout);
    }
    return EXIT_FINE;
}

int main(int argc, char **argv)
{
    return argc == 3 && strcmp(argv[1], "--serve") == 0 ? serve(argv[2]) : drc_main(argc, argv);
}
