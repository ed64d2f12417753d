"""Every declared raw table has its source, its staging, its freshness and, if it can be wrong, its quarantine."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from generators.ddl import TABLES, Kind, Table
from generators.ddl.table import LOAD_ID
from sonic.paths import PROJECT
from sonic.project.scaffold import tables_macro
from sonic.project.scaffold.files import TABLES_MACRO
from sonic.project.scaffold.rules import PRECEDENCE, rules, staged

Manifest = dict[str, Any]


def source(manifest: Manifest, name: str) -> dict[str, Any]:
    found: dict[str, Any] = manifest["sources"][f"source.sonic_warehouse.raw.{name}"]
    return found


def models_of(table: Table) -> list[str]:
    """Models that staging must have of a table."""
    name = f"{table.domain}__{table.name}"
    return [f"base_{name}", f"stg_{name}"] if table.kind is Kind.EVENT else [f"stg_{name}"]


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_declared_table_is_staged_whole(table: Table, manifest: Manifest) -> None:
    """Source and models have every column but credentials, described in the declaration's words."""
    taken = {column.name for column in (*staged(table), *table.metadata_columns, LOAD_ID)}
    assert taken <= set(source(manifest, table.name)["columns"])
    for name in models_of(table):
        held = set(manifest["nodes"][f"model.sonic_warehouse.{name}"]["columns"]) - {"reject_rule", "row_payload"}
        assert held == taken, name


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_source_has_freshness(table: Table, manifest: Manifest) -> None:
    """A feed that falls silent is told; opening rows come once and for all, sums of what was purged by no feed."""
    found = source(manifest, table.name)
    assert found["loaded_at_field"] == "arrived_at"
    days = [(found["freshness"] or {}).get(when, {}).get("count") for when in ("warn_after", "error_after")]
    if table.name.startswith("opening_") or table.kind is Kind.SUMMARY:
        assert days == [None, None]
    else:
        assert 0 < days[0] < days[1]


def test_quarantine_is_made_of_what_is_staged() -> None:
    """The list of staged tables is that of the declarations and the models there are, and holds every event."""
    listed = (PROJECT / TABLES_MACRO).read_text(encoding="utf-8")
    assert listed == tables_macro(), "run `sonic scaffold`"
    rejecting, keeping = listed.split("{% macro keeping_tables()")
    for table in TABLES.values():
        assert f"'{table.name}'" in (rejecting if table.kind is Kind.EVENT else keeping)


def test_every_rule_has_its_reason() -> None:
    path = PROJECT / "seeds" / "quality" / "quarantine_rules.csv"
    known = {line.split(",")[0] for line in path.read_text(encoding="utf-8").splitlines()}
    assert {rule for table in TABLES.values() for rule in rules(table)} <= set(PRECEDENCE) <= known


def test_no_credential_is_staged(manifest: Manifest) -> None:
    """Neither by a model nor in the payload of a rejected row."""
    secrets = {column.name for table in TABLES.values() for column in table.columns if column.is_credential}
    assert {"password_hash", "token_hash", "ticket_code_hash"} <= secrets
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model":
            assert not secrets & set(node["columns"]), node["name"]
            assert not [name for name in secrets if f"'{name}'" in node["raw_code"]], node["name"]


def test_sources_are_yaml_that_a_person_reads() -> None:
    """Each domain has one file of sources, which names each table once."""
    for path in (PROJECT / "models" / "staging").glob("*/_*__sources.yml"):
        (entry,) = yaml.safe_load(path.read_text(encoding="utf-8"))["sources"]
        names = [table["name"] for table in entry["tables"]]
        assert len(names) == len(set(names)), path
