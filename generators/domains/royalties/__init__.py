"""Royalties: payees, works, contracts, rates, splits and the methods of the pools, as change rows."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa

from generators.core.world import World
from generators.domains.royalties.advances import advances_table
from generators.domains.royalties.contracts import contracts_table, issued_contracts, methods_table, rates_table
from generators.domains.royalties.parties import issued_payees, payees_table
from generators.domains.royalties.payouts import issued_payouts, payouts_table
from generators.domains.royalties.splits import issued_splits, splits_table
from generators.domains.royalties.works import issued_works, song_works_table, works_table

__all__ = ["day", "issued", "opening"]

_MAKERS = {
    "payees": payees_table,
    "works": works_table,
    "song_works": song_works_table,
    "rights_contracts": contracts_table,
    "royalty_rates": rates_table,
    "revenue_splits": splits_table,
    "allocation_methods": methods_table,
    "advances": advances_table,
    "payouts": payouts_table,
}


def opening(world: World) -> dict[str, pa.Table]:
    """Everything before the first day."""
    return _period(world, None, world.first_day)


def day(world: World, arrival_day: date) -> dict[str, pa.Table]:
    """Change rows of one UTC day; they arrive within seconds."""
    return _period(world, arrival_day, arrival_day + timedelta(days=1))


def _period(world: World, begin: date | None, until: date) -> dict[str, pa.Table]:
    return {name: make(world, begin, until) for name, make in _MAKERS.items()}


def issued(world: World, until: date) -> dict[str, int]:
    """Highest ids issued before ``until``, by table."""
    return {
        "payees": issued_payees(world, until),
        "works": issued_works(world, until),
        **issued_contracts(world, until),
        "revenue_splits": issued_splits(world, until),
        "payouts": issued_payouts(world, until),
    }
