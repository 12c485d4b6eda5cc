"""`drc verify`: the certificate of every plan the compiler makes is accepted, what was tampered with is refused, and whatever stands in a
plan the check ends in order."""

import copy
import json
import os
import random
import re

from lib.case import Case, prepare
from lib.core import Failure, Sandbox, readable

EXAMPLES = ["examples/hello.dr", "examples/small", "examples/platform"]

# What the compiler does not make as docs/certificate.md says, yet: each with the problem that tells it.
OPEN = [re.compile(text) for text in (
    r"old when it is read, and `reach` is",  # reach counts no provisioning and no waiting
    r"it is refuted, and the asset may be back in time",  # nobody is left to do a step; circles of restores
    r"it is refuted, and no story loses more than its objective allows",  # copies that expire meanwhile; circles
    r"the copy is deleted before it is read",
    r"it rests on no entry `(runs|kept):",  # the base of a log without `of`
    r"it holds, and nobody makes `(figure|detects):.*\.slo` true",
    r"its figure `.*` says",  # figures of a method at steps that are not its own
    r"alone loses more than its",  # a member in two groups
    r"there is a verdict, and no objective",
    r"not_within|no class of `retain`|runs cannot be said|how late it may start|it is due later after",  # the specification has an error there
)]


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


def unknown(problems):
    return [line for line in problems if not any(known.search(line) for known in OPEN)]


def test_examples_are_accepted(env):
    with Sandbox() as folder:
        for name in EXAMPLES:
            wrong = unknown(verify(env, plan_of(env, env.root / name, folder), folder)[1])
            if wrong:
                raise Failure(f"{name} is refused:\n" + "\n".join(wrong[:20]))


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
            refused += [f"{path.name}: {line}" for line in unknown(verify(env, text, place)[1])]
    if refused:
        raise Failure("refused:\n" + "\n".join(refused[:40]))
    if plans < 40:
        raise Failure(f"only {plans} cases have a plan")


# ---- what was tampered with

def outcomes(plan):
    return [(scenario, outcome) for scenario in plan["scenarios"] for outcome in scenario["assets"]]


def first(items, wanted):
    return next(item for item in items if wanted(item))


def told(plan):
    """An asset whose loss is worked out from copies, with a story."""
    return first(outcomes(plan), lambda pair: pair[1]["chain"] and pair[1]["story"] and pair[1]["rpo_verdict"] == "ok")[1]


def recovered(plan):
    return first(outcomes(plan), lambda pair: pair[1]["rto_verdict"] == "ok" and len(pair[1]["steps"]) > 1 and pair[1]["decides"])


def step(scenario, name):
    return first(scenario["steps"], lambda item: item["id"] == name)


def entry(plan, start):
    return first(plan["assumptions"], lambda item: item["id"].startswith(start))


def a_term_is_shortened(plan):
    told(plan)["rpo_terms"][0]["ms"] -= 1000


def a_term_and_the_sum_are_shortened(plan):
    outcome = told(plan)
    outcome["rpo_terms"][0]["ms"] -= 1000
    outcome["data_loss"] -= 1000


def a_term_is_dropped(plan):
    outcome = told(plan)
    outcome["data_loss"] -= outcome["rpo_terms"].pop()["ms"]


def a_gap_is_shortened_everywhere(plan):
    outcome = told(plan)
    for box in (outcome["rpo_terms"][0], outcome["chain"][0]):
        box["ms" if "ms" in box else "gap"] -= 60000
    outcome["chain"][0]["to"] -= 60000
    outcome["data_loss"] -= 60000


def a_slot_is_moved(plan):
    run = told(plan)["story"]["runs"][0]
    run["slot"] += 60000


def a_run_starts_too_late(plan):
    for moment in ("starts", "captured", "ends", "arrives"):
        told(plan)["story"]["runs"][-1][moment] += 3600000


def a_run_is_left_out(plan):
    told(plan)["story"]["runs"][0]["fate"] = "missed"


def a_story_loses_more(plan):
    story = told(plan)["story"]
    story["strikes"] += 3600000
    story["read"] += 3600000
    story["loss"] += 3600000


def a_loss_is_turned(plan):
    outcome = told(plan)
    outcome["rpo"]["ms"] = outcome["data_loss"] - 3600000


def a_verdict_is_turned(plan):
    told(plan)["rpo_verdict"] = "refuted"


def a_verdict_is_hidden(plan):
    recovered(plan)[1]["rto_verdict"] = "n/a"


def a_store_is_another(plan):
    link = told(plan)["chain"][0]
    link["copied"] = not link["copied"]


def the_retention_is_shortened(plan):
    outcome = told(plan)
    outcome["chain"][0]["limit"] = outcome["chain"][0]["reach"] - 1


def a_step_is_shortened(plan):
    scenario, outcome = recovered(plan)
    one = step(scenario, outcome["decides"])
    one["takes"]["worst"] -= 1000
    one["finish"]["worst"] -= 1000


def a_step_starts_early(plan):
    scenario, outcome = recovered(plan)
    for name in ("start", "finish"):
        step(scenario, outcome["decides"])[name]["worst"] -= 1000


def a_finish_is_early(plan):
    recovered(plan)[1]["finish"]["worst"] -= 1000


def nobody_declares(plan):
    recovered(plan)[0]["begin"]["worst"] -= 1000


def a_pair_of_hands_is_gone(plan):
    scenario = first(plan["scenarios"], lambda item: item["hands"])
    scenario["hands"][0]["count"] = 0


def a_step_takes_no_hands(plan):
    scenario = first(plan["scenarios"], lambda item: item["hands"])
    scenario["hands"][0]["name"] = "someone"


def the_order_is_turned(plan):
    scenario, outcome = recovered(plan)
    scenario["steps"][0]["after"] = [outcome["decides"]]


def a_name_is_back_early(plan):
    names = [name for scenario in plan["scenarios"] for name in scenario["endpoints"] if name["finish"] and name["affected"]]
    for end in ("best", "typical", "worst"):
        names[0]["finish"][end] -= min(names[0]["finish"].values()) // 2


def a_group_loses_less(plan):
    group = first([group for scenario in plan["scenarios"] for group in scenario["groups"]], lambda item: isinstance(item["data_loss"], int))
    group["data_loss"] //= 2


def an_availability_is_better(plan):
    plan["slos"][0]["availability"] += 1


def an_entry_is_dropped(plan):
    plan["assumptions"].remove(entry(plan, "runs:"))


def an_entry_is_nobodys(plan):
    entry(plan, "kept:")["by"]["who"] = "nobody"


def an_entry_lists_nothing(plan):
    entry(plan, "readable:")["rests"] = []


def nobody_notices(plan):
    plan["assumptions"] = [item for item in plan["assumptions"] if item["kind"] != "detects"]


def a_count_is_better(plan):
    plan["counts"]["hold"] += 1


TAMPERED = [a_term_is_shortened, a_term_and_the_sum_are_shortened, a_term_is_dropped, a_gap_is_shortened_everywhere, a_slot_is_moved,
            a_run_starts_too_late, a_run_is_left_out, a_story_loses_more, a_loss_is_turned, a_verdict_is_turned, a_verdict_is_hidden,
            a_store_is_another, the_retention_is_shortened, a_step_is_shortened, a_step_starts_early, a_finish_is_early, nobody_declares,
            a_pair_of_hands_is_gone, a_step_takes_no_hands, the_order_is_turned, a_name_is_back_early, a_group_loses_less,
            an_availability_is_better, an_entry_is_dropped, an_entry_is_nobodys, an_entry_lists_nothing, nobody_notices, a_count_is_better]


def test_tampered_plans_are_refused(env):
    with Sandbox() as folder:
        text = plan_of(env, env.root / "examples/small", folder)
        before, passed = set(verify(env, text, folder)[1]), []
        for tamper in TAMPERED:
            plan = json.loads(text)
            tamper(plan)
            if not set(verify(env, json.dumps(plan).encode(), folder)[1]) - before:
                passed.append(tamper.__name__.replace("_", " "))
        if passed:
            raise Failure("accepted though " + ", ".join(passed))


# ---- whatever stands in it

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
