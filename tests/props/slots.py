"""The same slots in cron.d, systemd and Kubernetes, and those the specification means: schedules through the whole
compiler, read back by systemd itself and by small readers of cron's and Kubernetes' rules written for this test."""

import datetime
import re
import zoneinfo

from lib.core import Failure, Sandbox, need, readable

UTC = datetime.timezone.utc
# A winter month, so that no clock change lies within; before and after a turn of the year and a short month.
START = datetime.datetime(2026, 12, 27, tzinfo=UTC)
END = datetime.datetime(2027, 2, 3, tzinfo=UTC)

DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]

# The schedule, and what it means: a test of a local time.
SCHEDULES = {
    "daily": ("daily at 02:00", lambda t: t.minute == 0 and t.hour == 2),
    "twice": ("daily at 02:00, 14:30", lambda t: (t.hour, t.minute) in ((2, 0), (14, 30))),
    "quarter": ("every 15m", lambda t: t.minute % 15 == 0),
    "sixth": ("every 4h", lambda t: t.minute == 0 and t.hour % 4 == 0),
    "uneven": ("every 90m", lambda t: (t.hour * 60 + t.minute) % 90 == 0),
    "weekly": ("weekly on sun at 03:00", lambda t: t.isoweekday() == 7 and (t.hour, t.minute) == (3, 0)),
    "monthly": ("monthly on 1 at 04:00", lambda t: t.day == 1 and (t.hour, t.minute) == (4, 0)),
    "month31": ("monthly on 31 at 04:00", lambda t: t.day == 31 and (t.hour, t.minute) == (4, 0)),
    "workdays": ('cron "0 2 * * 1-5"', lambda t: t.isoweekday() <= 5 and (t.hour, t.minute) == (2, 0)),
    "steps": ('cron "*/20 6-18/3 * * *"', lambda t: t.minute % 20 == 0 and t.hour in (6, 9, 12, 15, 18)),
    "either": ('cron "0 5 13 * 5"', lambda t: (t.day == 13 or t.isoweekday() == 5) and (t.hour, t.minute) == (5, 0)),
    "sunday7": ('cron "0 1 * * 0"', lambda t: t.isoweekday() == 7 and (t.hour, t.minute) == (1, 0)),
    "january": ('cron "30 0 1,15 1 *"', lambda t: t.month == 1 and t.day in (1, 15) and (t.hour, t.minute) == (0, 30)),
    "berlin": ('daily at 04:30 in "Europe/Berlin"', lambda t: (t.hour, t.minute) == (4, 30)),  # at 02:30 schedulers differ
    "kolkata": ('weekly on mon at 00:15 in "Asia/Kolkata"',
                lambda t: t.isoweekday() == 1 and (t.hour, t.minute) == (0, 15)),
}
ZONES = {"berlin": "Europe/Berlin", "kolkata": "Asia/Kolkata"}

SPECIFICATION = """
kind box : data { procedure full { run = ["dump", job.output] } }
kind host : site { level = host }
kind shelf : store { procedure put { run = ["cp", job.input, job.object] } }
plan p { title = "p" }
site one : host { role = primary }
store shelf : shelf { site = one }
asset a : box {
  site = one
  size = 1GiB
%s
}
"""


def minutes():
    at = START
    while at < END:
        yield at
        at += datetime.timedelta(minutes=1)


def field(text, low, high):
    """The set of values of a cron field."""
    values = set()
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        begin, end = (low, high) if span == "*" else (int(first), int(last or first))
        values |= set(range(begin, end + 1, int(step or 1)))
    return values


def cron_slots(lines, zone, star):
    """star: whether a day field counts as `every day` (Vixie: starts with *; Kubernetes: is a whole *)."""
    rules = []
    for line in lines:
        minute, hour, day, month, weekday = line.split()
        rules.append((field(minute, 0, 59), field(hour, 0, 23), field(day, 1, 31), field(month, 1, 12),
                      {n % 7 for n in field(weekday, 0, 7)}, star(day) or star(weekday)))
    found = set()
    for at in minutes():
        t = at.astimezone(zone)
        for minute, hour, day, month, weekday, both in rules:
            if t.minute in minute and t.hour in hour and t.month in month:
                days = (t.day in day, t.isoweekday() % 7 in weekday)
                if all(days) if both else any(days):
                    found.add(at)
    return found


def systemd_slots(env, program, lines, folder):
    found = set()
    for line in lines:
        done = env.run([program, "calendar", "--iterations=9000", f"--base-time={(START - datetime.timedelta(seconds=1)):%Y-%m-%d %H:%M:%S} UTC",
                        line], folder, timeout=60)
        if done.code != 0:
            raise Failure(f"systemd-analyze calendar `{line}`: {readable(done.stderr)}")
        text = readable(done.stdout)
        # With a local zone other than UTC the instant in UTC is on a line of its own; here both are UTC.
        stamps = re.findall(r"(?:Next elapse|Iteration #\d+|Iter\. #\d+): \w{3} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC", text)
        if not stamps:
            raise Failure(f"systemd-analyze calendar `{line}`: not understood\n{text[:500]}")
        for stamp in stamps:
            at = datetime.datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
            if START <= at < END:
                found.add(at)
    return found


def compare(name, what, got, want):
    if got != want:
        missing, more = sorted(want - got)[:3], sorted(got - want)[:3]
        raise Failure(f"{name} ({SCHEDULES[name][0]}) in {what}: {len(got)} slots instead of {len(want)}; missing "
                      f"{[str(m) for m in missing]}, too many {[str(m) for m in more]}")


def test_three_schedulers_agree(env):
    program = need("systemd-analyze")
    with Sandbox() as folder:
        backups = [f"  backup {name} {{ kind = full  schedule = {text}  duration = 1m  retain = 7d  to = shelf }}"
                   for name, (text, _) in SCHEDULES.items()]
        (folder / "main.dr").write_text(SPECIFICATION % "\n".join(backups))
        env.compile(["build", "main.dr", "-o", "out", "--target", "cron"], folder)
        table = (folder / "out/cron/cron.d/drc-p").read_text()
        for name, (_, means) in SCHEDULES.items():
            zone = zoneinfo.ZoneInfo(ZONES[name]) if name in ZONES else UTC
            want = {at for at in minutes() if means(at.astimezone(zone))}
            lines = re.findall(rf"^(\S+ \S+ \S+ \S+ \S+) root \S+/a-{name}\.sh$", table, re.M)
            if name == "berlin":
                # A zone with summer time has no fixed form in UTC.
                if lines:
                    raise Failure(f"{name}: cron knows no zones, but there are lines: {lines}")
            else:
                compare(name, "cron.d", cron_slots(lines, UTC, lambda text: text.startswith("*")), want)
            timer = (folder / f"out/cron/systemd/drc-p-a-{name}.timer").read_text()
            compare(name, "systemd", systemd_slots(env, program, re.findall(r"^OnCalendar=(.*)$", timer, re.M), folder), want)
            found = set()
            for path in (folder / "out/cron/kubernetes").glob(f"drc-p-a-{name}*.yaml"):
                text = path.read_text()
                there = re.search(r'timeZone: "(.*)"', text)[1]
                found |= cron_slots([re.search(r'schedule: "(.*)"', text)[1]], zoneinfo.ZoneInfo(there), lambda f: f == "*")
            compare(name, "Kubernetes", found, want)
