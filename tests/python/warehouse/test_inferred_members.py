"""What is named before its row has arrived has a member in its dimension, and the row fills it when it comes."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sonic.paths import Home
from sonic.project.dbt import Dbt
from sonic.warehouse.targets import open_database
from tests.python.warehouse.conftest import WITHOUT_VIEWS, environment

LATE = {
    # entity: raw table, key in it, dimension, its keys in the plays
    "account": ("users", "user_id", "dim_user", ("user_id", "user_key")),
    "content": ("content", "content_id", "dim_content", ("content_id",)),
    "device": ("devices", "device_id", "dim_device", ("device_id",)),
}
RECORDING = ("songs", "song_id")
"""Plays name content; which recording that is they learn from the recording's row."""
SELECTION = ["fct_streams", *(dimension for _, _, dimension, _ in LATE.values())]
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class Told:
    """What the plays and the late entities' members say before and after their rows have come."""

    ids: dict[str, int]
    recording: tuple[Rows, Rows]
    keys: dict[str, tuple[Rows, Rows]]
    members: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]]


@pytest.fixture(scope="module")
def told(duckdb: Any, folder: Path) -> Iterator[Told]:
    """A copy of the DuckDB warehouse from which the rows of three entities are kept, and then come with one more load.

    The first state is built anew, the second by an increment.
    """
    home = Home(folder / "inferred")
    duckdb.database.execute("force checkpoint")
    shutil.copytree(duckdb.database.path.parent, home.root / "duckdb")
    with environment({"SONIC_HOME": str(home.root)}):
        database = open_database(home, "duckdb", duckdb.database.name)
        # one version only: plays of what has had several take the one of their instant, once it is known
        late = {entity: (table, key) for entity, (table, key, _, _) in LATE.items()} | {"recording": RECORDING}
        ids = {entity: _newest(database, table, key) for entity, (table, key) in late.items()}
        for entity, (table, key) in late.items():
            _show(database, table, f"{key} <> {ids[entity]}")
        _run(home, database, "--full-refresh")
        before = _look(database, ids)
        content_id = database.value(f"select content_id from raw.songs_all where song_id = {ids['recording']}")
        streams = f"select song_id, song_key from marts.fct_streams where content_id = {content_id}"
        unknown = database.query(streams)[1]
        database.execute(
            "insert into ops.loads select load_id + 1, arrival_date + 1, kind, rows, files, loaded_at from ops.loads"
            " order by load_id desc limit 1"
        )
        for entity, (table, key) in late.items():
            _show(database, table, "true", f"{key} = {ids[entity]}")
        _run(home, database)
        after = _look(database, ids)
        yield Told(
            ids,
            (unknown, database.query(streams)[1]),
            {entity: (before[0][entity], after[0][entity]) for entity in LATE},
            {entity: (before[1][entity], after[1][entity]) for entity in LATE},
        )


def _newest(database: Any, table: str, key: str) -> int:
    """The newest of a table that only plays of the open month name, and that has one version only."""
    plays = f"select {key} from marts.fct_streams"
    found: int = database.value(
        f"select max({key}) from marts.fct_streams where {key} > 0"
        f" and {key} not in ({plays} where started_date < date '2026-02-01')"
        f" and {key} not in (select {key} from raw.{table}_changes where change_no > 0)"
    )
    return found


def _show(database: Any, table: str, which: str, late: str = "false") -> None:
    """Lets a table's change rows be those that meet a condition; the late ones among them came with the last load."""
    changes, all_of_them = f"raw.{table}_changes", f"raw.{table}_all"
    with database.connect() as connection:
        (known,) = connection.execute(
            f"select count(*) from duckdb_views() where schema_name = 'raw' and view_name = '{table}_all'"
        ).fetchone()
        if not known:
            (view,) = connection.execute(
                f"select sql from duckdb_views() where schema_name = 'raw' and view_name = '{table}_changes'"
            ).fetchone()
            connection.execute(view.replace(changes, all_of_them, 1))
        connection.execute(
            f"create or replace view {changes} as select * replace ("
            f"case when {late} then (select max(load_id) from ops.loads) else load_id end as load_id,"
            f"case when {late} then (select timezone('UTC', max(arrival_date) + interval 12 hour) from ops.loads)"
            f" else arrived_at end as arrived_at) from {all_of_them} where {which}"
        )


def _run(home: Home, database: Any, *options: str) -> None:
    command = ["run", *options, "--select", *(f"+{name}" for name in SELECTION), *WITHOUT_VIEWS]
    nodes = Dbt(home, "duckdb", database.name).run(command)
    assert not [f"{node.name}: {node.message}" for node in nodes if node.failed]


def _look(database: Any, ids: dict[str, int]) -> tuple[dict[str, Rows], dict[str, list[dict[str, Any]]]]:
    keys, members = {}, {}
    for entity, (_, key, dimension, columns) in LATE.items():
        keys[entity] = database.query(f"select stream_id, {', '.join(columns)} from marts.fct_streams order by 1")[1]
        names, rows = database.query(f"select * from marts.{dimension} where {key} = {ids[entity]} order by all")
        members[entity] = [dict(zip(names, row, strict=True)) for row in rows]
    return keys, members


@pytest.mark.parametrize("entity", LATE)
def test_the_row_fills_the_member(told: Told, entity: str) -> None:
    """One inferred member before; after, the row's versions, the first under the same key."""
    before, after = told.members[entity]
    assert [member["is_inferred"] for member in before] == [True]
    assert after and not any(member["is_inferred"] for member in after)
    key = LATE[entity][3][-1]
    assert before[0][key] == after[0][key]
    assert any(before[0][name] != after[0][name] for name in before[0])


@pytest.mark.parametrize("entity", LATE)
def test_no_play_changes_its_key(told: Told, entity: str) -> None:
    """Plays of before name the late entity, and go on naming it by the same keys."""
    before, after = told.keys[entity]
    named = [row for row in before if row[1] == told.ids[entity]]
    assert named
    assert before == after


def test_plays_learn_of_their_recording(told: Told) -> None:
    """Which recording a content is stands in the recording's row: plays that were there before find it."""
    before, after = told.recording
    song_id = told.ids["recording"]
    assert before and set(before) == {(-1, -1)}
    assert after == [(song_id, song_id * 10_000)] * len(before)
