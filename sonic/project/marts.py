"""What the marts promise, read from their YAML: grain, key, columns with types."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from sonic.errors import SonicError, UsageError
from sonic.paths import PROJECT

SCHEMA = "marts"
_NOT_PUBLISHED = ("quality",)


@dataclass(frozen=True)
class Column:
    """One column of a mart; `type` as the contract writes it."""

    name: str
    type: str
    description: str


@dataclass(frozen=True)
class Mart:
    """One table of schema marts."""

    name: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    references: tuple[tuple[str, str], ...] = ()
    """Columns that hold keys of other marts, each with the mart's name, as the test fact_keys names them."""


@cache
def marts(models: Path = PROJECT / "models") -> dict[str, Mart]:
    """All marts by name."""
    paths = sorted(path for path in (models / "marts").rglob("*.yml") if path.parent.name not in _NOT_PUBLISHED)
    found = [_read(model, path) for path in paths for model in _models(path)]
    return {mart.name: mart for mart in sorted(found, key=lambda mart: mart.name)}


def find(name: str) -> Mart:
    """The mart of that name. Raises `UsageError` if there is none."""
    known = marts()
    wanted = name.replace("-", "_")
    if wanted not in known:
        raise UsageError(f"There is no mart {name!r}", "models/marts", f"There are {', '.join(known)}.")
    return known[wanted]


def _models(path: Path) -> list[dict[str, Any]]:
    return list((yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("models", []))


def _read(model: dict[str, Any], path: Path) -> Mart:
    keys = [
        tuple(test["primary_key"]["arguments"]["columns"])
        for test in model.get("data_tests", [])
        if isinstance(test, dict) and "primary_key" in test
    ]
    if not keys:
        raise SonicError(f"No key is declared for {model['name']}", str(path), "Give the model a test primary_key.")
    columns = tuple(
        Column(column["name"], column["data_type"], " ".join(column.get("description", "").split()))
        for column in model["columns"]
    )
    references = tuple(
        (key["column"], key["to"].removeprefix("ref('").removesuffix("')"))
        for test in model.get("data_tests", [])
        if isinstance(test, dict) and "fact_keys" in test
        for key in test["fact_keys"]["arguments"]["keys"]
    )
    return Mart(model["name"], " ".join(model["description"].split()), keys[0], columns, references)
