#!/usr/bin/env python3
"""coverage.py BUILD: line coverage per file after the tests ran in a build made with --coverage (needs gcov)."""

import collections
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    lines = collections.defaultdict(dict)
    with tempfile.TemporaryDirectory() as folder:
        for data in sorted(build.rglob("*.gcda")):
            subprocess.run(["gcov", "--json-format", str(data)], cwd=folder, capture_output=True, check=False)
            for report in pathlib.Path(folder).glob("*.gcov.json.gz"):
                for file in json.loads(gzip.decompress(report.read_bytes()))["files"]:
                    for line in file["lines"]:
                        known = lines[file["file"]]
                        known[line["line_number"]] = known.get(line["line_number"], 0) + line["count"]
                report.unlink()
    total, hit = 0, 0
    for name, known in sorted(lines.items()):
        if name.startswith(("compiler/", "backends/")) and name.endswith(".c"):
            reached = sum(1 for count in known.values() if count)
            total, hit = total + len(known), hit + reached
            print(f"{100 * reached / len(known):6.1f} %  {reached:5d} of {len(known):5d}  {name}")
    print(f"{100 * hit / max(total, 1):6.1f} %  {hit:5d} of {total:5d}  all")


if __name__ == "__main__":
    main()
