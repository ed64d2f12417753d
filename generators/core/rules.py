"""What a plan and a family allow, play by play, and the breaches of it that are planted.

The rules are told in words in ``docs/decisions/066-tier-rules.md``. Plays of a batch stand in order of account and
time, so each account's hours and days are runs of rows.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, midnight, utc_offsets
from generators.core.random import Bools, Ints, Small, hash_uniform
from generators.core.sessions import Heads
from generators.core.world import World

FREE_SKIPS_PER_HOUR = 6
BEST_QUALITY = np.array([1, 2, 3], dtype=np.int8)
"""Best quality by tier."""
SKIPS, SHUFFLE, QUALITY, OFFLINE, EXPLICIT, LIMIT = (1 << bit for bit in range(6))
"""What is planted in a play, as flags in one number; above them stands the row of the campaign that brought it."""
BREACHES = {
    SKIPS: "skips",
    SHUFFLE: "shuffle",
    QUALITY: "quality",
    OFFLINE: "offline",
    EXPLICIT: "explicit",
    LIMIT: "limit",
}
CAMPAIGN_SHIFT = 8


def keep_family_rules(
    world: World, day: date, heads: Heads, play: tuple[Ints, Ints, Ints, Ints], logged: Ints, kept: Bools
) -> tuple[Bools, Small]:
    """The plays that take place, and the breaches among them.

    An explicit recording is passed over where it is blocked. A child's limit of minutes a day is kept by half of it
    on each of the two UTC days that a local day meets, of which each is made alone; after midnight UTC it goes on
    only the next time.

    Args:
        day: UTC day of the batch.
        play: session row, number within the session, recording and start of each play.
        logged: milliseconds that may be logged of each play, at most.
        kept: plays that would take place without these rules.

    Returns:
        Plays that take place, and a flag for each of them that breaches a rule.
    """
    s, k, song, start = play
    users, songs = world.users(day + timedelta(days=1)), world.songs(day + timedelta(days=1))
    kept, breach = kept.copy(), np.zeros(len(s), dtype=np.int32)
    row = np.flatnonzero(users.blocks_explicit[heads.user][s] & songs.is_explicit[song])
    draw = hash_uniform(world.seed, "breaches.explicit", heads.user[s[row]], heads.start[s[row]], k[row])
    passes = draw < world.effect("breaches.explicit")
    kept[row[~passes]] = False
    breach[row[passes]] |= EXPLICIT
    row = np.flatnonzero((users.daily_limit[heads.user] > 0)[s] & kept)
    if not len(row):
        return kept, breach
    user, at = heads.user[s[row]], start[row]
    limit = users.daily_limit[user] * (MINUTE // 1_000)
    offset = _offsets(world, day)[world.ref.city_country[heads.city[s[row]]]]
    local = (at + offset) // DAY
    share = world.effect("breaches.limit")
    is_open = hash_uniform(world.seed, "breaches.limit", user, local) < share
    # All of such a day's listening is on one of its two UTC days, which knows by itself where the limit is passed.
    on_first = hash_uniform(world.seed, "breaches.limit_half", user, local) < 0.5
    is_first = at // DAY == (local * DAY - offset) // DAY
    run = _runs(user, local)
    spent = _running(logged[row], run)
    allowed = np.where(is_open, np.where(on_first == is_first, NEVER, 0), limit // 2)
    takes_place = (spent <= allowed) & (at < midnight(day) + DAY)
    kept[row[~takes_place]] = False
    return kept, breach


def _offsets(world: World, day: date) -> Ints:
    """Microseconds from UTC of each country's main zone."""
    return np.asarray(utc_offsets(world.ref.zones, day)[world.ref.country_zone] * MINUTE, dtype=np.int64)


def _runs(*keys: Ints) -> Ints:
    """First row of the run of equal keys that each row belongs to."""
    turns = np.zeros(len(keys[0]), dtype=bool)
    for key in keys:
        turns[1:] |= key[1:] != key[:-1]
    return np.maximum.accumulate(np.where(turns, np.arange(len(turns)), 0))


def _running(values: Ints, run: Ints) -> Ints:
    """Sum of each run's values up to each row."""
    total = np.concatenate(([0], np.cumsum(values)))
    return np.asarray(total[1:] - total[run], dtype=np.int64)


def beyond_limit(world: World, day: date, heads: Heads, play: tuple[Ints, Ints], logged: Ints, kept: Bools) -> Ints:
    """Plays by which a child's listening passes the limit of its local day, or that follow them.

    Args:
        play: session row and start of each play.
        logged: milliseconds of each play as logged, 0 where unknown.
    """
    s, start = play
    limits = world.users(day + timedelta(days=1)).daily_limit[heads.user]
    row = np.flatnonzero((limits > 0)[s] & kept)
    offset = _offsets(world, day)[world.ref.city_country[heads.city[s[row]]]]
    spent = _running(logged[row], _runs(heads.user[s[row]], (start[row] + offset) // DAY))
    return row[spent > limits[s[row]] * (MINUTE // 1_000)]


def over_skip_limit(world: World, user: Ints, start: Ints, next_start: Ints) -> tuple[Ints, Ints]:
    """Rows of skips by the button that a Free account does not have any more, and of those that it takes all the same.

    The skips of an hour (UTC) are counted by the start of what is skipped. A session that reaches past midnight leaves
    the hour of the next day's first session to that one.

    Args:
        user, start: account and start of each play so skipped, in their order.
        next_start: start of the account's first session of the next day.
    """
    hour = start // HOUR
    free = np.flatnonzero(hour != next_start // HOUR)
    run = _runs(user[free], hour[free])
    over = np.ones(len(user), dtype=bool)
    over[free] = np.arange(len(free)) - run >= FREE_SKIPS_PER_HOUR
    planted = np.zeros(len(user), dtype=bool)
    planted[free] = True
    planted &= over
    row = np.flatnonzero(planted)
    passes = hash_uniform(world.seed, "breaches.skips", user[row], hour[row]) < world.effect("breaches.skips")
    planted[row[~passes]] = False
    return np.flatnonzero(over & ~planted), np.flatnonzero(planted)
