"""What people do a few times a day: instants drawn day by day, in order of time, and who does it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from generators.core.calendar import DAY, HOUR, MINUTE, event_ids, midnight
from generators.core.changes import arrival_of
from generators.core.people import BOT_NONE
from generators.core.random import Bools, Floats, Ints, hash_uniform
from generators.core.world import World


def bookings(world: World, purpose: str, per_day: float, first: date, until: date) -> Ints:
    """Rising instants of a Poisson number of bookings a day, from ``first`` to ``until`` (exclusive).

    Those of a day hang on nothing but the day, so that a later ``until`` only adds to them.
    """
    parts = [np.zeros(0, dtype=np.int64)]
    day = first
    while day < until:
        rng = world.rng(purpose, day)
        count = int(rng.poisson(per_day))
        parts.append(midnight(day) + MINUTE + (np.sort(rng.random(count)) * (DAY - 10 * MINUTE)).astype(np.int64))
        day += timedelta(days=1)
    return np.concatenate(parts)


def someone(world: World, purpose: str, at: Ints) -> tuple[Ints, Bools]:
    """An account for each instant, and whether it is there and keen: alive, no planted bot, not lapsed.

    The more active an account is, the more often it is kept. Rows that are not kept are to be dropped.

    Args:
        at: instants of the rows in their final order; a row's draw hangs on its number.
    """
    users, n = world.users(world.horizon), np.arange(len(at))
    exists = np.searchsorted(users.signup_at, at - HOUR)
    user = (hash_uniform(world.seed, f"{purpose}.who", n) * exists).astype(np.int64)
    keen = np.sqrt(np.clip(users.activity[user] / 0.34, 0.05, 4.0)) / 2.0
    keen = keen * np.where(users.lapsed_at[user] < at, 0.08, 1.0)
    kept = (hash_uniform(world.seed, f"{purpose}.keen", n) < keen) & is_there(world, user, at) & (exists > 0)
    return user, kept


def is_there(world: World, user: Ints, at: Ints) -> Bools:
    """Whether accounts exist at instants, neither suspended nor deleted within a day, and are no planted bots."""
    users = world.users(world.horizon)
    alive = (users.signup_at[user] < at) & (users.deleted_at[user] > at + DAY) & (users.suspended_at[user] > at + DAY)
    return np.asarray(alive & (users.bot[user] == BOT_NONE), dtype=np.bool_)


KEPT_SHARE = 0.4
"""Of what ``someone`` is asked for, about this share is kept."""


@dataclass(frozen=True)
class Happening:
    """Events within a period: rows of the sorted instants they were cut from."""

    row: Ints
    at: Ints
    number: Ints
    """Number within the UTC day."""
    arrived_at: Ints

    def ids(self, offset: int = 0, each: int = 1) -> Ints:
        """Event ids that rise with time, from ``offset`` within each day, with room for ``each`` per row."""
        return event_ids(self.at, offset + self.number * each)


def happening(world: World, name: str, at: Ints, begin: date | None, until: date) -> Happening:
    """Events with rising instants ``at`` that lie from ``begin`` (None: the opening, all there was) to ``until``."""
    low = 0 if begin is None else int(np.searchsorted(at, midnight(begin)))
    row = np.arange(low, int(np.searchsorted(at, midnight(until))))
    when = at[row]
    number = row - np.searchsorted(at, when // DAY * DAY)
    return Happening(row, when, number, arrival_of(world, name, when, begin, until, row))


def weighted_among(cumulative: Floats, exists: Ints, uniform: Floats) -> Ints:
    """One of the first ``exists`` items by weight; ``cumulative`` sums the weights of all of them.

    What is drawn does not change with the items that come later.
    """
    last = np.maximum(exists, 1) - 1
    found = np.searchsorted(cumulative, uniform * cumulative[last], side="right")
    return np.asarray(np.minimum(found, last), dtype=np.int64)
