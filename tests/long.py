#!/usr/bin/env python3
"""The random tests with many more cases than `make test` takes, and all of what it takes a part of; writes what came of it to tests/long.md.

    make test-long                          20 times as many cases
    make test-long LONG=100 LONG_SEED=7     other numbers; one seed alone shows a failure again

Parts of suites run side by side, each in a process of its own. Only a run without failures is written down: tests/long.md says that something
held, with the commit it held for, and which numbers were run.
"""

import argparse
import concurrent.futures
import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from oracles.lot import FIRST_SEED  # noqa: E402

# What takes longest first: so that no core waits for the other at the end.
PARTS = (
    ("recipes", ""), ("props", "^props/power/build-"), ("oracles", "^oracles/properties/"), ("oracles", "^oracles/(?!properties/)"),
    ("props", "^props/power/(?!build-)"), ("props", "^props/(?!power/)"), ("ignored", ""), ("verify", ""), ("plan", ""),
    ("certificate", "/(?!tampering)[^/]*$"), ("certificate", "/tampering"), ("mutation", ""),
)
SUITES = tuple(dict.fromkeys(suite for suite, _ in PARTS))
WHAT = {
    "recipes": "every recipe of the README files, typed into one clone",
    "props": "all; death and loss of power before every call of a build",
    "oracles": "{times} times the cases of `make test`",
    "ignored": "each attribute changed or removed",
    "verify": "all cases, every kind of tampering, 6,000 changed values",
    "plan": "all cases, 1,000 random models",
    "mutation": "the analysis with one token changed, as tests/mutants.tsv lists it: noticed by a test, or not",
    "certificate": "all cases, every kind of tampering, {times} times the random models of `make test`",
}


def output(*argv):
    done = subprocess.run(argv, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return done.stdout.decode().strip()


def run(part, options, variables):
    """Counts of a part and its minutes."""
    suite, tests = part
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        counts = pathlib.Path(folder) / "counts"
        how = ["tests/run.py", "--only", suite, "-j", "1", "--filter", tests, "--durations", "10", *options.rest]
        done = subprocess.run([sys.executable, *(["tests/mutate.py"] if suite == "mutation" else how), "--build", options.build, "--summary", counts],
                              cwd=ROOT, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        found = json.loads(counts.read_text()) if counts.exists() else {"failed": 1}
    seconds = time.monotonic() - started
    print(f"---- {suite} {tests}: {seconds:.0f} s, exit {done.returncode}\n{done.stdout.decode(errors='replace')}", flush=True)
    return suite, found, seconds, done.returncode


def main():
    parser = argparse.ArgumentParser(description="run the random tests at length")
    parser.add_argument("--build", default="build")
    parser.add_argument("--times", type=int, default=20, help="how many times as many cases as usual")
    parser.add_argument("--seed", help="this seed alone")
    parser.add_argument("--suites", default=",".join(SUITES), help="some of them; the others are named as not run")
    parser.add_argument("-j", type=int, default=os.cpu_count() or 2, metavar="N", help="parts at a time")
    parser.add_argument("rest", nargs="*", help="arguments for tests/run.py")
    options = parser.parse_args()
    wanted = options.suites.split(",")
    variables = {**os.environ, "DRC_ORACLES": str(options.times), "DRC_TEST_ALL": "1"}
    if options.seed:
        variables["DRC_ORACLE_SEED"] = options.seed
    begun, commit = time.monotonic(), output("git", "describe", "--always", "--dirty", "--abbrev=12") or "unknown"
    parts = [part for part in PARTS if part[0] in wanted]
    with concurrent.futures.ThreadPoolExecutor(max_workers=max(1, options.j)) as pool:
        ended = list(pool.map(lambda part: run(part, options, variables), parts))
    rows = []
    for suite in (name for name in SUITES if name in wanted):
        own = [result for result in ended if result[0] == suite]
        words = ("caught", "survived", "same") if suite == "mutation" else ("passed", "failed", "skipped")
        counts = ", ".join(f"{sum(found.get(word, 0) for _, found, _, _ in own)} {word}" for word in words)
        rows.append(f"| `{suite}` | {WHAT[suite].format(times=options.times)} | {counts} | {sum(seconds for *_, seconds, _ in own) / 60:.1f} min |\n")
    minutes = (time.monotonic() - begun) / 60
    print("".join(rows) + f"{minutes:.0f} min in all")
    failed = any(code for *_, code in ended)
    if failed or options.rest or options.seed:
        return int(failed)
    (ROOT / "tests" / "long.md").write_text(
        "# The last long run\n\n"
        "Written by `make test-long`; only a run without failures is.\n\n"
        "| what | |\n|---|---|\n"
        f"| date | {datetime.date.today().isoformat()} |\n"
        f"| commit | {commit} |\n"
        f"| seeds | {FIRST_SEED} and those that follow |\n"
        f"| time | {minutes:.0f} min, {options.j} parts at a time |\n\n"
        "| suite | what | result | time |\n|---|---|---|---|\n" + "".join(rows)
        + "".join(f"| `{suite}` | not run | | |\n" for suite in SUITES if suite not in wanted), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
