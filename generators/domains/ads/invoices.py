"""Invoices to advertisers: what was delivered in a month, added up by the ad server's own arithmetic."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from generators.core import names
from generators.core.calendar import DAY, HOUR, SECOND, days_since_epoch, event_ids, midnight
from generators.core.columns import concatenate
from generators.core.random import Ints, hash_uniform
from generators.core.tables import Coded, make_table
from generators.core.world import World
from generators.domains.ads.campaigns import Campaigns, market
from generators.domains.ads.delivery import delivered
from generators.domains.billing.prices import read

ISSUE_DAY = 2
"""Of the next month: everything that was rendered has arrived by then."""
_LONGEST_DAYS = 110
"""From the first delivery of a campaign to its last invoice, at most."""
_DUE_DAYS = 30
_MICRO_PER_MINOR = 10_000
"""In the currencies that are sold, which all have two digits."""


def invoices_table(world: World, day: date) -> pa.Table:
    """Invoices issued on a UTC day, for the month before; creators have paid for their promotions in advance."""
    if day.day != ISSUE_DAY or day <= world.first_day:
        return make_table("ad_invoices", dict.fromkeys(_COLUMNS))
    c = market(world, day + timedelta(days=1)).campaigns
    month = (day.year - 1970) * 12 + day.month - 2
    before, _ = _billed(world, c, day, month - 1)
    until, shown = _billed(world, c, day, month)
    spent = until - before
    row = np.flatnonzero((spent > 0) & (c.advertiser >= 0))
    sequence = np.arange(len(row))
    at = midnight(day) + 6 * HOUR + sequence * SECOND
    first = date(1970 + month // 12, month % 12 + 1, 1)
    delay = (hash_uniform(world.seed, "ad_invoices.arrival", row) * 60 * SECOND).astype(np.int64)
    return make_table(
        "ad_invoices",
        {
            "ad_invoice_id": event_ids(at, sequence),
            "invoice_number": names.join(f"AD-{first:%Y-%m}-", names.padded(row + 1, 5)),
            "campaign_id": row + 1,
            "advertiser_id": c.advertiser[row] + 1,
            "month_start": np.full(len(row), days_since_epoch(first)),
            "pricing_model": Coded(c.vcpm[row].astype(np.int64), ("cpm", "vcpm")),
            "price_minor": c.price[row],
            "impressions": (shown - _billed(world, c, day, month - 1)[1])[row],
            "amount_minor": (spent[row] + _MICRO_PER_MINOR // 2) // _MICRO_PER_MINOR,
            "currency_code": Coded(c.market[row], [m["currency"] for m in read("ad_market.csv")]),
            "issued_at": at,
            "due_at": at + _DUE_DAYS * DAY,
            "arrived_at": at + delay,
        },
    )


_COLUMNS = (
    "ad_invoice_id", "invoice_number", "campaign_id", "advertiser_id", "month_start", "pricing_model", "price_minor",
    "impressions", "amount_minor", "currency_code", "issued_at", "due_at", "arrived_at",
)  # fmt: skip


def _billed(world: World, c: Campaigns, day: date, month: int) -> tuple[Ints, Ints]:
    """What campaigns had cost up to the end of a month, micro-units, and the impressions that this was for.

    An impression costs a thousandth of the price, in order of time, until the budget in force is spent; the one that
    exhausts it costs what is left. A budget cut below what is spent takes nothing back.
    """
    first = max(world.first_day, day - timedelta(days=_LONGEST_DAYS))
    every = concatenate([delivered(world, first + timedelta(days=i)) for i in range((day - first).days)])
    every = every.take(every.month <= month)
    n = len(c.price)
    counts = [
        np.bincount(every.campaign[rows], weights=every.billable[rows], minlength=n).astype(np.int64)
        for rows in (every.after == 0, every.after == 1)
    ]
    price = c.price * _MICRO_PER_MINOR // 1_000
    budget, later = c.budget * _MICRO_PER_MINOR, c.later_budget * _MICRO_PER_MINOR
    spent = np.minimum(counts[0] * price, budget)
    shown = -(-spent // price)
    more = np.maximum(np.minimum(counts[1] * price, later - spent), 0)
    return spent + more, shown - (-more // price)
