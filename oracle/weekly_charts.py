"""Weekly charts: each week as its close knew it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from oracle.amounts import millionths
from oracle.calendar import instant
from oracle.days import chart_week
from oracle.lake import Known, Row
from oracle.listening import country_geography, plays, streams
from oracle.rules import rules
from oracle.tags import genres
from oracle.truth import Truth
from oracle.versions import NOT_APPLICABLE, main_artists

WEEK = timedelta(days=7)
PAID = {"prime", "pro"}
Points = dict[tuple[int, int], list[int]]
"""Streams and their weight in millionths, by country and recording."""


def published_weeks(truth: Truth) -> Iterator[tuple[date, datetime]]:
    """Friday and close of the weeks that have closed, from the first that begins with the data."""
    first = truth.lake.opening_day + timedelta(days=1)
    friday = chart_week(first)[0]
    friday += WEEK if friday < first else timedelta(0)
    while (closes_at := instant(friday + WEEK) + _grace(truth, friday)) <= truth.lake.clock:
        yield friday, closes_at
        friday += WEEK


def _grace(truth: Truth, friday: date) -> timedelta:
    return timedelta(days=truth.of(rules).on("chart_close_days", friday))


def points(truth: Truth, friday: date, closes_at: datetime) -> Points:
    """What was streamed in a week: as a warehouse would say that had been loaded up to its close and no further."""
    begin = instant(friday)
    day = timedelta(days=1)
    # Zones are up to 14 hours from UTC, and a verdict looks at all of a local day.
    known = Truth(Known(truth.lake, closes_at, begin - 2 * day, begin + WEEK + 2 * day), truth.seeds)
    figures = known.of(rules)
    weights = {paid: figures.on(f"chart_{name}_weight_ppm", friday) for paid, name in ((True, "paid"), (False, "free"))}
    found: Points = defaultdict(lambda: [0, 0])
    for stream, play in zip(known.of(streams), known.of(plays), strict=True):
        if stream["is_qualified"] and chart_week(stream["local_date"])[0] == friday:
            sums = found[play["place"].country_id, stream["song_id"]]
            sums[0] += 1
            sums[1] += weights[stream["tier"] in PAID]
    return found


def chart_positions(truth: Truth) -> list[Row]:
    """Ranks of songs and artists on each chart, week by week, with what lay before the data."""
    opening = {
        (row["chart_id"], row["artist_id"] if row["song_id"] is None else row["song_id"]): row
        for row in truth.lake.events("opening_chart_runs")
    }
    ranks: dict[tuple[int, int], dict[date, int]] = defaultdict(dict)
    weeks = {key: row["weeks_on_chart"] for key, row in opening.items()}
    peaks = {key: row["peak_rank"] for key, row in opening.items()}
    for key, row in opening.items():
        ranks[key][row["last_week_start"]] = row["last_rank"]
    found = []
    for friday, closes_at in published_weeks(truth):
        week = points(truth, friday, closes_at)
        for chart in truth.lake.latest("charts"):
            if chart["created_at"].date() > friday:
                continue
            for rank, (subject, artist_id, count, weight) in enumerate(_ranked(truth, chart, week), start=1):
                key = (chart["chart_id"], subject)
                weeks[key] = weeks.get(key, 0) + 1
                peaks[key] = min(peaks.get(key, rank), rank)
                ranks[key][friday] = rank
                last = ranks[key].get(friday - WEEK)
                is_song = chart["subject"] == "song"
                country_id, genre_id = chart["country_id"], chart["genre_id"]
                found.append(
                    {
                        "chart_id": chart["chart_id"],
                        "week_start_date": friday,
                        "chart_rank": rank,
                        "chart_code": chart["chart_code"],
                        "chart_name": chart["name"],
                        "subject": chart["subject"],
                        "song_id": subject if is_song else NOT_APPLICABLE,
                        "artist_id": artist_id,
                        "country_geography_id": NOT_APPLICABLE if country_id is None else country_geography(country_id),
                        "genre_id": NOT_APPLICABLE if genre_id is None else genre_id,
                        "streams": count,
                        "weighted_streams_ppm": weight,
                        "weighted_streams": millionths(weight),
                        "last_week_rank": last,
                        "peak_rank": peaks[key],
                        "weeks_on_chart": weeks[key],
                        "is_new": weeks[key] == 1,
                        "is_re_entry": weeks[key] > 1 and last is None,
                        "week_end_date": friday + timedelta(days=6),
                        "published_at": closes_at,
                    }
                )
    return found


def _ranked(truth: Truth, chart: Row, week: Points) -> list[tuple[int, int, int, int]]:
    """What a chart shows of a week: song or artist, its artist, streams and weight, the heaviest first."""
    artists, first_tags = truth.of(main_artists), truth.of(genres)
    sums: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for (country_id, song_id), (count, weight) in week.items():
        subject = song_id if chart["subject"] == "song" else artists.get(song_id, 0)
        counts = {
            "global": True,
            "country": country_id == chart["country_id"],
            "genre": any(tag.position == 1 and tag.tag_id == chart["genre_id"] for tag in first_tags[song_id]),
        }[chart["scope"]]
        if counts and subject > 0:
            sums[subject][0] += count
            sums[subject][1] += weight
    shown: list[tuple[int, int, int, int]] = []
    songs_of: dict[int, int] = defaultdict(int)
    for subject, (count, weight) in sorted(sums.items(), key=lambda item: (-item[1][1], item[0])):
        artist_id = artists.get(subject, -1) if chart["subject"] == "song" else subject
        songs_of[artist_id] += artist_id > 0
        if songs_of[artist_id] <= (chart["max_songs_per_artist"] or len(sums)):
            shown.append((subject, artist_id, count, weight))
    return shown[: chart["positions"]]
