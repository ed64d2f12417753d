"""Subscriptions of one world up to a horizon, in order and with their ids; and who has which tier when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from generators.core import people
from generators.core.calendar import NEVER, midnight
from generators.core.order import in_order, last_not_above
from generators.core.random import Bools, Ints
from generators.core.world import World
from generators.domains.billing import ledger as log
from generators.domains.billing.lifecycle import LifeCycles
from generators.domains.billing.prices import prices

_FAR = date(2200, 1, 1)
_WITH_ACCESS = (log.TRIAL, log.ACTIVE, log.GRACE, log.CANCELLED)


@dataclass(frozen=True)
class Timeline:
    """All rows before the horizon. Every sheet is sorted by (subscription, change) or by instant, see below.

    Attributes:
        changes: images by (subscription, instant), with ``subscription`` (row index) and ``change_no``.
        events: steps by instant. invoices: documents by instant of issue, row index + 1 is their id.
        closings: by invoice and instant. attempts: by instant; ``invoice`` points into ``invoices``.
    """

    horizon: int
    changes: dict[str, Ints]
    events: dict[str, Ints]
    invoices: dict[str, Ints]
    closings: dict[str, Ints]
    attempts: dict[str, Ints]


def _select(sheet: dict[str, Ints], rows: Ints | Bools) -> dict[str, Ints]:
    return {name: values[rows] for name, values in sheet.items()}


def _number(user: Ints, episode: Ints, of_user: Ints, of_episode: Ints) -> Ints:
    """Position of each (user, episode) pair in the pairs (of_user, of_episode), all of which are distinct."""
    span = np.int64(max(int(episode.max(initial=0)), int(of_episode.max(initial=0))) + 1)
    known = of_user * span + of_episode
    order = np.argsort(known)
    found = np.searchsorted(known[order], user * span + episode)
    return np.asarray(order[np.minimum(found, len(order) - 1)], dtype=np.int64)


def _build(world: World, until: date) -> Timeline:
    horizon = midnight(until)
    users = world.users(until)
    # Households of these accounts whenever they are founded: a timeline must not depend on the horizon.
    households, members = people.make_households(world.seed, _FAR, users)
    alone_from = np.zeros(len(users), dtype=np.int64)
    guests = members.role > 0
    alone_from[members.user[guests]] = members.left_at[guests]
    book = LifeCycles(world.seed, users, households, alone_from, horizon, world.effect("price_rise")).run()
    changes, events, attempts = (sheet.joined() for sheet in (book.changes, book.events, book.attempts))
    invoices, closings = book.invoices.joined(), book.closings.joined()
    changes = _select(changes, np.flatnonzero(changes["at"] < horizon))
    changes = _select(changes, in_order(changes["at"], changes["episode"], changes["user"]))
    first = np.flatnonzero(np.r_[True, (np.diff(changes["user"]) != 0) | (np.diff(changes["episode"]) != 0)])
    length = np.diff(np.r_[first, len(changes["at"])])
    # Ids rise with creation.
    rank = np.empty(len(first), dtype=np.int64)
    born = in_order(changes["user"][first], changes["at"][first])
    rank[born] = np.arange(len(first))
    changes["subscription"] = np.repeat(rank, length)
    changes["change_no"] = np.arange(len(changes["at"])) - np.repeat(first, length)
    changes = _select(changes, in_order(changes["change_no"], changes["subscription"]))
    start = changes["change_no"] == 0
    pairs = changes["user"][start], changes["episode"][start]
    events = _select(events, np.flatnonzero(events["at"] < horizon))
    events = _select(events, in_order(events["kind"], events["user"], events["at"]))
    events["subscription"] = _number(events["user"], events["episode"], *pairs)
    # Invoices, and what refers to them by row.
    order = in_order(invoices["user"], invoices["at"])
    order = order[invoices["at"][order] < horizon]
    place = np.full(book.invoices.rows, -1)
    place[order] = np.arange(len(order))
    invoices = _select(invoices, order)
    invoices["subscription"] = _number(invoices["user"], invoices["episode"], *pairs)
    closings["invoice"] = place[closings["invoice"]]
    closings = _select(closings, np.flatnonzero((closings["at"] < horizon) & (closings["invoice"] >= 0)))
    closings = _select(closings, in_order(closings["at"], closings["invoice"]))
    attempts["invoice"] = place[attempts["invoice"]]
    attempts = _select(attempts, np.flatnonzero((attempts["at"] < horizon) & (attempts["invoice"] >= 0)))
    attempts = _select(attempts, in_order(attempts["user"], attempts["at"]))
    return Timeline(
        horizon=horizon, changes=changes, events=events, invoices=invoices, closings=closings, attempts=attempts
    )


def horizon_after(world: World, day: date) -> date:
    """The world's horizon (exclusive), widened where it does not lie beyond a day."""
    return world.reach(day + timedelta(days=2))


def timeline(world: World, day: date) -> Timeline:
    """The timeline that covers a day; the same rows for every horizon, only more of them."""
    until = horizon_after(world, day)
    return world.remember(("billing.timeline", until), lambda: _build(world, until), keep=1)


def market_at(world: World, line: Timeline, user: Ints, instants: Ints) -> Ints:
    """Country row whose prices apply to accounts at instants: of their last purchase, else of the sign-up."""
    steps = line.events

    def purchases() -> tuple[Ints, Ints, Ints]:
        bought = np.flatnonzero(steps["kind"] == log.CREATED)
        bought = bought[in_order(steps["at"][bought], steps["user"][bought])]
        return steps["user"][bought], steps["at"][bought], steps["country"][bought]

    owner, at, country = world.remember(("billing.purchases", line.horizon), purchases, keep=1)
    low = np.searchsorted(owner, user)
    found = last_not_above(at, low, np.searchsorted(owner, user, side="right"), instants)
    home = world.users(world.horizon).payment_country[user]
    return np.where(found >= low, country[found], home)


@dataclass(frozen=True)
class Access:
    """Intervals of paid access of accounts, sorted by (account, start); disjoint for each account."""

    first: Ints
    """First interval of each account, shape (users + 1,)."""
    start: Ints
    end: Ints
    tier: NDArray[np.int8]
    has_any: Bools
    """Whether each account has an interval, shape (users,)."""

    def at(self, rows: Ints, instants: Ints) -> NDArray[np.int8]:
        """Tier of accounts (row indexes) at instants; 0 outside any interval."""
        tier = np.zeros(len(rows), dtype=np.int8)
        some = np.flatnonzero(self.has_any[rows])
        low, high, when = self.first[rows[some]], self.first[rows[some] + 1], instants[some]
        last = last_not_above(self.start, low, high, when)
        inside = np.flatnonzero((last >= low) & (when < self.end[last]))
        tier[some[inside]] = self.tier[last[inside]]
        return tier


def _access(user: Ints, start: Ints, end: Ints, tier: Ints, users: int) -> Access:
    order = in_order(start, user)
    counts = np.bincount(user, minlength=users)
    return Access(
        first=np.concatenate(([0], np.cumsum(counts))),
        start=start[order],
        end=end[order],
        tier=tier[order].astype(np.int8),
        has_any=counts > 0,
    )


def _make_access(world: World, until: date) -> tuple[Access, Access]:
    """Paid access of accounts by their own subscriptions and by their household's."""
    line = timeline(world, until - timedelta(days=2))
    c = line.changes
    last = np.r_[np.diff(c["subscription"]) != 0, True]
    end = np.where(last, NEVER, np.r_[c["at"][1:], NEVER])
    granted = np.isin(c["state"], _WITH_ACCESS)
    tier = prices().plan_tier[c["plan"]]
    users = len(world.users(until))
    own = _access(c["user"][granted], c["at"][granted], end[granted], tier[granted], users)
    shared = granted & (c["household"] >= 0)
    home, begins, ends, level = c["household"][shared], c["at"][shared], end[shared], tier[shared]
    members = world.members(until)
    guests = members.take(members.role > 0)
    # Every interval of a household meets every membership of it.
    by_home = np.argsort(home, kind="stable")
    home, begins, ends, level = home[by_home], begins[by_home], ends[by_home], level[by_home]
    low, high = np.searchsorted(home, guests.household), np.searchsorted(home, guests.household, side="right")
    guest = np.repeat(np.arange(len(guests)), high - low)
    row = (
        np.arange(len(guest)) - np.repeat(np.cumsum(high - low) - (high - low), high - low) + np.repeat(low, high - low)
    )
    start = np.maximum(begins[row], guests.joined_at[guest])
    stop = np.minimum(ends[row], guests.left_at[guest])
    meets = start < stop
    inherited = _access(guests.user[guest][meets], start[meets], stop[meets], level[row][meets], users)
    return own, inherited


def tier_at(world: World, user_ids: Ints, at: NDArray[np.datetime64] | Ints) -> NDArray[np.int8]:
    """Tier of accounts at instants: 0 free, 1 prime, 2 pro; members of a household inherit its owner's.

    Args:
        user_ids: account ids (from 1), shape (n,).
        at: instants UTC, ``datetime64[us]`` or integer microseconds since 1970, shape (n,).
    """
    instants = at.astype("datetime64[us]").astype(np.int64) if at.dtype.kind == "M" else at.astype(np.int64)
    if not len(instants):
        return np.zeros(0, dtype=np.int8)
    latest = (np.datetime64(int(instants.max()), "us")).astype("datetime64[D]").astype(date)
    until = horizon_after(world, max(latest, world.first_day))
    own, inherited = world.remember(("billing.access", until), lambda: _make_access(world, until), keep=1)
    rows = np.asarray(user_ids, dtype=np.int64) - 1
    return np.maximum(own.at(rows, instants), inherited.at(rows, instants))
