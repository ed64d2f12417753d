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
