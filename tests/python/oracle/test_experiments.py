"""Experiments, by hand; and the tables of statistics that SQL looks up."""

import csv
from decimal import Decimal
from math import erfc, floor, sqrt
from typing import Any

import pytest
from rows import WORLD, at, change, truth

from oracle.experiments import chi_square_tail, exposures, results
from sonic.paths import PROJECT

SEEDS = PROJECT / "seeds" / "growth"
BEGIN, END = at("2026-01-01"), at("2026-02-01")
EXPERIMENT = {"experiment_id": 5, "experiment_code": "one_tap_checkout", "starts_at": BEGIN, "ends_at": END}


def variant(number: int, code: str) -> dict[str, Any]:
    row = {"experiment_variant_id": number, "experiment_id": 5, "variant_code": code, "planned_ppm": 500_000}
    return change(row | {"is_control": code == "control"}, "2025-12-20")


def metric(number: int, code: str, statistic: str, direction: str) -> dict[str, Any]:
    row = {"experiment_metric_id": number, "experiment_id": 5, "metric_code": code, "statistic": statistic}
    return change(row | {"direction": direction, "is_primary": True, "minimum_effect_ppm": 1}, "2025-12-20")


def world(accounts: dict[int, list[tuple[int, int]]]) -> dict[str, list[dict[str, Any]]]:
    """By variant, the orders of each of its accounts that were paid and given up; each exposed on the second day."""
    tables: dict[str, list[dict[str, Any]]] = {"experiment_assignments": [], "orders": []}
    for variant_id, members in accounts.items():
        for paid, cancelled in members:
            user_id = len(tables["experiment_assignments"]) + 1
            tables["experiment_assignments"].append(
                {"experiment_assignment_id": user_id, "experiment_id": 5, "experiment_variant_id": variant_id,
                 "user_id": user_id, "first_exposed_at": at("2026-01-02"), "arrived_at": at("2026-01-02")}
            )  # fmt: skip
            for number in range(paid + cancelled):
                row = {"order_id": len(tables["orders"]) + 1, "user_id": user_id, "items_minor": 1_000,
                       "currency_code": "EUR", "created_at": at("2026-01-02"),
                       "paid_at": at("2026-01-02 01:00:00") if number < paid else None,
                       "cancelled_at": None if number < paid else at("2026-01-03")}  # fmt: skip
                tables["orders"].append(change(row, "2026-01-03"))
    return {
        **WORLD,
        **tables,
        "experiments": [change(EXPERIMENT, "2025-12-20")],
        "experiment_variants": [variant(50, "control"), variant(51, "one_tap")],
        "experiment_metrics": [
            metric(500, "unpaid_orders", "proportion", "decrease"),
            metric(501, "orders_per_user", "mean", "increase"),
        ],
    }


def test_averages_are_compared_by_their_errors() -> None:
    """Of 120 orders a side 60 and 30 are given up; 3 or 1 orders an account against 2 or 2."""
    tables = world({50: [(2, 1), (0, 1)] * 30, 51: [(1, 1), (2, 0)] * 30})
    control, treated, mean_control, mean_treated = truth(**tables).of(results)
    assert (control["verdict"], control["difference"], control["average"]) == ("control", None, Decimal("0.5"))
    # 0.25 - 0.5 with sqrt(0.25 / 120 + 0.1875 / 120) = 0.0603807...
    assert (treated["difference"], treated["z_score"]) == (Decimal("-0.25"), Decimal("4.140"))
    assert (treated["difference_low"], treated["difference_high"]) == (Decimal("-0.368344"), Decimal("-0.131656"))
    assert (treated["p_value"], treated["p_value_holm"], treated["verdict"]) == (
        Decimal("0.000035"), Decimal("0.000070"), "better",
    )  # fmt: skip
    assert (mean_control["average"], mean_treated["average"]) == (2, 2)
    assert (mean_treated["p_value"], mean_treated["verdict"]) == (1, "no difference")
    assert treated["chi_square"] == 0 and treated["is_final"]


def test_a_split_that_is_not_as_planned_blocks_the_read_out() -> None:
    """60 to 100 of 160 is 10 of chi-square, 59 to 101 is 11.025: over 10.828."""
    (_, told, *_), (_, blocked, *_) = (
        truth(**world({50: [(1, 0)] * few, 51: [(0, 1)] * (160 - few)})).of(results) for few in (60, 59)
    )
    assert (told["chi_square"], told["verdict"]) == (10, "too few")
    assert (blocked["chi_square"], blocked["verdict"], blocked["p_value"]) == (Decimal("11.025"), "blocked", None)


def test_few_observations_tell_nothing() -> None:
    (_, enough, *_), (_, few, *_) = (
        truth(**world({50: [(0, 1), (1, 0)] * 15, 51: [(0, 1), (1, 0)] * 14 + last})).of(results)
        for last in ([(1, 0), (1, 0)], [(1, 0)])
    )
    assert (enough["observations"], enough["verdict"]) == (30, "no difference")
    assert (few["observations"], few["verdict"]) == (29, "too few")


def test_an_exposure_counts_from_its_instant_to_the_end() -> None:
    tables = world({50: [(2, 1)], 51: []})
    for order, placed in zip(
        tables["orders"], ("2026-01-01 23:59:59", "2026-01-02 00:00:00", "2026-02-01 00:00:00"), strict=True
    ):
        order["created_at"] = at(placed)
    (found,) = truth(**tables).of(exposures)
    assert (found["orders"], found["paid_orders"], found["cancelled_orders"]) == (1, 1, 0)
    assert (found["order_value_micro"], found["observed_ms"]) == (10_000_000, 30 * 86_400_000)


def test_tails_of_the_normal_distribution() -> None:
    """Each row of the seed is what the standard library says, and beyond its last one nothing is left."""
    with (SEEDS / "normal_tails.csv").open(encoding="utf-8") as file:
        rows = [(int(row["z_milli"]), int(row["two_sided_ppm"])) for row in csv.DictReader(file)]
    assert [milli for milli, _ in rows] == list(range(len(rows)))
    assert all(ppm == floor(erfc(milli / 1_000 / sqrt(2)) * 1_000_000 + 0.5) for milli, ppm in rows)
    assert erfc(len(rows) / 1_000 / sqrt(2)) * 1_000_000 < 0.5
    assert dict(rows)[1_960] == 49_996


def test_limits_of_chi_square() -> None:
    """Above each limit lies the tail that the row says; some are those of printed tables."""
    with (SEEDS / "chi_square_limits.csv").open(encoding="utf-8") as file:
        limits = {
            (int(row["degrees_of_freedom"]), int(row["tail_ppm"])): int(row["limit_micro"])
            for row in csv.DictReader(file)
        }
    for (degrees, tail_ppm), limit in limits.items():
        assert chi_square_tail(limit / 1_000_000, degrees) * 1_000_000 == pytest.approx(tail_ppm, abs=0.05)
    assert [limits[degrees, 1_000] for degrees in (1, 2, 3, 5)] == [10_827_566, 13_815_511, 16_266_236, 20_515_006]
