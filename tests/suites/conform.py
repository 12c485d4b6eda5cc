"""Kinds against the real thing, from a copy to a recovery elsewhere: the conformance kit (tests/conform). DRC_CONFORM_SEEDS=1,2,3 takes other seeds."""

import os

from conform.cases import CASES, EXECUTED
from conform.kit import conform
from lib.core import Failure, Test


def seeds():
    return [int(word) for word in os.environ.get("DRC_CONFORM_SEEDS", "1").split(",") if word]


def attempt(env, name, seed):
    env.need_drc()
    found = conform(env, CASES[name], seed)
    if found != EXECUTED[name]:
        raise Failure(f"it went through {sorted(found)}, and is listed for {sorted(EXECUTED[name])}")


def collect(env):
    for name in CASES:
        for seed in seeds():
            yield Test(f"{name}-{seed}", lambda name=name, seed=seed: attempt(env, name, seed))
