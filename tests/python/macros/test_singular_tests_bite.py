"""A test of the project that has a case of its own to judge finds each kind of row that it is there for."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.python.macros.small_project import REPOSITORY, SmallProject

CLOCK = "select cast('2026-01-01' as date) as history_start"
CHANGES = """
select
    {id}, change_no, 1 as load_id,
    cast(created_on || ' 12:00:00+00' as timestamptz) as created_at,
    cast(created_on || ' 12:00:00+00' as timestamptz) as changed_at,
    cast(arrived_on || ' 13:00:00+00' as timestamptz) as arrived_at
from (values
    (1, 0, '2026-01-20', '2026-01-20'),
    (2, 0, '2026-01-20', '2026-02-10'),
    (3, 0, '2026-01-20', '2026-02-11'),
    (4, 0, '2025-06-01', '2026-02-10'),
    (5, 1, '2026-01-20', '2026-02-11'),
    (11, 0, '2026-01-20', '2026-02-10'),
    (12, 0, '2026-01-20', '2026-02-11'),
    (13, 0, '2026-01-20', '2026-02-11')
) as changes ({id}, change_no, created_on, arrived_on)
"""
VERSIONS = """
select
    {id}, {id} * 10000 + change_no as {key}, {id} = 6 as is_inferred,
    cast(valid_from || '+00' as timestamptz) as valid_from
from (values
    (1, 0, '2026-01-20 12:00:00'),  -- from its creation on
    (1, 1, '2026-02-20 12:00:00'),
    (2, 0, '2026-01-20 12:00:00'),  -- arrived on the day that closes January
    (3, 0, '2026-02-01 00:00:00'),  -- arrived a day later
    (4, 0, '2025-06-01 12:00:00'),  -- older than the history, which had no month that closed
    (5, 1, '2026-02-15 12:00:00'),  -- its first row is yet to come
    (6, 0, '2026-02-15 12:00:00'),  -- inferred
    (-1, 0, '2026-02-15 12:00:00'),
    (11, 0, '2026-02-01 00:00:00'),  -- unknown for a while, though in time
    (12, 0, '2026-01-20 12:00:00'),  -- told to a month that is closed
    (13, 0, '2026-02-11 13:00:00')  -- unknown in the open month until it arrived
) as versions ({id}, change_no, valid_from)
"""
FAULTS = [11, 12, 13]
ENTITIES = {
    "dim_user": ("stg_identity__users_changes", "user_id", "user_key"),
    "dim_artist": ("stg_catalog__artists_changes", "artist_id", "artist_key"),
    "dim_song": ("stg_catalog__songs_changes", "song_id", "song_key"),
    "dim_playlist": ("stg_engagement__playlists_changes", "playlist_id", "playlist_key"),
}


def test_first_versions_hold_from_creation_or_from_the_open_month(tmp_path: Path) -> None:
    """A version that begins too late is found, and, after a close, one that begins too early."""
    models = {"int_clock.sql": CLOCK}
    for dimension, (changes, identifier, key) in ENTITIES.items():
        models[f"{changes}.sql"] = CHANGES.format(id=identifier)
        models[f"{dimension}.sql"] = VERSIONS.format(id=identifier, key=key)
    project = SmallProject.lay(tmp_path, models)
    name = "first_versions_hold_from_creation"
    shutil.copy(REPOSITORY / "tests" / "temporal" / f"{name}.sql", tmp_path / "tests")
    project.dbt("run")
    given = ("--store-failures", "--vars", "{history_from: changes}")
    assert project.dbt("test", *given)[name] == ("fail", len(FAULTS) * len(ENTITIES))
    found = project.rows(f"select dimension, entity_id from dbt_test__audit.{name} order by all")
    assert found == [(dimension, fault) for dimension in sorted(ENTITIES) for fault in FAULTS]
