"""What reaches the platform on an arrival day: the sessions and plays of several batches.

Every day has a main batch (all that is reported when its session ends, on this day or the next) and late
batches, one per number of days late (listeners without connection). An arrival day is made of its own main batch,
of what the day before carries over, and of the late batches that fall due on it; nothing else is made again.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from generators.core.calendar import DAY, midnight
from generators.core.columns import gather
from generators.core.left import leave_over, left_over
from generators.core.plays import LATE_SEQUENCE, Batch, Plays, Sessions, make_batch
from generators.core.random import Ints
from generators.core.sessions import LATENESS
from generators.core.world import World


def main_batch(world: World, day: date) -> Batch:
    """Sessions that start on a UTC day and report when they end, with their plays; kept until the day is made."""
    return world.remember(("main", day), lambda: make_batch(world, day, 0), keep=3)


def arriving(world: World, arrival_day: date) -> Batch:
    """All sessions and plays whose rows arrive on a UTC day; none before the world's first day."""
    return world.remember(("arriving", arrival_day), lambda: _make_arriving(world, arrival_day), keep=2)


def _make_arriving(world: World, arrival_day: date) -> Batch:
    begin = midnight(arrival_day)
    yesterday = arrival_day - timedelta(days=1)
    parts = [carried_over(world, yesterday)] if yesterday >= world.first_day else []
    parts.append(main_batch(world, arrival_day))
    carried_over(world, arrival_day)
    # From here on only what is carried over is asked for, by the day after.
    del world.memory["main"]["main", arrival_day]
    for lateness in LATENESS:
        day = arrival_day - timedelta(days=lateness)
        if day >= world.first_day:
            parts.append(make_batch(world, day, lateness))
    return _arrived(parts, begin)


def carried_over(world: World, day: date) -> Batch:
    """What of a UTC day's main batch arrives on the next day; left for whichever process makes that."""

    def make() -> Batch:
        found = left_over(world, day, (Sessions, Plays))
        if found is None:
            found = _arrived([main_batch(world, day)], midnight(day) + DAY)
            leave_over(world, day, found)
        return found

    return world.remember(("carried over", day), make, keep=16)


def _arrived(parts: list[Batch], begin: int) -> Batch:
    """Of several batches, what arrives within a day from an instant on."""

    def rows(at: Ints) -> Ints:
        return np.flatnonzero((at >= begin) & (at < begin + DAY))

    sessions = gather([(s, rows(s.arrived_at)) for s, _ in parts])
    return sessions, gather([(p, rows(p.arrived_at)) for _, p in parts])


__all__ = ["LATE_SEQUENCE", "Batch", "Plays", "Sessions", "arriving", "carried_over", "main_batch"]
