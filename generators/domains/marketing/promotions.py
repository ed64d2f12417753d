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
            "transaction_id": None,
            "created_at": c.created_at[row] + _CONFIRMED,
            **found.metadata,
        },
    )


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
