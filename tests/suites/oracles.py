"""The analysis against oracles that share no line with it: random input, answers by brute force or by a second implementation.

Every test has a fixed seed and says in a failure how to see the case again. DRC_ORACLES=N multiplies the number of cases (N = 10 is a
good way to look for mistakes after a change), DRC_ORACLE_SEED=S takes other ones.
"""

import importlib

from lib.core import Test

MODULES = ("schedules_test", "hands_test", "worlds_test", "times_test", "survival_test", "properties_test", "offers_test")


def collect(env):
    for name in MODULES:
        module = importlib.import_module(f"oracles.{name}")
        for key, value in vars(module).items():
            if key.startswith("test_"):
                yield Test(f"{name[:-len('_test')]}/{key[len('test_'):].replace('_', '-')}", lambda value=value: value(env))
