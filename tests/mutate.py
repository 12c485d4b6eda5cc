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

ROOMS = ("world", "recovery", "clock", "judge")
SECONDS = 30
ORACLES = "oracles/(worlds|hands|survival|times|properties)|certificate/random-plans"
MOST_CASES = 40  # that are run whole: one whose plan is another is enough, if it fails

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
        self.folder = folder
        for name in subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0"):
            if name and (ROOT / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, folder / name)
        subprocess.run(["cp", "-a", str(build), str(folder / "build")], check=True)
        self.make()

    def make(self):
        return subprocess.run(["make", "-s", "all"], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0

    def code(self, name):
        """The machine code of a file, without where its lines are."""
        made = self.folder / "build" / "obj" / pathlib.Path(name).with_suffix(".o")
        return subprocess.run(["objdump", "-d", "-r", "--no-show-raw-insn", str(made)], capture_output=True, check=True).stdout.split(b"\n", 3)[3]

    def plan(self, folder):
        """The plan of a case and what was found, as `drc` says it; two programs for which they are the same pass or fail the case alike."""
        done = subprocess.run([self.folder / "build" / "drc", "plan", "--emit", "plan", "--max-errors", "0", "main.dr"], cwd=folder,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=60)
        return done.returncode, done.stdout, done.stderr

    def plans(self):
        with concurrent.futures.ThreadPoolExecutor() as pool:
            return dict(zip(self.cases, pool.map(self.plan, self.cases.values())))

    def extract(self, folder):
        """The inputs of all cases, each in a folder of its own."""
        cases = ROOT / "tests" / "cases"
        self.cases = {}
        for path in sorted([*cases.rglob("*.case"), *(found.parent for found in cases.rglob("expect"))]):
            name = path.relative_to(cases).with_suffix("").as_posix()
            if path.is_dir():
                shutil.copytree(path, folder / name)
            else:
                (folder / name).mkdir(parents=True)
                case.prepare(case.Case(path), folder / name)
            if (folder / name / "main.dr").is_file():
                self.cases[name] = folder / name
        self.before = self.plans()

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
        ends = time.monotonic() + seconds
        after = self.plans()
        other = [name for name in self.cases if after[name] != self.before[name]]
        for name in other:
            code, plan, _ = after[name]
            if code < 0 or code == 70:
                return f"a crash of {name}"
            if plan.startswith(b"{") and subprocess.run([self.folder / "build" / "drc", "verify", "-"], input=plan, stdout=subprocess.DEVNULL,
                                                       stderr=subprocess.DEVNULL, check=False).returncode != 0:
                return f"the certificate of {name}"
        if other:
            found = self.tests(ends, "cases", "^cases/(" + "|".join(map(re.escape, other[:MOST_CASES])) + ")$")
            if found or found is None:
                return found
        return self.tests(ends, "certificate,oracles", ORACLES)


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
        copy.extract(pathlib.Path(folder) / "cases")
        failed = copy.tests(time.monotonic() + 3600, "certificate,oracles", ORACLES)
        if failed or failed is None:
            sys.exit(f"{failed} fails without any change")
        for name, number, start, end, other in drawn:
            if caught + len(survived) >= options.count or (options.limit and time.monotonic() - began > options.limit * 60):
                break
            path, was = copy.folder / name, (ROOT / name).read_text(encoding="utf-8")
            code, lines = copy.code(name), was.split("\n")
            line = lines[number][:start] + other + lines[number][end:]
            path.write_text("\n".join(lines[:number] + [line] + lines[number + 1:]), encoding="utf-8")
            if copy.make() and copy.code(name) != code:
                by = copy.judge(options.seconds)
                if by:
                    caught += 1
                else:
                    survived.append((name, number + 1, lines[number].strip(), line.strip()))
                told = f"caught by {by}" if by else "SURVIVED" if by == "" else "SURVIVED, out of time"
                print(f"{name}:{number + 1} {line.strip()}  // {told}", flush=True)
            path.write_text(was, encoding="utf-8")
            copy.make()
    for name, number, before, after in survived:
        print(f"survivor {name}:{number}\n    {before}\n    {after}")
    print(f"{caught} caught, {len(survived)} survived of {caught + len(survived)} changes; {len(every)} are possible")
    return 0


if __name__ == "__main__":
    sys.exit(main())
