"""What is said about consistency groups against a play of their backups: random members, runs that start late and take as long as they may, and
an interruption at the worst moments. In each play the members must be able to come back within the loss and the skew that were worked out."""

import json
import random

from lib.core import Failure, Sandbox, readable

HEAD = """
plan p { title = "p" }
kind region : site { level = region }
kind bucket : store { }
kind rep : data {
  method promote {
    for = r in self.replicas  covers = [region]  rpo = r.lag
    step fence { phase = fence  manual = "stop it"  takes = 1m }
    step promote { manual = "promote it"  takes = 1m  irreversible = true }
  }
}
kind copied : data { consistency = points  method restore { covers = [region]  restores = true  rto = 10m } }
kind ended : data {
  consistency = points
  method restore { covers = [region]  restores = true  rto = 10m }
  procedure full { managed = "somebody"  capture = end }
}
kind logged : data { consistency = interval  method restore { covers = [region]  restores = true  from = [log]  rto = 10m } }
site east : region { role = primary }
site west : region { role = recovery }
store far : bucket { site = west }
class c { title = "c" }
scenario lost { class = c  loses = [east]  detect = 1m  declare = 1m }
"""

HOURS = [1, 2, 3, 4, 6, 8, 12, 24]
MINUTE, HOUR, DAY = 60, 3600, 86400


class Replica:
    def __init__(self, rng, name):
        self.lag = rng.randint(1, 90) * MINUTE
        self.text = f"asset {name} : rep {{ site = east  rto = 4h  replica west {{ lag = {self.lag}s }} }}"

    def play(self, rng, runs):
        del runs
        behind = rng.choice([0, self.lag, rng.randint(0, self.lag)])
        return lambda t: ([t - behind], None)


class Logs:
    def __init__(self, rng, name):
        self.ship = rng.randint(1, 30) * MINUTE
        self.text = (f"asset {name} : logged {{ site = east  rto = 4h\n  backup base {{ kind = full  schedule = daily at 00:00  duration = 1m  retain = 90d  to = far }}\n"
                     f"  backup log {{ kind = log  of = base  schedule = continuous  ship_every = {self.ship}s  retain = 90d  to = far }}\n}}")

    def play(self, rng, runs):
        del runs
        behind = rng.choice([0, self.ship, rng.randint(0, self.ship)])
        return lambda t: ([], t - behind)


class Backup:
    """A scheduled backup; the group's own when `members` says how many it captures."""

    def __init__(self, rng, name, members=0):
        self.every = rng.choice(HOURS) * HOUR
        self.best = rng.randint(1, 25) * MINUTE
        self.worst = self.best + rng.randint(0, 25) * MINUTE
        self.jitter = rng.choice([0, 0, rng.randint(1, 9) * MINUTE])
        self.ended = not members and rng.random() < 0.3
        self.members = members
        text = (f"backup full {{ kind = full  schedule = every {self.every // HOUR}h  duration = {self.best}s..{self.worst}s  "
                f"jitter = {self.jitter}s  retain = 90d  to = far }}")
        self.text = text if members else f"asset {name} : {'ended' if self.ended else 'copied'} {{ site = east  rto = 4h  {text} }}"

    def runs(self, rng):
        """(captures of the members, completion) of each run of three days."""
        result = []
        for slot in range(0, 3 * DAY, self.every):
            start = slot + rng.choice([0, self.jitter, rng.randint(0, self.jitter)])
            takes = rng.choice([self.best, self.worst, rng.randint(self.best, self.worst)])
            whole = self.members or 1
            captures = [start + (takes if self.ended else rng.choice([0, takes, rng.randint(0, takes)]) if self.members else 0) for _ in range(whole)]
            result.append((captures, start + takes))
        return result

    def play(self, rng, runs, member=0):
        own = runs if runs is not None else self.runs(rng)
        self.ends = [end for _, end in own]
        return lambda t: ([captures[member] for captures, end in own if end <= t], None)


def make_group(rng, index):
    count = rng.choice([2, 2, 3])
    names = [f"g{index}-m{i}" for i in range(count)]
    shared = rng.random() < 0.25
    lines, members = [], []
    if shared:
        job = Backup(rng, "", count)
        lines += [f"asset {name} : copied {{ site = east  rto = 4h }}" for name in names]
        members = [job] * count
        body = "  " + job.text
    else:
        members = [rng.choice([Replica, Logs, Backup, Backup])(rng, name) for name in names]
        lines += [member.text for member in members]
        body = ""
    lines.append(f"group g{index} {{ members = [{', '.join(names)}]\n{body}\n}}")
    return members, shared, "\n".join(lines)


def least_skew(offers, t, loss):
    """The nearest the members can come to each other, none of them older than the loss."""
    goals = {point for points, _ in offers for point in points} | {newest for _, newest in offers if newest is not None}
    best = None
    for goal in goals:
        chosen = []
        for points, newest in offers:
            if newest is not None:
                chosen.append(min(goal, newest))
                continue
            near = [point for point in points if t - point <= loss]
            chosen.append(min(near, key=lambda point: abs(point - goal)) if near else None)
        if None in chosen or any(t - point > loss for point in chosen):
            continue
        skew = max(chosen) - min(chosen)
        best = skew if best is None else min(best, skew)
    return best


def play(rng, members, shared):
    runs = members[0].runs(rng) if shared else None
    views = [member.play(rng, runs, i) if shared else member.play(rng, None) for i, member in enumerate(members)]
    ends = [end for member in members if isinstance(member, Backup) for end in member.ends if end > 2 * DAY]
    t = rng.choice(ends) - rng.choice([1, 1, 0]) if ends else 2 * DAY + rng.randint(0, DAY)
    return t, [view(t) for view in views]


def test_random_groups_keep_what_was_said(env):
    env.need_drc()
    rng = random.Random(20261121)
    groups = [make_group(rng, index) for index in range(120)]
    near = 0
    with Sandbox() as folder:
        (folder / "main.dr").write_text(HEAD + "\n".join(text for _, _, text in groups) + "\n")
        done = env.run([env.drc, "plan", "main.dr", "--format", "json"], folder)
        if done.code not in (0, 1):
            raise Failure(readable(done.stderr))
        states = json.loads(done.stdout)["scenarios"][0]["groups"]
    if len(states) != len(groups):
        raise Failure(f"{len(states)} groups in the plan, {len(groups)} were written")
    for state, (members, shared, text) in zip(states, groups):
        if not isinstance(state["data_loss"], int) or state["skew"] is None:
            raise Failure(f"unknown although every figure is stated: {state}\n{text}")
        worst = 0
        for _ in range(150):
            t, offers = play(rng, members, shared)
            skew = least_skew(offers, t, state["data_loss"] // 1000)
            if skew is None or skew > state["skew"] // 1000:
                raise Failure(f"at {t} s the members are {skew} s apart, said was {state['skew'] // 1000} s within {state['data_loss'] // 1000} s\n"
                              f"{offers}\n{json.dumps(state)}\n{text}")
            worst = max(worst, skew)
        near += worst * 2 >= state["skew"] // 1000
    # A bound that nothing comes near would say nothing.
    if near < len(groups) // 2:
        raise Failure(f"only {near} of {len(groups)} bounds are within twice of what was played")
