#!/usr/bin/env python3
"""Time and peak memory of drc on generated specifications, beside other tools on the equivalent input.

    make bench                                     1,000, 10,000 and 100,000 assets
    make bench BENCH_ARGS='--sizes 1000,10000'     a shorter run

Version 0.1.0, built from the same repository with the same flags, is measured in turn with this one on the same input: check may take twice
its user time (it checks what targets refuse as well), build 0.6 of it. Without that commit (a shallow clone) this is left out, with a message.
`growth` are specifications that have ten times as many of one thing: steps that one step waits for, needs of one asset, members of a group,
scenarios; each may take 12.5 times as long, in user time, and 12.5 times the memory.

`plain` specifications have no scenarios and import no rules; `full` ones have three scenarios. `parse` is lexing and
parsing alone (`drc debug parse`). The best of three runs counts while runs are short. The exit code is 1 if a limit
that this project sets itself is broken: check of a plain specification takes at most three times what parsing takes, memory stays under
5 KB per asset, ten times the assets take at most twelve times as long, plan of 100,000 assets in three scenarios takes at most three
seconds. These are judged by processor time, so that other work on the computer does not count.

A run longer than --limit seconds is ended and told as such. A tool that did not finish is left out of the larger sizes: the others take
longer for ten times the input, too.
"""

import argparse
import os
import pathlib
import resource
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import generate  # noqa: E402

CHECK_TO_PARSE = 3.0
BYTES_PER_ASSET = {"plain": 5 * 1024, "full": 7 * 1024}
BUILD_BYTES = 1.2e9  # of 100,000 assets in three scenarios
GROWTH = 12.0
PLAN_ASSETS, PLAN_SECONDS = 100_000, 3.0

REFERENCE = "be78899"  # version 0.1.0
AGAINST_REFERENCE = {"check": 2.0, "build": 0.6}  # times its user time, at most
PAIRS = 3

DECADE = 12.5  # ten times as many of one thing
# Large enough that the smaller of the two outgrows the caches of the processor as well: from 3,000 to 30,000 the same work, counted in
# instructions 9.8 times as much, took 13.5 times as long because memory is slower.
DIMENSION_SIZES = {"after": 10_000, "needs": 10_000, "members": 10_000, "scenarios": 1000}
DIMENSION_RUNS = (7, 3)  # of the smaller, of the larger; the fastest counts


def measure(helper, argv, cwd, limit, expect=(0,), runs=3):
    """(seconds, peak bytes, seconds of processor time) of the best run, or a text that says why there is none."""
    best = None
    for _ in range(runs):
        with (cwd / "stderr").open("wb") as errors:
            done = subprocess.run([str(a) for a in (helper, int(limit), *argv)], cwd=cwd, stdout=subprocess.PIPE, stderr=errors,
                                  check=True, env={**os.environ, "CHECKPOINT_DISABLE": "1", "NO_COLOR": "1"})
        words = done.stdout.split()
        seconds, cpu, memory, code = float(words[0]), float(words[1]), int(words[2]), int(words[3])
        if code == 124:
            return f"> {limit:.0f} s"
        if code not in expect:
            first = (cwd / "stderr").read_text(encoding="utf-8", errors="replace").split("\n")[0]
            return f"exit {code}: {first[:90]}"
        if best is None or cpu < best[2]:
            best = (seconds, memory, cpu)
        if seconds > 5:
            break
    return best


def reference(root, work):
    """Version 0.1.0, built as this one is; a text when it cannot be."""
    folder = work / "reference"
    if subprocess.run(["git", "-C", root, "cat-file", "-e", f"{REFERENCE}^{{commit}}"], stderr=subprocess.DEVNULL, check=False).returncode:
        return f"left out: the history has no {REFERENCE} (a shallow clone?)"
    folder.mkdir()
    archive = subprocess.run(["git", "-C", root, "archive", REFERENCE], stdout=subprocess.PIPE, check=True).stdout
    subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True)
    print("building version 0.1.0 …", flush=True)
    built = subprocess.run(["make", "-s", "-C", folder, f"-j{os.cpu_count() or 1}", "BUILD=build", "all"], stdout=subprocess.DEVNULL,
                           stderr=subprocess.PIPE, env={k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "BUILD")},
                           check=False)
    if built.returncode:
        return f"left out: version 0.1.0 does not build here: {built.stderr.decode(errors='replace').strip()[:200]}"
    return folder / "build" / "drc"


def user_seconds(argv, cwd):
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    subprocess.run([str(a) for a in argv], cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before


def against_reference(drc, other, folder):
    """The two in turn, pair by pair; the median of the ratios counts."""
    broken = 0
    for what, bound in AGAINST_REFERENCE.items():
        ratios = []
        for _ in range(PAIRS):
            seconds = []
            for program in (drc, other):
                argv = [program, what, "spec.dr", *(["-o", "out"] if what == "build" else [])]
                seconds.append(user_seconds(argv, folder))
                shutil.rmtree(folder / "out", ignore_errors=True)
            ratios.append(seconds[0] / max(seconds[1], 0.001))
        ratio = sorted(ratios)[len(ratios) // 2]
        broken += ratio > bound
        print(f"{folder.name}: {what} takes {ratio:.2f} times the user time of version 0.1.0 (at most {bound}; "
              f"{', '.join(f'{r:.2f}' for r in ratios)}){'' if ratio <= bound else '  BROKEN'}", flush=True)
    return broken


def least_of(helper, argv, cwd, limit, runs):
    """(user seconds, peak bytes), each the least of all runs; a text where one did not end."""
    least = (float("inf"), float("inf"))
    for _ in range(runs):
        words = subprocess.run([str(a) for a in (helper, int(limit), *argv)], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                               check=True).stdout.split()
        if int(words[3]) not in (0, 1):
            return f"exit {int(words[3])}"
        least = (min(least[0], float(words[4])), min(least[1], int(words[2])))
    return least


def grow_in_line(helper, drc, work, limit):
    broken = 0
    for name, size in DIMENSION_SIZES.items():
        found = []
        for count, runs in zip((size, 10 * size), DIMENSION_RUNS):
            folder = work / f"{name}-{count}"
            folder.mkdir()
            write(folder / "spec.dr", generate.dimension(name, count))
            found.append(least_of(helper, [drc, "check", "spec.dr"], folder, limit, runs))
            shutil.rmtree(folder)
        if any(isinstance(result, str) for result in found):
            broken += 1
            print(f"{size:,} to {10 * size:,} {name}: {found}  BROKEN", flush=True)
            continue
        (short, small), (long, large) = found
        time, memory = long / max(short, 0.01), large / small
        fine = time <= DECADE and memory <= DECADE
        broken += not fine
        print(f"{size:,} to {10 * size:,} {name}: {short:.2f} s to {long:.2f} s, {time:.1f} times; {small / 1e6:,.0f} MB to {large / 1e6:,.0f} MB, "
              f"{memory:.1f} times (at most {DECADE}){'' if fine else '  BROKEN'}", flush=True)
    return broken


def show(size, variant, what, result):
    if isinstance(result, str):
        print(f"{size:>8,}  {variant:<6} {what:<20} {result}", flush=True)
    else:
        seconds, memory, cpu = result
        print(f"{size:>8,}  {variant:<6} {what:<20} {seconds:9.3f} s {cpu:9.3f} s {memory / 1e6:9.1f} MB {memory / size:9,.0f} B/asset", flush=True)


def write(path, parts):
    with path.open("w", encoding="utf-8") as file:
        file.writelines(parts)
    return path.stat().st_size


def main():
    parser = argparse.ArgumentParser(description="measure drc on generated specifications")
    parser.add_argument("--drc", default="build/drc")
    parser.add_argument("--work", default="build/bench", help="a folder for the inputs; must hold the program `measure`, and is otherwise emptied")
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--limit", type=float, default=180, help="seconds a single run may take")
    parser.add_argument("--no-others", action="store_true", help="leave out the other tools")
    options = parser.parse_args()
    drc, work = pathlib.Path(options.drc).resolve(), pathlib.Path(options.work).resolve()
    helper = work / "measure"
    for path in work.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
    sizes = [int(size) for size in options.sizes.split(",")]

    results, given_up = {}, {}
    print(f"{'assets':>8}  {'input':<6} {'command':<20} {'time':>11} {'processor':>11} {'memory':>12}")
    for size in sizes:
        for variant in ("plain", "full"):
            folder = work / f"{variant}-{size}"
            folder.mkdir()
            length = write(folder / "spec.dr", generate.dr(size, variant == "full"))
            print(f"{size:>8,}  {variant:<6} {'(source)':<20} {length / 1e6:32.1f} MB")
            commands = [("parse", ["debug", "parse", "spec.dr"]), ("check", ["check", "spec.dr"])]
            if variant == "full":
                commands += [("plan", ["plan", "spec.dr"]), ("build", ["build", "spec.dr", "-o", "out"])]
            for what, argv in commands:
                # A refuted objective (1) is a result like any other.
                result = measure(helper, [drc, *argv], folder, options.limit, expect=(0, 1) if what != "parse" else (0,))
                results[size, variant, what] = result
                show(size, variant, what, result)
            shutil.rmtree(folder / "out", ignore_errors=True)
        if not options.no_others:
            for tool, suffix, make, argv in (
                ("terraform", "tf", generate.terraform, ["terraform", "validate", "-no-color"]),
                ("jsonnet", "jsonnet", generate.jsonnet, ["jsonnet", "spec.jsonnet"]),
                ("pkl", "pkl", generate.pkl, ["pkl", "eval", "spec.pkl"]),
            ):
                if shutil.which(tool) is None:
                    show(size, "equal", tool, "not installed")
                    continue
                what = " ".join(argv[:2]) if tool != "jsonnet" else tool
                if tool in given_up:
                    show(size, "equal", what, f"not run: {given_up[tool]}")
                    continue
                folder = work / f"{tool}-{size}"
                folder.mkdir()
                write(folder / f"spec.{suffix}", make(size))
                result = None
                if tool == "terraform":
                    result = measure(helper, ["terraform", "init", "-no-color"], folder, options.limit, runs=1)
                if not isinstance(result, str):
                    result = measure(helper, argv, folder, options.limit)
                show(size, "equal", what, result)
                if isinstance(result, str):
                    given_up[tool] = f"{size:,} assets gave `{result}`"
                shutil.rmtree(folder)

    print()
    broken = 0
    for size in sizes:
        parse, check = results[size, "plain", "parse"], results[size, "plain", "check"]
        if isinstance(parse, str) or isinstance(check, str):
            broken += 1
            print(f"{size:,} assets: not measured")
            continue
        ratio = check[2] / parse[2]
        # Below 10,000 assets the start of the process outweighs the work.
        judged = size >= 10000
        fine = not judged or (ratio <= CHECK_TO_PARSE and check[1] / size <= BYTES_PER_ASSET["plain"])
        broken += not fine
        print(f"{size:,} assets: check takes {ratio:.2f} times what parsing takes (at most {CHECK_TO_PARSE:.0f}), "
              f"{check[1] / size:,.0f} bytes per asset (under {BYTES_PER_ASSET['plain']:,})"
              f"{'' if judged else ', not judged'}{'' if fine else '  BROKEN'}")
    for size in sizes:
        full = results.get((size, "full", "check"))
        if size >= 10000 and isinstance(full, tuple):
            fine = full[1] / size <= BYTES_PER_ASSET["full"]
            broken += not fine
            print(f"{size:,} assets, 3 scenarios: check takes {full[1] / size:,.0f} bytes per asset (under {BYTES_PER_ASSET['full']:,})"
                  f"{'' if fine else '  BROKEN'}")
    built = results.get((PLAN_ASSETS, "full", "build"))
    if isinstance(built, tuple):
        broken += built[1] > BUILD_BYTES
        print(f"{PLAN_ASSETS:,} assets, 3 scenarios: build takes {built[1] / 1e6:,.0f} MB (at most {BUILD_BYTES / 1e6:,.0f})"
              f"{'' if built[1] <= BUILD_BYTES else '  BROKEN'}")
    plan = results.get((PLAN_ASSETS, "full", "plan"))
    if isinstance(plan, tuple):
        fine = plan[2] <= PLAN_SECONDS
        broken += not fine
        print(f"{PLAN_ASSETS:,} assets, 3 scenarios: plan takes {plan[2]:.2f} s (at most {PLAN_SECONDS:.0f}), {plan[1] / 1e6:,.0f} MB"
              f"{'' if fine else '  BROKEN'}")
    elif plan:
        broken += 1
        print(f"{PLAN_ASSETS:,} assets, 3 scenarios: plan {plan}  BROKEN")
    for small, large in zip(sizes, sizes[1:]):
        for variant, what in sorted({(v, w) for _, v, w in results}):
            one, other = results.get((small, variant, what)), results.get((large, variant, what))
            if small >= 10000 and not isinstance(one, (str, type(None))) and not isinstance(other, (str, type(None))):
                growth, bound = other[2] / one[2], GROWTH * (large / small) / 10
                broken += growth > bound
                print(f"{small:,} to {large:,}, {variant} {what}: {growth:.1f} times (at most {bound:.0f})"
                      f"{'' if growth <= bound else '  BROKEN'}")
    broken += grow_in_line(helper, drc, work, options.limit)
    other = reference(pathlib.Path(__file__).resolve().parents[2], work)
    if isinstance(other, str):
        print(f"version 0.1.0: {other}")
    else:
        for size in (size for size in sizes if size >= 10000):
            broken += against_reference(drc, other, work / f"full-{size}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
