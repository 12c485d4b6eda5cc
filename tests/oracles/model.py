"""Random models of a small language of its own, for the tests that compare plans with each other: `random_model` makes one (plain dictionaries),
`specification` writes it in the language. Minutes throughout.

The world: regions in accounts, zones in the first region; data ("db") with replicas and backups, compute ("app") with standbys, keys; each
kind has exact figures. What such models prove is judged by worlds.py, which has a language of its own.
"""

KINDS = """
kind prison { of = site  level = account  is_account = true }
kind land { of = site  level = region }
kind town { of = site  level = zone }
kind shelf {
  of = store
  attribute spans { type = bool  default = true }
  multi_zone = self.spans
  immutable = len(self.locks) > 0
}

kind db {
  of = asset
  stateful = true
  on_dependency_restore = nothing
  attribute spans  { type = bool  default = false }
  attribute ha     { type = bool  default = false }
  attribute slow   { type = duration  default = 20m }
  attribute promotes { type = duration  default = 10m }
  multi_zone = self.spans
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
    covers = [instance, zone, region, account]
    rto = self.promotes
    rpo = r.lag
  }
  method restore {
    covers = [instance, zone, region, account, corruption, deletion]
    restores = true
    rto = self.slow
  }
}
kind app {
  of = asset
  stateful = false
  on_dependency_restore = restart
  dependency_time = 1m..2m..4m
  attribute slow { type = duration  default = 20m }
  method start {
    for = s in self.standbys
    covers = [instance, zone, region, account]
    rto = 5m
    automatic = true
  }
  method redeploy {
    covers = [instance, zone, region, account, corruption, deletion]
    restores = true
    rto = self.slow
  }
}
kind key {
  of = asset
  stateful = false
  on_dependency_restore = nothing
  attribute slow { type = duration  default = 20m }
  method import { covers = [instance, zone, region, account]  rto = self.slow }
}
kind cache {
  of = asset
  stateful = false
  on_dependency_restore = nothing
  attribute slow { type = duration  default = 20m }
  method remake {
    for = r in self.rebuilds
    covers = [instance, zone, region, account, corruption, deletion]
    rto = r.duration
  }
}
"""

# What is written, and (largest span in minutes with 0, 1 missed runs).
SCHEDULES = [("every 15m", 15, 30), ("every 1h", 60, 120), ("every 4h", 240, 480), ("daily at 02:00", 1440, 2880),
             ("daily at 02:00, 14:00", 720, 1440), ("daily at 01:00, 13:00, 14:00", 720, 1380), ("weekly on sun at 03:00", 10080, 20160),
             ('cron "0 2 * * 1-5"', 4320, 5760), ('cron "*/35 * * * *"', 35, 60), ('cron "0 */5 * * *"', 300, 600)]


# ---------------------------------------------------------------- a model

def random_model(rng):
    model = {"sites": {}, "stores": {}, "assets": {}, "classes": {}, "scenarios": {}, "tiers": {}}
    sites = model["sites"]
    sites["prod"] = {"level": "account"}
    sites["safe"] = {"level": "account"}
    sites["r0"] = {"level": "region", "account": "prod", "role": "primary"}
    sites["r1"] = {"level": "region", "account": rng.choice(["prod", "prod", "safe"]), "role": "recovery"}
    sites["r2"] = {"level": "region", "account": rng.choice(["prod", "safe", None]), "role": rng.choice(["recovery", "vault"])}
    sites["z0"] = {"level": "zone", "within": "r0"}
    sites["z1"] = {"level": "zone", "within": "r0"}
    for n in range(rng.randint(1, 3)):
        model["stores"][f"st{n}"] = {"site": rng.choice(["r0", "r1", "r2", "r2"]), "lock": rng.choice([None, None, "governance", "compliance"]),
                                     "min": rng.choice([1440, 43200, 200000]), "spans": rng.random() < 0.7, "append_only": rng.random() < 0.1, "offline": rng.random() < 0.1}
    for n in range(rng.randint(1, 2)):
        model["classes"][f"c{n}"] = {"rto": rng.choice([None, 60, 240]), "rpo": rng.choice([None, 60, 1440])}
    model["tiers"]["gold"] = {"level": 2, "rto": rng.choice([None, 30, 90]), "rpo": rng.choice([None, 30, 2000])}
    names = []
    for n in range(rng.randint(2, 7)):
        kind = rng.choice(["db", "db", "db", "app", "app", "key", "cache"])
        name = f"{kind}{n}"
        model["assets"][name] = random_asset(rng, model, kind, names)
        names.append(name)
    for n in range(rng.randint(2, 4)):
        model["scenarios"][f"sc{n}"] = random_scenario(rng, model, names)
    return model


def random_asset(rng, model, kind, names):
    asset = {"kind": kind, "site": rng.choice(["r0", "r0", "z0", "z1", "r1"]), "tier": rng.choice([None, "gold"]),
             "needs": [m for m in names if rng.random() < 0.3], "uses": [], "restores_with": [],
             "rto": rng.choice([None, 20, 45, 120]), "rpo": rng.choice([None, 0, 20, 600, 3000]) if kind == "db" else None,
             "slow": rng.randint(1, 60), "objectives": {}}
    asset["uses"] = [m for m in names if m not in asset["needs"] and rng.random() < 0.15]
    if kind in ("db", "app"):
        asset["restores_with"] = [m for m in names if m.startswith("key") and m not in asset["needs"] and rng.random() < 0.4]
    if rng.random() < 0.2:
        asset["objectives"][rng.choice(sorted(model["classes"]))] = rng.choice([10, 100])
    if kind == "db":
        asset.update(spans=rng.random() < 0.4, ha=rng.random() < 0.4, promotes=rng.randint(1, 30), replicas=[], backups={})
        for site in ("r1", "r2", "z1"):
            if site != asset["site"] and rng.random() < 0.3:
                asset["replicas"].append((site, rng.choice([0, 1, 5])))
        for n in range(rng.choice([0, 1, 1, 2, 3])):
            asset["backups"][f"b{n}"] = random_backup(rng, model, asset["backups"])
    if kind == "cache":
        asset["from"] = [m for m in names if m.startswith("db") and m not in asset["needs"] and rng.random() < 0.6]
    if kind == "app":
        asset["standbys"] = [site for site in ("r1", "r2") if site != asset["site"] and rng.random() < 0.4]
    return asset


def random_backup(rng, model, others):
    stores = sorted(model["stores"])
    fulls = [name for name, b in others.items() if b["kind"] == "full"]
    kind = rng.choice(["full", "incremental", "log"]) if fulls else "full"
    backup = {"kind": kind, "of": rng.choice(fulls) if kind != "full" else None, "to": rng.choice(stores),
              "copies": [], "retain": rng.choice([2000, 20000, 100000, 500000, "forever"]), "missed": 0, "copy_time": rng.choice([5, 30])}
    backup["copies"] = [s for s in stores if s != backup["to"] and rng.random() < 0.5]
    if kind == "log":
        backup.update(ship_every=rng.choice([1, 5]), missed=rng.choice([0, 0, 2]))
    else:
        backup["schedule"] = rng.randrange(len(SCHEDULES))
        best = rng.randint(1, 6)
        backup.update(duration=(best, rng.randint(best, 12)), start_window=rng.choice([None, 10]), jitter=rng.choice([None, 2]),
                      missed=rng.choice([0, 0, 1]))
    return backup


def random_scenario(rng, model, names):
    what = rng.choice(["zone", "region", "region", "fails", "corrupts", "deletes", "compromises", "two"])
    scenario = {"class": rng.choice(sorted(model["classes"])), "detect": (1, rng.randint(1, 6)), "declare": rng.choice([0, 10]),
                "loses": [], "fails": [], "corrupts": [], "deletes": [], "compromises": [], "noticed_within": None}
    some = [n for n in names if rng.random() < 0.4] or [names[0]]
    data = [n for n in names if n.startswith("db") and rng.random() < 0.6]
    if what == "zone":
        scenario["loses"] = [rng.choice(["z0", "z1"])]
    elif what == "region":
        scenario["loses"] = [rng.choice(["r0", "r0", "r1"])]
    elif what == "fails":
        scenario["fails"] = some
    elif what in ("corrupts", "deletes"):
        scenario[what] = data
        scenario["noticed_within"] = rng.choice([60, 1440, 14400])
    elif what == "compromises":
        scenario["compromises"] = [rng.choice(["prod", "prod", "safe"])]
        scenario["noticed_within"] = rng.choice([None, 1440])
    else:
        scenario["loses"] = ["r0"]
        if rng.random() < 0.5:
            scenario["corrupts"] = data
            scenario["noticed_within"] = 1440
        else:
            scenario["loses"].append(rng.choice(["r1", "r2"]))
    return scenario


# ---------------------------------------------------------------- as a specification

def listed(names):
    return "[" + ", ".join(names) + "]"


def backup_text(name, b):
    parts = [f"kind = {b['kind']}"]
    if b["of"]:
        parts.append(f"of = {b['of']}")
    if b["kind"] == "log":
        parts.append(f"schedule = continuous  ship_every = {b['ship_every']}m  missed = {b['missed']}")
    else:
        parts.append(f"schedule = {SCHEDULES[b['schedule']][0]}  duration = {b['duration'][0]}m..{b['duration'][1]}m")
        for key in ("start_window", "jitter"):
            if b[key]:
                parts.append(f"{key} = {b[key]}m")
        if b["missed"]:
            parts.append(f"missed = {b['missed']}")
    parts.append(f"retain = {b['retain']}" + ("" if b["retain"] == "forever" else "m"))
    parts.append(f"to = {b['to']}")
    if b["copies"]:
        parts.append(f"copies = {listed(b['copies'])}  copy_time = {b['copy_time']}m")
    return f"  backup {name} {{ {'  '.join(parts)} }}"


# Somebody answers for what no file does; else nothing would be proved.
PLAN = 'plan p { title = "P"  owner = keeper }'
PERSON = 'person keeper { name = "K"  phone = "1"  email = "k@example.com" }'


def keepers(name, count):
    """A team of so many people: as many steps are done by hand at once."""
    return (f'team {name} {{ title = "T"  members = [{", ".join(f"{name}-{n}" for n in range(count))}] }}\n'
            + "\n".join(f'person {name}-{n} {{ name = "K {n}"  phone = "1"  email = "k{n}@example.com" }}' for n in range(count)))



def specification(model, order=None):
    """`order`: the names of the assets in the order they are written."""
    text = [KINDS, PLAN, PERSON]
    for name, site in model["sites"].items():
        kind = {"account": "prison", "region": "land", "zone": "town"}[site["level"]]
        rest = "".join(f"  {key} = {site[key]}" for key in ("account", "within", "role") if site.get(key))
        text.append(f"site {name} : {kind} {{{rest} }}")
    for name, store in model["stores"].items():
        lock = f"  lock {{ mode = {store['lock']}  min = {store['min']}m }}" if store["lock"] else ""
        flags = "".join(f"  {f} = {str(store[f]).lower()}" for f in ("append_only", "offline", "spans"))
        text.append(f"store {name} : shelf {{ site = {store['site']}{flags}  retrieval = 0s{lock} }}")
    for name, class_ in model["classes"].items():
        text.append(f"class {name} {{ title = \"{name}\"" + "".join(f"  {k} = {v}m" for k, v in class_.items() if v is not None) + " }")
    for name, tier in model["tiers"].items():
        rest = "".join(f"  {k} = {tier[k]}m" for k in ("rto", "rpo") if tier[k] is not None)
        text.append(f"tier {name} {{ level = {tier['level']}  default {{{rest} }} }}")
    for name, s in model["scenarios"].items():
        rest = "".join(f"  {k} = {listed(s[k])}" for k in ("loses", "fails", "corrupts", "deletes", "compromises") if s[k])
        # Without damage there is nothing to notice, and the word is refused.
        if s["noticed_within"] is not None and (s["corrupts"] or s["deletes"] or s["compromises"]):
            rest += f"  noticed_within = {s['noticed_within']}m"
        text.append(f"scenario {name} {{ class = {s['class']}  detect = {s['detect'][0]}m..{s['detect'][1]}m  declare = {s['declare']}m{rest} }}")
    for name in order or model["assets"]:
        a = model["assets"][name]
        lines = [f"asset {name} : {a['kind']} {{", f"  site = {a['site']}  slow = {a['slow']}m"]
        if a["tier"]:
            lines.append(f"  tier = {a['tier']}")
        for key in ("rto", "rpo"):
            if a[key] is not None:
                lines.append(f"  {key} = {a[key]}m")
        for key in ("needs", "uses", "restores_with"):
            if a[key]:
                lines.append(f"  {key} = {listed(a[key])}")
        for class_, rto in a["objectives"].items():
            lines.append(f"  objective {class_} {{ rto = {rto}m }}")
        if a["kind"] == "db":
            lines.append(f"  spans = {str(a['spans']).lower()}  ha = {str(a['ha']).lower()}  promotes = {a['promotes']}m")
            lines.extend(f"  replica {site} {{ mode = async  lag = {lag}m  bounded = true }}" for site, lag in a["replicas"])
            lines.extend(backup_text(n, b) for n, b in a["backups"].items())
        if a["kind"] == "cache":
            lines.append(f"  rebuild {{ from = {listed(a['from'])}  duration = {a['slow']}m }}")
        lines.extend(f"  standby {site} {{ capacity = 100% }}" for site in a.get("standbys", []))
        text.append("\n".join(lines + ["}"]))
    return "\n".join(text) + "\n"
