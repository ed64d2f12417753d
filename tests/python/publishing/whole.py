"""All that `sonic publish` wrote of the default warehouse, asked of the files themselves: `make test-publish`.

Tableau's schema is its own and not kept here. With `SONIC_TABLEAU_XSD` each data source is held against it: the file
`twb_2026.1.0.xsd` or a newer one of github.com/tableau/tableau-document-schemas.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree
from tableauhyperapi import Connection, HyperProcess

from sonic.paths import Home
from sonic.project.marts import marts
from sonic.publishing import hyper
from sonic.publishing.stars import Star, stars
from sonic.warehouse.database import Database
from sonic.warehouse.targets import open_database

XS = "{http://www.w3.org/2001/XMLSchema}"
NAMESPACES = {
    "http://www.w3.org/XML/1998/namespace": '<xs:attribute name="base" type="xs:anyURI"/>',
    "http://www.tableausoftware.com/xml/user": '<xs:attributeGroup name="UserAttributes-AG"/>',
}
"""What Tableau's schema takes from others that it does not bring."""


@pytest.fixture(scope="module")
def database() -> Database:
    return open_database(Home.locate(), os.environ.get("SONIC_TARGET"))


@pytest.fixture(scope="module")
def folder() -> Path:
    return Home.locate().root / "publish" / "tableau"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HyperProcess]:
    with hyper.hyper(tmp_path_factory.mktemp("log")) as process:
        yield process


def test_there_is_an_extract_and_a_data_source_of_each_star(folder: Path) -> None:
    assert {path.stem for path in (folder / "extracts").iterdir()} == set(stars(marts()))
    assert {path.stem for path in (folder / "live").iterdir()} == set(stars(marts()))


@pytest.mark.parametrize("star", stars(marts()).values(), ids=lambda star: star.name)
def test_an_extract_joins_as_the_marts_do(star: Star, folder: Path, engine: HyperProcess, database: Database) -> None:
    """Each row of the fact finds one row of each dimension."""
    joins = "".join(
        f' inner join "marts"."{link.table.name}" on "marts"."{star.name}"."{link.column}"'
        f' = "marts"."{link.table.name}"."{link.field}"'
        for link in star.links
    )
    with Connection(engine.endpoint, str(folder / "extracts" / f"{star.name}.hyper")) as connection:
        joined = connection.execute_scalar_query(f'select count(*) from "marts"."{star.name}"{joins}')
    assert joined == database.value(f"select count(*) from marts.{star.name}")


@pytest.mark.skipif(not os.environ.get("SONIC_TABLEAU_XSD"), reason="asked for by XSD=FILE")
def test_each_data_source_keeps_to_the_schema_of_tableau(folder: Path, tmp_path: Path) -> None:
    schema = etree.parse(os.environ["SONIC_TABLEAU_XSD"])
    for place in schema.iterfind(f"{XS}import"):
        other = tmp_path / f"{len(list(tmp_path.iterdir()))}.xsd"
        namespace = str(place.get("namespace"))
        other.write_text(
            f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{namespace}">'
            f"{NAMESPACES[namespace]}</xs:schema>",
            encoding="utf-8",
        )
        place.set("schemaLocation", str(other))
    # A workbook's schema; a data source stands in it under that type.
    etree.SubElement(schema.getroot(), f"{XS}element", name="datasource", type="DataSource-CT")
    judge = etree.XMLSchema(schema)
    paths = sorted((folder / "live").glob("*.tds"))
    assert paths
    for path in paths:
        judge.assertValid(etree.parse(path))
