"""Who watches a broadcast from when to when, what is said meanwhile, and the recording."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from generators.core import names
from generators.core.bookings import happening
from generators.core.calendar import HOUR, MINUTE, NEVER, SECOND, event_ids
from generators.core.changes import changes
from generators.core.columns import Columns, concatenate
from generators.core.order import in_order
from generators.core.random import Floats, Ints, exponential, hash_uniform, pick
from generators.core.tables import Coded, make_table
from generators.core.texts import phrase
from generators.core.world import World
from generators.domains.billing.payments import rank_in_day
from generators.domains.billing.prices import read
from generators.domains.community.memberships import memberships
from generators.domains.live.events import PHYSICAL, events, venues
from generators.domains.live.tickets import ONLINE, interested, ticket_types, tickets

CHAT, TIP, REACTION, SYSTEM = range(4)
MESSAGE_TYPES = ("chat", "tip", "reaction", "system")
MESSAGES_A_STAY = 1.2
"""Messages of the sample: one in five of what a viewer writes."""
_REACTIONS = ("👏", "🔥", "❤️", "😭", "🎉")
_SYSTEM = ("The broadcast has begun.", "The broadcast has ended.")


@dataclass(frozen=True)
class Stays(Columns):
    """Stays of viewers in order of leaving, as they arrive."""

    event: Ints
    user: Ints
    ticket: Ints
    """Row of the ticket, -1 for a free event."""
    joined_at: Ints
    left_at: Ints
    id: Ints


def broadcast(world: World) -> Ints:
    """Rows of the events that are broadcast and take place."""
    every = events(world)
    return np.flatnonzero((venues(world).kind[every.venue] != PHYSICAL) & (every.began_at < NEVER))


def stays(world: World) -> Stays:
    """Stays at the horizon's events."""
    return world.remember(("live.stays", world.horizon), lambda: _watch(world), keep=1)


def _watch(world: World) -> Stays:
    every, sold, kinds, seed = events(world), tickets(world), ticket_types(world), world.seed
    users = world.users(world.horizon)
    online = np.flatnonzero((kinds.kind[sold.type] == ONLINE) & (sold.scanned_at < NEVER))
    shown = broadcast(world)
    free = shown[~every.has_tickets[shown]]
    asking, guest = interested(world, free, every.began_at[free], "viewers", 0.3)
    open_ = every.is_public[free[asking]]
    member_event, member = _members_at(world, free)
    event = np.concatenate([kinds.event[sold.type[online]], free[asking[open_]], member_event])
    user = np.concatenate([sold.user[online], guest[open_], member])
    ticket = np.concatenate([online, np.full(len(event) - len(online), -1)])
    # A member may be a follower as well.
    first = np.sort(np.unique(event * np.int64(len(users)) + user, return_index=True)[1])
    event, user, ticket = event[first], user[first], ticket[first]
    key, end = every.key[event], every.ended_at[event]
    comes = exponential(hash_uniform(seed, "viewers.comes", key, user), 9.0 * MINUTE).astype(np.int64)
    joined = np.where(ticket >= 0, sold.scanned_at[ticket], every.began_at[event] + comes)
    short = hash_uniform(seed, "viewers.short", key, user) < 0.3
    stay = MINUTE + exponential(hash_uniform(seed, "viewers.stay", key, user), 12.0 * MINUTE).astype(np.int64)
    left = np.where(short, np.minimum(joined + stay, end), end)
    fits = (joined < end - 2 * MINUTE) & (np.minimum(users.deleted_at, users.suspended_at)[user] > end)
    event, user, ticket, joined, left, key, end = (a[fits] for a in (event, user, ticket, joined, left, key, end))
    again = left + MINUTE + (hash_uniform(seed, "viewers.again_at", key, user) * 8 * MINUTE).astype(np.int64)
    back = np.flatnonzero((hash_uniform(seed, "viewers.again", key, user) < 0.4) & (again < end - MINUTE))
    event, user, ticket = (np.concatenate([a, a[back]]) for a in (event, user, ticket))
    joined, left = np.concatenate([joined, again[back]]), np.concatenate([left, end[back]])
    order = in_order(user, event, joined)
    ids = np.empty(len(order), dtype=np.int64)
    ids[order] = event_ids(joined[order], rank_in_day(joined[order]))
    made = Stays(event=event, user=user, ticket=ticket, joined_at=joined, left_at=left, id=ids)
    return made.take(in_order(ids, left))


def _members_at(world: World, event: Ints) -> tuple[Ints, Ints]:
    """Members of the communities that host events who come: event row and account row."""
    every, (members, _) = events(world), memberships(world)
    order = np.argsort(members.community, kind="stable")
    of = members.community[order]
    hosted = event[every.community[event] >= 0]
    low = np.searchsorted(of, every.community[hosted])
    count = np.searchsorted(of, every.community[hosted], side="right") - low
    asking = np.repeat(np.arange(len(hosted)), count)
    row = order[np.arange(len(asking)) - np.repeat(np.cumsum(count) - count, count) + low[asking]]
    begins, ends = every.began_at[hosted[asking]], every.ended_at[hosted[asking]]
    there = (members.started_at[row] < begins) & (ends < members.ended_at[row])
    key = every.key[hosted[asking]]
    comes = there & (hash_uniform(world.seed, "viewers.member", key, members.user[row]) < 0.4)
    return hosted[asking[comes]], members.user[row[comes]]


def most_viewers(world: World) -> Ints:
    """Most viewers at once of each event; 0 where nobody watched."""

    def make() -> Ints:
        every = stays(world)
        event = np.concatenate([every.event, every.event])
        at = np.concatenate([every.joined_at, every.left_at])
        step = np.repeat([1, -1], len(every))
        # Who leaves at an instant makes room for who joins at it.
        order = in_order(step, at, event)
        viewers = step[order].cumsum()
        most = np.zeros(len(events(world)), dtype=np.int64)
        np.maximum.at(most, event[order], viewers)
        return most

    return world.remember(("live.most_viewers", world.horizon), make, keep=1)


def devices_of(world: World, user: Ints, instants: Ints, draw: Floats) -> Ints:
    """A device row of each account that it has used before an instant."""
    matrix, first_used = world.user_devices(world.horizon)
    slot = pick(draw, np.array([0.6, 0.2, 0.12, 0.08]))
    slot = np.where(first_used[user, slot] < instants - MINUTE, slot, 0)
    return np.asarray(matrix[user, slot], dtype=np.int64)


@dataclass(frozen=True)
class Chat(Columns):
    """Messages of chats by instant."""

    event: Ints
    user: Ints
    """-1 for the system."""
    kind: Ints
    sent_at: Ints
    key: Ints
    """Number that fixes the text."""


def chat(world: World) -> Chat:
    """The sample of what is said at the horizon's events."""
    return world.remember(("live.chat", world.horizon), lambda: _talk(world), keep=1)


def _talk(world: World) -> Chat:
    every, watched, seed, shown = events(world), stays(world), world.seed, broadcast(world)
    count = exponential(hash_uniform(seed, "chat.count", watched.id), MESSAGES_A_STAY + 0.5).astype(np.int64)
    row = np.repeat(np.arange(len(watched)), count)
    place = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    key = watched.id[row] * 64 + place % 64
    inside = hash_uniform(seed, "chat.at", key) * (watched.left_at[row] - watched.joined_at[row])
    said = Chat(
        event=watched.event[row],
        user=watched.user[row],
        kind=pick(hash_uniform(seed, "chat.kind", key), np.array([0.78, 0.05, 0.17])),
        sent_at=watched.joined_at[row] + inside.astype(np.int64),
        key=key,
    )
    n = len(shown)
    system = Chat(
        event=np.concatenate([shown, shown]),
        user=np.full(2 * n, -1),
        kind=np.full(2 * n, SYSTEM),
        sent_at=np.concatenate([every.began_at[shown], every.ended_at[shown]]),
        key=np.repeat([0, 1], n),
    )
    both = concatenate([said, system])
    return both.take(in_order(both.key, both.event, both.sent_at))


# Tables.


def attendance_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Stays that ended in a period."""
    watched, seed = stays(world), world.seed
    found = happening(world, "live_attendance", watched.left_at, begin, until)
    rows = watched.take(found.row)
    draw = hash_uniform(seed, "viewers.device", events(world).key[rows.event], rows.user)
    paused = hash_uniform(seed, "viewers.paused", rows.id) ** 4 * 0.3
    return make_table(
        "live_attendance",
        {
            "live_attendance_id": rows.id,
            "live_event_id": rows.event + 1,
            "user_id": rows.user + 1,
            "live_ticket_id": np.where(rows.ticket < 0, -1, rows.ticket + 1),
            "device_id": devices_of(world, rows.user, rows.joined_at, draw) + 1,
            "joined_at": rows.joined_at,
            "left_at": rows.left_at,
            "watch_seconds": ((rows.left_at - rows.joined_at) * (1 - paused)).astype(np.int64) // SECOND,
            "arrived_at": found.arrived_at,
        },
    )


def chat_table(world: World, begin: date | None, until: date) -> pa.Table:
    """What was said in a period."""
    said, seed = chat(world), world.seed
    found = happening(world, "live_chat_messages", said.sent_at, begin, until)
    rows = said.take(found.row)
    users, codes = world.users(world.horizon), world.ref.language_codes
    country = users.payment_country[rows.user]
    words = phrase("chat", users.language[rows.user], codes, hash_uniform(seed, "chat.text", rows.key))
    fixed = np.where(
        rows.kind == SYSTEM,
        len(_REACTIONS) + rows.key % 2,
        (hash_uniform(seed, "chat.reaction", rows.key) * len(_REACTIONS)).astype(np.int64),
    )
    vocabulary = pa.concat_arrays([words.dictionary, pa.array([*_REACTIONS, *_SYSTEM])])
    spoken = np.isin(rows.kind, (CHAT, TIP))
    tip = rows.kind == TIP
    return make_table(
        "live_chat_messages",
        {
            "live_chat_message_id": found.ids(),
            "live_event_id": rows.event + 1,
            "user_id": np.where(rows.user < 0, -1, rows.user + 1),
            "message_type": Coded(rows.kind, MESSAGE_TYPES),
            "message": Coded(np.where(spoken, words.indices.to_numpy(), len(words.dictionary) + fixed), vocabulary),
            "tip_amount_minor": np.where(tip, _tips(world, country, rows.key), -1),
            "tip_currency_code": Coded(np.where(tip, country, -1), [c["currency"] for c in world.ref.countries]),
            "tip_id": None,
            "sent_at": rows.sent_at,
            "arrived_at": found.arrived_at,
        },
    )


def _tips(world: World, country: Ints, key: Ints) -> Ints:
    """Usual amounts of tips in each country, minor units."""
    amount, draw = np.zeros(len(country), dtype=np.int64), hash_uniform(world.seed, "chat.tip", key)
    for code, index in world.ref.country_index.items():
        usual = [row for row in read("tips.csv") if row["country"] == code]
        rows = np.flatnonzero(country == index)
        if usual and len(rows):
            chosen = pick(draw[rows], np.array([float(row["weight"]) for row in usual]))
            amount[rows] = np.array([int(row["amount_minor"]) for row in usual])[chosen]
    return amount


def recordings(world: World) -> tuple[Ints, Ints, Ints]:
    """Recordings of the horizon's events in order of creation: event row, creation and publication; id is row + 1."""
    return world.remember(("live.recordings", world.horizon), lambda: _record(world), keep=1)


def _record(world: World) -> tuple[Ints, Ints, Ints]:
    every, seed, shown = events(world), world.seed, broadcast(world)
    event = shown[hash_uniform(seed, "recordings.is", every.key[shown]) < 0.85]
    key = every.key[event]
    made = (
        every.ended_at[event] + 10 * MINUTE + (hash_uniform(seed, "recordings.wait", key) * 3 * HOUR).astype(np.int64)
    )
    published = made + HOUR + (hash_uniform(seed, "recordings.edit", key) * 60 * HOUR).astype(np.int64)
    published = np.where(hash_uniform(seed, "recordings.published", key) < 0.9, published, NEVER)
    order = in_order(event, made)
    return event[order], made[order], published[order]


def recordings_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Recordings; a change row when one is published."""
    every, seed, (event, made, published) = events(world), world.seed, recordings(world)
    found = changes(world, "live_recordings", lambda: [made, published], begin, until)
    row = found.row
    of = event[row]
    length = (every.ended_at[of] - every.began_at[of]) // 1_000
    return make_table(
        "live_recordings",
        {
            "live_recording_id": row + 1,
            "live_event_id": of + 1,
            "content_id": None,
            "recording_url": names.join("https://media.example/live/", pa.array(row + 1).cast(pa.string()), ".mp4"),
            "duration_ms": length,
            "file_bytes": length
            * (400 + (hash_uniform(seed, "recordings.rate", every.key[of]) * 400).astype(np.int64)),
            "created_at": made[row],
            "published_at": np.where(published[row] <= found.at, published[row], NEVER),
            **found.metadata,
        },
    )
