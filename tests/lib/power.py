"""Power cuts: a program dies before any of its calls on files, and what no sync had put on the disk is lost, in all the ways it may be.

tests/tools/power.c is preloaded into the program and writes down what it does below a folder. A file system may lose every part of what came
after the last sync: names in their order (a journal), names in any order (none), bytes whole or from some point on. `cuts` makes the folders
that can be left, from the one before and the log.
"""

import os
import pathlib
import re
import shutil
import subprocess

from lib.core import Failure, Skip, need

SOURCE = pathlib.Path(__file__).resolve().parents[1] / "tools" / "power.c"
NAMES = ("create", "mkdir", "chmod", "link", "rename", "unlink", "rmdir")


class Power:
    def __init__(self, env, folder):
        if env.sanitized:
            raise Skip("what is preloaded and a sanitizer exclude each other")
        self.env, self.folder, self.library = env, folder, folder / "power.so"
        compiler = need("cc")
        done = subprocess.run([compiler, "-std=c17", "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", self.library, SOURCE, "-ldl"],
                              capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failure(done.stderr)

    def run(self, argv, cwd, root, at=0, stdin=b""):
        """The exit status (negative: killed), what was printed, and what was done to files below `root` before the `at`-th call."""
        log = self.folder / "log"
        log.unlink(missing_ok=True)
        variables = {**self.env.variables(cwd), "LD_PRELOAD": str(self.library), "POWER_ROOT": str(root), "POWER_LOG": str(log), "POWER_AT": str(at)}
        done = subprocess.run([str(word) for word in argv], cwd=cwd, input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=variables,
                              timeout=60, check=False)
        calls = [line.split("\t") for line in log.read_text().splitlines()] if log.exists() else []
        return done.returncode, done.stdout.decode("utf-8", "replace"), calls


def copy_tree(source, target):
    """With links between files, which a stage consists of, and with modes."""
    shutil.rmtree(target, ignore_errors=True)
    done = subprocess.run(["cp", "-a", source, target], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failure(done.stderr)


def apply(root, call, data):
    """One call of a log, unless what it wants was lost. `data`: how much of written bytes is there."""
    name, path, more = call
    try:
        if name == "create":
            os.close(os.open(root / path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, int(more, 8)))
        elif name == "mkdir":
            os.mkdir(root / path, int(more, 8))
        elif name == "chmod":
            os.chmod(root / path, int(more, 8))
        elif name == "link":
            os.link(root / path, root / more)
        elif name == "rename":
            os.rename(root / path, root / more)
        elif name == "unlink":
            os.unlink(root / path)
        elif name == "rmdir":
            os.rmdir(root / path)
        elif name == "write":
            text = bytes.fromhex(more)
            with open(root / path, "ab") as out:
                out.write(text[:int(len(text) * data)])
    except OSError:
        pass


def renumber(root, stage):
    """The journal names the number of its folder, which is another one in a copy."""
    for name in ("journal", "journal.new"):
        path = root / stage / name
        if path.is_file():
            text = path.read_text(errors="replace")
            path.write_text(re.sub(r'("stage":\s*)"\d+"', rf'\1"{os.lstat(root / stage).st_ino}"', text))


def cuts(before, calls, target, stage, rng, random_ones):
    """Makes in `target` the folders that may be left of `before` when power fails after these calls; yields what was lost."""
    last = max((n for n, call in enumerate(calls) if call[0] == "syncfs"), default=-1)
    sure, loose = calls[:last + 1], calls[last + 1:]
    synced = {call[1] for call in loose if call[0] == "fsync"}
    ways = [("all since the last sync", lambda n, call: False, 0), ("bytes since the last sync", lambda n, call: call[0] != "write", 0)]
    for number in range(random_ones):
        names = rng.randint(0, len(loose)) if number % 2 else None
        lost = {n for n, _ in enumerate(loose) if rng.random() < 0.5}
        ways.append((f"some since the last sync ({number})",
                     lambda n, call, names=names, lost=lost: call[0] == "write" or (n < names if names is not None else n not in lost),
                     rng.choice([0, 0.5, 1])))
    for what, kept, data in ways:
        copy_tree(before, target)
        for call in sure:
            apply(target, call, 1)
        for number, call in enumerate(loose):
            if call[0] in ("write", "chmod") and call[1] in synced:  # bytes and mode, not the name
                apply(target, call, 1)
            elif call[0] in NAMES + ("write",) and kept(number, call):
                apply(target, call, data)
        renumber(target, stage)
        yield what
