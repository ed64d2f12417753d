"""Marts against marts: two warehouses of one lake - on two engines, or with other dbt packages - hold the same rows."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any

from sonic.errors import SonicError, UsageError
from sonic.paths import Home
from sonic.project import marts
from sonic.verify.compare import Difference, compare
from sonic.verify.truth import Verdict
from sonic.warehouse.build import build
from sonic.warehouse.database import Database
from sonic.warehouse.lake import Lake
from sonic.warehouse.load import load
from sonic.warehouse.state import state_of

Progress = Callable[[str, int, int], None]


def built_until(database: Database, lake: Lake) -> date:
    """The data day of a warehouse. Raises `SonicError` unless all that is loaded is built."""
    state = state_of(database, lake)
    if not state.is_built or state.built_date is None:
        raise SonicError("What is loaded is not built", database.where, "Run `sonic build`, then verify.")
    return state.built_date


def bring(home: Home, database: Database, lake: Lake, until: date, progress: Progress = lambda *_: None) -> None:
    """Loads and builds a second warehouse from the lake up to that day; one that stands there already is kept.

    Raises `SonicError` if it has come further.
    """
    state = state_of(database, lake)
    if state.loaded_days and state.loaded_days[-1] > until:
        raise SonicError(
            f"The second warehouse has come further: {state.loaded_days[-1]}, and {until} is compared",
            database.where,
            "Advance the first (`sonic advance`), or remove the second.",
        )
    load(database, lake, until=until, progress=progress)
    if not state_of(database, lake).is_built:
        build(home, database, progress=progress)


def agree(one: Database, other: Database, only: Sequence[str] = ()) -> Iterator[Verdict]:
    """Compares the marts named, all by default, one by one: what `one` holds with what `other` holds."""
    for name in only or marts.marts():
        yield _agree(one, other, marts.find(name))


def _agree(one: Database, other: Database, mart: marts.Mart) -> Verdict:
    start = time.monotonic()
    here, there = _rows(one, mart), _rows(other, mart)
    differences: list[Difference] = compare(here, there, mart.key)
    return Verdict(mart.name, mart.key, len(here), differences, time.monotonic() - start)


def _rows(database: Database, mart: marts.Mart) -> list[dict[str, Any]]:
    names = [column.name for column in mart.columns]
    try:
        rows = database.query(f"select {', '.join(names)} from {marts.SCHEMA}.{mart.name}")[1]
    except database.errors as error:
        raise SonicError(
            f"The mart {mart.name} cannot be read: {str(error).strip().splitlines()[0]}",
            database.where,
            "Run `sonic build`, then verify.",
        ) from error
    return [dict(zip(names, row, strict=True)) for row in rows]


def second_name(name: str, suffix: str) -> str:
    """Name of the second database beside the first. Raises `UsageError` if it would be too long."""
    second = f"{name}_{suffix}"
    if len(second) > 63:
        raise UsageError(f"{second!r} is too long for a database", "--database", "Give a shorter name.")
    return second
