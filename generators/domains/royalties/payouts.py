"""Statements and payments by month, at a flat rate per stream: the platform's own documents.

Those of the months before the data begins rest on the opening's streams and carry the balances into it; later ones on
the month's plays as they had arrived by its close. Each is issued after the close, paid some days later, and paid again
where the bank returns it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from generators.core.calendar import DAY, HOUR, NEVER, days_since_epoch, midnight
from generators.core.changes import Changes, arrival_of, changes, ordered, steps_of
from generators.core.columns import Columns, concatenate
from generators.core.random import Ints, hash_uniform
from generators.core.tables import Coded, make_table, one_after_another
from generators.core.tallies import OPEN_DAYS, month_after, streams_of_month, tally
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
MONTH_IDS = 10_000_000
"""Ids of the statements of each month from the first day's on; those before are numbered from 1."""
_ISSUED_ON = OPEN_DAYS + 1
"""Days from the end of the month to the statement: after the close."""
_ISSUED_AFTER = _ISSUED_ON * DAY + 9 * HOUR
_PAID_AFTER = 3 * DAY
_PAID_AGAIN_AFTER = 7 * DAY
_STATUS = ("pending", "paid", "failed", "carried_forward")
_RIGHT_PPM = (800_000, 200_000)
_WITHOUT_MINOR_UNITS = ("JPY", "KRW", "VND")
"""Currencies whose minor unit is the major one."""


@dataclass(frozen=True)
class Payouts(Columns):
    """Statements by month and payee."""

    payout_id: Ints

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


@dataclass(frozen=True)
class _Owed:
    """What is open between the platform and each payee after a month."""

    balance: Ints
    unrecouped: Ints


def payouts(world: World) -> Payouts:
    """Statements of the months before the first day's; id is row + 1."""
    return _opening(world)[0]


def _months(world: World) -> list[date]:
    """First days of the months before the first day's and, last, of its own."""
    months = [world.first_day.replace(day=1)]
    for _ in range(MONTHS):
        months.insert(0, (months[0] - timedelta(days=1)).replace(day=1))
    return months


def _opening(world: World) -> tuple[Payouts, _Owed]:
    """Statements of the months before the first day's, and what is owed after them."""
    return world.remember(("payouts", world.horizon), lambda: _settle_opening(world), keep=1)


def _settle_opening(world: World) -> tuple[Payouts, _Owed]:
    who, months = parties(world, world.horizon), _months(world)
    n = int(np.searchsorted(who.created_at, midnight(world.first_day)))
    heard = opening_songs(world)
    song, month_of, streams_of = (heard[name].to_numpy() for name in ("song_id", "month_start", "qualified_streams"))
    # What was paid before the first statement has been recouped in part.
    paid = advances(world)
    old = paid.at < midnight(months[0])
    advanced = _per_payee(paid.payee[old], paid.amount[old], n)
    share = 0.2 + 0.6 * hash_uniform(world.seed, "payouts.unrecouped", np.arange(n))
    owed = _Owed(balance=np.zeros(n, dtype=np.int64), unrecouped=(advanced * share).astype(np.int64))
    parts = []
    for month in months[:-1]:
        rows = month_of == np.datetime64(month)
        part, owed = _settle(world, month, n, (song[rows] - 1, streams_of[rows]), owed)
        parts.append(part)
    every = concatenate(parts)
    return replace(every, payout_id=np.arange(len(every)) + 1), owed


def _settled(world: World, number: int) -> tuple[Payouts, _Owed]:
    """Statements of a month of the data (0: the first day's), and what is owed after it."""
    month = _months(world)[-1]
    for _ in range(number):
        month = month_after(month)

    def make() -> tuple[Payouts, _Owed]:
        streams = streams_of_month(world, month)
        _, owed = _settled(world, number - 1) if number else _opening(world)
        heard = np.flatnonzero(streams)
        n = int(np.searchsorted(parties(world, world.horizon).created_at, midnight(month_after(month))))
        statements, after = _settle(world, month, n, (heard, streams[heard]), owed)
        return replace(statements, payout_id=(number + 1) * MONTH_IDS + statements.payee + 1), after

    return world.remember(("payouts of month", number), make, keep=256)


def _settle(world: World, month: date, n: int, heard: tuple[Ints, Ints], owed: _Owed) -> tuple[Payouts, _Owed]:
    """Statements of a month for the first ``n`` payees, and what is owed after it.

    Args:
        heard: recordings (rows) and their qualified streams in the month.
    """
    who, payee = parties(world, world.horizon), np.arange(n)
    country, paid = who.country[payee], advances(world)
    begin, end = midnight(month), midnight(month_after(month))
    fresh = (paid.at >= begin) & (paid.at < end)
    balance, unrecouped = (np.pad(before, (0, n - len(before))) for before in (owed.balance, owed.unrecouped))
    unrecouped = unrecouped + _per_payee(paid.payee[fresh], paid.amount[fresh], n)
    micro_per_minor = _micro_per_minor(world)[country]
    # A usual amount is in ten-thousandths of the minor unit.
    rate = rate_micro(country, np.full(n, 0.5)) * (micro_per_minor // 10_000)
    streams = _streams(world, *heard, end, n)
    gross = (streams * rate // 1_000 + micro_per_minor // 2) // micro_per_minor
    recouped = np.minimum(gross * _recoupment_ppm(world, begin, n) // MILLION, unrecouped)
    unrecouped = unrecouped - recouped
    withheld = ((gross - recouped) * withholding(world)[country] + MILLION // 2) // MILLION
    payable = balance + gross - recouped - withheld
    issued = np.full(n, end + _ISSUED_AFTER) + payee * 1_000
    minimum = minimum_payment(country) * np.where(raised_at(world, who)[:n] <= issued, 2, 1)
    is_paid = (payable >= minimum) & (payable > 0)
    fails = hash_uniform(world.seed, "payouts.fails", payee, np.full(n, begin)) < 0.02
    statements = Payouts(
        payout_id=payee,
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
    some = np.flatnonzero((gross > 0) | (balance > 0))
    return statements.take(some), _Owed(balance=np.where(is_paid, 0, payable), unrecouped=unrecouped)


def _micro_per_minor(world: World) -> Ints:
    """Micro-units in a minor unit of each country's currency."""
    whole = np.isin([country["currency"] for country in world.ref.countries], _WITHOUT_MINOR_UNITS)
    return np.where(whole, 1_000_000, 10_000)


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
    # A contract is in force from its day on, whatever the hour in which it was signed.
    since = c.start // DAY * DAY
    rows = np.flatnonzero((since <= begin) & (c.end > begin) & (c.kind != TERRITORIAL) & (c.payee < n))
    _, ppm = recoupment(world, c.payee[rows], who.country[c.payee[rows]], c.kind[rows])
    found = np.zeros(n, dtype=np.int64)
    found[c.payee[rows]] = ppm
    return found


def payouts_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Statements with their payments, of a period of one day or of the opening."""
    p = payouts(world)
    found = changes(world, "payouts", lambda: [p.issued_at, p.failed_at, p.paid_at], begin, until)
    parts = [_rows(world, p, found)]
    if begin is not None:
        # Whoever settles the month finds what came of it on this day.
        tally(world, begin)
        number = _number_settled(world, until)
        since = (until - timedelta(days=1) - _following(world, number)).days if number >= 0 else -1
        paid = _ISSUED_ON * DAY + _PAID_AFTER
        if since * DAY in (_ISSUED_ON * DAY, paid, paid + _PAID_AGAIN_AFTER):
            p, _ = _settled(world, number)
            at, row, step = ordered(*steps_of([p.issued_at, p.failed_at, p.paid_at]))
            today = np.flatnonzero((at >= midnight(begin)) & (at < midnight(until)))
            at, row, step = at[today], row[today], step[today]
            arrived = arrival_of(world, "payouts", at, begin, until, p.payout_id[row], step)
            parts.append(_rows(world, p, Changes(row=row, at=at, number=step, arrived_at=arrived)))
    return one_after_another(*parts)


def _rows(world: World, p: Payouts, found: Changes) -> pa.Table:
    who, row, at = parties(world, world.horizon), found.row, found.at
    status = np.where(p.net[row] > 0, 0, 3)
    status = np.where(p.paid_at[row] <= at, 1, np.where(p.failed_at[row] <= at, 2, status))
    payee = p.payee[row]
    return make_table(
        "payouts",
        {
            "payout_id": p.payout_id[row],
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


def _following(world: World, number: int) -> date:
    """First day after a month of the data."""
    month = _months(world)[-1]
    for _ in range(number + 1):
        month = month_after(month)
    return month


def _number_settled(world: World, until: date) -> int:
    """Number of the last month of the data whose statements are issued before ``until``; -1 before the first."""
    number = -1
    while _following(world, number + 1) + timedelta(days=_ISSUED_ON) < until:
        number += 1
    return number


def issued_payouts(world: World, until: date) -> int:
    """Highest id that may have been issued before ``until``."""
    number = _number_settled(world, until)
    if number < 0:
        return int((payouts(world).issued_at < midnight(until)).sum())
    who = parties(world, world.horizon)
    return (number + 1) * MONTH_IDS + int(np.searchsorted(who.created_at, midnight(_following(world, number))))
