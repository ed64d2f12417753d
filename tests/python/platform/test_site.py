"""The site of the models: whole or not there, complete, and silent on the network."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from sonic.documents import site
from sonic.errors import SonicError

CODE = {
    "plays": 'select stream_id, played_ms from "db"."raw"."streams"',
    "minutes": """
        select stream_id, played_ms / 60000 as minutes from "db"."marts"."plays"
        union all
        select stream_id, 0 as minutes from "db"."marts"."plays"
    """,
}


class Documented:
    """A project of one source and two models, as dbt leaves it."""

    def __init__(self, folder: Path, code: dict[str, str]) -> None:
        self.folder = folder
        folder.mkdir()
        parents = {"plays": "source.p.raw.streams", "minutes": "model.p.plays"}
        nodes = {f"model.p.{name}": self._node("model", "marts", name, text) for name, text in code.items()}
        source = {"source.p.raw.streams": self._node("source", "raw", "streams", "")}
        for name, parent in parents.items():
            nodes[f"model.p.{name}"]["depends_on"] = {"nodes": [parent], "macros": []}
        manifest = {
            "metadata": {"adapter_type": "postgres", "project_name": "p", "dbt_version": "1.11"},
            "nodes": nodes,
            "sources": source,
            "exposures": {},
            "parent_map": {f"model.p.{name}": [parent] for name, parent in parents.items()},
            "child_map": {parent: [f"model.p.{name}"] for name, parent in parents.items()},
        }
        columns = {"streams": ["stream_id", "played_ms"], "plays": ["stream_id", "played_ms"]}
        columns["minutes"] = ["stream_id", "minutes"]
        catalog = {
            "nodes": {key: self._relation(key, node, columns[node["name"]]) for key, node in nodes.items()},
            "sources": {key: self._relation(key, node, columns[node["name"]]) for key, node in source.items()},
        }
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
        (folder / "catalog.json").write_text(json.dumps(catalog), encoding="utf-8")
        (folder / "static_index.html").write_text("<html>models</html>", encoding="utf-8")

    @staticmethod
    def _node(kind: str, schema: str, name: str, code: str) -> dict[str, Any]:
        return {
            "resource_type": kind, "database": "db", "schema": schema, "name": name, "alias": name, "identifier": name,
            "columns": {}, "description": "", "config": {"materialized": "table"}, "compiled_code": code,
            "raw_code": code, "path": f"{name}.sql", "original_file_path": f"models/{name}.sql", "fqn": ["p", name],
            "relation_name": f'"db"."{schema}"."{name}"', "tags": [], "meta": {}, "package_name": "p",
            "unique_id": f"{kind}.p.{name}", "depends_on": {"nodes": [], "macros": []}, "refs": [], "sources": [],
            "source_name": schema, "patch_path": None,
        }  # fmt: skip

    @staticmethod
    def _relation(key: str, node: dict[str, Any], columns: list[str]) -> dict[str, Any]:
        told = {name: {"name": name, "type": "bigint", "index": n, "comment": None} for n, name in enumerate(columns)}
        metadata = {"database": "db", "schema": node["schema"], "name": node["name"], "type": "TABLE"}
        return {"unique_id": key, "metadata": metadata, "columns": told, "stats": {}}

    def document(self) -> Path:
        return self.folder


def written(folder: Path, code: dict[str, str]) -> site.Site:
    dbt: Any = Documented(folder / "target", code)
    return site.write(dbt, folder / "site", "somewhere <else>")


def test_a_column_is_followed_through_a_union_and_nothing_calls_out(tmp_path: Path) -> None:
    made = written(tmp_path, CODE)
    assert made.lacks == ()
    index = made.page.read_text(encoding="utf-8")
    assert "somewhere &lt;else&gt;" in index
    assert {path.name for path in made.page.parent.iterdir()} == {*re.findall(r'href="([^"]+)"', index), "index.html"}
    columns = (made.page.parent / site.COLUMNS).read_text(encoding="utf-8")
    assert "window.colibriTelemetry = false" in columns
    assert not re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="(?:https?:)?//', columns)
    (packed,) = re.findall(r'colibriData = JSON.parse\(atob\("([^"]+)"', columns)
    edges = json.loads(base64.b64decode(packed))["lineage"]["edges"]
    found = {(e["source"], e["sourceColumn"], e["target"], e["targetColumn"]) for e in edges if e["sourceColumn"]}
    assert ("model.p.plays", "played_ms", "model.p.minutes", "minutes") in found
    assert ("source.p.raw.streams", "played_ms", "model.p.plays", "played_ms") in found


def test_what_cannot_be_followed_is_told(tmp_path: Path) -> None:
    made = written(tmp_path, CODE | {"minutes": ""})
    assert any("1/2 models are missing compiled SQL" in reason for reason in made.lacks)


def test_a_folder_of_something_else_stays(tmp_path: Path) -> None:
    other = tmp_path / "site" / "letters.txt"
    other.parent.mkdir()
    other.write_text("mine", encoding="utf-8")
    with pytest.raises(SonicError, match="something else"):
        written(tmp_path, CODE)
    assert other.read_text(encoding="utf-8") == "mine"
