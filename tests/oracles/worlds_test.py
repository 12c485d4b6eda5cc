"""Law 1 by execution: legal worlds of random specifications, none of which may lose more or end later than the plan says.

A failure names seed, scenario and asset; `DRC_ORACLE_SEED=N` runs that one alone."""

import collections

from lib.core import Failure
from oracles import lot, worlds
from oracles.worlds import DAY, MINUTE, NEVER


class Found(Exception):
    def __init__(self, kind, text):
        super().__init__(text)
        self.kind = kind


def known(value):
    return isinstance(value, int) and not isinstance(value, bool)


# ---------------------------------------------------------------- what stands

def judge_standing(spec, disaster, result, asset_result):
    """The plan speaks of all that a world takes, and what it counts on is there."""
    for name, a in spec["assets"].items():
        state = asset_result.get(name)
        if state is None:
            if disaster.touched(name):
                raise Found("unaffected", f"{name} is not affected, the plan says; in a legal world it is")
            continue
        if disaster.hit(name) and state["fate"] != "lost":
            raise Found("fate", f"{name} is {state['fate']}, the plan says; in a legal world it is lost")
        method = (state["method"] or "").split("(")
        if state["fate"] != "lost" or not state["method"] or "ok" not in (state["rto_verdict"], state["rpo_verdict"]):
            continue
        tolerates = 1 if a.get("spans") or a.get("ha") else 0
        if method[0] in ("promote", "start"):
            site = method[1].rstrip(")")
            if disaster.gone(site, tolerates) or disaster.held(site) or disaster.cut(site):
                raise Found("input", f"{name} recovers by {state['method']}: {site} does not stand")
            if method[0] == "promote" and (name in disaster.s["corrupts"] or name in disaster.s["deletes"]):
                raise Found("input", f"{name} recovers by {state['method']}: the damage is there as well")
        by_hand = any(not s["automated"] and not s["idle"] for s in result["steps"] if s["asset"] == name)
        if disaster.crew() == 0 and by_hand and state["rto_verdict"] == "ok":
            raise Found("people", f"{name} is back by hand, and nobody is in reach")
        if method[0] == "failover" and (disaster.gone(disaster.region(a["site"]), 1) or disaster.damaged(name) or disaster.cut(a["site"])):
            raise Found("input", f"{name} fails over within what does not stand")
        into = state["serves_at"]
        if into and (disaster.gone(into, tolerates if method[0] == "failover" else 9) or disaster.held(into) or disaster.cut(into)):
            raise Found("input", f"{name} is to serve at {into}, which does not stand")


# ---------------------------------------------------------------- how long it takes

def drawer(rng, how):
    def draw(pair):
        low, high = pair[0] * MINUTE, pair[1] * MINUTE
        if how == "worst":
            return high
        return rng.choice([low, high, rng.randint(low, high)]) if how == "ends" else rng.randint(low, high)
    return draw


def judge_times(spec, disaster, result, states, replays, rng, count):
    ran = 0
    for how in ["worst"] * 2 + ["ends", "within"] * count:
        recovery = worlds.Recovery(disaster, result, drawer(rng, how), lambda name: replays.get(name, 0))
        for name, state in states.items():
            if state["finish"] is None or not (state["steps"] or state["fate"] == "lost"):
                continue
            try:
                end = recovery.end_of(name)
            except KeyError as step:
                raise Found("step", f"{name}: the plan has no step {step}") from None
            if end > state["finish"]["worst"]:
                raise Found("late", f"{name} is back after {end / MINUTE:g} min, proved {state['finish']['worst'] / MINUTE:g}: "
                                    f"{ {k: (recovery.starts[k] / MINUTE, v / MINUTE) for k, v in recovery.ends.items()} }")
            if how == "worst" and state["rto_verdict"] == "ok" and end > spec["assets"][name]["rto"] * MINUTE:
                raise Found("verdict", f"{name} is back after {end / MINUTE:g} min, and its RTO holds")
        busy = recovery.overbooked(disaster.crew())
        if busy:  # without people nothing is promised, see judge_standing
            raise Found("overbooked", f"{busy} at once by {disaster.crew()} people, {spec['parallel']} slots")
        ran += 1
    return ran


# ---------------------------------------------------------------- how much is lost

def horizon(asset):
    """How long before a disaster runs matter: the last few of each job."""
    return max((worlds.widest(b) * (b["missed"] + 2) + DAY for b in asset["backups"].values() if b["kind"] != "log"), default=DAY)


class Losses:
    """Worlds of one restore that a plan chose."""

    def __init__(self, spec, disaster, name, recovery, rng):
        self.spec, self.d, self.name, self.rng = spec, disaster, name, rng
        self.asset = spec["assets"][name]
        self.store, self.backup = recovery.store_of(name), recovery.backup_of(name)
        recovery.end_of(name)
        self.read = recovery.ends[f"{name}.load"]
        self.most, self.replay, self.count = -1, 0, 0
        self.late = disaster.late if disaster.damaged(name) else 0

    def world(self, number):
        """The first two are the plainest bad ones; the others go as they may."""
        rng, b = self.rng, self.asset["backups"][self.backup]
        base = self.asset["backups"][b["of"]] if b["of"] else b
        chain = {n: x for n, x in self.asset["backups"].items() if n in (self.backup, b["of"])}
        asset = dict(self.asset, backups=chain)
        back = horizon(asset)
        life = max((x["retain"] if isinstance(x["retain"], int) else 0) for x in chain.values())
        warm = back * 2 + min(self.late + life, 45 * DAY if worlds.narrowest(base) > worlds.HOUR else 4 * DAY)
        if any(isinstance(x["retain"], dict) for x in chain.values()):
            warm = max(warm, 3 * worlds.WEEK)
        middle = 8 * worlds.WEEK + rng.randrange(worlds.WEEK)
        # Switches stand at a slot of what is built on, or of the copy itself; a log has its own.
        timed = [x for x in chain.values() if x["kind"] != "log"]
        marks = [worlds.worst_slot(x, middle) if number < 2 or rng.random() < 0.5 else worlds.slots_of(x, middle - 2 * worlds.WEEK, middle)[-1]
                 for x in timed]
        mark = marks[-1] if number < 2 else rng.choice(marks)
        switches = dict.fromkeys(chain, mark)
        if number > 3:
            switches = {n: rng.choice(marks) + rng.choice([0, 0, 1, -1, rng.randrange(1, 90)]) * MINUTE for n in chain}
        how = worlds.Adversary(rng, switches, 0 if number < 2 else rng.choice([0, 0, 0.1, 0.5]), number == 1 or number > 1 and rng.random() < 0.4)
        begin = min(switches.values()) - warm
        runs = worlds.Runs(asset, self.spec, begin, max(switches.values()) + back * 2 + self.late, how)
        self.strike(runs, max(switches.values()), back)

    def moments(self, runs, switch, back):
        """When a disaster hurts most: before something arrives, before it is captured, and when what is built on is about to go."""
        found = []
        for n, copies in runs.of.items():  # of a log there are none yet
            retain = self.asset["backups"][n]["retain"]
            near = [r for r in copies if switch - back < r.captured < switch + back]
            for r in near:
                arrives, rank = r.arrives.get(self.store, NEVER), (r.slot <= switch, abs(r.slot - switch))
                if arrives != NEVER:
                    found.append((rank, arrives - 1))
                found.append((rank, r.captured - 1))
                if isinstance(retain, int):
                    found.append(((True, abs(r.slot + retain - switch)), r.captured + retain - self.late - self.read + 1))
        found = sorted({(a, t) for a, t in found if switch - back <= t <= switch + back})
        first = [t for _, t in found[:6]]
        rest = [t for _, t in found[6:]]
        return first + self.rng.sample(rest, min(4, len(rest))) + [switch + self.rng.randrange(back)]

    def strike(self, runs, switch, back):
        gone, locked = self.d.store_lost(self.store)
        if gone:
            raise Found("store", f"{self.name} is restored from {self.store}, which {gone}")
        log = self.asset["backups"][self.backup]["kind"] == "log"
        for t in self.moments(runs, switch, back):
            if log:
                runs.log_around(self.backup, t)
                t = self.rng.choice([t] + [a - 1 for a in {r.arrives[self.store] for r in runs.of[self.backup]} if abs(a - t) < 20 * MINUTE])
            for late in {0, self.late, self.rng.randint(0, self.late)}:
                noticed = t + late
                point = runs.points(self.backup, self.store, t, noticed, noticed + self.read, locked)
                self.count += 1
                if point is None:
                    raise Found("nothing", f"{self.name}: nothing of {self.backup} is at {self.store} that can be read: "
                                           + self.tale(runs, t, noticed))
                lost, replay = t - point[0], point[0] - point[1] if log else 0
                self.replay = max(self.replay, replay)
                if lost > self.most:
                    self.most, self.story = lost, self.tale(runs, t, noticed)

    def tale(self, runs, t, noticed):
        def clock(ms):
            return "never" if ms == NEVER else f"{ms // DAY}d{ms % DAY // worlds.HOUR:02}:{ms % worlds.HOUR / MINUTE:05.2f}"
        lines = [f"damage or loss at {clock(t)}, noticed at {clock(noticed)}, read by {clock(noticed + self.read)}"]
        for n, copies in runs.of.items():
            near = [r for r in copies if r.captured <= noticed][-5:] + [r for r in copies if r.captured > noticed][:2]
            lines += [f"  {n}: slot {clock(r.slot)}, as of {clock(r.captured)}, ends {clock(r.end)}, "
                      f"there {clock(r.arrives.get(self.store, NEVER))}" for r in near]
        return "\n".join(lines)


def shape_of(spec, disaster, name, losses):
    """What the claim is about, for the count of how tight bounds are."""
    b = spec["assets"][name]["backups"][losses.backup]
    words = [b["kind"], "copied" if losses.store != b["to"] else "direct"]
    if losses.late:
        words.append("late")
    if spec["assets"][name]["late"]:
        words.append("at end")
    if b["kind"] != "log" and (b["start_window"] + b["jitter"] + b["duration"][1] + b["copy_time"][1]) * MINUTE >= worlds.narrowest(b):
        words.append("skipping")
    if isinstance(b["retain"], dict):
        words.append("thinned")
    if b.get("not_within"):
        words.append("forbidden hours")
    if any(disaster.cut(site) for site in disaster.places(name)):
        words.append("behind a cut")
    return " ".join(words)


def judge_losses(spec, disaster, result, states, rng, count, tally):
    replays = {}
    for name, state in states.items():
        if state["fate"] != "lost" or not known(state["data_loss"]) or not state["method"]:
            continue
        chosen = next(c for c in state["candidates"] if c["chosen"])
        s = disaster.s
        if disaster.damaged(name) and s["noticed_within"] is None:
            # Unset: unknown. Only copies that are kept for ever would be there all the same.
            if state["rpo_verdict"] == "ok" and not all(b["retain"] == NEVER for b in spec["assets"][name]["backups"].values()):
                raise Found("unset", f"{name}: nobody says when the damage is noticed, and its RPO holds")
            continue
        if disaster.damaged(name) and known(state["discarded"]) and s["detect"] and s["declare"]:
            if state["discarded"] < disaster.late + (s["detect"][1] + s["declare"][1]) * MINUTE:
                raise Found("discarded", f"{name}: {state['discarded'] / MINUTE:g} min are discarded, it may be more")
        if state["rpo_verdict"] == "ok" and state["data_loss"] > spec["assets"][name]["rpo"] * MINUTE:
            raise Found("verdict", f"{name} can lose {state['data_loss'] / MINUTE:g} min, and its RPO holds")
        if state["method"].startswith("promote"):
            site = state["method"][8:-1]
            if spec["assets"][name]["replicas"][site]["lag"] is None:
                raise Found("unset", f"{name}: nobody says how far {site} lags, and its loss is {state['data_loss']}")
            lag = spec["assets"][name]["replicas"][site]["lag"] * MINUTE
            behind = 0
            # Who writes to a synchronous replica as well and cannot reach it accepts nothing.
            if any(disaster.cut(s) for s in disaster.places(name)) and spec["assets"][name]["replicas"][site]["mode"] != "sync":
                recovery = recovery_at_worst(disaster, result, states, rng)
                recovery.end_of(name)
                behind = recovery.ends[f"{name}.fence"]
            if disaster.ruled(name):
                behind = disaster.late  # what an intruder changed is at the replica as well
            tally["shapes"]["replica" + (" behind a cut" if behind else "")][0 if lag + behind == state["data_loss"] else 1] += 1
            if lag + behind > state["data_loss"]:
                raise Found("loss", f"{name} loses {(lag + behind) / MINUTE:g} min at {site}, proved {state['data_loss'] / MINUTE:g}")
        if state["method"] not in ("restore", "reload") or state["finish"] is None:
            continue
        recovery = recovery_at_worst(disaster, result, states, rng)
        losses = Losses(spec, disaster, name, recovery, rng)
        for number in range(count):
            losses.world(number)
        tally["worlds"] += losses.count
        shape = tally["shapes"][shape_of(spec, disaster, name, losses)]
        if any(disaster.cut(site) for site in disaster.places(name)):
            losses.most += recovery.ends[f"{name}.fence"]  # what is written there until then is lost as well
        if losses.most > state["data_loss"]:
            raise Found("loss", f"{name} loses {losses.most / MINUTE:g} min, proved {state['data_loss'] / MINUTE:g} "
                                f"({losses.backup} at {losses.store}): {losses.story}")
        shape[0 if state["data_loss"] - losses.most <= MINUTE else 1] += 1
        if state["data_loss"] - losses.most > MINUTE:
            tally["loose"].append((shape_of(spec, disaster, name, losses), state["data_loss"] - losses.most, name, result["name"], tally.get("seed")))
        if not known(chosen["since_base"]):
            raise Found("base", f"{name}: since_base is {chosen['since_base']}")
        if losses.replay > chosen["since_base"]:
            raise Found("base", f"{name} has {losses.replay / MINUTE:g} min of log to replay, "
                                f"proved {chosen['since_base'] / MINUTE:g}: {losses.story}")
        replays[name] = replay_time(spec, name, losses.replay)
    return replays


def replay_time(spec, name, since):
    a = spec["assets"][name]
    if not a["change_rate"]:
        return 9 ** 12
    return -(-since * a["change_rate"] // a["replay"])


def recovery_at_worst(disaster, result, states, rng):
    def replay(name):
        chosen = next(c for c in states[name]["candidates"] if c["chosen"])
        return replay_time(disaster.spec, name, chosen["since_base"]) if known(chosen["since_base"]) else 0
    return worlds.Recovery(disaster, result, drawer(rng, "worst"), replay)


# ---------------------------------------------------------------- all of it

def judge(env, spec, rng, count, tally):
    plan = lot.whole_plan_of(env, worlds.text_of(spec), Found)
    for result in plan["scenarios"]:
        disaster = worlds.Disaster(spec, result["name"])
        states = {a["asset"]: a for a in result["assets"]}
        try:
            judge_standing(spec, disaster, result, states)
            replays = judge_losses(spec, disaster, result, states, rng, count, tally)
            tally["recoveries"] += judge_times(spec, disaster, result, states, replays, rng, count)
        except Found as found:
            raise Found(found.kind, f"{result['name']}: {found}") from None


# Shapes for which some world must come within a minute of the bound: one link, or a log with its base, nothing thinned and no forbidden hours.
SIMPLE = ["full direct", "snapshot direct", "full copied", "snapshot copied", "full direct at end", "snapshot direct at end", "log direct",
          "log copied", "log direct at end", "full direct late", "log direct late", "replica"]


def tallied():
    return {"worlds": 0, "recoveries": 0, "shapes": collections.defaultdict(lambda: [0, 0]), "loose": []}


def test_no_world_beats_the_plan(env):
    tally = tallied()
    for seed, rng in lot.seeds("worlds", 40):
        spec = worlds.random_spec(rng)
        try:
            judge(env, spec, rng, 6, tally)
        except Found as found:
            raise Failure(f"seed {seed}: {found.kind}: {found}\n{worlds.text_of(spec)[len(worlds.KINDS):]}") from None
    reached = sum(tally["shapes"][shape][0] for shape in SIMPLE)
    missed = sum(tally["shapes"][shape][1] for shape in SIMPLE)
    if reached < 20 or missed * 20 > reached:
        raise Failure(f"of {reached + missed} plain bounds {missed} are more than a minute above the worst world: {dict(tally['shapes'])}")
