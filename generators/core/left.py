"""Files in which days leave what other days need that another process may make, at the same time or later."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from generators.core.columns import Columns
from generators.core.world import World

A = TypeVar("A", bound=Columns)
B = TypeVar("B", bound=Columns)
CARRIED = "carried"
"""Folder among the tallies of what goes over from a day to the next one: of use until that is made."""


def path_of(world: World, folder: str, day: date) -> Path | None:
    """Where a UTC day leaves something among the tallies; none where no lake is written."""
    return world.tallies / folder / f"{day.isoformat()}.npy" if world.tallies else None


def save(path: Path, *arrays: NDArray[Any]) -> None:
    """Write arrays to a file at once. Two processes may do so with the same: each moves its own there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix(f".{os.getpid()}.tmp")
    with temporary.open("wb") as file:
        for array in arrays:
            np.save(file, array)
    temporary.replace(path)


def leave_over(world: World, day: date, pair: tuple[Columns, Columns]) -> None:
    """Leave for the day after a UTC day what goes over to it."""
    path = path_of(world, CARRIED, day)
    if path is not None:
        save(path, *map(_records, pair))


def left_over(world: World, day: date, kinds: tuple[type[A], type[B]]) -> tuple[A, B] | None:
    """What a UTC day left for the day after it; None if it has not, or not yet."""
    path = path_of(world, CARRIED, day)
    if path is None or not path.exists():
        return None
    with path.open("rb") as file:
        return _struct(kinds[0], np.load(file)), _struct(kinds[1], np.load(file))


def _records(struct: Columns) -> NDArray[Any]:
    columns = vars(struct)
    records = np.empty(len(struct), dtype=[(name, column.dtype) for name, column in columns.items()])
    for name, column in columns.items():
        records[name] = column
    return records


def _struct(kind: type[A], records: NDArray[Any]) -> A:
    return kind(**{name: np.ascontiguousarray(records[name]) for name in records.dtype.names or ()})
