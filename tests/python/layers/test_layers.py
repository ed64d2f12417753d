"""The rules that hold over the whole dbt project, read from its manifest. Their list of exceptions is empty."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from dbt.cli.main import dbtRunner

from sonic.paths import PROJECT
from sonic.profiles import EXAMPLE

Node = dict[str, Any]
LAYERS = ("staging", "intermediate", "marts")
NOT_PORTABLE = {
    "a cast by ::": r"::",
    "qualify": r"\bqualify\b",
    "distinct on": r"\bdistinct\s+on\b",
    "at time zone": r"\bat\s+time\s+zone\b",
    "the wall clock": r"\b(current_date|current_timestamp|now\s*\(|localtimestamp|getdate)\b",
    "an engine's own function": r"\b(date_trunc|string_agg|listagg|generate_series|epoch_us|to_char|strftime|"
    r"regexp_matches|regexp_replace|make_date|unnest|array_agg|json_\w+|jsonb\w*)\s*\(",
    "a float": r"\bas\s+(double precision|double|float\d?|real)\b",
}
STAGED_BY: dict[str, set[str]] = {
    "ads": {"ads"},
    "bi": set(),
    "finance": {"billing"},
    "listening": {"engagement"},
    "royalties": {"royalties"},
}
"""Staging domains that each domain of marts may read beside the reference rows; core and quality are about all."""
STATISTICS = {"ml_", "mart_slo", "fct_experiment_results"}
"""Beginnings of the names of models in which a float is meant: statistics."""


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("parse")
    profile = re.sub(r"^( +path:).*", r"\1 ':memory:'", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (folder / "profiles.yml").write_text(profile, encoding="utf-8")
    arguments = ["--profiles-dir", str(folder), "--target-path", str(folder), "--log-path", str(folder)]
    outcome = dbtRunner().invoke(["--quiet", "parse", "--target", "duckdb", "--project-dir", str(PROJECT), *arguments])
    assert outcome.success, outcome.exception
    text = (folder / "manifest.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@pytest.fixture(scope="module")
def models(manifest: dict[str, Any]) -> list[Node]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def layer(node: Node) -> str:
    return str(node["fqn"][1])


def domain(node: Node) -> str:
    return str(node["fqn"][2])


def parents(node: Node, manifest: dict[str, Any]) -> list[Node]:
    known = manifest["nodes"] | manifest["sources"]
    return [known[name] for name in node["depends_on"]["nodes"]]


def test_models_lie_in_a_layer(models: list[Node]) -> None:
    assert [node["name"] for node in models if layer(node) not in LAYERS] == []


def test_only_staging_reads_sources(models: list[Node], manifest: dict[str, Any]) -> None:
    """The clock, read from the loader's own record, is no activity."""
    found = [
        (node["name"], parent["name"])
        for node in models
        for parent in parents(node, manifest)
        if parent["resource_type"] == "source" and layer(node) != "staging" and parent["source_name"] != "ops"
    ]
    assert found == []


def test_nothing_reads_backwards_or_skips_a_layer(models: list[Node], manifest: dict[str, Any]) -> None:
    """No model reads a later layer of its own domain; marts read staging of their own domain at most.

    What a domain publishes to others are its marts, so an intermediate model may read those of another: royalties
    are worked out from plays and revenue as they are published, not from a second reading of the rows behind them.
    """
    found = []
    for node in models:
        for parent in parents(node, manifest):
            if parent["resource_type"] != "model":
                continue
            here, there = layer(node), layer(parent)
            published = here == "intermediate" and there == "marts" and domain(node) != domain(parent)
            backwards = LAYERS.index(there) > LAYERS.index(here) and not published
            own = {"reference"} | STAGED_BY.get(domain(node), {domain(parent)})
            skips = here == "marts" and there == "staging" and domain(parent) not in own
            if backwards or skips:
                found.append((node["name"], parent["name"]))
    assert found == []


def test_names_say_the_layer(models: list[Node]) -> None:
    starts = {"staging": ("stg_", "base_"), "intermediate": ("int_",)}
    marts = ("dim_", "bridge_", "fct_", "mart_", "ml_", "quarantine")
    assert [node["name"] for node in models if not node["name"].startswith(starts.get(layer(node), marts))] == []


def test_each_model_has_its_own_yaml_beside_it(models: list[Node]) -> None:
    found = []
    for node in models:
        sql = Path(node["original_file_path"])
        described = (node["patch_path"] or "").removeprefix("sonic_warehouse://")
        if described != str(sql.with_suffix(".yml")):
            found.append((str(sql), described))
    assert found == []


def test_each_model_has_a_contract_and_each_column_a_description(models: list[Node]) -> None:
    assert [node["name"] for node in models if not node["contract"]["enforced"]] == []
    columns = [
        (node["name"], name) for node in models for name, column in node["columns"].items() if not column["description"]
    ]
    assert columns == []


def test_descriptions_of_marts_begin_with_the_grain(models: list[Node]) -> None:
    marts = [node for node in models if layer(node) == "marts"]
    assert [node["name"] for node in marts if not re.match(r"(grain: |one )", node["description"], re.IGNORECASE)] == []


def test_no_test_only_warns_or_is_switched_off(manifest: dict[str, Any]) -> None:
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    soft = [
        node["name"]
        for node in tests
        if node["config"]["severity"].lower() != "error"
        or node["config"]["error_if"] != "!= 0"
        or node["config"]["fail_calc"] != "count(*)"
    ]
    assert soft == []
    off = [name for name in manifest["disabled"] if ".test." in f".{name}."]
    assert off == []


def test_sql_is_portable(models: list[Node]) -> None:
    """No engine's own words outside macros; comments and what stands in braces are left out."""
    found = []
    for node in models:
        text = re.sub(
            r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}|--[^\n]*|'[^']*'", " ", node["raw_code"].lower(), flags=re.DOTALL
        )
        for what, pattern in NOT_PORTABLE.items():
            if what == "a float" and node["name"].startswith(tuple(STATISTICS)):
                continue
            if re.search(pattern, text):
                found.append((node["name"], what))
    assert found == []


def test_refs_stand_in_leading_ctes(models: list[Node]) -> None:
    """Each ref and source that is read from is the whole `from` of a CTE, so that a reader finds the inputs on top."""
    found = []
    for node in models:
        text = re.sub(r"\{#.*?#\}|--[^\n]*", " ", node["raw_code"], flags=re.DOTALL)
        joined = re.search(r"\bjoin\s+\{\{\s*(ref|source)\(", text)
        if joined:
            found.append(node["name"])
    assert found == []


def test_portable_types_only(models: list[Node]) -> None:
    allowed = {
        "bigint", "integer", "smallint", "boolean", "text", "date", "timestamptz", "numeric(18,6)", "numeric(38,0)",
        "double precision",
    }  # fmt: skip
    found = [
        (node["name"], name, column["data_type"])
        for node in models
        for name, column in node["columns"].items()
        if layer(node) == "marts"
        and str(column["data_type"]).replace(" ", "").replace("doubleprecision", "double precision") not in allowed
    ]
    assert found == []
