"""Defects: the list says exactly how the dirty day differs from the clean one, and repairs undo what can be undone."""

from collections import Counter
from datetime import timedelta
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from generators.api import make_day
from generators.core.calendar import midnight
from generators.core.world import World
from generators.ddl import TABLES, Kind
from generators.defects import ADDED_SEQUENCE, DEFECTS, Defect, apply, defects_folder
from generators.defects.kinds import ALTERED, ORPHAN_ID
from tests.python.generators.tables_in_duckdb import FIRST, SCALE, clean_day, world

DAYS = range(1, 37)
Rows = dict[tuple[object, ...], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the lake of these days would lie."""
    return tmp_path_factory.mktemp("defects") / "lake"


@cache
def dirty_day(lake: Path, number: int) -> tuple[dict[str, pa.Table], list[dict[str, object]]]:
    """Dirty tables of a day and the list of its defects."""
    day = FIRST + timedelta(days=number - 1)
    tables = apply(clean_day(number), world(), day, lake)
    return tables, pq.read_table(defects_folder(lake) / f"{day.isoformat()}.parquet").to_pylist()


def _by_key(name: str, table: pa.Table) -> Rows:
    declared = TABLES[name]
    key = (*declared.key, "change_no") if declared.kind is Kind.ENTITY else declared.key
    rows: Rows = {}
    for row in table.to_pylist():
        rows.setdefault(tuple(row[part] for part in key), []).append(row)
    return rows


@pytest.mark.parametrize("number", [2, 12])
def test_the_list_is_the_difference(lake: Path, number: int) -> None:
    tables, listed = dirty_day(lake, number)
    for name, clean in clean_day(number).items():
        mine = [entry for entry in listed if entry["table_name"] == name]
        added = Counter((entry["row_key"], entry["change_no"]) for entry in mine if entry["is_added"])
        assert tables[name].num_rows == clean.num_rows + sum(added.values())
        if name not in {defect.table for defect in DEFECTS}:
            assert tables[name] is clean
            continue
        before, after = _by_key(name, clean), _by_key(name, tables[name])
        for key, rows in after.items():
            number_of = (key[0], key[1] if TABLES[name].kind is Kind.ENTITY else None)
            assert len(rows) == len(before.get(key, [])) + added[number_of]
        altered = {e["row_key"]: e for e in mine if not e["is_added"]}
        for key, (row,) in before.items():
            if row in after[key]:
                assert key[0] not in altered
                continue
            entry = altered.pop(key[0])
            changed = {column for column in row if row[column] != after[key][0][column]}
            assert changed == {entry["column_name"]}
        assert not altered


def test_repairs_bring_back_the_clean_code(lake: Path) -> None:
    noisy = [e for number in DAYS for e in dirty_day(lake, number)[1] if e["expected"] == "repaired"]
    assert len(noisy) > 20
    for entry in noisy:
        text = str(entry["dirty_value"]).strip()
        repaired = text.upper() if entry["kind"] == "currency_noise" else text.lower()
        assert repaired == entry["clean_value"] != entry["dirty_value"]


def test_added_rows_break_the_rule_they_are_listed_under(lake: Path) -> None:
    seen: Counter[str] = Counter()
    for number in DAYS:
        tables, listed = dirty_day(lake, number)
        names = {str(entry["table_name"]) for entry in listed}
        rows = {name: {row[TABLES[name].key[0]]: row for row in tables[name].to_pylist()} for name in names}
        for entry in listed:
            kind, name, column = str(entry["kind"]), str(entry["table_name"]), str(entry["column_name"])
            seen[kind] += 1
            if kind in ALTERED or kind.startswith("duplicate"):
                continue
            row = rows[name][entry["row_key"]]
            assert int(str(entry["row_key"])) % 1_000_000_000 >= ADDED_SEQUENCE
            value = row[column]
            if kind.startswith("orphan_"):
                assert value >= ORPHAN_ID
            elif kind.startswith("negative_") or kind == "out_of_range":
                assert value < 0
            elif kind == "amount_not_positive":
                assert value <= 0
            elif kind == "missing_value":
                assert not value.strip()
            elif kind in ("ended_before_start", "wrong_order"):
                assert value < row[(TABLES[name].instant or TABLES[name].columns[0]).name]
            elif kind in ("contradiction", "malformed_value"):
                assert str(value).lower() != str(entry["clean_value"]).lower()
            elif kind == "started_after_arrival":
                assert value - row["arrived_at"] > timedelta(hours=24)
            elif kind == "currency_mismatch":
                assert value != entry["clean_value"]
            else:
                assert kind == "unknown_code"
    # Over the days every kind is met somewhere.
    assert {defect.kind for defect in DEFECTS if defect.rate < 1.0} == set(seen)


@pytest.mark.parametrize(
    "defect", [each for each in DEFECTS if each.rate < 1], ids=lambda d: f"{d.table}-{d.kind}-{d.column}"
)
def test_each_kind_has_its_own_rate(lake: Path, defect: Defect) -> None:
    """As many rows as the rate says, within five standard deviations; one with another defect already is passed by."""
    found = suitable = 0
    for number in DAYS[1:]:
        listed = dirty_day(lake, number)[1]
        same = [e for e in listed if (e["table_name"], e["kind"]) == (defect.table, defect.kind)]
        found += sum(e["column_name"] == (defect.column or "arrived_at") for e in same)
        source = clean_day(number - 1 if defect.kind == "duplicate_next_day" else number).get(defect.table)
        if source is not None:
            suitable += source.num_rows - (source[defect.column].null_count if defect.column else 0)
    before = takewhile(
        lambda other: other is not defect, (d for d in DEFECTS if d.table == defect.table and d.rate < 1)
    )
    free = 1 - sum(other.rate for other in before)
    spread = 5 * max(suitable * defect.rate, 1) ** 0.5
    assert suitable * free * defect.rate - spread <= found <= suitable * defect.rate + spread


def test_duplicates_are_exact_copies_that_come_later(lake: Path) -> None:
    for number in (5, 6):
        tables, listed = dirty_day(lake, number)
        for entry in listed:
            if entry["kind"] not in ("duplicate", "duplicate_next_day"):
                continue
            name = str(entry["table_name"])
            source = clean_day(number if entry["kind"] == "duplicate" else number - 1)[name]
            (original,) = _by_key(name, source)[(entry["row_key"],)]
            copies = [row for row in _by_key(name, tables[name])[(entry["row_key"],)] if row != original]
            assert len(copies) == 1
            assert copies[0]["arrived_at"] > original["arrived_at"]
            assert {**copies[0], "arrived_at": None} == {**original, "arrived_at": None}


def test_rows_stay_in_their_arrival_day(lake: Path) -> None:
    for number in (1, 7):
        begin = midnight(FIRST + timedelta(days=number - 1))
        for table in dirty_day(lake, number)[0].values():
            at = table["arrived_at"].cast(pa.int64()).to_numpy()
            assert ((at >= begin) & (at < begin + 86_400_000_000)).all()


def test_defects_are_the_same_alone(lake: Path) -> None:
    day = FIRST + timedelta(days=8)
    alone = make_day(World(7, SCALE, FIRST), day, clean=False)
    in_sequence, _ = dirty_day(lake, 9)
    for name in {defect.table for defect in DEFECTS} & set(alone):
        schema = pa.schema([field.with_nullable(True) for field in TABLES[name].lake_schema()])
        assert alone[name].cast(schema).equals(in_sequence[name].cast(schema)), name
