/* `drc completion bash|zsh|fish`, from the tables of commands and options. */
#include "driver/driver.h"

#include <stdio.h>
#include <string.h>

static void words(FILE *out)
{
    for (const struct command_info *command = drc_commands; command->name; command++) {
        if (!command->hidden)
            fprintf(out, "%s ", command->name);
    }
}

static void long_options(FILE *out)
{
    for (const struct option_info *option = drc_options; option->summary; option++) {
        if (option->name)
            fprintf(out, "--%s ", option->name);
    }
}

static void bash(FILE *out)
{
    fputs("# bash completion for drc\n_drc() {\n  local cur=${COMP_WORDS[COMP_CWORD]}\n  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
          "    mapfile -t COMPREPLY < <(compgen -W '",
          out);
    words(out);
    fputs("' -- \"$cur\")\n  elif [[ $cur == -* ]]; then\n    mapfile -t COMPREPLY < <(compgen -W '", out);
    long_options(out);
    fputs("' -- \"$cur\")\n  else\n    mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n  fi\n}\ncomplete -F _drc drc\n", out);
}

static void zsh(FILE *out)
{
    fputs("#compdef drc\n_drc() {\n  local -a commands\n  commands=(\n", out);
    for (const struct command_info *command = drc_commands; command->name; command++) {
        if (!command->hidden)
            fprintf(out, "    '%s:%s'\n", command->name, command->summary);
    }
    fputs("  )\n  if (( CURRENT == 2 )); then\n    _describe command commands\n  else\n    _arguments \\\n", out);
    for (const struct option_info *option = drc_options; option->summary; option++) {
        if (option->name)
            fprintf(out, "      '--%s[%s]%s' \\\n", option->name, option->summary, option->argument ? ": :_files" : "");
    }
    fputs("      '*: :_files'\n  fi\n}\n_drc \"$@\"\n", out);
}

static void fish(FILE *out)
{
    for (const struct command_info *command = drc_commands; command->name; command++) {
        if (!command->hidden)
            fprintf(out, "complete -c drc -n __fish_use_subcommand -a %s -d '%s'\n", command->name, command->summary);
    }
    for (const struct option_info *option = drc_options; option->summary; option++) {
        if (option->name)
            fprintf(out, "complete -c drc -l %s%s -d '%s'\n", option->name, option->argument ? " -r" : "", option->summary);
    }
}

int command_completion(const struct options *options)
{
    const char *shell = options->arguments.len ? options->arguments.items[0] : "";

    if (strcmp(shell, "bash") == 0)
        bash(stdout);
    else if (strcmp(shell, "zsh") == 0)
        zsh(stdout);
    else if (strcmp(shell, "fish") == 0)
        fish(stdout);
    else {
        complain("drc: write `drc completion bash|zsh|fish`\n");
        return EXIT_USAGE;
    }
    return EXIT_FINE;
}
