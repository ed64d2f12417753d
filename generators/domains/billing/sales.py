"""Payments for what is sold on the platform, apart from subscriptions and tips: what each kind of document shares.

Each domain says what is paid for its documents and when (``Sales``); numbers of transactions follow from that alone,
so that documents can name their payment, and ``generators.domains.sales`` books all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from generators.core.calendar import DAY, NEVER, SECOND, event_ids, midnight
from generators.core.columns import Columns
from generators.core.order import in_order, last_not_above
from generators.core.random import Bools, Ints, hash_uniform
from generators.core.world import World
from generators.domains.billing.payments import rank_in_day
from generators.domains.billing.prices import MILLION, rates, read

PURPOSES = ("ticket", "order", "fan_subscription", "community", "promotion", "placement")
TICKET, ORDER, FAN_SUBSCRIPTION, COMMUNITY, PROMOTION, PLACEMENT = range(len(PURPOSES))
SEQUENCE, SPAN = 600_000_000, 2_000_000
"""First sequence of these payments within a day's ids; each purpose has so many."""
_AGAIN_AFTER = 5 * SECOND
"""From a first attempt that fails to the second."""


@dataclass(frozen=True)
class Sales(Columns):
    """Payments of one purpose by (instant, document), from the first day on; ``NEVER`` where there is no refund."""

    purpose: Ints
    document: Ints
    """Row of the document (id - 1)."""
    user: Ints
    artist: Ints
    currency: Ints
    """Index into ``currencies``."""
    amount: Ints
    commission: Ints
    served_at: Ints
    """Instant of the day on which it counts, of a ticket; ``NEVER`` where that is the day of payment."""
    at: Ints
    paid: Bools
    """Whether it is paid in the end, or given up."""
    refunded: Ints
    """Amount paid back."""
    refunded_at: Ints
    sequence: Ints
    """Of the first attempt's id, within the UTC day; the next one is the last attempt's."""

    @property
    def transaction_id(self) -> Ints:
        """Id of the last attempt of each."""
        return event_ids(self.at, self.sequence + 1)

    def first_failed(self, world: World) -> Ints:
        """Rows whose first attempt, some seconds before, failed."""
        draw = hash_uniform(world.seed, "sales.fails", self.purpose, self.document, self.at)
        # Within the day, in which ids lie.
        return np.flatnonzero(self.paid & (draw < rates()["tip_fails"]) & (self.at % DAY >= 2 * _AGAIN_AFTER))

    def attempts(self, world: World) -> tuple[Ints, Ints, Bools, Ints]:
        """Attempts: row, instant, whether it succeeds, and id of the transaction."""
        again = self.first_failed(world)
        return (
            np.concatenate([np.arange(len(self)), again]),
            np.concatenate([self.at, self.at[again] - _AGAIN_AFTER]),
            np.concatenate([self.paid, np.zeros(len(again), dtype=bool)]),
            np.concatenate([self.transaction_id, event_ids(self.at, self.sequence)[again]]),
        )

    def payment_of(self, world: World, document: Ints, at: Ints) -> Ints:
        """Id of the last transaction that had paid a document at an instant; -1 before the first.

        Of all payments of a purpose that the world's horizon has.
        """
        if not len(self):
            return np.full(len(document), -1)

        def order() -> Ints:
            paid = np.flatnonzero(self.paid)
            return paid[in_order(self.at[paid], self.document[paid])]

        paid = world.remember((f"sales paid {self.purpose[0]}", world.horizon), order, keep=1)
        owner = self.document[paid]
        low, high = np.searchsorted(owner, document), np.searchsorted(owner, document, side="right")
        found = last_not_above(self.at[paid], low, high, at)
        return np.where(found >= low, self.transaction_id[paid[np.maximum(found, 0)]], -1)


def sales(
    world: World,
    purpose: int,
    *,
    document: Ints,
    user: Ints,
    artist: Ints,
    currency: Ints,
    amount: Ints,
    commission: Ints,
    at: Ints,
    served_at: Ints | None = None,
    paid: Bools | None = None,
    refunded: Ints | None = None,
    refunded_at: Ints | None = None,
) -> Sales:
    """Payments of the documents of one purpose, in any order; those before the first day are left out.

    Args:
        currency: index into ``currencies``. amount, commission: minor units of it.
    """
    n, none = len(document), np.full(len(document), NEVER)
    every = Sales(
        purpose=np.full(n, purpose),
        document=document,
        user=user,
        artist=artist,
        currency=currency,
        amount=amount,
        commission=commission,
        served_at=none if served_at is None else served_at,
        at=at,
        paid=np.ones(n, dtype=bool) if paid is None else paid,
        refunded=np.zeros(n, dtype=np.int64) if refunded is None else refunded,
        refunded_at=none if refunded_at is None else refunded_at,
        sequence=np.zeros(n, dtype=np.int64),
    )
    order = in_order(document, at)
    since = every.take(order[at[order] >= midnight(world.first_day)])
    return replace(since, sequence=SEQUENCE + purpose * SPAN + rank_in_day(since.at) * 2)


def currencies(world: World) -> list[str]:
    """Currencies by country row, and after them those of the advertising markets."""
    return [*(c["currency"] for c in world.ref.countries), *(m["currency"] for m in read("ad_market.csv"))]


def share_of(amount: Ints, ppm: Ints) -> Ints:
    """A part of amounts, half up."""
    return np.asarray((amount * ppm + MILLION // 2) // MILLION, dtype=np.int64)
