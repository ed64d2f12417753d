"""Books what is paid for tickets, orders, support, memberships, promotions and placements, with trail and refunds."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from generators.core.calendar import DAY, NEVER, SECOND, event_ids, midnight
from generators.core.columns import gather
from generators.core.random import Bools, Ints, hash_uniform
from generators.core.tables import Coded, make_table, one_after_another
from generators.core.world import World
from generators.ddl import DAY_ID_SPAN
from generators.domains.billing.documents import TRAIL, book, trail_of
from generators.domains.billing.prices import MILLION, failure_codes, offers
from generators.domains.billing.sales import PROMOTION, PURPOSES, SEQUENCE, TICKET, Sales, currencies
from generators.domains.billing.tips import wallet_of
from generators.domains.commerce.fans import support_sales
from generators.domains.commerce.orders import order_sales
from generators.domains.community.featured import placement_sales
from generators.domains.community.memberships import membership_sales
from generators.domains.live.tickets import ticket_sales
from generators.domains.marketing.promotions import promotion_sales

__all__ = ["day", "opening"]

_TRAIL_SEQUENCE, _REFUND_SEQUENCE = 760_000_000, 640_000_000
"""First sequences of the trail of these payments, three for each attempt, and of refunds and their trail."""
_TRAIL_SPILL = 40_000_000
"""Offset of those steps that lie on the day before their transaction."""
_SOURCES = (ticket_sales, order_sales, support_sales, membership_sales, promotion_sales, placement_sales)
_REASONS = ("returned", "budget_cut")


def opening(_: World) -> dict[str, pa.Table]:
    """Nothing: what was paid before the first day is not told."""
    return {}


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """Payments and refunds of one UTC day; they arrive a second later, before what names them."""
    world.reach(arrival_day + timedelta(days=1))
    begin, end = midnight(arrival_day), midnight(arrival_day) + DAY
    every = [source(world) for source in _SOURCES]
    transactions, trail = _payments(
        world, gather([(sold, np.arange(*np.searchsorted(sold.at, [begin, end]))) for sold in every])
    )
    refunds, refund_trail = _refunds(
        world,
        gather([(s, np.flatnonzero(s.paid & (s.refunded_at >= begin) & (s.refunded_at < end))) for s in every]),
    )
    return {
        "transactions": transactions,
        "transaction_events": one_after_another(trail, refund_trail),
        "refunds": refunds,
    }


def _arrival(at: Ints) -> Ints:
    return np.asarray(np.minimum(at + SECOND, at // DAY * DAY + DAY - 1), dtype=np.int64)


def _payments(world: World, sold: Sales) -> tuple[pa.Table, pa.Table]:
    row, at, ok, ids = sold.attempts(world)
    of = sold.take(row)
    terms, known = offers(), book(world, world.first_day).methods
    method = known.latest(of.user, of.at)
    offer = np.where(method >= 0, known.offer[method], wallet_of(world.users(world.horizon).payment_country[of.user]))
    words, cumulative = failure_codes()
    draw = hash_uniform(world.seed, "sales.code", ids)
    code = np.minimum((cumulative[terms.method[offer]] <= draw[:, None]).sum(axis=1), len(words) - 1)
    code = np.where(ok, -1, code)
    arrived = _arrival(at)
    transactions = make_table(
        "transactions",
        {
            "transaction_id": ids,
            "user_id": of.user + 1,
            "purpose": Coded(of.purpose, PURPOSES),
            "invoice_id": None,
            "tip_id": None,
            "document_id": of.document + 1,
            "artist_id": of.artist + 1,
            "payment_method_id": np.where(method >= 0, method + 1, -1),
            "provider": Coded(offer, terms.provider),
            "amount_minor": of.amount,
            "currency_code": Coded(of.currency, currencies(world)),
            "commission_minor": of.commission,
            "processing_fee_minor": _fee(world, offer, of, ok),
            "status": Coded(ok.astype(np.int64), ("failed", "succeeded")),
            "failure_code": Coded(code, words),
            "served_date": np.where(of.purpose == TICKET, of.served_at // DAY, NEVER),
            "transacted_at": at,
            "arrived_at": arrived,
        },
    )
    step, kind, when = trail_of(at, ok)
    spills = np.where(when // DAY < at[step] // DAY, _TRAIL_SPILL, 0)
    sequence = _TRAIL_SEQUENCE + (ids[step] % DAY_ID_SPAN - SEQUENCE) * 3 + np.minimum(kind, 2) + spills
    trail = make_table(
        "transaction_events",
        {
            "transaction_event_id": event_ids(when, sequence),
            "transaction_id": ids[step],
            "event_type": Coded(kind, TRAIL),
            "occurred_at": when,
            "detail": Coded(np.where(kind == 3, code[step], -1), words),
            "arrived_at": arrived[step],
        },
    )
    return transactions, trail


def _fee(world: World, offer: Ints, of: Sales, ok: Bools) -> Ints:
    """Fee of the processor, minor units; its fixed part where the amount is in the processor's own currency."""
    terms, names = offers(), np.array(currencies(world))
    own = names[terms.country[offer]] == names[of.currency]
    charged = (of.amount * terms.fee_ppm[offer] + MILLION // 2) // MILLION + np.where(own, terms.fee_fixed[offer], 0)
    return np.where(ok, np.minimum(charged, of.amount), 0)


def _refunds(world: World, back: Sales) -> tuple[pa.Table, pa.Table]:
    """Refunds and their trail."""
    back = back.take(np.lexsort((back.document, back.purpose, back.refunded_at)))
    at, ids = back.refunded_at, event_ids(back.refunded_at, _REFUND_SEQUENCE + np.arange(len(back)))
    reason = Coded((back.purpose == PROMOTION).astype(np.int64), _REASONS)
    refunds = make_table(
        "refunds",
        {
            "refund_id": ids,
            "transaction_id": back.transaction_id,
            "amount_minor": back.refunded,
            "currency_code": Coded(back.currency, currencies(world)),
            "is_full": back.refunded == back.amount,
            "reason": reason,
            "refunded_at": at,
            "arrived_at": _arrival(at),
        },
    )
    trail = make_table(
        "transaction_events",
        {
            "transaction_event_id": ids,
            "transaction_id": back.transaction_id,
            "event_type": Coded(np.full(len(back), TRAIL.index("refunded")), TRAIL),
            "occurred_at": at,
            "detail": reason,
            "arrived_at": _arrival(at),
        },
    )
    return refunds, trail
