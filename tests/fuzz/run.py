#!/usr/bin/env python3
"""Runs every fuzzer of the build for --time seconds, seeded from the cases, examples and library; fails on a finding."""

import argparse
import pathlib
import shutil
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from lib.case import Case, text_of  # noqa: E402


def seed(folder):
    folder.mkdir(parents=True, exist_ok=True)
    for kind in ("examples", "stdlib"):
        for path in sorted((ROOT / kind).rglob("*.dr")):
            shutil.copy(path, folder / f"{kind}-{path.parent.name}-{path.name}")
    for path in sorted((ROOT / "tests" / "cases").rglob("*.case")):
        for number, section in enumerate(Case(path).all("file")):
            if section.argument.endswith(".dr"):
                (folder / f"{path.parent.name}-{path.stem}-{number}").write_text(text_of(section), encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description="run the fuzzers")
    parser.add_argument("--build", required=True)
    parser.add_argument("--time", type=int, default=60, help="seconds for each fuzzer")
    parser.add_argument("--only", default="", help="part of a fuzzer's name")
    options = parser.parse_args()
    build = pathlib.Path(options.build).resolve()

    seeds = build / "seeds"
    shutil.rmtree(seeds, ignore_errors=True)
    seed(seeds)
    passed, failed = 0, 0
    for program in sorted((build / "bin").glob("*_fuzz")):
        if options.only not in program.name:
            continue
        corpus, found = build / "corpus" / program.name, build / "found" / program.name
        for folder in (corpus, found):
            folder.mkdir(parents=True, exist_ok=True)
        print(f"{program.name}: {options.time} s", flush=True)
        dictionary = [f"-dict={HERE / 'dr.dict'}"] if (HERE / "dr.dict").exists() else []
        log = build / f"{program.name}.log"
        with log.open("wb") as output:
            code = subprocess.run(
                [program, f"-max_total_time={options.time}", f"-artifact_prefix={found}/", "-timeout=10", "-rss_limit_mb=2048",
                 "-max_len=16384", "-print_final_stats=1", *dictionary, corpus, seeds],
                stdout=output, stderr=subprocess.STDOUT, check=False, cwd=build).returncode
        lines = log.read_text(encoding="utf-8", errors="replace").split("\n")
        for line in lines if code == 0 else lines[-60:]:
            if code != 0 or line.startswith(("stat::number_of_executed_units", "stat::average_exec", "Done")):
                print("  " + line)
        passed, failed = passed + (code == 0), failed + (code != 0)
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
