"""The example of a schedule is a DAG that Airflow itself reads, of commands that there are."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from sonic.paths import PROJECT
from tests.python.support.commands import unknown

DAGS = PROJECT / "examples" / "airflow" / "dags"
DAY = "2026-02-01"


def read(folder: Path, place: Path) -> dict[str, Any]:
    """What Airflow makes of a folder of DAGs; it keeps its own files in `place`."""
    reader = Path(__file__).with_name("read_dags.py")
    file = place / "dags.json"
    done = subprocess.run(
        [os.environ["SONIC_AIRFLOW"], str(reader), str(folder), DAY, str(file)],
        env={"PATH": "/usr/bin:/bin", "HOME": str(place), "AIRFLOW_HOME": str(place)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    told: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return told


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return read(DAGS, tmp_path_factory.mktemp("airflow"))


def test_airflow_reads_the_schedule(told: dict[str, Any]) -> None:
    assert told["errors"] == {}
    assert {name: dag["schedule"] for name, dag in told["dags"].items()} == {"sonic_daily": "0 3 * * *"}


def test_a_day_is_loaded_built_and_published_in_this_order(told: dict[str, Any]) -> None:
    dag = told["dags"]["sonic_daily"]
    assert dag["runs_at_once"] == 1, "the warehouse has one writer"
    after = {name: task["after"] for name, task in dag["tasks"].items()}
    assert after == {"load": [], "build": ["load"], "export": ["build"], "purge": ["build"]}
    assert all(task["retries"] > 0 for task in dag["tasks"].values())


def test_its_commands_are_ours_and_of_the_day_before(told: dict[str, Any]) -> None:
    commands = {name: task["command"] for name, task in told["dags"]["sonic_daily"]["tasks"].items()}
    assert commands["load"] == "sonic load --until 2026-01-31"
    assert not {command: problem for command in commands.values() if (problem := unknown(command.split()))}


def test_a_broken_dag_is_told(tmp_path: Path) -> None:
    dags = tmp_path / "dags"
    dags.mkdir()
    text = (DAGS / "sonic_daily.py").read_text(encoding="utf-8")
    (dags / "broken.py").write_text(text.replace("load >> build", "load >> built"), encoding="utf-8")
    assert "built" in str(read(dags, tmp_path)["errors"])
