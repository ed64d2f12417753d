"""Generated listening looks like listening: each property with a tolerance that was set beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest

from generators.core.calendar import DAY, MINUTE, hours_of_utc_day
from generators.core.columns import concatenate
from generators.core.listening import Plays, Sessions, arriving
from generators.core.people import BOT_NONE
from generators.core.world import World

from .conftest import FIRST_DAY

_DAYS = 35


@pytest.fixture(scope="module")
def listening(listening_world: World) -> Iterator[tuple[Sessions, Plays]]:
    batches = [arriving(listening_world, FIRST_DAY + timedelta(days=n)) for n in range(_DAYS)]
    yield concatenate([s for s, _ in batches]), concatenate([p for _, p in batches])


def test_sessions_of_one_listener_never_touch(listening: tuple[Sessions, Plays]) -> None:
    sessions, _ = listening
    order = np.lexsort((sessions.start, sessions.user))
    user, start, end = sessions.user[order], sessions.start[order], sessions.end[order]
    same = user[1:] == user[:-1]
    gap = (start[1:] - end[:-1])[same]
    # An account that was without connection may overlap with what it played on the day after.
    assert (gap < 30 * MINUTE).mean() < 0.005


def test_a_zone_turns_the_profile_and_keeps_its_mass() -> None:
    week = [FIRST_DAY + timedelta(days=n) for n in range(7)]
    for offset in (-180, 0, 330, 420):
        assert sum(hours_of_utc_day(day, offset)[24] for day in week) == pytest.approx(168.0)
    one, other = hours_of_utc_day(week[0], 0), hours_of_utc_day(week[0], 60)
    np.testing.assert_allclose(np.diff(one)[1:], np.diff(other)[:-1])


def test_plays_arrive_late_as_designed(listening: tuple[Sessions, Plays]) -> None:
    sessions, plays = listening
    late = (plays.stream_id % 1_000_000_000) >= 450_000_000
    assert 0.005 < late.mean() < 0.03
    wait = (sessions.arrived_at - sessions.end)[(sessions.session_id % 1_000_000_000) < 400_000_000]
    assert wait.min() > 0
    assert wait.max() <= 6 * MINUTE


def test_some_plays_arrive_after_more_than_forty_days(listening_world: World) -> None:
    oldest = 0
    for number in range(42, 90):
        _, plays = arriving(listening_world, FIRST_DAY + timedelta(days=number))
        oldest = max(oldest, int((plays.arrived_at - plays.start).max()))
    assert oldest > 40 * DAY


def test_bots_are_a_small_planted_share(listening: tuple[Sessions, Plays]) -> None:
    _, plays = listening
    assert 0.005 < (plays.bot != BOT_NONE).mean() < 0.10
    for kind in (1, 2, 3):
        assert (plays.bot == kind).any()


def test_scale_one_is_a_million_streams(listening: tuple[Sessions, Plays]) -> None:
    _, plays = listening
    assert len(plays) / _DAYS * 90 == pytest.approx(100_000, rel=0.2)


def test_growth_sets_how_a_service_grows() -> None:
    """Within two and a half years it becomes more than twice as busy, or stays as busy as it was."""

    def plays(growth: float, after: int) -> int:
        world, day = World(42, 0.1, FIRST_DAY, growth=growth), FIRST_DAY + timedelta(days=after)
        return sum(len(arriving(world, day + timedelta(days=number))[1]) for number in range(7))

    assert plays(1.0, 893) / plays(1.0, 83) > 1.7
    assert plays(0.3, 893) / plays(0.3, 83) == pytest.approx(1.0, abs=0.2)
    none = World(42, 0.1, FIRST_DAY, growth=0.0)
    assert len(none.users(FIRST_DAY + timedelta(days=90))) == len(none.users(FIRST_DAY))


def test_launch_countries_dominate(listening_world: World) -> None:
    users = listening_world.users(FIRST_DAY + timedelta(days=_DAYS))
    assert listening_world.ref.launch[users.payment_country].all()
    assert (users.residence == users.payment_country).mean() > 0.9
    before = len(listening_world.users(FIRST_DAY))
    quarter = len(listening_world.users(FIRST_DAY + timedelta(days=90)))
    assert before / quarter == pytest.approx(0.8, abs=0.06)
