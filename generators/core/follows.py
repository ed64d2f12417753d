"""Who follows whom, from when to when: mostly artists of the follower's library, some accounts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generators.core.calendar import DAY, MINUTE, NEVER
from generators.core.choice import song_choice
from generators.core.columns import Columns
from generators.core.order import in_order
from generators.core.random import Bools, Ints, exponential, hash_uniform
from generators.core.world import World

SLOTS = 12
"""Follows of an account, at most."""


@dataclass(frozen=True)
class Follows(Columns):
    """Follows in order of their begin; id is row + 1."""

    begun_at: Ints
    ended_at: Ints
    follower: Ints
    to_user: Bools
    target: Ints
    """Row of the artist, or of the account where ``to_user``."""


def follows(world: World) -> Follows:
    """Every follow of the world's horizon."""
    return world.remember(("follows", world.horizon), lambda: _make(world), keep=1)


def _make(world: World) -> Follows:
    users, seed = world.users(world.horizon), world.seed
    owner, slots = np.arange(len(users))[:, None], np.arange(SLOTS)[None, :]
    gap = exponential(hash_uniform(seed, "follows.gap", owner, slots), 75.0 * DAY).astype(np.int64) + MINUTE
    at = users.signup_at[:, None] + 10 * MINUTE + np.cumsum(gap, axis=1)
    keen = hash_uniform(seed, "follows.keen", owner)
    at = np.where(slots < keen * SLOTS, at, NEVER)
    who, slot = np.nonzero(at < np.minimum(users.deleted_at, users.suspended_at)[:, None])
    when = at[who, slot]
    order = in_order(when)
    when, who, slot = when[order], who[order], slot[order]
    lasts = DAY + exponential(hash_uniform(seed, "follows.end", who, slot), 1_100.0 * DAY).astype(np.int64)
    to_user = (hash_uniform(seed, "follows.user", who, slot) < 0.15) & (who > 0)
    own = hash_uniform(seed, "follows.own", who, slot) < 0.7
    draw = hash_uniform(seed, "follows.artist", who, slot)
    songs = world.songs(world.first_day)
    artist = songs.artist[song_choice(world, world.first_day).choose(draw, users.taste_language[who], own)]
    other = (hash_uniform(seed, "follows.other", who, slot) * np.maximum(who, 1)).astype(np.int64)
    return Follows(
        begun_at=when,
        ended_at=np.minimum(when + lasts, users.deleted_at[who]),
        follower=who,
        to_user=to_user,
        target=np.where(to_user, other, artist),
    )


@dataclass(frozen=True)
class Audience:
    """Follows of artists, sorted by (artist, begin)."""

    follows: Follows

    def of(self, artist: Ints, instants: Ints) -> tuple[Ints, Ints]:
        """Followers of artists at instants: the number of the asking row, and the follower's account row."""
        low = np.searchsorted(self.follows.target, artist)
        count = np.searchsorted(self.follows.target, artist, side="right") - low
        asking = np.repeat(np.arange(len(artist)), count)
        row = np.arange(len(asking)) - np.repeat(np.cumsum(count) - count, count) + low[asking]
        when = instants[asking]
        there = np.flatnonzero((self.follows.begun_at[row] <= when) & (when < self.follows.ended_at[row]))
        return asking[there], self.follows.follower[row[there]]


def audience(world: World) -> Audience:
    """Those who follow artists, for the world's horizon."""

    def make() -> Audience:
        every = follows(world)
        rows = np.flatnonzero(~every.to_user)
        return Audience(every.take(rows[in_order(every.target[rows])]))

    return world.remember(("audience", world.horizon), make, keep=1)
