#!/usr/bin/env python3
"""format.py: every C file is as clang-format writes it (.clang-format); `format.py --write` does it.

Other major versions of the program break lines otherwise, so that the answer of only one counts; where it is missing, nothing is
judged and a message says so.
"""
import os
import re
import shutil
import subprocess
import sys

MAJOR = "14"  # Debian 12


def main():
    program = next((p for p in (f"clang-format-{MAJOR}", "clang-format") if shutil.which(p)), None)
    version = program and re.search(r"version (\d+)", subprocess.run([program, "--version"], capture_output=True, text=True).stdout)
    if not version or version.group(1) != MAJOR:
        print(f"format: skipped, clang-format {MAJOR} is not installed")
        return 0
    listed = subprocess.run(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.c", "*.h"], capture_output=True, text=True)
    if listed.returncode:
        print("format: skipped, this is no clone of git")
        return 0
    files = [name for name in listed.stdout.split("\0") if os.path.isfile(name)]
    mode = ["-i"] if sys.argv[1:] == ["--write"] else ["--dry-run", "-Werror"]
    ended = subprocess.run([program, *mode, *files])
    if ended.returncode:
        print("format: `python3 tools/format.py --write` writes them as they must be", file=sys.stderr)
        return 1
    print(f"format: {len(files)} files")
    return 0


if __name__ == "__main__":
    sys.exit(main())
