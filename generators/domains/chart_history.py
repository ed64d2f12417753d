"""Charts of the weeks before the data begins, as what each song and artist has behind it on each chart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import pyarrow as pa

from generators.core.calendar import DAY, HOUR, days_since_epoch, midnight
from generators.core.columns import Columns, concatenate
from generators.core.random import Floats, Ints, hash_uniform, normal
from generators.core.tables import make_table
from generators.core.world import World

WEEKS = 13
_CANDIDATES = 12
"""Songs looked at per position of a chart: those that are popular enough to come near it."""
_LUCK = 0.3
"""Standard deviation of the logarithm of a week's plays around what a song's popularity would give."""
_AT_HOME = 6.0
"""How much more a song is played where its language is at home."""
_LANGUAGES = {"IN": ("hi", "ta", "te", "pa", "bn", "mr", "ml"), "BR": ("pt",), "ID": ("id",)}
MOST_SONGS_PER_ARTIST = 3


@dataclass(frozen=True)
class ChartOf:
    """What a chart ranks. ``country`` and ``genre`` are rows, -1 if it is not limited to one."""

    scope: str
    country: int
    genre: int
    of_artists: bool
    positions: int


@dataclass(frozen=True)
class _Places(Columns):
    """Positions of published weeks."""

    chart: Ints
    week: Ints
    subject: Ints
    rank: Ints


def history_table(world: World, charts: list[ChartOf]) -> pa.Table:
    """One row per chart and song or artist that was on it in the weeks before the first day."""
    places = concatenate([_weeks_of(world, number, chart) for number, chart in enumerate(charts)])
    keys = places.chart * 1_000_000_000 + places.subject
    distinct, group = np.unique(keys, return_inverse=True)
    peak = np.full(len(distinct), 1_000)
    np.minimum.at(peak, group, places.rank)
    # Weeks rise within a subject of a chart, so that the last one written is the last one it was on.
    last_rank, last_week = np.zeros(len(distinct), dtype=np.int64), np.zeros(len(distinct), dtype=np.int64)
    last_rank[group], last_week[group] = places.rank, places.week
    chart, subject = distinct // 1_000_000_000, distinct % 1_000_000_000
    of_artists = np.array([chart.of_artists for chart in charts])[chart]
    friday = days_since_epoch(world.first_day - timedelta(days=1)) - (world.first_day.weekday() + 2) % 7
    return make_table(
        "opening_chart_runs",
        {
            "chart_id": chart + 1,
            "run_no": np.arange(len(distinct)) - np.searchsorted(chart, chart) + 1,
            "song_id": np.where(of_artists, -1, subject + 1),
            "artist_id": np.where(of_artists, subject + 1, -1),
            "weeks_on_chart": np.bincount(group, minlength=len(distinct)),
            "peak_rank": peak,
            "last_rank": last_rank,
            "last_week_start": friday - 7 * (WEEKS - 1 - last_week),
            "arrived_at": midnight(world.first_day) - HOUR,
        },
    )


def _weeks_of(world: World, number: int, chart: ChartOf) -> _Places:
    """Positions of one chart in every week, the last one being that of the day before the first."""
    songs = world.songs(world.first_day - timedelta(days=1))
    weight = songs.weight * _interest(world, chart, songs.language, songs.genre)
    among = np.argsort(-weight, kind="stable")[: chart.positions * _CANDIDATES]
    among = np.sort(among[weight[among] > 0])
    parts = []
    for week in range(WEEKS):
        end = midnight(world.first_day) - (WEEKS - 1 - week) * 7 * DAY
        there = among[songs.created_at[among] < end - 7 * DAY]
        luck = hash_uniform(world.seed, "charts.luck", there, np.full(len(there), number * 100 + week))
        plays = weight[there] * np.exp(normal(luck) * _LUCK)
        if chart.of_artists:
            total = np.bincount(songs.artist[there], weights=plays)
            ranked = np.argsort(-total, kind="stable")
            ranked = ranked[total[ranked] > 0]
        else:
            ranked = _few_of_each(there[np.argsort(-plays, kind="stable")], songs.artist)
        ranked = ranked[: chart.positions]
        parts.append(
            _Places(
                chart=np.full(len(ranked), number),
                week=np.full(len(ranked), week),
                subject=ranked,
                rank=np.arange(len(ranked)) + 1,
            )
        )
    return concatenate(parts)


def _few_of_each(ranked: Ints, artist: Ints) -> Ints:
    """The songs of a ranking without those of artists who have enough ahead of them."""
    owner = artist[ranked]
    by_owner = np.argsort(owner, kind="stable")
    before = np.empty(len(ranked), dtype=np.int64)
    before[by_owner] = np.arange(len(ranked)) - np.searchsorted(owner[by_owner], owner[by_owner])
    return ranked[before < MOST_SONGS_PER_ARTIST]


def _interest(world: World, chart: ChartOf, language: Ints, genre: Ints) -> Floats:
    """How much songs are played where and for what a chart counts."""
    if chart.genre >= 0:
        return np.asarray((genre == chart.genre).astype(np.float64))
    if chart.country < 0:
        return np.ones(len(language))
    own = [world.ref.language_index[code] for code in _LANGUAGES.get(world.ref.country_codes[chart.country], ("en",))]
    return np.asarray(np.where(np.isin(language, own), _AT_HOME, 1.0))
