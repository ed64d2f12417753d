"""Revenue, recurring revenue and royalties, by hand."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rows import at, change, truth

from oracle.allocation import METHODS
from oracle.calendar import END, instant, next_month
from oracle.customers import arpu_monthly, churn_monthly
from oracle.earnings import artist_earnings
from oracle.revenue import Charge, ChargeDay, refunded_days, revenue_daily, spread
from oracle.royalties import contract_in_force, holders, penalties, royalties, royalty_pools, shared_out
from oracle.royalty_methods import royalty_methods
from oracle.subscriptions import (
    Month,
    Step,
    SubscriptionMonth,
    is_paying,
    monthly_minor,
    subscription_month,
    subscription_movements,
    walk,
)
from oracle.transactions import transactions
from oracle.truth import Truth

OPENED = "2025-01-01 00:00:00"
JANUARY, FEBRUARY = date(2026, 1, 1), date(2026, 2, 1)
Row = dict[str, Any]


def test_a_charge_is_spread_with_the_rest_on_the_last_day() -> None:
    assert spread(1_000_001, 3) == [333_333, 333_333, 333_335]
    assert spread(-5, 2) == [-2, -3]
    assert spread(7, 1) == [7]


def charge_of_four_days(tier: str = "prime") -> Charge:
    """118 with 18 of tax, for four days of 25 from the first of January."""
    days = [ChargeDay(date(2026, 1, day), 25, 2, tier, at("2026-01-01 01:00:00")) for day in (1, 2, 3, 4)]
    return Charge({"amount_minor": 118, "tax_minor": 18}, days)


def refund(number: int, day: int, micro: int) -> Row:
    """A refund at noon of a day of January that arrives at once."""
    then = at(f"2026-01-{day:02} 12:00:00")
    row = {"transaction_movement_id": number, "amount_micro": -micro, "transacted_at": then, "arrived_at": then}
    return row | {"transacted_date": then.date(), "booking_month": JANUARY}


@pytest.mark.parametrize(
    ("refunds", "taken"),
    [
        # Half on the second: the two days to come, each on its own day.
        ([refund(1, 2, 59)], {(1, 3): 25, (1, 4): 25}),
        # The other half on the third: a day before and one before that, both reversed on the third.
        ([refund(2, 3, 59), refund(1, 2, 59)], {(1, 3): 25, (1, 4): 25, (2, 3): 50}),
        # A third of it is 33 1/3 of 100, 33 and the next 34, the last 33: nothing is left, nothing too much.
        ([refund(n, 4, micro) for n, micro in ((1, 39), (2, 40), (3, 39))], {(1, 4): 33, (2, 4): 34, (3, 4): 33}),
        # Twice what was paid: all four days, and as much again on the refund's own day.
        ([refund(1, 1, 236)], {(1, 1): 125, (1, 2): 25, (1, 3): 25, (1, 4): 25}),
    ],
)
def test_a_refund_takes_the_days_to_come_first(refunds: list[Row], taken: dict[tuple[int, int], int]) -> None:
    found: dict[tuple[int, int], int] = {}
    for part in refunded_days(charge_of_four_days(), refunds):
        key = part["refund"]["transaction_movement_id"], part["day"].day
        found[key] = found.get(key, 0) + part["micro"]
    assert found == taken


PRICE = {"price_minor": 13_900, "tax_rate_ppm": 180_000, "billing_cycle": "month"}


@pytest.mark.parametrize(
    ("price", "discount", "monthly"),
    [
        ({}, 0, 11_780),  # 11,779.66
        ({}, 2_780, 9_424),  # 11,120 / 1.18 = 9,423.73
        ({"price_minor": 139_000, "billing_cycle": "year"}, 0, 9_816),  # 117,796.61 / 12
        ({"price_minor": 4_900, "billing_cycle": "week"}, 0, 17_994),  # 4,152.54 x 52 / 12
        ({"price_minor": 1_200, "billing_cycle": "day"}, 0, 30_932),  # 1,016.95 x 365 / 12
        ({"price_minor": 59, "tax_rate_ppm": 180_000, "billing_cycle": "year"}, 29, 2),  # 2.12
        ({}, 14_000, 0),
    ],
)
def test_a_months_worth_is_rounded_once(price: Row, discount: int, monthly: int) -> None:
    assert monthly_minor(PRICE | price, discount) == monthly


@pytest.mark.parametrize(
    ("state", "period_ends", "trial_ends", "pays"),
    [
        ("active", "2026-02-28", "2026-01-31", True),
        ("trial", "2026-01-31", "2026-01-31", False),
        ("grace", "2026-01-31", "2026-01-31", False),
        ("grace", "2026-02-28", "2026-01-31", True),
        ("cancelled", "2026-01-31", "2026-01-31", False),
        ("cancelled", "2026-02-28", None, True),
        ("on_hold", "2026-02-28", None, False),
        ("paused", "2026-02-28", None, False),
    ],
)
def test_states_that_keep_revenue(state: str, period_ends: str, trial_ends: str | None, pays: bool) -> None:
    row = {"state": state, "started_at": at("2026-01-01 00:00:00")}
    ends = {"current_period_end_at": at(f"{period_ends} 00:00:00")}
    assert is_paying(row | ends | {"trial_ends_at": at(f"{trial_ends} 00:00:00") if trial_ends else None}) is pays


STEP = Step(
    subscription_id=1, change_no=0, user_id=9, plan_id=2, plan_key=50_000, tier="prime", country_id=1,
    currency_code="INR", billing_cycle="month", is_prepaid=False, state="active", end_reason=None,
    effective_at=at("2025-12-05 00:00:00"), paid_until=END, mrr_minor=100, run_rate_minor=0,
    booking_month=date(2025, 12, 1),
)  # fmt: skip


def month(start: date) -> Month:
    """A whole month."""
    return Month(start, instant(next_month(start)), start < JANUARY, is_closed=True)


def step(number: int, state: str, day: str, **more: Any) -> Step:
    """A later change of the subscription, known in its own month unless said otherwise."""
    then = at(f"{day} 00:00:00")
    known = {"booking_month": then.date().replace(day=1), "mrr_minor": 100 if state == "active" else 0}
    return replace(STEP, **({"change_no": number, "state": state, "effective_at": then} | known | more))


def test_a_change_that_comes_late_counts_from_the_month_then_open() -> None:
    """An upgrade of January that arrives in February; January has closed without it."""
    upgrade = step(1, "active", "2026-01-20", mrr_minor=250, booking_month=FEBRUARY)
    january, february = (subscription_month(month(start), [STEP, upgrade]) for start in (JANUARY, FEBRUARY))
    assert january is not None
    assert february is not None
    assert (january.mrr_start_minor, january.mrr_end_minor) == (100, 100)
    assert (february.mrr_start_minor, february.mrr_end_minor) == (100, 250)


def test_what_was_cancelled_ends_with_its_period() -> None:
    cancelled = step(1, "cancelled", "2026-01-20", mrr_minor=100, paid_until=at("2026-02-10 00:00:00"))
    states = [subscription_month(month(start), [STEP, cancelled]) for start in (JANUARY, FEBRUARY, date(2026, 3, 1))]
    assert states[0] is not None
    assert states[1] is not None
    assert (states[0].end_state, states[0].mrr_end_minor) == ("cancelled", 100)
    assert (states[1].start_state, states[1].end_state, states[1].end_reason) == ("cancelled", "expired", "voluntary")
    assert (states[1].mrr_start_minor, states[1].mrr_end_minor) == (100, 0)
    assert states[2] is None


def held(number: int, start: int, end: int, **more: Any) -> SubscriptionMonth:
    """A subscription in January with its MRR at the start and the end."""
    states = {"start_state": "active" if start else "none", "end_state": "active" if end else "expired"}
    told = states | {"end_reason": None if end else "voluntary", "start_currency_code": "INR"} | more
    tier, code = told.pop("tier", "prime"), told.pop("currency_code", "INR")
    last = replace(STEP, subscription_id=number, tier=tier, currency_code=code)
    return SubscriptionMonth(
        month=month(JANUARY), end=last, mrr_start_minor=start, mrr_end_minor=end, run_rate_minor=0, **told
    )


@pytest.mark.parametrize(
    ("subscriptions", "has_paid_before", "movements"),
    [
        ([held(1, 0, 100)], False, [("INR", "new", "none", 1, 0, False)]),
        ([held(1, 0, 100)], True, [("INR", "reactivation", "none", 1, 0, False)]),
        ([held(1, 100, 0)], True, [("INR", "churn", "voluntary", -1, 1, False)]),
        ([held(1, 100, 0, end_reason="involuntary")], True, [("INR", "churn", "involuntary", -1, 1, False)]),
        ([held(1, 100, 0, end_state="on_hold")], True, [("INR", "churn", "involuntary", -1, 1, False)]),
        ([held(1, 100, 0, end_state="paused")], True, [("INR", "churn", "pause", -1, 0, False)]),
        # The pause ends in expiry: no money left to lose, but the customer.
        ([held(1, 0, 0, start_state="paused")], True, [("INR", "churn", "voluntary", 0, 1, False)]),
        # A trial that comes to nothing is nobody's loss.
        ([held(1, 0, 0, start_state="trial")], False, []),
        ([held(1, 100, 250)], True, [("INR", "expansion", "none", 0, 0, False)]),
        # One of two plans lost contracts; one given for another of the same price moves nothing.
        ([held(1, 100, 0), held(2, 50, 50)], True, [("INR", "contraction", "none", 0, 0, False)]),
        ([held(1, 100, 0), held(2, 0, 100)], True, [("INR", "none", "none", 0, 0, False)]),
        # Another market: neither lost nor new.
        (
            [held(1, 100, 0), held(2, 0, 7, currency_code="BRL", start_currency_code="BRL")],
            True,
            [("BRL", "expansion", "none", 0, 0, True), ("INR", "contraction", "none", 0, 0, True)],
        ),
    ],
)
def test_walk(subscriptions: list[SubscriptionMonth], has_paid_before: bool, movements: list[Any]) -> None:
    found = walk(subscriptions, has_paid_before)
    told = [
        (m.currency_code, m.movement_type, m.churn_type, m.customer_change, m.lost_customers, m.is_currency_change)
        for m in found
    ]
    assert told == movements


def test_the_highest_tier_that_is_kept_speaks() -> None:
    (lost,) = walk([held(1, 300, 0, tier="pro"), held(2, 100, 100), held(3, 100, 100)], has_paid_before=True)
    assert lost.speaker.end.subscription_id == 2


# A small market: one payer in India, a listener on Free, two songs.


def account(number: int) -> Row:
    row = {"user_id": number, "status": "active", "payment_country_id": 1, "created_at": at(OPENED)}
    return change(row, OPENED)


SUBSCRIPTION = {
    "subscription_id": 3, "user_id": 1, "plan_id": 2, "plan_price_id": 5, "state": "active", "household_id": None,
    "recurring_discount_minor": 0, "is_prepaid": False, "trial_ends_at": None, "end_reason": None,
    "started_at": at("2026-01-30 00:00:00"), "current_period_start_at": at("2026-01-30 00:00:00"),
    "current_period_end_at": at("2026-02-03 00:00:00"),
}  # fmt: skip
SONGS = {1: 60_000, 2: 60_000, 3: 60_000}
MARKET: dict[str, list[Row]] = {
    "countries": [
        {"country_id": 1, "country_code": "IN", "name": "India", "currency_code": "INR", "time_zone": "Asia/Kolkata",
         "arrived_at": at(OPENED)},
    ],
    "users": [account(1), account(2)],
    "artists": [change({"artist_id": 9, "created_at": at(OPENED)}, OPENED)],
    "plans": [change({"plan_id": 1, "tier": "free"}, OPENED), change({"plan_id": 2, "tier": "prime"}, OPENED)],
    "plan_prices": [
        change({"plan_price_id": 5, "plan_id": 2, "country_id": 1, "currency_code": "INR", "billing_cycle": "month",
                "price_minor": 472, "tax_rate_ppm": 180_000, "valid_from": date(2025, 1, 1)}, OPENED),
    ],
    "subscriptions": [change(SUBSCRIPTION, "2026-01-30 00:00:00")],
    "invoices": [
        change({"invoice_id": 7, "user_id": 1, "subscription_id": 3, "currency_code": "INR", "subtotal_minor": 400,
                "discount_minor": 0, "tax_minor": 72, "total_minor": 472}, "2026-01-30 00:00:00"),
    ],
    "invoice_lines": [
        {"invoice_line_id": number, "invoice_id": 7, "line_type": kind, "plan_id": plan, "amount_minor": minor,
         "service_start_date": date(2026, 1, 30), "service_end_date": date(2026, 2, 3),
         "arrived_at": at("2026-01-30 01:00:00")}
        for number, (kind, plan, minor) in enumerate((("plan", 2, 440), ("discount", None, -40), ("tax", None, 72)))
    ],
    "transactions": [
        {"transaction_id": 70, "user_id": 1, "purpose": "subscription", "invoice_id": 7, "tip_id": None,
         "document_id": None, "artist_id": None, "commission_minor": None, "served_date": None,
         "payment_method_id": None, "provider": "pay", "amount_minor": 472, "currency_code": "INR",
         "processing_fee_minor": 10, "status": "succeeded", "failure_code": None,
         "transacted_at": at("2026-01-30 00:30:00"), "arrived_at": at("2026-01-30 00:40:00")},
    ],
    "content": [
        change({"content_id": song, "content_type": "song", "artist_id": 9, "duration_ms": ms,
                "created_at": at(OPENED)}, OPENED)
        for song, ms in SONGS.items()
    ],
    "songs": [
        change({"song_id": song, "content_id": song, "album_id": None, "duration_ms": ms, "is_functional_noise": False,
                "created_at": at(OPENED)}, OPENED)
        for song, ms in SONGS.items()
    ],
    "opening_song_streams": [
        {"song_id": song, "month_start": date(2025, 1, 1), "qualified_streams": 1, "arrived_at": at(OPENED)}
        for song in (1, 2)
    ],
    "payees": [change({"payee_id": 31, "payee_type": "artist", "artist_id": 9}, OPENED)],
}  # fmt: skip


def market(last_day: date = date(2026, 2, 28), **tables: list[Row]) -> Truth:
    """The truth of the market with some tables told otherwise."""
    return truth(last_day, **(MARKET | tables))


def payment(**more: Any) -> list[Row]:
    return [MARKET["transactions"][0] | more]


def by_day(of: Truth, service: str = "subscription") -> dict[date, tuple[int, int]]:
    """Recognised revenue and fees by day of posting."""
    rows = [row for row in of.of(revenue_daily) if row["service"] == service]
    return {row["revenue_date"]: (row["recognised_micro"], row["fee_micro"]) for row in rows}


def test_a_charge_without_tax_is_revenue_by_day() -> None:
    """4.40 less 0.40 of discount over four days, the fee on the first."""
    assert by_day(market()) == {
        date(2026, 1, 30): (1_000_000, 100_000),
        date(2026, 1, 31): (1_000_000, 0),
        date(2026, 2, 1): (1_000_000, 0),
        date(2026, 2, 2): (1_000_000, 0),
    }
    assert by_day(market(date(2026, 1, 31))).keys() == {date(2026, 1, 30), date(2026, 1, 31)}


def test_what_arrives_after_the_close_is_posted_in_the_open_month() -> None:
    """On the last second of the tenth day it is in time; a second later January is posted on the day of arrival."""
    in_time = market(transactions=payment(arrived_at=at("2026-02-10 23:59:59")))
    assert by_day(in_time) == by_day(market())
    late = market(transactions=payment(arrived_at=at("2026-02-11 00:00:00")))
    assert by_day(late)[date(2026, 2, 11)] == (2_000_000, 100_000)
    (row,) = (row for row in late.of(revenue_daily) if row["revenue_date"] == date(2026, 2, 11))
    assert (row["service_month"], row["booking_month"], row["is_late"]) == (JANUARY, FEBRUARY, True)
    closed = market(date(2026, 3, 20), transactions=payment(arrived_at=at("2026-03-10 00:00:00")))
    assert by_day(closed)[date(2026, 2, 28)] == (2_000_000, 100_000), "at the latest the booking month's last day"


def test_one_payment_counts_and_only_one_that_succeeded() -> None:
    failed = payment(status="failed", failure_code="no_funds", processing_fee_minor=0)
    assert by_day(market(transactions=failed)) == {}
    again = [*payment(), *payment(transaction_id=71, arrived_at=at("2026-01-30 09:00:00"))]
    assert sum(micro for micro, _ in by_day(market(transactions=again)).values()) == 4_000_000


def test_a_tip_is_the_artists_but_for_the_commission() -> None:
    tip = {
        "tip_id": 4,
        "user_id": 2,
        "artist_id": 9,
        "commission_ppm": 150_000,
        "arrived_at": at("2026-01-05 00:00:00"),
    }
    paid = payment(purpose="tip", invoice_id=None, tip_id=4, user_id=2, amount_minor=505, processing_fee_minor=5)
    of = market(tips=[tip], transactions=paid)
    (row,) = (row for row in of.of(revenue_daily) if row["service"] == "tips")
    assert (row["recognised_micro"], row["gmv_micro"], row["passed_on_micro"]) == (757_500, 5_050_000, 4_292_500)
    assert (row["tier"], row["fee_micro"], row["net_revenue_micro"]) == ("free", 50_000, 707_500)
    (moved,) = of.of(transactions)
    assert (moved["commission_minor"], moved["artist_id"], moved["invoice_id"]) == (76, 9, -2), "75.75, half up"


def test_a_ticket_counts_on_the_day_of_the_event() -> None:
    """Bought in January for 10.01 with 1.20 of commission, half of it paid back before, the rest after the event."""
    sold = payment(
        purpose="ticket", invoice_id=None, document_id=5, artist_id=9, user_id=2, amount_minor=1_001,
        commission_minor=120, processing_fee_minor=5, served_date=date(2026, 2, 3),
    )  # fmt: skip
    back = [
        {"refund_id": number, "transaction_id": 70, "amount_minor": minor, "currency_code": "INR", "reason": "returned",
         "refunded_at": at(when), "arrived_at": at(when)}
        for number, minor, when in ((8, 500, "2026-01-31 10:00:00"), (9, 501, "2026-02-05 10:00:00"))
    ]  # fmt: skip
    of = market(transactions=sold, refunds=back)
    assert by_day(of, "live") == {
        date(2026, 1, 30): (0, 50_000),
        date(2026, 2, 3): (600_000, 0),
        date(2026, 2, 5): (-600_000, 0),
    }
    (earned,) = (row for row in of.of(artist_earnings) if row["earning_month"] == JANUARY)
    assert (earned["source"], earned["gross_micro"], earned["net_micro"]) == ("ticket", 5_010_000, 4_410_000)


def test_a_promotion_brings_its_fee_and_a_placement_its_price() -> None:
    terms = {"invoice_id": None, "document_id": 5, "artist_id": 9}
    promotion = payment(**terms, purpose="promotion", commission_minor=0)
    placement = payment(**terms, purpose="placement", commission_minor=472, transaction_id=71)
    of = market(transactions=[*promotion, *placement])
    rows = {row["service"]: row for row in of.of(revenue_daily)}
    assert rows.keys() == {"promotions", "placements"}
    assert (rows["promotions"]["recognised_micro"], rows["promotions"]["gmv_micro"]) == (0, 0)
    assert (rows["placements"]["recognised_micro"], rows["placements"]["passed_on_micro"]) == (4_720_000, 0)
    assert [row["source"] for row in of.of(artist_earnings) if row["earning_month"] == JANUARY] == []


def test_a_movement_has_the_tax_and_the_plan_of_its_charge() -> None:
    """Half of 4.72 paid back after the plan has changed: half of the tax, the plan that was billed."""
    dearer = MARKET["plan_prices"][0] | {"plan_price_id": 6}
    changed = change(SUBSCRIPTION | {"plan_price_id": 6}, "2026-01-31 00:00:00", 1)
    back = {"refund_id": 8, "transaction_id": 70, "amount_minor": 236, "currency_code": "INR", "reason": "asked",
            "refunded_at": at("2026-02-01 10:01:00"), "arrived_at": at("2026-02-01 11:00:00")}  # fmt: skip
    of = market(
        refunds=[back],
        plan_prices=[*MARKET["plan_prices"], dearer],
        subscriptions=[*MARKET["subscriptions"], changed],
    )
    charge, repaid = of.of(transactions)
    assert (charge["transaction_movement_id"], repaid["transaction_movement_id"]) == (701, 82)
    assert (charge["tax_minor"], repaid["tax_minor"], repaid["amount_minor"]) == (72, -36, -236)
    assert (repaid["plan_key"], repaid["minute_of_day"], repaid["booking_month"]) == (50_000, 601, FEBRUARY)


def test_a_lost_dispute_takes_back_what_the_charge_brought() -> None:
    """Decided on 20 February: the days served are reversed on that day. Open, won and withdrawn ones take nothing."""

    def disputed(**more: Any) -> Truth:
        dispute = {"dispute_id": 6, "transaction_id": 70, "status": "lost", "reason": "fraudulent", "amount_minor": 472,
                   "currency_code": "INR", "closed_at": at("2026-02-20 10:00:00")}  # fmt: skip
        return market(disputes=[change(dispute | more, "2026-02-20 10:00:00")])

    lost = disputed()
    _, moved = lost.of(transactions)
    assert (moved["transaction_movement_id"], moved["movement_type"], moved["refund_id"]) == (63, "chargeback", -2)
    assert (moved["amount_minor"], moved["tax_minor"], moved["booking_month"]) == (-472, -72, FEBRUARY)
    rows = [row for row in lost.of(revenue_daily) if row["service"] == "subscription"]
    assert sum(row["recognised_micro"] for row in rows) == 0
    assert {row["revenue_date"]: row["refunded_micro"] for row in rows if row["refunded_micro"]} == {
        date(2026, 2, 20): -4_000_000
    }
    for status in ("open", "won", "withdrawn"):
        assert len(disputed(status=status).of(transactions)) == 1


def test_movements_close_the_walk_in_euros_too() -> None:
    """4.00 rupees a month from the thirtieth of January, gone in February: what was lost and what the rate did."""
    expired = change(SUBSCRIPTION | {"state": "expired", "end_reason": "voluntary"}, "2026-02-03 00:00:00", 1)
    of = market(subscriptions=[*MARKET["subscriptions"], expired])
    rows = {(row["booking_month"], row["movement_type"]): row for row in of.of(subscription_movements)}
    assert rows.keys() >= {(JANUARY, "new"), (FEBRUARY, "churn")}
    assert [rows[key]["mrr_minor"] for key in ((JANUARY, "new"), (FEBRUARY, "churn"))] == [400, -400]
    assert sum(row["mrr_eur_micro"] for row in rows.values()) == 0
    (cell,) = (
        row
        for row in of.of(churn_monthly)
        if (row["booking_month"], row["payment_geography_id"], row["tier"]) == (FEBRUARY, 2_000_001, "prime")
    )
    # A customer on two of 28 days, who is lost: 1 / (2 / 28).
    assert (str(cell["average_customers"]), str(cell["customer_churn_rate"])) == ("0.071429", "14")
    assert (cell["lost_voluntary"], str(cell["gross_revenue_churn_rate"])) == (1, "1")


def test_revenue_per_average_user() -> None:
    """Two of January's 31 days with one paying user: 2 rupees a user of 2 / 31."""
    rows = {(row["booking_month"], row["payment_geography_id"], row["tier"]): row for row in market().of(arpu_monthly)}
    row = rows[JANUARY, 2_000_001, "prime"]
    assert (str(row["average_users"]), row["recognised_micro"], row["arpu_micro"]) == (
        "0.064516",
        2_000_000,
        31_000_000,
    )
    assert rows[JANUARY, -2, "all"]["average_users"] == 0, "nobody played"
    assert rows[JANUARY, -2, "all"]["arpu_micro"] is None


# Royalties.


def split(number: int, payee: int, ppm: int, *, song: int | None = 1, work: int | None = None, **more: Any) -> Row:
    right = "recording" if work is None else "publishing"
    row = {"revenue_split_id": number, "right_type": right, "song_id": None if work else song, "work_id": work,
           "payee_id": payee, "share_ppm": ppm, "valid_from": date(2025, 1, 1), "valid_to": None}  # fmt: skip
    return change(row | more, OPENED) | {name: more[name] for name in ("arrived_at", "change_no") if name in more}


def play(number: int, song: int, arrived: str = "2026-01-31 09:00:00") -> Row:
    """A song heard in full by the payer in India on the last day of January."""
    return {
        "stream_id": number, "user_id": 1, "content_id": song, "device_id": 1, "session_id": 1,
        "voice_command_id": None, "started_at": at("2026-01-31 08:00:00"), "startup_ms": 100, "played_ms": 60_000,
        "played_ms_basis": "reported", "is_completed": True, "is_skipped": False, "skip_reason": None,
        "is_shuffle": True, "is_offline": False, "context_type": "search", "context_id": None, "quality": "high",
        "ip_country_id": 1, "city_id": None, "arrived_at": at(arrived),
    }  # fmt: skip


def shares(of: Truth, right: str = "recording", booked: date = JANUARY) -> dict[tuple[Any, ...], int]:
    """Entries of a right at a close: recording, work, payee and kind, with their micro-units."""
    rows = [row for row in of.of(royalties) if (row["right_type"], row["booking_month"]) == (right, booked)]
    return {(row["song_id"], row["work_id"], row["payee_id"], row["kind"]): row["amount_micro"] for row in rows}


CLOSED = date(2026, 2, 10)
# January brings 2.00 less 0.10 of fees; 0.70 of it is 1.33: 1.064 to recordings, 0.266 to works.
RECORDING, PUBLISHING = 1_064_000, 266_000


def test_a_pool_is_its_share_of_net_revenue_and_is_shared_by_streams() -> None:
    """Two streams to one; the third song was not heard enough in the year before; nobody is known of the works."""
    of = market(
        CLOSED,
        streams=[play(1, 1), play(2, 1), play(3, 2), play(4, 3)],
        revenue_splits=[split(1, 31, 1_000_000), split(2, 32, 250_000, song=2), split(3, 33, 750_000, song=2)],
    )
    pools = {row["right_type"]: row for row in of.of(royalty_pools)}
    assert {right: row["pool_micro"] for right, row in pools.items()} == {
        "recording": RECORDING,
        "publishing": PUBLISHING,
    }
    assert (pools["recording"]["net_revenue_micro"], pools["recording"]["rights_micro"]) == (1_900_000, 1_330_000)
    assert all(row["allocated_micro"] == row["pool_micro"] for row in pools.values())
    # 709,333.33 and 88,666.67 and 266,000: the unit that is left goes to the largest remainder.
    assert shares(of) == {
        (1, -2, 31, "allocation"): 709_333,
        (2, -2, 32, "allocation"): 88_667,
        (2, -2, 33, "allocation"): 266_000,
    }
    assert shares(of, "publishing") == {(1, -1, -1, "allocation"): 177_333, (2, -1, -1, "allocation"): 88_667}


def test_nothing_is_booked_before_the_close() -> None:
    assert market(date(2026, 2, 9), streams=[play(1, 1)]).of(royalty_pools) == []


def test_what_nobody_claims_waits() -> None:
    assert shares(market(CLOSED)) == {(-2, -2, -1, "allocation"): RECORDING}


def test_a_play_that_comes_late_is_entered_by_the_close_then_open() -> None:
    """January has closed with one song; a play of the other arrives, and February's close moves half to it."""
    of = market(
        date(2026, 3, 10),
        streams=[play(1, 1), play(2, 2, "2026-02-11 00:00:00")],
        revenue_splits=[split(1, 31, 1_000_000), split(2, 32, 1_000_000, song=2)],
    )
    assert shares(of) == {(1, -2, 31, "allocation"): RECORDING}
    assert shares(of, booked=FEBRUARY) == {
        (1, -2, 31, "correction"): -RECORDING // 2,
        (2, -2, 32, "correction"): RECORDING // 2,
        # February's own pool, which nobody heard anything for: 2.00, all of it net.
        (-2, -2, -1, "allocation"): 1_120_000,
    }


def test_splits_that_come_late_release_what_was_held() -> None:
    """Known half at January's close; the other half arrives, nothing else, and the pool is worked out once more."""
    of = market(
        date(2026, 3, 10),
        streams=[play(1, 1)],
        revenue_splits=[
            split(1, 31, 500_000),
            split(2, 32, 500_000) | {"arrived_at": at("2026-02-11 00:00:00")},
        ],
    )
    assert shares(of) == {(1, -2, -1, "allocation"): RECORDING}
    released = {key: micro for key, micro in shares(of, booked=FEBRUARY).items() if key[3] == "correction"}
    assert released == {
        (1, -2, -1, "correction"): -RECORDING,
        (1, -2, 31, "correction"): RECORDING // 2,
        (1, -2, 32, "correction"): RECORDING // 2,
    }


def test_a_recording_that_bots_play_costs_who_holds_it() -> None:
    """30 loops beside 3 plays are over nine tenths, 27 beside 3 are not, 29 are too few; late plays are nothing."""
    looped = [play(number, 1) | {"played_ms": 35_000, "is_completed": False} for number in range(30)]
    honest = [
        play(100 + number, song) | {"user_id": 2} for song in (1, 2) for number in range(10 * song, 10 * song + 3)
    ]
    of = market(
        CLOSED,
        streams=[
            *looped, *honest, *(play(30 + number, 2) for number in range(27)),
            *(play(60 + number, 3) for number in range(29)),
            *(play(200 + number, 1, "2026-02-11 00:00:00") | {"user_id": 2} for number in range(9)),
        ],
        revenue_splits=[
            split(1, 31, 1_000_000, valid_to=date(2026, 1, 31)),
            split(2, 32, 666_667, valid_from=date(2026, 1, 31)), split(3, 33, 333_333, valid_from=date(2026, 1, 31)),
        ],
    )  # fmt: skip
    charged = {(row["service_month"], row["song_id"], row["payee_id"]): row for row in of.of(penalties)}
    assert {which: row["penalty_eur_micro"] for which, row in charged.items()} == {
        (JANUARY, 1, 32): 6_666_670,
        (JANUARY, 1, 33): 3_333_330,
    }
    assert {row["artificial_share"] for row in charged.values()} == {Decimal("0.909091")}
    nobody = market(CLOSED, streams=looped)
    assert [(row["payee_id"], row["penalty_eur_micro"]) for row in nobody.of(penalties)] == [(-1, 10_000_000)]
    assert market(date(2026, 2, 9), streams=looped).of(penalties) == []


def test_an_artists_rate_weighs_or_comes_off_the_top() -> None:
    """Absolute: 0.05 a stream for all payees of the artist; relative: the songs of one artist stay in proportion."""
    rate = {"royalty_rate_id": 1, "artist_id": 9, "country_id": 1, "right_type": "recording", "currency_code": "INR",
            "valid_from": date(2025, 1, 1), "valid_to": None, "weight_ppm": None, "rate_micro": 50_000}  # fmt: skip
    given = {
        "streams": [play(1, 1), play(2, 1)],
        "revenue_splits": [split(1, 31, 250_000), split(2, 32, 750_000)],
    }
    absolute = market(CLOSED, royalty_rates=[change(rate | {"rate_type": "absolute"}, OPENED)], **given)
    assert shares(absolute) == {
        (1, -2, 31, "override"): 25_000,
        (1, -2, 32, "override"): 75_000,
        (-2, -2, -1, "allocation"): RECORDING - 100_000,
    }
    relative = rate | {"rate_type": "relative", "weight_ppm": 3_000_000, "rate_micro": None}
    weighed = market(CLOSED, royalty_rates=[change(relative, OPENED)], **given)
    assert shares(weighed) == {(1, -2, 31, "allocation"): RECORDING // 4, (1, -2, 32, "allocation"): RECORDING * 3 // 4}
    (entry, _) = (row for row in weighed.of(royalties) if row["right_type"] == "recording")
    assert entry["weighted_streams"] in (2 * 3 * 0.25, 2 * 3 * 0.75)


def test_overrides_are_cut_in_proportion_to_the_pool() -> None:
    one, other, third = (1, -2, 7), (2, -2, 8), (3, -2, 9)
    assert shared_out("run", 100, {one: 300, other: 100, third: 0}, {one: 0, other: 0, third: 4}) == {
        ("override", one): (0, 75),
        ("override", other): (0, 25),
        ("allocation", third): (4, 0),
    }
    assert shared_out("run", 100, {one: 40}, {other: 1, third: 2}) == {
        ("override", one): (0, 40),
        ("allocation", other): (1, 20),
        ("allocation", third): (2, 40),
    }
    assert shared_out("run", 100, {}, {}) == {("allocation", (-2, -2, -1)): (0, 100)}


def test_contracts_of_the_country_go_first() -> None:
    def contract(number: int, country: int | None, **more: Any) -> Row:
        spans = {"valid_from": date(2025, 1, 1), "valid_to": None}
        return {"contract_id": number, "territory_country_id": country} | spans | more

    world, own, another, over = contract(1, None), contract(3, 1), contract(2, 6), contract(0, 1, valid_to=JANUARY)
    assert contract_in_force([world, own, another, over], 1, JANUARY) == own
    assert contract_in_force([world, contract(4, None), another], 1, JANUARY) == world
    assert contract_in_force([another, over], 1, JANUARY) is None


def of_works(**more: Any) -> Truth:
    """A song of two works, 0.7 and 0.3, with the splits of a third and two thirds, and of one payee."""
    works = [
        change({"song_id": 1, "work_id": work, "share_ppm": ppm}, OPENED)
        for work, ppm in ((11, 700_000), (12, 300_000))
    ]
    splits = [
        split(1, 7, 333_333, work=11),
        split(2, 8, 666_667, work=11),
        split(3, 8, 1_000_000 - more.get("short", 0), work=12),
        split(4, 7, 500_000, valid_to=date(2026, 1, 16)),
        split(5, 8, 500_000, valid_to=date(2026, 1, 16)),
        split(6, 8, 1_000_000, valid_from=date(2026, 1, 16)),
    ]
    return market(CLOSED, song_works=works, revenue_splits=splits)


@pytest.mark.parametrize(
    ("right", "day", "short", "expected"),
    [
        # 233,333.1 + 466,666.9 + 300,000
        ("publishing", 10, 0, {(11, 7): 233_333, (11, 8): 466_667, (12, 8): 300_000}),
        ("publishing", 10, 1, {(-1, -1): 1_000_000}),
        ("recording", 15, 0, {(-2, 7): 500_000, (-2, 8): 500_000}),
        ("recording", 16, 0, {(-2, 8): 1_000_000}),
    ],
)
def test_shares_of_works_and_splits_multiply(right: str, day: int, short: int, expected: dict[Any, int]) -> None:
    assert holders(of_works(short=short), JANUARY, 1, right, date(2026, 1, day)) == expected


def test_what_is_not_known_of_a_recording_is_not_guessed() -> None:
    assert holders(market(CLOSED), JANUARY, 1, "recording", JANUARY) == {(-2, -1): 1_000_000}
    assert holders(market(CLOSED), JANUARY, 1, "publishing", JANUARY) == {(-1, -1): 1_000_000}


def by_methods(of: Truth, booked: date = JANUARY) -> dict[tuple[Any, ...], tuple[int, int, int]]:
    """Entries of the recording right by method, artist and payee: by the method, unattributed, booked."""
    return {
        (row["method"], row["artist_id"], row["payee_id"]): tuple(
            row[name] for name in ("amount_micro", "unattributed_micro", "booked_micro")
        )
        for row in of.of(royalty_methods)
        if (row["right_type"], row["booking_month"], row["service_month"]) == ("recording", booked, JANUARY)
    }


TWO_SONGS = {
    "streams": [play(1, 1), play(2, 1) | {"context_type": "radio"}, play(3, 2) | {"context_type": "radio"}],
    "revenue_splits": [split(1, 31, 1_000_000), split(2, 32, 1_000_000, song=2)],
}


def test_other_methods_are_told_beside_what_is_booked() -> None:
    """Payer 1 heard all; the first of three streams was sought, and counts twice."""
    found = by_methods(market(CLOSED, **TWO_SONGS))
    thirds = (709_333, 0, 709_333), (354_667, 0, 354_667)
    for method in ("pro_rata", "user_centric_count", "user_centric_time"):
        assert (found[method, 9, 31], found[method, 9, 32]) == thirds
    assert found["artist_centric", 9, 31] == (RECORDING * 3 // 4, 0, 709_333)
    assert found["artist_centric", 9, 32] == (RECORDING // 4, 0, 354_667)
    assert {method for method, *_ in found} == set(METHODS) - {"impression_share"}


def test_time_is_what_was_played_at_most_the_length() -> None:
    longer = play(3, 2) | {"played_ms": 90_000}
    of = market(CLOSED, **(TWO_SONGS | {"streams": [play(1, 1) | {"played_ms": 30_000}, longer]}))
    found = by_methods(of)
    assert (found["user_centric_count", 9, 31][0], found["user_centric_count", 9, 32][0]) == (532_000, 532_000)
    assert (found["user_centric_time", 9, 31][0], found["user_centric_time", 9, 32][0]) == (354_667, 709_333)


def method(number: int, name: str, **more: Any) -> Row:
    row = {"allocation_method_id": number, "country_id": 1, "tier": "prime", "source": "subscription",
           "right_type": "recording", "method": name, "valid_from": date(2025, 1, 1), "valid_to": None}  # fmt: skip
    return change(row | more, OPENED)


def test_the_method_in_force_books() -> None:
    """Artist-centric from January on; what says so after January's close is of no account for January."""
    told = [method(1, "pro_rata", valid_to=JANUARY), method(2, "artist_centric", valid_from=JANUARY)]
    of = market(CLOSED, allocation_methods=told, **TWO_SONGS)
    assert shares(of) == {(1, -2, 31, "allocation"): RECORDING * 3 // 4, (2, -2, 32, "allocation"): RECORDING // 4}
    assert {row["method"] for row in of.of(royalties) if row["right_type"] == "recording"} == {"artist_centric"}
    assert {row["right_type"]: row["method"] for row in of.of(royalty_pools)} == {
        "recording": "artist_centric",
        "publishing": "pro_rata",
    }
    found = by_methods(of)
    assert found["pro_rata", 9, 31] == (709_333, 0, RECORDING * 3 // 4)
    late = [row | {"arrived_at": at("2026-02-11 00:00:00")} for row in told]
    assert {row["method"] for row in market(CLOSED, allocation_methods=late, **TWO_SONGS).of(royalties)} == {"pro_rata"}


def test_a_payer_who_heard_nothing_is_shared_for_pro_rata() -> None:
    """On Free 2 heard both songs; the one who pays heard nothing: all of the pool is unattributed, and waits."""
    alone = [row | {"user_id": 2} for row in TWO_SONGS["streams"]]
    told = [method(1, "user_centric_count")]
    of = market(CLOSED, allocation_methods=told, streams=alone, revenue_splits=TWO_SONGS["revenue_splits"])
    assert shares(of)[-2, -2, -1, "allocation"] == RECORDING
    # A second payer's revenue has nobody's listening: it follows the streams of the first.
    more = {
        "users": [*MARKET["users"], account(3)],
        "subscriptions": [
            *MARKET["subscriptions"],
            change(SUBSCRIPTION | {"subscription_id": 4, "user_id": 3}, "2026-01-30 00:00:00"),
        ],
        "invoices": [
            *MARKET["invoices"],
            MARKET["invoices"][0] | {"invoice_id": 8, "user_id": 3, "subscription_id": 4},
        ],
        "invoice_lines": [
            *MARKET["invoice_lines"],
            *(
                line | {"invoice_id": 8, "invoice_line_id": 10 + line["invoice_line_id"]}
                for line in MARKET["invoice_lines"]
            ),
        ],
        "transactions": [*payment(), *payment(transaction_id=71, user_id=3, invoice_id=8)],
    }
    of = market(CLOSED, allocation_methods=told, **TWO_SONGS, **more)
    found = shares(of)
    assert found[1, -2, 31, "allocation"] == found[1, -2, 31, "unattributed"] == 709_333
    assert found[2, -2, 32, "allocation"] == found[2, -2, 32, "unattributed"] == 354_667
    assert by_methods(of)["user_centric_count", 9, 31] == (1_418_666, 709_333, 1_418_666)


def test_scenarios_of_a_closed_month_are_entered_by_what_they_add() -> None:
    """January has closed with one song; by February's close the other was sought, and counts as much again."""
    late = play(2, 2, "2026-02-11 00:00:00")
    streams = [play(1, 1) | {"context_type": "radio"}, late]
    of = market(date(2026, 3, 10), streams=streams, revenue_splits=TWO_SONGS["revenue_splits"])
    assert by_methods(of)["artist_centric", 9, 31] == (RECORDING, 0, RECORDING)
    added = by_methods(of, FEBRUARY)
    assert added["pro_rata", 9, 31] == (-RECORDING // 2, 0, -RECORDING // 2)
    assert added["artist_centric", 9, 31] == (354_667 - RECORDING, 0, -RECORDING // 2)
    assert added["artist_centric", 9, 32] == (709_333, 0, RECORDING // 2)


# Whatever is agreed and played: pools are shared out whole.


edges = st.sampled_from([date(2025, 1, 1), date(2026, 1, 30), date(2026, 1, 31), date(2026, 2, 1), None])
arrivals = st.sampled_from([OPENED, "2026-02-12 00:00:00"])
"""Known from the beginning, or after January's close."""
POOL = ("service_month", "payment_geography_id", "tier", "source", "right_type")
holders_drawn = st.sampled_from([31, 32, 33])


@st.composite
def agreed(draw: st.DrawFn, row: Row) -> Row:
    """Terms that hold in a span of days, which may begin, end or change within the month, and may be told too late."""
    begin, end = draw(edges) or date(2026, 1, 30), draw(edges)
    span = {"valid_from": begin, "valid_to": end if end is None or end > begin else None}
    return change(row | span, OPENED) | {"arrived_at": at(draw(arrivals))}


@st.composite
def markets(draw: st.DrawFn) -> Truth:
    """A market in which payees hold several parts, contracts come and go, and fees may exceed what is paid."""
    moments = [f"2026-{day} 08:00:00" for day in ("01-30", "01-31", "02-01")]
    streams = [
        play(number, draw(st.integers(1, 2)), draw(st.sampled_from(["2026-02-01 09:00:00", "2026-02-12 00:00:00"])))
        | {"started_at": at(draw(st.sampled_from(moments))), "user_id": draw(st.integers(1, 2))}
        for number in range(draw(st.integers(0, 4)))
    ]
    shares_drawn = st.sampled_from([250_000, 333_333, 500_000, 750_000, 1_000_000])
    splits = [
        draw(agreed(split(number, draw(holders_drawn), draw(shares_drawn), song=song, work=11 if is_work else None)))
        for number in range(draw(st.integers(0, 8)))
        for song, is_work in [draw(st.tuples(st.integers(1, 2), st.booleans()))]
    ]
    contracts = [
        draw(agreed({
            "contract_id": number, "payee_id": draw(holders_drawn), "right_type": right,
            "territory_country_id": draw(st.sampled_from([None, 1])), "override_currency_code": "INR",
            "per_stream_override_micro": draw(st.sampled_from([None, 1, 333_333, 10**7])),
        }))
        for number, right in enumerate(draw(st.lists(st.sampled_from(["recording", "publishing"]), max_size=4)))
    ]  # fmt: skip
    booked_by = [method(1, draw(st.sampled_from([name for name in METHODS if name != "impression_share"])))]
    return market(
        date(2026, 3, 10),
        streams=streams,
        revenue_splits=splits,
        rights_contracts=contracts,
        allocation_methods=booked_by,
        song_works=[change({"song_id": song, "work_id": 11, "share_ppm": 1_000_000}, OPENED) for song in (1, 2)],
        transactions=payment(processing_fee_minor=draw(st.sampled_from([0, 10, 399, 1_000]))),
    )


@settings(deadline=None)
@given(markets())
def test_whatever_is_agreed_pools_are_shared_out_whole(of: Truth) -> None:
    """By each method, in each close; a loss is no pool, what a close takes back was given by one before, and nothing
    waits under no recording where one has streams to share by."""
    pools = {row["royalty_pool_key"]: row for row in of.of(royalty_pools)}
    given_out: dict[str, int] = dict.fromkeys(pools, 0)
    balances: dict[tuple[Any, ...], int] = {}
    weights: dict[tuple[Any, ...], Decimal] = {}
    waiting: dict[tuple[Any, ...], int] = {}
    for row in of.of(royalties):
        which = tuple(row[name] for name in POOL)
        weights[which] = weights.get(which, Decimal()) + row["weighted_streams"]
        waiting[which] = waiting.get(which, 0) + row["amount_micro"] * (row["song_id"] < 0)
        given_out[row["royalty_pool_key"]] += row["amount_micro"]
        whose = *(row[name] for name in POOL), row["song_id"], row["work_id"], row["payee_id"], row["original_kind"]
        balances[whose] = balances.get(whose, 0) + row["amount_micro"]
    assert given_out == {key: row["pool_micro"] for key, row in pools.items()}
    assert min(balances.values(), default=0) >= 0
    assert not [which for which, micro in waiting.items() if micro and weights[which]]
    pooled: dict[tuple[Any, ...], int] = {}
    for row in pools.values():
        which = tuple(row[name] for name in POOL)
        pooled[which] = pooled.get(which, 0) + row["pool_micro"]
        assert pooled[which] >= 0
    by_method: dict[tuple[str, str], int] = {}
    for row in of.of(royalty_methods):
        each = row["royalty_pool_key"], row["method"]
        by_method[each] = by_method.get(each, 0) + row["amount_micro"]
    assert all(micro == pools[key]["pool_micro"] for (key, _), micro in by_method.items())
