"""The rules of layers and SQL over the whole dbt project, read from its manifest. Their list of exceptions is empty.

Conventions that dbt-bouncer can express stand in dbt-bouncer.yml.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable
from typing import Any

import pytest

from generators.ddl import TABLES

Manifest = dict[str, Any]
Node = dict[str, Any]
Found = list[tuple[str, str]]
LONGEST_NAME = 63
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
    "community": {"community"},
    "compliance": {"billing", "compliance", "platform"},
    "charts": {"charts", "opening"},
    "engagement": {"engagement"},
    "finance": {"billing"},
    "growth": {"community", "experiments", "marketing"},
    "listening": {"engagement"},
    "live": {"live"},
    "ml": {"billing", "catalog", "identity"},
    "platform": {"catalog", "identity", "platform"},
    "risk": {"identity"},
    "royalties": {"royalties"},
    "serving": {"identity"},
    "support": {"compliance", "moderation", "support"},
}
"""Staging domains that marts of a domain may read beside reference and arrivals; core and quality are about all."""
STATISTICS = {"ml_", "mart_metadata_quality", "mart_slo", "fct_experiment_results"}
"""Beginnings of the names of models in which a float is meant: statistics."""
READ_AS_ROWS = {"int_event_references", "quarantine"}
"""Models that read staged rows: of all that is named, whoever names it, and of all that is rejected."""
TYPES = {
    "bigint", "integer", "smallint", "boolean", "text", "date", "timestamptz", "numeric(18,6)", "numeric(38,0)",
    "double precision",
}  # fmt: skip


def models(manifest: Manifest) -> list[Node]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def layer(node: Node) -> str:
    return str(node["fqn"][1])


def domain(node: Node) -> str:
    return str(node["fqn"][2])


def parents(node: Node, manifest: Manifest) -> list[Node]:
    known = manifest["nodes"] | manifest["sources"]
    return [known[name] for name in node["depends_on"]["nodes"]]


def readers_of_sources(manifest: Manifest) -> Found:
    """Only staging reads raw tables; the clock, read from the loader's own record, is no activity."""
    return [
        (node["name"], parent["name"])
        for node in models(manifest)
        for parent in parents(node, manifest)
        if parent["resource_type"] == "source" and layer(node) != "staging" and parent["source_name"] != "ops"
    ]


def backwards_or_skipping(manifest: Manifest) -> Found:
    """No model reads a later layer of its own domain; marts read staging of their own domain at most.

    What a domain publishes to others are its marts, so an intermediate model may read those of another: royalties
    are worked out from plays and revenue as they are published, not from a second reading of the rows behind them.
    """
    found = []
    for node in models(manifest):
        for parent in parents(node, manifest):
            if parent["resource_type"] != "model":
                continue
            here, there = layer(node), layer(parent)
            published = here == "intermediate" and there == "marts" and domain(node) != domain(parent)
            backwards = LAYERS.index(there) > LAYERS.index(here) and not published
            own = {"reference", "ops"} | STAGED_BY.get(domain(node), {domain(parent)})
            skips = here == "marts" and there == "staging" and domain(parent) not in own
            if backwards or skips:
                found.append((node["name"], parent["name"]))
    return found


def logs_without_their_sums(manifest: Manifest) -> Found:
    """Rows of logs are purged: what reads them reads the sums of those purged as well, by `int_<log>_hourly`.

    `int_<log>_loaded` tells increments which hours to read anew: what is purged was built, so none of it is among them.
    """
    logs = [table for table in TABLES.values() if table.summary]
    staged = {f"{kind}_{log.domain}__{log.name}" for log in logs for kind in ("base", "stg")}
    checked = {f"int_{log.name}_{state}" for log in logs for state in ("checked", "accepted")}
    summed = {f"int_{log.name}_summed" for log in logs}
    loaded = {f"int_{log.name}_loaded" for log in logs}
    hourly = {f"int_{log.name}_hourly" for log in logs}
    readers = staged | checked | summed | loaded | READ_AS_ROWS
    return [
        (node["name"], parent["name"])
        for node in models(manifest)
        for parent in parents(node, manifest)
        if (parent["name"] in staged | checked and node["name"] not in readers)
        or (parent["name"] in summed and node["name"] not in hourly)
    ]


def rejected_rows_read(manifest: Manifest) -> Found:
    """Where rows are rejected for what they name, others read `int_<table>_accepted`, not the staged rows."""
    named = {node["name"] for node in models(manifest)}
    judged = {f"stg_{table.domain}__{table.name}" for table in TABLES.values() if f"int_{table.name}_accepted" in named}
    return [
        (node["name"], parent["name"])
        for node in models(manifest)
        if "accepted" not in node["fqn"] and node["name"] not in READ_AS_ROWS
        for parent in parents(node, manifest)
        if parent["name"] in judged
    ]


def soft_tests(manifest: Manifest) -> Found:
    """No test only warns, allows some failures or is switched off."""
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    soft = [
        (node["name"], "is soft")
        for node in tests
        if node["config"]["severity"].lower() != "error"
        or node["config"]["error_if"] != "!= 0"
        or node["config"]["fail_calc"] != "count(*)"
    ]
    return soft + [(name, "is off") for name in manifest["disabled"] if ".test." in f".{name}."]


def long_unit_tests(manifest: Manifest) -> Found:
    """dbt makes a relation of a unit test, and PostgreSQL takes names of 63 characters."""
    names = [test["name"] for test in manifest["unit_tests"].values()]
    return [(name, "is too long") for name in names if len(name) > LONGEST_NAME]


def not_portable(manifest: Manifest) -> Found:
    """No engine's own words outside macros; comments and what stands in braces are left out."""
    found = []
    for node in models(manifest):
        text = re.sub(
            r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}|--[^\n]*|'[^']*'", " ", node["raw_code"].lower(), flags=re.DOTALL
        )
        for what, pattern in NOT_PORTABLE.items():
            if what == "a float" and node["name"].startswith(tuple(STATISTICS)):
                continue
            if re.search(pattern, text):
                found.append((node["name"], what))
    return found


def joined_refs(manifest: Manifest) -> Found:
    """Each ref and source that is read from is the whole `from` of a CTE, so that a reader finds the inputs on top."""
    return [
        (node["name"], "joins a ref")
        for node in models(manifest)
        if re.search(
            r"\bjoin\s+\{\{\s*(ref|source)\(", re.sub(r"\{#.*?#\}|--[^\n]*", " ", node["raw_code"], flags=re.DOTALL)
        )
    ]


def other_types(manifest: Manifest) -> Found:
    """Types of marts are those that every engine and BI tool has."""
    return [
        (node["name"], name)
        for node in models(manifest)
        for name, column in node["columns"].items()
        if layer(node) == "marts" and str(column["data_type"]).replace(", ", ",") not in TYPES
    ]


def generic_tests(node: Node, manifest: Manifest) -> list[dict[str, Any]]:
    """Name and arguments of the generic tests of a model."""
    return [
        test["test_metadata"]
        for test in manifest["nodes"].values()
        if test["resource_type"] == "test" and test.get("attached_node") == node["unique_id"]
    ]


def unrelated_keys(manifest: Manifest) -> Found:
    """Each column of a fact or bridge that carries a dimension's key is tested against that dimension.

    The id of another fact's row (an impression's play) is degenerate: that row may arrive later.
    """
    marts = [node for node in models(manifest) if layer(node) == "marts"]
    keys = [
        test["kwargs"]["columns"]
        for node in marts
        if node["name"].startswith("dim_")
        for test in generic_tests(node, manifest)
        if test["name"] == "primary_key"
    ]
    of_dimensions = {key[0] for key in keys if len(key) == 1}
    found = []
    for node in marts:
        if not node["name"].startswith(("fct_", "bridge_")):
            continue
        tests = generic_tests(node, manifest)
        related = {key["column"] for test in tests if test["name"] == "fact_keys" for key in test["kwargs"]["keys"]} | {
            test["kwargs"]["column_name"] for test in tests if test["name"] == "relationships"
        }
        found += [(node["name"], name) for name in node["columns"] if name in of_dimensions - related]
    return found


def columns_tested(node: Node, manifest: Manifest) -> set[str]:
    """Columns that a generic test of a model names."""
    columns: set[str] = set()
    for test in generic_tests(node, manifest):
        arguments = test["kwargs"]
        named = arguments.get("columns", [])
        columns |= {named} if isinstance(named, str) else set(named)
        columns |= {key["column"] for key in arguments.get("keys", [])} | {arguments.get("column_name", "")}
        columns |= set(re.findall(r"\w+", arguments.get("expression", "")))
    return columns


def judged_nowhere(manifest: Manifest) -> Found:
    """A view that leaves its daily tests to a table (`judged_in`) is next to it, which tests the same columns."""
    by_name = {node["name"]: node for node in models(manifest)}
    found = []
    for node in models(manifest):
        if not (judge := node["config"]["meta"].get("judged_in")):
            continue
        table = by_name[judge]
        views = [parent for parent in parents(table, manifest) if parent["config"]["materialized"] == "view"]
        near = [table, *parents(table, manifest), *(each for view in views for each in parents(view, manifest))]
        tested = columns_tested(table, manifest)
        if (
            table["config"]["materialized"] == "view"
            or (node not in near and table not in parents(node, manifest))
            or "primary_key" not in {test["name"] for test in generic_tests(table, manifest)}
        ):
            found.append((node["name"], f"is not judged in {judge}"))
        untested = columns_tested(node, manifest) & set(table["columns"]) - tested
        found += [(node["name"], f"{column} is not tested in {judge}") for column in sorted(untested)]
    return found


def open_months_untold(manifest: Manifest) -> Found:
    """A model written for open months says by which of its columns a day's tests find them (`booked_by`)."""
    return [
        (node["name"], "does not say its booking month")
        for node in models(manifest)
        if "drop_open_months()" in node["raw_code"] and node["config"]["meta"].get("booked_by") not in node["columns"]
    ]


def loads_untold(manifest: Manifest) -> Found:
    """A view that a day's tests ask by `load_id` (`told_by_load`) has that column; what is kept tells of itself."""
    return [
        (node["name"], "does not tell its load")
        for node in models(manifest)
        if node["config"]["meta"].get("told_by_load")
        and ("load_id" not in node["columns"] or node["config"]["materialized"] != "view")
    ]


def plant(node: str, /, **values: Any) -> Callable[[Manifest], None]:
    """Gives a model other attributes."""
    return lambda manifest: manifest["nodes"][f"model.sonic_warehouse.{node}"].update(values)


def reads(node: str, parent: str) -> Callable[[Manifest], None]:
    """Lets a model read one more node."""
    return lambda manifest: manifest["nodes"][f"model.sonic_warehouse.{node}"]["depends_on"]["nodes"].append(parent)


def soften(manifest: Manifest) -> None:
    test = next(node for node in manifest["nodes"].values() if node["resource_type"] == "test")
    test["name"] = "softened"
    test["config"]["severity"] = "warn"


def lengthen(manifest: Manifest) -> None:
    next(iter(manifest["unit_tests"].values()))["name"] = "x" * (LONGEST_NAME + 1)


def widen(manifest: Manifest) -> None:
    manifest["nodes"]["model.sonic_warehouse.dim_song"]["columns"]["song_id"]["data_type"] = "uuid"


def unrelate(manifest: Manifest) -> None:
    node = manifest["nodes"]["model.sonic_warehouse.fct_streams"]
    test = next(test for test in generic_tests(node, manifest) if test["name"] == "fact_keys")
    test["kwargs"]["keys"] = [key for key in test["kwargs"]["keys"] if key["column"] != "song_key"]


def misjudge(manifest: Manifest) -> None:
    manifest["nodes"]["model.sonic_warehouse.int_streams"]["config"]["meta"]["judged_in"] = "dim_song"


def mistell(manifest: Manifest) -> None:
    manifest["nodes"]["model.sonic_warehouse.dim_time"]["config"]["meta"]["told_by_load"] = True


PLANTED: dict[Callable[[Manifest], Found], tuple[tuple[str, str], Callable[[Manifest], None]]] = {
    readers_of_sources: (("dim_user", "users"), reads("dim_user", "source.sonic_warehouse.raw.users")),
    backwards_or_skipping: (
        ("int_streams", "fct_streams"),
        reads("int_streams", "model.sonic_warehouse.fct_streams"),
    ),
    logs_without_their_sums: (
        ("dim_device", "stg_platform__client_timings"),
        reads("dim_device", "model.sonic_warehouse.stg_platform__client_timings"),
    ),
    rejected_rows_read: (
        ("dim_device", "stg_billing__tips"),
        reads("dim_device", "model.sonic_warehouse.stg_billing__tips"),
    ),
    soft_tests: (("softened", "is soft"), soften),
    long_unit_tests: (("x" * (LONGEST_NAME + 1), "is too long"), lengthen),
    not_portable: (("dim_time", "a cast by ::"), plant("dim_time", raw_code="select '1'::int as minute_of_day")),
    joined_refs: (
        ("dim_plan", "joins a ref"),
        plant("dim_plan", raw_code="select 1 from a join {{ ref('b') }} on true"),
    ),
    other_types: (("dim_song", "song_id"), widen),
    unrelated_keys: (("fct_streams", "song_key"), unrelate),
    judged_nowhere: (("int_streams", "is not judged in dim_song"), misjudge),
    open_months_untold: (
        ("dim_time", "does not say its booking month"),
        plant("dim_time", raw_code="{{ config(pre_hook='drop_open_months()') }}"),
    ),
    loads_untold: (("dim_time", "does not tell its load"), mistell),
}
"""Each rule with a violation that it must name."""


@pytest.mark.parametrize("rule", PLANTED, ids=lambda rule: rule.__name__)
def test_rule_holds(rule: Callable[[Manifest], Found], manifest: Manifest) -> None:
    assert rule(manifest) == [], rule.__doc__


@pytest.mark.parametrize("rule", PLANTED, ids=lambda rule: rule.__name__)
def test_rule_catches_its_planted_violation(rule: Callable[[Manifest], Found], manifest: Manifest) -> None:
    wanted, make = PLANTED[rule]
    broken = copy.deepcopy(manifest)
    make(broken)
    assert rule(broken) == [wanted]
