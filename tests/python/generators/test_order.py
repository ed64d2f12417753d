"""Quick orders and searches give what NumPy's plain ones give."""

from __future__ import annotations

import numpy as np
import pytest

from generators.core.calendar import DAY
from generators.core.choice import Draws
from generators.core.order import by_instant, flagged, groups_of, in_order, last_not_above
from generators.core.random import bounds_passed

_RNG = np.random.Generator(np.random.Philox(key=[1, 2]))


@pytest.mark.parametrize("count", [0, 1, 5_000])
def test_instants_are_put_in_a_stable_order(count: int) -> None:
    begin = 20_000 * DAY
    # Few distinct ones, the first and the last instant that there may be among them.
    at = begin + _RNG.choice(np.append(_RNG.integers(0, 3 * DAY, 300), [0, 3 * DAY - 1]), count)
    chosen = _RNG.random(count) < 0.7
    for rows, order in ((None, np.arange(count)), (chosen, np.flatnonzero(chosen))):
        found, instants = by_instant(at, begin, rows)
        np.testing.assert_array_equal(found, order[np.argsort(at[order], kind="stable")])
        np.testing.assert_array_equal(instants, at[found])


@pytest.mark.parametrize("count", [0, 1, 5_000])
def test_rows_are_put_in_order_as_lexsort_puts_them(count: int) -> None:
    far = np.iinfo(np.int64).max
    keys = (
        _RNG.random(count) < 0.5,
        _RNG.choice(np.array([-far, 0, far]), count),
        _RNG.integers(-3, 3, count),
        _RNG.integers(20_000 * DAY, 20_000 * DAY + 5, count),
    )
    np.testing.assert_array_equal(in_order(*keys), np.lexsort(keys))


@pytest.mark.parametrize("count", [0, 70_000])
def test_flagged_rows_are_found_in_blocks(count: int) -> None:
    flags, codes = _RNG.random(100) < 0.3, _RNG.integers(0, 100, count).astype(np.int32)
    np.testing.assert_array_equal(flagged(flags, codes), np.flatnonzero(flags[codes]))


def test_the_last_number_not_above_is_found_within_its_range() -> None:
    numbers = np.sort(_RNG.integers(0, 50, 200))
    low = _RNG.integers(0, 200, 2_000)
    high = np.minimum(low + _RNG.integers(0, 40, 2_000), 200)
    values = _RNG.integers(-5, 60, 2_000)
    expected = [
        first + np.searchsorted(numbers[first:end], value, side="right") - 1
        for first, end, value in zip(low, high, values, strict=True)
    ]
    np.testing.assert_array_equal(last_not_above(numbers, low, high, values), expected)


def test_rows_are_grouped_by_all_their_columns() -> None:
    columns = [_RNG.integers(0, 4, 500) for _ in range(3)]
    group, example = groups_of(*columns)
    keys = np.stack(columns, axis=1)
    np.testing.assert_array_equal(keys[example[group]], keys)
    assert len(example) == len(np.unique(keys, axis=0))


def test_draws_are_those_of_the_inverse_distribution() -> None:
    # Weights as uneven as those of recordings: many bounds in one step, many steps without one.
    weight = np.arange(1.0, 3_001.0) ** -1.3
    first, end = np.array([0, 1_000, 1_001, 0]), np.array([1_000, 1_001, 3_000, 3_000])
    draws = Draws(weight, first, end)
    running = np.concatenate(([0.0], np.cumsum(weight)))
    group = _RNG.integers(0, 4, 40_000)
    uniform = np.append(_RNG.random(39_998), [0.0, np.nextafter(1.0, 0.0)])
    low, high = running[first[group]], running[end[group]]
    at = np.searchsorted(running, low + uniform * (high - low), side="right") - 1
    np.testing.assert_array_equal(draws.items(uniform, group), np.clip(at, first[group], end[group] - 1))
    np.testing.assert_array_equal(
        draws.items(uniform.reshape(4, -1), group.reshape(4, -1)).ravel(), draws.items(uniform, group)
    )


@pytest.mark.parametrize("count", [0, 10, 5_000])
@pytest.mark.parametrize("bounds", [[], [0.5], [0.1, 0.1, 0.7, 1.0], list(np.arange(0.0, 1.0, 0.05))])
def test_bounds_passed_are_those_that_a_search_finds(bounds: list[float], count: int) -> None:
    # Numbers on the bounds, below the first and above the last are among them.
    values = _RNG.choice([*_RNG.random(300), *bounds, -1.0, 2.0], count)
    found = bounds_passed(np.array(bounds), values)
    np.testing.assert_array_equal(found, np.searchsorted(np.array(bounds), values, side="right"))


@pytest.mark.parametrize("shape", [(7,), (5_000,), (300, 12)])
def test_items_are_drawn_by_their_weight(shape: tuple[int, ...]) -> None:
    """Few numbers are searched for, many looked up; where weights differ much, several bounds lie in one step."""
    random = np.random.default_rng(5)
    draws = Draws(random.pareto(0.6, 2_000) + 1e-9, np.array([0, 500]), np.array([500, 2_000]))
    group, uniform = random.integers(0, 2, shape), random.random(shape)
    first, end = draws.running[draws.first[group]], draws.running[draws.end[group]]
    expected = np.searchsorted(draws.running, first + uniform * (end - first), side="right") - 1
    np.testing.assert_array_equal(draws.items(uniform, group), expected)
