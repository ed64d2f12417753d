"""Artists and their fans: posts, communities with forums, conversations and placements."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from generators.core.calendar import midnight
from generators.core.world import World
from generators.domains.community.conversations import circles, conversations_table, members_table
from generators.domains.community.featured import featured_table, placements
from generators.domains.community.memberships import (
    communities,
    communities_table,
    forums,
    forums_table,
    memberships,
    memberships_table,
)
from generators.domains.community.messages import messages_table
from generators.domains.community.posts import forum_posts_table, posts_table

__all__ = ["day", "issued", "opening"]

_LASTING = {
    "communities": communities_table,
    "community_subscriptions": memberships_table,
    "forums": forums_table,
    "featured_items": featured_table,
    "conversations": conversations_table,
    "conversation_members": members_table,
}
_DAILY = {
    "posts": posts_table,
    "forum_posts": forum_posts_table,
    "messages": messages_table,
}


def opening(world: World) -> dict[str, pa.Table]:
    """Communities, conversations and placements from before the first day; nothing that was written in them."""
    return {name: make(world, None, world.first_day) for name, make in _LASTING.items()}


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """Rows of one UTC day; they arrive within seconds."""
    until = arrival_day + timedelta(days=1)
    world.reach(until + timedelta(days=1))
    lasting = {name: make(world, arrival_day, until) for name, make in _LASTING.items()}
    return lasting | {name: make(world, arrival_day) for name, make in _DAILY.items()}


def issued(world: World, until: date) -> dict[str, int]:
    """Highest ids issued before ``until``, of the tables whose ids are numbered from 1."""
    world.reach(until)
    created = {
        "communities": communities(world).founded_at,
        "community_subscriptions": memberships(world)[0].started_at,
        "forums": forums(world)[2],
        "featured_items": placements(world).booked_at,
        "conversations": circles(world).conversations.created_at,
        "conversation_members": circles(world).members.joined_at,
    }
    return {name: int(np.searchsorted(at, midnight(until))) for name, at in created.items()}
