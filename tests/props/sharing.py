"""Random restores through limited links and hands: the plan is checked again from its JSON, with exact fractions.

What must hold of every plan, whatever order was chosen: at no time more hands or bytes a second than there are; a restore never faster than
the site, the store and its own kind allow; nothing before what it needs; no draw of `drc simulate` and no lower bound beyond the proof.
"""

import json
import random
from fractions import Fraction

from lib.core import Failure, Sandbox

MIB = 1 << 20
ROUNDS = 40

HEAD = """\
plan random { title = "Random"%(hands)s }
kind t.region : site { title = "Region"  level = region }
kind t.bucket : store { title = "Bucket" }
kind t.db : data {
  title = "Database"
  attribute pace  { type = range(rate) }
  attribute first { type = range(duration) }
  method restore {
    covers   = [region]
    restores = true
    step load { run = ["load", self.name]  takes = self.first + self.size / self.pace  size = self.size  rate = self.pace }
    step test { phase = verify  manual = "look at it"  takes = 1m..2m..4m }
  }
}
site east  : t.region { role = primary }
site west  : t.region { role = recovery%(west)s }
store a : t.bucket { site = west%(a)s }
store b : t.bucket { site = west%(b)s }
class L1 { title = "Region lost" }
scenario gone { class = L1  loses = [east]  detect = 1m..2m..3m  declare = 5m..6m..10m }
"""


def model(chance):
    """The text of a specification, and its facts."""
    limit = lambda name: chance.choice([None, None, chance.randint(20, 400)])
    limits = {name: limit(name) for name in ("west", "a", "b")}
    hands = {"operators": chance.choice([0, 1, 2]), "parallel": chance.choice([0, 0, 1, 3])}
    assets = []
    for number in range(chance.randint(1, 7)):
        low = chance.randint(10, 150)
        typical = low + chance.randint(0, 100)
        assets.append({
            "name": f"db{number}", "size": chance.randint(1, 90), "store": chance.choice("ab"),
            "pace": (typical + chance.randint(0, 100), typical, low), "first": sorted(chance.randint(0, 300) for _ in range(3)),
            "needs": [f"db{other}" for other in range(number) if chance.random() < 0.25],
        })
    text = HEAD % {
        "hands": "".join(f"  {name} = {count}" for name, count in hands.items() if count),
        "west": f"  bandwidth = {limits['west']}MiB/s" if limits["west"] else "",
        "a": f"  read_rate = {limits['a']}MiB/s" if limits["a"] else "",
        "b": f"  read_rate = {limits['b']}MiB/s" if limits["b"] else "",
    }
    for asset in assets:
        text += (
            f"asset {asset['name']} : t.db {{ site = east  rto = 30d  rpo = 9d  size = {asset['size']}GiB  "
            f"pace = {'..'.join(f'{rate}MiB/s' for rate in asset['pace'])}  first = {'..'.join(f'{s}s' for s in asset['first'])}  "
            f"needs = [{', '.join(asset['needs'])}]  "
            f"backup full {{ kind = full  schedule = daily at 02:00  duration = 10m  retain = 60d  to = {asset['store']} }} }}\n"
        )
    return text, limits, hands, {asset["name"]: asset for asset in assets}


def check(text, limits, hands, assets, plan, draws):
    def insist(holds, what):
        if not holds:
            raise Failure(f"{what}\n{text}")

    scenario = plan["scenarios"][0]
    steps = {step["id"]: step for step in scenario["steps"]}
    span = lambda step: (step["start"]["worst"], step["finish"]["worst"])
    for step in steps.values():
        start, finish = span(step)
        asset = assets[step["asset"]]
        insist(start >= 13 * 60000, f"{step['id']} starts before the recovery is declared")
        for other in step["after"] + step["follows"]:
            insist(span(steps[other])[1] <= start, f"{step['id']} starts before {other} has ended")
        if not step["id"].endswith(".load"):
            continue
        passed = [limits[name] for name in ("west", asset["store"]) if limits[name]]
        moving = Fraction(asset["size"] * 1024 * 1000, min([asset["pace"][2], *passed]))
        insist(finish - start >= asset["first"][2] * 1000 + moving, f"{step['id']} is faster than its bytes")
        insist(finish - start <= asset["first"][2] * 1000 + moving + 1 + 1000, f"{step['id']} takes longer than its bytes at its worst rate")  # a second of the script's own
        for need in asset["needs"]:
            insist(span(steps[f"{need}.test"])[1] <= start, f"{step['id']} starts before {need} serves")
    for now in sorted({span(step)[0] for step in steps.values()}):
        running = [step for step in steps.values() if span(step)[0] <= now < span(step)[1]]
        for limit, automated in (("operators", False), ("parallel", True)):
            insist(not hands[limit] or sum(step["automated"] == automated for step in running) <= hands[limit], f"too many hands at {now}")
        for name, most in limits.items():
            through = [step for step in running if step["id"].endswith(".load") and name in ("west", assets[step["asset"]]["store"])]
            # What each needs to keep its worst case; nobody may be promised more than is there.
            rates = [min([assets[step["asset"]]["pace"][2]] + [limits[n] for n in ("west", assets[step["asset"]]["store"]) if limits[n]])
                     for step in through]
            insist(not most or sum(rates) <= most, f"`{name}` carries {sum(rates)} of {most} MiB/s at {now}")
    worst = scenario["finish"]["worst"]
    insist(scenario["lower_bound"] <= worst, "the bound is above the schedule")
    if not any(hands.values()) and not any(limits.values()):
        insist(scenario["lower_bound"] == worst, "nothing is limited, and yet the bound is below the schedule")
    for name, most in limits.items():
        volume = sum(asset["size"] for asset in assets.values() if name in ("west", asset["store"]))
        if most and volume:
            insist(worst >= 13 * 60000 + Fraction(volume * 1024 * 1000, most), f"`{name}` carries all in less time than it has")
    finish = {state["asset"]: state["finish"] for state in scenario["assets"]}
    for row in draws["scenarios"][0]["assets"]:
        proof = finish[row["asset"]]
        insist(proof["best"] <= row["least"] <= row["p50"] <= row["p95"] <= row["p99"] <= row["most"] <= proof["worst"],
               f"{row['asset']} is drawn beyond what was proved")


def test_random_restores(env):
    chance = random.Random(20261121)
    with Sandbox() as folder:
        for _ in range(ROUNDS):
            text, limits, hands, assets = model(chance)
            (folder / "main.dr").write_text(text)
            plan = json.loads(env.compile(["plan", "main.dr", "--emit", "plan"], folder).stdout)
            draws = json.loads(env.compile(["simulate", "main.dr", "--runs", "50", "--format", "json"], folder).stdout)
            check(text, limits, hands, assets, plan, draws)


def test_same_seed_same_bytes(env):
    """Also when only one scenario is asked for, and in another locale."""
    with Sandbox() as folder:
        (folder / "main.dr").write_text(model(random.Random(7))[0])
        first = env.compile(["simulate", "main.dr", "--runs", "200", "--seed", "9"], folder).stdout
        for more in ([], ["--scenario", "gone"]):
            if env.compile(["simulate", "main.dr", "--runs", "200", "--seed", "9", *more], folder).stdout != first:
                raise Failure("the same seed draws something else")
        if env.compile(["simulate", "main.dr", "--runs", "200", "--seed", "10"], folder).stdout == first:
            raise Failure("another seed draws the same")
