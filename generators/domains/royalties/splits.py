"""Who shares in each recording and work. The shares of an item and period sum to exactly 1,000,000 ppm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from generators.core.calendar import DAY, MINUTE, NEVER, midnight
from generators.core.changes import changes
from generators.core.random import Floats, Ints, hash_uniform
from generators.core.tables import Coded, make_table
from generators.core.world import World
from generators.domains.royalties.contracts import RIGHTS
from generators.domains.royalties.parties import DISTRIBUTOR, Parties, parties, terms
from generators.domains.royalties.works import works

ROLES = ("artist", "label", "distributor", "producer", "writer", "publisher")
_ARTIST, _LABEL, _DISTRIBUTOR, _PRODUCER, _WRITER, _PUBLISHER = range(6)
WHOLE = 1_000_000
_QUARTER_DAYS = 90


@dataclass(frozen=True)
class Splits:
    """Shares in order of their start; id is row + 1."""

    right: Ints
    item: Ints
    """Song row or work row, by the right."""
    payee: Ints
    role: Ints
    share: Ints
    start: Ints
    end: Ints


def splits(world: World, until: date) -> Splits:
    horizon = world.reach(until)
    return world.remember(("royalties.splits", horizon), lambda: _make(world, horizon), keep=1)


def _ppm(share: Floats) -> Ints:
    """Shares in whole per mille, as ppm."""
    return (np.round(share * 1_000) * 1_000).astype(np.int64)


def _make(world: World, horizon: date) -> Splits:
    who = parties(world, horizon)
    songs, of = world.songs(horizon), works(world, horizon)
    seed, term = world.seed, terms()
    n, w = np.arange(len(songs)), np.arange(len(of.song))
    change_day = (
        midnight(world.first_day) + (1 + (hash_uniform(seed, "splits.day", n) * _QUARTER_DAYS).astype(np.int64)) * DAY
    )
    before = songs.created_at < midnight(world.first_day)
    changes_ = before & (hash_uniform(seed, "splits.changes", n) < term["split_changes"])
    work_day = (
        midnight(world.first_day)
        + (1 + (hash_uniform(seed, "splits.work_day", w) * _QUARTER_DAYS).astype(np.int64)) * DAY
    )
    work_before = of.created_at < midnight(world.first_day)
    work_changes = work_before & (hash_uniform(seed, "splits.work_changes", w) < term["split_changes"])
    parts = []
    for version in (0, 1):
        rows = n if version == 0 else np.flatnonzero(changes_)
        item, payee, role, share = _recording(world, who, rows, version)
        start = _within_day(songs.created_at[item]) if version == 0 else change_day[item]
        end = np.where(changes_[item], change_day[item], NEVER) if version == 0 else np.full(len(item), NEVER)
        parts.append((np.zeros(len(item), dtype=np.int64), item, payee, role, share, start, end))
        rows = w if version == 0 else np.flatnonzero(work_changes)
        item, payee, role, share = _publishing(world, who, rows, version)
        start = _within_day(of.created_at[item]) if version == 0 else work_day[item]
        end = np.where(work_changes[item], work_day[item], NEVER) if version == 0 else np.full(len(item), NEVER)
        parts.append((np.ones(len(item), dtype=np.int64), item, payee, role, share, start, end))
    right, item, payee, role, share, start, end = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.lexsort((role, item, right, start))
    return Splits(
        right=right[order],
        item=item[order],
        payee=payee[order],
        role=role[order],
        share=share[order],
        start=start[order],
        end=end[order],
    )


def _within_day(created: Ints) -> Ints:
    """A minute after the creation, but on its day."""
    return np.asarray(np.minimum(created + MINUTE, created // DAY * DAY + DAY - 1), dtype=np.int64)


def _gather(item: Ints, payees: list[Ints], roles: list[Ints], shares: list[Ints]) -> tuple[Ints, Ints, Ints, Ints]:
    """Rows of all parties with a share, item by item."""
    share = np.stack(shares, axis=1)
    index, slot = np.nonzero(share > 0)
    return (
        item[index],
        np.stack(payees, axis=1)[index, slot],
        np.stack(roles, axis=1)[index, slot],
        share[index, slot],
    )


def _recording(world: World, who: Parties, rows: Ints, version: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Artist, label or distributor, and producer of each recording; the artist takes what the others leave."""
    songs, albums, seed, term = world.songs(world.horizon), world.albums(world.horizon), world.seed, terms()
    key = np.full(len(rows), version)

    def draw(what: str) -> Floats:
        return hash_uniform(seed, f"splits.{what}", rows, key)

    artist = songs.artist[rows]
    label = albums.label[songs.album[rows]]
    backer = np.where(label >= 0, who.of_label[np.maximum(label, 0)], -1)
    distributed = (backer >= 0) & (who.kind[np.maximum(backer, 0)] == DISTRIBUTOR)
    backed = _ppm(np.where(distributed, term["distributor_share"], term["label_share"]) * (0.8 + 0.4 * draw("label")))
    backed = np.where(backer >= 0, backed, 0)
    producer = who.producer_of[artist]
    produced = np.where(
        (producer >= 0) & (draw("producer") < term["producer"]), _ppm(term["producer_share"] + 0.03 * draw("fee")), 0
    )
    main = WHOLE - backed - produced
    return _gather(
        rows,
        [who.of_artist[artist], backer, producer],
        [np.full(len(rows), _ARTIST), np.where(distributed, _DISTRIBUTOR, _LABEL), np.full(len(rows), _PRODUCER)],
        [main, backed, produced],
    )


def _publishing(world: World, who: Parties, rows: Ints, version: int) -> tuple[Ints, Ints, Ints, Ints]:
    """Writer (a payee of their own, or the artist) and publisher of each work."""
    songs, of, seed, term = world.songs(world.horizon), works(world, world.horizon), world.seed, terms()
    key = np.full(len(rows), version)

    def draw(what: str) -> Floats:
        return hash_uniform(seed, f"splits.{what}", rows, key)

    artist = songs.artist[of.song[rows]]
    writer = np.where(who.writer_of[artist] >= 0, who.writer_of[artist], who.of_artist[artist])
    # A publisher keeps its writers: the choice hangs on the artist.
    chosen = (hash_uniform(seed, "splits.which_publisher", artist) * len(who.publishers)).astype(np.int64)
    published = draw("publisher") < term["publisher"]
    part = np.where(published, _ppm(term["publisher_share"] * (0.7 + 0.5 * draw("publishing"))), 0)
    return _gather(
        rows,
        [writer, who.publishers[chosen]],
        [np.full(len(rows), _WRITER), np.full(len(rows), _PUBLISHER)],
        [WHOLE - part, part],
    )


def splits_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Shares with their ends: an old split is closed and a new one opened at the same midnight."""
    s = splits(world, until)
    found = changes(world, "revenue_splits", lambda: [s.start, s.end], begin, until)
    row = found.row
    recording = s.right[row] == 0
    return make_table(
        "revenue_splits",
        {
            "revenue_split_id": row + 1,
            "right_type": Coded(s.right[row], RIGHTS),
            "song_id": np.where(recording, s.item[row] + 1, -1),
            "work_id": np.where(recording, -1, s.item[row] + 1),
            "payee_id": s.payee[row] + 1,
            "role": Coded(s.role[row], ROLES),
            "share_ppm": s.share[row],
            "valid_from": s.start[row] // DAY,
            "valid_to": np.where(s.end[row] <= found.at, s.end[row] // DAY, NEVER),
            **found.metadata,
        },
    )


def issued_splits(world: World, until: date) -> int:
    """Highest id of a share issued before ``until``."""
    return int(np.searchsorted(splits(world, until).start, midnight(until)))
