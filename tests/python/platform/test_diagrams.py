"""The diagrams of docs/er are those of today's tables, and nothing in them lies upon anything else."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from generators.ddl import TABLES
from sonic.diagrams.draw import domain, overview, star
from sonic.diagrams.files import FOLDER, diagrams, of_marts, write
from sonic.diagrams.schema import Schema, of_tables
from sonic.errors import SonicError
from sonic.paths import Home
from sonic.project.marts import marts
from sonic.server.control import Server
from sonic.verify.orphans import relationships
from sonic.warehouse.postgres import Postgres
from sonic.warehouse.targets import open_database

Rectangle = tuple[float, float, float, float]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Schema]:
    """The operational schema as a server's catalogue tells it."""
    home = Home(tmp_path_factory.mktemp("diagrams") / "state")
    try:
        database = open_database(home, "embedded", "diagrams")
        assert isinstance(database, Postgres)
        yield of_tables(database)
        with pytest.raises(SonicError, match="does not exist"):
            database.connect()
    finally:
        Server(home).remove()


@pytest.fixture(scope="module")
def drawn(tables: Schema) -> dict[str, str]:
    return diagrams(tables)


def test_the_catalogue_tells_what_is_declared(tables: Schema) -> None:
    assert set(tables.entities) == set(TABLES)
    told = {(each.child, each.column, each.parent) for each in tables.relations}
    assert told == {(each.table, each.column, each.parent) for each in relationships(TABLES)}
    by_column = {(each.child, each.column): each for each in tables.relations}
    settings, cover = by_column["user_settings", "user_id"], by_column["songs", "cover_of_song_id"]
    assert (settings.is_one, settings.is_optional, cover.is_one, cover.is_optional) == (True, False, False, True)
    keys = [column.name for column in tables.entities["song_artists"].columns if column.is_key]
    assert keys == list(TABLES["song_artists"].key)
    assert tables.entities["streams"].about == TABLES["streams"].about


def test_diagrams_are_current(drawn: dict[str, str]) -> None:
    kept = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
    stale = sorted(name for name in {*kept, *drawn} if kept.get(name) != drawn.get(name))
    assert not stale, "run `sonic draw er` and commit docs/er"


def test_every_table_and_fact_is_drawn(tables: Schema, drawn: dict[str, str]) -> None:
    assert {f"{table.domain}.svg" for table in TABLES.values()} < set(drawn)
    for name, entity in tables.entities.items():
        for file in ("all-tables.svg", f"{entity.group}.svg"):
            assert f">{name}</text>" in drawn[file], (name, file)
    facts = {f"star-{name.removeprefix('fct_')}.svg" for name, mart in marts().items() if name.startswith("fct_")}
    assert facts == {name for name in drawn if name.startswith("star-")}


def test_a_change_of_a_table_shows(tables: Schema) -> None:
    fewer = replace(tables, relations=tuple(each for each in tables.relations if each.column != "album_id"))
    assert domain(fewer, "catalog") != domain(tables, "catalog")
    assert overview(fewer) != overview(tables)
    stars = of_marts()
    dimension = replace(stars.entities["dim_device"], name="dim_gadget")
    renamed = replace(stars, entities={**stars.entities, "dim_device": dimension})
    assert star(renamed, "fct_streams") != star(stars, "fct_streams")


def test_no_box_lies_upon_another(drawn: dict[str, str]) -> None:
    for name, content in drawn.items():
        if name.endswith(".svg"):
            root = ElementTree.fromstring(content)
            boxes = list(_boxes(root, 0, 0))
            assert boxes, name
            width, height = float(root.attrib["width"]), float(root.attrib["height"])
            for left, top, right, bottom in boxes:
                assert 0 <= left < right <= width, name
                assert 0 <= top < bottom <= height, name
            for one, other in combinations(boxes, 2):
                apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
                assert apart, (name, one, other)


def _boxes(element: ElementTree.Element, x: float, y: float) -> Iterator[Rectangle]:
    """Left, top, right and bottom of all boxes of tables."""
    if shift := re.fullmatch(r"translate\(([-\d.]+) ([-\d.]+)\)", element.attrib.get("transform", "")):
        x, y = x + float(shift[1]), y + float(shift[2])
    if element.tag == f"{SVG}rect" and element.attrib.get("class") == "box":
        left, top = x + float(element.attrib["x"]), y + float(element.attrib["y"])
        yield left, top, left + float(element.attrib["width"]), top + float(element.attrib["height"])
    for child in element:
        yield from _boxes(child, x, y)


def test_a_diagram_of_what_is_no_more_goes(tmp_path: Path) -> None:
    (tmp_path / "gone.svg").write_text("<svg/>", encoding="utf-8")
    write({"here.svg": "<svg/>", "README.md": "# Diagrams"}, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["README.md", "here.svg"]
