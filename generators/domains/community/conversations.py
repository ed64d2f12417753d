"""Conversations and their members: between accounts, of groups, and of fans with an artist's account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from generators.core.calendar import DAY, HOUR, NEVER, midnight
from generators.core.changes import changes
from generators.core.columns import Columns
from generators.core.random import Bools, Ints, exponential, hash_uniform, pick
from generators.core.tables import Coded, make_table
from generators.core.texts import phrase
from generators.core.world import World
from generators.domains.community.creators import creators

DIRECT, GROUP, FAN_MAIL = range(3)
TYPES = ("direct", "group", "fan_mail")
_BEGUN = 3
"""Conversations that an account begins, at most."""
SEATS = 8
"""Members of a conversation, at most; who begins it has the first seat."""


@dataclass(frozen=True)
class Conversations(Columns):
    """Conversations in order of their beginning; id is row + 1."""

    kind: Ints
    owner: Ints
    creator: Ints
    """Row of the creator a fan writes to; -1 otherwise."""
    key: Ints
    """Number that fixes the conversation under any horizon."""
    created_at: Ints
    archived_at: Ints


@dataclass(frozen=True)
class Seats(Columns):
    """Memberships in order of joining; id is row + 1."""

    conversation: Ints
    user: Ints
    seat: Ints
    """0 is who began it."""
    joined_at: Ints
    left_at: Ints


@dataclass(frozen=True)
class Circles:
    """Conversations with their members up to a horizon."""

    conversations: Conversations
    members: Seats
    seats: Ints
    """Membership row by conversation and seat, shape (conversations, SEATS); -1 where it is empty."""

    def present(self, rows: Ints, instants: Ints) -> Bools:
        """Which seats of conversations are taken at instants, shape (rows, SEATS)."""
        seat, when = self.seats[rows], instants[:, None]
        there = (self.members.joined_at[seat] <= when) & (when < self.members.left_at[seat])
        return np.asarray((seat >= 0) & there)


def circles(world: World) -> Circles:
    """Conversations begun within the world's horizon, with their members."""
    return world.remember(("circles", world.horizon), lambda: _make(world), keep=1)


def _make(world: World) -> Circles:
    seed, users, who, end = world.seed, world.users(world.horizon), creators(world), midnight(world.horizon)
    n = len(users)
    alive = np.minimum(users.deleted_at, users.suspended_at)
    alive[users.bot > 0] = 0
    owners, slot = np.arange(n)[:, None], np.arange(_BEGUN)[None, :]
    gap = DAY + exponential(hash_uniform(seed, "conversations.gap", owners, slot), 170.0 * DAY).astype(np.int64)
    begins = np.cumprod(hash_uniform(seed, "conversations.begins", owners, slot) < np.array([0.7, 0.6, 0.5]), axis=1)
    at = users.signup_at[:, None] + np.cumsum(gap, axis=1)
    owner, slots = np.nonzero((begins > 0) & (at < np.minimum(alive, end)[:, None]))
    at, key = at[owner, slots], owner * _BEGUN + slots
    kind = pick(hash_uniform(seed, "conversations.kind", key), np.array([0.6, 0.2, 0.2]))
    creator = pick(hash_uniform(seed, "conversations.creator", key), who.weight)
    # Whom one knows has been there before; a seat that nobody fits stays empty.
    seat = np.arange(1, SEATS)[None, :]
    user = hash_uniform(seed, "conversations.user", key[:, None], seat) * np.maximum(owner, 1)[:, None]
    user = user.astype(np.int64)
    size = 2 + (hash_uniform(seed, "conversations.size", key) ** 2 * (SEATS - 3)).astype(np.int64)
    user[:, 0] = np.where(kind == FAN_MAIL, who.account[creator], user[:, 0])
    taken = seat <= np.where(kind == GROUP, size, 1)[:, None]
    taken &= (user != owner[:, None]) & (alive[user] > at[:, None] + HOUR) & (users.signup_at[user] < at[:, None])
    for i in range(1, SEATS - 1):
        taken[:, i] &= ~((user[:, :i] == user[:, i : i + 1]) & taken[:, :i]).any(axis=1)
    fits = taken.any(axis=1) & ((kind != FAN_MAIL) | ((who.since[creator] < at) & (at < who.until[creator])))
    rows = np.flatnonzero(fits)
    rows = rows[np.lexsort((key[rows], at[rows]))]
    # Two accounts have one conversation of their own: the first.
    low, high = np.minimum(owner, user[:, 0])[rows], np.maximum(owner, user[:, 0])[rows]
    pair = np.where(kind[rows] == GROUP, -1 - key[rows], (low * n + high) * 2 + (kind[rows] == FAN_MAIL))
    rows = rows[np.sort(np.unique(pair, return_index=True)[1])]
    lasts = 3 * DAY + exponential(hash_uniform(seed, "conversations.lasts", key[rows]), 260.0 * DAY).astype(np.int64)
    made = Conversations(
        kind=kind[rows],
        owner=owner[rows],
        creator=np.where(kind[rows] == FAN_MAIL, creator[rows], -1),
        key=key[rows],
        created_at=at[rows],
        archived_at=at[rows] + lasts,
    )
    members = _members(world, made, np.concatenate([owner[rows, None], user[rows]], axis=1), taken[rows])
    seats = np.full((len(made), SEATS), -1, dtype=np.int64)
    seats[members.conversation, members.seat] = np.arange(len(members))
    return Circles(made, members, seats)


def _members(world: World, made: Conversations, user: Ints, taken: Bools) -> Seats:
    """Who sits where, from when to when; into groups some come later."""
    seed, users = world.seed, world.users(world.horizon)
    sits = np.concatenate([np.ones((len(made), 1), dtype=bool), taken], axis=1)
    conversation, seat = np.nonzero(sits)
    who, key = user[conversation, seat], made.key[conversation]
    group = made.kind[conversation] == GROUP
    wait = exponential(hash_uniform(seed, "conversation_members.wait", key, seat), 9.0 * DAY).astype(np.int64) + HOUR
    # The first who fits is there from the start, so that no conversation begins with one member.
    first = np.argmax(sits[:, 1:], axis=1)[conversation] + 1
    joined = made.created_at[conversation] + np.where(group & (seat > 1) & (seat != first), wait, 0)
    stays = exponential(hash_uniform(seed, "conversation_members.stays", key, seat), 300.0 * DAY)
    left = np.minimum(
        np.where(group & (seat > 0), joined + 2 * DAY + stays.astype(np.int64), NEVER), users.deleted_at[who]
    )
    kept = (joined < np.minimum(made.archived_at[conversation], left)) & (joined < midnight(world.horizon))
    kept &= joined < users.suspended_at[who]
    conversation, who, seat, joined, left = (a[kept] for a in (conversation, who, seat, joined, left))
    order = np.lexsort((seat, conversation, joined))
    return Seats(
        conversation=conversation[order],
        user=who[order],
        seat=seat[order],
        joined_at=joined[order],
        left_at=left[order],
    )


# Tables.


def conversations_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Conversations; a change row when one is archived."""
    all_ = circles(world)
    of, who = all_.conversations, creators(world)
    found = changes(world, "conversations", lambda: [of.created_at, of.archived_at], begin, until)
    row = found.row
    users, codes = world.users(world.horizon), world.ref.language_codes
    draw = hash_uniform(world.seed, "conversations.title", of.key[row])
    title = phrase("group_title", users.language[of.owner[row]], codes, draw)
    group = of.kind[row] == GROUP
    written = of.creator[row] >= 0
    return make_table(
        "conversations",
        {
            "conversation_id": row + 1,
            "conversation_type": Coded(of.kind[row], TYPES),
            "title": Coded(np.where(group, title.indices.to_numpy(), -1), title.dictionary),
            "created_by_user_id": of.owner[row] + 1,
            "artist_id": np.where(written, who.artist[of.creator[row]] + 1, -1),
            "participant_count": all_.present(row, found.at).sum(axis=1),
            "created_at": of.created_at[row],
            "updated_at": found.at,
            "archived_at": np.where(of.archived_at[row] <= found.at, of.archived_at[row], NEVER),
            **found.metadata,
        },
    )


def members_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Members of conversations; a change row when one leaves."""
    members = circles(world).members
    found = changes(world, "conversation_members", lambda: [members.joined_at, members.left_at], begin, until)
    row = found.row
    return make_table(
        "conversation_members",
        {
            "conversation_member_id": row + 1,
            "conversation_id": members.conversation[row] + 1,
            "user_id": members.user[row] + 1,
            "role": Coded((members.seat[row] > 0).astype(np.int64), ("owner", "member")),
            "joined_at": members.joined_at[row],
            "left_at": np.where(members.left_at[row] <= found.at, members.left_at[row], NEVER),
            **found.metadata,
        },
    )
