"""Reports of content, accounts, forum posts and messages, and how they end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from generators.core.calendar import DAY, HOUR, NEVER, event_base, midnight
from generators.core.changes import Changes
from generators.core.choice import song_choice
from generators.core.columns import concatenate
from generators.core.lives import REACH, Life, acts, changing
from generators.core.random import Bools, Ints, exponential, hash_uniform
from generators.core.staff import decider
from generators.core.tables import Coded, make_table
from generators.core.texts import phrase
from generators.core.world import World
from generators.domains.community.conversations import circles
from generators.domains.community.memberships import forums, members_on, memberships
from generators.domains.community.messages import messages_of
from generators.domains.community.posts import forum_posts_of

CONTENT, USER, FORUM_POST, MESSAGE = range(4)
TARGETS = ("content", "user", "forum_post", "message")
REASONS = ("spam", "harassment", "copyright", "inappropriate", "other")
SPAM, HARASSMENT, COPYRIGHT, INAPPROPRIATE, OTHER = range(5)
ACTIONS = ("approved", "rejected", "flagged", "age_restricted", "warned", "suspended")
APPROVED, REJECTED, FLAGGED, AGE_RESTRICTED, WARNED, SUSPENDED = range(6)
_REASON_SHARE = np.array(
    [[2, 0, 40, 50, 8], [55, 25, 0, 12, 8], [45, 30, 5, 15, 5], [40, 45, 0, 10, 5]], dtype=np.float64
)
"""Shares of the reasons by what is reported."""
UPHELD = np.array([0.5, 0.55, 0.6, 0.4, 0.12])
"""Share of the reports that are upheld, by reason."""
_REVIEW_HOURS = np.array([20.0, 6.0, 30.0, 14.0, 40.0])
"""Mean hours to the review, by reason."""
_PER_SESSION = 0.008
_FORUM_POSTS, _MESSAGES = 0.04, 0.006
"""Share of the forum posts and of the messages of a day that are reported on the next."""
_FORUM_SEQUENCE, _MESSAGE_SEQUENCE = 10_000_000, 20_000_000


@dataclass(frozen=True)
class Reports(Life):
    """Reports with what becomes of them."""

    reporter: Ints
    target_type: Ints
    target: Ints
    """Id of what is reported."""
    user: Ints
    """Account reported, or author; -1 of content."""
    reason: Ints
    upheld: Bools
    at: Ints
    reviewed_at: Ints
    closed_at: Ints

    @property
    def instants(self) -> list[Ints]:
        return [self.at, self.reviewed_at, self.closed_at]


def reports_of(world: World, day: date) -> Reports:
    """Reports made on a UTC day."""
    made = [_of_what_is_seen(world, day)]
    if day > world.first_day:
        made += [_of_forum_posts(world, day), _of_messages(world, day)]
    every = concatenate(made)
    order = np.argsort(every.at, kind="stable")
    every = every.take(order)
    return every.take(every.at < midnight(day) + DAY)


def _reports(
    world: World, key: Ints, reporter: Ints, kind: Ints | int, target: Ints, user: Ints, at: Ints, reason: Ints
) -> Reports:
    seed = world.seed
    kind = np.broadcast_to(np.asarray(kind, dtype=np.int64), key.shape).copy()
    wait = exponential(hash_uniform(seed, "reports.review", key), 1.0) * _REVIEW_HOURS[reason]
    reviewed = at + HOUR // 6 + (wait * HOUR).astype(np.int64)
    closed = reviewed + HOUR // 6 + exponential(hash_uniform(seed, "reports.close", key), 8.0 * HOUR).astype(np.int64)
    last = at // DAY * DAY + REACH * DAY
    reviewed = np.where(reviewed < last, reviewed, NEVER)
    return Reports(
        key=key,
        reporter=reporter,
        target_type=kind,
        target=target,
        user=user,
        reason=reason,
        upheld=hash_uniform(seed, "reports.upheld", key) < UPHELD[reason],
        at=at,
        reviewed_at=reviewed,
        closed_at=np.where((closed < last) & (reviewed < NEVER), closed, NEVER),
    )


def _reason(world: World, kind: Ints, key: Ints) -> Ints:
    """Why, by what is reported."""
    cumulative = np.cumsum(_REASON_SHARE, axis=1)[kind]
    draw = hash_uniform(world.seed, "reports.reason", key)
    return np.asarray((cumulative <= (draw * cumulative[:, -1])[:, None]).sum(axis=1), dtype=np.int64)


def _of_what_is_seen(world: World, day: date) -> Reports:
    """Recordings and accounts."""
    done, seed, users = acts(world, "reports", day, _PER_SESSION), world.seed, world.users(day)
    kind = (hash_uniform(seed, "reports.kind", done.key) < 0.3).astype(np.int64)
    reason = _reason(world, kind, done.key)
    draw = hash_uniform(seed, "reports.target", done.key)
    own = hash_uniform(seed, "reports.own", done.key) < 0.5
    # What is reported has been there since before all reports.
    before = world.first_day - timedelta(days=REACH + 1)
    song = song_choice(world, before).choose(draw, users.taste_language[done.user], own)
    account = (draw * len(users)).astype(np.int64)
    bots = np.flatnonzero((users.bot > 0) & (users.signup_at < midnight(day) - DAY))
    if len(bots):
        chosen = (reason == SPAM) & (hash_uniform(seed, "reports.bot", done.key) < world.effect("bots.reports"))
        account = np.where(chosen, bots[(draw * len(bots)).astype(np.int64)], account)
    gone = np.minimum(users.deleted_at[account], users.suspended_at[account])
    fits = (kind == CONTENT) | ((account != done.user) & (users.signup_at[account] < done.at) & (gone > done.at))
    made = _reports(
        world,
        done.key,
        done.user,
        kind,
        np.where(kind == CONTENT, song, account) + 1,
        np.where(kind == CONTENT, -1, account),
        done.at,
        reason,
    )
    return made.take(fits)


def _of_forum_posts(world: World, day: date) -> Reports:
    """Posts of the day before, by other members of the community."""
    posts = forum_posts_of(world, day - timedelta(days=1))
    row = np.flatnonzero(hash_uniform(world.seed, "reports.forum_posts", posts.key) < _FORUM_POSTS)
    key = event_base(day) + _FORUM_SEQUENCE + row
    every, _ = memberships(world)
    members = members_on(world, day)
    members = members[np.argsort(every.community[members], kind="stable")]
    of = every.community[members]
    community = forums(world)[0][posts.forum[row]]
    low, high = np.searchsorted(of, community), np.searchsorted(of, community, side="right")
    draw = hash_uniform(world.seed, "reports.member", key)
    chosen = np.minimum(low + (draw * (high - low)).astype(np.int64), max(len(members) - 1, 0))
    there = np.flatnonzero(high > low)
    row, key, chosen = row[there], key[there], chosen[there]
    reporter, author = every.user[members[chosen]], posts.user[row]
    at = midnight(day) + HOUR + (hash_uniform(world.seed, "reports.hour", key) * 20 * HOUR).astype(np.int64)
    kind = np.full(len(key), FORUM_POST)
    made = _reports(world, key, reporter, kind, posts.key[row], author, at, _reason(world, kind, key))
    return made.take(reporter != author)


def _of_messages(world: World, day: date) -> Reports:
    """Messages of the day before, by another member of the conversation."""
    sent, all_ = messages_of(world, day - timedelta(days=1)), circles(world)
    users = world.users(world.horizon)
    row = np.flatnonzero((hash_uniform(world.seed, "reports.messages", sent.key) < _MESSAGES) & ~sent.is_system)
    key = event_base(day) + _MESSAGE_SEQUENCE + row
    sender, conversation = sent.sender[row], sent.conversation[row]
    at = midnight(day) + HOUR + (hash_uniform(world.seed, "reports.hour", key) * 20 * HOUR).astype(np.int64)
    present = all_.present(conversation, at)
    member = all_.members.user[all_.seats[conversation]]
    other = present & (member != sender[:, None])
    reporter = member[np.arange(len(row)), other.argmax(axis=1)]
    kind = np.full(len(key), MESSAGE)
    made = _reports(world, key, reporter, kind, sent.key[row], sender, at, _reason(world, kind, key))
    return made.take(other.any(axis=1) & (users.suspended_at[reporter] > at) & (users.deleted_at[reporter] > at))


def action_of(world: World, rows: Reports) -> Ints:
    """What follows from each report when it is closed: index into ACTIONS."""
    songs = world.songs(world.horizon)
    explicit = (rows.target_type == CONTENT) & (rows.reason == INAPPROPRIATE)
    explicit &= songs.is_explicit[np.where(rows.target_type == CONTENT, rows.target - 1, 0)]
    upheld = np.where(rows.target_type == USER, WARNED, np.where(explicit, AGE_RESTRICTED, FLAGGED))
    return np.where(rows.upheld, upheld, APPROVED)


def reports_changed(world: World, begin: date | None, until: date) -> tuple[Reports, Changes]:
    """Reports made or changed in a period."""
    return changing(world, "content_reports", reports_of, begin, until)


def reports_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Reports made, reviewed or closed."""
    rows, found = reports_changed(world, begin, until)
    seed, codes, users = world.seed, world.ref.language_codes, world.users(world.horizon)
    reviewed, closed = rows.reviewed_at <= found.at, rows.closed_at <= found.at
    status = np.where(closed, np.where(rows.upheld, 2, 3), reviewed.astype(np.int64))
    words = phrase("report", users.language[rows.reporter], codes, hash_uniform(seed, "reports.text", rows.key))
    silent = hash_uniform(seed, "reports.silent", rows.key) < 0.55
    return make_table(
        "content_reports",
        {
            "content_report_id": rows.key,
            "reporter_user_id": rows.reporter + 1,
            "target_type": Coded(rows.target_type, TARGETS),
            "target_id": rows.target,
            "reported_content_id": np.where(rows.target_type == CONTENT, rows.target, -1),
            "reported_user_id": np.where(rows.user < 0, -1, rows.user + 1),
            "reason": Coded(rows.reason, REASONS),
            "description": Coded(np.where(silent, -1, words.indices.to_numpy()), words.dictionary),
            "status": Coded(status, ("pending", "reviewed", "resolved", "dismissed")),
            "reviewed_by_user_id": _ids(np.where(reviewed, decider(world, rows.key), -1)),
            "action_taken": Coded(np.where(closed, action_of(world, rows), -1), ACTIONS),
            "created_at": rows.at,
            "updated_at": found.at,
            "reviewed_at": np.where(reviewed, rows.reviewed_at, NEVER),
            "closed_at": np.where(closed, rows.closed_at, NEVER),
            **found.metadata,
        },
    )


def _ids(rows: Ints) -> Ints:
    """Ids of rows, negative where there is none."""
    return np.where(rows < 0, -1, rows + 1)
