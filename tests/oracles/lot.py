"""How many cases, and which: for the tests of the suite `oracles`."""

import json
import os
import random

from lib.core import Failure, Sandbox, readable


FIRST_SEED = 20261121


def effort():
    return max(1, int(os.environ.get("DRC_ORACLES", "1")))


def seeds(name, count):
    """(seed, generator) for each case; a failure that names its seed can be seen again with DRC_ORACLE_SEED."""
    given = os.environ.get("DRC_ORACLE_SEED")
    first = int(given) if given else FIRST_SEED
    for n in range(1 if given and effort() == 1 else count * effort()):
        yield first + n, random.Random(f"{name} {first + n}")


def plan_of(env, folder, text):
    """The plan of a specification as JSON, whatever its verdicts are; a Failure with the specification when there is none."""
    (folder / "main.dr").write_text(text)
    done = env.run([env.drc, "plan", "main.dr", "--format", "json"], folder)
    if done.code not in (0, 1) or not done.stdout.startswith(b"{"):
        raise Failure(f"exit {done.code}\n{readable(done.stderr)}\n{text}")
    return json.loads(done.stdout)


def whole_plan_of(env, text, found):
    """The plan.json of a specification, refuted or not; `found(kind, text)` is raised when there is none."""
    with Sandbox() as folder:
        (folder / "main.dr").write_text(text)
        done = env.run([env.drc, "plan", "main.dr", "--emit", "plan"], folder)
    if done.code not in (0, 1):
        raise found("crash", f"exit {done.code}\n{readable(done.stderr)}")
    if not done.stdout.startswith(b"{"):
        raise found("refused", readable(done.stderr))
    return json.loads(done.stdout)
