"""Generated listening looks like listening: each property with a tolerance that was set beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from generators.core.calendar import DAY, HOUR, MINUTE, hours_of_utc_day, utc_offset_minutes
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


def _slope(counts: NDArray[np.float64], first: int, last: int, floor: float = 0.5) -> float:
    """Slope of log(plays) against log(rank) between two ranks, each rank weighed by its width in log(rank)."""
    rank = np.arange(first, last + 1)
    return float(np.polyfit(np.log(rank), np.log(np.maximum(counts[first - 1 : last], floor)), 1, w=rank**-0.5)[0])


def _gini(counts: NDArray[np.int64]) -> float:
    ordered = np.sort(counts)
    n = len(ordered)
    return float(1 - 2 * (np.cumsum(ordered) / ordered.sum()).sum() / n + 1 / n)


def test_popularity_is_a_broken_power_law(listening_world: World, listening: tuple[Sessions, Plays]) -> None:
    _, plays = listening
    songs = listening_world.songs(FIRST_DAY + timedelta(days=_DAYS))
    counts = np.bincount(plays.song, minlength=len(songs))
    ordered = np.sort(counts)[::-1].astype(np.float64)
    assert _slope(ordered, 3, 100) == pytest.approx(-0.8, abs=0.15)
    assert _slope(ordered, 100, 1000) == pytest.approx(-1.0, abs=0.15)
    # Below rank 1000 a month of this scale is too thin to count; the weights are what is drawn from.
    weights = np.sort(songs.weight)[::-1]
    assert _slope(weights, 1000, len(weights), floor=1e-12) == pytest.approx(-1.25, abs=0.15)
    assert _gini(counts) == pytest.approx(0.89, abs=0.05)


def test_few_artists_have_half_of_the_plays(listening_world: World, listening: tuple[Sessions, Plays]) -> None:
    _, plays = listening
    until = FIRST_DAY + timedelta(days=_DAYS)
    by_artist = np.bincount(
        listening_world.songs(until).artist[plays.song], minlength=len(listening_world.artists(until))
    )
    top = np.sort(by_artist)[::-1][: max(1, round(len(by_artist) / 100))].sum() / by_artist.sum()
    assert top == pytest.approx(0.5, abs=0.15)


def test_skips_are_as_measured_by_lamere(listening_world: World, listening: tuple[Sessions, Plays]) -> None:
    _, plays = listening
    people = plays.take(plays.bot == BOT_NONE)
    length = listening_world.songs(FIRST_DAY + timedelta(days=_DAYS)).duration_ms[people.song]
    assert (people.true_ms < 5_000).mean() == pytest.approx(0.24, abs=0.04)
    assert (people.true_ms < 30_000).mean() == pytest.approx(0.35, abs=0.04)
    assert (people.true_ms < length - 2_000).mean() == pytest.approx(0.49, abs=0.05)
    assert 0.01 < (people.basis > 0).mean() < 0.05


def test_sessions_have_the_real_medians(listening: tuple[Sessions, Plays]) -> None:
    sessions, plays = listening
    people = sessions.take(sessions.bot == BOT_NONE)
    tracks = np.unique(plays.session_id[plays.bot == BOT_NONE], return_counts=True)[1]
    assert 10 <= np.median(tracks) <= 13
    assert 21 <= np.median(people.end - people.start) / MINUTE <= 33


def test_sessions_of_one_listener_never_touch(listening: tuple[Sessions, Plays]) -> None:
    sessions, _ = listening
    order = np.lexsort((sessions.start, sessions.user))
    user, start, end = sessions.user[order], sessions.start[order], sessions.end[order]
    same = user[1:] == user[:-1]
    gap = (start[1:] - end[:-1])[same]
    # An account that was without connection may overlap with what it played on the day after.
    assert (gap < 30 * MINUTE).mean() < 0.005


def test_plays_follow_the_local_day(listening_world: World, listening: tuple[Sessions, Plays]) -> None:
    sessions, _ = listening
    people = sessions.take(sessions.bot == BOT_NONE)
    zones = listening_world.ref.zones
    offset = np.array([utc_offset_minutes(zone, FIRST_DAY) for zone in zones]) * MINUTE
    local = people.start + offset[listening_world.ref.city_zone[people.city]]
    hour = local % DAY // HOUR
    weekend = (local // DAY + 3) % 7 >= 5
    share = np.bincount(hour[~weekend], minlength=24) / (~weekend).sum()
    relaxed = np.bincount(hour[weekend], minlength=24) / weekend.sum()
    assert share[1:4].sum() < 0.3 * share[17:20].sum()
    assert share[8:11].mean() > 1.1 * share[12:14].mean()
    assert share[17:19].mean() > 1.2 * share[12:14].mean()
    # No commute: at weekends the morning is quieter than the afternoon.
    assert relaxed[7:9].sum() < 0.75 * relaxed[13:15].sum()
    assert relaxed[7:9].sum() < 0.8 * share[7:9].sum()


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


def test_launch_countries_dominate(listening_world: World) -> None:
    users = listening_world.users(FIRST_DAY + timedelta(days=_DAYS))
    assert listening_world.ref.launch[users.payment_country].all()
    assert (users.residence == users.payment_country).mean() > 0.9
    before = len(listening_world.users(FIRST_DAY))
    quarter = len(listening_world.users(FIRST_DAY + timedelta(days=90)))
    assert before / quarter == pytest.approx(0.8, abs=0.06)
