"""What an impression counts as and costs, by hand."""

from collections.abc import Sequence
from typing import Any

from rows import at, change, truth

from oracle.ads import billed

OPENED = "2025-01-01 00:00:00"


def bill(impressions: list[dict[str, Any]], budgets: Sequence[dict[str, Any]] = (), **campaign: Any) -> list[Any]:
    """Price, reason and viewability of impressions in the order of billing.

    The campaign has EUR 10 a thousand and a budget of 2 cents; `budgets` are those that its events tell.
    """
    booked = {
        "campaign_id": 1, "created_at": at(OPENED), "currency_code": "EUR", "pricing_model": "cpm",
        "price_minor": 1_000, "budget_minor": 2,
    } | campaign  # fmt: skip
    found = truth(
        countries=[{"country_id": 1, "time_zone": "Asia/Kolkata", "arrived_at": at(OPENED)}],
        campaigns=[change(booked, OPENED)],
        creatives=[
            change({"creative_id": number, "format": kind}, OPENED)
            for number, kind in ((1, "audio"), (2, "display"), (3, "video"))
        ],
        campaign_status_events=[
            row | {"campaign_status_event_id": number, "campaign_id": 1} for number, row in enumerate(budgets, start=1)
        ],
        ad_impressions=impressions,
    ).of(billed)  # fmt: skip
    return [(row["price_micro"], row["invalid_reason"], row["is_viewable"]) for row in found]


def told(since: str, minor: int, arrived: str | None = None) -> dict[str, Any]:
    """A budget that an event tells, and that arrives at once where nothing else is said."""
    return {"occurred_at": at(since), "arrived_at": at(arrived or since), "budget_minor": minor}


def shown(number: int, rendered: str = "2026-01-05 10:00:00", **more: Any) -> dict[str, Any]:
    """An impression of the audio creative, a request of its own, heard for 2 s."""
    row = {
        "ad_impression_id": number, "ad_request_id": number, "campaign_id": 1, "creative_id": 1, "user_id": 1,
        "country_id": 1, "exposed_ms": 2_000, "is_data_centre": False, "rendered_at": at(rendered),
    } | more  # fmt: skip
    return row | {"arrived_at": row.get("arrived_at", row["rendered_at"])}


FULL = 10_000
"""A thousandth of EUR 10, in micro-units; the budget of 2 cents is twice that."""


def test_paid_in_order_of_time_until_the_budget_is_spent() -> None:
    found = bill([shown(3, "2026-01-05 08:00:00"), shown(1), shown(2)], budget_minor=2)
    assert [price for price, *_ in found] == [FULL, FULL, 0]
    assert [price for price, *_ in bill([shown(1), shown(2)], price_minor=1_500)] == [15_000, 5_000]


def test_the_budget_of_the_moment() -> None:
    """Raised to 3 cents, it pays on; cut to 1, nothing is taken back; raised to what is spent, nothing is paid."""
    hours = [shown(hour, f"2026-01-05 {hour:02}:00:00") for hour in range(1, 9)]
    budgets = [told("2026-01-05 03:30:00", 3), told("2026-01-05 05:00:00", 1), told("2026-01-05 07:00:00", 4)]
    assert [price for price, *_ in bill(hours, budgets)] == [FULL, FULL, 0, FULL, 0, 0, FULL, 0]


def test_what_is_not_valid_or_not_seen_is_not_paid_for() -> None:
    found = bill(
        [
            shown(1, is_data_centre=True),
            shown(2, exposed_ms=1_999),
            shown(3, ad_request_id=2, exposed_ms=5_000),
            shown(4, creative_id=2, exposed_ms=1_000),
            shown(5, creative_id=3, exposed_ms=1_999),
        ],
        pricing_model="vcpm",
    )
    assert found == [
        (0, "data_centre", True),
        (0, "none", False),
        (0, "duplicate", True),
        (FULL, "none", True),
        (0, "none", False),
    ]


def test_after_the_close_it_stands_in_the_open_month() -> None:
    """The late impression of January comes after those of January and before those of February."""
    late = shown(1, "2026-01-05 10:00:00", arrived_at=at("2026-02-11 00:00:00"))
    found = bill([late, shown(2, "2026-01-31 23:59:59"), shown(3, "2026-02-01 00:00:01")])
    assert [price for price, *_ in found] == [FULL, FULL, 0]
    found = bill([late, shown(2, "2026-01-31 23:59:59", ad_request_id=1)])
    assert [reason for _, reason, _ in found] == ["none", "duplicate"]


def test_a_budget_that_arrives_after_the_close_moves_nothing_before_the_open_month() -> None:
    """Of two that come for January in February the one that happened later counts; a timely one holds at once."""
    shows = [shown(1), shown(2), shown(3), shown(4, "2026-02-01 00:00:00"), shown(5, "2026-02-02 00:00:00")]
    late = [
        told("2026-01-06 00:00:00", 4, "2026-02-11 00:00:00"),
        told("2026-01-02 00:00:00", 9, "2026-02-12 00:00:00"),
    ]
    assert [price for price, *_ in bill(shows, late)] == [FULL, FULL, 0, FULL, FULL]
    assert [price for price, *_ in bill([*shows, shown(6, "2026-02-03 00:00:00")], late)][-1] == 0
    in_time = [told("2026-01-02 00:00:00", 9, "2026-02-10 23:59:59")]
    assert [price for price, *_ in bill(shows, in_time)] == [FULL] * 5
