"""`drc explain rto|rpo`: the terms add up to the number the plan has, and each names a line that exists.

The sum is worked out here from the printed terms, so that a term that is missing, doubled or misprinted shows."""

import json
import re

from lib import examples
from lib.core import Failure, Test, readable

UNITS = {"w": 604800000, "d": 86400000, "h": 3600000, "m": 60000, "s": 1000, "ms": 1}
TERM = re.compile(r"^ *(-?(?:\d+(?:ms|[wdhms]))+|n/a|unknown)  ")
PLACE = re.compile(r"[(,] ?([^ (]+):(\d+)\)$")


def milliseconds(text):
    sign = -1 if text.startswith("-") else 1
    return sign * sum(int(number) * UNITS[unit] for number, unit in re.findall(r"(\d+)(ms|[wdhms])", text))


def terms(text):
    """The terms above the line, and what stands first below it."""
    above, below, seen = [], None, False
    for line in text.split("\n"):
        if line.startswith("-----"):
            seen = True
        match = TERM.match(line)
        if match and not seen:
            above.append((match[1], line))
        elif match and below is None:
            below = match[1]
    return above, below


def check_place(env, line):
    place = PLACE.search(line)
    if not place and "the script itself" in line:
        return  # no line of a specification says it
    if not place:
        raise Failure(f"no line is named: {line}")
    name, number = place[1], int(place[2])
    path = env.root / (f"stdlib/{name[4:]}.dr" if name.startswith("std/") else name)
    if not path.is_file() or number > len(path.read_text(encoding="utf-8").split("\n")):
        raise Failure(f"there is no such line: {line}")


def explain(env, source, what, name, scenario):
    return readable(env.compile(["explain", what, name, source, "--scenario", scenario], env.root).stdout)


def check_number(env, source, what, name, scenario, expected):
    text = explain(env, source, what, name, scenario)
    above, below = terms(text)
    for value, line in above:
        check_place(env, line)
        if value == "unknown" and below != "unknown":
            raise Failure(f"an unknown term, and yet a sum:\n{text}")
    if expected in ("n/a", None, "unknown") and "keeps no data of its own" in text:
        expected = milliseconds(below)  # what it loses is what the data it needs loses: that sum is checked
    elif expected in ("n/a", None, "unknown"):
        if below not in ("n/a", "unknown"):
            raise Failure(f"the plan has no number, the explanation {below}:\n{text}")
        return
    total = sum(milliseconds(value) for value, _ in above if value not in ("n/a", "unknown"))
    if total != expected or milliseconds(below or "0s") != expected:
        raise Failure(f"{name} in {scenario}: the plan says {expected} ms, the terms {total} ms, the sum is printed as {below}:\n{text}")


def of_example(env, source):
    plan = json.loads(env.compile(["plan", source, "--format", "json"], env.root).stdout)
    numbers = 0
    for scenario in plan["scenarios"]:
        for state in scenario["assets"]:
            if state["fate"] == "unaffected":
                continue
            check_number(env, source, "rto", state["asset"], scenario["name"], state["finish"] and state["finish"]["worst"])
            check_number(env, source, "rpo", state["asset"], scenario["name"], state["data_loss"])
            numbers += 2
        for state in scenario["endpoints"]:
            if state["affected"] and state["to"]:
                text = explain(env, source, "rto", state["endpoint"], scenario["name"])
                above, below = terms(text)
                total = sum(milliseconds(value) for value, _ in above)
                if not state["finish"] or not total == milliseconds(below) == state["finish"]["worst"]:
                    raise Failure(f"{state['endpoint']} in {scenario['name']}: {total} ms, printed {below}, the plan {state['finish']}:\n{text}")
                for _, line in above:
                    check_place(env, line)
                numbers += 1
    if not numbers:
        raise Failure("nothing was explained")


def collect(env):
    for name, source in examples.sources(env).items():
        yield Test(name, lambda source=source: of_example(env, source))
