"""What creators pay to be promoted, and how much more they are streamed for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from math import isqrt

from oracle.active import first_day
from oracle.ads import impressions
from oracle.amounts import half_up, millionths
from oracle.campaigns import campaign_status
from oracle.exchange import micro_per_minor, rates
from oracle.lake import Row
from oracle.listening import streams
from oracle.rules import rules
from oracle.truth import Truth
from oracle.versions import NOT_APPLICABLE, artists, main_artists, song_of_content

_MEASURED = ("song", "album", "artist")


def sold(truth: Truth) -> list[Row]:
    """Promotions by campaigns, which end with their campaign, and placements on the explore page."""
    ended = {
        row["campaign_id"]: row["valid_from"] for row in reversed(truth.of(campaign_status)) if row["status"] == "ended"
    }
    charged: dict[int, int] = defaultdict(int)
    for entry in truth.lake.events("promotion_ledger"):
        charged[entry["creator_promotion_id"]] += entry["amount_minor"]
    found = []
    for row in truth.lake.latest("creator_promotions"):
        song_id = truth.of(song_of_content).get(row["content_id"])
        found.append(
            {
                "promotion_kind": "promotion",
                "source_id": row["creator_promotion_id"],
                "item_type": "other" if song_id is None else "song",
                "item_id": row["content_id"] if song_id is None else song_id,
                **{name: row[name] for name in ("artist_id", "content_id", "campaign_id", "transaction_id", "state")},
                "currency_code": row["currency_code"],
                "spend_minor": charged[row["creator_promotion_id"]],
                "booked_at": row["created_at"],
                "starts_at": row["scheduled_from"],
                "ends_at": min(row["scheduled_to"], ended.get(row["campaign_id"], row["scheduled_to"])),
            }
        )
    content = {row["song_id"]: row["content_id"] for row in truth.lake.latest("songs")}
    for row in truth.lake.latest("featured_items"):
        state = "ended" if row["ends_at"] < truth.lake.clock else "active"
        found.append(
            {
                "promotion_kind": "placement",
                "source_id": row["featured_item_id"],
                **{name: row[name] for name in ("artist_id", "item_type", "item_id", "transaction_id")},
                "content_id": content[row["item_id"]] if row["item_type"] == "song" else NOT_APPLICABLE,
                "campaign_id": NOT_APPLICABLE,
                "state": "scheduled" if row["starts_at"] >= truth.lake.clock else state,
                "currency_code": row["currency_code"],
                "spend_minor": row["price_minor"],
                "booked_at": row["created_at"],
                **{name: row[name] for name in ("starts_at", "ends_at")},
            }
        )
    return [row | _window(truth, row) for row in found]


def _window(truth: Truth, row: Row) -> Row:
    """Its days, and how many of them can be compared with as many days before."""
    begin = row["starts_at"].date()
    end = (row["ends_at"] - timedelta(milliseconds=1)).date() + timedelta(days=1)
    limit = truth.of(rules).on("effect_window_days", begin)
    days = min((min(end, truth.lake.clock.date()) - begin).days, (begin - first_day(truth)).days, limit)
    return {"starts_date": begin, "ends_date": end, "window_days": max(days, 0)}


def qualified_by_day(truth: Truth) -> dict[int, dict[date, int]]:
    """Qualified streams of each recording by local day."""
    found: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for stream in truth.of(streams):
        if stream["is_qualified"]:
            found[stream["song_id"]][stream["local_date"]] += 1
    return found


def parts(truth: Truth) -> dict[str, dict[int, list[Row]]]:
    """Recordings of each song, album and artist."""
    found: dict[str, dict[int, list[Row]]] = {kind: defaultdict(list) for kind in _MEASURED}
    for song in truth.lake.latest("songs"):
        owner = truth.of(main_artists).get(song["song_id"])
        found["song"][song["song_id"]].append(song)
        if song["album_id"] is not None:
            found["album"][song["album_id"]].append(song)
        if owner is not None:
            found["artist"][owner].append(song)
    return found


class Windows:
    """What everything was streamed before and during a window, worked out once for each."""

    def __init__(self, truth: Truth) -> None:
        self._truth = truth
        self._known: dict[tuple[str, date, int], dict[int, tuple[int, int]]] = {}

    def of(self, kind: str, begin: date, days: int) -> dict[int, tuple[int, int]]:
        """By item its qualified streams in the days before and those from `begin` on.

        Recordings that came after the first of these days do not count, and what has no other is left out.
        """
        key = (kind, begin, days)
        if key not in self._known:
            self._known[key] = dict(self._made(*key))
        return self._known[key]

    def _made(self, kind: str, begin: date, days: int) -> Iterator[tuple[int, tuple[int, int]]]:
        first, last = begin - timedelta(days=days), begin + timedelta(days=days)
        played = self._truth.of(qualified_by_day)
        for item, songs in self._truth.of(parts)[kind].items():
            there = [song["song_id"] for song in songs if song["created_at"].date() <= first]
            if there:
                counts = [(day, count) for song in there for day, count in played.get(song, {}).items()]
                before = sum(count for day, count in counts if first <= day < begin)
                during = sum(count for day, count in counts if begin <= day < last)
                yield item, (before, during)


def creator_promotions(truth: Truth) -> list[Row]:
    """Promotions and placements with their cost, what was shown, and the streams that they brought.

    Difference in differences: what it gained, less the mean of what others gained that had as many streams before, a
    quarter more or less, and were not promoted within the window. The interval is that of one more such gain.
    """
    shown: dict[int, list[Row]] = defaultdict(list)
    for row in truth.of(impressions):
        shown[row["campaign_id"]].append(row)
    windows, every = Windows(truth), truth.of(sold)
    found = []
    for row in every:
        at, day = row["booked_at"], row["booked_at"].date()
        micro = row["spend_minor"] * truth.of(micro_per_minor)[row["currency_code"]]
        by_campaign = row["campaign_id"] != NOT_APPLICABLE
        some = shown.get(row["campaign_id"], [])
        found.append(
            row
            | _effect(truth, row, every, windows)
            | {
                "artist_key": truth.of(artists).key_of_event(row["artist_id"], at),
                "transaction_id": NOT_APPLICABLE if row["transaction_id"] is None else row["transaction_id"],
                "spend_reporting_micro": truth.of(rates).to_reporting(micro, row["currency_code"], day),
                "impressions": len(some) if by_campaign else None,
                "valid_impressions": sum(each["is_valid"] for each in some) if by_campaign else None,
                "delivered_micro": sum(each["price_micro"] for each in some) if by_campaign else None,
            }
        )
    return found


def _effect(truth: Truth, row: Row, every: list[Row], windows: Windows) -> Row:
    kind, begin, days = row["item_type"], row["starts_date"], row["window_days"]
    known = {"streams_before": None, "streams_during": None, "controls": 0}
    unmatched = dict.fromkeys(
        (
            "control_streams_before", "control_streams_during", "incremental_streams", "incremental_streams_from",
            "incremental_streams_to",
        )
    )  # fmt: skip
    if kind not in _MEASURED or not days:
        return known | unmatched
    there = windows.of(kind, begin, days)
    if row["item_id"] not in there:
        return known | unmatched
    before, during = there[row["item_id"]]
    known |= {"streams_before": before, "streams_during": during}
    first, last = begin - timedelta(days=days), begin + timedelta(days=days)
    promoted = {
        other["item_id"]
        for other in every
        if other["item_type"] == kind and other["starts_date"] < last and first < other["ends_date"]
    }
    matched = [
        counts for item, counts in there.items() if item not in promoted and abs(counts[0] - before) * 4 <= before
    ]
    n = len(matched)
    if n < 2:
        return known | unmatched
    gains = [after - earlier for earlier, after in matched]
    total, squares = sum(gains), sum(gain * gain for gain in gains)
    incremental = half_up(((during - before) * n - total) * 1_000_000, n)
    z = truth.of(rules).on("confidence_z_micro", begin)
    half_width = isqrt(z * z * (n * squares - total * total) * (n + 1) // (n * n * (n - 1)))
    return known | {
        "controls": n,
        "control_streams_before": sum(earlier for earlier, _ in matched),
        "control_streams_during": sum(after for _, after in matched),
        "incremental_streams": millionths(incremental),
        "incremental_streams_from": millionths(incremental - half_width),
        "incremental_streams_to": millionths(incremental + half_width),
    }
