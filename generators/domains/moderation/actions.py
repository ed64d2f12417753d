"""Decisions of machines and moderators: on new recordings, on reports, and on accounts that are suspended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from generators.core.calendar import DAY, HOUR, NEVER, SECOND, event_ids, midnight
from generators.core.changes import arrival_of
from generators.core.columns import Columns, concatenate
from generators.core.lives import REACH
from generators.core.random import Ints, hash_uniform
from generators.core.staff import decider
from generators.core.tables import Coded, make_table
from generators.core.world import World
from generators.domains.billing.payments import rank_in_day
from generators.domains.moderation.reports import (
    ACTIONS,
    AGE_RESTRICTED,
    APPROVED,
    CONTENT,
    FLAGGED,
    REASONS,
    SUSPENDED,
    TARGETS,
    USER,
    action_of,
    reports_changed,
)

UNSURE_SHARE = 0.03
"""Share of new recordings of which the machine is not sure: it flags them, and a moderator decides."""
_WHY = (*REASONS, "explicit_lyrics", "low_confidence", "terms_of_use")
_EXPLICIT, _UNSURE, _TERMS = range(len(REASONS), len(REASONS) + 3)


@dataclass(frozen=True)
class Decisions(Columns):
    """Decisions on one kind of thing or another."""

    at: Ints
    target_type: Ints
    target: Ints
    """Id."""
    user: Ints
    report: Ints
    """Id of the report, -1 if none."""
    moderator: Ints
    action: Ints
    reason: Ints
    """Index into the reasons, -1 if none."""
    confidence: Ints
    """Ten-thousandths; -1 of people."""


def _screening(world: World, low: int, high: int) -> Decisions:
    """The machine's decision on each recording that is added, and the moderator's where it was not sure."""
    songs, seed = world.songs(world.horizon), world.seed
    # A flag is looked at within two days.
    row = np.arange(*np.searchsorted(songs.created_at, [low - 3 * DAY, high]))
    unsure = hash_uniform(seed, "screening.unsure", row) < UNSURE_SHARE
    explicit = songs.is_explicit[row]
    wait = (hash_uniform(seed, "screening.wait", row) * 60 * SECOND).astype(np.int64)
    first = songs.created_at[row] + 20 * SECOND + wait
    later = first + HOUR + (hash_uniform(seed, "screening.review", row) * 40 * HOUR).astype(np.int64)
    sure = np.where(explicit, AGE_RESTRICTED, APPROVED)
    high_confidence = 9_000 + (hash_uniform(seed, "screening.confidence", row) ** 0.5 * 1_000).astype(np.int64)
    low_confidence = 4_000 + (hash_uniform(seed, "screening.confidence", row) * 4_000).astype(np.int64)
    again = np.flatnonzero(unsure)
    n, m = len(row), len(again)
    return Decisions(
        at=np.concatenate([first, later[again]]),
        target_type=np.full(n + m, CONTENT),
        target=np.concatenate([row, row[again]]) + 1,
        user=np.full(n + m, -1),
        report=np.full(n + m, -1),
        moderator=np.concatenate([np.full(n, -1), decider(world, row[again])]),
        action=np.concatenate([np.where(unsure, FLAGGED, sure), sure[again]]),
        reason=np.concatenate(
            [np.where(unsure, _UNSURE, np.where(explicit, _EXPLICIT, -1)), np.where(explicit, _EXPLICIT, -1)[again]]
        ),
        confidence=np.concatenate([np.where(unsure, low_confidence, high_confidence), np.full(m, -1)]),
    )


def _of_reports(world: World, begin: date | None, until: date) -> Decisions:
    """The decision with which a report is closed."""
    rows, found = reports_changed(world, begin, until)
    rows = rows.take(rows.closed_at == found.at)
    return Decisions(
        at=rows.closed_at,
        target_type=rows.target_type,
        target=rows.target,
        user=rows.user,
        report=rows.key,
        moderator=decider(world, rows.key),
        action=action_of(world, rows),
        reason=rows.reason,
        confidence=np.full(len(rows), -1),
    )


def _suspensions(world: World) -> Decisions:
    """Every suspension of an account: by a machine, or by a moderator."""
    users, seed = world.users(world.horizon), world.seed
    row = np.flatnonzero((users.suspended_at < NEVER) & (users.suspended_at < users.deleted_at))
    machine = hash_uniform(seed, "suspensions.machine", row) < 0.4
    confidence = 9_500 + (hash_uniform(seed, "suspensions.confidence", row) * 500).astype(np.int64)
    none = np.full(len(row), -1)
    return Decisions(
        at=users.suspended_at[row],
        target_type=np.full(len(row), USER),
        target=row + 1,
        user=row,
        report=none,
        moderator=np.where(machine, -1, decider(world, row)),
        action=np.full(len(row), SUSPENDED),
        reason=np.full(len(row), _TERMS),
        confidence=np.where(machine, confidence, -1),
    )


def actions_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Decisions of a period; of the opening, those of the weeks before the first day."""
    low = midnight(world.first_day) - REACH * DAY if begin is None else midnight(begin)
    high = midnight(until)
    made = concatenate([_screening(world, low, high), _of_reports(world, begin, until), _suspensions(world)])
    made = made.take((made.at >= low) & (made.at < high))
    made = made.take(np.lexsort((made.target, made.action, made.target_type, made.at)))
    ids = event_ids(made.at, rank_in_day(made.at))
    machine = made.confidence >= 0
    return make_table(
        "moderation_actions",
        {
            "moderation_action_id": ids,
            "acted_at": made.at,
            "target_type": Coded(made.target_type, TARGETS),
            "target_id": made.target,
            "content_id": np.where(made.target_type == CONTENT, made.target, -1),
            "user_id": np.where(made.user < 0, -1, made.user + 1),
            "content_report_id": made.report,
            "moderator_user_id": np.where(made.moderator < 0, -1, made.moderator + 1),
            "action": Coded(made.action, ACTIONS),
            "reason": Coded(made.reason, _WHY),
            "is_automated": machine,
            "confidence": pa.array(made.confidence / 10_000, mask=~machine).cast(pa.decimal128(5, 4)),
            "model_version": Coded(np.where(machine, 0, -1), ("screen-1.4",)),
            "arrived_at": arrival_of(world, "moderation_actions", made.at, begin, until, ids),
        },
    )
