#!/usr/bin/env python3
"""Runs the tests of drc. Python's own library only; tests/README.md describes the suites and formats.

    tests/run.py                      everything
    tests/run.py --only cases,unit    some suites
    tests/run.py --group fast         all suites but those that start real servers; --group integration: those
    tests/run.py --durations 20       and how long the suites and the 20 slowest tests took
    tests/run.py --filter units       tests whose suite/name contains the text (or matches it as a regular expression)
    tests/run.py --bless              take over the actual output (never codes or exit)

The last line is `N passed, N failed, N skipped`; the exit code is 1 if anything failed.
"""

import argparse
import concurrent.futures
import importlib
import json
import os
import pathlib
import re
import sys
import threading
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from lib import case  # noqa: E402
from lib.core import Env, Failure, Nothing, Skip, Test  # noqa: E402

# Suites that start real servers, or what stands in for a provider: their time is the servers', and they run on their own.
INTEGRATION = ("aws", "conform", "servers", "shared_stores", "stores")


def collect(env, only, group="all"):
    """Suite name to tests. A suite is a module in tests/suites (or the cases)."""
    suites = {"cases": case}
    for path in sorted((HERE / "suites").glob("*.py")):
        if path.stem != "__init__":
            suites[path.stem] = importlib.import_module(f"suites.{path.stem}")
    unknown = set(only) - set(suites)
    if unknown:
        sys.exit(f"no suite is called {', '.join(sorted(unknown))}; there are {', '.join(sorted(suites))}")
    found = {}
    for name, module in suites.items():
        if only and name not in only:
            continue
        if group != "all" and (name in INTEGRATION) != (group == "integration"):
            continue
        if hasattr(module, "collect"):
            found[name] = list(module.collect(env))
        else:
            found[name] = [Test(key[len("test_"):].replace("_", "-"), lambda value=value: value(env))
                           for key, value in vars(module).items() if key.startswith("test_")]
    return found


def attempt(suite, test, fail_fast, stopped):
    """Runs a test; none after `stopped` was set, by the first failure where one is enough."""
    started = time.monotonic()
    if stopped.is_set():
        return suite, test.name, "skipped", "another one failed", 0.0
    try:
        test.run()
        verdict, text = "passed", ""
    except Skip as reason:
        verdict, text = "skipped", str(reason)
    except Nothing as reason:
        verdict, text = "nothing", str(reason)
    except Failure as reason:
        verdict, text = "failed", str(reason)
    except Exception:  # a broken test is a failed test
        verdict, text = "failed", traceback.format_exc()
    if verdict == "failed" and fail_fast:
        stopped.set()
    return suite, test.name, verdict, text, time.monotonic() - started


def print_durations(times, count, wall):
    """Where the time went: of suites the sum of their tests, which is more than what one waits for."""
    suites = {}
    for seconds, suite, _ in times:
        suites[suite] = suites.get(suite, 0) + seconds
    print(f"{wall:8.1f} s in all; the sums of the suites:")
    for suite, seconds in sorted(suites.items(), key=lambda pair: -pair[1]):
        print(f"{seconds:8.1f} s {suite}")
    print("the slowest tests:")
    for seconds, suite, name in sorted(times, reverse=True)[:count]:
        print(f"{seconds:8.1f} s {suite}/{name}")


def main():
    parser = argparse.ArgumentParser(description="run the tests of drc")
    parser.add_argument("--build", default="build", help="the build folder under test")
    parser.add_argument("--only", default="", help="suites, separated by commas")
    parser.add_argument("--filter", default="", help="part of a test's suite/name, or a regular expression")
    parser.add_argument("--bless", action="store_true", help="rewrite expected output")
    parser.add_argument("--list", action="store_true", help="print the names and stop")
    parser.add_argument("--verbose", "-v", action="store_true", help="print passed tests with their time")
    parser.add_argument("--summary", help="also write the counts to this file as JSON")
    parser.add_argument("--group", choices=("all", "fast", "integration"), default="all", help="suites without servers, or those with them")
    parser.add_argument("--durations", type=int, default=0, metavar="N", help="print the time of each suite and of the N slowest tests")
    parser.add_argument("--fail-fast", action="store_true", help="start no other test once one has failed")
    parser.add_argument("-j", type=int, default=max(2, os.cpu_count() or 2), metavar="N", help="tests at a time")
    options = parser.parse_args()

    env = Env(options.build, options.bless)
    started = time.monotonic()
    suites = collect(env, [name for name in options.only.split(",") if name], options.group)
    wanted = [(suite, test) for suite, tests in suites.items() for test in tests
              if options.filter in f"{suite}/{test.name}" or re.search(options.filter, f"{suite}/{test.name}")]
    if options.list:
        for suite, test in wanted:
            print(f"{suite}/{test.name}")
        return 0

    counts = {"passed": 0, "failed": 0, "skipped": 0}
    reasons, idle, times, stopped = {}, {}, [], threading.Event()
    with concurrent.futures.ThreadPoolExecutor(max_workers=max(1, options.j)) as pool:
        for suite, name, verdict, text, seconds in pool.map(lambda pair: attempt(*pair, options.fail_fast, stopped), wanted):
            if verdict == "nothing":
                idle.setdefault(text, []).append(f"{suite}/{name}")
            else:
                counts[verdict] += 1
            times.append((seconds, suite, name))
            if verdict == "failed":
                print(f"FAILED {suite}/{name}")
                print("".join(f"    {line}\n" for line in text.rstrip("\n").split("\n")), flush=True)
            elif verdict == "skipped":
                reasons.setdefault(text, []).append(f"{suite}/{name}")
            elif options.verbose:
                print(f"ok     {suite}/{name} ({seconds:.2f} s)", flush=True)
    if options.durations:
        print_durations(times, options.durations, time.monotonic() - started)
    for reason, names in sorted(reasons.items()):
        print(f"skipped {len(names)}: {reason} ({', '.join(names[:4])}{', …' if len(names) > 4 else ''})")
    if idle:
        print(f"{sum(map(len, idle.values()))} had nothing to judge: {'; '.join(sorted(idle))}")
    if options.summary:
        pathlib.Path(options.summary).write_text(json.dumps(counts) + "\n", encoding="utf-8")
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 1 if counts["failed"] or not sum(counts.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
