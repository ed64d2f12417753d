"""Experiments of one seed, read out by the statistics of the definitions: does the truth lie in their intervals?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import numpy as np
from rows import truth

from generators.core.effects import effects
from generators.core.world import World
from generators.domains import experiments
from generators.domains.billing.tips import tip_tables
from generators.domains.commerce.fans import fan_subscriptions_table
from generators.domains.commerce.shop import orders_table
from generators.domains.experiments.assignment import experiment_rows, variants
from oracle.experiments import results
from tests.python.realism.worlds import FIRST

SCALE, DAYS = 1.0, 62
"""Five thousand accounts; the experiments on orders, tips and support are over by then."""
METRICS = 8
"""Treatments by metric of these experiments."""
COVERED = 0.95
PLANTED = {
    # effect: the metric that it is a factor on
    "one_tap_checkout.one_tap": "unpaid_orders",
    "shop_banner.banner": "orders_per_user",
    "tier_preview.preview": "new_support",
}


@dataclass(frozen=True)
class Interval:
    """What one seed says of one treatment and metric."""

    control: Decimal
    difference: Decimal
    low: Decimal
    high: Decimal


def read_out(seed: int, *, with_effects: bool) -> dict[str, Interval]:
    """Intervals by experiment, treatment and metric; of metrics of listening none, as no plays are made."""
    world, last = World(seed, SCALE, FIRST, with_effects), FIRST + timedelta(days=DAYS - 1)
    world.reach(last + timedelta(days=1))
    until = world.horizon
    tables = {name: table.to_pylist() for name, table in experiments._period(world, None, until).items()}
    tables["orders"] = orders_table(world, None, until).to_pylist()
    tables["fan_subscriptions"] = fan_subscriptions_table(world, None, until).to_pylist()
    days = (FIRST + timedelta(days=n) for n in range(DAYS))
    tables["tips"] = [row for day in days for row in tip_tables(world, day)["tips"].to_pylist()]
    codes = [f"{experiment_rows()[each.experiment]['code']}.{each.code}" for each in variants()]
    return {
        f"{codes[row['experiment_variant_id'] - 1]} {row['metric_code']}": Interval(
            row["control_average"], row["difference"], row["difference_low"], row["difference_high"]
        )
        for row in truth(last, **tables).of(results)
        if row["difference"] is not None
    }


def coverage(found: list[dict[str, Interval]], *, with_effects: bool) -> dict[str, list[bool]]:
    """By treatment and metric, whether the truth lies in each seed's interval.

    Where nothing is planted it is zero. Where something is, what all seeds say together: an effect on orders moves
    what is paid for them as well, by an amount that stands nowhere.
    """
    inside = {}
    for name in found[0]:
        each = [seed[name] for seed in found]
        true = Decimal(sum(one.difference for one in each)) / len(each) if with_effects else Decimal(0)
        inside[name] = [one.low <= true <= one.high for one in each]
    return inside


def allowed(intervals: int) -> float:
    """By how much the share of so many intervals that hold the truth may miss 95 %: three standard errors."""
    return float(3 * np.sqrt(COVERED * (1 - COVERED) / intervals))


def missed_by(found: list[dict[str, Interval]], effect: str, *, with_effects: bool) -> tuple[float, float]:
    """By how much the differences miss what is planted, on average over the seeds, and the standard error of that."""
    size = effects()[effect].size if with_effects else effects()[effect].neutral
    each = [seed[f"{effect} {PLANTED[effect]}"] for seed in found]
    missed = np.array([float(one.difference) - (size - 1) * float(one.control) for one in each])
    return float(missed.mean()), float(missed.std(ddof=1) / np.sqrt(len(missed)))
