"""Cases: one file, or one folder with `expect`, is one test. The formats are described in tests/README.md."""

import os
import re
import shlex
import signal

from lib import expect
from lib.core import Failure, Sandbox, Test, difference, readable

HEADING = re.compile(r"^== ([a-z-]+)(?: (.*))?$")
KNOWN = {"args", "stdin", "env", "file", "file-py", "exit", "codes", "stdout", "stderr", "out", "contains",
         "lacks", "absent", "seconds", "mebibytes"}
# `error[E0301]: …`, `warning[W0102]: …`, `error[offsite-copy]: …` in text; "code": "…" in JSON.
CODE_TEXT = re.compile(r"^(?:error|warning|note|advice|internal)\[([A-Za-z0-9_-]+)\]", re.M)
CODE_JSON = re.compile(r'"code"\s*:\s*"([A-Za-z0-9_-]+)"')
NO_NEWLINE = "\\ no newline at the end\n"


class Section:
    def __init__(self, kind, argument, body):
        self.kind, self.argument, self.body = kind, argument, body


class Case:
    """A parsed case file; `render` gives the text back, so that --bless changes only what it must."""

    def __init__(self, path):
        self.path = path
        text = path.read_text(encoding="utf-8")
        self.title, self.sections = [], []
        lines = text.split("\n")
        if lines and lines[-1] == "":
            lines.pop()
        for number, line in enumerate(lines, 1):
            match = HEADING.match(line)
            if match:
                if match[1] not in KNOWN:
                    raise Failure(f"{path}:{number}: no section is called `{match[1]}`")
                self.sections.append(Section(match[1], match[2] or "", []))
            elif self.sections:
                self.sections[-1].body.append(line[1:] if line.startswith("\\== ") else line)
            else:
                self.title.append(line)
        # One blank line before the next heading is layout.
        for section in self.sections[:-1]:
            if section.body and section.body[-1] == "":
                section.body.pop()

    def render(self):
        parts = ["\n".join(self.title)] if self.title else []
        while parts and parts[0].endswith("\n"):
            parts[0] = parts[0][:-1]
        for section in self.sections:
            heading = f"== {section.kind}" + (f" {section.argument}" if section.argument else "")
            parts.append("\n".join([heading] + ["\\" + b if HEADING.match(b) or b.startswith("\\== ") else b
                                                for b in section.body]))
        return "\n\n".join(parts) + "\n"

    def all(self, kind):
        return [s for s in self.sections if s.kind == kind]

    def words(self, kind):
        return [word for s in self.all(kind) for word in " ".join(s.body).split()]


def text_of(section):
    return "".join(line + "\n" for line in section.body)


def prepare(case, folder):
    for section in case.sections:
        if section.kind not in ("file", "file-py"):
            continue
        path = folder / section.argument
        path.parent.mkdir(parents=True, exist_ok=True)
        if section.kind == "file":
            path.write_bytes(text_of(section).encode("utf-8"))
        else:
            value = eval("(" + text_of(section) + ")", {})  # our own test files, not foreign input
            path.write_bytes(value if isinstance(value, bytes) else value.encode("utf-8"))


def codes_in(text):
    return sorted(CODE_TEXT.findall(text) + CODE_JSON.findall(text))


def run_case(env, path):
    env.need_drc()
    case = Case(path)
    variables = dict(line.split("=", 1) for s in case.all("env") for line in s.body if line)
    commands = [line for s in case.all("args") for line in s.body if line.strip()] or ["check main.dr"]
    stdin = b"".join(text_of(s).encode() for s in case.all("stdin"))
    bounds = {name: int(case.words(name)[0]) for name in ("seconds", "mebibytes") if case.all(name)}

    with Sandbox() as folder:
        prepare(case, folder)
        code, stdout, stderr = 0, b"", b""
        for command in commands:
            if command.startswith("! "):
                done = env.run(["sh", "-c", command[2:]], folder, env={**(variables or {}), "DRC": str(env.drc)})
                if done.code != 0:
                    raise Failure(f"{command}: exit {done.code}\n{readable(done.stderr)}")
            else:
                done = env.run([env.drc, *shlex.split(command)], folder, stdin=stdin, env=variables, **bounds)
                code = done.code
            stdout += done.stdout
            stderr += done.stderr
            if done.code == -signal.SIGXCPU:
                raise Failure(f"drc {command}: not done after {bounds['seconds']} s of its own time")
            if done.code < 0 or done.code in (70, 99, 134, 139):
                if str(done.code) not in case.words("exit"):
                    raise Failure(f"drc {command}: crashed (exit {done.code})\n{readable(done.stderr)[-6000:]}")

        def clean(data):
            text = readable(data).replace(str(folder), "$TMP").replace(str(env.root), "$ROOT")
            return text if text == "" or text.endswith("\n") else text + "\n" + NO_NEWLINE

        actual = {"stdout": clean(stdout), "stderr": clean(stderr)}
        problems, changed = [], False
        for section in case.sections:
            if section.kind == "exit" and section.body and [str(code)] != " ".join(section.body).split():
                problems.append(f"exit {code}, expected {' '.join(section.body)}")
            elif section.kind == "codes":
                got, want = codes_in(actual["stderr"] + actual["stdout"]), sorted(" ".join(section.body).split())
                if got != want:
                    problems.append(f"codes: got {' '.join(got) or 'none'}; expected {' '.join(want) or 'none'}")
            elif section.kind in ("stdout", "stderr", "out"):
                if section.kind == "out":
                    target = folder / section.argument
                    if not target.is_file():
                        problems.append(f"{section.argument} was not written")
                        continue
                    got = clean(target.read_bytes())
                else:
                    got = actual[section.kind]
                what = section.argument or section.kind
                if got != text_of(section):
                    if env.bless:
                        section.body, changed = got.split("\n")[:-1], True
                    else:
                        problems.append(difference(text_of(section), got, what))
            elif section.kind in ("contains", "lacks"):
                got = actual.get(section.argument)
                if got is None:
                    target = folder / section.argument
                    if not target.is_file():
                        problems.append(f"{section.argument} was not written")
                        continue
                    got = clean(target.read_bytes())
                for line in section.body:
                    if line and (line in got) != (section.kind == "contains"):
                        word = "lacks" if section.kind == "contains" else "contains"
                        problems.append(f"{section.argument} {word}: {line}\n--- whole text\n{got[:3000]}")
            elif section.kind == "absent" and os.path.lexists(folder / section.argument):
                problems.append(f"{section.argument} exists")
        if changed:
            path.write_text(case.render(), encoding="utf-8")
        if problems:
            if not any("stderr" in p for p in problems) and actual["stderr"]:
                problems.append("--- stderr\n" + actual["stderr"][:3000])
            raise Failure("\n".join(problems))


def collect(env):
    folder = env.root / "tests" / "cases"
    files = [Test(str(path.relative_to(folder).with_suffix("")), lambda path=path: run_case(env, path))
             for path in sorted(folder.rglob("*.case"))]
    folders = [Test(str(path.parent.relative_to(folder)), lambda path=path: expect.run_folder(env, path.parent))
               for path in sorted(folder.rglob("expect"))]
    return files + folders
