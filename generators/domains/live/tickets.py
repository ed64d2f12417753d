"""Tickets: at which price they are on sale when, who buys them, and what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

import numpy as np
import pyarrow as pa

from generators.core.calendar import DAY, HOUR, MINUTE, NEVER
from generators.core.changes import changes
from generators.core.columns import Columns
from generators.core.follows import audience
from generators.core.random import Ints, exponential, hash_bits, hash_uniform
from generators.core.tables import Coded, hex_text, make_table
from generators.core.world import World
from generators.domains.billing.prices import read
from generators.domains.billing.sales import TICKET, Sales, sales, share_of
from generators.domains.community.creators import creators
from generators.domains.live.events import HYBRID, PHYSICAL, TYPES, VIRTUAL, events, venues

GENERAL, VIP, ONLINE = range(3)
NAMES = ("general", "vip", "virtual")
_ACCESS = ("physical", "virtual")
_FACTOR = np.array([100, 250, 40])
"""Price of each kind, per cent of the usual one."""
_KEEN = 0.35
"""Share of an artist's followers who want a ticket."""
_STRANGERS = 5, 22
"""Others who want to come to an event: so many at any scale, and so many more at scale 1, growing with its root."""


@dataclass(frozen=True)
class TicketTypes(Columns):
    """Kinds of tickets in order of creation; id is row + 1."""

    event: Ints
    kind: Ints
    early_price: Ints
    price: Ints
    commission: Ints
    capacity: Ints
    created_at: Ints
    sales_start: Ints
    sales_end: Ints
    dearer_at: Ints
    """From when the price is no longer that of early buyers; ``NEVER`` if it stays."""

    def price_at(self, rows: Ints, instants: Ints) -> Ints:
        """Price in force of kinds of tickets at instants."""
        return np.where(self.dearer_at[rows] <= instants, self.price[rows], self.early_price[rows])


@dataclass(frozen=True)
class Tickets(Columns):
    """Tickets in order of purchase; id is row + 1."""

    type: Ints
    user: Ints
    number: Ints
    """Number within its kind, from 0."""
    purchased_at: Ints
    scanned_at: Ints
    refunded_at: Ints


def ticket_types(world: World) -> TicketTypes:
    """Kinds of tickets of the horizon's events."""
    return world.remember(("live.ticket_types", world.horizon), lambda: _make_types(world), keep=1)


def _make_types(world: World) -> TicketTypes:
    every, who, seed = events(world), creators(world), world.seed
    place = venues(world).kind[every.venue]
    has = np.stack(
        [
            place != VIRTUAL,
            (place != VIRTUAL) & (hash_uniform(seed, "tickets.vip", every.key) < 0.5),
            place != PHYSICAL,
        ],
        axis=1,
    )
    event, kind = np.nonzero(has & every.has_tickets[:, None])
    key = every.key[event]
    usual = np.zeros((len(world.ref.countries), len(TYPES)), dtype=np.int64)
    for line in read("live_prices.csv"):
        usual[world.ref.country_index[line["country"]], TYPES.index(line["event_type"])] = int(line["price_minor"])
    level = 60 + (hash_uniform(seed, "tickets.level", key) * 9).astype(np.int64) * 10
    price = usual[who.country[every.creator[event]], every.kind[event]] * _FACTOR[kind] * level // 1_000_000 * 100
    created = every.created_at[event] + MINUTE
    start = created + HOUR + (hash_uniform(seed, "tickets.start", key) * 3 * DAY).astype(np.int64)
    end = every.starts_at[event]
    dearer = start + ((0.2 + 0.3 * hash_uniform(seed, "tickets.dearer", key)) * (end - start)).astype(np.int64)
    rises = (hash_uniform(seed, "tickets.rises", key) < 0.6) & (dearer < every.cancelled_at[event])
    seats = 5 + (hash_uniform(seed, "tickets.capacity", key, kind) * 90 * world.scale**0.5).astype(np.int64)
    hall = venues(world).capacity[every.venue[event]]
    seats = np.where(kind == GENERAL, np.minimum(seats, hall - 20), seats)
    return TicketTypes(
        event=event,
        kind=kind,
        early_price=np.where(rises, price * 8 // 1_000 * 100, price),
        price=price,
        commission=np.where(hash_uniform(seed, "tickets.commission", key) < 0.5, 80_000, 120_000),
        capacity=np.array([1, 0, 3])[kind] * seats + np.where(kind == VIP, 3, 0),
        created_at=created,
        sales_start=start,
        sales_end=end,
        dearer_at=np.where(rises, dearer, NEVER),
    )


def tickets(world: World) -> Tickets:
    """Tickets of the horizon's events."""
    return world.remember(("live.tickets", world.horizon), lambda: _sell(world), keep=1)


def interested(world: World, event: Ints, instants: Ints, purpose: str, share: float) -> tuple[Ints, Ints]:
    """Who comes to events: a share of the artist's followers at instants, and some strangers.

    Returns:
        Number of the asking row and account row, each pair once; accounts are there, no bots and not the host.
    """
    every, who, users, seed = events(world), creators(world), world.users(world.horizon), world.seed
    asking, fan = audience(world).of(who.artist[every.creator[event]], instants)
    fans = hash_uniform(seed, f"{purpose}.keen", every.key[event[asking]], fan) < share
    others = _STRANGERS[0] + round(_STRANGERS[1] * world.scale**0.5)
    stranger, slot = (a.ravel() for a in np.meshgrid(np.arange(len(event)), np.arange(others), indexing="ij"))
    known = np.searchsorted(users.signup_at, instants - DAY)[stranger]
    someone = (hash_uniform(seed, f"{purpose}.stranger", every.key[event[stranger]], slot) * known).astype(np.int64)
    asking = np.concatenate([asking[fans], stranger[known > 0]])
    user = np.concatenate([fan[fans], someone[known > 0]])
    first = np.sort(np.unique(asking * np.int64(len(users)) + user, return_index=True)[1])
    asking, user = asking[first], user[first]
    fits = (users.bot[user] == 0) & (user != who.account[every.creator[event[asking]]])
    return asking[fits], user[fits]


def _sell(world: World) -> Tickets:
    every, kinds, seed, users = events(world), ticket_types(world), world.seed, world.users(world.horizon)
    who = creators(world)
    ticketed = np.flatnonzero(every.has_tickets)
    asking, user = interested(world, ticketed, every.created_at[ticketed], "tickets", _KEEN)
    event = ticketed[asking]
    key = every.key[event]
    row_of = np.full((len(every), 3), -1, dtype=np.int64)
    row_of[kinds.event, kinds.kind] = np.arange(len(kinds))
    near = users.payment_country[user] == who.country[every.creator[event]]
    place = venues(world).kind[every.venue[event]]
    online = (place == VIRTUAL) | (
        (place == HYBRID) & (~near | (hash_uniform(seed, "tickets.online", key, user) < 0.3))
    )
    vip = hash_uniform(seed, "tickets.is_vip", key, user) < 0.2
    kind = np.where(online, ONLINE, np.where(vip & (row_of[event, VIP] >= 0), VIP, GENERAL))
    wanted = row_of[event, kind]
    late = hash_uniform(seed, "tickets.at", key, user)
    at = kinds.sales_start[wanted] + (late * (kinds.sales_end[wanted] - kinds.sales_start[wanted])).astype(np.int64)
    gone = np.minimum(users.deleted_at, users.suspended_at)[user]
    fits = (near | online) & (at < np.minimum(gone, every.cancelled_at[event]))
    event, user, wanted, at, gone, online = (a[fits] for a in (event, user, wanted, at, gone, online))
    # Who comes first gets one, until there are no more.
    order = np.lexsort((user, at, wanted))
    number = np.empty(len(order), dtype=np.int64)
    number[order] = np.arange(len(order)) - np.searchsorted(wanted[order], wanted[order])
    rows = np.flatnonzero(number < kinds.capacity[wanted])
    rows = rows[np.lexsort((user[rows], event[rows], at[rows]))]
    event, user, wanted, at, gone, online, number = (a[rows] for a in (event, user, wanted, at, gone, online, number))
    key = every.key[event]
    cancelled = every.cancelled_at[event]
    repaid = np.minimum(cancelled, NEVER - DAY) + 5 * MINUTE
    wait = np.minimum(exponential(hash_uniform(seed, "tickets.repaid", key, user), 5.0 * HOUR), DAY // 2)
    repaid = np.where(cancelled < NEVER, repaid + wait.astype(np.int64), NEVER)
    back = (
        at
        + HOUR
        + (hash_uniform(seed, "tickets.back_at", key, user) * 0.9 * (every.starts_at[event] - at)).astype(np.int64)
    )
    regrets = (hash_uniform(seed, "tickets.back", key, user) < 0.04) & (back < every.starts_at[event])
    refunded = np.where(regrets & (back < cancelled), back, repaid)
    comes = (hash_uniform(seed, "tickets.comes", key, user) < 0.86) & (refunded == NEVER)
    began = np.minimum(every.began_at[event], NEVER - DAY)
    door = began - 40 * MINUTE + (hash_uniform(seed, "tickets.door", key, user) * 70 * MINUTE).astype(np.int64)
    joins = began + exponential(hash_uniform(seed, "tickets.joins", key, user), 6.0 * MINUTE).astype(np.int64)
    scanned = np.maximum(np.where(online, joins, door), at + MINUTE)
    comes &= (scanned < every.ended_at[event] - 10 * MINUTE) & (every.ended_at[event] < gone)
    return Tickets(
        type=wanted,
        user=user,
        number=number,
        purchased_at=at,
        scanned_at=np.where(comes, scanned, NEVER),
        refunded_at=refunded,
    )


@cache
def _seats() -> pa.Array:
    return pa.array([f"{letter}-{number:03d}" for letter in "GV" for number in range(10_000)])


def ticket_sales(world: World) -> Sales:
    """Payments for tickets; they count on the day of the event."""

    def make() -> Sales:
        sold, kinds, every, who = tickets(world), ticket_types(world), events(world), creators(world)
        event = kinds.event[sold.type]
        price = kinds.price_at(sold.type, sold.purchased_at)
        back = sold.refunded_at < NEVER
        return sales(
            world,
            TICKET,
            document=np.arange(len(sold)),
            user=sold.user,
            artist=who.artist[every.creator[event]],
            currency=who.country[every.creator[event]],
            amount=price,
            commission=share_of(price, kinds.commission[sold.type]),
            at=sold.purchased_at,
            served_at=every.starts_at[event],
            refunded=np.where(back, price, 0),
            refunded_at=sold.refunded_at,
        )

    return world.remember(("live.sales", world.horizon), make, keep=1)


# Tables.


def types_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Kinds of tickets; a change row when the price for early buyers ends."""
    kinds, every, who = ticket_types(world), events(world), creators(world)
    found = changes(world, "live_ticket_types", lambda: [kinds.created_at, kinds.dearer_at], begin, until)
    row = found.row
    return make_table(
        "live_ticket_types",
        {
            "live_ticket_type_id": row + 1,
            "live_event_id": kinds.event[row] + 1,
            "name": Coded(kinds.kind[row], NAMES),
            "access_type": Coded((kinds.kind[row] == ONLINE).astype(np.int64), _ACCESS),
            "price_minor": kinds.price_at(row, found.at),
            "currency_code": Coded(
                who.country[every.creator[kinds.event[row]]], [c["currency"] for c in world.ref.countries]
            ),
            "commission_ppm": kinds.commission[row],
            "capacity": kinds.capacity[row],
            "sales_start_at": kinds.sales_start[row],
            "sales_end_at": kinds.sales_end[row],
            "created_at": kinds.created_at[row],
            **found.metadata,
        },
    )


def tickets_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Tickets bought, used or given back."""
    sold, kinds, every, who = tickets(world), ticket_types(world), events(world), creators(world)
    found = changes(world, "live_tickets", lambda: [sold.purchased_at, sold.scanned_at, sold.refunded_at], begin, until)
    row, at = found.row, found.at
    kind = sold.type[row]
    event = kinds.event[kind]
    words = [hash_bits(world.seed, f"tickets.code.{i}", every.key[event], sold.user[row]) for i in range(4)]
    scanned, refunded = sold.scanned_at[row] <= at, sold.refunded_at[row] <= at
    online = kinds.kind[kind] == ONLINE
    seat = np.where(online, -1, np.where(kinds.kind[kind] == VIP, 10_000, 0) + sold.number[row] % 10_000)
    return make_table(
        "live_tickets",
        {
            "live_ticket_id": row + 1,
            "live_ticket_type_id": kind + 1,
            "live_event_id": event + 1,
            "buyer_user_id": sold.user[row] + 1,
            "transaction_id": ticket_sales(world).payment_of(world, row, at),
            "price_minor": kinds.price_at(kind, sold.purchased_at[row]),
            "currency_code": Coded(who.country[every.creator[event]], [c["currency"] for c in world.ref.countries]),
            "commission_ppm": kinds.commission[kind],
            "access_type": Coded(online.astype(np.int64), _ACCESS),
            "seat": Coded(seat, _seats()),
            "ticket_code_hash": hex_text(np.stack(words, axis=1)),
            "status": Coded(np.where(refunded, 2, scanned.astype(np.int64)), ("valid", "scanned", "refunded")),
            "purchased_at": sold.purchased_at[row],
            "scanned_at": np.where(scanned, sold.scanned_at[row], NEVER),
            "refunded_at": np.where(refunded, sold.refunded_at[row], NEVER),
            **found.metadata,
        },
    )
