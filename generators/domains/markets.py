"""Payment countries over time: an account that comes back in another launch market pays by its prices from then on.

Accounts begin with the payment country of the world; a purchase priced in another market changes it.
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from generators.core.calendar import NEVER
from generators.core.order import in_order
from generators.core.random import Ints
from generators.core.world import World
from generators.domains.billing import ledger as log
from generators.domains.billing.timeline import timeline

MarketMoves = list[tuple[Ints, Ints]]
"""First, second ... change of each account: its instant (``NEVER`` if none) and the new country row."""


def market_moves(world: World) -> MarketMoves:
    """Changes of payment country of all accounts of the world's horizon."""
    return world.remember(("market_moves", world.horizon), lambda: _find(world), keep=1)


def _find(world: World) -> MarketMoves:
    home = world.users(world.horizon).payment_country
    steps = timeline(world, world.horizon - timedelta(days=2)).events
    bought = np.flatnonzero(steps["kind"] == log.CREATED)
    bought = bought[in_order(steps["at"][bought], steps["user"][bought])]
    user, at, country = steps["user"][bought], steps["at"][bought], steps["country"][bought]
    before = np.append(-1, country[:-1])
    before[np.append(True, user[1:] != user[:-1])] = -1
    moved = np.flatnonzero(country != np.where(before < 0, home[user], before))
    user, at, country = user[moved], at[moved], country[moved]
    number = np.arange(len(user)) - np.searchsorted(user, user)
    moves: MarketMoves = []
    for n in range(int(number.max(initial=-1)) + 1):
        rows = number == n
        instants, countries = np.full(len(home), NEVER), home.copy()
        instants[user[rows]], countries[user[rows]] = at[rows], country[rows]
        moves.append((instants, countries))
    return moves


def payment_country_at(world: World, rows: Ints, instants: Ints) -> Ints:
    """Payment country of some accounts (row indexes) at instants."""
    country = world.users(world.horizon).payment_country[rows]
    for at, moved in market_moves(world):
        country = np.where(at[rows] <= instants, moved[rows], country)
    return country
