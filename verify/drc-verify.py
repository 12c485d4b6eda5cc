#!/usr/bin/env python3
"""Checks a plan of drc without drc: drc-verify.py PLAN.json

The plan is what `drc plan --emit plan SPEC` prints. Written from docs/certificate.md, which says what has to hold, and from nothing of the
compiler. Needs Python 3.9 with its tz database, and nothing else. Exit 0: accepted; 1: refused, one line for each problem; 64: wrong use.
"""

import bisect
import collections
import datetime
import json
import operator
import re
import sys
import zoneinfo

DAY, CYCLE = 86400, 146097                       # seconds of a day, days of 400 years
EPOCH = datetime.date(1970, 1, 1).toordinal()
BASE = datetime.date(2001, 1, 1).toordinal() - EPOCH
FIRST = (datetime.date(2026, 1, 1).toordinal() - EPOCH) * DAY
LAST = (datetime.date(2500, 1, 1).toordinal() - EPOCH) * DAY  # tables of zones end before 2100; after that 400 years repeat themselves
BROKEN = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError, RecursionError, ZeroDivisionError, MemoryError)
ENDS = ("best", "typical", "worst")
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
WEEK = "sun mon tue wed thu fri sat".split()


# ---- schedules ---------------------------------------------------------------------------------------------------------------------

class Unreadable(ValueError):
    """A schedule, or a treatment of one, that the pages do not describe."""


def numbers(text, low, high, names=(), base=0, open_step=False):
    """What a field of a cron expression stands for. open_step: a/n runs to the end of the range."""
    found = set()
    for part in text.lower().split(","):
        body, _, step = part.partition("/")
        ends = [low, high] if body in ("*", "?") else [names.index(w) + base if w in names else int(w) for w in body.split("-")]
        first, last = ends[0], high if len(ends) == 1 and step and open_step else ends[-1]
        if not low <= first <= last <= high or step and int(step) < 1:
            raise Unreadable(f"`{text}`")
        found |= set(range(first, last + 1, int(step or 1)))
    return found


def aws_month_day(part, day, last, weekday):
    if part == "L":
        return day == last
    if part.endswith("W"):                       # the monday to friday nearest to it, in its month
        want, workdays = int(part[:-1]), [d for d in range(1, last + 1) if (weekday + d - day) % 7 not in (0, 6)]
        return want <= last and day == min(workdays, key=lambda d: (abs(d - want), d))
    return day in numbers(part, 1, 31, (), 0, True)


def aws_week_day(part, day, last, weekday):
    if part.endswith("L"):
        return weekday == 6 if part == "L" else weekday + 1 in numbers(part[:-1], 1, 7, WEEK, 1) and day + 7 > last
    which, _, nth = part.partition("#")
    return weekday + 1 in numbers(which, 1, 7, WEEK, 1, True) and (not nth or (day - 1) // 7 + 1 == int(nth))


def cron_days(fields, dialect):
    """runs(month, day, last day of the month, weekday with sunday 0)"""
    open_step = dialect in ("kubernetes", "aws")
    months = numbers(fields[3], 1, 12, MONTHS, 1, open_step)
    if len(fields) == 6 and fields[5] == "*":
        return lambda month, *date: (month in months and any(aws_month_day(part, *date) for part in fields[2].split(","))
                                     and any(aws_week_day(part, *date) for part in fields[4].split(",")))
    if len(fields) != 5:
        raise Unreadable("its fields")
    days = numbers(fields[2], 1, 31, (), 0, open_step)
    week = {n % 7 for n in numbers(fields[4], 0, 6 if dialect == "kubernetes" else 7, WEEK, 0, open_step)}
    star = any(f[0] in "*?" for f in (fields[2], fields[4]))
    if dialect == "kubernetes":
        star = any(part in ("*", "?", "*/1", "?/1") for f in (fields[2], fields[4]) for part in f.split(","))
    return lambda month, day, last, weekday: month in months and (day in days and weekday in week if star else day in days or weekday in week)


def clock(text):
    hour, minute = (int(part) for part in re.fullmatch(r"\s*(\d\d?):(\d\d)\s*", text).groups())
    if hour > 24 or minute > 59:
        raise ValueError(text)
    return hour * 3600 + minute * 60


def read_schedule(text, dialect):
    """(zone or None, name of its days, runs(…), times of a day in seconds, whether a minute or an hour has a star)"""
    body, zone = re.fullmatch(r'(.*?)(?: in "([^"]*)")?', text).groups()
    if (match := re.fullmatch(r'cron "([^"]*)"', body)):
        fields, open_step = match[1].split(), dialect in ("kubernetes", "aws")
        runs = cron_days(fields, dialect)
        times = [h * 3600 + m * 60 for h in numbers(fields[1], 0, 23, (), 0, open_step) for m in numbers(fields[0], 0, 59, (), 0, open_step)]
        return zone, (dialect, *fields[2:]), runs, sorted(times), "*" in (fields[0][0], fields[1][0])
    if (match := re.fullmatch(r"every (\d+)(s|m|h|d)", body)):
        step = int(match[1]) * {"s": 1, "m": 60, "h": 3600, "d": DAY}[match[2]]
        if not 0 < step <= DAY or step % 60:
            raise Unreadable(text)
        return zone, "daily", lambda *_: True, list(range(0, DAY, step)), 3600 % step == 0 or DAY % step == step % 3600 == 0 and step < DAY
    if not (match := re.fullmatch(r"(daily|weekly on (.*?)|monthly on (.*?)) at (.*)", body)):
        raise Unreadable(f"`{text}`")
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


class Zone:
    """Stretches of one offset: starts, ends, offsets, in seconds."""

    def __init__(self, name):
        self.info, begin, end = zoneinfo.ZoneInfo(name), FIRST - 400 * DAY, LAST + 400 * DAY
        self.starts, self.offsets = [begin], [self.ask(begin)]
        for low in range(begin, end, DAY):
            high = low + DAY
            if (after := self.ask(high)) == self.offsets[-1]:
                continue
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if self.ask(middle) == self.offsets[-1] else (low, middle)
            self.starts.append(high)
            self.offsets.append(after)
        self.ends = self.starts[1:] + [end]

    def ask(self, at):
        return int(datetime.datetime.fromtimestamp(at, self.info).utcoffset().total_seconds())

    def piece(self, at):
        return max(bisect.bisect_right(self.starts, at) - 1, 0)


class Slots:
    """When a schedule is due under one scheduler, outside of the hours in which it must not run. Seconds since 1970 UTC.

    Where the clock jumps, what the scheduler follows is due whenever the clock shows it: Kubernetes, and jobs of cron with a star in minute or
    hour. All others are due once in an hour that comes twice; in one that is left out cron starts them at the jump, the others not at all.
    """
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
        if closed:                               # nor may its start delay carry it into them, at any time of the year
            length = (closed[1] - closed[0]) % DAY or DAY
            ways = [[(time - offset - closed[0]) % DAY for offset in set(zone.offsets if zone else [0])] for time in self.times]
            self.times = [time for time, after in zip(self.times, ways) if all(length <= a and a + late < DAY for a in after)]
        if not self.days or not self.times:
            raise Unreadable("it is never due")

    def day(self, index):
        turn, rest = divmod(index, len(self.days))
        return BASE + turn * CYCLE + self.days[rest]

    def index(self, day):
        """Of the first day with slots that is not before `day`."""
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

    def between(self, first, last):
        """Slots from `first` to `last`, both included."""
        low, high = self.index(first // DAY - 3), self.index(last // DAY + 3)
        if (high - low) * len(self.times) > 2000000:
            raise Unreadable("too many slots to list")
        return [at for at in self.window(low, high) if first <= at <= last]

    def due(self, ms):
        return ms % 1000 == 0 and self.between(ms // 1000, ms // 1000) == [ms // 1000]

    def span(self, steps):
        """(largest, smallest) distance of two slots so many slots apart, in milliseconds, over the whole calendar."""
        if steps not in self.spans:
            found = [s for s in (self.pieces(steps) if self.zone else [self.stretch(steps, None)]) if s]
            self.spans[steps] = max(s[0] for s in found) * 1000, min(s[1] for s in found) * 1000
        return self.spans[steps]

    def weekly(self):
        return not self.zone and len(self.days) * 7 == CYCLE * len({day % 7 for day in self.days})

    def held(self, k, busy, kept, link, shortest):
        """Largest distance from a state to the slot of the run after the k that are missed, where runs keep slots out as long as they may."""
        week, found = [(day * DAY + time) * 1000 for day in self.days if day < 7 for time in self.times], 0
        if len(week) * (busy // link["shortest"] + 1) * (k + 1) > 5000000:
            raise Unreadable("so many runs that keep slots out")

        def at(index):
            return week[index % len(week)] + index // len(week) * 7 * DAY * 1000

        def after(moment):
            turn, rest = divmod(moment, 7 * DAY * 1000)
            return turn * len(week) + bisect.bisect_right(week, rest)
        for first, slot in enumerate(week):
            for out in range(first, after(slot + busy)):
                state = slot + max(at(out) - slot - kept, 0)
                if link["at_end"]:
                    state = max(slot + shortest, at(out) - link["own_copies"] if out > first else 0)
                following = out + 1
                for _ in range(k):
                    following = after(at(following) + busy)
                found = max(found, at(following) - state)
        return found

    def stretch(self, steps, days):
        """The same where all days have one offset; None: all of the cycle."""
        jumps, found = {}, []
        for number, time in enumerate(self.times):
            jump, rest = divmod(number + steps, len(self.times))
            if jump not in jumps:
                if days is None:
                    turns, inner = divmod(jump, len(self.days))
                    later = self.days[inner:] + [d + CYCLE for d in self.days[:inner]]
                    apart = [turns * CYCLE + a for a in map(operator.sub, later, self.days)]
                else:
                    apart = list(map(operator.sub, days[jump:], days)) if jump < len(days) else []
                jumps[jump] = (max(apart), min(apart)) if apart else None
            if jumps[jump]:
                found.append([jumps[jump][end] * DAY + self.times[rest] - time for end in (0, 1)])
        return (max(f[0] for f in found), min(f[1] for f in found)) if found else None

    def pieces(self, steps):
        """Between changes of the clock, and across each of them."""
        zone, reach = self.zone, steps // len(self.times) + 5
        if reach > 4000:
            raise Unreadable("so many runs missed across changes of the clock")
        for begin, end, offset in zip(zone.starts, zone.ends, zone.offsets):
            if end <= FIRST or begin >= LAST:
                continue
            first, last = self.index(-(-(max(begin, FIRST) + offset) // DAY) + 1), self.index((min(end, LAST) + offset) // DAY - 2)
            yield self.stretch(steps, [self.day(i) for i in range(first, last)])
            found = self.window(self.index(end // DAY - 3) - reach, self.index(end // DAY + 3) + reach)
            apart = [b - a for a, b in zip(found, found[steps:]) if a >= FIRST and b < LAST]
            yield (max(apart), min(apart)) if apart else None


# ---- values ------------------------------------------------------------------------------------------------------------------------

def is_number(value):
    return isinstance(value, int) and not isinstance(value, bool)


def duration(said, key="duration", end=-1, unset=0):
    """Worst end (end 0: best) of an attribute that is a duration or a range of durations."""
    value = said.get(key)
    if value is None or is_number(value):
        return unset if value is None else value
    return duration(value["range"][end] if "range" in value else value)


def refs(value):
    """What an attribute leads to."""
    return [v["ref"] for v in (value if isinstance(value, list) else [value]) if isinstance(v, dict) and "ref" in v]


def spoken(text):
    """Milliseconds of `1h30m`; None for anything else."""
    match = re.fullmatch(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?", text)
    return sum(int(n or 0) * size for n, size in zip(match.groups(), (86400000, 3600000, 60000, 1000, 1))) if match and text else None


def period(ms, sort):
    """The hour, day, ISO week, month or year of UTC in which a moment lies."""
    hour, day = ms // 3600000, ms // 86400000
    date = datetime.date.fromordinal(day + EPOCH)
    return {"hourly": hour, "daily": day, "weekly": (day + 3) // 7, "monthly": (date.year, date.month), "yearly": date.year}.get(sort)


# ---- the plan ----------------------------------------------------------------------------------------------------------------------

class Checker:
    def __init__(self, plan):
        self.plan, self.problems, self.place, self.verdicts, self.things, self.calendars = plan, [], "plan", {}, {}, {}
        self.done, self.given, self.gaps = collections.Counter(), collections.Counter(), []
        self.collect(plan["declared"])
        self.assets = self.by("name", plan["assets"])
        self.figures, self.names = self.by("id", plan["figures"]), self.by("name", plan["endpoints"])
        self.site_of = {site["thing"]: site["name"] for site in plan["sites"]}
        self.asset_of = {asset["thing"]: asset["name"] for asset in plan["assets"]}

    def collect(self, things):
        for thing in things:
            self.want(thing["id"] not in self.things or thing["name"] is None, f"`{thing['id']}` is declared twice")
            self.things[thing["id"]] = thing
            self.collect(thing["blocks"])

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
        try:
            check(*what)
        except BROKEN as error:
            self.want(False, f"it has not the form of the schema ({type(error).__name__}: {str(error)[:120]})")
        self.place = before

    def said(self, key):
        return self.things[key]["attributes"] if key in self.things else {}

    def blocks(self, key, sort):
        return [block for block in self.things[key]["blocks"] if block["block"] == sort] if key in self.things else []

    def run(self):
        plan = self.plan
        self.by("name", plan["scenarios"])
        for scenario in plan["scenarios"]:
            self.each(f"scenarios[{scenario['name']}]", self.scenario, scenario)
        for slo in plan["slos"]:
            self.each(f"slos[{slo['endpoint']}]", self.slo, slo)
        self.each("assumptions", self.ledger)
        for job in plan["jobs"]:
            self.each(f"jobs[{job['name']}]", self.job, job)
        self.each("counts", self.counts, plan["counts"], collections.Counter(self.verdicts.values()))

    def scenario(self, scenario):
        self.now, here, said = scenario, self.place, self.said(scenario["thing"])
        self.outcomes, self.steps, self.stated = self.by("asset", scenario["assets"]), self.by("id", scenario["steps"]), said
        self.wrong = any(f["verdict"] == "refuted" and f["scenario"] == scenario["name"] for f in self.plan["findings"])
        self.taken = {self.site_of[thing] for thing in refs(said["loses"]) if thing in self.site_of}
        while (more := {s["name"] for s in self.plan["sites"] if s["within"] in self.taken or s["account"] in self.taken} - self.taken):
            self.taken |= more                   # what is inside of a lost place, and what a lost account holds
        self.struck(said)
        self.begins(said)
        self.each(f"{here}.hands", self.hands)
        self.each(f"{here}.transfers", self.transfers)
        for outcome in scenario["assets"]:
            for check in (self.recovery, self.loss):
                self.each(f"{here}.assets[{outcome['asset']}]", check, outcome)
        for name in scenario["endpoints"]:
            self.each(f"{here}.endpoints[{name['endpoint']}]", self.endpoint, name)
        for group in scenario["groups"]:
            self.each(f"{here}.groups[{group['group']}]", self.group, group)
        if scenario["finish"]:
            ends = [o["finish"]["worst"] for o in scenario["assets"] if o["finish"]]
            self.want(scenario["finish"]["worst"] >= max(ends, default=0), "`finish` is before the last asset is back")
            self.want((scenario["lower_bound"] or 0) <= scenario["finish"]["worst"], "`lower_bound` is later than `finish`")

    def struck(self, said):
        """What the scenario takes is among what is lost, and who needs that is told of."""
        hit = {self.asset_of.get(thing) for key in ("fails", "corrupts", "deletes") for thing in refs(said[key])} - {None}
        hit |= {a["name"] for a in self.plan["assets"] if a["sites"] and all(site in self.taken for site in a["sites"])}
        fates = {name: outcome["fate"] for name, outcome in self.outcomes.items()}
        for name in sorted(hit):
            self.want(fates.get(name) == "lost", f"`{name}` is taken by the scenario, and is not among what is lost")
        for asset in self.plan["assets"]:
            for need in asset["needs"]:
                self.want(fates.get(need) not in ("lost", "impaired") or asset["name"] in fates, f"`{asset['name']}` needs `{need}`, and is not told of")

    # ---- times

    def begins(self, said):
        scenario, here = self.now, self.place
        for key in ("detect", "declare"):
            self.want(key not in said or not scenario[key] or scenario[key]["worst"] >= duration(said, key), f"`{key}` is shorter than is stated")
        parts = [scenario[part] for part in ("detect", "declare", "approve")]
        if scenario["begin"] and self.want(all(parts), "`begin` is known, and a part of it is not"):
            self.want(all(scenario["begin"][end] == sum(part[end] for part in parts) for end in ENDS), "`begin` is not the sum of its parts")
        ordinals = sorted(step["ordinal"] for step in scenario["steps"])
        self.want(ordinals == list(range(1, len(ordinals) + 1)), "`ordinal` does not number the steps from 1")
        for step in scenario["steps"]:
            self.each(f"{here}.steps[{step['id']}]", self.step, step)

    def step(self, step):
        self.done["steps"] += 1
        before = [self.steps[key] for key in step["after"] + step["follows"]]
        free = {"at_once": dict.fromkeys(ENDS, 0), "detected": self.now["detect"], "declared": self.now["begin"]}[step["release"]]
        start, takes, finish, retries, figure = step["start"], step["takes"], step["finish"], step["retries"], step["figure"]
        self.want(all(other["ordinal"] < step["ordinal"] for other in before), "its `ordinal` is not after what it waits for")
        self.want(step["waits_for"] in [None] + step["after"] + step["follows"], "`waits_for` is nothing it waits for")
        if finish and self.want(bool(start and takes), "it ends, and nobody knows how it begins or lasts"):
            self.want(all(finish[end] == start[end] + takes[end] for end in ENDS), "`finish` is not `start` and `takes`")
        self.want(not takes or 0 <= takes["best"] <= takes["typical"] <= takes["worst"], "`takes` is no range")
        if start and self.want(free and all(other["finish"] for other in before), "it starts after what has no end"):
            for end in ENDS:
                due = max([free[end]] + [other["finish"][end] for other in before])
                later = end == "worst" and step["phase"] == "reprotect" and start[end] > due
                self.want(start[end] == due or later, f"`start.{end}` is not the end of what it waits for")
        if takes and retries and self.want(is_number(step["attempt_cut"]), "it is tried again, and no attempt is cut"):
            self.want(takes["worst"] >= step["attempt_cut"] * retries + 2500 * retries * (retries + 1), "`takes` is too short for its retries")
        if figure and self.want(figure in self.figures, "its `figure` is none of the plan") and takes:
            value = None if retries or step["transfer"] or step["stated"] or step["inside"] else self.figures[figure]["value"]
            self.want(not value or takes["worst"] >= value["worst"], f"it takes less than its figure `{figure}` says")

    def hands(self):
        """At no moment more steps at once than hands."""
        limits, events = {hand["name"]: hand["count"] for hand in self.now["hands"]}, collections.defaultdict(list)
        for step in self.now["steps"]:
            for name in step["hands"]:
                if self.want(name in limits, f"step `{step['id']}` takes the hands `{name}`, which are none of the scenario") and step["finish"]:
                    if step["finish"]["worst"] > step["start"]["worst"]:
                        events[name] += [(step["start"]["worst"], 1, step["id"]), (step["finish"]["worst"], -1, step["id"])]
        for name, moments in events.items():
            busy = 0
            self.done["lanes"] += 1
            for at, change, step in sorted(moments):
                busy += change
                self.want(busy <= limits[name] or change < 0, f"`{name}`: {busy} at once and {limits[name]} hands when `{step}` starts at {at} ms")

    def transfers(self):
        events = collections.defaultdict(list)
        for step in self.now["steps"]:
            move, finish = step["transfer"], step["finish"]
            if move and is_number(move["bytes"]) and move["rate"] > 0 and step["takes"]:
                needed = -(-move["bytes"] * 1000 // move["rate"])
                self.want(step["takes"]["worst"] >= needed, f"step `{step['id']}` moves {move['bytes']} bytes, in less than {needed} ms")
            for limit in move["through"] if move and move["shared"] and finish else []:
                events[limit] += [(step["start"]["worst"], 1, move["rate"]), (finish["worst"], 0, -move["rate"])]
        for limit, moments in events.items():
            stated, busy = self.said(limit).get("bandwidth") or self.said(limit).get("read_rate"), 0
            if not stated:
                self.given["limits of bandwidth that a kind sets"] += 1
                continue
            for at, _, change in sorted(moments):
                busy += change
                self.want(busy <= stated["rate"][0] * 1000 // stated["rate"][1], f"`{limit}` is promised more than it has at {at} ms")

    def objective(self, outcome, what):
        """What is stated: for the asset in the class, for it, its tier, the class, the plan; None: nothing."""
        asset, name = self.assets[outcome["asset"]], self.now["class"]
        places = [block["attributes"] for block in self.blocks(asset["thing"], "objective") if name == f"class.{block['name']}"]
        places += [self.said(asset["thing"])] + [block["attributes"] for block in self.blocks(asset["tier"], "default")] + [self.said(name)]
        for thing in self.plan["declared"]:
            places += [b["attributes"] for b in thing["blocks"] if (thing["block"], b["block"]) == ("plan", "objectives")
                       and b["attributes"].get("role") != "ceiling"]
        return next((duration(place, what) for place in places if place.get(what) is not None), None)

    def verdict(self, name, outcome, key, objective):
        verdict = outcome[key]
        self.want(name not in self.verdicts, f"there are two verdicts `{name}`")
        self.want(verdict in ("ok", "refuted", "unknown", "n/a"), "a verdict of no kind")
        self.verdicts[name] = verdict
        self.done["verdicts"] += verdict != "n/a"
        return verdict, objective["ms"] if objective else None

    def recovery(self, outcome):
        """When an asset is back, and the verdict on it."""
        name, finish, where = outcome["asset"], outcome["finish"], self.now["name"]
        verdict, objective = self.verdict(f"rto:{name}/{where}", outcome, "rto_verdict", outcome["rto"])
        own, asset = self.objective(outcome, "rto"), self.assets[name]
        late = finish and is_number(objective) and finish["worst"] > objective
        unsure = outcome["nobody"] or outcome["undecided"] or outcome["split"]
        if is_number(objective):
            self.want(own is None or objective <= own, f"its RTO is longer than the {own} ms that are stated for it")
            self.want(verdict != "n/a", "it has an RTO, and no verdict on it")
        else:
            self.want(own is None or outcome["fate"] != "lost", "the RTO that is stated for it is not compared")
        self.want(verdict != "ok" or finish and not late, "`ok`, and it is not back in time")
        if verdict == "refuted":
            gone = outcome["fate"] == "lost" and not outcome["method"] or self.gone(name, set())
            self.want(late or gone or asset["mtd"] or self.wrong, "`refuted`, and it is back in time")
        elif verdict == "unknown":
            self.want(not late or unsure, "it is not back in time, and yet not refuted")
        if not finish:
            return
        self.done["times"] += 1
        steps, decides = [self.steps[key] for key in outcome["steps"]], self.steps[outcome["decides"]] if outcome["decides"] else None
        self.want(outcome["method"] or outcome["fate"] != "lost", "it is back, and by no method")
        self.want(not decides or decides["finish"] == finish, "`finish` is not that of the step `decides`")
        for step in steps:
            if decides and step["phase"] != "reprotect" and step["ordinal"] <= decides["ordinal"]:
                self.want(step["finish"] and step["finish"]["worst"] <= finish["worst"], f"it is back before its step `{step['id']}` has ended")
            if verdict == "ok" and (step["at"] or step["barred"] or step["control_plane"] in self.taken):
                self.want(step["attested"] or step["mode"] == "attested", f"step `{step['id']}` cannot be carried out, and nobody attests it")
            for fence in steps if step["irreversible"] and step["phase"] == "recover" and step["start"] else []:
                if fence["phase"] == "fence":
                    self.want(fence["finish"] and fence["finish"]["worst"] <= step["start"]["worst"], f"`{step['id']}` does not wait for `{fence['id']}`")
        for step in self.now["steps"]:
            self.want(step["asset"] != name or step["id"] in outcome["steps"], f"step `{step['id']}` is its own, and not among its `steps`")
        for need in asset["needs"] + (asset["restores_with"] if outcome["chain"] else []):
            other = self.outcomes.get(need)
            if other and other["fate"] in ("lost", "impaired"):
                self.want(other["finish"] and other["finish"]["worst"] <= finish["worst"], f"it is back before `{need}`, which it needs")
        if verdict == "ok":
            self.want(outcome["fate"] != "lost" or outcome["serves_at"] not in self.taken, f"it serves at `{outcome['serves_at']}`, which is lost")
        chosen = [c for c in outcome["candidates"] if c["chosen"]]
        self.want(len(chosen) <= 1 and all(c["usable"] and c["method"] == outcome["method"] for c in chosen), "its method is not the one that is chosen")
        self.want(verdict != "ok" or all(c["by"] != "nobody" for c in chosen), "its method rests on nobody, and it holds")

    def gone(self, name, seen):
        """Something that it, or what it needs, needs does not come back."""
        outcome = self.outcomes.get(name)
        if not outcome or name in seen:
            return name in seen
        seen.add(name)
        if outcome["fate"] == "lost" and not outcome["method"] or any(on["how"] in ("lost", "in a circle") for on in outcome["stands_on"]):
            return True
        asset = self.assets[name]
        more = {outcome["blocked_by"], *asset["needs"], *asset["restores_with"], *(on["waits_for"] for on in outcome["stands_on"])} - {None}
        return any(self.gone(other, seen) for other in sorted(more) if other in self.outcomes and not self.outcomes[other]["finish"])

    def endpoint(self, outcome):
        name, finish, moves = outcome["endpoint"], outcome["finish"], outcome["moves"]
        verdict, objective = self.verdict(f"endpoint:{name}/{self.now['name']}", outcome, "verdict", outcome["rto"])
        late = finish and is_number(objective) and finish["worst"] > objective
        self.want(verdict != "ok" or finish and is_number(objective) and not late, "`ok`, and it does not answer in time")
        self.want(verdict != "refuted" or late or not finish or outcome["to"] is None or self.wrong, "`refuted`, and it answers in time")
        self.want(verdict != "n/a" or not is_number(objective) or not outcome["affected"], "it has an RTO, and no verdict on it")
        if not finish:
            return
        self.done["names"] += 1
        detection, ttl, spread = (outcome[part] or 0 for part in ("detection", "ttl", "propagation"))
        step = self.steps[outcome["step"]] if moves == "by_step" else None
        self.want(moves == "not" or ttl >= (self.names[name]["kept"] or 0), "`ttl` is shorter than resolvers keep an answer")
        behind = [self.outcomes[served] for served in self.names[name]["serves"] if served in self.outcomes]
        for other in behind:
            self.want(other["finish"] or other["fate"] == "unaffected", f"it answers, and `{other['asset']}` does not come back")
        due = max([0] + [other["finish"]["worst"] for other in behind if other["finish"]])
        due = max(due, detection if moves == "by_check" else 0, step["finish"]["worst"] if step else 0)
        due += {"not": 0, "by_check": ttl, "and_back": detection + ttl, "by_step": ttl + spread + detection}[moves]
        self.want(finish["worst"] >= due, f"`finish` is {finish['worst']}, and what it waits for is {due}")
        if step and verdict == "ok":
            self.want(step["attested"] or not (step["barred"] or step["control_plane"] in self.taken), f"its step `{step['id']}` cannot be carried out")

    # ---- loss

    def closed(self, backup):
        """(first, last) of the hours in which it must not run, or None."""
        text = next((b["attributes"].get("not_within") for b in self.blocks(backup, "load")), None)
        match = re.fullmatch(r"(\d\d?:\d\d)-(\d\d?:\d\d)", text or "")
        return tuple(clock(part) for part in match.groups()) if match else None

    def slots(self, backup, scheduler, late, open_hours=False):
        """Slots of a backup under a scheduler; None where the pages do not say when it is due."""
        key = self.said(backup)["schedule"]["schedule"], scheduler, None if open_hours else self.closed(backup), -(-late // 1000)
        key = key if key[2] else (*key[:2], None, 0)
        if key not in self.calendars:
            try:
                self.calendars[key] = Slots(*key)
            except BROKEN:
                self.calendars[key] = None
        return self.calendars[key]

    def late(self, link):
        return link["window"] + duration(self.said(link["backup"]), "jitter") + link["waits"]

    def alone(self, link):
        """{what: ms} of what a link loses were it read alone; None: unknown."""
        said, backup = self.said(link["backup"]), link["backup"]
        k, late = said.get("missed") or 0, self.late(link)
        longest, shortest = duration(said, unset=None), duration(said, end=0)
        self.want(link["missed"] == k, "`missed` of a link is not that of its backup")
        self.want(link["window"] >= duration(said, "start_window"), "`window` is shorter than its start window")
        terms = {"start_window": link["window"], "jitter": duration(said, "jitter"), "waits": link["waits"], "duration": longest}
        if link["scheduler"] is None:
            change = said["schedule"]["schedule"].startswith("on change")
            every = duration(said, "interval" if change else "ship_every", unset=None)
            self.want(change or said["schedule"]["schedule"].startswith("continuous"), "a clock starts it, and no scheduler is named")
            terms.update(every=every, missed=k * (every or 0), duration=longest or 0, start_window=0, settle=duration(said, "settle"))
            hours = self.closed(backup)
            terms["closed"] = (hours[1] - hours[0]) % DAY * 1000 if hours else 0
            terms["overrun"] = (terms["duration"] + link["waits"]) // every * every if every and said["kind"] != "log" else 0
        else:
            slots = self.slots(backup, link["scheduler"], late)
            self.want(slots, f"when {said['schedule']['schedule']!r} is due under {link['scheduler']} cannot be told")
            self.calendar(link, slots, k, late)
            terms["gap"] = link["gap"]
            if longest is not None and slots and (kept_out := (late + longest + link["own_copies"]) // link["shortest"]):
                if slots.weekly():               # the two as one: skipped less read_late
                    terms["skipped"] = slots.held(k, late + longest + link["own_copies"], longest + link["own_copies"], link, shortest) - link["gap"]
                    terms["skipped"] += shortest if link["at_end"] and shortest >= 1000 else 0
                else:
                    terms["skipped"] = slots.span((k + 1) * (kept_out + 1))[0] - link["gap"]
                    kept_out = kept_out * link["shortest"] - link["own_copies"] - (shortest if link["at_end"] else longest)
                    terms["read_late"] = -max(kept_out, 0)
            terms["sealed"] = duration(said, "ship_every") if said["kind"] == "log" else 0
        terms["captured"] = -shortest if link["at_end"] and shortest >= 1000 else 0
        terms["copy_time"] = duration(said, "copy_time", unset=None) if link["copied"] else 0
        return terms

    def calendar(self, link, slots, k, late):
        """`gap`, `from`, `to` and `shortest` against the whole calendar, each once."""
        known = id(slots), k, link["gap"], link["from"], link["to"], link["shortest"]
        if not slots or known in self.calendars:
            return
        self.calendars[known] = True
        free = self.slots(link["backup"], link["scheduler"], late, True)
        if not slots.sure and (slots.span(k + 1)[0], free.span(1)[1]) != (link["gap"], link["shortest"]):
            self.given["gaps under Kubernetes where the clock changes near midnight"] += 1
            return
        self.done["schedules"] += 1
        self.want(slots.span(k + 1)[0] == link["gap"], f"`gap` is {link['gap']}, and the calendar has {slots.span(k + 1)[0]}")
        distances = {free.span(1)[1]}
        stated = self.said(link["backup"]).get("scheduler")
        if link["scheduler"] in ("debian", "systemd", "kubernetes") and not stated:  # whoever runs it
            others = [s for s in (self.slots(link["backup"], other, late) for other in ("debian", "systemd", "kubernetes")) if s]
            distances.add(min(s.span(1)[1] for s in others))
            self.want(any(not s.sure for s in others) or link["gap"] >= max(s.span(k + 1)[0] for s in others), "another scheduler has a larger gap")
        self.want(link["shortest"] in distances, f"`shortest` is {link['shortest']}, and the calendar has {min(distances)}")
        self.want(link["to"] - link["from"] == link["gap"], "`from` and `to` are not `gap` apart")
        self.want(len(slots.between(link["from"] // 1000, link["to"] // 1000)) == k + 2 and slots.due(link["from"]) and slots.due(link["to"]),
                  f"`from` and `to` are no slots with {k} between them")

    def loss(self, outcome):
        name, total, story = outcome["asset"], outcome["data_loss"], outcome["story"]
        verdict, objective = self.verdict(f"rpo:{name}/{self.now['name']}", outcome, "rpo_verdict", outcome["rpo"])
        own, told = self.objective(outcome, "rpo"), story["loss"] if story else None
        over = told is not None and is_number(objective) and told + 1 > objective
        if is_number(objective):
            self.want(own is None or objective <= own, f"its RPO is longer than the {own} ms that are stated for it")
            self.want(verdict != "n/a" or total == "n/a", "it has an RPO, and no verdict on it")
        else:
            self.want(own is None or outcome["fate"] != "lost" or self.assets[name]["holds"] != "data", "the RPO that is stated for it is not compared")
        self.want(verdict != "ok" or is_number(total) and is_number(objective) and total <= objective, "`ok`, and it can lose more")
        self.want(verdict != "refuted" or over or total == "all" or self.gone(name, set()), "`refuted`, and no story loses more than its RPO")
        if verdict == "unknown" and told is not None and is_number(objective) and told > objective:
            self.want(outcome["nobody"] or outcome["undecided"] or outcome["split"], "a story loses more than its RPO, and it is not refuted")
        if set(outcome["losses"]) & {"corruption", "deletion", "object"} and "noticed_within" in self.stated and is_number(outcome["discarded"]):
            begin = self.now["begin"]["worst"] if self.now["begin"] else 0
            self.want(outcome["discarded"] >= duration(self.stated, "noticed_within") + begin, "`discarded` is less than passes before it is declared")
        if outcome["rpo_terms"] and total != "all":
            self.terms(outcome)
        if is_number(total) and outcome["fate"] == "lost":
            self.want(outcome["rpo_terms"] or total == 0, "its loss has no terms")
            self.want(told is None or told <= total, f"its story loses {told} ms, more than the bound")
            if total - (told or 0) > 1:
                self.gaps.append((total - (told or 0), self.place))
        if story:
            self.each(f"{self.place}.story", self.story, outcome, story)

    def shares(self, outcome):
        """{what: ms}, less than 0 where it is taken away."""
        for term in outcome["rpo_terms"]:
            self.want(term["less"] == (term["what"] in ("captured", "read_late")), f"`less` of the term `{term['what']}` is wrong")
        return {term["what"]: -term["ms"] if term["less"] and is_number(term["ms"]) else term["ms"] for term in outcome["rpo_terms"]}

    def terms(self, outcome):
        what, chain = self.shares(outcome), outcome["chain"]
        known = all(is_number(ms) for ms in what.values())
        self.want(len(what) == len(outcome["rpo_terms"]), "a term stands twice")
        if self.want(is_number(outcome["data_loss"]) == known or known and outcome["undecided"], "its loss is known and a term is not, or the other way"):
            self.want(not is_number(outcome["data_loss"]) or outcome["data_loss"] == sum(what.values()), "its loss is not the sum of its terms")
            self.done["losses"] += 1
        element = next((c["element"] for c in outcome["candidates"] if c["chosen"]), None)
        if chain:
            self.chain(outcome, what)
            expected = self.alone(chain[0])
            if "skipped" in expected and "read_late" not in expected:
                what = {**what, "skipped": what.get("skipped", 0) + what.get("read_late", 0), "read_late": 0}
                expected["read_late"] = 0
            for key in [key for key in expected if expected[key] or key in what]:
                self.want(what.get(key, 0) == expected[key] or expected[key] is None and not known,
                          f"the term `{key}` is {what.get(key, 0)}, and its rule gives {expected[key]}")
            for key in set(what) - set(expected) - {"base", "thinned", "group", "unbounded", "cut", "source"}:
                self.want(False, f"the term `{key}` has no place in this loss")
        elif element in self.things and self.things[element]["block"] == "replica" and self.said(element).get("lag") is not None and "stated" in what:
            self.want(what["stated"] in (0, duration(self.said(element), "lag")), "`stated` is not the lag of its replica")
        else:
            self.given["losses that a method states"] += "stated" in what
        if "source" in what:
            self.want(what["source"] in ("unknown", self.source(outcome["asset"], 0)), "`source` is not the loss of what it is made from")
        if is_number(what.get("cut")):
            fences = [s["finish"]["worst"] for s in self.now["steps"] if s["asset"] == outcome["asset"] and s["phase"] == "fence" and s["finish"]]
            self.want(what["cut"] >= max(fences, default=0), "`cut` ends before its fence")
        if "group" in what:
            mine = [g["data_loss"] for g in self.now["groups"] if any(m["asset"] == outcome["asset"] for m in g["members"])]
            self.want(outcome["data_loss"] in mine, "with `group` it loses something else than its group")

    def source(self, name, depth):
        """The largest loss of what an asset is made from; through what holds nothing itself."""
        losses = [0]
        for thing in [t for block in self.blocks(self.assets[name]["thing"], "rebuild") for t in refs(block["attributes"].get("from"))]:
            other = self.asset_of.get(thing)         # None: made from a store, taken as given
            loss = self.outcomes[other]["data_loss"] if other in self.outcomes else 0
            losses.append(loss if is_number(loss) or depth > 50 else self.source(other, depth + 1))
        return max(losses)

    def chain(self, outcome, what):
        """One store, at a place that stands; each link on the next; each kept long enough."""
        chain, totals, ok = outcome["chain"], [], outcome["rpo_verdict"] == "ok"
        stores = {link["store"] for link in chain} - {None}
        self.want(len(stores) <= 1, "its links are read from different stores")
        for store in stores:
            for place in refs(self.said(store).get("site")):
                self.want(self.site_of.get(place) not in self.taken, f"`{store}` is at `{place}`, which the scenario takes")
        for link, below in zip(chain, chain[1:] + [None]):
            said, backup = self.said(link["backup"]), link["backup"]
            self.done["links"] += 1
            if self.want(backup in self.things, "a link of no backup") and link["store"] is not None:
                self.want(link["copied"] == (link["store"] not in refs(said.get("to"))), f"`{backup}` is copied to where it is written, or the other way")
                self.want(not link["copied"] or link["store"] in refs(said.get("copies")), f"`{backup}` is neither written nor copied to its store")
            if below:
                self.want(said["kind"] in ("incremental", "differential", "log"), f"`{backup}` builds on nothing")
                self.want(said.get("of") in (None, self.things[below["backup"]]["name"]), f"`{backup}` builds on another backup")
            terms = self.alone(link).values()
            totals.append(None if None in terms else sum(terms))
        if None not in totals:
            damage = set(outcome["losses"]) & {"corruption", "deletion", "object"}
            wait = (duration(self.stated, "noticed_within") if damage else 0) + (outcome["start"]["worst"] if outcome["start"] else 0)
            for number, link in enumerate(chain):
                said = self.said(link["backup"])         # a differential is read without those before it
                needed, retain = max(totals[number:] if said["kind"] != "differential" else [totals[number]]) + wait, said.get("retain")
                self.want(link["reach"] is None or link["reach"] >= needed, f"`reach` of `{link['backup']}` is {link['reach']}, and it needs {needed}")
                for limit in [retain["duration"]] if isinstance(retain, dict) and "duration" in retain else []:
                    self.want(not ok or limit >= max(needed, link["reach"] or 0), f"`{link['backup']}` is not kept as long as it must be")
                self.want(not ok or link["limit"] is None or link["limit"] >= max(needed, link["reach"] or 0), f"no platform keeps `{link['backup']}` so long")
                if isinstance(retain, dict) and "object" in retain and number == 0 and link["gap"] is not None:
                    self.classes(retain["object"], needed, link, what)
        first, copies = self.said(chain[0]["backup"]), [duration(self.said(link["backup"]), "copy_time") if link["copied"] else 0 for link in chain]
        longer = max(copies) - duration(first) - copies[0]
        if first["kind"] in ("incremental", "differential") and longer > 0:
            self.want(what.get("base", 0) >= longer, f"`base` is {what.get('base', 0)}, and copies of what it builds on take {longer} longer")

    def classes(self, classes, needed, link, what):
        """Copies that old are a period of the finest class apart that still has some."""
        sizes = {"hourly": 3600000, "daily": 86400000, "weekly": 604800000, "monthly": 2678400000, "yearly": 31622400000}
        apart = [size for key, size in sizes.items() if (classes.get(key) or 0) * size >= needed]
        if "unbounded" not in what and self.want(bool(apart), f"no class keeps `{link['backup']}` as long as it must be"):
            self.want(link["gap"] + what.get("thinned", 0) >= apart[0] or apart[0] <= sizes["daily"], "`thinned` is too little")
            self.given["losses by retention in classes, as rough lower bounds"] += 1

    # ---- witnesses

    def story(self, outcome, story):
        runs, strikes, newest, chain = story["runs"], story["strikes"], story["newest"], outcome["chain"]
        terms = self.shares(outcome)
        self.done["witnesses"] += 1
        fenced = strikes if story["fenced"] is None else story["fenced"]
        self.want(newest <= strikes and story["loss"] == fenced - newest, "its loss is not what lies after `newest`")
        self.want(strikes <= fenced <= strikes + (terms.get("cut") or 0), "`fenced` is later than `cut` says")
        if set(outcome["losses"]) & {"corruption", "deletion", "object"} and story["read"] is not None:
            self.want(story["read"] >= strikes + duration(self.stated, "noticed_within"), "`read` is before it is noticed")
        if not runs:
            limit = terms.get("stated", terms.get("source"))
            self.want(not chain or "group" in terms, "no run is told, and copies are read")
            self.want(not is_number(limit) or strikes - newest <= limit, "it is further behind than it may be")
            return
        links, ends = {link["backup"]: link for link in chain}, collections.defaultdict(list)
        for number, run in enumerate(runs):
            self.each(f"{self.place}.runs[{number}]", self.told, run, links[run["backup"]], ends[run["backup"]])
        first = [run for run in runs if run["backup"] == chain[0]["backup"]]
        bases = [run for run in runs if len(chain) > 1 and run["backup"] == chain[1]["backup"] and run["fate"] == "done"]
        there = [run for run in first if run["fate"] == "done" and run["arrives"] <= strikes and self.base(run, bases) <= strikes]
        if self.want(bool(there), "no run arrives before it strikes"):
            best, retain = max(there, key=lambda run: run["captured"]), self.said(chain[0]["backup"]).get("retain")
            self.want(best["captured"] == newest, "`newest` is not the newest state that has arrived")
            if isinstance(retain, dict) and "duration" in retain and story["read"] is not None:
                self.want(story["read"] - newest <= retain["duration"], "the copy it reads is no longer kept")
        self.whole(chain[0], first, strikes if self.base(first[-1], bases) < strikes else -1)

    def base(self, run, bases):
        """When what a run builds on has arrived: the newest that ended before it started, where it is told."""
        before = [base for base in bases if run["starts"] is not None and base["ends"] <= run["starts"]]
        return max(before, key=lambda base: base["ends"])["arrives"] if before else -1

    def told(self, run, link, ends):
        """One run of a world: due, within its window and its times, and none that keeps it out."""
        said, slot, fate, late, start, end = self.said(run["backup"]), run["slot"], run["fate"], self.late(link), run["starts"], run["ends"]
        if link["scheduler"] is None:
            hours, every = self.closed(run["backup"]), duration(said, "interval" if said.get("interval") else "ship_every")
            late = duration(said, "settle") + ((hours[1] - hours[0]) % DAY * 1000 if hours else 0) + link["waits"]
            late += (duration(said) + link["waits"]) // every * every if every and said["kind"] != "log" else 0
        else:
            slots = self.slots(link["backup"], link["scheduler"], self.late(link))
            self.want(not slots or not slots.sure or slots.due(slot), "`slot` is no slot of its schedule")
        kept_out = any(begin < slot <= until for begin, until in ends)
        self.want(fate != "skipped" or kept_out, "it is skipped, and no run keeps it out")
        self.want(start is None or slot <= start <= slot + late, "it starts outside of its window")
        if start is not None and end is not None:
            self.want(duration(said, end=0) <= end - start <= duration(said), "it does not last as long as a run does")
            ends.append((start, max(end, run["arrives"] or end + link["own_copies"]) if link["own_copies"] else end))
        if fate in ("skipped", "missed"):
            self.want(run["captured"] is None and run["arrives"] is None, "it did not take place, and holds something")
            return
        self.want(link["scheduler"] is None or not any(begin < slot < until for begin, until in ends[:-1]), "it starts while another has not ended")
        holds = [start, end, slot] if link["scheduler"] is None else [end if link["at_end"] else start]
        sealed = duration(said, "ship_every") if said["kind"] == "log" and link["scheduler"] is not None else 0
        self.want(any(moment - sealed <= run["captured"] <= moment for moment in holds), "it holds another moment than its own")
        copy = (duration(said, "copy_time", 0), duration(said, "copy_time")) if link["copied"] else (0, 0)
        self.want(copy[0] <= run["arrives"] - end <= copy[1], "it arrives before or after its copy can")

    def whole(self, link, runs, strikes):
        """No slot is left out, and no more runs are missed than may be."""
        said, missed, due, last = self.said(link["backup"]), 0, [run["slot"] for run in runs], runs[-1]
        classes = said["retain"]["object"] if isinstance(said.get("retain"), dict) and "object" in said["retain"] else {}
        for number, run in enumerate(runs):
            later = [other["starts"] for other in runs[number + 1:] if other["fate"] == "done"]
            self.want(run["fate"] != "deleted" or any(period(run["starts"], c) == period(at, c) for c in classes for at in later),
                      "it is deleted, and no later copy takes its place")
            missed = missed + 1 if run["fate"] == "missed" else 0 if run["fate"] == "done" else missed
            self.want(missed <= link["missed"], "more runs in a row are missed than may be")
        every = duration(said, "interval" if said.get("interval") else "ship_every")
        if link["scheduler"] is None:
            self.want(all(0 < b - a <= every or a == b and not every for a, b in zip(due, due[1:])), "its runs are further apart than they may be")
        else:
            slots = self.slots(link["backup"], link["scheduler"], self.late(link))
            if not slots or not slots.sure:
                return
            listed = slots.between(due[0] // 1000, due[-1] // 1000)
            self.want([at * 1000 for at in listed] == due, f"from its first to its last run are {len(listed)} slots, and {len(due)} are told")
            every = slots.span(1)[0]
        if last["arrives"] is None or last["arrives"] < strikes:
            later = self.late(link) + duration(said) + (duration(said, "copy_time") if link["copied"] else 0)
            self.want(due[-1] + every + later >= strikes, "runs after the last one are left out")

    # ---- groups, availability, the ledger, counts

    def group(self, group):
        total, skew, most = group["data_loss"], group["skew"], group["max_skew"]
        verdict, objective = self.verdict(f"group:{group['group']}/{self.now['name']}", group, "verdict", group["rpo"])
        self.done["groups"] += 1
        if verdict == "ok":
            self.want(not is_number(objective) or is_number(total) and total <= objective, "`ok`, and it can lose more")
            self.want(not is_number(skew) or not is_number(most) or skew <= most, "`ok`, and its members are further apart than they may be")
        self.want(verdict != "n/a" or not is_number(objective) or total == "n/a", "it has an RPO, and no verdict on it")
        self.want(not skew or not group["common_point"] or group["shared_run"], "it has a common point, and a skew")
        for member in group["members"]:
            other = self.outcomes.get(member["asset"], {"data_loss": "n/a"})["data_loss"]
            if member["recovered"] and is_number(total) and other != "n/a":
                self.want(is_number(other) and other <= total, f"it loses less than its member `{member['asset']}`")
        declared = next(g for g in self.plan["groups"] if g["name"] == group["group"])
        self.want(sorted(m["asset"] for m in group["members"]) == sorted(declared["members"]), "its members are not those of the group")

    def slo(self, slo):
        verdict, has, target = self.verdict(f"slo:{slo['endpoint']}", slo, "verdict", None)[0], slo["availability"], slo["target"]
        product = 10**18
        for term in slo["terms"]:
            product = product if term["taken"] or term["parts"] is None else product * term["parts"] // 10**9
        product = max(product - sum(term["parts"] * 10**9 for term in slo["terms"] if term["taken"] and term["parts"] is not None), 0) // 10**9
        self.want(has is None or has == product and all(t["parts"] is not None for t in slo["terms"]), "`availability` is not what its terms give")
        self.want(verdict != "ok" or is_number(has) and is_number(target) and has >= target, "`ok`, and it is less")
        self.want(verdict != "refuted" or is_number(target) and product < target, "`refuted`, and it is as much")
        self.done["availabilities"] += 1

    def ledger(self):
        entries, resting = self.by("id", self.plan["assumptions"]), collections.defaultdict(set)
        for key, entry in entries.items():
            self.each(f"assumptions[{key}]", self.entry, entry)
            for name in entry["rests"]:
                resting[name].add(key)
        for name in sorted(set(resting) - set(self.verdicts)):
            self.want(False, f"`{name}` rests on `{min(resting[name])}`, and is no verdict of the plan")
        for name in [name for name, verdict in self.verdicts.items() if verdict == "ok"]:
            self.want(resting[name] or not all(e["rests_whole"] for e in entries.values()), f"`{name}` holds, and rests on nothing")
            for key in sorted(resting[name]):
                by = entries[key]["by"]
                self.want(by and by["who"] != "nobody", f"`{name}` holds, and rests on `{key}`, which nobody makes true")
        for scenario in self.plan["scenarios"]:
            for outcome in scenario["assets"]:
                self.each(f"scenarios[{scenario['name']}].assets[{outcome['asset']}]", self.rests, scenario, outcome, entries)
            for name in scenario["endpoints"]:
                if name["verdict"] == "ok" and name["moves"] != "not":
                    answers = [e for key, e in entries.items() if key.startswith(f"answers:{name['endpoint']}")]
                    self.has(answers, f"endpoint:{name['endpoint']}/{scenario['name']}", f"answers:{name['endpoint']}")

    def has(self, found, verdict, what):
        self.want(any(verdict in entry["rests"] or not entry["rests_whole"] for entry in found if entry), f"`{verdict}` does not rest on `{what}`")

    def entry(self, entry):
        by, figure = entry["by"], self.figures.get(entry["id"][7:]) if entry["kind"] == "figure" else None
        self.done["entries"] += 1
        self.want(entry["id"].split(":")[0] == entry["kind"], "its `kind` is not that of its name")
        needed = {"artifact": ("target", "file"), "platform": ("source",), "demand": ("on", "words"), "nobody": ()}[by["who"]] if by else ()
        self.want(all(by[part] for part in needed), f"made true by {by['who'] if by else ''}, without {' and '.join(needed)}")
        if figure and figure["value"] and entry["value"] and (worst := spoken(entry["value"].split("..")[-1])) is not None:
            self.want(worst == figure["value"]["worst"], "its `value` is not that of the figure")

    def rests(self, scenario, outcome, entries):
        """What has to be among the entries of a verdict that holds."""
        where, steps = f"{outcome['asset']}/{scenario['name']}", self.by("id", scenario["steps"])
        element = next((c["element"] for c in outcome["candidates"] if c["chosen"]), None) or ""
        if outcome["rpo_verdict"] == "ok":
            for link in outcome["chain"]:
                owner, _, backup = link["backup"].partition("/backup.")
                what, at = f"{owner.partition('.')[2]}.{backup}", f"@{link['store'].partition('.')[2]}" if link["store"] else ""
                for kind in ("runs", "kept"):    # of a group: one run for all members, or one for each
                    self.has([entries.get(f"{kind}:{what}{at}"), entries.get(f"{kind}:{what}.{outcome['asset']}{at}")], "rpo:" + where, f"{kind}:{what}{at}")
                if at:
                    self.has([entries.get(f"readable:{at[1:]}")], "rpo:" + where, f"readable:{at[1:]}")
            if "/replica." in element and is_number(outcome["data_loss"]) and not outcome["chain"]:
                what = f"{outcome['asset']}.replica.{element.partition('/replica.')[2]}"
                self.has([entries.get(f"lag:{what}"), entries.get(f"stands_ready:{what}")], "rpo:" + where, f"lag:{what}")
        for step in [steps[key] for key in outcome["steps"]] if outcome["rto_verdict"] == "ok" else []:
            if step["figure"] and step["phase"] != "reprotect":
                self.has([entries.get(f"figure:{step['figure']}")], "rto:" + where, f"figure:{step['figure']}")
            if step["release"] == "declared" and step["phase"] != "reprotect" and scenario["declare"] and scenario["declare"]["worst"]:
                self.has([entries.get(f"decides_within:{scenario['name']}")], "rto:" + where, f"decides_within:{scenario['name']}")

    def job(self, job):
        """A job says what its backup says."""
        said = self.said(job["backup"])
        self.done["jobs"] += 1
        self.want(not said or job["retain"] == said.get("retain"), "`retain` is not that of its backup")
        self.want(not said or job["to"] in refs(said.get("to")) + [None] and job["copies"] == refs(said.get("copies")), "its stores are not its backup's")
        self.want(not said or not job["duration"] or job["duration"]["worst"] == duration(said), "`duration` is not that of its backup")
        written = job["schedule"] and job["schedule"]["written"]
        self.want(not said or not written or said["schedule"]["schedule"].startswith(written), "its schedule is not that of its backup")

    def counts(self, counts, found):
        open_ones = found["refuted"] + found["unknown"] - counts["refuted"] - counts["unknown"]
        self.want(counts["hold"] == found["ok"], f"`hold` is {counts['hold']}, and {found['ok']} verdicts hold")
        self.want(0 <= open_ones <= counts["accepted"] and counts["refuted"] <= found["refuted"] and counts["unknown"] <= found["unknown"],
                  f"{found['refuted']} verdicts are refuted and {found['unknown']} unknown, and the counts are others")


# ---- the program -------------------------------------------------------------------------------------------------------------------

def no_float(text):
    raise ValueError(f"{text} is no whole number")


def once(pairs):
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a member stands twice in an object")
    return dict(pairs)


def load(path):
    with open(path, encoding="utf-8") as file:
        plan = json.load(file, parse_float=no_float, parse_constant=no_float, object_pairs_hook=once)
    if not isinstance(plan, dict) or plan.get("format") != 2:
        raise ValueError("it is no plan of format 2")
    return plan


def main(arguments):
    if len(arguments) != 1 or arguments[0].startswith("-"):
        print(__doc__.strip(), file=sys.stderr)
        return 64
    try:
        checker = Checker(load(arguments[0]))
        checker.run()
    except OSError as error:
        print(f"{arguments[0]}: {error.strerror}", file=sys.stderr)
        return 64
    except BROKEN as error:
        print(f"plan: it is no plan ({type(error).__name__}: {str(error)[:200]})\nrefused")
        return 1
    for problem in dict.fromkeys(checker.problems):
        print(problem)
    done, gaps = checker.done, checker.gaps
    print(f"checked: {done['verdicts']} verdicts; {done['times']} times of {done['steps']} steps on {done['lanes']} lanes; {done['losses']} losses of "
          f"{done['links']} links and {done['schedules']} schedules; {done['witnesses']} witnesses; {done['names']} names, {done['groups']} groups, "
          f"{done['availabilities']} availabilities; {done['entries']} entries of the ledger; {done['jobs']} jobs")
    if gaps:
        print(f"bound beyond the best story: {len(gaps)} losses, the most by {max(gaps)[0]} ms ({max(gaps)[1]})")
    for what, count in sorted(checker.given.items()):
        print(f"taken as given: {what}" + (f" ({count})" if count > 1 else "") if count else "", end="\n" if count else "")
    print("not checked: whether a better method, order or repair exists; whether the specification describes the system; whether entries of the ledger "
          "are true; what kinds say (what a method covers and loses, what spans zones, how long a platform keeps copies, times without a figure)")
    print("refused" if checker.problems else "accepted")
    return 1 if checker.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
