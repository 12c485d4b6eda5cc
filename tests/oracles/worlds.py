"""Random specifications with kinds of their own, and legal worlds of them, executed: schedulers that run late, skip and miss, copies that queue,
prunes, disasters at any moment, people who do one thing at a time. Written from the page on semantics; not a line of the compiler's is known here.

`random_spec` makes a specification (plain dictionaries), `text_of` writes it in the language, `Runs` executes the backups of an asset under one
adversary, `Disaster` says what a scenario takes and how the recovery that the plan chose goes in one world. What a plan may not claim is judged in
worlds_test.py. Whole milliseconds throughout.

Where the page is silent, worlds are kind: an increment builds on the newest whole full copy that has ended, or on the increment after that; age counts
from the moment the data is of; of classes the last periods that have copies count; a run may last into forbidden hours; a job of ours copies what
it made before it ends; with a quorum above one a single place in strange hands changes nothing; who writes to a synchronous replica and
cannot reach it accepts nothing; fences and requests to archives wait for nothing but the declaration.

Not made: groups, endpoints, sites that are provisioned, bandwidth, runbooks and gates, schedules by month, by another zone than UTC or on change,
hosts, `object` scope, `append_only`, administrators, standbys with less than full capacity.
"""

import bisect

MINUTE = 60000
HOUR, DAY, WEEK = 60 * MINUTE, 1440 * MINUTE, 10080 * MINUTE
NEVER = float("inf")

KINDS = """
kind prison { of = site  level = account  is_account = true }
kind land { of = site  level = region }
kind town { of = site  level = zone }
kind shelf {
  of = store
  attribute spans { type = bool  default = true }
  multi_zone = self.spans
  procedure put    { run = ["put", job.input, job.object] }
  procedure fetch  { run = ["fetch", job.object, job.output] }
}
kind wide-shelf : shelf { parallel_copies = true }
kind db {
  of = asset
  stateful = true
  on_dependency_restore = nothing
  attribute spans { type = bool  default = false }
  attribute ha    { type = bool  default = false }
  attribute fencing   { type = range(duration) }
  attribute promoting { type = range(duration) }
  attribute loading   { type = range(duration) }
  attribute looking   { type = range(duration) }
  attribute replay    { type = rate  default = 60GiB/h }
  multi_zone = self.spans || self.ha
  method failover {
    when = self.ha
    covers = [instance, zone]
    rto = 1m..2m..3m
    includes = [detect]
    automatic = true
    rpo = 0s
  }
  method promote {
    for = r in self.replicas
    covers = [instance, zone, region, account, partition]
    rpo = r.mode == sync ? 0s : r.lag
    step fence   { phase = fence  run = ["fence"]  takes = self.fencing  otherwise = attest("nobody writes there") }
    step promote { run = ["promote"]  takes = self.promoting }
    step look    { phase = verify  manual = "look"  takes = self.looking }
  }
  method restore {
    covers = [instance, zone, region, account, corruption, deletion, object]
    restores = true
    step load { manual = "load"  takes = self.loading + self.change_rate * since_base / self.replay }
    step look { phase = verify  manual = "look"  takes = self.looking }
  }
  method reload {
    covers = [region, partition]
    restores = true
    step fence { phase = fence  run = ["fence"]  takes = self.fencing  otherwise = attest("nobody writes there") }
    step load { manual = "load"  takes = self.loading + self.change_rate * since_base / self.replay }
  }
}
kind db-late : db {
  procedure full         { capture = end  run = ["take", job.output]  restore = ["bring", job.input] }
  procedure snapshot     { capture = end  run = ["take", job.output]  restore = ["bring", job.input] }
  procedure incremental  { capture = end  run = ["take", job.output]  restore = ["bring", job.input] }
  procedure differential { capture = end  run = ["take", job.output]  restore = ["bring", job.input] }
  procedure log          { run = ["take", job.output]  restore = ["bring", job.input] }
}
kind app {
  of = asset
  stateful = false
  on_dependency_restore = restart
  dependency_time = 1m..2m..4m
  attribute starting { type = range(duration) }
  attribute slow     { type = range(duration) }
  attribute again    { type = int  default = 0 }
  method start {
    for = s in self.standbys
    covers = [instance, zone, region, account, partition]
    automatic = true
    rto = self.starting
  }
  method redeploy {
    covers = [instance, zone, region, account, corruption, deletion]
    restores = true
    step deploy { run = ["deploy"]  takes = self.slow  retries = self.again }
    step look   { phase = verify  manual = "look"  takes = 1m..2m..3m }
  }
}
kind cache {
  of = asset
  stateful = false
  on_dependency_restore = nothing
  method remake {
    for = r in self.rebuilds
    covers = [instance, zone, region, account, corruption, deletion]
    rto = r.duration
  }
}
kind key {
  of = asset
  stateful = false
  on_dependency_restore = nothing
  attribute slow { type = range(duration) }
  method import {
    covers = [instance, zone, region, account]
    step fetch { manual = "fetch"  takes = self.slow }
  }
}
"""

# Method: its steps, each with where its time stands; a tuple is the time itself. The same as in KINDS.
STEPS = {
    ("db", "failover"): [("failover", (1, 3))],
    ("db", "promote"): [("fence", "fencing"), ("promote", "promoting"), ("look", "looking")],
    ("db", "restore"): [("load", "loading"), ("look", "looking")],
    ("db", "reload"): [("fence", "fencing"), ("load", "loading")],
    ("app", "start"): [("start", "starting")],
    ("app", "redeploy"): [("deploy", "slow"), ("look", (1, 3))],
    ("cache", "remake"): [("remake", "slow")],
    ("key", "import"): [("fetch", "slow")],
}
AUTOMATIC = {"failover", "start"}
RESTART = (1, 4)


# ---------------------------------------------------------------- schedules

def times(*clock):
    return [d * 1440 + h * 60 + m for d in range(7) for h, m in clock]


# What is written, and the minutes of the week, from Sunday on, at which it runs.
SCHEDULES = {
    "every 15m": list(range(0, 10080, 15)), "every 1h": list(range(0, 10080, 60)), "every 4h": list(range(0, 10080, 240)),
    "daily at 02:00": times((2, 0)), "daily at 02:00, 14:00": times((2, 0), (14, 0)),
    "daily at 01:00, 13:00, 14:00": times((1, 0), (13, 0), (14, 0)), "weekly on sun at 03:00": [180],
    'cron "0 2 * * 1-5"': [d * 1440 + 120 for d in range(1, 6)],
    'cron "*/35 * * * *"': sorted(h * 60 + m for h in range(168) for m in (0, 35)),
    'cron "0 */5 * * *"': times((0, 0), (5, 0), (10, 0), (15, 0), (20, 0)),
    'cron "10 1 * * 2,4"': [2 * 1440 + 70, 4 * 1440 + 70],
}
# Hours in which a job must not run, as minutes of the day. No slot stands at an edge.
FORBIDDEN = {"06:30-22:30": (390, 1350), "12:30-13:30": (750, 810), "22:30-03:30": (1350, 210)}


def week_of(backup):
    """The minutes of the week of its slots: those in forbidden hours are gone."""
    week = SCHEDULES[backup["schedule"]]
    if backup.get("not_within"):
        first, last = FORBIDDEN[backup["not_within"]]

        def barred(minute):
            minute %= 1440
            return first <= minute < last if first < last else minute >= first or minute < last
        week = [m for m in week if not barred(m)]
    return week


def slots_of(backup, begin, end):
    week = week_of(backup)
    found, base = [], begin - begin % WEEK
    while base < end:
        found += [base + m * MINUTE for m in week if begin <= base + m * MINUTE < end]
        base += WEEK
    return found


def widest(backup):
    week = week_of(backup)
    return max(b - a for a, b in zip(week, week[1:] + [week[0] + 10080])) * MINUTE


def worst_slot(backup, before):
    """The last slot before a moment after which most time passes until the run that is not missed."""
    slots = slots_of(backup, before - 2 * WEEK, before + (backup["missed"] + 3) * WEEK)
    gap = backup["missed"] + 1
    return max((b - a, a) for a, b in zip(slots, slots[gap:]) if a < before)[1]


def narrowest(backup):
    week = week_of(backup)
    return min(b - a for a, b in zip(week, week[1:] + [week[0] + 10080])) * MINUTE


# ---------------------------------------------------------------- a specification

def span(rng, least, most):
    """A range in minutes: best and worst."""
    best = rng.randint(least, most)
    return best, rng.randint(best, most)


def random_spec(rng):
    spec = {"sites": {}, "stores": {}, "assets": {}, "scenarios": {}, "calm": rng.random() < 0.25,
            "crew": [rng.choice([None, None, None, "r0", "r1"]) for _ in range(rng.choice([1, 1, 2, 3, 30]))],
            "parallel": rng.choice([None, None, 1, 2])}
    sites = spec["sites"]
    sites["prod"] = {"level": "account"}
    sites["safe"] = {"level": "account"}
    sites["r0"] = {"level": "region", "account": "prod", "role": "primary"}
    sites["r1"] = {"level": "region", "account": rng.choice(["prod", "prod", "safe"]), "role": "recovery"}
    sites["r2"] = {"level": "region", "account": rng.choice(["prod", "safe"]), "role": rng.choice(["recovery", "vault"])}
    for zone in ("z0", "z1", "z2"):
        sites[zone] = {"level": "zone", "within": "r0"}
    names = []
    for n in range(rng.randint(1, 5)):
        kind = rng.choice(["db", "db", "db", "db", "app", "app", "key", "cache"])
        name = f"{kind}{n}"
        spec["assets"][name] = {"kind": kind}
        names.append(name)
    if not any(n.startswith("db") for n in names):
        names.append("db9")
        spec["assets"]["db9"] = {"kind": "db"}
    keys = [n for n in names if n.startswith("key")]
    for n in range(rng.randint(1, 3)):
        spec["stores"][f"st{n}"] = {"site": rng.choice(["r0", "z1", "r1", "r2", "r2"]),
                                    "lock": rng.choice([None, None, None, "governance", "compliance"]), "min": rng.choice([DAY, 30 * DAY]),
                                    "spans": rng.random() < 0.7, "side": rng.random() < 0.4,
                                    "offline": rng.random() < 0.1, "key": rng.choice(keys) if keys and rng.random() < 0.3 else None,
                                    "retrieval": rng.choice([0, 0, 0, 7])}
    for n, name in enumerate(names):
        random_asset(rng, spec, name, names[:n])
    for n in range(rng.randint(2, 4)):
        spec["scenarios"][f"sc{n}"] = random_scenario(rng, names, spec["calm"])
    return spec


def random_asset(rng, spec, name, before):
    a = spec["assets"][name]
    kind = a["kind"]
    a.update(site=rng.choice(["r0", "r0", "r0", "z0", "z1", "r1"]), needs=[m for m in before if rng.random() < 0.25], restores_with=[])
    a["rto"] = rng.choice([30, 120, 600])
    if kind in ("db", "app"):
        a["restores_with"] = [m for m in before if m.startswith("key") and m not in a["needs"] and rng.random() < 0.3]
    if kind == "db":
        a.update(late=rng.random() < 0.25, spans=rng.random() < 0.3, ha=rng.random() < 0.3)
        a.update(fencing=span(rng, 1, 9), promoting=span(rng, 1, 30),
                 loading=span(rng, 1, 40), looking=span(rng, 0, 5), replay=rng.choice([4, 60]),
                 change_rate=rng.choice([1, 1, 1, 3, 3, 3, None]),
                 rpo=rng.choice([5, 90, 3000]), replicas={}, backups={})
        for site in ("r1", "r2", "z1"):
            if site != a["site"] and rng.random() < 0.25:
                sync = rng.random() < 0.3
                a["replicas"][site] = {"mode": "sync" if sync else "async", "lag": 0 if sync else rng.choice([1, 5, 5, 40, 40, None])}
        for n in range(rng.choice([0, 1, 1, 2, 2, 3])):
            a["backups"][f"b{n}"] = random_backup(rng, spec, a["backups"])
    elif kind == "app":
        a.update(again=rng.choice([0, 0, 1, 2]), starting=span(rng, 1, 9), slow=span(rng, 1, 40))
        a.update(standbys=[s for s in ("r1", "r2") if s != a["site"] and rng.random() < 0.4])
    else:
        a.update(slow=span(rng, 1, 20))
    if kind == "cache":
        a["from"] = [m for m in before if m.startswith("db") and m not in a["needs"] and rng.random() < 0.6]
    if kind == "db" and not a["ha"] and rng.random() < 0.3:
        a["sites"] = rng.sample(["r0", "r1", "r2"], rng.choice([2, 3]))
        a["quorum"] = rng.randint(1, len(a["sites"]))
        a["replicas"] = {}


def random_backup(rng, spec, others):
    stores = sorted(spec["stores"])
    fulls = [n for n, b in others.items() if b["kind"] in ("full", "snapshot")]
    kind = rng.choice(["full", "incremental", "differential", "log", "log"]) if fulls else rng.choice(["full", "full", "full", "snapshot"])
    b = {"kind": kind, "of": rng.choice(fulls) if kind not in ("full", "snapshot") else None, "to": rng.choice(stores), "missed": 0}
    b["copies"] = [s for s in stores if s != b["to"] and rng.random() < 0.5]
    if b["of"] and rng.random() < 0.7:
        b["to"], b["copies"] = others[b["of"]]["to"], list(others[b["of"]]["copies"])
    b["copy_time"] = span(rng, 1, rng.choice([5, 30, 300])) if b["copies"] else (0, 0)
    b["retain"] = rng.choice([2 * DAY, 8 * DAY, 15 * DAY, 40 * DAY, NEVER, rng.randrange(1440, 20 * 1440) * MINUTE, rng.randrange(7 * 1440, 10 * 1440) * MINUTE])
    if kind == "log":
        b.update(ship_every=rng.choice([1, 5, 15]), missed=rng.choice([0, 0, 2]))
        if rng.random() < 0.7:
            b["copy_time"] = (b["copy_time"][0] and 1, b["copy_time"][0] and rng.choice([1, b["ship_every"]]))
        return b
    b["schedule"] = rng.choice(sorted(SCHEDULES))
    b["duration"] = span(rng, 1, rng.choice([6, 12, 70]))
    b["start_window"], b["jitter"] = rng.choice([0, 0, 10, 60]), rng.choice([0, 0, 2])
    b["missed"] = rng.choice([0, 0, 0, 1, 2])
    if rng.random() < 0.15:
        b["not_within"] = rng.choice(sorted(FORBIDDEN))
        if not week_of(b):
            del b["not_within"]
    most = narrowest(b) // MINUTE - 1  # a run that outlasts the shortest gap is refused
    b["duration"] = tuple(min(d, most) for d in b["duration"])
    if kind in ("full", "snapshot") and rng.random() < 0.2:
        b["retain"] = {"daily": rng.choice([3, 7, 30]), "weekly": rng.choice([1, 5])}
        if rng.random() < 0.3:
            b["retain"] = {"hourly": rng.choice([5, 30, 100]), "daily": rng.choice([2, 12])}
    return b


def random_scenario(rng, names, calm):
    """`calm`: nothing is damaged and nobody's account is taken over."""
    what = rng.choice(["zone", "zones", "region", "region", "account", "fails", "partition", "two"]
                      + ([] if calm else ["corrupts", "corrupts", "deletes", "compromises"]))
    s = {"detect": span(rng, 1, 6) if rng.random() < 0.95 else None, "declare": rng.choice([(0, 0), (10, 10), (10, 10), (1, 20), (1, 20), None]),
         "loses": [], "fails": [], "corrupts": [], "deletes": [], "compromises": [],
         "partitions": [], "noticed_within": None}
    some = [n for n in names if rng.random() < 0.4] or [names[0]]
    data = [n for n in names if n.startswith("db") and rng.random() < 0.6] or [n for n in names if n.startswith("db")][:1]
    late = rng.choice([HOUR, DAY, DAY, DAY, 3 * DAY, 3 * DAY, 10 * DAY, 10 * DAY, None])
    if what == "zone":
        s["loses"] = [rng.choice(["z0", "z1"])]
    elif what == "zones":
        s["loses"] = ["z0", "z1"]
    elif what == "region":
        s["loses"] = [rng.choice(["r0", "r0", "r1"])]
    elif what == "account":
        s["loses"] = [rng.choice(["prod", "safe"])]
    elif what == "fails":
        s["fails"] = some
    elif what in ("corrupts", "deletes"):
        s[what] = data
        s["noticed_within"] = late
    elif what == "compromises":
        s["compromises"] = [rng.choice(["prod", "prod", "safe"])]
        s["noticed_within"] = late
    elif what == "partition":
        s["partitions"] = ["r0"]
    else:
        s["loses"] = ["r0"]
        if rng.random() < 0.4 and not calm:
            s["corrupts"], s["noticed_within"] = data, late
        else:
            s["loses"].append(rng.choice(["r1", "r2"]))
    return s


# ---------------------------------------------------------------- as text

def listed(names):
    return "[" + ", ".join(names) + "]"


def ranged(pair):
    return f"{pair[0]}m..{pair[1]}m"


def whole(ms):
    return f"{ms // MINUTE}m"


def backup_text(name, b):
    parts = [f"kind = {b['kind']}"]
    if b["of"]:
        parts.append(f"of = {b['of']}")
    if b["kind"] == "log":
        parts.append(f"schedule = continuous  ship_every = {b['ship_every']}m")
    else:
        parts.append(f"schedule = {b['schedule']}  duration = {ranged(b['duration'])}")
        parts += [f"{key} = {b[key]}m" for key in ("start_window", "jitter") if b[key]]
    if b["missed"]:
        parts.append(f"missed = {b['missed']}")
    if isinstance(b["retain"], dict):
        parts.append("retain = { " + "  ".join(f"{k} = {v}" for k, v in b["retain"].items()) + " }")
    else:
        parts.append("retain = forever" if b["retain"] == NEVER else f"retain = {whole(b['retain'])}")
    parts.append(f"to = {b['to']}")
    if b["copies"]:
        parts.append(f"copies = {listed(b['copies'])}  copy_time = {ranged(b['copy_time'])}")
    if b.get("not_within"):
        parts.append(f'load {{ not_within = "{b["not_within"]}" }}')
    return f"  backup {name} {{ {'  '.join(parts)} }}"


def asset_text(name, a):
    kind = "db-late" if a.get("late") else a["kind"]
    place = f"sites = {listed(a['sites'])}  quorum = {a['quorum']}" if "sites" in a else f"site = {a['site']}"
    lines = [f"asset {name} : {kind} {{", f"  {place}  rto = {a['rto']}m"]
    for key in ("needs", "restores_with"):
        if a[key]:
            lines.append(f"  {key} = {listed(a[key])}")
    if a["kind"] == "db":
        rate = f"  change_rate = {a['change_rate']}GiB/h" if a["change_rate"] else ""
        lines.append(f"  rpo = {a['rpo']}m  spans = {str(a['spans']).lower()}  ha = {str(a['ha']).lower()}{rate}  replay = {a['replay']}GiB/h")
    lines.append("  " + "  ".join(f"{k} = {ranged(a[k])}" for k in ("fencing", "promoting", "loading", "looking", "starting", "slow")
                               if k in a and a["kind"] != "cache"))
    if a["kind"] == "cache":
        lines.append(f"  rebuild {{ from = {listed(a['from'])}  duration = {ranged(a['slow'])} }}")
    if a.get("again"):
        lines.append(f"  again = {a['again']}")
    for site, r in a.get("replicas", {}).items():
        lines.append(f"  replica {site} {{ mode = {r['mode']}" + (f"  lag = {r['lag']}m  bounded = true" if r["lag"] else "") + " }")
    lines += [backup_text(n, b) for n, b in a.get("backups", {}).items()]
    lines += [f"  standby {site} {{ capacity = 100% }}" for site in a.get("standbys", [])]
    return "\n".join(lines + ["}"])


def text_of(spec):
    parallel = f"  parallel = {spec['parallel']}" if spec["parallel"] else ""
    text = [KINDS, f'plan p {{ title = "P"  owner = crew{parallel} }}',
            f'team crew {{ title = "C"  members = {listed([f"c{n}" for n in range(len(spec["crew"]))])} }}']
    for n, at in enumerate(spec["crew"]):
        text.append(f'person c{n} {{ name = "C {n}"  phone = "1"  email = "c{n}@example.com"' + (f"  at = {at}" if at else "") + " }")
    for name, site in spec["sites"].items():
        kind = {"account": "prison", "region": "land", "zone": "town"}[site["level"]]
        text.append(f"site {name} : {kind} {{" + "".join(f"  {key} = {site[key]}" for key in ("account", "within", "role") if site.get(key)) + " }")
    for name, st in spec["stores"].items():
        lock = f"  lock {{ mode = {st['lock']}  min = {whole(st['min'])} }}" if st["lock"] else ""
        key = f"  key = {st['key']}" if st["key"] else ""
        flags = "".join(f"  {f} = {str(st[f]).lower()}" for f in ("offline", "spans"))
        kind = "wide-shelf" if st["side"] else "shelf"
        text.append(f"store {name} : {kind} {{ site = {st['site']}{flags}  retrieval = {st['retrieval']}m{key}{lock} }}")
    text.append('class c { title = "C" }')
    for name, s in spec["scenarios"].items():
        rest = "".join(f"  {k} = {listed(s[k])}" for k in ("loses", "fails", "corrupts", "deletes", "compromises", "partitions") if s[k])
        if s["noticed_within"] is not None:
            rest += f"  noticed_within = {whole(s['noticed_within'])}"
        rest += "".join(f"  {k} = {ranged(s[k])}" for k in ("detect", "declare") if s[k])
        text.append(f"scenario {name} {{ class = c{rest} }}")
    text += [asset_text(name, a) for name, a in spec["assets"].items()]
    return "\n".join(text) + "\n"


# ---------------------------------------------------------------- backups, executed

class Run:
    """One copy: of which slot, as of when its data is, when it is where, and on what it builds."""

    def __init__(self, slot, captured, end, base=None):
        self.slot, self.captured, self.end, self.base = slot, captured, end, base
        self.root = base.root if base else self
        self.arrives = {}


class Adversary:
    """How things go in one world: until its switch each job is early and quick, then the next runs are missed and what follows is late and slow.
    Now and then a run goes otherwise, in any legal way. `blocks`: the last good run ends just when the next is due, and missed runs are such as
    fail late, so that each keeps the next one out."""

    def __init__(self, rng, switches, noise, blocks):
        self.rng, self.switches, self.noise, self.blocks = rng, switches, noise, blocks

    def pick(self, pair, bad):
        if self.rng.random() < self.noise:
            return self.rng.choice([pair[0], pair[1], self.rng.randint(pair[0], pair[1])])
        return pair[1] if bad else pair[0]


class Runs:
    """All copies of an asset's backups between two moments, in one world."""

    def __init__(self, asset, spec, begin, end, adversary):
        self.asset, self.spec, self.begin, self.end, self.how = asset, spec, begin, end, adversary
        self.of, self.thinned = {}, {}
        for name, b in asset["backups"].items():  # what is built on is written first
            self.of[name] = [] if b["kind"] == "log" else self.runs(name, b)

    def runs(self, name, b):
        rng, how, found, queue = self.how.rng, self.how, [], {}
        late, switch = self.asset["late"], how.switches[name]
        window, lasts = (b["start_window"] + b["jitter"]) * MINUTE, tuple(d * MINUTE for d in b["duration"])
        copying = b["copy_time"][1] * MINUTE if late else 0
        busy, missed = -1, 0  # until when the last run lasts; how many in a row were missed
        left = b["missed"] if rng.random() < 0.9 else rng.randint(0, b["missed"])
        slots = slots_of(b, self.begin, self.end)
        for slot, following in zip(slots, slots[1:] + [NEVER]):
            bad = slot > switch
            if slot <= busy:
                continue  # the one before still runs: a skip
            if missed < b["missed"] and (bad and left > 0 or rng.random() < how.noise / 2):
                left, missed = left - 1, missed + 1
                if how.blocks:
                    busy = slot + window + lasts[1]
                continue
            missed = 0
            start, length = slot + how.pick((0, window), bad), how.pick(lasts, bad)
            if how.blocks and not bad and following > switch and slot + window + lasts[1] + copying >= following:
                start, length = max(slot, following - lasts[1] - copying), lasts[1]
            busy = start + length
            base = None
            if b["of"]:
                base = self.newest_before(start, self.of[b["of"]])
                if base is None:
                    continue
                if b["kind"] == "incremental":
                    base = self.newest_before(start, [r for r in found[-3:] if r.root is base]) or base
            run = Run(slot, busy if late else start, busy, base)
            self.send(run, b, queue, bad or bool(copying) and how.blocks and following > switch)
            if late:  # a job of ours copies what it made before it ends
                busy = max(run.arrives.values())
            found.append(run)
        return found

    @staticmethod
    def newest_before(start, runs):
        at = bisect.bisect_right(runs, start, key=lambda r: r.end)  # runs of one job end one after the other
        return runs[at - 1] if at else None

    def send(self, run, b, queue, bad):
        run.arrives[b["to"]] = run.end
        if self.asset["late"] and b["copies"]:
            done = run.end + self.how.pick((b["copy_time"][0] * MINUTE, b["copy_time"][1] * MINUTE), bad)
            run.arrives.update(dict.fromkeys(b["copies"], done))
            return
        for store in b["copies"]:
            begin = run.end
            if not self.spec["stores"][store]["side"]:
                begin = max(begin, queue.get(store, 0))
            queue[store] = begin + self.how.pick((b["copy_time"][0] * MINUTE, b["copy_time"][1] * MINUTE), bad)
            run.arrives[store] = queue[store]

    def log_around(self, name, moment):
        """A log is sealed every so often; a missed segment leaves with the next. `captured`: until when one goes. Only those near a moment are
        made: before them all went well."""
        b, rng, how = self.asset["backups"][name], self.how.rng, self.how
        every = b["ship_every"] * MINUTE
        switch = moment - rng.choice([0, 0, 1, 2, 3, 5]) * every - rng.randrange(every + 1)
        first = moment - 30 * every - b["copy_time"][1] * MINUTE - rng.randrange(every)
        queue, waiting, self.of[name], left = {}, [], [], b["missed"]
        while first < moment + 8 * every:
            sealed = first + every
            run = Run(first, sealed, sealed)
            first = sealed
            self.of[name].append(run)
            waiting.append(run)
            bad = sealed > switch
            if bad and left > 0:
                left -= 1
                continue
            for late in waiting:
                late.end = sealed
            self.send_all(waiting, b, queue, bad)
            waiting = []
        for late in waiting:
            late.arrives = dict.fromkeys([b["to"]] + b["copies"], NEVER)

    def send_all(self, runs, b, queue, bad):
        """What leaves together is copied together."""
        self.send(runs[0], b, queue, bad)
        for other in runs[1:]:
            other.arrives = dict(runs[0].arrives)

    # ---- what can be read

    def kept(self, name, run, now, store, locked, until=None):
        """Whether a copy is still there at a moment. Jobs prune until `until`; age goes on."""
        retain = self.asset["backups"][name]["retain"]
        if locked is not None:
            return run.captured + locked >= now
        if not isinstance(retain, dict):
            return run.captured + retain >= now
        key = name, store, min(now, NEVER if until is None else until)
        if key not in self.thinned:
            self.thinned[key] = self.left_by(retain, [r for r in self.of[name] if r.arrives.get(store, NEVER) <= key[2]])
        return id(run) in self.thinned[key]

    @staticmethod
    def left_by(retain, there):
        """What classes leave: of the last so many periods the newest copy, by its slot."""
        left = set()
        for period, count in retain.items():
            size, shift = {"hourly": (HOUR, 0), "daily": (DAY, 0), "weekly": (WEEK, DAY)}[period]  # weeks begin on Monday, time on a Sunday
            newest = {}
            for r in there:
                p = (r.slot - shift) // size
                if p not in newest or newest[p].slot < r.slot:
                    newest[p] = r
            left |= {id(newest[p]) for p in sorted(newest)[-count:]}
        return left

    def points(self, name, store, cut, arrived, read, locked):
        """The newest moment (and since when its base is) that copies of this backup at the store bring back, or None.
        cut: data must be as of then or earlier; arrived: copies must be there by then; read: until when they must live."""
        b = self.asset["backups"][name]
        if b["kind"] == "log":
            return self.log_point(name, b, store, cut, arrived, read, locked)
        for run in reversed(self.of[name]):
            if run.captured > cut:
                continue
            link, good = run, True
            while link is not None and good:
                label = name if link.base or not b["of"] else b["of"]
                # What classes thin is kept as long as what builds on it.
                built_on = link is not run and isinstance(self.asset["backups"][label]["retain"], dict)
                good = link.arrives.get(store, NEVER) <= arrived and (built_on or self.kept(label, link, read, store, locked, arrived))
                link = link.base
            if good:
                return run.captured, run.root.captured
        return None

    def log_point(self, name, b, store, cut, arrived, read, locked):
        there = [s for s in self.of[name] if s.arrives.get(store, NEVER) <= arrived and self.kept(name, s, read, store, locked)]
        there.sort(key=lambda s: s.captured)
        oldest_made = self.of[name][0].slot if self.of[name] else NEVER
        best = None
        begin = reach = None
        spans = []
        for s in there:
            if reach is not None and s.slot == reach:
                reach = s.captured
            else:
                if reach is not None:
                    spans.append((begin, reach))
                begin, reach = s.slot, s.captured
        if reach is not None:
            spans.append((begin, reach))
        retain = b["retain"] if locked is None else locked
        for base in self.of[b["of"]]:
            built_on = isinstance(self.asset["backups"][b["of"]]["retain"], dict) and base.captured + retain >= read
            if base.arrives.get(store, NEVER) > arrived or not (built_on or self.kept(b["of"], base, read, store, locked, arrived)):
                continue
            if base.captured <= cut and (best is None or base.captured > best[0]):
                best = (base.captured, base.captured)
            for begin, reach in spans:
                # Before what was executed, segments were there as long as they are kept.
                if begin == oldest_made:
                    begin = -NEVER if retain == NEVER else read - retain
                if begin <= base.captured <= reach and base.captured <= cut:
                    point = min(reach, cut)
                    if best is None or point > best[0] or (point == best[0] and base.captured > best[1]):
                        best = (point, base.captured)
        return best


# ---------------------------------------------------------------- what a scenario takes

class Disaster:
    def __init__(self, spec, name):
        self.spec, self.s = spec, spec["scenarios"][name]
        self.late = self.s["noticed_within"] or 0

    def above(self, site):
        """The place and all it lies in; then the account, its own or the one it takes from there."""
        found, account = [], None
        while site:
            found.append(site)
            account = account or self.spec["sites"][site].get("account")
            site = self.spec["sites"][site].get("within")
        return found, account

    def gone(self, site, tolerates=0):
        """Whether in some legal world nothing is left of a thing there."""
        places, account = self.above(site)
        if set(places) & set(self.s["loses"]) or account in self.s["loses"]:
            return True
        zones = [z for z in self.s["loses"] if self.spec["sites"][z].get("within") == site]
        return len(zones) > tolerates

    def region(self, site):
        return self.spec["sites"][site].get("within", site)

    def held(self, site):
        places, account = self.above(site)
        return bool(set(places) & set(self.s["compromises"])) or account in self.s["compromises"]

    def cut(self, site):
        return bool(set(self.above(site)[0]) & set(self.s["partitions"]))

    def places(self, name):
        a = self.spec["assets"][name]
        return a.get("sites") or [a["site"]]

    def hit(self, name):
        """Whether an asset has lost its place, its service or its data."""
        a = self.spec["assets"][name]
        tolerates = 1 if a.get("spans") or a.get("ha") else 0
        standing = [s for s in self.places(name) if not self.gone(s, tolerates) and not self.cut(s) and not self.held(s)]
        if len(standing) < a.get("quorum", 1) or self.ruled(name):
            return True
        return any(name in self.s[k] for k in ("fails", "corrupts", "deletes")) or any(self.damaged(m) for m in a.get("from", []))

    def ruled(self, name):
        """Whether somebody else can write: holds the place, or as many of its places as decide."""
        return sum(self.held(s) for s in self.places(name)) >= self.spec["assets"][name].get("quorum", 1)

    def touched(self, name):
        return self.hit(name) or any(self.touched(m) for m in self.spec["assets"][name]["needs"])

    def damaged(self, name):
        return name in self.s["corrupts"] or name in self.s["deletes"] or self.ruled(name)

    def crew(self):
        return sum(at is None or not self.gone(at, 9) for at in self.spec["crew"])

    def store_lost(self, name):
        """Why nothing can be read from a store, or None; and for how long a copy is sure to be there, where that is not its own retention."""
        st = self.spec["stores"][name]
        if self.gone(st["site"], 1 if st["spans"] else 0):
            return "is gone", None
        if self.cut(st["site"]):
            return "is cut off", None
        if self.held(st["site"]):
            if st["offline"]:
                return None, None
            if st["lock"] == "compliance":
                return None, st["min"]
            return "can be emptied by who holds its account", None
        return None, None


class Recovery:
    """The recovery that a plan describes, carried out in one world. Of the plan only the choice is taken (methods, copies) and the order in which
    people and slots hand on; how long things take, and what waits for what, comes from the specification."""

    def __init__(self, disaster, result, draw, replay):
        """draw(pair): a time within a range of minutes, in milliseconds; replay(asset): what replaying its log takes."""
        self.d, self.spec, self.result, self.draw, self.replay = disaster, disaster.spec, result, draw, replay
        self.state = {a["asset"]: a for a in result["assets"]}
        self.steps = {s["id"]: s for s in result["steps"]}
        # What nobody stated may take as long as it likes.
        self.detect, self.declare = (draw(disaster.s[k] or (9 ** 9, 9 ** 9)) for k in ("detect", "declare"))
        self.starts, self.ends = {}, {}
        self.length = {}
        self.chain = {}
        for name in self.state:
            self.chain[name] = self.chain_of(name)

    def chosen(self, name):
        return next((c for c in self.state[name]["candidates"] if c["chosen"]), None)

    def chain_of(self, name):
        """The steps of an asset, in order: (id, range)."""
        a, state = self.spec["assets"][name], self.state[name]
        mine = [s["id"] for s in self.result["steps"] if s["asset"] == name]
        if state["fate"] != "lost":
            return [(i, RESTART) for i in mine]
        if not state["method"]:
            return []
        steps = [(f"{name}.{step}", a[time] if isinstance(time, str) else time)
                 for step, time in STEPS[a["kind"], state["method"].split("(")[0]]]
        if state["method"] in ("restore", "reload") and self.spec["stores"][self.store_of(name)]["retrieval"]:
            steps.insert(0, (f"{name}.retrieve", (self.spec["stores"][self.store_of(name)]["retrieval"],) * 2))
        return steps

    def end_of(self, name):
        """When an asset serves again; 0 when nothing happened to it."""
        if name not in self.state:
            return 0
        if self.state[name]["fate"] == "lost" and not self.chain[name]:
            return 0  # it never does: what waits for it is unknown
        if not self.chain[name]:
            return max([self.end_of(m) for m in self.spec["assets"][name]["needs"]], default=0)
        return max(self.end(step) for step, _ in self.chain[name])

    def end(self, step):
        if step in self.ends:
            return self.ends[step]
        name = step.split(".")[0]
        a, state, chain = self.spec["assets"][name], self.state[name], self.chain[name]
        place = [i for i, _ in chain].index(step)
        method = (state["method"] or "").split("(")[0]
        automatic = state["fate"] == "lost" and method in AUTOMATIC
        waits = [0 if method == "failover" and automatic else self.detect + (0 if automatic else self.declare)]
        if not step.endswith((".fence", ".retrieve")):  # whoever may still write is stopped at once, and archives are asked
            waits += [self.end(i) for i, _ in chain[:place]]
            waits += [self.end_of(m) for m in a["needs"]]
        waits += [self.end_of(m) for m in a.get("from", [])]
        extra = 0
        if method in ("restore", "reload", "redeploy") and not step.endswith(".fence") and state["fate"] == "lost" and not step.endswith(".retrieve"):
            waits += [self.end_of(m) for m in a["restores_with"]]
        if step.endswith(".load"):
            key = self.spec["stores"][self.store_of(name)]["key"]
            waits += [self.end_of(key)] if key else []
            extra = self.replay(name)
        if step not in self.steps:
            raise KeyError(step)
        waits += [self.end(other) for other in self.steps[step]["follows"] if other in self.steps and other.split(".")[0] in self.chain]
        self.starts[step] = max(waits)
        lasts = self.draw(chain[place][1])
        if step.endswith(".deploy"):
            for n in range(self.draw((0, a["again"])) // MINUTE):  # given up, and tried again after 5 s, 10 s …
                lasts += chain[place][1][1] * MINUTE + 5000 * (n + 1)
        self.ends[step] = self.starts[step] + lasts + extra
        return self.ends[step]

    def store_of(self, name):
        return self.chosen(name)["store"].split(".")[1]

    def backup_of(self, name):
        return self.chosen(name)["copy"].split("backup.")[1]

    def overbooked(self, crew):
        """Steps of people, or of slots, that run at a time though there are not so many, or None."""
        for own, limit in ((False, crew), (True, self.spec["parallel"])):
            mine = [i for i in self.ends if self.steps[i]["automated"] == own and not self.steps[i]["idle"] and self.ends[i] > self.starts[i]
                    and self.steps[i]["mode"] != "itself"]  # what happens by itself waits for no slot
            for step in mine:
                busy = [i for i in mine if self.starts[i] <= self.starts[step] < self.ends[i]]
                if limit and len(busy) > limit:
                    return busy
        return None
