"""Change rows of entities: the instants at which each is created and altered, in order, sliced by period."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from generators.core.calendar import DAY, NEVER, SECOND, midnight
from generators.core.order import in_order
from generators.core.random import Ints, Small, hash_uniform
from generators.core.world import World

_OPENING_LEAD = 3_600 * SECOND
"""The opening's rows arrive together, an hour before the first day; what happens in that hour, as it happens."""
_KEPT = 256
"""Orders of changes that are kept: more than there are entities, so that none is worked out twice a day."""


@dataclass(frozen=True)
class Changes:
    """Change rows within a period, in order of (instant, row)."""

    row: Ints
    """Entity row (id - 1)."""
    at: Ints
    number: Ints
    """0 is the creation."""
    arrived_at: Ints

    def __len__(self) -> int:
        return len(self.row)

    def take(self, index: Ints) -> Changes:
        """Some of the rows, or rows more than once."""
        return Changes(self.row[index], self.at[index], self.number[index], self.arrived_at[index])

    def part(self, rows: slice) -> Changes:
        """Some of the rows, without a copy."""
        return Changes(self.row[rows], self.at[rows], self.number[rows], self.arrived_at[rows])

    @property
    def metadata(self) -> dict[str, Ints]:
        """The columns that arrival adds to an entity table."""
        return {"changed_at": self.at, "change_no": self.number, "arrived_at": self.arrived_at}


def changes(
    world: World, name: str, instants: Callable[[], Sequence[Ints]], begin: date | None, until: date
) -> Changes:
    """Change rows whose instant lies from ``begin`` to ``until`` (exclusive).

    Args:
        name: names the entity; the order of its changes is worked out once per horizon of the world.
        instants: gives, for all entities of the horizon, one array per kind of event (creation first, later
            ones after it; ``NEVER`` where it does not happen).
        begin: None for the opening: all there was, arriving together. Otherwise rows arrive within seconds,
            on the day of the change.
    """
    return changes_of(world, name, lambda: steps_of(instants()), begin, until)


def changes_of(
    world: World, name: str, steps: Callable[[], tuple[Ints, Ints]], begin: date | None, until: date
) -> Changes:
    """Change rows of entities that change as often as they may: ``steps`` gives entity row and instant of each.

    Args:
        steps: of all entities of the horizon; instants of one entity differ, its first step is its creation.
        name, begin: as of ``changes``; no day before the first.
    """
    key = ("changes", name, world.horizon)
    if begin is None:
        at, row, number = ordered(*steps())
        # What lies before the first day is most of all, and asked for once.
        world.remember(key, lambda: _to_come(world, at, row, number), keep=_KEPT)
        low = 0
    else:
        at, row, number = world.remember(key, lambda: _to_come(world, *ordered(*steps())), keep=_KEPT)
        low = int(np.searchsorted(at, midnight(begin)))
    high = int(np.searchsorted(at, midnight(until)))
    at, row, number = at[low:high], *(few[low:high].astype(np.int64, copy=False) for few in (row, number))
    arrived = arrival_of(world, name, at, begin, until, row, number)
    return Changes(row=row, at=at, number=number, arrived_at=arrived)


def _to_come(world: World, at: Ints, row: Ints, number: Ints) -> tuple[Ints, Small, Small]:
    """Changes from the first day to the horizon, as narrow arrays of their own that keep nothing else."""
    days = slice(*np.searchsorted(at, [midnight(world.first_day), midnight(world.horizon)]))
    return at[days].copy(), row[days].astype(np.int32), number[days].astype(np.int32)


def arrival_of(world: World, name: str, at: Ints, begin: date | None, until: date, *keys: Ints) -> Ints:
    """When rows arrive: the opening's together, an hour before the first day; others in seconds, on their day.

    Args:
        at: instants from ``begin`` to ``until`` (exclusive). keys: integers that tell the rows apart.
    """
    if begin is None:
        return np.maximum(at, midnight(until) - _OPENING_LEAD)
    delay = hash_uniform(world.seed, f"{name}.arrival", *keys) * 20 * SECOND + SECOND
    return np.minimum(at + delay.astype(np.int64), at // DAY * DAY + DAY - 1)


def steps_of(instants: Sequence[Ints]) -> tuple[Ints, Ints]:
    """Entity row and instant of every step, of one kind of event after the other."""
    events = [np.flatnonzero(i < NEVER) for i in instants]
    return np.concatenate(events), np.concatenate([i[e] for i, e in zip(instants, events, strict=True)])


def ordered(row: Ints, at: Ints) -> tuple[Ints, Ints, Ints]:
    """Instant, entity row and number of every change, by (instant, row, number)."""
    order = in_order(at, row)
    row, at = row[order], at[order]
    first = np.flatnonzero(np.append(True, row[1:] != row[:-1])) if len(row) else row
    number = np.arange(len(row)) - np.repeat(first, np.diff(first, append=len(row)))
    # Stable, so that what happens at one instant stays in order of row and number.
    order = in_order(at)
    return at[order], row[order], number[order]
