#!/usr/bin/env python3
"""Holds the circles of files against the rooms: files that call each other, directly or by way of others, stand in one room.

circles.py BUILD, after a build. Calls are read from the objects, includes from the headers. A circle is a largest set of files of
which each reaches each other. None of calls crosses a layer or a room of the analysis, no room calls one it may not include, no circle is
larger than it is here, and headers are in none. Ends with `N passed, N failed, N skipped`.
"""

import collections
import pathlib
import sys

from externals import ROOT, symbols
from layers import ROOMS, included

# The largest circle of calls in each place; a larger one is untied, not written down here. What is not named has none.
LARGEST = {
    "analysis/recovery": 15,  # which key opens the store that holds the key: candidates, copies and steps, choice, closure
    "sema": 15,               # the evaluator: an expression calls a function that is given expressions
    "verify": 7,              # the file that drives has what the others tell and count with
    "analysis/output": 6,     # the document: things name parts, and parts things
    "syntax": 4,              # building the tree, literals and repairs ask the scanner, and it them
    "restore": 5, "runbooks": 5, "source": 4, "schedule": 3, "cron": 3, "plan": 3, "driver": 3, "analysis/repair": 3,
    "terraform": 2, "analysis/common": 2, "analysis/world": 2, "analysis/clock": 2, "analysis/judge": 2,
}
REGISTRY = "backends/registry.c"  # the list of targets, of which one prints the list


def circles(edges):
    """The sets of two and more that reach each other (Tarjan, without recursion)."""
    number, low, stack, inside = {}, {}, [], set()
    for root in sorted(edges):
        walk = [] if root in number else [(root, iter(sorted(edges[root])))]
        for node, _ in walk[:1]:
            number[node] = low[node] = len(number)
            stack.append(node)
            inside.add(node)
        while walk:
            node, rest = walk[-1]
            other = next(rest, None)
            if other is None:
                walk.pop()
                if walk:
                    low[walk[-1][0]] = min(low[walk[-1][0]], low[node])
                if low[node] == number[node]:
                    at = stack.index(node)
                    found, stack[at:] = stack[at:], []
                    inside -= set(found)
                    if len(found) > 1:
                        yield sorted(found)
            elif other not in number:
                number[other] = low[other] = len(number)
                stack.append(other)
                inside.add(other)
                walk.append((other, iter(sorted(edges.get(other, ())))))
            elif other in inside:
                low[node] = min(low[node], number[other])


def place(path):
    """The layer, for the analysis the room in it, for a target its folder."""
    parts = pathlib.Path(path).parts
    if parts[0] == "backends":
        return parts[1] if len(parts) > 2 else "backends"
    if parts[0] == "gen":
        return "syntax"
    return "/".join(parts[1:3]) if parts[1] == "analysis" and len(parts) > 3 else parts[1]


def calls(build):
    """File to the files whose functions or data it uses."""
    defined, used = symbols(build)
    defined = {name: str(path.with_suffix(".c")) for name, path in defined.items()}
    edges = collections.defaultdict(set)
    for name, callers in used.items():
        for caller in callers:
            if name in defined:
                edges[str(caller.with_suffix(".c"))].add(defined[name])
    return edges


def check_calls(edges):
    for circle in circles(edges):
        places = {place(path) for path in circle if path != REGISTRY}
        text = ", ".join(circle)
        if len(places) > 1:
            yield f"a circle of calls through {' and '.join(sorted(places))}: {text}"
        elif len(circle) > LARGEST.get(min(places), 1):
            yield f"{len(circle)} files of {min(places)} call each other, {LARGEST.get(min(places), 1)} is most: {text}"
        else:
            yield None
    for path, others in sorted(edges.items()):
        room, wrong = place(path), []
        if room.startswith("analysis/"):
            allowed = {f"analysis/{name}" for name in ROOMS[room.split("/")[1]]} | {room}
            wrong = [other for other in sorted(others) if place(other).startswith("analysis") and place(other) not in allowed]
        yield f"{path}: the room may not call {', '.join(wrong)}" if wrong else None


def check_headers():
    headers = [path for folder in ("compiler", "backends") for path in (ROOT / folder).rglob("*.h")]
    found = list(circles({path: set(included(path)) for path in headers}))
    yield from (f"headers include each other: {', '.join(str(path.relative_to(ROOT)) for path in circle)}" for circle in found)
    yield None if not found else f"{len(found)} circles of headers"


def main():
    results = list(check_calls(calls(pathlib.Path(sys.argv[1]).resolve()))) + list(check_headers())
    problems = [problem for problem in results if problem]
    for problem in problems:
        print(problem)
    print(f"{len(results) - len(problems)} passed, {len(problems)} failed, 0 skipped")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
