"""The same rows, however the lake came in and whichever engine built the marts."""

from typing import Any

import marts

from sonic.project.marts import marts as described
from sonic.verify.agreement import agree


def assert_same(one: Any, other: Any, *schemas: str) -> None:
    """All tables of some schemas hold the same rows in both warehouses."""
    for schema in schemas:
        names = marts.tables(one.database, schema)
        assert names, f"schema {schema} is empty"
        assert names == marts.tables(other.database, schema)
        found = [marts.difference(one.database, other.database, name, schema) for name in names]
        assert not any(found), "\n".join(filter(None, found))


def test_incremental_equals_full_on_an_external_server(embedded: Any, external: Any) -> None:
    """A base and daily builds on the embedded server equal one full build on a server reached by its address."""
    assert external.database.value("select count(*) from ops.builds") == 1
    assert embedded.database.value("select count(*) from ops.builds where status = 'good'") == 3
    assert_same(embedded, external, "marts", "quarantine")


def test_duckdb_equals_postgres(embedded: Any, duckdb: Any) -> None:
    """DuckDB on the lake's files builds the same marts as PostgreSQL, and `sonic verify engines` compares all."""
    assert_same(embedded, duckdb, "quarantine")
    assert marts.tables(embedded.database) == marts.tables(duckdb.database)
    verdicts = list(agree(embedded.database, duckdb.database))
    assert [verdict.mart for verdict in verdicts] == list(described()) == marts.tables(embedded.database)
    assert not [f"{verdict.mart}: {verdict.differences[:3]}" for verdict in verdicts if verdict.differences]
