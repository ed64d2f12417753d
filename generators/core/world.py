"""The world that all domains share: entities as prefix-stable arrays, a function of (seed, scale, first day).

Row i of a struct is the entity with id i + 1; ids rise with creation. ``until`` is exclusive: entities created
before 00:00 UTC of that day. The same seed gives the same rows for any ``until``, only more of them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import TypeVar, cast

import numpy as np

from generators.core import catalogue, people
from generators.core.calendar import midnight
from generators.core.catalogue import Albums, Artists, Labels, Songs
from generators.core.columns import C
from generators.core.effects import size_of
from generators.core.people import Devices, Households, Members, Users
from generators.core.random import Ints, stream
from generators.core.reference import Reference, reference

T = TypeVar("T")
_FIRST_HORIZON = 130
"""Days after the first day for which entities are made at once; doubled when that does not reach."""


class World:
    """Entities of one data set. Everything is made on demand and kept.

    Args:
        seed: seed of the data set.
        scale: 1 is about 5,000 accounts and a million streams in 90 days.
        first_day: first UTC day of service data; what lies before is the opening.
        effects: whether effects are planted (``effects.csv``).
        growth: sign-ups a day, of those of a young service; with about 0.3 as many come as go.
    """

    def __init__(
        self,
        seed: int = 42,
        scale: float = 0.1,
        first_day: date = date(2026, 1, 1),
        effects: bool = True,
        growth: float = 1.0,
    ) -> None:
        self.seed = seed
        self.effects = effects
        self.growth = growth
        self.scale = scale
        self.first_day = first_day
        self.opening_day = first_day - timedelta(days=1)
        """Arrival day of the opening file set."""
        self.ref: Reference = reference()
        self._horizon = first_day + timedelta(days=_FIRST_HORIZON)
        self._made: dict[str, object] = {}
        self.tallies: Path | None = None
        """Folder in which days leave their tallies for one another (``tallies``); none where no lake is written."""
        self.memory: dict[object, dict[object, object]] = {}
        """What `remember` keeps, by kind and key; only results that are functions of this world."""

    def effect(self, name: str) -> float:
        """Size of an effect in this world."""
        return size_of(name, planted=self.effects)

    def rng(self, purpose: str, day: date | None = None, block: int = 0) -> np.random.Generator:
        """Counter-based stream of this world's seed."""
        return stream(self.seed, purpose, day, block)

    def remember(self, key: object, make: Callable[[], T], keep: int = 64) -> T:
        """A value made once per key; of each kind (first part of a tuple key) the last ``keep`` are held."""
        kept = self.memory.setdefault(key[0] if isinstance(key, tuple) else key, {})
        if key not in kept:
            value = make()
            while len(kept) >= keep:
                del kept[next(iter(kept))]
            kept[key] = value
        return cast(T, kept[key])

    @property
    def has_begun(self) -> bool:
        """Whether something is remembered already."""
        return bool(self.memory)

    def reach(self, until: date) -> date:
        """Widen the horizon so that it covers ``until``; the horizon."""
        while until > self._horizon:
            self._horizon += self._horizon - self.first_day
            self._made.clear()
        return self._horizon

    def _once(self, name: str, make: Callable[[], T]) -> T:
        if name not in self._made:
            self._made[name] = make()
        return cast(T, self._made[name])

    def _before(self, name: str, every: C, created_at: Ints, until: date) -> C:
        """The entities created before ``until``."""
        key = (f"{name} before", until, len(every))
        return self.remember(key, lambda: every.head(int(np.searchsorted(created_at, midnight(until)))), keep=32)

    @property
    def horizon(self) -> date:
        """Day up to which entities have been made so far; asking for it makes no more."""
        return self._horizon

    def users(self, until: date) -> Users:
        """Accounts created before ``until``."""
        self.reach(until)
        every = self._once(
            "users",
            lambda: people.make_users(
                self.seed,
                self.scale,
                self.first_day,
                self._horizon,
                self.ref,
                effects=self.effects,
                growth=self.growth,
            ),
        )
        return self._before("users", every, every.signup_at, until)

    def _sharing(self, until: date) -> tuple[Households, Members]:
        horizon = self.reach(until)
        return self._once("sharing", lambda: people.make_households(self.seed, horizon, self.users(horizon)))

    def households(self, until: date) -> Households:
        """Households founded before ``until``; the owner is the account that pays for all of it."""
        every, _ = self._sharing(until)
        return self._before("households", every, every.created_at, until)

    def members(self, until: date) -> Members:
        """Memberships begun before ``until``, owners included."""
        _, every = self._sharing(until)
        return self._before("members", every, every.joined_at, until)

    def _devices(self, until: date) -> tuple[Devices, Ints, Ints]:
        horizon = self.reach(until)
        return self._once("devices", lambda: people.make_devices(self.seed, horizon, self.users(horizon)))

    def devices(self, until: date) -> Devices:
        """Devices first used before ``until``."""
        every, _, _ = self._devices(until)
        return self._before("devices", every, every.created_at, until)

    def user_devices(self, until: date) -> tuple[Ints, Ints]:
        """Device rows (-1: none yet in this horizon) and first-use instants per account, each (users, 4)."""
        _, matrix, at = self._devices(until)
        n = len(self.users(until))
        return matrix[:n], at[:n]

    @cached_property
    def labels(self) -> Labels:
        """All labels; they precede the first day."""
        return catalogue.make_labels(self.seed, self.scale, self.first_day, self.ref)

    def artists(self, until: date) -> Artists:
        """Artists created before ``until``."""
        self.reach(until)
        every = self._once(
            "artists",
            lambda: catalogue.make_artists(self.seed, self.scale, self.first_day, self._horizon, self.ref, self.labels),
        )
        return self._before("artists", every, every.created_at, until)

    def albums(self, until: date) -> Albums:
        """Releases created before ``until``."""
        horizon = self.reach(until)
        every = self._once(
            "albums",
            lambda: catalogue.make_albums(self.seed, self.scale, self.first_day, horizon, self.artists(horizon)),
        )
        return self._before("albums", every, every.created_at, until)

    def songs(self, until: date) -> Songs:
        """Recordings created before ``until``; content id = song id = row + 1."""
        horizon = self.reach(until)
        every = self._once(
            "songs",
            lambda: catalogue.make_songs(
                self.seed, self.first_day, self.artists(horizon), self.albums(horizon), self.ref
            ),
        )
        return self._before("songs", every, every.created_at, until)
