"""Recordings that accounts single out one by one: what they rate and what they keep. None twice by one account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from generators.core.calendar import MINUTE, NEVER, midnight
from generators.core.choice import keyed_song
from generators.core.columns import Columns
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
    order = np.argsort(when, kind="stable")
    return Keepsakes(
        at=when[order],
        user=rows[order].astype(np.int32),
        song=song[rows, places][order].astype(np.int32),
        end=users.deleted_at[rows][order],
    )
