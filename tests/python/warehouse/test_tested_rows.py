"""A daily build's tests see what is wrong in the rows that came, a build that tests all what is wrong in any (109)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from dbt.clients.jinja import MacroGenerator

from sonic.project.dbt import Dbt
from sonic.warehouse.build import TEST_ALL_DAYS, last_tested_load
from sonic.warehouse.postgres import Postgres
from sonic.warehouse.targets import open_database
from tests.python.warehouse.conftest import Warehouse, environment

COPY = "tested_rows"
SPOILT = {
    "not_null_columns_fct_listening_daily": "update marts.fct_listening_daily set is_active = null where {row}",
    "fct_streams_keys": "update marts.fct_streams set device_id = 7 where {row}",
    "dbt_utils_expression_is_true_fct_streams": "update marts.fct_streams set is_qualified = true, is_artificial = true"
    " where {row}",
    "primary_key_fct_searches": "update marts.fct_searches set search_query_id = null where {row}",
    "conserved_fct_recommendations": "delete from marts.fct_recommendations where {row}",
    "conserved_fct_service_health_hourly": "delete from marts.fct_service_health_hourly where {row}",
    "plays_have_the_version_of_their_instant": "update marts.fct_streams set artist_key = 7 where {row}",
    "active_users_stand_in_one_cell": "update marts.mart_active_users set dau = dau + 1 where is_all_countries"
    " and is_all_tiers and date_day = (select date_day from marts.mart_active_users group by date_day"
    " having bool_or({rows}) order by bool_and({rows}) desc, date_day in (select local_date"
    " from marts.fct_listening_daily where not ({rows})), date_day limit 1)",
    "transactions_are_complete": "delete from marts.fct_transactions where {row}",
    "primary_key_stg_billing__tips": "create or replace view staging.stg_billing__tips as {view}"
    " union all (select * from ({view}) as twice where {rows} limit 1)",
}
"""What spoils one row, by the beginning of the name of the test that is to see it."""
MONTHLY = {
    "int_device_listening_keeps_all_plays": "update intermediate.int_device_listening set plays = plays + 1"
    " where {row}",
}
"""The same of tables by month, of which a touched one is compared whole, with its old rows."""
MODELS = (
    ("stg_billing__tips",),
    ("fct_streams", "fct_searches", "fct_service_health_hourly"),
    ("fct_listening_daily", "fct_recommendations", "int_device_listening", "mart_active_users", "fct_transactions"),
)
"""Those that are tested together read nothing of one another: dbt does not test what reads a model that failed."""
CALLS = 200
"""Calls of a macro that one node may make: a few for each raw table."""


@pytest.fixture
def copy(embedded: Warehouse) -> Iterator[Postgres]:
    """A copy of the built warehouse."""
    original = embedded.database
    assert isinstance(original, Postgres)
    with environment({"SONIC_HOME": str(embedded.home.root)}):
        with original.connect("postgres") as connection:
            connection.execute(f'create database "{COPY}" template "{original.name}"'.encode())
        database = open_database(embedded.home, "embedded", COPY)
        assert isinstance(database, Postgres)
        yield database
        with original.connect("postgres") as connection:
            connection.execute(f'drop database "{COPY}" with (force)'.encode())


def spoil(database: Postgres, rows: str, spoilt: Mapping[str, str] = SPOILT) -> None:
    """Spoils one row of each kind among those of a condition on their load."""
    for statement in spoilt.values():
        view = ""
        if "{view}" in statement:
            view = database.value("select rtrim(pg_get_viewdef('staging.stg_billing__tips'::regclass), ';')")
        table = statement.split(" set ")[0].split(" where ")[0].split()[-1]
        row = f"ctid = (select ctid from {table} where {rows} limit 1)"
        database.execute(statement.format(row=row, rows=rows, view=view).replace("%", "%%"))


def seen(warehouse: Warehouse, database: Postgres, tested_load_id: int | None) -> set[str]:
    """Which of the planted faults tests see that judge what came after a load, or all."""
    dbt = Dbt(warehouse.home, database.target, database.name, tested_load_id)
    nodes = [node for names in MODELS for node in dbt.run(["build", "--select", *names, "--resource-type", "test"])]
    failed = [node.name for node in nodes if node.failed]
    assert not [node.message for node in nodes if node.status == "error"]
    return {name for name in SPOILT | MONTHLY if any(each.startswith(name) for each in failed)}


def test_a_daily_build_sees_what_is_wrong_in_new_rows(embedded: Warehouse, copy: Postgres) -> None:
    """Tests of rows see each fault in a row that the last build brought, and pass when there is none."""
    tested = copy.value("select tested_load_id from ops.builds order by build_id desc limit 1")
    assert tested is not None, "the last build tested all rows"
    assert seen(embedded, copy, tested) == set()
    spoil(copy, f"load_id > {tested}", SPOILT | MONTHLY)
    assert seen(embedded, copy, tested) == set(SPOILT | MONTHLY)


def test_a_build_that_tests_all_sees_what_is_wrong_in_old_rows(embedded: Warehouse, copy: Postgres) -> None:
    """They do not look at what was tested before; without a load up to which that was so they look at all."""
    tested = copy.value("select tested_load_id from ops.builds order by build_id desc limit 1")
    spoil(copy, f"load_id <= {tested}")
    assert seen(embedded, copy, tested) == set()
    # also what compares months, as one of the plays has become artificial
    assert seen(embedded, copy, None) == set(SPOILT | MONTHLY)


def test_what_changes_at_closes_is_tested_when_a_month_has_closed(embedded: Warehouse, copy: Postgres) -> None:
    """January closes with the second build: a build after the first sees what is wrong in its entries."""
    loads = copy.query("select last_load_id from ops.builds order by build_id")[1]
    before, after = loads[0][0], loads[1][0]
    spoiling = "update marts.fct_royalties set {set} where ctid = (select min(ctid) from marts.fct_royalties)"
    copy.execute(spoiling.format(set="royalty_key = null"))
    copy.execute(spoiling.format(set="amount_micro = amount_micro + 1"))
    faults = {"primary_key_fct_royalties_royalty_key", "fct_royalties_add_up_to_the_pools"}
    for tested, expected in ((before, faults), (after, set()), (None, faults)):
        dbt = Dbt(embedded.home, copy.target, copy.name, tested)
        nodes = dbt.run(["build", "--select", *faults])
        assert len(nodes) == len(faults)
        assert {node.name for node in nodes if node.failed} == expected, tested


def test_of_what_is_written_for_open_months_these_are_tested(embedded: Warehouse, copy: Postgres) -> None:
    """A fault in an open month is seen each day, one in a month that had closed by tests of all rows."""
    tested = copy.value("select tested_load_id from ops.builds order by build_id desc limit 1")
    faults = {"dbt_utils_expression_is_true_fct_revenue_daily", "fct_payer_revenue_monthly_is_all_that_feeds_pools"}
    spoiling = "update marts.fct_revenue_daily set recognised_micro = recognised_micro {sign} 1 where ctid = '{row}'"
    for month, since, expected in (
        ("not is_closed", tested, faults),
        ("is_closed", tested, set()),
        ("is_closed", None, faults),
    ):
        row = copy.value(
            f"select min(ctid)::text from marts.fct_revenue_daily where service = 'subscription' and {month}"
        )
        copy.execute(spoiling.format(sign="+", row=row))
        nodes = Dbt(embedded.home, copy.target, copy.name, since).run(
            ["build", "--select", "fct_revenue_daily", "--resource-type", "test"]
        )
        assert not [node.message for node in nodes if node.status == "error"]
        failed = {name for name in faults if any(node.failed and node.name.startswith(name) for node in nodes)}
        assert failed == expected, (month, since)
        row = copy.value(
            "select ctid::text from marts.fct_revenue_daily where net_revenue_micro <> recognised_micro - fee_micro"
        )
        copy.execute(spoiling.format(sign="-", row=row))


def test_all_rows_are_tested_again_when_earlier_tests_do_not_hold(copy: Postgres) -> None:
    """Old rows are spared after a good build of the same project and earlier loads, with no purge since, for a week."""
    assert last_tested_load(copy) is None, "nothing new is loaded"
    last = copy.value("select max(load_id) from ops.loads")
    day = "insert into ops.loads select max(load_id) + 1, max(arrival_date) + %s, 'day', 0, 0, now() from ops.loads"
    whole = copy.value("select max(data_date) from ops.builds where tested_load_id is null and status = 'good'")
    latest = copy.value("select max(arrival_date) from ops.loads")
    copy.execute(day, (1,))
    assert last_tested_load(copy) == last
    for spoilt, mended in (
        ("update ops.builds set status = 'failed' where build_id = (select max(build_id) from ops.builds)",
         "update ops.builds set status = 'good'"),
        ("update ops.builds set project = 'another'", "update ops.builds set project = (select project from kept)"),
        ("insert into ops.purges values (1, now(), current_date, now(), 0, 0)", "delete from ops.purges"),
    ):  # fmt: skip
        copy.execute("create table kept as select project from ops.builds order by build_id desc limit 1")
        copy.execute(spoilt)
        assert last_tested_load(copy) is None, spoilt
        copy.execute(mended)
        copy.execute("drop table kept")
        assert last_tested_load(copy) == last
    copy.execute("delete from ops.loads where load_id = (select max(load_id) from ops.loads)")
    copy.execute(day, (TEST_ALL_DAYS - (latest - whole).days,))
    assert last_tested_load(copy) is None, "a week is over"


def test_no_macro_is_called_again_and_again_for_a_node(
    embedded: Warehouse, copy: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a node asks of all raw tables it asks once: for each of them, a day's build took twice as long."""
    calls: Counter[tuple[str, str]] = Counter()
    usual: Any = MacroGenerator.__call__

    def counted(macro: Any, *positional: Any, **named: Any) -> Any:
        # what dbt asks beside its nodes is of none
        if macro.node is not None:
            calls[macro.node.name, macro.get_name()] += 1
        return usual(macro, *positional, **named)

    monkeypatch.setattr(MacroGenerator, "__call__", counted)
    tested = copy.value("select tested_load_id from ops.builds order by build_id desc limit 1")
    dbt = Dbt(embedded.home, copy.target, copy.name, tested)
    dbt.run(["build", "--select", "fct_streams", "stg_billing__tips", "--resource-type", "test"])
    incremental = ("config.materialized:incremental", "--exclude", "resource_type:test", "resource_type:unit_test")
    dbt.run(["compile", "--select", *incremental])
    assert {macro for _, macro in calls} >= {"came_since_tested", "and_id_arrived", "is_incremental"}
    assert [(count, *which) for which, count in calls.most_common(10) if count > CALLS] == []
