"""Commerce: artists' shops, support by fans, disputes, and the history of every status."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa

from generators.core.world import World
from generators.domains.commerce.disputes import disputes_table, issued_disputes
from generators.domains.commerce.fans import fan_subscriptions_table, fan_tiers_table, issued_fans
from generators.domains.commerce.history import history_table
from generators.domains.commerce.shop import issued_shop, items_table, orders_table, products_table

__all__ = ["day", "issued", "opening"]

_MAKERS = {
    "products": products_table,
    "orders": orders_table,
    "order_items": items_table,
    "fan_tiers": fan_tiers_table,
    "fan_subscriptions": fan_subscriptions_table,
    "disputes": disputes_table,
    "status_history": history_table,
}


def opening(world: World) -> dict[str, pa.Table]:
    """Everything before the first day."""
    return {name: make(world, None, world.first_day) for name, make in _MAKERS.items()}


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """Rows of one UTC day; they arrive within seconds."""
    until = arrival_day + timedelta(days=1)
    world.reach(until)
    return {name: make(world, arrival_day, until) for name, make in _MAKERS.items()}


def issued(world: World, until: date) -> dict[str, int]:
    """Highest ids issued before ``until``, by table."""
    world.reach(until)
    return {
        **issued_shop(world, until),
        **issued_fans(world, until),
        "disputes": issued_disputes(world, until),
    }
