#!/usr/bin/env python3
"""Gaps of cron expressions in UTC by brute force: every slot of 400 years is listed and subtracted from its successors.

usage: gaps.py [--seed N] [--count N] > gap_vectors.inc     random expressions, as rows for the unit test
       gaps.py --show DIALECT EXPR [K]                      one expression, for a human

Shares nothing with the compiler: the standard library's dates, sets of integers, and no cleverness. Dialects: vixie (Debian
cron, cronie), robfig (Kubernetes), aws (six fields).
"""
import argparse
import datetime
import random

MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
DAYS = "sun mon tue wed thu fri sat".split()
CYCLE = 146097
START = datetime.date(2001, 1, 1)


def number(text, names, base):
    return names.index(text.lower()) + base if text.lower() in names else int(text)


def values(text, low, high, names=(), base=0, open_step=False):
    """The set a field stands for. `open_step`: a/n runs to the end of the range."""
    found = set()
    for part in text.split(","):
        body, _, step = part.partition("/")
        if body in ("*", "?"):
            first, last = low, high
        elif "-" in body:
            first, last = (number(x, names, base) for x in body.split("-"))
        else:
            first = number(body, names, base)
            last = high if step and open_step else first
        found |= set(range(first, last + 1, int(step or 1)))
    return found


def weekday(date):
    return date.isoweekday() % 7  # 0 is sunday


def unix_days(fields, robfig):
    """A function that says whether a five-field expression runs on a date."""
    month = values(fields[3], 1, 12, MONTHS, 1, robfig)
    monthday = values(fields[2], 1, 31, (), 0, robfig)
    week = {d % 7 for d in values(fields[4], 0, 6 if robfig else 7, DAYS, 0, robfig)}
    if robfig:
        def star(field):
            return any(p in ("*", "?", "*/1", "?/1") for p in field.split(","))
    else:
        def star(field):
            return field.startswith("*")
    both = star(fields[2]) or star(fields[4])

    def runs(date):
        a, b = date.day in monthday, weekday(date) in week
        return date.month in month and ((a and b) if both else (a or b))
    return runs


def last_of_month(date):
    return (date.replace(day=28) + datetime.timedelta(4)).replace(day=1) - datetime.timedelta(1)


def nearest_workday(date, day):
    """Whether date is the monday to friday of its month that is nearest to `day`."""
    last = last_of_month(date).day
    if day > last:
        return False
    workdays = [d for d in range(1, last + 1) if date.replace(day=d).weekday() < 5]
    # A saturday takes the friday before, a sunday the monday after; at the edges of the month the other side.
    return date.day == min(workdays, key=lambda d: (abs(d - day), d))


def aws_days(fields):
    month = values(fields[3], 1, 12, MONTHS, 1, True)

    def in_monthday(date):
        for part in fields[2].split(","):
            if part == "L":
                if date == last_of_month(date):
                    return True
            elif part.endswith("W"):
                if nearest_workday(date, int(part[:-1])):
                    return True
            elif date.day in values(part, 1, 31, (), 0, True):
                return True
        return False

    def in_week(date):
        day = weekday(date) + 1
        for part in fields[4].split(","):
            if part == "L":
                if day == 7:
                    return True
            elif part.endswith("L"):
                if day == number(part[:-1], DAYS, 1) and (date + datetime.timedelta(7)).month != date.month:
                    return True
            elif "#" in part:
                which, nth = part.split("#")
                if day == number(which, DAYS, 1) and (date.day - 1) // 7 + 1 == int(nth):
                    return True
            elif day in values(part, 1, 7, DAYS, 1, True):
                return True
        return False
    return lambda date: date.month in month and in_monthday(date) and in_week(date)


def slots(dialect, expression, limit=2_000_000):
    """All slots of 400 years in minutes; None when there are more than limit."""
    fields = expression.split()
    if dialect == "aws":
        runs = aws_days(fields)
    else:
        runs = unix_days(fields, dialect == "robfig")
    open_step = dialect != "vixie"
    minutes = values(fields[0], 0, 59, (), 0, open_step)
    hours = values(fields[1], 0, 23, (), 0, open_step)
    times = sorted(60 * h + m for h in hours for m in minutes)
    found = []
    for n in range(CYCLE):
        if runs(START + datetime.timedelta(n)):
            found.extend(n * 1440 + t for t in times)
            if len(found) > limit:
                return None
    return found


def gaps(found, missed):
    """(largest span of missed + 2 slots, shortest distance) in minutes, around the cycle."""
    cycle = CYCLE * 1440
    n = len(found)

    def at(i):
        return found[i % n] + cycle * (i // n)
    largest = max(at(i + missed + 1) - found[i] for i in range(n))
    shortest = min(at(i + 1) - found[i] for i in range(n))
    return largest, shortest


def pick(rng, low, high, star, names=None, stepped=True):
    kind = rng.random()
    if kind < star:
        return "*"
    if stepped and kind < star + 0.12:
        return "*/%d" % rng.randint(2, max(2, high // 2))
    if kind < star + 0.3:
        first = rng.randint(low, high)
        last = rng.randint(first, high)
        text = "%d-%d" % (first, last)
        if stepped and rng.random() < 0.4:
            text += "/%d" % rng.randint(1, 5)
        return text
    chosen = sorted({rng.randint(low, high) for _ in range(rng.randint(1, 3))})
    if names and rng.random() < 0.5:
        return ",".join(names[c - low] for c in chosen)
    return ",".join(str(c) for c in chosen)


def expression(rng, dialect):
    minute = pick(rng, 0, 59, 0.05)
    hour = pick(rng, 0, 23, 0.1)
    month = pick(rng, 1, 12, 0.75, MONTHS)
    if dialect == "aws":
        if rng.random() < 0.5:
            day = rng.choice(["L", "%dW" % rng.randint(1, 31), "1W,15", pick(rng, 1, 31, 0.1)])
            return " ".join([minute, hour, day, month, "?", "*"])
        upper = [d.upper() for d in DAYS]
        day = rng.choice(["%d#%d" % (rng.randint(1, 7), rng.randint(1, 5)), "%dL" % rng.randint(1, 7), "L", "MON-FRI",
                          "2#1,6L", pick(rng, 1, 7, 0.1, upper, False)])
        return " ".join([minute, hour, "?", month, day, "*"])
    last = 6 if dialect == "robfig" else 7
    return " ".join([minute, hour, pick(rng, 1, 31, 0.4), month,
                     pick(rng, 0, last, 0.4, DAYS if last == 6 else DAYS + ["sun"])])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=90)
    parser.add_argument("--show", nargs="+")
    args = parser.parse_args()
    if args.show:
        missed = int(args.show[2]) if len(args.show) > 2 else 0
        found = slots(args.show[0], args.show[1], 10**9)
        print("never" if not found else "largest %d min, shortest %d min" % gaps(found, missed))
        return
    rng = random.Random(args.seed)
    print("/* Written by tests/oracles/gaps.py --seed %d --count %d: {dialect, expression, missed, largest, shortest}," % (
        args.seed, args.count))
    print(" * in minutes; -1: never. */")
    names = {"vixie": "DIALECT_DEBIAN", "robfig": "DIALECT_KUBERNETES", "aws": "DIALECT_AWS"}
    done = 0
    while done < args.count:
        dialect = rng.choice(["vixie", "vixie", "robfig", "aws"])
        text = expression(rng, dialect)
        found = slots(dialect, text, 300_000)
        if found is None:
            continue
        missed = rng.choice([0, 0, 1, 2, 3, 7])
        largest, shortest = gaps(found, missed) if found else (-1, -1)
        print('{%s, "%s", %d, %d, %d},' % (names[dialect], text, missed, largest, shortest))
        done += 1


if __name__ == "__main__":
    main()
