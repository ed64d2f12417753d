"""Billing: plans, subscriptions and the documents and payments that follow from them."""

from datetime import date

import pyarrow as pa

from generators.core.world import World
from generators.ddl import TABLES
from generators.domains.billing.documents import period_tables
from generators.domains.billing.timeline import tier_at
from generators.domains.billing.tips import tip_tables

__all__ = ["day", "opening", "tier_at"]


def opening(world: World) -> dict[str, pa.Table]:
    """Plans, prices, all subscriptions so far, and the earlier documents that still matter."""
    return {name: table.cast(TABLES[name].lake_schema()) for name, table in period_tables(world, None).items()}


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """Rows that arrive on one UTC day."""
    tables: dict[str, pa.Table] = {}
    for part in (period_tables(world, arrival_day), tip_tables(world, arrival_day)):
        for name, table in part.items():
            rows = table.cast(TABLES[name].lake_schema())
            tables[name] = pa.concat_tables([tables[name], rows]) if name in tables else rows
    return tables
