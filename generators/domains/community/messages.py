"""Messages, in bursts: made day by day from who is in a conversation at the instant."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from generators.core import names
from generators.core.calendar import DAY, MINUTE, NEVER, SECOND, event_ids, midnight
from generators.core.choice import song_choice
from generators.core.columns import concatenate
from generators.core.lives import Life, changing, lives_of
from generators.core.playlists import playlists
from generators.core.random import Bools, Floats, Ints, exponential, hash_uniform, pick
from generators.core.rhythm import instants_of
from generators.core.tables import Coded, make_table, only
from generators.core.texts import phrase
from generators.core.world import World
from generators.domains.community.conversations import circles

TYPES = ("text", "audio", "image", "video", "track_share", "playlist_share")
TEXT, AUDIO, IMAGE, VIDEO, TRACK, PLAYLIST = range(6)
CHANGE_DAYS = 3
_BURSTS_A_DAY = 0.03
"""Of one conversation; a burst has four messages at the mean."""
_JOINED = {
    "en": "joined the conversation", "hi": "बातचीत में शामिल हुए", "ta": "உரையாடலில் இணைந்தார்",
    "pt": "entrou na conversa", "id": "bergabung dalam percakapan",
}  # fmt: skip


@dataclass(frozen=True)
class Messages(Life):
    """Messages of conversations."""

    conversation: Ints
    sender: Ints
    kind: Ints
    """Index into TYPES."""
    song: Ints
    """Recording shared, -1 if none."""
    playlist: Ints
    reply_to: Ints
    """Id of the message answered, -1 if none."""
    is_system: Bools
    sent_at: Ints
    read_at: Ints
    edited_at: Ints
    deleted_at: Ints

    @property
    def instants(self) -> list[Ints]:
        return [self.sent_at, self.read_at, self.edited_at, self.deleted_at]


def messages_of(world: World, day: date) -> Messages:
    """The messages of one day, by instant."""
    return lives_of(world, "messages", _make, day, CHANGE_DAYS)


def _make(world: World, day: date) -> Messages:
    written = _written(world, day)
    rows = concatenate([written, _joins(world, day)])
    order = np.argsort(rows.sent_at, kind="stable")
    rows = rows.take(order)
    ids = event_ids(rows.sent_at, np.arange(len(rows)))
    # Until here a reply names the place of what it answers, and there are no ids.
    id_of = np.empty(len(order), dtype=np.int64)
    id_of[order] = ids
    return replace(rows, key=ids, reply_to=np.where(rows.reply_to >= 0, id_of[rows.reply_to], -1))


def _written(world: World, day: date) -> Messages:
    begin, end, all_ = midnight(day), midnight(day) + DAY, circles(world)
    of, members, users = all_.conversations, all_.members, world.users(world.horizon)
    before = int(np.searchsorted(of.created_at, begin))
    rng = world.rng("messages", day)
    keen = 0.2 + 1.6 * hash_uniform(world.seed, "conversations.keen", of.key[:before])
    bursts = rng.poisson(_BURSTS_A_DAY * keen) * (of.archived_at[:before] > end)
    burst = np.repeat(np.arange(before), bursts)
    start = instants_of(world, day, users.payment_country[of.owner[burst]], rng.random(len(burst)))
    length = 1 + rng.geometric(0.25, len(burst))
    row = np.repeat(np.arange(len(burst)), length)
    first = np.cumsum(length) - length
    place = np.arange(len(row)) - first[row]
    gap = np.where(place == 0, 0, SECOND + exponential(rng.random(len(row)), 150.0 * SECOND).astype(np.int64))
    elapsed = np.cumsum(gap)
    at = start[row] + elapsed - elapsed[first][row]
    conversation = burst[row]
    draw = rng.random((len(row), 10))
    # Who writes and who reads are two of those present, if there are two.
    present = all_.present(conversation, at)
    rank = present.cumsum(axis=1)
    there = rank[:, -1]
    one = (draw[:, 0] * there).astype(np.int64)
    other = (one + 1 + (draw[:, 1] * np.maximum(there - 1, 1)).astype(np.int64)) % np.maximum(there, 1)
    writes, reads = (_nth(all_.seats[conversation], present, rank, n) for n in (one, other))
    sender, reader = members.user[writes], members.user[reads]
    alive = np.minimum(users.deleted_at, users.suspended_at)
    fits = (there > 1) & (at < end - MINUTE) & (alive[sender] > at)
    # Once a message falls out, so do those after it: nothing is answered that was not sent.
    broken = np.cumsum(~fits)
    fits &= broken == (broken - ~fits)[first][row]
    index = np.flatnonzero(fits)
    new_place = np.cumsum(fits) - 1
    answers = (draw[:, 2] < 0.12) & (place > 0)
    reply = np.where(answers, new_place - 1, -1)
    kind = pick(draw[:, 3], np.array([84, 4, 5, 2, 4, 1.0]))
    playlist = _own_playlist(world, day, sender, draw[:, 4])
    kind = np.where((kind == PLAYLIST) & (playlist < 0), TEXT, kind)
    song = song_choice(world, world.first_day).choose(draw[:, 4], users.taste_language[sender], draw[:, 5] < 0.7)
    read = at + SECOND + exponential(draw[:, 6], 45.0 * MINUTE).astype(np.int64)
    until = np.minimum(np.minimum(alive[reader], members.left_at[reads]), begin + CHANGE_DAYS * DAY)
    seen = (read < until) & (draw[:, 7] < 0.94)
    edited = at + 5 * SECOND + (draw[:, 8] * 20 * MINUTE).astype(np.int64)
    edits = (draw[:, 9] < 0.02) & (kind == TEXT)
    deleted = at + 25 * MINUTE + (draw[:, 8] ** 2 * DAY).astype(np.int64)
    rows = Messages(
        key=np.zeros(len(row), dtype=np.int64),
        conversation=conversation,
        sender=sender,
        kind=kind,
        song=np.where(kind == TRACK, song, -1),
        playlist=np.where(kind == PLAYLIST, playlist, -1),
        reply_to=reply,
        is_system=np.zeros(len(row), dtype=bool),
        sent_at=at,
        read_at=np.where(seen, read, NEVER),
        edited_at=np.where(edits & (edited < alive[sender]), edited, NEVER),
        deleted_at=np.where((draw[:, 9] > 0.985) & (deleted < alive[sender]), deleted, NEVER),
    )
    return rows.take(index)


def _nth(seats: Ints, present: Bools, rank: Ints, n: Ints) -> Ints:
    """Membership of the n-th (from 0) of those present in each row; any if there is none."""
    seat = (present & (rank == n[:, None] + 1)).argmax(axis=1)
    return np.asarray(seats[np.arange(len(n)), seat], dtype=np.int64)


def _own_playlist(world: World, day: date, user: Ints, draw: Floats) -> Ints:
    """One of each account's own lists that is there all day, -1 if the drawn one is not."""
    listed, matrix = playlists(world, day)
    slot = (draw * 3).astype(np.int64)
    row = np.where(user < len(matrix), matrix[np.minimum(user, len(matrix) - 1), slot], -1)
    there = (row >= 0) & (listed.deleted_at[row] > midnight(day) + DAY)
    return np.where(there, row, -1)


def _joins(world: World, day: date) -> Messages:
    """What the platform writes when somebody joins a group."""
    all_ = circles(world)
    members, of = all_.members, all_.conversations
    low, high = np.searchsorted(members.joined_at, [midnight(day), midnight(day) + DAY])
    row = np.arange(low, high)
    row = row[members.joined_at[row] > of.created_at[members.conversation[row]]]
    n = len(row)
    none, never = np.full(n, -1), np.full(n, NEVER)
    return Messages(
        key=none,
        conversation=members.conversation[row],
        sender=members.user[row],
        kind=np.full(n, TEXT),
        song=none,
        playlist=none,
        reply_to=none,
        is_system=np.ones(n, dtype=bool),
        sent_at=members.joined_at[row],
        read_at=never,
        edited_at=never,
        deleted_at=never,
    )


def messages_table(world: World, day: date) -> pa.Table:
    """Messages sent, read, edited or deleted on a UTC day."""
    world.reach(day + timedelta(days=2))
    until = day + timedelta(days=1)
    rows, found = changing(world, "messages", _make, day, until, CHANGE_DAYS, opens=False)
    seed, codes = world.seed, world.ref.language_codes
    users = world.users(world.horizon)
    language = users.language[rows.sender]
    edited = rows.edited_at <= found.at
    deleted = rows.deleted_at <= found.at
    read = rows.read_at <= found.at
    words = phrase("message", language, codes, hash_uniform(seed, "messages.text", rows.key, edited.astype(np.int64)))
    silent = hash_uniform(seed, "messages.silent", rows.key) < np.array([0.0, 0.9, 0.6, 0.6, 0.5, 0.5])[rows.kind]
    media = np.isin(rows.kind, (AUDIO, IMAGE, VIDEO))
    ending = pa.DictionaryArray.from_arrays(
        pa.array(np.where(media, rows.kind - AUDIO, 0)), pa.array([".ogg", ".jpg", ".mp4"])
    )
    address = names.join("https://media.example/messages/", pa.array(rows.key).cast(pa.string()), ending)
    text = Coded(np.where(silent | deleted, -1, words.indices.to_numpy()), words.dictionary)
    return make_table(
        "messages",
        {
            "message_id": rows.key,
            "conversation_id": rows.conversation + 1,
            "sender_user_id": rows.sender + 1,
            "message_type": Coded(rows.kind, TYPES),
            "content": _with_joins(world, text, rows, language),
            "media_url": only(address, media),
            "shared_content_id": np.where(rows.song >= 0, rows.song + 1, -1),
            "shared_playlist_id": np.where(rows.playlist >= 0, rows.playlist + 1, -1),
            "reply_to_message_id": rows.reply_to,
            "is_system_message": rows.is_system,
            "read_count": read.astype(np.int64),
            "first_read_at": np.where(read, rows.read_at, NEVER),
            "sent_at": rows.sent_at,
            "updated_at": found.at,
            "edited_at": np.where(edited, rows.edited_at, NEVER),
            "deleted_at": np.where(deleted, rows.deleted_at, NEVER),
            **found.metadata,
        },
    )


def _with_joins(world: World, text: Coded, rows: Messages, language: Ints) -> Coded:
    """The texts, with the platform's own where it writes."""
    vocabulary = pa.array(text.vocabulary)
    own = np.array([list(_JOINED).index(c) if c in _JOINED else 0 for c in world.ref.language_codes])
    every = pa.concat_arrays([vocabulary, pa.array(list(_JOINED.values()))])
    return Coded(np.where(rows.is_system, len(vocabulary) + own[language], text.codes), every)
