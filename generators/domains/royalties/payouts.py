"""Statements and payments of the months before the data begins, from the opening's streams at a flat rate.

They are the platform's own documents: what it carried forward and what is still to be recouped when the data begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pyarrow as pa

from generators.core.calendar import DAY, HOUR, NEVER, days_since_epoch, midnight
from generators.core.changes import changes
from generators.core.columns import Columns, concatenate
from generators.core.random import Ints, hash_uniform
from generators.core.tables import Coded, make_table
from generators.core.world import World
from generators.domains.billing.prices import MILLION
from generators.domains.engagement import opening_songs
from generators.domains.royalties.advances import advances
from generators.domains.royalties.contracts import TERRITORIAL, contracts, rate_micro, recoupment, withholding
from generators.domains.royalties.parties import minimum_payment, parties, raised_at
from generators.domains.royalties.splits import splits
from generators.domains.royalties.works import works

MONTHS = 4
"""Months settled before the first day's."""
_ISSUED_AFTER = 11 * DAY + 9 * HOUR
"""From the end of the month to the statement: after the close."""
_PAID_AFTER = 3 * DAY
_PAID_AGAIN_AFTER = 7 * DAY
_STATUS = ("pending", "paid", "failed", "carried_forward")
_RIGHT_PPM = (800_000, 200_000)
_MICRO_PER_MINOR = 10_000


@dataclass(frozen=True)
class Payouts(Columns):
    """Statements by month and payee; id is row + 1."""

    month: Ints
    """First day, days since 1970."""
    payee: Ints
    streams: Ints
    """Thousandths."""
    rate: Ints
    opening: Ints
    gross: Ints
    recouped: Ints
    withheld: Ints
    net: Ints
    carried: Ints
    unrecouped: Ints
    issued_at: Ints
    failed_at: Ints
    paid_at: Ints


def payouts(world: World) -> Payouts:
    """All statements."""
    return world.remember(("payouts", world.horizon), lambda: _make(world), keep=1)


def _months(world: World) -> list[date]:
    """First days of the months settled and, last, of the first day's month."""
    months = [world.first_day.replace(day=1)]
    for _ in range(MONTHS):
        months.insert(0, (months[0] - timedelta(days=1)).replace(day=1))
    return months


def _make(world: World) -> Payouts:
    who, seed = parties(world, world.horizon), world.seed
    payee = np.arange(int(np.searchsorted(who.created_at, midnight(world.first_day))))
    country, n = who.country[payee], len(payee)
    paid = advances(world)
    rate = rate_micro(country, np.full(n, 0.5))
    withheld_ppm = withholding(world)[country]
    heard = opening_songs(world)
    song, month_of, streams_of = (heard[name].to_numpy() for name in ("song_id", "month_start", "qualified_streams"))
    months = _months(world)
    balance = np.zeros(n, dtype=np.int64)
    # What was paid before the first statement has been recouped in part.
    old = paid.at < midnight(months[0])
    advanced = _per_payee(paid.payee[old], paid.amount[old], n)
    unrecouped = (advanced * (0.2 + 0.6 * hash_uniform(seed, "payouts.unrecouped", payee))).astype(np.int64)
    parts = []
    for month, following in pairwise(months):
        begin, end = midnight(month), midnight(following)
        fresh = (paid.at >= begin) & (paid.at < end)
        unrecouped = unrecouped + _per_payee(paid.payee[fresh], paid.amount[fresh], n)
        rows = month_of == np.datetime64(month)
        streams = _streams(world, song[rows] - 1, streams_of[rows], end, n)
        gross = (streams * rate // 1_000 + _MICRO_PER_MINOR // 2) // _MICRO_PER_MINOR
        recouped = np.minimum(gross * _recoupment_ppm(world, begin, n) // MILLION, unrecouped)
        unrecouped = unrecouped - recouped
        withheld = ((gross - recouped) * withheld_ppm + MILLION // 2) // MILLION
        payable = balance + gross - recouped - withheld
        issued = np.full(n, end + _ISSUED_AFTER) + payee * 1_000
        minimum = minimum_payment(country) * np.where(raised_at(world, who)[:n] <= issued, 2, 1)
        is_paid = (payable >= minimum) & (payable > 0)
        fails = hash_uniform(seed, "payouts.fails", payee, np.full(n, begin)) < 0.02
        some = np.flatnonzero((gross > 0) | (balance > 0))
        part = Payouts(
            month=np.full(n, days_since_epoch(month)),
            payee=payee,
            streams=streams,
            rate=rate,
            opening=balance,
            gross=gross,
            recouped=recouped,
            withheld=withheld,
            net=np.where(is_paid, payable, 0),
            carried=np.where(is_paid, 0, payable),
            unrecouped=unrecouped,
            issued_at=issued,
            failed_at=np.where(is_paid & fails, issued + _PAID_AFTER, NEVER),
            paid_at=np.where(is_paid, issued + _PAID_AFTER + np.where(fails, _PAID_AGAIN_AFTER, 0), NEVER),
        )
        parts.append(part.take(some))
        balance = np.where(is_paid, 0, payable)
    return concatenate(parts)


def _per_payee(payee: Ints, amount: Ints, n: int) -> Ints:
    known = payee < n
    return np.bincount(payee[known], weights=amount[known], minlength=n).astype(np.int64)


def _streams(world: World, song: Ints, streams: Ints, end: int, n: int) -> Ints:
    """Thousandths of streams of each payee, by the shares in force when the month ends."""
    shares, of = splits(world, world.horizon), works(world, world.horizon)
    second = of.second[song] >= 0
    # Of two works in a recording the first holds six tenths.
    whole = np.where(second, 6, 10)
    items = (
        np.bincount(song, weights=streams * 10, minlength=len(world.songs(world.horizon))),
        np.bincount(of.own[song], weights=streams * whole, minlength=len(of.song))
        + np.bincount(of.second[song[second]], weights=streams[second] * 4, minlength=len(of.song)),
    )
    total = np.zeros(n, dtype=np.int64)
    for right, (tenths, ppm) in enumerate(zip(items, _RIGHT_PPM, strict=True)):
        mine = np.flatnonzero((shares.right == right) & (shares.start < end) & (shares.end >= end) & (shares.payee < n))
        # Tenths of streams x ppm of the share, cut once per payee.
        held = tenths[shares.item[mine]].astype(np.int64) * shares.share[mine]
        total += _per_payee(shares.payee[mine], held, n) // 10_000 * ppm // MILLION
    return total


def _recoupment_ppm(world: World, begin: int, n: int) -> Ints:
    """Part of gross that the contract in force at the month's begin credits against advances."""
    c, who = contracts(world, world.horizon), parties(world, world.horizon)
    rows = np.flatnonzero((c.start <= begin) & (c.end > begin) & (c.kind != TERRITORIAL) & (c.payee < n))
    _, ppm = recoupment(world, c.payee[rows], who.country[c.payee[rows]], c.kind[rows])
    found = np.zeros(n, dtype=np.int64)
    found[c.payee[rows]] = ppm
    return found


def payouts_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Statements with their payments."""
    p, who = payouts(world), parties(world, world.horizon)
    found = changes(world, "payouts", lambda: [p.issued_at, p.failed_at, p.paid_at], begin, until)
    row, at = found.row, found.at
    status = np.where(p.net[row] > 0, 0, 3)
    status = np.where(p.paid_at[row] <= at, 1, np.where(p.failed_at[row] <= at, 2, status))
    payee = p.payee[row]
    return make_table(
        "payouts",
        {
            "payout_id": row + 1,
            "payee_id": payee + 1,
            "statement_month": p.month[row],
            "currency_code": Coded(who.country[payee], [c["currency"] for c in world.ref.countries]),
            "qualified_streams_milli": p.streams[row],
            "rate_micro": p.rate[row],
            "opening_balance_minor": p.opening[row],
            "gross_minor": p.gross[row],
            "recouped_minor": p.recouped[row],
            "withheld_minor": p.withheld[row],
            "net_minor": p.net[row],
            "carried_forward_minor": p.carried[row],
            "unrecouped_minor": p.unrecouped[row],
            "status": Coded(status, _STATUS),
            "issued_at": p.issued_at[row],
            "processed_at": np.where(p.paid_at[row] <= at, p.paid_at[row], NEVER),
            **found.metadata,
        },
    )


def issued_payouts(world: World, until: date) -> int:
    """Highest id issued before ``until``."""
    return int((payouts(world).issued_at < midnight(until)).sum())
