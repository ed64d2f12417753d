"""Placements on the explore page: each position is sold week by week, so that no two meet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from generators.core.calendar import DAY, HOUR, NEVER, midnight
from generators.core.changes import changes
from generators.core.choice import songs_by
from generators.core.columns import Columns
from generators.core.random import Ints, hash_uniform, pick
from generators.core.tables import Coded, make_table
from generators.core.world import World
from generators.domains.billing.prices import read
from generators.domains.billing.sales import PLACEMENT, Sales, sales
from generators.domains.community.creators import creators

POSITIONS = 6
SOLD = 0.75
"""Share of the weeks of a position that are sold."""
_WEEK = 7 * DAY
_MONDAY = 4 * DAY
"""The first Monday after 1970-01-01."""
_WEEKS_BEFORE = 6
_ITEM_TYPES = ("artist", "album", "song")


@dataclass(frozen=True)
class Placements(Columns):
    """Placements in order of booking; id is row + 1."""

    creator: Ints
    kind: Ints
    item: Ints
    """Row of the artist, release or recording."""
    position: Ints
    """From 0."""
    booked_at: Ints
    starts_at: Ints
    ends_at: Ints
    taken_down_at: Ints


def placements(world: World) -> Placements:
    """Placements booked within the world's horizon."""
    return world.remember(("placements", world.horizon), lambda: _make(world), keep=1)


def _make(world: World) -> Placements:
    seed, who = world.seed, creators(world)
    first = (midnight(world.first_day) - _MONDAY) // _WEEK - _WEEKS_BEFORE
    last = (midnight(world.horizon) - _MONDAY) // _WEEK + 3
    week, position = (a.ravel() for a in np.meshgrid(np.arange(first, last), np.arange(POSITIONS), indexing="ij"))
    starts = _MONDAY + week * _WEEK
    booked = starts - DAY - (hash_uniform(seed, "featured.booked", week, position) * 12 * DAY).astype(np.int64)
    creator = pick(hash_uniform(seed, "featured.creator", week, position), who.weight)
    sold = hash_uniform(seed, "featured.sold", week, position) < SOLD
    sold &= (who.since[creator] < booked) & (booked < who.until[creator]) & (booked < midnight(world.horizon))
    rows = np.flatnonzero(sold)
    rows = rows[np.argsort(booked[rows], kind="stable")]
    week, position, starts, booked, creator = (a[rows] for a in (week, position, starts, booked, creator))
    down = starts + 6 * HOUR + (hash_uniform(seed, "featured.down_at", week, position) * 6 * DAY).astype(np.int64)
    kind, item = _items(world, who.artist[creator], week, position)
    return Placements(
        creator=creator,
        kind=kind,
        item=item,
        position=position,
        booked_at=booked,
        starts_at=starts,
        ends_at=starts + _WEEK,
        taken_down_at=np.where(hash_uniform(seed, "featured.down", week, position) < 0.06, down, NEVER),
    )


def _items(world: World, artist: Ints, week: Ints, position: Ints) -> tuple[Ints, Ints]:
    """What each placement shows: the artist, or one of its recordings or releases that was there long before."""
    songs = world.songs(world.first_day)
    old = int(np.searchsorted(songs.created_at, midnight(world.first_day) - (_WEEKS_BEFORE + 3) * _WEEK))
    order = songs_by(world, "artist", old)
    owner = songs.artist[order]
    low, high = np.searchsorted(owner, artist), np.searchsorted(owner, artist, side="right")
    draw = hash_uniform(world.seed, "featured.item", week, position)
    kind = pick(hash_uniform(world.seed, "featured.kind", week, position), np.array([0.3, 0.35, 0.35]))
    kind = np.where(high > low, kind, 0)
    song = order[np.minimum(low + (draw * (high - low)).astype(np.int64), len(order) - 1)]
    return kind, np.where(kind == 0, artist, np.where(kind == 1, songs.album[song], song))


def _prices(world: World) -> Ints:
    """Price of a week, shape (countries, positions)."""
    price = np.zeros((len(world.ref.countries), POSITIONS), dtype=np.int64)
    for line in read("placement_prices.csv"):
        price[world.ref.country_index[line["country"]], int(line["position"]) - 1] = int(line["price_minor"])
    return price


def placement_sales(world: World) -> Sales:
    """Payments for placements, by the account that acts for the artist; all of it is the platform's."""

    def make() -> Sales:
        all_, who = placements(world), creators(world)
        country = who.country[all_.creator]
        price = _prices(world)[country, all_.position]
        return sales(
            world,
            PLACEMENT,
            document=np.arange(len(all_)),
            user=who.account[all_.creator],
            artist=who.artist[all_.creator],
            currency=country,
            amount=price,
            commission=price,
            at=all_.booked_at,
        )

    return world.remember(("placements.sales", world.horizon), make, keep=1)


def featured_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Placements; a change row where one is taken down early."""
    all_, who = placements(world), creators(world)
    found = changes(world, "featured_items", lambda: [all_.booked_at, all_.taken_down_at], begin, until)
    row = found.row
    country = who.country[all_.creator[row]]
    return make_table(
        "featured_items",
        {
            "featured_item_id": row + 1,
            "item_type": Coded(all_.kind[row], _ITEM_TYPES),
            "item_id": all_.item[row] + 1,
            "artist_id": who.artist[all_.creator[row]] + 1,
            "position": all_.position[row] + 1,
            "price_minor": _prices(world)[country, all_.position[row]],
            "currency_code": Coded(country, [c["currency"] for c in world.ref.countries]),
            "transaction_id": placement_sales(world).payment_of(world, row, found.at),
            "starts_at": all_.starts_at[row],
            "ends_at": np.where(all_.taken_down_at[row] <= found.at, all_.taken_down_at[row], all_.ends_at[row]),
            "created_at": all_.booked_at[row],
            "updated_at": found.at,
            **found.metadata,
        },
    )
