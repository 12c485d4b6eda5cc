"""Random models through the compiler and through the second implementation in model.py: every asset of every scenario must agree."""

from lib.core import Failure, Sandbox, Skip
from oracles import lot, model

MINUTE = 60000


def minutes(value):
    if value is None or value == "n/a":
        return value
    return value / MINUTE if value % MINUTE else value // MINUTE


def compare(plan, proof, what):
    for scenario in plan["scenarios"]:
        want = proof[scenario["name"]]
        got = {state["asset"]: state for state in scenario["assets"]}
        if sorted(got) != sorted(want):
            raise Failure(f"{what}\n{scenario['name']}: {sorted(got)} are affected, the oracle says {sorted(want)}")
        for name, state in got.items():
            other = want[name]
            mine = {"fate": state["fate"], "method": state["method"], "finish": minutes(state["finish"] and state["finish"]["worst"]),
                    "loss": minutes(state["data_loss"]), "rto": minutes(state["rto"] and state["rto"]["ms"]), "rpo": minutes(state["rpo"] and state["rpo"]["ms"]),
                    "rto_verdict": state["rto_verdict"], "rpo_verdict": state["rpo_verdict"]}
            for key, value in mine.items():
                if value != other[key]:
                    raise Failure(f"{what}\n{scenario['name']}, {name}: {key} is {value}, the oracle says {other[key]}\n"
                                  f"compiler {mine}\noracle   {other}")
            if state["loss"] and state["loss"] not in other["losses"]:
                raise Failure(f"{what}\n{scenario['name']}, {name}: lost as {state['loss']}, the oracle says {other['losses']}")


def test_second_implementation(env):
    # It knows nothing yet of zones that a method covers, of what is counted, nor of how long an intruder stays.
    raise Skip("the second implementation speaks of survival as version 0.1.0 did; it is to be written anew from the page")
    lost = 0
    for seed, rng in lot.seeds("model", 40):
        world = model.random_model(rng)
        text = model.specification(world)
        with Sandbox() as folder:
            plan = lot.plan_of(env, folder, text)
        proof = model.prove(world)
        compare(plan, proof, f"seed {seed}\n{text[text.index('plan p'):]}")
        lost += sum(r["fate"] == "lost" for results in proof.values() for r in results.values())
    if lost < 40:
        raise Failure(f"the models are too tame: {lost} losses")
