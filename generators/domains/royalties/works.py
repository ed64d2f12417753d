"""Works, and which works a recording holds: its own, that of the recording it covers, or two in a medley."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from generators.core import names
from generators.core.calendar import SECOND, midnight
from generators.core.changes import changes
from generators.core.identifiers import iswc
from generators.core.random import Ints, hash_uniform
from generators.core.tables import make_table
from generators.core.world import World
from generators.domains.royalties.parties import terms

_MULTIPLIER, _OFFSET, _ISWC_RANGE = 7_919, 345_246_800, 1_000_000_000
"""Work numbers run through all nine-digit numbers without repetition (the factor is coprime to the range)."""


@dataclass(frozen=True)
class Works:
    """Works in order of creation (id is row + 1), and the works of each recording."""

    song: Ints
    """Recording that first held the work."""
    created_at: Ints
    own: Ints
    """Main work of each recording."""
    second: Ints
    """Second work of each recording, -1 where there is one only."""


def works(world: World, until: date) -> Works:
    """All works up to the world's horizon, which covers ``until``."""
    horizon = world.reach(until)
    return world.remember(("royalties.works", horizon), lambda: _make(world, horizon), keep=1)


def _make(world: World, horizon: date) -> Works:
    songs = world.songs(horizon)
    n = np.arange(len(songs))
    root = np.where(songs.cover_of >= 0, songs.cover_of, n)
    # A cover of a cover holds the first one's work.
    while (deeper := root[root] != root).any():
        root = np.where(deeper, root[root], root)
    original = root == n
    number = np.cumsum(original) - 1
    own = number[root]
    earlier = (hash_uniform(world.seed, "works.second", n) * np.maximum(own, 1)).astype(np.int64)
    medley = (hash_uniform(world.seed, "works.medley", n) < terms()["medley"]) & (earlier != own) & (own > 0)
    song = np.flatnonzero(original)
    return Works(song=song, created_at=songs.created_at[song], own=own, second=np.where(medley, earlier, -1))


def works_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Works; they are registered with their first recording."""
    of = works(world, until)
    found = changes(world, "works", lambda: [of.created_at], begin, until)
    row, songs = found.row, world.songs(world.horizon)
    song = of.song[row]
    titles = names.pools_of(names.titles, world.ref.language_codes)
    draw = hash_uniform(world.seed, "songs.title", song, np.zeros_like(song))
    return make_table(
        "works",
        {
            "work_id": row + 1,
            "iswc": iswc((row * _MULTIPLIER + _OFFSET) % _ISWC_RANGE),
            "title": titles.draw(songs.language[song], draw),
            "language_id": songs.language[song] + 1,
            **found.metadata,
        },
    )


def song_works_table(world: World, begin: date | None, until: date) -> pa.Table:
    """One or two works per recording, as soon as it is delivered."""
    of, songs = works(world, until), world.songs(world.horizon)
    found = changes(world, "song_works", lambda: [songs.created_at + 45 * SECOND], begin, until)
    has = np.stack([np.ones(len(found), dtype=bool), of.second[found.row] >= 0], axis=1)
    index, slot = np.nonzero(has)
    spread = found.take(index)
    two = has[index, 1]
    return make_table(
        "song_works",
        {
            "song_id": spread.row + 1,
            "work_id": np.where(slot == 0, of.own[spread.row], of.second[spread.row]) + 1,
            "share_ppm": np.where(two, np.where(slot == 0, 600_000, 400_000), 1_000_000),
            **spread.metadata,
        },
    )


def issued_works(world: World, until: date) -> int:
    """Highest work id issued before ``until``."""
    return int(np.searchsorted(works(world, until).created_at, midnight(until)))
