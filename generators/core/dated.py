"""Rows that are made day by day and change within a few days: their ids are those of events, their changes bounded.

An entity with a long life is made once per horizon (see ``changes``); one of which there are many a day, and which is
soon at rest, is made with its day. A day alone then costs the days that its changes reach back, whatever the scale.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Generic

import numpy as np

from generators.core.calendar import DAY, SECOND, midnight
from generators.core.columns import C, gather
from generators.core.random import Ints, hash_uniform
from generators.core.world import World


@dataclass(frozen=True)
class Dated(Generic[C]):
    """Rows of one day: by instant, with their ids and the instants of their changes."""

    rows: C
    id: Ints
    instants: tuple[Ints, ...]
    """One array per kind of change: the creation first, which rises; ``NEVER`` where it does not happen."""


@dataclass(frozen=True)
class DatedChanges(Generic[C]):
    """Change rows of one arrival day, by (instant, id)."""

    rows: C
    id: Ints
    at: Ints
    number: Ints
    """0 is the creation."""
    arrived_at: Ints
    instants: tuple[Ints, ...]

    @property
    def metadata(self) -> dict[str, Ints]:
        """The columns that arrival adds to an entity table."""
        return {"changed_at": self.at, "change_no": self.number, "arrived_at": self.arrived_at}


def dated_changes(
    world: World, name: str, make: Callable[[date], Dated[C]], day: date, reach_days: int
) -> DatedChanges[C]:
    """Changes that happen on a UTC day to rows of that day and of the days before it; they arrive within seconds.

    Args:
        name: names the entity.
        make: the rows of a day, kept by the caller for ``reach_days`` and one more.
        reach_days: days after the creation's in which a row may still change.
    """
    origins = [day - timedelta(days=lag) for lag in range(reach_days, -1, -1)]
    made = [make(origin) for origin in origins if origin >= world.first_day]
    begin, end = midnight(day), midnight(day) + DAY
    parts: list[tuple[Ints, Ints]] = []
    for batch in made:
        row, kind = _within(batch.instants, begin, end)
        parts.append((row, kind))
    rows = gather([(batch.rows, row) for batch, (row, _) in zip(made, parts, strict=True)])
    ids = np.concatenate([batch.id[row] for batch, (row, _) in zip(made, parts, strict=True)])
    instants = tuple(
        np.concatenate([batch.instants[i][row] for batch, (row, _) in zip(made, parts, strict=True)])
        for i in range(len(made[0].instants))
    )
    kind = np.concatenate([kind for _, kind in parts])
    matrix = np.stack(instants)
    at = matrix[kind, np.arange(len(kind))]
    number = (matrix < at).sum(axis=0)
    order = np.lexsort((ids, at))
    delay = hash_uniform(world.seed, f"{name}.arrival", ids, number) * 20 * SECOND + SECOND
    arrived = np.minimum(at + delay.astype(np.int64), end - 1)
    return DatedChanges(
        rows=rows.take(order),
        id=ids[order],
        at=at[order],
        number=number[order],
        arrived_at=arrived[order],
        instants=tuple(values[order] for values in instants),
    )


def _within(instants: Sequence[Ints], begin: int, end: int) -> tuple[Ints, Ints]:
    """Rows and kinds of the changes from ``begin`` to ``end`` (exclusive)."""
    found = [np.flatnonzero((at >= begin) & (at < end)) for at in instants]
    return np.concatenate(found), np.repeat(np.arange(len(found)), [len(rows) for rows in found])
