"""Which recording is played: by popularity, by language, or from a listener's own library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from generators.core.order import in_order, last_not_above
from generators.core.random import Bools, Floats, Ints, hash_uniform
from generators.core.world import World

LIBRARY_SIZE = 45
"""Recordings that a listener returns to."""
FROM_OWN_LANGUAGE = 0.62
"""Share of choices made within the listener's own language."""
KEPT_CHOICES = 16
"""Days whose catalogue is kept: an arrival day plays those of itself, the day before and eight days of late batches."""


_STEPS_PER_BOUND = 4
"""Steps of the table of ``Draws`` for each of its bounds."""
_FEW = 64
"""Of so many bounds for each number that is drawn the table is not made: late batches play little of a catalogue."""


class Draws:
    """Draws from groups of weighted items by the inverse distribution.

    Args:
        weight: of the items, in an order in which those of a group stand together.
        first: first item of each group. end: the item after its last. Groups may overlap; none is empty.
    """

    def __init__(self, weight: Floats, first: Ints, end: Ints) -> None:
        self.running = np.concatenate(([0.0], np.cumsum(weight)))
        self.first, self.end = first, end
        self._steps_per_weight = _STEPS_PER_BOUND * len(self.running) / self.running[-1]

    @cached_property
    def _below(self) -> NDArray[np.int32]:
        # How many bounds of the running weight lie below each of many equal steps: most steps have one bound at most,
        # with which a number is compared; to search among more would take five times as long.
        steps = _STEPS_PER_BOUND * len(self.running)
        of_bound = (self.running * self._steps_per_weight).astype(np.int64)
        number = np.arange(len(of_bound) + 1, dtype=np.int32)
        return np.repeat(number, np.diff(of_bound, prepend=-1, append=steps + 1))

    def items(self, uniform: Floats, group: Ints) -> Ints:
        """One item of each row's group for uniform numbers."""
        first, end = self.first[group], self.end[group]
        start = self.running[first]
        found = self._not_above(start + uniform * (self.running[end] - start))
        return np.minimum(np.maximum(found - 1, first), end - 1)

    def _not_above(self, weight: Floats) -> Ints:
        """How many bounds are not above each of the numbers: ``searchsorted(side="right")``."""
        if np.size(weight) * _FEW < len(self.running):
            return np.searchsorted(self.running, weight, side="right")
        step = (weight * self._steps_per_weight).astype(np.int64)
        below = self._below[step].astype(np.int64)
        found: Ints = below + (self.running[below] <= weight)
        step += 1
        end = self._below[step]
        several = np.nonzero(end > below + 1)
        low, high = below[several], end[several].astype(np.int64)
        found[several] = last_not_above(self.running, low, high, weight[several]) + 1
        return found


def songs_by(world: World, key: Literal["artist", "language"], count: int) -> Ints:
    """The first ``count`` recordings in order of (key, row)."""

    def make() -> Ints:
        return in_order(getattr(world.songs(world.horizon), key))

    every = world.remember((f"songs by {key}", world.horizon), make, keep=1)
    return every[every < count]


@dataclass(frozen=True)
class SongChoice:
    """Choice among recordings by popularity, within a language or at large."""

    order: Ints
    """Song rows sorted by language."""
    draws: Draws
    """Draws from ``order``: a group for each language, all recordings where it has none, and one for all."""

    def choose(self, uniform: Floats, language: Ints, own: Bools) -> Ints:
        """Song rows for uniform numbers; where ``own``, among the songs in the row's language."""
        of_all = len(self.draws.first) - 1
        return self.order[self.draws.items(uniform, of_all + (language - of_all) * own)]


def song_choice(world: World, until: date) -> SongChoice:
    """The choice among the recordings created before ``until``."""
    songs = world.songs(until)

    def make() -> SongChoice:
        n = len(songs)
        order = songs_by(world, "language", n)
        of_language = np.bincount(songs.language, minlength=len(world.ref.languages))
        end = np.cumsum(of_language)
        first, end = end - of_language, np.where(of_language, end, n)
        first[of_language == 0] = 0
        return SongChoice(order, Draws(songs.weight[order], np.append(first, 0), np.append(end, n)))

    return world.remember(("song_choice", len(songs)), make, keep=KEPT_CHOICES)


def keyed_song(world: World, purpose: str, language: Ints, *keys: Ints) -> Ints:
    """A recording of the opening catalogue, fixed by the keys: entries of libraries and playlists."""
    choice = song_choice(world, world.first_day)
    own = hash_uniform(world.seed, f"{purpose}.own", *keys) < FROM_OWN_LANGUAGE
    return choice.choose(hash_uniform(world.seed, f"{purpose}.song", *keys), language, own)


def library_song(world: World, user: Ints, language: Ints, uniform: Floats) -> Ints:
    """A recording from each listener's library; the front of the library is played most."""
    slot = (LIBRARY_SIZE * uniform**1.6).astype(np.int64)
    return keyed_song(world, "library", language, user, slot)
