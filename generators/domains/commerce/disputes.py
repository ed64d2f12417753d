"""Disputes of subscription charges, from the inquiry of the bank to its decision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from generators.core.calendar import DAY, HOUR, NEVER, midnight
from generators.core.changes import changes
from generators.core.columns import Columns
from generators.core.random import Floats, Ints, exponential, hash_uniform
from generators.core.tables import Coded, make_table
from generators.core.world import World
from generators.domains.billing.documents import book
from generators.domains.billing.prices import rates
from generators.domains.commerce.products import shop_rates

REASONS = ("fraudulent", "not_recognised", "duplicate", "subscription_cancelled", "product_unacceptable")
STAGES = ("inquiry", "chargeback", "representment", "arbitration")
STATUS = ("open", "won", "lost", "withdrawn")


@dataclass(frozen=True)
class Disputes(Columns):
    """Disputes in order of their opening; id is row + 1. ``NEVER`` where a stage is not reached."""

    opened_at: Ints
    attempt: Ints
    """Row of the charge in the timeline's attempts."""
    chargeback_at: Ints
    represented_at: Ints
    arbitrated_at: Ints
    closed_at: Ints
    outcome: Ints
    """Index into STATUS."""


def disputes(world: World) -> Disputes:
    """Disputes of the world's horizon."""
    return world.remember(("disputes", world.horizon), lambda: _make(world), keep=1)


def _make(world: World) -> Disputes:
    rate, seed = shop_rates(), world.seed
    tries = book(world, world.first_day).line.attempts
    user, at = tries["user"], tries["at"]
    # Charges that are refunded anyway are not disputed.
    refunded = hash_uniform(seed, "refunds.is", user, at) < rates()["refund_full"] + rates()["refund_partial"]
    able = np.flatnonzero((tries["ok"] > 0) & (at >= midnight(world.first_day)) & ~refunded)
    month = (at[able] // DAY).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    chosen = hash_uniform(seed, "disputes.is", user[able], at[able]) < rate["dispute"]
    # The first charge of each month always is, and is lost uncontested, so that the smallest data have both.
    first = np.unique(month, return_index=True)[1]
    chosen[first] = True
    row = able[chosen]
    is_lost = np.isin(np.flatnonzero(chosen), first)

    def draw(what: str) -> Floats:
        return hash_uniform(seed, f"disputes.{what}", user[row], at[row])

    opened = at[row] + DAY + (np.minimum(exponential(draw("opened"), 9.0), 80.0) * DAY).astype(np.int64)
    escalates, contested, appealed = draw("escalates") < 0.8, draw("contested") < 0.7, draw("appealed") < 0.1
    escalates, contested = escalates | is_lost, contested & ~is_lost
    charged = opened + DAY + (draw("charged") * 5 * DAY).astype(np.int64)
    represented = charged + DAY + (draw("represented") * 6 * DAY).astype(np.int64)
    arbitrated = represented + 10 * DAY + (draw("arbitrated") * 20 * DAY).astype(np.int64)
    charged = np.where(escalates, charged, NEVER)
    represented = np.where(escalates & contested, represented, NEVER)
    arbitrated = np.where(escalates & contested & appealed, arbitrated, NEVER)
    last = np.where(arbitrated < NEVER, arbitrated, np.where(represented < NEVER, represented, opened + 6 * DAY))
    closed = (
        np.maximum(last, np.where(charged < NEVER, charged, 0)) + 2 * DAY + (draw("closed") * 15 * DAY).astype(np.int64)
    )
    luck = draw("outcome")
    # What is not contested is lost, unless the payer takes it back.
    outcome = np.where((luck < rate["dispute_withdrawn"]) & ~is_lost, 3, 2)
    wins = (represented < NEVER) & (luck > 1 - rate["dispute_won"] / (0.8 * 0.7))
    outcome = np.where(wins, 1, outcome)
    order = np.lexsort((row, opened))
    order = order[opened[order] < midnight(world.horizon)]
    return Disputes(
        opened_at=opened[order],
        attempt=row[order],
        chargeback_at=charged[order],
        represented_at=represented[order],
        arbitrated_at=arbitrated[order],
        closed_at=closed[order],
        outcome=outcome[order],
    )


def dispute_status(d: Disputes, row: Ints, at: Ints) -> Ints:
    """Status of disputes at instants, as an index into STATUS."""
    return np.where(d.closed_at[row] <= at, d.outcome[row], 0)


def disputes_table(world: World, begin: date | None, until: date) -> pa.Table:
    """Disputes with their stages."""
    d, of = disputes(world), book(world, world.first_day)
    instants = [d.opened_at, d.chargeback_at, d.represented_at, d.arbitrated_at, d.closed_at]
    found = changes(world, "disputes", lambda: instants, begin, until)
    row, at = found.row, found.at
    attempt = d.attempt[row]
    stage = np.where(d.chargeback_at[row] <= at, 1, 0)
    stage = np.where(d.represented_at[row] <= at, 2, stage)
    stage = np.where(d.arbitrated_at[row] <= at, 3, stage)
    tries = of.line.attempts
    user = tries["user"][attempt]
    country = of.line.invoices["country"][tries["invoice"][attempt]]
    reason = hash_uniform(world.seed, "disputes.reason", user, tries["at"][attempt])
    return make_table(
        "disputes",
        {
            "dispute_id": row + 1,
            "transaction_id": of.transaction_id[attempt],
            "user_id": user + 1,
            "reason": Coded(np.searchsorted(np.array([0.4, 0.68, 0.76, 0.92]), reason), REASONS),
            "stage": Coded(stage, STAGES),
            "status": Coded(dispute_status(d, row, at), STATUS),
            "amount_minor": of.amount[attempt],
            "currency_code": Coded(country, [c["currency"] for c in world.ref.countries]),
            "opened_at": d.opened_at[row],
            "evidence_due_at": d.opened_at[row] + 20 * DAY - HOUR,
            "closed_at": np.where(d.closed_at[row] <= at, d.closed_at[row], NEVER),
            **found.metadata,
        },
    )


def issued_disputes(world: World, until: date) -> int:
    """Highest dispute id issued before ``until``."""
    return int(np.searchsorted(disputes(world).opened_at, midnight(until)))
