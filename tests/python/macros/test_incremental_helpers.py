"""A model built from touched keys is the same after any number of loads as after one full build."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.python.macros.small_project import SmallProject

DAILY = """
{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key=['user_id', 'day']) }}
with
plays as (
    select * from main.plays
),

touched as (
    {{ touched_keys('plays', ['user_id', 'day']) }}
)

select
    plays.user_id,
    plays.day,
    sum(plays.played_ms) as played_ms,
    count(*) as plays,
    max(plays.load_id) as load_id
from plays
inner join touched
    on
        plays.user_id = touched.user_id
        and plays.day = touched.day
group by plays.user_id, plays.day
"""
LOADS = {
    1: [(1, "2026-01-01", 100), (1, "2026-01-02", 50), (2, "2026-01-01", 7)],
    2: [(1, "2026-01-01", 1), (3, "2026-01-03", 9)],  # the first is late for a day that is built
    3: [],
    4: [(2, "2026-01-01", 3), (3, "2025-12-31", 4)],
}
ORDERED = "select user_id, day, played_ms, plays, load_id from daily order by user_id, day"


def load(project: SmallProject, load_id: int) -> None:
    for user, day, played in LOADS[load_id]:
        project.execute(f"insert into plays values ({user}, '{day}', {played}, {load_id})")


@pytest.mark.parametrize("builds_after", [(1, 2, 3, 4), (2, 4), (1, 1, 4, 4)])
def test_incremental_equals_full(tmp_path: Path, builds_after: tuple[int, ...]) -> None:
    project = SmallProject.lay(tmp_path, {"daily.sql": DAILY})
    project.execute("create table plays (user_id bigint, day date, played_ms bigint, load_id bigint)")
    loaded = 0
    for last in builds_after:
        while loaded < last:
            loaded += 1
            load(project, loaded)
        assert project.dbt("run")["daily"][0] == "success"
    step_by_step = project.rows(ORDERED)
    project.dbt("run", "--full-refresh")
    assert step_by_step == project.rows(ORDERED)
    assert len(step_by_step) == 5
