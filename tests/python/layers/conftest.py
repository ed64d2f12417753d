"""The project's manifest, parsed once."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from dbt.cli.main import dbtRunner

from sonic.paths import PROJECT
from sonic.profiles import EXAMPLE


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What dbt knows of the project after parsing, without a database."""
    folder = tmp_path_factory.mktemp("parse")
    profile = re.sub(r"^( +path:).*", r"\1 ':memory:'", EXAMPLE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (folder / "profiles.yml").write_text(profile, encoding="utf-8")
    arguments = ["--profiles-dir", str(folder), "--target-path", str(folder), "--log-path", str(folder)]
    outcome = dbtRunner().invoke(["--quiet", "parse", "--target", "duckdb", "--project-dir", str(PROJECT), *arguments])
    assert outcome.success, outcome.exception
    loaded: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return loaded
