"""What is planted in the data on purpose, for analyses to find: its size, and what it is where nothing is planted.

The effects stand in ``effects.csv``; what plants one asks the world for its size, and so do the tests that look for
it. ``--effects off`` makes a world in which each has its neutral size; all else is drawn as before.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True)
class Effect:
    """One line of ``effects.csv``."""

    name: str
    size: float
    neutral: float
    """Size where nothing is planted."""
    unit: str
    planted_in: str
    """Module that plants it, within the package."""
    about: str


@cache
def effects() -> dict[str, Effect]:
    """All planted effects by name."""
    text = files("generators.data").joinpath("effects.csv").read_text(encoding="utf-8")
    found = [
        Effect(
            name=row["name"],
            size=float(row["size"]),
            neutral=float(row["neutral"]),
            unit=row["unit"],
            planted_in=row["planted_in"],
            about=row["about"],
        )
        for row in csv.DictReader(text.splitlines())
    ]
    return {effect.name: effect for effect in found}


def size_of(name: str, *, planted: bool) -> float:
    """Size of an effect, its neutral one where nothing is planted."""
    effect = effects()[name]
    return effect.size if planted else effect.neutral
