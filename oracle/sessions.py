"""Listening sessions, what is said to devices and searched, and plays by content, country and day."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import datetime, timedelta

from oracle.amounts import ratio
from oracle.calendar import local, month_of
from oracle.lake import Row
from oracle.listening import Place, cities, country_geography, place_of, plays, streams, voice_intents
from oracle.rules import rules
from oracle.truth import Truth
from oracle.versions import NOT_APPLICABLE, UNKNOWN, users

_TRACE = re.compile(r"[0-9a-f]{32}")
_HOUR_MS = 3_600_000


def home_of(truth: Truth, user_id: int | None, at: datetime) -> Place:
    """Where an account is at home at an instant: its city, else its country of residence."""
    account = truth.of(users).of_event(user_id, at)
    if account is None:
        return place_of(truth, None, None)
    return place_of(truth, account.row["city_id"], account.row["residence_country_id"])


def at_home(truth: Truth, user_id: int | None, at: datetime) -> Row:
    """Local date and minute of an instant at an account's home."""
    then = local(at, home_of(truth, user_id, at).zone)
    return {"local_date": then.date(), "minute_of_day": then.hour * 60 + then.minute}


def milliseconds(begin: datetime | None, end: datetime | None) -> int | None:
    """Whole milliseconds from one instant to another, cut toward zero; None without either."""
    if begin is None or end is None:
        return None
    micro = (end - begin) // timedelta(microseconds=1)
    return micro // 1000 if micro >= 0 else -(-micro // 1000)


def searches(truth: Truth) -> list[Row]:
    """Searches with their answer and what was chosen, on the date at home."""
    return [
        {
            **{
                name: row[name]
                for name in (
                    "search_query_id", "user_id", "device_id", "language_id", "query_class", "surface",
                    "query_length", "result_count", "latency_ms", "clicked_rank", "has_typo", "searched_at",
                    "clicked_at", "arrived_at",
                )
            },
            **at_home(truth, row["user_id"], row["searched_at"]),
            "user_key": truth.of(users).key_of_event(row["user_id"], row["searched_at"]),
            "session_id": NOT_APPLICABLE if row["session_id"] is None else row["session_id"],
            "content_id": NOT_APPLICABLE if row["clicked_content_id"] is None else row["clicked_content_id"],
            "click_delay_ms": milliseconds(row["searched_at"], row["clicked_at"]),
            "has_results": row["result_count"] > 0,
            "is_clicked": row["clicked_at"] is not None,
            "searched_date": row["searched_at"].date(),
        }
        for row in truth.lake.events("search_queries")
    ]  # fmt: skip


def utterances(truth: Truth) -> list[Row]:
    """What was said to devices: by intent, and which plays followed; the date is that of the city, else at home."""
    followed: dict[int, list[Row]] = defaultdict(list)
    for play in truth.lake.events("streams"):
        if play["voice_command_id"] is not None:
            followed[play["voice_command_id"]].append(play)
    playing = {row["intent"] for row in truth.seeds.rows("voice_intents") if row["plays_content"] == "true"}
    found = []
    for row in truth.lake.events("voice_commands"):
        at, answers = row["spoken_at"], followed.get(row["voice_command_id"], [])
        first = min(answers, key=lambda play: (play["started_at"], play["stream_id"]), default=None)
        city = truth.of(cities).get(row["city_id"])
        then = local(at, home_of(truth, row["user_id"], at).zone if city is None else city["time_zone"])
        content_id = row["resolved_content_id"]
        found.append(
            {
                "voice_command_id": row["voice_command_id"],
                "user_id": row["user_id"],
                "user_key": truth.of(users).key_of_event(row["user_id"], at),
                "device_id": row["device_id"],
                "geography_id": UNKNOWN if city is None else city["city_id"],
                "voice_intent_id": truth.of(voice_intents)[row["voice_command_id"]],
                "content_id": NOT_APPLICABLE if content_id is None else content_id,
                "stream_id": NOT_APPLICABLE if first is None else first["stream_id"],
                "confidence": row["confidence"],
                "streams_started": len(answers),
                "answer_delay_ms": None if first is None else milliseconds(at, first["started_at"]),
                "asks_to_play": row["intent"] in playing,
                "is_resolved": content_id is not None,
                "is_followed_by_stream": first is not None,
                "is_followed_by_resolved": (
                    first is not None and content_id is not None and first["content_id"] == content_id
                ),
                "spoken_date": at.date(),
                "local_date": then.date(),
                "minute_of_day": then.hour * 60 + then.minute,
                "spoken_at": at,
                "arrived_at": row["arrived_at"],
            }
        )
    return found


def listening_sessions(truth: Truth) -> list[Row]:
    """Sessions with a play: described by the first one, with how playing went in all of them.

    Ticks are kept of a sample of sessions; what they would say is not known of the others.
    """
    played: dict[int, list[Row]] = defaultdict(list)
    for stream in truth.of(streams):
        if stream["session_id"] is not None and stream["session_id"] > 0:
            played[stream["session_id"]].append(stream)
    logged = {row["session_id"]: row for row in truth.lake.events("listening_sessions")}
    ticked = _ticks_by_session(truth)
    return [
        _session(truth, session_id, session_plays, logged.get(session_id), ticked.get(session_id))
        for session_id, session_plays in sorted(played.items())
    ]


def _ticks_by_session(truth: Truth) -> dict[int, Row]:
    """Sums over the ticks of each session; a bit rate changes from one tick of a play to the next one."""
    found: dict[int, Row] = defaultdict(
        lambda: dict.fromkeys(("ticks", "fallback", "changes", "kbps", "rebuffers", "rebuffer_ms"), 0)
    )
    before: dict[int, int] = {}
    ticks = truth.lake.events("play_ticks")
    for tick in sorted(ticks, key=lambda row: (row["stream_id"], row["tick_no"])):
        sums = found[tick["session_id"]]
        rate = tick["bitrate_kbps"]
        sums["ticks"] += 1
        sums["fallback"] += tick["is_fallback"]
        sums["changes"] += before.get(tick["stream_id"], rate) != rate
        sums["kbps"] += rate
        sums["rebuffers"] += tick["rebuffer_count"]
        sums["rebuffer_ms"] += tick["rebuffer_ms"]
        before[tick["stream_id"]] = rate
    return found


def _session(truth: Truth, session_id: int, session_plays: list[Row], logged: Row | None, ticked: Row | None) -> Row:
    in_order = sorted(session_plays, key=lambda play: (play["started_at"], play["stream_id"]))
    first, end, gap = in_order[0], in_order[0]["started_at"], 0
    for play in in_order:
        gap = max(gap, milliseconds(end, play["started_at"]) or 0)
        end = max(end, play["started_at"] + timedelta(milliseconds=play["played_ms"] or 0))
    startups = [play["startup_ms"] for play in in_order if play["startup_ms"] is not None]
    active_ms = sum(play["active_ms"] for play in in_order)
    trace = None if logged is None else logged["trace_id"]
    quality: Row = dict.fromkeys(
        ("ticks", "fallback_ticks", "bitrate_changes", "average_bitrate_kbps", "rebuffers", "rebuffer_ms",
         "rebuffers_per_hour")
    )  # fmt: skip
    if ticked is not None:
        quality = {
            "ticks": ticked["ticks"],
            "fallback_ticks": ticked["fallback"],
            "bitrate_changes": ticked["changes"],
            "average_bitrate_kbps": ratio(ticked["kbps"], ticked["ticks"]),
            "rebuffers": ticked["rebuffers"],
            "rebuffer_ms": ticked["rebuffer_ms"],
            "rebuffers_per_hour": ratio(ticked["rebuffers"] * _HOUR_MS, active_ms),
        }
    kept = (
        "user_id", "user_key", "device_id", "geography_id", "plan_id", "plan_key", "tier", "started_date",
        "local_date", "minute_of_day", "started_at",
    )  # fmt: skip
    return {
        "session_id": session_id,
        **{name: first[name] for name in kept},
        **quality,
        "app_version": None if logged is None else logged["app_version"],
        "os_version": None if logged is None else logged["os_version"],
        "trace_id": trace,
        "plays": len(in_order),
        "songs": len({play["song_id"] for play in in_order if play["song_id"] > 0}),
        "qualified_streams": sum(play["is_qualified"] for play in in_order),
        "completed_plays": sum(play["is_completed"] for play in in_order),
        "skips": sum(play["skip_class"] != "not_skipped" for play in in_order),
        "active_ms": active_ms,
        "duration_ms": milliseconds(first["started_at"], end),
        "longest_gap_ms": gap,
        "startups": len(startups),
        "startup_ms": sum(startups) if startups else None,
        "longest_startup_ms": max(startups, default=None),
        "average_startup_ms": ratio(sum(startups), len(startups)),
        "is_logged": logged is not None,
        "has_complete_trace": trace is not None and _TRACE.fullmatch(trace) is not None,
        "is_sampled": ticked is not None,
        "is_artificial": any(play["is_artificial"] for play in in_order),
        "is_without_long_gap": gap < truth.of(rules).on("session_gap_ms", first["local_date"]),
        "ended_at": end,
    }


def plays_daily(truth: Truth) -> list[Row]:
    """Plays of content by country of listening and local day, in the month that books them.

    What came after the close of its local month is a row of its own, in the month that was open then.
    """
    groups: dict[tuple[int, int, object, object], list[Row]] = defaultdict(list)
    for stream, play in zip(truth.of(streams), truth.of(plays), strict=True):
        country = country_geography(play["place"].country_id)
        groups[stream["content_id"], country, stream["local_date"], stream["local_booking_month"]].append(stream)
    found = []
    for (content_id, country, day, month), some in groups.items():
        skips = [play["skip_class"] for play in some if play["skip_class"] != "not_skipped"]
        found.append(
            {
                "content_id": content_id,
                "song_id": max(play["song_id"] for play in some),
                "artist_id": max(play["artist_id"] for play in some),
                "country_geography_id": country,
                "local_date": day,
                "local_booking_month": month,
                "is_after_local_close": month != month_of(some[0]["local_date"]),
                "plays": len(some),
                "listeners": len({play["user_id"] for play in some}),
                "qualified_streams": sum(play["is_qualified"] for play in some),
                "artificial_plays": sum(play["is_artificial"] for play in some),
                "completed_plays": sum(play["is_completed"] for play in some),
                "skips": len(skips),
                "skips_before_30s": sum(skip in ("skip_under_5s", "skip_under_30s") for skip in skips),
                "active_ms": sum(play["active_ms"] for play in some),
            }
        )
    return found


def plays_monthly(truth: Truth) -> list[Row]:
    """The same by the month that books the plays."""
    months: dict[tuple[object, int, int], list[Row]] = defaultdict(list)
    for row in truth.of(plays_daily):
        months[row["local_booking_month"], row["country_geography_id"], row["content_id"]].append(row)
    added = ("plays", "qualified_streams", "artificial_plays", "completed_plays", "skips", "active_ms")
    return [
        {
            "month_start_date": month,
            "country_geography_id": country,
            "content_id": content_id,
            "song_id": max(row["song_id"] for row in some),
            "artist_id": max(row["artist_id"] for row in some),
            **{name: sum(row[name] for row in some) for name in added},
        }
        for (month, country, content_id), some in months.items()
    ]


def plays_by_country(truth: Truth) -> list[Row]:
    """Plays by the countries where they were heard and whose prices applied, tier and local day, as they are booked."""
    cells: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for stream, play in zip(truth.of(streams), truth.of(plays), strict=True):
        heard = country_geography(play["place"].country_id)
        paid = (stream["payment_geography_id"], stream["tier"])
        cells[heard, *paid, stream["local_date"], stream["local_booking_month"]].append(stream)
    return [
        {
            "country_geography_id": country,
            "payment_geography_id": payment,
            "tier": tier,
            "local_date": day,
            "local_booking_month": month,
            "plays": len(some),
            "qualified_streams": sum(play["is_qualified"] for play in some),
            "artificial_plays": sum(play["is_artificial"] for play in some),
            "completed_plays": sum(play["is_completed"] for play in some),
            "skips": sum(play["skip_class"] != "not_skipped" for play in some),
            "skips_under_5s": sum(play["skip_class"] == "skip_under_5s" for play in some),
            "skips_under_30s": sum(play["skip_class"] == "skip_under_30s" for play in some),
            "active_ms": sum(play["active_ms"] for play in some),
        }
        for (country, payment, tier, day, month), some in cells.items()
    ]
