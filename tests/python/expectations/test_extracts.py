"""An extract appears whole and checked, or not at all."""

import logging
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

from sonic.errors import SonicError
from sonic.expectations.extracts import export
from sonic.paths import Home
from sonic.project.marts import Column, Mart
from sonic.warehouse.duck import DuckDB
from sonic.warehouse.extract import Format

ODD = "🎧🔥 \u202e\u05d0\u05d1\u202c \"'\\ \\. a\r\nb\n\\.\tc 𠀀 \x01 \u00a0, ;"
MART = Mart(
    "dim_thing",
    "Grain: one thing.",
    ("thing_id",),
    (
        Column("thing_id", "bigint", "Id."),
        Column("name", "text", "Name."),
        Column("share", "numeric(18,6)", "Share."),
        Column("since", "date", "Day."),
        Column("seen_at", "timestamptz", "Instant."),
        Column("is_sure", "boolean", "Sure."),
    ),
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "state")


@pytest.fixture
def database(tmp_path: Path) -> DuckDB:
    """A database with one mart of three rows, awkward texts and nulls among them."""
    made = DuckDB("duckdb", tmp_path / "duckdb" / "test.duckdb")
    made.execute("create schema marts")
    columns = ", ".join(f"{column.name} {column.type}" for column in MART.columns)
    made.execute(f"create table marts.dim_thing ({columns})")
    odd = ODD.replace("'", "''")
    made.execute(f"insert into marts.dim_thing values (2, '{odd}', 0.5, null, null, null)")
    first = "1, '', 1.25, date '2026-01-01', timestamptz '2026-01-01 02:00:00+01', true"
    made.execute(f"insert into marts.dim_thing values ({first})")
    made.execute("insert into marts.dim_thing values (3, null, null, null, null, false)")
    return made


@pytest.mark.parametrize("form", Format)
def test_the_file_holds_the_mart(form: Format, home: Home, database: DuckDB, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    written = export(home, database, [MART], folder, form)
    path = folder / f"dim_thing.{form}"
    assert written == {path: 3}
    assert list(folder.iterdir()) == [path]
    kept = pc.ConvertOptions(strings_can_be_null=True, quoted_strings_can_be_null=False)
    lines = pc.ParseOptions(newlines_in_values=True)
    rows = (pq.read_table(path) if form is Format.PARQUET else pc.read_csv(path, None, lines, kept)).to_pylist()
    assert [row["thing_id"] for row in rows] == [1, 2, 3]
    assert [row["name"] for row in rows] == ["", ODD, None]
    assert [float(row["share"] or 0) for row in rows] == [1.25, 0.5, 0]
    assert rows[0]["since"] == date(2026, 1, 1)
    assert rows[0]["seen_at"] == datetime(2026, 1, 1, 1, tzinfo=UTC)
    assert [row["is_sure"] for row in rows] == [True, None, False]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("(4, 'write to jo@example.org', 1, null, null, true)", "column values to not match regex (column name"),
        ("(2, 'again', 1, null, null, true)", "column values to be unique (column thing_id"),
        ("(null, 'nobody', 1, null, null, true)", "column values to not be null (column thing_id"),
    ],
)
def test_what_should_not_leave_stays(row: str, said: str, home: Home, database: DuckDB, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    export(home, database, [MART], folder, Format.PARQUET)
    before = (folder / "dim_thing.parquet").read_bytes()
    database.execute(f"insert into marts.dim_thing values {row}")
    with pytest.raises(SonicError) as raised:
        export(home, database, [MART], folder, Format.PARQUET)
    assert said in raised.value.what
    assert Path(raised.value.where).exists()
    assert (folder / "dim_thing.parquet").read_bytes() == before
    assert len(list(folder.iterdir())) == 1


def test_a_mart_that_was_built_of_another_model(home: Home, database: DuckDB, tmp_path: Path) -> None:
    newer = Mart("dim_thing", "Grain: one thing.", ("thing_id",), (*MART.columns, Column("colour", "text", "Colour.")))
    with pytest.raises(SonicError, match=r"dim_thing cannot be read.*colour") as raised:
        export(home, database, [newer], tmp_path / "out", Format.PARQUET)
    assert "sonic build" in raised.value.todo
    assert list((tmp_path / "out").iterdir()) == []


def test_a_mart_that_is_not_built(home: Home, database: DuckDB, tmp_path: Path) -> None:
    absent = Mart("dim_absent", "Grain: none.", ("thing_id",), MART.columns)
    with pytest.raises(SonicError, match="dim_absent cannot be read"):
        export(home, database, [MART, absent], tmp_path / "out", Format.CSV)
    assert list((tmp_path / "out").iterdir()) == []


def test_great_expectations_says_nothing_of_its_folders(home: Home, database: DuckDB, tmp_path: Path) -> None:
    told = StringIO()
    handler = logging.StreamHandler(told)
    logging.getLogger().addHandler(handler)
    try:
        export(home, database, [MART], tmp_path / "out", Format.CSV)
    finally:
        logging.getLogger().removeHandler(handler)
    assert not told.getvalue()
