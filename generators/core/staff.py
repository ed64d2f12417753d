"""Who decides: accounts of moderators and administrators that stay."""

from __future__ import annotations

import numpy as np

from generators.core.calendar import NEVER
from generators.core.people import USER_TYPES
from generators.core.random import Ints, hash_uniform
from generators.core.world import World


def staff(world: World) -> Ints:
    """Account rows of moderators and administrators of the opening that are never suspended or deleted; may be none."""

    def make() -> Ints:
        users = world.users(world.first_day)
        of_staff = users.user_type >= USER_TYPES.index("moderator")
        return np.flatnonzero(of_staff & (users.deleted_at == NEVER) & (users.suspended_at == NEVER))

    return world.remember("staff", make)


def reviewers(world: World, purpose: str, key: Ints, at: Ints) -> Ints:
    """Account id of the one who decides on each row at an instant; -1 where no such account is there yet."""
    among = staff(world)
    if not len(among):
        return np.full(len(key), -1, dtype=np.int64)
    chosen = among[(hash_uniform(world.seed, f"{purpose}.reviewer", key) * len(among)).astype(np.int64)]
    return np.where(world.users(world.first_day).signup_at[chosen] < at, chosen + 1, -1)


def decider(world: World, key: Ints) -> Ints:
    """Account row of the one who moderates each case; -1 for the outside team, which has no accounts."""
    among = staff(world)
    if not len(among):
        return np.full(len(key), -1)
    draw = hash_uniform(world.seed, "moderation.who", key)
    outside = hash_uniform(world.seed, "moderation.outside", key) < 0.2
    return np.where(outside, -1, among[(draw * len(among)).astype(np.int64)])
