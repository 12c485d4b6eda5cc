"""A recovery under test: a generated plan, a stub program in PATH that records its calls, and recover.sh."""

import json
import time

from lib.core import Failure, Skip, need, readable

# Each call appends its arguments, as JSON, to `calls`; a file behaviour/FIRST-ARGUMENT says what else happens:
# "sleep 2", "exit 3", "once exit 3" (the first time only), "print TEXT", one a line.
STUB = r"""#!/usr/bin/env python3
import json, os, sys, time
home = os.environ["STUB_HOME"]
name = sys.argv[1]
with open(home + "/calls", "a") as calls:
    calls.write(json.dumps({"at": time.time(), "args": sys.argv[1:]}) + "\n")
try:
    lines = open(f"{home}/behaviour/{name}").read().split("\n")
except FileNotFoundError:
    lines = []
code = 0
for line in lines:
    word, _, rest = line.partition(" ")
    if word == "once":
        mark = f"{home}/behaviour/.{name}.once"
        if os.path.exists(mark):
            continue
        open(mark, "w").close()
        word, _, rest = rest.partition(" ")
    if word == "sleep":
        time.sleep(float(rest))
    elif word == "exit":
        code = int(rest)
    elif word == "print":
        print(rest)
with open(home + "/calls", "a") as calls:
    calls.write(json.dumps({"at": time.time(), "end": name}) + "\n")
sys.exit(code)
"""



class Rig:
    """A generated plan, a stub in PATH, and recover.sh."""

    def __init__(self, env, folder, prefix="", specification=None):
        need("bash", "flock", "timeout", "sha256sum")
        self.env, self.folder = env, folder
        if specification is None:
            helper = env.build / "props" / "operations"
            if not helper.exists():
                raise Skip("the test helper is not built (make unit)")
            done = env.run([helper, folder / "out", *([prefix] if prefix else [])], folder)
            if done.code != 0:
                raise Failure("operations: " + readable(done.stderr))
        else:
            (folder / "main.dr").write_text(specification, encoding="utf-8")
            env.compile(["build", "main.dr", "-o", "out"], folder)
        self.restore = folder / "out/restore"
        self.home = folder / "stub"
        (self.home / "behaviour").mkdir(parents=True)
        (folder / "bin").mkdir()
        stub = folder / "bin/stub"
        stub.write_text(STUB)
        stub.chmod(0o755)
        # Like the real thing: not promoted until somebody promotes.
        self.behave("promoted?", "once exit 1")
        self.behave("verify", f"print {(prefix + 'v' + chr(39) + 'w')}" if "\n" not in prefix else "exit 0")

    def behave(self, name, *lines):
        (self.home / "behaviour" / name).write_text("\n".join(lines) + "\n")
        mark = self.home / "behaviour" / f".{name}.once"
        if mark.exists():
            mark.unlink()

    def variables(self, **extra):
        return {"PATH": f"{self.folder}/bin:/usr/local/bin:/usr/bin:/bin", "STUB_HOME": str(self.home),
                "HOME": str(self.folder), "DRC_POLL_SECONDS": "1", "DRC_RETRY_SECONDS": "0", "APP_TOKEN": "s3cret",
                "DRC_STATE": str(self.folder / "state"), **extra}

    def command(self, *arguments):
        return ["bash", str(self.restore / "recover.sh"), *arguments]

    def run(self, *arguments, expect=None, **extra):
        done = self.env.run(self.command(*arguments), self.folder, env=self.variables(**extra), timeout=90, limit=False)
        self.output = readable(done.stdout) + readable(done.stderr)
        if expect is not None and done.code != expect:
            raise Failure(f"exit {done.code} instead of {expect}\n{self.output}")
        return done.code

    def calls(self):
        path = self.home / "calls"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def names(self):
        return [call["args"][0] for call in self.calls() if "args" in call]

    def forget(self):
        (self.home / "calls").unlink(missing_ok=True)

    def answers(self, **values):
        path = self.folder / "answers"
        path.write_text("".join(f"{key.replace('__', '.')}={value}\n" for key, value in values.items()))
        return str(path)

    def journal(self):
        runs = sorted((self.folder / "state").glob("*/*/journal.jsonl"), key=lambda p: p.stat().st_mtime)
        return [json.loads(line) for line in runs[-1].read_text().splitlines()]

    def record(self):
        runs = sorted((self.folder / "state").glob("*/*/record.json"), key=lambda p: p.stat().st_mtime)
        return json.loads(runs[-1].read_text())


def check(condition, text):
    if not condition:
        raise Failure(text)


def ago(minutes):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 60 * minutes))


def index(names, *wanted):
    missing = [name for name in wanted if name not in names]
    check(not missing, f"{missing} was never called: {names}")
    return [names.index(name) for name in wanted]
