#!/usr/bin/env python3
"""Holds the headers against the objects: each header compiles alone, each external function has a caller elsewhere.

externals.py BUILD [COMMAND OF THE C COMPILER WITH ITS FLAGS…], after a build; what flex and bison made is not judged. A
function without a caller in another object is either `static` or gone; what only tests use stands in TESTED, with the
reason. Ends with `N passed, N failed, N skipped`.
"""

import collections
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
WRITER = "tests build with it what they hold against bash, terraform or a parser"
ORACLE = "the question the oracles ask of a schedule"
# External functions nothing but a test calls, each with its reason. One that gets a caller, or loses its test, leaves the list.
TESTED = {
    "block_label_name": "what a parsed tree says of its labels",
    "command_holds_text": "whether a command is known is a question of its own",
    "cron_file_name_ok": "run-parts skips other names; the emitter's names are held against it",
    "day_rule_is_all": "calls within its file are many; the parser of cron is held against it",
    "draw_at": "chance without a generator: single draws are held against known answers",
    "triangle_at": "single points of the distribution are held against known answers",
    "schedule_rate": "the notation is held against the ones that are printed",
    "jsonw_decimal": WRITER, "mermaid_id": WRITER, "yaml_bool": WRITER, "yaml_decimal": WRITER, "yaml_int": WRITER,
    "yaml_null": WRITER,
    "hcl_binary": WRITER, "hcl_call1": WRITER, "hcl_conditional": WRITER, "hcl_list_add_ref": WRITER, "hcl_not": WRITER,
    "hcl_object_set_computed": WRITER, "hcl_object_set_ref": WRITER, "hcl_set_int": WRITER,
    "sh_array": WRITER, "sh_assoc": WRITER, "sh_assoc_set": WRITER, "sh_cmd_env": WRITER, "sh_cmd_redirect": WRITER,
    "sh_compare": WRITER, "sh_default": WRITER, "sh_done": WRITER, "sh_fi": WRITER, "sh_for": WRITER, "sh_if": WRITER,
    "sh_local": WRITER, "sh_path": WRITER, "sh_quote": WRITER, "sh_run_or": WRITER,
    "sh_var_or_source": WRITER,
}
DEFINED = set("TDBR")


def symbols(build):
    """Name to the object that defines it, and to the objects that use it; main and generated code excepted."""
    objects = sorted(path for path in (build / "obj").rglob("*.o") if exists(build, path))
    listing = subprocess.run(["nm", "-A", "-P", *objects], capture_output=True, text=True, check=True).stdout
    defined, used = {}, collections.defaultdict(set)
    for line in listing.splitlines():
        place, rest = line.split(": ", 1)
        name, sort = rest.split()[:2]
        place = pathlib.Path(place).relative_to(build / "obj")
        if sort == "U":
            used[name].add(place)
        elif sort in DEFINED and place.parts[0] != "gen" and name != "main" and not name.startswith("__"):
            defined[name] = place
    return defined, used


def exists(build, path):
    """Whether its source still does: an object of a removed file is no caller."""
    source = path.relative_to(build / "obj").with_suffix(".c")
    return (build if source.parts[0] == "gen" else ROOT).joinpath(source).exists()


def check_callers(build):
    defined, used = symbols(build)
    words = set()
    for path in (ROOT / "tests").rglob("*.[ch]"):
        if "node_modules" not in path.parts:
            words |= set(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    for name, place in sorted(defined.items()):
        source = place.with_suffix(".c")
        if used[name]:
            yield f"{source}: {name} has a caller, yet stands in TESTED of tools/externals.py" if name in TESTED else None
        elif name not in TESTED:
            only = "; only tests use it: give the reason in TESTED of tools/externals.py" if name in words else ""
            yield f"{source}: {name} has no caller in another file: make it static or remove it{only}"
        else:
            yield None if name in words else f"{source}: {name} is used by no test, yet stands in TESTED of tools/externals.py"
    for name in sorted(set(TESTED) - set(defined)):
        yield f"tools/externals.py: {name} of TESTED is not defined anywhere"


def check_headers(compiler):
    def alone(path):
        done = subprocess.run([*compiler, "-fsyntax-only", "-x", "c", path], cwd=ROOT, capture_output=True, text=True)
        return done.returncode and f"{path.relative_to(ROOT)}: does not compile alone\n{done.stderr.rstrip()}"
    headers = sorted(path for folder in ("compiler", "backends") for path in (ROOT / folder).rglob("*.h"))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(alone, headers)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    results = list(check_callers(build)) + (list(check_headers(sys.argv[2:])) if sys.argv[2:] else [])
    problems = [problem for problem in results if problem]
    for problem in problems:
        print(problem)
    print(f"{len(results) - len(problems)} passed, {len(problems)} failed, 0 skipped")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
