"""Notifications of what happens on the platform: made on the day of their cause, read within a few days."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pyarrow as pa

from generators.core import names
from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, SECOND, event_ids, midnight
from generators.core.columns import concatenate
from generators.core.follows import audience, follows
from generators.core.lives import Life, changing
from generators.core.order import in_order
from generators.core.random import Ints, exponential, hash_uniform
from generators.core.tables import Coded, make_table, placed, texts_of
from generators.core.texts import LANGUAGES, written_language
from generators.core.world import World
from generators.domains.billing import ledger as log
from generators.domains.billing.prices import read
from generators.domains.billing.timeline import timeline
from generators.domains.billing.tips import tips_of
from generators.domains.community.creators import creators
from generators.domains.community.memberships import communities, memberships
from generators.domains.community.posts import posts_of
from generators.domains.identity import allows_push
from generators.domains.live.events import events
from generators.domains.live.tickets import ticket_types, tickets
from generators.domains.live.viewers import broadcast

CHANGE_DAYS = 4
SAMPLE = 3
"""Of what goes to all followers of an artist, one in so many is kept."""
KINDS = ("follow", "tip", "joined", "renewed", "post", "upload", "reminder", "broadcast", "cancelled")
FOLLOW, TIP, JOINED, RENEWED, POST, UPLOAD, REMINDER, BROADCAST, CANCELLED = range(9)
_TYPES = (
    "follow", "tip", "subscription", "subscription", "post", "new_upload", "event_reminder", "live_stream",
    "subscription",
)  # fmt: skip
_PUSHED = np.array([0.5, 1.0, 0.8, 0.3, 0.7, 0.9, 1.0, 0.9, 0.4])
"""Share of each kind that is pushed to those who consent."""
_RESOURCES = (
    "follow", "tip", "community", "community", "post", "album", "live_event", "live_event", "subscription",
)  # fmt: skip


@dataclass(frozen=True)
class Notices(Life):
    """Notifications."""

    kind: Ints
    recipient: Ints
    sender: Ints
    """Account row, -1 where the platform itself notifies."""
    resource: Ints
    """Id of what it is about."""
    content: Ints
    """Recording row, -1 if none."""
    amount: Ints
    """Minor units of a tip; -1 otherwise."""
    country: Ints
    """Country of the tip's currency."""
    created_at: Ints
    read_at: Ints

    @property
    def instants(self) -> list[Ints]:
        return [self.created_at, self.read_at]


def _notices(kind: int, recipient: Ints, at: Ints, resource: Ints, sender: Ints | None = None, **more: Ints) -> Notices:
    """Notifications of one kind, unread; without ids as yet."""
    n = len(recipient)
    none = np.full(n, -1)
    return Notices(
        key=none,
        kind=np.full(n, kind),
        recipient=recipient,
        sender=none if sender is None else sender,
        resource=resource,
        content=more.get("content", none),
        amount=more.get("amount", none),
        country=more.get("country", np.zeros(n, dtype=np.int64)),
        created_at=at,
        read_at=np.full(n, NEVER),
    )


def _account_of(world: World, artist: Ints) -> Ints:
    """Account that acts for artists, -1 where none does."""
    who = creators(world)

    def make() -> Ints:
        account = np.full(len(world.artists(world.first_day)), -1, dtype=np.int64)
        account[who.artist] = who.account
        return account

    accounts = world.remember("account of artists", make)
    return np.where(artist < len(accounts), accounts[np.minimum(artist, len(accounts) - 1)], -1)


def _of_follows(world: World, day: date) -> Notices:
    every = follows(world)
    row = np.arange(*np.searchsorted(every.begun_at, [midnight(day), midnight(day) + DAY]))
    recipient = np.where(every.to_user[row], every.target[row], _account_of(world, every.target[row]))
    row, recipient = row[recipient >= 0], recipient[recipient >= 0]
    return _notices(FOLLOW, recipient, every.begun_at[row], row + 1, every.follower[row])


def _of_tips(world: World, day: date) -> Notices:
    tips = tips_of(world, day)
    recipient = _account_of(world, tips.artist)
    row = np.flatnonzero(tips.paid & (recipient >= 0))
    return _notices(
        TIP, recipient[row], tips.at[row] + 80 * SECOND, tips.tip_id[row], tips.user[row],
        amount=tips.amount[row], country=tips.country[row],
    )  # fmt: skip


def _of_memberships(world: World, day: date) -> Iterator[Notices]:
    """To who runs a community of each new member, to members of each renewal."""
    every, _ = memberships(world)
    of, who = communities(world), creators(world)
    begin, end = midnight(day), midnight(day) + DAY
    new = np.arange(*np.searchsorted(every.started_at, [begin, end]))
    manager = who.account[of.creator[every.community[new]]]
    yield _notices(JOINED, manager, every.started_at[new], every.community[new] + 1, every.user[new])
    row, at = _renewals(world, begin, end)
    goes_on = at < every.ended_at[row]
    row, at = row[goes_on], at[goes_on]
    yield _notices(RENEWED, every.user[row], at, every.community[row] + 1)


def _renewals(world: World, begin: int, end: int) -> tuple[Ints, Ints]:
    """Membership and instant of each renewal within an interval of service, by membership."""
    later = memberships(world)[1][:, 1:]

    def by_instant() -> tuple[Ints, Ints]:
        at = later.ravel()
        place = np.flatnonzero((at >= midnight(world.first_day)) & (at < midnight(world.horizon)))
        place = place[np.argsort(at[place])]
        return place, at[place]

    places, at = world.remember(("renewals", world.horizon), by_instant, keep=1)
    place = np.sort(places[slice(*np.searchsorted(at, (begin, end)))])
    row, period = np.divmod(place, later.shape[1])
    return row, later[row, period]


def of_posts(world: World, day: date) -> Notices:
    """Of a day's posts, to the sample of those who follow the artist."""
    posts, who = posts_of(world, day), creators(world)
    creator = posts.creator
    asking, follower = audience(world).of(who.artist[creator], posts.created_at)
    kept = hash_uniform(world.seed, "notifications.posts", posts.key[asking], follower) < 1 / SAMPLE
    asking, follower = asking[kept], follower[kept]
    delay = SECOND + (hash_uniform(world.seed, "notifications.delay", posts.key[asking], follower) * 40 * SECOND)
    at = posts.created_at[asking] + delay.astype(np.int64)
    return _notices(POST, follower, at, posts.key[asking], who.account[creator[asking]])


def _of_releases(world: World, day: date) -> Notices:
    albums = world.albums(world.horizon)
    album = np.arange(*np.searchsorted(albums.created_at, [midnight(day), midnight(day) + DAY]))
    asking, follower = audience(world).of(albums.artist[album], albums.created_at[album])
    album = album[asking]
    kept = hash_uniform(world.seed, "notifications.releases", album, follower) < 1 / SAMPLE
    album, follower = album[kept], follower[kept]
    delay = 2 * MINUTE + hash_uniform(world.seed, "notifications.delay", album, follower) * 5 * MINUTE
    at = albums.created_at[album] + delay.astype(np.int64)
    return _notices(UPLOAD, follower, at, album + 1, content=albums.first_song[album])


def _of_reminders(world: World, day: date) -> Notices:
    """To those who hold a ticket, a day before the event."""
    sold, every = tickets(world), events(world)
    due = every.starts_at - DAY
    row = np.flatnonzero(((due >= midnight(day)) & (due < midnight(day) + DAY))[ticket_types(world).event[sold.type]])
    event = ticket_types(world).event[sold.type[row]]
    at = due[event]
    holds = (sold.purchased_at[row] < at) & (sold.refunded_at[row] > at) & (every.cancelled_at[event] > at)
    return _notices(REMINDER, sold.user[row[holds]], at[holds], event[holds] + 1)


def _of_broadcasts(world: World, day: date) -> Notices:
    """Of a broadcast for everyone that begins, to the sample of those who follow the artist."""
    every, who, shown = events(world), creators(world), broadcast(world)
    begins = every.began_at[shown]
    event = shown[(begins >= midnight(day)) & (begins < midnight(day) + DAY) & every.is_public[shown]]
    asking, follower = audience(world).of(who.artist[every.creator[event]], every.began_at[event])
    event = event[asking]
    kept = hash_uniform(world.seed, "notifications.broadcasts", every.key[event], follower) < 1 / SAMPLE
    event, follower = event[kept], follower[kept]
    return _notices(
        BROADCAST, follower, every.began_at[event] + 5 * SECOND, event + 1, who.account[every.creator[event]]
    )


def _of_cancellations(world: World, day: date) -> Notices:
    """To who has cancelled a plan: that it is so, some seconds after the click."""
    steps = timeline(world, day).events
    low, high = np.searchsorted(steps["at"], [midnight(day), midnight(day) + DAY])
    row = low + np.flatnonzero(steps["kind"][low:high] == log.CANCEL)
    return _notices(CANCELLED, steps["user"][row], steps["at"][row] + 20 * SECOND, steps["subscription"][row] + 1)


_SOURCES: tuple[Callable[[World, date], Notices], ...] = (
    _of_follows,
    _of_tips,
    of_posts,
    _of_releases,
    _of_reminders,
    _of_broadcasts,
    _of_cancellations,
)


def notices_of(world: World, day: date) -> Notices:
    """The notifications of one day, by instant."""
    rows = concatenate([*(source(world, day) for source in _SOURCES), *_of_memberships(world, day)])
    users, at = world.users(world.horizon), rows.created_at
    alive = np.minimum(users.deleted_at[rows.recipient], users.suspended_at[rows.recipient])
    fits = (users.signup_at[rows.recipient] < at) & (at < alive) & (at < midnight(day) + DAY)
    rows = rows.take(np.flatnonzero(fits))
    rows = rows.take(in_order(rows.recipient, rows.resource, rows.kind, rows.created_at))
    at, ids = rows.created_at, event_ids(rows.created_at, np.arange(len(rows)))
    wait = exponential(hash_uniform(world.seed, "notifications.read_at", ids), 6.0 * HOUR)
    read = at + SECOND + wait.astype(np.int64)
    reads = hash_uniform(world.seed, "notifications.read", ids) < 0.55
    reads &= (read < midnight(day) + CHANGE_DAYS * DAY) & (read < users.deleted_at[rows.recipient])
    return replace(rows, key=ids, read_at=np.where(reads, read, NEVER))


@cache
def _words() -> dict[str, list[str]]:
    """Titles and messages, by language and within it by kind (notices.csv)."""
    rows = {(row["language"], row["kind"]): row for row in read("notices.csv")}
    return {part: [rows[each, kind][part] for each in LANGUAGES for kind in KINDS] for part in ("title", "message")}


def opening(world: World) -> dict[str, pa.Table]:
    """None: notifications from before the first day are not kept."""
    return {}


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """Notifications made or read on a UTC day."""
    world.reach(arrival_day + timedelta(days=2))
    return {"notifications": notices_table(world, arrival_day)}


def notices_table(world: World, day: date) -> pa.Table:
    """Notifications made or read on a UTC day."""
    until = day + timedelta(days=1)
    rows, found = changing(world, "notifications", notices_of, day, until, CHANGE_DAYS, opens=False)
    ref, users = world.ref, world.users(world.horizon)
    language = written_language(ref.language_codes)[users.language[rows.recipient]]
    words = _words()
    code = language * len(KINDS) + rows.kind
    paid = np.flatnonzero(rows.amount >= 0)
    currency = Coded(rows.country[paid], [country["currency"] for country in ref.countries])
    data = names.join(
        '{"amount_minor": ',
        pa.array(rows.amount[paid]).cast(pa.string()),
        ', "currency_code": "',
        texts_of(currency),
        '"}',
    )
    pushed = hash_uniform(world.seed, "notifications.pushed", rows.key) < _PUSHED[rows.kind]
    return make_table(
        "notifications",
        {
            "notification_id": rows.key,
            "recipient_user_id": rows.recipient + 1,
            "sender_user_id": np.where(rows.sender >= 0, rows.sender + 1, -1),
            "notification_type": Coded(rows.kind, _TYPES),
            "title": Coded(code, words["title"]),
            "message": Coded(code, words["message"]),
            "related_resource_type": Coded(rows.kind, _RESOURCES),
            "related_resource_id": rows.resource,
            "related_content_id": np.where(rows.content >= 0, rows.content + 1, -1),
            "related_user_id": np.where(rows.sender >= 0, rows.sender + 1, -1),
            "data": placed(data, paid, len(rows)),
            "is_read": rows.read_at <= found.at,
            "is_pushed": allows_push(world, rows.recipient) & pushed,
            "created_at": rows.created_at,
            "read_at": np.where(rows.read_at <= found.at, rows.read_at, NEVER),
            **found.metadata,
        },
    )
