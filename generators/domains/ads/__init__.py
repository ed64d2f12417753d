"""Advertising: who books what, and what was delivered to Free listeners."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa

from generators.core.world import World
from generators.domains.ads.campaigns import (
    advertisers_table,
    campaigns_table,
    creatives_table,
    issued_market,
    status_events_table,
    targets_table,
)
from generators.domains.ads.delivery import delivery_tables
from generators.domains.ads.invoices import invoices_table

__all__ = ["day", "issued", "opening"]

_MAKERS = {
    "advertisers": advertisers_table,
    "campaigns": campaigns_table,
    "campaign_targets": targets_table,
    "campaign_status_events": status_events_table,
    "creatives": creatives_table,
}
issued = issued_market


def opening(world: World) -> dict[str, pa.Table]:
    """What was booked before the first day; nothing delivered."""
    return {name: make(world, None, world.first_day) for name, make in _MAKERS.items()}


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """What is booked on a UTC day, and what of delivery arrives on it."""
    until = arrival_day + timedelta(days=1)
    booked = {name: make(world, arrival_day, until) for name, make in _MAKERS.items()}
    return {**booked, **delivery_tables(world, arrival_day), "ad_invoices": invoices_table(world, arrival_day)}
