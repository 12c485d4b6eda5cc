#!/usr/bin/env python3
"""Step tables and step commands of every scenario, by a program that has plan.json and nothing else of drc.

    plan_only.py plan.json            prints them
    tables(plan), commands(plan)      for the tests, which compare them with the runbooks and the scripts
"""

import json
import shlex
import sys

PHASES = {"reprotect": "re-protect"}


def clock(range_):
    """T+H:MM at the worst, rounded up."""
    if range_ is None:
        return "unknown"
    minutes = -(-range_["worst"] // 60000)
    return f"T+{minutes // 60}:{minutes % 60:02}"


def duration(range_):
    """In two units at most, rounded up."""
    if range_ is None:
        return "unknown"
    ms = range_["worst"]
    if ms < 1000:
        return f"{ms} ms" if ms else "0 s"
    if -(-ms // 1000) < 60:
        return f"{-(-ms // 1000)} s"
    for large, small, names, digits, below in ((60000, 1000, ("min", "s"), 2, 3600000), (3600000, 60000, ("h", "min"), 2, 86400000),
                                               (86400000, 3600000, ("d", "h"), 1, None)):
        rounded = -(-ms // small) * small
        if below is None or rounded < below:
            rest = rounded % large // small
            return f"{rounded // large} {names[0]}" + (f" {rest:0{digits}} {names[1]}" if rest else "")
    raise AssertionError(ms)


class Plan:
    def __init__(self, data):
        if data["format"] != 2:
            raise SystemExit("this is no plan of format 2")
        self.data, self.things = data, {}
        self.learn(data["declared"])

    def learn(self, things):
        for thing in things:
            self.things[thing["id"]] = thing
            self.learn(thing["blocks"])

    def text(self, key, attribute):
        value = self.things[key]["attributes"].get(attribute) if key else None
        return value["ref"] if isinstance(value, dict) and "ref" in value else value

    def who(self, key):
        """A person by name, a team by title and lead."""
        if key is None:
            return "nobody named"
        if self.things[key]["block"] == "person":
            return self.text(key, "name")
        lead = self.text(self.text(key, "lead"), "name")
        return (self.things[key]["title"] or self.things[key]["name"]) + (f" ({lead})" if lead else "")

    def row(self, step):
        subject = step["asset"] or self.things[step["subject"]]["name"]
        what = ("! " if step["critical"] else "") + step["title"] + (" (no way back)" if step["irreversible"] else "")
        who = "script" if step["automated"] and not step["manual"] else self.who(step["by"])
        return [str(step["ordinal"]), clock(step["start"]), clock(step["finish"]), duration(step["takes"]), subject,
                PHASES.get(step["phase"], step["phase"]), what, who]


def word(value):
    """One word as a shell has it; what is known only when it runs is a variable."""
    if isinstance(value, str):
        return shlex.quote(value)
    inside = "".join('"${' + part["runtime"].replace(".", "_").replace("env_", "") + '}"' if isinstance(part, dict) else shlex.quote(part)
                     for part in value)
    return inside or "''"


def line(command):
    if command is None:
        return None
    if "words" in command:
        return " ".join(word(value) for value in command["words"])
    return "".join(piece["script"] if "script" in piece else word(piece["value"]) for piece in command["shell"])


def tables(plan):
    """Scenario to rows of its step table."""
    return {scenario["name"]: [plan.row(step) for step in scenario["steps"]] for scenario in plan.data["scenarios"]}


def ways_back(plan):
    """Scenario to rows of the step table of its way back."""
    return {scenario["name"]: [plan.row(step) for step in scenario["failback"]] for scenario in plan.data["scenarios"]}


def commands(plan, way="steps"):
    """Scenario to ordinal to {"run": text, …}; `way` is "failback" for the way back."""
    names = ("run", "check", "until", "verify", "undo")
    return {scenario["name"]: {step["ordinal"]: {name: line(step[name]) for name in names if step[name]} for step in scenario[way]}
            for scenario in plan.data["scenarios"]}


def main():
    plan = Plan(json.load(open(sys.argv[1], encoding="utf-8")))
    texts = commands(plan)
    for name, rows in tables(plan).items():
        print(f"# {name}")
        for cells in rows:
            print(" | ".join(cells))
            for what, text in texts[name][int(cells[0])].items():
                print(f"    {what}: {text}")


if __name__ == "__main__":
    main()
