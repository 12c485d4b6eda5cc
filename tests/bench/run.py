"""Time and peak memory of drc on generated specifications, and whether both stay within the limits that the project set itself.

    make bench                                     1,000, 10,000 and 100,000 assets, and other tools on the equivalent input where they are installed
    make bench BENCH_ARGS='--no-others'            without those
    make bench BENCH_ARGS='--sizes 1000,10000'     a shorter run: what is judged at 100,000 is left out

`plain` specifications have no scenarios and import no rules; `full` ones have three scenarios. `parse` is lexing and parsing alone. The first table
tells what each run took. The second one is judged, and the exit code is 1 if a row of it is broken:

* `drc check` (with what every target would refuse) takes at most 2 times the user time of version 0.1.0, `drc build` at most 0.8 of it. That
  version is built from this repository with the same flags, and the two run in turn. Without that commit (a shallow clone) the rows are left out.
* `drc build` of 100,000 assets in three scenarios takes at most 1.2 GB, `drc check` at most 5 KiB an asset without scenarios and 7 KiB with three.
* Ten times as many assets, steps that one step waits for, needs of one asset, members of a group or scenarios take at most 12.5 times the user time
  and the memory.
* Reading the artifacts again and comparing them with the plan takes at most a quarter of the build that does it, by the clock of that build.
* `drc diff --causes none` of two revisions of 10,000 assets, in which every backup and every scenario is another, takes at most 2 times the user time of
  compiling both (`drc plan --emit plan`); of 500 assets at most 100 ms of user time.
* `drc log` over 1,000 commits of 100 assets takes at most ten compilations and 5 ms a commit when it is cached (history.py).

Other work on the computer only ever adds to user time. So every time is the least of several runs, and where a limit seems broken it is run again:
what is really too slow stays so. A run longer than --limit seconds is ended and told as such.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import generate  # noqa: E402
import history  # noqa: E402

REFERENCE = "be78899"  # version 0.1.0
AGAINST_REFERENCE = {"check": 2.0, "build": 0.8}  # times its user time, at most; a build reads again what it is about to write
BUILD_BYTES = 1.2e9
BYTES_PER_ASSET = {"plain": 5 * 1024, "full": 7 * 1024}
JUDGED_ASSETS = 100_000
DECADE = 12.5
VALIDATION = 0.25  # of its build, at most
COMPARISON, SMALL_COMPARISON = 2.0, 0.1  # times the user time of both compilations; seconds

# Large enough that the smaller of the two outgrows the caches of the processor as well: from 3,000 to 30,000 the same work, counted in
# instructions 9.8 times as much, took 13.5 times as long because memory is slower.
DIMENSION_SIZES = {"after": 10_000, "needs": 10_000, "members": 10_000, "scenarios": 1000}
ROUNDS = (3, 8)  # at least; at most, while a limit seems broken
SHORT = 3  # runs of the faster one in a round


class Failed(Exception):
    """A run that did not end as it should."""


def run(helper, argv, cwd, limit, expect=(0, 1)):
    """(seconds, seconds of user time, peak bytes). A refuted objective (1) is a result like any other."""
    with (cwd / "stderr").open("wb") as errors:
        words = subprocess.run([str(a) for a in (helper, int(limit), *argv)], cwd=cwd, stdout=subprocess.PIPE, stderr=errors, check=True,
                               env={**os.environ, "CHECKPOINT_DISABLE": "1", "NO_COLOR": "1"}).stdout.split()
    shutil.rmtree(cwd / "out", ignore_errors=True)
    code = int(words[3])
    if code == 124:
        raise Failed(f"> {limit:.0f} s")
    if code not in expect:
        first = (cwd / "stderr").read_text(encoding="utf-8", errors="replace").split("\n")[0]
        raise Failed(f"exit {code}: {first[:90]}")
    return float(words[0]), float(words[4]), int(words[2])


def measure(helper, argv, cwd, limit, expect=(0, 1), runs=3):
    """The least of all runs, of each figure; fewer runs where one is long. A text that says why there is none."""
    least = None
    try:
        for _ in range(runs):
            found = run(helper, argv, cwd, limit, expect)
            least = tuple(map(min, least, found)) if least else found
            if found[0] > 30:
                break
    except Failed as failed:
        return str(failed)
    return least


def command(drc, what):
    return [drc, what, "spec.dr", *(["-o", "out"] if what == "build" else [])]


def compare(one, other, bound):
    """How many times the user time of `other` is that of `one`, each a function that runs it; (ratio, least of one, least of other)."""
    least = [None, None]
    for turn in range(ROUNDS[1]):
        for which, start in enumerate((one, other)):
            for _ in range(1 if least[which] and least[which][1] > 2 else SHORT):
                found = start()
                least[which] = tuple(map(min, least[which], found)) if least[which] else found
        ratio = least[0][1] / max(least[1][1], 0.01)
        if turn + 1 >= ROUNDS[0] and ratio <= bound:
            break
        if turn + 1 >= ROUNDS[0] and least[0][1] > 60:
            break  # what takes minutes is not run eight times
    return ratio, least[0], least[1]


class Verdicts:
    """The table that is judged."""

    def __init__(self):
        self.rows = []

    def add(self, what, found, limit, fine):
        self.rows.append((what, found, limit, "ok" if fine else "BROKEN" if fine is not None else "left out"))
        print(f"  {what}: {found} (at most {limit}) {self.rows[-1][3]}", flush=True)

    def show(self):
        widths = [max(len(row[i]) for row in self.rows) for i in range(3)] if self.rows else []
        print()
        for row in self.rows:
            print(f"{row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  at most {row[2]:<{widths[2]}}  {row[3]}")
        broken = sum(row[3] == "BROKEN" for row in self.rows)
        print(f"{len(self.rows)} limits, {broken} broken")
        return 1 if broken else 0


def reference(root, work):
    """Version 0.1.0, built as this one is; a text when it cannot be."""
    folder = work / "reference"
    if subprocess.run(["git", "-C", root, "cat-file", "-e", f"{REFERENCE}^{{commit}}"], stderr=subprocess.DEVNULL, check=False).returncode:
        return f"the history has no {REFERENCE} (a shallow clone?)"
    folder.mkdir()
    archive = subprocess.run(["git", "-C", root, "archive", REFERENCE], stdout=subprocess.PIPE, check=True).stdout
    subprocess.run(["tar", "-x", "-C", folder], input=archive, check=True)
    print("building version 0.1.0 …", flush=True)
    built = subprocess.run(["make", "-s", "-C", folder, f"-j{os.cpu_count() or 1}", "BUILD=build", "all"], stdout=subprocess.DEVNULL,
                           stderr=subprocess.PIPE, check=False,
                           env={k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "BUILD")})
    if built.returncode:
        return f"version 0.1.0 does not build here: {built.stderr.decode(errors='replace').strip()[:200]}"
    return folder / "build" / "drc"


def judge_against_reference(verdicts, helper, drc, other, folder, size, limit):
    for what, bound in AGAINST_REFERENCE.items():
        name = f"{what}, {size:,} assets: user time by that of 0.1.0"
        if isinstance(other, str):
            verdicts.add(name, other, f"{bound}", None)
            continue
        try:
            ratio, ours, theirs = compare(lambda: run(helper, command(drc, what), folder, limit),
                                          lambda: run(helper, command(other, what), folder, limit), bound)
            verdicts.add(name, f"{ratio:.2f} ({ours[1]:.2f} s by {theirs[1]:.2f} s)", f"{bound}", ratio <= bound)
        except Failed as failed:
            verdicts.add(name, str(failed), f"{bound}", False)


def judge_growth(verdicts, name, large, small):
    """`large` has ten times as much of something as `small`."""
    try:
        ratio, long, short = compare(large, small, DECADE)
    except Failed as failed:
        verdicts.add(name, str(failed), f"{DECADE}", False)
        return
    verdicts.add(f"{name}: user time", f"{ratio:.1f} ({short[1]:.2f} s to {long[1]:.2f} s)", f"{DECADE}", ratio <= DECADE)
    memory = long[2] / short[2]
    verdicts.add(f"{name}: memory", f"{memory:.1f} ({short[2] / 1e6:,.0f} MB to {long[2] / 1e6:,.0f} MB)", f"{DECADE}", memory <= DECADE)


def judge_dimensions(verdicts, helper, drc, work, limit):
    for name, size in DIMENSION_SIZES.items():
        folders = []
        for count in (10 * size, size):
            folders.append(work / f"{name}-{count}")
            folders[-1].mkdir()
            write(folders[-1] / "spec.dr", generate.dimension(name, count))
        large, small = folders
        judge_growth(verdicts, f"check, {size:,} to {10 * size:,} {name}", lambda: run(helper, command(drc, "check"), large, limit),
                     lambda: run(helper, command(drc, "check"), small, limit))
        for folder in folders:
            shutil.rmtree(folder)


def judge_validation(verdicts, drc, name, spec, work):
    """How much of a build is translation validation: the least of both over several builds into an empty folder."""
    shares, wholes = [], []
    for _ in range(ROUNDS[1]):
        out = work / "validated"
        start = time.perf_counter()
        done = subprocess.run([drc, "build", spec, "-o", out, "--quiet", "--timings"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=True)
        wholes.append(time.perf_counter() - start)
        shares.append(float(re.search(r"^validate +([0-9.]+) s", done.stderr, re.M)[1]))
        shutil.rmtree(out)
    ratio = min(shares) / min(wholes)
    verdicts.add(f"validation of {name} by its build", f"{ratio:.2f} ({min(shares):.3f} s of {min(wholes):.3f} s)", f"{VALIDATION}", ratio <= VALIDATION)


def revisions(work, size):
    """A folder with two revisions in which every backup and every scenario is another."""
    folder = work / f"revisions-{size}"
    folder.mkdir()
    text = "".join(generate.dr(size, True))
    write(folder / "spec.dr", [text])
    write(folder / "new.dr", [text.replace("detect = 3m", "detect = 4m").replace("duration = 40m", "duration = 50m")])
    return folder


def judge_comparison(verdicts, helper, drc, work, limit):
    name = "diff, 10,000 assets: user time by that of compiling both"
    argv = [drc, "diff", "spec.dr", "new.dr", "--causes", "none"]
    try:
        folder = revisions(work, 10_000)

        def both():
            one, other = (run(helper, [drc, "plan", "--emit", "plan", file], folder, limit) for file in ("spec.dr", "new.dr"))
            return tuple(a + b for a, b in zip(one, other))

        ratio, ours, theirs = compare(lambda: run(helper, argv, folder, limit, expect=(3,)), both, COMPARISON)
        verdicts.add(name, f"{ratio:.2f} ({ours[1]:.2f} s by {theirs[1]:.2f} s)", f"{COMPARISON}", ratio <= COMPARISON)
        folder = revisions(work, 500)
        found = min((run(helper, argv, folder, limit, expect=(3,)) for _ in range(ROUNDS[1])), key=lambda one: one[1])
        verdicts.add("diff, 500 assets: user time", f"{found[1] * 1000:.0f} ms", f"{SMALL_COMPARISON * 1000:.0f} ms", found[1] <= SMALL_COMPARISON)
    except Failed as failed:
        verdicts.add(name, str(failed), f"{COMPARISON}", False)


def judge_memory(verdicts, results):
    for variant, bound in BYTES_PER_ASSET.items():
        found = results.get((JUDGED_ASSETS, variant, "check"))
        if found:
            fine = not isinstance(found, str) and found[2] / JUDGED_ASSETS <= bound
            verdicts.add(f"check, {JUDGED_ASSETS:,} assets, {variant}: memory an asset",
                         found if isinstance(found, str) else f"{found[2] / JUDGED_ASSETS:,.0f} B", f"{bound:,} B", fine)
    built = results.get((JUDGED_ASSETS, "full", "build"))
    if built:
        verdicts.add(f"build, {JUDGED_ASSETS:,} assets: memory", built if isinstance(built, str) else f"{built[2] / 1e6:,.0f} MB",
                     f"{BUILD_BYTES / 1e6:,.0f} MB", not isinstance(built, str) and built[2] <= BUILD_BYTES)


def show(size, variant, what, result):
    if isinstance(result, str):
        print(f"{size:>8,}  {variant:<6} {what:<20} {result}", flush=True)
    else:
        seconds, user, memory = result
        print(f"{size:>8,}  {variant:<6} {what:<20} {seconds:9.3f} s {user:9.3f} s {memory / 1e6:9.1f} MB {memory / size:9,.0f} B/asset", flush=True)


def write(path, parts):
    with path.open("w", encoding="utf-8") as file:
        file.writelines(parts)
    return path.stat().st_size


def show_others(helper, work, size, limit, given_up):
    for tool, suffix, make, argv in (
        ("terraform", "tf", generate.terraform, ["terraform", "validate", "-no-color"]),
        ("jsonnet", "jsonnet", generate.jsonnet, ["jsonnet", "spec.jsonnet"]),
        ("pkl", "pkl", generate.pkl, ["pkl", "eval", "spec.pkl"]),
    ):
        what = " ".join(argv[:2]) if tool != "jsonnet" else tool
        if shutil.which(tool) is None or tool in given_up:
            show(size, "equal", what, "not installed" if shutil.which(tool) is None else f"not run: {given_up[tool]}")
            continue
        folder = work / f"{tool}-{size}"
        folder.mkdir()
        write(folder / f"spec.{suffix}", make(size))
        result = None
        if tool == "terraform":
            result = measure(helper, ["terraform", "init", "-no-color"], folder, limit, expect=(0,), runs=1)
        if not isinstance(result, str):
            result = measure(helper, argv, folder, limit, expect=(0,))
        show(size, "equal", what, result)
        if isinstance(result, str):  # larger ones take longer, too
            given_up[tool] = f"{size:,} assets gave `{result}`"
        shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser(description="measure drc on generated specifications")
    parser.add_argument("--drc", default="build/drc")
    parser.add_argument("--work", default="build/bench", help="a folder for the inputs; must hold the program `measure`, and is otherwise emptied")
    parser.add_argument("--sizes", default="1000,10000,100000")
    parser.add_argument("--limit", type=float, default=300, help="seconds a single run may take")
    parser.add_argument("--no-others", action="store_true", help="leave out the other tools")
    options = parser.parse_args()
    drc, work = pathlib.Path(options.drc).resolve(), pathlib.Path(options.work).resolve()
    helper = work / "measure"
    for path in work.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
    sizes = [int(size) for size in options.sizes.split(",")]

    results, given_up = {}, {}
    print(f"{'assets':>8}  {'input':<6} {'command':<20} {'time':>11} {'user time':>11} {'memory':>12}")
    for size in sizes:
        for variant in ("plain", "full"):
            folder = work / f"{variant}-{size}"
            folder.mkdir()
            length = write(folder / "spec.dr", generate.dr(size, variant == "full"))
            print(f"{size:>8,}  {variant:<6} {'(source)':<20} {length / 1e6:32.1f} MB")
            commands = [("parse", [drc, "debug", "parse", "spec.dr"]), ("check", command(drc, "check"))]
            if variant == "full":
                commands += [("plan", command(drc, "plan")), ("build", command(drc, "build"))]
            for what, argv in commands:
                results[size, variant, what] = measure(helper, argv, folder, options.limit, expect=(0, 1) if what != "parse" else (0,))
                show(size, variant, what, results[size, variant, what])
        if not options.no_others:
            show_others(helper, work, size, options.limit, given_up)

    print()
    verdicts = Verdicts()
    judge_memory(verdicts, results)
    root = pathlib.Path(__file__).resolve().parents[2]
    judge_validation(verdicts, drc, "the platform example", root / "examples" / "platform", work)
    judge_validation(verdicts, drc, f"{sizes[0]:,} assets", work / f"full-{sizes[0]}" / "spec.dr", work)
    judge_comparison(verdicts, helper, drc, work, options.limit)
    history.judge(verdicts, drc, work)
    for small, large in zip(sizes, sizes[1:]):
        if small >= 10_000 and large == 10 * small:  # below, the start of the process outweighs the work
            judge_growth(verdicts, f"check, {small:,} to {large:,} assets",
                         lambda: run(helper, command(drc, "check"), work / f"full-{large}", options.limit),
                         lambda: run(helper, command(drc, "check"), work / f"full-{small}", options.limit))
    judge_dimensions(verdicts, helper, drc, work, options.limit)
    other = reference(pathlib.Path(__file__).resolve().parents[2], work)
    for size in (size for size in sizes if size >= 10_000):
        judge_against_reference(verdicts, helper, drc, other, work / f"full-{size}", size, options.limit)
    return verdicts.show()


if __name__ == "__main__":
    sys.exit(main())
