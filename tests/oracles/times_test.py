"""Law 1 for times: legal worlds of random specifications, none of which may end later than the plan says; and what is refuted or unknown is so.

A failure names seed, scenario and asset; `DRC_ORACLE_SEED=N` runs that one alone."""

import collections

from lib.core import Failure
from oracles import lot, times
from oracles.times import MINUTE, NEVER, Unknown, World


class Found(Exception):
    def __init__(self, kind, text):
        super().__init__(text)
        self.kind = kind


def drawer(rng, how):
    def draw(pair):
        low, high = pair[0] * MINUTE, pair[1] * MINUTE
        if how == "worst":
            return high
        if how == "quick":
            return low
        if how == "tries":  # either all of it or nothing
            return rng.choice([low, high])
        return rng.randint(low, high)
    return draw


def minutes(ms):
    return "unknown" if ms is None else "never" if ms == NEVER else f"{ms / MINUTE:g} min"


def story(world):
    return {k: (world.start[k] / MINUTE, v / MINUTE) for k, v in world.finish.items() if k in world.start}


def worlds_of(spec, result, rng, count):
    for how in ["worst"] * 2 + ["quick", "tries", "within"] * count:
        yield how, World(spec, result["name"], result, drawer(rng, how), lambda n: rng.randrange(n) if n else 0)


def ends_in(world, what, end):
    """The end, or why nobody knows it."""
    try:
        return end(), None
    except KeyError as step:
        raise Found("step", f"{what}: the plan has no step {step}") from None
    except Unknown as why:
        return None, str(why)


def objective(spec, name, scenario):
    a = spec["assets"][name]
    return a["objective"].get(spec["scenarios"][scenario]["class"], a["rto"]) if not a["watcher"] else None


def judge_assets(spec, result, rng, count, tally):
    most, why = {}, {}
    told = {}
    for how, world in worlds_of(spec, result, rng, count):
        for name, a in spec["assets"].items():
            state = world.states.get(name)
            if state is None:
                if world.touched(name):
                    raise Found("unaffected", f"{name} is not affected, the plan says")
                continue
            if world.hit(name) != (state["fate"] == "lost"):
                raise Found("fate", f"{name} is {state['fate']}, the plan says")
            end, reason = ends_in(world, name, lambda: world.end_of(name))
            if end is None:
                why[name] = reason
                continue
            if end > most.get(name, -1):
                most[name], told[name] = end, story(world)
        busy = world.overbooked()
        if busy:
            raise Found("overbooked", f"{busy} at once ({how}): {story(world)}")
        tally["worlds"] += 1
    for name, state in world.states.items():
        judge_asset(spec, result, world, name, state, most.get(name), why.get(name), told.get(name), tally)
    return most, why


def judge_asset(spec, result, world, name, state, end, reason, told, tally):
    a, finish = spec["assets"][name], state["finish"] and state["finish"]["worst"]
    rto = objective(spec, name, result["name"])
    verdict = state["rto_verdict"]
    if rto is not None and (state["rto"] or {}).get("ms") != rto * MINUTE:
        raise Found("objective", f"{name}: objective {state['rto']}, stated {rto} min")
    if reason:
        tally["unknown"] += 1
        if verdict == "ok":
            raise Found("unset", f"{name}: {reason}, and its RTO holds")
        if finish is not None:
            tally["seen"]["finish though " + reason.split(" a")[0]].append((tally["seed"], result["name"], name))
        return
    if end is None:
        return
    if finish is None:
        if verdict == "ok":
            raise Found("verdict", f"{name}: no finish, and its RTO holds")
        if a["watcher"]:
            return
        raise Found("undecided", f"{name} is back after {minutes(end)} at worst, and the plan does not know: {state['undecided'] or state['never']}, {told}")
    if end > finish:
        raise Found("late", f"{name} is back after {minutes(end)}, proved {minutes(finish)}: {told}")
    if end < finish:
        tally["loose"].append((tally["seed"], result["name"], name, end, finish))
    else:
        tally["exact"] += 1
    if rto is not None:
        if verdict == "ok" and end > rto * MINUTE:
            raise Found("verdict", f"{name} is back after {minutes(end)}, and its RTO of {rto} min holds")
        down = a["mtd"] and end + (a["work"] or 0) * MINUTE > a["mtd"] * MINUTE
        if verdict == "refuted" and end <= rto * MINUTE and not down:
            raise Found("false", f"{name} is back after {minutes(end)} at worst, its RTO of {rto} min is refuted ({minutes(finish)}, {state['never']})")
        if verdict == "unknown" and end <= rto * MINUTE and not down:
            raise Found("undecided", f"{name} is back after {minutes(end)} at worst, its RTO of {rto} min is unknown: {state['undecided']}, {state['nobody']}, {state['split']}")
        if verdict == "n/a":
            raise Found("n/a", f"{name} has an RTO of {rto} min, and none is judged")
    if a.get("mtd") and end + (a["work"] or 0) * MINUTE > a["mtd"] * MINUTE:
        told = [f for f in world.result["findings_"] if f["code"] == "E0518" and f["subject"] in (name, f"asset.{name}")]
        if not told and verdict == "ok":
            raise Found("mtd", f"{name} is back after {minutes(end)} and works after {a['work']} min more, its MTD of {a['mtd']} min is not told of")


def judge_choice(spec, result, world, tally):
    """The method that was named, else the one with the smallest worst time of those that cover what is lost."""
    for name, state in world.states.items():
        a = spec["assets"][name]
        if state["fate"] != "lost" or a["watcher"] or a["data"]:
            continue
        s = world.s
        fits = [m for m in a["methods"] if m["when"]]
        if name in s["corrupts"]:
            fits = [m for m in fits if m["damage"]]
        if not fits:
            if state["method"]:
                raise Found("choice", f"{name} has no method, the plan takes {state['method']}")
            continue
        named = a["named"].get(s["class"], a["named"].get(None))
        if named in [m["name"] for m in fits]:
            if state["method"] != named:
                raise Found("choice", f"{name} recovers by {state['method']}, named is {named}")
            continue
        times_of = {}
        for m in fits:
            c = next((c for c in state["candidates"] if c["method"] == m["name"]), None)
            if c is None or not c["usable"] or c["takes"] is None:
                continue
            try:
                begin = 0 if m["includes"] else world.detect() if m["automatic"] else world.began()
            except Unknown:
                continue
            times_of[m["name"]] = begin + c["takes"]["worst"]
        if len(times_of) == len(fits) and state["method"] in times_of and times_of[state["method"]] > min(times_of.values()):
            tally["seen"]["slower method chosen"].append((tally["seed"], result["name"], name, times_of, state["method"]))


def judge_names(spec, result, rng, count, tally):
    most, why, kinds = {}, {}, {}
    for _, world in worlds_of(spec, result, rng, count):
        for name in spec["endpoints"]:
            end, reason = ends_in(world, name, lambda: world.name_end(name))
            if end is None:
                why[name] = reason
            elif end[0] > most.get(name, -1):
                most[name], kinds[name] = end
    for name, e in spec["endpoints"].items():
        state = world.names.get(name)
        if state is None:
            raise Found("name", f"{name} is not in the plan")
        finish, verdict = state["finish"] and state["finish"]["worst"], state["verdict"]
        if name in why:
            if verdict == "ok":
                raise Found("name unset", f"{name}: {why[name]}, and it holds")
            continue
        if name not in most:
            continue
        end, kind = most[name], kinds[name]
        stated = [objective(spec, n, result["name"]) for n in e["serves"]]
        stated = [x for x in stated if x is not None]
        rto = e["rto"] if e["rto"] is not None else min(stated, default=None)
        if end == NEVER:
            if verdict == "ok":
                raise Found("name verdict", f"{name} cannot be moved ({kind}), and it holds")
            continue
        if finish is None:
            if kind != "untouched":
                raise Found("name undecided", f"{name} leads there after {minutes(end)} at worst ({kind}), and the plan does not know ({verdict})")
            continue
        if end > finish:
            raise Found("name late", f"{name} leads there after {minutes(end)} ({kind}), proved {minutes(finish)}")
        if end < finish:
            tally["loose names"].append((tally["seed"], result["name"], name, kind, end, finish))
        tally["names"] += 1
        if rto is None:
            continue
        if verdict == "ok" and end > rto * MINUTE:
            raise Found("name verdict", f"{name} leads there after {minutes(end)} ({kind}), and {rto} min hold")
        if verdict == "refuted" and end <= rto * MINUTE:
            raise Found("name false", f"{name} leads there after {minutes(end)} at worst ({kind}), {rto} min are refuted ({minutes(finish)})")
        if verdict == "unknown" and end <= rto * MINUTE:
            raise Found("name undecided", f"{name} leads there after {minutes(end)} at worst ({kind}), {rto} min are unknown")


def judge_bases(spec, result, world):
    """A log is replayed from a base that is sure to be there, which may be as old as that."""
    for name, state in world.states.items():
        a = spec["assets"][name]
        if a.get("data") and a["log"] and state["fate"] == "lost" and state["method"]:
            chosen = next(c for c in state["candidates"] if c["chosen"])
            if (chosen["copy"] or "").endswith("log") and chosen["since_base"] is not None and chosen["since_base"] < world.since_base(name):
                raise Found("base", f"{name} may have {minutes(world.since_base(name))} of log to replay, proved {minutes(chosen['since_base'])}")


def judge_mean(spec, plan):
    if not spec["mttr"]:
        return
    typical = [s["finish"] and s["finish"]["typical"] for s in plan["scenarios"] if s["assets"]]
    told = any(f["code"] == "E0573" for f in plan["findings"])
    if not typical or None in typical:
        return
    if all(t > spec["mttr"] * MINUTE for t in typical) and not told:
        raise Found("mttr", f"every recovery typically takes longer than {spec['mttr']} min: {typical}")
    if all(t <= spec["mttr"] * MINUTE for t in typical) and told:
        raise Found("mttr", f"no recovery typically takes longer than {spec['mttr']} min: {typical}")


def judge(env, spec, rng, count, tally):
    plan = lot.whole_plan_of(env, times.text_of(spec), Found)
    for result in plan["scenarios"]:
        result["findings_"] = plan["findings"]
        try:
            judge_assets(spec, result, rng, count, tally)
            judge_names(spec, result, rng, count, tally)
            world = World(spec, result["name"], result, drawer(rng, "worst"), lambda n: 0)
            judge_choice(spec, result, world, tally)
            judge_bases(spec, result, world)
        except Found as found:
            raise Found(found.kind, f"{result['name']}: {found}") from None
    judge_mean(spec, plan)


def tallied():
    return {"worlds": 0, "exact": 0, "unknown": 0, "names": 0, "loose": [], "loose names": [], "seen": collections.defaultdict(list), "seed": None}


def test_no_world_ends_later(env):
    tally = tallied()
    for seed, rng in lot.seeds("times", 200):
        spec, tally["seed"] = times.random_spec(rng), seed
        try:
            judge(env, spec, rng, 2, tally)
        except Found as found:
            raise Failure(f"seed {seed}: {found.kind}: {found}\n{times.text_of(spec)[len(times.BASE):]}") from None
    if tally["exact"] < 20 or len(tally["loose"]) * 10 > tally["exact"]:
        raise Failure(f"only {tally['exact']} times are reached by a world, {len(tally['loose'])} are not: {tally['loose'][:5]}")
