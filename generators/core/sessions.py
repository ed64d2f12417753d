"""Who listens when and where on a UTC day: intended sessions, before their plays are known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, SECOND, hours_of_utc_day, midnight, utc_offsets
from generators.core.columns import Columns
from generators.core.order import in_order
from generators.core.people import BOT_CLOCK, BOT_NONE
from generators.core.random import Floats, Ints, hash_uniform, pick
from generators.core.world import World

OFFLINE_SHARE = 0.016
"""Accounts that are without connection on a day and report later."""
LATENESS = (1, 2, 3, 4, 5, 41, 43, 46)
"""Days after which late batches arrive, with their shares."""
_LATENESS_SHARE = np.array([0.44, 0.2, 0.13, 0.09, 0.06, 0.03, 0.03, 0.02])
TRIP_BLOCK_DAYS = 30


@dataclass(frozen=True)
class Heads(Columns):
    """Intended sessions of a UTC day, before their plays are known, in order of (account, start)."""

    user: Ints
    start: Ints
    device: Ints
    """Device row."""
    device_kind: Ints
    city: Ints
    bot: Ints
    """Pattern that this session follows; BOT_NONE for people."""
    lateness: Ints
    """Days after which it arrives; 0 for the main batch."""


def place_on(world: World, day: date, rows: Ints) -> Ints:
    """City row where accounts are on a UTC day: home, or the destination of a trip."""
    users = world.users(day + timedelta(days=1))

    def make() -> Ints:
        place = users.city_at(np.arange(len(users)), midnight(day) + 12 * HOUR)
        block, offset = divmod(day.toordinal(), TRIP_BLOCK_DAYS)
        who, begins, ends, draw = _trips(world, block)
        row = np.flatnonzero((begins <= offset) & (offset < ends) & (who < len(users)))
        row = row[users.bot[who[row]] == BOT_NONE]
        who, draw = who[row], draw[row]
        # Two trips of three stay in the country; the rest go anywhere by the weight of countries and cities.
        ref = world.ref
        abroad = hash_uniform(world.seed, "trips.abroad", who, np.full(len(who), block)) < 0.35
        reach = ref.city_population**0.5
        foreign = reach * np.where(ref.launch, 0.35, 1.0)[ref.city_country]
        goal = pick(draw, foreign)
        for country in np.flatnonzero(ref.launch):
            among = ref.cities_of(int(country))
            local = ~abroad & (ref.city_country[place[who]] == country)
            goal[local] = among[pick(draw[local], reach[among])]
        place[who] = goal
        return place

    return world.remember(("place", day), make, keep=8)[rows]


def _trips(world: World, block: int) -> tuple[Ints, Ints, Ints, Floats]:
    """Trips of a block of days by account: its row, first day and day after the last within the block, and a draw."""

    def make() -> tuple[Ints, Ints, Ints, Floats]:
        draws = world.rng("trips", block=block).random((len(world.users(world.horizon)), 4))
        who = np.flatnonzero(draws[:, 0] < 0.13)
        draws = draws[who]
        begins = (draws[:, 1] * 24).astype(np.int64)
        return who, begins, begins + 2 + (draws[:, 2] * 6).astype(np.int64), draws[:, 3]

    return world.remember(("trips", block, world.horizon), make, keep=3)


_KEPT_DAYS = 18
"""Days whose sessions are kept: a weekly challenge counts those of its week on the day after it, and a run of up to ten
days begins with what its last day carries over."""


def heads_of(world: World, day: date) -> Heads:
    """Intended sessions that start on a UTC day, main and late."""
    return world.remember(("heads", day), lambda: _make_heads(world, day), keep=_KEPT_DAYS)


def heads_reporting(world: World, day: date, lateness: int) -> tuple[Heads, Ints]:
    """Sessions of a UTC day that arrive so many days late (0: the main batch).

    Returns:
        The sessions, and the start of each listener's first session of the next day (``NEVER`` if none).
    """
    if lateness == 0:
        heads = heads_of(world, day)
        heads = heads.take(heads.lateness == 0)
        return heads, _first_starts(world, day + timedelta(days=1))[heads.user]
    # Late sessions are few and wanted again for weeks: they are kept, the day's others are not.
    heads, after = world.remember(("late_heads", day), lambda: _late_heads(world, day), keep=64)
    rows = np.flatnonzero(heads.lateness == lateness)
    return heads.take(rows), after[rows]


def _late_heads(world: World, day: date) -> tuple[Heads, Ints]:
    heads = heads_of(world, day)
    heads = heads.take(heads.lateness > 0)
    return heads, _first_starts(world, day + timedelta(days=1))[heads.user]


def _first_starts(world: World, day: date) -> Ints:
    """Start of each account's first session of a UTC day; ``NEVER`` where there is none."""
    heads = heads_of(world, day)
    first = np.full(len(world.users(day + timedelta(days=1))), NEVER, dtype=np.int64)
    np.minimum.at(first, heads.user, heads.start)
    return first


def _bot_active(world: World, day: date, users: Ints, bot: Ints) -> Ints:
    """1 for the bots that run on a day."""
    chance = np.array([0.0, 0.30, 0.25, 0.05])[bot]
    key = np.full(len(users), day.toordinal())
    return (hash_uniform(world.seed, "bots.active", users, key) < chance).astype(np.int64)


_GUESTS = 3
"""To whom a shared log-in is lent; each has a quarter of its sessions, as the owner has."""


def _with_guests(world: World, day: date, user: Ints, city: Ints) -> Ints:
    """City of each session of a day: the owner's, or that of a guest, each of whom lives in a country of its own."""
    seed, ref, users = world.seed, world.ref, world.users(day + timedelta(days=1))
    lent = np.flatnonzero(users.is_shared[user])
    if not len(lent):
        return city
    user, number = user[lent], np.arange(len(lent))
    draw = hash_uniform(seed, "sharers.guest", user, number, np.full(len(lent), day.toordinal()))
    guest = (draw * (_GUESTS + 1)).astype(np.int64)
    places, first_city = np.unique(ref.city_country, return_index=True)
    home = np.searchsorted(places, ref.city_country[users.city[user]])
    stride = 1 + (hash_uniform(seed, "sharers.countries", user) * ((len(places) - 1) // _GUESTS)).astype(np.int64)
    city = city.copy()
    city[lent] = np.where(guest > 0, first_city[(home + guest * stride) % len(places)], city[lent])
    return city


def _hours(cumulative: Floats, profile: Ints, uniform: Floats) -> Floats:
    """Hours from midnight UTC at which sessions start, drawn from the running listening of each one's profile.

    Args:
        cumulative: shape (profiles, 25).
    """
    target = uniform * cumulative[profile, 24]
    hour = np.empty(len(profile), dtype=np.int64)
    for number, running in enumerate(cumulative):
        row = np.flatnonzero(profile == number)
        hour[row] = np.minimum(np.searchsorted(running[1:], target[row], side="right"), 23)
    low = cumulative[profile, hour]
    inside: Floats = (target - low) / (cumulative[profile, hour + 1] - low)
    return hour + inside


def _make_heads(world: World, day: date) -> Heads:
    begin = midnight(day)
    users = world.users(day + timedelta(days=1))
    n = len(users)
    rows = np.arange(n)
    city = place_on(world, day, rows)
    offsets = utc_offsets(world.ref.zones, day)
    kinds, offset_row = np.unique(offsets, return_inverse=True)
    cumulative = np.stack([hours_of_utc_day(day, int(offset)) for offset in kinds])
    rate = users.activity * cumulative[offset_row[world.ref.city_zone], 24][city] / 24.0
    rate *= np.where(users.lapsed_at <= begin + DAY // 2, 0.05, 1.0)
    rate[users.is_shared] *= world.effect("sharers.sessions")
    # A suspension takes a day or two to reach every device.
    suspended = np.flatnonzero(users.suspended_at <= begin)
    rate[suspended] *= np.where(users.suspended_at[suspended] > begin - 2 * DAY, 0.5, 0.0)
    rate[users.deleted_at <= begin] = 0.0
    bots = np.flatnonzero(users.bot)
    if len(bots):
        kind = users.bot[bots]
        today = _bot_active(world, day, bots, kind)
        yesterday = _bot_active(world, day - timedelta(days=1), bots, kind)
        rate[bots[(today | yesterday) > 0]] = 0.0
        active = bots[(today > 0) & (users.signup_at[bots] < begin - DAY)]
    else:
        active = bots
    rng = world.rng("sessions.count", day)
    count = rng.poisson(np.minimum(rate, 6.0))
    offline = world.rng("sessions.offline", day).random(n)
    late, unconnected = np.zeros(n, dtype=np.int64), np.flatnonzero(offline < OFFLINE_SHARE)
    late[unconnected] = np.array(LATENESS)[pick(offline[unconnected] / OFFLINE_SHARE, _LATENESS_SHARE)]
    user = np.concatenate([np.repeat(rows, count), active])
    bot = np.concatenate([np.zeros(int(count.sum()), dtype=np.int64), users.bot[active]])
    m = len(user)
    hour_draw, slot_draw = world.rng("sessions.start", day).random((2, m))
    place = _with_guests(world, day, user, city[user])
    profile = offset_row[world.ref.city_zone[place]]
    start = begin + (_hours(cumulative, profile, hour_draw) * HOUR).astype(np.int64)
    clock = bot == BOT_CLOCK
    local_midnight = (-offsets[world.ref.city_zone[city[user]]] * MINUTE) % DAY
    start = np.where(clock, begin + local_midnight + (slot_draw * 20 * MINUTE).astype(np.int64), start)
    matrix, first_used = world.user_devices(day + timedelta(days=1))
    slot = pick(slot_draw, np.array([0.62, 0.2, 0.12, 0.06]))
    slot = np.where((first_used[user, slot] <= start) & (bot == BOT_NONE), slot, 0)
    device = matrix[user, slot]
    kept = (first_used[user, slot] + 20 * SECOND <= start) & (start < users.deleted_at[user])
    order = in_order(start, user)
    order = order[kept[order]]
    kinds_of = world.devices(day + timedelta(days=2)).kind
    return Heads(
        user=user[order],
        start=start[order],
        device=device[order],
        device_kind=kinds_of[device[order]],
        city=place[order],
        bot=bot[order],
        lateness=np.where(bot[order] > 0, 0, late[user[order]]),
    )
