"""`drc diff` through the history of a small shop: a repository in which each commit is one realistic edit of the last one (tests/walk). Of each the
whole answer is written here: every edit, every change with its direction and rule, and that nothing else is told. What the numbers are follows from
the figures of tests/walk by hand."""

import json
import re
import shutil

from lib.core import Failure, Sandbox, need, readable

GOLD = ("orders", "queue", "shopfront")
DAY = "2026-11-30"


def change(sort, subject, what, way="other", rule=None, scenario=None, values=None):
    return (sort, subject, scenario, what, way, rule), values


def weaker(sort, subject, what, rule, scenario=None, values=None):
    return change(sort, subject, what, "weaker", rule, scenario, values)


def stronger(sort, subject, what, scenario=None, values=None):
    return change(sort, subject, what, "stronger", None, scenario, values)


class Edit:
    """`texts`: (file, text, other text); `edits`: (id, attribute); `changes`: all of them; `also`: what may be told besides, as patterns of
    "sort subject scenario what" (steps and entries of the ledger that come and go with a method)."""

    def __init__(self, name, status, texts, edits, changes, also=(), words=()):
        self.name, self.status, self.texts, self.edits, self.also, self.words = name, status, texts, edits, also, words
        self.changes = dict(changes)


EDITS = (
    Edit("an objective is weaker", 3, [("main.dr", "rpo   = 1h", "rpo   = 2h")], [("asset.orders", "rpo")],
         [weaker("asset", "orders", "RPO", "OBJECTIVE_NO_WEAKEN", where, ("1h", "2h")) for where in (None, "flood", "wrong-data")]),
    Edit("an objective is stronger", 2, [("main.dr", "rpo   = 5m", "rpo   = 2m")], [("asset.queue", "rpo")],
         [stronger("asset", "queue", "RPO", where, ("5m", "2m")) for where in (None, "flood")]),
    Edit("more lag", 3, [("main.dr", "lag = 1m", "lag = 90s")], [("asset.queue/replica.south", "lag")],
         [change("replica", "queue.south", "lag", values=("1m", "1m30s")), change("ledger", "lag:queue.replica.south", "value"),
          weaker("asset", "queue", "worst-case loss", "RPO_NO_REGRESS", "flood", ("1m", "1m30s"))]),
    Edit("a schedule across midnight", 2, [("main.dr", "daily at 02:00", "daily at 23:30")], [("asset.orders/backup.nightly", "schedule")],
         [change("backup", "orders.nightly", "schedule", values=("daily at 02:00", "daily at 23:30")), change("ledger", "runs:orders.nightly@shelf", "value")]),
    Edit("a schedule that meets daylight saving", 2, [("main.dr", "daily at 23:30", 'daily at 02:30 in "Europe/Berlin"')],
         [("asset.orders/backup.nightly", "schedule")], [change("backup", "orders.nightly", "schedule"), change("ledger", "runs:orders.nightly@shelf", "value")]),
    Edit("retention shortened", 3, [("main.dr", "duration  = 20m\n    retain    = 30d", "duration  = 20m\n    retain    = 28d")],
         [("asset.orders/backup.nightly", "retain")],
         [weaker("backup", "orders.nightly", "retention", "RETENTION_NO_SHORTEN", values=("30d", "28d")), change("ledger", "kept:orders.nightly@shelf", "value"),
          weaker("finding", "base-expires-first on asset.orders", None, "FINDING_NO_ADD")]),
    Edit("a copy removed", 3, [("main.dr", "    copies    = [vault]\n    copy_time = 10m\n", "")],
         [("asset.orders/backup.nightly", "copies"), ("asset.orders/backup.nightly", "copy_time")],
         [weaker("backup", "orders.nightly", "stores of its copies", "COPY_NO_DELETE"), weaker("asset", "orders", "copies", "COPY_NO_DELETE"),
          weaker("asset", "orders", "copies elsewhere", "COPY_NO_DELETE"), weaker("asset", "orders", "copies nobody can change", "COPY_NO_DELETE"),
          change("job", "orders-nightly", "stores of its copies")], also=[r"job orders-nightly None (time a copy takes|encryption)"]),
    Edit("a dependency added", 2, [("main.dr", "needs = [orders]\n  standby", "needs = [orders, queue]\n  standby")], [("asset.web", "needs")],
         [change("asset", "web", "needs", values=("orders", "orders, queue")), stronger("step", "web.start", "waits for", "flood", (None, "queue.look"))],
         also=[r"ledger answers:queue.users@south None None"]),
    Edit("an asset renamed", 2, [("main.dr", "asset web : shop.app {", "asset shopfront : shop.app {\n  was   = web")], [("asset.shopfront", "name")],
         [change("step", "shopfront.start", "command", scenario="flood"), change("step", "shopfront.restart", "instruction", scenario="wrong-data")]),
    Edit("an asset moved to another place", 2, [("main.dr", "tier = plain  site = north  owner = ops  needs = [orders]", "tier = plain  site = south  owner = ops  needs = [orders]")],
         [("asset.reports", "site")],
         [change("asset", "reports", "places", values=("north", "south")), stronger("asset", "reports", "fate", "flood", ("lost", "impaired")),
          change("asset", "reports", "method", scenario="flood"), stronger("asset", "reports", "worst-case recovery time", "flood", ("3h47m3s", "50m3s")),
          stronger("scenario", "flood", "time until all is back", values=("3h47m3s", "3h15m1s"))],
         also=[r"step reports\.\w+ flood .*", r"ledger \S*reports\S* None .*", r"asset reports (flood|wrong-data) place it serves at"]),
    Edit("a new scenario", 2, [("main.dr", "scenario wrong-data", "scenario fire { class = disaster  loses = [cellar]  detect = 5m  declare = 10m }\nscenario wrong-data")],
         [("scenario.fire", None)], [stronger("scenario", "fire", None)], also=[r"ledger (detects|decides_within):fire None None"]),
    Edit("a rule added", 2, [("tests.dr", "drill failover", 'rule named { title = "Titles"  reason = "for readers"  for = a in assets  where = a.tier == plain  require = known(a.title)'
                                                            '  message = "no title"  help = "add one"  severity = warning }\n\ndrill failover')],
         [("rule.named", None)], [weaker("finding", f"named on asset.{name}", None, "FINDING_NO_ADD") for name in ("reports", "mailer", "search", "thumbnails")]),
    Edit("a waiver added", 3, [("tests.dr", "drill failover", 'accept plainly { rule = named  on = [reports]  why = "later"  by = ann  until = 2027-01-31 }\n\ndrill failover')],
         [("accept.plainly", None)], [weaker("waiver", "plainly", None, "WAIVER_NO_EXTEND"), change("finding", "named on asset.reports", "accepted by")]),
    Edit("a waiver extended", 3, [("tests.dr", "until = 2027-01-31", "until = 2027-06-30")], [("accept.plainly", "until")],
         [weaker("waiver", "plainly", "last day", "WAIVER_NO_EXTEND", values=("2027-01-31", "2027-06-30"))]),
    Edit("a waiver that is over", 3, [("tests.dr", "until = 2027-06-30", "until = 2026-06-30")], [("accept.plainly", "until")],
         [stronger("waiver", "plainly", "last day"), change("finding", "named on asset.reports", "accepted by", values=("accept.plainly", None)),
          weaker("finding", "waiver-expired on accept.plainly", None, "ERROR_NO_ADD")], words=["--as-of", DAY]),
    Edit("the waiver gone, and what it waived", 2, [("tests.dr", 'accept plainly { rule = named  on = [reports]  why = "later"  by = ann  until = 2026-06-30 }\n\n', ""),
                                                    ("tests.dr", 'rule named { title = "Titles"  reason = "for readers"  for = a in assets  where = a.tier == plain  require = known(a.title)'
                                                                 '  message = "no title"  help = "add one"  severity = warning }\n\n', "")],
         [("rule.named", None), ("accept.plainly", None)],
         [stronger("waiver", "plainly", None)] + [stronger("finding", f"named on asset.{name}", None) for name in ("reports", "mailer", "search", "thumbnails")]),
    Edit("a tier re-levelled", 3, [("main.dr", "tier plain { level = 3 }", "tier plain { level = 4 }")], [("tier.plain", "level")],
         [weaker("tier", "plain", "level", "DEMAND_NO_LOOSEN", values=("3", "4"))]),
    Edit("a tier's default is longer", 3, [("main.dr", "default { rto = 2h }", "default { rto = 3h }")], [("tier.gold/default", "rto")],
         [weaker("asset", name, "RTO", "OBJECTIVE_NO_WEAKEN", where, ("2h", "3h")) for name in GOLD for where in (None, "flood", "wrong-data")
          if (name, where) != ("queue", "wrong-data")]),
    Edit("a tier's ceiling is longer", 3, [("main.dr", "limit { rto = 4h }", "limit { rto = 5h }")], [("tier.gold/limit", "rto")],
         [weaker("tier", "gold", "ceiling of RTO", "DEMAND_NO_LOOSEN", values=("4h", "5h"))]),
    Edit("a kind replaced by a user's", 2, [("main.dr", "asset reports : shop.app", "asset reports : shop.batch"),
                                            ("kinds.dr", "kind shop.queue", 'kind shop.batch : shop.app { title = "Batch" }\n\nkind shop.queue')],
         [("kind.shop.batch", None), ("asset.reports", "kind")], [change("asset", "reports", "kind", values=("shop.app", "shop.batch"))]),
    Edit("a row of the inventory dropped", 3, [("assets.yaml", "- name: thumbnails\n", "")], [("asset.thumbnails", None)],
         [weaker("asset", "thumbnails", None, "ASSET_NO_DELETE"), change("step", "thumbnails.deploy", None, scenario="flood"),
          change("ledger", "stands_ready:thumbnails.deploy", None)]),
    Edit("a figure of a kind re-graded", 3, [("kinds.dr", "grade = A", "grade = C")], [('kind.shop.queue/method.promote/step.promote/source."https://example.com/promote"', "grade")],
         [weaker("figure", "shop.queue.promote.promote", what, "FIGURE_NO_ASSERT", values=("A", "C")) for what in ("grade", "grade of its worst end")],
         also=[r"ledger figure:shop.queue.promote.promote None grade of who says so"]),
    Edit("a figure of a kind is longer", 3, [("kinds.dr", "takes = 10m", "takes = 12m")], [("kind.shop.queue/method.promote/step.promote", "takes")],
         [weaker("figure", "shop.queue.promote.promote", "worst end", "FIGURE_NO_ASSERT", values=("10m", "12m")),
          weaker("step", "queue.promote", "duration", "RTO_NO_REGRESS", "flood", ("10m", "12m")),
          weaker("asset", "queue", "worst-case recovery time", "RTO_NO_REGRESS", "flood"), change("ledger", "figure:shop.queue.promote.promote", "value")]),
    Edit("an alarm removed", 3, [("main.dr", 'lag = 90s  watched_by = ["queue-lag"]', "lag = 90s")], [("asset.queue/replica.south", "watched_by")],
         [weaker("replica", "queue.south", "what watches it", "ASSUMPTION_NO_UNWATCH"),
          weaker("asset", "queue", "RPO verdict", "VERDICT_NO_REGRESS", "flood", ("ok", "unknown")),
          weaker("ledger", "lag:queue.replica.south", "somebody would notice its end", "ASSUMPTION_NO_UNWATCH", values=("yes", "no"))],
         also=[r"ledger lag:queue.replica.south None check", r"finding unwatched on asset.queue \w+ None", r"ledger stands_ready:queue.replica.south None .*"]),
    Edit("the alarm back", 2, [("main.dr", "replica south { lag = 90s }", 'replica south { lag = 90s  watched_by = ["queue-lag"] }')], [("asset.queue/replica.south", "watched_by")],
         [stronger("replica", "queue.south", "what watches it"), stronger("asset", "queue", "RPO verdict", "flood", ("unknown", "ok")), stronger("ledger", "lag:queue.replica.south", "somebody would notice its end", values=("no", "yes"))],
         also=[r"ledger lag:queue.replica.south None check", r"finding unwatched on asset.queue \w+ None", r"ledger stands_ready:queue.replica.south None .*"]),
    Edit("another telephone number", 2, [("people.dr", "+49 30 2", "+49 30 3")], [("person.bob", "phone")], [change("contact", "bob", "phone", values=("+49 30 2", "+49 30 3"))]),
    Edit("a number fewer", 3, [("people.dr", '  email = "bob@example.com"', "")], [("person.bob", "email")], [weaker("contact", "bob", "email", "CONTACT_NO_DELETE")]),
    Edit("a drill less often", 3, [("tests.dr", "cadence  = 90d", "cadence  = 180d")], [("drill.failover", "cadence")],
         [weaker("drill", "failover", "cadence", "DRILL_NO_LOOSEN", values=("90d", "180d"))]),
    Edit("a drill that is only talked through", 3, [("tests.dr", "kind     = full", "kind     = tabletop")], [("drill.failover", "kind")],
         [weaker("drill", "failover", "sort", "DRILL_NO_LOOSEN", values=("full", "tabletop"))]),
    Edit("a standby removed, and so another method", 3, [("main.dr", "  standby south { capacity = 100% }\n", "")], [("asset.shopfront/standby.south", None)],
         [weaker("standby", "shopfront.south", None, "PROTECTION_NO_WEAKEN"), change("asset", "shopfront", "method", scenario="flood", values=("start(south)", "deploy")),
          weaker("asset", "shopfront", "worst-case recovery time", "RTO_NO_REGRESS", "flood", ("51m3s", "3h47m3s")),
          weaker("asset", "shopfront", "RTO verdict", "VERDICT_NO_REGRESS", "flood", ("ok", "refuted")),
          weaker("scenario", "flood", "time until all is back", "RTO_NO_REGRESS", values=("3h15m1s", "3h47m3s"))],
         also=[r"step shopfront\.\w+ flood .*", r"ledger \S*shop(front|\.app\.start)\S* None None", r"asset shopfront None copies.*"]),
    Edit("the standby back", 2, [("main.dr", "needs = [orders, queue]\n", "needs = [orders, queue]\n  standby south { capacity = 100% }\n")], [("asset.shopfront/standby.south", None)],
         [stronger("standby", "shopfront.south", None), change("asset", "shopfront", "method", scenario="flood"),
          stronger("asset", "shopfront", "worst-case recovery time", "flood", ("3h47m3s", "51m3s")), stronger("asset", "shopfront", "RTO verdict", "flood", ("refuted", "ok")),
          stronger("scenario", "flood", "time until all is back")],
         also=[r"step shopfront\.\w+ flood .*", r"ledger \S*shop(front|\.app\.start)\S* None None"]),
    Edit("a parameter changed", 3, [("main.dr", "default = 15m", "default = 30m")], [("param.log_every", "value"), ("asset.orders/backup.log", "ship_every")],
         [weaker("asset", "orders", "worst-case loss", "RPO_NO_REGRESS", where, ("15m", "30m")) for where in ("flood", "wrong-data")] +
         [weaker("job", "orders-log", "time between shipments", "RPO_NO_REGRESS", values=("15m", "30m"))], also=[r"ledger runs:orders.log@shelf None (value|says)"]),
    Edit("damage is noticed later", 3, [("main.dr", "noticed_within = 2d", "noticed_within = 5d")], [("scenario.wrong-data", "noticed_within")],
         [change("scenario", "wrong-data", "time until damage is noticed", values=("2d", "5d")),
          weaker("asset", "orders", "what is discarded", "RPO_NO_REGRESS", "wrong-data", ("2d15m", "5d15m"))], also=[r"ledger \S*wrong-data\S* None .*"]),
    Edit("a disaster is noticed later", 3, [("main.dr", "loses   = [north]\n  detect  = 5m", "loses   = [north]\n  detect  = 8m")], [("scenario.flood", "detect")],
         [weaker("asset", name, "worst-case recovery time", "RTO_NO_REGRESS", "flood") for name in (*GOLD, "reports", "mailer", "search")] +
         [weaker("scenario", "flood", "time until it is noticed", "RTO_NO_REGRESS", values=("5m", "8m")),
          weaker("scenario", "flood", "time until all is back", "RTO_NO_REGRESS"), change("ledger", "detects:flood", "value")]),
    Edit("a step before what it needs", 3, [("kinds.dr", "step start { phase = recover", "step start { before_needs = true  phase = recover")],
         [("kind.shop.app/method.start/step.start", "before_needs")], [weaker("step", "shopfront.start", "waits for", "ORDER_NO_LOOSEN", "flood")],
         also=[r"asset shopfront flood worst-case recovery time"]),
    Edit("a lock shortened", 3, [("places.dr", "min = 20d", "min = 10d")], [("store.vault/lock", "min")],
         [weaker("store", "vault", "shortest time under lock", "RETENTION_NO_SHORTEN", values=("20d", "10d"))]),
    Edit("a lock that administrators open", 3, [("places.dr", "mode = compliance", "mode = governance")], [("store.vault/lock", "mode")],
         [weaker("store", "vault", "mode of its lock", "PROTECTION_NO_WEAKEN")]),
    Edit("nobody hears of a failure", 3, [("main.dr", "    ship_every = param.log_every\n    retain     = 30d\n    to         = shelf\n    on_failure { notify = [pager] }",
                                           "    ship_every = param.log_every\n    retain     = 30d\n    to         = shelf")], [("asset.orders/backup.log/on_failure", None)],
         [weaker("backup", "orders.log", "whoever hears of its failure", "ASSUMPTION_NO_UNWATCH")], also=[r"ledger runs:orders.log@shelf\S* None .*", r"finding unwatched.*"]),
    Edit("restores are tested", 2, [("main.dr", "duration  = 20m\n", "duration  = 20m\n    verify    = 30d\n")], [("asset.orders/backup.nightly", "verify")],
         [stronger("backup", "orders.nightly", "time between restore tests"), stronger("asset", "orders", "time between restore tests"),
          stronger("job", "orders-nightly", "time between restore tests")]),
    Edit("a resource destroyed", 2, [("kinds.dr", '  emit terraform {\n    root = primary\n    resource "aws_s3_bucket" "\\(self.name)_dumps" { bucket = "dumps-\\(self.name)" }\n  }\n', "")],
         [("kind.shop.db/emit.terraform", None)], [weaker("terraform", "resource aws_s3_bucket orders_dumps", None, "RESOURCE_NO_DESTROY")]),
    Edit("an objective removed", 3, [("main.dr", "  rpo   = 2m\n", "")], [("asset.queue", "rpo")],
         [weaker("asset", "queue", "RPO", "OBJECTIVE_NO_WEAKEN", where, ("2m", "1d6h")) for where in (None, "flood")]),
    Edit("a weaker objective that is accepted", 2, [("main.dr", "rpo   = 2h", "rpo   = 3h"),
                                                    ("tests.dr", "drill failover", 'accept for-now { rule = OBJECTIVE_NO_WEAKEN  on = [orders]  why = "new storage in March"  by = ann  until = 2027-03-31 }\n\ndrill failover')],
         [("asset.orders", "rpo"), ("accept.for-now", None)],
         [weaker("asset", "orders", "RPO", "OBJECTIVE_NO_WEAKEN", where) for where in (None, "flood", "wrong-data")] + [change("waiver", "for-now", None)], words=["--as-of", DAY]),
    Edit("a policy", 2, [("main.dr", "objectives { rto = 12h  rpo = 30h }", "objectives { rto = 12h  rpo = 30h }\n  changes { warned = [CONTACT_NO_DELETE] }")],
         [("plan.shop/changes", None)], [change("policy", "shop", None)]),
    Edit("weaker by a rule that only warns", 2, [("people.dr", '  role = "Operator"', ""), ("people.dr", '  deputy = bob', "")], [("person.bob", "role"), ("team.ops", "deputy")],
         [weaker("contact", "bob", "role", "CONTACT_NO_DELETE"), weaker("contact", "ops", "deputy", "CONTACT_NO_DELETE")]),
    Edit("other words for readers", 2, [("main.dr", 'title = "Shop"', 'title = "The shop"')], [("plan.shop", "title")], []),
)


def told(change_):
    return tuple(change_[key] for key in ("sort", "subject", "scenario", "what", "way", "rule"))


def judge(edit, done):
    if done.code != edit.status:
        raise Failure(f"{edit.name}: exit {done.code}, expected {edit.status}\n{readable(done.stdout + done.stderr)[:3000]}")
    result = json.loads(done.stdout)
    edits = [(one["id"], one["attribute"]) for one in result["edits"]]
    if sorted(edits, key=str) != sorted(edit.edits, key=str):
        raise Failure(f"{edit.name}: the edits are told as {edits}")
    found = {}
    for one in result["changes"]:
        found.setdefault(told(one), one)
        if not one["causes"]:
            raise Failure(f"{edit.name}: without a cause: {one}")
        if one["way"] == "weaker" and not one["rule"]:
            raise Failure(f"{edit.name}: weaker by no rule: {one}")
    missing = [key for key in edit.changes if key not in found]
    beyond = [key for key in found if key not in edit.changes and not any(re.fullmatch(pattern, " ".join(map(str, key[:4]))) for pattern in edit.also)]
    if missing or beyond:
        raise Failure(f"{edit.name}: not told: {missing}; told beyond: {beyond}")
    for key, values in edit.changes.items():
        if values and (found[key]["before"], found[key]["after"]) != values:
            raise Failure(f"{edit.name}: {key} is told as {found[key]['before']} -> {found[key]['after']}, expected {values}")


def commit(env, folder, name):
    for words in (["add", "-A"], ["commit", "-qm", name]):
        done = env.run(["git", "-c", "user.name=t", "-c", "user.email=t@example.com", *words], folder)
        if done.code:
            raise Failure(readable(done.stderr))


def apply(folder, edit):
    for file, text, other in edit.texts:
        whole = (folder / file).read_text(encoding="utf-8")
        if whole.count(text) != 1:
            raise Failure(f"{edit.name}: {file} has {whole.count(text)} places like {text!r}")
        (folder / file).write_text(whole.replace(text, other), encoding="utf-8")


def test_edit_by_edit(env):
    need("git")
    with Sandbox() as folder:
        shutil.copytree(env.root / "tests" / "walk", folder / "shop")
        if env.run(["git", "init", "-q", "."], folder).code:
            raise Failure("git init")
        commit(env, folder, "a shop")
        wrong = []
        for edit in EDITS:
            apply(folder / "shop", edit)
            commit(env, folder, edit.name)
            try:
                judge(edit, env.run([env.drc, "diff", "HEAD~1:shop", "HEAD:shop", "--format", "json", *edit.words], folder))
            except Failure as failure:
                wrong.append(str(failure))
        if wrong:
            raise Failure("\n".join(wrong))


def test_what_is_no_edit(env):
    """Formatting, comments and the order in which things stand."""
    with Sandbox() as folder:
        shutil.copytree(env.root / "tests" / "walk", folder / "old")
        shutil.copytree(folder / "old", folder / "new")
        text = (folder / "new" / "main.dr").read_text(encoding="utf-8")
        head, *blocks = re.split(r"\n(?=(?:tier|class|scenario|asset|severity) )", text)
        inside = re.sub(r"( +)(tier  = gold\n)( +site  = north\n)", r"\1site  = north // where\n  \2", "\n".join([head, *reversed(blocks)]))
        (folder / "new" / "main.dr").write_text("// moved about\n" + inside.replace("  title = ", "\n\n  title   =   ") + "\n", encoding="utf-8")
        kinds = (folder / "new" / "kinds.dr").read_text(encoding="utf-8")
        (folder / "new" / "kinds.dr").write_text(kinds.replace("  step load {", "  // loads\n  step   load {\n\n"), encoding="utf-8")
        if (folder / "new" / "main.dr").read_text() == text:
            raise Failure("nothing was moved about")
        for sides in (("old", "new"), ("new", "old")):
            done = env.run([env.drc, "diff", *sides, "--format", "json"], folder)
            result = json.loads(done.stdout) if done.code == 0 else None
            if not result or result["changes"] or result["edits"]:
                raise Failure(readable(done.stdout + done.stderr)[:3000])


def test_parameters_of_each_side(env):
    """A parameters file, and an inventory, as each revision has them; a work tree with what is not committed."""
    need("git")
    with Sandbox() as folder:
        shutil.copytree(env.root / "tests" / "walk", folder / "shop")
        (folder / "shop" / "values.yaml").write_text("log_every: 20m\n", encoding="utf-8")
        if env.run(["git", "init", "-q", "."], folder).code:
            raise Failure("git init")
        commit(env, folder, "one")
        (folder / "shop" / "values.yaml").write_text("log_every: 40m\n", encoding="utf-8")
        commit(env, folder, "two")
        (folder / "shop" / "values.yaml").write_text("log_every: 50m\n", encoding="utf-8")
        (folder / "shop" / "assets.yaml").write_text("- name: mailer\n", encoding="utf-8")
        for sides, want in ((("HEAD~1:shop", "HEAD:shop"), ("20m", "40m", [])), (("HEAD", "shop"), ("40m", "50m", ["search", "thumbnails"]))):
            done = env.run([env.drc, "diff", *sides, "--params", "shop/values.yaml", "--format", "json"], folder)
            result = json.loads(done.stdout) if done.code == 3 else {"changes": [], "edits": []}
            losses = {(c["before"], c["after"]) for c in result["changes"] if c["what"] == "worst-case loss"}
            gone = sorted(c["subject"] for c in result["changes"] if c["what"] is None and c["sort"] == "asset")
            if losses != {want[:2]} or gone != want[2] or result["edits"][0]["id"] != "param.log_every":
                raise Failure(f"{sides}: {losses} {gone}\n{readable(done.stdout + done.stderr)[:2000]}")
