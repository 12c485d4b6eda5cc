"""The recipes of CONTRIBUTING.md and the README files, walked word for word: what their blocks say to write is written into a clone, what they say
to run is run (tests/README.md, Recipes). All are written first and built once; each command is run with all of them in place.

`text` only writes: whatever a recipe speaks of is still there. `walk` builds and runs, in long runs only (`make test-long`), since almost everything is
built anew; DRC_RECIPES=TEXT walks those whose place or name has it, one after the other."""

import os
import pathlib
import re
import shlex
import subprocess

from lib.core import Failure, Sandbox, Skip, Test

# What is done before there is a clone, and what sets up the computer first: the suites it would run are run anyway.
NOT_RUN = re.compile(r"git |cd |make test$")
HEADING = re.compile(r"^(?:A first change.*|(?:To add|Add|Adding) .*|A target as a program)$")


def collect(env):
    if not env.sanitized:
        yield Test("text", lambda: write_all(env))
    if os.environ.get("DRC_TEST_ALL") and not env.sanitized:
        yield Test("walk", lambda: walk(env))


def recipes(root):
    """(place and name, [(info string, text) of each block]) of all sections that say how something is added."""
    for path in sorted(root.rglob("*.md")):
        place = path.relative_to(root)
        if place.parts[0] in ("build", "docs") or "cases" in place.parts or path.name not in ("README.md", "CONTRIBUTING.md"):
            continue
        text, fenced = path.read_text(encoding="utf-8"), None
        name, level, blocks = None, 0, []
        for line in text.splitlines():
            fence = re.match(r"^( *)```(.*)$", line)
            heading = re.match(r"^(#+) (.*)", line)
            if fenced:
                indent, info, lines = fenced
                if fence and not fence[2]:
                    blocks.append((info, "".join(lines)))
                    fenced = None
                else:
                    lines.append((line[len(indent):] if line.startswith(indent) else line.lstrip()) + "\n")
            elif fence:
                fenced = fence[1], fence[2], []
            elif heading and (name is None or len(heading[1]) <= level):
                if name:
                    yield f"{place}: {name}", blocks
                name, level, blocks = (heading[2] if HEADING.match(heading[2]) else None), len(heading[1]), []
            elif heading is None and name is None:
                blocks = []
        if name:
            yield f"{place}: {name}", blocks


class Clone:
    def __init__(self, env, folder, build=True):
        self.env, self.folder, self.passed = env, folder / "drc", set()
        done = subprocess.run(["git", "clone", "-q", env.root, self.folder], capture_output=True, check=False)
        if done.returncode:
            raise Skip("this is no clone of git")
        # What stands here counts, committed or not. Objects need not be made again; what is of other flags is.
        changed = subprocess.run(["git", "ls-files", "-z", "-m", "-o", "--exclude-standard"], cwd=env.root, capture_output=True, text=True, check=False)
        for name in filter(None, changed.stdout.split("\0")):
            target = self.folder / name
            target.unlink(missing_ok=True)
            if (env.root / name).is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                subprocess.run(["cp", env.root / name, target], check=True)
        if not build:
            return
        subprocess.run(["cp", "-a", env.build, self.folder / "build"], check=True)
        subprocess.run("find . -name .git -prune -o -name build -prune -o -type f -exec touch -d @1 {} +", shell=True, cwd=self.folder, check=True)

    def write(self, name, change):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(change(path.read_text(encoding="utf-8") if path.exists() else ""), encoding="utf-8")
        self.passed.clear()

    def block(self, info, text):
        """Does what a block that writes says; one without a place is an illustration."""
        words = dict(word.split("=", 1) for word in shlex.split(info)[1:] if "=" in word)
        text = text.replace("E05nn", self.free_code())
        if "file" in words:
            self.write(words["file"], lambda _: text)
        elif "end" in words:
            self.write(words["end"], lambda old: old + "\n" + text)
        elif info == "diff":
            for part in re.split(r"^--- ", text, flags=re.M)[1:]:
                name, change = part.split("\n", 1)
                self.write(name, lambda old, name=name, change=change: changed(old, change, name))

    def free_code(self):
        """The first free number of the analysis; the one that was taken while a recipe is walked stays it."""
        if not hasattr(self, "code"):
            taken = set(re.findall(r"DIAG\((E05\d\d)", "".join(p.read_text() for p in (self.folder / "compiler/source/diag").glob("*.def"))))
            self.code = next(f"E05{n:02}" for n in range(100) if f"E05{n:02}" > max(c for c in taken if c < "E0590"))
        return self.code

    def run(self, command, fails=False):
        if NOT_RUN.match(command) or command in self.passed:
            return
        done = self.env.run(["sh", "-c", command], self.folder, limit=False, timeout=3600)
        if (done.code != 0) != fails:
            raise Failure(f"{command}: exit {done.code}\n" + (done.stdout + done.stderr).decode("utf-8", "replace")[-3000:])
        self.passed.add(command)


def changed(old, change, name):
    """A text with what the lines of a change say: ` ` stands there, `-` goes, `+` comes. A line that ends in `…` stands for all that begin so; one that
    also begins with it is a part of a line."""
    lines = change.rstrip("\n").split("\n")
    inside = [line[1:] for line in lines if re.match(r"[-+]….*…$|[-+]\S.*…$|[-+] .*…$", line)]
    if len(inside) == len(lines) == 2:
        before, after = (line.strip("…") for line in inside)
        if before not in old:
            raise Failure(f"{name} has no {before!r}")
        return old.replace(before, after, 1)
    wanted = [line[1:] for line in lines if line[:1] != "+"]
    there = old.split("\n")
    fits = lambda text, want: text.startswith(want[:-1]) if want.endswith("…") else text == want
    for at in range(len(there) - len(wanted) + 1):
        if all(fits(there[at + n], want) for n, want in enumerate(wanted)):
            break
    else:
        raise Failure(f"{name} has no place like\n" + "\n".join(wanted))
    result, n = [], at
    for line in lines:
        if line[:1] == "+":
            result.append(line[1:])
        else:
            if line[:1] != "-":
                result.append(there[n])
            n += 1
    return "\n".join(there[:at] + result + there[n:])


def found(env, wanted=""):
    chosen = [(name, blocks) for name, blocks in recipes(env.root) if wanted in name]
    if not chosen or (not wanted and len(chosen) < 20):
        raise Failure(f"only {len(chosen)} recipes were found")
    return chosen


def do(clone, name, blocks, texts=True, commands=False):
    for info, text in blocks:
        try:
            if info == "sh fails" and texts and commands is not None:
                clone.run(text.strip(), fails=True)
            elif info == "sh" and commands:
                for command in text.splitlines():
                    clone.run(command)
            elif not info.startswith("sh") and texts:
                clone.block(info, text)
        except Failure as failure:
            raise Failure(f"{name}: {failure}") from None


def write_all(env):
    with Sandbox() as folder:
        clone = Clone(env, folder, build=False)
        for name, blocks in found(env):
            do(clone, name, blocks, commands=None)


def walk(env):
    wanted = os.environ.get("DRC_RECIPES", "")
    chosen = found(env, wanted)
    with Sandbox() as folder:
        clone = Clone(env, folder)
        for name, blocks in chosen:
            do(clone, name, blocks, commands=bool(wanted))
        if wanted:
            return
        clone.run("python3 tools/format.py --write && make -s -j2 all unit && make -s reference")
        for name, blocks in chosen:
            do(clone, name, blocks, texts=False, commands=True)
