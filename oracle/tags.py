"""What belongs to a recording in parts: genres, moods and credits, with the part of each; languages."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from oracle.amounts import allocate, millionths
from oracle.lake import Row
from oracle.truth import Truth
from oracle.versions import NOT_APPLICABLE, UNKNOWN

WHOLE = 1_000_000


@dataclass(frozen=True)
class Tag:
    """One tag of a recording; -1 where it has none. Its part in millionths."""

    tag_id: int
    position: int
    weight_ppm: int


def recordings(truth: Truth) -> list[int]:
    """Ids of the recordings known, the members unknown and not applicable among them."""
    return [UNKNOWN, NOT_APPLICABLE, *(row["song_id"] for row in truth.lake.latest("songs"))]


def tags(truth: Truth, table: str, column: str) -> dict[int, list[Tag]]:
    """The tags of every recording: equal parts of a whole."""
    positions: dict[int, dict[int, int]] = defaultdict(dict)
    for row in truth.lake.latest(table):
        positions[row["song_id"]][row[column]] = row["tag_position"]
    found = {}
    for song_id in recordings(truth):
        own = positions.get(song_id, {UNKNOWN: 1})
        parts = allocate(WHOLE, dict.fromkeys(own, 1), song_id)
        found[song_id] = [Tag(tag_id, position, parts[tag_id]) for tag_id, position in own.items()]
    return found


def genres(truth: Truth) -> dict[int, list[Tag]]:
    """Genres of each recording."""
    return tags(truth, "song_genres", "genre_id")


def moods(truth: Truth) -> dict[int, list[Tag]]:
    """Moods of each recording."""
    return tags(truth, "song_moods", "mood_id")


def bridge_song_genre(truth: Truth) -> list[Row]:
    """Recordings and their genres, each with its wider genre (at the top the genre itself)."""
    names = {row["genre_id"]: row["name"] for row in truth.lake.latest("genres")}
    wider = {row["genre_id"]: row["parent_genre_id"] for row in truth.lake.latest("genres")}
    rows = []
    for song_id, song_tags in truth.of(genres).items():
        for tag in song_tags:
            genre = names.get(tag.tag_id, "unknown")
            parent = names.get(wider.get(tag.tag_id) or tag.tag_id, "unknown")
            rows.append({"genre_id": tag.tag_id, "genre": genre, "parent_genre": parent, **_weighed(song_id, tag)})
    return rows


def bridge_song_mood(truth: Truth) -> list[Row]:
    """Recordings and their moods."""
    names = {row["mood_id"]: row["name"] for row in truth.lake.latest("moods")}
    return [
        {"mood_id": tag.tag_id, "mood": names.get(tag.tag_id, "unknown"), **_weighed(song_id, tag)}
        for song_id, song_tags in truth.of(moods).items()
        for tag in song_tags
    ]


def _weighed(song_id: int, tag: Tag) -> Row:
    return {
        "song_id": song_id,
        "tag_position": tag.position,
        "weight_ppm": tag.weight_ppm,
        "weight": millionths(tag.weight_ppm),
    }


def bridge_song_contributor(truth: Truth) -> list[Row]:
    """Credits of recordings: the main artists share a recording equally, other roles weigh nothing."""
    credits: dict[int, list[Row]] = defaultdict(list)
    for row in truth.lake.latest("song_artists"):
        credits[row["song_id"]].append(row)
    rows = []
    for song_id in recordings(truth):
        own = credits.get(song_id, [])
        main = {row["artist_id"]: row["credit_position"] for row in own if row["role"] == "main"} or {UNKNOWN: 1}
        parts = allocate(WHOLE, dict.fromkeys(main, 1), song_id)
        found = [(artist_id, "main", position, parts[artist_id]) for artist_id, position in main.items()]
        found += [(row["artist_id"], row["role"], row["credit_position"], 0) for row in own if row["role"] != "main"]
        for artist_id, role, position, part in found:
            rows.append(
                {
                    "song_id": song_id,
                    "artist_id": artist_id,
                    "contributor_role": role,
                    "credit_position": position,
                    "weight_ppm": part,
                    "weight": millionths(part),
                }
            )
    return rows


def bridge_song_language(truth: Truth) -> list[Row]:
    """Languages of a recording: the one it is sung in, and those that a text was delivered in."""
    texts = {(row["song_id"], row["language_id"]): row for row in truth.lake.latest("song_localizations")}
    sung: dict[tuple[int, int], str] = {
        (UNKNOWN, UNKNOWN): "unknown",
        (NOT_APPLICABLE, NOT_APPLICABLE): "not applicable",
    }
    for song in truth.lake.latest("songs"):
        sung[song["song_id"], song["original_language_id"]] = song["title"]
    rows = []
    for key in {**sung, **texts}:
        text = texts.get(key)
        rows.append(
            {
                "song_id": key[0],
                "language_id": key[1],
                "title": sung[key] if text is None else text["title"],
                "has_lyrics": text is not None and text["lyrics"] is not None,
                "is_translation": text is not None and text["is_translation"],
                "is_original_language": key in sung,
            }
        )
    return rows
