"""A small project on a PostgreSQL server of its own."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from sonic.paths import Home
from sonic.warehouse.postgres import Postgres
from sonic.warehouse.targets import open_database
from tests.python.macros.small_project import SmallProject


@pytest.fixture
def database(home: Home) -> Postgres:
    """An empty database on a server of the test's own."""
    return cast(Postgres, open_database(home, "embedded"))


@pytest.fixture
def project(database: Postgres, tmp_path: Path) -> SmallProject:
    """A project without models in that database's schema `small`."""
    folder = tmp_path / "project"
    folder.mkdir()
    profile = {"type": "postgres", "schema": "small", "threads": 2} | database.parameters
    profile["port"] = int(database.parameters["port"])
    return SmallProject.lay(folder, {}, profile)
