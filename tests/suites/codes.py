"""Every diagnostic code has a case that provokes it, a unique name, and an explanation."""

import re

from lib.case import Case
from lib.core import Failure, readable

ROW = re.compile(r"^\s*DIAG\((E\d{4}),\s*\"([a-z0-9-]+)\",\s*([A-Z]+),", re.M)


def rows(env):
    found = []
    for path in sorted((env.root / "compiler" / "source" / "diag").glob("*.def")):
        found += ROW.findall(path.read_text(encoding="utf-8"))
    return found


def test_every_code_is_provoked(env):
    provoked = {"E0791", "E0792", "E0793"}  # a program that runs says them: props/program_target; a liar among the targets: props/validate_build
    for path in (env.root / "tests" / "cases").rglob("*.case"):
        provoked.update(Case(path).words("codes"))
    missing = [f"{code} {name}" for code, name, _ in rows(env) if code not in provoked]
    if missing:
        raise Failure(f"no case has {len(missing)} codes in its `== codes`:\n" + "\n".join(missing))


def test_codes_and_names_are_unique(env):
    found = rows(env)
    for index, what in ((0, "code"), (1, "name")):
        values = [row[index] for row in found]
        twice = sorted({value for value in values if values.count(value) > 1})
        if twice:
            raise Failure(f"{what} used twice: {', '.join(twice)}")


def test_every_code_is_explained(env):
    env.need_drc()
    problems = []
    for code, name, _ in rows(env):
        done = env.run([env.drc, "explain", code], env.root)
        text = readable(done.stdout)
        if done.code != 0 or code not in text or len(text.split()) < 15:
            problems.append(f"drc explain {code} ({name}): exit {done.code}, {len(text.split())} words")
    if problems:
        raise Failure("\n".join(problems))
