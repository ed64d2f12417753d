"""Communities, conversations and notifications, by the day."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta

from oracle.amounts import ratio
from oracle.dimensions import with_members
from oracle.lake import Row
from oracle.listening import country_geography
from oracle.platform import grouped, milliseconds, nearest_rank
from oracle.support import or_else
from oracle.transactions import transactions
from oracle.truth import Truth
from oracle.versions import UNKNOWN, users


def dim_community(truth: Truth) -> list[Row]:
    """Communities as they are today."""
    kept = (
        "community_id", "artist_id", "name", "subscription_fee_minor", "currency_code", "subscription_interval",
        "created_at",
    )  # fmt: skip
    rows = [
        {
            **{name: row[name] for name in kept},
            "manager_user_id": or_else(row["manager_user_id"], UNKNOWN),
            "is_inferred": False,
        }
        for row in truth.lake.latest("communities")
    ]
    return with_members(rows, "name subscription_interval", currency_code="XXX")


def community_daily(truth: Truth) -> list[Row]:
    """Communities on each day of theirs: what was written, who belongs, what was paid."""
    forums = {row["forum_id"]: row for row in truth.lake.latest("forums")}
    memberships = truth.lake.latest("community_subscriptions")
    community_of = {row["community_subscription_id"]: row["community_id"] for row in memberships}
    written: dict[tuple[int, date], list[Row]] = defaultdict(list)
    for post in truth.lake.latest("forum_posts"):
        forum = forums[post["forum_id"]]
        written[forum["community_id"], post["created_at"].date()].append(post | {"forum_type": forum["forum_type"]})
    paid: dict[tuple[int, date], list[Row]] = defaultdict(list)
    for move in truth.of(transactions):
        if move["purpose"] == "community" and move["movement_type"] != "failure":
            paid[community_of[move["document_id"]], move["transacted_date"]].append(move)
    found = []
    for community in truth.lake.latest("communities"):
        number = community["community_id"]
        belonging = [row for row in memberships if row["community_id"] == number]
        day = max(community["created_at"].date(), truth.lake.days[0] + timedelta(days=1))
        while day <= truth.lake.days[-1]:
            posts, moves = written[number, day], paid[number, day]
            comments = [post for post in posts if post["forum_type"] != "artist_forum"]
            found.append(
                {
                    "community_id": number,
                    "date_day": day,
                    "posts": len(posts) - len(comments),
                    "comments": len(comments),
                    "answers": sum(post["is_answered"] for post in posts),
                    "members": sum(
                        row["started_at"].date() <= day and (row["ended_at"] is None or row["ended_at"].date() > day)
                        for row in belonging
                    ),
                    "members_joined": sum(row["started_at"].date() == day for row in belonging),
                    "members_left": sum(_on(row["ended_at"], day) for row in belonging),
                    "payments": sum(move["movement_type"] == "charge" for move in moves),
                    "fees_eur_micro": sum(move["amount_eur_micro"] or 0 for move in moves),
                }
            )
            day += timedelta(days=1)
    return found


def _on(at: datetime | None, day: date) -> bool:
    return at is not None and at.date() == day


def residence(truth: Truth, user_id: int, at: datetime) -> int:
    """The country in which an account lived at an instant, as a place; -1 before it was known."""
    version = truth.of(users).at(user_id, at)
    return UNKNOWN if version is None else country_geography(version.row["residence_country_id"])


def messages_daily(truth: Truth) -> list[Row]:
    """Messages by kind of conversation, country of the sender and day."""
    kinds = {row["conversation_id"]: row["conversation_type"] for row in truth.lake.latest("conversations")}
    sent = [
        row
        | {
            "conversation_type": kinds[row["conversation_id"]],
            "geography_id": residence(truth, row["sender_user_id"], row["sent_at"]),
            "sent_date": row["sent_at"].date(),
        }
        for row in truth.lake.latest("messages")
    ]
    found = []
    for (kind, geography, day), group in grouped(sent, "conversation_type", "geography_id", "sent_date").items():
        own = [row for row in group if not row["is_system_message"]]
        shapes = [row["message_type"] for row in group]
        found.append(
            {
                "conversation_type": kind,
                "geography_id": geography,
                "sent_date": day,
                "messages": len(own),
                "system_messages": len(group) - len(own),
                "senders": len({row["sender_user_id"] for row in own}),
                "conversations": len({row["conversation_id"] for row in group}),
                "shared_tracks": shapes.count("track_share"),
                "shared_playlists": shapes.count("playlist_share"),
                "replies": sum(row["reply_to_message_id"] is not None for row in group),
                "read_messages": sum(row["read_count"] > 0 for row in group),
                "deleted_messages": sum(row["deleted_at"] is not None for row in group),
            }
        )
    return found


def notifications_daily(truth: Truth) -> list[Row]:
    """Notifications by type, country of the recipient and day, and how soon they were read."""
    made = [
        row
        | {
            "geography_id": residence(truth, row["recipient_user_id"], row["created_at"]),
            "created_date": row["created_at"].date(),
        }
        for row in truth.lake.latest("notifications")
    ]
    found = []
    for (kind, geography, day), group in grouped(made, "notification_type", "geography_id", "created_date").items():
        taken = sorted(milliseconds(row["created_at"], row["read_at"]) for row in group if row["is_read"])
        found.append(
            {
                "notification_type": kind,
                "geography_id": geography,
                "created_date": day,
                "notifications": len(group),
                "pushed": sum(row["is_pushed"] for row in group),
                "read_notifications": len(taken),
                "recipients": len({row["recipient_user_id"] for row in group}),
                "read_share": ratio(len(taken), len(group)),
                "read_p50_ms": nearest_rank(taken, 50) if taken else None,
                "read_p95_ms": nearest_rank(taken, 95) if taken else None,
            }
        )
    return found
