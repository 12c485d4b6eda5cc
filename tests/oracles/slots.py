#!/usr/bin/env python3
"""Slots around changes of the clock, as the schedulers themselves find them.

usage: slots.py debian  [--seed N] [--count N] > slots_debian.inc
       slots.py systemd [--seed N] [--count N] > slots_systemd.inc    needs systemd-analyze
       slots.py robfig --program P [...]       > slots_robfig.inc     P: built from robfig_slots.go

debian   repeats, minute by minute, the loop of Debian cron 3.0pl1 (cron.c: the virtual clock, the four cases of a wake-up, jobs with
         and without a star) on the local time of the zone, and notes the minutes at which the job would start.
systemd  asks `systemd-analyze calendar` for an expression of one OnCalendar= line.
robfig   asks the library that Kubernetes uses.

Zones come from Python's zoneinfo. Rows: {zone, expression, after, {slots}}, seconds since 1970 UTC.
"""
import argparse
import datetime
import os
import random
import re
import subprocess
import zoneinfo

# Zones without explicit future transitions, so that the unit test needs only the rule: see zones[] there.
ZONES = ["Europe/Berlin", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe", "America/Santiago", "America/Havana",
         "Asia/Beirut", "Europe/Dublin", "Pacific/Auckland", "Asia/Kathmandu"]
SLOTS = 8
UTC = datetime.timezone.utc


def changes(zone):
    """Instants (seconds) at which the offset changes, 2026 to 2029."""
    info = zoneinfo.ZoneInfo(zone)
    found, before = [], None
    for t in range(int(datetime.datetime(2026, 1, 1, tzinfo=UTC).timestamp()),
                   int(datetime.datetime(2029, 12, 1, tzinfo=UTC).timestamp()), 1800):
        offset = datetime.datetime.fromtimestamp(t, info).utcoffset()
        if before is not None and offset != before:
            found.append(t)
        before = offset
    return found


def field(rng, low, high, star):
    kind = rng.random()
    if kind < star:
        return "*"
    if kind < star + 0.15:
        return "*/%d" % rng.randint(2, max(2, (high - low) // 2))
    if kind < star + 0.3:
        first = rng.randint(low, high)
        return "%d-%d" % (first, rng.randint(first, high))
    return ",".join(str(v) for v in sorted({rng.randint(low, high) for _ in range(rng.randint(1, 3))}))


def case(rng, one_line):
    """A random expression that runs mostly at night, and an instant shortly before a change."""
    zone = rng.choice(ZONES)
    around = changes(zone) or [1790000000]
    after = rng.choice(around) - rng.randint(0, 3 * 86400)
    hours = field(rng, 0, 5 if rng.random() < 0.75 else 23, 0.25)
    day, week = field(rng, 1, 31, 0.75), field(rng, 0, 6, 0.6)
    if one_line and day != "*" and week != "*":
        day = "*"
    return zone, " ".join([field(rng, 0, 59, 0.1), hours, day, "*", week]), after


def numbers(text, low, high):
    found = set()
    for part in text.split(","):
        body, _, step = part.partition("/")
        first, _, last = body.partition("-")
        if body == "*":
            first, last = low, high
        found |= set(range(int(first), int(last or first) + 1, int(step or 1)))
    return found


def debian(zone, expression, after):
    info = zoneinfo.ZoneInfo(zone)
    minute, hour, day, month, week = expression.split()
    minutes, hours = numbers(minute, 0, 59), numbers(hour, 0, 23)
    days, months, weekdays = numbers(day, 1, 31), numbers(month, 1, 12), {d % 7 for d in numbers(week, 0, 7)}
    wild = minute[0] == "*" or hour[0] == "*"
    both = day[0] == "*" or week[0] == "*"
    epoch = datetime.datetime(1970, 1, 1)

    def due(local):  # local: minutes on the wall clock since 1970
        t = epoch + datetime.timedelta(minutes=local)
        a, b = t.day in days, t.isoweekday() % 7 in weekdays
        return (t.minute in minutes and t.hour in hours and t.month in months and ((a and b) if both else (a or b)))

    def wall(t):
        return (t + int(datetime.datetime.fromtimestamp(t, info).utcoffset().total_seconds())) // 60

    t = after // 60 * 60 - 86400
    virtual = wall(t)
    found = []
    while len(found) < SLOTS and t < after + 70 * 86400:
        t += 60
        now = wall(t)
        ahead = now - virtual
        run = False
        if ahead == 1:
            virtual = now
            run = due(now)
        elif 5 < ahead <= 180:
            run = wild and due(now)
            while virtual < now:
                virtual += 1
                run = run or (not wild and due(virtual))
        elif -180 < ahead <= 0:
            run = wild and due(now)
        else:
            raise SystemExit("a change of more than three hours")
        if run and t > after:
            found.append(t)
    return found


DAYS = "Sun Mon Tue Wed Thu Fri Sat".split()


def oncalendar(zone, expression):
    minute, hour, day, month, week = expression.split()

    def part(text, low, high):
        if text == "*":
            return "*"
        return ",".join("%02d" % v for v in sorted(numbers(text, low, high)))
    line = "*-%s-%s %s:%s:00 %s" % (part(month, 1, 12), part(day, 1, 31), part(hour, 0, 23), part(minute, 0, 59), zone)
    if week != "*":
        line = ",".join(DAYS[d] for d in sorted(numbers(week, 0, 6))) + " " + line
    return line


def systemd(zone, expression, after):
    base = datetime.datetime.fromtimestamp(after, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    done = subprocess.run(["systemd-analyze", "calendar", "--iterations=%d" % SLOTS, "--base-time=" + base,
                           oncalendar(zone, expression)],
                          capture_output=True, text=True, env={**os.environ, "TZ": "UTC", "LC_ALL": "C"}, check=True)
    found = re.findall(r"(?:Next elapse|#\d+): \w+ (\S+ \S+) UTC", done.stdout)
    return [int(datetime.datetime.fromisoformat(f + "+00:00").timestamp()) for f in found]


def robfig(program):
    def ask(zone, expression, after):
        done = subprocess.run([program], input="%s|%s|%d|%d\n" % (zone, expression, after, SLOTS), capture_output=True,
                              text=True, check=True)
        return [int(v) for v in done.stdout.split()]
    return ask


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("scheduler", choices=["debian", "systemd", "robfig"])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--program")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    ask = {"debian": debian, "systemd": systemd, "robfig": robfig(args.program)}[args.scheduler]
    print("/* Written by tests/oracles/slots.py %s --seed %d --count %d: {zone, expression, after, slots}. */" % (
        args.scheduler, args.seed, args.count))
    for _ in range(args.count):
        zone, text, after = case(rng, args.scheduler == "systemd")
        found = ask(zone, text, after)
        if len(found) == SLOTS:
            print('{"%s", "%s", %d,\n {%s}},' % (zone, text, after, ", ".join(str(f) for f in found)))


if __name__ == "__main__":
    main()
