"""Every offer under `help:` is true: it is applied to the text as it is written, the specification is compiled again, and the finding
is gone, nothing new is wrong, and the value that was named is the one the plan then has.

The specifications are those of all cases that offer anything; each sort of change is expected by one of them."""

import json
import shlex

from lib import case
from lib.core import Failure, Sandbox, Test, readable

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


PRELUDE = """import "std/base"
plan test { title = "Test"  owner = keeper }
person keeper { name = "K"  phone = "1"  email = "k@example.com" }
kind t.region : site { title = "Region"  level = region }
kind t.bucket : store {
  title = "Bucket"
  procedure put   { run = ["put", job.input, job.object] }
  procedure fetch { run = ["get", job.object, job.output] }
}
kind t.db : data {
  title = "Database"
  method promote { for = r in self.replicas  covers = [region]  rpo = r.lag  rto = 5m  failback = "x"  reprotect = "y" }
  method restore { covers = [region]  restores = true  rto = 10m }
  procedure log { run = ["ship", self.name] }
  procedure full { run = ["dump", self.name] }
}
site east : t.region { role = primary }
site west : t.region { role = recovery }
store far : t.bucket { site = west }
class L1 { title = "Region lost" }
scenario gone { class = L1  loses = [east]  detect = 1m  declare = 1m }
"""

# The same asset in forms a text may have. Each must be offered something, and what is offered must be true of that very text.
FORMS_OF_TEXT = {
    "one-line": 'asset orders : t.db { site = east  rto = 1h  rpo = 15m  backup dump { kind = full  schedule = daily at 02:00  '
                'duration = 1m  retain = 30d  to = far } }\n',
    "tight": 'asset orders:t.db{site=east rto=1h rpo=15m backup dump{kind=full schedule=daily at 02:00 duration=1m retain=30d to=far}}\n',
    "semicolons": 'asset orders : t.db { site = east; rto = 1h; rpo = 15m; backup dump { kind = full; schedule = daily at 02:00; '
                  'duration = 1m; retain = 30d; to = far; }; }\n',
    "comments": 'asset orders : t.db { // the shop\n  site = east # here\n  rto = 1h\n  rpo = 15m /* agreed\n  on */\n'
                '  backup dump {\n    kind = full\n    schedule = daily at 02:00 // quiet\n    duration = 1m\n    retain = 30d\n'
                '    to = far // } not the end\n  } // } nor this\n  /* a { */\n}\n',
    "tabs": 'asset orders : t.db {\n\tsite = east\n\trto = 1h\n\trpo = 15m\n\tbackup dump {\n\t\tkind = full\n\t\tschedule = '
            'daily at 02:00\n\t\tduration = 1m\n\t\tretain = 30d\n\t\tto = far\n\t}\n}\n',
    "brace-below": 'asset orders : t.db\n{\n  site = east rto = 1h\n  rpo = 15m\n  backup dump\n  {\n    kind = full schedule = daily at 02:00\n'
                   '    duration = 1m retain = 30d to = far }\n}\n',
    "no-end": 'asset orders : t.db {\n  site = east\n  rto = 1h\n  rpo = 15m\n  backup dump { kind = full  schedule = daily at 02:00  '
              'duration = 1m  retain = 30d  to = far }\n}',
    "wide": '/// Größe — 数据\nasset orders : t.db {\n  title = "Aufträge 数据"  site = east  rto = 1h  rpo = 15m\n  backup dump { kind = full  '
            'schedule = daily at 02:00  duration = 1m  retain = 30d  to = far }\n}\n',
    "parentheses": 'asset orders : t.db {\n  site = (east)\n  rto = (1h)\n  rpo = (5m + 10m)\n  backup dump { kind = full  schedule = '
                   '(daily at 02:00)  duration = (1m)  retain = (30d)  to = (far) }\n}\n',
    "parameters": 'param often { type = schedule  default = daily at 02:00 }\nparam loss { type = duration  default = 15m }\n'
                  'asset orders : t.db {\n  site = east\n  rto = 1h\n  rpo = param.loss\n  backup dump { kind = full  schedule = param.often  '
                  'duration = 1m  retain = 30d  to = far }\n}\n',
    "default-block": 'default : t.db { rpo = 15m  backup dump { kind = full  schedule = daily at 02:00  duration = 1m  retain = 30d  to = far } }\n'
                     'asset orders : t.db { site = east  rto = 1h }\nasset parts : t.db { site = east  rto = 1h }\n',
    "let": 'asset orders : t.db {\n  let far_away = far\n  site = east\n  rto = 1h\n  rpo = 15m\n  backup dump { let t = 1m  kind = full  schedule = '
           'daily at 02:00  duration = t  retain = 30d  to = far_away }\n}\n',
}


def offers_hold(env, folder, command):
    before = check(env, folder, command, {})
    offers = list(offers_in(before))
    for diag, help_ in offers:
        verify_offer(env, folder, command, {}, before, diag, help_)
    return [help_["text"] for _, help_ in offers]


def of_form(env, text, ends):
    env.need_drc()
    with Sandbox() as folder:
        (folder / "main.dr").write_bytes((PRELUDE + text).replace("\n", ends).encode())
        if not offers_hold(env, folder, ([], ["main.dr"])):
            raise Failure("nothing is offered")


def of_several_files(env):
    """What is offered is a change of the file that holds the thing; one imported with a prefix has its own names."""
    env.need_drc()
    asset = FORMS_OF_TEXT["comments"]
    with Sandbox() as folder:
        (folder / "lib").mkdir()
        (folder / "lib" / "data.dr").write_text(asset, encoding="utf-8")
        (folder / "main.dr").write_text('import "lib/data"\n' + PRELUDE, encoding="utf-8")
        if not offers_hold(env, folder, ([], ["main.dr"])) or not offers_hold(env, folder, ([], ["."])):
            raise Failure("nothing is offered")
        (folder / "lib" / "shop.dr").write_text(PRELUDE + asset, encoding="utf-8")
        (folder / "main.dr").write_text('import "lib/shop" as shop\n', encoding="utf-8")
        offers_hold(env, folder, ([], ["main.dr"]))


def of_places_that_stand(env):
    """What is asked where something may be put is asked of what stands: no place of a closed account uses up the tries."""
    env.need_drc()
    text = PRELUDE.replace("loses = [east]", "loses = [east, theirs]").replace("role = ", "account = ours  role = ").replace(
        "site east", "kind t.account { of = site  level = account  is_account = true }\nsite theirs : t.account {}\nsite ours : t.account {}\n"
        + "".join(f"site r{n} : t.region {{ account = theirs }}\n" for n in range(3)) + "site east")
    with Sandbox() as folder:
        (folder / "main.dr").write_text(text + FORMS_OF_TEXT["comments"], encoding="utf-8")
        texts = offers_hold(env, folder, (["--repairs"], ["main.dr"]))
        if not any("replica west {" in text for text in texts):
            raise Failure("no replica is offered at the place that stands: " + "; ".join(texts))


def of_standard_input(env):
    """Standard input is read once; offers are the same as for the file."""
    env.need_drc()
    text = (PRELUDE + FORMS_OF_TEXT["tabs"]).encode()
    with Sandbox() as folder:
        (folder / "main.dr").write_bytes(text)
        from_file = env.run([env.drc, "check", "main.dr"], folder).stderr.replace(b"main.dr", b"<stdin>")
        from_input = env.run([env.drc, "check", "-"], folder, stdin=text).stderr
        if from_file != from_input or b"schedule = every" not in from_input:
            raise Failure(readable(from_input))


def of_inventory(env):
    """An inventory's block is the text of all its assets, so nothing is offered that would change others."""
    env.need_drc()
    with Sandbox() as folder:
        (folder / "assets.yaml").write_text("- name: orders\n  loss: 15m\n- name: parts\n  loss: 2d\n", encoding="utf-8")
        (folder / "main.dr").write_text(PRELUDE + 'inventory "assets.yaml" as e : t.db {\n  name = e.name\n  site = east\n  rto = 1h\n  rpo = e.loss\n'
                                        '  backup dump { kind = full  schedule = daily at 02:00  duration = 1m  retain = 30d  to = far }\n}\n',
                                        encoding="utf-8")
        texts = offers_hold(env, folder, ([], ["main.dr"]))
        if any("rpo =" in text for text in texts):
            raise Failure("the objective of all assets was offered to be changed: " + "; ".join(texts))


def collect(env):
    folder = env.root / "tests" / "cases"

    def of_case(path):
        env.need_drc()
        run_case(env, path)

    def every_sort():
        """What the cases expect to be offered; that it is what is offered is checked with the cases."""
        texts = [line for path in folder.rglob("*.case") for line in path.read_text(encoding="utf-8").split("\n") if "= help" in line]
        missing = [form for form in sorted(FORMS) if not any(form in text for text in texts)]
        if missing:
            raise Failure("no case expects to be offered: " + ", ".join(missing))

    relevant = [path for path in sorted(folder.rglob("*.case"))
                if any(code in path.read_text(encoding="utf-8") for code in OBJECTIVES)]
    yield Test("every-sort-is-expected-by-a-case", every_sort)
    for name, text in FORMS_OF_TEXT.items():
        yield Test(f"form/{name}", lambda text=text: of_form(env, text, "\n"))
        yield Test(f"form/{name}-crlf", lambda text=text: of_form(env, text, "\r\n"))
    yield Test("several-files", lambda: of_several_files(env))
    yield Test("places-that-stand", lambda: of_places_that_stand(env))
    yield Test("standard-input", lambda: of_standard_input(env))
    yield Test("inventory", lambda: of_inventory(env))
    for path in relevant:
        yield Test(str(path.relative_to(folder).with_suffix("")), lambda path=path: of_case(path))
