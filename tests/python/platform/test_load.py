"""Loading: whole days or nothing, never twice, the same on both engines, clear about unfit files."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from small_lake import OPENING, TABLES, sighting, thing, write_day, write_opening

from sonic.errors import SonicError
from sonic.paths import PROJECT, Home
from sonic.server import Server
from sonic.warehouse.database import Database
from sonic.warehouse.duck import DuckDB
from sonic.warehouse.generate import Recipe, generate
from sonic.warehouse.lake import Lake
from sonic.warehouse.load import Loaded, load
from sonic.warehouse.postgres import Postgres
from sonic.warehouse.targets import open_database

FIRST, SECOND = date(2026, 1, 31), date(2026, 2, 1)


@pytest.fixture(scope="module")
def server_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A state folder whose server serves all tests of this file, each with a database of its own."""
    home = Home(tmp_path_factory.mktemp("load") / "state")
    Server(home).start()
    yield home
    Server(home).remove()


@pytest.fixture
def embedded(server_home: Home, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database of the test's own on the embedded server."""
    monkeypatch.setenv("SONIC_DATABASE", "unset")
    monkeypatch.setenv("SONIC_HOME", "unset")
    monkeypatch.delenv("DBT_PROFILES_DIR", raising=False)
    name = "t_" + "".join(c if c.isalnum() else "_" for c in request.node.name.lower())[:50].rstrip("_")
    return open_database(server_home, "embedded", name)


@pytest.fixture(params=["embedded", "duckdb"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """A database on each engine in turn."""
    if request.param == "duckdb":
        return DuckDB("duckdb", tmp_path / "duckdb" / "test.duckdb")
    made: Database = request.getfixturevalue("embedded")
    return made


@pytest.fixture
def lake(tmp_path: Path) -> Path:
    """An opening and two days: changes out of order, an event of last month, an id out of all ranges."""
    root = tmp_path / "lake"
    write_opening(root)
    write_day(
        root,
        FIRST,
        {
            "things": [thing(1, change_no=2, label="second"), thing(3)],
            "sightings": [sighting(FIRST, 1), sighting(FIRST, 2), sighting(FIRST, 2), sighting(FIRST, 3, thing_id=-7)],
        },
    )
    write_day(
        root,
        SECOND,
        {
            "things": [thing(1, change_no=1, label="late"), thing(3, change_no=1, price=Decimal("9.99"))],
            "colours": [{"colour_id": 2, "name": "blue"}],
            "sightings": [sighting(FIRST, 4), sighting(SECOND, 1), sighting(SECOND, 1, sighting_id=99)],
        },
    )
    return root


def bring(database: Database, lake: Path, **options: Any) -> Loaded:
    """Loads the small tables."""
    return load(database, Lake(lake), tables=TABLES, **options)


def rows(database: Database, sql: str) -> list[tuple[Any, ...]]:
    return database.query(sql)[1]


def test_latest_and_all_changes(database: Database, lake: Path) -> None:
    loaded = bring(database, lake)
    assert (len(loaded.days), loaded.rows, loaded.last_load_id) == (3, 17, 3)
    assert rows(database, "select thing_id, change_no, label, load_id from raw.things order by 1") == [
        (1, 2, "second", 2),
        (2, 1, "", 1),
        (3, 1, "plain", 3),
    ]
    assert database.value("select count(*) from raw.things_changes") == 7
    assert rows(database, "select label from raw.things_changes where thing_id in (1, 2) and change_no = 0") == [
        ('quotes " and, commas\nand lines \\ \t é 音楽',),
        (None,),
    ]
    assert rows(database, "select colour_id, name from raw.colours order by 1") == [(1, "red"), (2, "blue")]
    assert rows(database, "select load_id, count(*) from raw.sightings group by load_id order by 1") == [(2, 4), (3, 3)]
    assert rows(database, "select load_id, arrival_date, kind from ops.loads order by 1") == [
        (1, OPENING, "opening"),
        (2, FIRST, "day"),
        (3, SECOND, "day"),
    ]


def test_never_twice(database: Database, lake: Path) -> None:
    assert len(bring(database, lake, until=FIRST).days) == 2
    assert bring(database, lake).days == (SECOND,)
    assert bring(database, lake).days == ()
    assert database.value("select count(*) from raw.sightings") == 7
    assert database.value("select count(*) from ops.lake_files") == 7


def test_step_by_step_equals_at_once(embedded: Database, tmp_path: Path, lake: Path) -> None:
    duck = DuckDB("duckdb", tmp_path / "stepwise.duckdb")
    for until in (OPENING, FIRST, SECOND):
        bring(duck, lake, until=until)
    bring(embedded, lake)
    for table in ("colours", "things", "things_changes", "sightings"):
        here, there = (
            sorted(tuple(map(str, row)) for row in rows(database, f"select * from raw.{table}"))
            for database in (embedded, duck)
        )
        assert here == there, table


def test_clean_events_carry_their_keys(embedded: Database, tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    write_opening(lake, clean=True)
    write_day(lake, FIRST, {"sightings": [sighting(FIRST, 1)]}, clean=True)
    write_day(lake, SECOND, {"sightings": [sighting(SECOND, 1, thing_id=77)]}, clean=True)
    with pytest.raises(SonicError, match=r"raw\.sightings does not take a row: .*foreign key.*77"):
        bring(embedded, lake)
    assert rows(embedded, "select arrival_date from ops.loads order by 1") == [(OPENING,), (FIRST,)]
    assert embedded.value("select to_regnamespace('raw_incoming') is null")


def test_two_loads_at_once(database: Database, lake: Path) -> None:
    with database.writer(), pytest.raises(SonicError, match="Another load or build is at work"):
        bring(database, lake)


def damage_truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def damage_content(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(bytes(content))


def damage_absence(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (damage_truncate, "truncated or changed"),
        (damage_content, "SHA-256 differs"),
        (damage_absence, "cannot be opened"),
    ],
)
def test_damaged_file(database: Database, lake: Path, damage: Any, message: str) -> None:
    path = lake / "sightings" / f"arrival_date={SECOND}" / "part-0.parquet"
    whole = path.read_bytes()
    damage(path)
    with pytest.raises(SonicError, match=message) as raised:
        bring(database, lake)
    assert str(path) in raised.value.where
    assert database.value("select max(arrival_date) from ops.loads") == FIRST
    assert database.value("select count(*) from raw.things_changes where thing_id = 3") == 1
    path.write_bytes(whole)
    assert bring(database, lake).days == (SECOND,), "once mended, the same command finishes the job"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda table: table.drop_columns(["is_sure"]), "column is_sure is missing"),
        (lambda table: table.append_column("extra", table.column(0)), "column extra is not declared"),
        (
            lambda table: table.set_column(0, "sighting_id", table.column(0).cast(pa.string())),
            "column sighting_id is string",
        ),
        (lambda table: table.select(table.column_names[::-1]), "another order"),
    ],
)
def test_file_of_another_schema(database: Database, lake: Path, change: Any, message: str) -> None:
    rewrite(lake, change)
    with pytest.raises(SonicError, match=message):
        bring(database, lake)
    assert database.value("select max(arrival_date) from ops.loads") == FIRST


def rewrite(lake: Path, change: Any) -> None:
    """Changes a file and makes its manifest agree in size and hash."""
    path = lake / "sightings" / f"arrival_date={SECOND}" / "part-0.parquet"
    manifest = lake / "_manifests" / f"{SECOND}.json"
    old = path.read_bytes()
    pq.write_table(change(pq.read_table(path, partitioning=None)), path)
    text = manifest.read_text().replace(sha256(old), sha256(path.read_bytes()))
    manifest.write_text(text.replace(f'"bytes": {len(old)}', f'"bytes": {path.stat().st_size}'))


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_broken_manifest(database: Database, lake: Path) -> None:
    (lake / "_manifests" / f"{SECOND}.json").write_text("{")
    with pytest.raises(SonicError, match=f"manifest of {SECOND} cannot be read"):
        bring(database, lake)


def test_empty_lake(database: Database, tmp_path: Path) -> None:
    with pytest.raises(SonicError, match="The lake holds no data"):
        bring(database, tmp_path / "nowhere")


def test_another_lake(database: Database, lake: Path, tmp_path: Path) -> None:
    bring(database, lake)
    other = tmp_path / "other"
    write_opening(other, seed=2)
    write_day(other, FIRST, {"things": [thing(8)]}, seed=2)
    with pytest.raises(SonicError, match="holds another 2026-01-31 than the lake"):
        bring(database, other)
    write_day(other, SECOND, {"things": [thing(8)]}, seed=3)
    with pytest.raises(SonicError, match="mixes days of two origins"):
        bring(database, other)


def test_killed_load_leaves_nothing(embedded: Postgres, server_home: Home, lake: Path) -> None:
    """A load that dies in the middle of a day, by kill -9, leaves no row of that day and no lock."""
    bring(embedded, lake, until=FIRST)
    process = halting_load(embedded, server_home, lake)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert embedded.value("select max(arrival_date) from ops.loads") == FIRST
    for _ in range(100):
        if embedded.value("select count(*) from pg_stat_activity where state = 'idle in transaction'") == 0:
            break
        time.sleep(0.1)
    assert embedded.value("select count(*) from raw.things_changes where thing_id = 3") == 1
    assert bring(embedded, lake).days == (SECOND,)


def test_server_killed_amid_a_load(embedded: Postgres, server_home: Home, lake: Path) -> None:
    server = Server(server_home)

    def kill(text: str, done: int, total: int) -> None:
        if text == f"{SECOND} things":
            pid = server.status().pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            time.sleep(0.5)

    with pytest.raises(SonicError, match="The server went away"):
        bring(embedded, lake, progress=kill)
    server.start()
    again = open_database(server_home, "embedded", embedded.name)
    assert SECOND in bring(again, lake).days
    assert again.value("select count(*) from raw.sightings") == 7


def test_first_load_killed_in_the_middle(embedded: Postgres, server_home: Home, lake: Path) -> None:
    """What a first load leaves when it dies by kill -9 is no raw table; the next one clears it away."""
    process = halting_load(embedded, server_home, lake)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert embedded.value("select to_regnamespace('raw') is null and to_regnamespace('raw_incoming') is not null")
    assert embedded.value("select count(*) from ops.loads") == 0
    assert len(bring(embedded, lake).days) == 3
    assert embedded.value("select to_regnamespace('raw_incoming') is null")


@pytest.mark.parametrize("loaded", [None, FIRST], ids=["first", "later"])
def test_interrupted_load(embedded: Postgres, server_home: Home, lake: Path, loaded: date | None) -> None:
    """Ctrl-C in the middle of a day leaves nothing of it, and ends soon; the same command finishes the job."""
    if loaded:
        bring(embedded, lake, until=loaded)
    process = halting_load(embedded, server_home, lake)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode != 0 and "KeyboardInterrupt" in said
    assert embedded.value("select max(arrival_date) from ops.loads") == loaded
    assert embedded.value("select to_regnamespace('raw_incoming') is null")
    if loaded:
        assert embedded.value("select count(*) from raw.things_changes where thing_id = 3") == 1
    else:
        assert embedded.value("select to_regnamespace('raw') is null")
    assert bring(embedded, lake).days[-1] == SECOND
    assert embedded.value("select count(*) from raw.sightings") == 7


def test_interrupted_command(server_home: Home, tmp_path: Path) -> None:
    """Ctrl-C on `sonic load` ends with status 130 and no traceback; the same command loads all."""
    root = tmp_path / "lake"
    generate(root, Recipe(seed=3, scale=0.01), 8)
    database = open_database(server_home, "embedded", "interrupted")
    command = [sys.executable, "-m", "sonic", "load", "--lake", str(root), "--database", "interrupted"]
    environment = {**os.environ, "SONIC_HOME": str(server_home.root)}
    # A run in the background ignores interrupts, and what it starts would inherit that.
    heeding = ["env", "--default-signal=INT", *command]
    process = subprocess.Popen(heeding, cwd=PROJECT, env=environment, stderr=subprocess.PIPE, text=True)
    for _ in range(1200):
        if database.value("select to_regnamespace('raw_incoming') is not null"):
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Interrupted" in said and "Traceback" not in said
    assert database.value("select to_regnamespace('raw') is null and to_regnamespace('raw_incoming') is null")
    subprocess.run(command, cwd=PROJECT, env=environment, check=True, capture_output=True)
    assert database.value("select count(*) from ops.loads") == 9


def halting_load(database: Postgres, home: Home, lake: Path) -> subprocess.Popen[str]:
    """A process whose load stands still once the first sightings are in; returned when it does."""
    script = f"""
import sys, time
sys.path[:0] = [{str(PROJECT)!r}, {str(PROJECT / "tests/python/support")!r}]
from pathlib import Path
from small_lake import TABLES
from sonic.paths import Home
from sonic.warehouse.generate import Recipe, generate
from sonic.warehouse.lake import Lake
from sonic.warehouse.load import load
from sonic.warehouse.targets import open_database
def stop(text, done, total):
    if "sightings" in text:
        print("reached", flush=True)
        # A signal that comes just before a sleep begins does not shorten it.
        for _ in range(600):
            time.sleep(0.1)
database = open_database(Home(Path({str(home.root)!r})), "embedded", {database.name!r})
load(database, Lake(Path({str(lake)!r})), tables=TABLES, progress=stop)
"""
    process = subprocess.Popen(
        ["env", "--default-signal=INT", sys.executable, "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "reached"
    return process


@pytest.mark.parametrize("clean", [True, False], ids=["clean", "dirty"])
def test_at_once_equals_day_by_day(server_home: Home, tmp_path: Path, clean: bool) -> None:
    """The first load in bulk leaves the tables, keys and indexes that loading day by day does, row for row."""
    root = tmp_path / "lake"
    generate(root, Recipe(seed=5, scale=0.01, clean=clean), 4)
    lake = Lake(root)
    name = f"equal_{clean}".lower()
    at_once, by_day = (open_database(server_home, "embedded", f"{name}_{kind}") for kind in ("once", "days"))
    # A schema that is there already, as its server's owner may have made it, is filled day by day.
    by_day.execute("create schema raw")
    load(at_once, lake)
    load(by_day, lake)
    for catalogue in (
        # What PostgreSQL adds for partitions, it numbers by their order.
        "select conrelid::regclass::text, case when conparentid = 0 then conname end, pg_get_constraintdef(oid),"
        " convalidated from pg_constraint where connamespace = 'raw'::regnamespace",
        "select indexname, indexdef from pg_indexes where schemaname = 'raw'",
        "select table_name, column_name, data_type, is_nullable from information_schema.columns"
        " where table_schema = 'raw'",
        "select objoid::regclass::text, objsubid, description from pg_description"
        " where classoid = 'pg_class'::regclass and objoid::regclass::text like 'raw.%'",
        "select table_name, load_id, rows, sha256 from ops.lake_files",
    ):
        once, days = (sorted(map(str, rows(database, catalogue))) for database in (at_once, by_day))
        assert once == days and once
    tables = "select relname from pg_class where relnamespace = 'raw'::regnamespace and relkind in ('r', 'p')"
    for (table,) in rows(at_once, tables):
        once, days = (sorted(map(str, rows(database, f"select * from raw.{table}"))) for database in (at_once, by_day))
        assert once == days, table


def test_schema_follows_its_declarations(embedded: Postgres, lake: Path) -> None:
    """A table or an index that was declared since the last load is made by the next one."""
    fewer = {name: table for name, table in TABLES.items() if name != "sightings"}
    bare = Lake(lake.with_name("bare"))
    write_day(bare.root, OPENING, {"colours": [{"colour_id": 1, "name": "red"}], "things": [thing(1)]})
    load(embedded, bare, tables=fewer)
    assert embedded.value("select to_regclass('raw.sightings') is null")
    write_day(bare.root, FIRST, {"sightings": [sighting(FIRST, 1)]})
    more = TABLES | {"things": replace(TABLES["things"], indexes=("label",))}
    load(embedded, bare, tables=more)
    assert embedded.value("select count(*) from raw.sightings") == 1
    assert embedded.value("select to_regclass('raw.things_label_idx') is not null")


def full(path: Path) -> None:
    """Whatever is written to it, the kernel says that no space is left."""
    path.symlink_to("/dev/full")


def read_only(path: Path) -> None:
    """A file that its server may read and not write."""
    path.symlink_to("/proc/version")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [(full, "The disk is full: .*No space left"), (read_only, "does not go on: .*ermission denied")],
)
def test_disk_of_the_server_that_takes_nothing(
    embedded: Postgres, server_home: Home, lake: Path, spoil: Any, message: str
) -> None:
    """No row of the day stays, the error says why, and the same command finishes once the disk is well again.

    One table's file is made to behave as on such a disk: that needs no mount, so it works for every user.
    """
    bring(embedded, lake, until=FIRST)
    data = Server(server_home).status().data
    assert data is not None
    path = data / str(embedded.value("select pg_relation_filepath('raw.sightings_default')"))
    assert path.stat().st_size == 0, "the file is empty, so that nothing is lost"
    path.rename(path.with_suffix(".well"))
    spoil(path)
    try:
        with pytest.raises(SonicError, match=message) as raised:
            bring(embedded, lake)
    finally:
        path.with_suffix(".well").replace(path)
    assert embedded.where in raised.value.where
    assert embedded.value("select max(arrival_date) from ops.loads") == FIRST
    assert embedded.value("select count(*) from raw.things_changes where thing_id = 3") == 1
    assert bring(embedded, lake).days == (SECOND,)
    assert embedded.value("select count(*) from raw.sightings") == 7


def test_who_comes_right_after_a_writer_is_let_in(embedded: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's process, and with it the locks of its session, outlives a closed connection by a moment."""
    with embedded.writer(), pytest.raises(SonicError, match="at work"), embedded.writer():
        pass
    with embedded.connect() as first, embedded.connect() as second:
        sessions = iter((first, second))
        monkeypatch.setattr(Postgres, "connect", lambda _: nullcontext(next(sessions)))
        for _ in range(2):
            with embedded.writer():
                pass


@pytest.mark.parametrize("owns_raw", [True, False])
def test_load_by_an_ordinary_role(embedded: Postgres, lake: Path, owns_raw: bool) -> None:
    """A role that may make schemas in its database needs no more, be the schema `raw` its own or not."""
    role = f"guest_{owns_raw}".lower()
    embedded.execute(f"create role {role} login password 'guest'")
    embedded.execute(f"grant create on database {embedded.name} to {role}")
    if not owns_raw:
        embedded.execute("create schema raw")
        embedded.execute(f"grant create, usage on schema raw to {role}")
    guest = Postgres(embedded.target, {**embedded.parameters, "user": role, "password": "guest"})
    assert bring(guest, lake, until=FIRST).last_load_id == 2
    assert bring(guest, lake).days == (SECOND,)
    assert guest.value("select count(*) from raw.sightings") == 7
