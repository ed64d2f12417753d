"""Live events: what was sold, who watched, what was said."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from oracle.dimensions import with_members
from oracle.exchange import micro_per_minor, rates
from oracle.lake import Row
from oracle.platform import milliseconds
from oracle.support import or_else
from oracle.truth import Truth
from oracle.versions import NOT_APPLICABLE, UNKNOWN, users

_MINUTE = timedelta(minutes=1)


def dim_live_event(truth: Truth) -> list[Row]:
    """Events as they are today, each in the city of its venue."""
    venues = {row["venue_id"]: row for row in truth.lake.latest("venues")}
    kept = (
        "live_event_id", "artist_id", "language_id", "title", "event_type", "status", "max_attendees", "max_viewers",
        "is_public", "scheduled_start_at", "scheduled_end_at", "actual_start_at", "actual_end_at", "created_at",
        "cancelled_at",
    )  # fmt: skip
    rows = []
    for row in truth.lake.latest("live_events"):
        venue = venues[row["venue_id"]]
        rows.append(
            {
                **{name: row[name] for name in kept},
                "host_user_id": or_else(row["host_user_id"], UNKNOWN),
                "community_id": or_else(row["community_id"]),
                "geography_id": NOT_APPLICABLE if venue["venue_type"] == "virtual" else venue["city_id"],
                "venue": venue["name"],
                "venue_type": venue["venue_type"],
                "venue_capacity": venue["capacity"],
                "is_inferred": False,
            }
        )
    return with_members(rows, "title event_type status venue venue_type")


def live_tickets(truth: Truth) -> list[Row]:
    """Tickets with their kind and the buyer of then."""
    kinds = {row["live_ticket_type_id"]: row["name"] for row in truth.lake.latest("live_ticket_types")}
    kept = (
        "live_ticket_id", "live_event_id", "live_ticket_type_id", "buyer_user_id", "access_type", "status",
        "currency_code", "price_minor", "commission_ppm", "purchased_at", "scanned_at", "refunded_at",
    )  # fmt: skip
    return [
        {
            **{name: row[name] for name in kept},
            "buyer_user_key": truth.of(users).key_of_event(row["buyer_user_id"], row["purchased_at"]),
            "transaction_id": or_else(row["transaction_id"]),
            "ticket_type": kinds[row["live_ticket_type_id"]],
            "is_scanned": row["scanned_at"] is not None,
            "is_refunded": row["refunded_at"] is not None,
            "purchased_date": row["purchased_at"].date(),
        }
        for row in truth.lake.latest("live_tickets")
    ]


def live_attendance(truth: Truth) -> list[Row]:
    """Stays of viewers."""
    kept = (
        "live_attendance_id", "live_event_id", "user_id", "device_id", "watch_seconds", "joined_at", "left_at",
    )  # fmt: skip
    return [
        {
            **{name: row[name] for name in kept},
            "user_key": truth.of(users).key_of_event(row["user_id"], row["joined_at"]),
            "live_ticket_id": or_else(row["live_ticket_id"]),
            "stay_ms": milliseconds(row["joined_at"], row["left_at"]),
            "joined_date": row["joined_at"].date(),
        }
        for row in truth.lake.events("live_attendance")
    ]


def minute_of(at: datetime) -> datetime:
    """Begin of the minute."""
    return at.replace(second=0, microsecond=0)


def live_chat(truth: Truth) -> list[Row]:
    """Minutes of events with what was said and who was there; of a stay the first day counts."""
    said: dict[tuple[int, datetime], list[Row]] = defaultdict(list)
    for row in truth.lake.events("live_chat_messages"):
        said[row["live_event_id"], minute_of(row["sent_at"])].append(row)
    there: dict[tuple[int, datetime], set[int]] = defaultdict(set)
    for row in truth.lake.events("live_attendance"):
        first = minute = minute_of(row["joined_at"])
        while minute < row["left_at"] and minute < first + timedelta(days=1):
            there[row["live_event_id"], minute].add(row["user_id"])
            minute += _MINUTE
    found = []
    for event, minute in said.keys() | there.keys():
        messages = said[event, minute]
        shapes = [row["message_type"] for row in messages]
        found.append(
            {
                "live_event_id": event,
                "minute_at": minute,
                "minute_date": minute.date(),
                "minute_of_day": minute.hour * 60 + minute.minute,
                "messages": len(shapes) - shapes.count("system"),
                "system_messages": shapes.count("system"),
                "reactions": shapes.count("reaction"),
                "senders": len({row["user_id"] for row in messages} - {None}),
                "viewers": len(there[event, minute]),
                "tips": shapes.count("tip"),
                "tips_eur_micro": sum(_tip(truth, row) for row in messages),
            }
        )
    return found


def _tip(truth: Truth, row: Row) -> int:
    """The tip that a message shows in reporting currency, micro-units; 0 where there is none, or no rate for it."""
    amount, currency = row["tip_amount_minor"], row["tip_currency_code"]
    if amount is None:
        return 0
    micro = amount * truth.of(micro_per_minor)[currency]
    return truth.of(rates).to_reporting(micro, currency, row["sent_at"].date()) or 0
