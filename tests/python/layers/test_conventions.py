"""Conventions of the dbt project: dbt-bouncer finds nothing to say of it, and each of its checks can fail."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from sonic.paths import PROJECT

CONFIG = PROJECT / "dbt-bouncer.yml"
Manifest = dict[str, Any]
Found = set[tuple[int, str, str]]


def configured() -> list[str]:
    """Names of the checks in the order of the configuration."""
    config = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))
    return [check["name"] for check in config["manifest_checks"]]


def bouncer(manifest: Manifest, folder: Path) -> Found:
    """(place in the configuration, check, resource) of each failure that dbt-bouncer reports."""
    config = yaml.safe_load(CONFIG.read_text(encoding="utf-8")) | {"dbt_artifacts_dir": str(folder)}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / "dbt-bouncer.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    report = folder / "report.json"
    program = str(Path(sys.executable).parent / "dbt-bouncer")
    arguments = ["--output-file", str(report), "--output-format", "json", "--output-only-failures"]
    done = subprocess.run([program, "run", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert report.exists(), done.stdout[-3000:] + done.stderr[-3000:]
    failures = json.loads(report.read_text(encoding="utf-8"))
    assert bool(failures) == bool(done.returncode), done.stdout[-3000:]
    parts = [failure["check_run_id"].split(":") for failure in failures]
    return {(int(place), name, resource) for name, place, resource in parts}


def model(manifest: Manifest, name: str) -> dict[str, Any]:
    node: dict[str, Any] = manifest["nodes"][f"model.sonic_warehouse.{name}"]
    return node


def change(node: str, /, **values: Any) -> Callable[[Manifest], None]:
    """Gives a model other attributes."""
    return lambda manifest: model(manifest, node).update(values)


def change_node(key: str, /, **values: Any) -> Callable[[Manifest], None]:
    """Gives a seed, snapshot or source other attributes."""
    return lambda manifest: (manifest["nodes"] | manifest["sources"])[key].update(values)


def change_column(node: str, column: str, /, **values: Any) -> Callable[[Manifest], None]:
    """Gives a column of a model other attributes."""
    return lambda manifest: model(manifest, node)["columns"][column].update(values)


def code(name: str, text: str) -> Callable[[Manifest], None]:
    """Gives a model other SQL."""
    return lambda manifest: model(manifest, name).update(raw_code=text)


def no_contract(manifest: Manifest) -> None:
    for holder in (model(manifest, "dim_date"), model(manifest, "dim_date")["config"]):
        holder["contract"] = {"enforced": False, "alias_types": True}


def without_test(name: str, test: str) -> Callable[[Manifest], None]:
    """Takes the tests of that kind away from a model."""

    def take(manifest: Manifest) -> None:
        for key, node in list(manifest["nodes"].items()):
            attached = node.get("attached_node") == f"model.sonic_warehouse.{name}"
            if attached and (node.get("test_metadata") or {}).get("name") == test:
                del manifest["nodes"][key]

    return take


def reads_source(name: str) -> Callable[[Manifest], None]:
    """Lets a model read a raw table beside what it reads anyway."""
    return lambda manifest: model(manifest, name)["depends_on"]["nodes"].append("source.sonic_warehouse.raw.users")


def no_unique_key(manifest: Manifest) -> None:
    snapshot = manifest["nodes"]["snapshot.sonic_warehouse.snap_identity__users"]
    snapshot["config"]["unique_key"] = None
    snapshot["unrendered_config"]["unique_key"] = None


def orphan(manifest: Manifest) -> None:
    source = copy.deepcopy(manifest["sources"]["source.sonic_warehouse.raw.users"])
    source |= {"name": "forgotten", "identifier": "forgotten", "unique_id": "source.sonic_warehouse.raw.forgotten"}
    manifest["sources"][source["unique_id"]] = source
    manifest["child_map"][source["unique_id"]] = []


def unit_test_format(name: str, side: str) -> Callable[[Manifest], None]:
    """Writes a unit test's rows as CSV, which hides nulls and types."""

    def write(manifest: Manifest) -> None:
        test = next(node for node in manifest["unit_tests"].values() if node["name"] == name)
        (test["expect"] if side == "expect" else test["given"][0])["format"] = "csv"

    return write


def materialized(name: str, how: str) -> Callable[[Manifest], None]:
    return lambda manifest: model(manifest, name)["config"].update(materialized=how)


PLANTED: list[tuple[str, str, Callable[[Manifest], None]]] = [
    ("check_model_description_populated", "dim_label", change("dim_label", description="")),
    ("check_model_description_contains_regexp_pattern", "dim_album", change("dim_album", description="Albums of all.")),
    ("check_model_column_description_populated", "dim_artist", change_column("dim_artist", "name", description="")),
    ("check_model_columns_have_types", "dim_content", change_column("dim_content", "title", data_type=None)),
    ("check_model_has_contracts_enforced", "dim_date", no_contract),
    ("check_model_has_properties_file", "dim_time", change("dim_time", patch_path=None)),
    (
        "check_model_documented_in_same_directory",
        "dim_label",
        change("dim_label", patch_path="sonic_warehouse://models/marts/bi/dim_label.yml"),
    ),
    ("check_model_has_semi_colon", "dim_song", code("dim_song", "select 1 as song_id;")),
    ("check_model_hard_coded_references", "dim_language", code("dim_language", "select * from raw.languages")),
    (
        "check_model_does_not_use_cartesian_join",
        "dim_device",
        code("dim_device", "with a as (select 1), b as (select 2) select * from a, b"),
    ),
    ("check_model_has_unique_test", "dim_user", without_test("dim_user", "primary_key")),
    ("check_model_has_tests_by_name", "fct_transactions", without_test("fct_transactions", "fact_keys")),
    ("check_snapshot_has_unique_key", "snap_identity__users", no_unique_key),
    ("check_model_directories", "dim_plan", change("dim_plan", original_file_path="models/reports/dim_plan.sql")),
    ("check_model_names", "stg_identity__users", change("stg_identity__users", name="users")),
    ("check_model_names", "int_feedback", change("int_feedback", name="feedback")),
    ("check_model_names", "dim_currency", change("dim_currency", name="currencies")),
    ("check_lineage_source_cannot_be_used", "fct_streams", reads_source("fct_streams")),
    ("check_model_does_not_directly_join_to_source", "int_streams", reads_source("int_streams")),
    ("check_model_materialization_permitted", "stg_catalog__songs", materialized("stg_catalog__songs", "table")),
    ("check_model_access", "int_royalty_shares", change("int_royalty_shares", access="public")),
    (
        "check_source_description_populated",
        "raw_streams",
        change_node("source.sonic_warehouse.raw.streams", description=""),
    ),
    ("check_source_not_orphaned", "raw_forgotten", orphan),
    ("check_seed_description_populated", "age_bands", change_node("seed.sonic_warehouse.age_bands", description="")),
    (
        "check_snapshot_description_populated",
        "snap_catalog__songs",
        change_node("snapshot.sonic_warehouse.snap_catalog__songs", description=""),
    ),
    (
        "check_unit_test_given_formats",
        "a_day_adds_up_its_plays_and_likes",
        unit_test_format("a_day_adds_up_its_plays_and_likes", "given"),
    ),
    (
        "check_unit_test_expect_format",
        "artificial_plays_never_qualify",
        unit_test_format("artificial_plays_never_qualify", "expect"),
    ),
]
"""One violation for each check of the configuration, in its order: (check, what it must name, how it is made)."""


def test_conventions_hold(manifest: Manifest, tmp_path: Path) -> None:
    assert bouncer(manifest, tmp_path) == set()


def test_each_convention_catches_its_planted_violation(manifest: Manifest, tmp_path: Path) -> None:
    assert [check for check, _, _ in PLANTED] == configured()
    broken = copy.deepcopy(manifest)
    for _, _, make in PLANTED:
        make(broken)
    wanted = {(place, check, resource) for place, (check, resource, _) in enumerate(PLANTED)}
    assert wanted - bouncer(broken, tmp_path) == set()
