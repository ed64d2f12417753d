"""Moderation: reports, and the decisions of machines and moderators."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa

from generators.core.world import World
from generators.domains.moderation.actions import actions_table
from generators.domains.moderation.reports import reports_table

__all__ = ["day", "opening"]


def opening(world: World) -> dict[str, pa.Table]:
    """Reports and decisions of the weeks before the first day."""
    return _period(world, None, world.first_day)


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """Rows of one UTC day; they arrive within seconds."""
    return _period(world, arrival_day, arrival_day + timedelta(days=1))


def _period(world: World, begin: date | None, until: date) -> dict[str, pa.Table]:
    world.reach(until + timedelta(days=1))
    return {
        "content_reports": reports_table(world, begin, until),
        "moderation_actions": actions_table(world, begin, until),
    }
