"""The tables of artists' shops: products, orders and their items."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from generators.core import names
from generators.core.bookings import happening
from generators.core.calendar import DAY, NEVER, midnight
from generators.core.changes import changes
from generators.core.random import Bools, Ints, hash_bits, hash_uniform
from generators.core.tables import Coded, hex_text, make_table, only
from generators.core.world import World
from generators.domains.billing.documents import book
from generators.domains.commerce.orders import MAX_ITEMS, STATUS, Orders, shop, sold
from generators.domains.commerce.products import GOODS_PRICE, MERCHANDISE, TYPES, products
from generators.domains.identity import phone_numbers

_GOODS = {
    "en": ("T-shirt", "poster", "cap", "vinyl record", "mug", "tote bag"),
    "hi": ("टी-शर्ट", "पोस्टर", "टोपी", "विनाइल रिकॉर्ड", "मग", "झोला"),
    "ta": ("டி-ஷர்ட்", "சுவரொட்டி", "தொப்பி", "இசைத்தட்டு", "கோப்பை", "துணிப்பை"),
    "pt": ("Camiseta", "Pôster", "Boné", "Disco de vinil", "Caneca", "Ecobag"),
    "id": ("Kaos", "Poster", "Topi", "Piringan hitam", "Cangkir", "Tas kain"),
}
"""Goods by language, in the order of their prices."""
_ABOUT = {
    "en": ("Download in high quality.", "Only here, for fans.", "Official, printed to order 🎸"),
    "hi": ("ऊँची गुणवत्ता में डाउनलोड।", "सिर्फ़ यहाँ, चाहने वालों के लिए।", "आधिकारिक सामान 🎸"),
    "ta": ("உயர் தரத்தில் பதிவிறக்கம்.", "இங்கு மட்டும், ரசிகர்களுக்காக.", "அதிகாரப்பூர்வ பொருள் 🎸"),
    "pt": ("Download em alta qualidade.", "Só aqui, para os fãs.", "Oficial, feito sob encomenda 🎸"),
    "id": ("Unduhan berkualitas tinggi.", "Hanya di sini, untuk penggemar.", "Barang resmi 🎸"),
}
_STREETS = {
    "IN": ("MG Road", "Anna Salai", "Nehru Nagar", "Gandhi Street", "महात्मा गांधी मार्ग", "அண்ணா தெரு"),
    "BR": ("Rua das Flores", "Avenida Paulista", "Rua São João", "Travessa da Paz", "Rua do Sol", "Avenida Brasil"),
    "ID": ("Jalan Sudirman", "Jalan Merdeka", "Jalan Diponegoro", "Gang Mawar", "Jalan Melati", "Jalan Pahlawan"),
}


@cache
def _language_pool(codes: tuple[str, ...]) -> Ints:
    """Index into the languages of descriptions for each language; English where there is none."""
    known = list(_GOODS)
    return np.array([known.index(code) if code in known else 0 for code in codes])


@cache
def _fixed(texts: tuple[tuple[str, ...], ...]) -> names.Pools:
    """Pools of one text each, all texts of the first language before those of the next."""
    return names.Pools.of([[text] for of_language in texts for text in of_language])


def products_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Products with the changes of price, stock and sale."""
    p = products(world)
    found, gone = sold(world, begin, until)
    row = found.row
    artists, songs, albums = world.artists(world.horizon), world.songs(world.horizon), world.albums(world.horizon)
    language = artists.language[p.artist[row]]
    spoken = _language_pool(world.ref.language_codes)[language]
    kind, album, song = p.kind[row], p.album[row], np.maximum(p.song[row], 0)
    thing, of_album = kind == MERCHANDISE, album >= 0
    sung = songs.language[np.where(of_album, albums.first_song[np.maximum(album, 0)], song)]
    # What is music is named as in the catalogue, by the same draw.
    draw = np.where(
        thing,
        hash_uniform(world.seed, "products.title", row),
        hash_uniform(world.seed, "songs.title", np.where(of_album, album, song), np.where(of_album, 1_000_003, 0)),
    )
    title = names.pools_of(names.titles, world.ref.language_codes).draw(np.where(thing, language, sung), draw)
    zero = np.zeros(len(row))
    good = _fixed(tuple(_GOODS.values())).draw(spoken * len(GOODS_PRICE) + np.maximum(p.good[row], 0), zero)
    name = pc.if_else(pa.array(thing), names.join(good, " · ", title), title.cast(pa.string())) if len(row) else title
    return make_table(
        "products",
        {
            "product_id": row + 1,
            "artist_id": p.artist[row] + 1,
            "content_id": np.where(p.song[row] >= 0, p.song[row] + 1, -1),
            "album_id": np.where(of_album, album + 1, -1),
            "name": name,
            "description": _fixed(tuple(_ABOUT.values())).draw(spoken * len(TYPES) + kind, zero),
            "product_type": Coded(kind, TYPES),
            "price_minor": p.price_at(row, found.at),
            "currency_code": Coded(p.country[row], [c["currency"] for c in world.ref.countries]),
            # The maker delivers anew when the last piece is sold.
            "stock_quantity": np.where(thing, p.stock[row] - gone % np.maximum(p.stock[row], 1), -1),
            "image_url": names.join("https://img.sonic.example/products/", _text(row + 1), ".webp"),
            "is_active": p.retired_at[row] > found.at,
            "created_at": p.created_at[row],
            **found.metadata,
        },
    )


def _text(numbers: Ints) -> pa.Array:
    return pa.array(numbers).cast(pa.string())


def orders_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Orders with their steps."""
    orders, _ = shop(world)
    found = changes(world, "orders", lambda: order_steps(orders), begin, until)
    row = found.row
    o = orders.take(row)
    ships = o.shipping > 0
    users = world.users(world.horizon)
    methods = book(world, world.first_day).methods
    method = methods.latest(o.user, o.at)
    city = users.city_at(o.user, o.at)
    return make_table(
        "orders",
        {
            "order_id": row + 1,
            "user_id": o.user + 1,
            "artist_id": o.artist + 1,
            "status": Coded(order_status(o, found.at), STATUS),
            "items_minor": o.items,
            "shipping_minor": o.shipping,
            "total_minor": o.items + o.shipping,
            "currency_code": Coded(o.country, [c["currency"] for c in world.ref.countries]),
            "commission_ppm": o.commission,
            "payment_method_id": np.where(method >= 0, method + 1, -1),
            "provider_payment_id": _payments(world, row, o.paid_at <= found.at),
            "shipping_city_id": np.where(ships, city + 1, -1),
            "shipping_address": _addresses(world, row, o.country, ships),
            "contact_email": names.join("user", _text(o.user + 1), "@mail.example"),
            "contact_phone": only(phone_numbers(world, o.user, o.country), ships),
            "created_at": o.at,
            **{
                name: np.where(instant <= found.at, instant, NEVER)
                for name, instant in (
                    ("paid_at", o.paid_at), ("shipped_at", o.shipped_at), ("delivered_at", o.delivered_at),
                    ("cancelled_at", o.cancelled_at),
                )
            },
            **found.metadata,
        },
    )  # fmt: skip


def order_steps(orders: Orders) -> list[Ints]:
    """Instants of the steps of orders."""
    return [orders.at, orders.paid_at, orders.shipped_at, orders.delivered_at, orders.cancelled_at]


def order_status(orders: Orders, at: Ints) -> Ints:
    """Status of each order at an instant, as an index into STATUS."""
    status = np.where(orders.paid_at <= at, 1, 0)
    status = np.where(orders.shipped_at <= at, 2, status)
    status = np.where(orders.delivered_at <= at, 3, status)
    return np.where(orders.cancelled_at <= at, 4, status)


def _addresses(world: World, row: Ints, country: Ints, ships: Bools) -> pa.Array:
    """Street and number in the form of the country; null where nothing is shipped."""
    codes = list(_STREETS)
    pool = np.array([codes.index(c) if c in codes else 0 for c in world.ref.country_codes])[country]
    street = names.Pools.of(list(_STREETS.values())).draw(pool, hash_uniform(world.seed, "orders.street", row))
    number = _text(1 + (hash_uniform(world.seed, "orders.number", row) ** 2 * 400).astype(np.int64))
    return only(names.join(street, " ", number), ships)


def _payments(world: World, row: Ints, paid: Bools) -> pa.Array:
    """Ids of payments at the processor; null where nothing is paid."""
    words = np.stack([hash_bits(world.seed, f"orders.payment.{i}", row) for i in range(2)], axis=1)
    return only(names.join("pay_", hex_text(words)), paid)


def items_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Items of the orders placed in a period; they arrive with their order."""
    orders, items = shop(world)
    placed = happening(world, "orders", orders.at, begin, until)
    low, high = np.searchsorted(items.order, [placed.row[0], placed.row[-1] + 1]) if len(placed.row) else (0, 0)
    item = items.take(slice(int(low), int(high)))
    of = item.order - (placed.row[0] if len(placed.row) else 0)
    goods, at = products(world), orders.at[item.order]
    digital = goods.kind[item.product] != MERCHANDISE
    key = item.order * MAX_ITEMS + item.slot
    token = hex_text(np.stack([hash_bits(world.seed, f"orders.token.{i}", key) for i in range(2)], axis=1))
    return make_table(
        "order_items",
        {
            "order_item_id": placed.ids(each=MAX_ITEMS)[of] + item.slot,
            "order_id": item.order + 1,
            "product_id": item.product + 1,
            "quantity": item.quantity,
            "unit_price_minor": item.price,
            "subtotal_minor": item.quantity * item.price,
            "currency_code": Coded(orders.country[item.order], [c["currency"] for c in world.ref.countries]),
            "download_url": only(names.join("https://dl.sonic.example/", token), digital) if len(key) else token,
            "download_expires_at": np.where(digital, at + 30 * DAY, NEVER),
            "ordered_at": at,
            "arrived_at": placed.arrived_at[of],
        },
    )


def issued_shop(world: World, until: date) -> dict[str, int]:
    """Highest ids issued before ``until``, by table."""
    return {
        "products": int(np.searchsorted(products(world).created_at, midnight(until))),
        "orders": int(np.searchsorted(shop(world)[0].at, midnight(until))),
    }
