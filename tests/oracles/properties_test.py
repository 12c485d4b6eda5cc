"""What must hold between the plans of two models of which one is the other with a change: more protection never hurts, fewer or softer
dependencies never delay, later notice never helps, names of assets do not matter, and their order only where hands are few.

Where a change makes an asset meet its RPO that did not before, another method may be chosen, which may be slower: the RPO comes first
(SEMANTICS, section 1). There the asset itself and what needs it are not compared.

Few hands (section 3.3) do one thing after the other. A restore that was not possible before takes them from others, one that is possible no
more leaves them to others, and list scheduling is not monotone (Graham, 1969): what is said of times holds with hands for all. Between steps of
the same tier and the same path to the end the one written first is served first: names change nothing, with few hands either; the written
order does.
"""

import copy
import json

from lib.core import Failure, Sandbox, readable
from oracles import lot, model
from suites import certificate

RANK = {"ok": 0, "n/a": 0, "unknown": 1, "refuted": 2}
NEVER = float("inf")


def plan_of(env, world, header=None, order=None):
    text = model.specification(world, order)
    if header:
        text = text.replace('plan p { title = "P"  owner = keeper }', header)
    with Sandbox() as folder:
        return lot.plan_of(env, folder, text), text


def states(plan):
    return {(s["name"], a["asset"]): a for s in plan["scenarios"] for a in s["assets"]}


def finish(state):
    if state is None:
        return 0
    return state["finish"]["worst"] if state["finish"] else NEVER


def rank(state, which):
    return 0 if state is None else RANK[state[which]]


def users(world, name):
    """The asset and whatever needs it, restores with it, through any number of edges."""
    found = {name}
    for other, asset in world["assets"].items():  # what is needed is written first
        if found & set(asset["needs"] + asset["restores_with"] + asset.get("from", [])):
            found.add(other)
    return found


def show(seed, what, key, one, other, text):
    def brief(state):
        return state and {k: state[k] for k in ("fate", "method", "finish", "data_loss", "rto_verdict", "rpo_verdict")}
    return f"seed {seed}: {what}; {key} before {brief(one)}, after {brief(other)}\n{text[text.index('plan p'):]}"


def protect(rng, world):
    """Adds a protection to one asset; what was done, and the asset."""
    name = rng.choice(sorted(n for n, a in world["assets"].items() if a["kind"] == "db"))
    asset = world["assets"][name]
    what = rng.choice(["replica", "backup", "copy", "schedule", "retain"])
    if what == "replica":
        free = [s for s in ("r1", "r2") if s != asset["site"] and s not in dict(asset["replicas"])]
        if free:
            asset["replicas"].append((rng.choice(free), rng.choice([0, 1, 5])))
            return "a replica", name
    if what in ("copy", "schedule", "retain") and asset["backups"]:
        backup = asset["backups"][rng.choice(sorted(asset["backups"]))]
        if what == "copy":
            free = [s for s in world["stores"] if s != backup["to"] and s not in backup["copies"]]
            if free:
                backup["copies"].append(rng.choice(free))
                return "a copy", name
        # Where copies take longer than the time between two they pile up: that protects nobody.
        quick = backup["kind"] == "full" and backup["duration"][1] < 15 and (not backup["copies"] or backup["copy_time"] < 15)
        if what == "schedule" and quick:
            backup["schedule"] = 0  # every 15 minutes
            return "a more frequent schedule", name
        backup["retain"] = "forever"
        return "longer retention", name
    label = f"b{len(asset['backups'])}"
    asset["backups"][label] = dict(model.random_backup(rng, world, {}), kind="full")
    return "a backup", name


# With enough of them nothing waits for hands.
ENOUGH = 'plan p { title = "P"  owner = keepers }\n' + model.keepers("keepers", 99)


def has_data(world):
    return any(a["kind"] == "db" for a in world["assets"].values())


def test_protection_never_hurts(env):
    for seed, rng in lot.seeds("protect", 15):
        world = model.random_model(rng)
        if not has_data(world):
            continue
        changed = copy.deepcopy(world)
        what, name = protect(rng, changed)
        for header in (None, ENOUGH):
            before = states(plan_of(env, world, header)[0])
            plan, text = plan_of(env, changed, header)
            unhurt(seed, world, what, name, before, states(plan), text, header is ENOUGH)


def unhurt(seed, world, what, name, before, after, text, enough):
    """No verdict is worse for a protection of the asset `name`: of loss in any case, of time with hands enough."""
    for key in before.keys() | after.keys():
        scenario, asset = key
        one, other = before.get(key), after.get(key)
        root, met = before.get((scenario, name)), after.get((scenario, name))
        if rank(other, "rpo_verdict") > rank(one, "rpo_verdict"):
            raise Failure(show(seed, f"{what} for {name} makes an RPO verdict worse", key, one, other, text))
        if not enough:
            continue
        if asset in users(world, name) and root and rank(root, "rpo_verdict") != rank(met, "rpo_verdict"):
            continue
        if root and root["rpo_verdict"] == "refuted" and asset in users(world, name):
            continue  # then the smallest loss is chosen, however long it takes
        if rank(other, "rto_verdict") > rank(one, "rto_verdict"):
            raise Failure(show(seed, f"{what} for {name} makes an RTO verdict worse", key, one, other, text))


def test_fewer_dependencies_never_delay(env):
    for seed, rng in lot.seeds("dependencies", 8):
        world = model.random_model(rng)
        edges = [(n, m) for n, a in world["assets"].items() for m in a["needs"]]
        if not edges:
            continue
        limits = f"operators = {rng.randint(1, 2)}  parallel = {rng.randint(1, 2)}"
        header = f'plan p {{ title = "P"  owner = keepers  {limits} }}\n' + model.keepers("keepers", 2)
        # With few hands another order may be longer.
        free, bound = plan_of(env, world, ENOUGH)[0], plan_of(env, world, header)[0]
        name, needed = rng.choice(edges)
        soft = copy.deepcopy(world)
        soft["assets"][name]["needs"].remove(needed)
        softer = copy.deepcopy(soft)
        softer["assets"][name]["uses"].append(needed)
        results = []
        for changed, what in ((soft, "without"), (softer, "with only `uses`")):
            plan, text = plan_of(env, changed, ENOUGH)
            after, before = states(plan), states(free)
            results.append({key: finish(state) for key, state in after.items()})
            for key in before.keys() | after.keys():
                if finish(after.get(key)) > finish(before.get(key)):
                    raise Failure(show(seed, f"{name} {what} needs {needed}, a later finish", key, before.get(key), after.get(key), text))
            plan = plan_of(env, changed, header)[0]
            for one, other in zip(bound["scenarios"], plan["scenarios"]):
                if other["lower_bound"] > one["lower_bound"]:
                    raise Failure(f"seed {seed}: {name} {what} needs {needed}: in {one['name']} the lower bound grows from "
                                  f"{one['lower_bound']} to {other['lower_bound']} with {limits}\n{text}")
        if results[0] != results[1]:
            raise Failure(f"seed {seed}: {name} uses {needed}: that delays\n{text}")


def test_late_notice_never_helps(env):
    for seed, rng in lot.seeds("notice", 12):
        world = model.random_model(rng)
        late = copy.deepcopy(world)
        for scenario in late["scenarios"].values():
            if scenario["noticed_within"] is not None:
                scenario["noticed_within"] *= rng.choice([2, 10, 100])
        if late == world:
            continue
        for header in (None, ENOUGH):
            before = states(plan_of(env, world, header)[0])
            plan, text = plan_of(env, late, header)
            for key, other in states(plan).items():
                one = before[key]
                # The copy of a known loss is gone, one of unknown loss is left: from refuted to unknown, which is no better.
                if rank(other, "rpo_verdict") == 0 < rank(one, "rpo_verdict"):
                    raise Failure(show(seed, "noticed later, a better RPO verdict", key, one, other, text))
                # With few hands the others are sooner, for what is not restored any more.
                if header is ENOUGH and one["rpo_verdict"] == other["rpo_verdict"] == "ok" and finish(other) < finish(one):
                    raise Failure(show(seed, "noticed later, back sooner", key, one, other, text))


COMPARED = ("fate", "loss", "method", "start", "finish", "data_loss", "discarded", "rto_verdict", "rpo_verdict", "serves_at")


def shuffled(rng, world):
    order = list(world["assets"])
    rng.shuffle(order)
    return order


FEW = 'plan p { title = "P"  owner = keeper  operators = 1  parallel = 2 }'
UNHURRIED = ("fate", "loss", "method", "data_loss", "discarded", "rpo_verdict")  # what no lack of hands changes


def test_order_of_assets_does_not_matter(env):
    """Where hands are few it decides who is served first, and nothing but times and what they decide."""
    for seed, rng in lot.seeds("order", 10):
        world = model.random_model(rng)
        header = rng.choice([None, FEW, ENOUGH])
        compared = COMPARED if header is ENOUGH else UNHURRIED
        one, _ = plan_of(env, world, header)
        other, text = plan_of(env, world, header, shuffled(rng, world))
        before, after = states(one), states(other)
        for key in before.keys() | after.keys():
            if key not in before or key not in after or any(before[key][k] != after[key][k] for k in compared):
                raise Failure(show(seed, f"another order of the assets ({header})", key, before.get(key), after.get(key), text))
        for a, b in zip(one["scenarios"], other["scenarios"]):
            times = [{step["id"]: (step["start"], step["finish"]) for step in s["steps"]} for s in (a, b)]
            if (header is ENOUGH and times[0] != times[1]) or a["lower_bound"] != b["lower_bound"]:
                raise Failure(f"seed {seed}: another order of the assets moves steps of {a['name']} ({header})\n{text}")


def renamed(rng, world):
    names = list(world["assets"])
    new = [f"{name.rstrip('0123456789')}-{rng.randrange(10**6):06d}" for name in names]
    table = dict(zip(names, new))
    changed = copy.deepcopy(world)
    changed["assets"] = {table[n]: a for n, a in changed["assets"].items()}
    for asset in changed["assets"].values():
        for key in ("needs", "uses", "restores_with", "from"):
            if key in asset:
                asset[key] = [table[n] for n in asset[key]]
    for scenario in changed["scenarios"].values():
        for key in ("fails", "corrupts", "deletes"):
            scenario[key] = [table[n] for n in scenario[key]]
    return changed, table


def test_names_do_not_matter(env):
    for seed, rng in lot.seeds("names", 10):
        world = model.random_model(rng)
        changed, table = renamed(rng, world)
        if len(set(table.values())) < len(table):
            continue
        header = rng.choice([None, FEW])
        before = {(s, table[a]): state for (s, a), state in states(plan_of(env, world, header)[0]).items()}
        plan, text = plan_of(env, changed, header)
        after = states(plan)
        for key in before.keys() | after.keys():
            if key not in before or key not in after or any(before[key][k] != after[key][k] for k in COMPARED):
                raise Failure(show(seed, "other names", key, before.get(key), after.get(key), text))


def test_simulation_stays_within_the_proof(env):
    for seed, rng in lot.seeds("simulate", 6):
        world = model.random_model(rng)
        header = rng.choice(['plan p { title = "P"  owner = keeper }', 'plan p { title = "P"  owner = keeper  operators = 1  parallel = 1 }'])
        plan, text = plan_of(env, world, header)
        text = text if header in text else text.replace('plan p { title = "P"  owner = keeper }', header)
        with Sandbox() as folder:
            (folder / "main.dr").write_text(text)
            command = [env.drc, "simulate", "main.dr", "--runs", "50", "--seed", str(seed), "--format", "json"]
            done = [env.run(command, folder) for _ in range(2)]
        if done[0].code not in (0, 1) or done[0].stdout != done[1].stdout:
            raise Failure(f"seed {seed}: exit {done[0].code}, or two runs differ\n{readable(done[0].stderr)}\n{text}")
        simulation = json.loads(done[0].stdout)
        proven = states(plan)
        for scenario in simulation["scenarios"]:
            for asset in scenario["assets"]:
                state = proven[scenario["name"], asset["asset"]]
                if state["finish"] is None:
                    continue
                drawn = [asset[k] for k in ("least", "p50", "p95", "p99", "most")]
                if drawn != sorted(drawn) or asset["least"] < state["finish"]["best"] or asset["most"] > state["finish"]["worst"]:
                    raise Failure(f"seed {seed}: {scenario['name']}, {asset} outside of {state['finish']}\n{text}")
                if state["rto_verdict"] == "ok" and asset["met"] != simulation["runs"]:
                    raise Failure(f"seed {seed}: {scenario['name']}, {asset}: proved, and yet missed\n{text}")


GROUPS = """import "std/generic"
plan p { title = "P"  owner = ops  review = 180d }
person ann { name = "Ann"  phone = "+49 1"  email = "a@e.com" }
team ops { members = [ann] }
site dc1 : generic.datacenter { role = primary }
site dc2 : generic.datacenter { role = recovery }
site dc3 : generic.datacenter { role = vault }
store s2 : generic.directory { site = dc2  path = "/b"  address = "10.0.0.2" }
class L1 { title = "x" }
default : generic.data { site = dc1  restore_time = 2m  promote_time = 1m  fence_time = 7m  change_rate = 1MiB/h  size = 1GiB  rto = 90h  rpo = 50h }
"""


def with_groups(rng):
    """Text of the assets, and of each group."""
    common = "retain = 70d  to = s2  watched_by = [ann]"
    struck = rng.choice(["loses = [dc1]  detect = 5m  declare = 5m"] * 2 +
                        ["corrupts = [a0, a1]  detect = 5m  declare = 5m  noticed_within = 2d"])
    text = GROUPS + f"scenario lost {{ class = L1  {struck} }}\n"
    names = [f"a{i}" for i in range(rng.randint(3, 6))]
    for i, name in enumerate(names):
        hour, way = rng.choice(["02:00", "02:00", "14:00"]), rng.choice(["full", "full", "log", "log", "both", "made", "stays"])
        if way == "made" and i:
            text += f"asset {name} : generic.data {{ rebuild {{ from = [{rng.choice(names[:i])}]  duration = 1m }} }}\n"
            continue
        block = f"backup f {{ kind = full  schedule = daily at {hour}  duration = 1m..{rng.choice([1, 20])}m  {common} }}"
        block += f" backup l {{ kind = log  of = f  schedule = continuous  ship_every = 5m  {common} }}" if way in ("log", "both") else ""
        block += " replica dc2 { lag = 1s  watched_by = [ann] }" if way == "both" else ""
        text += f"asset {name} : generic.data {{ {'site = dc3  ' if way == 'stays' else ''}{block} }}\n"
    groups = []
    for i in range(rng.randint(2, 4)):
        more = rng.choice(["max_skew = 0s", "max_skew = 0s", "max_skew = 13h", "max_skew = 30h", "",
                           'reconcile { step fix { manual = "x"  takes = 5m  by = ann } }'])
        groups.append(f"group g{i} {{ members = [{', '.join(rng.sample(names, rng.randint(2, 3)))}]  rpo = {rng.choice([2, 30, 100])}h  {more} }}\n")
    return text, groups


def of_groups(plan):
    """What is proved, times apart: few hands take turns in the order that is written."""
    scenario = plan["scenarios"][0]
    assets = {a["asset"]: (a["method"], a["data_loss"], a["rpo_verdict"]) for a in scenario["assets"]}
    keys = ("common_point", "shared_run", "reconciles", "point", "skew", "intact_newer_by", "data_loss", "verdict")
    return assets, {g["group"]: [g[key] for key in keys] for g in scenario["groups"]}


def test_order_of_groups_does_not_matter(env):
    """Nor are groups judged one after the other: an asset comes back to one point, and certificates are accepted."""
    env.need_drc()
    module, wrong, seen = certificate.checker(env), [], 0
    for seed, rng in lot.seeds("groups", 20):
        text, groups = with_groups(rng)
        plans = []
        for order in (groups, rng.sample(groups, len(groups))):
            plans.append(lot.whole_plan_of(env, text + "".join(order), lambda kind, why: Failure(f"seed {seed}: {kind}: {why}")))
        seen += 1
        first = of_groups(plans[0])
        if any(of_groups(plan) != first for plan in plans):
            wrong.append(f"seed {seed}: the order of groups matters\n{text}{''.join(groups)}")
        wrong += [f"seed {seed}: {line}\n{text}{''.join(groups)}" for line in certificate.problems(module, plans[0])[:2]]
    if wrong:
        raise Failure(f"{seen} plans\n" + "\n".join(wrong[:5]))
