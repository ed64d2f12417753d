"""What a load hands to an engine: the days to take in, and how to tell how far it is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from sonic.warehouse.lake import LakeFile, Manifest

Progress = Callable[[str, int, int], None]
"""Told what is being loaded, the bytes done and the bytes in all."""


class Day(NamedTuple):
    """One arrival day, and the load that brings it."""

    load_id: int
    manifest: Manifest


@dataclass
class Meter:
    """Tells the progress of a load over `total` bytes."""

    progress: Progress
    total: int
    done: int = 0

    def tell(self, text: str) -> None:
        """Something goes on that has no bytes of its own."""
        self.progress(text, self.done, self.total)

    def took(self, day: Day, file: LakeFile) -> None:
        """A file is in the database's hands."""
        self.done += file.bytes
        self.progress(f"{day.manifest.arrival_date} {file.table}", self.done, self.total)

    def restart(self, done: Sequence[Day] = ()) -> None:
        """Only these days are in: what was taken since is given again."""
        self.done = sum(day.manifest.bytes for day in done)


class Loader(Protocol):
    """How one engine takes the lake in."""

    def load(self, days: Sequence[Day], *, clean: bool, meter: Meter) -> None:
        """Takes arrival days in, in their order; a day whole or not at all.

        If one is refused, those before it are in when the error is raised. `clean` tells whether events can have
        their keys and foreign keys.
        """
