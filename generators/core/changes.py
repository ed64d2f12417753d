"""Change rows of entities: the instants at which each is created and altered, in order, sliced by period."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from generators.core.calendar import DAY, SECOND, midnight
from generators.core.random import Ints, hash_uniform
from generators.core.world import World

_OPENING_LEAD = 3_600 * SECOND
"""The opening's rows arrive together, an hour before the first day; what happens in that hour, as it happens."""


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
    at, row, number = world.remember(("changes", name, world.horizon), lambda: _ordered(instants()), keep=64)
    low = 0 if begin is None else int(np.searchsorted(at, midnight(begin)))
    high = int(np.searchsorted(at, midnight(until)))
    at, row, number = at[low:high], row[low:high], number[low:high]
    if begin is None:
        arrived = np.maximum(at, midnight(until) - _OPENING_LEAD)
    else:
        delay = hash_uniform(world.seed, f"{name}.arrival", row, number) * 20 * SECOND + SECOND
        arrived = np.minimum(at + delay.astype(np.int64), at // DAY * DAY + DAY - 1)
    return Changes(row=row, at=at, number=number, arrived_at=arrived)


def _ordered(instants: Sequence[Ints]) -> tuple[Ints, Ints, Ints]:
    """Instant, entity row and number of every change, by (instant, row, number)."""
    events = [np.flatnonzero(i < np.iinfo(np.int64).max) for i in instants]
    row = np.concatenate(events)
    at = np.concatenate([i[e] for i, e in zip(instants, events, strict=True)])
    kind = np.repeat(np.arange(len(events)), [len(e) for e in events])
    order = np.lexsort((kind, at, row))
    row, at = row[order], at[order]
    number = np.arange(len(row)) - np.searchsorted(row, row)
    order = np.lexsort((number, row, at))
    return at[order], row[order], number[order]
