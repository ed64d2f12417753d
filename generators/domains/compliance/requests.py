"""Requests of data subjects, what was made anonymous for them or because its time was up, and claims on content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from generators.core import names
from generators.core.bookings import happening
from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, event_base, midnight
from generators.core.catalogue import catalogue_factor
from generators.core.changes import changes
from generators.core.columns import Columns
from generators.core.lives import REACH, Life, changing, later
from generators.core.random import Ints, exponential, hash_uniform, pick
from generators.core.tables import Coded, make_table
from generators.core.world import World
from generators.domains.compliance.consents import CATEGORIES, LAWS, law_of, preferences

TERM = 30 * DAY
_ASKED_SHARE = 0.75
"""Deletions of accounts that follow from a request; the others are made in the app's settings."""
_EXPORT, _DELETE = 0, 1
_RECEIVED, _VERIFIED, _FULFILLED, _REJECTED = range(4)
_ANONYMIZED = ("search_texts", "voice_recordings", "ip_addresses", "avatar_images", "support_attachments")
_METHODS = (0, 0, 2, 0, 0)
"""Of each category: deleted, but addresses are generalized."""


@dataclass(frozen=True)
class Requests(Columns):
    """Requests in order of their receipt; row i has the id i + 1."""

    at: Ints
    user: Ints
    kind: Ints
    verified: Ints
    """``NEVER`` where the identity is not proven."""
    done: Ints
    """Fulfilled, or rejected."""


def requests(world: World) -> Requests:
    """Requests of the world's horizon."""
    return world.remember(("data subjects", world.horizon), lambda: _make(world), keep=1)


def _make(world: World) -> Requests:
    users, seed = world.users(world.horizon), world.seed
    row = np.arange(len(users))
    leaving = np.flatnonzero((users.deleted_at < NEVER) & (hash_uniform(seed, "requests.deletes", row) < _ASKED_SHARE))
    # The account is deleted as soon as it is sure whose wish it is; the rest follows within the term.
    lag = HOUR + (hash_uniform(seed, "requests.lag", leaving) * 18 * HOUR).astype(np.int64)
    asks = (
        users.signup_at
        + 3 * DAY
        + exponential(hash_uniform(seed, "requests.export", row), 2_200.0 * DAY).astype(np.int64)
    )
    curious = np.flatnonzero(asks < np.minimum(users.deleted_at, users.suspended_at) - 2 * DAY)
    proven = hash_uniform(seed, "requests.proven", curious) < 0.95
    wait = HOUR + (hash_uniform(seed, "requests.proof", curious) * 40 * HOUR).astype(np.int64)
    at = np.concatenate([users.deleted_at[leaving] - lag, asks[curious]])
    verified = np.concatenate([users.deleted_at[leaving], np.where(proven, asks[curious] + wait, NEVER)])
    user = np.concatenate([leaving, curious])
    kind = np.repeat([_DELETE, _EXPORT], [len(leaving), len(curious)])
    known = np.where(verified < NEVER, verified, at)
    takes = 6 * HOUR + exponential(hash_uniform(seed, "requests.takes", user, kind), 5.0 * DAY).astype(np.int64)
    in_time = np.minimum(known + takes, at + TERM - HOUR)
    overdue = at + TERM + HOUR + (hash_uniform(seed, "requests.over", user, kind) * 9 * DAY).astype(np.int64)
    late = hash_uniform(seed, "requests.late", user, kind) < world.effect("requests.late")
    done = np.where(verified < NEVER, np.where(late, overdue, in_time), at + 10 * DAY)
    kept = np.flatnonzero(at < midnight(world.horizon))
    order = kept[np.lexsort((kind[kept], user[kept], at[kept]))]
    return Requests(*[column[order] for column in (at, user, kind, verified, done)])


def requests_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Requests: received, verified, fulfilled or rejected."""
    world.reach(until)
    every, users = requests(world), world.users(world.horizon)
    found = changes(world, "data_subject_requests", lambda: [every.at, every.verified, every.done], begin, until)
    rows, at = every.take(found.row), found.at
    done, proven = rows.done <= at, rows.verified < NEVER
    state = np.where(done, np.where(proven, _FULFILLED, _REJECTED), np.where(rows.verified <= at, _VERIFIED, _RECEIVED))
    channel = pick(hash_uniform(world.seed, "requests.channel", found.row), np.array([0.72, 0.24, 0.04]))
    return make_table(
        "data_subject_requests",
        {
            "data_subject_request_id": found.row + 1,
            "user_id": rows.user + 1,
            "request_type": Coded(rows.kind, ("export", "delete")),
            "channel": Coded(channel, ("app", "email", "post")),
            "jurisdiction": Coded(law_of(world, world.ref.city_country[users.city_at(rows.user, rows.at)]), LAWS),
            "status": Coded(state, ("received", "verified", "fulfilled", "rejected")),
            "rejection_reason": Coded(np.where(state == _REJECTED, 0, -1), ("identity_not_proven",)),
            "received_at": rows.at,
            "verified_at": np.where(rows.verified <= at, rows.verified, NEVER),
            "due_at": rows.at + TERM,
            "fulfilled_at": np.where(state == _FULFILLED, rows.done, NEVER),
            "rejected_at": np.where(state == _REJECTED, rows.done, NEVER),
            **found.metadata,
        },
    )


@dataclass(frozen=True)
class _Anonymized(Columns):
    at: Ints
    user: Ints
    request: Ints
    """Row of the request; -1 where the time was up."""
    category: Ints


def _anonymized(world: World) -> _Anonymized:
    def make() -> _Anonymized:
        asked, kept = requests(world), preferences(world)
        deleted = np.flatnonzero((asked.kind == _DELETE) & (asked.verified < NEVER))
        row, category = np.repeat(deleted, len(_ANONYMIZED)), np.tile(np.arange(len(_ANONYMIZED)), len(deleted))
        before = (len(_ANONYMIZED) - category) * MINUTE
        ours = np.array([_ANONYMIZED.index(name) if name in _ANONYMIZED else -1 for name in CATEGORIES])
        timed = np.flatnonzero(ours[kept.category] >= 0)
        gone = world.users(world.horizon).deleted_at
        timed = timed[kept.at[timed] + 20 * HOUR < gone[kept.user[timed]]]
        made = _Anonymized(
            at=np.concatenate([asked.done[row] - before, kept.at[timed] + 20 * HOUR]),
            user=np.concatenate([asked.user[row], kept.user[timed]]),
            request=np.concatenate([row, np.full(len(timed), -1)]),
            category=np.concatenate([category, ours[kept.category[timed]]]),
        )
        due = np.flatnonzero(made.at < midnight(world.horizon))
        return made.take(due[np.lexsort((made.category[due], made.user[due], made.at[due]))])

    return world.remember(("anonymized", world.horizon), make, keep=1)


def anonymized_table(world: World, begin: date | None, until: date) -> pa.Table:
    """What was made anonymous in a period."""
    world.reach(until)
    every = _anonymized(world)
    found = happening(world, "anonymization_events", every.at, begin, until)
    rows = every.take(found.row)
    many = exponential(hash_uniform(world.seed, "anonymized.count", rows.user, rows.category), 60.0).astype(np.int64)
    return make_table(
        "anonymization_events",
        {
            "anonymization_event_id": found.ids(),
            "data_subject_request_id": np.where(rows.request >= 0, rows.request + 1, -1),
            "user_id": rows.user + 1,
            "occurred_at": rows.at,
            "data_category": Coded(rows.category, _ANONYMIZED),
            "method": Coded(np.array(_METHODS)[rows.category], ("deleted", "hashed", "generalized")),
            "record_count": many,
            "arrived_at": found.arrived_at,
        },
    )


CLAIMS_PER_DAY = 1.6
"""At scale 1; they grow with the catalogue."""


@dataclass(frozen=True)
class _Claims(Life):
    song: Ints
    label: Ints
    at: Ints
    disputed_at: Ints
    resolved_at: Ints

    @property
    def instants(self) -> list[Ints]:
        return [self.at, self.disputed_at, self.resolved_at]


def _claims_of(world: World, day: date) -> _Claims:
    seed, songs, labels = world.seed, world.songs(day), world.labels
    rng = world.rng("copyright", day)
    count = int(rng.poisson(CLAIMS_PER_DAY * catalogue_factor(world.scale)))
    at = midnight(day) + np.sort((rng.random(count) * (DAY - HOUR)).astype(np.int64))
    key = event_base(day) + np.arange(count)
    song = (hash_uniform(seed, "copyright.song", key) * len(songs)).astype(np.int64)
    label = (hash_uniform(seed, "copyright.label", key) * len(labels)).astype(np.int64)
    own = world.albums(day + timedelta(days=1)).label[songs.album[song]]
    label = np.where(label == own, (label + 1) % len(labels), label)
    disputed = later(at, hash_uniform(seed, "copyright.disputed", key), 0.35, 2 * DAY)
    start = np.where(disputed < NEVER, disputed, at)
    resolved = later(start, hash_uniform(seed, "copyright.resolved", key), 0.9, 4 * DAY)
    return _Claims(
        key=key,
        song=song,
        label=label,
        at=at,
        disputed_at=disputed,
        resolved_at=np.where(resolved < at + REACH * DAY, resolved, NEVER),
    )


def claims_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Claims on content: opened, disputed, decided. What is not decided in four weeks of its opening stays open."""
    rows, found = changing(world, "copyright_claims", _claims_of, begin, until)
    seed, at = world.seed, found.at
    resolved, disputed = rows.resolved_at <= at, rows.disputed_at <= at
    upheld = hash_uniform(seed, "copyright.upheld", rows.key) < np.where(rows.disputed_at < NEVER, 0.45, 0.92)
    state = np.where(resolved, np.where(upheld, 2, 3), disputed.astype(np.int64))
    automated = hash_uniform(seed, "copyright.automated", rows.key) < 0.85
    length = world.songs(world.horizon).duration_ms[rows.song]
    start = (hash_uniform(seed, "copyright.start", rows.key) * 0.5 * length).astype(np.int64)
    lasts = (hash_uniform(seed, "copyright.lasts", rows.key) * 0.5 * length).astype(np.int64)
    companies = names.company_names()
    confidence = 700_000 + (hash_uniform(seed, "copyright.confidence", rows.key) * 299_000).astype(np.int64)
    from_label = hash_uniform(seed, "copyright.by_label", rows.key) < 0.8
    return make_table(
        "copyright_claims",
        {
            "copyright_claim_id": rows.key,
            "content_id": rows.song + 1,
            "claimant_label_id": np.where(from_label, rows.label + 1, -1),
            "claimant_name": Coded(rows.label % len(companies), companies),
            "claim_type": Coded(
                pick(hash_uniform(seed, "copyright.type", rows.key), np.array([0.7, 0.3])), ("audio", "melody", "video")
            ),
            "is_automated": automated,
            "confidence_ppm": np.where(automated, confidence, -1),
            "match_start_ms": start,
            "match_end_ms": start + 1 + lasts,
            "policy": Coded(
                pick(hash_uniform(seed, "copyright.policy", rows.key), np.array([0.7, 0.15, 0.15])),
                ("monetize", "track", "block"),
            ),
            "status": Coded(state, ("open", "disputed", "upheld", "released")),
            "opened_at": rows.at,
            "disputed_at": np.where(disputed, rows.disputed_at, NEVER),
            "resolved_at": np.where(resolved, rows.resolved_at, NEVER),
            **found.metadata,
        },
    )
