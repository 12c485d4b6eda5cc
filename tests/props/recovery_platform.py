"""Recovers the platform example from the loss of its region, with stub `aws` and `kubectl` that behave like a small cloud."""

import json
import re
import shutil

from lib import examples
from lib.core import Failure, Sandbox, Skip, need, readable

# Remembers what was promoted and scaled; refuses what names the lost region, as the lost region would.
CLOUD = r"""#!/usr/bin/env python3
import json, os, pathlib, sys
home = pathlib.Path(os.environ["STUB_HOME"])
args = sys.argv[1:]
program = os.path.basename(sys.argv[0])
line = " ".join([program] + args)
with open(home / "calls", "a") as calls:
    print(json.dumps([program] + args), file=calls)
if program == "tar" and "--list" in args:
    sys.exit(print("file"))
if program == "git" and "--output" in args:
    pathlib.Path(args[args.index("--output") + 1]).touch()
if program in ("tar", "ssh"):
    sys.stdin.read()
LOST = os.environ.get("STUB_LOST", "")
if LOST and LOST in args:
    sys.exit("could not connect to the endpoint URL")
def mark(name, value=None):
    path = home / ("state-" + name.replace("/", "_"))
    if value is not None:
        path.write_text(value)
    return path.read_text() if path.exists() else ""
if program == "aws" and args[:2] == ["rds", "promote-read-replica"]:
    mark(args[args.index("--db-instance-identifier") + 1], "promoted")
elif program == "aws" and args[:2] == ["rds", "describe-db-instances"]:
    name = args[args.index("--db-instance-identifier") + 1]
    query = args[args.index("--query") + 1] if "--query" in args else ""
    source = "None" if mark(name) else "prod-database"
    if "DBInstanceStatus" in query and "Source" in query:
        print("available\t" + source)
    elif "Source" in query:
        print(source)
    elif "DBInstanceStatus" in query:
        print("available")
elif program == "aws" and args[:2] == ["s3api", "list-objects-v2"]:
    print("key")
elif program == "kubectl" and "scale" in args:
    target = next(a for a in args if "/" in a and not a.startswith("-")).split("/")[1]
    mark("scale-" + target, next(a for a in args if a.startswith("--replicas=")).split("=")[1])
elif program == "kubectl" and "get" in args and "deployment" in args:
    print(mark("scale-" + args[args.index("deployment") + 1]) or "0")
else:
    # Whatever a step waits for is so: the test has read it from the steps.
    expected = json.loads((home / "expected").read_text())
    print(expected.get(" ".join([program] + args[:2]), ""))
"""

# `found=$(aws eks describe-cluster …) && test "$found" = ACTIVE` in a step file.
WAITS_FOR = re.compile(r"found=\$\((\w+ \S+ \S+)[^)]*\)\s*&&\s*test \"\$found\" = (\S+)")


def rows(path):
    return [line.split("\t") for line in path.read_text().splitlines() if line and not line.startswith("#")]


class Rig:
    def __init__(self, env, folder, scenario):
        need("bash", "flock", "timeout")
        self.env, self.folder, self.scenario = env, folder, scenario
        # A copy, in which the script that moves traffic (it has tests of its own) is a stub as well.
        shutil.copytree(examples.built(env, "platform"), folder / "out")
        self.restore = folder / "out/restore"
        if (folder / "out/route53/traffic.sh").exists():
            (folder / "out/route53/traffic.sh").write_text(CLOUD)
        self.tables = self.restore / "scenarios" / scenario
        if not self.tables.is_dir():
            raise Skip(f"the platform example has no scenario {scenario}")
        (folder / "bin").mkdir()
        (folder / "stub").mkdir()
        for program in ("aws", "kubectl", "git", "tar", "curl", "ssh"):
            path = folder / "bin" / program
            path.write_text(CLOUD)
            path.chmod(0o755)
        self.steps = {row[1]: row for row in rows(self.tables / "steps.tsv")}
        expected = {}
        for path in (self.tables / "steps").iterdir():
            for command, word in WAITS_FOR.findall(path.read_text(encoding="utf-8")):
                expected[command] = word.strip("'\"")
        (folder / "stub/expected").write_text(json.dumps(expected))
        lines = []
        for key, name, kind, default, asset, steps, ask in rows(self.tables / "inputs.tsv"):
            answer = str(folder / "export.json") if key.endswith(".export") else None
            lines.append(f"input.{key}=" + (answer or {"timestamp": "2026-01-02T03:04:05Z", "date": "2026-01-02", "int": "1",
                                            "path": str(folder)}.get(kind, "value")))
        (folder / "export.json").write_text('{"items": [{}]}')
        for name, row in self.steps.items():
            if row[4] == "manual":
                lines.append(f"step.{name}=done")
        (folder / "answers").write_text("\n".join(lines) + "\n")

    def run(self, *arguments, **extra):
        approver = [row[1] for row in rows(self.tables / "scenario.tsv") if row[0] == "approver"]
        variables = {"PATH": f"{self.folder}/bin:/usr/local/bin:/usr/bin:/bin", "STUB_HOME": str(self.folder / "stub"),
                     "DRC_STATE": str(self.folder / "state"), "DRC_POLL_SECONDS": "1", "DRC_RETRY_SECONDS": "0", **extra}
        for row in rows(self.tables / "scenario.tsv"):
            if row[0] == "secret":
                variables[row[1]] = "secret"
        done = self.env.run(["bash", self.restore / "recover.sh", self.scenario, "--yes-i-declare", "INC-7",
                             *(["--approved-by", approver[0]] if approver else []),
                             "--answers", self.folder / "answers", *arguments], self.folder, env=variables, timeout=120,
                            limit=False)
        self.output = readable(done.stdout) + readable(done.stderr)
        return done.code

    def calls(self):
        path = self.folder / "stub/calls"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def record(self):
        return json.loads(next((self.folder / "state").glob("*/*/record.json")).read_text())


def position(calls, *words):
    for number, call in enumerate(calls):
        if all(word in call for word in words):
            return number
    raise Failure(f"{words} was never called:\n" + "\n".join(map(str, calls)))


def test_region_loss(env):
    with Sandbox() as folder:
        rig = Rig(env, folder, "region-loss")
        code = rig.run(STUB_LOST="us-east-1")
        states = {step["step"]: step["state"] for step in rig.record()["steps"]}
        wrong = {name: state for name, state in states.items() if state not in ("ok", "skipped", "continued")}
        if code != 0 or wrong:
            raise Failure(f"exit {code}, {wrong}\n{rig.output[-4000:]}")
        calls = rig.calls()
        promote = position(calls, "promote-read-replica")
        scale = position(calls, "scale", "deployment/app")
        ready = max(n for n, call in enumerate(calls) if "deployment/app" in call and "--timeout=120s" in call)
        # The application's pods start meanwhile; whether they are ready is asked once the database is promoted.
        if not (promote < ready and scale < ready):
            raise Failure(f"order: promote {promote}, scale {scale}, ready {ready}\n{calls}")
        if "traffic.sh" not in {call[0] for call in calls}:
            raise Failure("traffic was not moved")
        if any("us-east-1" in call for call in calls):
            raise Failure("a command went to the lost region")
        objectives = {asset["name"]: asset for asset in rig.record()["assets"]}
        if objectives["database"]["rto_verdict"] != "met" or objectives["database"]["rto_objective_ms"] != 3600000:
            raise Failure(f"{objectives['database']}")


def test_every_scenario_can_be_rehearsed(env):
    need("bash")
    root = examples.built(env, "platform") / "restore/scenarios"
    for scenario in sorted(path.name for path in root.iterdir()):
        with Sandbox() as folder:
            rig = Rig(env, folder, scenario)
            code = rig.run("--drill")
            # 1: all of it comes back where it serves, so that nothing could be rehearsed.
            if code not in (0, 2) and not (code == 1 and "Nothing was rehearsed" in rig.output and not rig.calls()):
                raise Failure(f"{scenario}: exit {code}\n{rig.output[-3000:]}")
            for call in rig.calls():
                if "promote-read-replica" in call or "change-resource-record-sets" in call:
                    raise Failure(f"{scenario}: a drill did {call}")


def test_dry_runs_call_nothing(env):
    need("bash")
    root = examples.built(env, "platform") / "restore/scenarios"
    for scenario in sorted(path.name for path in root.iterdir()):
        with Sandbox() as folder:
            rig = Rig(env, folder, scenario)
            if rig.run("--dry-run") != 0 or rig.calls() or (folder / "state").exists():
                raise Failure(f"{scenario}: {rig.calls()}\n{rig.output[-2000:]}")
            for name in rig.steps:
                if not re.search(rf"^# \d+ {re.escape(name)}: ", rig.output, re.M):
                    raise Failure(f"{scenario}: step {name} is not shown")
