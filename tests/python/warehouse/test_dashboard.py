"""The dashboards hold the marts' figures, the same on each engine, in pages that need nothing from elsewhere."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from sonic.dashboard.pages import COMMON, FOLDER, OF_FILES, Page, pages
from sonic.dashboard.site import write
from sonic.warehouse.database import Database
from sonic.warehouse.lake import Lake
from tests.python.support.pages import Html, figures
from tests.python.warehouse.conftest import Warehouse

OF_THE_BUILD = ("clock", "builds", "loads", "loaded_tables")
"""Data sets that tell how a warehouse came about, which differs between those of the tests."""

# Figures once more, straight from a fact or by another mart: data set, columns that tell rows apart, column, query.
_MARKET = "(select g.country_code from marts.dim_geography as g where g.geography_id = f.payment_geography_id)"
CONTROLS: dict[str, tuple[tuple[str, ...], str, str]] = {
    "active_users": (
        ("country", "tier"),
        "dau",
        "select payment_country_code, tier, sum(dau) from marts.mart_active_users group by 1, 2",
    ),
    "arpu": (
        ("booking_month", "country", "tier"),
        "arpu_eur_micro",
        "select booking_month, payment_country_code, tier, sum(arpu_eur_micro) from marts.mart_arpu_monthly"
        " group by 1, 2, 3",
    ),
    "revenue": (
        ("booking_month", "country", "tier"),
        "recognised_eur_micro",
        f"select booking_month, {_MARKET}, tier, sum(recognised_eur_micro) from marts.fct_revenue_daily as f"
        " group by 1, 2, 3",
    ),
    "services": (
        ("booking_month", "country", "tier"),
        "recognised_eur_micro",
        "select booking_month, payment_country_code, tier, sum(recognised_eur_micro) from marts.mart_revenue_by_tier"
        " group by 1, 2, 3",
    ),
    "plays": (
        ("country", "tier"),
        "active_ms",
        f"select {_MARKET}, tier, sum(active_ms) from marts.fct_streams as f group by 1, 2",
    ),
    "top_artists": (
        ("month_start_date",),
        "qualified_streams",
        "select t.month_start_date, sum(t.qualified_streams) from marts.mart_top_artists as t"
        " where t.artist_rank <= 10 and (t.is_world or t.country_code in"
        " (select g.country_code from marts.dim_geography as g where g.is_launch_market)) group by 1",
    ),
    "mrr": (
        ("booking_month", "country", "tier"),
        "mrr_eur_micro",
        f"select booking_month, {_MARKET}, tier, sum(mrr_end_eur_micro) from marts.fct_subscription_monthly as f"
        " group by 1, 2, 3",
    ),
    "churn": (
        ("booking_month", "country"),
        "lost_customers",
        "select booking_month, payment_country_code, sum(lost_customers) from marts.mart_churn_monthly group by 1, 2",
    ),
    "movements": (
        ("booking_month", "movement_type"),
        "mrr_eur_micro",
        "select booking_month, movement_type, sum(mrr_eur_micro) from marts.fct_subscription_movements group by 1, 2",
    ),
    "cohorts": (
        ("month_start_date",),
        "active_users",
        "select month_start_date, sum(active_users) from marts.mart_cohort_retention group by 1",
    ),
    "play_hours": (
        ("country", "tier"),
        "plays",
        f"select {_MARKET}, tier, count(*) from marts.fct_streams as f group by 1, 2",
    ),
    "contexts": (
        ("country", "tier"),
        "plays",
        f"select {_MARKET}, tier, count(*) from marts.fct_streams as f group by 1, 2",
    ),
    "devices": (
        ("country", "tier"),
        "plays",
        f"select {_MARKET}, tier, count(*) from marts.fct_streams as f group by 1, 2",
    ),
    "objectives": (
        ("objective",),
        "samples",
        "select objective, sum(samples) from marts.mart_slo_monthly where month_start_date >="
        " (select min(booking_month) from marts.mart_arpu_monthly) group by 1",
    ),
    "country_plays": (
        ("country",),
        "plays",
        "select g.country_code, count(*) from marts.fct_streams as f inner join marts.dim_geography as g"
        " on f.geography_id = g.geography_id group by 1",
    ),
    "artist_bands": (
        ("month_start_date",),
        "qualified_streams",
        "select t.month_start_date, sum(t.qualified_streams) from marts.mart_top_artists as t where t.is_world"
        " or t.country_code in (select g.country_code from marts.dim_geography as g where g.is_launch_market)"
        " group by 1",
    ),
    "genres": (
        ("month_start_date", "country"),
        "weighted_streams_ppm",
        "select month_start_date, country_code, sum(weighted_streams_ppm) from marts.mart_top_genres group by 1, 2",
    ),
    "earnings": (
        ("earning_month", "country", "source"),
        "net_eur_micro",
        f"select earning_month, {_MARKET}, source, sum(net_eur_micro) from marts.mart_artist_earnings as f"
        " group by 1, 2, 3",
    ),
    "labels": (
        ("month_start_date", "label_id"),
        "qualified_streams",
        "select month_start_date, label_id, sum(qualified_streams) from marts.mart_label_dashboard group by 1, 2",
    ),
    "chart": (
        ("chart_name", "chart_rank"),
        "streams",
        "select chart_name, chart_rank, sum(streams) from marts.fct_chart_positions where chart_rank <= 10"
        " and chart_code in ('GLOBAL-SONGS', 'IN-SONGS', 'BR-SONGS', 'ID-SONGS') and week_start_date ="
        " (select max(week_start_date) from marts.fct_chart_positions) group by 1, 2",
    ),
    "impressions": (
        ("rendered_date", "country"),
        "price_eur_micro",
        f"select rendered_date, {_MARKET}, sum(price_reporting_micro) from marts.fct_impressions as f group by 1, 2",
    ),
    "ad_requests": (
        ("placement",),
        "filled",
        "select placement, sum(filled) from marts.fct_ad_requests_hourly group by 1",
    ),
    "campaigns": (
        ("booking_month",),
        "spend_reporting_micro",
        "select booking_month, sum(price_reporting_micro) from marts.fct_impressions group by 1",
    ),
    "promotions": (
        ("channel",),
        "conversions",
        "select channel, count(*) from marts.fct_conversions group by 1",
    ),
    "pools": (
        ("booking_month", "country", "tier", "right_type"),
        "allocated_micro",
        f"select booking_month, {_MARKET}, tier, right_type, sum(amount_micro) from marts.fct_royalties as f"
        " where is_booked group by 1, 2, 3, 4",
    ),
    "royalties": (
        ("booking_month", "country", "tier", "right_type"),
        "amount_micro",
        f"select booking_month, {_MARKET}, tier, right_type, sum(pool_micro) from marts.fct_royalty_pools as f"
        " group by 1, 2, 3, 4",
    ),
    "payees": (
        ("booking_month", "country", "payee_rank"),
        "amount_eur_micro",
        "select booking_month, 'all', 1, max(booked) from (select booking_month, payee_id, sum(amount_eur_micro) as"
        " booked from marts.fct_royalties where is_booked group by 1, 2) as payees group by 1",
    ),
    "payouts": (
        ("statement_month",),
        "gross_eur_micro",
        "select statement_month, sum(gross_eur_micro) from marts.fct_payouts group by 1",
    ),
    "dues": (
        ("statement_month",),
        "gross_eur_micro",
        "select statement_month, sum(gross_eur_micro) from marts.fct_royalty_statements where payee_id > 0 group by 1",
    ),
    "fraud": (
        ("rule",),
        "user_days",
        "select 'loops', count(*) from marts.mart_stream_fraud where has_loops union all"
        " select 'rapid_skips', count(*) from marts.mart_stream_fraud where has_rapid_skips union all"
        " select 'round_the_clock', count(*) from marts.mart_stream_fraud where has_round_the_clock",
    ),
    "sharing": (
        ("signs",),
        "accounts",
        "select signs, count(*) from marts.mart_account_sharing group by 1",
    ),
    "breaches": (
        ("rule",),
        "checked_rows",
        "select rule, sum(checked_rows) from marts.mart_rule_breaches group by 1",
    ),
    "payments": (
        ("country", "outcome"),
        "attempts",
        f"select {_MARKET}, outcome, count(*) from marts.fct_payment_lifecycle as f group by 1, 2",
    ),
    "experiments": (
        ("metric_code",),
        "accounts",
        "select metric_code, sum(accounts) from marts.fct_experiment_results group by 1",
    ),
    "api": (
        ("hour_date",),
        "requests",
        "select hour_date, sum(requests) from marts.fct_api_hourly group by 1",
    ),
    "incidents": (
        ("severity",),
        "outage_minutes",
        "select severity, sum(outage_minutes) from marts.fct_incidents group by 1",
    ),
    "tickets": (
        ("category",),
        "opened",
        "select category, count(*) from marts.fct_support_tickets where opened_date >="
        " (select min(booking_month) from marts.mart_arpu_monthly) group by 1",
    ),
    "trace": (
        ("currency_code",),
        "amount_minor",
        "select currency_code, sum(amount_minor) from (select currency_code, amount_minor from marts.fct_transactions"
        " where movement_type = 'charge' and amount_minor > 0"
        " order by transacted_at desc, transaction_movement_id desc limit 8) as latest group by 1",
    ),
    "quarantine": (
        ("table_name",),
        "rejected",
        "select table_name, count(*) from quarantine.quarantine group by 1",
    ),
}


@pytest.fixture(scope="module")
def site(duckdb: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dashboards of the warehouse on DuckDB."""
    return _written(duckdb.database, tmp_path_factory.mktemp("site") / "dashboard")


def _written(database: Database, folder: Path) -> Path:
    return write(database, folder, lambda *_: None).index.parent


def test_each_data_set_has_its_control() -> None:
    assert {name for page in pages() for name in page.data} - {*COMMON, *OF_THE_BUILD, *OF_FILES} == set(CONTROLS)


@pytest.mark.parametrize("name", CONTROLS)
def test_figures_are_those_of_the_marts(name: str, site: Path, duckdb: Warehouse) -> None:
    keys, column, sql = CONTROLS[name]
    shown: dict[tuple[Any, ...], float] = defaultdict(float)
    for row in figures(site / "data" / f"{name}.js"):
        if name != "payees" or (row["country"], row["payee_rank"]) == ("all", 1):
            shown[tuple(row[key] for key in keys)] += row[column] or 0
    expected = {tuple(map(_plain, row[:-1])): float(row[-1] or 0) for row in duckdb.database.query(sql)[1]}
    assert any(expected.values())
    assert {key: value for key, value in shown.items() if value} == pytest.approx(
        {key: value for key, value in expected.items() if value}, rel=1e-12
    )


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def test_each_engine_gives_the_same_site(site: Path, embedded: Warehouse, tmp_path: Path) -> None:
    """It takes the place of one that was there, of which nothing stays."""
    before = tmp_path / "dashboard"
    before.mkdir()
    for name in ("dashboard.json", "old.html"):
        (before / name).write_text("{}", encoding="utf-8")
    other = _written(embedded.database, before)
    assert [each.name for each in tmp_path.iterdir()] == ["dashboard"]
    names = {file.relative_to(site).as_posix() for file in site.rglob("*") if file.is_file()}
    assert names == {file.relative_to(other).as_posix() for file in other.rglob("*") if file.is_file()}
    differing = {name for name in names if (site / name).read_bytes() != (other / name).read_bytes()}
    # pages name their build
    allowed = {f"data/{name}.js" for name in OF_THE_BUILD} | {page.file for page in pages()} | {"dashboard.json"}
    assert differing <= allowed


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_a_page_is_whole(page: Page, site: Path) -> None:
    html = Html((site / page.file).read_text(encoding="utf-8"))
    assert html.faults == []
    names = [name for name, _ in html.elements]
    assert names.count("h1") == 1
    assert names.count("h2") == len(page.tiles)
    for name, attributes in html.elements:
        for key in ("src", "href"):
            linked = attributes.get(key, "#").partition("#")[0]
            assert linked in ("", "data:,") or (site / linked).is_file(), f"<{name} {key}={linked}>"
    told = [attributes for _, attributes in html.elements if attributes.get("role") == "img"]
    assert len(told) == sum(tile.chart != "table" for tile in page.tiles)
    assert all(attributes["aria-label"] for attributes in told)
    script = (site / "assets" / f"{page.name}.js").read_text(encoding="utf-8")
    listed = re.search(r"tiles: \{(?P<names>[^}]*)\}", script)
    assert listed
    assert {name.strip() for name in listed["names"].split(",")} == {tile.name for tile in page.tiles}
    used = set(re.findall(r'data\("(\w+)"\)', script))
    assert used <= set(page.data), "data that the page does not load"


def test_nothing_is_taken_from_elsewhere(site: Path) -> None:
    """No text of ours holds an address; Vega, whose own code knows some, is watched by the browser's test."""
    names_a_form = "http://www.w3.org/2000/svg"
    for file in site.rglob("*"):
        if file.is_file() and file.name != "vega.js":
            text = file.read_text(encoding="utf-8").replace(names_a_form, "")
            assert not re.search(r"https?://|\bfetch\(|XMLHttpRequest|@import|\burl\(", text), file


def test_each_query_is_used() -> None:
    written = {path.stem for path in (FOLDER / "queries").glob("*.sql")}
    assert written == {name for page in pages() for name in page.data} - {*OF_FILES}


def test_a_payment_is_traced_to_its_file(site: Path, lake: Lake) -> None:
    rows = figures(site / "data" / "trace.js")
    assert rows
    for row in rows:
        assert hashlib.sha256((lake.root / row["path"]).read_bytes()).hexdigest() == row["sha256"]
        listed = pq.read_table(lake.root / row["path"], columns=["transaction_id"])
        assert row["transaction_id"] in listed["transaction_id"].to_pylist()
