"""What artists see: plays, additions to playlists, saves and followers by day and country."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from oracle.engagement import feedback, follows, playlist_events
from oracle.lake import Row
from oracle.listening import countries, country_geography, plays, streams
from oracle.truth import Truth
from oracle.versions import NOT_APPLICABLE, UNKNOWN, main_artists, song_of_content, users

Cell = tuple[int, int, date]
"""Artist, country (-2: of nobody) and day."""


def artist_daily(truth: Truth) -> list[Row]:
    """Artists by day and country in which something happened.

    Plays that are not artificial and came in time, by local date where they happened; the rest by the country in which
    the account resides then.
    """
    heard: dict[Cell, list[Row]] = defaultdict(list)
    for stream, play in zip(truth.of(streams), truth.of(plays), strict=True):
        if stream["artist_id"] > 0 and not stream["is_artificial"] and not stream["is_after_local_close"]:
            heard[stream["artist_id"], play["place"].country_id, stream["local_date"]].append(stream)
    done: dict[Cell, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for event in truth.of(playlist_events):
        if event["is_accepted"] and event["event_type"] == "item_added":
            _count(truth, done, "playlist_adds", event, event["occurred_at"], event["local_date"])
    for given in truth.of(feedback):
        if given["feedback_kind"] == "save":
            _count(truth, done, "saves", given, given["given_at"], given["local_date"])
    for follow in truth.of(follows):
        begun = follow["followed_at"]
        _count(truth, done, "new_followers", follow, begun, follow["followed_date"])
        if not follow["is_current"]:
            _count(truth, done, "lost_followers", follow, begun, follow["unfollowed_date"])
    names = {row["artist_id"]: row["name"] for row in truth.lake.latest("artists")}
    followers: dict[tuple[int, int], int] = defaultdict(int)
    found = []
    for cell in sorted(heard.keys() | done.keys()):
        artist_id, country_id, day = cell
        some, deeds = heard.get(cell, []), done.get(cell, {})
        counted = {name: deeds.get(name, 0) for name in ("playlist_adds", "saves", "new_followers", "lost_followers")}
        followers[artist_id, country_id] += counted["new_followers"] - counted["lost_followers"]
        country = truth.of(countries).get(country_id)
        nobody = country_id == NOT_APPLICABLE
        found.append(
            {
                "artist_id": artist_id,
                "artist_name": names.get(artist_id, "unknown"),
                "local_date": day,
                "country_geography_id": NOT_APPLICABLE if nobody else country_geography(country_id),
                "country_code": (
                    "not applicable" if nobody else "unknown" if country is None else country["country_code"]
                ),
                "plays": len(some),
                "listeners": len({stream["user_id"] for stream in some}),
                "active_ms": sum(stream["active_ms"] for stream in some),
                **counted,
                "followers": followers[artist_id, country_id],
            }
        )
    return found


def creator_dashboard(truth: Truth) -> list[Row]:
    """The same, with the clock of all data."""
    return [{**row, "known_until": truth.lake.clock} for row in truth.of(artist_daily)]


def clock(truth: Truth) -> list[Row]:
    """Until when all is told."""
    return [{"known_until": truth.lake.clock}]


def _owner(truth: Truth, content_id: int) -> int:
    """Whose content it is: the main artist of a recording, else the publisher; -1 unknown."""
    song_id = truth.of(song_of_content).get(content_id)
    if song_id is not None and song_id in truth.of(main_artists):
        return truth.of(main_artists)[song_id]
    return truth.of(_publishers).get(content_id) or UNKNOWN


def _publishers(truth: Truth) -> dict[int, int | None]:
    return {row["content_id"]: row["artist_id"] for row in truth.lake.latest("content")}


def _count(truth: Truth, done: dict[Cell, dict[str, int]], what: str, row: Row, at: datetime, day: date) -> None:
    artist_id = row["artist_id"] if "artist_id" in row else _owner(truth, row["content_id"])
    if artist_id <= 0:
        return
    country_id = NOT_APPLICABLE
    if row["user_id"] != NOT_APPLICABLE:
        account = truth.of(users).of_event(row["user_id"], at)
        country_id = UNKNOWN if account is None else account.row["residence_country_id"]
    done[artist_id, country_id, day][what] += 1
