"""Recognised revenue: what has been paid for, on the day it is served; and what becomes of it by day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from oracle.ads import impressions
from oracle.amounts import half_up
from oracle.calendar import booking_month, closes_at, month_of, next_month
from oracle.exchange import micro_per_minor, rates
from oracle.lake import Row
from oracle.transactions import movements, repayments
from oracle.truth import Truth

_SERVICES = {
    "subscription": "subscription",
    "tip": "tips",
    "ticket": "live",
    "order": "shop",
    "fan_subscription": "fan_support",
    "community": "communities",
    "promotion": "promotions",
    "placement": "placements",
}
"""Service by the purpose of a payment."""
_NO_AMOUNTS = {"recognised_micro": 0, "refunded_micro": 0, "fee_micro": 0, "commission_micro": 0, "gmv_micro": 0}


@dataclass(frozen=True)
class ChargeDay:
    """One day of a paid charge: what it is worth without tax, in micro-units."""

    day: date
    micro: int
    plan_id: int
    tier: str
    arrived_at: datetime


@dataclass(frozen=True)
class Charge:
    """What a payment of a subscription earns: its movement and the days of its invoice."""

    payment: Row
    days: list[ChargeDay]

    @property
    def arrived_at(self) -> datetime:
        """When the last part of it arrived."""
        return max(day.arrived_at for day in self.days)


def first_payments(truth: Truth, document: str) -> dict[int, Row]:
    """Of the payments that succeeded for each document (`invoice_id` or `tip_id`) the first to arrive counts."""
    found: dict[int, Row] = {}
    charges = [row for row in truth.of(movements) if row["movement_type"] == "charge" and row[document] > 0]
    for row in sorted(charges, key=lambda row: (row["arrived_at"], row["transacted_at"], row["transaction_id"])):
        found.setdefault(row[document], row)
    return found


def invoice_lines(truth: Truth) -> dict[int, list[Row]]:
    """Lines of each invoice but the tax."""
    found: dict[int, list[Row]] = defaultdict(list)
    for line in truth.lake.events("invoice_lines"):
        if line["line_type"] != "tax":
            found[line["invoice_id"]].append(line)
    return found


def charges(truth: Truth) -> dict[int, Charge]:
    """Paid charges by transaction.

    The lines of an invoice for one plan and service period are one amount: discounts and credits are netted with the
    plan of their period, a credit for another period stands alone. It is spread evenly over the period's days. Lines
    that become known after a month's close are an amount of their own, so that the days booked before stay.
    """
    tiers: dict[int, str] = {row["plan_id"]: row["tier"] for row in truth.lake.latest("plans")}
    found = {}
    for invoice_id, payment in truth.of(subscription_payments).items():
        lines = truth.of(invoice_lines).get(invoice_id, [])
        amounts: dict[tuple[date, int, date, date], list[tuple[int, datetime]]] = defaultdict(list)
        for line in lines:
            begin, end = line["service_start_date"], line["service_end_date"]
            arrived_at = max(payment["arrived_at"], line["arrived_at"])
            plan_id = line["plan_id"]
            if plan_id is None:
                plan_id = _plan_of_period(lines, begin, end, payment["plan_id"])
            booked = booking_month(month_of(begin), arrived_at)
            amounts[booked, plan_id, begin, end].append((line["amount_minor"], arrived_at))
        days = []
        for (_, plan_id, begin, end), parts in sorted(amounts.items()):
            net_micro = sum(minor for minor, _ in parts) * truth.of(micro_per_minor)[payment["currency_code"]]
            known_at = max(arrived_at for _, arrived_at in parts)
            tier = tiers[plan_id] if plan_id in tiers else payment["tier"]
            for number, micro in enumerate(spread(net_micro, (end - begin).days)):
                days.append(ChargeDay(begin + timedelta(days=number), micro, plan_id, tier, known_at))
        if days:
            found[payment["transaction_id"]] = Charge(payment, days)
    return found


def spread(amount: int, days: int) -> list[int]:
    """An amount spread evenly over days in whole units, cut toward zero; the remainder is on the last day."""
    share = abs(amount) // days * (1 if amount >= 0 else -1)
    return [share] * (days - 1) + [amount - share * (days - 1)]


def subscription_payments(truth: Truth) -> dict[int, Row]:
    """The payment of each invoice."""
    return first_payments(truth, "invoice_id")


def tip_payments(truth: Truth) -> dict[int, Row]:
    """The payment of each tip."""
    return first_payments(truth, "tip_id")


def sale_payments(truth: Truth) -> list[Row]:
    """Payments for what is sold; a promotion's is none, as the impressions of its campaign are what it earns."""
    unearned = ("subscription", "tip", "promotion")
    return [row for row in truth.of(movements) if row["movement_type"] == "charge" and row["purpose"] not in unearned]


def _plan_of_period(lines: list[Row], begin: date, end: date, otherwise: int) -> int:
    plans = [
        int(line["plan_id"])
        for line in lines
        if (line["service_start_date"], line["service_end_date"]) == (begin, end)
        and line["plan_id"] is not None
        and line["amount_minor"] > 0
    ]
    return max(plans, default=otherwise)


def refunded_days(charge: Charge, refunds: list[Row]) -> list[Row]:
    """What the refunds of one charge take: `refund`, `day`, `tier`, `micro` (positive), `arrived_at`.

    The charge's days that earn lie end to end from the last one back; each refund without tax takes the next
    stretch, in the order of booking. Days after the refund's own are taken off on themselves, days up to then are
    reversed on the refund's, as is what exceeds the charge. The sum of all so far is rounded, not each, so that a
    full refund leaves nothing.
    """
    payment = charge.payment
    net_minor = payment["amount_minor"] - payment["tax_minor"]
    left = sorted(
        ((day.day, day.plan_id, day.micro, day.tier) for day in charge.days if day.micro > 0),
        key=lambda day: (day[0], day[1]),
    )
    found = []
    paid_back = taken_before = 0
    in_order = ("booking_month", "transacted_at", "transaction_movement_id")
    for refund in sorted(refunds, key=lambda row: tuple(row[name] for name in in_order)):
        paid_back -= refund["amount_micro"]
        taken_so_far = half_up(paid_back * net_minor, payment["amount_minor"])
        to_take, taken_before = taken_so_far - taken_before, taken_so_far
        arrived_at = max(refund["arrived_at"], charge.arrived_at)
        while to_take:
            if left:
                day, plan_id, available, tier = left.pop()
                part = min(to_take, available)
                if part < available:
                    left.append((day, plan_id, available - part, tier))
            else:
                day, part, tier = refund["transacted_date"], to_take, max(each.tier for each in charge.days)
            to_take -= part
            counts_on = max(day, refund["transacted_date"])
            found.append({"refund": refund, "day": counts_on, "tier": tier, "micro": part, "arrived_at": arrived_at})
    return found


def history_start(truth: Truth) -> date:
    """The first arrival day after the opening rows."""
    return truth.lake.opening_day + timedelta(days=1)


def data_day(truth: Truth) -> date:
    """The last arrival day."""
    return truth.lake.days[-1]


def posting_day(service_day: date, booked: date, arrived_at: datetime) -> date:
    """The day of service while its month is open, else the day of arrival, in the booking month at the latest."""
    if booked == month_of(service_day):
        return service_day
    return min(arrived_at.date(), next_month(booked) - timedelta(days=1))


def postings(truth: Truth) -> list[Row]:
    """Every amount with who paid it, its service day, its booking month and the day on which it is posted.

    Of subscriptions the charge by day and what refunds take; of tips and sales the commission, of tickets on the
    event's day; processing fees on the day of payment; of advertising each impression's price, the Free tier's.
    Nothing after the data day, and of opening documents nothing that belongs before the history.
    """
    found: list[Row] = []
    refunds = truth.of(repayments)
    for row in truth.of(movements):
        if row["processing_fee_micro"]:
            amounts = {"fee_micro": row["processing_fee_micro"]}
            day, arrived_at = row["transacted_date"], row["arrived_at"]
            _post(truth, found, _SERVICES[row["purpose"]], row, row["tier"], day, arrived_at, amounts)

    for charge in truth.of(charges).values():
        payment = charge.payment
        for day in charge.days:
            amounts = {"recognised_micro": day.micro}
            _post(truth, found, "subscription", payment, day.tier, day.day, day.arrived_at, amounts)
        for part in refunded_days(charge, refunds.get(payment["transaction_id"], [])):
            amounts = {"recognised_micro": -part["micro"], "refunded_micro": -part["micro"]}
            _post(truth, found, "subscription", payment, part["tier"], part["day"], part["arrived_at"], amounts)

    for payment in (*truth.of(tip_payments).values(), *truth.of(sale_payments)):
        for row in (payment, *refunds.get(payment["transaction_id"], [])):
            commission = row["commission_micro"]
            amounts = {
                "recognised_micro": commission,
                "refunded_micro": 0 if row is payment else commission,
                "commission_micro": commission,
                "gmv_micro": row["amount_micro"],
            }
            service, day = _SERVICES[row["purpose"]], row["served_date"]
            _post(truth, found, service, row, row["tier"], day, row["arrived_at"], amounts)

    for shown in truth.of(impressions):
        if shown["price_micro"]:
            document = {
                "purpose": "impression",
                "user_id": shown["user_id"],
                "payment_geography_id": shown["payment_geography_id"],
                "currency_code": shown["currency_code"],
            }
            amounts = {"recognised_micro": shown["price_micro"]}
            _post(truth, found, "advertising", document, "free", shown["rendered_date"], shown["known_at"], amounts)
    return found


def _post(
    truth: Truth,
    found: list[Row],
    service: str,
    document: Row,
    tier: str,
    service_day: date,
    arrived_at: datetime,
    amounts: dict[str, int],
) -> None:
    booked = booking_month(month_of(service_day), arrived_at)
    if service_day > data_day(truth) or booked < month_of(history_start(truth)):
        return
    found.append(
        {
            "revenue_date": posting_day(service_day, booked, arrived_at),
            "service_month": month_of(service_day),
            "service": service,
            "purpose": document["purpose"],
            "user_id": document["user_id"],
            "payment_geography_id": document["payment_geography_id"],
            "tier": tier,
            "currency_code": document["currency_code"],
            "booking_month": booked,
            **_NO_AMOUNTS,
            **amounts,
        }
    )


_CELL = (
    "revenue_date",
    "service_month",
    "service",
    "purpose",
    "payment_geography_id",
    "tier",
    "currency_code",
    "booking_month",
)


def revenue_daily(truth: Truth) -> list[Row]:
    """Postings of a day, service month, service, purpose, payment country, tier and currency, added up."""
    sums: dict[tuple[object, ...], Row] = {}
    for posting in truth.of(postings):
        cell = tuple(posting[name] for name in _CELL)
        if cell in sums:
            for name in _NO_AMOUNTS:
                sums[cell][name] += posting[name]
        else:
            sums[cell] = {name: posting[name] for name in (*_CELL, *_NO_AMOUNTS)}
    for row in sums.values():
        day, currency = row["revenue_date"], row["currency_code"]
        row["net_revenue_micro"] = row["recognised_micro"] - row["fee_micro"]
        row["passed_on_micro"] = row["gmv_micro"] - row["commission_micro"]
        for name in ("recognised", "fee", "net_revenue", "gmv"):
            row[f"{name}_eur_micro"] = truth.of(rates).to_reporting(row[f"{name}_micro"], currency, day)
        row["is_late"] = row["service_month"] != row["booking_month"]
        row["is_closed"] = closes_at(row["booking_month"]) <= truth.lake.clock
    return list(sums.values())


def payer_revenue_monthly(truth: Truth) -> list[Row]:
    """fct_payer_revenue_monthly: what each payer brought to what feeds a royalty pool, refunds taken off."""
    names = (
        "service_month",
        "booking_month",
        "payment_geography_id",
        "tier",
        "source",
        "payer_user_id",
        "currency_code",
    )
    sums: dict[tuple[object, ...], int] = defaultdict(int)
    for row in truth.of(postings):
        if row["service"] in ("subscription", "advertising") and row["recognised_micro"]:
            payer = row | {"source": row["service"], "payer_user_id": row["user_id"]}
            sums[tuple(payer[name] for name in names)] += row["recognised_micro"]
    found: list[Row] = []
    for cell, micro in sums.items():
        booked: Row = dict(zip(names, cell, strict=True)) | {"recognised_micro": micro}
        found.append(booked | {"is_closed": closes_at(booked["booking_month"]) <= truth.lake.clock})
    return found
