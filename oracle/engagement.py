"""What listeners do beside playing: follows, edits of playlists, recommendations answered, feedback."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from oracle.amounts import ratio
from oracle.calendar import local
from oracle.days import NO_DATE
from oracle.lake import Row
from oracle.listening import streams
from oracle.rules import rules
from oracle.sessions import home_of, milliseconds
from oracle.truth import Truth
from oracle.versions import NOT_APPLICABLE, UNKNOWN, artists, playlists, users


def _or_none(value: int | None) -> int:
    return NOT_APPLICABLE if value is None else value


def follows(truth: Truth) -> list[Row]:
    """Follows as they are now; one without end has lasted up to the data clock."""
    found = []
    for row in truth.lake.latest("follows"):
        at, until, user_id = row["followed_at"], row["unfollowed_at"], row["follower_user_id"]
        artist_id = row["target_id"] if row["target_type"] == "artist" else None
        found.append(
            {
                "follow_id": row["follow_id"],
                "user_id": user_id,
                "user_key": truth.of(users).key_of_event(user_id, at),
                "artist_id": _or_none(artist_id),
                "artist_key": truth.of(artists).key_of_event(artist_id, at),
                "followed_user_id": row["target_id"] if row["target_type"] == "user" else NOT_APPLICABLE,
                "target_type": row["target_type"],
                "followed_ms": max(0, milliseconds(at, until or truth.lake.clock) or 0),
                "is_current": until is None,
                "followed_date": at.date(),
                "unfollowed_date": NO_DATE if until is None else until.date(),
                "local_date": local(at, home_of(truth, user_id, at).zone).date(),
                "followed_at": at,
                "unfollowed_at": until,
            }
        )
    return found


def playlist_events(truth: Truth) -> list[Row]:
    """Edits of playlists; what the lock refused leads to no revision."""
    kept = (
        "playlist_event_id", "playlist_id", "event_type", "position_before", "position_after", "revision_before",
        "revision_after", "is_accepted", "occurred_at", "arrived_at",
    )  # fmt: skip
    found = []
    for row in truth.lake.events("playlist_events"):
        at, user_id = row["occurred_at"], row["actor_user_id"]
        found.append(
            {
                **{name: row[name] for name in kept},
                "playlist_key": truth.of(playlists).key_of_event(row["playlist_id"], at),
                "user_id": _or_none(user_id),
                "user_key": truth.of(users).key_of_event(user_id, at),
                "content_id": _or_none(row["content_id"]),
                "collaborator_user_id": _or_none(row["collaborator_user_id"]),
                "playlist_item_id": _or_none(row["playlist_item_id"]),
                "is_conflict": not row["is_accepted"],
                "occurred_date": at.date(),
                "local_date": local(at, home_of(truth, user_id, at).zone).date(),
            }
        )
    return found


def recommendations(truth: Truth) -> list[Row]:
    """What was recommended, and what became of the play that began with it."""
    played = {stream["stream_id"]: stream for stream in truth.of(streams)}
    kept = (
        "recommendation_id", "user_id", "session_id", "content_id", "list_kind", "list_rank", "reason",
        "model_version", "score", "generated_at", "served_at", "clicked_at", "arrived_at",
    )  # fmt: skip
    found = []
    for row in truth.lake.events("recommendations"):
        at, stream = row["served_at"], played.get(row["stream_id"])
        found.append(
            {
                **{name: row[name] for name in kept},
                "user_key": truth.of(users).key_of_event(row["user_id"], at),
                "stream_id": _or_none(row["stream_id"]),
                "list_age_ms": milliseconds(row["generated_at"], at),
                "click_delay_ms": milliseconds(at, row["clicked_at"]),
                "active_ms": 0 if stream is None else stream["active_ms"],
                "is_clicked": row["clicked_at"] is not None,
                "is_played": stream is not None,
                "is_qualified": stream is not None and stream["is_qualified"],
                "is_completed": stream is not None and stream["is_completed"],
                "is_skipped": stream is not None and stream["skip_class"] != "not_skipped",
                "served_date": at.date(),
                "local_date": local(at, home_of(truth, row["user_id"], at).zone).date(),
            }
        )
    return found


def feedback(truth: Truth) -> list[Row]:
    """Reactions, ratings, reviews, comments, saves and shares in one form, on the date at home."""
    content_of = {row["song_id"]: row["content_id"] for row in truth.lake.latest("songs")}
    found = []
    for kind, row, target_type, target_id, what, stars, at, withdrawn_at in _given(truth):
        content_id = NOT_APPLICABLE
        if target_type == "content":
            content_id = target_id
        elif target_type == "song":
            content_id = content_of.get(target_id, UNKNOWN)
        found.append(
            {
                "feedback_kind": kind,
                "feedback_id": row[f"{kind}_id"],
                "user_id": row["user_id"],
                "user_key": truth.of(users).key_of_event(row["user_id"], at),
                "content_id": content_id,
                "album_id": target_id if target_type == "album" else NOT_APPLICABLE,
                "target_type": target_type,
                "target_id": target_id,
                "feedback_type": what,
                "stars": stars,
                "is_withdrawn": withdrawn_at is not None,
                "given_date": at.date(),
                "local_date": local(at, home_of(truth, row["user_id"], at).zone).date(),
                "given_at": at,
                "withdrawn_at": withdrawn_at,
            }
        )
    return found


Given = tuple[str, Row, str, int, str, int | None, datetime, datetime | None]
"""Kind, row, kind and id of the target, what it says, stars, when it was given and withdrawn."""


def _given(truth: Truth) -> Iterator[Given]:
    for row in truth.lake.events("reactions"):
        yield "reaction", row, row["target_type"], row["target_id"], row["reaction_type"], None, row["reacted_at"], None
    for row in truth.lake.latest("ratings"):
        yield "rating", row, "song", row["song_id"], "stars", row["stars"], row["rated_at"], None
    for row in truth.lake.latest("reviews"):
        target_id = row["song_id"] if row["target_type"] == "song" else row["album_id"]
        stars, at = row["rating"], row["created_at"]
        yield "review", row, row["target_type"], target_id, "text", stars, at, row["deleted_at"]
    for row in truth.lake.latest("comments"):
        target_type = next(name for name in ("content", "post", "review") if row[f"{name}_id"] is not None)
        what = "comment" if row["parent_comment_id"] is None else "reply"
        yield "comment", row, target_type, row[f"{target_type}_id"], what, None, row["created_at"], row["deleted_at"]
    for row in truth.lake.latest("saves"):
        yield "save", row, "content", row["content_id"], row["save_type"], None, row["saved_at"], row["removed_at"]
    for row in truth.lake.events("shares"):
        target_type = "post" if row["content_id"] is None else "content"
        yield "share", row, target_type, row[f"{target_type}_id"], row["share_type"], None, row["shared_at"], None


def content_daily(truth: Truth) -> list[Row]:
    """Content by day with a play (local date) or feedback (UTC date); only plays that came in time count.

    Trending: plays of the last 7 days, each day's weighted by 0.5^(age / 2 days) in millionths, over the same sum
    7 days before, plus 10 in numerator and denominator.
    """
    played: dict[ContentDay, list[Row]] = defaultdict(list)
    for stream in truth.of(streams):
        played[stream["content_id"], stream["local_date"]].append(stream)
    kept: dict[ContentDay, Counter[str]] = defaultdict(Counter)
    for given in truth.of(feedback):
        if given["content_id"] > 0:
            what = given["feedback_type"]
            if given["feedback_kind"] == "reaction" and what in ("like", "love"):
                what = "like"
            elif given["feedback_kind"] != "save":
                what = "other"
            kept[given["content_id"], given["given_date"]][what] += 1
    in_time = {day: [play for play in some if not play["is_after_local_close"]] for day, some in played.items()}
    found = []
    for content_id, day in sorted(played.keys() | kept.keys()):
        plays, given_then = in_time.get((content_id, day), []), kept.get((content_id, day), Counter())
        skips = sum(play["skip_class"] != "not_skipped" for play in plays)
        completed = sum(play["is_completed"] for play in plays)
        recent, before, offset = _trend(truth, in_time, content_id, day)
        found.append(
            {
                "content_id": content_id,
                "local_date": day,
                "plays": len(plays),
                "listeners": len({play["user_id"] for play in plays}),
                "likes": given_then["like"],
                "saves": given_then["library"],
                "downloads": given_then["download"],
                "skips": skips,
                "completed_plays": completed,
                "skip_rate": ratio(skips, len(plays)),
                "completion_rate": ratio(completed, len(plays)),
                "trending_plays_ppm": recent,
                "trending_plays_before_ppm": before,
                "trending_score": ratio(recent + offset, before + offset),
            }
        )
    return found


ContentDay = tuple[int, date]


def _trend(truth: Truth, in_time: dict[ContentDay, list[Row]], content_id: int, day: date) -> tuple[int, int, int]:
    """Weighted plays of a window of days and of the one before, and the offset of both: in millionths."""
    figures = truth.of(rules)
    window, half_life = figures.on("trending_window_days", day), figures.on("trending_half_life_days", day)
    sums = [0, 0]
    for age in range(2 * window):
        weight = int(Decimal(10**6) * Decimal("0.5") ** (Decimal(age % window) / half_life) + Decimal("0.5"))
        sums[age // window] += weight * len(in_time.get((content_id, day - timedelta(days=age)), []))
    return sums[0], sums[1], figures.on("trending_offset", day) * 10**6
