"""Random specifications about time, each with kinds of its own, and worlds of their recoveries, executed. Written from the page on semantics
(section 3); not a line of the compiler's is known here.

`random_spec` makes a specification (plain dictionaries), `text_of` writes it, `World` carries out the recovery of one scenario. Of the plan a world
takes only what somebody chose: methods, copies, and whose hands each step takes over (`follows`). What waits for what, and how long things take, comes
from the specification. What a plan may not claim is judged in times_test.py. Minutes in specifications, whole milliseconds in worlds.

Where the page is silent, worlds are kind: what prepares and fences waits for gates only; runbooks are gone through one after the other; a place that is still to be made keeps nothing waiting but what recovers there;
the switch of a stopped name needs no propagation; the parts of a method that is timed as a whole are done in any division of its time.

Not made: methods timed as a whole whose fence people attest (their hands are counted from the recovery on) or in which several people have a part
(each counts all of it), groups, standbys, several targets that serve.
"""

MINUTE = 60000
GIB = 1 << 30
PHASES = ["prepare", "fence", "recover", "verify"]

BASE = """
kind land { of = site  level = region  attribute region { type = string } }
kind hall { of = site  level = datacenter }
kind shelf { of = store  multi_zone = true }
kind watcher { of = asset  stateful = false  on_dependency_restore = nothing
  method again { covers = [instance, region]  into = r1  step s { run = ["again"]  takes = 1m } } }
kind by-phone { of = endpoint  control_plane = hub }
class c0 { title = "C" }
class c1 { title = "D" }
"""


def span(rng, least, most):
    best = rng.randint(least, most)
    return best, rng.randint(best, most)


# ---------------------------------------------------------------- a specification

def random_step(rng, n, phase, teams):
    hand = rng.random() < 0.5
    step = {"name": f"s{n}", "phase": phase, "hand": hand, "takes": span(rng, 0 if phase != "recover" and rng.random() < 0.1 else 1, 12),  # what takes nothing at all is not done
            "by": rng.choice([None, None] + teams) if hand else None,
            "retries": 0, "before_needs": rng.random() < 0.15 and phase in ("prepare", "recover"), "best_effort": False, "timeout": None}
    if not hand and rng.random() < 0.2:
        step["retries"] = rng.choice([1, 1, 2, 5])
    elif phase == "recover" and not hand and rng.random() < 0.15:
        step["best_effort"] = True
        step["timeout"] = rng.choice([None, step["takes"][1] + rng.choice([0, 3, 30]) or 1])
    return step


def random_method(rng, name, data, teams):
    m = {"name": name, "automatic": False, "includes": False, "rto": None, "restores": data, "into": rng.random() < 0.6,
         "when": rng.random() < 0.9, "steps": [], "damage": rng.random() < 0.5}
    if not data and rng.random() < 0.35:
        m["automatic"] = True
        m["includes"] = rng.random() < 0.5
    if not data and (m["automatic"] or rng.random() < 0.2):
        m["rto"] = span(rng, 1, 30)
        return m
    phases = [p for p in ("fence", "recover", "verify", "prepare") if rng.random() < {"fence": 0.3, "recover": 1, "verify": 0.4, "prepare": 0.15}[p]]
    if rng.random() < 0.3:
        phases.append("recover")
    rng.shuffle(phases)
    m["steps"] = [random_step(rng, n, phase, teams) for n, phase in enumerate(phases)]
    if all(s["best_effort"] for s in m["steps"] if s["phase"] == "recover"):
        m["steps"][phases.index("recover")]["best_effort"] = False  # nothing of it would have to succeed
    if data:
        load = next(s for s in m["steps"] if s["phase"] == "recover")
        load.update(load=True, hand=False, by=None, retries=0, best_effort=False, before_needs=False)
    return m


def random_spec(rng):
    spec = {"people": [rng.choice([None, None, None, "r0"]) for _ in range(rng.randint(1, 4))],
            "operators": rng.choice([None, None, None, 1, 2]), "parallel": rng.choice([None, None, 1, 2]),
            "mttr": rng.choice([None, None, 20, 60]), "assets": {}, "scenarios": {}, "runbooks": {}, "endpoints": {}, "stores": {},
            "hub": rng.choice(["r0", "out", "out"]), "provision": {}, "nested": False, "bandwidth": rng.choice([None, None, 50])}
    everybody = list(range(len(spec["people"])))
    spec["teams"] = {"t0": everybody, "t1": rng.sample(everybody, rng.randint(1, len(everybody)))}
    if rng.random() < 0.3:
        spec["provision"]["r1"] = (span(rng, 1, 20), rng.choice([None, None, "t1"]), rng.random() < 0.4)
    if rng.random() < 0.3:
        spec["nested"] = True
        if rng.random() < 0.5:
            spec["provision"]["d1"] = (span(rng, 1, 20), None, rng.random() < 0.4)
    teams = sorted(spec["teams"])
    names = []
    for n in range(rng.randint(1, 5)):
        name = f"a{n}"
        spec["assets"][name] = random_asset(rng, spec, names, teams)
        names.append(name)
    for n in range(rng.choice([0, 0, 1, 2])):
        spec["assets"][f"w{n}"] = {"watcher": True, "site": rng.choice(["r0", "r1", "out", "out"]), "observes": [m for m in names if rng.random() < 0.6] or names[:1],
                                   "needs": [m for m in names if rng.random() < 0.1], "rto": None}
        spec["assets"][f"w{n}"]["observes"] = [m for m in spec["assets"][f"w{n}"]["observes"]]
    for n in range(rng.randint(1, 3)):
        spec["scenarios"][f"sc{n}"] = random_scenario(rng, spec, names)
    for n in range(rng.choice([0, 0, 1, 2, 3])):
        approve = rng.random() < 0.6
        spec["runbooks"][f"rb{n}"] = {
            "for": [s for s in spec["scenarios"] if rng.random() < 0.7] or ["sc0"],
            "approve": rng.sample(everybody, rng.randint(1, len(everybody))) if approve else [],
            "within": rng.choice([1, 7, 15, 15, 15, None]) if approve else None, "confirm": rng.random() < 0.3,
            "before": [random_step(rng, i, "prepare", teams) for i in range(rng.choice([0, 0, 1, 2]))],
            "after": [random_step(rng, 7, "verify", teams)] if rng.random() < 0.3 else []}
        for s in spec["runbooks"][f"rb{n}"]["before"] + spec["runbooks"][f"rb{n}"]["after"]:
            s["before_needs"], s["best_effort"], s["timeout"] = False, False, None
    served = [n for n in names if spec["assets"][n]["site"] == "r0"]
    for n in range(rng.choice([0, 1, 1, 2]) if served else 0):
        kind = rng.choice([None, None, None, "by-phone"])
        spec["endpoints"][f"e{n}"] = {"kind": kind, "mode": "manual" if kind else rng.choice(["health", "health", "manual", "stop", "arc"]), "serves": rng.sample(served, rng.randint(1, min(2, len(served)))),
                                      "ttl": rng.choice([None, 0, 30, 300]), "propagation": rng.choice([None, 0, 120]), "switch": rng.choice([None, 60, 300]),
                                      "change": rng.choice([(1, 3), (2, 2)]) if kind or rng.random() < 0.3 else None, "rto": rng.choice([None, None, 5, 40, 120]),
                                      "health": (rng.choice([10, 30]), rng.choice([1, 2, 3, 10]), rng.choice(["tcp", "http", "https"]))}
    return spec


def random_asset(rng, spec, before, teams):
    data = rng.random() < 0.25
    a = {"watcher": False, "site": rng.choice(["r0", "r0", "r0", "r1", "out"]), "needs": [m for m in before if rng.random() < 0.3], "data": data,
         "uses": [], "restores_with": [], "rto": rng.choice([None, 15, 40, 90, 200]), "mtd": rng.choice([None, None, None, 60, 200]),
         "work": rng.choice([None, 10, 30]), "owner": rng.choice([None, None] + teams), "level": rng.choice([2, 3]),
         "restart": rng.choice([None, None, span(rng, 1, 5)]), "verify": None, "probe": None, "timing": {}, "named": {}, "objective": {}}
    a["uses"] = [m for m in before if m not in a["needs"] and rng.random() < 0.1]
    a["methods"] = [random_method(rng, f"m{n}", data, teams) for n in range(rng.choice([1, 1, 2]))]
    for m in a["methods"]:
        a_whole = all(not s["retries"] and not s["best_effort"] and not s["before_needs"]
                      and s["phase"] not in ("prepare", "fence") for s in m["steps"]) and sum(s["hand"] for s in m["steps"]) < 2
        if a_whole and not data and rng.random() < 0.1:
            a["timing"][m["name"]] = span(rng, 1, 30)
    if rng.random() < 0.2:
        a["named"][rng.choice(["c0", "c1", None])] = rng.choice(a["methods"])["name"]
    if rng.random() < 0.2:
        a["objective"][rng.choice(["c0", "c1"])] = rng.choice([5, 30, 100])
    if rng.random() < 0.25:
        a["verify"] = (rng.choice([None, span(rng, 1, 8)]), rng.random() < 0.5)
    if rng.random() < 0.2:
        a["probe"] = (rng.choice([30, 60]), rng.choice([1, 3]), rng.choice([10, 60]))
    if data:
        a["restores_with"] = [m for m in before if m not in a["needs"] and rng.random() < 0.3]
        a.update(rpo=rng.choice([7, 30, 100000, 100000]), size=rng.choice([None, 3, 10]), rate=rng.choice([20, 100]), change_rate=rng.choice([1, 2, None]), replay=rng.choice([5, 60]))
        every = rng.choice([60, 240, 1440])
        a["full"] = {"every": every, "duration": span(rng, 1, 12), "window": rng.choice([0, 9]), "missed": rng.choice([0, 0, 1]), "copy": rng.choice([None, span(rng, 0, 7)])}
        a["log"] = rng.choice([None, 1, 5])
        key = rng.choice(before) if before and rng.random() < 0.3 else None
        store = f"st{len(spec['stores'])}"
        spec["stores"][store] = {"site": rng.choice(["r1", "out"]), "key": key, "retrieval": rng.choice([0, 0, 7]), "read_rate": rng.choice([None, None, 30])}
        if a["size"] is None:  # how much it moves is then not known, and with it how long a limit makes that last
            spec["bandwidth"] = spec["stores"][store]["read_rate"] = None
        a["store"] = store
    return a


def random_scenario(rng, spec, names):
    s = {"class": rng.choice(["c0", "c1"]), "loses": [], "fails": [], "corrupts": [], "noticed": None, "frequency": rng.choice([None, 30])}
    what = rng.choice(["region", "region", "fails", "corrupts"])
    data = [n for n in names if spec["assets"][n]["data"]]
    if what == "region":
        s["loses"] = ["r0"]
    elif what == "corrupts" and data:
        s["corrupts"], s["noticed"] = [rng.choice(data)], 600
    else:
        s["fails"] = [n for n in names if rng.random() < 0.5] or names[:1]
    s["detect"] = rng.choice([None, span(rng, 0, 9), span(rng, 0, 9), span(rng, 0, 9), span(rng, 0, 9)])
    s["declare"] = rng.choice([None, (0, 0), span(rng, 0, 20), span(rng, 0, 20), span(rng, 0, 20)])
    return s


# ---------------------------------------------------------------- as text

def listed(names):
    return "[" + ", ".join(names) + "]"


def ranged(pair):
    return f"{pair[0]}m..{pair[1]}m"


def takes_of(s, a=None):
    text = f"({ranged(s['takes'])})" if s.get("load") else ranged(s["takes"])
    if s.get("load"):
        if a["size"]:
            text += f" + self.size / {a['rate']}MiB/s"
        if a["log"]:
            text += " + self.change_rate * since_base / self.replay"
    return text


def step_text(s, a=None):
    parts = [f"step {s['name']} {{ phase = {s['phase']}"] if s["phase"] != "runbook" else [f"step {s['name']} {{"]
    parts.append('manual = "do it"' if s["hand"] else 'run = ["do", input.at]' if s.get("load") else 'run = ["do"]')
    parts.append(f"takes = {takes_of(s, a)}")
    if s["by"]:
        parts.append(f"by = {s['by']}")
    if s["phase"] == "fence":
        parts.append('otherwise = attest("nobody writes there")')
    if s["retries"]:
        parts.append(f"retries = {s['retries']}")
    if s["before_needs"]:
        parts.append("before_needs = true")
    if s["best_effort"]:
        parts.append("best_effort = true")
        if s["timeout"]:
            parts.append(f"timeout = {s['timeout']}m")
    if s.get("load"):
        parts.append('input at { type = timestamp  ask = "as of when?" }')
    if s.get("load") and a["size"]:
        parts.append(f"size = self.size  rate = {a['rate']}MiB/s")
    return "  ".join(parts) + " }"


def kind_text(name, a):
    lines = [f"kind k-{name} {{ of = asset  stateful = {str(a['data']).lower()}"]
    if a["restart"]:
        lines.append(f"  on_dependency_restore = restart  dependency_time = {ranged(a['restart'])}")
    else:
        lines.append("  on_dependency_restore = nothing")
    if a["data"]:
        lines.append("  attribute replay { type = rate  default = 1GiB/h }")
    for m in a["methods"]:
        covers = "instance, region, corruption" if a["data"] or m["damage"] else "instance, region"
        parts = [f"  method {m['name']} {{ covers = [{covers}]"]
        if m["into"] and a["site"] != "out":
            parts.append("into = scenario.loses(self.site) ? r1 : self.site")
        if not m["when"]:
            parts.append("when = false")
        if m["automatic"]:
            parts.append("automatic = true")
        if m["includes"]:
            parts.append("includes = [detect]")
        if m["restores"]:
            parts.append("restores = true")
        if m["rto"]:
            parts.append(f"rto = {ranged(m['rto'])}")
        lines.append("  ".join(parts))
        lines += ["    " + step_text(s, a) for s in m["steps"]]
        lines.append("  }")
    return "\n".join(lines + ["}"])


def asset_text(name, a):
    if a["watcher"]:
        needs = f"  needs = {listed(a['needs'])}" if a["needs"] else ""
        return f"asset {name} : watcher {{ site = {a['site']}  observes = {listed(a['observes'])}{needs} }}"
    lines = [f"asset {name} : k-{name} {{ site = {a['site']}  tier = tier{a['level']}"]
    for key in ("needs", "uses", "restores_with"):
        if a[key]:
            lines.append(f"  {key} = {listed(a[key])}")
    for key, word in (("rto", "rto"), ("mtd", "mtd"), ("work", "work_recovery")):
        if a[key]:
            lines.append(f"  {word} = {a[key]}m")
    if a["owner"]:
        lines.append(f"  owner = {a['owner']}")
    if a["verify"]:
        takes = f"  takes = {ranged(a['verify'][0])}" if a["verify"][0] else ""
        lines.append("  verify { " + ('sql = "select 1"' if a["verify"][1] else 'run = ["check"]') + takes + " }")
    if a["probe"]:
        lines.append("  probe { run = [\"ask\"]  interval = %ds  threshold = %d  timeout = %ds }" % a["probe"])
    for m, time in a["timing"].items():
        lines.append(f'  timing {m} {{ rto = {ranged(time)}  source = "measured" }}')
    for c, m in a["named"].items():
        lines.append(f"  recovery {c or ''} {{ method = {m} }}")
    for c, rto in a["objective"].items():
        lines.append(f"  objective {c} {{ rto = {rto}m }}")
    if a["data"]:
        lines.append(f"  rpo = {a['rpo']}m")
        f = a["full"]
        to = f"to = near-{a['store']}  copies = [{a['store']}]  copy_time = {ranged(f['copy'])}" if f["copy"] else f"to = {a['store']}"
        if a["size"]:
            lines.append(f"  size = {a['size']}GiB")
        if a["change_rate"]:
            lines.append(f"  change_rate = {a['change_rate']}GiB/h")
        lines.append(f"  replay = {a['replay']}GiB/h")
        lines.append(f"  backup full {{ kind = full  schedule = every {f['every']}m  duration = {ranged(f['duration'])}  retain = 30d  {to}"
                     + (f"  start_window = {f['window']}m" if f["window"] else "") + (f"  missed = {f['missed']}" if f["missed"] else "") + " }")
        if a["log"]:
            lines.append(f"  backup log {{ kind = log  of = full  schedule = continuous  ship_every = {a['log']}m  retain = 30d  {to} }}")
    return "\n".join(lines + ["}"])


def endpoint_text(name, e):
    head = f"endpoint {name}" + (f" : {e['kind']}" if e["kind"] else "")
    parts = [f'{head} {{ name = "{name}.example.com"  mode = {e["mode"]}  serves = {listed(e["serves"])}']
    for key, word, unit in (("ttl", "ttl", "s"), ("propagation", "propagation", "s"), ("rto", "rto", "m")):
        if e[key] is not None:
            parts.append(f"{word} = {e[key]}{unit}")
    if e["mode"] == "stop" and e["switch"]:
        parts.append(f"switch_time = {e['switch']}s")
    if e["change"] and e["mode"] != "health":
        parts.append(f"change_time = {ranged(e['change'])}")
    health = "  health { type = %s  interval = %ds  threshold = %d }" % (e["health"][2], e["health"][0], e["health"][1])
    parts.append(f'target r0 {{ value = "192.0.2.1"{health if e["mode"] in ("health", "stop") else ""} }}  target r1 {{ value = "192.0.2.2" }} }}')
    return "  ".join(parts)


def text_of(spec):
    plan = ['plan p { title = "P"  owner = t0'] + [f"{k} = {spec[k]}" for k in ("operators", "parallel") if spec[k]]
    if spec["mttr"]:
        plan.append(f"objectives {{ mttr = {spec['mttr']}m }}")
    text = [BASE, "  ".join(plan) + " }", "tier tier2 { level = 2 }", "tier tier3 { level = 3 }"]
    for n, at in enumerate(spec["people"]):
        text.append(f'person p{n} {{ name = "P {n}"  phone = "1"  email = "p{n}@example.com"' + (f"  at = {at}" if at else "") + " }")
    for name, members in spec["teams"].items():
        text.append(f'team {name} {{ title = "T"  members = {listed(f"p{n}" for n in members)} }}')

    def made(site):
        if site not in spec["provision"]:
            return ""
        takes, by, run = spec["provision"][site]
        return f"  provision {{ duration = {ranged(takes)}" + (f"  by = {by}" if by and not run else "") + ('  run = ["make"]' if run else "") + " }"
    hub = '  region = "us-east-1"'
    bandwidth = f"  bandwidth = {spec['bandwidth']}MiB/s" if spec["bandwidth"] else ""
    text.append(f"site r0 : land {{ role = primary{hub if spec['hub'] == 'r0' else ''} }}")
    if spec["nested"]:
        text.append(f"site d1 : land {{ role = vault{made('d1')} }}")
        text.append(f"site r1 : hall {{ role = recovery  within = d1{bandwidth}{made('r1')} }}")
    else:
        text.append(f"site r1 : land {{ role = recovery{bandwidth}{made('r1')} }}")
    text.append(f"site out : land {{ role = vault{hub if spec['hub'] == 'out' else ''} }}")
    text[0] = text[0].replace("control_plane = hub", f"control_plane = {spec['hub']}")
    for name, st in spec["stores"].items():
        rest = f"  key = {st['key']}" if st["key"] else ""
        rest += f"  read_rate = {st['read_rate']}MiB/s" if st["read_rate"] else ""
        text.append(f"store {name} : shelf {{ site = {st['site']}  retrieval = {st['retrieval']}m{rest} }}")
        if any(a.get("store") == name and a["full"]["copy"] for a in spec["assets"].values()):
            text.append(f"store near-{name} : shelf {{ site = r0  retrieval = 0s }}")
    for name, a in spec["assets"].items():
        if not a["watcher"]:
            text.append(kind_text(name, a))
        text.append(asset_text(name, a))
    for name, s in spec["scenarios"].items():
        rest = "".join(f"  {k} = {listed(s[k])}" for k in ("loses", "fails", "corrupts") if s[k])
        rest += "".join(f"  {k} = {ranged(s[k])}" for k in ("detect", "declare") if s[k])
        rest += f"  noticed_within = {s['noticed']}m" if s["noticed"] else ""
        rest += f"  frequency = {s['frequency']}d" if s["frequency"] else ""
        text.append(f"scenario {name} {{ class = {s['class']}{rest} }}")
    for name, r in spec["runbooks"].items():
        parts = [f"runbook {name} {{ for = {listed(r['for'])}"]
        if r["approve"]:
            parts.append(f"approve = {listed(f'p{n}' for n in r['approve'])}")
            if r["within"]:
                parts.append(f"approve_within = {r['within']}m")
        if r["confirm"]:
            parts.append('confirm = "yes"')
        for block in ("before", "after"):
            if r[block]:
                parts.append(f"\n  {block} {{ " + "  ".join(step_text(dict(s, phase="runbook")) for s in r[block]) + " }")
        text.append("  ".join(parts) + " }")
    text += [endpoint_text(name, e) for name, e in spec["endpoints"].items()]
    return "\n".join(text) + "\n"


# ---------------------------------------------------------------- a world

UNKNOWN = None
NEVER = float("inf")


class Unknown(Exception):
    """Nobody stated how long it may last, or nobody is there to do it."""


class World:
    """One recovery. draw(pair) says how long something of that range of minutes lasts here."""

    def __init__(self, spec, name, result, draw, choose):
        self.spec, self.s, self.result, self.draw, self.choose = spec, spec["scenarios"][name], result, draw, choose
        self.states = {a["asset"]: a for a in result["assets"]}
        self.names = {e["endpoint"]: e for e in result["endpoints"]}
        self.steps = {t["id"]: t for t in result["steps"]}
        self.books = [r for r, b in spec["runbooks"].items() if name in b["for"]]
        self.tasks, self.start, self.finish, self.people = {}, {}, {}, {}
        self.whole = {}
        self.divided = False
        self.build()

    # ---- what the scenario takes

    def lost_place(self, site):
        return site in self.s["loses"]

    def hit(self, name):
        return name in self.s["fails"] or name in self.s["corrupts"] or self.lost_place(self.spec["assets"][name]["site"])

    def touched(self, name):
        return self.hit(name) or any(self.touched(m) for m in self.spec["assets"][name]["needs"])

    def in_reach(self, who):
        """Numbers of the people of a team (or everybody named) who can be reached."""
        members = self.spec["teams"][who] if isinstance(who, str) else who
        return [n for n in members if not self.lost_place(self.spec["people"][n])]

    def detection_of(self, e):
        interval, threshold, kind = e["health"]
        return threshold * (interval + {"tcp": 10, "http": 6, "https": 6}[kind]) * 1000

    def red(self, name):
        """Whether what users get of the asset shows that something is wrong: not where only its data is."""
        a = self.spec["assets"][name]
        return name in self.s["fails"] or self.lost_place(a["site"]) or any(self.red(m) for m in a["needs"])

    def surely_red(self, e):
        """Whether the check of a name turns red. Where only something behind it has failed, a connection may be taken all the same."""
        return e["mode"] in ("health", "stop") and any(self.red(n) for n in e["serves"]) and (e["health"][2] != "tcp" or self.lost_place("r0"))

    def watchers(self, name):
        return [w for w, a in self.spec["assets"].items() if a["watcher"] and name in a["observes"]]

    def blind(self):
        """All that is declared to watch anything of what is down falls with it. Damaged data is noticed by people."""
        affected = [n for n, a in self.spec["assets"].items() if not a["watcher"] and self.red(n)]
        watching = [w for n in affected for w in self.watchers(n)]
        others = any(self.spec["assets"][n]["probe"] and not self.watchers(n) and self.red(n) for n in affected)
        checks = any(self.surely_red(e) for e in self.spec["endpoints"].values())
        return bool(watching) and all(self.touched(w) for w in watching) and not others and not checks

    def noticed(self):
        """Worst time until somebody notices, in ms; Unknown."""
        if self.blind():
            raise Unknown("all that watches falls")
        if self.s["detect"]:
            return self.draw(self.s["detect"])
        times = []
        for n, a in self.spec["assets"].items():
            if not a["watcher"] and a["probe"] and self.red(n):
                watching = self.watchers(n)
                if not watching or any(not self.touched(w) for w in watching):
                    times.append(a["probe"][1] * (a["probe"][0] + a["probe"][2]) * 1000)
        for e in self.spec["endpoints"].values():
            if self.surely_red(e):
                times.append(self.detection_of(e))
        if not times:
            raise Unknown("detect")
        return min(times)

    def began(self):
        if self.s["declare"] is None:
            raise Unknown("declare")
        total = self.detect() + self.declared
        for r in self.books:
            book = self.spec["runbooks"][r]
            if book["approve"]:
                if book["within"] is None:
                    raise Unknown("approve_within")
                if not self.in_reach(book["approve"]):
                    raise Unknown("nobody who may approve is in reach")
                total += self.approved[r]
        return total

    def detect(self):
        if isinstance(self.detected, str):
            raise Unknown(self.detected)
        return self.detected

    # ---- the graph

    def task(self, step, lasts, waits, base, people=None, by_itself=False):
        """`lasts`, and what the script itself does around it: at most a second. What the platform does by itself has no script."""
        if not by_itself and not isinstance(lasts, str):
            lasts += self.draw((0, 1)) * 1000 // MINUTE
        self.tasks[step] = (lasts, waits, base)
        if people is not None:
            self.people[step] = people

    def build(self):
        try:
            self.detected = self.noticed()
        except Unknown as why:
            self.detected = str(why)
        self.declared = self.draw(self.s["declare"]) if self.s["declare"] else 0
        self.approved = {r: self.draw((0, self.spec["runbooks"][r]["within"] or 0)) for r in self.books}
        gates = []  # one runbook after the other, as whoever reads them does
        for r in self.books:
            for s in self.spec["runbooks"][r]["before"]:
                self.task(f"{r}.{s['name']}", self.length(s), list(gates), "declared", self.hands(s, None))
                gates = [f"{r}.{s['name']}"]
        self.gates = gates
        made = {}
        for site, (takes, by, run) in self.spec["provision"].items():
            step = f"{site}.provision"
            if step in self.steps:
                self.task(step, self.draw(takes), list(gates), "declared", None if run else self.in_reach(by or "t0"))
                made[site] = step
        self.made = made
        if "r1" in made and "d1" in made:
            lasts, waits, base = self.tasks[made["r1"]]
            self.tasks[made["r1"]] = (lasts, waits + [made["d1"]], base)
        for name in self.states:
            self.build_asset(name)

    def hands(self, s, owner):
        return self.in_reach(s["by"] or owner or "t0") if s["hand"] else None

    def length(self, s, a=None, since=0, name=None):
        """How long a step lasts here: its attempts with the pauses between; given up at its time-out where its failure stops nothing."""
        lasts = self.draw(s["takes"])
        worst = s["takes"][1] * MINUTE
        if s["best_effort"]:
            return self.draw((s["takes"][0], s["timeout"] or 3 * s["takes"][1])) if worst else lasts
        for n in range(self.draw((0, s["retries"])) // MINUTE):
            lasts += worst + 5000 * (n + 1)
        if s.get("load"):
            if a["size"]:
                read = self.spec["stores"].get(self.store_of(name), {"read_rate": None})["read_rate"]
                rate = min([a["rate"]] + [x for x in (self.limit_into(a), read) if x])
                lasts += -(-a["size"] * 1024 * 1000 // rate)
            if a["log"]:
                if not a["change_rate"]:
                    raise Unknown("change_rate")
                lasts += replay_of(a, since)
        return lasts

    def other(self, step):
        """A step this page has no word for (traffic, what comes after the recovery): it may hold up the hands it takes."""
        t = self.steps[step]
        if t["takes"] is None:
            raise Unknown(f"{step} takes nobody knows how long")
        low, high = t["takes"]["best"], t["takes"]["worst"]
        base = t["release"]
        self.task(step, low + (high - low) * self.draw((0, 1)) // MINUTE, list(t["after"]), base,
                  self.in_reach("t0") if t["mode"] == "person" else None)

    def limit_into(self, a):
        return self.spec["bandwidth"] if self.serves_at(a) == "r1" else None

    def serves_at(self, a):
        return "r1" if self.lost_place(a["site"]) else a["site"]

    def method_of(self, name):
        state = self.states[name]
        return next((m for m in self.spec["assets"][name].get("methods", []) if m["name"] == (state["method"] or "").split("(")[0]), None)

    def store_of(self, name):
        chosen = next(c for c in self.states[name]["candidates"] if c["chosen"])
        return chosen["store"].split(".")[1]

    def since_base(self, name):
        f = self.spec["assets"][name]["full"]
        if not self.log_of(name):
            return 0
        gap = f["every"] * (f["missed"] + 1)
        return (gap + f["window"] + f["duration"][1] + (f["copy"][1] if f["copy"] and not self.store_of(name).startswith("near") else 0)) * MINUTE

    def log_of(self, name):
        """Whether it is a log that is replayed, in what the plan chose."""
        chosen = next(c for c in self.states[name]["candidates"] if c["chosen"])
        return (chosen["copy"] or "").endswith(".log")

    def build_asset(self, name):
        a, state = self.spec["assets"][name], self.states[name]
        needs = [("asset", m) for m in a["needs"]]
        if state["fate"] != "lost":
            if not a["watcher"] and a["restart"] and f"{name}.restart" in self.steps:
                self.task(f"{name}.restart", self.draw(a["restart"]), needs + self.gates, "declared",
                          None if self.steps[f"{name}.restart"]["mode"] != "person" else self.in_reach(a["owner"] or "t0"))
                chain = [f"{name}.restart"]
                if f"{name}.probe" in self.steps and a["probe"]:
                    self.task(f"{name}.probe", self.draw((0, 1)) * a["probe"][2] * 1000 // MINUTE, chain + needs, "declared")
                    chain = chain + [f"{name}.probe"]
                self.chain_end(name, chain)
            else:
                self.chain_end(name, [])
            return
        if a["watcher"]:
            places = [self.made[p] for p in ("r1", "d1") if p in self.made]  # it always starts again there
            self.task(f"{name}.s", MINUTE, needs + self.gates + places, "declared")
            self.chain_end(name, [f"{name}.s"])
            return
        m = self.method_of(name)
        if m is None:
            return
        base = "at_once" if m["includes"] else "detected" if m["automatic"] else "declared"
        gates = [] if m["automatic"] else self.gates
        into = self.serves_at(a)
        places = []
        if into == "r1":
            places = [self.made[p] for p in ("r1", "d1") if p in self.made]
        whole = a["timing"].get(m["name"])
        chain = []
        loads_wait = []
        if m["restores"]:
            st = self.spec["stores"].get(self.store_of(name), {"retrieval": 0, "key": None, "read_rate": None})
            if st["retrieval"]:
                self.task(f"{name}.retrieve", st["retrieval"] * MINUTE, list(gates), base)
                chain.append(f"{name}.retrieve")
            loads_wait = [("asset", k) for k in a["restores_with"]]
            if st["key"]:
                loads_wait.append(("asset", st["key"]))
        retrieve = list(chain)
        if m["rto"]:
            step = f"{name}.{m['name']}"
            self.task(step, self.draw(whole or m["rto"]), needs + gates + places, base,
                      self.in_reach(a["owner"] or "t0") if not m["automatic"] else None, m["automatic"])
            chain.append(step)
        steps = sorted(m["steps"], key=lambda s: PHASES.index(s["phase"]))
        lucky = self.choose(len(steps)) if whole and steps else None
        self.divided |= lucky is not None
        for n, s in enumerate(steps):
            step = f"{name}.{s['name']}"
            waits = [w for w in chain if w not in retrieve] + gates
            if s["phase"] not in ("fence", "prepare"):
                waits += places
                if s.get("load"):
                    waits += retrieve + loads_wait
            if s["phase"] not in ("fence", "prepare") and not s["before_needs"]:
                waits += needs
            try:
                lasts = self.length(s, a, self.since_base(name) if s.get("load") else 0, name)
            except Unknown as why:
                lasts = str(why)
            if whole:
                lasts = self.draw(whole) if n == lucky else 0
            hands = self.hands(s, a["owner"])
            if hands is None and step in self.steps and self.steps[step]["mode"] == "attested":
                hands = self.in_reach(a["owner"] or "t0")
            self.task(step, lasts, waits, base, hands)
            chain.append(step)
        if a["verify"] and not m["automatic"]:
            takes = self.draw(a["verify"][0] or (1, 1))
            self.task(f"{name}.data_check", takes, list(chain) + needs, base, self.in_reach(a["owner"] or "t0") if a["verify"][1] else None)
            chain.append(f"{name}.data_check")
        if f"{name}.probe" in self.steps and a["probe"]:
            self.task(f"{name}.probe", self.draw((0, 1)) * a["probe"][2] * 1000 // MINUTE, list(chain) + needs, base)
            chain.append(f"{name}.probe")
        self.chain_end(name, chain)

    def chain_end(self, name, chain):
        self.whole[name] = chain

    # ---- carried out

    def end_of(self, name):
        """When an asset serves again; 0 where nothing happened to it; Unknown."""
        if name not in self.states:
            return 0
        if name not in self.whole:
            raise Unknown(f"{name} has no way back")
        a, m = self.spec["assets"][name], self.method_of(name)
        ends = [self.end_of(n) for n in a["needs"]]
        if self.states[name]["fate"] == "lost" and m and m["restores"]:  # without these nothing is restored
            for n in a["restores_with"] + [self.spec["stores"].get(self.store_of(name), {}).get("key")]:
                if n:
                    self.end_of(n)
        return max([0] + ends + [self.end(step) for step in self.whole[name]])

    def served(self, name):
        """The same for whoever waits for it: nobody waits for what has no way back, and what it does comes to nothing."""
        if name not in self.states or name not in self.whole:
            return 0
        return max([0] + [self.served(m) for m in self.spec["assets"][name]["needs"]] + [self.end(step) for step in self.whole[name]])

    def end(self, step):
        if step in self.finish:
            if isinstance(self.finish[step], str):
                raise Unknown(self.finish[step])
            return self.finish[step]
        if step not in self.steps:
            raise KeyError(step)
        if step not in self.tasks:
            self.other(step)
        lasts, waits, base = self.tasks[step]
        self.finish[step] = "waits for itself"
        try:
            if isinstance(lasts, str):
                raise Unknown(lasts)
            if self.people.get(step) == []:
                raise Unknown(f"nobody for {step}")
            at = [0 if base == "at_once" else self.detect() if base == "detected" else self.began()]
            for w in waits:
                at.append(self.served(w[1]) if isinstance(w, tuple) else self.end(w))
            for other in self.steps[step]["follows"] if self.steps[step]["mode"] != "itself" else []:  # a platform waits for nobody's hands
                try:
                    at.append(self.end(other))
                except Unknown:
                    pass  # whoever is held up for ever is not waited for here
        except Unknown as why:
            self.finish[step] = str(why)
            raise
        self.start[step] = max(at)
        self.finish[step] = max(at) + lasts
        return self.finish[step]

    def overbooked(self):
        """People and slots that would do more at once than they can, or None. Of what is timed as a whole nobody sees when whose hands are free."""
        if self.divided or any(isinstance(end, str) for end in self.finish.values()):
            return None
        done = [s for s in self.start if self.finish[s] > self.start[s]]
        for s in done:
            now = [o for o in done if self.start[o] <= self.start[s] < self.finish[o]]
            hands = [o for o in now if self.people.get(o) is not None]
            if self.spec["operators"] and len(hands) > self.spec["operators"]:
                return hands
            if not matched([self.people[o] for o in hands]):
                return hands
            slots = [o for o in now if self.steps[o]["mode"] == "script" and o in self.tasks and not self.steps[o]["idle"]]
            if self.spec["parallel"] and len(slots) > self.spec["parallel"]:
                return slots
        return None

    # ---- names

    def name_end(self, name):
        """(end, why it can be that late) of a name in this world; Unknown, or NEVER where nothing can lead it elsewhere."""
        e = self.spec["endpoints"][name]
        kind = e["mode"]
        serve = max(self.end_of(n) for n in e["serves"])
        ttl = (60 if e["ttl"] is None else e["ttl"]) * 1000
        places = {self.serves_at(self.spec["assets"][n]) for n in e["serves"]}
        if serve == 0 and not self.lost_place("r0"):
            return 0, "untouched"
        if not places & {"r1"} or not self.lost_place("r0"):
            if kind == "health" and any(self.red(n) for n in e["serves"]) and "r1" not in places:
                interval, threshold, _ = e["health"]
                if serve > (threshold - 1) * interval * 1000:  # where what it asks refuses at once
                    return serve + self.detection_of(e) + ttl, "and back"
            return serve, "stays"
        if kind == "health":
            return max(serve, self.detection_of(e)) + ttl, "by check"
        propagation = (60 if e["propagation"] is None else e["propagation"]) * 1000
        gate = max([self.began()] + [self.end(g) for g in self.gates])
        if e["change"]:
            change = self.draw(e["change"])
        elif e["kind"]:
            raise Unknown("change_time")
        else:
            change = self.draw((0, 1))
        step = f"{name}.traffic"
        held = []
        for other in self.steps[step]["follows"] if step in self.steps else []:
            try:
                held.append(self.end(other))
            except Unknown:
                pass
        at = max([gate, serve] + held) + change
        if step in self.steps and self.steps[step]["mode"] == "person" and not self.in_reach("t0"):
            raise Unknown("nobody moves it")
        if kind == "manual":
            if self.lost_place(self.spec["hub"]):
                return NEVER, "control plane"
            return at + propagation + ttl, "by hand"
        if kind == "stop":
            switch = (120 if e["switch"] is None else e["switch"]) * 1000
            return at + switch + self.detection_of(e) + ttl, "stop"
        return at + ttl, "arc"


def replay_of(a, since):
    """What has changed since, in whole bytes, at the rate of the replay."""
    changed = -(-since * a["change_rate"] * GIB // (60 * MINUTE))
    return -(-changed * 60 * MINUTE // (a["replay"] * GIB))


def matched(choices):
    """Whether each of these can have a person of its own."""
    taken = {}

    def place(n, seen):
        for p in choices[n]:
            if p not in seen:
                seen.add(p)
                if p not in taken or place(taken[p], seen):
                    taken[p] = n
                    return True
        return False
    return all(place(n, set()) for n in range(len(choices)))
