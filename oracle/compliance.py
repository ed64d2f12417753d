"""What people agreed to and asked for, what staff did, and who may do what."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

from oracle.calendar import END, instant
from oracle.lake import Row
from oracle.platform import grouped, milliseconds
from oracle.support import or_else
from oracle.truth import Truth
from oracle.versions import UNKNOWN, users


def data_subject_requests(truth: Truth) -> list[Row]:
    """Requests with their deadlines; an open one is held against the data clock."""
    anonymized: dict[int, int] = defaultdict(int)
    for event in truth.lake.events("anonymization_events"):
        if event["data_subject_request_id"] is not None:
            anonymized[event["data_subject_request_id"]] += event["record_count"]
    kept = (
        "data_subject_request_id", "request_type", "channel", "jurisdiction", "status", "received_at", "verified_at",
        "due_at", "fulfilled_at", "rejected_at",
    )  # fmt: skip
    found = []
    for row in truth.lake.latest("data_subject_requests"):
        received, due, verified = row["received_at"], row["due_at"], row["verified_at"]
        closed = row["fulfilled_at"] or row["rejected_at"]
        end, user_id = closed or truth.lake.clock, or_else(row["user_id"], UNKNOWN)
        left = milliseconds(end, due) if end <= due else -milliseconds(due, end)
        found.append(
            {
                **{name: row[name] for name in kept},
                "user_id": user_id,
                "user_key": truth.of(users).key_of_event(user_id, received),
                "rejection_reason": row["rejection_reason"] or "none",
                "anonymized_records": anonymized[row["data_subject_request_id"]],
                "verification_ms": None if verified is None else milliseconds(received, verified),
                "handling_ms": milliseconds(received, end),
                "left_ms": left,
                "is_open": closed is None,
                "is_overdue": end > due,
                "received_date": received.date(),
                "due_date": due.date(),
            }
        )
    return found


def consents(truth: Truth) -> list[Row]:
    """Answers of accounts by purpose, each until the next one; of several at one instant the last holds."""
    documents = {row["consent_document_id"]: row for row in truth.lake.latest("consent_documents")}
    answers: dict[tuple[int, str], list[Row]] = defaultdict(list)
    for row in truth.lake.events("user_consents"):
        answers[row["user_id"], documents[row["consent_document_id"]]["purpose"]].append(row)
    found = []
    for (user_id, purpose), given in answers.items():
        holding = {row["occurred_at"]: row for row in sorted(given, key=lambda row: row["user_consent_id"])}
        instants = sorted(holding)
        for at, until in zip(instants, [*instants[1:], END], strict=True):
            row = holding[at]
            document = documents[row["consent_document_id"]]
            granted = row["action"] == "granted"
            found.append(
                {
                    "user_consent_id": row["user_consent_id"],
                    "user_id": user_id,
                    "user_key": truth.of(users).key_of_event(user_id, at),
                    "consent_document_id": row["consent_document_id"],
                    "purpose": purpose,
                    **{name: document[name] for name in ("jurisdiction", "language_id", "version_no")},
                    "channel": row["channel"],
                    "is_granted": granted,
                    "is_current": until == END,
                    "is_effective": granted and until == END,
                    "valid_from_date": at.date(),
                    "valid_from": at,
                    "valid_to": until,
                }
            )
    return found


def audit_events(truth: Truth) -> list[Row]:
    """Entries of the audit log and changes of a status, each in the order of the days on which its log came in."""
    found = []
    log = sorted(truth.lake.events("audit_log"), key=lambda row: (row["arrived_at"].date(), row["audit_id"]))
    for position, row in enumerate(log, start=1):
        told = {name: row[name] for name in ("actor_kind", "actor_name", "action", "details", "occurred_at")}
        told |= {"status_before": None, "status_after": None}
        found.append(_audited(truth, "audit_log", row["audit_id"], position, row["actor_user_id"], row, told))
    changes = truth.lake.events("status_history")
    for position, row in enumerate(
        sorted(changes, key=lambda row: (row["arrived_at"].date(), row["status_history_id"])), start=1
    ):
        who = "system" if row["changed_by_user_id"] is None else "account"
        told = {
            "actor_kind": who,
            "actor_name": who,
            "action": "status.changed",
            "details": None,
            "occurred_at": row["changed_at"],
            "status_before": row["old_status"],
            "status_after": row["new_status"],
        }
        number, account = row["status_history_id"], row["changed_by_user_id"]
        found.append(_audited(truth, "status_history", number, position, account, row, told))
    return found


def _audited(truth: Truth, source: str, number: int, position: int, account: int | None, row: Row, told: Row) -> Row:
    return told | {
        "event_source": source,
        "event_id": number,
        "log_position": position,
        "actor_user_id": or_else(account),
        "actor_user_key": truth.of(users).key_of_event(account, told["occurred_at"]),
        "entity_type": row["entity_type"],
        "entity_id": row["entity_id"],
        "occurred_date": told["occurred_at"].date(),
        "arrived_at": row["arrived_at"],
    }


def access_review(truth: Truth) -> list[Row]:
    """Grants by the quarters in which they were held, with what their changes tell of each."""
    told = grouped(truth.lake.changes("access_grants"), "access_grant_id")
    last_day = truth.lake.days[-1]
    found = []
    for grant in truth.lake.latest("access_grants"):
        until = min(grant["expires_at"] or END, grant["revoked_at"] or END)
        quarter = quarter_of(grant["granted_at"].date())
        while quarter <= last_day and instant(quarter) < until:
            begin, end = instant(quarter), instant(next_quarter(quarter))
            changes = told[(grant["access_grant_id"],)]
            uses = _within(changes, "last_used_at", begin, end)
            reviews = _within(changes, "reviewed_at", begin, end)
            last = max(reviews, key=lambda row: row["reviewed_at"], default=None)
            found.append(
                {
                    "quarter_start_date": quarter,
                    **{
                        name: grant[name]
                        for name in (
                            "role_name", "access_grant_id", "staff_account", "scope", "reason", "granted_by",
                            "granted_at",
                        )
                    },
                    "review_outcome": "none" if last is None else last["review_outcome"],
                    "is_granted_in_quarter": grant["granted_at"] >= begin,
                    "is_used": bool(uses),
                    "is_review_due": grant["granted_at"] < begin,
                    "is_reviewed": last is not None,
                    "is_ended_in_quarter": until <= end,
                    "last_used_at": max((row["last_used_at"] for row in uses), default=None),
                    "reviewed_at": None if last is None else last["reviewed_at"],
                    "in_force_to": None if until == END else until,
                }
            )  # fmt: skip
            quarter = next_quarter(quarter)
    return found


def _within(rows: list[Row], name: str, begin: Any, end: Any) -> list[Row]:
    return [row for row in rows if row[name] is not None and begin <= row[name] < end]


def quarter_of(day: date) -> date:
    """First day of the day's quarter."""
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def next_quarter(quarter: date) -> date:
    """First day of the quarter after."""
    return quarter_of(quarter + timedelta(days=100))
