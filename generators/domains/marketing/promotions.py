"""Creators' promotions of their own recordings: what stands behind a promotional advertising campaign."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from generators.core.bookings import happening
from generators.core.calendar import DAY, MINUTE, NEVER, midnight
from generators.core.changes import changes
from generators.core.random import Ints
from generators.core.songs_played import Promoted
from generators.core.tables import Coded, make_table
from generators.core.world import World
from generators.domains.ads.campaigns import STATUS, Campaigns, market
from generators.domains.billing.prices import read
from generators.domains.billing.sales import PROMOTION, Sales, sales
from generators.domains.catalog import artist_accounts

_CONFIRMED = 10 * MINUTE
"""After the campaign was booked."""
_ENTRIES = ("charge", "top_up", "credit")


def _campaigns(world: World) -> tuple[Campaigns, Ints]:
    """All advertising campaigns, and the rows of those by creators."""
    sold = market(world, world.horizon).campaigns
    return sold, np.flatnonzero(sold.artist >= 0)


def promotions_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Promotions with the steps of their campaign."""
    c, own = _campaigns(world)
    instants = [
        c.created_at[own] + _CONFIRMED, c.starts_at[own], c.paused_at[own], c.resumed_at[own],
        c.budget_changed_at[own], c.ended_at[own],
    ]  # fmt: skip
    found = changes(world, "creator_promotions", lambda: instants, begin, until)
    at, row = found.at, own[found.row]
    paused = (c.paused_at[row] <= at) & (at < c.resumed_at[row])
    state = np.where(c.ended_at[row] <= at, 3, np.where(paused, 2, np.where(c.starts_at[row] <= at, 1, 0)))
    return make_table(
        "creator_promotions",
        {
            "creator_promotion_id": found.row + 1,
            "artist_id": c.artist[row] + 1,
            "content_id": c.song[row] + 1,
            "campaign_id": row + 1,
            "budget_minor": np.where(c.budget_changed_at[row] <= at, c.later_budget[row], c.budget[row]),
            "currency_code": Coded(c.market[row], [m["currency"] for m in read("ad_market.csv")]),
            "state": Coded(state, STATUS),
            "scheduled_from": c.starts_at[row],
            "scheduled_to": c.ends_at[row],
            "transaction_id": promotion_sales(world).payment_of(world, found.row, at),
            "created_at": c.created_at[row] + _CONFIRMED,
            **found.metadata,
        },
    )


def promotion_sales(world: World) -> Sales:
    """What creators with an account pay for promotions in advance: the budget, and what it is raised by.

    Others pay by transfer. What the budget is cut by is paid back from its first payment.
    """

    def make() -> Sales:
        c, own = _campaigns(world)
        artists, users = world.artists(world.horizon), world.users(world.horizon)
        account, claimed = artist_accounts(world, artists)
        account, claimed = account[c.artist[own]], claimed[c.artist[own]]
        more = (c.later_budget - c.budget)[own]
        changes_, cut = c.budget_changed_at[own] < NEVER, np.minimum(more, 0)
        raised = np.flatnonzero(changes_ & (more > 0))
        number = np.concatenate([np.arange(len(own)), raised])
        first = np.arange(len(number)) < len(own)
        booked = np.concatenate([c.created_at[own] + _CONFIRMED + MINUTE, c.budget_changed_at[own[raised]] + MINUTE])
        amount = np.concatenate([c.budget[own], more[raised]])
        back = first & (changes_ & (more < 0))[number]
        there = (account >= 0) & (claimed < c.created_at[own])
        there &= np.minimum(users.deleted_at, users.suspended_at)[account] > c.ended_at[own]
        kept = there[number]
        nothing = np.zeros(len(number), dtype=np.int64)
        of_market = len(world.ref.countries) + c.market[own[number]]
        columns = {
            "document": number,
            "user": account[number],
            "artist": c.artist[own[number]],
            "currency": of_market,
            "amount": amount,
            "commission": nothing,
            "at": booked,
            "refunded": np.where(back, -cut[number], 0),
            "refunded_at": np.where(back, c.budget_changed_at[own[number]] + MINUTE, NEVER),
        }
        return sales(world, PROMOTION, **{name: values[kept] for name, values in columns.items()})

    return world.remember(("promotions.sales", world.horizon), make, keep=1)


def promoted_on(world: World, day: date) -> Promoted:
    """Promotions whose campaign runs at some time from a UTC day to the end of the next, as sessions reach past it."""
    world.reach(day + timedelta(days=2))
    c, own = _campaigns(world)
    begin = midnight(day)
    number = np.flatnonzero((c.starts_at[own] < begin + 2 * DAY) & (begin < c.ended_at[own]))
    row = own[number]
    return Promoted(
        number=number + 1,
        song=c.song[row],
        country=c.country[row],
        start=c.starts_at[row],
        end=c.ended_at[row],
        paused_at=c.paused_at[row],
        resumed_at=c.resumed_at[row],
    )


def ledger_table(world: World, begin: date | None, until: date) -> pa.Table:
    """What creators are charged: the budget in advance, later the difference when it is changed."""
    c, own = _campaigns(world)
    changed = np.flatnonzero((c.budget_changed_at[own] < NEVER) & (c.later_budget[own] != c.budget[own]))
    promotion = np.concatenate([np.arange(len(own)), changed])
    at = np.concatenate([c.created_at[own] + _CONFIRMED + MINUTE, c.budget_changed_at[own[changed]] + MINUTE])
    amount = np.concatenate([c.budget[own], (c.later_budget - c.budget)[own[changed]]])
    first = np.arange(len(promotion)) < len(own)
    order = np.lexsort((promotion, at))
    found = happening(world, "promotion_ledger", at[order], begin, until)
    row = order[found.row]
    return make_table(
        "promotion_ledger",
        {
            "promotion_ledger_id": found.ids(),
            "creator_promotion_id": promotion[row] + 1,
            "entry_type": Coded(np.where(first[row], 0, np.where(amount[row] > 0, 1, 2)), _ENTRIES),
            "amount_minor": amount[row],
            "currency_code": Coded(c.market[own[promotion[row]]], [m["currency"] for m in read("ad_market.csv")]),
            "booked_at": found.at,
            "arrived_at": found.arrived_at,
        },
    )


def issued_promotions(world: World, until: date) -> dict[str, int]:
    """Highest ids issued before ``until``."""
    c, own = _campaigns(world)
    return {"creator_promotions": int(np.searchsorted(c.created_at[own] + _CONFIRMED, midnight(until)))}
