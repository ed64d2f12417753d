"""The queries that `make bench-queries` times: thirty of each kind, and each finds something."""

from __future__ import annotations

from collections import Counter

from benchmarks.queries.__main__ import measure, percentile, queries
from sonic.warehouse.postgres import Postgres
from tests.python.warehouse.conftest import Warehouse


def test_each_query_has_an_answer(embedded: Warehouse) -> None:
    assert isinstance(embedded.database, Postgres)
    asked = queries()
    assert Counter(query.set for query in asked) == {"dashboards": 30, "adhoc": 30}
    timed = measure(embedded.database, asked, rounds=1)
    assert [each.query.name for each in timed if each.rows == 0 or len(each.times) != 1] == []


def test_percentiles_are_by_nearest_rank() -> None:
    values = [float(value) for value in range(1, 31)]
    assert (percentile(values, 0.5), percentile(values, 0.95), percentile(values, 1)) == (15, 29, 30)
