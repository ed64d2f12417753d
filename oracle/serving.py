"""What the app reads: feeds, and what a search is fed from."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta

from oracle.amounts import ratio
from oracle.calendar import instant
from oracle.dimensions import dim_artist
from oracle.engagement import feedback, follows, playlist_events
from oracle.lake import Row
from oracle.listening import streams
from oracle.rules import rules
from oracle.truth import Truth
from oracle.versions import NOT_APPLICABLE, UNKNOWN, main_artists

_TIES = ("published", "shared", "added")
Item = tuple[datetime, str, int, Row]
"""Instant, kind and id of an item, and what it tells."""


def data_day(truth: Truth) -> date:
    """The last day that has arrived."""
    return truth.lake.clock.date() - timedelta(days=1)


def user_feed(truth: Truth) -> list[Row]:
    """What those followed published, shared and added to public playlists lately; the newest first."""
    today = data_day(truth)
    begin = instant(today - timedelta(days=truth.of(rules).on("feed_days", today) - 1))
    of_artist: dict[int, list[Item]] = defaultdict(list)
    of_user: dict[int, list[Item]] = defaultdict(list)
    for row in truth.lake.latest("content"):
        if _is_shown(row) and row["artist_id"] is not None:
            told = {"artist_id": row["artist_id"], "content_id": row["content_id"]}
            of_artist[row["artist_id"]].append((row["published_at"], "published", row["content_id"], told))
    for row in truth.of(feedback):
        if row["feedback_kind"] == "share" and row["content_id"] > 0:
            told = {"actor_user_id": row["user_id"], "content_id": row["content_id"]}
            of_user[row["user_id"]].append((row["given_at"], "shared", row["feedback_id"], told))
    public = {
        row["playlist_id"] for row in truth.lake.latest("playlists") if row["is_public"] and row["deleted_at"] is None
    }
    for row in truth.of(playlist_events):
        by_someone = row["event_type"] == "item_added" and row["user_id"] > 0
        if by_someone and row["is_accepted"] and row["playlist_id"] in public:
            told = {name: row[name] for name in ("content_id", "playlist_id")} | {"actor_user_id": row["user_id"]}
            of_user[row["user_id"]].append((row["occurred_at"], "added", row["playlist_event_id"], told))
    followed: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for row in truth.of(follows):
        if row["is_current"]:
            followed[row["user_id"]].add((row["artist_id"], row["followed_user_id"]))
    found = []
    for user_id, targets in followed.items():
        items = [item for artist_id, who in targets for item in (*of_artist[artist_id], *of_user[who])]
        items = [item for item in items if begin <= item[0] < truth.lake.clock]
        items.sort(key=lambda item: (-item[0].timestamp(), _TIES.index(item[1]), item[2]))
        for rank, (at, kind, item_id, told) in enumerate(items[: truth.of(rules).on("feed_items", today)], start=1):
            found.append(
                {
                    "user_id": user_id,
                    "feed_rank": rank,
                    "item_kind": kind,
                    "item_id": item_id,
                    **dict.fromkeys(("artist_id", "actor_user_id", "playlist_id"), NOT_APPLICABLE),
                    **told,
                    "happened_date": at.date(),
                    "happened_at": at,
                }
            )
    return found


def search_documents(truth: Truth) -> list[Row]:
    """What can be searched for by all, each with how popular it is among its kind."""
    found = []
    popularity = _popularity(truth)
    for kind, some in _documents(truth).items():
        counts = popularity[kind]
        ordered = sorted((-counts[document[0]], *document) for document in some)
        for rank, (_, document_id, title, subtitle) in enumerate(ordered, start=1):
            found.append(
                {
                    "document_kind": kind,
                    "document_id": document_id,
                    "title": title,
                    "subtitle": subtitle,
                    "search_text": f"{title} {subtitle}",
                    "popularity": counts[document_id],
                    "popularity_rank": rank,
                    "boost": ratio(len(some) - rank + 1, len(some)),
                }
            )
    return found


def _popularity(truth: Truth) -> dict[str, Counter[int]]:
    """Qualified streams of late by song, artist and playlist; followers by account."""
    today = data_day(truth)
    begin = today - timedelta(days=truth.of(rules).on("popularity_days", today) - 1)
    found: dict[str, Counter[int]] = defaultdict(Counter)
    for stream in truth.of(streams):
        if stream["is_qualified"] and stream["local_date"] >= begin:
            for kind in ("song", "artist", "playlist"):
                found[kind][stream[f"{kind}_id"]] += 1
    found["user"].update(row["followed_user_id"] for row in truth.of(follows) if row["is_current"])
    return found


def _documents(truth: Truth) -> dict[str, list[tuple[int, str, str]]]:
    """Id, title and subtitle by kind."""
    lake = truth.lake
    shown = {row["content_id"] for row in lake.latest("content") if _is_shown(row)}
    artists = {row["artist_id"]: row for row in dim_artist(truth) if row["is_current"]}
    main = truth.of(main_artists)
    public = {row["user_id"] for row in lake.latest("user_settings") if row["is_profile_public"]}
    return {
        "song": [
            (row["song_id"], row["title"], artists[main.get(row["song_id"], UNKNOWN)]["name"])
            for row in lake.latest("songs")
            if row["content_id"] in shown
        ],
        "artist": [(key, row["name"], row["label_name"]) for key, row in artists.items() if key > 0],
        "playlist": [
            (row["playlist_id"], row["name"], row["playlist_type"])
            for row in lake.latest("playlists")
            if row["is_public"] and row["deleted_at"] is None
        ],
        "user": [
            (row["user_id"], row["display_name"], row["user_name"])
            for row in lake.latest("users")
            if row["status"] == "active" and row["user_id"] in public
        ],
    }


def _is_shown(content: Row) -> bool:
    """Whether all may see a piece of content."""
    return bool(content["privacy"] == "public" and content["upload_status"] == "published")
