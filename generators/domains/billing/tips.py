"""Tips to artists with their payments: drawn day by day, since they hang on nothing but the day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from generators.core.calendar import DAY, HOUR, MINUTE, SECOND, event_ids, midnight
from generators.core.random import Bools, Ints, hash_uniform, pick
from generators.core.tables import Coded, make_table, one_after_another
from generators.core.world import World
from generators.domains.billing.documents import TRAIL, book, trail_of
from generators.domains.billing.payments import SPILL, arrival, fee
from generators.domains.billing.prices import METHODS, failure_codes, offers, rates, read
from generators.domains.billing.timeline import market_at, timeline

SEQUENCE = 500_000_000
"""First sequence of tips' payments within a day's ids; those of subscriptions lie below."""
REFUND_DAYS = 14
_MESSAGES = (
    "Thank you for the music!", "Your last single is on repeat.", "Saw you live, unforgettable.",
    "For the next album.", "Parabéns pelo som!", "Semangat terus!", "बहुत बढ़िया!", "அருமை!",
)  # fmt: skip


@dataclass(frozen=True)
class Tips:
    """Tips of one UTC day by instant, with up to two attempts to pay each."""

    user: Ints
    artist: Ints
    country: Ints
    amount: Ints
    commission: Ints
    message: Ints
    at: Ints
    fails: Bools
    """First attempt declined."""
    paid: Bools
    """Paid, at the first or the second attempt."""
    method: Ints
    """Row of the payment method, -1 for a wallet that is not kept."""
    offer: Ints

    @property
    def tip_id(self) -> Ints:
        """Ids of the tips."""
        return event_ids(self.at, np.arange(len(self.at)))


def tips_of(world: World, day: date) -> Tips:
    """The tips of one day."""
    return world.remember(("billing.tips", day), lambda: _make(world, day), keep=REFUND_DAYS + 2)


def _make(world: World, day: date) -> Tips:
    rate, start = rates(), midnight(day)
    users, rng = world.users(day), world.rng("tips", day)
    eager = np.sqrt(np.clip(users.activity / 0.34, 0.05, 9.0)) * np.where(users.lapsed_at < start, 0.08, 1.0)
    alive = (users.deleted_at > start + DAY) & (users.suspended_at > start) & (users.bot == 0)
    user = np.flatnonzero((rng.random(len(users)) < rate["tip"] * eager) & alive)
    n = len(user)
    at = start + np.sort((rng.random(n) * (DAY - 5 * MINUTE)).astype(np.int64)) + MINUTE
    artists = world.artists(day)
    cumulative = np.cumsum(artists.weight**0.7)
    artist = np.minimum(np.searchsorted(cumulative, rng.random(n) * cumulative[-1]), len(artists) - 1)
    country = market_at(world, timeline(world, day), user, at)
    amount, draw = np.zeros(n, dtype=np.int64), rng.random(n)
    offer, chosen = np.zeros(n, dtype=np.int64), rng.random(n)
    for code, index in world.ref.country_index.items():
        offered = [row for row in read("tips.csv") if row["country"] == code]
        rows = country == index
        if offered and rows.any():
            weight = np.array([float(row["weight"]) for row in offered])
            amount[rows] = np.array([int(row["amount_minor"]) for row in offered])[pick(draw[rows], weight)]
            among = np.flatnonzero(offers().country == index)
            offer[rows] = among[pick(chosen[rows], offers().weight[among].sum(axis=1))]
    methods = book(world, day).methods
    method = methods.latest(user, at)
    known = np.flatnonzero(method >= 0)
    offer[known] = methods.offer[method[known]]
    # Without a kept method the tip is paid by a wallet of the country.
    cardless = (method < 0) & (offers().method[offer] == METHODS.index("card"))
    fails = rng.random(n) < rate["tip_fails"]
    return Tips(
        user=user,
        artist=artist,
        country=country,
        amount=amount,
        commission=np.where(artists.verified_at[artist] <= at, 100_000, 150_000),
        message=np.where(rng.random(n) < 0.4, (rng.random(n) * len(_MESSAGES)).astype(np.int64), -1),
        at=at,
        fails=fails,
        paid=~fails | (rng.random(n) < 0.7),
        method=method,
        offer=np.where(cardless, wallet_of(country), offer),
    )


def wallet_of(country: Ints) -> Ints:
    """An offer of each country that is no card."""
    wallet = np.zeros(int(country.max(initial=0)) + 1, dtype=np.int64)
    for i in range(len(offers().method) - 1, -1, -1):
        if offers().method[i] != METHODS.index("card") and offers().country[i] < len(wallet):
            wallet[offers().country[i]] = i
    return wallet[country]


@dataclass(frozen=True)
class _Payments:
    """Attempts to pay a day's tips, by tip and attempt."""

    tip: Ints
    at: Ints
    ok: Bools
    transaction_id: Ints


def _payments(tips: Tips) -> _Payments:
    n = len(tips.at)
    second = np.flatnonzero(tips.fails)
    tip = np.concatenate([np.arange(n), second])
    at = np.concatenate([tips.at + 8 * SECOND, tips.at[second] + 70 * SECOND])
    ok = np.concatenate([~tips.fails, tips.paid[second]])
    sequence = SEQUENCE + np.concatenate([np.arange(n) * 2, second * 2 + 1])
    return _Payments(tip=tip, at=at, ok=ok, transaction_id=event_ids(at, sequence))


def _code(world: World, tips: Tips, payments: _Payments) -> tuple[list[str], Ints]:
    names, cumulative = failure_codes()
    draw = hash_uniform(world.seed, "tips.code", payments.transaction_id)
    code = (cumulative[offers().method[tips.offer[payments.tip]]] <= draw[:, None]).sum(axis=1)
    return names, np.where(payments.ok, -1, np.minimum(code, len(names) - 1))


def tip_tables(world: World, day: date) -> dict[str, pa.Table]:
    """Tips, their transactions with trail and refunds of one day; the last three join those of subscriptions."""
    tips = tips_of(world, day)
    pay = _payments(tips)
    currencies = [row["currency"] for row in world.ref.countries]
    names, code = _code(world, tips, pay)
    user, arrived = tips.user[pay.tip], arrival(world.seed, tips.user[pay.tip], pay.at)
    row, kind, when = trail_of(pay.at, pay.ok)
    sequence = pay.transaction_id[row] % 1_000_000_000 - SEQUENCE
    refunds, refund_trail = _refund_tables(world, day, currencies)
    steps = make_table(
        "transaction_events",
        {
            "transaction_event_id": event_ids(when, SEQUENCE + SPILL // 2 + sequence * 3 + np.minimum(kind, 2)),
            "transaction_id": pay.transaction_id[row],
            "event_type": Coded(kind, TRAIL),
            "occurred_at": when,
            "detail": Coded(np.where(kind == 3, code[row], -1), names),
            "arrived_at": arrived[row],
        },
    )
    return {
        "tips": make_table(
            "tips",
            {
                "tip_id": tips.tip_id,
                "user_id": tips.user + 1,
                "artist_id": tips.artist + 1,
                "amount_minor": tips.amount,
                "currency_code": Coded(tips.country, currencies),
                "commission_ppm": tips.commission,
                "message": Coded(tips.message, _MESSAGES),
                "tipped_at": tips.at,
                "arrived_at": arrival(world.seed, tips.user, tips.at),
            },
        ),
        "transactions": make_table(
            "transactions",
            {
                "transaction_id": pay.transaction_id,
                "user_id": user + 1,
                "purpose": "tip",
                "invoice_id": None,
                "tip_id": tips.tip_id[pay.tip],
                "document_id": None,
                "artist_id": None,
                "payment_method_id": np.where(tips.method[pay.tip] >= 0, tips.method[pay.tip] + 1, -1),
                "provider": Coded(tips.offer[pay.tip], offers().provider),
                "amount_minor": tips.amount[pay.tip],
                "currency_code": Coded(tips.country[pay.tip], currencies),
                "commission_minor": None,
                "processing_fee_minor": fee(tips.offer[pay.tip], tips.amount[pay.tip], pay.ok),
                "status": Coded(pay.ok.astype(np.int64), ("failed", "succeeded")),
                "failure_code": Coded(code, names),
                "served_date": None,
                "transacted_at": pay.at,
                "arrived_at": arrived,
            },
        ),
        "transaction_events": one_after_another(steps, refund_trail),
        "refunds": refunds,
    }


def _refund_tables(world: World, day: date, currencies: list[str]) -> tuple[pa.Table, pa.Table]:
    """Refunds on this day of tips of the two weeks before, and their trail."""
    parts: list[tuple[Ints, ...]] = []
    for lag in range(1, REFUND_DAYS + 1):
        origin = day - timedelta(days=lag)
        if origin < world.first_day:
            break
        tips = tips_of(world, origin)
        pay = _payments(tips)
        ids = pay.transaction_id
        due = 1 + (hash_uniform(world.seed, "tips.refund_lag", ids) ** 2 * REFUND_DAYS).astype(np.int64)
        back = pay.ok & (due == lag) & (hash_uniform(world.seed, "tips.refund", ids) < rates()["tip_refund"])
        rows = np.flatnonzero(back)
        at = midnight(day) + HOUR + (hash_uniform(world.seed, "tips.refund_at", ids[rows]) * 22 * HOUR).astype(np.int64)
        tip = pay.tip[rows]
        parts.append((ids[rows], at, tips.amount[tip], tips.country[tip], tips.user[tip]))
    empty = np.zeros(0, dtype=np.int64)
    ids, at, amount, country, user = (
        (np.concatenate(column) for column in zip(*parts, strict=True)) if parts else (empty,) * 5
    )
    order = np.argsort(at, kind="stable")
    ids, at, amount, country, user = ids[order], at[order], amount[order], country[order], user[order]
    sequence = SEQUENCE + np.arange(len(ids))
    arrived = arrival(world.seed, user, at)
    refunds = make_table(
        "refunds",
        {
            "refund_id": event_ids(at, sequence),
            "transaction_id": ids,
            "amount_minor": amount,
            "currency_code": Coded(country, currencies),
            "is_full": np.ones(len(ids), dtype=bool),
            "reason": Coded(np.zeros(len(ids), dtype=np.int64), ("fraud",)),
            "refunded_at": at,
            "arrived_at": arrived,
        },
    )
    trail = make_table(
        "transaction_events",
        {
            "transaction_event_id": event_ids(at, sequence),
            "transaction_id": ids,
            "event_type": Coded(np.zeros(len(ids), dtype=np.int64), ("refunded",)),
            "occurred_at": at,
            "detail": Coded(np.zeros(len(ids), dtype=np.int64), ("fraud",)),
            "arrived_at": arrived,
        },
    )
    return refunds, trail
