/* `--target exec:PROGRAM`: a target that is a program. It reads the plan (plan.json) from standard input and answers with files on
 * standard output, as plug-ins of protoc do:
 *
 *     {"files":    [{"path": "table.csv", "text": "…", "executable": false, "origins": ["main.dr:12"]}],
 *      "errors":   [{"message": "…", "at": "main.dr:12:3", "help": "…"}],
 *      "warnings": [ … the same … ]}
 *
 * Its files go into a folder of the program's name (without its suffix) and nowhere else; paths are refused as ours are. Whatever it does
 * wrong is an error: then nothing is written, by nobody. A program is run only when the command line names it, never by a specification. */
#include "driver/driver.h"

#include "backends/registry.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { ANSWER_MAX = 512 << 20, CHUNK = 65536, NAME_MAX_BYTES = 50, SECONDS_MAX = 600, LINGERS_MS = 1000 };

#define PREFIX "exec:"

bool target_is_program(const char *target)
{
    return strncmp(target, PREFIX, strlen(PREFIX)) == 0;
}

bool has_program_target(const struct options *options)
{
    for (uint32_t i = 0; i < options->targets.len; i++) {
        if (target_is_program(options->targets.items[i]))
            return true;
    }
    return false;
}

const char *program_target_name(struct arena *arena, const char *target)
{
    const char *program = target + strlen(PREFIX), *slash = strrchr(program, '/'), *name = slash ? slash + 1 : program;
    size_t len = strcspn(name, ".");

    if (len == 0 || len > NAME_MAX_BYTES || strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") < len || name[0] == '-')
        return NULL;
    name = arena_strndup(arena, name, len);
    for (const struct backend *const *backend = drc_backends; *backend; backend++) {
        if (strcmp((*backend)->name, name) == 0)
            return NULL;
    }
    return name;
}

/* ---- running it -------------------------------------------------------------------------------- */

struct program {
    struct session *session;
    const char *path, *name; /* as told to the user, and of its folder */
    bool failed;
};

static void fail(struct program *program, const char *what)
{
    if (!program->failed)
        diag_help(diag_report(&program->session->sink, DIAG_E0791, (struct span){0, 0}, "target `%s`: %s", program->path, what),
                  "nothing was written; `drc plan --format json` prints what it is given");
    program->failed = true;
}

static void fail_errno(struct program *program, const char *what)
{
    fail(program, arena_printf(program->session->arena, "%s: %s", what, strerror(errno)));
}

static double now(void)
{
    struct timespec moment;

    clock_gettime(CLOCK_MONOTONIC, &moment);
    return (double)moment.tv_sec + (double)moment.tv_nsec / 1e9;
}

/* What it says to people: whole lines, and nothing that drives the terminal. */
static void relay(struct strbuf *said, bool all)
{
    const char *text = strbuf_str(said), *last = strrchr(text, '\n');
    size_t len = all ? said->len : last ? (size_t)(last + 1 - text) : 0;
    char *rest;

    if (!len && said->len < CHUNK)
        return;
    len = len ? len : said->len;
    complain("%.*s%s", (int)len, text, all && len && text[len - 1] != '\n' ? "\n" : "");
    rest = strdup(text + len);
    strbuf_clear(said);
    if (rest)
        strbuf_addstr(said, rest);
    free(rest);
}

static ssize_t take(int *from, struct strbuf *into)
{
    char chunk[CHUNK];
    ssize_t got = read(*from, chunk, sizeof chunk);

    if (got > 0)
        strbuf_add(into, chunk, (size_t)got);
    if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) {
        close(*from);
        *from = -1;
    }
    return got;
}

/* Feeds and reads it at once, so that neither side waits for the other for ever. `in`, `out` and `err` are closed. False when it takes longer than
 * a program may. */
static bool converse(struct program *program, int in, int out, int err, const struct strbuf *plan, struct strbuf *answer)
{
    struct strbuf said = STRBUF_INIT;
    double ends_at = now() + SECONDS_MAX;
    bool in_time = true;
    size_t fed = 0;

    while (out >= 0 && in_time) {
        struct pollfd ends[3] = {{.fd = in, .events = POLLOUT}, {.fd = out, .events = POLLIN}, {.fd = err, .events = POLLIN}};
        double left = ends_at - now();

        in_time = left > 0 && (poll(ends, 3, (int)(left * 1000) + 1) >= 0 || errno == EINTR);
        if (in_time && in >= 0 && ends[0].revents) {
            ssize_t put = write(in, strbuf_str(plan) + fed, plan->len - fed > CHUNK ? CHUNK : plan->len - fed);

            fed += put > 0 ? (size_t)put : 0;
            /* One that does not want all of it is free to stop reading. */
            if (fed == plan->len || (put < 0 && errno != EINTR && errno != EAGAIN)) {
                close(in);
                in = -1;
            }
        }
        if (in_time && ends[2].revents && take(&err, &said) > 0)
            relay(&said, false);
        if (in_time && ends[1].revents)
            take(&out, answer);
        if (answer->len > ANSWER_MAX) {
            fail(program, "it answers with more than 512 MiB");
            break;
        }
    }
    /* A child of it may keep this end open for as long as it likes. */
    while (err >= 0 && in_time && poll(&(struct pollfd){.fd = err, .events = POLLIN}, 1, LINGERS_MS) > 0 && take(&err, &said) > 0)
        relay(&said, false);
    relay(&said, true);
    strbuf_release(&said);
    for (int i = 0, left[] = {in, out, err}; i < 3; i++) {
        if (left[i] >= 0)
            close(left[i]);
    }
    return in_time;
}

static pid_t start(struct program *program, int to[2], int from[2], int aside[2])
{
    char *arguments[] = {(char *)(uintptr_t)program->path, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    pid_t pid = -1;

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, to[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, from[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, aside[1], STDERR_FILENO);
    for (int i = 0; i < 2; i++) {
        posix_spawn_file_actions_addclose(&actions, to[i]);
        posix_spawn_file_actions_addclose(&actions, from[i]);
        posix_spawn_file_actions_addclose(&actions, aside[i]);
    }
    posix_spawnattr_init(&attributes);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    errno = posix_spawnp(&pid, program->path, &actions, &attributes, arguments, environ);
    if (errno)
        fail_errno(program, "it cannot be run");
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return program->failed ? -1 : pid;
}

static void run(struct program *program, const struct strbuf *plan, struct strbuf *answer)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    int pipes[3][2], status = 0; /* to it, from it, what it says to people */
    pid_t pid;

    for (int i = 0; i < 3; i++) {
        if (pipe(pipes[i]) == 0)
            continue;
        fail_errno(program, "no pipe to it can be made");
        while (i-- > 0) {
            close(pipes[i][0]);
            close(pipes[i][1]);
        }
        return;
    }
    sigaction(SIGPIPE, &ignore, &before);
    pid = start(program, pipes[0], pipes[1], pipes[2]);
    close(pipes[0][0]);
    close(pipes[1][1]);
    close(pipes[2][1]);
    if (!converse(program, pipes[0][1], pipes[1][0], pipes[2][0], plan, answer) && pid > 0) {
        kill(pid, SIGKILL);
        fail(program, "it was not done, or kept its output open, after ten minutes");
    }
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    sigaction(SIGPIPE, &before, NULL);
    if (pid > 0 && WIFSIGNALED(status))
        fail(program, arena_printf(program->session->arena, "it was ended by signal %d", WTERMSIG(status)));
    else if (pid > 0 && WEXITSTATUS(status) != 0)
        fail(program, arena_printf(program->session->arena, "it ended with status %d", WEXITSTATUS(status)));
}

/* ---- its answer -------------------------------------------------------------------------------- */

/* The offset of "main.dr:12" or "main.dr:12:3", as origins are written; an empty span when there is no such place. */
static struct span place_of(const struct session *session, const char *at)
{
    for (uint32_t i = 0; at && i < session->sources.files.len; i++) {
        const struct source_file *file = session->sources.files.items[i];
        const char *name = sources_origin(&session->sources, (struct span){file->base, file->base}), *text = file->text;
        size_t len = strrchr(name, ':') ? (size_t)(strrchr(name, ':') - name) : 0;
        unsigned long line, column = 1;
        char *end;

        if (len == 0 || strncmp(at, name, len) != 0 || at[len] != ':')
            continue;
        line = strtoul(at + len + 1, &end, 10);
        if (*end == ':')
            column = strtoul(end + 1, &end, 10);
        for (; *end == '\0' && line > 1 && text; line--)
            text = strchr(text, '\n') ? strchr(text, '\n') + 1 : NULL;
        if (*end != '\0' || line != 1 || !text)
            return (struct span){0, 0};
        while (column-- > 1 && *text && *text != '\n')
            text++;
        return (struct span){file->base + (uint32_t)(text - file->text), file->base + (uint32_t)(text - file->text)};
    }
    return (struct span){0, 0};
}

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static bool knows_only(struct program *program, json_t *object, const char *const *keys, const char *what)
{
    const char *key;
    json_t *value;

    if (!json_is_object(object)) {
        fail(program, arena_printf(program->session->arena, "%s is no object", what));
        return false;
    }
    json_object_foreach (object, key, value) {
        const char *const *known = keys;

        while (*known && strcmp(*known, key) != 0)
            known++;
        if (!*known)
            fail(program, arena_printf(program->session->arena, "%s has a key `%s` that nobody reads", what, key));
    }
    return !program->failed;
}

static void take_findings(struct program *program, const json_t *list, enum diag_code code)
{
    static const char *const keys[] = {"message", "at", "help", NULL};

    for (size_t i = 0; i < json_array_size(list) && !program->failed; i++) {
        json_t *item = json_array_get(list, i);
        const char *message = text_of(item, "message"), *at = text_of(item, "at"), *help = text_of(item, "help");
        struct span span = place_of(program->session, at);
        struct diag *diag;

        if (!knows_only(program, item, keys, "a finding"))
            return;
        if (!message) {
            fail(program, "a finding has no `message`");
            return;
        }
        diag = diag_report(&program->session->sink, code, span, "%s", message);
        if (at && !span.start)
            diag_note(diag, "at %s", at);
        diag_note(diag, "target `%s`", program->path);
        if (help)
            diag_help(diag, "%s", help);
    }
}

static void take_file(struct program *program, json_t *item, struct fileset *files)
{
    static const char *const keys[] = {"path", "text", "executable", "origins", NULL};
    const json_t *path = json_object_get(item, "path"), *text = json_object_get(item, "text"), *executable = json_object_get(item, "executable");
    const json_t *origins = json_object_get(item, "origins");
    struct output_file *file;

    if (!knows_only(program, item, keys, "a file"))
        return;
    if (!json_is_string(path) || !json_is_string(text) || (executable && !json_is_boolean(executable)) || (origins && !json_is_array(origins))) {
        fail(program, "a file is not as it has to be: `path` and `text` are strings, `executable` true or false, `origins` a list");
        return;
    }
    if (json_string_length(path) != strlen(json_string_value(path))) {
        fail(program, "a path holds a NUL character");
        return;
    }
    file = fileset_add(files, program->name, arena_printf(files->arena, "%s/%s", program->name, json_string_value(path)), json_string_value(text),
                       json_string_length(text), NULL);
    if (!file)
        return; /* the set keeps the refusal: the build ends with it */
    file->executable = json_is_true(executable);
    for (size_t i = 0; i < json_array_size(origins); i++) {
        if (json_string_value(json_array_get(origins, i)))
            output_file_add_origin(files, file, arena_strdup(files->arena, json_string_value(json_array_get(origins, i))));
    }
}

static void take_answer(struct program *program, const struct strbuf *answer, struct fileset *files)
{
    static const char *const keys[] = {"files", "errors", "warnings", NULL};
    json_error_t error;
    json_t *root = json_loadb(strbuf_str(answer), answer->len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error), *list;

    if (!root) {
        fail(program, arena_printf(program->session->arena, "its answer is not JSON: line %d: %s", error.line, error.text));
        return;
    }
    if (knows_only(program, root, keys, "its answer")) {
        for (const char *const *key = keys; *key; key++) {
            if (json_object_get(root, *key) && !json_is_array(json_object_get(root, *key)))
                fail(program, arena_printf(program->session->arena, "`%s` of its answer is no list", *key));
        }
        take_findings(program, json_object_get(root, "errors"), DIAG_E0791);
        take_findings(program, json_object_get(root, "warnings"), DIAG_E0792);
        list = json_object_get(root, "files");
        for (size_t i = 0; i < json_array_size(list) && !program->failed; i++)
            take_file(program, json_array_get(list, i), files);
    }
    json_decref(root);
}

void run_program_targets(struct session *session, struct fileset *files)
{
    struct strbuf plan = STRBUF_INIT;

    for (uint32_t i = 0; i < session->options->targets.len; i++) {
        const char *target = session->options->targets.items[i];
        struct program program = {.session = session, .path = target + strlen(PREFIX)};
        struct strbuf answer = STRBUF_INIT;

        if (!target_is_program(target))
            continue;
        program.name = program_target_name(session->arena, target);
        if (!plan.len && !plan_write(session_document(session), &plan))
            fail(&program, "a text of the plan is not UTF-8");
        if (!program.failed)
            run(&program, &plan, &answer);
        if (!program.failed)
            take_answer(&program, &answer, files);
        strbuf_release(&answer);
    }
    strbuf_release(&plan);
}
