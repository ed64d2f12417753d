"""Playlists and their entries. An entry's recording is a function of (playlist, slot, generation)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, midnight
from generators.core.choice import KEPT_CHOICES, keyed_song
from generators.core.columns import Columns
from generators.core.order import in_order
from generators.core.people import HISTORY_DAYS
from generators.core.random import Bools, Ints, exponential, hash_uniform, pick
from generators.core.world import World

SLOTS = 4
"""Playlists per account: up to three of its own, then one by algorithm."""
EDITORIAL = 28
EDITORIAL_LENGTH = 50
SPONSORS = 14
"""Advertisers of whom some pay for an editorial list: so many there are before the first day, at least."""
TYPES = ("user", "algorithmic", "editorial")
ROTATION = 8
"""An editorial slot gets a new recording every so many weeks; each week one slot in eight changes."""


@dataclass(frozen=True)
class Playlists(Columns):
    """Playlists in order of creation."""

    owner: Ints
    """Account row; -1 for editorial lists."""
    kind: Ints
    """Index into TYPES."""
    key: Ints
    """Number that fixes the contents: stable under any horizon."""
    language: Ints
    length: Ints
    """Entries at creation."""
    created_at: Ints
    renamed_at: Ints
    deleted_at: Ints
    is_public: Bools
    is_collaborative: Bools


def playlists(world: World, until: date) -> tuple[Playlists, Ints]:
    """Playlists created before ``until`` and the matrix (accounts, 4) of their rows, -1 where there is none."""
    horizon = world.reach(until)
    every, matrix = world.remember(("playlists", horizon), lambda: _make(world, horizon), keep=1)

    def before() -> tuple[Playlists, Ints]:
        n = int(np.searchsorted(every.created_at, midnight(until)))
        users = len(world.users(until))
        return every.head(n), np.where(matrix[:users] < n, matrix[:users], -1)

    return world.remember(("playlists before", until, horizon), before, keep=KEPT_CHOICES)


def _make(world: World, until: date) -> tuple[Playlists, Ints]:
    users = world.users(until)
    n, seed = len(users), world.seed
    owner = np.arange(n)[:, None]
    slot = np.arange(SLOTS)[None, :]
    wait = exponential(hash_uniform(seed, "playlists.wait", owner, slot), 120.0 * DAY).astype(np.int64) + 10 * MINUTE
    has = hash_uniform(seed, "playlists.has", owner, slot) < np.array([0.7, 0.4, 0.2, 0.35])
    at = np.where(has, users.signup_at[:, None] + wait * (slot + 1), NEVER)
    at = np.where(at < np.minimum(users.deleted_at, users.suspended_at)[:, None], at, NEVER)
    rows, slots = np.nonzero(at < midnight(until))
    start = midnight(world.first_day) - HISTORY_DAYS * DAY
    editorial = np.arange(EDITORIAL)
    when = np.concatenate([at[rows, slots], start + editorial * 6 * HOUR])
    owners = np.concatenate([rows, np.full(EDITORIAL, -1)])
    keys = np.concatenate([rows * SLOTS + slots, -1 - editorial])
    kind = np.concatenate([(slots == SLOTS - 1).astype(np.int64), np.full(EDITORIAL, 2)])
    editorial_language = pick((editorial + 0.5) / EDITORIAL, world.ref.language_weight)
    language = np.concatenate([users.taste_language[rows], editorial_language])
    order = in_order(when)
    when, owners, keys, kind, language = (a[order] for a in (when, owners, keys, kind, language))
    matrix = np.full((n, SLOTS), -1, dtype=np.int64)
    mine = owners >= 0
    matrix[owners[mine], keys[mine] % SLOTS] = np.flatnonzero(mine)
    length = 6 + exponential(hash_uniform(seed, "playlists.length", keys), 16.0).astype(np.int64)
    renamed = when + DAY + exponential(hash_uniform(seed, "playlists.rename", keys), 1_500.0 * DAY).astype(np.int64)
    deleted = when + DAY + exponential(hash_uniform(seed, "playlists.delete", keys), 4_000.0 * DAY).astype(np.int64)
    gone = np.where(mine, users.deleted_at[np.maximum(owners, 0)], NEVER)
    deleted = np.where(kind == 0, np.minimum(deleted, gone), NEVER)
    return Playlists(
        owner=owners,
        kind=kind,
        key=keys,
        language=language,
        length=np.where(kind == 2, EDITORIAL_LENGTH, np.where(kind == 1, 30, np.minimum(length, 90))),
        created_at=when,
        renamed_at=np.where((kind == 0) & (renamed < deleted), renamed, NEVER),
        deleted_at=deleted,
        is_public=(kind > 0) | (hash_uniform(seed, "playlists.public", keys) < 0.4),
        is_collaborative=(kind == 0) & (hash_uniform(seed, "playlists.shared", keys) < 0.06),
    ), matrix


def renewals(world: World, day: date) -> int:
    """Fridays from the first day to ``day`` inclusive: each renews one editorial slot in eight, just after 00:00."""
    to_friday = (4 - world.first_day.weekday()) % 7
    return max(0, ((day - world.first_day).days - to_friday) // 7 + 1)


def generation(world: World, slot: Ints, day: date) -> Ints:
    """How often each editorial slot has been renewed by the end of a day."""
    return np.maximum(0, (renewals(world, day) - slot % ROTATION + ROTATION - 1) // ROTATION)


def item_song(world: World, key: Ints, language: Ints, slot: Ints, renewed: Ints) -> Ints:
    """Recording in a slot of a playlist after so many renewals."""
    return keyed_song(world, "playlist_items", language, key, slot, renewed)
