"""Entries of the audit log: what was done on a day to grants, profiles, requests, rights, money and accounts.

They follow from the rows of that day: each entry names the row that it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from generators.core.calendar import DAY, SECOND, event_ids, midnight
from generators.core.made import made_on
from generators.core.random import Ints
from generators.core.tables import Coded, make_table, one_after_another
from generators.core.world import World
from generators.domains import artist_papers, billing, platform, royalties, sales
from generators.domains.compliance.requests import claims_table, requests_table

_Rows = Callable[[pa.Table], Any]
"""Which rows of a table's changes an action is of: a mask."""

_ACTIONS: tuple[tuple[str, str, str, str, str], ...] = (
    # action, table, kind and name of the actor, details
    ("access.granted", "access_grants", "staff", "access_desk", '{"state": "granted"}'),
    ("access.kept", "access_grants", "staff", "compliance_desk", '{"review": "kept"}'),
    ("access.revoked", "access_grants", "staff", "compliance_desk", '{"review": "revoked"}'),
    ("artist.verified", "artist_verifications", "account", "reviewer", '{"status": "approved"}'),
    ("artist.rejected", "artist_verifications", "account", "reviewer", '{"status": "rejected"}'),
    ("export.delivered", "data_subject_requests", "job", "privacy_export", '{"status": "fulfilled"}'),
    ("erasure.completed", "data_subject_requests", "job", "privacy_erasure", '{"status": "fulfilled"}'),
    ("request.rejected", "data_subject_requests", "staff", "privacy_desk", '{"status": "rejected"}'),
    ("rights.claim_upheld", "copyright_claims", "staff", "rights_desk", '{"status": "upheld"}'),
    ("rights.claim_released", "copyright_claims", "staff", "rights_desk", '{"status": "released"}'),
    ("rights.contract_signed", "rights_contracts", "staff", "rights_desk", '{"state": "in force"}'),
    ("rights.contract_ended", "rights_contracts", "staff", "rights_desk", '{"state": "ended"}'),
    ("rights.rate_changed", "royalty_rates", "staff", "rights_desk", '{"state": "in force"}'),
    ("billing.refunded", "refunds", "staff", "billing_desk", '{"direction": "to customer"}'),
    ("token.stored", "payment_methods", "job", "payment_vault", '{"state": "stored"}'),
    ("token.replaced", "payment_methods", "job", "payment_vault", '{"state": "replaced"}'),
    ("account.suspended", "users", "staff", "moderation_desk", '{"status": "suspended"}'),
)
ACTIONS = tuple(action for action, *_ in _ACTIONS)
_LAG_SPAN = 1_000_000
"""Ids of a day are apart by the days after which an entry arrives."""


def _is(column: str, value: str) -> _Rows:
    return lambda rows: pc.equal(rows[column].cast(pa.string()), value)


def _first(rows: pa.Table) -> Any:
    return pc.equal(rows["change_no"], 0)


def _later(rows: pa.Table) -> Any:
    return pc.greater(rows["change_no"], 0)


def _both(one: _Rows, other: _Rows) -> _Rows:
    return lambda rows: pc.and_(one(rows), other(rows))


_RULES: tuple[tuple[str, _Rows], ...] = (
    ("access.granted", _first),
    ("access.kept", lambda rows: pc.fill_null(_is("review_outcome", "kept")(rows), False)),
    ("access.revoked", lambda rows: pc.fill_null(_is("review_outcome", "revoked")(rows), False)),
    ("artist.verified", _is("status", "approved")),
    ("artist.rejected", _is("status", "rejected")),
    ("export.delivered", _both(_is("status", "fulfilled"), _is("request_type", "export"))),
    ("erasure.completed", _both(_is("status", "fulfilled"), _is("request_type", "delete"))),
    ("request.rejected", _is("status", "rejected")),
    ("rights.claim_upheld", _is("status", "upheld")),
    ("rights.claim_released", _is("status", "released")),
    ("rights.contract_signed", _first),
    ("rights.contract_ended", _later),
    ("rights.rate_changed", lambda rows: pc.greater_equal(rows["change_no"], 0)),
    ("billing.refunded", lambda rows: pc.is_valid(rows["refund_id"])),
    ("token.stored", _first),
    ("token.replaced", _later),
)


def audit_table(world: World, day: date) -> pa.Table:
    """Entries that arrive on a UTC day, in order of time."""
    parts = list(_entries(world, day))
    at, action, entity, user = (np.concatenate([part[i] for part in parts]) for i in range(4))
    order = np.lexsort((entity, action, at))
    at, action, entity, user = at[order], action[order], entity[order], user[order]
    lag = (midnight(day) - at // DAY * DAY) // DAY
    staffed = np.where((user < 0) & (np.array([kind for _, _, kind, *_ in _ACTIONS])[action] == "account"), 1, 0)
    kinds = ("staff", "account", "job")
    kind = np.array([kinds.index(of) for _, _, of, *_ in _ACTIONS])[action]
    # Where no account decided, a rule did.
    kind = np.where(staffed == 1, kinds.index("job"), kind)
    return make_table(
        "audit_log",
        {
            "audit_id": event_ids(at, lag * _LAG_SPAN + np.arange(len(at))),
            "occurred_at": at,
            "actor_kind": Coded(kind, kinds),
            "actor_name": Coded(np.where(staffed == 1, len(_ACTIONS), action), [*(n for *_, n, _ in _ACTIONS), "rule"]),
            "actor_user_id": user,
            "action": Coded(action, ACTIONS),
            "entity_type": Coded(action, [table for _, table, *_ in _ACTIONS]),
            "entity_id": entity,
            "details": Coded(action, [details for *_, details in _ACTIONS]),
            "arrived_at": np.clip(at + SECOND, midnight(day), midnight(day) + DAY - 1),
        },
    )


def _entries(world: World, day: date) -> Iterator[tuple[Ints, Ints, Ints, Ints]]:
    """Instant, action, id of what it was done to, and account that acted (-1: none) of each entry."""
    sources = (
        (platform, "access_grants", "access_grant_id", "changed_at"),
        (artist_papers, "artist_verifications", "artist_verification_id", "changed_at"),
        (royalties, "rights_contracts", "contract_id", "changed_at"),
        (royalties, "royalty_rates", "royalty_rate_id", "changed_at"),
        (billing, "refunds", "refund_id", "refunded_at"),
        (billing, "payment_methods", "payment_method_id", "changed_at"),
    )
    until = day + timedelta(days=1)
    changed = {name: (made_on(world, module, day)[name], key, instant) for module, name, key, instant in sources}
    repaid, key, instant = changed["refunds"]
    changed["refunds"] = (one_after_another(repaid, made_on(world, sales, day)["refunds"]), key, instant)
    changed["data_subject_requests"] = (requests_table(world, day, until), "data_subject_request_id", "changed_at")
    changed["copyright_claims"] = (claims_table(world, day, until), "copyright_claim_id", "changed_at")
    of_action = {action: table for action, table, *_ in _ACTIONS}
    for action, chosen in _RULES:
        rows, key, instant = changed[of_action[action]]
        # Of wide tables two or three columns are read.
        told = [instant, key, *(name for name in rows.column_names if name == "reviewer_user_id")]
        rows = rows.select(told).filter(chosen(rows)) if rows.num_rows else rows
        by = _numbers(rows, "reviewer_user_id") if "reviewer_user_id" in rows.column_names else None
        yield _entry(action, _numbers(rows, instant), _numbers(rows, key), by)
    users = world.users(until)
    today = (users.suspended_at >= midnight(day)) & (users.suspended_at < midnight(until))
    suspended = np.flatnonzero(today & (users.suspended_at < users.deleted_at))
    yield _entry("account.suspended", users.suspended_at[suspended], suspended + 1, None)


def _entry(action: str, at: Ints, entity: Ints, by: Ints | None) -> tuple[Ints, Ints, Ints, Ints]:
    user = np.full(len(at), -1, dtype=np.int64) if by is None else by
    return at, np.full(len(at), ACTIONS.index(action)), entity, user


def _numbers(rows: pa.Table, column: str) -> Ints:
    """A column as integers, null as -1."""
    if not rows.num_rows:
        return np.zeros(0, dtype=np.int64)
    return np.asarray(pc.fill_null(rows[column].cast(pa.int64()), -1).to_numpy(), dtype=np.int64)
