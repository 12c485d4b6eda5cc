"""Rows for tests/oracles/arithmetic.inc: calculations with units and what Python's exact fractions make of them.

    python3 tests/oracles/arithmetic.py > tests/oracles/arithmetic.inc

The rounding rules are those of the language reference (grammar/README.md): durations, sizes and money are rounded up, decimals and
shares to the nearest billionth with halves away from zero, rates are exact.
"""

import random
from fractions import Fraction
from math import ceil, floor

NANO = 10**9
LIMIT = 2**63 - 1
rng = random.Random(20261121)


def nearest(value):
    return floor(value + Fraction(1, 2)) if value >= 0 else -floor(-value + Fraction(1, 2))


def decimal_text(nano):
    text = f"{abs(nano) // NANO}.{abs(nano) % NANO:09d}".rstrip("0").rstrip(".")
    return text if nano >= 0 else f"-({text})"


def duration():
    ms = rng.choice([rng.randrange(1, 5000), rng.randrange(1, 10**8), rng.randrange(1, 10**12)])
    return f"{ms}ms", Fraction(ms)


def size():
    count = rng.choice([rng.randrange(1, 5000), rng.randrange(1, 10**9), rng.randrange(1, 10**15)])
    return f"{count}B", Fraction(count)


def rate():
    """Bytes per millisecond."""
    count, unit = rng.randrange(1, 10**6), rng.choice([("s", 1000), ("m", 60000), ("h", 3600000), ("d", 86400000)])
    return f"{count}B/{unit[0]}", Fraction(count, unit[1])


def decimal():
    nano = rng.randrange(1, 10**rng.randrange(3, 13))
    return decimal_text(nano), Fraction(nano, NANO)


def percent():
    units = rng.randrange(1, 100 * 10**4)
    return decimal_text(units * 10**5) + "%", Fraction(units, 10**6)


def integer():
    number = rng.randrange(1, 10**rng.randrange(1, 7))
    return str(number), Fraction(number)


def as_duration(value):
    return f"{ceil(value)}ms" if abs(ceil(value)) <= LIMIT else None


def as_size(value):
    return f"{ceil(value)}B" if abs(ceil(value)) <= LIMIT else None


def as_decimal(value):
    return decimal_text(nearest(value * NANO)) if abs(nearest(value * NANO)) <= LIMIT else None


def as_percent(value):
    nano = nearest(value * NANO)
    # A percentage of nine digits after the point has no literal; it is compared times 100 as a decimal share of one.
    return None if nano % 10**2 else decimal_text(nano * 100) + "%"


FORMS = [
    (duration, "*", decimal, lambda a, b: as_duration(a * b)),
    (decimal, "*", duration, lambda a, b: as_duration(a * b)),
    (duration, "*", percent, lambda a, b: as_duration(a * b)),
    (duration, "/", decimal, lambda a, b: as_duration(a / b)),
    (duration, "/", integer, lambda a, b: as_duration(a / b)),
    (duration, "/", percent, lambda a, b: as_duration(a / b)),
    (duration, "/", duration, lambda a, b: as_decimal(a / b)),
    (size, "/", rate, lambda a, b: as_duration(a / b)),
    (rate, "*", duration, lambda a, b: as_size(a * b)),
    (duration, "*", rate, lambda a, b: as_size(a * b)),
    (size, "*", decimal, lambda a, b: as_size(a * b)),
    (size, "/", size, lambda a, b: as_decimal(a / b)),
    (percent, "*", size, lambda a, b: as_size(a * b)),
    (rate, "/", rate, lambda a, b: as_decimal(a / b)),
    (decimal, "*", decimal, lambda a, b: as_decimal(a * b)),
    (decimal, "/", decimal, lambda a, b: as_decimal(a / b)),
    (integer, "/", integer, lambda a, b: as_decimal(a / b)),
    (integer, "*", percent, lambda a, b: as_decimal(a * b)),
    (percent, "*", percent, lambda a, b: as_percent(a * b)),
    (duration, "%", duration, lambda a, b: f"{a % b}ms"),
    (duration, "-", duration, lambda a, b: f"-({b - a}ms)" if a < b else f"{a - b}ms"),
]


def main():
    print("/* Made by tests/oracles/arithmetic.py: a calculation, and its result by exact fractions. */")
    for left, operator, right, result in FORMS:
        made = 0
        while made < 6:
            (a, x), (b, y) = left(), right()
            want = result(x, y)
            if want is None:
                continue
            made += 1
            print(f'{{"({a}) {operator} ({b}) == {want}", "true"}},')
    # Rates are compared without rounding, also where no literal could say them.
    for _ in range(12):
        (a, x), (b, y) = size(), duration()
        (c, z) = rate()
        print(f'{{"{a} / {b} < {c}", "{"true" if x / y < z else "false"}"}},')


if __name__ == "__main__":
    main()
