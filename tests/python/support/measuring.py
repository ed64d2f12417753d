"""Metrics worked out in plain Python from rows, by their definitions: what MetricFlow's SQL has to come to."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from oracle.answers import ANSWERS
from oracle.truth import Truth
from sonic.project.metrics import Measure, Metric, SemanticModel, find, metrics, semantic_models

Group = tuple[Hashable, ...]
Figures = dict[Group, Fraction]
_NUMBER = re.compile(r"(?<!\w)\d+(?:\.\d+)?")


def model_of(measure: Measure) -> SemanticModel:
    """The semantic model that has the measure."""
    return next(model for model in semantic_models().values() if model.measures.get(measure.name) == measure)


def models_of(metric: Metric) -> tuple[SemanticModel, ...]:
    """The semantic models that a metric rests on."""
    own = () if metric.measure is None else (model_of(metric.measure),)
    return own + tuple(model for name in metric.inputs for model in models_of(find(name)))


def dimensions_of(metric: Metric) -> tuple[str, ...]:
    """What the grid holds of a metric: month, country and tier, or the objective, as far as they apply."""
    entities = set.intersection(*(set(model.entities) for model in models_of(metric))) - metric.together
    countries = [f"{place}__country" for place in ("payment_geography", "geography") if place in entities]
    return ("month", *countries[:1], *(name for name in ("tier", "objective") if name in entities))


class Worked:
    """Metrics of the oracle's rows."""

    def __init__(self, truth: Truth) -> None:
        self._truth = truth
        self._kept: dict[Hashable, dict[Group, list[dict[str, Any]]]] = {}

    def out(self, metric: Metric, by: tuple[str, ...]) -> Figures:
        """The metric by groups; a group without a value is left out."""
        figures = self._figures(metric, by, ())
        return {group: value for group, value in figures.items() if value is not None}

    def _figures(self, metric: Metric, by: tuple[str, ...], held: tuple[Any, ...]) -> dict[Group, Fraction | None]:
        conditions = (*held, *metric.conditions)
        if metric.measure is not None:
            return self._measured(metric.measure, by, conditions)
        inputs = {name: self._figures(find(name), by, conditions) for name in metric.inputs}
        text = f"{metric.inputs[0]} / nullif({metric.inputs[1]}, 0)" if metric.type == "ratio" else metric.expression
        figures = {}
        for group in set().union(*inputs.values()):
            missing = {name: Fraction(0) if find(name).missing_is_zero else None for name in inputs}
            figures[group] = evaluated(text, {name: of.get(group, missing[name]) for name, of in inputs.items()})
        return figures

    def _measured(self, measure: Measure, by: tuple[str, ...], conditions: tuple[Any, ...]) -> dict[Group, Any]:
        groups = self._grouped(model_of(measure), measure.last_of_period, by, conditions)
        return {group: aggregated(measure, rows) for group, rows in groups.items()}

    def _grouped(
        self, model: SemanticModel, last_of_period: bool, by: tuple[str, ...], conditions: tuple[Any, ...]
    ) -> dict[Group, list[dict[str, Any]]]:
        """The rows that meet the conditions, by groups; worked out once."""
        key = (model.name, last_of_period, by, conditions)
        if key in self._kept:
            return self._kept[key]
        rows = [row for row in self._truth.of(ANSWERS[model.table]) if all(_meets(row, each) for each in conditions)]
        if last_of_period:
            last: dict[Hashable, date] = {}
            for row in rows:
                day = row[model.time_column]
                period = tuple(PERIODS[name](day) for name in by if name in PERIODS)
                last[period] = max(last.get(period, date.min), day)
            lasting = set(last.values())
            rows = [row for row in rows if row[model.time_column] in lasting]
        groups: dict[Group, list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            groups[tuple(self._part(row, name, model) for name in by)].append(row)
        self._kept[key] = groups
        return groups

    def _part(self, row: dict[str, Any], name: str, model: SemanticModel) -> Hashable:
        if name in PERIODS:
            return PERIODS[name](row[model.time_column])
        if name.endswith("__country"):
            place = row[model.entities[name.removesuffix("__country")]]
            return self._countries.get(place)
        return row[model.dimensions[name] if "__" in name else model.entities[name]]

    @cached_property
    def _countries(self) -> dict[int, str]:
        return {row["geography_id"]: row["country"] for row in self._truth.of(ANSWERS["dim_geography"])}


PERIODS: dict[str, Callable[[date], date]] = {"day": lambda day: day, "month": lambda day: day.replace(day=1)}


def _meets(row: dict[str, Any], condition: Any) -> bool:
    return bool((row[condition.column] == condition.value) == (condition.operator == "="))


def aggregated(measure: Measure, rows: Iterable[dict[str, Any]]) -> Fraction | None:
    """The measure of some rows; None where no row has a value."""
    if re.fullmatch(r"\w+", measure.expression):
        values = [value for row in rows if (value := row[measure.expression]) is not None]
    else:
        values = [value for row in rows if (value := evaluated(measure.expression, row)) is not None]
    if measure.aggregation in ("count", "sum_boolean"):
        return Fraction(len(values) if measure.aggregation == "count" else sum(values))
    if measure.aggregation == "count_distinct":
        return Fraction(len(set(values)))
    if not values:
        return None
    if measure.aggregation == "percentile":
        assert measure.percentile is not None
        return Fraction(sorted(values)[math.ceil(Fraction(str(measure.percentile)) * len(values)) - 1])
    return Fraction({"sum": sum, "max": max}[measure.aggregation](values))


def evaluated(expression: str, values: dict[str, Any]) -> Fraction | None:
    """An expression of SQL over named values, exactly; null where one of them is, or a divisor was 0."""
    names = set(re.findall(r"(?<!\w)[a-z_]\w*", expression)) - {"nullif"}
    if any(values[name] is None for name in names):
        return None
    exact = _NUMBER.sub(lambda found: f"F('{found[0]}')", expression)
    known = {name: Fraction(values[name]) for name in names}
    try:
        return Fraction(eval(exact, {"F": Fraction, "nullif": lambda value, _: value, **known}))
    except ZeroDivisionError:
        return None


def told(rows: Iterable[tuple[Any, ...]], width: int, place: int) -> dict[Group, Fraction]:
    """A metric of MetricFlow's rows by groups, of which there are `width` columns; exact where the engine was."""
    return {row[:width]: Fraction(Decimal(str(value))) for row in rows if (value := row[width + place]) is not None}


def grids() -> dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]]:
    """Metrics that can be asked together: by the semantic models that they rest on, and their grid."""
    found: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = defaultdict(list)
    for metric in metrics().values():
        models = tuple(sorted({model.name for model in models_of(metric)}))
        found[models, dimensions_of(metric)].append(metric.name)
    return found
