"""The tables of billing for a period, cut from the timeline of a world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np
import pyarrow as pa

from generators.core.calendar import DAY, NEVER, SECOND, days_since_epoch, event_ids, midnight
from generators.core.changes import changes
from generators.core.order import in_order
from generators.core.random import Bools, Ints, hash_bits, hash_uniform
from generators.core.tables import Coded, hex_text, make_table
from generators.core.world import World
from generators.domains.billing import ledger as log
from generators.domains.billing.lifecycle import CHANNELS
from generators.domains.billing.payments import (
    REFUND_REASONS,
    SPILL,
    Methods,
    Refunds,
    arrival,
    fee,
    make_methods,
    make_refunds,
    rank_in_day,
)
from generators.domains.billing.prices import CYCLES, METHODS, OPEN_END, failure_codes, offers, prices, read
from generators.domains.billing.timeline import Timeline, horizon_after, timeline

LINE_TYPES = ("plan", "proration_charge", "proration_credit", "discount", "tax")
_LINES_OF_INVOICE = 4
_BRANDS = ("visa", "mastercard", "elo", "rupay")
_LAUNCHED = midnight(date(2023, 6, 30))
_REFUND_TRAIL = 200_000_000


@cache
def _four_digits() -> pa.Array:
    """Made when first wanted: pyarrow loads pandas to read a list, which other commands need not wait for."""
    return pa.array([f"{i:04d}" for i in range(10_000)])


@dataclass(frozen=True)
class Book:
    """A timeline with what follows from it; computed once per horizon.

    Attributes:
        total: total of each invoice. amount: amount of each attempt (its invoice's total).
        transaction_id: id of each attempt's transaction. needed: invoices that the opening brings.
        changes_by_time, closings_by_time: rows of these sheets by instant.
        rank: number of each event, invoice, attempt and refund within its UTC day.
    """

    line: Timeline
    methods: Methods
    total: Ints
    amount: Ints
    transaction_id: Ints
    refunds: Refunds
    needed: Bools
    changes_by_time: Ints
    closings_by_time: Ints
    rank: dict[str, Ints]


def book(world: World, day: date) -> Book:
    """The book that covers a day."""
    until = horizon_after(world, day)

    def make() -> Book:
        line = timeline(world, day)
        docs, tries = line.invoices, line.attempts
        total = docs["plan_net"] - docs["credit_net"] - docs["discount_net"] + docs["tax"]
        amount = total[tries["invoice"]]
        refunds = make_refunds(world, line, amount)
        begin = midnight(world.first_day)
        needed = docs["end"] > days_since_epoch(world.first_day)
        needed[tries["invoice"][tries["at"] >= begin]] = True
        needed[line.closings["invoice"][line.closings["at"] >= begin]] = True
        needed[tries["invoice"][refunds.attempt[refunds.at >= begin]]] = True
        by_instant = {
            "events": line.events["at"],
            "invoices": docs["at"],
            "attempts": tries["at"],
            "refunds": refunds.at,
        }
        rank = {name: rank_in_day(at) for name, at in by_instant.items()}
        changes_ = line.changes
        return Book(
            line=line,
            methods=make_methods(line),
            total=total,
            amount=amount,
            transaction_id=event_ids(tries["at"], rank["attempts"]),
            refunds=refunds,
            needed=needed,
            changes_by_time=in_order(changes_["change_no"], changes_["subscription"], changes_["at"]),
            closings_by_time=in_order(line.closings["invoice"], line.closings["at"]),
            rank=rank,
        )

    return world.remember(("billing.book", until), make, keep=1)


@dataclass(frozen=True)
class Period:
    """What a file set holds: events of one UTC day, or what of the time before belongs to the opening."""

    world: World
    begin: int
    end: int
    is_opening: bool

    def arrived(self, user: Ints, at: Ints) -> Ints:
        """Arrival of rows of accounts."""
        if self.is_opening:
            return np.full(len(at), self.end - 3_600 * SECOND)
        return arrival(self.world.seed, user, at)

    def rows(self, at: Ints, of: Book, invoice: Ints | None = None, order: Ints | None = None) -> Ints:
        """Rows whose instant lies in the period, by instant.

        Args:
            at: instants of all rows, sorted, or sorted by ``order``.
            invoice: invoice of each row; the opening brings only those that are needed.
        """
        rows = np.arange(*np.searchsorted(at, [self.begin, self.end], sorter=order))
        rows = rows if order is None else order[rows]
        if self.is_opening and invoice is not None:
            rows = rows[of.needed[invoice[rows]]]
        return rows

    @property
    def first(self) -> date | None:
        """The UTC day; None for the opening."""
        return None if self.is_opening else self.day

    @property
    def until(self) -> date:
        """Day after the period."""
        return self.day + timedelta(days=1)

    @property
    def day(self) -> date:
        """Last UTC day of the period."""
        return date(1970, 1, 1) + timedelta(days=(self.end - 1) // DAY)


def period_tables(world: World, arrival_day: date | None) -> dict[str, pa.Table]:
    """Billing tables of one arrival day, or of the opening (None), without tips."""
    period = _period(world, arrival_day)
    of = book(world, period.day)
    makers: dict[str, Callable[[Period, Book], pa.Table]] = {
        "plan_prices": _plan_prices,
        "payment_methods": _payment_methods,
        "subscriptions": _subscriptions,
        "subscription_events": _subscription_events,
        "invoices": _invoices,
        "invoice_lines": _invoice_lines,
        "transactions": _transactions,
        "transaction_events": _transaction_events,
        "refunds": _refunds,
    }
    tables = {name: make(period, of) for name, make in makers.items()}
    if period.is_opening:
        tables = {"plans": _plans(period), **tables}
    return tables


def _period(world: World, arrival_day: date | None) -> Period:
    if arrival_day is None:
        return Period(world, 0, midnight(world.first_day), is_opening=True)
    return Period(world, midnight(arrival_day), midnight(arrival_day) + DAY, is_opening=False)


def subscription_transactions(world: World, arrival_day: date) -> pa.Table:
    """Payments of invoices that arrive on one day."""
    return _transactions(_period(world, arrival_day), book(world, arrival_day))


def issued_ids(world: World, until: date) -> dict[str, int]:
    """Highest ids issued before ``until``, by table."""
    of, end = book(world, until - timedelta(days=1)), midnight(until)
    changes = of.line.changes
    return {
        "plans": len(read("plans.csv")),
        "plan_prices": int(np.searchsorted(prices().first_day * DAY, end)),
        "payment_methods": int(np.searchsorted(of.methods.created_at, end)),
        "subscriptions": int(np.count_nonzero((changes["change_no"] == 0) & (changes["at"] < end))),
        "invoices": int(np.searchsorted(of.line.invoices["at"], end)),
    }


def _currencies(world: World) -> list[str]:
    return [row["currency"] for row in world.ref.countries]


def _plans(period: Period) -> pa.Table:
    rows = read("plans.csv")

    def flag(name: str) -> Bools:
        return np.array([row[name] == "1" for row in rows])

    return make_table(
        "plans",
        {
            "plan_id": np.arange(len(rows)) + 1,
            "plan_code": [row["code"] for row in rows],
            "name": [row["name"] for row in rows],
            "tier": [row["tier"] for row in rows],
            "variant": [row["variant"] for row in rows],
            "max_quality": [row["max_quality"] for row in rows],
            "skips_per_hour": np.array([int(row["skips_per_hour"] or -1) for row in rows]),
            "is_shuffle_only": flag("is_shuffle_only"),
            "has_ads": flag("has_ads"),
            "can_download": flag("can_download"),
            "concurrent_streams": np.array([int(row["concurrent_streams"]) for row in rows]),
            "member_limit": np.array([int(row["member_limit"]) for row in rows]),
            "changed_at": np.full(len(rows), _LAUNCHED),
            "change_no": 0,
            "arrived_at": np.full(len(rows), period.end - 3_600 * SECOND),
        },
    )


def _plan_prices(period: Period, _: Book) -> pa.Table:
    p = prices()
    ends = np.where(p.end_day == OPEN_END, NEVER, p.end_day * DAY)
    found = changes(period.world, "plan_prices", lambda: [p.first_day * DAY, ends], period.first, period.until)
    row = found.row
    # A price list is published with its first day: it must precede every purchase of that day.
    arrived = found.arrived_at if period.is_opening else found.at
    return make_table(
        "plan_prices",
        {
            "plan_price_id": row + 1,
            "plan_id": p.plan[row] + 1,
            "country_id": p.country[row] + 1,
            "currency_code": Coded(p.country[row], _currencies(period.world)),
            "billing_cycle": Coded(p.cycle[row], CYCLES),
            "price_minor": p.amount[row],
            "tax_rate_ppm": p.tax_ppm[row],
            "valid_from": p.first_day[row],
            "valid_to": np.where(ends[row] <= found.at, p.end_day[row], NEVER),
            "changed_at": found.at,
            "change_no": found.number,
            "arrived_at": arrived,
        },
    )


def _payment_methods(period: Period, of: Book) -> pa.Table:
    m, seed = of.methods, period.world.seed
    found = changes(period.world, "methods", lambda: [m.created_at, m.replaced_at], period.first, period.until)
    row = found.row
    method = offers().method[m.offer[row]]
    user, slot = m.user[row], m.slot[row]
    card = method == METHODS.index("card")

    def draw(what: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return hash_uniform(seed, f"methods.{what}", user, slot)

    brazil = np.isin(offers().country[m.offer[row]], [period.world.ref.country_index["BR"]])
    own = np.where(brazil, 2, 3)
    brand = np.where(draw("brand") < 0.42, 0, np.where(draw("brand") < 0.75, 1, own))
    token = hex_text(np.stack([hash_bits(seed, f"methods.token.{i}", user, slot) for i in range(2)], axis=1))
    created_year = (m.created_at[row] // DAY).astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
    last_four = (draw("last_four") * 10_000).astype(np.int64)
    return make_table(
        "payment_methods",
        {
            "payment_method_id": row + 1,
            "user_id": user + 1,
            "method_type": Coded(method, METHODS),
            "brand": Coded(np.where(card, brand, -1), _BRANDS),
            "last_four": Coded(np.where(card, last_four, -1), _four_digits()),
            "token": token,
            "expiry_month": np.where(card, 1 + (draw("month") * 12).astype(np.int64), -1),
            "expiry_year": np.where(card, created_year + 1 + (draw("year") * 5).astype(np.int64), -1),
            "is_default": m.replaced_at[row] > found.at,
            "created_at": m.created_at[row],
            "changed_at": found.at,
            "change_no": found.number,
            "arrived_at": period.arrived(user, found.at),
        },
    )


def _subscriptions(period: Period, of: Book) -> pa.Table:
    c = of.line.changes
    row = period.rows(c["at"], of, order=of.changes_by_time)
    c = {name: values[row] for name, values in c.items()}
    device, _ = period.world.user_devices(period.day + timedelta(days=1))
    ended = c["ended"] < NEVER
    return make_table(
        "subscriptions",
        {
            "subscription_id": c["subscription"] + 1,
            "user_id": c["user"] + 1,
            "plan_id": c["plan"] + 1,
            "plan_price_id": c["price"] + 1,
            "state": Coded(c["state"], log.STATES),
            "recurring_discount_minor": c["discount"],
            "is_prepaid": c["prepaid"] > 0,
            "trial_ends_at": c["trial_end"],
            "current_period_start_at": c["period_start"],
            "current_period_end_at": c["period_end"],
            "started_at": c["started"],
            "cancelled_at": c["cancelled"],
            "ended_at": c["ended"],
            "end_reason": Coded(np.where(ended, c["involuntary"], -1), ("voluntary", "involuntary")),
            "payment_method_id": of.methods.find(c["user"], c["slot"]) + 1,
            "signup_channel": Coded(c["channel"], CHANNELS),
            "signup_device_id": np.where(device[c["user"], 0] >= 0, device[c["user"], 0] + 1, -1),
            "household_id": np.where(c["household"] >= 0, c["household"] + 1, -1),
            "changed_at": c["at"],
            "change_no": c["change_no"],
            "arrived_at": period.arrived(c["user"], c["at"]),
        },
    )


def _subscription_events(period: Period, of: Book) -> pa.Table:
    e = of.line.events
    row = period.rows(e["at"], of)
    e, sequence = {name: values[row] for name, values in e.items()}, of.rank["events"][row]
    return make_table(
        "subscription_events",
        {
            "subscription_event_id": event_ids(e["at"], sequence),
            "subscription_id": e["subscription"] + 1,
            "event_type": Coded(e["kind"], log.EVENTS),
            "from_state": Coded(e["before"], log.STATES),
            "to_state": Coded(e["after"], log.STATES),
            "from_plan_price_id": np.where(e["from_price"] >= 0, e["from_price"] + 1, -1),
            "to_plan_price_id": np.where(e["to_price"] >= 0, e["to_price"] + 1, -1),
            "proration_minor": e["proration"],
            "currency_code": Coded(e["country"], _currencies(period.world)),
            "reason": Coded(e["reason"] - 1, log.REASONS[1:]),
            "occurred_at": e["at"],
            "arrived_at": period.arrived(e["user"], e["at"]),
        },
    )


def _invoices(period: Period, of: Book) -> pa.Table:
    docs, closings = of.line.invoices, of.line.closings
    issued = period.rows(docs["at"], of, np.arange(len(docs["at"])))
    closed = period.rows(closings["at"], of, closings["invoice"], of.closings_by_time)
    row = np.concatenate([issued, closings["invoice"][closed]])
    at = np.concatenate([docs["at"][issued], closings["at"][closed]])
    status = np.concatenate([np.full(len(issued), log.OPEN), closings["status"][closed]])
    number = np.concatenate([np.zeros(len(issued), dtype=np.int64), np.ones(len(closed), dtype=np.int64)])
    order = in_order(number, row, at)
    row, at, status, number = row[order], at[order], status[order], number[order]
    issued_at = docs["at"][row]
    return make_table(
        "invoices",
        {
            "invoice_id": row + 1,
            "user_id": docs["user"][row] + 1,
            "subscription_id": docs["subscription"][row] + 1,
            "currency_code": Coded(docs["country"][row], _currencies(period.world)),
            "subtotal_minor": docs["plan_net"][row] - docs["credit_net"][row],
            "discount_minor": docs["discount_net"][row],
            "tax_minor": docs["tax"][row],
            "total_minor": of.total[row],
            "status": Coded(status, log.INVOICE_STATES),
            "issued_at": issued_at,
            "due_at": issued_at + DAY,
            "paid_at": np.where(status == log.PAID, at, NEVER),
            "changed_at": at,
            "change_no": number,
            "arrived_at": period.arrived(docs["user"][row], at),
        },
    )


def _invoice_lines(period: Period, of: Book) -> pa.Table:
    docs = of.line.invoices
    base = of.rank["invoices"] * _LINES_OF_INVOICE
    issued = period.rows(docs["at"], of, np.arange(len(docs["at"])))
    d = {name: values[issued] for name, values in docs.items()}
    amounts = np.stack([d["plan_net"], -d["credit_net"], -d["discount_net"], d["tax"]], axis=1)
    kinds = np.stack([d["is_change"], *(np.full(len(issued), k) for k in (2, 3, 4))], axis=1)
    keep = amounts != 0
    keep[:, 0] = True
    row, slot = np.nonzero(keep)
    credit = slot == 1
    plan = np.where(slot == 3, -1, np.where(credit, d["credit_plan"][row], d["plan"][row]) + 1)
    at = d["at"][row]
    return make_table(
        "invoice_lines",
        {
            "invoice_line_id": event_ids(at, base[issued][row] + slot),
            "invoice_id": issued[row] + 1,
            "line_type": Coded(kinds[row, slot], LINE_TYPES),
            "plan_id": plan,
            "amount_minor": amounts[row, slot],
            "currency_code": Coded(d["country"][row], _currencies(period.world)),
            "service_start_date": np.where(credit, d["credit_from"][row], d["start"][row]),
            "service_end_date": np.where(credit, d["credit_to"][row], d["end"][row]),
            "issued_at": at,
            "arrived_at": period.arrived(d["user"][row], at),
        },
    )


def _transactions(period: Period, of: Book) -> pa.Table:
    tries = of.line.attempts
    row = period.rows(tries["at"], of, tries["invoice"])
    t = {name: values[row] for name, values in tries.items()}
    amount, ok = of.amount[row], t["ok"] > 0
    names, cumulative = failure_codes()
    code = (cumulative[offers().method[t["offer"]]] <= (t["draw"] / 1e6)[:, None]).sum(axis=1)
    return make_table(
        "transactions",
        {
            "transaction_id": of.transaction_id[row],
            "user_id": t["user"] + 1,
            "purpose": "subscription",
            "invoice_id": t["invoice"] + 1,
            "tip_id": None,
            "document_id": None,
            "artist_id": None,
            "payment_method_id": of.methods.find(t["user"], t["slot"]) + 1,
            "provider": Coded(t["offer"], offers().provider),
            "amount_minor": amount,
            "currency_code": Coded(of.line.invoices["country"][t["invoice"]], _currencies(period.world)),
            "commission_minor": None,
            "processing_fee_minor": fee(t["offer"], amount, ok),
            "status": Coded(t["ok"], ("failed", "succeeded")),
            "failure_code": Coded(np.where(ok, -1, np.minimum(code, len(names) - 1)), names),
            "served_date": None,
            "transacted_at": t["at"],
            "arrived_at": period.arrived(t["user"], t["at"]),
        },
    )


TRAIL = ("created", "authorised", "captured", "failed", "refunded")


def trail_of(at: Ints, ok: Bools) -> tuple[Ints, Ints, Ints]:
    """Steps of attempts that end at ``at``: attempt row, kind (index into TRAIL) and instant."""
    kinds = np.stack([np.zeros(len(at), dtype=np.int64), np.ones(len(at), dtype=np.int64), np.where(ok, 2, 3)], axis=1)
    when = np.stack([at - 4 * SECOND, at - SECOND, at], axis=1)
    row, step = np.nonzero((kinds != 1) | ok[:, None])
    return row, kinds[row, step], when[row, step]


def _transaction_events(period: Period, of: Book) -> pa.Table:
    tries, refunds = of.line.attempts, of.refunds
    chosen = period.rows(tries["at"], of, tries["invoice"])
    base = of.rank["attempts"][chosen] * 3
    at, ok = tries["at"][chosen], tries["ok"][chosen] > 0
    row, kind, when = trail_of(at, ok)
    spills = when // DAY < at[row] // DAY
    sequence = base[row] + np.minimum(kind, 2) + np.where(spills, SPILL, 0)
    names, cumulative = failure_codes()
    offer, draw = tries["offer"][chosen], tries["draw"][chosen]
    code = (cumulative[offers().method[offer]] <= (draw / 1e6)[:, None]).sum(axis=1)
    detail = np.where(kind == 3, np.minimum(code[row], len(names) - 1), -1)
    user = tries["user"][chosen]
    # Steps arrive with their transaction, which is filed under its final instant.
    arrived = period.arrived(user, at)[row]
    back = period.rows(refunds.at, of, tries["invoice"][refunds.attempt])
    of_refund = refunds.attempt[back]
    return make_table(
        "transaction_events",
        {
            "transaction_event_id": np.concatenate(
                [event_ids(when, sequence), event_ids(refunds.at[back], of.rank["refunds"][back] + _REFUND_TRAIL)]
            ),
            "transaction_id": np.concatenate([of.transaction_id[chosen][row], of.transaction_id[of_refund]]),
            "event_type": Coded(np.concatenate([kind, np.full(len(back), 4)]), TRAIL),
            "occurred_at": np.concatenate([when, refunds.at[back]]),
            "detail": Coded(np.concatenate([detail, refunds.reason[back] + len(names)]), [*names, *REFUND_REASONS]),
            "arrived_at": np.concatenate([arrived, period.arrived(tries["user"][of_refund], refunds.at[back])]),
        },
    )


def _refunds(period: Period, of: Book) -> pa.Table:
    tries, refunds = of.line.attempts, of.refunds
    row = period.rows(refunds.at, of, tries["invoice"][refunds.attempt])
    attempt = refunds.attempt[row]
    return make_table(
        "refunds",
        {
            "refund_id": event_ids(refunds.at[row], of.rank["refunds"][row]),
            "transaction_id": of.transaction_id[attempt],
            "amount_minor": refunds.amount[row],
            "currency_code": Coded(of.line.invoices["country"][tries["invoice"][attempt]], _currencies(period.world)),
            "is_full": refunds.is_full[row],
            "reason": Coded(refunds.reason[row], REFUND_REASONS),
            "refunded_at": refunds.at[row],
            "arrived_at": period.arrived(tries["user"][attempt], refunds.at[row]),
        },
    )
