"""What plans and families allow is kept, but for the breaches that are planted; the check knows the rows alone."""

from datetime import timedelta

import duckdb
import pyarrow.parquet as pq
import pytest

from generators.core.world import World
from generators.planted import planted_folder
from tests.python.generators.tables_in_duckdb import DAYS, FIRST, clean_database, clean_day, world
from tests.python.generators.tier_rules import RULES, Rows, breaches, broken, listed, rows_of, tables_of


@pytest.fixture(scope="module", params=["seed 42", "seed 7"])
def found_and_planted(request: pytest.FixtureRequest) -> tuple[dict[str, Rows], dict[str, Rows]]:
    """Breaches in clean rows of one seed and of another, and what was planted in them."""
    if request.param == "seed 42":
        database: duckdb.DuckDBPyConnection = request.getfixturevalue("clean_tables")
        planted = pq.read_table(planted_folder(request.getfixturevalue("clean_lake")))
        return broken(database, "all_subscriptions"), rows_of(planted)
    days = [(FIRST + timedelta(days=number - 1), clean_day(number)) for number in range(DAYS + 1)]
    planted_rows = listed(world(), days)
    # The larger of the two data sets has some of each.
    assert min(len(rows) for rows in planted_rows.values()) > 0
    return broken(clean_database(), "subscriptions_all"), planted_rows


@pytest.mark.parametrize("rule", RULES)
def test_the_breaches_are_those_planted(found_and_planted: tuple[dict[str, Rows], dict[str, Rows]], rule: str) -> None:
    found, planted = found_and_planted
    assert found[rule] == planted[rule]


def test_no_rule_is_broken_without_effects() -> None:
    days = tables_of(World(seed=7, scale=0.05, first_day=FIRST, effects=False), 20)
    assert sum(tables["streams"].num_rows for _, tables in days[1:]) > 5_000
    assert breaches(days) == {rule: set() for rule in RULES}
