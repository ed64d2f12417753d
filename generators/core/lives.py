"""Rows that accounts make day by day and that change for some weeks: comments, requests and the like.

What a day brought forth is made from that day alone, its later changes with it. The changes of a day are those of
what the few weeks before brought forth; nothing grows with history.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from generators.core.calendar import (
    DAY,
    HOUR,
    NEVER,
    SECOND,
    event_base,
    hours_of_utc_day,
    midnight,
    utc_offsets,
)
from generators.core.changes import Changes, arrival_of
from generators.core.columns import Columns, concatenate, gather
from generators.core.order import in_order
from generators.core.people import BOT_NONE, MEAN_SESSIONS
from generators.core.random import Floats, Ints, exponential, hash_begun, hash_on, hash_uniform
from generators.core.world import World

REACH = 28
"""Days for which a row may change after its day, and days before the first one that the opening tells of."""


@dataclass(frozen=True)
class Life(Columns, ABC):
    """Rows made on one UTC day, in order of their creation."""

    key: Ints
    """Id: of an event's form, so that it rises with time."""

    @property
    @abstractmethod
    def instants(self) -> list[Ints]:
        """Creation, then each kind of later change (``NEVER`` where it does not happen)."""


L = TypeVar("L", bound=Life)


def later(start: Ints, uniform: Floats, share: float, mean: int) -> Ints:
    """An instant after ``start`` for a share of the rows, ``NEVER`` for the others and for what takes too long.

    Args:
        uniform: one number in [0, 1) a row.
        mean: of the exponential waiting time, in microseconds.
    """
    wait = SECOND + exponential(np.minimum(uniform / share, 1 - 1e-9), float(mean)).astype(np.int64)
    return np.where((uniform < share) & (wait < REACH * DAY), start + wait, NEVER)


def lives_of(world: World, name: str, make: Callable[[World, date], L], day: date, reach: int = REACH) -> L:
    """What a UTC day brings forth; kept for as long as it may change."""
    return world.remember((f"{name} of", day), partial(make, world, day), keep=reach + 4)


def changing(
    world: World,
    name: str,
    make: Callable[[World, date], L],
    begin: date | None,
    until: date,
    reach: int = REACH,
    opens: bool = True,
) -> tuple[L, Changes]:
    """Change rows from ``begin`` to ``until`` (exclusive), and what they change, row by row.

    Args:
        name: names the table; its arrival is drawn by it.
        make: gives what a UTC day brings forth, in order of creation.
        begin: None for the opening: what the weeks before the first day brought forth.
        reach: days for which a row may change after its day.
        opens: there are such weeks; otherwise the first day brings forth the first rows.
    """
    first = world.first_day - timedelta(days=REACH if opens else 0)
    day = first if begin is None else max(first, begin - timedelta(days=reach))
    window = (0 if begin is None else midnight(begin), midnight(until))
    made: list[tuple[L, Ints]] = []
    parts: list[_Steps] = []
    before = 0
    while day < until:
        batch, steps = _steps_of(world, name, make, day, reach)
        low, high = steps.at.searchsorted(window)
        day += timedelta(days=1)
        # Most of the earlier days have nothing left to tell; the last one gives the columns, whatever it has.
        if low < high or day == until:
            row, at, number = steps.row[low:high], steps.at[low:high], steps.number[low:high]
            made.append((batch, row))
            parts.append(_Steps(row=before + row, at=at, number=number))
        before += len(batch)
    steps = concatenate(parts)
    order = in_order(steps.number, steps.row, steps.at)
    steps, rows = steps.take(order), gather(made).take(order)
    arrived = arrival_of(world, name, steps.at, begin, until, rows.key, steps.number)
    return rows, Changes(row=steps.row, at=steps.at, number=steps.number, arrived_at=arrived)


@dataclass(frozen=True)
class _Steps(Columns):
    """Creations and later changes of rows, in order of their instants."""

    row: Ints
    at: Ints
    number: Ints
    """0 is the creation."""


def _steps_of(world: World, name: str, make: Callable[[World, date], L], day: date, reach: int) -> tuple[L, _Steps]:
    """What a UTC day brings forth and all that becomes of it: worked out once, as each later day tells a part."""

    def steps() -> tuple[L, _Steps]:
        batch = lives_of(world, name, make, day, reach)
        return batch, _steps(batch.instants)

    return world.remember((f"{name} changing", day), steps, keep=reach + 4)


def _steps(instants: Sequence[Ints]) -> _Steps:
    found = [np.flatnonzero(at < NEVER) for at in instants]
    row, kind = np.concatenate(found), np.repeat(np.arange(len(found)), [len(rows) for rows in found])
    at = np.concatenate([instants[i][rows] for i, rows in enumerate(found)])
    number = np.zeros(len(row), dtype=np.int64)
    for i, other in enumerate(instants):
        number += (other[row] < at) | ((other[row] == at) & (i < kind))
    return _Steps(row=row, at=at, number=number).take(in_order(at))


@dataclass(frozen=True)
class Acts(Columns):
    """What accounts did on one UTC day, each at most once, in order of time."""

    key: Ints
    """Id of an event's form, unique within the purpose."""
    user: Ints
    at: Ints


def acts(world: World, purpose: str, day: date, per_session: float) -> Acts:
    """Accounts that do something on a UTC day, when they are awake; no bots, none that is suspended or deleted.

    Args:
        per_session: how often it is done for each session that an account intends, on average.
    """
    users = world.users(day)
    n, begin = len(users), midnight(day)

    def liveliness() -> Floats:
        each = np.minimum(users.activity, 6 * MEAN_SESSIONS) * np.where(users.lapsed_at <= begin, 0.05, 1.0)
        each[users.bot != BOT_NONE] = 0.0
        return each

    def begun() -> NDArray[np.uint64]:
        return hash_begun(world.seed, purpose, np.arange(len(world.users(world.horizon))))

    # A run of days begins with what becomes of the days before it, of one table after the other.
    rate = world.remember(("liveliness", day), liveliness, keep=12) * per_session
    drawn = world.remember(("acts", purpose, world.horizon), begun, keep=8)[:n]
    user = np.flatnonzero(hash_on(drawn, day.toordinal()) < rate)
    at = awake(world, purpose, day, user)
    kept = at < np.minimum(users.deleted_at[user], users.suspended_at[user])
    user, at = user[kept], at[kept]
    order = np.argsort(at, kind="stable")
    return Acts(key=event_base(day) + np.arange(len(order)), user=user[order], at=at[order])


def awake(world: World, purpose: str, day: date, user: Ints) -> Ints:
    """An instant of a UTC day for each account, by the hours in which its home listens."""
    users = world.users(day)
    zone = world.ref.city_zone[users.city_at(user, midnight(day))]
    offsets = utc_offsets(world.ref.zones, day)[zone]
    draw = hash_uniform(world.seed, f"{purpose}.hour", user, np.full(len(user), day.toordinal()))
    at = np.empty(len(user), dtype=np.int64)
    for offset in np.unique(offsets):
        row = np.flatnonzero(offsets == offset)
        cumulative = hours_of_utc_day(day, int(offset))
        hours = np.interp(draw[row] * cumulative[-1], cumulative, np.arange(25.0))
        at[row] = midnight(day) + np.minimum((hours * HOUR).astype(np.int64), DAY - SECOND)
    return at
