"""What a failed build says."""

from typing import cast

from sonic.paths import Home
from sonic.project.dbt import Node
from sonic.warehouse.build import _explained
from sonic.warehouse.postgres import Postgres
from sonic.warehouse.targets import open_database

COUNTED = "select 'plan_id' as column_name, 4 as null_rows union all select 'tier', 1"


def test_a_failed_test_shows_its_rows(home: Home) -> None:
    """The message of a test over many columns names those that fail; other nodes keep theirs."""
    database = cast(Postgres, open_database(home, "embedded"))
    failed = Node("not_null_columns_x", "test", "fail", "Got 2 results", "models/x.yml", COUNTED)
    explained = _explained(database, failed)
    assert explained.message == "Got 2 results | column_name=plan_id; null_rows=4 | column_name=tier; null_rows=1"
    passed = Node("not_null_columns_x", "test", "pass", "", "models/x.yml", COUNTED)
    assert _explained(database, passed) == passed
    broken = Node("not_null_columns_x", "test", "fail", "Got 2 results", "models/x.yml", "select no_such_column")
    assert _explained(database, broken) == broken
