"""What reaches the platform on an arrival day: the sessions and plays of several batches.

Every day has a main batch (all that is reported when its session ends, on this day or the next) and late
batches, one per number of days late (listeners without connection). An arrival day is made of the main batches
of itself and the day before, and of the late batches that fall due on it; nothing else is made again.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from generators.core.calendar import DAY, midnight
from generators.core.columns import gather
from generators.core.plays import LATE_SEQUENCE, Batch, Plays, Sessions, make_batch
from generators.core.random import Ints
from generators.core.sessions import LATENESS
from generators.core.world import World


def main_batch(world: World, day: date) -> Batch:
    """Sessions that start on a UTC day and report when they end, with their plays."""
    return world.remember(("main", day), lambda: make_batch(world, day, 0), keep=2)


def arriving(world: World, arrival_day: date) -> Batch:
    """All sessions and plays whose rows arrive on a UTC day; none before the world's first day."""
    return world.remember(("arriving", arrival_day), lambda: _make_arriving(world, arrival_day), keep=2)


def _make_arriving(world: World, arrival_day: date) -> Batch:
    begin, end = midnight(arrival_day), midnight(arrival_day) + DAY
    yesterday = arrival_day - timedelta(days=1)
    parts = [main_batch(world, day) for day in (yesterday, arrival_day) if day >= world.first_day]
    for lateness in LATENESS:
        day = arrival_day - timedelta(days=lateness)
        if day >= world.first_day:
            parts.append(make_batch(world, day, lateness))

    def arrived(at: Ints) -> Ints:
        return np.flatnonzero((at >= begin) & (at < end))

    sessions = gather([(s, arrived(s.arrived_at)) for s, _ in parts])
    return sessions, gather([(p, arrived(p.arrived_at)) for _, p in parts])


__all__ = ["LATE_SEQUENCE", "Batch", "Plays", "Sessions", "arriving", "main_batch"]
