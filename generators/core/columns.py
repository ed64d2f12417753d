"""Structs of arrays: one NumPy array per attribute, row i is the entity with id i + 1."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self, TypeVar

import numpy as np

from generators.core.random import Bools, Ints


@dataclass(frozen=True)
class Columns:
    """Base of structs whose fields are arrays of one common length."""

    def __len__(self) -> int:
        return len(getattr(self, fields(self)[0].name))

    def take(self, rows: Ints | Bools | slice) -> Self:
        """The same columns for some rows."""
        if isinstance(rows, np.ndarray) and rows.dtype == np.bool_:
            rows = np.flatnonzero(rows)
        return type(self)(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def head(self, rows: int) -> Self:
        """The first rows, without a copy."""
        return self.take(slice(0, rows))


C = TypeVar("C", bound=Columns)


def concatenate(parts: list[C]) -> C:
    """Rows of several structs of one type, one after another; at least one part."""
    kind = type(parts[0])
    if len(parts) == 1:
        return parts[0]
    return kind(**{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(kind)})
