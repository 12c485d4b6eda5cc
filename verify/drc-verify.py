#!/usr/bin/env python3
"""Checks a plan of drc without drc: drc-verify.py PLAN.json. Exit 0: accepted; 1: refused, a line for each problem; 64: wrong use.
PLAN.json is of `drc plan --emit plan SPEC`. Written from docs/certificate.md and nothing of the compiler; needs Python 3.9, tz database."""

import bisect, collections, datetime, json, operator, re, sys, zoneinfo  # noqa: E401

DAY, CYCLE, EPOCH = 86400, 146097, datetime.date(1970, 1, 1).toordinal()  # seconds of a day, days of 400 years
BASE, FIRST, LAST = (datetime.date(year, 1, 1).toordinal() - EPOCH for year in (2001, 2026, 2500))  # tables of zones end before 2100
FIRST, LAST = FIRST * DAY, LAST * DAY
BROKEN = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError, ZeroDivisionError, MemoryError)
PERIODS = {"hourly": 3600000, "daily": 86400000, "weekly": 604800000, "monthly": 2678400000, "yearly": 31622400000}  # at the longest
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
ENDS, WEEK = ("best", "typical", "worst"), "sun mon tue wed thu fri sat".split()

def numbers(text, low, high, names=(), base=0, open_step=False):
    """What a field of a cron expression stands for. open_step: a/n runs to the end of the range."""
    found = set()
    for part in text.lower().split(","):
        body, _, step = part.partition("/")
        ends = [low, high] if body in ("*", "?") else [names.index(w) + base if w in names else int(w) for w in body.split("-")]
        first, last = ends[0], high if len(ends) == 1 and step and open_step else ends[-1]
        if not low <= first <= last <= high or step and int(step) < 1:
            raise ValueError(f"`{text}`")
        found |= set(range(first, last + 1, int(step or 1)))
    return found

def aws_day(part, month_day, day, last, weekday):
    """Whether a part of a field of AWS for days of the month, or of the week, has this day: with L, 15W, 6L, 2#1."""
    if part == "L":
        return day == last if month_day else weekday == 6
    if month_day and part.endswith("W"):         # the monday to friday nearest to it, in its month
        want, workdays = int(part[:-1]), [d for d in range(1, last + 1) if (weekday + d - day) % 7 not in (0, 6)]
        return want <= last and day == min(workdays, key=lambda d: (abs(d - want), d))
    which, _, nth = part.rstrip("L").partition("#")
    found = day in numbers(part, 1, 31, (), 0, True) if month_day else weekday + 1 in numbers(which, 1, 7, WEEK, 1, True)
    return found and (month_day or (not nth or (day - 1) // 7 + 1 == int(nth)) and (part[-1] != "L" or day + 7 > last))

def cron_days(fields, dialect):
    """runs(month, day, last day of the month, weekday with sunday 0)"""
    open_step = dialect in ("kubernetes", "aws")
    months = numbers(fields[3], 1, 12, MONTHS, 1, open_step)
    if len(fields) == 6 and fields[5] == "*":
        return lambda month, *date: month in months and all(any(aws_day(part, f is fields[2], *date) for part in f.split(","))
                                                            for f in (fields[2], fields[4]))
    if len(fields) != 5:
        raise ValueError("its fields")
    days = numbers(fields[2], 1, 31, (), 0, open_step)
    week = {n % 7 for n in numbers(fields[4], 0, 6 if dialect == "kubernetes" else 7, WEEK, 0, open_step)}
    parts, stars = (fields[2] + "," + fields[4]).split(","), ("*", "?", "*/1", "?/1")
    star = any(part in stars for part in parts) if dialect == "kubernetes" else fields[2][0] in "*?" or fields[4][0] in "*?"
    return lambda month, day, last, weekday: month in months and (day in days and weekday in week if star else day in days or weekday in week)

def clock(text):
    hour, minute = re.fullmatch(r"\s*([01]?\d|2[0-4]):([0-5]\d)\s*", text).groups()
    return int(hour) * 3600 + int(minute) * 60

def read_schedule(text, dialect):
    """(zone or None, name of its days, runs(…), times of a day in seconds, whether a minute or an hour has a star)"""
    body, zone = re.fullmatch(r'(.*?)(?: in "([^"]*)")?', text).groups()
    if (match := re.fullmatch(r'cron "([^"]*)"', body)):
        fields, open_step = match[1].split(), dialect in ("kubernetes", "aws")
        times = [h * 3600 + m * 60 for h in numbers(fields[1], 0, 23, (), 0, open_step) for m in numbers(fields[0], 0, 59, (), 0, open_step)]
        return zone, (dialect, *fields[2:]), cron_days(fields, dialect), sorted(times), "*" in (fields[0][0], fields[1][0])
    if (match := re.fullmatch(r"every (\d+)(s|m|h|d)", body)):
        step = int(match[1]) * {"s": 1, "m": 60, "h": 3600, "d": DAY}[match[2]]
        if not 0 < step <= DAY or step % 60:
            raise ValueError(text)
        return zone, "daily", lambda *_: True, list(range(0, DAY, step)), 3600 % step == 0 or DAY % step == step % 3600 == 0 and step < DAY
    if not (match := re.fullmatch(r"(daily|weekly on (.*?)|monthly on (.*?)) at (.*)", body)):
        raise ValueError(f"`{text}`")
    week = {WEEK.index(word.strip().lower()[:3]) for word in (match[2] or "").split(",") if word}
    days = {int(word) for word in (match[3] or "").split(",") if word}
    return (zone, match[1], lambda month, day, last, weekday: (not week or weekday in week) and (not days or day in days),
            sorted({clock(word) for word in match[4].split(",")}), False)

def cycle_days(runs):
    """Days of the 400 years from 2001-01-01, a monday, on which runs(…) holds. A year is one of fourteen kinds."""
    kinds, found, base, first = {}, [], 0, 1
    for year in range(2001, 2401):
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        if (leap, first) not in kinds:
            days = [(month, day, last) for month, last in enumerate((31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), 1)
                    for day in range(1, last + 1)]
            kinds[leap, first] = [n for n, date in enumerate(days) if runs(*date, (first + n) % 7)]
        found.extend([base + n for n in kinds[leap, first]])
        base, first = base + 365 + leap, (first + 365 + leap) % 7
    return found

class Zone:                                      # stretches of one offset, in seconds
    def __init__(self, name):
        info, begin, end = zoneinfo.ZoneInfo(name), FIRST - 400 * DAY, LAST + 400 * DAY
        ask = lambda at: int(datetime.datetime.fromtimestamp(at, info).utcoffset().total_seconds())  # noqa: E731
        self.starts, self.offsets = [begin], [ask(begin)]
        for low in range(begin, end, DAY):
            high = low + DAY
            if (after := ask(high)) == self.offsets[-1]:
                continue
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if ask(middle) == self.offsets[-1] else (low, middle)
            self.starts.append(high)
            self.offsets.append(after)
        self.ends = self.starts[1:] + [end]

    def piece(self, at):
        return max(bisect.bisect_right(self.starts, at) - 1, 0)

class Slots:
    """When a schedule is due under one scheduler, outside of the hours in which it must not run, in seconds since 1970 UTC. Where the clock jumps:
    Kubernetes, and cron with a star in minute or hour, follow it; all others run once in an hour that comes twice; where one is left out cron
    starts them at the jump, the others not at all."""
    zones, days_of = {}, {}

    def __init__(self, text, dialect, closed=None, late=0):
        zone, key, runs, self.times, star = read_schedule(text, dialect)
        if key not in self.days_of:
            self.days_of[key] = cycle_days(runs)
        if zone and zone not in self.zones:
            self.zones[zone] = Zone(zone)
        self.days, zone, self.spans = self.days_of[key], self.zones.get(zone), {}
        self.zone, self.fixed = zone if zone and len(zone.starts) > 1 else None, zone.offsets[0] if zone else 0
        self.follows, self.jumps = dialect == "kubernetes" or star and dialect in ("debian", "cronie"), dialect in ("debian", "cronie")
        self.sure = not self.zone or dialect != "kubernetes"
        self.weekly = not self.zone and len(self.days) * 7 == CYCLE * len({day % 7 for day in self.days})
        if closed:                               # nor may its start delay carry it into them, at any time of the year
            length = (closed[1] - closed[0]) % DAY
            ways = [[(time - offset - closed[0]) % DAY for offset in set(zone.offsets if zone else [0])] for time in self.times]
            self.times = [time for time, after in zip(self.times, ways) if all(length <= a and a + late < DAY for a in after)]
        if not self.days or not self.times:
            raise ValueError("it is never due")

    def day(self, index):
        return BASE + index // len(self.days) * CYCLE + self.days[index % len(self.days)]

    def index(self, day):                        # of the first day with slots that is not before it
        turn, rest = divmod(day - BASE, CYCLE)
        return turn * len(self.days) + bisect.bisect_left(self.days, rest)

    def window(self, first, last):
        """All slots of the days with indexes first to last, by the wall clock, in order."""
        days = [self.day(i) for i in range(first, last + 1)]
        if not self.zone:
            return [day * DAY + time - self.fixed for day in days for time in self.times]
        zone, found = self.zone, set()
        for piece in range(zone.piece(days[0] * DAY - DAY), zone.piece(days[-1] * DAY + 2 * DAY) + 1):
            begin, end, offset, before = zone.starts[piece], zone.ends[piece], zone.offsets[piece], zone.offsets[max(piece - 1, 0)]
            since = begin + (offset if self.follows else max(offset, before))  # by the wall clock: what it shows again is left out
            for day in days[bisect.bisect_left(days, (begin + min(offset, before)) // DAY):bisect.bisect_right(days, (end + offset) // DAY)]:
                walls = [day * DAY + time for time in self.times]
                found.update([wall - offset for wall in walls if since <= wall < end + offset])
                if self.jumps and not self.follows and any(begin + before <= wall < begin + offset for wall in walls):
                    found.add(begin)
        return sorted(at for at in found if days[0] * DAY <= at + zone.offsets[zone.piece(at)] < days[-1] * DAY + DAY)

    def between(self, first, last):  # slots from `first` to `last`, both included
        low, high = self.index(first // DAY - 3), self.index(last // DAY + 3)
        if (high - low) * len(self.times) > 2000000:
            raise ValueError("too many slots to list")
        return [at for at in self.window(low, high) if first <= at <= last]

    def due(self, ms):
        return ms % 1000 == 0 and self.between(ms // 1000, ms // 1000) == [ms // 1000]

    def span(self, steps):  # (largest, smallest) distance of two slots so many slots apart, in milliseconds, over the whole calendar
        if steps not in self.spans:
            found = [s for s in (self.pieces(steps) if self.zone else [self.stretch(steps, None)]) if s]
            self.spans[steps] = max(s[0] for s in found) * 1000, min(s[1] for s in found) * 1000
        return self.spans[steps]

    def held(self, k, busy, kept, link, shortest):
        """Largest distance from a state to the slot of the run after the k that are missed, where runs keep slots out as long as they may."""
        week, found = [(day * DAY + time) * 1000 for day in self.days[:7] if day < 7 for time in self.times], 0
        slots = [turn * 7 * DAY * 1000 + at for turn in range((k + 1) * (busy // (7 * DAY * 1000) + 2) + 1) for at in week]
        for first, slot in enumerate(week):
            for out in range(first, bisect.bisect_right(slots, slot + busy)):
                state, following = slot + max(slots[out] - slot - kept, 0), out + 1
                if link["at_end"]:
                    state = max(slot + shortest, slots[out] - link["own_copies"] if out > first else 0)
                for _ in range(k):
                    following = bisect.bisect_right(slots, slots[following] + busy)
                found = max(found, slots[following] - state)
        return found

    def stretch(self, steps, days):
        """The same where all days have one offset; None: all of the cycle, and on into the next."""
        jumps, found, size = {}, [], len(self.days)
        for number, time in enumerate(self.times):
            jump, rest = divmod(number + steps, len(self.times))
            if jump not in jumps:
                row = [d + CYCLE * turn for turn in range(jump // size + 2) for d in self.days][:size + jump] if days is None else days
                apart = list(map(operator.sub, row[jump:], row))
                jumps[jump] = (max(apart), min(apart)) if apart else None
            if jumps[jump]:
                found.append([jumps[jump][end] * DAY + self.times[rest] - time for end in (0, 1)])
        return (max(f[0] for f in found), min(f[1] for f in found)) if found else None

    def pieces(self, steps):
        """Between changes of the clock, and across each of them."""
        zone, reach = self.zone, steps // len(self.times) + 5
        if reach > 4000:
            raise ValueError("so many runs missed across changes of the clock")
        for begin, end, offset in zip(zone.starts, zone.ends, zone.offsets):
            if end <= FIRST or begin >= LAST:
                continue
            first, last = self.index(-(-(max(begin, FIRST) + offset) // DAY) + 1), self.index((min(end, LAST) + offset) // DAY - 2)
            yield self.stretch(steps, [self.day(i) for i in range(first, last)])
            found = self.window(self.index(end // DAY - 3) - reach, self.index(end // DAY + 3) + reach)
            apart = [b - a for a, b in zip(found, found[steps:]) if a >= FIRST and b < LAST]
            yield (max(apart), min(apart)) if apart else None

def is_number(value):
    return isinstance(value, int) and not isinstance(value, bool)

def duration(said, key="duration", end=-1, unset=0):
    """Worst end (end 0: best) of an attribute that is a duration or a range of durations."""
    value = said.get(key)
    if value is None or is_number(value):
        return unset if value is None else value
    return duration(value["range"][end] if "range" in value else value)

def refs(value):
    return [v["ref"] for v in (value if isinstance(value, list) else [value]) if isinstance(v, dict) and "ref" in v]

def period(ms, sort):  # the hour, day, ISO week, month or year of UTC in which a moment lies
    date = datetime.date.fromordinal(ms // 86400000 + EPOCH)
    sorts = {"hourly": ms // 3600000, "daily": date, "weekly": date.isocalendar()[:2], "monthly": (date.year, date.month), "yearly": date.year}
    return sorts.get(sort)

class Checker:
    def __init__(self, plan):
        self.plan, self.problems, self.place, self.verdicts, self.things, self.calendars = plan, [], "plan", {}, {}, {}
        self.done, self.given, self.gaps = collections.Counter(), collections.Counter(), []
        todo = list(plan["declared"] if self.want(plan["format"] == 2, "it is no plan of format 2") else [])
        while todo:
            thing = todo.pop()
            self.want(thing["id"] not in self.things or thing["name"] is None, f"`{thing['id']}` is declared twice")
            self.things[thing["id"]] = thing
            todo += thing["blocks"]
        self.assets, self.figures, self.names = self.by("name", plan["assets"]), self.by("id", plan["figures"]), self.by("name", plan["endpoints"])
        self.site_of, self.asset_of = ({row["thing"]: row["name"] for row in plan[key]} for key in ("sites", "assets"))
        self.general = [block["attributes"] for thing in plan["declared"] if thing["block"] == "plan" for block in thing["blocks"]
                        if block["block"] == "objectives" and block["attributes"].get("role") != "ceiling"]

    def by(self, key, rows):
        found = {row[key]: row for row in rows}
        self.want(len(found) == len(rows), f"a name stands twice among {', '.join(sorted(found))[:80]}")
        return found

    def want(self, good, text):
        if not good:
            self.problems.append(f"{self.place}: {text}")
        return good

    def each(self, place, check, *what):
        """Runs a check; what it stumbles over is a refusal, not a traceback."""
        before, self.place = self.place, place
        self.done[check.__name__] += 1
        try:
            check(*what)
        except BROKEN as error:
            self.want(False, f"it has not the form of the schema ({type(error).__name__}: {str(error)[:120]})")
        self.place = before

    def said(self, key):
        return self.things[key]["attributes"] if key in self.things else {}

    def blocks(self, key, sort):
        return [block["attributes"] for block in self.things[key]["blocks"] if block["block"] == sort] if key in self.things else []

    def run(self):
        for sort, key, check in (("scenarios", "name", self.scenario), ("slos", "endpoint", self.slo), ("jobs", "name", self.job)):
            for name, row in self.by(key, self.plan[sort]).items():
                self.each(f"{sort}[{name}]", check, row)
        self.each("assumptions", self.ledger)
        self.each("counts", self.counts, self.plan["counts"], collections.Counter(self.verdicts.values()))

    def scenario(self, scenario):
        self.now, here, self.stated, self.points = scenario, self.place, self.said(scenario["thing"]), []
        self.outcomes, self.steps, self.own = self.by("asset", scenario["assets"]), self.by("id", scenario["steps"]), collections.defaultdict(list)
        self.wrong = any(f["verdict"] == "refuted" and f["scenario"] == scenario["name"] for f in self.plan["findings"])
        self.taken = {self.site_of[thing] for thing in refs(self.stated["loses"]) if thing in self.site_of}
        while (more := {s["name"] for s in self.plan["sites"] if s["within"] in self.taken} - self.taken):
            self.taken |= more                   # what is inside of a lost place
        self.taken |= {s["name"] for s in self.plan["sites"] if s["account"] in self.taken}
        fates = {name: outcome["fate"] for name, outcome in self.outcomes.items()}
        hit = {self.asset_of.get(thing) for key in ("fails", "corrupts", "deletes") for thing in refs(self.stated[key])} - {None}
        for name, asset in self.assets.items():
            if name in hit or asset["sites"] and all(site in self.taken for site in asset["sites"]):
                self.want(fates.get(name) == "lost", f"`{name}` is taken by the scenario, and is not among what is lost")
            hurt = [need for need in asset["needs"] if fates.get(need) in ("lost", "impaired")]
            self.want(not hurt or name in fates, f"`{name}` needs `{', '.join(hurt)}`, and is not told of")
        for key in ("detect", "declare"):
            self.want(key not in self.stated or not scenario[key] or scenario[key]["worst"] >= duration(self.stated, key), f"`{key}` is too short")
        parts = [scenario[part] for part in ("detect", "declare", "approve")]
        if scenario["begin"] and self.want(all(parts), "`begin` is known, and a part of it is not"):
            self.want(all(scenario["begin"][end] == sum(part[end] for part in parts) for end in ENDS), "`begin` is not the sum of its parts")
        self.want(set(scenario["critical_path"]) <= set(self.steps), "`critical_path` names what is no step of it")
        self.want(sorted(s["ordinal"] for s in scenario["steps"]) == list(range(1, len(self.steps) + 1)), "`ordinal` does not number its steps")
        for step in scenario["steps"]:
            self.own[step["asset"]].append(step["id"])
            self.each(f"{here}.steps[{step['id']}]", self.step, step)
        self.each(f"{here}.hands", self.hands)
        for key, *checks in ("asset", self.recovery, self.loss), ("endpoint", self.endpoint), ("group", self.group):
            for row, check in [(row, check) for row in scenario[key + "s"] for check in checks]:
                self.each(f"{here}.{key}s[{row[key]}]", check, row)
        last = max([o["finish"]["worst"] for o in scenario["assets"] if o["finish"]] + [scenario["lower_bound"] or 0])
        self.want(not scenario["finish"] or scenario["finish"]["worst"] >= last, "`finish` is before the last asset is back, or `lower_bound`")

    def step(self, step):
        before = [self.steps[key] for key in step["after"] + step["follows"]]
        free = {"at_once": dict.fromkeys(ENDS, 0), "detected": self.now["detect"], "declared": self.now["begin"]}[step["release"]]
        start, takes, finish, retries, figure = step["start"], step["takes"], step["finish"], step["retries"], step["figure"]
        self.want(all(other["ordinal"] < step["ordinal"] for other in before), "its `ordinal` is not after what it waits for")
        self.want(step["waits_for"] in [None] + step["after"] + step["follows"], "`waits_for` is nothing it waits for")
        self.want(not takes or 0 <= takes["best"] <= takes["typical"] <= takes["worst"], "`takes` is no range")
        if finish and self.want(start and takes, "it ends, and nobody knows how it begins or lasts"):
            self.want(all(finish[e] == start[e] + takes[e] + step["own_work"] * (e == "worst") for e in ENDS), "`finish` is another moment")
        self.want(step["own_work"] >= 1000 * any(map(step.get, ("run", "check", "until", "verify", "manual", "notify"))), "`own_work` is left out")
        if start and self.want(free and all(other["finish"] for other in before), "it starts after what has no end"):
            for end in ENDS:
                due, later = max([free[end]] + [other["finish"][end] for other in before]), end == "worst" and step["phase"] == "reprotect"
                self.want(start[end] == due or later and start[end] > due, f"`start.{end}` is not the end of what it waits for")
        if takes and retries and self.want(is_number(step["attempt_cut"]), "it is tried again, and no attempt is cut"):
            self.want(takes["worst"] >= (step["attempt_cut"] + 2500 * retries) * (retries + 1), "`takes` is too short for its retries")
        if figure and self.want(figure in self.figures, "its `figure` is none of the plan") and takes:
            value = None if step["transfer"] or step["stated"] or step["inside"] else self.figures[figure]["value"]
            until = step["timeout"] if step["best_effort"] and step["timeout"] is not None else 10**18
            least = min(takes["worst"], step["attempt_cut"] or 0) if retries else takes["worst"]
            self.want(not value or least >= min(value["worst"], until), f"it takes less than its figure `{figure}` says, or its attempts are cut")

    def hands(self):  # at no moment more steps at once than hands, nor more bytes a second than what they go through has
        limits, events = {hand["name"]: hand["count"] for hand in self.now["hands"]}, collections.defaultdict(list)
        for step in self.now["steps"]:
            move, start, finish = step["transfer"], step["start"] and step["start"]["worst"], step["finish"] and step["finish"]["worst"]
            if move and is_number(move["bytes"]) and move["rate"] > 0 and step["takes"]:
                self.want(step["takes"]["worst"] * move["rate"] >= move["bytes"] * 1000, f"step `{step['id']}` moves more bytes than it has time for")
            wanted = [(name, 1) for name in step["hands"]] + [(name, move["rate"]) for name in (move["through"] if move and move["shared"] else [])]
            for name, much in wanted if finish is not None and finish > start else []:
                events[name] += [(start, 1, much), (finish, 0, -much)]
        for name, moments in events.items():
            stated, busy = self.said(name).get("bandwidth") or self.said(name).get("read_rate"), 0
            limit = limits.get(name, stated["rate"][0] * 1000 // stated["rate"][1] if stated else None)
            self.want(limit is not None or name in self.things, f"steps take the hands `{name}`, which are none of the scenario")
            self.given["limits of bandwidth that a kind sets"] += limit is None
            self.done["lanes"] += 1
            for at, _, change in sorted(moments):
                busy += change
                self.want(limit is None or busy <= limit or change < 0, f"`{name}` has {limit}, and {busy} is taken at {at} ms")

    def judge(self, name, verdict, ok, refuted, unasked):
        """A verdict, and whether what it says, were it this or that, is so."""
        self.want(name not in self.verdicts and verdict in ("ok", "refuted", "unknown", "n/a"), f"`{name}` is no verdict, or there are two")
        shown = {"ok": ok, "refuted": refuted, "n/a": unasked}.get(verdict, True)
        self.want(shown, f"`{name.partition(':')[0]}` is `{verdict}`, and objective, numbers and story do not show it")
        self.verdicts[name] = verdict
        self.done["verdicts"] += verdict != "n/a"

    def objective(self, outcome, what):
        """The objective that is compared, not longer than what is stated: for the asset in the class, for it, its tier, the class, the plan."""
        asset, name, shown = self.assets[outcome["asset"]], self.now["class"], outcome[what]["ms"] if outcome[what] else None
        places = [b["attributes"] for b in self.things[asset["thing"]]["blocks"] if b["block"] == "objective" and name == f"class.{b['name']}"]
        places += [self.said(asset["thing"])] + self.blocks(asset["tier"], "default") + [self.said(name)] + self.general
        stated = next((duration(place, what) for place in places if place.get(what) is not None), None)
        if stated is not None and (is_number(shown) or outcome["fate"] == "lost" and (what == "rto" or asset["holds"] == "data")):
            self.want(is_number(shown) and shown <= stated, f"`{what}` is longer than the {stated} ms that are stated for it, or not compared")
        return shown if is_number(shown) else None

    def recovery(self, outcome):
        """When an asset is back, and the verdict on it."""
        name, finish, verdict, aim = outcome["asset"], outcome["finish"], outcome["rto_verdict"], self.objective(outcome, "rto")
        late, asset, lost = finish and aim is not None and finish["worst"] > aim, self.assets[name], outcome["fate"] == "lost"
        self.judge(f"rto:{name}/{self.now['name']}", verdict, finish and not late and not outcome["never"],
                   late or asset["mtd"] or lost and not outcome["method"] or outcome["never"], aim is None)
        self.want(verdict != "unknown" or not late or outcome["nobody"] or outcome["undecided"] or outcome["split"], "it is late, and not refuted")
        chosen = [c for c in outcome["candidates"] if c["chosen"]]
        fits = [c["usable"] and c["method"] == outcome["method"] for c in chosen]
        self.want(fits == [True] * bool(lost and outcome["method"]), "its method is not the one chosen")
        if not finish:
            return
        steps, decides = [self.steps[key] for key in outcome["steps"]], self.steps[outcome["decides"]] if outcome["decides"] else None
        self.want(outcome["method"] or not lost, "it is back, and by no method")
        self.want(not decides or decides["finish"] == finish, "`finish` is not that of the step `decides`")
        self.want(set(self.own[name]) <= set(outcome["steps"]), "a step is its own, and not among its `steps`")
        if verdict == "ok":
            self.want(not lost or outcome["serves_at"] not in self.taken, f"it serves at `{outcome['serves_at']}`, which is lost")
            self.want(all(c["by"] != "nobody" for c in chosen), "its method rests on nobody, and it holds")
        for step in steps:
            if decides and step["phase"] != "reprotect" and step["ordinal"] <= decides["ordinal"]:
                self.want(step["finish"] and step["finish"]["worst"] <= finish["worst"], f"it is back before its step `{step['id']}` has ended")
            if verdict == "ok" and (step["at"] or step["barred"] or step["control_plane"] in self.taken):
                self.want(step["attested"] or step["mode"] == "attested", f"step `{step['id']}` cannot be carried out, and nobody attests it")
            for fence in steps if step["irreversible"] and step["phase"] == "recover" and step["start"] else []:
                self.want(fence["phase"] != "fence" or fence["finish"] and fence["finish"]["worst"] <= step["start"]["worst"],
                          f"`{step['id']}` does not wait for `{fence['id']}`")
        for need in asset["needs"] + (asset["restores_with"] if outcome["chain"] else []):
            other = self.outcomes.get(need, {"fate": "unaffected"})
            self.want(other["fate"] == "unaffected" or other["finish"] and other["finish"]["worst"] <= finish["worst"], f"it is back before `{need}`")

    def endpoint(self, outcome):
        name, finish, moves, aim = outcome["endpoint"], outcome["finish"], outcome["moves"], outcome["rto"]["ms"] if outcome["rto"] else None
        asked, late = is_number(aim), finish and is_number(aim) and finish["worst"] > aim
        self.judge(f"endpoint:{name}/{self.now['name']}", outcome["verdict"], finish and asked and not late,
                   late or not finish or outcome["to"] is None or self.wrong, not asked or not outcome["affected"])
        if not finish:
            return
        detection, ttl, spread, green = (outcome[part] or 0 for part in ("detection", "ttl", "propagation", "green"))
        step, behind = self.steps[outcome["step"]] if moves == "by_step" else None, list(map(self.outcomes.get, self.names[name]["serves"]))
        self.want(moves == "not" or ttl >= (self.names[name]["kept"] or 0), "`ttl` is shorter than resolvers keep an answer")
        self.want(all(o["finish"] or o["fate"] == "unaffected" for o in behind if o), "it answers, and what it serves does not come back")
        own = {"not": 0, "by_check": ttl, "and_back": detection + ttl, "by_step": ttl + spread + detection}[moves]
        due = max([o["finish"]["worst"] + (own if o is step else max(own, green and green + ttl)) for o in behind + [step] if o and o["finish"]]
                  + [detection + ttl if moves == "by_check" else 0])
        self.want(finish["worst"] >= due, f"`finish` is {finish['worst']}, and what it waits for is {due}")
        self.want(outcome["verdict"] != "ok" or not step or step["attested"] or not (step["barred"] or step["control_plane"] in self.taken),
                  "the step that moves it cannot be carried out")

    def closed(self, backup):
        """(first, last) of the hours in which it must not run, or None; and how long they are, in milliseconds."""
        text = next((said.get("not_within") for said in self.blocks(backup, "load")), None)
        match = re.fullmatch(r"(\d\d?:\d\d)-(\d\d?:\d\d)", text or "")
        hours = tuple(clock(part) for part in match.groups()) if match else (0, 0)
        return (hours, (hours[1] - hours[0]) % DAY * 1000) if hours[0] != hours[1] else (None, 0)

    def slots(self, backup, scheduler, late, all_hours=False):
        """Slots of a backup under a scheduler; None where the pages do not say when it is due."""
        hours = None if all_hours else self.closed(backup)[0]
        key = self.said(backup)["schedule"]["schedule"], scheduler, hours, -(-(late + duration(self.said(backup))) // 1000) if hours else 0
        if key not in self.calendars:
            try:
                self.calendars[key] = Slots(*key)
            except BROKEN:
                self.calendars[key] = None
        return self.calendars[key]

    def late(self, link):
        """How late a run may start; for one that no clock starts, after the moment whose state it holds."""
        said, late = self.said(link["backup"]), link["waits"]
        if link["scheduler"] is not None:
            return late + link["window"] + duration(said, "jitter")
        again = (duration(said) + late) // (self.every(said) or 10**18) * (self.every(said) or 0) if said["kind"] != "log" else 0
        return late + duration(said, "settle") + self.closed(link["backup"])[1] + again

    def every(self, said):                       # what runs by no clock runs so often
        return duration(said, "interval" if said["schedule"]["schedule"].startswith("on change") else "ship_every", unset=None)

    def alone(self, link):  # {what: ms} of what a link loses were it read alone; None: unknown
        said, k, late, own = self.said(link["backup"]), link["missed"], self.late(link), link["own_copies"]
        longest, shortest, log = duration(said, unset=None), duration(said, end=0), said["kind"] == "log"
        self.want(k == (said.get("missed") or 0), "`missed` of a link is not that of its backup")
        self.want(link["window"] >= duration(said, "start_window"), "`window` is shorter than its start window")
        terms = {"start_window": link["window"], "jitter": duration(said, "jitter"), "waits": link["waits"], "duration": longest}
        terms["captured"] = -shortest if link["at_end"] and shortest >= 1000 else 0
        terms["copy_time"] = duration(said, "copy_time", unset=None) if link["copied"] else 0
        if link["scheduler"] is None:
            every, settle, hours = self.every(said), duration(said, "settle"), self.closed(link["backup"])[1]
            self.want(said["schedule"]["schedule"].startswith(("on change", "continuous")), "a clock starts it, and no scheduler is named")
            return {**terms, "every": every, "missed": k * (every or 0), "duration": longest or 0, "start_window": 0, "settle": settle,
                    "closed": hours, "overrun": late - link["waits"] - settle - hours}
        slots = self.slots(link["backup"], link["scheduler"], late)
        if self.want(slots, f"when {said['schedule']['schedule']!r} is due under {link['scheduler']} cannot be told"):
            self.calendar(link, slots, k, late)
        terms.update(gap=link["gap"], sealed=duration(said, "ship_every") if log else 0)
        if longest is not None and slots and (out := (late + longest + own) // link["shortest"]):
            terms["skipped"] = slots.span((k + 1) * (out + 1))[0] - max(out * link["shortest"] - own - (shortest if link["at_end"] else longest), 0)
            if slots.weekly:                     # exactly
                terms["skipped"] = slots.held(k, late + longest + own, longest + own, link, shortest) - terms["captured"]
            terms["skipped"] -= link["gap"]
        return terms

    def calendar(self, link, slots, k, late):
        """`gap`, `from`, `to` and `shortest` against the whole calendar, each once."""
        known, gap = (id(slots), k, *(link[key] for key in ("gap", "from", "to", "shortest"))), slots.span(k + 1)[0]
        if known in self.calendars:
            return
        self.calendars[known], shortest = True, {self.slots(link["backup"], link["scheduler"], late, True).span(1)[1]}
        if not slots.sure and (gap != link["gap"] or link["shortest"] not in shortest):
            self.given["gaps under Kubernetes where the clock changes near midnight"] += 1
            return
        self.done["schedules"] += 1
        self.want(gap == link["gap"] == link["to"] - link["from"], f"`gap` is {link['gap']}, and the calendar has {gap}, or `from` and `to` another")
        if link["scheduler"] in ("debian", "systemd", "kubernetes") and not self.said(link["backup"]).get("scheduler"):  # whoever runs it
            others = [s for s in (self.slots(link["backup"], other, late) for other in ("debian", "systemd", "kubernetes")) if s]
            shortest.add(min(s.span(1)[1] for s in others))
            self.want(all(link["gap"] >= s.span(k + 1)[0] or not s.sure for s in others), "another scheduler has a larger gap")
        self.want(link["shortest"] in shortest, f"`shortest` is {link['shortest']}, and the calendar has {min(shortest)}")
        self.want(len(slots.between(link["from"] // 1000, link["to"] // 1000)) == k + 2 and slots.due(link["from"]) and slots.due(link["to"]),
                  f"`from` and `to` are no slots with {k} between them")

    def damage(self, outcome):                   # how long after it it is noticed
        return duration(self.stated, "noticed_within") if set(outcome["losses"]) & {"corruption", "deletion", "object"} else 0

    def loss(self, outcome):
        name, total, story, aim = outcome["asset"], outcome["data_loss"], outcome["story"], self.objective(outcome, "rpo")
        told, known = story["loss"] if story else None, is_number(total)
        over = told is not None and aim is not None and told + 1 > aim
        self.judge(f"rpo:{name}/{self.now['name']}", outcome["rpo_verdict"], known and aim is not None and total <= aim,
                   over or total == "all" or outcome["fate"] == "lost" and not outcome["method"] or outcome["never"], aim is None or total == "n/a")
        unsure = outcome["rpo_verdict"] != "unknown" or outcome["nobody"] or outcome["undecided"] or outcome["split"]
        self.want(unsure or not over or told <= aim, "a story loses more than its RPO, and it is not refuted")
        if (noticed := self.damage(outcome)) and is_number(outcome["discarded"]) and self.now["begin"]:
            self.want(outcome["discarded"] >= noticed + self.now["begin"]["worst"], "`discarded` is less than passes until it is declared")
        if outcome["rpo_terms"] and total != "all":
            self.terms(outcome)
        if known and outcome["fate"] == "lost":
            read = next((c["copy"] for c in outcome["candidates"] if c["chosen"]), None)
            self.want(not read or outcome["chain"] and outcome["chain"][0]["backup"] == read, f"`{read}` is restored from, and its chain is not told")
            self.want(outcome["rpo_terms"] or total == 0, "its loss has no terms")
            self.want(told is None or told <= total, f"its story loses {told} ms, more than the bound")
            self.gaps += [(total - (told or 0), self.place)] if total - (told or 0) > 1 else []
        if story:
            self.each(f"{self.place}.story", self.story, outcome, story)

    def shares(self, outcome):
        """{what: ms}, less than 0 where it is taken away."""
        for term in outcome["rpo_terms"]:
            self.want(term["less"] == (term["what"] in ("captured", "read_late")), f"`less` of the term `{term['what']}` is wrong")
        return {term["what"]: -term["ms"] if term["less"] and is_number(term["ms"]) else term["ms"] for term in outcome["rpo_terms"]}

    def terms(self, outcome):
        what, chain, total, name = self.shares(outcome), outcome["chain"], outcome["data_loss"], outcome["asset"]
        known = all(is_number(ms) for ms in what.values())
        self.want(len(what) == len(outcome["rpo_terms"]), "a term stands twice")
        self.want(is_number(total) == known or known and outcome["undecided"], "its loss is known and a term is not, or the other way")
        self.want(not is_number(total) or not known or total == sum(what.values()), "its loss is not the sum of its terms")
        self.done["losses"] += 1
        element = next((c["element"] for c in outcome["candidates"] if c["chosen"]), None)
        if chain:
            self.chain(outcome, what)
            rule, shown, first = self.alone(chain[0]), dict(what), self.said(chain[0]["backup"])
            if "skipped" in rule:                # the two as one: skipped less read_late
                rule["read_late"], shown["skipped"], shown["read_late"] = 0, what.get("skipped", 0) + what.get("read_late", 0), 0
            for key in [key for key in rule if rule[key] or key in shown]:
                has = shown.get(key, 0)
                other = key == "skipped" and (not first.get("scheduler") if has > rule[key] else ' in "' in first["schedule"]["schedule"])
                self.given["runs that keep others out, of several schedulers or where the clock changes"] += other and has != rule[key]
                self.want(has == rule[key] or other or rule[key] is None and not known, f"the term `{key}` is {has}, and its rule gives {rule[key]}")
            other = set(what) - set(rule) - {"base", "queued", "thinned", "group", "unbounded", "cut", "source"}
            self.want(not other, f"the terms {sorted(other)} have no place in this loss")
        elif element in self.things and self.things[element]["block"] == "replica" and self.said(element).get("lag") is not None and "stated" in what:
            self.want(what["stated"] in (0, duration(self.said(element), "lag")), "`stated` is not the lag of its replica")
        else:
            self.given["losses that a method states"] += "stated" in what
        if "source" in what:
            self.want(what["source"] in ("unknown", self.source(name, 0)), "`source` is not the loss of what it is made from")
        if is_number(what.get("cut")):
            fences = [self.steps[key]["finish"] for key in self.own[name] if self.steps[key]["phase"] == "fence"]
            self.want(all(f is None or what["cut"] >= f["worst"] for f in fences), "`cut` ends before its fence")
        if "group" in what:
            mine = [g["data_loss"] for g in self.now["groups"] if any(name in self.roots(m["asset"], 0) for m in g["members"] if m["recovered"])]
            self.want(is_number(total) and total <= max((loss for loss in mine if is_number(loss)), default=-1), "none of its groups loses as much")

    def source(self, name, depth):
        """The largest loss of what an asset is made from; through what holds nothing itself."""
        losses = [0]
        for other in [self.asset_of.get(t) for said in self.blocks(self.assets[name]["thing"], "rebuild") for t in refs(said.get("from"))]:
            loss = self.outcomes[other]["data_loss"] if other in self.outcomes else 0  # None: a store, taken as given
            losses.append(loss if is_number(loss) or depth > 50 else self.source(other, depth + 1))
        return max(losses)

    def chain(self, outcome, what):  # one store, at a place that stands; each link on the next; each kept long enough
        chain, totals, ok = outcome["chain"], [], outcome["rpo_verdict"] == "ok"
        self.want(len({link["store"] for link in chain if link["store"]}) <= 1, "its links are read from different stores")
        for link, below in zip(chain, chain[1:] + [None]):
            said, backup, store = self.said(link["backup"]), link["backup"], link["store"]
            self.done["links"] += 1
            if self.want(backup in self.things, "a link of no backup") and store is not None:
                places = [self.site_of.get(place) for place in refs(self.said(store).get("site"))]
                self.want(not set(places) & self.taken, f"`{store}` is at {places}, which the scenario takes")
                self.want(link["copied"] == (store not in refs(said.get("to"))) and (not link["copied"] or store in refs(said.get("copies"))),
                          f"`{backup}` is neither written nor copied to its store, or `copied` is wrong")
            if below:
                self.want(said["kind"] in ("incremental", "differential", "log") and said.get("of") in (None, self.things[below["backup"]]["name"]),
                          f"`{backup}` builds on nothing, or on another backup")
            terms = [ms for key, ms in self.alone(link).items() if key != "skipped" or ' in "' not in said["schedule"]["schedule"]]  # at least
            copy = duration(said, "copy_time") if link["copied"] else 0
            totals.append(None if None in terms else (sum(terms), copy + (0 if link["at_end"] else duration(said)), copy))
        for number, link in enumerate(chain if None not in totals else []):
            reach, needed, retain = link["reach"], self.age(outcome, totals, number), self.said(link["backup"]).get("retain")
            self.want(reach is None or reach >= needed, f"`reach` of `{link['backup']}` is {reach}, and it needs {needed}")
            limits = [link["limit"]] + [retain["duration"] if isinstance(retain, dict) and "duration" in retain else None]
            self.want(not ok or all(limit is None or limit >= max(needed, reach or 0) for limit in limits), f"`{link['backup']}` is not kept so long")
            late = self.damage(outcome) or self.stated.get("compromises")  # else the newest of all will do
            if isinstance(retain, dict) and "object" in retain and number == 0 and link["gap"] is not None and late:
                apart = [size for key, size in PERIODS.items() if (retain["object"].get(key) or 0) * max(size, link["gap"]) >= needed]
                if "unbounded" not in what and self.want(apart, f"no class keeps `{link['backup']}` as long as it must be"):
                    least = apart[0] - totals[0][1] if apart[0] > PERIODS["daily"] else 0
                    self.want(link["gap"] + what.get("thinned", 0) >= least, "`thinned` is too little")
                    self.given["losses by retention in classes, as rough lower bounds"] += 1
        longer = max([total[2] for total in totals if total]) - duration(self.said(chain[0]["backup"])) > what.get("base", 0)
        self.given["how long copies wait for those that they build on, or that are before them"] += longer or "queued" in what

    def age(self, outcome, totals, number):
        """How old a copy of a link is when it is read, at least: a run builds on the newest of the next link that has ended."""
        chain, kinds = outcome["chain"], [self.said(link["backup"])["kind"] for link in outcome["chain"]]
        first, last = int(kinds[0] == "log" and number > 0), len(chain) if kinds[number] == "incremental" else number + 1
        age = totals[first][0] + sum(total - copy for total, _, copy in totals[first + 1:last]) + max(self.damage(outcome) - totals[first][1], 0)
        age += outcome["start"]["worst"] if outcome["start"] and outcome["finish"] else 0
        return age if kinds[number] != "log" or number > 0 or len(chain) == 1 else max(age, self.age(outcome, totals, 1))

    def story(self, outcome, story):
        runs, strikes, newest, chain, terms = story["runs"], story["strikes"], story["newest"], outcome["chain"], self.shares(outcome)
        fenced, limit = strikes if story["fenced"] is None else story["fenced"], terms.get("stated", terms.get("source"))
        self.want(newest <= strikes and story["loss"] == fenced - newest, "its loss is not what lies after `newest`")
        self.want(strikes <= fenced <= strikes + (terms.get("cut") or 0), "`fenced` is later than `cut` says")
        self.want(story["read"] is None or story["read"] >= strikes, "`read` is before it strikes")
        further = chain and story["read"] is not None and not terms.keys() & {"group", "thinned"}  # how old those copies are they tell
        reach = chain[0]["reach"] if further else None
        self.want(reach is None or reach >= story["read"] - newest, "`reach` is shorter than from `newest` to `read`")
        if story["of"] or not runs:
            other = (self.outcomes[story["of"]] if story["of"] else outcome)["story"]
            self.want((not chain or story["of"]) and (other["newest"], other["strikes"]) == (newest, strikes), "no run is told, and copies are read")
            self.want(not is_number(limit) or strikes - newest <= limit, "it is further behind than it may be")
            return
        links, ends = {link["backup"]: link for link in chain}, collections.defaultdict(list)
        for number, run in enumerate(runs):
            self.each(f"{self.place}.runs[{number}]", self.told, run, links[run["backup"]], ends[run["backup"]])
        first = [run for run in runs if run["backup"] == chain[0]["backup"]]
        bases = [run for run in runs if len(chain) > 1 and run["backup"] == chain[1]["backup"] and run["fate"] == "done"]
        based = [max([(b["ends"], b["arrives"]) for b in bases if b["ends"] <= (run["starts"] or 0)] + [(0, 0)])[1] for run in first]
        there = [run["captured"] for run, base in zip(first, based) if run["fate"] == "done" and max(run["arrives"], base) <= strikes]
        retain = self.said(chain[0]["backup"]).get("retain")
        self.want(there and max(there) == newest, "`newest` is not the newest state that has arrived")
        if isinstance(retain, dict) and "duration" in retain and story["read"] is not None:
            self.want(story["read"] - newest <= retain["duration"], "the copy it reads is no longer kept")
        self.whole(chain[0], first, strikes, based[-1] < strikes, story["read"])  # what builds on a copy that has not arrived is of no use

    def told(self, run, link, ends):  # one run of a world: due, within its window and its times, and none that keeps it out
        said, clocked = self.said(run["backup"]), link["scheduler"] is not None
        slot, fate, start, end = (run[key] for key in ("slot", "fate", "starts", "ends"))
        slots = self.slots(link["backup"], link["scheduler"], self.late(link)) if clocked else None
        self.want(not slots or not slots.sure or slots.due(slot), "`slot` is no slot of its schedule")
        self.want(fate != "skipped" or any(begin < slot <= until for begin, _, until, _ in ends), "it is skipped, and no run keeps it out")
        self.want(not clocked or fate == "skipped" or all(slot <= begin or until <= slot for begin, until, *_ in ends), "it starts while another runs")
        self.want(start is None or slot <= start <= slot + self.late(link), "it starts outside of its window")
        if start is not None and end is not None:
            self.want(duration(said, end=0) <= end - start <= duration(said), "it does not last as long as a run does")
            there, own = run["arrives"] or 0, link["own_copies"]
            ends.append((slot if clocked else start, max(end, there if own else 0), end + own, there))
        if fate in ("skipped", "missed"):
            self.want(run["captured"] is None and run["arrives"] is None, "it did not take place, and holds something")
            return
        holds = [end if link["at_end"] else start] if clocked else [start, end, slot]
        sealed = duration(said, "ship_every") if said["kind"] == "log" and clocked else 0
        self.want(any(moment - sealed <= run["captured"] <= moment for moment in holds), "it holds another moment than its own")
        copy = (duration(said, "copy_time", 0), duration(said, "copy_time")) if link["copied"] else (0, 0)
        self.want(end + copy[0] <= there <= max([end] + [at for *_, at in ends[:-1] if copy[1]]) + copy[1], "its copy cannot arrive then")

    def whole(self, link, runs, struck, based, read):  # no slot is left out, and no more runs are missed than may be
        said, missed, due, last = self.said(link["backup"]), 0, [run["slot"] for run in runs], runs[-1]
        classes = said["retain"]["object"] if isinstance(said.get("retain"), dict) and "object" in said["retain"] else {}
        for number, run in enumerate(runs):
            done = [r for r in runs[number + 1:] if r["fate"] == "done" and r["captured"] > struck and r["arrives"] <= (read or 0)]
            self.want(run["fate"] != "deleted" or any(period(run["starts"], c) == period(other["starts"], c) for c in classes for other in done),
                      "a run is deleted, and no later copy takes its place")
            missed = missed + 1 if run["fate"] == "missed" else 0 if run["fate"] == "done" else missed
            self.want(missed <= link["missed"], "more runs in a row are missed than may be")
        every, later = self.every(said), self.late(link) + duration(said) + (duration(said, "copy_time") if link["copied"] else 0)
        if link["scheduler"] is None:
            self.want(all(0 < b - a <= every or a == b and not every for a, b in zip(due, due[1:])), "its runs are further apart than they may be")
        else:
            slots = self.slots(link["backup"], link["scheduler"], self.late(link))
            if not slots or not slots.sure:
                return
            every, listed = slots.span(1)[0], [at * 1000 for at in slots.between(due[0] // 1000, due[-1] // 1000)]
            self.want(listed == due, f"from its first to its last run are {len(listed)} slots, and {len(due)} are told")
        self.want(not based or (last["arrives"] or 0) >= struck or due[-1] + every + later >= struck, "runs after the last one are left out")
    def group(self, group):
        total, skew, most, aim = group["data_loss"], group["skew"], group["max_skew"], group["rpo"]["ms"] if group["rpo"] else None
        asked, one, agree, newer = is_number(aim), group["common_point"], group["reconciles"], group["intact_newer_by"]
        others = [self.outcomes[m["asset"]] for m in group["members"] if m["recovered"] and m["asset"] in self.outcomes]
        broken = is_number(skew) and skew > most if is_number(most) else not one and not agree
        broken = broken or not agree and newer != 0 and not 0 <= newer <= (most or 0) or any(o["never"] for o in others)
        self.judge(f"group:{group['group']}/{self.now['name']}", group["verdict"], is_number(total) and (not asked or total <= aim) and not broken,
                   not is_number(total) or broken or skew or asked and any(o["story"] and o["story"]["loss"] + 1 > aim for o in others),
                   not asked or total == "n/a")
        self.want(not skew or not one or group["shared_run"], "it has a common point, and a skew")
        lost = [o["data_loss"] if is_number(o["data_loss"]) else 10**18 for o in others if o["data_loss"] != "n/a"]
        self.want(not is_number(total) or max(lost, default=0) <= total, "it loses less than one of its members")
        declared, members = next(g for g in self.plan["groups"] if g["name"] == group["group"]), [m["asset"] for m in group["members"]]
        hold = [name for name in declared["members"] if self.assets[name]["holds"] != "nothing" or name in members]
        self.want(sorted(members) == sorted(hold), "its members are not those of the group")
        self.want(not agree or self.blocks(declared["thing"], "reconcile"), "it has no steps that make its members agree")
        whole = not is_number(newer) or all(m["recovered"] for m in group["members"])
        self.want(whole or newer >= max([loss for loss in lost if loss < 10**18], default=0), "`intact_newer_by` is too little")
        self.given["how far members of groups without a common point are apart"] += not one and group["verdict"] == "ok"
        held = {root for o in others for root in self.roots(o["asset"], 0)} if one else set()
        held = held.union(*(points for points in self.points if points & held))  # what shares a member has one point together
        self.points.append(held)
        single = {self.single(self.outcomes[root]) for root in held} - {None}
        self.want(len(single) <= 1, f"`common_point`: {sorted(single)[:3]} have no point in common")

    def roots(self, name, depth):  # what an asset stands at: itself, or all it is made anew from
        made = [self.asset_of.get(t) for said in self.blocks(self.assets[name]["thing"], "rebuild") for t in refs(said.get("from"))]
        source = depth < 50 and any(term["what"] == "source" for term in self.outcomes[name]["rpo_terms"])
        source = source and all(one in self.outcomes and is_number(self.outcomes[one]["data_loss"]) for one in made)
        return {root for one in made for root in self.roots(one, depth + 1)} if source else {name}

    def single(self, outcome):
        """Whose points are the only ones it has; None: it can stop at any moment."""
        backup = outcome["chain"][0]["backup"] if outcome["chain"] else None
        said, name = self.said(backup), outcome["asset"] if outcome["data_loss"] else "the interruption"
        if not backup or said["kind"] == "log" or said["schedule"]["schedule"].startswith("continuous"):
            return None if backup else name
        apart = not said.get("method") and (said.get("missed") or "object" in (said.get("retain") or {}))
        return backup if backup.startswith("group.") and not apart else f"{backup} of {name}"

    def slo(self, slo):
        has, target, product = slo["availability"], slo["target"], 10**18
        for parts in [term["parts"] for term in slo["terms"] if not term["taken"] and term["parts"] is not None]:
            product = product * parts // 10**9
        product = max(product - sum(term["parts"] * 10**9 for term in slo["terms"] if term["taken"] and term["parts"] is not None), 0) // 10**9
        self.want(has is None or has == product and all(t["parts"] is not None for t in slo["terms"]), "`availability` is not what its terms give")
        asked = is_number(target)
        self.judge(f"slo:{slo['endpoint']}", slo["verdict"], is_number(has) and asked and has >= target, asked and product < target, True)

    def ledger(self):
        entries, resting = self.by("id", self.plan["assumptions"]), collections.defaultdict(set)
        needed = {"artifact": ("target", "file"), "platform": ("source",), "demand": ("on", "words"), "nobody": ()}
        self.done["entries"] = len(entries)
        for key, entry in entries.items():
            self.want(key.split(":")[0] == entry["kind"], f"the kind of `{key}` is another")
            self.want(not entry["by"] or all(entry["by"][part] for part in needed[entry["by"]["who"]]), f"who makes `{key}` true is not said whole")
            for name in entry["rests"]:
                resting[name].add(key)
        unknown, some = sorted(set(resting) - set(self.verdicts)), not all(entry["rests_whole"] for entry in entries.values())
        self.want(not unknown, f"what is no verdict of the plan rests on entries: {unknown[:3]}")
        for name in [name for name, verdict in self.verdicts.items() if verdict == "ok"]:
            nobody = sorted(key for key in resting[name] if not entries[key]["by"] or entries[key]["by"]["who"] == "nobody")
            self.want(resting[name] or some, f"`{name}` holds, and rests on nothing")
            self.want(not nobody, f"`{name}` holds, and rests on {nobody[:3]}, which nobody makes true")
        for scenario in self.plan["scenarios"]:
            steps, where = {step["id"]: step for step in scenario["steps"]}, "/" + scenario["name"]
            asked = [(f"endpoint:{name['endpoint']}{where}", [key for key in entries if key.startswith(f"answers:{name['endpoint']}")] + ["answers"])
                     for name in scenario["endpoints"] if name["verdict"] == "ok" and name["moves"] != "not"]
            for name, keys in asked + [pair for outcome in scenario["assets"] for pair in self.rests(scenario, outcome, steps)]:
                cut = [key for key in keys if key in entries and not entries[key]["rests_whole"] or some and key[-1] == ":"]
                found = cut or any(key in resting[name] or key[-1] == ":" and any(k.startswith(key) for k in resting[name]) for key in keys)
                self.want(found, f"`{name}` does not rest on `{keys[0]}`")

    def rests(self, scenario, outcome, steps):   # (verdict that holds, names of entries of which it rests on one)
        where, element = f"{outcome['asset']}/{scenario['name']}", next((c["element"] for c in outcome["candidates"] if c["chosen"]), None) or ""
        for link in outcome["chain"] if outcome["rpo_verdict"] == "ok" else []:
            what, at = link["backup"].partition(".")[2].replace("/backup.", "."), "@" + link["store"].partition(".")[2] if link["store"] else ""
            for kind in ("runs", "kept"):        # of a group: one run for all members, or one for each
                yield "rpo:" + where, [f"{kind}:{what}{at}", f"{kind}:{what}.{outcome['asset']}{at}"]
            yield from [("rpo:" + where, [f"readable:{at[1:]}"])] if at else []
        if outcome["rpo_verdict"] == "ok" and "/replica." in element and not outcome["chain"]:
            what = f"{outcome['asset']}.replica.{element.partition('/replica.')[2]}"
            yield "rpo:" + where, [f"lag:{what}", f"stands_ready:{what}"]
        for step in [steps[key] for key in outcome["steps"] if steps[key]["phase"] != "reprotect"] if outcome["rto_verdict"] == "ok" else []:
            yield from [("rto:" + where, [f"figure:{step['figure']}"])] if step["figure"] else []
            for kind in {"at_once": [], "detected": ["detects:"], "declared": ["detects:", "decides_within:"]}[step["release"]]:
                yield "rto:" + where, [kind]     # any of that kind

    def job(self, job):
        """A job says what its backup says."""
        said, written = self.said(job["backup"]), job["schedule"]["written"] if job["schedule"] else None
        same = job["retain"] == said.get("retain") and job["to"] in refs(said.get("to")) + [None] and job["copies"] == refs(said.get("copies"))
        same = same and (not job["duration"] or job["duration"]["worst"] == duration(said))
        self.want(not said or same and (not written or said["schedule"]["schedule"].startswith(written)), "it does not say what its backup says")

    def counts(self, counts, found):
        waived = found["refuted"] + found["unknown"] - counts["refuted"] - counts["unknown"]
        self.want(counts["hold"] == found["ok"], f"`hold` is {counts['hold']}, and {found['ok']} verdicts hold")
        fewer = all(counts[key] <= found[key] for key in ("refuted", "unknown"))
        self.want(fewer and 0 <= waived <= counts["accepted"], f"{found['refuted']} verdicts are refuted and {found['unknown']} unknown, not so many")

def load(path):
    def once(pairs):
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a member stands twice in an object")
        return dict(pairs)
    return json.loads(open(path, encoding="utf-8").read(), parse_float=int, parse_constant=int, object_pairs_hook=once)

def main(arguments):
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(__doc__.strip(), file=sys.stderr)
        return 64
    try:
        checker = Checker(load(arguments[0]))
        checker.run()
    except (OSError, *BROKEN) as error:
        print(f"plan: it is no plan ({type(error).__name__}: {str(error)[:200]})\nrefused")
        return 64 if isinstance(error, OSError) else 1
    done, gaps = checker.done, checker.gaps
    for problem in dict.fromkeys(checker.problems):
        print("".join(c if c.isprintable() else "?" for c in problem))  # names are somebody else's: none drives the terminal
    print(f"checked: {done['verdicts']} verdicts; {done['recovery']} times of {done['step']} steps on {done['lanes']} lanes; {done['losses']} losses "
          f"of {done['links']} links and {done['schedules']} schedules; {done['story']} witnesses; {done['endpoint']} names, {done['group']} groups, "
          f"{done['slo']} availabilities; {done['entries']} entries of the ledger; {done['job']} jobs")
    print(f"bound beyond the best story: {len(gaps)} losses" + (f", the most by {max(gaps)[0]} ms ({ascii(max(gaps)[1])[1:-1]})" if gaps else ""))
    for what, count in sorted(item for item in checker.given.items() if item[1]):
        print(f"taken as given: {what} ({count})")
    print("not checked: whether a better method, order or repair exists; whether the specification describes the system; whether entries of the "
          "ledger are true; what kinds say (what a method covers and loses, what spans zones, how long a platform keeps, times without a figure)")
    print("refused" if checker.problems else "accepted")
    return 1 if checker.problems else 0

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
