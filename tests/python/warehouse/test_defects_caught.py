"""Each defect that was injected on purpose is caught by its rule, and nothing that is right is."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import arrivals
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from generators.ddl import TABLES, Kind
from generators.defects import defects_folder
from sonic.paths import Home
from sonic.project.dbt import Dbt
from sonic.verify.truth import clean_twin
from sonic.warehouse.database import Database
from sonic.warehouse.lake import Lake
from sonic.warehouse.load import load
from sonic.warehouse.targets import open_database
from tests.python.warehouse.conftest import DAYS, RECIPE, day, environment

Found = tuple[str, int, str]
ODD_TEXTS = 12
"""Texts that the generator takes for odd ones."""
PICTURES = {code: 0x2400 + code for code in range(1, 32) if chr(code) not in "\t\n\r"}
"""How payloads show control characters that JSON has no short escape for."""


@pytest.fixture(scope="module")
def listed(lake: Lake) -> list[dict[str, Any]]:
    """One row per injected defect, as the generator lists them beside the lake."""
    files = sorted(Path(defects_folder(lake.root)).glob("*.parquet"))
    return [row for file in files for row in pq.read_table(file).to_pylist()]


def arrived_copies(lake: Lake, table: str, keys: set[int]) -> dict[int, int]:
    """How many rows of each of the keys lie in the lake; a copy meant for the day after the last one does not."""
    key = TABLES[table].key[0]
    found: dict[int, int] = dict.fromkeys(keys, 0)
    wanted = pa.array(sorted(keys), pa.int64())
    for file in sorted((lake.root / table).glob("*/*.parquet")):
        column = pq.read_table(file, columns=[key]).column(key)
        for value in column.filter(pc.is_in(column, value_set=wanted)).to_pylist():
            found[value] += 1
    return found


def test_quarantine_is_the_list_of_what_was_injected(duckdb: Any, lake: Lake, listed: list[dict[str, Any]]) -> None:
    """Added rows of events, by table, key and rule: all of them and no others."""
    added = [row for row in listed if row["is_added"] and TABLES[row["table_name"]].kind is Kind.EVENT]
    assert added, "the lake has no defects"
    expected: set[Found] = set()
    for table in {row["table_name"] for row in added}:
        ours = [row for row in added if row["table_name"] == table]
        copies = arrived_copies(lake, table, {row["row_key"] for row in ours})
        expected |= {
            (table, row["row_key"], row["expected"])
            for row in ours
            if copies[row["row_key"]] > (1 if row["expected"] == "duplicate" else 0)
        }
    _, rows = duckdb.database.query("select table_name, record_key, rule from quarantine.quarantine")
    found = {
        (name, int(key.split("/")[0]), rule)
        for name, key, rule in rows
        if name in TABLES and TABLES[name].kind is Kind.EVENT
    }
    assert found - expected == set(), "rejected though right"
    assert expected - found == set(), "accepted though wrong"


def tidied(text: str) -> str:
    """A text as staging holds it: without blanks at its ends and U+0000."""
    return text.replace("\0", "").strip(" ")


@pytest.mark.parametrize("engine", ["duckdb", "embedded"])
def test_odd_texts_pass_through(engine: str, listed: list[dict[str, Any]], request: pytest.FixtureRequest) -> None:
    """What people write stands so in the payload of a rejected row; that it does in staging, test_oracle.py sees."""
    database = request.getfixturevalue(engine).database
    assert len({row["dirty_value"] for row in listed if row["kind"] == "odd_text"}) == ODD_TEXTS
    strange = [row for row in listed if row["kind"] == "unknown_code"]
    assert len({row["dirty_value"] for row in strange}) > ODD_TEXTS
    _, rows = database.query("select table_name, record_key, payload from quarantine.quarantine")
    payloads = {(name, key.split("/")[0]): payload for name, key, payload in rows}
    for row in strange:
        payload = json.loads(payloads[row["table_name"], str(row["row_key"])])
        assert payload[row["column_name"]] == tidied(row["dirty_value"]).translate(PICTURES)


def test_clean_data_leave_nothing_in_quarantine(duckdb: Any, lake: Lake, tmp_path: Path) -> None:
    """No table's row is rejected; then one row is broken, comes the day after, and is the only one there."""
    place, home = tmp_path / "lake", Home(tmp_path / "home")
    clean = clean_twin(duckdb.home, lake, RECIPE, lake.dates())
    assert not defects_folder(clean.root).exists()
    shutil.copytree(clean.root, place, copy_function=os.link)
    with environment({"SONIC_HOME": str(home.root)}):
        database = open_database(home, "duckdb")
        load(database, Lake(place), until=day(DAYS - 1))
        assert quarantined(database) == []
        plays = arrivals.read(place, day(DAYS), "streams")
        column = plays.schema.get_field_index("played_ms")
        broken = pa.array([-1, *plays["played_ms"].to_pylist()[1:]], pa.int64())
        arrivals.write(place, day(DAYS), "streams", plays.set_column(column, plays.schema.field(column), broken))
        load(database, Lake(place))
        assert quarantined(database) == [("streams", str(plays["stream_id"][0]), "negative_played_ms")]


def quarantined(database: Database) -> list[tuple[Any, ...]]:
    """Table, key and rule of each row in quarantine once it, and all that it is made from, has been built."""
    nodes = Dbt(Home.locate(), database.target, database.name).run(
        ["build", "--select", "+quarantine", "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"]
    )
    assert not [f"{node.name}: {node.message}" for node in nodes if node.failed]
    return database.query("select table_name, record_key, rule from quarantine.quarantine order by all")[1]
