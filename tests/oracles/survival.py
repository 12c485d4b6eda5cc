"""What stands in a scenario, and what can be recovered from it: written from the page on semantics (stands, damage, accounts, places) and the
reference of the language; not a line of the compiler's is known here.

`random_spec` makes a specification (plain dictionaries) with kinds of its own, `text_of` writes it in the language, `Survival` says for one scenario
what is lost, impaired or unaffected, which methods can be carried out, and whether a proof is possible. Times and losses hardly matter: objectives
are wide, so a verdict is decided by what stands. Answers are True, False or None: nothing is said about it, or it hangs on what nobody states.

Not made: endpoints, groups, runbooks, degraded planes, hosts that are compromised, secrets, copies beside the asset.
"""

MINUTE, DAY = 1, 1440
NEVER = float("inf")

EVERYWHERE = "instance, host, rack, datacenter, zone, region, account, provider"
NARROW = {"instance", "host", "rack", "datacenter", "zone", "region", "partition"}

KINDS = f"""
kind cloud  {{ of = site  level = provider }}
kind prison {{ of = site  level = account  is_account = true }}
kind land   {{ of = site  level = region }}
kind town   {{ of = site  level = zone }}
kind box    {{ of = site  level = host }}
kind shelf  {{
  of = store
  attribute outlives {{ type = int  default = 0 }}
  tolerates = self.outlives
}}
kind db {{
  of = asset
  stateful = true
  on_dependency_restore = nothing
  attribute outlives {{ type = int  default = 0 }}
  attribute ha   {{ type = bool  default = false }}
  attribute wide {{ type = bool  default = true }}
  attribute hand {{ type = bool  default = false }}
  tolerates = self.outlives
  method failover {{
    when = self.ha
    covers = [instance, host, zone]
    rto = 1m..2m..3m
    includes = [detect]
    automatic = true
    rpo = 0s
  }}
  method promote {{
    for = r in self.replicas
    covers = [{EVERYWHERE}, partition]
    rpo = r.lag
    step fence   {{ phase = fence  run = ["fence"]  takes = 2m  otherwise = attest("nobody writes there") }}
    step promote {{ run = ["promote"]  takes = 5m }}
  }}
  method restore {{
    covers = self.wide ? [{EVERYWHERE}, corruption, deletion, object] : [{", ".join(sorted(NARROW - {"partition"}))}]
    restores = true
    input at {{ type = timestamp  ask = "as of when" }}
    step load {{ when = !self.hand  run = ["load", input.at]  takes = 20m }}
    step load_by_hand {{ when = self.hand  manual = "load"  takes = 30m }}
  }}
}}
kind app {{
  of = asset
  stateful = false
  on_dependency_restore = restart
  dependency_time = 1m..2m..4m
  attribute outlives {{ type = int  default = 0 }}
  tolerates = self.outlives
  method start {{
    for = s in self.standbys
    covers = [{EVERYWHERE}, partition]
    automatic = true
    rto = 5m
  }}
  method redeploy {{
    covers = [{EVERYWHERE}, corruption, deletion]
    restores = true
    step deploy {{ run = ["deploy"]  takes = 10m }}
  }}
}}
kind key {{
  of = asset
  stateful = false
  on_dependency_restore = nothing
  attribute outlives {{ type = int  default = 0 }}
  attribute escrow {{ type = bool  default = true }}
  tolerates = self.outlives
  method import {{
    when = self.escrow
    covers = [{EVERYWHERE}]
    restores = true
    rpo = 0s
    step fetch {{ manual = "fetch"  takes = 15m }}
  }}
}}
kind idx {{
  of = asset
  stateful = true
  on_dependency_restore = nothing
  method remake {{
    for = r in self.rebuilds
    covers = [{EVERYWHERE}, corruption, deletion, object]
    restores = true
    rpo = none
    step make {{ run = ["make"]  takes = 10m }}
  }}
}}
kind view {{
  of = asset
  stateful = false
  on_dependency_restore = nothing
  method remake {{
    for = r in self.rebuilds
    covers = [{EVERYWHERE}, corruption, deletion, object]
    restores = true
    step make {{ run = ["make"]  takes = 10m }}
  }}
}}
kind cache {{
  of = asset
  holds = nothing
  on_dependency_restore = nothing
  method fresh {{
    covers = [{EVERYWHERE}, corruption, deletion, object]
    rpo = all
    step begin {{ run = ["begin"]  takes = 5m }}
  }}
}}
"""

STATEFUL = {"db", "idx"}
RESTARTS = {"app"}


# ---------------------------------------------------------------- a specification

def some(rng, names, chance):
    return [n for n in names if rng.random() < chance]


def random_spec(rng):
    people = [f"c{n}" for n in range(rng.randint(1, 4))]
    spec = {"sites": {}, "stores": {}, "assets": {}, "scenarios": {}, "people": {}, "teams": {}}
    sites = spec["sites"]
    sites["P"] = {"level": "provider"}
    sites["Q"] = {"level": "provider"}
    for account in ("prod", "safe", "third"):
        admins = None
        if rng.random() < 0.75:
            members = rng.sample(people, min(len(people), rng.choice([1, 1, 2, 2, 3])))
            admins = {"of": members, "quorum": rng.choice([1, 1, 2])}
        sites[account] = {"level": "account", "within": rng.choice([None, "P", "P"] if account != "third" else [None, "Q"]), "admins": admins}
    sites["r0"] = {"level": "region", "within": "P", "account": "prod", "role": "primary"}
    sites["r1"] = {"level": "region", "within": "P", "account": rng.choice(["prod", "prod", "safe", "safe"]), "role": rng.choice(["recovery", "recovery", "vault", None])}
    sites["r2"] = {"level": "region", "within": rng.choice(["P", "Q"]), "account": "safe", "role": rng.choice(["recovery", "vault"])}
    if sites["r2"]["within"] == "Q":
        sites["r2"]["account"] = "third"
    if rng.random() < 0.1:
        del sites["r2"]["account"]
    if rng.random() < 0.15:
        sites["r3"] = {"level": "region", "within": "P", "account": rng.choice(["prod", "safe"]), "role": "recovery", "provision": 45}
    for zone in ("z0", "z1", "z2"):
        sites[zone] = {"level": "zone", "within": "r0"}
    if rng.random() < 0.15:
        sites["z2"]["account"] = "safe"  # the same buildings, somebody else's
    for zone in ("y0", "y1"):
        sites[zone] = {"level": "zone", "within": "r1"}
    sites["h0"] = {"level": "host", "within": "z0"}
    sites["h1"] = {"level": "host", "within": rng.choice(["z0", "z1"])}
    placed = [s for s in sites if sites[s]["level"] in ("region", "zone", "host") and not sites[s].get("provision")]
    for name in people:
        spec["people"][name] = rng.choice([None, None, "r0", "z0", "r1"])
    spec["teams"]["crew"] = rng.sample(people, rng.randint(1, len(people)))
    spec["teams"]["dba"] = rng.sample(people, 1)
    spec["runs_from"] = rng.sample(placed, rng.choice([0, 0, 0, 1, 1, 2]))
    names = []
    for n in range(rng.randint(2, 7)):
        kind = rng.choice(["db", "db", "db", "app", "app", "key", "idx", "view", "cache"])
        names.append(f"{kind}{n}")
        spec["assets"][names[-1]] = {"kind": kind}
    keys = [n for n in names if n.startswith("key")]
    for n in range(rng.randint(1, 3)):
        spec["stores"][f"st{n}"] = {
            "site": rng.choice(["r0", "z1", "r1", "r2", "r2", "y0"]), "outlives": rng.choice([0, 0, 1, 2]), "tolerates": rng.choice([None, None, None, 0, 1]),
            "lock": rng.choice([None, None, "governance", "compliance"]), "min": rng.choice([DAY, 60 * DAY]),
            "append_only": rng.random() < 0.2, "offline": rng.random() < 0.15, "key": rng.choice(keys) if keys and rng.random() < 0.3 else None}
    for n, name in enumerate(names):
        random_asset(rng, spec, name, names[:n], placed)
    for n in range(rng.randint(3, 6)):
        spec["scenarios"][f"sc{n}"] = random_scenario(rng, spec, names)
    return spec


def random_asset(rng, spec, name, before, placed):
    a = spec["assets"][name]
    kind = a["kind"]
    a.update(site=rng.choice(["r0", "r0", "r0", "z0", "z1", "r1", "r2", "h0", "h1"]), needs=some(rng, before, 0.2), restores_with=[], owner=rng.choice([None, None, "dba"]),
             strict=rng.random() < 0.2, replicas={}, standbys={}, backups={}, observes=[])
    if kind in ("db", "app", "key"):
        a["outlives"] = rng.choice([0, 0, 0, 1, 2])
        a["tolerates"] = rng.choice([None, None, None, 0, 1, 2])
    if kind in ("db", "app") and rng.random() < 0.25:
        places = rng.choice([["z0", "z1", "z2"], ["r0", "r1", "r2"], ["z0", "z1"], ["r0", "r1"], ["z0", "y0", "r2"], ["h0", "h1", "r1"]])
        a.update(sites=places, quorum=rng.randint(1, len(places)), site=None)
    if a["site"] == "r0" and rng.random() < 0.15:
        a["zone"] = rng.choice(["z0", "z1"])
        if "outlives" in a:
            a["outlives"], a["tolerates"] = 0, None
    if kind in ("db", "app"):
        a["restores_with"] = [m for m in before if m.startswith("key") and m not in a["needs"] and rng.random() < 0.3]
    if kind == "db":
        a.update(ha=rng.random() < 0.5 and a["site"] in ("r0", "r1") and not a.get("zone"), wide=rng.random() < 0.8, hand=rng.random() < 0.4)
        if a["ha"]:
            a["outlives"], a["tolerates"] = rng.choice([1, 1, 2]), None
        if a["site"]:
            for site in rng.sample(["r1", "r2", "z1", "y1"], rng.choice([0, 1, 1, 2])):
                if site != a["site"]:
                    a["replicas"][site] = rng.choice([None, None, None, 0, 1])
        for n in range(rng.choice([0, 1, 1, 2])):
            stores = sorted(spec["stores"])
            to = rng.choice(stores)
            a["backups"][f"b{n}"] = {"to": to, "copies": some(rng, [s for s in stores if s != to], 0.4), "retain": rng.choice([2 * DAY, 60 * DAY, 60 * DAY, NEVER])}
    if kind == "app":
        if a["site"]:
            for site in rng.sample(["r1", "r2", "z1", "y1"], rng.choice([0, 1, 1, 2])):
                if site != a["site"]:
                    a["standbys"][site] = rng.choice([None, None, None, 0, 1])
        a["observes"] = some(rng, before, 0.15)
    if kind in ("idx", "view"):
        a["from"] = some(rng, [m for m in before if m[:2] in ("db", "id", "ca", "vi")], 0.6) + some(rng, sorted(spec["stores"]), 0.1)
        a["needs"] = [m for m in a["needs"] if m not in a["from"]]
    if kind == "key":
        a["escrow"] = rng.random() < 0.7
    if kind == "cache":
        a["promise"] = rng.random() < 0.5


def random_scenario(rng, spec, names):
    s = {"loses": [], "fails": [], "corrupts": [], "deletes": [], "compromises": [], "partitions": [], "noticed_within": None, "scope": None, "recover_into": None}
    what = rng.choice(["zone", "zones", "region", "region", "account", "provider", "host", "fails", "corrupts", "deletes", "compromises", "compromises",
                       "compromises", "partition", "two", "three"])
    regions = ["r0", "r0", "r0", "r1", "r2"]
    dataful = [n for n in names if spec["assets"][n]["kind"] in ("db", "idx")]
    data = some(rng, dataful, 0.6) or dataful[:1]

    def damage(word):
        if data:
            s[word] = data
            s["noticed_within"] = rng.choice([60, DAY, 10 * DAY, 30 * DAY, None])
            s["scope"] = rng.choice([None, None, "object"])
    if what == "zone":
        s["loses"] = [rng.choice(["z0", "z1", "z2", "y0"])]
    elif what == "zones":
        s["loses"] = rng.sample(["z0", "z1", "z2", "y0"], rng.choice([2, 2, 3]))
    elif what == "region":
        s["loses"] = [rng.choice(regions)]
    elif what == "account":
        s["loses"] = [rng.choice(["prod", "prod", "safe", "third"])]
    elif what == "provider":
        s["loses"] = [rng.choice(["P", "P", "Q"])]
    elif what == "host":
        s["loses"] = rng.sample(["h0", "h1"], rng.choice([1, 1, 2]))
    elif what == "fails":
        s["fails"] = some(rng, names, 0.4) or names[:1]
    elif what in ("corrupts", "deletes"):
        damage(what)
    elif what == "compromises":
        s["compromises"] = [rng.choice(["prod", "prod", "safe", "third"])]
        s["noticed_within"] = rng.choice([60, DAY, 10 * DAY, 30 * DAY, None])
    elif what == "partition":
        s["partitions"] = [rng.choice(["r0", "r0", "r1", "z0"])]
    elif what == "two":
        s["loses"] = ["r0", rng.choice(["r1", "r2", "y0", "y0", "third"])]
    else:
        s["loses"] = [rng.choice(["r0", "z0", "z1", "h0"])]
        damage(rng.choice(["corrupts", "deletes"]))
    if not any(s[k] for k in ("loses", "fails", "corrupts", "deletes", "compromises", "partitions")):
        s["fails"] = names[:1]
    if rng.random() < 0.15:
        s["recover_into"] = rng.choice(["r1", "r2", "r0", "z2" if "account" not in spec["sites"]["z2"] else "z1"])
    return s


# ---------------------------------------------------------------- as text

def listed(names):
    return "[" + ", ".join(names) + "]"


def age(minutes):
    return "forever" if minutes == NEVER else f"{minutes}m"


def asset_text(name, a):
    place = f"sites = {listed(a['sites'])}  quorum = {a['quorum']}" if a.get("sites") else f"site = {a['site']}"
    lines = [f"asset {name} : {a['kind']} {{", f"  {place}  rto = 30d" + (f"  zone = {a['zone']}" if a.get("zone") else "")]
    if a["kind"] in STATEFUL or a.get("promise"):
        lines.append("  rpo = 40d")
    if a["strict"]:
        lines.append("  tier = strict")
    if a["owner"]:
        lines.append(f"  owner = {a['owner']}")
    lines += [f"  {key} = {listed(a[key])}" for key in ("needs", "restores_with", "observes") if a[key]]
    lines += [f"  {key} = {a[key]}" for key in ("outlives", "tolerates") if a.get(key) is not None]
    lines += [f"  {key} = {str(a[key]).lower()}" for key in ("ha", "wide", "hand", "escrow") if key in a]
    if "from" in a:
        lines.append(f"  rebuild {{ from = {listed(a['from'])}  duration = 10m }}")
    for word in ("replicas", "standbys"):
        for site, tolerates in a[word].items():
            more = "" if tolerates is None else f"  tolerates = {tolerates}"
            lines.append(f"  replica {site} {{ lag = 1m  bounded = true{more} }}" if word == "replicas" else f"  standby {site} {{ capacity = 100%{more} }}")
    for label, b in a["backups"].items():
        copies = f"  copies = {listed(b['copies'])}  copy_time = 10m" if b["copies"] else ""
        lines.append(f"  backup {label} {{ kind = full  schedule = every 1h  duration = 5m  retain = {age(b['retain'])}  to = {b['to']}{copies}  watched_by = [crew] }}")
    return "\n".join(lines + ["}"])


def text_of(spec):
    runs = f"  runs_from = {listed(spec['runs_from'])}" if spec["runs_from"] else ""
    text = [KINDS, f'plan p {{ title = "P"  owner = crew{runs} }}', 'class c { title = "C" }',
            "tier strict { level = 2  demands { copies = 3  immutable = 1 } }"]
    text += [f'team {name} {{ title = "{name}"  members = {listed(members)} }}' for name, members in spec["teams"].items()]
    for name, at in spec["people"].items():
        text.append(f'person {name} {{ name = "{name}"  phone = "1"  email = "{name}@example.com"' + (f"  at = {at}" if at else "") + " }")
    kinds = {"provider": "cloud", "account": "prison", "region": "land", "zone": "town", "host": "box"}
    for name, site in spec["sites"].items():
        rest = "".join(f"  {key} = {site[key]}" for key in ("account", "within", "role") if site.get(key))
        if site.get("admins"):
            rest += f"  admins {{ quorum = {site['admins']['quorum']}  of = {listed(site['admins']['of'])} }}"
        if site.get("provision"):
            rest += f'  provision {{ method = terraform  duration = {site["provision"]}m  run = ["make"] }}'
        text.append(f"site {name} : {kinds[site['level']]} {{{rest} }}")
    for name, st in spec["stores"].items():
        rest = f"  lock {{ mode = {st['lock']}  min = {age(st['min'])} }}" if st["lock"] else ""
        rest += "".join(f"  {f} = true" for f in ("offline", "append_only") if st[f])
        rest += "".join(f"  {f} = {st[f]}" for f in ("outlives", "tolerates", "key") if st[f] is not None)
        text.append(f"store {name} : shelf {{ site = {st['site']}  retrieval = 0s{rest} }}")
    for name, s in spec["scenarios"].items():
        rest = "".join(f"  {k} = {listed(s[k])}" for k in ("loses", "fails", "corrupts", "deletes", "compromises", "partitions") if s[k])
        if s["noticed_within"] is not None:
            rest += f"  noticed_within = {s['noticed_within']}m"
        rest += "".join(f"  {k} = {s[k]}" for k in ("scope", "recover_into") if s[k])
        text.append(f"scenario {name} {{ class = c  detect = 1m  declare = 5m{rest} }}")
    text += [asset_text(name, a) for name, a in spec["assets"].items()]
    return "\n".join(text) + "\n"


# ---------------------------------------------------------------- three answers

def both(answers):
    """False where one is False, else None where one is None."""
    answers = list(answers)
    return False if any(a is False for a in answers) else None if any(a is None for a in answers) else True


def either(answers):
    answers = list(answers)
    return True if any(a is True for a in answers) else None if any(a is None for a in answers) else False


def negated(answer):
    return None if answer is None else not answer


# ---------------------------------------------------------------- what stands

class Survival:
    def __init__(self, spec, name, doubt=False, anybody=False):
        """doubt: that nobody who can change one account can change another has to be said. anybody: there are always people and scripts."""
        self.anybody, self.circle = anybody, False
        self.spec, self.s, self.sites, self.doubt = spec, spec["scenarios"][name], spec["sites"], doubt
        self.reached, self.unsaid = self.in_strange_hands()
        self.memo = {}

    # ---- places

    def around(self, site):
        """The place and all that it lies in, nearest first."""
        found = []
        while site:
            found.append(site)
            site = self.sites[site].get("within")
        return found

    def account(self, site):
        """Its own, else that of the place it is in; an account is its own."""
        for place in self.around(site):
            if self.sites[place]["level"] == "account":
                return place
            if self.sites[place].get("account"):
                return self.sites[place]["account"]
        return None

    def provider(self, site):
        return next((p for p in self.around(site) if self.sites[p]["level"] == "provider"), None)

    def region(self, site):
        return next((p for p in self.around(site) if self.sites[p]["level"] == "region"), None)

    def wholly(self, site, taken):
        """Whether all of a place is among what is taken, however deep: True, False, or None where its account is not said and may be."""
        if set(self.around(site)) & set(taken):
            return True
        account = self.account(site)
        if account:
            return bool(set(self.around(account)) & set(taken))
        accounts = [t for t in taken if self.sites[t]["level"] == "account" and self.provider(t) in (None, self.provider(site))]
        return None if accounts else False

    def parts(self, site, taken):
        """How many parts of a place are hit, of zones as such."""
        hit = set()
        for t in taken:
            around = self.around(t)
            if site in around and t != site:
                hit.add(around[around.index(site) - 1])
        return len(hit)

    def gone(self, site, tolerates, taken):
        """Whether in some legal world nothing is left of a thing there that outlives so many zones."""
        whole = self.wholly(site, taken)
        return True if whole or self.parts(site, taken) > tolerates else whole

    def taken(self, site, tolerates=0):
        """Whether nothing can be done with a thing there: lost, cut off, or in strange hands."""
        return either([self.gone(site, tolerates, self.s["loses"] + self.s["partitions"]), self.held(site)])

    def kind_of_loss(self, site, tolerates):
        losses = set()
        for place in self.around(site):
            if place in self.s["loses"]:
                losses.add(self.sites[place]["level"])
            if place in self.s["partitions"]:
                losses.add("partition")
        account = self.account(site)
        if account and set(self.around(account)) & set(self.s["loses"]):
            losses |= {self.sites[p]["level"] for p in self.around(account) if p in self.s["loses"]}
        if self.parts(site, self.s["loses"]) > tolerates:
            losses.add("zone")  # or all of its site: whoever covers one of them here covers both
        if self.parts(site, self.s["partitions"]) > tolerates:
            losses.add("partition")
        return losses

    # ---- intruders

    def who(self, account):
        admins = self.sites[account].get("admins")
        return set(admins["of"]) if admins else None

    def in_strange_hands(self):
        """Accounts that an intruder can change, and those of which nobody says who can. Where several have to agree he cannot."""
        reached, more = set(self.s["compromises"]), True
        while more:
            people = set().union(*(self.who(a) or set() for a in reached)) if reached else set()
            more = {n for n in self.accounts() if n not in reached and self.who(n) and self.agreement(n) == 1 and people & self.who(n)}
            reached |= more
        unsaid = set()
        if reached:
            blank = any(self.who(a) is None for a in reached)
            unsaid = {n for n in self.accounts() if n not in reached and (blank or self.who(n) is None)}
        return reached, unsaid

    def accounts(self):
        return [n for n, site in self.sites.items() if site["level"] == "account"]

    def agreement(self, account):
        return min(self.sites[account]["admins"]["quorum"], len(self.who(account)))

    def held(self, site):
        if not self.s["compromises"]:
            return False
        account = self.account(site)
        if not account:  # one of its own provider, whichever that is
            own = [n for n in self.reached if self.provider(n) is None or self.provider(site) in (None, self.provider(n))]
            return None if own or self.doubt and self.unsaid else False
        return None if self.doubt and account in self.unsaid else account in self.reached

    # ---- assets

    def places(self, name):
        a = self.spec["assets"][name]
        return a.get("sites") or [a.get("zone") or a["site"]]

    def outlives(self, name):
        a = self.spec["assets"][name]
        return a["tolerates"] if a.get("tolerates") is not None else a.get("outlives", 0)

    def damaged(self, name):
        """Whether its data is wrong or gone, by itself or through what it is made from."""
        if ("damaged", name) not in self.memo:
            a = self.spec["assets"][name]
            mine = [either(self.held(p) for p in self.places(name)), name in self.s["corrupts"] or name in self.s["deletes"]]
            self.memo["damaged", name] = either(mine + [self.damaged(m) for m in a.get("from", []) if m in self.spec["assets"]])
        return self.memo["damaged", name]

    def lost(self, name):
        if ("lost", name) not in self.memo:
            self.memo["lost", name] = self.find_lost(name)
        return self.memo["lost", name]

    def find_lost(self, name):
        a = self.spec["assets"][name]
        if name in self.s["fails"] + self.s["corrupts"] + self.s["deletes"]:
            return True
        tolerates = self.outlives(name)
        stand = [negated(self.taken(p, tolerates)) for p in self.places(name)]
        need = a.get("quorum", 1)
        if sum(s is not False for s in stand) < need:
            return True
        if self.switches(name):
            return True
        stateless = a["kind"] in ("app", "key")  # with nothing to change there, its other places go on
        unsure = sum(s is True for s in stand) < need
        return either([None if unsure else False, False if stateless else self.damaged(name)])

    def switches(self, name):
        """Whether a zone is lost that it outlives, and taking that over is a method of its own."""
        a = self.spec["assets"][name]
        if not a.get("ha"):
            return False
        return 0 < self.parts(a["site"], self.s["loses"] + self.s["partitions"]) <= self.outlives(name)

    def fate(self, name):
        """lost, impaired, unaffected, or None."""
        lost = self.lost(name)
        if lost:
            return "lost"
        touched = [self.fate(m) for m in self.spec["assets"][name]["needs"]]
        a = self.spec["assets"][name]
        if lost is None or a["kind"] == "db" and a.get("sites") and 2 * a["quorum"] <= len(a["sites"]) and self.dented(name):
            return None  # what is left may be older: nobody says that all places hold the same
        if any(t in ("lost", "impaired") for t in touched):
            return "impaired"
        return None if None in touched else "unaffected"

    def dented(self, name):
        """Whether one of its places is taken."""
        return any(self.taken(p, self.outlives(name)) is not False for p in self.places(name))

    def losses(self, name):
        found = set()
        if name in self.s["fails"]:
            found.add("instance")
        for word, loss in (("corrupts", "corruption"), ("deletes", "deletion")):
            if name in self.s[word]:
                found.add("object" if self.s["scope"] else loss)
        if self.damaged(name) is not False and not found & {"object", "corruption", "deletion"}:
            found.add("corruption")
        for place in self.places(name):
            found |= self.kind_of_loss(place, self.outlives(name))
            if self.held(place) is not False:
                found |= {"account", "corruption"}
        if self.switches(name):
            found.add("zone")
        return found

    # ---- copies

    def certain(self, name):
        """Whether damage is noticed in time for copies that live so long: a function of their age."""
        late = self.s["noticed_within"]

        def lives(retain):
            if self.damaged(name) is False:
                return True
            if retain == NEVER and (late is not None or not self.s["compromises"]):
                return True
            if late is None or late <= retain < late + DAY // 2:
                return None
            return retain >= late
        return lives

    def store_reads(self, name, lives, retain):
        """Whether copies at a store can be read when they have to be."""
        st = self.spec["stores"][name]
        tolerates = st["tolerates"] if st["tolerates"] is not None else st["outlives"]
        stands = negated(self.gone(st["site"], tolerates, self.s["loses"] + self.s["partitions"]))
        lived = lives(retain)
        if lived is False and st["lock"] and lives(st["min"]) is not False:
            lived = None  # kept for less than its lock allows, which is refused
        answers = [stands, lived]
        if not self.s["compromises"] or st["offline"]:
            return both(answers)
        held = self.held(st["site"])
        late = self.s["noticed_within"]
        locked = None if late is None else False if st["min"] < late else True if st["min"] >= late + DAY // 2 else None
        if held is not False:
            own = locked if st["lock"] == "compliance" else False
            answers.append(own if held else either([own, None]))
        # What writes there from where the intruder is can delete as well, unless it can only add.
        writers = either(either(self.held(p) for p in self.places(n))
                         for n, a in self.spec["assets"].items() for b in a["backups"].values() if name in [b["to"]] + b["copies"])
        if writers is not False and not st["append_only"]:
            bound = locked if st["lock"] else False
            answers.append(bound if writers else either([bound, None]))
        return both(answers)

    def key_opens(self, name, seen):
        """Whether what is in a store can be read by those who can reach it: its key is back, and somebody fetches what is off line."""
        st = self.spec["stores"][name]
        fetched = None if st["offline"] and not self.anybody and self.reachable("crew") is not True else True
        return both([not st["key"] or self.comes_back(st["key"], seen), fetched])

    def copies(self, name, seen=None):
        """store: whether copies of an asset can be read there; with `seen`, and be opened."""
        found = {}
        lives = self.certain(name)
        for b in self.spec["assets"][name]["backups"].values():
            for store in [b["to"]] + b["copies"]:
                answer = self.store_reads(store, lives, b["retain"])
                found[store] = either([found.get(store, False), both([answer, seen is None or self.key_opens(store, seen)])])
        return found

    # ---- places to recover into

    def usable_place(self, site):
        """Whether one can recover into a place: part of it stands, and nobody else rules there."""
        taken = self.s["loses"] + self.s["partitions"]
        inside = [n for n in self.sites if site in self.around(n) and self.sites[n]["level"] == "zone"]
        if self.sites[site]["level"] == "region" and len(inside) > 1 and all(self.wholly(z, taken) or self.held(z) for z in inside):
            return False
        # What stands at a place of no stated account can be made anew: the page of the proof says so.
        unsaid = None if self.doubt and self.s["compromises"] else False
        return negated(either([self.wholly(site, taken) or False, self.held(site) if self.account(site) else unsaid]))

    def near(self, name):
        """The places of the same region into which what is in a zone of it, or anywhere in it, can be recovered. A host is no place in a zone."""
        if any(self.sites[p]["level"] == "host" for p in self.places(name)):
            return []
        regions = {(self.region(p), self.account(p)) for p in self.places(name)}
        return [n for n, site in self.sites.items()
                if site["level"] in ("region", "zone") and (self.region(n), self.account(n)) in regions and self.usable_place(n)]

    def place(self, name):
        """Whether there is a place to recover into."""
        into = self.s["recover_into"]
        if into:
            return self.usable_place(into)
        if any(self.usable_place(p) for p in self.places(name)) or self.near(name):
            return True
        return either(self.usable_place(n) for n, site in self.sites.items() if site.get("role") == "recovery")

    # ---- people and scripts

    def reachable(self, team):
        """People are where they work. Whether a closed account takes them along, or a zone in the region they are at, is not said."""
        return either(self.in_reach(self.spec["people"][p]) for p in self.spec["teams"][team])

    def in_reach(self, at):
        taken = self.s["loses"] + self.s["partitions"]
        if at is None or set(self.around(at)) & set(taken):
            return at is None
        inside = any(at in self.around(t) and self.sites[t]["level"] != "host" for t in taken)
        return None if inside or self.wholly(at, taken) is not False else True

    def crew(self, name):
        return self.reachable(self.spec["assets"][name]["owner"] or "crew")

    def scripts(self):
        if not self.spec["runs_from"]:
            return True
        return either(negated(self.taken(p)) for p in self.spec["runs_from"])

    def old_place_asked(self, name):
        """Whether a fence can be carried out where the asset stood, not only attested. Where a part of a place is taken nothing is said of it."""
        taken = self.s["loses"] + self.s["partitions"]
        answers = [negated(either([self.wholly(p, taken), self.held(p)])) for p in self.places(name)]
        if any(self.parts(p, taken) for p in self.places(name)) or all(self.wholly(self.region(p), taken) is False for p in self.places(name)):
            return None if both(answers) is not True or any(self.parts(p, taken) for p in self.places(name)) else True
        return both(answers)

    # ---- methods

    def covered(self, name, method):
        losses = self.losses(name)
        if method == "failover":
            return not losses - {"instance", "host", "zone"}
        if method == "promote":
            return not losses & {"corruption", "deletion", "object"}
        if method == "restore":
            if "partition" in losses:
                return False
            return self.spec["assets"][name]["wide"] or not losses - NARROW
        if method in ("start",):
            return not losses & {"corruption", "deletion", "object"} or self.spec["assets"][name]["kind"] == "app"
        return "partition" not in losses

    def methods(self, name, seen=()):
        """method as a plan writes it: whether what it needs is there and it covers all that is lost."""
        a, found = self.spec["assets"][name], {}
        kind = a["kind"]
        into = self.s["recover_into"]
        if kind == "db":
            inside = self.taken(a["site"], self.outlives(name)) if a["site"] else None
            found["failover"] = both([a["ha"], self.covered(name, "failover"), negated(inside)]) if a["ha"] else False  # by itself, wherever one would rather be
        for word, method in (("replicas", "promote"), ("standbys", "start")):
            for site, tolerates in a[word].items():
                tolerates = self.outlives(name) if tolerates is None else tolerates
                there = True if not into or into in self.around(site) else None if site in self.around(into) else False
                found[f"{method}({site})"] = both([self.covered(name, method), negated(self.taken(site, tolerates)), there])
        if kind == "db":
            read = either(self.copies(name).values())
            found["restore"] = both([self.covered(name, "restore"), read, self.place(name)])
        if kind == "app":
            found["redeploy"] = both([self.covered(name, "redeploy"), self.place(name)])
        if kind == "key":
            found["import"] = both([a["escrow"], "partition" not in self.losses(name), self.place(name)])
        if kind in ("idx", "view"):
            found["remake"] = both([self.covered(name, "remake"), self.place(name)])
        if kind == "cache":
            found["fresh"] = both([self.covered(name, "fresh"), self.place(name)])
        return found

    def source(self, thing, seen):
        if thing in self.spec["stores"]:
            return both([self.store_reads(thing, lambda retain: True, NEVER), self.key_opens(thing, seen)])
        return self.comes_back(thing, seen)

    def inputs(self, name, method, seen=()):
        """Whether what a method reads and waits for comes back."""
        a = self.spec["assets"][name]
        if method == "restore" and either(self.copies(name, seen + (name,)).values()) is not True:
            return either(self.copies(name, seen + (name,)).values())
        if method in ("restore", "redeploy", "import"):
            return both(self.comes_back(m, seen + (name,)) for m in a["restores_with"])
        return both(self.source(m, seen + (name,)) for m in a["from"]) if method == "remake" else True

    def done(self, name, method):
        """Whether somebody, or something, is left to carry a method out."""
        if self.anybody or method.startswith(("failover", "start")):
            return True
        a = self.spec["assets"][name]
        people = True
        if method == "import" or method == "restore" and a["hand"] or method.startswith("promote") and self.old_place_asked(name) is not True:
            people = self.crew(name)
            if people is not True and method.startswith("promote") and self.old_place_asked(name) is None:
                people = None
            if people is False and method.startswith("promote") and self.reachable("crew") is not False:
                people = None  # whether whoever starts the script may attest is not said
        return both([self.scripts(), people])

    def comes_back(self, name, seen=()):
        """Whether an asset serves again, in finite time: with all it needs."""
        if name in seen:
            self.circle = True
            return False
        key = "back", name
        if key in self.memo:
            return self.memo[key]
        before, self.circle = self.circle, False
        answer = self.find_back(name, seen)
        if not seen or not self.circle:
            self.memo[key] = answer  # what came round is so only for whoever asked
        self.circle |= before
        return answer

    def find_back(self, name, seen):
        a, fate = self.spec["assets"][name], self.fate(name)
        if fate == "unaffected":
            return True
        needs = both(self.comes_back(m, seen + (name,)) for m in a["needs"])
        if fate == "impaired":
            return both([needs, self.anybody or a["kind"] not in RESTARTS or both([self.scripts(), self.crew(name)])])
        ways = either(both([usable, self.inputs(name, m, seen), self.done(name, m)]) for m, usable in self.methods(name, seen).items())
        return both([needs, ways]) if fate == "lost" else None

    def unwatched(self):
        """Something is declared to watch what the scenario touches, and all of that falls: when the recovery begins is unknown then."""
        touched = {n for n in self.spec["assets"] if self.fate(n) != "unaffected"}
        eyes = {n for n, a in self.spec["assets"].items() if touched & set(a["observes"])}
        return bool(eyes) and eyes <= touched

    def keeps_data(self, name):
        """Whether its data comes back: True, False, None; "n/a" of what holds none."""
        a = self.spec["assets"][name]
        if a["kind"] in ("app", "key", "view"):
            return "n/a"
        if a["kind"] == "cache":
            return False if a["promise"] else "n/a"
        ways = self.methods(name)
        answer = either(both([usable, self.inputs(name, m), self.done(name, m)]) for m, usable in ways.items())
        if answer and a["kind"] == "db" and self.damaged(name) is not False and self.s["noticed_within"] is None:
            answer = None
        if answer and a["kind"] == "idx" and (not a["from"] or any(m in self.spec["stores"] for m in a["from"])):
            answer = None  # made from nothing, or from what is of no stated age
        if answer and a.get("sites") and a["quorum"] < len(a["sites"]):
            answer = None  # a copy is that of one place, which may be the one that lags
        if a["kind"] == "idx":
            answer = both([answer] + [self.source_keeps(m) for m in a["from"] if m in self.spec["assets"]])
        return answer

    def source_keeps(self, name):
        if self.fate(name) != "lost":
            return None if self.fate(name) is None else True
        if self.spec["assets"][name]["kind"] == "cache":
            return False  # it starts empty, and so does what is made from it
        if self.spec["assets"][name]["kind"] == "view":
            made = self.spec["assets"][name]["from"]
            if not made or any(m in self.spec["stores"] for m in made):
                return None  # as above: the promise of who is made from it is asked of all of it
            return both(self.source_keeps(m) for m in self.spec["assets"][name]["from"] if m in self.spec["assets"])
        return self.keeps_data(name)
