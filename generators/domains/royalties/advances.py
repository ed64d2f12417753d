"""Advances and recoupable costs, paid under the contracts that name an advance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from generators.core.bookings import happening
from generators.core.calendar import DAY, HOUR, midnight
from generators.core.columns import Columns
from generators.core.random import Floats, Ints, hash_uniform
from generators.core.tables import Coded, make_table
from generators.core.world import World
from generators.domains.royalties.contracts import contracts, recoupment
from generators.domains.royalties.parties import parties

TYPES = ("advance", "recording", "video", "marketing", "tour")
_COSTS = 2
"""Recoupable costs of one contract, at most."""


@dataclass(frozen=True)
class Advances(Columns):
    """Advances and costs in order of payment."""

    at: Ints
    contract: Ints
    payee: Ints
    kind: Ints
    amount: Ints


def advances(world: World) -> Advances:
    """Advances and costs of the world's horizon."""
    return world.remember(("advances", world.horizon), lambda: _make(world), keep=1)


def _make(world: World) -> Advances:
    c, who = contracts(world, world.horizon), parties(world, world.horizon)
    advance, _ = recoupment(world, c.payee, who.country[c.payee], c.kind)
    row = np.flatnonzero(advance > 0)
    parts = [(c.start[row] + HOUR, row, np.zeros(len(row), dtype=np.int64), advance[row])]
    for number in range(_COSTS):

        def draw(what: str, number: int = number) -> Floats:
            return hash_uniform(world.seed, f"advances.{what}.{number}", c.payee[row], c.kind[row])

        at = c.start[row] + (30 + draw("after") * 170).astype(np.int64) * DAY + 10 * HOUR
        amount = (advance[row] * (0.05 + 0.25 * draw("size"))).astype(np.int64)
        some = np.flatnonzero((draw("has") < 0.3) & (at < c.end[row]) & (amount > 0))
        parts.append((at[some], row[some], 1 + (draw("kind")[some] * 4).astype(np.int64), amount[some]))
    at, contract, kind, amount = (np.concatenate(part) for part in zip(*parts, strict=True))
    order = np.lexsort((kind, contract, at))
    order = order[at[order] < midnight(world.horizon)]
    contract = contract[order]
    return Advances(at=at[order], contract=contract, payee=c.payee[contract], kind=kind[order], amount=amount[order])


def advances_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Advances and costs paid in a period."""
    who, every = parties(world, until), advances(world)
    found = happening(world, "advances", every.at, begin, until)
    a = every.take(found.row)
    return make_table(
        "advances",
        {
            "advance_id": found.ids(),
            "contract_id": a.contract + 1,
            "payee_id": a.payee + 1,
            "advance_type": Coded(a.kind, TYPES),
            "amount_minor": a.amount,
            "currency_code": Coded(who.country[a.payee], [c["currency"] for c in world.ref.countries]),
            "paid_at": a.at,
            "arrived_at": found.arrived_at,
        },
    )
