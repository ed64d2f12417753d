"""The project's manifest, parsed once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sonic import profiles
from sonic.paths import Home
from sonic.project.dbt import Dbt
from tests.python.warehouse.conftest import environment


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What dbt knows of the project after parsing, without a database."""
    home = Home(tmp_path_factory.mktemp("parse"))
    with environment({"SONIC_HOME": str(home.root)}):
        profiles.ensure(home)
        file = home.root / "manifest.json"
        Dbt(home, "duckdb", "parsed").manifest().writable_manifest().write(str(file))
    loaded: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return loaded
