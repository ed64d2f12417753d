"""Staging and marts, built from dirty data in steps or at once, say what plain Python says of the clean data."""

import shutil
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from generators.ddl import TABLES, Kind
from oracle.answers import ANSWERS
from oracle.truth import Truth
from sonic.cli.app import app
from sonic.paths import Home
from sonic.verify.staging import verify_staging
from sonic.verify.truth import verify
from sonic.warehouse.ask import ask, find
from tests.python.warehouse.conftest import environment

BITTEN = "bitten"
WITHOUT_ROWS = {"fct_artificial_penalties": "no recording of small data is a loop of bots; test_penalties.py has some"}
"""Marts to which this lake gives no row, and why."""


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
    assert (verdict.rows == 0) == (mart in WITHOUT_ROWS)
    shown = [f"{verdict.look(one)} {one.what}: {one.found}, not {one.expected}" for one in verdict.differences[:5]]
    assert not verdict.differences, "\n".join([f"{len(verdict.differences)} values differ", *shown])


@pytest.mark.parametrize("engine", ["duckdb", "embedded"])
def test_staging_holds_what_was_sent(engine: str, truth: Truth, request: pytest.FixtureRequest) -> None:
    """Every row of every table, each value in its column, on files as on tables; what was planted as it was sent."""
    database = request.getfixturevalue(engine).database
    with database.held():
        verdicts = {verdict.mart: verdict for verdict in verify_staging(database, truth)}
    sent = {f"stg_{table.domain}__{table.name}" for table in TABLES.values() if table.kind is not Kind.SUMMARY}
    assert sent < verdicts.keys() and "stg_catalog__songs_changes" in verdicts
    assert truth.planted is not None
    assert all(truth.planted.rows(table) for table in ("streams", "payouts", "ad_invoices"))
    differing = [verdict for verdict in verdicts.values() if verdict.differences]
    assert not differing, "\n".join(f"{each.mart}: {each.differences[:3]}" for each in differing)


def test_invoices_that_are_off_are_those_misstated(duckdb: Any, truth: Truth) -> None:
    """Impressions say what each invoice should be: those planted wrong are found, missing ones too, and no others."""
    (answer,) = ask(duckdb.home, duckdb.database, [find("ad_invoice_check")])
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    billed_to = {row["ad_invoice_id"]: row["campaign_id"] for row in truth.lake.events("ad_invoices")}
    billed_to |= dict(duckdb.database.query("select ad_invoice_id, campaign_id from staging.stg_ads__ad_invoices")[1])
    assert truth.planted is not None
    misstated = {billed_to[entry["row_key"]] for entry in truth.planted.rows("ad_invoices")}
    assert {row["campaign_id"] for row in rows if row["is_off"]} == misstated != set()
    assert all(row["difference_minor"] == 0 for row in rows if not row["is_off"])


def test_what_is_wrong_in_staging_is_found_and_printed(duckdb: Any, lake: Any, truth: Truth) -> None:
    """Two columns mixed up, a row lost, a row twice: by key, with both sides."""
    name = "stg_billing__tips"
    (view,) = duckdb.database.query(f"select sql from duckdb_views() where view_name = '{name}'")[1][0]
    tips = duckdb.database.query(f"select tip_id from staging.{name} order by 1 limit 3")[1]
    first, second, third = (tip for (tip,) in tips)
    duckdb.database.execute(
        f"""
        create or replace view staging.{name} as
        with told as (
            select * exclude (reject_rule, row_payload)
                replace (case when tip_id = {first} then artist_id else user_id end as user_id)
            from staging.base_billing__tips
            where reject_rule is null and tip_id <> {second}
        )
        select * from told union all select * from told where tip_id = {third}
        """
    )
    try:
        told = verified(duckdb.home, duckdb.database.name, lake, name)
    finally:
        duckdb.database.execute(f"drop view staging.{name}")
        duckdb.database.execute(view)
    assert told.exit_code == 1
    tip = next(row for row in truth.lake.events("tips") if row["tip_id"] == first)
    assert f"user_id: warehouse {tip['artist_id']}, oracle {tip['user_id']}" in told.output
    assert f"select * from staging.{name} where tip_id = {first};" in told.output
    assert f"tip_id {second}" in told.output and "warehouse no row, oracle one row" in told.output
    assert "warehouse 2 rows of this key, oracle one row" in told.output
    right = verified(duckdb.home, duckdb.database.name, lake, name)
    assert right.exit_code == 0 and "row for row: 1 staged table (" in right.output


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
    right = verified(duckdb.home, duckdb.database.name, lake, "fct_streams")
    bitten = verified(duckdb.home, BITTEN, lake, "fct_streams")
    copy.unlink()
    assert right.exit_code == 0, right.output
    assert bitten.exit_code == 1
    assert "3 rows differ, 3 values" in bitten.output
    assert f"select * from marts.fct_streams where stream_id = {first};" in bitten.output
    active = truth.of(ANSWERS["fct_streams"])[0]["active_ms"]
    assert f"active_ms: warehouse {active + 1}, oracle {active}" in bitten.output
    assert f"stream_id {second}" in bitten.output and "warehouse no row, oracle one row" in bitten.output
    assert "stream_id 7" in bitten.output and "warehouse one row, oracle no row" in bitten.output


@pytest.mark.parametrize("name", ["fct_nothing", "stg_nothing"])
def test_an_unknown_table_is_named(duckdb: Any, lake: Any, name: str) -> None:
    asked = verified(duckdb.home, duckdb.database.name, lake, name)
    assert asked.exit_code == 2
    assert name in asked.output


def verified(home: Home, database: str, lake: Any, name: str) -> Result:
    """What `sonic verify oracle` says of a table of a DuckDB warehouse."""
    command = ["verify", "oracle", "--only", name, "--rows", "9", "--target", "duckdb", "--lake", str(lake.root)]
    with environment({"SONIC_HOME": str(home.root), "SONIC_DATABASE": database}):
        return CliRunner().invoke(app, command)
