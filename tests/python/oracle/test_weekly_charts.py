"""Weekly charts, by hand."""

from datetime import date
from typing import Any

from rows import WORLD, at, change, play, truth

from oracle.weekly_charts import chart_positions, points, published_weeks

FRIDAY = date(2026, 1, 2)
CLOSE = at("2026-01-10")
CHART = {
    "chart_id": 1, "chart_code": "GLOBAL-SONGS", "name": "Songs", "subject": "song", "scope": "global",
    "country_id": None, "genre_id": None, "positions": 10, "max_songs_per_artist": 3, "created_at": at("2025-01-01"),
}  # fmt: skip


def opened(**more: Any) -> dict[str, Any]:
    row = {
        "chart_id": 1,
        "run_no": 1,
        "song_id": 1,
        "artist_id": None,
        "weeks_on_chart": 4,
        "peak_rank": 2,
        "last_rank": 3,
    }
    return row | {"last_week_start": date(2025, 12, 26), "arrived_at": at("2025-12-31 23:00:00")} | more


def test_weeks_are_published_a_day_after_their_thursday() -> None:
    """The week of the first day of data is not among them: it had begun before."""
    assert list(published_weeks(truth(date(2026, 1, 8)))) == []
    assert list(published_weeks(truth(date(2026, 1, 9)))) == [(FRIDAY, CLOSE)]
    assert list(published_weeks(truth(date(2026, 1, 15)))) == [(FRIDAY, CLOSE)]


def test_a_chart_is_what_its_close_knew() -> None:
    """The account pays from the third on; that it cancelled on the fourth and was suspended was told too late."""
    late = at("2026-01-10 00:00:00")
    world = WORLD | {
        "subscriptions": [row | ({"arrived_at": late} if row["change_no"] else {}) for row in WORLD["subscriptions"]],
        "users": [*WORLD["users"][:1], WORLD["users"][1] | {"changed_at": at("2026-01-05"), "arrived_at": late}],
    }
    plays = [
        play(stream_id=1, started_at=at("2026-01-02 10:00:00")),
        play(stream_id=2, started_at=at("2026-01-05 10:00:00")),
        play(stream_id=3, started_at=at("2026-01-08 10:00:00"), arrived_at=at("2026-01-09 23:59:59")),
        play(stream_id=4, started_at=at("2026-01-08 11:00:00"), arrived_at=late),
        # in India it is Friday already
        play(stream_id=5, started_at=at("2026-01-08 19:00:00")),
        play(stream_id=6, started_at=at("2026-01-01 19:00:00")),
    ]
    assert points(truth(**world, streams=plays), FRIDAY, CLOSE) == {(1, 1): [4, 1_000_000 * 2 + 2_500_000 * 2]}


def test_a_day_is_judged_by_what_had_arrived() -> None:
    """The twentieth of twenty plays under 5 s comes after the close: the day is sound, as far as the chart knows."""
    short = [
        play(stream_id=number, played_ms=4_000, is_completed=False, started_at=at(f"2026-01-05 10:00:{number:02}"))
        for number in range(2, 22)
    ]
    sound = play(stream_id=1, started_at=at("2026-01-05 11:00:00"))
    assert not points(truth(**WORLD, streams=[sound, *short]), FRIDAY, CLOSE)
    short[-1]["arrived_at"] = CLOSE
    assert points(truth(**WORLD, streams=[sound, *short]), FRIDAY, CLOSE) == {(1, 1): [1, 2_500_000]}


def test_a_run_goes_on_from_the_opening() -> None:
    """Song 1 was on the chart before, song 2 is new, and heavier; then both have the same and the lower id leads."""
    plays = [
        play(stream_id=1, started_at=at("2026-01-02 10:00:00")),
        *(play(stream_id=n, content_id=2, played_ms=20_000, started_at=at("2026-01-02 11:00:00")) for n in (2, 3)),
        play(stream_id=4, started_at=at("2026-01-09 10:00:00")),
        play(stream_id=5, content_id=2, played_ms=20_000, started_at=at("2026-01-09 11:00:00")),
    ]
    tables = {**WORLD, "charts": [change(CHART, "2025-01-01")], "opening_chart_runs": [opened()], "streams": plays}
    found = truth(date(2026, 1, 16), **tables).of(chart_positions)
    told = [
        (
            row["chart_rank"],
            row["song_id"],
            row["last_week_rank"],
            row["peak_rank"],
            row["weeks_on_chart"],
            row["is_new"],
        )
        for row in found
    ]
    assert told == [(1, 2, None, 1, 1, True), (2, 1, 3, 2, 5, False), (1, 1, 2, 1, 6, False), (2, 2, 1, 1, 2, False)]
