"""Data sources for Tableau: a `.tds` of each star that asks PostgreSQL itself, with relationships and words.

The form is that of Tableau's relationships (2020.2 and newer): each table is an object of a graph, each key of the
fact a relationship whose cardinality and integrity the marts' tests vouch for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path
from xml.etree import ElementTree as XML

from sonic.project.marts import SCHEMA
from sonic.publishing.stars import Star, Table
from sonic.publishing.words import Currency, Field, Kind, fields

VERSION = "18.1"
"""Of the document format; it has stood since 2018.1, newer features are named one by one."""
FEATURES = ("ObjectModelEncapsulateLegacy", "ObjectModelTableType", "SchemaViewerObjectModel")
_DATA_TYPES = {
    "bigint": "integer",
    "integer": "integer",
    "smallint": "integer",
    "boolean": "boolean",
    "text": "string",
    "date": "date",
    "timestamptz": "datetime",
    "double precision": "real",
}
_REMOTE_TYPES = {"integer": 20, "boolean": 11, "string": 129, "date": 7, "datetime": 135, "real": 5}
"""Codes of OLE DB, by which Tableau knows a column's type in its database."""
WHOLE, FRACTION, SHARE, EURO = "n#,##0;-#,##0", "n#,##0.00;-#,##0.00", "p0.0%", 'c"€"#,##0.00;-"€"#,##0.00'
_FORMATS = {
    Kind.COUNT: WHOLE,
    Kind.MONEY: WHOLE,
    Kind.LEVEL: FRACTION,
    Kind.SHARE: SHARE,
    Kind.KEY: "n0;-0",
    Kind.TECHNICAL: "n0;-0",
}
_FOLDERS = {
    Kind.KEY: "Keys",
    Kind.TECHNICAL: "Keys",
    Kind.TIME: "Times",
    Kind.FLAG: "Flags",
    Kind.ATTRIBUTE: "Attributes",
    Kind.COUNT: "Counts and durations",
    Kind.LEVEL: "Levels and ratios",
    Kind.SHARE: "Levels and ratios",
    Kind.MONEY: "Money",
}


@dataclass(frozen=True)
class Address:
    """Where PostgreSQL is; the password is asked for by Tableau, never written."""

    host: str
    port: str
    database: str
    user: str = ""


def write(star: Star, address: Address, path: Path) -> None:
    """Writes the data source of a star."""
    tree = XML.ElementTree(data_source(star, address))
    XML.indent(tree)
    tree.write(path, encoding="utf-8", xml_declaration=True)


def data_source(star: Star, address: Address) -> XML.Element:
    """The data source of a star as an XML element."""
    root = XML.Element(
        "datasource",
        {"formatted-name": star.caption, "inline": "true", "source-platform": "linux", "version": VERSION},
    )
    manifest = XML.SubElement(root, "document-format-change-manifest")
    for feature in FEATURES:
        XML.SubElement(manifest, feature)
    root.append(_connection(star, address))
    XML.SubElement(root, "aliases", {"enabled": "yes"})
    items = [item for table in star.tables for item in _items(star, table)]
    for item in items:
        root.append(item.element)
    drills = list(_drill_paths(star))
    if drills:
        XML.SubElement(root, "drill-paths").extend(drills)
    root.append(_folders(items))
    layout = {"dim-ordering": "alphabetic", "measure-ordering": "alphabetic", "show-structure": "true"}
    XML.SubElement(root, "layout", layout)
    XML.SubElement(root, "date-options", {"start-of-week": "monday"})
    root.append(_graph(star, address))
    return root


def _connection(star: Star, address: Address) -> XML.Element:
    federated = XML.Element("connection", {"class": "federated"})
    named = XML.SubElement(XML.SubElement(federated, "named-connections"), "named-connection")
    named.attrib.update({"caption": address.host, "name": _connection_name(address)})
    settings = {
        "authentication": "username-password",
        "class": "postgres",
        "dbname": address.database,
        "one-time-sql": "",
        "port": address.port,
        "schema": SCHEMA,
        "server": address.host,
        "username": address.user,
    }
    XML.SubElement(named, "connection", settings)
    relations = [_relation(table, address) for table in star.tables]
    if len(relations) == 1:
        federated.append(relations[0])
    else:
        XML.SubElement(federated, "relation", {"type": "collection"}).extend(relations)
    names = XML.SubElement(federated, "cols")
    records = XML.SubElement(federated, "metadata-records")
    for table in star.tables:
        for place, field in enumerate(fields(table.mart), 1):
            local = _local(star, table, field.name)
            XML.SubElement(names, "map", {"key": local, "value": f"[{table.name}].[{field.name}]"})
            records.append(_record(table, field, local, place))
    return federated


def _connection_name(address: Address) -> str:
    return f"postgres.{md5(f'{address.host}:{address.port}/{address.database}'.encode()).hexdigest()[:28]}"


def _relation(table: Table, address: Address) -> XML.Element:
    given = {"connection": _connection_name(address), "name": table.name}
    if not table.condition:
        return XML.Element("relation", {**given, "table": f"[{SCHEMA}].[{table.mart.name}]", "type": "table"})
    relation = XML.Element("relation", {**given, "type": "text"})
    relation.text = f"select * from {SCHEMA}.{table.mart.name} where {table.condition}"
    return relation


def _local(star: Star, table: Table, column: str) -> str:
    """The name of a column within the data source."""
    return f"[{column}]" if table.mart is star.fact else f"[{column} ({table.name})]"


def _object(table: Table) -> str:
    return f"{table.name}_{md5(table.name.encode()).hexdigest().upper()}"


def _record(table: Table, field: Field, local: str, place: int) -> XML.Element:
    kind = _data_type(field)
    record = XML.Element("metadata-record", {"class": "column"})
    entries = {
        "remote-name": field.name,
        "remote-type": str(_REMOTE_TYPES[kind]),
        "local-name": local,
        "parent-name": f"[{table.name}]",
        "remote-alias": field.name,
        "ordinal": str(place),
        "local-type": kind,
        "aggregation": _aggregation(field) or ("Count" if kind in ("string", "boolean") else "Sum"),
    }
    if field.column.type.startswith("numeric("):
        precision, scale = field.column.type[8:-1].split(",")
        entries |= {"precision": precision, "scale": scale}
    entries |= {
        "contains-null": str(field.name not in table.key).lower(),
        "object-id": f"[{_object(table)}]",
    }
    for name, value in entries.items():
        XML.SubElement(record, name).text = value
    return record


def _data_type(field: Field) -> str:
    return "real" if field.column.type.startswith("numeric(") else _DATA_TYPES[field.column.type]


def _aggregation(field: Field) -> str | None:
    if not field.kind.is_measure:
        return None
    return "Sum" if field.kind in (Kind.COUNT, Kind.MONEY) else "Avg"


@dataclass(frozen=True)
class _Item:
    """A field of the data source and the folder that it stands in."""

    element: XML.Element
    folder: str


def _items(star: Star, table: Table) -> Iterator[_Item]:
    """The fields of a table, the amounts that its integers mean, and the number of its rows."""
    is_fact = table.mart is star.fact
    suffix = "" if is_fact else f" ({table.caption})"
    for field in fields(table.mart):
        folder = _FOLDERS[field.kind] if is_fact else table.caption
        yield _Item(_column(star, table, field, suffix), folder)
        if (amount := _amount(star, table, field, suffix)) is not None:
            yield _Item(amount, folder)
    rows = {
        "caption": f"{table.caption}: rows",
        "datatype": "table",
        "name": f"[__tableau_internal_object_id__].[{_object(table)}]",
        "role": "measure",
        "type": "quantitative",
    }
    element = XML.Element("column", rows)
    element.append(_description(table.mart.description))
    yield _Item(element, "")


def _column(star: Star, table: Table, field: Field, suffix: str) -> XML.Element:
    kind = _data_type(field)
    given = {
        "caption": f"{field.caption}{suffix}",
        "datatype": kind,
        "name": _local(star, table, field.name),
        "role": "measure" if field.kind.is_measure else "dimension",
        "type": "quantitative" if field.kind.is_measure else "ordinal" if kind in _ORDERED else "nominal",
    }
    if aggregation := _aggregation(field):
        given["aggregation"] = aggregation
    if field.kind in _FORMATS:
        given["default-format"] = _FORMATS[field.kind]
    elif kind in ("date", "datetime"):
        given["default-format"] = "*yyyy-MM-dd" if kind == "date" else "*yyyy-MM-dd HH:mm:ss"
    if field.is_hidden:
        given["hidden"] = "true"
    if place := _PLACES.get(table.mart.meta.get("places", {}).get(field.name, "")):
        given["semantic-role"] = place
    element = XML.Element("column", given)
    if field.column.description:
        element.append(_description(field.column.description))
    return element


_ORDERED = ("integer", "date", "datetime")
_PLACES = {
    "country code": "[Country].[ISO3166_2]",
    "country": "[Country].[Name]",
    "region": "[State].[Name]",
    "city": "[City].[Name]",
    "latitude": "[Geographical].[Latitude]",
    "longitude": "[Geographical].[Longitude]",
}


def _amount(star: Star, table: Table, field: Field, suffix: str) -> XML.Element | None:
    """A calculated field: the amount in units of its currency, or none where rows of several currencies meet."""
    if field.currency not in (Currency.EUR, Currency.ROW):
        return None
    local = _local(star, table, field.name)
    formula = f"{local} / 1000000"
    given = {"default-format": EURO, "aggregation": "Sum"}
    if field.currency is Currency.ROW:
        code = _local(star, table, "currency_code")
        total = f"SUM({local})"
        if field.name.endswith("_minor"):
            currency = next((link.table for link in star.links if link.column == "currency_code"), None)
            if currency is None or table.mart is not star.fact:
                return None
            total = f"{total} * MIN({_local(star, currency, 'micro_per_minor')})"
        formula = f"IF MIN({code}) = MAX({code}) THEN {total} / 1000000 END"
        given = {"default-format": FRACTION}
    element = XML.Element(
        "column",
        {
            "caption": f"{field.amount}{suffix}",
            "datatype": "real",
            "name": f"{local[:-1]} amount]",
            "role": "measure",
            "type": "quantitative",
            **given,
        },
    )
    XML.SubElement(element, "calculation", {"class": "tableau", "formula": formula})
    unit = "EUR" if field.currency is Currency.EUR else "units of the row's currency; empty where several meet"
    element.append(_description(f"{field.column.description} In {unit}."))
    return element


def _description(text: str) -> XML.Element:
    element = XML.Element("desc")
    XML.SubElement(XML.SubElement(element, "formatted-text"), "run").text = text
    return element


def _drill_paths(star: Star) -> Iterator[XML.Element]:
    for table in star.tables:
        suffix = "" if table.mart is star.fact else f" ({table.caption})"
        for name, levels in table.mart.meta.get("hierarchies", {}).items():
            path = XML.Element("drill-path", {"name": f"{name}{suffix}"})
            for level in levels:
                XML.SubElement(path, "field").text = _local(star, table, level)
            yield path


def _folders(items: list[_Item]) -> XML.Element:
    folders = XML.Element("folders-common")
    for name in dict.fromkeys(item.folder for item in items if item.folder):
        folder = XML.SubElement(folders, "folder", {"name": name})
        for item in items:
            if item.folder == name:
                XML.SubElement(folder, "folder-item", {"name": item.element.attrib["name"], "type": "field"})
    return folders


def _graph(star: Star, address: Address) -> XML.Element:
    graph = XML.Element("object-graph")
    objects = XML.SubElement(graph, "objects")
    for table in star.tables:
        element = XML.SubElement(objects, "object", {"caption": table.caption, "id": _object(table)})
        XML.SubElement(element, "properties", {"context": ""}).append(_relation(table, address))
    relationships = XML.SubElement(graph, "relationships")
    fact = star.tables[0]
    for link in star.links:
        element = XML.SubElement(relationships, "relationship")
        equal = XML.SubElement(element, "expression", {"op": "="})
        XML.SubElement(equal, "expression", {"op": _local(star, fact, link.column)})
        XML.SubElement(equal, "expression", {"op": _local(star, link.table, link.field)})
        # no key of a fact is null, and each leads to one row: tests of the marts say so
        XML.SubElement(element, "first-end-point", {"guaranteed-value": "true", "object-id": _object(fact)})
        XML.SubElement(element, "second-end-point", {"object-id": _object(link.table), "unique-key": "true"})
    return graph
