"""MetricFlow's own command, which parses the project anew: `make test-metrics` asks for it."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sonic import profiles
from sonic.paths import PROJECT
from sonic.warehouse.measure import Metrics


@pytest.mark.parametrize("engine", ["duckdb", "embedded"])
def test_mf_answers(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """MetricFlow's own command works from the root, for the target that a variable names."""
    warehouse = request.getfixturevalue(engine)
    written = tmp_path / "mau.csv"
    home = warehouse.home.root
    if engine == "duckdb":
        # a program beside this one, which holds the file
        home = tmp_path / "home"
        shutil.copytree(warehouse.database.path.parent, home / "duckdb")
    variables = {
        "SONIC_HOME": str(home), "SONIC_DATABASE": warehouse.database.name,
        "SONIC_TARGET": warehouse.database.target, "DBT_PROFILES_DIR": str(profiles.folder(warehouse.home)),
        "DBT_LOG_PATH": str(tmp_path),
    }  # fmt: skip
    asked = ["--metrics", "mau", "--group-by", "metric_time__month,tier", "--csv", str(written), "--quiet"]
    for program, arguments in (("dbt", ["--quiet", "parse"]), ("mf", ["query", *asked])):
        command = [str(Path(sys.executable).parent / program), *arguments]
        done = subprocess.run(
            command, cwd=PROJECT, env={**os.environ, **variables}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    _, *rows = csv.reader(written.read_text(encoding="utf-8").splitlines())
    expected = Metrics(warehouse.home, warehouse.database).ask(["mau"], ["month", "tier"]).rows
    assert sorted((month[:10], tier, float(mau)) for month, tier, mau in rows) == [
        (str(month), tier, float(mau)) for month, tier, mau in expected
    ]
