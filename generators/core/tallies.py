"""What days leave for the close of their month: how often each recording was streamed by people, and other sums.

A statement needs the plays of a month and of the ten days after it. Each day leaves its tally while its plays are in
memory, in this process and, where a lake is written, in a file within it for the other processes and the next run. A
tally that is missing is worked out again, to the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np

from generators.core.calendar import midnight
from generators.core.left import path_of, save
from generators.core.listening import arriving
from generators.core.people import BOT_NONE
from generators.core.random import Ints
from generators.core.world import World

QUALIFIED_MS = 30_000
"""A stream counts from here on; a recording that is shorter when it is played to its end."""
_COMPLETED_SLACK_MS = 2_000
"""The last two seconds count as the end."""
OPEN_DAYS = 10
"""Days after a month on which its plays may still arrive: then it closes."""
_KEPT = 64
"""Days whose tallies are kept: those of a month with the ones after it."""


def month_after(month: date) -> date:
    """First day of the next month."""
    return (month + timedelta(days=32)).replace(day=1)


def tally(world: World, arrival_day: date) -> Ints:
    """Qualified streams by recording that arrived on a UTC day, shape (2, recordings): of its month, and the last."""
    return world.remember(
        ("tally", arrival_day), lambda: left_by(world, "", arrival_day, lambda: _make(world, arrival_day)), keep=_KEPT
    )


def streams_of_month(world: World, month: date) -> Ints:
    """Qualified streams by recording (row) that began in a month and arrived before its settlement."""
    following = month_after(month)
    world.reach(following + timedelta(days=OPEN_DAYS))
    total = np.zeros(len(world.songs(world.horizon)), dtype=np.int64)
    day = max(month, world.first_day)
    while day < following + timedelta(days=OPEN_DAYS):
        found = tally(world, day)[0 if day < following else 1]
        total[: len(found)] += found
        day += timedelta(days=1)
    return total


def left_by(world: World, folder: str, day: date, make: Callable[[], Ints]) -> Ints:
    """Numbers below 2^31 that a UTC day left in a folder of the tallies; made, and left there, if they are missing."""
    path = path_of(world, folder, day)
    if path is not None and path.exists():
        return np.asarray(np.load(path), dtype=np.int64)
    found = make()
    if path is not None:
        save(path, found.astype(np.int32))
    return found


def _make(world: World, day: date) -> Ints:
    _, plays = arriving(world, day)
    songs = world.songs(day + timedelta(days=1))
    begin = midnight(day.replace(day=1))
    before = midnight((day.replace(day=1) - timedelta(days=1)).replace(day=1))
    # A recording that is shorter counts when it is played to its end, whether the client told the end or not.
    length = songs.duration_ms.astype(np.int32)
    enough = np.where(length < QUALIFIED_MS, np.maximum(length - _COMPLETED_SLACK_MS, 1), np.int32(QUALIFIED_MS))
    counts = (plays.bot == BOT_NONE) & (plays.played_ms >= enough.take(plays.song))
    counts &= plays.start >= before
    rows = np.flatnonzero(counts)
    key = plays.song[rows].astype(np.int64) + np.where(plays.start[rows] >= begin, 0, len(songs))
    return np.bincount(key, minlength=2 * len(songs)).reshape(2, len(songs)).astype(np.int64)
