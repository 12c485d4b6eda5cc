#!/usr/bin/env python3
"""Holds the architecture against the code: who may include whom, directly or by way of others, no input or output in the core, no banned functions.

The table below is the one of compiler/README.md. The core is everything but compiler/driver and compiler/fetch: bytes
come in, a set of files goes out, and it reads no clock, environment or locale. Ends with `N passed, N failed, N skipped`.
"""

import functools
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
LONGEST_FILE = 1000
LONGEST_LINE = 150  # the house style is 110 columns; rows of tables and trailing comments may be longer

# Layer to the layers whose headers it may include, besides its own.
MAY_INCLUDE = {
    "base": set(),
    "source": {"base"},
    "syntax": {"base", "source"},
    "model": {"base", "source"},
    "sema": {"base", "source", "syntax", "model"},
    "schedule": {"base"},
    "analysis": {"base", "source", "schedule", "model", "plan"},
    "emit": {"base"},
    "plan": {"base", "emit"},
    "verify": {"base", "schedule", "plan", "emit"},
    "validate": {"base", "schedule", "plan"},
    "compare": {"base", "plan"},
    "fetch": {"base", "source"},
    "embed": set(),
    "backends": {"base", "source", "plan", "emit"},
    "driver": {"base", "source", "syntax", "model", "sema", "schedule", "analysis", "plan", "emit", "verify", "validate", "compare", "fetch", "backends"},
}
# Rooms of the analysis, a question each: to those whose headers they may include, besides their own. analysis.c is the order of passes over all.
ROOMS = {
    "common": set(),
    "world": {"common"},
    "clock": {"common", "world"},
    "recovery": {"common", "world"},
    "judge": {"common", "world", "clock", "recovery"},
    "repair": {"common", "world"},
    "output": {"common", "world", "clock", "recovery", "judge"},
}
# Single headers that cross the table, each with its reason.
EXCEPTIONS = {
    # Rules and timing models are evaluated by the one evaluator; the analysis sees its interface only.
    ("analysis", "sema/eval.h"),
    ("analysis", "sema/library.h"),
    # What rules see of the results is said once, by rows of the plan; whoever checks what a rule asks reads their names and types.
    ("sema", "plan/seen.h"),
}
# What comes along with one of them, and would be forbidden by itself.
REACHED = {
    # The expressions that deferred rows keep.
    ("analysis", "syntax/tree.h"),
    # The rows.
    ("sema", "plan/plan.def"),
}
# Single files that include one header more, each with its reason.
FILE_EXCEPTIONS = set()
# Single functions the core may call after all.
TOLERATED_CALLS = {
    # Memory that cannot be had ends the process: no caller could go on, and none has to check.
    "compiler/base/arena.c": {"fputs", "fwrite", "exit"},  # gcc writes the first as the second
}
IO_FREE = set(MAY_INCLUDE) - {"driver", "fetch", "embed"}

# System headers the core has no business with.
IO_HEADERS = {"stdio.h", "unistd.h", "fcntl.h", "time.h", "locale.h", "signal.h", "dirent.h", "sys/stat.h", "sys/types.h",
              "sys/wait.h", "sys/socket.h", "netdb.h", "pthread.h", "threads.h", "curl/curl.h", "git2.h", "termios.h"}
# ... of which these are allowed for what they also declare; the functions below stay forbidden.
TOLERATED_HEADERS = {"stdio.h"}
# Functions of input, output, clock, environment and locale.
IO_FUNCTIONS = ("fopen freopen fclose fread fwrite fgets fputs fputc fprintf vfprintf printf vprintf puts putchar putc getc "
                "getchar scanf fscanf perror fflush remove rename tmpfile open close read write stat lstat fstat unlink "
                "mkdir opendir readdir system popen execve fork getenv secure_getenv setenv time clock clock_gettime gettimeofday "
                "localtime localtime_r gmtime strftime mktime setlocale localeconv rand srand random exit _exit abort "
                "getcwd chdir realpath").split()
# Nowhere at all: they overflow, depend on the locale or on the machine, or hide errors.
BANNED = {
    "strcpy": "copies without a bound", "strcat": "copies without a bound", "sprintf": "prints without a bound",
    "vsprintf": "prints without a bound", "gets": "reads without a bound", "strncpy": "may leave no terminator",
    "strncat": "its bound is not the buffer's", "strtok": "keeps state between calls", "atoi": "hides overflow",
    "atol": "hides overflow", "atoll": "hides overflow", "atof": "binary floating point", "strtod": "binary floating point",
    "setlocale": "output must not depend on the locale", "rand": "output must not depend on chance",
    "alloca": "the stack is not ours to spend", "tmpnam": "a race", "mktemp": "a race", "asctime": "depends on the locale",
    "ctime": "depends on the locale", "localtime": "keeps state between calls", "isalpha": "depends on the locale",
    "isdigit": "depends on the locale", "isspace": "depends on the locale", "isalnum": "depends on the locale",
    "isprint": "depends on the locale", "isupper": "depends on the locale", "islower": "depends on the locale",
    "tolower": "depends on the locale", "toupper": "depends on the locale", "strcoll": "depends on the locale",
    "strcasecmp": "depends on the locale",
}
FLOATS = re.compile(r"\b(?:float|double)\b")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def code_only(text):
    """The text with comments and literals blanked out, line for line."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match[0])
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', blank, text, flags=re.S)


def layer_of(path):
    parts = path.relative_to(ROOT).parts
    return parts[1] if parts[0] == "compiler" else parts[0]


def room_of(path):
    parts = path.relative_to(ROOT).parts
    return parts[2] if parts[:2] == ("compiler", "analysis") and len(parts) == 4 else None


def calls(code, names):
    pattern = re.compile(r"(?<![\w.>])(" + "|".join(names) + r")\s*\(")
    for match in pattern.finditer(code):
        yield code.count("\n", 0, match.start()) + 1, match[1]


def check_includes(path, text, layer):
    for mark, name in INCLUDE.findall(text):
        if mark == "<":
            if layer in IO_FREE and name in IO_HEADERS - TOLERATED_HEADERS:
                yield f"the core does no input or output, yet includes <{name}>"
            continue
        target = name.split("/")[0]
        if "/" not in name:
            if name not in ("parser.h", "lexer.h", "test.h"):
                yield f'#include "{name}" does not name its layer'
        elif layer == target == "analysis" and room_of(path) and name.count("/") == 2:
            if name.split("/")[1] not in ROOMS[room_of(path)] | {room_of(path)}:
                yield f'the room {room_of(path)} may not include "{name}"'
        elif (target != layer and target not in MAY_INCLUDE.get(layer, set()) and (layer, name) not in EXCEPTIONS
              and (str(path.relative_to(ROOT)), name) not in FILE_EXCEPTIONS):
            yield f'{layer} may not include "{name}"'


def found(name):
    return next((path for path in (ROOT / "compiler" / name, ROOT / name) if path.exists()), None)


@functools.cache
def included(path):
    names = [name for mark, name in INCLUDE.findall(path.read_text(encoding="utf-8")) if mark == '"']
    return [header for header in map(found, names) if header]


def check_reached(path, layer):
    """No header of a forbidden layer or room by way of another; what a single file may include brings its own along."""
    seen, open_ones = {path}, [path]
    while open_ones:
        via = open_ones.pop()
        for header in included(via):
            name = str(header.relative_to(ROOT)).removeprefix("compiler/")
            target = layer_of(header)
            if header in seen or (str(via.relative_to(ROOT)), name) in FILE_EXCEPTIONS:
                continue
            seen.add(header)
            open_ones.append(header)
            if via == path:
                continue  # check_includes has judged it
            if target != layer and target not in MAY_INCLUDE.get(layer, set()) and (layer, name) not in EXCEPTIONS | REACHED:
                yield f'{layer} reaches "{name}" through {via.relative_to(ROOT)}'
            elif room_of(path) and room_of(header) and room_of(header) not in ROOMS[room_of(path)] | {room_of(path)}:
                yield f'the room {room_of(path)} reaches "{name}" through {via.relative_to(ROOT)}'


def check(path):
    text = path.read_text(encoding="utf-8")
    layer = layer_of(path)
    code = code_only(text)
    lines = text.count("\n")
    if lines >= LONGEST_FILE:
        yield f"{lines} lines; split it by noun before {LONGEST_FILE}"
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LONGEST_LINE and "DIAG(" not in line and path.suffix != ".def" and '"' not in line:
            yield f"line {number}: {len(line)} columns"
    if path.suffix == ".def":
        return
    if not text.lstrip().startswith(("/*", "//")):
        yield "does not open with what it does and how"
    yield from check_includes(path, text, layer)
    yield from check_reached(path, layer)
    for number, name in calls(code, BANNED):
        yield f"line {number}: {name}() {BANNED[name]}"
    if layer in IO_FREE:
        tolerated = TOLERATED_CALLS.get(str(path.relative_to(ROOT)), set())
        for number, name in calls(code, [name for name in IO_FUNCTIONS if name not in tolerated]):
            yield f"line {number}: {name}() in the core, which does no input or output"
    elif layer == "driver" and path.name != "main.c":
        for number, name in calls(code, ["exit", "_exit", "abort"]):
            yield f"line {number}: {name}() below main.c: say it, and return a status"
    if layer in IO_FREE:
        for match in FLOATS.finditer(code):
            yield f"line {code.count(chr(10), 0, match.start()) + 1}: binary floating point"


def main():
    passed, failed = 0, 0
    for folder in ("compiler", "backends"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix not in (".c", ".h", ".def"):
                continue
            problems = list(check(path))
            failed += bool(problems)
            passed += not problems
            for problem in problems:
                print(f"{path.relative_to(ROOT)}: {problem}")
    others = [path for pattern in ("grammar/*.[ly]", "tests/**/*.[ch]", "tests/**/*.py", "tools/*.py", "verify/*.py", "stdlib/**/*.dr", "examples/**/*.dr",
                                   "backends/**/*.sh") for path in ROOT.glob(pattern)]
    for path in sorted(others):
        lines = path.read_text(encoding="utf-8").count("\n")
        if "node_modules" not in path.parts:
            failed += lines >= LONGEST_FILE
            passed += lines < LONGEST_FILE
            if lines >= LONGEST_FILE:
                print(f"{path.relative_to(ROOT)}: {lines} lines; split it by noun before {LONGEST_FILE}")
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
