"""How many cases, and which: for the tests of the suite `oracles`."""

import os
import random


def effort():
    return max(1, int(os.environ.get("DRC_ORACLES", "1")))


def seeds(name, count):
    """(seed, generator) for each case; a failure that names its seed can be seen again with DRC_ORACLE_SEED."""
    given = os.environ.get("DRC_ORACLE_SEED")
    first = int(given) if given else 20261121
    for n in range(1 if given and effort() == 1 else count * effort()):
        yield first + n, random.Random(f"{name} {first + n}")
