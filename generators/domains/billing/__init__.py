"""Billing: plans, subscriptions and the documents and payments that follow from them."""

from datetime import date

import pyarrow as pa

from generators.core.tables import one_after_another
from generators.core.world import World
from generators.domains.billing.documents import issued_ids, period_tables
from generators.domains.billing.timeline import tier_at
from generators.domains.billing.tips import tip_tables

__all__ = ["day", "issued", "opening", "tier_at"]


def opening(world: World) -> dict[str, pa.Table]:
    """Plans, prices, all subscriptions so far, and the earlier documents that still matter."""
    return period_tables(world, None)


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """Rows that arrive on one UTC day."""
    tables = period_tables(world, arrival_day)
    for name, rows in tip_tables(world, arrival_day).items():
        tables[name] = one_after_another(tables[name], rows) if name in tables else rows
    return tables


def issued(world: World, until: date) -> dict[str, int]:
    """Highest ids issued before ``until``, by table."""
    return issued_ids(world, until)
