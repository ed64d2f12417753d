"""Clean data keeps every key, reference, check and order that the declarations state."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from generators.ddl import TABLES, Kind

_TABLES = sorted(name for name, table in TABLES.items() if table.kind is not Kind.SUMMARY)
"""Those that files of the lake bring."""


def _count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("name", _TABLES)
def test_table_has_rows_and_its_declared_schema(name: str, clean_lake: Path) -> None:
    files = sorted((clean_lake / name).glob("*/*.parquet"))
    assert files, f"{name} is never written"
    for path in (files[0], files[-1]):
        assert pq.read_schema(path).equals(TABLES[name].lake_schema())


@pytest.mark.parametrize("name", _TABLES)
def test_keys_are_unique(name: str, clean_tables: duckdb.DuckDBPyConnection) -> None:
    table = TABLES[name]
    for key in (table.key, *table.unique):
        columns = ", ".join(key)
        known = " and ".join(f"{column} is not null" for column in key)
        query = f"select count(*) from (select {columns} from {name} where {known} group by all having count(*) > 1)"
        assert _count(clean_tables, query) == 0, key


@pytest.mark.parametrize("name", [n for n in _TABLES if TABLES[n].kind is Kind.ENTITY])
def test_changes_are_numbered_in_order_of_time(name: str, clean_tables: duckdb.DuckDBPyConnection) -> None:
    keys = ", ".join(TABLES[name].key)
    gaps = f"""
        select count(*) from (
            select min(change_no) as first, max(change_no) as last, count(*) as changes,
                   count(distinct change_no) as numbers
            from all_{name} group by {keys})
        where first <> 0 or last <> changes - 1 or numbers <> changes"""
    backwards = f"""
        select count(*) from (
            select changed_at, lag(changed_at) over (partition by {keys} order by change_no) as earlier from all_{name})
        where earlier >= changed_at"""
    assert _count(clean_tables, gaps) == 0
    assert _count(clean_tables, backwards) == 0
    assert _count(clean_tables, f"select count(*) from all_{name} where arrived_at < changed_at") == 0


_REFERENCES = [
    (name, column.name, *(column.references or "").split("."))
    for name in _TABLES
    for column in TABLES[name].columns
    if column.references
]


@pytest.mark.parametrize(("name", "column", "parent", "key"), _REFERENCES)
def test_reference_holds_when_the_row_arrives(
    name: str, column: str, parent: str, key: str, clean_tables: duckdb.DuckDBPyConnection
) -> None:
    query = f"""
        select count(*) from all_{name} as child
        left join (select {key} as parent_key, min(arrival_date) as since from all_{parent} group by 1) as parent
            on parent.parent_key = child.{column}
        where child.{column} is not null and (parent.since is null or parent.since > child.arrival_date)"""
    assert _count(clean_tables, query) == 0


@pytest.mark.parametrize("name", _TABLES)
def test_checks_and_nullability_hold(name: str, clean_tables: duckdb.DuckDBPyConnection) -> None:
    table = TABLES[name]
    for column in table.lake_columns:
        if not column.nullable:
            assert _count(clean_tables, f"select count(*) from all_{name} where {column.name} is null") == 0, column
    for label, condition in table.checks.items():
        portable = re.sub(r"(\w+) ~ ('[^']*')", r"regexp_matches(\1, \2)", condition)
        assert _count(clean_tables, f"select count(*) from all_{name} where not ({portable})") == 0, label


@pytest.mark.parametrize("name", _TABLES)
def test_rows_lie_in_the_file_set_of_their_arrival(name: str, clean_tables: duckdb.DuckDBPyConnection) -> None:
    query = f"select count(*) from all_{name} where cast(arrived_at as date) <> arrival_date"
    assert _count(clean_tables, query) == 0


@pytest.mark.parametrize("name", [n for n in _TABLES if TABLES[n].partitioned])
def test_event_ids_lie_in_their_day(name: str, clean_tables: duckdb.DuckDBPyConnection) -> None:
    key = TABLES[name].key[0]
    instant = next(c.name for c in TABLES[name].columns if c.type == "timestamptz")
    query = f"""
        select count(*) from {name}
        where {key} // 1000000000 <> date_diff('day', date '2000-01-01', cast({instant} as date))"""
    assert _count(clean_tables, query) == 0


def test_issued_keys_cover_every_entity_row(clean_tables: duckdb.DuckDBPyConnection) -> None:
    for (entity,) in clean_tables.execute("select distinct entity from issued_keys").fetchall():
        key = TABLES[entity].key[0]
        query = f"""
            select count(*) from all_{entity} as e join issued_keys as i
                on i.entity = '{entity}' and i.issued_date = e.arrival_date
            where e.{key} > i.last_id"""
        assert _count(clean_tables, query) == 0, entity


def test_plays_fit_their_session_device_and_account(clean_tables: duckdb.DuckDBPyConnection) -> None:
    query = """
        select count(*) from streams as s
        join listening_sessions as l on l.session_id = s.session_id
        join devices as d on d.device_id = s.device_id
        join users as u on u.user_id = s.user_id
        join content as c on c.content_id = s.content_id
        where l.user_id <> s.user_id or l.device_id <> s.device_id or d.user_id <> s.user_id
            or s.started_at < l.started_at or s.started_at > coalesce(l.ended_at, s.started_at)
            or s.started_at < u.created_at or s.started_at >= coalesce(u.deleted_at, s.arrived_at)
            or s.started_at < c.published_at or s.played_ms > c.duration_ms"""
    assert _count(clean_tables, query) == 0


def test_manifests_list_exactly_the_files(clean_lake: Path) -> None:
    listed: dict[str, str] = {}
    for path in sorted((clean_lake / "_manifests").glob("*.json")):
        manifest = json.loads(path.read_text(encoding="utf-8"))
        assert manifest["arrival_date"] == path.stem
        for file in manifest["files"]:
            listed[file["path"]] = file["sha256"]
            assert pq.ParquetFile(clean_lake / file["path"]).metadata.num_rows == file["rows"]
    present = {
        str(path.relative_to(clean_lake)): sha256(path.read_bytes()).hexdigest()
        for path in clean_lake.glob("*/*/*.parquet")
    }
    assert listed == present


def test_a_purchase_is_priced_in_the_payment_country_of_its_account(
    clean_tables: duckdb.DuckDBPyConnection,
) -> None:
    query = """
        select count(*) from (
            select s.subscription_id, any_value(p.country_id) as priced,
                max_by(u.payment_country_id, u.change_no) as paying
            from all_subscriptions as s
            join plan_prices as p on p.plan_price_id = s.plan_price_id
            join all_users as u on u.user_id = s.user_id and u.changed_at <= s.changed_at
            where s.change_no = 0
            group by s.subscription_id)
        where paying <> priced"""
    assert _count(clean_tables, query) == 0
