"""Every offer under `help:` is true: it is applied to the text as it is written, the specification is compiled again, and the finding
is gone, nothing new is wrong, and the value that was named is the one the plan then has.

The specifications are those of all cases that offer anything; each sort of change is expected by one of them."""

import json
import shlex

from lib import case
from lib.core import Failure, Sandbox, Test

COMMANDS = {"check", "plan", "build"}
KEPT = {"-D", "--params", "-I", "--as-of", "-W"}  # options that change what is compiled
OBJECTIVES = {"E0501", "E0502", "E0503", "E0505", "E0506", "E0508", "E0518", "E0530", "E0532", "E0535", "E0538", "E0539"}
FORMS = {"schedule =", "cron", "ship_every =", "start_window =", "jitter =", "a copy of", "replica", "a `log` backup", "retain =",
         "rpo =", "rto =", "mtd =", "tier =", "objective", "in class", "recovery L1", "standby", "capacity =", "operators =", "parallel =",
         "uses =", "declare =", "detect =", "ttl =", "interval = 10s", "threshold =", "in endpoint",
         "in group", "max_skew =", "availability =", "noticed_within =", "discarded =", "recover_into =", "mode = compliance", "the key of"}


def arguments(line):
    """The specifications and options of a command that compiles; None for any other line."""
    words = shlex.split(line)
    if not words or words[0] not in COMMANDS:
        return None
    kept, specs, at = [], [], 1
    while at < len(words):
        word = words[at]
        if word in KEPT:
            kept += words[at:at + 2]
            at += 1
        elif word.startswith("--") and "=" not in word and word[2:] in ("scenario", "format", "emit", "target", "color", "output",
                                                                        "max-errors", "style") or word == "-o":
            at += 1
        elif word.startswith(("-D", "-W", "-I", "--as-of=", "--params=")):
            kept.append(word)
        elif not word.startswith("-") or word == "-":
            specs.append(word)
        at += 1
    return kept, specs


def check(env, folder, command, variables):
    kept, specs = command
    done = env.run([env.drc, "check", *kept, *specs, "--format", "json", "--max-errors", "0"], folder, env=variables)
    try:
        return json.loads(done.stdout)["diagnostics"]
    except (ValueError, KeyError):
        return []


def plan(env, folder, command, variables):
    kept, specs = command
    done = env.run([env.drc, "plan", *kept, *specs, "--format", "json"], folder, env=variables)
    return json.loads(done.stdout)


def value_in_plan(data, measure, subject):
    kind_name, scenario = subject.split("@")
    kind, name = kind_name.split(".", 1)
    run = next(s for s in data["scenarios"] if s["name"] == scenario)
    if kind == "endpoint":
        state = next(e for e in run["endpoints"] if e["endpoint"] == name)
        return state["finish"]["worst"], state["verdict"]
    if kind == "group":
        state = next(g for g in run["groups"] if g["group"] == name)
        return state["data_loss"], "ok" if state["data_loss"] <= state["rpo"]["ms"] else "refuted"
    state = next((a for a in run["assets"] if a["asset"] == name), None)
    if state is None:
        return 0, "unaffected"
    if measure == "loss":
        return state["data_loss"], state["rpo_verdict"]
    return state["finish"]["worst"], state["rto_verdict"]


def identity(diag):
    # One thing may be needed by several that promise more (E0508): who, is in the message only.
    return diag["code"], diag["message"] if diag["code"] == "E0508" else diag.get("subject") or diag["message"]


def verify_offer(env, folder, command, variables, before, diag, help_):
    fix = help_["fix"]
    path = folder / fix["file"]
    original = path.read_bytes()
    path.write_bytes(original[:fix["start"]] + fix["replacement"].encode() + original[fix["end"]:])
    try:
        after = check(env, folder, command, variables)
        if identity(diag) in [identity(d) for d in after]:
            raise Failure(f"`{help_['text']}` does not mend {diag['message']}")
        known = {identity(d) for d in before} | told_with(env, folder, command, variables, path, original)
        for other in after:
            if other["severity"] == "error" and identity(other) not in known:
                raise Failure(f"`{help_['text']}` makes something else wrong: {other['message']}")
        result = help_.get("result")
        if result:
            value, verdict = value_in_plan(plan(env, folder, command, variables), result["measure"], result["subject"])
            if value != ("n/a" if result["ms"] is None else result["ms"]) or verdict in ("refuted", "unknown"):
                raise Failure(f"`{help_['text']}`: the plan says {value} ms ({verdict}), the offer {result['ms']} ms")
    finally:
        path.write_bytes(original)


def told_with(env, folder, command, variables, path, original):
    """What is refuted already but told with its cause: it may be told by itself once the cause is mended."""
    changed = path.read_bytes()
    path.write_bytes(original)
    try:
        return {(f["code"], f"{f['subject_kind']}.{f['subject']}" + (f"@{f['scenario']}" if f["scenario"] else ""))
                for f in plan(env, folder, command, variables)["findings"]}
    finally:
        path.write_bytes(changed)


def offers_in(diags):
    for diag in diags:
        for help_ in diag["helps"]:
            if diag["code"] in OBJECTIVES and "fix" in help_:
                yield diag, help_


def run_case(env, path):
    parsed = case.Case(path)
    variables = dict(line.split("=", 1) for s in parsed.all("env") for line in s.body if line)
    lines = [line for s in parsed.all("args") for line in s.body if line.strip()] or ["check main.dr"]
    if parsed.all("stdin") or any(line.startswith("! ") for line in lines):
        return
    with Sandbox() as folder:
        case.prepare(parsed, folder)
        done = set()
        for line in lines:
            command = arguments(line)
            if not command or str(command) in done:
                continue
            done.add(str(command))
            before = check(env, folder, command, variables)
            for diag, help_ in offers_in(before):
                verify_offer(env, folder, command, variables, before, diag, help_)


def collect(env):
    folder = env.root / "tests" / "cases"

    def of_case(path):
        env.need_drc()
        run_case(env, path)

    def every_sort():
        """What the cases expect to be offered; that it is what is offered is checked with the cases."""
        texts = [line for path in folder.rglob("*.case") for line in path.read_text(encoding="utf-8").split("\n") if "= help: " in line]
        missing = [form for form in sorted(FORMS) if not any(form in text for text in texts)]
        if missing:
            raise Failure("no case expects to be offered: " + ", ".join(missing))

    relevant = [path for path in sorted(folder.rglob("*.case"))
                if any(code in path.read_text(encoding="utf-8") for code in OBJECTIVES)]
    yield Test("every-sort-is-expected-by-a-case", every_sort)
    for path in relevant:
        yield Test(str(path.relative_to(folder).with_suffix("")), lambda path=path: of_case(path))
