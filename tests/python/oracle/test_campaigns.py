"""Campaigns by day and status, conversions and what promotions brought, by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from rows import OPENED, WORLD, at, change, play, truth

from oracle.campaigns import ad_requests_hourly, campaign_daily, campaign_status, expected_ppm
from oracle.conversions import conversions
from oracle.promotions import creator_promotions
from oracle.truth import Truth

DAY = date(2026, 1, 3)


def sold(**tables: list[dict[str, Any]]) -> Truth:
    """One campaign of the second to the end of the third, EUR 10 a thousand, budget 1 cent, goal 4, even."""
    booked = {
        "campaign_id": 1, "advertiser_id": 5, "created_at": at(OPENED), "currency_code": "EUR", "pricing_model": "cpm",
        "price_minor": 1_000, "budget_minor": 1, "goal_impressions": 4, "pacing": "even",
        "starts_at": at("2026-01-02"), "ends_at": at("2026-01-04"),
    }  # fmt: skip
    creatives = [
        change({"creative_id": 1, "campaign_id": 1, "format": "audio", "active_from": at("2026-01-02"),
                "active_to": at("2026-01-03")}, OPENED),
        change({"creative_id": 2, "campaign_id": 1, "format": "audio", "active_from": at("2026-01-03"),
                "active_to": None}, OPENED),
    ]  # fmt: skip
    return truth(**WORLD, campaigns=[change(booked, OPENED)], creatives=creatives, **tables)


def shown(number: int, rendered: str, **more: Any) -> dict[str, Any]:
    """A valid impression of the first creative in India."""
    row = {
        "ad_impression_id": number, "ad_request_id": number, "campaign_id": 1, "creative_id": 1, "user_id": 1,
        "device_id": 1, "stream_id": None, "country_id": 1, "exposed_ms": 5_000, "last_quartile": 4,
        "is_data_centre": False, "rendered_at": at(rendered),
    } | more  # fmt: skip
    return row | {"arrived_at": row["rendered_at"]}


def test_a_campaign_is_paced_each_day_of_its_flight() -> None:
    """Two impressions on the first day, of which the budget pays for one; none on the second, which has its row."""
    known = sold(ad_impressions=[shown(1, "2026-01-02 10:00:00"), shown(2, "2026-01-02 11:00:00")],
                 streams=[play()])  # fmt: skip
    first, second = sorted(known.of(campaign_daily), key=lambda row: row["billed_date"])
    assert (first["geography_id"], first["impressions"], first["billable_impressions"]) == (2_000_001, 2, 2)
    assert (first["spend_micro"], first["budget_left_micro"], first["advertiser_id"]) == (10_000, 0, 5)
    # A millisecond is missing of the day, of a flight of two days.
    assert (first["expected_ppm"], first["pacing"]) == (500_000, Decimal(1))
    assert (second["geography_id"], second["impressions"], second["pacing"]) == (-2, 0, Decimal("0.5"))


@pytest.mark.parametrize(("pacing", "expected"), [("even", 250_000), ("front_loaded", 300_000), ("asap", 1_000_000)])
def test_what_a_pacing_expects(pacing: str, expected: int) -> None:
    plan = {"pacing": pacing, "starts_at": at("2026-01-02"), "ends_at": at("2026-01-06")}
    known = truth(**WORLD)
    assert expected_ppm(known, plan, DAY, at("2026-01-02")) == 0
    assert expected_ppm(known, plan, DAY, at("2026-01-03")) == expected
    assert expected_ppm(known, plan, DAY, at("2026-01-09")) == 1_000_000


def test_front_loaded_has_its_share_at_half_time() -> None:
    plan = {"pacing": "front_loaded", "starts_at": at("2026-01-02"), "ends_at": at("2026-01-06")}
    assert [expected_ppm(truth(**WORLD), plan, DAY, at(f"2026-01-0{day}")) for day in (4, 5)] == [600_000, 800_000]


def test_what_is_rendered_in_a_pause_is_undue() -> None:
    """Paused at noon of the third, when an impression begins; the second creative is seen an hour after the swap."""
    events = [
        {"campaign_status_event_id": n, "campaign_id": 1, "event_type": kind, "budget_minor": 1,
         "occurred_at": at(when), "arrived_at": at(when)}
        for n, (kind, when) in enumerate(
            [("launched", "2026-01-02"), ("budget_changed", "2026-01-02 06:00:00"), ("paused", "2026-01-03 12:00:00")]
        )
    ]  # fmt: skip
    known = sold(
        campaign_status_events=events,
        ad_impressions=[
            shown(1, "2026-01-03 00:30:00"),
            shown(2, "2026-01-03 01:00:00", creative_id=2),
            shown(3, "2026-01-03 12:00:00", creative_id=2),
        ],
        streams=[play()],
    )
    scheduled, active, paused = known.of(campaign_status)
    assert (scheduled["status"], scheduled["impressions"]) == ("scheduled", 0)
    assert (active["impressions"], active["undue_impressions"], active["replaced_impressions"]) == (2, 0, 1)
    assert (active["swaps"], active["swap_delay_max_ms"]) == (1, 3_600_000)
    assert (paused["status"], paused["undue_impressions"], paused["is_current"]) == ("paused", 1, True)


def test_an_ad_is_decided_within_less_than_the_target() -> None:
    requests = [
        {"ad_request_id": n, "country_id": 1, "placement": "app_open", "is_filled": n > 1, "decision_ms": took,
         "requested_at": at("2026-01-05 20:59:59"), "arrived_at": at("2026-01-05 21:00:00")}
        for n, took in enumerate((49, 50, 51, 2), 1)
    ]  # fmt: skip
    (found,) = truth(**WORLD, ad_requests=requests).of(ad_requests_hourly)
    assert (found["within_target"], found["fill_rate"], found["hour_at"]) == (
        2,
        Decimal("0.75"),
        at("2026-01-05 20:00:00"),
    )
    assert (found["decision_p50_ms"], found["decision_p99_ms"]) == (49, 51)


def click(number: int, touched: str, campaign_id: int = 6) -> dict[str, Any]:
    """A click of account 1."""
    return {
        "marketing_touch_id": number, "promo_campaign_id": campaign_id, "channel": "email", "user_id": 1,
        "device_id": None, "touch_type": "clicked", "touched_at": at(touched), "arrived_at": at(touched),
    }  # fmt: skip


PROMOTED = {
    "promo_campaigns": [
        change({"promo_campaign_id": number, "campaign_code": "X", "name": "X", "channel": "email",
                "objective": "upgrade", "target_segment": "all", "target_country_id": 1, "status": "active",
                "currency_code": "EUR", "budget_minor": 1, "starts_at": at(OPENED),
                "ends_at": at("2026-03-01")}, OPENED)
        for number in (6, 7)
    ]
}  # fmt: skip


def test_the_last_click_in_thirty_days_is_credited() -> None:
    """The subscription is active from the start of the third."""
    subscription = [row | {"plan_id": 2} for row in WORLD["subscriptions"]]
    world = WORLD | {"subscriptions": subscription} | PROMOTED
    clicks = [click(1, "2026-01-02 00:00:00"), click(2, "2026-01-02 10:00:00", 7), click(3, "2026-01-03 00:00:00")]
    (found,) = truth(**world, marketing_touches=clicks, streams=[play()]).of(conversions)
    assert (found["credited_to"], found["marketing_touch_id"], found["promotion_id"]) == ("touch", 2, 71)
    assert (found["click_delay_ms"], found["window_end_date"]) == (14 * 3_600_000, date(2026, 4, 3))
    (found,) = truth(**world, marketing_touches=[click(1, "2025-12-03 23:59:59")], streams=[play()]).of(conversions)
    assert (found["credited_to"], found["channel"], found["promotion_id"]) == ("direct", "direct", -2)


def test_incremental_streams_are_set_against_what_was_streamed_as_much() -> None:
    """Song 1 goes from one stream to three, two others with one before to none and to one: two and a half."""
    songs = [
        change(
            {"song_id": n, "content_id": n, "album_id": None, "duration_ms": 200_000, "created_at": at(OPENED)}, OPENED
        )
        for n in (1, 2, 3, 4)
    ]
    content = [
        change({"content_id": n, "content_type": "song", "artist_id": 9, "duration_ms": 200_000,
                "created_at": at(OPENED)}, OPENED)
        for n in (1, 2, 3, 4)
    ]  # fmt: skip
    heard = {1: ["05", "06", "06", "06"], 2: ["05"], 3: ["05", "06"], 4: ["06"]}
    plays = [
        play(stream_id=10 * song + n, content_id=song, started_at=at(f"2026-01-{day} 0{n + 1}:00:00"))
        for song, days in heard.items()
        for n, day in enumerate(days)
    ]
    placement = {
        "featured_item_id": 1, "item_type": "song", "item_id": 1, "artist_id": 9, "price_minor": 5,
        "currency_code": "EUR", "transaction_id": None, "starts_at": at("2026-01-06"), "ends_at": at("2026-01-07"),
        "created_at": at("2026-01-05"),
    }  # fmt: skip
    world = WORLD | {"songs": songs, "content": content}
    known = truth(**world, featured_items=[change(placement, "2026-01-05 00:00:00")], streams=plays)
    (found,) = known.of(creator_promotions)
    assert (found["window_days"], found["streams_before"], found["streams_during"]) == (1, 1, 3)
    assert (found["controls"], found["incremental_streams"]) == (2, Decimal("2.5"))
    # The gains are -1 and 0: a variance of a half, of which one and a half is 0.866 squared.
    assert found["incremental_streams_from"] == Decimal("2.5") - Decimal("1.697378")
