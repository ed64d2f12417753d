"""Sonic Live: events with tickets, viewers, chat and recordings."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from generators.core.calendar import midnight
from generators.core.world import World
from generators.domains.live.events import events, events_table, venues, venues_table
from generators.domains.live.tickets import ticket_types, tickets, tickets_table, types_table
from generators.domains.live.viewers import (
    attendance_table,
    chat_table,
    most_viewers,
    recordings,
    recordings_table,
)

__all__ = ["day", "issued", "opening"]


def opening(world: World) -> dict[str, pa.Table]:
    """Venues, and events of the weeks before the first day with all that belongs to them."""
    return {"venues": venues_table(world), **_period(world, None, world.first_day)}


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """Rows of one UTC day; they arrive within seconds."""
    return _period(world, arrival_day, arrival_day + timedelta(days=1))


def _period(world: World, begin: date | None, until: date) -> dict[str, pa.Table]:
    world.reach(until + timedelta(days=1))
    return {
        "live_events": events_table(world, begin, until, most_viewers(world)),
        "live_ticket_types": types_table(world, begin, until),
        "live_tickets": tickets_table(world, begin, until),
        "live_attendance": attendance_table(world, begin, until),
        "live_chat_messages": chat_table(world, begin, until),
        "live_recordings": recordings_table(world, begin, until),
    }


def issued(world: World, until: date) -> dict[str, int]:
    """Highest ids issued before ``until``, of the tables whose ids are numbered from 1."""
    world.reach(until)
    created = {
        "live_events": events(world).created_at,
        "live_ticket_types": ticket_types(world).created_at,
        "live_tickets": tickets(world).purchased_at,
        "live_recordings": recordings(world)[1],
    }
    numbered = {name: int(np.searchsorted(at, midnight(until))) for name, at in created.items()}
    return {"venues": len(venues(world)), **numbered}
