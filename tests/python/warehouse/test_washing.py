"""Staging mends and judges what the declarations say: every table, on soiled, broken and copied rows."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from generators.ddl import TABLES, Kind
from mutants.washing import Washing, table_of
from sonic.project.dbt import Dbt
from sonic.project.scaffold.rules import rules
from sonic.verify.truth import truth_of
from tests.python.warehouse.conftest import environment

MODELS = sorted(
    f"{layer}_{table.domain}__{table.name}"
    for table in TABLES.values()
    for layer in (("base", "stg") if table.kind is Kind.EVENT else ("stg",))
)


@pytest.fixture(scope="module")
def washing(duckdb: Any, lake: Any) -> Iterator[Washing]:
    """Staging as dbt compiles it, on rows of the lake's clean twin."""
    with environment({"SONIC_HOME": str(duckdb.home.root)}):
        clean = truth_of(duckdb.home, duckdb.database, lake).lake
        dbt = Dbt(duckdb.home, "duckdb", duckdb.database.name)
        staging = ["--select", "path:models/staging,resource_type:model", "--indirect-selection", "empty"]
        nodes = dbt.run(["compile", "--full-refresh", *staging])
    asked = Washing(clean, {node.name: node.compiled for node in nodes})
    yield asked
    asked.close()


def test_staging_makes_of_soiled_rows_what_it_promises(washing: Washing) -> None:
    """Each row comes out clean, or rejected by its own rule with a payload that says what it was."""
    assert set(MODELS) < washing.models
    faults = {model: found for model in sorted(washing.models) if (found := washing.faults(model))}
    assert not faults, "\n".join(f"{model}, {len(found)} faults: {found[0]}" for model, found in faults.items())


@pytest.mark.parametrize("table", [t for t in TABLES.values() if t.kind is Kind.EVENT], ids=lambda table: table.name)
def test_rules_are_the_declared_checks(washing: Washing, table: Any) -> None:
    """What the declaration's checks, read as they stand, refuse is what a rule rejects; no rule is without its rows."""
    assert not washing.misjudged(table)
    met = {case.rule for case in washing.bench(table.name).cases}
    assert {None, "duplicate"} <= met
    named = {rule for rule in rules(table) if rule != "out_of_range" and not rule.endswith("amount")}
    assert named - {"amount_not_positive"} <= met


@pytest.mark.parametrize(
    ("model", "words", "others"),
    [
        ("stg_billing__disputes", r"NULLIF\((LOWER\(TRIM.+?\)\)), ''\)", r"\1"),
        ("stg_billing__disputes", r"LOWER\((TRIM.+?' '\))\)", r"\1"),
        ("stg_catalog__labels", r"REPLACE\((\w+), CHR\(0\), ''\)", r"\1"),
        ("stg_engagement__search_queries", r"\buser_id,", "device_id AS user_id,"),
        ("base_billing__tips", r"amount_minor <= 0", "amount_minor < 0"),
        ("base_billing__tips", r"OR user_id IS NULL", "AND user_id IS NULL"),
        ("base_billing__tips", r"(\w+) > arrived_at \+", r"\1 >= arrived_at +"),
        ("base_billing__tips", r", broken_rule IS NULL", ""),
        ("base_billing__tips", r"ORDER BY arrived_at, load_id", "ORDER BY arrived_at"),
        ("base_billing__tips", r"'\\', '\\\\'", r"'\\', '\\'"),
        ("base_platform__api_requests", r"latency_ms <= 0", "latency_ms < 0"),
        ("base_platform__api_requests", r"between purged.first_no and", "between purged.first_no + 1 and"),
    ],
)
def test_slips_are_found(washing: Washing, model: str, words: str, others: str) -> None:
    """One place of a model is changed."""
    before = washing.compiled[model]
    after = re.sub(words, others, before, flags=re.IGNORECASE | re.DOTALL)
    assert after != before
    assert washing.faults(model, after)


def test_models_of_other_sources_are_not_asked() -> None:
    assert table_of("stg_ops__lake_files") is None
    assert table_of("stg_catalog__songs_changes") == "songs_changes"
