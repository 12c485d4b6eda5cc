"""The order in which hands pass on is part of the proof: the scripts keep to it, whatever `--jobs` allows, and a step that
failed hands over as well."""

import json
import pathlib

from lib.core import Sandbox
from lib.rig import Rig, check
from lib.terminal import Terminal

# Without the limit nothing waits for anything. With it each starts when the one before it ends; in which order, the plan says.
SPECIFICATION = """
kind place : site { level = host }
kind thing : infra {
  method fix {
    covers = [instance, host]
    rpo    = none
    step go { run = ["stub", self.name]  takes = 10m }
  }
}
kind desk : infra {
  method fix {
    covers = [instance, host]
    rpo    = none
    step turn { manual = "turn the key"  verify = ["stub", self.name]  takes = 10m }
  }
}
plan p { title = "p"  LIMIT }
site here : place { role = primary }
class lost { title = "Lost" }
asset one   : KIND { site = here  rto = 20m }
asset three : KIND { site = here  rto = 90m }
asset two   : KIND { site = here  rto = 40m }
scenario all { class = lost  fails = [one, two, three]  detect = 1m  declare = 0s }
"""


def specification(limit, kind):
    return SPECIFICATION.replace("LIMIT", limit).replace("KIND", kind)


def proven(rig):
    """The assets in the order in which the plan starts their steps; none may start together."""
    plan = json.loads((rig.folder / "out/plan.json").read_text(encoding="utf-8"))
    [scenario] = plan["scenarios"]
    starts = {step["asset"]: (step["start"]["worst"], step["finish"]["worst"]) for step in scenario["steps"]}
    order = sorted(starts, key=starts.get)
    check(len(order) == 3 and all(starts[a][1] <= starts[b][0] for a, b in zip(order, order[1:])), f"not one by one: {starts}")
    return order


def step_file(rig, name):
    [path] = pathlib.Path(rig.restore / "scenarios/all/steps").glob(f"*-{name}-*.sh")
    return path.read_text(encoding="utf-8")


def test_hands_pass_on_in_the_proven_order(env):
    with Sandbox() as folder:
        rig = Rig(env, folder, specification=specification("parallel = 1", "thing"))
        first, second, third = proven(rig)
        rig.behave(first, "sleep 0.7")
        rig.behave(second, "sleep 0.4")
        rig.run("all", "--yes-i-declare", "INC-1", "--jobs", "8", expect=0)
        events = [("end", c["end"]) if "end" in c else ("begin", c["args"][0]) for c in rig.calls()]
        check(events == [(what, name) for name in (first, second, third) for what in ("begin", "end")],
              f"not the order that was proven: {events}")
        check(f"Takes over the hands or the bandwidth of {first}.go." in step_file(rig, second), step_file(rig, second))
        check("Takes over" not in step_file(rig, first), step_file(rig, first))
        page = (folder / "out/runbooks/scenario-all.md").read_text(encoding="utf-8")
        check("Takes over the hands or the bandwidth of: step 1 " in page, page)


def test_without_a_limit_nothing_passes_on(env):
    with Sandbox() as folder:
        rig = Rig(env, folder, specification=specification("", "thing"))
        check("Takes over" not in "".join(step_file(rig, name) for name in ("one", "two", "three")), "hands are passed on")
        for name in ("one", "two", "three"):
            rig.behave(name, "sleep 1.5")
        rig.run("all", "--yes-i-declare", "INC-1", "--jobs", "8", expect=0)
        begun = [c["at"] for c in rig.calls() if "args" in c]
        check(max(begun) < min(c["at"] for c in rig.calls() if "end" in c), f"they ran one after the other: {rig.calls()}")


def test_a_failed_step_hands_over(env):
    with Sandbox() as folder:
        rig = Rig(env, folder, specification=specification("parallel = 1", "thing"))
        failed = proven(rig)[0]
        rig.behave(failed, "exit 1")
        rig.run("all", "--yes-i-declare", "INC-1", "--jobs", "8", expect=1)
        states = {step["step"]: step["state"] for step in rig.record()["steps"]}
        check(states == {f"{name}.go": "failed" if name == failed else "ok" for name in ("one", "two", "three")}, f"{states}")
        # Taken up again, the failed one runs alone: the others are done.
        rig.behave(failed, "exit 0")
        rig.forget()
        rig.run("all", "--resume", expect=0)
        check(rig.names() == [failed], f"{rig.names()}")


def test_one_pair_of_hands(env):
    """A step that a person does takes hands, even when a command verifies it. One that failed hands over too."""
    with Sandbox() as folder:
        rig = Rig(env, folder, specification=specification("operators = 1", "desk"))
        first, second, third = proven(rig)
        rig.behave(first, "sleep 0.7")
        rig.run("all", "--yes-i-declare", "INC-1", "--jobs", "8", "--answers",
                rig.answers(**{f"step__{first}__turn": "done", f"step__{second}__turn": "failed", f"step__{third}__turn": "done"}),
                expect=1)
        events = [("end", c["end"]) if "end" in c else ("begin", c["args"][0]) for c in rig.calls()]
        check(events == [("begin", first), ("end", first), ("begin", third), ("end", third)], f"{events}")


def test_nobody_at_the_keyboard(env):
    # No answers: each step waits for a person, and none keeps the others from being asked.
    with Sandbox() as folder:
        rig = Rig(env, folder, specification=specification("operators = 1", "desk"))
        rig.run("all", "--yes-i-declare", "INC-1", expect=1)
        states = {step["step"]: step["state"] for step in rig.record()["steps"]}
        check(set(states.values()) == {"waiting"}, f"{states}")


# Two who work by hand for hours, and a promotion that a word lets go on. The gate is there a second after them.
SLOW_HANDS = """
kind place : site { level = host }
kind desk : infra {
  method fix {
    covers = [instance, host]
    rpo    = none
    step turn { manual = "turn the key"  takes = 2h }
  }
}
kind first : infra {
  method fix {
    covers = [instance, host]
    rpo    = none
    step fence   { phase = fence    run = ["stub", "fence"]    takes = 1m }
    step promote { phase = recover  run = ["stub", "promote"]  takes = 5m  irreversible = true }
  }
}
person ann { name = "Ann"  phone = "+1"  email = "ann@example.com" }
person bob { name = "Bob"  phone = "+2"  email = "bob@example.com" }
plan p { title = "p"  owner = ann }
site here : place { role = primary }
class lost { title = "Lost" }
asset wiki : desk  { site = here  rto = 5h   owner = bob }
asset docs : desk  { site = here  rto = 5h   owner = ann }
asset main : first { site = here  rto = 30m  owner = ann }
scenario all { class = lost  fails = [main, wiki, docs]  detect = 1m  declare = 0s }
"""


def test_work_by_hand_hides_no_gate(env):
    """The point of no return is asked while two work by hand, both see their work, and each may say that he is done."""
    with Sandbox() as folder:
        rig = Rig(env, folder, specification=SLOW_HANDS)
        terminal = Terminal(rig.command("all"), folder, env.variables(folder, rig.variables()))
        terminal.expect("Type all to go on")
        terminal.type("all")
        terminal.expect("POINT OF NO RETURN")
        check("TO DO BY" in terminal.before, "work by hand was not shown first")
        terminal.type("yes")
        terminal.expect("ok     main.promote")
        seen = terminal.before
        terminal.type("later")
        terminal.expect("TO DO BY")
        terminal.type("done")
        terminal.expect("TO DO BY")
        terminal.type("done")
        code = terminal.finish()
        check(code == 0, f"exit {code}\n{seen}{terminal.text}")
