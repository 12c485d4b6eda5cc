"""`drc diff`: edits of the platform example, each of which has to be told with its cause and nothing else; and what must hold between any two plans."""

import json
import os
import random
import re
import shutil

from lib.core import Failure, Sandbox, Skip, need, readable
from oracles import model, weaker


def diff(env, folder, before, after, expect=None):
    done = env.run([env.drc, "diff", before, after, "--format", "json"], folder)
    if done.code not in (0, 2, 3) or (expect is not None and done.code != expect):
        raise Failure(f"drc diff {before} {after}: exit {done.code}, expected {expect}\n{readable(done.stdout + done.stderr)[:4000]}")
    return json.loads(done.stdout)


def edited(folder, name, file, pattern, by, count=1):
    """A copy of the example in which one place is another."""
    shutil.copytree(folder / "old", folder / name)
    text = (folder / name / file).read_text(encoding="utf-8")
    changed, times = re.subn(pattern, by, text, flags=re.S)
    if times != count:
        raise Failure(f"{file} has {times} places like {pattern!r}")
    (folder / name / file).write_text(changed, encoding="utf-8")
    return name


# (name, file, pattern, text, exit, what has to be told: (sort, subject, scenario, what, way, rule), the edits (id, attribute))
EDITS = (
    ("weaker-objective", "data.dr", r"rto = 2h30m  rpo = 30m", "rto = 3h  rpo = 30m", 3,
     [("asset", "database", "database-corruption", "RTO", "weaker", "OBJECTIVE_NO_WEAKEN")], [("asset.database/objective.L2", "rto")]),
    ("more-lag", "data.dr", r"lag        = 10s\.\.1m\.\.15m", "lag        = 10s..1m..45m", 3,
     [("asset", "user-uploads", "region-loss", "worst-case loss", "weaker", "RPO_NO_REGRESS")], [("asset.user-uploads/replica.west", "lag")]),
    ("kept-less-long", "data.dr", r"duration = 2h\.\.4h\.\.8h\n    retain   = 90d", "duration = 2h..4h..8h\n    retain   = 60d", 3,
     [("backup", "user-uploads.locked", None, "retention", "weaker", "RETENTION_NO_SHORTEN")], [("asset.user-uploads/backup.locked", "retain")]),
    ("faster-declaration", "main.dr", r"(loses     = \[east-a\]|class     = L3\n  loses     = \[east-a\])(.*?)declare   = 5m\n", r"\1\2declare   = 4m\n", 2,
     [("scenario", "zone-loss", None, "time until it is declared", "stronger", None)], [("scenario.zone-loss", "declare")]),
    ("slower-step", "services.dr", r"scale_up = 5m\.\.8m\.\.15m (}\n\n  bind)", r"scale_up = 5m..8m..16m \1", None, [], [("asset.reporting/standby.west", "scale_up")]),
    ("longer-way-back", "procedures.dr", r"2h\.\.6h\.\.24h", "2h..6h..48h", 2, [("step of the way back", "failback.reseed", "region-loss", "duration", "other", None)], [("runbook.failover/failback/step.reseed", "takes")]),
    ("another-phone", "people.dr", r'\+1 555 0101', "+1 555 0199", 2, [("contact", None, None, "phone", "other", None)], [(None, "phone")]),
)


OWN = '''import "std/generic"
plan p { title = "P"  owner = ann }
person ann { name = "Ann"  phone = "+49 30 1"  email = "ann@example.com" }
site one : generic.datacenter { role = primary }
site two : generic.datacenter { role = recovery }
kind my.db : data {
  procedure full { run = ["dump", self.name]  verify = ["look", self.name]  produces = "dump"  contains = [data] }
  method restore {
    covers = [datacenter, deletion]  restores = true  from = [full]  reads = ["dump"]
    step load { phase = recover  run = ["load", self.name]  takes = 5m }
    step test { phase = verify  run = ["query", self.name]  takes = 1m }
  }
}
store st : generic.directory { site = two  path = "/b"  address = "b.example.com" }
class c { title = "C"  rto = 2h  rpo = 26h }
scenario flood { class = c  loses = [one]  detect = 5m  declare = 5m }
asset db : my.db { site = one  size = 1GiB
  backup f { kind = full  schedule = daily at 02:00  duration = 10m  retain = 30d  to = st } }
'''

# What a plan of a kind of one's own turns on: (text, other text, exit, the change that is told).
TURNS = (
    ('["look", self.name]', '["true"]', 2, ("job", "db-f", None, "command that verifies a copy", "other", None)),
    ('["query", self.name]', '["true"]', 2, ("step", "db.test", "flood", "command", "other", None)),
    ("phase = verify  run", "phase = traffic  run", 2, ("step", "db.test", "flood", "phase", "other", None)),
    ("loses = [one]", "loses = [two]", 3, ("scenario", "flood", None, "loses", "weaker", "SCENARIO_NO_DELETE")),
    ("loses = [one]", "loses = [two]", 3, ("asset", "db", "flood", "fate", "other", None)),
    ("loses = [one]", "loses = [one, two]", None, ("scenario", "flood", None, "loses", "stronger", None)),
    ("rto = 2h", "rto = 3h", 3, ("asset", "db", "flood", "RTO", "weaker", "OBJECTIVE_NO_WEAKEN")),
    (OWN[OWN.index("asset db"):], "", 3, ("asset", "db", None, None, "weaker", "ASSET_NO_DELETE")),
)


def matches(change, wanted):
    keys = ("sort", "subject", "scenario", "what", "way", "rule")
    return all(want is None and key in ("subject", "scenario", "rule") or change[key] == want for key, want in zip(keys, wanted))


def test_edits_and_causes(env):
    with Sandbox() as folder:
        shutil.copytree(env.root / "examples" / "platform", folder / "old")
        for name, file, pattern, by, status, wanted, edits in EDITS:
            result = diff(env, folder, "old", edited(folder, name, file, pattern, by), status)
            told = [(edit["id"], edit["attribute"]) for edit in result["edits"]]
            if len(told) != len(edits) or any(want[0] not in (None, got[0]) or want[1] != got[1] for want, got in zip(edits, told)):
                raise Failure(f"{name}: the edits are told as {told}")
            for want in wanted:
                found = [change for change in result["changes"] if matches(change, want)]
                if len(found) != 1:
                    raise Failure(f"{name}: {want} is told {len(found)} times:\n{json.dumps(result['changes'], indent=1)[:4000]}")
                if edits and 0 not in found[0]["causes"]:
                    raise Failure(f"{name}: {want} is told without its cause: {found[0]}")


# Edits inside of blocks whose attributes are worked out where they are used: (name, file, pattern, text, the edit, what is told of it).
INSIDE = (
    ("instruction", "procedures.dr", "post on the incident channel and", "tell everybody and", ("runbook.failover/before/step.announce", "manual"), [("step", "instruction")]),
    ("command", "procedures.dr", r"dr-pre-checks\.sh", "checks.sh", ("runbook.failover/before/step.checks", "run"), [("step", "command")]),
    ("failure", "procedures.dr", "best_effort = true", "best_effort = false", ("runbook.failover/before/step.checks", "best_effort"), [("step", "whether it may fail")]),
    ("slower-after", "procedures.dr", r"1m\.\.2m\.\.5m", "1m..2m..15m", ("runbook.failover/after/step.services", "takes"), [("step", "duration")]),
    ("way-back", "procedures.dr", r"30m\.\.1h\.\.2h\n    }\n\n    step switch", "30m..1h..3h\n    }\n\n    step switch",
     ("runbook.failover/failback/step.compare", "takes"), [("step of the way back", "duration")]),
    ("drill", "procedures.dr", r'=test"\]\n    takes = 15m', '=test"]\n    takes = 10m', ("drill.full-test/step.simulate", "takes"), [("step of a drill", "takes")]),
    ("probe", "services.dr", r"api\.dr\.example\.com/health", "api.dr.example.com/ready", ("asset.api-gateway/probe.1", "url"), [("probe", "url")]),
    ("check", "data.dr", "max\\(created_at\\)", "max(changed_at)", ("asset.database/verify.counts", "sql"), [("check of data", "sql")]),
    ("bind", "services.dr", "REGION = here.region", 'REGION = "us-west-2"', ("asset.api-gateway/bind.1", "REGION"), []),
)


def test_inside_of_steps(env):
    """What is edited in a step, a probe or a check of data is an edit with both places, and the cause of what is told."""
    with Sandbox() as folder:
        shutil.copytree(env.root / "examples" / "platform", folder / "old")
        for name, file, pattern, by, edit, told in INSIDE:
            result = diff(env, folder, "old", edited(folder, name, file, pattern, by))
            if [(e["id"], e["attribute"]) for e in result["edits"]] != [edit] or not all(result["edits"][0][at] for at in ("before_at", "after_at")):
                raise Failure(f"{name}: the edits are {result['edits']}")
            for want in told:
                if not any((c["sort"], c["what"]) == want for c in result["changes"]):
                    raise Failure(f"{name}: {want} is not told: {result['changes']}")
            if any(change["causes"] != [0] for change in result["changes"]):
                raise Failure(f"{name}: without its cause: {result['changes']}")
        # From plans alone the steps are the same, and a step's change is never put down to what is written of another.
        for side, of in (("a", "old"), ("b", "command")):
            (folder / f"{side}.json").write_bytes(env.compile(["plan", "--emit", "plan", of], folder).stdout)
        result = diff(env, folder, "a.json", "b.json", 2)
        if [(e["id"], e["attribute"]) for e in result["edits"]] != [("runbook.failover/before/step.checks", "run")]:
            raise Failure(f"from plans: {result['edits']}")
        text = (folder / "command" / "procedures.dr").read_text(encoding="utf-8").replace("post on the incident channel and", "tell everybody and")
        (folder / "command" / "procedures.dr").write_text(text, encoding="utf-8")
        result = diff(env, folder, "old", "command", 2)
        causes = {change["what"]: [result["edits"][i]["attribute"] for i in change["causes"]] for change in result["changes"] if change["sort"] == "step"}
        if causes != {"command": ["run"], "instruction": ["manual"]}:
            raise Failure(f"two steps: {causes}")
        # Layout, comments and a last comma are no edits.
        (folder / "command" / "procedures.dr").write_text((folder / "old" / "procedures.dr").read_text(encoding="utf-8").replace(
            '["./scripts/dr-pre-checks.sh"]', '[\n  # the same\n  "./scripts/dr-pre-checks.sh", /* , */\n ]'), encoding="utf-8")
        if diff(env, folder, "old", "command", 0)["edits"]:
            raise Failure("layout is told as an edit")


def test_what_a_recovery_turns_on(env):
    """A command that does nothing any more, a scenario that takes less, an asset that is gone: told, and never as if it were better."""
    with Sandbox() as folder:
        (folder / "a.dr").write_text(OWN, encoding="utf-8")
        for text, by, status, want in TURNS:
            (folder / "b.dr").write_text(OWN.replace(text, by), encoding="utf-8")
            result = diff(env, folder, "a.dr", "b.dr", status)
            if not any(matches(change, want) for change in result["changes"]):
                raise Failure(f"{text} -> {by}: {want} is not told: {json.dumps(result['changes'], indent=1)[:2500]}")
            better = [c for c in result["changes"] if c["way"] == "stronger" and c["sort"] == "asset"]
            if status == 3 and better:
                raise Failure(f"{text} -> {by} is told as better: {better}")
        # Two plans that say the same and are not: nobody calls that nothing.
        plan = json.loads(env.compile(["plan", "--emit", "plan", "a.dr"], folder).stdout)
        plan["digest"] = "sha256:" + "0" * 64
        plan["scenarios"][0]["steps"][0]["timeout"] += 1
        (folder / "b.json").write_text(json.dumps(plan), encoding="utf-8")
        if not diff(env, folder, "a.dr", "b.json", 2)["untold"]:
            raise Failure("plans of two digests are called the same")


def test_no_difference(env):
    """Formatting, comments and order are none; neither is where a plan comes from."""
    with Sandbox() as folder:
        shutil.copytree(env.root / "examples" / "platform", folder / "old")
        shutil.copytree(folder / "old", folder / "new")
        for path in (folder / "new").glob("*.dr"):
            text = path.read_text(encoding="utf-8")
            path.write_text("// another comment\n\n\n" + text.replace("  tier    = critical\n", "\n\n  tier = critical // the most\n"), encoding="utf-8")
        env.compile(["fmt", "-w", "new/services.dr"], folder)
        (folder / "plan.json").write_bytes(env.compile(["plan", "--emit", "plan", "old"], folder).stdout)
        for before, after in (("old", "old"), ("old", "new"), ("plan.json", "new"), ("new", "plan.json")):
            result = diff(env, folder, before, after, 0)
            if result["changes"] or result["edits"]:
                raise Failure(f"{before} and {after}: {json.dumps(result, indent=1)[:3000]}")


def test_renamed(env):
    with Sandbox() as folder:
        shutil.copytree(env.root / "examples" / "platform", folder / "old")
        shutil.copytree(folder / "old", folder / "new")
        for path in (folder / "new").glob("*.dr"):
            path.write_text(re.sub(r"(?<!\.)\bconfiguration\b(?= :|[,\]])", "settings", path.read_text(encoding="utf-8")), encoding="utf-8")
        result = diff(env, folder, "old", "new")
        was = [(edit["was"], edit["id"]) for edit in result["edits"] if edit["was"]]
        if was != [("asset.configuration", "asset.settings")] or result["weaker"]:
            raise Failure(f"renamed: {was}, weaker {result['weaker']}\n{json.dumps(result['changes'], indent=1)[:3000]}")


def items(text):
    return set(text[1:-1].split(", ")) - {""} if text and text.startswith("[") else set()


def mirrored(change):
    """The same change the other way round. A list that loses an item and gains another is weaker both ways: nothing says that the one makes up for the other."""
    before, after = items(change["before"]), items(change["after"])
    both = before - after and after - before
    way = change["way"] if both else {"weaker": "stronger", "stronger": "weaker", "other": "other"}[change["way"]]
    return (change["sort"], change["scenario"], change["what"], change["after"], change["before"], way)


def altered(rng, text):
    """The specification with a few things changed as people change them: numbers, what is left out, what is put in."""
    def number(found):
        return f"{found[1]} = {max(0, int(found[2]) + rng.choice((0, 0, 0, 1, 7, -1, -5)))}{found[3]}"

    text = re.sub(r"\b(lag|slow|promotes|retain|rto|rpo|copy_time|detect|declare|duration) = (\d+)(m|h|d)", number, text)
    if rng.random() < 0.3:
        text = re.sub(r"^ *(rto|rpo) = \d+m$", lambda found: found[0] if rng.random() < 0.7 else "", text, flags=re.M)
    if rng.random() < 0.3:
        text = re.sub(r"schedule = every 1h", "schedule = every 4h", text, count=1)
    return text


def pair(env, folder, seed, chances):
    """Two plans: of one random model, or of two that share their names."""
    world = model.random_model(random.Random(f"diff {seed}"))
    other = world if chances.random() < 0.75 else model.random_model(random.Random(f"other {seed}"))
    for name, of in (("a", world), ("b", other)):
        (folder / name).mkdir(exist_ok=True)
        text = model.specification(of)
        (folder / name / "main.dr").write_text(text if name == "a" else altered(chances, text), encoding="utf-8")


def passes(result, rule, subject, scenario):
    """Whether nothing that is told stops such a change."""
    names = ("sort", "subject", "scenario", "way", "rule")
    for sort, told_of, where, way, by in (tuple(change[key] for key in names) for change in result["changes"]):
        if way == "weaker" and by == rule and where == scenario and (told_of == subject or (told_of or "").startswith(f"{subject}.")):
            return False
    return True


PAIRS = 20


def test_random_pairs(env):
    """A and A differ nowhere; what A makes of B is what B makes of A, the other way round; what an independent reader of both plan.json finds weaker is
    told, by its rule, and refused."""
    wrong, compared, found = [], 0, 0
    with Sandbox() as folder:
        for seed in range(PAIRS * max(1, int(os.environ.get("DRC_ORACLES", "1")))):
            pair(env, folder, seed, random.Random(f"pair {seed}"))
            plans = [env.run([env.drc, "plan", "--emit", "plan", name], folder).stdout for name in ("a", "b")]
            if not all(plans):
                continue
            same, there, back = diff(env, folder, "a", "a"), diff(env, folder, "a", "b"), diff(env, folder, "b", "a")
            compared += 1
            if same["changes"] or same["edits"]:
                wrong.append(f"seed {seed}: a plan differs from itself: {same['changes'][:2]}")
            one = sorted(map(str, map(mirrored, there["changes"])))
            other = sorted(str((c["sort"], c["scenario"], c["what"], c["before"], c["after"], c["way"])) for c in back["changes"])
            if one != other and not any(edit["was"] for edit in there["edits"] + back["edits"]):
                wrong.append(f"seed {seed}: {sorted(set(one) ^ set(other))[:4]}")
            old, new = map(json.loads, plans)
            for result, before, after in ((there, old, new), (back, new, old)):
                gone = {edit["was"].split(".", 1)[1] for edit in result["edits"] if edit["was"]}
                for rule, subject, scenario in weaker.weaker(before, after):
                    found += 1
                    if subject not in gone and (passes(result, rule, subject, scenario) or not result["refused"]):
                        wrong.append(f"seed {seed}: {rule} passes {subject} in {scenario}")
        if wrong:
            raise Failure(f"{len(wrong)} of {compared} pairs\n" + "\n".join(wrong[:20]))
        if compared < 5 or not found:
            raise Failure(f"{compared} pairs compared, {found} weaker values found: that shows nothing")
    return f"{compared} pairs, {found} weaker values, each refused"


def test_schema(env):
    """The published schema of drc.diff/1 holds what is printed, strictly."""
    try:
        import jsonschema
    except ImportError:
        raise Skip("python3-jsonschema is not installed")
    schema = json.loads((env.root / "compiler/compare/diff.schema.json").read_text(encoding="utf-8"))
    for part in [schema, *schema["$defs"].values()]:
        if part.get("type") == "object":
            part["additionalProperties"] = False
    with Sandbox() as folder:
        shutil.copytree(env.root / "examples" / "platform", folder / "old")
        edited(folder, "new", "data.dr", r"lag        = 1s\.\.5s\.\.30s", "lag        = 1s..5s..2h")
        (folder / "new" / "main.dr").write_text((folder / "new" / "main.dr").read_text(encoding="utf-8").replace('default = "Z0123456789EXAMPLE"', 'default = "Z9"')
                                                + 'accept lag { rule = RPO_NO_REGRESS  on = [database]  why = "x"  by = cto  until = 2027-01-01 }\n', encoding="utf-8")
        for words in (["old", "new"], ["new", "old"], ["old", "old"], ["old", "new", "--as-of", "2026-11-30"]):
            done = env.run([env.drc, "diff", *words, "--format", "json"], folder)
            errors = list(jsonschema.Draft202012Validator(schema).iter_errors(json.loads(done.stdout)))
            if errors:
                raise Failure(f"{words}: {errors[0].json_path}: {errors[0].message}")


def test_levels_and_waivers(env):
    """Flags over policies, policies of the stricter side, waivers by their day."""
    with Sandbox() as folder:
        waiver = 'accept it { rule = RPO_NO_REGRESS  on = [db]  why = "so"  by = ann  until = 2026-12-31 }\n'
        text = OWN.replace("asset db : my.db { site = one", "asset db : my.db { rpo = 40h  site = one")
        later = text.replace("daily at 02:00  duration = 10m", "daily at 02:00  missed = 0  duration = 5h")
        policy = 'plan p { title = "P"  owner = ann  changes { %s = [RPO_NO_REGRESS, RTO_NO_REGRESS] } }'
        plain = 'plan p { title = "P"  owner = ann }'
        loud = policy % "warned"
        for old, new, words, want in (
                (text, later, [], 3), (text, later, ["-Wno-error=RPO_NO_REGRESS"], 2), (text, later, ["-Wno-RPO_NO_REGRESS"], 2), (text, later, ["-Wno-VERDICT_NO_REGRESS"], 3),
                (text.replace(plain, loud), later.replace(plain, loud), [], 2), (text.replace(plain, loud), later.replace(plain, loud), ["-Werror=RPO_NO_REGRESS"], 3),
                (text, later.replace(plain, loud), [], 3), (text.replace(plain, loud), later, [], 3), (text.replace(plain, policy % "ignored"), later.replace(plain, policy % "ignored"), [], 2),
                (text, later + waiver, [], 3), (text, later + waiver, ["--as-of", "2026-12-31"], 2), (text, later + waiver, ["--as-of", "2027-01-01"], 3),
                (text, later + waiver.replace("[db]", "[one]"), ["--as-of", "2026-12-01"], 3), (text, later + waiver.replace("[db]", "[flood]"), ["--as-of", "2026-12-01"], 2),
                (text, later + waiver.replace("RPO_NO", "RTO_NO"), ["--as-of", "2026-12-01"], 3)):
            (folder / "a.dr").write_text(old, encoding="utf-8")
            (folder / "b.dr").write_text(new, encoding="utf-8")
            done = env.run([env.drc, "diff", "a.dr", "b.dr", *words], folder)
            if done.code != want:
                raise Failure(f"{words} {new[-120:]!r}: exit {done.code}, expected {want}\n{readable(done.stdout + done.stderr)[:2500]}")


def test_causes_told_apart(env):
    """Where two edits touch one number, each is taken back by itself; --causes none leaves the set whole."""
    with Sandbox() as folder:
        (folder / "a.dr").write_text(OWN, encoding="utf-8")
        (folder / "b.dr").write_text(OWN.replace("takes = 5m", "takes = 15m").replace("detect = 5m", "detect = 6m").replace("size = 1GiB", "size = 2GiB"), encoding="utf-8")
        for words, want in (([], {"takes", "detect"}), (["--causes", "all"], {"takes", "detect"}), (["--causes", "none"], {"takes", "detect", "size"})):
            result = json.loads(env.run([env.drc, "diff", "a.dr", "b.dr", "--format", "json", *words], folder).stdout)
            found = [c for c in result["changes"] if c["what"] == "worst-case recovery time"]
            names = {result["edits"][cause]["attribute"] for cause in found[0]["causes"]}
            if len(found) != 1 or names != want:
                raise Failure(f"{words}: {names}, expected {want}")


def test_renamed_by_word(env):
    """`was`: an asset that is called otherwise, and is otherwise in most of it."""
    with Sandbox() as folder:
        (folder / "a.dr").write_text(OWN, encoding="utf-8")
        for sort, old, new in (("asset", "asset db : my.db { site = one  size = 1GiB", "asset base : my.db { was = db  site = one  size = 9GiB  rto = 90m  rpo = 25h"),
                               ("store", "store st : generic.directory { site = two  path = \"/b\"", "store shelf : generic.directory { was = st  site = two  path = \"/other\""),
                               ("scenario", "scenario flood { class = c  loses = [one]  detect = 5m", "scenario water { was = flood  class = c  loses = [one]  detect = 4m"),
                               ("site", "site one : generic.datacenter { role = primary }", "site first : generic.datacenter { was = one  role = primary  address = \"1\" }")):
            text = OWN.replace(old, new)
            if sort == "store":
                text = text.replace("to = st ", "to = shelf ")
            if sort == "site":
                text = text.replace("loses = [one]", "loses = [first]").replace("site = one", "site = first")
            if text == OWN:
                raise Failure(f"{sort}: nothing is called otherwise")
            (folder / "b.dr").write_text(text, encoding="utf-8")
            result = diff(env, folder, "a.dr", "b.dr")
            was = [edit["was"].split(".")[0] for edit in result["edits"] if edit["was"]]
            gone = [c for c in result["changes"] if c["what"] is None and c["sort"] == sort]
            if was != [sort] or gone:
                raise Failure(f"{sort}: {was} {gone}\n{json.dumps(result['edits'], indent=1)[:2000]}")


def test_usage_and_markdown(env):
    with Sandbox() as folder:
        shutil.copy(env.root / "examples" / "hello.dr", folder / "a.dr")
        text = (folder / "a.dr").read_text(encoding="utf-8")
        (folder / "b.dr").write_text(text.replace("lag = 30s", "lag = 40s"), encoding="utf-8")
        (folder / "broken.dr").write_text("plan {", encoding="utf-8")
        for words, want in ((["a.dr"], 64), (["a.dr", "none.dr"], 1), (["a.dr", "none.json"], 74), (["a.dr", "broken.dr"], 1), (["a.dr", "b.dr"], 3), (["b.dr", "a.dr"], 2),
                            (["a.dr", "b.dr", "-Wno-RPO_NO_REGRESS"], 2), (["a.dr", "b.dr", "-Wno-RTO_NO_REGRESS"], 3),
                            (["a.dr", "b.dr", "--format", "csv"], 64)):
            done = env.run([env.drc, "diff", *words], folder)
            if done.code != want:
                raise Failure(f"drc diff {words}: exit {done.code}, expected {want}\n{readable(done.stdout + done.stderr)[:2000]}")
        page = env.run([env.drc, "diff", "a.dr", "b.dr", "--format", "markdown"], folder).stdout.decode()
        if not page.startswith("### Recovery is weaker: Web shop\n") or "`RPO_NO_REGRESS`" not in page or page.count("<details>") != page.count("</details>"):
            raise Failure(page)


def test_markdown_of_backquotes(env):
    """Backquotes in a text of people, closed or not, are shown as they are: none makes code of what follows, or text of what is code."""
    with Sandbox() as folder:
        text = (env.root / "examples" / "hello.dr").read_text(encoding="utf-8")
        step = "\nrunbook r { title = \"R\"  for = [SCENARIO]  after { step look { manual = \"MANUAL\"  by = OWNER  takes = 1m } } }\n"
        step = step.replace("SCENARIO", re.search(r"^scenario (\S+)", text, re.M)[1]).replace("OWNER", re.search(r"^(?:person|team) (\S+)", text, re.M)[1])
        for manual, shown in (("ask `ann", r"ask \`ann"), ("ask `ann` or ``bob", r"ask \`ann\` or \`\`bob"), ("`", r"\`"), ("a|b `c|d`", r"a\|b \`c\|d\`")):
            (folder / "a.dr").write_text(text + step.replace("MANUAL", "look"), encoding="utf-8")
            (folder / "b.dr").write_text(text + step.replace("MANUAL", manual), encoding="utf-8")
            page = env.run([env.drc, "diff", "a.dr", "b.dr", "--format", "markdown"], folder).stdout.decode()
            if f"`manual` of `runbook.r/after/step.look`: look → {shown} (b.dr:" not in page or f"look → {shown} |" not in page:
                raise Failure(f"{manual}:\n{page}")
            for line in page.splitlines():
                if len(re.findall(r"(?<!\\)`", line)) % 2:
                    raise Failure(f"{manual}: what is code is open in {line!r}")


def test_git(env):
    """Revisions are read as they are: by path, alone, from a folder below, in a bare repository; nothing is checked out or written."""
    need("git")
    with Sandbox() as folder:
        def git(*words, where=folder):
            done = env.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *words], where)
            if done.code:
                raise Failure(readable(done.stderr))

        git("init", "-q", ".")
        (folder / "dr").mkdir()
        text = (env.root / "examples" / "hello.dr").read_text(encoding="utf-8")
        (folder / "dr" / "main.dr").write_text('import "rest.dr"\n' + text.split("asset orders")[0], encoding="utf-8")
        (folder / "dr" / "rest.dr").write_text('import "std/aws"\nasset orders' + text.split("asset orders")[1], encoding="utf-8")
        git("add", "-A")
        git("commit", "-qm", "one")
        rest = (folder / "dr" / "rest.dr").read_text(encoding="utf-8")
        (folder / "dr" / "rest.dr").write_text(rest.replace("lag = 30s", "lag = 50s"), encoding="utf-8")
        git("commit", "-qam", "two")
        git("tag", "v2")
        (folder / "dr" / "rest.dr").write_text(rest.replace("lag = 30s", "lag = 20s"), encoding="utf-8")
        git("clone", "-q", "--bare", ".", "bare.git")
        before = sorted(os.walk(folder / ".git"))
        for where, one, other, want in ((folder, "HEAD~1:dr", "HEAD:dr", "30s 50s"), (folder, "HEAD~1", "dr", "30s 20s"), (folder, "v2", "dr/main.dr", "50s 20s"),
                                        (folder / "dr", "HEAD~1", "HEAD", "30s 50s"), (folder / "bare.git", "HEAD~1:dr/main.dr", "v2:dr", "30s 50s")):
            found = [c for c in diff(env, where, one, other)["changes"] if c["what"] == "worst-case loss"]
            if [f"{c['before']} {c['after']}" for c in found] != [want] or not found[0]["causes"]:
                raise Failure(f"{one} {other}: {found}")
        if sorted(os.walk(folder / ".git")) != before:
            raise Failure("the repository was written to")
        for one in ("nowhere", "HEAD:nothing", "HEAD~7:dr"):
            done = env.run([env.drc, "diff", one, "dr"], folder)
            if done.code != 1 or b"cannot be read" not in done.stderr:
                raise Failure(f"{one}: exit {done.code}\n{readable(done.stderr)}")
        # In a bare repository HEAD is a file of git's own; GIT_DIR names a repository from anywhere.
        (folder / "away").mkdir()
        git("checkout", "-q", "-b", "top", "v2")
        git("mv", "dr/main.dr", "dr/rest.dr", ".")
        git("commit", "-qm", "at the top")
        (folder / "rest.dr").write_text(rest.replace("lag = 30s", "lag = 40s"), encoding="utf-8")
        git("commit", "-qam", "later")
        git("clone", "-q", "--bare", ".", "top.git")
        for where, one, other, named in ((folder / "top.git", "HEAD~1", "HEAD", None), (folder / "away", "HEAD~1:main.dr", "HEAD:main.dr", "../top.git")):
            done = env.run([env.drc, "diff", one, other, "--format", "json"], where, env={"GIT_DIR": named} if named else None)
            found = [c for c in json.loads(done.stdout or "{}").get("changes", ()) if c["what"] == "worst-case loss"]
            if [(c["before"], c["after"]) for c in found] != [("50s", "40s")]:
                raise Failure(f"{where.name} {one} {other}: exit {done.code} {found} {readable(done.stderr)}")


def test_links_in_git(env):
    """A symbolic link of a revision is followed in its tree, folders and files alike, and never out of it."""
    need("git")
    with Sandbox() as folder:
        def git(*words):
            done = env.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *words], folder)
            if done.code:
                raise Failure(readable(done.stderr))

        git("init", "-q", ".")
        (folder / "specs" / "shop").mkdir(parents=True)
        text = (env.root / "examples" / "hello.dr").read_text(encoding="utf-8")
        (folder / "specs" / "shop" / "real.dr").write_text(text, encoding="utf-8")
        (folder / "specs" / "shop" / "main.dr").symlink_to("./real.dr")
        (folder / "dr").symlink_to("specs/current")
        (folder / "specs" / "current").symlink_to("../specs/shop/")
        (folder / "out").symlink_to("../../etc")
        (folder / "whole").symlink_to("/etc")
        (folder / "ring").symlink_to("ring")
        git("add", "-A")
        git("commit", "-qm", "one")
        (folder / "specs" / "shop" / "real.dr").write_text(text.replace("lag = 30s", "lag = 50s"), encoding="utf-8")
        git("commit", "-qam", "two")
        for path in ("dr", "dr/main.dr", "specs/current/../shop", "specs/shop/main.dr"):
            found = [c for c in diff(env, folder, f"HEAD~1:{path}", f"HEAD:{path}")["changes"] if c["what"] == "worst-case loss"]
            if [(c["before"], c["after"]) for c in found] != [("30s", "50s")]:
                raise Failure(f"{path}: {found}")
        for path in ("out/passwd", "whole/passwd", "ring", "out", "dr/nothing.dr"):
            done = env.run([env.drc, "diff", f"HEAD:{path}", "dr"], folder)
            if done.code != 1 or b"cannot be read" not in done.stderr:
                raise Failure(f"{path}: exit {done.code}\n{readable(done.stderr)}")


def spots(value, path=()):
    """Where something stands in a plan: the first two of a list are like the others."""
    yield path
    if isinstance(value, dict):
        for key in value:
            yield from spots(value[key], (*path, key))
    elif isinstance(value, list):
        for number in range(min(2, len(value))):
            yield from spots(value[number], (*path, number))


def test_plans_of_others(env):
    """A plan that somebody changed is compared, or is no plan; it never ends otherwise."""
    with Sandbox() as folder:
        text = env.compile(["plan", "--emit", "plan", env.root / "examples/hello.dr"], folder).stdout
        (folder / "a.json").write_bytes(text)
        plan = json.loads(text)
        every = [path for path in spots(plan) if path]
        for path in random.Random("diff").sample(every, min(len(every), 80)):
            changed = json.loads(text)
            inside = changed
            for part in path[:-1]:
                inside = inside[part]
            for value in (None, [], "x"):
                inside[path[-1]] = value
                (folder / "b.json").write_text(json.dumps(changed), encoding="utf-8")
                for words in (["a.json", "b.json"], ["b.json", "a.json", "--format", "markdown"]):
                    done = env.run([env.drc, "diff", *words], folder)
                    if done.code not in (0, 1, 2, 3):
                        raise Failure(f"{path} = {value!r}: exit {done.code}\n{readable(done.stderr)[-1500:]}")


# What asks less than it did, and moves no number: (example, file, text, other text, rule, what, subject).
LOOSER = (
    ("platform", "main.dr", "maturity    = operated", "maturity    = draft", "DEMAND_NO_LOOSEN", "maturity", "platform"),
    ("platform", "main.dr", "class     = L1\n  loses", "class     = L4\n  loses", "DEMAND_NO_LOOSEN", "class", "region-loss"),
    ("platform", "services.dr", "    reporting,\n", "", "ASSUMPTION_NO_UNWATCH", "what it watches", "monitoring"),
    ("platform", "data.dr", "  contains_personal_data = true\n", "", "DEMAND_NO_LOOSEN", "holding personal data", "user-uploads"),
    ("platform", "data.dr", "needs                = [network]\n", "needs                = []\n", "ORDER_NO_LOOSEN", "waits for", "database.promote"),
    ("platform", "services.dr", 'alias_zone = "Z1H1FL5HABSF5"', 'alias_zone = "Z1H1FL5HABSF5"\n    evaluate_health = false', "ASSUMPTION_NO_UNWATCH",
     "following the health of what it leads to", "api.west"),
    ("platform", "people.dr", "severities = [P1, P2, P3]", "severities = [P1]", "CONTACT_NO_DELETE", "severities it is for", "status-page"),
    ("platform", "people.dr", "  post_mortem = 48h ", " ", "CONTACT_NO_DELETE", "time until the report", "status-page"),
    ("platform", "procedures.dr", '  confirm        = "FAILOVER"\n', "", "PROTECTION_NO_WEAKEN", "word typed before anything happens", "failover"),
    ("platform", "procedures.dr", "for            = [database-corruption, files-deleted]", "for            = [database-corruption]", "PROTECTION_NO_WEAKEN",
     "scenarios it is for", "data-recovery"),
    ("platform", "procedures.dr", '"Communication channels open"', "", "PROTECTION_NO_WEAKEN", "items", "failover.pre-failover"),
    ("platform", "procedures.dr", '    confirm = "FAILBACK"\n', "", "PROTECTION_NO_WEAKEN", "word typed before the way back", "failover"),
    ("platform", "procedures.dr", "kind         = functional\n  scenario     = region-loss", "kind         = functional\n  scenario     = cache-loss", "DRILL_NO_LOOSEN",
     "drill", "region-loss"),
    ("platform", "procedures.dr", '  records      = "drills/full-test"\n', "", "DRILL_NO_LOOSEN", "place of its records", "full-test"),
    ("platform", "governance.dr", "retain = 7y", "retain = 1y", "RETENTION_NO_SHORTEN", "retention", "dr-log"),
    ("platform", "governance.dr", "tamper = hash_chain", "tamper = none", "PROTECTION_NO_WEAKEN", "how a change would show", "dr-log"),
    ("platform", "governance.dr", "drills         = [full, functional]\n    cadence        = 365d", "drills         = [full, functional]\n    cadence        = 730d",
     "DEMAND_NO_LOOSEN", "time between evidence", 'obligations."SOC 2"'),
    ("platform", "data.dr", "  restores_with        = [kms, secrets, iam]\n", "", "ORDER_NO_LOOSEN", "what its restore needs", "database"),
    ("platform", "main.dr", "severity   = P2", "severity   = P4", "CONTACT_NO_DELETE", "severity", "L3"),
    ("platform", "main.dr", "of = [amir, cto]", "of = [amir, cto, john]", "PROTECTION_NO_WEAKEN", "administrators", "archive"),
    ("platform", "main.dr", "quorum = 2  of = [amir, cto]", "of = [amir, cto]", "PROTECTION_NO_WEAKEN", "quorum of its administrators", "archive"),
    ("platform", "procedures.dr", "participants = all", "participants = [sre]", "DRILL_NO_LOOSEN", "who takes part", "full-test"),
    ("small", "main.dr", "  level = 1\n", "  level = 1\n  proof = false\n", "DEMAND_NO_LOOSEN", "demand of proof", "service"),
    ("small", "main.dr", "drill = 92d", "drill = 920d", "DEMAND_NO_LOOSEN", "time between drills of a member", "service"),
    ("small", "main.dr", "  default { rto = 5h", "  demands { retain = 1d }\n  default { rto = 5h", "DEMAND_NO_LOOSEN", "demands", "service"),
    ("small", "main.dr", "over = 30d", "over = 365d", "OBJECTIVE_NO_WEAKEN", "time over which availability is promised", "chat"),
    ("small", "people.dr", "complete_within = 30d", "complete_within = 60d", "OBJECTIVE_NO_WEAKEN", "latest completion", "user-data"),
    ("small", "people.dr", 'tables          = ["users", "charts",', 'tables          = ["users",', "PROTECTION_NO_WEAKEN", "tables", "user-data"),
    ("small", "people.dr", '["users.password_hash"]', '["users.password_hash", "messages"]', "PROTECTION_NO_WEAKEN", "what is left out", "user-data"),
)


def test_what_asks_less(env):
    """Each is weaker by its rule, and the way back is not."""
    with Sandbox() as folder:
        for number, (example, file, text, other, rule, what, subject) in enumerate(LOOSER):
            old, new = f"old{number}", f"new{number}"
            for name in (old, new):
                shutil.copytree(env.root / "examples" / example, folder / name)
            whole = (folder / new / file).read_text(encoding="utf-8")
            if whole.count(text) < 1:
                raise Failure(f"{file} has no {text!r}")
            (folder / new / file).write_text(whole.replace(text, other, 1), encoding="utf-8")
            for before, after, way in ((old, new, "weaker"), (new, old, "stronger")):
                result = diff(env, folder, before, after, 3 if way == "weaker" else None)
                found = [c for c in result["changes"] if c["what"] == what and c["subject"] in (subject, subject.replace('"', ""))]
                if [c["way"] for c in found] != [way] or not found[0]["causes"] or (way == "weaker") != (found[0]["rule"] == rule):
                    raise Failure(f"{text!r} -> {other!r}: {what} of {subject} is not {way}: {found}\n{json.dumps(result['changes'], indent=1)[:2500]}")
            shutil.rmtree(folder / old)
            shutil.rmtree(folder / new)


def test_order_of_lists(env):
    """What a list of things names is named in any order, and things are declared in any; where the order decides, it is the cause."""
    with Sandbox() as folder:
        shutil.copytree(env.root / "examples" / "platform", folder / "old")
        for file, text, other in (("services.dr", "[load-balancer, cluster, auth-service, database, message-queue]", "[message-queue, database, cluster, load-balancer, auth-service]"),
                                  ("data.dr", "[kms, secrets, iam]", "[iam, secrets, kms]"), ("main.dr", "[backups-west, backups-vault]", "[backups-vault, backups-west]"),
                                  ("people.dr", "[sre, dba, devops, security]", "[security, sre, devops, dba]"), ("people.dr", "members = [john, jane]", "members = [jane, john]")):
            name = edited(folder, f"new{len(text)}{file}", file, re.escape(text), other)
            result = diff(env, folder, "old", name, 0)
            if result["changes"] or result["edits"]:
                raise Failure(f"{text} -> {other}: {json.dumps(result, indent=1)[:2000]}")
        result = diff(env, folder, "old", edited(folder, "tree", "people.dr", r"\[john, jane, coordinator, cto\]", "[jane, john, coordinator, cto]"), 2)
        if [edit["attribute"] for edit in result["edits"]] != ["order"]:
            raise Failure(f"who is called first: {result['edits']}")
        # One pair of hands: whose asset is first has the first turn.
        rows = "".join(f'asset {name} : my.db {{ site = one  size = 1GiB  owner = ann  backup full {{ kind = full  schedule = daily at 01:00  duration = 5m  retain = 30d  to = st }} }}\n'
                       for name in ("db2", "db3"))
        text = OWN.replace('run = ["load", self.name]', 'manual = "load"  by = ann').replace("plan p {", "plan p { operators = 1 ")
        (folder / "a.dr").write_text(text + rows, encoding="utf-8")
        (folder / "b.dr").write_text(text + "".join(reversed(rows.splitlines(True))), encoding="utf-8")
        result = diff(env, folder, "a.dr", "b.dr")
        wrong = [c for c in result["changes"] if [result["edits"][k]["attribute"] for k in c["causes"]] != ["order of each asset"]]
        if not result["changes"] or wrong:
            raise Failure(f"another order: {wrong}\n{json.dumps(result, indent=1)[:2500]}")


def test_renames_are_followed(env):
    """What names a thing that has another name now names the same."""
    with Sandbox() as folder:
        shutil.copytree(env.root / "examples" / "platform", folder / "old")
        for old, new in (("sre", "reliability"), ("L3", "moderate"), ("zone-loss", "one-zone"), ("west", "oregon"), ("backups-west", "copies-west")):
            shutil.copytree(folder / "old", folder / new)
            for path in (folder / new).glob("*.dr"):
                path.write_text(re.sub(rf'(?<![\w."/-]){old}(?![\w"/-])', new, path.read_text(encoding="utf-8")), encoding="utf-8")
            result = diff(env, folder, "old", new, 2)
            was = [edit["was"].split(".")[1] for edit in result["edits"] if edit["was"]]
            beyond = [(c["sort"], c["subject"], c["what"]) for c in result["changes"] if c["sort"] in ("asset", "scenario", "ledger", "replica", "standby", "site") and c["what"] in
                      (None, "owner", "class", "places", "store")]
            if was != [old] or beyond:
                raise Failure(f"{old} is {new}: {was} {beyond[:6]}")


def test_folders_of_each_side(env):
    """A folder of imports that a revision has not is no part of it, whatever the work tree has; one that git keeps out of is of both."""
    need("git")
    with Sandbox() as folder:
        def git(*words):
            if env.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *words], folder).code:
                raise Failure(f"git {words}")

        shutil.copy(env.root / "examples" / "hello.dr", folder / "main.dr")
        git("init", "-q", ".")
        git("add", "-A")
        git("commit", "-qm", "one")
        (folder / "lib" / "std" / "aws").mkdir(parents=True)
        kind = (env.root / "stdlib" / "aws" / "rds.dr").read_text(encoding="utf-8")
        slower, count = re.subn(r"takes( +)= 3m\.\.5m\.\.15m", r"takes\1= 3m..5m..20m", kind, count=1)
        (folder / "lib" / "std" / "aws" / "rds.dr").write_text(slower, encoding="utf-8")
        for step in ("untracked", "committed", "removed", "ignored"):
            if step == "committed":
                git("add", "-A")
                git("commit", "-qm", "two")
            if step == "removed":
                shutil.rmtree(folder / "lib")
            if step == "ignored":
                git("checkout", "-q", "HEAD~1")
                shutil.copytree(env.root / "stdlib", folder / "lib" / "std")
                (folder / ".gitignore").write_text("lib\n", encoding="utf-8")
            before, after = {"committed": ("HEAD~1", "HEAD"), "removed": ("HEAD", ".")}.get(step, ("HEAD", "."))
            done = env.run([env.drc, "diff", before, after, "-I", "lib", "--format", "json"], folder)
            result = json.loads(done.stdout)
            edits = [(edit["id"], edit["attribute"]) for edit in result["edits"]]
            want = [] if count == 0 or step == "ignored" else [("kind.aws.rds.postgres/method.promote_replica/step.promote", "takes")]
            if count != 1 or edits != want or done.code != {"ignored": 0, "removed": 2}.get(step, 3):
                raise Failure(f"{step}: exit {done.code}, {edits}\n{readable(done.stdout + done.stderr)[:2500]}")


def test_blocks_of_one_name(env):
    """Of several blocks of one name, and of local names, the one that was edited is told."""
    with Sandbox() as folder:
        kind = '  emit terraform {{ let size = {0}  root = primary  resource "aws_s3_bucket" "a" {{ bucket = "a-\\(size)" }} }}\n  emit terraform {{ let size = {1}  root = primary  resource "aws_s3_bucket" "b" {{ bucket = "b-\\(size)" }} }}\n'
        for name, values in (("a.dr", (1, 2)), ("b.dr", (1, 3)), ("c.dr", (2, 1))):
            (folder / name).write_text(OWN.replace("  method restore {", kind.format(*values) + "  method restore {"), encoding="utf-8")
        for before, after, want in (("a.dr", "b.dr", 1), ("b.dr", "a.dr", 1), ("a.dr", "c.dr", 2)):
            result = diff(env, folder, before, after)
            edits = [(edit["id"], edit["attribute"]) for edit in result["edits"]]
            if edits != [("kind.my.db/emit.terraform", "size")] * want:
                raise Failure(f"{before} {after}: {edits}")
