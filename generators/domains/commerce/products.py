"""Products of artists' shops: when they are put on sale, what they cost and when they are withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np

from generators.core.bookings import bookings, weighted_among
from generators.core.calendar import DAY, HOUR, NEVER, midnight
from generators.core.catalogue import catalogue_factor
from generators.core.choice import songs_by
from generators.core.columns import Columns
from generators.core.order import last_not_above
from generators.core.random import Floats, Ints, exponential, hash_uniform
from generators.core.world import World
from generators.domains.billing.prices import MONTH, PRIME, prices, read

DOWNLOAD, EXCLUSIVE, MERCHANDISE = range(3)
TYPES = ("music_download", "exclusive_release", "merchandise")

GOODS_PRICE = np.array([5.0, 2.6, 3.6, 14.0, 3.2, 4.2])
"""Prices of shirt, poster, cap, record, mug and bag, in monthly prices of the individual plan."""


@cache
def shop_rates() -> dict[str, float]:
    """Rates of commerce by name (commerce.csv)."""
    return {row["name"]: float(row["value"]) for row in read("commerce.csv")}


@dataclass(frozen=True)
class Products(Columns):
    """Products in order of their first sale; id is row + 1. ``NEVER`` where something does not happen."""

    created_at: Ints
    artist: Ints
    country: Ints
    kind: Ints
    song: Ints
    """Recording sold, -1 if none."""
    album: Ints
    good: Ints
    """Index into the goods, -1 for music."""
    price: Ints
    repriced_at: Ints
    new_price: Ints
    retired_at: Ints
    stock: Ints
    """Pieces after each delivery from the maker."""

    def price_at(self, rows: Ints, instants: Ints) -> Ints:
        """Price in force of some products at instants."""
        return np.where(self.repriced_at[rows] <= instants, self.new_price[rows], self.price[rows])


def unit_price(country: Ints) -> Ints:
    """Monthly price of the individual plan in a launch market, minor units: what amounts are scaled by."""
    listed = prices()
    return np.asarray(listed.amount[listed.table[PRIME, country, MONTH, 0]], dtype=np.int64)


def round_price(exact: Floats) -> Ints:
    """Amounts cut to two leading digits, as shops set them; at least 1."""
    size = 10.0 ** np.maximum(np.floor(np.log10(np.maximum(exact, 1.0))) - 1, 0)
    return np.asarray(np.maximum(exact // size * size, 1.0), dtype=np.int64)


def first_shop_day(world: World) -> date:
    """Day of the first products."""
    return world.first_day - timedelta(days=int(shop_rates()["history_days"]))


def sellers(world: World, at: Ints, uniform: Floats) -> Ints:
    """An artist of a launch market that exists at each instant; the popular ones more often."""
    artists = world.artists(world.horizon)
    weight = np.where(world.ref.launch[artists.country], artists.weight**0.8, 0.0)
    weight[0] += 1e-9
    return weighted_among(np.cumsum(weight), np.searchsorted(artists.created_at, at - HOUR), uniform)


def song_of(world: World, artist: Ints, at: Ints, uniform: Floats) -> Ints:
    """One of the recordings that artists had published an hour before instants; -1 where there is none."""
    songs = world.songs(world.horizon)
    order = songs_by(world, "artist", len(songs))
    owner = songs.artist[order]
    low, high = np.searchsorted(owner, artist), np.searchsorted(owner, artist, side="right")
    before = np.searchsorted(songs.created_at, at - HOUR) - 1
    count = last_not_above(order, low, high, before) + 1 - low
    place = low + (uniform * count).astype(np.int64)
    return np.where(count > 0, order[np.minimum(place, len(order) - 1)], -1)


def products(world: World) -> Products:
    """All products of the world's horizon."""
    return world.remember(("products", world.horizon), lambda: _make(world), keep=1)


def _make(world: World) -> Products:
    rate, seed, factor = shop_rates(), world.seed, catalogue_factor(world.scale)
    first = first_shop_day(world)
    before = max(30, round(rate["products"] * factor))
    begin, end = midnight(first), midnight(world.first_day)
    share = (np.arange(before) + world.rng("products.before").random(before)) / before
    # A third of them is there from the first day of the shops on.
    early = begin + (np.maximum(share - 0.33, 0.0) / 0.67 * (end - begin - HOUR)).astype(np.int64) + np.arange(before)
    created = np.concatenate(
        [early, bookings(world, "products.new", rate["products_a_day"] * factor, world.first_day, world.horizon)]
    )
    n = np.arange(len(created))

    def draw(what: str) -> Floats:
        return hash_uniform(seed, f"products.{what}", n)

    artists, songs = world.artists(world.horizon), world.songs(world.horizon)
    artist = sellers(world, created, draw("artist"))
    country = artists.country[artist]
    song = song_of(world, artist, created, draw("song"))
    merchandise = (draw("kind") < rate["merchandise"]) | (song < 0)
    exclusive = ~merchandise & (draw("exclusive") < rate["exclusive"] / (1 - rate["merchandise"]))
    whole = ~merchandise & ~exclusive & (draw("whole") < rate["album_download"])
    album = np.where(whole, songs.album[np.maximum(song, 0)], -1)
    good = np.where(merchandise, (draw("good") * len(GOODS_PRICE)).astype(np.int64), -1)
    level = np.where(whole, 1.3, np.where(exclusive, 1.6, 0.22))
    level = np.where(merchandise, GOODS_PRICE[np.maximum(good, 0)], level)
    exact = unit_price(country) * level * (0.8 + 0.5 * draw("price"))
    repriced = created + DAY + exponential(draw("repriced_at"), 90.0 * DAY).astype(np.int64)
    changes_price = draw("repriced") < rate["repriced"]
    price = round_price(exact)
    new_price = round_price(exact * np.where(draw("raise") < 0.7, 1.15, 0.8))
    return Products(
        created_at=created,
        artist=artist,
        country=country,
        kind=np.where(merchandise, MERCHANDISE, np.where(exclusive, EXCLUSIVE, DOWNLOAD)),
        song=np.where(merchandise | whole, -1, song),
        album=album,
        good=good,
        price=price,
        repriced_at=np.where(changes_price & (new_price != price), repriced, NEVER),
        new_price=new_price,
        retired_at=repriced + DAY + exponential(draw("retired_at"), 700.0 * DAY).astype(np.int64),
        stock=np.where(merchandise, 40 + (draw("stock") * 8).astype(np.int64) * 20, -1),
    )
