"""Orders in artists' shops: who orders what, whether it is paid, and what is left in stock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from generators.core.bookings import KEPT_SHARE, bookings, someone
from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, SECOND
from generators.core.changes import Changes, changes_of
from generators.core.columns import Columns
from generators.core.order import last_not_above
from generators.core.random import Floats, Ints, hash_uniform
from generators.core.world import World
from generators.domains.billing.sales import ORDER, Sales, sales, share_of
from generators.domains.billing.timeline import market_at, timeline
from generators.domains.commerce.products import MERCHANDISE, first_shop_day, products, shop_rates, unit_price
from generators.domains.experiments.assignment import effect, strongest

MAX_ITEMS = 3
STATUS = ("pending", "paid", "shipped", "delivered", "cancelled")


@dataclass(frozen=True)
class Orders(Columns):
    """Orders in order of time; id is row + 1. ``NEVER`` where something does not happen."""

    at: Ints
    user: Ints
    artist: Ints
    country: Ints
    items: Ints
    """Sum of the items, minor units."""
    shipping: Ints
    commission: Ints
    paid_at: Ints
    shipped_at: Ints
    delivered_at: Ints
    cancelled_at: Ints


@dataclass(frozen=True)
class Items(Columns):
    """Items by order and slot."""

    order: Ints
    slot: Ints
    product: Ints
    quantity: Ints
    price: Ints


def shop(world: World) -> tuple[Orders, Items]:
    """Orders of the world's horizon with their items."""
    return world.remember(("orders", world.horizon), lambda: _make(world), keep=1)


def _make(world: World) -> tuple[Orders, Items]:
    rate, seed, goods = shop_rates(), world.seed, products(world)
    per_day = rate["orders_a_day"] * world.scale / KEPT_SHARE * strongest("shop_banner")
    at = bookings(world, "orders", per_day, first_shop_day(world), world.horizon)
    user, kept = someone(world, "orders", at)
    moved = effect(world, "shop_banner", user, at) / strongest("shop_banner")
    kept &= hash_uniform(seed, "orders.moved", np.arange(len(at))) < moved
    n = np.flatnonzero(kept)
    at, user = at[n], user[n]

    def draw(what: str) -> Floats:
        return hash_uniform(seed, f"orders.{what}", n)

    country = market_at(world, timeline(world, world.first_day), user, at)
    first = _product_in(world, country, at, draw("product"))
    wanted = 1 + (draw("items") ** 2.2 * MAX_ITEMS).astype(np.int64)
    chosen = np.stack([_another(world, first, slot, at) for slot in range(MAX_ITEMS)], axis=1)
    chosen[np.arange(MAX_ITEMS)[None, :] >= wanted[:, None]] = -1
    chosen[goods.retired_at[chosen] <= at[:, None]] = -1
    some = np.flatnonzero((chosen >= 0).any(axis=1))
    at, user, country, chosen, n = at[some], user[some], country[some], chosen[some], n[some]
    order, slot = np.nonzero(chosen >= 0)
    product = chosen[order, slot]
    physical = goods.kind[product] == MERCHANDISE
    several = 1 + (hash_uniform(seed, "orders.quantity", n[order], slot) ** 4 * 3).astype(np.int64)
    quantity = np.where(physical, several, 1)
    price = goods.price_at(product, at[order])
    ships = np.bincount(order[physical], minlength=len(at)) > 0
    artist = goods.artist[product[np.searchsorted(order, np.arange(len(at)))]]
    paid = at + 9 * SECOND + (draw("pays") * 90 * SECOND).astype(np.int64)
    pays = draw("unpaid") >= rate["order_unpaid"] * effect(world, "one_tap_checkout", user, at)
    shipped = paid + 4 * HOUR + (draw("ships") ** 2 * 4 * DAY).astype(np.int64)
    arrives = shipped + DAY + (draw("arrives") * 6 * DAY).astype(np.int64)
    verified = world.artists(world.horizon).verified_at[artist]
    orders = Orders(
        at=at,
        user=user,
        artist=artist,
        country=country,
        items=np.bincount(order, weights=quantity * price, minlength=len(at)).astype(np.int64),
        shipping=np.where(ships, unit_price(country) * 6 // 10 // 10 * 10, 0),
        commission=np.where(verified <= at, 100_000, 150_000),
        paid_at=np.where(pays, paid, NEVER),
        shipped_at=np.where(pays & ships, shipped, NEVER),
        delivered_at=np.where(pays, np.where(ships, arrives, paid + 2 * SECOND), NEVER),
        cancelled_at=np.where(pays, NEVER, at + 30 * MINUTE),
    )
    return orders, Items(order=order, slot=slot, product=product, quantity=quantity, price=price)


def order_sales(world: World) -> Sales:
    """Payments for orders; one that is given up was tried a minute after it was placed."""

    def make() -> Sales:
        o, _ = shop(world)
        pays = o.paid_at < NEVER
        return sales(
            world,
            ORDER,
            document=np.arange(len(o)),
            user=o.user,
            artist=o.artist,
            currency=o.country,
            amount=o.items + o.shipping,
            commission=share_of(o.items, o.commission),
            at=np.where(pays, o.paid_at, o.at + MINUTE),
            paid=pays,
        )

    return world.remember(("orders.sales", world.horizon), make, keep=1)


def _product_in(world: World, country: Ints, at: Ints, uniform: Floats) -> Ints:
    """A product that sellers of each row's country had on sale an hour before; -1 where there is none."""
    goods = products(world)
    chosen = np.full(len(at), -1)
    for index in np.flatnonzero(world.ref.launch):
        among = np.flatnonzero(goods.country == index)
        rows = np.flatnonzero(country == index)
        exists = np.searchsorted(goods.created_at[among], at[rows] - HOUR)
        # What came first is known best.
        place = (uniform[rows] ** 1.5 * exists).astype(np.int64)
        if len(among):
            chosen[rows] = np.where(exists > 0, among[np.minimum(place, len(among) - 1)], -1)
    return chosen


def _another(world: World, first: Ints, slot: int, at: Ints) -> Ints:
    """The product ``slot`` places after another in the same shop as it stood; -1 where the shop has no more."""
    goods = products(world)
    order = np.argsort(goods.artist, kind="stable")
    owner = goods.artist[order]
    place_of = np.empty(len(order), dtype=np.int64)
    place_of[order] = np.arange(len(order))
    artist = goods.artist[first]
    low, high = np.searchsorted(owner, artist), np.searchsorted(owner, artist, side="right")
    before = np.searchsorted(goods.created_at, at - HOUR) - 1
    count = last_not_above(order, low, high, before) + 1 - low
    place = low + (place_of[first] - low + slot) % np.maximum(count, 1)
    return np.where((first >= 0) & (slot < count), order[place], -1)


def sold(world: World, begin: date | None, until: date) -> tuple[Changes, Ints]:
    """Change rows of products, with the pieces that were sold of each up to the change.

    A product changes when it is put on sale, when its price changes, with every paid order of merchandise, and
    when it is withdrawn.
    """
    goods, (orders, items) = products(world), shop(world)

    def sales() -> tuple[Ints, Ints, Ints]:
        paid = orders.paid_at[items.order]
        rows = np.flatnonzero((goods.kind[items.product] == MERCHANDISE) & (paid < NEVER))
        rows = rows[np.lexsort((paid[rows], items.product[rows]))]
        return items.product[rows], paid[rows], items.quantity[rows]

    product, at, quantity = world.remember(("products.sales", world.horizon), sales, keep=1)

    def steps() -> tuple[Ints, Ints]:
        n = np.arange(len(goods))
        repriced = n[goods.repriced_at < NEVER]
        parts = [(n, goods.created_at), (repriced, goods.repriced_at[repriced]), (n, goods.retired_at), (product, at)]
        rows, instants = (np.concatenate(part) for part in zip(*parts, strict=True))
        return rows, instants

    found = changes_of(world, "products", steps, begin, until)
    running = np.append(0, np.cumsum(quantity))
    low, high = np.searchsorted(product, found.row), np.searchsorted(product, found.row, side="right")
    last = last_not_above(at, low, high, found.at) + 1
    return found, running[last] - running[low]
