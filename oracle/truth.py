"""What the topics share: the rows, the seeds, and each notion worked out once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from oracle.lake import Lake, Planted, Seeds

T = TypeVar("T")


class Truth:
    """The lake and the seeds, what was planted in the rows that were loaded, and what has been worked out so far."""

    def __init__(self, lake: Lake, seeds: Seeds, planted: Planted | None = None) -> None:
        self.lake = lake
        self.seeds = seeds
        self.planted = planted
        self._known: dict[Callable[[Truth], Any], Any] = {}

    def of(self, notion: Callable[[Truth], T]) -> T:
        """What the notion says of this lake: worked out the first time, then kept. Not to be altered."""
        if notion not in self._known:
            self._known[notion] = notion(self)
        return cast(T, self._known[notion])
