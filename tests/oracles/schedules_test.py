"""Gaps and slots of random schedules under every scheduler, against schedulers.py; and through the whole program."""

import datetime
import itertools

from lib.core import Failure, Sandbox, Skip, need
from oracles import gaps, lot, schedulers, slots

UTC = datetime.timezone.utc
DIALECTS = {"debian": "vixie", "cronie": "vixie", "systemd": "vixie", "kubernetes": "robfig", "aws": "aws"}
ZONES = ["Europe/Berlin", "America/New_York", "Africa/Cairo", "Australia/Lord_Howe", "America/Santiago", "America/Havana", "Asia/Beirut",
         "Europe/Dublin", "Pacific/Auckland", "Asia/Kathmandu", "Antarctica/Troll", "Pacific/Chatham"]
MINUTE = 60000


def ask(env, questions):
    program = env.build / "props" / "schedule_probe"
    if not program.exists():
        raise Skip("the test helper is not built (make unit)")
    done = env.run([program], env.root, stdin="".join(q + "\n" for q in questions).encode())
    answers = done.stdout.decode().splitlines()
    if done.code != 0 or len(answers) != len(questions):
        raise Failure(f"schedule_probe: exit {done.code}, {len(answers)} answers to {len(questions)} questions\n{done.stderr.decode()}")
    return answers


def test_gaps_in_utc(env):
    """Largest gap with missed runs, shortest gap, and the witness, over the whole calendar cycle."""
    cases = []
    for seed, rng in lot.seeds("gaps", 60):
        dialect = rng.choice(sorted(DIALECTS))
        text = gaps.expression(rng, DIALECTS[dialect])
        found = schedulers.cycle_slots(dialect, text, 200_000)
        if found is not None:
            cases.append((seed, dialect, text, rng.choice([0, 0, 1, 2, 5]), found))
    answers = ask(env, [f"gap {dialect} UTC {missed} {text}" for _, dialect, text, missed, _ in cases])
    origin = (datetime.date(schedulers.FIRST_YEAR, 1, 1) - datetime.date(1970, 1, 1)).days * 1440
    for (seed, dialect, text, missed, found), answer in zip(cases, answers):
        what = f"seed {seed}: `{text}` under {dialect} with {missed} missed: {answer}"
        if not found:
            if answer != "never":
                raise Failure(f"{what}, but no day matches")
            continue
        words = answer.split()
        if words[0] != "ok":
            raise Failure(f"{what}, but it fires {len(found)} times")
        largest, first, last, shortest = (int(w) for w in words[1:])
        want = schedulers.cycle_gaps(found, missed)
        if (largest, shortest) != (want[0] * MINUTE, want[1] * MINUTE):
            raise Failure(f"{what}, by enumeration {want[0]} and {want[1]} minutes")
        # The witness: two slots, with exactly `missed` slots between them.
        cycle = schedulers.CYCLE_DAYS * 1440
        known = {slot: n for n, slot in enumerate(found)}
        a, b = first // MINUTE - origin, last // MINUTE - origin
        if first % MINUTE or last - first != largest or a % cycle not in known or b % cycle not in known:
            raise Failure(f"{what}: the witness is no pair of slots")
        apart = known[b % cycle] + len(found) * (b // cycle) - known[a % cycle] - len(found) * (a // cycle)
        if apart != missed + 1:
            raise Failure(f"{what}: {apart} steps between the two slots of the witness")


def zoned(env, dialect, count, days, changes_only):
    """Compares slots around clock changes. `days`: how many before and after each change; all of it when 0."""
    enumerate_slots = getattr(schedulers, dialect)
    cases = []
    for seed, rng in lot.seeds("zones " + dialect, count):
        zone, text = rng.choice(ZONES), slots.case(rng, False)[1]
        while len(schedulers.times_of_day("debian", text.split())) > 12:
            text = slots.case(rng, False)[1]
        if dialect == "aws":
            fields = text.split()
            fields[4 if rng.random() < 0.5 else 2] = "?"
            if fields[2] != "?" and fields[4] != "?":
                fields[4] = "?"
            # Weekdays are counted from 1 there.
            fields = [f if n != 4 or f in "?*" else ",".join(str(d + 1) for d in sorted(slots.numbers(f, 0, 6))) for n, f in enumerate(fields)]
            text = " ".join(fields + ["*"])
        changes = schedulers.offset_changes(zone, 2026, 2037) or [(1790000000, 0, 0)]
        if changes_only:
            at = rng.choice(changes)[0]
            begin, end = at - days * 86400, at + days * 86400
        else:
            year = rng.randint(2026, 2036 - days)
            begin = int(datetime.datetime(year, 1, 1, tzinfo=UTC).timestamp())
            end = int(datetime.datetime(year + days, 1, 1, tzinfo=UTC).timestamp())
        cases.append((seed, zone, text, begin, end, enumerate_slots(zone, text, begin, end)))
    answers = ask(env, [f"slots {dialect} {zone} {begin - 1} {len(want) + 1} {text}" for _, zone, text, begin, end, want in cases])
    for (seed, zone, text, begin, end, want), answer in zip(cases, answers):
        got = [int(w) for w in answer.split()] if answer != "never" else []
        got = [at for at in got if at < end]
        if got != want:
            more, less = sorted(set(got) - set(want))[:3], sorted(set(want) - set(got))[:3]
            show = [[str(datetime.datetime.fromtimestamp(t, schedulers.zoneinfo.ZoneInfo(zone))) for t in some] for some in (more, less)]
            raise Failure(f"seed {seed}: `{text}` in {zone} under {dialect}: too many {show[0]}, missing {show[1]}, "
                          f"{len(got)} instead of {len(want)} slots")


def test_debian_in_zones(env):
    zoned(env, "debian", 10, 2, False)


def test_kubernetes_in_zones(env):
    zoned(env, "kubernetes", 10, 1, False)


def test_aws_in_zones(env):
    zoned(env, "aws", 10, 2, False)


def test_systemd_in_zones(env):
    need("systemd-analyze")
    zoned(env, "systemd", 10, 4, True)


def test_gaps_in_zones(env):
    """The largest gap is that between the slots themselves; a witness within the enumerated years is one of them."""
    cases = []
    for seed, rng in lot.seeds("zone gaps", 8):
        dialect = rng.choice(["debian", "kubernetes", "aws"])
        zone = rng.choice(ZONES)
        hour, minute = rng.randint(0, 4), rng.choice([0, 15, 30, 59])
        text = f"{minute} {hour} * * {rng.choice(['*', '*', '0', '1-5', '2,4'])}"
        if dialect == "aws":
            text = f"{minute} {hour} * * ? *"
        missed = rng.choice([0, 0, 1, 2])
        begin = int(datetime.datetime(2026, 1, 1, tzinfo=UTC).timestamp())
        end = int(datetime.datetime(2034, 1, 1, tzinfo=UTC).timestamp())
        cases.append((seed, dialect, zone, text, missed, getattr(schedulers, dialect)(zone, text, begin, end)))
    answers = ask(env, [f"gap {dialect} {zone} {missed} {text}" for _, dialect, zone, text, missed, _ in cases])
    for (seed, dialect, zone, text, missed, found), answer in zip(cases, answers):
        what = f"seed {seed}: `{text}` in {zone} under {dialect} with {missed} missed: {answer}"
        words = answer.split()
        if words[0] != "ok":
            raise Failure(what)
        largest, first, last, shortest = (int(w) // 1000 for w in words[1:])
        spans = [(b - a, a, b) for a, b in zip(found, found[missed + 1:])]
        widest = max(spans)[0]
        if largest < widest or shortest > min(b - a for a, b in itertools.pairwise(found)):
            raise Failure(f"{what}: by enumeration {widest} s, shortest {min(b - a for a, b in itertools.pairwise(found))} s")
        if last < found[-1] and (largest, first, last) not in spans:
            raise Failure(f"{what}: the witness is no pair of slots with {missed} between them")
