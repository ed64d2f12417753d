"""Definitions of charts, weekly challenges and who takes part in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from generators.core import names
from generators.core.bookings import KEPT_SHARE, bookings, someone
from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, day_of, midnight
from generators.core.changes import changes
from generators.core.columns import Columns
from generators.core.people import HISTORY_DAYS
from generators.core.random import Ints, hash_uniform
from generators.core.sessions import heads_of
from generators.core.tables import Coded, make_table
from generators.core.world import World
from generators.domains.chart_history import MOST_SONGS_PER_ARTIST, ChartOf, history_table

__all__ = ["day", "issued", "opening"]

_NEW_WEIGHTS = date(2026, 1, 2)
"""Paid plays count 2.5 times an ad-supported one from here on, 3 times before."""
_GENRES = 5
_POSITIONS = {"global": 100, "country": 100, "genre": 50}
_CHART_NAMES = {
    "": ("Sonic Global Songs", "Sonic Global Artists"),
    "IN": ("भारत के गाने", "भारत के कलाकार"),
    "BR": ("As mais tocadas do Brasil", "Artistas do Brasil"),
    "ID": ("Lagu Teratas Indonesia", "Artis Teratas Indonesia"),
}
_TITLES = {
    "": ("A week of music 🎧", "Seven days, seven sounds"),
    "IN": ("हर दिन एक धुन", "வாரம் முழுவதும் இசை 🎶"),
    "BR": ("Semana sem silêncio", "Todo dia um som 🎶"),
    "ID": ("Tujuh hari musik", "Pekan tanpa sunyi 🎶"),
}
_KINDS = ("most_sessions", "listening_days")
_GOALS = (6, 4)
_PER_WEEK = 2
"""One challenge for all accounts, one for a market in turn."""
_ANNOUNCED = 5 * DAY
_PUBLISHED = DAY + 6 * HOUR
"""After the end: a day for what comes late."""
_JOIN_DAYS = 4
_JOINS_A_DAY = 45.0
"""People a day who join a challenge, at scale 1."""


def opening(world: World) -> dict[str, pa.Table]:
    """Everything before the first day, the history of the charts included."""
    tables = _period(world, None, world.first_day)
    return {**tables, "opening_chart_runs": history_table(world, _chart_list(world))}


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """Rows of one UTC day; they arrive within seconds."""
    return _period(world, arrival_day, arrival_day + timedelta(days=1))


def _period(world: World, begin: date | None, until: date) -> dict[str, pa.Table]:
    world.reach(until)
    return {
        "charts": _charts(world, begin, until),
        "challenges": _challenges(world, begin, until),
        "challenge_participants": _participants(world, begin, until),
    }


def _chart_list(world: World) -> list[ChartOf]:
    """Every chart; index + 1 is its id."""
    ref = world.ref
    launch = np.flatnonzero(ref.launch)
    heaviest = np.argsort(-ref.genre_weight, kind="stable")[:_GENRES]
    size = _POSITIONS
    return [
        *(ChartOf("global", -1, -1, of_artists, size["global"]) for of_artists in (False, True)),
        *(
            ChartOf("country", int(country), -1, of_artists, size["country"])
            for country in launch
            for of_artists in (False, True)
        ),
        *(ChartOf("genre", -1, int(genre), False, size["genre"]) for genre in heaviest),
    ]


def _charts(world: World, begin: date | None, until: date) -> pa.Table:
    listed = _chart_list(world)
    started = midnight(world.first_day) - (HISTORY_DAYS - 21) * DAY + np.arange(len(listed)) * MINUTE
    reweighted = np.maximum(midnight(_NEW_WEIGHTS), started + DAY)
    found = changes(world, "charts", lambda: [started, reweighted], begin, until)
    row = found.row
    of_artists = np.array([chart.of_artists for chart in listed])[row]
    labels, codes = [], []
    for chart in listed:
        place = world.ref.country_codes[chart.country] if chart.scope == "country" else ""
        label = world.ref.genres[chart.genre]["name"] if chart.scope == "genre" else place or "GLOBAL"
        codes.append(f"{label.upper().replace(' ', '-')}-{('SONGS', 'ARTISTS')[chart.of_artists]}")
        own = _CHART_NAMES.get(place, _CHART_NAMES[""])[chart.of_artists]
        labels.append(f"Top {label}" if chart.scope == "genre" else own)
    return make_table(
        "charts",
        {
            "chart_id": row + 1,
            "chart_code": Coded(row, codes),
            "name": Coded(row, labels),
            "subject": Coded(of_artists.astype(np.int64), ("song", "artist")),
            "scope": Coded(row, [chart.scope for chart in listed]),
            "country_id": np.array([chart.country + 1 if chart.country >= 0 else -1 for chart in listed])[row],
            "genre_id": np.array([chart.genre + 1 if chart.genre >= 0 else -1 for chart in listed])[row],
            "cadence": "weekly",
            "positions": np.array([chart.positions for chart in listed])[row],
            "max_songs_per_artist": np.where(of_artists, -1, MOST_SONGS_PER_ARTIST),
            "method_version": Coded(found.number, ("paid 3 : 1", "paid 2.5 : 1")),
            "created_at": started[row],
            **found.metadata,
        },
    )


def _starts(world: World) -> Ints:
    """Begin of every challenge before the horizon: Fridays from the first day on, two each."""
    friday = world.first_day + timedelta(days=(4 - world.first_day.weekday()) % 7)
    weeks = max(0, (world.horizon - friday).days // 7 + 1)
    return np.repeat(midnight(friday) + np.arange(weeks) * 7 * DAY, _PER_WEEK)


def _country_of(world: World, row: Ints) -> Ints:
    """Country row of challenges, -1 for those of all accounts."""
    launch = np.flatnonzero(world.ref.launch)
    return np.where(row % _PER_WEEK == 0, -1, launch[row // _PER_WEEK % len(launch)])


def _kind_of(row: Ints) -> Ints:
    return (row // _PER_WEEK + row) % len(_KINDS)


def _challenges(world: World, begin: date | None, until: date) -> pa.Table:
    starts = _starts(world)
    announced = starts - _ANNOUNCED + np.arange(len(starts)) % _PER_WEEK * MINUTE
    published = starts + 7 * DAY + _PUBLISHED
    found = changes(world, "challenges", lambda: [announced, starts, published], begin, until)
    row = found.row
    country = _country_of(world, row)
    keys = list(_TITLES)
    codes = ["GLOBAL", *world.ref.country_codes]
    pool = np.array([0, *(keys.index(c) if c in keys else 0 for c in world.ref.country_codes)])[country + 1]
    which = pool * 2 + row // _PER_WEEK % 2
    fridays = pa.array(np.datetime_as_string(starts[row].astype("datetime64[us]"), unit="D"), pa.string())
    return make_table(
        "challenges",
        {
            "challenge_id": row + 1,
            "challenge_code": names.join(fridays, "-", pa.array(codes).take(pa.array(country + 1))),
            "title": Coded(which, [title for of_country in _TITLES.values() for title in of_country]),
            "challenge_type": Coded(_kind_of(row), _KINDS),
            "country_id": np.where(country >= 0, country + 1, -1),
            "goal_score": np.array(_GOALS)[_kind_of(row)],
            "badge": Coded(_kind_of(row), ("Marathon", "Every day")),
            "status": Coded(found.number, ("announced", "running", "published")),
            "starts_at": starts[row],
            "ends_at": starts[row] + 7 * DAY,
            "published_at": np.where(published[row] <= found.at, published[row], NEVER),
            "created_at": announced[row],
            **found.metadata,
        },
    )


@dataclass(frozen=True)
class _Participants(Columns):
    """Participations in order of joining; id is row + 1."""

    at: Ints
    challenge: Ints
    user: Ints


def _joined(world: World) -> _Participants:
    return world.remember(("challenge_participants", world.horizon), lambda: _join(world), keep=1)


def _join(world: World) -> _Participants:
    """Who joins in the first days of a week: its challenge of all accounts, or that of their market."""
    starts = _starts(world)
    per_day = max(_JOINS_A_DAY * world.scale, 1.0) / KEPT_SHARE
    at = bookings(world, "challenges", per_day, world.first_day, world.horizon)
    user, kept = someone(world, "challenges", at)
    week = np.searchsorted(starts[::_PER_WEEK], at, side="right") - 1
    kept &= (week >= 0) & (at - starts[np.maximum(week, 0) * _PER_WEEK] < _JOIN_DAYS * DAY)
    local = hash_uniform(world.seed, "challenges.which", np.arange(len(at))) < 0.5
    challenge = week * _PER_WEEK + local
    country = _country_of(world, np.maximum(challenge, 0))
    kept &= (country < 0) | (world.users(world.horizon).payment_country[user] == country)
    some = np.flatnonzero(kept)
    # Who joins again is in already.
    _, first = np.unique(user[some] * 100_000 + challenge[some], return_index=True)
    some = some[np.sort(first)]
    return _Participants(at=at[some], challenge=challenge[some], user=user[some])


def _scores(world: World, challenge: int, p: _Participants) -> Ints:
    """What participants of a challenge did from joining to its end."""
    start = int(_starts(world)[challenge])
    counted = np.zeros(len(p), dtype=np.int64)
    place = np.full(len(world.users(world.horizon)), -1)
    place[p.user] = np.arange(len(p))
    for number in range(7):
        heads = heads_of(world, day_of(start + number * DAY))
        who = place[heads.user]
        mine = np.flatnonzero((who >= 0) & (heads.start >= p.at[who]))
        sessions = np.bincount(who[mine], minlength=len(p))
        counted += sessions if _kind_of(np.array(challenge)) == 0 else sessions > 0
    return counted


def _participants(world: World, begin: date | None, until: date) -> pa.Table:
    p = _joined(world)
    published = _starts(world)[p.challenge] + 7 * DAY + _PUBLISHED
    found = changes(world, "challenge_participants", lambda: [p.at, published], begin, until)
    row = found.row
    score, rank = np.zeros(len(row), dtype=np.int64), np.full(len(row), -1)
    ranked = found.number > 0
    for challenge in np.unique(p.challenge[row[ranked]]):
        among = np.flatnonzero(p.challenge == challenge)
        points = _scores(world, int(challenge), p.take(among))
        order = np.lexsort((p.at[among], -points))
        places = np.empty(len(among), dtype=np.int64)
        places[order] = np.arange(len(among)) + 1
        mine = np.flatnonzero(ranked & (p.challenge[row] == challenge))
        inside = np.searchsorted(among, row[mine])
        score[mine], rank[mine] = points[inside], places[inside]
    return make_table(
        "challenge_participants",
        {
            "challenge_participant_id": row + 1,
            "challenge_id": p.challenge[row] + 1,
            "user_id": p.user[row] + 1,
            "status": Coded(ranked.astype(np.int64), ("joined", "ranked")),
            "score": score,
            "final_rank": rank,
            "has_reached_goal": score >= np.array(_GOALS)[_kind_of(p.challenge[row])],
            "joined_at": p.at[row],
            "ranked_at": np.where(ranked, found.at, NEVER),
            **found.metadata,
        },
    )


def issued(world: World, until: date) -> dict[str, int]:
    """Highest ids issued before ``until``, by table."""
    world.reach(until)
    end, starts = midnight(until), _starts(world)
    announced = starts - _ANNOUNCED + np.arange(len(starts)) % _PER_WEEK * MINUTE
    return {
        "charts": len(_chart_list(world)),
        "challenges": int(np.searchsorted(announced, end)),
        "challenge_participants": int(np.searchsorted(_joined(world).at, end)),
    }
