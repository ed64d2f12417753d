"""Tickets, consents, reviews of access, communities and live minutes, by hand."""

from datetime import date
from typing import Any

import pytest
from rows import WORLD, at, change, truth

from oracle.community import community_daily
from oracle.compliance import access_review, consents
from oracle.live import live_chat
from oracle.platform import api_hourly, metadata_quality, nearest_rank
from oracle.support import support_tickets

OPENED = "2025-01-01 00:00:00"


@pytest.mark.parametrize(
    ("count", "percent", "found"), [(100, 95, 95), (20, 95, 19), (21, 95, 20), (2, 50, 1), (1, 99, 1), (3, 50, 2)]
)
def test_the_nearest_rank_is_one_of_the_values(count: int, percent: int, found: int) -> None:
    assert nearest_rank(list(range(1, count + 1)), percent) == found


def test_an_hour_of_requests() -> None:
    """Too many requests are nobody's error; the next hour is its own."""
    codes = [(200, "04:00:00"), (429, "04:30:00"), (404, "04:30:00"), (503, "04:59:59"), (200, "05:00:00")]
    first, second = truth(
        api_requests=[
            {"api_request_id": number, "service_id": 1, "route": "/", "status_code": code, "latency_ms": number,
             "requested_at": at(f"2026-01-05 {clock}"), "arrived_at": at("2026-01-05 06:00:00")}
            for number, (code, clock) in enumerate(codes, start=1)
        ]
    ).of(api_hourly)  # fmt: skip
    assert (first["requests"], first["errors"], first["client_errors"], first["rate_limited"]) == (4, 1, 1, 1)
    assert (first["latency_p50_ms"], first["latency_p95_ms"], second["requests"]) == (2, 4, 1)


def ticket(steps: list[tuple[str, str]], **more: Any) -> Any:
    """A ticket of ten hours with its steps."""
    row = {
        "support_ticket_id": 1, "user_id": 1, "subscription_id": None, "transaction_id": None, "content_id": None,
        "device_id": None, "incident_id": None, "support_agent_id": None, "language_id": 1, "category": "other",
        "priority": "low", "channel": "chat", "status": "resolved", "reopened_count": 0, "satisfaction": None,
        "is_escalated": False, "opened_at": at("2026-01-05 10:00:00"), "first_reply_at": at("2026-01-05 11:00:00"),
        "resolved_at": at("2026-01-05 20:00:00"),
    } | more  # fmt: skip
    (found,) = truth(
        users=WORLD["users"],
        support_tickets=[change(row, "2026-01-05 10:00:00")],
        support_ticket_events=[
            {"support_ticket_event_id": number, "support_ticket_id": 1, "event_type": kind,
             "occurred_at": at(f"2026-01-05 {clock}"), "arrived_at": at("2026-01-05 22:00:00")}
            for number, (kind, clock) in enumerate(steps, start=1)
        ],
    ).of(support_tickets)  # fmt: skip
    return found


def test_waiting_on_the_customer_is_no_work() -> None:
    hour = 3_600_000
    assert ticket([])["resolution_ms"] == 10 * hour
    waited = [("waiting", "12:00:00"), ("customer_replied", "15:00:00"), ("waiting", "19:00:00")]
    assert ticket(waited)["resolution_ms"] == 6 * hour
    assert ticket([*waited, ("resolved", "20:00:00"), ("waiting", "21:00:00")])["waiting_ms"] == 4 * hour
    still = ticket(waited, status="waiting", resolved_at=None)
    assert still["resolution_ms"] is None
    assert still["waiting_ms"] > 24 * hour


def test_a_consent_holds_until_the_next_answer() -> None:
    answers = [
        ("granted", "2026-01-05 10:00:00"),
        ("granted", "2026-01-06 10:00:00"),
        ("withdrawn", "2026-01-06 10:00:00"),
    ]
    found = truth(
        users=WORLD["users"],
        consent_documents=[
            {"consent_document_id": 1, "purpose": "profiling", "jurisdiction": "gdpr", "language_id": 1,
             "version_no": 1, "arrived_at": at(OPENED)}
        ],
        user_consents=[
            {"user_consent_id": number, "user_id": 1, "consent_document_id": 1, "action": action,
             "channel": "settings", "occurred_at": at(when), "arrived_at": at(when)}
            for number, (action, when) in enumerate(answers, start=1)
        ],
    ).of(consents)  # fmt: skip
    assert [(row["user_consent_id"], row["is_granted"], row["is_effective"]) for row in found] == [
        (1, True, False),
        (3, False, False),
    ]
    assert found[0]["valid_to"] == found[1]["valid_from"]


def test_a_grant_is_reviewed_by_the_quarter() -> None:
    """Held from December, kept in January with a use in December, revoked in April."""
    row = {
        "access_grant_id": 1, "staff_account": "a", "role_name": "owner", "scope": "database", "reason": "r",
        "granted_by": "g", "granted_at": at("2025-12-01 00:00:00"), "expires_at": None, "last_used_at": None,
        "reviewed_at": None, "review_outcome": None, "revoked_at": None,
    }  # fmt: skip
    kept = row | {"last_used_at": at("2025-12-30 00:00:00"), "reviewed_at": at("2026-01-05 00:00:00")}
    kept |= {"review_outcome": "kept"}
    gone = kept | {"review_outcome": "revoked"}
    gone |= dict.fromkeys(("reviewed_at", "revoked_at"), at("2026-04-02 00:00:00"))
    found = truth(
        date(2026, 8, 1),
        access_grants=[
            change(row, "2025-12-01 00:00:00"),
            change(kept, "2026-01-05 00:00:00", 1),
            change(gone, "2026-04-02 00:00:00", 2),
        ],
    ).of(access_review)
    told = ("quarter_start_date", "is_used", "is_review_due", "review_outcome", "is_ended_in_quarter")
    assert [tuple(row[name] for name in told) for row in found] == [
        (date(2025, 10, 1), True, False, "none", False),
        (date(2026, 1, 1), False, True, "kept", False),
        (date(2026, 4, 1), False, True, "revoked", True),
    ]


def test_accuracy_has_wilsons_interval() -> None:
    found = truth(
        metadata_audits=[
            {"metadata_audit_id": number, "attribute_name": "title", "is_correct": number < 5,
             "checked_at": at("2026-01-05 10:00:00"), "arrived_at": at("2026-01-05 10:00:00")}
            for number in range(1, 6)
        ]
    ).of(metadata_quality)  # fmt: skip
    assert [(str(row["accuracy"]), str(row["accuracy_from"]), str(row["accuracy_to"])) for row in found] == [
        ("0.8", "0.375535", "0.963776")
    ]


def test_members_are_those_at_the_end_of_the_day() -> None:
    spans = [(OPENED, None), (OPENED, "2026-01-02 10:00:00"), ("2026-01-02 23:59:59", None)]
    found = truth(
        date(2026, 1, 3),
        communities=[change({"community_id": 1, "created_at": at(OPENED)}, OPENED)],
        community_subscriptions=[
            change({"community_subscription_id": number, "community_id": 1, "started_at": at(begin),
                    "ended_at": None if end is None else at(end)}, OPENED)
            for number, (begin, end) in enumerate(spans, start=1)
        ],
        forums=[change({"forum_id": 1, "community_id": 1, "forum_type": "fan_art"}, OPENED)],
        forum_posts=[change({"forum_post_id": 1, "forum_id": 1, "is_answered": True,
                             "created_at": at("2026-01-02 10:00:00")}, "2026-01-02 10:00:00")],
    ).of(community_daily)  # fmt: skip
    told = ("members", "members_joined", "members_left", "posts", "comments", "answers")
    assert [tuple(row[name] for name in told) for row in found] == [
        (2, 0, 0, 0, 0, 0),
        (2, 1, 1, 0, 1, 1),
        (2, 0, 0, 0, 0, 0),
    ]


def test_a_viewer_of_two_stays_is_one_in_a_minute() -> None:
    stays = [("20:00:10", "20:00:20"), ("20:00:30", "20:02:00")]
    found = truth(
        live_attendance=[
            {"live_attendance_id": number, "live_event_id": 1, "user_id": 1, "joined_at": at(f"2026-01-05 {begin}"),
             "left_at": at(f"2026-01-05 {end}"), "arrived_at": at("2026-01-05 21:00:00")}
            for number, (begin, end) in enumerate(stays, start=1)
        ],
        live_chat_messages=[
            {"live_chat_message_id": 1, "live_event_id": 1, "user_id": 1, "message_type": "tip",
             "tip_amount_minor": 250, "tip_currency_code": "EUR", "sent_at": at("2026-01-05 20:01:59"),
             "arrived_at": at("2026-01-05 21:00:00")}
        ],
    ).of(live_chat)  # fmt: skip
    assert sorted((row["minute_of_day"], row["viewers"], row["tips_eur_micro"]) for row in found) == [
        (1_200, 1, 0),
        (1_201, 1, 2_500_000),
    ]
