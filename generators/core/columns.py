"""Structs of arrays: one NumPy array per attribute, row i is the entity with id i + 1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self, TypeVar, cast

import numpy as np

from generators.core.random import Bools, Ints


@dataclass(frozen=True)
class Columns:
    """Base of structs whose fields are arrays of one common length.

    They are read by ``vars``, in the order of their declaration: ``dataclasses.fields`` is slow, and this is done
    hundreds of times a day.
    """

    def __len__(self) -> int:
        return len(next(iter(vars(self).values())))

    def take(self, rows: Ints | Bools | slice) -> Self:
        """The same columns for some rows."""
        if isinstance(rows, np.ndarray) and rows.dtype == np.bool_:
            rows = np.flatnonzero(rows)
        return type(self)(*[values[rows] for values in vars(self).values()])

    def head(self, rows: int) -> Self:
        """The first rows, without a copy."""
        return self.take(slice(0, rows))

    def some(self, rows: Ints | Bools) -> Self:
        """As ``take``, but each column when it is first asked for: where few of many are."""
        return cast(Self, _Some(self, rows))


class _Some:
    """Some rows of a struct, as a struct that has the columns which were asked for."""

    def __init__(self, of: Any, rows: Ints | Bools) -> None:
        self._of, self._rows = of, np.flatnonzero(rows) if rows.dtype == np.bool_ else rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getattr__(self, name: str) -> Any:
        column = getattr(self._of, name)[self._rows]
        setattr(self, name, column)
        return column

    def some(self, rows: Ints | Bools) -> _Some:
        return _Some(self, rows)


C = TypeVar("C", bound=Columns)


def gather(parts: list[tuple[C, Ints]]) -> C:
    """Some rows of several structs of one type, one after another; at least one part."""
    ends = np.cumsum([len(rows) for _, rows in parts])
    places = [slice(end - len(rows), end) for end, (_, rows) in zip(ends, parts, strict=True)]
    columns = []
    for name, first in vars(parts[0][0]).items():
        column = np.empty(int(ends[-1]), dtype=first.dtype)
        for (part, rows), place in zip(parts, places, strict=True):
            # With "clip" rows are written to their place at once, otherwise through a copy.
            vars(part)[name].take(rows, out=column[place], mode="clip")
        columns.append(column)
    return type(parts[0][0])(*columns)


def concatenate(parts: list[C]) -> C:
    """Rows of several structs of one type, one after another; at least one part."""
    if len(parts) == 1:
        return parts[0]
    columns = zip(*(vars(part).values() for part in parts), strict=True)
    return type(parts[0])(*[np.concatenate(column) for column in columns])
