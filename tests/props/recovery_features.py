"""What a specification can say about steps and drills, from the language to what runs: a kind of the test's own, whose
steps call a stub program."""

import json

from lib.core import Sandbox, readable
from lib.rig import Rig, check, index

SPECIFICATION = """
kind place : site { level = host }
kind thing : infra {
  attribute steps { type = string  default = "" }
  method fix {
    covers = [instance, host]
    rpo    = none
    step optional { when = self.steps == "flow"  run = ["stub", "optional"]  best_effort = true  timeout = 60s  takes = 1s }
    step goes-on  { when = self.steps == "flow"  run = ["stub", "goes-on"]  on_failure = continue  takes = 1s }
    step asks     { when = self.steps == "flow"  run = ["stub", "asks"]  on_failure = ask  takes = 1s }
    step first    { when = self.steps == "undo"  run = ["stub", "first"]  undo = ["stub", "undo-first"]  takes = 1s }
    step second   { when = self.steps == "undo"  run = ["stub", "second"]  undo = ["stub", "undo-second"]  takes = 1s }
    step third    { when = self.steps == "undo"  run = ["stub", "third"]  takes = 1s }
    step by-hand  { when = self.steps == "hand"  manual = "turn the key"  check = ["stub", "turned?"]  verify = ["stub", "holds?"]  takes = 1m }
    step looks    { when = self.steps == "look"  check = ["stub", "hangs"]  run = ["stub", "works"]  best_effort = true  timeout = 6s  takes = 1s }
    step last     { run = ["stub", "last", self.name]  takes = 1s }
  }
}
plan p { title = "p"  owner = ann }
person ann { name = "Ann"  phone = "1"  email = "a@example.com" }
site one : place { role = primary }
class lost { title = "Lost" }
channel bridge { type = slack  address = "#bridge" }
notice over { channel = bridge  subject = "It is over"  body = "Incident {{incident.id}} of {{incident.scenario}}" }
runbook told { for = [flow]  after { step tell { manual = "say it aloud"  notify = [over]  takes = 1m } } }
asset flow : thing { site = one  steps = "flow" }
asset undo : thing { site = one  steps = "undo" }
asset hand : thing { site = one  steps = "hand" }
asset look : thing { site = one  steps = "look" }
scenario flow { class = lost  fails = [flow]  detect = 1m  declare = 0s }
scenario undo { class = lost  fails = [undo]  detect = 1m  declare = 0s }
scenario hand { class = lost  fails = [hand]  detect = 1m  declare = 0s }
scenario look { class = lost  fails = [look]  detect = 1m  declare = 0s }
drill rehearsal {
  kind = functional
  scenario = flow
  cadence = 30d
  criteria = ["it worked"]
  environment { create = ["stub", "create"]  destroy = ["stub", "destroy"] }
  step one { run = ["stub", "drill-one"]  takes = 1m }
  step two { run = ["stub", "drill-two"]  takes = 1m }
}
drill talk { kind = tabletop  cadence = 90d  criteria = ["everybody knew what to do"] }
drill whole { kind = full  scenario = flow  cadence = 90d }
drill table { kind = tabletop  scenario = flow  cadence = 90d }
drill table-steps {
  kind = tabletop
  cadence = 90d
  environment { create = ["stub", "create"]  destroy = ["stub", "destroy"] }
  step one { run = ["stub", "drill-one"]  takes = 1m }
}
site two : place { role = recovery }
kind stored : data {
  method bring {
    covers = [instance, host]
    rpo    = 1m
    step ask  { when = !scenario.loses(self.site)  phase = fence  run = ["stub", "fence", self.name]  takes = 1s }
    step load { run = ["stub", "load", self.name, input.from]  takes = 1s }
    step lead { manual = "point them there"  takes = 1s }
    step look { phase = verify  run = ["stub", "look", self.name]  takes = 1s }
    input from { type = string  ask = "From where?" }
  }
}
site three : place { role = primary }
asset moves : stored { site = three  rto = 1h  rpo = 1h }
scenario away { class = lost  loses = [three]  detect = 1m  declare = 0s  recover_into = two }
scenario here { class = lost  fails = [moves]  detect = 1m  declare = 0s }
"""


def declared(name):
    return (name, "--yes-i-declare", "INC-1")


def states(rig):
    return {step["step"]: step["state"] for step in rig.record()["steps"]}


def test_failure_policies(env):
    with Sandbox() as folder:
        rig = Rig(env, folder, specification=SPECIFICATION)
        for name in ("optional", "goes-on"):
            rig.behave(name, "exit 1")
        rig.behave("asks", "once exit 1")
        rig.run(*declared("flow"), "--answers", rig.answers(failure__flow__asks="retry", step__told__tell="done"), expect=0)
        check("Send by hand to #bridge (slack)" in rig.output and "Incident INC-1 of flow" in rig.output, rig.output)
        found = states(rig)
        check(found["flow.optional"] == "continued" and found["flow.goes-on"] == "continued" and found["flow.asks"] == "ok"
              and found["flow.last"] == "ok", f"{found}")
        check(rig.names().count("asks") == 2, f"{rig.names()}")
    with Sandbox() as folder:
        rig = Rig(env, folder, specification=SPECIFICATION)
        rig.behave("asks", "exit 1")
        rig.run(*declared("flow"), "--answers", rig.answers(failure__flow__asks="block"), expect=1)
        check(states(rig)["flow.last"] == "blocked", f"{states(rig)}")
        rig.run("flow", "--resume", "--answers", rig.answers(failure__flow__asks="continue", step__told__tell="done"),
                expect=1)
        check(states(rig)["flow.last"] == "ok", f"{states(rig)}")
        check("without 1 step of what is recovered" in rig.output, rig.output)


def test_a_look_that_hangs_costs_no_more_than_the_step(env):
    with Sandbox() as folder:
        rig = Rig(env, folder, specification=SPECIFICATION)
        rig.behave("hangs", "sleep 60")
        rig.behave("works", "sleep 60")
        rig.run(*declared("look"), expect=0)
        check(rig.names()[:2] == ["hangs", "works"], f"the look took the time of the work: {rig.names()}")
        took = [line["duration_ms"] for line in rig.journal() if line["event"] == "step" and line.get("id") == "look.looks" and "duration_ms" in line]
        check(states(rig)["look.looks"] == "continued" and took and took[-1] < 9000, f"the proof counts 6 s: {took} ms")


def test_a_wrong_answer_can_be_changed(env):
    with Sandbox() as folder:
        rig = Rig(env, folder, specification=SPECIFICATION)
        rig.behave("load", "once exit 1")
        rig.run(*declared("here"), "--answers", rig.answers(**{"input.moves.from": "mistyped", "step.moves.lead": "done"}), expect=1)
        rig.run("here", "--resume", "--answers", rig.answers(**{"input.moves.from": "right", "step.moves.lead": "done"}), expect=0)
        asked = [call["args"] for call in rig.calls() if call.get("args", [""])[0] == "load"]
        check([args[2] for args in asked] == ["mistyped", "right"], f"the new answer was not taken: {asked}")


def test_rollback(env):
    with Sandbox() as folder:
        rig = Rig(env, folder, specification=SPECIFICATION)
        rig.behave("third", "exit 1")
        rig.run(*declared("undo"), expect=1)
        rig.run("undo", "--rollback", expect=0)
        names = rig.names()
        second, first = index(names, "undo-second", "undo-first")
        check(second < first, f"not newest first: {names}")
        # Afterwards everything is to be done again.
        rig.behave("third", "exit 0")
        rig.forget()
        rig.run("undo", "--resume", expect=0)
        index(rig.names(), "first", "second", "third", "last")


def test_manual_steps_are_checked(env):
    with Sandbox() as folder:
        rig = Rig(env, folder, specification=SPECIFICATION)
        rig.behave("turned?", "once exit 1")
        rig.behave("holds?", "once exit 1")
        rig.run(*declared("hand"), "--answers", rig.answers(step__hand__by_hand="done"), expect=1)
        # `by-hand` cannot be a keyword: the key in the answers file has its name as written.
        (folder / "answers").write_text("step.hand.by-hand=done\n")
        rig.forget()
        rig.behave("turned?", "exit 1")
        rig.behave("holds?", "once exit 1")
        rig.run("hand", "--resume", "--answers", str(folder / "answers"), expect=1)
        check(states(rig)["hand.by-hand"] == "failed", f"said to be done, but it does not hold: {states(rig)}")
        rig.run("hand", "--resume", "--answers", str(folder / "answers"), expect=0)
        check(states(rig)["hand.by-hand"] == "ok", f"{states(rig)}")
    with Sandbox() as folder:
        rig = Rig(env, folder, specification=SPECIFICATION)
        rig.run(*declared("hand"), expect=0)
        check(states(rig)["hand.by-hand"] == "skipped", f"done already, and yet somebody was asked: {states(rig)}")


def test_a_step_left_out_is_no_recovery(env):
    """Who skips the step that recovers gets no "met", no good end and no record that says so."""
    with Sandbox() as folder:
        rig = Rig(env, folder, specification=SPECIFICATION)
        rig.behave("turned?", "exit 1")
        (folder / "answers").write_text("step.hand.by-hand=skip\n")
        rig.run(*declared("hand"), "--answers", str(folder / "answers"), expect=1)
        check(states(rig)["hand.by-hand"] == "left-out" and states(rig)["hand.last"] == "ok", f"{states(rig)}")
        check(all(asset["rto_verdict"] != "met" for asset in rig.record()["assets"]), f"{rig.record()['assets']}")
        check("left-out: hand.by-hand" in rig.output and "objectives that were measured" not in rig.output, rig.output)


def drill(rig, name, *arguments):
    done = rig.env.run(["bash", rig.restore / f"drills/{name}.sh", *arguments], rig.folder, env=rig.variables(), timeout=60,
                       limit=False)
    rig.output = readable(done.stdout) + readable(done.stderr)
    return done.code


def drill_record(rig):
    return json.loads(max((rig.folder / "state/drills").glob("*.json")).read_text())


def test_drill(env):
    with Sandbox() as folder:
        rig = Rig(env, folder, specification=SPECIFICATION)
        check(drill(rig, "rehearsal") == 3 and rig.names() == [], f"not confirmed, but {rig.names()}")
        check(drill(rig, "rehearsal", "--dry-run") == 0 and rig.names() == [], f"a dry run did {rig.names()}")
        check("stub create" in rig.output and "stub destroy" in rig.output, rig.output)
        check(drill(rig, "rehearsal", "--yes") == 0, rig.output)
        check(rig.names() == ["create", "drill-one", "drill-two", "destroy"], f"{rig.names()}")
        record = drill_record(rig)
        check(record["success"] is None and [part["state"] for part in record["parts"]] == ["ok"] * 3
              and record["criteria"] == [{"text": "it worked", "met": None}], f"{record}")


def test_failed_drill_is_taken_down(env):
    with Sandbox() as folder:
        rig = Rig(env, folder, specification=SPECIFICATION)
        rig.behave("drill-one", "exit 1")
        check(drill(rig, "rehearsal", "--yes") == 1, rig.output)
        check(rig.names() == ["create", "drill-one", "destroy"], f"{rig.names()}")
        check(drill_record(rig)["success"] is False, f"{drill_record(rig)}")
        rig.forget()
        rig.behave("create", "exit 1")
        check(drill(rig, "rehearsal", "--yes") == 1, rig.output)
        check(rig.names() == ["create", "destroy"], f"what was half made was not taken down: {rig.names()}")


def test_drill_of_a_scenario(env):
    with Sandbox() as folder:
        rig = Rig(env, folder, specification=SPECIFICATION)
        answers = rig.answers(step__told__tell="done")
        # It comes back where it serves: nothing of it is done there, and that is no success.
        check(drill(rig, "whole", "--yes", "--answers", answers) == 1 and rig.names() == [], f"{rig.names()} {rig.output}")
        check("Nothing was rehearsed" in rig.output, rig.output)
        record = drill_record(rig)
        check(record["success"] is False, f"{record}")
        with open(record["recovery_record"], encoding="utf-8") as file:
            check(json.load(file)["kind"] == "drill-simulated", "the record of the rehearsal")
        check(drill(rig, "whole", "--yes", "--for-real", "--answers", answers) == 0, rig.output)
        index(rig.names(), "asks", "last")
        check(drill_record(rig)["success"] is True, f"{drill_record(rig)}")


def test_a_drill_leaves_what_serves_alone(env):
    """Nothing has happened in a drill: what would be restored where it serves, serves. What comes back elsewhere is rehearsed."""
    with Sandbox() as folder:
        rig = Rig(env, folder, specification=SPECIFICATION)
        (folder / "answers").write_text("confirm=DRILL\n")
        rig.run("here", "--drill", "--answers", str(folder / "answers"), expect=1)
        check(rig.names() == [] and set(states(rig).values()) == {"simulated"}, f"{rig.names()} {states(rig)}")
        check(all(asset["rto_verdict"] != "met" for asset in rig.record()["assets"]), f"{rig.record()}")
        (folder / "answers").write_text("confirm=DRILL\ninput.from=there\nstep.moves.lead=done\n")
        rig.run("away", "--drill", "--only", "moves", "--answers", str(folder / "answers"), expect=0)
        check(rig.names() == ["load", "look"] and "change nothing that serves" in rig.output, f"{rig.names()} {rig.output}")


def test_a_tabletop_runs_nothing(env):
    with Sandbox() as folder:
        rig = Rig(env, folder, specification=SPECIFICATION)
        answers = rig.answers(step__told__tell="done")
        for name, shown in (("table", "stub last"), ("table-steps", "stub drill-one")):
            for more in ((), ("--with-recovery",), ("--for-real", "--answers", answers)):
                check(drill(rig, name, "--yes", *more) == 2 and rig.names() == [], f"{name} {more}: {rig.names()} {rig.output}")
                check(shown in rig.output and drill_record(rig)["success"] is None, rig.output)
        check(drill(rig, "table-steps", ":drill_step_1") == 4 and rig.names() == [], f"{rig.names()}")


def test_drill_without_commands(env):
    with Sandbox() as folder:
        rig = Rig(env, folder, specification=SPECIFICATION)
        check(drill(rig, "talk", "--yes") == 2 and "carry the drill out" in rig.output, rig.output)
        check(drill_record(rig)["success"] is None, f"{drill_record(rig)}")
