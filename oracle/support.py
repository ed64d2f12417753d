"""What people ask, report and claim, and what became of it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime

from oracle.amounts import ratio
from oracle.dimensions import with_members
from oracle.lake import Row
from oracle.platform import milliseconds
from oracle.truth import Truth
from oracle.versions import NOT_APPLICABLE, UNKNOWN, users


def dim_support_agent(truth: Truth) -> list[Row]:
    """Agents as they are today."""
    kept = ("support_agent_id", "agent_code", "display_name", "team", "language_id", "shift", "hired_at", "left_at")
    rows = [{**{name: row[name] for name in kept}, "is_inferred": False} for row in truth.lake.latest("support_agents")]
    return with_members(rows, "agent_code display_name team shift")


def waits(truth: Truth) -> dict[int, list[tuple[datetime, datetime | None]]]:
    """Times in which tickets waited on their customer: from that step to the next one, whatever it is."""
    steps: dict[int, list[Row]] = defaultdict(list)
    for row in truth.lake.events("support_ticket_events"):
        steps[row["support_ticket_id"]].append(row)
    found: dict[int, list[tuple[datetime, datetime | None]]] = {}
    for ticket_id, taken in steps.items():
        taken.sort(key=lambda row: (row["occurred_at"], row["support_ticket_event_id"]))
        ends = [*(row["occurred_at"] for row in taken[1:]), None]
        found[ticket_id] = [
            (row["occurred_at"], end) for row, end in zip(taken, ends, strict=True) if row["event_type"] == "waiting"
        ]
    return found


def or_else(value: int | None, member: int = NOT_APPLICABLE) -> int:
    """An id, or the member that stands where there is none."""
    return member if value is None else value


def support_tickets(truth: Truth) -> list[Row]:
    """Tickets: resolved as long after the opening as it took, without the times that they waited on the customer."""
    kept = (
        "support_ticket_id", "language_id", "category", "priority", "channel", "status", "reopened_count",
        "satisfaction", "is_escalated", "opened_at", "first_reply_at", "resolved_at",
    )  # fmt: skip
    found = []
    for row in truth.lake.latest("support_tickets"):
        end = row["resolved_at"] or truth.lake.clock
        waited = sum(
            milliseconds(begin, min(until or end, end))
            for begin, until in truth.of(waits).get(row["support_ticket_id"], ())
            if begin < end
        )
        handled = milliseconds(row["opened_at"], end) - waited
        replied, user_id = row["first_reply_at"], or_else(row["user_id"], UNKNOWN)
        found.append(
            {
                **{name: row[name] for name in kept},
                "user_id": user_id,
                "user_key": truth.of(users).key_of_event(user_id, row["opened_at"]),
                **{
                    name: or_else(row[name])
                    for name in (
                        "subscription_id", "transaction_id", "content_id", "device_id", "incident_id",
                        "support_agent_id",
                    )
                },
                "first_reply_ms": None if replied is None else milliseconds(row["opened_at"], replied),
                "waiting_ms": waited,
                "handling_ms": handled,
                "resolution_ms": None if row["resolved_at"] is None else handled,
                "is_reopened": row["reopened_count"] > 0,
                "is_resolved": row["resolved_at"] is not None,
                "opened_date": row["opened_at"].date(),
            }
        )  # fmt: skip
    return found


def content_reports(truth: Truth) -> list[Row]:
    """Reports with the decisions that answer them."""
    decided: dict[int, list[Row]] = defaultdict(list)
    for action in truth.lake.events("moderation_actions"):
        if action["content_report_id"] is not None:
            decided[action["content_report_id"]].append(action)
    kept = (
        "content_report_id", "target_type", "target_id", "reason", "status", "created_at", "reviewed_at", "closed_at",
    )  # fmt: skip
    found = []
    for row in truth.lake.latest("content_reports"):
        decisions = decided[row["content_report_id"]]
        last = max(decisions, key=lambda each: (each["acted_at"], each["moderation_action_id"]), default=None)
        reporter, begin = or_else(row["reporter_user_id"], UNKNOWN), row["created_at"]
        found.append(
            {
                **{name: row[name] for name in kept},
                "reporter_user_id": reporter,
                "reporter_user_key": truth.of(users).key_of_event(reporter, begin),
                "content_id": or_else(row["reported_content_id"]),
                "reported_user_id": or_else(row["reported_user_id"]),
                "reviewer_user_id": or_else(row["reviewed_by_user_id"]),
                "action_taken": row["action_taken"] or "none",
                "decisions": len(decisions),
                "last_decision": "none" if last is None else last["action"],
                "last_decided_at": None if last is None else last["acted_at"],
                "review_ms": None if row["reviewed_at"] is None else milliseconds(begin, row["reviewed_at"]),
                "closing_ms": None if row["closed_at"] is None else milliseconds(begin, row["closed_at"]),
                "open_ms": milliseconds(begin, row["closed_at"] or truth.lake.clock),
                "is_closed": row["closed_at"] is not None,
                "created_date": begin.date(),
            }
        )
    return found


def copyright_claims(truth: Truth) -> list[Row]:
    """Claims on content and how they ended."""
    kept = (
        "copyright_claim_id", "content_id", "claimant_name", "claim_type", "policy", "status", "is_automated",
        "opened_at", "disputed_at", "resolved_at",
    )  # fmt: skip
    found = []
    for row in truth.lake.latest("copyright_claims"):
        begin, end, confidence = row["opened_at"], row["resolved_at"], row["confidence_ppm"]
        found.append(
            {
                **{name: row[name] for name in kept},
                "label_id": or_else(row["claimant_label_id"]),
                "confidence": None if confidence is None else ratio(confidence, 1_000_000),
                "match_ms": row["match_end_ms"] - row["match_start_ms"],
                "decision_ms": None if end is None else milliseconds(begin, end),
                "open_ms": milliseconds(begin, end or truth.lake.clock),
                "is_disputed": row["disputed_at"] is not None,
                "is_decided": end is not None,
                "is_upheld": row["status"] == "upheld",
                "opened_date": begin.date(),
            }
        )
    return found
