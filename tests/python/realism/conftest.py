"""Measures each seed once, with effects and without, and prints what was found."""

from __future__ import annotations

import os
from dataclasses import dataclass

import numpy as np
import pytest

from generators.core.effects import effects as planted_effects
from generators.core.world import World
from tests.python.generators.tier_rules import RULES, Rows, breaches, listed, tables_of
from tests.python.realism.intervals import COVERED, Interval, allowed, coverage, read_out
from tests.python.realism.measurements import FIGURES, NOTHING, PLANTED, STANDARD_ERRORS, TOGETHER, Found
from tests.python.realism.worlds import Seed

FIRST_SEED = 100
FEW = 2
"""Seeds of a plain run; `make test-realism` takes twenty."""
Results = dict[tuple[str, bool], list[Found]]
_BREACH_SCALE, _BREACH_DAYS = 0.05, 20
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
            for planted in (*PLANTED, *NOTHING, *TOGETHER):
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
    for planted in TOGETHER:
        for effects, expected in ((True, planted.expected), (False, planted.neutral)):
            name = f"{planted.name}, all seeds" if effects else f"{planted.name}, all seeds (effects off)"
            all_ = together(found[planted.name, effects])
            _tell(name, expected, [(all_.value, tolerance(all_, expected, planted.slack))])
    return found


@dataclass(frozen=True)
class Breaches:
    """Rows of one seed that break each rule: those found and those listed, found with effects off, and of all rules."""

    found: dict[str, Rows]
    listed: dict[str, Rows]
    off: dict[str, Rows]
    every: dict[str, Rows]
    """Found where no rule is kept: whatever could break it."""


Broken = dict[int, Breaches]


class Unruly(World):
    """A world in which whatever can break a rule does."""

    def effect(self, name: str) -> float:
        """Size of an effect."""
        return 1.0 if name.startswith("breaches.") else super().effect(name)


@pytest.fixture(scope="session")
def broken() -> Broken:
    """Breaches of the rules of tiers and families, seed by seed."""
    found = {}
    for number in seeds():
        on, off = (Seed(number, effects=effects).world(_BREACH_SCALE) for effects in (True, False))
        days = tables_of(on, _BREACH_DAYS)
        found[number] = Breaches(
            found=breaches(days),
            listed=listed(on, days),
            off=breaches(tables_of(off, _BREACH_DAYS)),
            every=breaches(tables_of(Unruly(number, _BREACH_SCALE), _BREACH_DAYS)),
        )
    return found


@pytest.fixture(scope="session")
def rates(broken: Broken) -> dict[str, tuple[Found, float]]:
    """Rate of breaches of each rule, by all seeds, and the one planted."""
    found = {}
    for rule in RULES:
        expected = planted_effects()[f"breaches.{rule}"].size
        hits, of = np.array([(len(e.found[rule]), len(e.every[rule])) for e in broken.values()], dtype=np.float64).T
        # Hours of skips, days of a child and recordings break a rule as a whole: a seed is one observation of the rate.
        # How far seeds lie from what they say together is its error; measured from what is planted it would grow with
        # a wrong rate and excuse it.
        rate = float(hits.sum() / of.sum())
        error = float(np.sqrt(((hits - rate * of) ** 2).sum() * len(of) / (len(of) - 1)) / of.sum())
        found[rule] = Found(rate, error), expected
        _tell(f"breaches.{rule}, all seeds", expected, [(found[rule][0].value, STANDARD_ERRORS * error)])
    return found


@pytest.fixture(scope="session")
def read_outs() -> dict[bool, list[dict[str, Interval]]]:
    """Intervals of the experiments, seed by seed, by whether effects were planted."""
    found = {on: [read_out(number, with_effects=on) for number in seeds()] for on in (True, False)}
    for on, all_ in found.items():
        covered = [inside for each in coverage(all_, with_effects=on).values() for inside in each]
        name = "intervals of experiments" if on else "intervals of experiments (effects off)"
        _tell(name, COVERED, [(float(np.mean(covered)), allowed(len(covered)))])
    return found


def together(found: list[Found]) -> Found:
    """What all seeds say, each weighed by how well it knows."""
    weight = np.array([each.error**-2.0 for each in found])
    value = sum(w * each.value for w, each in zip(weight, found, strict=True)) / max(weight.sum(), 1e-12)
    return Found(float(value), float(max(weight.sum(), 1e-12) ** -0.5))


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
