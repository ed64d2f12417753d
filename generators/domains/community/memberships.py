"""Communities with their forums, and who is a member of them when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, midnight
from generators.core.changes import changes
from generators.core.columns import Columns
from generators.core.order import in_order
from generators.core.people import HISTORY_DAYS
from generators.core.random import Ints, exponential, hash_uniform, pick
from generators.core.tables import Coded, make_table
from generators.core.texts import phrase
from generators.core.world import World
from generators.domains.billing.lifecycle import add_months
from generators.domains.billing.prices import read
from generators.domains.billing.sales import COMMUNITY, Sales, sales, share_of
from generators.domains.community.creators import creators

HAS_COMMUNITY = 0.6
"""Share of the active artists who have a community."""
MAX_MEMBERSHIPS = 3
ARTIST_FORUM, ALL_CHAT, FAN_ART, SUGGESTIONS = range(4)
FORUM_TYPES = ("artist_forum", "all_chat", "fan_art", "suggestions")
_FORUM_NAMES = ("News", "Lounge", "Fan art", "Wishes")
_FORUM_TEXTS = (
    "Only the artist posts here.", "For all members.", "Your drawings, covers and films.", "What you wish for."
)  # fmt: skip


@dataclass(frozen=True)
class Communities(Columns):
    """Communities in order of founding; id is row + 1."""

    creator: Ints
    """Row of the creator."""
    founded_at: Ints
    fee: Ints
    repriced_at: Ints
    new_fee: Ints
    """Fee from then on; who is a member pays it from the next period."""
    months: Ints
    """Months of an interval: 1 or 12."""
    commission: Ints

    def fee_at(self, rows: Ints, instants: Ints) -> Ints:
        """Fee of communities in force at instants, minor units."""
        return np.where(self.repriced_at[rows] <= instants, self.new_fee[rows], self.fee[rows])


@dataclass(frozen=True)
class Memberships(Columns):
    """Memberships in order of their start; id is row + 1."""

    user: Ints
    community: Ints
    started_at: Ints
    cancelled_at: Ints
    ended_at: Ints


def communities(world: World) -> Communities:
    """Communities founded within the world's horizon."""
    return world.remember(("communities", world.horizon), lambda: _found(world), keep=1)


def _found(world: World) -> Communities:
    seed, who = world.seed, creators(world)
    row = np.arange(len(who))
    wait = exponential(hash_uniform(seed, "communities.wait", row), 25.0 * DAY).astype(np.int64)
    at = who.since + HOUR + wait
    opens = (hash_uniform(seed, "communities.has", row) < HAS_COMMUNITY) & (at < who.until)
    row = row[opens & (at < midnight(world.horizon))]
    row = row[np.argsort(at[row], kind="stable")]
    fee, months = _fees(world, row, "communities.fee")
    other, cycle = _fees(world, row, "communities.new_fee")
    wait = exponential(hash_uniform(seed, "communities.reprice", row), 250.0 * DAY).astype(np.int64)
    later = at[row] + 45 * DAY + wait
    changes_fee = (cycle == months) & (other != fee) & (later < who.until[row])
    return Communities(
        creator=row,
        founded_at=at[row],
        fee=fee,
        repriced_at=np.where(changes_fee, later, NEVER),
        new_fee=other,
        months=months,
        commission=np.where(hash_uniform(seed, "communities.commission", row) < 0.6, 100_000, 150_000),
    )


def community_of_creators(world: World) -> tuple[Ints, Ints]:
    """Community row of each creator (-1: none in this horizon) and when it was founded (``NEVER``)."""
    who, of = creators(world), communities(world)
    row, founded = np.full(len(who), -1), np.full(len(who), NEVER)
    row[of.creator], founded[of.creator] = np.arange(len(of)), of.founded_at
    return row, founded


def _fees(world: World, creator: Ints, purpose: str) -> tuple[Ints, Ints]:
    """Fee and months of the interval of each creator's community, from what is usual in the country."""
    country = creators(world).country[creator]
    draw = hash_uniform(world.seed, purpose, creator)
    fee, months = np.zeros(len(creator), dtype=np.int64), np.ones(len(creator), dtype=np.int64)
    for code, index in world.ref.country_index.items():
        usual = [row for row in read("community_fees.csv") if row["country"] == code]
        rows = np.flatnonzero(country == index)
        if usual and len(rows):
            chosen = pick(draw[rows], np.array([float(row["weight"]) for row in usual]))
            fee[rows] = np.array([int(row["fee_minor"]) for row in usual])[chosen]
            months[rows] = np.array([12 if row["interval"] == "year" else 1 for row in usual])[chosen]
    return fee, months


def memberships(world: World) -> tuple[Memberships, Ints]:
    """Memberships begun within the world's horizon, and the starts of their periods.

    The second is of shape (memberships, periods): k-th period's start, whether or not it is paid.
    """
    return world.remember(("memberships", world.horizon), lambda: _join(world), keep=1)


def _join(world: World) -> tuple[Memberships, Ints]:
    seed, users, who, of = world.seed, world.users(world.horizon), creators(world), communities(world)
    owner, slot = np.arange(len(users))[:, None], np.arange(MAX_MEMBERSHIPS)[None, :]
    gap = exponential(hash_uniform(seed, "memberships.gap", owner, slot), 190.0 * DAY).astype(np.int64) + 2 * HOUR
    joins = hash_uniform(seed, "memberships.joins", owner, slot) < np.array([0.42, 0.5, 0.5])
    at = users.signup_at[:, None] + np.cumsum(gap, axis=1)
    alive = np.minimum(users.deleted_at, users.suspended_at)
    alive[users.bot > 0] = 0
    last = np.minimum(alive, midnight(world.horizon))
    user, slots = np.nonzero((np.cumprod(joins, axis=1) > 0) & (at < last[:, None]))
    at = at[user, slots]
    # A creator is chosen among all that ever have a community, so that the choice holds for every horizon.
    weight = np.where(hash_uniform(seed, "communities.has", np.arange(len(who))) < HAS_COMMUNITY, who.weight, 0.0)
    creator = pick(hash_uniform(seed, "memberships.creator", user, slots), weight)
    community, founded = community_of_creators(world)
    fits = (founded[creator] < at - DAY) & (at < who.until[creator]) & (who.account[creator] != user)
    user, row, at = user[fits], community[creator[fits]], at[fits]
    order = in_order(user, at)
    user, row, at = user[order], row[order], at[order]
    first = np.sort(np.unique(user * len(who) + row, return_index=True)[1])
    user, row, at = user[first], row[first], at[first]
    periods = int((midnight(world.horizon) - midnight(world.first_day)) // DAY + HISTORY_DAYS) // 28 + 2
    step = np.where(of.months[row] == 12, 12, 1)[:, None] * np.arange(periods)[None, :]
    starts = add_months(at[:, None], step)
    wait = HOUR + exponential(hash_uniform(seed, "memberships.stays", user, row), 170.0 * DAY).astype(np.int64)
    # A few never renew: their first period is the only one.
    once = hash_uniform(seed, "memberships.once", user, row) < 0.08
    leaves = np.where(once, at, at + wait)
    period = (starts <= leaves[:, None]).sum(axis=1) - 1
    planned = np.where(period + 1 < periods, starts[np.arange(len(at)), np.minimum(period + 1, periods - 1)], NEVER)
    ended = np.minimum(planned, np.minimum(alive[user], who.until[of.creator[row]]))
    cancelled = np.where(once | (leaves >= ended), NEVER, leaves)
    return Memberships(user=user, community=row, started_at=at, cancelled_at=cancelled, ended_at=ended), starts


def membership_sales(world: World) -> Sales:
    """Payments for the periods of memberships."""

    def make() -> Sales:
        all_, starts = memberships(world)
        of, who = communities(world), creators(world)
        row, period = np.nonzero(starts < np.minimum(all_.ended_at, midnight(world.horizon))[:, None])
        at, community = starts[row, period], all_.community[row]
        fee = of.fee_at(community, at)
        return sales(
            world,
            COMMUNITY,
            document=row,
            user=all_.user[row],
            artist=who.artist[of.creator[community]],
            currency=who.country[of.creator[community]],
            amount=fee,
            commission=share_of(fee, of.commission[community]),
            at=at,
        )

    return world.remember(("memberships.sales", world.horizon), make, keep=1)


def members_on(world: World, day: date) -> Ints:
    """Rows of the memberships that give access all of a UTC day."""
    all_, _ = memberships(world)
    return np.flatnonzero((all_.started_at < midnight(day)) & (all_.ended_at > midnight(day) + DAY))


def forums(world: World) -> tuple[Ints, Ints, Ints]:
    """Community and type of the forums in order of opening, and when each opened; id is row + 1."""
    of = communities(world)

    def make() -> tuple[Ints, Ints, Ints]:
        at = of.founded_at[:, None] + (1 + np.arange(len(FORUM_TYPES)))[None, :] * 10 * MINUTE
        has = hash_uniform(world.seed, "forums.has", of.creator[:, None], np.arange(len(FORUM_TYPES))[None, :])
        row, kind = np.nonzero(has < np.array([1.0, 1.0, 0.7, 0.8]))
        opened = at[row, kind]
        order = in_order(kind, row, opened)
        return row[order], kind[order], opened[order]

    return world.remember(("forums", world.horizon), make, keep=1)


# Tables.


def communities_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Communities; a change row when the fee changes."""
    of, who = communities(world), creators(world)
    found = changes(world, "communities", lambda: [of.founded_at, of.repriced_at], begin, until)
    row = found.row
    creator = of.creator[row]
    codes = world.ref.language_codes
    return make_table(
        "communities",
        {
            "community_id": row + 1,
            "artist_id": who.artist[creator] + 1,
            "manager_user_id": who.account[creator] + 1,
            "name": phrase(
                "community_name", who.language[creator], codes, hash_uniform(world.seed, "communities.name", creator)
            ),
            "description": phrase(
                "community_about", who.language[creator], codes, hash_uniform(world.seed, "communities.about", creator)
            ),
            "subscription_fee_minor": of.fee_at(row, found.at),
            "currency_code": Coded(who.country[creator], [c["currency"] for c in world.ref.countries]),
            "subscription_interval": Coded((of.months[row] == 12).astype(np.int64), ("month", "year")),
            "created_at": of.founded_at[row],
            "updated_at": found.at,
            **found.metadata,
        },
    )


def memberships_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Memberships; a change row for each renewal, for the click on cancel and for the end."""
    all_, starts = memberships(world)
    of, who = communities(world), creators(world)

    def instants() -> list[Ints]:
        renewals = [np.where(start < all_.ended_at, start, NEVER) for start in starts.T[1:]]
        return [all_.started_at, *renewals, all_.cancelled_at, all_.ended_at]

    found = changes(world, "community_subscriptions", instants, begin, until)
    row, at = found.row, found.at
    community = all_.community[row]
    ended = all_.ended_at[row] <= at
    # At its end a membership still shows the period that was paid last.
    period = (starts[row] <= np.minimum(at, all_.ended_at[row] - 1)[:, None]).sum(axis=1) - 1
    begins = starts[row, period]
    cancelled = all_.cancelled_at[row] <= at
    once = hash_uniform(world.seed, "memberships.once", all_.user[row], community) < 0.08
    return make_table(
        "community_subscriptions",
        {
            "community_subscription_id": row + 1,
            "user_id": all_.user[row] + 1,
            "community_id": community + 1,
            "fee_minor": of.fee_at(community, begins),
            "currency_code": Coded(who.country[of.creator[community]], [c["currency"] for c in world.ref.countries]),
            "commission_ppm": of.commission[community],
            "transaction_id": membership_sales(world).payment_of(world, row, at),
            "started_at": all_.started_at[row],
            "current_period_start_at": begins,
            "current_period_end_at": add_months(all_.started_at[row], of.months[community] * (period + 1)),
            "auto_renew": ~cancelled & ~ended & ~once,
            "is_active": ~ended,
            "cancelled_at": np.where(cancelled, all_.cancelled_at[row], NEVER),
            "ended_at": np.where(ended, all_.ended_at[row], NEVER),
            "updated_at": at,
            **found.metadata,
        },
    )


def forums_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Forums."""
    community, kind, opened = forums(world)
    found = changes(world, "forums", lambda: [opened], begin, until)
    row = found.row
    return make_table(
        "forums",
        {
            "forum_id": row + 1,
            "community_id": community[row] + 1,
            "name": Coded(kind[row], _FORUM_NAMES),
            "description": Coded(kind[row], _FORUM_TEXTS),
            "forum_type": Coded(kind[row], FORUM_TYPES),
            "created_at": opened[row],
            "updated_at": opened[row],
            **found.metadata,
        },
    )
