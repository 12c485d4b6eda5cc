#!/usr/bin/env python3
"""Changes one token of the analysis at a time and asks whether a test notices: a rule that no test holds may be wrong without anybody seeing it.

    tests/mutate.py --build build --count 200          200 changes, drawn by the seed; the rows of what came of it
    tests/mutate.py --build build --at compiler/analysis/clock/bound.c:120     every change of one line

A change is of the rules alone: comparisons, and/or, plus/minus, a negation, yes/no, 0/1. Left out are lines with texts (they word what the
rules found), and changes that the compiler refuses or that lead to the same machine code. Each is compiled in a copy of the folder and judged by the
cases (those whose plan or findings are others now), the certificates of their plans and the executed worlds, SECONDS at most; what nobody noticed
by then has survived.
The last line is `N caught, N survived of N`.
"""

import argparse
import concurrent.futures
import contextlib
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from lib import case  # noqa: E402
from lib.core import Env, Failure  # noqa: E402
from oracles import lot, worlds, worlds_test  # noqa: E402

ROOMS = ("world", "recovery", "clock", "judge")
SECONDS = 30
ORACLES = "oracles/(hands|survival|times)"
WORLDS = 240  # random worlds whose plans are compared
MOST = 25  # cases, or worlds, whose plan is another that are judged
HANGS = 30

CHANGES = (
    (r"(?<=[\w)\]]) <= (?=[\w(-])", (" < ",)), (r"(?<=[\w)\]]) < (?=[\w(-])", (" <= ",)),
    (r"(?<=[\w)\]]) >= (?=[\w(-])", (" > ",)), (r"(?<=[\w)\]]) > (?=[\w(-])", (" >= ",)),
    (r" == ", (" != ",)), (r" != ", (" == ",)), (r" && ", (" || ",)), (r" \|\| ", (" && ",)),
    (r"(?<=[\w)\]]) \+ (?=[\w(])", (" - ",)), (r"(?<=[\w)\]]) - (?=[\w(])", (" + ",)),
    (r"(?<=[ (])!(?=[\w(])", ("",)), (r"\btrue\b", ("false",)), (r"\bfalse\b", ("true",)),
    (r"(?<=[ (])0(?=[;,) ])", ("1",)), (r"(?<=[ (])1(?=[;,) ])", ("0",)), (r"\bcontinue;", ("break;",)), (r"\+=", ("-=",)),
)


def bodies(lines):
    """The lines inside functions, as clang-format leaves them: from a `{` in the first column to its `}`."""
    inside = comment = False
    for number, line in enumerate(lines):
        if line.startswith("}"):
            inside = False
        if inside and not comment and not line.lstrip().startswith(("//", "/*", "*", "#")) and '"' not in line:
            yield number
        comment = (comment or "/*" in line) and "*/" not in line
        if line == "{":
            inside = True
        elif re.match(r"\w.*\) \{$", line):
            inside = True


def changes_of(path):
    lines = path.read_text(encoding="utf-8").split("\n")
    for number in bodies(lines):
        code = re.sub(r"//.*|/\*.*?\*/", lambda found: " " * len(found[0]), lines[number])
        for pattern, others in CHANGES:
            for found in re.finditer(pattern, code):
                for other in others:
                    yield number, found.start(), found.end(), other


class Copy:
    """A copy of the folder and of its build, in which one file at a time is another."""

    def __init__(self, build, folder):
        self.folder, self.env = folder, Env(folder / "build")
        for name in subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0"):
            if name and (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)
        subprocess.run(["cp", "-a", str(build), str(folder / "build")], check=True)
        self.make()

    def make(self):
        return subprocess.run(["make", "-s", "all"], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0

    def code(self, made):
        """The machine code of an object, without where its lines are."""
        return subprocess.run(["objdump", "-d", "-r", "--no-show-raw-insn", str(made)], capture_output=True, check=True).stdout.split(b"\n", 3)[3]

    @contextlib.contextmanager
    def changed(self, name, text):
        """The copy with another text of one file; whether that compiles, and into something else."""
        path, made = self.folder / name, self.folder / "build" / "obj" / pathlib.Path(name).with_suffix(".o")
        was, kept = path.read_text(encoding="utf-8"), made.with_suffix(".kept")
        shutil.copy2(made, kept)
        path.write_text(text, encoding="utf-8")
        try:
            yield self.make() and self.code(made) != self.code(kept)
        finally:
            path.write_text(was, encoding="utf-8")
            shutil.copyfile(kept, made)
            kept.unlink()

    def plan(self, folder):
        """The plan of a specification and what was found, as `drc` says it; where these are the same a test passes or fails alike."""
        try:
            done = subprocess.run([self.env.drc, "plan", "--emit", "plan", "--max-errors", "0", "main.dr"], cwd=folder,
                                  stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=HANGS)
        except subprocess.TimeoutExpired:
            return -1, b"", b"it hangs"
        return done.returncode, done.stdout, done.stderr

    def plans(self):
        with concurrent.futures.ThreadPoolExecutor() as pool:
            return dict(zip(self.inputs, pool.map(self.plan, self.inputs.values())))

    def extract(self, folder):
        """The inputs of all cases and of random worlds, each in a folder of its own."""
        cases = ROOT / "tests" / "cases"
        self.inputs = {}
        for path in sorted([*cases.rglob("*.case"), *(found.parent for found in cases.rglob("expect"))]):
            name = "cases/" + path.relative_to(cases).with_suffix("").as_posix()
            if name.split("/")[1] in ("driver", "eval", "hostile"):  # where much is asked of time and memory, of no rule
                continue
            if path.is_dir():
                shutil.copytree(path, folder / name)
            else:
                (folder / name).mkdir(parents=True)
                case.prepare(case.Case(path), folder / name)
            if (folder / name / "main.dr").is_file():
                self.inputs[name] = folder / name
        for number in range(WORLDS):
            _, spec = self.world(number)
            self.inputs[f"worlds/{number}"] = folder / f"worlds/{number}"
            self.inputs[f"worlds/{number}"].mkdir(parents=True)
            (folder / f"worlds/{number}" / "main.dr").write_text(worlds.text_of(spec), encoding="utf-8")
        self.before = self.plans()
        refused = [name for name, (_, plan, _) in self.before.items() if not self.accepted(plan)]
        if refused:
            sys.exit(f"the certificate of {refused[0]} is refused without any change")

    def accepted(self, plan):
        return not plan.startswith(b"{") or subprocess.run([self.env.drc, "verify", "-"], input=plan, stdout=subprocess.DEVNULL,
                                                           stderr=subprocess.DEVNULL, check=False).returncode == 0

    def world(self, number):
        rng = random.Random(f"worlds {lot.FIRST_SEED + number}")
        return rng, worlds.random_spec(rng)

    def tests(self, ends, only, chosen):
        """The first of some tests that fails; no text where all pass, none where time ran out."""
        running = subprocess.Popen([sys.executable, "tests/run.py", "--build", "build", "--only", only, "--filter", chosen, "--fail-fast"],
                                   cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            text, _ = running.communicate(timeout=max(1, ends - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
            return None
        found = re.search(rb"^FAILED (\S+)", text, re.M)
        return found[1].decode() if found else "the runner" if running.returncode != 0 else ""

    def judge(self, seconds):
        """What noticed the change; no text where nothing did, none where time ran out."""
        ends, after = time.monotonic() + seconds, self.plans()
        other = [name for name in self.inputs if after[name] != self.before[name]]
        for name in other:
            if after[name][0] < 0 or after[name][0] == 70:
                return f"a crash of {name}"
            if not self.accepted(after[name][1]):
                return f"the certificate of {name}"
        cases = [name for name in other if name.startswith("cases/")][:MOST]
        if cases:
            found = self.tests(ends, "cases", "^(" + "|".join(map(re.escape, cases)) + ")$")
            if found or found is None:
                return found
        for name in [name for name in other if name.startswith("worlds/")][:MOST]:
            rng, spec = self.world(int(name[len("worlds/"):]))
            try:
                worlds_test.judge(self.env, spec, rng, 6, worlds_test.tallied())
            except (worlds_test.Found, Failure):
                return name
            if time.monotonic() > ends:
                return None
        return self.tests(ends, "oracles", ORACLES) if other else ""


def main():
    parser = argparse.ArgumentParser(description="change one token of the analysis at a time")
    parser.add_argument("--build", default="build")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=SECONDS, help="for the tests of one change")
    parser.add_argument("--at", help="FILE:LINE, every change there")
    parser.add_argument("--limit", type=int, default=0, help="minutes for all; the changes that are left are not counted")
    options = parser.parse_args()
    every = []
    for room in ROOMS:
        for path in sorted((ROOT / "compiler" / "analysis" / room).glob("*.c")):
            every += [(path.relative_to(ROOT).as_posix(), *change) for change in changes_of(path)]
    if options.at:
        name, line = options.at.rsplit(":", 1)
        drawn = [change for change in every if change[0] == name and change[1] == int(line) - 1]
    else:
        drawn = random.Random(options.seed).sample(every, len(every))
    began, caught, survived = time.monotonic(), 0, []
    with tempfile.TemporaryDirectory() as folder:
        copy = Copy(pathlib.Path(options.build).resolve(), pathlib.Path(folder) / "drc")
        copy.extract(pathlib.Path(folder) / "inputs")
        failed = copy.tests(time.monotonic() + 3600, "oracles", ORACLES)
        if failed or failed is None:
            sys.exit(f"{failed} fails without any change")
        for name, number, start, end, other in drawn:
            if caught + len(survived) >= options.count or (options.limit and time.monotonic() - began > options.limit * 60):
                break
            lines = (ROOT / name).read_text(encoding="utf-8").split("\n")
            line = lines[number][:start] + other + lines[number][end:]
            with copy.changed(name, "\n".join(lines[:number] + [line] + lines[number + 1:])) as another:
                if not another:
                    continue
                by = copy.judge(options.seconds)
            if by:
                caught += 1
            else:
                survived.append((name, number + 1, lines[number].strip(), line.strip()))
            told = f"caught by {by}" if by else "SURVIVED" if by == "" else "SURVIVED, out of time"
            print(f"{name}:{number + 1} {line.strip()}  // {told}", flush=True)
    for name, number, before, after in survived:
        print(f"survivor {name}:{number}\n    {before}\n    {after}")
    print(f"{caught} caught, {len(survived)} survived of {caught + len(survived)} changes; {len(every)} are possible")
    return 0


if __name__ == "__main__":
    sys.exit(main())
