"""`dbt source freshness` tells of a feed that fell silent while the data went on, whatever the time of day is."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from generators.ddl import TABLES, Kind
from sonic.project.dbt import Dbt
from tests.python.warehouse.conftest import DAYS, day, environment


def states(warehouse: Any) -> dict[str, str]:
    """What is said of each source: pass, warn or error."""
    with environment({"SONIC_HOME": str(warehouse.home.root)}):
        dbt = Dbt(warehouse.home, warehouse.database.target, warehouse.database.name)
        return {node.name: node.status for node in dbt.run(["source", "freshness"])}


@contextmanager
def silence(warehouse: Any, days: int) -> Iterator[None]:
    """As many days after the last one on which nothing came."""
    later = day(DAYS) + timedelta(days=days)
    warehouse.database.execute("insert into ops.loads values (9999, %s, 'day', 0, 0, %s)", (later, later))
    try:
        yield
    finally:
        warehouse.database.execute("delete from ops.loads where load_id = 9999")


def test_silent_feeds_are_told(duckdb: Any) -> None:
    """All are fresh at the end of the last day; a daily one is late after three days, stale after sixty."""
    fresh = states(duckdb)
    assert set(fresh.values()) == {"pass"}
    no_feed = {name for name, table in TABLES.items() if name.startswith("opening_") or table.kind is Kind.SUMMARY}
    assert set(TABLES) - set(fresh) == no_feed
    with silence(duckdb, 3):
        late = states(duckdb)
    assert (late["streams"], late["payment_methods"], late["countries"]) == ("warn", "pass", "pass")
    with silence(duckdb, 60):
        stale = states(duckdb)
    assert (stale["streams"], stale["payment_methods"], stale["countries"]) == ("error", "error", "pass")
