"""Nothing that a specification holds drives the terminal of whoever reads about it, or turns the order of what stands there: neither in
what drc prints nor in what the emitted scripts print."""

import os
import subprocess

from lib.core import Failure, Sandbox

EVIL = "\\u{1b}[31m\\u{9b}2J\\u{202e}\\u{7}\\u{2066}\\u{7f}"
SPECIFICATION = """import "std/generic"
plan p { title = "P$"  owner = ann }
person ann { name = "Ann$"  phone = "+49 30 1$"  email = "ann@example.com" }
site one : generic.datacenter { role = primary }
site two : generic.datacenter { role = recovery }
class c { title = "C$" }
tier lowly { title = "L$"  level = 3 }
kind my.k : compute {
  title = "K$"
  method m { covers = [datacenter]  rpo = none
    step s { title = "s$"  manual = "do it$"  takes = 5m }
    step t { title = "t$"  manual = "look$"  run = ["true"]  takes = 1m } }
}
asset a : generic.service { title = "A$"  tier = lowly  site = one  rto = 1h  setup_time = 20m }
asset b : my.k { title = "B$"  tier = lowly  site = one  rto = 1h }
rule r { title = "R$"  severity = note  for = a in assets  require = a.title == ""  message = "m$" }
channel board { type = status_page  address = "B$" }
notice told { channel = board  title = "N$"  subject = "J$"  state on_declare { status = investigating  title = "I$"  body = "T$" } }
runbook x { title = "RB$"  for = [flood]
  before { step q { title = "q$"  manual = "ask$"  takes = 1m  notify = [told] } } }
drill practice { title = "D$"  kind = functional  scenario = flood  cadence = 90d  step look { title = "w$"  run = ["echo", "x$"]  takes = 1m } }
scenario flood { title = "S$"  class = c  loses = [one]  detect = 5m  declare = 5m }
""".replace("$", EVIL)
FORMATS = ("json", "sarif", "github", "junit")
COMMANDS = [["check"], ["plan"], ["ledger"], ["fmt"], ["list", "kinds"], ["list", "rules"], ["list", "figures"], ["list", "scenarios"],
            ["explain", "rto", "a"], ["explain", "rto", "b", "--scenario", "flood"], ["explain", "rpo", "a"], ["explain", "my.k"], ["explain", "r"],
            ["graph"], ["graph", "--style", "dot"], ["graph", "--style", "svg"], ["graph", "--timeline"], ["graph", "--timeline", "--style", "svg"],
            ["simulate", "--runs", "10"], *(["check", "--format", form] for form in FORMATS), ["plan", "--format", "json"]]


def hidden(text):
    """The first character that does not show as itself, with what stands around it."""
    for at, c in enumerate(text):
        code = ord(c)
        if (code < 32 and c not in "\n\t") or 0x7F <= code < 0xA0 or 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069:
            return f"U+{code:04X} in {text[max(0, at - 30):at + 10]!r}"
    return None


def run(command, box, env):
    return subprocess.run(command, cwd=box, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env.variables(box),
                          timeout=60, check=False)


def test_commands(env):
    with Sandbox() as box:
        (box / "main.dr").write_text(SPECIFICATION, encoding="utf-8")
        for command in COMMANDS:
            done = run([env.drc, *command, "main.dr"], box, env)
            text = done.stdout.decode("utf-8")
            if done.returncode not in (0, 1) or not text:
                raise Failure(f"{command}: status {done.returncode}\n{text}")
            if hidden(text):
                raise Failure(f"{command}: {hidden(text)}")


def test_files_and_scripts(env):
    with Sandbox() as box:
        (box / "main.dr").write_text(SPECIFICATION, encoding="utf-8")
        done = run([env.drc, "build", "main.dr", "-o", "out"], box, env)
        if done.returncode:
            raise Failure(done.stdout.decode("utf-8", "replace"))
        for root, _, names in os.walk(box / "out"):
            for name in names:
                found = hidden(open(os.path.join(root, name), encoding="utf-8").read())
                if found:
                    raise Failure(f"{os.path.join(root, name)}: {found}")
        for verb in ([], ["--list"], ["--help"], ["--dry-run"]):
            done = run(["bash", "out/restore/recover.sh", "flood", *verb], box, env)
            text = done.stdout.decode("utf-8", "replace")
            if hidden(text):
                raise Failure(f"recover.sh {verb}: {hidden(text)}")
        done = run(["bash", "out/restore/drills/practice.sh", "--dry-run"], box, env)
        if hidden(done.stdout.decode("utf-8", "replace")) or b"nothing is touched" not in done.stdout:
            raise Failure(f"drill: {hidden(done.stdout.decode('utf-8', 'replace'))}\n{done.stdout.decode('utf-8', 'replace')}")
        for step in sorted((box / "out" / "restore" / "scenarios" / "flood" / "steps").iterdir()):
            done = run(["bash", str(step), "manual"], box, env)
            text = done.stdout.decode("utf-8", "replace")
            if hidden(text):
                raise Failure(f"{step.name}: {hidden(text)}")


def test_names_of_files(env):
    evil = "e\x1b[31m\u202evil"
    with Sandbox() as box:
        (box / f"{evil}.dr").write_text('plan   p { title = "P" }\n', encoding="utf-8")
        (box / "main.dr").write_text(SPECIFICATION, encoding="utf-8")
        for command in (["fmt", "--check", "."], ["fmt", "--check", f"{evil}.dr"], ["init", evil], ["check", f"{evil}.dr"],
                        ["build", "main.dr", "-o", f"out{evil}"], ["build", "main.dr", "-o", f"{evil}.dr"]):
            text = run([env.drc, *command], box, env).stdout.decode("utf-8", "replace")
            if hidden(text) or not text:
                raise Failure(f"{command}: {hidden(text)}")
