"""Two warehouses of one lake are compared row for row, and a difference is named."""

from pathlib import Path

import pytest
from small_lake import OPENING, TABLES, write_opening

from sonic.errors import SonicError
from sonic.paths import Home
from sonic.project.marts import find
from sonic.verify.agreement import agree, bring, built_until
from sonic.warehouse.duck import DuckDB
from sonic.warehouse.lake import Lake
from sonic.warehouse.load import load

MART = find("dim_currency")


def warehouse(path: Path, *rows: str) -> DuckDB:
    """A database with a few currencies: each row is the value of all text columns."""
    made = DuckDB("duckdb", path)
    made.execute("create schema marts")
    columns = ", ".join(f"{column.name} {column.type}" for column in MART.columns)
    made.execute(f"create table marts.dim_currency ({columns})")
    for row in rows:
        values = ", ".join(f"'{row}'" if column.type == "text" else "null" for column in MART.columns)
        made.execute(f"insert into marts.dim_currency values ({values})")
    return made


def test_the_same_rows_agree(tmp_path: Path) -> None:
    one, other = warehouse(tmp_path / "1.duckdb", "EUR", "INR"), warehouse(tmp_path / "2.duckdb", "INR", "EUR")
    (verdict,) = agree(one, other, ["dim_currency"])
    assert (verdict.mart, verdict.rows, verdict.differences) == ("dim_currency", 2, [])


def test_what_differs_is_named(tmp_path: Path) -> None:
    one, other = warehouse(tmp_path / "1.duckdb", "EUR", "INR"), warehouse(tmp_path / "2.duckdb", "EUR", "BRL")
    one.execute("update marts.dim_currency set name = 'euro' where currency_code = 'EUR'")
    (verdict,) = agree(one, other, ["dim_currency"])
    assert [(each.key, each.what, each.found, each.expected) for each in verdict.differences] == [
        (("BRL",), "row", "no row", "one row"),
        (("EUR",), "name", "'euro'", "'EUR'"),
        (("INR",), "row", "one row", "no row"),
    ]
    assert verdict.look(verdict.differences[1]) == "select * from marts.dim_currency where currency_code = 'EUR';"


def test_what_is_not_built_is_not_compared(tmp_path: Path) -> None:
    write_opening(tmp_path / "lake")
    lake = Lake(tmp_path / "lake")
    database = DuckDB("duckdb", tmp_path / "1.duckdb")
    load(database, lake, tables=TABLES)
    with pytest.raises(SonicError, match="not built"):
        built_until(database, lake)
    with pytest.raises(SonicError, match="come further"):
        bring(Home(tmp_path / "state"), database, lake, OPENING.replace(day=1))
    with pytest.raises(SonicError, match="dim_currency cannot be read"):
        list(agree(database, database, ["dim_currency"]))
