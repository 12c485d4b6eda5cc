"""Recoveries with limited hands: the schedule of the plan is feasible, no order beats its lower bound, and without limits it is the
longest path. The oracle knows only the graph the specification was written from.
The lanes of people are the members of the team the steps are given to, and `operators` takes no more of them: neither one more than the other."""

from lib.core import Failure, Sandbox
from oracles import hands, lot

MINUTE = 60000
OWN = 1000  # what the script itself does around a step, at the worst
DETECT, DECLARE = 3, 10

KINDS = """kind place { of = site  level = region }
kind by-hand { of = asset  attribute one { type = range(duration) }  attribute two { type = range(duration) }
  method m { covers = [instance]  rpo = none
    step s { manual = "do it"  takes = self.one }
    step t { manual = "do more"  when = self.two > 0s  takes = self.two } } }
kind by-machine { of = asset  attribute one { type = range(duration) }  attribute two { type = range(duration) }
  method m { covers = [instance]  rpo = none
    step s { run = ["do"]  takes = self.one }
    step t { manual = "look"  phase = verify  when = self.two > 0s  takes = self.two } } }
kind alone { of = asset  attribute one { type = range(duration) }  attribute two { type = range(duration) }
  method m { covers = [instance]  rpo = none  automatic = true
    step s { run = ["do"]  takes = self.one }
    step t { run = ["more"]  when = self.two > 0s  takes = self.two } } }
kind at-once { of = asset  attribute one { type = range(duration) }  attribute two { type = range(duration) }
  method m { covers = [instance]  rpo = none  automatic = true  includes = [detect]
    step s { run = ["do"]  takes = self.one }
    step t { run = ["more"]  when = self.two > 0s  takes = self.two } } }
site east : place { role = primary }
class L1 { title = "All" }
tier t0 { level = 2 }
tier t1 { level = 3 }
"""
POOLS = {"by-hand": ("manual", "manual"), "by-machine": ("automated", "manual"), "alone": ("automated", "automated"),
         "at-once": ("automated", "automated")}
RELEASE = {"by-hand": DETECT + DECLARE, "by-machine": DETECT + DECLARE, "alone": DETECT, "at-once": 0}


def random_time(rng, least):
    worst = rng.randint(least, 12)
    best = rng.randint(least, worst)
    return best, rng.randint(best, worst), worst


def written(time):
    return "%dm..%dm..%dm" % time


def random_estate(rng):
    """(assets, limits, scenarios): what assets need has a lower number; each scenario fails some of them."""
    assets = []
    for n in range(rng.randint(2, 6)):
        assets.append({"kind": rng.choice(sorted(POOLS)), "needs": [m for m in range(n) if rng.random() < 0.3],
                       "one": random_time(rng, 0), "two": random_time(rng, 1) if rng.random() < 0.3 else None})
    limits = {pool: rng.randint(1, 3) for pool in ("manual", "automated") if rng.random() < 0.75}
    scenarios = []
    for _ in range(4):
        failed = [n for n in range(len(assets)) if rng.random() < 0.8]
        # At most seven tasks, so that every order can be tried.
        while sum(2 if assets[n]["two"] else 1 for n in failed) > 7:
            failed.pop()
        if failed:
            scenarios.append(failed)
    return assets, limits, scenarios


def specification(rng, assets, limits, scenarios):
    words = {"manual": "operators", "automated": "parallel"}
    hands = limits.get("manual", 1)
    # As many people as hands, or more of them and a limit, or a limit that asks for more than there are.
    people, stated = {1: (hands, None), 2: (hands + 2, hands), 3: (hands, hands + 4), 4: (hands, hands)}[1 + len(assets) % 4]
    stated = {pool: n for pool, n in {**limits, "manual": stated}.items() if n}
    text = [KINDS, "plan p { title = \"P\"  owner = keeper " + " ".join(f"{words[p]} = {n}" for p, n in stated.items()) + " }",
            f'team keeper {{ title = "K"  members = [{", ".join(f"k{n}" for n in range(people))}] }}',
            *(f'person k{n} {{ name = "K {n}"  phone = "1"  email = "k{n}@example.com" }}' for n in range(people))]
    for n, asset in enumerate(assets):
        needs = ", ".join(f"a{m}" for m in asset["needs"])
        two = f"two = {written(asset['two'])}" if asset["two"] else "two = 0s"
        text.append(f"asset a{n} : {asset['kind']} {{ site = east  tier = {rng.choice(['t0', 't1'])}  rto = 30d  "
                    f"one = {written(asset['one'])}  {two}  needs = [{needs}] }}")
    for n, failed in enumerate(scenarios):
        text.append(f"scenario s{n} {{ class = L1  fails = [{', '.join(f'a{m}' for m in failed)}]  detect = {DETECT}m  declare = {DECLARE}m }}")
    return "\n".join(text) + "\n"


def pool_of(pool, time):
    """A person has nothing to do where a step takes no time; the script has its own work with it."""
    return pool if time[2] or pool == "automated" else None


def tasks_of(assets, failed):
    """Tasks of a scenario, in an order in which they wait only for earlier ones, and their step's name."""
    tasks, names, last = [], [], {}
    for n, asset in enumerate(assets):
        ends = sorted({end for m in asset["needs"] for end in last[m]})
        if n not in failed:
            last[n] = ends  # impaired or not: it has nothing to do, and whoever needs it waits for what it needs
            continue
        for step, time, pool in (("s", asset["one"], 0), ("t", asset["two"], 1)):
            if time is None:
                continue
            by_itself = asset["kind"] in ("alone", "at-once")
            times = time[0] * MINUTE, time[1] * MINUTE, time[2] * MINUTE + OWN
            tasks.append({"takes": times[2], "times": times, "pool": pool_of(POOLS[asset["kind"]][pool], time), "after": ends,
                          "release": (RELEASE[asset["kind"]] if by_itself else DETECT + DECLARE) * MINUTE})
            names.append(f"a{n}.{step}")
            ends = [len(tasks) - 1]
        last[n] = ends
    return tasks, names


def check(tasks, names, limits, result, what):
    steps = {step["id"]: step for step in result["steps"]}
    if sorted(steps) != sorted(names):
        raise Failure(f"{what}: steps {sorted(steps)} instead of {sorted(names)}")
    for column, end in (("best", 0), ("typical", 1), ("worst", 2)):
        start = [steps[name]["start"][column] for name in names]
        for n, task in enumerate(tasks):
            takes = task["times"][end]
            if steps[names[n]]["finish"][column] != start[n] + takes:
                raise Failure(f"{what}, {column}: {names[n]} takes another time than {takes} ms")
            if start[n] < task["release"]:
                raise Failure(f"{what}, {column}: {names[n]} starts before anybody knows")
            for other in task["after"]:
                if start[n] < start[other] + tasks[other]["times"][end]:
                    raise Failure(f"{what}, {column}: {names[n]} does not wait for {names[other]}")
            limit = limits.get(task["pool"])
            busy = [m for m, other in enumerate(tasks) if other["pool"] == task["pool"]
                    and start[m] <= start[n] < start[m] + other["times"][end]]
            if limit and takes and task["pool"] and len(busy) > limit:
                raise Failure(f"{what}, {column}: {[names[m] for m in busy]} run at once with {limit} pairs of hands")
    end, bound = result["finish"]["worst"], result["lower_bound"]
    if end != max(steps[name]["finish"]["worst"] for name in names):
        raise Failure(f"{what}: the end is not that of the last step")
    best, path = hands.best_end(tasks, limits), hands.longest_path(tasks)
    if bound > best:
        raise Failure(f"{what}: lower bound {bound}, but an order ends at {best}")
    if bound < path:
        raise Failure(f"{what}: lower bound {bound} below the longest path {path}")
    if end < best:
        raise Failure(f"{what}: ends at {end}, no order ends before {best}")
    if not (limits.keys() & {task["pool"] for task in tasks}) and not end == bound == path:
        raise Failure(f"{what}: without limits the end is {end}, the bound {bound}, the longest path {path}")
    return end == best, bound == best


def test_no_order_beats_the_bound(env):
    cases = optimal = tight = 0
    for seed, rng in lot.seeds("hands", 40):
        assets, limits, scenarios = random_estate(rng)
        if not scenarios:
            continue
        text = specification(rng, assets, limits, scenarios)
        with Sandbox() as folder:
            plan = lot.plan_of(env, folder, text)
        for failed, result in zip(scenarios, plan["scenarios"]):
            tasks, names = tasks_of(assets, failed)
            best, bound = check(tasks, names, {"manual": 1, **limits}, result, f"seed {seed}, scenario {result['name']}, limits {limits}\n{text}")
            cases, optimal, tight = cases + 1, optimal + best, tight + bound
    # List scheduling is near the best and the bound seldom loose: a sign that both are what they say.
    if optimal * 10 < cases * 8 or tight * 10 < cases * 8:
        raise Failure(f"of {cases} schedules only {optimal} are best and {tight} bounds exact")
