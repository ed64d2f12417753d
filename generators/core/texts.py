"""What people write, in the platform's languages and their scripts: those who speak another language write English.

Texts stand in texts.csv, whole or as halves of which all pairs are made. Among them are the characters that break
careless software: emoji, quotes, marks of the writing direction, the spelling of a NUL, and letters of four bytes.
They are kept for good, and drawn by hash; nothing is made per row.
"""

from __future__ import annotations

import csv
from functools import cache, lru_cache
from importlib.resources import files

import numpy as np
import pyarrow as pa

from generators.core import names
from generators.core.random import Floats, Ints, hash_uniform
from generators.core.world import World

LANGUAGES = ("en", "hi", "ta", "pt", "id")
"""Codes of the languages that people write in."""


@cache
def _parts() -> dict[tuple[str, str, str], list[str]]:
    """Texts by kind, language and place: the first or second half, or empty for a whole one."""
    parts: dict[tuple[str, str, str], list[str]] = {}
    text = files("generators.data").joinpath("texts.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        parts.setdefault((row["kind"], row["language"], row["half"]), []).append(row["text"])
    return parts


@cache
def texts(kind: str, language: str) -> list[str]:
    """All texts of a kind in one of the platform's languages."""
    if whole := _parts().get((kind, language, "")):
        return whole
    first, second = (_parts()[kind, language, half] for half in "12")
    return [f"{a} {b}" for a in first for b in second]


@cache
def _pools(kind: str) -> names.Pools:
    return names.Pools.of([texts(kind, language) for language in LANGUAGES])


@lru_cache(maxsize=8)
def written_language(codes: tuple[str, ...]) -> Ints:
    """Index into LANGUAGES of what speakers of each language (by index) write."""
    return np.array([LANGUAGES.index(code) if code in LANGUAGES else 0 for code in codes])


def written_in(language: Ints, codes: tuple[str, ...]) -> Ints:
    """Index of the language in which speakers of a language write."""
    index = np.array([codes.index(code) for code in LANGUAGES])
    return np.asarray(index[written_language(codes)[language]], dtype=np.int64)


def phrase(kind: str, language: Ints, codes: tuple[str, ...], uniform: Floats) -> pa.Array:
    """A text of a kind for each row, in the row's language (index of a language) where the platform has it."""
    return _pools(kind).draw(written_language(codes)[language], uniform)


def written(world: World, kind: str, language: Ints, *keys: Ints) -> pa.Array:
    """A text of a kind for each row, fixed by its keys."""
    draw = hash_uniform(world.seed, f"texts.{kind}", *keys)
    return phrase(kind, language, world.ref.language_codes, draw)


def song_titles(world: World, language: Ints, row: Ints, version: Ints | int = 0) -> pa.Array:
    """Titles of recordings: of what they were published as, version 0, or renamed to, 1."""
    draw = hash_uniform(world.seed, "songs.title", row, np.asarray(version) + 0 * row)
    return names.pools_of(names.titles, world.ref.language_codes).draw(language, draw)


def album_titles(world: World, language: Ints, row: Ints) -> pa.Array:
    """Titles of releases."""
    return song_titles(world, language, row, 1_000_003)
