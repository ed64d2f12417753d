"""The gate before a load lets a sound feed through and keeps a broken one out, saying why."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest
from small_lake import TABLES, Rows, sighting, write_day, write_opening

from sonic.errors import SonicError
from sonic.expectations.gate import check, require
from sonic.paths import Home
from sonic.warehouse.duck import DuckDB
from sonic.warehouse.lake import Lake, Manifest
from sonic.warehouse.load import load

FIRST = date(2026, 1, 1)
DAYS = 5
LAST = FIRST + timedelta(days=DAYS - 1)
ROWS = 600


def sightings(day: date) -> Rows:
    """A day's rows with the few defects that the gate leaves to staging: a row twice, an unknown thing, a null."""
    rows = [sighting(day, sequence) for sequence in range(ROWS)]
    return [*rows, rows[0], {**rows[1], "sighting_id": rows[1]["sighting_id"] + ROWS, "thing_id": None}]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """An opening and some days that are alike."""
    root = tmp_path / "lake"
    write_opening(root)
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        write_day(root, day, {"sightings": sightings(day)})
    return Lake(root)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "state")


def test_a_sound_feed_passes(lake: Lake, home: Home) -> None:
    report = check(home, lake, list(lake.manifests()), TABLES)
    assert report.findings == ()
    assert [batch.name for batch in report.batches] == ["file sets", "sightings", "files"]
    assert report.page.exists()
    front = report.page.read_text(encoding="utf-8")
    assert all(f'<a href="{batch.page}">' in front and batch.page for batch in report.batches)
    pages = [path.read_text(encoding="utf-8") for path in report.page.parent.rglob("*.html")]
    assert any("columns_declared" in page and "no_strays" in page for page in pages)


def yesterday(lake: Path) -> None:
    before = LAST - timedelta(days=1)
    write_day(lake, LAST, {"sightings": [{**row, "arrived_at": row["seen_at"]} for row in sightings(before)]})


def no_arrival(lake: Path) -> None:
    """Of a day with few rows, too."""
    write_day(lake, LAST, {"sightings": [{**sightings(LAST)[0], "arrived_at": None}]})


def empty_column(lake: Path) -> None:
    write_day(lake, LAST, {"sightings": [{**row, "seen_at": None} for row in sightings(LAST)]})


def twice(lake: Path) -> None:
    write_day(lake, LAST, {"sightings": sightings(LAST) * 2})


def other_unit(lake: Path) -> None:
    write_day(lake, LAST, {"sightings": [{**row, "thing_id": -row["sighting_id"]} for row in sightings(LAST)]})


def few_rows(lake: Path) -> None:
    write_day(lake, LAST, {"sightings": sightings(LAST)[:20]})


def missing_day(lake: Path) -> None:
    (lake / "_manifests" / f"{LAST - timedelta(days=1)}.json").unlink()


FAULTS: dict[Callable[[Path], None], str] = {
    yesterday: f"arrival_date={LAST}/part-0.parquet: {ROWS + 2} rows of another day or none",
    no_arrival: f"arrival_date={LAST}/part-0.parquet: 1 rows of another day or none",
    empty_column: "column values to not be null (column seen_at",
    twice: "column proportion of unique values to be between (column sighting_id",
    other_unit: "column values to be between (column thing_id",
    few_rows: "column values to be between (column like_other_days",
    missing_day: "column values to be between (column days_since_last",
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_broken_feed_is_not_loaded(fault: Callable[[Path], None], lake: Lake, home: Home, tmp_path: Path) -> None:
    fault(lake.root)
    database = DuckDB("duckdb", tmp_path / "duckdb" / "test.duckdb")
    load(database, lake, until=LAST - timedelta(days=2), tables=TABLES)

    def gate(manifests: Sequence[Manifest]) -> None:
        require(home, lake, manifests, TABLES)

    with pytest.raises(SonicError) as raised:
        load(database, lake, tables=TABLES, check=gate)
    assert FAULTS[fault] in raised.value.what
    assert Path(raised.value.where).read_text(encoding="utf-8").startswith("<!doctype html>")
    assert database.value("select max(arrival_date) from ops.loads") == LAST - timedelta(days=2)
