"""A bundle for Apache Superset: data sets of the marts with their metrics, and a dashboard that stands on them.

It is what Superset itself exports: YAML files in a ZIP. The metrics are SQL made of the definitions in
`models/semantic`; those that one query of one mart cannot tell are left out: what rests on several marts or on a
personal column, and what is known at a period's end alone. The dashboard is `bi/superset/dashboard.yml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import yaml

from sonic.errors import SonicError
from sonic.paths import PROJECT
from sonic.project.marts import SCHEMA, Column, Mart
from sonic.project.metrics import Condition, Measure, Metric, SemanticModel
from sonic.publishing.tableau import Address
from sonic.publishing.tmdl import identity
from sonic.publishing.words import caption, mart_caption

NAME = "Sonic Warehouse"
BUNDLE = "sonic_warehouse.zip"
DASHBOARD = PROJECT / "bi" / "superset" / "dashboard.yml"
VERSION = "1.0.0"
"""Of Superset's format."""
WIDTH, HEIGHT = 12, 50
"""Columns of a row, and the height of its charts in Superset's units."""
COUNTRIES = {"geography": "country", "payment_geography": "payment_country"}
"""Entities that are places, and what the column with the name of the country is called."""
_FORMATS = {"integer": ",d", "decimal": ",.2f", "percent": ".1%", "currency": ",.0f"}
"""Of D3; amounts are in the unit that the title says."""
_CHARTS = {
    "lines": "echarts_timeseries_line",
    "columns": "echarts_timeseries_bar",
    "bars": "echarts_timeseries_bar",
    "table": "table",
}
Document = dict[str, Any]


@dataclass(frozen=True)
class Dataset:
    """A mart with the names of its countries, and the metrics that it tells by itself."""

    mart: Mart
    semantic: SemanticModel
    metrics: Mapping[str, str]
    """SQL of each metric by its name."""

    @property
    def uuid(self) -> str:
        return identity("superset", self.mart.name)

    @property
    def countries(self) -> dict[str, str]:
        """Columns with the names of countries, where the mart has none, and the columns with the keys of the places."""
        entities, own = self.semantic.entities, {column.name for column in self.mart.columns}
        found = {name: entities[entity] for entity, name in COUNTRIES.items() if entity in entities}
        return {name: key for name, key in found.items() if name not in own}

    @property
    def columns(self) -> list[Column]:
        """All that every role sees, names of countries last."""
        own = [column for column in self.mart.columns if not column.is_personal]
        return own + [Column(name, "text", "Name of the country.") for name in self.countries]

    @property
    def sql(self) -> str:
        """Its rows, by named columns: a role from which one is withheld may not ask for all."""
        places = {name: f"{name}_place.country as {name}" for name in self.countries}
        names = [places.get(column.name, f"rows.{column.name}") for column in self.columns]
        joins = [
            f"\nleft join {SCHEMA}.dim_geography as {name}_place on rows.{key} = {name}_place.geography_id"
            for name, key in self.countries.items()
        ]
        return f"select {', '.join(names)}\nfrom {SCHEMA}.{self.mart.name} as rows{''.join(joins)}"


def expression(metric: Metric, known: Mapping[str, Metric], held: tuple[Condition, ...] = ()) -> str | None:
    """A metric as an aggregate in PostgreSQL's SQL over the rows of its mart; None where they do not tell it.

    `held` are the conditions of what it is a part of.
    """
    conditions = (*held, *metric.conditions)
    if metric.measure is not None:
        if metric.measure.last_of_period:
            return None
        said = _aggregate(metric.measure, conditions)
        return f"coalesce({said}, 0)" if metric.missing_is_zero else said
    parts = {name: expression(known[name], known, conditions) for name in metric.inputs}
    if None in parts.values() or {known[name].mart for name in metric.inputs} != {metric.mart}:
        return None
    if metric.type == "ratio":
        numerator, denominator = (parts[name] for name in metric.inputs)
        return f"{numerator} * 1.0 / nullif({denominator}, 0)"
    return re.sub(
        r"\b[a-z]\w*\b", lambda word: f"({parts[word[0]]})" if word[0] in parts else word[0], metric.expression
    )


def _aggregate(measure: Measure, conditions: tuple[Condition, ...]) -> str:
    test = " and ".join(map(_condition, conditions))
    value = f"case when {test} then {measure.expression} end" if test else measure.expression
    match measure.aggregation:
        case "sum" | "max" | "count":
            return f"{measure.aggregation}({value})"
        case "count_distinct":
            return f"count(distinct {value})"
        case "sum_boolean":
            return f"count(case when {' and '.join(filter(None, (test, measure.expression)))} then 1 end)"
        case "percentile":
            return f"percentile_disc({measure.percentile}) within group (order by {value})"
        case other:
            raise SonicError(f"An aggregation {other!r} cannot be told", measure.name, "Add it to superset.py.")


def _condition(condition: Condition) -> str:
    if isinstance(condition.value, bool):
        return condition.column if condition.value is (condition.operator == "=") else f"not {condition.column}"
    operator = "=" if condition.operator == "=" else "<>"
    return f"{condition.column} {operator} '{condition.value}'"


def datasets(
    marts: Mapping[str, Mart], metrics: Mapping[str, Metric], semantic_models: Mapping[str, SemanticModel]
) -> dict[str, Dataset]:
    """The marts that tell a metric by themselves, by name."""
    found = {}
    for model in semantic_models.values():
        mart = marts[model.table]
        personal = {column.name for column in mart.columns if column.is_personal}
        told = {name: expression(metric, metrics) for name, metric in metrics.items() if metric.mart == mart.name}
        if given := {name: sql for name, sql in told.items() if sql and personal.isdisjoint(re.findall(r"\w+", sql))}:
            found[mart.name] = Dataset(mart, model, given)
    return found


def files(known: Mapping[str, Dataset], metrics: Mapping[str, Metric], address: Address) -> dict[str, str]:
    """Texts of all files of the bundle by their paths.

    Raises:
        SonicError: the dashboard shows what no data set has.
    """
    drawn = yaml.safe_load(DASHBOARD.read_text(encoding="utf-8"))
    charts = {each["name"]: _chart(each, known, metrics) for row in drawn["rows"] for each in row}
    documents: dict[str, Document] = {
        "metadata.yaml": {"version": VERSION, "type": "Dashboard", "timestamp": "2026-01-01T00:00:00+00:00"},
        "databases/warehouse.yaml": _database(address),
        **{f"datasets/warehouse/{name}.yaml": _dataset(each, metrics) for name, each in known.items()},
        **{f"charts/{name}.yaml": chart for name, chart in charts.items()},
        "dashboards/warehouse.yaml": _dashboard(drawn, charts),
    }
    return {
        path: yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120)
        for path, content in documents.items()
    }


def write(texts: Mapping[str, str], path: Path) -> None:
    """Writes the bundle."""
    with ZipFile(path, "w", ZIP_DEFLATED) as bundle:
        for name, text in texts.items():
            bundle.writestr(f"{path.stem}/{name}", text)


def _database(address: Address) -> Document:
    user = f"{address.user}@" if address.user else ""
    return {
        "database_name": NAME,
        "sqlalchemy_uri": f"postgresql+psycopg2://{user}{address.host}:{address.port}/{address.database}",
        "expose_in_sqllab": True,
        "allow_run_async": False,
        "allow_ctas": False,
        "allow_cvas": False,
        "allow_dml": False,
        "extra": {},
        "uuid": identity("superset", "database"),
        "version": VERSION,
    }


def _dataset(each: Dataset, metrics: Mapping[str, Metric]) -> Document:
    return {
        "table_name": mart_caption(each.mart),
        "main_dttm_col": each.semantic.time_column,
        "description": each.mart.description,
        "schema": SCHEMA,
        "sql": each.sql,
        "params": None,
        "extra": None,
        "metrics": [_metric(metrics[name], sql) for name, sql in each.metrics.items()],
        "columns": [_column(column) for column in each.columns],
        "uuid": each.uuid,
        "database_uuid": identity("superset", "database"),
        "version": VERSION,
    }


def _column(column: Column) -> Document:
    return {
        "column_name": column.name,
        "verbose_name": caption(column.name),
        "is_dttm": column.type in ("date", "timestamptz"),
        "is_active": True,
        "type": column.type.upper(),
        "groupby": True,
        "filterable": True,
        "description": column.description,
    }


def _metric(metric: Metric, sql: str) -> Document:
    return {
        "metric_name": metric.name,
        "verbose_name": metric.label,
        "expression": sql,
        "description": f"{metric.description} Metric {metric.name}.",
        "d3format": _FORMATS[metric.format],
    }


def _chart(each: Document, known: Mapping[str, Dataset], metrics: Mapping[str, Metric]) -> Document:
    asked = each["metrics"]
    dataset = known.get(metrics[asked[0]].mart) if asked[0] in metrics else None
    lacking = [name for name in asked if dataset is None or name not in dataset.metrics]
    if dataset is None or lacking:
        raise SonicError(
            f"No data set tells {' and '.join(lacking)} by itself", f"{DASHBOARD}, {each['name']}", "Show another."
        )
    groups = [each["by"]] if "by" in each else []
    number = _FORMATS[metrics[asked[0]].format]
    params: Document = {
        "viz_type": _CHARTS[each["chart"]],
        "metrics": asked,
        "adhoc_filters": [],
        "time_range": "No filter",
        "row_limit": 10_000,
    }
    if each["chart"] == "table":
        params |= {
            "query_mode": "aggregate",
            "groupby": groups,
            "timeseries_limit_metric": asked[0],
            "order_desc": True,
        }
        params |= {"column_config": {name: {"d3NumberFormat": _FORMATS[metrics[name].format]} for name in asked}}
    else:
        is_in_time = "grain" in each
        params |= {
            "x_axis": dataset.semantic.time_column if is_in_time else groups[0],
            "groupby": groups if is_in_time else [],
            "rich_tooltip": True,
            "show_legend": True,
            "y_axis_format": number,
            "x_axis_time_format": "%b %Y" if each.get("grain") == "P1M" else "%d %b",
        }
        params |= {"time_grain_sqla": each["grain"]} if is_in_time else {"x_axis_sort_asc": True}
        params |= {"stack": "Stack"} if each["chart"] == "columns" and groups else {}
        params |= {"orientation": "horizontal"} if each["chart"] == "bars" else {}
    unit = metrics[asked[0]].unit
    return {
        "slice_name": f"{each['title']}, EUR" if unit == "EUR" else each["title"],
        "description": " ".join(f"{metrics[name].label}: {metrics[name].description}" for name in asked),
        "viz_type": params["viz_type"],
        "params": params,
        "query_context": None,
        "cache_timeout": None,
        "uuid": identity("superset", "chart", each["name"]),
        "dataset_uuid": dataset.uuid,
        "version": VERSION,
    }


def _dashboard(drawn: Document, charts: Mapping[str, Document]) -> Document:
    position: Document = {
        "DASHBOARD_VERSION_KEY": "v2",
        "ROOT_ID": {"type": "ROOT", "id": "ROOT_ID", "children": ["GRID_ID"]},
        "HEADER_ID": {"type": "HEADER", "id": "HEADER_ID", "meta": {"text": drawn["title"]}},
    }
    rows = dict(_rows(drawn["rows"], charts))
    grid = [key for key, entry in rows.items() if entry["type"] == "ROW"]
    position["GRID_ID"] = {"type": "GRID", "id": "GRID_ID", "children": grid, "parents": ["ROOT_ID"]}
    return {
        "dashboard_title": drawn["title"],
        "description": None,
        "css": "",
        "slug": "sonic-warehouse",
        "uuid": identity("superset", "dashboard"),
        "position": position | rows,
        "metadata": {"cross_filters_enabled": True, "color_scheme": "supersetColors"},
        "published": True,
        "version": VERSION,
    }


def _rows(rows: list[list[Document]], charts: Mapping[str, Document]) -> Iterator[tuple[str, Document]]:
    ids = {name: number for number, name in enumerate(charts, 1)}
    for number, row in enumerate(rows):
        key, parents = f"ROW-{number}", ["ROOT_ID", "GRID_ID"]
        if (width := sum(each["width"] for each in row)) != WIDTH:
            raise SonicError(f"Row {number + 1} has {width} columns", str(DASHBOARD), f"A row has {WIDTH}.")
        children = [f"CHART-{each['name']}" for each in row]
        yield (
            key,
            {
                "type": "ROW",
                "id": key,
                "children": children,
                "parents": parents,
                "meta": {"background": "BACKGROUND_TRANSPARENT"},
            },
        )
        for each, child in zip(row, children, strict=True):
            chart = charts[each["name"]]
            # Superset puts an id of its own in place of that one
            meta = {"chartId": ids[each["name"]], "uuid": chart["uuid"], "sliceName": chart["slice_name"]}
            meta |= {"width": each["width"], "height": HEIGHT}
            yield child, {"type": "CHART", "id": child, "children": [], "parents": [*parents, key], "meta": meta}
