#!/usr/bin/env python3
"""Changes one token of the analysis at a time and asks whether a test notices: a rule that no test holds may be wrong without anybody seeing it.

    tests/mutate.py --build build                      the changes of tests/mutants.tsv; fails where fewer than nine of ten are noticed
    tests/mutate.py --build build --seed 3 --count 50  other ones
    tests/mutate.py --build build --at bound.c:120     every change of one line
    tests/mutate.py --build build --survivors --write  looks again at what nobody noticed, and keeps what is noticed now
    tests/mutate.py --build build --write              the list anew: for what is gone others are drawn, what survives is noted

A change is of the rules alone: comparisons, and/or, plus/minus, a negation, yes/no, 0/1. Left out are lines with texts (they word what the
rules found) and with the room of arrays, limits of depth, comparisons after which the same comes of equal numbers (`a > b ? a : b`), the ends of
64 bits, changes that are another one (`x < 1` for `x <= 0`), and what the compiler refuses or makes the same machine code of. Each is linked
into a program of its own, which is judged by the cases whose plan or findings are others now, the certificates of plans, executed worlds
(tests/oracles), unit tests, and the changed file under sanitizers: what is quickest first, SECONDS of processor time at most. What nobody
noticed by then has survived; the list says why, and it is not judged again but by `--survivors`. Where no input can tell the two programs apart the
list says `same: ` and the reason: such changes are counted beside the others.
"""

import argparse
import collections
import contextlib
import hashlib
import json
import os
import pathlib
import random
import re
import resource
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from lib import case, expect  # noqa: E402
from lib.core import Env, Failure, Skip  # noqa: E402
from oracles import hands_test, lot, survival, survival_test, times, times_test, worlds, worlds_test  # noqa: E402
from suites import library  # noqa: E402

ROOMS = ("world", "recovery", "clock", "judge")
LIST = ROOT / "tests" / "mutants.tsv"
COUNT = 200
LEAST = 90  # of a hundred are noticed
SECONDS = 30
RANDOM = {"worlds": 60, "times": 120, "survival": 120, "hands": 30}  # random models of each oracle
BATCH = 60  # inputs that are compiled before what is other about them is judged
PLAN = ("plan", "--emit", "plan", "--max-errors", "0", "main.dr")
SANITIZED = ("tests/props/drc_server.c", "compiler/base/arena.c", "compiler/sema/eval.c")
AT_MOST = 40  # inputs under sanitizers
# Commands of cases that only print: what they print is compared too, where options show what a plain plan does not.
PRINTS = ("check", "plan", "explain", "ledger", "simulate", "graph")
# Cases that ask for time and memory, or for no rule of the analysis.
LEFT_OUT = ("driver", "hostile", "eval", "syntax", "repair/bounded", "repair/zones-walked-once")
UNITS = ("analysis_test", "bound_test", "lost_test", "simulate_test", "phases_test")

CHANGES = (
    (r"(?<=[\w)\]]) <= (?=[\w(-])", (" < ",)), (r"(?<=[\w)\]]) < (?=[\w(-])", (" <= ",)),
    (r"(?<=[\w)\]]) >= (?=[\w(-])", (" > ",)), (r"(?<=[\w)\]]) > (?=[\w(-])", (" >= ",)),
    (r" == ", (" != ",)), (r" != ", (" == ",)), (r" && ", (" || ",)), (r" \|\| ", (" && ",)),
    (r"(?<=[\w)\]]) \+ (?=[\w(])", (" - ",)), (r"(?<=[\w)\]]) - (?=[\w(])", (" + ",)),
    (r"(?<=[ (])!(?=[\w(])", ("",)), (r"\btrue\b", ("false",)), (r"\bfalse\b", ("true",)),
    (r"(?<=[ (])0(?=[;,) ])", ("1",)), (r"(?<=[ (])1(?=[;,) ])", ("0",)), (r"\bcontinue;", ("break;",)), (r"\+=", ("-=",)),
)


# Where both sides are equal the same comes of both: whether that counts as larger is no rule.
SAME = re.compile(r"([\w.>\-\[\]]+) [<>]=? ([\w.>\-\[\]]+) \? (?:\1 : \2|\2 : \1|\1 - \2 : 0|\2 - \1 : 0)(?=[;,) ]|$)")


# How much room there is, and how deep is looked for circles, is no rule either.
ROOM = re.compile(r"ARENA_ARRAY|arena_grow|arena_alloc|\bdepth\b")


def is_idle(found, other, code):
    """Whether a change is none: at the ends of what 64 bits hold, or the same as another one (`x < 1` is `x <= 0`)."""
    if found[0].strip() in ("<", "<=", ">", ">=") and other.strip() in ("<", "<=", ">", ">="):
        near = code[max(0, found.start() - 40):found.end() + 40]
        return "INT64_MAX" in near or "UINT32_MAX" in near
    before = code[:found.start()].rstrip()
    return (found[0], other) == ("0", "1") and before.endswith((">=", " <")) or (found[0], other) == ("1", "0") and before.endswith((" >", "<="))


def is_worded(line):
    """Whether a line has a text for a person in it, rather than words of the language that it compares."""
    return re.search(r'"[^"]*(%|[^" ] [^" ]+ )[^"]*"|(diag_\w+|find\w*|intern_text|_text)\([^;]*"', line) is not None


def bodies(lines):
    """The lines inside functions with the function's name, as clang-format leaves them: from a `{` in the first column to its `}`."""
    inside = comment = False
    function = None
    for number, line in enumerate(lines):
        if re.match(r"[A-Za-z].*\w\(", line):
            function = re.search(r"(\w+)\(", line)[1]
        if line.startswith("}"):
            inside = False
        if inside and not comment and not line.lstrip().startswith(("//", "/*", "*", "#")) and not is_worded(line) and not ROOM.search(line):
            yield number, function
        comment = (comment or "/*" in line) and "*/" not in line
        if line == "{":
            inside = True
        elif re.match(r"\w.*\) \{$", line):
            inside = True


def changes_of(path):
    lines = path.read_text(encoding="utf-8").split("\n")
    for number, function in bodies(lines):
        code = re.sub(r'//.*|/\*.*?\*/|"[^"]*"', lambda found: " " * len(found[0]), lines[number])
        same = [found.span() for found in SAME.finditer(code)]
        for pattern, others in CHANGES:
            for found in re.finditer(pattern, code):
                for other in others:
                    if {found[0].strip(), other.strip()} <= {"<", "<=", ">", ">="} and any(a <= found.start() < b for a, b in same):
                        continue
                    if is_idle(found, other, code):
                        continue
                    yield number, function, found.start(), found.end(), other


def spent():
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


# ---------------------------------------------------------------- programs

class Server:
    """One program, asked for many specifications (tests/props/drc_server.c)."""

    def __init__(self, program, results, variables):
        self.results = results
        self.running = subprocess.Popen([program, "--serve", str(results)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=variables, text=True)

    def ask(self, jobs):
        """[(status, output, errors)] of [(folder, arguments)]."""
        answers = []
        for number, (folder, arguments) in enumerate(jobs):
            self.running.stdin.write("\x1f".join([str(number), str(folder), *arguments]) + "\n")
            self.running.stdin.flush()
            answer = self.running.stdout.readline().split()
            if len(answer) != 2:
                raise SystemExit(f"the server ended while it was asked for {folder}")
            answers.append((int(answer[1]), *((self.results / f"{number}.{end}").read_bytes() for end in ("out", "err"))))
        return answers

    def close(self):
        self.running.stdin.close()
        self.running.wait()  # its time, and that of all it ran, is counted then
        self.running.stdout.close()


def plain(command):
    """A call of the compiler without what debuggers and make read, and without where its output goes."""
    kept = [word for word in command if word not in ("-g", "-MMD", "-MP")]
    for option in ("-MT", "-MF", "-o"):
        while option in kept:
            del kept[kept.index(option):kept.index(option) + 2]
    return kept


class Maker:
    """Makes the program with one file changed: the commands are those of the Makefile, without what debuggers read."""

    def __init__(self, build, folder):
        self.folder, self.build = folder, build
        self.library = folder / "libdrc.a"
        shutil.copy2(build / "libdrc.a", self.library)
        subprocess.run(["strip", "-g", self.library], check=True)
        self.objects = {}
        command = self.command("tests/props/drc_server.c", build / "props" / "drc_server")
        cut = next(at for at, word in enumerate(command) if word.endswith("libdrc.a"))
        self.libraries = command[cut + 1:]
        self.flags = plain([word for word in command[:cut] if not word.endswith(".c")])
        self.flags.append("-Wl,--wrap=offer_repairs")
        self.server = folder / "drc_server.o"
        subprocess.run([*self.flags, "-c", "-o", str(self.server), "tests/props/drc_server.c"], cwd=ROOT, check=True)

    def command(self, source, made):
        asked = ["make", "-n", "V=1", f"BUILD={os.path.relpath(self.build, ROOT)}", "-W", source, os.path.relpath(made, ROOT)]
        shown = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout.replace("\\\n", " ")
        return shlex.split([line for line in shown.split("\n") if source in line and line.startswith(("cc ", "gcc ", "clang "))][-1])

    def flags_of(self, name):
        command = self.command(name, self.build / "obj" / pathlib.Path(name).with_suffix(".o"))
        return [*plain([word for word in command if word != name]), "-o", str(self.folder / "changed.o")]

    def compile(self, name, text):
        """The object of a file with another text; None where the compiler refuses it."""
        if name not in self.objects:
            command = self.flags_of(name)
            self.objects[name] = command, None
            self.objects[name] = command, self.compile(name, (ROOT / name).read_text(encoding="utf-8"))
        command, _ = self.objects[name]
        # Read from standard input under its own name: includes beside it are found, and places in it are the same.
        done = subprocess.run([*command, f"-I{ROOT / os.path.dirname(name)}", "-x", "c", "-"], cwd=ROOT, input=text.encode(),
                              stderr=subprocess.DEVNULL, check=False)
        return (self.folder / "changed.o").read_bytes() if done.returncode == 0 else None

    def all_instrumented(self, program):
        """The program that tells which functions of the rooms it entered; (address behind `main`) -> (file, function)."""
        made = []
        for room in ROOMS:
            for path in sorted((ROOT / "compiler" / "analysis" / room).glob("*.c")):
                name, out = path.relative_to(ROOT).as_posix(), self.folder / f"{room}-{path.stem}.o"
                command = ["-O1" if word == "-O2" else word for word in self.flags_of(name)]
                command[command.index("-o") + 1] = str(out)
                subprocess.run([*command, "-finstrument-functions", name], cwd=ROOT, check=True)
                made.append(str(out))
        subprocess.run([*self.flags, "-o", str(program), str(self.server), *made, str(self.library), *self.libraries], cwd=ROOT, check=True)
        shown = subprocess.run(["readelf", "-sW", program], capture_output=True, text=True, check=True).stdout
        functions, file = {}, None
        for words in map(str.split, shown.split("\n")):
            if len(words) == 8 and words[3] == "FILE":
                file = words[7]
            elif len(words) == 8 and words[3] == "FUNC" and words[6] != "UND":
                functions[int(words[1], 16)] = (file if words[4] == "LOCAL" else None, words[7].split(".")[0])
        main = next(address for address, (_, function) in functions.items() if function == "main")
        return {address - main: both for address, both in functions.items()}

    def link(self, program):
        program.unlink(missing_ok=True)
        subprocess.run([*self.flags, "-o", program, self.server, self.folder / "changed.o", self.library, *self.libraries], cwd=ROOT, check=True)

    def make(self, name, text, program):
        """Whether the change is one: it compiles, into something else."""
        found = self.compile(name, text)
        if found is None or found == self.objects[name][1]:
            return False
        self.link(program)
        return True

    def link_sanitized(self, name, text, program):
        """The same program with the changed file under sanitizers, and each object of an arena an allocation of its own; False where it is none."""
        how = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all"]
        flags = [word for word in self.flags if "FORTIFY" not in word]
        fixed = [self.folder / f"san-{pathlib.Path(source).stem}.o" for source in SANITIZED]
        for source, out in zip(SANITIZED, fixed):
            if not out.exists():
                subprocess.run([*flags, *how, "-DDRC_ARENA_MALLOC", "-c", "-o", out, source], cwd=ROOT, check=True)
        made = self.folder / "san-changed.o"
        done = subprocess.run([*flags, *how, "-c", f"-I{ROOT / os.path.dirname(name)}", "-o", made, "-x", "c", "-"], cwd=ROOT, input=text.encode(),
                              stderr=subprocess.DEVNULL, check=False)
        return done.returncode == 0 and subprocess.run([*flags, *how, "-o", program, *fixed, made, self.library, *self.libraries], cwd=ROOT,
                                                       stderr=subprocess.DEVNULL, check=False).returncode == 0

    def test(self, name):
        """A unit test with the change in it, or None where none can be made."""
        made = self.folder / name
        done = subprocess.run([*self.flags, "-Itests/unit", "-o", made, f"tests/unit/{name}.c", self.folder / "changed.o", self.library,
                               *self.libraries], cwd=ROOT, stderr=subprocess.DEVNULL, check=False)
        return made if done.returncode == 0 else None


# ---------------------------------------------------------------- what judges

class Input:
    """A specification that is compiled, and what judges the plan when it is another than before."""

    def __init__(self, name, folder, commands):
        self.name, self.folder, self.commands = name, folder, commands

    def judge(self, env, plan):
        """Raises Failure where a test of this input notices."""


class CaseInput(Input):
    def __init__(self, name, folder, commands, path):
        super().__init__(name, folder, commands)
        self.path = path

    def judge(self, env, plan):
        with contextlib.suppress(Skip):
            (expect.run_folder if self.path.is_dir() else case.run_case)(env, self.path)


    def does_more(self):
        """Whether it asks for more than what is compared: what a command of its own prints."""
        return self.path.is_dir() and re.search(r"^sh .*(simulate|check|explain|graph|ledger|diff)", (self.path / "expect").read_text("utf-8"), re.M)


class ExampleInput(Input):
    """An example of a rule of the library."""

    def __init__(self, rule, label, spec, folder):
        super().__init__(f"rules/{rule}/{label}", folder, [PLAN])
        self.given = rule, label, spec
        folder.mkdir(parents=True)
        (folder / "main.dr").write_text('import "std/rules"\nimport "std/rules/strict"\n' + textwrap.dedent(spec), encoding="utf-8")

    def judge(self, env, plan):
        library.rule_example(env, *self.given)


class RandomInput(Input):
    """A random model of an oracle."""

    def __init__(self, oracle, number, folder):
        super().__init__(f"{oracle}/{number}", folder, [PLAN])
        self.oracle, self.number, self.loose = oracle, number, None
        folder.mkdir(parents=True)
        (folder / "main.dr").write_text(self.model()[-1], encoding="utf-8")

    def model(self):
        rng = random.Random(f"{self.oracle} {lot.FIRST_SEED + self.number}")
        if self.oracle == "hands":
            estate = hands_test.random_estate(rng)
            return rng, estate, hands_test.specification(rng, *estate)
        module = {"worlds": worlds, "times": times, "survival": survival}[self.oracle]
        spec = module.random_spec(rng)
        return rng, spec, module.text_of(spec)

    def judge(self, env, plan):
        if plan.startswith(b"{") and self.differences(json.loads(plan)) > self.loose:
            raise Failure("a bound that no world reaches any more")

    def differences(self, plan):
        """How many bounds no world reaches; raises Failure where a world shows the plan to be wrong."""
        rng, spec, text = self.model()
        if self.oracle == "hands":
            for failed, result in zip(spec[2], plan["scenarios"]):
                tasks, names = hands_test.tasks_of(spec[0], failed)
                hands_test.check(tasks, names, {"manual": 1, **spec[1]}, result, "")
            return 0
        if self.oracle == "survival":
            survival_test.plan_of = lambda drc, text: plan
            for kind, *words in survival_test.judge(None, spec):
                if not kind.startswith("maybe"):
                    raise Failure(f"{kind}: {words}")
            return 0
        module = {"worlds": worlds_test, "times": times_test}[self.oracle]
        lot.whole_plan_of = lambda env, text, found: plan
        tally = module.tallied()
        try:
            module.judge(None, spec, rng, 2, tally)
        except module.Found as found:
            raise Failure(str(found)) from None
        if self.oracle == "times":
            return len(tally["loose"]) + len(tally["loose names"])
        return sum(tally["shapes"][shape][1] for shape in worlds_test.SIMPLE)


class Judge:
    def __init__(self, build, folder):
        self.folder, self.maker = folder, Maker(build, folder)
        (folder / "results").mkdir()
        (folder / "before").mkdir()
        (folder / "build").mkdir()
        self.env = Env(folder / "build")
        self.variables = self.env.variables(folder)
        self.unseen = []  # cases that do more than print: run as they are where nothing else enters a function
        self.inputs = list(self.all_inputs())
        self.caught_by = {}  # how often an input noticed a change of a file, or of anything
        self.seen, self.reaching = {}, None
        name = "compiler/analysis/world/stands.c"
        self.maker.compile(name, (ROOT / name).read_text(encoding="utf-8"))
        self.maker.link(folder / "original")
        self.original = Server(folder / "original", self.folder / "before", self.variables)

    def before(self, one):
        """What an input prints without any change; None where a test of it fails without any."""
        if one not in self.seen:
            self.seen[one] = self.look(self.original, [one])[one]
            plan = self.seen[one][0][1]
            if not self.accepted(self.original, plan):
                print(f"left out, without any change the certificate of {one.name} is refused", flush=True)
                self.seen[one] = None
            elif isinstance(one, RandomInput):
                try:
                    one.loose = one.differences(json.loads(plan))
                except Failure as failure:
                    print(f"left out, without any change {one.name}: {failure}", flush=True)
                    self.seen[one] = None
        return self.seen[one]

    def all_inputs(self):
        cases = ROOT / "tests" / "cases"
        for path in sorted([*cases.rglob("*.case"), *(found.parent for found in cases.rglob("expect"))]):
            name = path.relative_to(cases).with_suffix("").as_posix()
            if name.split("/")[0] in LEFT_OUT or name in LEFT_OUT:
                continue
            into, commands = self.folder / "cases" / name, []
            if path.is_dir():
                shutil.copytree(path, into)
            else:
                one = case.Case(path)
                into.mkdir(parents=True)
                case.prepare(one, into)
                commands = [shlex.split(line) for part in one.all("args") for line in part.body if line.split()[:1] and line.split()[0] in PRINTS]
            if not path.is_dir() and any(line.startswith("! ") for part in one.all("args") for line in part.body):
                self.unseen.append(CaseInput("cases/" + name, into, [], path))
            if (into / "main.dr").is_file():
                yield CaseInput("cases/" + name, into, [PLAN, *(words for words in commands if words[1:] != ["main.dr"])], path)
        for source in library.sources(self.env):
            for rule, text in library.parts(source.read_text(encoding="utf-8"), library.RULE):
                for label, spec in library.EXAMPLE.findall(text):
                    yield ExampleInput(rule, label, spec, self.folder / "rules" / f"{rule}-{label}")
        for oracle, count in RANDOM.items():
            for number in range(count):
                yield RandomInput(oracle, number, self.folder / oracle / str(number))

    def look(self, server, some):
        """What an input prints; of each its status, plan and all that was printed."""
        jobs = [(one, (one.folder, words)) for one in some for words in one.commands]
        answers = server.ask([job for _, job in jobs])
        found = {one: [] for one in some}
        for (one, _), answer in zip(jobs, answers):
            found[one].append(answer)
        return found

    def find_reached(self):
        """Which inputs enter a function: only those can notice that it is another."""
        program, self.reaching = self.folder / "instrumented", {}
        functions = self.maker.all_instrumented(program)
        files = {}
        for room in ROOMS:
            for path in (ROOT / "compiler" / "analysis" / room).glob("*.c"):
                for _, function in bodies(path.read_text(encoding="utf-8").split("\n")):
                    files.setdefault(function, path.name)
                    self.reaching.setdefault((path.name, function), [])
        server = Server(program, self.folder / "results", self.variables)
        for one in self.inputs:
            server.ask([(one.folder, words) for words in one.commands])
            entered = set()
            for number in range(len(one.commands)):
                told = self.folder / "results" / f"{number}.reached"
                if told.exists():
                    entered |= {functions.get(int(line)) for line in told.read_text().split()}
                    told.unlink()
            for file, function in entered - {None}:
                key = file or files.get(function), function
                if key in self.reaching:
                    self.reaching[key].append(one)
        server.close()

    def accepted(self, server, plan):
        if not plan.startswith(b"{"):
            return True
        (self.folder / "plan.json").write_bytes(plan)
        return server.ask([(self.folder, ("verify", "plan.json"))])[0][0] == 0

    def noticed(self, server, one, after):
        """Why an input notices, or None."""
        for status, *_ in after:
            if status < 0 or status == 70:
                return "a crash of "
        if not self.accepted(server, after[0][1]):
            return "the certificate of "
        try:
            one.judge(self.env, after[0][1])
        except Failure:
            return ""
        except (KeyError, IndexError, TypeError, ValueError, AttributeError, StopIteration) as error:  # a plan that makes no sense to an oracle
            return f"{type(error).__name__} of "
        return None

    def judge(self, name, function, text, seconds, first=""):
        """(who noticed the change of a function, or None; the inputs that are others, of which none noticed; whether time ran out).
        `first` is asked first."""
        began, other = spent(), []
        if first and self.is_noticed_by(first, name, text):
            return first, other, False
        if not seconds:
            return None, other, True
        order = sorted(self.reached(name, function),
                       key=lambda one: (-self.caught_by.get((name, one), 0), -self.caught_by.get(one, 0)))
        server = Server(self.env.drc, self.folder / "results", self.variables)
        # Time of a server is known when it ends: a guess until then, 4 ms for each specification.
        asked = 0
        try:
            for first in range(0, len(order), BATCH):
                some = order[first:first + BATCH]
                after = self.look(server, some)
                asked += len(some)
                changed = [one for one in some if self.before(one) and after[one] != self.before(one)]
                for one in changed:
                    how = self.noticed(server, one, after[one])
                    if how is not None:
                        for key in ((name, one), one):
                            self.caught_by[key] = self.caught_by.get(key, 0) + 1
                        return one.name, other, False
                    other.append((one, after[one]))
                    if spent() - began + asked * 0.004 > seconds:
                        return None, other, True
        finally:
            server.close()
        for one in self.unseen if not order else [one for one in order if isinstance(one, CaseInput) and one.does_more()]:
            try:
                one.judge(self.env, b"")
            except Failure:
                return one.name, other, False
        for test in UNITS:
            if self.unit(test):
                return f"unit/{test}", other, False
        one = self.sanitizers(name, text, order[:AT_MOST])
        if one:
            return f"sanitizers {one.name}", other, False
        return None, other, False

    def is_noticed_by(self, who, name, text):
        """Whether who noticed it last time does so again."""
        if who.startswith("unit/"):
            return self.unit(who[len("unit/"):])
        where, _, who = who.rpartition(" ")
        some = [one for one in [*self.inputs, *self.unseen] if one.name == who]
        if where:
            return self.sanitizers(name, text, some) is not None
        for one in some:
            if one.commands:
                server = Server(self.env.drc, self.folder / "results", self.variables)
                try:
                    after = self.look(server, [one])[one]
                    if self.before(one) and after != self.before(one) and self.noticed(server, one, after) is not None:
                        return True
                finally:
                    server.close()
            if isinstance(one, CaseInput):  # all of it, of which the plan is a part
                try:
                    one.judge(self.env, b"")
                except Failure:
                    return True
        return False

    def unit(self, test):
        """Whether a unit test fails."""
        try:
            made = self.maker.test(test)
            return made is not None and subprocess.run([made], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
                                                       timeout=100).returncode != 0
        except subprocess.TimeoutExpired:
            return True

    def sanitizers(self, name, text, some):
        """The first input with which what the changed file reads or writes is none of its own, as `make check-san` sees it; None."""
        program = self.folder / "sanitized"
        if not some or not self.maker.link_sanitized(name, text, program):
            return None
        server = Server(program, self.folder / "results", {**self.variables, "ASAN_OPTIONS": "detect_leaks=0:exitcode=99"})
        try:
            for one in some:
                if any(status in (99, -6) or b"runtime error" in errors for status, _, errors in self.look(server, [one])[one]):
                    return one
            return None
        finally:
            server.close()

    def reached(self, name, function):
        if self.reaching is None:
            self.find_reached()
        return self.reaching.get((os.path.basename(name), function), self.inputs)

    def difference(self, one, after):
        """The first thing that differs, in a line."""
        for old, new in zip(self.before(one), after):
            for was, now in zip(old[1:], new[1:]):
                for before, then in zip(was.decode("utf-8", "replace").split("\n"), now.decode("utf-8", "replace").split("\n")):
                    if before != then and '"digest":' not in before:
                        at = next((n for n, (a, b) in enumerate(zip(before, then)) if a != b), min(len(before), len(then)))
                        return f"{before[max(0, at - 60):at + 40]!r} -> {then[max(0, at - 60):at + 40]!r}"
        return "its status"


# ---------------------------------------------------------------- all of it

class Change:
    """One token that is another, found again by what stands there, wherever the line is now."""

    def __init__(self, name, number, function, before, after, which):
        self.name, self.number, self.function, self.before, self.after = name, number, function, before, after
        self.which = which  # of the same changes of the same lines of a function
        self.by = ""  # who noticed it last time
        self.why = ""  # why nobody notices it, as far as somebody looked; "same: …" where nothing is another for any input

    def is_same(self):
        return self.why.startswith("same: ")

    def key(self):
        return self.name, self.function + (f"#{self.which}" if self.which > 1 else ""), self.before.strip(), self.after.strip()

    def text(self):
        lines = (ROOT / self.name).read_text(encoding="utf-8").split("\n")
        return "\n".join([*lines[:self.number], self.after, *lines[self.number + 1:]])

    def row(self):
        return "\t".join([*self.key(), self.by, self.why]).rstrip() + "\n"


def every_change():
    for room in ROOMS:
        for path in sorted((ROOT / "compiler" / "analysis" / room).glob("*.c")):
            lines, met = path.read_text(encoding="utf-8").split("\n"), collections.Counter()
            for number, function, start, end, other in changes_of(path):
                before, after = lines[number], lines[number][:start] + other + lines[number][end:]
                met[function, before.strip(), after.strip()] += 1
                yield Change(path.relative_to(ROOT).as_posix(), number, function, before, after, met[function, before.strip(), after.strip()])


def drawn(every, seed):
    """In an order that a change of other lines leaves as it is."""
    return sorted(every, key=lambda change: hashlib.sha256("\t".join([str(seed), *change.key()]).encode()).digest())


def kept(every):
    """The changes of the list that still can be made, and how many cannot."""
    there, found, gone = {}, [], 0
    for change in every:
        there.setdefault(change.key(), change)
    for line in LIST.read_text(encoding="utf-8").split("\n"):
        if not line or line.startswith("#"):
            continue
        *key, by, why = (line.split("\t") + ["", ""])[:6]
        change = there.get(tuple(key))
        if change:
            change.by, change.why = by, why
            found.append(change)
        gone += change is None
    return found, gone


def write_list(judged):
    head = [line for line in LIST.read_text(encoding="utf-8").split("\n") if line.startswith("#")]
    LIST.write_text("\n".join(head) + "\n" + "".join(change.row() for change in judged), encoding="utf-8")


def tell(judge, change, others, late, took):
    where = f"{change.name}:{change.number + 1}"
    if judge.reaching is None:
        print(f"SURVIVED {where} {change.after.strip()}", flush=True)
        return
    print(f"SURVIVED{', out of time' if late else ''} {where}, {took}{': ' + change.why if change.why else ''}\n    {change.before.strip()}\n"
          f"    {change.after.strip()}\n    {len(others)} others of {len(judge.reached(change.name, change.function))} that enter `{change.function}`"
          + "".join(f"\n      {one.name}: {judge.difference(one, after)}" for one, after in others[:3]), flush=True)


def main():
    parser = argparse.ArgumentParser(description="change one token of the analysis at a time")
    parser.add_argument("--build", default="build")
    parser.add_argument("--seed", help="a sample of its own instead of the list")
    parser.add_argument("--count", type=int, default=COUNT, help="of changes")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="of processor time for one change; 0: only who noticed it last time is asked")
    parser.add_argument("--at", help="FILE:LINE, every change there")
    parser.add_argument("--survivors", action="store_true", help="of the list only what nobody notices, which is not judged again otherwise")
    parser.add_argument("--write", action="store_true", help="write the list anew: what survived, and new changes for those that are gone")
    parser.add_argument("--summary", help="a file for the counts")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))  # what stands in temporary folders goes with it
    began, every, listed, gone = time.monotonic(), list(every_change()), [], 0
    if options.at:
        name, _, line = options.at.partition(":")
        changes = [change for change in every if change.name.endswith(name) and (not line or change.number == int(line) - 1)]
    elif options.seed:
        changes = drawn(every, options.seed)
    else:
        listed, gone = kept(every)
        changes = [change for change in listed if change.why or not options.survivors]
        if options.write and not options.survivors:
            there = {change.key() for change in changes}
            changes += [change for change in drawn(every, "list") if change.key() not in there]
    judged, survived, same, new = [], 0, 0, 0
    with tempfile.TemporaryDirectory(prefix="drc-mutate-") as folder:
        judge = Judge(pathlib.Path(options.build).resolve(), pathlib.Path(folder))
        print(f"{len(judge.inputs)} inputs, ready after {time.monotonic() - began:.0f} s", flush=True)
        for change in changes:
            if len(judged) >= options.count and change not in listed and not options.at:
                break
            if change.why and not (options.survivors or options.at or options.seed):
                judged.append(change)
                survived += not change.is_same()
                same += change.is_same()
                continue  # it is known that nobody notices
            text = change.text()
            if not judge.maker.make(change.name, text, judge.env.drc):
                continue
            since, cost = time.monotonic(), spent()
            by, others, late = judge.judge(change.name, change.function, text, options.seconds, change.by)
            took = f"{spent() - cost:.1f} s of {time.monotonic() - since:.1f}"
            judged.append(change)
            if by:
                print(f"{change.name}:{change.number + 1} {change.after.strip()}  // caught by {by}, {took}", flush=True)
                if change.why:
                    print(f"  is noticed now, though the list says: {change.why}", flush=True)
                change.by, change.why = by, ""
                continue
            change.by = change.by if options.seconds == 0 else ""
            tell(judge, change, others, late, took)
            survived += not change.is_same()
            same += change.is_same()
            new += not change.why
            change.why = change.why or "not looked at"
    if options.write:
        write_list(judged if not options.survivors else listed)
    caught, counted = len(judged) - survived - same, len(judged) - same
    print(f"{caught} caught, {survived} survived of {counted} changes ({caught * 100 / max(1, counted):.1f} %), {new} unknown to the list; "
          f"{same} more change nothing; {gone} of the list are gone; {len(every)} are possible; {(time.monotonic() - began) / 60:.1f} min")
    if options.summary:
        pathlib.Path(options.summary).write_text(json.dumps({"caught": caught, "survived": survived, "same": same, "gone": gone}), encoding="utf-8")
    return int(not (options.at or options.survivors) and caught * 100 < LEAST * counted)


if __name__ == "__main__":
    sys.exit(main())
