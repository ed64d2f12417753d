"""Reading what the truth is worked out from: the clean lake's Parquet files and the seeds."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

Row = dict[str, Any]
"""One row: int, str, bool, datetime (aware, UTC), date, Decimal or None by column."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KEYS: dict[str, tuple[str, ...]] = {
    "song_artists": ("song_id", "artist_id", "role"),
    "song_genres": ("song_id", "genre_id"),
    "song_moods": ("song_id", "mood_id"),
    "song_works": ("song_id", "work_id"),
    "song_localizations": ("song_id", "language_id"),
    "user_preferred_genres": ("user_id", "genre_id"),
    "user_preferred_languages": ("user_id", "language_id"),
    "user_favourite_artists": ("user_id", "artist_id"),
    "play_ticks": ("stream_id", "tick_no"),
    "opening_listening_days": ("user_id", "local_date"),
    "opening_song_streams": ("song_id", "month_start"),
    "opening_chart_runs": ("chart_id", "run_no"),
    "issued_keys": ("entity", "issued_date"),
}
"""Keys of more than one column; every other table's key is its first column."""


class UnfitLakeError(Exception):
    """The lake is none that the truth can be worked out from: it is empty, or holds defects."""


class Lake:
    """The rows of a clean lake that arrived up to the end of the day `until` (UTC); all of them without it."""

    def __init__(self, root: Path, until: date | None = None, *, may_hold_defects: bool = False) -> None:
        """Raises `UnfitLakeError` for a lake with defects or without a day that has arrived by `until`."""
        self.root = root
        self.days: list[date] = []
        self.origin: Row = {}
        self._files: dict[str, list[Path]] = {}
        self._read: dict[tuple[str, str], list[Row]] = {}
        for path in sorted((root / "_manifests").glob("????-??-??.json")):
            day = date.fromisoformat(path.stem)
            if until is not None and day > until:
                break
            manifest = json.loads(path.read_text(encoding="utf-8"))
            if not manifest["clean"] and not may_hold_defects:
                raise UnfitLakeError(f"{root} holds defects on {day}: the truth is that of the clean rows")
            self.days.append(day)
            self.origin = {name: value for name, value in manifest.items() if name not in ("files", "arrival_date")}
            for file in manifest["files"]:
                self._files.setdefault(file["table"], []).append(root / file["path"])
        if not self.days:
            raise UnfitLakeError(f"{root} holds no day that has arrived by {until or 'now'}")

    @property
    def opening_day(self) -> date:
        """The day on which the opening rows arrived: the one before service begins."""
        return self.days[0]

    @property
    def clock(self) -> datetime:
        """The data clock: the end of the last arrival day (exclusive, UTC)."""
        return datetime.combine(self.days[-1] + timedelta(days=1), datetime.min.time(), UTC)

    def events(self, table: str) -> list[Row]:
        """Every row of an event table, each key once (the first to arrive), in the order of the key."""
        return self._kept("events", table, lambda: self._once(table, self._key(table)))

    def changes(self, table: str) -> list[Row]:
        """Every change row of an entity, in the order of key and change_no."""
        key = self._key(table)
        return self._kept("changes", table, lambda: self._once(table, lambda row: (*key(row), row["change_no"])))

    def latest(self, table: str) -> list[Row]:
        """One image a key, in its order: an entity's highest change, a reference row's latest arrival."""
        return self._kept("latest", table, lambda: self._last(table))

    @property
    def tables(self) -> list[str]:
        """Names of the tables that have rows."""
        return sorted(self._files)

    def columns(self, table: str) -> list[str]:
        """Names of a table's columns, as its files have them; none where there is no file."""
        files = self._files.get(table, [])
        return list(pq.read_schema(files[0]).names) if files else []

    def key(self, table: str) -> tuple[str, ...]:
        """Names of the columns that identify a row, of an entity its image."""
        return _KEYS.get(table) or (self.columns(table)[0],)

    def values(
        self, table: str, columns: Sequence[str], keys: Collection[int] | None = None
    ) -> Iterator[tuple[Any, ...]]:
        """The values of these columns, row by row as they lie in the files; kept nowhere.

        With `keys`, of the rows alone whose first key column is one of them.
        """
        wanted = None if keys is None else pa.array(sorted(keys), pa.int64())
        for path in self._files.get(table, []):
            file = pq.ParquetFile(path).read(columns=list({*columns, self.key(table)[0]}))
            if wanted is not None:
                file = file.filter(pc.is_in(file.column(self.key(table)[0]), value_set=wanted))
            yield from zip(*(_values(file.column(name)) for name in columns), strict=True)

    def _kept(self, kind: str, table: str, make: Callable[[], list[Row]]) -> list[Row]:
        """Rows that are read once, however often they are asked for; they are not to be altered."""
        if (kind, table) not in self._read:
            self._read[kind, table] = make()
        return self._read[kind, table]

    def _last(self, table: str) -> list[Row]:
        rows = self._rows(table)
        if rows and "change_no" in rows[0]:
            rows.sort(key=lambda row: row["change_no"])
        else:
            rows.sort(key=lambda row: row["arrived_at"])
        key = self._key(table)
        found = {key(row): row for row in rows}
        return [found[each] for each in sorted(found)]

    def _once(self, table: str, key: Callable[[Row], Any]) -> list[Row]:
        found: dict[Any, Row] = {}
        for row in sorted(self._rows(table), key=lambda row: row["arrived_at"]):
            found.setdefault(key(row), row)
        return [found[each] for each in sorted(found)]

    def _key(self, table: str) -> Callable[[Row], tuple[Any, ...]]:
        names = _KEYS.get(table)
        if names is None:
            return lambda row: (next(iter(row.values())),)
        return lambda row: tuple(row[name] for name in names)

    def _rows(self, table: str) -> list[Row]:
        """The rows of a table as they lie in the files, in the order of arrival days."""
        return [row for path in self._files.get(table, []) for row in _rows_of(pq.ParquetFile(path).read())]


class Known(Lake):
    """What a lake held at an instant: the rows that had arrived before it, of plays those of a span of time.

    Of reference rows, which have no change rows to tell what they were, those known at the end.
    """

    def __init__(self, lake: Lake, clock: datetime, plays_from: datetime, plays_to: datetime) -> None:
        """Plays are those that began from `plays_from` until `plays_to`."""
        self.root, self.days, self.origin = lake.root, lake.days, lake.origin
        self._whole, self._clock, self._span = lake, clock, (plays_from, plays_to)
        self._read = {}

    @property
    def clock(self) -> datetime:
        """The instant."""
        return self._clock

    def events(self, table: str) -> list[Row]:
        """As of a lake."""
        begin, end = self._span
        return self._kept("events", table, lambda: [
            row
            for row in self._whole.events(table)
            if row["arrived_at"] < self._clock and (table != "streams" or begin <= row["started_at"] < end)
        ])  # fmt: skip

    def changes(self, table: str) -> list[Row]:
        """As of a lake."""
        return self._kept("changes", table, lambda: [
            row for row in self._whole.changes(table) if row["arrived_at"] < self._clock
        ])  # fmt: skip

    def latest(self, table: str) -> list[Row]:
        """As of a lake."""
        rows, key = self._whole.latest(table), self._key(table)
        if not rows or "change_no" not in rows[0]:
            return rows
        return self._kept("latest", table, lambda: list({key(row): row for row in self.changes(table)}.values()))


class Planted:
    """What was planted on purpose in the lake that was loaded, by the list that lies beside it."""

    def __init__(self, lake: Lake, listed: Path) -> None:
        """`lake` is the one that was loaded, `listed` the folder of its list: a file a day, in folders or not."""
        self.lake = lake
        self._rows: dict[str, list[Row]] = {}
        for path in sorted(listed.rglob("*.parquet")):
            if date.fromisoformat(path.stem) <= lake.days[-1]:
                for row in pq.ParquetFile(path).read().to_pylist():
                    self._rows.setdefault(row["table_name"], []).append(row)

    def rows(self, table: str) -> list[Row]:
        """The entries of the list about a table: `row_key`, `expected` (what must become of it) and more."""
        return self._rows.get(table, [])


class Seeds:
    """The seeds: small tables as CSV files, looked up by name in any folder below `root`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def rows(self, name: str) -> list[dict[str, str]]:
        """The rows as texts; raises `FileNotFoundError` where no seed has the name."""
        for path in self.root.rglob(f"{name}.csv"):
            with path.open(encoding="utf-8", newline="") as stream:
                return list(csv.DictReader(stream))
        raise FileNotFoundError(f"There is no seed {name} in {self.root}")


def _rows_of(table: pa.Table) -> Iterator[Row]:
    columns = [_values(column) for column in table.columns]
    for values in zip(*columns, strict=True):
        yield dict(zip(table.column_names, values, strict=True))


def _values(column: pa.ChunkedArray) -> list[Any]:
    """Values as plain Python; instants all in the one `UTC`, which compares faster than a zone each."""
    if not pa.types.is_timestamp(column.type):
        return list(column.to_pylist())
    counts = column.cast(pa.timestamp("us", tz="UTC")).cast(pa.int64()).to_pylist()
    return [None if count is None else _EPOCH + timedelta(microseconds=count) for count in counts]
