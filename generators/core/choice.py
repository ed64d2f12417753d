"""Which recording is played: by popularity, by language, or from a listener's own library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from generators.core.random import Bools, Floats, Ints, hash_uniform
from generators.core.world import World

LIBRARY_SIZE = 45
"""Recordings that a listener returns to."""
FROM_OWN_LANGUAGE = 0.62
"""Share of choices made within the listener's own language."""
KEPT_CHOICES = 16
"""Days whose catalogue is kept: an arrival day plays those of itself, the day before and eight days of late batches."""


@dataclass(frozen=True)
class SongChoice:
    """Inverse distribution over recordings, grouped by language."""

    order: Ints
    """Song rows sorted by language."""
    cumulative: Floats
    """Running weight over ``order`` with a leading 0, shape (songs + 1,)."""
    first: Ints
    """First position of each language in ``order``, shape (languages + 1,)."""

    def choose(self, uniform: Floats, language: Ints, own: Bools) -> Ints:
        """Song rows for uniform numbers; where ``own``, among the songs in the row's language."""
        low = np.where(own, self.first[language], 0)
        high = np.where(own, self.first[language + 1], len(self.order))
        empty = low >= high
        low, high = np.where(empty, 0, low), np.where(empty, len(self.order), high)
        start, stop = self.cumulative[low], self.cumulative[high]
        at = np.searchsorted(self.cumulative, start + uniform * (stop - start), side="right") - 1
        return self.order[np.clip(at, low, high - 1)]


def song_choice(world: World, until: date) -> SongChoice:
    """The choice among the recordings created before ``until``."""
    songs = world.songs(until)

    def make() -> SongChoice:
        order = np.argsort(songs.language, kind="stable")
        languages = len(world.ref.languages)
        return SongChoice(
            order=order,
            cumulative=np.concatenate(([0.0], np.cumsum(songs.weight[order]))),
            first=np.searchsorted(songs.language[order], np.arange(languages + 1)),
        )

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
