#!/usr/bin/env python3
"""The random tests with many more cases than `make test` takes, and every trial of an attribute; writes what came of it to tests/long.md.

    make test-long                          20 times as many cases
    make test-long LONG=100 LONG_SEED=7     other numbers; one seed alone shows a failure again

Only a run without failures is written down: tests/long.md says that something held, with the commit it held for.
"""

import argparse
import datetime
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from oracles.lot import FIRST_SEED  # noqa: E402

SUITES = ("plan", "certificate", "verify", "props", "ignored", "oracles")


def output(*argv):
    done = subprocess.run(argv, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    return done.stdout.decode().strip()


def main():
    parser = argparse.ArgumentParser(description="run the random tests at length")
    parser.add_argument("--build", default="build")
    parser.add_argument("--times", type=int, default=20, help="how many times as many cases as usual")
    parser.add_argument("--seed", help="this seed alone")
    parser.add_argument("--suites", default=",".join(SUITES), help="some of them; the others are named as not run")
    parser.add_argument("rest", nargs="*", help="arguments for tests/run.py")
    options = parser.parse_args()
    variables = {**os.environ, "DRC_ORACLES": str(options.times), "DRC_TEST_ALL": "1"}
    if options.seed:
        variables["DRC_ORACLE_SEED"] = options.seed
    begun, commit, rows, failed = time.monotonic(), output("git", "describe", "--always", "--dirty", "--abbrev=12") or "unknown", [], False
    for suite in options.suites.split(","):
        started = time.monotonic()
        done = subprocess.run([sys.executable, "tests/run.py", "--build", options.build, "--only", suite, "--durations", "10", *options.rest],
                              cwd=ROOT, env=variables, stdout=subprocess.PIPE, check=False)
        text = done.stdout.decode()
        sys.stdout.write(text)
        sys.stdout.flush()
        result = (text.strip() or "nothing was printed").splitlines()[-1]
        failed = failed or " 0 failed" not in result
        rows.append(f"| `{suite}` | {result} | {(time.monotonic() - started) / 60:.0f} min |\n")
    if failed or options.rest or options.seed:
        return int(failed)
    (ROOT / "tests" / "long.md").write_text(
        "# The last long run\n\n"
        "Written by `make test-long`; only a run without failures is.\n\n"
        "| what | |\n|---|---|\n"
        f"| date | {datetime.date.today().isoformat()} |\n"
        f"| commit | {commit} |\n"
        f"| cases | {options.times} times those of `make test`, at least 1,000 models for `plan.json`; every trial, every case |\n"
        f"| seeds | {FIRST_SEED} and those that follow |\n"
        f"| time | {(time.monotonic() - begun) / 60:.0f} min |\n\n"
        "| suite | result | time |\n|---|---|---|\n" + "".join(rows)
        + "".join(f"| `{suite}` | not run | |\n" for suite in SUITES if suite not in options.suites.split(",")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
