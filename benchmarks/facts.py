"""The four facts by dbt, against SQL written by hand on the same server.

`by_hand/` is what someone would write for PostgreSQL without dbt: from the raw tables and the seeds to the same rows in
few statements, over temporary tables of one session, with what several facts look up made once. It has no staging
layer, no intermediate models, no contracts, comments, tests or indexes, keeps no rejected rows and cannot take in a
day's increment. That both sides end in the same rows is checked.
"""

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
BY_HAND = Path(__file__).parent / "by_hand"
FACTS = ("fct_streams", "fct_transactions", "fct_impressions", "fct_royalties")
# In the order in which they read each other's temporary tables.
SCRIPTS = ("lookups", "streams", "transactions", "impressions", "royalties")


def measure(folder: Path, home: Home, scale: float = SCALE, days: int = DAYS) -> list[Figure]:
    """Seconds of `dbt run` of the facts and all that they need, against SQL by hand; exits where the rows differ."""
    lake = Lake(folder / "facts")
    generate(lake.root, Recipe(seed=42, scale=scale), days)
    database = open_database(home, "embedded", "bench_facts")
    assert isinstance(database, Postgres)
    load(database, lake)
    dbt = Dbt(home, database.target, database.name)
    dbt.run(["seed"])
    start = perf_counter()
    nodes = dbt.run(["run", "--full-refresh", "--select", *[f"+{fact}" for fact in FACTS]])
    by_dbt = perf_counter() - start
    if failed := [node.name for node in nodes if node.failed]:
        raise SystemExit(f"These models failed: {', '.join(failed)}")
    with database.connect() as connection:
        by_hand = build_by_hand(connection)
        if differing := [fact for fact in FACTS if _rows_differ(connection, fact)]:
            raise SystemExit(f"These facts differ between dbt and by hand: {', '.join(differing)}")
    return [
        Figure(
            "four facts by dbt, against SQL written by hand",
            f"{by_dbt:.1f} s",
            f"{by_hand:.1f} s",
            by_hand / by_dbt,
            AIM,
        )
    ]


def build_by_hand(connection: psycopg.Connection) -> float:
    """Makes the four facts in a new schema `by_hand`; the seconds that it took."""
    connection.execute("create schema by_hand")
    start = perf_counter()
    for script in SCRIPTS:
        connection.execute((BY_HAND / f"{script}.sql").read_bytes())
    return perf_counter() - start


def _rows_differ(connection: psycopg.Connection, fact: str) -> bool:
    """Whether a fact by dbt and by hand differ in any row, or in how often a row occurs."""
    row = connection.execute(
        f"select exists (table marts.{fact} except all table by_hand.{fact})"
        f" or exists (table by_hand.{fact} except all table marts.{fact})".encode()
    ).fetchone()
    assert row is not None
    return bool(row[0])
