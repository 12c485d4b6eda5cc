"""Targets that are programs: what they answer is written like ours, refused like ours, and whatever goes wrong leaves the folder as it was."""

import json
import os
import subprocess

from lib.core import Failure, Sandbox

SPECIFICATION = """plan p { title = "P"  owner = ann }
person ann { name = "Ann"  phone = "+49 30 1"  email = "ann@example.com" }
"""


def build(env, box, script, *words, verb="build", name="mine.py"):
    """(status, output) of a build whose target is the script."""
    (box / "main.dr").write_text(SPECIFICATION)
    program = box / name
    program.write_text(script)
    program.chmod(0o755)
    where = ["-o", "out"] if verb == "build" else []
    done = subprocess.run([env.drc, verb, "main.dr", *where, "--target", f"plan,exec:./{name}", *words], cwd=box, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env.variables(box), timeout=60, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def answering(answer, first="import sys; sys.stdin.read()"):
    return f"#!/usr/bin/env python3\n{first}\nprint({json.dumps(answer)!r})\n"


def expect(condition, text):
    if not condition:
        raise Failure(text)


def test_files_and_plan(env):
    script = """#!/usr/bin/env python3
import json, sys
plan = json.load(sys.stdin)
json.dump({"files": [{"path": "deep/a.txt", "text": plan["title"] + "\\u00e9\\n", "origins": ["main.dr:1"]},
                     {"path": "run.sh", "text": "#!/bin/sh\\n", "executable": True}]}, sys.stdout)
"""
    with Sandbox() as box:
        status, text = build(env, box, script)
        expect(status == 0, text)
        expect((box / "out/mine/deep/a.txt").read_text(encoding="utf-8") == "P\u00e9\n", "another text")
        expect(os.access(box / "out/mine/run.sh", os.X_OK), "not executable")
        listed = {f["path"]: f for f in json.loads((box / "out/manifest.json").read_text())["files"]}
        expect(listed["mine/deep/a.txt"]["origins"] == ["main.dr:1"] and listed["mine/run.sh"]["backend"] == "mine", str(listed))
        status, text = build(env, box, script, "--check")
        expect(status == 0, text)
        status, text = build(env, box, answering({"files": [{"path": "b", "text": ""}]}))
        expect(status == 0 and not (box / "out/mine/deep").exists() and (box / "out/mine/b").exists(), f"the old files stay\n{text}")


def test_not_asked_for_any_more(env):
    """Its files stay and stay known, so that they are neither in the way when it is asked again nor removed by what a manifest says alone."""
    def listed(box):
        return {f["path"]: f for f in json.loads((box / "out/manifest.json").read_text())["files"]}

    def without(box, *words):
        done = subprocess.run([env.drc, "build", "main.dr", "-o", "out", "--target", "plan", *words], cwd=box, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env.variables(box), timeout=60, check=False)
        return done.returncode, done.stdout.decode("utf-8", "replace")

    first = answering({"files": [{"path": "a", "text": "1", "origins": ["main.dr:1"]}, {"path": "b.sh", "text": "2", "executable": True}]})
    second = answering({"files": [{"path": "a", "text": "other"}]})
    with Sandbox() as box:
        build(env, box, first)
        before = listed(box)
        for words in ((), ("--check",), ()):
            status, text = without(box, *words)
            expect(status in (0, 2) and "left: out/mine: 2 files as an earlier build left them" in text and "--drop mine" in text, f"{status}: {text}")
            expect((box / "out/mine/a").exists(), "removed unasked")
        expect(without(box, "--check")[0] == 0, "a folder as it was just built differs")
        expect({p: f for p, f in listed(box).items() if p.startswith("mine/")} == {p: f for p, f in before.items() if p.startswith("mine/")}, str(listed(box)))
        status, text = build(env, box, second)
        expect(status == 0 and (box / "out/mine/a").read_text() == "other" and not (box / "out/mine/b.sh").exists(), f"in the way: {text}")
        build(env, box, first)
        (box / "out/mine/b.sh").write_text("edited")
        status, text = without(box, "--check", "--drop", "mine")
        expect(status == 2 and "orphan: out/mine/a" in text, text)
        status, text = without(box, "--drop", "mine")
        expect(status == 0 and "kept: out/mine/b.sh: it was edited by hand" in text and "1 removed" in text, text)
        expect(not (box / "out/mine/a").exists() and (box / "out/mine/b.sh").read_text() == "edited", "edited or not")
        status, text = without(box)
        expect(status == 0 and "mine" not in text, f"what is its owner's is told again: {text}")
        for name in ("plan", "../mine", "a/b", "Mine", ""):
            status, text = without(box, "--drop", name)
            expect(status == 64 and "no folder of a program" in text, f"{name}: {status} {text}")


def test_findings_have_places(env):
    answer = {"files": [{"path": "a", "text": "x"}], "errors": [{"message": "no good", "at": "main.dr:2:8", "help": "do better"}],
              "warnings": [{"message": "hm", "at": "main.dr:1"}, {"message": "odd", "at": "elsewhere:9"}]}
    with Sandbox() as box:
        for verb in ("build", "check"):
            status, text = build(env, box, answering(answer), verb=verb)
            expect(status == 1 and "error[E0791]: no good\n  --> main.dr:2:8" in text and "do better" in text, text)
            expect("warning[E0792]: hm\n  --> main.dr:1:1" in text and "at elsewhere:9" in text, text)
        expect(not (box / "out").exists(), "written in spite of an error")
        del answer["errors"]
        status, text = build(env, box, answering(answer))
        expect(status == 0 and (box / "out/mine/a").exists(), text)


def test_what_goes_wrong_writes_nothing(env):
    file = {"path": "a", "text": "x"}
    wrong = {
        "answer is not JSON": "#!/bin/sh\necho hello\n",
        "is not JSON": "#!/bin/sh\ncat >/dev/null\n",
        "status 3": answering({"files": [file]}) + "sys.exit(3)\n",
        "signal 9": answering({"files": [file]}) + "import os\nos.kill(os.getpid(), 9)\n",
        "cannot be run": "#!/no/such/interpreter\n",
        "no object": answering([file]),
        "key `more`": answering({"files": [file], "more": 1}),
        "key `mode`": answering({"files": [{**file, "mode": 7}]}),
        "are strings": answering({"files": [{"path": "a", "text": 5}]}),
        "no list": answering({"files": file}),
        "no `message`": answering({"errors": [{}]}),
        "leaves the output folder": answering({"files": [{"path": "../x", "text": ""}]}),
        "begins with a dot": answering({"files": [{"path": ".git/hooks/pre-commit", "text": ""}]}),
        "empty component": answering({"files": [{"path": "/etc/passwd", "text": ""}]}),
        "E0790": answering({"files": [file, {"path": "A", "text": "y"}]}),
    }
    for what, script in wrong.items():
        with Sandbox() as box:
            for verb in ("check", "build"):
                status, text = build(env, box, script, verb=verb)
                expect(status == 1 and what in text, f"{what}: status {status}\n{text}")
            expect(not (box / "out").exists(), f"{what}: something was written")


def test_does_not_read_and_answers_much(env):
    """Neither side waits for the other: one that never reads, and one that answers before it reads."""
    script = """#!/usr/bin/env python3
import sys
sys.stdout.write('{"files": [{"path": "a", "text": "' + "x" * 3000000 + '"}]}')
sys.stdout.flush()
"""
    with Sandbox() as box:
        status, text = build(env, box, script)
        expect(status == 0 and (box / "out/mine/a").stat().st_size == 3000000, text[:2000])


def test_names(env):
    with Sandbox() as box:
        for name in ("terraform.py", "Mine.py", ".mine", "-x", "my target"):
            status, text = build(env, box, answering({}), name=name)
            expect(status == 64 and "no name of its own" in text, f"{name}: status {status}\n{text}")


def test_the_example(env):
    program = env.root / "examples" / "target" / "steps.py"
    with Sandbox() as box:
        expect(len(program.read_text(encoding="utf-8").splitlines()) <= 100, "the example has more than 100 lines")
        done = subprocess.run([env.drc, "build", env.root / "examples" / "small", "-o", box / "out", "--target", f"exec:{program}"], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env.variables(box), timeout=60, check=False)
        found = sorted(path.name for path in (box / "out" / "steps").glob("*.csv"))
        expect(done.returncode == 0 and found == ["disk-rot.csv", "stolen.csv", "vm-loss.csv"], f"{found}\n{done.stdout.decode()}")
        expect("database.load" in (box / "out" / "steps" / "vm-loss.csv").read_text(encoding="utf-8"), "no step in the table")


def test_what_it_says_to_people(env):
    """Standard error is shown, and drives no terminal; a child that keeps it open holds nobody up."""
    script = """#!/usr/bin/env python3
import subprocess, sys
sys.stdin.read()
sys.stderr.write("two\\nlines \\x1b[31m\\u202e")
sys.stderr.flush()
subprocess.Popen(["sleep", "20"], stdout=subprocess.DEVNULL)
print('{"files": []}')
"""
    with Sandbox() as box:
        status, text = build(env, box, script)
        expect(status == 0 and "two\nlines " in text, text)
        expect("\x1b" not in text and "\u202e" not in text, f"raw: {text!r}")
