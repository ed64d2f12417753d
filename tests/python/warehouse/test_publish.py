"""What `sonic publish` writes for Tableau and Power BI: as sound as the marts that it comes from."""

from __future__ import annotations

import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as XML

import pytest
import yaml
from tableauhyperapi import Connection, HyperProcess, TableName

from sonic.errors import SonicError, UsageError
from sonic.project.dbt import Dbt
from sonic.project.marts import Mart, described
from sonic.project.metrics import measures_of, metrics, semantic_models
from sonic.publishing import dax, hyper, powerbi, publish, superset, tableau
from sonic.publishing.access import SCOPES, Access
from sonic.publishing.stars import Star, choose, stars
from sonic.warehouse.measure import Metrics
from sonic.warehouse.postgres import Postgres
from sonic.warehouse.roles import roles
from tests.python.support.measuring import grids, told
from tests.python.warehouse.conftest import Warehouse

STAR = "fct_content_reports"
"""With accounts in three roles, as of the event and as of today."""
ADDRESS = tableau.Address("db.example.com", "5432", "music", "reader")
PARTS = (
    "document-format-change-manifest",
    "connection",
    "aliases",
    "column",
    "drill-paths",
    "folders-common",
    "layout",
    "date-options",
    "object-graph",
)
"""The parts of a data source in the order that Tableau's schema wants."""
INSIDE = {
    "datasource": PARTS,
    "aliases": (),
    "column": ("calculation", "aliases", "semantic-values", "desc"),
    "calculation": ("table-calc", "bin"),
    "desc": ("formatted-text",),
    "formatted-text": ("run",),
    "run": (),
    "drill-paths": ("drill-path",),
    "drill-path": ("field", "desc"),
    "field": (),
    "folders-common": ("folder",),
    "folder": ("folder-item",),
    "folder-item": (),
    "layout": (),
    "date-options": (),
    "object-graph": ("objects", "relationships"),
    "objects": ("object",),
    "object": ("properties", "table-description"),
    "properties": ("relation",),
    "relation": ("columns", "relation"),
    "relationships": ("relationship",),
    "relationship": ("expression", "first-end-point", "second-end-point"),
    "expression": ("expression",),
    "first-end-point": (),
    "second-end-point": (),
}
"""What may stand in an element of a data source, in this order, by Tableau's schema (2026.2), which leaves open what is
in a connection or in the manifest."""
REQUIRED = {
    "datasource": {"version", "inline"},
    "column": {"name", "role", "type", "datatype"},
    "calculation": {"class"},
    "drill-path": {"name"},
    "folder": {"name"},
    "folder-item": {"type", "name"},
    "layout": {"dim-ordering", "measure-ordering", "show-structure"},
    "object": {"id"},
    "properties": {"context"},
    "relation": {"type"},
    "expression": {"op"},
    "first-end-point": {"object-id"},
    "second-end-point": {"object-id"},
}
"""Attributes that the schema demands."""
BESIDES = {
    "datasource": {"name", "caption", "formatted-name", "hasconnection", "source-platform"},
    "aliases": {"enabled"},
    "column": {"aggregation", "caption", "default-format", "default-role", "default-type", "hidden", "semantic-role"},
    "calculation": {"formula", "scope-isolation", "solve-order", "column", "default"},
    "object": {"caption", "origin-pds"},
    "layout": {"show-hidden-fields", "show-aliased-fields", "auto-hide-new-columns"},
    "date-options": {"start-of-week", "fiscal-year-start"},
    "relation": {"name", "caption", "table", "connection", "join", "stored-proc", "all", "path"},
    "first-end-point": {"unique-key", "guaranteed-value", "is-db-set-unique-key", "is-db-set-guaranteed-value"},
    "second-end-point": {"unique-key", "guaranteed-value", "is-db-set-unique-key", "is-db-set-guaranteed-value"},
}
"""Of those that it allows besides, the ones that a data source of ours could want."""
VALUES = {
    ("datasource", "inline"): {"true"},
    ("datasource", "source-platform"): {"win", "mac", "linux"},
    ("aliases", "enabled"): {"yes", "no"},
    ("column", "role"): {"dimension", "measure", "unknown"},
    ("calculation", "class"): {"tableau", "passthrough", "bin", "categorical-bin"},
    ("folder-item", "type"): {"field", "drillpath", "unknown"},
    ("layout", "dim-ordering"): {"alphabetic", "ordinal"},
    ("layout", "measure-ordering"): {"alphabetic", "ordinal"},
    ("relation", "type"): {
        "join",
        "subquery",
        "table",
        "stored-proc",
        "text",
        "union",
        "pivot",
        "project",
        "collection",
    },
    ("date-options", "start-of-week"): {
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
        "seven-day-period",
    },
}
QUALIFIED = re.compile(r"(\[([^\]]*(\]\])?)*\](\.\[([^\]]*(\]\])?)*\])*)?")
"""A name as the schema has it: parts in brackets, with a dot between."""


@pytest.fixture(scope="module")
def marts(embedded: Warehouse) -> dict[str, Mart]:
    """The marts in dbt's words."""
    return described(Dbt(embedded.home, embedded.database.target, embedded.database.name).manifest())


@pytest.fixture(scope="module")
def known(marts: dict[str, Mart]) -> dict[str, Star]:
    return stars(marts)


@pytest.fixture(scope="module")
def datasets(marts: dict[str, Mart]) -> dict[str, superset.Dataset]:
    """What Superset is given, by mart."""
    return superset.datasets(marts, metrics(), semantic_models())


@pytest.fixture(scope="module")
def published(embedded: Warehouse, known: dict[str, Star], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published star."""
    made = tmp_path_factory.mktemp("published") / "tableau"
    rows = publish.to_tableau(embedded.home, embedded.database, [known[STAR]], made)
    counted = sum(_rows(embedded, table.mart.name, table.condition) for table in known[STAR].tables)
    assert rows == counted > 1000
    return made


def _rows(warehouse: Warehouse, mart: str, condition: str) -> int:
    return int(warehouse.database.value(f"select count(*) from marts.{mart} where {condition or 'true'}"))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HyperProcess]:
    with hyper.hyper(tmp_path_factory.mktemp("log")) as process:
        yield process


def test_an_extract_has_the_types_and_keys_of_its_marts(
    published: Path, engine: HyperProcess, known: dict[str, Star]
) -> None:
    fact = known[STAR].fact
    with Connection(engine.endpoint, str(published / "extracts" / f"{STAR}.hyper")) as connection:
        table = connection.catalog.get_table_definition(TableName("marts", STAR))
        keys = connection.execute_list_query(
            "select contype, count(*) from pg_catalog.pg_constraint group by 1 order by 1"
        )
        roles = {name.name.unescaped for name in connection.catalog.get_table_names("marts")}
    given = {"timestamptz": "TIMESTAMP", "bigint": "BIG_INT", "text": "TEXT", "boolean": "BOOL", "date": "DATE"}
    assert {column.name.unescaped: str(column.type) for column in table.columns} == {
        column.name: given[column.type] for column in fact.columns
    }
    assert {column.collation for column in table.columns if str(column.type) == "TEXT"} == {"binary"}
    assert [tuple(row) for row in keys] == [("f", len(known[STAR].links)), ("p", len(known[STAR].tables))]
    assert {"dim_user__reporter", "dim_user__reported__today", "dim_user__reviewer__today", "dim_date__created"} < roles


def test_what_differs_from_its_mart_is_not_published(
    embedded: Warehouse, known: dict[str, Star], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = hyper.write

    def write_wrongly(process: HyperProcess, star: Star, parquet: Path, path: Path) -> None:
        write(process, star, parquet, path)
        with Connection(process.endpoint, str(path)) as connection:
            connection.execute_command(
                'update "marts"."mart_slo_monthly" set "bad" = "bad" + 1 where "objective" = (select max("objective")'
                ' from "marts"."mart_slo_monthly")'
            )

    monkeypatch.setattr(hyper, "write", write_wrongly)
    made = tmp_path / "tableau"
    with pytest.raises(SonicError, match=r"differs from the mart mart_slo_monthly in row .*: bad is"):
        publish.to_tableau(embedded.home, embedded.database, [known["mart_slo_monthly"]], made)
    assert not list(tmp_path.iterdir())


def test_a_folder_with_other_files_is_left_alone(embedded: Warehouse, known: dict[str, Star], tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(UsageError, match="holds other files"):
        publish.to_tableau(embedded.home, embedded.database, [known["mart_slo_monthly"]], tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_a_live_data_source_holds_no_password(published: Path, embedded: Warehouse) -> None:
    written = (published / "live" / f"{STAR}.tds").read_text(encoding="utf-8")
    assert 'class="postgres"' in written
    assert isinstance(embedded.database, Postgres)
    assert embedded.database.parameters["password"] not in written
    assert "password=" not in written


def test_what_is_published_is_exposed(
    embedded: Warehouse, known: dict[str, Star], project: powerbi.Project, datasets: dict[str, superset.Dataset]
) -> None:
    manifest = Dbt(embedded.home, embedded.database.target, embedded.database.name).manifest()
    exposed = {
        each.name: {node.rpartition(".")[2] for node in each.depends_on.nodes} for each in manifest.exposures.values()
    }
    assert exposed["tableau_stars"] == {table.mart.name for star in known.values() for table in star.tables}
    assert exposed["power_bi_model"] == {table.mart.name for table in project.model.tables}
    assert exposed["superset_data_sets"] == {*datasets, "dim_geography"}


def test_there_is_no_star_of_a_dimension(known: dict[str, Star]) -> None:
    with pytest.raises(UsageError, match="no star of 'dim_user'"):
        choose(known, ["dim_user"])


def test_each_data_source_is_one_that_tableau_reads(known: dict[str, Star]) -> None:
    assert len(known) > 70
    for star in known.values():
        _check(tableau.data_source(star, ADDRESS), star)


def _keeps_to_the_schema(element: XML.Element) -> None:
    """Demands of an element, and of what is in it, what Tableau's schema says of its parts and attributes."""
    tag = str(element.tag)
    order = [INSIDE[tag].index(str(part.tag)) for part in element]
    assert order == sorted(order), tag
    names, required = set(element.attrib), REQUIRED.get(tag, set())
    assert required <= names <= required | BESIDES.get(tag, set()), tag
    for name, value in element.attrib.items():
        assert value in VALUES.get((tag, name), {value}), (tag, name)
    named = element.text if tag == "field" else element.get("name") if tag == "column" else element.get("table")
    assert QUALIFIED.fullmatch(named or ""), named
    for part in element:
        if part.tag not in ("connection", "document-format-change-manifest"):
            _keeps_to_the_schema(part)


@pytest.mark.parametrize(
    ("place", "wrong"),
    [
        ("column", {"role": "fact"}),
        ("column", {"colour": "red"}),
        ("column", {"name": "plain"}),
        ("layout", {"show-structure": None}),
        ("folders-common/folder/folder-item", {"type": "column"}),
        ("object-graph/objects/object/properties/relation", {"type": "view"}),
    ],
)
def test_what_tableau_does_not_know_is_found(known: dict[str, Star], place: str, wrong: dict[str, str | None]) -> None:
    source = tableau.data_source(known[STAR], ADDRESS)
    _keeps_to_the_schema(source)
    found = source.find(place)
    assert found is not None
    for name, value in wrong.items():
        found.attrib.pop(name, None)
        if value is not None:
            found.set(name, value)
    with pytest.raises(AssertionError):
        _keeps_to_the_schema(source)


def _check(source: XML.Element, star: Star) -> None:
    """Demands what Tableau's schema and its own data sources have: parts in order, names that meet, words for each."""
    _keeps_to_the_schema(source)
    relations = {each.get("name"): each for each in source.iterfind("connection//relation[@name]")}
    assert list(relations) == [table.name for table in star.tables]
    assert {each.get("type") for each in relations.values()} <= {"table", "text"}
    names = {each.get("key"): each.get("value") for each in source.iterfind("connection/cols/map")}
    assert {str(value).split("].[")[0].strip("[") for value in names.values()} == set(relations)
    objects = {str(each.get("id")) for each in source.iterfind("object-graph/objects/object")}
    assert len(objects) == len(relations)
    records = {str(each.findtext("local-name")): each for each in source.iterfind("connection/metadata-records/*")}
    assert set(records) == set(names)
    assert {str(each.findtext("object-id"))[1:-1] for each in records.values()} == objects
    columns = {str(each.get("name")): each for each in source.iterfind("column")}
    assert set(names) < set(columns)
    assert max(Counter(each.get("caption") for each in columns.values()).values()) == 1
    for name, column in columns.items():
        assert column.get("role") in ("dimension", "measure")
        assert column.findtext("desc/formatted-text/run"), name
        if name in records:
            assert column.get("datatype") == records[name].findtext("local-type")
    for calculation in source.iterfind("column/calculation"):
        named = set(re.findall(r"\[[^]]+\]", str(calculation.get("formula"))))
        assert named and named <= set(names)
    in_folders = [str(each.get("name")) for each in source.iterfind("folders-common/folder/folder-item")]
    assert len(in_folders) == len(set(in_folders))
    assert {name for name in columns if not name.startswith("[__")} == set(in_folders)
    assert {field.text for field in source.iterfind("drill-paths/drill-path/field")} <= set(names)
    related = source.findall("object-graph/relationships/relationship")
    assert len(related) == len(star.links)
    fact = f"{star.name}_"
    for relationship in related:
        left, right = (str(each.get("op")) for each in relationship.iterfind("expression/expression"))
        assert {left, right} <= set(names)
        first, second = relationship[1], relationship[2]
        assert str(first.get("object-id")).startswith(fact) and first.get("guaranteed-value") == "true"
        assert second.get("object-id") in objects and second.get("unique-key") == "true"


@pytest.fixture(scope="module")
def project(marts: dict[str, Mart]) -> powerbi.Project:
    return powerbi.project(marts, metrics(), semantic_models(), roles(), ADDRESS)


@pytest.fixture(scope="module")
def files(project: powerbi.Project) -> dict[str, str]:
    """The files of a Power BI project, by their paths."""
    return powerbi.files(project)


def test_a_power_bi_project_has_all_its_parts(files: dict[str, str], project: powerbi.Project) -> None:
    pointed_to = json.loads(files["Sonic Warehouse.pbip"])["artifacts"][0]["report"]["path"]
    report = json.loads(files[f"{pointed_to}/definition.pbir"])["datasetReference"]["byPath"]["path"]
    model = report.removeprefix("../")
    tables = {table.caption for table in project.model.tables} | {powerbi.METRICS, SCOPES}
    assert {f"{model}/definition/tables/{table}.tmdl" for table in tables} < set(files)
    referred = re.findall(r"^ref table (.+)$", files[f"{model}/definition/model.tmdl"], re.MULTILINE)
    assert sorted(name.strip("'") for name in referred) == sorted(tables)
    (connection,) = json.loads(files["Sonic Warehouse.pbids"])["connections"]
    assert connection["details"]["address"] == {"server": "db.example.com:5432", "database": "music"}
    for path, text in files.items():
        assert not re.search("password", text) or "tables/" in path
        assert not path.endswith(".tmdl") or not re.search("^ ", text, re.MULTILINE), "TMDL is indented by tabs"


def _objects(files: dict[str, str], kind: str) -> dict[str, list[str]]:
    """Names of the columns or measures of each table, as its file has them."""
    found = {}
    for path, text in files.items():
        if "/tables/" in path:
            names = re.findall(rf"^\t{kind} ('(?:[^']|'')+'|\S+)", text, re.MULTILINE)
            found[Path(path).stem] = [name.strip("'").replace("''", "'") for name in names]
    return found


def test_filters_reach_a_table_by_one_way(project: powerbi.Project) -> None:
    """Power BI refuses a model in which two active ways lead from a table to another."""
    ways: dict[str, list[str]] = {}
    for each in project.model.relationships:
        if each.is_active:
            ways.setdefault(each.parent.name, []).append(each.child.name)
            if each.is_both_ways:
                ways.setdefault(each.child.name, []).append(each.parent.name)

    def reached(place: str, before: tuple[str, ...]) -> Iterator[str]:
        for following in ways.get(place, ()):
            if following not in before:
                yield following
                yield from reached(following, (*before, following))

    for table in project.model.tables:
        twice = [name for name, ends in Counter(reached(table.name, (table.name,))).items() if ends > 1]
        assert not twice, table.name
    assert sum(each.is_both_ways for each in project.model.relationships) > 3


def test_relationships_lead_to_what_is_unique(project: powerbi.Project) -> None:
    pairs = Counter((each.child.name, each.parent.name) for each in project.model.relationships if each.is_active)
    assert max(pairs.values()) == 1
    for each in project.model.relationships:
        assert each.parent.key == (each.field,)
    dates = {each.column: each.is_active for each in project.model.relationships if each.child.name == "fct_streams"}
    # the day that streams are counted by, as the metrics say
    assert dates["local_date"] and not dates["started_date"] and dates["user_key"] and dates["user_id"]


def test_each_metric_is_a_measure_of_what_there_is(files: dict[str, str], project: powerbi.Project) -> None:
    columns, measures = _objects(files, "column"), _objects(files, "measure")
    assert measures[powerbi.METRICS] == [metric.label for metric in project.metrics.values()]
    everywhere = [name.casefold() for names in measures.values() for name in names]
    assert len(everywhere) == len(set(everywhere))
    text = next(text for path, text in files.items() if path.endswith(f"/{powerbi.METRICS}.tmdl"))
    assert text.count("\t/// ") == len(project.metrics)
    for table, column in re.findall(r"'([^']+)'\[([^]]+)\]", text):
        assert column in columns[table]
    for name in re.findall(r"(?<!')\[([^]]+)\]", text.replace("[metric = text]", "")):
        assert name in measures[powerbi.METRICS]


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        ("streams", "COUNTROWS(FILTER('Streams', 'Streams'[Is Qualified]))"),
        ("listeners", "DISTINCTCOUNTNOBLANK('Streams'[User ID])"),
        ("skip_rate", "DIVIDE(COALESCE([Skips], 0), [Plays])"),
        ("skips", "CALCULATE(COUNTA('Streams'[Stream ID]), KEEPFILTERS('Streams'[Skip Class] <> \"not_skipped\"))"),
        ("effective_cpm", "DIVIDE([Advertising spend] * 1000, [Valid impressions])"),
        ("opening_mrr", "[MRR] - COALESCE([Net new MRR], 0)"),
        (
            "mrr",
            "VAR LastDate = CALCULATE(MAX('Subscription Monthly'[Booking Month]), ALL('Subscription Monthly'),"
            " VALUES('Date'[Date Day])) RETURN CALCULATE(SUMX('Subscription Monthly',"
            " 'Subscription Monthly'[MRR End EUR (micro-units)] * 0.000001),"
            " KEEPFILTERS('Subscription Monthly'[Booking Month] = LastDate))",
        ),
    ],
)
def test_a_metric_says_the_same_in_dax(metric: str, said: str, project: powerbi.Project) -> None:
    known = project.metrics
    assert dax.expression(known[metric], known, project.column, "'Date'[Date Day]") == said


def test_what_dax_cannot_say_is_an_error(project: powerbi.Project) -> None:
    odd = replace(project.metrics["effective_cpm"], expression="power(ad_spend, valid_impressions)")
    with pytest.raises(SonicError, match="no counterpart in DAX"):
        dax.expression(odd, project.metrics, project.column, "'Date'[Date Day]")


def test_roles_see_what_the_server_shows_them(project: powerbi.Project) -> None:
    said = {node.name: node for node in Access(project.model, project.roles).nodes()}
    assert set(said) == set(roles()) and not said["analyst"].children
    label = {child.name: child for child in said["label"].children}
    assert label["User"].properties == {"metadataPermission": "none"}
    own = (
        f"SELECTCOLUMNS(FILTER('{SCOPES}', '{SCOPES}'[Role] = \"label\" && '{SCOPES}'[Account] = USERPRINCIPALNAME()),"
        f" \"ID\", '{SCOPES}'[ID])"
    )
    assert label["Song"].default == f"'Song'[Label ID] IN {own}"
    assert label["Royalties"].default == (
        f"'Royalties'[Song ID] IN SELECTCOLUMNS(FILTER('Song', 'Song'[Label ID] IN {own}), \"ID\", 'Song'[Song ID])"
    )
    assert [column.name for column in label["Payee"].children] == ["Name", "User ID"]
    assert not {child.name for child in said["finance"].children if child.default}


def test_no_hidden_table_stands_between_two_that_are_seen(project: powerbi.Project) -> None:
    """Power BI refuses a model that secures a table in the middle of a chain of active relationships."""
    active = [each for each in project.model.relationships if each.is_active]
    for role in project.roles:
        hidden = {each.name for each in project.model.tables if role not in each.mart.meta["readers"]}
        assert hidden or role == "analyst"
        below = {each.parent.name for each in active if each.child.name not in hidden}
        above = {each.child.name for each in active if each.parent.name not in hidden}
        assert not hidden & below & above, role


def test_the_calendar_has_days_alone_and_its_order(files: dict[str, str]) -> None:
    text = next(text for path, text in files.items() if path.endswith("/Date.tmdl"))
    assert "\tdataCategory: Time\n" in text
    assert 'Table.SelectRows(Mart, each [member_kind] = "day")' in text
    assert "\thierarchy Calendar\n" in text
    assert "sortByColumn: 'Month Of Year'" in text


def test_power_bi_is_not_given_a_duckdb_file(duckdb: Warehouse) -> None:
    with pytest.raises(UsageError, match="takes the data from PostgreSQL"):
        publish.address_of(duckdb.database)


def test_a_metric_says_the_same_in_superset(embedded: Warehouse, datasets: dict[str, superset.Dataset]) -> None:
    asked = Metrics(embedded.home, embedded.database)
    compared = []
    for (_, by), names in grids().items():
        for dataset in datasets.values():
            ours = [name for name in names if name in dataset.metrics]
            if not ours:
                continue
            groups = [_grouped(name, dataset) for name in by]
            said = [dataset.metrics[name] for name in ours]
            _, rows = embedded.database.query(
                f"select {', '.join((*groups, *said))} from ({dataset.sql}) as virtual_table"
                f" group by {', '.join(str(1 + place) for place in range(len(groups)))}"
            )
            answer = asked.ask(ours, by)
            for place, name in enumerate(ours):
                found, expected = (told(each, len(by), place) for each in (rows, answer.rows))
                if metrics()[name].missing_is_zero:
                    found, expected = ({key: of[key] for key in of if of[key]} for of in (found, expected))
                assert found.keys() == expected.keys(), name
                off = [
                    key
                    for key in found
                    if float(abs(found[key] - expected[key])) > 1e-9 * max(1.0, float(abs(expected[key])))
                ]
                assert not off, (name, off[:3])
            compared += ours
    assert sorted(compared) == sorted(name for dataset in datasets.values() for name in dataset.metrics)
    left_out = set(metrics()) - set(compared)
    at_an_end = {name for name in left_out if any(each.last_of_period for each in measures_of(metrics()[name]))}
    assert left_out - at_an_end == {"listeners"} and len(compared) > 100


def _grouped(name: str, dataset: superset.Dataset) -> str:
    """A group of the grid as a column of the data set."""
    if name == "month":
        return f"date_trunc('month', {dataset.semantic.time_column})::date"
    entity, _, country = name.partition("__")
    return superset.COUNTRIES[entity] if country else dataset.semantic.entities[name]


def test_a_bundle_for_superset_is_whole(
    embedded: Warehouse, datasets: dict[str, superset.Dataset], marts: dict[str, Mart], tmp_path: Path
) -> None:
    assert publish.to_superset(ADDRESS, marts, tmp_path / "made").keys() == datasets.keys()
    with zipfile.ZipFile(tmp_path / "made" / superset.BUNDLE) as bundle:
        files = {name.partition("/")[2]: yaml.safe_load(bundle.read(name)) for name in bundle.namelist()}
    kinds = Counter(name.partition("/")[0] for name in files)
    assert kinds == {"metadata.yaml": 1, "databases": 1, "datasets": len(datasets), "charts": 10, "dashboards": 1}
    assert (
        files["databases/warehouse.yaml"]["sqlalchemy_uri"] == "postgresql+psycopg2://reader@db.example.com:5432/music"
    )
    by_uuid = {file["uuid"]: file for name, file in files.items() if "/" in name}
    assert len(by_uuid) == len(files) - 1
    for name, file in files.items():
        if name.startswith("charts/"):
            dataset = by_uuid[file["dataset_uuid"]]
            assert set(file["params"]["metrics"]) <= {each["metric_name"] for each in dataset["metrics"]}
            columns = {each["column_name"] for each in dataset["columns"]}
            assert {*file["params"]["groupby"], file["params"].get("x_axis", dataset["main_dttm_col"])} <= columns
        if name.startswith("datasets/"):
            assert not {each["column_name"] for each in file["columns"]} & {"user_id", "user_key", "device_id"}
    shown = [each for each in files["dashboards/warehouse.yaml"]["position"].values() if isinstance(each, dict)]
    assert {each["meta"]["uuid"] for each in shown if each["type"] == "CHART"} <= set(by_uuid)


def test_a_dashboard_of_what_no_data_set_has_is_an_error(
    datasets: dict[str, superset.Dataset], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = tmp_path / "dashboard.yml"
    drawn.write_text("title: T\nrows: [[{name: m, title: M, chart: lines, metrics: [mau], grain: P1D, width: 12}]]\n")
    monkeypatch.setattr(superset, "DASHBOARD", drawn)
    with pytest.raises(SonicError, match="No data set tells mau by itself"):
        superset.files(datasets, metrics(), ADDRESS)
