"""Ranks, shared streams, parts of a recording and members of a dimension, by hand."""

from datetime import date
from typing import Any

from rows import OPENED, WORLD, at, change, play, truth

from oracle.charts import ranked, top_artists, top_genres
from oracle.days import chart_week, dates
from oracle.dimensions import age_band, completed_years, with_members
from oracle.tags import bridge_song_contributor, bridge_song_language, genres

GENRES = [
    {"genre_id": number, "name": name, "parent_genre_id": None, "arrived_at": at(OPENED)}
    for number, name in ((1, "Filmi"), (2, "Pop"), (3, "Samba"))
]
BRAZIL = {"ip_country_id": 2, "city_id": 4}


def tagged(song_id: int, *ids: int) -> list[dict[str, Any]]:
    """Genres of a song, the main one first."""
    return [
        change({"song_id": song_id, "genre_id": genre_id, "tag_position": number}, OPENED)
        for number, genre_id in enumerate(ids, start=1)
    ]


def test_ties_go_to_the_lower_id() -> None:
    assert ranked([(3, 5), (2, 7), (1, 5)]) == [2, 1, 3]


def test_listeners_of_the_world_are_counted_afresh() -> None:
    """One account in India and, through a city, in Brazil; a play of ten seconds counts nowhere."""
    found = truth(
        **WORLD, streams=[play(stream_id=1), play(stream_id=2, **BRAZIL), play(stream_id=3, played_ms=10_000)]
    ).of(top_artists)
    counts = {row["country_code"]: (row["qualified_streams"], row["listeners"]) for row in found}
    assert counts == {"IN": (1, 1), "BR": (1, 1), "all": (2, 1)}
    assert {(row["artist_id"], row["artist_rank"], row["month_start_date"]) for row in found} == {
        (12, 1, date(2026, 1, 1))
    }


def test_genres_share_a_stream() -> None:
    """Two genres share two streams, a third song has none; where no city is known the country is the region."""
    found = truth(
        **WORLD,
        genres=GENRES,
        song_genres=tagged(1, 2, 1),
        streams=[play(stream_id=1), play(stream_id=2), play(stream_id=3, content_id=2, played_ms=20_000),
                 play(stream_id=4, **BRAZIL)],
    ).of(top_genres)  # fmt: skip
    rows = [(row["region_name"], row["genre_name"], row["genre_rank"], row["weighted_streams_ppm"]) for row in found]
    assert sorted(rows) == [
        ("Bahia", "Filmi", 1, 500_000),
        ("Bahia", "Pop", 2, 500_000),
        ("India", "Filmi", 2, 1_000_000),
        ("India", "Pop", 3, 1_000_000),
        ("India", "unknown", 1, 1_000_000),
    ]


def test_parts_of_a_recording_are_a_whole() -> None:
    world = truth(**WORLD, genres=GENRES, song_genres=tagged(1, 1, 2, 3))
    assert sorted(tag.weight_ppm for tag in world.of(genres)[1]) == [333_333, 333_333, 333_334]
    assert [(tag.tag_id, tag.weight_ppm) for tag in world.of(genres)[2]] == [(-1, 1_000_000)]
    parts = {(row["song_id"], row["artist_id"]): row["weight_ppm"] for row in world.of(bridge_song_contributor)}
    assert parts[1, 11] + parts[1, 12] == 1_000_000
    assert (parts[1, 10], parts[2, -1]) == (0, 1_000_000)


def test_languages_of_a_recording() -> None:
    """The one it is sung in without a text of its own, and a translation."""
    song = {"song_id": 1, "content_id": 1, "original_language_id": 3, "title": "Sung", "created_at": at(OPENED)}
    text = {"song_id": 1, "language_id": 4, "title": "Told", "lyrics": None, "is_translation": True}
    found = truth(songs=[change(song, OPENED)], song_localizations=[change(text, OPENED)]).of(bridge_song_language)
    assert [(row["title"], row["is_original_language"], row["is_translation"]) for row in found] == [
        ("unknown", True, False), ("not applicable", True, False), ("Sung", True, False), ("Told", False, True),
    ]  # fmt: skip


def test_ages_change_on_the_birthday() -> None:
    assert completed_years(date(2008, 3, 2), date(2026, 3, 1)) == 17
    assert completed_years(date(2008, 3, 2), date(2026, 3, 2)) == 18
    world = truth()
    assert age_band(world, date(2008, 3, 2), date(2026, 3, 1)) == "13-17"
    assert age_band(world, date(2008, 3, 2), date(2026, 3, 2)) == "18-24"
    assert age_band(world, None, date(2026, 3, 2)) == "unknown"


def test_members() -> None:
    rows = with_members([{"thing_id": 1, "name": "one", "size": 3, "is_inferred": False}], "name")
    assert rows[1:] == [
        {"thing_id": -1, "name": "unknown", "size": None, "is_inferred": False},
        {"thing_id": -2, "name": "not applicable", "size": None, "is_inferred": False},
    ]


def test_weeks() -> None:
    """Chart weeks run from Friday to Thursday; 1 January 2027 is in the 53rd ISO week of 2026."""
    assert chart_week(date(2026, 1, 1)) == (date(2025, 12, 26), date(2026, 1, 1))
    assert chart_week(date(2026, 1, 2)) == (date(2026, 1, 2), date(2026, 1, 8))
    day = {row["date_day"]: row for row in truth().of(dates)}[date(2027, 1, 1)]
    assert (day["iso_year"], day["iso_week_of_year"], day["quarter_of_year"], day["is_weekend"]) == (2026, 53, 1, False)
