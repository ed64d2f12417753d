"""The four facts by dbt, against the statements that they amount to, run by hand on the same server.

The statements are those of the models compiled, each as `create view` or `create table as` in the order of their
references: what someone would write without dbt, contracts, comments, renaming and tests. Both sides end in the same
rows, which is checked.
"""

import re
from pathlib import Path
from time import perf_counter

import psycopg

from benchmarks.figures import Figure
from sonic.paths import Home
from sonic.project.dbt import Dbt
from sonic.warehouse.generate import Recipe, generate
from sonic.warehouse.lake import Lake
from sonic.warehouse.load import load
from sonic.warehouse.postgres import Postgres
from sonic.warehouse.targets import open_database

SCALE, DAYS = 0.5, 45
AIM = 1 / 1.5
FACTS = ("fct_streams", "fct_transactions", "fct_royalties", "fct_impressions")


def measure(folder: Path, home: Home) -> list[Figure]:
    """Seconds of `dbt run` of the facts and all that they need, against the same statements by hand."""
    lake = Lake(folder / "facts")
    generate(lake.root, Recipe(seed=42, scale=SCALE), DAYS)
    database = open_database(home, "embedded", "bench_facts")
    assert isinstance(database, Postgres)
    load(database, lake)
    dbt = Dbt(home, database.target, database.name)
    selection = [f"+{fact}" for fact in FACTS]
    dbt.run(["seed"])
    start = perf_counter()
    nodes = dbt.run(["run", "--full-refresh", "--select", *selection])
    by_dbt = perf_counter() - start
    if failed := [node.name for node in nodes if node.failed]:
        raise SystemExit(f"These models failed: {', '.join(failed)}")
    with database.connect() as connection:
        connection.execute("create schema by_hand")
        made: dict[str, str] = {}
        # Models in the order in which dbt finished them: each stands after what it reads.
        statements = [(node.name, _kind(connection, node.name), node.compiled) for node in nodes if node.compiled]
        start = perf_counter()
        for name, (schema, kind), compiled in statements:
            made[f'"{schema}"."{name}"'] = f'"by_hand"."{name}"'
            own = re.sub(r'"bench_facts"\.("\w+"\."\w+")', lambda match: made.get(match[1], match[1]), compiled)
            connection.execute(f'create {kind} by_hand."{name}" as {own}'.encode())
            if kind == "table":
                connection.execute(f'analyze by_hand."{name}"'.encode())
        by_hand = perf_counter() - start
        for fact in FACTS:
            row = connection.execute(
                f"select count(*) from (table marts.{fact} except table by_hand.{fact}) as differing".encode()
            ).fetchone()
            assert row is not None
            assert row[0] == 0, f"{fact} differs"
    return [
        Figure(
            "four facts by dbt, against the same SQL by hand",
            f"{by_dbt:.1f} s",
            f"{by_hand:.1f} s",
            by_hand / by_dbt,
            AIM,
        )
    ]


def _kind(connection: psycopg.Connection, name: str) -> tuple[str, str]:
    """Schema of a built model, and whether it is a table or a view."""
    row = connection.execute(
        "select table_schema, case table_type when 'VIEW' then 'view' else 'table' end from information_schema.tables"
        " where table_name = %s and table_schema in ('staging', 'intermediate', 'marts')",
        (name,),
    ).fetchone()
    if row is None:
        raise SystemExit(f"{name} was not built")
    return str(row[0]), str(row[1])
