"""verify/drc-verify.py accepts the plans of the compiler, and refuses what somebody changed in one.

The checker is written from docs/certificate.md and knows nothing of the compiler; a refusal of an honest plan is a mistake of one of the three."""

import copy
import importlib.util
import json
import os
import re

from lib.case import Case, prepare
from lib.core import Failure, Sandbox, readable
from oracles import lot, model, worlds

EXAMPLES = ["examples/hello.dr", "examples/small", "examples/platform"]


def checker(env):
    spec = importlib.util.spec_from_file_location("drc_verify", env.root / "verify" / "drc-verify.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def problems(module, plan):
    check = module.Checker(plan)
    check.run()
    return list(dict.fromkeys(check.problems))


def planned(env, source, folder):
    """The plan of a specification; None when it does not compile."""
    done = env.run([env.drc, "plan", "--emit", "plan", source], folder, limit=False)
    return json.loads(done.stdout) if done.code in (0, 1) and done.stdout else None


def cases(env):
    root = env.root / "tests" / "cases"
    files = [path for path in sorted(root.rglob("*.case")) if "== file main.dr" in path.read_text(encoding="utf-8", errors="replace")]
    found = files + sorted(path.parent for path in root.glob("verdicts/*/main.dr"))
    return found if os.environ.get("DRC_TEST_ALL") else found[3::12]


def case_plan(env, path):
    with Sandbox() as folder:
        if path.is_dir():
            return planned(env, path / "main.dr", folder)
        prepare(Case(path), folder)
        return planned(env, folder / "main.dr", folder)


def refusals(module, name, plan):
    return [f"{name}: {line}" for line in problems(module, plan)]


def test_examples_are_accepted(env):
    """As an auditor does it: the program, and its exit status."""
    with Sandbox() as folder:
        for name in EXAMPLES:
            done = env.run([env.drc, "plan", "--emit", "plan", env.root / name], folder, limit=False)
            (folder / "plan.json").write_bytes(done.stdout)
            done = env.run(["python3", env.root / "verify/drc-verify.py", "plan.json"], folder)
            lines = readable(done.stdout).splitlines()
            if (done.code, lines[-1:]) != (0, ["accepted"]) or not lines[0].startswith("checked: "):
                raise Failure(f"{name}: exit {done.code}\n{readable(done.stdout + done.stderr)[:3000]}")


def test_cases_are_accepted(env):
    env.need_drc()
    module, wrong, plans = checker(env), [], 0
    for path in cases(env):
        plan = case_plan(env, path)
        if plan:
            plans += 1
            wrong += refusals(module, f"{path.parent.name}.{path.stem}", plan)
    if wrong or plans < 25:
        raise Failure(f"of {plans} plans:\n" + "\n".join(wrong[:25]))


def test_random_plans_are_accepted(env):
    """By both checkers: models with every kind of thing, and small ones whose worlds the oracle knows. Twelve by default; DRC_ORACLES=420 is five
    thousand."""
    env.need_drc()
    module, wrong, plans = checker(env), [], 0
    for number, (seed, rng) in enumerate(lot.seeds("certificate", 12)):
        text = worlds.text_of(worlds.random_spec(rng)) if number % 2 else model.specification(model.random_model(rng))
        with Sandbox() as folder:
            (folder / "main.dr").write_text(text)
            done = env.run([env.drc, "plan", "--emit", "plan", "main.dr"], folder, limit=False)
            if done.code not in (0, 1) or not done.stdout:
                continue
            plans += 1
            (folder / "plan.json").write_bytes(done.stdout)
            ours = env.run([env.drc, "verify", "plan.json"], folder, limit=False)
        wrong += refusals(module, f"random {seed}", json.loads(done.stdout))
        wrong += [f"random {seed}: drc verify: {line}" for line in readable(ours.stdout + ours.stderr).splitlines()[:5] if ours.code]
    if wrong or not plans:
        raise Failure(f"of {plans} plans:\n" + "\n".join(wrong[:60]))


# ---- what is no plan

def test_any_json_is_judged(env):
    """Whatever it is given: a line, and exit 1; 64 without a file."""
    with Sandbox() as folder:
        whole = env.run([env.drc, "plan", "--emit", "plan", env.root / "examples/hello.dr"], folder, limit=False).stdout
        texts = [b"", b"1", b"null", b"[]", b"{}", b'{"format": 2}', b'{"format": 3}', b"\xff\xfe", b"[" * 100000, b'{"format": 2, "declared": [1]}',
                 b'{"format": 2, "format": 2}', whole[:-3], whole.replace(b'"worst": ', b'"worst": 0.', 1), b'{"format": ' + b"9" * 5000 + b"}"]
        tree = json.loads(whole)
        for key in tree:
            for value in (None, 7, "x", [], {}, [None], [[]], [{}], {"x": 1}):
                texts.append(json.dumps({**tree, key: value}).encode())
        for number, text in enumerate(texts):
            (folder / f"{number}.json").write_bytes(text)
        program = ("import importlib.util, io, sys, contextlib\n"
                   "spec = importlib.util.spec_from_file_location('v', sys.argv[1]); v = importlib.util.module_from_spec(spec)\n"
                   "spec.loader.exec_module(v)\n"
                   "for n in range(int(sys.argv[2])):\n"
                   "    with contextlib.redirect_stdout(io.StringIO()) as out: code = v.main([f'{n}.json'])\n"
                   "    last = out.getvalue().splitlines()[-1]\n"
                   "    if (code, last) not in ((0, 'accepted'), (1, 'refused')) or n < 14 and code == 0: sys.exit(f'{n}: {code} {last}')\n")
        done = env.run(["python3", "-c", program, env.root / "verify/drc-verify.py", len(texts)], folder, limit=False)
        if done.code != 0:
            raise Failure(readable(done.stderr)[-2000:])
        for words in ([], ["a", "b"], ["--help"], ["none.json"]):
            if env.run(["python3", env.root / "verify/drc-verify.py", *words], folder).code != 64:
                raise Failure(f"{words}: not refused as wrong use")


# ---- tampering: each changes a plan in one way and says whether it found a place for it

def outcomes(plan, **wanted):
    for scenario in plan["scenarios"]:
        for outcome in scenario["assets"]:
            if all(outcome[key] == value for key, value in wanted.items()):
                yield scenario, outcome


def steps(plan):
    for scenario in plan["scenarios"]:
        for step in scenario["steps"]:
            if step["finish"] and step["takes"]["worst"] > 2000:
                yield scenario, step


def numbers(terms):
    return [term for term in terms if isinstance(term["ms"], int) and term["ms"] > 1000]


def stories(plan):
    for scenario, outcome in outcomes(plan):
        if outcome["story"] and len(outcome["story"]["runs"]) > 1:
            yield scenario, outcome, outcome["story"]


def clocked(plan):
    return [(s, o, t) for s, o, t in stories(plan) if o["chain"][0]["scheduler"] and t["runs"][0]["fate"] == "done"]


def thing(plan, key, rows=None):
    for row in plan["declared"] if rows is None else rows:
        if row["id"] == key:
            return row
        found = thing(plan, key, row["blocks"])
        if found:
            return found
    return None


def first(found):
    return next(iter(found), None)


def a_term_is_shortened(plan):
    for _, outcome in outcomes(plan):
        for term in numbers(outcome["rpo_terms"]):
            term["ms"] -= 1000
            return True


def a_term_and_its_sum_are_shortened(plan):
    for _, outcome in outcomes(plan):
        for term in numbers(outcome["rpo_terms"]) if outcome["chain"] and isinstance(outcome["data_loss"], int) else []:
            term["ms"] -= 1000
            outcome["data_loss"] -= 1000
            outcome["story"] = None
            return True


def a_term_is_left_out(plan):
    for _, outcome in outcomes(plan):
        if outcome["chain"] and isinstance(outcome["data_loss"], int) and len(outcome["rpo_terms"]) > 1:
            outcome["data_loss"] -= outcome["rpo_terms"].pop()["ms"]
            outcome["story"] = None
            return True


def a_gap_is_shortened_everywhere(plan):
    for _, outcome, story in clocked(plan):
        if outcome["rpo_terms"][0]["what"] == "gap":
            link = outcome["chain"][0]
            outcome["rpo_terms"][0]["ms"] -= 3600000
            outcome["data_loss"] -= 3600000
            link["gap"], link["to"] = link["gap"] - 3600000, link["to"] - 3600000
            outcome["story"] = None
            return True


def a_slot_of_the_gap_is_moved(plan):
    for _, outcome, _ in clocked(plan):
        outcome["chain"][0]["from"] += 60000
        outcome["chain"][0]["to"] += 60000
        return True


def a_slot_of_a_witness_is_moved(plan):
    for _, _, story in clocked(plan):
        story["runs"][0]["slot"] -= 60000
        return True


def a_run_starts_outside_of_its_window(plan):
    for _, _, story in clocked(plan):
        run = story["runs"][-1]
        for key in ("starts", "captured", "ends", "arrives"):
            run[key] += 40000000
        return True


def a_run_lasts_too_long(plan):
    for _, _, story in clocked(plan):
        story["runs"][-1]["ends"] += 10**9
        story["runs"][-1]["arrives"] += 10**9
        return True


def a_run_is_left_out(plan):
    for _, _, story in stories(plan):
        if len(story["runs"]) > 2:
            del story["runs"][1]
            return True


def a_run_is_called_missed(plan):
    for _, outcome, story in clocked(plan):
        if outcome["chain"][0]["missed"] == 0:
            story["runs"][-1].update(fate="missed", starts=None, captured=None, ends=None, arrives=None)
            return True


def a_run_is_called_skipped(plan):
    for _, _, story in clocked(plan):
        story["runs"][-1].update(fate="skipped", starts=None, captured=None, ends=None, arrives=None)
        return True


def the_strike_is_later(plan):
    for _, outcome, story in clocked(plan):
        story["strikes"] += 10**8
        story["loss"] += 10**8
        return True


def the_newest_is_older(plan):
    for _, _, story in stories(plan):
        story["newest"] -= 60000
        story["loss"] += 60000
        return True


def a_loss_is_called_more_than_it_is(plan):
    for _, _, story in stories(plan):
        story["loss"] += 5
        return True


def a_copy_arrives_sooner(plan):
    for _, outcome, story in clocked(plan):
        if outcome["chain"][0]["copied"]:
            run = story["runs"][-1]
            run["arrives"] = run["ends"] - 1
            return True


def an_entry_is_dropped(plan):
    names = {f"runs:{o['chain'][0]['backup'].split('.', 1)[1].replace('/backup.', '.')}" for _, o in outcomes(plan, rpo_verdict="ok") if o["chain"]}
    for entry in plan["assumptions"]:
        if entry["kind"] == "runs" and entry["id"].split("@")[0] in names and not entry["id"].endswith("/missed"):
            plan["assumptions"].remove(entry)
            return True


def a_figure_is_dropped(plan):
    used = {step["figure"] for scenario, outcome in outcomes(plan, rto_verdict="ok") for step in scenario["steps"] if step["id"] in outcome["steps"]}
    for entry in plan["assumptions"]:
        if entry["kind"] == "figure" and entry["id"][7:] in used:
            plan["assumptions"].remove(entry)
            return True


def an_entry_is_nobodys(plan):
    held = {f"rto:{o['asset']}/{s['name']}" for s, o in outcomes(plan, rto_verdict="ok")}
    entry = first(e for e in plan["assumptions"] if held & set(e["rests"]))
    if entry:
        entry["by"].update(who="nobody", on=None, words=None)
        return True


def nobody_notices(plan):
    for entry in plan["assumptions"]:
        if entry["kind"] == "detects" and any(name.startswith("rto:") for name in entry["rests"]):
            plan["assumptions"] = [e for e in plan["assumptions"] if e["kind"] != "detects"]
            return True


def a_demand_asks_nobody(plan):
    entry = first(e for e in plan["assumptions"] if e["by"] and e["by"]["who"] == "demand")
    if entry:
        entry["by"]["on"] = None
        return True


def nothing_rests_on_anything(plan):
    for entry in plan["assumptions"]:
        entry["rests"] = []
    return any(True for _ in outcomes(plan, rto_verdict="ok"))


def a_refuted_time_is_called_ok(plan):
    for _, outcome in outcomes(plan, rto_verdict="refuted"):
        outcome["rto_verdict"] = "ok"
        plan["counts"]["hold"] += 1
        plan["counts"]["refuted"] -= 1
        return True


def a_refuted_loss_is_called_ok(plan):
    for _, outcome in outcomes(plan, rpo_verdict="refuted"):
        outcome["rpo_verdict"] = "ok"
        plan["counts"]["hold"] += 1
        plan["counts"]["refuted"] -= 1
        return True


def a_loss_that_holds_is_called_refuted(plan):
    for _, outcome in outcomes(plan, rpo_verdict="ok"):
        outcome["rpo_verdict"] = "refuted"
        plan["counts"]["hold"] -= 1
        plan["counts"]["refuted"] += 1
        return True


def a_refuted_loss_is_called_unknown(plan):
    for _, outcome in outcomes(plan, rpo_verdict="refuted", nobody=None, undecided=None, split=None):
        if outcome["story"]:
            outcome["rpo_verdict"] = "unknown"
            plan["counts"]["unknown"] += 1
            plan["counts"]["refuted"] -= 1
            return True


def an_objective_is_not_compared(plan):
    for _, outcome in outcomes(plan, rto_verdict="refuted", fate="lost"):
        outcome["rto_verdict"], outcome["rto"] = "n/a", None
        plan["counts"]["refuted"] -= 1
        return True


def a_name_that_is_late_is_called_ok(plan):
    for scenario in plan["scenarios"]:
        for name in scenario["endpoints"]:
            if name["verdict"] == "ok" and name["finish"]:
                name["rto"]["ms"] = name["finish"]["worst"] - 1
                return True


def a_name_moves_sooner(plan):
    for scenario in plan["scenarios"]:
        for name in scenario["endpoints"]:
            if name["finish"] and name["ttl"] and name["moves"] != "not":
                name["finish"]["worst"] -= name["ttl"]
                name["ttl"] = 0
                return True


def an_objective_is_longer(plan):
    for scenario, outcome in outcomes(plan):
        if outcome["rto"] and outcome["rto"]["source"] in ("asset", "tier default") and isinstance(outcome["rto"]["ms"], int):
            outcome["rto"]["ms"] += 1
            return True


def a_loss_objective_is_longer(plan):
    for scenario, outcome in outcomes(plan):
        if outcome["rpo"] and outcome["rpo"]["source"] in ("asset", "tier default") and isinstance(outcome["rpo"]["ms"], int):
            outcome["rpo"]["ms"] += 1
            return True


def a_count_is_changed(plan):
    plan["counts"]["hold"] += 1
    return True


def a_lost_store_stands(plan):
    for scenario, outcome in outcomes(plan):
        lost = thing(plan, scenario["thing"])["attributes"]["loses"]
        if lost and outcome["chain"] and outcome["chain"][0]["store"]:
            thing(plan, outcome["chain"][0]["store"])["attributes"]["site"] = lost[0]
            return True


def a_store_it_was_never_copied_to(plan):
    stores = [row["id"] for row in plan["declared"] if row["block"] == "store"]
    for _, outcome in outcomes(plan):
        if outcome["chain"] and len(stores) > 1 and outcome["chain"][0]["store"]:
            said = thing(plan, outcome["chain"][0]["backup"])["attributes"]
            mine = [ref["ref"] for ref in said.get("copies", []) + [said["to"]]]
            other = first(store for store in stores if store not in mine)
            for link in outcome["chain"] if other else []:
                link["store"], link["copied"] = other, True
            return bool(other)


def it_serves_at_a_lost_place(plan):
    for scenario, outcome in outcomes(plan, rto_verdict="ok", fate="lost"):
        lost = thing(plan, scenario["thing"])["attributes"]["loses"]
        site = first(s["name"] for s in plan["sites"] if lost and s["thing"] == lost[0]["ref"])
        if site:
            outcome["serves_at"] = site
            return True


def a_lost_asset_is_not_told_of(plan):
    for scenario, outcome in outcomes(plan, fate="lost"):
        taken = thing(plan, scenario["thing"])["attributes"]
        if any(ref["ref"] == f"asset.{outcome['asset']}" for key in ("fails", "corrupts", "deletes") for ref in taken[key]):
            scenario["assets"].remove(outcome)
            return True


def a_step_starts_too_soon(plan):
    for _, step in steps(plan):
        if step["start"]["worst"] > 1000:
            step["start"]["worst"] -= 1000
            step["takes"]["worst"] += 1000
            return True


def a_step_ends_too_soon(plan):
    for _, step in steps(plan):
        step["finish"]["worst"] -= 1
        return True


def the_script_works_in_no_time(plan):
    for _, step in steps(plan):
        if step["own_work"] and not any(other for _, other in steps(plan) if step["id"] in other["after"] + other["follows"]):
            step["finish"]["worst"] -= step["own_work"]
            step["own_work"] = 0
            return True


def a_step_waits_for_less(plan):
    for _, step in steps(plan):
        if step["after"] and step["waits_for"] in step["after"] and len(step["after"]) + len(step["follows"]) == 1:
            step["after"], step["waits_for"] = [], None
            return True


def more_steps_than_hands(plan):
    for scenario, step in steps(plan):
        for hand in scenario["hands"]:
            if hand["name"] in step["hands"]:
                hand["count"] = 0
                return True


def a_lane_is_given_up(plan):
    for scenario, step in steps(plan):
        if step["follows"] and step["waits_for"] in step["follows"]:
            step["follows"], step["waits_for"] = [], None
            return True


def a_step_takes_less_than_its_figure(plan):
    figures = {figure["id"]: figure for figure in plan["figures"]}
    for _, step in steps(plan):
        figure = figures.get(step["figure"])
        if figure and figure["value"] and not step["stated"] and not step["retries"] and not step["transfer"] and step["takes"]["best"] > 1:
            for end in ("best", "typical", "worst"):
                step["takes"][end] = 1
                step["finish"][end] = step["start"][end] + 1
            return True


def a_step_moves_more_than_it_can(plan):
    for _, step in steps(plan):
        if step["transfer"] and step["transfer"]["bytes"]:
            step["transfer"]["bytes"] *= 10**6
            return True


def an_asset_is_back_before_its_steps(plan):
    for _, outcome in outcomes(plan):
        if outcome["finish"] and outcome["finish"]["worst"] > 1000 and outcome["decides"]:
            outcome["finish"]["worst"] -= 1000
            return True


def an_asset_is_back_before_what_it_needs(plan):
    for scenario, outcome in outcomes(plan):
        needs = first(a["needs"] for a in plan["assets"] if a["name"] == outcome["asset"])
        other = first(o for o in scenario["assets"] if o["asset"] in needs and o["finish"] and o["finish"]["worst"] > 1000)
        if other and outcome["finish"]:
            outcome.update(finish={"best": 0, "typical": 0, "worst": 0}, decides=None, steps=[])
            return True


def the_alarm_is_sooner(plan):
    for scenario in plan["scenarios"]:
        if scenario["detect"] and scenario["begin"] and scenario["detect"]["worst"] > 1000:
            scenario["detect"]["worst"] -= 1000
            return True


def a_copy_is_kept_longer(plan):
    for job in plan["jobs"]:
        if isinstance(job["retain"], dict) and "duration" in job["retain"]:
            job["retain"]["duration"] *= 2
            return True


def a_copy_is_not_kept(plan):
    for _, outcome in outcomes(plan, rpo_verdict="ok"):
        retain = thing(plan, outcome["chain"][0]["backup"])["attributes"].get("retain") if outcome["chain"] else None
        if isinstance(retain, dict) and "duration" in retain:
            retain["duration"] = 1000
            for job in plan["jobs"]:
                if job["backup"] == outcome["chain"][0]["backup"]:
                    job["retain"] = {"duration": 1000}
            return True


def its_reach_is_shorter(plan):
    for _, outcome in outcomes(plan):
        if outcome["chain"] and outcome["chain"][0]["reach"] and outcome["chain"][0]["loss"]:
            outcome["chain"][0]["reach"] = 1
            return True


def another_scheduler(plan):
    for _, outcome, _ in clocked(plan):
        written = thing(plan, outcome["chain"][0]["backup"])["attributes"]["schedule"]
        if written["schedule"].startswith("daily"):
            written["schedule"] = "weekly on mon " + written["schedule"][6:]
            return True


def fewer_runs_may_be_missed(plan):
    for _, outcome in outcomes(plan):
        if outcome["chain"] and outcome["chain"][0]["missed"]:
            outcome["chain"][0]["missed"] -= 1
            return True


def a_method_that_cannot_is_chosen(plan):
    for _, outcome in outcomes(plan):
        for candidate in outcome["candidates"]:
            if candidate["chosen"]:
                candidate["usable"] = False
                return True


def a_group_is_further_apart(plan):
    for scenario in plan["scenarios"]:
        for group in scenario["groups"]:
            if group["verdict"] == "ok" and group["rpo"] and isinstance(group["rpo"]["ms"], int):
                group["rpo"]["ms"] = group["data_loss"] - 1
                return True


def a_loss_has_no_terms_and_no_chain(plan):
    for _, outcome in outcomes(plan, fate="lost"):
        if outcome["chain"] and outcome["rpo_terms"]:
            outcome.update(chain=[], rpo_terms=[], story=None, data_loss=0)
            return True


def a_method_is_chosen_by_nobody(plan):
    for _, outcome in outcomes(plan, fate="lost"):
        if any(candidate["chosen"] for candidate in outcome["candidates"]):
            outcome["candidates"] = [candidate for candidate in outcome["candidates"] if not candidate["chosen"]]
            return True


def another_method_is_chosen_as_well(plan):
    for _, outcome in outcomes(plan, fate="lost"):
        for candidate in [candidate for candidate in outcome["candidates"] if candidate["chosen"]]:
            outcome["candidates"].append(dict(candidate))
            return True


def a_step_is_tried_again_in_less_than_its_figure(plan):
    for _, step in steps(plan):
        if step["figure"] and step["takes"] and not step["retries"] and not step["transfer"] and not step["stated"]:
            step.update(retries=1, attempt_cut=1)
            return True


def the_last_attempt_is_not_counted(plan):
    for _, step in steps(plan):
        if step["takes"] and step["takes"]["worst"] > 60000 and not step["retries"] and not step["figure"]:
            step.update(retries=1, attempt_cut=step["takes"]["worst"] - 10000)
            return True


def no_attempt_is_cut(plan):
    for _, step in steps(plan):
        if step["takes"] and step["takes"]["worst"] and not step["retries"]:
            step.update(retries=1, attempt_cut=None)
            return True


def a_last_step_is_taken_out(plan):
    for scenario, outcome in outcomes(plan):
        last = max(scenario["steps"], key=lambda step: step["ordinal"], default=None)
        if last and last["id"] in scenario["critical_path"] and last["asset"] == outcome["asset"] and len(outcome["steps"]) > 1:
            scenario["steps"].remove(last)
            outcome["steps"] = [step for step in outcome["steps"] if step != last["id"]]
            outcome["decides"] = outcome["steps"][-1] if outcome["decides"] == last["id"] else outcome["decides"]
            outcome["finish"] = first(step["finish"] for step in scenario["steps"] if step["id"] == outcome["decides"])
            return True


def groups_of(plan):
    return [(scenario, group) for scenario in plan["scenarios"] for group in scenario["groups"]]


def a_group_has_a_common_point_after_all(plan):
    """Full backups at different hours."""
    for scenario, group in groups_of(plan):
        lost = [o for o in scenario["assets"] for m in group["members"] if m["asset"] == o["asset"] and m["recovered"]]
        if not group["common_point"] and len(lost) > 1 and all(o["chain"] and isinstance(o["data_loss"], int) for o in lost):
            group.update(common_point=True, skew=0, point=min(o["data_loss"] for o in lost))
            return True


def a_member_stands_at_two_points(plan):
    """Another group, with a common point of its own, of a member and of what has other single points."""
    for scenario, group in groups_of(plan):
        members = [m["asset"] for m in group["members"] if m["recovered"]]
        single = [o["asset"] for o in scenario["assets"] if o["asset"] not in members and o["chain"] and isinstance(o["data_loss"], int)
                  and thing(plan, o["chain"][0]["backup"])["attributes"]["kind"] == "full"]
        declared = first(g for g in plan["groups"] if g["name"] == group["group"])
        if group["common_point"] and group["verdict"] == "ok" and len(members) > 1 and single:
            group["members"].append({**group["members"][0], "asset": single[0], "points": "slots"})
            declared["members"].append(single[0])
            return True


def a_group_agrees_without_steps(plan):
    for _, group in groups_of(plan):
        declared = first(g for g in plan["groups"] if g["name"] == group["group"])
        if not group["reconciles"] and not any(b["block"] == "reconcile" for b in thing(plan, declared["thing"])["blocks"]):
            group["reconciles"] = True
            return True


def an_intact_member_is_hardly_newer(plan):
    for _, group in groups_of(plan):
        if group["intact_newer_by"] and group["data_loss"]:
            group["intact_newer_by"] = 1
            return True


def an_availability_is_raised(plan):
    for slo in plan["slos"]:
        if slo["availability"] is not None:
            slo["availability"] += 1
            return True


def a_scenario_stands_twice(plan):
    if plan["scenarios"]:
        plan["scenarios"].append(plan["scenarios"][0])
        return True


TAMPERING = [value for name, value in list(globals().items())
             if callable(value) and re.match(r"(an?|the|its?|more|fewer|nothing|nobody|another)_", name)]
SPECIMENS = ["analysis/group-shared-run.case", "analysis/group-phase.case", "verdicts/groups-that-pin-one-member-apart",
             "verdicts/intact-beside-what-another-group-leads-back", "analysis/slo-serial.case", "analysis/missed-runs.case", "loss/skipped-runs.case",
             "loss/copies-keep-out.case",
             "clock/names-moved-by-hand.case", "analysis/known-gaps.case", "analysis/bandwidth-narrow.case",
             "analysis/archive-retrieval.case"]


def test_tampering_is_refused(env):
    """Each kind, in two plans that have a place for it; what is refused before does not count."""
    env.need_drc()
    module, plans, wrong = checker(env), [], []
    root = env.root / "tests" / "cases"
    plans += [(name, case_plan(env, root / name)) for name in SPECIMENS]
    with Sandbox() as folder:
        plans += [(name, planned(env, env.root / name, folder)) for name in EXAMPLES]
    before = {name: set(problems(module, plan)) for name, plan in plans}
    for tamper in TAMPERING:
        found = 0
        for name, plan in plans:
            if found == 2:
                break
            changed = copy.deepcopy(plan)
            if not tamper(changed):
                continue
            found += 1
            if not set(problems(module, changed)) - before[name]:
                wrong.append(f"{tamper.__name__} in {name}: accepted")
        if not found:
            wrong.append(f"{tamper.__name__}: no plan has a place for it")
    if wrong or len(TAMPERING) < 30:
        raise Failure(f"of {len(TAMPERING)} kinds:\n" + "\n".join(wrong))
