"""Metrics: MetricFlow says on both engines what the definitions come to in plain Python, and what marts publish."""

from __future__ import annotations

import csv
import os
from collections import defaultdict
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from click.testing import Result
from typer.testing import CliRunner

from oracle.truth import Truth
from sonic.cli.app import app
from sonic.project.metrics import find
from sonic.project.metrics import metrics as every_metric
from sonic.warehouse.measure import Metrics
from tests.python.support.measuring import Figures, Worked, grids, told
from tests.python.warehouse.conftest import environment

WIDE = bool(os.environ.get("SONIC_METRICS"))
"""Whether all parts of the grid are asked for, not just the whole of it: `make test-metrics`."""
NEAR = Fraction(1, 10**9)
"""Of doubles and of decimals that an engine cuts."""


ENGINES = ("duckdb", "embedded")


@pytest.fixture(scope="module", params=ENGINES)
def metrics(request: pytest.FixtureRequest) -> Iterator[Metrics]:
    """The metrics of a warehouse."""
    warehouse = request.getfixturevalue(request.param)
    with warehouse.database.held():
        yield Metrics(warehouse.home, warehouse.database)


@pytest.fixture(scope="module")
def worked(truth: Truth) -> Worked:
    return Worked(truth)


def parts(dimensions: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The grid, and each part of it that is left without some of its dimensions."""
    yield dimensions
    for size in range(len(dimensions)) if WIDE else ():
        yield from combinations(dimensions, size)


def test_metrics_are_what_their_definitions_come_to(metrics: Metrics, worked: Worked) -> None:
    for (_, dimensions), names in grids().items():
        for by in parts(dimensions):
            asked = [name for name in names if find(name).apart.issubset(by)]
            if not asked:
                continue
            answer = metrics.ask(asked, by)
            for place, name in enumerate(asked):
                found = told(answer.rows, len(by), place)
                assert_near(found, worked.out(find(name), by), f"{name} by {by}", find(name).missing_is_zero)


def assert_near(found: Figures, expected: Figures, what: str, missing_is_zero: bool) -> None:
    if missing_is_zero:
        found, expected = ({group: value for group, value in of.items() if value} for of in (found, expected))
    assert expected or missing_is_zero, f"{what}: nothing to compare"
    assert found.keys() == expected.keys(), f"{what}: {sorted(map(str, found.keys() ^ expected.keys()))[:5]}"
    wrong = {
        group: (float(found[group]), float(value))
        for group, value in expected.items()
        if abs(found[group] - value) > NEAR * max(1, abs(value))
    }
    assert not wrong, f"{what}: {dict(list(wrong.items())[:5])}"


@dataclass(frozen=True)
class Published:
    """Columns of a mart that metrics have to agree with, row for row."""

    mart: str
    keys: dict[str, str]
    """Columns and what they are as groups; what a row is of all of (a roll-up) is no group."""
    columns: dict[str, str]
    """Metrics and their columns."""
    where: str = "true"
    scale: Fraction = Fraction(1)
    """A unit of the column in those of the metric."""
    half: Fraction = Fraction(1, 2 * 10**6)
    """Half of the last place that the mart keeps, in units of the metric."""


def same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


CELL = {"payment_geography_id": "payment_geography", "tier": "tier"}
MONTHLY = {"booking_month": "month", **CELL}
OBJECTIVE = {"month_start_date": "month", "objective": "objective"}
MICRO = Fraction(1, 10**6)
PUBLISHED = [
    Published("mart_active_users", {"date_day": "day", **CELL}, same("dau", "wau", "mau", "average_dau", "stickiness")),
    Published(
        "mart_churn_monthly",
        MONTHLY,
        same(
            "average_customers", "won_customers", "lost_customers", "lost_voluntary", "lost_involuntary",
            "customer_churn_rate", "voluntary_churn_rate", "involuntary_churn_rate", "gross_revenue_churn_rate",
            "net_revenue_churn_rate",
        ),
    ),
    Published(
        "mart_churn_monthly",
        MONTHLY,
        {name: f"{name}_eur_micro" for name in ("start_mrr", "churned_mrr", "contracted_mrr", "regained_mrr")},
        scale=MICRO,
    ),
    Published(
        "mart_arpu_monthly", MONTHLY, {"arpu": "arpu_eur_micro"}, "is_all_tiers", MICRO
    ),
    Published(
        "mart_arpu_monthly", MONTHLY, {"tier_arpu": "arpu_eur_micro"}, "not is_all_tiers", MICRO
    ),
    Published(
        "mart_revenue_by_tier",
        MONTHLY,
        {
            "subscription_revenue": "subscription_eur_micro", "advertising_revenue": "advertising_eur_micro",
            "commission_revenue": "commission_eur_micro", "recognised_revenue": "recognised_eur_micro",
            "processing_fees": "fee_eur_micro", "net_revenue": "net_revenue_eur_micro", "gmv": "gmv_eur_micro",
        },
        scale=MICRO,
    ),
    Published("mart_slo_monthly", OBJECTIVE, same("error_budget_left")),
    Published(
        "mart_slo_monthly", OBJECTIVE, {"slo_good_share": "measured"},
        "kind = 'share'",
    ),
    Published(
        "mart_slo_monthly", OBJECTIVE, {"slo_hourly_rate": "measured"},
        "kind = 'rate'",
    ),
    Published(
        "mart_slo_monthly", {"month_start_date": "month"}, {"playback_uptime": "measured"},
        "objective = 'playback_uptime'",
    ),
    Published(
        "mart_advertiser_performance",
        {"booking_month": "month", "campaign_id": "campaign"},
        same("effective_cpm", "click_through_rate", "viewable_rate"),
    ),
    Published(
        "fct_promotion_daily",
        {"activity_date": "day", "promotion_id": "promotion", "channel": "channel"},
        {"promotion_roi": "return_on_investment"},
    ),
]  # fmt: skip


@pytest.mark.parametrize("metrics", ENGINES if WIDE else ENGINES[:1], indirect=True)
@pytest.mark.parametrize("published", PUBLISHED, ids=lambda each: f"{each.mart}-{next(iter(each.columns))}")
def test_metrics_are_what_marts_publish(metrics: Metrics, published: Published) -> None:
    columns, rows = metrics.database.query(f"select * from marts.{published.mart} where {published.where}")
    levels: dict[tuple[str, ...], dict[Hashable, dict[str, Any]]] = defaultdict(dict)
    for row in (dict(zip(columns, values, strict=True)) for values in rows):
        rolled_up = {name for name, flag in ROLL_UPS.items() if row.get(flag)}
        keys = {column: group for column, group in published.keys.items() if column not in rolled_up}
        levels[tuple(keys.values())][tuple(row[column] for column in keys)] = row
    assert levels
    for by, expected in levels.items():
        answer = metrics.ask(list(published.columns), by)
        for place, (name, column) in enumerate(published.columns.items()):
            found = told(answer.rows, len(by), place)
            given = {
                key: Fraction(row[column]) * published.scale for key, row in expected.items() if row[column] is not None
            }
            assert given and not {key for key in found.keys() ^ given.keys() if found.get(key) or given.get(key)}, name
            wrong = {
                key: (float(found[key]), float(value))
                for key, value in given.items()
                if key in found and abs(found[key] - value) > published.half + NEAR
            }
            assert not wrong, f"{name} by {by}: {dict(list(wrong.items())[:5])}"


ROLL_UPS = {"payment_geography_id": "is_all_countries", "tier": "is_all_tiers"}


def test_the_walk_of_mrr_closes(metrics: Metrics) -> None:
    """In each country: what a month starts from is what the month before ended with, and the movements lead on."""
    movements = [f"{kind}_mrr" for kind in ("new", "expansion", "reactivation", "contraction", "churn", "fx")]
    answer = metrics.ask(["opening_mrr", *movements, "mrr"], ["country", "month"])
    before: dict[str, Any] = {}
    assert len(answer.rows) > len({row[0] for row in answer.rows}) > 1
    for country, _, opening, *moved, end in answer.rows:
        assert opening == before.get(country, opening)
        assert opening + sum(moved) == end
        before[country] = end


def test_the_command_line_asks(duckdb: Any) -> None:
    metrics = Metrics(duckdb.home, duckdb.database)
    answer = metrics.ask(["mrr", "lost_customers"], ["month", "country"], ["tier=pro"])
    printed = commanded(duckdb, "mrr", "lost-customers", "--by", "month,country", "--where", "tier=pro", "--csv")
    assert list(csv.reader(printed.output.splitlines())) == [
        answer.columns, *([str("" if value is None else value) for value in row] for row in answer.rows)
    ]  # fmt: skip
    assert answer.rows and answer.rows != metrics.ask(["mrr", "lost_customers"], ["month", "country"]).rows
    shown = commanded(duckdb, "skip_rate", "--since", "2026-02-01", "--until", "2026-02-28").output
    (of_february,) = metrics.ask(["skip_rate"], ["month"], since=date(2026, 2, 1), until=date(2026, 2, 28)).rows
    assert f"{of_february[1] * 100:.2f}" in shown and "Skip rate (%)" in shown and "Share. Skips of plays." in shown
    assert "2026-02-01" in shown and "2026-01-01" not in shown
    assert 'from "' in commanded(duckdb, "mau", "--sql").output.lower()
    assert all(name in commanded(duckdb).output for name in every_metric())


def test_what_is_known_of_all_tiers_is_answered_by_what_is_known_of_each(duckdb: Any) -> None:
    metrics = Metrics(duckdb.home, duckdb.database)
    answer = metrics.ask(["arpu", "mau"], ["month", "tier"])
    assert answer.columns == ["metric_time__month", "tier", "tier_arpu", "mau"]
    assert {row[1] for row in answer.rows if row[2] is not None} == {"free", "prime", "pro"}
    assert [(row[0], row[2]) for row in answer.rows if row[1] == "pro"] == metrics.ask(
        ["arpu"], ["month"], ["tier=pro"]
    ).rows
    assert metrics.ask(["arpu"], ["month"]).columns == ["metric_time__month", "arpu"]


@pytest.mark.parametrize(
    ("asked", "told_of"),
    [
        (["arpus"], "Did you mean arpu"),
        (["mau", "--by", "colour"], "payment_geography__country"),
        (["streams", "--by", "country"], "geography__country or payment_geography__country"),
        (["mrr", "--by", "week"], "known by month alone"),
        (["mau", "--where", "tier>free"], "no condition"),
        (["mau", "fill_rate", "--by", "tier"], "There is no 'tier'"),
        (["tier_arpu"], "tier_arpu: known of each tier by itself"),
        (["arpu", "--where", "tier!=free"], "Ask it by tier (--by month,tier)"),
    ],
)
def test_what_cannot_be_asked_is_told(duckdb: Any, asked: list[str], told_of: str) -> None:
    refused = commanded(duckdb, *asked)
    assert refused.exit_code == 2
    assert told_of in " ".join(refused.output.replace("│", " ").split())


def commanded(warehouse: Any, *arguments: str) -> Result:
    """What `sonic metric` says of a DuckDB warehouse."""
    with environment({"SONIC_HOME": str(warehouse.home.root), "SONIC_DATABASE": warehouse.database.name}):
        return CliRunner().invoke(app, ["metric", *arguments, "--target", "duckdb"])
