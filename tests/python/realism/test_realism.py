"""Generated data look as the realism table of the definitions says, and what is planted is found, seed by seed.

A plain run measures two seeds, `make test-realism` twenty. At most one seed may miss what is expected.
"""

from __future__ import annotations

import numpy as np
import pytest

from generators.core.effects import effects
from tests.python.generators.tier_rules import RULES
from tests.python.realism.conftest import FEW, Broken, Results, seeds, together, tolerance
from tests.python.realism.intervals import COVERED, METRICS, Interval, allowed, coverage, missed_by
from tests.python.realism.intervals import PLANTED as INTERVALS_PLANTED
from tests.python.realism.measurements import (
    FIGURES,
    NOTHING,
    PLANTED,
    STANDARD_ERRORS,
    TOGETHER,
    Figure,
    Found,
    Planted,
)

ReadOuts = dict[bool, list[dict[str, Interval]]]
_BY_ROW = {f"breaches.{rule}" for rule in RULES}
"""Effects whose rows are found one by one, by ``test_tier_rules`` and below."""
# Two seeds tell an effect of this size from none too seldom; the suite has no time for more in each run.
many_seeds = pytest.mark.skipif(len(seeds()) <= FEW, reason="make test-realism takes more seeds")


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_a_figure_is_that_of_the_definitions(figure: Figure, results: Results) -> None:
    found = [measured.value for measured in results[figure.name, True]]
    missed = [value for value in found if abs(value - figure.expected) > figure.tolerance]
    assert len(missed) <= 1, f"expected {figure.expected} within {figure.tolerance}: {found}"


@pytest.mark.parametrize("planted", [*PLANTED, *NOTHING], ids=lambda planted: planted.name)
@pytest.mark.parametrize("on", [True, False], ids=["effects on", "effects off"])
def test_an_effect_has_its_size_and_none_where_it_is_off(planted: Planted, on: bool, results: Results) -> None:
    expected = planted.expected if on else planted.neutral
    found = results[planted.name, on]
    missed = [each for each in found if abs(each.value - expected) > tolerance(each, expected, planted.slack)]
    assert len(missed) <= 1, f"expected {expected}: {[each.value for each in found]}"


@pytest.mark.parametrize("planted", [each for each in PLANTED if each.alone], ids=lambda planted: planted.name)
def test_an_effect_is_found_in_each_seed_and_not_where_it_is_off(planted: Planted, results: Results) -> None:
    """Beyond three standard errors of its own: who has one seed's data alone finds it."""
    for on in (True, False):
        found = results[planted.name, on]
        seen = [abs(each.value - planted.neutral) > STANDARD_ERRORS * each.error_at(planted.neutral) for each in found]
        assert seen.count(not on) <= 1, f"effects {'on' if on else 'off'}: {found}"


@many_seeds
@pytest.mark.parametrize("planted", PLANTED, ids=lambda planted: planted.name)
def test_an_effect_is_told_from_none(planted: Planted, results: Results) -> None:
    """So many seeds together could not take it for nothing: the tolerances are no wider than what they look for."""
    found = results[planted.name, True]
    mean = np.mean([each.value for each in found])
    error = np.mean([each.error_at(planted.expected) for each in found]) / len(found) ** 0.5
    assert abs(mean - planted.neutral) > STANDARD_ERRORS * error + planted.slack


@many_seeds
@pytest.mark.parametrize("planted", TOGETHER, ids=lambda planted: planted.name)
@pytest.mark.parametrize("on", [True, False], ids=["effects on", "effects off"])
def test_what_is_seldom_is_measured_by_all_seeds(planted: Planted, on: bool, results: Results) -> None:
    found, expected = together(results[planted.name, on]), planted.expected if on else planted.neutral
    assert abs(found.value - expected) <= tolerance(found, expected, planted.slack)
    assert not on or found.value - planted.neutral > STANDARD_ERRORS * found.error + planted.slack


def test_every_effect_is_measured() -> None:
    measured = {planted.name for planted in (*PLANTED, *TOGETHER)} | _BY_ROW
    assert set(effects()) <= measured
    assert measured - {"incidents"} <= set(effects())


@many_seeds
@pytest.mark.parametrize("number", seeds())
def test_exactly_the_planted_breaches_are_found(number: int, broken: Broken) -> None:
    found = broken[number]
    assert found.found == found.listed
    assert found.off == {rule: set() for rule in RULES}


@many_seeds
@pytest.mark.parametrize("rule", RULES)
def test_breaches_are_planted_at_their_rate(rule: str, rates: dict[str, tuple[Found, float]]) -> None:
    """Against all that could break the rule: what does where none is kept."""
    found, expected = rates[rule]
    assert abs(found.value - expected) <= STANDARD_ERRORS * found.error
    assert found.value > STANDARD_ERRORS * found.error, "told from none"


@many_seeds
@pytest.mark.parametrize("on", [True, False], ids=["effects on", "effects off"])
def test_intervals_of_experiments_hold_the_truth(on: bool, read_outs: ReadOuts) -> None:
    """In 95 of 100 cases, and of no metric in far fewer."""
    inside = coverage(read_outs[on], with_effects=on)
    assert len(inside) == METRICS
    every = [each for metric in inside.values() for each in metric]
    assert abs(np.mean(every) - COVERED) <= allowed(len(every))
    assert all(np.mean(metric) >= COVERED - allowed(len(metric)) for metric in inside.values()), inside


@many_seeds
@pytest.mark.parametrize("effect", INTERVALS_PLANTED)
@pytest.mark.parametrize("on", [True, False], ids=["effects on", "effects off"])
def test_experiments_find_what_is_planted(effect: str, on: bool, read_outs: ReadOuts) -> None:
    """On average over the seeds, to three standard errors; and what is planted is told from nothing."""
    missed, error = missed_by(read_outs[on], effect, with_effects=on)
    assert abs(missed) <= STANDARD_ERRORS * error
    assert not on or abs(missed_by(read_outs[True], effect, with_effects=False)[0]) > STANDARD_ERRORS * error
