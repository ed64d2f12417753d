"""Writes normal_tails.csv and chi_square_limits.csv, which no SQL of all engines can work out.

    python seeds/growth/make_statistics_tables.py

Tails are whole parts per million, half up, limits whole millionths.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from math import erfc, exp, floor, gamma, sqrt
from pathlib import Path

MILLION = 1_000_000
BEYOND_Z_MILLI = 5_100
"""From here on a tail rounds to nothing."""
TAILS_PPM = (1_000, 10_000, 50_000)
MOST_DEGREES = 9
FOLDER = Path(__file__).parent


def normal_tail(z: float) -> float:
    """How likely a standard normal figure lies at least so far from 0, on either side."""
    return erfc(z / sqrt(2))


def chi_square_tail(limit: float, degrees: int) -> float:
    """How likely the sum of so many squared standard normal figures is above a limit."""
    half, odd = limit / 2, degrees % 2
    powers = (odd / 2 + number for number in range(degrees // 2))
    terms = (float(half**power) / gamma(power + 1) for power in powers)
    return (erfc(sqrt(half)) if odd else 0.0) + exp(-half) * sum(terms)


def chi_square_limit(tail: float, degrees: int) -> float:
    """The figure above which the sum lies with that likelihood, to a hundredth of a millionth."""
    low, high = 0.0, 1_000.0
    while high - low > 1e-8:
        middle = (low + high) / 2
        low, high = (middle, high) if chi_square_tail(middle, degrees) > tail else (low, middle)
    return high


def _write(name: str, header: str, rows: Iterable[tuple[int, ...]]) -> None:
    with (FOLDER / name).open("w", newline="", encoding="utf-8") as file:
        file.write(header + "\n")
        csv.writer(file, lineterminator="\n").writerows(rows)


def main() -> None:
    """Write both files beside this script."""
    tails = ((milli, floor(normal_tail(milli / 1_000) * MILLION + 0.5)) for milli in range(BEYOND_Z_MILLI))
    _write("normal_tails.csv", "z_milli,two_sided_ppm", tails)
    limits = (
        (degrees, tail, floor(chi_square_limit(tail / MILLION, degrees) * MILLION + 0.5))
        for degrees in range(1, MOST_DEGREES + 1)
        for tail in TAILS_PPM
    )
    _write("chi_square_limits.csv", "degrees_of_freedom,tail_ppm,limit_micro", limits)


if __name__ == "__main__":
    main()
