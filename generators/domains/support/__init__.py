"""Customer support: agents, tickets and their steps."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from generators.core.calendar import midnight
from generators.core.world import World
from generators.domains.support.agents import agents_table, desk
from generators.domains.support.tickets import ticket_events_table, tickets_table

__all__ = ["day", "issued", "opening"]


def opening(world: World) -> dict[str, pa.Table]:
    """Agents, and the tickets of the weeks before the first day."""
    return _period(world, None, world.first_day)


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """Rows of one UTC day; they arrive within seconds."""
    return _period(world, arrival_day, arrival_day + timedelta(days=1))


def _period(world: World, begin: date | None, until: date) -> dict[str, pa.Table]:
    world.reach(until + timedelta(days=1))
    return {
        "support_agents": agents_table(world, begin, until),
        "support_tickets": tickets_table(world, begin, until),
        "support_ticket_events": ticket_events_table(world, begin, until),
    }


def issued(world: World, until: date) -> dict[str, int]:
    """Highest ids issued before ``until``."""
    world.reach(until)
    return {"support_agents": int(np.searchsorted(desk(world).agents.hired_at, midnight(until)))}
