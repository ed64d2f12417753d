"""Sessions, plays by day and trends, by hand."""

from datetime import date
from decimal import Decimal
from typing import Any

from rows import WORLD, at, play, truth

from oracle.charts import popular_content
from oracle.engagement import content_daily
from oracle.growth import PROGRAMME, promotion_key
from oracle.sessions import listening_sessions, milliseconds, plays_daily, utterances

TRACE = "00112233445566778899aabbccddeeff"


def session(session_id: int, **more: Any) -> dict[str, Any]:
    """The log's row of a session."""
    row = {
        "session_id": session_id,
        "trace_id": TRACE,
        "app_version": "9.1",
        "os_version": "17",
        "arrived_at": at("2026-01-05"),
    }
    return row | more


def tick(stream_id: int, tick_no: int, kbps: int, rebuffers: int = 0) -> dict[str, Any]:
    """A tick of a play of session 1."""
    return {
        "stream_id": stream_id, "tick_no": tick_no, "session_id": 1, "bitrate_kbps": kbps, "is_fallback": kbps < 100,
        "rebuffer_count": rebuffers, "rebuffer_ms": 40 * rebuffers, "arrived_at": at("2026-01-05"),
    }  # fmt: skip


def test_a_session_is_described_by_its_first_play_and_measured_by_all() -> None:
    """The second play begins 29 min 59.999 s after the end of the first; 400 s played, of which ticks tell."""
    plays = [
        play(stream_id=2, device_id=2, startup_ms=None, started_at=at("2026-01-05 20:33:19.999")),
        play(stream_id=1, device_id=1, startup_ms=300, started_at=at("2026-01-05 20:00:00")),
    ]
    ticks = [tick(1, 1, 320), tick(1, 2, 96, 2), tick(1, 3, 96), tick(2, 1, 160)]
    (found,) = truth(**WORLD, streams=plays, listening_sessions=[session(1)], play_ticks=ticks).of(listening_sessions)
    assert (found["device_id"], found["started_at"]) == (1, at("2026-01-05 20:00:00"))
    assert (found["longest_gap_ms"], found["is_without_long_gap"]) == (1_799_999, True)
    assert (found["duration_ms"], found["plays"], found["songs"]) == (2_199_999, 2, 1)
    assert (found["startups"], found["average_startup_ms"]) == (1, Decimal(300))
    assert (found["ticks"], found["bitrate_changes"], found["fallback_ticks"], found["rebuffers"]) == (4, 1, 2, 2)
    # Two interruptions in 400 s are eighteen an hour.
    assert (found["rebuffers_per_hour"], found["average_bitrate_kbps"]) == (Decimal(18), Decimal(168))
    assert found["has_complete_trace"]


def test_half_an_hour_of_silence_is_long() -> None:
    plays = [play(stream_id=1), play(stream_id=2, started_at=at("2026-01-05 20:33:20"))]
    (found,) = truth(**WORLD, streams=plays, listening_sessions=[session(1, trace_id=TRACE[1:])]).of(listening_sessions)
    assert (found["longest_gap_ms"], found["is_without_long_gap"]) == (1_800_000, False)
    assert (found["has_complete_trace"], found["is_sampled"], found["ticks"]) == (False, False, None)


def test_milliseconds_are_cut_toward_zero() -> None:
    begin = at("2026-01-05 10:00:00.0015")
    assert milliseconds(at("2026-01-05 10:00:00"), begin) == 1
    assert milliseconds(begin, at("2026-01-05 10:00:00")) == -1
    assert milliseconds(begin, None) is None


def test_what_follows_an_utterance() -> None:
    spoken = {
        "voice_command_id": 5, "user_id": 1, "device_id": 1, "city_id": None, "language_id": 2,
        "confidence": Decimal(1), "resolved_content_id": 1, "intent": "PlaySongIntent",
        "spoken_at": at("2026-01-05 19:59:58"), "arrived_at": at("2026-01-05"),
    }  # fmt: skip
    plays = [
        play(stream_id=2, voice_command_id=5, content_id=2, started_at=at("2026-01-05 20:00:01")),
        play(stream_id=3, voice_command_id=5),
    ]
    users = [row | {"city_id": None, "residence_country_id": 1} for row in WORLD["users"]]
    (found,) = truth(**WORLD | {"users": users}, streams=plays, voice_commands=[spoken]).of(utterances)
    assert (found["stream_id"], found["streams_started"], found["answer_delay_ms"]) == (3, 2, 2_000)
    assert found["is_followed_by_resolved"] and found["asks_to_play"]


def test_plays_after_the_close_are_rows_of_the_open_month_and_no_trend() -> None:
    """Two plays in time, one that comes in February's open month."""
    late = play(stream_id=3, arrived_at=at("2026-02-11 01:00:00"))
    known = truth(**WORLD, streams=[play(), play(stream_id=2), late])
    in_time, after = sorted(known.of(plays_daily), key=lambda row: row["local_booking_month"])
    assert (in_time["plays"], in_time["listeners"], in_time["is_after_local_close"]) == (2, 1, False)
    assert (after["plays"], after["local_booking_month"]) == (1, date(2026, 2, 1))
    assert (after["local_date"], after["is_after_local_close"]) == (in_time["local_date"], True)
    (day,) = known.of(content_daily)
    assert (day["plays"], day["trending_plays_ppm"], day["trending_score"]) == (2, 2_000_000, Decimal("1.2"))


def test_a_trend_weighs_days_by_their_age() -> None:
    """Four plays of the 15th, seven days old; one of the 20th, two days old; one of the 22nd."""
    days = ["2026-01-22", "2026-01-20", *["2026-01-15"] * 4]
    plays = [
        play(stream_id=n, city_id=4, content_id=3, started_at=at(f"{day} 12:00:{n}0")) for n, day in enumerate(days)
    ]
    found = {row["local_date"]: row for row in truth(**WORLD, streams=plays).of(content_daily)}
    last = found[date(2026, 1, 22)]
    assert (last["trending_plays_ppm"], last["trending_plays_before_ppm"]) == (1_500_000, 4_000_000)
    assert last["trending_score"] == Decimal("0.821429")
    # The 15th itself, and five days later: 4 * 0.5 ** 2.5 and one of the day.
    assert found[date(2026, 1, 15)]["trending_score"] == Decimal("1.4")
    assert found[date(2026, 1, 20)]["trending_plays_ppm"] == 1_000_000 + 4 * 176_777


def test_content_is_ranked_by_its_trend_each_day_and_week() -> None:
    """Both weeks' Fridays; the week takes the score of its last day."""
    plays = [
        play(stream_id=1, city_id=4, content_id=1, started_at=at("2026-01-09 12:00:00")),
        play(stream_id=2, city_id=4, content_id=3, started_at=at("2026-01-09 13:00:00")),
        play(stream_id=3, city_id=4, content_id=3, started_at=at("2026-01-15 13:00:00")),
    ]
    named = {
        "artists": [row | {"name": "Nine"} for row in WORLD["artists"]],
        "content": [row | {"title": "Any"} for row in WORLD["content"]],
    }
    rows = truth(**WORLD | named, streams=plays).of(popular_content)
    ranks = {(row["window_kind"], row["window_start_date"], row["content_id"]): row for row in rows}
    assert ranks["day", date(2026, 1, 9), 1]["popularity_rank"] == 1
    assert ranks["day", date(2026, 1, 9), 3]["popularity_rank"] == 2
    assert ranks["week", date(2026, 1, 9), 3]["popularity_rank"] == 1
    assert ranks["week", date(2026, 1, 9), 3]["plays"] == 2
    assert ranks["week", date(2026, 1, 9), 3]["window_end_date"] == date(2026, 1, 15)


def test_keys_of_promotions_tell_their_kind() -> None:
    assert promotion_key(PROGRAMME, 12) == 124
