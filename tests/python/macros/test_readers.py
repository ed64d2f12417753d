"""What a build gives to the readers of a mart, and that it is there whenever the mart is: after a swap, an increment, a
full refresh, and for a view."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from sonic.warehouse import roles
from sonic.warehouse.postgres import Postgres
from tests.python.macros.small_project import SmallProject

MODELS = {
    "dim_thing.sql": "{{ config(materialized='table') }} "
    "select * from (values (1, 7, 'Ann'), (2, 8, 'Ben'), (3, 7, 'Cid')) as things (thing_id, label_id, maker)",
    "fct_deeds.sql": "{{ config(materialized='incremental') }} select * from (values (10, 1), (20, 2), (30, 3))"
    " as deeds (deed_id, thing_id) where not {{ is_incremental() }}",
    "mart_deeds.sql": "{{ config(materialized='view') }} "
    "select thing_id, count(*) as deeds from {{ ref('fct_deeds') }} group by thing_id",
}
SETTINGS = """
models:
  - name: dim_thing
    config: {meta: {readers: {analyst: all, support: all, label: {label_id: own}}}}
    columns:
      - {name: thing_id}
      - {name: label_id}
      - {name: maker, config: {meta: {personal: true}}}
  - name: fct_deeds
    config: {meta: {readers: {analyst: all, label: {thing_id: dim_thing}}}}
    columns: [{name: deed_id}, {name: thing_id}]
  - name: mart_deeds
    config: {meta: {readers: {analyst: all, label: all}}}
    columns: [{name: thing_id}, {name: deeds}]
"""
OPTIONS = ("--vars", json.dumps({"readers": {name: vars(role) for name, role in roles.roles().items()}}))


@pytest.fixture
def marts(database: Postgres, tmp_path: Path) -> SmallProject:
    """A project in schema marts of a database that is open to readers, with two labels' accounts."""
    folder = tmp_path / "project"
    folder.mkdir()
    profile = {"type": "postgres", "schema": "marts", "threads": 2} | database.parameters
    project = SmallProject.lay(folder, MODELS, profile | {"port": int(database.parameters["port"])})
    project.write({"things.yml": SETTINGS})
    roles.migrate(database)
    for label_id in (7, 8):
        database.execute(f"create role label_{label_id} in role sonic_label")
        database.execute("insert into ops.reader_scopes values (%s, 'label', %s)", (f"label_{label_id}", label_id))
    return project


def seen(database: Postgres, role: str, query: str) -> list[Any]:
    """What a role gets for a query of one column, or why it gets nothing."""
    with database.connect() as connection:
        connection.execute(f"set role {role}".encode())
        try:
            return [value for (value,) in connection.execute(query.encode()).fetchall()]
        except psycopg.Error as error:
            return [type(error)]


def all_seen(database: Postgres) -> dict[str, list[list[Any]]]:
    """Of each role: things, their makers, deeds, and the sums of the view."""
    queries = (
        "select thing_id from marts.dim_thing order by 1",
        "select maker from marts.dim_thing order by 1",
        "select deed_id from marts.fct_deeds order by 1",
        "select thing_id from marts.mart_deeds order by 1",
    )
    who = ("sonic_analyst", "sonic_support", "label_7", "label_8", "sonic_label", "sonic_finance")
    return {role: [seen(database, role, query) for query in queries] for role in who}


NO = [InsufficientPrivilege]
WANTED = {
    "sonic_analyst": [[1, 2, 3], ["Ann", "Ben", "Cid"], [10, 20, 30], [1, 2, 3]],
    "sonic_support": [[1, 2, 3], NO, NO, NO],
    "label_7": [[1, 3], NO, [10, 30], [1, 3]],
    "label_8": [[2], NO, [20], [2]],
    "sonic_label": [[], NO, [], []],
    "sonic_finance": [NO, NO, NO, NO],
}


def test_readers_see_the_same_after_every_kind_of_build(marts: SmallProject, database: Postgres) -> None:
    for arguments in ([], [], ["--select", "dim_thing"], ["--full-refresh"]):
        assert "error" not in " ".join(marts.messages("run", *arguments, *OPTIONS).values()).lower()
        if arguments != ["--select", "dim_thing"]:
            assert all_seen(database) == WANTED
    # The view fell with the table that it reads, never with one that only rules name.
    assert seen(database, "label_7", "select deed_id from marts.fct_deeds order by 1") == [10, 30]


def test_a_database_that_is_emptied_keeps_its_readers(marts: SmallProject, database: Postgres) -> None:
    """As a lake of imports does that is made anew: the accounts and whose rows they see are still known."""
    marts.dbt("run", *OPTIONS)
    database.prepare()
    database.execute("insert into ops.loads values (1, '2026-01-01', 'day', 1, 1, now())")
    database.clear()
    left = database.query("select relname from pg_class where relnamespace = to_regnamespace('marts')")[1]
    assert left == [] and database.value("select count(*) from ops.loads") == 0
    database.prepare()
    marts.dbt("run", *OPTIONS)
    assert all_seen(database) == WANTED
    assert seen(database, "sonic_analyst", "select count(*) from ops.builds") == [0]


def test_an_increment_waits_for_no_reader_and_heeds_new_rules(marts: SmallProject, database: Postgres) -> None:
    marts.dbt("run", *OPTIONS)
    with database.connect() as reading, reading.transaction():
        reading.execute("set local role label_7")
        assert reading.execute("select count(*) from marts.fct_deeds").fetchone() == (2,)
        database.execute("alter role sonic set lock_timeout = '2s'")
        assert marts.dbt("run", "--select", "fct_deeds", *OPTIONS)["fct_deeds"][0] == "success"
        assert reading.execute("select count(*) from marts.fct_deeds").fetchone() == (2,)
    marts.write(
        {
            "things.yml": SETTINGS.replace("{thing_id: dim_thing}", "all").replace(
                "deed_id}", "deed_id, config: {meta: {personal: true}}}"
            )
        }
    )
    marts.dbt("run", "--select", "fct_deeds", *OPTIONS)
    assert seen(database, "label_8", "select thing_id from marts.fct_deeds order by 1") == [1, 2, 3]
    assert seen(database, "label_8", "select deed_id from marts.fct_deeds") == NO
    assert seen(database, "sonic_analyst", "select deed_id from marts.fct_deeds order by 1") == [10, 20, 30]

    marts.write({"things.yml": SETTINGS.replace("support: all", "stranger: all")})
    said = marts.messages("run", *OPTIONS)["dim_thing"]
    assert "A reader of dim_thing is not of the variable `readers`: stranger" in said
    assert seen(database, "sonic_analyst", "select count(*) from marts.dim_thing") == [3]
