"""`sonic verify orphans` finds what was planted, nothing in clean data, and a parent that was removed by hand."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from generators.ddl import TABLES
from generators.defects import defects_folder
from sonic.cli.app import app
from sonic.errors import SonicError
from sonic.verify.orphans import Checked, check, plan, relationships
from sonic.warehouse.database import Database
from sonic.warehouse.generate import Recipe, generate
from sonic.warehouse.lake import Lake
from sonic.warehouse.load import load
from sonic.warehouse.postgres import Postgres
from sonic.warehouse.targets import open_database
from tests.python.warehouse.conftest import RECIPE, Warehouse, environment

DSN = "OPERATIONS_DSN"


def checked(database: Database) -> list[Checked]:
    return list(check(database, "raw", plan(database, "raw", TABLES).checkable, TABLES))


@pytest.fixture(scope="module")
def clean(embedded: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """A database of its own with a few days of clean data, and its address in the environment."""
    lake = tmp_path_factory.mktemp("clean") / "lake"
    generate(lake, Recipe(RECIPE.seed, scale=0.01, clean=True), 2)
    with environment({"SONIC_HOME": str(embedded.home.root)}):
        database = open_database(embedded.home, "embedded", "orphans")
        assert isinstance(database, Postgres)
        load(database, Lake(lake))
        address = "postgresql://{user}:{password}@{host}:{port}/{dbname}".format(**database.parameters)
        with environment({DSN: address}):
            yield database


@pytest.mark.parametrize("engine", ["embedded", "duckdb"])
def test_planted_orphans_are_found_and_no_others(engine: str, lake: Lake, request: pytest.FixtureRequest) -> None:
    database = request.getfixturevalue(engine).database
    files = sorted(Path(defects_folder(lake.root)).glob("*.parquet"))
    listed = [row for file in files for row in pq.read_table(file).to_pylist() if row["kind"].startswith("orphan_")]
    planted = Counter((row["table_name"], row["column_name"]) for row in listed)
    keys = {(row["table_name"], row["column_name"], str(row["row_key"]), row["dirty_value"]) for row in listed}
    found = [each for each in checked(database) if each.orphans]
    assert len(planted) > 15
    assert {(each.relationship.table, each.relationship.column): each.orphans for each in found} == planted
    for each in found:
        assert 1 <= len(each.examples) <= 2
        for key, parent in each.examples:
            assert (each.relationship.table, each.relationship.column, key, parent) in keys


def test_clean_data_have_none_until_a_parent_is_removed(clean: Postgres) -> None:
    done = CliRunner().invoke(app, ["verify", "orphans", "--dsn", DSN])
    assert done.exit_code == 0, done.output
    assert f"No orphan: {len(list(relationships(TABLES)))} relationships" in done.output
    artist = clean.value("select artist_id from raw.song_artists group by 1 order by count(*) desc, 1 limit 1")
    credits = clean.value(f"select count(*) from raw.song_artists where artist_id = {artist}")
    with clean.connect() as connection, connection.transaction():
        # no trigger runs for such a session, those of foreign keys among them
        connection.execute("set local session_replication_role = replica")
        connection.execute("delete from raw.artists where artist_id = %s", (artist,))
    found = {(each.relationship.table, each.relationship.column): each for each in checked(clean) if each.orphans}
    assert found["song_artists", "artist_id"].orphans == credits > 0
    assert {each.relationship.parent for each in found.values()} == {"artists"}
    assert {parent for each in found.values() for _, parent in each.examples} == {str(artist)}


def test_what_a_schema_lacks_is_named(clean: Postgres) -> None:
    clean.execute("create schema elsewhere")
    clean.execute("create table elsewhere.artists as select artist_id, name from raw.artists")
    clean.execute("create table elsewhere.song_artists as select * from raw.song_artists")
    planned = plan(clean, "elsewhere", TABLES)
    assert [str(each) for each in planned.checkable] == ["song_artists.artist_id -> artists.artist_id"]
    assert {"users", "songs", "artists.label_id"} <= set(planned.absent)
    for options, code in ([], 1), (["--allow-missing"], 1):
        done = CliRunner().invoke(app, ["verify", "orphans", "--dsn", DSN, "--schema", "elsewhere", *options])
        assert done.exit_code == code
        assert "not checked" in done.output
        assert "song_artists" in done.output
    clean.execute("delete from elsewhere.song_artists where artist_id not in (select artist_id from elsewhere.artists)")
    for options, code in ([], 1), (["--allow-missing"], 0):
        done = CliRunner().invoke(app, ["verify", "orphans", "--dsn", DSN, "--schema", "elsewhere", *options])
        assert done.exit_code == code, done.output
    for schema, what in {"ops": "known by its name", "nowhere": "not there"}.items():
        with pytest.raises(SonicError, match=what):
            plan(clean, schema, TABLES)


def test_an_address_is_read_from_the_environment_alone(clean: Postgres) -> None:
    secret = clean.parameters["password"]
    for address in (f"postgresql://{secret}@", f"host= {secret} ==", "postgresql://someone@localhost", ""):
        with environment({"OTHER_DSN": address}):
            done = CliRunner().invoke(app, ["verify", "orphans", "--dsn", "OTHER_DSN"])
        assert done.exit_code == 2
        assert secret not in done.output
    done = CliRunner().invoke(app, ["verify", "orphans", "--dsn", f"postgresql://me:{secret}@localhost/x"])
    assert done.exit_code == 2
    assert secret not in done.output
    reader = Postgres.from_address(DSN)
    with pytest.raises(reader.errors, match="read-only"):
        reader.execute("create table raw.mine (id int)")
