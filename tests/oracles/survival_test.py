"""What stands, by an oracle of its own: nothing that a world takes is unaffected, restored from or promised, and nothing that stands is given up.

A failure names seed, scenario and asset; `DRC_ORACLE_SEED=N` runs that one alone. `python3 tests/oracles/survival_test.py --drc build/drc --count 20000`
goes through many and prints the kinds of differences."""

import argparse
import collections
import json
import pathlib
import random
import subprocess
import sys

if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from lib.core import Failure, readable
from oracles import lot, survival
from oracles.survival import Survival


class Found(Exception):
    def __init__(self, kind, text):
        super().__init__(text)
        self.kind = kind


def plan_of(drc, text):
    done = subprocess.run([drc, "plan", "-", "--emit", "plan"], input=text.encode(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    if done.returncode not in (0, 1):
        raise Found("crash", f"exit {done.returncode}\n{readable(done.stderr)}")
    if not done.stdout.startswith(b"{"):
        raise Found("refused", readable(done.stderr))
    return json.loads(done.stdout)


def judge_asset(spec, world, strict, free, name, state):
    """Differences between plan and oracle of one asset in one scenario: (kind, words)."""
    a = spec["assets"][name]
    fate = world.fate(name)
    told = state["fate"] if state else "unaffected"
    if fate is not None and told != fate:
        some = " with a place taken" if world.dented(name) else ""
        yield f"fate {told} for {fate}{some}", a["kind"]
        return
    if told == "unaffected":
        return
    judge = strict if a["strict"] else world
    back = judge.comes_back(name)
    data = judge.keeps_data(name) if told == "lost" else "n/a"
    if told == "lost":
        ways = world.methods(name)
        for c in state["candidates"]:
            usable = ways.get(c["method"])
            if c["method"] not in ways:
                yield "method nobody knows", c["method"]
            elif c["usable"] and usable is False and not world.unwatched():
                yield f"usable though taken: {c['method'].split('(')[0]}", f"{c['method']} at {c['into']} from {c['store']}; loss {state['losses']}"
            elif not c["usable"] and usable is True and world.inputs(name, c["method"]) is True:
                yield f"rejected though it stands: {c['method'].split('(')[0]}", f"{c['method']}: {c['rejected']}; loss {state['losses']}"
            if c["chosen"]:
                yield from judge_choice(world, name, c, state)
    if world.unwatched() and data is True and world.damaged(name) is not False:
        data = None  # how much is written until somebody acts is unknown as well
    if world.unwatched() and back is True and not ((state["method"] or "").startswith("failover") and not a["needs"]):
        back = None
    for word, answer, verdict in (("rto", back, state["rto_verdict"]), ("rpo", data, state["rpo_verdict"])):
        if answer == "n/a":
            if word == "rpo" and verdict not in ("n/a",) and told == "lost":
                yield f"rpo of nothing {verdict}", ""
            continue
        if verdict == "ok" and answer is not True:
            nobody = " (nobody acts)" if (free.keeps_data(name) if word == "rpo" else free.comes_back(name)) else ""
            open_ = nobody or fate is None or word == "rpo" and back is None
            yield f"{'maybe: ' if answer is None and open_ else ''}{word} ok for {answer}{nobody}", f"{state['method']}"
        if verdict == "refuted" and answer is True and not (back is False and state["never"] == "its recovery waits for itself"):
            yield f"{word} refuted for {answer}", f"{state['method']}: {state['never']}"
        # Unknown beside what holds may be: how much a cut-off side accepts until somebody fences it, when what nobody notices is read.
        waits = strict.comes_back(name) is not True or world.s["partitions"] or late_unset(world) or None in world.copies(name).values()
        if verdict == "unknown" and answer is True and not waits:
            yield f"{word} unknown for {answer}", f"{state['method']}: {state['nobody']} {state['undecided']} {state['split']}"
        if verdict == "refuted" and answer is None:
            yield f"maybe: {word} refuted for None", f"{state['method']}: {state['never']}"


def late_unset(world):
    return world.s["noticed_within"] is None and (world.s["corrupts"] or world.s["deletes"] or world.s["compromises"])


def judge_choice(world, name, c, state):
    if c["store"]:
        store = c["store"].split(".")[1]
        reads = world.copies(name).get(store, False)
        if reads is False and state["rpo_verdict"] == "ok":
            yield "restored from what is taken", store
    into = state["serves_at"]
    if c["method"] in ("restore", "redeploy", "import", "remake", "fresh") and into:
        if world.usable_place(into) is False:
            yield "recovered into what is taken", into
        near = world.near(name)
        forced = world.s["recover_into"]
        if forced and forced not in world.around(into):
            yield "not where it was told to", f"{into} for {forced}"
        if near and not forced and world.region(into) not in {world.region(p) for p in world.places(name)}:
            yield "farther than it has to be", f"{into} for one of {near}"


def judge(drc, spec):
    """All differences: (kind, scenario, asset, words)."""
    plan = plan_of(drc, survival.text_of(spec))
    for result in plan["scenarios"]:
        world = Survival(spec, result["name"])
        strict = Survival(spec, result["name"], True)
        free = Survival(spec, result["name"], anybody=True)
        states = {a["asset"]: a for a in result["assets"]}
        for name in spec["assets"]:
            for kind, words in judge_asset(spec, world, strict, free, name, states.get(name)):
                yield kind, result["name"], name, words


def tells(spec, scenario, name, words):
    s = {k: v for k, v in spec["scenarios"][scenario].items() if v}
    a = {k: v for k, v in spec["assets"][name].items() if v or k == "quorum"}
    return f"{scenario} {s}: {name}: {words} {a}"


def test_what_stands(env):
    for seed, rng in lot.seeds("survival", 200):
        spec = survival.random_spec(rng)
        try:
            for kind, scenario, name, words in judge(env.drc, spec):
                if not kind.startswith("maybe"):
                    raise Found(kind, tells(spec, scenario, name, words))
        except Found as found:
            raise Failure(f"seed {seed}: {found.kind}: {found}\n{survival.text_of(spec)[len(survival.KINDS):]}") from None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--drc", default="build/drc")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--show", type=int, default=3, help="differences shown of each kind")
    parser.add_argument("--kind", default="", help="only kinds that begin so")
    parser.add_argument("--text", action="store_true")
    given = parser.parse_args()
    tally, shown = collections.Counter(), collections.Counter()
    for seed in range(given.first, given.first + given.count):
        spec = survival.random_spec(random.Random(f"survival {seed}"))
        try:
            found = list(judge(given.drc, spec))
        except Found as f:
            found = [(f.kind, "", "", str(f)[:300])]
        for kind, scenario, name, words in found:
            tally[kind] += 1
            if kind.startswith(given.kind) and shown[kind] < given.show:
                shown[kind] += 1
                print(f"seed {seed}: {kind}: {tells(spec, scenario, name, words) if scenario else words}")
                if given.text:
                    print(survival.text_of(spec)[len(survival.KINDS):])
    print(*(f"{n:6} {kind}" for kind, n in tally.most_common()), sep="\n")


if __name__ == "__main__":
    main()
