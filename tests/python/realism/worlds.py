"""What one seed brings forth, made once: listening of four weeks, and the lives of accounts at larger scales."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import cached_property
from typing import TypeVar, cast

import numpy as np

from generators.core.calendar import DAY, HOUR, MINUTE, utc_offset_minutes
from generators.core.columns import concatenate
from generators.core.listening import Plays, Sessions, arriving
from generators.core.people import BOT_NONE, Users
from generators.core.random import Bools, Floats, Ints
from generators.core.sessions import Heads, heads_of
from generators.core.world import World
from generators.domains.billing.timeline import Timeline, timeline
from generators.domains.support.tickets import Tickets, tickets_of

T = TypeVar("T")
FIRST = date(2026, 1, 1)
DAYS = 28
"""Four weeks, so that each day of the week counts alike."""


class Seed:
    """One seed, with effects or without.

    Args:
        effects: whether they are planted.
    """

    def __init__(self, number: int, *, effects: bool) -> None:
        self.number, self.effects = number, effects
        self._kept: dict[str, object] = {}

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What several measurements take, made once."""
        if name not in self._kept:
            self._kept[name] = make()
        return cast(T, self._kept[name])

    def world(self, scale: float) -> World:
        """A world of this seed."""
        return World(self.number, scale, FIRST, self.effects)

    @cached_property
    def heard(self) -> World:
        """The world of the listening."""
        return self.world(0.1)

    @cached_property
    def large(self) -> World:
        """The world of all that needs accounts rather than plays."""
        return self.world(4.0)

    @cached_property
    def planted(self) -> Users:
        """Accounts of the large world as they are with effects: who is looked at where nothing is planted."""
        world = self.large if self.effects else Seed(self.number, effects=True).large
        return world.users(world.horizon)

    @cached_property
    def listening(self) -> tuple[Sessions, Plays]:
        """Sessions and plays of four weeks."""
        batches = [arriving(self.heard, FIRST + timedelta(days=n)) for n in range(DAYS)]
        return concatenate([sessions for sessions, _ in batches]), concatenate([plays for _, plays in batches])

    @cached_property
    def longer(self) -> Plays:
        """Plays of twice as long that are no planted bot's: what is seldom begins or ends within it in every seed."""
        more = [arriving(self.heard, FIRST + timedelta(days=n))[1] for n in range(DAYS, 2 * DAYS)]
        plays = concatenate([self.people, *more])
        return plays.take(plays.bot == BOT_NONE)

    @cached_property
    def people(self) -> Plays:
        """Plays that are no planted bot's."""
        _, plays = self.listening
        return plays.take(plays.bot == BOT_NONE)

    @cached_property
    def heads(self) -> Heads:
        """Intended sessions of four weeks, of people, at the large scale."""
        heads = concatenate([heads_of(self.large, FIRST + timedelta(days=n)) for n in range(DAYS)])
        return heads.take(heads.bot == BOT_NONE)

    @cached_property
    def timeline(self) -> Timeline:
        """Lives of subscriptions up to the end of the quarter."""
        return timeline(self.large, FIRST + timedelta(days=90))

    @cached_property
    def tickets(self) -> Tickets:
        """Tickets of four weeks."""
        return concatenate([tickets_of(self.large, FIRST + timedelta(days=n)) for n in range(DAYS)])


def local(world: World, city: Ints, at: Ints) -> Ints:
    """Local time of instants, as microseconds since 1970."""
    offset = np.array([utc_offset_minutes(zone, FIRST) for zone in world.ref.zones]) * MINUTE
    return np.asarray(at + offset[world.ref.city_zone[city]], dtype=np.int64)


def hours(world: World, heads: Heads, *, weekend: bool) -> Floats:
    """Share of the sessions of weekdays or weekends in each local hour, relative to an even spread."""
    at = local(world, heads.city, heads.start)
    is_weekend = (at // DAY + 3) % 7 >= 5
    count = np.bincount(at[is_weekend == weekend] % DAY // HOUR, minlength=24)
    return np.asarray(count / count.mean(), dtype=np.float64)


def artificial_days(world: World, plays: Plays) -> tuple[Bools, Ints]:
    """Plays on artificial user-days by the rule of the definitions, and the accounts (rows) that have one.

    20 plays under 5 s that start within 600 s, 30 plays of one recording of 30 to 40 s, or over 20 h of played time.
    """
    day = local(world, plays.city, plays.start) // DAY
    key = plays.user.astype(np.int64) * 100_000 + day
    played = np.maximum(plays.played_ms.astype(np.int64), 0)
    order = np.lexsort((plays.start, key))
    short = order[(played[order] < 5_000) & (plays.played_ms[order] >= 0)]
    found = [np.zeros(0, dtype=np.int64)]
    if len(short) >= 20:
        last, first = short[19:], short[:-19]
        near = (key[last] == key[first]) & (plays.start[last] - plays.start[first] <= 600_000_000)
        found.append(key[last][near])
    looped = np.flatnonzero((played >= 30_000) & (played <= 40_000))
    of_song, count = np.unique(key[looped] * 1_000_000 + plays.song[looped], return_counts=True)
    found.append(of_song[count >= 30] // 1_000_000)
    days, place = np.unique(key, return_inverse=True)
    total = np.bincount(place, weights=np.minimum(played, world.songs(world.horizon).duration_ms[plays.song]))
    found.append(days[total > 20 * 3_600_000])
    artificial = np.unique(np.concatenate(found))
    return np.isin(key, artificial), np.unique(artificial // 100_000)
