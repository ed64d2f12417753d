"""docs/source-map.csv: where each entity and attribute of the documents stands in the raw database."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import NamedTuple

import pytest

from generators.ddl import TABLES
from sonic.paths import PROJECT

SHARED = PROJECT.parent / "shared"
INVENTORY = SHARED / "spec" / "oltp_tables.csv"
TITLES = {
    "problem-statement": "Launching a Unified Music & Creator Economy Platform",
    "streaming-architecture": "Data Architecture for a Music Streaming Platform",
    "streaming-requirements": "# 1. Business Model Canvas",
    "artist-community-schema": "designed to support user management, artist communities",
    "social-platform-schema": "Music Social Platform - Complete Database Schema",
}
"""Words by which each document is known."""
OUR_OWN = {
    "issued_keys": "tells a key that was never issued from one whose row is late",
    "opening_chart_runs": "carries the charts' weeks before the first day of data",
    "opening_listening_days": "carries activity of the days before the first day of data",
    "opening_song_streams": "carries eligibility of the year before the first day of data",
    **{
        table.summary: f"holds what was purged of {table.name} by the hour"
        for table in TABLES.values()
        if table.summary
    },
}
"""Tables that no document names, with what the platform has them for."""
NO_DATA = {
    "problem-statement": {
        "the platform and its purpose": "Amazon Sonic; music; creator-economy platform; stream music;"
        " central nervous system",
        "work to be done": "design a scalable relational database system; complete end-to-end data model;"
        " PostgreSQL DDL scripts; sample synthetic data; ER diagram; 20 entities; PostgreSQL schema;"
        " sample data inserts; complex analytical queries; data-verification script; fact tables; dimension tables",
        "measures, computed in marts": "Average Revenue per User (ARPU); Monthly Active Users (MAU); Churn Rate;"
        " Artist Earnings; Top Genres by Region",
        "models that read marts": "user recommendation systems; fraud detection; dynamic pricing",
    },
    "social-platform-schema": {
        "properties of the installation": "Concurrent Users; Storage; Data Encryption; DDoS Protection",
    },
}
"""What documents set off like an entity though it is none, by reason."""

Name = tuple[str, str]
"""Entity and attribute in their plain form; the attribute is empty where the entity itself is meant."""


class Row(NamedTuple):
    """One line of the map."""

    document: str
    entity: str
    attribute: str
    table: str
    column: str
    note: str

    @property
    def lacks(self) -> bool:
        return self.note.startswith("Lacks: ")


def plain(text: str) -> str:
    """A name without case, punctuation and the plural of its last word."""
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip().removesuffix("s")


def name(entity: str, attribute: str = "") -> Name:
    return plain(entity), plain(attribute)


def read_map() -> list[Row]:
    with (PROJECT / "docs" / "source-map.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file, strict=True)
        assert tuple(next(reader)) == Row._fields
        return [Row(*line) for line in reader]


ROWS = read_map()
DECLARED = {table.name: {column.name for column in table.lake_columns} for table in TABLES.values()}


def summary() -> str:
    open_rows = Counter(row.table for row in ROWS if not row.column)
    by_table = ", ".join(f"{table} {count}" for table, count in sorted(open_rows.items()))
    return f"{len(ROWS) - open_rows.total()} rows mapped, {open_rows.total()} open: {by_table}"


def faults(rows: Iterable[Row]) -> set[str]:
    """What contradicts the declarations or the map itself."""
    found = set()
    seen = Counter((row.document, name(row.entity, row.attribute)) for row in rows)
    for row in rows:
        where = f"{row.document}: {row.entity} {row.attribute}".rstrip()
        if row.document not in TITLES:
            found.add(f"{where}: no such document")
        if not row.entity or not row.table:
            found.add(f"{where}: entity or table is empty")
        if seen[row.document, name(row.entity, row.attribute)] > 1:
            found.add(f"{where}: stands twice")
        if (row.document, name(row.entity)) not in seen:
            found.add(f"{where}: no row of the entity itself")
        if row.column and row.column not in DECLARED.get(row.table, ()):
            found.add(f"{where}: there is no {row.table}.{row.column}")
        if not row.column and row.table in DECLARED and not row.lacks:
            found.add(f"{where}: {row.table} is declared; name its column, or say in the note what it lacks")
        if row.column and row.lacks:
            found.add(f"{where}: has a column and lacks one")
        for table, column in re.findall(r"\b([a-z_]+)\.([a-z_]+)\b", row.note):
            if table in DECLARED and column not in DECLARED[table]:
                found.add(f"{where}: its note names {table}.{column}, which is not there")
    return found


def test_map_agrees_with_the_declarations() -> None:
    found = faults(ROWS)
    assert not found, "\n".join([*sorted(found), summary()])


FIRST = ROWS[0]
LACKING = Row("problem-statement", "user", "shoe size", "users", "", "Lacks: size of a person's shoes.")


def test_a_row_may_lack_a_column_or_wait_for_a_table() -> None:
    assert not faults([FIRST, LACKING, LACKING._replace(attribute="shoe", table="shoes", note="")])


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (LACKING._replace(document="novel"), "no such document"),
        (LACKING._replace(table=""), "entity or table is empty"),
        (FIRST._replace(note="Again."), "stands twice"),
        (LACKING._replace(entity="cobbler"), "no row of the entity itself"),
        (LACKING._replace(column="shoe_size", note=""), "there is no users.shoe_size"),
        (LACKING._replace(table="shoes", column="shoe_id", note=""), "there is no shoes.shoe_id"),
        (LACKING._replace(note="Size of a person's shoes."), "say in the note what it lacks"),
        (LACKING._replace(column="user_id"), "has a column and lacks one"),
        (LACKING._replace(note="Lacks: shoes; users.shoe_size is none."), "its note names users.shoe_size"),
    ],
)
def test_faults_are_found(row: Row, fault: str) -> None:
    assert sum(fault in found for found in faults([FIRST, row])) == 1


def test_every_table_is_named_or_our_own() -> None:
    named = {row.table for row in ROWS}
    unnamed = DECLARED.keys() - named
    assert unnamed == OUR_OWN.keys(), summary()


def test_every_table_is_one_of_the_inventory() -> None:
    if not INVENTORY.exists():
        pytest.skip("the inventory of tables is not beside the repository")
    with INVENTORY.open(encoding="utf-8", newline="") as file:
        inventory = {row["table"] for row in csv.DictReader(file)}
    named = {row.table for row in ROWS}
    assert named == inventory, summary()


def declared_in(text: str) -> set[Name]:
    """Tables and views of a schema, with their columns."""
    names = set()
    for table, body in re.findall(r"CREATE TABLE (\w+) \(\n(.*?)\n\);", text, re.S):
        types = "UUID|VARCHAR|TEXT|DATE|BOOLEAN|TIMESTAMP|JSONB|SMALLINT|INTEGER|BIGINT|DECIMAL|INET|ENUM"
        columns = re.findall(rf"^ *([a-z]\w*) (?:{types})\b", body, re.M)
        names |= {name(table), *(name(table, column) for column in columns)}
    for view, body in re.findall(r"CREATE VIEW (\w+) AS\nSELECT(.*?)FROM", text, re.S):
        columns = [alias or column for column, alias in re.findall(r"\w\.(\w+)(?: as (\w+))?", body)]
        names |= {name(view), *(name(view, column) for column in columns)}
    return names


def bullets_in(text: str) -> set[Name]:
    """What the lists of targets and duties set off, in a schema that has them."""
    _, _, tail = text.partition("### Performance Targets")
    return {name(bullet) for bullet in re.findall(r"^- \*\*(.+?)\*\*:", tail, re.M)}


def between(text: str, begin: str, end: str) -> str:
    """The part of a document from one line to another, both named by their beginning."""
    return text[text.index(f"\n{begin}") : text.index(f"\n{end}")]


def stepwise(text: str) -> set[Name]:
    """Entities and attributes of the stepwise model, the kinds of information, and the tables that hold them."""
    listed = between(text, "Step 2 — Define Entities", "Step 3 — ").split("\n", 2)[2]
    entities = [entity.strip() for entity in listed.split(",")]
    names = {name(entity) for entity in entities}
    attributes = re.sub(r"\\tt|\\bf", "", between(text, "Step 3 — ", "Steps 4").split("\n", 2)[2])
    titles = "|".join(sorted((entity.replace("_", "[ _]") for entity in entities), key=len, reverse=True))
    entity = ""
    for title, attribute in re.findall(rf"\b({titles})\b|\b([a-z]\w*)", attributes):
        entity = title or entity
        names.add(name(entity, attribute))
    kinds = re.findall(r"^\d+\t(.+?)\t", between(text, "2 Information Requirements", "Traceability"), re.M)
    names |= {name(kind.replace("- ", "")) for kind in kinds}
    stored = re.findall(r"PostgreSQL(?: JSONB)? +\(([a-z_, ]+)\)", text)
    return names | {name(table) for tables in stored for table in tables.split(",")}


def tabled(text: str) -> set[Name]:
    """Entities of the table that describes the diagram, and the roles."""
    cells = re.findall(r"^<b>(.+?)</b>\t", text.partition("diagram description")[2], re.M)
    roles = re.findall(r"^\*\*(.+?):\*\*", between(text, "#### Application Roles", "#### User Stories"), re.M)
    return {name(entity) for cell in cells for entity in cell.split(" / ")} | {name(role) for role in roles}


def emphasised(text: str) -> set[Name]:
    """What a text sets in bold, enumerations apart; a phrase that a page's end cuts takes its last word along."""
    phrases = re.findall(r"\*\*([^*]+)\*\*(?:\n\n([a-z]+))?", text)
    parts = [re.split(r",? and |, ", re.sub(r"\s+", " ", f"{phrase} {rest}")) for phrase, rest in phrases]
    return {name(part) for phrase in parts for part in phrase}


READERS: dict[str, tuple[Callable[[str], set[Name]], int]] = {
    "problem-statement": (emphasised, 63),
    "streaming-architecture": (stepwise, 142),
    "streaming-requirements": (tabled, 18),
    "artist-community-schema": (declared_in, 244),
    "social-platform-schema": (lambda text: declared_in(text) | bullets_in(text), 355),
}
"""How names are read out of each document, and how many are found."""


@pytest.fixture(scope="module")
def documents() -> dict[str, str]:
    """Text of each document."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((SHARED / "seeds").glob("*.txt"))]
    if not texts:
        pytest.skip("the documents are not beside the repository")
    found = {document: [text for text in texts if title in text] for document, title in TITLES.items()}
    assert all(len(matches) == 1 for matches in found.values()), "a document is missing or cannot be told apart"
    return {document: matches[0] for document, matches in found.items()}


def missing(document: str, asked: set[Name], rows: Iterable[Row]) -> set[Name]:
    """Names that a document asks for and the map does not have.

    A phrase of the problem statement may be an entity or an attribute: the text does not tell.
    """
    mine = [row for row in rows if row.document == document]
    known = {name(row.entity, row.attribute) for row in mine}
    if document == "problem-statement":
        known |= {name(row.attribute) for row in mine}
    no_data = "; ".join(NO_DATA.get(document, {}).values())
    return asked - known - {name(phrase) for phrase in no_data.split("; ")}


@pytest.mark.parametrize("document", TITLES)
def test_what_a_document_names_is_in_the_map(document: str, documents: dict[str, str]) -> None:
    read, count = READERS[document]
    asked = read(documents[document])
    found = missing(document, asked, ROWS)
    assert not found, f"{document} names {sorted(found)}, which the map does not have; {summary()}"
    assert len(asked) == count
    assert missing(document, asked, []), "nothing is asked for"


@pytest.mark.parametrize("document", NO_DATA)
def test_what_is_no_data_is_named_by_its_document(document: str, documents: dict[str, str]) -> None:
    asked = READERS[document][0](documents[document])
    assert not {name(phrase) for phrase in "; ".join(NO_DATA[document].values()).split("; ")} - asked
