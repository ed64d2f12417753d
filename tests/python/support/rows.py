"""A lake for the oracle that is given its rows, and short forms of them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from oracle.lake import Lake, Seeds
from oracle.truth import Truth
from sonic.paths import PROJECT

Row = dict[str, Any]
OPENING_DAY, LAST_DAY = date(2025, 12, 31), date(2026, 2, 28)


class GivenLake(Lake):
    """A lake of the rows given by table, as if they had been read."""

    def __init__(self, tables: Mapping[str, list[Row]], last_day: date = LAST_DAY) -> None:
        self.root = Path()
        self.days = [OPENING_DAY, last_day]
        self.origin = {}
        self._tables = tables
        self._read = {}

    def _rows(self, table: str) -> list[Row]:
        return [dict(row) for row in self._tables.get(table, [])]


def truth(last_day: date = LAST_DAY, **tables: list[Row]) -> Truth:
    """The truth of the rows given by table as of a last day, with the project's seeds."""
    return Truth(GivenLake(tables, last_day), Seeds(PROJECT / "seeds"))


def at(text: str) -> datetime:
    """An instant, written without its zone: UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def change(row: Row, changed: str, change_no: int = 0) -> Row:
    """A change row of an entity that arrives at once."""
    return row | {"changed_at": at(changed), "change_no": change_no, "arrived_at": at(changed)}


DAY = date(2026, 1, 5)
OPENED = "2025-01-01 00:00:00"
"""When everything in `WORLD` was there."""
WORLD: dict[str, list[dict[str, Any]]] = {
    "countries": [
        {"country_id": 1, "country_code": "IN", "name": "India", "time_zone": "Asia/Kolkata", "arrived_at": at(OPENED)},
        {"country_id": 2, "country_code": "BR", "name": "Brazil", "time_zone": "America/Sao_Paulo",
         "arrived_at": at(OPENED)},
    ],
    "regions": [{"region_id": 2, "country_id": 2, "name": "Bahia", "arrived_at": at(OPENED)}],
    "cities": [{"city_id": 4, "region_id": 2, "time_zone": "America/Sao_Paulo", "arrived_at": at(OPENED)}],
    "users": [
        change({"user_id": 1, "status": "active", "payment_country_id": 1, "created_at": at(OPENED)}, OPENED),
        change(
            {"user_id": 1, "status": "suspended", "payment_country_id": 1, "created_at": at(OPENED)},
            "2026-01-10 00:00:00",
            1,
        ),
    ],
    "artists": [change({"artist_id": 9, "created_at": at(OPENED)}, OPENED)],
    "content": [
        change({"content_id": number, "content_type": kind, "artist_id": 9, "duration_ms": length,
                "created_at": at(OPENED)}, OPENED)
        for number, kind, length in ((1, "song", 200_000), (2, "song", 20_000), (3, "video", 90_000))
    ],
    "songs": [
        change({"song_id": number, "content_id": number, "album_id": None, "duration_ms": length,
                "created_at": at(OPENED)}, OPENED)
        for number, length in ((1, 200_000), (2, 20_000))
    ],
    "song_artists": [
        change({"song_id": 1, "artist_id": artist, "role": role, "credit_position": position}, OPENED)
        for artist, role, position in ((11, "main", 2), (12, "main", 1), (10, "writer", 1))
    ],
    "plans": [change({"plan_id": 1, "tier": "free"}, OPENED), change({"plan_id": 2, "tier": "prime"}, OPENED)],
    "plan_prices": [change({"plan_price_id": 5, "plan_id": 2, "valid_from": date(2025, 1, 1)}, OPENED)],
    "subscriptions": [
        change({"subscription_id": 3, "user_id": 1, "plan_price_id": 5, "state": state, "household_id": None,
                "started_at": at("2026-01-03 00:00:00"), "current_period_end_at": at("2026-01-06 00:00:00")}, since, no)
        for no, (state, since) in enumerate((("active", "2026-01-03 00:00:00"), ("cancelled", "2026-01-04 00:00:00")))
    ],
}  # fmt: skip
"""Two countries, an account (suspended on the tenth), a song of 200 s, one of 20 s, a video, a subscription."""


def play(**more: Any) -> dict[str, Any]:
    """A play of the song of 200 s in full, on a phone in India, with what differs."""
    row = {
        "stream_id": 1, "user_id": 1, "content_id": 1, "device_id": 1, "session_id": 1, "voice_command_id": None,
        "started_at": at("2026-01-05 20:00:00"), "startup_ms": 100, "played_ms": 200_000,
        "played_ms_basis": "reported", "is_completed": True, "is_skipped": False, "skip_reason": None,
        "is_shuffle": True, "is_offline": False, "context_type": "search", "context_id": None, "quality": "high",
        "ip_country_id": 1, "city_id": None,
    } | more  # fmt: skip
    return row | {"arrived_at": row.get("arrived_at", row["started_at"])}
