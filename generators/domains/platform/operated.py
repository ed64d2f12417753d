"""Services, deployments, incidents, batch jobs and what members of staff may do, as change rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from generators.core import names
from generators.core.calendar import DAY, HOUR, MINUTE, NEVER, SECOND, event_base, midnight
from generators.core.changes import changes
from generators.core.columns import Columns
from generators.core.lives import Life, changing
from generators.core.operations import (
    BASE_ERRORS,
    CAUSES,
    REGIONS,
    deployments_of,
    incidents_of,
    service_rows,
    services,
)
from generators.core.random import Floats, Ints, exponential, hash_uniform, pick
from generators.core.tables import Coded, make_table
from generators.core.world import World

_TITLES = ("Errors after a new version", "Too few servers", "Packets lost", "A dependency is slow", "A disk failed",
           "A wrong setting")  # fmt: skip
_RUNNING, _SUCCEEDED, _FAILED = range(3)
_JOBS = (
    ("recommendation_lists", 60, 25.0, 4_000),
    ("search_reindex", 150, 8.0, 25_000),
    ("back_up", 180, 40.0, 900_000),
    ("metadata_audit", 240, 3.0, 60),
    ("royalty_run", 270, 18.0, 12_000),
    ("chart_week", 120, 4.0, 200),
)
"""Name, minutes after 00:00 UTC, mean minutes and rows at scale 1 of each job; the last runs on Saturdays only."""
_JOB_NAMES = (*(name for name, *_ in _JOBS), "log_purge")
_ERRORS = ("timed out waiting for a lock", "connection to the store was lost", "disk quota exceeded")
JOB_FAILURES = 0.02
"""Share of runs that fail and are tried again."""
_STAFF = 26
_ROLES = ("reader", "analyst", "finance_reader", "support_agent", "engineer", "compliance_officer", "owner")
_WHY = (
    "reports",
    "analyses",
    "closing the month",
    "tickets",
    "operations",
    "requests of data subjects",
    "the platform",
)


def services_table(world: World) -> pa.Table:
    """Every service in every region; they arrive with the opening."""
    row = np.arange(service_rows())
    listed = [services()[i // len(REGIONS)] for i in row]
    return make_table(
        "services",
        {
            "service_id": row + 1,
            "service_name": [service.name for service in listed],
            "region": Coded(row % len(REGIONS), REGIONS),
            "service_kind": [service.kind for service in listed],
            "owner_team": [service.team for service in listed],
            "server_prefix": [
                f"{s.name[:4]}-{REGIONS[i % len(REGIONS)][:5]}" for s, i in zip(listed, row, strict=True)
            ],
            "server_count": np.array([service.servers for service in listed]),
            "is_in_playback_path": np.array([service.playback for service in listed]),
            "arrived_at": midnight(world.first_day) - HOUR,
        },
    )


def deployments_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Deployments: begun, traffic shifted, ended."""
    rows, found = changing(world, "deployments", deployments_of, begin, until)
    bad = rows.rolled_back_at < NEVER
    after_bad = max(world.effect("bad_deployments"), BASE_ERRORS)
    ended, shifted = rows.ended_at <= found.at, rows.shifted_at <= found.at
    release = rows.at // DAY % 1_000
    version = names.join("2026.", pa.array(release).cast(pa.string()), ".", pa.array(rows.key % 100).cast(pa.string()))
    by_hand = hash_uniform(world.seed, "deployments.who", rows.key) < 0.2

    def errors(when: str, share: Floats) -> Ints:
        spread = 0.7 + 0.6 * hash_uniform(world.seed, f"deployments.errors_{when}", rows.key)
        return np.where(ended, (share * spread * 1_000_000).astype(np.int64), -1)

    return make_table(
        "deployments",
        {
            "deployment_id": rows.key,
            "service_id": rows.service + 1,
            "version": version,
            "strategy": Coded(
                (hash_uniform(world.seed, "deployments.canary", rows.key) < 0.25).astype(np.int64),
                ("blue_green", "canary"),
            ),
            "status": Coded(np.where(ended, np.where(bad, 2, 1), 0), ("running", "succeeded", "rolled_back")),
            "deployed_by": Coded(by_hand.astype(np.int64), ("pipeline", "engineer07")),
            "started_at": rows.at,
            "shifted_at": np.where(shifted, rows.shifted_at, NEVER),
            "ended_at": np.where(ended, rows.ended_at, NEVER),
            "rolled_back_at": np.where(ended, rows.rolled_back_at, NEVER),
            "errors_before_ppm": errors("before", np.full(len(rows), BASE_ERRORS)),
            "errors_after_ppm": errors("after", np.where(bad, after_bad, BASE_ERRORS)),
            **found.metadata,
        },
    )


def incidents_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Incidents: detected, mitigated, resolved."""
    rows, found = changing(world, "incidents", incidents_of, begin, until)
    mitigated, resolved = rows.mitigated_at <= found.at, rows.resolved_at <= found.at
    return make_table(
        "incidents",
        {
            "incident_id": rows.key,
            "service_id": rows.service + 1,
            "severity": rows.severity,
            "status": Coded(mitigated.astype(np.int64) + resolved, ("open", "mitigated", "resolved")),
            "cause": Coded(rows.cause, CAUSES),
            "deployment_id": rows.deployment,
            "title": Coded(rows.cause, _TITLES),
            "started_at": rows.at,
            "detected_at": rows.detected_at,
            "mitigated_at": np.where(mitigated, rows.mitigated_at, NEVER),
            "resolved_at": np.where(resolved, rows.resolved_at, NEVER),
            **found.metadata,
        },
    )


@dataclass(frozen=True)
class _Runs(Life):
    job: Ints
    attempt: Ints
    failed: Ints
    scheduled: Ints
    at: Ints
    ended: Ints

    @property
    def instants(self) -> list[Ints]:
        return [self.at, self.ended]


def _runs_of(world: World, day: date) -> _Runs:
    """Runs of a UTC day; one that fails is tried again ten minutes later, and succeeds."""
    job = np.arange(len(_JOBS) if day.weekday() == 5 else len(_JOBS) - 1)
    key = event_base(day) + job * 10

    scheduled = midnight(day) + np.array([minutes for _, minutes, *_ in _JOBS])[job] * MINUTE
    at = scheduled + 2 * SECOND + (hash_uniform(world.seed, "jobs.late", key) * 30 * SECOND).astype(np.int64)
    mean = np.array([minutes for _, _, minutes, _ in _JOBS])[job] * (0.4 + 0.6 * world.scale**0.5)
    lasts = (mean * (0.7 + 0.6 * hash_uniform(world.seed, "jobs.lasts", key)) * MINUTE).astype(np.int64) + SECOND
    failed = hash_uniform(world.seed, "jobs.failed", key) < JOB_FAILURES
    again = np.flatnonzero(failed)
    first_end = at + np.where(failed, lasts // 3, lasts) + SECOND
    second = first_end[again] + 10 * MINUTE
    return _Runs(
        key=np.concatenate([key, key[again] + 1]),
        job=np.concatenate([job, job[again]]),
        attempt=np.concatenate([np.ones_like(job), np.full(len(again), 2)]),
        failed=np.concatenate([failed, np.zeros(len(again), dtype=bool)]).astype(np.int64),
        scheduled=np.concatenate([scheduled, scheduled[again]]),
        at=np.concatenate([at, second]),
        ended=np.concatenate([first_end, second + lasts[again]]),
    )


def jobs_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Runs of batch jobs: begun, ended."""
    rows, found = changing(world, "batch_jobs", _runs_of, begin, until)
    ended = rows.ended <= found.at
    state = np.where(ended, np.where(rows.failed == 1, _FAILED, _SUCCEEDED), _RUNNING)
    usual = np.array([count for *_, count in _JOBS])[rows.job] * world.scale
    read = (usual * (0.9 + 0.2 * hash_uniform(world.seed, "jobs.rows", rows.key))).astype(np.int64) + 10
    read = np.where(rows.failed == 1, read // 3, read)
    done = state == _SUCCEEDED
    text = names.join('{"rows": ', pa.array(read).cast(pa.string()), "}")
    return make_table(
        "batch_job_runs",
        {
            "batch_job_run_id": rows.key,
            "job_name": Coded(rows.job, _JOB_NAMES),
            "attempt_no": rows.attempt,
            "status": Coded(state, ("running", "succeeded", "failed")),
            "scheduled_at": rows.scheduled,
            "started_at": rows.at,
            "ended_at": np.where(ended, rows.ended, NEVER),
            "rows_read": np.where(ended, read, -1),
            "rows_written": np.where(ended, np.where(done, read, 0), -1),
            "error": Coded(np.where(state == _FAILED, rows.key // 10 % len(_ERRORS), -1), _ERRORS),
            "summary": Coded(np.where(done, np.arange(len(rows)), -1), text) if len(rows) else text,
            **found.metadata,
        },
    )


@dataclass(frozen=True)
class _Grants(Columns):
    at: Ints
    staff: Ints
    role: Ints
    first: Ints
    """Index of the first quarter that begins after the grant."""
    late: Ints
    """From the beginning of a quarter to the review, in microseconds."""
    reviews: Ints
    """The review of that number takes the grant away."""


def _quarters(world: World) -> Ints:
    """Instants at which quarters begin, from two years before the first day to the horizon's end."""
    year, starts = world.first_day.year - 3, []
    while date(year, 1, 1) <= world.horizon:
        starts += [midnight(date(year, month, 1)) for month in (1, 4, 7, 10)]
        year += 1
    return np.array(starts)


def _grants(world: World) -> _Grants:
    def make() -> _Grants:
        seed, slots = world.seed, 3
        staff = np.repeat(np.arange(_STAFF), slots)
        slot = np.tile(np.arange(slots), _STAFF)
        has = hash_uniform(seed, "grants.has", staff, slot) < np.array([1.0, 0.45, 0.2])[slot]
        staff, slot = staff[has], slot[has]
        ago = exponential(hash_uniform(seed, "grants.ago", staff, slot), 200.0)
        at = midnight(world.first_day) - (np.minimum(ago, 700) * DAY).astype(np.int64) + slot * 80 * DAY
        kept = at < midnight(world.horizon)
        at, staff, slot = at[kept], staff[kept], slot[kept]
        role = pick(hash_uniform(seed, "grants.role", staff, slot), np.array([5, 5, 2, 6, 5, 1.5, 0.5]))
        late = (hash_uniform(seed, "grants.review", staff, slot) * 9 * DAY).astype(np.int64) + 9 * HOUR
        reviews = 1 + exponential(hash_uniform(seed, "grants.gone", staff, slot), 9.0).astype(np.int64)
        order = np.lexsort((slot, staff, at))
        first = np.searchsorted(_quarters(world), at, side="right")
        return _Grants(*[column[order] for column in (at, staff, role, first, late, reviews)])

    return world.remember(("grants", world.horizon), make, keep=1)


def grants_issued(world: World, until: date) -> int:
    """Grants made before ``until``."""
    world.reach(until)
    return int(np.searchsorted(_grants(world).at, midnight(until)))


def grants_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Grants: made, reviewed at the beginning of the quarters that follow."""
    world.reach(until)
    every, seed = _grants(world), world.seed

    def instants() -> list[Ints]:
        quarters = _quarters(world)
        reviews = []
        for number in range(len(quarters)):
            which = every.first + number
            due = (which < len(quarters)) & (number < every.reviews)
            reviews.append(np.where(due, quarters[np.minimum(which, len(quarters) - 1)] + every.late, NEVER))
        return [every.at, *reviews]

    found = changes(world, "access_grants", instants, begin, until)
    rows, at = every.take(found.row), found.at
    reviewed, gone = found.number > 0, found.number == rows.reviews
    accounts = [f"{_ROLES[i % len(_ROLES)].split('_')[0]}{i:02d}" for i in range(_STAFF)]
    used = at - (hash_uniform(seed, "grants.used", found.row, found.number) * 20 * DAY).astype(np.int64)
    ends = hash_uniform(seed, "grants.ends", found.row) < 0.3
    return make_table(
        "access_grants",
        {
            "access_grant_id": found.row + 1,
            "staff_account": Coded(rows.staff, accounts),
            "role_name": Coded(rows.role, _ROLES),
            "scope": Coded(
                (hash_uniform(seed, "grants.scope", found.row) < 0.5).astype(np.int64), ("database", "dashboards")
            ),
            "reason": Coded(rows.role, _WHY),
            "granted_by": "access_desk",
            "granted_at": rows.at,
            "expires_at": np.where(ends, rows.at + 730 * DAY, NEVER),
            "last_used_at": np.where(reviewed & (used > rows.at), used, NEVER),
            "reviewed_at": np.where(reviewed, at, NEVER),
            "reviewed_by": Coded(np.where(reviewed, 0, -1), ("compliance_desk",)),
            "review_outcome": Coded(np.where(reviewed, gone.astype(np.int64), -1), ("kept", "revoked")),
            "revoked_at": np.where(reviewed & gone, at, NEVER),
            **found.metadata,
        },
    )
