"""Marts against the oracle: the truth is worked out from the clean lake, the marts were built from what arrived."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from generators.core.lake import declared_tables
from generators.defects import DEFECTS, MISSTATED, defects_folder
from oracle.answers import ANSWERS, BY_DAY, LEFT_OUT
from oracle.lake import Lake as CleanLake
from oracle.lake import Planted, Seeds
from oracle.truth import Truth
from sonic.errors import SonicError, UsageError
from sonic.paths import PROJECT, Home
from sonic.project.marts import SCHEMA, find
from sonic.verify.compare import Difference, compare, day_of, where
from sonic.warehouse.database import Database
from sonic.warehouse.generate import Recipe, generate
from sonic.warehouse.lake import Lake, Manifest
from sonic.warehouse.state import state_of

_DEFECTIVE = {defect.table for defect in DEFECTS} | MISSTATED
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Verdict:
    """What the comparison of one mart, or other table, found; `key` names the columns of its key."""

    mart: str
    key: tuple[str, ...]
    rows: int
    differences: list[Difference]
    seconds: float
    schema: str = SCHEMA

    def look(self, difference: Difference) -> str:
        """The statement that shows the row of a difference."""
        return f"select * from {self.schema}.{self.mart} where {where(self.key, difference.key)};"


def truth_of(home: Home, database: Database, lake: Lake, progress: Progress = lambda *_: None) -> Truth:
    """The truth about what is built: that of the clean rows, up to the data day of the last good build.

    The clean lake of the same recipe is made in the state folder if the loaded one holds defects, and kept.
    Raises `SonicError` where nothing is built, the lake was not generated (by this version of the generator), or the
    database holds other days than it.
    """
    state = state_of(database, lake)
    if not state.is_built or state.built_date is None:
        raise SonicError("What is loaded is not built", database.where, "Run `sonic build`, then verify.")
    until = state.built_date
    days = [day for day in state.lake_days if day <= until]
    if list(state.loaded_days) != days:
        raise SonicError(
            "The database does not hold the days of the lake up to its data day",
            f"{database.where} and {lake.root}",
            "Name the lake that feeds it (--lake), or load it into another database (--database).",
        )
    manifest = lake.manifest(days[0])
    if "seed" not in manifest.origin:
        raise SonicError(
            "This lake was imported: there are no clean rows to tell the truth by",
            str(lake.root),
            "Verify a database of generated data.",
        )
    recipe = Recipe.of(lake)
    assert recipe is not None
    seeds = Seeds(PROJECT / "seeds")
    if recipe.clean:
        return Truth(CleanLake(lake.root, until), seeds)
    clean = clean_twin(home, lake, recipe, days, progress)
    planted = Planted(CleanLake(lake.root, until, may_hold_defects=True), defects_folder(lake.root))
    return Truth(CleanLake(clean.root, until), seeds, planted)


def clean_twin(home: Home, lake: Lake, recipe: Recipe, days: list[date], progress: Progress = lambda *_: None) -> Lake:
    """The clean lake of the same recipe, from the state folder; made anew if another generator made the one there."""
    kind = ("" if recipe.effects else "-without-effects") + ("" if recipe.growth == 1 else f"-growth-{recipe.growth:g}")
    root = home.root / "oracle" / f"seed-{recipe.seed}-scale-{recipe.scale:g}-from-{recipe.first_day}{kind}"
    twin = Lake(root)
    if any(manifest.origin.get("tables") != declared_tables() for manifest in twin.manifests()):
        shutil.rmtree(root)
    for _ in range(2):
        generate(root, replace(recipe, clean=True), (days[-1] - recipe.first_day).days + 1, progress)
        if all(_untouched(lake.manifest(day)) == _untouched(twin.manifest(day)) for day in days):
            return twin
        shutil.rmtree(root)
    raise SonicError(
        "The lake was made by another version of the generator: its clean rows cannot be made any more",
        str(lake.root),
        "Generate a lake with this version, load it into a new database, build and verify that.",
    )


def _untouched(manifest: Manifest) -> dict[str, str]:
    """Hashes by path of the files of tables that no defect touches: the same in a lake and in its clean twin."""
    return {file.path: file.sha256 for file in manifest.files if file.table not in _DEFECTIVE}


def verify(database: Database, truth: Truth, marts: Sequence[str] = ()) -> Iterator[Verdict]:
    """Compares the marts named, all that the oracle knows by default, one by one.

    Raises `SonicError` for a mart that the oracle or the database does not know.
    """
    for mart in marts or sorted(ANSWERS):
        if mart not in ANSWERS:
            raise UsageError(f"The oracle knows no mart {mart!r}", "--only", f"It knows {', '.join(sorted(ANSWERS))}.")
        yield _verify(database, truth, mart)


def not_compared(database: Database) -> list[str]:
    """Tables of the marts that the oracle has no answer for."""
    sql = f"select table_name from information_schema.tables where table_schema = '{SCHEMA}' order by 1"
    return [row[0] for row in database.query(sql)[1] if row[0] not in ANSWERS]


def _verify(database: Database, truth: Truth, mart: str) -> Verdict:
    start = time.monotonic()
    key = find(mart).key
    expected = [dict(row) for row in truth.of(ANSWERS[mart])]
    try:
        columns, rows = database.query(f"select * from {SCHEMA}.{mart}")
    except database.errors as error:
        raise SonicError(
            f"The mart {mart} cannot be read: {str(error).strip().splitlines()[0]}",
            database.where,
            "Run `sonic build`, then verify.",
        ) from error
    kept = [name for name in columns if name not in LEFT_OUT]
    found = [{name: value for name, value in zip(columns, row, strict=True) if name not in LEFT_OUT} for row in rows]
    differences = other_columns(kept, expected)
    if not differences:
        for row in (*found, *expected):
            _coarsen(row)
        differences = compare(found, expected, key)
    return Verdict(mart, key, len(found), differences, time.monotonic() - start)


def other_columns(columns: list[str], expected: list[dict[str, Any]]) -> list[Difference]:
    """One difference for each column that only one side has, or not every row of the answer.

    An empty answer says nothing of its columns.
    """
    if not expected:
        return []
    in_all = set(expected[0]).intersection(*expected)
    in_any = set(expected[0]).union(*expected)
    return [
        Difference((), name, _there(name in columns), _there(name in in_all))
        for name in sorted((in_any | set(columns)) - (in_all & set(columns)))
    ]


def _there(is_there: bool) -> str:
    return "a column" if is_there else "no such column, or not in all rows"


def _coarsen(row: dict[str, Any]) -> None:
    for name in BY_DAY:
        if name in row:
            row[name] = day_of(row[name])
