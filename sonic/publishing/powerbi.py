"""A Power BI project: the marts as one semantic model in TMDL, and a report that stands on it, still empty.

Data come from PostgreSQL by import. Names are those that people read; columns that only join are hidden. Instants are
in UTC, as a model has no type for them, ratios are floating-point numbers, as its own decimals have four places.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sonic.errors import SonicError
from sonic.project.marts import SCHEMA, Mart
from sonic.project.metrics import Metric, SemanticModel
from sonic.publishing import dax
from sonic.publishing.access import Access, scopes
from sonic.publishing.model import Model, Relationship, model
from sonic.publishing.stars import Table
from sonic.publishing.tableau import Address
from sonic.publishing.tmdl import Node, document, identity, quoted
from sonic.publishing.words import Currency, Field, Kind, caption, fields
from sonic.warehouse.roles import Role

NAME = "Sonic Warehouse"
METRICS = "Metrics"
"""The table of measures."""
COMPATIBILITY = "1600"
_SCHEMAS = "https://developer.microsoft.com/json-schemas/fabric"
_DATA_TYPES = {
    "bigint": "int64",
    "integer": "int64",
    "smallint": "int64",
    "boolean": "boolean",
    "text": "string",
    "date": "dateTime",
    "timestamptz": "dateTime",
    "double precision": "double",
}
_FORMATS = {"integer": "#,0", "decimal": "#,0.00", "percent": "0.0%", "currency": '"€"#,0.00'}
_KIND_FORMATS = {
    Kind.KEY: "0",
    Kind.TECHNICAL: "0",
    Kind.COUNT: "#,0",
    Kind.MONEY: "#,0",
    Kind.LEVEL: "#,0.00",
    Kind.SHARE: "0.0%",
}
_SUMMARIES = {Kind.COUNT: "sum", Kind.MONEY: "sum", Kind.LEVEL: "average", Kind.SHARE: "average"}
_CATEGORIES = {
    "country code": "Country",
    "country": "Country",
    "region": "StateOrProvince",
    "city": "City",
    "latitude": "Latitude",
    "longitude": "Longitude",
}


@dataclass(frozen=True)
class Project:
    """What a project is made of."""

    model: Model
    metrics: Mapping[str, Metric]
    roles: Mapping[str, Role]
    address: Address

    def column(self, mart: str, name: str) -> str:
        """A mart's column as DAX names it."""
        return _dax_column(self.model.table(mart), name)

    @property
    def calendar(self) -> Table:
        """The table of days. Raises `SonicError` if no mart says that it is one."""
        for table in self.model.tables:
            if "calendar" in table.mart.meta:
                return table
        raise SonicError("No mart says that it is the calendar", "models/marts", "Give one `meta: {calendar: ...}`.")


def project(
    marts: Mapping[str, Mart],
    metrics: Mapping[str, Metric],
    semantic_models: Mapping[str, SemanticModel],
    roles: Mapping[str, Role],
    address: Address,
) -> Project:
    """The project of those marts and metrics, read by those roles."""
    times = {each.table: each.time_column for each in semantic_models.values() if each.time_column}
    return Project(model(marts, times), metrics, roles, address)


def files(made: Project) -> dict[str, str]:
    """Texts of all files of the project by their paths."""
    tables = [*(_table(made, table) for table in made.model.tables), _measures(made), scopes()]
    roles = list(Access(made.model, made.roles).nodes())
    _require_distinct(tables)
    model_folder, report_folder = f"{NAME}.SemanticModel", f"{NAME}.Report"
    definition = f"{model_folder}/definition"
    texts = {
        f"{definition}/database.tmdl": document([Node("database", NAME, {"compatibilityLevel": COMPATIBILITY})]),
        f"{definition}/model.tmdl": document(
            [_model(), *(Node(f"ref {node.kind}", node.name) for node in (*tables, *roles))]
        ),
        f"{definition}/expressions.tmdl": document(_parameters(made.address)),
        f"{definition}/relationships.tmdl": document(map(_relationship, made.model.relationships)),
        **{f"{definition}/tables/{table.name}.tmdl": document([table]) for table in tables},
        **{f"{definition}/roles/{role.name}.tmdl": document([role]) for role in roles},
    }
    documents: dict[str, dict[str, Any]] = {
        f"{NAME}.pbip": {
            "$schema": f"{_SCHEMAS}/pbip/pbipProperties/1.0.0/schema.json",
            "version": "1.0",
            "artifacts": [{"report": {"path": report_folder}}],
            "settings": {"enableAutoRecovery": True},
        },
        f"{NAME}.pbids": {
            "version": "0.1",
            "connections": [
                {
                    "details": {
                        "protocol": "postgresql",
                        "address": {"server": _server(made.address), "database": made.address.database},
                    },
                    "options": {},
                    "mode": "Import",
                }
            ],
        },
        f"{model_folder}/.platform": _platform("SemanticModel"),
        f"{model_folder}/definition.pbism": {
            "$schema": f"{_SCHEMAS}/item/semanticModel/definitionProperties/1.0.0/schema.json",
            "version": "4.2",
            "settings": {},
        },
        f"{report_folder}/.platform": _platform("Report"),
        f"{report_folder}/definition.pbir": {
            "$schema": f"{_SCHEMAS}/item/report/definitionProperties/2.0.0/schema.json",
            "version": "4.0",
            "datasetReference": {"byPath": {"path": f"../{model_folder}"}},
        },
        f"{report_folder}/definition/version.json": {
            "$schema": f"{_SCHEMAS}/item/report/definition/versionMetadata/1.0.0/schema.json",
            "version": "2.0.0",
        },
        f"{report_folder}/definition/report.json": {
            "$schema": f"{_SCHEMAS}/item/report/definition/report/3.0.0/schema.json",
            "themeCollection": {},
        },
        f"{report_folder}/definition/pages/pages.json": {
            "$schema": f"{_SCHEMAS}/item/report/definition/pagesMetadata/1.0.0/schema.json",
            "pageOrder": ["overview"],
            "activePageName": "overview",
        },
        f"{report_folder}/definition/pages/overview/page.json": {
            "$schema": f"{_SCHEMAS}/item/report/definition/page/2.0.0/schema.json",
            "name": "overview",
            "displayName": "Overview",
            "displayOption": "FitToPage",
            "height": 720,
            "width": 1280,
        },
    }
    return texts | {
        path: json.dumps(content, indent=2, ensure_ascii=False) + "\n" for path, content in documents.items()
    }


def write(made: Project, folder: Path) -> None:
    """Writes all files of the project into a folder."""
    for name, text in files(made).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _platform(kind: str) -> dict[str, Any]:
    return {
        "$schema": f"{_SCHEMAS}/gitIntegration/platformProperties/2.0.0/schema.json",
        "metadata": {"type": kind, "displayName": NAME},
        "config": {"version": "2.0", "logicalId": identity(kind)},
    }


def _server(address: Address) -> str:
    return f"{address.host}:{address.port}"


def _parameters(address: Address) -> Iterator[Node]:
    meta = 'meta [IsParameterQuery = true, Type = "Text", IsParameterQueryRequired = true]'
    for name, value in (("Server", _server(address)), ("Database", address.database)):
        node = Node(
            "expression", name, {"lineageTag": identity("expression", name)}, default=f"{_m_text(value)} {meta}"
        )
        node.children.append(Node("annotation", "PBI_ResultType", default="Text"))
        yield node


def _model() -> Node:
    properties = {
        "culture": "en-US",
        "defaultPowerBIDataSourceVersion": "powerBI_V3",
        "sourceQueryCulture": "en-US",
    }
    # The calendar is a mart: Power BI needs no hidden one for each date.
    return Node(
        "model", "Model", properties, children=[Node("annotation", "__PBI_TimeIntelligenceEnabled", default="0")]
    )


def _table(made: Project, table: Table) -> Node:
    mart = table.mart
    calendar = mart.meta.get("calendar", {})
    properties = {"lineageTag": identity(table.name)} | ({"dataCategory": "Time"} if calendar else {})
    node = Node("table", table.caption, properties, description=mart.description)
    key = calendar.get("day") or (table.key[0] if len(table.key) == 1 else "")
    for column in fields(mart):
        node.children.append(_column(table, column, column.name == key))
        if (measure := _amount(made, table, column)) is not None:
            node.children.append(measure)
    node.children += [_hierarchy(table, name, levels) for name, levels in mart.meta.get("hierarchies", {}).items()]
    node.children.append(
        Node(
            "partition", table.caption, {"mode": "import"}, default="m", source=_query(table, calendar.get("only", {}))
        )
    )
    return node


def _column(table: Table, column: Field, is_key: bool) -> Node:
    meta = table.mart.meta
    date_format = {"date": "yyyy-mm-dd", "timestamptz": "yyyy-mm-dd hh:nn:ss"}.get(column.column.type, "")
    properties: dict[str, str | None] = {
        "dataType": "double" if column.column.type.startswith("numeric(") else _DATA_TYPES[column.column.type]
    }
    if column.is_hidden:
        properties["isHidden"] = None
    if is_key:
        properties["isKey"] = None
    if given := _KIND_FORMATS.get(column.kind, date_format):
        properties["formatString"] = given
    properties["lineageTag"] = identity(table.name, column.name)
    if category := _CATEGORIES.get(meta.get("places", {}).get(column.name, "")):
        properties["dataCategory"] = category
    properties |= {"summarizeBy": _SUMMARIES.get(column.kind, "none"), "sourceColumn": column.name}
    if order := meta.get("ordered_by", {}).get(column.name):
        properties["sortByColumn"] = quoted(caption(order))
    node = Node("column", column.caption, properties, description=column.column.description)
    node.children.append(Node("annotation", "SummarizationSetBy", default="Automatic"))
    return node


def _amount(made: Project, table: Table, column: Field) -> Node | None:
    """A measure: the amount in units of its currency, or nothing where rows of several currencies meet."""
    if column.currency not in (Currency.EUR, Currency.ROW) or table.mart.name.startswith("dim_"):
        return None
    amount = f"SUM({_dax_column(table, column.name)}) / 1000000"
    unit = "EUR"
    if column.currency is Currency.ROW:
        unit = "units of the rows' currency; nothing where several meet"
        code = _dax_column(table, "currency_code")
        if column.name.endswith("_minor"):
            reference = next(each for each in table.mart.references if each.column == "currency_code")
            factor = made.column(reference.mart, "micro_per_minor")
            amount = f"SUMX({dax.table_of(code)}, {_dax_column(table, column.name)} * RELATED({factor})) / 1000000"
        amount = f"IF(HASONEVALUE({code}), {amount})"
    name = f"{table.caption}: {column.amount}"
    properties = {
        "formatString": _FORMATS["currency" if column.currency is Currency.EUR else "decimal"],
        "displayFolder": "Amounts",
        "lineageTag": identity(table.name, column.name, "amount"),
    }
    about = f"{column.column.description} In {unit}."
    return Node("measure", name, properties, default=amount, description=about)


def _hierarchy(table: Table, name: str, levels: list[str]) -> Node:
    node = Node("hierarchy", name, {"lineageTag": identity(table.name, "hierarchy", name)})
    for level in levels:
        tag = identity(table.name, "hierarchy", name, level)
        node.children.append(Node("level", caption(level), {"lineageTag": tag, "column": quoted(caption(level))}))
    return node


def _measures(made: Project) -> Node:
    """The table of all metrics; it has no rows."""
    node = Node("table", METRICS, {"lineageTag": identity(METRICS)}, description="The warehouse's metrics.")
    day = made.calendar.mart.meta["calendar"]["day"]
    calendar = _dax_column(made.calendar, day)
    for metric in made.metrics.values():
        properties = {
            "formatString": _FORMATS[metric.format],
            "displayFolder": made.model.table(metric.mart).caption,
            "lineageTag": identity(METRICS, metric.name),
        }
        said = dax.expression(metric, made.metrics, made.column, calendar)
        about = f"{metric.description} Metric {metric.name}."
        node.children.append(Node("measure", metric.label, properties, default=said, description=about))
    hidden: dict[str, str | None] = {
        "dataType": "string",
        "isHidden": None,
        "lineageTag": identity(METRICS, "column"),
        "summarizeBy": "none",
        "sourceColumn": "metric",
    }
    node.children.append(Node("column", "Metric", hidden))
    source = "#table(type table [metric = text], {})"
    node.children.append(Node("partition", METRICS, {"mode": "import"}, default="m", source=source))
    return node


def _relationship(each: Relationship) -> Node:
    properties: dict[str, str | None] = {}
    if not each.is_active:
        properties["isActive"] = "false"
    if each.is_both_ways:
        properties["crossFilteringBehavior"] = "bothDirections"
    properties["fromColumn"] = _tmdl_column(each.child, each.column)
    properties["toColumn"] = _tmdl_column(each.parent, each.field)
    return Node("relationship", identity("relationship", each.name), properties)


def _query(table: Table, only: Mapping[str, str]) -> str:
    """The rows of a table in Power Query's language: instants in UTC, members that are no day left out."""
    steps = [
        ("Source", "PostgreSQL.Database(Server, Database, [CreateNavigationProperties = false])"),
        ("Mart", f"Source{{[Schema = {_m_text(SCHEMA)}, Item = {_m_text(table.mart.name)}]}}[Data]"),
    ]
    conditions = [f"[{name}] = {_m_text(value)}" for name, value in only.items()]
    if table.condition:
        conditions.append(f"[{table.condition}]")
    if conditions:
        steps.append(("Chosen", f"Table.SelectRows({steps[-1][0]}, each {' and '.join(conditions)})"))
    instants = [column.name for column in table.mart.columns if column.type == "timestamptz"]
    if instants:
        to_utc = "each if _ = null then null else DateTimeZone.RemoveZone(DateTimeZone.ToUtc(DateTimeZone.From(_)))"
        changes = ", ".join(f"{{{_m_text(name)}, {to_utc}, type datetime}}" for name in instants)
        steps.append(("Utc", f"Table.TransformColumns({steps[-1][0]}, {{{changes}}})"))
    lines = ",\n".join(f"    {name} = {said}" for name, said in steps)
    return f"let\n{lines}\nin\n    {steps[-1][0]}"


def _m_text(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def _dax_column(table: Table, name: str) -> str:
    return f"'{table.caption}'[{caption(name)}]"


def _tmdl_column(table: Table, name: str) -> str:
    return f"{quoted(table.caption)}.{quoted(caption(name))}"


def _require_distinct(tables: list[Node]) -> None:
    """Raises `SonicError` if two tables, two columns of a table, or two measures have one name; case does not count."""
    measures: list[Node] = []
    groups = [("tables", tables)]
    for table in tables:
        columns = [child for child in table.children if child.kind == "column"]
        measures += [child for child in table.children if child.kind == "measure"]
        groups.append((f"columns of {table.name}", columns))
    groups.append(("measures", measures))
    for what, nodes in groups:
        seen: set[str] = set()
        for node in nodes:
            if node.name.casefold() in seen:
                raise SonicError(
                    f"Two {what} would be called {node.name!r}", "sonic publish powerbi", "Rename one of the columns."
                )
            seen.add(node.name.casefold())
