"""Cases that are folders: a specification, why it is right or wrong, and what must be true of it, in `expect`.

An expectation says what must be true, not how it is printed, so it outlives the words of a message. tests/README.md has the
table of its forms. A line that begins with `or` is an alternative to the line before it; `#` begins a comment.
"""

import functools
import json
import pathlib
import re
import shutil
import sys

from lib.core import Failure, Sandbox

UNITS = {"w": 604_800_000, "d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000, "ms": 1}


class Short(Exception):
    """What was got instead of what was expected."""


def duration(text):
    if not re.fullmatch(r"(\d+(ms|[smhdw]))+", text):
        raise Failure(f"`{text}` is no duration")
    return sum(int(n) * UNITS[u] for n, u in re.findall(r"(\d+)(ms|[smhdw])", text))


def worst(value):
    return value.get("worst") if isinstance(value, dict) else value


def texts(value):
    """All texts inside a finding, without its keys."""
    if isinstance(value, dict):
        value = value.values()
    if isinstance(value, str):
        return value
    return " ".join(map(texts, value)) if hasattr(value, "__iter__") else ""


class Folder:
    """One case in its copy: what drc prints, plans and writes of it, each made once."""

    def __init__(self, env, folder, copy):
        self.env, self.copy, self.out = env, copy, copy / "out"
        shutil.copytree(folder, copy)
        home = copy / "home"
        home.mkdir()
        # Commands of a case see the copy as home and find the interpreter that runs the tests.
        self.variables = {"PATH": f"/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:{pathlib.Path(sys.executable).parent}",
                          "HOME": str(home), "LC_ALL": "C.UTF-8", "DRC": str(env.drc), "OUT": str(self.out), "CASE": str(copy)}

    def command(self, words):
        done = self.env.run(words, self.copy, env=self.variables)
        if done.code < 0 or done.code in (70, 99, 134, 139):
            raise Failure(f"{' '.join(map(str, words))[:120]}: crashed (exit {done.code})")
        return done.code, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")

    @functools.cache
    def run(self, verb):
        into = (lambda name: ["-o", self.copy / name]) if verb == "build" else (lambda name: [])
        status, out, err = self.command([self.env.drc, verb, "main.dr", "--max-errors", "0", *into("out")])
        report = self.command([self.env.drc, verb, "main.dr", "--format", "json", *into("again")])[1]
        try:
            return status, out + err, json.loads(report)["diagnostics"]
        except (ValueError, KeyError):
            return status, out + err, []

    @functools.cache
    def plan(self):
        try:
            return json.loads(self.command([self.env.drc, "plan", "--emit", "plan", "main.dr"])[1])
        except ValueError:
            raise Short("no plan: " + (self.run("check")[1].strip().splitlines() or ["nothing was printed"])[0]) from None

    def findings(self, verb, form, words):
        status, text, findings = self.run(verb)
        if form == "exit":
            met, got = status == int(words[0]), f"exit {status}"
        elif form in ("says", "lacks"):
            said = " ".join(words).lower() in text.lower()
            met, got = said == (form == "says"), f"{verb} says so" if said else f"{verb} does not say so"
        elif form in ("refuses", "tells"):
            met = any(all(re.search(rf"(?<![\w-]){re.escape(w)}(?![\w-])", texts(f), re.I) for w in words)
                      for f in findings if form == "tells" or f["severity"] == "error")
            told = sorted({f"{f['code']} {f['message']}"[:70] for f in findings})
            got = f"{verb} exit {status}, " + ("; ".join(told[:3]) or "no finding")
        else:
            raise Failure(f"there is no form `{verb} {form}`")
        if not met:
            raise Short(got)

    def planned(self, words):
        sort = words.pop(0) if words[0] in ("endpoint", "group", "step") else "asset"
        name, _, scenario, field, relation, wanted = words
        key = "id" if sort == "step" else sort
        rows = [r for s in self.plan()["scenarios"] if s["name"] == scenario for r in s[sort + "s"] if r[key] == name]
        if not rows and field != "fate":
            raise Short(f"{name} is not affected")
        row = rows[0] if rows else {"fate": "unaffected"}
        value = row.get(field + "_verdict", row.get({"loss": "data_loss"}.get(field, field)))
        if relation == "is":
            met = str(value) in wanted.split("|")
        else:
            value, limit = worst(value), duration(wanted)
            known = isinstance(value, int)
            # Unknown satisfies every lower bound and no upper one; `n/a` and "all" neither.
            met = value is None or known and value >= limit if relation == ">=" else known and value <= limit
        if not met:
            raise Short(f"{field} is {value}")

    def output(self, glob, form, text):
        self.run("build")
        files = [f for f in self.out.glob(glob + "/*" if glob.endswith("**") else glob) if f.is_file()]
        if not files:
            raise Short(f"no file {glob}")
        pattern = re.compile(text if form in ("matches", "avoids") else re.escape(text))
        found = [f for f in files if pattern.search(f.read_text("utf-8", "replace"))]
        if bool(found) == (form in ("lacks", "avoids")):
            raise Short(f"it is in {found[0].relative_to(self.out)}" if found else "it is not there")

    def shell(self, script):
        self.run("build")
        status, out, err = self.command(["bash", "-c", script])
        if status != 0:
            said = (out + err).replace(str(self.copy), "$CASE").strip().splitlines()
            raise Short(f"exit {status}, " + (said[-1] if said else "nothing printed"))

    def line(self, line):
        verb, _, rest = line.partition(" ")
        words = rest.split()
        if verb in ("check", "build"):
            self.findings(verb, words[0], words[1:])
        elif verb == "plan":
            self.planned(words)
        elif verb == "out":
            self.output(words[0], words[1], rest.split(None, 2)[2] if len(words) > 2 else "")
        elif verb == "sh":
            self.shell(rest)
        else:
            raise Failure(f"there is no expectation `{line}`")


def wishes_of(text):
    """Each wish is a list of alternatives."""
    wishes = []
    for line in map(str.strip, text.splitlines()):
        if line.startswith("or ") and wishes:
            wishes[-1].append(line[3:])
        elif line and not line.startswith("#"):
            wishes.append([line])
    return wishes


def run_folder(env, folder):
    env.need_drc()
    wishes = wishes_of((folder / "expect").read_text("utf-8"))
    if not wishes:
        raise Failure("nothing is expected")
    if not (folder / "why.md").is_file():
        raise Failure("why.md is missing: what happens in such a disaster, hence what is right")
    problems = []
    with Sandbox() as work:
        case = Folder(env, folder, work / "case")
        for wish in wishes:
            got = []
            for line in wish:
                try:
                    case.line(line)
                    break
                except Short as short:
                    got.append(str(short))
            else:
                problems.append(f"expected {' or '.join(wish)}\n     got {'; '.join(got)}")
    if problems:
        raise Failure("\n".join(problems))
