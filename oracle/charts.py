"""What is listened to most: artists by country, genres by region, content by its trend."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from oracle.amounts import millionths, ratio
from oracle.days import chart_week
from oracle.engagement import content_daily
from oracle.lake import Row
from oracle.listening import countries, country_geography, plays, region_geography, regions, streams
from oracle.rules import rules
from oracle.tags import WHOLE, genres
from oracle.truth import Truth
from oracle.versions import NOT_APPLICABLE, artists


def qualified(truth: Truth) -> list[tuple[Row, Row]]:
    """Qualified streams, each with its place as it was played."""
    return [
        (stream, play)
        for stream, play in zip(truth.of(streams), truth.of(plays), strict=True)
        if stream["is_qualified"]
    ]


def ranked(scores: Iterable[tuple[Any, int]]) -> list[Any]:
    """What has a score, the highest first; ties by the lower id."""
    return [what for what, _ in sorted(scores, key=lambda pair: (-pair[1], pair[0]))]


def top_artists(truth: Truth) -> list[Row]:
    """Main artists by qualified streams, in each country of listening and in the world, by the month that books them.

    Listeners of the world are counted afresh: who listens in two countries is one.
    """
    listeners: dict[tuple[date, int], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for stream, play in truth.of(qualified):
        if stream["artist_id"] > 0:
            for country_id in {play["place"].country_id, NOT_APPLICABLE}:
                board = listeners[stream["local_booking_month"], country_id]
                board[stream["artist_id"]].append(stream["user_id"])
    found = []
    for (month, country_id), board in listeners.items():
        is_world = country_id == NOT_APPLICABLE
        country = truth.of(countries).get(country_id)
        order = ranked((artist_id, len(users)) for artist_id, users in board.items())
        for rank, artist_id in enumerate(order, start=1):
            artist = truth.of(artists).versions.get(artist_id)
            found.append(
                {
                    "month_start_date": month,
                    "country_geography_id": NOT_APPLICABLE if is_world else country_geography(country_id),
                    "country_code": "all" if is_world else "unknown" if country is None else country["country_code"],
                    "artist_id": artist_id,
                    "artist_name": "unknown" if artist is None else artist[-1].row["name"],
                    "artist_rank": rank,
                    "qualified_streams": len(board[artist_id]),
                    "listeners": len(set(board[artist_id])),
                    "is_world": is_world,
                }
            )
    return found


def top_genres(truth: Truth) -> list[Row]:
    """Genres by qualified streams in each region of listening, by the month that books them.

    A stream is shared among its recording's genres. Where only the country is known it stands for the region.
    """
    names = {row["genre_id"]: row["name"] for row in truth.lake.latest("genres")}
    streamed: dict[tuple[date, int, int], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    heard: dict[tuple[date, int, int], dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for stream, play in truth.of(qualified):
        place = play["place"]
        board = (stream["local_booking_month"], place.region_id, place.country_id)
        for tag in truth.of(genres)[stream["song_id"]]:
            streamed[board][tag.tag_id] += tag.weight_ppm
            heard[board][tag.tag_id].add(stream["user_id"])
    found = []
    for board, scores in streamed.items():
        month, region_id, country_id = board
        for rank, genre_id in enumerate(ranked(scores.items()), start=1):
            found.append(
                {
                    "month_start_date": month,
                    **_region(truth, region_id, country_id),
                    "genre_id": genre_id,
                    "genre_name": names.get(genre_id, "unknown"),
                    "genre_rank": rank,
                    "weighted_streams_ppm": scores[genre_id],
                    "weighted_streams": millionths(scores[genre_id]),
                    "listeners": len(heard[board][genre_id]),
                }
            )
    return found


def _region(truth: Truth, region_id: int, country_id: int) -> Row:
    country = truth.of(countries).get(country_id)
    region = truth.of(regions).get(region_id)
    country_name = "unknown" if country is None else country["name"]
    return {
        "region_geography_id": country_geography(country_id) if region is None else region_geography(region_id),
        "region_name": country_name if region is None else region["name"],
        "country_geography_id": country_geography(country_id),
        "country_code": "unknown" if country is None else country["country_code"],
    }


def popular_content(truth: Truth) -> list[Row]:
    """Content by trending score on each day and in each chart week in which it was played.

    A week has the score of its last day with something; ties go to more plays, then to the lower id.
    """
    boards: dict[tuple[str, date], dict[int, Row]] = defaultdict(dict)
    for row in sorted(truth.of(content_daily), key=lambda row: row["local_date"]):
        for kind, begin in (("day", row["local_date"]), ("week", chart_week(row["local_date"])[0])):
            board = boards[kind, begin]
            before = board.get(row["content_id"], {"plays": 0, "likes": 0})
            board[row["content_id"]] = {
                "trending_score": row["trending_score"],
                "plays": before["plays"] + row["plays"],
                "likes": before["likes"] + row["likes"],
            }
    names = {row["artist_id"]: row["name"] for row in truth.lake.latest("artists")}
    contents = {row["content_id"]: row for row in truth.lake.latest("content")}
    found = []
    for (kind, begin), board in boards.items():
        played = [(content_id, row) for content_id, row in board.items() if row["plays"] > 0]
        played.sort(key=lambda each: (-each[1]["trending_score"], -each[1]["plays"], each[0]))
        for rank, (content_id, row) in enumerate(played, start=1):
            content = contents[content_id]
            artist_id = NOT_APPLICABLE if content["artist_id"] is None else content["artist_id"]
            found.append(
                {
                    "window_kind": kind,
                    "window_start_date": begin,
                    "window_end_date": begin if kind == "day" else chart_week(begin)[1],
                    "content_id": content_id,
                    "content_type": content["content_type"],
                    "title": content["title"],
                    "artist_id": artist_id,
                    "artist_name": names.get(artist_id, "not applicable"),
                    "popularity_rank": rank,
                    **row,
                }
            )
    return found


def wrapped(truth: Truth) -> list[Row]:
    """What each listener heard most in a month and in a year: songs, artists and genres, and all of it.

    A stream is shared among its recording's genres. Ties go to more time, then to the lower id.
    """
    heard: dict[tuple[int, str, date, str], dict[int, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for stream, _ in truth.of(qualified):
        month = stream["local_booking_month"]
        for period in (("month", month), ("year", month.replace(month=1))):
            parts = [("all", NOT_APPLICABLE, WHOLE), ("song", stream["song_id"], WHOLE)]
            parts += [("artist", stream["artist_id"], WHOLE)] if stream["artist_id"] > 0 else []
            tags = truth.of(genres)[stream["song_id"]]
            parts += [("genre", tag.tag_id, tag.weight_ppm) for tag in tags if tag.tag_id > 0]
            for kind, item_id, weight in parts:
                sums = heard[stream["user_id"], *period, kind][item_id]
                sums[0] += weight
                sums[1] += stream["active_ms"] * weight
    names = {
        "song": {row["song_id"]: row["title"] for row in truth.lake.latest("songs")},
        "artist": {row["artist_id"]: row["name"] for row in truth.lake.latest("artists")},
        "genre": {row["genre_id"]: row["name"] for row in truth.lake.latest("genres")},
        "all": {NOT_APPLICABLE: "all"},
    }
    found = []
    for (user_id, period_kind, begin, kind), items in heard.items():
        order = sorted(items.items(), key=lambda item: (-item[1][0], -item[1][1], item[0]))
        shown = truth.of(rules).on("wrapped_items", begin)
        for rank, (item_id, (streams_ppm, active_ms_ppm)) in enumerate(order[:shown], start=1):
            found.append(
                {
                    "user_id": user_id,
                    "period_kind": period_kind,
                    "period_start_date": begin,
                    "item_kind": kind,
                    "item_rank": rank,
                    "item_id": item_id,
                    "item_name": names[kind][item_id],
                    "streams_ppm": streams_ppm,
                    "streams": millionths(streams_ppm),
                    "active_minutes": ratio(active_ms_ppm, 60_000 * WHOLE),
                }
            )
    return found
