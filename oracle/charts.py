"""What is listened to most: artists by country, genres by region."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from oracle.amounts import millionths
from oracle.lake import Row
from oracle.listening import countries, country_geography, plays, region_geography, regions, streams
from oracle.tags import genres
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
