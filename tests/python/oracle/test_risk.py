"""Broken rules, shared log-ins and service levels, by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

from rows import OPENED, WORLD, at, change, play, truth

from oracle.risk import account_sharing, checks, metres, stream_fraud
from oracle.slo import slo_monthly
from oracle.truth import Truth

FREE = {
    "plan_id": 1, "tier": "free", "plan_code": "free", "name": "Free", "variant": "individual", "max_quality": "normal",
    "skips_per_hour": 2, "is_shuffle_only": True, "has_ads": True, "can_download": False, "concurrent_streams": 1,
    "member_limit": 1,
}  # fmt: skip
HOME = {
    "countries": [
        row | {"currency_code": "INR", "is_launch_market": True} for row in WORLD["countries"]
    ],
    "plans": [change(FREE, OPENED)],
    "plan_prices": [],
    "subscriptions": [],
    "devices": [change({"device_id": 1, "device_type": "phone"}, OPENED)],
}  # fmt: skip


def listened(*plays: dict[str, Any], **more: Any) -> Truth:
    """What an account with Free played."""
    return truth(**(WORLD | HOME | {"streams": list(plays)} | more))


def broken(of: Truth, rule: str) -> list[int]:
    """Keys of what breaks a rule."""
    return [check.key for check in of.of(checks) if check.rule == rule and check.is_breach]


def test_the_third_skip_of_an_hour_is_one_too_many() -> None:
    skips = [
        play(stream_id=number, skip_reason="next_button", is_skipped=True, started_at=at(f"2026-01-05 {when}"))
        for number, when in ((1, "20:00:00"), (2, "20:10:00"), (3, "20:59:59"), (4, "21:00:00"))
    ]
    assert broken(listened(*skips), "skips") == [3]


def test_what_free_does_not_allow() -> None:
    of = listened(
        play(stream_id=1, quality="normal"),
        play(stream_id=2, quality="high", is_shuffle=False, is_offline=True),
        play(stream_id=3, quality="lossless", device_id=2, is_shuffle=False),
    )
    assert broken(of, "quality") == [2, 3]
    assert broken(of, "shuffle") == broken(of, "offline") == [2]


def test_a_childs_minutes_are_those_of_its_day() -> None:
    """60 minutes by the clock of India, where the day begins at 18:30 UTC."""
    hour = 3_600_000
    plays = [
        play(stream_id=1, played_ms=hour, started_at=at("2026-01-05 17:00:00")),
        play(stream_id=2, played_ms=1, started_at=at("2026-01-05 18:29:59")),
        play(stream_id=3, played_ms=hour, started_at=at("2026-01-05 18:30:00")),
        play(stream_id=4, played_ms=None, started_at=at("2026-01-06 18:29:00")),
    ]
    settings = change({"user_id": 1, "blocks_explicit": True, "daily_limit_minutes": 60}, OPENED)
    marked = [row | {"is_explicit": row["content_id"] == 1} for row in WORLD["content"]]
    of = listened(*plays, user_settings=[settings], content=marked)
    assert broken(of, "limit") == [2]
    assert broken(of, "explicit") == [1, 2, 3, 4]


def test_a_degree_of_the_equator() -> None:
    """20 of 360 degrees of 40,030.17 km."""
    assert metres(*({"latitude": Decimal(0), "longitude": Decimal(east)} for east in (0, 20))) == 2_223_898


def test_streams_at_once() -> None:
    """The second begins while the first runs, the third when both have just ended."""
    plays = [
        play(stream_id=1, played_ms=120_000, started_at=at("2026-02-20 20:00:00")),
        play(stream_id=2, played_ms=60_000, started_at=at("2026-02-20 20:01:00"), device_id=2),
        play(stream_id=3, played_ms=60_000, started_at=at("2026-02-20 20:02:00"), ip_country_id=2),
    ]
    (row,) = listened(*plays).of(account_sharing)
    assert (row["window_start_date"], row["window_end_date"]) == (date(2026, 1, 30), date(2026, 2, 28))
    assert (row["most_at_once"], row["plays_above_limit"], row["countries"], row["signs"]) == (2, 1, 2, 1)


def test_a_day_of_short_plays() -> None:
    """Twenty within ten minutes are one and a quarter of what is enough with five more."""
    plays = [
        play(stream_id=number, played_ms=1_000, started_at=at(f"2026-01-05 20:{number // 3:02d}:{number % 3 * 20:02d}"))
        for number in range(25)
    ]
    (row,) = listened(*plays).of(stream_fraud)
    assert (row["short_plays_in_window"], row["score"], row["reasons"]) == (25, Decimal("1.25"), "rapid_skips")


def test_uptime_counts_each_minute_once() -> None:
    """Two hours of overlapping incidents in the month of 28 days; the platform's other service does not count."""
    services = [
        {"service_id": number, "is_in_playback_path": number == 1, "arrived_at": at(OPENED)} for number in (1, 2)
    ]
    incidents = [
        change(
            {"incident_id": number, "service_id": service, "severity": 1, "status": "mitigated", "cause": "network",
             "title": "", "deployment_id": None, "started_at": at(f"2026-02-03 {begin}"),
             "detected_at": at(f"2026-02-03 {begin}"), "mitigated_at": at(f"2026-02-03 {end}"), "resolved_at": None},
            f"2026-02-03 {end}",
        )
        for number, service, begin, end in (
            (1, 1, "10:00:00", "11:30:00"), (2, 1, "11:00:00", "12:00:00"), (3, 2, "15:00:00", "16:00:00"),
        )
    ]  # fmt: skip
    found = {
        row["month_start_date"]: row
        for row in truth(**(WORLD | HOME), services=services, incidents=incidents).of(slo_monthly)
        if row["objective"] == "playback_uptime"
    }
    january, february = found[date(2026, 1, 1)], found[date(2026, 2, 1)]
    assert (january["bad"], january["is_met"], january["error_budget_left"]) == (0, True, 1)
    assert (february["bad"], february["samples"]) == (2 * 3_600_000, 28 * 86_400_000)
    # 0.05 % of 28 days are 1,209.6 s.
    assert (february["allowed"], february["is_met"]) == (1_209_600, False)
