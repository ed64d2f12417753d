"""Warehouses that are built once and looked at by many tests: at most six builds of the whole graph.

The embedded one takes a base period and then single days, with a build each; an external server and DuckDB take
the same lake at once. Each has a state folder of its own, so that nothing of the user's is touched.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from oracle.truth import Truth
from sonic.paths import Home
from sonic.server import Server
from sonic.verify.truth import truth_of
from sonic.warehouse import roles
from sonic.warehouse.build import build
from sonic.warehouse.database import Database
from sonic.warehouse.generate import Recipe, generate
from sonic.warehouse.lake import Lake
from sonic.warehouse.load import load
from sonic.warehouse.postgres import Postgres
from sonic.warehouse.targets import open_database

RECIPE = Recipe(seed=7, scale=0.1)
DAYS = 45
ADVANCES = (41, 45)
"""Days after which the embedded warehouse is built, beyond its base period."""
BASE_DAYS = 40


WITHOUT_VIEWS = ("--exclude", "config.materialized:view")
"""For a warehouse that has been built before: a view holds nothing, so that it need not be made again."""


@dataclass(frozen=True)
class Warehouse:
    """A warehouse that was built."""

    home: Home
    database: Database


@contextmanager
def environment(values: dict[str, str]) -> Iterator[None]:
    """Sets environment variables and puts all back afterwards, also those that the code inside sets."""
    before = dict(os.environ)
    for name in ("SONIC_TARGET", "SONIC_DATABASE", "SONIC_PG_PORT", "DBT_PROFILES_DIR"):
        os.environ.pop(name, None)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the state folders of this run lie."""
    return tmp_path_factory.mktemp("warehouses")


@pytest.fixture(scope="session")
def lake(folder: Path) -> Lake:
    """A lake of about 500 accounts and 45 days (January closes on the 41st), defects included."""
    root = folder / "lake"
    generate(root, RECIPE, DAYS)
    return Lake(root)


def day(number: int) -> date:
    """The arrival day of that number, from 1."""
    return RECIPE.first_day + timedelta(days=number - 1)


@pytest.fixture(scope="session")
def embedded(folder: Path, lake: Lake) -> Iterator[Warehouse]:
    """The embedded server, open to readers, built after a base period, then after one more day, then after two more."""
    home = Home(folder / "embedded")
    with environment({"SONIC_HOME": str(home.root)}):
        database = open_database(home, "embedded")
        try:
            assert isinstance(database, Postgres)
            roles.migrate(database)
            for number in (BASE_DAYS, *ADVANCES):
                load(database, lake, until=day(number))
                build(home, database)
            yield Warehouse(home, database)
        finally:
            Server(home).remove()


@pytest.fixture(scope="session")
def external(folder: Path, lake: Lake) -> Iterator[Warehouse]:
    """A second server, reached by its address alone, that takes the whole lake at once."""
    elsewhere = Server(Home(folder / "elsewhere"))
    home = Home(folder / "external")
    with environment({"SONIC_HOME": str(home.root)}):
        elsewhere.start()
        values = {
            "SONIC_EXTERNAL_HOST": "127.0.0.1",
            "SONIC_EXTERNAL_PORT": str(elsewhere.port),
            "SONIC_EXTERNAL_USER": "sonic",
            "SONIC_EXTERNAL_PASSWORD": elsewhere.password,
            "SONIC_EXTERNAL_DBNAME": "analytics",
        }
        try:
            with environment(values | {"SONIC_HOME": str(home.root)}):
                yield at_once(home, "external", lake)
        finally:
            elsewhere.remove()


@pytest.fixture(scope="session")
def duckdb(folder: Path, lake: Lake) -> Iterator[Warehouse]:
    """DuckDB on the same lake, at once."""
    home = Home(folder / "duckdb")
    with environment({"SONIC_HOME": str(home.root)}):
        yield at_once(home, "duckdb", lake)


@pytest.fixture(scope="session")
def truth(duckdb: Warehouse, lake: Lake) -> Truth:
    """The truth of the lake's clean twin, worked out once for all tests."""
    return truth_of(duckdb.home, duckdb.database, lake)


def at_once(home: Home, target: str, lake: Lake) -> Warehouse:
    """Loads the whole lake, then builds."""
    database = open_database(home, target)
    load(database, lake)
    build(home, database)
    return Warehouse(home, database)
