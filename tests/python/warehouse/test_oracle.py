"""The marts, built from dirty data in steps or at once, say what plain Python says of the clean data."""

import shutil
from typing import Any

import pytest
from typer.testing import CliRunner

from oracle.answers import ANSWERS
from oracle.truth import Truth
from sonic.cli.app import app
from sonic.verify.truth import truth_of, verify
from tests.python.warehouse.conftest import environment

BITTEN = "bitten"


@pytest.fixture(scope="module")
def truth(duckdb: Any, lake: Any) -> Truth:
    """The truth of the lake's clean twin, worked out once for all tests."""
    return truth_of(duckdb.home, duckdb.database, lake)


@pytest.mark.parametrize("mart", sorted(ANSWERS))
def test_marts_of_duckdb_are_true(duckdb: Any, truth: Truth, mart: str) -> None:
    """Built at once."""
    assert_true(duckdb, truth, mart)


@pytest.mark.parametrize("mart", sorted(ANSWERS))
def test_marts_of_postgres_are_true(embedded: Any, truth: Truth, mart: str) -> None:
    """Built in steps."""
    assert_true(embedded, truth, mart)


def assert_true(warehouse: Any, truth: Truth, mart: str) -> None:
    (verdict,) = verify(warehouse.database, truth, [mart])
    assert verdict.rows > 0
    shown = [f"{verdict.look(one)} {one.what}: {one.found}, not {one.expected}" for one in verdict.differences[:5]]
    assert not verdict.differences, "\n".join([f"{len(verdict.differences)} values differ", *shown])


def test_what_is_wrong_is_found_and_printed(duckdb: Any, lake: Any, truth: Truth) -> None:
    """A changed cell, a lost row and an extra one, each with its key; whoever sees them can look closer at once."""
    duckdb.database.execute("force checkpoint")
    copy = duckdb.database.path.with_name(f"{BITTEN}.duckdb")
    shutil.copyfile(duckdb.database.path, copy)
    warehouse = type(duckdb.database)("duckdb", copy)
    first, second, third = (
        row[0] for row in warehouse.query("select stream_id from marts.fct_streams order by 1 limit 3")[1]
    )
    table = "marts.fct_streams"
    warehouse.execute(f"update {table} set active_ms = active_ms + 1 where stream_id = {first}")
    warehouse.execute(f"delete from {table} where stream_id = {second}")
    warehouse.execute(f"insert into {table} select * replace (7 as stream_id) from {table} where stream_id = {third}")
    command = ["verify", "oracle", "--only", "fct_streams", "--target", "duckdb", "--lake", str(lake.root)]
    home = {"SONIC_HOME": str(duckdb.home.root)}
    with environment(home | {"SONIC_DATABASE": duckdb.database.name}):
        right = CliRunner().invoke(app, command)
    with environment(home | {"SONIC_DATABASE": BITTEN}):
        bitten = CliRunner().invoke(app, command)
    copy.unlink()
    assert right.exit_code == 0, right.output
    assert bitten.exit_code == 1
    assert "3 rows differ, 3 values" in bitten.output
    assert f"select * from marts.fct_streams where stream_id = {first};" in bitten.output
    active = truth.of(ANSWERS["fct_streams"])[0]["active_ms"]
    assert f"active_ms: warehouse {active + 1}, oracle {active}" in bitten.output
    assert f"stream_id {second}" in bitten.output and "warehouse no row, oracle one row" in bitten.output
    assert "stream_id 7" in bitten.output and "warehouse one row, oracle no row" in bitten.output


def test_an_unknown_mart_is_named(duckdb: Any, lake: Any) -> None:
    with environment({"SONIC_HOME": str(duckdb.home.root)}):
        asked = CliRunner().invoke(
            app, ["verify", "oracle", "--only", "fct_nothing", "-t", "duckdb", "--lake", str(lake.root)]
        )
    assert asked.exit_code == 2
    assert "fct_nothing" in asked.output
