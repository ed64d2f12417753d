"""Generated data is a function of (seed, scale, day): alone, in any order, in parts or at once."""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from generators.api import generate, make_day
from generators.core.lake import existing_days
from generators.core.random import hash_uniform, stream
from generators.core.world import World

from .conftest import FIRST_DAY

_SCALE = 0.02


def bytes_of(lake: Path) -> dict[str, str]:
    """Hash of every file below a lake by its relative path."""
    return {
        str(path.relative_to(lake)): sha256(path.read_bytes()).hexdigest()
        for path in sorted(lake.rglob("*"))
        if path.is_file()
    }


def test_thirty_days_and_one_more_are_thirty_one(tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    generate(whole, scale=_SCALE, days=31, clean=True)
    generate(parts, scale=_SCALE, days=30, clean=True)
    written = generate(parts, scale=_SCALE, days=31, clean=True)
    assert written == [FIRST_DAY + timedelta(days=30)]
    assert bytes_of(parts) == bytes_of(whole)


def test_a_day_made_alone_is_the_day_made_in_order() -> None:
    days = [FIRST_DAY + timedelta(days=n) for n in (47, 3, 4, 20, 0)]
    shared = World(seed=7, scale=_SCALE)
    together = {day: make_day(shared, day) for day in days}
    for day in sorted(days):
        alone = make_day(World(seed=7, scale=_SCALE), day)
        assert set(alone) == set(together[day])
        for name, table in alone.items():
            assert table.equals(together[day][name]), f"{name} of {day}"


def test_days_do_not_depend_on_how_far_the_world_reaches() -> None:
    near, far = World(seed=7, scale=_SCALE), World(seed=7, scale=_SCALE)
    far.reach(FIRST_DAY + timedelta(days=500))
    for day in (FIRST_DAY + timedelta(days=5), FIRST_DAY + timedelta(days=60)):
        mine, other = make_day(near, day), make_day(far, day)
        for name, table in mine.items():
            assert table.equals(other[name]), f"{name} of {day}"


def test_another_seed_gives_other_data() -> None:
    one, other = make_day(World(seed=1, scale=_SCALE), FIRST_DAY), make_day(World(seed=2, scale=_SCALE), FIRST_DAY)
    assert not one["streams"].equals(other["streams"])


def test_dirty_data_is_deterministic_too(tmp_path: Path) -> None:
    for lake in ("one", "two"):
        generate(tmp_path / lake, scale=_SCALE, days=3)
    assert bytes_of(tmp_path / "one") == bytes_of(tmp_path / "two")


def test_a_missing_day_is_made_again_with_the_same_bytes(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    generate(lake, scale=_SCALE, days=4, clean=True)
    before = bytes_of(lake)
    lost = FIRST_DAY + timedelta(days=2)
    (lake / "_manifests" / f"{lost}.json").unlink()
    assert generate(lake, scale=_SCALE, days=4, clean=True) == [lost]
    assert bytes_of(lake) == before
    assert len(existing_days(lake)) == 5


@pytest.mark.parametrize("count", [1, 17, 300])
def test_draws_are_prefix_stable(count: int) -> None:
    np.testing.assert_array_equal(stream(3, "a").random(500)[:count], stream(3, "a").random(count))
    np.testing.assert_array_equal(hash_uniform(3, "a", np.arange(500))[:count], hash_uniform(3, "a", np.arange(count)))


def test_streams_of_different_purposes_days_and_blocks_differ() -> None:
    draws = {
        tuple(stream(3, purpose, day, block).random(3))
        for purpose in ("a", "b")
        for day in (None, FIRST_DAY, FIRST_DAY + timedelta(days=1))
        for block in (0, 1)
    }
    assert len(draws) == 12


@pytest.mark.parametrize("name", ["users", "households", "members", "devices", "artists", "albums", "songs"])
def test_a_day_beyond_the_horizon_widens_it_for_all_that_follows(name: str) -> None:
    """What is made when a day first crosses the horizon holds for every day of the new one."""
    stepwise, at_once = World(1, 0.02, FIRST_DAY), World(1, 0.02, FIRST_DAY)
    crossing = at_once.horizon + timedelta(days=1)
    later = at_once.reach(crossing)
    getattr(stepwise, name)(crossing)
    assert len(getattr(stepwise, name)(later)) == len(getattr(at_once, name)(later)) > 0
