"""Metrics asked of a warehouse."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sonic.errors import SonicError, UsageError
from sonic.paths import Home
from sonic.project.dbt import Dbt
from sonic.project.metrics import Metric, find, measures_of, of_each
from sonic.project.semantics import TIME, Semantics
from sonic.warehouse.database import Database, Rows

GRAINS = ("day", "week", "month", "quarter", "year", "chart_week")
WITHIN_MONTHS = ("day", "week", "chart_week")
_CONDITION = re.compile(r"\s*(\w+)\s*(!=|=)\s*(.*?)\s*")


@dataclass(frozen=True)
class Measured:
    """An answer: a row for each group, with what it is grouped by, then the metrics."""

    metrics: tuple[Metric, ...]
    columns: list[str]
    """Full names of the groups, e.g. ``payment_geography__country``, then those of the metrics."""
    rows: Rows
    sql: str


class Metrics:
    """The metrics of a warehouse."""

    def __init__(self, home: Home, database: Database) -> None:
        """Raises as `Semantics` does."""
        self.database = database
        self._semantics = Semantics(Dbt(home, database.target, database.name))

    def groups(self, metrics: Sequence[Metric]) -> list[str]:
        """Names of all that these metrics can be grouped by together, but for time."""
        return self._semantics.groups([metric.name for metric in metrics])

    def grains(self, metrics: Sequence[Metric]) -> list[str]:
        """The grains of time that these metrics can be grouped by together."""
        return [grain for grain in GRAINS if grain not in WITHIN_MONTHS or not _monthly(metrics)]

    def ask(
        self,
        names: Sequence[str],
        by: Sequence[str] = (),
        where: Sequence[str] = (),
        since: date | None = None,
        until: date | None = None,
    ) -> Measured:
        """The metrics of these names, grouped and in the order of `by`.

        A group is a grain of time (day, week, month ...), or a name, of which the last part will do where no other ends
        with it: country. A condition is a name, = or !=, and a value: country=India. `until` is included.

        A metric that knows all members of a group together alone is answered by the one that knows each: of ``arpu`` by
        ``tier`` that is ``tier_arpu``, which `Measured.metrics` names.

        Raises:
            UsageError: there is no such metric or group, or the metrics cannot be grouped so.
            SonicError: the warehouse does not answer.
        """
        metrics = tuple(dict.fromkeys(_of_members(find(name), by, where) for name in names))
        _check_grains(metrics, by)
        known = self.groups(metrics)
        groups = [_group(name, known) for name in by]
        asked = [metric.name for metric in metrics]
        sql = self._semantics.sql(asked, groups, [_condition(text, known) for text in where], since, until)
        try:
            columns, rows = self.database.query(sql)
        except self.database.errors as error:
            raise SonicError(
                f"The metrics cannot be worked out: {str(error).strip().splitlines()[0]}",
                self.database.where,
                "If the warehouse is not built yet, run `sonic build` first.",
            ) from error
        places = [columns.index(name) for name in (*groups, *asked)]
        return Measured(
            metrics, [*groups, *asked], [tuple(_plain(row[place]) for place in places) for row in rows], sql
        )


def _of_members(metric: Metric, by: Sequence[str], where: Sequence[str]) -> Metric:
    """The metric, or what is asked of a group's members in its place.

    Raises `UsageError` where a metric whose members do not add up is asked of several at once.
    """
    read = [found.groups() for text in where if (found := _CONDITION.fullmatch(text))]
    for entity in metric.together.intersection((*by, *(name for name, _, _ in read))):
        metric = of_each(metric, entity)
    for entity in metric.apart.difference((*by, *(name for name, operator, _ in read if operator == "="))):
        raise UsageError(
            f"{metric.name}: known of each {entity} by itself, as they do not add up",
            f"--by {','.join(by)}",
            f"Ask it by {entity} (--by month,{entity}), or of one {entity} (--where {entity}=...).",
        )
    return metric


def _check_grains(metrics: Sequence[Metric], by: Sequence[str]) -> None:
    """Raises `UsageError` where a metric is known of months alone and is asked of a part of them."""
    monthly = _monthly(metrics)
    finer = [grain for grain in by if grain in WITHIN_MONTHS]
    if monthly and finer:
        raise UsageError(f"{', '.join(monthly)}: known by month alone", f"--by {finer[0]}", "Ask by month or more.")


def _monthly(metrics: Sequence[Metric]) -> list[str]:
    """Names of those that are known by month alone."""
    return [each.name for each in metrics if any(measure.time_grain == "month" for measure in measures_of(each))]


def _group(name: str, known: Sequence[str]) -> str:
    """The full name of a group."""
    if name in GRAINS:
        return f"{TIME}__{name}"
    found = [each for each in known if each == name] or [each for each in known if each.endswith(f"__{name}")]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(f"{name!r} can be {' or '.join(found)}", "what to group by", "Say which.")
    raise UsageError(f"There is no {name!r} to group by", "these metrics", f"There are {', '.join((*GRAINS, *known))}.")


def _condition(text: str, known: Sequence[str]) -> str:
    """A condition as MetricFlow writes it."""
    read = _CONDITION.fullmatch(text)
    if read is None or read[1] in GRAINS:
        raise UsageError(
            f"{text!r} is no condition",
            "--where",
            "Write one like country=India or tier!=free; time has --since, --until.",
        )
    name, operator, value = read.groups()
    group = _group(name, known)
    kind = "Dimension" if "__" in group else "Entity"
    literal = value if value in ("true", "false") else "'" + value.replace("'", "''") + "'"
    return f"{{{{ {kind}('{group}') }}}} {operator} {literal}"


def _plain(value: Any) -> Any:
    """A value; an instant as the date that it begins, as no metric is known of less than a day."""
    return value.date() if isinstance(value, datetime) else value
