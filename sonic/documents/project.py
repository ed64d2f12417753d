"""What dbt's manifest says of the project's models, in the words that documents need."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sonic.project.arrivals import ARRIVALS

LAYERS = ("staging", "intermediate", "marts")


@dataclass(frozen=True)
class Column:
    """A column of a model; `refers_to` names the model whose key it holds."""

    name: str
    type: str
    about: str
    refers_to: str | None


@dataclass(frozen=True)
class Model:
    """A model of dbt."""

    name: str
    layer: str
    """staging, intermediate or marts."""
    area: str
    """Its folder within the layer, such as finance."""
    about: str
    path: str
    materialized: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    parents: tuple[str, ...]
    """Models, seeds, snapshots and sources that it reads, by name; a source as ``<source>.<table>``."""

    @property
    def grain(self) -> str:
        """What a row is: the first sentence of its description."""
        return self.about.removeprefix("Grain:").strip().split(". ")[0].rstrip(".")


@dataclass(frozen=True)
class Question:
    """An analysis."""

    name: str
    about: str
    audience: str
    reading: str
    parents: tuple[str, ...]


@dataclass(frozen=True)
class Metric:
    """A metric of the semantic layer."""

    name: str
    label: str
    about: str
    kind: str


class Project:
    """A manifest, as dbt writes it to a file."""

    def __init__(self, manifest: dict[str, Any]) -> None:
        self._manifest = manifest

    @cached_property
    def models(self) -> dict[str, Model]:
        """All models by name."""
        tests = self._tests_by_model()
        found = [self._model(node, tests.get(node["unique_id"], [])) for node in self._nodes("model")]
        return {model.name: model for model in sorted(found, key=lambda model: model.name)}

    @cached_property
    def seeds(self) -> dict[str, str]:
        """What each seed is, by name."""
        return {node["name"]: _line(node["description"]) for node in self._nodes("seed")}

    @cached_property
    def paths(self) -> dict[str, str]:
        """File of each model, seed and snapshot, by name."""
        kinds = ("model", "seed", "snapshot")
        return {node["name"]: node["original_file_path"] for kind in kinds for node in self._nodes(kind)}

    @cached_property
    def questions(self) -> list[Question]:
        """All analyses by audience and name."""
        found = [self._question(node) for node in self._nodes("analysis")]
        return sorted(found, key=lambda question: (question.audience, question.name))

    @cached_property
    def metrics(self) -> list[Metric]:
        """All metrics by name."""
        found = self._manifest["metrics"].values()
        made = (Metric(m["name"], m["label"] or m["name"], _line(m["description"]), str(m["type"])) for m in found)
        return sorted(made, key=lambda metric: metric.name)

    def of_layer(self, layer: str) -> dict[str, list[Model]]:
        """Models of a layer by area."""
        areas: dict[str, list[Model]] = {}
        for model in self.models.values():
            if model.layer == layer:
                areas.setdefault(model.area, []).append(model)
        return dict(sorted(areas.items()))

    def _nodes(self, kind: str) -> list[dict[str, Any]]:
        return [node for node in self._manifest["nodes"].values() if node["resource_type"] == kind]

    def _tests_by_model(self) -> dict[str, list[dict[str, Any]]]:
        tests: dict[str, list[dict[str, Any]]] = {}
        for node in self._nodes("test"):
            if node.get("attached_node") and node.get("test_metadata"):
                tests.setdefault(node["attached_node"], []).append(node["test_metadata"])
        return tests

    def _model(self, node: dict[str, Any], tests: list[dict[str, Any]]) -> Model:
        keys = [test["kwargs"]["columns"] for test in tests if test["name"] == "primary_key"]
        key = keys[0] if keys else []
        references = {
            key["column"]: key["to"].removeprefix("ref('").removesuffix("')")
            for test in tests
            if test["name"] == "fact_keys"
            for key in test["kwargs"]["keys"]
        }
        columns = (
            Column(name, column["data_type"] or "", _line(column["description"]), references.get(name))
            for name, column in node["columns"].items()
        )
        _, layer, area, *_ = node["fqn"]
        return Model(
            name=node["name"],
            layer=layer,
            area=area,
            about=_line(node["description"]),
            path=node["original_file_path"],
            materialized=node["config"]["materialized"],
            key=(key,) if isinstance(key, str) else tuple(key),
            columns=tuple(columns),
            parents=self._parents(node),
        )

    def _question(self, node: dict[str, Any]) -> Question:
        meta = node["config"]["meta"]
        return Question(
            name=node["name"],
            about=_line(node["description"]),
            audience=str(meta.get("audience", "")),
            reading=_line(meta.get("reading", "")),
            parents=self._parents(node),
        )

    def _parents(self, node: dict[str, Any]) -> tuple[str, ...]:
        names = {self._name(unique_id) for unique_id in node["depends_on"]["nodes"]}
        return tuple(sorted(name for name in names if not name.startswith(ARRIVALS)))

    def _name(self, unique_id: str) -> str:
        if unique_id in self._manifest["sources"]:
            source = self._manifest["sources"][unique_id]
            return f"{source['source_name']}.{source['name']}"
        return str(self._manifest["nodes"][unique_id]["name"])


def _line(text: str) -> str:
    return " ".join(str(text).split())
