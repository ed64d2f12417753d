"""What was planted in experiments is found, and nothing is found where nothing was planted."""

from decimal import Decimal
from typing import Any

import pytest

from generators.core.effects import effects

PLANTED = {
    # effect planted: the metric that it moves
    "one_tap_checkout.one_tap": "unpaid_orders",
    "shop_banner.banner": "orders_per_user",
    "tier_preview.preview": "new_support",
}
NOTHING = ("one_tap_checkout.summary", "home_layout.large")
"""Variants that change nothing."""


@pytest.fixture(scope="module")
def read_out(duckdb: Any) -> dict[tuple[str, str], dict[str, Any]]:
    """Results by experiment and variant, and metric."""
    columns, rows = duckdb.database.query(
        "select experiment_code || '.' || variant_code as variant, results.*"
        " from marts.fct_experiment_results as results join marts.dim_experiment_variant using (experiment_variant_id)"
    )
    named = [dict(zip(columns, row, strict=True)) for row in rows]
    return {(row["variant"], row["metric_code"]): row for row in named}


@pytest.mark.parametrize(("variant", "metric"), PLANTED.items())
def test_planted_effects_lie_in_their_intervals(read_out: Any, variant: str, metric: str) -> None:
    """An effect is a factor on what the control does."""
    found = read_out[variant, metric]
    expected = (Decimal(str(effects()[variant].size)) - 1) * found["control_average"]
    assert found["difference_low"] <= expected <= found["difference_high"], found


def test_what_changes_nothing_is_not_found_to(read_out: Any) -> None:
    told = [row for (variant, _), row in read_out.items() if variant in NOTHING]
    assert len(told) == 4
    assert {row["verdict"] for row in told} == {"no difference"}, told
