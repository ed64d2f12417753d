"""Wrong settlement documents: listed where dbt cannot read, found by the arithmetic that right ones keep."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from generators.ddl import TABLES
from generators.defects import defects_folder, misstate
from generators.defects.settlement import INVOICE_KINDS, STATEMENT_KINDS
from tests.python.generators.tables_in_duckdb import FIRST, clean_day, world

_INVOICES, _STATEMENTS = 33, 12
"""Day numbers on which invoices, and statements, are issued in the small data set."""
Rows = dict[tuple[Any, ...], dict[str, Any]]


def _misstated(lake: Path, number: int) -> tuple[dict[str, pa.Table], list[dict[str, Any]]]:
    day = FIRST + timedelta(days=number - 1)
    tables = misstate(clean_day(number), world(), day, lake)
    path = defects_folder(lake) / "settlement" / f"{day}.parquet"
    return tables, pq.read_table(path).to_pylist() if path.exists() else []


def _rows(table: pa.Table, *key: str) -> Rows:
    return {tuple(row[part] for part in key): row for row in table.to_pylist()}


def test_the_list_of_invoices_is_the_difference(tmp_path: Path) -> None:
    tables, listed = _misstated(tmp_path / "lake", _INVOICES)
    clean, dirty = (_rows(t["ad_invoices"], "ad_invoice_id") for t in (clean_day(_INVOICES), tables))
    kinds = {(entry["row_key"],): entry for entry in listed if entry["table_name"] == "ad_invoices"}
    assert len(kinds) >= 3
    assert {entry["kind"] for entry in kinds.values()} <= set(INVOICE_KINDS)
    assert {key for key in dirty if key not in clean} == {k for k, e in kinds.items() if e["kind"] == "billed_twice"}
    assert {key for key in clean if key not in dirty} == {k for k, e in kinds.items() if e["kind"] == "not_billed"}
    for key in clean.keys() & dirty.keys():
        if clean[key] == dirty[key]:
            assert key not in kinds
            continue
        entry = kinds[key]
        assert {c for c in clean[key] if clean[key][c] != dirty[key][c]} == {"amount_minor"} == {entry["column_name"]}
        assert (entry["clean_value"], entry["dirty_value"]) == (
            str(clean[key]["amount_minor"]),
            str(dirty[key]["amount_minor"]),
        )
        assert dirty[key]["amount_minor"] > clean[key]["amount_minor"]
    numbers = [row["invoice_number"] for row in dirty.values()]
    assert len(numbers) == len(set(numbers))
    assert tables["ad_invoices"].schema.equals(TABLES["ad_invoices"].lake_schema())


def test_wrong_statements_break_the_rule_that_right_ones_keep(tmp_path: Path) -> None:
    tables, listed = _misstated(tmp_path / "lake", _STATEMENTS)
    clean, dirty = (_rows(t["payouts"], "payout_id", "change_no") for t in (clean_day(_STATEMENTS), tables))
    assert clean.keys() == dirty.keys()
    kinds = {(entry["row_key"], entry["change_no"]): entry for entry in listed}
    assert {entry["kind"] for entry in kinds.values()} == set(STATEMENT_KINDS)
    for key, row in dirty.items():
        if key not in kinds:
            assert row == clean[key]
            continue
        result = "net_minor" if row["net_minor"] else "carried_forward_minor"
        changed = {column for column in row if row[column] != clean[key][column]}
        assert changed == {kinds[key]["column_name"], result}
        due = row["opening_balance_minor"] + row["gross_minor"] - row["recouped_minor"] - row["withheld_minor"]
        assert (row[result] > due) == (kinds[key]["kind"] == "overstated")
        assert int(kinds[key]["dirty_value"]) == row[kinds[key]["column_name"]]


def test_a_payment_is_as_wrong_as_its_statement() -> None:
    """On any day: whether a document is wrong hangs on its key."""
    statement = clean_day(_STATEMENTS)["payouts"].slice(0, 200)
    day = FIRST + timedelta(days=_STATEMENTS)
    today, later = (misstate({"payouts": statement}, world(), day + timedelta(days=n), None) for n in (0, 3))
    assert today["payouts"].equals(later["payouts"])
    assert not today["payouts"].equals(statement)


@pytest.mark.parametrize("number", [3, 20])
def test_other_days_are_left_as_they_are(tmp_path: Path, number: int) -> None:
    tables, listed = _misstated(tmp_path / "lake", number)
    assert not listed
    assert all(tables[name] is table for name, table in clean_day(number).items() if table.num_rows)


def test_the_first_invoice_of_a_month_is_wrong(tmp_path: Path) -> None:
    _, listed = _misstated(tmp_path / "lake", _INVOICES)
    assert listed[0]["kind"] == "invalid_billed"
    assert listed[0]["arrival_date"] == date(2026, 2, 2)
