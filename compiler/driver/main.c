/* The command line: `drc COMMAND [options] SPEC…`. Options may stand anywhere, as in other compilers. */
#include "driver/driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct command_info drc_commands[] = {
    {"check", "SPEC…", "verify every objective and rule", command_check, false},
    {"plan", "SPEC… [--scenario S]", "print the proof: methods, times, losses, slack, critical path", command_plan, false},
    {"ledger", "SPEC… [--scenario S] [--asset A] [--by WHO]", "what the proof rests on: who makes it true, how one sees it", command_ledger, false},
    {"verify", "FILE|DIR",
     "check the certificate of a plan.json: that its numbers, verdicts and witnesses follow from what it states; of a folder, also that its files "
     "say "
     "what the plan says",
     command_verify, false},
    {"diff", "OLD NEW", "what changed in meaning, which of it is weaker, and because of which edits", command_diff, false},
    {"log", "[NAME] [SPEC]", "what became of objectives, proved values and verdicts over git history, by whom, because of which edits", command_log,
     false},
    {"build", "SPEC… -o DIR", "check, then write the artifacts", command_build, false},
    {"fmt", "[-w|--check] FILE…", "print or write the canonical form", command_fmt, false},
    {"graph", "SPEC… [--timeline] [--style mermaid|dot|svg]", "dependency graph, or recovery timeline", command_graph, false},
    {"explain", "CODE|BLOCK|KIND|RULE | rto ASSET | rpo ASSET", "explain a code, a block, a kind, a rule or a computed number", command_explain,
     false},
    {"simulate", "SPEC… [--runs N] [--seed S] [--scenario S]", "draw recoveries from the ranges: how long they take, how often objectives hold",
     command_simulate, false},
    {"list", "kinds|rules|figures|backends|scenarios|std|blocks [SPEC…]", "list what there is", command_list, false},
    {"init", "[DIR]", "start a specification", command_init, false},
    {"version", "", "print the version", command_version, false},
    {"completion", "bash|zsh|fish", "print a completion script", command_completion, false},
    {"debug", "parse FILE… | reference | plan-schema | plan FILE", "for measurements and tests", command_debug, true},
    {NULL, NULL, NULL, NULL, false},
};

const struct option_info drc_options[] = {
    {'o', "output", "DIR", "folder the artifacts go to"},
    {'I', "include", "DIR", "look for imports there too; a `std` folder in it takes precedence over the built-in library"},
    {'D', "define", "NAME=VALUE", "value of a parameter"},
    {0, "params", "FILE", "values of parameters, YAML or JSON"},
    {0, "target", "A,B", "only these artifacts, `exec:PROGRAM` among them; others of ours in the folder are removed"},
    {0, "drop", "NAME", "remove what an earlier build wrote for a program of this name (`--target exec:`), unless it was edited"},
    {0, "scenario", "NAME", "only this scenario"},
    {0, "asset", "NAME", "ledger: only what verdicts of this asset, name or group rest on, with all they wait for; log: only this one"},
    {0, "by", "WHO", "ledger: only what is true by artifact, platform, demand or nobody"},
    {0, "as-of", "DATE", "judge dates at this day (YYYY-MM-DD)"},
    {0, "stale", "DATE", "list figures: only those read before this day, or never"},
    {0, "records", "DIR", "judge drills by the records in this folder (JSON, YAML)"},
    {0, "emit", "plan", "print the plan as JSON"},
    {0, "format", "FORMAT", "text, json, sarif, github, gitlab or junit; diff: also markdown; log: text, json or csv"},
    {0, "color", "WHEN", "auto, always or never"},
    {0, "runs", "N", "simulate: how many recoveries to draw (10000)"},
    {0, "seed", "S", "simulate: the same seed gives the same draws (1)"},
    {0, "style", "STYLE", "mermaid, dot or svg"},
    {0, "causes", "HOW", "diff: all: tell causes apart however long it takes; none: only by what numbers are worked out from"},
    {0, "timeline", NULL, "graph: the recovery over time"},
    {'W', NULL, "NAME", "-W NAME: show; -Wno-NAME: hide; -Werror: warnings are errors"},
    {'w', "write", NULL, "fmt: write the files"},
    {0, "check", NULL, "compare only, write nothing"},
    {0, "diff", NULL, "build --check: print what would change in each file, as a unified diff"},
    {0, "force", NULL, "overwrite files edited by hand"},
    {0, "max-errors", "N", "print at most N messages; 0: all"},
    {0, "world", NULL, "explain rto, explain rpo: tell an execution that takes as long, or loses as much"},
    {0, "repairs", NULL, "look for every change that mends a refuted objective, however long it takes"},
    {0, "no-cache", NULL, "log: work everything out anew, and keep nothing"},
    {0, "timings", NULL, "print how long each pass took"},
    {0, "codes", NULL, "explain: list all codes"},
    {'q', "quiet", NULL, "print nothing but errors"},
    {'h', "help", NULL, "print this help"},
    {0, "version", NULL, "print the version"},
    {0, NULL, NULL, NULL},
};

static const struct command_info *find_command(const char *name)
{
    for (const struct command_info *command = drc_commands; command->name; command++) {
        if (name && strcmp(command->name, name) == 0)
            return command;
    }
    return NULL;
}

/* `name`: of the command whose arguments are asked for; NULL: of any. */
static void usage(FILE *out, const char *name)
{
    const struct command_info *asked = find_command(name);

    fprintf(out, "drc, the compiler for disaster recovery\n\nusage: drc %s [options] %s\n\ncommands:\n", asked ? asked->name : "COMMAND",
            asked ? asked->arguments : "[SPEC…]");
    for (const struct command_info *command = drc_commands; command->name; command++) {
        if (!command->hidden)
            fprintf(out, "  %-10s %s\n", command->name, command->summary);
    }
    fprintf(out, "\noptions:\n");
    for (const struct option_info *option = drc_options; option->summary; option++) {
        char text[64];

        if (option->letter && !option->name)
            snprintf(text, sizeof text, "-%c %s", option->letter, option->argument);
        else
            snprintf(text, sizeof text, "%s%c%s--%s%s%s", option->letter ? "-" : "", option->letter ? option->letter : ' ',
                     option->letter ? ", " : "   ", option->name, option->argument ? " " : "", option->argument ? option->argument : "");
        fprintf(out, "  %-24s %s\n", text, option->summary);
    }
    fprintf(out, "\nA SPEC is a file, a folder (its main.dr, or all its .dr files), or - for standard input.\n"
                 "exit status: 0 fine, 1 invalid or refuted, 2 the result differs, 3 weaker, 64 wrong use, 70 our bug, 74 input or output\n");
}

static _Noreturn void wrong_use(const char *message, const char *what)
{
    complain("drc: %s `%s`\nhelp: `drc --help` prints the commands and options\n", message, what);
    exit(EXIT_USAGE);
}

static const struct option_info *find_long(const char *name, size_t len)
{
    for (const struct option_info *option = drc_options; option->summary; option++) {
        if (option->name && strlen(option->name) == len && memcmp(option->name, name, len) == 0)
            return option;
    }
    return NULL;
}

static const struct option_info *find_short(char letter)
{
    for (const struct option_info *option = drc_options; option->summary; option++) {
        if (option->letter == letter)
            return option;
    }
    return NULL;
}

static void split_targets(struct arena *arena, struct options *options, const char *list)
{
    while (*list) {
        size_t len = strcspn(list, ",");

        if (len)
            vec_push(arena, &options->targets, arena_strndup(arena, list, len));
        list += len + (list[len] == ',');
    }
}

static enum diag_format read_format(const char *text)
{
    static const char *const names[] = {"text", "json", "sarif", "github", "gitlab", "junit", "markdown", "csv"};

    for (int i = 0; i < (int)(sizeof names / sizeof *names); i++) {
        if (strcmp(text, names[i]) == 0)
            return (enum diag_format)i;
    }
    wrong_use("unknown format", text);
}

static void set_option(struct arena *arena, struct options *options, const struct option_info *option, const char *value)
{
    const char *name = option->name ? option->name : "W";

    if (strcmp(name, "output") == 0)
        options->output = value;
    else if (strcmp(name, "include") == 0)
        vec_push(arena, &options->includes, value);
    else if (strcmp(name, "define") == 0)
        vec_push(arena, &options->defines, value);
    else if (strcmp(name, "params") == 0)
        vec_push(arena, &options->param_files, value);
    else if (strcmp(name, "target") == 0)
        split_targets(arena, options, value);
    else if (strcmp(name, "drop") == 0)
        vec_push(arena, &options->drops, value);
    else if (strcmp(name, "scenario") == 0)
        options->scenario = value;
    else if (strcmp(name, "asset") == 0)
        options->asset = value;
    else if (strcmp(name, "by") == 0) {
        if (strcmp(value, "artifact") != 0 && strcmp(value, "platform") != 0 && strcmp(value, "demand") != 0 && strcmp(value, "nobody") != 0)
            wrong_use("--by is artifact, platform, demand or nobody, not", value);
        options->by = value;
    } else if (strcmp(name, "as-of") == 0)
        options->as_of = value;
    else if (strcmp(name, "stale") == 0)
        options->stale = value;
    else if (strcmp(name, "records") == 0)
        options->records = value;
    else if (strcmp(name, "emit") == 0) {
        if (strcmp(value, "plan") != 0)
            wrong_use("--emit is plan, not", value);
        options->emit = value;
    } else if (strcmp(name, "runs") == 0)
        options->runs = value;
    else if (strcmp(name, "seed") == 0)
        options->seed = value;
    else if (strcmp(name, "style") == 0)
        options->style = value;
    else if (strcmp(name, "causes") == 0) {
        if (strcmp(value, "all") != 0 && strcmp(value, "none") != 0)
            wrong_use("--causes is all or none, not", value);
        options->causes = value;
    } else if (strcmp(name, "format") == 0) {
        options->format = read_format(value);
    } else if (strcmp(name, "color") == 0) {
        if (strcmp(value, "auto") != 0 && strcmp(value, "always") != 0 && strcmp(value, "never") != 0)
            wrong_use("--color is auto, always or never, not", value);
        options->color = value[1] == 'u' ? -1 : value[0] == 'a';
    } else if (strcmp(name, "W") == 0)
        vec_push(arena, &options->levels, value);
    else if (strcmp(name, "max-errors") == 0) {
        char *end;

        options->max_errors = (uint32_t)strtoul(value, &end, 10);
        if (*end || !*value)
            wrong_use("--max-errors needs a number, not", value);
    }
}

static void set_flag(struct options *options, const char *name)
{
    if (strcmp(name, "write") == 0)
        options->write = true;
    else if (strcmp(name, "check") == 0)
        options->check = true;
    else if (strcmp(name, "diff") == 0)
        options->diff = true;
    else if (strcmp(name, "force") == 0)
        options->force = true;
    else if (strcmp(name, "quiet") == 0)
        options->quiet = true;
    else if (strcmp(name, "timeline") == 0)
        options->timeline = true;
    else if (strcmp(name, "world") == 0)
        options->world = true;
    else if (strcmp(name, "repairs") == 0)
        options->repairs = true;
    else if (strcmp(name, "no-cache") == 0)
        options->no_cache = true;
    else if (strcmp(name, "timings") == 0)
        options->timings = true;
    else if (strcmp(name, "codes") == 0)
        options->codes = true;
    else if (strcmp(name, "version") == 0)
        exit(command_version(options));
    else if (strcmp(name, "help") == 0) {
        usage(stdout, options->command);
        exit(EXIT_FINE);
    }
}

static void read_arguments(struct arena *arena, struct options *options, int argc, char **argv)
{
    bool only_names = false;

    for (int i = 1; i < argc; i++) {
        const char *arg = argv[i], *value = NULL;
        const struct option_info *option;

        if (only_names || arg[0] != '-' || !arg[1]) {
            if (!options->command)
                options->command = arg;
            else
                vec_push(arena, &options->arguments, arg);
            continue;
        }
        if (strcmp(arg, "--") == 0) {
            only_names = true;
            continue;
        }
        if (arg[1] == '-') {
            size_t len = strcspn(arg + 2, "=");

            option = find_long(arg + 2, len);
            value = arg[2 + len] == '=' ? arg + 3 + len : NULL;
        } else {
            option = find_short(arg[1]);
            value = arg[2] ? arg + 2 : NULL;
        }
        if (!option)
            wrong_use("unknown option", arg);
        if (!option->argument) {
            if (value)
                wrong_use("this option takes no value", arg);
            set_flag(options, option->name);
            continue;
        }
        if (!value && i + 1 < argc)
            value = argv[++i];
        if (!value)
            wrong_use("this option needs a value", arg);
        set_option(arena, options, option, value);
    }
}

int main(int argc, char **argv)
{
    struct arena *arena = arena_new();
    struct options options = {.color = -1, .max_errors = 20};
    int status = EXIT_USAGE;

    read_arguments(arena, &options, argc, argv);
    if (!options.command || strcmp(options.command, "help") == 0) {
        usage(options.command ? stdout : stderr, options.command && options.arguments.len ? options.arguments.items[0] : NULL);
        status = options.command ? EXIT_FINE : EXIT_USAGE;
    } else {
        const struct command_info *command = find_command(options.command);

        if (command && options.format == DIAG_MARKDOWN && command->run != command_diff)
            wrong_use("unknown format", "markdown");
        if (command && options.format == DIAG_CSV && command->run != command_log)
            wrong_use("unknown format", "csv");
        if (command) {
            status = command->run(&options);
        } else {
            const char *names[32];
            size_t count = 0;
            const char *near;

            for (command = drc_commands; command->name; command++)
                names[count++] = command->name;
            near = nearest(options.command, names, count);
            complain("drc: unknown command `%s`\n", options.command);
            fprintf(stderr, near ? "help: did you mean `%s`?\n" : "help: `drc --help` prints the commands\n", near);
        }
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fputs("drc: cannot write to standard output\n", stderr);
        status = EXIT_IO;
    }
    arena_delete(arena);
    return status;
}
