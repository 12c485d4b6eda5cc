"""Every fenced block of the top README.md is run or compared; the info strings are described in tests/README.md."""

import re
import shlex
import shutil

from lib import examples
from lib.core import Failure, Sandbox, Skip, difference, readable

FENCE = re.compile(r"^( *)(`{3,}|~{3,})(.*)$")


def blocks(text):
    """(line number, info string, lines) of the fenced blocks."""
    found, fence = [], None
    for number, line in enumerate(text.split("\n"), 1):
        match = FENCE.match(line)
        if fence is None and match:
            fence, indent = match[2], match[1]
            found.append((number, match[3].strip(), []))
        elif fence is not None and match and match[2].startswith(fence) and match[3].strip() == "":
            fence = None
        elif fence is not None:
            found[-1][2].append(line.removeprefix(indent))
    return found


def fits(want, got):
    """Whether the lines are equal, where `...` stands for any lines."""
    pattern = "".join("(?:.*\n)*?" if line.strip() == "..." else re.escape(line) + "\n" for line in want)
    return re.fullmatch(pattern, "".join(line + "\n" for line in got)) is not None


def occurs(want, got):
    """As fits(), anywhere in a file; the line numbers of origins (`data.dr:76`) move with every edit and are not compared."""
    pattern = "".join("(?:.*\n)*?" if line.strip() == "..." else re.sub(r"\\\.dr:\d+", r"\\.dr:\\d+", re.escape(line)) + "\n" for line in want)
    return re.search("^" + pattern, "".join(line + "\n" for line in got), re.M) is not None


def run_console(env, folder, lines):
    commands = []
    for line in lines:
        if line.startswith("$ "):
            commands.append((line[2:], []))
        elif commands:
            commands[-1][1].append(line)
        else:
            return ["a console block starts with `$ `"]
    problems = []
    for command, want in commands:
        expect = 0
        if want and (match := re.fullmatch(r"\[exit (\d+)\]", want[-1])):
            expect, want = int(match[1]), want[:-1]
        done = env.run(["sh", "-c", f"({command}) 2>&1"], folder)
        got = readable(done.stdout).replace(str(folder), "$TMP").split("\n")[:-1]
        while want and want[-1] == "":
            want = want[:-1]
        while got and got[-1] == "":
            got = got[:-1]
        if done.code != expect:
            problems.append(f"$ {command}\nexit {done.code}, expected {expect}\n" + "\n".join(got[:40]))
        elif not fits(want, got):
            problems.append(f"$ {command}\n" + difference("\n".join(want), "\n".join(got), "output"))
    return problems


def make_lines(env, lines):
    targets = set(re.findall(r"^([a-z-]+(?: [a-z-]+)*)\s*:", (env.root / "Makefile").read_text(encoding="utf-8"), re.M))
    targets = {word for group in targets for word in group.split()}
    problems = []
    for line in lines:
        words = shlex.split(line, comments=True)
        if not words or words[0] in ("cd",) or words[:2] == ["git", "clone"]:
            continue
        if words[0] == "sudo":
            words = words[1:]
        if words[0] != "make":
            problems.append(f"`{line}`: neither make nor a `$ ` command of a console block")
        problems += [f"`{line}`: the Makefile has no target {w}" for w in words[1:] if "=" not in w and w not in targets]
    return problems


def test_every_block(env):
    env.need_drc()
    page = env.root / "README.md"
    if not page.exists():
        raise Skip("README.md is not there yet")
    problems = []
    with Sandbox() as folder:
        shutil.copytree(env.root / "examples", folder / "examples", dirs_exist_ok=True)
        (folder / "build").mkdir()
        try:
            shutil.copytree(examples.built(env, "platform"), folder / "build" / "demo")
        except Skip as reason:
            problems.append(str(reason))
        (folder / "build" / "drc").symlink_to(env.drc)
        for number, info, lines in blocks(page.read_text(encoding="utf-8")):
            words = info.split()
            language = words[0] if words else ""
            options = dict(word.split("=", 1) for word in words[1:] if "=" in word)
            if "file" in options:
                path = folder / options["file"]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
                wrong = []
            elif "excerpt" in options:
                # A pattern names a file whose number may change: `steps/*-database-promote.sh`.
                path = next(iter(sorted(folder.glob(options["excerpt"]))), folder / options["excerpt"])
                if not path.is_file():
                    wrong = [f"{options['excerpt']} was not written"]
                elif not occurs(lines, path.read_text(encoding="utf-8").split("\n")[:-1]):
                    wrong = [f"{options['excerpt']} does not hold these lines in this order"]
                else:
                    wrong = []
            elif language == "console":
                wrong = run_console(env, folder, lines)
            elif language == "sh":
                wrong = make_lines(env, lines)
            elif language == "text":
                wrong = []
            else:
                wrong = [f"a block `{info}` is no test; see tests/README.md"]
            problems += [f"README.md:{number}: {text}" for text in wrong]
    if problems:
        raise Failure("\n".join(problems))


def test_links(env):
    """Every relative link of every README in the repository leads somewhere."""
    problems = []
    for page in sorted(env.root.rglob("*.md")):
        if {"node_modules", "build"} & set(page.relative_to(env.root).parts):
            continue
        text = re.sub(r"^(```+|~~~+).*?^\1", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
        for target in re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", text):
            path = target.partition("#")[0]
            if path and not re.match(r"[a-z][a-z0-9+.-]*:", target) and not (page.parent / path).exists():
                problems.append(f"{page.relative_to(env.root)}: dead link {target}")
    if problems:
        raise Failure("\n".join(problems))


def test_blocks_of_other_pages(env):
    """In every other README each `dr` block is at least syntactically right, unless it says `dr broken` (then it is not)."""
    env.need_drc()
    problems = []
    for page in sorted(env.root.rglob("README.md")):
        name = page.relative_to(env.root)
        if {"node_modules", "build"} & set(name.parts) or len(name.parts) == 1:
            continue
        for number, info, lines in blocks(page.read_text(encoding="utf-8")):
            words = info.split()
            if not words or words[0] != "dr":
                continue
            done = env.run([env.drc, "fmt", "-"], env.root, stdin="".join(line + "\n" for line in lines).encode())
            if (done.code == 0) == ("broken" in words):
                problems.append(f"{name}:{number}: drc fmt exits with {done.code}\n{readable(done.stderr)[:800]}")
    if problems:
        raise Failure("\n".join(problems))
