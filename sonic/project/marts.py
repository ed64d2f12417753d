"""What the marts promise, read from their YAML: grain, key, columns with types."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
    is_personal: bool = False
    """Whether it tells of one person, so that not every role sees it."""


@dataclass(frozen=True)
class Reference:
    """A column that holds keys of another mart, or its durable ids, which stand in that mart's column `field`."""

    column: str
    mart: str
    field: str


@dataclass(frozen=True)
class Mart:
    """One table of schema marts."""

    name: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    references: tuple[Reference, ...] = ()
    """As the test fact_keys names them."""
    domain: str = ""
    """Its folder under models/marts."""
    history: tuple[str, ...] = ()
    """Of which it holds all versions, one of them current, as the test half_open_intervals names it."""
    meta: Mapping[str, Any] = field(default_factory=dict)
    """What its YAML says beyond what dbt knows."""

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)


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


def described(manifest: Any) -> dict[str, Mart]:
    """All marts by name as dbt has read their YAML: references to doc blocks are resolved, folders' settings are in."""
    nodes = {node.name: node for node in manifest.nodes.values() if node.resource_type == "model"}
    return {name: _in_words_of(nodes[name], mart) for name, mart in marts().items()}


def _in_words_of(node: Any, mart: Mart) -> Mart:
    columns = tuple(
        replace(column, description=" ".join(node.columns[column.name].description.split())) for column in mart.columns
    )
    return replace(mart, description=" ".join(node.description.split()), columns=columns, meta=node.config.meta)


def _models(path: Path) -> list[dict[str, Any]]:
    return list((yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("models", []))


def _read(model: dict[str, Any], path: Path) -> Mart:
    keys = [tuple(arguments["columns"]) for arguments in _arguments(model, "primary_key")]
    if not keys:
        raise SonicError(f"No key is declared for {model['name']}", str(path), "Give the model a test primary_key.")
    columns = tuple(
        Column(
            name=column["name"],
            type=column["data_type"],
            description=" ".join(column.get("description", "").split()),
            is_personal=column.get("config", {}).get("meta", {}).get("personal", False),
        )
        for column in model["columns"]
    )
    references = tuple(
        Reference(key["column"], key["to"].removeprefix("ref('").removesuffix("')"), key.get("field", key["column"]))
        for arguments in _arguments(model, "fact_keys")
        for key in arguments["keys"]
    )
    return Mart(
        name=model["name"],
        description=" ".join(model["description"].split()),
        key=keys[0],
        columns=columns,
        references=references,
        domain=path.parent.name,
        history=_history(model),
        meta=model.get("config", {}).get("meta", {}),
    )


def _history(model: dict[str, Any]) -> tuple[str, ...]:
    """What the model keeps versions of up to the far future, one of which is current."""
    keys = [test["key"] for test in _arguments(model, "half_open_intervals") if test.get("to_the_end")]
    has_current = any(column["name"] == "is_current" for column in model["columns"])
    if not keys or not has_current:
        return ()
    return (keys[0],) if isinstance(keys[0], str) else tuple(keys[0])


def _arguments(model: dict[str, Any], test: str) -> list[dict[str, Any]]:
    """Arguments of the model's tests of that kind."""
    tests = [each for each in model.get("data_tests", []) if isinstance(each, dict)]
    return [each[test]["arguments"] for each in tests if test in each]
