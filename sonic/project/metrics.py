"""The metrics as `models/semantic` defines them, for whatever states them in another language.

MetricFlow reads the same files through dbt. What they may hold is kept small, so that each metric can be said in DAX or
shown on a page as well: a measure aggregates one expression of one mart's columns, conditions compare a column with a
value, and all else is made of other metrics.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import yaml

from sonic.errors import SonicError, UsageError
from sonic.paths import PROJECT

SEMANTIC = PROJECT / "models" / "semantic"

Kind = Literal["simple", "ratio", "derived"]
Format = Literal["integer", "decimal", "percent", "currency"]
_CONDITION = re.compile(r"\{\{ (Dimension|Entity)\('(\w+)'\) \}\} (=|!=) ('[^']*'|true|false)")


@dataclass(frozen=True)
class Measure:
    """One aggregation over the rows of one mart."""

    name: str
    table: str
    """The mart, e.g. ``fct_streams``."""
    aggregation: str
    """sum, max, count, count_distinct, sum_boolean (rows where it is true) or percentile (by nearest rank)."""
    expression: str
    """SQL over columns of the mart: one of them, alone or with a factor, or one over another."""
    percentile: float | None
    time_column: str
    """Date by which it falls into a period."""
    time_grain: Literal["day", "month"]
    """Length of the periods that it is known of: that date is a day, or the first of a month."""
    last_of_period: bool
    """Only the rows of the period's last date count: what stands then does not add up over time."""


@dataclass(frozen=True)
class Condition:
    """What a column of the measure's mart must be."""

    column: str
    operator: Literal["=", "!="]
    value: str | bool


@dataclass(frozen=True)
class Metric:
    """One metric: a measure of the rows that meet the conditions, or a calculation with other metrics."""

    name: str
    label: str
    description: str
    """Begins with the unit; names the mart whose rule it is."""
    type: Kind
    format: Format
    unit: str
    """EUR for what is a currency."""
    mart: str
    """The mart that holds it, or what it is made of."""
    measure: Measure | None
    """Of a simple metric."""
    conditions: tuple[Condition, ...]
    """All hold, for each metric that this one is made of as well."""
    missing_is_zero: bool
    """No row that meets the conditions means 0, where another metric that it is asked with has one."""
    inputs: tuple[str, ...]
    """Names of the metrics that it is made of; of a ratio numerator and denominator."""
    expression: str
    """SQL over `inputs`, of a derived metric."""
    together: frozenset[str]
    """Entities of whose members, such as the tiers, it knows all together alone."""
    apart: frozenset[str]
    """Entities whose members it knows one by one alone, as they do not add up."""


@dataclass(frozen=True)
class SemanticModel:
    """A mart as metrics see it."""

    name: str
    table: str
    time_column: str
    """Empty for a dimension."""
    entities: dict[str, str]
    """Names shared by all semantic models, e.g. ``payment_geography`` or ``tier``, and the columns that hold them."""
    dimensions: dict[str, str]
    """Names as a query writes them, e.g. ``play__skip_class``, and their columns."""
    measures: dict[str, Measure]
    counted_afresh: dict[str, str]
    """Entities over whose members rows do not add up, and the columns that mark the rows of all of them together."""


@cache
def semantic_models(folder: Path = SEMANTIC) -> dict[str, SemanticModel]:
    """All semantic models by name."""
    found = [_model(entry) for _, entry in _entries(folder, "semantic_models")]
    return {model.name: model for model in found}


@cache
def metrics(folder: Path = SEMANTIC) -> dict[str, Metric]:
    """All metrics by name, in the order of the files.

    Raises `SonicError` for one that says what cannot be told here.
    """
    models = tuple(semantic_models(folder).values())
    entries = {entry["name"]: (path, entry) for path, entry in _entries(folder, "metrics")}
    return {name: _metric(name, entries, models) for name in entries}


def find(name: str) -> Metric:
    """The metric of that name; dashes and underscores are alike. Raises `UsageError` if there is none."""
    known = metrics()
    wanted = name.replace("-", "_")
    if wanted not in known:
        near = get_close_matches(wanted, known)
        raise UsageError(
            f"There is no metric {name!r}",
            "models/semantic",
            f"Did you mean {' or '.join(near)}?" if near else "`sonic metric` lists those that there are.",
        )
    return known[wanted]


def of_each(metric: Metric, entity: str) -> Metric:
    """What is asked of the members one by one in place of a metric that knows all of them together alone.

    Its name says so: of ``arpu`` by ``tier`` it is ``tier_arpu``. Raises `UsageError` if there is none.
    """
    return find(f"{entity}_{metric.name}")


def measures_of(metric: Metric) -> tuple[Measure, ...]:
    """All measures that a metric rests on."""
    if metric.measure is not None:
        return (metric.measure,)
    return tuple(measure for name in metric.inputs for measure in measures_of(metrics()[name]))


def _entries(folder: Path, kind: str) -> list[tuple[Path, dict[str, Any]]]:
    files = [(path, yaml.safe_load(path.read_text(encoding="utf-8")) or {}) for path in sorted(folder.glob("*.yml"))]
    return [(path, entry) for path, content in files for entry in content.get(kind, [])]


def _model(entry: dict[str, Any]) -> SemanticModel:
    table = str(entry["model"]).removeprefix("ref('").removesuffix("')")
    entities = {each["name"]: str(each.get("expr", each["name"])) for each in entry["entities"]}
    primary = entry.get("primary_entity") or next(e["name"] for e in entry["entities"] if e["type"] == "primary")
    columns = {each["name"]: str(each.get("expr", each["name"])) for each in entry["dimensions"]}
    grains = {each["name"]: each.get("type_params", {}).get("time_granularity") for each in entry["dimensions"]}
    time = str(entry.get("defaults", {}).get("agg_time_dimension", ""))
    measures = {
        each["name"]: Measure(
            name=each["name"],
            table=table,
            aggregation=each["agg"],
            expression=str(each.get("expr", each["name"])),
            percentile=each.get("agg_params", {}).get("percentile"),
            time_column=columns[time],
            time_grain=grains[time],
            last_of_period="non_additive_dimension" in each,
        )
        for each in entry.get("measures", [])
    }
    dimensions = {f"{primary}__{name}": column for name, column in columns.items()}
    afresh = entry.get("config", {}).get("meta", {}).get("counted_afresh", {})
    return SemanticModel(entry["name"], table, columns.get(time, ""), entities, dimensions, measures, afresh)


Entries = dict[str, tuple[Path, dict[str, Any]]]


def _metric(name: str, entries: Entries, models: tuple[SemanticModel, ...]) -> Metric:
    path, entry = entries[name]
    where = f"{path}, metric {name}"
    given, meta = entry["type_params"], entry["config"]["meta"]
    if entry["type"] not in get_args(Kind) or meta["format"] not in get_args(Format):
        raise SonicError(
            f"A metric of type {entry['type']} with format {meta['format']} cannot be told",
            where,
            f"Types are {', '.join(get_args(Kind))}, formats {', '.join(get_args(Format))}.",
        )
    model = _measured(name, entries, models)
    conditions = _conditions(entry.get("filter", ""), model, where)
    parts = [_metric(each, entries, models) for each in _inputs(entry)]
    return Metric(
        name=name,
        label=entry["label"],
        description=" ".join(entry["description"].split()),
        type=entry["type"],
        format=meta["format"],
        unit=meta["unit"],
        mart=meta["mart"],
        measure=model.measures[_measure_name(entry)] if entry["type"] == "simple" else None,
        conditions=conditions,
        missing_is_zero=isinstance(given.get("measure"), dict) and given["measure"].get("fill_nulls_with") == 0,
        inputs=_inputs(entry),
        expression=given.get("expr", ""),
        together=_known(model, conditions, True).union(*(part.together for part in parts)),
        apart=_known(model, conditions, False).union(*(part.apart for part in parts)),
    )


def _known(model: SemanticModel, conditions: tuple[Condition, ...], together: bool) -> frozenset[str]:
    """Entities of whose members the conditions leave the rows of all together, or those of each."""
    held = {each.column: each.value is (each.operator == "=") for each in conditions if isinstance(each.value, bool)}
    return frozenset(entity for entity, flag in model.counted_afresh.items() if held.get(flag) is together)


def _inputs(entry: dict[str, Any]) -> tuple[str, ...]:
    given = entry["type_params"]
    if entry["type"] == "ratio":
        return given["numerator"], given["denominator"]
    return tuple(each["name"] for each in given.get("metrics", []))


def _measured(name: str, entries: Entries, models: tuple[SemanticModel, ...]) -> SemanticModel:
    """The semantic model of a metric's measure, or of the first one that it is made of."""
    entry = entries[name][1]
    if entry["type"] != "simple":
        return _measured(_inputs(entry)[0], entries, models)
    return next(model for model in models if _measure_name(entry) in model.measures)


def _measure_name(entry: dict[str, Any]) -> str:
    """Name of a simple metric's measure, which may be given with more."""
    given = entry["type_params"]["measure"]
    return str(given["name"] if isinstance(given, dict) else given)


def _conditions(text: str, model: SemanticModel, where: str) -> tuple[Condition, ...]:
    parts = " ".join(text.split()).split(" and ") if text else []
    return tuple(_condition(part, model, where) for part in parts)


def _condition(text: str, model: SemanticModel, where: str) -> Condition:
    read = _CONDITION.fullmatch(text)
    if read is None:
        raise SonicError(
            f"The condition is no comparison with a value: {text}",
            where,
            "Write {{ Dimension('entity__name') }} = 'value', several of them joined by `and`.",
        )
    kind, name, operator, value = read.groups()
    columns = model.dimensions if kind == "Dimension" else model.entities
    if name not in columns:
        raise SonicError(f"{model.name} has no {name}", where, f"It has {', '.join(columns)}.")
    return Condition(columns[name], "=" if operator == "=" else "!=", _value(value))


def _value(text: str) -> str | bool:
    return text == "true" if text in ("true", "false") else text.strip("'")
