"""What the topics share: the rows, the seeds, and each notion worked out once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from oracle.lake import Lake, Seeds

T = TypeVar("T")


class Truth:
    """The lake and the seeds, with what has been worked out from them so far."""

    def __init__(self, lake: Lake, seeds: Seeds) -> None:
        self.lake = lake
        self.seeds = seeds
        self._known: dict[Callable[[Truth], Any], Any] = {}

    def of(self, notion: Callable[[Truth], T]) -> T:
        """What the notion says of this lake: worked out the first time, then kept. Not to be altered."""
        if notion not in self._known:
            self._known[notion] = notion(self)
        return cast(T, self._known[notion])
