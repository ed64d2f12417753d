"""What else a dbt user does with a warehouse that is built."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from sonic.paths import PROJECT
from sonic.project.dbt import Dbt
from sonic.warehouse.ask import ask, find, questions
from sonic.warehouse.state import state_of


def test_unit_tests(embedded: Any) -> None:
    """Every rule's unit tests hold; they are left out of the build."""
    dbt = Dbt(embedded.home, embedded.database.target, embedded.database.name)
    nodes = dbt.run(["test", "--select", "test_type:unit"])
    assert nodes
    assert not [f"{node.name}: {node.message}" for node in nodes if node.failed]


def test_every_question_has_an_answer(embedded: Any, duckdb: Any) -> None:
    """Each file of analyses/ runs, gives rows, and says the same on both engines."""
    known = questions()
    assert known
    for question, here, there in zip(
        known, ask(embedded.home, embedded.database, known), ask(duckdb.home, duckdb.database, known), strict=True
    ):
        assert question.about, f"{question.name} has no description"
        assert question.audience, f"{question.name} has no audience"
        assert here.rows, f"{question.name} has no rows"
        assert tuple(here.columns) == tuple(there.columns) == question.columns
        assert len(here.rows) == len(there.rows), question.name


def test_the_walk_of_mrr_closes(embedded: Any) -> None:
    """Each month's start and movements add up to its end, to the last place that is shown."""
    (answer,) = ask(embedded.home, embedded.database, [find("mrr_walk")])
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    for row in rows:
        movements = [name for name in answer.columns if name.endswith("_eur") and name not in ("start_eur", "end_eur")]
        assert row["start_eur"] + sum(row[name] for name in movements) == row["end_eur"]
    assert [row["start_eur"] for row in rows[:-1]] == [row["end_eur"] for row in rows[1:]]


def test_plain_dbt(embedded: Any) -> None:
    """Plain `dbt` works from the root with the profile that the server has filled in."""
    dbt = Dbt(embedded.home, embedded.database.target, embedded.database.name)
    command = [str(Path(sys.executable).parent / "dbt"), "--quiet", "docs", "generate", "--select", "+fct_streams"]
    result = subprocess.run(
        # where it was built: what was parsed for that serves here
        [*command, "--target-path", str(dbt.target_path), "--log-path", str(dbt.log_path)],
        cwd=PROJECT,
        env={**os.environ, "DBT_PROFILES_DIR": str(embedded.home.root), "SONIC_HOME": str(embedded.home.root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-3000:]
    assert (dbt.target_path / "catalog.json").is_file()


def test_state(embedded: Any, lake: Any) -> None:
    """The data clock is the end of the last loaded day, and the last build is good."""
    state = state_of(embedded.database, lake)
    assert state.is_built
    assert state.loaded_days == state.lake_days
    assert (state.last_build, state.built_date) == ("good", state.loaded_days[-1])
