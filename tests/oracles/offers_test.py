"""Offers under `help:` on random models: each is applied as it is written, and the specification compiled again."""

from lib.core import Failure, Sandbox
from oracles import lot, model
from suites import repairs


def test_offers_are_true(env):
    tried = 0
    for seed, rng in lot.seeds("offers", 5):
        text = model.specification(model.random_model(rng))
        if rng.random() < 0.3:
            text = text.replace('plan p { title = "P"  owner = keeper }', 'plan p { title = "P"  owner = keeper  operators = 1  parallel = 1 }')
        command = [], ["main.dr"]
        with Sandbox() as folder:
            (folder / "main.dr").write_text(text)
            before = repairs.check(env, folder, command, {})
            offers = list(repairs.offers_in(before))
            for diag, help_ in rng.sample(offers, min(3, len(offers))):
                tried += 1
                try:
                    repairs.verify_offer(env, folder, command, {}, before, diag, help_)
                except Failure as reason:
                    raise Failure(f"seed {seed}: {diag['message']}: {reason}\n{text[text.index('plan p'):]}") from None
    if tried < 5:
        raise Failure(f"only {tried} offers")
