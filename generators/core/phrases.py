"""What people write to each other, in the five languages of the platform and their scripts: all pairs of two halves.

Those who speak another language write English. Texts are kept for good, and drawn by hash; nothing is made per row.
"""

from __future__ import annotations

import csv
from functools import cache, lru_cache
from importlib.resources import files

import numpy as np
import pyarrow as pa

from generators.core.names import Pools
from generators.core.random import Floats, Ints

LANGUAGES = ("en", "hi", "ta", "pt", "id")


@cache
def _halves() -> dict[tuple[str, str, str], list[str]]:
    """Halves by kind, language and place (phrases.csv)."""
    halves: dict[tuple[str, str, str], list[str]] = {}
    text = files("generators.data").joinpath("phrases.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        halves.setdefault((row["kind"], row["language"], row["half"]), []).append(row["text"])
    return halves


@cache
def texts(kind: str, language: str) -> list[str]:
    """All texts of a kind in one of the platform's languages."""
    first, second = (_halves()[kind, language, half] for half in "12")
    return [f"{a} {b}" for a in first for b in second]


@cache
def _pools(kind: str) -> Pools:
    return Pools.of([texts(kind, language) for language in LANGUAGES])


@lru_cache(maxsize=8)
def written_language(codes: tuple[str, ...]) -> Ints:
    """Index into LANGUAGES of what speakers of each language (by index) write."""
    return np.array([LANGUAGES.index(code) if code in LANGUAGES else 0 for code in codes])


def phrase(kind: str, language: Ints, codes: tuple[str, ...], uniform: Floats) -> pa.Array:
    """A text of a kind for each row, in the row's language (index of a language) where the platform has it."""
    return _pools(kind).draw(written_language(codes)[language], uniform)


def written_in(language: Ints, codes: tuple[str, ...]) -> Ints:
    """Index of the language in which speakers of a language write."""
    index = np.array([codes.index(code) for code in LANGUAGES])
    return np.asarray(index[written_language(codes)[language]], dtype=np.int64)
