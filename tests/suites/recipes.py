"""The recipes of CONTRIBUTING.md and the README files, walked word for word in a copy of this folder: what they say to write is written, what they
say to run is run. In long runs only (`make test-long`): it builds twice."""

import os
import re
import shutil
import subprocess

from lib.core import Failure, Sandbox, Test

# Left to the suites that do the same, or to the hand: the whole of `make test`, and what is done before there is a clone.
NOT_RUN = ("git ", "cd ", "make test")


def collect(env):
    if os.environ.get("DRC_TEST_ALL") and not env.sanitized:
        yield Test("walk", lambda: walk(env))


class Clone:
    def __init__(self, env, folder):
        self.env, self.folder = env, folder / "drc"
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=env.root, capture_output=True, text=True, check=False).stdout.split("\0")
        if len(listed) < 100:
            raise Failure("this is no clone of git")
        for name in filter(None, listed):
            if (env.root / name).is_file():
                (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(env.root / name, self.folder / name)
        # The objects need not be made again; what is of other flags is.
        subprocess.run(["cp", "-a", env.build, self.folder / "build"], check=True)
        subprocess.run(["git", "init", "-q"], cwd=self.folder, check=True)
        subprocess.run(["git", "add", "-A"], cwd=self.folder, check=True)

    def text(self, name):
        return (self.folder / name).read_text(encoding="utf-8")

    def write(self, name, text):
        (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(text, encoding="utf-8")

    def put(self, name, before, text):
        """Inserts before the first place of a text."""
        old = self.text(name)
        if before not in old:
            raise Failure(f"{name} has no {before!r}")
        self.write(name, old.replace(before, text + before, 1))

    def run(self, command, fine=True):
        done = self.env.run(["sh", "-c", command], self.folder, limit=False, timeout=1800)
        if (done.code == 0) != fine:
            raise Failure(f"{command}: exit {done.code}\n" + (done.stdout + done.stderr).decode("utf-8", "replace")[-3000:])

    def run_all(self, commands):
        for command in commands:
            if not command.startswith(NOT_RUN):
                self.run(command)


def section(text, heading):
    """What stands under a heading, to the next one."""
    part = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    if not part:
        raise Failure(f"no section {heading}")
    return part[1]


def blocks(text):
    """Each fenced block, without the indent it has as a part of a list."""
    found = []
    for indent, body in re.findall(r"^( *)```\w*\n(.*?)^ *```$", text, re.M | re.S):
        found.append("".join(line[len(indent):] if line.startswith(indent) else line for line in body.splitlines(True)))
    return found


def inline(text, number):
    """The commands in backquotes of a numbered step."""
    step = re.search(rf"^{number}\. (.*?)(?=^\d+\. |\Z)", text, re.M | re.S)[1]
    return [command for command in re.findall(r"`([^`]+)`", step) if command.startswith(("make", "build/drc", "python3"))]


def first_change(clone):
    text = section(clone.text("CONTRIBUTING.md"), "A first change, from a clone to green tests")
    build, case, fails, rule, make, tests = blocks(text)
    clone.run_all(build.splitlines())
    clone.write("tests/cases/analysis/role-stated.case", case)
    clone.run(fails.strip(), fine=False)
    clone.write("stdlib/rules/strict.dr", clone.text("stdlib/rules/strict.dr") + "\n" + rule)
    clone.run_all(make.splitlines())
    clone.write("stdlib/rules/README.md", clone.text("stdlib/rules/README.md").replace("`reachable` | |", "`reachable`, `role-stated` | |", 1))
    clone.run_all(tests.splitlines())


def kind(clone):
    text = section(clone.text("stdlib/README.md"), "Add a kind")
    declared, case = blocks(text)
    clone.write("stdlib/aws/fsx.dr", declared)
    clone.write("stdlib/aws.dr", clone.text("stdlib/aws.dr") + 'import "std/aws/fsx"\n')
    clone.put("stdlib/README.md", "| `std/aws/elasticache` |", "| `std/aws/fsx` | `aws.fsx.lustre` |\n")
    clone.write("tests/cases/kinds/fsx.case", case)
    clone.run_all(inline(text, 7))


def rule(clone):
    text = section(clone.text("stdlib/README.md"), "Add a rule")
    clone.write("stdlib/rules/logs.dr", clone.text("stdlib/rules/logs.dr") + "\n" + blocks(text)[0])
    clone.put("stdlib/rules/README.md", "`reachable`", "`reprotected`, ")
    clone.run("make")
    clone.run_all(command.replace("NAME", "reprotected") for command in inline(text, 3))


def target(clone):
    text = section(clone.text("backends/README.md"), "Add a target")
    program, case = blocks(text)
    clone.write("backends/table/table.c", program)
    clone.put("backends/registry.h", "extern const struct backend drc_plan;", "extern const struct backend drc_table;\n")
    clone.put("backends/registry.c", "&drc_plan", "&drc_table, ")
    clone.write("tests/cases/table/first.case", case)
    for command in inline(text, 5):
        # `make test` sets up the computer first.
        clone.run(re.sub(r"make test TEST_ARGS='([^']*)'", r"python3 tests/run.py --build build \1", command.replace("NAME", "table")))


def attribute(clone):
    text = section(clone.text("compiler/README.md"), "Add an attribute to a block")
    row = re.search(r"`(ATTR\(PLAN, .*\))`", text)[1]
    clone.put("compiler/model/schema.def", "BLOCK_END(PLAN)", row + "\n")
    clone.write("tests/cases/sema/classified.case", 'A plan says who may read it.\n\n== file main.dr\nplan p { title = "P"  classification = secret }\n\n'
                '== lacks stderr\nE0205\n')
    clone.run("make -s && make reference")
    clone.run("python3 tests/run.py --build build --only cases,reference --filter 'classified|reference/'")


def field(clone):
    """Add a field (compiler/plan/README.md): its row, what sets it, the schema."""
    clone.put("compiler/plan/plan.def", "FIELD(document, slos,", 'FIELD(document, motto, TEXT, _, 2, 0, "What the plan stands for.")\n')
    clone.run("make -s && make reference")
    if '"motto"' not in clone.text("compiler/plan/plan.schema.json"):
        raise Failure("the schema lacks the field")
    clone.run("python3 tests/run.py --build build --only plan --filter 'schema|examples'")


def walk(env):
    with Sandbox() as folder:
        clone = Clone(env, folder)
        for recipe in (first_change, kind, rule, target, attribute, field):
            try:
                recipe(clone)
            except Failure as failure:
                raise Failure(f"{recipe.__name__}: {failure}") from None
