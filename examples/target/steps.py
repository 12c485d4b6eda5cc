#!/usr/bin/env python3
"""A target of one's own: the steps of every scenario as a table for a spreadsheet, one file each.

    drc build main.dr -o out --target exec:examples/target/steps.py

`drc` gives the plan on standard input and takes files and findings from standard output; the files go into `out/steps/`.
What has no number in the plan has none here. A step nobody is named for is a warning, at its place in the specification.
"""

import csv
import io
import json
import sys

COLUMNS = ["step", "asset", "phase", "title", "by", "start at most", "finish at most", "waits for"]


def clock(milliseconds):
    """3h05m10s, or nothing where the plan does not know."""
    if milliseconds is None:
        return ""
    seconds = -(-milliseconds // 1000)
    return f"{seconds // 3600}h{seconds // 60 % 60:02}m{seconds % 60:02}s"


def row(step):
    return [step["id"], step.get("asset") or "", step["phase"], step["title"], step.get("by") or "", clock((step.get("start") or {}).get("worst")),
            clock((step.get("finish") or {}).get("worst")), " ".join(step.get("after") or [])]


def table(scenario):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(row(step) for step in scenario["steps"])
    return {"path": f"{scenario['name']}.csv", "text": text.getvalue(), "origins": [scenario["origin"]] if scenario.get("origin") else []}


def nameless(scenario):
    for step in scenario["steps"]:
        if step.get("manual") and not step.get("by"):
            yield {"message": f"nobody is named for step `{step['id']}` in `{scenario['name']}`", "at": step.get("origin") or "",
                   "help": "say `by = …` at the step"}


def main():
    plan = json.load(sys.stdin)
    scenarios = plan["scenarios"]
    json.dump({"files": [table(scenario) for scenario in scenarios], "warnings": [finding for s in scenarios for finding in nameless(s)]}, sys.stdout)


main()
