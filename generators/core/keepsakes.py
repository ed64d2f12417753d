"""Recordings that accounts single out one by one: what they rate and what they keep. None twice by one account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from generators.core.calendar import MINUTE, NEVER, SECOND, midnight
from generators.core.choice import keyed_song
from generators.core.columns import Columns
from generators.core.order import in_order
from generators.core.random import Ints, Small, exponential, hash_uniform
from generators.core.world import World


@dataclass(frozen=True)
class Keepsakes(Columns):
    """In order of their instants; row i has the id i + 1."""

    at: Ints
    user: Small
    song: Small
    """Recording of the account's library."""
    end: Ints
    """When the account is deleted; ``NEVER`` if it is not."""

    def before(self, until: date) -> int:
        """How many there are before 00:00 UTC of a day."""
        return int(np.searchsorted(self.at, midnight(until)))


def keepsakes(world: World, purpose: str, slots: int, mean_gap: int) -> Keepsakes:
    """All of the world's horizon: up to ``slots`` an account, with exponential gaps of a mean in microseconds."""
    return world.remember((f"{purpose} kept", world.horizon), lambda: _make(world, purpose, slots, mean_gap), keep=1)


def _make(world: World, purpose: str, slots: int, mean_gap: int) -> Keepsakes:
    users, seed = world.users(world.horizon), world.seed
    user, slot = np.arange(len(users))[:, None], np.arange(slots)[None, :]
    gap = exponential(hash_uniform(seed, f"{purpose}.gap", user, slot), float(mean_gap)).astype(np.int64) + MINUTE
    at = users.signup_at[:, None] + 20 * MINUTE + np.cumsum(gap, axis=1)
    keen = hash_uniform(seed, f"{purpose}.keen", user)
    at = np.where(slot < keen * (slots + 1), at, NEVER)
    # Places in the library, from which the front is taken first; popular recordings stand in several of them.
    song = keyed_song(world, "library", users.taste_language[:, None], user, slot)
    known = np.zeros(song.shape, dtype=bool)
    for place in range(1, slots):
        known[:, place] = (song[:, :place] == song[:, place : place + 1]).any(axis=1)
    out = world.songs(world.first_day).created_at[song] < at
    lasts = np.minimum(users.deleted_at, users.suspended_at)[:, None]
    kept = ~known & out & (at < np.minimum(lasts, midnight(world.horizon)))
    rows, places = np.nonzero(kept)
    when = at[rows, places]
    order = in_order(when)
    return Keepsakes(
        at=when[order],
        user=rows[order].astype(np.int32),
        song=song[rows, places][order].astype(np.int32),
        end=users.deleted_at[rows][order],
    )


_FAVOURITES, _LOOKED_AT = 3, 6


def first_artists(world: World) -> tuple[Ints, Ints, Ints, Ints]:
    """Artists whom accounts name as they begin, up to three: instant, account row, artist row and rank from 1."""
    return world.remember(("first artists", world.horizon), lambda: _first_artists(world), keep=1)


def _first_artists(world: World) -> tuple[Ints, Ints, Ints, Ints]:
    users, songs = world.users(world.horizon), world.songs(world.first_day)
    user, slot = np.arange(len(users))[:, None], np.arange(_LOOKED_AT)[None, :]
    song = keyed_song(world, "library", users.taste_language[:, None], user, slot)
    artist = songs.artist[song]
    fits = songs.created_at[song] < users.signup_at[:, None]
    for place in range(1, _LOOKED_AT):
        fits[:, place] &= ~(artist[:, :place] == artist[:, place : place + 1]).any(axis=1)
    wanted = (hash_uniform(world.seed, "favourites.count", user) * (_FAVOURITES + 1)).astype(np.int64)
    rank = fits.cumsum(axis=1)
    rows, places = np.nonzero(fits & (rank <= wanted))
    number = rank[rows, places]
    return users.signup_at[rows] + (45 + number) * SECOND, rows, artist[rows, places], number
