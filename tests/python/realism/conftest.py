"""Measures each seed once, with effects and without, and prints what was found."""

from __future__ import annotations

import os

import numpy as np
import pytest

from tests.python.realism.measurements import FIGURES, NOTHING, PLANTED, STANDARD_ERRORS, Found
from tests.python.realism.worlds import Seed

FIRST_SEED = 100
FEW = 2
"""Seeds of a plain run; `make test-realism` takes twenty."""
Results = dict[tuple[str, bool], list[Found]]
_lines: list[str] = []


def seeds() -> range:
    """Seeds that are measured: as many as SONIC_REALISM_SEEDS says."""
    return range(FIRST_SEED, FIRST_SEED + int(os.environ.get("SONIC_REALISM_SEEDS", FEW)))


@pytest.fixture(scope="session")
def results() -> Results:
    """What each measurement gave by name and by whether effects were planted, seed by seed."""
    found: Results = {}
    for number in seeds():
        for effects in (True, False):
            seed = Seed(number, effects=effects)
            for planted in (*PLANTED, *NOTHING):
                found.setdefault((planted.name, effects), []).append(planted.measure(seed))
            if effects:
                for figure in FIGURES:
                    found.setdefault((figure.name, True), []).append(Found(figure.measure(seed)))
    for figure in FIGURES:
        _tell(figure.name, figure.expected, [(f.value, figure.tolerance) for f in found[figure.name, True]])
    for planted in (*PLANTED, *NOTHING):
        for effects, expected in ((True, planted.expected), (False, planted.neutral)):
            name = planted.name if effects else f"{planted.name} (effects off)"
            values = found[planted.name, effects]
            _tell(name, expected, [(f.value, tolerance(f, expected, planted.slack)) for f in values])
    return found


def tolerance(found: Found, expected: float, slack: float) -> float:
    """By how much a seed may miss what is expected of an effect."""
    return STANDARD_ERRORS * found.error_at(expected) + slack


def _tell(name: str, expected: float, measured: list[tuple[float, float]]) -> None:
    values, allowed = np.array(measured).T
    within = int((np.abs(values - expected) <= allowed).sum())
    _lines.append(
        f"{name:<50}{expected:>10.4f}{np.median(allowed):>10.4f}{values.mean():>10.4f}{within:>5} of {len(values)}"
    )


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the table of a run over many seeds."""
    if _lines and len(seeds()) > FEW:
        terminalreporter.section("realism")
        terminalreporter.write_line(f"{'measurement':<50}{'expected':>10}{'tolerance':>10}{'mean':>10}   within")
        for line in _lines:
            terminalreporter.write_line(line)
