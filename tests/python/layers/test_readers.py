"""Who may read which mart, by the models: columns about persons are marked, rules rest on marts that are read too."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from sonic.warehouse.roles import roles

Manifest = dict[str, Any]
MARK = "config: {meta: {personal: true}}"
PERSONS = {"dim_user", "dim_device"}
"""Dimensions whose keys stand for one person."""
IDENTIFIERS = {
    *("user_uuid", "user_name", "given_name", "family_name", "email", "email_address", "phone_number", "birth_date"),
    *("bio", "address", "address_hash", "ip_address", "ip_hash", "password_hash", "transcript", "query_text"),
}
"""What no mart holds at all, whoever reads it."""


def marts(manifest: Manifest) -> dict[str, dict[str, Any]]:
    """Models of schema marts by name."""
    return {
        node["name"]: node
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == "marts"
    }


def is_personal(column: dict[str, Any]) -> bool:
    return bool(column["meta"].get("personal"))


def about_persons(manifest: Manifest) -> Iterator[str]:
    """Columns that are not marked, or should not be there, one line each."""
    published = marts(manifest)
    for name, mart in published.items():
        for column in mart["columns"].values():
            names_one = column["name"].endswith(("user_id", "user_key", "device_id", "session_id", "trace_id"))
            if names_one and not is_personal(column):
                yield f"{name}.{column['name']} tells of one person: {MARK}"
            if column["name"] in IDENTIFIERS:
                yield f"{name}.{column['name']} tells who a person is, which no mart does"
    for test in manifest["nodes"].values():
        name = str(test.get("attached_node")).split(".")[-1]
        if name in published and test["test_metadata"]["name"] == "fact_keys":
            for key in test["test_metadata"]["kwargs"]["keys"]:
                to = key["to"].removeprefix("ref('").removesuffix("')")
                if to in PERSONS and not is_personal(published[name]["columns"][key["column"]]):
                    yield f"{name}.{key['column']} is a key of {to}: {MARK}"


def about_readers(manifest: Manifest) -> Iterator[str]:
    """What is wrong with readers and the rules for their rows, one line each."""
    published = marts(manifest)
    for name, mart in published.items():
        readers = mart["config"]["meta"].get("readers", {})
        if "analyst" not in readers:
            yield f"{name} is not read by the analyst"
        for role, rows in readers.items():
            if role not in roles():
                yield f"{name} is read by {role}, who is no role"
            elif rows != "all":
                yield from (f"{name}: {wrong}" for wrong in _about_rows(published, mart, role, rows))


def _about_rows(published: Manifest, mart: dict[str, Any], role: str, rows: dict[str, str]) -> Iterator[str]:
    if not roles()[role].scope:
        yield f"{role} has no rows of its own"
    for column, where in rows.items():
        if column not in mart["columns"]:
            yield f"there is no column {column}"
        if where == "own":
            continue
        if column not in published[where]["columns"]:
            yield f"{where} has no column {column}"
        if role not in published[where]["config"]["meta"]["readers"]:
            yield f"{role} does not read {where}"


def found(manifest: Manifest) -> set[str]:
    return {*about_persons(manifest), *about_readers(manifest)}


def test_marks_and_rules_are_whole(manifest: Manifest) -> None:
    assert found(manifest) == set()


def test_each_of_them_is_looked_for(manifest: Manifest) -> None:
    broken = copy.deepcopy({"nodes": manifest["nodes"]})
    given = marts(broken)
    given["fct_follows"]["columns"]["followed_user_id"]["meta"] = {}
    given["fct_referrals"]["columns"]["email"] = {"name": "email", "meta": {}}
    given["dim_song"]["config"]["meta"] = {"readers": {"analyst": "all", "stranger": "all"}}
    given["dim_plan"]["config"]["meta"] = {"readers": {"support": {"nothing": "own"}}}
    expected = {
        f"fct_follows.followed_user_id is a key of dim_user: {MARK}",
        f"fct_follows.followed_user_id tells of one person: {MARK}",
        "fct_referrals.email tells who a person is, which no mart does",
        "dim_song is read by stranger, who is no role",
        "fct_royalties: label does not read dim_song",
        "dim_plan is not read by the analyst",
        "dim_plan: support has no rows of its own",
        "dim_plan: there is no column nothing",
    }
    assert expected <= found(broken)
