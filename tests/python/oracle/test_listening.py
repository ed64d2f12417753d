"""What a play counts as, by hand."""

from datetime import date, timedelta
from typing import Any

import pytest
from rows import DAY, WORLD, at, play, truth

from oracle.listening import fraud_rules, streams
from oracle.rules import rules


def judged(**more: Any) -> dict[str, Any]:
    """What the oracle says of one play."""
    (row,) = truth(**WORLD, streams=[play(**more)]).of(streams)
    return row


@pytest.mark.parametrize(
    ("what", "qualified"),
    [
        ({"played_ms": 30_000}, True),
        ({"played_ms": 29_999}, False),
        ({"played_ms": None, "played_ms_basis": "unknown"}, False),
        # The recording of 20 s: to its end within 2 s.
        ({"content_id": 2, "played_ms": 18_000}, True),
        ({"content_id": 2, "played_ms": 17_999}, False),
        ({"content_id": 3, "played_ms": 90_000}, False),
        # Suspended on the tenth.
        ({"started_at": at("2026-01-09 23:59:59")}, True),
        ({"started_at": at("2026-01-10 00:00:00")}, False),
    ],
)
def test_qualified(what: dict[str, Any], qualified: bool) -> None:
    assert judged(**what)["is_qualified"] is qualified


@pytest.mark.parametrize(
    ("played", "skip_class"),
    [
        (4_999, "skip_under_5s"),
        (5_000, "skip_under_30s"),
        (29_999, "skip_under_30s"),
        (30_000, "skip_before_end"),
        (197_999, "skip_before_end"),
        (198_000, "not_skipped"),
        (None, "skip_unknown"),
    ],
)
def test_skips(played: int | None, skip_class: str) -> None:
    found = judged(played_ms=played, is_skipped=True, skip_reason="next_button", is_completed=False)
    assert found["skip_class"] == skip_class
    assert found["is_completed"] is (played == 198_000)


def test_place_and_time() -> None:
    """India is five and a half hours ahead, the city in Brazil three behind."""
    found = judged()
    assert (found["local_date"], found["started_date"], found["minute_of_day"]) == (date(2026, 1, 6), DAY, 90)
    assert (found["geography_id"], found["payment_geography_id"]) == (2_000_001, 2_000_001)
    assert found["listening_context_id"] == 51_310
    found = judged(city_id=4)
    assert (found["local_date"], found["minute_of_day"], found["geography_id"]) == (DAY, 17 * 60, 4)


def test_after_the_close() -> None:
    """Local date in January, UTC date in January; an hour after the close February books both."""
    found = judged(arrived_at=at("2026-02-11 01:00:00"))
    assert (found["booking_month"], found["is_after_close"]) == (date(2026, 2, 1), True)
    # The last evening of January in UTC is the first of February in India: activity still books it there.
    found = judged(started_at=at("2026-01-31 20:00:00"), arrived_at=at("2026-02-11 01:00:00"))
    assert (found["is_after_close"], found["is_after_local_close"]) == (True, False)


def test_artist_and_active_time() -> None:
    found = judged(played_ms=500_000)
    assert (found["artist_id"], found["active_ms"], found["album_id"]) == (12, 200_000, -1)
    found = judged(content_id=3)
    assert (found["artist_id"], found["song_id"], found["album_id"]) == (9, -2, -2)


def test_the_plan_at_the_start() -> None:
    """Cancelled on the fourth, it lasts until the period ends on the sixth."""
    assert judged(started_at=at("2026-01-02 23:59:59"))["tier"] == "free"
    found = judged(started_at=at("2026-01-05 23:59:59"))
    assert (found["tier"], found["plan_key"], found["payer_user_id"]) == ("prime", 50_000, 1)
    found = judged(started_at=at("2026-01-06 00:00:00"))
    assert (found["tier"], found["plan_key"], found["payer_user_id"]) == ("free", -10_000, -2)


def fired(*day_plays: dict[str, Any]) -> set[str]:
    return fraud_rules(day_plays, truth().of(rules), DAY)


def test_rapid_skips() -> None:
    """20 plays under 5 s of which the last starts at most 600 s after the first."""

    def short(seconds: int, played: int = 4_999) -> dict[str, Any]:
        return play(content_id=seconds, started_at=at("2026-01-05 10:00:00") + timedelta(seconds=seconds),
                    played_ms=played)  # fmt: skip

    run = [short(number) for number in range(19)]
    assert fired(*run) == set()
    assert fired(*run, short(600)) == {"rapid_skips"}
    assert fired(*run, short(601)) == set()
    assert fired(*run, short(20, 5_000)) == set()
    assert fired(short(-5_000), *run, short(19)) == {"rapid_skips"}


def test_loops_and_days_round_the_clock() -> None:
    loop = [play(played_ms=30_000 if number % 2 else 40_000) for number in range(29)]
    assert fired(*loop) == set()
    assert fired(*loop, play(played_ms=35_000)) == {"loops"}
    assert fired(*loop, play(played_ms=40_001)) == set()
    assert fired(*loop, play(played_ms=35_000, content_id=2)) == set()
    hours = [play(played_ms=3_600_000)] * 20
    assert fired(*hours) == set()
    assert fired(*hours, play(played_ms=1)) == {"round_the_clock"}
    assert fired(*hours, play(played_ms=None)) == set()


def rapid(number: int, arrived: str) -> dict[str, Any]:
    started = at("2026-01-05 10:00:00") + timedelta(seconds=number)
    return play(stream_id=number, started_at=started, arrived_at=at(arrived), played_ms=1_000)


def test_a_verdict_on_a_closed_month_stays() -> None:
    """19 rapid skips in time, one each after the close of January and of February: each is judged by what came before
    the close that makes its verdict final."""
    day = [rapid(number, "2026-01-05 11:00:00") for number in range(18)]
    late, later = rapid(18, "2026-02-15 00:00:00"), rapid(19, "2026-03-15 00:00:00")
    found = truth(**WORLD, streams=[*day, late, later]).of(streams)
    assert [row["is_artificial"] for row in found] == [False] * 19 + [True]
    found = truth(**WORLD, streams=[*day, late | {"arrived_at": at("2026-01-06 00:00:00")}, later]).of(streams)
    assert [row["is_artificial"] for row in found] == [False] * 19 + [True]
    in_time = [row | {"arrived_at": at("2026-01-06 00:00:00")} for row in (late, later)]
    found = truth(**WORLD, streams=[*day, *in_time]).of(streams)
    assert all(row["is_artificial"] for row in found)
