"""Schedulers, written again from what is documented about them: when does an expression run, also around clock changes.

Shares nothing with the compiler. Days of an expression come from `gaps.py`, zones from Python's zoneinfo. Every function yields slots in
seconds since 1970 UTC, ascending.

year_days    the 400-year calendar, put together of the fourteen kinds of year
debian       cron 3.0pl1: fixed jobs of a skipped hour run at the jump and not again in a repeated one; jobs with a star follow the clock
kubernetes   robfig/cron v3.0.1: `SpecSchedule.Next` of spec.go, and `Date`, `AddDate`, `Truncate` of Go's package time
aws          a skipped time is skipped, a repeated one runs once (EventBridge Scheduler)
systemd      asks systemd-analyze
"""

import calendar
import datetime
import functools
import os
import re
import subprocess
import zoneinfo

from oracles import gaps, slots

UTC = datetime.timezone.utc
EPOCH = datetime.datetime(1970, 1, 1)
FIRST_YEAR = 2001  # the cycle begins on a monday
CYCLE_DAYS = 146097


# ---------------------------------------------------------------- the whole calendar, UTC

def year_days(runs):
    """Days of the 400-year cycle on which runs(date) holds, counted from 2001-01-01. A year is one of fourteen kinds."""
    kinds, found, base = {}, [], 0
    for year in range(FIRST_YEAR, FIRST_YEAR + 400):
        kind = calendar.isleap(year), datetime.date(year, 1, 1).weekday()
        if kind not in kinds:
            first = datetime.date(year, 1, 1)
            kinds[kind] = [n for n in range(365 + kind[0]) if runs(first + datetime.timedelta(n))]
        found.extend(base + n for n in kinds[kind])
        base += 365 + kind[0]
    assert base == CYCLE_DAYS
    return found


def day_rule(dialect, fields):
    if dialect == "aws":
        return gaps.aws_days(fields)
    return gaps.unix_days(fields, dialect == "kubernetes")


def times_of_day(dialect, fields):
    open_step = dialect in ("kubernetes", "aws")
    minutes = gaps.values(fields[0], 0, 59, (), 0, open_step)
    hours = gaps.values(fields[1], 0, 23, (), 0, open_step)
    return sorted(60 * h + m for h in hours for m in minutes)


def cycle_slots(dialect, expression, limit):
    """All slots of 400 years in minutes since 2001-01-01; None when there are more than limit."""
    fields = expression.split()
    days, times = year_days(day_rule(dialect, fields)), times_of_day(dialect, fields)
    if len(days) * len(times) > limit:
        return None
    return [day * 1440 + time for day in days for time in times]


def cycle_gaps(found, missed):
    """(largest span of missed + 2 slots, shortest distance) in minutes, around the cycle."""
    cycle = CYCLE_DAYS * 1440
    turns = (missed + 1) // len(found) + 2
    longer = [slot + turn * cycle for turn in range(turns) for slot in found]
    largest = max(b - a for a, b in zip(found, longer[missed + 1:]))
    shortest = min(b - a for a, b in zip(found, longer[1:]))
    return largest, shortest


# ---------------------------------------------------------------- zones

@functools.lru_cache(None)
def offset_changes(zone, first_year, last_year):
    """[(instant, offset before, offset after)], seconds; found hour by hour, then by halves."""
    info = zoneinfo.ZoneInfo(zone)

    def offset(at):
        return int(datetime.datetime.fromtimestamp(at, info).utcoffset().total_seconds())
    begin = int(datetime.datetime(first_year, 1, 1, tzinfo=UTC).timestamp())
    end = int(datetime.datetime(last_year + 1, 1, 1, tzinfo=UTC).timestamp())
    found = []
    for at in range(begin, end, 6 * 3600):
        low, high = at, at + 6 * 3600
        if offset(low) == offset(high):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == offset(low) else (low, middle)
        found.append((high, offset(low), offset(high)))
    return found


def offset_at(info, at):
    return int(datetime.datetime.fromtimestamp(at, info).utcoffset().total_seconds())


def wall_days(begin, end):
    day = EPOCH.date() + datetime.timedelta(begin // 86400 - 2)
    last = EPOCH.date() + datetime.timedelta(end // 86400 + 2)
    while day <= last:
        yield day
        day += datetime.timedelta(1)


def debian(zone, expression, begin, end):
    """Between changes wall time and elapsed time run alike; the hours around each change are walked minute by minute."""
    fields = expression.split()
    runs = day_rule("debian", fields)
    times = times_of_day("debian", fields)
    time_set = set(times)
    wild = fields[0][0] == "*" or fields[1][0] == "*"
    info = zoneinfo.ZoneInfo(zone)
    changes = offset_changes(zone, 2025, 2060)
    known = {}

    def due(minute):
        day, time = divmod(minute, 1440)
        if time not in time_set:
            return False
        if day not in known:
            known[day] = runs(EPOCH.date() + datetime.timedelta(day))
        return known[day]

    near = [(at - 3600, at + 4 * 3600 + abs(after - before)) for at, before, after in changes]
    found = set()
    for day in wall_days(begin, end):
        if not runs(day):
            continue
        for time in times:
            wall = ((day - EPOCH.date()).days * 1440 + time) * 60
            found.add(int((EPOCH + datetime.timedelta(seconds=wall)).replace(tzinfo=info).timestamp()))
    near = [(low, high) for low, high in near if high > begin and low < end]
    found = {at for at in found if not any(low <= at < high for low, high in near)}
    for low, high in near:
        virtual = (low - 60 + offset_at(info, low - 60)) // 60
        for at in range(low, high, 60):
            now = (at + offset_at(info, at)) // 60
            ahead = now - virtual
            if ahead == 1:
                virtual = now
                run = due(now)
            elif 1 < ahead <= 180:
                run = (wild and due(now)) or (not wild and any(due(m) for m in range(virtual + 1, now + 1)))
                virtual = now
            else:  # the clock went back: fixed jobs wait until it has caught up
                run = wild and due(now)
            if run:
                found.add(at)
    return sorted(at for at in found if begin <= at < end)


def aws(zone, expression, begin, end):
    fields = expression.split()
    runs, times = day_rule("aws", fields), times_of_day("aws", fields)
    info = zoneinfo.ZoneInfo(zone)
    found = []
    for day in wall_days(begin, end):
        if runs(day):
            for time in times:
                wall = ((day - EPOCH.date()).days * 1440 + time) * 60
                at = int((EPOCH + datetime.timedelta(seconds=wall)).replace(tzinfo=info).timestamp())
                if at + offset_at(info, at) == wall and begin <= at < end:
                    found.append(at)
    return sorted(found)


class Go:
    """The little of Go's package time that robfig/cron uses: an instant and its fields in a zone."""

    def __init__(self, info):
        self.info = info

    def parts(self, at):
        t = datetime.datetime.fromtimestamp(at, self.info)
        return t.year, t.month, t.day, t.hour, t.minute, t.second

    def stretch(self, at):
        """Offset at an instant, and whether another instant lies in the same stretch is asked by comparing offsets."""
        return offset_at(self.info, at)

    def date(self, year, month, day, hour, minute, second):
        """time.Date: fields may overflow; a wall time that does not exist or exists twice gets one of the two offsets."""
        year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
        days = (datetime.date(year, month, 1) - EPOCH.date()).days + day - 1
        unix = days * 86400 + hour * 3600 + minute * 60 + second
        offset = self.stretch(unix)
        if offset != 0:
            # lookup(unix) as if it were UTC; if that instant is in another stretch, the offset of the instant so found.
            utc = unix - offset
            if self.stretch(utc) != offset:
                offset = self.stretch(utc)
            unix -= offset
        return unix


def kubernetes(zone, expression, begin, end):
    """From slot to slot, as the controller asks: each search begins at the run before."""
    info = zoneinfo.ZoneInfo(zone)
    go = Go(info)
    fields = expression.split()
    minutes = gaps.values(fields[0], 0, 59, (), 0, True)
    hours = gaps.values(fields[1], 0, 23, (), 0, True)
    months = gaps.values(fields[3], 1, 12, gaps.MONTHS, 1, True)
    runs = day_rule("kubernetes", fields[:3] + ["*"] + fields[4:])

    def search(at):
        at += 1
        added = False
        limit = go.parts(at)[0] + 5
        while True:
            year, month, day, hour, minute, second = go.parts(at)
            if year > limit:
                return None
            wrap = False
            while go.parts(at)[1] not in months:
                year, month = go.parts(at)[:2]
                if not added:
                    added = True
                    at = go.date(year, month, 1, 0, 0, 0)
                year, month, day, hour, minute, second = go.parts(at)
                at = go.date(year, month + 1, day, hour, minute, second)
                if go.parts(at)[1] == 1:
                    wrap = True
                    break
            if wrap:
                continue
            while not runs(datetime.date(*go.parts(at)[:3])):
                year, month, day = go.parts(at)[:3]
                if not added:
                    added = True
                    at = go.date(year, month, day, 0, 0, 0)
                year, month, day, hour, minute, second = go.parts(at)
                at = go.date(year, month, day + 1, hour, minute, second)
                hour = go.parts(at)[3]
                if hour != 0:
                    at += (24 - hour) * 3600 if hour > 12 else -hour * 3600
                if go.parts(at)[2] == 1:
                    wrap = True
                    break
            if wrap:
                continue
            while go.parts(at)[3] not in hours:
                year, month, day, hour = go.parts(at)[:4]
                if not added:
                    added = True
                    at = go.date(year, month, day, hour, 0, 0)
                at += 3600
                if go.parts(at)[3] == 0:
                    wrap = True
                    break
            if wrap:
                continue
            while go.parts(at)[4] not in minutes:
                if not added:
                    added = True
                    at -= at % 60
                at += 60
                if go.parts(at)[4] == 0:
                    wrap = True
                    break
            if wrap:
                continue
            while go.parts(at)[5] != 0:
                if not added:
                    added = True
                at += 1
                if go.parts(at)[5] == 0:
                    wrap = True
                    break
            if not wrap:
                return at
    found, at = [], begin - 1
    while (slot := search(at)) is not None and slot < end:
        asked = at
        while slot <= at:  # Chatham: the library may name an instant before the one it was asked about
            asked += 60
            slot = search(asked)
        at = slot
        found.append(at)
    return found


def oncalendar(zone, expression):
    """The lines of a timer that means the five fields as Vixie cron reads them: one, or two where `either` is meant."""
    fields = expression.split()
    if fields[2][0] != "*" and fields[4][0] != "*":
        lines = [fields[:4] + ["*"], fields[:2] + ["*"] + fields[3:]]
    else:
        lines = [fields]
    return [slots.oncalendar(zone, " ".join(line)) for line in lines]


def systemd(zone, expression, begin, end):
    found = set()
    base = datetime.datetime.fromtimestamp(begin - 1, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    for line in oncalendar(zone, expression):
        count = 64
        while True:
            done = subprocess.run(["systemd-analyze", "calendar", f"--iterations={count}", "--base-time=" + base, line],
                                  capture_output=True, text=True, env={**os.environ, "TZ": "UTC", "LC_ALL": "C"}, check=True)
            stamps = re.findall(r"(?:Next elapse|#\d+): \w+ (\S+ \S+) UTC", done.stdout)
            at = [int(datetime.datetime.fromisoformat(s + "+00:00").timestamp()) for s in stamps]
            if len(at) < count or at[-1] >= end:
                break
            count *= 8
        found |= {t for t in at if begin <= t < end}
    return sorted(found)
