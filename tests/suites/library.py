"""The standard library judged by itself: rules against their own examples, kinds against what a figure and a command must have."""

import json
import os
import re
import shutil
import subprocess
import textwrap

from conform.cases import EXECUTED
from lib.core import Failure, Sandbox, Skip, Test, readable

KIND = re.compile(r"^kind ([\w.-]+)", re.M)
RULE = re.compile(r"^rule ([\w-]+) \{$", re.M)
EXAMPLE = re.compile(r'example (failing|passing) \{\n\s+spec = """\n(.*?)"""', re.S)
WAY = re.compile(r"^  (?:method|procedure) (\w+) \{\n(.*?)^  \}", re.M | re.S)
COMMAND = re.compile(r'(?:run|check|until|verify)\s*= (?:concat\(\s*)?(\[\s*"aws",.*?\]),?\n', re.S)


def parts(text, pattern):
    """The text of each top-level block with its name."""
    starts = [(match.start(), match[1]) for match in pattern.finditer(text)]
    ends = [start for start, _ in starts[1:]] + [len(text)]
    return [(name, text[start:end]) for (start, name), end in zip(starts, ends)]


def sources(env):
    return sorted((env.root / "stdlib").rglob("*.dr"))


def rule_example(env, rule, label, spec):
    """The failing example has exactly this finding among its own; the passing one does not have it."""
    with Sandbox() as folder:
        (folder / "main.dr").write_text('import "std/rules"\nimport "std/rules/strict"\n' + textwrap.dedent(spec), encoding="utf-8")
        env.need_drc()
        done = env.run([env.drc, "check", "main.dr"], folder)
        said = readable(done.stdout) + readable(done.stderr)
    broken = re.findall(r"^error\[E0[1-4]\d\d\].*", said, re.M)
    if broken:
        raise Failure(f"the {label} example is no specification:\n" + said)
    if re.search(rf"\[{rule}\]: it is not known whether", said):
        raise Failure(f"whether the {label} example of `{rule}` holds is unknown:\n{said}")
    if (f"[{rule}]" in said) != (label == "failing"):
        raise Failure(f"the {label} example of `{rule}` {'passes' if label == 'failing' else 'fails'}:\n{said}")


def recipe_works(env):
    """The rule of the recipe, in a file of its own beside a specification: found by name, and its examples are what they say."""
    text = (env.root / "stdlib" / "README.md").read_text(encoding="utf-8")
    match = re.search(r"```text[^\n]*\n(\s+rule (\S+) \{\n.*?)\n\s*```", text, re.S)
    if not match:
        raise Failure("stdlib/README.md holds no rule in its recipe")
    source, name = textwrap.dedent(match[1]) + "\n", match[2]
    rule_is_whole(name, source)
    for label, spec in EXAMPLE.findall(source):
        with Sandbox() as folder:
            (folder / "own.dr").write_text(source, encoding="utf-8")
            (folder / "main.dr").write_text('import "own.dr"\n' + textwrap.dedent(spec), encoding="utf-8")
            done = env.run([env.drc, "check", "main.dr"], folder)
            said = readable(done.stdout) + readable(done.stderr)
            if re.search(r"^error\[E0[1-4]\d\d\]", said, re.M) or (f"[{name}]" in said) != (label == "failing"):
                raise Failure(f"the {label} example of the recipe:\n{said}")
            off = env.run([env.drc, "check", f"-Wno-{name}", "main.dr"], folder)
            if f"[{name}]" in readable(off.stderr):
                raise Failure(f"-Wno-{name} does not switch the rule off")
            explained = readable(env.run([env.drc, "explain", name, "own.dr"], folder).stdout)
            for word in ("Point-in-time logs are copied", "basis:", "failing example:", "passing example:"):
                if word not in explained:
                    raise Failure(f"`drc explain {name}` does not print {word!r}:\n{explained}")


def rule_is_whole(rule, text):
    missing = [word for word in ("title", "reason", "require", "message", "help", "basis", "example failing", "example passing")
               if not re.search(rf"^\s+{word}\b", text, re.M)]
    if missing:
        raise Failure(f"rule `{rule}` has no {', no '.join(missing)}")


def figures_have_sources(path):
    """A method's figure without a source is a number somebody made up."""
    problems = []
    for name, kind in parts(path.read_text(encoding="utf-8"), KIND):
        for method in re.split(r"^  method ", kind, flags=re.M)[1:]:
            method = re.split(r"^  \}$", method, flags=re.M)[0]
            title = method.split(None, 1)[0]
            steps = re.split(r"^    step ", method, flags=re.M)
            if re.search(r"^    rto\b", steps[0], re.M) and "source " not in steps[0]:
                problems.append(f"{path.name}: {name}.{title}: its figure has no source")
            for step in steps[1:]:
                if not re.search(r"^      takes\b", step, re.M) and "takes" not in step:
                    problems.append(f"{path.name}: {name}.{title}.{step.split(None, 1)[0]}: no figure")
                elif "source " not in step:
                    problems.append(f"{path.name}: {name}.{title}.{step.split(None, 1)[0]}: its figure has no source")
    if problems:
        raise Failure("\n".join(problems))


UNBOUNDED = re.compile(r"\b(typically|usually|often|most|a few|several|order of|percent|measured)\b")


def figures_are_what_sources_say(env):
    """Every figure names who says it; what is only typical, measured or true of most is no bound, and the compiler then asks for a distance."""
    done = env.run([env.drc, "list", "figures", "--format", "json"], env.root)
    figures = json.loads(readable(done.stdout))
    problems = [f"{figure['id']}: nobody says it" for figure in figures if not figure["sources"]]
    for figure in figures:
        for source in figure["sources"]:
            if source["source"] == "policy" and source["grade"] != "P":
                problems.append(f"{figure['id']}: an assumption of grade {source['grade']}")
            if source["bounds"] and source["grade"] != "P" and figure["value"] != {"best": 0, "typical": 0, "worst": 0} and UNBOUNDED.search(source["says"]):
                problems.append(f"{figure['id']}: \"{source['says']}\" gives no bound")
            if not source["bounds"] and source["grade"] == "P":
                problems.append(f"{figure['id']}: an assumption has no bound but its own")
    if len(figures) < 100:
        problems.append(f"only {len(figures)} figures: the list is not whole")
    if problems:
        raise Failure("\n".join(problems))


def promotes_after_fence(path):
    """Whoever makes a second writer has fenced the first one before."""
    problems = []
    for name, kind in parts(path.read_text(encoding="utf-8"), KIND):
        for method in re.split(r"^  method ", kind, flags=re.M)[1:]:
            method = re.split(r"^  \}$", method, flags=re.M)[0]
            if re.search(r"irreversible\s*= true", re.split(r"^    step ", method, flags=re.M)[0]) and not re.search(r"phase\s*= fence", method):
                problems.append(f"{path.name}: {name}.{method.split(None, 1)[0]} promotes without a fence")
    if problems:
        raise Failure("\n".join(problems))


def formats_are_said(path):
    """Whatever takes copies says what they are and what is in them, and whatever reads copies what it can read and what an empty target needs."""
    problems = []
    for name, kind in parts(path.read_text(encoding="utf-8"), KIND):
        for sort, attribute in (("procedure", "produces"), ("procedure", "contains"), ("method", "reads"), ("method", "presupposes")):
            for block in re.split(rf"^  {sort} ", kind, flags=re.M)[1:]:
                block = re.split(r"^  \}$|\}$", block, flags=re.M)[0] if sort == "procedure" else re.split(r"^  \}$", block, flags=re.M)[0]
                label = block.split(None, 1)[0]
                reads_copies = sort == "method" and re.search(r"^    from\s*= \[", block, re.M)
                if (reads_copies or (sort == "procedure" and label not in ("put", "fetch", "list", "remove"))) and attribute not in block:
                    problems.append(f"{path.name}: {sort} {label} of {name} says no `{attribute}`")
    if problems and path.name != "generic.dr":
        raise Failure("\n".join(problems))


FRAMEWORK = """
plan p { title = "P"  owner = a  deputy = b  approver = b  review = 180d }
person a { name = "A"  phone = "+49 30 1"  email = "a@example.com" }
person b { name = "B"  phone = "+49 30 2"  email = "b@example.com" }
"""


def framework_compiles(env, name):
    """Each control refers to rules and sorts of drill that exist."""
    with Sandbox() as folder:
        (folder / "main.dr").write_text(f'import "std/frameworks/{name}"\n' + FRAMEWORK, encoding="utf-8")
        env.compile(["check", "main.dr"], folder)
    text = (env.root / "stdlib" / "frameworks" / f"{name}.dr").read_text(encoding="utf-8")
    controls = len(re.findall(r"^  control ", text, re.M))
    if controls < 3 or controls != len(re.findall(r"^    evidence\b", text, re.M)):
        raise Failure(f"framework `{name}`: {controls} controls, and not each says what is evidence")


def stands_alone(env, name):
    """A file of the library imports what its kinds and rules speak of."""
    with Sandbox() as folder:
        (folder / "main.dr").write_text(f'import "std/{name}"\n' + FRAMEWORK, encoding="utf-8")
        env.compile(["check", "main.dr"], folder)


def table_is_true(env):
    """The table of what decides what: every requirement is in it, everything it names exists, and every rule is somewhere in it."""
    text = (env.root / "stdlib" / "rules" / "README.md").read_text(encoding="utf-8")
    rows = {match[1]: match[0] for match in re.finditer(r"^\| (DR\d{3}|S\d{2}) \|.*\|$", text, re.M)}
    wanted = [f"DR{n:03}" for n in range(1, 34)] + [f"S{n:02}" for n in range(1, 32)]
    problems = [f"{name} is missing" for name in wanted if name not in rows]
    rules = {rule for path in (env.root / "stdlib" / "rules").glob("*.dr") for rule in RULE.findall(path.read_text(encoding="utf-8"))}
    codes = set(re.findall(r"^DIAG\((E\d{4})", "".join(path.read_text(encoding="utf-8") for path in
                                                     (env.root / "compiler" / "source" / "diag").glob("*.def")), re.M))
    decided = {name: row.split(" | ")[2] for name, row in rows.items()}
    for name, cell in decided.items():
        problems += [f"{name}: there is no code {code}" for code in re.findall(r"E\d{4}", rows[name]) if code not in codes]
        problems += [f"{name}: there is no rule `{rule}`" for rule in re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)+)`", rows[name]) if rule not in rules]
        if not re.search(r"`[a-z]|E\d{4}|by construction", cell):
            problems.append(f"{name}: nothing decides it")
    named = set(re.findall(r"`([a-z0-9-]+)`", " ".join(decided.values())))
    problems += [f"rule `{rule}` answers to nothing in the table" for rule in sorted(rules - named)]
    if problems:
        raise Failure("stdlib/rules/README.md: " + "; ".join(problems))


def every_kind_is_listed(env):
    index = (env.root / "stdlib" / "README.md").read_text(encoding="utf-8")
    missing = [name for path in sources(env) for name in KIND.findall(path.read_text(encoding="utf-8"))
               if path.name != "base.dr" and f"`{name}`" not in index]
    if missing:
        raise Failure("stdlib/README.md does not list " + ", ".join(missing))


def every_kind_is_tried(env):
    """Each kind stands in a case or an example, so that what it writes was written once."""
    text = "\n".join(path.read_text(encoding="utf-8", errors="replace")
                     for folder in ("tests/cases", "examples") for path in sorted((env.root / folder).rglob("*"))
                     if path.suffix in (".case", ".dr"))
    missing = [name for path in sources(env) for name in KIND.findall(path.read_text(encoding="utf-8"))
               if path.name != "base.dr" and not re.search(rf": {re.escape(name)}\b", text)]
    if missing:
        raise Failure("no case and no example uses " + ", ".join(missing))


# Options that came later than the AWS CLI of Debian 12 (2.9), whose scripts look for them before they touch anything.
LATER_OPTIONS = {"--allow-data-loss": ((2, 13), (1, 29))}


def is_older(tool, since):
    told = subprocess.run([tool, "--version"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False).stdout.decode()
    found = re.match(r"aws-cli/(\d+)\.(\d+)", told)
    version = (int(found[1]), int(found[2])) if found else (0, 0)
    return any(version[0] == first[0] and version < first for first in since)


def aws_commands(env):
    """AWS's own command line accepts every option of every command (it checks names, not values, without a network)."""
    tool = shutil.which("aws", path="/usr/local/bin:/usr/bin:/bin:" + os.environ.get("PATH", ""))
    if not tool:
        raise Skip("the AWS command line is not installed")
    seen, problems, later = {}, [], []
    for path in sources(env):
        for match in COMMAND.finditer(path.read_text(encoding="utf-8")):
            words = re.findall(r'"((?:[^"\\]|\\.)*)"|([a-z][\w.]*(?:\([^)]*\))?)', match[1])
            argv = [literal if literal else "" for literal, _ in words][1:]
            if argv[0] in ("s3",) or "wait" in argv[:2]:
                continue  # commands of the tool itself, which have no skeleton
            options = [word for word in argv if word.startswith("--")]
            seen.setdefault((argv[0], argv[1]), (set(), path.name))[0].update(options)
    for (service, action), (options, where) in sorted(seen.items()):
        done = subprocess.run([tool, service, action, "help"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, env={**env.variables("/tmp"), "PATH": os.environ["PATH"], "AWS_PAGER": "cat",
                                                             "PAGER": "cat", "MANPAGER": "cat"}, timeout=60, check=False)
        text = re.sub(r".\x08", "", done.stdout.decode("utf-8", errors="replace"))
        if done.returncode not in (0, None) or len(text) < 200:
            problems.append(f"{where}: aws {service} {action}: no such command, or no help for it")
            continue
        for option in sorted(options):
            if option in ("--region", "--query", "--output") or option in text:
                continue
            if option in LATER_OPTIONS and is_older(tool, LATER_OPTIONS[option]):
                later.append(option)
            else:
                problems.append(f"{where}: aws {service} {action} knows no {option}")
    if not seen:
        problems.append("no AWS command was found: the pattern of this test is out of date")
    if problems:
        raise Failure("\n".join(problems))
    if later:
        raise Skip(f"this AWS command line is too old for {', '.join(later)}")


def executed_is_what_the_kit_does(env):
    """A way says that it was executed where a case of the conformance kit goes through it, and nowhere else; the kit fails where that is not so."""
    said = {}
    for path in sources(env):
        for kind, text in parts(path.read_text(encoding="utf-8"), KIND):
            for way, block in WAY.findall(text):
                by = re.search(r'^    executed\s+= "(.*)"$', block, re.M)
                if by:
                    said[f"{kind}.{way}"] = by[1]
    done = {way: case for case, ways in EXECUTED.items() for way in ways}
    problems = [f"{way} says it is executed by `{by}`, which does not go through it" for way, by in said.items() if way not in EXECUTED.get(by, ())]
    problems += [f"the kit executes {way} (`{case}`), which does not say so" for way, case in done.items() if way not in said]
    if problems or not said:
        raise Failure("\n".join(problems) or "nothing is executed: the pattern of this test is out of date")


def collect(env):
    for path in sources(env):
        for rule, text in parts(path.read_text(encoding="utf-8"), RULE):
            yield Test(f"rule/{rule}/whole", lambda rule=rule, text=text: rule_is_whole(rule, text))
            for label, spec in EXAMPLE.findall(text):
                yield Test(f"rule/{rule}/{label}",
                           lambda rule=rule, label=label, spec=spec: rule_example(env, rule, label, spec))
    for path in sources(env):
        name = path.relative_to(env.root / "stdlib")
        if path.stem != "base":
            yield Test(f"alone/{name.with_suffix('')}", lambda name=name.with_suffix(""): stands_alone(env, name))
        if path.parent.name in ("rules", "frameworks"):
            continue
        yield Test(f"figures/{name}", lambda path=path: figures_have_sources(path))
        yield Test(f"formats/{name}", lambda path=path: formats_are_said(path))
        yield Test(f"fence/{name}", lambda path=path: promotes_after_fence(path))
    for path in sorted((env.root / "stdlib" / "frameworks").glob("*.dr")):
        yield Test(f"framework/{path.stem}", lambda path=path: framework_compiles(env, path.stem))
    yield Test("figures-sourced", lambda: figures_are_what_sources_say(env))
    yield Test("rule-recipe", lambda: recipe_works(env))
    yield Test("rule-table", lambda: table_is_true(env))
    yield Test("listed", lambda: every_kind_is_listed(env))
    yield Test("tried", lambda: every_kind_is_tried(env))
    yield Test("executed", lambda: executed_is_what_the_kit_does(env))
