"""Plays: where and when they happened, what each counts as, and listening days."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from oracle.amounts import ratio
from oracle.calendar import booking_month, local, month_of
from oracle.lake import Row
from oracle.plans import payment_country, plan_in_force
from oracle.rules import Rules, rules
from oracle.truth import Truth
from oracle.versions import (
    NOT_APPLICABLE,
    UNKNOWN,
    artists,
    contents,
    main_artists,
    playlists,
    song_of_content,
    songs,
    users,
)

CONTEXTS = ("unknown", "playlist", "album", "artist", "radio", "search", "recommendation", "library", "voice")
SKIP_REASONS = ("unknown", "none", "next_button", "back_button", "new_selection", "voice", "app_closed")
QUALITIES = ("unknown", "low", "normal", "high", "lossless")
"""Codes of a listening context; a code's place is its digit in the key."""


@dataclass(frozen=True)
class Place:
    """Where a play happened: keys of dim_geography (-1 unknown, -2 where there is none) and the IANA zone."""

    geography_id: int
    region_id: int
    country_id: int
    zone: str


def region_geography(region_id: int) -> int:
    """A region as a place."""
    return 1_000_000 + region_id


def country_geography(country_id: int) -> int:
    """A country as a place; -1 where it is not known."""
    return UNKNOWN if country_id == UNKNOWN else 2_000_000 + country_id


def cities(truth: Truth) -> dict[int, Row]:
    """Cities by id."""
    return {row["city_id"]: row for row in truth.lake.latest("cities")}


def regions(truth: Truth) -> dict[int, Row]:
    """Regions by id."""
    return {row["region_id"]: row for row in truth.lake.latest("regions")}


def countries(truth: Truth) -> dict[int, Row]:
    """Countries by id."""
    return {row["country_id"]: row for row in truth.lake.latest("countries")}


def place_of(truth: Truth, city_id: int | None, country_id: int | None) -> Place:
    """The finest place known: the city, else the country with the zone of its most populous place."""
    city = truth.of(cities).get(city_id) if city_id is not None else None
    country = truth.of(countries).get(country_id) if country_id is not None else None
    known_country = UNKNOWN if country is None else int(country["country_id"])
    if city is not None:
        return Place(city["city_id"], city["region_id"], known_country, city["time_zone"])
    if country is not None:
        return Place(country_geography(known_country), UNKNOWN, known_country, country["time_zone"])
    return Place(UNKNOWN, UNKNOWN, UNKNOWN, "UTC")


def plays(truth: Truth) -> list[Row]:
    """Every play with its place and its dates: UTC and local, and the months that book it."""
    found = []
    for row in truth.lake.events("streams"):
        place = place_of(truth, row["city_id"], row["ip_country_id"])
        then = local(row["started_at"], place.zone)
        started_date, local_date = row["started_at"].date(), then.date()
        found.append(
            row
            | {
                "place": place,
                "started_date": started_date,
                "local_date": local_date,
                "minute_of_day": then.hour * 60 + then.minute,
                "booking_month": booking_month(month_of(started_date), row["arrived_at"]),
                "local_booking_month": booking_month(month_of(local_date), row["arrived_at"]),
                "verdict_month": verdict_month(local_date, row),
            }
        )
    return found


def verdict_month(local_date: date, play: Row) -> date:
    """The month whose close makes the verdict on a play final.

    A local day belongs to the UTC month of the day before at the earliest; no month that has closed may change, so
    its close is the one that counts, and for a play that arrives after it the close of the month then open.
    """
    return booking_month(month_of(local_date - timedelta(days=1)), play["arrived_at"])


def fraud_rules(day_plays: Iterable[Row], figures: Rules, day: date) -> set[str]:
    """The fraud rules that fire on the plays of one account on one local day.

    rapid_skips: 20 plays under 5 s each that start within any 600 s; loops: 30 plays of one recording, each played
    30-40 s; round_the_clock: played time over 20 h.
    """
    fired = set()
    timed = [play for play in day_plays if play["played_ms"] is not None]
    short = sorted(play["started_at"] for play in timed if play["played_ms"] < figures.on("artificial_skip_ms", day))
    window = timedelta(milliseconds=figures.on("artificial_skip_window_ms", day))
    run = figures.on("artificial_skip_plays", day)
    if any(last - first <= window for first, last in zip(short, short[run - 1 :], strict=False)):
        fired.add("rapid_skips")
    low, high = figures.on("artificial_loop_min_ms", day), figures.on("artificial_loop_max_ms", day)
    looped = Counter(play["content_id"] for play in timed if low <= play["played_ms"] <= high)
    if looped and max(looped.values()) >= figures.on("artificial_loop_plays", day):
        fired.add("loops")
    if sum(play["played_ms"] for play in timed) > figures.on("artificial_day_ms", day):
        fired.add("round_the_clock")
    return fired


Day = tuple[int, date]


def plays_of_days(truth: Truth) -> dict[Day, list[Row]]:
    """The plays of each account and local day."""
    found: dict[Day, list[Row]] = defaultdict(list)
    for play in truth.of(plays):
        found[play["user_id"], play["local_date"]].append(play)
    return found


def verdicts(truth: Truth) -> dict[tuple[int, date, date], bool]:
    """Whether a play is artificial, by account, local day and the month whose close makes the verdict final.

    Judged on all plays of the day that arrived before that close.
    """
    figures = truth.of(rules)
    found = {}
    for (user_id, day), day_plays in truth.of(plays_of_days).items():
        for final_month in {play["verdict_month"] for play in day_plays}:
            known = [play for play in day_plays if play["verdict_month"] <= final_month]
            found[user_id, day, final_month] = bool(fraud_rules(known, figures, day))
    return found


def is_artificial(truth: Truth, play: Row) -> bool:
    """The verdict on a play."""
    return truth.of(verdicts)[play["user_id"], play["local_date"], play["verdict_month"]]


def listening_context(play: Row) -> int:
    """Key of the combination of context, skip reason, quality, shuffle and offline: a digit each."""

    def digit(codes: tuple[str, ...], code: str) -> int:
        return codes.index(code) if code in codes else 0

    context = digit(CONTEXTS, play["context_type"])
    reason = digit(SKIP_REASONS, play["skip_reason"] or "none")
    quality = digit(QUALITIES, play["quality"])
    flags = 10 * int(play["is_shuffle"]) + int(play["is_offline"])
    return context * 10_000 + reason * 1_000 + quality * 100 + flags


def voice_intents(truth: Truth) -> dict[int, int]:
    """Key of the intent and language of each utterance; -1 for an intent that no one knows."""
    numbers = {row["intent"]: int(row["voice_intent_no"]) for row in truth.seeds.rows("voice_intents")}
    found = {}
    for spoken in truth.lake.events("voice_commands"):
        number = numbers.get(spoken["intent"])
        found[spoken["voice_command_id"]] = UNKNOWN if number is None else number * 10_000 + spoken["language_id"]
    return found


def skip_class(play: Row, is_completed: bool, figures: Rules) -> str:
    """How early the listener moved on before the end."""
    played, day = play["played_ms"], play["local_date"]
    if not play["is_skipped"] or is_completed:
        return "not_skipped"
    if played is None:
        return "skip_unknown"
    if played < figures.on("skip_early_ms", day):
        return "skip_under_5s"
    return "skip_under_30s" if played < figures.on("skip_ms", day) else "skip_before_end"


def streams(truth: Truth) -> list[Row]:
    """Each play with what it counts as and its keys as of its start.

    Qualified: a song played for at least 30 s, or to its end (within 2 s) where it is shorter; not artificial; the
    account neither suspended nor deleted. Unknown time never qualifies. Active time is capped at the length.
    """
    return [_stream(truth, play) for play in truth.of(plays)]


def known_month(truth: Truth, stream: Row) -> date:
    """The month from whose close on a stream counts for its recording.

    One that arrives before its recording's row or its content's counts from the close that knows all.
    """
    month = month_of(stream["started_date"])
    known = (
        truth.of(songs).known_to_event(stream["song_id"], stream["started_at"]),
        truth.of(contents).known_to_event(stream["content_id"], stream["started_at"]),
    )
    booked: date = max((stream["booking_month"], *(booking_month(month, at) for at in known if at is not None)))
    return booked


def _stream(truth: Truth, play: Row) -> Row:
    figures, at, day = truth.of(rules), play["started_at"], play["local_date"]
    account = truth.of(users).of_event(play["user_id"], at)
    content = truth.of(contents).of_event(play["content_id"], at)
    song_id = truth.of(song_of_content).get(play["content_id"])
    song = truth.of(songs).of_event(song_id, at)
    is_song = content is None or content.row["content_type"] == "song"
    no_song = UNKNOWN if is_song else NOT_APPLICABLE
    artist_id = truth.of(main_artists).get(song_id) if song_id is not None else None
    if artist_id is None:
        artist_id = UNKNOWN if content is None or content.row["artist_id"] is None else content.row["artist_id"]
    plan = plan_in_force(truth, play["user_id"], at)
    playlist_id = play["context_id"] if play["context_type"] == "playlist" else None

    played, length = play["played_ms"], None
    if song is not None:
        length = song.row["duration_ms"]
    elif content is not None:
        length = content.row["duration_ms"]
    if played is None or length is None:
        is_completed = play["is_completed"]
    else:
        is_completed = 0 < played >= length - figures.on("completed_slack_ms", day)
    enough = figures.on("qualified_stream_ms", day)
    artificial = is_artificial(truth, play)
    is_qualified = (
        content is not None
        and content.row["content_type"] == "song"
        and played is not None
        and (played >= enough or (length is not None and length < enough and is_completed))
        and not artificial
        and (account is None or account.row["status"] == "active")
    )
    voice = play["voice_command_id"]
    album_id = None if song is None else song.row["album_id"]
    return {
        "stream_id": play["stream_id"],
        "user_id": play["user_id"],
        "user_key": truth.of(users).key_of_event(play["user_id"], at),
        "content_id": play["content_id"],
        "song_id": no_song if song_id is None else song_id,
        "song_key": no_song if song_id is None else truth.of(songs).key_of_event(song_id, at),
        "artist_id": artist_id,
        "artist_key": truth.of(artists).key_of_event(artist_id, at),
        "album_id": no_song if album_id is None else album_id,
        "device_id": play["device_id"],
        "session_id": play["session_id"],
        "geography_id": play["place"].geography_id,
        "payment_geography_id": country_geography(payment_country(truth, play["user_id"], at)),
        "listening_context_id": listening_context(play),
        "voice_intent_id": NOT_APPLICABLE if voice is None else truth.of(voice_intents).get(voice, UNKNOWN),
        "playlist_id": NOT_APPLICABLE if playlist_id is None else playlist_id,
        "playlist_key": truth.of(playlists).key_of_event(playlist_id, at),
        "plan_id": plan.plan_id,
        "plan_key": plan.plan_key,
        "subscription_id": plan.subscription_id,
        "payer_user_id": plan.payer_user_id,
        "household_id": plan.household_id,
        "tier": plan.tier,
        "skip_class": skip_class(play, is_completed, figures),
        "played_ms_basis": play["played_ms_basis"],
        "played_ms": played,
        "active_ms": 0 if played is None else played if length is None else min(played, length),
        "startup_ms": play["startup_ms"],
        "is_qualified": is_qualified,
        "is_artificial": artificial,
        "is_completed": is_completed,
        "is_after_close": play["booking_month"] > month_of(play["started_date"]),
        "is_after_local_close": play["local_booking_month"] > month_of(day),
        "started_date": play["started_date"],
        "local_date": day,
        "minute_of_day": play["minute_of_day"],
        "booking_month": play["booking_month"],
        "local_booking_month": play["local_booking_month"],
        "started_at": at,
        "arrived_at": play["arrived_at"],
    }


def likes(truth: Truth) -> list[Row]:
    """Likes and loves of content, on the date at the account's home (its city, else its country of residence)."""
    found = []
    for row in truth.lake.events("reactions"):
        if row["target_type"] != "content" or row["reaction_type"] not in ("like", "love"):
            continue
        account = truth.of(users).of_event(row["user_id"], row["reacted_at"])
        city_id, country_id = (None, None) if account is None else (
            account.row["city_id"], account.row["residence_country_id"],
        )  # fmt: skip
        home = place_of(truth, city_id, country_id)
        found.append(
            {
                "user_id": row["user_id"],
                "user_key": truth.of(users).key_of_event(row["user_id"], row["reacted_at"]),
                "local_date": local(row["reacted_at"], home.zone).date(),
            }
        )
    return found


def active_days(truth: Truth) -> set[Day]:
    """Days on which an account counts as active: by its plays, and before the data begins by the opening rows."""
    opening = truth.lake.events("opening_listening_days")
    return truth.of(days_of_plays) | {(row["user_id"], row["local_date"]) for row in opening if row["played_ms"] > 0}


def days_of_plays(truth: Truth) -> set[Day]:
    """Days with more than 0 ms played, not artificial.

    Plays that arrive after the close of their local month do not count, as its days change no more.
    """
    found = set()
    for play in truth.of(plays):
        in_time = play["local_booking_month"] == month_of(play["local_date"])
        if in_time and (play["played_ms"] or 0) > 0 and not is_artificial(truth, play):
            found.add((play["user_id"], play["local_date"]))
    return found


def listening_daily(truth: Truth) -> list[Row]:
    """Accounts by local day with a play or a like: plays of all kinds, artificial ones too."""
    played: dict[Day, list[Row]] = defaultdict(list)
    for stream in truth.of(streams):
        played[stream["user_id"], stream["local_date"]].append(stream)
    liked: dict[Day, list[Row]] = defaultdict(list)
    for like in truth.of(likes):
        liked[like["user_id"], like["local_date"]].append(like)
    return [
        _listening_day(truth, day, played.get(day, []), liked.get(day, []))
        for day in sorted(played.keys() | liked.keys())
    ]


def _listening_day(truth: Truth, day: Day, day_streams: list[Row], day_likes: list[Row]) -> Row:
    active_ms = sum(stream["active_ms"] for stream in day_streams)
    skips = Counter(stream["skip_class"] for stream in day_streams)
    user_id, local_date = day
    return {
        "user_id": user_id,
        "user_key": max(row["user_key"] for row in (*day_streams, *day_likes)),
        "local_date": local_date,
        "plays": len(day_streams),
        "song_plays": sum(stream["song_id"] != NOT_APPLICABLE for stream in day_streams),
        "songs": len({stream["song_id"] for stream in day_streams if stream["song_id"] > 0}),
        "active_ms": active_ms,
        "active_minutes": ratio(active_ms, 60_000),
        "completed_plays": sum(stream["is_completed"] for stream in day_streams),
        "skips": len(day_streams) - skips["not_skipped"],
        "skips_under_5s": skips["skip_under_5s"],
        "skips_under_30s": skips["skip_under_30s"],
        "qualified_streams": sum(stream["is_qualified"] for stream in day_streams),
        "likes": len(day_likes),
        "is_artificial": first_verdict(truth, user_id, local_date),
        "is_active": day in truth.of(days_of_plays),
    }


def first_verdict(truth: Truth, user_id: int, local_date: date) -> bool:
    """Whether a fraud rule fires on what had arrived when the day's verdict first became final."""
    return truth.of(verdicts).get((user_id, local_date, month_of(local_date - timedelta(days=1))), False)
