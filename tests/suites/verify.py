"""`drc verify`: the certificate of every plan the compiler makes is accepted, what was tampered with is refused, and whatever stands in a
plan the check ends in order."""

import copy
import json
import os
import random

from lib.case import Case, prepare
from lib.core import Failure, Sandbox, readable
from suites import certificate

EXAMPLES = ["examples/hello.dr", "examples/small", "examples/platform"]


def plan_of(env, specification, folder):
    done = env.run([env.drc, "plan", "--emit", "plan", specification], folder, limit=False)
    if done.code not in (0, 1):
        raise Failure(f"{specification}: exit {done.code}\n{readable(done.stderr)}")
    return done.stdout


def verify(env, text, folder, name="plan.json"):
    """Exit code and the problems."""
    (folder / name).write_bytes(text)
    done = env.run([env.drc, "verify", "--max-errors", "0", name], folder)
    problems = done.stderr.decode("utf-8", "replace").splitlines()
    if done.code not in (0, 1) or (done.code == 1) != bool(problems):
        raise Failure(f"exit {done.code}\n{readable(done.stdout + done.stderr)[:3000]}")
    return done.code, problems


def test_examples_are_accepted(env):
    with Sandbox() as folder:
        for name in EXAMPLES:
            wrong = verify(env, plan_of(env, env.root / name, folder), folder)[1]
            if wrong:
                raise Failure(f"{name} is refused:\n" + "\n".join(wrong[:20]))


def test_what_it_prints(env):
    """Exit codes, standard input, and the same as data."""
    with Sandbox() as folder:
        text = plan_of(env, env.root / "examples/hello.dr", folder)
        (folder / "plan.json").write_bytes(text)
        for arguments, stdin, want in ((["plan.json"], b"", 0), (["-"], text, 0), (["-"], text[:-3], 1), ([], b"", 64), (["a", "b"], b"", 64),
                                       (["plan.json", "--format", "sarif"], b"", 64), (["none.json"], b"", 74)):
            done = env.run([env.drc, "verify", *arguments], folder, stdin=stdin)
            if done.code != want:
                raise Failure(f"drc verify {arguments}: exit {done.code}, expected {want}\n{readable(done.stderr)}")
        changed = json.loads(text)
        changed["counts"]["hold"] += 1
        (folder / "plan.json").write_text(json.dumps(changed))
        done = env.run([env.drc, "verify", "--format", "json", "plan.json"], folder)
        result = json.loads(done.stdout)
        if done.code != 1 or result["accepted"] or [one["at"] for one in result["problems"]] != ["counts.hold"] or not result["verdicts"]:
            raise Failure(readable(done.stdout + done.stderr))


def cases(env):
    root = env.root / "tests" / "cases"
    files = [path for path in sorted(root.rglob("*.case")) if "== file main.dr" in path.read_text(encoding="utf-8", errors="replace")]
    found = files + sorted(path.parent for path in root.glob("verdicts/*/main.dr"))
    return found if os.environ.get("DRC_TEST_ALL") else found[3::8]


def test_cases_are_accepted(env):
    """An eighth of them; DRC_TEST_ALL is all."""
    plans, refused = 0, []
    with Sandbox() as folder:
        for number, path in enumerate(cases(env)):
            place = folder / str(number)
            place.mkdir()
            if path.is_dir():
                source = path / "main.dr"
            else:
                prepare(Case(path), place)
                source = place / "main.dr"
            text = plan_of(env, source, place)
            if not text:
                continue  # it does not compile
            plans += 1
            refused += [f"{path.name}: {line}" for line in verify(env, text, place)[1]]
    if refused:
        raise Failure("refused:\n" + "\n".join(refused[:40]))
    if plans < 40:
        raise Failure(f"only {plans} cases have a plan")


# ---- what was tampered with

def test_tampered_plans_are_refused(env):
    """Each kind that the suite `certificate` knows, in two plans that have a place for it; what is refused before does not count."""
    env.need_drc()
    root, plans, wrong = env.root / "tests" / "cases", [], []
    with Sandbox() as folder:
        for name in certificate.SPECIMENS:
            plans.append((name, certificate.case_plan(env, root / name)))
        for name in EXAMPLES:
            plans.append((name, json.loads(plan_of(env, env.root / name, folder))))
        before = {name: set(verify(env, json.dumps(plan).encode(), folder)[1]) for name, plan in plans}
        for tamper in certificate.TAMPERING:
            found = 0
            for name, plan in plans:
                changed = copy.deepcopy(plan)
                if found == 2 or not tamper(changed):
                    continue
                found += 1
                if not set(verify(env, json.dumps(changed).encode(), folder)[1]) - before[name]:
                    wrong.append(f"{tamper.__name__} in {name}: accepted")
            if not found:
                wrong.append(f"{tamper.__name__}: no plan has a place for it")
    if wrong:
        raise Failure("\n".join(wrong))


# ---- whatever stands in it

NO_JSON = {
    "nothing": b"", "blanks": b" \n", "a byte that is no UTF-8": b'{"format": "\xff"}', "a NUL": b'{"format": 2}\0', "two values": b'{"format": 2} 1',
    "a member twice": b'{"format": 2, "format": 2}', "a comma too many": b'{"format": 2,}', "no colon": b'{"format" 2}', "no end": b'{"format": [2, ',
    "a number with a zero before it": b'{"format": 02}', "a number that is too large": b'{"format": 9223372036854775808}',
    "a word": b'{"format": nul}', "half a pair": b'{"format": "\\ud83d"}', "an escaped NUL": b'{"format": "\\u0000"}', "no escape": b'{"format": "\\x"}',
    "a line in a text": b'{"format": "a\nb"}', "a text without an end": b'{"format": "a\\', "a hundred thousand brackets": b"[" * 100000,
}


def test_what_is_no_json_is_told(env):
    with Sandbox() as folder:
        for what, text in NO_JSON.items():
            code, problems = verify(env, text, folder)
            if code != 1 or len(problems) != 1 or "is no plan: line " not in problems[0]:
                raise Failure(f"{what}: exit {code}, {problems}")
        code, problems = verify(env, b'{"\\u0066ormat": -9223372036854775808, "a": "\\ud83d\\ude00"}', folder)
        if problems != ["drc: plan.json is no plan: it is no plan of format 2"]:
            raise Failure(str(problems))


NUMBERS = [-1, 0, 1, 2**31, 2**50, 2**50 + 1, 2**63 - 1, -2**63]


def leaves(tree):
    """Every single value: (container, key)."""
    for key, value in list(tree.items() if isinstance(tree, dict) else enumerate(tree)):
        if isinstance(value, (dict, list)):
            yield from leaves(value)
        else:
            yield tree, key


def another(rng, value):
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return rng.choice(NUMBERS + [value + 1, value - 1, value * 2])
    if isinstance(value, str):
        return rng.choice(["", "n/a", "unknown", "all", value + "x", "every 1s", "cron \"* * * * *\" in \"Europe/Berlin\"", "forever"])
    return rng.choice([0, "", 2**63 - 1, []])


def test_mutations_end_in_order(env):
    """Three hundred changes of one value: refused or accepted, never a crash, a hang or an overflow; DRC_TEST_ALL is six thousand."""
    rng, refused, no_plan, rounds = random.Random("mutations"), 0, 0, 6000 if os.environ.get("DRC_TEST_ALL") else 300
    with Sandbox() as folder:
        whole = json.loads(plan_of(env, env.root / "examples/small", folder))
        # Commands and texts for people are no part of the certificate.
        for scenario in whole["scenarios"]:
            for one in scenario["steps"] + scenario["failback"]:
                for name in ("run", "check", "until", "verify", "undo"):
                    one[name] = None
        for name in ("jobs", "tasks", "drills", "exports", "emissions", "schedules", "stores"):
            whole[name] = []
        before = verify(env, json.dumps(whole).encode(), folder)[1]
        count = sum(1 for _ in leaves(whole))
        for number in range(rounds):
            tree = copy.deepcopy(whole)
            box, key = list(leaves(tree))[rng.randrange(count)]
            box[key] = another(rng, box[key])
            code, problems = verify(env, json.dumps(tree).encode(), folder)
            no_plan += any("is no plan" in line for line in problems)
            refused += code == 1 and problems != before
    if refused < rounds // 3:
        raise Failure(f"only {refused} of {rounds} are refused, {no_plan} of them as no plan")
