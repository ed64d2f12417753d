"""What a domain makes of a day, kept while the day is made: a log that follows from other domains' rows reads them."""

from __future__ import annotations

from datetime import date
from typing import Protocol

import pyarrow as pa

from generators.core.world import World

_MADE = " made"


class Domain(Protocol):
    """A module that makes tables."""

    __name__: str

    def day(self, world: World, arrival_day: date, /) -> dict[str, pa.Table]:
        """What arrives on a UTC day, by table."""
        ...


def made_on(world: World, domain: Domain, day: date) -> dict[str, pa.Table]:
    """What a domain makes of a UTC day; made once until it is forgotten."""
    return world.remember((f"{domain.__name__}{_MADE}", day), lambda: domain.day(world, day), keep=1)


def forget_made(world: World) -> None:
    """Lets go of the tables of a day, which can be large."""
    for kind in [kind for kind in world.memory if isinstance(kind, str) and kind.endswith(_MADE)]:
        del world.memory[kind]
